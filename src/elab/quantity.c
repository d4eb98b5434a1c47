/* SPDX-License-Identifier: Apache-2.0
 * Quantities by name (see quantity.h). Of every device there are i, p and, between its first two terminals, v; of those
 * with three or more terminals also iX for the current into terminal X and vXY between terminals; and the observables
 * of its type, and the parameters of its line.
 */
#include "elab/quantity.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "net/expr.h"

enum { NAME_ROOM = 200 };

/* Elements whose terminals have names of their own in SPICE: id(m1), not i1(m1) alone. */
static int has_named_terminals(const elab_instance *instance)
{
	return strchr("mqjz", *instance->type->letter) != NULL;
}

/* Terminals: the ports on the instance line that are nodes; they come first. */
static int n_terminal(const elab_instance *instance)
{
	int n = 0;
	while (n < instance->shape->n_port && instance->shape->port[n].quantity == DEV_VOLTAGE &&
	       !instance->shape->port[n].internal)
		n++;
	return n;
}

static int has_branch(const elab_instance *instance)
{
	for (int p = 0; p < instance->shape->n_port; p++)
		if (dev_is_branch(&instance->shape->port[p]))
			return 1;
	return 0;
}

/* Terminal by its name, -1 if there is none. */
static int terminal_of(const elab_instance *instance, const char *name, size_t n)
{
	for (int p = 0; p < n_terminal(instance); p++)
		if (strlen(instance->shape->port[p].name) == n && memcmp(instance->shape->port[p].name, name, n) == 0)
			return p;
	return -1;
}

ts_status elab_quantity_device(elab_builder *b, const net_expr *probe, int *instance)
{
	const char *name = probe->node[0];
	const int is_dotted = name[0] && name[1] == '.' && name_map_get(b->instance_map, name) < 0;
	const elab_named want = {is_dotted ? name + 2 : name, "element", NULL, probe->span};
	return elab_field_instance(b, want, instance);
}

static ts_status voltage_term(elab_builder *b, const net_expr *probe, elab_term *term, const char **name)
{
	for (int i = 0; i < 2 && probe->node[i]; i++)
		TS_TRY(elab_field_node(b, probe->node[i], probe->span, &term->node[i]));
	const elab_node *node = b->node.item;
	*name = probe->node[1] ? arena_printf(b->arena, "v(%s,%s)", node[term->node[0]].name, node[term->node[1]].name)
	                       : arena_printf(b->arena, "v(%s)", node[term->node[0]].name);
	return *name ? TS_OK : TS_NOMEM;
}

/* "i" of any device, "id" and "i1" of those with terminals; 0: there is no such current. */
static int current_term(const elab_instance *instance, const char *what, elab_term *term)
{
	const int n = n_terminal(instance);
	if (instance->host >= 0 || *what != 'i' || n == 0)
		return 0;
	*term = (elab_term){.kind = ELAB_TERMINAL, .instance = term->instance};
	if (what[1] == '\0') {
		term->kind = has_branch(instance) ? ELAB_BRANCH : ELAB_TERMINAL;
		return 1;
	}
	if (what[1] >= '1' && what[1] <= '9' && what[2] == '\0')
		term->index = what[1] - '1';
	else
		term->index = has_named_terminals(instance) ? terminal_of(instance, what + 1, strlen(what + 1)) : -1;
	return term->index >= 0 && term->index < n;
}

/* "v" and "vd" of a device with two terminals, "vgs" of one with more */
static int drop_term(const elab_instance *instance, const char *what, elab_term *term)
{
	const int n = n_terminal(instance);
	int pair[2] = {0, 1};
	if (*what != 'v' || n < 2)
		return 0;
	if (has_named_terminals(instance)) {
		if (strlen(what) != 3)
			return 0;
		for (int i = 0; i < 2; i++)
			pair[i] = terminal_of(instance, what + 1 + i, 1);
	} else if (what[1] != '\0' && strcmp(what, "vd") != 0) {
		return 0;
	}
	if (pair[0] < 0 || pair[1] < 0)
		return 0;
	*term = (elab_term){.kind = ELAB_VOLTAGE,
	                    .node = {instance->node[pair[0]], instance->node[pair[1]]},
	                    .instance = term->instance};
	return 1;
}

