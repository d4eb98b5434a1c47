/* SPDX-License-Identifier: Apache-2.0
 * Builds the static elimination schedule of lane_lu: KLU orders and pivots a reference matrix, a symbolic row-wise LU
 * finds the fill, and every update gets its slot. What runs it is in lane_lu_isa.c; layout in lane_lu_schedule.h.
 *
 * Only the diagonal blocks of the block triangular form are eliminated; entries of later blocks enter the solve
 * directly, as in KLU [Davis & Palamadai Natarajan, ACM TOMS 37, 36 (2010), section 2].
 */
#include "lin/lane_lu.h"

#include "base/alloc.h"
#include "base/isa.h"
#include "lin/lane_lu_schedule.h"
#include "lin/pivots.h"

struct lane_lu {
	lane_lu_schedule schedule;
	const lane_lu_table *table;
	int *block; /* the arrays over rows */
	int *column, *source, *target;
};

ISA_DECLARE(extern const lane_lu_table, lane_lu_table);

/* Growing list of ints. */
typedef struct int_list {
	int n, capacity;
	int *item;
} int_list;

static ts_status list_add(int_list *list, int item)
{
	if (list->n == list->capacity) {
		const int capacity = list->capacity ? 2 * list->capacity : 256;
		int *grown =
		    alloc_resize(list->item, (size_t)list->capacity * sizeof(int), (size_t)capacity * sizeof(int));
		if (!grown)
			return TS_NOMEM;
		list->item = grown;
		list->capacity = capacity;
	}
	list->item[list->n++] = item;
	return TS_OK;
}

/* Everything the symbolic phase needs; arrays of n unless said otherwise. */
typedef struct builder {
	const lin_csc *m;
	lin_pivots p;
	int *begin, *pivot, *u_end; /* begin: [n + 1] */
	int *col_at;                /* inverse of p.col */
	int *block_end;             /* first pivot after the block of pivot k */
	int *row_begin;             /* [n + 1] the matrix by rows */
	int *row_col;               /* [nnz] permuted columns */
	int *row_slot;              /* [nnz] value slots */
	int *mark;                  /* slot + 2 of a column in the current row; 1: to be added; 0: absent */
	int_list column, source, target;
} builder;

static void transpose(builder *b)
{
	const lin_csc *m = b->m;
	for (int e = 0; e < m->nnz; e++)
		b->row_begin[m->i[e] + 1]++;
	for (int i = 0; i < m->n; i++)
		b->row_begin[i + 1] += b->row_begin[i];
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e < m->p[j + 1]; e++) {
			const int at = b->row_begin[m->i[e]]++;
			b->row_col[at] = b->col_at[j];
			b->row_slot[at] = e + 1;
		}
	for (int i = m->n; i > 0; i--)
		b->row_begin[i] = b->row_begin[i - 1];
	b->row_begin[0] = 0;
}

static void invert_permutation(builder *b)
{
	for (int k = 0; k < b->m->n; k++)
		b->col_at[b->p.col[k]] = k;
	for (int block = 0; block < b->p.n_block; block++)
		for (int k = b->p.block[block]; k < b->p.block[block + 1]; k++)
			b->block_end[k] = b->p.block[block + 1];
}

/* Mark the columns of row k after fill: those of the matrix and the U part of every row eliminated from it. */
static void mark_row(builder *b, int k, int first)
{
	const int row = b->p.row[k];
	b->mark[k] = 1;
	for (int e = b->row_begin[row]; e < b->row_begin[row + 1]; e++)
		b->mark[b->row_col[e]] = 1;
	for (int j = first; j < k; j++)
		for (int u = b->pivot[j] + 1; b->mark[j] && u < b->u_end[j]; u++)
			b->mark[b->column.item[u]] = 1;
}

static ts_status add_slot(builder *b, int j)
{
	b->mark[j] = b->column.n + 2;
	TS_TRY(list_add(&b->column, j));
	return list_add(&b->source, 0);
}

static ts_status add_slots(builder *b, int k, int first)
{
	const int row = b->p.row[k], end = b->block_end[k];
	b->begin[k] = b->column.n;
	for (int j = first; j < end; j++) {
		if (j == k)
			b->pivot[k] = b->column.n;
		if (b->mark[j])
			TS_TRY(add_slot(b, j));
	}
	b->u_end[k] = b->column.n;
	for (int e = b->row_begin[row]; e < b->row_begin[row + 1]; e++)
		if (b->row_col[e] >= end)
			TS_TRY(add_slot(b, b->row_col[e]));
	for (int e = b->row_begin[row]; e < b->row_begin[row + 1]; e++)
		b->source.item[b->mark[b->row_col[e]] - 2] = b->row_slot[e];
	b->begin[k + 1] = b->column.n;
	return TS_OK;
}

