/* SPDX-License-Identifier: Apache-2.0
 * Traps (random telegraph noise), physics.md 1.8, 5 and case 28:
 *   a trap of 1 ms and 4 ms that takes 1 nA: variance dI^2 p (1 - p), Lorentzian of corner lambda/2 pi [Machlup 1954];
 *   the same trap on a gate that floats on 1 aF: Gibbs's law with the charging energy, heat = - change of energy in
 * every lane, so the mean heat of a closed circuit is that of detailed balance; a gate that is held: occupancy logistic
 * in its voltage, of nmos and pmos; the energy of a trap under a driven gate: first law; a trajectory does not know its
 * lane.
 */
#include "sde_bench.h"

static const double KT = PHYS_K * 300, SIGMAS = 4.5, TOL_BOOKS = 1e-11;

static void seed(sde_bench *b, uint64_t number, uint32_t first)
{
	uint32_t trajectory[LANES];
	for (uint32_t l = 0; l < LANES; l++)
		trajectory[l] = first + l;
	sde_seed(b->work, number, trajectory);
}

static const double *occupancy(const sde_bench *b, const char *trap)
{
	return b->tile->x + mna_branch(b->deck.system, bench_instance(b, trap)) * LANES;
}

static void books_closed(const sde_bench *b)
{
	double residual[LANES];
	sde_residual(b->work, residual);
	for (int l = 0; l < LANES; l++)
		T_TRUE(residual[l] < TOL_BOOKS);
}

enum { SEGMENT = 512, SEGMENTS = 1000, BINS = SEGMENT / 2 - 1 };

/* One-sided power of a segment with Hann's window, mean taken off: power[bin - 1] += [Welch 1967]. */
static void add_power(const double *x, double h, double mean, double *power)
{
	static double y[SEGMENT];
	for (int n = 0; n < SEGMENT; n++)
		y[n] = (x[n] - mean) * 0.5 * (1 - cos(2 * PHYS_PI * n / SEGMENT));
	for (int bin = 1; bin <= BINS; bin++) { /* Goertzel */
		const double c = 2 * cos(2 * PHYS_PI * bin / SEGMENT);
		double s1 = 0, s2 = 0;
		for (int n = 0; n < SEGMENT; n++) {
			const double s = y[n] + c * s1 - s2;
			s2 = s1;
			s1 = s;
		}
		power[bin - 1] += 2 * h / (0.375 * SEGMENT) * (s1 * s1 + s2 * s2 - c * s1 * s2);
	}
}

/* Density of a telegraph signal of unit variance that is sampled every h, from its geometric autocorrelation. */
static double sampled(double lambda, double h, int bin)
{
	const double a = exp(-lambda * h);
	return 2 * h * (1 - a * a) / (1 + a * a - 2 * a * cos(2 * PHYS_PI * bin / SEGMENT));
}

/* -log of Whittle's likelihood, and the variance that makes it least. */
static double whittle(const double *power, double lambda, double h, double *variance)
{
	double ratio = 0, logs = 0;
	for (int bin = 2; bin <= BINS; bin++) {
		ratio += power[bin - 1] / sampled(lambda, h, bin) / (BINS - 1);
		logs += log(sampled(lambda, h, bin)) / (BINS - 1);
	}
	*variance = ratio;
	return log(ratio) + logs;
}

static double fit(const double *power, double low, double high, double h, double *variance)
{
	const double golden = 0.5 * (sqrt(5) - 1);
	while (high / low - 1 > 1e-7) {
		const double a = high - golden * (high - low), b = low + golden * (high - low);
		if (whittle(power, a, h, variance) < whittle(power, b, h, variance))
			high = b;
		else
			low = a;
	}
	whittle(power, low, h, variance);
	return low;
}

/* 410 s, 5e5 correlation times: standard errors of the variance 0.3 %, of the corner about 0.4 %; thresholds those of
 * case 28, 2 % and 1 %. */
