/* SPDX-License-Identifier: Apache-2.0
 * thermospice check: parse, elaborate, compile, stochastic well-posedness; with --run also the .expect claims.
 */
#include <stdio.h>
#include <unistd.h>
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/expect.h"
#include "cli/simulate.h"

enum { KEY_RUN = 256, KEY_JSON, KEY_SET };

static const struct argp_option options[] = {
    {"run", KEY_RUN, NULL, 0, "run the analyses and check the deck's .expect claims", 0},
    {"jobs", 'j', "N", 0, "threads (default: all cores)", 0},
    {"set", KEY_SET, "NAME=VALUE", 0, "replaces a top-level .param; may be repeated", 0},
    {"json", KEY_JSON, NULL, 0, "print the claims as JSON", 0},
    {0}};

static const char doc[] =
    "Reads DECK and reports every mistake with its place: syntax, unknown names, parameters out of range, floating "
    "nodes, "
    "noise on nodes without capacitance."
    "\v"
    "Examples:\n"
    "  thermospice check mydeck.cir\n"
    "  thermospice check --run netlists/divider.cir\n\n"
    "Claims are cards of the deck:\n"
    "  .expect op v(out) value=1.5 rel=1e-9\n"
    "  .expect tran v(out) at=1u value='1-exp(-1)' abs=1e-5\n"
    "  .expect trannoise var(v(out)) value='1.380649e-23*300/1p' sigma=4\n"
    "  .expect mycell tau value=96n rel=0.05          (mycell: name of a .pbit card)\n\n"
    "Quantities. op, dc, tran: expressions of v(a), v(a,b), i(v1). ac: vm(a) vdb(a) vp(a) vr(a) vi(a), of "
    "(a,b) too, im(v1) and so on, at=HZ. noise: onoise inoise onoise(r1) gain, at=HZ or over the band. "
    "tf: gain rin rout. measure: the name of a .measure. trannoise: mean(v(a)) var(v(a)) std(v(a)) "
    "final_mean(v(a)) final_var(v(a)) power heat entropy residual; tur(i(v1)) ft ft(m1) ift ift(m1) work work(v1) "
    "var(work) jarzynski jarzynski(v1) gyration(v(a),v(b)) where the card asked for them. A .pbit: v0 vs worst tau "
    "tau_int "
    "p power energy_per_bit energy_per_tau landauer residual, where at=BIAS selects a point of the sweep.\n\n"
    "A claim holds when |got - value| is at most the largest of abs, rel*|value| and sigma standard errors. Exit "
    "status: 0 "
    "when all hold, 3 when one does not, 2 when the deck is wrong.";

typedef struct check_job {
	const char *deck;
	int run, json;
	cli_sets sets;
	cli_simulation simulation;
	cli_claims count;
} check_job;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	check_job *job = state->input;
	switch (key) {
	case KEY_RUN:
		job->run = 1;
		return 0;
	case KEY_JSON:
		job->json = 1;
		return 0;
	case 'j':
		job->simulation.options.n_thread = (int)cli_number(arg, "--jobs", state);
		return 0;
	case KEY_SET:
		cli_sets_add(&job->sets, arg, state);
		return 0;
	case ARGP_KEY_ARG:
		if (job->deck)
			argp_error(state, "one deck at a time [E0701]");
		job->deck = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which deck? [E0701]");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static ts_status after_point(void *self, cli_session *session, const cli_point *point, out_file *file)
{
	check_job *job = self;
	return cli_expect_all(session, point, file, job->json, &job->count);
}

static ts_status run_claims(check_job *job, cli_session *session)
{
	out_file *file = NULL;
	job->simulation.each = after_point;
	job->simulation.self = job;
	TS_TRY(cli_session_output(session, NULL, "thermospice check --run", 0, &file));
	const ts_status status = cli_simulate(session, &job->simulation, file);
	const ts_status closed = out_close(file, 1, session->diag);
	return status == TS_OK ? closed : status;
}

static ts_status check(check_job *job, cli_session *session)
{
	TS_TRY(cli_session_load(session, job->deck, &job->sets, CLI_SYSTEM));
	TS_TRY(cli_check_noise(session));
	TS_TRY(cli_check_steps(session));
	if (job->run)
		return run_claims(job, session);
	if (!job->json)
		printf("%s: %d nodes, %d devices, %d unknowns, %d analyses, %d claims: well-posed\n", job->deck,
		       session->circuit->n_node, session->circuit->n_instance, session->system->n_unknown - 1,
		       session->circuit->n_request, session->circuit->n_expect);
	return TS_OK;
}

int cli_check(int argc, char **argv)
{
	static const struct argp parser = {options, parse, "DECK", doc, NULL, NULL, NULL};
	static check_job job;
	job = (check_job){.simulation = {.options.progress = isatty(STDERR_FILENO)}};
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	stop_install();
	cli_session session;
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK)
		status = check(&job, &session);
	const int code = cli_session_end(&session, status);
	if (code != 0 || !job.run)
		return code;
	if (!job.json)
		printf("%s: %d of %d claims hold\n", job.deck, job.count.n - job.count.n_failed, job.count.n);
	return job.count.n_failed ? ts_status_exit(TS_NUMERIC) : 0;
}
