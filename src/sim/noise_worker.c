/* SPDX-License-Identifier: Apache-2.0
 * One thread of an ensemble (see noise_run.h): steps a tile through the grid, reduces the samples, and puts the result
 * of each trajectory into its own place. Nothing allocates between creation and destruction.
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/progress.h"
#include "base/stop.h"
#include "sim/noise_run.h"

static const double SAME_TIME = 1e-9; /* of a step: a corner this close to a step's end is at it */
enum { RATE_EVERY = 64, PROGRESS_EVERY = 64, MOST_PARTS = 16 };

struct noise_worker {
	noise_run *run;
	mna_tile *tile;
	sde_work *work;
	noise_stream stream;
	int driven;
	uint32_t trajectory[LANES];
	size_t bias;
	long first;
	uint32_t live, failed;       /* lanes with a trajectory; lanes that failed */
	reduce_moments *moments;     /* [n_signal][LANES] */
	reduce_histogram *histogram; /* [n_signal] */
	noise_reducer *reducer;
	noise_keeper *keeper; /* NULL: nothing is asked of it */
	noise_companion *companion;
	double *charge; /* [n_signal][LANES] at the last sample */
	double above[LANES], flips[LANES];
	int bit[LANES]; /* -1, +1; 0: no sample yet */
	double worst_rate;
};

ts_status noise_worker_create(noise_run *run, noise_worker **out)
{
	const size_t n = (size_t)run->signals.n + 1;
	noise_worker *w = *out = alloc_array(1, sizeof *w);
	if (!w)
		return TS_NOMEM;
	const sim_request *q = run->request;
	const sde_options options = {.reading = q->reading, .method = q->method};
	w->run = run;
	w->driven = sde_plan_is_driven(run->plan);
	w->moments = alloc_array(n * LANES, sizeof *w->moments);
	w->histogram = alloc_array(n, sizeof *w->histogram);
	w->charge = alloc_array(n * LANES, sizeof *w->charge);
	if (!w->moments || !w->histogram || !w->charge)
		return TS_NOMEM;
	TS_TRY(noise_reducer_create(run, &w->reducer));
	TS_TRY(mna_tile_create(run->system, &w->tile));
	TS_TRY(noise_place(run, w->tile, 0));
	TS_TRY(sde_work_create(run->plan, w->tile, &w->work));
	TS_TRY(noise_keeper_create(run, w->tile, w->work, &w->keeper));
	TS_TRY(noise_stream_create(run->plan, &options, &w->stream));
	return noise_companion_create(run, w->tile, w->work, &w->stream, &w->companion);
}

void noise_worker_destroy(noise_worker *w)
{
	if (!w)
		return;
	noise_companion_destroy(w->companion);
	noise_stream_destroy(&w->stream);
	sde_work_destroy(w->work);
	mna_tile_destroy(w->tile);
	alloc_free(w->moments);
	alloc_free(w->histogram);
	noise_reducer_destroy(w->reducer);
	noise_keeper_destroy(w->keeper);
	alloc_free(w->charge);
	alloc_free(w);
}

static size_t row_of(const noise_worker *w, int l)
{
	return w->bias * (size_t)w->run->samples + (size_t)w->first + (size_t)l;
}

static int first_bad_unknown(const noise_worker *w, int l)
{
	const int n = w->run->system->n_unknown;
	int worst = 1;
	for (int u = 1; u < n; u++) {
		const double x = fabs(w->tile->x[u * LANES + l]);
		if (!isfinite(x))
			return u;
		if (x > fabs(w->tile->x[worst * LANES + l]))
			worst = u;
	}
	return worst;
}

static void note_failures(noise_worker *w, uint32_t lanes, double t)
{
	const uint32_t fresh = lanes & w->live & ~w->failed;
	w->failed |= lanes;
	for (int l = 0; fresh && l < LANES; l++) {
		if (!(fresh >> l & 1))
			continue;
		const noise_failure f = {w->bias, w->first + l, t, first_bad_unknown(w, l)};
		noise_results *r = &w->run->results;
#pragma omp critical(noise_failures)
		{
			if (r->n_failure < NOISE_FAILURES)
				r->failure[r->n_failure] = f;
			r->n_failure++;
		}
	}
}

