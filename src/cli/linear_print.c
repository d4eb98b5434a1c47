/* SPDX-License-Identifier: Apache-2.0
 * Tables of small-signal results (see linear.h): responses at the ends of the band and at their largest, spectra and
 * the largest contributors, the transfer function.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/phys.h"
#include "cli/linear.h"
#include "cli/table.h"

enum { MOST_CONTRIBUTORS = 10 };
static const double FLAT = 1e-9; /* relative; a response that rises by less is at its largest at the first point */

typedef struct print_job {
	const out_file *file;
	const elab_circuit *circuit;
	const char *analysis;
	diag_list *diag;
	FILE *to;
	int json;
} print_job;

static ts_status get(const print_job *job, const char *name, size_t *n, double **data)
{
	return cli_analysis_get((cli_analysis){job->file, job->analysis, job->diag}, name, n, data);
}

static void add_unit(const print_job *job, cli_table *table, const char *name)
{
	char path[1000], *text = NULL;
	snprintf(path, sizeof path, "/analyses/%s/%s", job->analysis, name);
	const int has = out_get_attr_text(job->file, path, "units", &text, NULL) == TS_OK;
	cli_table_text(table, "%s", has ? text : "");
	alloc_free(text);
}

static void add_polar(cli_table *table, double re, double im)
{
	cli_table_number(table, hypot(re, im));
	cli_table_number(table, atan2(im, re) * (180 / PHYS_PI));
}

static int name_is_derived(const char *name)
{
	return strncmp(name, "real(", 5) == 0;
}

/* Is it the real part of a complex signal: "vr(out)", or "real(SIGNAL)" of a derived one? */
static int is_real_part(const char *name)
{
	return name_is_derived(name) || (name[0] && name[1] == 'r' && name[2] == '(');
}

/* Names of the imaginary part and of the signal itself. */
static void name_parts(const char *re_name, char *im_name, char *name, size_t room)
{
	if (name_is_derived(re_name)) {
		snprintf(im_name, room, "imag(%s", re_name + 5);
		snprintf(name, room, "%.*s", (int)strlen(re_name) - 6, re_name + 5);
	} else {
		snprintf(im_name, room, "%ci%s", re_name[0], re_name + 2);
		snprintf(name, room, "%c%s", re_name[0], re_name + 2);
	}
}

static ts_status add_response(const print_job *job, cli_table *table, const char *re_name, const double *f)
{
	char path[2][700], im_name[500], name[500];
	double *part[2] = {NULL, NULL};
	size_t n = 0, at = 0;
	name_parts(re_name, im_name, name, sizeof name);
	snprintf(path[0], sizeof path[0], "signals/%.500s", re_name);
	snprintf(path[1], sizeof path[1], "signals/%s", im_name);
	ts_status status = get(job, path[0], &n, &part[0]);
	if (status == TS_OK)
		status = get(job, path[1], &n, &part[1]);
	for (size_t i = 1; status == TS_OK && i < n; i++)
		if (hypot(part[0][i], part[1][i]) > (1 + FLAT) * hypot(part[0][at], part[1][at]))
			at = i;
	if (status == TS_OK && n > 0) {
		cli_table_text(table, "%s", name);
		add_polar(table, part[0][0], part[1][0]);
		add_polar(table, part[0][n - 1], part[1][n - 1]);
		cli_table_number(table, hypot(part[0][at], part[1][at]));
		cli_table_number(table, f[at]);
		add_unit(job, table, path[0]);
	}
	alloc_free(part[0]);
	alloc_free(part[1]);
	return status;
}

/* 1: the deck's .print cards name the signal, or name none of .ac. */
static int is_wanted(const print_job *job, const char *re_name)
{
	char im_name[500], name[500];
	name_parts(re_name, im_name, name, sizeof name);
	return cli_is_printed(job->circuit, SIM_AC, name);
}

static ts_status print_ac(const print_job *job)
{
	static const char *const column[] = {"signal",    "first",   "phase/deg", "last",
	                                     "phase/deg", "largest", "at/Hz",     "unit", NULL};
	char group[200], title[300], **name = NULL;
	size_t n = 0, n_f = 0;
	double *f = NULL;
	cli_table table;
	snprintf(group, sizeof group, "/analyses/%s/signals", job->analysis);
	TS_TRY(get(job, "frequency", &n_f, &f));
	ts_status status = out_list(job->file, group, &n, &name, job->diag);
	snprintf(title, sizeof title, "%s: %zu frequencies from %g to %g Hz", job->analysis, n_f, f[0], f[n_f - 1]);
	cli_table_begin(&table, title, column);
	for (size_t i = 0; status == TS_OK && i < n; i++)
		if (is_real_part(name[i]) && is_wanted(job, name[i]))
			status = add_response(job, &table, name[i], f);
	cli_table_end(&table, job->to, job->json);
	alloc_free(name);
	alloc_free(f);
	return status;
}

/* Density at both ends, the band's integral, its root. */
static ts_status add_spectrum(const print_job *job, cli_table *table, const char *name)
{
	char density[100], total[100];
	double *y = NULL, *sum = NULL;
	size_t n = 0, one = 0;
	snprintf(density, sizeof density, "signals/%s", name);
	snprintf(total, sizeof total, "total/%s", name);
	ts_status status = get(job, density, &n, &y);
	if (status == TS_OK)
		status = get(job, total, &one, &sum);
	if (status == TS_OK) {
		cli_table_text(table, "%s", name);
		cli_table_number(table, y[0]);
		cli_table_number(table, y[n - 1]);
		add_unit(job, table, density);
		cli_table_number(table, *sum);
		cli_table_number(table, sqrt(*sum));
		add_unit(job, table, total);
	}
	alloc_free(y);
	alloc_free(sum);
	return status;
}

