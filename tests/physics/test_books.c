/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamic books against exact numbers, free of sampling noise.
 *
 * Jumps: the heat of one electron through one transistor, over kT, is ln(l+/l-) of the rates of that very event and of
 * its reverse, written down here independently (physics.md 1.3, section 5). Two temperatures (physics.md 2.6): the heat
 * of a step is a quadratic form of state and normals, so its mean in the stationary state is that over the 8 points of
 * the spherical rule of degree 3 in 4 dimensions, one per lane. It must go to the exact heat flow, and the entropy to
 * flow (1/T1 - 1/T2), with an error of first order in h; the gyration of the scheme in areas over one and two steps
 * with one of second order.
 */
#include "sde_bench.h"

static const double TOL_HEAT = 1e-9;  /* kT: rounding of a sum of 1e4 kT */
static const double TOL_LIMIT = 2e-6; /* of the extrapolation to h = 0; the references have 7 digits */
static const double TOL_SIGMA = 2e-5; /* 3.2296 has 5 digits */
static const double U = 26e-3, IOFF = 1e-9, VDD = 1.2, VIN = 0.3; /* V, A, U, U */
enum { N = 10, MOST_STEPS = 20000 };

/* Rates of the transistor of the lower rail (sign +1) or upper rail (-1) at an output v between the ends of the jump,
 * in 1/t0: electrons that take charge off the output, and the reverse. Voltages in U. */
static void rates_of(int is_lower, double v, double *to_rail, double *from_rail)
{
	const double saturated = is_lower ? exp(VIN + VDD) : exp(VDD - VIN), across = is_lower ? v + VDD : VDD - v;
	*to_rail = is_lower ? saturated : saturated * exp(-across);
	*from_rail = is_lower ? saturated * exp(-across) : saturated;
}

typedef struct event_log {
	int count[2][2]; /* [transistor][direction] */
	double worst;    /* kT */
} event_log;

/* Lane l had one jump: heats before and after, output before and after in U. */
static void note(event_log *events, const double heat[2], double before, double after)
{
	const int is_lower = heat[1] == 0, is_down = after < before;
	double to_rail, from_rail;
	rates_of(is_lower, 0.5 * (before + after), &to_rail, &from_rail);
	const double ratio = is_down ? to_rail / from_rail : from_rail / to_rail;
	events->count[!is_lower][is_down]++;
	events->worst = fmax(events->worst, fabs(heat[!is_lower] - log(ratio)));
}

static void test_jumps(void)
{
	char text[600];
	const sde_options o = {.reading = SIM_JUMP, .method = SIM_WT2, .scale = 1, .energy = 1};
	t_section("heat of a jump is kT ln of the ratio of its rates");
	snprintf(text, sizeof text,
	         "inverter\n.temp '%.17g-273.15'\nvdd vdd 0 %.17g\nvss vss 0 %.17g\nvin in 0 %.17g\n"
	         "mn out in vss vss n\nmp out in vdd vdd p\nc1 out 0 %.17g\n.model n nmos level=subvt i0=1n\n"
	         ".model p pmos level=subvt i0=1n\n.end\n",
	         U * PHYS_Q / PHYS_K, VDD * U, -VDD * U, VIN * U, N * PHYS_Q / U);
	sde_bench b = bench_open(text, &o);
	const double kt = U * PHYS_Q, duration = 0.05 * PHYS_Q / IOFF;
	const uint32_t trajectory[LANES] = {1, 2, 3, 4, 5, 6, 7, 8};
	const double *out = b.tile->x + bench_node(&b, "out") * LANES;
	const int device[2] = {bench_instance(&b, "mn"), bench_instance(&b, "mp")};
	event_log events = {0};
	double before[LANES];
	uint32_t failed = 0;
	sde_seed(b.work, 5, trajectory);
	T_INT(sde_begin(b.work, 0), 0);
	for (int k = 0; k < MOST_STEPS; k++) {
		memcpy(before, out, sizeof before);
		sde_open_books(b.work);
		failed |= sde_step(b.work, duration, b.xi, b.xi_next);
		for (int l = 0; l < LANES; l++) {
			const double heat[2] = {sde_heat(b.work, device[0])[l] / kt,
			                        sde_heat(b.work, device[1])[l] / kt};
			if (sde_events(b.work)[l] == 1)
				note(&events, heat, before[l] / U, out[l] / U);
		}
	}
	printf("  single jumps: lower %d up, %d down, upper %d up, %d down; worst %.2g kT\n", events.count[0][0],
	       events.count[0][1], events.count[1][0], events.count[1][1], events.worst);
	T_INT(failed, 0);
	for (int i = 0; i < 4; i++)
		T_TRUE(events.count[i / 2][i % 2] > 200);
	T_ABS(events.worst, 0, TOL_HEAT);
	bench_close(&b);
}

static const double R = 10e6, C1 = 680e-12, C2 = 420e-12, CC = 100e-12, T1 = 88, T2 = 296;

