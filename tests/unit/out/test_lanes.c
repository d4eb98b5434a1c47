/* SPDX-License-Identifier: Apache-2.0
 * Lane reducers: the correlator against reduce_autocorr (equal bits of the raw sums) and against direct covariances,
 * the spectrum against a direct Fourier sum, against white noise and with a constant taken out afterwards; the same
 * bits at every instruction-set level; an infinite lane spoils itself only; the dwell automaton step by step.
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/gauss.h"
#include "base/isa.h"
#include "harness/t.h"
#include "out/lanes_isa.h"

static const double TOL_ROUND = 1e-11, TURN = 6.283185307179586;
enum { MOST = REDUCE_LEVELS * REDUCE_LAGS };

static double noise(int i, int l)
{
	return gauss_one(philox_make_key(11, PHILOX_TEST), (uint64_t)i, 3, (uint32_t)l);
}

static void samples(int i, double x[LANES])
{
	for (int l = 0; l < LANES; l++)
		x[l] = noise(i, l) + 0.5 * noise(i + 1, l) + 0.2 * l;
}

static void correlate(const lanes_table *table, int n, lanes_level *level, int n_level)
{
	double x[LANES] __attribute__((aligned(64)));
	memset(level, 0, (size_t)n_level * sizeof *level);
	for (int i = 0; i < n; i++) {
		samples(i, x);
		table->correlate(level, n_level, x);
	}
}

/* Covariance about the mean of all n samples, of block means of 2^level of them, at block lag j. */
static double direct(int n, int l, int level, int j)
{
	const int m = 1 << level, blocks = n / m;
	double x[LANES], mean = 0, sum = 0, *y = alloc_array((size_t)blocks + 1, sizeof *y);
	for (int i = 0; i < n; i++) {
		samples(i, x);
		mean += x[l] / n;
		if (i / m < blocks)
			y[i / m] += x[l] / m;
	}
	for (int b = 0; b + j < blocks; b++)
		sum += (y[b] - mean) * (y[b + j] - mean);
	alloc_free(y);
	return sum / (blocks - j);
}

static void test_correlator(void)
{
	enum { N = 777, LEVELS = 7 };
	static lanes_level level[LEVELS];
	static reduce_autocorr one;
	double lag[MOST], raw[MOST], count[MOST], value[MOST], x[LANES], worst = 0;
	t_section("correlator, %d samples", N);
	T_INT(lanes_levels(N), LEVELS);
	correlate(ISA_CHOOSE(lanes_reducers), N, level, LEVELS);
	for (int l = 0; l < LANES; l += 7) {
		one = (reduce_autocorr){0};
		for (int i = 0; i < N; i++) {
			samples(i, x);
			reduce_autocorr_add(&one, x[l]);
		}
		const int n = reduce_autocorr_get(&one, lag, raw, count);
		T_INT(lanes_covariance(level, LEVELS, l, value), n);
		int same = 1;
		for (int i = 0; i < n; i++) {
			const int k = i < 16 ? 0 : (i - 16) / 8 + 1, j = i < 16 ? i : 8 + (i - 16) % 8;
			same &= level[k].sum[j][l] == one.sum[k][j];
			worst = fmax(worst, fabs(value[i] - direct(N, l, k, j)));
		}
		T_TRUE(same);
	}
	T_ABS(worst, 0, TOL_ROUND);
	T_INT(lanes_levels(1), 1);
	T_INT(lanes_levels(17), 1);
	T_INT(lanes_levels(18), 2);
}

typedef struct spectrum {
	lanes_welch welch;
	double *storage;
} spectrum;

static spectrum spectrum_of(size_t n)
{
	spectrum s = {.storage = alloc_array(2 * n + (2 * n + n / 2 + 3) * LANES, sizeof(double))};
	double *at = s.storage;
	s.welch = (lanes_welch){.n = n, .table = at};
	s.welch.recent = at += 2 * n;
	s.welch.work = at += n * LANES;
	s.welch.power = at += n * LANES;
	s.welch.offset = at + (n / 2 + 1) * LANES;
	lanes_welch_table(n, s.storage);
	return s;
}

/* Re and Im of sum over i of hann x exp(-2 pi i k / n), samples from `first`, plus a constant. */
static void direct_transform(size_t n, int first, int l, size_t k, double constant, double out[2])
{
	double x[LANES];
	out[0] = out[1] = 0;
	for (size_t i = 0; i < n; i++) {
		samples(first + (int)i, x);
		const double w = 0.5 - 0.5 * cos(TURN * (double)i / (double)n),
		             angle = TURN * (double)(i * k % n) / (double)n;
		out[0] += w * (x[l] + constant) * cos(angle);
		out[1] -= w * (x[l] + constant) * sin(angle);
	}
}

