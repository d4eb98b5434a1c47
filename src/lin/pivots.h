/* SPDX-License-Identifier: Apache-2.0
 * KLU's ordering and pivots of one reference matrix, for lane_lu (private to lin/).
 *
 * Row row[k] and column col[k] of the matrix meet at pivot k; block b covers pivots block[b] .. block[b + 1] - 1 of the
 * block triangular form, below whose diagonal blocks the permuted matrix is zero.
 */
#ifndef LIN_PIVOTS_H
#define LIN_PIVOTS_H
#include "lin/csc.h"

typedef struct lin_pivots {
	int n_block;
	int *row, *col; /* [n] */
	int *block;     /* [n_block + 1]; storage for n + 1 */
} lin_pivots;

/* Factor `values` (pattern order) once. The arrays are the caller's. TS_NUMERIC when singular. */
ts_status lin_klu_pivots(const lin_csc *pattern, const double *values, lin_pivots *out);
#endif
