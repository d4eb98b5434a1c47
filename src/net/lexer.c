/* SPDX-License-Identifier: Apache-2.0
 * Expression tokens. Numbers take their suffix and unit letters with them; what follows a number directly must not be
 * a name character, so that 1.2.3 and 3x_1 are mistakes and not a number with something left over.
 */
#include "net/lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

void net_fault_set(net_fault *fault, diag_code code, src_span span, const char *format, ...)
{
	if (fault->code != DIAG_N_CODE)
		return;
	fault->code = code;
	fault->span = span;
	va_list args;
	va_start(args, format);
	vsnprintf(fault->message, sizeof fault->message, format, args);
	va_end(args);
}

static size_t name_end(const net_text *text, size_t from, size_t to)
{
	while (from < to && net_is_name(text->text[from]))
		from++;
	return from;
}

static void lex_number(const net_text *text, size_t to, net_token *token, net_fault *fault)
{
	size_t used;
	const char *start = text->text + token->from;
	const number_result result = number_parse(start, to - token->from, &token->number, &used);
	token->to = name_end(text, token->from + used, to);
	token->kind = NET_TOKEN_NUMBER;
	const src_span span = net_text_span(text, token->from, token->to);
	const int shown = token->to - token->from > 40 ? 40 : (int)(token->to - token->from);
	if (result == NUMBER_NONE || token->to != token->from + used) {
		token->kind = NET_TOKEN_BAD;
		net_fault_set(fault, E0104, span, "malformed number '%.*s'", shown, start);
	} else if (result == NUMBER_RANGE) {
		token->kind = NET_TOKEN_BAD;
		net_fault_set(fault, E0104, span, "the number '%.*s' is outside the range of a double", shown, start);
	}
}

static int two_character_op(char c, char d)
{
	static const struct {
		char text[3];
		int op;
	} table[] = {{"**", NET_OP_POW}, {"==", NET_OP_EQ},  {"!=", NET_OP_NE}, {"<=", NET_OP_LE},
	             {">=", NET_OP_GE},  {"&&", NET_OP_AND}, {"||", NET_OP_OR}, {"<>", NET_OP_NE}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].text[0] == c && table[i].text[1] == d)
			return table[i].op;
	return 0;
}

static void lex_operator(const net_text *text, size_t to, net_token *token)
{
	const char c = text->text[token->from];
	const char d = token->from + 1 < to ? text->text[token->from + 1] : '\0';
	token->op = two_character_op(c, d);
	token->kind = NET_TOKEN_OP;
	token->to = token->from + (token->op ? 2 : 1);
	if (token->op)
		return;
	token->op = c == '^' ? NET_OP_POW : c;
	if (c == '\0' || !strchr("+-*/%^!<>()?:,'\"{}", c))
		token->kind = NET_TOKEN_BAD;
}

net_token net_lex(const net_text *text, size_t from, size_t to, net_fault *fault)
{
	net_token token = {.kind = NET_TOKEN_END};
	const size_t start = from;
	while (from < to && net_is_blank(text->text[from]))
		from++;
	token.from = token.to = from;
	token.after_blank = from > start;
	if (from >= to)
		return token;
	const char c = text->text[from];
	if (net_is_digit(c) || (c == '.' && from + 1 < to && net_is_digit(text->text[from + 1]))) {
		lex_number(text, to, &token, fault);
	} else if (net_is_alpha(c) || c == '_') {
		token.kind = NET_TOKEN_NAME;
		token.to = name_end(text, from, to);
	} else {
		lex_operator(text, to, &token);
	}
	return token;
}
