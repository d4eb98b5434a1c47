/* SPDX-License-Identifier: Apache-2.0
 * Linear circuits by covariance recursion: the step is x' = A x + B xi, found by unit vectors, and the stationary
 * covariance of the recursion is compared with closed forms (numerics.md section 9, cases 1, 2 and 4). No sampling.
 */
#include "sde_bench.h"

static const double TOL_KTC = 1e-12; /* numerics.md 1.3: exact at every step */
static const double TOL_STIFF = 1e-12;
static const double TOL_HEAT = 1e-10;
static const double TOL_OU = 1e-10;
static const double T0 = 300;

static sde_options options(sim_method method, double h)
{
	return (sde_options){.reading = SIM_SHIFTED, .method = method, .scale = 1, .energy = 1, .h = h};
}

static void test_ktc(void)
{
	t_section("kT/C of an RC at h/RC from 0.01 to 1e4");
	static const double z[] = {0.01, 0.1, 1, 10, 100, 1e4};
	for (size_t i = 0; i < sizeof z / sizeof *z; i++) {
		const sde_options o = options(SIM_WT2, z[i] * 1e-9);
		sde_bench b = bench_open("rc\n.temp 26.85\nr1 a 0 1meg\nc1 a 0 1f\n.end\n", &o);
		const int node[] = {bench_node(&b, "a")};
		const bench_linear r = bench_linearise(&b, node, 1);
		double s;
		bench_covariance(&r, &s);
		printf("  h/RC %-6g variance/(kT/C) - 1 = %.2e\n", z[i], s / (PHYS_K * T0 / 1e-15) - 1);
		T_REL(s, PHYS_K * T0 / 1e-15, TOL_KTC);
		T_REL(r.a[0], (1 - z[i] / 2) / (1 + z[i] / 2), 1e-12 * (1 + z[i]));
		bench_close(&b);
	}
}

/* Case 4: variance over kT/C, and relaxation. */
typedef struct ou_row {
	sim_method method;
	const char *name;
	double (*variance)(double z), (*factor)(double z);
	double most; /* z up to which the scheme is stable */
} ou_row;

static double one(double z)
{
	return z > 0 ? 1 : 0;
}
static double em_variance(double z)
{
	return 1 / (1 - z / 2);
}
static double em_factor(double z)
{
	return 1 - z;
}
static double be_variance(double z)
{
	return 1 / (1 + z / 2);
}
static double be_factor(double z)
{
	return 1 / (1 + z);
}
static double trapezoid_factor(double z)
{
	return (1 - z / 2) / (1 + z / 2);
}
static double heun_factor(double z)
{
	return 1 - z + z * z / 2;
}
static double heun_variance(double z)
{
	const double b = 1 - z / 2, a = heun_factor(z);
	return b * b * 2 * z / (1 - a * a);
}

static void test_ou(void)
{
	t_section("Ornstein-Uhlenbeck: every method has its own bias, as derived");
	static const ou_row row[] = {{SIM_WT2, "wt2", one, trapezoid_factor, 1e3},
	                             {SIM_BE, "be", be_variance, be_factor, 1e3},
	                             {SIM_HEUN, "heun", heun_variance, heun_factor, 1.5},
	                             {SIM_EM, "em", em_variance, em_factor, 1.5},
	                             {SIM_LM, "lm", one, em_factor, 1.5}};
	static const double z[] = {0.1, 0.5, 1, 10};
	for (size_t k = 0; k < sizeof row / sizeof *row; k++)
		for (size_t i = 0; i < sizeof z / sizeof *z; i++) {
			if (z[i] > row[k].most)
				continue;
			const sde_options o = options(row[k].method, z[i] * 1e-9);
			sde_bench b = bench_open("rc\n.temp 26.85\nr1 a 0 1meg\nc1 a 0 1f\n.end\n", &o);
			const int node[] = {bench_node(&b, "a")};
			const bench_linear r = bench_linearise(&b, node, 1);
			/* x' = a x + b xi + d xi_next: Cov(x_n, xi_n) = d */
			const double a = r.a[0], u = r.b[0], d = r.b_next[0];
			const double s = (u * u + d * d + 2 * a * u * d) / (1 - a * a);
			printf("  %-4s z %-4g variance %.9f  factor %.9f\n", row[k].name, z[i],
			       s / (PHYS_K * T0 / 1e-15), a);
			T_REL(s, row[k].variance(z[i]) * PHYS_K * T0 / 1e-15, TOL_OU);
			T_ABS(a, row[k].factor(z[i]), TOL_OU);
			bench_close(&b);
		}
}

