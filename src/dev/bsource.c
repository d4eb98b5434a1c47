/* SPDX-License-Identifier: Apache-2.0
 * Behavioural sources: an expression of control voltages, branch currents and time (dev/program.h), as a current from p through the
 * source to n (bsource_i) or as a voltage v_p - v_n with a branch current (bsource_v). Noise-free. Each instance has its
 * own shape, made by dev_bsource_shape.
 */
#include <assert.h>
#include "dev/bsource.h"
#include "dev/bsource_kernel.h"

enum { P_SCALE, P_M, N_PARAM };

static const dev_param param[N_PARAM] = {
    [P_SCALE] = {"scale", "", "multiplies the expression [ngspice]", 1, -1e18, 1e18, 0},
    [P_M] = {"m", "", "current sources: devices in parallel [ngspice]", 1, 1e-12, 1e12, 0},
};

static const char *derive_i(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[BSOURCE_SCALE] = p[P_SCALE] * p[P_M];
	return NULL;
}
static const char *derive_v(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	k[BSOURCE_SCALE] = p[P_SCALE];
	return NULL;
}

static const char *const control_name[DEV_BSOURCE_MAX_CONTROL] = {"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"};

void dev_bsource_shape(int n_control, int n_current, int voltage, dev_port *port, dev_stamp *stamp, dev_shape *shape)
{
	assert(n_current >= 0 && n_current <= n_control && n_control <= DEV_BSOURCE_MAX_CONTROL);
	const int branch = DEV_BSOURCE_CONTROL + n_control;
	int n = 0;
	port[0] = (dev_port){"p", DEV_VOLTAGE, 0};
	port[1] = (dev_port){"n", DEV_VOLTAGE, 0};
	for (int c = 0; c < n_control; c++)
		port[DEV_BSOURCE_CONTROL + c] = (dev_port){control_name[c], c < n_control - n_current ? DEV_VOLTAGE : DEV_CURRENT, 0};
	if (voltage) {
		port[branch] = (dev_port){"branch", DEV_CURRENT, 1};
		stamp[n++] = (dev_stamp){0, (uint8_t)branch, DEV_G};
		stamp[n++] = (dev_stamp){1, (uint8_t)branch, DEV_G};
		stamp[n++] = (dev_stamp){(uint8_t)branch, 0, DEV_G};
		stamp[n++] = (dev_stamp){(uint8_t)branch, 1, DEV_G};
	}
	for (int c = DEV_BSOURCE_CONTROL; c < branch; c++) {
		if (voltage) {
			stamp[n++] = (dev_stamp){(uint8_t)branch, (uint8_t)c, DEV_G};
			continue;
		}
		stamp[n++] = (dev_stamp){0, (uint8_t)c, DEV_G};
		stamp[n++] = (dev_stamp){1, (uint8_t)c, DEV_G};
	}
	*shape = (dev_shape){.port = port, .n_port = branch + (voltage != 0), .stamp = stamp, .n_stamp = n};
}

const dev_type dev_bsource_i = {
    .name = "bsource_i",
    .doc = "behavioural current source: I = expression of voltages, currents and time",
    .letter = "b",
    .param = param,
    .n_param = N_PARAM,
    .n_const = BSOURCE_N_CONST,
    .linear_q = 1,
    .derive = derive_i,
    .kernel = DEV_KERNEL_bsource_i,
};
const dev_type dev_bsource_v = {
    .name = "bsource_v",
    .doc = "behavioural voltage source: V = expression of voltages, currents and time",
    .letter = "b",
    .param = param,
    .n_param = P_M,
    .n_const = BSOURCE_N_CONST,
    .linear_q = 1,
    .derive = derive_v,
    .kernel = DEV_KERNEL_bsource_v,
};
