/* SPDX-License-Identifier: Apache-2.0
 * elab_build: definitions, parameters and options, expansion, requests; then everything moves into the circuit's arena.
 * Look-up by name uses indices sorted once at the end.
 */
#include "elab/circuit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/phys.h"
#include "elab/build.h"

void *elab_list_add(elab_list *list, size_t size)
{
	if (list->n == list->room) {
		const int room = list->room ? 2 * list->room : 16;
		void *item = alloc_resize(list->item, (size_t)list->room * size, (size_t)room * size);
		if (!item)
			return NULL;
		list->item = item;
		list->room = room;
	}
	return (char *)list->item + (size_t)list->n++ * size;
}

void *elab_list_keep(elab_list *list, size_t size, arena *a)
{
	void *kept = arena_array(a, (size_t)list->n, size);
	if (kept && list->n > 0)
		memcpy(kept, list->item, (size_t)list->n * size);
	alloc_free(list->item);
	*list = (elab_list){0};
	return kept;
}

static elab_circuit *make_circuit(const net_deck *deck, const src_map *sources)
{
	arena *a = arena_create();
	elab_circuit *c = a ? arena_alloc(a, sizeof *c) : NULL;
	if (!c) {
		arena_destroy(a);
		return NULL;
	}
	*c = (elab_circuit){.arena = a, .sources = sources, .title = arena_strdup(a, deck->title ? deck->title : "")};
	return c;
}

static ts_status start(elab_builder *b)
{
	TS_TRY(elab_apply_alter(b));
	b->frame = (elab_frame){.body = &b->top, .prefix = "", .m = 1};
	elab_default_options(b);
	b->tstep = b->tstop = (double)NAN;
	b->eval.diag = b->diag;
	b->errors_before = diag_count(b->diag, DIAG_ERROR);
	b->node_map = name_map_create();
	b->instance_map = name_map_create();
	b->expansion_map = name_map_create();
	b->global_map = name_map_create();
	b->save_map = name_map_create();
	if (!b->node_map || !b->instance_map || !b->expansion_map || !b->global_map || !b->save_map ||
	    !b->circuit->title)
		return TS_NOMEM;
	elab_node *ground = elab_list_add(&b->node, sizeof *ground);
	if (!ground)
		return TS_NOMEM;
	*ground = (elab_node){.name = "0", .span = SRC_NOWHERE};
	return name_map_put(b->node_map, "0", 0);
}

static ts_status elaborate(elab_builder *b)
{
	const ts_status index = elab_body_index(b, &b->top, 0);
	if (elab_fatal(index))
		return index;
	TS_TRY(elab_body_limit(b));
	TS_TRY(elab_setup_cards(b));
	const ts_status flat = elab_flatten(b, &b->frame);
	if (flat == TS_USAGE)
		return TS_NETLIST; /* given up: too many errors */
	TS_TRY(flat);
	const ts_status controls = elab_find_controls(b);
	if (elab_fatal(controls))
		return controls;
	if (diag_count(b->diag, DIAG_ERROR) == b->errors_before)
		elab_body_unused(b, &b->top);
	TS_TRY(elab_check_changes(b));
	TS_TRY(elab_other_cards(b));
	return b->options.n_change > 0 || b->options.circuit_only ? TS_OK : elab_make_steps(b);
}

/* qsort has no context argument: names travel with the indices. */
typedef struct named_index {
	const char *name;
	int index;
} named_index;

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const named_index *)a)->name, ((const named_index *)b)->name);
}

static const int *sort_names(arena *a, named_index *table, int n)
{
	int *order = arena_array(a, (size_t)n, sizeof *order);
	if (!order)
		return NULL;
	if (n > 0)
		qsort(table, (size_t)n, sizeof *table, compare_names);
	for (int i = 0; i < n; i++)
		order[i] = table[i].index;
	return order;
}

static ts_status make_indices(elab_circuit *c)
{
	const int most = c->n_node > c->n_instance ? c->n_node : c->n_instance;
	named_index *table = alloc_array((size_t)most, sizeof *table);
	if (!table)
		return TS_NOMEM;
	for (int i = 0; i < c->n_node; i++)
		table[i] = (named_index){c->node[i].name, i};
	c->node_by_name = sort_names(c->arena, table, c->n_node);
	for (int i = 0; i < c->n_instance; i++)
		table[i] = (named_index){c->instance[i].name, i};
	c->instance_by_name = sort_names(c->arena, table, c->n_instance);
	alloc_free(table);
	return c->node_by_name && c->instance_by_name ? TS_OK : TS_NOMEM;
}

