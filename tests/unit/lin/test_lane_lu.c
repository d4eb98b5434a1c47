/* SPDX-License-Identifier: Apache-2.0
 * lin/lane_lu: agreement with KLU on random circuit matrices, lane independence bit for bit, the mask of bad lanes,
 * and the same bits at every instruction-set level (the program runs itself with TS_ISA set and compares hashes).
 */
#include "harness/t.h"
#include "random_matrix.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/alloc.h"
#include "lin/klu.h"
#include "lin/lane_lu.h"

static const double TOL_KLU = 1e-12;

typedef struct bench {
	random_matrix m;
	lane_lu *lu;
	double *a, *factors, *b, *work;
} bench;

static void bench_open(bench *t, int n_node, int n_branch, uint64_t *state)
{
	double reference[MATRIX_ENTRIES];
	random_circuit(&t->m, n_node, n_branch, state);
	random_values(&t->m, 0, state, reference, 1);
	T_INT(lane_lu_create(&t->m.pattern, reference + 1, &t->lu), TS_OK);
	t->a = alloc_array((size_t)(t->m.pattern.nnz + 1) * LANES, sizeof(double));
	t->factors = alloc_array(lane_lu_values(t->lu) * LANES, sizeof(double));
	t->b = alloc_array((size_t)t->m.n * LANES, sizeof(double));
	t->work = alloc_array((size_t)t->m.n * LANES, sizeof(double));
	for (int lane_index = 0; lane_index < LANES; lane_index++)
		random_values(&t->m, 0.5, state, t->a + lane_index, LANES);
	for (int i = 0; i < t->m.n * LANES; i++)
		t->b[i] = random_unit(state) - 0.5;
}

static void bench_close(bench *t)
{
	lane_lu_destroy(t->lu);
	lin_csc_free(&t->m.pattern);
	alloc_free(t->a);
	alloc_free(t->factors);
	alloc_free(t->b);
	alloc_free(t->work);
}

static void take_lane(double *to, const double *from, int n, int lane_index)
{
	for (int i = 0; i < n; i++)
		to[i] = from[i * LANES + lane_index];
}

static void test_against_klu(int n_node, int n_branch, uint64_t seed)
{
	bench t;
	lin_klu *klu;
	double want[LANES][MATRIX_MAX], a[MATRIX_ENTRIES];
	bench_open(&t, n_node, n_branch, &seed);
	lin_klu_create(&t.m.pattern, &klu);
	for (int l = 0; l < LANES; l++) {
		take_lane(a, t.a, t.m.pattern.nnz + 1, l);
		T_INT(lin_klu_factor(klu, a + 1, NULL), TS_OK);
		take_lane(want[l], t.b, t.m.n, l);
		lin_klu_solve(klu, want[l]);
	}
	T_INT(lane_lu_factor(t.lu, t.a, t.factors), 0);
	lane_lu_solve(t.lu, t.factors, t.b, t.work);
	for (int l = 0; l < LANES; l++)
		T_ABS(relative_error(t.m.n, t.b + l, LANES, want[l]), 0, TOL_KLU);
	lin_klu_destroy(klu);
	bench_close(&t);
}

/* The data of lane 3 moved to lane 6 among other neighbours gives the same bits. */
static void test_lane_independence(void)
{
	bench t;
	uint64_t state = 77;
	double here[MATRIX_MAX], there[MATRIX_MAX];
	bench_open(&t, 30, 3, &state);
	double *b = alloc_array((size_t)t.m.n * LANES, sizeof(double));
	for (int i = 0; i < t.m.n; i++)
		b[i * LANES + 6] = t.b[i * LANES + 3];
	lane_lu_factor(t.lu, t.a, t.factors);
	lane_lu_solve(t.lu, t.factors, t.b, t.work);
	take_lane(here, t.b, t.m.n, 3);
	for (int e = 0; e <= t.m.pattern.nnz; e++) {
		t.a[e * LANES + 6] = t.a[e * LANES + 3];
		t.a[e * LANES + 5] = 0;
	}
	T_INT(lane_lu_factor(t.lu, t.a, t.factors), 1u << 5);
	lane_lu_solve(t.lu, t.factors, b, t.work);
	take_lane(there, b, t.m.n, 6);
	T_INT(memcmp(here, there, (size_t)t.m.n * sizeof *here), 0);
	alloc_free(b);
	bench_close(&t);
}

