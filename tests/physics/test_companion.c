/* SPDX-License-Identifier: Apache-2.0
 * The companion of an ensemble: the same Brownian paths with steps of h and 2h. RC of 1 Mohm and 1 pF at 300 K, z =
 * h/RC: `wt2` has the variance kT/C at any h, so Q_h - Q_2h vanishes in expectation; `be` has kT/C / (1 + z/2), hence
 * Q_h - Q_2h = kT/C (1/(1 + z/2) - 1/(1 + z)), and 2 Q_h - Q_2h is kT/C but for z^2/2. Independent runs would differ
 * with a standard error of sqrt(2) times that of one run: the paths are the same where it is a small part of that. A
 * capacitor that only integrates (RC = 1 s, 1 ms) has the same voltage with any step, corners in the steps or not, so
 * that there the differences are of order h/RC. Limits at 4.5 standard errors: one false alarm in 150000.
 */
#include "harness/t.h"
#include "static_deck.h"

#include <stdlib.h>
#include "base/phys.h"

static const double SIGMAS = 4.5;

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

static static_deck rc_deck(const char *arguments, int n_thread)
{
	char text[500];
	snprintf(text, sizeof text, "rc\n.temp 26.85\nr1 out 0 1meg\nc1 out 0 1p\n.ic v(out)=0\n.trannoise %s\n.end\n",
	         arguments);
	return run_deck(text, n_thread);
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

typedef struct pair {
	double value, se;
} pair;

static pair pair_of(const static_deck *d, const char *name)
{
	size_t n;
	double *x = get(d, name, &n);
	const pair p = {x && n >= 2 ? x[0] : (double)NAN, x && n >= 2 ? x[1] : (double)NAN};
	T_TRUE(n >= 2);
	alloc_free(x);
	return p;
}

/* Mean over trajectories and its standard error; of the first n when n is not 0. */
static pair mean_of(const static_deck *d, const char *name)
{
	size_t n;
	double sum = 0, square = 0, *x = get(d, name, &n);
	T_TRUE(n > 1);
	for (size_t i = 0; i < n; i++)
		sum += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		square += (x[i] - sum) * (x[i] - sum);
	alloc_free(x);
	return (pair){sum, sqrt(square / (double)n / (double)(n - 1))};
}

static double attribute(const static_deck *d, const char *name)
{
	double x = (double)NAN;
	T_INT(out_get_attr_number(d->file, "/analyses/trannoise1", name, &x, d->diag), TS_OK);
	return x;
}

/* Standard error that Q_h - Q_2h would have if as many trajectories with 2h were runs of their own. */
static double independent(const static_deck *d, const char *name)
{
	return sqrt(2 * attribute(d, "trajectories") / attribute(d, "companion_trajectories")) * mean_of(d, name).se;
}

static void test_trapezoid(void)
{
	t_section("wt2 on an RC: kT/C at any step; 512 pairs of 200 RC");
	static const char *const step[] = {"0.05u", "0.5u"};
	static const double coupled[] = {0.03, 0.4}; /* of the standard error of independent runs */
	for (int i = 0; i < 2; i++) {
		char arguments[200];
		snprintf(arguments, sizeof arguments, "1u 220u 20u samples=4096 seed=31 step=%s acf=off", step[i]);
		static_deck d = rc_deck(arguments, 2);
		T_INT(d.status, TS_OK);
		T_TRUE(attribute(&d, "companion_trajectories") == 512);
		T_TRUE(attribute(&d, "companion_order") == 2);
		const pair mean = pair_of(&d, "ensemble/discretisation/mean/v(out)");
		const pair variance = pair_of(&d, "ensemble/discretisation/variance/v(out)");
		const double alone = independent(&d, "ensemble/mean/v(out)"),
		             alone2 = independent(&d, "ensemble/variance/v(out)");
		printf("  h = %s: mean %.2g +- %.2g V (independent runs: %.2g), variance %.2g +- %.2g V^2 (%.2g)\n",
		       step[i], mean.value, mean.se, alone, variance.value, variance.se, alone2);
		T_SIGMA(mean.value, 0, mean.se, SIGMAS);
		T_SIGMA(variance.value, 0, variance.se, SIGMAS);
		T_TRUE(mean.se < coupled[i] * alone);
		T_TRUE(variance.se < coupled[i] * alone2);
		T_TRUE(!diag_has(d.diag, W0505));
		static_deck_close(&d);
	}
}

static void test_euler(void)
{
	t_section("be on an RC, z = 0.1: the difference in closed form, and what extrapolation leaves");
	static_deck d = rc_deck("1u 220u 20u samples=4096 seed=32 step=0.1u method=be extrapolate=on acf=off", 2);
	T_INT(d.status, TS_OK);
	const double kt_c = PHYS_K * 300 / 1e-12, z = 0.1;
	const double want = kt_c * (1 / (1 + z / 2) - 1 / (1 + z)), limit = kt_c * (2 / (1 + z / 2) - 1 / (1 + z));
	const pair v = mean_of(&d, "ensemble/variance/v(out)"), m = mean_of(&d, "ensemble/mean/v(out)");
	const pair difference = pair_of(&d, "ensemble/discretisation/variance/v(out)");
	const pair extrapolated = pair_of(&d, "ensemble/extrapolated/variance/v(out)");
	const double measured = v.value + m.se * m.se * 4095; /* about the mean of all */
	printf("  of kT/C: h %.4f, h - 2h %.5f +- %.5f, want %.5f; extrapolated %.4f +- %.4f, want %.4f\n",
	       measured / kt_c, difference.value / kt_c, difference.se / kt_c, want / kt_c, extrapolated.value / kt_c,
	       extrapolated.se / kt_c, limit / kt_c);
	T_TRUE(attribute(&d, "companion_order") == 1);
	T_SIGMA(difference.value, want, difference.se, SIGMAS);
	T_TRUE(difference.se < 0.1 * want);
	T_SIGMA(extrapolated.value, limit, extrapolated.se, SIGMAS);
	T_TRUE(extrapolated.se < 0.005 * kt_c);
	T_TRUE(fabs(extrapolated.value - kt_c) < 0.3 * fabs(measured - kt_c));
	T_TRUE(diag_has(d.diag, W0505));
	static_deck_close(&d);
}

/* 400 samples of 64 trajectories through a capacitor that only integrates; pulses cut 0.37 of the steps off. */
static void test_paths(void)
{
	static const char text[] =
	    "integrator\n.temp 26.85\nv1 in 0 %s\nr2 in x 1meg\nc2 x 0 1n\nr1 out 0 1g\nc1 out 0 1n\n"
	    ".ic v(out)=0 v(x)=0\n.save v(out)\n.trannoise 40u 16m 0 samples=64 seed=33 step=10u keep=0 "
	    "method=%s\n.end\n";
	static const char *const source[] = {"0", "pulse(0 1 13.7u 1u 1u 22.3u 53.1u)",
	                                     "pulse(0 1 10u 10u 10u 20u 70u)"};
	static const char *const method[] = {"wt2", "be", "em", "heun", "lm"};
	t_section(
	    "increments of 2h are sums of those of h: a capacitor integrates them, with corners in the steps too");
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < (i ? 4 : 5); k++) { /* lm has no rule for corners */
			char deck[600];
			snprintf(deck, sizeof deck, text, source[i], method[k]);
			static_deck d = run_deck(deck, 1);
			T_INT(d.status, TS_OK);
			const pair mean = pair_of(&d, "ensemble/discretisation/mean/v(out)");
			const double alone = independent(&d, "ensemble/mean/v(out)");
			/* lm takes half of the coming step's noise: its paths differ by half a step of 2h in 16 ms */
			const double limit = k == 4 ? 0.03 : 5e-5;
			if (!T_TRUE(mean.se < limit * alone) || !T_TRUE(fabs(mean.value) < limit * alone))
				printf("  %s, source %s: %.3g +- %.3g V, independent runs %.3g V\n", method[k],
				       source[i], mean.value, mean.se, alone);
			static_deck_close(&d);
		}
}

