/* SPDX-License-Identifier: Apache-2.0
 * Claims on small-signal results (see linear.h). The quantity's text is taken apart here: vm(out) is no expression of
 * the language, whose probes have real values.
 */
#include "cli/linear.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/phys.h"

enum { NAME_ROOM = 128 };

/* "vdb(a, b)" -> function "vdb", arguments "a" and "b"; 0 when the text is not of that form. */
typedef struct call_text {
	char function[NAME_ROOM], arg[2][NAME_ROOM];
	int n_arg;
} call_text;

static int take_piece(const char **at, const char *ends, char *to)
{
	size_t n = 0;
	for (; **at && !strchr(ends, **at); ++*at)
		if (!isspace((unsigned char)**at)) {
			if (n + 1 >= NAME_ROOM)
				return 0;
			to[n++] = **at;
		}
	to[n] = 0;
	return n > 0;
}

static int take_call(const char *text, call_text *call)
{
	*call = (call_text){0};
	if (!take_piece(&text, "(", call->function))
		return 0;
	while (*text && *text != ')') {
		text++;
		if (call->n_arg == 2 || !take_piece(&text, ",)", call->arg[call->n_arg++]))
			return 0;
	}
	return call->n_arg == 0 || strcmp(text, ")") == 0;
}

typedef struct curve {
	size_t n;
	double *f, *y; /* frequency in Hz; what is asked */
} curve;

static void curve_free(curve *c)
{
	alloc_free(c->f);
	alloc_free(c->y);
}

static int is_stored(const cli_linear_claim *c, const char *name)
{
	char path[600];
	snprintf(path, sizeof path, "/analyses/%s/%s", c->request->name, name);
	return out_exists(c->file, path);
}

ts_status cli_analysis_get(cli_analysis of, const char *dataset, size_t *n, double **data)
{
	char path[1000];
	size_t dims[4] = {0};
	int rank = 0;
	snprintf(path, sizeof path, "/analyses/%s/%s", of.name, dataset);
	TS_TRY(out_get(of.file, path, &rank, dims, data, of.diag));
	*n = rank > 0 ? dims[0] : 1;
	return TS_OK;
}

static ts_status get(const cli_linear_claim *c, const char *name, size_t *n, double **data)
{
	return cli_analysis_get((cli_analysis){c->file, c->request->name, c->diag}, name, n, data);
}

static ts_status curve_get(const cli_linear_claim *c, const char *name, curve *out)
{
	size_t n_f = 0;
	*out = (curve){0};
	ts_status status = get(c, "frequency", &n_f, &out->f);
	if (status == TS_OK)
		status = get(c, name, &out->n, &out->y);
	out->n = n_f < out->n ? n_f : out->n;
	if (status != TS_OK)
		curve_free(out);
	return status;
}

/* Value at f: a straight line between neighbours, or with `power` a power law; NAN outside. */
static double curve_at(const curve *c, double f, int power)
{
	static const double slack = 1e-9;
	for (size_t i = 0; i + 1 < c->n; i++) {
		const double a = c->f[i], b = c->f[i + 1], ya = c->y[i], yb = c->y[i + 1];
		if (f < a * (1 - slack) || f > b * (1 + slack))
			continue;
		if (power && ya > 0 && yb > 0)
			return ya * pow(yb / ya, log(f / a) / log(b / a));
		return ya + (f - a) / (b - a) * (yb - ya);
	}
	return c->n == 1 && fabs(c->f[0] - f) <= slack * f ? c->y[0] : (double)NAN;
}

static ts_status value_at(cli_linear_claim *c, const char *name, int power, double *value)
{
	curve y;
	TS_TRY(curve_get(c, name, &y));
	*value = curve_at(&y, c->expect->at, power);
	curve_free(&y);
	c->wrong = "at= lies outside the frequencies";
	return isnan(*value) ? TS_NETLIST : TS_OK;
}

/* Part 'r' or 'i' of the signal of one node or source; ground is 0. */
static ts_status part_at(cli_linear_claim *c, char kind, char part, const char *of, double *value)
{
	char name[300];
	*value = 0;
	if (kind == 'v' && (!strcmp(of, "0") || !strcmp(of, "gnd")))
		return TS_OK;
	snprintf(name, sizeof name, "signals/%c%c(%s)", kind, part, of);
	c->wrong = "that signal is not in the results";
	return is_stored(c, name) ? value_at(c, name, 0, value) : TS_NETLIST;
}

/* The difference of two nodes, by itself when .save asked for it. */
static ts_status difference_at(cli_linear_claim *c, char part, const call_text *call, double *value)
{
	char pair[2 * NAME_ROOM + 2], name[300];
	double minus = 0;
	snprintf(pair, sizeof pair, "%s,%s", call->arg[0], call->arg[1]);
	snprintf(name, sizeof name, "signals/v%c(%s)", part, pair);
	if (is_stored(c, name))
		return value_at(c, name, 0, value);
	TS_TRY(part_at(c, 'v', part, call->arg[0], value));
	TS_TRY(part_at(c, 'v', part, call->arg[1], &minus));
	*value -= minus;
	return TS_OK;
}

