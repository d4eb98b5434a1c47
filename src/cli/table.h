/* SPDX-License-Identifier: Apache-2.0
 * Small tables for the terminal, or as JSON: a title, column names, rows of text and numbers. Filled row by row,
 * printed at once with columns as wide as they need.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H
#include <stdio.h>
#include "base/status.h"

enum { CLI_COLUMNS = 40, CLI_CELL = 160 };

typedef struct cli_cell {
	int is_number;
	double number;
	char text[CLI_CELL];
} cli_cell;

typedef struct cli_table {
	const char *title;
	int n_column;
	const char *column[CLI_COLUMNS];
	int n_cell, n_room; /* cells, row by row */
	cli_cell *cell;
	int failed; /* memory was exhausted: what did not fit is absent */
} cli_table;

/* Column names end with NULL when fewer than CLI_COLUMNS. */
void cli_table_begin(cli_table *table, const char *title, const char *const *column);
void cli_table_text(cli_table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_table_number(cli_table *table, double value);
/* Print (numbers with 6 digits, or exactly in JSON; nothing without `to`) and free. */
void cli_table_end(cli_table *table, FILE *to, int json);
#endif
