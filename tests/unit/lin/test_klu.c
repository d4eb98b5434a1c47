/* SPDX-License-Identifier: Apache-2.0
 * lin/klu against dense elimination in long double on random circuit matrices; refactorisation with moved values;
 * singular matrices name their column.
 */
#include "harness/t.h"
#include "random_matrix.h"

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

int main(void)
{
	test_random(1, 0, 1);
	test_random(12, 2, 2);
	test_random(40, 3, 3);
	test_random(90, 5, 4);
	test_degraded_pivot();
	test_singular();
	return t_done();
}
