/* SPDX-License-Identifier: Apache-2.0
 * Flicker noise over six decades (numerics.md section 9, case 17): 1 Hz to 1 MHz. The sum of poles in closed form
 * against 1/f; the process itself by Welch's method in three runs of two decades each, 2000 segments of 4096 samples;
 * its variance at t = 0 and later. Poles step exactly, so each run takes the sampling interval as its step; poles
 * shorter than two intervals would be folded into the band, and count by their closed form instead. Of a segment's bin
 * the standard error is its value over sqrt(K), K segments that overlap by half giving 0.95 K independent ones.
 */
#include "sde_bench.h"

#include "out/lanes.h"
#include "sim/sde_impl.h"

static const double LOW = 1, HIGH = 1e6; /* Hz */
static const double TOL_DB = 0.3;        /* of a third of an octave, against 1/f */
static const double SIGMAS = 4;
enum { N = 4096, SEGMENTS = 250, FIRST_BIN = 8, BANDS = 3, STARTS = 2000 };

static sde_bench open_transistor(void)
{
	const sde_options o = {
	    .reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .h = 1e-9, .no_white = 1, .fmin = LOW, .fmax = HIGH};
	return bench_open(
	    "flicker\nvd d 0 1\nvg g 0 1\nm1 d g 0 0 n w=2u l=1u\n.model n nmos level=44 vto=.6 kf=1e-27\n.end\n", &o);
}

/* One-sided density at f of the poles from tau = `least` on, in time, and sampled dt apart. */
static double density(const sde_plan *p, double f, double least)
{
	double sum = 0;
	for (int j = 0; j < p->n_pole; j++) {
		const double w = 2 * PHYS_PI * f * p->pole[j];
		sum += p->pole[j] >= least ? 4 * p->weight[j] * p->weight[j] * p->pole[j] / (1 + w * w) : 0;
	}
	return sum;
}

static double sampled(const sde_plan *p, double f, double least, double dt)
{
	double sum = 0;
	for (int j = 0; j < p->n_pole; j++) {
		const double r = exp(-dt / p->pole[j]), d = 1 - 2 * r * cos(2 * PHYS_PI * f * dt) + r * r;
		sum += p->pole[j] >= least ? 2 * dt * p->weight[j] * p->weight[j] * (1 - r * r) / d : 0;
	}
	return sum;
}

static double db(double ratio)
{
	return 10 * log10(ratio);
}

static void test_closed(const sde_plan *p)
{
	double worst = 0;
	t_section("sum of poles against 1/f, 1 Hz to 1 MHz");
	for (double f = LOW; f <= HIGH * 1.0001; f *= 1.02)
		worst = fmax(worst, fabs(db(density(p, f, 0) * f)));
	printf("  %d poles; worst %.4f dB\n", p->n_pole, worst);
	T_TRUE(worst < TOL_DB);
}

/* Welch's sums over SEGMENTS segments of LANES lanes of the poles from `least` on. */
static void run_welch(sde_bench *b, double dt, double least, lanes_welch *welch)
{
	const sde_plan *p = b->plan;
	static const uint32_t trajectory[LANES] = {0, 1, 2, 3, 4, 5, 6, 7};
	double y[LANES] __attribute__((aligned(64)));
	sde_seed(b->work, (uint64_t)(1e9 * dt), trajectory);
	sde_begin(b->work, 0);
	while (welch->n_segment < SEGMENTS) {
		memset(y, 0, sizeof y);
		for (int j = 0; j < p->n_pole; j++)
			for (int l = 0; l < LANES && p->pole[j] >= least; l++)
				y[l] += p->weight[j] * b->work->ou[j * LANES + l];
		lanes_welch_add(welch, y);
		sde_lead(b->work, dt);
	}
}

typedef struct band {
	double rms, worst;
} band; /* in standard errors; of thirds of octaves, dB */

