/* SPDX-License-Identifier: Apache-2.0
 * Dwell times of the two states of a bit with hysteresis, from the exits and times at risk of all trajectories.
 *
 * The rate of exits is n/R, n exits in the time at risk R; the unfinished last dwells count in R, which makes this the
 * maximum-likelihood estimate for exponential dwells. A dwell shorter than the sampling interval dt may be missed. Of
 * two states with exit rates k0, k1 the samples are a Markov chain with p_i = n_i dt/R_i = (1 - exp(-K dt)) k_i/K, K =
 * k0 + k1, so that K = -ln(1 - p0 - p1)/dt and k_i = K p_i/(p0 + p1). The interval is that of n Poisson counts,
 * chi^2_{2n}(0.025)/2R to chi^2_{2n+2}(0.975)/2R, corrected by the same factor [numerics.md section 7].
 *
 * Are they exponential? Of n dwells d that began and ended in sight the ratio (n + 1) sum d^2 / (2 (sum d)^2) has mean
 * 1 and variance (n - 1)/((n + 2)(n + 3)) when they are [Greenwood's statistic; Moran, J. R. Statist. Soc. B 9, 92
 * (1947)].
 * Sampled dt apart they are geometric, E d^2 = (E d)^2 (2 - p), p = dt/E d, and the ratio is divided by 1 - p/2.
 * Trajectories should last many dwells, since what is longer than they are is never whole.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include "extract/data.h"

enum { LEAST_WHOLE = 10 }; /* dwells, for their shape */

typedef struct counts {
	double n, risk; /* exits; s */
} counts;

/* Sums over the trajectories that finished. */
static counts pool(const extract_data *d, size_t i, int side)
{
	const double *exits = d->exits[side] + i * d->n_traj, *risk = d->risk[side] + i * d->n_traj;
	counts c = {0, 0};
	for (size_t t = 0; t < d->n_traj; t++)
		if (isfinite(exits[t]) && isfinite(risk[t])) {
			c.n += exits[t];
			c.risk += risk[t];
		}
	return c;
}

static extract_value dwell_time(const counts *c, double correction)
{
	if (!(c->risk > 0) || !isfinite(correction))
		return extract_unknown();
	const double rate = c->n / c->risk * correction;
	const double low = c->n > 0 ? gsl_cdf_chisq_Pinv(0.025, 2 * c->n) / 2 / c->risk * correction : 0;
	const double high = gsl_cdf_chisq_Pinv(0.975, 2 * c->n + 2) / 2 / c->risk * correction;
	return rate > 0 ? (extract_value){1 / rate, 1 / rate / sqrt(c->n), 1 / high, 1 / low}
	                : (extract_value){(double)NAN, (double)NAN, 1 / high, (double)INFINITY};
}

static double sum_of(const double *row, size_t n)
{
	double sum = 0;
	for (size_t t = 0; t < n; t++)
		sum += isfinite(row[t]) ? row[t] : 0;
	return sum;
}

static extract_value shape(const extract_data *d, size_t i, int side)
{
	double sum[3];
	for (int k = 0; k < 3; k++) {
		if (!d->whole[side][k])
			return extract_unknown();
		sum[k] = sum_of(d->whole[side][k] + i * d->n_traj, d->n_traj);
	}
	const double n = sum[0], ratio = (n + 1) * sum[2] / (2 * sum[1] * sum[1]);
	const double sampled = 1 - 0.5 * n * d->tstep / sum[1];
	return n < LEAST_WHOLE
	           ? extract_unknown()
	           : extract_symmetric(ratio / sampled, sqrt((n - 1) / ((n + 2) * (n + 3))), extract_quantile(0));
}

void extract_dwell(const extract_data *data, size_t i, extract_cell *cell)
{
	cell->dwell_low[i] = cell->dwell_high[i] = extract_unknown();
	cell->dwell_shape_low[i] = cell->dwell_shape_high[i] = extract_unknown();
	if (!data->exits[0] || !(data->tstep > 0))
		return;
	cell->dwell_shape_low[i] = shape(data, i, 0);
	cell->dwell_shape_high[i] = shape(data, i, 1);
	const counts c[2] = {pool(data, i, 0), pool(data, i, 1)};
	const double p0 = c[0].risk > 0 ? c[0].n * data->tstep / c[0].risk : 0;
	const double p1 = c[1].risk > 0 ? c[1].n * data->tstep / c[1].risk : 0, p = p0 + p1;
	/* p >= 1: the samples are too far apart to tell the rates */
	const double correction = p <= 0 ? 1 : p < 1 ? -log1p(-p) / p : (double)NAN;
	cell->dwell_low[i] = dwell_time(&c[0], correction);
	cell->dwell_high[i] = dwell_time(&c[1], correction);
}
