/* SPDX-License-Identifier: Apache-2.0
 * Numbers taken from a curve y(x) that is a straight line between its points. x goes in one direction, up or down, and
 * may repeat (a jump). Windows [a, b] follow the direction of x. Everything returns NAN where it is not defined.
 */
#ifndef EXTRACT_MEASURE_H
#define EXTRACT_MEASURE_H
#include <stddef.h>

typedef struct extract_curve {
	size_t n;
	const double *x, *y;
} extract_curve;

typedef enum extract_edge { EXTRACT_CROSS, EXTRACT_RISE, EXTRACT_FALL } extract_edge;
enum { EXTRACT_LAST = -1 };

/* y at x: of a jump the value behind it. */
double extract_at(const extract_curve *c, double x);
/* Slope dy/dx at x: linear between the middles of the segments, where each has its own; constant outside of them. */
double extract_slope(const extract_curve *c, double x);
/* Where y passes 0 in the window for the count-th time (or the last): a rise goes from below to 0 or above, a fall from
 * above to 0 or below. */
double extract_crossing(const extract_curve *c, extract_edge edge, long count, double a, double b);
/* Integrals of y and of y^2 over the window, exact for the straight lines; negative when x goes down. */
double extract_integral(const extract_curve *c, double a, double b);
double extract_square_integral(const extract_curve *c, double a, double b);
/* Largest sign y in the window, its ends included, times sign; *where (may be NULL) is the first x that has it. */
double extract_extreme(const extract_curve *c, double sign, double a, double b, double *where);
/* Fourier coefficients over one period [a, a + 1/f]: y = c0 + sum_k amplitude[k] sin(2 pi k f (x - a) + phase[k]).
 * amplitude[0] is c0; phases in degrees from -180 to 180, phase[0] = 0. 0 when the curve does not cover the period. */
int extract_fourier(const extract_curve *c, double a, double f, int n, double *amplitude, double *phase);
#endif
