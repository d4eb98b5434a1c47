/* SPDX-License-Identifier: Apache-2.0
 * Parameters and subcircuits: evaluation independent of order, circles, constants, values on X lines, multiplicity
 * through the hierarchy, global nodes, --set, and the trail that leads from a message to the X lines behind it.
 */
#include <math.h>

#include "base/phys.h"
#include "deck.h"

/* a few roundings of an expression */
#define TOL_EXPRESSION 1e-14

static void test_order(void)
{
	t_section("parameters do not depend on the order of cards");
	test_deck d = deck_good(".param a='2*b' b='c+1'\n"
	                        "r1 x 0 'a*1k'\n"
	                        ".param c=4\n");
	T_REL(deck_param(&d, "r1", "r"), 10e3, TOL_EXPRESSION);
	deck_end(&d);

	d = deck_good(".param a=1\nr1 x 0 'a'\n.param a=7\n");
	T_REL(deck_param(&d, "r1", "r"), 7.0, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_constants(void)
{
	t_section("constants");
	test_deck d = deck_good(".temp 77\n"
	                        "r1 x 0 'pi'\nr2 x 0 'kboltz*1e23'\nr3 x 0 'qelec*1e19'\nr4 x 0 'temper'\n");
	T_REL(deck_param(&d, "r1", "r"), PHYS_PI, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r2", "r"), 1.380649, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r3", "r"), 1.602176634, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r4", "r"), 77.0, 1e-12);
	T_REL(d.circuit->temperature, 350.15, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_circles(void)
{
	t_section("circles");
	deck_bad(".param a='b+1'\n.param b='2*a'\nr1 x 0 'a'\n", "2:8", "E0309", "a -> b -> a");
	deck_bad(".param self='self+1'\nr1 x 0 1\n", "2:8", "E0309", "self -> self");
	deck_bad(".temp 'temper+1'\nr1 x 0 1\n", "2:8", "E0309", "temper");
	/* the one in the middle is not part of the circle that starts behind it */
	deck_bad(".param in='p' p='q' q='p'\nr1 x 0 'in'\n", "2:15", "E0309", "p -> q -> p");
}

static void test_override(void)
{
	t_section("values on X lines");
	test_deck d = deck_good(".param r=5k\n"
	                        ".subckt half a b r=1k s='2*r'\n"
	                        "ra a m 'r'\nrb m b 's'\n"
	                        ".ends\n"
	                        "x1 p 0 half\n"
	                        "x2 p 0 half r='r/5+1k'\n"
	                        "x3 p 0 half s=7\n");
	T_REL(deck_param(&d, "x1.ra", "r"), 1e3, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x1.rb", "r"), 2e3, TOL_EXPRESSION);
	/* the expression on the X line means the deck's r, not the subcircuit's */
	T_REL(deck_param(&d, "x2.ra", "r"), 2e3, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.rb", "r"), 4e3, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x3.rb", "r"), 7.0, TOL_EXPRESSION);
	T_STR(deck_node(&d, "x2.ra", 0), "p");
	T_STR(deck_node(&d, "x2.ra", 1), "x2.m");
	T_STR(deck_node(&d, "x2.rb", 1), "0");
	deck_end(&d);
}

static void test_nested(void)
{
	t_section("nested subcircuits");
	test_deck d = deck_good(".subckt outer a g=3\n"
	                        ".subckt inner b w=1\nri b 0 'g*w'\n.model dm d is='1f*w'\ndi b 0 dm\n.ends\n"
	                        "xi a inner\nxj a inner w=4\n"
	                        ".ends\n"
	                        "x1 n outer\nx2 n outer g=5\n");
	T_REL(deck_param(&d, "x1.xi.ri", "r"), 3.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x1.xj.ri", "r"), 12.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.xj.ri", "r"), 20.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.xj.di", "is"), 4e-15, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.xi.di", "is"), 1e-15, TOL_EXPRESSION);
	T_INT(d.circuit->n_node, 2);
	deck_end(&d);
	/* what a subcircuit defines is unknown outside */
	deck_bad(".subckt outer a\n.subckt inner b\nri b 0 1\n.ends\nxi a inner\n.ends\nx1 n outer\nx2 n inner\n",
	         "9:6", "E0306", "inner");
}

static void test_multiplicity(void)
{
	t_section("m= through the hierarchy");
	test_deck d = deck_good(".model dm d\n.model nm nmos level=subvt\n"
	                        ".subckt in a\nr1 a 0 1k m=2\nc1 a 0 1p\nv1 q 0 1\ndd a 0 dm\nmm a a 0 0 nm m=5\n"
	                        "i1 a 0 1u\ng1 a 0 q 0 1m\nb1 a 0 i='v(a)'\n.ends\n"
	                        ".subckt out a n=3\nx1 a in m='n'\n.ends\n"
	                        "xo p out m=4\nxs p out n=1\n");
	T_REL(deck_param(&d, "xo.x1.r1", "m"), 24.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "xo.x1.c1", "m"), 12.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "xo.x1.dd", "m"), 12.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "xo.x1.mm", "m"), 60.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "xo.x1.i1", "m"), 12.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "xo.x1.g1", "m"), 12.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "xo.x1.b1", "m"), 12.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "xs.x1.mm", "m"), 5.0, TOL_EXPRESSION);
	/* sources in parallel with themselves are themselves */
	T_INT(dev_param_find(deck_instance(&d, "xo.x1.v1")->type, "m", 0), -1);
	deck_end(&d);

	/* a subcircuit with a parameter m of its own gets it and decides what it means */
	d = deck_good(".subckt s a m=1\nr1 a 0 'm*10'\n.ends\nx1 p s m=3\n");
	T_REL(deck_param(&d, "x1.r1", "r"), 30.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x1.r1", "m"), 1.0, TOL_EXPRESSION);
	deck_end(&d);
	deck_bad(".subckt s a\nr1 a 0 1\n.ends\nx1 p s m=0\n", "5:10", "E0305", "m = 0");
}

