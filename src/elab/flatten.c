/* SPDX-License-Identifier: Apache-2.0
 * Expansion of X elements, depth first: each X makes a frame with its own parameters, ports and name prefix, and the
 * elements inside become instances with hierarchical names, "x1.x2.m3". Nodes are numbered in the order in which they
 * are first named; ground ("0", "gnd") and .global nodes keep their names inside subcircuits.
 *
 * The product of the m= of the X elements around an element multiplies the element's own m. A subcircuit that declares
 * a parameter of its own called m gets it as an ordinary parameter instead.
 */
#include <string.h>

#include "base/alloc.h"
#include "elab/build.h"

const char *elab_full_name(elab_builder *b, const elab_frame *frame, const char *name)
{
	return arena_printf(b->arena, "%s%s", frame->prefix, name);
}

static int is_ground(const char *name)
{
	return strcmp(name, "0") == 0 || strcmp(name, "gnd") == 0;
}

static ts_status number_of(elab_builder *b, const char *full, src_span span, int *number)
{
	*number = name_map_get(b->node_map, full);
	if (*number >= 0)
		return TS_OK;
	*number = b->node.n;
	elab_node *node = elab_list_add(&b->node, sizeof *node);
	if (!node)
		return TS_NOMEM;
	*node = (elab_node){.name = arena_strdup(b->arena, full), .span = span};
	return node->name ? name_map_put(b->node_map, full, *number) : TS_NOMEM;
}

ts_status elab_node_number(elab_builder *b, const elab_frame *frame, const char *name, src_span span, int *node)
{
	*node = 0;
	if (is_ground(name))
		return TS_OK;
	const net_card *subckt = frame->body->subckt;
	for (int i = 0; subckt && i < subckt->n_word; i++)
		if (strcmp(subckt->word[i].text, name) == 0) {
			*node = frame->port[i];
			return TS_OK;
		}
	if (!subckt || name_map_get(b->global_map, name) >= 0)
		return number_of(b, name, span, node);
	const char *full = elab_full_name(b, frame, name);
	return full ? number_of(b, full, span, node) : TS_NOMEM;
}

/* "a in b in a", the bodies around a recursive X, innermost last */
static ts_status check_recursion(elab_builder *b, const elab_frame *frame, const net_card *x, const elab_body *body)
{
	if (frame->depth >= ELAB_MAX_NESTING) {
		diag_add_origin(b->diag, E0308, x->span, frame->origin, "subcircuits nested more than %d deep",
		                ELAB_MAX_NESTING);
		return TS_NETLIST;
	}
	for (const elab_frame *f = frame; f; f = f->caller)
		if (f->body == body) {
			diag_add_origin(b->diag, E0308, x->span, frame->origin, "subcircuit '%s' contains itself",
			                body->subckt->name);
			diag_note(b->diag, body->subckt->name_span, "'%s' is defined", body->subckt->name);
			return TS_NETLIST;
		}
	return TS_OK;
}

static void report_no_subckt(elab_builder *b, const elab_frame *frame, const net_card *x, const net_word *name)
{
	const diag_origin *origin = frame->origin;
	elab_nearest nearest = {.want = name->text};
	for (const elab_frame *f = frame; f; f = f->lexical)
		for (int i = 0; i < f->body->n_child; i++)
			if (f->body->child[i].subckt)
				elab_nearest_try(&nearest, f->body->child[i].subckt->name);
	char hint[ELAB_HINT];
	diag_add_origin(b->diag, E0306, name->span, origin, "unknown subcircuit '%s' in '%s'%s", name->text, x->name,
	                elab_nearest_hint(&nearest, hint));
}

static ts_status check_port_count(elab_builder *b, const elab_frame *frame, const net_card *x, const net_card *subckt)
{
	if (x->n_word - 1 == subckt->n_word)
		return TS_OK;
	diag_add_origin(b->diag, E0307, x->span, frame->origin,
	                "'%s' connects %d node%s, subcircuit '%s' has %d port%s", x->name, x->n_word - 1,
	                x->n_word == 2 ? "" : "s", subckt->name, subckt->n_word, subckt->n_word == 1 ? "" : "s");
	diag_note(b->diag, subckt->span, "'%s' is defined", subckt->name);
	return TS_NETLIST;
}

