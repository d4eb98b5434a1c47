/* SPDX-License-Identifier: Apache-2.0
 * Signals of .save, .print, .plot and .probe: names, what they are made of, which analyses store them.
 */
#include "base/complex_of.h"
#include "elab/formula.h"
#include "unit/elab/deck.h"

#define CARDS                                                                                                          \
	"v1 a 0 1 ac 1\nr1 a b 1\nc1 b 0 1p\nl1 b d 1n\nd1 b 0 dm\nm1 d b 0 0 n\n.model dm d\n.model n nmos "          \
	"level=subvt\n"                                                                                                \
	".subckt s p\nmx p p 0 0 n\nrx p 0 1\n.ends\nx1 a s\n"

static const elab_save *find(const test_deck *d, const char *name)
{
	for (int i = 0; i < d->circuit->n_save; i++)
		if (strcmp(d->circuit->save[i].name, name) == 0)
			return &d->circuit->save[i];
	printf("no signal '%s'\n", name);
	exit(1);
}

static void test_terms(void)
{
	t_section("terms");
	static const struct {
		const char *text, *name, *unit;
		elab_term_kind kind;
		int index;
	} table[] = {
	    {"v(b)", "v(b)", "V", ELAB_VOLTAGE, 0},
	    {"b", "v(b)", "V", ELAB_VOLTAGE, 0},
	    {"V(a, B)", "v(a,b)", "V", ELAB_VOLTAGE, 0},
	    {"i(v1)", "i(v1)", "A", ELAB_BRANCH, 0},
	    {"v1#branch", "i(v1)", "A", ELAB_BRANCH, 0},
	    {"i(l1)", "i(l1)", "A", ELAB_BRANCH, 0},
	    {"i(r1)", "i(r1)", "A", ELAB_TERMINAL, 0},
	    {"i2(r1)", "i2(r1)", "A", ELAB_TERMINAL, 1},
	    {"@c1[i]", "@c1[i]", "A", ELAB_TERMINAL, 0},
	    {"i(m1)", "i(m1)", "A", ELAB_TERMINAL, 0},
	    {"ig(m1)", "ig(m1)", "A", ELAB_TERMINAL, 1},
	    {"is(x1.mx)", "is(x1.mx)", "A", ELAB_TERMINAL, 2},
	    {"@m.x1.mx[ib]", "@x1.mx[ib]", "A", ELAB_TERMINAL, 3},
	    {"@m1[gm]", "@m1[gm]", "S", ELAB_OBSERVABLE, 1},
	    {"@M1[id]", "@m1[id]", "A", ELAB_OBSERVABLE, 0},
	    {"@m1[vgs]", "@m1[vgs]", "V", ELAB_VOLTAGE, 0},
	    {"@d1[cd]", "@d1[cd]", "F", ELAB_OBSERVABLE, 2},
	    {"@r1[p]", "@r1[p]", "W", ELAB_POWER, 0},
	    {"p(x1.rx)", "p(x1.rx)", "W", ELAB_POWER, 0},
	    {"@r1[r]", "@r1[r]", "Ohm", ELAB_PARAMETER, 0},
	    {"@c1[c]", "@c1[c]", "F", ELAB_PARAMETER, 0},
	    {"@v1[dc]", "@v1[dc]", "V", ELAB_PARAMETER, 0},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char text[600];
		snprintf(text, sizeof text, CARDS ".save %s\n", table[i].text);
		test_deck d = deck_good(text);
		const elab_save *s = find(&d, table[i].name);
		T_INT(d.circuit->n_save, 1);
		T_TRUE(s->formula == NULL);
		T_STR(s->unit, table[i].unit);
		T_INT(s->term->kind, table[i].kind);
		T_INT(s->term->index, table[i].index);
		deck_end(&d);
	}
}

