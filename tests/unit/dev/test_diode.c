/* SPDX-License-Identifier: Apache-2.0
 * Diode, resistor, capacitor, inductor: closed forms. The diode's rates obey local detailed balance at the middle of
 * the jump for every ideality, its noise is S = 2qI coth(V/2U), and its derivatives match differences.
 */
#include <math.h>

#include "base/phys.h"
#include "bench.h"
#include "harness/t.h"

#define TOL_CLOSED 1e-11    /* closed forms, conditioned by e^{V/U} */
#define TOL_DIFFERENCE 1e-6 /* central differences */
#define ROOM (27 + PHYS_ZERO_C)
enum { P, N };
enum { OBS_CARD = 4 };

static bench *diode(double ideality)
{
	bench *b = bench_new("diode", 0, ROOM);
	bench_set(b, "is", 1e-15);
	bench_set(b, "n", ideality);
	bench_set(b, "cjo", 1e-15);
	bench_set(b, "vj", 0.8);
	bench_set(b, "mj", 0.4);
	bench_set(b, "tt", 1e-12);
	T_TRUE(bench_derive(b) == NULL);
	return b;
}
static void bias(bench *b, double v)
{
	bench_bias(b, P, v + 0.25);
	bench_bias(b, N, 0.25);
	bench_run(b);
}
static double current(double ideality, double v)
{
	return 1e-15 * expm1(v / (ideality * phys_ut(ROOM)));
}

static void test_law(double ideality)
{
	t_section("i-v and noise, n = %g", ideality);
	const double u = phys_ut(ROOM), voltage[] = {-0.7, -0.05, -1e-3, 1e-9, 1e-5, 2e-3, 0.05, 0.3, 0.6};
	bench *b = diode(ideality);
	for (size_t i = 0; i < sizeof voltage / sizeof voltage[0]; i++) {
		const double v = voltage[i], tol = TOL_CLOSED + 1e-16 / fabs(v); /* v + 0.25 - 0.25 rounds */
		bias(b, v);
		T_REL(b->f[P][0], current(ideality, v), tol);
		T_REL(b->f[N][0], -b->f[P][0], 0);
		T_REL(b->s[0][0], 2 * PHYS_Q * current(ideality, v) / tanh(v / (2 * u)), TOL_CLOSED);
		const double tail = exp(v / (ideality * u)), tol_tail = TOL_CLOSED + 2e-16 / fmin(tail, 1);
		T_REL(b->g[0][0], 1e-15 / (ideality * u) * tail, tol_tail);
	}
	bias(b, 0);
	T_ABS(b->f[P][0], 0, 1e-40);
	T_REL(b->s[0][0], 4 * PHYS_K * ROOM * b->g[0][0], TOL_CLOSED);
	bias(b, 1e4);
	T_TRUE(isfinite(b->f[P][0]) && isfinite(b->s[0][0]) && isfinite(b->q[P][0]) && isfinite(b->g[0][0]));
	bias(b, -1e4);
	T_TRUE(isfinite(b->f[P][0]) && isfinite(b->s[0][0]) && isfinite(b->q[P][0]) && isfinite(b->g[0][0]));
	free(b);
}

/* Rates l+ at v + shift, l- at v - shift, from f = q(l+ - l-) and S = 2q^2(l+ + l-). */
static void test_rates(double ideality)
{
	t_section("local detailed balance with the half-jump shift, n = %g", ideality);
	const double u = phys_ut(ROOM), half = -0.5 * PHYS_Q / 1e-16, v = 0.02; /* 100 aF: half a jump is -0.8 mV */
	bench *b = diode(ideality);
	b->shifted = 1;
	for (int j = 0; j < LANES; j++)
		b->shift[P][j] = half;
	bias(b, v);
	const double forward = 0.5 * (b->s[0][0] / (2 * PHYS_Q * PHYS_Q) + b->f[P][0] / PHYS_Q);
	const double q_before = b->q[P][0];
	bias(b, v + 2 * half); /* after the jump: its reverse must see the same middle */
	const double reverse = 0.5 * (b->s[0][0] / (2 * PHYS_Q * PHYS_Q) - b->f[P][0] / PHYS_Q);
	const double tol_cancel = 1e-10;
	T_REL(forward / reverse, exp((v + half) / u), tol_cancel);
	T_REL(PHYS_Q * (forward - reverse), current(ideality, v + half), tol_cancel);
	b->shifted = 0;
	bias(b, v);
	T_REL(b->q[P][0], q_before, 0); /* charge is not shifted */
	free(b);
}

