/* SPDX-License-Identifier: Apache-2.0
 * Functions of .func and .param: forms of the card, order, scopes, circles, and calls in the expressions of sources,
 * which are written out. Wanted values are those of the same expression in C.
 */
#include "dev/program.h"
#include "deck.h"

/* a few roundings of an expression */
#define TOL_EXPRESSION 1e-14

static void check_value(const char *cards, double want)
{
	char text[1024];
	t_section("%s", cards);
	snprintf(text, sizeof text, "%sr1 a 0 'r'\n", cards);
	test_deck d = deck_good(text);
	T_REL(deck_param(&d, "r1", "r"), want, TOL_EXPRESSION);
	deck_end(&d);
}

static void test_forms(void)
{
	check_value(".func f(x) {x*x+1}\n.param r='f(3)'\n", 10);
	check_value(".FUNC F ( X , Y ) 'x-y'\n.param r='f(3,1)'\n", 2);
	check_value(".func f(x,y)=x + y * 2\n.param r='f(3,1)'\n", 5);
	check_value(".param r='f(2)*3' f(x)='x**3'\n", 24);
	check_value(".param r=f(2)+g() g()=7 f(x)={x+x} q=1\n", 11);
	check_value(".func f(x) {x > 2 ? x : -x}\n.param r='f(3)-f(1)'\n", 4);
	/* of several definitions the last one counts, and it comes before the built-in function of that name */
	check_value(".func f(x) {1}\n.func f(x) {2}\n.func sqrt(x) {x}\n.param r='f(0)*sqrt(9)'\n", 18);
	check_value(".func f(x) {1}\n+ \n* comment\n\n+ +x\n.param r='f(4)'\n", 5);
}

