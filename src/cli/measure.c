/* SPDX-License-Identifier: Apache-2.0
 * Taking measures (see measure.h). Each is taken on every row and column of the analysis' curves by itself: a measure
 * of an ensemble is a number per trajectory, and one made of others with param= too.
 */
#include "cli/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/curve.h"
#include "cli/points.h"
#include "extract/measure.h"

static const double SLACK = 1e-9; /* of the axis: rounding of the end of a window */

typedef struct measured {
	const elab_measure *measure;
	size_t n_row, n_col;
	double *sample;  /* [n_row][n_col] */
	const char *why; /* of the first failure, NULL: none */
	char unit[48];
} measured;

typedef struct job {
	cli_curves curves;
	out_file *file;
	diag_list *diag;
	int n_done;
	measured *done;
	size_t row, col; /* at work */
	const char *why;
	double *y, *z; /* [n_x] work space */
	int clipped;   /* a window ended beyond the results */
} job;

static double fail(job *j, const char *why)
{
	if (!j->why)
		j->why = why;
	return (double)NAN;
}

/* ---- names and curves ---- */

/* A measure of another analysis at this point, from the file. */
static int foreign_measure(job *j, const char *name, double *value)
{
	char path[400], **group = NULL;
	size_t n = 0;
	int found = 0, elsewhere = 0;
	if (!out_exists(j->file, "/measures") || out_list(j->file, "/measures", &n, &group, j->diag) != TS_OK)
		return 0;
	for (size_t i = 0; i < n && !found; i++) {
		size_t dims[4];
		double *data = NULL;
		int rank = 0, in_sweep;
		snprintf(path, sizeof path, "/measures/%s/%s", group[i], name);
		if (!out_exists(j->file, path))
			continue;
		const int shared = cli_point_shared(j->file, group[i], j->curves.analysis, &in_sweep);
		elsewhere |= in_sweep;
		if (!shared || out_get(j->file, path, &rank, dims, &data, j->diag) != TS_OK)
			continue;
		*value = data[0];
		alloc_free(data);
		found = 1;
	}
	alloc_free(group);
	if (!found && elsewhere)
		fail(j, "a measure it is made of was taken at points of a SWEEP that this analysis does not have");
	return found;
}

static int measure_value(void *self, const char *name, double *value)
{
	job *j = self;
	for (int i = 0; i < j->n_done; i++)
		if (strcmp(j->done[i].measure->name, name) == 0) {
			const measured *m = &j->done[i];
			*value = m->sample[(m->n_row > 1 ? j->row : 0) * m->n_col + (m->n_col > 1 ? j->col : 0)];
			if (isnan(*value))
				fail(j, "a measure it is made of has failed");
			return 1;
		}
	return foreign_measure(j, name, value);
}

/* mean(x), std(x) or var(x) over the trajectories of an ensemble, at every time. */
static int is_over_ensemble(const job *j, const net_expr *e)
{
	return j->curves.kind == SIM_TRANNOISE && e && e->kind == NET_CALL && e->n_arg == 1 &&
	       (!strcmp(e->name, "mean") || !strcmp(e->name, "std") || !strcmp(e->name, "var"));
}

static int ensemble_curve(job *j, const net_expr *e, double *y)
{
	const size_t n = j->curves.n_x, n_col = j->curves.n_col;
	double *one = alloc_array(2 * n, sizeof *one), *square = one ? one + n : NULL;
	int ok = one != NULL;
	for (size_t c = 0; ok && c < n_col; c++) {
		ok = cli_curves_get(&j->curves, e->arg[0], j->row, c, one);
		for (size_t i = 0; ok && i < n; i++) {
			const double before = c ? y[i] : 0, d = one[i] - before;
			y[i] = before + d / (double)(c + 1);
			square[i] = (c ? square[i] : 0) + d * (one[i] - y[i]);
		}
	}
	for (size_t i = 0; ok && i < n && *e->name != 'm'; i++) {
		const double variance = square[i] / (double)(n_col - 1);
		y[i] = *e->name == 's' ? sqrt(variance) : variance;
	}
	alloc_free(one);
	return ok;
}

