/* SPDX-License-Identifier: Apache-2.0
 * Behavioural elements: an expression of v(node), v(a,b), i(element) and time becomes a stack program (dev/program.h).
 * What depends on parameters only is folded into constants. Sources: each distinct node is one control port, then each
 * element whose branch current is read; v(a,b) is a difference of two. Capacitors: the voltage across is the one port,
 * and nothing else may be read. Resistors are as sources.
 */
#include <string.h>

#include "base/alloc.h"
#include "dev/bsource.h"
#include "dev/capacitor_q.h"
#include "dev/resistor_b.h"
#include "elab/build.h"

typedef struct compiler {
	elab_bind *bind;
	elab_list op; /* dev_op */
	int control[DEV_BSOURCE_MAX_CONTROL];
	int n_control;
	const net_expr *current[DEV_BSOURCE_MAX_CONTROL]; /* i(element) */
	int n_current;
	const int *across;  /* the two nodes of a capacitor; NULL: a source */
	int depth, deepest; /* of the stack */
} compiler;

static const struct {
	const char *name;
	int n_arg; /* 0: two or more, folded from the left */
	dev_opcode code;
} call_table[] = {
    {"abs", 1, DEV_OP_ABS},     {"sqrt", 1, DEV_OP_SQRT},   {"exp", 1, DEV_OP_EXP},     {"ln", 1, DEV_OP_LN},
    {"log", 1, DEV_OP_LN},      {"log10", 1, DEV_OP_LOG10}, {"sin", 1, DEV_OP_SIN},     {"cos", 1, DEV_OP_COS},
    {"tan", 1, DEV_OP_TAN},     {"atan", 1, DEV_OP_ATAN},   {"sinh", 1, DEV_OP_SINH},   {"cosh", 1, DEV_OP_COSH},
    {"tanh", 1, DEV_OP_TANH},   {"sgn", 1, DEV_OP_SGN},     {"u", 1, DEV_OP_U},         {"uramp", 1, DEV_OP_URAMP},
    {"pow", 2, DEV_OP_POW},     {"pwr", 2, DEV_OP_PWR},     {"min", 0, DEV_OP_MIN},     {"max", 0, DEV_OP_MAX},
    {"asin", 1, DEV_OP_ASIN},   {"acos", 1, DEV_OP_ACOS},   {"asinh", 1, DEV_OP_ASINH}, {"acosh", 1, DEV_OP_ACOSH},
    {"atanh", 1, DEV_OP_ATANH}, {"arctan", 1, DEV_OP_ATAN}, {"floor", 1, DEV_OP_FLOOR}, {"ceil", 1, DEV_OP_CEIL},
    {"int", 1, DEV_OP_INT},     {"nint", 1, DEV_OP_NINT},
};

static const struct {
	int op;
	dev_opcode code;
} binary_table[] = {
    {'+', DEV_OP_ADD},        {'-', DEV_OP_SUB},      {'*', DEV_OP_MUL},      {'/', DEV_OP_DIV},
    {NET_OP_POW, DEV_OP_POW}, {'<', DEV_OP_LT},       {'>', DEV_OP_GT},       {NET_OP_LE, DEV_OP_LE},
    {NET_OP_GE, DEV_OP_GE},   {NET_OP_EQ, DEV_OP_EQ}, {NET_OP_NE, DEV_OP_NE}, {NET_OP_AND, DEV_OP_AND},
    {NET_OP_OR, DEV_OP_OR},
};

static ts_status refuse(const compiler *c, src_span span, const char *what)
{
	diag_add_origin(c->bind->b->diag, E0311, span, c->bind->frame->origin, "%s", what);
	return TS_NETLIST;
}

/* change: what the operation does to the height of the stack */
static ts_status emit(compiler *c, dev_op op, int change)
{
	dev_op *slot = elab_list_add(&c->op, sizeof op);
	if (!slot)
		return TS_NOMEM;
	*slot = op;
	c->depth += change;
	c->deepest = c->depth > c->deepest ? c->depth : c->deepest;
	return TS_OK;
}

static ts_status emit_constant(compiler *c, double value)
{
	return emit(c, (dev_op){.code = DEV_OP_CONST, .value = value}, 1);
}

static const char MANY_CONTROLS[] =
    "the expression reads more than 9 nodes and currents: split it into several sources";