static void test_derivatives(double ideality, double half)
{
	t_section("derivatives, n = %g, shift %g V", ideality, half);
	const double h = 1e-6;
	bench *b = diode(ideality);
	b->shifted = half != 0;
	for (int j = 0; j < LANES; j++)
		b->shift[N][j] = -half;
	for (double v = -0.6; v < 0.75; v += 0.13) {
		bias(b, v + h);
		const double f = b->f[P][0], q = b->q[P][0], s = b->s[0][0];
		bias(b, v - h);
		const double df = f - b->f[P][0], dq = q - b->q[P][0], ds = s - b->s[0][0], floor_f = 1e-30,
		             floor_s = 1e-40;
		bias(b, v);
		T_ABS(b->g[0][0], df / (2 * h), TOL_DIFFERENCE * fabs(b->g[0][0]) + floor_f / h);
		T_ABS(b->c[3][0], dq / (2 * h), TOL_DIFFERENCE * fabs(b->c[3][0]));
		T_ABS(b->ds[P][0], ds / (2 * h), TOL_DIFFERENCE * fabs(b->ds[P][0]) + floor_s / h);
		T_REL(b->ds[N][0], -b->ds[P][0], 0);
	}
	free(b);
}

/* What NOISE=card takes: Schottky's formula, dead at V = 0. */
static void test_card(double ideality)
{
	t_section("SPICE's 2q|I|, n = %g", ideality);
	bench *b = diode(ideality);
	b->also = DEV_CARD;
	for (double v = -0.3; v < 0.7; v += 0.11) {
		const double h = 1e-6;
		bias(b, v);
		const double slope = b->ds[P][0];
		T_REL(b->s[0][0], 2 * PHYS_Q * fabs(current(ideality, v)), TOL_CLOSED);
		T_REL(b->obs[OBS_CARD][0], b->s[0][0], TOL_CLOSED);
		T_REL(slope, -b->ds[N][0], 0);
		bias(b, v + h);
		const double above = b->s[0][0];
		bias(b, v - h);
		T_ABS(slope, (above - b->s[0][0]) / (2 * h), TOL_DIFFERENCE * (fabs(slope) + above / phys_ut(ROOM)));
	}
	bias(b, 0);
	T_ABS(b->s[0][0], 0, 0);
	free(b);
}

static void test_charge(void)
{
	t_section("depletion charge, temperature and area");
	bench *b = diode(1);
	bench_set(b, "tt", 0);
	bench_set(b, "area", 2);
	bench_set(b, "m", 3);
	bench_derive(b);
	bias(b, -1.2);
	T_REL(b->c[0][0], 6e-15 * pow(1 + 1.2 / 0.8, -0.4), TOL_CLOSED);
	T_REL(b->q[P][0], 6e-15 * 0.8 * (1 - pow(1 + 1.2 / 0.8, 0.6)) / 0.6, TOL_CLOSED);
	T_REL(b->s[0][0] / b->f[P][0], -2 * PHYS_Q, TOL_CLOSED);
	b->temperature = 350;
	T_TRUE(bench_derive(b) == NULL);
	bias(b, -1.2);
	const double ratio = 350 / ROOM, is = 1e-15 * pow(ratio, 3) * exp((ratio - 1) * 1.11 / phys_ut(350));
	T_REL(b->f[P][0], -6 * is, TOL_CLOSED);
	free(b);
}

/* Ports p, n, a: the junction sits between a and n, the resistance between p and a. */
static void test_series(void)
{
	t_section("series resistance");
	bench *b = diode(1);
	T_INT(b->shape->n_port, 2);
	bench_set(b, "rs", 40);
	bench_set(b, "area", 2);
	bench_set(b, "trs1", 1e-3);
	b->temperature = ROOM + 50;
	T_TRUE(bench_derive(b) == NULL);
	T_INT(b->shape->n_port, 3);
	const double gs = 2 / (40 * 1.05), junction = 0.3, drop = 0.01;
	bench_bias(b, 2, 0.25 + junction);
	bias(b, junction + drop);
	T_REL(b->f[P][0], gs * drop, TOL_CLOSED);
	T_REL(b->s[1][0], 4 * PHYS_K * (ROOM + 50) * gs, TOL_CLOSED);
	T_REL(b->f[2][0], -b->f[N][0] - b->f[P][0], TOL_CLOSED);
	T_ABS(b->q[P][0], 0, 0);
	T_REL(b->q[2][0], -b->q[N][0], 0);
	T_REL(bench_stamp(b, b->g, P, 2, DEV_G), -gs, TOL_CLOSED);
	T_REL(bench_stamp(b, b->g, 2, 2, DEV_G) - bench_stamp(b, b->g, P, P, DEV_G), -bench_stamp(b, b->g, N, 2, DEV_G),
	      TOL_CLOSED);
	free(b);
}

