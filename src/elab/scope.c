/* SPDX-License-Identifier: Apache-2.0
 * Parameter scopes: lookup, evaluation on demand, the report of circles (see scope.h for the rules).
 *
 * Evaluation is in two passes over an expression: the first gives every name in it a value (recursing through other
 * parameters, where unknown names and circles are found and reported with their place), the second computes numbers.
 * Thus one mistake gives one message.
 */
#include "elab/scope.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/phys.h"
#include "net/expr.h"

enum {
	SCOPE_DEPTH = 4000, /* operators and parameters one inside the other: beyond this the C stack is at risk */
	SCOPE_CHAIN = 400   /* characters of a circle in a message */
};

void elab_scope_add(elab_scope *scope, const net_param *param, int n)
{
	for (int i = 0; i < n; i++) {
		elab_symbol *symbol = &scope->symbol[scope->n];
		*symbol = (elab_symbol){.name = param[i].name,
		                        .formal = param[i].formal,
		                        .n_formal = param[i].n_formal,
		                        .expr = param[i].value,
		                        .where = scope,
		                        .text = param[i].text,
		                        .order = scope->n,
		                        .span = param[i].span};
		scope->n++;
	}
}

static int compare_symbol(const void *a, const void *b)
{
	const elab_symbol *x = a, *y = b;
	const int names = strcmp(x->name, y->name);
	return names ? names : x->order - y->order;
}

void elab_scope_sort(elab_scope *scope)
{
	if (scope->n == 0)
		return;
	qsort(scope->symbol, (size_t)scope->n, sizeof *scope->symbol, compare_symbol);
	int kept = 0;
	for (int i = 0; i < scope->n; i++) {
		const int again = i + 1 < scope->n && strcmp(scope->symbol[i].name, scope->symbol[i + 1].name) == 0;
		if (!again)
			scope->symbol[kept++] = scope->symbol[i];
	}
	scope->n = kept;
}

/* name against a symbol's; that of a function has "()" behind it. */
static int compare_name(const char *name, int is_call, const char *symbol)
{
	const size_t n = strlen(name);
	const int order = strncmp(name, symbol, n);
	return order ? order : strcmp(is_call ? "()" : "", symbol + n);
}

