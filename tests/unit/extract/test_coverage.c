/* SPDX-License-Identifier: Apache-2.0
 * Do 95 % intervals cover in 93 to 97 % of 1000 replicates (of the third process 4000: binomial error 0.35 %)? 32
 * trajectories of 2000 samples of three processes whose laws are known: AR(1) with phi = 0.9 and a two-state chain of
 * the same correlation, a quarter of the time up, both with rho(k) = phi^k and tau_int = (1 + phi)/(1 - phi) = 19
 * samples; the double well V = (x^2 - 1)^2 at D = 1/2 by Heun's scheme, h = 0.04, every twelfth step a sample, whose
 * mean is 0 and whose tau_int is 17.5099 samples (from the scheme's transfer operator by Chebyshev collocation, 96 to
 * 128 points, and Gauss-Hermite quadrature). Of the mean: from the scatter between trajectories and from the
 * autocorrelation within them. Of tau_int: from the scatter. The means of both errors agree within 3 %.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/gauss.h"
#include "extract/data.h"
#include "harness/t.h"
#include "out/converge.h"
#include "out/lanes.h"

static const double PHI = 0.9, UP = 0.25, WELL_TAU = 17.50988, WELL_H = 0.04, WELL_KICK = 0.2; /* sqrt(2 D h) */
enum { AR, CHAIN, WELL, WELL_BLOCKS = 3 }; /* of four steps per sample */
enum { TILES = 4, N_TRAJ = TILES * LANES, N_SAMPLE = 2000, WELL_SETTLES = 100, MOST = REDUCE_LEVELS * REDUCE_LAGS };

typedef struct series {
	size_t n_lag;
	double lag[MOST], mean[N_TRAJ], covariance[N_TRAJ * MOST];
} series;

/* One step of a lane: an AR(1), or a chain that is renewed with probability 1 - phi. */
static double next(int is_chain, int is_first, double x, double z)
{
	if (!is_chain)
		return is_first ? z : PHI * x + sqrt(1 - PHI * PHI) * z;
	const double u = 0.5 * erfc(-z / sqrt(2)), renew = is_first ? 1 : 1 - PHI;
	return u >= renew ? x : u < UP * renew ? 1 : 0;
}

static double slope(double x)
{
	return -4 * x * (x * x - 1);
}

/* From either well; the time of a sample in all lanes. */
static void well(philox_key key, int i, const uint32_t *trajectory, double *x)
{
	double z[4 * LANES] __attribute__((aligned(64)));
	for (int k = 0; k < WELL_BLOCKS; k++) {
		gauss_block(key, (uint64_t)(i * WELL_BLOCKS + k), WELL, trajectory, z);
		for (int l = 0; l < 4 * LANES; l++) {
			double *v = &x[l % LANES];
			const double n = WELL_KICK * z[l], f = slope(*v);
			*v += 0.5 * WELL_H * (f + slope(*v + WELL_H * f + n)) + n;
		}
	}
}

static void run_tile(int kind, uint32_t replicate, int tile, lanes_level *level, int n_level, series *s)
{
	uint32_t trajectory[LANES];
	double z[4 * LANES] __attribute__((aligned(64))), x[LANES] __attribute__((aligned(64))) = {0};
	const philox_key key = philox_make_key(77, PHILOX_TEST);
	memset(level, 0, (size_t)n_level * sizeof *level);
	for (int l = 0; l < LANES; l++)
		trajectory[l] = replicate * N_TRAJ + (uint32_t)(tile * LANES + l);
	for (int l = 0; l < LANES && kind == WELL; l++)
		x[l] = l % 2 ? 1 : -1;
	for (int i = 0; i < WELL_SETTLES && kind == WELL; i++)
		well(key, N_SAMPLE + i, trajectory, x);
	for (int i = 0; i < N_SAMPLE; i++) {
		if (i % 4 == 0 && kind != WELL)
			gauss_block(key, (uint64_t)i / 4, (uint32_t)kind, trajectory, z);
		for (int l = 0; l < LANES && kind != WELL; l++)
			x[l] = next(kind == CHAIN, i == 0, x[l], z[i % 4 * LANES + l]);
		if (kind == WELL)
			well(key, i, trajectory, x);
		lanes_correlate(level, n_level, x);
	}
	for (int l = 0; l < LANES; l++) {
		const size_t t = (size_t)(tile * LANES + l);
		s->mean[t] = level[0].total[l] / N_SAMPLE;
		lanes_covariance(level, n_level, l, s->covariance + t * s->n_lag);
	}
}

