/* SPDX-License-Identifier: Apache-2.0
 * Cubic bistable circuit from its transfer operator (physics.md 2.9, case 23): C dv/dt = g v (1 - (v/v0)^2) with the
 * white noise of a conductance g at T, barrier B = C v0^2/(4kT) in kT. Slowest rate lambda1 C/g and <(v/v0)^2> against
 * the exact Fokker-Planck values, and their convergence with the step.
 */
#include "operator.h"

static const double TOL_RATE = 2e-3;     /* of lambda1 at h g/C = 0.05; Kramers is 7 to 11 % off */
static const double TOL_HALVED = 0.4;    /* the error at half the step, of that at the whole: better than first order */
static const double TOL_SQUARE = 1e-4;   /* of <(v/v0)^2> at h g/C = 0.025 */
static const double TOL_OUTSIDE = 1e-12; /* probability to leave the box */
static const double COARSE = 0.05, FINE = 0.025; /* h g/C */

typedef struct cubic_law {
	double rate, square;
} cubic_law;

/* 1 fF, v0 from B, g = 1 nS: a resistor of 1/g whose own current the source takes back. */
static cubic_law cubic(double barrier, double step)
{
	const double c = 1e-15, g = 1e-9, h = step * c / g, v0 = sqrt(4 * PHYS_K * 300 * barrier / c);
	const sde_options o = {.reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .h = h};
	const op_spec spec = {.n = 96, .hermite = 32, .low = -2.3 * v0, .high = 2.3 * v0};
	char text[256];
	snprintf(text, sizeof text,
	         "cubic\n.temp 26.85\nc1 x 0 1f\nr1 x 0 1g\nb1 x 0 i='1n*v(x)*((v(x)/%.17g)**2-2)'\n.end\n", v0);
	sde_bench b = bench_open(text, &o);
	const int node[] = {bench_node(&b, "x")};
	op_transfer t = op_build(&b, node, 1, &spec);
	cubic_law law = {.rate = -log(op_second(&t, t.axis.x, (int)(20 / step))) / step};
	op_square(&t, 20);
	for (int j = 0; j < t.n; j++)
		law.square += t.t[j] * t.axis.x[j] * t.axis.x[j] / (v0 * v0);
	T_TRUE(t.outside < TOL_OUTSIDE);
	T_INT(b.failed, 0);
	op_free(&t);
	bench_close(&b);
	return law;
}

int main(void)
{
	static const double barrier[] = {2, 3, 5}, rate[] = {5.681833e-2, 2.015497e-2, 2.776142e-3},
	                    square[] = {0.852136, 0.889294, 0.936834};
	for (int k = 0; k < 3; k++) {
		t_section("B = %g kT", barrier[k]);
		const cubic_law coarse = cubic(barrier[k], COARSE), fine = cubic(barrier[k], FINE);
		const double e1 = coarse.rate / rate[k] - 1, e2 = fine.rate / rate[k] - 1;
		printf("  lambda1 C/g %.6e, %.6e: errors %.2e, %.2e; <(v/v0)^2> %.6f, %.6f\n", coarse.rate, fine.rate,
		       e1, e2, coarse.square, fine.square);
		T_REL(coarse.rate, rate[k], TOL_RATE);
		T_TRUE(fabs(e2) < TOL_HALVED * fabs(e1));
		T_REL(fine.square, square[k], TOL_SQUARE);
	}
	return t_done();
}
