/* SPDX-License-Identifier: Apache-2.0
 * Running the analyses of a deck (see simulate.h). The i-th .pbit wraps the i-th .trannoise.
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

static ts_status run_requests(cli_session *session, const cli_simulation *simulation, out_file *file)
{
	const elab_circuit *c = session->circuit;
	int i_noise = 0;
	for (int i = 0; i < c->n_request; i++) {
		const sim_request *request = &c->request[i];
		sim_options options = simulation->options;
		if (request->kind == SIM_TRANNOISE) {
			options.pbit = i_noise < c->n_pbit ? &c->pbit[i_noise] : NULL;
			i_noise++;
			if (!simulation->quiet)
				print_sources(session->system, request);
		}
		TS_TRY(sim_run(session->system, request, &options, file, session->diag));
		if (!simulation->quiet)
			print_choice(session, file, request);
		TS_TRY(cli_measure(c, request, file, session->diag));
		TS_TRY(cli_fourier(c, request, file, session->diag));
		TS_TRY(out_flush(file, session->diag));
		if (stop_requested())
			return TS_STOPPED;
	}
	return TS_OK;
}

static ts_status extract_cells(cli_session *session, out_file *file)
{
	static extract_cell cell; /* too large for the stack */
	for (int i = 0; i < session->circuit->n_pbit; i++) {
		TS_TRY(extract_run(file, session->circuit->pbit[i].name, session->diag, &cell));
		TS_TRY(extract_store(file, &cell, session->diag));
	}
	return TS_OK;
}

ts_status cli_simulate(cli_session *session, const cli_simulation *simulation, out_file *file)
{
	TS_TRY(run_requests(session, simulation, file));
	return extract_cells(session, file);
}
