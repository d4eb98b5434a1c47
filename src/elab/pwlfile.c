/* SPDX-License-Identifier: Apache-2.0
 * Corners of a pwl from a file, which the reader has loaded: two numbers a line, time and value, with blanks or a comma
 * between; blank lines and lines that begin with * # ; or $ are skipped. The first line is as good as any other.
 */
#include <string.h>

#include "base/number.h"
#include "elab/build.h"

typedef struct corner_file {
	const elab_bind *bind;
	const char *text;
	size_t n, at;
	int file;
} corner_file;

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ',';
}

static void skip_space(corner_file *f)
{
	while (f->at < f->n && is_space(f->text[f->at]))
		f->at++;
}

static void skip_line(corner_file *f)
{
	while (f->at < f->n && f->text[f->at] != '\n')
		f->at++;
	f->at += f->at < f->n;
}

/* At the first number of the next line that has one; 0: there is none. */
static int next_line(corner_file *f)
{
	for (skip_space(f); f->at < f->n; skip_space(f)) {
		if (!strchr("\n*#;$", f->text[f->at]))
			return 1;
		skip_line(f);
	}
	return 0;
}

static ts_status wrong(const corner_file *f, diag_code code, size_t at, size_t length, const char *what)
{
	diag_add_origin(f->bind->b->diag, code, src_make_span(f->file, at, length), f->bind->frame->origin, "%s", what);
	return TS_NETLIST;
}

static ts_status read_number(corner_file *f, double *value)
{
	size_t end = f->at, used = 0;
	while (end < f->n && f->text[end] != '\n' && !is_space(f->text[end]))
		end++;
	const number_result result = number_parse(f->text + f->at, end - f->at, value, &used);
	if (end == f->at)
		return wrong(f, E0315, f->at ? f->at - 1 : 0, 1, "wanted two numbers on this line: time and value");
	if (result != NUMBER_OK || used != end - f->at)
		return wrong(f, E0104, f->at, end - f->at, "this is not a number");
	f->at = end;
	skip_space(f);
	return TS_OK;
}

/* NULL arrays: count only. */
static ts_status read_corners(corner_file *f, double *x, double *y, int *n)
{
	double last = 0;
	f->at = 0;
	for (*n = 0; next_line(f); skip_line(f), ++*n) {
		double corner[2];
		const size_t at = f->at;
		TS_TRY(read_number(f, &corner[0]));
		TS_TRY(read_number(f, &corner[1]));
		if (f->at < f->n && !strchr("\n;$#*", f->text[f->at]))
			return wrong(f, E0315, f->at, 1, "more than two numbers on this line");
		if (*n > 0 && !(corner[0] >= last))
			return wrong(f, E0305, at, 1, "times must not decrease");
		last = corner[0];
		if (x) {
			x[*n] = corner[0];
			y[*n] = corner[1];
		}
	}
	return TS_OK;
}

ts_status elab_read_corners(const elab_bind *bind, const net_param *param, const dev_table **table)
{
	corner_file f = {.bind = bind, .file = param->file};
	arena *a = bind->b->arena;
	int n = 0;
	f.text = src_text(bind->b->sources, f.file, &f.n);
	TS_TRY(read_corners(&f, NULL, NULL, &n));
	if (n == 0) {
		diag_add_origin(bind->b->diag, E0315, param->value_span, bind->frame->origin,
		                "'%s' has no lines of time and value", param->text);
		return TS_NETLIST;
	}
	double *x = arena_array(a, (size_t)n, sizeof *x), *y = arena_array(a, (size_t)n, sizeof *y);
	dev_table *made = arena_alloc(a, sizeof *made);
	if (!x || !y || !made)
		return TS_NOMEM;
	TS_TRY(read_corners(&f, x, y, &n));
	*made = (dev_table){n, x, y};
	*table = made;
	return TS_OK;
}
