/* SPDX-License-Identifier: Apache-2.0
 * Curves of an analysis (see curve.h). A signal is read, or computed from stored ones, when it is first asked for.
 */
#include "cli/curve.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/phys.h"

enum { NAME_ROOM = 400 };

/* Reads PREFIX/NAME of the folder or, `at_top`, of the analysis into a fresh array of as many numbers as a signal has.
 */
static double *read_data(const cli_curves *c, const char *path, size_t n, char unit[16])
{
	size_t dims[4] = {0}, size = 1;
	double *data = NULL;
	char *text = NULL;
	int rank = 0;
	if (!out_exists(c->file, path) || out_get(c->file, path, &rank, dims, &data, c->diag) != TS_OK)
		return NULL;
	for (int k = 0; k < rank; k++)
		size *= dims[k];
	if (size != n) {
		alloc_free(data);
		return NULL;
	}
	if (out_get_attr_text(c->file, path, "units", &text, NULL) == TS_OK)
		snprintf(unit, 16, "%s", text);
	alloc_free(text);
	return data;
}

static double *stored(const cli_curves *c, const char *name, char unit[16])
{
	char path[2 * NAME_ROOM];
	snprintf(path, sizeof path, "%s/signals/%s", c->folder, name);
	return read_data(c, path, c->n_row * c->n_col * c->n_x, unit);
}

static double *constant(const cli_curves *c, double value)
{
	const size_t n = c->n_row * c->n_col * c->n_x;
	double *data = alloc_array(n, sizeof *data);
	for (size_t i = 0; data && i < n; i++)
		data[i] = value;
	return data;
}

/* KIND(a) or KIND(a,b) as it is stored, or the difference of two that are; ground is 0. */
static double *voltage(const cli_curves *c, const char *kind, const char *a, const char *b, char unit[16])
{
	char name[NAME_ROOM];
	snprintf(name, sizeof name, b ? "%s(%s,%s)" : "%s(%s)", kind, a, b ? b : "");
	double *data = stored(c, name, unit);
	if (data || (!b && *kind != 'v'))
		return data;
	if (!b)
		return strcmp(a, "0") == 0 || strcmp(a, "gnd") == 0 ? constant(c, 0) : NULL;
	data = voltage(c, kind, a, NULL, unit);
	double *minus = data ? voltage(c, kind, b, NULL, unit) : NULL;
	for (size_t i = 0; minus && i < c->n_row * c->n_col * c->n_x; i++)
		data[i] -= minus[i];
	if (!minus) {
		alloc_free(data);
		data = NULL;
	}
	alloc_free(minus);
	return data;
}

static double polar(const char *what, double re, double im)
{
	if (!strcmp(what, "m"))
		return hypot(re, im);
	if (!strcmp(what, "db"))
		return 20 * log10(hypot(re, im));
	return atan2(im, re) * (180 / PHYS_PI);
}

/* Magnitude, decibels or phase of a response. */
static double *response(const cli_curves *c, const net_expr *probe, char unit[16])
{
	const char *what = probe->name + 1;
	char kind[3] = {*probe->name, 'r', 0};
	double *re = voltage(c, kind, probe->node[0], probe->node[1], unit);
	kind[1] = 'i';
	double *im = re ? voltage(c, kind, probe->node[0], probe->node[1], unit) : NULL;
	for (size_t i = 0; im && i < c->n_x; i++)
		re[i] = polar(what, re[i], im[i]);
	if (!im) {
		alloc_free(re);
		re = NULL;
	}
	alloc_free(im);
	if (strcmp(what, "m") != 0)
		snprintf(unit, 16, *what == 'd' ? "dB" : "deg");
	return re;
}

/* A probe without nodes has the name of what is stored. */
static void text_of(const net_expr *e, char name[NAME_ROOM])
{
	if (e->kind == NET_NAME || !e->node[0])
		snprintf(name, NAME_ROOM, "%s", e->name);
	else if (*e->name == '@')
		snprintf(name, NAME_ROOM, "@%s[%s]", e->node[0], e->node[1]);
	else
		snprintf(name, NAME_ROOM, e->node[1] ? "%s(%s,%s)" : "%s(%s)", e->name, e->node[0],
		         e->node[1] ? e->node[1] : "");
}

