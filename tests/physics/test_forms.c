/* SPDX-License-Identifier: Apache-2.0
 * E and G of the forms poly(n) and table in .op and .dc against the polynomials and straight lines they mean, in all
 * the ways other simulators write them.
 */
#include "harness/t.h"
#include "static_deck.h"

static const double TOL = 1e-12;

static double value(const static_deck *d, const char *signal, size_t k)
{
	char path[100];
	snprintf(path, sizeof path, "/analyses/%s/signals/%s", k ? "dc1" : "op1", signal);
	return static_deck_value(d, path, k ? k - 1 : 0, NULL);
}

static void test_poly(void)
{
	t_section("poly: order of the terms, brackets around pairs, one coefficient alone, parameters");
	static_deck d = static_deck_open(
	    "poly\n.param q=5\nva a 0 0.7\nvb b 0 -0.3\nvc c 0 1.1\n"
	    "e1 o1 0 poly(1) a 0 1 2 3 4\ne2 o2 0 poly(2) a 0 b 0 1 2 3 4 5 6 7 8 9 10\n"
	    "e3 o3 0 POLY(3) (a,0) (b,0) (c,0) 1 2 3 4 5 6 7 8 9 10 11 12 13\ne4 o4 0 poly(1) (a,b) 3\n"
	    "e5 o5 0 poly (2) (a b),(c,0) 0 'q' {2*q}\ng6 0 o6 poly(1) a 0 0 0 1m m=2\nr6 o6 0 1k\ne7 o7 0 poly(2) a b "
	    "c a 2\n"
	    ".op\n.end\n",
	    1, 1);
	T_INT(d.status, TS_OK);
	const double a = 0.7, b = -0.3, c = 1.1;
	T_REL(value(&d, "v(o1)", 0), 1 + 2 * a + 3 * a * a + 4 * a * a * a, TOL);
	T_REL(value(&d, "v(o2)", 0),
	      1 + 2 * a + 3 * b + 4 * a * a + 5 * a * b + 6 * b * b + 7 * a * a * a + 8 * a * a * b + 9 * a * b * b +
	          10 * b * b * b,
	      TOL);
	T_REL(value(&d, "v(o3)", 0),
	      1 + 2 * a + 3 * b + 4 * c + 5 * a * a + 6 * a * b + 7 * a * c + 8 * b * b + 9 * b * c + 10 * c * c +
	          11 * a * a * a + 12 * a * a * b + 13 * a * a * c,
	      TOL);
	T_REL(value(&d, "v(o4)", 0), 3 * (a - b), TOL);
	T_REL(value(&d, "v(o5)", 0), 5 * (a - b) + 10 * c, TOL);
	T_REL(value(&d, "v(o6)", 0), 2 * a * a, TOL);
	T_REL(value(&d, "v(o7)", 0), 2, TOL);
	static_deck_close(&d);
}

static double corner(double x)
{
	const double px[] = {-1, 0, 0.5, 2}, py[] = {2, 0, 1, -1};
	if (x <= px[0])
		return py[0];
	for (int i = 0; i < 3; i++)
		if (x <= px[i + 1])
			return py[i] + (py[i + 1] - py[i]) * (x - px[i]) / (px[i + 1] - px[i]);
	return py[3];
}

static void test_table(void)
{
	t_section("table: straight lines, constant outside");
	static_deck d = static_deck_open("table\nva a 0 0.2\nr1 a 0 1k\n"
	                                 "e1 o1 0 table {v(a)} = (-1,2) (0,0) (0.5,1) (2,-1)\n"
	                                 "E2 o2 0 TABLE {V(a)}=(-1,2),(0,0),(0.5,1),(2,-1)\n"
	                                 "e3 o3 0 table(v(a), -1,2, 0,0, 0.5,1, 2,-1)\n"
	                                 "g4 0 o4 table {v(a)} (-1 2m) (0 0) (0.5 1m) (2 -1m)\nr4 o4 0 1k\n"
	                                 "e5 o5 0 table {2*v(a)+1} = (7,3)\n.op\n.dc va -2 3 0.25\n.end\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	for (size_t k = 0; k <= 21; k++) {
		const double x = k ? -2 + 0.25 * (double)(k - 1) : 0.2;
		for (int s = 1; s <= 4; s++) {
			char name[8];
			snprintf(name, sizeof name, "v(o%d)", s);
			T_ABS(value(&d, name, k), corner(x), TOL);
		}
		T_REL(value(&d, "v(o5)", k), 3, TOL);
	}
	static_deck_close(&d);
}

int main(void)
{
	test_poly();
	test_table();
	return t_done();
}
