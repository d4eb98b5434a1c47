/* SPDX-License-Identifier: Apache-2.0
 * Arithmetic of measures on curves (see measure.h).
 */
#include "extract/measure.h"

#include <math.h>

#include "base/phys.h"

static const double SLACK = 1e-9; /* of the axis: rounding of a place at its end */

static double direction(const extract_curve *c)
{
	return c->n > 1 && c->x[c->n - 1] < c->x[0] ? -1 : 1;
}

/* The last segment [i, i+1] that holds x, -1 if there is none. */
static ptrdiff_t segment_of(const extract_curve *c, double x)
{
	const double s = direction(c);
	if (c->n < 2 || !(s * x >= s * c->x[0]) || !(s * x <= s * c->x[c->n - 1]))
		return -1;
	size_t low = 0, high = c->n - 1; /* x[low] <= x < x[high], or x is the end */
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		if (s * x >= s * c->x[middle])
			low = middle;
		else
			high = middle;
	}
	return (ptrdiff_t)low;
}

/* x moved onto the axis where rounding left it just outside. */
static double onto_axis(const extract_curve *c, double x)
{
	const double first = c->x[0], last = c->x[c->n - 1], slack = SLACK * fabs(last - first);
	const double low = fmin(first, last), high = fmax(first, last);
	return x < low && x >= low - slack ? low : x > high && x <= high + slack ? high : x;
}

static double between(const extract_curve *c, size_t i, double x)
{
	const double h = c->x[i + 1] - c->x[i];
	return h == 0 ? c->y[i + 1] : c->y[i] + (x - c->x[i]) / h * (c->y[i + 1] - c->y[i]);
}

double extract_at(const extract_curve *c, double x)
{
	if (c->n == 0)
		return (double)NAN;
	if (c->n == 1)
		return fabs(x - c->x[0]) <= SLACK * fabs(x) ? c->y[0] : (double)NAN;
	const double at = onto_axis(c, x);
	const ptrdiff_t i = segment_of(c, at);
	return i < 0 ? (double)NAN : between(c, (size_t)i, at);
}

static double segment_slope(const extract_curve *c, size_t i)
{
	return (c->y[i + 1] - c->y[i]) / (c->x[i + 1] - c->x[i]);
}

/* The nearest segment of some length beyond i, downwards or upwards; i itself if there is none. */
static size_t neighbour(const extract_curve *c, size_t i, int step)
{
	for (size_t k = i; step < 0 ? k > 0 : k + 2 < c->n;) {
		k = step < 0 ? k - 1 : k + 1;
		if (c->x[k + 1] != c->x[k])
			return k;
	}
	return i;
}

double extract_slope(const extract_curve *c, double x)
{
	if (c->n < 2)
		return (double)NAN;
	const double at = onto_axis(c, x);
	const ptrdiff_t found = segment_of(c, at);
	if (found < 0 || c->x[found + 1] == c->x[found])
		return (double)NAN;
	const size_t i = (size_t)found;
	const double middle = 0.5 * (c->x[i] + c->x[i + 1]);
	const size_t k = neighbour(c, i, direction(c) * (at - middle) < 0 ? -1 : 1);
	const double slope = segment_slope(c, i), other = 0.5 * (c->x[k] + c->x[k + 1]);
	return k == i ? slope : slope + (at - middle) / (other - middle) * (segment_slope(c, k) - slope);
}

static int crosses(double before, double after, extract_edge edge)
{
	const int rises = before < 0 && after >= 0, falls = before > 0 && after <= 0;
	return edge == EXTRACT_RISE ? rises : edge == EXTRACT_FALL ? falls : rises || falls;
}

double extract_crossing(const extract_curve *c, extract_edge edge, long count, double a, double b)
{
	const double s = direction(c);
	double last = (double)NAN;
	for (size_t i = 0; i + 1 < c->n; i++) {
		const double y = c->y[i], z = c->y[i + 1];
		if (!crosses(y, z, edge))
			continue;
		const double x = c->x[i] + y / (y - z) * (c->x[i + 1] - c->x[i]);
		if (s * x < s * a || s * x > s * b)
			continue;
		last = x;
		if (count != EXTRACT_LAST && --count == 0)
			return x;
	}
	return count == EXTRACT_LAST ? last : (double)NAN;
}

