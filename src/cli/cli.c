/* SPDX-License-Identifier: Apache-2.0
 * Dispatch of `thermospice COMMAND ...`, the general help and --version.
 */
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include "build_info.h"
#include "cli/cli.h"

typedef struct cli_command {
	const char *name;
	cli_command_fn *run;
	const char *text;
} cli_command;

static const cli_command commands[] = {
#define COMMAND(name, function, text) {#name, function, text},
#include "cli/command.def"
#undef COMMAND
};
enum { N_COMMAND = sizeof commands / sizeof *commands };

static void print_help(FILE *to)
{
	fprintf(to,
	        "Usage: thermospice COMMAND [OPTION...] [FILE]\n\n"
	        "Simulates circuits whose noise obeys thermodynamics, from the netlist to the joules per sample.\n\n"
	        "Commands:\n");
	for (int i = 0; i < N_COMMAND; i++)
		fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].text);
	fprintf(to,
	        "\n`thermospice COMMAND --help` explains a command with examples. To begin:\n\n"
	        "  thermospice run netlists/pbit.cir -o pbit.h5    a transistor netlist becomes a p-bit\n"
	        "  thermospice dtm report pbit.h5                  the p-bit becomes a sampler with a bill in joules\n"
	        "  thermospice check --run netlists/divider.cir    a deck checks its own claims\n\n"
	        "Exit status: 0 ok, 1 usage, 2 netlist, 3 numeric or a claim that fails, 4 files, 5 internal,\n"
	        "130 interrupted (what was computed is kept and marked as partial).\n");
}

static void print_version(void)
{
	printf("thermospice %s (%s, %s, %s)\nSUNDIALS %s, GSL %s\n", TS_VERSION, TS_COMMIT, TS_BUILD_TYPE, TS_COMPILER,
	       TS_SUNDIALS_VERSION, TS_GSL_VERSION_TEXT);
}

static int run_command(const cli_command *command, int argc, char **argv)
{
	char name[64];
	snprintf(name, sizeof name, "thermospice %s", command->name);
	argp_err_exit_status = ts_status_exit(TS_USAGE);
	argv[0] = name;
	return command->run(argc, argv);
}

int cli_main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "";
	if (!strcmp(first, "--help") || !strcmp(first, "-h") || !strcmp(first, "help")) {
		print_help(stdout);
		return 0;
	}
	if (!strcmp(first, "--version") || !strcmp(first, "-V")) {
		print_version();
		return 0;
	}
	for (int i = 0; i < N_COMMAND; i++)
		if (!strcmp(first, commands[i].name))
			return run_command(&commands[i], argc - 1, argv + 1);
	if (argc > 1)
		fprintf(stderr, "thermospice: error: unknown command '%s' [E0701]\n\n", first);
	print_help(stderr);
	return ts_status_exit(TS_USAGE);
}
