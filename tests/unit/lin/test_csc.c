/* SPDX-License-Identifier: Apache-2.0
 * lin/csc: stamping through slots reproduces the dense matrix of the same entries; ground is swallowed by slot 0.
 */
#include "harness/t.h"

#include "base/alloc.h"
#include "lin/csc.h"

static void check_structure(const lin_csc *m)
{
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e + 1 < m->p[j + 1]; e++)
			T_TRUE(m->i[e] < m->i[e + 1]);
	T_INT(m->p[0], 0);
	T_INT(m->p[m->n], m->nnz);
}

static void test_slots(void)
{
	enum { N = 4, E = 9 };
	const int row[E] = {3, 0, 0, -1, 2, 0, 1, 3, 2};
	const int col[E] = {0, 0, 3, 1, -1, 0, 2, 3, 1};
	double dense[N][N] = {0}, value[32] = {0};
	int slot[E];
	lin_csc m;
	T_INT(lin_csc_build(N, E, row, col, 0, &m, slot), TS_OK);
	check_structure(&m);
	T_INT(m.nnz, 6);
	for (int e = 0; e < E; e++) {
		value[slot[e]] += e + 1;
		if (row[e] >= 0 && col[e] >= 0)
			dense[row[e]][col[e]] += e + 1;
	}
	T_INT(slot[3], 0);
	T_INT(slot[4], 0);
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			const int s = lin_csc_slot(&m, i, j);
			T_ABS(s ? value[s] : 0, dense[i][j], 0);
		}
	T_INT(lin_csc_slot(&m, -1, 0), 0);
	T_INT(lin_csc_slot(&m, 0, N), 0);
	lin_csc_free(&m);
}

static void test_diagonal(void)
{
	const int row[] = {1, 1}, col[] = {1, 0};
	lin_csc m;
	T_INT(lin_csc_build(3, 2, row, col, 1, &m, NULL), TS_OK);
	check_structure(&m);
	T_INT(m.nnz, 4);
	for (int u = 0; u < 3; u++)
		T_TRUE(lin_csc_slot(&m, u, u) > 0);
	lin_csc_free(&m);
	T_INT(lin_csc_build(0, 0, NULL, NULL, 1, &m, NULL), TS_OK);
	T_INT(m.nnz, 0);
	lin_csc_free(&m);
}

static void test_out_of_memory(void)
{
	const int row[] = {0}, col[] = {0};
	for (unsigned long n = 1; n <= 2; n++) {
		lin_csc m;
		alloc_fail_after(n);
		T_INT(lin_csc_build(1, 1, row, col, 1, &m, NULL), TS_NOMEM);
		alloc_fail_after(0);
		T_TRUE(m.p == NULL && m.i == NULL);
	}
}

int main(void)
{
	test_slots();
	test_diagonal();
	test_out_of_memory();
	return t_done();
}
