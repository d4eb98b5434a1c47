/* SPDX-License-Identifier: Apache-2.0
 * thermospice run: deck -> result file and tables.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/measure.h"
#include "cli/simulate.h"

enum { KEY_SEED = 256, KEY_SET, KEY_SAMPLES, KEY_FORMAT, KEY_JSON, KEY_CORNER, KEY_RESUME };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "result file (default: the deck's name with .h5, here)", 0},
    {"jobs", 'j', "N", 0, "threads (default: all cores); does not change any result", 0},
    {"seed", KEY_SEED, "N", 0, "replaces SEED= of the analyses", 0},
    {"samples", KEY_SAMPLES, "N", 0, "replaces SAMPLES=, the number of trajectories", 0},
    {"set", KEY_SET, "NAME=VALUE", 0, "replaces a top-level .param; may be repeated", 0},
    {"format", KEY_FORMAT, "h5|csv|raw|raw-ascii", 0,
     "csv: one text file per analysis, named after the deck; raw: the same as SPICE3 raw files", 0},
    {"json", KEY_JSON, NULL, 0, "print tables as JSON, one object per line", 0},
    {"corner", KEY_CORNER, "NAME", OPTION_HIDDEN, NULL, 0},
    {"resume", KEY_RESUME, NULL, OPTION_HIDDEN, NULL, 0},
    {0}};

static const char doc[] =
    "Runs the analyses of DECK in order and writes an HDF5 result file; then extracts what .pbit cards ask for."
    "\v"
    "Examples:\n"
    "  thermospice run netlists/divider.cir\n"
    "  thermospice run netlists/pbit.cir -o pbit.h5 -j 2 --seed 7\n"
    "  thermospice run netlists/rc_ktc.cir --set tk=77 --samples 1000\n"
    "  thermospice run netlists/rc_step.cir --format csv\n\n"
    "Interrupt with Ctrl-C: what was computed is kept, the file says complete = 0, the exit status is 130.";

typedef enum run_format { RUN_H5, RUN_CSV, RUN_RAW, RUN_RAW_ASCII } run_format;
typedef struct run_job {
	const char *deck, *output;
	run_format format;
	int json;
	cli_sets sets;
	cli_simulation simulation;
} run_job;

static long count_option(const char *text, const char *option, struct argp_state *state)
{
	const double value = cli_number(text, option, state);
	if (!(value >= 1 && value <= 1e9))
		argp_error(state, "%s wants a count from 1 to 1e9 [E0701]", option);
	return (long)value;
}

static uint64_t seed_option(const char *text, struct argp_state *state)
{
	char *end = NULL;
	const unsigned long long seed = strtoull(text, &end, 0);
	if (!*text || *end || *text == '-')
		argp_error(state, "--seed wants a whole number from 0, not '%s' [E0701]", text);
	return seed;
}

static void format_option(run_job *job, const char *text, struct argp_state *state)
{
	static const char *const name[] = {
	    [RUN_H5] = "h5", [RUN_CSV] = "csv", [RUN_RAW] = "raw", [RUN_RAW_ASCII] = "raw-ascii"};
	for (job->format = RUN_H5; job->format <= RUN_RAW_ASCII; job->format++)
		if (strcmp(text, name[job->format]) == 0)
			return;
	argp_error(state, "--format wants h5, csv, raw or raw-ascii, not '%s' [E0701]", text);
}

static error_t positional(run_job *job, const char *text, struct argp_state *state)
{
	if (job->deck)
		argp_error(state, "one deck at a time: '%s' and '%s' [E0701]", job->deck, text);
	job->deck = text;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	run_job *job = state->input;
	sim_options *o = &job->simulation.options;
	switch (key) {
	case 'o':
		job->output = arg;
		return 0;
	case 'j':
		o->n_thread = (int)count_option(arg, "--jobs", state);
		return 0;
	case KEY_SEED:
		o->seed = seed_option(arg, state);
		o->has_seed = 1;
		return 0;
	case KEY_SAMPLES:
		o->samples = count_option(arg, "--samples", state);
		return 0;
	case KEY_SET:
		cli_sets_add(&job->sets, arg, state);
		return 0;
	case KEY_FORMAT:
		format_option(job, arg, state);
		return 0;
	case KEY_JSON:
		job->json = 1;
		return 0;
	case KEY_CORNER:
		cli_unsupported(state, "--corner", "use --set NAME=VALUE");
		return 0;
	case KEY_RESUME:
		cli_unsupported(state, "--resume", "run the deck again; the same seed gives the same bits");
		return 0;
	case ARGP_KEY_ARG:
		return positional(job, arg, state);
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which deck? [E0701]");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One text or raw file per analysis. */
static ts_status write_files(const run_job *job, cli_session *session, const cli_point *point, const out_file *file)
{
	const elab_circuit *c = session->circuit;
	for (int i = 0; i < c->n_request; i++) {
		char group[200], ending[160], path[512];
		snprintf(group, sizeof group, "/analyses/%s", c->request[i].name);
		snprintf(ending, sizeof ending, ".%s.%s", c->request[i].name, job->format == RUN_CSV ? "csv" : "raw");
		cli_output_name(job->output ? job->output : job->deck, ending, path, sizeof path);
		if (!out_exists(file, group) || (point->request >= 0 && i != point->request))
			continue;
		FILE *to = fopen(path, job->format == RUN_RAW ? "wb" : "w");
		if (!to) {
			diag_add(session->diag, E0601, SRC_NOWHERE, "cannot write '%s'", path);
			return TS_IO;
		}
		const ts_status status =
		    job->format == RUN_CSV
		        ? out_csv(file, c->request[i].name, to, session->diag)
		        : out_raw(file, c->request[i].name, c->title, job->format == RUN_RAW_ASCII, to, session->diag);
		fclose(to);
		TS_TRY(status);
		fprintf(stderr, "wrote %s\n", path);
	}
	return TS_OK;
}