/* onoise(DEVICE,SOURCE), or onoise(DEVICE): the sum over its sources. */
static double *contribution(const cli_curves *c, const net_expr *probe, char unit[16])
{
	char group[NAME_ROOM], path[2 * NAME_ROOM], **name = NULL;
	size_t n = 0;
	snprintf(group, sizeof group, "%s/contributions/%s", c->folder, probe->node[0]);
	snprintf(path, sizeof path, "%s/%s", group, probe->node[1] ? probe->node[1] : "");
	if (probe->node[1])
		return read_data(c, path, c->n_x, unit);
	if (!out_exists(c->file, group) || out_list(c->file, group, &n, &name, c->diag) != TS_OK)
		return NULL;
	double *sum = constant(c, 0);
	for (size_t i = 0; sum && i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", group, name[i]);
		double *one = read_data(c, path, c->n_x, unit);
		for (size_t k = 0; one && k < c->n_x; k++)
			sum[k] += one[k];
		alloc_free(one);
	}
	alloc_free(name);
	return sum;
}

static double *probe_data(const cli_curves *c, const net_expr *probe, char unit[16])
{
	char kind[3] = {*probe->name, 'r', 0};
	if (!probe->node[0])
		return stored(c, probe->name, unit);
	if (*probe->name == '@') {
		char name[NAME_ROOM];
		text_of(probe, name);
		return stored(c, name, unit);
	}
	if (c->kind == SIM_NOISE && strcmp(probe->name, "onoise") == 0)
		return contribution(c, probe, unit);
	if (c->kind != SIM_AC)
		return voltage(c, probe->name, probe->node[0], probe->node[1], unit);
	if (probe->name[1] && probe->name[1] != 'r' && strcmp(probe->name + 1, "i") != 0)
		return response(c, probe, unit);
	kind[1] = probe->name[1] ? probe->name[1] : 'r';
	return voltage(c, kind, probe->node[0], probe->node[1], unit);
}

/* "V^2/Hz" -> "V/sqrt(Hz)", "V^2" -> "V" */
static void root_unit(char unit[16])
{
	const char first[2] = {unit[0], 0};
	snprintf(unit, 16, "%s%s", first, strchr(unit, '/') ? "/sqrt(Hz)" : "");
}

/* The root of an integral over the band, as a curve. */
static double *noise_total(const cli_curves *c, const char *stem, char unit[16])
{
	char path[NAME_ROOM];
	snprintf(path, sizeof path, "%s/total/%s", c->folder, stem);
	double *total = read_data(c, path, 1, unit);
	double *data = total ? constant(c, sqrt(*total)) : NULL;
	root_unit(unit);
	alloc_free(total);
	return data;
}

static double *noise_data(const cli_curves *c, const char *name, char unit[16])
{
	char path[2 * NAME_ROOM], stem[8];
	snprintf(stem, sizeof stem, "%.6s", name);
	if (!strcmp(name, "onoise") || !strcmp(name, "inoise"))
		return stored(c, name, unit);
	snprintf(path, sizeof path, "%s/%.64s", c->folder, name);
	if (!strcmp(name, "gain"))
		return read_data(c, path, c->n_x, unit);
	if (strcmp(stem, "onoise") != 0 && strcmp(stem, "inoise") != 0)
		return NULL;
	if (!strcmp(name + 6, "_spectrum")) {
		double *data = stored(c, stem, unit);
		for (size_t i = 0; data && i < c->n_x; i++)
			data[i] = sqrt(data[i]);
		root_unit(unit);
		return data;
	}
	return strcmp(name + 6, "_total") == 0 ? noise_total(c, stem, unit) : NULL;
}

static double *name_data(const cli_curves *c, const char *name, char unit[16])
{
	const int is_axis = !strcmp(name, "time") || !strcmp(name, "hertz");
	if (!is_axis)
		return c->kind == SIM_NOISE ? noise_data(c, name, unit) : NULL;
	double *data = constant(c, 0);
	for (size_t i = 0; data && i < c->n_row * c->n_col * c->n_x; i++)
		data[i] = c->x[i % c->n_x];
	snprintf(unit, 16, "%s", c->x_unit);
	return data;
}

