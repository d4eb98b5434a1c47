/* SPDX-License-Identifier: Apache-2.0
 * Behavioural resistor: I = m v/(r scale h(T)) with r an expression of voltages, branch currents and time
 * (dev/program.h) and h of dev/temperature.h. Each instance has its own shape, made by dev_resistor_b_shape.
 *
 * Thermal noise S = 4kT I/v, the conductance of the moment. Where r depends on other voltages this is Nyquist's law, at
 * every value of them. Where r depends on the voltage across, it is the least noise that physics.md 1.1 allows, and the
 * one Gaussian law with which, read as Haenggi and Klimontovich do, a circuit at one temperature has Boltzmann's
 * distribution; far from equilibrium no law follows from I(v) alone. A negative resistance has none: there S = 0.
 */
#include <assert.h>
#include <math.h>

#include "dev/resistor_b.h"
#include "dev/resistor_b_kernel.h"
#include "dev/temperature.h"

enum { P_TC1, P_TC2, P_TCE, P_SCALE, P_M, P_TNOM, N_PARAM };

static const dev_noise noise[] = {{"thermal", 0, 1, DEV_WHITE, DEV_NO_RATES, 0, 0}};
static const dev_obs obs[RESISTOR_B_N_OBS] = {{"id", "A"}, {"g", "S"}, {"s", "A^2/Hz"}};
static const dev_param param[N_PARAM] = {
    [P_TC1] = DEV_TC1,
    [P_TC2] = DEV_TC2,
    [P_TCE] = DEV_TCE,
    [P_SCALE] = DEV_SCALE,
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
    [P_TNOM] = DEV_TNOM,
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	const dev_coefficients c = {p[P_TC1], p[P_TC2], p[P_TCE], p[P_TNOM]};
	const double factor = dev_temperature_factor(&c, temperature);
	if (!(factor > 0))
		return "tc1";
	k[RESISTOR_B_FACTOR] = p[P_SCALE] * factor / p[P_M];
	k[RESISTOR_B_4KT] = 4 * PHYS_K * temperature;
	return NULL;
}

static const char *const control_name[DEV_BSOURCE_MAX_CONTROL] = {"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"};

void dev_resistor_b_shape(int n_control, int n_current, dev_port *port, dev_stamp *stamp, dev_shape *shape)
{
	assert(n_current >= 0 && n_current <= n_control && n_control <= DEV_BSOURCE_MAX_CONTROL);
	const int n_port = dev_resistor_b_n_port(n_control);
	int n = 0;
	port[0] = (dev_port){"p", DEV_VOLTAGE, 0};
	port[1] = (dev_port){"n", DEV_VOLTAGE, 0};
	for (uint8_t row = 0; row < 2; row++)
		for (uint8_t col = 0; col < 2; col++)
			stamp[n++] = (dev_stamp){row, col, DEV_G};
	for (int c = DEV_BSOURCE_CONTROL; c < n_port; c++) {
		const dev_quantity quantity = c < n_port - n_current ? DEV_VOLTAGE : DEV_CURRENT;
		port[c] = (dev_port){control_name[c - DEV_BSOURCE_CONTROL], quantity, 0};
		for (uint8_t row = 0; row < 2; row++)
			stamp[n++] = (dev_stamp){row, (uint8_t)c, DEV_G};
	}
	*shape = (dev_shape){port, n_port, stamp, n, noise, 1};
}

const dev_type dev_resistor_b = {
    .name = "resistor_b",
    .doc = "behavioural resistor: R = expression of voltages, currents and time",
    .letter = "r",
    .param = param,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = RESISTOR_B_N_OBS,
    .n_const = RESISTOR_B_N_CONST,
    .linear_q = 1,
    .plateau = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_resistor_b,
};
