/* SPDX-License-Identifier: Apache-2.0
 * mna/system: numbering, stamps of hand circuits against closed forms, driven nodes, source values, topology errors.
 */
#include "harness/t.h"
#include "circuit.h"

#include "base/alloc.h"
#include "lin/klu.h"
#include "mna/tile.h"

static const double TOL_ROUND = 1e-13;

typedef struct solved {
	mna_system *system;
	mna_tile *tile;
	double x[CIRCUIT_MAX];
	diag_list *diag;
} solved;

/* Compile and solve a linear circuit: x = -G^-1 f(0). */
static void solve_linear(hand_circuit *h, solved *s)
{
	lin_klu *klu;
	double a[CIRCUIT_MAX * 8];
	s->diag = diag_create(NULL);
	T_INT(mna_compile(&h->c, s->diag, &s->system), TS_OK);
	T_INT(mna_tile_create(s->system, &s->tile), TS_OK);
	const unsigned long before = alloc_count();
	mna_assemble(s->tile, DEV_F | DEV_Q | DEV_G | DEV_C);
	T_INT(alloc_count(), before);
	for (int e = 0; e < s->system->pattern.nnz; e++)
		a[e] = s->tile->g[(e + 1) * LANES + 2];
	s->x[0] = 0;
	for (int u = 1; u < s->system->n_unknown; u++)
		s->x[u] = -s->tile->f[u * LANES + 2];
	lin_klu_create(&s->system->pattern, &klu);
	T_INT(lin_klu_factor(klu, a, NULL), TS_OK);
	lin_klu_solve(klu, s->x + 1);
	lin_klu_destroy(klu);
}

static void forget(solved *s)
{
	mna_tile_destroy(s->tile);
	mna_destroy(s->system);
	diag_destroy(s->diag);
}

static void test_divider(void)
{
	hand_circuit h;
	solved s;
	hand_begin(&h);
	const int v1 = hand_add(&h, "v1", "vsource", "in 0", "dc", 3.0, NULL);
	const int r1 = hand_add(&h, "r1", "resistor", "in out", "r", 1e3, NULL);
	hand_add(&h, "r2", "resistor", "out 0", "r", 2e3, NULL);
	solve_linear(&h, &s);
	T_INT(s.system->n_unknown, 4);
	T_INT(mna_branch(s.system, v1), 3);
	T_INT(mna_branch(s.system, r1), -1);
	T_STR(s.system->name[3], "v1#branch");
	T_INT(s.system->is_current[3], 1);
	T_INT(s.system->n_batch, 2);
	T_REL(s.x[2], 2.0, TOL_ROUND);
	T_REL(s.x[3], -1e-3, TOL_ROUND);
	/* stamps: G(out,out) = g1 + g2, G(in,out) = -g1 */
	T_REL(s.tile->g[s.system->diagonal[2] * LANES], 1.5e-3, TOL_ROUND);
	T_REL(s.tile->g[lin_csc_slot(&s.system->pattern, 0, 1) * LANES], -1e-3, TOL_ROUND);
	forget(&s);
}

static void test_bridge(void)
{
	/* Wheatstone bridge: a 1k, b 2k to the supply, c 3k, d 4k to ground, detector 5k. */
	hand_circuit h;
	solved s;
	hand_begin(&h);
	hand_add(&h, "v1", "vsource", "s 0", "dc", 1.0, NULL);
	hand_add(&h, "ra", "resistor", "s a", "r", 1e3, NULL);
	hand_add(&h, "rb", "resistor", "s b", "r", 2e3, NULL);
	hand_add(&h, "rc", "resistor", "a 0", "r", 3e3, NULL);
	hand_add(&h, "rd", "resistor", "b 0", "r", 4e3, NULL);
	hand_add(&h, "rg", "resistor", "a b", "r", 5e3, NULL);
	solve_linear(&h, &s);
	/* Thevenin: open-circuit voltages 3/4 and 2/3, source resistances 3/4 k and 4/3 k */
	const double i = (3.0 / 4 - 2.0 / 3) / (750 + 4000.0 / 3 + 5000);
	T_REL(s.x[2] - s.x[3], 5000 * i, 1e3 * TOL_ROUND);
	T_REL(s.x[2], 3.0 / 4 - 750 * i, TOL_ROUND);
	forget(&s);
}

