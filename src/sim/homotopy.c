/* SPDX-License-Identifier: Apache-2.0
 * Operating point: Newton from the given start with driven nodes at their voltages; lanes that fail go, one by one,
 * through
 *   gmin stepping    a conductance from every node to ground, from 1e-2 S down to nothing, in steps that shrink when
 *                    one fails
 *   source stepping  all independent sources scaled from 0 to 1 through their parameter `scale`
 *   pseudo-transient a conductance g between every node and its own last value, f(x) + g (x - x_last) = 0: backward
 *                    Euler on equal capacitances, which passes folds where the other two stop; g falls as it settles
 * The result contains no helper conductance. A lane that still fails is reported with the node whose currents do not
 * balance, the device that contributes most there and how far each attempt came (design/architecture.md 8). Nodes from
 * which no direct current can flow are an error even if the equations were solved by accident.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "sim/newton.h"

static const double GMIN_FIRST = 1e-2, GMIN_LAST = 1e-16; /* S */
static const double GMIN_RAISE = 1e3, GMIN_MOST = 1e12;   /* S; devices stronger than the first conductance */
static const double GMIN_RATIO = 10, GMIN_LEAST_RATIO = 1.05;
enum { PSEUDO_STEPS = 1000 };
static const double PSEUDO_FALL = 0.3, PSEUDO_RAISE = 8;
static const double SOURCE_STEP = 0.1, SOURCE_LEAST_STEP = 1e-4;

typedef struct op_search {
	mna_tile *tile;
	sim_newton *newton;
	double *start, *keep; /* [n_unknown][LANES] */
	double *rhs;          /* [n_unknown][LANES] */
	const double *hold;   /* [n_unknown], as in sim_newton_problem */
	double gmin_reached, source_reached, pseudo_reached;
	int worst, lane; /* of the direct attempt */
	int contributor, singular;
	double residual, tolerance;
} op_search;

static void copy_lane(const mna_system *s, double *to, const double *from, int l)
{
	for (int u = 0; u < s->n_unknown; u++)
		to[u * LANES + l] = from[u * LANES + l];
}

/* Put driven nodes of the lanes at their voltages. */
static void set_driven(mna_tile *tile, uint32_t lanes)
{
	const mna_system *s = tile->system;
	double e[LANES];
	for (int d = 0; d < s->n_driven; d++) {
		const int u = s->driven_order[d], from = s->driven_from[u];
		mna_tile_source(tile, s->driven_by[u], tile->t, e);
		for (int l = 0; l < LANES; l++)
			if (lanes >> l & 1)
				tile->x[u * LANES + l] = tile->x[from * LANES + l] + s->driven_sign[u] * e[l];
	}
}

static int solve_lane(const op_search *op, double extra_g)
{
	const sim_newton_problem problem = {
	    .lanes = 1u << op->lane, .extra_g = extra_g, .hold = op->hold, .max_iteration = op->tile->system->circuit->itl};
	return sim_newton_solve(op->newton, op->tile, &problem, NULL) != 0;
}

static int step_gmin(op_search *op)
{
	const mna_system *s = op->tile->system;
	double reached = (double)INFINITY, ratio = GMIN_RATIO, g = GMIN_FIRST;
	copy_lane(s, op->keep, op->start, op->lane);
	op->gmin_reached = (double)INFINITY;
	for (;;) {
		copy_lane(s, op->tile->x, op->keep, op->lane);
		if (solve_lane(op, g)) {
			copy_lane(s, op->keep, op->tile->x, op->lane);
			if (g == 0)
				return 1;
			op->gmin_reached = reached = g;
		} else {
			ratio = isfinite(reached) ? sqrt(ratio) : ratio;
			if (g >= GMIN_MOST || ratio < GMIN_LEAST_RATIO)
				return 0;
		}
		g = isfinite(reached) ? reached / ratio : g * GMIN_RAISE;
		if (g < GMIN_LAST)
			g = 0;
	}
}

/* TS_OK when every source of the lane took the scale. */
static ts_status set_scale(const op_search *op, double factor)
{
	const elab_circuit *c = op->tile->system->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const dev_type *type = c->instance[i].type;
		if (strcmp(type->name, "vsource") != 0 && strcmp(type->name, "isource") != 0)
			continue;
		const int param = dev_param_index(type, "scale");
		if (param >= 0)
			TS_TRY(mna_tile_set_param(op->tile, i, param, op->lane,
			                          factor == 1 ? c->instance[i].param[param]
			                                      : factor * c->instance[i].param[param]));
	}
	return TS_OK;
}

