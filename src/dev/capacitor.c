/* SPDX-License-Identifier: Apache-2.0
 * Capacitor: q = m C V, noise-free. `ic=` is accepted and unused: start values come from .ic cards.
 */
#include <math.h>
#include "dev/capacitor_kernel.h"

enum { P_C, P_M, P_IC, N_PARAM };

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}};
static const dev_stamp stamp[] = {{0, 0, DEV_C}, {0, 1, DEV_C}, {1, 0, DEV_C}, {1, 1, DEV_C}};
static const dev_shape shape = {port, 2, stamp, 4, NULL, 0};
static const dev_param param[N_PARAM] = {
    [P_C] = {"c", "F", "capacitance, must be given [spice3]", (double)NAN, 0, 1e6, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
    [P_IC] = {"ic", "V", "ignored: use .ic [spice3]", 0, -1e6, 1e6, 0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[CAPACITOR_C] = p[P_M] * p[P_C];
	return NULL;
}

const dev_type dev_capacitor = {
    .name = "capacitor",
    .doc = "linear capacitor",
    .letter = "c",
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .n_const = CAPACITOR_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_capacitor,
};
