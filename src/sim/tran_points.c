/* SPDX-License-Identifier: Apache-2.0
 * Points of a transient for measures (see tran_points.h).
 */
#include "sim/tran_points.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"

enum { FIRST_ROOM = 1024 };

ts_status sim_tran_points_create(const mna_system *system, sim_tran_points *out)
{
	*out = (sim_tran_points){0};
	return system->circuit->n_watch > 0 ? sim_signals_watched(system, &out->probes) : TS_OK;
}

void sim_tran_points_destroy(sim_tran_points *p)
{
	sim_signals_destroy(&p->probes);
	alloc_free(p->row);
	*p = (sim_tran_points){0};
}

ts_status sim_tran_points_add(sim_tran_points *p, double t, const double *x)
{
	const size_t width = 1 + (size_t)p->probes.n;
	if (p->n == p->room) {
		const size_t room = p->room ? 2 * p->room : FIRST_ROOM, size = width * sizeof *p->row;
		double *bigger = alloc_resize(p->row, p->room * size, room * size);
		if (!bigger)
			return TS_NOMEM;
		p->row = bigger;
		p->room = room;
	}
	double *row = p->row + p->n++ * width;
	*row++ = t;
	for (int i = 0; i < p->probes.n; i++)
		row[i] = sim_signal_read(&p->probes.signal[i], x, 1, 0);
	return TS_OK;
}

static void column(const sim_tran_points *p, size_t index, double *to)
{
	for (size_t i = 0; i < p->n; i++)
		to[i] = p->row[i * (1 + (size_t)p->probes.n) + index];
}

ts_status sim_tran_points_write(const sim_tran_points *p, const char *name, out_file *file, diag_list *diag)
{
	char path[SIM_SIGNAL_PATH], scale[200];
	if (p->n == 0)
		return TS_OK;
	double *data = alloc_array(p->n, sizeof *data);
	if (!data)
		return TS_NOMEM;
	column(p, 0, data);
	snprintf(scale, sizeof scale, "/analyses/%s/points/time", name);
	ts_status status = out_put(file, scale, "s", 1, &p->n, data, diag);
	for (int i = 0; i < p->probes.n && status == TS_OK; i++) {
		const sim_signal *s = &p->probes.signal[i];
		column(p, 1 + (size_t)i, data);
		snprintf(path, sizeof path, "/analyses/%s/points/signals/%s", name, s->name);
		status = out_put(file, path, s->unit, 1, &p->n, data, diag);
		if (status == TS_OK)
			status = out_attach_scale(file, path, 0, scale, diag);
	}
	alloc_free(data);
	return status;
}
