/* SPDX-License-Identifier: Apache-2.0
 * Correlations, spectra and dwell times while an ensemble runs (see noise_reduce.h).
 */
#include "sim/noise_reduce.h"

#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "sim/noise_run.h"

static const double MOST_STORED = 1 << 28; /* numbers: 2 GiB */

struct noise_reducer {
	noise_run *run;
	size_t bias;
	lanes_level *level; /* [n_signal][n_level]; NULL without correlations */
	lanes_welch *welch; /* [n_signal]; NULL without spectra */
	double *storage;    /* of welch */
	lanes_level *bit;   /* [n_level] of the p-bit, +-1; NULL without one */
	reduce_dwell dwell[LANES];
	double *reference; /* [n_signal] at this bias */
};

long noise_tiles_together(long samples)
{
	const long tiles = (samples + LANES - 1) / LANES;
	return (tiles + NOISE_GROUPS - 1) / NOISE_GROUPS;
}

size_t noise_reduced_samples(const noise_run *run, int k)
{
	return run->grid.n_time - (run->charge_of[k] >= 0);
}

double noise_reduced_reference(const noise_run *run, int k, size_t b)
{
	const sim_signal *s = &run->signals.signal[k];
	const double *x0 = run->x0 + b * (size_t)run->system->n_unknown;
	return run->charge_of[k] >= 0 ? 0 : sim_signal_read(s, x0, 1, 0);
}

static double *unknown(size_t n)
{
	double *p = alloc_array(n, sizeof *p);
	for (size_t i = 0; p && i < n; i++)
		p[i] = (double)NAN;
	return p;
}

static ts_status check_size(const noise_run *run, size_t n_sums)
{
	const sim_request *q = run->request;
	if (q->psd && (size_t)q->psd >= run->grid.n_time) {
		diag_add(run->diag, E0305, q->span, "PSD=%d is not shorter than the %zu samples of a trajectory",
		         q->psd, run->grid.n_time);
		return TS_NETLIST;
	}
	const double n = (double)n_sums * (double)((size_t)run->n_lag + run->reduced.n_freq);
	if (n <= MOST_STORED)
		return TS_OK;
	diag_add(run->diag, E0522, q->span,
	         "correlations and spectra of %d signals at %zu biases take %.3g numbers: name fewer signals in .save, "
	         "lower PSD=, or set ACF=off",
	         run->signals.n, run->n_bias, n);
	return TS_NETLIST;
}

ts_status noise_reduced_create(noise_run *run)
{
	noise_reduced *r = &run->reduced;
	const sim_request *q = run->request;
	const size_t samples = (size_t)run->samples, n_row = run->n_bias * samples;
	r->per_group = samples > NOISE_GROUPS ? LANES * (size_t)noise_tiles_together(run->samples) : 1;
	r->n_group = (samples + r->per_group - 1) / r->per_group;
	r->n_level = lanes_levels(run->grid.n_time);
	r->n_freq = q->psd ? (size_t)q->psd / 2 + 1 : 0;
	const size_t n_sums = (size_t)run->signals.n * run->n_bias * r->n_group;
	TS_TRY(check_size(run, n_sums));
	r->covariance = alloc_array(q->acf ? n_sums * (size_t)run->n_lag : 0, sizeof *r->covariance);
	r->power = alloc_array(n_sums * r->n_freq, sizeof *r->power);
	r->offset = alloc_array(2 * n_sums, sizeof *r->offset);
	r->table = alloc_array(2 * (size_t)q->psd, sizeof *r->table);
	if (!r->covariance || !r->power || !r->offset || !r->table)
		return TS_NOMEM;
	if (q->psd)
		lanes_welch_table((size_t)q->psd, r->table);
	for (int side = 0; side < 2 && run->pbit && run->pbit->has_core; side++) {
		r->exits[side] = unknown(n_row);
		r->risk[side] = unknown(n_row);
		if (!r->exits[side] || !r->risk[side])
			return TS_NOMEM;
		for (int k = 0; k < 3; k++)
			if (!(r->whole[side][k] = unknown(n_row)))
				return TS_NOMEM;
	}
	return TS_OK;
}

void noise_reduced_destroy(noise_reduced *r)
{
	double *const array[] = {r->table,    r->covariance, r->power,   r->offset,
	                         r->exits[0], r->exits[1],   r->risk[0], r->risk[1]};
	for (size_t i = 0; i < sizeof array / sizeof *array; i++)
		alloc_free(array[i]);
	for (int k = 0; k < 6; k++)
		alloc_free(r->whole[k / 3][k % 3]);
}

static ts_status create_welch(noise_reducer *r)
{
	const size_t n_signal = (size_t)r->run->signals.n, n = (size_t)r->run->request->psd;
	const size_t each = (n + r->run->reduced.n_freq + 2) * LANES;
	r->welch = alloc_array(n_signal, sizeof *r->welch);
	r->storage = alloc_array(n_signal * each + n * LANES, sizeof *r->storage);
	if (!r->welch || !r->storage)
		return TS_NOMEM;
	for (size_t k = 0; k < n_signal; k++) {
		double *at = r->storage + n * LANES + k * each;
		r->welch[k] = (lanes_welch){.n = n,
		                            .table = r->run->reduced.table,
		                            .work = r->storage,
		                            .recent = at,
		                            .power = at + n * LANES,
		                            .offset = at + (n + r->run->reduced.n_freq) * LANES};
	}
	return TS_OK;
}

