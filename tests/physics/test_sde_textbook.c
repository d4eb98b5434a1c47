/* SPDX-License-Identifier: Apache-2.0
 * Textbook processes as circuits (numerics.md 1.6, section 9 cases 5 and 9). A diode in forward bias makes the noise
 * s^2 = q I of its current, and a nonlinear capacitor chooses what that is a function of:
 *
 *   GBM   Q = Q0 e^{v/2U} = Q0 X, I = I0 X^2: noise sqrt(q I0) X; a B source takes the current back and adds mu Q0 X.
 *         dX = mu X dt + s X dW with s^2 = q I0/Q0^2 in Ito's sense. Strong errors against X(1) of the same path.
 *   CIR   Q = Q0 e^{v/U} = Q0 Z, I = I0 Z, fed by I0: dZ = k (1 - Z) dt + s sqrt(Z) dW, k = I0/Q0, s^2 = k q/Q0.
 *         Gamma with mean 1, variance s^2/2k, skewness s sqrt(2/k); correlation e^{-k t}. From the transfer operator.
 *
 * The diode's cathode is at -0.5 V, where its reverse current is 4e-9 of I0.
 */
#include "base/gauss.h"
#include "base/philox.h"
#include "operator.h"

static const double U = PHYS_K * 300 / PHYS_Q;

/* Strong errors: 40000 paths. The square of an error scatters by some 1.5 of itself, its root then by 0.4 %. */
enum { PATHS = 40000, FINEST = 128, LEVELS = 4 };
static const double MU = 0.05, SIGMA = 0.2;
static const double TOL_STRONG = 0.02, TOL_ORDER = 0.03;

static sde_bench gbm(sim_method method)
{
	const sde_options o = {.reading = SIM_ITO, .method = method, .scale = 1, .h = 1.0 / FINEST};
	return bench_open(
	    "gbm\n.temp 26.85\n.param u='kboltz*300/qelec' q0='1000*qelec' i0='0.04*q0*q0/qelec'\n"
	    "vk k 0 -0.5\nd1 x k dm\n.model dm d is='i0*exp(-0.5/u)' n=1 tnom=26.85\nc1 x 0 q='q0*exp(v(x)/(2*u))'\n"
	    "b1 x 0 i='-i0*exp(v(x)/u)-0.05*q0*exp(v(x)/(2*u))'\n.end\n",
	    &o);
}

/* Strong error from E R^2, E R G, E G^2 of the factors by which a step of h and the exact solution multiply X. em: R =
 * 1 + mu h + s W. heun: 1 + a with a = (mu - s^2/2) h + s W predicts, and R is the mean of both ends; but Ito's drift,
 * which is -(P^-1/4) dS/dv and has P at the step's beginning, is -(s^2/2)(1 + a)^2 and not -(s^2/2)(1 + a) there. */
static double exact_error(sim_method method, int n)
{
	double x[OPERATOR_HERMITE], w[OPERATOR_HERMITE], rr = 0, rg = 0, gg = 0;
	const double h = 1.0 / n;
	op_hermite(OPERATOR_HERMITE, x, w);
	for (int k = 0; k < OPERATOR_HERMITE; k++) {
		const double w1 = SIGMA * sqrt(h) * x[k], a = (MU - SIGMA * SIGMA / 2) * h + w1, g = exp(a);
		const double heun = 1 + (MU * h + w1) * (1 + a / 2) - SIGMA * SIGMA / 4 * h * (1 + (1 + a) * (1 + a));
		const double r = method == SIM_EM ? 1 + MU * h + w1 : heun;
		rr += w[k] * r * r;
		rg += w[k] * r * g;
		gg += w[k] * g * g;
	}
	return sqrt(pow(rr, n) - 2 * pow(rg, n) + pow(gg, n));
}

/* From X = 1, the path of `fine` [FINEST][LANES] in n steps; squares of the errors at t = 1 are added. */
static void run_path(sde_bench *b, int node, int n, const double *fine, double *square)
{
	const int part = FINEST / n;
	double total[LANES] = {0};
	memset(b->tile->x, 0, (size_t)b->deck.system->n_unknown * LANES * sizeof(double));
	b->failed |= sde_begin(b->work, 0);
	for (int k = 0; k < n; k++) {
		for (int l = 0; l < LANES; l++) {
			double sum = 0;
			for (int j = 0; j < part; j++)
				sum += fine[(k * part + j) * LANES + l];
			b->xi[l] = sum / sqrt(part);
			total[l] += sum / sqrt(FINEST);
		}
		b->failed |= sde_step(b->work, 1.0 / n, b->xi, NULL);
	}
	for (int l = 0; l < LANES; l++) {
		/* charge that leaves the node is +N: the Wiener process runs against xi */
		const double exact = exp(MU - SIGMA * SIGMA / 2 - SIGMA * total[l]);
		const double error = exp(b->tile->x[node * LANES + l] / (2 * U)) - exact;
		*square += error * error;
	}
}

static void strong_errors(sim_method method, double error[LEVELS])
{
	static double fine[FINEST * LANES] __attribute__((aligned(64)));
	sde_bench b = gbm(method);
	const int node = bench_node(&b, "x");
	double square[LEVELS] = {0};
	T_INT(b.n_source, 1);
	for (uint32_t tile = 0; tile < PATHS / LANES; tile++) {
		uint32_t trajectory[LANES];
		for (uint32_t l = 0; l < LANES; l++)
			trajectory[l] = tile * LANES + l;
		for (uint64_t k = 0; k < FINEST / 4; k++)
			gauss_block(philox_make_key(3, PHILOX_TEST), k, 0, trajectory, fine + k * 4 * LANES);
		for (int k = 0; k < LEVELS; k++)
			run_path(&b, node, FINEST >> (LEVELS - 1 - k), fine, &square[k]);
	}
	for (int k = 0; k < LEVELS; k++)
		error[k] = sqrt(square[k] / PATHS);
	T_INT(b.failed, 0);
	bench_close(&b);
}

