/* SPDX-License-Identifier: Apache-2.0
 * .op against closed forms: linear circuits, a diode through a resistor, the subthreshold inverter (physics.md 2.3), a
 * latch; ill-posed circuits and their codes; lanes of the masked Newton are independent bit for bit, and so are
 * instruction-set levels (the program runs itself with TS_ISA set).
 */
#include "harness/t.h"
#include "static_deck.h"

#include <inttypes.h>
#include <stdlib.h>
#include "base/phys.h"

static const double TOL_LINEAR = 1e-12, TOL_NEWTON = 1e-9, TOL_CURRENT = 1e-7;
static const double ROUNDING = 1e-17; /* A: one bit of 3.3 V across the channel */

static void test_linear(void)
{
	t_section("divider, stacked sources, controlled sources, inductor as a short");
	static_deck d = static_deck_open("linear\n"
	                                 "v1 in 0 3\nr1 in out 1k\nr2 out 0 2k\n"
	                                 "v2 top in 2\nr3 top 0 5k\n"
	                                 "g1 0 amp out 0 2m\nr4 amp 0 10k\ne1 e 0 amp out 0.5\nr5 e 0 1k\n"
	                                 "l1 out sh 1n\nr6 sh 0 2k\n.op\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	const double out = 3 * 0.5;
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(out)", 0, NULL), out, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(top)", 0, NULL), 5, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(amp)", 0, NULL), out * 20, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(e)", 0, NULL), (out * 20 - out) / 2, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/i(v2)", 0, NULL), -1e-3, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/i(v1)", 0, NULL), -1e-3 - 1.5e-3, TOL_LINEAR);
	static_deck_close(&d);
}

/* Root of (v - e) / r + is (exp(v/u) - 1) by Newton on the current's logarithm, which is nearly linear. */
static double diode_voltage(double e, double r, double is, double u)
{
	double v = e < 0.6 ? e : 0.6;
	for (int i = 0; i < 200; i++) {
		const double current = (e - v) / r, h = v - u * log1p(current / is);
		v -= h / (1 + u / (r * (is + current)));
	}
	return v;
}

static void check_unit(const static_deck *d, const char *path, const char *want)
{
	char *unit = NULL;
	T_INT(out_get_attr_text(d->file, path, "units", &unit, NULL), TS_OK);
	T_STR(unit ? unit : "(none)", want);
	alloc_free(unit);
}

static void test_diode(void)
{
	t_section("diode behind a resistor");
	const double supply[] = {0.1, 1, 5, 100, 1e4};
	for (size_t k = 0; k < sizeof supply / sizeof *supply; k++) {
		char text[256];
		snprintf(text, sizeof text,
		         "diode\nv1 in 0 %.17g\nr1 in a 1k\nd1 a 0 dd\n.model dd d is=1e-14\n.op\n.end\n", supply[k]);
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		const double want = diode_voltage(supply[k], 1e3, 1e-14, phys_ut(PHYS_ZERO_C + 27));
		T_REL(static_deck_value(&d, "/analyses/op1/signals/v(a)", 0, NULL), want, TOL_NEWTON);
		T_REL(static_deck_value(&d, "/analyses/op1/devices/d1/id", 0, NULL), (supply[k] - want) / 1e3,
		      TOL_CURRENT);
		check_unit(&d, "/analyses/op1/devices/d1/id", "A");
		check_unit(&d, "/analyses/op1/devices/d1/gd", "S");
		check_unit(&d, "/analyses/op1/devices/d1/cd", "F");
		static_deck_close(&d);
	}
}

/* x = exp(v/U) solves a g x^2 + (c - a) x - c g = 0 (physics.md 2.3), all in units of U = 1. */
static double inverter_output(double vdd, double vin)
{
	const double a = exp(vdd - vin), c = exp(vin + vdd), g = exp(-vdd), b = c - a;
	const double root = sqrt(b * b + 4 * a * c * g * g);
	return log(b > 0 ? 2 * c * g / (b + root) : (root - b) / (2 * a * g));
}

static void test_inverter(void)
{
	t_section("subthreshold inverter");
	const double u = phys_ut(PHYS_ZERO_C + 27);
	for (int k = -4; k <= 4; k++) {
		char text[512];
		snprintf(text, sizeof text,
		         "inverter\nvp p 0 %.17g\nvn n 0 %.17g\nvin in 0 %.17g\nmn out in n n nn\nmp out in p p pp\n"
		         ".model nn nmos level=subvt\n.model pp pmos level=subvt\n.op\n.end\n",
		         3 * u, -3 * u, 0.5 * k * u);
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		T_ABS(static_deck_value(&d, "/analyses/op1/signals/v(out)", 0, NULL) / u, inverter_output(3, 0.5 * k),
		      TOL_NEWTON);
		static_deck_close(&d);
	}
}

