/* SPDX-License-Identifier: Apache-2.0
 * Expressions of measures. Functions and parameters of the deck are written out; what is left are probes and names of
 * earlier measures. onoise(m1) of .noise becomes a NET_PROBE of that name. A probe of .ac such as vdb(a,b) reads as a
 * function call and becomes a NET_PROBE of that name.
 */
#include <string.h>

#include "elab/quantity.h"
#include "net/expr.h"

typedef struct reader {
	elab_builder *b;
	sim_kind kind;
} reader;

static int is_one_of(const char *const *table, const char *name)
{
	for (; *table; table++)
		if (strcmp(*table, name) == 0)
			return 1;
	return 0;
}

static int is_response(const char *name)
{
	static const char *const part[] = {"m", "db", "p", "r", "i", NULL};
	return (*name == 'v' || *name == 'i') && is_one_of(part, name + 1);
}

/* mean(Q), std(Q), var(Q): curves over all trajectories. */
static int is_average(sim_kind kind, const net_expr *call)
{
	static const char *const name[] = {"mean", "std", "var", NULL};
	return kind == SIM_TRANNOISE && call->n_arg == 1 && is_one_of(name, call->name);
}

/* Names that are curves: the axis, and what a noise analysis has. */
static int is_curve(sim_kind kind, const char *name)
{
	static const char *const noise[] = {
	    "onoise", "inoise", "onoise_spectrum", "inoise_spectrum", "onoise_total", "inoise_total", "gain",
	    "hertz",  NULL};
	static const char *const transient[] = {"time", NULL}, *const frequency[] = {"hertz", NULL};
	if (kind == SIM_NOISE)
		return is_one_of(noise, name);
	return is_one_of(kind == SIM_AC ? frequency : transient, name) &&
	       (kind == SIM_AC || kind == SIM_TRAN || kind == SIM_TRANNOISE);
}

