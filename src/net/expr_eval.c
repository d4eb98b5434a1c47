/* SPDX-License-Identifier: Apache-2.0
 * Values of expressions. Every operation is checked: what is not a finite number is a mistake at the place where it
 * arises. && || and ?: evaluate only what they need.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "net/expr.h"

typedef struct evaluator {
	const net_env *env;
	diag_list *diag; /* NULL: silent */
} evaluator;

static ts_status evaluate(const evaluator *v, const net_expr *e, double *value);

static ts_status refuse(const evaluator *v, const net_expr *e, const char *what, const char *name)
{
	if (v->diag)
		diag_add(v->diag, E0202, e->span, "%s%s%s%s", what, name ? " '" : "", name ? name : "",
		         name ? "'" : "");
	return TS_NETLIST;
}

static ts_status check_finite(const evaluator *v, const net_expr *e, double value)
{
	return isfinite(value) ? TS_OK : refuse(v, e, "the result is not a finite number", NULL);
}

static double sign_of(double x)
{
	return (x > 0) - (x < 0);
}

static double step_of(double x)
{
	return x > 0;
}

static double ramp_of(double x)
{
	return x > 0 ? x : 0;
}

static const struct {
	const char *name;
	double (*f)(double);
} one_table[] = {
    {"abs", fabs},      {"sqrt", sqrt},      {"exp", exp},     {"ln", log},      {"log", log},     {"log10", log10},
    {"sgn", sign_of},   {"sin", sin},        {"cos", cos},     {"tan", tan},     {"atan", atan},   {"sinh", sinh},
    {"cosh", cosh},     {"tanh", tanh},      {"floor", floor}, {"ceil", ceil},   {"int", trunc},   {"u", step_of},
    {"uramp", ramp_of}, {"asin", asin},      {"acos", acos},   {"asinh", asinh}, {"acosh", acosh}, {"atanh", atanh},
    {"arctan", atan},   {"nint", nearbyint},
};

/* pow is |x| to y with the sign that whole y gives, pwr keeps the sign of x */
static double power_of(double x, double y)
{
	return pow(x, y);
}

static double signed_power_of(double x, double y)
{
	return sign_of(x) * pow(fabs(x), y);
}

static const struct {
	const char *name;
	double (*f)(double, double);
} two_table[] = {{"pow", power_of}, {"pwr", signed_power_of}, {"min", fmin}, {"max", fmax}};

static ts_status want_args(const evaluator *v, const net_expr *e, int low, int high)
{
	if (e->n_arg >= low && e->n_arg <= high)
		return TS_OK;
	if (v->diag)
		diag_add(v->diag, E0202, e->span, "%s() wants %s%d argument%s, not %d", e->name,
		         high > low ? "at least " : "", low, low == 1 ? "" : "s", e->n_arg);
	return TS_NETLIST;
}

static ts_status call_limit(const evaluator *v, const net_expr *e, double *value)
{
	double a[3];
	for (int i = 0; i < 3; i++)
		TS_TRY(evaluate(v, e->arg[i], &a[i]));
	*value = fmin(fmax(a[0], fmin(a[1], a[2])), fmax(a[1], a[2]));
	return TS_OK;
}

static ts_status call_two(const evaluator *v, const net_expr *e, double (*f)(double, double), double *value)
{
	const int folds = f == fmin || f == fmax;
	TS_TRY(want_args(v, e, 2, folds ? INT_MAX : 2));
	TS_TRY(evaluate(v, e->arg[0], value));
	for (int i = 1; i < e->n_arg; i++) {
		double next;
		TS_TRY(evaluate(v, e->arg[i], &next));
		*value = f(*value, next);
	}
	return check_finite(v, e, *value);
}

