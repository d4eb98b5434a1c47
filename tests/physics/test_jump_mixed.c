/* SPDX-License-Identifier: Apache-2.0
 * Jumps beside what is not jumps:
 *   EKV packets of charge, 0.1 fF at equilibrium through a channel in moderate inversion: mean 0, variance kT/C, though
 *   the packet changes from jump to jump; between two sources: mean I and noise S of the model;
 *   a nonlinear capacitor behind a diode: <q v> = kT and the Gibbs value of <v^2> (physics.md 2.1), books closed;
 *   a gate that is ramped: the electrons of a saturated transistor are Poisson, mean and variance the integrals of the
 *   rates;
 *   a diode's own junction charge.
 */
#include "sde_bench.h"

static const double SIGMAS = 4.5, TOL_BOOKS = 1e-9, KT = PHYS_K * 300;
static const char *const CARD = ".model n nmos level=44 cox=1e-7 leta=0 weta=0 lambda=0 vto=0.5 gamma=0.5 dl=0 dw=0\n";

typedef struct moments {
	double n, sum, square, fourth;
} moments;

static void note(moments *m, double x)
{
	m->n += 1;
	m->sum += x;
	m->square += x * x;
	m->fourth += x * x * x * x;
}

static void seed(sde_bench *b, uint64_t number)
{
	uint32_t trajectory[LANES];
	for (uint32_t l = 0; l < LANES; l++)
		trajectory[l] = l;
	sde_seed(b->work, number, trajectory);
}

static uint32_t step(sde_bench *b, double h, int count)
{
	uint32_t failed = 0;
	for (int k = 0; k < count; k++)
		failed |= sde_step(b->work, h, b->xi, b->xi_next);
	return failed;
}

static void books_closed(const sde_bench *b)
{
	double residual[LANES];
	sde_residual(b->work, residual);
	for (int l = 0; l < LANES; l++)
		T_TRUE(residual[l] < TOL_BOOKS);
}

static void test_packets_at_rest(void)
{
	enum { COUNT = 1500, EACH = 16 }; /* 96 ps, three relaxation times: samples are independent */
	const sde_options o = {.reading = SIM_JUMP, .method = SIM_WT2, .scale = 1, .energy = 1};
	char text[500];
	t_section("EKV packets at equilibrium: %d samples of 0.1 fF", COUNT * LANES);
	snprintf(text, sizeof text, "rest\n.temp 26.85\nvg g 0 0.56\nm1 a g 0 0 n w=1u l=1u\nc1 a 0 0.1f\n%s.end\n",
	         CARD);
	sde_bench b = bench_open(text, &o);
	const int node = bench_node(&b, "a");
	const double h = 6e-12, want = KT / 0.1e-15;
	moments m = {0};
	seed(&b, 3);
	uint32_t failed = sde_begin(b.work, 0);
	failed |= step(&b, h, 200);
	for (int k = 0; k < COUNT; k++) {
		failed |= step(&b, h, EACH);
		for (int l = 0; l < LANES; l++)
			note(&m, b.tile->x[node * LANES + l]);
	}
	const double mean = m.sum / m.n, variance = m.square / m.n, events = sde_events(b.work)[0];
	printf("  mean %.3f %% of sigma, variance %.5f kT/C, %.0f jumps per sample\n", 100 * mean / sqrt(want),
	       variance / want, events / COUNT);
	T_TRUE(events > 20 * COUNT);
	T_ABS(mean / sqrt(want), 0, SIGMAS / sqrt(m.n));
	T_REL(variance, want, SIGMAS * sqrt(2 / m.n));
	T_INT(failed, 0);
	books_closed(&b);
	bench_close(&b);
}

