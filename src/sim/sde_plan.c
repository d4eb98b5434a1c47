/* SPDX-License-Identifier: Apache-2.0
 * Creation of plans (see sde.h, sde_impl.h): kinds of rows, groups, the constant capacitances, and pivot sequences for
 * W and P, taken from the starting state.
 */
#include <math.h>
#include <string.h>
#include "base/arena.h"
#include "lin/klu.h"
#include "sim/sde_impl.h"

static const double FIRST_PART = 0.1; /* of the shortest C/G of a node: the step for which pivots are chosen */

static ts_status make_builder(sde_builder *b)
{
	sde_plan *p = b->plan;
	const mna_system *s = p->system;
	const size_t n = (size_t)s->n_unknown, batches = (size_t)s->n_batch + 1;
	b->kind = arena_array(p->arena, n, 1);
	b->averaged = arena_array(p->arena, n, 1);
	b->holding = arena_array(p->arena, (size_t)s->circuit->n_instance + 1, 1);
	b->moving = arena_array(p->arena, batches, 1);
	b->nonlinear = arena_array(p->arena, batches, 1);
	b->steady = arena_array(p->arena, batches, 1);
	if (!b->kind || !b->averaged || !b->holding || !b->moving || !b->nonlinear || !b->steady)
		return TS_NOMEM;
	p->kind = b->kind, p->averaged = b->averaged, p->holding = b->holding, p->moving = b->moving;
	return TS_OK;
}

static void find_waves(sde_plan *p)
{
	const mna_system *s = p->system;
	for (int i = 0; i < s->circuit->n_instance; i++) {
		const elab_instance *instance = &s->circuit->instance[i];
		const int wave = instance->type->next_corner ? dev_param_index(instance->type, "wave") : -1;
		const int moves = wave >= 0 && instance->param[wave] != DEV_WAVE_DC;
		p->any_wave |= moves;
		p->driven_moves |= moves && p->holding[i];
	}
	p->has_flow |= p->driven_moves; /* a step moves them */
}

/* A step that is short for every node, from the diagonals of C and G. */
static double first_step(const sde_work *w)
{
	const sde_plan *p = w->plan;
	double h = (double)INFINITY;
	for (int r = 1; r <= p->n_free; r++) {
		const ptrdiff_t d = (ptrdiff_t)lin_csc_slot(&p->pattern, r - 1, r - 1) * LANES;
		const double c = fabs(w->p[d]), g = fabs(w->w[d] - w->p[d]);
		if (c > 0 && g > 0)
			h = fmin(h, c / g);
	}
	return isfinite(h) ? FIRST_PART * h : 1e-9;
}

static double *reference(const sde_work *w, const double *matrix, double *out)
{
	for (int e = 0; e < w->plan->pattern.nnz; e++)
		out[e] = matrix[(e + 1) * LANES];
	return out;
}

static void report_singular(const sde_builder *b, const double *a)
{
	const sde_plan *p = b->plan;
	const elab_circuit *c = p->system->circuit;
	lin_klu *klu = NULL;
	int column = -1, u = 0;
	if (lin_klu_create(&p->pattern, &klu) == TS_OK && lin_klu_factor(klu, a, &column) == TS_NUMERIC && column >= 0)
		u = p->free[column + 1];
	lin_klu_destroy(klu);
	diag_add(b->diag, E0504, u > 0 && u < c->n_node ? c->node[u].span : SRC_NOWHERE,
	         "the matrix of a stochastic step is singular at '%s': it is held neither by a capacitance nor by a "
	         "conductance that others do not cancel",
	         u > 0 ? p->system->name[u] : "?");
}

static ts_status make_lu(const sde_builder *b, const double *a, lane_lu **lu)
{
	const ts_status status = b->plan->n_free > 0 ? lane_lu_create(&b->plan->pattern, a, lu) : TS_OK;
	if (status == TS_NUMERIC)
		report_singular(b, a);
	return status;
}

