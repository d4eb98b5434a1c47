/* SPDX-License-Identifier: Apache-2.0
 * One element card -> one instance: device by letter and model, nodes, parameters (fallback, model card, instance line,
 * in this order), range checks, and a trial run of derive() so that an impossible combination is reported at its place.
 *
 *   r c l   name a b value: passive.c d   name a k model [area]         m   name d g s b model
 *   s       name a b c d model             w   name a b vsource model
 *   v i     name a b waves            e g name a b c d gain, or name a b value={expr}
 *   f h     name a b vsource value                   k   name l1 l2 value: linked.c
 *   b       name a b v={expr} or i={expr}
 *   c       name a b q={expr} or c={expr}: charge.c
 *   r       name a b r={expr}: resistance.c
 *   y       name transistor model: trap.c
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/phys.h"
#include "elab/build.h"

/* Parameter that the first free word sets. */
static const struct {
	char letter;
	const char *param;
} value_table[] = {{'d', "area"}, {'e', "gain"}, {'g', "gm"}, {'f', "gain"}, {'h', "r"}, {'k', "k"}};

const char *elab_value_name(char letter)
{
	for (size_t i = 0; i < sizeof value_table / sizeof *value_table; i++)
		if (value_table[i].letter == letter)
			return value_table[i].param;
	static const char *const own[] = {"r", "c", "l"};
	for (int i = 0; i < 3; i++)
		if (own[i][0] == letter)
			return own[i];
	return letter == 'v' || letter == 'i' ? "dc" : NULL;
}

ts_status elab_no_param(elab_bind *bind, const net_param *param, int on_model)
{
	elab_nearest nearest = {.want = param->name};
	char hint[ELAB_HINT];
	for (int i = 0; i < bind->type->n_param; i++)
		if (bind->type->param[i].on_model == on_model)
			elab_nearest_try(&nearest, bind->type->param[i].name);
	const char *other = "";
	if (dev_param_find(bind->type, param->name, !on_model) >= 0)
		other = on_model ? "; it belongs on the element's line" : "; it belongs on the .model card";
	diag_add_origin(bind->b->diag, E0303, param->span, bind->frame->origin, "%s has no %sparameter '%s'%s",
	                bind->type->name, on_model ? "model " : "", param->name,
	                *other ? other : elab_nearest_hint(&nearest, hint));
	return TS_NETLIST;
}

ts_status elab_check_range(elab_builder *b, const diag_origin *origin, elab_given given)
{
	const dev_param *p = given.param;
	if (given.value >= p->low && given.value <= p->high)
		return TS_OK;
	diag_add_origin(b->diag, E0305, given.where, origin, "%s = %g%s%s is outside [%g, %g]", p->name, given.value,
	                *p->unit ? " " : "", p->unit, p->low, p->high);
	return TS_NETLIST;
}

ts_status elab_bind_set(elab_bind *bind, const char *name, double value, src_span where)
{
	const int index = dev_param_find(bind->type, name, 0);
	if (index < 0) {
		diag_add_origin(bind->b->diag, E0303, where, bind->frame->origin, "%s takes no value '%s' here",
		                bind->type->name, name);
		return TS_NETLIST;
	}
	bind->param[index] = value;
	const int is_static = strcmp(name, "dc") == 0 ? dev_param_find(bind->type, "static", 0) : -1;
	if (is_static >= 0) /* also beside a waveform, where there is no time */
		bind->param[is_static] = 1;
	return elab_check_range(bind->b, bind->frame->origin, (elab_given){&bind->type->param[index], value, where});
}

ts_status elab_bind_word(elab_bind *bind, const net_word *word, double *value)
{
	if (word->expr)
		return elab_value(&bind->b->eval, &bind->frame->scope, word->expr, value);
	diag_add_origin(bind->b->diag, E0315, word->span, bind->frame->origin, "'%s' is not a number or an expression",
	                word->text);
	return TS_NETLIST;
}

ts_status elab_kelvin(elab_builder *b, const diag_origin *origin, src_span where, double celsius, double *kelvin)
{
	if (celsius + PHYS_ZERO_C > 0) {
		*kelvin = celsius + PHYS_ZERO_C;
		return TS_OK;
	}
	diag_add_origin(b->diag, E0305, where, origin, "a temperature of %g C is not above absolute zero (-273.15 C)",
	                celsius);
	return TS_NETLIST;
}

