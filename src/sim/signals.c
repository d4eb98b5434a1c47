/* SPDX-License-Identifier: Apache-2.0
 * Which signals an analysis stores, under which names, and their values (see signals.h). Internal unknowns are stored
 * only when asked for.
 */
#include "sim/signals.h"

#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/complex_of.h"

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

/* Index of a device in the list; it is added when it is not there. */
static int device_of(sim_signals *out, const elab_term *term)
{
	int k = out->device_of[term->instance] - 1;
	if (k < 0) {
		k = out->n_device++;
		out->device[k] = (sim_device){.instance = term->instance};
		out->device_of[term->instance] = k + 1;
	}
	out->device[k].wants_obs |= term->kind == ELAB_OBSERVABLE;
	out->device[k].wants_param |= term->kind == ELAB_PARAMETER;
	out->device[k].wants_current |= term->kind == ELAB_TERMINAL || term->kind == ELAB_POWER;
	return k;
}

static sim_term make_term(sim_signals *out, const mna_system *system, const elab_term *term)
{
	sim_term t = {.kind = term->kind, .plus = term->node[0], .minus = term->node[1], .index = term->index};
	if (term->kind == ELAB_BRANCH) {
		const int branch = mna_branch(system, term->instance);
		t.plus = branch > 0 ? branch : 0;
		t.minus = 0;
	} else if (term->kind != ELAB_VOLTAGE) {
		t.plus = t.minus = 0;
		t.device = device_of(out, term);
	}
	return t;
}

static ts_status square_units(sim_signals *out, sim_signal *signal)
{
	const int is_plain = *signal->unit != '\0';
	signal->square = is_plain ? arena_printf(out->arena, "(%s)^2", signal->unit) : "";
	signal->density = is_plain ? arena_printf(out->arena, "(%s)^2/Hz", signal->unit) : "1/Hz";
	return signal->square && signal->density ? TS_OK : TS_NOMEM;
}

static ts_status add_save(sim_signals *out, const mna_system *system, const elab_save *save)
{
	const int is_plain = !save->formula && (save->term->kind == ELAB_VOLTAGE || save->term->kind == ELAB_BRANCH);
	sim_signal *signal = &out->signal[out->n++];
	if (is_plain) {
		const sim_term t = make_term(out, system, save->term);
		*signal = make(save->name, t.plus, t.minus,
		               save->term->kind == ELAB_VOLTAGE ? volt
		               : *save->unit                    ? ampere
		                                                : number);
		return TS_OK;
	}
	sim_term *term = arena_array(out->arena, (size_t)save->n_term, sizeof *term);
	if (!term)
		return TS_NOMEM;
	for (int k = 0; k < save->n_term; k++)
		term[k] = make_term(out, system, &save->term[k]);
	*signal = (sim_signal){.name = save->name,
	                       .unit = save->unit,
	                       .n_term = save->n_term,
	                       .term = term,
	                       .formula = save->formula,
	                       .device = out->device,
	                       .system = system,
	                       .save = save->formula ? (int)(save - system->circuit->save) : -1};
	return square_units(out, signal);
}

/* Is it among the signals that are stored by default? */
static int is_default(const elab_circuit *c, const elab_save *save)
{
	const elab_term *t = save->term;
	if (!c->save_all || save->formula)
		return 0;
	return t->kind == ELAB_VOLTAGE
	           ? save->name[0] == 'v' && t->node[0] > 0 && t->node[1] == 0
	           : t->kind == ELAB_BRANCH && save->name[0] != '@' &&
	                 (is_vsource(&c->instance[t->instance]) || c->instance[t->instance].host >= 0);
}

static size_t n_term_in_all(const elab_save *save, int n_save)
{
	size_t n = 1;
	for (int k = 0; k < n_save; k++)
		n += (size_t)save[k].n_term;
	return n;
}

static ts_status allocate_devices(sim_signals *out, const elab_circuit *c)
{
	for (int k = 0; k < out->n_device; k++) {
		sim_device *d = &out->device[k];
		const elab_instance *instance = &c->instance[d->instance];
		const size_t n_port = (size_t)instance->shape->n_port, n_stamp = (size_t)instance->shape->n_stamp;
		const size_t n_obs = (size_t)instance->type->n_obs;
		const size_t n_param = d->wants_param ? (size_t)instance->type->n_param : 0;
		d->current = arena_array(out->arena, (n_port + n_obs + 2 * n_stamp + n_param) * LANES, sizeof(double));
		if (!d->current)
			return TS_NOMEM;
		d->obs = d->current + n_port * LANES;
		d->g = d->obs + n_obs * LANES;
		d->c = d->g + n_stamp * LANES;
		d->param = d->c + n_stamp * LANES;
	}
	return TS_OK;
}

/* Room for `most` signals and the devices of all terms of a list. */
static ts_status make_room(sim_signals *out, const elab_circuit *c, size_t most, size_t n_term)
{
	*out = (sim_signals){.arena = arena_create()};
	out->signal = out->arena ? arena_array(out->arena, most + 1, sizeof *out->signal) : NULL;
	out->device = out->arena ? arena_array(out->arena, n_term, sizeof *out->device) : NULL;
	out->device_of = out->arena ? arena_array(out->arena, (size_t)c->n_instance + 1, sizeof *out->device_of) : NULL;
	if (!out->signal || !out->device || !out->device_of)
		return TS_NOMEM;
	memset(out->device_of, 0, ((size_t)c->n_instance + 1) * sizeof *out->device_of);
	return TS_OK;
}

