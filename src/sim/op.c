/* SPDX-License-Identifier: Apache-2.0
 * .op: one lane at t = 0 (sources with a dc value at that), started from .ic where given. Writes
 *   /analyses/<name>/signals/<signal>       [1]
 *   /analyses/<name>/devices/<inst>/<obs>   scalars, the device's observables
 * and the tables of op_table.h.
 */
#include <stdio.h>
#include "base/alloc.h"
#include "sim/op_table.h"
#include "sim/signals.h"
#include "sim/sim.h"

static ts_status put_signals(mna_tile *tile, const sim_request *request, out_file *file, diag_list *diag)
{
	const sim_shape shape = {.rank = 1, .dims = {1}};
	sim_signals signals;
	ts_status status = sim_signals_create(tile->system, SIM_OP, &signals);
	if (status == TS_OK)
		sim_signals_observe(&signals, tile, NULL);
	for (int k = 0; status == TS_OK && k < signals.n; k++) {
		const double value = sim_signal_value(&signals.signal[k], tile, 0);
		status = sim_signal_put(&signals.signal[k], request->name, &shape, &value, file, diag);
	}
	sim_signals_destroy(&signals);
	return status;
}

static ts_status put_device(mna_tile *tile, int i, const sim_request *request, out_file *file, diag_list *diag)
{
	const elab_instance *instance = &tile->system->circuit->instance[i];
	const int n_obs = instance->type->n_obs;
	double *obs = alloc_array((size_t)n_obs * LANES, sizeof *obs);
	if (!obs)
		return TS_NOMEM;
	ts_status status = TS_OK;
	mna_observe(tile, i, obs);
	for (int k = 0; status == TS_OK && k < n_obs; k++) {
		char path[512];
		snprintf(path, sizeof path, "/analyses/%s/devices/%s/%s", request->name, instance->name,
		         instance->type->obs[k].name);
		status = out_put_scalar(file, path, instance->type->obs[k].unit, obs[(ptrdiff_t)k * LANES], diag);
	}
	alloc_free(obs);
	return status;
}

static ts_status solve_and_put(mna_tile *tile, const sim_request *request, out_file *file, diag_list *diag)
{
	const elab_circuit *c = tile->system->circuit;
	TS_TRY(mna_tile_set_static(tile));
	TS_TRY(sim_operating_point_first(tile, 1u, diag));
	TS_TRY(put_signals(tile, request, file, diag));
	TS_TRY(sim_op_table(tile, request, file, diag));
	for (int i = 0; i < c->n_instance; i++)
		if (c->instance[i].type->n_obs > 0)
			TS_TRY(put_device(tile, i, request, file, diag));
	return TS_OK;
}

ts_status sim_op(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                 diag_list *diag)
{
	(void)options;
	mna_tile *tile = NULL;
	ts_status status = mna_tile_create(system, &tile);
	if (status == TS_OK)
		status = solve_and_put(tile, request, file, diag);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, request->span, "memory is exhausted in .op");
	mna_tile_destroy(tile);
	return status;
}
