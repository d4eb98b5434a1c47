/* SPDX-License-Identifier: Apache-2.0
 * Canonical text of an expression: no blanks, parentheses only where the tree would be another without them (so that it
 * nests no deeper than what was read), numbers that read back to the same bits.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "net/expr.h"
#include "net/lexer.h"
#include "net/stack.h"

typedef struct writer {
	net_stack text; /* characters */
	ts_status status;
} writer;

static void put(writer *w, const char *text)
{
	for (; *text && w->status == TS_OK; text++)
		w->status = net_stack_push(&w->text, text);
}

static const char *op_text(int op, char buffer[2])
{
	static const struct {
		int op;
		const char *text;
	} table[] = {{NET_OP_POW, "**"}, {NET_OP_EQ, "=="},  {NET_OP_NE, "!="}, {NET_OP_LE, "<="},
	             {NET_OP_GE, ">="},  {NET_OP_AND, "&&"}, {NET_OP_OR, "||"}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].op == op)
			return table[i].text;
	buffer[0] = (char)op;
	buffer[1] = 0;
	return buffer;
}

/* What stands without parentheses where; between them are the levels of net_op_level. */
enum { LEVEL_COND = 0, LEVEL_BINARY = 1, LEVEL_UNARY = 7, LEVEL_POWER = 8, LEVEL_PRIMARY = 9 };

static void print(writer *w, const net_expr *e, int level);

static void print_call(writer *w, const net_expr *e)
{
	put(w, e->name);
	put(w, "(");
	for (int i = 0; i < e->n_arg; i++) {
		put(w, i ? "," : "");
		print(w, e->arg[i], LEVEL_COND);
	}
	put(w, ")");
}

/* A probe without nodes stands for what is stored under its name. */
static void print_probe(writer *w, const net_expr *e)
{
	const int is_quantity = *e->name == '@';
	put(w, e->name);
	if (!e->node[0])
		return;
	put(w, is_quantity ? "" : "(");
	put(w, e->node[0]);
	put(w, is_quantity ? "[" : e->node[1] ? "," : "");
	put(w, e->node[1] ? e->node[1] : "");
	put(w, is_quantity ? "]" : ")");
}

static int level_of(const net_expr *e)
{
	if (e->kind == NET_COND)
		return LEVEL_COND;
	if (e->kind == NET_UNARY)
		return LEVEL_UNARY;
	return e->op == NET_OP_POW ? LEVEL_POWER : net_op_level(e->op);
}

static void print_operator(writer *w, const net_expr *e)
{
	char buffer[2];
	const int level = level_of(e);
	switch (e->kind) {
	case NET_UNARY:
		put(w, op_text(e->op, buffer));
		print(w, e->arg[0], LEVEL_UNARY);
		return;
	case NET_COND:
		print(w, e->arg[0], LEVEL_BINARY);
		put(w, "?");
		print(w, e->arg[1], LEVEL_COND);
		put(w, ":");
		print(w, e->arg[2], LEVEL_COND);
		return;
	default:
		print(w, e->arg[0], e->op == NET_OP_POW ? LEVEL_PRIMARY : level);
		put(w, op_text(e->op, buffer));
		print(w, e->arg[1], e->op == NET_OP_POW ? LEVEL_UNARY : level + 1);
	}
}

static void print(writer *w, const net_expr *e, int level)
{
	char number[32];
	switch (e->kind) {
	case NET_NUMBER:
		put(w, number_exact(e->number, number));
		return;
	case NET_NAME:
		put(w, e->name);
		return;
	case NET_PROBE:
		print_probe(w, e);
		return;
	case NET_CALL:
		print_call(w, e);
		return;
	case NET_UNARY:
	case NET_BINARY:
	case NET_COND:
		break;
	}
	const int is_open = level_of(e) >= level;
	put(w, is_open ? "" : "(");
	print_operator(w, e);
	put(w, is_open ? "" : ")");
}

char *net_expr_text(arena *a, const net_expr *expr)
{
	writer w = {.text.item = 1};
	print(&w, expr, LEVEL_COND);
	char *text = w.status == TS_OK ? arena_strndup(a, w.text.data, (size_t)w.text.n) : NULL;
	net_stack_free(&w.text);
	return text;
}