static ts_status connect_ports(elab_builder *b, const elab_frame *caller, const net_card *x, int *port)
{
	for (int i = 0; i < x->n_word - 1; i++)
		TS_TRY(elab_node_number(b, caller, x->word[i].text, x->word[i].span, &port[i]));
	return TS_OK;
}

/* Values on the X line replace the subcircuit's; they belong to the scope of the X line. */
static ts_status override(elab_builder *b, elab_frame *frame, const elab_frame *caller, const net_card *x)
{
	ts_status worst = TS_OK;
	for (int i = 0; i < x->n_param; i++) {
		const net_param *param = &x->param[i];
		elab_symbol *symbol = elab_scope_own(&frame->scope, param->name);
		if (symbol && !symbol->formal) {
			symbol->expr = param->value;
			symbol->text = param->text;
			symbol->span = param->span;
			symbol->where = &caller->scope;
			continue;
		}
		double m = 1;
		ts_status status = TS_NETLIST;
		if (strcmp(param->name, "m") == 0) {
			status = elab_param_value(&b->eval, &caller->scope, param, &m);
			if (status == TS_OK && !(m > 0)) {
				diag_add_origin(b->diag, E0305, param->value_span, caller->origin,
				                "m = %g must be positive", m);
				status = TS_NETLIST;
			}
			frame->m *= m;
		} else {
			elab_nearest nearest = {.want = param->name};
			char hint[ELAB_HINT];
			for (int k = 0; k < frame->scope.n; k++)
				elab_nearest_try(&nearest, frame->scope.symbol[k].name);
			diag_add_origin(b->diag, E0303, param->span, caller->origin,
			                "subcircuit '%s' has no parameter '%s'%s", frame->body->subckt->name,
			                param->name, elab_nearest_hint(&nearest, hint));
			diag_note(b->diag, frame->body->subckt->span, "'%s' is defined", frame->body->subckt->name);
		}
		worst = status != TS_OK ? status : worst;
	}
	return worst;
}

static ts_status make_scope(elab_builder *b, elab_frame *frame, const elab_frame *caller, const net_card *x)
{
	elab_body *body = frame->body;
	frame->scope.symbol = alloc_array((size_t)body->n_param, sizeof *frame->scope.symbol);
	if (!frame->scope.symbol)
		return TS_NOMEM;
	elab_scope_add(&frame->scope, body->subckt->param, body->subckt->n_param);
	for (int i = 0; i < body->n_card; i++)
		if (body->card[i].kind == NET_PARAM)
			elab_scope_add(&frame->scope, body->card[i].param, body->card[i].n_param);
	elab_scope_sort(&frame->scope);
	const ts_status status = override(b, frame, caller, x);
	if (elab_fatal(status))
		return status;
	const int before = diag_count(b->diag, DIAG_ERROR);
	elab_scope_check(&b->eval, &frame->scope);
	const int wrong = diag_count(b->diag, DIAG_ERROR) > before;
	body->broken |= wrong && x->n_param == 0; /* else the values on the X line may be the cause */
	return wrong ? TS_NETLIST : status;
}

/* A name that is taken gives a message with both places. */
static ts_status claim_name(elab_builder *b, const elab_frame *caller, const net_card *x, const char *full)
{
	const int taken = name_map_get(b->expansion_map, full);
	if (taken >= 0) {
		const src_span *first = b->expansion.item;
		diag_add_origin(b->diag, E0312, x->name_span, caller->origin, "there are two instances '%s'", full);
		diag_note(b->diag, first[taken], "the first");
		return TS_NETLIST;
	}
	const int number = b->expansion.n;
	src_span *span = elab_list_add(&b->expansion, sizeof *span);
	if (!span)
		return TS_NOMEM;
	*span = x->name_span;
	return name_map_put(b->expansion_map, full, number);
}

