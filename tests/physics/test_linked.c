/* SPDX-License-Identifier: Apache-2.0
 * Elements that read the current of another one (F, H, K) against closed forms: signs and multipliers in .op and .dc,
 * sources that hold a node or stand later in the deck; transformers and coupled tanks in .tran, a source across a
 * capacitor (index 2); with noise, covariances of the step found by unit vectors (sde_bench.h), so without sampling:
 * kT L^-1 of coupled inductors at every step, and the spectrum of a copied current by its integral.
 */
#include "sde_bench.h"

static const double TOL_LINEAR = 1e-12;
static const double TOL_TRAN = 2e-5;  /* at reltol 1e-8 over ten periods */
static const double TOL_GIBBS = 1e-9; /* the recursion of four unknowns of very different size */
static const double T0 = 300;

static double op(const static_deck *d, const char *signal)
{
	char path[100];
	snprintf(path, sizeof path, "/analyses/op1/signals/%s", signal);
	return static_deck_value(d, path, 0, NULL);
}

static void test_signs(void)
{
	t_section("F and H in .op: sign, gain, m=, held nodes, subcircuits, names that come later");
	static_deck d = static_deck_open("op\nf1 0 out vs 3\nh1 hh 0 vs 500\nv1 in 0 1\nr1 in a 1k\nvs a 0 0\n"
	                                 "rl out 0 2k\nrh hh 0 1k\n.subckt half p n\nvin p n 0\nf1 n n2 vin -0.5 m=2\n"
	                                 "r2 n2 n 4k\n.ends\nr3 in b 2k\nx1 b 0 half\nx2 b2 0 half m=3\nr4 in b2 1k\n"
	                                 "f5 0 top x1.vin 1\nr5 top 0 1k\n.op\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	T_REL(op(&d, "i(vs)"), 1e-3, TOL_LINEAR);
	T_REL(op(&d, "v(out)"), 6, TOL_LINEAR);
	T_REL(op(&d, "v(hh)"), 0.5, TOL_LINEAR);
	T_REL(op(&d, "v(x1.n2)"), -0.5e-3 * 4e3, TOL_LINEAR);
	T_REL(op(&d, "v(x2.n2)"), -1e-3 * 4e3, TOL_LINEAR); /* three currents into three resistors */
	T_REL(op(&d, "v(top)"), 0.5, TOL_LINEAR);
	static_deck_close(&d);
}

static void test_feedback(void)
{
	t_section("F and H in a loop: input resistance of a current follower, a gyrator");
	/* f1 returns 3 times the current of vs to node a: r1 carries four times it */
	static_deck d = static_deck_open("loop\nv1 in 0 1\nr1 in a 1k\nr2 a b 1k\nvs b 0 0\nf1 a 0 vs 3\n"
	                                 "va x y 0\nix 0 x 1m\nhy y 0 vb 100\nhz z 0 va 200\nvb w z 0\nrw w 0 50\n"
	                                 ".op\n.dc v1 -1 2 0.5\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	T_REL(op(&d, "i(vs)"), 1 / (4 * 1e3 + 1e3), TOL_LINEAR);
	T_REL(op(&d, "v(z)"), 0.2, TOL_LINEAR);             /* hz: 200 ohm times 1 mA */
	T_REL(op(&d, "v(x)"), 100 * -0.2 / 50, TOL_LINEAR); /* hy: 100 ohm times the current from w to z */
	for (size_t k = 0; k < 7; k++)
		T_ABS(static_deck_value(&d, "/analyses/dc1/signals/i(vs)", k, NULL), (-1 + 0.5 * (double)k) / 5e3,
		      1e-15);
	static_deck_close(&d);
}

/* Largest deviation of a signal of .tran from a law. */
static double deviation(const char *text, const char *signal, double (*law)(double t))
{
	static_deck d = static_deck_open(text, 1, 1);
	T_INT(d.status, TS_OK);
	char path[100];
	size_t n = 0;
	double worst = 0;
	snprintf(path, sizeof path, "/analyses/tran1/signals/%s", signal);
	static_deck_value(&d, path, 0, &n);
	T_TRUE(n > 20);
	for (size_t k = 0; k < n; k++)
		worst = fmax(worst, fabs(static_deck_value(&d, path, k, NULL) -
		                         law(static_deck_value(&d, "/analyses/tran1/time", k, NULL))));
	printf("  %s: %zu points, worst deviation %.3g\n", signal, n, worst);
	static_deck_close(&d);
	return worst;
}

/* Two tanks of 1 uH and 1 nF, k = 0.5: modes at 1/sqrt(LC (1 +- k)), both excited by a charge on the first. */
static double mode(double t, double k)
{
	return cos(t / sqrt(1e-15 * (1 + k)));
}
static double first_tank(double t)
{
	return 0.5 * (mode(t, 0.5) + mode(t, -0.5));
}
static double second_tank(double t)
{
	return 0.5 * (mode(t, 0.5) - mode(t, -0.5));
}
/* Three tanks coupled by k = 0.3 to each other: 1 + 2k for the sum, 1 - k for differences. */
static double third_tank(double t)
{
	return (mode(t, 0.6) - mode(t, -0.3)) / 3;
}

static void test_tanks(void)
{
	t_section("coupled LC tanks: split frequencies, CVODE's mass matrix is not diagonal");
	static const char two[] =
	    "tanks\n.options reltol=1e-8\nl1 a 0 1u\nc1 a 0 1n\nl2 b 0 1u\nc2 b 0 1n\nk1 l1 l2 0.5\n"
	    ".ic v(a)=1 v(b)=0\n.tran 5n 2u uic\n.end\n";
	T_ABS(deviation(two, "v(a)", first_tank), 0, TOL_TRAN);
	T_ABS(deviation(two, "v(b)", second_tank), 0, TOL_TRAN);
	T_ABS(deviation(
	          "three\n.options reltol=1e-8\nk12 l1 l2 0.3\nk13 l3 l1 0.3\nk23 l2 l3 0.3\nl1 a 0 1u\nc1 a 0 1n\n"
	          "l2 b 0 2u m=2\nc2 b 0 1n\nl3 c 0 1u\nc3 c 0 1n\n.ic v(a)=1 v(b)=0 v(c)=0\n.tran 5n 2u uic\n.end\n",
	          "v(c)", third_tank),
	      0, TOL_TRAN);
}

/* sin of 1 MHz behind 1 ohm, k = 1, 1 uH : 4 uH, 1 kohm: the load is 250 ohm at the primary, in parallel with L1. */
static double perfect(double t)
{
	const double w = 2 * acos(-1.0) * 1e6, g = 1 / 250.0, r = 1, tau = 1e-6 * (1 / r + g);
	/* v_p (1/r + g) + i_L = sin(wt)/r, v_p = L i_L': with tau = L (1/r + g), i_L' tau + i_L = sin(wt)/r */
	const double a = 1 / (r * (1 + w * w * tau * tau));
	const double slope = a * (w * cos(w * t) + w * w * tau * sin(w * t)) - a * w * exp(-t / tau);
	return 2 * 1e-6 * slope; /* twice the turns */
}

/* The current of a source across 1 nF and its copy through 1 kohm: C du/dt R, index 2. */
static double copied_slope(double t)
{
	const double w = 2 * acos(-1.0) * 1e6;
	return 1e-9 * 1e-3 * w * cos(w * t) * 1e3;
}

static void test_transient(void)
{
	t_section("perfect transformer; the copy of a capacitor's current");
	T_ABS(
	    deviation("k=1\n.options reltol=1e-8\nv1 in 0 sin(0 1 1meg)\nrs in p 1\nl1 p 0 1u\nl2 s 0 4u\nk1 l1 l2 1\n"
	              "rl s 0 1k\n.tran 10n 3u\n.end\n",
	              "v(s)", perfect),
	    0, TOL_TRAN);
	T_ABS(deviation("slope\n.options reltol=1e-8\nv1 in 0 sin(0 1m 1meg)\nvs in x 0\nc1 x 0 1n\nf1 0 out vs 1\n"
	                "rl out 0 1k\n.tran 10n 3u\n.end\n",
	                "v(out)", copied_slope),
	      0, TOL_TRAN * 1e-2);
}

static sde_options options(double h)
{
	return (sde_options){.reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .energy = 1, .h = h};
}

static int unknown(const sde_bench *b, const char *name)
{
	int u = 0;
	while (u < b->deck.system->n_unknown && strcmp(b->deck.system->name[u], name) != 0)
		u++;
	return u;
}

static void test_gibbs(void)
{
	t_section("coupled inductors among resistors: covariance kT C^-1 of voltages, kT L^-1 of currents");
	static const double step[] = {1e-11, 1e-9, 1e-7};
	const double kt = PHYS_K * T0, m = 0.6 * sqrt(3e-12), determinant = 3e-12 - m * m;
	for (size_t i = 0; i < sizeof step / sizeof *step; i++) {
		const sde_options o = options(step[i]);
		sde_bench b = bench_open("rlc\n.temp 26.85\nr1 a 0 1k\nc1 a 0 1p\nl1 a 0 1u\nr2 b 0 2k\nc2 b 0 2p\n"
		                         "l2 b 0 3u\nk1 l1 l2 0.6\n.end\n",
		                         &o);
		const int node[] = {bench_node(&b, "a"), bench_node(&b, "b"), unknown(&b, "l1#branch"),
		                    unknown(&b, "l2#branch")};
		const double want[16] = {kt / 1e-12,
		                         0,
		                         0,
		                         0,
		                         0,
		                         kt / 2e-12,
		                         0,
		                         0,
		                         0,
		                         0,
		                         kt * 3e-6 / determinant,
		                         -kt * m / determinant,
		                         0,
		                         0,
		                         -kt * m / determinant,
		                         kt * 1e-6 / determinant};
		const bench_linear r = bench_linearise(&b, node, 4);
		double s[16], worst = 0;
		bench_covariance(&r, s);
		for (int e = 0; e < 16; e++)
			worst = fmax(worst, fabs(s[e] - want[e]) / sqrt(want[e / 4 * 5] * want[e % 4 * 5]));
		printf("  h = %g s: largest error %.2e of sqrt(s_ii s_jj)\n", step[i], worst);
		T_ABS(worst, 0, TOL_GIBBS);
		T_INT(b.failed, 0);
		bench_close(&b);
	}
}

/* r1 and c1 at a, through vs: its current is -c1 dv_a/dt. Copied twofold into another 1 kohm and 1 pF it adds
 * 2 kT/C there: |2 s a/(s + a)^2|^2 4kTR, a = 1/RC, integrated over frequency. */
static void test_copied_noise(void)
{
	t_section("the current of an ideal ammeter, copied onto a capacitor: 3 kT/C at every step");
	static const double step[] = {0.05e-9, 1e-9};
	for (int i = 0; i < 2; i++) {
		const sde_options o = options(step[i]);
		sde_bench b =
		    bench_open("copy\n.temp 26.85\nr1 a x 1k\nvs x 0 0\nc1 a 0 1p\nf1 0 out vs 2\nrl out 0 1k\n"
		               "cl out 0 1p\n.end\n",
		               &o);
		const int node[] = {bench_node(&b, "a"), bench_node(&b, "out")};
		const bench_linear r = bench_linearise(&b, node, 2);
		double s[4];
		bench_covariance(&r, s);
		printf("  h/RC = %g: variance %.12g kT/C\n", o.h / 1e-9, s[3] / (PHYS_K * T0 / 1e-12));
		T_REL(s[0], PHYS_K * T0 / 1e-12, TOL_LINEAR);
		T_REL(s[3], 3 * PHYS_K * T0 / 1e-12, TOL_GIBBS);
		bench_close(&b);
	}
}

static void test_refused(void)
{
	t_section("a white current has no value at an instant: E0412");
	static const char *const deck[] = {"h\nr1 a x 1k\nvs x 0 0\nc1 a 0 1p\nh1 out 0 vs 2\nrl out 0 1k "
	                                   "noisy=0\n.trannoise 1n 10n samples=8\n.end\n",
	                                   "f\nr1 a x 1k\nvs x 0 0\nc1 a 0 1p\nf1 out 0 vs 2\nrl out 0 1k "
	                                   "noisy=0\n.trannoise 1n 10n samples=8\n.end\n"};
	for (int i = 0; i < 2; i++) {
		static_deck d = static_deck_open(deck[i], 1, 0);
		T_INT(d.status, TS_NETLIST);
		T_INT(diag_count(d.diag, DIAG_ERROR), 1);
		char *text = NULL;
		size_t size = 0;
		FILE *to = open_memstream(&text, &size);
		diag_print(d.diag, to);
		fclose(to);
		T_TRUE(strstr(text, "test.cir:5:1: error: the current of 'vs' controls") && strstr(text, "[E0412]"));
		free(text);
		static_deck_close(&d);
	}
}

int main(void)
{
	test_signs();
	test_feedback();
	test_tanks();
	test_transient();
	test_gibbs();
	test_copied_noise();
	test_refused();
	return t_done();
}
