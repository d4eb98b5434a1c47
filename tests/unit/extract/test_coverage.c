/* SPDX-License-Identifier: Apache-2.0
 * Do 95 % intervals cover in 93 to 97 % of 1000 replicates? 32 trajectories of 2000 samples of two processes whose laws
 * are known: AR(1) with phi = 0.9 and a two-state chain of the same correlation, a quarter of the time up; both have
 * rho(k) = phi^k, tau_int = (1 + phi)/(1 - phi) = 19 samples. Of the mean: from the scatter between trajectories and
 * from the autocorrelation within them. Of tau_int: from the scatter. The means of both errors agree within 3 %.
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

static const double PHI = 0.9, UP = 0.25;
enum { REPLICATES = 1000, TILES = 4, N_TRAJ = TILES * LANES, N_SAMPLE = 2000, MOST = REDUCE_LEVELS * REDUCE_LAGS };

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

static void run_tile(int is_chain, uint32_t replicate, int tile, lanes_level *level, int n_level, series *s)
{
	uint32_t trajectory[LANES];
	double z[4 * LANES] __attribute__((aligned(64))), x[LANES] __attribute__((aligned(64))) = {0};
	const philox_key key = philox_make_key(77, PHILOX_TEST);
	memset(level, 0, (size_t)n_level * sizeof *level);
	for (int l = 0; l < LANES; l++)
		trajectory[l] = replicate * N_TRAJ + (uint32_t)(tile * LANES + l);
	for (int i = 0; i < N_SAMPLE; i++) {
		if (i % 4 == 0)
			gauss_block(key, (uint64_t)i / 4, (uint32_t)is_chain, trajectory, z);
		for (int l = 0; l < LANES; l++)
			x[l] = next(is_chain, i == 0, x[l], z[i % 4 * LANES + l]);
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
	double square_between, square_within;
} tally;

static int covers(extract_value x, double truth)
{
	return x.low <= truth && truth <= x.high;
}

static void one(int is_chain, uint32_t replicate, series *s, lanes_level *level, int n_level, tally *sum)
{
	double weight[N_TRAJ], between = 0;
	size_t n = 0;
	converge_tau tau;
	for (int tile = 0; tile < TILES; tile++)
		run_tile(is_chain, replicate, tile, level, n_level, s);
	const double mean = extract_mean(s->mean, N_TRAJ, &between, &n), truth = is_chain ? UP : 0;
	about(s, mean);
	for (int t = 0; t < N_TRAJ; t++)
		weight[t] = 1.0 / N_TRAJ;
	const converge_groups groups = {N_TRAJ, s->n_lag, s->lag, weight, s->covariance};
	converge_tau_int(&groups, &tau);
	const double within = sqrt(tau.integral / (N_TRAJ * N_SAMPLE)), q = extract_quantile(N_TRAJ);
	sum->between += covers(extract_symmetric(mean, between, q), truth);
	sum->within += covers(extract_symmetric(mean, within, extract_quantile(0)), truth);
	sum->tau += covers(extract_positive(tau.tau, tau.tau_se, q), (1 + PHI) / (1 - PHI));
	sum->square_between += between * between / REPLICATES;
	sum->square_within += within * within / REPLICATES;
}

static void test(int is_chain)
{
	const int n_level = lanes_levels(N_SAMPLE);
	series *s = alloc_array(1, sizeof *s);
	lanes_level *level = alloc_array((size_t)n_level, sizeof *level);
	tally sum = {0};
	set_lags(s, n_level);
	t_section("%s: %d replicates of %d x %d samples", is_chain ? "chain" : "AR(1)", REPLICATES, N_TRAJ, N_SAMPLE);
	for (uint32_t r = 0; r < REPLICATES; r++)
		one(is_chain, r, s, level, n_level, &sum);
	printf("  covered: mean, between %d, within %d; tau_int %d; errors %.5g and %.5g\n", sum.between, sum.within,
	       sum.tau, sqrt(sum.square_between), sqrt(sum.square_within));
	T_TRUE(sum.between >= 930 && sum.between <= 970);
	T_TRUE(sum.within >= 930 && sum.within <= 970);
	T_TRUE(sum.tau >= 930 && sum.tau <= 970);
	T_REL(sum.square_within, sum.square_between, 0.06);
	alloc_free(level);
	alloc_free(s);
}

int main(void)
{
	test(0);
	test(1);
	return t_done();
}
