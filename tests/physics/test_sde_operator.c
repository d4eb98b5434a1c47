/* SPDX-License-Identifier: Apache-2.0
 * Laws and rates of the stochastic step from its transfer operator, without sampling (numerics.md 1.3, section 9 cases
 * 6, 10 and 13): the double well of a behavioural source, the subthreshold latch of two nodes, Brillouin's diode.
 */
#include "operator.h"

static const double TOL_DIGITS = 0.02;   /* of a bias: "two significant digits" */
static const double TOL_DIGITS_6 = 2e-6; /* numerics.md gives six decimals of gap and variance */
static const double TOL_SAME = 1e-13;    /* V_T: two programs, one scheme */
static const double TOL_SPECTRUM =
    1e-6; /* of an eigenvalue, from the same points; the program splits a few steps in corners */
static const double TOL_FP = 6e-3;       /* numerics.md case 13: gap and variance at h = 0.04 */
static const double TOL_SIGMA = 0.005;   /* issue: mean of Brillouin's diode, of sigma */
static const double TOL_VARIANCE = 0.01; /* and its variance */
static const double TOL_TABLE = 3e-4;    /* of sigma: physics.md 1.10 gives four decimals */

/* dx = -V'(x) dt + sqrt(2D) dW, V = (x^2 - 1)^2 - F x, in volts and seconds: C = 1 fF, and a resistor of 1/C ohm whose
 * own current the behavioural source takes back; scale makes its noise 2D. */
static const double WELL_D = 0.25;

static sde_bench well(sim_method method, double h)
{
	const double c = 1e-15, kt = PHYS_K * 300;
	const sde_options o = {.reading = SIM_HK, .method = method, .scale = sqrt(WELL_D * c / kt), .h = h};
	return bench_open("well\n.temp 26.85\nc1 x 0 1f\nr1 x 0 1e15\n"
	                  "b1 x 0 i='1e-15*(4*v(x)*(v(x)*v(x)-1)-0.1-v(x))'\n.end\n",
	                  &o);
}

typedef struct well_law {
	double gap, mean, square;
} well_law;

static well_law well_operator(sim_method method, double h)
{
	/* lm takes (xi_n + xi_{n+1})/2, so x_n - sqrt(2 D h) xi_n/2 is what has a transfer operator */
	const double kick = method == SIM_LM ? sqrt(2 * WELL_D * h) / 2 : 0;
	const op_spec spec = {.n = 96, .hermite = 32, .low = -2.3, .high = 2.3, .kick = -kick};
	sde_bench b = well(method, h);
	const int node[] = {bench_node(&b, "x")};
	op_transfer o = op_build(&b, node, 1, &spec);
	well_law law = {0};
	law.gap = -log(op_second(&o, o.axis.x, (int)(10 / h))) / h; /* the third mode must have died */
	op_square(&o, 18);                                          /* 2^18 h > 600 */
	for (int j = 0; j < o.n; j++) {
		law.mean += o.t[j] * o.axis.x[j];
		law.square += o.t[j] * o.axis.x[j] * o.axis.x[j];
	}
	law.square += kick * kick;
	T_TRUE(o.outside < 1e-12);
	T_INT(b.failed, 0);
	op_free(&o);
	bench_close(&b);
	return law;
}

static void test_double_well(void)
{
	t_section("double well: biases of the schemes (exact gap 3.1625701e-2, <x^2> 0.9282025943)");
	const double gap = 3.1625701e-2, square = 0.9282025943;
	const well_law w20 = well_operator(SIM_WT2, 0.02), w10 = well_operator(SIM_WT2, 0.01);
	const well_law w25 = well_operator(SIM_WT2, 0.0025);
	const well_law em = well_operator(SIM_EM, 0.01), be = well_operator(SIM_BE, 0.02);
	const well_law heun = well_operator(SIM_HEUN, 0.02), lm = well_operator(SIM_LM, 0.01);
	const double e20 = w20.gap / gap - 1, e10 = w10.gap / gap - 1, e25 = w25.gap / gap - 1;
	printf("  wt2 gap error %.4e (h 0.02) %.4e (0.01) %.4e (0.0025), order %.3f\n", e20, e10, e25,
	       log(e10 / e25) / log(4));
	printf("  wt2 <x^2> error %.3e (0.02) %.3e (0.01)\n", w20.square - square, w10.square - square);
	printf("  em <x^2> error %.4e (0.01); be gap %.4f (0.02), <x^2> %.4e; heun gap %.3e\n", em.square - square,
	       be.gap / gap - 1, be.square - square, heun.gap / gap - 1);
	T_REL(e20, 1.874e-3, TOL_DIGITS);
	T_REL(e10, 6.398e-4, TOL_DIGITS);
	T_TRUE(log(e10 / e25) / log(4) > 1.7 && log(e10 / e25) / log(4) < 2.1);
	printf("  lm <x^2> error %.3e (0.01), gap %.3e\n", lm.square - square, lm.gap / gap - 1);
	T_REL(em.square - square, -3.009e-3, TOL_DIGITS);
	T_REL(lm.square - square, 5.90e-6, TOL_DIGITS);
	T_ABS(be.gap / gap - 1, -0.0153, 1e-4);
	T_ABS(heun.gap / gap - 1, -1.3e-4, 1e-5);
	T_ABS(w20.mean, 0.3514512166, 1e-3);
}

