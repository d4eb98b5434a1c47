/* SPDX-License-Identifier: Apache-2.0
 * .noise: one-sided power spectral density of an output, and what each noise source contributes. With e the row that
 * picks the output, one transposed solve per frequency gives its response to every source at once:
 *
 *   A^T z = e,   S_out = sum_k |z[from_k] - z[to_k]|^2 s_k / f^{a_k},   H = -z . weight of the input source
 *
 * s_k are the densities the stochastic engines use, taken at the operating point; a = 0 for white sources. S_in =
 * S_out / |H|^2. Integrals over the band take each density as a power law between neighbouring frequencies. Writes,
 * beside frequency [n],
 *   /analyses/<name>/signals/onoise, inoise    [n]  S_out, S_in
 *   /analyses/<name>/gain                      [n]  |H|
 *   /analyses/<name>/total/onoise, inoise      scalars, integrated
 *   /analyses/<name>/contributions/<device>/<source>  [n], attribute `integrated`
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/stop.h"
#include "sim/linear.h"
#include "sim/sim.h"

typedef struct noise_generator {
	int instance, k, from, to; /* unknowns */
	double s, exponent;        /* A^2/Hz at 1 Hz */
} noise_generator;

typedef struct noise_band {
	sim_linear linear;
	sim_signal output;
	int n, trap; /* trap: an instance whose noise is not in the sum, -1: none */
	noise_generator *generator;
	double *data;                   /* [n][n_frequency], then the next three */
	double *onoise, *inoise, *gain; /* [n_frequency] */
} noise_band;

static void take_generators(noise_band *run, int instance, double *s)
{
	const mna_system *system = run->linear.system;
	const mna_batch *batch = &system->batch[system->batch_of[instance]];
	const int index = system->index_in_batch[instance], *unknown = mna_unknowns(system, instance);
	const double *constant = batch->k + (ptrdiff_t)index * batch->type->n_const;
	mna_noise_density(run->linear.tile, instance, run->linear.request->reading == SIM_CARD, s);
	for (int k = 0; k < batch->shape->n_noise; k++) {
		const dev_noise *noise = &batch->shape->noise[k];
		if (!mna_is_noisy(batch, system->circuit, index, k))
			continue;
		if (noise->rates == DEV_TRAP) {
			run->trap = instance;
			continue;
		}
		run->generator[run->n++] =
		    (noise_generator){.instance = instance,
		                      .k = k,
		                      .from = unknown[noise->from],
		                      .to = unknown[noise->to],
		                      .s = s[k * LANES],
		                      .exponent = noise->spectrum == DEV_FLICKER ? constant[noise->exponent] : 0};
	}
}

static ts_status list_generators(noise_band *run)
{
	const elab_circuit *c = run->linear.system->circuit;
	size_t total = 0, widest = 0;
	for (int i = 0; i < c->n_instance; i++) {
		const size_t n = (size_t)c->instance[i].shape->n_noise;
		total += n;
		widest = n > widest ? n : widest;
	}
	run->generator = alloc_array(total + 1, sizeof *run->generator);
	double *s = alloc_array((widest + 1) * LANES, sizeof *s);
	for (int i = 0; run->generator && s && i < c->n_instance; i++)
		if (c->instance[i].shape->n_noise > 0)
			take_generators(run, i, s);
	alloc_free(s);
	return run->generator && s ? TS_OK : TS_NOMEM;
}

static ts_status solve_at(noise_band *run, size_t k)
{
	const sim_linear *s = &run->linear;
	double complex h, *z = s->x;
	double sum = 0;
	TS_TRY(sim_linear_factor(&run->linear, s->frequency[k]));
	sim_linear_clear(s, z);
	z[run->output.plus] += 1;
	z[run->output.minus] -= 1;
	sim_linear_solve_transposed(s, z);
	TS_TRY(sim_linear_transfer(s, s->request->input, z, &h));
	for (int i = 0; i < run->n; i++) {
		const noise_generator *g = &run->generator[i];
		const double complex d = z[g->from] - z[g->to];
		const double s_k = g->exponent == 0 ? g->s : g->s * pow(s->frequency[k], -g->exponent);
		const double part = (creal(d) * creal(d) + cimag(d) * cimag(d)) * s_k;
		run->data[(size_t)i * s->n + k] = part;
		sum += part;
	}
	run->onoise[k] = sum;
	run->gain[k] = cabs(h);
	run->inoise[k] = sum / (creal(h) * creal(h) + cimag(h) * cimag(h));
	return TS_OK;
}

