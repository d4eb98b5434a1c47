/* SPDX-License-Identifier: Apache-2.0
 * The pilot of an ensemble (see noise_run.h): a few thousand small steps of LANES trajectories at a few biases, with
 * random numbers of their own. It tells the fastest relaxation rate, from which the step follows, and the range of
 * every signal, from which the histograms and an automatic threshold follow.
 *
 * Accuracy of the step: lambda is the fastest rate, averaged over time and lanes, at the bias where that is largest.
 * For the subthreshold latch h lambda = 0.25 costs about half a percent in the switching rate (docs/numerics.md);
 * variances of linear circuits are exact at any step. Flicker noise, whose band follows from
 * the step, has no part in the pilot. NOISE=jump runs its pilot with the Gaussian truncation of the
 * same process; where everything that moves is electrons, the step is the sampling interval.
 */
#include <math.h>
#include "base/alloc.h"
#include "sim/noise_auto.h"

static const double STEP_PART = 0.25; /* h lambda of the run, lambda averaged over the pilot */
static const double PILOT_PART = 0.1; /* h lambda of the pilot */
static const double GRID_SLACK = 1e-9;
static const double MOST_STEPS = 1e15;
static const double SLOWEST = 0.1, FASTEST = 0.008; /* default band of flicker noise: part of 1/TSTOP, of 1/h */
static const double MARGIN = 0.5;                   /* of a signal's range, added on both sides of its histogram */
enum { PILOT_STEPS = 4096, RATE_EVERY = 16, PILOT_BIASES = 9 };

typedef struct pilot {
	noise_run *run;
	mna_tile *tile;
	sde_work *work;
	noise_stream stream;
	uint32_t trajectory[LANES];
	double rate;       /* largest seen */
	double sum, count; /* of rates at this bias */
	double mean;       /* largest mean of a bias */
	double bit_low, bit_high;
	size_t n_bias;
} pilot;

static void see_rates(pilot *p)
{
	double lambda[LANES] __attribute__((aligned(64)));
	sde_rates(p->work, lambda);
	for (int l = 0; l < LANES; l++)
		if (isfinite(lambda[l])) {
			p->rate = fmax(p->rate, lambda[l]);
			p->sum += lambda[l];
			p->count++;
		}
}

/* What the circuit is in with all switches on, and off, whether or not it comes to that while the pilot looks. */
static void see_states(pilot *p)
{
	double lambda[LANES] __attribute__((aligned(64)));
	for (int on = 0; on < 2 && sde_plan_keeps_states(p->run->plan); on++) {
		sde_rates_in_state(p->work, on, lambda);
		for (int l = 0; l < LANES; l++)
			p->rate = isfinite(lambda[l]) ? fmax(p->rate, lambda[l]) : p->rate;
	}
}

static void see_ranges(pilot *p)
{
	const noise_run *run = p->run;
	for (int k = 0; k < run->signals.n; k++)
		for (int l = 0; l < LANES && run->charge_of[k] < 0; l++) {
			const double v = sim_signal_value(&run->signals.signal[k], p->tile, l);
			run->low[k] = fmin(run->low[k], v);
			run->high[k] = fmax(run->high[k], v);
		}
}

static double pilot_step(const pilot *p)
{
	const sim_request *q = p->run->request;
	if (q->h > 0)
		return q->h;
	return p->rate > 0 ? fmin(PILOT_PART / p->rate, q->tstep) : q->tstep;
}

/* Lanes that fail here are seen again, and reported, in the run. */
static ts_status pilot_bias(pilot *p, size_t b, double *low, double *high)
{
	TS_TRY(noise_place(p->run, p->tile, b));
	for (int l = 0; l < LANES; l++)
		p->trajectory[l] = noise_trajectory(p->run, b, l);
	noise_stream_begin(&p->stream, p->run->seed, PHILOX_START, p->trajectory);
	uint32_t failed = sde_begin(p->work, 0);
	double t = 0;
	p->sum = p->count = 0;
	see_rates(p);
	see_states(p);
	for (uint64_t n = 0; n < PILOT_STEPS && !failed && t < p->run->request->tstop; n++) {
		const double h = pilot_step(p);
		noise_stream_step(&p->stream, n);
		failed = sde_step(p->work, h, p->stream.xi, p->stream.xi_next);
		t += h;
		if (failed)
			break;
		see_ranges(p);
		for (int l = 0; l < LANES && p->run->pbit; l++) {
			const double v = sim_signal_value(&p->run->bit, p->tile, l);
			*low = fmin(*low, v);
			*high = fmax(*high, v);
		}
		if (n % RATE_EVERY == 0)
			see_rates(p);
	}
	p->mean = fmax(p->mean, p->sum / fmax(1, p->count));
	return TS_OK;
}

static ts_status set_grid(noise_run *run, double rate)
{
	const sim_request *q = run->request;
	const double h = q->h > 0 ? q->h : rate > 0 ? STEP_PART / rate : q->tstep;
	const double per_sample = ceil(q->tstep / h - GRID_SLACK);
	const double first = ceil(q->tstart / q->tstep - GRID_SLACK), last = floor(q->tstop / q->tstep + GRID_SLACK);
	noise_grid *g = &run->grid;
	if (!(last * per_sample < MOST_STEPS) || !(last >= first)) {
		diag_add(run->diag, E0522, run->request->span, "%g samples of %g steps each cannot be run",
		         last - first + 1, per_sample);
		return TS_NETLIST;
	}
	g->per_sample = per_sample > 1 ? (uint64_t)per_sample : 1;
	if (q->h == 0)
		g->per_sample += g->per_sample % 2;
	g->h = q->tstep / (double)g->per_sample;
	g->first = (uint64_t)first;
	g->last = (uint64_t)last;
	g->n_time = (size_t)(g->last - g->first) + 1;
	return TS_OK;
}

