/* SPDX-License-Identifier: Apache-2.0
 * The transfer operator of a step on one or two nodes, (T f)(x) = E f(step(x, xi)): collocation at Chebyshev points,
 * expectation by Gauss-Hermite quadrature over all sources. Its spectrum is the law of the scheme at this h, without
 * sampling: T 1 = 1; the second eigenvalue is exp(-gap h); the left eigenvector of 1 is the stationary law.
 *
 * Points that leave the box are put back on its edge; their weight must be negligible.
 */
#ifndef TESTS_PHYSICS_OPERATOR_H
#define TESTS_PHYSICS_OPERATOR_H
#include "sde_bench.h"

enum { OPERATOR_HERMITE = 40 };

typedef struct op_axis {
	int n;
	double *x, *weight; /* points, barycentric weights */
	double low, high;
} op_axis;

typedef struct op_transfer {
	int dim, n; /* points: axis.n ^ dim */
	op_axis axis;
	double *t;      /* [n][n] */
	double outside; /* largest probability to leave the box from its middle half */
} op_transfer;

static inline double *op_array(size_t n)
{
	double *a = calloc(n, sizeof *a);
	if (!a)
		exit(1);
	return a;
}

static inline op_axis op_axis_make(int n, double low, double high)
{
	op_axis a = {.n = n, .x = op_array((size_t)n), .weight = op_array((size_t)n), .low = low, .high = high};
	for (int j = 0; j < n; j++) {
		a.x[j] = 0.5 * (low + high) - 0.5 * (high - low) * cos(PHYS_PI * j / (n - 1));
		a.weight[j] = (j % 2 ? -1 : 1) * (j == 0 || j == n - 1 ? 0.5 : 1);
	}
	return a;
}

/* Values at y of the cardinal functions. */
static inline void op_cardinal(const op_axis *a, double y, double *c)
{
	double sum = 0;
	y = fmin(a->high, fmax(a->low, y));
	for (int j = 0; j < a->n; j++) {
		if (y == a->x[j]) {
			memset(c, 0, (size_t)a->n * sizeof *c);
			c[j] = 1;
			return;
		}
		sum += c[j] = a->weight[j] / (y - a->x[j]);
	}
	for (int j = 0; j < a->n; j++)
		c[j] /= sum;
}

/* Nodes and weights for the standard normal law, by Newton on the normalised Hermite functions. */
static inline void op_hermite(int n, double *x, double *w)
{
	for (int i = 0; i < n; i++) {
		double lo = -2 * sqrt((double)n) - 2, hi = -lo;
		for (int k = 0; k < 200; k++) { /* bisection on the Sturm count */
			const double mid = 0.5 * (lo + hi);
			int below = 0;
			double d = -mid;
			below += d < 0;
			for (int m = 1; m < n; m++) {
				d = -mid - m / (d == 0 ? 1e-300 : d);
				below += d < 0;
			}
			if (below > i)
				hi = mid;
			else
				lo = mid;
		}
		const double y = 0.5 * (lo + hi);
		double p0 = 1, p1 = y, sum = 1;
		for (int m = 1; m < n; m++) { /* orthonormal polynomials */
			sum += p1 * p1;
			const double p2 = (y * p1 - sqrt((double)m) * p0) / sqrt(m + 1.0);
			p0 = p1;
			p1 = p2;
		}
		x[i] = y;
		w[i] = 1 / sum;
	}
}

typedef struct op_spec {
	int n, hermite;   /* points per axis and per source */
	double low, high; /* box, V */
	double kick;      /* added to the state, times the first normal, before the step (method lm) */
} op_spec;

static inline void op_add(op_transfer *o, int row, const double *y, double weight, double *card)
{
	const int n = o->axis.n;
	double *t = o->t + (size_t)row * (size_t)o->n;
	op_cardinal(&o->axis, y[0], card);
	if (o->dim == 1) {
		for (int j = 0; j < n; j++)
			t[j] += weight * card[j];
		return;
	}
	op_cardinal(&o->axis, y[1], card + n);
	for (int i = 0; i < n; i++) {
		const double a = weight * card[i];
		for (int j = 0; j < n; j++)
			t[i * n + j] += a * card[n + j];
	}
}

