/* SPDX-License-Identifier: Apache-2.0
 * A deck on its way: source text, tree, circuit, compiled system, and the diagnostics of all of them. Everything a
 * command opened is closed by cli_session_end, which also prints what was not yet printed and gives the exit status.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H
#include <argp.h>
#include "elab/circuit.h"
#include "mna/system.h"
#include "net/parser.h"
#include "out/result.h"

enum { CLI_MAX_SET = 64, CLI_SET_NAME = 64 };

typedef enum cli_stage { CLI_DECK, CLI_CIRCUIT, CLI_SYSTEM } cli_stage;

typedef struct cli_session {
	src_map *sources;
	diag_list *diag;
	net_deck *deck;
	elab_options options; /* of the circuit; borrows the sets */
	elab_circuit *circuit;
	mna_system *system;
} cli_session;

/* --set NAME=VALUE */
typedef struct cli_sets {
	int n;
	char name[CLI_MAX_SET][CLI_SET_NAME];
	elab_override set[CLI_MAX_SET];
} cli_sets;

ts_status cli_session_begin(cli_session *session);
/* The session's circuit with more changes: sim_vary.circuit, `self` a cli_session. Messages go to the session. */
ts_status cli_vary(void *self, const elab_change *change, int n, diag_list *diag, elab_circuit **out);
/* Read, parse and go as far as `stage`. Messages stay in session->diag. */
ts_status cli_session_load(cli_session *session, const char *deck, const cli_sets *sets, cli_stage stage);
int cli_session_end(cli_session *session, ts_status status);
/* A result in `path` (NULL: in memory) with this session's texts. */
ts_status cli_session_output(cli_session *session, const char *path, const char *command, uint64_t seed,
                             out_file **file);
/* Parse NAME=VALUE; 0 and an argp error message on bad text. */
int cli_sets_add(cli_sets *sets, const char *text, struct argp_state *state);
/* Number with suffix, or a usage error. */
double cli_number(const char *text, const char *option, struct argp_state *state);
/* "path/deck.cir", ".h5" -> "deck.h5". */
void cli_output_name(const char *deck, const char *ending, char *out, size_t size);
/* The arguments with blanks between, cut to size: what a file's provenance calls its command. */
void cli_command_line(int argc, char **argv, char *out, size_t size);
/* Usage error for a documented option that this version does not have. */
void cli_unsupported(struct argp_state *state, const char *option, const char *instead);
#endif
