/* SPDX-License-Identifier: Apache-2.0
 * The table of .sens (see linear.h): every derivative, those with the largest effect of 1 % of the parameter first;
 * over frequency its magnitude at the first and the last point and its largest one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/linear.h"
#include "cli/table.h"

enum { MOST_ROWS = 60 };

typedef struct sens_row {
	const char *name;            /* "s(r1:r)", or of the real part "sr(r1:r)" */
	double value;                /* of the parameter */
	double first, last, largest; /* derivative, or its magnitude */
	char unit[40];
} sens_row;

typedef struct sens_job {
	const out_file *file;
	const char *analysis;
	diag_list *diag;
	int over_frequency;
} sens_job;

static ts_status get(const sens_job *job, const char *name, size_t *n, double **data)
{
	char dataset[400];
	snprintf(dataset, sizeof dataset, "signals/%s", name);
	return cli_analysis_get((cli_analysis){job->file, job->analysis, job->diag}, dataset, n, data);
}

static void take(sens_row *row, const double *re, const double *im, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const double y = im ? hypot(re[i], im[i]) : re[i];
		row->first = i == 0 ? y : row->first;
		row->last = y;
		row->largest = fmax(row->largest, fabs(y));
	}
}

static ts_status read_row(const sens_job *job, const char *name, sens_row *row)
{
	char path[600], other[300], *unit = NULL;
	double *re = NULL, *im = NULL;
	size_t n = 0;
	*row = (sens_row){.name = name};
	snprintf(path, sizeof path, "/analyses/%s/signals/%s", job->analysis, name);
	snprintf(other, sizeof other, "si%s", name + 2);
	ts_status status = get(job, name, &n, &re);
	if (status == TS_OK && job->over_frequency)
		status = get(job, other, &n, &im);
	if (status == TS_OK)
		status = out_get_attr_number(job->file, path, "value", &row->value, job->diag);
	if (status == TS_OK)
		status = out_get_attr_text(job->file, path, "units", &unit, job->diag);
	if (status == TS_OK) {
		take(row, re, im, n);
		snprintf(row->unit, sizeof row->unit, "%s", unit);
	}
	alloc_free(unit);
	alloc_free(re);
	alloc_free(im);
	return status;
}

static double effect(const sens_row *row)
{
	return fabs(row->value) * row->largest / 100;
}

static int by_effect(const void *a, const void *b)
{
	const double x = effect(a), y = effect(b);
	return x != y ? (x < y) - (x > y) : strcmp(((const sens_row *)a)->name, ((const sens_row *)b)->name);
}

static void add_row(const sens_job *job, cli_table *table, const sens_row *row)
{
	cli_table_text(table, "%s", strchr(row->name, '(') + 1);
	table->cell[table->n_cell - 1].text[strcspn(table->cell[table->n_cell - 1].text, ")")] = 0;
	cli_table_number(table, row->value);
	cli_table_number(table, row->first);
	if (job->over_frequency) {
		cli_table_number(table, row->last);
		cli_table_number(table, row->largest);
	}
	cli_table_text(table, "%s", row->unit);
	cli_table_number(table, effect(row) * (job->over_frequency ? 1 : copysign(1, row->first * row->value)));
}

static void print(const sens_job *job, sens_row *row, size_t n, FILE *to, int json)
{
	static const char *const column[2][CLI_COLUMNS] = {
	    {"parameter", "value", "derivative", "unit", "per 1 %", NULL},
	    {"parameter", "value", "|d| first", "last", "largest", "unit", "per 1 %", NULL}};
	const size_t shown = json || n < MOST_ROWS ? n : MOST_ROWS;
	char title[200];
	cli_table table;
	qsort(row, n, sizeof *row, by_effect);
	snprintf(title, sizeof title, "%s: %zu parameters have an effect%s", job->analysis, n,
	         shown < n ? "; those with the largest" : "");
	cli_table_begin(&table, title, column[job->over_frequency]);
	for (size_t i = 0; i < shown; i++)
		add_row(job, &table, &row[i]);
	cli_table_end(&table, to, json);
}

ts_status cli_sens_print(const out_file *file, const sim_request *request, diag_list *diag, FILE *to, int json)
{
	const sens_job job = {file, request->name, diag, request->points > 0};
	char group[200], **name = NULL;
	size_t n = 0, n_row = 0;
	snprintf(group, sizeof group, "/analyses/%s/signals", request->name);
	TS_TRY(out_list(file, group, &n, &name, diag));
	sens_row *row = alloc_array(n + 1, sizeof *row);
	ts_status status = row ? TS_OK : TS_NOMEM;
	for (size_t i = 0; status == TS_OK && i < n; i++)
		if (!job.over_frequency || name[i][1] == 'r')
			status = read_row(&job, name[i], &row[n_row++]);
	if (status == TS_OK)
		print(&job, row, n_row, to, json);
	alloc_free(row);
	alloc_free(name);
	return status;
}
