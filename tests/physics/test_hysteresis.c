/* SPDX-License-Identifier: Apache-2.0
 * Switches with hysteresis against closed forms: sweeps up and down, starting states, small signals in both states, two
 * switches that must not flip together, the relaxation oscillator through both integrators and as an ensemble without
 * noise, kT/C in both states, trajectories with states of their own, decks without an answer.
 */
#include "sde_bench.h"

static const double TOL = 1e-9, TOL_TRAN = 1e-5, T0 = 300;

static double value(const static_deck *d, const char *path, size_t k)
{
	return static_deck_value(d, path, k, NULL);
}

/* 1 V over a switch of 10 ohm or 1 Mohm and 1 kohm. */
static double divided(int on)
{
	return 1e3 / (1e3 + (on ? 10 : 1e6));
}

#define DIVIDERS                                                                                                       \
	".model sm sw vt=0.5 vh=0.2 ron=10 roff=1meg\n.model wm csw it=0.5m ih=0.2m ron=10 roff=1meg\n"                \
	"v2 a 0 1\ns1 a b in 0 sm\ns2 a c in 0 sm on\ns3 a d in 0 sm off\nw1 a e v3 wm\nw2 a f v3 wm on\n"             \
	"v3 in x 0\nrx x 0 1k\nr1 b 0 1k\nr2 c 0 1k\nr3 d 0 1k\nr4 e 0 1k\nr5 f 0 1k\n"

static void check_row(const static_deck *d, const char *name, size_t k, int from_off, int from_on)
{
	static const char *const node[] = {"b", "c", "d", "e", "f"};
	for (int i = 0; i < 5; i++) {
		char path[80];
		snprintf(path, sizeof path, "/analyses/%s/signals/v(%s)", name, node[i]);
		T_REL(value(d, path, k), divided(i == 1 || i == 4 ? from_on : from_off), TOL);
	}
}

