/* SPDX-License-Identifier: Apache-2.0
 * Switches with hysteresis in the deterministic transient (private to sim/): when a control passes a threshold, in
 * dense output behind a step, and what flips then.
 */
#ifndef SIM_TRAN_LATCH_H
#define SIM_TRAN_LATCH_H
#include "sim/latch.h"
#include "sim/sim.h"
#include "sim/tran_reduce.h"

typedef struct sim_tran_latches {
	sim_latches all;
	sim_reduced *reduced;
	const sim_request *request;
	long count;   /* flips */
	double since; /* times at which something may flip, too close to tell from since: */
	long crowd;
} sim_tran_latches;

/* x[n_unknown] at a time within the last step. */
typedef ts_status sim_unknowns_fn(void *self, double t, const double **x);

ts_status sim_tran_latches_create(sim_reduced *reduced, const sim_request *request, sim_tran_latches *out);
void sim_tran_latches_destroy(sim_tran_latches *latches);
/* Take over the states that the operating point has left in lane 0 of the tile. */
ts_status sim_tran_latches_start(sim_tran_latches *latches);
/* A step went from `from` to *to. *to becomes the first time in it at which some control is beyond its threshold, and
 * *crossed 1, if there is one. */
ts_status sim_tran_latches_cross(const sim_tran_latches *latches, double from, double *to, sim_unknowns_fn *unknowns,
                                 void *self, int *crossed);
/* Flip what does not fit x[n_unknown] at t; *flipped: there was some. TS_NUMERIC with a message when flips crowd. */
ts_status sim_tran_latches_flip(sim_tran_latches *latches, double t, const double *x, diag_list *diag, int *flipped);
#endif
