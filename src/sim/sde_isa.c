/* SPDX-License-Identifier: Apache-2.0
 * The loops of a stochastic step over groups, instances and lanes (see sde_impl.h, docs/numerics.md), compiled once per
 * instruction-set level. The order of every sum is fixed, so results do not depend on the level.
 */
#include <math.h>
#include <string.h>
#include "base/isa.h"
#include "sim/sde_impl.h"

static const double MOST = 1e6;       /* V: beyond any circuit */
static const double NO_MATTER = 0.05; /* V, about 2 kT/q: no exponential is far off by less */

extern const sde_table ISA_NAME(sde_table);

static inline void gather(const double *restrict x, const int *restrict unknown, int n, double *restrict v)
{
	for (int p = 0; p < n; p++)
		memcpy(v + p * LANES, x + (ptrdiff_t)unknown[p] * LANES, LANES * sizeof *v);
}

static inline void add(double *restrict to, const double *restrict from, double weight)
{
	for (int l = 0; l < LANES; l++)
		to[l] += weight * from[l];
}

static inline const double *at(const double *array, ptrdiff_t item)
{
	return array + item * LANES;
}

/* Noise charge of one source, and its drift current on the instance's ports. */
static inline void make_noise(const sde_work *w, const sde_group *g, int i, int k, const double *xi, double h,
                              double *f, double *charge)
{
	const int source = g->source[i * g->n_noise + k];
	const double scale = w->plan->options.scale, half = 0.5 * h, drift = w->plan->source[source].drift;
	const dev_noise *noise = &g->mna->shape->noise[k];
	const double *pull = at(sde_at(w, g->pull), ((ptrdiff_t)i * g->n_noise + k) * g->n_port);
	const double *slope = at(w->ds, k * g->n_port);
	const int *row = g->row + (ptrdiff_t)i * g->n_port;
	double *from = f + noise->from * LANES, *to = f + noise->to * LANES;
	for (int l = 0; l < LANES; l += LANE_WIDTH) {
		lane normal, current = lane_set(0);
		memcpy(&normal, xi + source * LANES + l, sizeof normal); /* the caller's array need not be aligned */
		const lane density = lane_max(lane_load(at(w->s, k) + l), lane_set(0));
		lane_store(charge + source * LANES + l, scale * lane_sqrt(half * density) * normal);
		if (drift == 0)
			continue;
		for (int p = 0; p < g->n_port; p++)
			if (row[p]) /* a driven node does not move */
				current -= drift * lane_load(at(pull, p) + l) * lane_load(at(slope, p) + l);
		lane_store(from + l, lane_load(from + l) + current);
		lane_store(to + l, lane_load(to + l) - current);
	}
}

/* Current of one flicker source: its bias-dependent amplitude times the unit process. */
static inline void make_flicker(const sde_work *w, const sde_group *g, int i, int k, int start, double *f)
{
	const dev_noise *noise = &g->mna->shape->noise[k];
	const double *unit = at(start ? w->flicker0 : w->flicker1, g->flicker[i * g->n_noise + k]);
	double *from = f + noise->from * LANES, *to = f + noise->to * LANES;
	const double scale = w->plan->options.scale;
	for (int l = 0; l < LANES; l += LANE_WIDTH) {
		const lane density = lane_max(lane_load(at(w->s, k) + l), lane_set(0));
		const lane current = scale * lane_sqrt(density) * lane_load(unit + l);
		lane_store(from + l, lane_load(from + l) + current);
		lane_store(to + l, lane_load(to + l) - current);
	}
}

/* A transistor with traps: its currents at the lowered gate voltage, its charges at the true one. */
static void evaluate_trapped(sde_work *w, const sde_group *g, int i, const double *x, const dev_in *in, dev_out *out)
{
	dev_in part = *in;
	part.want = in->want & (unsigned)(DEV_Q | DEV_C);
	if (part.want)
		g->eval(&part, out);
	sde_lower_gate(w, g, i, x, w->v);
	part.want = in->want & ~(unsigned)(DEV_Q | DEV_C);
	if (part.want)
		g->eval(&part, out);
}

static inline int is_at_start(sde_stage stage)
{
	return stage == SDE_START || stage == SDE_START_CHARGE || stage == SDE_START_CURRENT;
}

