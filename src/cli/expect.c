/* SPDX-License-Identifier: Apache-2.0
 * Evaluation of .expect claims on a result file (see expect.h).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "cli/books.h"
#include "cli/curve.h"
#include "cli/ensemble.h"
#include "cli/expect.h"
#include "cli/linear.h"
#include "cli/measure.h"
#include "cli/table.h"
#include "extract/cell.h"

static const double DEFAULT_REL = 1e-6; /* a claim without rel, abs or sigma */
static const double SAME_BIAS = 1e-6;   /* of the sweep's width */

typedef struct claim {
	const cli_session *session;
	const elab_expect *expect;
	const out_file *file;
	const sim_request *request;
	diag_list *diag;
	cli_estimate *out;
	const cli_point *point;
} claim;

static ts_status unknown(const claim *c, const char *what)
{
	diag_add(c->diag, E0321, c->expect->span, "%s has no quantity '%s': %s", c->expect->analysis,
	         c->expect->quantity, what);
	return TS_NETLIST;
}

/* The place of at= on the axis, or its end without; the first row of a nested sweep. */
static ts_status place_of(const claim *c, const cli_curves *curves, cli_place *place)
{
	*place = (cli_place){.i = curves->n_x ? curves->n_x - 1 : 0};
	if (!c->expect->has_at || c->request->kind == SIM_OP || cli_curves_find(curves, c->expect->at, place))
		return TS_OK;
	diag_add(c->diag, E0321, c->expect->span, "at=%g lies outside the axis of %s", c->expect->at, c->request->name);
	return TS_NETLIST;
}

static ts_status expression_claim(claim *c)
{
	cli_curves curves;
	cli_place place;
	if (!c->expect->expr)
		return unknown(c, "it is not an expression of v(...) and i(...)");
	if (c->request->kind == SIM_DC && !c->expect->has_at)
		return unknown(c, "a sweep needs at=VALUE");
	const int errors = diag_count(c->diag, DIAG_ERROR);
	*c->out = (cli_estimate){.se = (double)NAN};
	const net_expr whole = {.kind = NET_PROBE, .name = c->expect->quantity, .span = c->expect->span};
	TS_TRY(cli_curves_open(c->file, c->request->name, c->request->kind, 0, c->diag, &curves));
	const net_expr *expr = cli_curves_has(&curves, c->expect->quantity) ? &whole : c->expect->expr;
	ts_status status = place_of(c, &curves, &place);
	if (status == TS_OK && !cli_curves_value(&curves, expr, place, c->diag, &c->out->value))
		status = TS_NETLIST;
	cli_curves_close(&curves);
	if (status != TS_OK && diag_count(c->diag, DIAG_ERROR) == errors)
		return unknown(c, "a signal it names is not in the results");
	return status;
}

static ts_status linear_claim(claim *c)
{
	cli_linear_claim linear = {c->file, c->request, c->expect, c->diag, NULL};
	*c->out = (cli_estimate){.se = (double)NAN};
	const ts_status status = cli_linear_value(&linear, &c->out->value);
	return status == TS_NETLIST ? unknown(c, linear.wrong) : status;
}

/* Sum over the members of energy/<what> of the mean over trajectories, divided by the time it was gathered in. */
static ts_status mean_power(const claim *c, const char *what)
{
	char group[200], path[400], **name = NULL;
	size_t n = 0;
	cli_rows sum = {0};
	snprintf(group, sizeof group, "/analyses/%s/energy/%s", c->request->name, what);
	if (!out_exists(c->file, group))
		return unknown(c, "no energies were recorded");
	TS_TRY(out_list(c->file, group, &n, &name, c->diag));
	ts_status status = n ? TS_OK : unknown(c, "no energies were recorded");
	for (size_t i = 0; i < n && status == TS_OK; i++) {
		cli_rows one;
		snprintf(path, sizeof path, "%s/%s", group, name[i]);
		status = cli_rows_get(c->file, path, i ? &one : &sum, c->diag);
		for (size_t k = 0; i > 0 && status == TS_OK && k < sum.n; k++)
			sum.data[k] += one.data[k];
		if (i > 0 && status == TS_OK)
			cli_rows_free(&one);
	}
	double duration = 1;
	snprintf(path, sizeof path, "/analyses/%s", c->request->name);
	if (status == TS_OK)
		status = out_get_attr_number(c->file, path, "duration", &duration, c->diag);
	if (status == TS_OK) {
		*c->out = cli_rows_mean(&sum, 0);
		c->out->value /= duration;
		c->out->se /= duration;
	}
	cli_rows_free(&sum);
	alloc_free(name);
	return status;
}

