/* SPDX-License-Identifier: Apache-2.0
 * Nonlinear capacitors at equilibrium (physics.md 2.1). The charge is the state: noise is additive in it, and the law
 * is exp(-H(q)/kT) dq, so that <q_i v_j> = kT delta_ij and <v_i> = 0 whatever the shape of q(v). A scheme whose state
 * is the voltage would find exp(-H/kT) dv: <v^2> = 1.278706e-6 instead of 2.114285e-6 V^2, and a mean where q(v) is
 * lopsided.
 */
#include "base/gauss.h"
#include "base/philox.h"
#include "operator.h"

/* physics.md 2.1: q = C0 v (1 + (v/V1)^2), C0 = 1 fF, V1 = 2 mV, 300 K */
static const double EXACT_VV = 2.114285e-6, EXACT_QQ = 8.691987e-36, WRONG_VV = 1.278706e-6;
static const double C0 = 1e-15, V1 = 2e-3, KT = PHYS_K * 300, RC = 1e-9;
static const char *const BY_Q = "q='c0*v(a)*(1+(v(a)/v1)**2)'", *const BY_C = "c='c0*(1+3*(v(a)/v1)**2)'";

static const double TOL_COARSE = 3e-4; /* wt2 at h = RC/10 */
static const double TOL_FINE = 5e-5;   /* wt2 and heun at h = RC/40 */
static const double TOL_FIRST = 8e-3;  /* be and em at h = RC/40: of first order */
static const double TOL_SAME = 1e-9;   /* q= and the integral of c= are one charge */
static const double TOL_DRAWN = 0.01, SIGMAS = 4;
static const double TOL_NETWORK = 3e-4; /* of kT: two nodes, h = 0.1 ns */
static const double TOL_REST = 2e-5;    /* of the standard deviation: means there */
static const double TOL_BOOKS = 1e-9;

static sde_bench varactor(sim_method method, double h, const char *form)
{
	char text[200];
	const sde_options o = {.reading = SIM_SHIFTED, .method = method, .scale = 1, .h = h, .energy = 1};
	snprintf(text, sizeof text, "varactor\n.temp 26.85\n.param c0=1f v1=2m\nr1 a 0 1meg\nc1 a 0 %s\n.end\n", form);
	return bench_open(text, &o);
}

static double charge(double v)
{
	return C0 * v * (1 + v / V1 * (v / V1));
}

/* Errors of the moments, relative to the exact ones; the mean relative to the standard deviation. */
typedef struct law {
	double mean, vv, qv, qq;
} law;

static law by_operator(sim_method method, double h, const char *form)
{
	const op_spec spec = {.n = 56, .hermite = 40, .low = -5.5e-3, .high = 5.5e-3};
	sde_bench b = varactor(method, h, form);
	const int node[] = {bench_node(&b, "a")};
	op_transfer o = op_build(&b, node, 1, &spec);
	law l = {0};
	op_square(&o, 16);
	for (int j = 0; j < o.n; j++) {
		const double v = o.axis.x[j], q = charge(v), p = o.t[j];
		l.mean += p * v / sqrt(EXACT_VV);
		l.vv += p * v * v / EXACT_VV;
		l.qv += p * q * v / KT;
		l.qq += p * q * q / EXACT_QQ;
	}
	l.vv -= 1;
	l.qv -= 1;
	l.qq -= 1;
	printf("  h/RC %-6g <v> %.0e  <v^2> %+.3e  <q v> %+.3e  <q^2> %+.3e relative\n", h / RC, l.mean, l.vv, l.qv,
	       l.qq);
	T_INT(b.failed, 0);
	T_TRUE(o.outside < 1e-12);
	op_free(&o);
	bench_close(&b);
	return l;
}

static void check_law(const law *l, double tolerance)
{
	T_ABS(l->mean, 0, 1e-9);
	T_ABS(l->vv, 0, tolerance);
	T_ABS(l->qv, 0, tolerance);
	T_ABS(l->qq, 0, tolerance);
}

static void test_operator(void)
{
	t_section("varactor on a resistor, from the transfer operator: wt2, then heun, be, em");
	const law coarse = by_operator(SIM_WT2, RC / 10, BY_Q), fine = by_operator(SIM_WT2, RC / 40, BY_Q);
	check_law(&coarse, TOL_COARSE);
	check_law(&fine, TOL_FINE);
	T_TRUE(fabs(EXACT_VV * (1 + coarse.vv) / WRONG_VV - 1) > 0.6); /* the law in dv is another one */
	T_TRUE(fabs(coarse.vv / fine.vv) > 12);                        /* second order: 16 */
	const law twice = by_operator(SIM_HEUN, RC / 20, BY_Q), heun = by_operator(SIM_HEUN, RC / 40, BY_Q);
	check_law(&heun, TOL_FINE);
	T_TRUE(fabs(twice.vv / heun.vv) > 3.5); /* 4 */
	const law be = by_operator(SIM_BE, RC / 40, BY_Q), em = by_operator(SIM_EM, RC / 40, BY_Q);
	check_law(&be, TOL_FIRST);
	check_law(&em, TOL_FIRST);
	t_section("the same with its capacitance written, c=");
	const law by_c = by_operator(SIM_WT2, RC / 10, BY_C);
	T_ABS(by_c.vv, coarse.vv, TOL_SAME);
	T_ABS(by_c.qv, coarse.qv, TOL_SAME);
	T_ABS(by_c.qq, coarse.qq, TOL_SAME);
}

/* Mean of a quantity and its standard error from blocks. */
typedef struct drawn {
	double sum, square, block;
	int n;
} drawn;

static void drawn_close(drawn *d, int length)
{
	const double mean = d->block / length;
	d->sum += mean;
	d->square += mean * mean;
	d->block = 0;
	d->n++;
}

