/* SPDX-License-Identifier: Apache-2.0
 * Definitions: which .model and .subckt cards a body holds, and where a name used in it is defined. A name is looked
 * for in the body, then in the body around its .subckt, up to the deck.
 */
#include <string.h>

#include "base/alloc.h"
#include "elab/build.h"
#include "net/parser.h"

static ts_status count_children(elab_body *body)
{
	body->model = name_map_create();
	body->sub = name_map_create();
	body->used = alloc_array((size_t)body->n_card, sizeof *body->used);
	if (!body->model || !body->sub || !body->used)
		return TS_NOMEM;
	body->n_param = body->subckt ? body->subckt->n_param : 0;
	for (int i = 0; i < body->n_card; i++) {
		body->n_child += body->card[i].kind == NET_SUBCKT;
		body->n_param += body->card[i].kind == NET_PARAM ? body->card[i].n_param : 0;
	}
	if (body->n_child == 0)
		return TS_OK;
	body->child = alloc_array((size_t)body->n_child, sizeof *body->child);
	return body->child ? TS_OK : TS_NOMEM;
}

static ts_status define(elab_builder *b, name_map *map, const net_card *card, int value, const net_card *first)
{
	if (first) {
		diag_add(b->diag, E0312, card->name_span, "%s '%s' is defined twice",
		         card->kind == NET_MODEL ? "model" : "subcircuit", card->name);
		diag_note(b->diag, first->name_span, "first defined");
		return TS_NETLIST;
	}
	return name_map_put(map, card->name, value);
}

static ts_status check_ports(elab_builder *b, const net_card *card)
{
	ts_status status = TS_OK;
	for (int i = 0; i < card->n_word; i++) {
		const char *name = card->word[i].text;
		if (strcmp(name, "0") == 0 || strcmp(name, "gnd") == 0) {
			diag_add(b->diag, E0307, card->word[i].span, "ground cannot be a port of subcircuit '%s'",
			         card->name);
			status = TS_NETLIST;
		}
		for (int j = 0; j < i; j++)
			if (strcmp(card->word[j].text, name) == 0) {
				diag_add(b->diag, E0312, card->word[i].span, "port '%s' is named twice", name);
				status = TS_NETLIST;
			}
	}
	return status;
}

static ts_status add_child(elab_builder *b, elab_body *body, int i, int child, int depth)
{
	const net_card *card = &body->card[i];
	const int known = name_map_get(body->sub, card->name);
	const ts_status status = define(b, body->sub, card, child, known < 0 ? NULL : body->child[known].subckt);
	body->child[child] = (elab_body){.card = card->body, .n_card = card->n_body, .subckt = card, .parent = body};
	if (status != TS_OK)
		return status;
	const ts_status ports = check_ports(b, card);
	const ts_status inside = elab_body_index(b, &body->child[child], depth + 1);
	return inside != TS_OK ? inside : ports;
}

ts_status elab_body_index(elab_builder *b, elab_body *body, int depth)
{
	if (depth > ELAB_MAX_NESTING) {
		diag_add(b->diag, E0308, body->subckt->span, ".subckt nested more than %d deep", ELAB_MAX_NESTING);
		return TS_NETLIST;
	}
	TS_TRY(count_children(body));
	ts_status worst = elab_condition_check(b, body);
	for (int i = 0, child = 0; i < body->n_card; i++) {
		const net_card *card = &body->card[i];
		ts_status status = TS_OK;
		if (card->kind == NET_MODEL) {
			const int known = name_map_get(body->model, card->name);
			status = define(b, body->model, card, i, known < 0 ? NULL : &body->card[known]);
			status = status == TS_OK ? elab_bin_add(body, i) : status;
		} else if (card->kind == NET_SUBCKT) {
			status = add_child(b, body, i, child++, depth);
		}
		if (elab_fatal(status))
			return status;
		worst = status != TS_OK ? status : worst;
	}
	return worst;
}

void elab_body_free(elab_body *body)
{
	name_map_destroy(body->model);
	name_map_destroy(body->sub);
	name_map_destroy(body->binned);
	alloc_free(body->bin.item);
	alloc_free(body->full);
	alloc_free(body->used);
	for (int i = 0; body->child && i < body->n_child; i++)
		elab_body_free(&body->child[i]);
	alloc_free(body->child);
}

