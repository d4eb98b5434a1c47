/* SPDX-License-Identifier: Apache-2.0
 * .sens: derivatives of one output with respect to every parameter, at the operating point x0 or over frequency. With e
 * the row that picks the output and one transposed solve A^T z = e for each frequency (A = G at zero frequency):
 *
 *   operating point   dO/dp = -z . df/dp
 *   frequency         dO/dp = -z . (dA/dp) X,   dA/dp = total derivative of G + jwC: the operating point moves with
 *                     dx0/dp = -G^-1 df/dp, so that this is what a second run with p + dp would give
 *
 * and, for the ac values of sources, the response to their derivative. df/dp, dG/dp and dC/dp are differences of the
 * devices' own functions, of fourth order in the step of p (second where p lies at the end of its range), taken in four
 * lanes at once. A parameter of a model card counts for all instances of the model together. Writes, for parameters
 * that have an effect, with the attributes `value` and `parameter_units`, /analyses/<name>/signals/s(R1:R), s(NCH:VTO)
 * [1] /analyses/<name>/signals/sr(R1:R), si(R1:R)           [n] over frequency
 */
#include "sim/sens.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/phys.h"
#include "base/stop.h"
#include "sim/sim.h"

static const double RELATIVE_STEP = 1e-4; /* of the parameter: error about step^4, rounding 1e-12 */
static const double ZERO_STEP = 1e-6;     /* of a parameter that is 0 */

static const elab_instance *instance_of(const sens_run *run, int i)
{
	return &run->linear.system->circuit->instance[i];
}

static double nominal(const sens_run *run, int i, const sens_group *group)
{
	return instance_of(run, i)->param[group->param];
}

/* The next instance from i on whose parameter the group stands for, -1: none. */
static int next_member(const sens_run *run, const sens_group *group, int i)
{
	const elab_instance *first = instance_of(run, group->instance);
	if (!group->of_model)
		return i <= group->instance ? group->instance : -1;
	for (; i < run->linear.system->circuit->n_instance; i++) {
		const elab_instance *it = instance_of(run, i);
		if (it->type == first->type && it->model && strcmp(it->model, first->model) == 0)
			return i;
	}
	return -1;
}

enum { CENTRAL, FORWARD, BACKWARD, N_PLAN };

/* Offsets of the parameter in the lanes and the weights with which their results make the derivative. */
static void make_plan(int plan, double step, sens_plan *out)
{
	const double h = plan == BACKWARD ? -step : step;
	if (plan == CENTRAL)
		*out = (sens_plan){{h, -h, h / 2, -h / 2}, {-1 / (6 * h), 1 / (6 * h), 4 / (3 * h), -4 / (3 * h)}};
	else
		*out = (sens_plan){{0, h / 2, h, 0}, {-3 / h, 4 / h, -1 / h, 0}};
}

static int fits(const dev_param *param, double value, const sens_plan *plan)
{
	for (int l = 0; l < SENS_LANES; l++)
		if (value + plan->offset[l] < param->low || value + plan->offset[l] > param->high)
			return 0;
	return 1;
}

static ts_status set_members(const sens_run *run, const sens_group *group, const double *offset)
{
	for (int i = next_member(run, group, 0); i >= 0; i = next_member(run, group, i + 1))
		for (int l = 0; l < LANES; l++) {
			const double by = offset && l < SENS_LANES ? offset[l] : 0;
			TS_TRY(mna_tile_set_param(run->linear.tile, i, group->param, l, nominal(run, i, group) + by));
		}
	return TS_OK;
}

ts_status sens_release(const sens_run *run, const sens_group *group)
{
	return set_members(run, group, NULL);
}

ts_status sens_perturb(const sens_run *run, const sens_group *group, sens_plan *plan)
{
	const dev_param *param = &instance_of(run, group->instance)->type->param[group->param];
	const double value = nominal(run, group->instance, group);
	const double step = value != 0 ? RELATIVE_STEP * fabs(value) : fmin(ZERO_STEP, (param->high - param->low) / 4);
	for (int k = CENTRAL; k < N_PLAN; k++) {
		make_plan(k, step, plan);
		if (!fits(param, value, plan))
			continue;
		const ts_status status = set_members(run, group, plan->offset);
		if (status != TS_NUMERIC)
			return status;
		TS_TRY(sens_release(run, group));
	}
	return TS_NUMERIC;
}

double sens_derivative(const sens_plan *plan, const double *row)
{
	double sum = 0, size = 0;
	for (int l = 0; l < SENS_LANES; l++) {
		sum += plan->weight[l] * row[l];
		size = fmax(size, fabs(plan->weight[l] * row[l]));
	}
	return fabs(sum) > 8 * DBL_EPSILON * size ? sum : 0; /* rounding of what does not move */
}

int sens_residual(const sens_run *run, const sens_group *group, const sens_plan *plan, double *df)
{
	const mna_system *s = run->linear.system;
	int moves = 0;
	memset(df, 0, (size_t)s->n_unknown * sizeof *df);
	for (int i = next_member(run, group, 0); i >= 0; i = next_member(run, group, i + 1)) {
		const int *unknown = mna_unknowns(s, i);
		mna_device_residual(run->linear.tile, i, run->f);
		for (int p = 0; p < instance_of(run, i)->shape->n_port; p++) {
			const double d = sens_derivative(plan, run->f + (ptrdiff_t)p * LANES);
			df[unknown[p]] += d;
			moves |= d != 0 && unknown[p] > 0;
		}
	}
	df[0] = 0;
	return moves;
}

