/* SPDX-License-Identifier: Apache-2.0
 * Work of one worker (see sde.h): storage, the start of a trajectory, relaxation rates, books.
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/isa.h"
#include "sim/sde_impl.h"

ISA_DECLARE(extern const sde_table, sde_table);

enum { BEGIN_ITERATIONS = 50, RATE_ITERATIONS = 12 };
static const double BEGIN_TOLERANCE = 1e-13; /* of the largest unknown */

static double *carve(double *base, size_t *used, size_t rows)
{
	double *const at = base ? base + *used * LANES : NULL;
	*used += rows;
	return at;
}

static void widest(const sde_plan *p, size_t *port, size_t *noise)
{
	*port = *noise = 1;
	for (int k = 0; k < p->n_group; k++) {
		const size_t n_port = (size_t)p->group[k].n_port, n_noise = (size_t)p->group[k].n_noise;
		*port = n_port > *port ? n_port : *port;
		*noise = n_noise > *noise ? n_noise : *noise;
	}
}

static size_t layout(sde_work *w, double *base)
{
	const sde_plan *p = w->plan;
	const size_t n = (size_t)p->n_unknown, slots = (size_t)p->pattern.nnz + 1;
	const size_t full = (size_t)p->system->pattern.nnz + 1;
	const size_t sources = (size_t)p->n_source + 1, instances = (size_t)p->system->circuit->n_instance + 1;
	size_t used = 0, port, noise;
	widest(p, &port, &noise);
	double **const of_unknowns[] = {&w->xs,   &w->x1,     &w->delta,  &w->eps,     &w->rhs,
	                                &w->node, &w->middle, &w->x_open, &w->lu_work, &w->x_charged};
	for (size_t i = 0; i < sizeof of_unknowns / sizeof *of_unknowns; i++)
		*of_unknowns[i] = carve(base, &used, n + 1);
	double **const of_slots[] = {&w->base, &w->w, &w->p};
	for (size_t i = 0; i < sizeof of_slots / sizeof *of_slots; i++)
		*of_slots[i] = carve(base, &used, slots);
	w->cap = carve(base, &used, full);
	double **const single[] = {&w->t0, &w->t1, &w->turnover, &w->moved, &w->value};
	for (size_t i = 0; i < sizeof single / sizeof *single; i++)
		*single[i] = carve(base, &used, 1);
	w->w_lu = carve(base, &used, p->lu_w ? lane_lu_values(p->lu_w) : 0);
	w->p_lu = carve(base, &used, p->lu_p ? lane_lu_values(p->lu_p) : 0);
	w->n0 = carve(base, &used, sources);
	w->n1 = carve(base, &used, sources);
	w->v = carve(base, &used, port);
	w->s = carve(base, &used, noise);
	w->ds = carve(base, &used, noise * port);
	w->heat = carve(base, &used, instances);
	w->charge = carve(base, &used, instances);
	const size_t flickers = (size_t)p->n_flicker, poles = (size_t)p->n_pole;
	w->decay = carve(base, &used, poles); /* one value each */
	w->spread = carve(base, &used, poles);
	w->ou = carve(base, &used, flickers * poles);
	w->ou_normal = carve(base, &used, 4 * flickers * poles);
	w->flicker0 = carve(base, &used, flickers);
	w->flicker1 = carve(base, &used, flickers);
	const size_t jumps = (size_t)p->n_jump;
	w->rate = carve(base, &used, 2 * jumps);
	w->rate0 = carve(base, &used, 2 * jumps);
	w->packet = carve(base, &used, 2 * jumps);
	w->swing = carve(base, &used, p->has_moving ? jumps * n : 0);
	w->kick = carve(base, &used, jumps * ((size_t)p->n_free + 1));
	w->count = carve(base, &used, jumps);
	double **const of_jumps[] = {&w->left, &w->channel, &w->n_event};
	for (size_t i = 0; i < sizeof of_jumps / sizeof *of_jumps; i++)
		*of_jumps[i] = carve(base, &used, 1);
	w->part_xi = carve(base, &used, sources);
	w->before = carve(base, &used, sde_state_rows(p));
	w->after = carve(base, &used, sde_state_rows(p));
	w->aside = carve(base, &used, (size_t)p->latches.n);
	w->block = carve(base, &used, p->block_rows + 1);
	return used;
}

