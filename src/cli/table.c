/* SPDX-License-Identifier: Apache-2.0
 * Tables (see table.h). JSON is written through jansson, one object per line:
 *   {"title": "...", "rows": [{"column": value, ...}, ...]}
 */
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/table.h"

void cli_table_begin(cli_table *table, const char *title, const char *const *column)
{
	*table = (cli_table){.title = title};
	while (table->n_column < CLI_COLUMNS && column[table->n_column]) {
		table->column[table->n_column] = column[table->n_column];
		table->n_column++;
	}
}

static cli_cell *next_cell(cli_table *t)
{
	if (t->n_cell == t->n_room) {
		const int room = t->n_room ? 2 * t->n_room : 64;
		cli_cell *bigger =
		    alloc_resize(t->cell, (size_t)t->n_room * sizeof *bigger, (size_t)room * sizeof *bigger);
		if (!bigger) {
			t->failed = 1;
			return NULL;
		}
		t->cell = bigger;
		t->n_room = room;
	}
	return &t->cell[t->n_cell++];
}

void cli_table_text(cli_table *table, const char *format, ...)
{
	cli_cell *cell = next_cell(table);
	va_list args;
	if (!cell)
		return;
	va_start(args, format);
	vsnprintf(cell->text, sizeof cell->text, format, args);
	va_end(args);
}

void cli_table_number(cli_table *table, double value)
{
	cli_cell *cell = next_cell(table);
	if (!cell)
		return;
	cell->is_number = 1;
	cell->number = value == 0 ? 0 : value; /* no sign on zeros */
	if (isnan(value))
		snprintf(cell->text, sizeof cell->text, "-");
	else
		snprintf(cell->text, sizeof cell->text, "%.6g", cell->number);
}

static void print_row(const cli_table *t, const int *width, const cli_cell *row, FILE *to)
{
	for (int c = 0; c < t->n_column; c++) {
		const char *text = row ? row[c].text : t->column[c];
		const int right = row && row[c].is_number;
		const int last = c + 1 == t->n_column && !right;
		fprintf(to, "  %*s", right ? width[c] : last ? 0 : -width[c], text);
	}
	fputc('\n', to);
}

static void print_text(const cli_table *t, FILE *to)
{
	int width[CLI_COLUMNS];
	const int n_row = t->n_cell / t->n_column;
	for (int c = 0; c < t->n_column; c++) {
		width[c] = (int)strlen(t->column[c]);
		for (int r = 0; r < n_row; r++) {
			const int n = (int)strlen(t->cell[r * t->n_column + c].text);
			width[c] = n > width[c] ? n : width[c];
		}
	}
	fprintf(to, "%s\n", t->title);
	print_row(t, width, NULL, to);
	for (int r = 0; r < n_row; r++)
		print_row(t, width, t->cell + r * t->n_column, to);
	fputc('\n', to);
}

static json_t *cell_json(const cli_cell *cell)
{
	if (!cell->is_number)
		return json_string(cell->text);
	return isfinite(cell->number) ? json_real(cell->number) : json_null();
}

static void print_json(const cli_table *t, FILE *to)
{
	json_t *root = json_object(), *rows = json_array();
	for (int r = 0; r < t->n_cell / t->n_column; r++) {
		json_t *row = json_object();
		for (int c = 0; c < t->n_column; c++)
			json_object_set_new(row, t->column[c], cell_json(&t->cell[r * t->n_column + c]));
		json_array_append_new(rows, row);
	}
	json_object_set_new(root, "title", json_string(t->title));
	json_object_set_new(root, "rows", rows);
	json_dumpf(root, to, JSON_COMPACT | JSON_REAL_PRECISION(17));
	fputc('\n', to);
	json_decref(root);
}

void cli_table_end(cli_table *table, FILE *to, int json)
{
	if (to && json)
		print_json(table, to);
	else if (to)
		print_text(table, to);
	alloc_free(table->cell);
	*table = (cli_table){0};
}
