/* SPDX-License-Identifier: Apache-2.0
 * Dot cards: analyses with their defaults, .options, .save, .ic, .pbit, .expect, and the listing of all of it.
 */
#include <math.h>

#include "base/alloc.h"
#include "deck.h"

#define TOL_EXPRESSION 1e-14

static void test_analyses(void)
{
	t_section("analyses");
	test_deck d = deck_good(".param n=7\nv1 a 0 1\ni1 a 0 1\nr1 a 0 1\n"
	                        ".op\n.dc v1 0 1 0.1\n.dc v1 0 1 0.5 i1 -1 1 'n-6.5'\n"
	                        ".tran 1n 1u\n.tran 1n 1u 0.5u 2n uic\n.op\n");
	const elab_circuit *c = d.circuit;
	T_INT(c->n_request, 6);
	static const char *const name[] = {"op1", "dc1", "dc2", "tran1", "tran2", "op2"};
	for (int i = 0; i < 6; i++)
		T_STR(c->request[i].name, name[i]);
	T_INT(c->request[1].dc[0].instance, elab_find_instance(c, "v1"));
	T_INT(c->request[1].dc[1].n_target, 0);
	T_INT(c->request[2].dc[1].instance, elab_find_instance(c, "i1"));
	T_REL(c->request[2].dc[1].step, 0.5, TOL_EXPRESSION);
	T_REL(c->request[2].dc[1].start, -1.0, TOL_EXPRESSION);
	T_REL(c->request[3].tstep, 1e-9, TOL_EXPRESSION);
	T_REL(c->request[3].tstop, 1e-6, TOL_EXPRESSION);
	T_INT(c->request[3].uic, 0);
	T_REL(c->request[4].tstart, 0.5e-6, TOL_EXPRESSION);
	T_REL(c->request[4].tmax, 2e-9, TOL_EXPRESSION);
	T_INT(c->request[4].uic, 1);
	deck_end(&d);
}

