/* SPDX-License-Identifier: Apache-2.0
 * Fields of dot cards: numbers, lists, words out of a table, names of nodes and sources. All expressions are evaluated
 * in the deck's scope. A value of several pieces ("0 1m 10u", "v1,v2") arrives as text and is taken apart here.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "elab/build.h"
#include "net/expr.h"

ts_status elab_field_word(elab_builder *b, const net_card *card, const net_word *word, double *value)
{
	if (word->expr)
		return elab_value(&b->eval, &b->frame.scope, word->expr, value);
	diag_add(b->diag, E0315, word->span, "%s: '%s' is not a number or an expression", card->name, word->text);
	return TS_NETLIST;
}

ts_status elab_field_numbers(elab_builder *b, const net_card *card, const elab_numbers *numbers)
{
	const int n = card->n_word - numbers->first;
	if (n < numbers->low || n > numbers->high) {
		diag_add(b->diag, E0315, card->span, "%s wants %s", card->name, numbers->form);
		return TS_NETLIST;
	}
	ts_status worst = TS_OK;
	for (int i = 0; i < n; i++) {
		const ts_status status = elab_field_word(b, card, &card->word[numbers->first + i], &numbers->out[i]);
		worst = status != TS_OK ? status : worst;
	}
	return worst;
}

const net_param *elab_field_find(const net_card *card, const char *name)
{
	const net_param *found = NULL;
	for (int i = 0; i < card->n_param; i++)
		if (strcmp(card->param[i].name, name) == 0)
			found = &card->param[i];
	return found;
}

static int listed(const char *list, const char *word)
{
	const size_t n = strlen(word);
	for (const char *at = list; *at;) {
		const size_t length = strcspn(at, " ");
		if (length == n && memcmp(at, word, n) == 0)
			return 1;
		at += length + strspn(at + length, " ");
	}
	return 0;
}

ts_status elab_field_known(elab_builder *b, const net_card *card, const char *known)
{
	ts_status status = TS_OK;
	for (int i = 0; i < card->n_param; i++) {
		if (listed(known, card->param[i].name))
			continue;
		diag_add(b->diag, E0303, card->param[i].span, "%s has no parameter '%s'; it knows: %s", card->name,
		         card->param[i].name, *known ? known : "none");
		status = TS_NETLIST;
	}
	return status;
}

ts_status elab_field_value(elab_builder *b, const net_card *card, elab_quantity quantity, double *value)
{
	const net_param *param = elab_field_find(card, quantity.name);
	if (!param)
		return TS_OK;
	TS_TRY(elab_param_value(&b->eval, &b->frame.scope, param, value));
	const int whole = !quantity.whole || *value == floor(*value);
	if (*value >= quantity.low && *value <= quantity.high && whole)
		return TS_OK;
	diag_add(b->diag, E0305, param->value_span, "%s = %g must be %s in [%g, %g]", param->name, *value,
	         quantity.whole ? "a whole number" : "a number", quantity.low, quantity.high);
	return TS_NETLIST;
}

const char *elab_field_text(const net_param *param)
{
	return param->value && param->value->kind == NET_NAME ? param->value->name : param->text;
}

ts_status elab_field_choice(elab_builder *b, const net_card *card, elab_choice choice, int *index)
{
	const net_param *param = elab_field_find(card, choice.name);
	if (!param)
		return TS_OK;
	char known[200] = "";
	size_t used = 0;
	for (int i = 0; choice.table[i]; i++) {
		if (strcasecmp(choice.table[i], elab_field_text(param)) == 0) {
			*index = i;
			return TS_OK;
		}
		if (used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? " " : "",
			                         choice.table[i]);
	}
	diag_add(b->diag, E0315, param->value_span, "%s=%s is none of: %s", param->name, elab_field_text(param), known);
	return TS_NETLIST;
}

ts_status elab_field_switch(elab_builder *b, const net_card *card, const char *name, int *value)
{
	static const char *const table[] = {"off", "on", "0", "1", NULL};
	TS_TRY(elab_field_choice(b, card, (elab_choice){name, table}, value));
	*value &= 1;
	return TS_OK;
}

/* One piece of a value's text: ends at a blank or comma outside brackets and quotes. */
typedef struct text_piece {
	size_t from, to;
} text_piece;

