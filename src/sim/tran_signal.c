/* SPDX-License-Identifier: Apache-2.0
 * Probes of a transient and their samples, kept in memory until the analysis ends and then written as whole datasets
 * (a deterministic transient is one trajectory).
 */
#include <stdio.h>
#include "base/alloc.h"
#include "sim/tran_signal.h"

ts_status sim_tran_signals_create(const mna_system *system, size_t n_time, sim_tran_signals *out)
{
	*out = (sim_tran_signals){.n_time = n_time};
	TS_TRY(sim_signals_create(system, SIM_TRAN, &out->probes));
	out->time = alloc_array(n_time, sizeof *out->time);
	out->sample = alloc_array(n_time * (size_t)out->probes.n, sizeof *out->sample);
	return out->time && out->sample ? TS_OK : TS_NOMEM;
}

void sim_tran_signals_destroy(sim_tran_signals *s)
{
	sim_signals_destroy(&s->probes);
	alloc_free(s->time);
	alloc_free(s->sample);
}

void sim_tran_signals_add(sim_tran_signals *s, double t, const double *x)
{
	if (s->filled >= s->n_time)
		return;
	s->time[s->filled] = t;
	for (int i = 0; i < s->probes.n; i++) {
		s->sample[(size_t)i * s->n_time + s->filled] = sim_signal_read(&s->probes.signal[i], x, 1, 0);
	}
	s->filled++;
}

ts_status sim_tran_signals_write(const sim_tran_signals *s, const char *name, out_file *file, diag_list *diag)
{
	char path[SIM_SIGNAL_PATH], scale[200];
	const sim_shape shape = {1, {s->filled, 0}};
	snprintf(scale, sizeof scale, "/analyses/%s/time", name);
	TS_TRY(out_put(file, scale, "s", 1, shape.dims, s->time, diag));
	for (int i = 0; i < s->probes.n; i++) {
		const sim_signal *p = &s->probes.signal[i];
		TS_TRY(sim_signal_put(p, name, &shape, s->sample + (size_t)i * s->n_time, file, diag));
		TS_TRY(out_attach_scale(file, sim_signal_path(name, p->name, path), 0, scale, diag));
	}
	return TS_OK;
}