static void test_controlled(void)
{
	hand_circuit h;
	solved s;
	hand_begin(&h);
	hand_add(&h, "v1", "vsource", "in 0", "dc", 0.01, NULL);
	hand_add(&h, "g1", "vccs", "a 0 in 0", "gm", 2e-3, NULL);
	hand_add(&h, "r1", "resistor", "a 0", "r", 10e3, NULL);
	hand_add(&h, "e1", "vcvs", "b 0 a 0", "gain", 3.0, NULL);
	hand_add(&h, "r2", "resistor", "b 0", "r", 1e3, NULL);
	solve_linear(&h, &s);
	const double va = -0.01 * 2e-3 * 10e3;
	T_REL(s.x[2], va, TOL_ROUND);
	T_REL(s.x[3], 3 * va, TOL_ROUND);
	forget(&s);
}

static void test_driven(void)
{
	/* a = 2, b = a - 0.5 through a source written the other way round, c free */
	hand_circuit h;
	solved s;
	hand_begin(&h);
	const int v2 = hand_add(&h, "v2", "vsource", "a b", "dc", 0.5, NULL);
	const int v1 = hand_add(&h, "v1", "vsource", "a 0", "dc", 2.0, NULL);
	hand_add(&h, "r1", "resistor", "b c", "r", 1e3, NULL);
	hand_add(&h, "r2", "resistor", "c 0", "r", 1e3, NULL);
	solve_linear(&h, &s);
	const mna_system *m = s.system;
	T_INT(m->n_driven, 2);
	T_INT(m->driven_order[0], 1);
	T_INT(m->driven_order[1], 2);
	T_INT(m->driven_by[1], v1);
	T_INT(m->driven_by[2], v2);
	T_INT(m->driven_sign[2], -1);
	T_INT(m->driven_from[2], 1);
	T_INT(m->driven_by[3], -1);
	T_REL(s.x[2], 1.5, TOL_ROUND);
	T_REL(s.x[3], 0.75, TOL_ROUND);
	forget(&s);
}

static void test_sources(void)
{
	hand_circuit h;
	solved s;
	hand_begin(&h);
	const int v = hand_add(&h, "v1", "vsource", "a 0", "wave", 1.0, "v1", 1.0, "v2", 3.0, "td", 1.0, "tr", 2.0,
	                       "tf", 1.0, "pw", 5.0, "per", 100.0, NULL);
	const int i = hand_add(&h, "i1", "isource", "0 b", "dc", 2e-3, NULL);
	hand_add(&h, "r1", "resistor", "a 0", "r", 1e3, NULL);
	hand_add(&h, "r2", "resistor", "b 0", "r", 1e3, NULL);
	solve_linear(&h, &s);
	T_REL(mna_source_value(s.system, v, 0), 1.0, TOL_ROUND);
	T_REL(mna_source_value(s.system, v, 2), 2.0, TOL_ROUND);
	T_REL(mna_source_value(s.system, v, 5), 3.0, TOL_ROUND);
	T_REL(mna_source_value(s.system, i, 5), 2e-3, TOL_ROUND);
	T_REL(s.x[2], 2.0, TOL_ROUND);
	/* per-lane parameters accumulate: wave off and dc on in lane 4 only */
	const dev_type *type = h.instance[v].type;
	double value[LANES], t[LANES] = {2, 2, 2, 2, 2, 2, 2, 2};
	T_INT(mna_tile_set_param(s.tile, v, dev_param_index(type, "wave"), 4, DEV_WAVE_DC), TS_OK);
	T_INT(mna_tile_set_param(s.tile, v, dev_param_index(type, "dc"), 4, 0.25), TS_OK);
	mna_tile_source(s.tile, v, t, value);
	T_REL(value[3], 2.0, TOL_ROUND);
	T_REL(value[4], 0.25, TOL_ROUND);
	T_REL(value[5], 2.0, TOL_ROUND);
	forget(&s);
}

static void test_options(void)
{
	hand_circuit h;
	solved s;
	hand_begin(&h);
	hand_add(&h, "r1", "resistor", "a 0", "r", 1e3, NULL);
	h.c.gmin = 1e-6;
	h.c.cmin = 1e-15;
	solve_linear(&h, &s);
	for (int l = 0; l < LANES; l++)
		s.tile->x[LANES + l] = l;
	mna_assemble(s.tile, DEV_F | DEV_Q | DEV_G | DEV_C);
	for (int l = 0; l < LANES; l++) {
		T_REL(s.tile->f[LANES + l], l * (1e-3 + 1e-6), TOL_ROUND);
		T_REL(s.tile->q[LANES + l], l * 1e-15, TOL_ROUND);
	}
	T_REL(s.tile->c[s.system->diagonal[1] * LANES], 1e-15, TOL_ROUND);
	forget(&s);
}

