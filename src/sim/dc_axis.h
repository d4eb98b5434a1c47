/* SPDX-License-Identifier: Apache-2.0
 * What an axis of a .dc does to a tile (private to sim/). An instance's own value is set where it stands; parameters of
 * the deck, the temperature and the like need the circuit elaborated anew, by options->vary, one circuit for each
 * point.
 */
#ifndef SIM_DC_AXIS_H
#define SIM_DC_AXIS_H
#include "sim/signals.h"
#include "sim/sim.h"

typedef struct dc_points {
	mna_tile *tile;
	const sim_request *request;
	const sim_vary *vary;
	diag_list *diag;
	elab_circuit *circuit[LANES]; /* in use by the lanes; owned. [0] alone when the lanes share it */
	elab_change *change;          /* room for one of each target */
} dc_points;

/* Does a point of the axis need a circuit of its own? */
static inline int dc_is_varied(const elab_axis *axis)
{
	return axis->n_target > 0 && axis->instance < 0;
}
/* TS_NETLIST with a message when the deck cannot be elaborated anew here. */
ts_status dc_points_create(mna_tile *tile, const sim_request *request, const sim_vary *vary, diag_list *diag,
                           dc_points *out);
void dc_points_destroy(dc_points *points);
/* Set lane l of `count` to the points (outer, inner + l); the other lanes to the last of them. *count becomes 1 where
 * points differ in what lanes share. New circuits are made only where they are needed. */
ts_status dc_points_set(dc_points *points, size_t outer, size_t inner, int *count);
/* Value of a signal at the point of lane l, as observed; formulas are those of the point's circuit. */
double dc_points_value(const dc_points *points, const sim_signal *signal, int lane_index);
/* /analyses/<name>/<dataset>: the values of an axis, or the row numbers of a table of several columns, with the columns
 * beside it: <dataset>_data/<label>. Attributes `parameter` and units. */
ts_status dc_axis_put(const dc_points *points, int axis, out_file *file);
#endif
