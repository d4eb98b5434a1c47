/* SPDX-License-Identifier: Apache-2.0
 * KLU on one matrix [Davis & Palamadai Natarajan, ACM TOMS 37 (2010)]. The only file that includes klu.h is klu.c.
 */
#ifndef LIN_KLU_H
#define LIN_KLU_H
#include "lin/csc.h"

typedef struct lin_klu lin_klu;

/* Analyse the pattern (borrowed, must outlive). */
ts_status lin_klu_create(const lin_csc *pattern, lin_klu **out);
void lin_klu_destroy(lin_klu *klu);
/* Factor with partial pivoting. a[nnz]: values in pattern order (pass array + 1 of a slotted array).
 * TS_NUMERIC when singular: *bad_column (may be NULL) is the column. */
ts_status lin_klu_factor(lin_klu *klu, const double *a, int *bad_column);
/* Same pivots, new values; falls back to lin_klu_factor when a pivot degrades. */
ts_status lin_klu_refactor(lin_klu *klu, const double *a, int *bad_column);
/* b[n] := A^-1 b; b := A^-T b. */
void lin_klu_solve(const lin_klu *klu, double *b);
void lin_klu_solve_transposed(const lin_klu *klu, double *b);

/* The same for complex values, stored as (real, imaginary) pairs: a[nnz][2], b[n][2]. */
typedef struct lin_klu_z lin_klu_z;
ts_status lin_klu_z_create(const lin_csc *pattern, lin_klu_z **out);
void lin_klu_z_destroy(lin_klu_z *klu);
/* New values: with the pivots of the last factorisation where they still serve, else with new ones. Errors as
 * lin_klu_factor. */
ts_status lin_klu_z_factor(lin_klu_z *klu, const double *a, int *bad_column);
/* b := A^-1 b; b := A^-T b, the plain transpose, not the adjoint. */
void lin_klu_z_solve(const lin_klu_z *klu, double *b);
void lin_klu_z_solve_transposed(const lin_klu_z *klu, double *b);
#endif
