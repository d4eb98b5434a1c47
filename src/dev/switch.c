/* SPDX-License-Identifier: Apache-2.0
 * Switches: resistors whose conductance follows a voltage (switch_v, S) or the current of a V source (switch_i, W).
 * Two shapes, chosen by the sign of vh (ih). h >= 0, also where none is given: hysteresis. The switch is on once the
 * control has risen above the threshold + h and off once it has fallen below the threshold - h; between them it keeps
 * its state, a constant that the analyses flip (dev_latch). h < 0: a smooth transition. With x the control, at the
 * threshold, w = -h the half width, u = (x - at)/w kept within [-1, 1]:
 *
 *   ln g = (ln gon + ln goff)/2 + (ln gon - ln goff)/2 u (15 - 10 u^2 + 3 u^4)/8
 *
 * with two continuous derivatives. Noise 4kT g at its own temperature: the current is proportional to the voltage
 * across at every control and in both states, so this is Nyquist's law. The state has neither energy nor temperature:
 * like an ideal source, what moves it is outside the thermodynamics of the circuit.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/switch_kernel.h"

enum { P_AT, P_WIDTH, P_RON, P_ROFF, P_M, P_ON, N_PARAM };

static const dev_port port_v[] = {
    {"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"cp", DEV_VOLTAGE, 0}, {"cn", DEV_VOLTAGE, 0}};
static const dev_port port_i[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"control", DEV_CURRENT, 0}};
static const dev_stamp stamp[] = {{0, 0, DEV_G}, {0, 1, DEV_G}, {1, 0, DEV_G}, {1, 1, DEV_G},
                                  {0, 2, DEV_G}, {1, 2, DEV_G}, {0, 3, DEV_G}, {1, 3, DEV_G}};
static const dev_noise noise[] = {{"thermal", 0, 1, DEV_WHITE, DEV_NO_RATES, 0, 0}};
static const dev_shape smooth_v = {port_v, 4, stamp, 8, noise, 1};
static const dev_shape smooth_i = {port_i, 3, stamp, 6, noise, 1};
static const dev_shape held_v = {port_v, 4, stamp, SWITCH_N_HELD_STAMP, noise, 1};
static const dev_shape held_i = {port_i, 3, stamp, SWITCH_N_HELD_STAMP, noise, 1};
static const dev_latch latch_v = {P_ON, 2, 3, SWITCH_RISE, SWITCH_FALL, SWITCH_STATE};
static const dev_latch latch_i = {P_ON, 2, -1, SWITCH_RISE, SWITCH_FALL, SWITCH_STATE};
static const dev_obs obs[SWITCH_N_OBS] = {{"id", "A"}, {"g", "S"}, {"s", "A^2/Hz"}};
#define SWITCH_COMMON                                                                                                  \
	[P_RON] = {"ron", "ohm", "resistance when on [spice3]", 1, 1e-12, 1e24, 1},                                    \
	[P_ROFF] = {"roff", "ohm", "resistance when off [spice3]", 1e12, 1e-12, 1e24, 1},                              \
	[P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},                                          \
	[P_ON] = {"on", "", "state at the start inside the hysteresis: 1 on, 0 off [spice3]", 0, 0, 1, 0}
static const dev_param param_v[N_PARAM] = {
    [P_AT] = {"vt", "V", "threshold [spice3]", 0, -1e6, 1e6, 1},
    [P_WIDTH] = {"vh", "V", "half width of the hysteresis [spice3]; < 0: minus that of a smooth transition (card)", 0,
                 -1e6, 1e6, 1},
    SWITCH_COMMON,
};
static const dev_param param_i[N_PARAM] = {
    [P_AT] = {"it", "A", "threshold [spice3]", 0, -1e6, 1e6, 1},
    [P_WIDTH] = {"ih", "A", "half width of the hysteresis [spice3]; < 0: minus that of a smooth transition (card)", 0,
                 -1e6, 1e6, 1},
    SWITCH_COMMON,
};

static const dev_shape *choose_v(const double *p)
{
	return p[P_WIDTH] < 0 ? &smooth_v : &held_v;
}

static const dev_shape *choose_i(const double *p)
{
	return p[P_WIDTH] < 0 ? &smooth_i : &held_i;
}

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	k[SWITCH_MIDDLE] = -0.5 * (log(p[P_RON]) + log(p[P_ROFF]));
	k[SWITCH_HALF] = -0.5 * (log(p[P_RON]) - log(p[P_ROFF]));
	k[SWITCH_M] = p[P_M];
	k[SWITCH_AT] = p[P_AT];
	k[SWITCH_INV_WIDTH] = p[P_WIDTH] < 0 ? -1 / p[P_WIDTH] : 0;
	k[SWITCH_4KT] = 4 * PHYS_K * temperature;
	k[SWITCH_RISE] = p[P_AT] + p[P_WIDTH];
	k[SWITCH_FALL] = p[P_AT] - p[P_WIDTH];
	k[SWITCH_STATE] = p[P_ON];
	k[SWITCH_ON] = p[P_M] / p[P_RON];
	k[SWITCH_OFF] = p[P_M] / p[P_ROFF];
	return NULL;
}

const dev_type dev_switch_v = {
    .name = "switch_v",
    .doc = "voltage-controlled switch",
    .letter = "s",
    .model = "sw",
    .level = "",
    .shape = &held_v,
    .choose = choose_v,
    .latch = &latch_v,
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
    .shape = &held_i,
    .choose = choose_i,
    .latch = &latch_i,
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