static int is_separator(char c)
{
	return c == ',' || isspace((unsigned char)c);
}

static int next_piece(const char *text, size_t *at, text_piece *piece)
{
	while (text[*at] && is_separator(text[*at]))
		++*at;
	piece->from = *at;
	int depth = 0;
	char quote = 0;
	for (; text[*at] && (depth > 0 || quote || !is_separator(text[*at])); ++*at) {
		const char c = text[*at];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		else
			depth += (c == '(' || c == '{') - (c == ')' || c == '}');
	}
	piece->to = *at;
	return piece->to > piece->from;
}

static const net_expr *piece_expr(elab_builder *b, const net_param *param, text_piece piece)
{
	const size_t start = param->value_span.offset + piece.from;
	return net_expr_parse(b->arena, param->value_span.file, start, param->text + piece.from, piece.to - piece.from,
	                      b->diag);
}

/* A piece that could not be read has been reported: as a mistake, or because memory is exhausted. */
static ts_status no_expr(const elab_builder *b)
{
	return diag_has(b->diag, E0999) ? TS_NOMEM : TS_NETLIST;
}

static ts_status piece_value(elab_builder *b, const net_param *param, text_piece piece, double *value)
{
	const net_expr *expr = piece_expr(b, param, piece);
	return expr ? elab_value(&b->eval, &b->frame.scope, expr, value) : no_expr(b);
}

