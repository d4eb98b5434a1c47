/* SPDX-License-Identifier: Apache-2.0
 * Yname transistor model [dvth=x]: a trap of a transistor. Its nodes are the transistor's gate and source, in the order
 * in which a capture moves charge: from gate to source in nmos, from source to gate in pmos. Its temperature is the
 * transistor's. Without dvth= on the line or the card, a full trap shifts the threshold by q/(m W L cox), W and L those
 * that the model's own current is made with.
 */
#include <math.h>
#include <string.h>
#include "base/phys.h"
#include "elab/build.h"

static int find_port(const dev_shape *shape, const char *name)
{
	for (int p = 0; p < shape->n_port; p++)
		if (!shape->port[p].internal && strcmp(shape->port[p].name, name) == 0)
			return p;
	return -1;
}

static ts_status find_host(elab_bind *bind, const elab_instance **host)
{
	const net_word *word = &bind->card->word[0];
	elab_builder *b = bind->b;
	const char *full = elab_full_name(b, bind->frame, word->text);
	if (!full)
		return TS_NOMEM;
	bind->host = name_map_get(b->instance_map, full);
	if (bind->host == ELAB_REFUSED || (bind->host < 0 && b->incomplete))
		return TS_NETLIST; /* the transistor itself has been reported */
	elab_nearest nearest = {.want = full};
	char hint[ELAB_HINT];
	const elab_instance *known = b->instance.item;
	for (int i = 0; i < b->instance.n; i++)
		if (*known[i].type->letter == 'm')
			elab_nearest_try(&nearest, known[i].name);
	*host = bind->host >= 0 ? &known[bind->host] : NULL;
	if (*host && *(*host)->type->letter == 'm')
		return TS_OK;
	diag_add_origin(b->diag, E0314, word->span, bind->frame->origin, "'%s': %s'%s'%s%s", bind->card->name,
	                *host ? "a trap belongs to a transistor, which " : "the circuit has no transistor ", full,
	                *host ? " is not" : "", *host ? "" : elab_nearest_hint(&nearest, hint));
	return TS_NETLIST;
}

static double value_of(const elab_instance *host, const char *name, double absent)
{
	const int index = dev_param_index(host->type, name);
	return index >= 0 ? host->param[index] : absent;
}

/* q/(m W L cox), NAN where the model has no cox. */
static double shift_of(const elab_instance *host)
{
	const double w = value_of(host, "w", 0) + value_of(host, "dw", 0);
	const double l = value_of(host, "l", 0) + value_of(host, "dl", 0);
	const double devices = value_of(host, "m", 1) * value_of(host, "np", 1) * value_of(host, "ns", 1);
	const double c = devices * w * l * value_of(host, "cox", 0);
	return c > 0 ? PHYS_Q / c : (double)NAN;
}

static ts_status set_shift(elab_bind *bind, const elab_instance *host)
{
	const int line = dev_param_find(bind->type, "dvth", 0), card = dev_param_find(bind->type, "dvth", 1);
	if (bind->param[line] >= 0 || bind->param[card] > 0)
		return TS_OK;
	bind->param[line] = shift_of(host);
	if (!isnan(bind->param[line]))
		return TS_OK;
	diag_add_origin(bind->b->diag, E0304, bind->card->span, bind->frame->origin,
	                "'%s' needs dvth=: the model of '%s' has no cox to find it from", bind->card->name, host->name);
	return TS_NETLIST;
}

static ts_status set_nodes(elab_bind *bind, const elab_instance *host)
{
	const int gate = host->node[find_port(host->shape, "g")], source = host->node[find_port(host->shape, "s")];
	bind->node = arena_array(bind->b->arena, 2, sizeof *bind->node);
	if (!bind->node)
		return TS_NOMEM;
	bind->n_node = 2;
	bind->node[0] = host->polarity < 0 ? source : gate;
	bind->node[1] = host->polarity < 0 ? gate : source;
	return TS_OK;
}

ts_status elab_bind_trap(elab_bind *bind)
{
	const elab_instance *host = NULL;
	if (bind->card->n_word != 2) {
		diag_add_origin(
		    bind->b->diag, E0307, bind->card->span, bind->frame->origin,
		    "'%s' is a trap: it wants a transistor and a model (lossy lines are not in this version)",
		    bind->card->name);
		return TS_NETLIST;
	}
	TS_TRY(find_host(bind, &host));
	bind->temperature = host->temperature;
	TS_TRY(elab_model_get(bind, &bind->card->word[1]));
	bind->shape = bind->type->shape;
	TS_TRY(elab_bind_fallbacks(bind));
	TS_TRY(elab_bind_params(bind, NULL));
	TS_TRY(set_nodes(bind, host));
	return set_shift(bind, host);
}
