/* SPDX-License-Identifier: Apache-2.0
 * What was measured, from a result file: one table, and single values for .expect (see measure.h).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/measure.h"
#include "cli/table.h"

/* One measure of one analysis. */
typedef struct stored {
	double *value;
	size_t n;
	char unit[48], why[120];
	cli_rows samples; /* n = 0: no ensemble */
} stored;

static void text_attr(const out_file *file, const char *path, const char *name, char *to, size_t size)
{
	char *text = NULL;
	*to = 0;
	if (out_get_attr_text(file, path, name, &text, NULL) == TS_OK)
		snprintf(to, size, "%s", text);
	alloc_free(text);
}

static void stored_free(stored *s)
{
	alloc_free(s->value);
	cli_rows_free(&s->samples);
}

static ts_status stored_get(const out_file *file, const char *analysis, const char *name, diag_list *diag, stored *s)
{
	char path[400];
	size_t dims[4] = {0};
	int rank = 0;
	*s = (stored){0};
	snprintf(path, sizeof path, "/measures/%s/%s", analysis, name);
	TS_TRY(out_get(file, path, &rank, dims, &s->value, diag));
	s->n = rank > 0 ? dims[0] : 1;
	text_attr(file, path, "units", s->unit, sizeof s->unit);
	text_attr(file, path, "failed", s->why, sizeof s->why);
	snprintf(path, sizeof path, "/measure_samples/%s/%s", analysis, name);
	const ts_status status = out_exists(file, path) ? cli_rows_get(file, path, &s->samples, diag) : TS_OK;
	if (status != TS_OK)
		stored_free(s);
	return status;
}

/* Value, standard error and number of trajectories of one row; of a deterministic analysis n = 0. */
static cli_estimate estimate(const stored *s, size_t row)
{
	cli_estimate e = {.value = s->value[row], .se = (double)NAN};
	return s->samples.n > 0 ? cli_rows_mean(&s->samples, row) : e;
}

static ts_status add_rows(const out_file *file, const char *analysis, const char *name, diag_list *diag,
                          cli_table *table)
{
	stored s;
	TS_TRY(stored_get(file, analysis, name, diag, &s));
	for (size_t i = 0; i < s.n; i++) {
		const cli_estimate e = estimate(&s, i);
		cli_table_text(table, s.n > 1 ? "%s[%zu]" : "%s", analysis, i);
		cli_table_text(table, "%s", name);
		cli_table_number(table, e.value);
		cli_table_text(table, "%s", s.unit);
		cli_table_number(table, e.se);
		cli_table_number(table, e.n ? e.se * sqrt((double)e.n) : (double)NAN);
		if (s.samples.n)
			cli_table_text(table, "%zu of %zu", e.n, s.samples.n);
		else
			cli_table_text(table, "%s", "");
		cli_table_text(table, isnan(e.value) ? "failed: %s" : "%s", isnan(e.value) ? s.why : "");
	}
	stored_free(&s);
	return TS_OK;
}

static ts_status add_analysis(const out_file *file, const char *analysis, diag_list *diag, cli_table *table)
{
	char path[300], **name = NULL;
	size_t n = 0;
	snprintf(path, sizeof path, "/measures/%s", analysis);
	TS_TRY(out_list(file, path, &n, &name, diag));
	ts_status status = TS_OK;
	for (size_t i = 0; i < n && status == TS_OK; i++)
		status = add_rows(file, analysis, name[i], diag, table);
	alloc_free(name);
	return status;
}

ts_status cli_measure_print(const out_file *file, diag_list *diag, FILE *to, int json)
{
	static const char *const column[] = {"analysis", "measure",      "value",  "unit", "+-",
	                                     "std",      "trajectories", "status", NULL};
	char **analysis = NULL;
	size_t n = 0;
	cli_table table;
	if (!out_exists(file, "/measures"))
		return TS_OK;
	TS_TRY(out_list(file, "/measures", &n, &analysis, diag));
	cli_table_begin(&table, "measures", column);
	ts_status status = TS_OK;
	for (size_t i = 0; i < n && status == TS_OK; i++)
		status = add_analysis(file, analysis[i], diag, &table);
	cli_table_end(&table, to, json);
	alloc_free(analysis);
	return status;
}

ts_status cli_measure_find(const out_file *file, const char *name, long index, cli_measure_filter filter,
                           diag_list *diag, cli_estimate *out, int *found)
{
	char path[400], **analysis = NULL;
	size_t n = 0;
	ts_status status = TS_OK;
	*found = 0;
	if (!out_exists(file, "/measures"))
		return TS_OK;
	TS_TRY(out_list(file, "/measures", &n, &analysis, diag));
	for (size_t i = 0; i < n && status == TS_OK && !*found; i++) {
		stored s = {0};
		snprintf(path, sizeof path, "/measures/%s/%s", analysis[i], name);
		if (!filter.counts(filter.self, analysis[i]) || !out_exists(file, path))
			continue;
		status = stored_get(file, analysis[i], name, diag, &s);
		*found = status == TS_OK && index <= (long)s.n;
		if (*found)
			*out = estimate(&s, (size_t)index - 1);
		index -= (long)s.n;
		stored_free(&s);
	}
	alloc_free(analysis);
	return status;
}
