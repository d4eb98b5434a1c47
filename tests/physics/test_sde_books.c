/* SPDX-License-Identifier: Apache-2.0
 * The energy books: in every circuit, method and reading, work of the sources = change of field energy + heat, to 1e-9
 * of what was turned over; and the entries themselves against closed forms: a divider's heat, the charge of its source,
 * the energy of a charged capacitor, heat of one resistor at equilibrium being zero in the mean.
 */
#include "sde_bench.h"

static const double TOL_RESIDUAL = 1e-9; /* issue: first law, relative to the turnover */
static const double TOL_EXACT = 1e-10;
static const double TOL_STORED = 1e-4; /* the sum of V dq of a curved charge at h = RC/50: of second order */

/* Numbers with mean 0 and variance 1 within +-sqrt(3), the same in every run. */
static double number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return sqrt(12.0) * ((double)(*state >> 8) / (1 << 24) - 0.5);
}

/* Steps; returns the largest residual of the live lanes. */
static double walk(sde_bench *b, int steps, double start)
{
	uint32_t state = 1;
	double residual[LANES] __attribute__((aligned(64))), worst = 0;
	for (int u = 1; u < b->deck.system->n_unknown; u++)
		for (int l = 0; l < LANES; l++)
			b->tile->x[u * LANES + l] = start;
	b->failed |= sde_begin(b->work, 0);
	for (int n = 0; n < steps; n++) {
		for (int e = 0; e < b->n_source * LANES; e++)
			b->xi[e] = number(&state);
		b->failed |= sde_step(b->work, b->h, b->xi, b->xi);
	}
	sde_residual(b->work, residual);
	for (int l = 0; l < LANES; l++)
		worst = fmax(worst, residual[l]);
	return worst;
}

static const char *const METHOD[] = {
    [SIM_WT2] = "wt2", [SIM_BE] = "be", [SIM_HEUN] = "heun", [SIM_LM] = "lm", [SIM_EM] = "em"};

typedef struct books_case {
	const char *name, *text;
	double h;
	double explicit_h; /* for heun, em, lm */
} books_case;

