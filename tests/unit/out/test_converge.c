/* SPDX-License-Identifier: Apache-2.0
 * Integrated correlation times from exact covariances of exponential and of alternating correlation, as the correlator
 * sees them: (1 + phi)/(1 - phi) to the truncation, whatever the levels; R-hat of independent, shifted and stuck
 * chains.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/alloc.h"
#include "base/gauss.h"
#include "harness/t.h"
#include "out/converge.h"
#include "out/reduce.h"

static const double TOL_ROUND = 1e-12;
enum { MOST = REDUCE_LEVELS * REDUCE_LAGS };

/* Covariance of means of m samples, j such means apart, for phi^k. */
static double block_covariance(double phi, int m, int j)
{
	double sum = 0;
	for (int d = 1 - m; d < m; d++)
		sum += (m - abs(d)) * pow(phi, abs(j * m + d));
	return sum / ((double)m * m);
}

static size_t exact(double phi, int n_level, double *lag, double *c)
{
	size_t n = 0;
	for (int level = 0; level < n_level; level++)
		for (int j = level ? 8 : 0; j < 16; j++, n++) {
			lag[n] = j << level;
			c[n] = block_covariance(phi, 1 << level, j);
		}
	return n;
}

static void test_tau(double phi, int n_level)
{
	double lag[MOST], c[2 * MOST];
	const double want = (1 + phi) / (1 - phi), weight[3] = {0.25, 0, 0.75};
	const size_t n = exact(phi, n_level, lag, c);
	converge_tau t;
	t_section("phi = %g: tau_int %g samples", phi, want);
	const converge_groups one = {1, n, lag, (const double[]){1}, c};
	converge_tau_int(&one, &t);
	printf("  window %g, tau_int %.10g\n", t.window, t.tau);
	/* the rest beyond the window M = 5 tau_int is 2 phi^M/(1 - phi) */
	T_REL(t.tau, want, 2 * pow(fabs(phi), t.window) / (1 - fabs(phi)) + TOL_ROUND);
	T_TRUE(t.window >= 5 * t.tau && t.window >= 15);
	T_TRUE(isnan(t.tau_se));
	/* three groups, the second empty: twice and 2/3 of the covariance at weights 1/4 and 3/4 give the same mean */
	double groups[3 * MOST];
	for (size_t k = 0; k < n; k++) {
		groups[k] = 2 * c[k];
		groups[n + k] = (double)NAN;
		groups[2 * n + k] = 2.0 / 3 * c[k];
	}
	const converge_groups three = {3, n, lag, weight, groups};
	double se;
	T_REL(converge_mean(&three, 0, &se), 1.0, TOL_ROUND);
	T_REL(se, sqrt(2 * (0.25 * 0.25 + 0.75 * 0.75 / 9)), TOL_ROUND);
	const double before = t.tau;
	converge_tau_int(&three, &t);
	T_REL(t.tau, before, TOL_ROUND);
	T_ABS(t.tau_se, 0, 1e-7); /* the scale of a group drops out of the time */
	T_REL(t.integral_se, before * se, 1e-9);
}

/* Covariances that turn negative by noise in the pair of lags 8 and 9: the sum ends before them. */
static void test_geyer(void)
{
	double lag[MOST], c[MOST], se;
	converge_tau t;
	t_section("initial positive sequence");
	const size_t n = exact(0.5, 5, lag, c);
	const converge_groups g = {1, n, lag, (const double[]){1}, c};
	converge_tau_int(&g, &t);
	T_TRUE(isnan(t.geyer)); /* no pair is negative */
	c[8] = -0.02;
	c[9] = 0.019;
	converge_tau_int(&g, &t);
	T_REL(t.geyer, 1 + 2 * (1 - pow(0.5, 7)), TOL_ROUND);
	T_REL(converge_mean(&g, 8, &se), -0.02, TOL_ROUND);
	c[9] = 0.021;
	c[24] = -1; /* beyond the second level, whose lags 8 to 14 count twice and 15 once */
	converge_tau_int(&g, &t);
	double want = c[0];
	for (int k = 1; k < 24; k++)
		want += (k < 15 ? 2 : k == 15 ? 1 : k < 23 ? 4 : 2) * c[k];
	T_REL(t.geyer, want, TOL_ROUND);
	/* an alternating correlation: pairs stay positive */
	const size_t m = exact(-0.5, 5, lag, c);
	c[m - 1] = -1;
	const converge_groups alternating = {1, m, lag, (const double[]){1}, c};
	converge_tau_int(&alternating, &t);
	T_REL(t.geyer, 1.0 / 3, 1e-4);
}

