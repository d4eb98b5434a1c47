/* SPDX-License-Identifier: Apache-2.0
 * One analysis of a result file as CSV (RFC 4180), numbers as the shortest text that reads back exactly.
 *
 * op, dc, tran: one header line, the axes of the analysis (time, sweep) and then the signals, "name (unit)", one row
 * per point; of two sources, the outer value (sweep2) comes first and the inner one runs fastest. What is swept and is
 * no source stands in the head by its name: "temp (degC)". Stored noise
 * trajectories of an analysis without ensemble give one column each, "name[row] (unit)".
 * Ensembles are long tables: bias,trajectory,statistic,quantity,unit,value with one row per trajectory and statistic,
 * for every dataset [n_bias, samples] below the analysis except the traces themselves and the few (is_passed_over)
 * which may have that shape but are not per trajectory.
 */
#include "out/h5.h"

#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/number.h"

typedef struct csv_set {
	double *data;
	size_t dims[4];
	int rank;
	char *unit; /* NULL when it has none */
	char *of;   /* of the axis of a sweep: what it moves, unless that is a source; else NULL */
} csv_set;

typedef struct csv_job {
	const out_file *file;
	FILE *to;
	diag_list *diag;
	size_t n_bias, samples;
	const double *bias; /* NULL: no axis */
} csv_job;

static void set_free(csv_set *set)
{
	alloc_free(set->data);
	alloc_free(set->unit);
	alloc_free(set->of);
	*set = (csv_set){0};
}

/* 1 when `path` is a dataset of numbers; groups and texts are skipped without a message. */
static int set_load(const out_file *file, const char *path, csv_set *set)
{
	*set = (csv_set){0};
	if (out_get(file, path, &set->rank, set->dims, &set->data, NULL) != TS_OK)
		return 0;
	out_get_attr_text(file, path, "units", &set->unit, NULL);
	const int is_source = set->unit && (strcmp(set->unit, "V") == 0 || strcmp(set->unit, "A") == 0);
	if (!is_source)
		out_get_attr_text(file, path, "parameter", &set->of, NULL);
	return 1;
}

