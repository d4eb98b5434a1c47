/* SPDX-License-Identifier: Apache-2.0
 * Arguments of a function that .func or .param defines: names separated by commas, or none. Conditions of .if; titles of
 * .alter; paths.
 */
#include <string.h>

#include "net/card.h"

static int fail(net_card_reader *r, size_t from, size_t to, const char *message)
{
	net_fault_set(&r->fault, E0201, net_text_span(r->text, from, to), "%s", message);
	return 0;
}

static int no_memory(net_card_reader *r)
{
	net_fault_set(&r->fault, E0999, SRC_NOWHERE, "memory is exhausted");
	return 0;
}

static size_t skip(const net_card_reader *r, size_t at, size_t end)
{
	while (at < end && net_is_blank(r->text->text[at]))
		at++;
	return at;
}

/* One name at *at, which moves behind it. */
static int read_formal(net_card_reader *r, size_t *at, size_t end, net_param *param, const char **list)
{
	const char *text = r->text->text;
	const size_t from = *at;
	while (*at < end && net_is_name(text[*at]))
		++*at;
	if (*at == from || net_is_digit(text[from]))
		return fail(r, from, from + 1, "the name of an argument is wanted here");
	if (param->n_formal == NET_MAX_ARGUMENT)
		return fail(r, from, *at, "a function has at most 32 arguments");
	const char *name = arena_lower(r->arena, text + from, *at - from);
	if (!name)
		return no_memory(r);
	for (int i = 0; i < param->n_formal; i++)
		if (strcmp(list[i], name) == 0)
			return fail(r, from, *at, "two arguments of a function have this name");
	list[param->n_formal++] = name;
	return 1;
}

int net_formals_read(net_card_reader *r, size_t open, size_t end, net_param *param)
{
	const size_t close = end - 1;
	const char **list = arena_array(r->arena, NET_MAX_ARGUMENT, sizeof *list);
	if (!list)
		return no_memory(r);
	param->formal = list;
	param->n_formal = 0;
	for (size_t at = skip(r, open + 1, close); at < close; at = skip(r, at, close)) {
		if (!read_formal(r, &at, close, param, list))
			return 0;
		at = skip(r, at, close);
		if (at == close)
			break;
		if (r->text->text[at] != ',')
			return fail(r, at, at + 1, "a comma is wanted between the arguments of a function");
		at++;
	}
	return 1;
}

int net_condition_read(net_card_reader *r)
{
	r->at = skip(r, r->at, r->end);
	if (r->at == r->end)
		return fail(r, 0, r->end, "a condition is wanted: .if (EXPRESSION)");
	const net_range range = {.text = r->text, .from = r->at, .to = r->end, .prefix = NET_WHOLE};
	net_word word = {.text = arena_lower(r->arena, r->text->text + r->at, r->end - r->at),
	                 .span = net_text_span(r->text, r->at, r->end)};
	word.expr = net_expr_read(r->arena, range, NULL, &r->fault);
	if (!word.text || net_stack_push(&r->word, &word) != TS_OK)
		return no_memory(r);
	r->at = r->end;
	return word.expr != NULL;
}

int net_title_read(net_card_reader *r)
{
	r->at = skip(r, r->at, r->end);
	const net_word word = {.text = arena_strndup(r->arena, r->text->text + r->at, r->end - r->at),
	                       .span = net_text_span(r->text, r->at, r->end)};
	if (!word.text || (r->at < r->end && net_stack_push(&r->word, &word) != TS_OK))
		return no_memory(r);
	return 1;
}

int net_is_file(const char *name)
{
	return strcmp(name, "file") == 0 || strcmp(name, "pwlfile") == 0;
}

int net_is_path(const net_card_reader *r, const char *name)
{
	const char letter = r->text->n > 0 ? r->text->text[0] : '\0';
	return r->is_element && letter && strchr("vViI", letter) && net_is_file(name);
}

int net_path_read(net_card_reader *r, net_param *param)
{
	const char *text = r->text->text, quote = text[r->at];
	const int quoted = quote == '"' || quote == '\'';
	const size_t from = r->at + (size_t)quoted;
	size_t end = from;
	while (end < r->end && (quoted ? text[end] != quote : !net_is_blank(text[end]) && text[end] != ','))
		end++;
	if (end == from || (quoted && end == r->end))
		return fail(r, r->at, end, "wanted the name of a file");
	param->text = arena_strndup(r->arena, text + from, end - from);
	param->value_span = net_text_span(r->text, from, end);
	r->at = end + (size_t)quoted;
	return param->text ? 1 : no_memory(r);
}