static ts_status add_targets(builder *b, int k)
{
	for (int e = b->begin[k]; e < b->pivot[k]; e++) {
		const int j = b->column.item[e];
		for (int u = b->pivot[j] + 1; u < b->u_end[j]; u++)
			TS_TRY(list_add(&b->target, b->mark[b->column.item[u]] - 2));
	}
	return TS_OK;
}

static ts_status build_rows(builder *b)
{
	for (int block = 0; block < b->p.n_block; block++) {
		const int first = b->p.block[block];
		for (int k = first; k < b->p.block[block + 1]; k++) {
			mark_row(b, k, first);
			TS_TRY(add_slots(b, k, first));
			TS_TRY(add_targets(b, k));
			for (int e = b->begin[k]; e < b->begin[k + 1]; e++)
				b->mark[b->column.item[e]] = 0;
		}
	}
	return TS_OK;
}

/* One block of ints for all arrays over rows: the first six stay with the lane_lu. */
static ts_status builder_init(builder *b, const lin_csc *m, int **block)
{
	const size_t n = (size_t)m->n + 1;
	int *at = *block = alloc_array(10 * n, sizeof(int));
	b->m = m;
	b->row_col = alloc_array((size_t)m->nnz + 1, sizeof(int));
	b->row_slot = alloc_array((size_t)m->nnz + 1, sizeof(int));
	if (!at || !b->row_col || !b->row_slot)
		return TS_NOMEM;
	int **const array[] = {&b->p.row, &b->p.col,  &b->p.block,   &b->begin,     &b->pivot,
	                       &b->u_end, &b->col_at, &b->block_end, &b->row_begin, &b->mark};
	for (size_t i = 0; i < sizeof array / sizeof *array; i++, at += n)
		*array[i] = at;
	return TS_OK;
}

static ts_status build(builder *b, const lin_csc *m, const double *reference, int **block)
{
	TS_TRY(builder_init(b, m, block));
	TS_TRY(lin_klu_pivots(m, reference, &b->p));
	invert_permutation(b);
	transpose(b);
	return build_rows(b);
}

static void hand_over(builder *b, lane_lu *lu)
{
	lu->column = b->column.item;
	lu->source = b->source.item;
	lu->target = b->target.item;
	lu->schedule = (lane_lu_schedule){.n = b->m->n,
	                                  .n_slot = b->column.n,
	                                  .n_block = b->p.n_block,
	                                  .row = b->p.row,
	                                  .col = b->p.col,
	                                  .block = b->p.block,
	                                  .begin = b->begin,
	                                  .pivot = b->pivot,
	                                  .u_end = b->u_end,
	                                  .column = b->column.item,
	                                  .source = b->source.item,
	                                  .target = b->target.item};
	lu->table = ISA_CHOOSE(lane_lu_table);
}

ts_status lane_lu_create(const lin_csc *pattern, const double *reference, lane_lu **out)
{
	*out = NULL;
	lane_lu *lu = alloc_array(1, sizeof *lu);
	if (!lu)
		return TS_NOMEM;
	builder b = {0};
	const ts_status status = build(&b, pattern, reference, &lu->block);
	hand_over(&b, lu);
	alloc_free(b.row_col);
	alloc_free(b.row_slot);
	if (status != TS_OK) {
		lane_lu_destroy(lu);
		return status;
	}
	*out = lu;
	return TS_OK;
}

void lane_lu_destroy(lane_lu *lu)
{
	if (!lu)
		return;
	alloc_free(lu->block);
	alloc_free(lu->column);
	alloc_free(lu->source);
	alloc_free(lu->target);
	alloc_free(lu);
}

size_t lane_lu_values(const lane_lu *lu)
{
	return (size_t)lu->schedule.n_slot;
}

uint32_t lane_lu_factor(const lane_lu *lu, const double *a, double *factors)
{
	return lu->table->factor(&lu->schedule, a, factors);
}

void lane_lu_solve(const lane_lu *lu, const double *factors, double *b, double *work)
{
	lu->table->solve(&lu->schedule, factors, b, work);
}
