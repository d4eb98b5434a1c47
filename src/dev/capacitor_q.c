/* SPDX-License-Identifier: Apache-2.0
 * Nonlinear capacitors: m times a charge that is a function of v_p - v_n (capacitor_q), or the integral of a
 * capacitance that is (capacitor_c). Noise-free. See dev/capacitor_q.h.
 */
#include "dev/capacitor_q.h"
#include "dev/capacitor_q_kernel.h"

enum { P_M, N_PARAM };

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}};
static const dev_stamp stamp[] = {{0, 0, DEV_C}, {0, 1, DEV_C}, {1, 0, DEV_C}, {1, 1, DEV_C}};
const dev_shape dev_capacitor_q_shape = {port, 2, stamp, 4, NULL, 0};
static const dev_param param[N_PARAM] = {
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[CAPACITOR_Q_M] = p[P_M];
	return NULL;
}

const dev_type dev_capacitor_q = {
    .name = "capacitor_q",
    .doc = "nonlinear capacitor: Q = expression of its voltage",
    .letter = "c",
    .param = param,
    .n_param = N_PARAM,
    .n_const = CAPACITOR_Q_N_CONST,
    .derive = derive,
    .kernel = DEV_KERNEL_capacitor_q,
};
const dev_type dev_capacitor_c = {
    .name = "capacitor_c",
    .doc = "nonlinear capacitor: dQ/dV = expression of its voltage",
    .letter = "c",
    .param = param,
    .n_param = N_PARAM,
    .n_const = CAPACITOR_Q_N_CONST,
    .derive = derive,
    .kernel = DEV_KERNEL_capacitor_c,
};