/* The part of segment i that is in the window: its ends and the values there. 0 when it has no length. */
typedef struct piece {
	double x[2], y[2];
} piece;

static int clip(const extract_curve *c, size_t i, double a, double b, piece *p)
{
	const double s = direction(c);
	p->x[0] = s * fmax(s * c->x[i], s * a);
	p->x[1] = s * fmin(s * c->x[i + 1], s * b);
	if (!(s * p->x[1] > s * p->x[0]))
		return 0;
	for (int k = 0; k < 2; k++)
		p->y[k] = between(c, i, p->x[k]);
	return 1;
}

double extract_integral(const extract_curve *c, double a, double b)
{
	double sum = 0;
	piece p;
	for (size_t i = 0; i + 1 < c->n; i++)
		if (clip(c, i, a, b, &p))
			sum += 0.5 * (p.x[1] - p.x[0]) * (p.y[0] + p.y[1]);
	return c->n > 1 ? sum : (double)NAN;
}

double extract_square_integral(const extract_curve *c, double a, double b)
{
	double sum = 0;
	piece p;
	for (size_t i = 0; i + 1 < c->n; i++)
		if (clip(c, i, a, b, &p))
			sum += (p.x[1] - p.x[0]) * (p.y[0] * p.y[0] + p.y[0] * p.y[1] + p.y[1] * p.y[1]) / 3;
	return c->n > 1 ? sum : (double)NAN;
}

static void consider(double x, double y, double sign, double *best, double *where)
{
	if (isnan(*best) || sign * y > sign * *best) {
		*best = y;
		*where = x;
	}
}

double extract_extreme(const extract_curve *c, double sign, double a, double b, double *where)
{
	const double s = direction(c), ends[2] = {extract_at(c, a), extract_at(c, b)};
	double best = (double)NAN, at = (double)NAN;
	if (!isnan(ends[0]))
		consider(a, ends[0], sign, &best, &at);
	for (size_t i = 0; i < c->n; i++) {
		if (s * c->x[i] < s * a || s * c->x[i] > s * b)
			continue;
		if (isnan(c->y[i]))
			return (double)NAN;
		consider(c->x[i], c->y[i], sign, &best, &at);
	}
	if (!isnan(ends[1]))
		consider(b, ends[1], sign, &best, &at);
	if (where)
		*where = at;
	return best;
}

/* sin(z)/z and (sin z - z cos z)/z^2, by their series where the quotients lose digits. */
static double sinc(double z)
{
	return fabs(z) < 1e-4 ? 1 - z * z / 6 : sin(z) / z;
}

static double odd_part(double z)
{
	return fabs(z) < 0.02 ? z / 3 * (1 - z * z / 10 * (1 - z * z / 28)) : (sin(z) - z * cos(z)) / (z * z);
}

int extract_fourier(const extract_curve *c, double a, double f, int n, double *amplitude, double *phase)
{
	const double b = onto_axis(c, a + 1 / f), first = onto_axis(c, a);
	if (isnan(extract_at(c, first)) || isnan(extract_at(c, b)))
		return 0;
	amplitude[0] = f * extract_integral(c, first, b);
	phase[0] = 0;
	for (int k = 1; k < n; k++) {
		const double w = 2 * PHYS_PI * f * k;
		double cosine = 0, sine = 0; /* integrals of y cos and y sin */
		piece p;
		for (size_t i = 0; i + 1 < c->n; i++) {
			if (!clip(c, i, first, b, &p))
				continue;
			const double h = p.x[1] - p.x[0], z = 0.5 * w * h, at = w * (0.5 * (p.x[0] + p.x[1]) - a);
			const double even = 0.5 * (p.y[0] + p.y[1]) * h * sinc(z);
			const double odd = 0.5 * (p.y[1] - p.y[0]) * h * odd_part(z);
			cosine += even * cos(at) - odd * sin(at);
			sine += even * sin(at) + odd * cos(at);
		}
		amplitude[k] = 2 * f * hypot(cosine, sine);
		phase[k] = atan2(cosine, sine) * (180 / PHYS_PI);
	}
	return 1;
}
