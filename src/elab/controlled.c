/* SPDX-License-Identifier: Apache-2.0
 * E, F, G and H elements that are more than a number times their control. They become behavioural sources:
 *
 *   vcvs, vccs, cccs, ccvs       may stand before the control and say what the letter says
 *   (c,d)                        a pair of nodes may stand in brackets
 *   poly, pwl, table             form.c
 *   max= min= abs= tc1= tc2=     min(max(y, MIN), MAX), |y|, y (1 + tc1 dT + tc2 dT^2) with dT from .options tnom=
 *   scale=                       times y, before it is limited
 *   vcr                          (G) y is a resistance between the nodes (dev/resistor_b.h)
 *   opamp p n                    (E) an ideal amplifier: the voltage is whatever makes v(p,n) zero
 *
 * The amplifier is the source v(out) = v(out) + v(p,n), which is an equation for v(p,n) alone.
 */
#include <math.h>
#include <string.h>

#include "base/phys.h"
#include "elab/form.h"

static const double DEFAULT_TNOM = 27; /* Celsius */

int elab_is_controlled(const net_card *card)
{
	return card->name[0] && strchr("efgh", card->name[0]) != NULL;
}

/* Nodes and names before the gain, after the first two nodes. */
static int n_control_word(const net_card *card)
{
	return strchr("eg", card->name[0]) ? 2 : 1;
}

/* poly, pwl or table at that word? */
static int is_form_at(const net_card *card, int at)
{
	static const char *const form[] = {"poly", "pwl", "table"};
	for (size_t i = 0; at < card->n_word && i < sizeof form / sizeof *form; i++)
		if (strcmp(card->word[at].text, form[i]) == 0)
			return 1;
	return 0;
}

/* The kind of source as a word. A node may have that name, then there is one word less. */
static int has_keyword(const net_card *card, int *is_vcr)
{
	static const char letter[] = "egfh", *const keyword[] = {"vcvs", "vccs", "cccs", "ccvs"};
	const char *own = keyword[strchr(letter, card->name[0]) - letter];
	*is_vcr = card->n_word >= 4 && card->name[0] == 'g' && strcmp(card->word[2].text, "vcr") == 0;
	if (card->n_word < 4 || (strcmp(card->word[2].text, own) != 0 && !*is_vcr))
		return 0;
	int n = 0; /* words, those in brackets counted one by one */
	for (int i = 0; i < card->n_word; i++)
		n += card->word[i].n_arg > 0 ? card->word[i].n_arg : 1;
	const int has = is_form_at(card, 3) || n >= 4 + n_control_word(card);
	*is_vcr &= has;
	return has;
}

/* Without the word for the kind, and without the brackets around a pair of nodes: a copy of the card. */
static ts_status make_plain(elab_bind *bind, int *is_vcr)
{
	const net_card *card = bind->card;
	const int named = has_keyword(card, is_vcr), pair = 2 + named;
	const int paired = pair < card->n_word && card->word[pair].n_arg > 0 && !*card->word[pair].text;
	if (!named && !paired)
		return TS_OK;
	net_card *copy = arena_alloc(bind->b->arena, sizeof *copy);
	const size_t room = (size_t)card->n_word + (size_t)(paired ? card->word[pair].n_arg : 0);
	net_word *word = arena_array(bind->b->arena, room, sizeof *word);
	if (!copy || !word)
		return TS_NOMEM;
	*copy = *card;
	copy->word = word;
	copy->n_word = 0;
	for (int i = 0; i < card->n_word; i++)
		if (paired && i == pair)
			for (int k = 0; k < card->word[i].n_arg; k++)
				word[copy->n_word++] = card->word[i].arg[k];
		else if (i != 2 || !named)
			word[copy->n_word++] = card->word[i];
	bind->card = copy;
	return TS_OK;
}

/* What the parameters do to the output. */
typedef struct output_law {
	const net_expr *max, *min, *scale;
	int is_absolute;
	double tc[2];
} output_law;