static void set_lags(series *s, int n_level)
{
	s->n_lag = 0;
	for (int k = 0; k < n_level; k++)
		for (int j = k ? REDUCE_LAGS / 2 : 0; j < REDUCE_LAGS && j < N_SAMPLE >> k; j++)
			s->lag[s->n_lag++] = j << k;
}

/* Covariances about the mean of all trajectories, as sim/noise_ensemble.c makes them. */
static void about(series *s, double mean)
{
	for (size_t t = 0; t < N_TRAJ; t++) {
		const double d = s->mean[t] - mean;
		for (size_t k = 0; k < s->n_lag; k++)
			s->covariance[t * s->n_lag + k] += d * d * N_TRAJ / (N_TRAJ - 1);
	}
}

typedef struct tally {
	int between, within, tau;
	int n, n_geyer; /* replicates; those in which Geyer's sequence ends */
	double geyer, square_between, square_within;
} tally;

static int covers(extract_value x, double truth)
{
	return x.low <= truth && truth <= x.high;
}

static void one(int kind, uint32_t replicate, series *s, lanes_level *level, int n_level, tally *sum)
{
	double weight[N_TRAJ], between = 0;
	size_t n = 0;
	converge_tau tau;
	for (int tile = 0; tile < TILES; tile++)
		run_tile(kind, replicate, tile, level, n_level, s);
	const double mean = extract_mean(s->mean, N_TRAJ, &between, &n), truth = kind == CHAIN ? UP : 0;
	about(s, mean);
	for (int t = 0; t < N_TRAJ; t++)
		weight[t] = 1.0 / N_TRAJ;
	const converge_groups groups = {N_TRAJ, s->n_lag, s->lag, weight, s->covariance};
	converge_tau_int(&groups, &tau);
	const double within = sqrt(tau.integral / (N_TRAJ * N_SAMPLE)), q = extract_quantile(N_TRAJ);
	sum->between += covers(extract_symmetric(mean, between, q), truth);
	sum->within += covers(extract_symmetric(mean, within, extract_quantile(0)), truth);
	sum->tau += covers(extract_positive(tau.tau, tau.tau_se, q), kind == WELL ? WELL_TAU : (1 + PHI) / (1 - PHI));
	sum->n++;
	sum->geyer += isnan(tau.geyer) ? 0 : tau.geyer;
	sum->n_geyer += !isnan(tau.geyer);
	sum->square_between += between * between;
	sum->square_within += within * within;
}

/* 93 to 97 % */
static int is_fair(int covered, int n)
{
	return 100 * covered >= 93 * n && 100 * covered <= 97 * n;
}

static void test(int kind, uint32_t replicates)
{
	static const char *const name[] = {"AR(1)", "chain", "double well"};
	const int n_level = lanes_levels(N_SAMPLE);
	series *s = alloc_array(1, sizeof *s);
	lanes_level *level = alloc_array((size_t)n_level, sizeof *level);
	tally sum = {0};
	set_lags(s, n_level);
	t_section("%s: %u replicates of %d x %d samples", name[kind], replicates, N_TRAJ, N_SAMPLE);
	for (uint32_t r = 0; r < replicates; r++)
		one(kind, r, s, level, n_level, &sum);
	printf("  covered: mean, between %d, within %d; tau_int %d; errors %.5g and %.5g\n", sum.between, sum.within,
	       sum.tau, sqrt(sum.square_between / sum.n), sqrt(sum.square_within / sum.n));
	T_TRUE(is_fair(sum.between, sum.n));
	T_TRUE(is_fair(sum.within, sum.n));
	T_TRUE(is_fair(sum.tau, sum.n));
	const double exact = kind == WELL ? WELL_TAU : (1 + PHI) / (1 - PHI);
	printf("  tau_int by Geyer's sequence, mean %.3f of %d, exact %.3f\n", sum.geyer / sum.n_geyer, sum.n_geyer,
	       exact);
	T_TRUE(sum.n_geyer > 0.99 * sum.n);
	T_REL(sum.geyer / sum.n_geyer, exact, 0.04); /* it ends where noise is negative: two or three per cent high */
	T_REL(sum.square_within, sum.square_between, 0.06);
	alloc_free(level);
	alloc_free(s);
}

int main(void)
{
	test(AR, 1000);
	test(CHAIN, 1000);
	test(WELL, 4000);
	return t_done();
}
