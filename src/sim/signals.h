/* SPDX-License-Identifier: Apache-2.0
 * The signals of a static analysis: the probes of .save, or every node voltage and voltage-source current (private to
 * sim/).
 */
#ifndef SIM_SIGNALS_H
#define SIM_SIGNALS_H
#include "mna/tile.h"
#include "out/result.h"

typedef struct sim_signal {
	const char *name;
	int plus, minus; /* unknowns; value = x[plus] - x[minus] */
	int is_current;
	const char *unit, *square, *density; /* "V", "V^2", "V^2/Hz" */
} sim_signal;

typedef struct sim_shape {
	int rank;
	size_t dims[2];
} sim_shape;

typedef struct sim_signals {
	int n;
	sim_signal *signal;
	struct arena *arena;
} sim_signals;

ts_status sim_signals_create(const mna_system *system, sim_signals *out);
void sim_signals_destroy(sim_signals *s);
/* The signal of one probe. */
sim_signal sim_signal_of(const mna_system *system, const elab_probe *probe);
static inline double sim_signal_value(const sim_signal *signal, const mna_tile *tile, int lane_index)
{
	return tile->x[signal->plus * LANES + lane_index] - tile->x[signal->minus * LANES + lane_index];
}
/* /analyses/<analysis>/signals/<signal> with the given shape. analysis is a request's name. */
ts_status sim_signal_put(const sim_signal *signal, const char *analysis, const sim_shape *shape, const double *data,
                         out_file *file, diag_list *diag);
#endif