/* Latch of numerics.md section 3 in units V_T = 26 mV, t0 = C V_T/I0: V_dd = 2 in all, eps = q/(C V_T) = 0.1. */
static sde_bench latch(sim_reading reading, double h_over_t0)
{
	const double c = PHYS_Q / (0.1 * 0.026), t0 = c * 0.026 / 1e-9;
	const sde_options o = {.reading = reading, .method = SIM_WT2, .scale = 1, .h = h_over_t0 * t0};
	return bench_open("latch\n.param u=26m co='1.602176634e-19/(0.1*u)'\n"
	                  ".temp 'u*1.602176634e-19/1.380649e-23-273.15'\nvdd vdd 0 'u'\nvss vss 0 '-u'\n"
	                  "mn1 v1 v2 vss vss n\nmp1 v1 v2 vdd vdd p\nmn2 v2 v1 vss vss n\nmp2 v2 v1 vdd vdd p\n"
	                  "c1 v1 0 'co'\nc2 v2 0 'co'\n.model n nmos level=subvt i0=1n\n"
	                  ".model p pmos level=subvt i0=1n\n.end\n",
	                  &o);
}

/*
 * The same scheme written down independently, in units of V_T and t0, voltages from the middle of the rails.
 * numerics.md merges the two sources of a node into one normal; the program gives every transistor its own, so that its
 * noise can be booked on it. Both have the same limit; the second has an error of first order in h.
 */
typedef struct latch_local {
	double f, s2[2], g_self, g_other; /* current leaving the node with its drift; s^2 of n and p */
} latch_local;

static latch_local latch_node(double v, double other)
{
	const double eps = 0.1, p = exp(1 - other), n = exp(1 + other), back_n = exp(-1 - v), back_p = exp(v - 1);
	const double drift = 0.25 * eps * (p * back_p - n * back_n);
	return (latch_local){.f = n * (1 - back_n) - p * (1 - back_p) - drift,
	                     .s2 = {eps * n * (1 + back_n), eps * p * (1 + back_p)},
	                     .g_self = n * back_n + p * back_p,
	                     .g_other = n * (1 - back_n) + p * (1 - back_p)};
}

static double latch_noise(const latch_local *a, const double *xi, int node, int merged, double h)
{
	return merged ? sqrt(h * (a->s2[0] + a->s2[1])) * xi[node]
	              : sqrt(h * a->s2[0]) * xi[2 * node] + sqrt(h * a->s2[1]) * xi[2 * node + 1];
}

/* xi: merged: of nodes 1, 2; else of n1, p1, n2, p2 */
static void latch_step(double v[2], const double *xi, double h, int merged)
{
	const latch_local a = latch_node(v[0], v[1]), b = latch_node(v[1], v[0]);
	const double w00 = 1 + h / 2 * a.g_self, w11 = 1 + h / 2 * b.g_self;
	const double w01 = h / 2 * a.g_other, w10 = h / 2 * b.g_other, det = w00 * w11 - w01 * w10;
	const double na = latch_noise(&a, xi, 0, merged, h), nb = latch_noise(&b, xi, 1, merged, h);
	const double ra = -h * a.f - na, rb = -h * b.f - nb;
	const double da = (w11 * ra - w01 * rb) / det, db = (w00 * rb - w10 * ra) / det;
	const latch_local c = latch_node(v[0] + da, v[1] + db), d = latch_node(v[1] + db, v[0] + da);
	const double sa = -h / 2 * (a.f + c.f) - na - da, sb = -h / 2 * (b.f + d.f) - nb - db;
	v[0] += da + (w11 * sa - w01 * sb) / det - 0.5 * (latch_noise(&c, xi, 0, merged, h) - na);
	v[1] += db + (w00 * sb - w10 * sa) / det - 0.5 * (latch_noise(&d, xi, 1, merged, h) - nb);
}

enum { LATCH_POINTS = 31 };
static const double LATCH_BOX = 2.8; /* V_T; the wells are at +-0.82, their sigma below 0.35 */

