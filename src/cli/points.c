/* SPDX-License-Identifier: Apache-2.0
 * Points of a stepped deck (see points.h).
 */
#include "cli/points.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"

/* A quantity of the steps, over all blocks: they may step different ones. */
typedef struct step_column {
	char name[200];
	char unit_text[24];
	double *value; /* [n] */
} step_column;

typedef struct step_table {
	int n, n_column;
	step_column *column;
} step_table;

/* Elaborate and compile with other options, aside. Messages that the session has already are not repeated. */
static ts_status build(const cli_session *s, const elab_options *options, cli_session *out)
{
	*out = *s;
	out->options = *options;
	out->circuit = NULL;
	out->system = NULL;
	out->diag = diag_create(s->sources);
	if (!out->diag)
		return TS_NOMEM;
	ts_status status = elab_build(s->deck, s->sources, options, out->diag, &out->circuit);
	if (status == TS_OK && !options->circuit_only)
		status = mna_compile(out->circuit, out->diag, &out->system);
	diag_merge(s->diag, out->diag);
	diag_destroy(out->diag);
	out->diag = s->diag;
	return status;
}

static void discard(cli_session *s)
{
	mna_destroy(s->system);
	elab_destroy(s->circuit);
	s->system = NULL;
	s->circuit = NULL;
}

ts_status cli_vary(void *self, const elab_change *change, int n, diag_list *diag, elab_circuit **out)
{
	const cli_session *s = self;
	elab_options options = s->options;
	options.circuit_only = 1;
	options.n_change = s->options.n_change + n;
	elab_change *all = alloc_array((size_t)options.n_change + 1, sizeof *all);
	if (!all)
		return TS_NOMEM;
	if (s->options.n_change > 0)
		memcpy(all, s->options.change, (size_t)s->options.n_change * sizeof *all);
	memcpy(all + s->options.n_change, change, (size_t)n * sizeof *all);
	options.change = all;
	cli_session made;
	(void)diag; /* the session's */
	const ts_status status = build(s, &options, &made);
	*out = made.circuit;
	alloc_free(all);
	return status;
}

void cli_point_text(const cli_point *point, char *text, size_t size)
{
	size_t used = 0;
	text[0] = '\0';
	if (point->has_alter)
		used = (size_t)snprintf(text, size, "alter = %d", point->alter);
	for (int i = 0; i < point->n_change && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s = %g%s%s", used ? ", " : "",
		                         point->change[i].target.label, point->change[i].value,
		                         *point->change[i].target.unit ? " " : "", point->change[i].target.unit);
}

/* A point that failed: where. */
static ts_status where(const cli_session *s, const cli_point *point, int errors, ts_status status)
{
	char text[400];
	if (status == TS_OK || status == TS_STOPPED || diag_count(s->diag, DIAG_ERROR) == errors)
		return status;
	cli_point_text(point, text, sizeof text);
	diag_note(s->diag, SRC_NOWHERE, "in step %d%s%s", point->number, *text ? ": " : "", text);
	return status;
}

typedef struct point_walk {
	cli_point_fn *each;
	void *self;
} point_walk;

/* Room for the changes of a point of `steps`, behind those there are; NULL: memory is exhausted. */
static elab_change *make_changes(const elab_change *before, int n, const elab_steps *steps)
{
	elab_change *all = alloc_array((size_t)(n + steps->n_target) + 1, sizeof *all);
	if (all && n > 0)
		memcpy(all, before, (size_t)n * sizeof *all);
	return all;
}

static void set_changes(elab_change *change, const elab_steps *steps, int point)
{
	for (int t = 0; t < steps->n_target; t++)
		change[t] =
		    (elab_change){steps->target[t], steps->value[(size_t)point * (size_t)steps->n_target + (size_t)t]};
}

/* One point with its own circuit, which stays in *here. */
static ts_status at_point(const cli_session *s, const elab_options *options, const cli_point *point,
                          const point_walk *walk, cli_session *here)
{
	const int errors = diag_count(s->diag, DIAG_ERROR);
	ts_status status = build(s, options, here);
	if (status == TS_OK)
		status = walk->each(walk->self, here, point);
	return where(s, point, errors, status);
}

static ts_status do_sweep(const cli_session *s, const point_walk *walk, const cli_point *outer, int request)
{
	const elab_steps *steps = &s->circuit->request[request].sweep;
	const int before = outer->number > 0 ? (outer->number - 1) * steps->n_point : 0;
	elab_change *change = make_changes(outer->change, outer->n_change, steps);
	elab_options options = s->options;
	cli_point point = *outer;
	ts_status status = change ? TS_OK : TS_NOMEM;
	point.request = request;
	point.of = steps->n_point * (outer->of > 0 ? outer->of : 1);
	point.change = options.change = change;
	point.n_change = options.n_change = outer->n_change + steps->n_target;
	point.n_step = outer->n_change;
	options.sweep_known = 1;
	for (int k = 0; k < steps->n_point && status == TS_OK; k++) {
		cli_session here;
		set_changes(change + outer->n_change, steps, k);
		point.number = options.step = before + k + 1;
		status = at_point(s, &options, &point, walk, &here);
		discard(&here);
	}
	alloc_free(change);
	return status;
}

