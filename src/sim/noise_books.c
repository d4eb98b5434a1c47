/* SPDX-License-Identifier: Apache-2.0
 * What the card asks of the books and whether this circuit can answer (see noise_books.h).
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "sim/noise_run.h"

int noise_dissipates(const elab_instance *instance)
{
	return instance->shape->n_noise > 0;
}

static int is(const elab_instance *instance, const char *type)
{
	return strcmp(instance->type->name, type) == 0;
}

static ts_status refuse(const noise_run *run, const elab_instance *at, const char *what)
{
	diag_add_origin(run->diag, E0414, at ? at->span : run->request->span, at ? at->origin : NULL, "%s%s%s", what,
	                at ? ": " : "", at ? at->name : "");
	return TS_NETLIST;
}

static void warn(const noise_run *run, const char *what, const char *name)
{
	diag_add(run->diag, W0503, run->request->span, "TUR=, FT=: %s%s", what, name);
}

/* The uncertainty relation and the fluctuation theorem are about reservoirs and thermal noise alone. */
static void warn_of_strangers(const noise_run *run)
{
	const elab_circuit *c = run->system->circuit;
	const int is_quiet = !(run->request->types & SIM_THERMAL) || run->request->reading == SIM_NOISE_OFF;
	if (run->request->scale != 1 || is_quiet) {
		warn(run, is_quiet ? "thermal noise is off" : "SCALE= is not 1", "");
		return;
	}
	for (int i = 0; i < c->n_instance; i++) {
		const elab_instance *at = &c->instance[i];
		if (noise_dissipates(at) ? !at->noisy : is(at, "inductor")) {
			warn(run, at->noisy ? "an inductor's current changes sign with time: " : "heat without noise: ",
			     at->name);
			return;
		}
		if (!noise_dissipates(at) && strchr("iegbfh", *at->type->letter)) {
			warn(run, "no reservoir accounts for the work of ", at->name);
			return;
		}
	}
}

static int root_of(int *parent, int u)
{
	while (parent[u] != u)
		u = parent[u] = parent[parent[u]];
	return u;
}

static int *singletons(int n)
{
	int *parent = alloc_array((size_t)n, sizeof *parent);
	for (int u = 0; parent && u < n; u++)
		parent[u] = u;
	return parent;
}

static void join_all(const mna_batch *batch, int i, int *parent)
{
	const int n = batch->shape->n_port, *unknown = batch->unknown + (ptrdiff_t)i * n;
	int first = 0;
	for (int p = 0; p < n; p++)
		if (unknown[p] && first)
			parent[root_of(parent, unknown[p])] = root_of(parent, first);
		else if (unknown[p])
			first = unknown[p];
}

/* Ports between which charge can pass and come to rest: ends of noise sources, and inductors. */
static void join_conducting(const mna_batch *batch, int i, int *parent)
{
	const dev_shape *shape = batch->shape;
	const int *unknown = batch->unknown + (ptrdiff_t)i * shape->n_port;
	for (int k = 0; k < shape->n_noise; k++) {
		const int a = root_of(parent, unknown[shape->noise[k].from]),
		          b = root_of(parent, unknown[shape->noise[k].to]);
		parent[a] = b;
	}
	if (strcmp(batch->type->name, "inductor") == 0)
		parent[root_of(parent, unknown[0])] = root_of(parent, unknown[1]);
}

static ts_status find_parts(noise_run *run)
{
	const mna_system *s = run->system;
	int *parent = run->books.part = singletons(s->n_unknown);
	if (!parent)
		return TS_NOMEM;
	for (int b = 0; b < s->n_batch; b++)
		for (int i = 0; i < s->batch[b].n_inst; i++)
			join_all(&s->batch[b], i, parent);
	for (int u = 0; u < s->n_unknown; u++)
		parent[u] = root_of(parent, u);
	return TS_OK;
}

