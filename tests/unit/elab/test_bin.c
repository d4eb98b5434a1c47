/* SPDX-License-Identifier: Apache-2.0
 * Model bins by L and W/nf, and .options scale=: which card an element takes, on the edges too, through subcircuits.
 * The threshold voltage tells the cards apart.
 */
#include "deck.h"

/* a few roundings of an expression */
#define TOL_EXPRESSION 1e-14

/* nch.1 and nch.2 by L, nch.3 for wide fingers; nch.4 lies over nch.2, which comes first */
#define BINS                                                                                                           \
	".model nch.1 nmos level=subvt vth=1 lmin=0.28u lmax=0.5u wmin=1u wmax=2u\n"                                   \
	".model nch.2 nmos level=subvt vth=2 lmin=0.5u lmax=1u wmin=1u wmax=2u\n"                                      \
	".model nch.4 nmos level=subvt vth=4 lmin=0.6u lmax=1u wmin=1u wmax=2u\n"                                      \
	".model nch.3 nmos level=subvt vth=3 lmin=0.28u lmax=1u wmin=2u wmax=4u\n"

static void check_bin(const char *line, double want)
{
	char text[2048];
	t_section("%s", line);
	snprintf(text, sizeof text, BINS "%s\n", line);
	test_deck d = deck_good(text);
	T_REL(deck_param(&d, strchr(line, 'x') ? "x1.m1" : "m1", "vth"), want, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_choice(void)
{
	check_bin("m1 d g 0 0 nch l=0.3u w=1.5u", 1);
	check_bin("m1 d g 0 0 nch l=0.7u w=1.5u", 2);
	check_bin("m1 d g 0 0 nch l=0.7u w=3u", 3);
	/* a card may be named outright */
	check_bin("m1 d g 0 0 nch.4 l=0.3u w=1.5u", 4);
	/* edges: the lower one belongs to a bin, up to rounding; the upper one to the next, or to the last */
	check_bin("m1 d g 0 0 nch l='0.28*1e-6' w=1u", 1);
	check_bin("m1 d g 0 0 nch l=0.5u w=1u", 2);
	check_bin("m1 d g 0 0 nch l='0.5*1e-6*(1-1e-12)' w=1u", 2);
	check_bin("m1 d g 0 0 nch l=0.4u w=2u", 3);
	check_bin("m1 d g 0 0 nch l=1u w=4u", 3);
	/* limits that are not given */
	t_section("open bins");
	test_deck d = deck_good(".model p.1 pmos level=subvt vth=1 lmax=1u\n.model p.2 pmos level=subvt vth=2 lmin=1u\n"
	                        "m1 d g 0 0 p l=9n w=9u\nm2 d g 0 0 p l=9u w=9n\n");
	T_REL(deck_param(&d, "m1", "vth"), 1.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "m2", "vth"), 2.0, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_subcircuits(void)
{
	check_bin(".subckt s d l=0.3u w=1\nm1 d d 0 0 nch l='l' w='w*1u'\n.ends\nx1 a s", 1);
	check_bin(".subckt s d\n.param l=0.3u w=1u\nm1 d d 0 0 nch l=l w={w}\n.ends\nx1 a s l=0.6u", 2);
	check_bin(".subckt s d l=0.3u\nm1 d d 0 0 nch l='l' w=3u\n.ends\nx1 a s", 3);
	/* bins inside: of the same name as the subcircuit, by the instance's parameters, before those outside */
	t_section("bins inside");
	test_deck d = deck_good(BINS ".subckt nch d l=1 dv=0\nm1 d d 0 0 nch l='l*1u' w=1u\n"
	                             ".model nch.0 nmos level=subvt vth='10+dv' lmin=0 lmax='2u'\n"
	                             ".model nch.1 nmos level=subvt vth='20+l' lmin=2u lmax=9u\n.ends\n"
	                             "x1 a nch\nx2 a nch l=3\nx3 a nch dv=0.5 m=2\nm1 a a 0 0 nch l=0.3u w=1u\n");
	T_REL(deck_param(&d, "x1.m1", "vth"), 10.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.m1", "vth"), 23.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x3.m1", "vth"), 10.5, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x3.m1", "m"), 2.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "m1", "vth"), 1.0, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_scale(void)
{
	check_bin("m1 d g 0 0 nch l=0.3 w=1.5\n.option scale=1u", 1);
	check_bin(".options parser scale=1u\nm1 d g 0 0 nch l=0.3u w=1.5u", 1);
	t_section("scale");
	/* lengths of M elements in every subcircuit, nothing else; the card may stand below */
	test_deck d = deck_good(".model n nmos level=subvt\n.subckt s d w=4\nm1 d d 0 0 n l=2 w='w' m=3\n.ends\n"
	                        "x1 a s\nx2 a s w=8\nr1 a 0 5\n.option scale=1.0u\n");
	T_REL(deck_param(&d, "x1.m1", "w"), 4e-6, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.m1", "w"), 8e-6, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.m1", "l"), 2e-6, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.m1", "m"), 3.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "r1", "r"), 5.0, TOL_EXPRESSION);
	deck_end(&d);
}

int main(void)
{
	test_choice();
	test_subcircuits();
	test_scale();
	return t_done();
}
