/* SPDX-License-Identifier: Apache-2.0
 * Masked Newton on a tile for  F(x) = f(x) + alpha q(x) + rhs + g_extra x = 0  (design/architecture.md 16).
 *
 * Each active lane takes one damped step per iteration, dx = -A^-1 F with A = G + alpha C + g_extra. The damping
 * lambda is found by the natural monotonicity test [Deuflhard, Newton Methods for Nonlinear Problems, Springer 2004,
 * section 3.3]: with dx' = -A^-1 F(x + lambda dx), old A,
 *
 *   |dx'| <= (1 - lambda / 4) |dx|   (largest voltage change),
 *
 * which does not depend on the units of the rows; steps below SAFE_STEP are taken unasked. A lane has converged when
 * its last step was undamped and small and every row satisfies |F_u| <= tolerance + reltol sum_j |A_uj x_j|; where
 * devices carry currents whose rounding exceeds that, voltage steps 1000 times below tolerance suffice. Converged lanes
 * are frozen, so a lane's result depends on that lane's data alone. lane_lu solves; a lane whose pivots degrade goes
 * through its own KLU.
 *
 * Pivots come from a documented reference state: nominal constants, t = 0, driven nodes at their voltages, the others
 * in the middle of these.
 */
#include "sim/newton.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "lin/klu.h"
#include "lin/lane_lu.h"
#include "mna/single.h"

static const double SAFE_STEP = 5e-3;       /* V, well below a thermal voltage at room temperature */
static const double LEAST_LAMBDA = 1e-9;    /* smaller steps lead nowhere */
static const double REFERENCE_GMIN = 1e-12; /* S, only for the ordering when the reference is singular */
static const double HOLD_G = 1e10;          /* S, as SPICE holds nodes */
static const double TINY = 1e-3;            /* of the step tolerance */
static const double ROUND = 64 * DBL_EPSILON;
enum {
	MANY = 40,   /* unknowns from which one lane is evaluated with instances in the lanes */
	LARGE = 1000 /* unknowns from which one lane does without a schedule for LANES of them */
};

struct sim_newton {
	const mna_system *system;
	lane_lu *lu[2]; /* static and dynamic (alpha given); NULL: KLU for every lane */
	double *factors[2];
	int tried[2];
	lin_klu *klu[LANES];              /* made when first needed */
	double *block;                    /* the arrays below */
	double *a;                        /* [nnz + 1] slotted A */
	double *r, *size;                 /* [n_unknown] F and sum_j |A_uj x_j| */
	double *base, *dx, *probe, *work; /* [n_unknown] */
	double *column;                   /* [max(nnz, n)] one lane for KLU */
	mna_single *one;                  /* for one lane of a circuit that is not small; made when first needed */
	int singular;
};

/* What changes during one solve. */
typedef struct newton_state {
	mna_tile *tile;
	const sim_newton_problem *problem;
	int dynamic;
	int alone; /* the only lane, where newton->one evaluates it; else -1 */
	uint32_t active, small, tiny, by_klu;
	double lambda[LANES], norm[LANES];
} newton_state;

static int has_lane(uint32_t mask, int l)
{
	return (int)(mask >> l) & 1;
}

ts_status sim_newton_create(const mna_system *system, sim_newton **out)
{
	*out = NULL;
	const size_t n = (size_t)system->n_unknown * LANES, slots = ((size_t)system->pattern.nnz + 1) * LANES;
	sim_newton *newton = alloc_array(1, sizeof *newton);
	double *at = alloc_array(2 * slots + 6 * n, sizeof *at);
	if (!newton || !at) {
		alloc_free(newton);
		alloc_free(at);
		return TS_NOMEM;
	}
	newton->system = system;
	newton->singular = -1;
	newton->block = newton->a = at;
	double **const array[] = {&newton->r, &newton->size, &newton->base, &newton->dx, &newton->probe, &newton->work};
	at += slots;
	for (size_t i = 0; i < sizeof array / sizeof *array; i++, at += n)
		*array[i] = at;
	newton->column = at;
	*out = newton;
	return TS_OK;
}

