/* SPDX-License-Identifier: Apache-2.0
 * `thermospice show`: what is in a result file, as tables of at most 100 columns: where it comes from, each analysis
 * with its attributes and signals, ensembles as mean and standard error over trajectories, p-bit tables, extracted
 * cells. Standard errors are the scatter between trajectories over the square root of their number.
 */
#include "out/h5.h"

#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/number.h"

enum { DIGITS = 5, NAME_WIDTH = 30, WIDTH = 100 };

typedef struct show_job {
	const out_file *file;
	FILE *to;
	diag_list *diag;
} show_job;

typedef struct show_set {
	double *data;
	size_t dims[4], n;
	int rank;
	char unit[24];
} show_set;

static int load(const show_job *job, const char *path, show_set *set)
{
	char *unit = NULL;
	*set = (show_set){0};
	if (out_get(job->file, path, &set->rank, set->dims, &set->data, NULL) != TS_OK)
		return 0;
	set->n = set->dims[0] * set->dims[1] * set->dims[2] * set->dims[3];
	if (out_get_attr_text(job->file, path, "units", &unit, NULL) == TS_OK)
		snprintf(set->unit, sizeof set->unit, "%s", unit);
	alloc_free(unit);
	return 1;
}

static const char *eng(double value, char text[32])
{
	if (isnan(value))
		return "-";
	return isfinite(value) ? number_eng(value, DIGITS, text) : value > 0 ? "inf" : "-inf";
}

/* "label value" for a text or number attribute; nothing when absent or empty. */
static void show_attr(const show_job *job, const char *path, const char *name)
{
	char *text = NULL, number[32];
	double value = 0;
	if (out_get_attr_text(job->file, path, name, &text, NULL) == TS_OK) {
		if (*text)
			fprintf(job->to, "  %-10s %.*s\n", name, WIDTH - 13, text);
	} else if (out_get_attr_number(job->file, path, name, &value, NULL) == TS_OK) {
		fprintf(job->to, "  %-10s %s\n", name, isfinite(value) ? number_exact(value, number) : "nan");
	}
	alloc_free(text);
}

static void show_head(const show_job *job)
{
	static const char *const name[] = {"command",  "creator", "commit", "seed",      "started",
	                                   "finished", "host",    "isa",    "libraries", "compiler"};
	char *format = NULL;
	out_get_attr_text(job->file, "/", "format", &format, NULL);
	fprintf(job->to, "%s: %s, %s\n", job->file->path, format ? format : "?",
	        out_is_complete(job->file) ? "complete" : "INCOMPLETE (the run did not finish)");
	alloc_free(format);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		show_attr(job, "/", name[i]);
}

/* All attributes of an analysis on wrapped lines: "type trannoise, method wt2, steps 100". */
static void show_attrs(const show_job *job, const char *path)
{
	char **name = NULL;
	size_t n = 0;
	int column = WIDTH;
	if (h5_list_attrs(job->file, path, &n, &name, NULL) != TS_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		char item[WIDTH], number[32], *text = NULL;
		double value = 0;
		if (out_get_attr_text(job->file, path, name[i], &text, NULL) == TS_OK)
			snprintf(item, sizeof item, "%s %.*s", name[i], WIDTH - 40, text);
		else if (out_get_attr_number(job->file, path, name[i], &value, NULL) == TS_OK)
			snprintf(item, sizeof item, "%s %s", name[i], eng(value, number));
		else
			snprintf(item, sizeof item, "%s", name[i]);
		alloc_free(text);
		const int width = (int)strlen(item) + 2;
		if (column + width > WIDTH - 2) {
			fprintf(job->to, "%s  %s", i ? ",\n" : "", item);
			column = width;
		} else {
			fprintf(job->to, ", %s", item);
			column += width;
		}
	}
	if (n)
		fprintf(job->to, "\n");
	alloc_free(name);
}

