/* SPDX-License-Identifier: Apache-2.0
 * Linear sources controlled by the branch current i of an independent voltage source, noise-free: cccs (F) I = m gain i
 * from p through the source to n; ccvs (H) v_p - v_n = r i, with its own branch current as an unknown.
 */
#include <math.h>
#include "dev/current_controlled_kernel.h"

enum { P_GAIN, P_M, N_PARAM_F };
enum { P_R, N_PARAM_H };

static const dev_port port[] = {
    {"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"control", DEV_CURRENT, 0}, {"branch", DEV_CURRENT, 1}};
static const dev_stamp stamp_f[] = {{0, 2, DEV_G}, {1, 2, DEV_G}};
static const dev_stamp stamp_h[] = {{0, 3, DEV_G}, {1, 3, DEV_G}, {3, 0, DEV_G}, {3, 1, DEV_G}, {3, 2, DEV_G}};
static const dev_shape shape_f = {port, 3, stamp_f, 2, NULL, 0};
static const dev_shape shape_h = {port, 4, stamp_h, 5, NULL, 0};
static const dev_param param_f[N_PARAM_F] = {
    [P_GAIN] = {"gain", "A/A", "current gain, must be given [spice3]", (double)NAN, -1e18, 1e18, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
};
static const dev_param param_h[N_PARAM_H] = {
    [P_R] = {"r", "ohm", "transresistance, must be given [spice3]", (double)NAN, -1e18, 1e18, 0},
};

static const char *derive_f(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[CCCS_GAIN] = p[P_M] * p[P_GAIN];
	return NULL;
}
static const char *derive_h(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[CCVS_R] = p[P_R];
	return NULL;
}

const dev_type dev_cccs = {
    .name = "cccs",
    .doc = "current-controlled current source",
    .letter = "f",
    .shape = &shape_f,
    .param = param_f,
    .n_param = N_PARAM_F,
    .n_const = CCCS_N_CONST,
    .linear_q = 1,
    .derive = derive_f,
    .kernel = DEV_KERNEL_cccs,
};
const dev_type dev_ccvs = {
    .name = "ccvs",
    .doc = "current-controlled voltage source",
    .letter = "h",
    .shape = &shape_h,
    .param = param_h,
    .n_param = N_PARAM_H,
    .n_const = CCVS_N_CONST,
    .linear_q = 1,
    .derive = derive_h,
    .kernel = DEV_KERNEL_ccvs,
};