static void widen(noise_run *run)
{
	for (int k = 0; k < run->signals.n; k++) {
		const double range = run->high[k] - run->low[k];
		const double margin = range > 0 ? MARGIN * range : 1;
		run->low[k] -= margin;
		run->high[k] += margin;
	}
}

static ts_status run_biases(pilot *p)
{
	noise_run *run = p->run;
	double low = (double)INFINITY, high = -(double)INFINITY;
	const size_t n = run->n_bias < PILOT_BIASES ? run->n_bias : PILOT_BIASES;
	for (int k = 0; k < run->signals.n; k++) {
		run->low[k] = run->charge_of[k] < 0 ? (double)INFINITY : 0;
		run->high[k] = run->charge_of[k] < 0 ? -(double)INFINITY : 0;
	}
	for (size_t i = 0; i < n; i++)
		TS_TRY(pilot_bias(p, n > 1 ? i * (run->n_bias - 1) / (n - 1) : 0, &low, &high));
	widen(run);
	run->results.worst_rate = p->rate;
	if (run->pbit)
		run->threshold = run->pbit->threshold_auto ? 0.5 * (low + high) : run->pbit->threshold;
	p->bit_low = low;
	p->bit_high = high;
	p->n_bias = n;
	return set_grid(run, p->mean);
}

/* A p-bit whose threshold was never met by its range has no barrier to be estimated. */
static ts_status choose(pilot *p)
{
	noise_pilot_tools tools = {.tile = p->tile,
	                           .work = p->work,
	                           .stream = &p->stream,
	                           .trajectory = p->trajectory,
	                           .n_bias = p->n_bias,
	                           .step = p->run->grid.h,
	                           .rate = p->mean,
	                           .bit_low = p->bit_low,
	                           .bit_high = p->bit_high};
	return noise_choose(p->run, &tools);
}

static int has_flicker(const mna_system *s)
{
	for (int b = 0; b < s->n_batch; b++)
		for (int e = 0; e < s->batch[b].n_inst * s->batch[b].shape->n_noise; e++) {
			const int i = e / s->batch[b].shape->n_noise, k = e % s->batch[b].shape->n_noise;
			if (s->batch[b].shape->noise[k].spectrum == DEV_FLICKER &&
			    mna_is_noisy(&s->batch[b], s->circuit, i, k))
				return 1;
		}
	return 0;
}

/* What a plan is told: jumps are no business of the pilot. */
static sim_reading gaussian_of(sim_reading reading, int jumps)
{
	return reading == SIM_AUTO || (reading == SIM_JUMP && !jumps) ? SIM_SHIFTED : reading;
}

/* The plan of the run itself, in place of the pilot's: with jumps, with flicker noise. */
static ts_status change_plan(noise_run *run, mna_tile *tile)
{
	const sim_request *q = run->request;
	const sde_options options = {.reading = gaussian_of(q->reading, 1),
	                             .jumps = run->choice.jumps,
	                             .leap = q->method == SIM_LEAP,
	                             .method = q->method == SIM_LEAP ? SIM_WT2 : q->method,
	                             .scale = q->scale,
	                             .energy = q->energy,
	                             .h = run->grid.h,
	                             .span = q->span,
	                             .no_white = !(q->types & SIM_THERMAL),
	                             .no_rtn = !(q->types & SIM_RTN),
	                             .fmin = q->fmin > 0 ? q->fmin : SLOWEST / q->tstop,
	                             .fmax = !(q->types & SIM_FLICKER) ? 0
	                                     : q->fmax > 0             ? q->fmax
	                                                               : FASTEST / run->grid.h};
	sde_plan *gaussian = run->plan;
	TS_TRY(noise_place(run, tile, run->n_bias / 2));
	const ts_status status = sde_plan_create(tile, &options, run->diag, &run->plan);
	if (status == TS_OK && sde_plan_is_exact(run->plan) && !(q->books.n_gyration && q->h > 0)) {
		run->grid.h = q->tstep;
		run->grid.per_sample = 1;
	}
	sde_plan_destroy(gaussian);
	return status;
}

ts_status noise_pilot(noise_run *run)
{
	const sim_request *q = run->request;
	const sde_options options = {.reading = gaussian_of(q->reading, 0),
	                             .method = q->method == SIM_LEAP ? SIM_WT2 : q->method,
	                             .scale = q->scale,
	                             .energy = q->energy,
	                             .h = q->h,
	                             .span = q->span,
	                             .no_white = !(q->types & SIM_THERMAL),
	                             .no_rtn = !(q->types & SIM_RTN)};
	pilot p = {.run = run};
	ts_status status = mna_tile_create(run->system, &p.tile);
	if (status == TS_OK)
		status = noise_place(run, p.tile, run->n_bias / 2);
	if (status == TS_OK)
		status = sde_plan_create(p.tile, &options, run->diag, &run->plan);
	if (status == TS_OK)
		status = sde_work_create(run->plan, p.tile, &p.work);
	if (status == TS_OK)
		status = noise_stream_create(run->plan, &options, &p.stream);
	if (status == TS_OK)
		status = run_biases(&p);
	if (status == TS_OK && q->reading == SIM_AUTO && q->method == SIM_WT2 && (q->types & SIM_THERMAL) &&
	    q->scale > 0)
		status = choose(&p);
	if (status == TS_OK && (q->reading == SIM_JUMP || run->choice.n_jump > 0 ||
	                        ((q->types & SIM_FLICKER) && has_flicker(run->system))))
		status = change_plan(run, p.tile);
	noise_stream_destroy(&p.stream);
	sde_work_destroy(p.work);
	mna_tile_destroy(p.tile);
	return status;
}