static void test_formula(void)
{
	t_section("formulas");
	test_deck d = deck_good(CARDS ".param k=3\n.func sq(x) {x*x}\n"
	                              ".save 'k * sq(v(a,b)) + 1' v(a)-v(b) par('v(a)/i(r1)') 'v(b)*i(v1)'\n");
	const elab_save *s = find(&d, "k*sq(v(a,b))+1");
	const double one[2] = {2, 2}, two[2] = {5, 2};
	T_ABS(elab_formula_value(s->formula, one), 13, 0);
	s = find(&d, "v(a)-v(b)");
	T_STR(s->unit, "V");
	T_INT(s->n_term, 2);
	T_ABS(elab_formula_value(s->formula, two), 3, 0);
	s = find(&d, "v(a)\xe2\x88\x95i(r1)");
	const double complex z[2] = {complex_of(0, 1), complex_of(1, 1)};
	T_TRUE(elab_formula_is_complex(s->formula));
	T_ABS(creal(elab_formula_response(s->formula, z)), 0.5, 1e-15);
	T_ABS(cimag(elab_formula_response(s->formula, z)), 0.5, 1e-15);
	const double over_zero[2] = {1, 0};
	T_TRUE(elab_formula_value(s->formula, over_zero) != elab_formula_value(s->formula, over_zero));
	T_STR(find(&d, "v(b)*i(v1)")->unit, "W");
	deck_end(&d);
}

static void test_print(void)
{
	t_section(".print");
	test_deck d = deck_good(CARDS ".print tran v(b) i(r1) twice=par('2*v(b)')\n.plot tran v(a) (0,5)\n"
	                              ".print ac vdb(b) vp(b) vm(a,b) im(v1)\n.print noise onoise\n.probe i(c1)\n");
	const elab_circuit *c = d.circuit;
	T_INT(c->save_all, 1);
	T_INT(c->n_print, 8);
	T_STR(c->print[1].name, "v(b)"); /* labels come before words */
	T_INT(find(&d, "i(r1)")->kinds, 1 << SIM_TRAN);
	T_INT(find(&d, "twice")->kinds, 1 << SIM_TRAN);
	T_TRUE(find(&d, "v(a,b)")->kinds >> SIM_OP & 1);
	T_TRUE(find(&d, "i(c1)")->kinds >> SIM_DC & 1);
	deck_end(&d);
	d = deck_good(CARDS ".save v(b)\n.print dc v(a)\n");
	T_INT(d.circuit->save_all, 0);
	T_INT(d.circuit->n_save, 2);
	deck_end(&d);
}

static void test_lists(void)
{
	t_section("lists");
	test_deck d = deck_good(CARDS ".save @m1[all]\n");
	find(&d, "@m1[gm]");
	find(&d, "@m1[ib]");
	find(&d, "@m1[p]");
	T_INT(d.circuit->n_save, 8); /* id gm gds s ig is ib p: the observable id hides the terminal's */
	deck_end(&d);
	d = deck_good(CARDS ".save alli\n");
	T_INT(d.circuit->n_save, 5 + 2 * 4 + 1);
	deck_end(&d);
}

/* A capacitor's current is no state of a stochastic run: the others keep it, with a warning. */
static void test_lacks(void)
{
	t_section("what an analysis cannot have");
	test_deck d =
	    deck_of(CARDS ".tran 1n 1u\n.trannoise 1n 1u\n.ac dec 1 1 10\n.save i(c1) '2*v(b)' 'v(a)*i(v1)'\n");
	T_INT(d.status, TS_OK);
	T_TRUE(strstr(d.messages, ".trannoise does not store 'i(c1)'") != NULL);
	T_TRUE(strstr(d.messages, ".trannoise does not store 'v(a)*i(v1)'") != NULL);
	T_TRUE(strstr(d.messages, "2*v(b)'") == NULL || strstr(d.messages, "store '2*v(b)'") == NULL);
	T_TRUE(strstr(d.messages, ".ac") == NULL || strstr(d.messages, ".ac does not") == NULL);
	deck_end(&d);
}

int main(void)
{
	test_terms();
	test_formula();
	test_print();
	test_lists();
	test_lacks();
	return t_done();
}