static const books_case CASES[] = {
    {"latch",
     "latch\nvdd vdd 0 30m\nvss vss 0 -30m\nmn1 v1 v2 vss vss n\nmp1 v1 v2 vdd vdd p\nmn2 v2 v1 vss vss n\n"
     "mp2 v2 v1 vdd vdd p\nc1 v1 vdd 101a\nc2 v2 0 101a\nc3 v1 v2 10a\n.model n nmos level=subvt i0=1n\n"
     ".model p pmos level=subvt i0=1n\n.end\n",
     40e-12, 10e-12},
    {"two temperatures, driven",
     "driven\nv1 in 0 sin(0 1 100meg)\nr1 in a 1meg\nc1 a 0 1f\nc2 in a 0.2f\nr2 a b 1meg temp=100\nc3 b 0 1f\n.end\n",
     1e-10, 1e-10},
    {"stacked sources",
     "stack\nv1 a 0 0.5\nv2 b a 0.5\nv3 0 m 0.25\nr1 b x 1meg\nr2 x m 1meg\nr3 a x 1meg\nc1 x b 1f\n.end\n", 1e-10,
     1e-10},
    {"current source", "isource\ni1 0 a pulse(0 1u 1n 1n 1n 5n 20n)\nr1 a 0 1meg\nc1 a 0 1f\n.end\n", 1e-10, 1e-10},
    {"rlc", "rlc\nv1 in 0 1\nr1 in a 1k\nl1 a b 1u\nc1 b 0 1f\nc2 a 0 1f\nr2 b 0 10k\n.end\n", 1e-12, 1e-14},
    {"algebraic, linear",
     "divider\nv1 in 0 1\nra in m 1k noisy=0\nrb m 0 1k noisy=0\nrc m a 1meg noisy=0\n"
     "r1 a 0 1meg\nc1 a 0 1f\n.end\n",
     1e-10, 1e-10},
    {"floating ideal sources",
     "floating\nv1 a b 0.3\nc1 a 0 1f\nc2 b 0 2f\nr1 a 0 1meg\nr2 b 0 2meg\ne1 d 0 a 0 2\n"
     "r3 d b 1meg\n.end\n",
     1e-10, 1e-10},
    {"ideal branches tie bare nodes",
     "bare\nv1 in 0 1\nr0 in p 1k noisy=0\nv2 p q 0.1\nr3 q a 1k noisy=0\nc1 a 0 1f\n"
     "r1 a 0 1meg\n.end\n",
     1e-12, 1e-13},
    {"a floating source beside a resonator",
     "beside\nr3 c 0 50\ncc c 0 1p\nl1 c 0 1u\nv2 g k 0\ncg g 0 1p\nrk k 0 1k\nck k 0 1p\n.end\n", 1e-11, 1e-13},
    {"junction behind a floating source",
     "tied\nd1 a 0 dj\nv1 a b 0.1\nr1 b 0 1meg\nc1 b 0 0.5f\nr2 a 0 1meg\n"
     ".model dj d(is=1p n=1 cjo=1f vj=0.7 m=0.5 tt=1n)\n.end\n",
     1e-10, 1e-11},
    {"behavioural", "behave\nc1 x 0 1f\nr1 x 0 1meg\nb1 x 0 i='1u*v(x)*v(x)*v(x)'\nv1 y 0 0.2\nr2 y x 1meg\n.end\n",
     1e-10, 1e-10},
    {"junction charge",
     "junction\nv1 c 0 0.1\nd1 a 0 dj\nr1 a b 10meg\nc1 b 0 0.2f\nd2 c b dj\n"
     ".model dj d(is=1p n=1 cjo=1f vj=0.7 m=0.5 tt=1n)\n.end\n",
     1e-10, 1e-10},
    {"nonlinear capacitors, driven",
     "varactors\nv1 in 0 sin(0 5m 100meg)\nr1 in a 1meg\nc1 a in q='1f*v(a,in)*(1+(v(a,in)/2m)**2)'\n"
     "c2 a 0 c='1f*(1+0.5*tanh(v(a)/2m))'\nr2 a b 1meg\nc3 0 b q='1f*sinh(-v(b)/2m)*2m'\nc4 a b 0.2f\n.end\n",
     1e-10, 2e-11},
    {"nonlinear capacitors tied by a source, with a bare node",
     "tied\nv1 a b 1m\nc1 a 0 q='1f*v(a)*(1+(v(a)/2m)**2)'\nr1 b 0 1meg\nr2 a m 1k noisy=0\nr3 m 0 1meg noisy=0\n"
     "c2 b 0 0.5f\n.end\n",
     1e-10, 2e-11},
    {"algebraic, nonlinear",
     "algebraic\nv1 c 0 0.5\nd1 c m dj noisy=0\nr1 m a 1meg noisy=0\nr2 a 0 10meg\nc1 a 0 1f\n"
     ".model dj d(is=1p n=1)\n.end\n",
     1e-10, 1e-10},
    {"ekv inverter",
     "ekv\nvdd vdd 0 0.3\nvin in 0 0.15\nmn out in 0 0 n w=1u l=0.5u\nmp out in vdd vdd p w=2u l=0.5u\n"
     "c1 out 0 0.5f\n.model n nmos level=44\n.model p pmos level=44\n.end\n",
     1e-11, 1e-12},
};

static void test_residual(void)
{
	static const sim_method method[] = {SIM_WT2, SIM_BE, SIM_HEUN, SIM_EM, SIM_LM};
	for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
		t_section("%s: first law", CASES[k].name);
		for (size_t i = 0; i < sizeof method / sizeof *method; i++) {
			const int whole = method[i] == SIM_WT2 || method[i] == SIM_BE;
			const sde_options o = {.reading = SIM_SHIFTED,
			                       .method = method[i],
			                       .scale = 1,
			                       .energy = 1,
			                       .h = whole ? CASES[k].h : CASES[k].explicit_h};
			sde_bench b = bench_open(CASES[k].text, &o);
			const double worst = walk(&b, 400, 0.01);
			printf("  %-4s residual %.1e turnover %.3e J, failed %x\n", METHOD[method[i]], worst,
			       sde_turnover(b.work)[0], b.failed);
			T_TRUE(worst < TOL_RESIDUAL);
			T_INT(b.failed, 0);
			T_TRUE(sde_turnover(b.work)[0] > 0);
			bench_close(&b);
		}
	}
}

static void test_divider(void)
{
	t_section("divider on 1 V: heat V^2/R of each part, charge V t/R of the source");
	const sde_options o = {.reading = SIM_NOISE_OFF, .method = SIM_WT2, .scale = 1, .energy = 1, .h = 1e-9};
	sde_bench b = bench_open("divider\nv1 in 0 1\nr1 in a 1meg\nr2 a 0 3meg\nc1 a 0 1f\n.end\n", &o);
	T_INT(b.n_source, 0);
	walk(&b, 400, 0.75);
	sde_open_books(b.work);
	for (int n = 0; n < 1000; n++)
		sde_step(b.work, o.h, b.xi, b.xi);
	const double t = 1000 * o.h, current = 1 / 4e6;
	const int v1 = bench_instance(&b, "v1"), r1 = bench_instance(&b, "r1"), r2 = bench_instance(&b, "r2");
	T_REL(sde_heat(b.work, r1)[0], current * current * 1e6 * t, TOL_EXACT);
	T_REL(sde_heat(b.work, r2)[0], current * current * 3e6 * t, TOL_EXACT);
	T_REL(sde_heat(b.work, v1)[0], -current * t, TOL_EXACT);
	T_REL(sde_charge(b.work, v1)[0], current * t, TOL_EXACT);
	T_TRUE(sde_charge(b.work, r1) == NULL);
	double field[LANES] __attribute__((aligned(64)));
	sde_field(b.work, field);
	T_ABS(field[0] / (current * t), 0, TOL_EXACT);
	bench_close(&b);
}