static void test_global(void)
{
	t_section("global nodes and ground");
	test_deck d = deck_good(".global vdd\n"
	                        ".subckt s a gate\nr1 a vdd 1\nr2 a gnd 1\nr3 a local 1\nr4 gate 0 1\n.ends\n"
	                        "x1 p vss s\nr9 vdd GND 1\n");
	T_STR(deck_node(&d, "x1.r1", 1), "vdd");
	T_STR(deck_node(&d, "x1.r2", 1), "0");
	T_STR(deck_node(&d, "x1.r3", 1), "x1.local");
	T_STR(deck_node(&d, "x1.r4", 0), "vss");
	T_STR(deck_node(&d, "r9", 1), "0");
	T_INT(elab_find_node(d.circuit, "gnd"), 0);
	T_INT(elab_find_node(d.circuit, "absent"), -1);
	deck_end(&d);
}

static void test_set(void)
{
	t_section("--set");
	const elab_override set[] = {{"vdd", 0.4}, {"w", 3}};
	test_deck d = deck_set(".param vdd=0.2 w='10*vdd' h='2*w'\nr1 a 0 'vdd'\nr2 a 0 'h'\n", set, 2);
	T_INT(d.status, TS_OK);
	T_REL(deck_param(&d, "r1", "r"), 0.4, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r2", "r"), 6.0, TOL_EXPRESSION);
	deck_end(&d);
	const elab_override unknown = {"vd", 1};
	d = deck_set(".param vdd=0.2\nr1 a 0 'vdd'\n", &unknown, 1);
	T_INT(d.status, TS_NETLIST);
	T_TRUE(diag_has(d.diag, E0303));
	T_TRUE(strstr(d.messages, "'vdd'") != NULL);
	deck_end(&d);
}

static void test_trail(void)
{
	t_section("trail of X lines");
	test_deck d = deck_of(".subckt in a r=1\nr1 a 0 'r'\n.ends\n"
	                      ".subckt out a r=1\nxi a in r='r'\n.ends\n"
	                      "xo p out r=-5\n");
	T_INT(d.status, TS_NETLIST);
	T_TRUE(strstr(d.messages, "t.cir:3:8: error") != NULL);
	T_TRUE(strstr(d.messages, "instance xo.xi declared at t.cir:6:1") != NULL);
	T_TRUE(strstr(d.messages, "instance xo declared at t.cir:8:1") != NULL);
	T_INT(diag_count(d.diag, DIAG_WARNING), 1);
	deck_show_unless(strstr(d.messages, "instance xo declared") != NULL, "", &d);
	deck_end(&d);
	/* one mistake in a subcircuit used three times is one message */
	deck_bad(".subckt s a\nr1 a 0 1 colour=3\n.ends\nx1 a s\nx2 a s\nx3 a s\n", "3:10", "E0303", "colour");
}

int main(void)
{
	test_order();
	test_constants();
	test_circles();
	test_override();
	test_nested();
	test_multiplicity();
	test_global();
	test_set();
	test_trail();
	return t_done();
}
