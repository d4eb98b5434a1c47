/* SPDX-License-Identifier: Apache-2.0
 * Running the analyses of a deck (see simulate.h), at each of its points. The i-th .pbit wraps the i-th .trannoise.
 */
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/stop.h"
#include "cli/measure.h"
#include "cli/simulate.h"
#include "extract/cell.h"

uint64_t cli_seed(const elab_circuit *circuit, const sim_options *options)
{
	if (options->has_seed)
		return options->seed;
	for (int i = 0; i < circuit->n_request; i++)
		if (circuit->request[i].kind == SIM_TRANNOISE)
			return circuit->request[i].seed;
	return 0;
}

static int n_trannoise(const elab_circuit *c)
{
	int n = 0;
	for (int i = 0; i < c->n_request; i++)
		n += c->request[i].kind == SIM_TRANNOISE;
	return n;
}

ts_status cli_check_noise(cli_session *session)
{
	const elab_circuit *c = session->circuit;
	const int n = n_trannoise(c);
	if (n < c->n_pbit) {
		diag_add(session->diag, E0322, c->pbit[n].span,
		         "no .trannoise is left for .pbit %s (it wraps number %d)", c->pbit[n].name, n + 1);
		return TS_NETLIST;
	}
	for (int i = 0; i < c->n_request; i++)
		if (c->request[i].kind == SIM_TRANNOISE && c->request[i].reading != SIM_NOISE_OFF)
			return mna_check_noise(session->system, NULL, session->diag);
	return TS_OK;
}

/* "noise: 2 resistor.thermal, 6 mosfet_subvt.channel (trannoise1: 8 sources, read as shifted)" */
static void print_sources(const mna_system *system, const sim_request *request)
{
	static const char *const reading[] = {
	    [SIM_SHIFTED] = "shifted", [SIM_HK] = "hk",     [SIM_STRAT] = "strat", [SIM_ITO] = "ito",
	    [SIM_NOISE_OFF] = "off",   [SIM_JUMP] = "jump", [SIM_AUTO] = "auto",   [SIM_CARD] = "card"};
	int total = 0;
	for (int b = 0; b < system->n_batch; b++) {
		const mna_batch *batch = &system->batch[b];
		for (int k = 0; k < batch->shape->n_noise; k++) {
			const dev_noise *noise = &batch->shape->noise[k];
			const sim_noise_type type = noise->spectrum == DEV_FLICKER ? SIM_FLICKER
			                            : noise->rates == DEV_TRAP     ? SIM_RTN
			                                                           : SIM_THERMAL;
			int noisy = 0;
			for (int i = 0; i < batch->n_inst; i++)
				noisy += mna_is_noisy(batch, system->circuit, i, k);
			if (noisy == 0 || !(request->types & (unsigned)type))
				continue;
			fprintf(stderr, "%s %d %s.%s", total ? "," : "noise:", noisy, batch->type->name,
			        batch->shape->noise[k].name);
			total += noisy;
		}
	}
	fprintf(stderr, "%s (%s: %d sources, read as %s)\n", total ? "" : "no noise", request->name, total,
	        reading[request->reading]);
}

/* What NOISE=auto has chosen. */
static void print_choice(const cli_session *session, const out_file *file, const sim_request *request)
{
	char group[200], *text = NULL;
	snprintf(group, sizeof group, "/analyses/%s", request->name);
	if (request->kind != SIM_TRANNOISE || request->reading != SIM_AUTO || request->method != SIM_WT2 ||
	    !(request->types & SIM_THERMAL) || !(request->scale > 0) || !out_exists(file, group))
		return;
	if (out_get_attr_text(file, group, "choice", &text, session->diag) == TS_OK)
		fprintf(stderr, "%s: %s\n", request->name, text);
	alloc_free(text);
}

typedef struct simulate_job {
	const cli_simulation *simulation;
	out_file *file;
	int n_done;
} simulate_job;

