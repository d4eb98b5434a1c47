/* SPDX-License-Identifier: Apache-2.0
 * Integrated autocorrelation time and R-hat.
 *
 * tau_int. Level l of the correlator, width m = 2^l samples, sees the covariance through a triangle of half width m.
 * Triangles m apart add up to one; where the width doubles, half of the last narrow triangle makes the join exact. So
 * sum_k C(k) = sum of w C over the stored lags, w = m, and m/2 for the last lag of a level, without any model of C.
 * The sum ends at the first lag of at least 5 tau_int, and not within the first level, where an alternating
 * correlation has yet to come to rest [Sokal 1989; numerics.md section 7]. Where the terms cancel (the current into a
 * capacitor, whose integral is bounded) the tail beyond decides, and nothing is determined. Standard errors: scatter
 * between groups of the linear response, window fixed. For comparison the same sum up to the first pair of neighbouring
 * lags that is not positive [Geyer, Statist. Sci. 7, 473 (1992)]: of a process reversible in time no such pair exists
 * but by noise, at any level, and of one that oscillates it ends early.
 */
#include "out/converge.h"

#include <math.h>
#include <stdlib.h>
#include "base/alloc.h"
#include "out/reduce.h"

static const double WINDOW = 5;    /* tau_int */
static const double CANCEL = 0.05; /* of the sum of absolute values: a smaller sum is that of the cut-off tail */
static const double ROOT_TURN = 2.5066282746310002;
enum { MOST_DRAWS = 1 << 17, LEAST_DRAWS = 4, NEW_LAGS = REDUCE_LAGS / 2 };

static size_t n_used(const converge_groups *g)
{
	size_t n = 0;
	for (size_t i = 0; i < g->n_group; i++)
		n += g->weight[i] > 0;
	return n;
}

double converge_mean(const converge_groups *g, size_t lag, double *se)
{
	double mean = 0, square = 0;
	const double n = (double)n_used(g);
	for (size_t i = 0; i < g->n_group; i++)
		mean += g->weight[i] > 0 ? g->weight[i] * g->covariance[i * g->n_lag + lag] : 0;
	for (size_t i = 0; i < g->n_group; i++) {
		const double d = g->weight[i] > 0 ? g->weight[i] * (g->covariance[i * g->n_lag + lag] - mean) : 0;
		square += d * d;
	}
	*se = n > 1 ? sqrt(square * n / (n - 1)) : (double)NAN;
	return n > 0 ? mean : (double)NAN;
}

/* Both sides of lag k in the sum over all lags, samples. */
static double quadrature(size_t k)
{
	const size_t level = k < REDUCE_LAGS ? 0 : (k - REDUCE_LAGS) / NEW_LAGS + 1;
	const size_t j = level ? NEW_LAGS + (k - REDUCE_LAGS) % NEW_LAGS : k;
	const double m = ldexp(1, (int)level);
	return k == 0 ? 1 : j == REDUCE_LAGS - 1 ? m : 2 * m;
}

/* What group i adds to the sum over lags 0 .. end - 1. */
static double group_sum(const converge_groups *g, size_t i, size_t end)
{
	double sum = 0;
	for (size_t k = 0; k < end; k++)
		sum += quadrature(k) * g->covariance[i * g->n_lag + k];
	return sum;
}

static void scatter(const converge_groups *g, size_t end, double variance, converge_tau *out)
{
	const double n = (double)n_used(g);
	double tau2 = 0, integral2 = 0;
	for (size_t i = 0; i < g->n_group; i++) {
		if (!(g->weight[i] > 0))
			continue;
		const double sum = group_sum(g, i, end), c0 = g->covariance[i * g->n_lag];
		const double d = g->weight[i] * (sum - out->integral);
		const double dtau = g->weight[i] * (sum - out->tau * c0) / variance;
		integral2 += d * d;
		tau2 += dtau * dtau;
	}
	out->tau_se = n > 1 ? sqrt(tau2 * n / (n - 1)) : (double)NAN;
	out->integral_se = n > 1 ? sqrt(integral2 * n / (n - 1)) : (double)NAN;
}

/* tau by Geyer's window; levels begin at even places, so that a pair is of one level. */
static double initial_positive(const converge_groups *g, double variance)
{
	double sum = 0, se;
	for (size_t k = 0; k + 1 < g->n_lag; k += 2) {
		const double a = converge_mean(g, k, &se), b = converge_mean(g, k + 1, &se);
		if (!(a + b > 0))
			return isnan(a + b) || k == 0 ? (double)NAN : sum / variance;
		sum += quadrature(k) * a + quadrature(k + 1) * b;
	}
	return (double)NAN;
}