static ts_status fill_frame(elab_builder *b, elab_frame *frame, elab_frame *caller, const net_card *x)
{
	const char *full = elab_full_name(b, caller, x->name);
	diag_origin *origin = arena_alloc(b->arena, sizeof *origin);
	int *port = arena_array(b->arena, (size_t)x->n_word, sizeof *port);
	if (!full || !origin || !port)
		return TS_NOMEM;
	TS_TRY(claim_name(b, caller, x, full));
	TS_TRY(connect_ports(b, caller, x, port));
	*origin = (diag_origin){.name = full, .span = x->span, .parent = caller->origin};
	frame->caller = caller;
	frame->prefix = arena_printf(b->arena, "%s.", full);
	frame->origin = origin;
	frame->port = port;
	frame->m = caller->m;
	frame->depth = caller->depth + 1;
	frame->scope = (elab_scope){.parent = &caller->scope, .origin = origin};
	return frame->prefix ? make_scope(b, frame, caller, x) : TS_NOMEM;
}

static void free_frame(elab_frame *frame)
{
	for (int i = 0; frame->model && i < frame->body->n_card; i++)
		alloc_free(frame->model[i].param);
	alloc_free(frame->model);
	alloc_free(frame->scope.symbol);
}

static ts_status expand(elab_builder *b, elab_frame *caller, const net_card *x)
{
	if (x->n_word == 0) {
		diag_add_origin(b->diag, E0315, x->span, caller->origin, "'%s' names no subcircuit", x->name);
		return TS_NETLIST;
	}
	elab_frame frame = {0};
	const net_word *name = &x->word[x->n_word - 1];
	frame.body = elab_find_subckt(caller, name->text, &frame.lexical);
	if (!frame.body) {
		report_no_subckt(b, caller, x, name);
		return TS_NETLIST;
	}
	TS_TRY(check_port_count(b, caller, x, frame.body->subckt));
	TS_TRY(check_recursion(b, caller, x, frame.body));
	if (frame.body->broken)
		return TS_NETLIST;
	ts_status status = fill_frame(b, &frame, caller, x);
	const int before = diag_count(b->diag, DIAG_ERROR);
	if (status == TS_OK)
		status = elab_flatten(b, &frame);
	frame.body->broken |= diag_count(b->diag, DIAG_ERROR) > before;
	free_frame(&frame);
	return status;
}

static ts_status flatten_card(elab_builder *b, elab_frame *frame, const net_card *card)
{
	if (card->kind == NET_DOT && frame->caller) {
		diag_add_origin(b->diag, E0311, card->span, frame->origin,
		                "%s inside a .subckt is not in this version: write it at the top level", card->name);
		return TS_NETLIST;
	}
	if (card->kind != NET_ELEMENT)
		return TS_OK;
	if (card->name[0] != 'x')
		return elab_bind_element(b, frame, card);
	const ts_status status = expand(b, frame, card);
	b->incomplete |= status != TS_OK;
	return status;
}

static int is_trap(const net_card *card)
{
	return card->kind == NET_ELEMENT && card->name[0] == 'y';
}

/* The traps of a body, or all other cards of it. */
static ts_status flatten_cards(elab_builder *b, elab_frame *frame, int traps)
{
	elab_condition condition = {0};
	for (int i = 0; i < frame->body->n_card; i++) {
		const net_card *card = &frame->body->card[i];
		int skip;
		ts_status status = elab_condition_step(b, frame, card, &condition, &skip);
		if (!skip && is_trap(card) == traps)
			status = flatten_card(b, frame, card);
		if (elab_fatal(status))
			return status;
		if (status != TS_OK && diag_count(b->diag, DIAG_ERROR) - b->errors_before >= ELAB_MAX_ERRORS)
			return TS_USAGE; /* enough has been said; elab_build makes TS_NETLIST of it */
	}
	return TS_OK;
}

/* Traps name transistors, which may stand behind them or inside an X element. */
ts_status elab_flatten(elab_builder *b, elab_frame *frame)
{
	int n_trap = 0;
	for (int i = 0; i < frame->body->n_card; i++)
		n_trap += is_trap(&frame->body->card[i]);
	TS_TRY(flatten_cards(b, frame, 0));
	return n_trap > 0 ? flatten_cards(b, frame, 1) : TS_OK;
}
