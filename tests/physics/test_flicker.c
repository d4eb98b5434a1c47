/* SPDX-License-Identifier: Apache-2.0
 * Flicker noise in time (physics.md 1.7): the density of the sum of poles against 1/f^a in closed form, the unit
 * process against its own autocovariance by sampling, the current of an EKV transistor at fixed bias against KF gm^2/(W
 * L Cox), and equilibrium: with any amount of flicker a pass transistor leaves kT/C on a capacitor. Plan and work are
 * opened from inside (sde_impl.h), since poles are no part of the interface.
 */
#include "sde_bench.h"
#include "base/gauss.h"
#include "sim/sde_impl.h"

static const double TOL_BAND = 0.05, TOL_EDGE = 0.3; /* dB, a decade inside the band and at its ends, for 1/f */
static const double OTHER = 2.5; /* times as much for other exponents, whose tails are longer on one side */
static const double SIGMAS = 4.5, TOL_LEVEL = 1e-4;
static const double TOP = 3.9; /* log10 of the upper end */
enum { RUNS = 2000, GAPS = 3 };

/* EKV transistor of the 0.5 um set, W = 2 um, L = 1 um, at fixed bias into a source that takes its current. */
static sde_bench open_transistor(double vds, double exponent, double scale)
{
	char text[700];
	const sde_options o = {.reading = SIM_SHIFTED,
	                       .method = SIM_WT2,
	                       .scale = scale,
	                       .energy = 1,
	                       .h = 1e-6,
	                       .no_white = 1,
	                       .fmin = 1,
	                       .fmax = 8e3};
	snprintf(text, sizeof text,
	         "flicker\nvd d 0 %g\nvg g 0 1\nm1 d g 0 0 n w=2u l=1u\n"
	         ".model n nmos level=44 cox=3.45e-3 xj=.15u vto=.6 gamma=.71 phi=.97 kp=150u e0=88e6 ucrit=4.5e6 "
	         "dl=-.05u dw=-.02u lambda=.23 leta=.28 weta=.05 q0=280u lk=.5u kf=1e-27 af=%g\n.end\n",
	         vds, exponent);
	return bench_open(text, &o);
}

/* One-sided density of the unit process of flicker source 0 at f. */
static double density(const sde_plan *p, double f)
{
	double sum = 0;
	for (int j = 0; j < p->n_pole; j++) {
		const double w = 2 * PHYS_PI * f * p->pole[j];
		sum += 4 * p->weight[j] * p->weight[j] * p->pole[j] / (1 + w * w);
	}
	return sum;
}

static void test_density(double exponent)
{
	t_section("sum of poles against 1/f^%g from 1 Hz to 8 kHz", exponent);
	sde_bench b = open_transistor(1, exponent, 1);
	double inside = 0, all = 0;
	T_INT(b.plan->n_flicker, 1);
	for (double decade = 0; decade <= TOP; decade += 0.01) {
		const double f = pow(10, decade), db = 10 * log10(density(b.plan, f) * pow(f, exponent));
		all = fmax(all, fabs(db));
		inside = decade > 1 && decade < TOP - 1 ? fmax(inside, fabs(db)) : inside;
	}
	printf("  %d poles; largest deviation %.4f dB, from 10 Hz to 800 Hz %.4f dB\n", b.plan->n_pole, all, inside);
	T_TRUE(all < TOL_EDGE * (exponent == 1 ? 1 : OTHER));
	T_TRUE(inside < TOL_BAND * (exponent == 1 ? 1 : OTHER));
	bench_close(&b);
}

/* <y(0) y(t)> over RUNS starts of LANES lanes, from the stationary start on, against sum c^2 exp(-t/tau). */
static void test_process(void)
{
	static const int gap[GAPS] = {0, 10, 300};
	double sum[GAPS] = {0}, square[GAPS] = {0};
	t_section("unit process: autocovariance, %d starts of %d lanes", RUNS, LANES);
	sde_bench b = open_transistor(1, 1, 1);
	const double n = (double)RUNS * LANES;
	for (uint32_t run = 0; run < RUNS; run++) {
		uint32_t trajectory[LANES];
		double first[LANES];
		for (uint32_t l = 0; l < LANES; l++)
			trajectory[l] = LANES * run + l;
		sde_seed(b.work, 17, trajectory);
		sde_begin(b.work, 0);
		memcpy(first, b.work->flicker1, sizeof first);
		for (int step = 0, g = 0; g < GAPS; step++) {
			if (step == gap[g]) {
				for (int l = 0; l < LANES; l++) {
					const double product = first[l] * b.work->flicker1[l];
					sum[g] += product / n;
					square[g] += product * product / n;
				}
				g++;
			}
			sde_step_flicker(b.work, b.h);
		}
	}
	for (int g = 0; g < GAPS; g++) {
		double want = 0;
		for (int j = 0; j < b.plan->n_pole; j++)
			want += b.plan->weight[j] * b.plan->weight[j] * exp(-gap[g] * b.h / b.plan->pole[j]);
		T_SIGMA(sum[g], want, sqrt((square[g] - sum[g] * sum[g]) / n), SIGMAS);
	}
	bench_close(&b);
}