static double polar(const char *what, double re, double im)
{
	if (!strcmp(what, "m"))
		return hypot(re, im);
	if (!strcmp(what, "db"))
		return 20 * log10(hypot(re, im));
	if (!strcmp(what, "p"))
		return atan2(im, re) * (180 / PHYS_PI);
	return *what == 'r' ? re : im;
}

static ts_status response(cli_linear_claim *c, const call_text *call, double *value)
{
	static const char *const known[] = {"m", "db", "p", "r", "i"};
	const char kind = call->function[0];
	int found = 0;
	double part[2] = {0};
	for (size_t k = 0; k < sizeof known / sizeof *known; k++)
		found |= !strcmp(call->function + 1, known[k]);
	const int of_parameter = c->request->kind == SIM_SENS;
	c->wrong = of_parameter ? "use sm sdb sp sr si of (element:parameter)"
	                        : "use vm vdb vp vr vi of (a) or (a,b), im idb ip ir ii of (source)";
	if (!found || !strchr(of_parameter ? "s" : "vin", kind) || call->n_arg == 0 ||
	    (kind != 'v' && call->n_arg == 2))
		return TS_NETLIST;
	c->wrong = "a frequency response needs at=FREQUENCY";
	if (!c->expect->has_at)
		return TS_NETLIST;
	for (int k = 0; k < 2; k++)
		TS_TRY(call->n_arg == 2 ? difference_at(c, "ri"[k], call, &part[k])
		                        : part_at(c, kind, "ri"[k], call -> arg[0], &part[k]));
	*value = polar(call->function + 1, part[0], part[1]);
	return TS_OK;
}

/* Density at `at`, or the integral over the band, of one dataset contributions/DEVICE/SOURCE. */
static ts_status contribution(cli_linear_claim *c, const char *path, double *value)
{
	char full[700];
	if (c->expect->has_at)
		return value_at(c, path, 1, value);
	snprintf(full, sizeof full, "/analyses/%s/%s", c->request->name, path);
	return out_get_attr_number(c->file, full, "integrated", value, c->diag);
}

static ts_status device_total(cli_linear_claim *c, const char *group, double *value)
{
	char full[700], **name = NULL;
	size_t n = 0;
	snprintf(full, sizeof full, "/analyses/%s/%s", c->request->name, group);
	TS_TRY(out_list(c->file, full, &n, &name, c->diag));
	ts_status status = TS_OK;
	*value = 0;
	for (size_t i = 0; status == TS_OK && i < n; i++) {
		char path[600];
		double one = 0;
		snprintf(path, sizeof path, "%s/%s", group, name[i]);
		status = contribution(c, path, &one);
		*value += one;
	}
	alloc_free(name);
	return status;
}

/* "r1", "x1.m1" or "x1.m1.thermal" */
static ts_status device_noise(cli_linear_claim *c, const char *of, double *value)
{
	char path[300];
	snprintf(path, sizeof path, "contributions/%s", of);
	if (is_stored(c, path))
		return device_total(c, path, value);
	char *dot = strrchr(path, '.');
	if (dot)
		*dot = '/';
	c->wrong = "no such device makes noise";
	return dot && is_stored(c, path) ? contribution(c, path, value) : TS_NETLIST;
}

static ts_status noise(cli_linear_claim *c, const call_text *call, double *value)
{
	const int is_out = !strcmp(call->function, "onoise"), is_in = !strcmp(call->function, "inoise");
	const int is_gain = !strcmp(call->function, "gain") && c->expect->has_at;
	if (is_out && call->n_arg == 1)
		return device_noise(c, call->arg[0], value);
	c->wrong = "use onoise, inoise, onoise(device), onoise(device.source); gain with at=";
	if (call->n_arg > 0 || !(is_out || is_in || is_gain))
		return TS_NETLIST;
	if (is_gain)
		return value_at(c, "gain", 1, value);
	if (c->expect->has_at)
		return value_at(c, is_out ? "signals/onoise" : "signals/inoise", 1, value);
	char path[200];
	snprintf(path, sizeof path, "/analyses/%s/total/%s", c->request->name, call->function);
	return out_get_scalar(c->file, path, value, c->diag);
}

static ts_status transfer(cli_linear_claim *c, const call_text *call, double *value)
{
	char name[300];
	size_t n = 0;
	double *data = NULL;
	const int of_parameter = c->request->kind == SIM_SENS;
	snprintf(name, sizeof name, of_parameter ? "signals/%s(%s)" : "signals/%s", call->function, call->arg[0]);
	c->wrong = of_parameter ? "use s(element:parameter) or s(model:parameter) of what has an effect"
	                        : "use gain, rin, rout";
	if (call->n_arg != of_parameter || !is_stored(c, name))
		return TS_NETLIST;
	TS_TRY(get(c, name, &n, &data));
	*value = data[0];
	alloc_free(data);
	return TS_OK;
}

ts_status cli_linear_value(cli_linear_claim *claim, double *value)
{
	call_text call;
	claim->wrong = "it is not a name or a function of a node, source or device";
	if (!take_call(claim->expect->quantity, &call))
		return TS_NETLIST;
	return claim->request->points > 0 && claim->request->kind != SIM_NOISE ? response(claim, &call, value)
	       : claim->request->kind == SIM_NOISE                             ? noise(claim, &call, value)
	                                                                       : transfer(claim, &call, value);
}