static ts_status worst_residual(const claim *c)
{
	char path[200];
	cli_rows r;
	snprintf(path, sizeof path, "/analyses/%s/energy/residual", c->request->name);
	if (!out_exists(c->file, path))
		return unknown(c, "no energies were recorded");
	TS_TRY(cli_rows_get(c->file, path, &r, c->diag));
	*c->out = (cli_estimate){.se = (double)NAN};
	for (size_t i = 0; i < r.n_bias * r.n; i++)
		c->out->value = fmax(c->out->value, fabs(r.data[i]));
	cli_rows_free(&r);
	return TS_OK;
}

static ts_status final_claim(const claim *c, const char *signal, int want_variance)
{
	char path[400];
	cli_rows rows;
	snprintf(path, sizeof path, "/analyses/%s/ensemble/final/%s", c->request->name, signal);
	if (!out_exists(c->file, path))
		return unknown(c, "that signal is not in the ensemble");
	TS_TRY(cli_rows_get(c->file, path, &rows, c->diag));
	*c->out = want_variance ? cli_rows_variance(&rows, 0) : cli_rows_mean(&rows, 0);
	cli_rows_free(&rows);
	return TS_OK;
}

static ts_status moment_claim(const claim *c, const char *function, const char *signal)
{
	char path[400];
	cli_estimate mean, variance;
	snprintf(path, sizeof path, "/analyses/%s/ensemble/mean/%s", c->request->name, signal);
	if (!out_exists(c->file, path))
		return unknown(c, "that signal is not in the ensemble");
	TS_TRY(cli_ensemble_estimates(c->file, c->request->name, signal, &mean, &variance, c->diag));
	*c->out = !strcmp(function, "mean") ? mean : variance;
	if (!strcmp(function, "std")) {
		c->out->value = sqrt(variance.value);
		c->out->se = variance.se / (2 * c->out->value);
	}
	return TS_OK;
}

static ts_status books_claim(const claim *c, int *is_known)
{
	TS_TRY(cli_books_claim(c->file, c->request->name, c->expect->quantity, c->expect->expr, c->diag, c->out,
	                       is_known));
	if (*is_known && c->out->n == 0)
		return unknown(c, "the .trannoise card did not ask for it");
	return *is_known && isnan(c->out->value) ? unknown(c, "these trajectories do not determine it") : TS_OK;
}

static ts_status ensemble_claim(claim *c)
{
	const char *q = c->expect->quantity;
	const net_expr *e = c->expect->expr;
	char signal[320];
	if (!strcmp(q, "power") || !strcmp(q, "heat"))
		return mean_power(c, *q == 'p' ? "supply" : "heat");
	if (!strcmp(q, "residual"))
		return worst_residual(c);
	int is_known = 0;
	TS_TRY(books_claim(c, &is_known));
	if (is_known)
		return TS_OK;
	if (!e || e->kind != NET_CALL || e->n_arg != 1 || e->arg[0]->kind != NET_PROBE)
		return unknown(c, "use mean(v(a)) var(v(a)) std(v(a)) final_mean(v(a)) final_var(v(a)) power heat "
		                  "entropy residual tur(i(v1)) ft ift work var(work) jarzynski "
		                  "gyration(v(a),v(b))");
	const net_expr *probe = e->arg[0];
	snprintf(signal, sizeof signal, probe->node[1] ? "%s(%s,%s)" : "%s(%s)", probe->name, probe->node[0],
	         probe->node[1] ? probe->node[1] : "");
	if (!strcmp(e->name, "final_mean") || !strcmp(e->name, "final_var"))
		return final_claim(c, signal, !strcmp(e->name, "final_var"));
	if (!strcmp(e->name, "mean") || !strcmp(e->name, "var") || !strcmp(e->name, "std"))
		return moment_claim(c, e->name, signal);
	return unknown(c, "use mean var std final_mean final_var power heat entropy residual");
}

