/* SPDX-License-Identifier: Apache-2.0
 * The jump engine against the exact birth-death law of the subthreshold inverter (physics.md 2.3), built here by
 * recursion from rates written down independently: chi-square of the counts of electrons on the output, mean and
 * variance. And: bits of a trajectory do not depend on lane, neighbours, instruction-set level or how a stretch of time
 * is cut where no jump falls; SCALE= keeps the current and multiplies the noise power; a silent transistor is no
 * stream of electrons; what the engine cannot treat is refused.
 */
#include <gsl/gsl_cdf.h>
#include "sde_bench.h"

static const double SIGNIFICANCE = 1e-6; /* of the chi-square test: fixed seed, pre-declared */
static const double SIGMAS = 4.5, TOL_BOOKS = 1e-9;
static const double U = 26e-3, IOFF = 1e-9;                     /* V, A */
enum { N = 10, MOST = 200, SAMPLES = 4000, MIN_EXPECTED = 20 }; /* N: electrons per U */

/* T, rails, input, capacitance */
#define INVERTER                                                                                                       \
	"inverter\n.temp '%.17g-273.15'\nvdd vdd 0 %.17g\nvss vss 0 %.17g\nvin in 0 %.17g\n"                           \
	"mn out in vss vss n\nmp out in vdd vdd p\nc1 out 0 %.17g\n.model n nmos level=subvt i0=1n\n"                  \
	".model p pmos level=subvt i0=1n\n.end\n"

typedef struct panel {
	double vdd, vin; /* U */
	double mean, variance;
	double gap; /* t0 between samples: several relaxation times */
	double n;   /* packets per U */
} panel;

static sde_bench open_inverter(double vdd, double vin, double scale)
{
	char text[600];
	const sde_options o = {.reading = SIM_JUMP, .method = SIM_WT2, .scale = scale, .energy = 1};
	snprintf(text, sizeof text, INVERTER, U * PHYS_Q / PHYS_K, vdd * U, -vdd * U, vin * U, N * PHYS_Q / U);
	return bench_open(text, &o);
}

static void seed(sde_bench *b, uint64_t number, uint32_t first)
{
	uint32_t trajectory[LANES];
	for (uint32_t l = 0; l < LANES; l++)
		trajectory[l] = first + l;
	sde_seed(b->work, number, trajectory);
}

/* Up- and down-rates of the output at m electrons, 1/t0. */
static double up(const panel *p, int m)
{
	const double v = m / p->n;
	return exp(p->vdd - p->vin) + exp(p->vin + p->vdd) * exp(-(v + 0.5 / p->n + p->vdd));
}

static double down(const panel *p, int m)
{
	const double v = m / p->n;
	return exp(p->vin + p->vdd) + exp(p->vdd - p->vin) * exp(-(p->vdd - v + 0.5 / p->n));
}

static void exact_law(const panel *p, double law[2 * MOST + 1])
{
	double sum = 0, log_p[2 * MOST + 1] = {0}, top = 0;
	for (int m = -MOST; m < MOST; m++) {
		log_p[m + 1 + MOST] = log_p[m + MOST] + log(up(p, m) / down(p, m + 1));
		top = fmax(top, log_p[m + 1 + MOST]);
	}
	for (int k = 0; k <= 2 * MOST; k++)
		sum += law[k] = exp(log_p[k] - top);
	for (int k = 0; k <= 2 * MOST; k++)
		law[k] /= sum;
}

/* Counts of independent samples: bins that expect too few are joined with the next. */
static double chi_square(const double *law, const double *count, double n, int *dof)
{
	double chi2 = 0, want = 0, got = 0;
	*dof = -1;
	for (int k = 0; k <= 2 * MOST; k++) {
		want += n * law[k];
		got += count[k];
		if (want < MIN_EXPECTED && k < 2 * MOST)
			continue;
		chi2 += want > 0 ? (got - want) * (got - want) / want : 0;
		*dof += 1;
		want = got = 0;
	}
	return chi2;
}

