/* SPDX-License-Identifier: Apache-2.0
 * The border to KLU: block triangular form, AMD ordering in each block, Gilbert-Peierls LU with partial pivoting
 * [Davis & Palamadai Natarajan, ACM TOMS 37, 36 (2010)]. Nobody else includes klu.h; KLU's status becomes ts_status
 * and its singular column is handed back as a column of the caller's matrix.
 *
 * KLU takes its matrix by non-const pointer, so each solver keeps a copy of the values. Not thread-safe on one lin_klu:
 * KLU solves in a work array of the factorisation.
 */
#include "lin/klu.h"

#include <klu.h>
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "lin/pivots.h"

/* Pivot growth above 1 / this sends a refactorisation back to a full one. */
static const double REFACTOR_GROWTH = 1e-8;
/* Off-diagonal pivots are taken unless the diagonal is at least this fraction of its column: stricter than KLU's
 * 0.001, because lane_lu keeps the pivots for other values of the same pattern. */
static const double STATIC_PIVOT_TOLERANCE = 0.1;

struct lin_klu {
	const lin_csc *pattern;
	klu_common *common;
	klu_symbolic *symbolic;
	klu_numeric *numeric;
	double *a;
};

static ts_status status_of(const klu_common *common)
{
	if (common->status == KLU_OUT_OF_MEMORY || common->status == KLU_TOO_LARGE)
		return TS_NOMEM;
	if (common->status == KLU_SINGULAR)
		return TS_NUMERIC;
	return common->status == KLU_OK ? TS_OK : TS_INTERNAL;
}

ts_status lin_klu_create(const lin_csc *pattern, lin_klu **out)
{
	*out = NULL;
	lin_klu *klu = alloc_array(1, sizeof *klu);
	if (!klu)
		return TS_NOMEM;
	klu->pattern = pattern;
	klu->common = alloc_array(1, sizeof *klu->common);
	klu->a = alloc_array((size_t)pattern->nnz + 1, sizeof *klu->a);
	if (!klu->common || !klu->a) {
		lin_klu_destroy(klu);
		return TS_NOMEM;
	}
	klu_defaults(klu->common);
	klu->symbolic = pattern->n > 0 ? klu_analyze(pattern->n, pattern->p, pattern->i, klu->common) : NULL;
	if (pattern->n > 0 && !klu->symbolic) {
		const ts_status status = status_of(klu->common);
		lin_klu_destroy(klu);
		return status == TS_OK ? TS_INTERNAL : status;
	}
	*out = klu;
	return TS_OK;
}

void lin_klu_destroy(lin_klu *klu)
{
	if (!klu)
		return;
	if (klu->numeric)
		klu_free_numeric(&klu->numeric, klu->common);
	if (klu->symbolic)
		klu_free_symbolic(&klu->symbolic, klu->common);
	alloc_free(klu->common);
	alloc_free(klu->a);
	alloc_free(klu);
}

/* First column holding a value that is not finite, -1 if none. */
static int column_not_finite(const lin_csc *m, const double *a)
{
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e < m->p[j + 1]; e++)
			if (!isfinite(a[e]))
				return j;
	return -1;
}

static ts_status take_values(lin_klu *klu, const double *a, int *bad_column)
{
	memcpy(klu->a, a, (size_t)klu->pattern->nnz * sizeof *a);
	const int bad = column_not_finite(klu->pattern, a);
	if (bad_column)
		*bad_column = bad;
	return bad < 0 ? TS_OK : TS_NUMERIC;
}

static ts_status factor_values(lin_klu *klu, int *bad_column)
{
	const lin_csc *m = klu->pattern;
	if (klu->numeric)
		klu_free_numeric(&klu->numeric, klu->common);
	klu->numeric = klu_factor(m->p, m->i, klu->a, klu->symbolic, klu->common);
	const ts_status status = status_of(klu->common);
	if (status == TS_NUMERIC && bad_column)
		*bad_column = klu->common->singular_col < m->n ? klu->common->singular_col : -1;
	if (status == TS_OK && !klu->numeric)
		return TS_INTERNAL;
	if (status != TS_OK && klu->numeric)
		klu_free_numeric(&klu->numeric, klu->common);
	return status;
}

ts_status lin_klu_factor(lin_klu *klu, const double *a, int *bad_column)
{
	if (klu->pattern->n == 0)
		return TS_OK;
	TS_TRY(take_values(klu, a, bad_column));
	return factor_values(klu, bad_column);
}

ts_status lin_klu_refactor(lin_klu *klu, const double *a, int *bad_column)
{
	const lin_csc *m = klu->pattern;
	if (!klu->numeric)
		return lin_klu_factor(klu, a, bad_column);
	TS_TRY(take_values(klu, a, bad_column));
	const int ok = klu_refactor(m->p, m->i, klu->a, klu->symbolic, klu->numeric, klu->common) &&
	               klu->common->status == KLU_OK &&
	               klu_rgrowth(m->p, m->i, klu->a, klu->symbolic, klu->numeric, klu->common) &&
	               klu->common->rgrowth > REFACTOR_GROWTH;
	return ok ? TS_OK : factor_values(klu, bad_column);
}

