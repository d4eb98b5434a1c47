/* SPDX-License-Identifier: Apache-2.0
 * .tran: deterministic transient by SUNDIALS on the system without driven nodes. The integrator is CVODE where that
 * system is an ordinary differential equation (all charges linear, capacitance matrix regular), IDA otherwise.
 * Integration stops and restarts at every corner of a waveform; samples on the grid TSTART + k TSTEP come from dense
 * output, so the grid does not govern the steps. Where a switch with hysteresis passes its threshold (sim/tran_latch.h)
 * the segment ends early and the integrator goes on from there. The error test per step is a tenth of reltol, which
 * keeps the error of the solution near reltol.
 */
#include <math.h>
#include <stdio.h>
#include "base/alloc.h"
#include "base/progress.h"
#include "base/stop.h"
#include "sim/tran.h"
#include "sim/tran_latch.h"
#include "sim/tran_points.h"
#include "sim/tran_signal.h"
#include "sim/uic.h"

static const double LOCAL_PART = 0.1;    /* of reltol: local error per step */
static const double STEPS_AT_LEAST = 50; /* as SPICE: no step above TSTOP / 50 */
static const double SAME_TIME = 1e-15;   /* of TSTOP: corners closer than this are one */
static const double GRID_SLACK = 1e-9;   /* of TSTEP */
static const double MOST_SAMPLES = 1e9;
static const double STALL_SHARE = 1e-14; /* of TSTOP, in so many steps: the run has got stuck */
enum { STALL_STEPS = 1000 };

typedef struct tran_run {
	const mna_system *system;
	const sim_request *request;
	const sim_options *options;
	diag_list *diag;
	mna_tile *tile;
	sim_reduced *reduced;
	const sim_integrator_type *type;
	void *integrator;
	sim_tran_signals signals;
	sim_tran_points points;
	double *y, *ydot, *x;
	sim_tran_latches latches;
	progress *bar;
	long corners;
	double stall_from; /* time at which the last STALL_STEPS began */
	int stall_steps;
} tran_run;

static size_t grid_size(const sim_request *q)
{
	const double n = floor((q->tstop - q->tstart) / q->tstep + GRID_SLACK);
	const int ends_between = q->tstart + (n + GRID_SLACK) * q->tstep < q->tstop;
	return n < MOST_SAMPLES ? (size_t)n + 1 + (size_t)ends_between : 0;
}

static double grid_time(const tran_run *run, size_t k)
{
	const sim_request *q = run->request;
	return fmin(q->tstart + (double)k * q->tstep, q->tstop);
}

static ts_status make_run(tran_run *run)
{
	const size_t n = (size_t)run->system->n_unknown, n_time = grid_size(run->request);
	if (n_time == 0) {
		diag_add(run->diag, E0522, run->request->span, "(TSTOP - TSTART) / TSTEP asks for over %g samples",
		         MOST_SAMPLES);
		return TS_NETLIST;
	}
	TS_TRY(mna_tile_create(run->system, &run->tile));
	TS_TRY(sim_reduced_create(run->system, run->tile, &run->reduced));
	run->reduced->reltol *= LOCAL_PART;
	run->y = alloc_array(3 * n, sizeof *run->y);
	if (!run->y)
		return TS_NOMEM;
	run->ydot = run->y + n;
	run->x = run->y + 2 * n;
	TS_TRY(sim_tran_points_create(run->system, &run->points));
	TS_TRY(sim_tran_latches_create(run->reduced, run->request, &run->latches));
	return sim_tran_signals_create(run->system, n_time, &run->signals);
}

static void free_run(tran_run *run)
{
	if (run->integrator)
		run->type->destroy(run->integrator);
	progress_destroy(run->bar);
	sim_tran_latches_destroy(&run->latches);
	sim_tran_signals_destroy(&run->signals);
	sim_tran_points_destroy(&run->points);
	alloc_free(run->y);
	sim_reduced_destroy(run->reduced);
	mna_tile_destroy(run->tile);
}

/* Operating point at t = 0 with the nodes of .ic held; with uic that of sim/uic.h. Returns through *jumped whether
 * letting go may move anything. */
static ts_status initial_state(tran_run *run, int *jumped)
{
	const elab_circuit *c = run->system->circuit;
	sim_reduced *r = run->reduced;
	if (!run->request->uic)
		TS_TRY(sim_operating_point_initial(run->tile, 1, run->diag));
	else
		TS_TRY(sim_uic_state(run->system, (sim_uic_source){-1, 0}, run->x, run->diag));
	for (int i = 0; i < r->n; i++)
		run->y[i] = run->request->uic ? run->x[r->unknown[i]] : run->tile->x[r->unknown[i] * LANES];
	*jumped = run->request->uic || c->n_ic > 0;
	return TS_OK;
}

static int is_ordinary(tran_run *run)
{
	sim_reduced *r = run->reduced;
	double *c = alloc_array((size_t)r->pattern.nnz, sizeof *c);
	if (!c || !r->linear_q) {
		alloc_free(c);
		return 0;
	}
	mna_single_assemble(r->one, DEV_Q | DEV_C);
	for (int e = 0; e < r->pattern.nnz; e++)
		c[e] = r->one->c[r->slot[e]];
	const int regular = sim_tran_regular(r, c);
	alloc_free(c);
	return regular;
}

