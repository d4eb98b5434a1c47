/* SPDX-License-Identifier: Apache-2.0
 * Trajectories again with twice the step (see noise_companion.h). Between two samples the long steps are walked through
 * the short ones: charge sqrt(dt) xi of every source is summed over the short steps, and where a long step ends, at a
 * corner or after two short steps, the sum over its root is the normal of the long step.
 */
#include "sim/noise_companion.h"

#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/progress.h"
#include "base/stop.h"
#include "sim/noise_run.h"

static const double SAME_TIME = 1e-9; /* as in noise_worker.c */
enum { PROGRESS_EVERY = 64, MOST_PARTS = 16 };

struct noise_companion {
	noise_run *run;
	mna_tile *tile;
	sde_work *work;
	noise_stream *stream;
	int driven;
	double *sum; /* [n_source][LANES] of sqrt(dt) xi in this long step */
	double time; /* gathered in it */
	size_t bias, first_pair;
	uint32_t trajectory[LANES];
	uint32_t live, failed;
	reduce_moments *moments; /* [n_signal][LANES] */
	double *charge;          /* [n_signal][LANES] at the last sample */
	double above[LANES];
	lanes_level *bit; /* [n_level]; NULL without a p-bit */
};

static double *unknown(size_t n)
{
	double *p = alloc_array(n, sizeof *p);
	for (size_t i = 0; p && i < n; i++)
		p[i] = (double)NAN;
	return p;
}

static const char *why_not(const noise_run *run)
{
	if (!run->request->companion)
		return "COMPANION=off";
	if (sde_plan_is_exact(run->plan))
		return "exact jumps have no step";
	if (run->grid.per_sample % 2)
		return "the number of steps per sample is odd";
	return NULL;
}

static int order_of(const noise_run *run)
{
	const sim_method m = run->request->method;
	const int smooth = sde_plan_is_additive(run->plan) && !sde_plan_keeps_states(run->plan);
	return (m == SIM_WT2 || m == SIM_HEUN || m == SIM_LM) && smooth ? 2 : 1;
}

ts_status noise_coarse_create(noise_run *run)
{
	noise_coarse *c = &run->coarse;
	const long tiles = (run->samples + LANES - 1) / LANES;
	c->why_not = why_not(run);
	if (c->why_not)
		return TS_OK;
	c->order = order_of(run);
	c->n_tile = tiles > COARSE_EVERY ? tiles / COARSE_EVERY : 1;
	c->n_pair = (size_t)(c->n_tile * LANES < run->samples ? c->n_tile * LANES : run->samples);
	const size_t n = run->n_bias * c->n_pair, n_signal = (size_t)run->signals.n;
	c->mean = unknown(n_signal * n);
	c->variance = unknown(n_signal * n);
	c->p1 = unknown(n);
	c->energy = unknown(n);
	c->autocorrelation = unknown(run->pbit ? n * (size_t)run->n_lag : 0);
	return c->mean && c->variance && c->p1 && c->energy && c->autocorrelation ? TS_OK : TS_NOMEM;
}

void noise_coarse_destroy(noise_coarse *coarse)
{
	double *const array[] = {coarse->mean, coarse->variance, coarse->p1, coarse->energy, coarse->autocorrelation};
	for (size_t i = 0; i < sizeof array / sizeof *array; i++)
		alloc_free(array[i]);
}

size_t noise_coarse_trajectory(size_t pair)
{
	return pair / LANES * COARSE_EVERY * LANES + pair % LANES;
}

int noise_is_supply(const noise_run *run, int i)
{
	const elab_pbit *p = run->pbit;
	const char *type = run->system->circuit->instance[i].type->name;
	for (int k = 0; p && k < p->n_supply; k++)
		if (p->supply[k] == i)
			return 1;
	return !(p && p->n_supply) && (strcmp(type, "vsource") == 0 || strcmp(type, "isource") == 0);
}

