/* SPDX-License-Identifier: Apache-2.0
 * What the homotopies and messages need of a Newton solver beyond sim/sim.h (private to sim/).
 */
#ifndef SIM_NEWTON_H
#define SIM_NEWTON_H
#include "sim/sim.h"

/* Residual of a row at the last iterate of a lane, and what was tolerated. */
void sim_newton_residual(const sim_newton *newton, int unknown, int lane_index, double *residual, double *tolerance);
/* Unknown at whose column the last solve found the matrix singular, -1 if it did not. */
int sim_newton_singular(const sim_newton *newton);
/* sim_operating_point_held with the states of switches as they are in the tile. */
ts_status sim_operating_point_fixed(mna_tile *tile, uint32_t lanes, const double *hold, diag_list *diag);
#endif
