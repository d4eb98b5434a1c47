/* SPDX-License-Identifier: Apache-2.0
 * Capacitor: q = m scale C h(T) V with h of dev/temperature.h, noise-free. l, w and the card's cj .. cap give c where
 * the line does not; whoever binds the card works them out. `ic` is where a transient with uic starts.
 */
#include <math.h>
#include "dev/capacitor_kernel.h"
#include "dev/temperature.h"

enum {
	P_C,
	P_M,
	P_IC,
	P_TC1,
	P_TC2,
	P_SCALE,
	P_L,
	P_W,
	P_CAP,
	P_CJ,
	P_CJSW,
	P_DEFW,
	P_NARROW,
	P_SHORT,
	P_DI,
	P_THICK,
	P_CARD_TC1,
	P_CARD_TC2,
	P_TNOM,
	N_PARAM
};

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}};
static const dev_stamp stamp[] = {{0, 0, DEV_C}, {0, 1, DEV_C}, {1, 0, DEV_C}, {1, 1, DEV_C}};
static const dev_shape shape = {port, 2, stamp, 4, NULL, 0};
static const dev_param param[N_PARAM] = {
    [P_C] = {"c", "F", "capacitance at tnom, must be given here or by the card [spice3]", (double)NAN, 0, 1e6, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
    [P_IC] = {"ic", "V", "voltage at the start of .tran and .trannoise with uic, no effect elsewhere [spice3]", 0, -1e6,
              1e6, 0},
    [P_TC1] = DEV_TC1,
    [P_TC2] = DEV_TC2,
    [P_SCALE] = DEV_SCALE,
    [P_L] = {"l", "m", "length; no effect beside a value [spice3]", 0, 0, 1e3, 0},
    [P_W] = {"w", "m", "width, 0: defw; no effect beside a value [spice3]", 0, 0, 1e3, 0},
    [P_CAP] = {"cap", "F", "capacitance where the line gives none, no effect elsewhere; 0: by geometry [ngspice]", 0, 0,
               1e6, 1},
    [P_CJ] = {"cj", "F/m^2",
              "capacitance per area: c = cj a b + 2 cjsw (a + b), a = l - short, b = w - narrow; no effect beside a "
              "value [spice3]",
              0, 0, 1e6, 1},
    [P_CJSW] = {"cjsw", "F/m", "capacitance per length of the edge; no effect beside a value [spice3]", 0, 0, 1e6, 1},
    [P_DEFW] = {"defw", "m", "default width; no effect beside a value [spice3]", 1e-5, 1e-12, 1e3, 1},
    [P_NARROW] = {"narrow", "m", "narrowing by etching; no effect beside a value [spice3]", 0, -1, 1, 1},
    [P_SHORT] = {"short", "m", "shortening by etching; no effect beside a value [ngspice]", 0, -1, 1, 1},
    [P_DI] = {"di", "", "relative permittivity, with thick instead of cj; no effect beside a value [ngspice]", 3.9, 1,
              1e6, 1},
    [P_THICK] = {"thick", "m", "thickness of the insulator, 0: cj holds; no effect beside a value [ngspice]", 0, 0, 1,
                 1},
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
	k[CAPACITOR_C] = p[P_M] * p[P_SCALE] * p[P_C] * factor;
	return NULL;
}

const dev_type dev_capacitor = {
    .name = "capacitor",
    .doc = "linear capacitor",
    .letter = "c",
    .model = "c cap",
    .optional_model = 1,
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .n_const = CAPACITOR_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_capacitor,
};
