/* SPDX-License-Identifier: Apache-2.0
 * Commands on result files: show, extract, plot.
 */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/alloc.h"
#include "build_info.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "extract/cell.h"

enum { KEY_JSON = 256, KEY_CELL, KEY_CSV };

typedef struct file_job {
	const char *path, *output, *cell, *csv, *command;
	int json;
} file_job;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	file_job *job = state->input;
	switch (key) {
	case 'o':
		job->output = arg;
		return 0;
	case KEY_JSON:
		job->json = 1;
		return 0;
	case KEY_CELL:
		job->cell = arg;
		return 0;
	case KEY_CSV:
		job->csv = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (job->path)
			argp_error(state, "one file at a time [E0701]");
		job->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which file? [E0701]");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* 1 when the first character that is no blank opens a JSON object, as in the reports of `dtm`. */
static int is_json(const char *path)
{
	char first = 0;
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	const int found = fscanf(file, " %c", &first) == 1 && first == '{';
	fclose(file);
	return found;
}

/* Open a result or cell file; JSON gets advice, for it is read by people and by `plot`. */
static ts_status open_file(const char *path, diag_list *diag, out_file **file)
{
	if (!is_json(path))
		return out_open(path, 0, diag, file);
	diag_add(
	    diag, E0602, SRC_NOWHERE,
	    "%s: JSON, not HDF5: `thermospice plot` draws the ladder of a report, `thermospice dtm report CELL.h5` "
	    "prints the report",
	    path);
	return TS_IO;
}

int cli_show(int argc, char **argv)
{
	static const struct argp_option options[] = {
	    {"csv", KEY_CSV, "ANALYSIS", 0, "print one analysis as CSV instead", 0}, {0}};
	static const struct argp parser = {
	    options,
	    parse,
	    "FILE",
	    "Prints what a result or cell file (HDF5) holds: analyses, signals, tables, warnings, provenance."
	    "\v"
	    "Examples:\n"
	    "  thermospice show pbit.h5\n"
	    "  thermospice show rc_step.h5 --csv tran1 > rc_step.csv",
	    NULL,
	    NULL,
	    NULL};
	file_job job = {0};
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	cli_session session;
	out_file *file = NULL;
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK)
		status = open_file(job.path, session.diag, &file);
	if (status == TS_OK && job.csv)
		status = out_csv(file, job.csv, stdout, session.diag);
	else if (status == TS_OK)
		status = out_show(file, stdout, session.diag);
	if (file)
		out_close(file, 1, session.diag);
	return cli_session_end(&session, status);
}

/* A cell file of its own carries the seed of the run it comes from. */
static ts_status open_cells(const file_job *job, cli_session *session, const out_file *from, out_file **to)
{
	double seed = 0;
	out_get_attr_number(from, "/", "seed", &seed, NULL);
	const out_provenance provenance = {
	    .command = job->command, .format = "thermospice-cell", .seed = (uint64_t)seed};
	return job->output ? out_create(job->output, &provenance, session->diag, to) : TS_OK;
}

static ts_status extract_one(const file_job *job, cli_session *session, out_file *from, out_file *to)
{
	static extract_cell cell; /* too large for the stack */
	const ts_status measured = out_exists(from, "/analyses") ? extract_run(from, job->cell, session->diag, &cell)
	                                                         : extract_load(from, job->cell, session->diag, &cell);
	TS_TRY(measured);
	if (job->json)
		extract_print_json(&cell, stdout);
	else
		extract_print(&cell, stdout);
	return extract_store(to ? to : from, &cell, session->diag);
}

static ts_status extract(const file_job *job, cli_session *session)
{
	out_file *from = NULL, *to = NULL;
	TS_TRY(out_open(job->path, !job->output, session->diag, &from));
	const int was_complete = out_is_complete(from);
	ts_status status = open_cells(job, session, from, &to);
	if (status == TS_OK)
		status = extract_one(job, session, from, to);
	const ts_status closed = to ? out_close(to, status == TS_OK, session->diag) : TS_OK;
	out_close(from, was_complete, session->diag);
	if (status == TS_OK && closed == TS_OK)
		fprintf(stderr, "stored in %s\n", job->output ? job->output : job->path);
	return status == TS_OK ? closed : status;
}

int cli_extract(int argc, char **argv)
{
	static const struct argp_option options[] = {
	    {"output", 'o', "CELL.h5", 0, "write the cell to its own file (default: into FILE)", 0},
	    {"cell", KEY_CELL, "NAME", 0, "which .pbit, when the file holds several", 0},
	    {"json", KEY_JSON, NULL, 0, "print as JSON", 0},
	    {0}};
	static const struct argp parser = {options,
	                                   parse,
	                                   "FILE",
	                                   "Computes effective p-bit parameters from a result file: P(1) against bias, "
	                                   "logistic fit, correlation times, energies, "
	                                   "each with a 95 % interval."
	                                   "\v"
	                                   "Examples:\n"
	                                   "  thermospice extract pbit.h5\n"
	                                   "  thermospice extract pbit.h5 -o cell.h5 --json",
	                                   NULL,
	                                   NULL,
	                                   NULL};
	char command[1024];
	cli_command_line(argc, argv, command, sizeof command);
	file_job job = {.command = command};
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	cli_session session;
	ts_status status = cli_session_begin(&session);
	if (status == TS_OK)
		status = extract(&job, &session);
	return cli_session_end(&session, status);
}

static const char python[] = "/usr/bin/python3";

static int plot_error(const char *text)
{
	fprintf(stderr, "thermospice plot: error: %s [E0703]\n", text);
	return ts_status_exit(TS_IO);
}

int cli_plot(int argc, char **argv)
{
	static const struct argp_option options[] = {
	    {"output", 'o', "FOLDER", 0, "where the figures go (default: beside the file)", 0}, {0}};
	static const struct argp parser = {
	    options,
	    parse,
	    "FILE",
	    "Draws the figures of a result or cell file (HDF5) or a report (JSON) as PNG beside it: a "
	    "trajectory with its states, the sigmoid with its "
	    "fit, the joules ladder. Needs python3-h5py and python3-matplotlib."
	    "\v"
	    "Example:\n"
	    "  thermospice plot pbit.h5 -o figures",
	    NULL,
	    NULL,
	    NULL};
	file_job job = {0};
	argp_parse(&parser, argc, argv, 0, NULL, &job);
	const char *script = getenv("THERMOSPICE_PLOT");
	script = script ? script : TS_SOURCE_DIR "/analysis/plot.py";
	if (access(python, X_OK))
		return plot_error("/usr/bin/python3 is missing: apt-get install python3-h5py python3-matplotlib");
	if (access(script, R_OK))
		return plot_error("analysis/plot.py is missing: THERMOSPICE_PLOT may name it");
	if (access(job.path, R_OK)) {
		fprintf(stderr, "thermospice plot: error: cannot read '%s': %s [E0601]\n", job.path, strerror(errno));
		return ts_status_exit(TS_IO);
	}
	if (system("/usr/bin/python3 -c 'import h5py, matplotlib' 2>/dev/null") != 0)
		return plot_error("python3 lacks h5py or matplotlib: apt-get install python3-h5py python3-matplotlib");
	if (job.output)
		execl(python, python, script, job.path, "-o", job.output, (char *)NULL);
	else
		execl(python, python, script, job.path, (char *)NULL);
	return plot_error("cannot start /usr/bin/python3");
}