ts_status noise_companion_create(noise_run *run, mna_tile *tile, sde_work *work, noise_stream *stream,
                                 noise_companion **out)
{
	noise_companion *c = *out = alloc_array(1, sizeof *c);
	if (!c)
		return TS_NOMEM;
	const size_t n_signal = (size_t)run->signals.n + 1, n_source = (size_t)sde_plan_n_source(run->plan) + 1;
	c->run = run;
	c->tile = tile;
	c->work = work;
	c->stream = stream;
	c->driven = sde_plan_is_driven(run->plan);
	if (run->coarse.why_not)
		return TS_OK;
	c->sum = alloc_array(n_source * LANES, sizeof *c->sum);
	c->moments = alloc_array(n_signal * LANES, sizeof *c->moments);
	c->charge = alloc_array(n_signal * LANES, sizeof *c->charge);
	if (run->pbit)
		c->bit = alloc_array((size_t)run->reduced.n_level, sizeof *c->bit);
	return c->sum && c->moments && c->charge && (c->bit || !run->pbit) ? TS_OK : TS_NOMEM;
}

void noise_companion_destroy(noise_companion *c)
{
	if (!c)
		return;
	alloc_free(c->sum);
	alloc_free(c->moments);
	alloc_free(c->charge);
	alloc_free(c->bit);
	alloc_free(c);
}

/* A short step, or a part of one, goes into the long step. */
static void gather(noise_companion *c, double dt)
{
	const double root = sqrt(dt), *xi = c->stream->xi;
	for (int e = 0; e < sde_plan_n_source(c->run->plan) * LANES; e++)
		c->sum[e] += root * xi[e];
	c->time += dt;
	sde_lead(c->work, dt);
}

/* The long step that was gathered. */
static uint32_t step(noise_companion *c)
{
	const size_t n = (size_t)sde_plan_n_source(c->run->plan) * LANES;
	const double root = 1 / sqrt(c->time), h = c->time;
	for (size_t e = 0; e < n; e++)
		c->stream->xi[e] = root * c->sum[e];
	memset(c->sum, 0, n * sizeof *c->sum);
	c->time = 0;
	return sde_step(c->work, h, c->stream->xi, c->stream->xi_next);
}

/* Short step n, in the parts in which advance() of the worker takes it. */
static uint32_t walk(noise_companion *c, uint64_t n)
{
	const double h = c->run->grid.h, end = (double)(n + 1) * h;
	double t = (double)n * h;
	uint32_t failed = 0;
	noise_stream_step(c->stream, n);
	for (unsigned j = 1; c->driven && j < MOST_PARTS; j++) {
		const double corner = sde_plan_corner(c->run->plan, t + SAME_TIME * h);
		if (!(corner < end - SAME_TIME * h))
			break;
		gather(c, corner - t);
		failed |= step(c);
		noise_stream_part(c->stream, n, j);
		t = corner;
	}
	gather(c, c->driven ? end - t : h);
	return failed;
}

/* Short steps n and n + 1 in one step, or in more where there are corners. */
static uint32_t advance(noise_companion *c, uint64_t n)
{
	const double h = c->run->grid.h, middle = (double)(n + 1) * h;
	uint32_t failed = walk(c, n);
	if (c->driven && sde_plan_corner(c->run->plan, middle - SAME_TIME * h) <= middle + SAME_TIME * h)
		failed |= step(c);
	failed |= walk(c, n + 1);
	if (c->stream->wants_next)
		noise_stream_coarse_next(c->stream, n);
	return failed | step(c);
}

static void take_sample(noise_companion *c, size_t i)
{
	const noise_run *run = c->run;
	double value[LANES] __attribute__((aligned(64))), bit[LANES] __attribute__((aligned(64)));
	if (i == 0)
		sde_open_books(c->work);
	for (int k = 0; k < run->signals.n; k++) {
		noise_signal_values(run, c->tile, c->work, k, c->charge + (ptrdiff_t)k * LANES, value);
		for (int l = 0; l < LANES && !(i == 0 && run->charge_of[k] >= 0); l++)
			if (!((c->failed | ~c->live) >> l & 1))
				reduce_moments_add(&c->moments[k * LANES + l], value[l]);
	}
	if (!c->bit)
		return;
	for (int l = 0; l < LANES; l++) {
		bit[l] = sim_signal_value(&run->bit, c->tile, l) > run->threshold ? 1 : -1;
		c->above[l] += bit[l] > 0;
	}
	lanes_correlate(c->bit, run->reduced.n_level, bit);
}