static void put_quoted(FILE *to, const char *text)
{
	if (!strpbrk(text, ",\"\n")) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void put_number(FILE *to, double value)
{
	char text[32];
	if (isfinite(value))
		fputs(number_exact(value, text), to);
	else
		fputs(isnan(value) ? "nan" : value > 0 ? "inf" : "-inf", to);
}

static int is_table(const csv_job *job, const csv_set *set)
{
	return set->rank == 2 && set->dims[0] == job->n_bias && set->dims[1] == job->samples;
}

/* where: path below the analysis, "ensemble/mean/v(out)": statistic up to the last slash, then the quantity. */
static void put_ensemble_set(const csv_job *job, const char *where, const csv_set *set)
{
	const char *slash = strrchr(where, '/');
	char statistic[H5_PATH];
	h5_path(statistic, "%.*s", slash ? (int)(slash - where) : 0, where);
	for (size_t i = 0; i < job->n_bias * job->samples; i++) {
		if (job->bias)
			put_number(job->to, job->bias[i / job->samples]);
		fprintf(job->to, ",%zu,", i % job->samples);
		put_quoted(job->to, statistic);
		fputc(',', job->to);
		put_quoted(job->to, slash ? slash + 1 : where);
		fprintf(job->to, ",%s,", set->unit ? set->unit : "");
		put_number(job->to, set->data[i]);
		fputc('\n', job->to);
	}
}

/* Groups whose datasets have no row per trajectory. */
static int is_passed_over(const char *where)
{
	static const char *const other[] = {"signals",
	                                    "ensemble/histogram",
	                                    "ensemble/error",
	                                    "ensemble/tau_int",
	                                    "books/tur",
	                                    "books/ft",
	                                    "books/ft_test",
	                                    "books/ift",
	                                    "books/jarzynski",
	                                    "ensemble/discretisation",
	                                    "ensemble/extrapolated"};
	const char *slash = strrchr(where, '/');
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (strcmp(where, other[i]) == 0)
			return 1;
	return slash && strcmp(slash, "/companion") == 0;
}

/* Visit everything below `root/where`, depth first; the layout is at most four groups deep. */
static ts_status put_ensemble(const csv_job *job, const char *root, const char *where, int depth)
{
	char path[H5_PATH], **name = NULL;
	size_t n = 0;
	h5_path(path, "%s/%s", root, where);
	TS_TRY(out_list(job->file, path, &n, &name, job->diag));
	ts_status status = TS_OK;
	for (size_t i = 0; i < n && status == TS_OK; i++) {
		char below[H5_PATH];
		csv_set set;
		h5_path(below, "%s%s%s", where, *where ? "/" : "", name[i]);
		h5_path(path, "%s/%s", root, below);
		if (!set_load(job->file, path, &set)) {
			if (depth < 4 && !is_passed_over(below) && h5_is_group(job->file, path))
				status = put_ensemble(job, root, below, depth + 1);
			continue;
		}
		if (is_table(job, &set))
			put_ensemble_set(job, below, &set);
		set_free(&set);
	}
	alloc_free(name);
	return status;
}

/* Number of trajectories: columns of the first dataset in ensemble/mean, bit/<name>/p1 or energy. 0: no ensemble. */
static size_t find_samples(const out_file *file, const char *root)
{
	static const char *const group[] = {"ensemble/mean", "energy/supply", "energy"};
	for (size_t g = 0; g < sizeof group / sizeof *group; g++) {
		char path[H5_PATH], **name = NULL;
		size_t n = 0, samples = 0;
		h5_path(path, "%s/%s", root, group[g]);
		if (out_list(file, path, &n, &name, NULL) != TS_OK)
			continue;
		for (size_t i = 0; i < n && !samples; i++) {
			csv_set set;
			h5_path(path, "%s/%s/%s", root, group[g], name[i]);
			if (set_load(file, path, &set) && set.rank == 2)
				samples = set.dims[1];
			set_free(&set);
		}
		alloc_free(name);
		if (samples)
			return samples;
	}
	return 0;
}

static void put_header(FILE *to, const char *name, const char *unit, int row)
{
	char text[H5_PATH], index[24] = "";
	if (row >= 0)
		snprintf(index, sizeof index, "[%d]", row);
	if (unit && *unit)
		h5_path(text, "%s%s (%s)", name, index, unit);
	else
		h5_path(text, "%s%s", name, index);
	put_quoted(to, text);
}

typedef struct csv_columns {
	size_t n, room, n_point; /* n_point 0: not known yet */
	csv_set *set;
	const char **name; /* borrowed */
} csv_columns;

/* Datasets of group `path` that share their last dimension become columns. axes: rank 1 only. */
static void load_columns(const csv_job *job, const char *path, char **name, size_t n, csv_columns *to)
{
	for (size_t i = 0; i < n; i++) {
		char full[H5_PATH];
		csv_set set;
		snprintf(full, sizeof full, "%s/%s", path, name[i]);
		if (!set_load(job->file, full, &set))
			continue;
		const size_t points = set.rank == 0 ? 1 : set.dims[set.rank - 1];
		if (!to->n_point && set.rank > 0)
			to->n_point = points;
		if (set.rank > 2 || points != to->n_point) {
			set_free(&set);
			continue;
		}
		to->name[to->n] = name[i];
		to->set[to->n++] = set;
	}
}

static void put_plain(const csv_job *job, const csv_columns *column)
{
	int first = 1;
	for (size_t c = 0; c < column->n; c++) {
		const csv_set *set = &column->set[c];
		const int rows = set->rank == 2 ? (int)set->dims[0] : 1;
		for (int row = 0; row < rows; row++, first = 0) {
			if (!first)
				fputc(',', job->to);
			put_header(job->to, set->of ? set->of : column->name[c], set->unit, set->rank == 2 ? row : -1);
		}
	}
	fputc('\n', job->to);
	for (size_t i = 0; i < column->n_point; i++) {
		first = 1;
		for (size_t c = 0; c < column->n; c++) {
			const csv_set *set = &column->set[c];
			const size_t rows = set->rank == 2 ? set->dims[0] : 1;
			for (size_t row = 0; row < rows; row++, first = 0) {
				if (!first)
					fputc(',', job->to);
				put_number(job->to, set->data[row * column->n_point + i]);
			}
		}
		fputc('\n', job->to);
	}
}

/* Axis `name` as a column of outer x inner points: each of its values `repeat` times, the whole `times` over. */
static ts_status spread_axis(const csv_job *job, const char *root, const char *name, size_t repeat, csv_columns *to)
{
	char path[H5_PATH];
	csv_set set;
	h5_path(path, "%s/%s", root, name);
	if (!set_load(job->file, path, &set))
		return TS_OK;
	double *wide = alloc_array(to->n_point, sizeof *wide);
	if (!wide) {
		set_free(&set);
		return TS_NOMEM;
	}
	for (size_t i = 0; i < to->n_point; i++)
		wide[i] = set.data[i / repeat % set.dims[0]];
	alloc_free(set.data);
	set.data = wide;
	set.dims[0] = to->n_point;
	to->name[to->n] = name;
	to->set[to->n++] = set;
	return TS_OK;
}

/* A .dc of two sources: outer x inner points in one column each, the inner source running fastest. */
static ts_status load_grid(const csv_job *job, const char *root, char **name, size_t n, csv_columns *to)
{
	char path[H5_PATH];
	csv_set outer, inner;
	h5_path(path, "%s/sweep2", root);
	const int has_outer = set_load(job->file, path, &outer);
	h5_path(path, "%s/sweep", root);
	const int has_inner = set_load(job->file, path, &inner);
	const size_t n_outer = has_outer && outer.rank == 1 ? outer.dims[0] : 0;
	const size_t n_inner = has_inner && inner.rank == 1 ? inner.dims[0] : 0;
	set_free(&outer);
	set_free(&inner);
	to->n_point = n_outer * n_inner;
	if (!to->n_point)
		return TS_OK;
	TS_TRY(spread_axis(job, root, "sweep2", n_inner, to));
	TS_TRY(spread_axis(job, root, "sweep", 1, to));
	for (size_t i = 0; i < n; i++) {
		csv_set set;
		h5_path(path, "%s/signals/%s", root, name[i]);
		if (!set_load(job->file, path, &set))
			continue;
		if (set.rank != 2 || set.dims[0] != n_outer || set.dims[1] != n_inner) {
			set_free(&set);
			continue;
		}
		set.rank = 1;
		set.dims[0] = to->n_point;
		to->name[to->n] = name[i];
		to->set[to->n++] = set;
	}
	return TS_OK;
}

static ts_status plain(const csv_job *job, const char *root)
{
	char path[H5_PATH], **axis = NULL, **signal = NULL;
	size_t n_axis = 0, n_signal = 0;
	h5_path(path, "%s/signals", root);
	TS_TRY(out_list(job->file, root, &n_axis, &axis, job->diag));
	ts_status status = out_list(job->file, path, &n_signal, &signal, job->diag);
	csv_columns column = {.room = n_axis + n_signal};
	if (status == TS_OK) {
		column.set = alloc_array(column.room + 1, sizeof *column.set);
		column.name = alloc_array(column.room + 1, sizeof *column.name);
		status = column.set && column.name ? TS_OK : TS_NOMEM;
	}
	char second[H5_PATH];
	const int is_grid = out_exists(job->file, h5_path(second, "%s/sweep2", root));
	if (status == TS_OK && is_grid)
		status = load_grid(job, root, signal, n_signal, &column);
	if (status == TS_OK && !is_grid) {
		load_columns(job, root, axis, n_axis, &column);
		load_columns(job, path, signal, n_signal, &column);
	}
	if (status == TS_OK)
		put_plain(job, &column);
	for (size_t i = 0; i < column.n; i++)
		set_free(&column.set[i]);
	alloc_free(column.set);
	alloc_free(column.name);
	alloc_free(axis);
	alloc_free(signal);
	return status;
}

static ts_status ensemble(csv_job *job, const char *root)
{
	char path[H5_PATH];
	csv_set bias;
	h5_path(path, "%s/bias", root);
	const int has_bias = set_load(job->file, path, &bias) && bias.rank == 1;
	job->n_bias = has_bias ? bias.dims[0] : 1;
	job->bias = has_bias ? bias.data : NULL;
	fputs("bias,trajectory,statistic,quantity,unit,value\n", job->to);
	const ts_status status = put_ensemble(job, root, "", 0);
	set_free(&bias);
	return status;
}

ts_status out_csv(const out_file *file, const char *analysis, FILE *to, diag_list *diag)
{
	char root[H5_PATH];
	csv_job job = {.file = file, .to = to, .diag = diag};
	h5_path(root, "/analyses/%s", analysis);
	job.samples = find_samples(file, root);
	TS_TRY(job.samples ? ensemble(&job, root) : plain(&job, root));
	if (fflush(to) == 0 && !ferror(to))
		return TS_OK;
	if (diag)
		diag_add(diag, E0601, SRC_NOWHERE, "%s: cannot write the CSV text of %s", file->path, analysis);
	return TS_IO;
}