/* table(x, x1,y1, x2,y2, ...): straight lines between the points, constant outside; x1 < x2 < ... */
static ts_status call_table(const evaluator *v, const net_expr *e, double *value)
{
	double x, at[2] = {0}, y[2] = {0};
	TS_TRY(want_args(v, e, 3, INT_MAX));
	if (e->n_arg % 2 == 0)
		return refuse(v, e, "table() wants x and pairs of numbers", NULL);
	TS_TRY(evaluate(v, e->arg[0], &x));
	int found = 0;
	for (int i = 1; i < e->n_arg; i += 2) {
		at[0] = at[1];
		y[0] = y[1];
		TS_TRY(evaluate(v, e->arg[i], &at[1]));
		TS_TRY(evaluate(v, e->arg[i + 1], &y[1]));
		if (i > 1 && !(at[1] > at[0]))
			return refuse(v, e->arg[i], "the places of a table() increase", NULL);
		if (found)
			continue;
		found = x <= at[1];
		*value = !found || i == 1 ? y[1] : y[0] + (y[1] - y[0]) * ((x - at[0]) / (at[1] - at[0]));
	}
	return check_finite(v, e, *value);
}

/* agauss(nominal, deviation, sigmas) and its kin: the nominal value. The others are looked at for mistakes only. */
static ts_status call_statistic(const evaluator *v, const net_expr *e, double *value)
{
	TS_TRY(want_args(v, e, 2, 3));
	for (int i = e->n_arg - 1; i >= 0; i--)
		TS_TRY(evaluate(v, e->arg[i], value));
	return TS_OK;
}

static ts_status call_own(const evaluator *v, const net_expr *e, double *value)
{
	double arg[NET_MAX_ARGUMENT];
	if (e->n_arg > NET_MAX_ARGUMENT)
		return refuse(v, e, "too many arguments for", e->name);
	for (int i = 0; i < e->n_arg; i++)
		TS_TRY(evaluate(v, e->arg[i], &arg[i]));
	return v->env->call(v->env->self, e, arg, value) ? check_finite(v, e, *value) : TS_NETLIST;
}

static ts_status call_three(const evaluator *v, const net_expr *e, double *value)
{
	TS_TRY(want_args(v, e, 3, 3));
	if (strcmp(e->name, "limit") == 0)
		return call_limit(v, e, value);
	TS_TRY(evaluate(v, e->arg[0], value));
	return evaluate(v, e->arg[*value != 0 ? 1 : 2], value);
}

static const struct {
	const char *name;
	ts_status (*f)(const evaluator *v, const net_expr *e, double *value);
} special_table[] = {
    {"limit", call_three},     {"ternary_fcn", call_three}, {"table", call_table},    {"agauss", call_statistic},
    {"gauss", call_statistic}, {"aunif", call_statistic},   {"unif", call_statistic},
};

int net_expr_arity(const char *name, int *low, int *high)
{
	for (size_t i = 0; i < sizeof one_table / sizeof *one_table; i++)
		if (strcmp(one_table[i].name, name) == 0) {
			*low = *high = 1;
			return 1;
		}
	for (size_t i = 0; i < sizeof two_table / sizeof *two_table; i++)
		if (strcmp(two_table[i].name, name) == 0) {
			*low = 2;
			*high = two_table[i].f == fmin || two_table[i].f == fmax ? INT_MAX : 2;
			return 1;
		}
	for (size_t i = 0; i < sizeof special_table / sizeof *special_table; i++)
		if (strcmp(special_table[i].name, name) == 0) {
			const int is_table = special_table[i].f == call_table;
			*low = special_table[i].f == call_statistic ? 2 : 3;
			*high = is_table ? INT_MAX : 3;
			return 1;
		}
	return 0;
}

static ts_status evaluate_call(const evaluator *v, const net_expr *e, double *value)
{
	if (v->env && v->env->call && v->env->call(v->env->self, e, NULL, NULL))
		return call_own(v, e, value);
	for (size_t i = 0; i < sizeof one_table / sizeof *one_table; i++)
		if (strcmp(one_table[i].name, e->name) == 0) {
			double x;
			TS_TRY(want_args(v, e, 1, 1));
			TS_TRY(evaluate(v, e->arg[0], &x));
			*value = one_table[i].f(x);
			return check_finite(v, e, *value);
		}
	for (size_t i = 0; i < sizeof two_table / sizeof *two_table; i++)
		if (strcmp(two_table[i].name, e->name) == 0)
			return call_two(v, e, two_table[i].f, value);
	for (size_t i = 0; i < sizeof special_table / sizeof *special_table; i++)
		if (strcmp(special_table[i].name, e->name) == 0)
			return special_table[i].f(v, e, value);
	return refuse(v, e, "unknown function", e->name);
}

