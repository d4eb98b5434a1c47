/* SPDX-License-Identifier: Apache-2.0
 * Model cards: found lexically, evaluated once in the frame where they stand, so that a .model inside a subcircuit may
 * use its parameters. The device is chosen by the element's letter, the card's type and its level.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "elab/build.h"

enum { LEVEL_TEXT = 32 };

static void report_no_model(const elab_bind *bind, const net_word *word)
{
	const diag_origin *origin = bind->frame->origin;
	elab_nearest nearest = {.want = word->text};
	for (const elab_frame *f = bind->frame; f; f = f->lexical)
		for (int i = 0; i < f->body->n_card; i++)
			if (f->body->card[i].kind == NET_MODEL)
				elab_nearest_try(&nearest, f->body->card[i].name);
	char hint[ELAB_HINT];
	diag_add_origin(bind->b->diag, E0301, word->span, origin, "unknown model '%s' of '%s'%s", word->text,
	                bind->card->name, elab_nearest_hint(&nearest, hint));
}

/* The level as the device table spells it: a word, or the value of an expression as a whole number. */
static ts_status level_of(const elab_bind *bind, const elab_frame *frame, const net_card *card, char text[LEVEL_TEXT])
{
	const net_param *level = NULL;
	text[0] = '\0';
	for (int i = 0; i < card->n_param; i++)
		if (strcmp(card->param[i].name, "level") == 0)
			level = &card->param[i];
	if (!level)
		return TS_OK;
	double value;
	if (!level->value || level->value->kind == NET_NAME) {
		const char *word = level->value ? level->value->name : level->text;
		snprintf(text, LEVEL_TEXT, "%s", word);
		if (!level->value || !elab_scope_own(&frame->scope, word))
			return TS_OK;
	}
	TS_TRY(elab_param_value(&bind->b->eval, &frame->scope, level, &value));
	snprintf(text, LEVEL_TEXT, "%g", value);
	return TS_OK;
}

static ts_status report_no_device(const elab_bind *bind, const net_card *card, const char *level)
{
	char known[512] = "";
	size_t used = 0;
	const char letter = bind->card->name[0];
	for (int i = 0; i < DEV_N_TYPE && used < sizeof known; i++) {
		const dev_type *type = dev_registry[i];
		if (type->model && strchr(type->letter, letter))
			used += (size_t)snprintf(known + used, sizeof known - used, "%s%s%s%s (%s)", used ? ", " : "",
			                         type->model, type->level && *type->level ? " level=" : "",
			                         type->level ? type->level : "", type->name);
	}
	diag_add_origin(bind->b->diag, E0302, card->name_span, bind->frame->origin,
	                "no device for '%s' with model '%s' of type %s%s%s; known for %c: %s", bind->card->name,
	                card->name, card->type ? card->type : "?", *level ? " level=" : "", level, letter, known);
	diag_note(bind->b->diag, bind->card->span, "used");
	return TS_NETLIST;
}

double elab_fallback(const elab_builder *b, const dev_param *p)
{
	if (p->on_model && strcmp(p->name, "tnom") == 0 && !isnan(b->tnom))
		return strcmp(p->unit, "K") == 0 ? b->tnom + 273.15 : b->tnom;
	return p->fallback;
}

/* Other names that simulators give to parameters of a card; a device's own names come first. */
static const struct {
	const char *name, *own;
} alias_table[] = {{"cj0", "cjo"},  {"cj", "cjo"},   {"js", "is"},   {"pb", "vj"},   {"php", "vjsw"},
                   {"cjp", "cjsw"}, {"vt0", "vto"},  {"u0", "uo"},   {"cj0", "cj"},  {"ik", "ikf"},
                   {"ib", "ibv"},   {"trs", "trs1"}, {"ctc", "cta"}, {"tvj", "tpb"}, {"tref", "tnom"}};

int elab_model_param(const dev_type *type, const char *name)
{
	int index = dev_param_find(type, name, 1);
	for (size_t i = 0; i < sizeof alias_table / sizeof *alias_table && index < 0; i++)
		if (strcmp(alias_table[i].name, name) == 0)
			index = dev_param_find(type, alias_table[i].own, 1);
	return index;
}

