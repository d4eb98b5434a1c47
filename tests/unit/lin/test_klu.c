/* SPDX-License-Identifier: Apache-2.0
 * lin/klu against dense elimination in long double on random circuit matrices; refactorisation with moved values;
 * singular matrices name their column. The complex variant by its residuals.
 */
#include "harness/t.h"
#include "random_matrix.h"

#include "base/complex_of.h"
#include "lin/klu.h"

static const double TOL_SOLVER = 1e-9; /* condition numbers reach 1e6 */

static void test_random(int n_node, int n_branch, uint64_t seed)
{
	uint64_t state = seed;
	random_matrix m;
	lin_klu *klu;
	double a[MATRIX_ENTRIES], b[MATRIX_MAX], x[MATRIX_MAX], want[MATRIX_MAX];
	random_circuit(&m, n_node, n_branch, &state);
	T_INT(lin_klu_create(&m.pattern, &klu), TS_OK);
	for (int round = 0; round < 4; round++) {
		random_values(&m, 0.2 * round, &state, a, 1);
		T_INT(round ? lin_klu_refactor(klu, a + 1, NULL) : lin_klu_factor(klu, a + 1, NULL), TS_OK);
		for (int transposed = 0; transposed < 2; transposed++) {
			for (int i = 0; i < m.n; i++)
				x[i] = b[i] = random_unit(&state) - 0.5;
			T_TRUE(dense_solve(&m.pattern, a + 1, transposed, b, want));
			if (transposed)
				lin_klu_solve_transposed(klu, x);
			else
				lin_klu_solve(klu, x);
			T_ABS(relative_error(m.n, x, 1, want), 0, TOL_SOLVER);
		}
	}
	lin_klu_destroy(klu);
	lin_csc_free(&m.pattern);
}

/* Same pivots would divide by 1e-14: the refactorisation must repivot. */
static void test_degraded_pivot(void)
{
	const int row[] = {0, 0, 1, 1}, col[] = {0, 1, 0, 1};
	const double good[] = {1, 1, 1, 2}, poor[] = {1e-14, 1, 1, 1};
	lin_csc m;
	lin_klu *klu;
	lin_csc_build(2, 4, row, col, 0, &m, NULL);
	T_INT(lin_klu_create(&m, &klu), TS_OK);
	T_INT(lin_klu_factor(klu, good, NULL), TS_OK);
	T_INT(lin_klu_refactor(klu, poor, NULL), TS_OK);
	double b[] = {1, 2};
	lin_klu_solve(klu, b);
	const double TOL_ROUND = 1e-13;
	T_REL(b[0], 1 / (1 - 1e-14), TOL_ROUND);
	T_REL(b[1], (1 - 2e-14) / (1 - 1e-14), TOL_ROUND);
	lin_klu_destroy(klu);
	lin_csc_free(&m);
}

static void test_singular(void)
{
	/* nodes 0 - 1 conduct to ground, node 2 has no conductance */
	const int row[] = {0, 0, 1, 1, 2}, col[] = {0, 1, 0, 1, 2};
	const double values[] = {2, -1, -1, 1, 0};
	double nan_values[] = {2, -1, -1, (double)NAN, 1};
	int bad = -1;
	lin_csc m;
	lin_klu *klu;
	lin_csc_build(3, 5, row, col, 0, &m, NULL);
	T_INT(lin_klu_create(&m, &klu), TS_OK);
	T_INT(lin_klu_factor(klu, values, &bad), TS_NUMERIC);
	T_INT(bad, 2);
	T_INT(lin_klu_factor(klu, nan_values, &bad), TS_NUMERIC);
	T_INT(bad, 1);
	lin_klu_destroy(klu);
	lin_csc_free(&m);
}

