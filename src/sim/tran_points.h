/* SPDX-License-Identifier: Apache-2.0
 * The points of a transient that measures read: the integrator's own steps and the corners of waveforms, not the grid
 * of TSTEP, so that straight lines between them are close to the solution wherever it moves. Every step is divided by
 * dense output. A corner has two points, one from each side. Only the circuit's watched signals are kept.
 */
#ifndef SIM_TRAN_POINTS_H
#define SIM_TRAN_POINTS_H
#include "sim/signals.h"

enum { SIM_POINTS_PER_STEP = 8 };

typedef struct sim_tran_points {
	sim_signals probes; /* n = 0: nothing is kept */
	size_t n, room;
	double *row; /* [room][1 + probes.n], the time first */
} sim_tran_points;

ts_status sim_tran_points_create(const mna_system *system, sim_tran_points *out);
void sim_tran_points_destroy(sim_tran_points *p);
/* Append x[n_unknown] at time t, at which the probes have been observed. Room grows by doubling: the number of steps is not known before. */
ts_status sim_tran_points_add(sim_tran_points *p, double t, const double *x);
/* /analyses/<name>/points/time and points/signals/... */
ts_status sim_tran_points_write(const sim_tran_points *p, const char *name, out_file *file, diag_list *diag);
#endif
