/* SPDX-License-Identifier: Apache-2.0
 * Linearisation, complex solution and frequencies shared by .ac, .noise, .tf and .sens (see linear.h). KLU analyses the
 * pattern once; every frequency refactors with the same pivots, unless they degrade.
 */
#include "sim/latch.h"
#include "sim/linear.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/complex_of.h"
#include "base/phys.h"
#include "sim/sim.h"

static const double GRID_SLACK = 1e-9; /* points; FSTOP counts as reached when rounding leaves it just outside */

/* Step k of the grid: fstart b^(k / points) with b = 10 or 2, or equidistant with `points` points in all. */
static double grid_value(const sim_request *r, size_t k)
{
	const double part = (double)k / (double)r->points;
	if (r->spacing == SIM_LIN)
		return r->points > 1 ? r->fstart + (double)k * (r->fstop - r->fstart) / (double)(r->points - 1)
		                     : r->fstart;
	return r->fstart * (r->spacing == SIM_DEC ? pow(10, part) : exp2(part));
}

static size_t grid_points(const sim_request *r)
{
	if (r->spacing == SIM_LIN)
		return (size_t)r->points;
	const double ratio = r->fstop / r->fstart;
	const double span = r->spacing == SIM_DEC ? log10(ratio) : log2(ratio);
	return (size_t)floor(span * (double)r->points + GRID_SLACK) + 1;
}

static ts_status make_grid(sim_linear *s)
{
	s->n = s->request->points > 0 ? grid_points(s->request) : 0;
	s->frequency = alloc_array(s->n + 1, sizeof *s->frequency);
	for (size_t k = 0; s->frequency && k < s->n; k++)
		s->frequency[k] = grid_value(s->request, k);
	return s->frequency ? TS_OK : TS_NOMEM;
}

/* Resistors whose resistance at the frequencies of .ac and .noise is another one (ac=): conductance and noise follow. */
static ts_status set_resistances(sim_linear *s)
{
	const elab_circuit *c = s->system->circuit;
	for (int i = 0; i < c->n_instance && s->request->kind != SIM_TF; i++) {
		const dev_type *type = c->instance[i].type;
		if (strcmp(type->name, "resistor") != 0)
			continue;
		const double ac = c->instance[i].param[dev_param_find(type, "ac", 0)];
		if (ac > 0)
			TS_TRY(mna_tile_set_param(s->tile, i, dev_param_find(type, "r", 0), 0, ac));
	}
	return TS_OK;
}

ts_status sim_linear_create(sim_linear *s)
{
	const lin_csc *pattern = &s->system->pattern;
	TS_TRY(mna_tile_create(s->system, &s->tile));
	s->a = alloc_array((size_t)pattern->nnz + 1, sizeof *s->a);
	s->x = alloc_array((size_t)s->system->n_unknown, sizeof *s->x);
	if (!s->a || !s->x)
		return TS_NOMEM;
	TS_TRY(make_grid(s));
	TS_TRY(sim_signals_create(s->system, s->request->kind, &s->signals));
	TS_TRY(lin_klu_z_create(pattern, &s->klu));
	TS_TRY(mna_tile_set_static(s->tile));
	TS_TRY(sim_operating_point_first(s->tile, 1u, s->diag));
	TS_TRY(sim_latch_spread(s->tile));
	TS_TRY(set_resistances(s));
	mna_assemble(s->tile, DEV_F | DEV_Q | DEV_G | DEV_C);
	sim_signals_linearise(&s->signals, s->tile);
	return TS_OK;
}

void sim_linear_destroy(sim_linear *s)
{
	sim_signals_destroy(&s->signals);
	lin_klu_z_destroy(s->klu);
	mna_tile_destroy(s->tile);
	alloc_free(s->frequency);
	alloc_free(s->a);
	alloc_free(s->x);
}

ts_status sim_linear_factor(sim_linear *s, double f)
{
	int bad = -1;
	for (ptrdiff_t e = 0; e < s->system->pattern.nnz; e++)
		s->a[e] = complex_of(s->tile->g[(e + 1) * LANES], 2 * PHYS_PI * f * s->tile->c[(e + 1) * LANES]);
	const ts_status status = lin_klu_z_factor(s->klu, (const double *)s->a, &bad);
	if (status == TS_NUMERIC)
		diag_add(s->diag, E0511, s->request->span,
		         "%s: the equations are singular at %g Hz: %s '%s' is undetermined", s->request->name, f,
		         bad >= 0 && s->system->is_current[bad + 1] ? "the current" : "node",
		         bad >= 0 ? s->system->name[bad + 1] : "?");
	return status;
}

void sim_linear_solve(const sim_linear *s, double complex *x)
{
	lin_klu_z_solve(s->klu, (double *)(x + 1));
	x[0] = 0;
}

void sim_linear_solve_transposed(const sim_linear *s, double complex *x)
{
	lin_klu_z_solve_transposed(s->klu, (double *)(x + 1));
	x[0] = 0;
}

void sim_linear_clear(const sim_linear *s, double complex *x)
{
	memset(x, 0, (size_t)s->system->n_unknown * sizeof *x);
}

enum { SOURCE_PORTS = 4 };

ts_status sim_linear_excite(const sim_linear *s, int instance, double complex value, double complex *x)
{
	double weight[SOURCE_PORTS];
	const int *unknown = mna_unknowns(s->system, instance);
	TS_TRY(mna_source_weight(s->system, instance, weight));
	for (int p = 0; p < s->system->circuit->instance[instance].shape->n_port; p++)
		x[unknown[p]] -= weight[p] * value;
	return TS_OK;
}

ts_status sim_linear_excitation(const sim_linear *s, double complex *b)
{
	const elab_circuit *c = s->system->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const elab_instance *instance = &c->instance[i];
		const int mag = dev_param_index(instance->type, "acmag");
		if (mag < 0 || instance->param[mag] == 0)
			continue;
		const double phase = instance->param[dev_param_index(instance->type, "acphase")] * (PHYS_PI / 180);
		TS_TRY(sim_linear_excite(s, i, instance->param[mag] * complex_of(cos(phase), sin(phase)), b));
	}
	return TS_OK;
}

ts_status sim_linear_transfer(const sim_linear *s, int instance, const double complex *z, double complex *out)
{
	double weight[SOURCE_PORTS];
	const int *unknown = mna_unknowns(s->system, instance);
	TS_TRY(mna_source_weight(s->system, instance, weight));
	*out = 0;
	for (int p = 0; p < s->system->circuit->instance[instance].shape->n_port; p++)
		*out -= weight[p] * z[unknown[p]];
	return TS_OK;
}

ts_status sim_linear_put_axis(const sim_linear *s)
{
	char path[256];
	snprintf(path, sizeof path, "/analyses/%s/frequency", s->request->name);
	return out_put(s->file, path, "Hz", 1, &s->n, s->frequency, s->diag);
}

ts_status sim_linear_attach(const sim_linear *s, const char *path)
{
	char scale[256];
	snprintf(scale, sizeof scale, "/analyses/%s/frequency", s->request->name);
	return out_attach_scale(s->file, path, 0, scale, s->diag);
}

ts_status sim_linear_put(const sim_linear *s, const char *path, const char *unit, const double *data)
{
	char full[600];
	snprintf(full, sizeof full, "/analyses/%s/%s", s->request->name, path);
	TS_TRY(out_put(s->file, full, unit, 1, &s->n, data, s->diag));
	return sim_linear_attach(s, full);
}

const char *sim_linear_unit(const sim_linear *s, int instance)
{
	return strcmp(s->system->circuit->instance[instance].type->name, "isource") == 0 ? "A" : "V";
}
