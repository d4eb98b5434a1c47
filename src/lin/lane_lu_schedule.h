/* SPDX-License-Identifier: Apache-2.0
 * The elimination schedule that lane_lu.c builds and lane_lu_isa.c runs (private to lin/).
 *
 * Permuted rows k = 0 .. n-1. The entries of row k fill slots begin[k] .. begin[k + 1] - 1 of the factor array in this
 * order: L (columns of the block left of the pivot), the pivot (slot pivot[k], holding its inverse), U (columns of the
 * block right of it, up to u_end[k]), then the entries of later blocks, which are used in the solve as they are.
 * Elimination goes by rows: for each L entry in column j, l = w / u_jj and w[target] -= l * u[s] for the U slots s of
 * row j; `target` lists the slots in the order in which they are consumed.
 */
#ifndef LIN_LANE_LU_SCHEDULE_H
#define LIN_LANE_LU_SCHEDULE_H
#include <stdint.h>

typedef struct lane_lu_schedule {
	int n, n_slot, n_block;
	const int *row, *col; /* [n] row and column of the matrix at pivot k */
	const int *block;     /* [n_block + 1] first pivot of each block */
	const int *begin;     /* [n + 1] */
	const int *pivot;     /* [n] */
	const int *u_end;     /* [n] */
	const int *column;    /* [n_slot] permuted column of each slot */
	const int *source;    /* [n_slot] value slot of the matrix entry, 0: fill-in */
	const int *target;    /* [updates] */
} lane_lu_schedule;

typedef struct lane_lu_table {
	uint32_t (*factor)(const lane_lu_schedule *s, const double *a, double *w);
	void (*solve)(const lane_lu_schedule *s, const double *w, double *b, double *y);
} lane_lu_table;
#endif