static int solve_scaled(const op_search *op, double factor)
{
	if (set_scale(op, factor) != TS_OK)
		return 0;
	set_driven(op->tile, 1u << op->lane);
	return solve_lane(op, 0);
}

static int step_sources(op_search *op)
{
	const mna_system *s = op->tile->system;
	double reached = 0, step = SOURCE_STEP;
	for (int u = 0; u < s->n_unknown; u++)
		op->keep[u * LANES + op->lane] = 0;
	op->source_reached = 0;
	while (reached < 1 && step >= SOURCE_LEAST_STEP) {
		const double next = fmin(1, reached + step);
		copy_lane(s, op->tile->x, op->keep, op->lane);
		if (solve_scaled(op, next)) {
			copy_lane(s, op->keep, op->tile->x, op->lane);
			op->source_reached = reached = next;
			step *= 2;
		} else
			step *= 0.25;
	}
	if (reached < 1 && set_scale(op, 1) != TS_OK)
		return 0;
	return reached >= 1;
}

/* One pseudo-transient step from op->keep; g = 0 is the problem itself. */
static int solve_pseudo(const op_search *op, double g)
{
	const mna_system *s = op->tile->system;
	for (int u = 0; u < s->n_unknown; u++)
		op->rhs[u * LANES + op->lane] = s->is_current[u] ? 0 : -g * op->keep[u * LANES + op->lane];
	const sim_newton_problem problem = {
	    .lanes = 1u << op->lane, .rhs = op->rhs, .extra_g = g, .hold = op->hold, .max_iteration = s->circuit->itl};
	copy_lane(s, op->tile->x, op->keep, op->lane);
	return sim_newton_solve(op->newton, op->tile, &problem, NULL) != 0;
}

static int step_pseudo(op_search *op)
{
	const mna_system *s = op->tile->system;
	double g = GMIN_FIRST;
	copy_lane(s, op->keep, op->start, op->lane);
	op->pseudo_reached = (double)INFINITY;
	for (int step = 0; step < PSEUDO_STEPS && g < GMIN_MOST; step++) {
		if (solve_pseudo(op, g)) {
			copy_lane(s, op->keep, op->tile->x, op->lane);
			if (g == 0)
				return 1;
			op->pseudo_reached = g;
			g = g * PSEUDO_FALL < GMIN_LAST ? 0 : g * PSEUDO_FALL;
		} else
			g = g == 0 ? GMIN_LAST * PSEUDO_RAISE : g * PSEUDO_RAISE;
	}
	return 0;
}

/* Remember what the direct attempt left, before other attempts overwrite it. */
static void note_failure(op_search *op, int worst)
{
	op->worst = worst;
	op->contributor = -1;
	op->singular = sim_newton_singular(op->newton);
	if (worst <= 0)
		return;
	sim_newton_residual(op->newton, worst, op->lane, &op->residual, &op->tolerance);
	op->contributor = mna_largest_contributor(op->tile, worst, op->lane);
}

static const char *reached(char *text, size_t n, double g)
{
	if (isfinite(g))
		snprintf(text, n, "stopped at %.3g S", g);
	else
		snprintf(text, n, "no step solved");
	return text;
}

static src_span node_span(const mna_system *s, int u)
{
	return u > 0 && u < s->circuit->n_node ? s->circuit->node[u].span : SRC_NOWHERE;
}

/* The node whose currents do not balance and the device that contributes most. */
static void report_imbalance(const op_search *op, diag_list *diag)
{
	const mna_system *s = op->tile->system;
	const elab_instance *device = op->contributor >= 0 ? &s->circuit->instance[op->contributor] : NULL;
	const char *unit = s->is_current[op->worst] ? "V" : "A";
	diag_add_origin(diag, E0501, device ? device->span : node_span(s, op->worst), device ? device->origin : NULL,
	                "operating point did not converge: node '%s', residual %.3g %s exceeds %.3g %s",
	                s->name[op->worst], op->residual, unit, op->tolerance, unit);
	if (device)
		diag_note(diag, node_span(s, op->worst), "largest contributor at node '%s' is device '%s'",
		          s->name[op->worst], device->name);
	if (op->singular > 0)
		diag_note(diag, node_span(s, op->singular), "the equations are singular at '%s'",
		          s->name[op->singular]);
}