void sim_newton_destroy(sim_newton *newton)
{
	if (!newton)
		return;
	for (int d = 0; d < 2; d++) {
		lane_lu_destroy(newton->lu[d]);
		alloc_free(newton->factors[d]);
	}
	for (int l = 0; l < LANES; l++)
		lin_klu_destroy(newton->klu[l]);
	mna_single_destroy(newton->one);
	alloc_free(newton->block);
	alloc_free(newton);
}

/* Reference state of the ordering, in every lane. */
static void set_reference(mna_tile *tile)
{
	const mna_system *s = tile->system;
	double low = 0, high = 0;
	for (int d = 0; d < s->n_driven; d++) {
		const int u = s->driven_order[d];
		const double e = s->driven_sign[u] * mna_source_value(s, s->driven_by[u], 0);
		for (int l = 0; l < LANES; l++)
			tile->x[u * LANES + l] = tile->x[s->driven_from[u] * LANES + l] + e;
		low = fmin(low, tile->x[u * LANES]);
		high = fmax(high, tile->x[u * LANES]);
	}
	for (int u = 1; u < s->n_unknown; u++)
		for (int l = 0; !s->is_current[u] && s->driven_by[u] < 0 && l < LANES; l++)
			tile->x[u * LANES + l] = 0.5 * (low + high);
}

static ts_status order_matrix(sim_newton *n, mna_tile *tile, int dynamic, double alpha)
{
	const mna_system *s = n->system;
	set_reference(tile);
	mna_assemble(tile, DEV_F | DEV_Q | DEV_G | DEV_C);
	for (int e = 0; e <= s->pattern.nnz; e++)
		n->column[e] = tile->g[e * LANES] + alpha * tile->c[e * LANES];
	ts_status status = lane_lu_create(&s->pattern, n->column + 1, &n->lu[dynamic]);
	for (int u = 1; status == TS_NUMERIC && u < s->n_unknown; u++)
		if (!s->is_current[u])
			n->column[s->diagonal[u]] += REFERENCE_GMIN;
	if (status == TS_NUMERIC)
		status = lane_lu_create(&s->pattern, n->column + 1, &n->lu[dynamic]);
	TS_TRY(status);
	n->factors[dynamic] = alloc_array(lane_lu_values(n->lu[dynamic]) * LANES, sizeof(double));
	if (n->factors[dynamic])
		return TS_OK;
	lane_lu_destroy(n->lu[dynamic]);
	n->lu[dynamic] = NULL;
	return TS_NOMEM;
}

/* Once per solver and kind of problem; without a schedule every lane uses KLU: right away where one lane of a large
 * circuit is asked for, since a schedule costs the square of the number of unknowns. */
static void prepare(sim_newton *n, newton_state *s)
{
	const int is_alone = s->active && (s->active & (s->active - 1)) == 0;
	s->alone = -1;
	if (is_alone && n->system->n_unknown > MANY && (n->one || mna_single_create(n->system, &n->one) == TS_OK)) {
		s->alone = __builtin_ctz(s->active);
		mna_single_load(n->one, s->tile, s->alone);
	}
	if (n->tried[s->dynamic] || (is_alone && n->system->n_unknown > LARGE))
		return;
	n->tried[s->dynamic] = 1;
	int first = 0;
	while (first < LANES - 1 && !has_lane(s->active, first))
		first++;
	mna_tile *tile = NULL;
	if (mna_tile_create(n->system, &tile) == TS_OK)
		(void)order_matrix(n, tile, s->dynamic, s->dynamic ? s->problem->alpha[first] : 0);
	mna_tile_destroy(tile);
}

static int is_held(const newton_state *s, int u)
{
	return s->problem->hold && isfinite(s->problem->hold[u]);
}