static const char LATCH[] =
    "latch\nvdd vdd 0 1\nmp1 a b vdd vdd pp\nmn1 a b 0 0 nn\nmp2 b a vdd vdd pp\nmn2 b a 0 0 nn\n"
    ".model nn nmos level=%s\n.model pp pmos level=%s\n.ic v(a)=1 v(b)=0\n.op\n.end\n";

/* The state that .ic selects: the nodes mirror each other and, for the ideal device, obey the inverter equation. */
static void test_latch(const char *level)
{
	t_section("latch, level %s", level);
	char text[512];
	snprintf(text, sizeof text, LATCH, level, level);
	static_deck d = static_deck_open(text, 1, 1);
	T_INT(d.status, TS_OK);
	const double a = static_deck_value(&d, "/analyses/op1/signals/v(a)", 0, NULL);
	const double b = static_deck_value(&d, "/analyses/op1/signals/v(b)", 0, NULL);
	T_TRUE(a > 0.99 && b < 0.01 && b > 0);
	if (strcmp(level, "subvt") == 0) {
		const double u = phys_ut(PHYS_ZERO_C + 27);
		T_ABS((b - 0.5) / u, inverter_output(0.5 / u, (a - 0.5) / u), TOL_NEWTON);
	}
	static_deck_close(&d);
}

static void test_ekv_inverter(void)
{
	t_section("EKV inverter: both transistors carry the same current");
	for (int k = 0; k <= 10; k++) {
		char text[512];
		snprintf(text, sizeof text,
		         "ekv\nvdd p 0 3.3\nvin in 0 %.17g\nmn out in 0 0 nn w=2u l=1u\nmp out in p p pp w=4u l=1u\n"
		         ".model nn nmos level=44\n.model pp pmos level=44\n.op\n.end\n",
		         0.33 * k);
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		const double in = static_deck_value(&d, "/analyses/op1/devices/mn/id", 0, NULL);
		const double ip = static_deck_value(&d, "/analyses/op1/devices/mp/id", 0, NULL);
		T_TRUE(in > 0);
		T_ABS(fabs(ip), in, TOL_CURRENT * in + ROUNDING);
		static_deck_close(&d);
	}
}

static void expect_code(const char *text, ts_status status, diag_code code)
{
	static_deck d = static_deck_open(text, 1, 0);
	T_INT(d.status, status);
	T_TRUE(diag_has(d.diag, code));
	static_deck_close(&d);
}

static void test_ill_posed(void)
{
	t_section("ill-posed circuits");
	expect_code("floating\nv1 a 0 1\nr1 a 0 1k\nr2 b c 1k\nc1 b c 1p\n.op\n.end\n", TS_NETLIST, E0401);
	expect_code("loop\nv1 a 0 1\nv2 a 0 1\nr1 a 0 1k\n.op\n.end\n", TS_NETLIST, E0402);
	expect_code("currents\ni1 0 a 1m\ni2 a 0 1m\n.op\n.end\n", TS_NETLIST, E0404);
	expect_code("no dc path\ni1 0 a 1m\nc1 a 0 1p\n.op\n.end\n", TS_NUMERIC, E0502);
	expect_code("island\nv1 a 0 1\nc1 a b 1p\nr1 b c 3k\nr2 c d 7k\nc2 d 0 1p\n.op\n.end\n", TS_NUMERIC, E0502);
	expect_code("v across l\nv1 a 0 1\nl1 a 0 1n\n.op\n.end\n", TS_NUMERIC, E0501);
	expect_code("dead end\ni1 0 a 1m\nd1 b a dd\nd2 b 0 dd\n.model dd d\n.op\n.end\n", TS_NUMERIC, E0501);
}

static const char LANES_DECK[] =
    "lanes\nv1 in 0 1\nr1 in a 1k\nd1 a b dd\nd2 b 0 dd\nr2 b 0 10k\nm1 c b 0 0 nn\nr3 in c 1meg\n"
    ".model dd d\n.model nn nmos level=subvt\n.op\n.end\n";

