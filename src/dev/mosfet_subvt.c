/* SPDX-License-Identifier: Apache-2.0
 * Ideal subthreshold MOSFET (level=subvt), the device of the exact references (physics.md 1.4):
 *   I = m (W/L) i0 e^{(Vgb-vth)/nU} (e^{-Vsb/U} - e^{-Vdb/U}), mirrored for pmos,
 * with its two electron rates. W/L counts as 1 unless both are given. Capacitances are linear, per device, times m.
 * Exponents above 80 are continued linearly. Temperature enters through U only.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/mosfet_subvt_kernel.h"

enum { P_I0, P_VTH, P_N, P_CGS, P_CGD, P_CGB, P_CDB, P_CSB, P_W, P_L, P_M, N_PARAM };

static const dev_port port[] = {
    {"d", DEV_VOLTAGE, 0}, {"g", DEV_VOLTAGE, 0}, {"s", DEV_VOLTAGE, 0}, {"b", DEV_VOLTAGE, 0}};
/* Row by row, SUBVT_STAMP order: the gate row has no conductance, gd and gb pairs only capacitance. */
static const dev_stamp stamp[] = {
    {0, 0, DEV_G | DEV_C}, {0, 1, DEV_G | DEV_C}, {0, 2, DEV_G},         {0, 3, DEV_G | DEV_C},
    {1, 0, DEV_C},         {1, 1, DEV_C},         {1, 2, DEV_C},         {1, 3, DEV_C},
    {2, 0, DEV_G},         {2, 1, DEV_G | DEV_C}, {2, 2, DEV_G | DEV_C}, {2, 3, DEV_G | DEV_C},
    {3, 0, DEV_C},         {3, 1, DEV_C},         {3, 2, DEV_C},         {3, 3, DEV_C}};
static const dev_noise noise[] = {{"channel", 0, 2, DEV_WHITE, DEV_ELECTRONS, 0, 0}};
static const dev_shape shape = {port, 4, stamp, 16, noise, 1};
static const dev_obs obs[SUBVT_N_OBS] = {{"id", "A"}, {"gm", "S"}, {"gds", "S"}, {"s", "A^2/Hz"}};
static const dev_param param[N_PARAM] = {
    [P_I0] = {"i0", "A", "current scale at Vgs = vth [physics.md 1.4]", 1e-9, 1e-40, 1e3, 1},
    [P_VTH] = {"vth", "V", "threshold; positive for enhancement devices of both types [physics.md 1.4]", 0, -100, 100,
               1},
    [P_N] = {"n", "", "slope factor [physics.md 1.4]", 1, 1, 100, 1},
    [P_CGS] = {"cgs", "F", "gate-source capacitance [physics.md 1.4]", 0, 0, 1, 1},
    [P_CGD] = {"cgd", "F", "gate-drain capacitance [physics.md 1.4]", 0, 0, 1, 1},
    [P_CGB] = {"cgb", "F", "gate-bulk capacitance [physics.md 1.4]", 0, 0, 1, 1},
    [P_CDB] = {"cdb", "F", "drain-bulk capacitance [physics.md 1.4]", 0, 0, 1, 1},
    [P_CSB] = {"csb", "F", "source-bulk capacitance [physics.md 1.4]", 0, 0, 1, 1},
    [P_W] = {"w", "m", "width; 0: not given [physics.md 1.4]", 0, 0, 1, 0},
    [P_L] = {"l", "m", "length; 0: not given [physics.md 1.4]", 0, 0, 1, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	const double aspect = p[P_W] > 0 && p[P_L] > 0 ? p[P_W] / p[P_L] : 1;
	const double inv_u = 1 / phys_ut(temperature);
	k[SUBVT_SIGN] = polarity < 0 ? -1 : 1;
	k[SUBVT_RATE] = p[P_M] * aspect * p[P_I0] / PHYS_Q;
	k[SUBVT_INV_U] = inv_u;
	k[SUBVT_INV_NU] = inv_u / p[P_N];
	k[SUBVT_OFFSET] = p[P_VTH] * inv_u / p[P_N];
	k[SUBVT_CGS] = p[P_M] * p[P_CGS];
	k[SUBVT_CGD] = p[P_M] * p[P_CGD];
	k[SUBVT_CGB] = p[P_M] * p[P_CGB];
	k[SUBVT_CDB] = p[P_M] * p[P_CDB];
	k[SUBVT_CSB] = p[P_M] * p[P_CSB];
	return NULL;
}

const dev_type dev_mosfet_subvt = {
    .name = "mosfet_subvt",
    .doc = "ideal subthreshold MOSFET with electron rates",
    .letter = "m",
    .model = "nmos pmos",
    .level = "subvt",
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = SUBVT_N_OBS,
    .n_const = SUBVT_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_mosfet_subvt,
};