static void test_law(const panel *p)
{
	double law[2 * MOST + 1], count[2 * MOST + 1] = {0}, mean = 0, square = 0, fourth = 0, exact[3] = {0}, off = 0;
	const double t0 = PHYS_Q / IOFF, n = (double)SAMPLES * LANES;
	sde_bench b = open_inverter(p->vdd, p->vin, 1);
	const int out = bench_node(&b, "out");
	t_section("inverter, Vdd = %g U, Vin = %g U: law of the output charge, %g samples", p->vdd, p->vin, n);
	exact_law(p, law);
	seed(&b, 11, 0);
	uint32_t failed = sde_begin(b.work, 0);
	failed |= sde_step(b.work, 30 * p->gap * t0, b.xi, b.xi_next);
	for (int s = 0; s < SAMPLES; s++) {
		failed |= sde_step(b.work, p->gap * t0, b.xi, b.xi_next);
		for (int l = 0; l < LANES; l++) {
			const double electrons = b.tile->x[out * LANES + l] * N / U;
			const int m = (int)lround(electrons);
			off = fmax(off, fabs(electrons - m));
			count[m < -MOST ? 0 : m > MOST ? 2 * MOST : m + MOST]++;
			mean += m / n;
			square += (double)m * m / n;
		}
	}
	for (int k = 0; k <= 2 * MOST; k++) {
		const double m = k - MOST;
		exact[0] += m * law[k];
		exact[1] += m * m * law[k];
		fourth += pow(m - p->mean, 4) * law[k];
	}
	exact[1] -= exact[0] * exact[0];
	int dof;
	const double chi2 = chi_square(law, count, n, &dof), tail = gsl_cdf_chisq_Q(chi2, dof);
	printf(
	    "  recursion: mean %.6f, variance %.6f; chi^2 %.1f of %d, Q = %.3g; electrons off a whole number: %.1e\n",
	    exact[0], exact[1], chi2, dof, tail, off);
	T_ABS(exact[0], p->mean, 1e-5);
	T_ABS(exact[1], p->variance, 1e-5);
	T_SIGMA(mean, p->mean, sqrt(p->variance / n), SIGMAS);
	T_SIGMA(square - mean * mean, p->variance, sqrt((fourth - p->variance * p->variance) / n), SIGMAS);
	T_TRUE(tail > SIGNIFICANCE);
	T_TRUE(off < 1e-9);
	T_INT(failed, 0);
	double residual[LANES];
	sde_residual(b.work, residual);
	for (int l = 0; l < LANES; l++)
		T_TRUE(residual[l] < TOL_BOOKS);
	bench_close(&b);
}

/* Electrons per t0 through the p transistor. */
static double exact_current(const panel *p)
{
	double law[2 * MOST + 1], sum = 0;
	exact_law(p, law);
	for (int k = 0; k <= 2 * MOST; k++)
		sum += law[k] * exp(p->vdd - p->vin) * (1 - exp(-(p->vdd - (k - MOST - 0.5) / p->n)));
	return sum;
}

/* With packets of scale^2 electrons and rates / scale^2 the law is that of N / scale^2 packets per U. */
static void test_scale(void)
{
	static const panel law[2] = {{.vdd = 2, .n = 10}, {.vdd = 2, .n = 2.5}};
	t_section("SCALE=2: packets of four electrons, a quarter as often");
	const double t0 = PHYS_Q / IOFF, time = 4000 * t0;
	double current[2], se[2], events[2];
	for (int k = 0; k < 2; k++) {
		sde_bench b = open_inverter(2, 0, k ? 2 : 1);
		double sum = 0, square = 0;
		seed(&b, 5, 0);
		sde_begin(b.work, 0);
		sde_step(b.work, 100 * t0, b.xi, b.xi_next);
		sde_open_books(b.work);
		sde_step(b.work, time, b.xi, b.xi_next);
		const double *q = sde_charge(b.work, bench_instance(&b, "vdd"));
		for (int l = 0; l < LANES; l++) {
			sum += q[l] / time / LANES;
			square += q[l] * q[l] / (time * time) / LANES;
		}
		current[k] = sum;
		se[k] = sqrt((square - sum * sum) / (LANES - 1));
		events[k] = sde_events(b.work)[0];
		bench_close(&b);
	}
	printf("  %.4f and %.4f electrons per t0 (exact %.4f, %.4f), %.0f and %.0f jumps\n", current[0] / IOFF,
	       current[1] / IOFF, exact_current(&law[0]), exact_current(&law[1]), events[0], events[1]);
	T_ABS(exact_current(&law[0]), 6.242200, 1e-6); /* physics.md 2.3 */
	for (int k = 0; k < 2; k++)
		T_SIGMA(current[k] / IOFF, exact_current(&law[k]), se[k] / IOFF, SIGMAS);
	T_REL(events[1] / events[0], 0.25, 0.1);
}

static void run_cut(uint64_t number, uint32_t first, int of, double x[2])
{
	const double t0 = PHYS_Q / IOFF;
	sde_bench b = open_inverter(2, 0.3, 1);
	seed(&b, number, first);
	sde_begin(b.work, 0);
	for (int k = 0; k < 20; k++)
		sde_step(b.work, t0, b.xi, b.xi_next);
	x[0] = b.tile->x[bench_node(&b, "out") * LANES + of];
	x[1] = sde_heat(b.work, bench_instance(&b, "mn"))[of];
	bench_close(&b);
}

static void test_identity(void)
{
	t_section("a trajectory's jumps do not depend on its lane");
	double a[2], c[2], other[2];
	run_cut(3, 40, 2, a); /* trajectory 42 in lane 2, among 40..47 */
	run_cut(3, 36, 6, c); /* in lane 6, among 36..43 */
	run_cut(4, 40, 2, other);
	T_TRUE(memcmp(a, c, sizeof a) == 0);
	T_TRUE(memcmp(a, other, sizeof a) != 0);
}

