/* SPDX-License-Identifier: Apache-2.0
 * The tables `run` prints from a result file: operating points, what a sweep or transient holds, ensemble means and
 * variances with their standard errors from the scatter between trajectories, p-bits.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/books.h"
#include "cli/ensemble.h"
#include "cli/linear.h"
#include "cli/measure.h"
#include "cli/simulate.h"
#include "cli/table.h"
#include "extract/cell.h"

typedef struct result_job {
	const out_file *file;
	const elab_circuit *circuit;
	diag_list *diag;
	FILE *to;
	int json;
} result_job;

static void unit_of(const result_job *job, const char *path, char unit[16])
{
	char *text = NULL;
	unit[0] = 0;
	if (out_get_attr_text(job->file, path, "units", &text, NULL) == TS_OK)
		snprintf(unit, 16, "%s", text);
	alloc_free(text);
}

static ts_status add_point(const result_job *job, cli_table *table, const char *path, const char *name)
{
	size_t dims[4];
	double *data = NULL;
	char unit[16];
	int rank = 0;
	TS_TRY(out_get(job->file, path, &rank, dims, &data, job->diag));
	unit_of(job, path, unit);
	cli_table_text(table, "%s", name);
	cli_table_number(table, data[0]);
	cli_table_text(table, "%s", unit);
	alloc_free(data);
	return TS_OK;
}

static ts_status add_range(const result_job *job, cli_table *table, const char *path, const char *name)
{
	size_t dims[4];
	double *data = NULL, low = (double)INFINITY, high = -(double)INFINITY;
	char unit[16];
	int rank = 0;
	TS_TRY(out_get(job->file, path, &rank, dims, &data, job->diag));
	unit_of(job, path, unit);
	const size_t n = dims[0] * (rank > 1 ? dims[1] : 1);
	for (size_t i = 0; i < n; i++) {
		low = fmin(low, data[i]);
		high = fmax(high, data[i]);
	}
	cli_table_text(table, "%s", name);
	cli_table_number(table, low);
	cli_table_number(table, high);
	cli_table_number(table, n ? data[n - 1] : (double)NAN);
	cli_table_text(table, "%s", unit);
	alloc_free(data);
	return TS_OK;
}

static ts_status deterministic(const result_job *job, const sim_request *request)
{
	const char *analysis = request->name;
	const int is_point = request->kind == SIM_OP;
	static const char *const point[] = {"signal", "value", "unit", NULL};
	static const char *const range[] = {"signal", "lowest", "highest", "last", "unit", NULL};
	char group[200], path[400], **name = NULL;
	size_t n = 0;
	cli_table table;
	snprintf(group, sizeof group, "/analyses/%s/signals", analysis);
	TS_TRY(out_list(job->file, group, &n, &name, job->diag));
	cli_table_begin(&table, analysis, is_point ? point : range);
	ts_status status = TS_OK;
	for (size_t i = 0; i < n && status == TS_OK; i++) {
		if (!cli_is_printed(job->circuit, request->kind, name[i]))
			continue;
		snprintf(path, sizeof path, "%s/%s", group, name[i]);
		status = is_point ? add_point(job, &table, path, name[i]) : add_range(job, &table, path, name[i]);
	}
	cli_table_end(&table, job->to, job->json);
	alloc_free(name);
	return status;
}

static ts_status ensemble(const result_job *job, const char *analysis)
{
	static const char *const column[] = {"signal", "mean", "+-", "variance", "+-", "std", "trajectories", NULL};
	char path[200], **name = NULL;
	size_t n = 0;
	cli_table table;
	snprintf(path, sizeof path, "/analyses/%s/ensemble/mean", analysis);
	if (!out_exists(job->file, path))
		return TS_OK;
	TS_TRY(out_list(job->file, path, &n, &name, job->diag));
	cli_table_begin(&table, analysis, column);
	ts_status status = TS_OK;
	for (size_t i = 0; i < n && status == TS_OK; i++) {
		cli_estimate mean, variance;
		if (!cli_is_printed(job->circuit, SIM_TRANNOISE, name[i]))
			continue;
		status = cli_ensemble_estimates(job->file, analysis, name[i], &mean, &variance, job->diag);
		cli_table_text(&table, "%s", name[i]);
		cli_table_number(&table, mean.value);
		cli_table_number(&table, mean.se);
		cli_table_number(&table, variance.value);
		cli_table_number(&table, variance.se);
		cli_table_number(&table, sqrt(variance.value));
		cli_table_number(&table, (double)mean.n);
	}
	cli_table_end(&table, job->to, job->json);
	alloc_free(name);
	return status == TS_OK ? cli_books_print(job->file, analysis, job->diag, job->to, job->json) : status;
}

/* value +- standard error of row 0 of a dataset [n_bias, 2] in ensemble/<part>; dashes where there is none. */
static void add_pair(const result_job *job, cli_table *table, const char *ensemble, const char *part, const char *name)
{
	char path[512];
	size_t dims[4];
	double *data = NULL;
	int rank = 0;
	snprintf(path, sizeof path, "%s/%s/%s", ensemble, part, name);
	if (out_exists(job->file, path))
		out_get(job->file, path, &rank, dims, &data, job->diag);
	cli_table_number(table, data ? strstr(part, "disc") ? fabs(data[0]) : data[0] : (double)NAN);
	cli_table_number(table, data ? data[1] : (double)NAN);
	alloc_free(data);
}