static void test_telegraph(void)
{
	static double x[LANES][SEGMENT], power[BINS];
	const double h = 1e-4, lambda = 1e3 + 250, di = 1e-9, variance = di * di * 0.16;
	const sde_options o = {.reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .energy = 1, .h = h};
	t_section("1 ms / 4 ms, 1 nA: %d segments of %d samples", SEGMENTS * LANES, SEGMENT);
	sde_bench b =
	    bench_open("telegraph\n.param ut={1.380649e-23*300/1.602176634e-19}\n.temp 26.85\n"
	               "vdd vdd 0 1\nrd vdd d 1meg noisy=0\nm1 d 0 0 0 weak noisy=0\ny1 m1 slow dvth={ut*ln(2)}\n"
	               ".model weak nmos level=subvt i0=2n\n.model slow rtn tauc=1m taue=4m\n.end\n",
	               &o);
	const double *n = occupancy(&b, "y1"), *d = b.tile->x + bench_node(&b, "d") * LANES;
	double sum = 0, square = 0, worst = 0;
	seed(&b, 28, 0);
	uint32_t failed = sde_begin(b.work, 0);
	for (int s = 0; s < SEGMENTS; s++) {
		for (int k = 0; k < SEGMENT; k++) {
			failed |= sde_step(b.work, h, b.xi, b.xi_next);
			for (int l = 0; l < LANES; l++) {
				x[l][k] = (1 - d[l]) / 1e6;
				sum += x[l][k];
				square += (x[l][k] - 1.2e-9) * (x[l][k] - 1.2e-9);
				worst = fmax(worst, fabs(x[l][k] - (2e-9 - n[l] * di)));
			}
		}
		for (int l = 0; l < LANES; l++)
			add_power(x[l], h, 1.2e-9, power);
	}
	const double count = (double)SEGMENTS * SEGMENT * LANES, mean = sum / count;
	const double var = square / count - (mean - 1.2e-9) * (mean - 1.2e-9);
	for (int k = 0; k < BINS; k++)
		power[k] /= SEGMENTS * LANES;
	double fitted;
	const double rate = fit(power, 0.3 * lambda, 3 * lambda, h, &fitted), s0 = 4 * fitted / rate;
	printf("  mean %.5g A, variance %.4g A^2, corner %.2f Hz, S(0) %.4g A^2/Hz\n", mean, var, rate / (2 * PHYS_PI),
	       s0);
	T_ABS(worst / di, 0, 1e-9); /* the current knows the trap at once */
	T_REL(var, variance, 0.02);
	T_REL(fitted, variance, 0.02);
	T_REL(s0, 5.12e-22, 0.02);
	T_REL(rate / (2 * PHYS_PI), 198.94, 0.01);
	T_INT(failed, 0);
	books_closed(&b);
	bench_close(&b);
}

/* COUNT samples every 2 us, correlation time below 1 us: tau_int at most 2.1 us, so COUNT/2 are independent at least.
 */
