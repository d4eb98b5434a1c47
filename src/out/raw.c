/* SPDX-License-Identifier: Apache-2.0
 * One analysis of a result file as a SPICE3 raw file, binary or ASCII, as ngspice and gaw read it (see result.h). op:
 * one point and no axis; dc: the inner sweep is the axis, of two sources the points follow one another; tran: the times
 * that were reached; stored noise trajectories: one plot each in the same file; ac: complex numbers, vr(a) and vi(a)
 * as one v(a). Doubles in the machine's order, as SPICE writes them.
 */
#include <math.h>
#include <string.h>
#include <time.h>
#include "base/alloc.h"
#include "out/h5.h"

typedef struct raw_column {
	const char *name, *type; /* "v(out)", "voltage" */
	double *data;            /* [n_row][n_point], owned */
	double *imag;            /* the same of a complex plot, owned; NULL: 0 */
	size_t n;                /* numbers in data */
} raw_column;

typedef struct raw_job {
	const out_file *file;
	FILE *to;
	int ascii, is_complex;
	const char *title;
	const char *plot;
	size_t n_point, n_row; /* points of a plot; plots */
	size_t n_column;
	raw_column *column;
	char *swept; /* what the axis moves */
} raw_job;

/* The axis of a sweep that is not one of a source: as ngspice calls it, else by its name (owned by the job). */
static const char *sweep_name(raw_job *job, const char *path, const char *unit)
{
	if (!unit || strcmp(unit, "V") == 0 || strcmp(unit, "A") == 0 ||
	    out_get_attr_text(job->file, path, "parameter", &job->swept, NULL) != TS_OK)
		return NULL;
	return strcmp(unit, "degC") == 0 ? "temp-sweep" : strcmp(unit, "Ohm") == 0 ? "res-sweep" : job->swept;
}

static const char *type_of(const char *name, const char *unit)
{
	if (strcmp(name, "temp-sweep") == 0 || strcmp(name, "res-sweep") == 0)
		return name;
	if (strcmp(name, "time") == 0 || strcmp(name, "frequency") == 0)
		return name;
	if (!unit || strcmp(unit, "V") == 0)
		return "voltage";
	return strcmp(unit, "A") == 0 ? "current" : "notype"; /* the occupancy of a trap, a conductance */
}

/* Add a dataset as a column, when it is one of numbers. */
static ts_status load(raw_job *job, const char *root, const char *name)
{
	char path[H5_PATH], *unit = NULL;
	size_t dims[4] = {0};
	int rank = 0;
	raw_column *c = &job->column[job->n_column];
	h5_path(path, "%s/%s", root, name);
	const ts_status status = out_get(job->file, path, &rank, dims, &c->data, NULL);
	if (status == TS_NOMEM)
		return status;
	if (status != TS_OK || rank < 1 || rank > 2) {
		alloc_free(c->data);
		return TS_OK;
	}
	out_get_attr_text(job->file, path, "units", &unit, NULL);
	const char *slash = strrchr(name, '/');
	const char *swept = job->n_column == 0 && !job->swept ? sweep_name(job, path, unit) : NULL;
	c->name = swept ? swept : slash ? slash + 1 : name;
	c->type = type_of(c->name, unit);
	c->n = dims[0] * (rank == 2 ? dims[1] : 1);
	job->n_column++;
	alloc_free(unit);
	return TS_OK;
}

/* The axis comes first; every signal has a whole number of its lengths: rows, or outer points of two sweeps. */
static void find_shape(raw_job *job, int has_axis, int is_grid)
{
	size_t most = 0;
	for (size_t k = 0; k < job->n_column; k++)
		most = job->column[k].n > most ? job->column[k].n : most;
	const size_t axis = has_axis ? job->column[0].n : 1;
	job->n_point = is_grid ? most : axis;
	job->n_row = job->n_point > 0 ? most / job->n_point : 0;
}

static double value_at(const raw_column *c, size_t row, size_t n_point, size_t i)
{
	const size_t at = row * n_point + i;
	return c->n == 0 ? (double)NAN : c->data[at < c->n ? at : at % c->n]; /* the axis repeats */
}

static void put_head(const raw_job *job, size_t row)
{
	char date[64];
	const time_t now = time(NULL);
	struct tm parts;
	strftime(date, sizeof date, "%a %b %d %H:%M:%S %Y", localtime_r(&now, &parts));
	fprintf(job->to, "Title: %s\nDate: %s\nPlotname: %s", job->title, date, job->plot);
	if (job->n_row > 1)
		fprintf(job->to, ", trajectory %zu", row);
	fprintf(job->to, "\nFlags: %s\nNo. Variables: %zu\nNo. Points: %zu\nVariables:\n",
	        job->is_complex ? "complex" : "real", job->n_column, job->n_point);
	for (size_t k = 0; k < job->n_column; k++)
		fprintf(job->to, "\t%zu\t%s\t%s\n", k, job->column[k].name, job->column[k].type);
	fputs(job->ascii ? "Values:\n" : "Binary:\n", job->to);
}