static int values_of(job *j, const net_expr *e, double *y)
{
	const int ok =
	    is_over_ensemble(j, e) ? ensemble_curve(j, e, y) : cli_curves_get(&j->curves, e, j->row, j->col, y);
	if (!ok)
		fail(j, "a signal it needs is not in the results");
	return ok;
}

/* The curve in y without undefined points at its start (currents of an ensemble have one). n = 0: there is none. */
static extract_curve trimmed(const job *j, const double *y)
{
	extract_curve c = {j->curves.n_x, j->curves.x, y};
	for (; c.n > 0 && isnan(*c.y); c.n--, c.x++, c.y++)
		continue;
	return c;
}

static extract_curve curve_of(job *j, const net_expr *e)
{
	extract_curve c = {0};
	if (!values_of(j, e, j->y))
		return c;
	c = trimmed(j, j->y);
	if (c.n == 0)
		fail(j, "its quantity has no value");
	return c;
}

/* A number: of the card, or made of earlier measures. NULL: `otherwise`. */
static double number(job *j, const net_expr *e, double otherwise)
{
	double value = 0;
	if (!e)
		return otherwise;
	if (!cli_curves_value(&j->curves, e, (cli_place){j->row, j->col, 0, 0}, NULL, &value))
		return fail(j, "a number on its card has no value");
	return value;
}

/* ---- the measures ---- */

/* First and last x of a window; 0 when it is empty. */
static int window(job *j, const net_expr *from, const net_expr *to, const extract_curve *c, double end[2])
{
	const double first = c->x[0], last = c->x[c->n - 1], s = last < first ? -1 : 1;
	const double slack = SLACK * fabs(last - first);
	const double least = fmin(first, last), most = fmax(first, last);
	const double given[2] = {number(j, from, least), number(j, to, most)};
	j->clipped |= given[0] < least - slack || given[1] > most + slack;
	const double low = fmax(given[0], least), high = fmin(given[1], most);
	end[0] = s > 0 ? low : high;
	end[1] = s > 0 ? high : low;
	if (low <= high && !isnan(given[0]) && !isnan(given[1]))
		return 1;
	fail(j, "its window holds no results");
	return 0;
}

/* left - right of a crossing, in z. */
static extract_curve difference(job *j, const elab_event *e)
{
	if (!values_of(j, e->left, j->z) || !values_of(j, e->right, j->y))
		return (extract_curve){0};
	for (size_t i = 0; i < j->curves.n_x; i++)
		j->z[i] -= j->y[i];
	return trimmed(j, j->z);
}

/* Where an event happens. */
static double place_of(job *j, const elab_event *e)
{
	double end[2];
	if (e->at)
		return number(j, e->at, 0);
	const extract_curve c = difference(j, e);
	if (c.n < 2)
		return fail(j, "its quantity has no value");
	const int up = c.x[c.n - 1] >= c.x[0];
	const double td = number(j, e->td, up ? -(double)INFINITY : (double)INFINITY);
	if (!window(j, e->from, e->to, &c, end))
		return (double)NAN;
	end[0] = up ? fmax(end[0], td) : fmin(end[0], td);
	const double x = extract_crossing(&c, (extract_edge)e->edge, e->count, end[0], end[1]);
	return isnan(x) ? fail(j, "there is no such crossing") : x;
}

static double at_point(job *j, const elab_measure *m)
{
	if (m->kind == SIM_OP && !m->event[0].at && !m->event[0].left) {
		const extract_curve c = curve_of(j, m->quantity);
		return c.n ? c.y[0] : (double)NAN;
	}
	const double x = place_of(j, &m->event[0]);
	const extract_curve c = curve_of(j, m->quantity);
	if (isnan(x) || c.n == 0)
		return (double)NAN;
	const double value = m->type == ELAB_MEASURE_FIND ? extract_at(&c, x) : extract_slope(&c, x);
	return isnan(value) ? fail(j, "the place lies outside the results") : value;
}

