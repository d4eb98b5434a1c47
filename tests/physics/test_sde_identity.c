/* SPDX-License-Identifier: Apache-2.0
 * The bits of a trajectory depend on nothing but itself: not on its lane, not on what its neighbours do (however slowly
 * their Newton iterations converge), not on the instruction-set level. Circuits: subthreshold latch, diode with
 * depletion charge and nonlinear capacitors (moving charges), EKV inverter, nonlinear algebraic node, driven RC.
 *
 * Levels: the program runs itself with TS_ISA=2, 3, 4 and compares what it prints; a CPU without a level runs the
 * highest it has, so the comparison holds but says less.
 */
#include "sde_bench.h"

enum { STEPS = 40 };

static const char LATCH[] = "latch\nvdd vdd 0 30m\nvss vss 0 -30m\nmn1 v1 v2 vss vss n\nmp1 v1 v2 vdd vdd p\n"
                            "mn2 v2 v1 vss vss n\nmp2 v2 v1 vdd vdd p\nc1 v1 0 101a\nc2 v2 0 101a\nc3 v1 v2 10a\n"
                            ".model n nmos level=subvt i0=1n\n.model p pmos level=subvt i0=1n\n.end\n";
static const char JUNCTION[] = "junction\nd1 a 0 dj\nr1 a b 10meg\nc1 b 0 0.2f\nv1 c 0 0.1\nd2 c b dj\n"
                               ".model dj d(is=1p n=1 cjo=1f vj=0.7 m=0.5 tt=1n)\n.end\n";
static const char ALGEBRAIC[] =
    "algebraic\nv1 c 0 0.3\nd1 c m dj noisy=0\nr1 m a 1meg noisy=0\nr2 a 0 10meg\nc1 a 0 1f\n"
    ".model dj d(is=1p n=1)\n.end\n";
static const char EKV[] = "ekv\nvdd vdd 0 0.3\nvin in 0 0.15\nmn out in 0 0 n w=1u l=0.5u\n"
                          "mp out in vdd vdd p w=2u l=0.5u\nc1 out 0 0.5f\n"
                          ".model n nmos level=44\n.model p pmos level=44\n.end\n";
static const char VARACTOR[] = "varactor\nr1 a 0 1meg\nc1 a 0 q='1f*v(a)*(1+(v(a)/2m)**2)'\nr2 a b 1meg\n"
                               "c2 b 0 c='2f*(1+0.5*tanh(v(b)/2m))'\nc3 a b 0.5f\n.end\n";
static const char DRIVEN[] = "driven\nv1 in 0 sin(0 1 1g)\nr1 in a 1meg\nc1 a 0 1f\nc2 in a 0.2f\n.end\n";

typedef struct identity_case {
	const char *name, *text;
	double h;
	sim_method method;
} identity_case;

static const identity_case CASES[] = {
    {"latch wt2", LATCH, 20e-12, SIM_WT2},      {"latch heun", LATCH, 10e-12, SIM_HEUN},
    {"latch be", LATCH, 20e-12, SIM_BE},        {"junction wt2", JUNCTION, 1e-10, SIM_WT2},
    {"junction be", JUNCTION, 1e-10, SIM_BE},   {"algebraic wt2", ALGEBRAIC, 1e-10, SIM_WT2},
    {"algebraic em", ALGEBRAIC, 1e-10, SIM_EM}, {"algebraic be", ALGEBRAIC, 1e-10, SIM_BE},
    {"varactor wt2", VARACTOR, 1e-10, SIM_WT2}, {"varactor heun", VARACTOR, 1e-10, SIM_HEUN},
    {"ekv wt2", EKV, 1e-11, SIM_WT2},           {"driven wt2", DRIVEN, 1e-10, SIM_WT2},
};
enum { N_CASE = sizeof CASES / sizeof *CASES };

/* A number in [-2, 2] that depends on (seed, step, source) only. */
static double number(uint32_t seed, int step, int source)
{
	uint32_t z = seed * 0x9e3779b9u + (uint32_t)step * 0x85ebca6bu + (uint32_t)source * 0xc2b2ae35u + 1;
	z = (z ^ (z >> 16)) * 0x7feb352du;
	z = (z ^ (z >> 15)) * 0x846ca68bu;
	return 4.0 * (double)(z ^ (z >> 16)) / 4294967296.0 - 2;
}

/* Everything that a trajectory leaves behind. */
typedef struct trace {
	int n;
	double value[4 * BENCH_MOST];
	uint32_t failed;
} trace;