/* |A x - b| or |A^T x - b| over the largest term of a row's sum */
static double residual_z(const lin_csc *m, const double complex *a, int transposed, const double complex *x,
                         const double complex *b)
{
	double complex r[MATRIX_MAX];
	double size[MATRIX_MAX] = {0}, worst = 0;
	for (int i = 0; i < m->n; i++)
		r[i] = -b[i];
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e < m->p[j + 1]; e++) {
			const int to = transposed ? j : m->i[e], from = transposed ? m->i[e] : j;
			r[to] += a[e] * x[from];
			size[to] = fmax(size[to], cabs(a[e] * x[from]));
		}
	for (int i = 0; i < m->n; i++)
		worst = fmax(worst, cabs(r[i]) / fmax(size[i], cabs(b[i])));
	return worst;
}

static void test_complex(int n_node, int n_branch, uint64_t seed)
{
	const double TOL_RESIDUAL = 1e-11;
	uint64_t state = seed;
	random_matrix m;
	lin_klu_z *klu;
	double re[MATRIX_ENTRIES], im[MATRIX_ENTRIES];
	double complex a[MATRIX_ENTRIES], b[MATRIX_MAX], x[MATRIX_MAX];
	random_circuit(&m, n_node, n_branch, &state);
	T_INT(lin_klu_z_create(&m.pattern, &klu), TS_OK);
	for (int round = 0; round < 4; round++) {
		random_values(&m, 0.2 * round, &state, re, 1);
		random_values(&m, 0.2, &state, im, 1);
		for (int e = 0; e < m.pattern.nnz; e++)
			a[e] = complex_of(re[e + 1], pow(10, round - 2) * im[e + 1]);
		T_INT(lin_klu_z_factor(klu, (const double *)a, NULL), TS_OK);
		for (int transposed = 0; transposed < 2; transposed++) {
			for (int i = 0; i < m.n; i++)
				x[i] = b[i] = complex_of(random_unit(&state) - 0.5, random_unit(&state) - 0.5);
			(transposed ? lin_klu_z_solve_transposed : lin_klu_z_solve)(klu, (double *)x);
			T_ABS(residual_z(&m.pattern, a, transposed, x, b), 0, TOL_RESIDUAL);
		}
	}
	lin_klu_z_destroy(klu);
	lin_csc_free(&m.pattern);
}

/* As test_degraded_pivot and test_singular. */
static void test_complex_pivots(void)
{
	const int row[] = {0, 0, 1, 1}, col[] = {0, 1, 0, 1};
	const double complex good[] = {1, 1, 1, 2}, poor[] = {1e-14, 1, 1, 1}, singular[] = {1, 1, 0, 0};
	const double TOL_ROUND = 1e-13;
	double complex b[] = {1, 2};
	lin_csc m;
	lin_klu_z *klu;
	int bad = -1;
	lin_csc_build(2, 4, row, col, 0, &m, NULL);
	T_INT(lin_klu_z_create(&m, &klu), TS_OK);
	T_INT(lin_klu_z_factor(klu, (const double *)good, NULL), TS_OK);
	T_INT(lin_klu_z_factor(klu, (const double *)poor, NULL), TS_OK);
	lin_klu_z_solve(klu, (double *)b);
	T_REL(creal(b[0]), 1 / (1 - 1e-14), TOL_ROUND);
	T_REL(creal(b[1]), (1 - 2e-14) / (1 - 1e-14), TOL_ROUND);
	T_INT(lin_klu_z_factor(klu, (const double *)singular, &bad), TS_NUMERIC);
	T_INT(bad, 1);
	lin_klu_z_destroy(klu);
	lin_csc_free(&m);
}

int main(void)
{
	test_random(1, 0, 1);
	test_random(12, 2, 2);
	test_random(40, 3, 3);
	test_random(90, 5, 4);
	test_degraded_pivot();
	test_singular();
	test_complex(1, 0, 5);
	test_complex(40, 3, 6);
	test_complex(90, 5, 7);
	test_complex_pivots();
	return t_done();
}
