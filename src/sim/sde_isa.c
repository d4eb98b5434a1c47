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
	const double scale = w->plan->options.scale;
	const double *restrict psd = w->s + k * LANES, *restrict normal = xi + source * LANES;
	double *restrict n = charge + source * LANES;
	for (int l = 0; l < LANES; l++)
		n[l] = scale * sqrt(0.5 * h * (psd[l] > 0 ? psd[l] : 0)) * normal[l];
	if (s->drift == 0)
		return;
	const dev_noise *noise = &g->mna->shape->noise[k];
	const double *restrict pull = sde_at(w, g->pull) + ((ptrdiff_t)i * g->n_noise + k) * g->n_port * LANES;
	double current[LANES] = {0};
	for (int p = 0; p < g->n_port; p++)
		for (int l = 0; l < LANES; l++)
			current[l] -= s->drift * pull[p * LANES + l] * w->ds[(k * g->n_port + p) * LANES + l];
	add(f + noise->from * LANES, current, 1);
	add(f + noise->to * LANES, current, -1);
}

static void evaluate_group(sde_work *w, const sde_group *g, int stage, double h, const double *xi)
{
	const double *x = stage ? w->xs : w->x;
	dev_in in = {.v = w->v, .t = stage ? w->t1 : w->t0, .shape = g->mna->shape};
	in.want = DEV_F | DEV_S | (stage ? 0u : (unsigned)DEV_G) | (g->drifts ? (unsigned)DEV_DS : 0u);
	if (g->moving)
		in.want |= DEV_Q | (stage ? 0u : (unsigned)DEV_C);
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

/* Constant part of W and P: capacitances on charge rows, identity on driven rows. */
static void base_matrix(const sde_work *w, double *to)
{
	const sde_plan *p = w->plan;
	const mna_system *s = p->system;
	memset(to, 0, ((size_t)s->pattern.nnz + 1) * LANES * sizeof *to);
	for (int e = 0; e < p->n_cap; e++)
		if (p->kind[p->cap[e].row] == SDE_CHARGE)
			add(to + (ptrdiff_t)p->cap[e].slot * LANES, w->cap + (ptrdiff_t)p->cap[e].slot * LANES, 1);
	for (int u = 1; u < p->n_unknown; u++)
		for (int l = 0; p->kind[u] == SDE_DRIVEN && l < LANES; l++)
			to[(ptrdiff_t)s->diagonal[u] * LANES + l] = 1;
}

static void stamp_group(sde_work *w, const sde_group *g, double h, int with_p)
{
	const double *g0 = sde_at(w, g->g0), *c0 = g->moving ? sde_at(w, g->c0) : NULL;
	for (int e = 0; e < g->n_inst * g->n_stamp; e++) {
		const ptrdiff_t slot = (ptrdiff_t)g->slot[e] * LANES, c_slot = (ptrdiff_t)g->c_slot[e] * LANES;
		if (slot)
			add(w->w + slot, g0 + (ptrdiff_t)e * LANES, h * g->weight[e]);
		if (slot && with_p && g->p_weight[e] != 0)
			add(w->p + slot, g0 + (ptrdiff_t)e * LANES, h);
		if (!g->moving || !c_slot)
			continue;
		add(w->w + c_slot, c0 + (ptrdiff_t)e * LANES, 1);
		if (with_p)
			add(w->p + c_slot, c0 + (ptrdiff_t)e * LANES, 1);
	}
}

static void matrix(sde_work *w, double h)
{
	const int with_p = w->plan->has_p;
	base_matrix(w, w->w);
	base_matrix(w, w->p);
	for (int k = 0; k < w->plan->n_group; k++)
		stamp_group(w, &w->plan->group[k], h, with_p);
}

static void put_noise(const sde_work *w, const double *charge, double weight)
{
	for (int k = 0; k < w->plan->n_source; k++) {
		const sde_source *s = &w->plan->source[k];
		add(w->rhs + (ptrdiff_t)s->row_from * LANES, charge + (ptrdiff_t)k * LANES, -weight);
		add(w->rhs + (ptrdiff_t)s->row_to * LANES, charge + (ptrdiff_t)k * LANES, weight);
	}
}

/* rhs -= h f_n + N_n; driven rows hold the change of their voltage, put there by the caller in delta. */
static void predict(sde_work *w, double h)
{
	const sde_plan *plan = w->plan;
	memset(w->rhs, 0, (size_t)plan->n_unknown * LANES * sizeof *w->rhs);
	for (int k = 0; k < plan->n_group; k++) {
		const sde_group *g = &plan->group[k];
		const double *f = sde_at(w, g->f0);
		for (int e = 0; e < g->n_inst * g->n_port; e++)
			add(w->rhs + (ptrdiff_t)g->row[e] * LANES, f + (ptrdiff_t)e * LANES, -h);
	}
	put_noise(w, w->n0, 1);
	for (int u = 1; u < plan->n_unknown; u++)
		if (plan->kind[u] == SDE_DRIVEN)
			memcpy(w->rhs + (ptrdiff_t)u * LANES, w->delta + (ptrdiff_t)u * LANES, LANES * sizeof *w->rhs);
}

/* Currents of ideal branches count as averages: what h (f_n + f*)/2 lacks is h/2 times their change. */
static void branch_residual(sde_work *w, const sde_group *g, double h)
{
	const dev_shape *shape = g->mna->shape;
	for (int i = 0; g->has_branch && i < g->n_inst; i++)
		for (int e = 0; e < g->n_stamp; e++) {
			const int row = g->row[i * g->n_port + shape->stamp[e].row], at = i * g->n_stamp + e;
			if (!g->is_branch[at] || w->plan->kind[row] != SDE_CHARGE)
				continue;
			const double *d = w->delta + (ptrdiff_t)g->unknown[i * g->n_port + shape->stamp[e].col] * LANES;
			const double *c = sde_at(w, g->g0) + (ptrdiff_t)at * LANES;
			for (int l = 0; l < LANES; l++)
				w->rhs[(ptrdiff_t)row * LANES + l] -= 0.5 * h * c[l] * d[l];
		}
}

static void correct_group(sde_work *w, const sde_group *g, double h)
{
	const double *f0 = sde_at(w, g->f0), *f1 = sde_at(w, g->f1);
	for (int e = 0; e < g->n_inst * g->n_port; e++) {
		double *restrict to = w->rhs + (ptrdiff_t)g->row[e] * LANES;
		const double a = -h * g->w0[e], b = -h * g->w1[e];
		for (int l = 0; l < LANES; l++)
			to[l] += a * f0[(ptrdiff_t)e * LANES + l] + b * f1[(ptrdiff_t)e * LANES + l];
	}
	branch_residual(w, g, h);
	if (!g->moving)
		return;
	const double *q0 = sde_at(w, g->q0), *q1 = sde_at(w, g->q1);
	for (int e = 0; e < g->n_inst * g->n_port; e++)
		for (int l = 0; w->plan->kind[g->row[e]] == SDE_CHARGE && l < LANES; l++)
			w->rhs[(ptrdiff_t)g->row[e] * LANES + l] -=
			    q1[(ptrdiff_t)e * LANES + l] - q0[(ptrdiff_t)e * LANES + l];
}

static void correct(sde_work *w, double h)
{
	const sde_plan *plan = w->plan;
	memset(w->rhs, 0, (size_t)plan->n_unknown * LANES * sizeof *w->rhs);
	for (int k = 0; k < plan->n_group; k++)
		correct_group(w, &plan->group[k], h);
	put_noise(w, w->n0, 1);
	for (int e = 0; e < plan->n_cap; e++) {
		const sde_entry *c = &plan->cap[e];
		double *restrict to = w->rhs + (ptrdiff_t)c->row * LANES;
		const double *restrict a = w->cap + (ptrdiff_t)c->slot * LANES, *restrict d = w->delta +
		                                                                              (ptrdiff_t)c->col * LANES;
		for (int l = 0; plan->kind[c->row] == SDE_CHARGE && l < LANES; l++)
			to[l] -= a[l] * d[l];
	}
	for (int u = 0; u < plan->n_unknown; u++)
		if (plan->kind[u] == SDE_DRIVEN)
			memset(w->rhs + (ptrdiff_t)u * LANES, 0, LANES * sizeof *w->rhs);
}

static void noise_change(sde_work *w)
{
	memset(w->rhs, 0, (size_t)w->plan->n_unknown * LANES * sizeof *w->rhs);
	put_noise(w, w->n1, 0.5);
	put_noise(w, w->n0, -0.5);
	memset(w->rhs, 0, LANES * sizeof *w->rhs);
}

/* Conduction charge of the ports of instance i over the step. */
static void port_charges(sde_work *w, const sde_group *g, int i, double h, double *dq)
{
	const dev_shape *shape = g->mna->shape;
	const double *restrict f0 = sde_at(w, g->f0) + (ptrdiff_t)i * g->n_port * LANES;
	const double *restrict f1 = sde_at(w, g->f1) + (ptrdiff_t)i * g->n_port * LANES;
	const double theta = w->plan->theta;
	for (int p = 0; p < g->n_port * LANES; p++)
		dq[p] = 0.5 * h * (f0[p] + f1[p]);
	for (int e = 0; e < g->n_stamp; e++) {
		const int at = i * g->n_stamp + e;
		if (!(shape->stamp[e].part & DEV_G))
			continue;
		const ptrdiff_t col = (ptrdiff_t)g->unknown[i * g->n_port + shape->stamp[e].col] * LANES;
		const double *restrict c = sde_at(w, g->g0) + (ptrdiff_t)at * LANES;
		double *restrict to = dq + shape->stamp[e].row * LANES;
		const double a = g->is_branch[at] ? h : theta * h, b = g->is_branch[at] ? 0.5 * h : 0;
		for (int l = 0; l < LANES; l++)
			to[l] += c[l] * (a * w->eps[col + l] + b * w->delta[col + l]);
	}
	for (int k = 0; k < g->n_noise; k++) {
		const ptrdiff_t source = (ptrdiff_t)g->source[i * g->n_noise + k] * LANES;
		if (source < 0)
			continue;
		for (int l = 0; l < LANES; l++) {
			const double n = 0.5 * (w->n0[source + l] + w->n1[source + l]);
			dq[shape->noise[k].from * LANES + l] += n;
			dq[shape->noise[k].to * LANES + l] -= n;
		}
	}
}

static void charges(sde_work *w, double h)
{
	memset(w->node, 0, (size_t)w->plan->n_unknown * LANES * sizeof *w->node);
	for (int k = 0; k < w->plan->n_group; k++) {
		const sde_group *g = &w->plan->group[k];
		for (int i = 0; i < g->n_inst; i++) {
			double *dq = sde_at(w, g->dq) + (ptrdiff_t)i * g->n_port * LANES;
			port_charges(w, g, i, h, dq);
			for (int p = 0; p < g->n_port; p++)
				add(w->node + (ptrdiff_t)g->unknown[i * g->n_port + p] * LANES, dq + p * LANES, 1);
		}
	}
}

/* sum over ports of (x_n + x_{n+1})/2 times charge; a branch equation is no charge */
static inline void port_work(const sde_work *w, const sde_group *g, int i, const double *charge, double *to)
{
	for (int p = 0; p < g->n_port; p++) {
		const ptrdiff_t u = (ptrdiff_t)g->unknown[i * g->n_port + p] * LANES;
		if (g->mna->shape->port[p].quantity == DEV_CURRENT)
			continue;
		for (int l = 0; l < LANES; l++)
			to[l] += 0.5 * (w->x[u + l] + w->x1[u + l]) * charge[p * LANES + l];
	}
}

static void group_books(sde_work *w, const sde_group *g)
{
	for (int i = 0; i < g->n_inst; i++) {
		const int instance = g->mna->inst[g->index[i]];
		const ptrdiff_t first = (ptrdiff_t)i * g->n_port * LANES;
		double work[LANES] = {0}, moved[LANES] = {0}, dq[16 * LANES];
		port_work(w, g, i, sde_at(w, g->dq) + first, work);
		for (int l = 0; l < LANES; l++) {
			w->heat[instance * LANES + l] += work[l];
			w->turnover[l] += fabs(work[l]);
		}
		if (g->mna->shape->port[g->n_port - 1].quantity == DEV_CURRENT && !g->moving)
			add(w->charge + (ptrdiff_t)instance * LANES, sde_at(w, g->dq) + first, -1);
		if (!g->moving || g->n_port > 16)
			continue;
		const double *q0 = sde_at(w, g->q0) + first, *q1 = sde_at(w, g->q1) + first;
		for (int e = 0; e < g->n_port * LANES; e++)
			dq[e] = q1[e] - q0[e];
		port_work(w, g, i, dq, moved);
		add(w->moved, moved, 1);
		for (int p = 0; p < g->n_port; p++)
			add(w->node + (ptrdiff_t)g->unknown[i * g->n_port + p] * LANES, dq + p * LANES, 1);
	}
}

/* Charge of the constant capacitances at driven nodes. */
static void driven_capacitances(sde_work *w)
{
	for (int e = 0; e < w->plan->n_cap; e++) {
		const sde_entry *c = &w->plan->cap[e];
		if (w->plan->kind[c->row] != SDE_DRIVEN)
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
	for (int k = 0; k < w->plan->n_group; k++)
		group_books(w, &w->plan->group[k]);
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
