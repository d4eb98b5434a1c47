/* SPDX-License-Identifier: Apache-2.0
 * Philox4x32-10 on lanes (see philox.h): every lane has its own counter, the key is common. Only for *_isa.c files.
 */
#ifndef BASE_PHILOX_LANE_H
#define BASE_PHILOX_LANE_H
#include "base/lane.h"
#include "base/philox.h"

/* Full product of the low halves of each 64-bit item. */
static inline lane_bits philox_lane_mul(lane_bits a, lane_bits b)
{
#if defined(__x86_64__) && LANE_WIDTH == 8
	return (lane_bits)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined(__x86_64__) && LANE_WIDTH == 4
	return (lane_bits)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__x86_64__)
	return (lane_bits)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
	return (a & UINT64_C(0xffffffff)) * (b & UINT64_C(0xffffffff));
#endif
}

/* Words live in the low halves; high halves may hold rubbish that the next product ignores. */
static inline void philox_lane(lane_bits c[4], philox_key key)
{
	const lane_bits m0 = (lane_bits){0} + PHILOX_M0, m1 = (lane_bits){0} + PHILOX_M1;
	uint32_t k0 = key.v[0], k1 = key.v[1];
	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		const lane_bits p0 = philox_lane_mul(m0, c[0]), p1 = philox_lane_mul(m1, c[2]);
		c[0] = (p1 >> 32) ^ c[1] ^ k0;
		c[2] = (p0 >> 32) ^ c[3] ^ k1;
		c[1] = p1;
		c[3] = p0;
		k0 += PHILOX_W0;
		k1 += PHILOX_W1;
	}
}

/* 52-bit integer to double, exactly */
static inline lane philox_lane_double(lane_bits n)
{
	return (lane)(n | UINT64_C(0x4330000000000000)) - 0x1p52;
}

/* Uniform in (0, 1) on the mid-point grid of 2^-52 from two words. */
static inline lane philox_lane_uniform(lane_bits hi, lane_bits lo)
{
	const lane_bits n = ((hi & UINT64_C(0xffffffff)) << 20) | ((lo & UINT64_C(0xffffffff)) >> 12);
	return (philox_lane_double(n) + 0.5) * 0x1p-52;
}
#endif