void converge_tau_int(const converge_groups *g, converge_tau *out)
{
	const double unknown = (double)NAN;
	double se, sum = 0, size = 0;
	*out = (converge_tau){unknown, unknown, unknown, unknown, unknown, unknown};
	const double variance = g->n_lag ? converge_mean(g, 0, &se) : 0;
	if (!(variance > 0))
		return;
	out->geyer = initial_positive(g, variance);
	for (size_t k = 0; k < g->n_lag; k++) {
		const double c = converge_mean(g, k, &se);
		if (isnan(c))
			return;
		sum += quadrature(k) * c;
		size += quadrature(k) * fabs(c);
		if (k + 1 < REDUCE_LAGS || g->lag[k] < WINDOW * sum / variance)
			continue;
		if (fabs(sum) < CANCEL * size)
			return;
		out->integral = sum;
		out->tau = sum / variance;
		out->window = g->lag[k];
		scatter(g, k + 1, variance, out);
		return;
	}
}

typedef struct draw {
	double x;
	size_t at;
} draw;

static int by_value(const void *a, const void *b)
{
	const draw *p = a, *q = b;
	return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->at > q->at) - (p->at < q->at);
}

/* Rational approximation [Acklam], one Halley step on the distribution function. */
static double normal_quantile(double p)
{
	static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
	                           1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
	static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
	                           6.680131188771972e+01,  -1.328068155288572e+01, 1};
	static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
	                           -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
	static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
	                           3.754408661907416e+00, 1};
	const double tail = fmin(p, 1 - p);
	double x, e = 0, f = 0;
	if (tail > 0.02425) {
		const double q = p - 0.5;
		for (int i = 0; i < 6; i++) {
			e = e * q * q + a[i];
			f = f * q * q + b[i];
		}
		x = e * q / f;
	} else {
		const double q = sqrt(-2 * log(tail));
		for (int i = 0; i < 6; i++)
			e = e * q + c[i];
		for (int i = 0; i < 5; i++)
			f = f * q + d[i];
		x = p < 0.5 ? e / f : -e / f;
	}
	const double u = (0.5 * erfc(-x / sqrt(2)) - p) * ROOT_TURN * exp(x * x / 2);
	return x - u / (1 + x * u / 2);
}

/* Normal scores of the ranks of s[n], ties sharing their mean rank, into z[s.at]. Sorts s. */
static void scores(draw *s, size_t n, double *z)
{
	qsort(s, n, sizeof *s, by_value);
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;
		while (end < n && s[end].x == s[i].x)
			end++;
		const double rank = 0.5 * (double)(i + 1 + end);
		const double value = normal_quantile((rank - 0.375) / ((double)n + 0.25));
		for (; i < end; i++)
			z[s[i].at] = value;
	}
}

/* R-hat of n_chain chains of n scores, which lie one after the other. */
static double plain_rhat(const double *z, size_t n_chain, size_t n)
{
	double within = 0;
	reduce_moments means = {0};
	for (size_t c = 0; c < n_chain; c++) {
		reduce_moments m = {0};
		for (size_t i = 0; i < n; i++)
			reduce_moments_add(&m, z[c * n + i]);
		reduce_moments_add(&means, m.mean);
		within += m.m2 / (double)(n - 1) / (double)n_chain;
	}
	const double between = means.m2 / (double)(n_chain - 1);
	return within > 0 ? sqrt((double)(n - 1) / (double)n + between / within) : (double)NAN;
}

static int is_whole(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return 0;
	return 1;
}

/* Bulk and folded R-hat of the halves gathered in s, as draw number at = position. */
static double both_rhat(draw *s, size_t n_half, size_t n, double *z)
{
	const size_t all = n_half * n;
	scores(s, all, z);
	const double bulk = plain_rhat(z, n_half, n), median = 0.5 * (s[(all - 1) / 2].x + s[all / 2].x);
	for (size_t i = 0; i < all; i++)
		s[i].x = fabs(s[i].x - median);
	scores(s, all, z);
	return fmax(bulk, plain_rhat(z, n_half, n));
}

double converge_rhat(const double *x, size_t n_chain, size_t n, size_t stride)
{
	const size_t step = n_chain * n / MOST_DRAWS + 1, half = n / 2 / step;
	if (n_chain == 0 || half < LEAST_DRAWS / 2)
		return (double)NAN;
	draw *s = alloc_array(2 * n_chain * half, sizeof *s);
	double *z = alloc_array(2 * n_chain * half, sizeof *z), rhat = (double)NAN;
	size_t n_half = 0;
	for (size_t c = 0; s && c < n_chain; c++) {
		if (!is_whole(x + c * stride, n))
			continue;
		for (size_t part = 0; part < 2; part++, n_half++)
			for (size_t i = 0; i < half; i++) {
				const size_t at = n_half * half + i;
				s[at] = (draw){x[c * stride + part * (n - n / 2) + i * step], at};
			}
	}
	if (s && z && n_half)
		rhat = both_rhat(s, n_half, half, z);
	alloc_free(s);
	alloc_free(z);
	return rhat;
}
