/* SPDX-License-Identifier: Apache-2.0
 * The cell as a sampler of a small model (see quality.h).
 */
#include "dtm/quality.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/alloc.h"
#include "base/gauss.h"
#include "dtm/ledger.h"

dtm_small_options dtm_quality_model(void)
{
	static const uint32_t pattern[] = {0x0, 0x2, 0x4, 0x8}; /* 0000 0010 0100 1000 */
	return (dtm_small_options){.n_visible = 4,
	                           .n_latent = 1,
	                           .n_layer = 4,
	                           .rate = 0.9,
	                           .learning_rate = 0.5,
	                           .n_step = 1000,
	                           .n_pattern = sizeof pattern / sizeof *pattern,
	                           .pattern = pattern};
}

double dtm_cell_response(const void *self, double field)
{
	const dtm_cell_spin *spin = self;
	const extract_cell *cell = spin->cell;
	return extract_sigmoid(cell, cell->v0.value + cell->vs.value * fmin(fmax(field, -spin->reach), spin->reach));
}

static const double MOST_LOGIT = 36; /* 1/(1 + exp(-36)) is still below 1 */

static double normal(uint32_t replica, uint32_t item)
{
	return gauss_one(philox_make_key(1, PHILOX_BOOTSTRAP), replica, item, 0);
}

static double error_of(const extract_value *x)
{
	return isfinite(x->se) ? x->se : 0;
}

/* P after its logit moved by n standard errors. Stays inside (0, 1), so the replica has the knots of the estimate. */
static double moved(const extract_value *p, double n)
{
	const double spread = p->value * (1 - p->value);
	const double logit = log(p->value / (1 - p->value)) + n * error_of(p) / spread;
	return 1 / (1 + exp(-fmin(fmax(logit, -MOST_LOGIT), MOST_LOGIT)));
}

/* Only points that the estimate's curve passes through move: the others have no logit, here as there. */
static ts_status replicate(const dtm_small *model, const extract_cell *cell, const dtm_quality_options *options,
                           uint32_t r, extract_cell *copy, double *kl)
{
	*copy = *cell;
	for (int i = 0; i < cell->n_bias; i++)
		if (extract_sigmoid_uses(cell, i))
			copy->p[i].value = moved(&cell->p[i], normal(r, (uint32_t)i));
	const double stretch = exp(error_of(&cell->tau_mid) / cell->tau_mid.value * normal(r, EXTRACT_MAX_BIAS));
	const dtm_cell_spin spin = {copy, options->reach};
	const dtm_sampler sampler = {dtm_cell_response, &spin, options->n_sweep, exp(-options->clock / stretch)};
	return dtm_small_kl_sampled(model, &sampler, kl);
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static ts_status interval(const dtm_small *model, const extract_cell *cell, const dtm_quality_options *options,
                          dtm_quantity *q)
{
	double kl[DTM_MAX_REPLICA];
	const int n = options->n_replica < DTM_MAX_REPLICA ? options->n_replica : DTM_MAX_REPLICA;
	ts_status status = TS_OK;
	if (n < 1)
		return TS_OK;
	extract_cell *copy = alloc_array(1, sizeof *copy);
	if (!copy)
		return TS_NOMEM;
	for (int r = 0; r < n && status == TS_OK; r++)
		status = replicate(model, cell, options, (uint32_t)r, copy, &kl[r]);
	alloc_free(copy);
	TS_TRY(status);
	qsort(kl, (size_t)n, sizeof *kl, ascending);
	q->low = fmin(q->value, kl[(int)(0.025 * (n - 1) + 0.5)]);
	q->high = fmax(q->value, kl[(int)(0.975 * (n - 1) + 0.5)]);
	return TS_OK;
}

/* Between the outermost points of the curve; 0 when V0 is not between them. */
static double measured_range(const extract_cell *cell)
{
	double low = (double)INFINITY, high = -(double)INFINITY;
	for (int i = 0; i < cell->n_bias; i++) {
		if (!extract_sigmoid_uses(cell, i))
			continue;
		low = fmin(low, cell->bias[i]);
		high = fmax(high, cell->bias[i]);
	}
	return fmax(fmin(cell->v0.value - low, high - cell->v0.value) / fabs(cell->vs.value), 0);
}

ts_status dtm_quality_measure(const dtm_small *model, const extract_cell *cell, const dtm_quality_options *options,
                              diag_list *diag, dtm_quality *quality)
{
	dtm_quantity tau;
	double kl[3];
	char source[DTM_SOURCE];
	*quality = (dtm_quality){.options = *options, .memory = exp(-options->clock)};
	TS_TRY(dtm_cell_quantity(&cell->tau_mid, "tau", cell, diag, &tau));
	const dtm_sampler ideal = {dtm_ideal_response, NULL, options->n_sweep, 0};
	const dtm_cell_spin spin = {cell, options->reach};
	const dtm_sampler real = {dtm_cell_response, &spin, options->n_sweep, quality->memory};
	kl[0] = dtm_small_kl(model);
	TS_TRY(dtm_small_kl_sampled(model, &ideal, &kl[1]));
	TS_TRY(dtm_small_kl_sampled(model, &real, &kl[2]));
	snprintf(
	    source, sizeof source,
	    "simulated P(V) of the cell, fields cut at +-%g, %d sweeps, memory exp(-%g) per update, law enumerated",
	    options->reach, options->n_sweep, options->clock);
	dtm_quantity_set(&quality->exact, "exact conditionals", DTM_COMPUTED, (double[]){kl[0], kl[0], kl[0]},
	                 "law enumerated");
	dtm_quantity_set(&quality->ideal, "ideal p-bits", DTM_COMPUTED, (double[]){kl[1], kl[1], kl[1]},
	                 "logistic response, no memory, law enumerated");
	dtm_quantity_set(&quality->cell, "this cell", DTM_SIMULATED, (double[]){kl[2], kl[2], kl[2]}, source);
	quality->field_range = dtm_small_field_range(model);
	quality->field_measured = measured_range(cell);
	return interval(model, cell, options, &quality->cell);
}