static const net_param *find_param(const net_card *card, const char *name)
{
	const net_param *found = NULL;
	for (int i = 0; i < card->n_param; i++)
		if (strcmp(card->param[i].name, name) == 0)
			found = &card->param[i];
	return found;
}

static ts_status find_expr(elab_bind *bind, const char *name, const net_expr **expr)
{
	const net_param *param = find_param(bind->card, name);
	*expr = param ? param->value : NULL;
	if (!param || param->value)
		return TS_OK;
	diag_add_origin(bind->b->diag, E0315, param->value_span, bind->frame->origin,
	                "%s= wants a number or an expression", name);
	return TS_NETLIST;
}

static ts_status find_value(elab_bind *bind, const char *name, double *value)
{
	const net_param *param = find_param(bind->card, name);
	*value = 0;
	return param ? elab_param_value(&bind->b->eval, &bind->frame->scope, param, value) : TS_OK;
}

/* Has the card a parameter that changes the output? A factor alone is the behavioural source's own. */
static int has_law(const net_card *card)
{
	static const char *const name[] = {"max", "min", "abs", "tc1", "tc2"};
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (find_param(card, name[i]))
			return 1;
	return 0;
}

static ts_status read_law(elab_bind *bind, output_law *law)
{
	double absolute;
	*law = (output_law){.max = NULL};
	if (!has_law(bind->card))
		return TS_OK;
	TS_TRY(find_expr(bind, "max", &law->max));
	TS_TRY(find_expr(bind, "min", &law->min));
	TS_TRY(find_expr(bind, "scale", &law->scale));
	TS_TRY(find_value(bind, "abs", &absolute));
	TS_TRY(find_value(bind, "tc1", &law->tc[0]));
	law->is_absolute = absolute != 0;
	return find_value(bind, "tc2", &law->tc[1]);
}

/* The card without what read_law has read, and without the name of the expression. */
static ts_status drop_law(elab_bind *bind, const char *expr)
{
	static const char *const name[] = {"max", "min", "abs", "tc1", "tc2", "scale"};
	const net_card *card = bind->card;
	const int n_name = has_law(card) ? (int)(sizeof name / sizeof *name) : 0;
	net_card *copy = arena_alloc(bind->b->arena, sizeof *copy);
	net_param *param = arena_array(bind->b->arena, (size_t)card->n_param + 1, sizeof *param);
	if (!copy || !param)
		return TS_NOMEM;
	*copy = *card;
	copy->param = param;
	copy->n_param = 0;
	for (int i = 0; i < card->n_param; i++) {
		int drop = expr && strcmp(card->param[i].name, expr) == 0;
		for (int k = 0; k < n_name; k++)
			drop |= strcmp(card->param[i].name, name[k]) == 0;
		if (!drop)
			param[copy->n_param++] = card->param[i];
	}
	bind->card = copy;
	return TS_OK;
}

static ts_status apply_law(elab_bind *bind, const output_law *law, const net_expr **expr)
{
	const elab_form f = {bind, (*expr)->span};
	const elab_builder *b = bind->b;
	const double dt = b->circuit->temperature - PHYS_ZERO_C - (isnan(b->tnom) ? DEFAULT_TNOM : b->tnom);
	const net_expr *y = *expr;
	if (law->scale)
		y = elab_form_binary(&f, '*', law->scale, y);
	if (law->tc[0] != 0 || law->tc[1] != 0)
		y = elab_form_binary(&f, '*', elab_form_number(&f, 1 + dt * (law->tc[0] + dt * law->tc[1])), y);
	if (law->is_absolute)
		y = elab_form_call(&f, "max", y, elab_form_binary(&f, '-', elab_form_number(&f, 0), y));
	if (law->min)
		y = elab_form_call(&f, "max", y, law->min);
	if (law->max)
		y = elab_form_call(&f, "min", y, law->max);
	*expr = y;
	return y ? TS_OK : TS_NOMEM;
}

