/* SPDX-License-Identifier: Apache-2.0
 * Lanes: LANES trajectories side by side. Arrays are [item][LANES], 64-byte aligned. Kernels work on one register
 * (`lane`, LANE_WIDTH doubles) at a time and loop over LANES / LANE_WIDTH registers:
 *
 *   for (int i = 0; i < LANES; i += LANE_WIDTH) { lane v = lane_load(in->v + p * LANES + i); ... }
 *
 * LANES is the same on every machine, so files and bits agree; only LANE_WIDTH follows the instruction set.
 * Operators + - * / and comparisons work on lanes directly, with scalars broadcast.
 */
#ifndef BASE_LANE_H
#define BASE_LANE_H
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { LANES = 8 };

#if defined(TS_ISA_LEVEL) && TS_ISA_LEVEL >= 4
#define LANE_WIDTH 8
#elif defined(TS_ISA_LEVEL) && TS_ISA_LEVEL == 3
#define LANE_WIDTH 4
#else
#define LANE_WIDTH 2
#endif

typedef double lane __attribute__((vector_size(8 * LANE_WIDTH), may_alias));
typedef int64_t lane_mask __attribute__((vector_size(8 * LANE_WIDTH), may_alias)); /* 0 or -1 in each lane */
typedef uint64_t lane_bits __attribute__((vector_size(8 * LANE_WIDTH), may_alias));

static inline lane lane_load(const double *p)
{
	return *(const lane *)__builtin_assume_aligned(p, 8 * LANE_WIDTH);
}
static inline void lane_store(double *p, lane v)
{
	*(lane *)__builtin_assume_aligned(p, 8 * LANE_WIDTH) = v;
}
static inline lane lane_set(double x)
{
	return (lane){0} + x;
}
/* a where the mask is set, else b */
static inline lane lane_select(lane_mask m, lane a, lane b)
{
	return (lane)((m & (lane_mask)a) | (~m & (lane_mask)b));
}
/* The smaller and the larger; b where one is NaN. */
static inline lane lane_min(lane a, lane b)
{
#if defined(__x86_64__) && LANE_WIDTH == 8
	return (lane)_mm512_min_pd((__m512d)a, (__m512d)b);
#elif defined(__x86_64__) && LANE_WIDTH == 4
	return (lane)_mm256_min_pd((__m256d)a, (__m256d)b);
#elif defined(__x86_64__)
	return (lane)_mm_min_pd((__m128d)a, (__m128d)b);
#else
	return lane_select(a < b, a, b);
#endif
}
static inline lane lane_max(lane a, lane b)
{
#if defined(__x86_64__) && LANE_WIDTH == 8
	return (lane)_mm512_max_pd((__m512d)a, (__m512d)b);
#elif defined(__x86_64__) && LANE_WIDTH == 4
	return (lane)_mm256_max_pd((__m256d)a, (__m256d)b);
#elif defined(__x86_64__)
	return (lane)_mm_max_pd((__m128d)a, (__m128d)b);
#else
	return lane_select(a > b, a, b);
#endif
}
static inline lane lane_abs(lane a)
{
	return (lane)((lane_bits)a & UINT64_C(0x7fffffffffffffff));
}
static inline lane lane_sqrt(lane a)
{
	lane r;
	for (int i = 0; i < LANE_WIDTH; i++)
		r[i] = __builtin_sqrt(a[i]);
	return r;
}
/* Bit i set where lane i of the mask is set. */
static inline uint32_t lane_mask_bits(lane_mask m)
{
	uint32_t bits = 0;
	for (int i = 0; i < LANE_WIDTH; i++)
		bits |= (uint32_t)(m[i] & 1) << i;
	return bits;
}
#endif
