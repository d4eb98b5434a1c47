/* SPDX-License-Identifier: Apache-2.0
 * Inductor: the branch current is an unknown; its equation is v_p - v_n - d(L i)/dt = 0, L = scale h(T) / m times the
 * value, with h of dev/temperature.h. Noise-free. `ic` is where a transient with uic starts.
 */
#include <math.h>
#include "dev/inductor_kernel.h"
#include "dev/temperature.h"

enum { P_L, P_M, P_IC, P_TC1, P_TC2, P_SCALE, P_IND, P_CARD_TC1, P_CARD_TC2, P_TNOM, N_PARAM };

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"branch", DEV_CURRENT, 1}};
static const dev_stamp stamp[] = {{0, 2, DEV_G}, {1, 2, DEV_G}, {2, 0, DEV_G}, {2, 1, DEV_G}, {2, 2, DEV_C}};
static const dev_shape shape = {port, 3, stamp, 5, NULL, 0};
static const dev_param param[N_PARAM] = {
    [P_L] = {"l", "H", "inductance at tnom, must be given here or by the card [spice3]", (double)NAN, 1e-24, 1e9, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
    [P_IC] = {"ic", "A", "current at the start of .tran and .trannoise with uic, no effect elsewhere [spice3]", 0, -1e6,
              1e6, 0},
    [P_TC1] = DEV_TC1,
    [P_TC2] = DEV_TC2,
    [P_SCALE] = DEV_SCALE,
    [P_IND] = {"ind", "H", "inductance where the line gives none, no effect elsewhere [ngspice]", 0, 0, 1e9, 1},
    [P_CARD_TC1] = DEV_CARD_TC1,
    [P_CARD_TC2] = DEV_CARD_TC2,
    [P_TNOM] = DEV_TNOM,
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	const dev_coefficients c = {p[P_TC1], p[P_TC2], 0, p[P_TNOM]};
	const double factor = dev_temperature_factor(&c, temperature);
	if (!(factor > 0))
		return "tc1";
	k[INDUCTOR_L] = p[P_L] * p[P_SCALE] * factor / p[P_M];
	return NULL;
}

const dev_type dev_inductor = {
    .name = "inductor",
    .doc = "linear inductor with a branch current",
    .letter = "l",
    .model = "l ind",
    .optional_model = 1,
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .n_const = INDUCTOR_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_inductor,
};