double elab_bind_scale(const elab_bind *bind, const char *name)
{
	static const char *const length[] = {"l", "w", "pd", "ps", "sa", "sb", "sd"};
	const double scale = bind->b->scale;
	if (bind->card->name[0] != 'm')
		return 1;
	for (size_t i = 0; i < sizeof length / sizeof *length; i++)
		if (strcmp(length[i], name) == 0)
			return scale;
	return strcmp(name, "ad") == 0 || strcmp(name, "as") == 0 ? scale * scale : 1;
}

/* temp, dtemp and noisy belong to every device that has noise or a model, and to C and L. */
static int has_temperature(const elab_bind *bind)
{
	return bind->type->model || bind->shape->n_noise > 0 || strchr("cl", bind->card->name[0]);
}

/* Parameters that are not the device's own. *done: it was one of them. */
static ts_status bind_common(elab_bind *bind, const net_param *param, int *done)
{
	const int is_temp = strcmp(param->name, "temp") == 0, is_dtemp = strcmp(param->name, "dtemp") == 0;
	const int is_noisy = strcmp(param->name, "noisy") == 0;
	*done = has_temperature(bind) && (is_temp || is_dtemp || is_noisy);
	if (!*done)
		return TS_OK;
	double value;
	TS_TRY(elab_param_value(&bind->b->eval, &bind->frame->scope, param, &value));
	if (is_temp)
		return elab_kelvin(bind->b, bind->frame->origin, param->value_span, value, &bind->temperature);
	if (is_dtemp)
		bind->dtemp = value;
	else
		bind->noisy = value != 0;
	if (is_noisy && value != 0 && value != 1) {
		diag_add_origin(bind->b->diag, E0305, param->value_span, bind->frame->origin,
		                "noisy = %g: it is 0 or 1", value);
		return TS_NETLIST;
	}
	return TS_OK;
}

static ts_status bind_param(elab_bind *bind, const net_param *param)
{
	int done;
	TS_TRY(bind_common(bind, param, &done));
	if (done)
		return TS_OK;
	double value;
	int ignored;
	if (param->file) /* of V and I: wave.c has read it */
		return TS_OK;
	TS_TRY(elab_refuse_param(bind, param, &ignored));
	if (ignored)
		return elab_param_value(&bind->b->eval, &bind->frame->scope, param, &value);
	if (dev_param_find(bind->type, param->name, 0) < 0)
		return elab_no_param(bind, param, 0);
	TS_TRY(elab_param_value(&bind->b->eval, &bind->frame->scope, param, &value));
	return elab_bind_set(bind, param->name, value * elab_bind_scale(bind, param->name), param->value_span);
}

/* The {expression} of a B, E or G element, NULL if it has none. */
static const net_param *find_behaviour(const net_card *card, int *voltage)
{
	static const struct {
		char letter;
		const char *name;
		int voltage;
	} table[] = {{'b', "v", 1},   {'b', "i", 0},     {'e', "value", 1},
	             {'e', "vol", 1}, {'g', "value", 0}, {'g', "cur", 0}};
	for (size_t k = 0; k < sizeof table / sizeof *table; k++)
		for (int i = 0; i < card->n_param && card->name[0] == table[k].letter; i++)
			if (strcmp(card->param[i].name, table[k].name) == 0) {
				*voltage = table[k].voltage;
				return &card->param[i];
			}
	return NULL;
}

ts_status elab_bind_params(elab_bind *bind, const net_param *skip)
{
	ts_status worst = TS_OK;
	for (int i = 0; i < bind->card->n_param; i++) {
		const ts_status status =
		    &bind->card->param[i] == skip ? TS_OK : bind_param(bind, &bind->card->param[i]);
		if (elab_fatal(status))
			return status;
		worst = status != TS_OK ? status : worst;
	}
	const ts_status changed = elab_apply_device(bind); /* before what is made of the parameters */
	return worst != TS_OK ? worst : changed;
}

static ts_status too_few(const elab_bind *bind, int n_node, int with_model)
{
	diag_add_origin(bind->b->diag, E0307, bind->card->span, bind->frame->origin, "'%s' needs %d nodes%s",
	                bind->card->name, n_node, with_model ? " and a model" : "");
	elab_note_forms(bind->b, bind->card);
	return TS_NETLIST;
}

