/* SPDX-License-Identifier: Apache-2.0
 * Functions that .func and .param define. A function is checked once in its scope, its arguments standing for any
 * number: there unknown names and circles are found, whether or not a condition would end the recursion. A call binds
 * the arguments in a scope of their own inside the function's. In the expressions of sources and capacitors, where
 * arguments move, calls are written out first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "elab/scope.h"
#include "net/expr.h"

enum {
	FUNCTION_DEPTH = 64,       /* functions one inside the other; each may be 256 operators high */
	FUNCTION_HEIGHT = 1000,    /* of an expression written out */
	FUNCTION_CALLS = 10000000, /* in one elaboration: some hundred ns each */
	FUNCTION_NODES = 100000    /* of an expression written out */
};

/* A scope that holds the arguments. */
typedef struct call_scope {
	elab_scope scope;
	elab_symbol symbol[NET_MAX_ARGUMENT];
} call_scope;

static void bind_arguments(call_scope *call, const elab_symbol *function, const double *arg)
{
	call->scope = (elab_scope){.parent = function->where,
	                           .symbol = call->symbol,
	                           .n = function->n_formal,
	                           .origin = function->where->origin};
	for (int i = 0; i < function->n_formal; i++)
		call->symbol[i] = (elab_symbol){.name = function->formal[i],
		                                .where = &call->scope,
		                                .value = arg ? arg[i] : 0,
		                                .state = ELAB_DONE,
		                                .order = i,
		                                .span = function->span};
	elab_scope_sort(&call->scope);
}

static ts_status too_deep(elab_eval *eval, src_span span, const elab_symbol *function, const char *what)
{
	diag_add_origin(eval->diag, E0309, span, function->where->origin, "%s of '%s'", what, function->name);
	return TS_NETLIST;
}

ts_status elab_function_check(elab_eval *eval, elab_symbol *function)
{
	if (function->state == ELAB_BUSY) {
		elab_report_circle(eval, function);
		return TS_NETLIST;
	}
	if (function->state != ELAB_NEW)
		return function->state == ELAB_DONE ? TS_OK : TS_NETLIST;
	call_scope call;
	bind_arguments(&call, function, NULL);
	function->state = ELAB_BUSY;
	function->asked_by = eval->busy;
	eval->busy = function;
	eval->call_depth++;
	const ts_status status = eval->call_depth > FUNCTION_DEPTH
	                             ? too_deep(eval, function->span, function, "too many functions inside one another")
	                             : elab_resolve(eval, &call.scope, function->expr);
	eval->call_depth--;
	eval->busy = function->asked_by;
	function->state = status == TS_OK ? ELAB_DONE : ELAB_FAILED;
	return status;
}

ts_status elab_function_fits(elab_eval *eval, const elab_scope *scope, const elab_symbol *function,
                             const net_expr *call)
{
	if (call->n_arg == function->n_formal)
		return TS_OK;
	diag_add_origin(eval->diag, E0202, call->span, scope->origin, "%s() wants %d argument%s, not %d", call->name,
	                function->n_formal, function->n_formal == 1 ? "" : "s", call->n_arg);
	diag_note(eval->diag, function->span, "'%s' is defined", function->name);
	return TS_NETLIST;
}

ts_status elab_function_value(elab_eval *eval, const elab_symbol *function, const net_expr *call, const double *arg,
                              double *value)
{
	call_scope inner;
	if (++eval->n_call > FUNCTION_CALLS)
		return too_deep(eval, call->span, function, "more than ten million calls, the last one");
	if (eval->call_depth >= FUNCTION_DEPTH)
		return too_deep(eval, call->span, function, "too many calls inside one another, the last one");
	bind_arguments(&inner, function, arg);
	eval->call_depth++;
	const ts_status status = elab_compute(eval, &inner.scope, function->expr, value);
	eval->call_depth--;
	if (status == TS_NETLIST)
		diag_note(eval->diag, call->span, "'%s' is called", function->name);
	return status;
}

