/* SPDX-License-Identifier: Apache-2.0
 * Elimination of driven nodes for the deterministic transient (see tran_reduce.h), residual, weights and corners.
 *
 * The slope of a waveform is a five-point difference [Fornberg, Math. Comp. 51 (1988)] whose spacing is a hundredth of
 * the integrator's step: centred inside a segment, one-sided next to its ends. Piecewise linear waveforms are then
 * exact up to rounding and a sine is good to about 1e-12 of its largest slope.
 */
#include <math.h>
#include "base/alloc.h"
#include "sim/tran_reduce.h"

static const double STENCIL_PART = 0.01; /* of the step */
static const double EDGE_PART = 1e-12;   /* of a segment: how far inside its ends sources are evaluated */
static const double JUMP = 1e-6;         /* relative change over two edges that only a jump can make */

static void number_free(sim_reduced *r)
{
	const mna_system *s = r->system;
	const elab_circuit *c = s->circuit;
	r->n = 0;
	for (int u = 0; u < s->n_unknown; u++)
		r->index[u] = u > 0 && s->driven_by[u] < 0 ? 0 : -1;
	for (int i = 0; i < s->n_driven; i++)
		r->index[mna_branch(s, s->driven_by[s->driven_order[i]])] = -1;
	for (int u = 1; u < s->n_unknown; u++) {
		if (r->index[u] < 0)
			continue;
		r->atol[r->n] = s->is_current[u] ? c->abstol : c->vntol;
		r->unknown[r->n] = u;
		r->index[u] = r->n++;
	}
}

/* Columns come out in order and rows stay sorted, because the renumbering is monotone. */
static void reduce_pattern(sim_reduced *r)
{
	const lin_csc *full = &r->system->pattern;
	int nnz = 0;
	for (int j = 0; j < r->n; j++) {
		const int column = r->unknown[j] - 1;
		r->pattern.p[j] = nnz;
		for (int e = full->p[column]; e < full->p[column + 1]; e++) {
			const int row = r->index[full->i[e] + 1];
			if (row < 0)
				continue;
			r->pattern.i[nnz] = row;
			r->slot[nnz++] = e + 1;
		}
	}
	r->pattern.p[r->n] = nnz;
	r->pattern.n = r->n;
	r->pattern.nnz = nnz;
}

static int all_linear(const mna_system *s)
{
	for (int b = 0; b < s->n_batch; b++)
		if (!s->batch[b].type->linear_q)
			return 0;
	return 1;
}

static ts_status allocate(sim_reduced *r)
{
	const size_t n = (size_t)r->system->n_unknown, nnz = (size_t)r->system->pattern.nnz;
	int *ints = alloc_array(3 * n + 1 + 2 * nnz, sizeof *ints);
	double *doubles = alloc_array(6 * n, sizeof *doubles);
	r->unknown = ints; /* so that destroy frees what there is */
	r->block = doubles;
	if (!ints || !doubles)
		return TS_NOMEM;
	r->index = ints + n;
	r->pattern.p = ints + 2 * n;
	r->pattern.i = ints + 3 * n + 1;
	r->slot = r->pattern.i + nnz;
	r->xdot = doubles;
	r->row = doubles + n;
	r->scale = doubles + 2 * n;
	r->atol = doubles + 3 * n;
	r->held = doubles + 4 * n;
	r->slope = doubles + 5 * n;
	r->held_at = r->slope_at = (double)NAN;
	return TS_OK;
}

ts_status sim_reduced_create(const mna_system *system, mna_tile *tile, sim_reduced **out)
{
	sim_reduced *r = alloc_array(1, sizeof *r);
	*out = NULL;
	if (!r)
		return TS_NOMEM;
	r->system = system;
	r->tile = tile;
	if (allocate(r) != TS_OK || mna_single_create(system, &r->one) != TS_OK) {
		sim_reduced_destroy(r);
		return TS_NOMEM;
	}
	r->reltol = system->circuit->reltol;
	r->linear_q = all_linear(system);
	number_free(r);
	reduce_pattern(r);
	*out = r;
	return TS_OK;
}

void sim_reduced_destroy(sim_reduced *r)
{
	if (!r)
		return;
	mna_single_destroy(r->one);
	alloc_free(r->unknown);
	alloc_free(r->block);
	alloc_free(r);
}

void sim_reduced_segment(sim_reduced *r, double a, double b)
{
	r->a = a;
	r->b = b;
	r->step = 1e-3 * (b - a);
	r->held_at = r->slope_at = (double)NAN;
}

static double edge_of(double a, double b)
{
	return fmax(EDGE_PART * (b - a), 4 * (nextafter(b, (double)INFINITY) - b));
}

static double edge(const sim_reduced *r)
{
	return edge_of(r->a, r->b);
}

static double inside(const sim_reduced *r, double t)
{
	const double e = edge(r);
	return fmin(fmax(t, r->a + e), r->b - e);
}

/* Voltages of the holding sources; an integrator asks for one time again and again. */
static void hold(sim_reduced *r, double at)
{
	const mna_system *s = r->system;
	for (int i = 0; r->held_at != at && i < s->n_driven; i++) {
		const int u = s->driven_order[i];
		r->held[i] = s->driven_sign[u] * mna_source_value(s, s->driven_by[u], at);
	}
	r->held_at = at;
}

void sim_reduced_set(sim_reduced *r, double t, const double *y)
{
	const mna_system *s = r->system;
	double *x = r->one->x;
	r->one->t = inside(r, t);
	hold(r, r->one->t);
	for (int u = 0; u < s->n_unknown; u++)
		x[u] = r->index[u] >= 0 ? y[r->index[u]] : 0;
	for (int i = 0; i < s->n_driven; i++)
		x[s->driven_order[i]] = x[s->driven_from[s->driven_order[i]]] + r->held[i];
}

