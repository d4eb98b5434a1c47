/* SPDX-License-Identifier: Apache-2.0
 * The command line. Each command of command.def is one function in one cmd_*.c with its own argp parser, so
 * `thermospice COMMAND --help` teaches the command with examples.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include "base/status.h"

/* argv[0] is "thermospice COMMAND". Returns the exit status. */
typedef int cli_command_fn(int argc, char **argv);
#define COMMAND(name, function, text) cli_command_fn function;
#include "cli/command.def"
#undef COMMAND

/* The whole program: dispatches argv[1]. Returns the exit status. */
int cli_main(int argc, char **argv);
#endif
