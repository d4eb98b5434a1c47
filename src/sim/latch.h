/* SPDX-License-Identifier: Apache-2.0
 * States that devices keep (dev_latch: switches with hysteresis), as the analyses read and flip them (private to sim/).
 * A state is a constant of the instance in a tile, one for each lane.
 */
#ifndef SIM_LATCH_H
#define SIM_LATCH_H
#include "mna/tile.h"

typedef struct sim_latch {
	int instance, batch, param;
	int plus, minus;             /* unknowns of the control; 0: none */
	ptrdiff_t rise, fall, state; /* rows of the batch's constants in a tile */
} sim_latch;
typedef struct sim_latches {
	int n;
	sim_latch *latch; /* [n] in the order of the instances */
} sim_latches;

ts_status sim_latches_create(const mna_system *system, sim_latches *out);
void sim_latches_destroy(sim_latches *latches);
/* The first latch from number `from` on whose state in a lane of the tile is not what x[n_unknown][stride] asks for, -1
 * if there is none. */
int sim_latch_next(const sim_latches *latches, const mna_tile *tile, int lane_index, const double *x, int stride,
                   int from);
double sim_latch_state(const sim_latches *latches, const mna_tile *tile, int k, int lane_index);
/* Flip in a lane what x[n_unknown][stride] asks for, without a trace in the tile but the constants: no allocation, and
 * gone with the next change of the instance's parameters. Returns whether there was some. */
int sim_latch_follow(const sim_latches *latches, mna_tile *tile, int lane_index, const double *x, int stride);
/* Set a state in the lanes of a mask; it outlives other changes of the tile. */
ts_status sim_latch_set(const sim_latches *latches, mna_tile *tile, int k, uint32_t lanes, double state);
/* All states as the instances' lines have them, in all lanes. */
ts_status sim_latch_reset(const sim_latches *latches, mna_tile *tile);
/* The states of lane 0 in all lanes. */
ts_status sim_latch_spread(mna_tile *tile);
#endif
