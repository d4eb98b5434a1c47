/* SPDX-License-Identifier: Apache-2.0
 * Groups and noise sources of a stochastic step (see sde_impl.h). A batch becomes a group unless it has neither
 * current, noise nor a moving charge; instances that hold driven nodes are left out. Drift coefficients: with the noise
 * of dq = -f dt - a s o dW (Stratonovich), s^2 = S/2, a reading adds the current -c (P^-1 a).grad s^2 along a,
 *
 *   c = +1/4 Haenggi-Klimontovich, 0 Stratonovich, -1/4 Ito and shifted;  methods that take the noise at v_n only
 *   (be, em, lm) integrate the Ito form, which needs 1/4 more.
 */
#include <string.h>
#include "base/arena.h"
#include "base/phys.h"
#include "sim/sde_impl.h"

static const double QUARTER = 0.25;
enum { MOST_MOVING_PORTS = 16 }; /* of sde_isa.c */

static int has_conductance(const dev_shape *shape)
{
	for (int e = 0; e < shape->n_stamp; e++)
		if (shape->stamp[e].part & DEV_G)
			return 1;
	return 0;
}

static int is_group(const sde_builder *b, int k)
{
	const mna_batch *batch = &b->plan->system->batch[k];
	return has_conductance(batch->shape) || b->moving[k] || batch->shape->n_noise > 0 || !batch->type->shape ||
	       batch->type->next_corner;
}

/* Can the port carry current? A device without conductance is a source, unless it has capacitances: then it is a
 * capacitor. */
static int is_active(const dev_shape *shape, int port)
{
	if (!has_conductance(shape) && shape->n_noise == 0)
		return shape->n_stamp == 0;
	for (int e = 0; e < shape->n_stamp; e++)
		if ((shape->stamp[e].part & DEV_G) && shape->stamp[e].row == port)
			return 1;
	for (int k = 0; k < shape->n_noise; k++)
		if (shape->noise[k].from == port || shape->noise[k].to == port)
			return 1;
	return 0;
}

/* Arrays of a group while they are filled. */
typedef struct filling {
	int *index, *unknown, *row;
	sde_port *active;
	sde_stamp *g, *c;
	sde_flow *flow;
	sde_drive *drive;
} filling;

static ts_status make_arrays(arena *a, const sde_group *g, filling *f)
{
	const size_t n = (size_t)g->mna->n_inst + 1, port = n * (size_t)g->n_port, stamp = n * ((size_t)g->n_stamp + 1);
	*f = (filling){.index = arena_array(a, n, sizeof(int)),
	               .unknown = arena_array(a, port, sizeof(int)),
	               .row = arena_array(a, port, sizeof(int)),
	               .active = arena_array(a, port + 1, sizeof(sde_port)),
	               .g = arena_array(a, stamp, sizeof(sde_stamp)),
	               .c = arena_array(a, stamp, sizeof(sde_stamp)),
	               .flow = arena_array(a, stamp, sizeof(sde_flow)),
	               .drive = arena_array(a, stamp, sizeof(sde_drive))};
	return f->index && f->unknown && f->row && f->active && f->g && f->c && f->flow && f->drive ? TS_OK : TS_NOMEM;
}

static void fill_conductance(const sde_builder *b, sde_group *g, const filling *f, sde_flow flow, int slot)
{
	const int r = f->unknown[flow.port];
	const int whole = b->kind[r] == SDE_ALGEBRAIC || b->averaged[flow.col];
	const double weight = whole ? 1 : b->plan->theta;
	flow.row = b->row_of[r];
	flow.eps = b->averaged[flow.col] ? 1 : b->plan->theta;
	flow.delta = b->averaged[flow.col] ? 0.5 : 0;
	if (b->kind[flow.col] != SDE_DRIVEN)
		f->flow[g->n_flow++] = flow;
	else if (flow.row)
		f->drive[g->n_drive++] = (sde_drive){flow.e, flow.row, flow.col, weight};
	if (slot)
		f->g[g->n_g++] = (sde_stamp){flow.e, slot, weight, whole};
	g->has_p |= slot && whole;
}