static ts_status make_integrator(tran_run *run)
{
	const sim_request *q = run->request;
	const double most = q->tstop / STEPS_AT_LEAST;
	const sim_tran_setup setup = {.reduced = run->reduced,
	                              .max_step = q->tmax > 0 ? fmin(q->tmax, most) : most,
	                              .request = q,
	                              .diag = run->diag};
	run->type = is_ordinary(run) ? &sim_cvode : &sim_ida;
	return run->type->create(&setup, &run->integrator);
}

/* The full unknowns at a time of the last step. */
static ts_status state_at(tran_run *run, double t)
{
	if (run->integrator)
		TS_TRY(run->type->dense(run->integrator, t, run->y, run->ydot));
	sim_reduced_full(run->reduced, t, run->y, run->ydot, run->x);
	return TS_OK;
}

/* What the signals ask of devices, with the currents of the holding sources in place. */
static void observe(tran_run *run, sim_signals *probes)
{
	for (int u = 0; probes->n_device > 0 && u < run->system->n_unknown; u++)
		for (int l = 0; l < LANES; l++)
			run->tile->x[u * LANES + l] = run->x[u];
	for (int l = 0; l < LANES; l++)
		run->tile->t[l] = run->reduced->one->t;
	sim_signals_observe(probes, run->tile, run->reduced->xdot);
}

/* Samples of the grid up to t. */
static ts_status sample_until(tran_run *run, double t)
{
	sim_tran_signals *s = &run->signals;
	while (s->filled < s->n_time && grid_time(run, s->filled) <= t) {
		const double at = grid_time(run, s->filled);
		TS_TRY(state_at(run, at));
		observe(run, &s->probes);
		sim_tran_signals_add(s, at, run->x);
	}
	return TS_OK;
}

/* Points for measures from `from`, where there is one already unless from == to, up to `to`; none before TSTART. */
static ts_status add_points(tran_run *run, double from, double to)
{
	const sim_request *q = run->request;
	const double begin = fmax(from, q->tstart), length = to - begin;
	const double longest = run->integrator ? to - from : q->tstop / STEPS_AT_LEAST;
	double n = 0;
	if (run->points.probes.n == 0 || length < 0)
		return TS_OK;
	if (length > 0)
		n = fmax(SIM_POINTS_PER_STEP * ceil(length / longest), ceil(length / q->tstep - GRID_SLACK));
	for (double k = from < begin || n == 0 ? 0 : 1; k <= n; k++) {
		const double t = k < n ? begin + length * k / n : to;
		TS_TRY(state_at(run, t));
		observe(run, &run->points.probes);
		TS_TRY(sim_tran_points_add(&run->points, t, run->x));
	}
	return TS_OK;
}

/* The unknown that moves fastest, in units of its tolerance. */
static int fastest(const tran_run *run)
{
	const sim_reduced *r = run->reduced;
	double *weight = run->x; /* rewritten by every state_at */
	int found = 0;
	sim_reduced_weight(r, weight);
	for (int i = 1; i < r->n; i++)
		if (fabs(run->ydot[i] * weight[i]) > fabs(run->ydot[found] * weight[found]))
			found = i;
	return found;
}

/* A solution that runs away in finite time, or a device that jumps to and fro, makes the steps shrink for ever. */
static ts_status check_progress(tran_run *run, double t)
{
	if (++run->stall_steps < STALL_STEPS)
		return TS_OK;
	const double gone = t - run->stall_from;
	run->stall_from = t;
	run->stall_steps = 0;
	if (gone > STALL_SHARE * run->request->tstop)
		return TS_OK;
	TS_TRY(state_at(run, t));
	const int worst = fastest(run);
	diag_add(run->diag, E0521, run->request->span, "transient stopped at t = %g s of %g s", t, run->request->tstop);
	diag_note(run->diag, SRC_NOWHERE, "the last %d steps together went %.2g s", STALL_STEPS, gone);
	diag_note(run->diag, SRC_NOWHERE, "fastest at %s, which has reached %.6g",
	          run->system->name[run->reduced->unknown[worst]], run->y[worst]);
	return TS_NUMERIC;
}

/* The full unknowns, for sim_tran_latches_cross. */
static ts_status unknowns_at(void *self, double t, const double **x)
{
	tran_run *run = self;
	*x = run->x;
	return state_at(run, t);
}

/* One step of the integrator; without one, a step in which a switch cannot be missed. */
static ts_status take_step(tran_run *run, double b, double *t)
{
	if (run->integrator)
		return run->type->step(run->integrator, t);
	const double most = run->request->tstop / STEPS_AT_LEAST;
	*t = run->latches.all.n > 0 ? fmin(b, *t + fmin(run->request->tmax > 0 ? run->request->tmax : most, most)) : b;
	return TS_OK;
}

