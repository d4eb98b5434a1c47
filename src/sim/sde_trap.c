/* SPDX-License-Identifier: Apache-2.0
 * Traps in a stochastic step (dev/rtn_trap.c): jump channels with a state of their own, whatever the reading, exact
 * like all jumps (sde_jump.c). The state is the trap's own unknown, which no step moves (kind SDE_DRIVEN, held by no
 * source) and only its jumps set, to 0 or 1. It starts from the stationary law at the starting voltages. A full trap
 * lowers the gate voltage of its transistor by dvth in everything that is current: I, g, S, rates; not in the charges,
 * so that equilibrium does not know of it. A silent trap does nothing and its unknown keeps the mean occupancy of the
 * start.
 *
 * Books: a jump moves the charge eta q over the mean drop V_mid and leaves the energy E in the trap: the heat is
 * eta q V_mid - E, kT times the logarithm of the ratio of the two rates, and E counts as field energy.
 */
#include <string.h>
#include "base/arena.h"
#include "sim/sde_impl.h"

int sde_is_trap(const dev_shape *shape)
{
	return shape->n_noise > 0 && shape->noise[0].rates == DEV_TRAP;
}

int sde_runs_trap(const sde_plan *plan, const elab_instance *instance)
{
	const sde_options *o = &plan->options;
	return instance->noisy && !o->no_rtn && o->scale != 0 && o->reading != SIM_NOISE_OFF;
}

int sde_has_traps(const sde_plan *plan)
{
	for (int k = 0; k < plan->n_jump; k++)
		if (plan->jump[k].trap)
			return 1;
	return 0;
}

ts_status sde_mark_traps(const sde_builder *b)
{
	sde_plan *p = b->plan;
	const mna_system *s = p->system;
	uint8_t *occupancy = arena_array(p->arena, (size_t)p->n_unknown, sizeof *occupancy);
	if (!occupancy)
		return TS_NOMEM;
	for (int i = 0; i < s->circuit->n_instance; i++) {
		if (!sde_is_trap(s->circuit->instance[i].shape))
			continue;
		const int unknown = mna_branch(s, i);
		b->kind[unknown] = SDE_DRIVEN;
		occupancy[unknown] = 1;
	}
	p->occupancy = occupancy;
	return TS_OK;
}

/* Traps that are simulated, in the order of their transistors: those of instance i are first[i] .. first[i + 1] - 1. */
static ts_status sort_traps(sde_plan *p, int *first, sde_hold *hold)
{
	const mna_system *s = p->system;
	const elab_instance *instance = s->circuit->instance;
	int n = 0;
	for (int host = 0; host < s->circuit->n_instance; host++)
		first[host + 1] = 0;
	for (int i = 0; i < s->circuit->n_instance; i++)
		if (instance[i].host >= 0 && sde_runs_trap(p, &instance[i]))
			first[instance[i].host + 1]++;
	for (int host = 0; host < s->circuit->n_instance; host++)
		first[host + 1] += first[host];
	int *next = arena_array(p->arena, (size_t)s->circuit->n_instance + 1, sizeof *next);
	if (!next)
		return TS_NOMEM;
	for (int i = 0; i < s->circuit->n_instance; i++) {
		const int host = instance[i].host;
		if (host < 0 || !sde_runs_trap(p, &instance[i]))
			continue;
		const ptrdiff_t k = (ptrdiff_t)s->index_in_batch[i] * instance[i].type->n_const;
		n = first[host] + next[host]++;
		hold[n] = (sde_hold){.unknown = mna_branch(s, i),
		                     .batch = s->batch_of[i],
		                     .dvth = k + instance[i].shape->noise[0].exponent,
		                     .sign = instance[host].polarity < 0 ? 1 : -1};
	}
	return TS_OK;
}

static int gate_of(const dev_shape *shape)
{
	for (int p = 0; p < shape->n_port; p++)
		if (strcmp(shape->port[p].name, "g") == 0)
			return p;
	return 0;
}

static ts_status give_traps(sde_plan *p, sde_group *g, const int *first)
{
	int *trap = arena_array(p->arena, 2 * (size_t)g->n_inst + 1, sizeof *trap), n = 0;
	if (!trap)
		return TS_NOMEM;
	for (int i = 0; i < g->n_inst; i++) {
		const int instance = g->mna->inst[g->index[i]];
		trap[2 * i] = first[instance];
		trap[2 * i + 1] = first[instance + 1];
		n += trap[2 * i + 1] - trap[2 * i];
	}
	g->gate = gate_of(g->mna->shape);
	g->trap = n > 0 ? trap : NULL;
	return TS_OK;
}

ts_status sde_list_traps(sde_plan *p, sde_group *group)
{
	const size_t n = (size_t)p->system->circuit->n_instance + 1;
	if (!sde_has_traps(p))
		return TS_OK;
	int *first = arena_array(p->arena, n, sizeof *first);
	sde_hold *hold = arena_array(p->arena, n, sizeof *hold);
	if (!first || !hold)
		return TS_NOMEM;
	TS_TRY(sort_traps(p, first, hold));
	p->hold = hold;
	for (int k = 0; k < p->n_group; k++)
		TS_TRY(give_traps(p, &group[k], first));
	return TS_OK;
}

/* n = 1 with the stationary probability at x: minus the last port's residual at n = 0. */
static void start_trap(sde_work *w, const sde_jump *j)
{
	const sde_plan *p = w->plan;
	const sde_group *g = &p->group[j->group];
	double f[3 * LANES] __attribute__((aligned(64)));
	const int *unknown = g->unknown + (ptrdiff_t)j->inst * g->n_port;
	double *occupancy = w->x + (ptrdiff_t)j->trap * LANES;
	memset(occupancy, 0, LANES * sizeof *occupancy);
	for (int q = 0; q < g->n_port; q++)
		memcpy(w->v + q * LANES, w->x + (ptrdiff_t)unknown[q] * LANES, LANES * sizeof *w->v);
	const dev_in in = {.v = w->v,
	                   .k = w->tile->k[g->batch] + (ptrdiff_t)g->index[j->inst] * g->mna->type->n_const * LANES,
	                   .t = w->t0,
	                   .shape = g->mna->shape,
	                   .want = DEV_F};
	dev_out out = {.f = f};
	g->eval(&in, &out);
	const uint32_t id = g->mna->noise_id[g->index[j->inst] * g->n_noise];
	for (int l = 0; l < LANES; l++) {
		const philox_counter at = {{id, w->trajectory[l], 1, 0}}; /* the draws of jumps have 0 there */
		const philox_counter bits = philox4x32(at, w->key);
		occupancy[l] = philox_uniform(bits.v[0], bits.v[1]) < -f[(g->n_port - 1) * LANES + l];
	}
}

void sde_start_traps(sde_work *w)
{
	for (int k = 0; k < w->plan->n_jump; k++)
		if (w->plan->jump[k].trap)
			start_trap(w, &w->plan->jump[k]);
}

double sde_switch_trap(sde_work *w, const sde_jump *j, int fills, int l)
{
	const double *constant = w->tile->k[w->plan->group[j->group].batch];
	const double energy = constant[j->energy * LANES + l] * (fills ? 1 : -1);
	w->x1[j->trap * LANES + l] = fills;
	w->moved[l] += energy;
	return energy;
}
