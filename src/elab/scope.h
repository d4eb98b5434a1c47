/* SPDX-License-Identifier: Apache-2.0
 * Parameter scopes. A scope is the deck or one instance of a subcircuit; a name is looked up in the instance, then in
 * the instance that contains it, up to the deck, then among the predefined names. A value given on an X line replaces
 * the subcircuit's own and is evaluated in the scope of the X line. Values are computed when first asked for, so the
 * order of .param cards does not matter; a circle is an error that names every member.
 *
 * Predefined: temper (Celsius), pi, kboltz (J/K), qelec (C).
 */
#ifndef ELAB_SCOPE_H
#define ELAB_SCOPE_H
#include "base/diag.h"
#include "net/ast.h"

struct elab_scope;

typedef enum elab_state { ELAB_NEW, ELAB_BUSY, ELAB_DONE, ELAB_FAILED } elab_state;

/* A parameter, or a function: name "f()", formal != NULL. */
typedef struct elab_symbol {
	const char *name;
	const char *const *formal; /* [n_formal] */
	int n_formal;
	const net_expr *expr;           /* NULL: no expression; then value holds, or text is not a number */
	const struct elab_scope *where; /* scope in which expr is evaluated */
	const char *text;               /* what stands there, for messages */
	double value;
	elab_state state;
	int order;                    /* place among definitions: the last one counts */
	src_span span;                /* of the name */
	struct elab_symbol *asked_by; /* while busy: the symbol whose value needs this one */
} elab_symbol;

typedef struct elab_scope {
	const struct elab_scope *parent; /* NULL: the deck */
	elab_symbol *symbol;             /* sorted by name after elab_scope_sort */
	int n;
	const diag_origin *origin;
} elab_scope;

/* State of one elaboration that evaluation needs. */
typedef struct elab_eval {
	diag_list *diag;
	double celsius;    /* temper */
	int celsius_known; /* 0 while .temp itself is evaluated */
	elab_symbol *busy; /* innermost symbol being evaluated */
	int depth;
	int call_depth; /* functions one inside the other */
	long n_call;    /* of functions, so far */
} elab_eval;

/* Append the definitions of a card; scope->symbol must have room for n more. */
void elab_scope_add(elab_scope *scope, const net_param *param, int n);
/* Sort; of several definitions of one name the last one stays. */
void elab_scope_sort(elab_scope *scope);
/* Symbol of this scope only, NULL if absent. */
elab_symbol *elab_scope_own(const elab_scope *scope, const char *name);
/* Parameter visible in a scope, NULL if absent; function that a call means there. */
elab_symbol *elab_scope_find(const elab_scope *scope, const char *name);
elab_symbol *elab_scope_function(const elab_scope *scope, const char *name);
/* Compute every symbol of this scope, so that an unused wrong one is reported too. */
void elab_scope_check(elab_eval *eval, const elab_scope *scope);
/* Value of an expression; TS_NETLIST after a message. */
ts_status elab_value(elab_eval *eval, const elab_scope *scope, const net_expr *expr, double *value);
/* For function.c: give every name in an expression a value; then compute it; report a symbol met while it is being
 * evaluated. */
ts_status elab_resolve(elab_eval *eval, const elab_scope *scope, const net_expr *expr);
ts_status elab_compute(elab_eval *eval, const elab_scope *scope, const net_expr *expr, double *value);
void elab_report_circle(elab_eval *eval, const elab_symbol *again);
/* The same for what follows a '='. */
ts_status elab_param_value(elab_eval *eval, const elab_scope *scope, const net_param *param, double *value);
/* function.c. Does the call fit the function, and has all that the function reads a value? */
ts_status elab_function_check(elab_eval *eval, elab_symbol *function);
ts_status elab_function_fits(elab_eval *eval, const elab_scope *scope, const elab_symbol *function,
                             const net_expr *call);
/* Value of a checked function. */
ts_status elab_function_value(elab_eval *eval, const elab_symbol *function, const net_expr *call, const double *arg,
                              double *value);
/* expr with every call of a function written out, in the arena; expr itself when there is none. */
ts_status elab_function_inline(elab_eval *eval, const elab_scope *scope, struct arena *arena, const net_expr *expr,
                               const net_expr **out);
/* 1 when the expression depends on time or on a probe. */
int elab_expr_moves(const net_expr *expr);

/* Closest name met so far, for "did you mean". Start with {.want = name}. */
typedef struct elab_nearest {
	const char *want, *best;
	int distance;
} elab_nearest;
void elab_nearest_try(elab_nearest *nearest, const char *candidate);
/* "; did you mean 'best'?" or "": buf must outlive its use. */
enum { ELAB_HINT = 160 };
const char *elab_nearest_hint(const elab_nearest *nearest, char buf[ELAB_HINT]);
#endif
