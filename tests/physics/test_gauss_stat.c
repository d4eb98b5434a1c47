/* SPDX-License-Identifier: Apache-2.0
 * Moments 2, 4, 6, 8 of 1e9 normal deviates (numerics.md section 9, case 18): 1, 3, 15, 105 within 4 standard errors,
 * sqrt((m_2k - m_k^2)/N); odd moments and the correlation of neighbours are 0. Sums of 3.2e4 draws are added to totals,
 * so that rounding stays far below. The radius is on a grid of 2^40 points, which lacks what lies beyond 7.5 sigma:
 * 1e-13 of the draws.
 */
#include <math.h>
#include "base/gauss.h"
#include "base/lane.h"
#include "harness/t.h"

enum { BLOCKS = 31250000, CHUNK = 1000, DRAWS = 4 * LANES, MOMENTS = 8 };
static const double SIGMAS = 4;

typedef struct sums {
	double m[MOMENTS + 1], cross;
} sums;

static void add_block(uint64_t block, sums *s)
{
	static const uint32_t trajectory[LANES] = {0, 1, 2, 3, 4, 5, 6, 7};
	double z[DRAWS] __attribute__((aligned(64)));
	gauss_block(philox_make_key(20260601, PHILOX_NOISE), block, 3, trajectory, z);
	for (int i = 0; i < DRAWS; i++) {
		double power = 1;
		for (int k = 1; k <= MOMENTS; k++)
			s->m[k] += power *= z[i];
		s->cross += z[i] * z[(i + LANES) % DRAWS];
	}
}

int main(void)
{
	/* E x^2k = (2k - 1)!!, 0 for odd powers */
	static const double moment[2 * MOMENTS + 1] = {1, 0,   1, 0,     3, 0,      15, 0,      105,
	                                               0, 945, 0, 10395, 0, 135135, 0,  2027025};
	sums all = {{0}, 0};
	const double n = (double)BLOCKS * DRAWS;
	t_section("moments of %.3g draws", n);
	for (uint64_t first = 0; first < BLOCKS; first += CHUNK) {
		sums part = {{0}, 0};
		for (uint64_t k = 0; k < CHUNK; k++)
			add_block(first + k, &part);
		for (int k = 1; k <= MOMENTS; k++)
			all.m[k] += part.m[k];
		all.cross += part.cross;
	}
	for (int k = 1; k <= MOMENTS; k++)
		T_SIGMA(all.m[k] / n, moment[k], sqrt((moment[2 * k] - moment[k] * moment[k]) / n), SIGMAS);
	T_SIGMA(all.cross / n, 0, sqrt(1 / n), SIGMAS);
	return t_done();
}
