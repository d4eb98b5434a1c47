/* SPDX-License-Identifier: Apache-2.0
 * Stored currents, powers, device quantities and expressions against Kirchhoff's law, i = C dv/dt, p = v i and closed
 * forms, in .op, .dc, .tran, .ac and .trannoise; which state .nodeset and .ic select.
 */
#include "base/phys.h"
#include "harness/t.h"
#include "physics/static_deck.h"

#define MODELS ".model n nmos level=44 vto=0.5 kp=100u cox=2m\n.model p pmos level=44 vto=-0.5 kp=50u cox=2m\n"
#define STAGE                                                                                                          \
	"stage\n" MODELS ".model dm d is=1f cjo=1p\nvdd vdd 0 2\nvin in 0 dc 1 ac 1 pulse(0 1 1u 50n 50n 2u 5u)\n"     \
	"r1 in out 1k\nc1 out 0 1n\nm1 d out 0 0 n w=10u l=1u\nrd vdd d 10k\nd1 out 0 dm\n"                            \
	".save all i(r1) i(c1) i(d1) id(m1) ig(m1) is(m1) ib(m1) @m1[id] @m1[gm] p(rd) @rd[i] @rd[v] "                 \
	"'v(vdd)*i(vdd)'\n"

enum { MOST = 4000 };
typedef struct curve {
	size_t n;
	double y[MOST];
} curve;

static curve get(const static_deck *d, const char *analysis, const char *name)
{
	static curve c;
	char path[300];
	size_t dims[4] = {0};
	double *data = NULL;
	int rank = 0;
	c.n = 0;
	snprintf(path, sizeof path, "/analyses/%s/signals/%s", analysis, name);
	if (!T_INT(out_get(d->file, path, &rank, dims, &data, d->diag), TS_OK))
		diag_print(d->diag, stdout);
	for (size_t i = 0; data && i < dims[0] && i < MOST; i++)
		c.y[c.n++] = data[i];
	alloc_free(data);
	return c;
}

/* Largest |sum of weight times signal|, and largest signal, over the points of an analysis. */
typedef struct balance {
	double worst, largest;
} balance;

static balance sum_of(const static_deck *d, const char *analysis, const char *const *name, const double *weight, int n)
{
	static double sum[MOST];
	balance b = {0};
	size_t points = 0;
	memset(sum, 0, sizeof sum);
	for (int k = 0; k < n; k++) {
		const curve c = get(d, analysis, name[k]);
		points = c.n;
		for (size_t i = 0; i < c.n; i++) {
			sum[i] += weight[k] * c.y[i];
			b.largest = fmax(b.largest, fabs(c.y[i]));
		}
	}
	T_TRUE(points > 0);
	for (size_t i = 0; i < points; i++)
		b.worst = fmax(b.worst, fabs(sum[i]));
	return b;
}

static void check_kirchhoff(const static_deck *d, const char *analysis, double tol)
{
	static const char *const node[] = {"i(r1)", "i(c1)", "i(d1)", "ig(m1)"};
	static const char *const drain[] = {"@rd[i]", "id(m1)", "i(vdd)"};
	static const char *const body[] = {"id(m1)", "ig(m1)", "is(m1)", "ib(m1)"};
	balance b = sum_of(d, analysis, node, (const double[]){1, -1, -1, -1}, 4);
	T_ABS(b.worst, 0, tol * b.largest);
	b = sum_of(d, analysis, drain, (const double[]){1, -1, 0}, 3);
	T_ABS(b.worst, 0, tol * b.largest);
	b = sum_of(d, analysis, drain, (const double[]){1, 0, 1}, 3);
	T_ABS(b.worst, 0, tol * b.largest);
	b = sum_of(d, analysis, body, (const double[]){1, 1, 1, 1}, 4);
	T_ABS(b.worst, 0, 1e-12 * b.largest);
}

static void check_power(const static_deck *d, const char *analysis)
{
	const curve p = get(d, analysis, "p(rd)"), i = get(d, analysis, "@rd[i]"), v = get(d, analysis, "@rd[v]");
	const curve vi = get(d, analysis, "v(vdd)*i(vdd)"), supply = get(d, analysis, "i(vdd)");
	for (size_t k = 0; k < p.n; k++) {
		T_ABS(p.y[k], v.y[k] * i.y[k], 1e-14 * fabs(p.y[k]));
		T_ABS(v.y[k], 1e4 * i.y[k], 1e-12 * (1 + fabs(v.y[k])));
		T_ABS(vi.y[k], 2 * supply.y[k], 1e-14 * fabs(vi.y[k]));
	}
}

