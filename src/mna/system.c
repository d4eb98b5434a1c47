/* SPDX-License-Identifier: Apache-2.0
 * mna_compile: from a flat circuit to the immutable compiled system. This file numbers the unknowns and runs the stages
 * in order: number, check topology, batches, pattern, driven nodes.
 *
 * Unknown 0 is ground; then the circuit's nodes with their own numbers; then the internal ports of the instances
 * (internal nodes, branch currents) in instance order, named "instance#port".
 */
#include "mna/system.h"

#include <string.h>
#include "mna/compile.h"

int mna_is_vsource(const elab_instance *instance)
{
	return strcmp(instance->type->name, "vsource") == 0;
}

static ts_status count_unknowns(mna_builder *b, int *n_unknown)
{
	const elab_circuit *c = b->circuit;
	int n_port = 0;
	*n_unknown = c->n_node;
	b->port_begin = arena_array(b->arena, (size_t)c->n_instance + 1, sizeof(int));
	if (!b->port_begin)
		return TS_NOMEM;
	for (int i = 0; i < c->n_instance; i++) {
		const dev_shape *shape = c->instance[i].shape;
		b->port_begin[i] = n_port;
		n_port += shape->n_port;
		for (int p = 0; p < shape->n_port; p++)
			*n_unknown += shape->port[p].internal;
	}
	b->port_begin[c->n_instance] = n_port;
	b->port_unknown = arena_array(b->arena, (size_t)n_port + 1, sizeof(int));
	return b->port_unknown ? TS_OK : TS_NOMEM;
}

static ts_status internal_error(mna_builder *b, const elab_instance *instance)
{
	diag_add_origin(b->diag, E0999, instance->span, instance->origin,
	                "device '%s' has fewer nodes or controls than its type %s has terminals", instance->name,
	                instance->type->name);
	return TS_INTERNAL;
}

static ts_status number_instance(mna_builder *b, int i, int *next, const char **name, uint8_t *is_current)
{
	const elab_instance *instance = &b->circuit->instance[i];
	int *unknown = b->port_unknown + b->port_begin[i];
	int terminal = 0;
	for (int p = 0; p < instance->shape->n_port; p++) {
		const dev_port *port = &instance->shape->port[p];
		if (!port->internal) {
			if (port->quantity == DEV_CURRENT)
				continue; /* by connect_controls */
			if (terminal >= instance->n_node)
				return internal_error(b, instance);
			unknown[p] = instance->node[terminal++];
			continue;
		}
		unknown[p] = (*next)++;
		is_current[unknown[p]] = port->quantity == DEV_CURRENT;
		name[unknown[p]] = arena_printf(b->arena, "%s#%s", instance->name, port->name);
		if (!name[unknown[p]])
			return TS_NOMEM;
	}
	return TS_OK;
}

/* Unknown of an instance's own branch current, -1 if it has none. */
static int own_branch(const mna_builder *b, int instance)
{
	const dev_shape *shape = b->circuit->instance[instance].shape;
	for (int p = 0; p < shape->n_port; p++)
		if (dev_is_branch(&shape->port[p]))
			return mna_ports(b, instance)[p];
	return -1;
}

/* Currents that an instance reads are numbered by the elements they belong to, which may come later. */
static ts_status connect_controls(mna_builder *b, int i, uint8_t *is_read)
{
	const elab_instance *instance = &b->circuit->instance[i];
	int *unknown = b->port_unknown + b->port_begin[i];
	for (int p = 0, n = 0; instance->control && p < instance->shape->n_port; p++) {
		if (!dev_is_control(&instance->shape->port[p]))
			continue;
		unknown[p] = own_branch(b, instance->control[n++]);
		if (unknown[p] < 0)
			return internal_error(b, instance);
		is_read[unknown[p]] = 1;
	}
	return TS_OK;
}

ts_status mna_number(mna_builder *b)
{
	const elab_circuit *c = b->circuit;
	int n_unknown, next = c->n_node;
	TS_TRY(count_unknowns(b, &n_unknown));
	const char **name = arena_array(b->arena, (size_t)n_unknown, sizeof *name);
	uint8_t *is_current = arena_array(b->arena, (size_t)n_unknown, sizeof *is_current);
	uint8_t *is_read = arena_array(b->arena, (size_t)n_unknown, sizeof *is_read);
	if (!name || !is_current || !is_read)
		return TS_NOMEM;
	for (int u = 0; u < c->n_node; u++)
		name[u] = c->node[u].name;
	for (int i = 0; i < c->n_instance; i++)
		TS_TRY(number_instance(b, i, &next, name, is_current));
	for (int i = 0; i < c->n_instance; i++)
		TS_TRY(connect_controls(b, i, is_read));
	b->system->n_unknown = n_unknown;
	b->system->name = name;
	b->system->is_current = is_current;
	b->system->is_read = is_read;
	return TS_OK;
}

static ts_status compile(mna_builder *b)
{
	TS_TRY(mna_number(b));
	TS_TRY(mna_check_topology(b));
	TS_TRY(mna_make_batches(b));
	TS_TRY(mna_make_pattern(b));
	return mna_make_driven(b);
}

ts_status mna_compile(const elab_circuit *circuit, diag_list *diag, mna_system **system)
{
	*system = NULL;
	mna_builder b = {.circuit = circuit, .diag = diag, .arena = arena_create()};
	b.system = b.arena ? arena_alloc(b.arena, sizeof *b.system) : NULL;
	ts_status status = TS_NOMEM;
	if (b.system) {
		b.system->arena = b.arena;
		b.system->circuit = circuit;
		status = compile(&b);
	}
	if (status == TS_NOMEM)
		diag_add(diag, E0999, SRC_NOWHERE, "memory is exhausted while compiling the circuit");
	if (status != TS_OK) {
		if (b.system)
			lin_csc_free(&b.system->pattern);
		arena_destroy(b.arena);
		return status;
	}
	*system = b.system;
	return TS_OK;
}

void mna_destroy(mna_system *system)
{
	if (!system)
		return;
	lin_csc_free(&system->pattern);
	arena_destroy(system->arena);
}

const int *mna_unknowns(const mna_system *system, int instance)
{
	const mna_batch *batch = &system->batch[system->batch_of[instance]];
	return batch->unknown + (ptrdiff_t)system->index_in_batch[instance] * batch->shape->n_port;
}

int mna_branch(const mna_system *system, int instance)
{
	if (instance < 0 || instance >= system->circuit->n_instance)
		return -1;
	const mna_batch *batch = &system->batch[system->batch_of[instance]];
	const int *unknown = mna_unknowns(system, instance);
	for (int p = 0; p < batch->shape->n_port; p++)
		if (dev_is_branch(&batch->shape->port[p]))
			return unknown[p];
	return -1;
}

int mna_is_noisy(const mna_batch *batch, const elab_circuit *circuit, int index, int k)
{
	const dev_noise *noise = &batch->shape->noise[k];
	const double *constant = batch->k + (ptrdiff_t)index * batch->type->n_const;
	return circuit->instance[batch->inst[index]].noisy &&
	       (noise->spectrum != DEV_FLICKER || constant[noise->level] != 0);
}
