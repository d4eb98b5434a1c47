/* SPDX-License-Identifier: Apache-2.0
 * Axes of a .dc (see dc_axis.h).
 */
#include "sim/dc_axis.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"

static const char *const dataset_name[2] = {"sweep", "sweep2"};

ts_status dc_points_create(mna_tile *tile, const sim_request *request, const sim_vary *vary, diag_list *diag,
                           dc_points *out)
{
	const elab_axis *axis = request->dc;
	*out = (dc_points){.tile = tile, .request = request, .vary = vary, .diag = diag};
	out->change = alloc_array((size_t)(axis[0].n_target + axis[1].n_target) + 1, sizeof *out->change);
	if (!out->change)
		return TS_NOMEM;
	if (vary || (!dc_is_varied(&axis[0]) && !dc_is_varied(&axis[1])))
		return TS_OK;
	diag_add(diag, E0503, request->span, "this sweep needs the deck, to elaborate it at every point");
	return TS_NETLIST;
}

void dc_points_destroy(dc_points *points)
{
	for (int l = 0; l < LANES; l++)
		elab_destroy(points->circuit[l]);
	alloc_free(points->change);
	*points = (dc_points){0};
}

static ts_status set_instance(const dc_points *p, const elab_axis *axis, size_t k, int lane_index)
{
	const double value = elab_axis_value(axis, k, 0);
	const elab_instance *instance = &p->tile->system->circuit->instance[axis->instance];
	ts_status status = mna_tile_set_param(p->tile, axis->instance, axis->param, lane_index, value);
	const int wave = dev_param_index(instance->type, "wave");
	if (status == TS_OK && wave >= 0)
		status = mna_tile_set_param(p->tile, axis->instance, wave, lane_index, DEV_WAVE_DC);
	if (status == TS_NUMERIC || status == TS_INTERNAL)
		diag_add(p->diag, E0503, p->request->span, "'%s' does not take the value %g", instance->name, value);
	return status;
}

static ts_status check_topology(const dc_points *p, const elab_circuit *circuit, double value)
{
	const char *differs;
	if (elab_same_topology(p->tile->system->circuit, circuit, &differs))
		return TS_OK;
	diag_add(p->diag, E0503, p->request->span,
	         "at %g the sweep changes which elements there are, or how they are connected%s%s", value,
	         differs ? ": " : "", differs ? differs : "");
	return TS_NETLIST;
}

static ts_status make_circuit(dc_points *p, size_t outer, size_t inner, int lane_index)
{
	const size_t k[2] = {inner, outer};
	int n = 0;
	double value = 0;
	for (int a = 0; a < 2; a++)
		for (int t = 0; dc_is_varied(&p->request->dc[a]) && t < p->request->dc[a].n_target; t++) {
			value = elab_axis_value(&p->request->dc[a], k[a], t);
			p->change[n++] = (elab_change){p->request->dc[a].target[t], value};
		}
	elab_circuit *made = NULL;
	const ts_status status = p->vary->circuit(p->vary->self, p->change, n, p->diag, &made);
	if (status != TS_OK) {
		diag_note(p->diag, p->request->span, "in .dc at %s = %g", p->change[0].target.label,
		          p->change[0].value);
		return status;
	}
	elab_destroy(p->circuit[lane_index]);
	p->circuit[lane_index] = made;
	return check_topology(p, made, value);
}

/* One circuit for a whole row: only the outer axis needs it. */
static ts_status set_row(dc_points *p, size_t outer, size_t inner)
{
	if (inner > 0)
		return TS_OK;
	TS_TRY(make_circuit(p, outer, 0, 0));
	ts_status status = TS_OK;
	for (int l = 0; status == TS_OK && l < LANES; l++)
		status = mna_tile_set_circuit(p->tile, l, p->circuit[0]);
	return status;
}

static ts_status set_each(dc_points *p, size_t outer, size_t inner, int *count)
{
	for (int l = 0; l < *count; l++) {
		TS_TRY(make_circuit(p, outer, inner + (size_t)l, l));
		if (l > 0 && !elab_same_data(p->circuit[0], p->circuit[l]))
			*count = l = 1;
	}
	ts_status status = TS_OK;
	for (int l = 0; status == TS_OK && l < LANES; l++)
		status = mna_tile_set_circuit(p->tile, l, p->circuit[l < *count ? l : *count - 1]);
	return status;
}

ts_status dc_points_set(dc_points *points, size_t outer, size_t inner, int *count)
{
	const elab_axis *axis = points->request->dc;
	ts_status status = TS_OK;
	if (dc_is_varied(&axis[0]))
		status = set_each(points, outer, inner, count);
	else if (dc_is_varied(&axis[1]))
		status = set_row(points, outer, inner);
	if (status == TS_NUMERIC)
		diag_add(points->diag, E0503, points->request->span, "a device does not take its parameters here");
	TS_TRY(status);
	for (int l = 0; l < LANES; l++) {
		const size_t k = inner + (size_t)(l < *count ? l : *count - 1);
		if (axis[0].instance >= 0)
			TS_TRY(set_instance(points, &axis[0], k, l));
		if (axis[1].instance >= 0)
			TS_TRY(set_instance(points, &axis[1], outer, l));
	}
	return TS_OK;
}

double dc_points_value(const dc_points *points, const sim_signal *signal, int lane_index)
{
	const elab_circuit *own = points->circuit[dc_is_varied(&points->request->dc[0]) ? lane_index : 0];
	sim_signal here = *signal;
	if (own && signal->formula && signal->save < own->n_save)
		here.formula = own->save[signal->save].formula;
	return sim_signal_value(here.formula ? &here : signal, points->tile, lane_index);
}

/* target < 0: row numbers, from 1. */
static ts_status put_values(const dc_points *p, const elab_axis *axis, int target, const char *path, out_file *file)
{
	double *value = alloc_array(axis->n, sizeof *value);
	if (!value)
		return TS_NOMEM;
	for (size_t k = 0; k < axis->n; k++)
		value[k] = target < 0 ? (double)k + 1 : elab_axis_value(axis, k, target);
	const ts_status status =
	    out_put(file, path, target < 0 ? "" : axis->target[target].unit, 1, &axis->n, value, p->diag);
	alloc_free(value);
	TS_TRY(status);
	return out_attr_text(file, path, "parameter", target < 0 ? axis->data : axis->target[target].label, p->diag);
}

ts_status dc_axis_put(const dc_points *points, int index, out_file *file)
{
	const elab_axis *axis = &points->request->dc[index];
	char path[512];
	snprintf(path, sizeof path, "/analyses/%s/%s", points->request->name, dataset_name[index]);
	TS_TRY(put_values(points, axis, axis->n_target == 1 ? 0 : -1, path, file));
	for (int t = 0; axis->n_target > 1 && t < axis->n_target; t++) {
		snprintf(path, sizeof path, "/analyses/%s/%s_data/%s", points->request->name, dataset_name[index],
		         axis->target[t].label);
		TS_TRY(put_values(points, axis, t, path, file));
	}
	return TS_OK;
}
