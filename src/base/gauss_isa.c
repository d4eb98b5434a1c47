/* SPDX-License-Identifier: Apache-2.0
 * Lane Philox and two Box-Muller pairs per block: 64 bits per pair, split into 40 bits of radius (mid-point grid, so
 * the tail reaches sqrt(2 * 41 ln 2) = 7.54 sigma) and 24 bits of angle (mid-point grid) [numerics.md section 2].
 *
 *   radius = sqrt(-2 ln((a + 1/2) / 2^40)),  angle = 2 pi (b + 1/2 - 2^21) / 2^24
 *
 * The angle is reduced exactly in units of a quarter turn before the polynomial.
 */
#include "base/gauss_isa.h"
#include "base/isa.h"
#include "base/lane_math.h"
#include "base/philox_lane.h"

static inline void gauss_pair(lane_bits hi, lane_bits lo, double *first, double *second)
{
	const lane_bits a = ((hi & UINT64_C(0xffffffff)) << 8) | ((lo >> 24) & 0xff);
	const lane u = (philox_lane_double(a) + 0.5) * 0x1p-40;
	const lane radius = lane_sqrt(-2.0 * lane_log(u));
	/* b = quarter * 2^22 + rest; centred on the quarter: rest - 2^21 + 1/2 spans +-pi/4 */
	const lane_bits b = lo & 0xffffff, quarter = b >> 22;
	const lane r = (philox_lane_double(b & 0x3fffff) - (0x1p21 - 0.5)) * (1.5707963267948966 * 0x1p-22);
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
		philox_lane(c, key);
		gauss_pair(c[0], c[1], out + i, out + LANES + i);
		gauss_pair(c[2], c[3], out + 2 * LANES + i, out + 3 * LANES + i);
	}
}