static double fitted_order(const double error[LEVELS])
{
	double sum = 0; /* slope of ln error over -ln h, abscissae -1.5 .. 1.5 in ln 2 */
	for (int k = 0; k < LEVELS; k++)
		sum += (1.5 - k) * log(error[k]);
	return sum / (5 * log(2));
}

static void test_gbm(void)
{
	t_section("strong order on geometric Brownian motion: em, heun, wt2; 16 to 128 steps");
	static const double table[LEVELS] = {7.60971e-3, 5.37178e-3, 3.79517e-3, 2.68243e-3};
	double em[LEVELS], heun[LEVELS], wt2[LEVELS];
	strong_errors(SIM_EM, em);
	strong_errors(SIM_HEUN, heun);
	strong_errors(SIM_WT2, wt2);
	for (int k = 0; k < LEVELS; k++) {
		const int n = FINEST >> (LEVELS - 1 - k);
		printf("  N %3d: em %.5e (exact %.5e), heun %.5e (%.5e), wt2 %.5e\n", n, em[k], exact_error(SIM_EM, n),
		       heun[k], exact_error(SIM_HEUN, n), wt2[k]);
		T_REL(exact_error(SIM_EM, n), table[k], 1e-5);
		T_REL(em[k], table[k], TOL_STRONG);
		T_REL(heun[k], exact_error(SIM_HEUN, n), TOL_STRONG);
	}
	printf("  orders: em %.4f, heun %.4f, wt2 %.4f\n", fitted_order(em), fitted_order(heun), fitted_order(wt2));
	T_ABS(fitted_order(em), 0.5, TOL_ORDER);
	T_ABS(fitted_order(heun), 1, TOL_ORDER);
	T_ABS(fitted_order(wt2), 1, TOL_ORDER);
}

/* k = 2, s = 1/2: Q0 = k q/s^2 = 8 q. */
static const double KAPPA = 2;

static sde_bench cir(double h)
{
	const sde_options o = {.reading = SIM_ITO, .method = SIM_WT2, .scale = 1, .h = h};
	return bench_open(
	    "cir\n.temp 26.85\n.param u='kboltz*300/qelec' q0='8*qelec' i0='2*q0'\nvk k 0 -0.5\nd1 x k dm\n"
	    ".model dm d is='i0*exp(-0.5/u)' n=1 tnom=26.85\nc1 x 0 q='q0*exp(v(x)/u)'\ni1 0 x dc 'i0'\n.end\n",
	    &o);
}

typedef struct cir_law {
	double mean, variance, skew, decay;
} cir_law;

/* decay: C(0.5)/C(0) */
static cir_law cir_operator(double h)
{
	const op_spec spec = {.n = 64, .hermite = 10, .low = log(0.15) * U, .high = log(3.4) * U};
	sde_bench b = cir(h);
	const int node[] = {bench_node(&b, "x")}, steps = (int)round(0.5 / h);
	op_transfer o = op_build(&b, node, 1, &spec);
	const size_t n = (size_t)o.n;
	double *z = op_array(n), *later = op_array(n), *next = op_array(n), *start = op_array(n);
	for (size_t j = 0; j < n; j++)
		z[j] = exp(o.axis.x[j] / U);
	memcpy(later, z, n * sizeof *z);
	for (int k = 0; k < steps; k++) {
		op_apply(&o, later, next);
		memcpy(later, next, n * sizeof *z);
	}
	start[n / 2] = 1;
	double *p = op_stationary(&o, start, (int)(20 / h)), m[4] = {0}, product = 0;
	for (size_t j = 0; j < n; j++) {
		m[1] += p[j] * z[j];
		m[2] += p[j] * z[j] * z[j];
		m[3] += p[j] * z[j] * z[j] * z[j];
		product += p[j] * z[j] * later[j];
	}
	const double v = m[2] - m[1] * m[1];
	const cir_law law = {m[1], v, (m[3] - 3 * m[1] * m[2] + 2 * m[1] * m[1] * m[1]) / (v * sqrt(v)),
	                     (product - m[1] * m[1]) / v};
	printf("  h %.4g: mean %.6f, variance %.6f, skewness %.5f, C(0.5)/C(0) %.6f; outside %.1e\n", h, law.mean,
	       law.variance, law.skew, law.decay, o.outside);
	T_INT(b.failed, 0);
	T_TRUE(o.outside < 1e-7);
	free(z);
	free(later);
	free(next);
	free(start);
	free(p);
	op_free(&o);
	bench_close(&b);
	return law;
}

static void test_cir(void)
{
	t_section("the square-root process: Gamma law and exponential correlation, from the transfer operator");
	const cir_law law = cir_operator(0.02);
	T_ABS(law.mean, 1, 5e-4);
	T_REL(law.variance, 0.0625, 5e-3);
	T_ABS(law.skew, 0.5, 0.02);
	T_REL(law.decay, exp(-KAPPA * 0.5), 5e-3);
}

int main(void)
{
	test_gbm();
	test_cir();
	return t_done();
}