static void test_charging(void)
{
	t_section("charging a capacitor through a resistor: the source gives C V^2, half is stored, half is heat");
	const sde_options o = {.reading = SIM_NOISE_OFF, .method = SIM_WT2, .scale = 1, .energy = 1, .h = 2e-11};
	sde_bench b = bench_open("charge\nv1 in 0 2\nr1 in a 1meg\nc1 a 0 1f\n.end\n", &o);
	walk(&b, 3000, 0);
	const double whole = 1e-15 * 4;
	double field[LANES] __attribute__((aligned(64)));
	sde_field(b.work, field);
	T_REL(field[0], whole / 2, TOL_EXACT);
	T_REL(sde_heat(b.work, bench_instance(&b, "r1"))[0], whole / 2, TOL_EXACT);
	T_REL(sde_heat(b.work, bench_instance(&b, "v1"))[0], -whole, TOL_EXACT);
	T_REL(sde_charge(b.work, bench_instance(&b, "v1"))[0], whole / 2, TOL_EXACT);
	bench_close(&b);
}

static void test_charging_varactor(void)
{
	t_section(
	    "charging q = C0 v (1 + (v/V1)^2) to 4 mV through a resistor: V Q of work, the integral of v dq stored");
	const sde_options o = {.reading = SIM_NOISE_OFF, .method = SIM_WT2, .scale = 1, .energy = 1, .h = 2e-11};
	sde_bench b = bench_open("charge\nv1 in 0 4m\nr1 in a 1meg\nc1 a 0 c='1f*(1+3*(v(a)/2m)**2)'\n.end\n", &o);
	walk(&b, 20000, 0);
	double field[LANES] __attribute__((aligned(64)));
	const double charge = 1e-15 * 4e-3 * 5, energy = 1e-15 * (16e-6 / 2 + 3 * 256e-12 / (4 * 4e-6));
	sde_field(b.work, field);
	T_REL(sde_charge(b.work, bench_instance(&b, "v1"))[0], charge, TOL_EXACT);
	T_REL(sde_heat(b.work, bench_instance(&b, "v1"))[0], -4e-3 * charge, TOL_EXACT);
	T_REL(field[0], energy, TOL_STORED);
	T_REL(sde_heat(b.work, bench_instance(&b, "r1"))[0], 4e-3 * charge - energy, TOL_STORED);
	T_TRUE(sde_heat(b.work, bench_instance(&b, "c1")) == NULL);
	bench_close(&b);
}

/* A polarity and a stack: charge leaves the + terminal, seen from the source's own card. */
static void test_polarity(void)
{
	t_section("sources upside down and stacked");
	const sde_options o = {.reading = SIM_NOISE_OFF, .method = SIM_WT2, .scale = 1, .energy = 1, .h = 1e-9};
	sde_bench b = bench_open("stack\nv1 0 m 1\nv2 p m 3\nr1 p 0 1meg\nr2 m 0 1meg\nc1 p 0 1f\n.end\n", &o);
	walk(&b, 100, 0);
	const double t = 100 * o.h;
	/* m = -1 V, p = 2 V. r1 takes 2 uA from p, which v2 lifts from m; r2 brings 1 uA to m, so v1 must bring 1 uA:
	 * it leaves the - terminal, and v1 absorbs 1 uW of the 6 uW that v2 gives. */
	T_REL(sde_charge(b.work, bench_instance(&b, "v2"))[0], 2e-6 * t, TOL_EXACT);
	T_REL(sde_charge(b.work, bench_instance(&b, "v1"))[0], -1e-6 * t, TOL_EXACT);
	T_REL(sde_heat(b.work, bench_instance(&b, "v2"))[0], -6e-6 * t, TOL_EXACT);
	T_REL(sde_heat(b.work, bench_instance(&b, "v1"))[0], 1e-6 * t, TOL_EXACT);
	bench_close(&b);
}

int main(void)
{
	test_residual();
	test_divider();
	test_charging();
	test_charging_varactor();
	test_polarity();
	return t_done();
}