typedef struct contributor {
	const char *device;
	char source[60];
	double integrated;
} contributor;

typedef struct contributors {
	size_t n, room;
	contributor *item;
	double total;
} contributors;

static int larger_first(const void *a, const void *b)
{
	const double x = ((const contributor *)a)->integrated, y = ((const contributor *)b)->integrated;
	return (x < y) - (x > y);
}

static ts_status add_contributors(const print_job *job, const char *device, contributors *list)
{
	char group[400], path[500], **name = NULL;
	size_t n = 0;
	snprintf(group, sizeof group, "/analyses/%s/contributions/%s", job->analysis, device);
	TS_TRY(out_list(job->file, group, &n, &name, job->diag));
	ts_status status = TS_OK;
	if (list->n + n > list->room) {
		list->room = 2 * (list->n + n);
		contributor *wider = alloc_array(list->room, sizeof *wider);
		if (wider && list->n)
			memcpy(wider, list->item, list->n * sizeof *wider);
		alloc_free(list->item);
		list->item = wider;
		status = wider ? TS_OK : TS_NOMEM;
	}
	for (size_t i = 0; status == TS_OK && i < n; i++) {
		contributor *c = &list->item[list->n++];
		*c = (contributor){.device = device};
		snprintf(c->source, sizeof c->source, "%s", name[i]);
		snprintf(path, sizeof path, "%s/%s", group, name[i]);
		status = out_get_attr_number(job->file, path, "integrated", &c->integrated, job->diag);
		list->total += c->integrated;
	}
	alloc_free(name);
	return status;
}

static void print_list(const print_job *job, contributors *list)
{
	static const char *const column[] = {"device", "source", "integrated", "rms", "share/%", NULL};
	char title[300];
	cli_table table;
	qsort(list->item, list->n, sizeof *list->item, larger_first);
	snprintf(title, sizeof title, "%s: largest contributors of %zu", job->analysis, list->n);
	cli_table_begin(&table, title, column);
	for (size_t i = 0; i < list->n && i < MOST_CONTRIBUTORS; i++) {
		const contributor *c = &list->item[i];
		cli_table_text(&table, "%s", c->device);
		cli_table_text(&table, "%s", c->source);
		cli_table_number(&table, c->integrated);
		cli_table_number(&table, sqrt(c->integrated));
		cli_table_number(&table, 100 * c->integrated / list->total);
	}
	cli_table_end(&table, job->to, job->json);
}

static ts_status print_contributors(const print_job *job)
{
	char group[200], **device = NULL;
	size_t n = 0;
	contributors list = {0};
	snprintf(group, sizeof group, "/analyses/%s/contributions", job->analysis);
	if (!out_exists(job->file, group))
		return TS_OK;
	ts_status status = out_list(job->file, group, &n, &device, job->diag);
	for (size_t i = 0; status == TS_OK && i < n; i++)
		status = add_contributors(job, device[i], &list);
	if (status == TS_OK && list.n > 0)
		print_list(job, &list);
	alloc_free(list.item);
	alloc_free(device);
	return status;
}

static ts_status print_noise(const print_job *job)
{
	static const char *const column[] = {"density", "first", "last", "unit", "integrated", "rms", "unit", NULL};
	char title[300];
	size_t n = 0;
	double *f = NULL;
	cli_table table;
	TS_TRY(get(job, "frequency", &n, &f));
	snprintf(title, sizeof title, "%s: %zu frequencies from %g to %g Hz", job->analysis, n, f[0], f[n - 1]);
	cli_table_begin(&table, title, column);
	ts_status status = add_spectrum(job, &table, "onoise");
	if (status == TS_OK)
		status = add_spectrum(job, &table, "inoise");
	cli_table_end(&table, job->to, job->json);
	alloc_free(f);
	return status == TS_OK ? print_contributors(job) : status;
}

static ts_status print_tf(const print_job *job)
{
	static const char *const column[] = {"transfer function", "value", "unit", NULL};
	static const char *const name[] = {"gain", "rin", "rout"};
	cli_table table;
	ts_status status = TS_OK;
	cli_table_begin(&table, job->analysis, column);
	for (size_t i = 0; status == TS_OK && i < sizeof name / sizeof *name; i++) {
		char path[100];
		double *value = NULL;
		size_t n = 0;
		snprintf(path, sizeof path, "signals/%s", name[i]);
		status = get(job, path, &n, &value);
		if (status != TS_OK)
			break;
		cli_table_text(&table, "%s", name[i]);
		cli_table_number(&table, *value);
		add_unit(job, &table, path);
		alloc_free(value);
	}
	cli_table_end(&table, job->to, job->json);
	return status;
}

int cli_is_printed(const elab_circuit *circuit, sim_kind kind, const char *name)
{
	int n = 0;
	for (int i = 0; i < circuit->n_print; i++) {
		n += circuit->print[i].kind == kind;
		if (circuit->print[i].kind == kind && strcmp(circuit->print[i].name, name) == 0)
			return 1;
	}
	return n == 0;
}

ts_status cli_linear_print(const elab_circuit *circuit, const out_file *file, const sim_request *request,
                           diag_list *diag, FILE *to, int json)
{
	char path[200];
	const print_job job = {file, circuit, request->name, diag, to, json};
	snprintf(path, sizeof path, "/analyses/%s/signals", request->name);
	if (!out_exists(file, path))
		return TS_OK;
	return request->kind == SIM_SENS    ? cli_sens_print(file, request, diag, to, json)
	       : request->kind == SIM_AC    ? print_ac(&job)
	       : request->kind == SIM_NOISE ? print_noise(&job)
	                                    : print_tf(&job);
}