void lin_klu_solve(const lin_klu *klu, double *b)
{
	if (klu->numeric)
		klu_solve(klu->symbolic, klu->numeric, klu->pattern->n, 1, b, klu->common);
}

void lin_klu_solve_transposed(const lin_klu *klu, double *b)
{
	if (klu->numeric)
		klu_tsolve(klu->symbolic, klu->numeric, klu->pattern->n, 1, b, klu->common);
}

struct lin_klu_z {
	const lin_csc *pattern;
	klu_common *common;
	klu_symbolic *symbolic;
	klu_numeric *numeric;
	double *a; /* [nnz][2] */
};

ts_status lin_klu_z_create(const lin_csc *pattern, lin_klu_z **out)
{
	*out = NULL;
	lin_klu_z *klu = alloc_array(1, sizeof *klu);
	if (!klu)
		return TS_NOMEM;
	klu->pattern = pattern;
	klu->common = alloc_array(1, sizeof *klu->common);
	klu->a = alloc_array(2 * (size_t)pattern->nnz + 2, sizeof *klu->a);
	ts_status status = klu->common && klu->a ? TS_OK : TS_NOMEM;
	if (status == TS_OK) {
		klu_defaults(klu->common);
		klu->symbolic = pattern->n > 0 ? klu_analyze(pattern->n, pattern->p, pattern->i, klu->common) : NULL;
		if (pattern->n > 0 && !klu->symbolic)
			status = status_of(klu->common) == TS_OK ? TS_INTERNAL : status_of(klu->common);
	}
	if (status == TS_OK)
		*out = klu;
	else
		lin_klu_z_destroy(klu);
	return status;
}

void lin_klu_z_destroy(lin_klu_z *klu)
{
	if (!klu)
		return;
	if (klu->numeric)
		klu_z_free_numeric(&klu->numeric, klu->common);
	if (klu->symbolic)
		klu_free_symbolic(&klu->symbolic, klu->common);
	alloc_free(klu->common);
	alloc_free(klu->a);
	alloc_free(klu);
}

static int column_not_finite_z(const lin_csc *m, const double *a)
{
	for (int j = 0; j < m->n; j++)
		for (int e = 2 * m->p[j]; e < 2 * m->p[j + 1]; e++)
			if (!isfinite(a[e]))
				return j;
	return -1;
}

static ts_status factor_values_z(lin_klu_z *klu, int *bad_column)
{
	const lin_csc *m = klu->pattern;
	if (klu->numeric)
		klu_z_free_numeric(&klu->numeric, klu->common);
	klu->numeric = klu_z_factor(m->p, m->i, klu->a, klu->symbolic, klu->common);
	const ts_status status = status_of(klu->common);
	if (status == TS_NUMERIC && bad_column)
		*bad_column = klu->common->singular_col < m->n ? klu->common->singular_col : -1;
	if (status == TS_OK && !klu->numeric)
		return TS_INTERNAL;
	if (status != TS_OK && klu->numeric)
		klu_z_free_numeric(&klu->numeric, klu->common);
	return status;
}

ts_status lin_klu_z_factor(lin_klu_z *klu, const double *a, int *bad_column)
{
	const lin_csc *m = klu->pattern;
	if (m->n == 0)
		return TS_OK;
	memcpy(klu->a, a, 2 * (size_t)m->nnz * sizeof *a);
	const int bad = column_not_finite_z(m, a);
	if (bad_column)
		*bad_column = bad;
	if (bad >= 0)
		return TS_NUMERIC;
	const int ok = klu->numeric && klu_z_refactor(m->p, m->i, klu->a, klu->symbolic, klu->numeric, klu->common) &&
	               klu->common->status == KLU_OK &&
	               klu_z_rgrowth(m->p, m->i, klu->a, klu->symbolic, klu->numeric, klu->common) &&
	               klu->common->rgrowth > REFACTOR_GROWTH;
	return ok ? TS_OK : factor_values_z(klu, bad_column);
}

void lin_klu_z_solve(const lin_klu_z *klu, double *b)
{
	if (klu->numeric)
		klu_z_solve(klu->symbolic, klu->numeric, klu->pattern->n, 1, b, klu->common);
}

void lin_klu_z_solve_transposed(const lin_klu_z *klu, double *b)
{
	if (klu->numeric)
		klu_z_tsolve(klu->symbolic, klu->numeric, klu->pattern->n, 1, b, 0, klu->common);
}

ts_status lin_klu_pivots(const lin_csc *pattern, const double *values, lin_pivots *out)
{
	lin_klu *klu = NULL;
	out->n_block = 0;
	out->block[0] = 0;
	TS_TRY(lin_klu_create(pattern, &klu));
	klu->common->tol = STATIC_PIVOT_TOLERANCE;
	ts_status status = lin_klu_factor(klu, values, NULL);
	if (status == TS_OK && pattern->n > 0) {
		const int ok = klu_extract(klu->numeric, klu->symbolic, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
		                           NULL, out->row, out->col, NULL, out->block, klu->common);
		out->n_block = klu->symbolic->nblocks;
		status = ok ? TS_OK : TS_INTERNAL;
	}
	lin_klu_destroy(klu);
	return status;
}