static ts_status make_pivots(const sde_builder *b)
{
	sde_plan *p = b->plan;
	sde_work *w = NULL;
	double *a = arena_array(p->arena, (size_t)p->pattern.nnz + 1, sizeof *a);
	ts_status status = a ? sde_work_make(p, b->tile, &w) : TS_NOMEM;
	if (status == TS_OK) {
		sde_refresh(w);
		w->table->evaluate(w, SDE_START, 1, NULL);
		w->table->matrix(w, 1);
		p->h0 = p->options.h > 0 ? p->options.h : first_step(w);
		w->table->matrix(w, p->h0);
		status = make_lu(b, reference(w, w->w, a), &p->lu_w);
		if (status == TS_OK)
			status = make_lu(b, reference(w, w->p, a), &p->lu_p);
	}
	sde_work_destroy(w);
	return status;
}

static ts_status fill_plan(sde_builder *b)
{
	sde_plan *p = b->plan;
	TS_TRY(make_builder(b));
	TS_TRY(sim_latches_create(p->system, &p->latches));
	TS_TRY(sde_classify(b));
	TS_TRY(sde_make_rows(b));
	TS_TRY(sde_make_pattern(b));
	TS_TRY(sde_make_groups(b));
	find_waves(p);
	TS_TRY(sde_check_jumps(b));
	return make_pivots(b);
}

ts_status sde_plan_create(mna_tile *tile, const sde_options *options, diag_list *diag, sde_plan **plan)
{
	arena *a = arena_create();
	sde_plan *p = a ? arena_alloc(a, sizeof *p) : NULL;
	*plan = NULL;
	if (!p) {
		arena_destroy(a);
		return TS_NOMEM;
	}
	*p = (sde_plan){.arena = a, .system = tile->system, .options = *options};
	p->n_unknown = tile->system->n_unknown;
	p->theta = options->method == SIM_WT2 ? 0.5 : options->method == SIM_BE ? 1 : 0;
	sde_builder b = {.plan = p, .tile = tile, .diag = diag};
	sde_set_driven(&(sde_work){.plan = p, .tile = tile, .value = tile->scratch}, tile->t, tile->x);
	const ts_status status = fill_plan(&b);
	if (status == TS_OK)
		*plan = p;
	else
		sde_plan_destroy(p);
	return status;
}

void sde_plan_destroy(sde_plan *plan)
{
	if (!plan)
		return;
	lane_lu_destroy(plan->lu_w);
	lane_lu_destroy(plan->lu_p);
	lin_csc_free(&plan->pattern);
	sim_latches_destroy(&plan->latches);
	arena_destroy(plan->arena);
}

void sde_set_driven(const sde_work *w, const double *t, double *x)
{
	const mna_system *s = w->plan->system;
	for (int d = 0; d < s->n_driven; d++) {
		const int u = s->driven_order[d], from = s->driven_from[u];
		mna_tile_source(w->tile, s->driven_by[u], t, w->value);
		for (int l = 0; l < LANES; l++)
			x[u * LANES + l] = x[from * LANES + l] + s->driven_sign[u] * w->value[l];
	}
}

int sde_plan_n_source(const sde_plan *plan)
{
	return plan->n_source;
}

uint32_t sde_source_id(const sde_plan *plan, int source)
{
	return plan->source[source].id;
}

int sde_source_instance(const sde_plan *plan, int source)
{
	return plan->source[source].instance;
}

int sde_plan_n_free(const sde_plan *plan)
{
	return plan->n_free;
}

int sde_plan_unknown(const sde_plan *plan, int free_unknown)
{
	return plan->free[free_unknown + 1];
}

int sde_plan_is_driven(const sde_plan *plan)
{
	return plan->any_wave;
}

int sde_plan_is_additive(const sde_plan *plan)
{
	return plan->steady_noise && plan->n_flicker == 0 && plan->n_jump == 0;
}

int sde_plan_keeps_states(const sde_plan *plan)
{
	return plan->latches.n > 0;
}

int sde_plan_is_exact(const sde_plan *plan)
{
	return plan->n_jump > 0 && !plan->has_flow && !plan->options.leap;
}

double sde_plan_corner(const sde_plan *plan, double t)
{
	const mna_system *s = plan->system;
	double first = (double)INFINITY;
	for (int k = 0; k < s->n_batch; k++) {
		const mna_batch *b = &s->batch[k];
		for (int i = 0; b->type->next_corner && i < b->n_inst; i++)
			first = fmin(first, b->type->next_corner(b->k + (ptrdiff_t)i * b->type->n_const,
			                                         s->circuit->instance[b->inst[i]].aux, t));
	}
	return first;
}