static void start_tile(noise_worker *w)
{
	const noise_run *run = w->run;
	const size_t n = (size_t)run->signals.n;
	memset(w->moments, 0, n * LANES * sizeof *w->moments);
	memset(w->charge, 0, n * LANES * sizeof *w->charge);
	noise_reducer_begin(w->reducer, w->bias);
	if (w->keeper)
		noise_keeper_begin(w->keeper);
	memset(w->above, 0, sizeof w->above);
	memset(w->flips, 0, sizeof w->flips);
	memset(w->bit, 0, sizeof w->bit);
	for (size_t k = 0; k < n; k++)
		w->histogram[k] = (reduce_histogram){.low = run->low[k], .high = run->high[k]};
	for (int l = 0; l < LANES; l++)
		w->trajectory[l] = noise_trajectory(run, w->bias, w->first + l);
	noise_stream_begin(&w->stream, run->seed, PHILOX_NOISE, w->trajectory);
	sde_seed(w->work, run->seed, w->trajectory);
	const long left = run->samples - w->first;
	w->live = left >= LANES ? (1u << LANES) - 1 : (1u << left) - 1;
	w->failed = 0;
}

void noise_signal_values(const noise_run *run, const mna_tile *tile, const sde_work *work, int k, double *last,
                         double value[LANES])
{
	const double *charge = run->charge_of[k] >= 0 ? sde_charge(work, run->charge_of[k]) : NULL;
	for (int l = 0; l < LANES; l++) {
		if (run->charge_of[k] < 0) {
			value[l] = sim_signal_value(&run->signals.signal[k], tile, l);
			continue;
		}
		value[l] = charge ? -(charge[l] - last[l]) / run->request->tstep : (double)NAN;
		last[l] = charge ? charge[l] : 0;
	}
}

static void store_trace(const noise_worker *w, int k, size_t i, const double value[LANES])
{
	const noise_run *run = w->run;
	noise_results *r = &w->run->results;
	for (int l = 0; l < LANES; l++) {
		const size_t sample = (size_t)w->first + (size_t)l;
		if (sample >= r->n_kept || (w->failed >> l & 1))
			continue;
		const size_t row = ((size_t)k * run->n_bias + w->bias) * r->n_kept + sample;
		r->trace[row * run->grid.n_time + i] = value[l];
	}
}

static void reduce_bit(noise_worker *w)
{
	const noise_run *run = w->run;
	double value[LANES] __attribute__((aligned(64)));
	for (int l = 0; l < LANES; l++) {
		value[l] = sim_signal_value(&run->bit, w->tile, l);
		const int bit = value[l] > run->threshold ? 1 : -1;
		w->above[l] += bit > 0;
		w->flips[l] += w->bit[l] && bit != w->bit[l];
		w->bit[l] = bit;
	}
	noise_reducer_bit(w->reducer, value);
}

/* Sample number i of the recorded stretch. */
static void take_sample(noise_worker *w, size_t i)
{
	const noise_run *run = w->run;
	double value[LANES] __attribute__((aligned(64)));
	if (i == 0)
		sde_open_books(w->work);
	if (i == 0 && w->keeper)
		noise_keeper_open(w->keeper);
	for (int k = 0; k < run->signals.n; k++) {
		noise_signal_values(run, w->tile, w->work, k, w->charge + (ptrdiff_t)k * LANES, value);
		if (i == 0 && run->charge_of[k] >= 0)
			continue;
		for (int l = 0; l < LANES; l++) {
			if ((w->failed | ~w->live) >> l & 1)
				continue;
			reduce_moments_add(&w->moments[k * LANES + l], value[l]);
			reduce_histogram_add(&w->histogram[k], value[l]);
		}
		noise_reducer_signal(w->reducer, k, value);
		store_trace(w, k, i, value);
	}
	if (run->pbit)
		reduce_bit(w);
}

static void see_rates(noise_worker *w)
{
	double lambda[LANES] __attribute__((aligned(64)));
	sde_rates(w->work, lambda);
	for (int l = 0; l < LANES; l++)
		if (!((w->failed | ~w->live) >> l & 1) && isfinite(lambda[l]))
			w->worst_rate = fmax(w->worst_rate, lambda[l]);
}

/* Step n, in parts where corners fall into it. */
static uint32_t advance(noise_worker *w, uint64_t n)
{
	const double h = w->run->grid.h, end = (double)(n + 1) * h;
	uint32_t failed = 0;
	noise_stream_step(&w->stream, n);
	for (unsigned j = 1; w->driven && j < MOST_PARTS; j++) {
		const double t = sde_time(w->work), corner = sde_plan_corner(w->run->plan, t + SAME_TIME * h);
		if (!(corner < end - SAME_TIME * h))
			break;
		failed |= sde_step(w->work, corner - t, w->stream.xi, w->stream.xi_next);
		noise_stream_part(&w->stream, n, j);
	}
	const double rest = w->driven ? end - sde_time(w->work) : h;
	return failed | sde_step(w->work, rest, w->stream.xi, w->stream.xi_next);
}

