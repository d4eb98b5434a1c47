/* SPDX-License-Identifier: Apache-2.0
 * Results of an ensemble (see noise_run.h): their storage, and how they go into the file (docs/format-h5.md).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "sim/noise_run.h"

static const double MOST_STORED = 1 << 28; /* samples of stored trajectories: 2 GiB */

static double *blank(size_t n)
{
	double *p = alloc_array(n, sizeof *p);
	for (size_t i = 0; p && i < n; i++)
		p[i] = (double)NAN;
	return p;
}

/* Lags of the multi-tau correlator depend on the number of samples only. */
static void find_lags(noise_run *run)
{
	for (int level = 0; level < REDUCE_LEVELS; level++)
		for (int j = level ? REDUCE_LAGS / 2 : 0; j < REDUCE_LAGS; j++)
			if ((run->grid.n_time >> level) > (size_t)j)
				run->lag[run->n_lag++] = (double)((uint64_t)j << level);
}

ts_status noise_results_create(noise_run *run)
{
	noise_results *r = &run->results;
	const size_t n_signal = (size_t)run->signals.n;
	const size_t keep = (size_t)(run->request->keep < run->samples ? run->request->keep : run->samples);
	const double stored = (double)n_signal * (double)run->n_bias * (double)keep * (double)run->grid.n_time;
	if (stored > MOST_STORED) {
		diag_add(run->diag, E0522, run->request->span,
		         "storing %zu trajectories at each bias takes %.3g samples; use KEEP=0 or a larger TSTEP", keep,
		         stored);
		return TS_NETLIST;
	}
	find_lags(run);
	r->n_row = run->n_bias * (size_t)run->samples;
	r->n_kept = keep;
	r->mean = blank(n_signal * r->n_row);
	r->variance = blank(n_signal * r->n_row);
	r->final = blank(n_signal * r->n_row);
	r->trace = blank(n_signal * run->n_bias * keep * run->grid.n_time);
	r->histogram = alloc_array(n_signal * run->n_bias * NOISE_HISTOGRAM, sizeof *r->histogram);
	r->heat = blank((size_t)run->system->circuit->n_instance * r->n_row);
	r->field = blank(r->n_row);
	r->residual = blank(r->n_row);
	r->p1 = blank(r->n_row);
	r->flips = blank(r->n_row);
	r->events = blank(r->n_row);
	r->autocorrelation = blank(run->pbit ? r->n_row * (size_t)run->n_lag : 0);
	return r->mean && r->variance && r->final && r->trace && r->histogram && r->heat && r->field && r->residual &&
	               r->p1 && r->flips && r->events && r->autocorrelation
	           ? noise_reduced_create(run)
	           : TS_NOMEM;
}

void noise_results_destroy(noise_results *r)
{
	double *const array[] = {r->mean,  r->variance, r->final, r->trace, r->histogram,       r->heat,
	                         r->field, r->residual, r->p1,    r->flips, r->autocorrelation, r->events};
	for (size_t i = 0; i < sizeof array / sizeof *array; i++)
		alloc_free(array[i]);
}

typedef struct writer {
	const noise_run *run;
	out_file *file;
	char path[512], scale[512];
} writer;

static const char *path_of(writer *w, const char *part, const char *name)
{
	snprintf(w->path, sizeof w->path, "/analyses/%s/%s%s", w->run->request->name, part, name);
	return w->path;
}

/* A [n_bias, n] dataset at w->path, with the bias axis where there is one. */
static ts_status put_rows(writer *w, const char *unit, size_t n, const double *data)
{
	const size_t dims[2] = {w->run->n_bias, n};
	TS_TRY(out_put(w->file, w->path, unit, 2, dims, data, w->run->diag));
	if (!w->run->pbit)
		return TS_OK;
	snprintf(w->scale, sizeof w->scale, "/analyses/%s/bias", w->run->request->name);
	return out_attach_scale(w->file, w->path, 0, w->scale, w->run->diag);
}

static ts_status put_axes(writer *w)
{
	const noise_run *run = w->run;
	const size_t n = run->grid.n_time;
	double *time = alloc_array(n, sizeof *time);
	if (!time)
		return TS_NOMEM;
	for (size_t i = 0; i < n; i++)
		time[i] = (double)(run->grid.first + i) * run->request->tstep;
	ts_status status = out_put(w->file, path_of(w, "time", ""), "s", 1, &n, time, run->diag);
	alloc_free(time);
	if (status == TS_OK && run->pbit)
		status = out_put(w->file, path_of(w, "bias", ""), "V", 1, &run->n_bias, run->bias, run->diag);
	return status;
}