/* Set of dev_want; 0: nothing of this group. */
static unsigned wanted(const sde_plan *p, const sde_group *g, sde_stage stage)
{
	const unsigned charge = g->moving ? DEV_Q : 0, capacitance = g->moving ? DEV_C : 0;
	unsigned want = DEV_F | DEV_S;
	if (stage == SDE_START_CHARGE || stage == SDE_ONLY_CHARGE)
		return charge | capacitance;
	if (stage == SDE_START || stage == SDE_START_CURRENT || stage == SDE_END_MATRIX)
		want |= DEV_G;
	if (stage != SDE_START_CURRENT)
		want |= charge | (stage == SDE_END ? 0 : capacitance);
	want |= g->part == SDE_REST ? (unsigned)DEV_REST : 0;
	want |= g->drifts ? (unsigned)DEV_DS : 0;
	return want | (p->options.reading == SIM_CARD ? (unsigned)DEV_CARD : 0);
}

static void evaluate_group(sde_work *w, const sde_group *g, sde_stage stage, double h, const double *xi)
{
	const int start = is_at_start(stage);
	const double *x = start ? w->x : w->xs;
	dev_in in = {.v = w->v, .t = start ? w->t0 : w->t1, .shape = g->mna->shape, .want = wanted(w->plan, g, stage)};
	if (!in.want)
		return;
	for (int i = 0; i < g->n_inst; i++) {
		double *f = sde_at(w, start ? g->f0 : g->f1) + (ptrdiff_t)i * g->n_port * LANES;
		dev_out out = {
		    .f = f, .g = sde_at(w, g->g0) + (ptrdiff_t)i * g->n_stamp * LANES, .s = w->s, .ds = w->ds};
		if (g->moving) {
			out.q = sde_at(w, start ? g->q0 : g->q1) + (ptrdiff_t)i * g->n_port * LANES;
			out.c = sde_at(w, g->c0) + (ptrdiff_t)i * g->n_stamp * LANES;
		}
		gather(x, g->unknown + i * g->n_port, g->n_port, w->v);
		in.k = w->tile->k[g->batch] + (ptrdiff_t)g->index[i] * g->mna->type->n_const * LANES;
		in.aux = w->plan->system->circuit->instance[g->mna->inst[g->index[i]]].aux;
		in.shift = g->shifted ? sde_at(w, g->shift) + (ptrdiff_t)i * g->n_noise * g->n_port * LANES : NULL;
		if (g->trap)
			evaluate_trapped(w, g, i, x, &in, &out);
		else
			g->eval(&in, &out);
		if (!(in.want & DEV_F))
			continue;
		for (int k = 0; k < g->n_noise; k++)
			if (xi && g->source[i * g->n_noise + k] >= 0)
				make_noise(w, g, i, k, xi, h, f, start ? w->n0 : w->n1);
		for (int k = 0; g->flicker && k < g->n_noise; k++)
			if (g->flicker[i * g->n_noise + k] >= 0)
				make_flicker(w, g, i, k, start, f);
	}
}

static void evaluate(sde_work *w, sde_stage stage, double h, const double *xi)
{
	if (!is_at_start(stage))
		w->charged = 0;
	for (int k = 0; k < w->plan->n_group; k++)
		if (!w->plan->group[k].jumps)
			evaluate_group(w, &w->plan->group[k], stage, h, xi);
}

static void matrix(sde_work *w, double h)
{
	const sde_plan *plan = w->plan;
	const size_t bytes = ((size_t)plan->pattern.nnz + 1) * LANES * sizeof *w->w;
	memcpy(w->w, w->base, bytes);
	if (plan->has_p)
		memcpy(w->p, w->base, bytes);
	for (int k = 0; k < plan->n_group; k++) {
		const sde_group *g = &plan->group[k];
		const double *g0 = sde_at(w, g->g0), *c0 = g->moving ? sde_at(w, g->c0) : NULL;
		for (const sde_stamp *s = g->g; s < g->g + g->n_g; s++) {
			add(w->w + (ptrdiff_t)s->slot * LANES, g0 + (ptrdiff_t)s->e * LANES, h * s->weight);
			if (s->in_p)
				add(w->p + (ptrdiff_t)s->slot * LANES, g0 + (ptrdiff_t)s->e * LANES, h);
		}
		for (const sde_stamp *s = g->c; s < g->c + g->n_c; s++) {
			add(w->w + (ptrdiff_t)s->slot * LANES, c0 + (ptrdiff_t)s->e * LANES, 1);
			add(w->p + (ptrdiff_t)s->slot * LANES, c0 + (ptrdiff_t)s->e * LANES, 1);
		}
	}
}

/* Sum of the noise charges that leave through entries [e, end) of a list. */
static inline lane noise_sum(const sde_inject *e, const sde_inject *end, const double *charge)
{
	lane sum = lane_set(0);
	for (; e < end; e++)
		sum += e->sign * lane_load(at(charge, e->source));
	return sum;
}