static void show_axis(const show_job *job, const char *root, const char *name)
{
	char path[H5_PATH], first[32], last[32];
	show_set set;
	h5_path(path, "%s/%s", root, name);
	if (!load(job, path, &set))
		return;
	char *of = NULL;
	out_get_attr_text(job->file, path, "parameter", &of, NULL);
	if (set.n)
		fprintf(job->to, "  %s%s%.60s: %zu points from %s to %s %s\n", name, of ? " of " : "", of ? of : "", set.n,
		        eng(set.data[0], first), eng(set.data[set.n - 1], last), set.unit);
	alloc_free(of);
	alloc_free(set.data);
}

/* What a stepped deck was run at. */
static void show_steps(const show_job *job)
{
	char **name = NULL, number[2][32];
	size_t n = 0;
	double points = 0, done = 0;
	if (!out_exists(job->file, "/steps") || out_list(job->file, "/steps", &n, &name, NULL) != TS_OK)
		return;
	out_get_attr_number(job->file, "/steps", "points", &points, NULL);
	out_get_attr_number(job->file, "/steps", "done", &done, NULL);
	fprintf(job->to, "\nsteps: %s, of which %s are finished\n", number_exact(points, number[0]),
	        number_exact(done, number[1]));
	for (size_t i = 0; i < n; i++)
		show_axis(job, "/steps", name[i]);
	alloc_free(name);
}

static void show_signal(const show_job *job, const char *name, const show_set *set)
{
	char low[32], high[32], last[32], shape[48];
	double least = (double)NAN, most = (double)NAN;
	for (size_t i = 0; i < set->n; i++) {
		least = set->data[i] < least || isnan(least) ? set->data[i] : least;
		most = set->data[i] > most || isnan(most) ? set->data[i] : most;
	}
	if (set->rank == 2)
		snprintf(shape, sizeof shape, "%zu x %zu", set->dims[0], set->dims[1]);
	else
		snprintf(shape, sizeof shape, "%zu", set->n);
	fprintf(job->to, "  %-*.*s %-6.6s %14s %12s %12s %12s\n", NAME_WIDTH, NAME_WIDTH, name, set->unit, shape,
	        eng(least, low), eng(most, high), set->n ? eng(set->data[set->n - 1], last) : "-");
}

static void show_signals(const show_job *job, const char *root)
{
	char group[H5_PATH], **name = NULL;
	size_t n = 0;
	h5_path(group, "%s/signals", root);
	if (out_list(job->file, group, &n, &name, NULL) != TS_OK)
		return;
	if (n)
		fprintf(job->to, "  %-*s %-6s %14s %12s %12s %12s\n", NAME_WIDTH, "signal", "unit", "points", "least",
		        "most", "last");
	for (size_t i = 0; i < n; i++) {
		char path[H5_PATH];
		show_set set;
		h5_path(path, "%s/%s", group, name[i]);
		if (load(job, path, &set))
			show_signal(job, name[i], &set);
		alloc_free(set.data);
	}
	alloc_free(name);
}

/* Mean over one row's trajectories and its standard error; trajectories that did not finish are NaN and left out. */
static double row_mean(const double *row, size_t n, double *se)
{
	double count = 0, mean = 0, m2 = 0;
	for (size_t i = 0; i < n; i++) {
		if (isnan(row[i]))
			continue;
		const double delta = row[i] - mean;
		count += 1;
		mean += delta / count;
		m2 += delta * (row[i] - mean);
	}
	*se = count > 1 ? sqrt(m2 / (count - 1) / count) : (double)NAN;
	return count > 0 ? mean : (double)NAN;
}

/* One line: one bias point gives mean and standard error, several give the range of the means. */
static void show_statistic(const show_job *job, const char *label, const show_set *set)
{
	char a[32], b[32];
	double se = 0, low = (double)INFINITY, high = -(double)INFINITY;
	if (set->rank != 2 || !set->n)
		return;
	for (size_t i = 0; i < set->dims[0]; i++) {
		const double mean = row_mean(set->data + i * set->dims[1], set->dims[1], &se);
		low = fmin(low, mean);
		high = fmax(high, mean);
	}
	fprintf(job->to, "  %-44.44s %-5.5s %8zu ", label, set->unit, set->dims[1]);
	if (set->dims[0] == 1)
		fprintf(job->to, "%12s +- %s\n", eng(low, a), eng(se, b));
	else
		fprintf(job->to, "%12s .. %s\n", eng(low, a), eng(high, b));
}

