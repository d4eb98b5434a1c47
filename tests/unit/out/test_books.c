/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamic estimates: closed forms where the sample is small, a jackknife written out, and replicates of laws that
 * obey the theorems, whose scores must have unit variance.
 */
#include <math.h>
#include <stdio.h>
#include "base/alloc.h"
#include "base/gauss.h"
#include "harness/t.h"
#include "out/books.h"

static const double TOL_ROUND = 1e-12;
enum { REPLICATES = 400, SAMPLE = 4000 };
static const double SIGMAS = 4.5; /* of a mean over REPLICATES, or of their variance: relative s.e. sqrt(2/400) */

static double direct_ratio(const double *j, const double *s, size_t n, size_t without)
{
	double count = 0, mean = 0, variance = 0, entropy = 0;
	for (size_t i = 0; i < n; i++)
		if (i != without && !isnan(j[i])) {
			count += 1;
			mean += j[i];
			entropy += s[i];
		}
	mean /= count;
	for (size_t i = 0; i < n; i++)
		if (i != without && !isnan(j[i]))
			variance += (j[i] - mean) * (j[i] - mean) / (count - 1);
	return variance / (mean * mean) * entropy / count / 2;
}

static void test_jackknife(void)
{
	const double j[] = {1e6 + 1, 1e6 + 4, (double)NAN, 1e6 + 2, 1e6 - 3, 1e6 + 7},
	             s[] = {2, 3, (double)NAN, 5, 4, 1};
	double part[5], sum = 0, square = 0, whole = direct_ratio(j, s, 6, 6);
	t_section("uncertainty ratio: jackknife of five, a failed row among them");
	for (int i = 0, k = 0; i < 6; i++)
		if (i != 2)
			sum += part[k++] = direct_ratio(j, s, 6, (size_t)i);
	for (int k = 0; k < 5; k++)
		square += (part[k] - sum / 5) * (part[k] - sum / 5);
	const books_estimate f = books_tur(j, s, 6);
	T_REL(f.value, 5 * whole - 4 * sum / 5, 1e-9);
	T_REL(f.se, sqrt(0.8 * square), 1e-9);
	T_TRUE(isnan(books_tur(j, s, 2).value));
	T_TRUE(isnan(books_tur((const double[]){1, -1, 2, -2}, s, 4).value));
}

static void test_two_values(void)
{
	double s[130];
	books_symmetry fit;
	t_section("symmetry of a two-valued law, 100 of +1.5, 25 of -1.5");
	for (int i = 0; i < 130; i++)
		s[i] = i < 100 ? 1.5 : i < 125 ? -1.5 : i < 128 ? 0 : (double)NAN;
	T_INT(books_fit_symmetry(s, 130, &fit), TS_OK);
	T_REL(fit.slope.value, log(4) / 1.5, TOL_ROUND);
	T_REL(fit.slope.se, sqrt(1 / (125 * 0.8 * 0.2)) / 1.5, 1e-9);
	T_REL(fit.n_negative, 25, 0);
	T_INT(books_fit_symmetry(s, 110, &fit), TS_OK); /* 10 negative ones are too few */
	T_TRUE(isnan(fit.slope.value) && isnan(fit.slope.se));
	for (int i = 0; i < 130; i++)
		s[i] = i < 80 ? -2 : 2;
	T_INT(books_fit_symmetry(s, 130, &fit), TS_OK);
	T_REL(fit.slope.value, log(50.0 / 80) / 2, TOL_ROUND);
}

static void test_exponential(void)
{
	double x[1000];
	t_section("exponential average of a two-valued law, and one that hangs on a single term");
	for (int i = 0; i < 1000; i++)
		x[i] = i < 300 ? 2000 : 2001; /* beyond the range of exp */
	books_exponential e = books_exponential_mean(x, 1000);
	const double mean = 0.3 + 0.7 * exp(-1), square = 0.3 + 0.7 * exp(-2);
	T_REL(e.log.value, 2000 - log(mean), TOL_ROUND);
	T_REL(e.log.se, sqrt((square - mean * mean) / 999) / mean, 1e-9);
	T_REL(e.effective, 1000 * mean * mean / square, TOL_ROUND);
	x[0] = 1900;
	e = books_exponential_mean(x, 1000);
	T_TRUE(isnan(e.log.value) && isnan(e.mean.value));
	T_REL(e.effective, 1, 1e-9);
}

typedef struct score {
	double sum, square;
} score;

static void add(score *z, books_estimate e, double want)
{
	const double x = (e.value - want) / e.se;
	z->sum += x;
	z->square += x * x;
}

static void check(const score *z, const char *what)
{
	const double mean = z->sum / REPLICATES, variance = z->square / REPLICATES - mean * mean;
	printf("  %s: mean score %+.3f, variance %.3f\n", what, mean, variance);
	T_ABS(mean, 0, SIGMAS / sqrt(REPLICATES) + 0.1); /* 0.1: bias at this sample size */
	T_ABS(variance, 1, SIGMAS * sqrt(2.0 / REPLICATES));
}

/* Normal entropy of mean m and variance 2m obeys the theorem exactly; a current J = s has F = 1. */
static void test_replicates(double m)
{
	double *s = alloc_array(SAMPLE, sizeof *s);
	score slope = {0}, integral = {0}, ratio = {0};
	double chi2 = 0, dof = 0;
	t_section("normal law of mean %g and twice that variance, %d replicates of %d", m, REPLICATES, SAMPLE);
	for (uint32_t r = 0; s && r < REPLICATES; r++) {
		books_symmetry fit;
		for (int i = 0; i < SAMPLE; i++)
			s[i] = m + sqrt(2 * m) * gauss_one(philox_make_key(7, PHILOX_TEST), (uint64_t)i, 1, r);
		T_INT(books_fit_symmetry(s, SAMPLE, &fit), TS_OK);
		add(&slope, fit.slope, 1);
		add(&integral, books_exponential_mean(s, SAMPLE).mean, 1);
		add(&ratio, books_tur(s, s, SAMPLE), 1);
		chi2 += fit.chi2;
		dof += fit.dof;
	}
	check(&slope, "slope");
	check(&integral, "integral");
	check(&ratio, "uncertainty ratio");
	printf("  chi2 %.1f of %.0f\n", chi2, dof);
	T_ABS(chi2, dof, SIGMAS * sqrt(2 * dof));
	alloc_free(s);
}

int main(void)
{
	test_jackknife();
	test_two_values();
	test_exponential();
	test_replicates(0.3);
	return t_done();
}