/* Current into the drain and its noise, from the kernel. */
static void device(const sde_bench *b, const double v[4], double *current, double *density)
{
	double port[4 * LANES] __attribute__((aligned(64))), f[4 * LANES] __attribute__((aligned(64)));
	double s[2 * LANES] __attribute__((aligned(64))), g[16 * LANES] __attribute__((aligned(64)));
	const mna_system *system = b->deck.system;
	for (int k = 0; k < system->n_batch; k++) {
		const mna_batch *batch = &system->batch[k];
		if (strcmp(batch->type->name, "mosfet_ekv") != 0)
			continue;
		for (int e = 0; e < 4 * LANES; e++)
			port[e] = v[e / LANES];
		const dev_in in = {.v = port, .k = b->tile->k[k], .shape = batch->shape, .want = DEV_F | DEV_S};
		dev_out out = {.f = f, .s = s, .g = g};
		dev_kernel(batch->type)(&in, &out);
		*current = f[0];
		*density = s[0];
	}
}

static void test_packets_in_flow(void)
{
	enum { COUNT = 3000 };
	const double v[3][2] = {{0.02, 0.56}, {0.2, 0.5}, {0.3, 0.8}}; /* Vds, Vgs */
	t_section("EKV packets between two sources: %d windows", COUNT * LANES);
	for (int k = 0; k < 3; k++) {
		const sde_options o = {.reading = SIM_JUMP, .method = SIM_WT2, .scale = 1, .energy = 1};
		char text[500];
		double current = 0, density = 0;
		snprintf(text, sizeof text, "flow\n.temp 26.85\nvg g 0 %g\nvd d 0 %g\nm1 d g 0 0 n w=1u l=1u\n%s.end\n",
		         v[k][1], v[k][0], CARD);
		sde_bench b = bench_open(text, &o);
		device(&b, (const double[4]){v[k][0], v[k][1], 0, 0}, &current, &density);
		const double h = 60 * PHYS_Q * PHYS_Q / density; /* 30 packets of one electron */
		const double *q = sde_charge(b.work, bench_instance(&b, "vd"));
		moments m = {0};
		double last[LANES] = {0};
		seed(&b, 5);
		uint32_t failed = sde_begin(b.work, 0);
		for (int n = 0; n < COUNT; n++) {
			failed |= step(&b, h, 1);
			for (int l = 0; l < LANES; l++) {
				note(&m, (q[l] - last[l]) - current * h);
				last[l] = q[l];
			}
		}
		const double mean = m.sum / m.n, variance = m.square / m.n, kurtosis = m.fourth / m.n;
		printf("  Vds %g, Vgs %g: I %.4f of the model, S %.4f, %.3g jumps per window\n", v[k][0], v[k][1],
		       1 + mean / (current * h), variance / (density * h / 2), sde_events(b.work)[0] / COUNT);
		T_ABS(mean, 0, SIGMAS * sqrt(variance / m.n));
		T_ABS(variance, density * h / 2, SIGMAS * sqrt((kurtosis - variance * variance) / m.n));
		T_INT(failed, 0);
		books_closed(&b);
		bench_close(&b);
	}
}

/* Moments of node a behind a diode; charge(v) of its capacitor. */
static void test_nonlinear(const char *what, const char *capacitor, double h, double (*charge)(double), double vv)
{
	enum { COUNT = 2400, EACH = 100 }; /* some four relaxation times */
	const sde_options o = {.reading = SIM_JUMP, .method = SIM_WT2, .scale = 1, .energy = 1};
	char text[500];
	t_section("%s, %d samples", what, COUNT * LANES);
	snprintf(text, sizeof text, "moving\n.temp 26.85\n%s\n.end\n", capacitor);
	sde_bench b = bench_open(text, &o);
	const int node = bench_node(&b, "a");
	moments v = {0}, q = {0}, work = {0};
	seed(&b, 8);
	uint32_t failed = sde_begin(b.work, 0);
	failed |= step(&b, h, 2000);
	for (int k = 0; k < COUNT; k++) {
		failed |= step(&b, h, EACH);
		for (int l = 0; l < LANES; l++) {
			const double x = b.tile->x[node * LANES + l];
			note(&v, x);
			note(&work, x * charge(x) / KT);
			note(&q, charge(x));
		}
	}
	const double spread = sqrt((work.square / work.n - 1) / work.n);
	printf("  <v> %.4f sigma, <v^2> %.5f of exact, <q v> %.5f kT\n", v.sum / v.n / sqrt(vv), v.square / v.n / vv,
	       work.sum / work.n);
	T_ABS(v.sum / v.n, 0, SIGMAS * sqrt(vv / v.n));
	T_ABS(work.sum / work.n, 1, SIGMAS * spread);
	T_ABS(v.square / v.n, vv, SIGMAS * sqrt((v.fourth / v.n - vv * vv) / v.n));
	T_INT(failed, 0);
	books_closed(&b);
	bench_close(&b);
}