static inline op_transfer op_build(sde_bench *b, const int *node, int dim, const op_spec *s)
{
	double hx[OPERATOR_HERMITE], hw[OPERATOR_HERMITE];
	op_transfer o = {.dim = dim, .axis = op_axis_make(s->n, s->low, s->high)};
	const int m = b->n_source;
	int count = 1;
	o.n = dim == 1 ? s->n : s->n * s->n;
	o.t = op_array((size_t)o.n * (size_t)o.n);
	op_hermite(s->hermite, hx, hw);
	for (int k = 0; k < m; k++)
		count *= s->hermite;
	double *x = op_array((size_t)count * (size_t)dim), *xi = op_array((size_t)count * (size_t)m),
	       *w = op_array((size_t)count);
	double *card = op_array(2 * (size_t)s->n);
	for (int q = 0; q < count; q++) {
		w[q] = 1;
		for (int k = 0, rest = q; k < m; k++, rest /= s->hermite) {
			xi[q * m + k] = hx[rest % s->hermite];
			w[q] *= hw[rest % s->hermite];
		}
	}
	for (int row = 0; row < o.n; row++) {
		double out = 0, middle = 0;
		for (int q = 0; q < count; q++)
			for (int d = 0; d < dim; d++)
				x[q * dim + d] = o.axis.x[d == dim - 1 ? row % s->n : row / s->n] + s->kick * xi[q * m];
		for (int d = 0; d < dim; d++)
			middle =
			    fmax(middle, fabs(2 * o.axis.x[d == dim - 1 ? row % s->n : row / s->n] - s->low - s->high) /
			                     (s->high - s->low));
		bench_map(b, node, dim, count, x, xi, NULL);
		for (int q = 0; q < count; q++) {
			op_add(&o, row, x + q * dim, w[q], card);
			for (int d = 0; d < dim; d++)
				out += x[q * dim + d] < s->low || x[q * dim + d] > s->high ? w[q] : 0;
		}
		if (middle < 0.5)
			o.outside = fmax(o.outside, out);
	}
	free(x);
	free(xi);
	free(w);
	free(card);
	return o;
}

static inline void op_free(op_transfer *o)
{
	free(o->t);
	free(o->axis.x);
	free(o->axis.weight);
}

static inline void op_apply(const op_transfer *o, const double *f, double *to)
{
	for (int i = 0; i < o->n; i++) {
		const double *t = o->t + (size_t)i * (size_t)o->n;
		double sum = 0;
		for (int j = 0; j < o->n; j++)
			sum += t[j] * f[j];
		to[i] = sum;
	}
}

/* Slowest eigenvalue but one, seen by differences of T^k f, which have no constant part. */
static inline double op_second(const op_transfer *o, const double *f, int iterations)
{
	const size_t n = (size_t)o->n;
	double *d = op_array(n), *e = op_array(n), a = 0, c = 0;
	op_apply(o, f, d);
	for (size_t i = 0; i < n; i++)
		d[i] -= f[i];
	for (int k = 0; k < iterations; k++) {
		double largest = 0;
		op_apply(o, d, e);
		a = c = 0;
		for (size_t i = 0; i < n; i++) {
			a += d[i] * d[i];
			c += d[i] * e[i];
			largest = fmax(largest, fabs(e[i]));
		}
		for (size_t i = 0; i < n; i++)
			d[i] = e[i] / largest;
	}
	free(d);
	free(e);
	return c / a;
}

/* Stationary law by powers from `start` (a density on the points), sum 1. */
static inline double *op_stationary(const op_transfer *o, const double *start, int iterations)
{
	const size_t n = (size_t)o->n;
	double *p = op_array(n), *q = op_array(n);
	memcpy(p, start, n * sizeof *p);
	for (int k = 0; k < iterations; k++) {
		double sum = 0;
		memset(q, 0, n * sizeof *q);
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++)
				q[j] += p[i] * o->t[i * n + j];
		for (size_t j = 0; j < n; j++)
			sum += q[j];
		for (size_t j = 0; j < n; j++)
			p[j] = q[j] / sum;
	}
	free(q);
	return p;
}

/* Square T `times` times: T^(2^times). */
static inline void op_square(op_transfer *o, int times)
{
	const size_t n = (size_t)o->n;
	double *s = op_array(n * n);
	for (int k = 0; k < times; k++) {
		memset(s, 0, n * n * sizeof *s);
		for (size_t i = 0; i < n; i++)
			for (size_t m = 0; m < n; m++)
				for (size_t j = 0; j < n; j++)
					s[i * n + j] += o->t[i * n + m] * o->t[m * n + j];
		memcpy(o->t, s, n * n * sizeof *s);
	}
	free(s);
}
#endif
