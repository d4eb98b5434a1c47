/* SPDX-License-Identifier: Apache-2.0
 * A trap in the oxide of a transistor: a two-state chain (random telegraph noise) [Ralls et al. 1984]
 * [Kirton & Uren 1989] [physics.md 1.8]. tauc, taue are the mean times empty and full at V = v0; V = Vgs of the
 * transistor, mirrored for pmos: elab connects port g to its source and s to its gate then.
 *
 * A capture moves the charge eta q from g to s, eta the trap's depth in the oxide as a fraction of its thickness, and
 * fills the trap with the energy E. Detailed balance, capture/emission = e^{(eta q V - E)/kT}, fixes it:
 *
 *   E = eta q v0 + kT ln(tauc/taue)
 *
 * so that a capture heats its surroundings by eta q V_mid - E = kT ln(capture/emission). theta, the share of the bias
 * that goes to the capture, is free. The third port is an unknown of its own: the occupancy, its mean p in a
 * deterministic analysis and 0 or 1 in a stochastic one, which also knows what a full trap does to its transistor.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/rtn_trap_kernel.h"

/* The line's dvth first: dev_param_index finds that. */
enum { P_DVTH, P_TAUC, P_TAUE, P_V0, P_ETA, P_THETA, P_CARD_DVTH, N_PARAM };

static const dev_port port[] = {{"g", DEV_VOLTAGE, 0}, {"s", DEV_VOLTAGE, 0}, {"n", DEV_CURRENT, 1}};
static const dev_stamp stamp[] = {{RTN_N, RTN_G, DEV_G}, {RTN_N, RTN_S, DEV_G}, {RTN_N, RTN_N, DEV_G}};
static const dev_noise noise[] = {{"capture", RTN_G, RTN_S, DEV_WHITE, DEV_TRAP, RTN_ENERGY, RTN_DVTH}};
static const dev_shape shape = {port, RTN_N_PORT, stamp, 3, noise, 1};
static const dev_obs obs[RTN_N_OBS] = {{"tc", "s"}, {"te", "s"}, {"p", ""}};
static const dev_param param[N_PARAM] = {
    [P_TAUC] = {"tauc", "s", "mean time to capture at Vgs = v0, must be given [Kirton & Uren 1989]", (double)NAN, 1e-15,
                1e15, 1},
    [P_TAUE] = {"taue", "s", "mean time to emission at Vgs = v0, must be given [Kirton & Uren 1989]", (double)NAN,
                1e-15, 1e15, 1},
    [P_V0] = {"v0", "V", "gate-source voltage of tauc and taue, mirrored for pmos [physics.md 1.8]", 0, -100, 100, 1},
    [P_ETA] = {"eta", "", "depth over the oxide's thickness; 0: no bias dependence [Ralls et al. 1984]", 0, 0, 1, 1},
    [P_THETA] = {"theta", "", "share of the bias dependence in the capture [physics.md 1.8]", 1, 0, 1, 1},
    [P_CARD_DVTH] = {"dvth", "V", "threshold shift when full; 0: q/(m W L cox) of the transistor [physics.md 1.8]", 0,
                     0, 10, 1},
    [P_DVTH] = {"dvth", "V", "the same of this trap; -1: not given [physics.md 1.8]", -1, -1, 10, 0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	k[RTN_V0] = p[P_V0];
	k[RTN_SLOPE] = p[P_ETA] / phys_ut(temperature);
	k[RTN_THETA] = p[P_THETA];
	k[RTN_CAPTURE] = 1 / p[P_TAUC];
	k[RTN_EMISSION] = 1 / p[P_TAUE];
	k[RTN_LOG_RATIO] = log(p[P_TAUE] / p[P_TAUC]);
	k[RTN_ETA] = p[P_ETA];
	k[RTN_ENERGY] = p[P_ETA] * PHYS_Q * p[P_V0] - PHYS_K * temperature * k[RTN_LOG_RATIO];
	k[RTN_DVTH] = p[P_DVTH] >= 0 ? p[P_DVTH] : p[P_CARD_DVTH];
	return NULL;
}

const dev_type dev_rtn_trap = {
    .name = "rtn_trap",
    .doc = "trap of a transistor: random telegraph noise",
    .letter = "y",
    .model = "rtn",
    .level = "",
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = RTN_N_OBS,
    .n_const = RTN_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_rtn_trap,
};