/* What port p of instance `to` of the group, number `from` of the batch, adds to the matrix. */
static void fill_stamps(const sde_builder *b, sde_group *g, int to, int from, int p, const filling *f)
{
	const dev_shape *shape = g->mna->shape;
	const int *unknown = g->mna->unknown + (ptrdiff_t)from * g->n_port;
	const int *slot = b->slot[g->batch] + (ptrdiff_t)from * g->n_stamp;
	for (int e = 0; e < g->n_stamp; e++) {
		const dev_stamp *stamp = &shape->stamp[e];
		const sde_flow flow = {
		    .e = to * g->n_stamp + e, .port = to * g->n_port + p, .col = unknown[stamp->col]};
		if (stamp->row != p)
			continue;
		if (stamp->part & DEV_G)
			fill_conductance(b, g, f, flow, slot[e]);
		if (g->moving && (stamp->part & DEV_C) && slot[e] && b->kind[unknown[p]] == SDE_CHARGE)
			f->c[g->n_c++] = (sde_stamp){flow.e, slot[e], 1, 1};
	}
}

/* Instance number `to` of the group is number `from` of the batch. */
static void fill_ports(const sde_builder *b, sde_group *g, int to, int from, const filling *f)
{
	const int *unknown = g->mna->unknown + (ptrdiff_t)from * g->n_port;
	for (int p = 0; p < g->n_port; p++) {
		f->unknown[to * g->n_port + p] = unknown[p];
		f->row[to * g->n_port + p] = b->row_of[unknown[p]];
	}
	for (int p = 0; p < g->n_port && g->part != SDE_JUMPS; p++) {
		const int u = unknown[p], at = to * g->n_port + p;
		const int at_end = b->kind[u] == SDE_ALGEBRAIC || b->plan->options.method == SIM_BE;
		const double w0 = at_end ? 0 : 0.5;
		if (is_active(g->mna->shape, p))
			f->active[g->n_active++] =
			    (sde_port){.e = at,
			               .unknown = u,
			               .row = b->row_of[u],
			               .sign = g->mna->shape->port[p].quantity == DEV_CURRENT ? -1 : 1,
			               .w0 = w0,
			               .w1 = 1 - w0,
			               .flow = g->n_flow};
		fill_stamps(b, g, to, from, p, f);
	}
}

/* Sources that have rates: those that come first. */
static int count_rates(const dev_shape *shape)
{
	int n = 0;
	while (n < shape->n_noise && shape->noise[n].rates)
		n++;
	return n;
}

/* Are the electrons of an instance of a batch simulated one by one? All its white sources must have rates. */
static int is_jumping(const sde_builder *b, const mna_batch *batch, int i)
{
	const sde_options *o = &b->plan->options;
	const dev_shape *shape = batch->shape;
	if (sde_is_trap(shape))
		return sde_runs_trap(b->plan, &b->plan->system->circuit->instance[batch->inst[i]]);
	const int instance = batch->inst[i], wanted = o->reading == SIM_JUMP || (o->jumps && o->jumps[instance]);
	if (!wanted || o->scale == 0 || o->no_white || count_rates(shape) == 0 ||
	    !b->plan->system->circuit->instance[instance].noisy)
		return 0;
	for (int k = count_rates(shape); k < shape->n_noise; k++)
		if (shape->noise[k].spectrum == DEV_WHITE)
			return 0;
	return 1;
}

/* Is there more to a jumping instance than its jumps? */
static int has_rest(const sde_builder *b, int k)
{
	const mna_batch *batch = &b->plan->system->batch[k];
	return b->moving[k] || batch->type->rest || batch->shape->n_noise > count_rates(batch->shape);
}

static int is_member(const sde_builder *b, const sde_group *g, int i)
{
	if (b->holding[g->mna->inst[i]])
		return 0;
	const int jumps = is_jumping(b, g->mna, i);
	if (sde_is_trap(g->mna->shape))
		return jumps && g->part == SDE_JUMPS;
	return g->part == SDE_FLOW ? !jumps : jumps && (g->part == SDE_JUMPS || has_rest(b, g->batch));
}

