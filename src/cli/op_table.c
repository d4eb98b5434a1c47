/* SPDX-License-Identifier: Apache-2.0
 * Tables of the devices' operating points: one per device type, a row for each instance, a column for each quantity. In
 * text the columns are dealt out over as many tables as fit into 80 characters; JSON has one row with all.
 */
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/simulate.h"
#include "cli/table.h"

enum { WIDTH = 80, CELL = 14, MOST_ROWS = 100 };

typedef struct type_table {
	const out_file *file;
	diag_list *diag;
	FILE *to;
	int json;
	char group[300];
	const char *type, *analysis;
	size_t n;        /* instances */
	char **name;     /* [n] */
	char **quantity; /* members of the group, `name` among them */
	size_t n_quantity;
	double **data;       /* [n_quantity], NULL of `name` */
	char (*title)[CELL]; /* [n_quantity] "id/A" */
} type_table;

static ts_status load_column(type_table *t, size_t k)
{
	char path[400], *unit = NULL;
	size_t dims[4];
	int rank = 0;
	snprintf(path, sizeof path, "%s/%s", t->group, t->quantity[k]);
	TS_TRY(out_get(t->file, path, &rank, dims, &t->data[k], t->diag));
	out_get_attr_text(t->file, path, "units", &unit, NULL);
	snprintf(t->title[k], CELL, unit && *unit ? "%.8s/%s" : "%.8s%s", t->quantity[k], unit ? unit : "");
	alloc_free(unit);
	return rank == 1 && dims[0] == t->n ? TS_OK : TS_IO;
}

static ts_status load(type_table *t)
{
	char path[400];
	snprintf(path, sizeof path, "%s/name", t->group);
	TS_TRY(out_get_names(t->file, path, &t->n, &t->name, t->diag));
	TS_TRY(out_list(t->file, t->group, &t->n_quantity, &t->quantity, t->diag));
	t->data = alloc_array(t->n_quantity + 1, sizeof *t->data);
	t->title = alloc_array(t->n_quantity + 1, sizeof *t->title);
	if (!t->data || !t->title)
		return TS_NOMEM;
	for (size_t k = 0; k < t->n_quantity; k++)
		if (strcmp(t->quantity[k], "name") != 0)
			TS_TRY(load_column(t, k));
	return TS_OK;
}

/* One table of at most `most` quantities from *k on, which moves behind them. */
static void print_part(const type_table *t, size_t *k, int most)
{
	const char *column[CLI_COLUMNS + 1] = {t->type};
	size_t part[CLI_COLUMNS];
	int n = 0;
	char title[300];
	cli_table table;
	for (; *k < t->n_quantity && n < most && n + 1 < CLI_COLUMNS; ++*k)
		if (t->data[*k]) {
			column[n + 1] = t->json ? t->quantity[*k] : t->title[*k];
			part[n++] = *k;
		}
	if (n == 0)
		return;
	column[n + 1] = NULL;
	const size_t n_row = t->json || t->n <= MOST_ROWS ? t->n : MOST_ROWS;
	snprintf(title, sizeof title, n_row < t->n ? "%s devices, the first %zu of %zu" : "%s devices", t->analysis,
	         n_row, t->n);
	cli_table_begin(&table, title, column);
	for (size_t i = 0; i < n_row; i++) {
		cli_table_text(&table, "%s", t->name[i]);
		for (int c = 0; c < n; c++)
			cli_table_number(&table, t->data[part[c]][i]);
	}
	cli_table_end(&table, t->to, t->json);
}

static void print(const type_table *t)
{
	size_t width = strlen(t->type), k = 0;
	for (size_t i = 0; i < t->n; i++)
		width = strlen(t->name[i]) > width ? strlen(t->name[i]) : width;
	const int room = width + 2 + CELL < WIDTH ? (int)(WIDTH - width - 2) / CELL : 1;
	while (k < t->n_quantity)
		print_part(t, &k, t->json ? CLI_COLUMNS : room);
}

static ts_status one_type(type_table *t)
{
	const ts_status status = load(t);
	if (status == TS_OK)
		print(t);
	for (size_t k = 0; t->data && k < t->n_quantity; k++)
		alloc_free(t->data[k]);
	alloc_free(t->data);
	alloc_free(t->title);
	alloc_free(t->name);
	alloc_free(t->quantity);
	return status;
}

ts_status cli_op_table(const out_file *file, const char *analysis, diag_list *diag, FILE *to, int json)
{
	char group[300], **type = NULL;
	size_t n = 0;
	snprintf(group, sizeof group, "/analyses/%s/operating_point", analysis);
	if (!out_exists(file, group))
		return TS_OK;
	TS_TRY(out_list(file, group, &n, &type, diag));
	ts_status status = TS_OK;
	for (size_t i = 0; status == TS_OK && i < n; i++) {
		type_table t = {
		    .file = file, .diag = diag, .to = to, .json = json, .type = type[i], .analysis = analysis};
		snprintf(t.group, sizeof t.group, "%.200s/%.90s", group, type[i]);
		status = one_type(&t);
	}
	alloc_free(type);
	return status;
}