/* Index of the bias point `at`, -1 if there is none. */
static int bias_index(const extract_cell *cell, const elab_expect *x)
{
	if (!x->has_at)
		return cell->i_mid;
	const double width = fabs(cell->bias[cell->n_bias - 1] - cell->bias[0]);
	for (int i = 0; i < cell->n_bias; i++)
		if (fabs(cell->bias[i] - x->at) <= SAME_BIAS * width + 1e-12 * fabs(x->at))
			return i;
	return -1;
}

/* The cell of that name, with the step's number or without; NULL if there is none. */
static const char *find_pbit(const elab_circuit *c, const char *name)
{
	for (int i = 0; i < c->n_pbit; i++) {
		const size_t n = strcspn(c->pbit[i].name, "@");
		if (strlen(name) == n && strncmp(c->pbit[i].name, name, n) == 0)
			return c->pbit[i].name;
	}
	return NULL;
}

static ts_status pbit_claim(claim *c)
{
	static extract_cell cell; /* too large for the stack */
	TS_TRY(extract_load(c->file, find_pbit(c->session->circuit, c->expect->analysis), c->diag, &cell));
	const int i = bias_index(&cell, c->expect);
	if (i < 0)
		return unknown(c, "at= is not one of the biases of the sweep");
	const extract_value residual = {.value = cell.residual, .se = (double)NAN};
	const extract_value landauer = extract_landauer(&cell);
	const struct {
		const char *name;
		const extract_value *value;
	} known[] = {{"v0", &cell.v0},
	             {"vs", &cell.vs},
	             {"worst", &cell.worst},
	             {"tau", &cell.tau[i]},
	             {"tau_int", &cell.tau_int[i]},
	             {"p", &cell.p[i]},
	             {"power", &cell.power[i]},
	             {"energy_per_bit", &cell.energy_per_bit},
	             {"energy_per_tau", &cell.energy_per_tau},
	             {"landauer", &landauer},
	             {"residual", &residual}};
	for (size_t k = 0; k < sizeof known / sizeof *known; k++)
		if (!strcmp(c->expect->quantity, known[k].name)) {
			*c->out = (cli_estimate){.value = known[k].value->value, .se = known[k].value->se};
			return TS_OK;
		}
	return unknown(c, "use v0 vs worst tau tau_int p power energy_per_bit energy_per_tau landauer residual");
}

static int is_of_point(const void *self, const char *analysis)
{
	const claim *c = self;
	const elab_circuit *circuit = c->session->circuit;
	for (int i = 0; i < circuit->n_request; i++)
		if (cli_is_done(circuit, c->point, i) && strcmp(circuit->request[i].name, analysis) == 0)
			return 1;
	return 0;
}

static ts_status measure_claim(const claim *c)
{
	int found = 0;
	const double index = c->expect->has_at ? c->expect->at : 1;
	if (!(index >= 1 && index <= 1e9))
		return unknown(c, "at= counts the analyses from 1");
	TS_TRY(cli_measure_find(c->file, c->expect->quantity, (long)index, (cli_measure_filter){is_of_point, c},
	                        c->diag, c->out, &found));
	return found ? TS_OK : unknown(c, "no analysis of its kind, or not so many");
}

static const sim_request *find_request(const elab_circuit *c, const char *analysis)
{
	for (int i = 0; i < c->n_request; i++)
		if (elab_is_called(c->request[i].name, analysis))
			return &c->request[i];
	return NULL;
}

/* A measure was taken at this point, or could be at no other. */
static int is_measured(const elab_circuit *c, const out_file *file, const elab_expect *x, const cli_point *point)
{
	int is_elsewhere = point->request >= 0;
	for (int i = 0; i < c->n_request; i++) {
		char path[400];
		snprintf(path, sizeof path, "/measures/%s/%s", c->request[i].name, x->quantity);
		if (cli_is_done(c, point, i) && out_exists(file, path))
			return 1;
		is_elsewhere |= c->request[i].sweep.n_point > 0;
	}
	return !is_elsewhere;
}

