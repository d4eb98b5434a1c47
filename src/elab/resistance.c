/* SPDX-License-Identifier: Apache-2.0
 * Behavioural resistors: R elements whose value, a word or r=, depends on voltages, currents or time
 * (dev/resistor_b.h). All else on the line and on its model card is read as that of a linear resistor; what such a one
 * would not use beside a value has no effect here either.
 */
#include <math.h>
#include <string.h>

#include "elab/build.h"

const net_expr *elab_find_resistance(const net_card *card)
{
	const net_expr *found = NULL;
	if (card->name[0] != 'r')
		return NULL;
	for (int i = 2; i < card->n_word; i++)
		if (card->word[i].expr && elab_expr_moves(card->word[i].expr))
			found = card->word[i].expr;
	for (int i = 0; i < card->n_param; i++)
		if (strcmp(card->param[i].name, "r") == 0)
			found =
			    card->param[i].value && elab_expr_moves(card->param[i].value) ? card->param[i].value : NULL;
	return found;
}

/* The card without its value. Two values are one too many. */
static ts_status drop_value(elab_bind *bind, const net_expr *expr)
{
	const net_card *card = bind->card;
	net_card *copy = arena_alloc(bind->b->arena, sizeof *copy);
	net_word *word = arena_array(bind->b->arena, (size_t)card->n_word + 1, sizeof *word);
	net_param *param = arena_array(bind->b->arena, (size_t)card->n_param + 1, sizeof *param);
	if (!copy || !word || !param)
		return TS_NOMEM;
	*copy = *card;
	copy->word = word;
	copy->param = param;
	copy->n_word = copy->n_param = 0;
	for (int i = 0; i < card->n_word; i++)
		if (card->word[i].expr != expr)
			word[copy->n_word++] = card->word[i];
	for (int i = 0; i < card->n_param; i++)
		if (card->param[i].value != expr)
			param[copy->n_param++] = card->param[i];
	bind->card = copy;
	return TS_OK;
}

/* A linear resistor with all but its value: r is where a second value is seen. */
static ts_status check_linear(const elab_bind *bind, src_span span)
{
	static const char *const name[] = {"r", "ac"};
	const char *const what[] = {"a resistor takes one value", "ac= belongs to resistors whose value is a number"};
	for (int i = 0; i < 2; i++) {
		const double value = bind->param[dev_param_find(bind->type, name[i], 0)];
		if (i == 0 ? isnan(value) : value == 0)
			continue;
		diag_add_origin(bind->b->diag, E0315, span, bind->frame->origin, "'%s': %s", bind->card->name, what[i]);
		return TS_NETLIST;
	}
	return TS_OK;
}

/* The parameters that both kinds of resistors have. */
static ts_status convert(elab_bind *bind)
{
	const dev_type *from = bind->type, *to = dev_find("resistor_b");
	double *param = arena_array(bind->b->arena, (size_t)to->n_param, sizeof *param);
	if (!param)
		return TS_NOMEM;
	for (int i = 0; i < to->n_param; i++)
		param[i] = bind->param[dev_param_find(from, to->param[i].name, to->param[i].on_model)];
	bind->type = to;
	bind->param = param;
	return TS_OK;
}

ts_status elab_bind_resistance(elab_bind *bind, const net_expr *expr)
{
	TS_TRY(drop_value(bind, expr));
	TS_TRY(elab_bind_passive_line(bind));
	TS_TRY(check_linear(bind, expr->span));
	TS_TRY(convert(bind));
	return elab_bind_behaviour(bind, expr, 0);
}
