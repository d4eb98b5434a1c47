/* SPDX-License-Identifier: Apache-2.0
 * How P(1), tau and power change with the step: Q_h - Q_2h over the trajectories that the companion ran again with
 * twice the step and the same Brownian paths (docs/format-h5.md). Both taus come from the same estimator on the same
 * trajectories; the standard error of their difference is that of the mean of the trajectories' influences on the one
 * less those on the other.
 */
#include <math.h>
#include "base/alloc.h"
#include "extract/data.h"

/* From row i of a dataset [n_bias][2]. */
static extract_value difference(const double *row, size_t i, size_t n_pair)
{
	return row ? extract_symmetric(row[2 * i], row[2 * i + 1], extract_quantile(n_pair)) : extract_unknown();
}

/* Bias point i of the pairs with steps of h: p1[n_pair], raw[n_pair][n_lag]. A pair counts when both are there. */
static void take_pairs(const extract_data *d, size_t i, double *p1, double *raw)
{
	for (size_t j = 0; j < d->n_pair; j++) {
		const size_t row = i * d->n_traj + (size_t)d->pair[j];
		p1[j] = isfinite(d->p1_coarse[i * d->n_pair + j]) ? d->p1[row] : (double)NAN;
		for (size_t k = 0; k < d->n_lag; k++)
			raw[j * d->n_lag + k] = d->raw[row * d->n_lag + k];
	}
}

static ts_status tau_difference(const extract_data *d, size_t i, double *work, extract_value *x)
{
	double *p1 = work, *influence[2] = {work + d->n_pair, work + 2 * d->n_pair}, *raw = work + 3 * d->n_pair;
	double tau[2], se;
	size_t n;
	extract_data pairs = {.n_bias = 1,
	                      .n_traj = d->n_pair,
	                      .n_lag = d->n_lag,
	                      .lag = d->lag,
	                      .duration = d->duration,
	                      .tstep = d->tstep};
	take_pairs(d, i, p1, raw);
	pairs.p1 = p1;
	pairs.raw = raw;
	TS_TRY(extract_tau(&pairs, 0, influence[0], &tau[0]));
	pairs.p1 = d->p1_coarse + i * d->n_pair;
	pairs.raw = d->raw_coarse + i * d->n_pair * d->n_lag;
	TS_TRY(extract_tau(&pairs, 0, influence[1], &tau[1]));
	if (!isfinite(tau[0] - tau[1]))
		return TS_OK;
	for (size_t j = 0; j < d->n_pair; j++)
		influence[0][j] -= influence[1][j];
	extract_mean(influence[0], d->n_pair, &se, &n);
	*x = extract_symmetric(tau[0] - tau[1], se, extract_quantile(n));
	return TS_OK;
}

ts_status extract_step(const extract_data *data, size_t i, extract_cell *cell)
{
	cell->p_step[i] = difference(data->p_step, i, data->n_pair);
	cell->power_step[i] = difference(data->power_step, i, data->n_pair);
	cell->tau_step[i] = extract_unknown();
	if (!data->raw || !data->raw_coarse)
		return TS_OK;
	double *work = alloc_array((3 + data->n_lag) * data->n_pair, sizeof *work);
	if (!work)
		return TS_NOMEM;
	const ts_status status = tau_difference(data, i, work, &cell->tau_step[i]);
	alloc_free(work);
	return status;
}
