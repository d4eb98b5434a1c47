/* SPDX-License-Identifier: Apache-2.0
 * What must be known before elements are bound: the deck's parameters with --set, the temperature (.temp, .options
 * temp; the last one counts), .options, .global nodes, and the first transient's step and end, from which waveforms
 * take their defaults.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/phys.h"
#include "elab/build.h"

static int is_options(const char *name)
{
	return strcmp(name, ".options") == 0 || strcmp(name, ".option") == 0 || strcmp(name, ".opt") == 0;
}

static int is_card(const net_card *card, const char *name)
{
	return card->kind == NET_DOT && strcmp(card->name, name) == 0;
}

static void apply_set(elab_builder *b)
{
	const elab_override *set = b->options.set;
	for (int i = 0; i < b->options.n_set; i++) {
		elab_symbol *symbol = elab_scope_own(&b->frame.scope, set[i].name);
		if (symbol && !symbol->formal) {
			symbol->value = set[i].value;
			symbol->state = ELAB_DONE;
			continue;
		}
		elab_nearest nearest = {.want = set[i].name};
		char hint[ELAB_HINT];
		for (int k = 0; k < b->frame.scope.n; k++)
			elab_nearest_try(&nearest, b->frame.scope.symbol[k].name);
		diag_add(b->diag, E0303, SRC_NOWHERE,
		         "--set %s: the deck has no .param of that name at its top level%s", set[i].name,
		         elab_nearest_hint(&nearest, hint));
	}
}

static ts_status make_deck_scope(elab_builder *b)
{
	elab_scope *scope = &b->frame.scope;
	scope->symbol = alloc_array((size_t)b->top.n_param, sizeof *scope->symbol);
	if (!scope->symbol)
		return TS_NOMEM;
	for (int i = 0; i < b->top.n_card; i++)
		if (b->top.card[i].kind == NET_PARAM)
			elab_scope_add(scope, b->top.card[i].param, b->top.card[i].n_param);
	elab_scope_sort(scope);
	apply_set(b);
	return elab_apply_params(b);
}

static ts_status temperature_card(elab_builder *b, const net_card *card)
{
	double celsius; /* of several temperatures the first is the nominal one; step.c has them all */
	net_card first = *card;
	first.n_word = card->n_word > 1 ? 1 : card->n_word;
	const elab_numbers numbers = {0, 1, 1, &celsius, "temperatures in Celsius"};
	TS_TRY(elab_field_numbers(b, &first, &numbers));
	TS_TRY(elab_field_known(b, card, ""));
	return elab_kelvin(b, NULL, card->word[0].span, celsius, &b->circuit->temperature);
}

static ts_status find_temperature(elab_builder *b)
{
	for (int i = 0; i < b->top.n_card; i++) {
		const net_card *card = &b->top.card[i];
		ts_status status = TS_OK;
		if (is_card(card, ".temp")) {
			status = temperature_card(b, card);
		} else if (card->kind == NET_DOT && is_options(card->name)) {
			const net_param *temp = elab_field_find(card, "temp");
			double celsius = 0;
			status = temp ? elab_param_value(&b->eval, &b->frame.scope, temp, &celsius) : TS_OK;
			if (temp && status == TS_OK)
				status = elab_kelvin(b, NULL, temp->value_span, celsius, &b->circuit->temperature);
		}
		if (elab_fatal(status))
			return status;
	}
	TS_TRY(elab_apply_temperature(b));
	b->eval.celsius = b->circuit->temperature - PHYS_ZERO_C;
	b->eval.celsius_known = 1;
	return TS_OK;
}

/* The options as elab/option.def has them; those of .options temp= and of whole numbers stay with the builder. */
typedef struct option {
	const char *name;
	double fallback, low, high;
	double *value;
} option;

enum {
	N_OPTION = 0
#define OPTION(name, field, fallback, low, high, unit, text) +1
#include "elab/option.def"
#undef OPTION
};

static void list_options(elab_builder *b, option out[N_OPTION])
{
	elab_circuit *c = b->circuit;
	const option table[N_OPTION] = {
#define OPTION(name, field, fallback, low, high, unit, text) {name, fallback, low, high, &(field)},
#include "elab/option.def"
#undef OPTION
	};
	memcpy(out, table, sizeof table);
}

