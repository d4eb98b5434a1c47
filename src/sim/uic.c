/* SPDX-License-Identifier: Apache-2.0
 * State of a transient with uic. An ic= of a capacitor is a voltage between two nodes. Ground, driven nodes and those
 * of .ic are known; a capacitor with one known end makes the other known, and where none has, the second node of the
 * first one left stays at 0 V. A capacitor whose ends are both known must agree.
 */
#include "sim/uic.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

static const double AGREE_REL = 1e-6, AGREE_ABS = 1e-9; /* V */

typedef struct uic_state {
	const mna_system *s;
	double *x;
	uint8_t *known;
	diag_list *diag;
} uic_state;

/* ic= of an element of the letter, 0 where there is none: that is what the state is without it. */
static double initial(const elab_instance *instance, char letter)
{
	const int index = *instance->type->letter == letter ? dev_param_find(instance->type, "ic", 0) : -1;
	return index < 0 ? 0 : instance->param[index];
}

static void put_known(uic_state *u, sim_uic_source moved)
{
	const mna_system *s = u->s;
	const elab_circuit *c = s->circuit;
	memset(u->x, 0, (size_t)s->n_unknown * sizeof *u->x);
	u->known[0] = 1;
	for (int i = 0; i < c->n_ic; i++) {
		u->x[c->ic[i].node] = c->ic[i].node > 0 ? c->ic[i].value : 0;
		u->known[c->ic[i].node] = 1;
	}
	for (int k = 0; k < s->n_driven; k++) {
		const int node = s->driven_order[k], source = s->driven_by[node];
		const double value = source == moved.instance ? moved.value : mna_source_value(s, source, 0);
		u->x[node] = u->x[s->driven_from[node]] + s->driven_sign[node] * value;
		u->known[node] = 1;
	}
}

static void put_currents(uic_state *u)
{
	const elab_circuit *c = u->s->circuit;
	for (int i = 0; i < c->n_instance; i++)
		if (initial(&c->instance[i], 'l') != 0)
			u->x[mna_branch(u->s, i)] = initial(&c->instance[i], 'l');
}

/* Capacitors with exactly one known end, in their order. Returns how many. */
static int spread(uic_state *u)
{
	const elab_circuit *c = u->s->circuit;
	int n = 0;
	for (int i = 0; i < c->n_instance; i++) {
		const double v = initial(&c->instance[i], 'c');
		if (v == 0)
			continue;
		const int *node = c->instance[i].node, from = u->known[node[0]] ? 0 : 1;
		if (u->known[node[0]] == u->known[node[1]])
			continue;
		u->x[node[1 - from]] = u->x[node[from]] + (from ? v : -v);
		u->known[node[1 - from]] = 1;
		n++;
	}
	return n;
}

/* A node with a capacitor to ground that says nothing stays at 0 V, as all others do. */
static int stay(uic_state *u)
{
	const elab_circuit *c = u->s->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const int *node = c->instance[i].node;
		if (*c->instance[i].type->letter != 'c' || initial(&c->instance[i], 'c') != 0 || (node[0] && node[1]))
			continue;
		const int other = node[0] + node[1];
		if (u->known[other])
			continue;
		u->known[other] = 1;
		return 1;
	}
	return 0;
}

/* One capacitor of which nothing is known: its second node stays. */
static int begin(uic_state *u)
{
	const elab_circuit *c = u->s->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const int *node = c->instance[i].node;
		if (initial(&c->instance[i], 'c') == 0 || u->known[node[0]] || u->known[node[1]])
			continue;
		u->known[node[1]] = 1;
		return 1;
	}
	return 0;
}

/* Is there a capacitor with ic= whose ends are not known? */
static int pending(const uic_state *u)
{
	const elab_circuit *c = u->s->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const int *node = c->instance[i].node;
		if (initial(&c->instance[i], 'c') != 0 && !(u->known[node[0]] && u->known[node[1]]))
			return 1;
	}
	return 0;
}

static ts_status check(const uic_state *u)
{
	const elab_circuit *c = u->s->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const elab_instance *instance = &c->instance[i];
		const double want = initial(instance, 'c');
		if (want == 0)
			continue;
		const double v = u->x[instance->node[0]] - u->x[instance->node[1]];
		if (fabs(v - want) <= AGREE_ABS + AGREE_REL * fabs(want))
			continue;
		diag_add_origin(u->diag, E0305, instance->span, instance->origin,
		                "ic = %g V of '%s' contradicts what else is known at the start: between '%s' and '%s' "
		                "stand %g V",
		                want, instance->name, c->node[instance->node[0]].name, c->node[instance->node[1]].name,
		                v);
		return TS_NETLIST;
	}
	return TS_OK;
}

ts_status sim_uic_state(const mna_system *system, sim_uic_source moved, double *x, diag_list *diag)
{
	uic_state u = {system, x, alloc_array((size_t)system->n_unknown + 1, 1), diag};
	if (!u.known)
		return TS_NOMEM;
	put_known(&u, moved);
	put_currents(&u);
	while (pending(&u) && (spread(&u) || stay(&u) || begin(&u)))
		;
	const ts_status status = check(&u);
	alloc_free(u.known);
	return status;
}