/* Charge through the drain source over a step is the mean current times h: dc + sqrt(s) (y0 + y1)/2. */
static void test_level(void)
{
	t_section(
	    "EKV at 1 V: the current's amplitude is KF gm^2/(Weff Leff COX), twice that in amplitude with SCALE=2");
	double deviation[2][2], unit[2][2];
	for (int k = 0; k < 2; k++) {
		sde_bench b = open_transistor(1, 1, k + 1);
		const int drain = bench_instance(&b, "vd");
		uint32_t trajectory[LANES] = {0, 1, 2, 3, 4, 5, 6, 7};
		double before[2] = {0};
		sde_seed(b.work, 3, trajectory);
		sde_begin(b.work, 0);
		for (int step = 0; step < 2; step++) {
			sde_step(b.work, b.h, b.xi, b.xi_next);
			const double *q = sde_charge(b.work, drain);
			for (int l = 0; l < 2; l++) {
				const double now = q[l] / b.h, y = 0.5 * (b.work->flicker0[l] + b.work->flicker1[l]);
				if (step == 1)
					deviation[k][l] = now - before[l] - before[l];
				before[l] = now;
				unit[k][l] = step == 1 ? y - unit[k][l] : y;
			}
		}
		bench_close(&b);
	}
	/* the difference of the two steps' currents is sqrt(s) times the difference of y; gm from two biases of op */
	const double dvg = 1e-4;
	double current[2];
	for (int side = 0; side < 2; side++) {
		char text[700];
		snprintf(
		    text, sizeof text,
		    "gm\nvd d 0 1\nvg g 0 %.17g\nm1 d g 0 0 n w=2u l=1u\n"
		    ".model n nmos level=44 cox=3.45e-3 xj=.15u vto=.6 gamma=.71 phi=.97 kp=150u e0=88e6 ucrit=4.5e6 "
		    "dl=-.05u dw=-.02u lambda=.23 leta=.28 weta=.05 q0=280u lk=.5u\n.op\n.end\n",
		    1 + (side ? dvg : -dvg));
		static_deck d = static_deck_open(text, 1, 1);
		double *value;
		size_t dims[4];
		int rank;
		T_INT(out_get(d.file, "/analyses/op1/signals/i(vd)", &rank, dims, &value, d.diag), TS_OK);
		current[side] = -value[0];
		alloc_free(value);
		static_deck_close(&d);
	}
	const double gm = (current[1] - current[0]) / (2 * dvg), s = 1e-27 * gm * gm / (1.98e-6 * 0.95e-6 * 3.45e-3);
	printf("  gm %.6g S, S(1 Hz) %.6g A^2/Hz, input-referred %.4g V^2/Hz (physics.md 1.7: 1.541e-13)\n", gm, s,
	       s / (gm * gm));
	T_REL(s / (gm * gm), 1.541e-13, 1e-3);
	for (int k = 0; k < 2; k++)
		for (int l = 0; l < 2; l++)
			T_REL(fabs(deviation[k][l]), (k + 1) * sqrt(s) * fabs(unit[k][l]), TOL_LEVEL);
}

static void test_equilibrium(void)
{
	t_section("pass transistor with strong flicker noise: kT/C stays");
	const sde_options o = {
	    .reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .h = 2e-11, .fmin = 1e3, .fmax = 1e9};
	sde_bench b = bench_open("pass\n.temp 26.85\nvg g 0 1.2\nm1 a g 0 0 n w=2u l=1u\nc1 a 0 1f\n"
	                         ".model n nmos level=44 vto=.6 kf=1e-22\n.end\n",
	                         &o);
	const int node = bench_node(&b, "a");
	double sum = 0, square = 0;
	const int runs = 400, gap = 200;
	T_INT(b.plan->n_flicker, 1);
	for (uint32_t l = 0; l < LANES; l++)
		b.work->trajectory[l] = l;
	sde_seed(b.work, 5, b.work->trajectory);
	sde_begin(b.work, 0);
	for (int run = 0; run < runs; run++) {
		for (int step = 0; step < gap; step++) {
			for (int l = 0; l < LANES; l++)
				b.xi[l] = gauss_one(philox_make_key(9, PHILOX_TEST),
				                    (uint64_t)run * (uint64_t)gap + (uint64_t)step, 1, (uint32_t)l);
			b.failed |= sde_step(b.work, b.h, b.xi, b.xi_next);
		}
		for (int l = 0; l < LANES; l++) {
			const double v = b.tile->x[node * LANES + l];
			sum += v / (runs * LANES);
			square += v * v / (runs * LANES);
		}
	}
	double total_c = 0;
	const mna_system *s = b.deck.system;
	mna_assemble(b.tile, DEV_Q | DEV_C);
	total_c = b.tile->c[s->diagonal[node] * LANES];
	const double want = PHYS_K * 300 / total_c, n = runs * LANES;
	printf("  %.3g F, variance/(kT/C) %.4f\n", total_c, square / want);
	T_SIGMA(sum, 0, sqrt(want / n), SIGMAS);
	T_SIGMA(square, want, want * sqrt(2 / n), SIGMAS);
	T_INT(b.failed, 0);
	bench_close(&b);
}

int main(void)
{
	test_density(1);
	test_density(0.8);
	test_density(1.3);
	test_process();
	test_level();
	test_equilibrium();
	return t_done();
}
