/* SPDX-License-Identifier: Apache-2.0
 * The points of a stepped deck: .alter blocks, around a .temp of several temperatures, around .step cards; and within a
 * point those of a SWEEP on the card of an analysis. Each has a circuit of its own, elaborated with what it changes.
 *
 *   /steps/<quantity>  [n_step] in its unit; `alter`: the number of the block, 0 for the deck above the first
 *   /steps             attributes `points`, and `done`: how many are finished
 */
#ifndef CLI_POINTS_H
#define CLI_POINTS_H
#include "cli/session.h"
#include "out/result.h"

typedef struct cli_point {
	int number, of; /* from 1; 0 of 0: the deck has no steps */
	int step;       /* the deck's point, from 1, also where a SWEEP moves within it; 0: the deck has no steps */
	int request;    /* the only analysis that is done here, for its SWEEP; -1: all that have none */
	int alter;      /* block */
	int has_alter;  /* the deck has some */
	int n_change, n_step; /* the first n_step changes are the deck's, the others those of the SWEEP */
	const elab_change *change;
} cli_point;

/* Is request i of the point's circuit done there: alone for its SWEEP, or with all others that have none? */
static inline int cli_is_done(const elab_circuit *c, const cli_point *point, int i)
{
	return point->request >= 0 ? i == point->request : c->request[i].sweep.n_point == 0;
}

/* Do something at every point, with its circuit and system in the session. Ends with the first status that is not
 * TS_OK; messages say at which point. */
typedef ts_status cli_point_fn(void *self, cli_session *session, const cli_point *point);
ts_status cli_each_point(cli_session *session, cli_point_fn *each, void *self);
/* Points without those of SWEEPs; 0: the deck has no steps. TS_NETLIST when a block of .alter cannot be elaborated. */
ts_status cli_count_points(cli_session *session, int *n);
/* "rl = 1000, temp = 27" */
void cli_point_text(const cli_point *point, char *text, size_t size);
/* Attributes of an analysis that is in the file: `step`, `step.<quantity>`, `deck_step` and, of a SWEEP, `sweep_point`.
 */
ts_status cli_point_mark(const cli_point *point, const char *analysis, out_file *file, diag_list *diag);
/* Does what an analysis has found belong to the point of another one: the same step of the deck, and the same place of
 * its SWEEP where it has one? *in_sweep: it has one, and is of the same step. */
int cli_point_shared(const out_file *file, const char *other, const char *analysis, int *in_sweep);
/* Are all points well-posed, and is every step that a claim names there? Elaborates them all. */
ts_status cli_check_steps(cli_session *session);
/* /steps of all points. */
ts_status cli_points_put(cli_session *session, out_file *file);
#endif
