/* SPDX-License-Identifier: Apache-2.0
 * mna_single: memory, constants with instances in the lanes, and what belongs to no device. The loops over groups are
 * in single_isa.c.
 */
#include "mna/single.h"

#include <string.h>
#include "base/alloc.h"
#include "base/isa.h"
#include "mna/eval.h"
#include "mna/single_own.h"

ISA_DECLARE(extern const mna_single_table, mna_single_table);

static size_t larger(size_t a, int b)
{
	return a < (size_t)b ? (size_t)b : a;
}

static int has_own_data(const mna_system *s, const mna_batch *batch)
{
	for (int i = 0; i < batch->n_inst; i++)
		if (s->circuit->instance[batch->inst[i]].aux)
			return 1;
	return 0;
}

static size_t group_count(const mna_single *single, int b)
{
	const int width = single->own->width[b];
	return (size_t)((single->system->batch[b].n_inst + width - 1) / width);
}

/* Take n doubles, rounded up to whole lane rows, from the block; base NULL: only count. */
static double *carve(double *base, size_t *used, size_t n)
{
	double *const at = base ? base + *used : NULL;
	*used += (n + LANES - 1) / LANES * LANES;
	return at;
}

static size_t layout(mna_single *single, double *base)
{
	const mna_system *s = single->system;
	mna_single_own *own = single->own;
	size_t used = 0, port = 1, stamp = 1;
	for (int b = 0; b < s->n_batch; b++) {
		port = larger(port, s->batch[b].shape->n_port);
		stamp = larger(stamp, s->batch[b].shape->n_stamp);
	}
	double **const unknowns[] = {&single->x, &single->f, &single->q}, **const values[] = {&single->g, &single->c};
	double **const ports[] = {&own->v, &own->out.f, &own->out.q}, **const stamps[] = {&own->out.g, &own->out.c};
	for (int i = 0; i < 3; i++)
		*unknowns[i] = carve(base, &used, (size_t)s->n_unknown);
	for (int i = 0; i < 2; i++)
		*values[i] = carve(base, &used, (size_t)s->pattern.nnz + 1);
	for (int i = 0; i < 3; i++)
		*ports[i] = carve(base, &used, port * LANES);
	for (int i = 0; i < 2; i++)
		*stamps[i] = carve(base, &used, stamp * LANES);
	own->t = carve(base, &used, LANES);
	for (int b = 0; b < s->n_batch; b++)
		own->k[b] = carve(base, &used, group_count(single, b) * (size_t)s->batch[b].type->n_const * LANES);
	return used;
}

/* Constants of a batch from an array [n_inst][n_const] whose entries are `stride` apart. */
static void set_constants(mna_single *single, int b, const double *k, size_t stride)
{
	const mna_batch *batch = &single->system->batch[b];
	const size_t n_const = (size_t)batch->type->n_const, last = (size_t)batch->n_inst - 1;
	const size_t width = (size_t)single->own->width[b];
	double *to = single->own->k[b];
	for (size_t group = 0; group < group_count(single, b); group++)
		for (size_t e = 0; e < n_const; e++)
			for (size_t l = 0; l < LANES; l++, to++) {
				const size_t i = group * width + (l < width ? l : width - 1);
				*to = k[((i < last ? i : last) * n_const + e) * stride];
			}
}

static ts_status fill(mna_single *single)
{
	const mna_system *s = single->system;
	mna_single_own *own = single->own = alloc_array(1, sizeof *own);
	if (!own)
		return TS_NOMEM;
	own->data = s->circuit;
	own->width = alloc_array((size_t)s->n_batch + 1, sizeof *own->width);
	own->k = alloc_array((size_t)s->n_batch + 1, sizeof *own->k);
	if (!own->width || !own->k)
		return TS_NOMEM;
	for (int b = 0; b < s->n_batch; b++)
		own->width[b] = has_own_data(s, &s->batch[b]) ? 1 : LANES;
	own->block = alloc_array(layout(single, NULL), sizeof *own->block);
	if (!own->block)
		return TS_NOMEM;
	layout(single, own->block);
	for (int b = 0; b < s->n_batch; b++)
		set_constants(single, b, s->batch[b].k, 1);
	return TS_OK;
}

ts_status mna_single_create(const mna_system *system, mna_single **out)
{
	*out = NULL;
	mna_single *single = alloc_array(1, sizeof *single);
	if (!single)
		return TS_NOMEM;
	single->system = system;
	const ts_status status = fill(single);
	if (status == TS_OK)
		*out = single;
	else
		mna_single_destroy(single);
	return status;
}

void mna_single_destroy(mna_single *single)
{
	if (!single)
		return;
	if (single->own) {
		alloc_free(single->own->width);
		alloc_free(single->own->k);
		alloc_free(single->own->block);
	}
	alloc_free(single->own);
	alloc_free(single);
}

void mna_single_load(mna_single *single, const mna_tile *tile, int lane_index)
{
	single->own->data = tile->own->data;
	for (int b = 0; b < single->system->n_batch; b++)
		set_constants(single, b, tile->k[b] + lane_index, LANES);
}

static void clear(mna_single *single, unsigned want)
{
	const size_t unknowns = (size_t)single->system->n_unknown * sizeof(double);
	const size_t slots = ((size_t)single->system->pattern.nnz + 1) * sizeof(double);
	if (want & DEV_F)
		memset(single->f, 0, unknowns);
	if (want & DEV_Q)
		memset(single->q, 0, unknowns);
	if (want & DEV_G)
		memset(single->g, 0, slots);
	if (want & DEV_C)
		memset(single->c, 0, slots);
}

void mna_single_assemble(mna_single *single, unsigned want)
{
	const elab_circuit *c = single->system->circuit;
	clear(single, want);
	for (int l = 0; l < LANES; l++)
		single->own->t[l] = single->t;
	ISA_CHOOSE(mna_single_table)->assemble(single, want);
	const mna_ground g = {c->gmin, single->x, want & DEV_F ? single->f : NULL, want & DEV_G ? single->g : NULL};
	const mna_ground q = {c->cmin, single->x, want & DEV_Q ? single->q : NULL, want & DEV_C ? single->c : NULL};
	mna_add_to_ground(single->system, &g, 1);
	mna_add_to_ground(single->system, &q, 1);
}
