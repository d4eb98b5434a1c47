/* SPDX-License-Identifier: Apache-2.0
 * What a transient stores: the probes of .save, or every node voltage and source current; one row of samples each.
 */
#ifndef SIM_TRAN_SIGNAL_H
#define SIM_TRAN_SIGNAL_H
#include "sim/signals.h"

typedef struct sim_tran_signals {
	sim_signals probes;
	size_t n_time, filled;
	double *time;   /* [n_time] */
	double *sample; /* [probes.n][n_time] */
} sim_tran_signals;

ts_status sim_tran_signals_create(const mna_system *system, size_t n_time, sim_tran_signals *out);
void sim_tran_signals_destroy(sim_tran_signals *s);
/* Append x[n_unknown] at time t. */
void sim_tran_signals_add(sim_tran_signals *s, double t, const double *x);
/* /analyses/<name>/time and signals/..., as many samples as there are. */
ts_status sim_tran_signals_write(const sim_tran_signals *s, const char *name, out_file *file, diag_list *diag);
#endif
