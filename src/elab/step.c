/* SPDX-License-Identifier: Apache-2.0
 * Points at which a deck is run again: .step cards (the first is the innermost loop), a .temp of several temperatures
 * around them, SWEEP on the card of an analysis; and .alter blocks, each of which makes another deck.
 */
#include <stdio.h>
#include <string.h>

#include "elab/build.h"

enum { MAX_STEPS = 1000000 };

static ts_status add_axis(elab_builder *b, const elab_axis *axis)
{
	elab_axis *slot = elab_list_add(&b->step_axis, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = *axis;
	return TS_OK;
}

ts_status elab_card_step(elab_builder *b, const net_card *card)
{
	elab_axis axis;
	int at = 0;
	TS_TRY(elab_field_known(b, card, "data"));
	if (elab_field_find(card, "data"))
		TS_TRY(elab_read_data(b, card, &axis));
	else
		TS_TRY(elab_read_axis(b, card, &at, &axis));
	if (at < card->n_word) {
		diag_add(b->diag, E0315, card->word[at].span, ".step: '%s' does not belong here", card->word[at].text);
		return TS_NETLIST;
	}
	return add_axis(b, &axis);
}

/* The last .temp counts, so a list before it is none. */
static ts_status temperatures(elab_builder *b, elab_axis *axis)
{
	const net_card *last = NULL;
	for (int i = 0; i < b->top.n_card; i++)
		if (b->top.card[i].kind == NET_DOT && strcmp(b->top.card[i].name, ".temp") == 0)
			last = &b->top.card[i];
	axis->n_target = 0;
	if (!last || last->n_word < 2)
		return TS_OK;
	double *value = arena_array(b->arena, (size_t)last->n_word, sizeof *value);
	elab_target *target = arena_alloc(b->arena, sizeof *target);
	if (!value || !target)
		return TS_NOMEM;
	for (int i = 0; i < last->n_word; i++)
		TS_TRY(elab_field_word(b, last, &last->word[i], &value[i]));
	*target = (elab_target){ELAB_TEMPERATURE, "temp", NULL, "temp", "degC", last->span};
	*axis = (elab_axis){
	    .instance = -1, .param = -1, .n_target = 1, .target = target, .n = (size_t)last->n_word, .value = value};
	return TS_OK;
}

/* A target against those of the steps around it. */
static ts_status check_against(elab_builder *b, const elab_target *target, const elab_steps *around)
{
	for (int k = 0; k < around->n_target; k++)
		if (elab_same_target(target, &around->target[k])) {
			diag_add(b->diag, E0312, target->span, "'%s' is moved twice", target->label);
			diag_note(b->diag, around->target[k].span, "the first time");
			return TS_NETLIST;
		}
	return TS_OK;
}

static ts_status check_twice(elab_builder *b, const elab_target *target, int n)
{
	for (int i = 0; i < n; i++)
		TS_TRY(check_against(b, &target[i], &(elab_steps){.n_target = i, .target = target}));
	return TS_OK;
}

ts_status elab_axis_product(elab_builder *b, const elab_axis *axis, int n, elab_steps *steps)
{
	double points = 1;
	int n_target = 0;
	*steps = (elab_steps){0};
	for (int i = 0; i < n; i++) {
		points *= (double)axis[i].n;
		n_target += axis[i].n_target;
	}
	if (n == 0)
		return TS_OK;
	if (points > MAX_STEPS) {
		diag_add(b->diag, E0305, axis[n - 1].target[0].span, "%.3g steps: at most %d", points, MAX_STEPS);
		return TS_NETLIST;
	}
	elab_target *target = arena_array(b->arena, (size_t)n_target, sizeof *target);
	double *value = arena_array(b->arena, (size_t)n_target * (size_t)points, sizeof *value);
	if (!target || !value)
		return TS_NOMEM;
	for (size_t point = 0; point < (size_t)points; point++) {
		size_t rest = point;
		int column = 0;
		for (int i = 0; i < n; i++) {
			const size_t k = rest % axis[i].n;
			rest /= axis[i].n;
			for (int t = 0; t < axis[i].n_target; t++, column++) {
				target[column] = axis[i].target[t];
				value[point * (size_t)n_target + (size_t)column] = elab_axis_value(&axis[i], k, t);
			}
		}
	}
	*steps = (elab_steps){n_target, (int)points, target, value, axis[0].target[0].span};
	return check_twice(b, target, n_target);
}

ts_status elab_make_steps(elab_builder *b)
{
	elab_axis list;
	TS_TRY(temperatures(b, &list));
	if (list.n_target > 0)
		TS_TRY(add_axis(b, &list));
	elab_steps *steps = &b->circuit->steps;
	TS_TRY(elab_axis_product(b, b->step_axis.item, b->step_axis.n, steps));
	const sim_request *request = b->request.item;
	for (int i = 0; i < b->request.n; i++)
		for (int k = 0; k < request[i].sweep.n_target; k++)
			TS_TRY(check_against(b, &request[i].sweep.target[k], steps));
	return TS_OK;
}

ts_status elab_read_sweep(elab_builder *b, net_card *card, elab_steps *sweep)
{
	int at = 0;
	elab_axis axis;
	*sweep = (elab_steps){0};
	while (at < card->n_word && strcmp(card->word[at].text, "sweep") != 0)
		at++;
	const int words = at, has_data = elab_field_find(card, "data") != NULL;
	if (b->options.sweep_known) {
		card->n_word = words;
		return TS_OK;
	}
	if (at == card->n_word) {
		if (!has_data)
			return TS_OK;
		diag_add(b->diag, E0315, card->span, "%s: DATA= stands behind SWEEP", card->name);
		return TS_NETLIST;
	}
	at++;
	if (has_data)
		TS_TRY(elab_read_data(b, card, &axis));
	else
		TS_TRY(elab_read_axis(b, card, &at, &axis));
	if (at < card->n_word) {
		diag_add(b->diag, E0315, card->word[at].span, "%s: '%s' does not belong here", card->name,
		         card->word[at].text);
		return TS_NETLIST;
	}
	card->n_word = words;
	return elab_axis_product(b, &axis, 1, sweep);
}

static int is_dot(const net_card *card, const char *name)
{
	return card->kind == NET_DOT && strcmp(card->name, name) == 0;
}

/* Cards of which a block replaces all that stand above it. */
static int replaces_kind(const net_card *card)
{
	static const char *const name[] = {".op",   ".dc",      ".tran", ".trannoise", ".jump", ".ac", ".noise", ".tf",
	                                   ".sens", ".nodeset", ".step", ".pbit",      ".temp", ".ic", ".expect"};
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (is_dot(card, name[i]))
			return 1;
	return 0;
}

static int is_measure(const net_card *card)
{
	return is_dot(card, ".measure") || is_dot(card, ".meas");
}

static int is_replaced(const net_card *old, const net_card *by)
{
	if (old->kind != by->kind)
		return 0;
	if (old->kind == NET_ELEMENT || old->kind == NET_MODEL || old->kind == NET_SUBCKT)
		return strcmp(old->name, by->name) == 0;
	if (is_measure(old) && is_measure(by)) /* KIND NAME */
		return old->n_word > 1 && by->n_word > 1 && strcmp(old->word[0].text, by->word[0].text) == 0 &&
		       strcmp(old->word[1].text, by->word[1].text) == 0;
	if (is_dot(old, ".data") && is_dot(by, ".data"))
		return old->n_word > 0 && by->n_word > 0 && strcmp(old->word[0].text, by->word[0].text) == 0;
	return old->kind == NET_DOT && replaces_kind(by) && strcmp(old->name, by->name) == 0;
}

/* The first card that is replaced makes room for the new one; others of its kind go. kept: cards before the block. */
static int apply_card(net_card *card, int n, int *kept, const net_card *by)
{
	const int is_kind = by->kind == NET_DOT;
	int to = 0, done = 0;
	for (int i = 0; i < n; i++) {
		const int replaced = i < *kept && is_replaced(&card[i], by);
		if (replaced && !is_kind && !done) {
			card[to++] = *by;
			done = 1;
		} else if (!replaced) {
			card[to++] = card[i];
		}
	}
	*kept -= is_kind ? n - to : 0;
	if (!done)
		card[to++] = *by;
	return to;
}

ts_status elab_apply_alter(elab_builder *b)
{
	const net_deck *deck = b->deck;
	net_card *card = arena_array(b->arena, (size_t)deck->n_card + 1, sizeof *card);
	if (!card)
		return TS_NOMEM;
	int n = 0, kept = 0, block = 0;
	for (int i = 0; i < deck->n_card; i++) {
		if (is_dot(&deck->card[i], ".alter")) {
			block++;
			kept = n;
		} else if (block == 0) {
			card[n++] = deck->card[i];
		} else if (block <= b->options.alter) {
			n = apply_card(card, n, &kept, &deck->card[i]);
		}
	}
	b->circuit->n_alter = block;
	b->top.card = card;
	b->top.n_card = n;
	return TS_OK;
}
