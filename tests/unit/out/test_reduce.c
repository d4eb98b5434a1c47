/* SPDX-License-Identifier: Apache-2.0
 * Reducers against direct formulas (round-off), merging against one pass, the correlator against O(n^2) sums on the
 * block means it is defined by, and against the AR(1) law: rho_k = phi^k, sum over all lags (1 + phi)/(1 - phi).
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/gauss.h"
#include "harness/t.h"
#include "out/reduce.h"

static const double TOL_ROUND = 1e-12;

static double noise(uint64_t i)
{
	return gauss_one(philox_make_key(7, PHILOX_TEST), i, 1, 0);
}

static void test_moments(void)
{
	enum { N = 1000 };
	double x[N], sum[5] = {0};
	reduce_moments all = {0}, part[3] = {{0}};
	t_section("moments of %d samples with mean 1e3", N);
	for (int i = 0; i < N; i++) {
		x[i] = 1e3 + exp(noise((uint64_t)i));
		reduce_moments_add(&all, x[i]);
		reduce_moments_add(&part[i < 100 ? 0 : i < 101 ? 1 : 2], x[i]);
		sum[1] += x[i] / N;
	}
	for (int i = 0; i < N; i++)
		for (int k = 2; k <= 4; k++)
			sum[k] += pow(x[i] - sum[1], k);
	T_REL(all.mean, sum[1], TOL_ROUND);
	T_REL(all.m2, sum[2], 1e3 * TOL_ROUND);
	T_REL(all.m3, sum[3], 1e3 * TOL_ROUND);
	T_REL(all.m4, sum[4], 1e3 * TOL_ROUND);
	T_REL(reduce_moments_variance(&all), sum[2] / N, 1e3 * TOL_ROUND);
	reduce_moments merged = {0};
	for (int i = 0; i < 3; i++)
		reduce_moments_merge(&merged, &part[i]);
	reduce_moments_merge(&merged, &(reduce_moments){0});
	T_REL(merged.n, (double)N, 0);
	T_REL(merged.mean, all.mean, TOL_ROUND);
	T_REL(merged.m2, all.m2, 1e3 * TOL_ROUND);
	T_REL(merged.m3, all.m3, 1e3 * TOL_ROUND);
	T_REL(merged.m4, all.m4, 1e3 * TOL_ROUND);
	T_REL(merged.low, all.low, 0);
	T_REL(merged.high, all.high, 0);
}

static void test_histogram(void)
{
	static reduce_histogram h = {.low = -1, .high = 1};
	t_section("histogram");
	for (int i = 0; i < 2 * REDUCE_BINS; i++)
		reduce_histogram_add(&h, -1 + (i + 0.5) / REDUCE_BINS);
	for (int i = 0; i < 3; i++)
		reduce_histogram_add(&h, 1);
	reduce_histogram_add(&h, -2);
	reduce_histogram_add(&h, (double)NAN);
	T_INT(h.count[0], 2);
	T_INT(h.count[REDUCE_BINS + 1], 3);
	int even = 1;
	for (int i = 1; i <= REDUCE_BINS; i++)
		even &= h.count[i] == 2;
	T_TRUE(even);
	reduce_histogram_add(&h, nextafter(1, 0));
	T_INT(h.count[REDUCE_BINS], 3);
}

/* Mean of y_i y_{i+j} over the block means y of 2^level samples. */
static double direct(const double *x, int n, int level, int j)
{
	const int m = 1 << level, blocks = n / m;
	double *y = alloc_array((size_t)blocks + 1, sizeof *y), sum = 0;
	for (int b = 0; b < blocks; b++) {
		for (int i = 0; i < m; i++)
			y[b] += x[b * m + i];
		y[b] /= m;
	}
	for (int b = 0; b + j < blocks; b++)
		sum += y[b] * y[b + j];
	alloc_free(y);
	return sum / (blocks - j);
}