static void show_statistics(const show_job *job, const char *root, const char *where)
{
	char group[H5_PATH], **name = NULL;
	size_t n = 0;
	h5_path(group, "%s/%s", root, where);
	if (out_list(job->file, group, &n, &name, NULL) != TS_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		char path[H5_PATH], label[H5_PATH];
		show_set set;
		h5_path(path, "%s/%s", group, name[i]);
		h5_path(label, "%s %s", where, name[i]);
		if (load(job, path, &set))
			show_statistic(job, label, &set);
		alloc_free(set.data);
	}
	alloc_free(name);
}

static void show_ensemble(const show_job *job, const char *root)
{
	static const char *const where[] = {"ensemble/mean", "ensemble/variance", "energy/supply", "energy/heat",
	                                    "energy",        "books/charge",      "books/work",    "books/gyration"};
	char path[H5_PATH];
	h5_path(path, "%s/ensemble", root);
	if (!out_exists(job->file, path))
		return;
	fprintf(job->to, "  %-44s %-5s %8s %s\n", "statistic, mean over trajectories", "unit", "samples",
	        "       value, or range over the bias");
	for (size_t i = 0; i < sizeof where / sizeof *where; i++)
		show_statistics(job, root, where[i]);
}

/* Largest (sign 1) or smallest (sign -1) of column `column` of a dataset's rows. */
static double extreme(const show_job *job, const char *path, size_t column, double sign)
{
	show_set set;
	double most = (double)NAN;
	if (!load(job, path, &set))
		return most;
	const size_t width = set.rank == 2 ? set.dims[1] : 1;
	for (size_t i = column; i < set.n; i += width)
		most = isnan(most) || sign * set.data[i] > sign * most ? set.data[i] : most;
	alloc_free(set.data);
	return most;
}

/* How well each mean is known, at the bias where that is worst. */
static void show_errors(const show_job *job, const char *root)
{
	static const struct {
		const char *group;
		size_t column;
		double sign;
	} item[] = {{"error", 0, 1}, {"error", 1, 1}, {"tau_int", 0, 1}, {"effective", 0, -1}, {"rhat", 0, 1}};
	enum { N_ITEM = sizeof item / sizeof *item };
	char group[H5_PATH], **name = NULL, text[N_ITEM][32];
	const char *value[N_ITEM];
	size_t n = 0;
	h5_path(group, "%s/ensemble/error", root);
	if (out_list(job->file, group, &n, &name, NULL) != TS_OK)
		return;
	fprintf(job->to, "  %-*s %12s %12s %12s %12s %9s\n", NAME_WIDTH, "error of the mean, worst bias", "between",
	        "within", "tau_int (s)", "effective", "R-hat");
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < N_ITEM; k++) {
			char path[H5_PATH];
			h5_path(path, "%s/ensemble/%s/%s", root, item[k].group, name[i]);
			value[k] = eng(extreme(job, path, item[k].column, item[k].sign), text[k]);
		}
		fprintf(job->to, "  %-*.*s %12s %12s %12s %12s %9s\n", NAME_WIDTH, NAME_WIDTH, name[i], value[0],
		        value[1], value[2], value[3], value[4]);
	}
	alloc_free(name);
}