static void test_flicker(void)
{
	t_section("flicker noise takes the same path: an EKV transistor's into a capacitor");
	static_deck d = run_deck("flicker\n.temp 26.85\nvs s 0 1.5\nvg g 0 1\nm1 x g 0 0 n w=2u l=1u\nr1 s x 10k\n"
	                         "c1 x 0 10n\n.model n nmos level=44 vto=.6 kf=1e-24\n.save v(x)\n"
	                         ".trannoise 40u 16m 1m samples=64 seed=34 step=10u keep=0 types=flicker\n.end\n",
	                         1);
	T_INT(d.status, TS_OK);
	const pair variance = pair_of(&d, "ensemble/discretisation/variance/v(x)");
	const pair mean = pair_of(&d, "ensemble/discretisation/mean/v(x)");
	const double alone = independent(&d, "ensemble/mean/v(x)"), alone2 = independent(&d, "ensemble/variance/v(x)");
	printf("  mean %.2g +- %.2g V (independent runs: %.2g), variance %.2g +- %.2g V^2 (%.2g)\n", mean.value,
	       mean.se, alone, variance.value, variance.se, alone2);
	T_TRUE(mean_of(&d, "ensemble/variance/v(x)").value > 0);
	T_TRUE(mean.se < 0.05 * alone);
	T_TRUE(variance.se < 0.2 * alone2);
	static_deck_close(&d);
}

