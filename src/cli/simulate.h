/* SPDX-License-Identifier: Apache-2.0
 * What `run` and `check --run` have in common: at every point of a deck its analyses in order, into one open result
 * file, then the extraction of its p-bits.
 */
#ifndef CLI_SIMULATE_H
#define CLI_SIMULATE_H
#include "cli/points.h"
#include "sim/sim.h"

typedef struct cli_simulation {
	sim_options options;
	int quiet; /* say nothing on stderr */
	/* After each point, also one that was interrupted, with its circuit in the session; NULL: nothing. */
	ts_status (*each)(void *self, cli_session *session, const cli_point *point, out_file *file);
	void *self;
} cli_simulation;

/* Stochastic well-posedness of a deck that asks for noise. */
ts_status cli_check_noise(cli_session *session);
/* Runs everything; TS_STOPPED when interrupted, with what there is in the file. */
ts_status cli_simulate(cli_session *session, const cli_simulation *simulation, out_file *file);
/* The seed of the first stochastic analysis, or --seed. */
uint64_t cli_seed(const elab_circuit *circuit, const sim_options *options);
/* Print the results of one point that are in the file: operating points, ensembles, p-bits. */
ts_status cli_results(const cli_session *session, const cli_point *point, const out_file *file, FILE *to, int json);
/* The devices' operating points of an .op, by type; nothing where the file has none. */
ts_status cli_op_table(const out_file *file, const char *analysis, diag_list *diag, FILE *to, int json);
#endif
