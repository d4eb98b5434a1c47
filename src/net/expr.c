/* SPDX-License-Identifier: Apache-2.0
 * Expression grammar, by precedence climbing:
 *
 *   cond    = binary [ '?' cond ':' cond ]
 *   binary  = unary { op unary }            levels ||  &&  == !=  < <= > >=  + -  * /, all left-associative
 *   unary   = ('-' | '+' | '!') unary | power
 *   power   = primary [ '**' unary ]        right-associative through unary
 *   primary = number | name | name '(' args ')' | v(a[,b]) | i(a) | @a[q] | '(' cond ')' | quote cond quote
 *           | '{' cond '}'
 *
 * Quotes and braces are parentheses, so that 'a'*2 and list('a','b') need no rules of their own. Inside list() a blank
 * ends an item, as in the waveforms of SPICE. Nesting and the height of the tree are bounded: readers recurse.
 */
#include "net/expr.h"

#include <string.h>

#include "net/lexer.h"
#include "net/stack.h"

typedef struct expr_parser {
	arena *arena;
	const net_text *text;
	size_t end;    /* of the text */
	net_token now; /* the token not yet consumed */
	size_t before; /* end of the last one consumed */
	net_fault *fault;
	net_stack arg; /* const net_expr * */
	int depth;     /* open recursions */
	int height;    /* of the tree returned last */
	int in_list;   /* directly inside list() */
	int prefix;    /* net_range.prefix, 0 inside brackets */
} expr_parser;

typedef struct binary_op {
	int op, level;
} binary_op;

static const binary_op binary_table[] = {
    {NET_OP_OR, 1}, {NET_OP_AND, 2}, {NET_OP_EQ, 3}, {NET_OP_NE, 3}, {'<', 4}, {NET_OP_LE, 4}, {'>', 4},
    {NET_OP_GE, 4}, {'+', 5},        {'-', 5},       {'*', 6},       {'/', 6}, {'%', 6},
};
enum { LEVEL_LOWEST = 1 };

int net_op_level(int op)
{
	for (size_t i = 0; i < sizeof binary_table / sizeof *binary_table; i++)
		if (binary_table[i].op == op)
			return binary_table[i].level;
	return 0;
}

static const net_expr *parse_cond(expr_parser *p);
static const net_expr *parse_unary(expr_parser *p);

static void advance(expr_parser *p)
{
	p->before = p->now.to;
	p->now = net_lex(p->text, p->now.to, p->end, p->fault);
}

static int failed(const expr_parser *p)
{
	return p->fault->code != DIAG_N_CODE;
}

static int at_op(const expr_parser *p, int op)
{
	return p->now.kind == NET_TOKEN_OP && p->now.op == op;
}

static const net_expr *no_memory(expr_parser *p)
{
	net_fault_set(p->fault, E0999, SRC_NOWHERE, "memory is exhausted");
	return NULL;
}

/* "unexpected ..., expected WHAT" at the current token */
static const net_expr *unexpected(expr_parser *p, const char *what)
{
	const net_token *t = &p->now;
	const src_span span = net_text_span(p->text, t->from, t->to);
	if (t->kind == NET_TOKEN_END) {
		/* point at the last character there is */
		size_t last = t->from;
		while (last > 0 && (last > p->text->n || last == t->from || net_is_blank(p->text->text[last])))
			last--;
		net_fault_set(p->fault, E0202, net_text_span(p->text, last, last + 1),
		              "the expression ends, expected %s", what);
	} else {
		const int n = t->to - t->from > 40 ? 40 : (int)(t->to - t->from);
		net_fault_set(p->fault, E0202, span, "unexpected '%.*s', expected %s", n, p->text->text + t->from,
		              what);
	}
	return NULL;
}

static int enter(expr_parser *p)
{
	if (++p->depth <= NET_MAX_NESTING)
		return 1;
	net_fault_set(p->fault, E0202, net_text_span(p->text, p->now.from, p->now.to),
	              "expression nested more than %d deep", NET_MAX_NESTING);
	return 0;
}