static const char LATCH[] =
    "latch\n.param u=26m ioff=1n t0='1.602176634e-19/ioff'\n.temp 'u*1.602176634e-19/1.380649e-23-273.15'\n"
    "vdd vdd 0 '1.1*u'\nvss vss 0 '-1.1*u'\nmn1 v1 v2 vss vss n\nmp1 v1 v2 vdd vdd p\nmn2 v2 v1 vss vss n\n"
    "mp2 v2 v1 vdd vdd p\nc1 v1 0 101a\nc2 v2 0 101a\n.model n nmos level=subvt i0='ioff'\n"
    ".model p pmos level=subvt i0='ioff'\n.ic v(v1)=0 v(v2)=0\n"
    ".trannoise '4*t0' '400*t0' '40*t0' %s\n.pbit cell out=v(v1) threshold=0 core='-0.7*u','0.7*u'\n.end\n";

static static_deck latch_deck(const char *arguments, int n_thread)
{
	char text[2000];
	snprintf(text, sizeof text, LATCH, arguments);
	return run_deck(text, n_thread);
}

static int same(const static_deck *a, const static_deck *b, const char *name)
{
	size_t na = 0, nb = 0;
	double *x = get(a, name, &na), *y = get(b, name, &nb);
	const int equal = x && y && na == nb && memcmp(x, y, na * sizeof *x) == 0;
	if (!equal)
		printf("  %s\n", name);
	alloc_free(x);
	alloc_free(y);
	return equal;
}

