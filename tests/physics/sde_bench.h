/* SPDX-License-Identifier: Apache-2.0
 * A stochastic step as a function, for tests: circuit from text, plan, work, and the map (state, normals) -> next state
 * evaluated for many points, LANES at a time. From it the tests build covariance recursions (linear circuits) and
 * transfer operators (one or two nodes), which are free of sampling noise.
 */
#ifndef TESTS_PHYSICS_SDE_BENCH_H
#define TESTS_PHYSICS_SDE_BENCH_H
#include "harness/t.h"
#include "static_deck.h"

#include <stdlib.h>
#include "base/phys.h"
#include "sim/sde.h"

enum { BENCH_MOST = 16 }; /* unknowns, sources */

typedef struct sde_bench {
	static_deck deck;
	mna_tile *tile;
	sde_plan *plan;
	sde_work *work;
	double h;
	int n_source;
	uint32_t failed;      /* lanes that ever failed */
	double *xi, *xi_next; /* [n_source][LANES] */
} sde_bench;

static inline ts_status bench_start(sde_bench *b, const sde_options *o)
{
	TS_TRY(b->deck.status);
	TS_TRY(mna_tile_create(b->deck.system, &b->tile));
	TS_TRY(sde_plan_create(b->tile, o, b->deck.diag, &b->plan));
	TS_TRY(sde_work_create(b->plan, b->tile, &b->work));
	b->n_source = sde_plan_n_source(b->plan);
	b->xi = alloc_array(((size_t)b->n_source + 1) * LANES, sizeof(double));
	b->xi_next = alloc_array(((size_t)b->n_source + 1) * LANES, sizeof(double));
	return b->xi && b->xi_next ? TS_OK : TS_NOMEM;
}

static inline sde_bench bench_open(const char *text, const sde_options *o)
{
	sde_bench b = {.deck = static_deck_open(text, 0, 1), .h = o->h};
	const ts_status status = bench_start(&b, o);
	if (status != TS_OK) {
		diag_print(b.deck.diag, stdout);
		printf("no bench: %s\n", ts_status_name(status));
		exit(1);
	}
	return b;
}

static inline void bench_close(sde_bench *b)
{
	alloc_free(b->xi);
	alloc_free(b->xi_next);
	sde_work_destroy(b->work);
	sde_plan_destroy(b->plan);
	mna_tile_destroy(b->tile);
	static_deck_close(&b->deck);
}

/* Unknown of a node; instance by name. */
static inline int bench_node(const sde_bench *b, const char *name)
{
	return elab_find_node(b->deck.circuit, name);
}
static inline int bench_instance(const sde_bench *b, const char *name)
{
	return elab_find_instance(b->deck.circuit, name);
}

/* `count` points: x[point][n_node] and xi[point][n_source] (and xi_next, may be NULL) -> x. node[n_node]: the unknowns
 * that make the state; the others follow. */
static inline void bench_map(sde_bench *b, const int *node, int n_node, int count, double *x, const double *xi,
                             const double *xi_next)
{
	const int n_unknown = b->deck.system->n_unknown;
	for (int first = 0; first < count; first += LANES) {
		memset(b->tile->x, 0, (size_t)n_unknown * LANES * sizeof(double));
		for (int l = 0; l < LANES; l++) {
			const int point = first + l < count ? first + l : count - 1;
			for (int i = 0; i < n_node; i++)
				b->tile->x[node[i] * LANES + l] = x[point * n_node + i];
			for (int k = 0; k < b->n_source; k++) {
				b->xi[k * LANES + l] = xi[point * b->n_source + k];
				b->xi_next[k * LANES + l] = xi_next ? xi_next[point * b->n_source + k] : 0;
			}
		}
		b->failed |= sde_begin(b->work, 0);
		b->failed |= sde_step(b->work, b->h, b->xi, b->xi_next);
		for (int l = 0; l < LANES && first + l < count; l++)
			for (int i = 0; i < n_node; i++)
				x[(first + l) * n_node + i] = b->tile->x[node[i] * LANES + l];
	}
}

/* x_{n+1} = a x_n + b xi_n + b_next xi_{n+1} of a linear circuit; matrices by rows, [n][n] and [n][n_source]. */
typedef struct bench_linear {
	int n, m;
	double a[BENCH_MOST * BENCH_MOST], b[BENCH_MOST * BENCH_MOST], b_next[BENCH_MOST * BENCH_MOST];
} bench_linear;

static inline bench_linear bench_linearise(sde_bench *b, const int *node, int n)
{
	bench_linear r = {.n = n, .m = b->n_source};
	const int m = b->n_source, count = 1 + n + 2 * m;
	double *x = calloc((size_t)count * (size_t)n, sizeof *x), *xi = calloc((size_t)(count * m) + 1, sizeof *xi);
	double *xi_next = calloc((size_t)(count * m) + 1, sizeof *xi_next);
	if (!x || !xi || !xi_next || n > BENCH_MOST || m > BENCH_MOST)
		exit(1);
	for (int j = 0; j < n; j++)
		x[(1 + j) * n + j] = 1;
	for (int k = 0; k < m; k++) {
		xi[(1 + n + k) * m + k] = 1;
		xi_next[(1 + n + m + k) * m + k] = 1;
	}
	bench_map(b, node, n, count, x, xi, xi_next);
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < n; j++)
			r.a[i * n + j] = x[(1 + j) * n + i] - x[i];
		for (int k = 0; k < m; k++) {
			r.b[i * m + k] = x[(1 + n + k) * n + i] - x[i];
			r.b_next[i * m + k] = x[(1 + n + m + k) * n + i] - x[i];
		}
	}
	free(x);
	free(xi);
	free(xi_next);
	return r;
}

static inline void bench_multiply(int n, const double *a, const double *b, int transpose_b, double *c)
{
	double out[BENCH_MOST * BENCH_MOST];
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			double sum = 0;
			for (int k = 0; k < n; k++)
				sum += a[i * n + k] * (transpose_b ? b[j * n + k] : b[k * n + j]);
			out[i * n + j] = sum;
		}
	memcpy(c, out, (size_t)(n * n) * sizeof *c);
}

/* Stationary covariance of x' = a x + b xi (b_next = 0) by doubling: s = sum of a^k b b^T a^kT. */
static inline void bench_covariance(const bench_linear *r, double *s)
{
	enum { DOUBLINGS = 60 };
	const int n = r->n;
	double a[BENCH_MOST * BENCH_MOST], t[BENCH_MOST * BENCH_MOST];
	memcpy(a, r->a, sizeof a);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			s[i * n + j] = 0;
			for (int k = 0; k < r->m; k++)
				s[i * n + j] += r->b[i * r->m + k] * r->b[j * r->m + k];
		}
	for (int d = 0; d < DOUBLINGS; d++) {
		bench_multiply(n, a, s, 0, t);
		bench_multiply(n, t, a, 1, t);
		for (int e = 0; e < n * n; e++)
			s[e] += t[e];
		bench_multiply(n, a, a, 0, a);
	}
}
#endif