/* Is the claim about something that is done at this point? */
static int is_due(const elab_circuit *c, const out_file *file, const elab_expect *x, const cli_point *point)
{
	if (strcmp(x->analysis, "measure") == 0)
		return is_measured(c, file, x, point);
	const sim_request *request = find_request(c, x->analysis);
	const char *cell = request ? NULL : find_pbit(c, x->analysis);
	for (int i = 0, i_noise = 0; cell && !request && i < c->n_request; i++)
		if (c->request[i].kind == SIM_TRANNOISE && i_noise < c->n_pbit &&
		    strcmp(c->pbit[i_noise++].name, cell) == 0)
			request = &c->request[i];
	if (!request)
		return 1; /* to be reported */
	return cli_is_done(c, point, (int)(request - c->request));
}

static void judge(const elab_expect *x, cli_verdict *v)
{
	v->allowed = isnan(x->rel) && isnan(x->abs) && isnan(x->sigma) ? DEFAULT_REL * fabs(x->value) : 0;
	if (!isnan(x->rel))
		v->allowed = fmax(v->allowed, x->rel * fabs(x->value));
	if (!isnan(x->abs))
		v->allowed = fmax(v->allowed, x->abs);
	if (!isnan(x->sigma) && !isnan(v->se))
		v->allowed = fmax(v->allowed, x->sigma * v->se);
	v->holds = fabs(v->got - x->value) <= v->allowed;
}

ts_status cli_expect_one(const cli_session *session, const cli_point *point, const elab_expect *expect,
                         const out_file *file, cli_verdict *verdict)
{
	cli_estimate e = {.se = (double)NAN};
	claim c = {session, expect, file, find_request(session->circuit, expect->analysis), session->diag, &e, point};
	ts_status status;
	if (!strcmp(expect->analysis, "measure")) {
		status = measure_claim(&c);
	} else if (find_pbit(session->circuit, expect->analysis)) {
		status = pbit_claim(&c);
	} else if (!c.request) {
		diag_add(c.diag, E0321, expect->span, "the deck has no analysis and no .pbit '%s'", expect->analysis);
		return TS_NETLIST;
	} else {
		status = c.request->kind == SIM_TRANNOISE ? ensemble_claim(&c)
		         : cli_is_linear(c.request->kind) ? linear_claim(&c)
		                                          : expression_claim(&c);
	}
	TS_TRY(status);
	verdict->got = e.value;
	verdict->se = e.se;
	judge(expect, verdict);
	if (!isnan(expect->sigma) && isnan(e.se))
		return unknown(&c, "it has no standard error, so sigma= means nothing");
	return TS_OK;
}

static void add_verdict(cli_table *table, const elab_expect *x, const cli_point *point, const cli_verdict *v)
{
	cli_table_text(table, "%s", v->holds ? "PASS" : "FAIL");
	if (point->number > 0)
		cli_table_text(table, "%s@%d", x->analysis, point->number);
	else
		cli_table_text(table, "%s", x->analysis);
	cli_table_text(table, "%s", x->quantity);
	cli_table_number(table, x->has_at ? x->at : (double)NAN);
	cli_table_number(table, v->got);
	cli_table_number(table, x->value);
	cli_table_number(table, v->allowed);
	cli_table_number(table, v->se);
}

ts_status cli_expect_all(const cli_session *session, const cli_point *point, const out_file *file, int json,
                         cli_claims *count)
{
	static const char *const column[] = {"",     "analysis", "quantity", "at", "got",
	                                     "want", "allowed",  "std.err.", NULL};
	const elab_circuit *c = session->circuit;
	ts_status worst = TS_OK;
	cli_table table;
	cli_table_begin(&table, "claims", column);
	for (int i = 0; i < c->n_expect; i++) {
		if (!is_due(c, file, &c->expect[i], point))
			continue;
		count->n++;
		cli_verdict verdict;
		const ts_status status = cli_expect_one(session, point, &c->expect[i], file, &verdict);
		if (status != TS_OK) {
			worst = status;
			continue;
		}
		count->n_failed += !verdict.holds;
		add_verdict(&table, &c->expect[i], point, &verdict);
	}
	/* a point without claims is passed over */
	cli_table_end(&table, table.n_cell > 0 || point->number == 0 ? stdout : NULL, json);
	return worst;
}