static ts_status set_model_param(elab_bind *bind, const elab_frame *frame, elab_model *model, const net_param *param)
{
	const int index = elab_model_param(model->type, param->name);
	double limit;
	if (index < 0 && elab_bin_is_limit(param->name))
		return elab_param_value(&bind->b->eval, &frame->scope, param, &limit);
	if (index < 0)
		return elab_no_param(bind, param, 1);
	elab_given given = {.param = &model->type->param[index], .where = param->value_span};
	TS_TRY(elab_param_value(&bind->b->eval, &frame->scope, param, &given.value));
	model->param[index] = given.value;
	return elab_check_range(bind->b, frame->origin, given);
}

static ts_status evaluate_model(elab_bind *bind, const elab_frame *frame, elab_model *model)
{
	const net_card *card = model->card;
	char level[LEVEL_TEXT];
	TS_TRY(level_of(bind, frame, card, level));
	model->type = dev_select(bind->card->name[0], card->type, level);
	if (!model->type)
		return report_no_device(bind, card, level);
	bind->type = model->type;
	model->polarity = strcmp(card->type, "nmos") == 0 ? 1 : strcmp(card->type, "pmos") == 0 ? -1 : 0;
	model->param = alloc_array((size_t)model->type->n_param, sizeof *model->param);
	if (!model->param)
		return TS_NOMEM;
	for (int i = 0; i < model->type->n_param; i++)
		model->param[i] = elab_fallback(bind->b, &model->type->param[i]);
	ts_status worst = TS_OK;
	for (int i = 0; i < card->n_param; i++) {
		if (strcmp(card->param[i].name, "level") == 0)
			continue;
		const ts_status status = set_model_param(bind, frame, model, &card->param[i]);
		if (elab_fatal(status))
			return status;
		worst = status != TS_OK ? status : worst;
	}
	const ts_status changed = elab_apply_model(bind, model);
	worst = worst != TS_OK ? worst : changed;
	for (int i = 0; i < model->type->n_param; i++)
		if (model->type->param[i].on_model && isnan(model->param[i]) && worst == TS_OK) {
			diag_add_origin(bind->b->diag, E0304, card->span, frame->origin, "model '%s' needs %s= (%s)",
			                card->name, model->type->param[i].name, model->type->param[i].doc);
			worst = TS_NETLIST;
		}
	return worst;
}

/* A model of the right kind may be wanted by an element of the wrong one: a diode's model on an m. */
static ts_status check_letter(const elab_bind *bind, const elab_model *model)
{
	if (strchr(model->type->letter, bind->card->name[0]))
		return TS_OK;
	diag_add_origin(bind->b->diag, E0302, bind->card->span, bind->frame->origin,
	                "'%s' cannot use model '%s': it is a %s card, for elements %s", bind->card->name,
	                model->card->name, model->card->type, model->type->letter);
	diag_note(bind->b->diag, model->card->name_span, "the model");
	return TS_NETLIST;
}

/* The nearest body that has the model, or bins of it. *index: -1 when there is none. */
static ts_status find_model(const elab_bind *bind, const net_word *word, elab_frame **home, int *index)
{
	*index = -1;
	for (elab_frame *f = bind->frame; f && *index < 0; f = f->lexical) {
		*home = f;
		*index = elab_own_model(f->body, word->text);
		if (*index < 0)
			TS_TRY(elab_bin_choose(bind, f, word, index));
	}
	return TS_OK;
}

ts_status elab_model_get(elab_bind *bind, const net_word *word)
{
	elab_frame *home = NULL;
	int index = -1;
	TS_TRY(find_model(bind, word, &home, &index));
	if (index < 0) {
		report_no_model(bind, word);
		return TS_NETLIST;
	}
	home->body->used[index] = 1;
	if (!home->model)
		home->model = alloc_array((size_t)home->body->n_card, sizeof *home->model);
	if (!home->model)
		return TS_NOMEM;
	elab_model *model = &home->model[index];
	if (model->state == ELAB_NEW) {
		ts_status status;
		const net_card *card = elab_full_card(bind->b, home->body, index, &status);
		model->card = card ? card : &home->body->card[index];
		status = card ? evaluate_model(bind, home, model) : status;
		model->state = status == TS_OK ? ELAB_DONE : ELAB_FAILED;
		if (elab_fatal(status))
			return status;
	}
	if (model->state != ELAB_DONE)
		return TS_NETLIST; /* reported when it was first used */
	TS_TRY(check_letter(bind, model));
	bind->model = model;
	bind->type = model->type;
	return TS_OK;
}