static void put_plot(const raw_job *job, size_t row)
{
	put_head(job, row);
	for (size_t i = 0; i < job->n_point; i++)
		for (size_t k = 0; k < job->n_column; k++) {
			const raw_column *c = &job->column[k];
			const double value[2] = {value_at(c, row, job->n_point, i), c->imag ? c->imag[i] : 0};
			if (!job->ascii) {
				fwrite(value, sizeof *value, job->is_complex ? 2 : 1, job->to);
				continue;
			}
			if (k == 0)
				fprintf(job->to, " %zu", i);
			fprintf(job->to, "\t%.17g", value[0]);
			if (job->is_complex)
				fprintf(job->to, ",%.17g", value[1]);
			fputc('\n', job->to);
		}
	if (job->ascii)
		fputc('\n', job->to);
}

static int is_derived(const char *signal)
{
	return strncmp(signal, "real(", 5) == 0;
}

/* The column just loaded is signals/vr(a): add vi(a), and call both v(a). Of real(x) it is imag(x), and x. */
static ts_status add_imaginary(raw_job *job, const char *root, char *signal)
{
	char path[H5_PATH];
	size_t dims[4] = {0};
	int rank = 0;
	raw_column *c = &job->column[job->n_column - 1];
	if (is_derived(signal))
		h5_path(path, "%s/signals/imag(%s", root, signal + 5);
	else
		h5_path(path, "%s/signals/%ci%s", root, signal[0], signal + 2);
	TS_TRY(out_get(job->file, path, &rank, dims, &c->imag, NULL));
	if (is_derived(signal)) {
		memmove(signal, signal + 5, strlen(signal + 4));
		signal[strlen(signal) - 1] = '\0';
	} else {
		memmove(signal + 1, signal + 2, strlen(signal + 1));
	}
	return rank == 1 && dims[0] == c->n ? TS_OK : TS_INTERNAL;
}

static ts_status load_all(raw_job *job, const char *root, const char *axis, char **signal, size_t n)
{
	char name[H5_PATH];
	if (axis)
		TS_TRY(load(job, root, axis));
	const int has_axis = job->n_column > 0;
	for (size_t i = 0; i < n; i++) {
		if (job->is_complex && signal[i][1] != 'r' && !is_derived(signal[i]))
			continue;
		h5_path(name, "signals/%s", signal[i]);
		const size_t before = job->n_column;
		TS_TRY(load(job, root, name));
		if (job->n_column == before)
			continue;
		job->column[before].name = signal[i]; /* `name` does not live on */
		if (job->is_complex)
			TS_TRY(add_imaginary(job, root, signal[i]));
	}
	find_shape(job, has_axis, out_exists(job->file, h5_path(name, "%s/sweep2", root)));
	return TS_OK;
}

/* Plot of an analysis over frequency, which is its axis; NULL when it is none. */
static const char *spectral_plot(raw_job *job, const char *root)
{
	char *type = NULL;
	if (out_get_attr_text(job->file, root, "type", &type, NULL) != TS_OK)
		return NULL;
	const int is_noise = strcmp(type, "noise") == 0;
	job->is_complex = strcmp(type, "ac") == 0;
	alloc_free(type);
	return job->is_complex ? "AC Analysis" : is_noise ? "Noise Spectral Density Curves" : NULL;
}

static const char *plot_name(raw_job *job, const char *root, const char **axis)
{
	char path[H5_PATH];
	const char *spectral = spectral_plot(job, root);
	*axis = spectral ? "frequency" : "sweep";
	if (spectral)
		return spectral;
	if (out_exists(job->file, h5_path(path, "%s/sweep", root)))
		return "DC transfer characteristic";
	*axis = "time";
	if (!out_exists(job->file, h5_path(path, "%s/time", root))) {
		*axis = NULL;
		return "Operating Point";
	}
	return out_exists(job->file, h5_path(path, "%s/ensemble", root)) ? "Stochastic Transient"
	                                                                 : "Transient Analysis";
}

ts_status out_raw(const out_file *file, const char *analysis, const char *title, int ascii, FILE *to, diag_list *diag)
{
	char root[H5_PATH], path[H5_PATH], **signal = NULL;
	const char *axis = NULL;
	size_t n = 0;
	raw_job job = {.file = file, .to = to, .ascii = ascii, .title = title};
	h5_path(root, "/analyses/%s", analysis);
	h5_path(path, "%s/signals", root);
	if (out_exists(file, path))
		TS_TRY(out_list(file, path, &n, &signal, diag));
	job.plot = plot_name(&job, root, &axis);
	job.column = alloc_array(n + 1, sizeof *job.column);
	ts_status status = job.column ? load_all(&job, root, axis, signal, n) : TS_NOMEM;
	for (size_t row = 0; status == TS_OK && row < job.n_row; row++)
		put_plot(&job, row);
	for (size_t k = 0; k < job.n_column; k++) {
		alloc_free(job.column[k].data);
		alloc_free(job.column[k].imag);
	}
	alloc_free(job.column);
	alloc_free(job.swept);
	alloc_free(signal);
	if (status != TS_OK || (fflush(to) == 0 && !ferror(to)))
		return status;
	diag_add(diag, E0601, SRC_NOWHERE, "%s: cannot write the raw file of %s", file->path, analysis);
	return TS_IO;
}
