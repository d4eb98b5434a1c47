/* SPDX-License-Identifier: Apache-2.0
 * One stochastic step (docs/numerics.md):
 *
 *   wt2   delta = -W^-1 (h F_n + N_n),  W = P + h/2 G;  v* = v_n + delta
 *         eps = W^-1 (-h (F_n + F*)/2 - N_n - (q* - q_n))
 *         v_{n+1} = v* + eps - P^-1 (N* - N_n)/2
 *         moving charges: Newton moves v* to the charge q_n + C_n delta, and v_{n+1} to the charge the step implies
 *   heun  the same with W = P
 *   be    q_{n+1} - q_n + h F_{n+1} + N_n = 0 by Newton
 *   em    v* alone, with W = P;  lm: the same with the mean of this and the next step's normals
 */
#include <math.h>
#include <string.h>
#include "sim/sde_impl.h"

static const double SETTLE_TOLERANCE = 1e-12; /* of max(1 V, |x|) */
static const double CARRY_TOLERANCE = 0.02;   /* of the change of v*: Newton's next step would be the square of this */
enum { SETTLE_ITERATIONS = 20, IMPLICIT_ITERATIONS = 50, ALL_LANES = (1 << LANES) - 1 };

void sde_solve(const lane_lu *lu, sde_work *w, const double *factors)
{
	if (w->plan->n_free > 0)
		lane_lu_solve(lu, factors, w->rhs + LANES, w->lu_work);
}

void sde_spread(const sde_work *w, double *to)
{
	for (int r = 1; r <= w->plan->n_free; r++)
		memcpy(to + w->plan->free[r] * LANES, w->rhs + r * LANES, LANES * sizeof *to);
}

/* What the moving charges of an instance stamp into the full pattern is not constant. */
static void take_out_moving(sde_work *w, const sde_group *g, int i)
{
	double *c = sde_at(w, g->c0) + (ptrdiff_t)i * g->n_stamp * LANES;
	const int *slot = g->mna->slot + (ptrdiff_t)g->index[i] * g->n_stamp;
	dev_out out = {
	    .f = sde_at(w, g->f0), .q = sde_at(w, g->q0), .g = sde_at(w, g->g0), .c = c, .s = w->s, .ds = w->ds};
	for (int p = 0; p < g->n_port; p++)
		memcpy(w->v + p * LANES, w->x + g->unknown[i * g->n_port + p] * LANES, LANES * sizeof *c);
	const dev_in in = {.v = w->v,
	                   .k = w->tile->k[g->batch] + (ptrdiff_t)g->index[i] * g->mna->type->n_const * LANES,
	                   .t = w->t0,
	                   .aux = w->plan->system->circuit->instance[g->mna->inst[g->index[i]]].aux,
	                   .shape = g->mna->shape,
	                   .want = DEV_Q | DEV_C};
	g->eval(&in, &out);
	for (int e = 0; e < g->n_stamp; e++)
		for (int l = 0; (g->mna->shape->stamp[e].part & DEV_C) && l < LANES; l++)
			w->cap[slot[e] * LANES + l] -= c[e * LANES + l];
}

void sde_refresh(sde_work *w)
{
	const sde_plan *p = w->plan;
	mna_assemble(w->tile, DEV_Q | DEV_C);
	memcpy(w->cap, w->tile->c, ((size_t)p->system->pattern.nnz + 1) * LANES * sizeof *w->cap);
	for (int k = 0; k < p->n_group; k++)
		for (int i = 0; p->group[k].moving && i < p->group[k].n_inst; i++)
			take_out_moving(w, &p->group[k], i);
	memset(w->base, 0, ((size_t)p->pattern.nnz + 1) * LANES * sizeof *w->base);
	for (int e = 0; e < p->n_cap; e++) {
		const sde_entry *c = &p->cap[e];
		if (c->free_slot && p->row_kind[c->free_row] == SDE_CHARGE)
			memcpy(w->base + c->free_slot * LANES, w->cap + c->slot * LANES, LANES * sizeof *w->base);
	}
	memcpy(w->p, w->base, ((size_t)p->pattern.nnz + 1) * LANES * sizeof *w->base);
}

uint32_t sde_factor_p(sde_work *w, double h)
{
	w->p_h = h;
	return w->plan->n_free > 0 ? lane_lu_factor(w->plan->lu_p, w->p, w->p_lu) : 0;
}