static ts_status run_tile(noise_companion *c)
{
	const noise_grid *g = &c->run->grid;
	c->failed |= sde_begin(c->work, 0);
	if (g->first == 0)
		take_sample(c, 0);
	for (uint64_t k = 1; k <= g->last; k++) {
		if (stop_requested())
			return TS_STOPPED;
		for (uint64_t s = 0; s < g->per_sample; s += 2)
			c->failed |= advance(c, (k - 1) * g->per_sample + s);
		sde_set_time(c->work, (double)k * c->run->request->tstep);
		if (k >= g->first)
			take_sample(c, k - g->first);
		if (k % PROGRESS_EVERY == 0)
			progress_add(c->run->bar, 0.5 * PROGRESS_EVERY);
	}
	return TS_OK;
}

static void put(const noise_companion *c, int l)
{
	const noise_run *run = c->run;
	const noise_coarse *to = &run->coarse;
	const size_t pair = c->bias * to->n_pair + c->first_pair + (size_t)l, n_lag = (size_t)run->n_lag;
	double energy = 0, value[REDUCE_LEVELS * REDUCE_LAGS];
	for (int k = 0; k < run->signals.n; k++) {
		const reduce_moments *m = &c->moments[k * LANES + l];
		const size_t at = (size_t)k * run->n_bias * to->n_pair + pair;
		to->mean[at] = m->mean;
		to->variance[at] = reduce_moments_variance(m);
	}
	for (int i = 0; i < run->system->circuit->n_instance; i++) {
		const double *heat = noise_is_supply(run, i) ? sde_heat(c->work, i) : NULL;
		energy -= heat ? heat[l] : 0;
	}
	to->energy[pair] = energy;
	if (!c->bit)
		return;
	to->p1[pair] = c->above[l] / (double)run->grid.n_time;
	const size_t n = (size_t)lanes_products(c->bit, run->reduced.n_level, l, value);
	memcpy(to->autocorrelation + pair * n_lag, value, (n < n_lag ? n : n_lag) * sizeof *value);
}

static void start(noise_companion *c, size_t b, long first)
{
	const noise_run *run = c->run;
	const size_t n = (size_t)run->signals.n;
	const long left = run->samples - first;
	c->bias = b;
	c->first_pair = (size_t)(first / COARSE_EVERY);
	c->live = left >= LANES ? (1u << LANES) - 1 : (1u << left) - 1;
	c->failed = 0;
	c->time = 0;
	memset(c->sum, 0, (size_t)sde_plan_n_source(run->plan) * LANES * sizeof *c->sum);
	memset(c->moments, 0, n * LANES * sizeof *c->moments);
	memset(c->charge, 0, n * LANES * sizeof *c->charge);
	memset(c->above, 0, sizeof c->above);
	if (c->bit)
		memset(c->bit, 0, (size_t)run->reduced.n_level * sizeof *c->bit);
	for (int l = 0; l < LANES; l++)
		c->trajectory[l] = noise_trajectory(run, b, first + l);
	noise_stream_begin(c->stream, run->seed, PHILOX_NOISE, c->trajectory);
	sde_seed(c->work, run->seed, c->trajectory);
}

ts_status noise_companion_tile(noise_companion *c, size_t b, long first)
{
	const noise_run *run = c->run;
	const long tile = first / LANES;
	if (tile % COARSE_EVERY != 0 || tile / COARSE_EVERY >= run->coarse.n_tile)
		return TS_OK;
	TS_TRY(noise_place(run, c->tile, b));
	start(c, b, first);
	TS_TRY(run_tile(c));
	for (int l = 0; l < LANES; l++) {
		if (!(c->live >> l & 1))
			continue;
		if (!(c->failed >> l & 1)) {
			put(c, l);
		} else {
#pragma omp atomic
			c->run->coarse.n_failure++;
		}
	}
	return TS_OK;
}
