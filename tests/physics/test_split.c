/* SPDX-License-Identifier: Apache-2.0
 * Steps that are far too long for an exponential (src/sim/sde_split.c). A current I charges C until a diode takes over:
 * without noise e^(-v/U) = Is/a + (1 - Is/a) e^(-a t/UC), a = I + Is (Bernoulli's equation). One step from v = 0 in
 * which the current alone would move C by up to 300 V must land there; plain wt2 throws it to -1e10 V. A lane's result
 * does not depend on its neighbours, the energy books stay closed, and a step beyond help fails.
 */
#include "sde_bench.h"

static const double TOL_LANDING = 2e-3; /* V, wt2 */
static const double TOL_CRUDE = 0.05;   /* V, the others: a smaller error is not seen as one */
static const double TOL_BOOKS = 1e-9;   /* residual, of the turnover */
static const double HOPELESS = 1e6;     /* V of swing */
static const double NOISE = 0.5;        /* standard normal of the odd lanes */
static const double IS = 1e-9, U = 0.02585203, I = 20e-3, C = 1e-12; /* 300 K; 1 pF: half an electron moves 80 nV */

static const char deck[] = "diode and a current\n.temp 26.85\nd1 a 0 dm\ni1 0 a 20m\nc1 a 0 1p\n"
                           ".model dm d is=1n tnom=26.85\n.end\n";
static const char deck_junction[] = "the same with a junction charge\n.temp 26.85\nd1 a 0 dm\ni1 0 a 20m\nc1 a 0 0.6p\n"
                                    ".model dm d is=1n tnom=26.85 cjo=0.5p\n.end\n";

static double landing(double t)
{
	const double a = I + IS;
	return -U * log(IS / a + (1 - IS / a) * exp(-a * t / (U * C)));
}

/* One step from v = 0, xi by lane; v and the residual of one lane. */
static double step(const char *text, sim_method method, double swing, const double xi[LANES], int which,
                   double *residual)
{
	const sde_options o = {.reading = SIM_SHIFTED, .method = method, .scale = 1, .energy = 1, .h = swing * C / I};
	sde_bench b = bench_open(text, &o);
	double all[LANES] __attribute__((aligned(64)));
	memset(b.tile->x, 0, (size_t)b.deck.system->n_unknown * LANES * sizeof(double));
	memcpy(b.xi, xi, LANES * sizeof *xi);
	T_INT(sde_begin(b.work, 0), 0);
	b.failed = sde_step(b.work, b.h, b.xi, b.xi_next);
	sde_residual(b.work, all);
	*residual = all[which];
	const double v = b.failed >> which & 1 ? (double)NAN : b.tile->x[bench_node(&b, "a") * LANES + which];
	T_REL(sde_time(b.work), b.h, TOL_BOOKS);
	bench_close(&b);
	return v;
}

static void test_landing(void)
{
	static const double swing[] = {0.3, 0.6, 1, 3, 10, 100, 300}, still[LANES] = {0};
	static const sim_method method[] = {SIM_WT2, SIM_HEUN, SIM_BE};
	for (int m = 0; m < 3; m++)
		for (size_t k = 0; k < sizeof swing / sizeof *swing; k++) {
			double residual;
			const double v = step(deck, method[m], swing[k], still, 0, &residual);
			t_section("method %d, %g V of swing: %.6f V, exactly %.6f", method[m], swing[k], v,
			          landing(swing[k] * C / I));
			T_ABS(v, landing(swing[k] * C / I), m == 0 ? TOL_LANDING : TOL_CRUDE);
			T_TRUE(residual < TOL_BOOKS);
		}
}

/* Lanes with and without noise beside each other give what each gives among its like. */
static void test_lanes(const char *text)
{
	t_section("lanes keep to themselves");
	double mixed[LANES], odd[LANES], even[LANES] = {0}, residual;
	for (int l = 0; l < LANES; l++) {
		mixed[l] = l % 2 ? NOISE : 0;
		odd[l] = NOISE;
	}
	for (double swing = 0.3; swing < 20; swing *= 3) {
		const double a = step(text, SIM_WT2, swing, mixed, 0, &residual);
		T_TRUE(a == step(text, SIM_WT2, swing, even, 0, &residual) && residual < TOL_BOOKS);
		const double b = step(text, SIM_WT2, swing, mixed, 1, &residual);
		T_TRUE(b == step(text, SIM_WT2, swing, odd, 1, &residual) && residual < TOL_BOOKS);
		T_TRUE(a != b);
	}
}

int main(void)
{
	static const double still[LANES] = {0};
	double residual;
	test_landing();
	test_lanes(deck);
	test_lanes(deck_junction);
	t_section("beyond help");
	T_TRUE(isnan(step(deck, SIM_WT2, HOPELESS, still, 0, &residual)));
	return t_done();
}