/* The SWEEPs of the cards of a circuit whose other analyses are done. */
static ts_status do_sweeps(const cli_session *s, const point_walk *walk, const cli_point *point)
{
	ts_status status = TS_OK;
	for (int i = 0; i < s->circuit->n_request && status == TS_OK; i++)
		if (s->circuit->request[i].sweep.n_point > 0)
			status = do_sweep(s, walk, point, i);
	return status;
}

static ts_status do_block(const cli_session *s, const point_walk *walk, cli_point *point)
{
	const elab_steps *steps = &s->circuit->steps;
	elab_change *change = make_changes(NULL, 0, steps);
	elab_options options = s->options;
	ts_status status = change ? TS_OK : TS_NOMEM;
	point->change = options.change = change;
	point->n_change = point->n_step = options.n_change = steps->n_target;
	for (int k = 0; k < (steps->n_point > 0 ? steps->n_point : 1) && status == TS_OK; k++) {
		cli_session here;
		set_changes(change, steps, k);
		options.step = point->step = ++point->number;
		status = at_point(s, &options, point, walk, &here);
		if (status == TS_OK)
			status = do_sweeps(&here, walk, point);
		discard(&here);
	}
	alloc_free(change);
	return status;
}

/* The circuit of a block as it stands; that of block 0 is the session's own. */
static ts_status open_block(cli_session *s, int alter, cli_session *block)
{
	*block = *s;
	if (alter == 0)
		return TS_OK;
	elab_options options = s->options;
	options.alter = alter;
	const int errors = diag_count(s->diag, DIAG_ERROR);
	const ts_status status = build(s, &options, block);
	if (status != TS_OK && diag_count(s->diag, DIAG_ERROR) > errors)
		diag_note(s->diag, SRC_NOWHERE, "in the deck after %d .alter block%s", alter, alter > 1 ? "s" : "");
	return status;
}

static void close_block(int alter, cli_session *block)
{
	if (alter > 0)
		discard(block);
}

ts_status cli_count_points(cli_session *s, int *n)
{
	*n = 0;
	if (s->circuit->n_alter == 0) {
		*n = s->circuit->steps.n_point;
		return TS_OK;
	}
	for (int a = 0; a <= s->circuit->n_alter; a++) {
		cli_session block;
		TS_TRY(open_block(s, a, &block));
		*n += block.circuit->steps.n_point > 0 ? block.circuit->steps.n_point : 1;
		close_block(a, &block);
	}
	return TS_OK;
}

ts_status cli_each_point(cli_session *s, cli_point_fn *each, void *self)
{
	const point_walk walk = {each, self};
	cli_point point = {.request = -1, .has_alter = s->circuit->n_alter > 0};
	TS_TRY(cli_count_points(s, &point.of));
	ts_status status = TS_OK;
	if (point.of == 0) {
		TS_TRY(each(self, s, &point));
		return do_sweeps(s, &walk, &point);
	}
	for (int a = 0; a <= s->circuit->n_alter && status == TS_OK; a++) {
		cli_session block;
		status = open_block(s, a, &block);
		point.alter = a;
		if (status == TS_OK)
			status = do_block(&block, &walk, &point);
		close_block(a, &block);
	}
	return status;
}

/* "r1=1000 temp=27": the numbers to the last digit, for comparison. */
static ts_status mark_sweep(const cli_point *point, const char *group, out_file *file, diag_list *diag)
{
	char text[1000] = "";
	size_t used = 0;
	for (int i = point->n_step; i < point->n_change && used < sizeof text; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s=%.17g", used ? " " : "",
		                         point->change[i].target.label, point->change[i].value);
	return out_attr_text(file, group, "sweep_point", text, diag);
}

ts_status cli_point_mark(const cli_point *point, const char *analysis, out_file *file, diag_list *diag)
{
	char group[200], name[220];
	snprintf(group, sizeof group, "/analyses/%s", analysis);
	if (point->number == 0 || !out_exists(file, group))
		return TS_OK;
	TS_TRY(out_attr_number(file, group, "step", point->number, diag));
	TS_TRY(out_attr_number(file, group, "deck_step", point->step, diag));
	if (point->request >= 0)
		TS_TRY(mark_sweep(point, group, file, diag));
	if (point->has_alter)
		TS_TRY(out_attr_number(file, group, "step.alter", point->alter, diag));
	for (int i = 0; i < point->n_change; i++) {
		snprintf(name, sizeof name, "step.%s", point->change[i].target.label);
		TS_TRY(out_attr_number(file, group, name, point->change[i].value, diag));
	}
	return TS_OK;
}

