/* SPDX-License-Identifier: Apache-2.0
 * Shape of one behavioural source. Its controls are ports of their own, so every instance has its own shape:
 *
 *   port 0 p, port 1 n, then the controls: n_control in all, voltages of nodes first and the last n_current of them branch
 *   currents of other elements; then (voltage sources) the own branch current, internal.
 *
 * The instance's aux is a dev_program whose DEV_OP_PORT index is the port number (first control: DEV_BSOURCE_CONTROL).
 * A control may be the same node as p, n or another control. Ports 0 and 1 may also be read by the program, but their
 * derivatives have no stamps: name a control instead. Noise-free.
 */
#ifndef DEV_BSOURCE_H
#define DEV_BSOURCE_H
#include "dev/dev.h"
#include "dev/program.h"

enum {
	DEV_BSOURCE_CONTROL = 2, /* port number of the first control */
	DEV_BSOURCE_MAX_CONTROL = DEV_PROGRAM_PORTS - 3,
	DEV_BSOURCE_MAX_PORT = DEV_PROGRAM_PORTS,
	DEV_BSOURCE_MAX_STAMP = 2 * DEV_BSOURCE_MAX_CONTROL + 4
};

/* Ports and stamps of a source with n_control controls. */
static inline int dev_bsource_n_port(int n_control, int voltage)
{
	return DEV_BSOURCE_CONTROL + n_control + (voltage != 0);
}
static inline int dev_bsource_n_stamp(int n_control, int voltage)
{
	return voltage ? n_control + 4 : 2 * n_control;
}

/* Fill caller-provided arrays (at least dev_bsource_n_port and dev_bsource_n_stamp items) and point *shape at them.
 * voltage: 1 for bsource_v, 0 for bsource_i. n_current <= n_control <= DEV_BSOURCE_MAX_CONTROL. */
void dev_bsource_shape(int n_control, int n_current, int voltage, dev_port *port, dev_stamp *stamp, dev_shape *shape);
#endif