static void test_floating(void)
{
	enum { COUNT = 20000 };
	const double eta = 0.4, c = 1e-18, v0 = 1e-3, energy = eta * PHYS_Q * v0 + KT * log(0.5);
	const sde_options o = {.reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .energy = 1, .h = 2e-6};
	t_section("a floating gate of 1 aF, %d samples in each of %d lanes", COUNT, LANES);
	for (int k = 0; k < 3; k++) {
		const double theta[] = {0, 0.3, 1};
		char text[400];
		snprintf(text, sizeof text,
		         "floating\n.temp 26.85\nm1 0 g 0 0 weak noisy=0\ny1 m1 deep dvth=10m\nc1 g 0 1a\n"
		         "r1 g 0 1e24 noisy=0\n.model weak nmos level=subvt i0=1n\n"
		         ".model deep rtn tauc=1u taue=2u eta=0.4 theta=%g v0=1m\n.end\n",
		         theta[k]);
		sde_bench b = bench_open(text, &o);
		const double *n = occupancy(&b, "y1");
		double *g = b.tile->x + bench_node(&b, "g") * LANES, full[LANES] = {0}, change[LANES], worst = 0;
		const double *heat = sde_heat(b.work, bench_instance(&b, "y1"));
		for (int l = 0; l < LANES; l++)
			g[l] = 0.04 + 0.002 * l;
		seed(&b, 11, 0);
		uint32_t failed = sde_begin(b.work, 0);
		double empty[LANES]; /* gate voltage of the empty trap: charge is conserved */
		for (int l = 0; l < LANES; l++)
			empty[l] = g[l] + n[l] * eta * PHYS_Q / c;
		for (int s = 0; s < COUNT; s++) {
			failed |= sde_step(b.work, o.h, b.xi, b.xi_next);
			for (int l = 0; l < LANES; l++) {
				full[l] += n[l] / COUNT;
				worst = fmax(worst, fabs(g[l] - (empty[l] - n[l] * eta * PHYS_Q / c)));
			}
		}
		sde_field(b.work, change);
		T_ABS(worst, 0, 1e-7); /* 1e24 ohm leak 2e-8 of the charge in this time */
		for (int l = 0; l < LANES; l++) {
			const double down = empty[l] - eta * PHYS_Q / c;
			const double rise = energy + 0.5 * c * (down * down - empty[l] * empty[l]);
			const double p = 1 / (1 + exp(rise / KT));
			T_ABS(full[l], p, SIGMAS * sqrt(p * (1 - p) * 2 / COUNT));
			T_ABS(heat[l], -change[l], 1e-6 * KT);
		}
		printf("  theta %.1f: %.4f of the time full in lane 0, %.4f in lane 7, %.0f jumps\n", theta[k], full[0],
		       full[7], sde_events(b.work)[0]);
		T_TRUE(sde_events(b.work)[0] > COUNT / 4);
		T_INT(failed, 0);
		books_closed(&b);
		bench_close(&b);
	}
}

static void test_logistic(void)
{
	enum { COUNT = 20000 };
	const double u = KT / PHYS_Q;
	const sde_options o = {.reading = SIM_HK, .method = SIM_WT2, .scale = 1, .energy = 1, .h = 5e-6};
	t_section("occupancy against a held gate, %d samples per bias", COUNT * LANES);
	for (int k = 0; k < 6; k++) {
		const double sign = k % 2 ? -1 : 1, vgs = 0.4 + 0.05 * (k / 2);
		char text[400];
		snprintf(text, sizeof text,
		         "held\n.temp 26.85\nvs s 0 0.3\nvg g s %g\nm1 s g s s weak\ny1 m1 mid dvth=0\n"
		         ".model weak %s level=subvt\n.model mid rtn tauc=3u taue=1u eta=0.5 theta=0.6 v0=0.4\n.end\n",
		         sign * vgs, sign > 0 ? "nmos" : "pmos");
		sde_bench b = bench_open(text, &o);
		const double *n = occupancy(&b, "y1");
		double full = 0;
		seed(&b, 5, 100);
		uint32_t failed = sde_begin(b.work, 0);
		for (int s = 0; s < COUNT; s++) {
			failed |= sde_step(b.work, o.h, b.xi, b.xi_next);
			for (int l = 0; l < LANES; l++)
				full += n[l] / (COUNT * LANES);
		}
		/* tau_int <= 2 * 0.75 us is far below the step: samples are independent to 0.2 % */
		const double p = 1 / (1 + 3 * exp(-0.5 * (vgs - 0.4) / u));
		printf("  %s, |Vgs| %.2f: %.4f, expected %.4f\n", sign > 0 ? "nmos" : "pmos", vgs, full, p);
		T_ABS(full, p, SIGMAS * sqrt(p * (1 - p) / (COUNT * LANES)));
		T_INT(failed, 0);
		books_closed(&b);
		bench_close(&b);
	}
}

/* An inverter on moving charges with two traps, its gate driven: sources, heats and energies balance; trajectory 5 is
 * the same in any lane, in every reading. */