/* The same for row r and the lanes from l on. */
static inline lane row_noise(const sde_plan *p, int r, int l, const double *charge)
{
	return noise_sum(p->inject + p->first_inject[r], p->inject + p->first_inject[r + 1], charge + l);
}

/* C delta of a charge row over the columns that have moved. */
static inline lane row_capacitances(const sde_work *w, int r, int l, int driven_only)
{
	const sde_plan *p = w->plan;
	lane sum = lane_set(0);
	if (p->row_kind[r] != SDE_CHARGE)
		return sum;
	for (const int *e = p->row_cap + p->first_cap[r]; e < p->row_cap + p->first_cap[r + 1]; e++) {
		const sde_entry *c = &p->cap[*e];
		if (c->free_slot ? !driven_only : p->driven_moves)
			sum += lane_load(at(w->cap, c->slot) + l) * lane_load(at(w->delta, c->col) + l);
	}
	return sum;
}

/* rhs -= h G delta of the driven nodes' change in delta */
static void follow_driven(sde_work *w, double h)
{
	for (int k = 0; k < w->plan->n_group; k++) {
		const sde_group *g = &w->plan->group[k];
		const double *g0 = sde_at(w, g->g0);
		for (const sde_drive *d = g->drive; d < g->drive + g->n_drive; d++)
			for (int l = 0; l < LANES; l++)
				w->rhs[(ptrdiff_t)d->row * LANES + l] -=
				    h * d->weight * at(g0, d->e)[l] * at(w->delta, d->col)[l];
	}
}

/* rhs = -(h f_n + N_n) and what the driven nodes' change, in delta, brings. */
static void predict(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	for (int r = 1; r <= p->n_free; r++)
		for (int l = 0; l < LANES; l += LANE_WIDTH) {
			lane sum = lane_set(0);
			for (const sde_term *t = p->term + p->first_term[r]; t < p->term + p->first_term[r + 1]; t++)
				sum += lane_load(sde_at(w, t->f0) + l);
			sum = -h * sum - row_noise(p, r, l, w->n0);
			if (p->driven_moves)
				sum -= row_capacitances(w, r, l, 1);
			lane_store(w->rhs + (ptrdiff_t)r * LANES + l, sum);
		}
	if (p->driven_moves)
		follow_driven(w, h);
}

/* Currents of ideal branches count as averages: h (f_n + f*)/2 lacks h/2 times their change. */
static void correct_branches(sde_work *w, const sde_group *g, double h)
{
	const double *g0 = sde_at(w, g->g0);
	for (const sde_flow *d = g->flow; d < g->flow + g->n_flow; d++)
		for (int l = 0; d->delta != 0 && w->plan->row_kind[d->row] == SDE_CHARGE && l < LANES; l++)
			w->rhs[(ptrdiff_t)d->row * LANES + l] -=
			    h * d->delta * at(g0, d->e)[l] * at(w->delta, d->col)[l];
}

static void correct_moving(sde_work *w, const sde_group *g)
{
	const double *q0 = sde_at(w, g->q0), *q1 = sde_at(w, g->q1);
	for (int e = 0; e < g->n_inst * g->n_port; e++)
		for (int l = 0; w->plan->row_kind[g->row[e]] == SDE_CHARGE && l < LANES; l++)
			w->rhs[(ptrdiff_t)g->row[e] * LANES + l] -= at(q1, e)[l] - at(q0, e)[l];
}

static void correct(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	for (int r = 1; r <= p->n_free; r++)
		for (int l = 0; l < LANES; l += LANE_WIDTH) {
			lane sum = lane_set(0);
			for (const sde_term *t = p->term + p->first_term[r]; t < p->term + p->first_term[r + 1]; t++)
				sum +=
				    t->w0 * lane_load(sde_at(w, t->f0) + l) + t->w1 * lane_load(sde_at(w, t->f1) + l);
			sum = -h * sum - row_noise(p, r, l, w->n0) - row_capacitances(w, r, l, 0);
			lane_store(w->rhs + (ptrdiff_t)r * LANES + l, sum);
		}
	for (int k = 0; k < p->n_group; k++) {
		if (p->group[k].has_p && p->options.method != SIM_BE)
			correct_branches(w, &p->group[k], h);
		if (p->group[k].moving)
			correct_moving(w, &p->group[k]);
	}
}