static ts_status put_trace(writer *w, int k)
{
	const noise_run *run = w->run;
	const size_t rows = run->n_bias * run->results.n_kept, dims[2] = {rows, run->grid.n_time};
	const double *data = run->results.trace + (size_t)k * rows * run->grid.n_time;
	if (rows == 0)
		return TS_OK;
	TS_TRY(out_put(w->file, path_of(w, "signals/", run->signals.signal[k].name), run->signals.signal[k].unit, 2,
	               dims, data, run->diag));
	snprintf(w->scale, sizeof w->scale, "/analyses/%s/time", run->request->name);
	return out_attach_scale(w->file, w->path, 1, w->scale, run->diag);
}

static ts_status put_signal(writer *w, int k)
{
	const noise_run *run = w->run;
	const noise_results *r = &run->results;
	const sim_signal *s = &run->signals.signal[k];
	const size_t n = (size_t)run->samples, at = (size_t)k * r->n_row;
	const char *unit = s->unit, *square = s->square;
	TS_TRY(put_trace(w, k));
	path_of(w, "ensemble/mean/", s->name);
	TS_TRY(put_rows(w, unit, n, r->mean + at));
	path_of(w, "ensemble/variance/", s->name);
	TS_TRY(put_rows(w, square, n, r->variance + at));
	if (run->charge_of[k] >= 0)
		return TS_OK;
	path_of(w, "ensemble/final/", s->name);
	TS_TRY(put_rows(w, unit, n, r->final + at));
	path_of(w, "ensemble/histogram/", s->name);
	TS_TRY(put_rows(w, "", NOISE_HISTOGRAM, r->histogram + (size_t)k * run->n_bias * NOISE_HISTOGRAM));
	TS_TRY(out_attr_number(w->file, w->path, "low", run->low[k], run->diag));
	return out_attr_number(w->file, w->path, "high", run->high[k], run->diag);
}

static int is_source(const elab_instance *instance)
{
	return strcmp(instance->type->name, "vsource") == 0 || strcmp(instance->type->name, "isource") == 0;
}

static int is_known(const double *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isnan(row[i]))
			return 1;
	return 0;
}

static ts_status put_energy(writer *w)
{
	const noise_run *run = w->run;
	const noise_results *r = &run->results;
	for (int i = 0; i < run->system->circuit->n_instance; i++) {
		const elab_instance *instance = &run->system->circuit->instance[i];
		double *heat = r->heat + (size_t)i * r->n_row;
		if (!is_known(heat, r->n_row))
			continue;
		for (size_t k = 0; is_source(instance) && k < r->n_row; k++)
			heat[k] = -heat[k];
		path_of(w, is_source(instance) ? "energy/supply/" : "energy/heat/", instance->name);
		TS_TRY(put_rows(w, "J", (size_t)run->samples, heat));
	}
	path_of(w, "energy/field", "");
	TS_TRY(put_rows(w, "J", (size_t)run->samples, r->field));
	path_of(w, "energy/residual", "");
	return put_rows(w, "", (size_t)run->samples, r->residual);
}

static const char *reading_name(const sim_request *q)
{
	static const char *const name[] = {
	    [SIM_SHIFTED] = "shifted", [SIM_HK] = "hk",     [SIM_STRAT] = "strat", [SIM_ITO] = "ito",
	    [SIM_NOISE_OFF] = "off",   [SIM_JUMP] = "jump", [SIM_AUTO] = "auto",   [SIM_CARD] = "card"};
	return name[q->reading];
}

static double duration(const noise_run *run)
{
	return (double)(run->grid.last - run->grid.first) * run->request->tstep;
}

static ts_status put_bit_attributes(writer *w)
{
	const noise_run *run = w->run;
	const elab_pbit *p = run->pbit;
	const elab_circuit *c = run->system->circuit;
	char group[512];
	snprintf(group, sizeof group, "%s", path_of(w, "bit/", p->name));
	const struct {
		const char *name;
		double value;
	} number[] = {{"threshold", run->threshold},    {"v_unit", p->v_unit},       {"t_unit", p->t_unit},
	              {"temperature", c->temperature},  {"duration", duration(run)}, {"tstep", run->request->tstep},
	              {"samples", (double)run->samples}};
	for (size_t i = 0; i < sizeof number / sizeof *number; i++)
		TS_TRY(out_attr_number(w->file, group, number[i].name, number[i].value, run->diag));
	TS_TRY(out_attr_text(w->file, group, "bias_source",
	                     p->bias_instance >= 0 ? c->instance[p->bias_instance].name : "", run->diag));
	TS_TRY(out_attr_text(w->file, group, "out", p->out.name, run->diag));
	TS_TRY(out_attr_text(w->file, group, "deck", c->title, run->diag));
	return out_attr_text(w->file, group, "reading", reading_name(run->request), run->diag);
}