/* 2 x 2, pivots on the diagonal of the reference; each lane one kind of trouble. */
static void test_bad_lanes(void)
{
	const int row[] = {0, 1, 0, 1}, col[] = {0, 0, 1, 1};
	const double reference[] = {1, 0.1, 0.1, 1};
	const double lanes[LANES][4] = {{1, 0.1, 0.1, 1},           {0, 1, 1, 0},          {1e-14, 1, 1, 1},
	                                {(double)NAN, 0, 0, 1},     {1, 1, 1, 1},          {1, 0, (double)INFINITY, 1},
	                                {1e-9, 1e-10, 1e-10, 1e-9}, {1, 0, 0, (double)NAN}};
	_Alignas(64) double a[5 * LANES] = {0}, factors[4 * LANES];
	lin_csc m;
	lane_lu *lu;
	lin_csc_build(2, 4, row, col, 0, &m, NULL);
	T_INT(lane_lu_create(&m, reference, &lu), TS_OK);
	T_INT(lane_lu_values(lu), 4);
	for (int l = 0; l < LANES; l++)
		for (int e = 0; e < 4; e++)
			a[(e + 1) * LANES + l] = lanes[l][e];
	T_INT(lane_lu_factor(lu, a, factors), 0xbe);
	lane_lu_destroy(lu);
	const double singular[] = {1, 1, 1, 1};
	T_INT(lane_lu_create(&m, singular, &lu), TS_NUMERIC);
	T_TRUE(lu == NULL);
	lin_csc_free(&m);
}

static void test_no_allocation(void)
{
	bench t;
	uint64_t state = 5;
	bench_open(&t, 20, 2, &state);
	const unsigned long before = alloc_count();
	lane_lu_factor(t.lu, t.a, t.factors);
	lane_lu_solve(t.lu, t.factors, t.b, t.work);
	T_INT(alloc_count(), before);
	bench_close(&t);
}

static uint64_t hash_of_solution(void)
{
	bench t;
	uint64_t state = 2024, hash = UINT64_C(14695981039346656037);
	bench_open(&t, 60, 4, &state);
	lane_lu_factor(t.lu, t.a, t.factors);
	lane_lu_solve(t.lu, t.factors, t.b, t.work);
	for (int i = 0; i < t.m.n * LANES; i++) {
		uint64_t bits;
		memcpy(&bits, t.b + i, sizeof bits);
		hash = (hash ^ bits) * UINT64_C(1099511628211);
	}
	bench_close(&t);
	return hash;
}

static void test_isa_levels(const char *self)
{
	const uint64_t want = hash_of_solution();
	for (int level = 2; level <= 4; level++) {
		char command[4200];
		uint64_t got = 0;
		snprintf(command, sizeof command, "TS_ISA=%d '%s' hash", level, self);
		FILE *pipe = popen(command, "r");
		T_TRUE(pipe && fscanf(pipe, "%" SCNx64, &got) == 1);
		T_TRUE(got == want);
		if (pipe)
			pclose(pipe);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "hash") == 0) {
		printf("%" PRIx64 "\n", hash_of_solution());
		return 0;
	}
	test_against_klu(1, 0, 1);
	test_against_klu(6, 1, 2);
	test_against_klu(24, 2, 3);
	test_against_klu(90, 6, 4);
	test_lane_independence();
	test_bad_lanes();
	test_no_allocation();
	test_isa_levels(argv[0]);
	return t_done();
}
