/* SPDX-License-Identifier: Apache-2.0
 * Statistics reduced while an ensemble runs, from deck to file. RC of 1 Mohm and 1 pF at 300 K: the spectrum of its
 * samples dt apart is 2 dt v (1 - r^2)/(1 - 2 r cos(2 pi f dt) + r^2), v = kT/C, r the scheme's correlation over dt,
 * with the limit 4kTR = 1.65678e-14 V^2/Hz at low frequency and half of that at 159.155 kHz; the autocorrelation is
 * exp(-t/RC); both errors of the mean are sqrt(2 kT/C RC/time). Doubtful means are warned of, sound ones are not. Bits
 * do not depend on the number of threads. Exits and times of a latch give its relaxation rate.
 */
#include "harness/t.h"
#include "static_deck.h"

#include <stdlib.h>
#include "base/phys.h"
#include "out/lanes.h"

static const double SIGMAS = 4.5, RC = 1e-6;

static static_deck run_deck(const char *text, int n_thread)
{
	const out_provenance provenance = {.command = "test", .format = "thermospice-result"};
	static_deck d = static_deck_open(text, 0, 1);
	if (d.status != TS_OK)
		return d;
	const sim_options options = {.n_thread = n_thread, .pbit = d.circuit->n_pbit ? d.circuit->pbit : NULL};
	d.status = out_create(NULL, &provenance, d.diag, &d.file);
	if (d.status == TS_OK)
		d.status = sim_run(d.system, &d.circuit->request[0], &options, d.file, d.diag);
	return d;
}

static double *get(const static_deck *d, const char *name, size_t *n)
{
	char path[200];
	double *data = NULL;
	size_t dims[4] = {0};
	int rank = 0;
	snprintf(path, sizeof path, "/analyses/trannoise1/%s", name);
	*n = 0;
	if (!out_exists(d->file, path) || out_get(d->file, path, &rank, dims, &data, d->diag) != TS_OK)
		return NULL;
	*n = 1;
	for (int i = 0; i < rank; i++)
		*n *= dims[i];
	return data;
}

static static_deck rc_deck(const char *arguments, int n_thread)
{
	char text[500];
	snprintf(text, sizeof text, "rc\n.temp 26.85\nr1 out 0 1meg\nc1 out 0 1p\n.ic v(out)=0\n.trannoise %s\n.end\n",
	         arguments);
	return run_deck(text, n_thread);
}

/* Pairs (value, standard error) against a law: worst and root mean square deviation in standard errors. */
static double compare(const double *pair, const double *law, size_t n, double *rms)
{
	double worst = 0;
	*rms = 0;
	for (size_t k = 0; k < n; k++) {
		const double z = (pair[2 * k] - law[k]) / pair[2 * k + 1];
		worst = fmax(worst, fabs(z));
		*rms += z * z / (double)n;
	}
	*rms = sqrt(*rms);
	return worst;
}

static void test_spectrum(void)
{
	enum { SEGMENT = 512, N = SEGMENT / 2 + 1 };
	const double dt = 0.25 * RC, var = PHYS_K * 300 / 1e-12, r = (1 - dt / RC / 2) / (1 + dt / RC / 2);
	double law[N], rms, area = 0;
	size_t n = 0, n_f = 0;
	t_section("spectrum of an RC");
	static_deck d = rc_deck("0.25u 1000u 20u samples=2048 seed=21 step=0.25u psd=512", 2);
	T_INT(d.status, TS_OK);
	double *s = get(&d, "ensemble/psd/v(out)", &n), *f = get(&d, "frequency", &n_f);
	T_INT(n, 2 * N);
	T_INT(n_f, N);
	if (n != 2 * N || n_f != N)
		return;
	for (size_t k = 0; k < N; k++) {
		const double c = cos(2 * PHYS_PI * f[k] * dt);
		law[k] = 2 * dt * var * (1 - r * r) / (1 - 2 * r * c + r * r);
		area += s[2 * k] / (k == 0 || k == N - 1 ? 2 : 1) * f[1];
	}
	const double worst = compare(s, law, N, &rms), corner = 1 / (2 * PHYS_PI * RC);
	const size_t at = (size_t)(corner / f[1]);
	const double part = corner / f[1] - (double)at, half = s[2 * at] + part * (s[2 * at + 2] - s[2 * at]);
	printf("  S(0) = %.5g +- %.2g V^2/Hz; at %.6g Hz %.4g of 4kTR; worst %.2f, rms %.2f standard errors\n", s[0],
	       s[1], corner, half / 1.65678e-14, worst, rms);
	T_REL(law[0], 1.65678e-14, 1e-5);
	T_TRUE(worst < SIGMAS);
	T_TRUE(rms > 0.8 && rms < 1.2);
	T_SIGMA(s[0], 1.65678e-14, s[1], SIGMAS);
	T_TRUE(s[1] < 0.01 * s[0]);
	/* samples 0.25 RC apart and their fold, and the trapezoidal scheme, are worth 1 % at the corner */
	T_REL(half, 0.5 * 1.65678e-14, 0.02);
	T_REL(area, var, 0.005);
	alloc_free(s);
	alloc_free(f);
	static_deck_close(&d);
}