static void test_scopes(void)
{
	/* arguments hide parameters, other names mean what they mean where the function stands */
	check_value(".param x=5 k=2\n.func f(x) {k*x}\n.param r='f(3)+x'\n", 11);
	/* a parameter and a function of the same name are two things */
	check_value(".param f=5\n.func f(x) {f+x}\n.param r='f(f)'\n", 10);
	check_value(".func f(x) {g(x)+1}\n.func g(x) {2*x}\n.param r='f(f(g(1)))'\n", 11);
	check_value(".param r='f(4)'\n.func f(x) {x*h}\n.param h='g(2)'\n.func g(x) {x+1}\n", 12);
	t_section("subcircuits");
	test_deck d = deck_good(".param k=2\n.func f(x) {k*x}\n"
	                        ".subckt s a k=10\n.func g(x) {f(x)+k}\nr1 a 0 'g(1)'\n.ends\n"
	                        "x1 a s\nx2 a s k=20\nr1 a 0 'f(1)'\n");
	/* f stands in the deck and reads its k */
	T_REL(deck_param(&d, "x1.r1", "r"), 12.0, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.r1", "r"), 22.0, TOL_EXPRESSION);
	deck_end(&d);
}

/* One message of the reader; the rest of the deck stands. */
static void check_syntax(const char *card, const char *place, const char *code, const char *word)
{
	char text[256], where[64];
	snprintf(text, sizeof text, "%s\nr1 a 0 1\n", card);
	snprintf(where, sizeof where, "t.cir:%s: error", place);
	test_deck d = deck_of(text);
	T_INT(d.status, TS_NETLIST);
	T_INT(diag_count(d.diag, DIAG_WARNING), 1);
	const int ok = T_TRUE(strstr(d.messages, where) && strstr(d.messages, code) && strstr(d.messages, word));
	deck_show_unless(ok, text, &d);
	deck_end(&d);
}

static void test_syntax(void)
{
	t_section("syntax");
	check_syntax(".func f(x,x) {x}", "2:11", "E0201", "two arguments");
	check_syntax(".func f(x+y) {x}", "2:10", "E0201", "comma");
	check_syntax(".func f(2) {x}", "2:9", "E0201", "name of an argument");
	check_syntax(".func f x", "2:7", "E0201", "NAME(ARGUMENTS)");
	check_syntax(".func f(x)", "2:10", "E0201", "missing");
	check_syntax(".func v(x) {x}", "2:7", "E0201", "another name");
	check_syntax(".func f(x) {x+}", "2:15", "E0202", "expected a value");
}

static void test_mistakes(void)
{
	t_section("mistakes");
	deck_bad(".func f(x) {x*f(x-1)}\nr1 a 0 'f(1)'\n", "2:7", "E0309", "f() -> f()");
	/* a condition that would end it does not help: what it takes is not known beforehand */
	deck_bad(".func f(x) {x < 1 ? 1 : g(x)}\n.func g(x) {f(x-1)}\nr1 a 0 'f(0)'\n", "2:7", "E0309",
	         "f() -> g() -> f()");
	deck_bad(".param f(x)='x+f(x)'\nr1 a 0 1\n", "2:8", "E0309", "functions defined in a circle");
	deck_bad(".param r='f(1)'\n.func f(x) {x+r}\nr1 a 0 'r'\n", "3:7", "E0309", "f() -> r -> f()");
	deck_bad(".func f(x) {x+nosuch}\nr1 a 0 'f(1)'\nr2 a 0 'f(2)'\n", "2:15", "E0310", "nosuch");
	deck_bad(".func f(x) {1/x}\nr1 a 0 'f(0)'\n", "2:13", "E0202", "'f()' is called");
	deck_bad(".func f(x,y) {x}\nr1 a 0 '1+f(2)'\n", "3:11", "E0202", "2 arguments, not 1");
	deck_bad(".subckt s a\nr1 a 0 1\n.ends\n.func f(x) {x}\nx1 a s f()=3\n", "6:8", "E0303", "f()");
	/* each calls the one before it twice: 2^40 calls */
	char text[4096] = ".func f0(x) {x}\n";
	size_t used = strlen(text);
	for (int i = 1; i <= 40; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, ".func f%d(x) {f%d(x)+f%d(x)}\n", i, i - 1,
		                         i - 1);
	snprintf(text + used, sizeof text - used, "r1 a 0 'f40(1)'\n");
	test_deck d = deck_of(text);
	T_INT(d.status, TS_NETLIST);
	T_TRUE(strstr(d.messages, "ten million calls") != NULL);
	deck_end(&d);
	snprintf(text + used, sizeof text - used, "b1 a 0 i='f40(v(a))'\n");
	d = deck_of(text);
	T_INT(d.status, TS_NETLIST);
	T_TRUE(strstr(d.messages, "too long when written out") != NULL);
	deck_end(&d);
}

/* Same program, operation by operation? */
static void check_same(const char *functions, const char *call, const char *written)
{
	char text[1024];
	t_section("%s%s", functions, call);
	snprintf(text, sizeof text, "%sr1 a 0 1\nr2 b 0 1\nb1 a 0 i='%s'\nb2 a 0 i='%s'\n", functions, call, written);
	test_deck d = deck_good(text);
	const dev_program *one = deck_instance(&d, "b1")->aux, *two = deck_instance(&d, "b2")->aux;
	if (T_TRUE(one && two) && T_INT(one->n, two->n))
		for (int i = 0; i < one->n; i++) {
			T_INT(one->op[i].code, two->op[i].code);
			T_INT(one->op[i].index, two->op[i].index);
			T_REL(one->op[i].value, two->op[i].value, 0);
		}
	deck_end(&d);
}

static void test_sources(void)
{
	const char *f = ".param k=3\n.func f(x,y) {k*x+y}\n.func g(x) {f(x*x,1)}\n";
	check_same(f, "f(v(a),2)", "3*v(a)+2");
	check_same(f, "g(v(a,b))", "3*(v(a,b)*v(a,b))+1");
	check_same(f, "sin(f(time,v(b)))", "sin(3*time+v(b))");
	check_same(f, "f(f(v(a),k),v(b))", "3*(3*v(a)+3)+v(b)");
	check_same(f, "2*f(1,2)*v(a)", "10*v(a)");
	check_same(".func ramp(t0) {time/t0}\n", "ramp(2)", "time/2");
	t_section("mistakes in sources");
	deck_bad(".func f(x) {x+f(x)}\nr1 a 0 1\nb1 a 0 i='f(v(a))'\n", "2:7", "E0309", "f() -> f()");
	deck_bad(".func f(x) {x}\nr1 a 0 1\nb1 a 0 i='f(v(a),1)'\n", "4:11", "E0202", "1 argument, not 2");
	deck_bad(".func f(x) {x*u0}\nr1 a 0 1\nb1 a 0 i='f(v(a))'\n", "2:15", "E0310", "u0");
	deck_bad("r1 a 0 1\nb1 a 0 i='table(v(a),0,1,0,2)'\n", "3:26", "E0311", "increase");
	deck_bad("r1 a 0 1\nb1 a 0 i='table(v(a),0,v(a))'\n", "3:24", "E0311", "constants");
}

int main(void)
{
	test_forms();
	test_scopes();
	test_syntax();
	test_mistakes();
	test_sources();
	return t_done();
}