static int observable_of(const elab_instance *instance, const char *what)
{
	for (int k = 0; k < instance->type->n_obs; k++)
		if (strcmp(instance->type->obs[k].name, what) == 0)
			return k;
	return -1;
}

static ts_status unknown_quantity(elab_builder *b, const net_expr *probe, int instance, const char *what)
{
	elab_nearest nearest = {.want = what};
	char hint[ELAB_HINT], known[NAME_ROOM] = "";
	const char *name = NULL;
	const elab_instance *of = (const elab_instance *)b->instance.item + instance;
	size_t used = 0;
	for (elab_quantity_at at = {.instance = instance};; at.k++) {
		TS_TRY(elab_quantity_list(b, at, &name));
		if (!name)
			break;
		elab_nearest_try(&nearest, name);
		if (used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, " %s", name);
	}
	diag_add(b->diag, E0315, probe->span, "'%s' has no quantity '%s'%s", of->name, what,
	         elab_nearest_hint(&nearest, hint));
	diag_note(b->diag, of->span, "it has%s", *known ? known : " none");
	return TS_NETLIST;
}

static ts_status quantity_term(elab_builder *b, const net_expr *probe, const char *what, elab_term *term,
                               const char **unit)
{
	const elab_instance *instance = (const elab_instance *)b->instance.item + term->instance;
	const int k = observable_of(instance, what);
	if (k >= 0) {
		*term = (elab_term){.kind = ELAB_OBSERVABLE, .instance = term->instance, .index = k};
		*unit = instance->type->obs[k].unit;
		return TS_OK;
	}
	*unit = *what == 'i' ? "A" : "V";
	if (current_term(instance, what, term) || drop_term(instance, what, term))
		return TS_OK;
	if ((strcmp(what, "p") == 0 || strcmp(what, "power") == 0) && n_terminal(instance) > 0 && instance->host < 0) {
		*unit = "W";
		*term = (elab_term){.kind = ELAB_POWER, .instance = term->instance};
		return TS_OK;
	}
	const int index = dev_param_find(instance->type, what, 0);
	if (index < 0)
		return unknown_quantity(b, probe, term->instance, what);
	const char *of = instance->type->param[index].unit;
	*unit = strcmp(of, "ohm") == 0 ? "Ohm" : strcmp(of, "V or A") != 0 ? of : has_branch(instance) ? "V" : "A";
	*term = (elab_term){.kind = ELAB_PARAMETER, .instance = term->instance, .index = index};
	return TS_OK;
}

static ts_status current_probe(elab_builder *b, const net_expr *probe, elab_term *term, const char **unit)
{
	const elab_instance *instance = (const elab_instance *)b->instance.item + term->instance;
	const int wants_trap = *probe->name == 'n', is_trap = instance->host >= 0;
	if (wants_trap != is_trap) {
		diag_add(b->diag, E0315, probe->span,
		         is_trap ? "'%s' is a trap: it has no current but an occupancy, n(%s)"
		                 : "'%s' is no trap: n(%s) has no meaning",
		         instance->name, instance->name);
		return TS_NETLIST;
	}
	*unit = is_trap ? "" : "A";
	*term = (elab_term){.kind = ELAB_BRANCH, .instance = term->instance};
	if (is_trap || current_term(instance, probe->name, term))
		return TS_OK;
	if (strcmp(probe->name, "p") == 0)
		return quantity_term(b, probe, probe->name, term, unit);
	return unknown_quantity(b, probe, term->instance, probe->name);
}

