/* SPDX-License-Identifier: Apache-2.0
 * Shape of one behavioural resistor. What its resistance depends on are ports of their own, so every instance has its
 * own shape: port 0 p, port 1 n, then the controls, voltages of nodes first and the last n_current of them branch
 * currents of other elements. The instance's aux is a dev_program for the resistance, whose DEV_OP_PORT index is the
 * port number (first control: DEV_BSOURCE_CONTROL). A control may be the same node as p or n.
 */
#ifndef DEV_RESISTOR_B_H
#define DEV_RESISTOR_B_H
#include "dev/bsource.h"

enum { DEV_RESISTOR_B_MAX_STAMP = 4 + 2 * DEV_BSOURCE_MAX_CONTROL };

static inline int dev_resistor_b_n_port(int n_control)
{
	return DEV_BSOURCE_CONTROL + n_control;
}
static inline int dev_resistor_b_n_stamp(int n_control)
{
	return 4 + 2 * n_control;
}

/* Fill caller-provided arrays (dev_resistor_b_n_port and _n_stamp items) and point *shape at them. n_current <=
 * n_control
 * <= DEV_BSOURCE_MAX_CONTROL. */
void dev_resistor_b_shape(int n_control, int n_current, dev_port *port, dev_stamp *stamp, dev_shape *shape);
#endif
