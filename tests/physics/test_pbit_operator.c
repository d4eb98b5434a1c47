/* SPDX-License-Identifier: Apache-2.0
 * The biased p-bit of netlists/pbit.cir at the step the deck asks for, from the transfer operator of that step: P(1)
 * and the slow relaxation time at every bias, free of sampling noise, against the master equation of the same cell
 * (physics.md 2.5). What is left is the difference between Gaussian noise with mid-jump rates and electron jumps, and
 * the error of the step.
 */
#include <gsl/gsl_linalg.h>
#include "operator.h"

static const double TOL_P = 0.003, TOL_TAU = 0.01; /* twice what was found: 0.0014 and 0.6 % */
static const double TOL_OUTSIDE = 1e-7;
static const double U = 26e-3, IOFF = 1e-9, STEP = 0.5; /* V, A, t0 */
enum { POINTS = 37, HERMITE = 4, TEXT = 8192 };
static const double BOX = 2.7; /* U; the wells lie at +-1.03 */

static const struct {
	double bias, p, tau; /* U, 1, t0 */
} EXACT[] = {{-3, .000821, 8.38},   {-2, .006801, 76.6},   {-1.4, .041477, 248.6}, {-1.1, .086175, 387.8},
             {-.5, .237481, 678.7}, {0, .394055, 817.7},   {.25, .473504, 834.1},  {.5, .552404, 814.6},
             {1.1, .736737, 638.7}, {1.4, .819999, 503.2}, {2, .939475, 237.1},    {3, .995932, 37.3}};

/* The deck with its input at `bias` U. */
static void read_deck(double bias, char text[TEXT])
{
	static const char line[] = "vin in 0 0\n";
	char raw[TEXT];
	FILE *f = fopen(TS_TEST_SOURCE_DIR "/netlists/pbit.cir", "r");
	const size_t n = f ? fread(raw, 1, sizeof raw - 1, f) : 0;
	if (f)
		fclose(f);
	raw[n] = 0;
	char *at = strstr(raw, line);
	if (!T_TRUE(at != NULL))
		exit(t_done());
	snprintf(text, TEXT, "%.*svin in 0 '%g*u'\n%s", (int)(at - raw), raw, bias, at + strlen(line));
}

/* Stationary law p on the points: p T = p, sum 1, by LU. */
static void stationary(const op_transfer *o, double *p)
{
	const size_t n = (size_t)o->n;
	gsl_matrix *a = gsl_matrix_alloc(n, n);
	gsl_vector *b = gsl_vector_calloc(n);
	gsl_permutation *order = gsl_permutation_alloc(n);
	int sign;
	if (!a || !b || !order)
		exit(1);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			gsl_matrix_set(a, i, j, i == 0 ? 1 : o->t[j * n + i] - (i == j));
	gsl_vector_set(b, 0, 1);
	gsl_linalg_LU_decomp(a, order, &sign);
	gsl_linalg_LU_svx(a, order, b);
	for (size_t i = 0; i < n; i++)
		p[i] = gsl_vector_get(b, i);
	gsl_matrix_free(a);
	gsl_vector_free(b);
	gsl_permutation_free(order);
}

/* P(v1 > 0): with x = cos(theta) on the box, the density is (1/pi)(a_0 + 2 sum a_k cos(k theta)), a_k = <T_k>. */
static double probability(const op_transfer *o, const double *p)
{
	const int n = o->axis.n;
	double sum = 0.5;
	for (int k = 1; k < n; k++) {
		double a = 0;
		for (int i = 0; i < o->n; i++)
			a += p[i] * cos(k * acos(fmin(1, fmax(-1, o->axis.x[i / n] / o->axis.high))));
		sum += 2 * a * sin(k * PHYS_PI / 2) / (k * PHYS_PI);
	}
	return sum;
}

static void check_bias(size_t k)
{
	char text[TEXT];
	const double t0 = PHYS_Q / IOFF;
	const sde_options o = {.reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .h = STEP * t0};
	const op_spec spec = {.n = POINTS, .hermite = HERMITE, .low = -BOX * U, .high = BOX * U};
	read_deck(EXACT[k].bias, text);
	sde_bench b = bench_open(text, &o);
	const int node[] = {bench_node(&b, "v1"), bench_node(&b, "v2")};
	op_transfer t = op_build(&b, node, 2, &spec);
	double *odd = op_array((size_t)t.n), *p = op_array((size_t)t.n);
	for (int i = 0; i < t.n; i++)
		odd[i] = t.axis.x[i / POINTS] - t.axis.x[i % POINTS];
	stationary(&t, p);
	const double got = probability(&t, p), tau = -STEP / log(op_second(&t, odd, 400));
	printf("  %5.2f U: P %.6f (%.6f, %+.4f)  tau %.2f t0 (%.2f, %+.2f %%)  outside %.1e\n", EXACT[k].bias, got,
	       EXACT[k].p, got - EXACT[k].p, tau, EXACT[k].tau, 100 * (tau / EXACT[k].tau - 1), t.outside);
	T_ABS(got, EXACT[k].p, TOL_P);
	T_REL(tau, EXACT[k].tau, TOL_TAU);
	T_TRUE(t.outside < TOL_OUTSIDE);
	T_INT(b.failed, 0);
	free(odd);
	free(p);
	op_free(&t);
	bench_close(&b);
}

int main(void)
{
	t_section("biased p-bit: P(1) and tau of the step, without sampling (exact electron jumps in brackets)");
	for (size_t k = 0; k < sizeof EXACT / sizeof *EXACT; k++)
		check_bias(k);
	return t_done();
}
