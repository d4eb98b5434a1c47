/* SPDX-License-Identifier: Apache-2.0
 * Linear controlled sources, noise-free: vccs (G) I = m gm (v_cp - v_cn) from p through the source to n; vcvs (E)
 * v_p - v_n = gain (v_cp - v_cn), with its branch current as an unknown.
 */
#include <math.h>
#include "dev/controlled_kernel.h"

enum { P_GM, P_M, N_PARAM_G };
enum { P_GAIN, N_PARAM_E };

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0},  {"n", DEV_VOLTAGE, 0},      {"cp", DEV_VOLTAGE, 0},
                                {"cn", DEV_VOLTAGE, 0}, {"branch", DEV_CURRENT, 1}};
static const dev_stamp stamp_g[] = {{0, 2, DEV_G}, {0, 3, DEV_G}, {1, 2, DEV_G}, {1, 3, DEV_G}};
static const dev_stamp stamp_e[] = {{0, 4, DEV_G}, {1, 4, DEV_G}, {4, 0, DEV_G},
                                    {4, 1, DEV_G}, {4, 2, DEV_G}, {4, 3, DEV_G}};
static const dev_shape shape_g = {port, 4, stamp_g, 4, NULL, 0};
static const dev_shape shape_e = {port, 5, stamp_e, 6, NULL, 0};
static const dev_param param_g[N_PARAM_G] = {
    [P_GM] = {"gm", "S", "transconductance, must be given [spice3]", (double)NAN, -1e18, 1e18, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
};
static const dev_param param_e[N_PARAM_E] = {
    [P_GAIN] = {"gain", "V/V", "voltage gain, must be given [spice3]", (double)NAN, -1e18, 1e18, 0},
};

static const char *derive_g(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[VCCS_GM] = p[P_M] * p[P_GM];
	return NULL;
}
static const char *derive_e(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[VCVS_GAIN] = p[P_GAIN];
	return NULL;
}

const dev_type dev_vccs = {
    .name = "vccs",
    .doc = "voltage-controlled current source",
    .letter = "g",
    .shape = &shape_g,
    .param = param_g,
    .n_param = N_PARAM_G,
    .n_const = VCCS_N_CONST,
    .linear_q = 1,
    .derive = derive_g,
    .kernel = DEV_KERNEL_vccs,
};
const dev_type dev_vcvs = {
    .name = "vcvs",
    .doc = "voltage-controlled voltage source",
    .letter = "e",
    .shape = &shape_e,
    .param = param_e,
    .n_param = N_PARAM_E,
    .n_const = VCVS_N_CONST,
    .linear_q = 1,
    .derive = derive_e,
    .kernel = DEV_KERNEL_vcvs,
};
