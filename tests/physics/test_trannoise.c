/* SPDX-License-Identifier: Apache-2.0
 * Ensembles end to end, from text to the result file: equipartition, heat between two temperatures, a driven RC against
 * its closed form, independence of threads and of the number of trajectories, interrupts, divergence.
 */
#include "harness/t.h"
#include "static_deck.h"

#include <stdlib.h>
#include "base/phys.h"
#include "base/stop.h"

static const double SIGMAS = 4.5;

static ts_status analyse(static_deck *d, const sim_options *options)
{
	const out_provenance provenance = {.command = "test", .format = "thermospice-result"};
	TS_TRY(out_create(NULL, &provenance, d->diag, &d->file));
	return sim_run(d->system, &d->circuit->request[0], options, d->file, d->diag);
}

static static_deck run_deck(const char *text, int n_thread)
{
	static_deck d = static_deck_open(text, 0, 1);
	const sim_options options = {.n_thread = n_thread};
	if (d.status == TS_OK)
		d.status = analyse(&d, &options);
	return d;
}

static double *get(const static_deck *d, const char *name, size_t *n)
{
	char path[200];
	double *data = NULL;
	size_t dims[4] = {0};
	int rank = 0;
	snprintf(path, sizeof path, "/analyses/trannoise1/%s", name);
	if (out_get(d->file, path, &rank, dims, &data, d->diag) != TS_OK)
		return NULL;
	*n = 1;
	for (int i = 0; i < rank; i++)
		*n *= dims[i];
	return data;
}

/* Mean and its standard error over the entries of a dataset. */
static double mean_of(const static_deck *d, const char *name, double *se)
{
	size_t n = 0;
	double sum = 0, square = 0, *x = get(d, name, &n);
	T_TRUE(x != NULL);
	for (size_t i = 0; x && i < n; i++)
		sum += x[i];
	const double mean = sum / (double)n;
	for (size_t i = 0; x && i < n; i++)
		square += (x[i] - mean) * (x[i] - mean);
	*se = sqrt(square / (double)n / (double)(n - 1));
	alloc_free(x);
	return mean;
}

static void test_equipartition(void)
{
	t_section("two coupled nodes: covariance kT C^-1, whatever the resistors and the step");
	static_deck d = run_deck("two nodes\n.temp 26.85\nr1 a 0 1k\nr2 b a 1meg\nc1 a 0 1p\nc2 b 0 2p\nc3 a b 1p\n"
	                         ".ic v(a)=0 v(b)=0\n.trannoise 5u 5m 50u samples=256 seed=5 step=1u\n.end\n",
	                         2);
	T_INT(d.status, TS_OK);
	/* C = [2 -1; -1 3] pF, det 5: C^-1 = [3 1; 1 2] / 5 per pF */
	const double kt = PHYS_K * 300, want[2] = {kt * 0.6e12, kt * 0.4e12};
	const char *const name[2] = {"ensemble/variance/v(a)", "ensemble/variance/v(b)"};
	for (int i = 0; i < 2; i++) {
		double se;
		const double got = mean_of(&d, name[i], &se);
		printf("  %s %.6g, want %.6g, standard error %.2g\n", name[i], got, want[i], se);
		/* the time average is subtracted: bias of one part in the number of independent samples */
		T_TRUE(fabs(got - want[i]) < SIGMAS * se + 2e-3 * want[i]);
		T_TRUE(se < 0.02 * want[i]);
	}
	static_deck_close(&d);
}

static void test_two_temperatures(void)
{
	t_section("heat flows from the hot resistor to the cold one at the exact rate");
	static_deck d =
	    run_deck("hot and cold\nr1 a 0 1meg temp=126.85\nr2 b 0 1meg temp=26.85\nc1 a 0 1p\nc2 b 0 1p\n"
	             "c3 a b 1p\n.ic v(a)=0 v(b)=0\n.trannoise 2u 4m 40u samples=512 seed=7 step=0.2u\n.end\n",
	             2);
	T_INT(d.status, TS_OK);
	/* With C = [2 -1; -1 2] pF the Lyapunov equation C^-1 S + S C^-1 = 2k C^-1 diag(T1, T2) C^-1 gives
	 * S = k (T1 + T2)/2 C^-1 + k (T1 - T2)/4 diag(1, -1) / pF; heat into r2 is (S_22 - k T2 (C^-1)_22) / R. */
	const double duration = 4e-3 - 40e-6, exact = PHYS_K * 100 / 1e6 / 12 * 1e12;
	/* Books at mid-step see fluctuations through W = C + h/2 G: modes at rates 1 and 1/3 per us with h = 0.2 us. */
	const double want = exact / ((1 + 0.1) * (1 + 0.1 / 3));
	double se1, se2;
	const double q1 = mean_of(&d, "energy/heat/r1", &se1) / duration;
	const double q2 = mean_of(&d, "energy/heat/r2", &se2) / duration;
	printf("  heat into r1 %.5g W, r2 %.5g W, want +-%.5g, standard error %.2g\n", q1, q2, want, se2 / duration);
	T_TRUE(fabs(q2 - want) < SIGMAS * se2 / duration);
	T_TRUE(fabs(q1 + want) < SIGMAS * se1 / duration);
	T_TRUE(se2 / duration < 0.1 * want);
	double se;
	T_TRUE(mean_of(&d, "energy/residual", &se) < 1e-9);
	static_deck_close(&d);
}