static void test_static(void)
{
	t_section(".op and .dc: Kirchhoff, p = v i, no current in a capacitor");
	static_deck d = static_deck_open(STAGE ".op\n.dc vin 0 1.5 0.05\n", 1, 1);
	check_kirchhoff(&d, "op1", 1e-6);
	check_kirchhoff(&d, "dc1", 1e-6);
	check_power(&d, "dc1");
	const curve c = get(&d, "dc1", "i(c1)"), id = get(&d, "dc1", "id(m1)"), obs = get(&d, "dc1", "@m1[id]");
	const curve v = get(&d, "dc1", "v(out)"), gm = get(&d, "dc1", "@m1[gm]");
	T_INT(c.n, 31);
	for (size_t k = 0; k < c.n; k++) {
		T_ABS(c.y[k], 0, 0);
		T_ABS(id.y[k], obs.y[k], 1e-14 * fabs(obs.y[k]));
	}
	T_TRUE(v.y[30] > v.y[0] && gm.y[30] > gm.y[0]);
	/* the tables of devices hold the same numbers */
	T_REL(static_deck_value(&d, "/analyses/op1/operating_point/resistor/p", 1, NULL), get(&d, "op1", "p(rd)").y[0],
	      1e-14);
	T_REL(static_deck_value(&d, "/analyses/op1/operating_point/mosfet_ekv/gm", 0, NULL),
	      get(&d, "op1", "@m1[gm]").y[0], 1e-14);
	static_deck_close(&d);
}

static void test_tran(void)
{
	t_section(".tran: Kirchhoff with displacement currents");
	static_deck d = static_deck_open(STAGE ".tran 10n 5u\n", 1, 1);
	check_kirchhoff(&d, "tran1", 2e-4); /* IDA's slope just behind a corner; 1e-6 elsewhere */
	check_power(&d, "tran1");
	static_deck_close(&d);
	t_section("i(c) = C dv/dt by CVODE");
	d = static_deck_open("rc\nv1 a 0 sin(0 1 1meg)\nr1 a b 1k\nc1 b 0 100p\n.save all i(c1) i(r1) p(c1) p(r1)\n"
	                     ".tran 5n 5u\n.op\n",
	                     1, 1);
	const curve ic = get(&d, "tran1", "i(c1)"), ir = get(&d, "tran1", "i(r1)"), v = get(&d, "tran1", "v(b)");
	const curve pc = get(&d, "tran1", "p(c1)");
	const double w = 2 * PHYS_PI * 1e6, wrc = w * 1e-7, scale = 1e-10 * w / (1 + wrc * wrc);
	double worst = 0, largest = 0;
	for (size_t k = 0; k < ic.n; k++) {
		const double t = 5e-9 * (double)k;
		/* v = Im e^{iwt}/(1 + iwRC) + wRC/(1 + (wRC)^2) e^{-t/RC} */
		const double law = scale * (cos(w * t) + wrc * sin(w * t) - exp(-t / 1e-7));
		worst = fmax(worst, fabs(ic.y[k] - law));
		largest = fmax(largest, fabs(law));
		T_ABS(ic.y[k], ir.y[k], 1e-9 * scale);
		T_ABS(pc.y[k], v.y[k] * ic.y[k], 1e-14 * fabs(pc.y[k]));
	}
	T_TRUE(ic.n == 1001);
	T_ABS(worst, 0, 1e-5 * largest);
	static_deck_close(&d);
}

static void test_small_signal(void)
{
	t_section(".ac: i = (g + jwc) v, Kirchhoff, quotients");
	static_deck d = static_deck_open(STAGE ".print ac i(c1) 'v(out)/v(in)' vdb(out)\n.ac dec 5 1k 100meg\n", 1, 1);
	static const char *const part[2][4] = {{"ir(r1)", "ir(c1)", "ir(d1)", "real(ig(m1))"},
	                                       {"ii(r1)", "ii(c1)", "ii(d1)", "imag(ig(m1))"}};
	for (int k = 0; k < 2; k++) {
		const balance b = sum_of(&d, "ac1", part[k], (const double[]){1, -1, -1, -1}, 4);
		T_ABS(b.worst, 0, 1e-12 * b.largest);
	}
	const curve re = get(&d, "ac1", "vr(out)"), ii = get(&d, "ac1", "ii(c1)");
	const curve quotient = get(&d, "ac1", "real(v(out)\xe2\x88\x95v(in))"), gm = get(&d, "ac1", "real(@m1[gm])");
	for (size_t k = 0; k < re.n; k++) {
		const double f = 1e3 * pow(10, (double)k / 5);
		T_REL(ii.y[k], 2 * PHYS_PI * f * 1e-9 * re.y[k], 1e-12);
		T_REL(quotient.y[k], re.y[k], 1e-12);
		T_REL(gm.y[k], gm.y[0], 0);
	}
	static_deck_close(&d);
}