static elab_symbol *find_own(const elab_scope *scope, const char *name, int is_call)
{
	int low = 0, high = scope->n;
	while (low < high) {
		const int middle = low + (high - low) / 2;
		const int order = compare_name(name, is_call, scope->symbol[middle].name);
		if (order == 0)
			return &scope->symbol[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

elab_symbol *elab_scope_own(const elab_scope *scope, const char *name)
{
	return find_own(scope, name, 0);
}

static elab_symbol *find_symbol(const elab_scope *scope, const char *name, int is_call)
{
	for (; scope; scope = scope->parent) {
		elab_symbol *symbol = find_own(scope, name, is_call);
		if (symbol)
			return symbol;
	}
	return NULL;
}

elab_symbol *elab_scope_find(const elab_scope *scope, const char *name)
{
	return find_symbol(scope, name, 0);
}

elab_symbol *elab_scope_function(const elab_scope *scope, const char *name)
{
	return find_symbol(scope, name, 1);
}

static const struct {
	const char *name;
	double value;
} constant_table[] = {{"pi", PHYS_PI}, {"kboltz", PHYS_K}, {"qelec", PHYS_Q}};
enum { N_CONSTANT = sizeof constant_table / sizeof *constant_table };

static const double *find_constant(const char *name)
{
	for (int i = 0; i < N_CONSTANT; i++)
		if (strcmp(constant_table[i].name, name) == 0)
			return &constant_table[i].value;
	return NULL;
}

void elab_report_circle(elab_eval *eval, const elab_symbol *again)
{
	char chain[SCOPE_CHAIN] = "";
	size_t used = 0;
	/* busy is the innermost; the circle read backwards says who needs whom */
	const elab_symbol *ring[8];
	int n = 0;
	for (const elab_symbol *s = eval->busy; s; s = s == again ? NULL : s->asked_by)
		n += 1;
	const elab_symbol *s = eval->busy;
	for (int i = n - 1; i >= 0; i--, s = s->asked_by)
		if (i < 8)
			ring[i] = s;
	for (int i = 0; i < n && i < 8 && used < sizeof chain; i++)
		used += (size_t)snprintf(chain + used, sizeof chain - used, "%s -> ", ring[i]->name);
	diag_add_origin(eval->diag, E0309, again->span, again->where->origin, "%s defined in a circle: %s%s%s",
	                again->formal ? "functions" : "parameters", chain, n > 8 ? "... -> " : "", again->name);
	for (int i = 1; i < n && i < 8; i++)
		diag_note(eval->diag, ring[i]->span, "'%s' is defined", ring[i]->name);
}

static ts_status evaluate_symbol(elab_eval *eval, elab_symbol *symbol)
{
	if (symbol->formal)
		return elab_function_check(eval, symbol);
	if (symbol->state == ELAB_DONE)
		return TS_OK;
	if (symbol->state == ELAB_FAILED)
		return TS_NETLIST;
	if (symbol->state == ELAB_BUSY) {
		elab_report_circle(eval, symbol);
		return TS_NETLIST;
	}
	ts_status status = TS_NETLIST;
	if (!symbol->expr) {
		diag_add_origin(eval->diag, E0304, symbol->span, symbol->where->origin,
		                "parameter '%s' has no numeric value: '%s'", symbol->name,
		                symbol->text ? symbol->text : "");
	} else if (eval->depth >= SCOPE_DEPTH) {
		diag_add_origin(eval->diag, E0309, symbol->span, symbol->where->origin,
		                "parameter '%s' is defined through too many others in a row", symbol->name);
	} else {
		symbol->state = ELAB_BUSY;
		symbol->asked_by = eval->busy;
		eval->busy = symbol;
		eval->depth++;
		status = elab_value(eval, symbol->where, symbol->expr, &symbol->value);
		eval->depth--;
		eval->busy = symbol->asked_by;
	}
	symbol->state = status == TS_OK ? ELAB_DONE : ELAB_FAILED;
	return status;
}

static ts_status report_unknown(elab_eval *eval, const elab_scope *scope, const net_expr *expr)
{
	if (strcmp(expr->name, "time") == 0) {
		diag_add_origin(eval->diag, E0310, expr->span, scope->origin,
		                "'time' has a value only in the expressions of B, E and G sources");
		return TS_NETLIST;
	}
	const diag_origin *origin = scope->origin;
	elab_nearest nearest = {.want = expr->name};
	for (const elab_scope *s = scope; s; s = s->parent)
		for (int i = 0; i < s->n; i++)
			elab_nearest_try(&nearest, s->symbol[i].name);
	for (int i = 0; i < N_CONSTANT; i++)
		elab_nearest_try(&nearest, constant_table[i].name);
	char hint[ELAB_HINT];
	diag_add_origin(eval->diag, E0310, expr->span, origin, "unknown parameter '%s'%s", expr->name,
	                elab_nearest_hint(&nearest, hint));
	return TS_NETLIST;
}

static ts_status resolve_name(elab_eval *eval, const elab_scope *scope, const net_expr *expr)
{
	elab_symbol *symbol = elab_scope_find(scope, expr->name);
	if (symbol)
		return evaluate_symbol(eval, symbol);
	if (find_constant(expr->name))
		return TS_OK;
	if (strcmp(expr->name, "temper") != 0)
		return report_unknown(eval, scope, expr);
	if (eval->celsius_known)
		return TS_OK;
	diag_add_origin(eval->diag, E0309, expr->span, scope->origin,
	                "the temperature is defined by itself through 'temper'");
	return TS_NETLIST;
}

static ts_status resolve_call(elab_eval *eval, const elab_scope *scope, const net_expr *expr)
{
	elab_symbol *function = elab_scope_function(scope, expr->name);
	if (!function)
		return TS_OK;
	TS_TRY(elab_function_check(eval, function));
	return elab_function_fits(eval, scope, function, expr);
}

ts_status elab_resolve(elab_eval *eval, const elab_scope *scope, const net_expr *expr)
{
	if (expr->kind == NET_NAME)
		return resolve_name(eval, scope, expr);
	if (expr->kind == NET_PROBE) {
		diag_add_origin(
		    eval->diag, E0311, expr->span, scope->origin,
		    "a voltage or current cannot be used here: B, E and G sources follow the circuit, and q= and "
		    "c= of a capacitor its voltage");
		return TS_NETLIST;
	}
	ts_status worst = expr->kind == NET_CALL ? resolve_call(eval, scope, expr) : TS_OK;
	eval->depth++;
	for (int i = 0; i < expr->n_arg; i++) {
		const ts_status status = elab_resolve(eval, scope, expr->arg[i]);
		worst = status != TS_OK ? status : worst;
	}
	eval->depth--;
	return worst;
}

typedef struct name_lookup {
	elab_eval *eval;
	const elab_scope *scope;
} name_lookup;

static int lookup_name(void *self, const char *name, src_span span, double *value)
{
	(void)span;
	const name_lookup *lookup = self;
	const elab_symbol *symbol = elab_scope_find(lookup->scope, name);
	const double *constant = symbol ? &symbol->value : find_constant(name);
	if (!constant && strcmp(name, "temper") == 0)
		constant = &lookup->eval->celsius;
	if (!constant)
		return 0;
	*value = *constant;
	return 1;
}

static int call_function(void *self, const net_expr *call, const double *arg, double *value)
{
	const name_lookup *lookup = self;
	const elab_symbol *function = elab_scope_function(lookup->scope, call->name);
	if (!function || !arg)
		return function != NULL;
	return elab_function_value(lookup->eval, function, call, arg, value) == TS_OK;
}

ts_status elab_compute(elab_eval *eval, const elab_scope *scope, const net_expr *expr, double *value)
{
	name_lookup lookup = {eval, scope};
	const net_env env = {.name = lookup_name, .self = &lookup, .call = call_function};
	return net_expr_eval(expr, &env, eval->diag, value);
}

ts_status elab_value(elab_eval *eval, const elab_scope *scope, const net_expr *expr, double *value)
{
	if (expr->kind == NET_NUMBER) { /* most of a library */
		*value = expr->number;
		return TS_OK;
	}
	TS_TRY(elab_resolve(eval, scope, expr));
	const ts_status status = elab_compute(eval, scope, expr, value);
	if (status == TS_NETLIST)
		for (const diag_origin *o = scope->origin; o; o = o->parent)
			diag_note(eval->diag, o->span, "instance %s declared", o->name);
	return status;
}

ts_status elab_param_value(elab_eval *eval, const elab_scope *scope, const net_param *param, double *value)
{
	if (param->value)
		return elab_value(eval, scope, param->value, value);
	diag_add_origin(eval->diag, E0315, param->value_span, scope->origin,
	                "'%s' wants a number or an expression, not '%s'", param->name, param->text ? param->text : "");
	return TS_NETLIST;
}

void elab_scope_check(elab_eval *eval, const elab_scope *scope)
{
	for (int i = 0; i < scope->n; i++) {
		const elab_symbol *s = &scope->symbol[i];
		if (!s->formal || !elab_expr_moves(s->expr)) /* a function of time is for B, E and G sources only */
			(void)evaluate_symbol(eval, &scope->symbol[i]);
	}
}

int elab_expr_moves(const net_expr *expr)
{
	if (expr->kind == NET_PROBE || (expr->kind == NET_NAME && strcmp(expr->name, "time") == 0))
		return 1;
	for (int i = 0; i < expr->n_arg; i++)
		if (elab_expr_moves(expr->arg[i]))
			return 1;
	return 0;
}

enum { NEAREST_LENGTH = 64 };

/* Edit distance with insertions, deletions and substitutions, one row at a time. */
static int edit_distance(const char *a, const char *b)
{
	const size_t na = strlen(a), nb = strlen(b);
	if (na > NEAREST_LENGTH || nb > NEAREST_LENGTH)
		return NEAREST_LENGTH;
	int row[NEAREST_LENGTH + 1];
	for (size_t j = 0; j <= nb; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		int diagonal = row[0];
		row[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			const int replace = diagonal + (a[i - 1] != b[j - 1]);
			const int shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			diagonal = row[j];
			row[j] = replace < shift ? replace : shift;
		}
	}
	return row[nb];
}

void elab_nearest_try(elab_nearest *nearest, const char *candidate)
{
	const int distance = edit_distance(nearest->want, candidate);
	if (nearest->best && distance >= nearest->distance)
		return;
	nearest->best = candidate;
	nearest->distance = distance;
}

const char *elab_nearest_hint(const elab_nearest *nearest, char buf[ELAB_HINT])
{
	/* a suggestion must share more than half of the name with what was typed */
	const int length = (int)strlen(nearest->want), limit = 1 + length / 3;
	buf[0] = '\0';
	if (nearest->best && nearest->distance <= limit && nearest->distance < length)
		snprintf(buf, ELAB_HINT, "; did you mean '%s'?", nearest->best);
	return buf;
}
