/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamic figures of an ensemble (see noise_books.h) into the file (docs/format-h5.md).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/phys.h"
#include "out/books.h"
#include "sim/noise_run.h"

typedef struct writer {
	const noise_run *run;
	out_file *file;
	char path[512];
	double *row;    /* [n_row] made on the way */
	double *result; /* [n_bias][FT_TEST] */
} writer;

enum { FT_TEST = 4 };

static ts_status put(writer *w, const char *group, const char *name, const char *unit, size_t n, const double *data)
{
	const noise_run *run = w->run;
	const size_t dims[2] = {run->n_bias, n};
	char scale[300];
	snprintf(w->path, sizeof w->path, "/analyses/%s/%s%s", run->request->name, group, name);
	TS_TRY(out_put(w->file, w->path, unit, 2, dims, data, run->diag));
	if (!run->pbit)
		return TS_OK;
	snprintf(scale, sizeof scale, "/analyses/%s/bias", run->request->name);
	return out_attach_scale(w->file, w->path, 0, scale, run->diag);
}

static void add_entropy(writer *w, int instance)
{
	const noise_run *run = w->run;
	const elab_instance *at = &run->system->circuit->instance[instance];
	const double *heat = run->results.heat + (size_t)instance * run->results.n_row;
	for (size_t i = 0; i < run->results.n_row; i++)
		w->row[i] += heat[i] / at->temperature;
}

static int hangs_in(const noise_run *run, int instance, int part)
{
	const mna_batch *batch = &run->system->batch[run->system->batch_of[instance]];
	const int n = batch->shape->n_port, *unknown = batch->unknown + run->system->index_in_batch[instance] * n;
	for (int p = 0; p < n; p++)
		if (unknown[p] && run->books.part[unknown[p]] == part)
			return 1;
	return 0;
}

/* w->row: entropy made by all devices (part < 0) or by those of one part, J/K. Returns the number of devices. */
static int find_entropy(writer *w, int part)
{
	const elab_circuit *c = w->run->system->circuit;
	int n = 0;
	memset(w->row, 0, w->run->results.n_row * sizeof *w->row);
	for (int i = 0; i < c->n_instance; i++) {
		if (!noise_dissipates(&c->instance[i]) || (part >= 0 && !hangs_in(w->run, i, part)))
			continue;
		add_entropy(w, i);
		n++;
	}
	return n;
}

/* Entropy in k, for the estimates. */
static void in_units_of_k(writer *w)
{
	for (size_t i = 0; i < w->run->results.n_row; i++)
		w->row[i] /= PHYS_K;
}

static ts_status put_tur(writer *w, int i)
{
	const noise_run *run = w->run;
	const elab_probe *probe = &run->request->books.tur[i];
	const size_t samples = (size_t)run->samples;
	const double *charge = run->books.charge + (size_t)i * run->results.n_row;
	find_entropy(w, run->books.part[mna_branch(run->system, probe->instance)]);
	in_units_of_k(w);
	for (size_t b = 0; b < run->n_bias; b++) {
		const books_estimate f = books_tur(charge + b * samples, w->row + b * samples, samples);
		w->result[2 * b] = f.value;
		w->result[2 * b + 1] = f.se;
	}
	TS_TRY(put(w, "books/charge/", probe->name, "C", samples, charge));
	TS_TRY(put(w, "books/tur/", probe->name, "", 2, w->result));
	return out_attr_number(w->file, w->path, "bound", 1, run->diag);
}

/* Do all terminals of an instance stand still? Then what it makes is all the entropy there is. */
static int is_held(const noise_run *run, int instance)
{
	const mna_system *s = run->system;
	const mna_batch *batch = &s->batch[s->batch_of[instance]];
	const int n = batch->shape->n_port, *unknown = batch->unknown + s->index_in_batch[instance] * n;
	for (int p = 0; p < n; p++)
		if (unknown[p] && s->driven_by[unknown[p]] < 0)
			return 0;
	return 1;
}

static int are_held(const noise_run *run, int instance)
{
	const elab_circuit *c = run->system->circuit;
	if (instance >= 0)
		return is_held(run, instance);
	for (int i = 0; i < c->n_instance; i++)
		if (noise_dissipates(&c->instance[i]) && !is_held(run, i))
			return 0;
	return 1;
}