void sde_unit_pull(sde_work *w, int row_from, int row_to)
{
	memset(w->rhs, 0, ((size_t)w->plan->n_free + 1) * LANES * sizeof *w->rhs);
	for (int l = 0; l < LANES; l++) {
		w->rhs[row_from * LANES + l] += 1;
		w->rhs[row_to * LANES + l] -= 1;
	}
	sde_solve(w->plan->lu_p, w, w->p_lu);
}

/* P^-1 of a unit charge along each source, and half a jump of it. */
void sde_pulls(sde_work *w)
{
	const sde_plan *p = w->plan;
	for (int k = 0; k < p->n_source; k++) {
		const sde_source *s = &p->source[k];
		const sde_group *g = &p->group[s->group];
		const ptrdiff_t at = ((ptrdiff_t)s->inst * g->n_noise + s->noise) * g->n_port * LANES;
		if (s->shift == 0 && s->drift == 0)
			continue;
		sde_unit_pull(w, s->row_from, s->row_to);
		for (int q = 0; q < g->n_port; q++) {
			const int row = g->row[s->inst * g->n_port + q];
			for (int l = 0; l < LANES; l++) {
				const double pull = row ? w->rhs[row * LANES + l] : 0;
				sde_at(w, g->pull)[at + q * LANES + l] = pull;
				sde_at(w, g->shift)[at + q * LANES + l] = s->shift * pull;
			}
		}
	}
}

static uint32_t factor(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	if (p->n_free == 0 || (p->linear && w->w_h == h))
		return 0;
	w->table->matrix(w, h);
	uint32_t bad = lane_lu_factor(p->lu_w, w->w, w->w_lu);
	if (p->has_p)
		bad |= sde_factor_p(w, h);
	w->w_h = h;
	return bad;
}

/* Change of the driven nodes into delta; where none moves it stays zero. */
static void drive(sde_work *w)
{
	const sde_plan *p = w->plan;
	if (!p->driven_moves)
		return;
	memcpy(w->xs, w->x, (size_t)p->n_unknown * LANES * sizeof *w->xs);
	sde_set_driven(w, w->t1, w->xs);
	for (int e = LANES; e < p->n_unknown * LANES; e++)
		w->delta[e] = p->kind[e / LANES] == SDE_DRIVEN ? w->xs[e] - w->x[e] : 0;
}

/* q0, c0, and what follows from them: P and pulls. The end of the last step has left them behind. */
static uint32_t charges_at_start(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	if (w->charged && memcmp(w->x, w->x_charged, (size_t)p->n_unknown * LANES * sizeof *w->x) == 0)
		for (const sde_group *g = p->group; g < p->group + p->n_group; g++)
			memcpy(sde_at(w, g->q0), sde_at(w, g->q1),
			       g->moving ? (size_t)(g->n_inst * g->n_port) * LANES * sizeof *w->x : 0);
	else
		w->table->evaluate(w, SDE_START_CHARGE, h, NULL);
	w->table->matrix(w, h);
	const uint32_t bad = sde_factor_p(w, h);
	sde_pulls(w);
	return bad;
}

/* Stage 1 of all methods: xs = x + delta. */
static uint32_t first_stage(sde_work *w, double h, const double *xi)
{
	const sde_plan *p = w->plan;
	const int follows = p->has_moving && !p->steady_noise; /* pulls follow the capacitances, shifts the pulls */
	uint32_t bad = 0;
	if (follows && p->charges_only)
		bad = charges_at_start(w, h);
	w->table->evaluate(w, follows && p->charges_only ? SDE_START_CURRENT : SDE_START, h, xi);
	bad |= factor(w, h);
	if (follows && !p->charges_only) {
		sde_pulls(w);
		w->table->evaluate(w, SDE_START, h, xi);
	}
	w->table->predict(w, h);
	sde_solve(p->lu_w, w, w->w_lu);
	w->table->move(w, w->delta, w->x, w->xs);
	return bad;
}

static void second_stage(sde_work *w, double h, const double *xi)
{
	const sde_plan *p = w->plan;
	w->table->evaluate(w, SDE_END, h, xi);
	w->table->correct(w, h);
	sde_solve(p->lu_w, w, w->w_lu);
	w->table->move(w, w->eps, w->xs, w->x1);
	if (p->steady_noise)
		return;
	w->table->noise_change(w);
	sde_solve(p->lu_p, w, w->p_lu);
	w->table->add_free(w, w->x1);
}