static ts_status after_point(void *self, cli_session *session, const cli_point *point, out_file *file)
{
	const run_job *job = self;
	TS_TRY(cli_results(session, point, file, stdout, job->json));
	fflush(stdout);
	return job->format != RUN_H5 ? write_files(job, session, point, file) : TS_OK;
}

static void say_where(const char *path, ts_status status)
{
	if (status == TS_STOPPED)
		fprintf(stderr, "interrupted: partial results are kept%s%s%s\n", path ? " in " : "", path ? path : "",
		        path ? " (complete = 0)" : "");
	else if (path && status == TS_OK)
		fprintf(stderr, "wrote %s\n", path);
}

static ts_status simulate(run_job *job, cli_session *session, const char *command)
{
	char name[512];
	const char *path = job->format != RUN_H5 ? NULL : job->output;
	out_file *file = NULL;
	if (job->format == RUN_H5 && !path) {
		cli_output_name(job->deck, ".h5", name, sizeof name);
		path = name;
	}
	TS_TRY(cli_check_noise(session));
	const uint64_t seed = cli_seed(session->circuit, &job->simulation.options);
	TS_TRY(cli_session_output(session, path, command, seed, &file));
	job->simulation.each = after_point;
	job->simulation.self = job;
	ts_status status = cli_simulate(session, &job->simulation, file);
	if (status == TS_OK || status == TS_STOPPED) {
		const ts_status printed = cli_measure_print(file, session->diag, stdout, job->json);
		status = status == TS_OK ? printed : status;
	}
	const ts_status closed = out_close(file, status == TS_OK, session->diag);
	say_where(path, status);
	return status == TS_OK ? closed : status;
}

int cli_run(int argc, char **argv)
{
	static const struct argp parser = {options, parse, "DECK", doc, NULL, NULL, NULL};
	static run_job job;
	char command[1024];
	job = (run_job){.simulation.options.progress = isatty(STDERR_FILENO)};
	cli_command_line(argc, argv, command, sizeof command);
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	stop_install();
	cli_session session;
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK)
		status = cli_session_load(&session, job.deck, &job.sets, CLI_SYSTEM);
	if (status == TS_OK)
		status = simulate(&job, &session, command);
	return cli_session_end(&session, status);
}