static void test_correlation(void)
{
	t_section("autocorrelation of an RC");
	static_deck d = rc_deck("0.1u 1000u 20u samples=512 seed=22 step=0.05u", 2);
	T_INT(d.status, TS_OK);
	size_t n = 0, n_lag = 0, n_one = 0;
	double *c = get(&d, "ensemble/autocorrelation/v(out)", &n), *lag = get(&d, "lag", &n_lag);
	double *error = get(&d, "ensemble/error/v(out)", &n_one), *tau = get(&d, "ensemble/tau_int/v(out)", &n_one);
	const double var = PHYS_K * 300 / 1e-12, time = 512 * 980e-6;
	double worst = 0;
	T_INT(n, 2 * n_lag);
	for (size_t k = 0; k < n_lag && lag[k] <= 5 * RC; k++) {
		const double w = k < 16 ? 1 : exp2(floor(log2(lag[k] / 0.1e-6 + 0.5)) - 3), x = 0.1e-6 / RC;
		const double gain = sinh(w * x / 2) / (w * sinh(x / 2));
		worst = fmax(worst, fabs(c[2 * k] - var * gain * gain * exp(-lag[k] / RC)) / c[2 * k + 1]);
	}
	printf("  worst %.2f standard errors; at RC %.5f, exact %.5f\n", worst, c[20] / c[0], exp(-lag[10] / RC));
	T_TRUE(worst < SIGMAS);
	T_REL(c[20] / c[0], exp(-1), 0.01);
	printf("  errors of the mean %.4g and %.4g V, exact %.4g V; tau_int %.4g +- %.2g s\n", error[0], error[1],
	       sqrt(2 * var * RC / time), tau[0], tau[1]);
	T_REL(error[0], sqrt(2 * var * RC / time), SIGMAS / sqrt(2 * 511));
	T_REL(error[1], sqrt(2 * var * RC / time), 0.02);
	T_SIGMA(tau[0], 2 * RC, tau[1], SIGMAS);
	const double rhat = static_deck_value(&d, "/analyses/trannoise1/ensemble/rhat/v(out)", 0, NULL);
	T_TRUE(rhat > 0.99 && rhat < 1.01);
	T_REL(static_deck_value(&d, "/analyses/trannoise1/ensemble/effective/v(out)", 0, NULL), time / (2 * RC), 0.05);
	T_TRUE(!diag_has(d.diag, W0502));
	alloc_free(c);
	alloc_free(lag);
	alloc_free(error);
	alloc_free(tau);
	static_deck_close(&d);
}

static const char LATCH[] =
    "latch\n.param u=26m ioff=1n t0='1.602176634e-19/ioff'\n.temp 'u*1.602176634e-19/1.380649e-23-273.15'\n"
    "vdd vdd 0 '1.1*u'\nvss vss 0 '-1.1*u'\nmn1 v1 v2 vss vss n\nmp1 v1 v2 vdd vdd p\nmn2 v2 v1 vss vss n\n"
    "mp2 v2 v1 vdd vdd p\nc1 v1 0 101a\nc2 v2 0 101a\n.model n nmos level=subvt i0='ioff'\n"
    ".model p pmos level=subvt i0='ioff'\n.ic v(v1)=0 v(v2)=0\n.trannoise '4*t0' %s\n"
    ".pbit cell out=v(v1) threshold=0 core='-0.7*u','0.7*u'\n.end\n";

static static_deck latch_deck(const char *arguments, int n_thread)
{
	char text[2000];
	snprintf(text, sizeof text, LATCH, arguments);
	return run_deck(text, n_thread);
}

static void test_warnings(void)
{
	t_section("doubtful means: the start is remembered; trajectories shorter than the relaxation");
	static_deck start = run_deck("rc\nr1 out 0 1meg\nc1 out 0 1p\n.ic v(out)=1m\n"
	                             ".trannoise 0.25u 50u 0 samples=128 seed=2 step=0.25u\n.end\n",
	                             1);
	T_INT(start.status, TS_OK);
	T_TRUE(diag_has(start.diag, W0502));
	static_deck_close(&start);
	static_deck stuck = latch_deck("'2000*t0' '200*t0' samples=32 seed=3 keep=8 step='0.5*t0'", 1);
	T_INT(stuck.status, TS_OK);
	T_TRUE(diag_has(stuck.diag, W0502));
	static_deck_close(&stuck);
	t_section("a mean that is driven on purpose is not doubted");
	static_deck driven =
	    run_deck("rc\nv1 in 0 pulse(0 1 2u 1n 1n 5u 10u)\nr1 in out 1meg\nc1 out 0 1p\n.ic v(out)=0\n"
	             ".trannoise 0.25u 200u 0 samples=16 seed=2 step=0.25u\n.end\n",
	             1);
	T_INT(driven.status, TS_OK);
	T_TRUE(!diag_has(driven.diag, W0502));
	static_deck_close(&driven);
}

