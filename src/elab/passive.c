/* SPDX-License-Identifier: Apache-2.0
 * R, C and L elements: name a b [value] [model] [name=value ...], the value and the model in either order. What the
 * line does not give comes from the card: temperature coefficients by their names, the value by geometry,
 *
 *   r = rsh (l - 2 short) / (w - 2 narrow), else the card's r
 *   c = the card's cap, else cj a b + 2 cjsw (a + b) with a = l - short, b = w - narrow; cj = di eps0 / thick where
 * thick is given and cj is not
 *
 * as ngspice has it. tc=TC1 [TC2] is tc1 and tc2.
 */
#include <math.h>
#include <string.h>

#include "base/phys.h"
#include "elab/build.h"

static double *own(const elab_bind *bind, const char *name)
{
	return &bind->param[dev_param_find(bind->type, name, 0)];
}

static double card_value(const elab_bind *bind, const char *name)
{
	return bind->param[dev_param_find(bind->type, name, 1)];
}

static const net_param *find_tc(const net_card *card)
{
	for (int i = 0; i < card->n_param; i++)
		if (strcmp(card->param[i].name, "tc") == 0 && card->name[0] == 'r')
			return &card->param[i];
	return NULL;
}

/* Is the word a second number behind tc=? */
static int is_tc2(const net_card *card, const net_word *word)
{
	const net_param *tc = find_tc(card);
	if (!tc || word->span.file != tc->value_span.file || word->span.offset < tc->value_span.offset)
		return 0;
	for (int i = 0; i < card->n_param; i++)
		if (card->param[i].span.offset > tc->span.offset && card->param[i].span.offset < word->span.offset)
			return 0;
	return 1;
}

/* A bare name is a model's where there is one of that name, unless it is a parameter and the model another device's. */
static int is_model(const elab_bind *bind, const net_word *word)
{
	elab_frame *home;
	int index;
	if (word->n_arg > 0 || (word->expr && word->expr->kind != NET_NAME))
		return 0;
	const net_card *card = elab_find_model(bind->frame, word->text, &home, &index);
	if (!card)
		return 0;
	const int fits = dev_select(bind->card->name[0], card->type, "") != NULL;
	return fits || !elab_scope_find(&bind->frame->scope, word->text);
}

static ts_status misplaced(const elab_bind *bind, const net_word *word)
{
	diag_add_origin(bind->b->diag, E0315, word->span, bind->frame->origin, "'%s' does not belong here", word->text);
	return TS_NETLIST;
}

static ts_status find_model_word(elab_bind *bind, const net_word **model)
{
	const net_card *card = bind->card;
	*model = NULL;
	for (int i = 2; i < card->n_word; i++)
		if (is_model(bind, &card->word[i])) {
			if (*model)
				return misplaced(bind, &card->word[i]);
			*model = &card->word[i];
		}
	return *model ? elab_model_get(bind, *model) : TS_OK;
}

/* What line and card name alike: the card's holds until the line gives it. */
static void inherit(elab_bind *bind)
{
	static const char *const name[] = {"tc1", "tc2", "tce"};
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (dev_param_find(bind->type, name[i], 0) >= 0)
			*own(bind, name[i]) = card_value(bind, name[i]);
}

static ts_status bind_words(elab_bind *bind, const net_word *model)
{
	const net_card *card = bind->card;
	const char value_name[2] = {card->name[0], 0};
	int had_value = 0;
	for (int i = 2; i < card->n_word; i++) {
		const net_word *word = &card->word[i];
		double value;
		if (word == model)
			continue;
		const int is_second = is_tc2(card, word);
		if (!is_second && had_value++)
			return misplaced(bind, word);
		TS_TRY(elab_bind_word(bind, word, &value));
		TS_TRY(elab_bind_set(bind, is_second ? "tc2" : value_name, value, word->span));
	}
	return TS_OK;
}

static ts_status bind_tc(elab_bind *bind)
{
	const net_param *tc = find_tc(bind->card);
	double value;
	if (!tc)
		return TS_OK;
	TS_TRY(elab_param_value(&bind->b->eval, &bind->frame->scope, tc, &value));
	return elab_bind_set(bind, "tc1", value, tc->value_span);
}

static double geometric_resistance(const elab_bind *bind)
{
	const double rsh = card_value(bind, "rsh"), l = *own(bind, "l");
	const double w = *own(bind, "w") > 0 ? *own(bind, "w") : card_value(bind, "defw");
	if (rsh > 0 && l > 0)
		return rsh * (l - 2 * card_value(bind, "short")) / (w - 2 * card_value(bind, "narrow"));
	return card_value(bind, "r") > 0 ? card_value(bind, "r") : card_value(bind, "res");
}

static double geometric_capacitance(const elab_bind *bind)
{
	const double cap = card_value(bind, "cap"), thick = card_value(bind, "thick");
	const double w = *own(bind, "w") > 0 ? *own(bind, "w") : card_value(bind, "defw");
	double cj = card_value(bind, "cj");
	if (cap > 0)
		return cap;
	if (!(cj > 0) && thick > 0)
		cj = card_value(bind, "di") * PHYS_EPS0 / thick;
	const double a = *own(bind, "l") - card_value(bind, "short"), b = w - card_value(bind, "narrow");
	return *own(bind, "l") > 0 ? cj * a * b + 2 * card_value(bind, "cjsw") * (a + b) : 0;
}

/* The value by the card, where the line has none; what gives nothing is left to be missed. */
static ts_status complete(elab_bind *bind)
{
	const char letter = bind->card->name[0], name[2] = {letter, 0};
	double *value = own(bind, name);
	if (!isnan(*value) || !bind->model)
		return TS_OK;
	const double made = letter == 'r'   ? geometric_resistance(bind)
	                    : letter == 'c' ? geometric_capacitance(bind)
	                                    : card_value(bind, "ind");
	if (made == 0)
		return TS_OK;
	*value = made;
	const dev_param *param = &bind->type->param[dev_param_find(bind->type, name, 0)];
	return elab_check_range(bind->b, bind->frame->origin, (elab_given){param, made, bind->card->span});
}

ts_status elab_bind_passive_line(elab_bind *bind)
{
	const net_word *model;
	bind->type = dev_select(bind->card->name[0], NULL, "");
	TS_TRY(find_model_word(bind, &model));
	bind->shape = bind->type->shape;
	TS_TRY(elab_bind_start(bind, 2));
	inherit(bind);
	const ts_status words = bind_words(bind, model);
	if (elab_fatal(words))
		return words;
	TS_TRY(bind_tc(bind));
	const ts_status params = elab_bind_params(bind, find_tc(bind->card));
	return words != TS_OK ? words : params;
}

ts_status elab_bind_passive(elab_bind *bind)
{
	TS_TRY(elab_bind_passive_line(bind));
	return complete(bind);
}