/* Case 1: covariance kT C^-1; nodes 1, 2 coupled, node 3 of 0.1 aF alone; an algebraic node on a noiseless divider. */
static void test_stiff(void)
{
	t_section("stiff circuit with an algebraic node: covariance is kT C^-1");
	static const char text[] = "stiff\n.temp 26.85\nv1 in 0 1\nra in mid 1k noisy=0\nrb mid 0 1k noisy=0\n"
	                           "c1 n1 0 1f\nc2 n2 0 2f\nc3 n3 0 0.1a\nc12 n1 n2 0.5f\n"
	                           "r1 n1 0 1k\nr2 n2 n1 1meg\nr3 n3 n2 1g\nr4 n2 0 1meg\n.end\n";
	/* two-node part: [1.5 -0.5; -0.5 2.5] fF, determinant 3.5 */
	const double kt = PHYS_K * T0;
	const double want[9] = {
	    kt * 2.5 / 3.5e-15, kt * 0.5 / 3.5e-15, 0, kt * 0.5 / 3.5e-15, kt * 1.5 / 3.5e-15, 0, 0, 0, kt / 1e-19};
	static const double z[] = {0.1, 10, 1e4};
	for (size_t i = 0; i < sizeof z / sizeof *z; i++) {
		const double fastest = 1e12 * 2.5 / 3.5; /* r1 on node 1 */
		const sde_options o = options(SIM_WT2, z[i] / fastest);
		sde_bench b = bench_open(text, &o);
		const int node[] = {bench_node(&b, "n1"), bench_node(&b, "n2"), bench_node(&b, "n3")};
		const bench_linear r = bench_linearise(&b, node, 3);
		double s[9], worst = 0;
		bench_covariance(&r, s);
		for (int e = 0; e < 9; e++) {
			const double size = sqrt(want[e / 3 * 4] * want[e % 3 * 4]);
			worst = fmax(worst, fabs(s[e] - want[e]) / size);
			T_ABS(s[e] / size, want[e] / size, TOL_STIFF);
		}
		printf("  lambda h = %g: largest error %.2e of sqrt(s_ii s_jj)\n", z[i], worst);
		T_ABS(b.tile->x[bench_node(&b, "mid") * LANES], 0.5, 1e-12);
		T_INT(b.failed, 0);
		bench_close(&b);
	}
	T_REL(want[0], 2.95853357e-6, 1e-8);
}

/* Case 2. Ciliberto et al., PRL 110, 180601. */
static void test_two_temperatures(void)
{
	t_section("two temperatures: covariance of a circuit out of equilibrium");
	static const double z[] = {0.1, 1, 100};
	for (size_t i = 0; i < sizeof z / sizeof *z; i++) {
		const sde_options o = options(SIM_WT2, z[i] * 1e-9);
		sde_bench b = bench_open("two\nr1 a 0 1meg temp=26.85\nr2 b 0 10meg temp=326.85\nc1 a 0 1f\nc2 b 0 1f\n"
		                         "c3 a b 1f\n.end\n",
		                         &o);
		const int node[] = {bench_node(&b, "a"), bench_node(&b, "b")};
		const bench_linear r = bench_linearise(&b, node, 2);
		double s[4];
		bench_covariance(&r, s);
		const double c = 1e-15, r1 = 1e6, r2 = 1e7, t1 = 300, t2 = 600, x = 3 * c * c, y = 2 * c * (r1 + r2);
		const double s1 = PHYS_K * t1 * 2 * c / x + PHYS_K * (t2 - t1) * c * c * r1 / (x * y);
		const double s2 = PHYS_K * t2 * 2 * c / x - PHYS_K * (t2 - t1) * c * c * r2 / (x * y);
		printf("  h/(R1 C) %-4g variances %.10e %.10e covariance %.10e\n", z[i], s[0], s[3], s[1]);
		T_REL(s[0], s1, TOL_HEAT);
		T_REL(s[3], s2, TOL_HEAT);
		T_REL(s[0], 2.8240547728e-6, TOL_HEAT);
		T_REL(s[3], 4.8950282727e-6, TOL_HEAT);
		T_REL(s[1], 1.5061625455e-6, TOL_HEAT);
		/* heat into r1: what its node has beyond equilibrium at T1 */
		const double heat = (s[0] - PHYS_K * t1 * 2 * c / x) / r1;
		T_REL(heat, 6.2756773e-14, 1e-7);
		bench_close(&b);
	}
}

/* An inductor: energy kT/2 in each of L and C, and no coupling between them. */
static void test_resonator(void)
{
	t_section("RLC: equipartition over inductor and capacitor at any step");
	static const double z[] = {0.1, 3, 100};
	for (size_t i = 0; i < sizeof z / sizeof *z; i++) {
		const sde_options o = options(SIM_WT2, z[i] * 1e-9);
		sde_bench b = bench_open("rlc\n.temp 26.85\nr1 a 0 1meg\nc1 a 0 1f\nl1 a 0 1m\n.end\n", &o);
		const int node[] = {bench_node(&b, "a"), mna_branch(b.deck.system, bench_instance(&b, "l1"))};
		const bench_linear r = bench_linearise(&b, node, 2);
		double s[4];
		bench_covariance(&r, s);
		T_REL(s[0], PHYS_K * T0 / 1e-15, 1e-11);
		T_REL(s[3], PHYS_K * T0 / 1e-3, 1e-11);
		T_ABS(s[1] / sqrt(s[0] * s[3]), 0, 1e-11);
		bench_close(&b);
	}
}

int main(void)
{
	test_ktc();
	test_ou();
	test_stiff();
	test_two_temperatures();
	test_resonator();
	return t_done();
}