static ts_status fill_group(sde_builder *b, sde_group *g)
{
	filling f;
	TS_TRY(make_arrays(b->plan->arena, g, &f));
	for (int i = 0; i < g->mna->n_inst; i++) {
		if (!is_member(b, g, i))
			continue;
		f.index[g->n_inst] = i;
		fill_ports(b, g, g->n_inst++, i, &f);
	}
	f.active[g->n_active].flow = g->n_flow;
	g->index = f.index, g->unknown = f.unknown, g->row = f.row, g->active = f.active;
	g->g = f.g, g->c = f.c, g->flow = f.flow, g->drive = f.drive;
	return TS_OK;
}

static double drift_of(const sde_options *o, int rates)
{
	const int follows_state = o->method == SIM_WT2 || o->method == SIM_HEUN;
	const int hk =
	    o->reading == SIM_HK || o->reading == SIM_JUMP || (o->reading == SIM_SHIFTED && rates != DEV_ELECTRONS);
	const double c = hk ? QUARTER : o->reading == SIM_STRAT ? 0 : -QUARTER;
	return (c + (follows_state ? 0 : QUARTER)) / 2 * o->scale * o->scale;
}

static int is_silent(const sde_plan *p, const elab_instance *instance, const dev_noise *noise)
{
	return p->options.reading == SIM_NOISE_OFF || p->options.no_white || p->options.scale == 0 ||
	       !instance->noisy || noise->spectrum != DEV_WHITE;
}

static void list_sources(const sde_builder *b, sde_group *g, int i, int *number, sde_source *source)
{
	sde_plan *p = b->plan;
	const int inst = g->mna->inst[g->index[i]];
	for (int k = 0; k < g->n_noise; k++) {
		const dev_noise *noise = &g->mna->shape->noise[k];
		const int *row = g->row + (ptrdiff_t)i * g->n_port;
		number[i * g->n_noise + k] = -1;
		if (is_silent(p, &p->system->circuit->instance[inst], noise))
			continue;
		if (g->jumps || (g->part == SDE_REST && noise->rates))
			continue;
		const int shifted = p->options.reading == SIM_SHIFTED && noise->rates == DEV_ELECTRONS;
		const double drift = b->steady[g->batch] ? 0 : drift_of(&p->options, noise->rates);
		number[i * g->n_noise + k] = p->n_source;
		source[p->n_source++] =
		    (sde_source){.group = (int)(g - p->group),
		                 .inst = i,
		                 .noise = k,
		                 .instance = inst,
		                 .row_from = row[noise->from],
		                 .row_to = row[noise->to],
		                 .id = g->mna->noise_id[g->index[i] * g->n_noise + k],
		                 .shift = shifted ? -PHYS_Q / 2 * p->options.scale * p->options.scale : 0,
		                 .drift = drift};
		g->shifted |= shifted;
		g->drifts |= drift != 0;
		p->steady_noise &= b->steady[g->batch];
	}
}

static void list_jumps(sde_plan *p, sde_group *g, sde_jump *jump)
{
	const double packet = PHYS_Q * p->options.scale * p->options.scale;
	const int n_const = g->mna->type->n_const;
	g->first_jump = p->n_jump;
	for (int i = 0; i < g->n_inst && g->jumps; i++)
		for (int k = 0; k < g->n_rate; k++) {
			const dev_noise *noise = &g->mna->shape->noise[k];
			const int *unknown = g->unknown + (ptrdiff_t)i * g->n_port,
			          *row = g->row + (ptrdiff_t)i * g->n_port;
			jump[p->n_jump++] = (sde_jump){.group = (int)(g - p->group),
			                               .inst = i,
			                               .noise = k,
			                               .instance = g->mna->inst[g->index[i]],
			                               .from = unknown[noise->from],
			                               .to = unknown[noise->to],
			                               .row_from = row[noise->from],
			                               .row_to = row[noise->to],
			                               .charge = noise->rates == DEV_TRAP ? PHYS_Q : packet};
			if (noise->rates == DEV_TRAP) {
				jump[p->n_jump - 1].trap = unknown[g->n_port - 1];
				jump[p->n_jump - 1].energy = (ptrdiff_t)g->index[i] * n_const + noise->level;
			}
			g->shifted = 1;
		}
}

