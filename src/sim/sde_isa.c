/* SPDX-License-Identifier: Apache-2.0
 * The loops of a stochastic step over groups, instances and lanes (see sde_impl.h, docs/numerics.md), compiled once per
 * instruction-set level. The order of every sum is fixed, so results do not depend on the level.
 */
#include <math.h>
#include <string.h>
#include "base/isa.h"
#include "sim/sde_impl.h"

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

/* Noise charge of one source, and its drift current on the instance's ports. */
static inline void make_noise(const sde_work *w, const sde_group *g, int i, int k, const double *xi, double h,
                              double *f, double *charge)
{
	const int source = g->source[i * g->n_noise + k];
	const sde_source *s = &w->plan->source[source];
	const double scale = w->plan->options.scale, half = 0.5 * h, drift = s->drift;
	const double *restrict psd = w->s + k * LANES, *restrict normal = xi + source * LANES;
	double *restrict n = charge + source * LANES;
	for (int l = 0; l < LANES; l += LANE_WIDTH) {
		lane xi_lane;
		memcpy(&xi_lane, normal + l, sizeof xi_lane); /* the caller's array need not be aligned */
		lane_store(n + l, scale * lane_sqrt(half * lane_max(lane_load(psd + l), lane_set(0))) * xi_lane);
	}
	if (drift == 0)
		return;
	const dev_noise *noise = &g->mna->shape->noise[k];
	const double *restrict pull = sde_at(w, g->pull) + ((ptrdiff_t)i * g->n_noise + k) * g->n_port * LANES;
	const int *row = g->row + (ptrdiff_t)i * g->n_port;
	double current[LANES] = {0};
	for (int p = 0; p < g->n_port; p++) {
		if (!row[p])
			continue; /* driven: it does not move */
		const double *restrict a = pull + p * LANES, *restrict b = w->ds + (k * g->n_port + p) * LANES;
		for (int l = 0; l < LANES; l++)
			current[l] -= drift * a[l] * b[l];
	}
	add(f + noise->from * LANES, current, 1);
	add(f + noise->to * LANES, current, -1);
}

static void evaluate_group(sde_work *w, const sde_group *g, int stage, double h, const double *xi)
{
	const double *x = stage ? w->xs : w->x;
	dev_in in = {.v = w->v, .t = stage ? w->t1 : w->t0, .shape = g->mna->shape};
	in.want = DEV_F | DEV_S | (stage == 1 ? 0u : (unsigned)DEV_G) | (g->drifts ? (unsigned)DEV_DS : 0u);
	if (g->moving)
		in.want |= DEV_Q | (stage == 1 ? 0u : (unsigned)DEV_C);
	for (int i = 0; i < g->n_inst; i++) {
		double *f = sde_at(w, stage ? g->f1 : g->f0) + (ptrdiff_t)i * g->n_port * LANES;
		dev_out out = {
		    .f = f, .g = sde_at(w, g->g0) + (ptrdiff_t)i * g->n_stamp * LANES, .s = w->s, .ds = w->ds};
		if (g->moving) {
			out.q = sde_at(w, stage ? g->q1 : g->q0) + (ptrdiff_t)i * g->n_port * LANES;
			out.c = sde_at(w, g->c0) + (ptrdiff_t)i * g->n_stamp * LANES;
		}
		gather(x, g->unknown + i * g->n_port, g->n_port, w->v);
		in.k = w->tile->k[g->batch] + (ptrdiff_t)g->index[i] * g->mna->type->n_const * LANES;
		in.aux = w->plan->system->circuit->instance[g->mna->inst[g->index[i]]].aux;
		in.shift = g->shifted ? sde_at(w, g->shift) + (ptrdiff_t)i * g->n_noise * g->n_port * LANES : NULL;
		g->eval(&in, &out);
		for (int k = 0; k < g->n_noise; k++)
			if (xi && g->source[i * g->n_noise + k] >= 0)
				make_noise(w, g, i, k, xi, h, f, stage ? w->n1 : w->n0);
	}
}