/* Node over text[from..to) with n children, of height one more than the highest of them (p->height). */
static const net_expr *make_node(expr_parser *p, net_expr node, const net_expr *const *arg, size_t from)
{
	net_expr *copy = arena_alloc(p->arena, sizeof *copy);
	const net_expr **args = node.n_arg ? arena_array(p->arena, (size_t)node.n_arg, sizeof *args) : NULL;
	if (!copy || (node.n_arg && !args))
		return no_memory(p);
	for (int i = 0; i < node.n_arg; i++)
		args[i] = arg[i];
	*copy = node;
	copy->arg = args;
	copy->span = net_text_span(p->text, from, p->before);
	p->height = node.n_arg ? p->height + 1 : 1;
	if (p->height <= NET_MAX_HEIGHT)
		return copy;
	net_fault_set(p->fault, E0202, copy->span, "expression with more than %d operators one upon the other",
	              NET_MAX_HEIGHT);
	return NULL;
}

static const net_expr *parse_group(expr_parser *p, int close, const char *what)
{
	const int list = p->in_list, prefix = p->prefix;
	p->in_list = p->prefix = 0;
	advance(p);
	const net_expr *inner = enter(p) ? parse_cond(p) : NULL;
	p->depth--;
	p->in_list = list;
	p->prefix = prefix;
	if (!inner)
		return NULL;
	if (!at_op(p, close))
		return unexpected(p, what);
	advance(p);
	return failed(p) ? NULL : inner;
}

/* One node's name up to ',' or ')': any characters but blanks, in lower case. *at moves behind it. */
static const char *probe_node(expr_parser *p, size_t *at)
{
	const char *s = p->text->text;
	while (*at < p->end && net_is_blank(s[*at]))
		++*at;
	const size_t from = *at;
	while (*at < p->end && !strchr(",() ", s[*at]))
		++*at;
	const size_t to = *at;
	while (*at < p->end && net_is_blank(s[*at]))
		++*at;
	if (to > from)
		return arena_lower(p->arena, s + from, to - from);
	net_fault_set(p->fault, E0202, net_text_span(p->text, from, from + 1), "expected the name of a node or device");
	return NULL;
}

/* v(a), v(a,b), i(x), n(y); the current token is the name, '(' follows */
static const net_expr *parse_probe(expr_parser *p, const char *name)
{
	const size_t from = p->now.from;
	net_expr node = {.kind = NET_PROBE, .name = name};
	advance(p);
	size_t at = p->now.to;
	node.node[0] = probe_node(p, &at);
	if (node.node[0] && at < p->end && p->text->text[at] == ',' && *name == 'v') {
		at++;
		node.node[1] = probe_node(p, &at);
	}
	if (failed(p))
		return NULL;
	p->now.to = at;
	advance(p);
	if (!at_op(p, ')'))
		return unexpected(p, *name == 'v' ? "')' after v(node or v(node,node" : "')' after i(device");
	advance(p);
	return failed(p) ? NULL : make_node(p, node, NULL, from);
}

/* @device[quantity]; the current token is the '@' */
static const net_expr *parse_quantity(expr_parser *p)
{
	const char *s = p->text->text;
	const size_t from = p->now.from;
	net_expr node = {.kind = NET_PROBE, .name = "@"};
	size_t open = from + 1;
	while (open < p->end && !net_is_blank(s[open]) && !strchr("[](){},'\"", s[open]))
		open++;
	size_t close = open + 1;
	while (close < p->end && net_is_name(s[close]))
		close++;
	if (open == from + 1 || close >= p->end || s[open] != '[' || close == open + 1 || s[close] != ']') {
		net_fault_set(p->fault, E0202, net_text_span(p->text, from, open), "wanted @device[quantity]");
		return NULL;
	}
	node.node[0] = arena_lower(p->arena, s + from + 1, open - from - 1);
	node.node[1] = arena_lower(p->arena, s + open + 1, close - open - 1);
	if (!node.node[0] || !node.node[1])
		return no_memory(p);
	p->now.to = close + 1;
	advance(p);
	return failed(p) ? NULL : make_node(p, node, NULL, from);
}