ts_status elab_quantity_term(elab_builder *b, const net_expr *probe, elab_term *term, const char **name,
                             const char **unit)
{
	*term = (elab_term){.kind = ELAB_VOLTAGE};
	*unit = "V";
	if (strcmp(probe->name, "v") == 0)
		return voltage_term(b, probe, term, name);
	TS_TRY(elab_quantity_device(b, probe, &term->instance));
	const char *device = ((const elab_instance *)b->instance.item)[term->instance].name;
	const int is_quantity = *probe->name == '@';
	*name = is_quantity ? arena_printf(b->arena, "@%s[%s]", device, probe->node[1])
	                    : arena_printf(b->arena, "%s(%s)", probe->name, device);
	if (!*name)
		return TS_NOMEM;
	return is_quantity ? quantity_term(b, probe, probe->node[1], term, unit) : current_probe(b, probe, term, unit);
}

ts_status elab_quantity_list(elab_builder *b, elab_quantity_at at, const char **name)
{
	const elab_instance *instance = (const elab_instance *)b->instance.item + at.instance;
	const int n_obs = at.only_currents ? 0 : instance->type->n_obs, n = n_terminal(instance);
	const int n_current = instance->host >= 0 || n == 0 ? 0 : has_named_terminals(instance) ? n : 1;
	int k = at.k;
	*name = NULL;
	if (k < n_obs) {
		*name = instance->type->obs[k].name;
		return TS_OK;
	}
	k -= n_obs;
	if (k < n_current) {
		*name =
		    has_named_terminals(instance) ? arena_printf(b->arena, "i%s", instance->shape->port[k].name) : "i";
		return *name ? TS_OK : TS_NOMEM;
	}
	k -= n_current;
	if (!at.only_currents && n_current > 0 && k < 2)
		*name = k == 0 ? "p" : n == 2 ? "v" : NULL;
	return TS_OK;
}

/* id(m1), i2(r1), p(r1), where no function of the deck has that name */
static int is_current_call(elab_builder *b, const net_expr *e)
{
	const char *f = e->name;
	const int is_named = (f[0] == 'i' && f[1] && !f[2]) || strcmp(f, "p") == 0;
	return is_named && e->n_arg == 1 && e->arg[0]->kind == NET_NAME && !elab_scope_function(&b->frame.scope, f);
}

static ts_status check_function(elab_builder *b, const net_expr *e)
{
	int low, high;
	if (elab_scope_function(&b->frame.scope, e->name))
		return TS_OK; /* checked where it is written out */
	if (!net_expr_arity(e->name, &low, &high))
		diag_add(b->diag, E0310, e->span, "unknown function '%s'", e->name);
	else if (e->n_arg < low || e->n_arg > high)
		diag_add(b->diag, E0202, e->span, "%s() wants %s%d argument%s, not %d", e->name,
		         high > low ? "at least " : "", low, low == 1 ? "" : "s", e->n_arg);
	else
		return TS_OK;
	return TS_NETLIST;
}

ts_status elab_quantity_call(elab_builder *b, const net_expr *call, const net_expr **out)
{
	*out = call;
	if (!is_current_call(b, call))
		return check_function(b, call);
	net_expr *probe = arena_alloc(b->arena, sizeof *probe);
	if (!probe)
		return TS_NOMEM;
	*probe = (net_expr){.kind = NET_PROBE, .name = call->name, .node = {call->arg[0]->name}, .span = call->span};
	*out = probe;
	return TS_OK;
}

ts_status elab_quantity_read(elab_builder *b, const net_expr *expr, const net_expr **out)
{
	*out = expr;
	if (expr->kind == NET_CALL)
		TS_TRY(elab_quantity_call(b, expr, out));
	if (*out != expr || expr->n_arg == 0)
		return TS_OK;
	net_expr *copy = arena_alloc(b->arena, sizeof *copy);
	const net_expr **arg = arena_array(b->arena, (size_t)expr->n_arg, sizeof *arg);
	if (!copy || !arg)
		return TS_NOMEM;
	*copy = *expr;
	copy->arg = arg;
	*out = copy;
	for (int i = 0; i < expr->n_arg; i++)
		TS_TRY(elab_quantity_read(b, expr->arg[i], &arg[i]));
	return TS_OK;
}