/* The current at -bv is ibv but for Is bv/U; the noise of breakdown and junction together is 4kT g at V = 0. */
static void test_breakdown(double ideality)
{
	t_section("breakdown, nbv = %g", ideality);
	const double u = phys_ut(ROOM), ibv = 1e-4;
	bench *b = diode(1);
	bench_set(b, "bv", 5);
	bench_set(b, "ibv", ibv);
	bench_set(b, "nbv", ideality);
	T_TRUE(bench_derive(b) == NULL);
	bias(b, -5);
	const double parts = 1e-15 * 5 / u / ibv; /* Is B/U, B < bv */
	T_REL(b->f[P][0], -ibv, parts + TOL_CLOSED);
	T_REL(b->s[1][0], 2 * PHYS_Q * ibv, parts + TOL_CLOSED);
	const double at_bv = b->s[1][0];
	bias(b, -5 + 3 * ideality * u);
	T_REL(b->s[1][0], at_bv * exp(-3), 1e-10);
	bias(b, 0);
	T_ABS(b->f[P][0], 0, 1e-40);
	T_REL(b->s[0][0] + b->s[1][0], 4 * PHYS_K * ROOM * b->g[0][0], TOL_CLOSED);
	free(b);
}

static void test_flicker(void)
{
	t_section("flicker noise kf |I|^af");
	bench *b = diode(1.5);
	bench_set(b, "kf", 1e-15);
	bench_set(b, "af", 1.3);
	T_TRUE(bench_derive(b) == NULL);
	T_INT(b->shape->noise[1].spectrum, DEV_FLICKER);
	bias(b, 0.5);
	T_REL(b->s[1][0], 1e-15 * pow(b->f[P][0], 1.3), TOL_CLOSED);
	bias(b, 0);
	T_ABS(b->s[1][0], 0, 0);
	free(b);
}

static void test_sidewall(void)
{
	t_section("sidewall");
	bench *b = diode(1);
	bench_set(b, "jsw", 2e-15);
	bench_set(b, "cjsw", 3e-15);
	bench_set(b, "vjsw", 0.6);
	bench_set(b, "mjsw", 0.3);
	bench_set(b, "tt", 0);
	bench_set(b, "pj", 5);
	bench_set(b, "m", 2);
	T_TRUE(bench_derive(b) == NULL);
	bias(b, -2);
	T_REL(b->f[P][0], -2 * (1e-15 + 5 * 2e-15), TOL_CLOSED);
	T_REL(b->c[0][0], 2 * (1e-15 * pow(1 + 2 / 0.8, -0.4) + 15e-15 * pow(1 + 2 / 0.6, -0.3)), TOL_CLOSED);
	free(b);
}

static void test_linear(void)
{
	t_section("resistor, capacitor, inductor");
	bench *r = bench_new("resistor", 0, 350);
	bench_set(r, "r", 2e3);
	bench_set(r, "tc1", 1e-3);
	bench_set(r, "m", 4);
	T_TRUE(bench_derive(r) == NULL);
	bias(r, 0.5);
	const double g = 4 / (2e3 * (1 + 1e-3 * (350 - ROOM)));
	T_REL(r->f[P][0], 0.5 * g, TOL_CLOSED);
	T_REL(r->s[0][0], 4 * PHYS_K * 350 * g, TOL_CLOSED);
	T_ABS(r->ds[P][0], 0, 0);
	bench *c = bench_new("capacitor", 0, ROOM);
	bench_set(c, "c", 3e-15);
	bench_derive(c);
	bias(c, 0.5);
	T_REL(c->q[N][0], -1.5e-15, TOL_CLOSED);
	T_ABS(c->f[P][0], 0, 0);
	T_REL(bench_stamp(c, c->c, P, N, DEV_C), -3e-15, TOL_CLOSED);
	bench *l = bench_new("inductor", 0, ROOM);
	bench_set(l, "l", 2e-9);
	bench_derive(l);
	bench_bias(l, 2, 1e-3);
	bias(l, 0.5);
	T_REL(l->f[P][0], 1e-3, TOL_CLOSED);
	T_REL(l->f[2][0], 0.5, TOL_CLOSED);
	T_REL(l->q[2][0], -2e-12, TOL_CLOSED);
	T_REL(bench_stamp(l, l->c, 2, 2, DEV_C), -2e-9, TOL_CLOSED);
	free(r);
	free(c);
	free(l);
}

