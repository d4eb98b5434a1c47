/* SPDX-License-Identifier: Apache-2.0
 * Which unknowns a static analysis stores, and under which names: v(node), i(source), n(trap) or the probes of .save.
 * Internal unknowns are stored only when asked for.
 */
#include "sim/signals.h"

#include <stdio.h>
#include <string.h>
#include "base/arena.h"

static const char *const volt[] = {"V", "V^2", "V^2/Hz"}, *const ampere[] = {"A", "A^2", "A^2/Hz"},
                         *const number[] = {"", "", "1/Hz"}; /* the occupancy of a trap */

static sim_signal make(const char *name, int plus, int minus, const char *const unit[3])
{
	return (sim_signal){.name = name,
	                    .plus = plus,
	                    .minus = minus,
	                    .is_current = unit != volt,
	                    .unit = unit[0],
	                    .square = unit[1],
	                    .density = unit[2]};
}

sim_signal sim_signal_of(const mna_system *system, const elab_probe *probe)
{
	if (!probe->is_current)
		return make(probe->name, probe->node[0], probe->node[1], volt);
	const int branch = mna_branch(system, probe->instance);
	const int is_trap = system->circuit->instance[probe->instance].host >= 0;
	return make(probe->name, branch > 0 ? branch : 0, 0, is_trap ? number : ampere);
}

static int is_vsource(const elab_instance *instance)
{
	return strcmp(instance->type->name, "vsource") == 0;
}

static ts_status add_default(sim_signals *out, const mna_system *system)
{
	const elab_circuit *c = system->circuit;
	for (int u = 1; u < c->n_node; u++) {
		const char *name = arena_printf(out->arena, "v(%s)", system->name[u]);
		if (!name)
			return TS_NOMEM;
		out->signal[out->n++] = make(name, u, 0, volt);
	}
	for (int i = 0; i < c->n_instance; i++) {
		const int is_trap = c->instance[i].host >= 0;
		if (!is_vsource(&c->instance[i]) && !is_trap)
			continue;
		const char *name = arena_printf(out->arena, "%c(%s)", is_trap ? 'n' : 'i', c->instance[i].name);
		if (!name)
			return TS_NOMEM;
		out->signal[out->n++] = make(name, mna_branch(system, i), 0, is_trap ? number : ampere);
	}
	return TS_OK;
}

ts_status sim_signals_create(const mna_system *system, sim_signals *out)
{
	const elab_circuit *c = system->circuit;
	const int most = c->n_save > 0 ? c->n_save : c->n_node + c->n_instance;
	*out = (sim_signals){.arena = arena_create()};
	out->signal = out->arena ? arena_array(out->arena, (size_t)most + 1, sizeof *out->signal) : NULL;
	if (!out->signal)
		return TS_NOMEM;
	for (int k = 0; k < c->n_save; k++)
		out->signal[out->n++] = sim_signal_of(system, &c->save[k]);
	return c->n_save > 0 ? TS_OK : add_default(out, system);
}

void sim_signals_destroy(sim_signals *s)
{
	arena_destroy(s->arena);
	*s = (sim_signals){0};
}

ts_status sim_signal_put(const sim_signal *signal, const char *analysis, const sim_shape *shape, const double *data,
                         out_file *file, diag_list *diag)
{
	char path[512];
	snprintf(path, sizeof path, "/analyses/%s/signals/%s", analysis, signal->name);
	return out_put(file, path, signal->unit, shape->rank, shape->dims, data, diag);
}