static void noise_change(sde_work *w)
{
	for (int r = 1; r <= w->plan->n_free; r++)
		for (int l = 0; l < LANES; l += LANE_WIDTH)
			lane_store(w->rhs + (ptrdiff_t)r * LANES + l,
			           -0.5 * (row_noise(w->plan, r, l, w->n1) - row_noise(w->plan, r, l, w->n0)));
}

/* Conduction and noise charge through active port a over the step. */
static inline lane port_charge(const sde_work *w, const sde_group *g, int a, int l, double h)
{
	const sde_port *p = &g->active[a];
	const double *g0 = sde_at(w, g->g0);
	const sde_inject *e = g->inject + g->first_inject[a], *end = g->inject + g->first_inject[a + 1];
	lane current = 0.5 * (lane_load(at(sde_at(w, g->f0), p->e) + l) + lane_load(at(sde_at(w, g->f1), p->e) + l));
	for (const sde_flow *f = g->flow + p[0].flow; f < g->flow + p[1].flow; f++) {
		lane change = f->eps * lane_load(at(w->eps, f->col) + l);
		if (f->delta != 0)
			change += f->delta * lane_load(at(w->delta, f->col) + l);
		current += lane_load(at(g0, f->e) + l) * change;
	}
	return h * current + 0.5 * (noise_sum(e, end, w->n0 + l) + noise_sum(e, end, w->n1 + l));
}

/* Charge of the active ports over the step, and its sum at the nodes whose balance is needed. */
static void charges(sde_work *w, double h)
{
	const int all = w->plan->settles;
	memset(w->node, 0, (size_t)w->plan->n_unknown * LANES * sizeof *w->node);
	for (int k = 0; k < w->plan->n_group; k++) {
		const sde_group *g = &w->plan->group[k];
		for (int a = 0; a < g->n_active; a++) {
			double *dq = sde_at(w, g->dq) + (ptrdiff_t)g->active[a].e * LANES;
			for (int l = 0; l < LANES; l += LANE_WIDTH)
				lane_store(dq + l, port_charge(w, g, a, l, h));
			if (all || !g->active[a].row)
				add(w->node + (ptrdiff_t)g->active[a].unknown * LANES, dq, 1);
		}
	}
}

static void find_middle(sde_work *w)
{
	for (int u = 1; u < w->plan->n_unknown; u++)
		for (int l = 0; l < LANES; l += LANE_WIDTH)
			lane_store(w->middle + u * LANES + l,
			           0.5 * (lane_load(at(w->x, u) + l) + lane_load(at(w->x1, u) + l)));
}

/* Heat of the active ports: mean of the voltage before and after times charge. */
static void active_books(sde_work *w, const sde_group *g)
{
	const double *dq = sde_at(w, g->dq);
	const int each = g->n_inst > 0 ? g->n_active / g->n_inst : 0;
	for (int i = 0; i < g->n_inst; i++) {
		const sde_port *p = g->active + i * each;
		double *heat = w->heat + (ptrdiff_t)g->mna->inst[g->index[i]] * LANES;
		for (int l = 0; l < LANES; l += LANE_WIDTH) {
			lane work = lane_set(0);
			for (int a = 0; a < each; a++)
				work += p[a].sign * lane_load(at(w->middle, p[a].unknown) + l) *
				        lane_load(at(dq, p[a].e) + l);
			lane_store(heat + l, lane_load(heat + l) + work);
			lane_store(w->turnover + l, lane_load(w->turnover + l) + lane_abs(work));
		}
	}
}

/* What moving charges take up, and their part of the charge at the nodes. */
static void moving_books(sde_work *w, const sde_group *g)
{
	const double *q0 = sde_at(w, g->q0), *q1 = sde_at(w, g->q1);
	for (int e = 0; e < g->n_inst * g->n_port; e++) {
		const ptrdiff_t u = (ptrdiff_t)g->unknown[e] * LANES;
		const double sign = g->mna->shape->port[e % g->n_port].quantity == DEV_CURRENT ? -0.5 : 0.5;
		for (int l = 0; l < LANES; l++) {
			const double dq = q1[(ptrdiff_t)e * LANES + l] - q0[(ptrdiff_t)e * LANES + l];
			w->moved[l] += sign * (w->x[u + l] + w->x1[u + l]) * dq;
			w->node[u + l] += dq;
		}
	}
}

/* Charge that voltage sources among the devices have let out of their + terminal. */
static void branch_charges(sde_work *w, const sde_group *g)
{
	if (!dev_is_branch(&g->mna->shape->port[g->n_port - 1]))
		return;
	for (int i = 0; i < g->n_inst; i++)
		add(w->charge + (ptrdiff_t)g->mna->inst[g->index[i]] * LANES,
		    sde_at(w, g->dq) + (ptrdiff_t)i * g->n_port * LANES, -1);
}