static void test_undetermined(void)
{
	double lag[MOST], c[MOST];
	converge_tau t;
	t_section("undetermined");
	const size_t n = exact(0.999, 3, lag, c);
	const converge_groups slow = {1, n, lag, (const double[]){1}, c};
	converge_tau_int(&slow, &t);
	T_TRUE(isnan(t.tau) && isnan(t.integral));
	/* a white current less what flows back at phi = 0.8: the sum over all lags is zero, up to lag 15 it is not */
	const size_t m = exact(0.8, 3, lag, c);
	for (size_t k = 0; k < m; k++)
		c[k] *= -0.125;
	c[0] = 1;
	const converge_groups back = {1, m, lag, (const double[]){1}, c};
	converge_tau_int(&back, &t);
	T_TRUE(isnan(t.tau) && isnan(t.integral));
	for (size_t k = 0; k < n; k++)
		c[k] = 0;
	converge_tau_int(&slow, &t);
	T_TRUE(isnan(t.tau));
}

enum { CHAINS = 4, DRAWS = 2000 };
typedef double chain_law(int chain, int i, double z);

static double rhat_of(chain_law *law, double spoil)
{
	double *x = alloc_array(CHAINS * DRAWS, sizeof *x);
	for (int c = 0; c < CHAINS; c++)
		for (int i = 0; i < DRAWS; i++)
			x[c * DRAWS + i] =
			    law(c, i, gauss_one(philox_make_key(5, PHILOX_TEST), (uint64_t)i, 1, (uint32_t)c));
	x[DRAWS + 7] += spoil;
	const double rhat = converge_rhat(x, CHAINS, DRAWS, DRAWS);
	alloc_free(x);
	return rhat;
}

static double same(int chain, int i, double z)
{
	return z + 0 * (chain + i);
}

static double shifted(int chain, int i, double z)
{
	return z + (chain == 2) + 0 * i;
}

static double widened(int chain, int i, double z)
{
	return (chain == 2 ? 3 : 1) * z + 0 * i;
}

static double drifting(int chain, int i, double z)
{
	return z + (double)i / DRAWS + 0 * chain;
}

static double heavy(int chain, int i, double z)
{
	return sinh(5 * z) + 0 * (chain + i);
}

static double constant(int chain, int i, double z)
{
	return 3 + 0 * (z + chain + i);
}

static void test_rhat(void)
{
	t_section("R-hat of %d chains of %d draws", CHAINS, DRAWS);
	/* Independent draws: R^2 - 1 is (B/W - 1)/n, B/W - 1 at most about 4 for 8 halves at 5 sigma. */
	T_ABS(rhat_of(same, 0), 1, 2e-3);
	T_ABS(rhat_of(heavy, 0), 1, 2e-3); /* ranks do not see the tails */
	/* means 0 0 1 0, variance 1: R^2 = 1 + (between 8 halves: 3/14)/1 before ranks, which change little */
	T_ABS(rhat_of(shifted, 0), sqrt(1 + 3.0 / 14), 0.03);
	T_TRUE(rhat_of(widened, 0) > 1.05);  /* folded */
	T_TRUE(rhat_of(drifting, 0) > 1.03); /* split */
	T_TRUE(isnan(rhat_of(constant, 0)));
	T_ABS(rhat_of(same, (double)NAN), 1, 2e-3);
	T_TRUE(isnan(converge_rhat((const double[]){1, 2, 3}, 1, 3, 3)));
}

/* More draws than are used: they are thinned, not cut. */
static void test_thinning(void)
{
	enum { N = 300000 };
	double *x = alloc_array(N, sizeof *x);
	t_section("one chain of %d draws", N);
	for (int i = 0; i < N; i++)
		x[i] = gauss_one(philox_make_key(6, PHILOX_TEST), (uint64_t)i, 1, 0) + (i > 280000 ? 3 : 0);
	T_TRUE(converge_rhat(x, 1, N, N) > 1.01);
	alloc_free(x);
}

int main(void)
{
	test_tau(0.9, 8);
	test_tau(0.99, 12);
	test_tau(0.3, 3);
	test_tau(-0.5, 3);
	test_geyer();
	test_undetermined();
	test_rhat();
	test_thinning();
	return t_done();
}