/* Up to b, or to where a switch passes its threshold, if that comes first. *t: where; *crossed: a switch has to be
 * flipped there; y: then the state there. */
static ts_status run_segment(tran_run *run, double b, double *t, int *crossed)
{
	*crossed = 0;
	while (*t < b && !*crossed) {
		const double before = *t;
		if (stop_requested())
			return TS_STOPPED;
		TS_TRY(take_step(run, b, t));
		TS_TRY(sim_tran_latches_cross(&run->latches, before, t, unknowns_at, run, crossed));
		TS_TRY(sample_until(run, *t));
		TS_TRY(add_points(run, before, *t));
		progress_add(run->bar, *t - before);
		TS_TRY(check_progress(run, *t));
	}
	return *crossed ? state_at(run, *t) : TS_OK;
}

/* Begin at a; y: as in the integrator's start. Switches whose controls jump flip at once. */
static ts_status begin_segment(tran_run *run, double a, const double *y, int jumped)
{
	int flipped = 1;
	while (flipped) {
		if (run->integrator)
			TS_TRY(run->type->start(run->integrator, a, y, jumped));
		if (run->latches.all.n == 0)
			return TS_OK;
		TS_TRY(state_at(run, a));
		TS_TRY(sim_tran_latches_flip(&run->latches, a, run->x, run->diag, &flipped));
		y = run->y;
		jumped = 1;
	}
	return TS_OK;
}

static double next_corner(const tran_run *run, double t)
{
	const double same = SAME_TIME * run->request->tstop;
	const double corner = sim_reduced_corner(run->reduced, t + same);
	return corner < run->request->tstop - same ? corner : run->request->tstop;
}

/* From a to the corner b, with a new beginning wherever a switch flips. *jumped: as in the integrator's start, at a;
 * becomes whether a switch has flipped at b. */
static ts_status run_to_corner(tran_run *run, double a, double b, const double *y, int *jumped)
{
	while (a < b) {
		sim_reduced_segment(run->reduced, a, b);
		TS_TRY(begin_segment(run, a, y, *jumped));
		TS_TRY(sample_until(run, 0));
		TS_TRY(add_points(run, a, a));
		TS_TRY(run_segment(run, b, &a, jumped));
		if (*jumped)
			TS_TRY(sim_tran_latches_flip(&run->latches, a, run->x, run->diag, jumped));
		y = run->y;
	}
	return TS_OK;
}

static ts_status run_segments(tran_run *run)
{
	int jumped = 0, is_first = 1;
	double a = 0, b = next_corner(run, 0);
	sim_reduced_segment(run->reduced, a, b);
	TS_TRY(initial_state(run, &jumped));
	TS_TRY(sim_tran_latches_start(&run->latches));
	if (run->reduced->n > 0)
		TS_TRY(make_integrator(run));
	while (a < run->request->tstop) {
		TS_TRY(run_to_corner(run, a, b, is_first ? run->y : NULL, &jumped));
		const double c = next_corner(run, b);
		jumped |= sim_reduced_jumps(run->reduced, a, b, c);
		run->corners += b < run->request->tstop;
		is_first = 0;
		a = b;
		b = c;
	}
	return TS_OK;
}

static ts_status write_attributes(const tran_run *run, out_file *file, ts_status ended)
{
	const sim_tran_counts c = run->integrator ? run->type->count(run->integrator) : (sim_tran_counts){0};
	const struct {
		const char *name;
		long value;
	} count[] = {{"steps", c.steps},         {"rhs_evals", c.rhs_evals},         {"newton_iterations", c.newton},
	             {"jacobians", c.jacobians}, {"error_fails", c.error_fails},     {"newton_fails", c.newton_fails},
	             {"corners", run->corners},  {"switchings", run->latches.count}, {"complete", ended == TS_OK}};
	char group[160];
	snprintf(group, sizeof group, "/analyses/%s", run->request->name);
	TS_TRY(out_attr_text(file, group, "type", "tran", run->diag));
	TS_TRY(out_attr_text(file, group, "method", run->integrator ? run->type->name : "algebraic", run->diag));
	for (size_t i = 0; i < sizeof count / sizeof *count; i++)
		TS_TRY(out_attr_number(file, group, count[i].name, (double)count[i].value, run->diag));
	return TS_OK;
}

static ts_status write_results(const tran_run *run, out_file *file, ts_status ended)
{
	if (run->signals.filled == 0)
		return TS_OK;
	TS_TRY(sim_tran_signals_write(&run->signals, run->request->name, file, run->diag));
	TS_TRY(sim_tran_points_write(&run->points, run->request->name, file, run->diag));
	return write_attributes(run, file, ended);
}

ts_status sim_tran(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                   diag_list *diag)
{
	tran_run run = {.system = system, .request = request, .options = options, .diag = diag};
	ts_status status = make_run(&run);
	if (status == TS_OK) {
		run.bar = options && options->progress ? progress_create(request->name, request->tstop) : NULL;
		status = run_segments(&run);
		const ts_status written = write_results(&run, file, status);
		if (written != TS_OK)
			status = written;
	}
	free_run(&run);
	return status;
}
