/* SPDX-License-Identifier: Apache-2.0
 * The operating point of every device, by type (private to sim/). Writes, for the n instances of a type,
 *   /analyses/<name>/operating_point/<type>/name        [n] strings
 *   /analyses/<name>/operating_point/<type>/<quantity>  [n]
 * with the quantities of src/sim/op_table.c.
 */
#ifndef SIM_OP_TABLE_H
#define SIM_OP_TABLE_H
#include "sim/sim.h"

/* At tile->x, lane 0. */
ts_status sim_op_table(mna_tile *tile, const sim_request *request, out_file *file, diag_list *diag);
#endif