static void solve_lanes(const static_deck *d, const double *supply, double *x)
{
	mna_tile *tile;
	const int v1 = elab_find_instance(d->circuit, "v1");
	const int dc = dev_param_index(d->circuit->instance[v1].type, "dc");
	mna_tile_create(d->system, &tile);
	for (int l = 0; l < LANES; l++)
		mna_tile_set_param(tile, v1, dc, l, supply[l]);
	T_INT(sim_operating_point(tile, (1u << LANES) - 1u, d->diag), TS_OK);
	memcpy(x, tile->x, (size_t)d->system->n_unknown * LANES * sizeof *x);
	mna_tile_destroy(tile);
}

static void test_lanes(void)
{
	t_section("lanes are independent");
	const double supply[LANES] = {1, -3, 0.2, 50, 5, 0, 2, 1e3}, turned[LANES] = {1e3, 2, 0, 5, 50, 0.2, -3, 1};
	double x[16 * LANES], y[16 * LANES];
	static_deck d = static_deck_open(LANES_DECK, 0, 1);
	T_TRUE(d.status == TS_OK && d.system->n_unknown <= 16);
	solve_lanes(&d, supply, x);
	solve_lanes(&d, turned, y);
	int differ = 0;
	for (int u = 0; u < d.system->n_unknown; u++)
		for (int l = 0; l < LANES; l++)
			differ += memcmp(&x[u * LANES + l], &y[u * LANES + LANES - 1 - l], sizeof *x) != 0;
	T_INT(differ, 0);
	static_deck_close(&d);
}

static uint64_t hash_of_lanes(void)
{
	const double supply[LANES] = {1, -3, 0.2, 50, 5, 0.7, 2, 1e3};
	double x[16 * LANES];
	uint64_t hash = UINT64_C(14695981039346656037);
	static_deck d = static_deck_open(LANES_DECK, 0, 1);
	solve_lanes(&d, supply, x);
	for (int i = 0; i < d.system->n_unknown * LANES; i++) {
		uint64_t bits;
		memcpy(&bits, x + i, sizeof bits);
		hash = (hash ^ bits) * UINT64_C(1099511628211);
	}
	static_deck_close(&d);
	return hash;
}

static void test_isa_levels(const char *self)
{
	t_section("instruction-set levels give the same bits");
	const uint64_t want = hash_of_lanes();
	for (int level = 2; level <= 4; level++) {
		char command[4200];
		uint64_t got = 0;
		snprintf(command, sizeof command, "TS_ISA=%d '%s' hash", level, self);
		FILE *pipe = popen(command, "r");
		T_TRUE(pipe && fscanf(pipe, "%" SCNx64, &got) == 1);
		T_TRUE(got == want);
		if (pipe)
			pclose(pipe);
	}
}

/* A source with dc and a waveform has the dc value without time and starts a transient from its waveform; without dc the
 * waveform's start counts everywhere. .sens moves the value that counts. */
static void test_bias_and_wave(void)
{
	t_section("dc value beside a waveform");
	static_deck d = static_deck_open("waves\nv1 a 0 dc 2 ac 1 pulse(3 4 1n 1n)\ni1 0 b pulse(1m 2m 1n 1n)\n"
	                                 "i2 0 c sin(1m 0) dc=5m m=2\nr1 a b 1k\nr2 b 0 1k\nr3 c 0 1k\n"
	                                 ".op\n.tran 1n 2n\n.dc i1 0 1m 1m\n.sens v(b)\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(a)", 0, NULL), 2, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(b)", 0, NULL), 1.5, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(c)", 0, NULL), 10, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tran1/signals/v(a)", 0, NULL), 3, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tran1/signals/v(b)", 0, NULL), 2, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tran1/signals/v(c)", 0, NULL), 2, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/dc1/signals/v(b)", 1, NULL), 1.5, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/sens1/signals/s(v1:dc)", 0, NULL), 0.5, TOL_NEWTON);
	T_REL(static_deck_value(&d, "/analyses/sens1/signals/s(i1:v1)", 0, NULL), 500, TOL_NEWTON);
	T_TRUE(isnan(static_deck_value(&d, "/analyses/sens1/signals/s(v1:v1)", 0, NULL)));
	static_deck_close(&d);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "hash") == 0) {
		printf("%" PRIx64 "\n", hash_of_lanes());
		return 0;
	}
	test_linear();
	test_bias_and_wave();
	test_diode();
	test_inverter();
	test_latch("subvt");
	test_latch("44");
	test_ekv_inverter();
	test_ill_posed();
	test_lanes();
	test_isa_levels(argv[0]);
	return t_done();
}