static void test_sweeps(void)
{
	t_section(".dc up, down, and in rows that start anew; S and W");
	static_deck d = static_deck_open("sweeps\n" DIVIDERS "v1 in 0 0\n.dc v1 0.4 1.0 0.05\n.dc v1 0.95 0 -0.05\n"
	                                 ".dc v1 0.35 0.85 0.1 v2 1 1 1\n.dc v2 1 1 1 v1 0.6 0.4 -0.2\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	for (size_t k = 0; k <= 12; k++) /* 0.7 itself is not above the threshold: tell by the neighbours */
		if (k != 6)
			check_row(&d, "dc1", k, k > 6, 1);
	for (size_t k = 0; k <= 19; k++)
		if (k != 13)
			check_row(&d, "dc2", k, k < 13, k < 13);
	for (size_t k = 0; k < 6; k++)
		check_row(&d, "dc3", k, k > 3, 1);
	for (size_t k = 0; k < 2; k++)
		check_row(&d, "dc4", k, 0, 1);
	static_deck_close(&d);
}

static void test_start(void)
{
	t_section(
	    ".op: on and off count inside the hysteresis, the control outside; none is given: a jump at the threshold");
	static const struct {
		double control;
		int from_off, from_on;
	} at[] = {{0.29, 0, 0}, {0.31, 0, 1}, {0.69, 0, 1}, {0.71, 1, 1}};
	for (int i = 0; i < 4; i++) {
		char text[900];
		snprintf(text, sizeof text, "start\n" DIVIDERS "v1 in 0 %g\n.op\n.end\n", at[i].control);
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		check_row(&d, "op1", 0, at[i].from_off, at[i].from_on);
		static_deck_close(&d);
	}
	static_deck d = static_deck_open("jump\n.model sm sw vt=0.5 ron=10 roff=1meg\nv2 a 0 1\ns1 a b in 0 sm\n"
	                                 "r1 b 0 1k\nv1 in 0 0.5001\n.op\n.dc v1 0.4999 0.5001 0.0002\n.end\n",
	                                 1, 1);
	T_REL(value(&d, "/analyses/op1/signals/v(b)", 0), divided(1), TOL);
	T_REL(value(&d, "/analyses/dc1/signals/v(b)", 0), divided(0), TOL);
	T_REL(value(&d, "/analyses/dc1/signals/v(b)", 1), divided(1), TOL);
	static_deck_close(&d);
}

static void test_small_signals(void)
{
	t_section(".ac .tf .noise .sens in the state of the operating point");
	for (int on = 0; on < 2; on++) {
		const double g = on ? 1e-2 : 1e-5, r = 1 / (g + 1e-3), gain = g * r;
		char text[700];
		snprintf(text, sizeof text,
		         "small\n.temp 26.85\n.model sm sw vt=0.5 vh=0.2 ron=100 roff=100k\nv1 in 0 dc 1 ac 1\n"
		         "vc c 0 0.5\ns1 in b c 0 sm %s\nr1 b 0 1k noisy=0\n.ac lin 1 1k 1k\n.tf v(b) v1\n"
		         ".noise v(b) v1 lin 1 1k 1k\n.sens v(b)\n.end\n",
		         on ? "on" : "off");
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		T_REL(value(&d, "/analyses/ac1/signals/vr(b)", 0), gain, TOL);
		T_REL(value(&d, "/analyses/tf1/signals/gain", 0), gain, TOL);
		T_REL(value(&d, "/analyses/noise1/signals/onoise", 0), 4 * PHYS_K * T0 * g * r * r, TOL);
		/* v = g/(g + g1), d/d(1/g) = -g^2 g1 r^2 */
		T_REL(value(&d, on ? "/analyses/sens1/signals/s(sm:ron)" : "/analyses/sens1/signals/s(sm:roff)", 0),
		      -g * g * 1e-3 * r * r, 1e-7);
		static_deck_close(&d);
	}
}

static void test_pair(void)
{
	t_section("two switches that short each other's control: one on, one off");
	static_deck d = static_deck_open("pair\n.model sm sw vt=2 vh=0.5 ron=100 roff=1g\nvdd vdd 0 5\nr1 vdd a 10k\n"
	                                 "r2 vdd b 10k\ns1 a 0 b 0 sm\ns2 b 0 a 0 sm\n.op\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	const double a = value(&d, "/analyses/op1/signals/v(a)", 0), b = value(&d, "/analyses/op1/signals/v(b)", 0);
	T_REL(fmin(a, b), 5 * 100 / 10100., TOL);
	T_REL(fmax(a, b), 5 * 1e9 / (1e9 + 1e4), TOL);
	static_deck_close(&d);
}

/* 1 nF between 1 V and 3 V: up through 10 kohm from 5 V, down through 500 ohm. */
static double saw(double t)
{
	const double g = 1e-4 + 1. / 500, up = 1e-5, down = 1e-9 / g, low = 5e-4 / g;
	const double rise = up * log(4. / 2), fall = down * log((3 - low) / (1 - low)), first = up * log(5. / 2);
	if (t < first)
		return 5 * (1 - exp(-t / up));
	const double s = fmod(t - first, rise + fall);
	return s < fall ? low + (3 - low) * exp(-s / down) : 5 - 4 * exp(-(s - fall) / up);
}

static void check_oscillator(const char *deck, const char *method)
{
	char text[500], *is = NULL;
	snprintf(text, sizeof text,
	         "oscillator\n.options reltol=1e-8\n.model sm sw vt=2 vh=1 ron=500 roff=1e15\nvdd vdd 0 5\n"
	         "r1 vdd c 10k\n%s.tran 37n 100u uic\n.end\n",
	         deck);
	static_deck d = static_deck_open(text, 1, 1);
	T_INT(d.status, TS_OK);
	size_t n = 0;
	double worst = 0, switchings = 0;
	static_deck_value(&d, "/analyses/tran1/time", 0, &n);
	T_TRUE(n > 2000);
	for (size_t k = 0; k < n; k++)
		worst = fmax(worst, fabs(value(&d, "/analyses/tran1/signals/v(c)", k) -
		                         saw(value(&d, "/analyses/tran1/time", k))));
	T_INT(out_get_attr_text(d.file, "/analyses/tran1", "method", &is, d.diag), TS_OK);
	T_STR(is, method);
	T_INT(out_get_attr_number(d.file, "/analyses/tran1", "switchings", &switchings, d.diag), TS_OK);
	printf("  %s: worst deviation %.3g V, %g switchings\n", is, worst, switchings);
	T_ABS(worst, 0, TOL_TRAN);
	T_TRUE(switchings > 20);
	alloc_free(is);
	static_deck_close(&d);
}

static void test_oscillator(void)
{
	t_section("relaxation oscillator, every sample of a dozen periods, by CVODE and by IDA");
	check_oscillator("c1 c 0 1n\ns1 c 0 c 0 sm\n", "cvode");
	check_oscillator("c1 c 0 1n\ne1 d 0 c 0 1\nrd d 0 1k\ns1 c 0 d 0 sm\n", "ida");
	check_oscillator("c1 c s 1n\nvs s 0 0\nv2 t 0 1\nr2 t u 1k\nv3 u 0 0\ns1 c 0 c s sm on\n", "cvode");
}

static void test_timing(void)
{
	t_section("a ramp passes the thresholds: the times, without any capacitor and with one");
	for (int c = 0; c < 2; c++) {
		char text[400];
		snprintf(text, sizeof text,
		         "ramp\n.options reltol=1e-8\n.model sm sw vt=0.5 vh=0.2137 ron=1k roff=1e15\n"
		         "v1 in 0 pwl(0 0 10u 1 20u 0)\nv2 a 0 1\n%ss1 a b in 0 sm\nr1 b 0 1k\n.tran 50n 20u\n.end\n",
		         c ? "c1 b 0 1p\n" : "");
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		size_t n = 0;
		static_deck_value(&d, "/analyses/tran1/time", 0, &n);
		for (size_t k = 0; k < n; k++) {
			const double t = value(&d, "/analyses/tran1/time", k), up = 7.137e-6, down = 17.137e-6;
			const int settled =
			    t < up || (t > up + (c ? 2e-8 : 0) && t < down) || t > down + (c ? 4e-8 : 0);
			if (settled)
				T_ABS(value(&d, "/analyses/tran1/signals/v(b)", k), t > up && t < down ? 0.5 : 0, 1e-7);
		}
		static_deck_close(&d);
	}
}

/* A switch flips up to a step h late, in each of 12 periods once at 3 V, where the fall makes up for it, and once at 1 V,
 * where the capacitor falls by 1.6e6 V/s and takes 4 h to rise by as much: at most 6 h in all, at 4e5 V/s. */
static void test_ensemble_limit(void)
{
	t_section("without noise an ensemble tends to the oscillator's own saw");
	static const double step[] = {4e-9, 1e-9, 2.5e-10};
	for (int i = 0; i < 3; i++) {
		char text[500];
		snprintf(text, sizeof text,
		         "limit\n.model sm sw vt=2 vh=1 ron=500 roff=1e15\nvdd vdd 0 5\nr1 vdd c 10k\nc1 c 0 1n\n"
		         "s1 c 0 c 0 sm\n.ic v(c)=0\n.save v(c)\n.trannoise 1u 90u samples=2 keep=1 noise=off step=%g\n"
		         ".end\n",
		         step[i]);
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		size_t n = 0;
		double worst = 0;
		static_deck_value(&d, "/analyses/trannoise1/time", 0, &n);
		T_TRUE(n == 91);
		for (size_t k = 0; k < n; k++) {
			const double t = value(&d, "/analyses/trannoise1/time", k), want = saw(t);
			/* not next to a jump of the slope, where a late switch is far off */
			if (saw(t + 3e-7) > want && saw(t - 3e-7) < want && want > 1.2)
				worst =
				    fmax(worst, fabs(value(&d, "/analyses/trannoise1/signals/v(c)", k) - want));
		}
		printf("  step %g s: worst deviation %.3g V\n", step[i], worst);
		T_TRUE(worst > 0);
		T_ABS(worst, 0, 12 * 6 * 4e5 * step[i]);
		static_deck_close(&d);
	}
}

/* A comparator on noise of 20 mV, thresholds at +-10 mV: every lane has its own history. */
static static_deck comparator(int samples)
{
	char text[500];
	snprintf(text, sizeof text,
	         "comparator\n.options gmin=0\n.model sm sw vt=0 vh=10m ron=1k roff=1meg\nr1 n 0 1meg\nc1 n 0 10a\n"
	         "v1 a 0 1\ns1 a b n 0 sm\nr2 b 0 10k\nc2 b 0 10a\n.save v(b) v(n)\n"
	         ".trannoise 10p 4n samples=%d keep=%d seed=5 step=0.1p\n.end\n",
	         samples, samples);
	return static_deck_open(text, 1, 1);
}

static void test_lanes(void)
{
	t_section(
	    "each trajectory has a state of its own, whatever runs beside it; on for half of the time by symmetry");
	static_deck few = comparator(3), many = comparator(64);
	T_INT(few.status, TS_OK);
	T_INT(many.status, TS_OK);
	const char *path = "/analyses/trannoise1/ensemble/mean/v(b)";
	double sum = 0, square = 0;
	for (size_t k = 0; k < 3; k++)
		T_TRUE(value(&few, path, k) == value(&many, path, k));
	for (size_t k = 0; k < 64; k++) {
		const double mean = value(&many, path, k), low = 1e4 / (1e4 + 1e6), high = 1e4 / (1e4 + 1e3);
		const double on = (mean - low) / (high - low);
		sum += on;
		square += on * on;
	}
	const double got = sum / 64, error = sqrt((square / 64 - got * got) / 63);
	printf("  on %.4f +- %.4f of the time\n", got, error);
	T_TRUE(error > 1e-4 && error < 0.03);
	T_ABS(got, 0.5, 4.5 * error + 0.01); /* 0.1 ps at b, of dwell times of 10 ps */
	static_deck_close(&few);
	static_deck_close(&many);
}

static void test_ktc(void)
{
	t_section("kT/C behind a switch that keeps either state, at every step");
	static const double step[] = {1e-11, 1e-8};
	for (int i = 0; i < 4; i++) {
		const sde_options o = {
		    .reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .energy = 1, .h = step[i / 2]};
		char text[300];
		snprintf(text, sizeof text,
		         "ktc\n.model sm sw vt=0.5 vh=0.25 ron=100 roff=10k\nvc c 0 0.5\ns1 a 0 c 0 sm temp=326.85 %s\n"
		         "c1 a 0 1p\n.end\n",
		         i % 2 ? "on" : "off");
		sde_bench b = bench_open(text, &o);
		const int node[] = {bench_node(&b, "a")};
		const bench_linear r = bench_linearise(&b, node, 1);
		double s;
		bench_covariance(&r, &s);
		T_REL(s, PHYS_K * 2 * T0 / 1e-12, 1e-11);
		T_INT(b.failed, 0);
		bench_close(&b);
	}
}

static void check_refused(const char *text, ts_status status, diag_code code)
{
	static_deck d = static_deck_open(text, 1, 0);
	T_INT(d.status, status);
	T_INT(diag_count(d.diag, DIAG_ERROR), 1);
	T_TRUE(diag_has(d.diag, code));
	static_deck_close(&d);
}

static void test_chatter(void)
{
	t_section("a switch whose states undo themselves: an error that names it");
	check_refused(
	    "op\n.model sm sw vt=2 vh=1 ron=100 roff=1g\nvdd vdd 0 5\nr1 vdd c 10k\ns1 c 0 c 0 sm\n.op\n.end\n",
	    TS_NUMERIC, E0505);
	check_refused("white\n.model wm csw it=1n ih=1n\nr1 a x 1k\nvs x 0 0\nc1 a 0 1p\nw1 b 0 vs wm\nc2 b 0 1p\n"
	              ".trannoise 1n 10n samples=8\n.end\n",
	              TS_NETLIST, E0412);
	check_refused("at once\n.model sm sw vt=2 vh=1 ron=100 roff=1g\nvdd vdd 0 pwl(0 0 1u 5)\nr1 vdd c 10k\n"
	              "s1 c 0 c 0 sm\n.tran 1u 100u\n.end\n",
	              TS_NUMERIC, E0523);
	check_refused("no width\n.model sm sw vt=2 ron=100 roff=1g\nvdd vdd 0 5\nr1 vdd c 10k\nc1 c 0 1n\n"
	              "s1 c 0 c 0 sm\n.tran 1u 100u uic\n.end\n",
	              TS_NUMERIC, E0523);
}

static void test_smooth(void)
{
	t_section("a smooth switch has no state to start in: a warning");
	static_deck d = static_deck_open("smooth\n.model sm sw vh=-1\ns1 a 0 a 0 sm on\nr1 a 0 1\n.op\n.end\n", 1, 1);
	T_INT(d.status, TS_OK);
	T_TRUE(diag_has(d.diag, W0302));
	static_deck_close(&d);
}

int main(void)
{
	test_sweeps();
	test_start();
	test_small_signals();
	test_pair();
	test_oscillator();
	test_timing();
	test_ktc();
	test_ensemble_limit();
	test_lanes();
	test_chatter();
	test_smooth();
	return t_done();
}