/* em, lm: what was evaluated at v_n counts for the whole step; currents of ideal branches are those of the solution. */
static void only_stage(sde_work *w)
{
	const sde_plan *p = w->plan;
	for (int k = 0; k < p->n_group; k++) {
		const sde_group *g = &p->group[k];
		const size_t bytes = (size_t)(g->n_inst * g->n_port) * LANES * sizeof *w->x;
		memcpy(sde_at(w, g->f1), sde_at(w, g->f0), bytes);
		if (g->moving)
			memcpy(sde_at(w, g->q1), sde_at(w, g->q0), bytes);
	}
	memcpy(w->n1, w->n0, (size_t)p->n_source * LANES * sizeof *w->n0);
	for (int e = LANES; e < p->n_unknown * LANES; e++)
		w->eps[e] = p->averaged[e / LANES] ? 0.5 * w->delta[e] : 0;
	memcpy(w->x1, w->xs, (size_t)p->n_unknown * LANES * sizeof *w->x1);
}

/* Add the Newton step in rhs to x (and to `also`, may be NULL) in the open lanes; returns those that stay open. A lane
 * closes by itself, so that its bits do not depend on how long its neighbours take. */
static uint32_t newton_step(sde_work *w, uint32_t open, double *x, double *also)
{
	const sde_plan *p = w->plan;
	uint32_t still = 0;
	for (int e = LANES; e < (p->n_free + 1) * LANES; e++) {
		const int l = e % LANES, at = p->free[e / LANES] * LANES + l;
		if (!(open >> l & 1)) {
			w->rhs[e] = 0;
			continue;
		}
		x[at] += w->rhs[e];
		if (also)
			also[at] += w->rhs[e];
		if (!(fabs(w->rhs[e]) <= SETTLE_TOLERANCE * fmax(1, fabs(x[at]))))
			still |= 1u << l;
	}
	return still;
}

/* be: Newton on the equation at xs; what is found there counts for the whole step. */
static uint32_t implicit_stage(sde_work *w, double h, const double *xi)
{
	const sde_plan *p = w->plan;
	uint32_t open = ALL_LANES, bad = 0;
	for (int k = 0; k < IMPLICIT_ITERATIONS && open; k++) {
		w->table->evaluate(w, p->linear ? SDE_END : SDE_END_MATRIX, h, xi);
		if (!p->linear) {
			w->table->matrix(w, h);
			bad |= lane_lu_factor(p->lu_w, w->w, w->w_lu) & open;
		}
		w->table->correct(w, h);
		sde_solve(p->lu_w, w, w->w_lu);
		open = newton_step(w, open, w->xs, w->delta);
	}
	w->table->evaluate(w, SDE_END, h, xi);
	for (int k = 0; k < p->n_group; k++) {
		const sde_group *g = &p->group[k];
		memcpy(sde_at(w, g->f0), sde_at(w, g->f1), (size_t)(g->n_inst * g->n_port) * LANES * sizeof *w->x);
	}
	memcpy(w->n1, w->n0, (size_t)p->n_source * LANES * sizeof *w->n0);
	memset(w->eps, 0, (size_t)p->n_unknown * LANES * sizeof *w->eps);
	memset(w->delta, 0, (size_t)p->n_unknown * LANES * sizeof *w->delta);
	memcpy(w->x1, w->xs, (size_t)p->n_unknown * LANES * sizeof *w->x1);
	return open | bad;
}

/* rhs = -(charge at x1 - charge at x + charge that flowed), algebraic rows -h f(x1): from q1, f1 at xs = x1. */
static void settle_residual(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	for (int r = 1; r <= p->n_free; r++)
		for (int l = 0; l < LANES; l++)
			w->rhs[r * LANES + l] = p->row_kind[r] == SDE_CHARGE ? -w->node[p->free[r] * LANES + l] : 0;
	for (int e = 0; e < p->n_cap; e++) {
		const sde_entry *c = &p->cap[e];
		for (int l = 0; p->row_kind[c->free_row] == SDE_CHARGE && l < LANES; l++)
			w->rhs[c->free_row * LANES + l] -=
			    w->cap[c->slot * LANES + l] * (w->x1[c->col * LANES + l] - w->x[c->col * LANES + l]);
	}
	for (int k = 0; k < p->n_group; k++) {
		const sde_group *g = &p->group[k];
		const double *f = sde_at(w, g->f1), *q0 = sde_at(w, g->q0), *q1 = sde_at(w, g->q1);
		for (int e = 0; e < g->n_inst * g->n_port; e++) {
			const int r = g->row[e], algebraic = p->row_kind[r] == SDE_ALGEBRAIC;
			for (int l = 0; r && (algebraic || g->moving) && l < LANES; l++)
				w->rhs[r * LANES + l] -=
				    algebraic ? h * f[e * LANES + l] : q1[e * LANES + l] - q0[e * LANES + l];
		}
	}
}