static void check_drawn(const drawn *d, const char *name, double want)
{
	const double mean = d->sum / d->n, error = sqrt((d->square / d->n - mean * mean) / (d->n - 1));
	printf("  %-5s %.6e, exact %.6e: %+.2f %%, %+.1f standard errors of %.2f %%\n", name, mean, want,
	       100 * (mean / want - 1), (mean - want) / error, 100 * error / want);
	T_REL(mean, want, TOL_DRAWN);
	T_TRUE(fabs(mean - want) < SIGMAS * error);
}

/* One step with the normals of step n of eight trajectories. */
static void draw_step(sde_bench *b, int n)
{
	static double four[4 * LANES] __attribute__((aligned(64)));
	static const uint32_t trajectory[LANES] = {0, 1, 2, 3, 4, 5, 6, 7};
	if (n % 4 == 0)
		gauss_block(philox_make_key(1, PHILOX_TEST), (uint64_t)n / 4, 0, trajectory, four);
	b->failed |= sde_step(b->work, b->h, four + n % 4 * LANES, NULL);
}

static void test_drawn(void)
{
	enum { BLOCKS = 800, LENGTH = 200, EVERY = 10 };
	t_section("the same drawn: 8 trajectories, 1.6e5 states each, one per RC; h = RC/10");
	sde_bench b = varactor(SIM_WT2, RC / 10, BY_Q);
	const double *v = b.tile->x + bench_node(&b, "a") * LANES;
	double residual[LANES];
	drawn vv = {0}, qv = {0}, qq = {0};
	sde_begin(b.work, 0);
	for (int n = 0; n < (BLOCKS + 1) * LENGTH * EVERY; n++) {
		draw_step(&b, n);
		if (n < LENGTH * EVERY || n % EVERY)
			continue;
		for (int l = 0; l < LANES; l++) {
			vv.block += v[l] * v[l] / LANES;
			qv.block += charge(v[l]) * v[l] / LANES;
			qq.block += charge(v[l]) * charge(v[l]) / LANES;
		}
		if (n / EVERY % LENGTH == LENGTH - 1) {
			drawn_close(&vv, LENGTH);
			drawn_close(&qv, LENGTH);
			drawn_close(&qq, LENGTH);
		}
	}
	check_drawn(&vv, "<v^2>", EXACT_VV);
	check_drawn(&qv, "<q v>", KT);
	check_drawn(&qq, "<q^2>", EXACT_QQ);
	sde_residual(b.work, residual);
	for (int l = 0; l < LANES; l++)
		T_TRUE(residual[l] < TOL_BOOKS);
	T_INT(b.failed, 0);
	bench_close(&b);
}

/* Two lopsided nonlinear capacitors, a linear one and a resistor between them, a resistor to ground on each: one loop
 * of resistors. Charge of node i at (va, vb): */
static const char NETWORK[] = "network\n.temp 26.85\n.param c0=1f v1=2m\nr1 a 0 1meg\nr2 b 0 2meg\nr3 a b 1meg\n"
                              "c1 a 0 q='c0*v(a)*(1+0.8*v(a)/v1+(v(a)/v1)**2)'\n"
                              "c2 0 b q='-c0*(2*v(b)-0.9*v(b)**2/v1+v(b)**3/v1**2)'\nc3 a b 0.5f\n.end\n";
static double node_charge(int i, double va, double vb)
{
	const double x = va / V1, y = vb / V1, between = 0.5 * C0 * (va - vb);
	return i == 0 ? C0 * va * (1 + 0.8 * x + x * x) + between : C0 * vb * (2 - 0.9 * y + y * y) - between;
}

static void test_network(void)
{
	t_section("network of two nonlinear capacitors and a floating one, from the transfer operator at h = 0.1 ns");
	const sde_options o = {.reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .h = 0.1 * RC};
	const op_spec spec = {.n = 40, .hermite = 10, .low = -5e-3, .high = 5e-3};
	sde_bench b = bench_open(NETWORK, &o);
	const int node[] = {bench_node(&b, "a"), bench_node(&b, "b")};
	op_transfer t = op_build(&b, node, 2, &spec);
	double *even = op_array((size_t)t.n), qv[2][2] = {{0}}, mean[2] = {0}, square[2] = {0};
	even[t.n / 2 + spec.n / 2] = 1;
	double *p = op_stationary(&t, even, 600);
	for (int j = 0; j < t.n; j++) {
		const double v[2] = {t.axis.x[j / spec.n], t.axis.x[j % spec.n]};
		for (int i = 0; i < 2; i++) {
			mean[i] += p[j] * v[i];
			square[i] += p[j] * v[i] * v[i];
			qv[i][0] += p[j] * node_charge(i, v[0], v[1]) * v[0] / KT;
			qv[i][1] += p[j] * node_charge(i, v[0], v[1]) * v[1] / KT;
		}
	}
	printf("  <q_i v_j>/kT = %.6f %.6f; %.6f %.6f; <v>/sigma = %+.2e %+.2e; outside %.1e\n", qv[0][0], qv[0][1],
	       qv[1][0], qv[1][1], mean[0] / sqrt(square[0]), mean[1] / sqrt(square[1]), t.outside);
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 2; j++)
			T_ABS(qv[i][j], i == j, TOL_NETWORK);
		T_ABS(mean[i] / sqrt(square[i]), 0, TOL_REST); /* no current in r1, r2, r3 */
	}
	T_INT(b.failed, 0);
	free(even);
	free(p);
	op_free(&t);
	bench_close(&b);
}

int main(void)
{
	test_operator();
	test_drawn();
	test_network();
	return t_done();
}
