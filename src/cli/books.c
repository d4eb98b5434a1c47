/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamic figures in a result file (see books.h).
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/phys.h"
#include "cli/books.h"
#include "cli/table.h"

static const cli_estimate absent = {(double)NAN, (double)NAN, 0};

/* A value and its standard error, the first of [n_bias, 2]. */
static ts_status get_pair(const out_file *file, const char *path, diag_list *diag, cli_estimate *out)
{
	cli_rows rows;
	*out = absent;
	if (!out_exists(file, path))
		return TS_OK;
	TS_TRY(cli_rows_get(file, path, &rows, diag));
	if (rows.n == 2)
		*out = (cli_estimate){rows.data[0], rows.data[1], 1};
	cli_rows_free(&rows);
	return TS_OK;
}

/* Mean or variance over the trajectories of one dataset, or of the sum of all in a group. */
static ts_status get_rows(const out_file *file, const char *path, int is_group, int want_variance, diag_list *diag,
                          cli_estimate *out)
{
	char **name = NULL;
	size_t n = 1;
	cli_rows sum = {0};
	*out = absent;
	if (!out_exists(file, path))
		return TS_OK;
	if (is_group)
		TS_TRY(out_list(file, path, &n, &name, diag));
	ts_status status = TS_OK;
	for (size_t i = 0; i < n && status == TS_OK; i++) {
		char item[500];
		cli_rows one = {0};
		snprintf(item, sizeof item, "%s%s%s", path, is_group ? "/" : "", is_group ? name[i] : "");
		status = cli_rows_get(file, item, i ? &one : &sum, diag);
		for (size_t k = 0; i > 0 && status == TS_OK && k < sum.n; k++)
			sum.data[k] += one.data[k];
		cli_rows_free(&one);
	}
	if (status == TS_OK && n > 0)
		*out = want_variance ? cli_rows_variance(&sum, 0) : cli_rows_mean(&sum, 0);
	cli_rows_free(&sum);
	alloc_free(name);
	return status;
}

static double duration_of(const out_file *file, const char *analysis)
{
	char path[200];
	double duration = (double)NAN;
	snprintf(path, sizeof path, "/analyses/%s", analysis);
	out_get_attr_number(file, path, "duration", &duration, NULL);
	return duration;
}

static ts_status get_entropy(const out_file *file, const char *analysis, diag_list *diag, cli_estimate *out)
{
	char path[200];
	snprintf(path, sizeof path, "/analyses/%s/energy/entropy", analysis);
	TS_TRY(get_rows(file, path, 0, 0, diag, out));
	const double duration = duration_of(file, analysis);
	out->value /= duration;
	out->se /= duration;
	return TS_OK;
}

static void probe_text(const net_expr *probe, char text[160])
{
	snprintf(text, 160, probe->node[1] ? "%s(%.70s,%.70s)" : "%s(%.70s)", probe->name, probe->node[0],
	         probe->node[1] ? probe->node[1] : "");
}

static int is_call(const net_expr *e, const char *name, int n_arg, net_expr_kind kind)
{
	int same = e && e->kind == NET_CALL && strcmp(e->name, name) == 0 && e->n_arg == n_arg;
	for (int i = 0; same && i < n_arg; i++)
		same = e->arg[i]->kind == kind;
	return same;
}

/* `name` or `name(x)`: 1 with x, "" for the bare name. */
static int named(const net_expr *e, const char *name, char of[160])
{
	of[0] = 0;
	if (e && e->kind == NET_NAME && strcmp(e->name, name) == 0)
		return 1;
	if (!is_call(e, name, 1, NET_NAME))
		return 0;
	snprintf(of, 160, "%s", e->arg[0]->name);
	return 1;
}

static ts_status work_claim(const out_file *file, const char *analysis, const char *of, int want_variance,
                            diag_list *diag, cli_estimate *out)
{
	char path[500];
	snprintf(path, sizeof path, "/analyses/%s/books/work%s%s", analysis, *of ? "/" : "", of);
	return get_rows(file, path, !*of, want_variance, diag, out);
}