static void form_matrix(sim_newton *n, const newton_state *s)
{
	const mna_tile *tile = s->tile;
	const double *alpha = s->problem->alpha;
	const size_t size = ((size_t)n->system->pattern.nnz + 1) * LANES;
	memcpy(n->a, tile->g, size * sizeof *n->a);
	for (size_t e = 0; alpha && e < size; e += LANES)
		for (size_t l = 0; l < LANES; l++)
			n->a[e + l] += alpha[l] * tile->c[e + l];
	for (int u = 1; s->problem->extra_g > 0 && u < n->system->n_unknown; u++)
		for (int l = 0; !n->system->is_current[u] && l < LANES; l++)
			n->a[n->system->diagonal[u] * LANES + l] += s->problem->extra_g;
	for (int u = 1; s->problem->hold && u < n->system->n_unknown; u++)
		for (int l = 0; is_held(s, u) && l < LANES; l++)
			n->a[n->system->diagonal[u] * LANES + l] += HOLD_G;
}

static void form_residual(sim_newton *n, const newton_state *s)
{
	const mna_tile *tile = s->tile;
	const sim_newton_problem *p = s->problem;
	for (int u = 0; u < n->system->n_unknown; u++) {
		const double extra = u > 0 && !n->system->is_current[u] ? p->extra_g : 0;
		for (int l = 0; l < LANES; l++) {
			const int i = u * LANES + l;
			n->r[i] = tile->f[i] + extra * tile->x[i];
			if (p->alpha)
				n->r[i] += p->alpha[l] * tile->q[i];
			if (p->rhs)
				n->r[i] += p->rhs[i];
			if (is_held(s, u))
				n->r[i] += HOLD_G * (tile->x[i] - p->hold[u]);
			n->size[i] = p->rhs ? fabs(p->rhs[i]) : 0;
		}
	}
}

/* size[u] += sum_j |A_uj x_j| */
static void form_size(sim_newton *n, const newton_state *s)
{
	const lin_csc *m = &n->system->pattern;
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e < m->p[j + 1]; e++)
			for (int l = 0; l < LANES; l++)
				n->size[(m->i[e] + 1) * LANES + l] +=
				    fabs(n->a[(e + 1) * LANES + l] * s->tile->x[(j + 1) * LANES + l]);
}

static void put_lane(double *tile, const double *one, int n, int l)
{
	for (int i = 0; i < n; i++)
		tile[i * LANES + l] = one[i];
}

/* The bits of mna_assemble in that lane; the others keep what they have. */
static void assemble_alone(const sim_newton *n, mna_tile *tile, unsigned want, int l)
{
	mna_single *one = n->one;
	const int n_unknown = n->system->n_unknown, slots = n->system->pattern.nnz + 1;
	one->t = tile->t[l];
	for (int u = 0; u < n_unknown; u++)
		one->x[u] = tile->x[u * LANES + l];
	mna_single_assemble(one, want);
	put_lane(tile->f, one->f, n_unknown, l);
	put_lane(tile->g, one->g, slots, l);
	if (want & DEV_Q)
		put_lane(tile->q, one->q, n_unknown, l);
	if (want & DEV_C)
		put_lane(tile->c, one->c, slots, l);
}

static void evaluate(sim_newton *n, const newton_state *s)
{
	const unsigned want = s->dynamic ? DEV_F | DEV_Q | DEV_G | DEV_C : DEV_F | DEV_G;
	if (s->alone >= 0)
		assemble_alone(n, s->tile, want, s->alone);
	else
		mna_assemble(s->tile, want);
	form_matrix(n, s);
	form_residual(n, s);
	form_size(n, s);
}

static double row_tolerance(const sim_newton *n, int u, int l)
{
	const elab_circuit *c = n->system->circuit;
	return (n->system->is_current[u] ? c->vntol : c->abstol) + c->reltol * n->size[u * LANES + l];
}

static uint32_t lanes_balanced(const sim_newton *n, uint32_t lanes)
{
	for (int l = 0; l < LANES; l++)
		for (int u = 1; u < n->system->n_unknown && has_lane(lanes, l); u++)
			if (!(fabs(n->r[u * LANES + l]) <= row_tolerance(n, u, l)))
				lanes &= ~(1u << l);
	return lanes;
}

/* Largest KCL scale of a lane: rounding of branch currents is measured by it. */
static double largest_current(const sim_newton *n, int l)
{
	double largest = 0;
	for (int u = 1; u < n->system->n_unknown; u++)
		if (!n->system->is_current[u])
			largest = fmax(largest, n->size[u * LANES + l]);
	return largest;
}