static void test_axes(void)
{
	t_section("axes of .dc in the forms of several simulators");
	test_deck d =
	    deck_good(".param rl=1k n=2\nv1 a 0 1\nr1 a 0 'rl'\nc1 a 0 1p\n"
	              ".dc v1 dec 2 1 100\n.dc oct v1 1 8 1\n.dc v1 lin 5 0 1\n.dc lin v1 0 1 0.5\n"
	              ".dc param rl list 1 2 'n+1' temp 27 127 50\n.dc @c1[c] poi 2 1p 2p sweep v1 list(3 4)\n"
	              ".dc data=rows\n.data rows n temp\n1 10\n+ 2 20\n-3 .5\n.enddata\n");
	const sim_request *r = d.circuit->request;
	static const size_t n[] = {5, 4, 5, 3, 3, 2, 3};
	for (size_t i = 0; i < sizeof n / sizeof *n; i++)
		T_INT(r[i].dc[0].n, n[i]);
	T_REL(elab_axis_value(&r[0].dc[0], 3, 0), pow(10, 1.5), TOL_EXPRESSION);
	T_REL(elab_axis_value(&r[1].dc[0], 3, 0), 8, TOL_EXPRESSION);
	T_REL(elab_axis_value(&r[2].dc[0], 1, 0), 0.25, TOL_EXPRESSION);
	T_REL(elab_axis_value(&r[4].dc[0], 2, 0), 3, TOL_EXPRESSION);
	T_INT(r[4].dc[0].target[0].kind, ELAB_PARAM);
	T_INT(r[4].dc[1].target[0].kind, ELAB_TEMPERATURE);
	T_STR(r[4].dc[1].target[0].unit, "degC");
	T_INT(r[5].dc[0].instance, -1);
	T_STR(r[5].dc[0].target[0].label, "@c1[c]");
	T_REL(elab_axis_value(&r[5].dc[1], 1, 0), 4, TOL_EXPRESSION);
	T_INT(r[6].dc[0].n_target, 2);
	T_REL(elab_axis_value(&r[6].dc[0], 2, 0), -3, TOL_EXPRESSION);
	T_REL(elab_axis_value(&r[6].dc[0], 2, 1), 0.5, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_steps(void)
{
	t_section("points of .step and .temp, the first innermost; a point by its changes");
	test_deck d =
	    deck_good(".param rl=1k\n.temp 10 20 30\nr1 a 0 'rl'\nr2 a 0 1k\n.step rl 1k 2k 1k\n.step r2 list 5 6\n"
	              ".op\n.expect op v(a) value='rl'\n.expect op@2 v(a) value=0\n");
	const elab_steps *s = &d.circuit->steps;
	T_INT(s->n_point, 12);
	T_INT(s->n_target, 3);
	static const double want[3] = {2e3, 5, 20}; /* point 5: 0-based 1 + 2 (0 + 2 1) */
	elab_change change[3];
	for (int t = 0; t < 3; t++) {
		T_REL(s->value[5 * 3 + t], want[t], TOL_EXPRESSION);
		change[t] = (elab_change){s->target[t], s->value[5 * 3 + t]};
	}
	elab_circuit *point = NULL;
	const elab_options options = {.change = change, .n_change = 3, .step = 6};
	T_INT(elab_build(d.deck, d.sources, &options, d.diag, &point), TS_OK);
	T_STR(point->request[0].name, "op1@6");
	T_INT(point->n_expect, 1); /* the other is about step 2 */
	T_REL(point->expect[0].value, 2e3, TOL_EXPRESSION);
	T_REL(point->temperature, 293.15, TOL_EXPRESSION);
	T_REL(point->instance[0].param[0], 2e3, TOL_EXPRESSION);
	T_REL(point->instance[1].param[0], 5, TOL_EXPRESSION);
	const char *differs;
	T_INT(elab_same_topology(d.circuit, point, &differs), 1);
	elab_destroy(point);
	deck_end(&d);
}

static void test_trannoise(void)
{
	t_section(".trannoise");
	test_deck d = deck_good("r1 a 0 1\nc1 a 0 1\n.trannoise 1n 1u\n"
	                        ".trannoise 1n 1u 0.1u SAMPLES=100 SEED=42 NOISE=HK METHOD=heun STEP=0.5n SCALE=2 "
	                        "KEEP=5 ENERGY=off TYPES=thermal ACF=off PSD=1024\n"
	                        ".trannoise 1n 1u noise=auto step=auto seed=18446744073709551615\n");
	const sim_request *r = d.circuit->request;
	T_INT(r[0].samples, 64);
	T_INT(r[0].seed, 1);
	T_INT(r[0].reading, SIM_AUTO);
	T_INT(r[0].method, SIM_WT2);
	T_INT(r[0].keep, 2);
	T_INT(r[0].energy, 1);
	T_INT(r[0].acf, 1);
	T_INT(r[0].psd, 0);
	T_REL(r[0].scale, 1.0, TOL_EXPRESSION);
	T_ABS(r[0].h, 0.0, 0.0);
	T_REL(r[1].tstart, 1e-7, TOL_EXPRESSION);
	T_INT(r[1].samples, 100);
	T_INT(r[1].seed, 42);
	T_INT(r[1].reading, SIM_HK);
	T_INT(r[1].method, SIM_HEUN);
	T_REL(r[1].h, 0.5e-9, TOL_EXPRESSION);
	T_REL(r[1].scale, 2.0, TOL_EXPRESSION);
	T_INT(r[1].keep, 5);
	T_INT(r[1].energy, 0);
	T_INT(r[1].acf, 0);
	T_INT(r[1].psd, 1024);
	T_INT(r[2].reading, SIM_AUTO);
	T_ABS(r[2].h, 0.0, 0.0);
	T_TRUE(r[2].seed == UINT64_MAX);
	deck_end(&d);
	static const char *const reading[] = {"shifted", "hk", "strat", "ito", "off"};
	static const char *const method[] = {"wt2", "be", "heun", "lm", "em"};
	for (int i = 0; i < 5; i++) {
		char text[200];
		snprintf(text, sizeof text, "r1 a 0 1\n.trannoise 1n 1u noise=%s method=%s\n", reading[i], method[i]);
		d = deck_good(text);
		T_INT(d.circuit->request[0].reading, i);
		T_INT(d.circuit->request[0].method, i);
		deck_end(&d);
	}
}

static void test_options(void)
{
	t_section("options");
	test_deck d = deck_good("r1 a 0 1\n");
	T_REL(d.circuit->reltol, 1e-6, TOL_EXPRESSION);
	T_REL(d.circuit->abstol, 1e-15, TOL_EXPRESSION);
	T_REL(d.circuit->vntol, 1e-9, TOL_EXPRESSION);
	T_ABS(d.circuit->gmin, 0.0, 0.0);
	T_ABS(d.circuit->cmin, 0.0, 0.0);
	T_INT(d.circuit->itl, 200);
	T_REL(d.circuit->temperature, 300.15, TOL_EXPRESSION);
	deck_end(&d);
	d = deck_good(".param x=2\nr1 a 0 'temper'\n.options reltol=1e-4 cmin='x*1f' gmin=1p itl1=50 temp=100\n"
	              ".option vntol=1u abstol=1p\n");
	T_REL(d.circuit->reltol, 1e-4, TOL_EXPRESSION);
	T_REL(d.circuit->cmin, 2e-15, TOL_EXPRESSION);
	T_REL(d.circuit->gmin, 1e-12, TOL_EXPRESSION);
	T_REL(d.circuit->vntol, 1e-6, TOL_EXPRESSION);
	T_INT(d.circuit->itl, 50);
	T_REL(d.circuit->temperature, 373.15, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r1", "r"), 100.0, 1e-12);
	deck_end(&d);
}

static void test_save(void)
{
	t_section(".save and .ic");
	test_deck d = deck_good("v1 a 0 1\nr1 a b 1\nr2 b 0 1\n.subckt s p\nr1 p q 1\nr2 q 0 1\n.ends\nx1 a s\n"
	                        ".save v(b) v(a,b) i(v1) v(x1.q)\n.ic v(b)=0.5 v(x1.q)='1/4'\n");
	const elab_circuit *c = d.circuit;
	T_INT(c->n_save, 4);
	T_STR(c->save[0].name, "v(b)");
	T_STR(c->save[1].name, "v(a,b)");
	T_STR(c->save[2].name, "i(v1)");
	T_STR(c->save[3].name, "v(x1.q)");
	T_INT(c->save_all, 0);
	T_INT(c->save[1].term->node[0], elab_find_node(c, "a"));
	T_INT(c->save[1].term->node[1], elab_find_node(c, "b"));
	T_INT(c->save[0].term->node[1], 0);
	T_INT(c->save[2].term->kind, ELAB_BRANCH);
	T_INT(c->save[2].term->instance, elab_find_instance(c, "v1"));
	T_INT(c->n_ic, 2);
	T_INT(c->ic[1].node, elab_find_node(c, "x1.q"));
	T_REL(c->ic[1].value, 0.25, TOL_EXPRESSION);
	deck_end(&d);
	d = deck_good("v1 a 0 1\nr1 a 0 1\n.save v(a) all\n");
	T_INT(d.circuit->n_save, 1);
	T_INT(d.circuit->save_all, 1);
	deck_end(&d);
}

static void test_pbit(void)
{
	t_section(".pbit");
	test_deck d = deck_good(".param u=26m\nvdd vdd 0 1\nvin in 0 0\nr1 out vdd 1\nr2 out in 1\nc1 out 0 1\n"
	                        ".trannoise 1n 1u\n"
	                        ".pbit one out=v(out)\n"
	                        ".pbit two out=v(out,in) bias=vin sweep=list('-u',0,'u') threshold='u/2' "
	                        "supply=vdd,vin vunit='u' tunit=1n\n"
	                        ".pbit three out=v(out) bias=vin sweep=-1 '2-1' 0.5 threshold=auto supply=vdd\n");
	const elab_circuit *c = d.circuit;
	const elab_pbit *p = c->pbit;
	T_INT(c->n_pbit, 3);
	T_STR(p[0].name, "one");
	T_INT(p[0].bias_instance, -1);
	T_INT(p[0].threshold_auto, 1);
	T_INT(p[0].n_supply, 0);
	T_REL(p[0].v_unit, 1.0, TOL_EXPRESSION);
	T_REL(p[0].t_unit, 1.0, TOL_EXPRESSION);
	T_STR(p[1].out.name, "v(out,in)");
	T_INT(p[1].bias_instance, elab_find_instance(c, "vin"));
	T_INT(p[1].n_list, 3);
	T_REL(p[1].list[0], -0.026, TOL_EXPRESSION);
	T_REL(p[1].list[2], 0.026, TOL_EXPRESSION);
	T_INT(p[1].threshold_auto, 0);
	T_REL(p[1].threshold, 0.013, TOL_EXPRESSION);
	T_INT(p[1].n_supply, 2);
	T_INT(p[1].supply[1], elab_find_instance(c, "vin"));
	T_REL(p[1].t_unit, 1e-9, TOL_EXPRESSION);
	T_INT(p[2].n_list, 0);
	T_REL(p[2].start, -1.0, TOL_EXPRESSION);
	T_REL(p[2].stop, 1.0, TOL_EXPRESSION);
	T_REL(p[2].step, 0.5, TOL_EXPRESSION);
	T_INT(p[2].threshold_auto, 1);
	deck_end(&d);
}

static void test_expect(void)
{
	t_section(".expect");
	test_deck d = deck_good(".expect op v(a) value=1 rel=1e-3\n"
	                        "v1 a 0 1\nr1 a 0 1\nc1 a 0 1\n.op\n.trannoise 1n 1u\n.pbit cell out=v(a)\n"
	                        ".expect trannoise1 var(v(a)) at='1/2' value='2*3' sigma=4\n"
	                        ".expect cell residual value=0 abs=1e-9\n.expect op v(a)*2 value=2\n");
	const elab_expect *e = d.circuit->expect;
	T_INT(d.circuit->n_expect, 4);
	T_STR(e[0].analysis, "op");
	T_STR(e[0].quantity, "v(a)");
	T_TRUE(e[0].expr && e[0].expr->kind == NET_PROBE);
	T_INT(e[0].has_at, 0);
	T_REL(e[0].value, 1.0, TOL_EXPRESSION);
	T_REL(e[0].rel, 1e-3, TOL_EXPRESSION);
	T_TRUE(isnan(e[0].abs) && isnan(e[0].sigma));
	T_STR(e[1].quantity, "var(v(a))");
	T_INT(e[1].has_at, 1);
	T_REL(e[1].at, 0.5, TOL_EXPRESSION);
	T_REL(e[1].value, 6.0, TOL_EXPRESSION);
	T_REL(e[1].sigma, 4.0, TOL_EXPRESSION);
	T_STR(e[2].analysis, "cell");
	T_STR(e[2].quantity, "residual");
	T_TRUE(e[3].expr && e[3].expr->kind == NET_BINARY);
	deck_end(&d);
}

static int dump_has(const char *text, const char *piece)
{
	const int passed = t_true(strstr(text, piece) != NULL, piece, __FILE__, __LINE__);
	if (!passed)
		printf("%s\n", text);
	return passed;
}

static void test_dump(void)
{
	t_section("listing");
	test_deck d = deck_good(
	    ".model nch nmos level=subvt i0=2n\nv1 in 0 pulse(0 1 1n)\n.subckt s a\nr1 a b 1k temp=77\n"
	    "b1 b 0 i='v(a)*2'\n.ends\nx1 in s m=2\nm1 in in 0 0 nch\nv2 c 0 pwl(0 0 1 0.5)\n"
	    ".dc v1 0 1 0.1\n.tran 1n 1u uic\n.trannoise 1n 1u\n.ic v(in)=0.1\n.save v(in) i(v1)\n"
	    ".pbit p out=v(in) bias=v1 sweep=list(0,1) core=-0.5,'1/2'\n.expect dc v(in) at=1 value=1 rel=0.1\n");
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	elab_dump(d.circuit, to);
	fclose(to);
	dump_has(text, "circuit title\n");
	dump_has(text, "nodes 4\n  0 0\n  1 in\n");
	dump_has(text, "  x1.r1 resistor (in x1.b) r=1e+03 m=2 T=350.15\n");
	dump_has(text, "  x1.b1 bsource_i (x1.b 0 in) m=2 program of 3 operations\n");
	dump_has(text, "  m1 mosfet_subvt model nch (in in 0 0) model.i0=2e-09\n");
	dump_has(text, " corners 0 0, 1 0.5\n");
	dump_has(text, "  dc1 v1 0 1 0.1\n");
	dump_has(text, "  tran1 tstep=1e-09 tstop=1e-06 tstart=0 tmax=0 uic\n");
	dump_has(text, "  trannoise1 tstep=1e-09 tstop=1e-06 tstart=0 samples=64 seed=1 noise=auto method=wt2 keep=2 "
	               "energy=on acf=on psd=0 companion=on scale=1 step=0\n");
	dump_has(text, "  ic v(in)=0.1\n");
	dump_has(text, "  save i(v1)\n");
	dump_has(text, "  pbit p out=v(in) bias=v1 sweep=0,1 threshold=auto core=-0.5,0.5 vunit=1 tunit=1\n");
	dump_has(text, "  expect dc v(in) at=1 value=1 rel=0.1\n");
	free(text);
	deck_end(&d);
}

/* Every allocation of an elaboration fails once: a status, never a crash or a circuit with a hole. */
static void test_memory(void)
{
	t_section("memory");
	enum { MOST = 2000 };
	test_deck d = deck_good(".param p=2 q='p*2'\n.model nch nmos level=subvt i0=2n\n.subckt s a w=1\nr1 a b 'w*q'\n"
	                        "b1 b 0 i='v(a)*2'\n.ends\nv1 in 0 pwl(0 0 1 'q')\nx1 in s m=2\nx2 in s w=3\n"
	                        "m1 in in 0 0 nch\n.global g\n.save v(in) i(v1)\n.ic v(in)=1\n.trannoise 1n 1u\n"
	                        ".pbit c out=v(in) bias=v1 sweep=list(0,1) supply=v1\n.expect c p value=0.5\n");
	unsigned long n = 0;
	ts_status status = TS_NOMEM;
	while (status != TS_OK && ++n < MOST) {
		elab_circuit *circuit = NULL;
		alloc_fail_after(n);
		status = elab_build(d.deck, d.sources, NULL, NULL, &circuit);
		alloc_fail_after(0);
		if (status != TS_OK && (status != TS_NOMEM || circuit))
			break;
		elab_destroy(circuit);
	}
	T_INT(status, TS_OK);
	T_TRUE(n > 20);
	deck_end(&d);
}

int main(void)
{
	test_analyses();
	test_axes();
	test_steps();
	test_trannoise();
	test_options();
	test_save();
	test_pbit();
	test_expect();
	test_dump();
	test_memory();
	return t_done();
}