ts_status cli_books_claim(const out_file *file, const char *analysis, const char *q, const net_expr *e, diag_list *diag,
                          cli_estimate *out, int *is_known)
{
	static const char *const pair[] = {"ft", "ift", "jarzynski"};
	char path[500], of[160], second[160];
	*is_known = 1;
	if (strcmp(q, "entropy") == 0)
		return get_entropy(file, analysis, diag, out);
	if (named(e, "work", of))
		return work_claim(file, analysis, of, 0, diag, out);
	if (e && e->kind == NET_CALL && strcmp(e->name, "var") == 0 && e->n_arg == 1 && named(e->arg[0], "work", of))
		return work_claim(file, analysis, of, 1, diag, out);
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
		if (named(e, pair[i], of)) {
			snprintf(path, sizeof path, "/analyses/%s/books/%s/%s", analysis, pair[i], *of ? of : "all");
			return get_pair(file, path, diag, out);
		}
	if (is_call(e, "tur", 1, NET_PROBE)) {
		probe_text(e->arg[0], of);
		snprintf(path, sizeof path, "/analyses/%s/books/tur/%s", analysis, of);
		return get_pair(file, path, diag, out);
	}
	if (is_call(e, "gyration", 2, NET_PROBE)) {
		probe_text(e->arg[0], of);
		probe_text(e->arg[1], second);
		snprintf(path, sizeof path, "/analyses/%s/books/gyration/%s,%s", analysis, of, second);
		return get_rows(file, path, 0, 0, diag, out);
	}
	*is_known = 0;
	return TS_OK;
}

typedef struct print_job {
	const out_file *file;
	const char *analysis;
	diag_list *diag;
	cli_table *table;
} print_job;

static void add_row(const print_job *job, const char *what, const char *of, cli_estimate e, double unit,
                    const char *unit_name)
{
	cli_table_text(job->table, "%s", what);
	cli_table_text(job->table, "%s", of);
	cli_table_number(job->table, e.value / unit);
	cli_table_number(job->table, e.se / unit);
	cli_table_text(job->table, "%s", unit_name);
}

static ts_status print_energies(const print_job *job)
{
	static const char *const what[] = {"supply", "heat"};
	const double duration = duration_of(job->file, job->analysis);
	char path[300];
	cli_estimate e;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "/analyses/%s/energy/%s", job->analysis, what[i]);
		TS_TRY(get_rows(job->file, path, 1, 0, job->diag, &e));
		if (e.n)
			add_row(job, what[i], "all", e, duration, "W");
	}
	TS_TRY(get_entropy(job->file, job->analysis, job->diag, &e));
	if (e.n) {
		add_row(job, "entropy", "all", e, PHYS_K, "k/s");
		add_row(job, "entropy", "all", e, PHYS_K / duration, "k");
	}
	return TS_OK;
}

/* Every member of books/<group>. */
static ts_status print_group(const print_job *job, const char *group, int is_pair, const char *what, const char *unit)
{
	char path[300], item[600], **name = NULL;
	size_t n = 0;
	snprintf(path, sizeof path, "/analyses/%s/books/%s", job->analysis, group);
	if (!out_exists(job->file, path))
		return TS_OK;
	TS_TRY(out_list(job->file, path, &n, &name, job->diag));
	ts_status status = TS_OK;
	for (size_t i = 0; i < n && status == TS_OK; i++) {
		cli_estimate e;
		snprintf(item, sizeof item, "%s/%s", path, name[i]);
		status =
		    is_pair ? get_pair(job->file, item, job->diag, &e) : get_rows(job->file, item, 0, 0, job->diag, &e);
		add_row(job, what, name[i], e, 1, unit);
	}
	alloc_free(name);
	return status;
}

static ts_status print_all(const print_job *job)
{
	static const struct {
		const char *group;
		int is_pair;
		const char *what, *unit;
	} item[] = {{"tur", 1, "uncertainty ratio, >= 1", ""},
	            {"ft", 1, "slope of ln P(s)/P(-s), 1", ""},
	            {"ift", 1, "<exp(-s/k)>, 1", ""},
	            {"work", 0, "work of a moving source", "J"},
	            {"jarzynski", 1, "-kT ln <exp(-W/kT)>", "J"},
	            {"gyration", 0, "gyration", "V^2/s"}};
	TS_TRY(print_energies(job));
	for (size_t i = 0; i < sizeof item / sizeof *item; i++)
		TS_TRY(print_group(job, item[i].group, item[i].is_pair, item[i].what, item[i].unit));
	return TS_OK;
}

ts_status cli_books_print(const out_file *file, const char *analysis, diag_list *diag, FILE *to, int json)
{
	static const char *const column[] = {"books", "of", "value", "+-", "unit", NULL};
	char title[200];
	cli_table table;
	snprintf(title, sizeof title, "%s, thermodynamics", analysis);
	cli_table_begin(&table, title, column);
	const print_job job = {file, analysis, diag, &table};
	const ts_status status = print_all(&job);
	cli_table_end(&table, table.n_cell ? to : NULL, json);
	return status;
}