void sim_reduced_set_tile(sim_reduced *r, double t, const double *y)
{
	sim_reduced_set(r, t, y);
	for (int l = 0; l < LANES; l++)
		r->tile->t[l] = r->one->t;
	for (int u = 0; u < r->system->n_unknown; u++)
		for (int l = 0; l < LANES; l++)
			r->tile->x[u * LANES + l] = r->one->x[u];
}

static double source_slope(const sim_reduced *r, int instance, double t)
{
	static const double at_middle[5] = {1, -8, 0, 8, -1}, at_edge[5] = {-25, 48, -36, 16, -3};
	const double e = edge(r), low = r->a + e, high = r->b - e;
	const double d = fmin(STENCIL_PART * r->step, (high - low) / 8);
	const int side = t - 2 * d < low ? 1 : t + 2 * d > high ? -1 : 0;
	const double from = side > 0 ? fmax(t, low) : side < 0 ? fmin(t, high) : t - 2 * d;
	const double *weight = side ? at_edge : at_middle;
	double sum = 0, time[LANES], value[LANES];
	for (int i = 0; i < LANES; i++)
		time[i] = from + (side ? side : 1) * (i < 5 ? i : 0) * d;
	mna_source_values(r->system, instance, time, value);
	for (int i = 0; i < 5; i++)
		sum += weight[i] * value[i];
	return sum / (12 * d) * (side ? side : 1);
}

/* Slopes of the holding sources, with sign; the stencil follows the integrator's step. */
static void slope(sim_reduced *r, double t)
{
	const mna_system *s = r->system;
	for (int i = 0; (r->slope_at != t || r->slope_step != r->step) && i < s->n_driven; i++) {
		const int u = s->driven_order[i];
		r->slope[i] = s->driven_sign[u] * source_slope(r, s->driven_by[u], t);
	}
	r->slope_at = t;
	r->slope_step = r->step;
}

void sim_reduced_set_rate(sim_reduced *r, double t, const double *ydot)
{
	const mna_system *s = r->system;
	for (int u = 0; u < s->n_unknown; u++)
		r->xdot[u] = r->index[u] >= 0 ? ydot[r->index[u]] : 0;
	slope(r, t);
	for (int i = 0; i < s->n_driven; i++)
		r->xdot[s->driven_order[i]] = r->xdot[s->driven_from[s->driven_order[i]]] + r->slope[i];
}

void sim_reduced_multiply(sim_reduced *r)
{
	const lin_csc *m = &r->system->pattern;
	for (int u = 0; u < r->system->n_unknown; u++)
		r->row[u] = 0;
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e < m->p[j + 1]; e++)
			r->row[m->i[e] + 1] += r->one->c[e + 1] * r->xdot[j + 1];
}

int sim_reduced_residual(sim_reduced *r, double t, const double *y, const double *ydot, double *residual)
{
	sim_reduced_set(r, t, y);
	sim_reduced_set_rate(r, t, ydot);
	mna_single_assemble(r->one, DEV_F | DEV_C);
	sim_reduced_multiply(r);
	int bad = 0;
	for (int i = 0; i < r->n; i++) {
		const int u = r->unknown[i];
		residual[i] = r->one->f[u] + r->row[u];
		bad |= !isfinite(residual[i]);
	}
	return bad;
}

void sim_reduced_full(sim_reduced *r, double t, const double *y, const double *ydot, double *x)
{
	const mna_system *s = r->system;
	sim_reduced_set(r, t, y);
	sim_reduced_set_rate(r, t, ydot);
	mna_single_assemble(r->one, DEV_F | DEV_C);
	sim_reduced_multiply(r);
	for (int u = 0; u < s->n_unknown; u++) {
		x[u] = r->one->x[u];
		r->row[u] += r->one->f[u];
	}
	/* Leaves first: what a held node draws passes through its source into the node it is held from. */
	for (int i = s->n_driven - 1; i >= 0; i--) {
		const int u = s->driven_order[i];
		x[mna_branch(s, s->driven_by[u])] = -s->driven_sign[u] * r->row[u];
		r->row[s->driven_from[u]] += r->row[u];
	}
}

void sim_reduced_seen(sim_reduced *r, const double *y)
{
	for (int i = 0; i < r->n; i++)
		r->scale[i] = fmax(r->scale[i], fabs(y[i]));
}

void sim_reduced_weight(const sim_reduced *r, double *weight)
{
	for (int i = 0; i < r->n; i++)
		weight[i] = 1 / (r->reltol * r->scale[i] + r->atol[i]);
}

double sim_reduced_corner(const sim_reduced *r, double t)
{
	const mna_system *s = r->system;
	double next = (double)INFINITY;
	for (int b = 0; b < s->n_batch; b++) {
		const mna_batch *batch = &s->batch[b];
		for (int i = 0; batch->type->next_corner && i < batch->n_inst; i++) {
			const void *aux = s->circuit->instance[batch->inst[i]].aux;
			next = fmin(next, batch->type->next_corner(batch->k + i * batch->type->n_const, aux, t));
		}
	}
	return next;
}

int sim_reduced_jumps(const sim_reduced *r, double a, double t, double b)
{
	const double before = t - edge_of(a, t), after = t + edge_of(t, b);
	for (int i = 0; i < r->system->n_driven; i++) {
		const int instance = r->system->driven_by[r->system->driven_order[i]];
		const double e0 = mna_source_value(r->system, instance, before);
		const double e1 = mna_source_value(r->system, instance, after);
		if (fabs(e1 - e0) > JUMP * fmax(fabs(e0), fabs(e1)))
			return 1;
	}
	return 0;
}
