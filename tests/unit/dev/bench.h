/* SPDX-License-Identifier: Apache-2.0
 * One device on a bench: parameters by name, port voltages, one evaluation with everything wanted. All lanes get the
 * same inputs unless a test writes them itself.
 */
#ifndef TESTS_UNIT_DEV_BENCH_H
#define TESTS_UNIT_DEV_BENCH_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev/dev.h"

enum { BENCH_PORT = 12, BENCH_STAMP = 32, BENCH_CONST = 64, BENCH_PARAM = 80, BENCH_OBS = 16, BENCH_NOISE = 6 };
enum { BENCH_ALL = DEV_F | DEV_Q | DEV_G | DEV_C | DEV_S | DEV_DS | DEV_OBS };

typedef struct bench {
	_Alignas(64) double v[BENCH_PORT][LANES];
	_Alignas(64) double k[BENCH_CONST][LANES];
	_Alignas(64) double t[1][LANES];
	_Alignas(64) double shift[BENCH_NOISE * BENCH_PORT][LANES];
	_Alignas(64) double f[BENCH_PORT][LANES];
	_Alignas(64) double q[BENCH_PORT][LANES];
	_Alignas(64) double g[BENCH_STAMP][LANES];
	_Alignas(64) double c[BENCH_STAMP][LANES];
	_Alignas(64) double s[BENCH_NOISE][LANES];
	_Alignas(64) double ds[BENCH_NOISE * BENCH_PORT][LANES];
	_Alignas(64) double obs[BENCH_OBS][LANES];
	_Alignas(64) double rate[2 * BENCH_NOISE][LANES];
	_Alignas(64) double packet[2 * BENCH_NOISE][LANES];
	double param[BENCH_PARAM], one_k[BENCH_CONST];
	double polarity, temperature;
	const dev_type *type;
	const dev_shape *shape;
	const void *aux;
	int shifted;
	unsigned also; /* wanted besides BENCH_ALL */
} bench;

/* Aligned on its own page-free block: the struct is over-aligned. */
static inline bench *bench_new(const char *name, double polarity, double temperature)
{
	bench *b = aligned_alloc(64, (sizeof(bench) + 63) / 64 * 64);
	if (!b)
		abort();
	memset(b, 0, sizeof *b);
	b->type = dev_find(name);
	if (!b->type || b->type->n_param > BENCH_PARAM || b->type->n_const > BENCH_CONST)
		abort();
	b->shape = b->type->shape;
	b->polarity = polarity;
	b->temperature = temperature;
	for (int i = 0; i < b->type->n_param; i++)
		b->param[i] = b->type->param[i].fallback;
	return b;
}
static inline void bench_set(bench *b, const char *name, double value)
{
	const int i = dev_param_index(b->type, name);
	if (i < 0) {
		fprintf(stderr, "no parameter %s\n", name);
		abort();
	}
	b->param[i] = value;
}
/* NULL, or the parameter derive() refused */
static inline const char *bench_derive(bench *b)
{
	if (b->type->choose)
		b->shape = b->type->choose(b->param);
	const char *wrong = b->type->derive(b->param, b->polarity, b->temperature, b->one_k);
	for (int i = 0; i < b->type->n_const; i++)
		for (int j = 0; j < LANES; j++)
			b->k[i][j] = b->one_k[i];
	return wrong;
}
static inline void bench_bias(bench *b, int port, double value)
{
	for (int j = 0; j < LANES; j++)
		b->v[port][j] = value;
}
static inline void bench_time(bench *b, double t)
{
	for (int j = 0; j < LANES; j++)
		b->t[0][j] = t;
}
static inline void bench_run(bench *b)
{
	const dev_in in = {.v = b->v[0],
	                   .k = b->k[0],
	                   .t = b->t[0],
	                   .shift = b->shifted ? b->shift[0] : NULL,
	                   .aux = b->aux,
	                   .shape = b->shape,
	                   .want = BENCH_ALL | DEV_RATE | b->also};
	dev_out out = {.f = b->f[0],
	               .q = b->q[0],
	               .g = b->g[0],
	               .c = b->c[0],
	               .s = b->s[0],
	               .ds = b->ds[0],
	               .obs = b->obs[0],
	               .rate = b->rate[0],
	               .packet = b->packet[0]};
	dev_kernel(b->type)(&in, &out);
}
/* Value of stamp (row, col) in b->g or b->c; 0 when the shape has no such stamp. */
static inline double bench_stamp(const bench *b, double array[][LANES], int row, int col, int part)
{
	double sum = 0;
	for (int s = 0; s < b->shape->n_stamp; s++)
		if (b->shape->stamp[s].row == row && b->shape->stamp[s].col == col && (b->shape->stamp[s].part & part))
			sum += array[s][0];
	return sum;
}
#endif