static int add_signal(cli_curves *c, const net_expr *e, const char *name)
{
	char unit[16] = "";
	double *data = e->kind == NET_NAME ? name_data(c, name, unit) : probe_data(c, e, unit);
	const size_t size = (size_t)c->n_signal * sizeof *c->signal;
	cli_signal *bigger = data ? alloc_resize(c->signal, size, size + sizeof *bigger) : NULL;
	if (bigger)
		c->signal = bigger;
	char *copy = bigger ? alloc_array(strlen(name) + 1, 1) : NULL;
	if (!copy) {
		alloc_free(data);
		return -1;
	}
	strcpy(copy, name);
	cli_signal *s = &c->signal[c->n_signal];
	*s = (cli_signal){.name = copy, .data = data};
	memcpy(s->unit, unit, sizeof unit);
	return c->n_signal++;
}

/* The signal a probe or name means, NULL if there is none. */
static const cli_signal *find(cli_curves *c, const net_expr *e)
{
	char name[NAME_ROOM];
	for (int i = 0; i < c->n_link; i++)
		if (c->link[i].probe == e)
			return c->link[i].signal < 0 ? NULL : &c->signal[c->link[i].signal];
	text_of(e, name);
	int index = 0;
	while (index < c->n_signal && strcmp(c->signal[index].name, name) != 0)
		index++;
	index = index < c->n_signal ? index : add_signal(c, e, name);
	const size_t size = (size_t)c->n_link * sizeof *c->link;
	cli_link *bigger = alloc_resize(c->link, size, size + sizeof *bigger);
	if (bigger) {
		c->link = bigger;
		c->link[c->n_link++] = (cli_link){e, index};
	}
	return index < 0 ? NULL : &c->signal[index];
}

static ts_status read_axis(cli_curves *c)
{
	static const char *const name[] = {
	    [SIM_OP] = NULL,        [SIM_DC] = "sweep",        [SIM_TRAN] = "time", [SIM_TRANNOISE] = "time",
	    [SIM_AC] = "frequency", [SIM_NOISE] = "frequency", [SIM_TF] = NULL};
	char path[NAME_ROOM], *text = NULL;
	size_t dims[4] = {0};
	int rank = 0;
	c->n_x = 1;
	if (!name[c->kind]) {
		c->x = alloc_array(1, sizeof *c->x);
		return c->x ? TS_OK : TS_NOMEM;
	}
	snprintf(path, sizeof path, "%s/%s", c->folder, name[c->kind]);
	c->n_x = 0;
	if (!out_exists(c->file, path))
		return TS_OK;
	TS_TRY(out_get(c->file, path, &rank, dims, &c->x, c->diag));
	c->n_x = rank > 0 ? dims[0] : 1;
	if (out_get_attr_text(c->file, path, "units", &text, NULL) == TS_OK)
		snprintf(c->x_unit, sizeof c->x_unit, "%s", text);
	alloc_free(text);
	return TS_OK;
}

/* Rows and columns from the shape of any signal. */
static ts_status read_shape(cli_curves *c)
{
	char path[NAME_ROOM], **name = NULL;
	size_t n = 0, dims[4] = {0};
	double *data = NULL;
	int rank = 0;
	snprintf(path, sizeof path, "%s/signals", c->folder);
	if (!out_exists(c->file, path))
		return TS_OK;
	TS_TRY(out_list(c->file, path, &n, &name, c->diag));
	snprintf(path, sizeof path, "%s/signals/%s", c->folder, n ? name[0] : "");
	alloc_free(name);
	if (n == 0)
		return TS_OK;
	TS_TRY(out_get(c->file, path, &rank, dims, &data, c->diag));
	alloc_free(data);
	c->n_row = rank > 1 ? dims[0] : 1;
	if (c->kind != SIM_TRANNOISE)
		return TS_OK;
	c->n_col = c->n_row;
	c->n_row = 1;
	snprintf(path, sizeof path, "%s/bias", c->folder);
	if (!out_exists(c->file, path))
		return TS_OK;
	TS_TRY(out_get(c->file, path, &rank, dims, &data, c->diag));
	alloc_free(data);
	c->n_row = rank > 0 && dims[0] > 0 ? dims[0] : 1;
	c->n_col /= c->n_row;
	return TS_OK;
}

ts_status cli_curves_open(const out_file *file, const char *analysis, sim_kind kind, int with_points, diag_list *diag,
                          cli_curves *out)
{
	*out = (cli_curves){.file = file, .analysis = analysis, .kind = kind, .diag = diag, .n_row = 1, .n_col = 1};
	snprintf(out->folder, sizeof out->folder, "/analyses/%.160s/points", analysis);
	if (!with_points || !out_exists(file, out->folder))
		snprintf(out->folder, sizeof out->folder, "/analyses/%.160s", analysis);
	ts_status status = read_axis(out);
	if (status == TS_OK && out->n_x > 0)
		status = read_shape(out);
	if (status != TS_OK)
		cli_curves_close(out);
	return status;
}

