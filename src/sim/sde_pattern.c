/* SPDX-License-Identifier: Apache-2.0
 * Free unknowns, the pattern of their equations, and the constant capacitances of a stochastic step (see sde_impl.h).
 */
#include "base/arena.h"
#include "sim/sde_impl.h"

ts_status sde_make_rows(sde_builder *b)
{
	sde_plan *p = b->plan;
	const size_t n = (size_t)p->n_unknown;
	int *list = arena_array(p->arena, n + 1, sizeof *list);
	uint8_t *row_kind = arena_array(p->arena, n + 1, 1);
	b->row_of = arena_array(p->arena, n, sizeof *b->row_of);
	if (!list || !row_kind || !b->row_of)
		return TS_NOMEM;
	row_kind[0] = SDE_DRIVEN;
	for (int u = 1; u < p->n_unknown; u++)
		if (b->kind[u] != SDE_DRIVEN) {
			list[++p->n_free] = u;
			row_kind[p->n_free] = b->kind[u];
			b->row_of[u] = p->n_free;
		}
	p->free = list;
	p->row_kind = row_kind;
	p->row_of = b->row_of;
	return TS_OK;
}

static int count_stamps(const mna_system *s)
{
	int n = 0;
	for (int k = 0; k < s->n_batch; k++)
		n += s->batch[k].n_inst * s->batch[k].shape->n_stamp;
	return n;
}

/* Reduced (row, column) of all stamps, -1 where there is none. */
static void list_stamps(const sde_builder *b, int *row, int *col)
{
	const mna_system *s = b->plan->system;
	int n = 0;
	for (int k = 0; k < s->n_batch; k++) {
		const mna_batch *batch = &s->batch[k];
		const dev_shape *shape = batch->shape;
		for (int i = 0; i < batch->n_inst; i++)
			for (int e = 0; e < shape->n_stamp; e++, n++) {
				row[n] = b->row_of[batch->unknown[i * shape->n_port + shape->stamp[e].row]] - 1;
				col[n] = b->row_of[batch->unknown[i * shape->n_port + shape->stamp[e].col]] - 1;
			}
	}
}

static ts_status make_slots(sde_builder *b)
{
	sde_plan *p = b->plan;
	const mna_system *s = p->system;
	const size_t n = (size_t)count_stamps(s);
	int *row = arena_array(p->arena, n + 1, sizeof *row), *col = arena_array(p->arena, n + 1, sizeof *col);
	int *slot = arena_array(p->arena, n + 1, sizeof *slot);
	const int **of = arena_array(p->arena, (size_t)s->n_batch + 1, sizeof *of);
	if (!row || !col || !slot || !of)
		return TS_NOMEM;
	list_stamps(b, row, col);
	TS_TRY(lin_csc_build(p->n_free, (int)n, row, col, 1, &p->pattern, slot));
	for (int k = 0; k < s->n_batch; k++) {
		of[k] = slot;
		slot += (ptrdiff_t)s->batch[k].n_inst * s->batch[k].shape->n_stamp;
	}
	b->slot = of;
	return TS_OK;
}

/* Full slots in which a constant capacitance may stand. */
static void mark_constant(const sde_builder *b, uint8_t *used)
{
	const mna_system *s = b->plan->system;
	for (int k = 0; k < s->n_batch; k++)
		for (int e = 0; !b->moving[k] && e < s->batch[k].n_inst * s->batch[k].shape->n_stamp; e++)
			if (s->batch[k].shape->stamp[e % s->batch[k].shape->n_stamp].part & DEV_C)
				used[s->batch[k].slot[e]] = 1;
	for (int u = 1; s->circuit->cmin > 0 && u < s->n_unknown; u++)
		if (!s->is_current[u])
			used[s->diagonal[u]] = 1;
}

ts_status sde_make_pattern(sde_builder *b)
{
	sde_plan *p = b->plan;
	const lin_csc *m = &p->system->pattern;
	uint8_t *used = arena_array(p->arena, (size_t)m->nnz + 1, 1);
	sde_entry *list = arena_array(p->arena, (size_t)m->nnz + 1, sizeof *list);
	if (!used || !list)
		return TS_NOMEM;
	TS_TRY(make_slots(b));
	mark_constant(b, used);
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e < m->p[j + 1]; e++) {
			const int row = b->row_of[m->i[e] + 1], col = b->row_of[j + 1];
			if (used[e + 1])
				list[p->n_cap++] =
				    (sde_entry){m->i[e] + 1, j + 1, e + 1, row,
				                row && col ? lin_csc_slot(&p->pattern, row - 1, col - 1) : 0};
		}
	p->cap = list;
	return TS_OK;
}