static int is_small_step(const sim_newton *n, const newton_state *s, int l)
{
	const elab_circuit *c = n->system->circuit;
	const double current = c->abstol + ROUND * largest_current(n, l);
	for (int u = 1; u < n->system->n_unknown; u++) {
		const int i = u * LANES + l;
		const double floor = n->system->is_current[u] ? current : c->vntol;
		if (!(fabs(n->dx[i]) <= floor + c->reltol * fabs(s->tile->x[i])))
			return 0;
	}
	return 1;
}

/* All steps of voltages and of currents that control something far below tolerance: the residual that is left is
 * rounding in the devices. */
static int is_tiny_step(const sim_newton *n, const newton_state *s, int l)
{
	const elab_circuit *c = n->system->circuit;
	const double current = c->abstol + ROUND * largest_current(n, l);
	for (int u = 1; u < n->system->n_unknown; u++) {
		const int i = u * LANES + l;
		const double floor = n->system->is_current[u] ? current : TINY * c->vntol;
		if ((!n->system->is_current[u] || n->system->is_read[u]) &&
		    !(fabs(n->dx[i]) <= floor + TINY * c->reltol * fabs(s->tile->x[i])))
			return 0;
	}
	return 1;
}

/* Largest voltage in one lane of v[n_unknown] + weight w; NaN when a voltage is. */
static double voltage_norm(const sim_newton *n, const double *v, double weight, const double *w, int l)
{
	double largest = 0;
	for (int u = 1; u < n->system->n_unknown; u++) {
		const double x = v[u * LANES + l] + weight * w[u * LANES + l];
		if (!n->system->is_current[u] && !(fabs(x) <= largest))
			largest = fabs(x);
		if (!isfinite(x))
			return (double)NAN;
	}
	return largest;
}

static ts_status factor_lane(sim_newton *n, int l)
{
	const int nnz = n->system->pattern.nnz;
	int bad = -1;
	if (!n->klu[l])
		TS_TRY(lin_klu_create(&n->system->pattern, &n->klu[l]));
	for (int e = 0; e < nnz; e++)
		n->column[e] = n->a[(e + 1) * LANES + l];
	const ts_status status = lin_klu_factor(n->klu[l], n->column, &bad);
	if (status == TS_NUMERIC && bad >= 0)
		n->singular = bad + 1;
	return status;
}

/* Factor A; lanes that cannot be factored at all leave the active set. */
static void factor(sim_newton *n, newton_state *s)
{
	lane_lu *lu = n->lu[s->dynamic];
	s->by_klu = lu ? lane_lu_factor(lu, n->a, n->factors[s->dynamic]) : ~0u;
	s->by_klu &= s->active;
	for (int l = 0; l < LANES; l++)
		if (has_lane(s->by_klu, l) && factor_lane(n, l) != TS_OK)
			s->active &= ~(1u << l);
}

/* out[n_unknown] = -A^-1 r */
static void solve(sim_newton *n, const newton_state *s, double *out)
{
	const int size = n->system->n_unknown;
	for (int i = 0; i < size * LANES; i++)
		out[i] = i < LANES ? 0 : -n->r[i];
	if (n->lu[s->dynamic])
		lane_lu_solve(n->lu[s->dynamic], n->factors[s->dynamic], out + LANES, n->work);
	for (int l = 0; l < LANES; l++) {
		if (!has_lane(s->by_klu & s->active, l))
			continue;
		for (int u = 1; u < size; u++)
			n->column[u - 1] = -n->r[u * LANES + l];
		lin_klu_solve(n->klu[l], n->column);
		for (int u = 1; u < size; u++)
			out[u * LANES + l] = n->column[u - 1];
	}
}

static void move(const sim_newton *n, newton_state *s, uint32_t lanes)
{
	for (int l = 0; l < LANES; l++)
		for (int u = 1; u < n->system->n_unknown && has_lane(lanes, l); u++) {
			const int i = u * LANES + l;
			s->tile->x[i] = n->base[i] + s->lambda[l] * n->dx[i];
		}
}