void elab_default_options(elab_builder *b)
{
	option table[N_OPTION];
	list_options(b, table);
	for (int i = 0; i < N_OPTION; i++)
		*table[i].value = table[i].fallback;
	b->circuit->temperature = PHYS_ZERO_C + b->celsius;
}

int elab_option_entry(int i, elab_entry *entry)
{
	static const struct {
		const char *name;
		double fallback;
		const char *unit, *text;
	} table[N_OPTION] = {
#define OPTION(name, field, fallback, low, high, unit, text) {name, fallback, unit, text},
#include "elab/option.def"
#undef OPTION
	};
	if (i >= N_OPTION)
		return 0;
	if (isnan(table[i].fallback))
		snprintf(entry->form, sizeof entry->form, "%s", table[i].name);
	else
		snprintf(entry->form, sizeof entry->form, "%s=%g%s%s", table[i].name, table[i].fallback,
		         *table[i].unit ? " " : "", table[i].unit);
	entry->text = table[i].text;
	return 1;
}

static ts_status set_option(elab_builder *b, const net_param *param)
{
	option table[N_OPTION];
	list_options(b, table);
	for (int i = 0; i < N_OPTION; i++) {
		if (strcmp(table[i].name, param->name) != 0)
			continue;
		const net_card card = {.name = ".options", .n_param = 1, .param = param};
		const elab_quantity quantity = {param->name, table[i].low, table[i].high, 0};
		return elab_field_value(b, &card, quantity, table[i].value);
	}
	diag_add(b->diag, W0301, param->span, "unknown option '%s' has no effect", param->name);
	return TS_OK;
}

static ts_status options_card(elab_builder *b, const net_card *card)
{
	if (card->n_word > 0 && strcmp(card->word[0].text, "parser") == 0)
		return TS_OK; /* for the parser of another simulator */
	for (int i = 0; i < card->n_word; i++)
		if (strcmp(card->word[i].text, "savecurrents") == 0)
			b->save_currents = 1;
		else
			diag_add(b->diag, W0301, card->word[i].span, "unknown option '%s' has no effect",
			         card->word[i].text);
	for (int i = 0; i < card->n_param; i++) {
		if (strcmp(card->param[i].name, "temp") == 0)
			continue;
		const ts_status status = set_option(b, &card->param[i]);
		if (elab_fatal(status))
			return status;
	}
	return TS_OK;
}

static ts_status global_card(elab_builder *b, const net_card *card)
{
	for (int i = 0; i < card->n_word; i++)
		TS_TRY(name_map_put(b->global_map, card->word[i].text, i));
	return TS_OK;
}

/* Only the numbers: mistakes are reported when the card itself is read. */
static void find_transient(elab_builder *b)
{
	elab_eval quiet = b->eval;
	quiet.diag = NULL;
	double *const out[2] = {&b->tstep, &b->tstop};
	for (int i = 0; i < b->top.n_card; i++) {
		const net_card *card = &b->top.card[i];
		if (!is_card(card, ".tran") && !is_card(card, ".trannoise"))
			continue;
		for (int k = 0; k < 2 && k < card->n_word; k++)
			if (!card->word[k].expr ||
			    elab_value(&quiet, &b->frame.scope, card->word[k].expr, out[k]) != TS_OK)
				*out[k] = (double)NAN;
		return;
	}
}

ts_status elab_setup_cards(elab_builder *b)
{
	TS_TRY(make_deck_scope(b));
	TS_TRY(find_temperature(b));
	elab_scope_check(&b->eval, &b->frame.scope);
	for (int i = 0; i < b->top.n_card; i++) {
		const net_card *card = &b->top.card[i];
		ts_status status = TS_OK;
		if (card->kind == NET_DOT && is_options(card->name))
			status = options_card(b, card);
		else if (is_card(card, ".global"))
			status = global_card(b, card);
		if (elab_fatal(status))
			return status;
	}
	b->circuit->itl = (int)b->itl;
	b->circuit->nfreqs = (int)b->nfreqs;
	find_transient(b);
	return TS_OK;
}
