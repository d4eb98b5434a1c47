/* SPDX-License-Identifier: Apache-2.0
 * Mutual inductance of two inductors, M = k sqrt(L1 L2): the fluxes are L1 i1 + M i2 and M i1 + L2 i2, the energy is
 * i^T L i / 2. The element has no node: its ports are the branch currents of the inductors. `mean` = sqrt(L1 L2) is not
 * the user's: elaboration sets it. Noise-free.
 */
#include <math.h>
#include "dev/mutual_kernel.h"

enum { P_K, P_MEAN, N_PARAM };

static const dev_port port[] = {{"first", DEV_CURRENT, 0}, {"second", DEV_CURRENT, 0}};
static const dev_stamp stamp[] = {{0, 1, DEV_C}, {1, 0, DEV_C}};
static const dev_shape shape = {port, 2, stamp, 2, NULL, 0};
static const dev_param param[N_PARAM] = {
    [P_K] = {"k", "", "coupling, must be given [spice3]", (double)NAN, -1, 1, 0},
    [P_MEAN] = {"mean", "H", "geometric mean of the two inductances: set by their cards [spice3]", 1e-6, 1e-36, 1e21,
                0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[MUTUAL_M] = p[P_K] * p[P_MEAN];
	return NULL;
}

const dev_type dev_mutual = {
    .name = "mutual",
    .doc = "coupling of two inductors",
    .letter = "k",
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .n_const = MUTUAL_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_mutual,
};