/* Writing out: where names have their meaning, and what stands for the arguments of the function around. */
typedef struct writer {
	elab_eval *eval;
	arena *arena;
	int n_node, depth;
} writer;
typedef struct place {
	const elab_scope *scope;
	const elab_symbol *function; /* NULL: the expression itself */
	const net_expr *const *actual;
} place;

static ts_status write_out(writer *w, const place *p, const net_expr *e, const net_expr **out);

static ts_status write_name(writer *w, const place *p, const net_expr *e, const net_expr **out)
{
	for (int i = 0; i < p->function->n_formal; i++)
		if (strcmp(p->function->formal[i], e->name) == 0) {
			*out = p->actual[i];
			return TS_OK;
		}
	if (strcmp(e->name, "time") == 0 && !elab_scope_find(p->scope, "time"))
		return TS_OK;
	net_expr *number = arena_alloc(w->arena, sizeof *number);
	if (!number)
		return TS_NOMEM;
	*number = (net_expr){.kind = NET_NUMBER, .span = e->span};
	*out = number;
	return elab_value(w->eval, p->scope, e, &number->number);
}

static ts_status write_call(writer *w, elab_symbol *function, const net_expr *call, const net_expr **out)
{
	const place inside = {function->where, function, call->arg};
	return write_out(w, &inside, function->expr, out);
}

/* A function may read time and voltages, so its names are not all parameters: its circles are looked for here. */
static ts_status enter(writer *w, const place *p, elab_symbol *function, const net_expr *call)
{
	if (function->state == ELAB_BUSY) {
		elab_report_circle(w->eval, function);
		return TS_NETLIST;
	}
	if (function->state == ELAB_FAILED)
		return TS_NETLIST; /* reported when it was checked */
	TS_TRY(elab_function_fits(w->eval, p->scope, function, call));
	if (w->n_node > FUNCTION_NODES)
		return too_deep(w->eval, call->span, function,
		                "the expression is too long when written out with the body");
	return TS_OK;
}

static ts_status write_node(writer *w, const place *p, const net_expr *e, const net_expr **out)
{
	net_expr *copy = arena_alloc(w->arena, sizeof *copy);
	const net_expr **arg = arena_array(w->arena, (size_t)e->n_arg, sizeof *arg);
	if (!copy || !arg)
		return TS_NOMEM;
	int changed = 0;
	for (int i = 0; i < e->n_arg; i++) {
		TS_TRY(write_out(w, p, e->arg[i], &arg[i]));
		changed |= arg[i] != e->arg[i];
	}
	elab_symbol *function = e->kind == NET_CALL ? elab_scope_function(p->scope, e->name) : NULL;
	if (changed) {
		*copy = *e;
		copy->arg = arg;
		*out = copy;
	}
	if (!function)
		return TS_OK;
	TS_TRY(enter(w, p, function, e));
	const elab_state state = function->state;
	function->state = ELAB_BUSY;
	function->asked_by = w->eval->busy;
	w->eval->busy = function;
	const ts_status status = write_call(w, function, *out, out);
	w->eval->busy = function->asked_by;
	function->state = state;
	return status;
}

static ts_status write_out(writer *w, const place *p, const net_expr *e, const net_expr **out)
{
	*out = e;
	w->n_node++;
	if (e->kind == NET_NAME && p->function)
		return write_name(w, p, e, out);
	if (e->n_arg == 0 && e->kind != NET_CALL)
		return TS_OK;
	if (w->depth >= FUNCTION_HEIGHT) {
		diag_add_origin(w->eval->diag, E0202, e->span, p->scope->origin, "functions nested too deeply");
		return TS_NETLIST;
	}
	w->depth++;
	const ts_status status = write_node(w, p, e, out);
	w->depth--;
	return status;
}

ts_status elab_function_inline(elab_eval *eval, const elab_scope *scope, arena *a, const net_expr *expr,
                               const net_expr **out)
{
	writer w = {.eval = eval, .arena = a};
	return write_out(&w, &(place){.scope = scope}, expr, out);
}