ts_status sde_work_make(const sde_plan *plan, mna_tile *tile, sde_work **out)
{
	sde_work *w = *out = alloc_array(1, sizeof *w);
	if (!w)
		return TS_NOMEM;
	w->plan = plan;
	w->tile = tile;
	w->x = tile->x;
	w->table = ISA_CHOOSE(sde_table);
	w->has_heat = alloc_array((size_t)plan->system->circuit->n_instance + 1, 1);
	w->memory = alloc_array(layout(w, NULL) * LANES, sizeof(double));
	if (!w->has_heat || !w->memory)
		return TS_NOMEM;
	layout(w, w->memory);
	for (int e = 0; e < 2 * plan->n_jump * LANES; e++)
		w->packet[e] = 1;
	for (int k = 0; k < plan->n_group; k++)
		for (int i = 0; (plan->group[k].n_active > 0 || plan->group[k].jumps) && i < plan->group[k].n_inst; i++)
			w->has_heat[plan->group[k].mna->inst[plan->group[k].index[i]]] = 1;
	for (int i = 0; i < plan->system->circuit->n_instance; i++)
		w->has_heat[i] |= plan->holding[i];
	return TS_OK;
}

ts_status sde_work_create(const sde_plan *plan, mna_tile *tile, sde_work **work)
{
	return sde_work_make(plan, tile, work);
}

void sde_work_destroy(sde_work *work)
{
	if (!work)
		return;
	alloc_free(work->has_heat);
	alloc_free(work->memory);
	alloc_free(work);
}

static void set_times(sde_work *w, double t)
{
	w->t = t;
	for (int l = 0; l < LANES; l++)
		w->t0[l] = w->t1[l] = w->tile->t[l] = t;
}

/* One Newton step along P^-1 towards the algebraic equations in the open lanes: charges stay, except what flows through
 * ideal branches, whose currents (averages over a step that has not come yet) stay as well. Returns the lanes in which
 * it was too large to be the last; each lane stops by itself. */
static uint32_t algebraic_step(sde_work *w, uint32_t open)
{
	const sde_plan *p = w->plan;
	double largest[LANES] = {0}, change[LANES] = {0};
	uint32_t still = 0;
	memset(w->delta, 0, (size_t)p->n_unknown * LANES * sizeof *w->delta);
	w->table->predict(w, p->h0);
	for (int r = 1; r <= p->n_free; r++)
		for (int l = 0; l < LANES && p->row_kind[r] != SDE_ALGEBRAIC; l++)
			w->rhs[r * LANES + l] = 0;
	sde_solve(p->lu_p, w, w->p_lu);
	sde_spread(w, w->delta);
	for (int e = LANES; e < p->n_unknown * LANES; e++) {
		const int l = e % LANES;
		if (!(open >> l & 1) || p->averaged[e / LANES])
			continue;
		w->x[e] += w->delta[e];
		change[l] = fmax(change[l], fabs(w->delta[e]));
		largest[l] = fmax(largest[l], fabs(w->x[e]));
	}
	for (int l = 0; l < LANES; l++)
		still |= (uint32_t)(change[l] > BEGIN_TOLERANCE * largest[l]) << l;
	return still;
}

uint32_t sde_settle_algebraic(sde_work *w, uint32_t open)
{
	const double h = w->plan->h0;
	uint32_t bad = 0;
	for (int k = 0; open && k < BEGIN_ITERATIONS; k++) {
		w->table->evaluate(w, SDE_START, h, NULL);
		w->table->matrix(w, h);
		bad |= sde_factor_p(w, h) & open;
		open = algebraic_step(w, open & ~bad);
	}
	return bad;
}

uint32_t sde_begin(sde_work *work, double t)
{
	const sde_plan *p = work->plan;
	uint32_t bad = 0;
	work->lost = 0;
	set_times(work, t);
	if (p->n_flicker > 0)
		sde_start_flicker(work);
	memset(work->n0, 0, 2 * ((size_t)p->n_source + 1) * LANES * sizeof *work->n0);
	for (int u = 1; u < p->n_unknown; u++)
		for (int l = 0; l < LANES && p->kind[u] == SDE_DRIVEN && !p->occupancy[u]; l++)
			work->x[u * LANES + l] = 0;
	sde_set_driven(work, work->t0, work->x);
	sde_start_traps(work);
	sde_refresh(work);
	work->w_h = 0;
	if (p->n_algebraic > 0)
		bad = sde_settle_algebraic(work, (1u << LANES) - 1);
	bad |= sde_follow_latches(work);
	work->table->evaluate(work, SDE_START, p->h0, NULL);
	work->table->matrix(work, p->h0);
	bad |= sde_factor_p(work, p->h0);
	sde_pulls(work);
	sde_find_kicks(work);
	sde_open_books(work);
	return bad;
}

double sde_time(const sde_work *work)
{
	return work->t;
}