/* A parameter that chooses among laws has no derivative; nor has one of which 0 means "none", as infinity would. */
static int is_choice(const dev_param *param, double value)
{
	const int is_knee = strcmp(param->name, "ikf") == 0 || strcmp(param->name, "ikr") == 0;
	return strcmp(param->name, "wave") == 0 || strcmp(param->name, "static") == 0 || (is_knee && value == 0);
}

/* Parameters of the instance's own line, or of its model card when it is the first with that model. */
static int add_groups(sens_run *run, int i, int of_model, sens_group *to)
{
	const elab_instance *instance = instance_of(run, i);
	const dev_type *type = instance->type;
	int n = 0;
	for (int p = 0; p < type->n_param; p++) {
		const sens_group group = {.instance = i, .param = p, .of_model = of_model};
		const int is_state = type->latch && p == type->latch->param;
		if (type->param[p].on_model != of_model || is_state || !isfinite(instance->param[p]) ||
		    is_choice(&type->param[p], instance->param[p]) ||
		    (of_model && (!instance->model || next_member(run, &group, 0) != i)))
			continue;
		if (to)
			to[n] = group;
		n++;
	}
	return n;
}

static int list_groups(sens_run *run, sens_group *to)
{
	int n = 0;
	for (int i = 0; i < run->linear.system->circuit->n_instance; i++)
		for (int of_model = 0; of_model < 2; of_model++)
			n += add_groups(run, i, of_model, to ? to + n : NULL);
	return n;
}

static ts_status attributes(const sens_run *run, const sens_group *group, const char *path)
{
	const sim_linear *s = &run->linear;
	char full[700];
	snprintf(full, sizeof full, "/analyses/%s/%s", s->request->name, path);
	TS_TRY(out_attr_text(s->file, full, "parameter_units",
	                     instance_of(run, group->instance)->type->param[group->param].unit, s->diag));
	return out_attr_number(s->file, full, "value", nominal(run, group->instance, group), s->diag);
}

ts_status sens_put(const sens_run *run, const sens_group *group, char part, const double *data)
{
	const sim_linear *s = &run->linear;
	const elab_instance *first = instance_of(run, group->instance);
	const dev_param *param = &first->type->param[group->param];
	const size_t one = 1;
	char path[500], full[600], unit[40];
	snprintf(path, sizeof path, "signals/s%.1s(%s:%s)", part ? &part : "",
	         group->of_model ? first->model : first->name, param->name);
	snprintf(full, sizeof full, "/analyses/%s/%s", s->request->name, path);
	snprintf(unit, sizeof unit, *param->unit ? "%s/(%s)" : "%s", run->output.unit, param->unit);
	TS_TRY(part ? sim_linear_put(s, path, unit, data) : out_put(s->file, full, unit, 1, &one, data, s->diag));
	return attributes(run, group, path);
}

/* z := A^-T e at the frequency for which A is factored. */
void sens_adjoint(const sens_run *run, double complex *z)
{
	sim_linear_clear(&run->linear, z);
	z[run->output.plus] += 1;
	z[run->output.minus] -= 1;
	sim_linear_solve_transposed(&run->linear, z);
}

static ts_status static_group(sens_run *run, const sens_group *group)
{
	const sim_linear *s = &run->linear;
	sens_plan plan;
	double sum = 0;
	const ts_status status = sens_perturb(run, group, &plan);
	if (status != TS_OK)
		return status == TS_NUMERIC ? TS_OK : status; /* the device takes no other value */
	const int moves = sens_residual(run, group, &plan, run->df);
	for (int u = 1; u < s->system->n_unknown; u++)
		sum -= creal(s->x[u]) * run->df[u];
	TS_TRY(sens_release(run, group));
	return moves ? sens_put(run, group, 0, &sum) : TS_OK;
}

static ts_status at_operating_point(sens_run *run)
{
	TS_TRY(sim_linear_factor(&run->linear, 0));
	sens_adjoint(run, run->linear.x);
	for (int k = 0; k < run->n_group; k++)
		TS_TRY(stop_requested() ? TS_STOPPED : static_group(run, &run->group[k]));
	return TS_OK;
}

static ts_status prepare(sens_run *run)
{
	const sim_linear *s = &run->linear;
	int widest = 1;
	char group[256];
	for (int i = 0; i < s->system->circuit->n_instance; i++)
		widest = instance_of(run, i)->shape->n_port > widest ? instance_of(run, i)->shape->n_port : widest;
	run->f = alloc_array((size_t)widest * LANES, sizeof *run->f);
	run->df = alloc_array((size_t)s->system->n_unknown, sizeof *run->df);
	run->group = alloc_array((size_t)list_groups(run, NULL) + 1, sizeof *run->group);
	if (!run->f || !run->df || !run->group)
		return TS_NOMEM;
	run->n_group = list_groups(run, run->group);
	run->output = sim_signal_of(s->system, &s->request->output);
	for (int u = 0; u < s->system->n_unknown; u++)
		for (int l = 1; l < LANES; l++)
			s->tile->x[u * LANES + l] = s->tile->x[u * LANES];
	snprintf(group, sizeof group, "/analyses/%s", s->request->name);
	return out_attr_text(s->file, group, "output", s->request->output.name, s->diag);
}

ts_status sim_sens(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                   diag_list *diag)
{
	(void)options;
	sens_run run = {.linear = {.system = system, .request = request, .file = file, .diag = diag}};
	ts_status status = sim_linear_create(&run.linear);
	if (status == TS_OK)
		status = prepare(&run);
	if (status == TS_OK)
		status = request->points > 0 ? sens_over_frequency(&run) : at_operating_point(&run);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, request->span, "memory is exhausted in .sens");
	sim_linear_destroy(&run.linear);
	alloc_free(run.f);
	alloc_free(run.df);
	alloc_free(run.group);
	return status;
}
