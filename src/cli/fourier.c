/* SPDX-License-Identifier: Apache-2.0
 * .four: the last period before the end of a transient as a Fourier series (see measure.h). The integrals are those of
 * the straight lines between the points of the solution, without a grid of their own.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/curve.h"
#include "cli/measure.h"
#include "cli/table.h"
#include "extract/measure.h"

typedef struct series {
	size_t n; /* terms, the constant one included */
	double *frequency, *magnitude, *phase;
} series;

/* Where a signal's series is; one of the same signal at another frequency has it in its name. A '/' would be a group.
 */
static void folder_of(const out_file *file, const char *analysis, const char *signal, double f, char path[500])
{
	snprintf(path, 500, "/analyses/%.100s/fourier/", analysis);
	char *name = path + strlen(path);
	snprintf(name, 300, "%s", signal);
	for (; *name; name++)
		if (*name == '/')
			*name = '|';
	if (out_exists(file, path))
		snprintf(name, 40, "@%.9g", f);
}

static double distortion(const series *s)
{
	double square = 0;
	for (size_t k = 2; k < s->n; k++)
		square += s->magnitude[k] * s->magnitude[k];
	return sqrt(square) / s->magnitude[1];
}

static ts_status put(out_file *file, const char *folder, const char *unit, const series *s, diag_list *diag)
{
	char path[600];
	const struct {
		const char *name, *unit;
		const double *data;
	} part[] = {{"frequency", "Hz", s->frequency}, {"magnitude", unit, s->magnitude}, {"phase", "deg", s->phase}};
	for (int k = 0; k < 3; k++) {
		snprintf(path, sizeof path, "%s/%s", folder, part[k].name);
		TS_TRY(out_put(file, path, part[k].unit, 1, &s->n, part[k].data, diag));
	}
	return out_attr_number(file, folder, "thd", distortion(s), diag);
}

static ts_status analyse(cli_curves *c, const elab_four *four, int index, series *s, out_file *file)
{
	char folder[500];
	double *y = alloc_array(c->n_x, sizeof *y);
	if (!y)
		return TS_NOMEM;
	ts_status status = TS_OK;
	const int exists = c->n_x > 1 && cli_curves_get(c, four->quantity[index], 0, 0, y);
	const extract_curve curve = {exists ? c->n_x : 0, c->x, y};
	const double begin = exists ? c->x[c->n_x - 1] - 1 / four->frequency : 0;
	if (exists && extract_fourier(&curve, begin, four->frequency, (int)s->n, s->magnitude, s->phase)) {
		for (size_t k = 0; k < s->n; k++)
			s->frequency[k] = four->frequency * (double)k;
		folder_of(file, c->analysis, four->name[index], four->frequency, folder);
		status = put(file, folder, cli_curves_unit(c, four->quantity[index]), s, c->diag);
	} else {
		diag_add(c->diag, W0335, four->span, ".four of %s: %s", four->name[index],
		         exists ? "the transient is shorter than a period" : "the signal is not in the results");
	}
	alloc_free(y);
	return status;
}

ts_status cli_fourier(const elab_circuit *circuit, const sim_request *request, out_file *file, diag_list *diag)
{
	cli_curves c;
	series s = {.n = (size_t)circuit->nfreqs};
	if (circuit->n_four == 0 || request->kind != SIM_TRAN)
		return TS_OK;
	s.frequency = alloc_array(3 * s.n, sizeof *s.frequency);
	if (!s.frequency)
		return TS_NOMEM;
	s.magnitude = s.frequency + s.n;
	s.phase = s.magnitude + s.n;
	ts_status status = cli_curves_open(file, request->name, SIM_TRAN, 1, diag, &c);
	for (int i = 0; i < circuit->n_four; i++)
		for (int k = 0; status == TS_OK && k < circuit->four[i].n_signal; k++)
			status = analyse(&c, &circuit->four[i], k, &s, file);
	cli_curves_close(&c);
	alloc_free(s.frequency);
	return status;
}

static ts_status print_one(const out_file *file, const char *analysis, const char *signal, diag_list *diag, FILE *to,
                           int json)
{
	static const char *const column[] = {"harmonic",  "frequency",   "magnitude", "phase",
	                                     "norm. mag", "norm. phase", NULL};
	static const char *const part[3] = {"frequency", "magnitude", "phase"};
	char path[600], title[400];
	double *data[3] = {NULL}, thd = (double)NAN;
	size_t dims[4] = {0};
	int rank = 0;
	ts_status status = TS_OK;
	for (int k = 0; k < 3 && status == TS_OK; k++) {
		snprintf(path, sizeof path, "/analyses/%s/fourier/%s/%s", analysis, signal, part[k]);
		status = out_get(file, path, &rank, dims, &data[k], diag);
	}
	snprintf(path, sizeof path, "/analyses/%s/fourier/%s", analysis, signal);
	out_get_attr_number(file, path, "thd", &thd, NULL);
	snprintf(title, sizeof title, "%s fourier %s: THD %.6g %%", analysis, signal, 100 * thd);
	cli_table table;
	cli_table_begin(&table, title, column);
	for (size_t k = 0; status == TS_OK && k < dims[0]; k++) {
		cli_table_number(&table, (double)k);
		for (int p = 0; p < 3; p++)
			cli_table_number(&table, data[p][k]);
		cli_table_number(&table, k ? data[1][k] / data[1][1] : 0);
		cli_table_number(&table, k ? data[2][k] - data[2][1] : 0);
	}
	cli_table_end(&table, to, json);
	for (int k = 0; k < 3; k++)
		alloc_free(data[k]);
	return status;
}

ts_status cli_fourier_print(const out_file *file, const char *analysis, diag_list *diag, FILE *to, int json)
{
	char path[300], **signal = NULL;
	size_t n = 0;
	snprintf(path, sizeof path, "/analyses/%s/fourier", analysis);
	if (!out_exists(file, path))
		return TS_OK;
	TS_TRY(out_list(file, path, &n, &signal, diag));
	ts_status status = TS_OK;
	for (size_t i = 0; i < n && status == TS_OK; i++)
		status = print_one(file, analysis, signal[i], diag, to, json);
	alloc_free(signal);
	return status;
}