static void test_driven(void)
{
	t_section("a pulse through an RC: mean follows the exponential, corners inside steps");
	static_deck d =
	    run_deck("driven\nv1 in 0 pulse(0 1 1.03u 1p 1p 5u 100u)\nr1 in out 1meg\nc1 out 0 1p\n.ic v(out)=0\n"
	             ".trannoise 1u 8u 0 samples=64 seed=3 step=0.1u keep=1\n.end\n",
	             1);
	T_INT(d.status, TS_OK);
	size_t n = 0;
	double *v = get(&d, "signals/v(out)", &n);
	T_INT(n, 9);
	const double sigma = sqrt(PHYS_K * 300.15 / 1e-12);
	for (size_t i = 0; v && i < n; i++) {
		const double t = (double)i * 1e-6, on = 1.03e-6, off = 6.03e-6;
		double want = t > on ? 1 - exp(-(t - on) / 1e-6) : 0;
		if (t > off)
			want = (1 - exp(-5.0)) * exp(-(t - off) / 1e-6);
		/* trapezoid at h = RC/10: error below h^2/12 of the swing */
		T_TRUE(fabs(v[i] - want) < 5 * sigma + 1e-3);
	}
	alloc_free(v);
	static_deck_close(&d);
}

static const char LATCH[] =
    "latch\n.param u=26m ioff=1n t0='1.602176634e-19/ioff'\n.temp 'u*1.602176634e-19/1.380649e-23-273.15'\n"
    "vdd vdd 0 '1.1*u'\nvss vss 0 '-1.1*u'\nmn1 v1 v2 vss vss n\nmp1 v1 v2 vdd vdd p\nmn2 v2 v1 vss vss n\n"
    "mp2 v2 v1 vdd vdd p\nc1 v1 0 101a\nc2 v2 0 101a\n.model n nmos level=subvt i0='ioff'\n"
    ".model p pmos level=subvt i0='ioff'\n.ic v(v1)=0 v(v2)=0\n"
    ".trannoise '4*t0' '2000*t0' '200*t0' samples=%d seed=9 keep=0 step='0.25*t0'\n.end\n";

static int same_rows(const static_deck *a, const static_deck *b, const char *name)
{
	size_t na = 0, nb = 0;
	double *x = get(a, name, &na), *y = get(b, name, &nb);
	const int same = x && y && memcmp(x, y, (na < nb ? na : nb) * sizeof *x) == 0 && na > 0 && nb > 0;
	alloc_free(x);
	alloc_free(y);
	return same;
}

static void test_identity(void)
{
	t_section("bits do not depend on threads, tiles or the number of trajectories");
	static const char *const name[] = {"ensemble/mean/v(v1)", "ensemble/variance/v(v2)", "ensemble/final/v(v1)",
	                                   "energy/supply/vdd",   "energy/heat/mn1",         "energy/residual"};
	char few[2000], many[2000];
	snprintf(few, sizeof few, LATCH, 13);
	snprintf(many, sizeof many, LATCH, 40);
	static_deck a = run_deck(few, 1), b = run_deck(many, 2), c = run_deck(many, 1);
	T_INT(a.status, TS_OK);
	T_INT(b.status, TS_OK);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		T_TRUE(same_rows(&a, &b, name[i]));
		T_TRUE(same_rows(&b, &c, name[i]));
	}
	static_deck_close(&a);
	static_deck_close(&b);
	static_deck_close(&c);
}

static void test_interrupt(void)
{
	t_section("an interrupted ensemble writes what it has and says so");
	char text[2000];
	snprintf(text, sizeof text, LATCH, 16);
	stop_request();
	static_deck d = run_deck(text, 1);
	stop_clear();
	T_INT(d.status, TS_STOPPED);
	double complete = 1;
	T_INT(out_get_attr_number(d.file, "/analyses/trannoise1", "complete", &complete, d.diag), TS_OK);
	T_TRUE(complete == 0);
	T_TRUE(isnan(static_deck_value(&d, "/analyses/trannoise1/ensemble/mean/v(v1)", 0, NULL)));
	static_deck_close(&d);
}

static void test_divergence(void)
{
	t_section("a step beyond stability is an error that names trajectory, node and time");
	static_deck d = run_deck("too long\nr1 out 0 1meg\nc1 out 0 1p\n.ic v(out)=1\n"
	                         ".trannoise 100u 50m 0 samples=8 seed=1 step=100u method=em keep=0\n.end\n",
	                         1);
	T_INT(d.status, TS_NUMERIC);
	T_TRUE(diag_has(d.diag, E0531));
	T_TRUE(diag_has(d.diag, W0501));
	static_deck_close(&d);
}

int main(void)
{
	test_equipartition();
	test_two_temperatures();
	test_driven();
	test_identity();
	test_interrupt();
	test_divergence();
	return t_done();
}