static ts_status add_value(elab_list *list, double value)
{
	double *slot = elab_list_add(list, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = value;
	return TS_OK;
}

static ts_status gather_values(elab_builder *b, const net_param *param, elab_list *list)
{
	double value = 0;
	const net_expr *e = param->value;
	if (e && e->kind == NET_CALL && strcmp(e->name, "list") == 0) {
		for (int i = 0; i < e->n_arg; i++) {
			TS_TRY(elab_value(&b->eval, &b->frame.scope, e->arg[i], &value));
			TS_TRY(add_value(list, value));
		}
		return TS_OK;
	}
	if (e) {
		TS_TRY(elab_value(&b->eval, &b->frame.scope, e, &value));
		return add_value(list, value);
	}
	text_piece piece;
	for (size_t at = 0; next_piece(param->text, &at, &piece);) {
		TS_TRY(piece_value(b, param, piece, &value));
		TS_TRY(add_value(list, value));
	}
	return TS_OK;
}

ts_status elab_field_list(elab_builder *b, const net_param *param, int *n, const double **value)
{
	elab_list list = {0};
	ts_status status = gather_values(b, param, &list);
	*n = list.n;
	*value = status == TS_OK ? elab_list_keep(&list, sizeof(double), b->arena) : NULL;
	if (status == TS_OK && !*value)
		status = TS_NOMEM;
	alloc_free(list.item);
	return status;
}

ts_status elab_field_names(elab_builder *b, const net_param *param, int *n, const char ***name)
{
	text_piece piece;
	*n = 0;
	for (size_t at = 0; next_piece(param->text, &at, &piece);)
		++*n;
	*name = arena_array(b->arena, (size_t)*n, sizeof **name);
	if (!*name)
		return TS_NOMEM;
	int i = 0;
	for (size_t at = 0; next_piece(param->text, &at, &piece); i++) {
		(*name)[i] = arena_lower(b->arena, param->text + piece.from, piece.to - piece.from);
		if (!(*name)[i])
			return TS_NOMEM;
	}
	return TS_OK;
}

ts_status elab_field_node(elab_builder *b, const char *name, src_span span, int *node)
{
	*node = strcmp(name, "gnd") == 0 ? 0 : name_map_get(b->node_map, name);
	if (*node >= 0)
		return TS_OK;
	if (b->incomplete)
		return TS_NETLIST; /* it may be inside a subcircuit that could not be expanded */
	elab_nearest nearest = {.want = name};
	char hint[ELAB_HINT];
	const elab_node *known = b->node.item;
	for (int i = 0; i < b->node.n; i++)
		elab_nearest_try(&nearest, known[i].name);
	diag_add(b->diag, E0314, span, "the circuit has no node '%s'%s", name, elab_nearest_hint(&nearest, hint));
	return TS_NETLIST;
}

ts_status elab_field_instance(elab_builder *b, elab_named want, int *instance)
{
	*instance = name_map_get(b->instance_map, want.name);
	if (*instance == ELAB_REFUSED || (*instance < 0 && b->incomplete))
		return TS_NETLIST; /* the element itself has been reported */
	const elab_instance *known = b->instance.item;
	elab_nearest nearest = {.want = want.name};
	char hint[ELAB_HINT];
	for (int i = 0; *instance < 0 && i < b->instance.n; i++)
		if (!want.letters || strchr(want.letters, *known[i].type->letter))
			elab_nearest_try(&nearest, known[i].name);
	if (*instance < 0) {
		diag_add(b->diag, E0314, want.span, "the circuit has no %s '%s'%s", want.what, want.name,
		         elab_nearest_hint(&nearest, hint));
		return TS_NETLIST;
	}
	if (!want.letters || strchr(want.letters, *known[*instance].type->letter))
		return TS_OK;
	diag_add(b->diag, E0314, want.span, "'%s' is not a %s", want.name, want.what);
	return TS_NETLIST;
}

static int has_branch(const dev_shape *shape)
{
	for (int i = 0; i < shape->n_port; i++)
		if (dev_is_branch(&shape->port[i]))
			return 1;
	return 0;
}

static ts_status probe_current(elab_builder *b, const net_expr *expr, elab_probe *probe)
{
	const elab_named want = {expr->node[0], "element", NULL, expr->span};
	probe->is_current = 1;
	TS_TRY(elab_field_instance(b, want, &probe->instance));
	const elab_instance *instance = (const elab_instance *)b->instance.item + probe->instance;
	const int wants_trap = *expr->name == 'n', is_trap = *instance->type->letter == 'y';
	probe->name = arena_printf(b->arena, "%s(%s)", expr->name, instance->name);
	if (!probe->name)
		return TS_NOMEM;
	if (wants_trap != is_trap) {
		diag_add(b->diag, E0315, expr->span,
		         is_trap ? "'%s' is a trap: it has no current but an occupancy, n(%s)"
		                 : "'%s' is no trap: n(%s) has no meaning",
		         instance->name, instance->name);
		return TS_NETLIST;
	}
	if (has_branch(instance->shape))
		return TS_OK;
	diag_add(b->diag, E0311, expr->span,
	         "the current of '%s' is no unknown of the circuit: put a voltage source of 0 V in series",
	         instance->name);
	return TS_NETLIST;
}

ts_status elab_field_probe(elab_builder *b, const net_expr *expr, src_span span, elab_probe *probe)
{
	*probe = (elab_probe){.instance = -1};
	if (!expr || expr->kind != NET_PROBE || *expr->name == '@') {
		diag_add(b->diag, E0315, span, "wanted v(node), v(node,node), i(source) or n(trap)");
		return TS_NETLIST;
	}
	if (strcmp(expr->name, "v") != 0)
		return probe_current(b, expr, probe);
	for (int i = 0; i < 2 && expr->node[i]; i++)
		TS_TRY(elab_field_node(b, expr->node[i], expr->span, &probe->node[i]));
	const elab_node *node = b->node.item;
	probe->name = expr->node[1]
	                  ? arena_printf(b->arena, "v(%s,%s)", node[probe->node[0]].name, node[probe->node[1]].name)
	                  : arena_printf(b->arena, "v(%s)", node[probe->node[0]].name);
	return probe->name ? TS_OK : TS_NOMEM;
}

ts_status elab_field_probes(elab_builder *b, const net_param *param, int *n, const elab_probe **probe)
{
	text_piece piece;
	*n = 0;
	for (size_t at = 0; next_piece(param->text, &at, &piece);)
		++*n;
	elab_probe *slot = arena_array(b->arena, (size_t)*n, sizeof *slot);
	*probe = slot;
	if (!slot)
		return TS_NOMEM;
	for (size_t at = 0; next_piece(param->text, &at, &piece); slot++) {
		const net_expr *expr = piece_expr(b, param, piece);
		if (!expr)
			return no_expr(b);
		TS_TRY(elab_field_probe(b, expr, param->value_span, slot));
	}
	return TS_OK;
}
