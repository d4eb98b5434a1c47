/* SPDX-License-Identifier: Apache-2.0
 * Switches against closed forms: plateaus and the middle of the transition, the curve between, a capacitor that
 * discharges while the switch opens (by quadrature of g), and their noise: kT/C in every position at every step, also
 * while the control fluctuates or moves.
 */
#include "sde_bench.h"

static const double TOL_PLATEAU = 1e-13, TOL_CURVE = 1e-12, TOL_TRAN = 2e-6, TOL_KTC = 1e-11;
static const double SIGMAS = 4.5, T0 = 300;

static double conductance(double x, double at, double width, double ron, double roff)
{
	const double u = fmax(-1, fmin(1, (x - at) / width)), step = u * (15 - 10 * u * u + 3 * pow(u, 4)) / 8;
	return exp(-0.5 * (log(ron) + log(roff)) - 0.5 * (log(ron) - log(roff)) * step);
}

static double value(const static_deck *d, const char *path, size_t k)
{
	return static_deck_value(d, path, k, NULL);
}

static void test_curve(void)
{
	t_section(".op and .dc: plateaus, middle, curve; S and W");
	static_deck d = static_deck_open("curve\n.model sm sw vt=0.5 vh=-0.25 ron=100 roff=1meg\n"
	                                 ".model wm csw it=0.5m ih=-0.25m ron=100 roff=1meg\nvs s 0 1\nvw w 0 1\n"
	                                 "v1 c 0 0.5\nrc c d 1k\nvd d 0 0\ns1 s 0 c 0 sm m=2\nw1 w 0 vd wm\n"
	                                 ".op\n.dc v1 -0.5 1.5 0.0625\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	T_REL(value(&d, "/analyses/op1/signals/i(vs)", 0), -2e-4, TOL_CURVE);
	T_REL(value(&d, "/analyses/op1/signals/i(vw)", 0), -1e-4, TOL_CURVE);
	for (size_t k = 0; k <= 32; k++) {
		const double x = -0.5 + 0.0625 * (double)k, g = conductance(x, 0.5, 0.25, 100, 1e6);
		T_REL(value(&d, "/analyses/dc1/signals/i(vs)", k), -2 * g,
		      x <= 0.25 || x >= 0.75 ? TOL_PLATEAU : TOL_CURVE);
		T_REL(value(&d, "/analyses/dc1/signals/i(vw)", k), -g, TOL_CURVE);
	}
	T_REL(value(&d, "/analyses/dc1/signals/i(vw)", 0), -1e-6, TOL_CURVE);
	T_REL(value(&d, "/analyses/dc1/signals/i(vw)", 32), -1e-2, TOL_CURVE);
	static_deck_close(&d);
}

/* 1 nF discharged by a switch that opens over 2 us: v = exp(-1/C int g dt) by Simpson's rule. */
static double discharged(double t)
{
	const int n = 4000;
	double sum = 0;
	for (int i = 0; i <= n; i++) {
		const double s = t * i / n, weight = i == 0 || i == n ? 1 : i % 2 ? 4 : 2;
		sum += weight * conductance(1 - s / 4e-6, 0.5, 0.25, 1e3, 1e6);
	}
	return exp(-sum * t / n / 3 / 1e-9);
}

static void test_transient(void)
{
	t_section("a capacitor discharges while the switch opens");
	static_deck d =
	    static_deck_open("ramp\n.options reltol=1e-8\n.model sm sw vt=0.5 vh=-0.25 ron=1k roff=1meg\n"
	                     "vc c 0 pwl(0 1 4u 0)\ns1 a 0 c 0 sm\nc1 a 0 1n\n.ic v(a)=1\n.tran 50n 4u uic\n.end\n",
	                     1, 1);
	T_INT(d.status, TS_OK);
	size_t n = 0;
	double worst = 0;
	static_deck_value(&d, "/analyses/tran1/time", 0, &n);
	T_TRUE(n > 50);
	for (size_t k = 0; k < n; k++)
		worst = fmax(worst, fabs(value(&d, "/analyses/tran1/signals/v(a)", k) -
		                         discharged(value(&d, "/analyses/tran1/time", k))));
	printf("  worst deviation %.3g\n", worst);
	T_ABS(worst, 0, TOL_TRAN);
	static_deck_close(&d);
}

static void test_positions(void)
{
	t_section("kT/C behind a switch in every position, at its own temperature, at every step");
	static const double control[] = {0, 0.4, 0.5, 0.6, 1}, step[] = {1e-11, 1e-8};
	for (int i = 0; i < 10; i++) {
		const sde_options o = {
		    .reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .energy = 1, .h = step[i / 5]};
		char text[300];
		snprintf(text, sizeof text,
		         "ktc\n.temp 26.85\n.model sm sw vt=0.5 vh=-0.25 ron=100 roff=10k\nvc c 0 %g\n"
		         "s1 a 0 c 0 sm temp=326.85\nc1 a 0 1p\n.end\n",
		         control[i % 5]);
		sde_bench b = bench_open(text, &o);
		const int node[] = {bench_node(&b, "a")};
		const bench_linear r = bench_linearise(&b, node, 1);
		double s;
		bench_covariance(&r, &s);
		T_REL(s, PHYS_K * 2 * T0 / 1e-12, TOL_KTC);
		T_INT(b.failed, 0);
		bench_close(&b);
	}
}

/* Mean square of v(a) of each trajectory, their average and its standard error. */
static void check_square(const char *text, double want)
{
	static_deck d = static_deck_open(text, 1, 1);
	T_INT(d.status, TS_OK);
	size_t n = 0;
	double sum = 0, square = 0;
	static_deck_value(&d, "/analyses/trannoise1/ensemble/mean/v(a)", 0, &n);
	for (size_t k = 0; k < n; k++) {
		const double mean = value(&d, "/analyses/trannoise1/ensemble/mean/v(a)", k);
		const double z = value(&d, "/analyses/trannoise1/ensemble/variance/v(a)", k) + mean * mean;
		sum += z;
		square += z * z;
	}
	const double got = sum / (double)n, error = sqrt((square / (double)n - got * got) / (double)n);
	printf("  <v^2>/(kT/C) %.4f +- %.4f\n", got / want, error / want);
	T_TRUE(error < 0.03 * want);
	T_ABS(got, want, SIGMAS * error);
	static_deck_close(&d);
}

/* 1 fF at the control: 2 mV against a transition of 3 mV; the conductance moves over most of its range. 400
 * trajectories; RC between 0.1 and 10 ns, 0.02 ns steps: at 0.1 ns the result is 2.5 % too low. */
static void test_fluctuating(void)
{
	t_section("the control fluctuates as fast as the capacitor: still kT/C");
	check_square("fluctuating\n.temp 26.85\n.model sm sw vt=0 vh=-3m ron=1k roff=100k\nr1 c 0 1meg\nc1 c 0 1f\n"
	             "s1 a 0 c 0 sm\nc2 a 0 100f\n.save v(a)\n.ic v(a)=0 v(c)=0\n"
	             ".trannoise 2n 200n 50n samples=400 seed=7 step=0.02n\n.end\n",
	             PHYS_K * T0 / 1e-13);
}

/* The step must not take a conductance for constant that is so on both plateaus. */
static void test_closing(void)
{
	t_section("a switch that closes in a stochastic run");
	static_deck d = static_deck_open("closing\n.model sm sw vt=5 vh=-0.1 ron=1k roff=1g\nv1 in 0 1\n"
	                                 "vc c 0 pulse(0 10 10n 1n 1n 1 2)\ns1 in a c 0 sm\nc1 a 0 1p\n.save v(a)\n"
	                                 ".ic v(a)=0\n.trannoise 1n 40n 35n samples=16 seed=2\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	const double mean = value(&d, "/analyses/trannoise1/ensemble/mean/v(a)", 0);
	T_ABS(mean, 1, 1e-3); /* 25 RC after closing; noise 64 uV */
	static_deck_close(&d);
}

static void test_white_control(void)
{
	t_section("a switch may not follow a white current");
	static_deck d = static_deck_open("w\n.model wm csw it=1n ih=-1n\nr1 a x 1k\nvs x 0 0\nc1 a 0 1p\nw1 b 0 vs wm\n"
	                                 "c2 b 0 1p\n.trannoise 1n 10n samples=8\n.end\n",
	                                 1, 0);
	T_INT(d.status, TS_NETLIST);
	T_INT(diag_count(d.diag, DIAG_ERROR), 1);
	static_deck_close(&d);
}

int main(void)
{
	test_curve();
	test_transient();
	test_positions();
	test_fluctuating();
	test_closing();
	test_white_control();
	return t_done();
}