/* Spectra: their frequencies, and the density at the lowest one above zero, at the first bias. */
static void show_spectra(const show_job *job, const char *root)
{
	char group[H5_PATH], **name = NULL, text[2][32];
	size_t n = 0;
	h5_path(group, "%s/ensemble/psd", root);
	if (!out_exists(job->file, group) || out_list(job->file, group, &n, &name, NULL) != TS_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		char path[H5_PATH];
		show_set set;
		h5_path(path, "%s/%s", group, name[i]);
		if (load(job, path, &set) && set.rank == 3 && set.dims[1] > 1 && set.dims[2] == 2)
			fprintf(job->to, "  psd %-*.*s %12s +- %s %s at the lowest frequency above 0\n", NAME_WIDTH,
			        NAME_WIDTH, name[i], eng(set.data[2], text[0]), eng(set.data[3], text[1]), set.unit);
		alloc_free(set.data);
	}
	alloc_free(name);
}

/* Integrals of a noise spectrum over its band. */
static void show_totals(const show_job *job, const char *root)
{
	static const char *const name[] = {"onoise", "inoise"};
	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		char path[H5_PATH], text[32];
		show_set set;
		h5_path(path, "%s/total/%s", root, name[i]);
		if (load(job, path, &set) && set.rank == 0)
			fprintf(job->to, "  integrated %s: %s %s\n", name[i], eng(set.data[0], text), set.unit);
		alloc_free(set.data);
	}
}

/* Sum of one row; failed trajectories are NaN and left out. */
static double row_sum(const show_set *set, size_t row)
{
	double sum = 0;
	for (size_t i = 0; i < set->dims[1]; i++)
		sum += isnan(set->data[row * set->dims[1] + i]) ? 0 : set->data[row * set->dims[1] + i];
	return sum;
}

static void show_dwell(const show_job *job, const char *root, const char *signal)
{
	static const char *const name[] = {"exits_low", "exits_high", "time_low", "time_high"};
	show_set set[4] = {{0}};
	int is_whole = 1;
	for (int k = 0; k < 4; k++) {
		char path[H5_PATH];
		h5_path(path, "%s/ensemble/dwell/%s/%s", root, signal, name[k]);
		is_whole &= load(job, path, &set[k]) && set[k].rank == 2 && set[k].dims[0] == set[0].dims[0];
	}
	fprintf(job->to, "  dwell %.40s\n  %14s %14s %14s %14s\n", signal, "exits, low", "exits, high", "time low (s)",
	        "time high (s)");
	for (size_t b = 0; is_whole && b < set[0].dims[0]; b++) {
		for (int k = 0; k < 4; k++) {
			char text[32];
			fprintf(job->to, "%s%14s", k ? " " : "  ", eng(row_sum(&set[k], b), text));
		}
		fputc('\n', job->to);
	}
	for (int k = 0; k < 4; k++)
		alloc_free(set[k].data);
}

static void show_dwells(const show_job *job, const char *root)
{
	char group[H5_PATH], **name = NULL;
	size_t n = 0;
	h5_path(group, "%s/ensemble/dwell", root);
	if (!out_exists(job->file, group) || out_list(job->file, group, &n, &name, NULL) != TS_OK)
		return;
	for (size_t i = 0; i < n; i++)
		show_dwell(job, root, name[i]);
	alloc_free(name);
}

static void show_bit(const show_job *job, const char *root, const char *name)
{
	char path[H5_PATH], text[4][32];
	show_set p1, flips, bias;
	h5_path(path, "%s/bit/%s/p1", root, name);
	const int has_p = load(job, path, &p1) && p1.rank == 2;
	h5_path(path, "%s/bit/%s/flips", root, name);
	const int has_flips = load(job, path, &flips) && has_p && flips.n == p1.n;
	h5_path(path, "%s/bias", root);
	const int has_bias = load(job, path, &bias) && has_p && bias.n == p1.dims[0];
	fprintf(job->to, "  p-bit %s\n  %14s %12s %12s %14s\n", name, "bias", "P(1)", "std. error", "flips, mean");
	for (size_t i = 0; has_p && i < p1.dims[0]; i++) {
		double se = 0, ignored = 0;
		const double p = row_mean(p1.data + i * p1.dims[1], p1.dims[1], &se);
		const double f = has_flips ? row_mean(flips.data + i * p1.dims[1], p1.dims[1], &ignored) : (double)NAN;
		fprintf(job->to, "  %14s %12s %12s %14s\n", has_bias ? eng(bias.data[i], text[0]) : "-",
		        eng(p, text[1]), eng(se, text[2]), eng(f, text[3]));
	}
	alloc_free(p1.data);
	alloc_free(flips.data);
	alloc_free(bias.data);
}