static ts_status emit_node(compiler *c, const char *name, src_span span)
{
	int node, control = 0;
	TS_TRY(elab_node_number(c->bind->b, c->bind->frame, name, span, &node));
	if (node == 0)
		return emit_constant(c, 0);
	while (control < c->n_control && c->control[control] != node)
		control++;
	if (control == c->n_control && c->n_control + c->n_current == DEV_BSOURCE_MAX_CONTROL)
		return refuse(c, span, MANY_CONTROLS);
	if (control == c->n_control)
		c->control[c->n_control++] = node;
	return emit(c, (dev_op){.code = DEV_OP_PORT, .index = DEV_BSOURCE_CONTROL + control}, 1);
}

/* A capacitor's expression: v(a,b) of its own nodes a and b, or v(a) where b is ground. A charge that depends on more
 * has no energy, and a circuit that holds it no equilibrium. */
static ts_status emit_across(compiler *c, const net_expr *e)
{
	const elab_bind *bind = c->bind;
	int node[2] = {0, 0};
	for (int i = 0; i < 2 && e->node[i]; i++)
		TS_TRY(elab_node_number(bind->b, bind->frame, e->node[i], e->span, &node[i]));
	const int along = node[0] == c->across[0] && node[1] == c->across[1];
	const int against = node[0] == c->across[1] && node[1] == c->across[0];
	if (node[0] == node[1])
		return emit_constant(c, 0);
	if (!along && !against) {
		diag_add_origin(bind->b->diag, E0315, e->span, bind->frame->origin,
		                "'%s' may depend only on the voltage across itself, v(%s,%s)%s", bind->card->name,
		                bind->card->word[0].text, bind->card->word[1].text,
		                c->across[0] && c->across[1] && !e->node[1]
		                    ? "; v(node) is that only where the other end is ground"
		                    : "");
		return TS_NETLIST;
	}
	TS_TRY(emit(c, (dev_op){.code = DEV_OP_PORT, .index = DEV_CAPACITOR_Q_ACROSS}, 1));
	return along ? TS_OK : emit(c, (dev_op){.code = DEV_OP_NEG}, 0);
}

/* i(element): its port lies behind those of all voltages, whose number is not known yet; see place_currents. */
static ts_status emit_current(compiler *c, const net_expr *e)
{
	int k = 0;
	while (k < c->n_current && strcmp(c->current[k]->node[0], e->node[0]) != 0)
		k++;
	if (k == c->n_current && c->n_control + c->n_current == DEV_BSOURCE_MAX_CONTROL)
		return refuse(c, e->span, MANY_CONTROLS);
	if (k == c->n_current)
		c->current[c->n_current++] = e;
	return emit(c, (dev_op){.code = DEV_OP_PORT, .index = -1 - k}, 1);
}

static void place_currents(compiler *c)
{
	dev_op *op = c->op.item;
	for (int i = 0; i < c->op.n; i++)
		if (op[i].code == DEV_OP_PORT && op[i].index < 0)
			op[i].index = DEV_BSOURCE_CONTROL + c->n_control - 1 - op[i].index;
}

static ts_status compile_probe(compiler *c, const net_expr *e)
{
	if (strcmp(e->name, "n") == 0)
		return refuse(c, e->span, "occupancies of traps in expressions are not in this version");
	if (c->across && strcmp(e->name, "i") == 0)
		return refuse(c, e->span,
		              "a charge that depends on a current is not in this version: it has no energy");
	if (c->across)
		return emit_across(c, e);
	if (strcmp(e->name, "i") == 0)
		return emit_current(c, e);
	if (!e->node[1])
		return emit_node(c, e->node[0], e->span);
	TS_TRY(emit_node(c, e->node[0], e->span));
	TS_TRY(emit_node(c, e->node[1], e->span));
	return emit(c, (dev_op){.code = DEV_OP_SUB}, -1);
}

static ts_status compile(compiler *c, const net_expr *e);

static ts_status compile_binary(compiler *c, const net_expr *e)
{
	for (size_t i = 0; i < sizeof binary_table / sizeof *binary_table; i++)
		if (binary_table[i].op == e->op) {
			TS_TRY(compile(c, e->arg[0]));
			TS_TRY(compile(c, e->arg[1]));
			return emit(c, (dev_op){.code = binary_table[i].code}, -1);
		}
	return refuse(c, e->span, "this operator is not available in a source's expression");
}

static ts_status compile_select(compiler *c, const net_expr *e)
{
	for (int i = 0; i < 3; i++)
		TS_TRY(compile(c, e->arg[i]));
	return emit(c, (dev_op){.code = DEV_OP_SELECT}, -2);
}