static double number_of(const out_file *file, const char *analysis, const char *name)
{
	char group[200];
	double value = 0;
	snprintf(group, sizeof group, "/analyses/%s", analysis);
	return out_get_attr_number(file, group, name, &value, NULL) == TS_OK ? value : 0;
}

static char *sweep_point(const out_file *file, const char *analysis)
{
	char group[200], *text = NULL;
	snprintf(group, sizeof group, "/analyses/%s", analysis);
	return out_get_attr_text(file, group, "sweep_point", &text, NULL) == TS_OK ? text : NULL;
}

int cli_point_shared(const out_file *file, const char *other, const char *analysis, int *in_sweep)
{
	char *there = sweep_point(file, other), *here = sweep_point(file, analysis);
	const int same_step = number_of(file, other, "deck_step") == number_of(file, analysis, "deck_step");
	const int shared = same_step && (!there || (here && strcmp(there, here) == 0));
	*in_sweep = same_step && there;
	alloc_free(there);
	alloc_free(here);
	return shared;
}

static step_column *column_of(step_table *table, const char *name, const char *unit)
{
	for (int i = 0; i < table->n_column; i++)
		if (strcmp(table->column[i].name, name) == 0)
			return &table->column[i];
	step_column *grown = alloc_resize(table->column, (size_t)table->n_column * sizeof *grown,
	                                  (size_t)(table->n_column + 1) * sizeof *grown);
	if (!grown)
		return NULL;
	table->column = grown;
	step_column *column = &grown[table->n_column];
	*column = (step_column){.value = alloc_array((size_t)table->n, sizeof(double))};
	if (!column->value)
		return NULL;
	for (int i = 0; i < table->n; i++)
		column->value[i] = (double)NAN;
	snprintf(column->name, sizeof column->name, "%s", name);
	snprintf(column->unit_text, sizeof column->unit_text, "%s", unit);
	table->n_column++;
	return column;
}

static ts_status fill_table(cli_session *s, step_table *table)
{
	int at = 0;
	for (int a = 0; a <= s->circuit->n_alter; a++) {
		cli_session block;
		TS_TRY(open_block(s, a, &block));
		const elab_steps *steps = &block.circuit->steps;
		ts_status status = TS_OK;
		for (int k = 0; k < (steps->n_point > 0 ? steps->n_point : 1) && status == TS_OK; k++, at++) {
			step_column *alter = s->circuit->n_alter > 0 ? column_of(table, "alter", "") : NULL;
			if (alter)
				alter->value[at] = a;
			for (int t = 0; t < steps->n_target; t++) {
				step_column *c = column_of(table, steps->target[t].label, steps->target[t].unit);
				status = c ? TS_OK : TS_NOMEM;
				if (c)
					c->value[at] = steps->value[(size_t)k * (size_t)steps->n_target + (size_t)t];
			}
		}
		close_block(a, &block);
		TS_TRY(status);
	}
	return TS_OK;
}

ts_status cli_points_put(cli_session *s, out_file *file)
{
	step_table table = {0};
	TS_TRY(cli_count_points(s, &table.n));
	if (table.n == 0)
		return TS_OK;
	ts_status status = fill_table(s, &table);
	const size_t n = (size_t)table.n;
	for (int i = 0; i < table.n_column; i++) {
		char path[256];
		snprintf(path, sizeof path, "/steps/%s", table.column[i].name);
		if (status == TS_OK)
			status = out_put(file, path, table.column[i].unit_text, 1, &n, table.column[i].value, s->diag);
		alloc_free(table.column[i].value);
	}
	alloc_free(table.column);
	TS_TRY(status);
	TS_TRY(out_attr_number(file, "/steps", "points", table.n, s->diag));
	return out_attr_number(file, "/steps", "done", 0, s->diag);
}

static ts_status look(void *self, cli_session *session, const cli_point *point)
{
	(void)self, (void)session, (void)point;
	return TS_OK;
}

/* Largest number of a step of the analysis that a claim is about. */
static int most_steps(const elab_circuit *c, const elab_expect *x, int n)
{
	const int is_measure = strcmp(x->analysis, "measure") == 0;
	int most = n;
	for (int i = 0; i < c->n_request; i++) {
		const int points = c->request[i].sweep.n_point * (n > 0 ? n : 1);
		if ((is_measure || elab_is_called(c->request[i].name, x->analysis)) && points > most)
			most = points;
	}
	return most;
}

ts_status cli_check_steps(cli_session *s)
{
	int n;
	ts_status status = TS_OK;
	TS_TRY(cli_count_points(s, &n));
	for (int i = 0; i < s->circuit->n_expect; i++) {
		const elab_expect *x = &s->circuit->expect[i];
		const int most = most_steps(s->circuit, x, n);
		if (x->step <= most)
			continue;
		diag_add(s->diag, E0314, x->span, "there is no step %d of %s: it has %d", x->step, x->analysis, most);
		status = TS_NETLIST;
	}
	TS_TRY(status);
	return cli_each_point(s, look, NULL);
}