typedef struct latch_law {
	double gap, variance;
} latch_law;

static latch_law latch_spectrum(op_transfer *o, double h, double unit)
{
	const int n = o->axis.n;
	double *odd = op_array((size_t)o->n), *even = op_array((size_t)o->n);
	for (int i = 0; i < o->n; i++) {
		odd[i] = o->axis.x[i / n] - o->axis.x[i % n];
		even[i] = 1.0 / o->n;
	}
	latch_law law = {.gap = -log(op_second(o, odd, (int)(10 / h))) / h};
	double *p = op_stationary(o, even, (int)(10 / h));
	for (int i = 0; i < o->n; i++)
		law.variance += p[i] * o->axis.x[i / n] * o->axis.x[i / n] / (unit * unit);
	free(p);
	free(odd);
	free(even);
	op_free(o);
	return law;
}

static latch_law latch_operator(sim_reading reading, double h)
{
	const op_spec spec = {.n = LATCH_POINTS, .hermite = 5, .low = -LATCH_BOX * 0.026, .high = LATCH_BOX * 0.026};
	sde_bench b = latch(reading, h);
	const int node[] = {bench_node(&b, "v1"), bench_node(&b, "v2")};
	op_transfer o = op_build(&b, node, 2, &spec);
	T_TRUE(o.outside < 1e-9);
	T_INT(b.failed, 0);
	bench_close(&b);
	return latch_spectrum(&o, h, 0.026);
}

static latch_law latch_independent(double h, int merged)
{
	double hx[OPERATOR_HERMITE], hw[OPERATOR_HERMITE], card[2 * LATCH_POINTS], xi[4];
	const int n = LATCH_POINTS, hermite = merged ? 10 : 5, count = merged ? 100 : 625;
	op_transfer o = {.dim = 2, .n = n * n, .axis = op_axis_make(n, -LATCH_BOX, LATCH_BOX)};
	o.t = op_array((size_t)o.n * (size_t)o.n);
	op_hermite(hermite, hx, hw);
	for (int row = 0; row < o.n; row++)
		for (int q = 0; q < count; q++) {
			double w = 1, v[2] = {o.axis.x[row / n], o.axis.x[row % n]};
			for (int k = 0, rest = q; k < (merged ? 2 : 4); k++, rest /= hermite) {
				xi[k] = hx[rest % hermite];
				w *= hw[rest % hermite];
			}
			latch_step(v, xi, h, merged);
			op_add(&o, row, v, w, card);
		}
	return latch_spectrum(&o, h, 1);
}

/* Which of n1, p1, n2, p2 makes a source: its name is mn1, mp1, mn2, mp2. */
static int latch_place(const sde_bench *b, int source)
{
	const char *name = b->deck.circuit->instance[sde_source_instance(b->plan, source)].name;
	return 2 * (name[2] - '1') + (name[1] == 'p');
}

static void test_latch_step(void)
{
	t_section("latch: one step against the scheme written down independently");
	sde_bench b = latch(SIM_HK, 0.04);
	const int node[] = {bench_node(&b, "v1"), bench_node(&b, "v2")};
	double worst = 0;
	T_INT(b.n_source, 4);
	for (int k = 0; k < 200 && b.n_source == 4; k++) {
		double xi[4], placed[4], v[2] = {1.5 * sin(k), 1.5 * cos(1.7 * k)}, x[2] = {0.026 * v[0], 0.026 * v[1]};
		for (int i = 0; i < 4; i++) {
			xi[i] = 2 * sin(3.1 * k + 2.3 * i);
			placed[latch_place(&b, i)] = xi[i];
		}
		bench_map(&b, node, 2, 1, x, xi, NULL);
		latch_step(v, placed, 0.04, 0);
		worst = fmax(worst, fmax(fabs(x[0] / 0.026 - v[0]), fabs(x[1] / 0.026 - v[1])));
	}
	printf("  largest difference of 200 steps: %.2e V_T\n", worst);
	T_TRUE(worst < TOL_SAME);
	bench_close(&b);
}