static ts_status put_symmetry(writer *w, const char *name)
{
	const noise_run *run = w->run;
	const size_t samples = (size_t)run->samples;
	double *slope = w->result, *test = slope + 2 * run->n_bias, *integral = test + FT_TEST * run->n_bias;
	for (size_t b = 0; b < run->n_bias; b++) {
		books_symmetry fit;
		TS_TRY(books_fit_symmetry(w->row + b * samples, samples, &fit));
		const books_exponential e = books_exponential_mean(w->row + b * samples, samples);
		slope[2 * b] = fit.slope.value;
		slope[2 * b + 1] = fit.slope.se;
		integral[2 * b] = e.mean.value;
		integral[2 * b + 1] = e.mean.se;
		test[FT_TEST * b] = fit.chi2;
		test[FT_TEST * b + 1] = fit.dof;
		test[FT_TEST * b + 2] = fit.n_negative;
		test[FT_TEST * b + 3] = e.effective;
	}
	TS_TRY(put(w, "books/ift/", name, "", 2, integral));
	TS_TRY(put(w, "books/ft_test/", name, "", FT_TEST, test));
	return put(w, "books/ft/", name, "", 2, slope);
}

static ts_status put_ft(writer *w, int instance)
{
	const noise_run *run = w->run;
	if (instance < 0) {
		find_entropy(w, -1);
	} else {
		memset(w->row, 0, run->results.n_row * sizeof *w->row);
		add_entropy(w, instance);
	}
	in_units_of_k(w);
	TS_TRY(put_symmetry(w, instance < 0 ? "all" : run->system->circuit->instance[instance].name));
	return out_attr_number(w->file, w->path, "exact", are_held(run, instance), run->diag);
}

static double work_temperature(const elab_circuit *c)
{
	for (int i = 0; i < c->n_instance; i++)
		if (noise_dissipates(&c->instance[i]))
			return c->instance[i].temperature;
	return c->temperature;
}

/* Free energy from the works in w->row. */
static ts_status put_jarzynski(writer *w, const char *name)
{
	const noise_run *run = w->run;
	const double kt = PHYS_K * work_temperature(run->system->circuit);
	const size_t samples = (size_t)run->samples;
	for (size_t i = 0; i < run->results.n_row; i++)
		w->row[i] /= kt;
	for (size_t b = 0; b < run->n_bias; b++) {
		const books_exponential e = books_exponential_mean(w->row + b * samples, samples);
		w->result[2 * b] = kt * e.log.value;
		w->result[2 * b + 1] = kt * e.log.se;
	}
	return put(w, "books/jarzynski/", name, "J", 2, w->result);
}

static ts_status put_works(writer *w)
{
	const noise_run *run = w->run;
	const size_t n_row = run->results.n_row;
	for (int i = 0; i < run->books.n_source; i++) {
		const char *name = run->system->circuit->instance[run->books.source[i]].name;
		const double *work = run->books.work + (size_t)i * n_row;
		TS_TRY(put(w, "books/work/", name, "J", (size_t)run->samples, work));
		memcpy(w->row, work, n_row * sizeof *work);
		TS_TRY(put_jarzynski(w, name));
	}
	memset(w->row, 0, n_row * sizeof *w->row);
	for (int i = 0; i < run->books.n_source; i++)
		for (size_t k = 0; k < n_row; k++)
			w->row[k] += run->books.work[(size_t)i * n_row + k];
	return run->books.n_source ? put_jarzynski(w, "all") : TS_OK;
}

static ts_status put_gyrations(writer *w)
{
	const noise_run *run = w->run;
	const elab_books *asked = &run->request->books;
	for (int i = 0; i < asked->n_gyration; i++) {
		char name[300];
		snprintf(name, sizeof name, "%.140s,%.140s", asked->gyration[2 * i].name,
		         asked->gyration[2 * i + 1].name);
		TS_TRY(put(w, "books/gyration/", name, "V^2/s", (size_t)run->samples,
		           run->books.gyration + (size_t)i * run->results.n_row));
	}
	return TS_OK;
}

static ts_status put_all(writer *w)
{
	const elab_books *asked = &w->run->request->books;
	if (w->run->request->energy && find_entropy(w, -1) > 0)
		TS_TRY(put(w, "energy/", "entropy", "J/K", (size_t)w->run->samples, w->row));
	for (int i = 0; i < asked->n_tur; i++)
		TS_TRY(put_tur(w, i));
	for (int i = 0; i < asked->n_ft; i++)
		TS_TRY(put_ft(w, asked->ft[i]));
	TS_TRY(put_works(w));
	return put_gyrations(w);
}

ts_status noise_books_write(const noise_run *run, out_file *file)
{
	writer w = {.run = run, .file = file};
	w.row = alloc_array(run->results.n_row, sizeof *w.row);
	w.result = alloc_array(run->n_bias * (FT_TEST + 4), sizeof *w.result);
	const ts_status status = w.row && w.result ? put_all(&w) : TS_NOMEM;
	alloc_free(w.row);
	alloc_free(w.result);
	return status;
}