static ts_status run_request(cli_session *session, const simulate_job *job, const sim_request *request,
                             const elab_pbit *pbit)
{
	const sim_vary vary = {cli_vary, session};
	sim_options options = job->simulation->options;
	options.vary = &vary;
	options.pbit = pbit;
	if (request->kind == SIM_TRANNOISE && !job->simulation->quiet)
		print_sources(session->system, request);
	const ts_status status = sim_run(session->system, request, &options, job->file, session->diag);
	if (status == TS_OK && !job->simulation->quiet)
		print_choice(session, job->file, request);
	return status;
}

static ts_status run_requests(cli_session *session, const simulate_job *job, const cli_point *point)
{
	const elab_circuit *c = session->circuit;
	int i_noise = 0;
	for (int i = 0; i < c->n_request; i++) {
		const sim_request *request = &c->request[i];
		const int is_noise = request->kind == SIM_TRANNOISE;
		const elab_pbit *pbit = is_noise && i_noise < c->n_pbit ? &c->pbit[i_noise] : NULL;
		i_noise += is_noise;
		if (!cli_is_done(c, point, i))
			continue;
		const ts_status status = run_request(session, job, request, pbit);
		TS_TRY(cli_point_mark(point, request->name, job->file, session->diag));
		TS_TRY(status);
		TS_TRY(cli_measure(c, request, job->file, session->diag));
		TS_TRY(cli_fourier(c, request, job->file, session->diag));
		TS_TRY(out_flush(job->file, session->diag));
		if (stop_requested())
			return TS_STOPPED;
	}
	return TS_OK;
}

static ts_status extract_cells(cli_session *session, const simulate_job *job, const cli_point *point)
{
	static extract_cell cell; /* too large for the stack */
	const elab_circuit *c = session->circuit;
	for (int i = 0, i_noise = 0; i < c->n_request && i_noise < c->n_pbit; i++) {
		if (c->request[i].kind != SIM_TRANNOISE)
			continue;
		const char *name = c->pbit[i_noise++].name;
		if (!cli_is_done(c, point, i))
			continue;
		TS_TRY(extract_run(job->file, name, session->diag, &cell));
		TS_TRY(extract_store(job->file, &cell, session->diag));
	}
	return TS_OK;
}

static int has_work(const elab_circuit *c, const cli_point *point)
{
	for (int i = 0; i < c->n_request; i++)
		if (cli_is_done(c, point, i))
			return 1;
	return 0;
}

static void say_point(const elab_circuit *c, const cli_point *point)
{
	char text[400];
	cli_point_text(point, text, sizeof text);
	if (point->request < 0)
		fprintf(stderr, "step %d", point->number);
	else
		fprintf(stderr, "%s", c->request[point->request].name);
	fprintf(stderr, " of %d%s%s\n", point->of, *text ? ": " : "", text);
}

static ts_status run_point(void *self, cli_session *session, const cli_point *point)
{
	simulate_job *job = self;
	const cli_simulation *simulation = job->simulation;
	if (point->number > 0 && !has_work(session->circuit, point))
		return TS_OK;
	if (point->number > 0 && !simulation->quiet)
		say_point(session->circuit, point);
	if (point->number > 0)
		TS_TRY(cli_check_noise(session));
	ts_status status = run_requests(session, job, point);
	if (status == TS_OK)
		status = extract_cells(session, job, point);
	if (simulation->each && (status == TS_OK || status == TS_STOPPED)) {
		const ts_status seen = simulation->each(simulation->self, session, point, job->file);
		status = status == TS_OK ? seen : status;
	}
	if (status == TS_OK && point->number > 0 && point->request < 0)
		status = out_attr_number(job->file, "/steps", "done", ++job->n_done, session->diag);
	return status == TS_OK && stop_requested() ? TS_STOPPED : status;
}

ts_status cli_simulate(cli_session *session, const cli_simulation *simulation, out_file *file)
{
	simulate_job job = {simulation, file, 0};
	TS_TRY(cli_points_put(session, file));
	return cli_each_point(session, run_point, &job);
}
