/* SPDX-License-Identifier: Apache-2.0
 * Expressions: precedence, every function, canonical text, and mistakes with the column they stand at. Wanted values
 * are written as C expressions or known constants.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/t.h"
#include "net/expr.h"

static const double tol_libm = 1e-15; /* the same libm on both sides; folding may differ by the last bit */

typedef struct mistake {
	int line, column, length; /* 0: there was none */
	diag_code code;
	char message[200];
} mistake;

static int name_value(void *self, const char *name, src_span span, double *value)
{
	(void)self, (void)span;
	if (strcmp(name, "x") == 0)
		*value = 3;
	else if (strcmp(name, "big") == 0)
		*value = 1e300;
	else if (strcmp(name, "a.b#c$1") == 0)
		*value = 7;
	else
		return 0;
	return 1;
}

static int probe_value(void *self, const net_expr *e, double *value)
{
	(void)self;
	const int is_v = strcmp(e->name, "v") == 0;
	*value = is_v ? (e->node[1] ? 5 : 2) : 0.5;
	return strcmp(e->node[0], "nowhere") != 0;
}

/* Read and evaluate; the first mistake of either goes to *m. */
static double value_of(const char *text, mistake *m)
{
	const net_env env = {.name = name_value, .probe = probe_value};
	src_map *map = src_map_create();
	arena *a = arena_create();
	int file;
	double value = 0;
	diag_severity severity;
	src_load_text(map, "t", text, strlen(text), SRC_NOWHERE, &file);
	diag_list *diag = diag_create(map);
	const net_expr *e = net_expr_parse(a, file, 0, text, strlen(text), diag);
	const ts_status status = e ? net_expr_eval(e, &env, diag, &value) : TS_NETLIST;
	*m = (mistake){.code = DIAG_N_CODE};
	const char *message = diag_message(diag, 0, &m->code, &severity);
	if (message) {
		FILE *to = tmpfile();
		char line[400] = "", *colon = NULL;
		snprintf(m->message, sizeof m->message, "%s", message);
		diag_print(diag, to);
		rewind(to);
		if (fgets(line, sizeof line, to))
			colon = strchr(line, ':');
		if (!colon || sscanf(colon, ":%d:%d:", &m->line, &m->column) != 2)
			m->line = m->column = -1;
		while (fgets(line, sizeof line, to))
			for (const char *c = strchr(line, '^'); c && (*c == '^' || *c == '~'); c++)
				m->length++;
		fclose(to);
	}
	T_INT(message == NULL, status == TS_OK);
	diag_destroy(diag);
	arena_destroy(a);
	src_map_destroy(map);
	return value;
}

static void check_value(const char *text, double want)
{
	mistake m;
	t_section("%s", text);
	T_REL(value_of(text, &m), want, tol_libm);
	T_STR(m.message, "");
}

static void check_mistake(const char *text, diag_code code, int column, int length, const char *part)
{
	mistake m;
	t_section("%s", text);
	value_of(text, &m);
	T_STR(diag_code_name(m.code), diag_code_name(code));
	T_INT(m.line, 1);
	T_INT(m.column, column);
	T_INT(m.length, length);
	if (!T_TRUE(strstr(m.message, part) != NULL))
		printf("message: %s\n", m.message);
}

