/* SPDX-License-Identifier: Apache-2.0
 * Normal deviates: addressing (any lane, any position, scalar form), exact value against Box-Muller in long double, same
 * bits at every level this CPU runs, and moments of 8e6 draws at 5 standard errors (SE of the k-th moment of N draws is
 * sqrt((m_2k - m_k^2) / N)).
 */
#include "base/gauss.h"
#include "base/gauss_isa.h"
#include "base/lane.h"
#include "harness/t.h"
#include <math.h>
#include <string.h>

#define TOL_VALUE 4e-15
#define N_BLOCK 250000

static const philox_key key = {{0x12345678, 0x9abcdef0}};

static void test_values(void)
{
	t_section("values");
	const uint32_t traj[LANES] = {0, 1, 2, 99, 4, 5, 0xffffffff, 7};
	_Alignas(64) double out[4 * LANES];
	const uint64_t block = UINT64_C(0x300000001);
	gauss_block(key, block, 42, traj, out);
	double worst = 0;
	for (int i = 0; i < LANES; i++) {
		const philox_counter r =
		    philox4x32((philox_counter){{(uint32_t)block, traj[i], 42, (uint32_t)(block >> 32)}}, key);
		for (int pair = 0; pair < 2; pair++) {
			const uint64_t bits = (uint64_t)r.v[2 * pair] << 32 | r.v[2 * pair + 1];
			const long double u = ((long double)(bits >> 24) + 0.5L) * 0x1p-40L;
			const long double angle = ((long double)(bits & 0xffffff) - 0x1p21L + 0.5L) * 0x1p-24L * 6.283185307179586477L;
			const long double radius = sqrtl(-2 * logl(u));
			const double *const got = out + 2 * pair * LANES + i;
			worst = fmax(worst, (double)fabsl((long double)got[0] - radius * cosl(angle)));
			worst = fmax(worst, (double)fabsl((long double)got[LANES] - radius * sinl(angle)));
		}
		for (unsigned j = 0; j < 4; j++)
			T_TRUE(gauss_one(key, block * 4 + j, 42, traj[i]) == out[j * LANES + (unsigned)i]);
	}
	T_ABS(worst, 0, TOL_VALUE);
}

static void test_levels(void)
{
#if defined(__x86_64__)
	t_section("levels give the same bits");
	uint32_t traj[LANES];
	_Alignas(64) double a[4 * LANES], b[4 * LANES];
	gauss_block_fn *const other = isa_level() >= 4 ? gauss_block_v4 : isa_level() == 3 ? gauss_block_v3 : gauss_block_v2;
	int same = 1;
	for (uint32_t block = 0; block < 20000; block++) {
		for (uint32_t i = 0; i < LANES; i++)
			traj[i] = block * 31 + i;
		gauss_block_v2(key, block, 7, traj, a);
		other(key, block, 7, traj, b);
		same &= memcmp(a, b, sizeof a) == 0;
		gauss_block_v3(key, block, 7, traj, b);
		same &= isa_level() < 3 || memcmp(a, b, sizeof a) == 0;
	}
	T_TRUE(same);
#endif
}

static void test_moments(void)
{
	t_section("moments of %d draws", N_BLOCK * 4 * LANES);
	const uint32_t traj[LANES] = {0, 1, 2, 3, 4, 5, 6, 7};
	_Alignas(64) double out[4 * LANES];
	double m[9] = {0}, cross = 0;
	for (uint64_t block = 0; block < N_BLOCK; block++) {
		gauss_block(key, block, 1, traj, out);
		for (int i = 0; i < 4 * LANES; i++) {
			const double x2 = out[i] * out[i], x4 = x2 * x2;
			m[1] += out[i], m[2] += x2, m[4] += x4, m[6] += x2 * x4, m[8] += x4 * x4, m[3] += x2 * out[i];
		}
		for (int i = 0; i < 2 * LANES; i++)
			cross += out[i] * out[i + 2 * LANES] + out[i] * out[(i + 1) % LANES];
	}
	const double n = 4.0 * LANES * N_BLOCK;
	T_SIGMA(m[1] / n, 0, sqrt(1 / n), 5);
	T_SIGMA(m[2] / n, 1, sqrt(2 / n), 5);
	T_SIGMA(m[3] / n, 0, sqrt(15 / n), 5);
	T_SIGMA(m[4] / n, 3, sqrt(96 / n), 5);
	T_SIGMA(m[6] / n, 15, sqrt((10395.0 - 225) / n), 5);
	T_SIGMA(m[8] / n, 105, sqrt((2027025.0 - 11025) / n), 5);
	T_SIGMA(cross / n, 0, sqrt(1.5 / n), 5);
}

int main(void)
{
	test_values();
	if (isa_level() >= 3)
		test_levels();
	test_moments();
	return t_done();
}