static void report_failure(const op_search *op, diag_list *diag)
{
	const mna_system *s = op->tile->system;
	char gmin[48], pseudo[48];
	if (op->worst > 0)
		report_imbalance(op, diag);
	else /* every row balances where the search began, but no step could be solved for */
		diag_add(diag, E0501, node_span(s, op->singular),
		         "operating point did not converge: the equations are singular at '%s'",
		         op->singular > 0 ? s->name[op->singular] : "?");
	diag_note(diag, SRC_NOWHERE,
	          "tried: direct (%d iterations at most), gmin stepping (%s), source stepping (stopped at %.3g), "
	          "pseudo-transient (%s)",
	          s->circuit->itl, reached(gmin, sizeof gmin, op->gmin_reached), op->source_reached,
	          reached(pseudo, sizeof pseudo, op->pseudo_reached));
}

/* 1 and a message when some node has no dc path in this lane. */
static int report_floating(const op_search *op, diag_list *diag)
{
	const mna_system *s = op->tile->system;
	const elab_circuit *c = s->circuit;
	uint8_t *group = alloc_array((size_t)s->n_unknown, sizeof *group);
	int u = mna_floating_dc(op->tile, op->lane, group);
	for (int v = u; group && op->hold && v > 0 && v < s->n_unknown; v++)
		if (group[v] && isfinite(op->hold[v]))
			u = -1; /* what is held does not float */
	if (u > 0)
		diag_add(diag, E0502, u < c->n_node ? c->node[u].span : SRC_NOWHERE,
		         "node '%s' has no path for direct current to ground, so it has no operating point (singular "
		         "matrix)",
		         s->name[u]);
	for (int v = u + 1; u > 0 && group && v < s->n_unknown; v++)
		if (group[v])
			diag_note(diag, v < c->n_node ? c->node[v].span : SRC_NOWHERE,
			          "node '%s' floats together with it", s->name[v]);
	alloc_free(group);
	return u > 0;
}

/* The lane that failed, by all means. */
static ts_status rescue(op_search *op, int worst, diag_list *diag)
{
	note_failure(op, worst);
	if (report_floating(op, diag))
		return TS_NUMERIC;
	if (step_gmin(op) || step_sources(op) || step_pseudo(op))
		return TS_OK;
	copy_lane(op->tile->system, op->tile->x, op->start, op->lane);
	report_failure(op, diag);
	return TS_NUMERIC;
}

static ts_status search(op_search *op, uint32_t lanes, diag_list *diag)
{
	const mna_system *s = op->tile->system;
	int worst = -1;
	set_driven(op->tile, lanes);
	memcpy(op->start, op->tile->x, (size_t)s->n_unknown * LANES * sizeof *op->start);
	const sim_newton_problem problem = {.lanes = lanes, .hold = op->hold, .max_iteration = s->circuit->itl};
	uint32_t good = sim_newton_solve(op->newton, op->tile, &problem, &worst);
	for (op->lane = 0; op->lane < LANES; op->lane++)
		if ((lanes & ~good) >> op->lane & 1)
			TS_TRY(rescue(op, worst, diag));
	for (op->lane = 0; op->lane < LANES; op->lane++)
		if (lanes >> op->lane & 1)
			return report_floating(op, diag) ? TS_NUMERIC : TS_OK;
	return TS_OK;
}

ts_status sim_operating_point_fixed(mna_tile *tile, uint32_t lanes, const double *hold, diag_list *diag)
{
	const size_t n = (size_t)tile->system->n_unknown * LANES;
	op_search op = {.tile = tile,
	                .hold = hold,
	                .start = alloc_array(n, sizeof(double)),
	                .keep = alloc_array(n, sizeof(double)),
	                .rhs = alloc_array(n, sizeof(double))};
	ts_status status = sim_newton_create(tile->system, &op.newton);
	if (!op.start || !op.keep || !op.rhs)
		status = TS_NOMEM;
	if (status == TS_OK)
		status = search(&op, lanes, diag);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, SRC_NOWHERE, "memory is exhausted in the operating point");
	sim_newton_destroy(op.newton);
	alloc_free(op.start);
	alloc_free(op.keep);
	alloc_free(op.rhs);
	return status;
}
