/* SPDX-License-Identifier: Apache-2.0
 * .dc: lanes are sweep points. The first point is found by the full search; every further block of LANES points starts
 * from the last point solved before it. A second axis gives an outer sweep, each row of which starts from the first
 * point of the row before. Writes
 *   /analyses/<name>/sweep            [n] values of the (inner) axis;  sweep2 [n_outer] of the outer one
 *   /analyses/<name>/signals/<signal> [n] or [n_outer, n]; points that were not reached are NaN
 * Where switches keep a state, the points of a row are solved one by one, each from the states of the point before it,
 * the first from those in which the switches start. A swept source is a dc source for the sweep, whatever its waveform.
 * Only the analysis's own tile is changed.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/stop.h"
#include "sim/dc_axis.h"
#include "sim/latch.h"
#include "sim/signals.h"
#include "sim/sim.h"

typedef struct dc_run {
	mna_tile *tile;
	const sim_request *request;
	out_file *file;
	diag_list *diag;
	const sim_vary *vary;
	dc_points points;
	size_t n_inner, n_outer;
	sim_latches latches;
	sim_signals signals;
	double *data;      /* [n_signal][n_outer * n_inner] */
	double *row_start; /* [n_unknown] first point of the last row */
} dc_run;

static size_t n_point(const dc_run *run)
{
	return run->n_inner * run->n_outer;
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

/* *count: how many points were wanted, becomes how many were done. */
static ts_status solve_block(dc_run *run, size_t outer, size_t first, int *count)
{
	const elab_axis *inner = &run->request->dc[0];
	TS_TRY(dc_points_set(&run->points, outer, first, count));
	const uint32_t lanes = (1u << *count) - 1u;
	const ts_status status = outer == 0 && first == 0 ? sim_operating_point_first(run->tile, lanes, run->diag)
	                                                  : sim_operating_point(run->tile, lanes, run->diag);
	if (status != TS_OK) {
		diag_note(run->diag, run->request->span, "in .dc between %s = %g and %g", inner->target[0].label,
		          elab_axis_value(inner, first, 0), elab_axis_value(inner, first + (size_t)*count - 1, 0));
		return status;
	}
	sim_signals_observe(&run->signals, run->tile, NULL);
	for (int k = 0; k < run->signals.n; k++)
		for (int l = 0; l < *count; l++)
			run->data[(size_t)k * n_point(run) + outer * run->n_inner + first + (size_t)l] =
			    dc_points_value(&run->points, &run->signals.signal[k], l);
	return TS_OK;
}

static ts_status solve_row(dc_run *run, size_t outer)
{
	const size_t together = run->latches.n > 0 ? 1 : LANES;
	size_t done = 1;
	int count = 1;
	double *last = alloc_array((size_t)run->tile->system->n_unknown, sizeof *last);
	if (!last)
		return TS_NOMEM;
	spread(run->tile, run->row_start);
	ts_status status = sim_latch_reset(&run->latches, run->tile);
	if (status == TS_OK)
		status = solve_block(run, outer, 0, &count);
	if (status == TS_OK)
		take(run->tile, 0, run->row_start);
	memcpy(last, run->row_start, (size_t)run->tile->system->n_unknown * sizeof *last);
	while (status == TS_OK && done < run->n_inner) {
		const size_t left = run->n_inner - done;
		count = (int)(left < together ? left : together);
		spread(run->tile, last);
		status = stop_requested() ? TS_STOPPED : solve_block(run, outer, done, &count);
		take(run->tile, count - 1, last);
		done += (size_t)count;
	}
	alloc_free(last);
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
	const int nested = run->request->dc[1].n_target > 0;
	sim_shape shape = {.rank = 1, .dims = {run->n_inner}};
	if (nested)
		shape = (sim_shape){.rank = 2, .dims = {run->n_outer, run->n_inner}};
	TS_TRY(dc_axis_put(&run->points, 0, run->file));
	if (nested)
		TS_TRY(dc_axis_put(&run->points, 1, run->file));
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
	TS_TRY(sim_latches_create(run->tile->system, &run->latches));
	run->n_inner = r->dc[0].n;
	run->n_outer = r->dc[1].n_target > 0 ? r->dc[1].n : 1;
	TS_TRY(mna_tile_set_static(run->tile));
	TS_TRY(dc_points_create(run->tile, r, run->vary, run->diag, &run->points));
	TS_TRY(sim_signals_create(run->tile->system, SIM_DC, &run->signals));
	run->row_start = alloc_array((size_t)run->tile->system->n_unknown, sizeof *run->row_start);
	run->data = alloc_array((size_t)run->signals.n * n_point(run), sizeof *run->data);
	if (!run->row_start || !run->data)
		return TS_NOMEM;
	for (size_t k = 0; k < (size_t)run->signals.n * n_point(run); k++)
		run->data[k] = (double)NAN;
	ts_status status = TS_OK;
	for (size_t k = 0; status == TS_OK && k < run->n_outer; k++)
		status = solve_row(run, k);
	const ts_status put = put_all(run);
	return status != TS_OK ? status : put;
}

ts_status sim_dc(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                 diag_list *diag)
{
	dc_run run = {.request = request, .file = file, .diag = diag, .vary = options ? options->vary : NULL};
	ts_status status = mna_tile_create(system, &run.tile);
	if (status == TS_OK)
		status = sweep(&run);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, request->span, "memory is exhausted in .dc");
	sim_signals_destroy(&run.signals);
	dc_points_destroy(&run.points);
	sim_latches_destroy(&run.latches);
	alloc_free(run.data);
	alloc_free(run.row_start);
	mna_tile_destroy(run.tile);
	return status;
}