/* Stationary covariance: the published variance of v1 (physics.md 2.6), the rest from A S + S A^T = D. */
static void covariance(double s[3])
{
	const double x = C1 * C2 + CC * (C1 + C2), y = (C1 + CC) * R + (C2 + CC) * R;
	s[0] = PHYS_K * T1 * (CC + C2) / x + PHYS_K * (T2 - T1) * CC * CC * R / (x * y);
	s[2] = PHYS_K * T2 * (CC + C1) / x - PHYS_K * (T2 - T1) * CC * CC * R / (x * y);
	const double a11 = (C2 + CC) / x / R, a12 = CC / x / R;
	const double d11 = 2 * PHYS_K / R * (T1 * (C2 + CC) * (C2 + CC) + T2 * CC * CC) / (x * x);
	s[1] = (d11 / 2 - a11 * s[0]) / a12;
}

typedef struct step_means {
	double heat[2]; /* into each resistor, W */
	double area[2]; /* mean area over one step and over two, per time: V^2/s */
} step_means;

static sde_bench open_pair(double h)
{
	char text[400];
	const sde_options o = {.reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .energy = 1, .h = h};
	snprintf(
	    text, sizeof text,
	    "pair\nr1 a 0 %g temp='%g-273.15'\nr2 b 0 %g temp='%g-273.15'\nc1 a 0 %g\nc2 b 0 %g\ncc a b %g\n.end\n", R,
	    T1, R, T2, C1, C2, CC);
	return bench_open(text, &o);
}

/* Lane l at point +-2 e_i of the state (i < 2) or of the normals; spread 0: no normals. */
static void set_points(sde_bench *b, const double s[3], double spread)
{
	const double l11 = sqrt(s[0]), l21 = s[1] / l11, l22 = sqrt(s[2] - l21 * l21);
	for (int l = 0; l < LANES; l++) {
		double z[4] = {0};
		z[l / 2] = l % 2 ? -2 : 2;
		b->tile->x[bench_node(b, "a") * LANES + l] = l11 * z[0];
		b->tile->x[bench_node(b, "b") * LANES + l] = l21 * z[0] + l22 * z[1];
		for (int k = 0; k < 2; k++)
			b->xi[k * LANES + l] = spread * z[2 + k];
	}
}

static double mean_of(const double *x)
{
	double sum = 0;
	for (int l = 0; l < LANES; l++)
		sum += x[l] / LANES;
	return sum;
}

static step_means means_at(double h)
{
	double s[3], start[2][LANES];
	step_means m;
	covariance(s);
	sde_bench b = open_pair(h);
	const double *va = b.tile->x + bench_node(&b, "a") * LANES, *vb = b.tile->x + bench_node(&b, "b") * LANES;
	T_INT(b.n_source, 2);
	set_points(&b, s, 1);
	sde_begin(b.work, 0);
	T_INT(sde_step(b.work, h, b.xi, b.xi_next), 0);
	m.heat[0] = mean_of(sde_heat(b.work, bench_instance(&b, "r1"))) / h;
	m.heat[1] = mean_of(sde_heat(b.work, bench_instance(&b, "r2"))) / h;
	set_points(&b, s, 0); /* what comes later does not correlate with the start */
	memcpy(start[0], va, sizeof start[0]);
	memcpy(start[1], vb, sizeof start[1]);
	sde_begin(b.work, 0);
	for (int k = 0; k < 2; k++) {
		double area[LANES];
		T_INT(sde_step(b.work, h, b.xi, b.xi_next), 0);
		for (int l = 0; l < LANES; l++)
			area[l] = (start[0][l] * vb[l] - start[1][l] * va[l]) / ((k + 1) * h);
		m.area[k] = mean_of(area);
	}
	bench_close(&b);
	return m;
}

static void test_two_temperatures(void)
{
	const double flow = 5.584020e-21, sigma = 3.2296, turn = 1.116804e-10; /* physics.md 2.6 */
	double q[3], s[3], g[3], c[3];
	t_section("two temperatures: heat flow, entropy and gyration of a step");
	covariance(c);
	T_REL(c[0], 1.652870e-12, TOL_LIMIT);
	T_REL(c[1], 7.426747e-13, TOL_LIMIT);
	T_REL(c[2], 8.001901e-12, TOL_LIMIT);
	for (int k = 0; k < 3; k++) {
		const double h = 1e-4 / (1 << k);
		const step_means m = means_at(h);
		q[k] = m.heat[0];
		s[k] = (m.heat[0] / T1 + m.heat[1] / T2) / PHYS_K;
		g[k] = 2 * m.area[0] - m.area[1];
		printf("  h %.4g s: heat flow %.7g W (%+.2e), entropy %.7g k/s, gyration %.7g (%+.2e)\n", h, q[k],
		       q[k] / flow - 1, s[k], g[k], g[k] / turn - 1);
		T_ABS(m.heat[0] + m.heat[1], 0, 1e-9 * flow);
	}
	const double first = (q[0] - q[1]) / (q[1] - q[2]), second = (g[0] - g[1]) / (g[1] - g[2]);
	printf("  order of the heat %.4f, of the gyration %.4f\n", log2(first), log2(second));
	T_ABS(log2(first), 1, 0.02);
	T_ABS(log2(second), 2, 0.02);
	/* two extrapolations: errors of first and second order go */
	T_REL((8 * q[2] - 6 * q[1] + q[0]) / 3, flow, TOL_LIMIT);
	T_REL((8 * s[2] - 6 * s[1] + s[0]) / 3, sigma, TOL_SIGMA);
	T_REL((4 * g[2] - g[1]) / 3, turn, TOL_LIMIT);
}

int main(void)
{
	test_jumps();
	test_two_temperatures();
	return t_done();
}
