/* SPDX-License-Identifier: Apache-2.0
 * Batches and pattern. Instances of one type and shape form a batch, in instance order, so that assembly runs one
 * kernel over contiguous constants. The pattern is the union of all stamps and the diagonal; each stamp gets its value
 * slot, 0 where it falls on ground.
 */
#include <string.h>
#include "base/alloc.h"
#include "base/philox.h"
#include "mna/compile.h"

static int find_batch(const mna_builder *b, int n_batch, const elab_instance *instance)
{
	for (int k = n_batch - 1; k >= 0; k--)
		if (b->batch[k].type == instance->type && b->batch[k].shape == instance->shape)
			return k;
	return -1;
}

static ts_status assign_batches(mna_builder *b)
{
	const elab_circuit *c = b->circuit;
	const size_t n = (size_t)c->n_instance + 1;
	int n_batch = 0;
	b->batch = arena_array(b->arena, n, sizeof *b->batch);
	b->batch_of = arena_array(b->arena, n, sizeof(int));
	b->index_in_batch = arena_array(b->arena, n, sizeof(int));
	if (!b->batch || !b->batch_of || !b->index_in_batch)
		return TS_NOMEM;
	for (int i = 0; i < c->n_instance; i++) {
		const elab_instance *instance = &c->instance[i];
		int k = find_batch(b, n_batch, instance);
		if (k < 0) {
			k = n_batch++;
			b->batch[k] = (mna_batch){.type = instance->type, .shape = instance->shape};
		}
		b->batch_of[i] = k;
		b->index_in_batch[i] = b->batch[k].n_inst++;
	}
	b->system->n_batch = n_batch;
	b->system->batch = b->batch;
	b->system->batch_of = b->batch_of;
	b->system->index_in_batch = b->index_in_batch;
	return TS_OK;
}

static ts_status derive_constants(mna_builder *b, const elab_instance *instance, double *k)
{
	const char *bad = instance->type->derive(instance->param, instance->polarity, instance->temperature, k);
	if (!bad)
		return TS_OK;
	diag_add_origin(b->diag, E0403, instance->span, instance->origin, "device '%s' cannot use its parameter '%s'",
	                instance->name, bad);
	return TS_NETLIST;
}

static ts_status name_noise(mna_builder *b, const elab_instance *instance, uint32_t *id)
{
	for (int s = 0; s < instance->shape->n_noise; s++) {
		const char *name = arena_printf(b->arena, "%s:%s", instance->name, instance->shape->noise[s].name);
		if (!name)
			return TS_NOMEM;
		id[s] = philox_name_id(name);
	}
	return TS_OK;
}

static ts_status fill_batch(mna_builder *b, int k)
{
	const elab_circuit *c = b->circuit;
	mna_batch *batch = &b->batch[k];
	const size_t n = (size_t)batch->n_inst, n_port = (size_t)batch->shape->n_port;
	const size_t n_const = (size_t)batch->type->n_const, n_noise = (size_t)batch->shape->n_noise;
	int *inst = arena_array(b->arena, n + 1, sizeof(int));
	int *unknown = arena_array(b->arena, n * n_port + 1, sizeof(int));
	double *constant = arena_array(b->arena, n * n_const + 1, sizeof(double));
	uint32_t *id = arena_array(b->arena, n * n_noise + 1, sizeof(uint32_t));
	if (!inst || !unknown || !constant || !id)
		return TS_NOMEM;
	size_t at = 0;
	ts_status status = TS_OK;
	for (int i = 0; i < c->n_instance; i++) {
		if (b->batch_of[i] != k)
			continue;
		inst[at] = i;
		memcpy(unknown + at * n_port, mna_ports(b, i), n_port * sizeof(int));
		const ts_status derived = derive_constants(b, &c->instance[i], constant + at * n_const);
		status = derived != TS_OK ? derived : status;
		TS_TRY(name_noise(b, &c->instance[i], id + at * n_noise));
		at++;
	}
	batch->inst = inst;
	batch->unknown = unknown;
	batch->k = constant;
	batch->noise_id = id;
	return status;
}

ts_status mna_make_batches(mna_builder *b)
{
	TS_TRY(assign_batches(b));
	ts_status status = TS_OK;
	for (int k = 0; k < b->system->n_batch; k++) {
		const ts_status filled = fill_batch(b, k);
		if (filled == TS_NOMEM)
			return filled;
		status = filled != TS_OK ? filled : status;
	}
	return status;
}

/* Stamps of all batches as (row, col) pairs in batch order; returns their number. row NULL: only count. */
static int list_stamps(const mna_builder *b, int *row, int *col)
{
	int n = 0;
	for (int k = 0; k < b->system->n_batch; k++) {
		const mna_batch *batch = &b->batch[k];
		const dev_shape *shape = batch->shape;
		for (int i = 0; i < batch->n_inst; i++) {
			const int *unknown = batch->unknown + (ptrdiff_t)i * shape->n_port;
			for (int s = 0; row && s < shape->n_stamp; s++) {
				row[n + s] = unknown[shape->stamp[s].row] - 1;
				col[n + s] = unknown[shape->stamp[s].col] - 1;
			}
			n += shape->n_stamp;
		}
	}
	return n;
}

static ts_status find_diagonal(mna_builder *b)
{
	int *diagonal = arena_array(b->arena, (size_t)b->system->n_unknown, sizeof(int));
	if (!diagonal)
		return TS_NOMEM;
	for (int u = 1; u < b->system->n_unknown; u++)
		diagonal[u] = lin_csc_slot(&b->system->pattern, u - 1, u - 1);
	b->system->diagonal = diagonal;
	return TS_OK;
}

ts_status mna_make_pattern(mna_builder *b)
{
	const int n = list_stamps(b, NULL, NULL);
	int *slot = arena_array(b->arena, (size_t)n + 1, sizeof(int));
	int *row = alloc_array((size_t)n + 1, sizeof(int)), *col = alloc_array((size_t)n + 1, sizeof(int));
	ts_status status = TS_NOMEM;
	if (slot && row && col) {
		list_stamps(b, row, col);
		status = lin_csc_build(b->system->n_unknown - 1, n, row, col, 1, &b->system->pattern, slot);
	}
	alloc_free(row);
	alloc_free(col);
	TS_TRY(status);
	for (int k = 0; k < b->system->n_batch; k++) {
		b->batch[k].slot = slot;
		slot += (ptrdiff_t)b->batch[k].n_inst * b->batch[k].shape->n_stamp;
	}
	return find_diagonal(b);
}
