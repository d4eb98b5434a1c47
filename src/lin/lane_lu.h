/* SPDX-License-Identifier: Apache-2.0
 * LU of LANES matrices with one pattern and one static pivot sequence, taken from KLU on a reference matrix
 * (design/architecture.md 18 A). The schedule is immutable and shared; values live with the caller.
 */
#ifndef LIN_LANE_LU_H
#define LIN_LANE_LU_H
#include <stdint.h>
#include "base/lane.h"
#include "lin/csc.h"

typedef struct lane_lu lane_lu;

/* Order and pivot `reference` (values in pattern order), build the elimination schedule. TS_NUMERIC when singular. */
ts_status lane_lu_create(const lin_csc *pattern, const double *reference, lane_lu **out);
void lane_lu_destroy(lane_lu *lu);
size_t lane_lu_values(const lane_lu *lu);  /* doubles per lane in the factor array: caller allocates [that][LANES] */
/* a[nnz + 1][LANES] slotted values -> factors. Returns the lanes whose pivots are zero, non-finite or show growth
 * above 1e10 (their factors are unusable). No allocation. Thread-safe on a shared lu. */
uint32_t lane_lu_factor(const lane_lu *lu, const double *a, double *factors);
/* b[n][LANES] := A^-1 b, in place. work: [n][LANES]. */
void lane_lu_solve(const lane_lu *lu, const double *factors, double *b, double *work);
#endif