void cli_curves_close(cli_curves *c)
{
	for (int i = 0; i < c->n_signal; i++) {
		alloc_free(c->signal[i].name);
		alloc_free(c->signal[i].data);
	}
	alloc_free(c->signal);
	alloc_free(c->link);
	alloc_free(c->x);
	*c = (cli_curves){0};
}

typedef struct evaluation {
	cli_curves *curves;
	cli_place place;
} evaluation;

static int signal_value(evaluation *e, const net_expr *probe, double *value)
{
	cli_curves *c = e->curves;
	const cli_signal *s = find(c, probe);
	if (!s)
		return 0;
	const double *y = s->data + ((e->place.row * c->n_col + e->place.col) * c->n_x + e->place.i);
	*value = e->place.part > 0 ? y[0] + e->place.part * (y[1] - y[0]) : y[0];
	return 1;
}

static int probe_value(void *self, const net_expr *probe, double *value)
{
	return signal_value(self, probe, value);
}

static int name_value(void *self, const char *name, src_span span, double *value)
{
	evaluation *e = self;
	cli_curves *c = e->curves;
	if (c->name && c->name(c->self, name, value))
		return 1;
	const net_expr leaf = {.kind = NET_NAME, .name = name, .span = span};
	const int n_link = c->n_link;
	const int found = signal_value(e, &leaf, value);
	c->n_link = n_link; /* the leaf lives on this stack */
	return found;
}

int cli_curves_has(const cli_curves *c, const char *name)
{
	char path[2 * NAME_ROOM];
	snprintf(path, sizeof path, "%s/signals/%s", c->folder, name);
	return out_exists(c->file, path);
}

int cli_curves_value(cli_curves *c, const net_expr *expr, cli_place place, diag_list *diag, double *value)
{
	evaluation e = {c, place};
	const net_env env = {.name = name_value, .probe = probe_value, .self = &e};
	return net_expr_eval(expr, &env, diag, value) == TS_OK;
}

int cli_curves_find(const cli_curves *c, double x, cli_place *place)
{
	const double slack = 1e-9 * fabs(c->n_x > 1 ? c->x[c->n_x - 1] - c->x[0] : x);
	for (size_t i = 0; i + 1 < c->n_x; i++) {
		const double low = fmin(c->x[i], c->x[i + 1]), high = fmax(c->x[i], c->x[i + 1]);
		if (x < low - slack || x > high + slack)
			continue;
		place->i = i;
		place->part = high > low ? fmin(fmax((x - c->x[i]) / (c->x[i + 1] - c->x[i]), 0), 1) : 0;
		return 1;
	}
	place->i = 0;
	place->part = 0;
	return c->n_x == 1 && fabs(c->x[0] - x) <= slack;
}

/* Do all the signals of the expression exist? */
static int all_exist(cli_curves *c, const net_expr *e)
{
	if (e->kind == NET_PROBE)
		return find(c, e) != NULL;
	for (int i = 0; i < e->n_arg; i++)
		if (!all_exist(c, e->arg[i]))
			return 0;
	return 1;
}

int cli_curves_get(cli_curves *c, const net_expr *expr, size_t row, size_t col, double *y)
{
	if (!all_exist(c, expr))
		return 0;
	if (expr->kind == NET_PROBE) {
		memcpy(y, find(c, expr)->data + (row * c->n_col + col) * c->n_x, c->n_x * sizeof *y);
		return 1;
	}
	for (size_t i = 0; i < c->n_x; i++)
		if (!cli_curves_value(c, expr, (cli_place){row, col, i, 0}, NULL, &y[i]))
			y[i] = (double)NAN;
	return 1;
}

const char *cli_curves_unit(cli_curves *c, const net_expr *expr)
{
	const cli_signal *s = NULL;
	if (expr->kind == NET_PROBE)
		s = find(c, expr);
	for (int i = 0; expr->kind == NET_NAME && i < c->n_signal; i++)
		if (strcmp(c->signal[i].name, expr->name) == 0)
			s = &c->signal[i];
	return s ? s->unit : "";
}