static void show_bits(const show_job *job, const char *root)
{
	char group[H5_PATH], **name = NULL;
	size_t n = 0;
	h5_path(group, "%s/bit", root);
	if (out_list(job->file, group, &n, &name, NULL) != TS_OK)
		return;
	for (size_t i = 0; i < n; i++)
		show_bit(job, root, name[i]);
	alloc_free(name);
}

static ts_status show_analyses(const show_job *job)
{
	char **name = NULL;
	size_t n = 0;
	if (!out_exists(job->file, "/analyses"))
		return TS_OK;
	TS_TRY(out_list(job->file, "/analyses", &n, &name, job->diag));
	for (size_t i = 0; i < n; i++) {
		char root[H5_PATH];
		h5_path(root, "/analyses/%s", name[i]);
		fprintf(job->to, "\nanalysis %s\n", name[i]);
		show_attrs(job, root);
		show_axis(job, root, "time");
		show_axis(job, root, "sweep");
		show_axis(job, root, "sweep2");
		show_axis(job, root, "bias");
		show_axis(job, root, "frequency");
		show_signals(job, root);
		show_totals(job, root);
		h5_show_fourier(job->file, root, job->to);
		show_ensemble(job, root);
		h5_show_books(job->file, root, job->to);
		show_errors(job, root);
		show_spectra(job, root);
		show_dwells(job, root);
		show_bits(job, root);
	}
	alloc_free(name);
	return TS_OK;
}

static void show_cell(const show_job *job, const char *cell)
{
	char group[H5_PATH], **name = NULL, text[4][32];
	size_t n = 0;
	h5_path(group, "/pbit/%s", cell);
	if (out_list(job->file, group, &n, &name, NULL) != TS_OK)
		return;
	fprintf(job->to, "\ncell %s\n  %-*s %-5s %12s %12s %12s %12s\n", cell, NAME_WIDTH, "quantity", "unit", "value",
	        "std. error", "low 95%", "high 95%");
	for (size_t i = 0; i < n; i++) {
		char path[H5_PATH];
		show_set set = {0};
		h5_path(path, "%s/%s", group, name[i]);
		if (strcmp(name[i], "bias") != 0 && load(job, path, &set) && set.rank == 1 && set.n == 4)
			fprintf(job->to, "  %-*.*s %-5.5s %12s %12s %12s %12s\n", NAME_WIDTH, NAME_WIDTH, name[i],
			        set.unit, eng(set.data[0], text[0]), eng(set.data[1], text[1]),
			        eng(set.data[2], text[2]), eng(set.data[3], text[3]));
		alloc_free(set.data);
	}
	alloc_free(name);
}

static ts_status show_cells(const show_job *job)
{
	char **name = NULL;
	size_t n = 0;
	if (!out_exists(job->file, "/pbit"))
		return TS_OK;
	TS_TRY(out_list(job->file, "/pbit", &n, &name, job->diag));
	for (size_t i = 0; i < n; i++)
		show_cell(job, name[i]);
	alloc_free(name);
	return TS_OK;
}

ts_status out_show(const out_file *file, FILE *to, diag_list *diag)
{
	const show_job job = {file, to, diag};
	show_head(&job);
	show_steps(&job);
	TS_TRY(show_analyses(&job));
	h5_show_measures(file, to);
	TS_TRY(show_cells(&job));
	if (fflush(to) == 0 && !ferror(to))
		return TS_OK;
	if (diag)
		diag_add(diag, E0601, SRC_NOWHERE, "%s: cannot write the table", file->path);
	return TS_IO;
}