ts_status noise_reducer_create(noise_run *run, noise_reducer **out)
{
	noise_reducer *r = *out = alloc_array(1, sizeof *r);
	if (!r)
		return TS_NOMEM;
	const size_t n_signal = (size_t)run->signals.n;
	r->run = run;
	r->reference = alloc_array(n_signal, sizeof *r->reference);
	if (run->request->acf)
		r->level = alloc_array(n_signal * (size_t)run->reduced.n_level, sizeof *r->level);
	if (run->pbit)
		r->bit = alloc_array((size_t)run->reduced.n_level, sizeof *r->bit);
	if (!r->reference || (run->request->acf && !r->level) || (run->pbit && !r->bit))
		return TS_NOMEM;
	return run->request->psd ? create_welch(r) : TS_OK;
}

void noise_reducer_destroy(noise_reducer *r)
{
	if (!r)
		return;
	alloc_free(r->level);
	alloc_free(r->bit);
	alloc_free(r->welch);
	alloc_free(r->storage);
	alloc_free(r->reference);
	alloc_free(r);
}

void noise_reducer_begin(noise_reducer *r, size_t bias)
{
	const noise_run *run = r->run;
	const size_t n_signal = (size_t)run->signals.n;
	r->bias = bias;
	if (r->level)
		memset(r->level, 0, n_signal * (size_t)run->reduced.n_level * sizeof *r->level);
	for (size_t k = 0; k < n_signal; k++) {
		r->reference[k] = noise_reduced_reference(run, (int)k, bias);
		if (!r->welch)
			continue;
		lanes_welch *w = &r->welch[k];
		w->filled = w->n_segment = 0;
		memset(w->power, 0, run->reduced.n_freq * LANES * sizeof *w->power);
		memset(w->offset, 0, 2 * LANES * sizeof *w->offset);
	}
	if (r->bit)
		memset(r->bit, 0, (size_t)run->reduced.n_level * sizeof *r->bit);
	for (int l = 0; l < LANES && run->pbit; l++)
		r->dwell[l] = (reduce_dwell){.low = run->pbit->core[0], .high = run->pbit->core[1]};
}

void noise_reducer_signal(noise_reducer *r, int k, const double *value)
{
	double x[LANES] __attribute__((aligned(64)));
	if (!r->level && !r->welch)
		return;
	for (int l = 0; l < LANES; l++)
		x[l] = value[l] - r->reference[k];
	if (r->level)
		lanes_correlate(r->level + (ptrdiff_t)k * r->run->reduced.n_level, r->run->reduced.n_level, x);
	if (r->welch)
		lanes_welch_add(&r->welch[k], x);
}

void noise_reducer_bit(noise_reducer *r, const double *value)
{
	double x[LANES] __attribute__((aligned(64)));
	for (int l = 0; l < LANES; l++)
		x[l] = value[l] > r->run->threshold ? 1 : -1;
	lanes_correlate(r->bit, r->run->reduced.n_level, x);
	for (int l = 0; l < LANES && r->run->pbit->has_core; l++)
		reduce_dwell_add(&r->dwell[l], value[l]);
}

static void put_covariance(const noise_reducer *r, int k, int l, size_t at)
{
	const noise_run *run = r->run;
	double value[REDUCE_LEVELS * REDUCE_LAGS], *to = run->reduced.covariance + at * (size_t)run->n_lag;
	const int n = lanes_covariance(r->level + (ptrdiff_t)k * run->reduced.n_level, run->reduced.n_level, l, value);
	for (int j = 0; j < run->n_lag; j++)
		to[j] += j < n ? value[j] : (double)NAN;
}

static void put_power(const noise_reducer *r, int k, int l, size_t at)
{
	const noise_reduced *all = &r->run->reduced;
	const lanes_welch *w = &r->welch[k];
	for (size_t j = 0; j < all->n_freq; j++)
		all->power[at * all->n_freq + j] += w->power[j * LANES + (size_t)l];
	for (size_t j = 0; j < 2; j++)
		all->offset[at * 2 + j] += w->offset[j * LANES + (size_t)l];
}

static void put_bit(const noise_reducer *r, int l, size_t row)
{
	double value[REDUCE_LEVELS * REDUCE_LAGS];
	const size_t n_lag = (size_t)r->run->n_lag;
	const size_t n = (size_t)lanes_products(r->bit, r->run->reduced.n_level, l, value);
	memcpy(r->run->results.autocorrelation + row * n_lag, value, (n < n_lag ? n : n_lag) * sizeof *value);
}

void noise_reducer_put(const noise_reducer *r, int l, size_t sample)
{
	const noise_run *run = r->run;
	const noise_reduced *all = &run->reduced;
	const size_t row = r->bias * (size_t)run->samples + sample;
	for (int k = 0; k < run->signals.n; k++) {
		const size_t at = ((size_t)k * run->n_bias + r->bias) * all->n_group + sample / all->per_group;
		if (r->level)
			put_covariance(r, k, l, at);
		if (r->welch)
			put_power(r, k, l, at);
	}
	if (r->bit)
		put_bit(r, l, row);
	for (int side = 0; side < 2 && all->exits[side]; side++) {
		all->exits[side][row] = r->dwell[l].exits[side];
		const double dt = run->request->tstep;
		all->risk[side][row] = r->dwell[l].risk[side] * dt;
		all->whole[side][0][row] = r->dwell[l].whole[side];
		all->whole[side][1][row] = r->dwell[l].sum[side] * dt;
		all->whole[side][2][row] = r->dwell[l].square[side] * dt * dt;
	}
}
