/* SPDX-License-Identifier: Apache-2.0
 * Resistor: I = g V, g = m / [R (1 + tc1 dT + tc2 dT^2)], dT = T - 27 C. Thermal noise S = 4kT g at the resistor's own
 * temperature (physics.md 1.1). A negative resistance is refused: it has no thermal noise law; use a G or B source.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/dev.h"
#include "dev/resistor_kernel.h"

enum { P_R, P_TC1, P_TC2, P_M, N_PARAM };

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}};
static const dev_stamp stamp[] = {{0, 0, DEV_G}, {0, 1, DEV_G}, {1, 0, DEV_G}, {1, 1, DEV_G}};
static const dev_noise noise[] = {{"thermal", 0, 1, DEV_WHITE, 0, 0, 0}};
static const dev_shape shape = {port, 2, stamp, 4, noise, 1};
static const dev_param param[N_PARAM] = {
    [P_R] = {"r", "ohm", "resistance at 27 C, must be given [spice3]", (double)NAN, 1e-12, 1e24, 0},
    [P_TC1] = {"tc1", "1/K", "linear temperature coefficient [spice3]", 0, -1, 1, 0},
    [P_TC2] = {"tc2", "1/K^2", "quadratic temperature coefficient [spice3]", 0, -1, 1, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	const double dt = temperature - (PHYS_ZERO_C + 27.0);
	const double factor = 1.0 + p[P_TC1] * dt + p[P_TC2] * dt * dt;
	if (!(factor > 0))
		return "tc1";
	k[RESISTOR_G] = p[P_M] / (p[P_R] * factor);
	k[RESISTOR_S] = 4 * PHYS_K * temperature * k[RESISTOR_G];
	return NULL;
}

const dev_type dev_resistor = {
    .name = "resistor",
    .doc = "linear resistor with thermal noise",
    .letter = "r",
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .n_const = RESISTOR_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_resistor,
};
