/* SPDX-License-Identifier: Apache-2.0
 * Fixed sparse pattern in compressed columns. Slot 0 of every value array is a dummy that swallows what is stamped on
 * ground; the value of pattern entry e is at index e + 1.
 */
#ifndef LIN_CSC_H
#define LIN_CSC_H
#include <stddef.h>
#include "base/status.h"

typedef struct lin_csc {
	int n;    /* unknowns, numbered from 0 */
	int nnz;
	int *p;   /* [n + 1] column starts */
	int *i;   /* [nnz] rows, sorted in each column */
} lin_csc;

/* Build from n_entry (row, col) pairs, duplicates allowed; entries with row or col < 0 (ground) are skipped.
 * slot[n_entry] (may be NULL): index into value arrays, 0 for skipped entries, else position + 1.
 * with_diagonal: add every diagonal entry. */
ts_status lin_csc_build(int n, int n_entry, const int *row, const int *col, int with_diagonal, lin_csc *out, int *slot);
void lin_csc_free(lin_csc *m);
/* Value index of (row, col), 0 if not in the pattern. */
int lin_csc_slot(const lin_csc *m, int row, int col);
#endif