/* Monotonicity test of one lane at its trial point; on refusal lambda shrinks. */
static int accept(const sim_newton *n, newton_state *s, int l)
{
	const double lambda = s->lambda[l];
	if (s->norm[l] <= SAFE_STEP && isfinite(voltage_norm(n, n->r, 0, n->r, l)))
		return 1;
	if (voltage_norm(n, n->probe, 0, n->probe, l) <= (1 - 0.25 * lambda) * s->norm[l])
		return 1;
	const double bend = voltage_norm(n, n->probe, lambda - 1, n->dx, l);
	const double best = 0.5 * s->norm[l] * lambda * lambda / bend;
	s->lambda[l] = best > 0.1 * lambda ? fmin(best, 0.5 * lambda) : 0.1 * lambda;
	return 0;
}

static int needs_probe(const newton_state *s, uint32_t lanes)
{
	for (int l = 0; l < LANES; l++)
		if (has_lane(lanes, l) && s->norm[l] > SAFE_STEP)
			return 1;
	return 0;
}

/* Try x + lambda dx until every active lane accepts or gives up; leaves evaluations at the new x. */
static void step(sim_newton *n, newton_state *s)
{
	uint32_t pending = s->active;
	for (int l = 0; l < LANES; l++) {
		s->lambda[l] = 1;
		s->norm[l] = voltage_norm(n, n->dx, 0, n->dx, l);
		if (has_lane(pending, l) && !isfinite(s->norm[l]))
			pending &= ~(1u << l);
	}
	s->active = pending;
	memcpy(n->base, s->tile->x, (size_t)n->system->n_unknown * LANES * sizeof *n->base);
	while (pending) {
		move(n, s, pending);
		evaluate(n, s);
		if (needs_probe(s, pending))
			solve(n, s, n->probe);
		for (int l = 0; l < LANES; l++) {
			if (!has_lane(pending, l))
				continue;
			if (accept(n, s, l))
				pending &= ~(1u << l);
			else if (s->lambda[l] < LEAST_LAMBDA) {
				pending &= ~(1u << l);
				s->active &= ~(1u << l);
			}
		}
	}
	s->small = s->tiny = 0;
	for (int l = 0; l < LANES; l++) {
		if (!has_lane(s->active, l) || s->lambda[l] != 1)
			continue;
		s->small |= (uint32_t)is_small_step(n, s, l) << l;
		s->tiny |= (uint32_t)is_tiny_step(n, s, l) << l;
	}
}

static int worst_row(const sim_newton *n, uint32_t lanes)
{
	double largest = 0;
	int worst = -1;
	for (int l = 0; l < LANES; l++)
		for (int u = 1; u < n->system->n_unknown && has_lane(lanes, l); u++) {
			const double ratio = fabs(n->r[u * LANES + l]) / row_tolerance(n, u, l);
			if (ratio > largest || (isnan(ratio) && worst < 0)) {
				largest = ratio;
				worst = u;
			}
		}
	return worst;
}

uint32_t sim_newton_solve(sim_newton *newton, mna_tile *tile, const sim_newton_problem *problem, int *worst)
{
	newton_state s = {
	    .tile = tile, .problem = problem, .dynamic = problem->alpha != NULL, .active = problem->lanes};
	uint32_t converged = 0;
	newton->singular = -1;
	prepare(newton, &s);
	evaluate(newton, &s);
	for (int iteration = 0;; iteration++) {
		const uint32_t done = lanes_balanced(newton, s.active & s.small) | (s.active & s.tiny);
		converged |= done;
		s.active &= ~done;
		if (!s.active || iteration >= problem->max_iteration)
			break;
		factor(newton, &s);
		solve(newton, &s, newton->dx);
		step(newton, &s);
	}
	if (worst)
		*worst = worst_row(newton, problem->lanes & ~converged);
	return converged;
}

void sim_newton_residual(const sim_newton *newton, int unknown, int lane_index, double *residual, double *tolerance)
{
	*residual = fabs(newton->r[unknown * LANES + lane_index]);
	*tolerance = row_tolerance(newton, unknown, lane_index);
}

int sim_newton_singular(const sim_newton *newton)
{
	return newton->singular;
}
