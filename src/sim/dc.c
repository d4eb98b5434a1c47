/* SPDX-License-Identifier: Apache-2.0
 * .dc: lanes are sweep points. The first point is found by the full search; every further block of LANES points starts
 * from the last point solved before it. A second source gives an outer sweep, each row of which starts from the first
 * point of the row before. Writes
 *   /analyses/<name>/sweep            [n] value of the (inner) source;  sweep2 [n_outer] of the outer one
 *   /analyses/<name>/signals/<signal> [n] or [n_outer, n]; points that were not reached are NaN
 * A swept source is a dc source for the sweep, whatever its waveform. Only the analysis's own tile is changed.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/stop.h"
#include "sim/signals.h"
#include "sim/sim.h"

static const double MOST_POINTS = 1e8;
static const double STEP_SLACK = 1e-9; /* steps; stop counts as reached when rounding leaves it just outside */

typedef struct dc_axis {
	int instance; /* -1: no sweep, one point */
	double start, step;
	size_t n;
} dc_axis;

typedef struct dc_run {
	mna_tile *tile;
	const sim_request *request;
	out_file *file;
	diag_list *diag;
	dc_axis inner, outer;
	sim_signals signals;
	double *data;      /* [n_signal][n_outer * n_inner] */
	double *row_start; /* [n_unknown] first point of the last row */
} dc_run;

static size_t n_point(const dc_run *run)
{
	return run->inner.n * run->outer.n;
}

static double axis_value(const dc_axis *axis, size_t k)
{
	return axis->start + (double)k * axis->step;
}

static ts_status make_axis(const dc_run *run, int instance, const double sweep[3], dc_axis *axis)
{
	*axis = (dc_axis){.instance = instance, .start = sweep[0], .step = sweep[2], .n = 1};
	if (instance < 0)
		return TS_OK;
	const double steps = sweep[1] == sweep[0] ? 0 : (sweep[1] - sweep[0]) / sweep[2];
	if (!(steps >= 0 && steps < MOST_POINTS)) {
		diag_add(run->diag, E0503, run->request->span, "a sweep from %g to %g in steps of %g has %s points",
		         sweep[0], sweep[1], sweep[2], steps >= 0 ? "too many" : "no");
		return TS_NETLIST;
	}
	axis->n = (size_t)floor(steps + STEP_SLACK) + 1;
	return TS_OK;
}

static ts_status set_source(const dc_run *run, const dc_axis *axis, size_t k, int lane_index)
{
	if (axis->instance < 0)
		return TS_OK;
	const dev_type *type = run->tile->system->circuit->instance[axis->instance].type;
	const int dc = dev_param_index(type, "dc"), wave = dev_param_index(type, "wave");
	ts_status status = mna_tile_set_param(run->tile, axis->instance, dc, lane_index, axis_value(axis, k));
	if (status == TS_OK && wave >= 0)
		status = mna_tile_set_param(run->tile, axis->instance, wave, lane_index, DEV_WAVE_DC);
	if (status == TS_NUMERIC || status == TS_INTERNAL)
		diag_add(run->diag, E0503, run->request->span, "source '%s' does not take the value %g",
		         run->tile->system->circuit->instance[axis->instance].name, axis_value(axis, k));
	return status;
}

/* Copy one lane's unknowns to and from a plain vector. */
static void spread(const mna_tile *tile, const double *x)
{
	for (int u = 0; u < tile->system->n_unknown; u++)
		for (int l = 0; l < LANES; l++)
			tile->x[u * LANES + l] = x[u];
}

static void take(const mna_tile *tile, int l, double *x)
{
	for (int u = 0; u < tile->system->n_unknown; u++)
		x[u] = tile->x[u * LANES + l];
}

static ts_status solve_block(dc_run *run, size_t outer, size_t first, int count)
{
	for (int l = 0; l < LANES; l++) {
		const size_t inner = first + (size_t)(l < count ? l : count - 1);
		TS_TRY(set_source(run, &run->inner, inner, l));
		TS_TRY(set_source(run, &run->outer, outer, l));
	}
	const int is_first = outer == 0 && first == 0;
	const ts_status status = is_first ? sim_operating_point_first(run->tile, (1u << count) - 1u, run->diag)
	                                  : sim_operating_point(run->tile, (1u << count) - 1u, run->diag);
	if (status != TS_OK) {
		diag_note(run->diag, run->request->span, "in .dc between %g and %g", axis_value(&run->inner, first),
		          axis_value(&run->inner, first + (size_t)count - 1));
		return status;
	}
	sim_signals_observe(&run->signals, run->tile, NULL);
	for (int k = 0; k < run->signals.n; k++)
		for (int l = 0; l < count; l++)
			run->data[(size_t)k * n_point(run) + outer * run->inner.n + first + (size_t)l] =
			    sim_signal_value(&run->signals.signal[k], run->tile, l);
	return TS_OK;
}

