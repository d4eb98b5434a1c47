/* SPDX-License-Identifier: Apache-2.0
 * .if .elseif .else .endif around elements: which branch, nesting, parameters of the instance, mistakes.
 */
#include "deck.h"

/* r of the deck's one element whose name is r1, by x */
static void check_branch(const char *cards, double x, double want)
{
	char text[1024];
	snprintf(text, sizeof text, ".param x=%g\n%s", x, cards);
	t_section("x = %g\n%s", x, cards);
	test_deck d = deck_good(text);
	T_REL(deck_param(&d, "r1", "r"), want, 1e-14);
	deck_end(&d);
}

static void test_branches(void)
{
	const char *chain = ".if (x == 1)\nr1 a 0 1\n.elseif (x==2)\nr1 a 0 2\n.ELSEIF x > 2 && x < 5\nr1 a 0 3\n"
	                    ".else\nr1 a 0 4\n.endif\nr2 a 0 1\n";
	check_branch(chain, 1, 1);
	check_branch(chain, 2, 2);
	check_branch(chain, 3, 3);
	check_branch(chain, 5, 4);
	const char *nested = ".if(x < 10)\n.if (x < 5)\nr1 a 0 1\n.else\nr1 a 0 2\n.endif\n.else\n"
	                     ".if (1/(x-10) > 0.5)\nr1 a 0 3\n.else\nr1 a 0 4\n.endif\n.endif\n";
	check_branch(nested, 1, 1);
	check_branch(nested, 7, 2);
	check_branch(nested, 11, 3);
	check_branch(nested, 20, 4);
	/* what does not count is not evaluated: 1/(x-10) above, an unknown model here */
	check_branch(".if (x)\nm1 a a 0 0 nosuch\n.elseif (1)\nr1 a 0 5\n.elseif (1/x)\nr1 a 0 6\n.endif\n", 0, 5);
	t_section("subcircuits");
	test_deck d =
	    deck_good(".subckt s a ng=1\n.if (floor(ng/2)*2 != ng)\nr1 a 0 'ng'\n.else\nx1 a t\n.endif\n.ends\n"
	              ".subckt t a\nr1 a 0 100\n.ends\nx1 a s\nx2 a s ng=2\nx3 a s ng=3\n");
	T_REL(deck_param(&d, "x1.r1", "r"), 1.0, 1e-14);
	T_REL(deck_param(&d, "x2.x1.r1", "r"), 100.0, 1e-14);
	T_REL(deck_param(&d, "x3.r1", "r"), 3.0, 1e-14);
	deck_end(&d);
}

static void test_mistakes(void)
{
	t_section("mistakes");
	deck_bad(".if (1)\nr1 a 0 1\n", "2:1", "E0201", "no .endif");
	deck_bad("r1 a 0 1\n.endif\n", "3:1", "E0201", "without an .if");
	deck_bad("r1 a 0 1\n.else\n", "3:1", "E0201", "without an .if");
	deck_bad("r1 a 0 1\n.if (0)\n.else\n.elseif (1)\n.endif\n", "5:1", "E0201", "behind the .else");
	deck_bad("r1 a 0 1\n.if (nosuch)\nr1 a 0 1\n.elseif(nosuch)\n.endif\n", "3:6", "E0310", "nosuch");
	deck_bad("r1 a 0 1\n.if (1)\n.param p=1\n.endif\n", "4:1", "E0311", "only elements");
	deck_bad("r1 a 0 1\n.if (1)\n.op\n.endif\n", "4:1", "E0311", "only elements");
	deck_bad("r1 a 0 1\n.if v(a) > 1\n.endif\n", "3:5", "E0311", "voltage");
}

int main(void)
{
	test_branches();
	test_mistakes();
	return t_done();
}