static ts_status watch(elab_builder *b, const elab_save *signal)
{
	elab_save *known = b->watch.item;
	for (int i = 0; i < b->watch.n; i++)
		if (strcmp(known[i].name, signal->name) == 0) {
			known[i].kinds |= signal->kinds;
			return TS_OK;
		}
	elab_save *slot = elab_list_add(&b->watch, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = *signal;
	return TS_OK;
}

/* `plain` is a voltage, a current or a quantity of a device; the result has the name of `as`, or stands for what is
 * stored under the signal's own name. */
static ts_status read_probe(reader *r, const net_expr *plain, const char *as, const net_expr **out)
{
	elab_builder *b = r->b;
	elab_term *term = arena_alloc(b->arena, sizeof *term);
	net_expr *copy = arena_alloc(b->arena, sizeof *copy);
	elab_save signal = {.n_term = 1, .term = term, .kinds = 1u << r->kind, .span = plain->span};
	if (!term || !copy)
		return TS_NOMEM;
	TS_TRY(elab_quantity_term(b, plain, term, &signal.name, &signal.unit));
	if (!signal.name)
		return TS_NOMEM;
	TS_TRY(watch(b, &signal));
	*copy = *plain;
	copy->name = as;
	const elab_node *node = b->node.item;
	for (int i = 0; i < 2 && term->kind == ELAB_VOLTAGE && copy->node[i]; i++)
		copy->node[i] = node[term->node[i]].name;
	if (r->kind != SIM_AC && term->kind != ELAB_VOLTAGE)
		*copy = (net_expr){.kind = NET_PROBE, .name = signal.name, .span = plain->span};
	*out = copy;
	if (r->kind == SIM_AC && !as[1] && *as != '@')
		diag_add(b->diag, W0333, plain->span, "%s is the real part here: write %sr() or %sm()", signal.name, as,
		         as);
	return TS_OK;
}

static ts_status read_response(reader *r, const net_expr *call, const net_expr **out)
{
	net_expr plain = {.kind = NET_PROBE, .name = *call->name == 'v' ? "v" : "i", .span = call->span};
	if (call->n_arg < 1 || call->n_arg > (*call->name == 'v' ? 2 : 1) || r->kind != SIM_AC) {
		diag_add(r->b->diag, E0315, call->span, "%s() is for .measure ac: of a node, two nodes or a source",
		         call->name);
		return TS_NETLIST;
	}
	for (int i = 0; i < call->n_arg; i++) {
		plain.node[i] = net_expr_text(r->b->arena, call->arg[i]);
		if (!plain.node[i])
			return TS_NOMEM;
	}
	return read_probe(r, &plain, call->name, out);
}

/* onoise(m1), onoise(m1.flicker): what a device, or one of its sources, adds to the output. */
static ts_status read_contribution(reader *r, const net_expr *call, const net_expr **out)
{
	elab_builder *b = r->b;
	const char *text = call->arg[0]->kind == NET_NAME ? call->arg[0]->name : NULL;
	const char *dot = text ? strrchr(text, '.') : NULL;
	if (!text || r->kind != SIM_NOISE) {
		diag_add(b->diag, E0315, call->span,
		         "onoise() is for .measure noise: of a device, or of DEVICE.SOURCE such as m1.flicker");
		return TS_NETLIST;
	}
	const int is_source = dot && name_map_get(b->instance_map, text) < 0;
	const char *device = is_source ? arena_strndup(b->arena, text, (size_t)(dot - text)) : text;
	net_expr *probe = arena_alloc(b->arena, sizeof *probe);
	int index;
	if (!device || !probe)
		return TS_NOMEM;
	TS_TRY(elab_field_instance(b, (elab_named){device, "element", NULL, call->span}, &index));
	const elab_instance *instance = (const elab_instance *)b->instance.item + index;
	int known = 0;
	for (int k = 0; k < instance->shape->n_noise; k++)
		known |= !is_source || strcmp(instance->shape->noise[k].name, dot + 1) == 0;
	if (!known) {
		diag_add(b->diag, E0315, call->span, "'%s' makes no noise%s%s", device,
		         is_source ? " of the name " : "", is_source ? dot + 1 : "");
		return TS_NETLIST;
	}
	*probe = (net_expr){
	    .kind = NET_PROBE, .name = "onoise", .node = {device, is_source ? dot + 1 : NULL}, .span = call->span};
	*out = probe;
	return TS_OK;
}

static ts_status read_name(reader *r, const net_expr *name, const net_expr **out)
{
	elab_builder *b = r->b;
	if (elab_has_measure(b, name->name) || is_curve(r->kind, name->name))
		return TS_OK;
	net_expr *number = arena_alloc(b->arena, sizeof *number);
	if (!number)
		return TS_NOMEM;
	*number = (net_expr){.kind = NET_NUMBER, .span = name->span};
	*out = number;
	return elab_value(&b->eval, &b->frame.scope, name, &number->number);
}

static ts_status rewrite(reader *r, const net_expr *e, const net_expr **out)
{
	*out = e;
	if (e->kind == NET_NAME)
		return read_name(r, e, out);
	if (e->kind == NET_PROBE)
		return read_probe(r, e, e->name, out);
	if (e->kind == NET_CALL && is_response(e->name))
		return read_response(r, e, out);
	if (e->kind == NET_CALL && e->n_arg == 1 && strcmp(e->name, "onoise") == 0)
		return read_contribution(r, e, out);
	if (e->kind == NET_CALL && e->n_arg == 1 && strcmp(e->name, "par") == 0)
		return rewrite(r, e->arg[0], out);
	if (e->kind == NET_CALL && !is_average(r->kind, e))
		TS_TRY(elab_quantity_call(r->b, e, out));
	if (*out != e)
		return read_probe(r, *out, (*out)->name, out);
	if (e->n_arg == 0)
		return TS_OK;
	net_expr *copy = arena_alloc(r->b->arena, sizeof *copy);
	const net_expr **arg = arena_array(r->b->arena, (size_t)e->n_arg, sizeof *arg);
	if (!copy || !arg)
		return TS_NOMEM;
	*copy = *e;
	copy->arg = arg;
	*out = copy;
	ts_status worst = TS_OK;
	for (int i = 0; i < e->n_arg; i++) {
		const ts_status status = rewrite(r, e->arg[i], &arg[i]);
		worst = status != TS_OK ? status : worst;
	}
	return worst;
}

ts_status elab_measured(elab_builder *b, sim_kind kind, const net_expr *expr, const net_expr **out)
{
	reader r = {b, kind};
	const net_expr *inlined = expr;
	TS_TRY(elab_function_inline(&b->eval, &b->frame.scope, b->arena, expr, &inlined));
	return rewrite(&r, inlined, out);
}
