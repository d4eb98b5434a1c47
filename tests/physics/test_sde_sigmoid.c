/* SPDX-License-Identifier: Apache-2.0
 * The sigmoid of a double well (numerics.md section 9, case 8): V = (x^2 - 1)^2 - F x, D = 1/4, P(x > 0) at five forces
 * and the slope of logit P at F = 0, from the transfer operator of `wt2`. A stationary law on collocation points knows
 * the means of smooth functions, and the step x > 0 is none: P is the stationary mean of Pr(next x > 0 | x), which is
 * smooth. With one source it is the normal probability beyond the xi that takes x to 0, found by bisection.
 */
#include "operator.h"

static const double WELL_D = 0.25;
static const double TOL_P = 1e-3;      /* numerics.md, of P; here with twice its step, h = 0.04 */
static const double TOL_FINE = 7e-5;   /* at h = 0.01 */
static const double TOL_SLOPE = 0.005; /* of the slope */
enum { POINTS = 160, BISECTIONS = 45 };
static const double BOX = 2.4, MOST_XI = 40;

/* As in test_sde_operator.c: C = 1 fF; the resistor's current is taken back, its noise is scaled to 2D. */
static sde_bench well(double h, double force)
{
	char text[300];
	const double c = 1e-15, kt = PHYS_K * 300;
	const sde_options o = {.reading = SIM_HK, .method = SIM_WT2, .scale = sqrt(WELL_D * c / kt), .h = h};
	snprintf(text, sizeof text,
	         "well\n.temp 26.85\nc1 x 0 1f\nr1 x 0 1e15\nb1 x 0 i='1e-15*(4*v(x)*(v(x)*v(x)-1)-%g-v(x))'\n.end\n",
	         force);
	return bench_open(text, &o);
}

/* Pr(next x > 0 | x) at the points of the axis: the step is monotone in xi. */
static void upward(sde_bench *b, int node, const op_axis *axis, double *p)
{
	double low[POINTS], high[POINTS], x[POINTS], xi[POINTS], end[POINTS];
	for (int j = 0; j < axis->n; j++) {
		low[j] = -MOST_XI;
		high[j] = xi[j] = MOST_XI;
		x[j] = axis->x[j];
	}
	memcpy(end, x, sizeof end);
	bench_map(b, &node, 1, axis->n, end, xi, NULL);
	const double up = end[axis->n / 2] > 0 ? 1 : -1; /* the sign with which xi moves x */
	for (int k = 0; k < BISECTIONS; k++) {
		for (int j = 0; j < axis->n; j++)
			xi[j] = 0.5 * (low[j] + high[j]);
		memcpy(end, x, sizeof end);
		bench_map(b, &node, 1, axis->n, end, xi, NULL);
		for (int j = 0; j < axis->n; j++)
			*((end[j] > 0) == (up > 0) ? &high[j] : &low[j]) = xi[j];
	}
	for (int j = 0; j < axis->n; j++)
		p[j] = 0.5 * erfc(up * low[j] / sqrt(2));
}

static double probability(double h, double force)
{
	const op_spec spec = {.n = POINTS, .hermite = 32, .low = -BOX, .high = BOX};
	sde_bench b = well(h, force);
	const int node[] = {bench_node(&b, "x")};
	op_transfer o = op_build(&b, node, 1, &spec);
	double p[POINTS], sum = 0;
	upward(&b, node[0], &o.axis, p);
	op_square(&o, 18); /* 2^18 h > 80 relaxation times */
	for (int j = 0; j < o.n; j++)
		sum += o.t[j] * p[j];
	T_TRUE(o.outside < 1e-12);
	T_INT(b.failed, 0);
	op_free(&o);
	bench_close(&b);
	return sum;
}

int main(void)
{
	static const double force[] = {0.05, 0.1, 0.2, 0.3, 0.5};
	static const double exact[] = {0.5922076913, 0.6783167960, 0.8162100429, 0.9031966826, 0.9760037742};
	t_section("P(x > 0) of the double well, D = 1/4");
	for (int i = 0; i < 5; i++) {
		const double coarse = probability(0.04, force[i]), middle = probability(0.02, force[i]),
		             fine = probability(0.01, force[i]);
		printf("  F %.2f: %.7f (h 0.04) %.7f (0.02) %.7f (0.01), exact %.7f\n", force[i], coarse, middle, fine,
		       exact[i]);
		T_ABS(coarse, exact[i], TOL_P);
		T_ABS(fine, exact[i], TOL_FINE);
		T_TRUE((middle - exact[i]) / (fine - exact[i]) > 3); /* 4: second order */
		if (i == 0) {
			const double slope = log(fine / (1 - fine)) / force[i];
			printf("  slope of logit P %.5f, exact 1.8655/D = %.5f\n", slope, 1.8655 / WELL_D);
			T_REL(slope, 1.8655 / WELL_D, TOL_SLOPE);
		}
	}
	t_section("no force, no preference");
	T_ABS(probability(0.04, 0), 0.5, 1e-9);
	return t_done();
}
