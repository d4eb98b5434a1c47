/* SPDX-License-Identifier: Apache-2.0
 * Lane Philox and two Box-Muller pairs per block: 64 bits per pair, split into 40 bits of radius (mid-point grid, so the
 * tail reaches sqrt(2 * 41 ln 2) = 7.54 sigma) and 24 bits of angle (mid-point grid) [numerics.md section 2].
 *
 *   radius = sqrt(-2 ln((a + 1/2) / 2^40)),  angle = 2 pi (b + 1/2 - 2^21) / 2^24
 *
 * The angle is reduced exactly in units of a quarter turn before the polynomial.
 */
#include "base/gauss_isa.h"
#include "base/isa.h"
#include "base/lane_math.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Full product of the low halves of each 64-bit item. */
static inline lane_bits gauss_mul32(lane_bits a, lane_bits b)
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
static inline void gauss_philox(lane_bits c[4], philox_key key)
{
	const lane_bits m0 = (lane_bits){0} + PHILOX_M0, m1 = (lane_bits){0} + PHILOX_M1;
	uint32_t k0 = key.v[0], k1 = key.v[1];
	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		const lane_bits p0 = gauss_mul32(m0, c[0]), p1 = gauss_mul32(m1, c[2]);
		c[0] = (p1 >> 32) ^ c[1] ^ k0;
		c[2] = (p0 >> 32) ^ c[3] ^ k1;
		c[1] = p1;
		c[3] = p0;
		k0 += PHILOX_W0;
		k1 += PHILOX_W1;
	}
}

/* 52-bit integer to double, exactly */
static inline lane gauss_double(lane_bits n)
{
	return (lane)(n | UINT64_C(0x4330000000000000)) - 0x1p52;
}

static inline void gauss_pair(lane_bits hi, lane_bits lo, double *first, double *second)
{
	const lane_bits a = ((hi & UINT64_C(0xffffffff)) << 8) | ((lo >> 24) & 0xff);
	const lane u = (gauss_double(a) + 0.5) * 0x1p-40;
	const lane radius = lane_sqrt(-2.0 * lane_log(u));
	/* b = quarter * 2^22 + rest; centred on the quarter: rest - 2^21 + 1/2 spans +-pi/4 */
	const lane_bits b = lo & 0xffffff, quarter = b >> 22;
	const lane r = (gauss_double(b & 0x3fffff) - (0x1p21 - 0.5)) * (1.5707963267948966 * 0x1p-22);
	lane_store(first, radius * lane_sin_quarter(r, quarter + 1));
	lane_store(second, radius * lane_sin_quarter(r, quarter));
}

void ISA_NAME(gauss_block)(philox_key key, uint64_t block, uint32_t source, const uint32_t *traj, double *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		lane_bits t;
		for (int j = 0; j < LANE_WIDTH; j++)
			t[j] = traj[i + j];
		lane_bits c[4] = {(lane_bits){0} + (uint32_t)block, t, (lane_bits){0} + source,
		                  (lane_bits){0} + (uint32_t)(block >> 32)};
		gauss_philox(c, key);
		gauss_pair(c[0], c[1], out + i, out + LANES + i);
		gauss_pair(c[2], c[3], out + 2 * LANES + i, out + 3 * LANES + i);
	}
}