static void expect_refusal(hand_circuit *h, diag_code code)
{
	mna_system *system;
	diag_list *diag = diag_create(NULL);
	T_INT(mna_compile(&h->c, diag, &system), TS_NETLIST);
	T_TRUE(system == NULL);
	T_TRUE(diag_has(diag, code));
	T_INT(diag_count(diag, DIAG_ERROR), 1);
	diag_destroy(diag);
}

static void test_topology(void)
{
	hand_circuit h;
	hand_begin(&h);
	hand_add(&h, "r1", "resistor", "a 0", "r", 1e3, NULL);
	hand_add(&h, "r2", "resistor", "b c", "r", 1e3, NULL);
	hand_add(&h, "c2", "capacitor", "b c", "c", 1e-12, NULL);
	expect_refusal(&h, E0401);
	hand_begin(&h);
	hand_add(&h, "v1", "vsource", "a 0", "dc", 1.0, NULL);
	hand_add(&h, "v2", "vsource", "b a", "dc", 1.0, NULL);
	hand_add(&h, "v3", "vsource", "0 b", "dc", 1.0, NULL);
	expect_refusal(&h, E0402);
	hand_begin(&h);
	hand_add(&h, "v1", "vsource", "a a", "dc", 1.0, NULL);
	hand_add(&h, "r1", "resistor", "a 0", "r", 1e3, NULL);
	expect_refusal(&h, E0402);
	hand_begin(&h);
	hand_add(&h, "i1", "isource", "a 0", "dc", 1.0, NULL);
	hand_add(&h, "i2", "isource", "0 a", "dc", 1.0, NULL);
	expect_refusal(&h, E0404);
	hand_begin(&h);
	const int r = hand_add(&h, "r1", "resistor", "a 0", "r", 1e3, "tc1", -1.0, NULL);
	h.instance[r].temperature = 400;
	expect_refusal(&h, E0403);
}

static void test_dangling(void)
{
	hand_circuit h;
	solved s;
	hand_begin(&h);
	hand_add(&h, "r1", "resistor", "a 0", "r", 1e3, NULL);
	hand_add(&h, "r2", "resistor", "a b", "r", 1e3, NULL);
	solve_linear(&h, &s);
	T_TRUE(diag_has(s.diag, W0401));
	T_INT(diag_count(s.diag, DIAG_WARNING), 1);
	forget(&s);
}

static void test_floating_dc(void)
{
	hand_circuit h;
	mna_system *system;
	mna_tile *tile;
	uint8_t group[CIRCUIT_MAX];
	hand_begin(&h);
	hand_add(&h, "r1", "resistor", "a 0", "r", 1e3, NULL);
	hand_add(&h, "c1", "capacitor", "a b", "c", 1e-12, NULL);
	hand_add(&h, "r2", "resistor", "b c", "r", 3e3, NULL);
	hand_add(&h, "r3", "resistor", "c d", "r", 7e3, NULL);
	hand_add(&h, "c2", "capacitor", "d 0", "c", 1e-12, NULL);
	diag_list *diag = diag_create(NULL);
	T_INT(mna_compile(&h.c, diag, &system), TS_OK);
	mna_tile_create(system, &tile);
	T_INT(mna_floating_dc(tile, 0, group), 2);
	T_INT(group[1], 0);
	T_INT(group[3], 1);
	T_INT(group[4], 1);
	mna_tile_destroy(tile);
	mna_destroy(system);
	diag_destroy(diag);
}

static void test_out_of_memory(void)
{
	hand_circuit h;
	hand_begin(&h);
	hand_add(&h, "v1", "vsource", "in 0", "dc", 3.0, NULL);
	hand_add(&h, "r1", "resistor", "in 0", "r", 1e3, NULL);
	int done = 0;
	for (unsigned long n = 1; n < 200 && !done; n++) {
		mna_system *system = NULL;
		mna_tile *tile = NULL;
		diag_list *diag = diag_create(NULL);
		alloc_fail_after(n);
		const ts_status compiled = mna_compile(&h.c, diag, &system);
		const ts_status made = system ? mna_tile_create(system, &tile) : TS_NOMEM;
		alloc_fail_after(0);
		T_TRUE(compiled == TS_OK || compiled == TS_NOMEM);
		T_TRUE((compiled == TS_OK) == (system != NULL) && (made == TS_OK) == (tile != NULL));
		done = tile != NULL;
		mna_tile_destroy(tile);
		mna_destroy(system);
		diag_destroy(diag);
	}
	T_TRUE(done);
}

int main(void)
{
	test_divider();
	test_bridge();
	test_controlled();
	test_driven();
	test_sources();
	test_options();
	test_topology();
	test_dangling();
	test_floating_dc();
	test_out_of_memory();
	return t_done();
}