static ts_status run_tile(noise_worker *w)
{
	const noise_grid *g = &w->run->grid;
	note_failures(w, sde_begin(w->work, 0), 0);
	if (g->first == 0)
		take_sample(w, 0);
	for (uint64_t k = 1; k <= g->last; k++) {
		if (stop_requested())
			return TS_STOPPED;
		uint32_t failed = 0;
		for (uint64_t s = 0; s < g->per_sample; s++) {
			failed |= advance(w, (k - 1) * g->per_sample + s);
			if (w->keeper)
				noise_keeper_step(w->keeper);
		}
		sde_set_time(w->work, (double)k * w->run->request->tstep);
		if (failed & ~w->failed)
			note_failures(w, failed, (double)k * w->run->request->tstep);
		if (k % RATE_EVERY == 0)
			see_rates(w);
		if (k >= g->first)
			take_sample(w, k - g->first);
		if (k % PROGRESS_EVERY == 0)
			progress_add(w->run->bar, PROGRESS_EVERY);
	}
	return TS_OK;
}

static void put_moments(const noise_worker *w, int l)
{
	const noise_run *run = w->run;
	noise_results *r = &w->run->results;
	for (int k = 0; k < run->signals.n; k++) {
		const reduce_moments *m = &w->moments[k * LANES + l];
		const size_t at = (size_t)k * r->n_row + row_of(w, l);
		r->mean[at] = m->mean;
		r->variance[at] = reduce_moments_variance(m);
		r->final[at] =
		    run->charge_of[k] < 0 ? sim_signal_value(&run->signals.signal[k], w->tile, l) : (double)NAN;
	}
}

static void put_books(const noise_worker *w, int l, const double *field, const double *residual)
{
	noise_results *r = &w->run->results;
	for (int i = 0; i < w->run->system->circuit->n_instance; i++) {
		const double *heat = sde_heat(w->work, i);
		if (heat)
			r->heat[(size_t)i * r->n_row + row_of(w, l)] = heat[l];
	}
	r->field[row_of(w, l)] = field[l];
	r->residual[row_of(w, l)] = residual[l];
}

static void put_bit(const noise_worker *w, int l)
{
	const noise_run *run = w->run;
	noise_results *r = &w->run->results;
	const size_t row = row_of(w, l);
	r->p1[row] = w->above[l] / (double)run->grid.n_time;
	r->flips[row] = w->flips[l];
}

static void put_histograms(const noise_worker *w)
{
	const noise_run *run = w->run;
#pragma omp critical(noise_histograms)
	for (int k = 0; k < run->signals.n; k++) {
		double *to = w->run->results.histogram + ((size_t)k * run->n_bias + w->bias) * NOISE_HISTOGRAM;
		for (int i = 0; i < NOISE_HISTOGRAM; i++)
			to[i] += (double)w->histogram[k].count[i];
	}
}

static void put_tile(noise_worker *w)
{
	double field[LANES] __attribute__((aligned(64))) = {0}, residual[LANES] __attribute__((aligned(64))) = {0};
	if (w->run->request->energy) {
		sde_field(w->work, field);
		sde_residual(w->work, residual);
	}
	for (int l = 0; l < LANES; l++) {
		if (!(w->live >> l & 1) || (w->failed >> l & 1))
			continue;
		put_moments(w, l);
		w->run->results.events[row_of(w, l)] = sde_events(w->work)[l];
		if (w->run->request->energy)
			put_books(w, l, field, residual);
		if (w->keeper)
			noise_keeper_put(w->keeper, l, row_of(w, l));
		if (w->run->pbit)
			put_bit(w, l);
		noise_reducer_put(w->reducer, l, (size_t)(w->first + l));
	}
	put_histograms(w);
}

ts_status noise_worker_tile(noise_worker *w, size_t b, long first)
{
	w->bias = b;
	w->first = first;
	TS_TRY(noise_place(w->run, w->tile, b));
	start_tile(w);
	TS_TRY(run_tile(w));
	put_tile(w);
#pragma omp critical(noise_rates)
	w->run->results.worst_rate = fmax(w->run->results.worst_rate, w->worst_rate);
	return noise_companion_tile(w->companion, b, first);
}