static ts_status put_supplies(writer *w, const char *group)
{
	const elab_pbit *p = w->run->pbit;
	const elab_circuit *c = w->run->system->circuit;
	const char **name = alloc_array((size_t)p->n_supply, sizeof *name);
	char path[600];
	if (!name)
		return TS_NOMEM;
	for (int i = 0; i < p->n_supply; i++)
		name[i] = c->instance[p->supply[i]].name;
	snprintf(path, sizeof path, "%s/supply", group);
	const ts_status status =
	    p->n_supply ? out_put_names(w->file, path, (size_t)p->n_supply, name, w->run->diag) : TS_OK;
	alloc_free(name);
	return status;
}

static ts_status put_bit(writer *w)
{
	const noise_run *run = w->run;
	const noise_results *r = &run->results;
	const size_t dims[3] = {run->n_bias, (size_t)run->samples, (size_t)run->n_lag}, n_lag = dims[2];
	double lag[REDUCE_LEVELS * REDUCE_LAGS];
	char group[256], path[400];
	snprintf(group, sizeof group, "/analyses/%s/bit/%s", run->request->name, run->pbit->name);
	for (size_t j = 0; j < n_lag; j++)
		lag[j] = run->lag[j] * run->request->tstep;
	snprintf(w->path, sizeof w->path, "%s/p1", group);
	TS_TRY(put_rows(w, "", dims[1], r->p1));
	snprintf(w->path, sizeof w->path, "%s/flips", group);
	TS_TRY(put_rows(w, "", dims[1], r->flips));
	snprintf(path, sizeof path, "%s/lag", group);
	TS_TRY(out_put(w->file, path, "s", 1, &n_lag, lag, run->diag));
	snprintf(path, sizeof path, "%s/autocorrelation", group);
	TS_TRY(out_put(w->file, path, "", 3, dims, r->autocorrelation, run->diag));
	TS_TRY(put_supplies(w, group));
	return put_bit_attributes(w);
}

static ts_status put_companion_attributes(const writer *w, const char *group)
{
	const noise_coarse *c = &w->run->coarse;
	char text[100];
	snprintf(text, sizeof text, "%s%s", c->why_not ? "none: " : "2h", c->why_not ? c->why_not : "");
	TS_TRY(out_attr_text(w->file, group, "companion", text, w->run->diag));
	const double trajectories = (double)(c->n_pair * w->run->n_bias);
	TS_TRY(out_attr_number(w->file, group, "companion_trajectories", trajectories, w->run->diag));
	TS_TRY(out_attr_number(w->file, group, "companion_failed", c->n_failure, w->run->diag));
	return out_attr_number(w->file, group, "companion_order", c->order, w->run->diag);
}

static ts_status put_attributes(writer *w, ts_status ended)
{
	static const char *const method[] = {[SIM_WT2] = "wt2", [SIM_BE] = "be", [SIM_HEUN] = "heun",
	                                     [SIM_LM] = "lm",   [SIM_EM] = "em", [SIM_LEAP] = "leap"};
	const noise_run *run = w->run;
	char group[256];
	snprintf(group, sizeof group, "/analyses/%s", run->request->name);
	const struct {
		const char *name;
		double value;
	} number[] = {{"h", run->grid.h},
	              {"steps", (double)run->grid.last * (double)run->grid.per_sample},
	              {"trajectories", (double)run->results.n_row},
	              {"failed", run->results.n_failure},
	              {"fastest_rate", run->results.worst_rate},
	              {"duration", duration(run)},
	              {"seed", (double)run->seed},
	              {"scale", run->request->scale},
	              {"complete", ended == TS_OK}};
	for (size_t i = 0; i < sizeof number / sizeof *number; i++)
		TS_TRY(out_attr_number(w->file, group, number[i].name, number[i].value, run->diag));
	TS_TRY(put_companion_attributes(w, group));
	TS_TRY(out_attr_text(w->file, group, "method", method[run->request->method], run->diag));
	if (run->choice.text[0])
		TS_TRY(out_attr_text(w->file, group, "choice", run->choice.text, run->diag));
	return out_attr_text(w->file, group, "reading", reading_name(run->request), run->diag);
}

ts_status noise_write(const noise_run *run, out_file *file, ts_status ended)
{
	writer w = {.run = run, .file = file};
	TS_TRY(put_axes(&w));
	for (int k = 0; k < run->signals.n; k++)
		TS_TRY(put_signal(&w, k));
	TS_TRY(noise_ensemble_write(run, file));
	if (!run->coarse.why_not)
		TS_TRY(noise_discretisation_write(run, file));
	if (run->request->energy)
		TS_TRY(put_energy(&w));
	TS_TRY(noise_books_write(run, file));
	if (run->request->reading == SIM_JUMP) {
		path_of(&w, "ensemble/events", "");
		TS_TRY(put_rows(&w, "", (size_t)run->samples, run->results.events));
	}
	if (run->pbit)
		TS_TRY(put_bit(&w));
	return put_attributes(&w, ended);
}