static double over_window(job *j, const elab_measure *m)
{
	double end[2], where[2] = {(double)NAN, (double)NAN};
	const extract_curve c = curve_of(j, m->quantity);
	if (c.n == 0 || !window(j, m->from, m->to, &c, end))
		return (double)NAN;
	const double length = end[1] - end[0];
	const double low = extract_extreme(&c, -1, end[0], end[1], &where[0]);
	const double high = extract_extreme(&c, 1, end[0], end[1], &where[1]);
	switch (m->type) {
	case ELAB_MEASURE_AVG:
		return length == 0 ? extract_at(&c, end[0]) : extract_integral(&c, end[0], end[1]) / length;
	case ELAB_MEASURE_RMS:
		return length == 0 ? fabs(extract_at(&c, end[0]))
		                   : sqrt(extract_square_integral(&c, end[0], end[1]) / length);
	case ELAB_MEASURE_INTEG:
		return extract_integral(&c, end[0], end[1]);
	case ELAB_MEASURE_MIN:
		return low;
	case ELAB_MEASURE_MAX:
		return high;
	case ELAB_MEASURE_MIN_AT:
		return where[0];
	case ELAB_MEASURE_MAX_AT:
		return where[1];
	default:
		return high - low;
	}
}

static double take(job *j, const elab_measure *m)
{
	double start, stop;
	switch (m->type) {
	case ELAB_MEASURE_TRIG:
		start = place_of(j, &m->event[0]);
		stop = place_of(j, &m->event[1]);
		return stop - start;
	case ELAB_MEASURE_WHEN:
		return place_of(j, &m->event[0]);
	case ELAB_MEASURE_FIND:
	case ELAB_MEASURE_DERIV:
		return at_point(j, m);
	case ELAB_MEASURE_PARAM:
		return number(j, m->quantity, 0);
	default:
		return over_window(j, m);
	}
}

static void unit_of(job *j, const elab_measure *m, char unit[48])
{
	const char *x = j->curves.x_unit, *y = m->quantity ? cli_curves_unit(&j->curves, m->quantity) : "";
	const size_t density = strlen(y) > 3 && strcmp(y + strlen(y) - 3, "/Hz") == 0 ? strlen(y) - 3 : 0;
	const int is_x = m->type == ELAB_MEASURE_TRIG || m->type == ELAB_MEASURE_WHEN ||
	                 m->type == ELAB_MEASURE_MIN_AT || m->type == ELAB_MEASURE_MAX_AT;
	*unit = 0;
	if (is_x)
		snprintf(unit, 48, "%s", x);
	else if (m->type == ELAB_MEASURE_INTEG && density && strcmp(x, "Hz") == 0)
		snprintf(unit, 48, "%.*s", (int)density, y);
	else if (m->type == ELAB_MEASURE_INTEG && *y)
		snprintf(unit, 48, "%s %s", y, x);
	else if (m->type == ELAB_MEASURE_DERIV && *y)
		snprintf(unit, 48, "%s/%s", y, x);
	else if (m->type != ELAB_MEASURE_PARAM)
		snprintf(unit, 48, "%s", y);
}

/* Columns of an expression: those of its curves, or of the measures it names. */
static size_t columns_of(const job *j, const net_expr *e)
{
	size_t most = 1;
	if (!e || is_over_ensemble(j, e))
		return 1;
	if (e->kind == NET_PROBE)
		return j->curves.n_col;
	for (int i = 0; e->kind == NET_NAME && i < j->n_done; i++)
		if (strcmp(j->done[i].measure->name, e->name) == 0)
			return j->done[i].n_col;
	for (int i = 0; i < e->n_arg; i++) {
		const size_t n = columns_of(j, e->arg[i]);
		most = n > most ? n : most;
	}
	return most;
}

static size_t columns(const job *j, const elab_measure *m)
{
	const elab_event *e = m->event;
	const net_expr *const part[] = {m->quantity, m->from, m->to,     e[0].at,    e[0].left, e[0].right,
	                                e[0].td,     e[1].at, e[1].left, e[1].right, e[1].td};
	size_t most = 1;
	for (size_t k = 0; k < sizeof part / sizeof *part; k++) {
		const size_t n = columns_of(j, part[k]);
		most = n > most ? n : most;
	}
	return most;
}