/* 300 trajectories: 38 tiles, four of which have companions. */
static void test_identity(void)
{
	static const char *const main_result[] = {"ensemble/mean/v(v1)",
	                                          "ensemble/variance/i(vdd)",
	                                          "ensemble/final/v(v2)",
	                                          "ensemble/histogram/v(v1)",
	                                          "ensemble/autocorrelation/v(v1)",
	                                          "ensemble/error/v(v2)",
	                                          "ensemble/dwell/v(v1)/time_low",
	                                          "signals/v(v1)",
	                                          "energy/supply/vdd",
	                                          "energy/heat/mn1",
	                                          "energy/residual",
	                                          "bit/cell/p1",
	                                          "bit/cell/flips",
	                                          "bit/cell/autocorrelation"};
	static const char *const companion[] = {"ensemble/discretisation/mean/v(v1)",
	                                        "ensemble/discretisation/variance/i(vss)",
	                                        "ensemble/discretisation/p",
	                                        "ensemble/discretisation/power",
	                                        "ensemble/extrapolated/variance/v(v2)",
	                                        "ensemble/extrapolated/power",
	                                        "bit/cell/companion/p1",
	                                        "bit/cell/companion/trajectory",
	                                        "bit/cell/companion/autocorrelation"};
	t_section("the companion leaves the other bits alone, and its own do not depend on threads");
	static const char with[] = "samples=300 seed=9 noise=shifted step='0.5*t0' extrapolate=on";
	static_deck on = latch_deck(with, 1), two = latch_deck(with, 2), three = latch_deck(with, 3);
	static_deck off = latch_deck("samples=300 seed=9 noise=shifted step='0.5*t0' companion=off", 1);
	T_INT(on.status, TS_OK);
	T_INT(off.status, TS_OK);
	T_TRUE(attribute(&on, "companion_trajectories") == 32);
	for (size_t i = 0; i < sizeof main_result / sizeof *main_result; i++)
		T_TRUE(same(&on, &off, main_result[i]) && same(&on, &two, main_result[i]));
	for (size_t i = 0; i < sizeof companion / sizeof *companion; i++)
		T_TRUE(same(&on, &two, companion[i]) && same(&on, &three, companion[i]));
	static_deck_close(&on);
	static_deck_close(&two);
	static_deck_close(&three);
	static_deck_close(&off);
}

static int says(const static_deck *d, const char *want)
{
	char *text = NULL;
	T_INT(out_get_attr_text(d->file, "/analyses/trannoise1", "companion", &text, d->diag), TS_OK);
	const int equal = text && strcmp(text, want) == 0;
	if (!equal)
		printf("  '%s', not '%s'\n", text ? text : "", want);
	alloc_free(text);
	return equal;
}

static void test_choices(void)
{
	static const struct {
		const char *arguments, *says;
	} deck[] = {{"0.5u 50u samples=16 step=0.25u", "2h"},
	            {"0.5u 50u samples=16", "2h"},
	            {"0.75u 49.5u samples=16 step=0.25u", "none: the number of steps per sample is odd"},
	            {"0.5u 50u samples=16 companion=off", "none: COMPANION=off"}};
	t_section("when there is a companion, and what the result says where there is none");
	for (size_t i = 0; i < sizeof deck / sizeof *deck; i++) {
		static_deck d = rc_deck(deck[i].arguments, 1);
		size_t n = 0, has = deck[i].says[0] == '2';
		T_INT(d.status, TS_OK);
		T_TRUE(says(&d, deck[i].says));
		T_TRUE(attribute(&d, "companion_trajectories") == (has ? 8 : 0));
		double *x = get(&d, "ensemble/discretisation/mean/v(out)", &n);
		T_INT(n, has ? 2 : 0);
		alloc_free(x);
		static_deck_close(&d);
	}
	static_deck jump = latch_deck("samples=16 noise=jump", 1);
	T_TRUE(says(&jump, "none: exact jumps have no step"));
	static_deck_close(&jump);
	static_deck odd = rc_deck("0.5u 50u companion=off extrapolate=on", 1);
	T_INT(odd.status, TS_NETLIST);
	T_TRUE(diag_has(odd.diag, E0305));
	static_deck_close(&odd);
}

static void test_warning(void)
{
	t_section("em with z = 1.2 is stable, with 2.4 it is not: the run is whole, the companion failed");
	static_deck d = rc_deck("2.4u 2400u 240u samples=64 seed=5 step=1.2u method=em acf=off", 1);
	T_INT(d.status, TS_OK);
	T_TRUE(attribute(&d, "companion_failed") == 8);
	T_TRUE(isnan(pair_of(&d, "ensemble/discretisation/variance/v(out)").value));
	T_TRUE(mean_of(&d, "ensemble/variance/v(out)").value > 0);
	T_TRUE(diag_has(d.diag, W0505));
	static_deck_close(&d);
}

int main(void)
{
	test_trapezoid();
	test_euler();
	test_paths();
	test_flicker();
	test_identity();
	test_choices();
	test_warning();
	return t_done();
}
