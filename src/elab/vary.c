/* SPDX-License-Identifier: Apache-2.0
 * A circuit elaborated with changes: a parameter, the temperature or a value on an element's line; and whether two
 * circuits differ in nothing else.
 */
#include <string.h>

#include "dev/program.h"
#include "elab/build.h"

int elab_is_called(const char *name, const char *asked)
{
	const size_t n = strcspn(name, "@"), kind = strcspn(name, "0123456789"), size = strlen(asked);
	return (size == n || size == kind) && strncmp(name, asked, size) == 0;
}

const char *elab_step_name(elab_builder *b, const char *name)
{
	return b->options.step > 0 ? arena_printf(b->arena, "%s@%d", name, b->options.step) : name;
}

ts_status elab_apply_params(elab_builder *b)
{
	for (int i = 0; i < b->options.n_change; i++) {
		const elab_change *change = &b->options.change[i];
		if (change->target.kind != ELAB_PARAM)
			continue;
		elab_symbol *symbol = elab_scope_own(&b->frame.scope, change->target.name);
		if (!symbol || symbol->formal) {
			diag_add(b->diag, E0310, change->target.span, "the deck has no parameter '%s' here",
			         change->target.name);
			return TS_NETLIST;
		}
		symbol->value = change->value;
		symbol->state = ELAB_DONE;
	}
	return TS_OK;
}

ts_status elab_apply_temperature(elab_builder *b)
{
	for (int i = 0; i < b->options.n_change; i++) {
		const elab_change *change = &b->options.change[i];
		if (change->target.kind == ELAB_TEMPERATURE)
			TS_TRY(elab_kelvin(b, NULL, change->target.span, change->value, &b->circuit->temperature));
	}
	return TS_OK;
}

ts_status elab_apply_device(elab_bind *bind)
{
	const elab_options *o = &bind->b->options;
	const size_t prefix = strlen(bind->frame->prefix);
	for (int i = 0; i < o->n_change; i++) {
		const elab_target *target = &o->change[i].target;
		if (target->kind == ELAB_DEVICE && strncmp(target->name, bind->frame->prefix, prefix) == 0 &&
		    strcmp(target->name + prefix, bind->card->name) == 0)
			TS_TRY(elab_bind_set(bind, target->param, o->change[i].value, target->span));
	}
	return TS_OK;
}

ts_status elab_apply_model(elab_bind *bind, const elab_model *model)
{
	const elab_options *o = &bind->b->options;
	for (int i = 0; i < o->n_change; i++) {
		const elab_target *target = &o->change[i].target;
		if (target->kind != ELAB_MODEL || strcmp(target->name, model->card->name) != 0)
			continue;
		const int index = elab_model_param(model->type, target->param);
		if (index < 0) {
			diag_add(bind->b->diag, E0303, target->span, "model '%s' has no parameter '%s' here",
			         target->name, target->param);
			return TS_NETLIST;
		}
		model->param[index] = o->change[i].value;
		const elab_given given = {&model->type->param[index], o->change[i].value, target->span};
		TS_TRY(elab_check_range(bind->b, NULL, given));
	}
	return TS_OK;
}

int elab_find_user(const elab_builder *b, const char *model)
{
	const elab_instance *instance = b->instance.item;
	for (int i = 0; i < b->instance.n; i++)
		if (instance[i].model && strcmp(instance[i].model, model) == 0)
			return i;
	return -1;
}

ts_status elab_check_changes(elab_builder *b)
{
	for (int i = 0; i < b->options.n_change; i++) {
		const elab_target *target = &b->options.change[i].target;
		const int is_model = target->kind == ELAB_MODEL;
		const int is_there = is_model                      ? elab_find_user(b, target->name) >= 0
		                     : target->kind == ELAB_DEVICE ? name_map_get(b->instance_map, target->name) != -1
		                                                   : 1;
		if (is_there)
			continue;
		diag_add(b->diag, E0314, target->span, "there is no %s'%s' at this point",
		         is_model ? "element with model " : "element ", target->name);
		return TS_NETLIST;
	}
	return TS_OK;
}

static int same_shape(const dev_shape *a, const dev_shape *b)
{
	if (a == b)
		return 1;
	if (a->n_port != b->n_port || a->n_stamp != b->n_stamp || a->n_noise != b->n_noise)
		return 0;
	for (int i = 0; i < a->n_port; i++)
		if (a->port[i].quantity != b->port[i].quantity || a->port[i].internal != b->port[i].internal)
			return 0;
	for (int i = 0; i < a->n_stamp; i++)
		if (a->stamp[i].row != b->stamp[i].row || a->stamp[i].col != b->stamp[i].col ||
		    a->stamp[i].part != b->stamp[i].part)
			return 0;
	return 1;
}

static int same_links(const elab_instance *a, const elab_instance *b)
{
	if (a->n_node != b->n_node || memcmp(a->node, b->node, (size_t)a->n_node * sizeof *a->node) != 0 ||
	    !a->control != !b->control)
		return 0;
	for (int p = 0, n = 0; a->control && p < a->shape->n_port; p++)
		if (dev_is_control(&a->shape->port[p])) {
			if (a->control[n] != b->control[n])
				return 0;
			n++;
		}
	return 1;
}

int elab_same_topology(const elab_circuit *a, const elab_circuit *b, const char **differs)
{
	*differs = NULL;
	if (a->n_node != b->n_node || a->n_instance != b->n_instance)
		return 0;
	for (int i = 0; i < a->n_node; i++) {
		*differs = a->node[i].name;
		if (strcmp(a->node[i].name, b->node[i].name) != 0)
			return 0;
	}
	for (int i = 0; i < a->n_instance; i++) {
		const elab_instance *x = &a->instance[i], *y = &b->instance[i];
		*differs = x->name;
		if (strcmp(x->name, y->name) != 0 || x->type != y->type || !same_shape(x->shape, y->shape) ||
		    !same_links(x, y) || x->host != y->host || x->polarity != y->polarity || !x->aux != !y->aux)
			return 0;
	}
	return 1;
}

static int same_program(const dev_program *a, const dev_program *b)
{
	int same = a->n == b->n;
	for (int i = 0; same && i < a->n; i++)
		same = a->op[i].code == b->op[i].code && a->op[i].index == b->op[i].index &&
		       a->op[i].value == b->op[i].value;
	return same;
}

static int same_table(const dev_table *a, const dev_table *b)
{
	int same = a->n == b->n;
	for (int i = 0; same && i < a->n; i++)
		same = a->x[i] == b->x[i] && a->y[i] == b->y[i];
	return same;
}

int elab_same_data(const elab_circuit *a, const elab_circuit *b)
{
	for (int i = 0; i < a->n_instance; i++) {
		const elab_instance *x = &a->instance[i], *y = &b->instance[i];
		if (x->aux == y->aux)
			continue;
		if (x->type->next_corner ? !same_table(x->aux, y->aux) : !same_program(x->aux, y->aux))
			return 0;
	}
	return 1;
}
