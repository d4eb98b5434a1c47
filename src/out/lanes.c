/* SPDX-License-Identifier: Apache-2.0
 * Lane reducers: what is done once per trajectory or segment (the loops are in lanes_isa.c).
 *
 * Covariance. With S_j the sum of the products at lag j and A, B the sums of their left and right factors over the
 * c = n - j pairs, <(y - m)(y' - m)> = (S_j - m (A + B))/c + m^2. A and B are the total without the last and the first
 * j values, which the level keeps. Spectrum. One-sided density S_k = 2 dt |X_k|^2 / sum w^2, sum w^2 = 3n/8, doubled at
 * the first and the last frequency too, so that S_0 estimates the limit at low frequency and the trapezoid rule over
 * the frequencies gives the variance. A constant c adds c n/2 to X_0 and -c n/4 to X_1 and, for this window, nothing to
 * the others.
 */
#include <string.h>
#include "base/lane_math.h"
#include "out/lanes_isa.h"

static const double TURN = 6.283185307179586;

int lanes_levels(size_t n_sample)
{
	int n = 1;
	while (n < REDUCE_LEVELS && n_sample >> n > REDUCE_LAGS / 2)
		n++;
	return n;
}

void lanes_correlate(lanes_level *level, int n_level, const double *x)
{
	ISA_CHOOSE(lanes_reducers)->correlate(level, n_level, x);
}

/* Sums of the first and of the last j values. */
static double ends(const lanes_level *v, int j, int l)
{
	double sum = 0;
	for (int i = 0; i < j; i++)
		sum += v->first[i][l] + v->recent[(v->n - 1 - (uint64_t)i) % REDUCE_LAGS][l];
	return sum;
}

int lanes_products(const lanes_level *level, int n_level, int l, double *value)
{
	int n = 0;
	for (int k = 0; k < n_level; k++)
		for (int j = k ? REDUCE_LAGS / 2 : 0; j < REDUCE_LAGS && (uint64_t)j < level[k].n; j++)
			value[n++] = level[k].sum[j][l] / (double)(level[k].n - (uint64_t)j);
	return n;
}

int lanes_covariance(const lanes_level *level, int n_level, int l, double *value)
{
	const double m = level->n ? level->total[l] / (double)level->n : 0;
	int n = 0;
	for (int k = 0; k < n_level; k++) {
		const lanes_level *v = &level[k];
		for (int j = k ? REDUCE_LAGS / 2 : 0; j < REDUCE_LAGS && (uint64_t)j < v->n; j++) {
			const double c = (double)(v->n - (uint64_t)j), both = 2 * v->total[l] - ends(v, j, l);
			value[n++] = (v->sum[j][l] - m * both) / c + m * m;
		}
	}
	return n;
}

void lanes_welch_table(size_t n, double *table)
{
	for (size_t i = 0; i < n; i++)
		table[i] = 0.5 - 0.5 * lane_cos(lane_set(TURN * (double)i / (double)n))[0];
	for (size_t k = 0; k < n / 2; k++) {
		const lane angle = lane_set(TURN * (double)k / (double)n);
		table[n + k] = lane_cos(angle)[0];
		table[n + n / 2 + k] = lane_sin(angle)[0];
	}
}

void lanes_welch_add(lanes_welch *r, const double *x)
{
	memcpy(r->recent + r->filled * LANES, x, LANES * sizeof *x);
	if (++r->filled < r->n)
		return;
	ISA_CHOOSE(lanes_reducers)->transform(r);
	r->n_segment++;
	r->filled = r->n / 2;
	memcpy(r->recent, r->recent + r->filled * LANES, r->filled * LANES * sizeof *x);
}

size_t lanes_welch_segments(size_t n, size_t n_sample)
{
	return n_sample < n ? 0 : (n_sample - n) / (n / 2) + 1;
}

double lanes_welch_scale(size_t n, double dt)
{
	return 2 * dt / (0.375 * (double)n);
}

double lanes_welch_recentre(size_t n, int k, double power, double offset, double n_segment, double c)
{
	const double shift = k == 0 ? c * (double)n / 2 : k == 1 ? -c * (double)n / 4 : 0;
	return power - 2 * shift * offset + n_segment * shift * shift;
}
