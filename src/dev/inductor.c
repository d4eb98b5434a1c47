/* SPDX-License-Identifier: Apache-2.0
 * Inductor: the branch current is an unknown; its equation is v_p - v_n - d(L i)/dt = 0, L divided by the number m of
 * parallel devices. Noise-free. `ic=` is accepted and unused: start values come from .ic cards.
 */
#include <math.h>
#include "dev/inductor_kernel.h"

enum { P_L, P_M, P_IC, N_PARAM };

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"branch", DEV_CURRENT, 1}};
static const dev_stamp stamp[] = {{0, 2, DEV_G}, {1, 2, DEV_G}, {2, 0, DEV_G}, {2, 1, DEV_G}, {2, 2, DEV_C}};
static const dev_shape shape = {port, 3, stamp, 5, NULL, 0};
static const dev_param param[N_PARAM] = {
    [P_L] = {"l", "H", "inductance, must be given [spice3]", (double)NAN, 1e-24, 1e9, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
    [P_IC] = {"ic", "A", "ignored: use .ic [spice3]", 0, -1e6, 1e6, 0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[INDUCTOR_L] = p[P_L] / p[P_M];
	return NULL;
}

const dev_type dev_inductor = {
    .name = "inductor",
    .doc = "linear inductor with a branch current",
    .letter = "l",
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .n_const = INDUCTOR_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_inductor,
};