static const net_expr *make_probe(elab_builder *b, net_expr probe)
{
	net_expr *copy = arena_alloc(b->arena, sizeof *copy);
	if (copy)
		*copy = probe;
	return copy;
}

/* "vdb(a, b)": function, then one or two names; 0 when the text is not of that form. */
static int split_call(elab_builder *b, const char *text, char function[4], const char *name[2])
{
	const char *open = strchr(text, '('), *end = text + strlen(text);
	if (!open || open - text > 3 || end[-1] != ')')
		return 0;
	memcpy(function, text, (size_t)(open - text));
	function[open - text] = '\0';
	name[0] = name[1] = NULL;
	for (int i = 0; i < 2; i++) {
		open += 1 + strspn(open + 1, " \t");
		const size_t n = strcspn(open, ",) \t");
		name[i] = n ? arena_strndup(b->arena, open, n) : NULL;
		open += n + strspn(open + n, " \t");
		if (!name[i])
			return 0;
		if (open + 1 == end)
			return 1;
		if (*open != ',')
			return 0;
	}
	return 0;
}

/* A part of a complex signal: vm vdb vp vr vi, im idb ip ir ii. All parts are stored. */
static int is_part(const char *function)
{
	static const char *const part[] = {"m", "db", "p", "r", "i"};
	for (size_t k = 0; (*function == 'v' || *function == 'i') && k < sizeof part / sizeof *part; k++)
		if (strcmp(function + 1, part[k]) == 0)
			return 1;
	return 0;
}

ts_status elab_quantity_word(elab_builder *b, const net_word *word, const net_expr **expr)
{
	char function[4];
	const char *name[2], *hash = strstr(word->text, "#branch");
	net_expr probe = {.kind = NET_PROBE, .span = word->span};
	if (split_call(b, word->text, function, name) && is_part(function) && (*function == 'v' || !name[1])) {
		probe.name = *function == 'v' ? "v" : "i";
		probe.node[0] = name[0];
		probe.node[1] = name[1];
	} else if (hash && hash[strlen("#branch")] == '\0') {
		probe.name = "i";
		probe.node[0] = arena_strndup(b->arena, word->text, (size_t)(hash - word->text));
	} else if (name_map_get(b->node_map, word->text) >= 0) {
		probe.name = "v";
		probe.node[0] = word->text;
	} else {
		return TS_OK;
	}
	*expr = make_probe(b, probe);
	return *expr && probe.node[0] ? TS_OK : TS_NOMEM;
}

static const char *unit_of(const elab_formula *f, const net_expr *e, const char *const *unit)
{
	if (e->kind == NET_PROBE)
		for (int k = 0; k < f->n; k++)
			if (f->probe[k] == e)
				return unit[k];
	const char *a = e->n_arg > 0 ? unit_of(f, e->arg[0], unit) : "";
	if (e->kind == NET_UNARY || (e->kind == NET_CALL && strcmp(e->name, "abs") == 0))
		return e->op == '!' ? "" : a;
	if (e->kind != NET_BINARY)
		return "";
	const char *c = unit_of(f, e->arg[1], unit);
	const int is_same = strcmp(a, c) == 0;
	if (e->op == '+' || e->op == '-')
		return is_same || !*c ? a : !*a ? c : "";
	if (e->op == '/')
		return !*c ? a : "";
	if (e->op != '*')
		return "";
	const int is_power =
	    (strcmp(a, "V") == 0 && strcmp(c, "A") == 0) || (strcmp(a, "A") == 0 && strcmp(c, "V") == 0);
	return is_power ? "W" : !*c ? a : !*a ? c : "";
}

const char *elab_quantity_unit(const elab_formula *formula, const char *const *unit)
{
	return unit_of(formula, formula->expr, unit);
}