/* I0/(1 + sqrt((I0 + Is)/ikf)) per device; S = 2qI coth(V/2U) of the bent current, 4kT g at V = 0. */
static void test_high_injection(double ideality)
{
	t_section("high injection, n = %g", ideality);
	const double u = phys_ut(ROOM), knee = 1e-6;
	bench *b = diode(ideality);
	bench_set(b, "ikf", knee);
	bench_set(b, "area", 2);
	bench_set(b, "m", 3);
	T_TRUE(bench_derive(b) == NULL);
	for (int i = -4; i < 9; i++) {
		const double v = 0.1 * i;
		bias(b, v);
		const double plain = current(ideality, v), bent = plain / (1 + sqrt((plain + 1e-15) / knee));
		T_ABS(b->f[P][0], 6 * bent, TOL_CLOSED * fabs(6 * bent));
		if (i != 0)
			T_REL(b->s[0][0], 2 * PHYS_Q * 6 * bent / tanh(v / (2 * u)), 1e-10);
		const double h = 1e-6, g = b->g[0][0], slope = b->ds[P][0];
		bias(b, v + h);
		const double f = b->f[P][0], s = b->s[0][0];
		bias(b, v - h);
		T_ABS(g, (f - b->f[P][0]) / (2 * h), TOL_DIFFERENCE * g + 1e-22);
		T_ABS(slope, (s - b->s[0][0]) / (2 * h), TOL_DIFFERENCE * fabs(slope) + 1e-38);
	}
	bias(b, 0);
	T_REL(b->s[0][0], 4 * PHYS_K * ROOM * b->g[0][0], TOL_CLOSED);
	bias(b, 2.5 * ideality); /* far above: sqrt(I0 ikf) */
	T_REL(b->f[P][0],
	      6 * sqrt(current(ideality, fmin(2.5 * ideality, 80 * ideality * u)) * knee *
	               (1 + fmax(2.5 * ideality / (ideality * u) - 80, 0))),
	      1e-6);
	free(b);
}

/* Isr (e^{V/nrU} - 1) ((1 - V/vj)^2 + 0.005)^{m/2} beside the diffusion current, with its own temperature law. */
static void test_recombination(void)
{
	t_section("recombination");
	bench *b = diode(1);
	bench_set(b, "isr", 1e-12);
	bench_set(b, "nr", 1.9);
	bench_set(b, "tlevc", 1); /* vj stays */
	for (b->temperature = ROOM; b->temperature < 360; b->temperature += 50) {
		T_TRUE(bench_derive(b) == NULL);
		const double u = phys_ut(b->temperature), ratio = b->temperature / ROOM;
		const double gap = 1.11 * (ratio - 1) / u;
		for (double v = -0.9; v < 1; v += 0.19) {
			bias(b, v);
			const double width = pow(pow(1 - v / 0.8, 2) + 0.005, 0.2);
			const double is = 1e-15 * pow(ratio, 3) * exp(gap),
			             isr = 1e-12 * pow(ratio, 3 / 1.9) * exp(gap / 1.9);
			const double want = is * expm1(v / u) + isr * width * expm1(v / (1.9 * u));
			T_REL(b->f[P][0], want, 1e-10);
			T_REL(b->s[0][0], 2 * PHYS_Q * want / tanh(v / (2 * u)), 1e-10);
		}
		bias(b, 0);
		T_REL(b->s[0][0], 4 * PHYS_K * b->temperature * b->g[0][0], TOL_CLOSED);
	}
	free(b);
}

int main(void)
{
	const double ideality[3] = {1, 1.5, 2};
	for (int i = 0; i < 3; i++) {
		test_law(ideality[i]);
		test_rates(ideality[i]);
		test_derivatives(ideality[i], 0);
		test_derivatives(ideality[i], 3e-3);
		test_high_injection(ideality[i]);
	}
	test_card(1);
	test_card(1.7);
	test_charge();
	test_series();
	test_breakdown(1);
	test_breakdown(1.8);
	test_recombination();
	test_flicker();
	test_sidewall();
	test_linear();
	return t_done();
}