static band compare(const sde_bench *b, const lanes_welch *welch, double dt, double least)
{
	const double scale = lanes_welch_scale(N, dt), top = 100 * FIRST_BIN;
	band all = {0, 0};
	double edge = FIRST_BIN * cbrt(2), sum = 0, law = 0;
	int n = 0;
	for (int k = FIRST_BIN; k <= (int)top; k++) {
		const double f = k / (N * dt), exact = sampled(b->plan, f, least, dt);
		double power = 0;
		for (int l = 0; l < LANES; l++)
			power += welch->power[k * LANES + l];
		power *= scale / (LANES * (double)welch->n_segment);
		const double z = (power / exact - 1) * sqrt(0.95 * LANES * (double)welch->n_segment);
		all.rms += z * z;
		n++;
		sum += power / exact * density(b->plan, f, least) + density(b->plan, f, 0) - density(b->plan, f, least);
		law += 1 / f;
		if (k < edge && k < (int)top)
			continue;
		all.worst = fmax(all.worst, fabs(db(sum / law)));
		sum = law = 0;
		edge *= cbrt(2);
	}
	all.rms = sqrt(all.rms / n);
	return all;
}

static void test_welch(sde_bench *b)
{
	static double table[2 * N], power[(N / 2 + 1) * LANES] __attribute__((aligned(64)));
	static double recent[N * LANES] __attribute__((aligned(64))), work[N * LANES] __attribute__((aligned(64)));
	static double offset[2 * LANES];
	t_section("density by Welch's method, %d segments in each of %d bands", SEGMENTS * LANES, BANDS);
	lanes_welch_table(N, table);
	for (int i = 0; i < BANDS; i++) {
		const double low = LOW * pow(100, i), dt = FIRST_BIN / (N * low), least = 2 * dt;
		memset(power, 0, sizeof power);
		memset(offset, 0, sizeof offset);
		lanes_welch welch = {
		    .n = N, .table = table, .recent = recent, .work = work, .power = power, .offset = offset};
		run_welch(b, dt, least, &welch);
		const band r = compare(b, &welch, dt, least);
		printf("  %g to %g Hz: rms %.3f standard errors; worst third of an octave %.3f dB\n", low, 100 * low,
		       r.rms, r.worst);
		T_TRUE(r.rms > 0.8 && r.rms < 1.2); /* 793 bins, neighbours alike: 0.05, four times that */
		T_TRUE(r.worst < TOL_DB);
	}
}

static void test_stationary(sde_bench *b)
{
	static const double lead[] = {0, 1e-6, 1e-3, 1};
	enum { TIMES = 4 };
	double want = 0, sum[TIMES] = {0};
	t_section("variance at t = 0, and 1 us, 1 ms, 1 s later; %d starts", STARTS * LANES);
	for (int j = 0; j < b->plan->n_pole; j++)
		want += b->plan->weight[j] * b->plan->weight[j];
	for (uint32_t run = 0; run < STARTS; run++) {
		uint32_t trajectory[LANES];
		for (uint32_t l = 0; l < LANES; l++)
			trajectory[l] = LANES * run + l;
		sde_seed(b->work, 41, trajectory);
		sde_begin(b->work, 0);
		for (int i = 0; i < TIMES; i++) {
			if (i)
				sde_lead(b->work, lead[i]);
			for (int l = 0; l < LANES; l++)
				sum[i] += b->work->flicker1[l] * b->work->flicker1[l] / (STARTS * LANES);
		}
	}
	for (int i = 0; i < TIMES; i++)
		T_SIGMA(sum[i], want, want * sqrt(2.0 / (STARTS * LANES)), SIGMAS);
}

int main(void)
{
	sde_bench b = open_transistor();
	T_INT(b.plan->n_flicker, 1);
	test_closed(b.plan);
	test_welch(&b);
	test_stationary(&b);
	bench_close(&b);
	return t_done();
}