static void test_direct(void)
{
	enum { N = 777, MOST = REDUCE_LAGS * REDUCE_LEVELS };
	static reduce_autocorr r;
	double x[N], lag[MOST], value[MOST], count[MOST];
	t_section("correlator against direct sums, %d samples", N);
	for (int i = 0; i < N; i++) {
		x[i] = noise((uint64_t)i) + 0.3;
		reduce_autocorr_add(&r, x[i]);
	}
	const int n = reduce_autocorr_get(&r, lag, value, count);
	/* Level 0: 16 lags; levels 1..5 have 24 to 388 block means, so all 8 upper lags; level 6 has 12: lags 8..11. */
	T_INT(n, 16 + 5 * 8 + 4);
	double worst = 0;
	for (int i = 0; i < n; i++) {
		const int level = i < 16 ? 0 : (i - 16) / 8 + 1, j = i < 16 ? i : 8 + (i - 16) % 8;
		T_REL(lag[i], (double)(j << level), 0);
		T_REL(count[i], (double)((N >> level) - j), 0);
		worst = fmax(worst, fabs(value[i] - direct(x, N, level, j)));
		T_TRUE(i == 0 || lag[i] > lag[i - 1]);
	}
	T_ABS(worst, 0, TOL_ROUND);
	double total = 0;
	for (int i = 0; i < N; i++)
		total += x[i];
	T_REL(r.total, total, TOL_ROUND);
	T_REL(r.n, (double)N, 0);
}

/* 64 AR(1) chains of 2^17 samples, phi = 0.9: correlation and integrated time with errors between chains. */
static void test_ar1(void)
{
	enum { CHAINS = 64, N = 1 << 16, MOST = REDUCE_LAGS * REDUCE_LEVELS };
	const double phi = 0.9, a = -log(phi);
	static reduce_autocorr r;
	double lag[MOST], value[MOST], count[MOST];
	reduce_moments tau = {0}, at[40] = {{0}};
	int n = 0;
	t_section("AR(1), phi = 0.9: %d chains of %d", CHAINS, N);
	for (int c = 0; c < CHAINS; c++) {
		memset(&r, 0, sizeof r);
		const uint64_t base = (uint64_t)c * N;
		double x = noise(base), sum = 0;
		for (int i = 0; i < N; i++) {
			reduce_autocorr_add(&r, x);
			x = phi * x + sqrt(1 - phi * phi) * noise(base + (uint64_t)i + 1);
		}
		n = reduce_autocorr_get(&r, lag, value, count);
		for (int i = 0; i < 40; i++)
			reduce_moments_add(&at[i], value[i]);
		/* Sum over lags -120..120 by trapezoids; their width is corrected for in the expectation below. */
		for (int i = 1; lag[i] <= 120; i++)
			sum += (value[i] + value[i - 1]) * (lag[i] - lag[i - 1]);
		reduce_moments_add(&tau, sum);
	}
	T_TRUE(n > 100);
	double expected = 0, previous = 1;
	for (int i = 1; i < 40; i++) {
		const int level = i < 16 ? 0 : (i - 16) / 8 + 1;
		const double m = ldexp(1, level), factor = sinh(a * m / 2) / (m * sinh(a / 2));
		const double law = pow(phi, lag[i]) * factor * factor;
		const double se = sqrt(reduce_moments_variance(&at[i]) / (CHAINS - 1));
		if (i % 4 == 0)
			T_SIGMA(at[i].mean, law, se, 4.5);
		if (lag[i] <= 120)
			expected += (law + previous) * (lag[i] - lag[i - 1]);
		previous = law;
	}
	T_REL(expected, (1 + phi) / (1 - phi), 0.004);
	T_SIGMA(tau.mean, expected, sqrt(reduce_moments_variance(&tau) / (CHAINS - 1)), 4.5);
	T_SIGMA(tau.mean, 19, sqrt(reduce_moments_variance(&tau) / (CHAINS - 1)) + 0.004 * 19 / 4.5, 4.5);
}

int main(void)
{
	test_moments();
	test_histogram();
	test_direct();
	test_ar1();
	return t_done();
}
