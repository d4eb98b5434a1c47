/* SPDX-License-Identifier: Apache-2.0
 * Capacitors whose charge is an expression of their own voltage. The instance's aux is a dev_program of one port,
 * number DEV_CAPACITOR_Q_ACROSS: the voltage v_p - v_n. Being a function of that alone, the charge has an energy, so
 * that a circuit at one temperature has a Gibbs state.
 *
 *   capacitor_q   the program is the charge
 *   capacitor_c   the program is the capacitance; the charge is its integral from 0 V by a Gauss-Legendre rule of
 *                 DEV_CAPACITOR_C_POINTS points, exact for polynomials of degree 63; its slope is that of the rule,
 *                 so charge and Jacobian always agree
 */
#ifndef DEV_CAPACITOR_Q_H
#define DEV_CAPACITOR_Q_H
#include "dev/dev.h"
#include "dev/program.h"

enum { DEV_CAPACITOR_Q_ACROSS = 0, DEV_CAPACITOR_C_POINTS = 32 };

/* The shape of both, the same for every instance. */
extern const dev_shape dev_capacitor_q_shape;
#endif