static ts_status solve_row(dc_run *run, size_t outer)
{
	size_t done = 1;
	double *last = alloc_array((size_t)run->tile->system->n_unknown, sizeof *last);
	if (!last)
		return TS_NOMEM;
	spread(run->tile, run->row_start);
	ts_status status = solve_block(run, outer, 0, 1);
	if (status == TS_OK)
		take(run->tile, 0, run->row_start);
	memcpy(last, run->row_start, (size_t)run->tile->system->n_unknown * sizeof *last);
	while (status == TS_OK && done < run->inner.n) {
		const size_t left = run->inner.n - done;
		const int count = left < LANES ? (int)left : LANES;
		spread(run->tile, last);
		status = stop_requested() ? TS_STOPPED : solve_block(run, outer, done, count);
		take(run->tile, count - 1, last);
		done += (size_t)count;
	}
	alloc_free(last);
	return status;
}

static ts_status put_axis(const dc_run *run, const dc_axis *axis, const char *name)
{
	char path[256];
	double *value = alloc_array(axis->n, sizeof *value);
	if (!value)
		return TS_NOMEM;
	for (size_t k = 0; k < axis->n; k++)
		value[k] = axis_value(axis, k);
	const dev_type *type = run->tile->system->circuit->instance[axis->instance].type;
	snprintf(path, sizeof path, "/analyses/%s/%s", run->request->name, name);
	const ts_status status =
	    out_put(run->file, path, strcmp(type->name, "isource") == 0 ? "A" : "V", 1, &axis->n, value, run->diag);
	alloc_free(value);
	return status;
}

static ts_status attach(const dc_run *run, const sim_signal *signal, int dim, const char *axis)
{
	char path[SIM_SIGNAL_PATH], scale[256];
	sim_signal_path(run->request->name, signal->name, path);
	snprintf(scale, sizeof scale, "/analyses/%s/%s", run->request->name, axis);
	return out_attach_scale(run->file, path, dim, scale, run->diag);
}

static ts_status put_all(const dc_run *run)
{
	const int nested = run->outer.instance >= 0;
	sim_shape shape = {.rank = 1, .dims = {run->inner.n}};
	if (nested)
		shape = (sim_shape){.rank = 2, .dims = {run->outer.n, run->inner.n}};
	TS_TRY(put_axis(run, &run->inner, "sweep"));
	if (nested)
		TS_TRY(put_axis(run, &run->outer, "sweep2"));
	for (int k = 0; k < run->signals.n; k++) {
		const sim_signal *signal = &run->signals.signal[k];
		TS_TRY(sim_signal_put(signal, run->request->name, &shape, run->data + (size_t)k * n_point(run),
		                      run->file, run->diag));
		TS_TRY(attach(run, signal, nested, "sweep"));
		if (nested)
			TS_TRY(attach(run, signal, 0, "sweep2"));
	}
	return TS_OK;
}

static ts_status sweep(dc_run *run)
{
	const sim_request *r = run->request;
	const double inner[3] = {r->dc_start, r->dc_stop, r->dc_step};
	const double outer[3] = {r->dc_start2, r->dc_stop2, r->dc_step2};
	TS_TRY(make_axis(run, r->dc_instance, inner, &run->inner));
	TS_TRY(make_axis(run, r->dc_instance2, outer, &run->outer));
	TS_TRY(sim_signals_create(run->tile->system, SIM_DC, &run->signals));
	run->row_start = alloc_array((size_t)run->tile->system->n_unknown, sizeof *run->row_start);
	run->data = alloc_array((size_t)run->signals.n * n_point(run), sizeof *run->data);
	if (!run->row_start || !run->data)
		return TS_NOMEM;
	for (size_t k = 0; k < (size_t)run->signals.n * n_point(run); k++)
		run->data[k] = (double)NAN;
	ts_status status = TS_OK;
	for (size_t k = 0; status == TS_OK && k < run->outer.n; k++)
		status = solve_row(run, k);
	const ts_status put = put_all(run);
	return status != TS_OK ? status : put;
}

ts_status sim_dc(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                 diag_list *diag)
{
	(void)options;
	dc_run run = {.request = request, .file = file, .diag = diag};
	ts_status status = mna_tile_create(system, &run.tile);
	if (status == TS_OK)
		status = sweep(&run);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, request->span, "memory is exhausted in .dc");
	sim_signals_destroy(&run.signals);
	alloc_free(run.data);
	alloc_free(run.row_start);
	mna_tile_destroy(run.tile);
	return status;
}