static ts_status push_arg(expr_parser *p, const net_expr *arg)
{
	if (net_stack_push(&p->arg, &arg) == TS_OK)
		return TS_OK;
	no_memory(p);
	return TS_NOMEM;
}

/* Arguments up to ')', on the stack. *height: of the highest. */
static int parse_args(expr_parser *p, int *height)
{
	advance(p);
	if (failed(p))
		return 0;
	while (!at_op(p, ')')) {
		const net_expr *arg = parse_cond(p);
		if (!arg || push_arg(p, arg) != TS_OK)
			return 0;
		*height = p->height > *height ? p->height : *height;
		if (at_op(p, ','))
			advance(p);
		else if (!at_op(p, ')') && !(p->in_list && p->now.after_blank && p->now.kind != NET_TOKEN_END))
			unexpected(p, "',' or ')'");
		if (failed(p))
			return 0;
	}
	return 1;
}

static const net_expr *parse_call(expr_parser *p, const char *name)
{
	const size_t from = p->now.from;
	const int list = p->in_list, prefix = p->prefix, mark = p->arg.n;
	net_expr node = {.kind = NET_CALL, .name = name};
	int height = 0;
	advance(p);
	p->in_list = strcmp(name, "list") == 0;
	p->prefix = 0;
	const int ok = enter(p) && parse_args(p, &height);
	p->depth--;
	p->in_list = list;
	p->prefix = prefix;
	if (!ok)
		return NULL;
	advance(p);
	if (failed(p))
		return NULL;
	node.n_arg = p->arg.n - mark;
	p->height = height;
	const net_expr *const *arg = node.n_arg ? (const net_expr *const *)(const void *)p->arg.data + mark : NULL;
	const net_expr *call = make_node(p, node, arg, from);
	p->arg.n = mark;
	return call;
}

static const net_expr *parse_name(expr_parser *p)
{
	const net_token t = p->now;
	const char *name = arena_lower(p->arena, p->text->text + t.from, t.to - t.from);
	if (!name)
		return no_memory(p);
	net_fault quiet = {.code = DIAG_N_CODE};
	const net_token next = net_lex(p->text, t.to, p->end, &quiet);
	const int touches = next.kind == NET_TOKEN_OP && next.op == '(' && (!p->prefix || !next.after_blank);
	if (touches && strlen(name) == 1 && strchr("vin", *name))
		return parse_probe(p, name);
	if (touches)
		return parse_call(p, name);
	advance(p);
	return failed(p) ? NULL : make_node(p, (net_expr){.kind = NET_NAME, .name = name}, NULL, t.from);
}

static const net_expr *parse_primary(expr_parser *p)
{
	const net_token t = p->now;
	if (failed(p))
		return NULL;
	if (t.kind == NET_TOKEN_NAME)
		return parse_name(p);
	if (t.kind == NET_TOKEN_NUMBER) {
		advance(p);
		return failed(p) ? NULL
		                 : make_node(p, (net_expr){.kind = NET_NUMBER, .number = t.number}, NULL, t.from);
	}
	if (t.kind == NET_TOKEN_BAD && p->text->text[t.from] == '@')
		return parse_quantity(p);
	if (at_op(p, '('))
		return parse_group(p, ')', "')'");
	if (at_op(p, '{'))
		return parse_group(p, '}', "'}'");
	if (at_op(p, '\''))
		return parse_group(p, '\'', "a closing quote");
	if (at_op(p, '"'))
		return parse_group(p, '"', "a closing quote");
	return unexpected(p, "a value");
}

static const net_expr *parse_power(expr_parser *p)
{
	const size_t from = p->now.from;
	const net_expr *pair[2] = {parse_primary(p), NULL};
	if (!pair[0] || !at_op(p, NET_OP_POW))
		return pair[0];
	const int height = p->height;
	advance(p);
	pair[1] = enter(p) ? parse_unary(p) : NULL;
	p->depth--;
	if (!pair[1])
		return NULL;
	p->height = p->height > height ? p->height : height;
	return make_node(p, (net_expr){.kind = NET_BINARY, .op = NET_OP_POW, .n_arg = 2}, pair, from);
}