/* Charge of the constant capacitances at driven nodes. */
static void driven_capacitances(sde_work *w)
{
	for (int e = 0; e < w->plan->n_cap; e++) {
		const sde_entry *c = &w->plan->cap[e];
		if (c->free_row || c->row == 0)
			continue;
		const ptrdiff_t col = (ptrdiff_t)c->col * LANES;
		for (int l = 0; l < LANES; l++)
			w->node[(ptrdiff_t)c->row * LANES + l] +=
			    w->cap[(ptrdiff_t)c->slot * LANES + l] * (w->x1[col + l] - w->x[col + l]);
	}
}

/* What a source that holds a node gives: its voltage times the charge that the node asks for. */
static void driven_books(sde_work *w, int u)
{
	const mna_system *s = w->plan->system;
	const int from = s->driven_from[u];
	const double sign = s->driven_sign[u];
	double *q = w->node + (ptrdiff_t)u * LANES, *below = w->node + (ptrdiff_t)from * LANES;
	double *heat = w->heat + (ptrdiff_t)s->driven_by[u] * LANES;
	double *charge = w->charge + (ptrdiff_t)s->driven_by[u] * LANES;
	for (int l = 0; l < LANES; l += LANE_WIDTH) {
		const lane moved = lane_load(q + l);
		const lane work = (lane_load(at(w->middle, u) + l) - lane_load(at(w->middle, from) + l)) * moved;
		lane_store(heat + l, lane_load(heat + l) - work);
		lane_store(w->turnover + l, lane_load(w->turnover + l) + lane_abs(work));
		lane_store(charge + l, lane_load(charge + l) + sign * moved);
		lane_store(below + l, lane_load(below + l) + moved);
	}
}

static void driven_nodes(sde_work *w)
{
	const mna_system *s = w->plan->system;
	driven_capacitances(w);
	for (int d = s->n_driven - 1; d >= 0; d--)
		driven_books(w, s->driven_order[d]);
}

static void source_books(sde_work *w)
{
	find_middle(w);
	driven_nodes(w);
}

static void books(sde_work *w)
{
	find_middle(w);
	for (int k = 0; k < w->plan->n_group; k++) {
		active_books(w, &w->plan->group[k]);
		branch_charges(w, &w->plan->group[k]);
		if (w->plan->group[k].moving)
			moving_books(w, &w->plan->group[k]);
	}
	driven_nodes(w);
}

static void move(const sde_work *w, double *change, const double *from, double *to)
{
	for (int r = 1; r <= w->plan->n_free; r++)
		memcpy(change + (ptrdiff_t)w->plan->free[r] * LANES, at(w->rhs, r), LANES * sizeof *change);
	for (int e = LANES; e < w->plan->n_unknown * LANES; e += LANE_WIDTH)
		lane_store(to + e, lane_load(from + e) + lane_load(change + e));
}

static void add_free(const sde_work *w, double *to)
{
	for (int r = 1; r <= w->plan->n_free; r++)
		add(to + (ptrdiff_t)w->plan->free[r] * LANES, at(w->rhs, r), 1);
}

static uint32_t far_off(const sde_work *w)
{
	const sde_plan *p = w->plan;
	uint32_t far = 0;
	for (int l = 0; l < LANES; l += LANE_WIDTH) {
		lane change = lane_set(NO_MATTER), missed = lane_set(0);
		for (int r = 1; r <= p->n_free; r++) {
			if (p->system->is_current[p->free[r]])
				continue;
			change += lane_abs(lane_load(at(w->delta, p->free[r]) + l));
			missed += lane_abs(lane_load(at(w->eps, p->free[r]) + l));
		}
		far |= lane_mask_bits(~(missed <= change)) << l;
	}
	return far;
}

static uint32_t commit(sde_work *w)
{
	uint32_t bad = 0;
	for (int l = 0; l < LANES; l += LANE_WIDTH) {
		lane_mask wrong = {0};
		for (int u = 1; u < w->plan->n_unknown; u++) {
			const lane v = lane_load(at(w->x1, u) + l);
			wrong |= w->plan->system->is_current[u] ? v != v : ~(lane_abs(v) < MOST);
			lane_store(w->x + (ptrdiff_t)u * LANES + l, v);
		}
		bad |= lane_mask_bits(wrong) << l;
	}
	return bad;
}

const sde_table ISA_NAME(sde_table) = {evaluate, matrix,   predict, correct,      noise_change, charges,
                                       move,     add_free, books,   source_books, far_off,      commit};