static ts_status bind_nodes(elab_bind *bind, int n_node)
{
	bind->node = arena_array(bind->b->arena, (size_t)n_node, sizeof *bind->node);
	if (!bind->node)
		return TS_NOMEM;
	bind->n_node = n_node;
	for (int i = 0; i < n_node; i++) {
		const net_word *word = &bind->card->word[i];
		if (word->n_arg > 0 || strpbrk(word->text, "{}'\"(),=")) {
			diag_add_origin(bind->b->diag, E0315, word->span, bind->frame->origin,
			                "'%s' is not a node name", word->text);
			return TS_NETLIST;
		}
		TS_TRY(elab_node_number(bind->b, bind->frame, word->text, word->span, &bind->node[i]));
	}
	return TS_OK;
}

ts_status elab_bind_fallbacks(elab_bind *bind)
{
	const dev_type *type = bind->type;
	bind->param = arena_array(bind->b->arena, (size_t)type->n_param, sizeof *bind->param);
	if (!bind->param)
		return TS_NOMEM;
	for (int i = 0; i < type->n_param; i++)
		bind->param[i] = bind->model ? bind->model->param[i] : elab_fallback(bind->b, &type->param[i]);
	return TS_OK;
}

ts_status elab_bind_start(elab_bind *bind, int n_node)
{
	if (bind->card->n_word < n_node)
		return too_few(bind, n_node, 0);
	TS_TRY(elab_bind_fallbacks(bind));
	return bind_nodes(bind, n_node);
}

/* `on` and `off` of a device that keeps a state: what it starts in. *done: it was one of them. */
static ts_status bind_state(elab_bind *bind, const net_word *word, int *done)
{
	const dev_type *type = bind->type;
	const int is_on = strcmp(word->text, "on") == 0;
	*done = type->latch && word->n_arg == 0 && (is_on || strcmp(word->text, "off") == 0);
	if (!*done)
		return TS_OK;
	if (type->choose(bind->param) != type->shape)
		diag_add_origin(bind->b->diag, W0302, word->span, bind->frame->origin,
		                "'%s' of '%s' has no effect: its transition is smooth, it keeps no state", word->text,
		                bind->card->name);
	return elab_bind_set(bind, "on", is_on, word->span);
}

/* The words after nodes and model: a value, where the letter takes one, and starting states. */
static ts_status bind_words(elab_bind *bind, int first)
{
	const net_card *card = bind->card;
	if (strchr("vi", card->name[0]))
		return elab_bind_source(bind, first);
	const char *name = elab_value_name(card->name[0]);
	for (; first < card->n_word; first++) {
		const net_word *word = &card->word[first];
		int done;
		double value;
		TS_TRY(bind_state(bind, word, &done));
		if (done || elab_ignores_word(bind, word))
			continue;
		if (!name) {
			diag_add_origin(bind->b->diag, E0315, word->span, bind->frame->origin,
			                "'%s' does not belong here", word->text);
			return TS_NETLIST;
		}
		TS_TRY(elab_bind_word(bind, word, &value));
		TS_TRY(elab_bind_set(bind, name, value, word->span));
		name = NULL;
	}
	return TS_OK;
}

static int shape_terminals(const dev_shape *shape)
{
	int n = 0;
	for (int i = 0; i < shape->n_port; i++)
		n += !shape->port[i].internal && shape->port[i].quantity == DEV_VOLTAGE;
	return n;
}

/* Elements whose device is known by their letter alone. */
static ts_status bind_plain(elab_bind *bind)
{
	const int n_node = shape_terminals(bind->shape);
	int first;
	TS_TRY(elab_bind_start(bind, n_node));
	TS_TRY(elab_bind_controls(bind, n_node, &first));
	const ts_status words = bind_words(bind, first);
	if (elab_fatal(words))
		return words;
	const ts_status params = elab_bind_params(bind, NULL);
	if (words == TS_OK && params == TS_OK && strchr("vi", bind->card->name[0]))
		return elab_check_source(bind);
	return params != TS_OK ? params : words;
}

static ts_status bind_modelled(elab_bind *bind, const dev_type *type)
{
	const net_card *card = bind->card;
	const int n_node = shape_terminals(type->shape);
	int at;
	if (card->n_word < n_node + 1)
		return too_few(bind, n_node, 1);
	TS_TRY(bind_nodes(bind, n_node));
	bind->type = type;
	bind->shape = type->shape;
	TS_TRY(elab_bind_controls(bind, n_node, &at));
	if (card->n_word < at + 1)
		return too_few(bind, n_node, 1);
	TS_TRY(elab_model_get(bind, &card->word[at]));
	bind->shape = bind->type->shape;
	TS_TRY(elab_bind_fallbacks(bind));
	const ts_status words = bind_words(bind, at + 1);
	if (elab_fatal(words))
		return words;
	const ts_status params = elab_bind_params(bind, NULL);
	return params != TS_OK ? params : words;
}

