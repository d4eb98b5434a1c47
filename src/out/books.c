/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamic estimates of an ensemble (see books.h).
 */
#include "out/books.h"

#include <math.h>
#include <stdlib.h>
#include "base/alloc.h"

static const books_estimate unknown = {(double)NAN, (double)NAN};
static const double WIDEST = 1024, ENOUGH = 1e-13; /* of the slope: largest that is looked for; relative error */
enum { MOST_HALVINGS = 200, LEAST_IN_BIN = 50 };

typedef struct sums {
	double n, j, jj, s;
} sums;

/* The ratio of trajectories whose currents have the sums a about `mean`. */
static double ratio(const sums *a, double mean)
{
	const double d = a->j / a->n, variance = (a->jj - a->n * d * d) / (a->n - 1);
	return variance / ((mean + d) * (mean + d)) * a->s / a->n / 2;
}

static double mean_of(const double *j, size_t n)
{
	double sum = 0, count = 0;
	for (size_t i = 0; i < n; i++)
		if (!isnan(j[i])) {
			sum += j[i];
			count += 1;
		}
	return count > 0 ? sum / count : (double)NAN;
}

books_estimate books_tur(const double *j, const double *s, size_t n)
{
	const double mean = mean_of(j, n); /* sums about it do not cancel */
	sums all = {0};
	for (size_t i = 0; i < n; i++) {
		if (isnan(j[i]) || isnan(s[i]))
			continue;
		all.n += 1;
		all.j += j[i] - mean;
		all.jj += (j[i] - mean) * (j[i] - mean);
		all.s += s[i];
	}
	if (all.n < 3 || mean == 0)
		return unknown;
	const double whole = ratio(&all, mean);
	double sum = 0, square = 0;
	for (size_t i = 0; i < n; i++) {
		if (isnan(j[i]) || isnan(s[i]))
			continue;
		const double dj = j[i] - mean;
		const sums rest = {all.n - 1, all.j - dj, all.jj - dj * dj, all.s - s[i]};
		const double change = ratio(&rest, mean) - whole;
		sum += change;
		square += change * change;
	}
	const double part = (all.n - 1) / all.n;
	return (books_estimate){whole - part * sum, sqrt(part * (square - sum * sum / all.n))};
}

/* Derivative of the log likelihood at a; information and square of the scores where asked. */
static double score(const double *s, size_t n, double a, double *information, double *square)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++) {
		const double q = 1 / (1 + exp(a * s[i])), g = s[i] * q;
		sum += g;
		if (information) {
			*information += s[i] * s[i] * q * (1 - q);
			*square += g * g;
		}
	}
	return sum;
}

/* Zero of the score, which falls with a; NaN where it is not within +-WIDEST. */
static double likeliest(const double *s, size_t n)
{
	double low = -1, high = 2;
	while (score(s, n, low, NULL, NULL) < 0 && low > -WIDEST)
		low *= 2;
	while (score(s, n, high, NULL, NULL) > 0 && high < WIDEST)
		high *= 2;
	if (score(s, n, low, NULL, NULL) < 0 || score(s, n, high, NULL, NULL) > 0)
		return (double)NAN;
	double a = 1;
	for (int k = 0; k < MOST_HALVINGS && high - low > ENOUGH * (fabs(low) + fabs(high)); k++) {
		double information = 0, square = 0;
		const double g = score(s, n, a, &information, &square);
		if (g > 0)
			low = a;
		else
			high = a;
		const double newton = a + g / information;
		if (fabs(g) <= ENOUGH * fabs(a) * information)
			return newton;
		a = newton > low && newton < high ? newton : 0.5 * (low + high);
	}
	return a;
}

static int by_size(const void *a, const void *b)
{
	const double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
	return (x > y) - (x < y);
}

/* chi2 of the signs in classes of |s|, s sorted by size. */
static void test_fit(const double *s, size_t n, books_symmetry *out)
{
	const size_t most = n / LEAST_IN_BIN, n_bin = most < BOOKS_BINS ? most : BOOKS_BINS;
	out->chi2 = 0;
	out->dof = -1;
	for (size_t b = 0; b < n_bin; b++) {
		double off = 0, variance = 0;
		for (size_t i = b * n / n_bin; i < (b + 1) * n / n_bin; i++) {
			const double p = 1 / (1 + exp(-out->slope.value * fabs(s[i])));
			off += (s[i] > 0) - p;
			variance += p * (1 - p);
		}
		if (variance < 1) /* hardly one sign that differs: no normal law */
			continue;
		out->chi2 += off * off / variance;
		out->dof += 1;
	}
}

ts_status books_fit_symmetry(const double *s, size_t n, books_symmetry *out)
{
	const double none = (double)NAN;
	double *own = alloc_array(n + 1, sizeof *own);
	size_t m = 0, negative = 0;
	*out = (books_symmetry){unknown, none, none, 0};
	if (!own)
		return TS_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (isnan(s[i]) || s[i] == 0)
			continue; /* zero says nothing */
		own[m++] = s[i];
		negative += s[i] < 0;
	}
	out->n_negative = (double)negative;
	if (negative >= BOOKS_RARE && m - negative >= BOOKS_RARE) {
		double information = 0, square = 0;
		out->slope.value = likeliest(own, m);
		score(own, m, out->slope.value, &information, &square);
		out->slope.se = sqrt(square) / information;
		qsort(own, m, sizeof *own, by_size);
		test_fit(own, m, out);
	}
	alloc_free(own);
	return TS_OK;
}

books_exponential books_exponential_mean(const double *x, size_t n)
{
	books_exponential e = {unknown, unknown, 0};
	double least = (double)INFINITY, count = 0, sum = 0, square = 0;
	for (size_t i = 0; i < n; i++)
		least = x[i] < least ? x[i] : least;
	for (size_t i = 0; i < n; i++) {
		if (isnan(x[i]))
			continue;
		const double w = exp(least - x[i]);
		count += 1;
		sum += w;
		square += w * w;
	}
	e.effective = square > 0 ? sum * sum / square : 0;
	if (e.effective < BOOKS_EFFECTIVE)
		return e;
	const double mean = sum / count;
	const double relative = sqrt(fmax(square / count - mean * mean, 0) / (count - 1)) / mean;
	e.log = (books_estimate){least - log(mean), relative};
	e.mean = (books_estimate){exp(-least) * mean, exp(-least) * mean * relative};
	return e;
}
