/* SPDX-License-Identifier: Apache-2.0
 * Command dtm: the thermodynamic model on an extracted cell. report and energy are about the large machine and its
 * joules, train, evaluate and sample about the small model whose law is enumerated (docs/dtm.md).
 */
#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "build_info.h"
#include "cli/cli.h"
#include "cli/dtm_small.h"
#include "cli/session.h"
#include "dtm/report.h"

enum { KEY_JSON = 256, KEY_ASSUME, KEY_BASELINE, KEY_RESULTS, KEY_CELL };

typedef struct dtm_job {
	const char *path, *cell, *json;
	dtm_report_options files;
} dtm_job;

static const char what_is_file[] = "CELL.h5 is what `thermospice extract` writes, or a result file with a .pbit.";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	dtm_job *job = state->input;
	switch (key) {
	case KEY_JSON:
		job->json = arg;
		return 0;
	case KEY_ASSUME:
		job->files.assume = arg;
		return 0;
	case KEY_BASELINE:
		job->files.baseline = arg;
		return 0;
	case KEY_RESULTS:
		job->files.results = arg;
		return 0;
	case KEY_CELL:
		job->cell = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (job->path)
			argp_error(state, "one cell at a time [E0701]");
		job->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which cell? %s [E0701]", what_is_file);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const dtm_job shipped = {.files = {.assume = TS_SOURCE_DIR "/models/dtm_energy.json",
                                          .baseline = TS_SOURCE_DIR "/models/gpu_baseline.json",
                                          .results = TS_SOURCE_DIR "/bench/gpu/results"}};

ts_status cli_dtm_cell(const char *path, const char *name, diag_list *diag, extract_cell *cell)
{
	out_file *file = NULL;
	TS_TRY(out_open(path, 0, diag, &file));
	const ts_status status =
	    out_exists(file, "/pbit") ? extract_load(file, name, diag, cell) : extract_run(file, name, diag, cell);
	const ts_status closed = out_close(file, out_is_complete(file), diag);
	return status == TS_OK ? closed : status;
}

static ts_status report(const dtm_job *job, diag_list *diag)
{
	static extract_cell cell; /* too large for the stack, like the report */
	static dtm_report result;
	TS_TRY(cli_dtm_cell(job->path, job->cell, diag, &cell));
	TS_TRY(dtm_report_build(&cell, &job->files, diag, &result));
	if (job->json)
		TS_TRY(dtm_report_json(&result, job->json, diag));
	if (!job->json || strcmp(job->json, "-") != 0)
		dtm_report_print(&result, stdout);
	return TS_OK;
}

static int dtm_report_command(int argc, char **argv)
{
	static const struct argp_option options[] = {
	    {"json", KEY_JSON, "FILE", 0, "also write the report as JSON; - prints it instead of the table", 0},
	    {"assume", KEY_ASSUME, "FILE", 0, "what the machine is built of (models/dtm_energy.json)", 0},
	    {"baseline", KEY_BASELINE, "FILE", 0, "what a GPU pays (models/gpu_baseline.json)", 0},
	    {"results", KEY_RESULTS, "FOLDER", 0, "measured GPU results (bench/gpu/results)", 0},
	    {"cell", KEY_CELL, "NAME", 0, "which .pbit, when the file holds several", 0},
	    {0}};
	static const struct argp parser = {
	    options,
	    parse,
	    "CELL.h5",
	    "The whole chain on one cell: what it is, the exact divergence of a small model "
	    "sampled with it, joules per sample of a large one, the GPU's, the ratio."
	    "\v"
	    "Examples:\n"
	    "  thermospice dtm report cell.h5\n"
	    "  thermospice dtm report cell.h5 --json report.json --assume my_energy.json",
	    NULL,
	    NULL,
	    NULL};
	dtm_job job = shipped;
	cli_session session;
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK)
		status = report(&job, session.diag);
	return cli_session_end(&session, status);
}

static ts_status energy(const dtm_job *job, diag_list *diag)
{
	static extract_cell cell;
	static dtm_assume assume;
	static dtm_ledger ledger;
	TS_TRY(cli_dtm_cell(job->path, job->cell, diag, &cell));
	TS_TRY(dtm_assume_load(job->files.assume, diag, &assume));
	TS_TRY(dtm_ledger_build(&assume, &cell, diag, &ledger));
	if (job->json)
		TS_TRY(dtm_ledger_json(&ledger, job->json, diag));
	if (!job->json || strcmp(job->json, "-") != 0)
		dtm_ledger_print(&ledger, stdout);
	return TS_OK;
}

static int dtm_energy_command(int argc, char **argv)
{
	static const struct argp_option options[] = {
	    {"json", KEY_JSON, "FILE", 0, "also write the ledger as JSON; - prints it instead of the table", 0},
	    {"assume", KEY_ASSUME, "FILE", 0, "what the machine is built of (models/dtm_energy.json)", 0},
	    {"cell", KEY_CELL, "NAME", 0, "which .pbit, when the file holds several", 0},
	    {0}};
	static const struct argp parser = {options,
	                                   parse,
	                                   "CELL.h5",
	                                   "The joule ledger of a large model built from one cell."
	                                   "\v"
	                                   "Example:\n"
	                                   "  thermospice dtm energy cell.h5 --assume my_energy.json",
	                                   NULL,
	                                   NULL,
	                                   NULL};
	dtm_job job = shipped;
	cli_session session;
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK)
		status = energy(&job, session.diag);
	return cli_session_end(&session, status);
}

static const struct {
	const char *name;
	cli_command_fn *run;
	const char *text;
} part[] = {
    {"report", dtm_report_command, "the whole chain on one cell, in one table"},
    {"energy", dtm_energy_command, "joules per sample of a machine built from the cell, term by term"},
    {"train", cli_dtm_train, "train the small model; divergence against steps"},
    {"evaluate", cli_dtm_evaluate, "its divergence against sweeps, with ideal p-bits and with the cell"},
    {"sample", cli_dtm_sample, "counts of its patterns, drawn with ideal p-bits or with the cell"},
};
enum { N_PART = sizeof part / sizeof *part };

static void print_help(FILE *to)
{
	fprintf(to, "Usage: thermospice dtm PART [OPTION...] [CELL.h5]\n\n"
	            "Denoising thermodynamic models sampled by an extracted cell.\n\n");
	for (int i = 0; i < N_PART; i++)
		fprintf(to, "  %-9s %s\n", part[i].name, part[i].text);
	fprintf(to,
	        "\n`thermospice dtm PART --help` explains a part. %s\n\n"
	        "Example:\n"
	        "  thermospice dtm report cell.h5 --json report.json\n",
	        what_is_file);
}

int cli_dtm(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "";
	if (!strcmp(first, "--help") || !strcmp(first, "-?") || !strcmp(first, "-h")) {
		print_help(stdout);
		return 0;
	}
	for (int i = 0; i < N_PART; i++) {
		char name[64];
		if (strcmp(first, part[i].name) != 0)
			continue;
		snprintf(name, sizeof name, "thermospice dtm %s", first);
		argv[1] = name;
		return part[i].run(argc - 1, argv + 1);
	}
	if (argc > 1)
		fprintf(stderr, "thermospice dtm: error: no part '%s' [E0701]\n\n", first);
	print_help(stderr);
	return ts_status_exit(TS_USAGE);
}