/* abs(Q_h - Q_2h) of means and variances, or with `is_limit` their values extrapolated to h = 0. */
static ts_status companion(const result_job *job, const char *analysis, int is_limit)
{
	static const char *const column[2][6] = {{"signal", "|mean h - 2h|", "+-", "|variance h - 2h|", "+-", NULL},
	                                         {"signal", "mean, h -> 0", "+-", "variance, h -> 0", "+-", NULL}};
	static const char *const part[2] = {"discretisation", "extrapolated"};
	char title[200], ensemble[200], path[300], **name = NULL;
	size_t n = 0;
	cli_table table;
	snprintf(title, sizeof title, "%.160s %s", analysis, part[is_limit]);
	snprintf(ensemble, sizeof ensemble, "/analyses/%.160s/ensemble", analysis);
	snprintf(path, sizeof path, "%s/%s/mean", ensemble, part[is_limit]);
	if (!out_exists(job->file, path))
		return TS_OK;
	TS_TRY(out_list(job->file, path, &n, &name, job->diag));
	cli_table_begin(&table, title, column[is_limit]);
	for (size_t i = 0; i < n; i++) {
		char mean[40], variance[40];
		snprintf(mean, sizeof mean, "%s/mean", part[is_limit]);
		snprintf(variance, sizeof variance, "%s/variance", part[is_limit]);
		cli_table_text(&table, "%s", name[i]);
		add_pair(job, &table, ensemble, mean, name[i]);
		add_pair(job, &table, ensemble, variance, name[i]);
	}
	cli_table_end(&table, job->to, job->json);
	alloc_free(name);
	return TS_OK;
}

/* Why there is no companion. */
static void say_why_not(const result_job *job, const char *analysis)
{
	char path[200], *text = NULL;
	snprintf(path, sizeof path, "/analyses/%s", analysis);
	if (!job->json && job->to && out_get_attr_text(job->file, path, "companion", &text, NULL) == TS_OK &&
	    strncmp(text, "none", 4) == 0)
		fprintf(job->to, "%s: no discretisation error bar%s\n", analysis, text + 4);
	alloc_free(text);
}

static ts_status noise(const result_job *job, const char *analysis)
{
	TS_TRY(ensemble(job, analysis));
	TS_TRY(companion(job, analysis, 0));
	return companion(job, analysis, 1);
}

static ts_status pbit(const result_job *job, const char *name)
{
	static extract_cell cell; /* too large for the stack */
	TS_TRY(extract_load(job->file, name, job->diag, &cell));
	if (job->json)
		extract_print_json(&cell, job->to);
	else
		extract_print(&cell, job->to);
	return TS_OK;
}

/* Which step this is, and what it has changed. */
static void step_table(const result_job *job, const elab_circuit *c, const cli_point *point)
{
	static const char *const column[] = {"quantity", "value", "unit", NULL};
	char title[200], number[24];
	cli_table table;
	snprintf(number, sizeof number, "%d", point->number);
	const int is_sweep = point->request >= 0;
	snprintf(title, sizeof title, is_sweep ? "%s" : "step %s", is_sweep ? c->request[point->request].name : number);
	cli_table_begin(&table, title, column);
	if (point->has_alter) {
		cli_table_text(&table, "alter");
		cli_table_number(&table, point->alter);
		cli_table_text(&table, "%s", "");
	}
	for (int i = 0; i < point->n_change; i++) {
		cli_table_text(&table, "%s", point->change[i].target.label);
		cli_table_number(&table, point->change[i].value);
		cli_table_text(&table, "%s", point->change[i].target.unit);
	}
	cli_table_end(&table, job->to, job->json);
}

ts_status cli_results(const cli_session *session, const cli_point *point, const out_file *file, FILE *to, int json)
{
	const elab_circuit *c = session->circuit;
	const result_job job = {file, c, session->diag, to, json};
	int i_noise = 0;
	if (point->number > 0)
		step_table(&job, c, point);
	for (int i = 0; i < c->n_request; i++) {
		const sim_request *q = &c->request[i];
		char group[200];
		snprintf(group, sizeof group, "/analyses/%s", q->name);
		const int is_wrapped = q->kind == SIM_TRANNOISE && i_noise++ < c->n_pbit;
		if (!out_exists(file, group) || (point->request >= 0 && i != point->request))
			continue;
		if (q->kind == SIM_TRANNOISE)
			say_why_not(&job, q->name);
		if (is_wrapped)
			continue;
		TS_TRY(q->kind == SIM_TRANNOISE ? noise(&job, q->name)
		       : cli_is_linear(q->kind) ? cli_linear_print(c, file, q, session->diag, to, json)
		                                : deterministic(&job, q));
		if (q->kind == SIM_OP)
			TS_TRY(cli_op_table(file, q->name, session->diag, to, json));
		TS_TRY(cli_fourier_print(file, q->name, session->diag, to, json));
	}
	for (int i = 0; i < c->n_pbit; i++) {
		char group[200];
		snprintf(group, sizeof group, "/pbit/%s", c->pbit[i].name);
		if (out_exists(file, group))
			TS_TRY(pbit(&job, c->pbit[i].name));
	}
	return TS_OK;
}