static const net_expr *parse_unary(expr_parser *p)
{
	if (!at_op(p, '-') && !at_op(p, '+') && !at_op(p, '!'))
		return parse_power(p);
	const net_token t = p->now;
	advance(p);
	const net_expr *arg = enter(p) ? parse_unary(p) : NULL;
	p->depth--;
	return arg ? make_node(p, (net_expr){.kind = NET_UNARY, .op = t.op, .n_arg = 1}, &arg, t.from) : NULL;
}

/* Level of the binary operator at hand, 0: none. Between items a blank before a sign that touches what follows starts
 * the next item: list(1 -2). */
static int binary_level(expr_parser *p)
{
	if (p->now.kind != NET_TOKEN_OP || failed(p))
		return 0;
	const int is_sign = at_op(p, '+') || at_op(p, '-');
	const int touches = p->now.to < p->end && !net_is_blank(p->text->text[p->now.to]);
	if ((p->in_list || p->prefix == NET_PREFIX_ITEM) && is_sign && p->now.after_blank && touches)
		return 0;
	return net_op_level(p->now.op);
}

static const net_expr *parse_binary(expr_parser *p, int lowest)
{
	const size_t from = p->now.from;
	const net_expr *left = parse_unary(p);
	for (int level = left ? binary_level(p) : 0; level >= lowest; level = left ? binary_level(p) : 0) {
		const int op = p->now.op, height = p->height;
		advance(p);
		const net_expr *right = enter(p) ? parse_binary(p, level + 1) : NULL;
		p->depth--;
		if (!right)
			return NULL;
		const net_expr *pair[2] = {left, right};
		p->height = p->height > height ? p->height : height;
		left = make_node(p, (net_expr){.kind = NET_BINARY, .op = op, .n_arg = 2}, pair, from);
	}
	return left;
}

static const net_expr *parse_cond(expr_parser *p)
{
	const size_t from = p->now.from;
	const net_expr *arm[3] = {parse_binary(p, LEVEL_LOWEST)};
	if (!arm[0] || !at_op(p, '?'))
		return arm[0];
	int height = p->height;
	for (int i = 1; i < 3; i++) {
		advance(p);
		arm[i] = enter(p) ? parse_cond(p) : NULL;
		p->depth--;
		if (!arm[i])
			return NULL;
		height = p->height > height ? p->height : height;
		if (i == 1 && !at_op(p, ':'))
			return unexpected(p, "':' and the other value of ?:");
	}
	p->height = height;
	return make_node(p, (net_expr){.kind = NET_COND, .n_arg = 3}, arm, from);
}

const net_expr *net_expr_read(arena *a, net_range range, size_t *end, net_fault *fault)
{
	expr_parser p = {.arena = a, .text = range.text, .end = range.to, .fault = fault, .prefix = range.prefix};
	p.arg.item = sizeof(const net_expr *);
	p.now.to = range.from;
	advance(&p);
	const net_expr *expr = failed(&p) ? NULL : parse_cond(&p);
	if (expr && !range.prefix && p.now.kind != NET_TOKEN_END)
		expr = unexpected(&p, "an operator");
	if (end)
		*end = p.before > range.from ? p.before : range.from;
	net_stack_free(&p.arg);
	return expr;
}

const net_expr *net_expr_parse(arena *a, int file, size_t offset, const char *text, size_t n, diag_list *diag)
{
	const net_text whole = {.text = text, .n = n, .file = file, .base = offset};
	net_fault fault = {.code = DIAG_N_CODE};
	const net_expr *expr = net_expr_read(a, (net_range){.text = &whole, .to = n}, NULL, &fault);
	if (!expr && diag)
		diag_add(diag, fault.code, fault.span, "%s", fault.message);
	return expr;
}