static ts_status make_sources(sde_builder *b, sde_group *group)
{
	sde_plan *p = b->plan;
	size_t most = 1;
	for (int k = 0; k < p->n_group; k++)
		most += (size_t)(group[k].n_inst * group[k].n_noise);
	sde_source *source = arena_array(p->arena, most, sizeof *source);
	sde_jump *jump = arena_array(p->arena, most, sizeof *jump);
	if (!source || !jump)
		return TS_NOMEM;
	p->source = source;
	p->jump = jump;
	for (sde_group *g = group; g < group + p->n_group; g++)
		list_jumps(p, g, jump);
	p->steady_noise = 1;
	for (sde_group *g = group; g < group + p->n_group; g++) {
		int *number = arena_array(p->arena, (size_t)(g->n_inst * g->n_noise) + 1, sizeof *number);
		if (!number)
			return TS_NOMEM;
		for (int i = 0; i < g->n_inst; i++)
			list_sources(b, g, i, number, source);
		g->source = number;
	}
	return TS_OK;
}

static size_t take(size_t *used, int rows)
{
	const size_t at = *used;
	*used += (size_t)rows;
	return at;
}

static void place(sde_plan *p, sde_group *g)
{
	size_t *used = &p->block_rows;
	g->f0 = take(used, g->n_inst * g->n_port);
	g->f1 = take(used, g->n_inst * g->n_port);
	g->dq = take(used, g->n_inst * g->n_port);
	g->g0 = take(used, g->n_inst * g->n_stamp);
	g->pull = take(used, g->n_inst * g->n_noise * g->n_port);
	g->shift = take(used, g->n_inst * g->n_noise * g->n_port);
	if (!g->moving)
		return;
	g->c0 = take(used, g->n_inst * g->n_stamp);
	g->q0 = take(used, g->n_inst * g->n_port);
	g->q1 = take(used, g->n_inst * g->n_port);
}

static ts_status add_group(sde_builder *b, int k, sde_part part, sde_group *g)
{
	const mna_batch *batch = &b->plan->system->batch[k];
	*g = (sde_group){.mna = batch,
	                 .batch = k,
	                 .eval = dev_kernel(batch->type),
	                 .n_port = batch->shape->n_port,
	                 .n_stamp = batch->shape->n_stamp,
	                 .n_noise = batch->shape->n_noise,
	                 .n_rate = count_rates(batch->shape),
	                 .moving = b->moving[k] && part != SDE_JUMPS,
	                 .part = part,
	                 .jumps = part == SDE_JUMPS};
	if (g->moving && g->n_port > MOST_MOVING_PORTS) {
		diag_add(b->diag, E0999, b->plan->system->circuit->instance[batch->inst[0]].span,
		         "a device with moving charges has more than %d ports", MOST_MOVING_PORTS);
		return TS_INTERNAL;
	}
	TS_TRY(fill_group(b, g));
	if (g->n_inst == 0)
		return TS_OK;
	b->plan->linear &= (!b->nonlinear[k] || g->jumps) && !g->moving;
	b->plan->has_flow |= g->n_active > 0;
	b->plan->has_moving |= g->moving;
	b->plan->has_p |= g->moving || g->has_p;
	b->plan->n_group++;
	return TS_OK;
}

ts_status sde_make_groups(sde_builder *b)
{
	sde_plan *p = b->plan;
	const mna_system *s = p->system;
	sde_group *group = arena_array(p->arena, SDE_N_PART * (size_t)s->n_batch + 1, sizeof *group);
	if (!group)
		return TS_NOMEM;
	p->group = group;
	p->linear = 1;
	for (int k = 0; k < s->n_batch; k++)
		for (sde_part part = SDE_FLOW; part < SDE_N_PART && is_group(b, k); part++)
			TS_TRY(add_group(b, k, part, &group[p->n_group]));
	TS_TRY(make_sources(b, group));
	TS_TRY(sde_list_traps(p, group));
	for (int k = 0; k < p->n_group; k++)
		place(p, &group[k]);
	TS_TRY(sde_make_flicker(b, group));
	int conducts = p->n_algebraic > 0; /* conductances stand in P */
	for (int k = 0; k < p->n_group; k++)
		conducts |= group[k].has_p;
	p->charges_only = p->has_moving && !conducts;
	p->settles = p->has_moving || (p->n_algebraic > 0 && !p->linear);
	return sde_make_lists(p, group);
}