static void test_spectrum(size_t n, int n_sample, double constant)
{
	double x[LANES] __attribute__((aligned(64))), worst = 0, most = 0;
	spectrum s = spectrum_of(n);
	t_section("spectrum, segments of %zu in %d samples, a constant of %g", n, n_sample, constant);
	for (int i = 0; i < n_sample; i++) {
		samples(i, x);
		for (int l = 0; l < LANES; l++)
			x[l] += constant;
		lanes_welch_add(&s.welch, x);
	}
	T_INT(s.welch.n_segment, lanes_welch_segments(n, (size_t)n_sample));
	T_TRUE(s.welch.n_segment > 1);
	for (size_t k = 0; k <= n / 2; k++) {
		double want = 0, z[2];
		for (size_t segment = 0; segment < s.welch.n_segment; segment++) {
			direct_transform(n, (int)(segment * n / 2), 5, k, 0, z);
			want += z[0] * z[0] + z[1] * z[1];
		}
		const double offset = k < 2 ? s.welch.offset[k * LANES + 5] : 0;
		const double got = lanes_welch_recentre(n, (int)k, s.welch.power[k * LANES + 5], offset,
		                                        (double)s.welch.n_segment, constant);
		worst = fmax(worst, fabs(got - want));
		most = fmax(most, want);
	}
	T_ABS(worst / most, 0, TOL_ROUND * (1 + constant * constant));
	alloc_free(s.storage);
}

/* Variance 1.25 spread over the band: white noise has density 2 dt, the sum rule gives the variance. */
static void test_scale(void)
{
	enum { N = 64, SEGMENTS = 4000 };
	double x[LANES] __attribute__((aligned(64)));
	const double dt = 1e-3;
	reduce_moments density = {0};
	spectrum s = spectrum_of(N);
	t_section("white noise");
	for (int i = 0; i < N * SEGMENTS; i++) {
		for (int l = 0; l < LANES; l++)
			x[l] = noise(i, l);
		lanes_welch_add(&s.welch, x);
	}
	for (size_t k = 0; k <= N / 2; k++)
		for (int l = 0; l < LANES; l++)
			reduce_moments_add(&density, lanes_welch_scale(N, dt) * s.welch.power[k * LANES + (size_t)l] /
			                                 (double)s.welch.n_segment);
	/* neighbouring frequencies share noise: 1.5 stands for that */
	T_SIGMA(density.mean, 2 * dt, 1.5 * sqrt(reduce_moments_variance(&density) / density.n), 4.5);
	T_TRUE(reduce_moments_variance(&density) < 1e-3 * density.mean * density.mean);
	alloc_free(s.storage);
}

static void test_levels(void)
{
#if defined(__x86_64__)
	static const lanes_table *const table[] = {&lanes_reducers_v2, &lanes_reducers_v3, &lanes_reducers_v4};
	enum { N = 300, LEVELS = 5, LENGTH = 64, WIDTH = (LENGTH / 2 + 3) * LANES };
	static lanes_level level[2][LEVELS];
	t_section("the same bits at levels 2 to %d", isa_level());
	correlate(table[0], N, level[0], LEVELS);
	spectrum s = spectrum_of(LENGTH);
	double first[WIDTH];
	for (int i = 0; i < LENGTH; i++)
		samples(i, s.welch.recent + i * LANES);
	for (int v = 2; v <= 4 && v <= isa_level(); v++) {
		memset(s.welch.power, 0, sizeof first);
		table[v - 2]->transform(&s.welch);
		if (v == 2)
			memcpy(first, s.welch.power, sizeof first);
		T_TRUE(memcmp(first, s.welch.power, sizeof first) == 0);
		correlate(table[v - 2], N, level[1], LEVELS);
		T_TRUE(memcmp(level[0], level[1], sizeof level[0]) == 0);
	}
	alloc_free(s.storage);
#endif
}

static void test_bad_lane(void)
{
	enum { N = 200, LEVELS = 4 };
	static lanes_level good[LEVELS], bad[LEVELS];
	double x[LANES] __attribute__((aligned(64))), a[MOST], b[MOST];
	t_section("an infinite lane");
	correlate(ISA_CHOOSE(lanes_reducers), N, good, LEVELS);
	for (int i = 0; i < N; i++) {
		samples(i, x);
		x[3] = i > 50 ? (double)INFINITY : x[3];
		lanes_correlate(bad, LEVELS, x);
	}
	const int n = lanes_covariance(good, LEVELS, 4, a);
	T_INT(lanes_covariance(bad, LEVELS, 4, b), n);
	T_TRUE(memcmp(a, b, (size_t)n * sizeof *a) == 0);
}

static void test_dwell(void)
{
	static const double x[] = {0, 0.5, -1, 0.9, -0.9, 1, 0.9, -0.5, 2, -3, -1, 0, 0};
	/* states after each:      -   -   L    L     L  H   H     H  H   L   L  L  L */
	reduce_dwell r = {.low = -1, .high = 1};
	t_section("dwell times");
	for (size_t i = 0; i < sizeof x / sizeof *x; i++)
		reduce_dwell_add(&r, x[i]);
	T_INT(r.exits[0], 1);
	T_INT(r.exits[1], 1);
	T_INT(r.risk[0], 3 + 3);
	T_INT(r.risk[1], 4);
	T_INT(r.state, 1);
}

int main(void)
{
	test_correlator();
	test_spectrum(8, 30, 0);
	test_spectrum(128, 500, 0);
	test_spectrum(64, 300, 3);
	test_scale();
	test_levels();
	test_bad_lane();
	test_dwell();
	return t_done();
}