static ts_status misplaced(const elab_bind *bind, const net_word *word)
{
	diag_add_origin(bind->b->diag, E0315, word->span, bind->frame->origin, "'%s' does not belong here", word->text);
	return TS_NETLIST;
}

static int is_opamp(const net_card *card)
{
	return card->name[0] == 'e' && card->n_word == 5 && strcmp(card->word[2].text, "opamp") == 0;
}

static ts_status make_opamp(elab_bind *bind, const net_expr **expr)
{
	const net_word *word = bind->card->word;
	const elab_form f = {bind, word[2].span};
	*expr = elab_form_binary(&f, '+', elab_form_probe(&f, "v", word[0].text, word[1].text),
	                         elab_form_probe(&f, "v", word[3].text, word[4].text));
	return *expr ? TS_OK : TS_NOMEM;
}

/* Gain times control. *gain: the name of the parameter, where the card gives the gain as one. */
static ts_status make_linear(elab_bind *bind, const net_expr **expr, const char **gain)
{
	const net_card *card = bind->card;
	const int at = 2 + n_control_word(card);
	const elab_form f = {bind, card->name_span};
	const net_expr *factor = card->n_word > at ? card->word[at].expr : NULL;
	if (card->n_word > at + 1)
		return misplaced(bind, &card->word[at + 1]);
	if (card->n_word == at) {
		*gain = elab_value_name(card->name[0]);
		TS_TRY(find_expr(bind, *gain, &factor));
	}
	if (!factor) {
		diag_add_origin(bind->b->diag, E0304, card->span, bind->frame->origin, "'%s' needs %s and a number",
		                card->name, at == 4 ? "four nodes" : "two nodes, a voltage source");
		return TS_NETLIST;
	}
	const elab_form here = {bind, card->word[2].span};
	const net_expr *x = at == 4 ? elab_form_probe(&here, "v", card->word[2].text, card->word[3].text)
	                            : elab_form_probe(&here, "i", card->word[2].text, NULL);
	*expr = elab_form_binary(&f, '*', factor, x);
	return *expr ? TS_OK : TS_NOMEM;
}

static ts_status make_expr(elab_bind *bind, const net_param *given, const net_expr **expr, const char **name)
{
	*name = given ? given->name : NULL;
	if (given && bind->card->n_word > 2)
		return misplaced(bind, &bind->card->word[2]);
	if (given)
		return find_expr(bind, given->name, expr);
	if (is_opamp(bind->card))
		return make_opamp(bind, expr);
	return elab_has_form(bind->card) ? elab_form_words(bind, expr) : make_linear(bind, expr, name);
}

/* Type and nodes. The shape is not known yet, only whether there is noise. */
static ts_status start(elab_bind *bind, int voltage, int is_vcr)
{
	static const dev_shape shape = {.n_noise = 0}, noisy = {.n_noise = 1};
	bind->type = dev_find(is_vcr ? "resistor_b" : voltage ? "bsource_v" : "bsource_i");
	bind->shape = is_vcr ? &noisy : &shape;
	return elab_bind_start(bind, 2);
}

ts_status elab_bind_controlled(elab_bind *bind, const net_param *given, int *done)
{
	const int voltage = strchr("eh", bind->card->name[0]) != NULL;
	const net_expr *expr = NULL;
	const char *name;
	int is_vcr;
	output_law law;
	*done = 1;
	TS_TRY(make_plain(bind, &is_vcr));
	*done = has_law(bind->card) || elab_has_form(bind->card) || is_opamp(bind->card) || is_vcr ||
	        (!given && find_param(bind->card, "scale"));
	if (!*done)
		return TS_OK;
	TS_TRY(start(bind, voltage, is_vcr));
	TS_TRY(make_expr(bind, given, &expr, &name));
	TS_TRY(read_law(bind, &law));
	TS_TRY(apply_law(bind, &law, &expr));
	TS_TRY(drop_law(bind, name));
	TS_TRY(elab_bind_params(bind, NULL));
	return elab_bind_behaviour(bind, expr, voltage);
}