/* seed[l] and size[l] make lane l's trajectory; result of lane `of`. */
static trace run(const identity_case *c, const uint32_t seed[LANES], const double size[LANES], int of)
{
	const sde_options o = {.reading = SIM_SHIFTED, .method = c->method, .scale = 1, .energy = 1, .h = c->h};
	sde_bench b = bench_open(c->text, &o);
	trace t = {0};
	uint32_t failed = sde_begin(b.work, 0);
	for (int step = 0; step < STEPS; step++) {
		for (int k = 0; k < b.n_source; k++)
			for (int l = 0; l < LANES; l++)
				b.xi[k * LANES + l] = size[l] * number(seed[l], step, k);
		failed |= sde_step(b.work, c->h, b.xi, b.xi);
	}
	t.failed = failed >> of & 1;
	for (int u = 1; u < b.deck.system->n_unknown && t.n < BENCH_MOST; u++)
		t.value[t.n++] = b.tile->x[u * LANES + of];
	for (int i = 0; i < b.deck.circuit->n_instance && t.n < 3 * BENCH_MOST; i++)
		t.value[t.n++] = sde_heat(b.work, i) ? sde_heat(b.work, i)[of] : 0;
	double field[LANES] __attribute__((aligned(64)));
	sde_field(b.work, field);
	t.value[t.n++] = field[of];
	t.value[t.n++] = sde_turnover(b.work)[of];
	bench_close(&b);
	return t;
}

static int same(const trace *a, const trace *b)
{
	return a->n == b->n && memcmp(a->value, b->value, (size_t)a->n * sizeof *a->value) == 0;
}

/* Lane `of` runs trajectory 7 at size 1; the others something else, `loud` times as large. */
static trace run_among(const identity_case *c, int of, double loud)
{
	uint32_t seed[LANES];
	double size[LANES];
	for (int l = 0; l < LANES; l++) {
		seed[l] = l == of ? 7 : 100u + (uint32_t)l;
		size[l] = l == of ? 1 : loud;
	}
	return run(c, seed, size, of);
}

static void test_lanes(void)
{
	for (int k = 0; k < N_CASE; k++) {
		t_section("%s: neither lane nor neighbours count", CASES[k].name);
		const trace alone = run_among(&CASES[k], 0, 0);
		T_INT(alone.failed, 0);
		for (int e = 0; e < alone.n; e++)
			T_TRUE(isfinite(alone.value[e]));
		static const double loud[] = {0, 1, 4};
		for (size_t i = 0; i < sizeof loud / sizeof *loud; i++)
			for (int of = 0; of < LANES; of += 3) {
				const trace among = run_among(&CASES[k], of, loud[i]);
				T_TRUE(same(&alone, &among));
			}
	}
}

static void print_bits(void)
{
	for (int k = 0; k < N_CASE; k++) {
		const trace t = run_among(&CASES[k], 5, 2);
		for (int e = 0; e < t.n; e++) {
			uint64_t bits;
			memcpy(&bits, &t.value[e], sizeof bits);
			printf("%016llx\n", (unsigned long long)bits);
		}
	}
}

/* Output of this program as a child at a level. */
static size_t child(const char *program, int level, char *out, size_t size)
{
	char command[4200];
	snprintf(command, sizeof command, "TS_ISA=%d '%s' bits", level, program);
	FILE *f = popen(command, "r");
	const size_t n = f ? fread(out, 1, size, f) : 0;
	if (f)
		T_INT(pclose(f), 0);
	return n;
}

static void test_levels(const char *program)
{
	t_section("instruction-set levels 2, 3, 4 give the same bits");
	static char first[1 << 16], other[1 << 16];
	const size_t n = child(program, 2, first, sizeof first);
	T_TRUE(n > 17 * N_CASE && n < sizeof first);
	for (int level = 3; level <= 4; level++) {
		const size_t m = child(program, level, other, sizeof other);
		T_TRUE(n == m && memcmp(first, other, n) == 0);
	}
}

static void test_no_allocation(void)
{
	t_section("steps allocate nothing");
	const sde_options o = {.reading = SIM_SHIFTED, .method = SIM_WT2, .scale = 1, .energy = 1, .h = 1e-10};
	sde_bench b = bench_open(JUNCTION, &o);
	double lambda[LANES] __attribute__((aligned(64)));
	const unsigned long before = alloc_count();
	sde_begin(b.work, 0);
	for (int step = 0; step < 10; step++)
		sde_step(b.work, o.h, b.xi, b.xi_next);
	sde_rates(b.work, lambda);
	T_TRUE(alloc_count() == before);
	bench_close(&b);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "bits") == 0) {
		print_bits();
		return 0;
	}
	test_lanes();
	test_levels(argv[0]);
	test_no_allocation();
	return t_done();
}