static void test_books_and_lanes(void)
{
	static const sim_reading reading[] = {SIM_SHIFTED, SIM_HK, SIM_JUMP};
	t_section("a driven inverter with two traps");
	for (int k = 0; k < 3; k++) {
		const sde_options o = {.reading = reading[k], .method = SIM_WT2, .scale = 1, .energy = 1, .h = 2e-11};
		double end[2] = {0}, heat[2] = {0};
		for (int shift = 0; shift < 2; shift++) {
			sde_bench b =
			    bench_open("driven\n.temp 26.85\nvdd vdd 0 0.3\nvin src 0 sin(0.15 0.1 50meg)\nrin src in "
			               "1meg\ncin in 0 0.2f\n"
			               "m1 out in 0 0 n w=1u l=1u\nm2 out in vdd vdd p w=1u l=1u\ncl out 0 1f\ny1 m1 "
			               "fast\ny2 m2 fast\n"
			               "y3 m1 fast dvth=5m\n"
			               ".model n nmos level=44 cox=3m vto=0.3\n.model p pmos level=44 cox=3m vto=-0.3\n"
			               ".model fast rtn tauc=1n taue=2n eta=0.3 v0=0.1\n.end\n",
			               &o);
			double *normal = b.xi;
			seed(&b, 7, shift ? 3 : 0);
			uint32_t failed = sde_begin(b.work, 0);
			for (int s = 0; s < 400; s++) {
				for (int e = 0; e < b.n_source; e++)
					for (int l = 0; l < LANES; l++)
						normal[e * LANES + l] = 1.4 * sin(1.7 * e + 2.3 * s);
				failed |= sde_step(b.work, o.h, b.xi, b.xi_next);
			}
			const int at = shift ? 2 : 5;
			end[shift] = b.tile->x[bench_node(&b, "out") * LANES + at];
			heat[shift] = sde_heat(b.work, bench_instance(&b, "y1"))[at];
			T_TRUE(heat[shift] != 0);
			T_INT(failed, 0);
			books_closed(&b);
			bench_close(&b);
		}
		T_TRUE(end[0] == end[1]);
		T_TRUE(heat[0] == heat[1]);
	}
}

/* The shift of a trap without dvth= (physics.md 1.8: 24.69 uV of the 2 um x 1 um transistor of the 0.5 um card, here
 * twice in parallel), a trap named from outside its subcircuit and one inside that stands before its transistor; silent
 * traps stay where they start and let the current alone. */
static void test_small(void)
{
	static const char *const text =
	    "shift\n.temp 26.85\nvg g 0 1\nvd d 0 1\nx1 d g pair\nyout x1.m1 slow\n.subckt pair d g\nyin m1 slow "
	    "dvth=7u\n"
	    "m1 d g 0 0 n w=2u l=1u m=2\n.ends\n"
	    ".model n nmos level=44 cox=3.45m dl=-0.05u dw=-0.02u\n.model slow rtn tauc=1u taue=4u\n.end\n";
	t_section("default shift, hierarchy, silence");
	for (int silent = 0; silent < 2; silent++) {
		const sde_options o = {
		    .reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .h = 1e-5, .no_white = 1, .no_rtn = silent};
		sde_bench b = bench_open(text, &o);
		const mna_system *s = b.deck.system;
		const int out = bench_instance(&b, "yout"), in = bench_instance(&b, "x1.yin");
		const int index = s->circuit->instance[out].shape->noise[0].exponent;
		const double *k = b.tile->k[s->batch_of[out]], *n = occupancy(&b, "yout");
		const int each = s->circuit->instance[out].type->n_const;
		T_REL(k[(s->index_in_batch[out] * each + index) * LANES], 24.69e-6 / 2, 1e-3);
		T_ABS(k[(s->index_in_batch[in] * each + index) * LANES], 7e-6, 1e-18);
		T_INT(s->circuit->instance[out].host == s->circuit->instance[in].host, 1);
		int changes = 0;
		for (int l = 0; l < LANES; l++)
			b.tile->x[mna_branch(s, out) * LANES + l] = 0.8;
		seed(&b, 2, 0);
		double last = 0.8;
		uint32_t failed = sde_begin(b.work, 0);
		for (int step = 0; step < 50; step++) {
			failed |= sde_step(b.work, o.h, b.xi, b.xi_next);
			changes += n[0] != last;
			last = n[0];
		}
		T_INT(failed, 0);
		T_TRUE(silent ? changes == 0 : changes > 5);
		bench_close(&b);
	}
}

int main(void)
{
	test_telegraph();
	test_floating();
	test_logistic();
	test_books_and_lanes();
	test_small();
	return t_done();
}