static ts_status bind_behavioural(elab_bind *bind, const net_param *expr, int voltage)
{
	static const dev_shape no_shape = {0};
	const net_card *card = bind->card;
	bind->type = dev_find(voltage ? "bsource_v" : "bsource_i");
	bind->shape = &no_shape;
	TS_TRY(elab_bind_start(bind, 2));
	if (card->n_word > 2) {
		diag_add_origin(bind->b->diag, E0315, card->word[2].span, bind->frame->origin,
		                "'%s' does not belong here", card->word[2].text);
		return TS_NETLIST;
	}
	if (!expr->value) {
		diag_add_origin(bind->b->diag, E0315, expr->value_span, bind->frame->origin, "%s= wants an expression",
		                expr->name);
		return TS_NETLIST;
	}
	TS_TRY(elab_bind_params(bind, expr));
	return elab_bind_behaviour(bind, expr->value, voltage);
}

/* A device of the letter that takes a model card, NULL when there is none; all have the same terminals. */
static const dev_type *modelled_type(char letter)
{
	for (int i = 0; i < DEV_N_TYPE && letter; i++)
		if (dev_registry[i]->model && !dev_registry[i]->optional_model &&
		    strchr(dev_registry[i]->letter, letter))
			return dev_registry[i];
	return NULL;
}

static ts_status bind_by_letter(elab_bind *bind)
{
	const char letter = bind->card->name[0];
	int voltage, done;
	const net_param *expr = find_behaviour(bind->card, &voltage);
	if (elab_is_controlled(bind->card)) {
		TS_TRY(elab_refuse_controlled(bind));
		TS_TRY(elab_bind_controlled(bind, expr, &done));
		if (done)
			return TS_OK;
	}
	const net_card *card = bind->card;
	if (expr)
		return bind_behavioural(bind, expr, voltage);
	const net_param *charge = elab_find_charge(card);
	if (charge)
		return elab_bind_charge(bind, charge);
	if (letter == 'b') {
		diag_add_origin(bind->b->diag, E0304, card->span, bind->frame->origin,
		                "'%s' needs v={expression} or i={expression}", card->name);
		return TS_NETLIST;
	}
	if (letter == 'y')
		return elab_bind_trap(bind);
	const net_expr *resistance = elab_find_resistance(card);
	if (resistance)
		return elab_bind_resistance(bind, resistance);
	if (letter && strchr("rcl", letter))
		return elab_bind_passive(bind);
	const dev_type *modelled = modelled_type(letter);
	if (modelled)
		return bind_modelled(bind, modelled);
	bind->type = letter ? dev_select(letter, NULL, "") : NULL;
	if (!bind->type) {
		elab_refuse_element(bind->b, bind->frame, card);
		return TS_NETLIST;
	}
	bind->shape = bind->type->shape;
	return bind_plain(bind);
}

/* Multiplier of the X elements around. A voltage source in parallel with itself is the same source. */
static ts_status apply_multiplier(elab_bind *bind)
{
	const int index = dev_param_find(bind->type, "m", 0);
	if (index < 0 || bind->frame->m == 1)
		return TS_OK;
	bind->param[index] *= bind->frame->m;
	return elab_check_range(bind->b, bind->frame->origin,
	                        (elab_given){&bind->type->param[index], bind->param[index], bind->card->span});
}

static ts_status check_missing(const elab_bind *bind)
{
	for (int i = 0; i < bind->type->n_param; i++)
		if (isnan(bind->param[i])) {
			const dev_param *p = &bind->type->param[i];
			diag_add_origin(bind->b->diag, E0304, bind->card->span, bind->frame->origin,
			                "'%s' needs a value %s (%s)", bind->card->name, p->name, p->doc);
			elab_note_forms(bind->b, bind->card);
			return TS_NETLIST;
		}
	return TS_OK;
}

/* Where a parameter was given: on the element, else on its model. */
static src_span place_of(const elab_bind *bind, const char *name)
{
	for (int i = 0; i < bind->card->n_param; i++)
		if (strcmp(bind->card->param[i].name, name) == 0)
			return bind->card->param[i].value_span;
	for (int i = 0; bind->model && i < bind->model->card->n_param; i++)
		if (strcmp(bind->model->card->param[i].name, name) == 0)
			return bind->model->card->param[i].value_span;
	return bind->card->span;
}

