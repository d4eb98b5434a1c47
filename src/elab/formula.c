/* SPDX-License-Identifier: Apache-2.0
 * Formulas of stored signals (see formula.h): folding of what is constant, evaluation with real and with complex
 * numbers, and which analysis can have what.
 */
#include "elab/formula.h"

#include <math.h>
#include <string.h>

#include "elab/build.h"
#include "net/expr.h"

static ts_status fold(elab_builder *b, const net_expr *e, const net_expr **out)
{
	if (e->kind == NET_PROBE || e->kind == NET_NUMBER) {
		*out = e;
		return TS_OK;
	}
	net_expr *copy = arena_alloc(b->arena, sizeof *copy);
	if (!copy)
		return TS_NOMEM;
	*out = copy;
	if (!elab_expr_moves(e)) {
		*copy = (net_expr){.kind = NET_NUMBER, .span = e->span};
		return elab_value(&b->eval, &b->frame.scope, e, &copy->number);
	}
	if (e->kind == NET_NAME) { /* the only name that moves is time */
		diag_add(b->diag, E0311, e->span, "'%s' cannot be used in a signal: it is the axis of the results",
		         e->name);
		return TS_NETLIST;
	}
	const net_expr **arg = arena_array(b->arena, (size_t)e->n_arg, sizeof *arg);
	if (!arg)
		return TS_NOMEM;
	*copy = *e;
	copy->arg = arg;
	for (int i = 0; i < e->n_arg; i++)
		TS_TRY(fold(b, e->arg[i], &arg[i]));
	return TS_OK;
}

ts_status elab_formula_fold(elab_builder *b, const net_expr *expr, const net_expr **out)
{
	TS_TRY(elab_function_inline(&b->eval, &b->frame.scope, b->arena, expr, out));
	return fold(b, *out, out);
}

typedef struct reading {
	const elab_formula *formula;
	const double *value;
} reading;

static int index_of(const elab_formula *f, const net_expr *probe)
{
	int k = 0;
	while (k + 1 < f->n && f->probe[k] != probe)
		k++;
	return k;
}

static int read_probe(void *self, const net_expr *probe, double *value)
{
	const reading *r = self;
	*value = r->value[index_of(r->formula, probe)];
	return 1;
}

double elab_formula_value(const elab_formula *formula, const double *value)
{
	reading r = {formula, value};
	const net_env env = {.probe = read_probe, .self = &r};
	double result = 0;
	return net_expr_eval(formula->expr, &env, NULL, &result) == TS_OK ? result : (double)NAN;
}

static int is_complex(const net_expr *e)
{
	const int is_ring = (e->kind == NET_BINARY && strchr("+-*/", e->op < 256 ? e->op : '!')) ||
	                    (e->kind == NET_UNARY && e->op != '!') ||
	                    (e->kind == NET_CALL && e->n_arg == 1 && strcmp(e->name, "abs") == 0);
	for (int i = 0; i < e->n_arg; i++)
		if (!is_complex(e->arg[i]))
			return 0;
	return is_ring || e->kind == NET_PROBE || e->kind == NET_NUMBER;
}

int elab_formula_is_complex(const elab_formula *formula)
{
	return is_complex(formula->expr);
}

static double complex respond(const elab_formula *f, const net_expr *e, const double complex *value)
{
	if (e->kind == NET_NUMBER)
		return e->number;
	if (e->kind == NET_PROBE)
		return value[index_of(f, e)];
	const double complex a = respond(f, e->arg[0], value);
	if (e->kind == NET_CALL)
		return cabs(a);
	if (e->kind == NET_UNARY)
		return e->op == '-' ? -a : a;
	const double complex b = respond(f, e->arg[1], value);
	return e->op == '+' ? a + b : e->op == '-' ? a - b : e->op == '*' ? a * b : a / b;
}

double complex elab_formula_response(const elab_formula *formula, const double complex *value)
{
	return respond(formula, formula->expr, value);
}

static int is_independent(const elab_circuit *c, int instance)
{
	return strcmp(c->instance[instance].type->name, "vsource") == 0;
}

static const char *stochastic_lacks(const elab_circuit *c, const elab_save *save)
{
	for (int k = 0; k < save->n_term; k++) {
		const elab_term *t = &save->term[k];
		if (t->kind == ELAB_TERMINAL || t->kind == ELAB_POWER)
			return "a current with white noise has no value at a time: put a voltage source of 0 V in "
			       "series, whose current is counted as charge";
		if (t->kind == ELAB_PARAMETER)
			return "a parameter of a line is no signal along trajectories: save it in .op";
		if (t->kind == ELAB_OBSERVABLE)
			return "device quantities are not evaluated along trajectories: save the voltages it depends "
			       "on, or use .tran";
		if (save->formula && t->kind == ELAB_BRANCH && is_independent(c, t->instance))
			return "the current of a source is counted as charge and cannot be part of an expression: "
			       "save it by itself";
	}
	return NULL;
}

const char *elab_save_lacks(const elab_circuit *circuit, const elab_save *save, sim_kind kind)
{
	if (kind == SIM_TRANNOISE)
		return stochastic_lacks(circuit, save);
	if (kind != SIM_AC)
		return NULL;
	for (int k = 0; k < save->n_term; k++)
		if (save->term[k].kind == ELAB_POWER)
			return "a power is no linear response";
	return !save->formula || elab_formula_is_complex(save->formula)
	           ? NULL
	           : "an expression of complex numbers may use + - * / and abs()";
}
