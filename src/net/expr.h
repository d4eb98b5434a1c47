/* SPDX-License-Identifier: Apache-2.0
 * Expressions: grammar, printing, evaluation with numbers.
 * Precedence, low to high: ?:  ||  &&  == !=  < <= > >=  + -  * /  unary + - !  ** ^ (right-associative).
 * ** binds tighter than unary minus on its left: -2**2 = -4 and (-2)**3 = -8.
 */
#ifndef NET_EXPR_H
#define NET_EXPR_H
#include "base/arena.h"
#include "base/diag.h"
#include "net/ast.h"

/* Parse text[0..n) of `file` at `offset` as one whole expression. NULL with a message in diag (diag NULL: silent). */
const net_expr *net_expr_parse(struct arena *arena, int file, size_t offset, const char *text, size_t n,
                               diag_list *diag);

/* Value of a name, a probe or a user function; returns 0 when unknown. */
typedef struct net_env {
	int (*name)(void *self, const char *name, src_span span, double *value);
	int (*probe)(void *self, const net_expr *probe, double *value); /* NULL: probes are errors */
	void *self;
	/* NULL: no functions besides those below. arg NULL: 1 when there is a function of that name; else its value,
	 * arg[call->n_arg], at most NET_MAX_ARGUMENT: 1, or 0 after a message. */
	int (*call)(void *self, const net_expr *call, const double *arg, double *value);
} net_env;
/* Evaluate. Functions: abs min max sqrt exp ln log log10 pow pwr sgn sin cos tan atan sinh cosh tanh floor ceil int
 * ternary_fcn limit table u uramp, and agauss gauss aunif unif, which give their nominal value. ln and log are natural.
 * Functions of env come first. TS_NETLIST with a message (unknown name, wrong number of arguments, division by zero,
 * non-finite result). */
ts_status net_expr_eval(const net_expr *expr, const net_env *env, diag_list *diag, double *value);
/* Numbers of arguments a function of the language takes; 0 when there is no function of that name. */
int net_expr_arity(const char *name, int *low, int *high);
/* Canonical text. */
char *net_expr_text(struct arena *arena, const net_expr *expr);
#endif