static double total(const static_deck *d, const char *name)
{
	size_t n;
	double sum = 0, *x = get(d, name, &n);
	T_TRUE(n > 0);
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	alloc_free(x);
	return sum;
}

static void test_dwell(void)
{
	t_section("exits of a latch");
	static_deck d = latch_deck("'60000*t0' '3000*t0' samples=128 seed=4 step='0.5*t0' energy=off", 2);
	T_INT(d.status, TS_OK);
	static const char where[] = "ensemble/dwell/v(v1)";
	const double exits[2] = {total(&d, "ensemble/dwell/v(v1)/exits_low"),
	                         total(&d, "ensemble/dwell/v(v1)/exits_high")};
	const double risk[2] = {total(&d, "ensemble/dwell/v(v1)/time_low"),
	                        total(&d, "ensemble/dwell/v(v1)/time_high")};
	const double t0 = 1.602176634e-19 / 1e-9, rate = exits[0] / risk[0] + exits[1] / risk[1];
	const double se = hypot(sqrt(exits[0]) / risk[0], sqrt(exits[1]) / risk[1]);
	printf("  %s: %g and %g exits, 1/(k0 + k1) = %.5g t0 +- %.2g, tau of the master equation 597.86 t0\n", where,
	       exits[0], exits[1], 1 / rate / t0, se / rate / rate / t0);
	/* the way from core to core, about ten t0, counts as dwelling */
	T_ABS(1 / rate / t0, 597.86, SIGMAS * se / rate / rate / t0 + 12);
	T_TRUE(se < 0.02 * rate);
	T_REL(risk[0] + risk[1], 128 * 57000 * t0, 0.01);
	T_TRUE(fabs(exits[0] - exits[1]) <= 128); /* each trajectory alternates */
	static_deck_close(&d);
}

static int same(const static_deck *a, const static_deck *b, const char *name)
{
	size_t na = 0, nb = 0;
	double *x = get(a, name, &na), *y = get(b, name, &nb);
	const int equal = x && y && na == nb && memcmp(x, y, na * sizeof *x) == 0;
	alloc_free(x);
	alloc_free(y);
	return equal;
}

/* 1100 trajectories: groups of two tiles, the last one incomplete. */
static void test_identity(void)
{
	static const char *const name[] = {"ensemble/autocorrelation/v(v1)",
	                                   "ensemble/autocorrelation/i(vdd)",
	                                   "ensemble/psd/v(v2)",
	                                   "ensemble/psd/i(vdd)",
	                                   "ensemble/dwell/v(v1)/exits_low",
	                                   "ensemble/dwell/v(v1)/time_high",
	                                   "ensemble/tau_int/v(v1)",
	                                   "ensemble/error/v(v2)",
	                                   "ensemble/rhat/v(v1)",
	                                   "ensemble/effective/i(vss)"};
	t_section("bits do not depend on threads");
	static const char arguments[] = "'400*t0' '40*t0' samples=1100 seed=9 keep=2 step='0.5*t0' psd=16";
	static_deck a = latch_deck(arguments, 1), b = latch_deck(arguments, 2), c = latch_deck(arguments, 3);
	T_INT(a.status, TS_OK);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		if (!T_TRUE(same(&a, &b, name[i])) || !T_TRUE(same(&a, &c, name[i])))
			printf("  %s\n", name[i]);
	}
	static_deck_close(&a);
	static_deck_close(&b);
	static_deck_close(&c);
}

static void test_choices(void)
{
	size_t n = 0;
	t_section("ACF=off, no spectra, nothing kept; a segment that is too long");
	static_deck d = rc_deck("0.25u 50u 20u samples=8 seed=22 step=0.25u acf=off keep=0", 1);
	T_INT(d.status, TS_OK);
	T_TRUE(!get(&d, "ensemble/autocorrelation/v(out)", &n) && !get(&d, "ensemble/psd/v(out)", &n));
	T_TRUE(!get(&d, "lag", &n) && !get(&d, "frequency", &n));
	T_TRUE(isnan(static_deck_value(&d, "/analyses/trannoise1/ensemble/rhat/v(out)", 0, NULL)));
	T_TRUE(isnan(static_deck_value(&d, "/analyses/trannoise1/ensemble/error/v(out)", 1, NULL)));
	T_TRUE(static_deck_value(&d, "/analyses/trannoise1/ensemble/error/v(out)", 0, NULL) > 0);
	static_deck_close(&d);
	d = rc_deck("0.25u 50u 20u samples=8 psd=128", 1);
	T_INT(d.status, TS_NETLIST);
	T_TRUE(diag_has(d.diag, E0305));
	static_deck_close(&d);
}

int main(void)
{
	test_spectrum();
	test_correlation();
	test_warnings();
	test_dwell();
	test_identity();
	test_choices();
	return t_done();
}
