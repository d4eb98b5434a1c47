/* SPDX-License-Identifier: Apache-2.0
 * The state in which a transient with uic starts, before anything is solved.
 */
#ifndef SIM_UIC_H
#define SIM_UIC_H
#include "base/diag.h"
#include "mna/system.h"

/* A source whose value is not the circuit's own; instance -1: none. */
typedef struct sim_uic_source {
	int instance;
	double value;
} sim_uic_source;

/* x[n_unknown]: 0, driven nodes at t = 0, .ic, the currents of L elements with ic=, and nodes moved so that each C
 * element with ic= has its voltage. TS_NETLIST after a message where these contradict one another or .ic. */
ts_status sim_uic_state(const mna_system *system, sim_uic_source moved, double *x, diag_list *diag);
#endif
