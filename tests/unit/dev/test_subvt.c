/* SPDX-License-Identifier: Apache-2.0
 * Ideal subthreshold MOSFET: its current and noise in closed form, both polarities, local detailed balance at the
 * middle of a jump, derivatives against differences, linear capacitances.
 */
#include <math.h>

#include "base/phys.h"
#include "bench.h"
#include "harness/t.h"

#define TOL_CLOSED 1e-11
#define TOL_DIFFERENCE 1e-7
#define TOL_CANCEL 1e-10
#define SLOPE 1.3
enum { D, G, S, B };

static bench *device(double sign)
{
	bench *b = bench_new("mosfet_subvt", sign, 300);
	bench_set(b, "i0", 2e-9);
	bench_set(b, "vth", 0.1);
	bench_set(b, "n", SLOPE);
	bench_set(b, "cgs", 1e-16);
	bench_set(b, "cgd", 2e-16);
	bench_set(b, "cgb", 3e-16);
	bench_set(b, "cdb", 4e-16);
	bench_set(b, "csb", 5e-16);
	bench_set(b, "w", 2e-6);
	bench_set(b, "l", 1e-6);
	bench_set(b, "m", 3);
	T_TRUE(bench_derive(b) == NULL);
	return b;
}
static void bias(bench *b, const double v[4])
{
	for (int p = 0; p < 4; p++)
		bench_bias(b, p, v[p]);
	bench_run(b);
}
static double forward_current(double vgb, double vsb)
{
	const double u = phys_ut(300);
	return 12e-9 * exp((vgb - 0.1) / (SLOPE * u) - vsb / u);
}

static void test_law(double sign)
{
	t_section("current and noise, polarity %g", sign);
	static const double v[][4] = {
	    {0.1, 0.2, 0, 0}, {0.3, 0.05, 0.1, -0.2}, {0, 0.1, 0.07, 0.01}, {0.05, 0, 0.05, 0}};
	bench *b = device(sign);
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		double w[4];
		for (int p = 0; p < 4; p++)
			w[p] = sign * v[i][p];
		bias(b, w);
		const double ahead = forward_current(v[i][G] - v[i][B], v[i][S] - v[i][B]);
		const double back = forward_current(v[i][G] - v[i][B], v[i][D] - v[i][B]);
		T_REL(b->f[D][0], sign * (ahead - back), TOL_CLOSED);
		T_REL(b->f[S][0], -b->f[D][0], 0);
		T_REL(b->s[0][0], 2 * PHYS_Q * (ahead + back), TOL_CLOSED);
		T_REL(bench_stamp(b, b->g, D, D, DEV_G), back / phys_ut(300), TOL_CLOSED);
	}
	/* the last bias has Vds = 0 */
	T_REL(b->s[0][0], 4 * PHYS_K * 300 * bench_stamp(b, b->g, D, D, DEV_G), TOL_CLOSED);
	const double far[4] = {1e4, sign * 1e4, -1e4, 0};
	bias(b, far);
	T_TRUE(isfinite(b->f[D][0]) && isfinite(b->s[0][0]) && isfinite(b->ds[G][0]));
	free(b);
}

static void test_rates(double sign)
{
	t_section("local detailed balance at the middle of the jump, polarity %g", sign);
	const double half[4] = {-1e-3, -2e-4, 6e-4, 0};
	const double before[4] = {sign * 0.05, sign * 0.12, sign * 0.02, 0};
	double after[4];
	bench *b = device(sign);
	b->shifted = 1;
	for (int p = 0; p < 4; p++) {
		after[p] = before[p] + 2 * half[p];
		for (int j = 0; j < LANES; j++)
			b->shift[p][j] = half[p];
	}
	bias(b, before);
	const double forward = 0.5 * (b->s[0][0] / (2 * PHYS_Q * PHYS_Q) + b->f[D][0] / PHYS_Q);
	bias(b, after);
	const double reverse = 0.5 * (b->s[0][0] / (2 * PHYS_Q * PHYS_Q) - b->f[D][0] / PHYS_Q);
	const double vds = before[D] + half[D] - before[S] - half[S];
	T_REL(log(forward / reverse), vds / phys_ut(300), TOL_CANCEL);
	free(b);
}

static void test_derivatives(double sign, int shifted)
{
	t_section("derivatives, polarity %g, shift %d", sign, shifted);
	const double v[4] = {sign * 0.06, sign * 0.15, sign * 0.01, sign * -0.02}, h = 1e-6;
	bench *b = device(sign);
	b->shifted = shifted;
	for (int j = 0; j < LANES; j++) {
		b->shift[D][j] = -8e-4;
		b->shift[S][j] = 5e-4;
	}
	for (int p = 0; p < 4; p++) {
		double low[4], high[4], f[2][4], q[2][4], s[2];
		memcpy(low, v, sizeof low);
		memcpy(high, v, sizeof high);
		low[p] -= h;
		high[p] += h;
		for (int side = 0; side < 2; side++) {
			bias(b, side ? high : low);
			s[side] = b->s[0][0];
			for (int i = 0; i < 4; i++) {
				f[side][i] = b->f[i][0];
				q[side][i] = b->q[i][0];
			}
		}
		bias(b, v);
		const double g = bench_stamp(b, b->g, D, G, DEV_G), c = 1e-15;
		for (int i = 0; i < 4; i++) {
			T_ABS(bench_stamp(b, b->g, i, p, DEV_G), (f[1][i] - f[0][i]) / (2 * h), TOL_DIFFERENCE * g);
			T_ABS(bench_stamp(b, b->c, i, p, DEV_C), (q[1][i] - q[0][i]) / (2 * h), TOL_DIFFERENCE * c);
		}
		T_ABS(b->ds[p][0], (s[1] - s[0]) / (2 * h), TOL_DIFFERENCE * fabs(b->ds[G][0]));
	}
	free(b);
}

static void test_capacitances(void)
{
	t_section("capacitances: reciprocal, no net charge");
	bench *b = device(1);
	const double v[4] = {1, 2, 4, 8};
	bias(b, v);
	T_REL(b->q[G][0], 3 * (1e-16 * (2 - 4) + 2e-16 * (2 - 1) + 3e-16 * (2 - 8)), TOL_CLOSED);
	T_REL(b->q[D][0], 3 * (2e-16 * (1 - 2) + 4e-16 * (1 - 8)), TOL_CLOSED);
	T_ABS(b->q[0][0] + b->q[1][0] + b->q[2][0] + b->q[3][0], 0, 1e-28);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < i; j++)
			T_REL(bench_stamp(b, b->c, i, j, DEV_C), bench_stamp(b, b->c, j, i, DEV_C), 0);
	free(b);
}

int main(void)
{
	for (int sign = -1; sign <= 1; sign += 2) {
		test_law(sign);
		test_rates(sign);
		test_derivatives(sign, 0);
		test_derivatives(sign, 1);
	}
	test_capacitances();
	return t_done();
}