static ts_status take_all(job *j, const elab_measure *m)
{
	measured *r = &j->done[j->n_done];
	*r = (measured){.measure = m, .n_row = j->curves.n_row, .n_col = columns(j, m)};
	r->sample = alloc_array(r->n_row * r->n_col, sizeof *r->sample);
	if (!r->sample)
		return TS_NOMEM;
	j->clipped = 0;
	for (j->row = 0; j->row < r->n_row; j->row++)
		for (j->col = 0; j->col < r->n_col; j->col++) {
			double *to = &r->sample[j->row * r->n_col + j->col];
			j->why = NULL;
			*to = j->curves.n_x ? take(j, m) : fail(j, "the analysis has no results");
			if (isnan(*to) && !r->why)
				r->why = j->why ? j->why : "its quantity has no value everywhere in the window";
		}
	if (j->clipped)
		diag_add(j->diag, W0334, m->span, "%s of %s: its window ends where the results do", m->name,
		         j->curves.analysis);
	unit_of(j, m, r->unit);
	j->n_done++;
	return TS_OK;
}

/* ---- results ---- */

static ts_status write_statistics(const job *j, const measured *r, const char *path)
{
	char samples[400];
	const cli_rows rows = {r->n_row, r->n_col, r->sample};
	const cli_estimate e = cli_rows_mean(&rows, 0);
	const double n = (double)e.n;
	const size_t dims[2] = {r->n_row, r->n_col};
	TS_TRY(out_attr_number(j->file, path, "se", e.se, j->diag));
	TS_TRY(out_attr_number(j->file, path, "std", e.se * sqrt(n), j->diag));
	TS_TRY(out_attr_number(j->file, path, "n", n, j->diag));
	TS_TRY(out_attr_number(j->file, path, "n_failed", (double)r->n_col - n, j->diag));
	snprintf(samples, sizeof samples, "/measure_samples/%s/%s", j->curves.analysis, r->measure->name);
	return out_put(j->file, samples, r->unit, 2, dims, r->sample, j->diag);
}

static ts_status write(const job *j, const measured *r)
{
	char path[400];
	const cli_rows rows = {r->n_row, r->n_col, r->sample};
	double *mean = alloc_array(r->n_row, sizeof *mean);
	int undefined = 0;
	if (!mean)
		return TS_NOMEM;
	for (size_t i = 0; i < r->n_row; i++) {
		mean[i] = cli_rows_mean(&rows, i).value;
		undefined |= isnan(mean[i]);
	}
	snprintf(path, sizeof path, "/measures/%s/%s", j->curves.analysis, r->measure->name);
	ts_status status = out_put(j->file, path, r->unit, r->n_row > 1, &r->n_row, mean, j->diag);
	alloc_free(mean);
	if (status == TS_OK && undefined)
		status = out_attr_text(j->file, path, "failed", r->why, j->diag);
	return status == TS_OK && r->n_col > 1 ? write_statistics(j, r, path) : status;
}

static ts_status measure_all(job *j, const elab_circuit *c, sim_kind kind)
{
	j->y = alloc_array(2 * j->curves.n_x, sizeof *j->y);
	j->done = alloc_array((size_t)c->n_measure, sizeof *j->done);
	if (!j->y || !j->done)
		return TS_NOMEM;
	j->z = j->y + j->curves.n_x;
	for (int i = 0; i < c->n_measure; i++) {
		if (c->measure[i].kind != kind)
			continue;
		TS_TRY(take_all(j, &c->measure[i]));
		TS_TRY(write(j, &j->done[j->n_done - 1]));
	}
	return TS_OK;
}

ts_status cli_measure(const elab_circuit *circuit, const sim_request *request, out_file *file, diag_list *diag)
{
	job j = {.file = file, .diag = diag};
	int asked = 0;
	for (int i = 0; i < circuit->n_measure; i++)
		asked |= circuit->measure[i].kind == request->kind;
	if (!asked)
		return TS_OK;
	TS_TRY(cli_curves_open(file, request->name, request->kind, 1, diag, &j.curves));
	j.curves.name = measure_value;
	j.curves.self = &j;
	const ts_status status = measure_all(&j, circuit, request->kind);
	for (int i = 0; i < j.n_done; i++)
		alloc_free(j.done[i].sample);
	alloc_free(j.done);
	alloc_free(j.y);
	cli_curves_close(&j.curves);
	return status;
}