static void print_bits(void)
{
	for (uint32_t k = 0; k < 8; k++) {
		double x[2];
		run_cut(k, 8 * k, (int)k, x);
		printf("%a %a\n", x[0], x[1]);
	}
}

static void test_levels(const char *program)
{
	t_section("instruction-set levels 2, 3, 4 give the same jumps");
	static char text[3][4096];
	for (int level = 2; level <= 4; level++) {
		char command[4200];
		snprintf(command, sizeof command, "TS_ISA=%d '%s' bits", level, program);
		FILE *f = popen(command, "r");
		const size_t n = f ? fread(text[level - 2], 1, sizeof text[0] - 1, f) : 0;
		if (f)
			T_INT(pclose(f), 0);
		T_TRUE(n > 100);
		T_STR(text[level - 2], text[0]);
	}
}

/* Variance of the output by leaps of h t0, Vdd = 2 U, over the exact one; its standard error. */
static double leap_variance(double h, int steps, double *se, double *current)
{
	static const panel law = {2, 0, 0, 37.598884, 0, N};
	char text[600];
	const double t0 = PHYS_Q / IOFF;
	const sde_options o = {.reading = SIM_JUMP, .method = SIM_WT2, .scale = 1, .energy = 1, .leap = 1};
	snprintf(text, sizeof text, INVERTER, U * PHYS_Q / PHYS_K, law.vdd * U, -law.vdd * U, 0.0, N * PHYS_Q / U);
	sde_bench b = bench_open(text, &o);
	const int out = bench_node(&b, "out"), every = (int)lround(25 / h); /* five relaxation times */
	double square = 0, fourth = 0, n = 0;
	seed(&b, 21, 0);
	uint32_t failed = sde_begin(b.work, 0);
	for (int k = 0; k < steps; k++) {
		failed |= sde_step(b.work, h * t0, b.xi, b.xi_next);
		if (k < 2 * every || k % every)
			continue;
		for (int l = 0; l < LANES; l++) {
			const double m = b.tile->x[out * LANES + l] * N / U;
			square += m * m;
			fourth += m * m * m * m;
			n += 1;
		}
	}
	*current = sde_charge(b.work, bench_instance(&b, "vdd"))[0] / (PHYS_Q * steps * h);
	square /= n;
	*se = sqrt((fourth / n - square * square) / n) / law.variance;
	T_INT(failed, 0);
	double residual[LANES];
	sde_residual(b.work, residual);
	for (int l = 0; l < LANES; l++)
		T_TRUE(residual[l] < TOL_BOOKS);
	bench_close(&b);
	return square / law.variance;
}

static void test_leaps(void)
{
	static const double h[] = {0.8, 0.2}, allowed[] = {0.01, 0.005};
	t_section("by leaps: the inverter's variance at Vdd = 2 U comes out right as the leap shrinks");
	for (int k = 0; k < 2; k++) {
		double se, current;
		const double ratio = leap_variance(h[k], k ? 1000000 : 250000, &se, &current);
		printf("  leap %.1f t0: variance %.4f +- %.4f of the exact, current %.3f\n", h[k], ratio, se, current);
		T_ABS(ratio, 1, allowed[k] + SIGMAS * se);
		T_REL(current, 6.242200, 0.02);
	}
}

static void test_refused(void)
{
	static const char *const text[] = {
	    "no rates\nr1 a 0 1k\nc1 a 0 1f\n.end\n",
	    "silent\nd1 a 0 dj noisy=0\nc1 a 0 1f\nr1 a 0 1meg\n.model dj d(is=1n)\n.end\n",
	    "floating source\nd1 a 0 dj\nc1 a 0 1f\nv1 a b 1m\nc2 b 0 1f\n.model dj d(is=1n)\n.end\n"};
	t_section("what the engine cannot treat is refused");
	for (size_t k = 0; k < sizeof text / sizeof *text; k++) {
		const sde_options o = {.reading = SIM_JUMP, .method = SIM_WT2, .scale = 1};
		sde_bench b = {.deck = static_deck_open(text[k], 0, 1)};
		T_INT(bench_start(&b, &o), TS_NETLIST);
		T_TRUE(diag_has(b.deck.diag, E0413));
		mna_tile_destroy(b.tile);
		static_deck_close(&b.deck);
	}
}

int main(int argc, char **argv)
{
	static const panel panels[] = {{0, 0, 0, 10, 40, N},
	                               {1, 0, 0, 18.080850, 40, N},
	                               {3, 0, 0, 79.784432, 80, N},
	                               {5, -0.05, 21.594757, 145.314848, 12, N},
	                               {5, -1, 48.466188, 11.657543, 4, N}};
	if (argc > 1 && strcmp(argv[1], "bits") == 0) {
		print_bits();
		return 0;
	}
	for (size_t k = 0; k < sizeof panels / sizeof *panels; k++)
		test_law(&panels[k]);
	test_scale();
	test_identity();
	test_levels(argv[0]);
	test_leaps();
	test_refused();
	return t_done();
}