/* Integral of a power law through (a, ya) and (b, yb); linear where one of them is 0. */
static double integral_between(double a, double ya, double b, double yb)
{
	if (!(ya > 0 && yb > 0) || !(b > a))
		return (ya + yb) / 2 * (b - a);
	const double wide = log(b / a), x = log(yb / ya) + wide; /* (1 + exponent) ln(b/a) */
	return ya * a * wide * (fabs(x) < 1e-12 ? 1 : expm1(x) / x);
}

static double integral(const sim_linear *s, const double *y)
{
	double sum = 0;
	for (size_t k = 0; k + 1 < s->n; k++)
		sum += integral_between(s->frequency[k], y[k], s->frequency[k + 1], y[k + 1]);
	return sum;
}

static ts_status put_contribution(const noise_band *run, int i)
{
	const sim_linear *s = &run->linear;
	const noise_generator *g = &run->generator[i];
	const elab_instance *instance = &s->system->circuit->instance[g->instance];
	const double *y = run->data + (size_t)i * s->n;
	char path[400], full[600];
	snprintf(path, sizeof path, "contributions/%s/%s", instance->name, instance->shape->noise[g->k].name);
	TS_TRY(sim_linear_put(s, path, run->output.density, y));
	snprintf(full, sizeof full, "/analyses/%s/%s", s->request->name, path);
	return out_attr_number(s->file, full, "integrated", integral(s, y), s->diag);
}

static ts_status put_totals(const noise_band *run, const char *in)
{
	const sim_linear *s = &run->linear;
	char path[256], unit[8];
	snprintf(path, sizeof path, "/analyses/%s/total/onoise", s->request->name);
	TS_TRY(out_put_scalar(s->file, path, run->output.square, integral(s, run->onoise), s->diag));
	snprintf(path, sizeof path, "/analyses/%s/total/inoise", s->request->name);
	snprintf(unit, sizeof unit, "%s^2", in);
	return out_put_scalar(s->file, path, unit, integral(s, run->inoise), s->diag);
}

static ts_status put_all(const noise_band *run)
{
	const sim_linear *s = &run->linear;
	const char *in = sim_linear_unit(s, s->request->input), *out = run->output.unit;
	char group[256], unit[16];
	snprintf(group, sizeof group, "/analyses/%s", s->request->name);
	TS_TRY(out_attr_text(s->file, group, "output", s->request->output.name, s->diag));
	TS_TRY(out_attr_text(s->file, group, "input", s->system->circuit->instance[s->request->input].name, s->diag));
	TS_TRY(sim_linear_put_axis(s));
	TS_TRY(sim_linear_put(s, "signals/onoise", run->output.density, run->onoise));
	snprintf(unit, sizeof unit, "%s^2/Hz", in);
	TS_TRY(sim_linear_put(s, "signals/inoise", unit, run->inoise));
	snprintf(unit, sizeof unit, "%s/%s", out, in);
	TS_TRY(sim_linear_put(s, "gain", strcmp(in, out) == 0 ? "" : unit, run->gain));
	TS_TRY(put_totals(run, in));
	for (int i = 0; i < run->n; i++)
		TS_TRY(put_contribution(run, i));
	return TS_OK;
}

static ts_status sweep(noise_band *run)
{
	const sim_linear *s = &run->linear;
	TS_TRY(list_generators(run));
	if (run->trap >= 0)
		diag_add(s->diag, W0511, s->request->span,
		         "%s: the noise of traps such as '%s' is left out: use .trannoise", s->request->name,
		         s->system->circuit->instance[run->trap].name);
	const size_t size = ((size_t)run->n + 3) * s->n;
	run->data = alloc_array(size + 1, sizeof *run->data);
	if (!run->data)
		return TS_NOMEM;
	for (size_t k = 0; k < size; k++)
		run->data[k] = (double)NAN;
	run->output = sim_signal_of(s->system, &s->request->output);
	run->onoise = run->data + (size_t)run->n * s->n;
	run->inoise = run->onoise + s->n;
	run->gain = run->inoise + s->n;
	ts_status status = TS_OK;
	for (size_t k = 0; status == TS_OK && k < s->n; k++)
		status = stop_requested() ? TS_STOPPED : solve_at(run, k);
	const ts_status put = put_all(run);
	return status != TS_OK ? status : put;
}

ts_status sim_noise(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                    diag_list *diag)
{
	(void)options;
	noise_band run = {.linear = {.system = system, .request = request, .file = file, .diag = diag}, .trap = -1};
	ts_status status = sim_linear_create(&run.linear);
	if (status == TS_OK)
		status = sweep(&run);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, request->span, "memory is exhausted in .noise");
	sim_linear_destroy(&run.linear);
	alloc_free(run.generator);
	alloc_free(run.data);
	return status;
}
