/* SPDX-License-Identifier: Apache-2.0
 * Measures of curves made of straight lines, whose values are exact: a triangle, a staircase with jumps, a curve over a
 * falling axis; Fourier coefficients of a square wave (4/(pi n) of its amplitude, odd n) and of a triangular wave
 * (8/(pi n)^2), both of which are such curves; slopes of a parabola converge with the square of the spacing.
 */
#include <math.h>
#include <stdlib.h>
#include "base/phys.h"
#include "extract/measure.h"
#include "harness/t.h"

static const double ROUND = 1e-13;
static const double NEVER = HUGE_VAL;

static void triangle(void)
{
	static const double x[] = {0, 1, 2, 3, 4}, y[] = {0, 2, -2, 2, 0};
	const extract_curve c = {5, x, y};
	double where = 0;
	t_section("triangle");
	T_ABS(extract_at(&c, 1.25), 1, ROUND);
	T_ABS(extract_at(&c, 4), 0, ROUND);
	T_TRUE(isnan(extract_at(&c, 4.1)) && isnan(extract_at(&c, -0.1)));
	T_ABS(extract_integral(&c, 0, 4), 2, ROUND);
	T_ABS(extract_integral(&c, 0.5, 1), 0.75, ROUND);
	T_ABS(extract_integral(&c, 0.5, 0.75), 0.3125, ROUND);
	T_REL(extract_square_integral(&c, 0, 4), 16.0 / 3, ROUND);
	T_ABS(extract_extreme(&c, 1, 1.5, 4, &where), 2, ROUND);
	T_ABS(where, 3, ROUND);
	T_ABS(extract_extreme(&c, -1, 0.25, 1.25, &where), 0.5, ROUND);
	T_ABS(where, 0.25, ROUND);
	T_ABS(extract_crossing(&c, EXTRACT_FALL, 1, -NEVER, NEVER), 1.5, ROUND);
	T_ABS(extract_crossing(&c, EXTRACT_RISE, 1, -NEVER, NEVER), 2.5, ROUND);
	T_ABS(extract_crossing(&c, EXTRACT_CROSS, 2, -NEVER, NEVER), 2.5, ROUND);
	T_ABS(extract_crossing(&c, EXTRACT_FALL, EXTRACT_LAST, -NEVER, NEVER), 4, ROUND);
	T_ABS(extract_crossing(&c, EXTRACT_CROSS, 1, 2, NEVER), 2.5, ROUND);
	T_TRUE(isnan(extract_crossing(&c, EXTRACT_RISE, 2, -NEVER, NEVER)));
	T_TRUE(isnan(extract_crossing(&c, EXTRACT_CROSS, EXTRACT_LAST, 2.6, 3.9)));
}

/* At x = 1 the curve jumps from 1 to 3. */
static void staircase(void)
{
	static const double x[] = {0, 1, 1, 2}, y[] = {1, 1, 3, 3};
	const extract_curve c = {4, x, y};
	t_section("jump");
	T_ABS(extract_at(&c, 1), 3, ROUND);
	T_ABS(extract_integral(&c, 0, 2), 4, ROUND);
	T_ABS(extract_integral(&c, 1, 2), 3, ROUND);
	static const double shifted[] = {-1, -1, 1, 1};
	const extract_curve d = {4, x, shifted};
	T_ABS(extract_crossing(&d, EXTRACT_RISE, 1, -NEVER, NEVER), 1, ROUND);
	T_ABS(extract_slope(&c, 0.5), 0, ROUND);
}

/* y = x from 2 down to -1: along the axis it falls, and areas count negative. */
static void downwards(void)
{
	static const double x[] = {2, 1, 0, -1};
	const extract_curve c = {4, x, x};
	t_section("falling axis");
	T_ABS(extract_at(&c, 1.5), 1.5, ROUND);
	T_ABS(extract_crossing(&c, EXTRACT_FALL, 1, NEVER, -NEVER), 0, ROUND);
	T_TRUE(isnan(extract_crossing(&c, EXTRACT_RISE, 1, NEVER, -NEVER)));
	T_ABS(extract_integral(&c, 2, -1), -1.5, ROUND);
	T_ABS(extract_slope(&c, 0.3), 1, ROUND);
	T_ABS(extract_extreme(&c, 1, 0.5, -1, NULL), 0.5, ROUND);
}

static void slopes(void)
{
	double error[2];
	t_section("slope of x^3 at 0.5, two spacings");
	for (int k = 0; k < 2; k++) {
		const size_t n = k ? 81 : 41;
		double *x = malloc(2 * n * sizeof *x), *y = x + n;
		for (size_t i = 0; i < n; i++) {
			x[i] = 1.3 * (double)i / (double)(n - 1);
			y[i] = x[i] * x[i] * x[i];
		}
		error[k] = fabs(extract_slope(&(extract_curve){n, x, y}, 0.5) - 0.75);
		free(x);
	}
	T_TRUE(error[0] < 2e-3);
	T_TRUE(error[1] < 0.5 * error[0]);
}

static void no_curve(void)
{
	static const double x[] = {1, 2}, y[] = {(double)NAN, 2};
	const extract_curve none = {0, x, y}, one = {1, x + 1, y + 1}, hole = {2, x, y};
	t_section("too few points, undefined points");
	T_TRUE(isnan(extract_at(&none, 1)) && isnan(extract_slope(&one, 2)) && isnan(extract_integral(&one, 1, 2)));
	T_ABS(extract_at(&one, 2), 2, ROUND);
	T_TRUE(isnan(extract_extreme(&hole, 1, 1, 2, NULL)) && isnan(extract_integral(&hole, 1, 2)));
	T_TRUE(isnan(extract_crossing(&hole, EXTRACT_CROSS, 1, 1, 2)));
}

enum { N = 10 };

static void fourier(void)
{
	static const double x[] = {0, 1, 1, 2, 2, 3, 3, 4, 4}, square[] = {1, 1, -1, -1, 1, 1, -1, -1, 1};
	static const double at[] = {0, 0.5, 1.5, 2.5, 3.5, 4}, wave[] = {1, 2, 0, 2, 0, 1};
	double amplitude[N], phase[N];
	t_section("square wave");
	T_TRUE(extract_fourier(&(extract_curve){9, x, square}, 2, 0.5, N, amplitude, phase));
	for (int k = 0; k < N; k++)
		T_ABS(amplitude[k], k % 2 ? 4 / (PHYS_PI * k) : 0, ROUND);
	for (int k = 1; k < N; k += 2)
		T_ABS(phase[k], 0, 1e-9);
	t_section("square wave, seen a quarter of a period later");
	T_TRUE(extract_fourier(&(extract_curve){9, x, square}, 0.5, 0.5, N, amplitude, phase));
	T_REL(amplitude[1], 4 / PHYS_PI, ROUND);
	T_ABS(phase[1], 90, 1e-9);
	t_section("triangular wave about 1");
	T_TRUE(extract_fourier(&(extract_curve){6, at, wave}, 2, 0.5, N, amplitude, phase));
	T_ABS(amplitude[0], 1, ROUND);
	for (int k = 1; k < N; k++)
		T_ABS(amplitude[k], k % 2 ? 8 / (PHYS_PI * PHYS_PI * k * k) : 0, ROUND);
	T_ABS(fabs(phase[3]), 180, 1e-9);
	t_section("shorter than a period");
	T_INT(extract_fourier(&(extract_curve){9, x, square}, -1, 0.2, N, amplitude, phase), 0);
}

int main(void)
{
	triangle();
	staircase();
	downwards();
	slopes();
	no_curve();
	fourier();
	return t_done();
}