/* What Newton adds to the currents of ideal branches, in rhs, is charge that flows. */
static void book_branches(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	for (int k = 0; k < p->n_group; k++) {
		const sde_group *g = &p->group[k];
		for (const sde_flow *f = g->flow; g->has_p && f < g->flow + g->n_flow; f++) {
			if (!p->averaged[f->col])
				continue;
			const double *c = sde_at(w, g->g0) + (ptrdiff_t)f->e * LANES;
			const double *di = w->rhs + (ptrdiff_t)p->row_of[f->col] * LANES;
			for (int l = 0; l < LANES; l++) {
				const double dq = h * c[l] * di[l];
				sde_at(w, g->dq)[f->port * LANES + l] += dq;
				w->node[g->unknown[f->port] * LANES + l] += dq;
			}
		}
	}
}

/* Newton matrix at xs: moving capacitances there, conductances of v_n. */
static uint32_t evaluate_at_star(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	w->table->evaluate(w, !p->has_moving ? SDE_END : p->charges_only ? SDE_ONLY_CHARGE : SDE_END_CHARGE, h, NULL);
	if (!p->has_moving)
		return 0;
	w->table->matrix(w, h);
	return sde_factor_p(w, h);
}

/* node[] = -(charge that delta stands for) where capacitances are those of v_n. */
static void expect_charge(sde_work *w)
{
	const sde_plan *p = w->plan;
	memset(w->node, 0, (size_t)p->n_unknown * LANES * sizeof *w->node);
	for (const sde_entry *c = p->cap; c < p->cap + p->n_cap; c++)
		for (int l = 0; l < LANES; l++)
			w->node[c->row * LANES + l] -= w->cap[c->slot * LANES + l] * w->delta[c->col * LANES + l];
	for (const sde_group *g = p->group; g < p->group + p->n_group; g++)
		for (int i = 0; g->moving && i < g->n_inst; i++)
			for (int s = 0; s < g->n_stamp; s++) {
				const dev_stamp *stamp = &g->mna->shape->stamp[s];
				const int row = g->unknown[i * g->n_port + stamp->row];
				const int col = g->unknown[i * g->n_port + stamp->col];
				const double *c = sde_at(w, g->c0) + (ptrdiff_t)(i * g->n_stamp + s) * LANES;
				for (int l = 0; (stamp->part & DEV_C) && p->kind[col] != SDE_DRIVEN && l < LANES; l++)
					w->node[row * LANES + l] -= c[l] * w->delta[col * LANES + l];
			}
}

/* The lanes in which the last step, in rhs, was no small part of delta. */
static uint32_t still_carries(const sde_work *w)
{
	const sde_plan *p = w->plan;
	double change[LANES] = {0}, size[LANES] = {0};
	uint32_t still = 0;
	for (int r = 1; r <= p->n_free; r++)
		for (int l = 0; !p->system->is_current[p->free[r]] && l < LANES; l++) {
			change[l] = fmax(change[l], fabs(w->rhs[r * LANES + l]));
			size[l] = fmax(size[l], fabs(w->delta[p->free[r] * LANES + l]));
		}
	for (int l = 0; l < LANES; l++)
		still |= (uint32_t) !(change[l] <= CARRY_TOLERANCE * size[l]) << l;
	return still;
}

/* Along P^-1 give v* the charge that delta stands for, so that the step is one in the charges, and bring it onto the
 * algebraic equations: then they hold at both ends of the step, and so do the books. */