ts_status sim_signals_create(const mna_system *system, sim_kind kind, sim_signals *out)
{
	const elab_circuit *c = system->circuit;
	const size_t most = (size_t)c->n_save + (c->save_all ? (size_t)c->n_node + (size_t)c->n_instance : 0);
	TS_TRY(make_room(out, c, most, n_term_in_all(c->save, c->n_save)));
	if (c->save_all)
		TS_TRY(add_default(out, system));
	for (int k = 0; k < c->n_save; k++)
		if (c->save[k].kinds >> kind & 1 && !is_default(c, &c->save[k]) &&
		    !elab_save_lacks(c, &c->save[k], kind))
			TS_TRY(add_save(out, system, &c->save[k]));
	return allocate_devices(out, c);
}

ts_status sim_signals_watched(const mna_system *system, sim_signals *out)
{
	const elab_circuit *c = system->circuit;
	TS_TRY(make_room(out, c, (size_t)c->n_watch, n_term_in_all(c->watch, c->n_watch)));
	for (int k = 0; k < c->n_watch; k++)
		TS_TRY(add_save(out, system, &c->watch[k]));
	return allocate_devices(out, c);
}

void sim_signals_observe(sim_signals *s, mna_tile *tile, const double *rate)
{
	for (int k = 0; k < s->n_device; k++) {
		const sim_device *d = &s->device[k];
		if (d->wants_current)
			mna_terminals(tile, d->instance, rate, d->current);
		if (d->wants_obs)
			mna_observe(tile, d->instance, d->obs);
		if (d->wants_param)
			mna_tile_params(tile, d->instance, d->param);
	}
}

void sim_signals_linearise(sim_signals *s, mna_tile *tile)
{
	for (int k = 0; k < s->n_device; k++) {
		const sim_device *d = &s->device[k];
		if (d->wants_current)
			mna_stamps(tile, d->instance, d->g, d->c);
		if (d->wants_obs)
			mna_observe(tile, d->instance, d->obs);
		if (d->wants_param)
			mna_tile_params(tile, d->instance, d->param);
	}
}

static double term_value(const sim_signal *signal, const sim_term *t, const double *x, int stride, int l)
{
	const sim_device *d = signal->device + t->device;
	if (t->kind == ELAB_VOLTAGE || t->kind == ELAB_BRANCH)
		return x[t->plus * stride + l] - x[t->minus * stride + l];
	if (t->kind == ELAB_POWER)
		return mna_power(signal->system, d->instance, x, stride, d->current, l);
	if (t->kind == ELAB_PARAMETER)
		return d->param[t->index * LANES + l];
	return (t->kind == ELAB_TERMINAL ? d->current : d->obs)[t->index * LANES + l];
}

double sim_signal_derived(const sim_signal *signal, const double *x, int stride, int lane_index)
{
	double value[ELAB_FORMULA_TERMS];
	if (!signal->formula)
		return term_value(signal, signal->term, x, stride, lane_index);
	for (int k = 0; k < signal->n_term; k++)
		value[k] = term_value(signal, &signal->term[k], x, stride, lane_index);
	return elab_formula_value(signal->formula, value);
}

static double complex term_response(const sim_signal *signal, const sim_term *t, const double complex *x, double omega)
{
	const sim_device *d = signal->device + t->device;
	if (t->kind == ELAB_OBSERVABLE || t->kind == ELAB_PARAMETER)
		return (t->kind == ELAB_OBSERVABLE ? d->obs : d->param)[t->index * LANES];
	if (t->kind != ELAB_TERMINAL)
		return x[t->plus] - x[t->minus];
	const int *unknown = mna_unknowns(signal->system, d->instance);
	const dev_shape *shape = signal->system->circuit->instance[d->instance].shape;
	double complex sum = 0;
	for (int k = 0; k < shape->n_stamp; k++)
		if (shape->stamp[k].row == t->index)
			sum += complex_of(d->g[k * LANES], omega * d->c[k * LANES]) * x[unknown[shape->stamp[k].col]];
	return sum;
}

double complex sim_signal_response(const sim_signal *signal, const double complex *x, double omega)
{
	double complex value[ELAB_FORMULA_TERMS];
	if (!signal->term)
		return x[signal->plus] - x[signal->minus];
	for (int k = 0; k < signal->n_term; k++)
		value[k] = term_response(signal, &signal->term[k], x, omega);
	return signal->formula ? elab_formula_response(signal->formula, value) : value[0];
}

void sim_signals_destroy(sim_signals *s)
{
	arena_destroy(s->arena);
	*s = (sim_signals){0};
}

const char *sim_signal_path(const char *analysis, const char *name, char path[SIM_SIGNAL_PATH])
{
	snprintf(path, SIM_SIGNAL_PATH, "/analyses/%.200s/signals/%.700s", analysis, name);
	return path;
}

ts_status sim_signal_put(const sim_signal *signal, const char *analysis, const sim_shape *shape, const double *data,
                         out_file *file, diag_list *diag)
{
	char path[SIM_SIGNAL_PATH];
	return out_put(file, sim_signal_path(analysis, signal->name, path), signal->unit, shape->rank, shape->dims,
	               data, diag);
}
