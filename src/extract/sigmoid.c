/* SPDX-License-Identifier: Apache-2.0
 * The measured P(1) as a function of the input: piecewise cubic through the points' logits that is monotone wherever
 * the points are and never overshoots [Steffen, Astron. Astrophys. 239, 443 (1990)]; beyond the outermost points the
 * logit goes on with the slope 1/vs of the logistic fit. Points with P = 0 or 1 have no logit and are passed over.
 * Steffen's slopes need only a point's two neighbours, so a call allocates nothing and no table is kept.
 */
#include <math.h>
#include "extract/cell.h"

typedef struct knot {
	double v, z;
} knot;

static double logistic(double z)
{
	const double e = exp(-fabs(z)), p = 1 / (1 + e);
	return z >= 0 ? p : e * p;
}

int extract_sigmoid_uses(const extract_cell *cell, int i)
{
	const double p = cell->p[i].value;
	return p > 0 && p < 1 && isfinite(cell->bias[i]);
}

static int get_knot(const extract_cell *cell, int i, knot *k)
{
	const double p = cell->p[i].value;
	if (!extract_sigmoid_uses(cell, i))
		return 0;
	*k = (knot){cell->bias[i], log(p / (1 - p))};
	return 1;
}

/* Two usable points on each side of v: near[1] at or below it and near[2] above; has[] says which exist. */
static void neighbours(const extract_cell *cell, double v, knot near[4], int has[4])
{
	knot k;
	has[0] = has[1] = has[2] = has[3] = 0;
	for (int i = 0; i < cell->n_bias && !has[3]; i++) {
		if (!get_knot(cell, i, &k))
			continue;
		if (k.v <= v) {
			if (has[1] && k.v == near[1].v)
				continue;
			near[0] = near[1];
			has[0] = has[1];
			near[1] = k;
			has[1] = 1;
		} else {
			const int at = has[2] ? 3 : 2;
			if (at == 3 && k.v == near[2].v)
				continue;
			near[at] = k;
			has[at] = 1;
		}
	}
}

static double chord(const knot *a, const knot *b)
{
	return (b->z - a->z) / (b->v - a->v);
}

/* Steffen's slope at b between its neighbours a and c. */
static double inner_slope(const knot *a, const knot *b, const knot *c)
{
	const double s0 = chord(a, b), s1 = chord(b, c), h0 = b->v - a->v, h1 = c->v - b->v;
	const double p = (s0 * h1 + s1 * h0) / (h0 + h1);
	const double limit = fmin(fmin(fabs(s0), fabs(s1)), 0.5 * fabs(p));
	return s0 * s1 > 0 ? copysign(2 * limit, s0) : 0;
}

/* Cubic through near[1] and near[2]; at an end of the sweep the slope is the chord's. */
static double cubic(const knot near[4], const int has[4], double v)
{
	const double s = chord(&near[1], &near[2]), h = near[2].v - near[1].v, x = v - near[1].v;
	const double y0 = has[0] ? inner_slope(&near[0], &near[1], &near[2]) : s;
	const double y1 = has[3] ? inner_slope(&near[1], &near[2], &near[3]) : s;
	const double a = (y0 + y1 - 2 * s) / (h * h), b = (3 * s - 2 * y0 - y1) / h;
	return near[1].z + x * (y0 + x * (b + x * a));
}

double extract_sigmoid(const extract_cell *cell, double v)
{
	knot near[4] = {{0, 0}, {0, 0}, {0, 0}, {0, 0}};
	int has[4];
	neighbours(cell, v, near, has);
	const double rate = isfinite(cell->vs.value) && cell->vs.value != 0 ? 1 / cell->vs.value : 0;
	if (has[1] && has[2])
		return logistic(cubic(near, has, v));
	if (has[1] || has[2]) {
		const knot *end = has[1] ? &near[1] : &near[2];
		return logistic(end->z + rate * (v - end->v));
	}
	if (isfinite(cell->v0.value) && rate != 0)
		return logistic(rate * (v - cell->v0.value));
	return cell->p[cell->i_mid].value;
}