/* limit(x, a, b) = min(max(x, low), high) with low and high the smaller and the larger of a and b */
static ts_status compile_limit(compiler *c, const net_expr *e)
{
	TS_TRY(compile(c, e->arg[0]));
	for (int pass = 0; pass < 2; pass++) {
		TS_TRY(compile(c, e->arg[1]));
		TS_TRY(compile(c, e->arg[2]));
		TS_TRY(emit(c, (dev_op){.code = pass ? DEV_OP_MAX : DEV_OP_MIN}, -1));
		TS_TRY(emit(c, (dev_op){.code = pass ? DEV_OP_MIN : DEV_OP_MAX}, -1));
	}
	return TS_OK;
}

/* table(x, x1,y1, ...) = y1 + sum of slope_k (min(max(x, x_k), x_k+1) - x_k); the points are constants */
static ts_status compile_points(compiler *c, const net_expr *e)
{
	double at[2], y[2];
	elab_eval *eval = &c->bind->b->eval;
	const elab_scope *scope = &c->bind->frame->scope;
	for (int i = 1; i < e->n_arg; i++)
		if (elab_expr_moves(e->arg[i]))
			return refuse(c, e->arg[i]->span, "the points of a table() are constants");
	TS_TRY(elab_value(eval, scope, e->arg[1], &at[0]));
	TS_TRY(elab_value(eval, scope, e->arg[2], &y[0]));
	TS_TRY(emit_constant(c, y[0]));
	for (int i = 3; i + 1 < e->n_arg; i += 2) {
		TS_TRY(elab_value(eval, scope, e->arg[i], &at[1]));
		TS_TRY(elab_value(eval, scope, e->arg[i + 1], &y[1]));
		if (!(at[1] > at[0]))
			return refuse(c, e->arg[i]->span, "the places of a table() increase");
		TS_TRY(compile(c, e->arg[0]));
		TS_TRY(emit_constant(c, at[0]));
		TS_TRY(emit(c, (dev_op){.code = DEV_OP_MAX}, -1));
		TS_TRY(emit_constant(c, at[1]));
		TS_TRY(emit(c, (dev_op){.code = DEV_OP_MIN}, -1));
		TS_TRY(emit_constant(c, at[0]));
		TS_TRY(emit(c, (dev_op){.code = DEV_OP_SUB}, -1));
		TS_TRY(emit_constant(c, (y[1] - y[0]) / (at[1] - at[0])));
		TS_TRY(emit(c, (dev_op){.code = DEV_OP_MUL}, -1));
		TS_TRY(emit(c, (dev_op){.code = DEV_OP_ADD}, -1));
		at[0] = at[1];
		y[0] = y[1];
	}
	return TS_OK;
}

static ts_status compile_table_call(compiler *c, const net_expr *e, int i)
{
	const dev_opcode code = call_table[i].code;
	TS_TRY(compile(c, e->arg[0]));
	if (call_table[i].n_arg == 1)
		return emit(c, (dev_op){.code = code}, 0);
	for (int k = 1; k < e->n_arg; k++) {
		TS_TRY(compile(c, e->arg[k]));
		TS_TRY(emit(c, (dev_op){.code = code}, -1));
	}
	return TS_OK;
}

static ts_status compile_call(compiler *c, const net_expr *e)
{
	diag_list *diag = c->bind->b->diag;
	const int three = strcmp(e->name, "limit") == 0 ? 1 : strcmp(e->name, "ternary_fcn") == 0 ? 2 : 0;
	if (three && e->n_arg == 3)
		return three == 1 ? compile_limit(c, e) : compile_select(c, e);
	if (strcmp(e->name, "table") == 0 && e->n_arg >= 3 && e->n_arg % 2 == 1)
		return compile_points(c, e);
	for (int i = 0; i < (int)(sizeof call_table / sizeof *call_table); i++) {
		if (strcmp(call_table[i].name, e->name) != 0)
			continue;
		const int want = call_table[i].n_arg;
		if (want ? e->n_arg == want : e->n_arg >= 2)
			return compile_table_call(c, e, i);
		diag_add_origin(diag, E0315, e->span, c->bind->frame->origin, "%s() wants %s%d argument%s, not %d",
		                e->name, want ? "" : "at least ", want ? want : 2, want == 1 ? "" : "s", e->n_arg);
		return TS_NETLIST;
	}
	diag_add_origin(diag, three ? E0315 : E0310, e->span, c->bind->frame->origin,
	                three ? "%s() wants 3 arguments" : "unknown function '%s'", e->name);
	return TS_NETLIST;
}

static ts_status compile_unary(compiler *c, const net_expr *e)
{
	TS_TRY(compile(c, e->arg[0]));
	return e->op == '+' ? TS_OK : emit(c, (dev_op){.code = e->op == '!' ? DEV_OP_NOT : DEV_OP_NEG}, 0);
}