/* level[] of every unknown from the set it is in; a set must not have two. */
static ts_status find_levels(noise_run *run)
{
	const mna_system *s = run->system;
	int *parent = singletons(s->n_unknown), *held = alloc_array((size_t)s->n_unknown, sizeof *held);
	run->books.level = alloc_array((size_t)s->n_unknown, sizeof *run->books.level);
	ts_status status = parent && held && run->books.level ? TS_OK : TS_NOMEM;
	for (int b = 0; status == TS_OK && b < s->n_batch; b++)
		for (int i = 0; i < s->batch[b].n_inst; i++)
			join_conducting(&s->batch[b], i, parent);
	for (int u = 0; status == TS_OK && u < s->n_unknown; u++)
		held[u] = -1;
	for (int u = 0; status == TS_OK && u < s->n_unknown; u++) {
		if (u && s->driven_by[u] < 0)
			continue;
		const int set = root_of(parent, u);
		if (held[set] >= 0) {
			diag_add(
			    run->diag, E0414, run->request->span,
			    "WORK=on: '%s' and '%s' are held apart by sources but charge passes between them: there is "
			    "no equilibrium to do work on",
			    held[set] ? s->name[held[set]] : "0", s->name[u]);
			status = TS_NETLIST;
		}
		held[set] = u;
	}
	for (int u = 0; status == TS_OK && u < s->n_unknown; u++) {
		const int at = held[root_of(parent, u)];
		run->books.level[u] = at > 0 && !s->is_current[u] ? at : 0;
	}
	alloc_free(parent);
	alloc_free(held);
	return status;
}

static int holds_a_node(const mna_system *s, int instance)
{
	for (int u = 1; u < s->n_unknown; u++)
		if (s->driven_by[u] == instance)
			return 1;
	return 0;
}

/* The sources that do work, and what else there may be in a circuit that has an equilibrium. */
static ts_status find_sources(noise_run *run)
{
	const elab_circuit *c = run->system->circuit;
	noise_books *books = &run->books;
	double temperature = (double)NAN;
	books->source = alloc_array((size_t)c->n_instance + 1, sizeof *books->source);
	books->slot = alloc_array((size_t)c->n_instance + 1, sizeof *books->slot);
	if (!books->source || !books->slot)
		return TS_NOMEM;
	for (int i = 0; i < c->n_instance; i++) {
		const elab_instance *at = &c->instance[i];
		books->slot[i] = -1;
		if (noise_dissipates(at)) {
			if (at->temperature != temperature && !isnan(temperature))
				return refuse(run, at, "WORK=on: there is more than one temperature");
			temperature = at->temperature;
		} else if (is(at, "vsource") ? !holds_a_node(run->system, i) : strchr("iegb", *at->type->letter) != 0) {
			return refuse(run, at, "WORK=on: only V sources that hold nodes may drive the circuit");
		} else if (is(at, "vsource") && at->param[dev_param_index(at->type, "wave")] != DEV_WAVE_DC) {
			books->slot[i] = books->n_source;
			books->source[books->n_source++] = i;
		}
	}
	return books->n_source ? TS_OK : refuse(run, NULL, "WORK=on: no source moves, so none does this work");
}

static double *blank(size_t n)
{
	double *p = alloc_array(n, sizeof *p);
	for (size_t i = 0; p && i < n; i++)
		p[i] = (double)NAN;
	return p;
}

ts_status noise_books_create(noise_run *run)
{
	const elab_books *asked = &run->request->books;
	noise_books *books = &run->books;
	const size_t n_row = run->results.n_row;
	if (asked->n_tur || asked->n_ft) {
		if (sde_plan_is_driven(run->plan))
			return refuse(run, NULL, "TUR= and FT= are about circuits whose sources stand still");
		warn_of_strangers(run);
	}
	if (asked->n_tur)
		TS_TRY(find_parts(run));
	if (asked->work) {
		TS_TRY(find_sources(run));
		TS_TRY(find_levels(run));
	}
	books->charge = blank((size_t)asked->n_tur * n_row);
	books->gyration = blank((size_t)asked->n_gyration * n_row);
	books->work = blank((size_t)books->n_source * n_row);
	return books->charge && books->gyration && books->work ? TS_OK : TS_NOMEM;
}

void noise_books_destroy(noise_books *b)
{
	void *const array[] = {b->charge, b->gyration, b->work, b->source, b->slot, b->level, b->part};
	for (size_t i = 0; i < sizeof array / sizeof *array; i++)
		alloc_free(array[i]);
}