static uint32_t constrain(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	uint32_t open = ALL_LANES, bad = 0;
	if (p->has_moving)
		expect_charge(w);
	for (int k = 0; k < SETTLE_ITERATIONS && open; k++) {
		bad |= evaluate_at_star(w, h) & open;
		memcpy(w->x1, w->xs, (size_t)p->n_unknown * LANES * sizeof *w->xs);
		settle_residual(w, h);
		for (int r = 1; !p->has_moving && r <= p->n_free; r++) /* linear charges are right already */
			for (int l = 0; p->row_kind[r] == SDE_CHARGE && l < LANES; l++)
				w->rhs[r * LANES + l] = 0;
		sde_solve(p->lu_p, w, w->p_lu);
		open = newton_step(w, open, w->xs, w->delta);
		if (p->n_algebraic == 0)
			open &= still_carries(w);
		book_branches(w, h);
	}
	return open | bad;
}

uint32_t sde_settle(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	const size_t bytes = (size_t)p->n_unknown * LANES * sizeof *w->xs;
	uint32_t open = ALL_LANES, bad = 0;
	for (int k = 0; open && k < SETTLE_ITERATIONS; k++) {
		memcpy(w->xs, w->x1, bytes);
		bad |= evaluate_at_star(w, h) & open;
		settle_residual(w, h);
		sde_solve(p->lu_p, w, w->p_lu);
		open = newton_step(w, open, w->x1, NULL);
		book_branches(w, h);
	}
	memcpy(w->xs, w->x1, bytes);
	w->table->evaluate(w, p->charges_only ? SDE_ONLY_CHARGE : SDE_END, h, NULL);
	memcpy(w->x_charged, w->x1, bytes);
	w->charged = p->charges_only;
	return open | bad;
}

uint32_t sde_commit(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	if (p->driven_moves)
		sde_set_driven(w, w->t1, w->x1);
	if (p->options.energy)
		w->table->books(w);
	const uint32_t bad = w->table->commit(w);
	w->t += h;
	for (int l = 0; l < LANES; l++)
		w->tile->t[l] = w->t0[l] = w->t;
	return bad;
}

static const double *mean_normals(sde_work *w, const double *xi, const double *xi_next)
{
	for (int e = 0; e < w->plan->n_source * LANES; e++)
		w->n1[e] = 0.5 * (xi[e] + xi_next[e]);
	return w->n1;
}

uint32_t sde_solve_step(sde_work *work, double h, const double *xi, const double *xi_next, uint32_t *wild)
{
	const sde_plan *p = work->plan;
	const int two = p->options.method == SIM_WT2 || p->options.method == SIM_HEUN;
	for (int l = 0; l < LANES; l++) {
		work->t0[l] = work->t;
		work->t1[l] = work->t + h;
	}
	drive(work);
	uint32_t bad = first_stage(work, h, p->options.method == SIM_LM ? mean_normals(work, xi, xi_next) : xi);
	if (two && p->settles)
		bad |= constrain(work, h);
	if (two)
		second_stage(work, h, xi);
	else if (p->options.method == SIM_BE)
		bad |= implicit_stage(work, h, xi);
	else
		only_stage(work);
	if (two && !p->linear)
		*wild |= work->table->far_off(work);
	if (p->options.energy || p->settles)
		work->table->charges(work, h);
	if (p->settles)
		bad |= sde_settle(work, h);
	if (!p->linear && (two || p->options.method == SIM_BE))
		*wild |= bad;
	return bad;
}

static uint32_t flow_step(sde_work *work, double h, const double *xi, const double *xi_next)
{
	uint32_t wild = 0;
	if (work->plan->n_flicker > 0)
		sde_step_flicker(work, h);
	uint32_t bad = sde_solve_step(work, h, xi, xi_next, &wild);
	wild &= ~work->lost;
	bad &= ~wild;
	bad |= wild ? sde_split_step(work, h, xi, wild) : sde_commit(work, h);
	work->lost |= bad;
	return bad;
}

/* Jumps and the rest of the circuit by turns, symmetrically: an error of second order in h, none where nothing else
 * flows. */
uint32_t sde_step(sde_work *work, double h, const double *xi, const double *xi_next)
{
	const sde_plan *p = work->plan;
	if (p->n_jump == 0) {
		const uint32_t bad = flow_step(work, h, xi, xi_next);
		return bad | sde_follow_latches(work);
	}
	const double part = p->has_flow ? 0.5 * h : h, end = work->t + h;
	uint32_t bad = sde_run_jumps(work, part);
	if (p->has_flow) {
		bad |= flow_step(work, h, xi, xi_next);
		bad |= sde_run_jumps(work, part);
	}
	sde_set_time(work, end);
	return bad | sde_follow_latches(work);
}
