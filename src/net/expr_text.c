/* SPDX-License-Identifier: Apache-2.0
 * Canonical text of an expression: operators inside operators stand in parentheses, so that no rule of precedence is
 * needed to read it; numbers read back to the same bits.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "net/expr.h"
#include "net/stack.h"

static void put(net_stack *s, const char *text)
{
	for (; *text; text++)
		if (net_stack_push(s, text) != TS_OK)
			return;
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

static void print(net_stack *s, const net_expr *e, int top);

static void print_call(net_stack *s, const net_expr *e)
{
	put(s, e->name);
	put(s, "(");
	for (int i = 0; i < e->n_arg; i++) {
		put(s, i ? "," : "");
		print(s, e->arg[i], 1);
	}
	put(s, ")");
}

static void print_probe(net_stack *s, const net_expr *e)
{
	put(s, e->name);
	put(s, "(");
	put(s, e->node[0]);
	put(s, e->node[1] ? "," : "");
	put(s, e->node[1] ? e->node[1] : "");
	put(s, ")");
}

static void print_operator(net_stack *s, const net_expr *e)
{
	char buffer[2];
	if (e->kind == NET_UNARY) {
		put(s, op_text(e->op, buffer));
		print(s, e->arg[0], 0);
		return;
	}
	print(s, e->arg[0], 0);
	put(s, e->kind == NET_COND ? "?" : op_text(e->op, buffer));
	print(s, e->arg[1], 0);
	if (e->kind == NET_BINARY)
		return;
	put(s, ":");
	print(s, e->arg[2], 0);
}

static void print(net_stack *s, const net_expr *e, int top)
{
	char number[32];
	switch (e->kind) {
	case NET_NUMBER:
		put(s, number_exact(e->number, number));
		return;
	case NET_NAME:
		put(s, e->name);
		return;
	case NET_PROBE:
		print_probe(s, e);
		return;
	case NET_CALL:
		print_call(s, e);
		return;
	case NET_UNARY:
	case NET_BINARY:
	case NET_COND:
		break;
	}
	put(s, top ? "" : "(");
	print_operator(s, e);
	put(s, top ? "" : ")");
}

char *net_expr_text(arena *a, const net_expr *expr)
{
	net_stack s = {.item = 1};
	print(&s, expr, 1);
	char *text = arena_strndup(a, s.data ? s.data : "", (size_t)s.n);
	net_stack_free(&s);
	return text;
}