static double varactor_charge(double v)
{
	return 1e-15 * v * (1 + v / 2e-3 * (v / 2e-3));
}

static double junction_charge(double v)
{
	return 0.2e-15 * v + 0.8e-15 * 2 * 0.06 * (1 - sqrt(1 - v / 0.06));
}

/* <v^2> of the law exp(-H/kT) dq, H = int v dq, by the trapezoid rule. */
static double gibbs(double (*charge)(double), double low, double high)
{
	enum { N = 200000 };
	const double dv = (high - low) / N;
	double sum = 0, square = 0, energy = 0;
	for (int k = (int)lround(-low / dv), way = 1; way >= -1; way -= 2) {
		energy = 0;
		for (int j = k; way > 0 ? j < N : j > 0; j += way) {
			const double v0 = low + j * dv, v1 = v0 + way * dv, dq = charge(v1) - charge(v0);
			const double p = exp(-(energy + 0.25 * (v0 + v1) * dq) / KT) * fabs(dq);
			energy += 0.5 * (v0 + v1) * dq;
			sum += p;
			square += p * 0.25 * (v0 + v1) * (v0 + v1);
		}
	}
	return square / sum;
}

static void test_ramp(void)
{
	enum { COUNT = 1500, STEPS = 100 };
	const double u = PHYS_K * 300 / PHYS_Q, time = 20e-9, i0 = 1e-9, top = 3;
	const sde_options o = {.reading = SIM_JUMP, .method = SIM_WT2, .scale = 1, .energy = 1};
	char text[500];
	t_section("a ramped gate: electrons of a transistor, %d ramps", COUNT * LANES);
	snprintf(text, sizeof text,
	         "ramp\n.temp 26.85\nvg g 0 pwl(0 0 %g %.17g)\nvd d 0 %.17g\nm1 d g 0 0 n\n"
	         ".model n nmos level=subvt i0=1n\n.tran 1n 20n\n.end\n",
	         time, top * u, 2 * u);
	sde_bench b = bench_open(text, &o);
	const double *q = sde_charge(b.work, bench_instance(&b, "vd"));
	const double out = i0 / PHYS_Q * (exp(top) - 1) / top * time, back = out * exp(-2);
	moments m = {0};
	uint32_t failed = 0;
	for (int n = 0; n < COUNT; n++) {
		seed(&b, 100 + (uint64_t)n);
		failed |= sde_begin(b.work, 0);
		failed |= step(&b, time / STEPS, STEPS);
		for (int l = 0; l < LANES; l++)
			note(&m, q[l] / PHYS_Q - (out - back));
	}
	const double mean = m.sum / m.n, variance = m.square / m.n;
	printf("  mean %.3f (exact %.3f), variance %.2f (exact %.2f)\n", mean + out - back, out - back, variance,
	       out + back);
	T_ABS(mean, 0, SIGMAS * sqrt(variance / m.n) + 1e-4 * out); /* 1e-4: (3/STEPS)^2/12, the splitting */
	T_REL(variance, out + back, SIGMAS * sqrt(2 / m.n));
	T_INT(failed, 0);
	bench_close(&b);
}

int main(void)
{
	test_packets_at_rest();
	test_packets_in_flow();
	test_nonlinear("a strongly nonlinear capacitor behind a diode",
	               "d1 a 0 dj\nc1 a 0 q='1f*v(a)*(1+(v(a)/2m)**2)'\n.model dj d(is=1n)", 1e-9, varactor_charge,
	               2.114285e-6);
	test_nonlinear("a diode with its own junction charge",
	               "d1 a 0 dj\nc1 a 0 0.2f\n.model dj d(is=1n cjo=0.8f vj=0.06 m=0.5 fc=0.9 tnom=26.85)", 2e-9,
	               junction_charge, gibbs(junction_charge, -0.04, 0.04));
	test_ramp();
	return t_done();
}
