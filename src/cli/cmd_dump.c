/* SPDX-License-Identifier: Apache-2.0
 * thermospice dump: what a stage made of the deck.
 */
#include <stdio.h>
#include <string.h>
#include "cli/cli.h"
#include "cli/session.h"

enum { KEY_STAGE = 256, KEY_SET };

static const struct argp_option options[] = {
    {"stage", KEY_STAGE, "deck|circuit|system", 0, "which stage (default: circuit)", 0},
    {"set", KEY_SET, "NAME=VALUE", 0, "replaces a top-level .param", 0},
    {0}};

static const char doc[] = "Prints DECK as a stage of the program sees it."
                          "\v"
                          "Stages:\n"
                          "  deck     cards after .include and continuation lines, in canonical form\n"
                          "  circuit  flat nodes and instances with numbers, analyses\n"
                          "  system   unknowns, driven nodes, matrix pattern, batches, noise sources\n\n"
                          "Example:\n"
                          "  thermospice dump netlists/latch.cir --stage=system";

typedef struct dump_job {
	const char *deck;
	cli_stage stage;
	cli_sets sets;
} dump_job;

static cli_stage stage_option(const char *text, struct argp_state *state)
{
	static const char *const name[] = {[CLI_DECK] = "deck", [CLI_CIRCUIT] = "circuit", [CLI_SYSTEM] = "system"};
	for (int i = 0; i < 3; i++)
		if (!strcmp(text, name[i]))
			return (cli_stage)i;
	argp_error(state, "--stage wants deck, circuit or system, not '%s' [E0701]", text);
	return CLI_CIRCUIT;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	dump_job *job = state->input;
	switch (key) {
	case KEY_STAGE:
		job->stage = stage_option(arg, state);
		return 0;
	case KEY_SET:
		cli_sets_add(&job->sets, arg, state);
		return 0;
	case ARGP_KEY_ARG:
		job->deck = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which deck? [E0701]");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cli_dump(int argc, char **argv)
{
	static const struct argp parser = {options, parse, "DECK", doc, NULL, NULL, NULL};
	static dump_job job;
	job = (dump_job){.stage = CLI_CIRCUIT};
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	cli_session session;
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK)
		status = cli_session_load(&session, job.deck, &job.sets, job.stage);
	if (status == TS_OK && job.stage == CLI_DECK)
		net_dump(session.deck, stdout);
	else if (status == TS_OK && job.stage == CLI_CIRCUIT)
		elab_dump(session.circuit, stdout);
	else if (status == TS_OK)
		mna_dump(session.system, stdout);
	return cli_session_end(&session, status);
}