static void evaluate(sde_work *w, int stage, double h, const double *xi)
{
	for (int k = 0; k < w->plan->n_group; k++)
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

static void put_noise(const sde_work *w, const double *charge, double weight)
{
	for (int k = 0; k < w->plan->n_source; k++) {
		const sde_source *s = &w->plan->source[k];
		if (s->row_from)
			add(w->rhs + (ptrdiff_t)s->row_from * LANES, charge + (ptrdiff_t)k * LANES, -weight);
		if (s->row_to)
			add(w->rhs + (ptrdiff_t)s->row_to * LANES, charge + (ptrdiff_t)k * LANES, weight);
	}
}

static void clear_rhs(sde_work *w)
{
	memset(w->rhs, 0, ((size_t)w->plan->n_free + 1) * LANES * sizeof *w->rhs);
}

/* rhs -= C delta on charge rows, over the columns that have moved. */
static void subtract_capacitances(sde_work *w, int driven_only)
{
	for (int e = 0; e < w->plan->n_cap; e++) {
		const sde_entry *c = &w->plan->cap[e];
		if (w->plan->row_kind[c->free_row] != SDE_CHARGE ||
		    (c->free_slot ? driven_only : !w->plan->driven_moves))
			continue;
		double *restrict to = w->rhs + (ptrdiff_t)c->free_row * LANES;
		const double *restrict a = w->cap + (ptrdiff_t)c->slot * LANES, *restrict d = w->delta +
		                                                                              (ptrdiff_t)c->col * LANES;
		for (int l = 0; l < LANES; l++)
			to[l] -= a[l] * d[l];
	}
}

/* rhs = -(h f_n + N_n) and what the driven nodes' change, in delta, brings. */
static void predict(sde_work *w, double h)
{
	const sde_plan *plan = w->plan;
	clear_rhs(w);
	for (int k = 0; k < plan->n_group; k++) {
		const sde_group *g = &plan->group[k];
		const double *f = sde_at(w, g->f0), *g0 = sde_at(w, g->g0);
		for (const sde_port *p = g->active; p < g->active + g->n_active; p++)
			if (p->row)
				add(w->rhs + (ptrdiff_t)p->row * LANES, f + (ptrdiff_t)p->e * LANES, -h);
		for (const sde_drive *d = g->drive; plan->driven_moves && d < g->drive + g->n_drive; d++)
			for (int l = 0; l < LANES; l++)
				w->rhs[(ptrdiff_t)d->row * LANES + l] -= h * d->weight *
				                                         g0[(ptrdiff_t)d->e * LANES + l] *
				                                         w->delta[(ptrdiff_t)d->col * LANES + l];
	}
	put_noise(w, w->n0, 1);
	if (plan->driven_moves)
		subtract_capacitances(w, 1);
}

static void correct_group(sde_work *w, const sde_group *g, double h)
{
	const double *f0 = sde_at(w, g->f0), *f1 = sde_at(w, g->f1), *g0 = sde_at(w, g->g0);
	for (const sde_port *p = g->active; p < g->active + g->n_active; p++) {
		if (!p->row)
			continue;
		double *restrict to = w->rhs + (ptrdiff_t)p->row * LANES;
		const double *restrict x = f0 + (ptrdiff_t)p->e * LANES, *restrict y = f1 + (ptrdiff_t)p->e * LANES;
		const double a = -h * p->w0, b = -h * p->w1;
		for (int l = 0; l < LANES; l++)
			to[l] += a * x[l] + b * y[l];
	}
	/* currents of ideal branches count as averages: h (f_n + f*)/2 lacks h/2 times their change */
	const int lacks = g->has_p && w->plan->options.method != SIM_BE;
	for (const sde_flow *d = g->flow; lacks && d < g->flow + g->n_flow; d++)
		for (int l = 0; d->delta != 0 && w->plan->row_kind[d->row] == SDE_CHARGE && l < LANES; l++)
			w->rhs[(ptrdiff_t)d->row * LANES + l] -=
			    h * d->delta * g0[(ptrdiff_t)d->e * LANES + l] * w->delta[(ptrdiff_t)d->col * LANES + l];
	if (!g->moving)
		return;
	const double *q0 = sde_at(w, g->q0), *q1 = sde_at(w, g->q1);
	for (int e = 0; e < g->n_inst * g->n_port; e++)
		for (int l = 0; w->plan->row_kind[g->row[e]] == SDE_CHARGE && l < LANES; l++)
			w->rhs[(ptrdiff_t)g->row[e] * LANES + l] -=
			    q1[(ptrdiff_t)e * LANES + l] - q0[(ptrdiff_t)e * LANES + l];
}

static void correct(sde_work *w, double h)
{
	clear_rhs(w);
	for (int k = 0; k < w->plan->n_group; k++)
		correct_group(w, &w->plan->group[k], h);
	put_noise(w, w->n0, 1);
	subtract_capacitances(w, 0);
}

static void noise_change(sde_work *w)
{
	clear_rhs(w);
	put_noise(w, w->n1, 0.5);
	put_noise(w, w->n0, -0.5);
}

static void noise_charges(const sde_work *w, const sde_group *g, double *dq)
{
	for (int e = 0; e < g->n_inst * g->n_noise; e++) {
		const ptrdiff_t source = (ptrdiff_t)g->source[e] * LANES;
		if (source < 0)
			continue;
		const dev_noise *noise = &g->mna->shape->noise[e % g->n_noise];
		double *restrict from = dq + (ptrdiff_t)(e / g->n_noise * g->n_port + noise->from) * LANES;
		double *restrict to = dq + (ptrdiff_t)(e / g->n_noise * g->n_port + noise->to) * LANES;
		for (int l = 0; l < LANES; l++) {
			const double n = 0.5 * (w->n0[source + l] + w->n1[source + l]);
			from[l] += n;
			to[l] -= n;
		}
	}
}

/* Conduction charge of the active ports over the step, and its sum at every node. */
static void charges(sde_work *w, double h)
{
	memset(w->node, 0, (size_t)w->plan->n_unknown * LANES * sizeof *w->node);
	for (int k = 0; k < w->plan->n_group; k++) {
		const sde_group *g = &w->plan->group[k];
		const double *f0 = sde_at(w, g->f0), *f1 = sde_at(w, g->f1), *g0 = sde_at(w, g->g0);
		double *dq = sde_at(w, g->dq);
		for (const sde_port *p = g->active; p < g->active + g->n_active; p++)
			for (int l = 0; l < LANES; l++)
				dq[(ptrdiff_t)p->e * LANES + l] =
				    0.5 * h * (f0[(ptrdiff_t)p->e * LANES + l] + f1[(ptrdiff_t)p->e * LANES + l]);
		for (const sde_flow *f = g->flow; f < g->flow + g->n_flow; f++) {
			double *restrict to = dq + (ptrdiff_t)f->port * LANES;
			const double *restrict c = g0 + (ptrdiff_t)f->e * LANES;
			const double *restrict e = w->eps + (ptrdiff_t)f->col * LANES, *restrict d =
			                                                                   w->delta +
			                                                                   (ptrdiff_t)f->col * LANES;
			const double a = f->eps * h, b = f->delta * h;
			for (int l = 0; l < LANES; l++)
				to[l] += c[l] * (a * e[l] + b * d[l]);
		}
		noise_charges(w, g, dq);
		for (const sde_port *p = g->active; p < g->active + g->n_active; p++)
			add(w->node + (ptrdiff_t)p->unknown * LANES, dq + (ptrdiff_t)p->e * LANES, 1);
	}
}

/* Heat of the active ports: mean of the voltage before and after times charge. */
static void active_books(sde_work *w, const sde_group *g)
{
	const double *dq = sde_at(w, g->dq);
	const sde_port *p = g->active, *end = g->active + g->n_active;
	while (p < end) {
		const int i = p->e / g->n_port;
		double *restrict heat = w->heat + (ptrdiff_t)g->mna->inst[g->index[i]] * LANES;
		double work[LANES] = {0};
		for (; p < end && p->e / g->n_port == i; p++) {
			const double *restrict a = w->x + (ptrdiff_t)p->unknown * LANES, *restrict b =
			                                                                     w->x1 +
			                                                                     (ptrdiff_t)p->unknown *
			                                                                         LANES;
			const double *restrict q = dq + (ptrdiff_t)p->e * LANES;
			const double half = 0.5 * p->sign;
			for (int l = 0; l < LANES; l++)
				work[l] += half * (a[l] + b[l]) * q[l];
		}
		for (int l = 0; l < LANES; l++) {
			heat[l] += work[l];
			w->turnover[l] += fabs(work[l]);
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
	if (g->mna->shape->port[g->n_port - 1].quantity != DEV_CURRENT)
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

static void books(sde_work *w)
{
	const mna_system *s = w->plan->system;
	for (int k = 0; k < w->plan->n_group; k++) {
		active_books(w, &w->plan->group[k]);
		branch_charges(w, &w->plan->group[k]);
		if (w->plan->group[k].moving)
			moving_books(w, &w->plan->group[k]);
	}
	driven_capacitances(w);
	for (int d = s->n_driven - 1; d >= 0; d--) {
		const int u = s->driven_order[d], from = s->driven_from[u], source = s->driven_by[u];
		const double *q = w->node + (ptrdiff_t)u * LANES;
		for (int l = 0; l < LANES; l++) {
			const double e = 0.5 * (w->x[u * LANES + l] + w->x1[u * LANES + l] - w->x[from * LANES + l] -
			                        w->x1[from * LANES + l]);
			w->heat[source * LANES + l] -= e * q[l];
			w->turnover[l] += fabs(e * q[l]);
			w->charge[source * LANES + l] += s->driven_sign[u] * q[l];
		}
		add(w->node + (ptrdiff_t)from * LANES, q, 1);
	}
}

const sde_table ISA_NAME(sde_table) = {evaluate, matrix, predict, correct, noise_change, charges, books};
