/* SPDX-License-Identifier: Apache-2.0
 * Switches: resistors whose conductance follows a voltage (switch_v, S) or the current of a V source (switch_i, W).
 * With x the control, at the threshold, w the half width of the transition, u = (x - at)/w kept within [-1, 1]:
 *
 *   ln g = (ln gon + ln goff)/2 + (ln gon - ln goff)/2 u (15 - 10 u^2 + 3 u^4)/8
 *
 * with two continuous derivatives. Noise 4kT g at its own temperature: the current is proportional to the voltage
 * across at every control, so this is Nyquist's law. No hysteresis: a state without energy or temperature has no noise
 * law.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/switch_kernel.h"

enum { P_AT, P_WIDTH, P_RON, P_ROFF, P_M, N_PARAM };

static const dev_port port_v[] = {
    {"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"cp", DEV_VOLTAGE, 0}, {"cn", DEV_VOLTAGE, 0}};
static const dev_port port_i[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"control", DEV_CURRENT, 0}};
static const dev_stamp stamp[] = {{0, 0, DEV_G}, {0, 1, DEV_G}, {1, 0, DEV_G}, {1, 1, DEV_G},
                                  {0, 2, DEV_G}, {1, 2, DEV_G}, {0, 3, DEV_G}, {1, 3, DEV_G}};
static const dev_noise noise[] = {{"thermal", 0, 1, DEV_WHITE, DEV_NO_RATES, 0, 0}};
static const dev_shape shape_v = {port_v, 4, stamp, 8, noise, 1};
static const dev_shape shape_i = {port_i, 3, stamp, 6, noise, 1};
static const dev_obs obs[SWITCH_N_OBS] = {{"id", "A"}, {"g", "S"}, {"s", "A^2/Hz"}};
#define SWITCH_COMMON                                                                                                  \
	[P_RON] = {"ron", "ohm", "resistance above the transition [spice3]", 1, 1e-12, 1e24, 1},                       \
	[P_ROFF] = {"roff", "ohm", "resistance below the transition [spice3]", 1e12, 1e-12, 1e24, 1},                  \
	[P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0}
static const dev_param param_v[N_PARAM] = {
    [P_AT] = {"vt", "V", "threshold, the middle of the transition [spice3]", 0, -1e6, 1e6, 1},
    [P_WIDTH] = {"vh", "V", "minus the half width of the transition: < 0, no hysteresis (card)", -0.01, -1e6, -1e-9, 1},
    SWITCH_COMMON,
};
static const dev_param param_i[N_PARAM] = {
    [P_AT] = {"it", "A", "threshold, the middle of the transition [spice3]", 0, -1e6, 1e6, 1},
    [P_WIDTH] = {"ih", "A", "minus the half width of the transition: < 0, no hysteresis (card)", -1e-5, -1e6, -1e-15,
                 1},
    SWITCH_COMMON,
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	k[SWITCH_MIDDLE] = -0.5 * (log(p[P_RON]) + log(p[P_ROFF]));
	k[SWITCH_HALF] = -0.5 * (log(p[P_RON]) - log(p[P_ROFF]));
	k[SWITCH_M] = p[P_M];
	k[SWITCH_AT] = p[P_AT];
	k[SWITCH_INV_WIDTH] = -1 / p[P_WIDTH];
	k[SWITCH_4KT] = 4 * PHYS_K * temperature;
	return NULL;
}

const dev_type dev_switch_v = {
    .name = "switch_v",
    .doc = "voltage-controlled switch",
    .letter = "s",
    .model = "sw",
    .level = "",
    .shape = &shape_v,
    .param = param_v,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = SWITCH_N_OBS,
    .n_const = SWITCH_N_CONST,
    .linear_q = 1,
    .plateau = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_switch_v,
};
const dev_type dev_switch_i = {
    .name = "switch_i",
    .doc = "current-controlled switch",
    .letter = "w",
    .model = "csw",
    .level = "",
    .shape = &shape_i,
    .param = param_i,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = SWITCH_N_OBS,
    .n_const = SWITCH_N_CONST,
    .linear_q = 1,
    .plateau = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_switch_i,
};