/* Expressions of voltages follow stochastic trajectories too. */
static void test_stochastic(void)
{
	t_section(".trannoise: expressions of voltages");
	static_deck d = static_deck_open("rc\nr1 a 0 1meg\nc1 a 0 1p\n.ic v(a)=0\n.save v(a) '2*v(a)+1'\n"
	                                 ".trannoise 1u 200u samples=4 seed=3\n",
	                                 1, 1);
	const curve v = get(&d, "trannoise1", "v(a)");
	T_TRUE(v.n > 0);
	for (size_t k = 0; k < 4; k++) {
		const double mean = static_deck_value(&d, "/analyses/trannoise1/ensemble/mean/v(a)", k, NULL);
		const double twice = static_deck_value(&d, "/analyses/trannoise1/ensemble/mean/2*v(a)+1", k, NULL);
		T_REL(twice, 2 * mean + 1, 1e-12);
		const double var = static_deck_value(&d, "/analyses/trannoise1/ensemble/variance/v(a)", k, NULL);
		T_REL(static_deck_value(&d, "/analyses/trannoise1/ensemble/variance/2*v(a)+1", k, NULL), 4 * var, 1e-9);
	}
	static_deck_close(&d);
}

#define LATCH                                                                                                          \
	"latch\n" MODELS                                                                                               \
	"vdd vdd 0 2\nm1 q qb 0 0 n w=2u l=1u\nm2 q qb vdd vdd p w=4u l=1u\nm3 qb q 0 0 n w=2u l=1u\n"                 \
	"m4 qb q vdd vdd p w=4u l=1u\nc1 q 0 10f\nc2 qb 0 10f\n"

static void test_nodeset(void)
{
	t_section(".nodeset selects a state of a latch, and leaves no trace in it");
	static const char *const card[] = {".nodeset v(q)=2 v(qb)=0\n", ".nodeset v(q)=0\n.nodeset v(qb)=1.7\n",
	                                   ".nodeset v(q)=1.5\n"};
	static const int is_high[] = {1, 0, 1};
	for (int k = 0; k < 3; k++) {
		char text[1000];
		snprintf(text, sizeof text, LATCH "%s.op\n.tran 1n 20n\n", card[k]);
		static_deck d = static_deck_open(text, 1, 1);
		const double q = get(&d, "op1", "v(q)").y[0], qb = get(&d, "op1", "v(qb)").y[0];
		T_ABS(q, is_high[k] ? 2 : 0, 1e-3);
		T_ABS(qb, is_high[k] ? 0 : 2, 1e-3);
		const curve t = get(&d, "tran1", "v(q)");
		T_ABS(t.y[0], q, 1e-9);
		T_ABS(t.y[t.n - 1], q, 1e-6);
		static_deck_close(&d);
	}
	static_deck d = static_deck_open("one state\nv1 a 0 1\nr1 a b 1k\nr2 b 0 1k\n.nodeset all=0\n.op\n", 1, 1);
	T_REL(get(&d, "op1", "v(b)").y[0], 0.5, 1e-9);
	static_deck_close(&d);
}

static void test_ic(void)
{
	t_section(".ic holds nodes while a transient's operating point is found");
	/* v(c) follows from v(b) = 1 V through the divider; let go, b decays with (R1 || (R2 + R3)) C1 */
	static_deck d = static_deck_open("divider\nv1 a 0 0\nr1 a b 1k\nr2 b c 1k\nr3 c 0 1k\nc1 b 0 1n\n.ic v(b)=1\n"
	                                 ".tran 10n 2u\n",
	                                 1, 1);
	const curve b = get(&d, "tran1", "v(b)"), c = get(&d, "tran1", "v(c)");
	const double tau = 1e-9 * 1e3 * 2 / 3;
	T_ABS(b.y[0], 1, 1e-6);
	T_ABS(c.y[0], 0.5, 1e-6);
	for (size_t k = 0; k < b.n; k++) {
		T_ABS(b.y[k], exp(-1e-8 * (double)k / tau), 1e-5);
		T_ABS(c.y[k], 0.5 * b.y[k], 1e-9);
	}
	static_deck_close(&d);
	t_section("a capacitive node that nothing else holds");
	d = static_deck_open("dynamic\nc1 b 0 1n\nc2 b c 1n\nr1 c 0 1k\n.ic v(b)=1\n.tran 10n 1u\n", 1, 1);
	T_INT(d.status, TS_OK);
	T_ABS(get(&d, "tran1", "v(b)").y[0], 1, 1e-6);
	static_deck_close(&d);
}

int main(void)
{
	test_static();
	test_tran();
	test_small_signal();
	test_stochastic();
	test_nodeset();
	test_ic();
	return t_done();
}
