/* SPDX-License-Identifier: Apache-2.0
 * Random matrices of circuit shape for the tests of lin/: conductances over six decades between random nodes, some to
 * ground, transconductances, and branch rows of voltage sources with a zero on the diagonal. A small own generator
 * (splitmix64) keeps the tests reproducible. Dense LU with scaled partial pivoting in long double is the reference.
 */
#ifndef TESTS_LIN_RANDOM_MATRIX_H
#define TESTS_LIN_RANDOM_MATRIX_H
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "lin/csc.h"

enum { MATRIX_MAX = 100, MATRIX_ENTRIES = 8 * MATRIX_MAX };

typedef struct random_matrix {
	int n, n_entry;
	int row[MATRIX_ENTRIES], col[MATRIX_ENTRIES], slot[MATRIX_ENTRIES];
	double value[MATRIX_ENTRIES];
	lin_csc pattern;
} random_matrix;

static inline double random_unit(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static inline int random_below(uint64_t *state, int n)
{
	return (int)(random_unit(state) * n);
}

static inline void random_add(random_matrix *m, int row, int col, double value)
{
	m->row[m->n_entry] = row;
	m->col[m->n_entry] = col;
	m->value[m->n_entry++] = value;
}

static inline void random_conductance(random_matrix *m, int a, int b, double g)
{
	random_add(m, a, a, g);
	random_add(m, b, b, g);
	random_add(m, a, b, -g);
	random_add(m, b, a, -g);
}

/* n_node nodes and n_branch sources from the first nodes to ground. Call lin_csc_free(&m->pattern) at the end. */
static inline void random_circuit(random_matrix *m, int n_node, int n_branch, uint64_t *state)
{
	m->n = n_node + n_branch;
	m->n_entry = 0;
	for (int a = 0; a < n_node; a++) {
		const double g = pow(10, -3 - 6 * random_unit(state));
		random_conductance(m, a, a ? random_below(state, a) : -1, g);
		if (a % 3 == 0)
			random_conductance(m, a, -1, g * random_unit(state));
		if (a % 4 == 1)
			random_add(m, a, random_below(state, n_node), g * (random_unit(state) - 0.5));
	}
	for (int b = 0; b < n_branch; b++) {
		random_add(m, b, n_node + b, 1);
		random_add(m, n_node + b, b, 1);
	}
	lin_csc_build(m->n, m->n_entry, m->row, m->col, 1, &m->pattern, m->slot);
}

/* Values in slot order (nnz + 1) with every entry scaled by up to +-spread. */
static inline void random_values(const random_matrix *m, double spread, uint64_t *state, double *a, int stride)
{
	for (int e = 0; e <= m->pattern.nnz; e++)
		a[e * stride] = 0;
	for (int e = 0; e < m->n_entry; e++)
		a[m->slot[e] * stride] += m->value[e] * (1 + spread * (2 * random_unit(state) - 1));
}

typedef long double dense_row[MATRIX_MAX + 1];

/* |row[k]| over the largest of row[k..n) */
static inline long double pivot_quality(const long double *row, int k, int n)
{
	long double scale = 0;
	for (int j = k; j < n; j++)
		scale = fmaxl(scale, fabsl(row[j]));
	return scale > 0 ? fabsl(row[k]) / scale : 0;
}

static inline int dense_eliminate(int n, dense_row *w)
{
	for (int k = 0; k < n; k++) {
		int best = k;
		for (int i = k + 1; i < n; i++)
			if (pivot_quality(w[i], k, n) > pivot_quality(w[best], k, n))
				best = i;
		if (w[best][k] == 0)
			return 0;
		dense_row swap;
		memcpy(swap, w[k], sizeof swap);
		memmove(w[k], w[best], sizeof swap);
		memcpy(w[best], swap, sizeof swap);
		for (int i = k + 1; i < n; i++) {
			const long double l = w[i][k] / w[k][k];
			for (int j = k; l != 0 && j <= n; j++)
				w[i][j] -= l * w[k][j];
		}
	}
	return 1;
}

/* x = A^-1 b (transposed: A^-T b) in long double; a in pattern order. Returns 0 when singular. */
static inline int dense_solve(const lin_csc *m, const double *a, int transposed, const double *b, double *x)
{
	static dense_row w[MATRIX_MAX];
	memset(w, 0, sizeof w);
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e < m->p[j + 1]; e++)
			w[transposed ? j : m->i[e]][transposed ? m->i[e] : j] = (long double)a[e];
	for (int i = 0; i < m->n; i++)
		w[i][m->n] = (long double)b[i];
	if (!dense_eliminate(m->n, w))
		return 0;
	for (int k = m->n - 1; k >= 0; k--) {
		long double v = w[k][m->n];
		for (int j = k + 1; j < m->n; j++)
			v -= w[k][j] * w[j][m->n];
		w[k][m->n] = v / w[k][k];
		x[k] = (double)w[k][m->n];
	}
	return 1;
}

/* max |got - want| / max |want| */
static inline double relative_error(int n, const double *got, int stride, const double *want)
{
	double off = 0, size = 0;
	for (int i = 0; i < n; i++) {
		off = fmax(off, fabs(got[i * stride] - want[i]));
		size = fmax(size, fabs(want[i]));
	}
	return off / size;
}
#endif