static ts_status check_derive(const elab_bind *bind)
{
	double *k = alloc_array((size_t)bind->type->n_const, sizeof *k);
	if (!k)
		return TS_NOMEM;
	const double polarity = bind->model ? bind->model->polarity : 0;
	const char *bad = bind->type->derive(bind->param, polarity, bind->temperature + bind->dtemp, k);
	alloc_free(k);
	if (!bad)
		return TS_OK;
	const int index = dev_param_index(bind->type, bad);
	diag_add_origin(bind->b->diag, E0305, place_of(bind, bad), bind->frame->origin,
	                "%s = %g of '%s' makes no sense with its other parameters at %g K", bad,
	                index >= 0 ? bind->param[index] : (double)NAN, bind->card->name,
	                bind->temperature + bind->dtemp);
	return TS_NETLIST;
}

static ts_status check_temperature(elab_bind *bind)
{
	double kelvin = 0;
	return elab_kelvin(bind->b, bind->frame->origin, bind->card->span,
	                   bind->temperature + bind->dtemp - PHYS_ZERO_C, &kelvin);
}

static ts_status add_instance(elab_bind *bind)
{
	elab_builder *b = bind->b;
	const char *full = elab_full_name(b, bind->frame, bind->card->name);
	if (!full)
		return TS_NOMEM;
	const int taken = name_map_get(b->instance_map, full);
	if (taken >= 0) {
		const elab_instance *other = b->instance.item;
		diag_add_origin(b->diag, E0312, bind->card->name_span, bind->frame->origin,
		                "there are two elements '%s'", full);
		diag_note(b->diag, other[taken].span, "the first");
		return TS_NETLIST;
	}
	const int number = b->instance.n;
	elab_instance *instance = elab_list_add(&b->instance, sizeof *instance);
	if (!instance)
		return TS_NOMEM;
	*instance = (elab_instance){.name = full,
	                            .model = bind->model ? bind->model->card->name : NULL,
	                            .type = bind->type,
	                            .shape = bind->shape,
	                            .node = bind->node,
	                            .n_node = bind->n_node,
	                            .control = bind->control,
	                            .param = bind->param,
	                            .polarity = bind->model ? bind->model->polarity : 0,
	                            .temperature = bind->temperature + bind->dtemp,
	                            .noisy = bind->noisy,
	                            .aux = bind->aux,
	                            .host = bind->host,
	                            .origin = bind->frame->origin,
	                            .span = bind->card->span};
	return name_map_put(b->instance_map, full, number);
}

static ts_status bind_and_add(elab_builder *b, elab_frame *frame, const net_card *card)
{
	elab_bind bind = {
	    .b = b, .frame = frame, .card = card, .temperature = b->circuit->temperature, .noisy = 1, .host = -1};
	TS_TRY(bind_by_letter(&bind));
	TS_TRY(apply_multiplier(&bind));
	TS_TRY(check_missing(&bind));
	if (bind.type->choose)
		bind.shape = bind.type->choose(bind.param);
	TS_TRY(check_temperature(&bind));
	TS_TRY(check_derive(&bind));
	return add_instance(&bind);
}

/* Words that may name nodes, at most. */
static int named_nodes(char letter)
{
	return strchr("ky", letter) ? 0 : strchr("fhw", letter) ? 2 : 4;
}

ts_status elab_bind_element(elab_builder *b, elab_frame *frame, const net_card *card)
{
	const int n_control = b->control.n;
	const ts_status status = bind_and_add(b, frame, card);
	if (status != TS_NETLIST)
		return status;
	b->control.n = n_control; /* what it names need not be looked for */
	/* cards that name this element or its nodes need not complain again; a word too many does no harm */
	for (int i = 0; i < card->n_word && i < named_nodes(card->name[0]); i++) {
		int node;
		if (card->word[i].n_arg == 0)
			TS_TRY(elab_node_number(b, frame, card->word[i].text, card->word[i].span, &node));
	}
	const char *full = elab_full_name(b, frame, card->name);
	if (full && name_map_get(b->instance_map, full) >= 0)
		return status;
	return full && name_map_put(b->instance_map, full, ELAB_REFUSED) == TS_OK ? status : TS_NOMEM;
}