static ts_status keep(elab_builder *b)
{
	elab_circuit *c = b->circuit;
	c->save_all = b->save_all || !b->has_save;
	c->n_node = b->node.n;
	c->n_instance = b->instance.n;
	c->n_request = b->request.n;
	c->n_save = b->save.n;
	c->n_print = b->print.n;
	c->n_pbit = b->pbit.n;
	c->n_expect = b->expect.n;
	c->n_ic = b->initial.n;
	c->n_measure = b->measure.n;
	c->n_four = b->four.n;
	c->n_watch = b->watch.n;
	c->n_nodeset = b->nodeset.n;
	c->node = elab_list_keep(&b->node, sizeof *c->node, b->arena);
	c->instance = elab_list_keep(&b->instance, sizeof *c->instance, b->arena);
	c->request = elab_list_keep(&b->request, sizeof *c->request, b->arena);
	c->save = elab_list_keep(&b->save, sizeof *c->save, b->arena);
	c->print = elab_list_keep(&b->print, sizeof *c->print, b->arena);
	c->pbit = elab_list_keep(&b->pbit, sizeof *c->pbit, b->arena);
	c->expect = elab_list_keep(&b->expect, sizeof *c->expect, b->arena);
	c->ic = elab_list_keep(&b->initial, sizeof *c->ic, b->arena);
	c->measure = elab_list_keep(&b->measure, sizeof *c->measure, b->arena);
	c->four = elab_list_keep(&b->four, sizeof *c->four, b->arena);
	c->watch = elab_list_keep(&b->watch, sizeof *c->watch, b->arena);
	c->nodeset = elab_list_keep(&b->nodeset, sizeof *c->nodeset, b->arena);
	const void *const kept[] = {c->node,   c->instance, c->request, c->save, c->print, c->pbit,
	                            c->expect, c->ic,       c->measure, c->four, c->watch, c->nodeset};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (!kept[i])
			return TS_NOMEM;
	return make_indices(c);
}

static void finish(elab_builder *b)
{
	elab_list *const list[] = {&b->node,  &b->instance, &b->expansion, &b->control, &b->request, &b->save,
	                           &b->print, &b->pbit,     &b->expect,    &b->initial, &b->nodeset, &b->measure,
	                           &b->four,  &b->watch,    &b->step_axis, &b->table};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		alloc_free(list[i]->item);
	for (int i = 0; b->frame.model && i < b->top.n_card; i++)
		alloc_free(b->frame.model[i].param);
	alloc_free(b->frame.model);
	alloc_free(b->frame.scope.symbol);
	elab_body_free(&b->top);
	name_map_destroy(b->node_map);
	name_map_destroy(b->instance_map);
	name_map_destroy(b->expansion_map);
	name_map_destroy(b->global_map);
	name_map_destroy(b->save_map);
}

ts_status elab_build(const net_deck *deck, const src_map *sources, const elab_options *options, diag_list *diag,
                     elab_circuit **circuit)
{
	*circuit = NULL;
	elab_builder b = {.diag = diag, .deck = deck, .sources = sources};
	if (options)
		b.options = *options;
	b.circuit = make_circuit(deck, sources);
	if (!b.circuit) {
		diag_add(diag, E0999, SRC_NOWHERE, "memory is exhausted");
		return TS_NOMEM;
	}
	b.arena = b.circuit->arena;
	const int lost = diag_n_lost(diag);
	ts_status status = start(&b);
	if (status == TS_OK)
		status = elaborate(&b);
	if (status == TS_OK && diag_count(diag, DIAG_ERROR) > b.errors_before)
		status = diag_n_lost(diag) > lost ? TS_NOMEM : TS_NETLIST;
	if (status == TS_OK)
		status = keep(&b);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, SRC_NOWHERE, "memory is exhausted");
	finish(&b);
	if (status == TS_OK)
		*circuit = b.circuit;
	else
		elab_destroy(b.circuit);
	return status;
}

void elab_destroy(elab_circuit *circuit)
{
	if (circuit)
		arena_destroy(circuit->arena);
}

int elab_find_node(const elab_circuit *circuit, const char *name)
{
	const char *wanted = strcmp(name, "gnd") == 0 ? "0" : name;
	int low = 0, high = circuit->n_node;
	while (low < high) {
		const int middle = low + (high - low) / 2, index = circuit->node_by_name[middle];
		const int order = strcmp(wanted, circuit->node[index].name);
		if (order == 0)
			return index;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

int elab_find_instance(const elab_circuit *circuit, const char *name)
{
	int low = 0, high = circuit->n_instance;
	while (low < high) {
		const int middle = low + (high - low) / 2, index = circuit->instance_by_name[middle];
		const int order = strcmp(name, circuit->instance[index].name);
		if (order == 0)
			return index;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}