static ts_status compile(compiler *c, const net_expr *e)
{
	if (!elab_expr_moves(e)) {
		double value;
		TS_TRY(elab_value(&c->bind->b->eval, &c->bind->frame->scope, e, &value));
		return emit_constant(c, value);
	}
	switch (e->kind) {
	case NET_PROBE:
		return compile_probe(c, e);
	case NET_UNARY:
		return compile_unary(c, e);
	case NET_BINARY:
		return compile_binary(c, e);
	case NET_COND:
		return compile_select(c, e);
	case NET_CALL:
		return compile_call(c, e);
	case NET_NAME: /* the only name that moves is time */
	case NET_NUMBER:
		break;
	}
	if (c->across)
		return refuse(
		    c, e->span,
		    "a charge that depends on time is not in this version: drive the capacitor with a source");
	return emit(c, (dev_op){.code = DEV_OP_TIME}, 1);
}

/* The expression as a program in the circuit's arena. c->op.item is the caller's to free. */
static ts_status make_program(compiler *c, const net_expr *expr, const dev_program **out)
{
	arena *a = c->bind->b->arena;
	TS_TRY(elab_function_inline(&c->bind->b->eval, &c->bind->frame->scope, a, expr, &expr));
	TS_TRY(compile(c, expr));
	if (c->deepest > DEV_PROGRAM_STACK)
		return refuse(c, expr->span,
		              c->across ? "the expression is nested too deeply"
		                        : "the expression is nested too deeply: split it into several sources");
	dev_program *program = arena_alloc(a, sizeof *program);
	if (!program)
		return TS_NOMEM;
	place_currents(c);
	program->n = c->op.n;
	program->op = elab_list_keep(&c->op, sizeof *program->op, a);
	*out = program;
	return program->op ? TS_OK : TS_NOMEM;
}

/* Room for the ports and stamps of a source or resistor. */
static ts_status make_shape(compiler *c, int voltage)
{
	elab_bind *bind = c->bind;
	arena *a = bind->b->arena;
	const int n_control = c->n_control + c->n_current, resistor = *bind->type->letter == 'r';
	const int n_port = resistor ? dev_resistor_b_n_port(n_control) : dev_bsource_n_port(n_control, voltage);
	const int n_stamp = resistor ? dev_resistor_b_n_stamp(n_control) : dev_bsource_n_stamp(n_control, voltage);
	dev_port *port = arena_array(a, (size_t)n_port, sizeof *port);
	dev_stamp *stamp = arena_array(a, (size_t)n_stamp, sizeof *stamp);
	dev_shape *shape = arena_alloc(a, sizeof *shape);
	if (!port || !stamp || !shape)
		return TS_NOMEM;
	if (resistor)
		dev_resistor_b_shape(n_control, c->n_current, port, stamp, shape);
	else
		dev_bsource_shape(n_control, c->n_current, voltage, port, stamp, shape);
	bind->shape = shape;
	return TS_OK;
}

static ts_status finish(compiler *c, const dev_program *program, int voltage)
{
	elab_bind *bind = c->bind;
	int *node = arena_array(bind->b->arena, (size_t)DEV_BSOURCE_CONTROL + (size_t)c->n_control, sizeof *node);
	if (!node)
		return TS_NOMEM;
	TS_TRY(make_shape(c, voltage));
	for (int i = 0; i < DEV_BSOURCE_CONTROL; i++)
		node[i] = bind->node[i];
	for (int i = 0; i < c->n_control; i++)
		node[DEV_BSOURCE_CONTROL + i] = c->control[i];
	bind->node = node;
	bind->n_node = DEV_BSOURCE_CONTROL + c->n_control;
	bind->aux = program;
	for (int i = 0; i < c->n_current; i++)
		TS_TRY(elab_bind_control(bind, i, c->n_current, c->current[i]->node[0], c->current[i]->span));
	return TS_OK;
}

ts_status elab_bind_behaviour(elab_bind *bind, const net_expr *expr, int voltage)
{
	compiler c = {.bind = bind};
	const dev_program *program = NULL;
	ts_status status = make_program(&c, expr, &program);
	if (status == TS_OK)
		status = finish(&c, program, voltage);
	alloc_free(c.op.item);
	return status;
}

ts_status elab_compile_across(elab_bind *bind, const net_expr *expr, const dev_program **program)
{
	compiler c = {.bind = bind, .across = bind->node};
	const ts_status status = make_program(&c, expr, program);
	alloc_free(c.op.item);
	return status;
}