static ts_status evaluate_logic(const evaluator *v, const net_expr *e, double *value)
{
	double x;
	TS_TRY(evaluate(v, e->arg[0], &x));
	const int decided = e->op == NET_OP_AND ? x == 0 : x != 0;
	if (!decided)
		TS_TRY(evaluate(v, e->arg[1], &x));
	*value = x != 0;
	return TS_OK;
}

static ts_status evaluate_binary(const evaluator *v, const net_expr *e, double *value)
{
	double a, b;
	if (e->op == NET_OP_AND || e->op == NET_OP_OR)
		return evaluate_logic(v, e, value);
	TS_TRY(evaluate(v, e->arg[0], &a));
	TS_TRY(evaluate(v, e->arg[1], &b));
	switch (e->op) {
	case '+':
		*value = a + b;
		break;
	case '-':
		*value = a - b;
		break;
	case '*':
		*value = a * b;
		break;
	case '/':
		if (b == 0)
			return refuse(v, e, "division by zero", NULL);
		*value = a / b;
		break;
	case NET_OP_POW:
		*value = pow(a, b);
		break;
	case '<':
		*value = a < b;
		break;
	case '>':
		*value = a > b;
		break;
	case NET_OP_LE:
		*value = a <= b;
		break;
	case NET_OP_GE:
		*value = a >= b;
		break;
	case NET_OP_EQ:
		*value = a == b;
		break;
	case '%':
		if (b == 0)
			return refuse(v, e, "division by zero", NULL);
		*value = fmod(a, b);
		break;
	default:
		*value = a != b;
		break;
	}
	return check_finite(v, e, *value);
}

static ts_status evaluate_leaf(const evaluator *v, const net_expr *e, double *value)
{
	if (e->kind == NET_NUMBER) {
		*value = e->number;
		return TS_OK;
	}
	const net_env *env = v->env;
	const int errors = v->diag ? diag_count(v->diag, DIAG_ERROR) : 0;
	if (e->kind == NET_PROBE) {
		if (env && env->probe && env->probe(env->self, e, value))
			return TS_OK;
		if (v->diag && diag_count(v->diag, DIAG_ERROR) > errors)
			return TS_NETLIST;
		return refuse(v, e, "a voltage or current has no value here", NULL);
	}
	if (env && env->name && env->name(env->self, e->name, e->span, value))
		return TS_OK;
	if (v->diag && diag_count(v->diag, DIAG_ERROR) == errors)
		diag_add(v->diag, E0310, e->span, "unknown name '%s'", e->name);
	return TS_NETLIST;
}

static ts_status evaluate(const evaluator *v, const net_expr *e, double *value)
{
	*value = 0;
	switch (e->kind) {
	case NET_UNARY:
		TS_TRY(evaluate(v, e->arg[0], value));
		*value = e->op == '-' ? -*value : e->op == '!' ? *value == 0 : *value;
		return TS_OK;
	case NET_BINARY:
		return evaluate_binary(v, e, value);
	case NET_COND:
		TS_TRY(evaluate(v, e->arg[0], value));
		return evaluate(v, e->arg[*value != 0 ? 1 : 2], value);
	case NET_CALL:
		return evaluate_call(v, e, value);
	case NET_NUMBER:
	case NET_NAME:
	case NET_PROBE:
		break;
	}
	return evaluate_leaf(v, e, value);
}

ts_status net_expr_eval(const net_expr *expr, const net_env *env, diag_list *diag, double *value)
{
	const evaluator v = {env, diag};
	*value = 0;
	return evaluate(&v, expr, value);
}