static void test_latch(void)
{
	t_section("latch: slow rate and variance (HK exact 0.2017066, 0.670782; jumps 0.196387, 0.668763)");
	const latch_law merged = latch_independent(0.04, 1), own = latch_independent(0.04, 0);
	const latch_law h4 = latch_operator(SIM_HK, 0.04), h2 = latch_operator(SIM_HK, 0.02);
	const latch_law shifted = latch_operator(SIM_SHIFTED, 0.04), ito = latch_operator(SIM_ITO, 0.02);
	printf("  one normal per node       h 0.04  %.6f %.6f\n", merged.gap, merged.variance);
	printf("  one per transistor        h 0.04  %.6f %.6f\n", own.gap, own.variance);
	printf("  program, hk               h 0.04  %.6f %.6f   h 0.02  %.6f %.6f\n", h4.gap, h4.variance, h2.gap,
	       h2.variance);
	printf("  program, shifted          h 0.04  %.6f %.6f\n", shifted.gap, shifted.variance);
	printf("  program, ito              h 0.02  %.6f %.6f\n", ito.gap, ito.variance);
	T_ABS(merged.gap, 0.202145, TOL_DIGITS_6);
	T_ABS(merged.variance, 0.672860, TOL_DIGITS_6);
	T_REL(h4.gap, own.gap, TOL_SPECTRUM);
	T_REL(h4.variance, own.variance, TOL_SPECTRUM);
	T_REL(h4.gap, 0.2017066, TOL_FP);
	T_REL(h4.variance, 0.670782, TOL_FP);
	T_REL(h2.gap, 0.2017066, TOL_FP / 2);
	T_REL(h2.variance, 0.670782, TOL_FP / 2);
	T_REL(shifted.gap, 0.19638698, TOL_FP);
	T_REL(shifted.variance, 0.6687629, TOL_FP);
	T_REL(ito.gap, 0.27241, 0.01);
}

/* Diode and capacitor at 300 K: law of one node. */
typedef struct diode_law {
	double mean, variance; /* of sigma, of kT/C */
} diode_law;

static diode_law diode_operator(sim_reading reading, double c, double h_rate)
{
	const double u = PHYS_K * 300 / PHYS_Q, sigma = sqrt(PHYS_K * 300 / c), is = 1e-9;
	const sde_options o = {.reading = reading, .method = SIM_WT2, .scale = 1, .h = h_rate * c * u / is};
	const op_spec spec = {.n = 72, .hermite = 24, .low = -8.5 * sigma, .high = 8.5 * sigma};
	char text[300];
	snprintf(text, sizeof text, "diode\n.temp 26.85\nd1 a 0 dj\nc1 a 0 %.17g\n.model dj d(is=1n n=1)\n.end\n", c);
	sde_bench b = bench_open(text, &o);
	const int node[] = {bench_node(&b, "a")};
	op_transfer t = op_build(&b, node, 1, &spec);
	op_square(&t, 14);
	const double *p = t.t + (size_t)(t.n / 2) * (size_t)t.n;
	double mean = 0, square = 0;
	for (int j = 0; j < t.n; j++) {
		mean += p[j] * t.axis.x[j];
		square += p[j] * t.axis.x[j] * t.axis.x[j];
	}
	T_INT(b.failed, 0);
	op_free(&t);
	bench_close(&b);
	return (diode_law){mean / sigma, (square - mean * mean) / (sigma * sigma)};
}

static void test_brillouin(void)
{
	t_section("Brillouin's diode: mean over sigma, variance over kT/C (physics.md 1.10)");
	static const struct {
		sim_reading reading;
		const char *name;
		double mean[2], variance[2]; /* 1 fF, 0.1 fF */
	} row[] = {{SIM_SHIFTED, "shifted", {0, 0}, {1.0000016, 1.00016}},
	           {SIM_HK, "hk", {0, 0}, {1.00155, 1.0157}},
	           {SIM_STRAT, "strat", {-0.0197, -0.0627}, {1.0008, 1.0078}},
	           {SIM_ITO, "ito", {-0.0394, -0.1245}, {1, 1.0002}}};
	static const double c[2] = {1e-15, 1e-16};
	for (size_t k = 0; k < sizeof row / sizeof *row; k++)
		for (int i = 0; i < 2; i++) {
			const diode_law coarse = diode_operator(row[k].reading, c[i], 0.25);
			const diode_law fine = diode_operator(row[k].reading, c[i], 0.02);
			printf("  %-7s %g F: h 0.25: %.5f %.5f; h 0.02: %.6f %.6f; exact %.4f %.5f\n", row[k].name,
			       c[i], coarse.mean, coarse.variance, fine.mean, fine.variance, row[k].mean[i],
			       row[k].variance[i]);
			T_ABS(fine.mean, row[k].mean[i], TOL_TABLE);
			T_ABS(fine.variance, row[k].variance[i], TOL_TABLE);
			if (row[k].reading != SIM_SHIFTED)
				continue;
			T_ABS(coarse.mean, 0, TOL_SIGMA);
			T_ABS(coarse.variance, 1, TOL_VARIANCE);
		}
}

int main(void)
{
	test_double_well();
	test_brillouin();
	test_latch_step();
	test_latch();
	return t_done();
}
