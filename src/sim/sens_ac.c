/* SPDX-License-Identifier: Apache-2.0
 * .sens over frequency (see sens.c): first the responses X and adjoint solutions z at all frequencies, then for each
 * parameter the derivatives of G and C along the line (p, x0(p)) and their products with X and z.
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/complex_of.h"
#include "base/phys.h"
#include "base/stop.h"
#include "sim/sens.h"

typedef struct sens_band {
	sens_run *run;
	double complex *b;     /* [n_unknown] excitation */
	double complex *x, *z; /* [n][n_unknown] */
	double *x0, *dg, *dc;  /* [n_unknown], [nnz] */
	double *re, *im;       /* [n] */
} sens_band;

static ts_status solve_all(sens_band *band)
{
	sim_linear *s = &band->run->linear;
	const size_t n = (size_t)s->system->n_unknown;
	for (size_t k = 0; k < s->n; k++) {
		if (stop_requested())
			return TS_STOPPED;
		TS_TRY(sim_linear_factor(s, s->frequency[k]));
		memcpy(band->x + k * n, band->b, n * sizeof *band->b);
		sim_linear_solve(s, band->x + k * n);
		sens_adjoint(band->run, band->z + k * n);
	}
	return sim_linear_factor(s, 0);
}

/* The lanes' operating points: x0 + offset dx0/dp. */
static void move_point(const sens_band *band, const sens_plan *plan)
{
	const sim_linear *s = &band->run->linear;
	for (int u = 0; u < s->system->n_unknown; u++)
		s->x[u] = -band->run->df[u];
	sim_linear_solve(s, s->x);
	for (int u = 1; u < s->system->n_unknown; u++)
		for (int l = 0; l < SENS_LANES; l++)
			s->tile->x[u * LANES + l] = band->x0[u] + plan->offset[l] * creal(s->x[u]);
}

static void restore_point(const sens_band *band)
{
	const sim_linear *s = &band->run->linear;
	for (int u = 1; u < s->system->n_unknown; u++)
		for (int l = 0; l < LANES; l++)
			s->tile->x[u * LANES + l] = band->x0[u];
}

/* Does any entry of G or C move? */
static int differentiate(const sens_band *band, const sens_plan *plan)
{
	const sim_linear *s = &band->run->linear;
	int moves = 0;
	mna_assemble(s->tile, DEV_G | DEV_C);
	for (ptrdiff_t e = 0; e < s->system->pattern.nnz; e++) {
		band->dg[e] = sens_derivative(plan, s->tile->g + (e + 1) * LANES);
		band->dc[e] = sens_derivative(plan, s->tile->c + (e + 1) * LANES);
		moves |= band->dg[e] != 0 || band->dc[e] != 0;
	}
	return moves;
}

static void combine(const sens_band *band, size_t k)
{
	const sim_linear *s = &band->run->linear;
	const lin_csc *pattern = &s->system->pattern;
	const double complex *x = band->x + k * (size_t)s->system->n_unknown;
	const double complex *z = band->z + k * (size_t)s->system->n_unknown;
	const double w = 2 * PHYS_PI * s->frequency[k];
	double complex sum = 0;
	for (int col = 0; col < pattern->n; col++)
		for (int e = pattern->p[col]; e < pattern->p[col + 1]; e++)
			if (band->dg[e] != 0 || band->dc[e] != 0)
				sum -= z[pattern->i[e] + 1] * complex_of(band->dg[e], w * band->dc[e]) * x[col + 1];
	band->re[k] = creal(sum);
	band->im[k] = cimag(sum);
}

static ts_status put(const sens_band *band, const sens_group *group)
{
	TS_TRY(sens_put(band->run, group, 'r', band->re));
	return sens_put(band->run, group, 'i', band->im);
}

static ts_status one_group(sens_band *band, const sens_group *group)
{
	sens_plan plan;
	const ts_status status = sens_perturb(band->run, group, &plan);
	if (status != TS_OK)
		return status == TS_NUMERIC ? TS_OK : status; /* the device takes no other value */
	sens_residual(band->run, group, &plan, band->run->df);
	move_point(band, &plan);
	const int moves = differentiate(band, &plan);
	restore_point(band);
	TS_TRY(sens_release(band->run, group));
	for (size_t k = 0; moves && k < band->run->linear.n; k++)
		combine(band, k);
	return moves ? put(band, group) : TS_OK;
}

/* The magnitude (A) and the phase in degrees (i A pi/180) of a source's ac value A. */
static ts_status excitation_group(sens_band *band, const sens_group *group, double complex derivative)
{
	const sim_linear *s = &band->run->linear;
	for (size_t k = 0; k < s->n; k++) {
		double complex h;
		TS_TRY(sim_linear_transfer(s, group->instance, band->z + k * (size_t)s->system->n_unknown, &h));
		band->re[k] = creal(h * derivative);
		band->im[k] = cimag(h * derivative);
	}
	return put(band, group);
}

static ts_status excitations(sens_band *band)
{
	const elab_circuit *c = band->run->linear.system->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const dev_type *type = c->instance[i].type;
		const int mag = dev_param_index(type, "acmag"), phase = dev_param_index(type, "acphase");
		if (mag < 0 || c->instance[i].param[mag] == 0)
			continue;
		const double radian = PHYS_PI / 180, angle = c->instance[i].param[phase] * radian;
		const double complex unit = complex_of(cos(angle), sin(angle));
		TS_TRY(excitation_group(band, &(sens_group){i, mag, 0}, unit));
		TS_TRY(excitation_group(band, &(sens_group){i, phase, 0},
		                        unit * complex_of(0, c->instance[i].param[mag] * radian)));
	}
	return TS_OK;
}

static ts_status over_band(sens_band *band)
{
	sim_linear *s = &band->run->linear;
	const size_t n = (size_t)s->system->n_unknown, nnz = (size_t)s->system->pattern.nnz + 1;
	band->b = alloc_array(n, sizeof *band->b);
	band->x = alloc_array(n * s->n, sizeof *band->x);
	band->z = alloc_array(n * s->n, sizeof *band->z);
	band->x0 = alloc_array(n, sizeof *band->x0);
	band->dg = alloc_array(nnz, sizeof *band->dg);
	band->dc = alloc_array(nnz, sizeof *band->dc);
	band->re = alloc_array(s->n, sizeof *band->re);
	band->im = alloc_array(s->n, sizeof *band->im);
	if (!band->b || !band->x || !band->z || !band->x0 || !band->dg || !band->dc || !band->re || !band->im)
		return TS_NOMEM;
	for (size_t u = 0; u < n; u++)
		band->x0[u] = s->tile->x[u * LANES];
	TS_TRY(sim_linear_put_axis(s));
	TS_TRY(sim_linear_excitation(s, band->b));
	TS_TRY(solve_all(band));
	TS_TRY(excitations(band));
	for (int k = 0; k < band->run->n_group; k++)
		TS_TRY(stop_requested() ? TS_STOPPED : one_group(band, &band->run->group[k]));
	return TS_OK;
}

ts_status sens_over_frequency(sens_run *run)
{
	sens_band band = {.run = run};
	const ts_status status = over_band(&band);
	void *const block[] = {band.b, band.x, band.z, band.x0, band.dg, band.dc, band.re, band.im};
	for (size_t k = 0; k < sizeof block / sizeof *block; k++)
		alloc_free(block[k]);
	return status;
}