static void test_precedence(void)
{
	static const struct {
		const char *text;
		double want;
	} table[] = {
	    {"-2**2", -4},       {"(-2)**3", -8}, {"2**3**2", 512}, {"2^3", 8},    {"2**-1", 0.5},   {"-2**-2", -0.25},
	    {"!2**2", 0},        {"!0+1", 2},     {"- -3", 3},      {"+3-+-3", 6}, {"1+2*3", 7},     {"(1+2)*3", 9},
	    {"10-4-3", 3},       {"64/4/2", 8},   {"64/4*2", 32},   {"-3*-2", 6},  {"1+1<3", 1},     {"1<2==1", 1},
	    {"3>2>1", 0},        {"2>=2", 1},     {"2<=1", 0},      {"1!=1", 0},   {"1==1!=0", 1},   {"0||1&&0", 0},
	    {"1||0&&0", 1},      {"2&&3", 1},     {"1?2:3", 2},     {"0?2:3", 3},  {"0?1:0?2:3", 3}, {"1?0?4:5:6", 5},
	    {"1>2?10:20+1", 21}, {"x=='3'", 1},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		check_value(table[i].text, table[i].want);
}

static void test_leaves(void)
{
	check_value("1kohm", 1e3);
	check_value("10pF", 10e-12);
	check_value("1meg", 1e6);
	check_value("1MEG*1m", 1e3);
	check_value("1mil", 25.4e-6);
	check_value(".5", 0.5);
	check_value("1.e-3", 1e-3);
	check_value("X*2", 6);
	check_value("a.b#c$1", 7);
	check_value("'x'*{x}", 9);
	check_value("\"x\" + 1", 4);
	check_value("v(a)*2", 4);
	check_value("V( a , b )", 5);
	check_value("i(v1)+i (v1)", 1);
	check_value("v(x1.out+)", 2);
}

static void test_functions(void)
{
	static const struct {
		const char *text;
		double want;
	} table[] = {
	    {"abs(-2.5)", 2.5},
	    {"min(3,1,2)", 1},
	    {"max(3, 1, 4, 2)", 4},
	    {"sqrt(2)", M_SQRT2},
	    {"exp(1)", M_E},
	    {"ln(10)", M_LN10},
	    {"log(10)", M_LN10},
	    {"log10(1000)", 3},
	    {"pow(2,10)", 1024},
	    {"pow(-2,3)", -8},
	    {"pwr(-2,2)", -4},
	    {"pwr(3,2)", 9},
	    {"sgn(-7)", -1},
	    {"sgn(0)", 0},
	    {"sin(3.141592653589793/6)", 0.49999999999999994},
	    {"cos(0)", 1},
	    {"tan(0.5)", 0.54630248984379051},
	    {"4*atan(1)", M_PI},
	    {"sinh(1)", 1.1752011936438014},
	    {"cosh(1)", 1.5430806348152437},
	    {"tanh(0.5)", 0.46211715726000976},
	    {"floor(-1.5)", -2},
	    {"ceil(-1.5)", -1},
	    {"nint(2.5)", 2},
	    {"nint(-2.6)", -3},
	    {"asin(0.5)*6", M_PI},
	    {"acos(-0.5)*1.5", M_PI},
	    {"4*arctan(1)", M_PI},
	    {"asinh(1)", 0.88137358701954305},
	    {"acosh(2)", 1.3169578969248166},
	    {"atanh(0.5)", 0.54930614433405489},
	    {"-7%4", -3},
	    {"2*7 % 4 + 1", 3},
	    {"3 <> 2", 1},
	    {"2 <> 2", 0},
	    {"int(-1.5)", -1},
	    {"ternary_fcn(1>0, 2, 3)", 2},
	    {"ternary_fcn(0, 2, 3)", 3},
	    {"limit(5,0,2)", 2},
	    {"table(2,1,10,3,30,5,0)", 20},
	    {"table(x+1,1,10,3,30,5,0)", 15},
	    {"table(0,1,10,3,30)", 10},
	    {"table(9,1,10,3,30)", 30},
	    {"table(9,1,10)", 10},
	    {"agauss(3,1,3)", 3},
	    {"gauss(4,0.1,3)", 4},
	    {"aunif(5,1)", 5},
	    {"unif(6,0.1,2)", 6},
	    {"limit(-5,2,0)", 0},
	    {"u(2)", 1},
	    {"u(0)", 0},
	    {"u(-2)", 0},
	    {"uramp(2)", 2},
	    {"uramp(-2)", 0},
	    {"MAX(1,2)", 2},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		check_value(table[i].text, table[i].want);
}

/* What is not needed is not evaluated, so it cannot be a mistake. */
static void test_lazy(void)
{
	check_value("0&&1/0", 0);
	check_value("1||ln(-1)", 1);
	check_value("1?2:1/0", 2);
	check_value("ternary_fcn(0,1/0,2)", 2);
}

static void test_mistakes(void)
{
	check_mistake("1+", E0202, 2, 1, "expected a value");
	check_mistake("1+*2", E0202, 3, 1, "unexpected '*'");
	check_mistake("(1+2", E0202, 4, 1, "expected ')'");
	check_mistake("1+2)", E0202, 4, 1, "unexpected ')'");
	check_mistake("'1+2", E0202, 4, 1, "closing quote");
	check_mistake("1 2", E0202, 3, 1, "expected an operator");
	check_mistake("  ", E0202, 1, 1, "expected a value");
	check_mistake("max(1,,2)", E0202, 7, 1, "unexpected ','");
	check_mistake("max(1 2)", E0202, 7, 1, "',' or ')'");
	check_mistake("1?2", E0202, 3, 1, "':'");
	check_mistake("v()", E0202, 3, 1, "node");
	check_mistake("v(a,b,c)", E0202, 6, 1, "unexpected ','");
	check_mistake("i(a,b)", E0202, 4, 1, "unexpected ','");
	check_mistake("1.2.3+1", E0104, 1, 5, "malformed number '1.2.3'");
	check_mistake("2*1e999", E0104, 3, 5, "outside the range");
	check_mistake("1 = 2", E0202, 3, 1, "unexpected '='");
	check_mistake("2*nosuch", E0310, 3, 6, "nosuch");
	check_mistake("2*v(nowhere)", E0202, 3, 10, "no value");
	check_mistake("1+1/(x-3)", E0202, 3, 7, "division by zero");
	check_mistake("1+big*big", E0202, 3, 7, "not a finite number");
	check_mistake("1+ln(-1)", E0202, 3, 6, "not a finite number");
	check_mistake("0**-1", E0202, 1, 5, "not a finite number");
	check_mistake("1+foo(2)", E0202, 3, 6, "unknown function 'foo'");
	check_mistake("sqrt(1,2)", E0202, 1, 9, "1 argument");
	check_mistake("min(1)", E0202, 1, 6, "at least 2");
	check_mistake("1%0", E0202, 1, 3, "division by zero");
	check_mistake("asin(2)", E0202, 1, 7, "not a finite");
	check_mistake("limit(1,2)", E0202, 1, 10, "3 arguments");
	check_mistake("table(1,2,3,4)", E0202, 1, 14, "pairs");
	check_mistake("table(1,2,3,2,4)", E0202, 13, 1, "increase");
	check_mistake("agauss(1)", E0202, 1, 9, "at least 2");
}

/* The text of an expression reads back to the same value, and its own text is the same. */
static void test_text(void)
{
	static const char *const table[] = {"-2**2",     "(-2)**3",    "1-(2-3)",         "(1?0:1)?2:3",  "2**3**2",
	                                    "(2**3)**2", "!(1&&0)||0", "max(1,-(2+3),4)", "1e-9+1/3",     "v(a,b)*-x",
	                                    "'x'*{x}",   "- -3",       "1?2:0?3:4+x*2",   "(1<2)==(2>=1)"};
	arena *a = arena_create();
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		mistake m;
		t_section("%s", table[i]);
		const net_expr *e = net_expr_parse(a, 0, 0, table[i], strlen(table[i]), NULL);
		char *text = net_expr_text(a, e);
		T_ABS(value_of(text, &m), value_of(table[i], &m), 0);
		const net_expr *again = net_expr_parse(a, 0, 0, text, strlen(text), NULL);
		T_STR(again ? net_expr_text(a, again) : "", text);
	}
	static const char *const least[][2] = {{"(A+(b*C))", "a+b*c"},
	                                       {"(a+b)*c", "(a+b)*c"},
	                                       {"a-(b-c)-d", "a-(b-c)-d"},
	                                       {"-(a**2)", "-a**2"},
	                                       {"(-a)**2", "(-a)**2"},
	                                       {"- - (a*b)", "--(a*b)"},
	                                       {"(a?b:c)?(d):(e)", "(a?b:c)?d:e"},
	                                       {"2**(3**2)", "2**3**2"}};
	for (size_t i = 0; i < sizeof least / sizeof *least; i++) {
		const net_expr *e = net_expr_parse(a, 0, 0, least[i][0], strlen(least[i][0]), NULL);
		T_STR(e ? net_expr_text(a, e) : "", least[i][1]);
	}
	arena_destroy(a);
}

/* Items of list() end at blanks, and a sign that touches its number begins one. */
static void test_list(void)
{
	static const struct {
		const char *text;
		int n;
	} table[] = {{"list(1,2,3)", 3}, {"list(1 2 3)", 3},  {"list(1 -2)", 2},     {"list(1 - 2)", 1},
	             {"list(1-2)", 1},   {"list((1 -2))", 1}, {"list('-2*3',0)", 2}, {"list(max(1, 2) 3)", 2}};
	arena *a = arena_create();
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		t_section("%s", table[i].text);
		const net_expr *e = net_expr_parse(a, 0, 0, table[i].text, strlen(table[i].text), NULL);
		if (T_TRUE(e != NULL)) {
			T_INT(e->kind, NET_CALL);
			T_STR(e->name, "list");
			T_INT(e->n_arg, table[i].n);
		}
	}
	arena_destroy(a);
}

/* open repeated n times, then "1", then close n times: 1 when it reads */
static int nested_reads(const char *open, const char *close, int n)
{
	static char text[1 << 16];
	size_t used = 0;
	arena *a = arena_create();
	for (int i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s", open);
	used += (size_t)snprintf(text + used, sizeof text - used, "1");
	for (int i = 0; i < n; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s", close);
	const int reads = net_expr_parse(a, 0, 0, text, used, NULL) != NULL;
	arena_destroy(a);
	return reads;
}

static void test_depth(void)
{
	static const char *const pair[][2] = {{"(", ")"},    {"-", ""},   {"1?", ":0"},
	                                      {"abs(", ")"}, {"1**", ""}, {"", "+1"}};
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
		t_section("nested '%s...%s'", pair[i][0], pair[i][1]);
		T_TRUE(nested_reads(pair[i][0], pair[i][1], 100));
		T_TRUE(!nested_reads(pair[i][0], pair[i][1], 300));
		T_TRUE(!nested_reads(pair[i][0], pair[i][1], 10000));
	}
}

int main(void)
{
	test_precedence();
	test_leaves();
	test_functions();
	test_lazy();
	test_mistakes();
	test_text();
	test_list();
	test_depth();
	return t_done();
}