static elab_body *sub_of(elab_body *body, const net_card *x)
{
	for (; x->n_word > 0 && body; body = body->parent) {
		const int child = body->sub ? name_map_get(body->sub, x->word[x->n_word - 1].text) : -1;
		if (child >= 0)
			return &body->child[child];
	}
	return NULL;
}

/* Sizes multiply with depth, so they are counted once per body. What contains itself is reported by the expansion. */
static double size_of(elab_body *body, int depth)
{
	if (body->state == ELAB_DONE)
		return body->size;
	if (body->state == ELAB_BUSY || depth > ELAB_MAX_NESTING)
		return 0;
	body->state = ELAB_BUSY;
	double size = 0;
	for (int i = 0; i < body->n_card; i++) {
		const net_card *card = &body->card[i];
		size += card->kind == NET_ELEMENT;
		elab_body *sub = card->kind == NET_ELEMENT && card->name[0] == 'x' ? sub_of(body, card) : NULL;
		size += sub ? size_of(sub, depth + 1) : 0;
	}
	body->state = ELAB_DONE;
	return body->size = size;
}

ts_status elab_body_limit(elab_builder *b)
{
	if (size_of(&b->top, 0) <= ELAB_MAX_INSTANCE)
		return TS_OK;
	const net_card *largest = &b->top.card[0];
	double most = -1;
	for (int i = 0; i < b->top.n_card; i++) {
		const net_card *card = &b->top.card[i];
		elab_body *sub = card->kind == NET_ELEMENT && card->name[0] == 'x' ? sub_of(&b->top, card) : NULL;
		if (sub && sub->size > most) {
			most = sub->size;
			largest = card;
		}
	}
	diag_add(b->diag, E0313, largest->span, "the deck expands to %.3g instances, of which '%s' is %.3g; at most %d",
	         b->top.size, largest->name, most, ELAB_MAX_INSTANCE);
	return TS_NETLIST;
}

/* Does any device answer to this type of model card? */
int elab_is_model_type(const char *type)
{
	const size_t n = strlen(type);
	for (int i = 0; i < DEV_N_TYPE; i++)
		for (const char *word = dev_registry[i]->model; word && *word; word += strspn(word, " ")) {
			const size_t size = strcspn(word, " ");
			if (size == n && strncmp(word, type, n) == 0)
				return 1;
			word += size;
		}
	return 0;
}

void elab_body_unused(elab_builder *b, const elab_body *body)
{
	for (int i = 0; body->used && i < body->n_card; i++) {
		const net_card *card = &body->card[i];
		if (card->kind == NET_MODEL && !card->is_head && !body->used[i] && !elab_is_model_type(card->type))
			diag_add(
			    b->diag, W0303, card->name_span,
			    "model '%s' has no effect: no device here has the type %s, and nothing in use names it",
			    card->name, card->type);
	}
	for (int i = 0; body->child && i < body->n_child; i++)
		elab_body_unused(b, &body->child[i]);
}

elab_body *elab_find_subckt(elab_frame *frame, const char *name, elab_frame **defined_in)
{
	for (; frame; frame = frame->lexical) {
		const int child = frame->body->sub ? name_map_get(frame->body->sub, name) : -1;
		if (child >= 0) {
			*defined_in = frame;
			return &frame->body->child[child];
		}
	}
	return NULL;
}

static const net_card no_card;

const net_card *elab_full_card(elab_builder *b, elab_body *body, int i, ts_status *status)
{
	const net_card *card = &body->card[i];
	*status = TS_OK;
	if (!card->is_head)
		return card;
	if (!body->full)
		body->full = alloc_array((size_t)body->n_card, sizeof *body->full);
	if (!body->full) {
		*status = TS_NOMEM;
		return NULL;
	}
	if (!body->full[i]) {
		*status = net_card_load(b->deck, card, NULL, b->diag, &body->full[i]);
		if (*status != TS_OK)
			body->full[i] = &no_card;
	}
	if (body->full[i] != &no_card)
		return body->full[i];
	*status = *status == TS_OK ? TS_NETLIST : *status;
	return NULL;
}

int elab_own_model(const elab_body *body, const char *name)
{
	return body->model ? name_map_get(body->model, name) : -1;
}

const net_card *elab_find_model(elab_frame *frame, const char *name, elab_frame **defined_in, int *index)
{
	for (; frame; frame = frame->lexical) {
		*index = elab_own_model(frame->body, name);
		if (*index >= 0) {
			*defined_in = frame;
			frame->body->used[*index] = 1;
			return &frame->body->card[*index];
		}
	}
	return NULL;
}