void sde_set_time(sde_work *work, double t)
{
	set_times(work, t);
}

/* z := P^-1 G z, G the part of W that P lacks, at h = 1; scaled to length 1 (length[]: before). */
static void rate_step(sde_work *w, double *z, double *length)
{
	const sde_plan *p = w->plan;
	memset(w->rhs, 0, ((size_t)p->n_free + 1) * LANES * sizeof *w->rhs);
	for (int k = 0; k < p->n_group; k++) {
		const sde_group *g = &p->group[k];
		for (const sde_flow *f = g->flow; f < g->flow + g->n_flow; f++) {
			const double *a = sde_at(w, g->g0) + (ptrdiff_t)f->e * LANES;
			for (int l = 0; p->row_kind[f->row] == SDE_CHARGE && f->delta == 0 && l < LANES; l++)
				w->rhs[f->row * LANES + l] += a[l] * z[f->col * LANES + l];
		}
	}
	sde_solve(p->lu_p, w, w->p_lu);
	sde_spread(w, z);
	for (int l = 0; l < LANES; l++) {
		double square = 0;
		for (int r = 1; r <= p->n_free; r++)
			if (!p->system->is_current[p->free[r]])
				square += z[p->free[r] * LANES + l] * z[p->free[r] * LANES + l];
		length[l] = sqrt(square);
		for (int r = 1; r <= p->n_free; r++)
			z[p->free[r] * LANES + l] *= length[l] > 0 ? 1 / length[l] : 0;
	}
}

void sde_rates(sde_work *work, double *lambda)
{
	const sde_plan *p = work->plan;
	double *z = work->eps;
	for (int u = 0; u < p->n_unknown; u++)
		for (int l = 0; l < LANES; l++)
			z[u * LANES + l] = p->kind[u] == SDE_DRIVEN ? 0 : (1 + 0.37 * (u % 5)) * (u % 2 ? -1 : 1);
	work->table->evaluate(work, SDE_START, p->h0, NULL);
	if (p->has_p) {
		work->table->matrix(work, p->h0);
		sde_factor_p(work, p->h0);
		work->w_h = 0;
	}
	for (int k = 0; k < RATE_ITERATIONS; k++)
		rate_step(work, z, lambda);
}

void sde_open_books(sde_work *work)
{
	const sde_plan *p = work->plan;
	const size_t instances = (size_t)p->system->circuit->n_instance * LANES;
	memset(work->heat, 0, instances * sizeof *work->heat);
	memset(work->charge, 0, instances * sizeof *work->charge);
	memset(work->turnover, 0, LANES * sizeof *work->turnover);
	memset(work->moved, 0, LANES * sizeof *work->moved);
	memset(work->n_event, 0, LANES * sizeof *work->n_event);
	memcpy(work->x_open, work->x, (size_t)p->n_unknown * LANES * sizeof *work->x);
}

const double *sde_heat(const sde_work *work, int instance)
{
	return work->plan->options.energy && work->has_heat[instance] ? work->heat + instance * LANES : NULL;
}

const double *sde_charge(const sde_work *work, int instance)
{
	return work->plan->options.energy && work->has_heat[instance] && mna_branch(work->plan->system, instance) > 0 &&
	               work->plan->system->circuit->instance[instance].host < 0
	           ? work->charge + instance * LANES
	           : NULL;
}

void sde_field(const sde_work *work, double *change)
{
	const sde_plan *p = work->plan;
	for (int l = 0; l < LANES; l++)
		change[l] = work->moved[l];
	for (int e = 0; e < p->n_cap; e++) {
		const sde_entry *c = &p->cap[e];
		const double sign = p->system->is_current[c->row] ? -0.5 : 0.5;
		for (int l = 0; l < LANES; l++) {
			const double a = work->x[c->row * LANES + l], b = work->x[c->col * LANES + l];
			const double a0 = work->x_open[c->row * LANES + l], b0 = work->x_open[c->col * LANES + l];
			change[l] += sign * work->cap[c->slot * LANES + l] * (a * b - a0 * b0);
		}
	}
}

const double *sde_turnover(const sde_work *work)
{
	return work->turnover;
}

void sde_residual(const sde_work *work, double *residual)
{
	double sum[LANES];
	sde_field(work, sum);
	for (int i = 0; i < work->plan->system->circuit->n_instance; i++)
		for (int l = 0; l < LANES; l++)
			sum[l] += work->heat[i * LANES + l];
	for (int l = 0; l < LANES; l++)
		residual[l] = work->turnover[l] > 0 ? fabs(sum[l]) / work->turnover[l] : 0;
}
