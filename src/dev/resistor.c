/* SPDX-License-Identifier: Apache-2.0
 * Resistor: I = g V, g = m / (R scale h(T)) with h of dev/temperature.h. Thermal noise S = 4kT g at the resistor's own
 * temperature (physics.md 1.1). A negative resistance is refused: it has no thermal noise law; use a G or B source.
 * `ac` is the resistance in .ac and .noise: the analysis sets r to it, so that its noise is Nyquist's law there too.
 * l, w and the card's rsh .. r give r where the line does not; whoever binds the card works them out.
 */
#include <math.h>
#include "dev/dev.h"
#include "dev/resistor_kernel.h"
#include "dev/temperature.h"

enum {
	P_R,
	P_TC1,
	P_TC2,
	P_TCE,
	P_SCALE,
	P_M,
	P_AC,
	P_L,
	P_W,
	P_RSH,
	P_DEFW,
	P_NARROW,
	P_SHORT,
	P_CARD_R,
	P_CARD_RES,
	P_CARD_TC1,
	P_CARD_TC2,
	P_CARD_TCE,
	P_TNOM,
	N_PARAM
};

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}};
static const dev_stamp stamp[] = {{0, 0, DEV_G}, {0, 1, DEV_G}, {1, 0, DEV_G}, {1, 1, DEV_G}};
static const dev_noise noise[] = {{"thermal", 0, 1, DEV_WHITE, 0, 0, 0}};
static const dev_shape shape = {port, 2, stamp, 4, noise, 1};
static const dev_param param[N_PARAM] = {
    [P_R] = {"r", "ohm", "resistance at tnom, must be given here or by the card [spice3]", (double)NAN, 1e-12, 1e24, 0},
    [P_TC1] = DEV_TC1,
    [P_TC2] = DEV_TC2,
    [P_TCE] = DEV_TCE,
    [P_SCALE] = DEV_SCALE,
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
    [P_AC] = {"ac", "ohm", "resistance in .ac and .noise, 0: r; no effect elsewhere [ngspice]", 0, 0, 1e24, 0},
    [P_L] = {"l", "m", "length; no effect beside a value [spice3]", 0, 0, 1e3, 0},
    [P_W] = {"w", "m", "width, 0: defw; no effect beside a value [spice3]", 0, 0, 1e3, 0},
    [P_RSH] = {"rsh", "ohm",
               "sheet resistance: r = rsh (l - 2 short)/(w - 2 narrow); no effect beside a value [spice3]", 0, 0, 1e24,
               1},
    [P_DEFW] = {"defw", "m", "default width; no effect beside a value [spice3]", 1e-5, 1e-12, 1e3, 1},
    [P_NARROW] = {"narrow", "m", "narrowing by etching, per side; no effect beside a value [spice3]", 0, -1, 1, 1},
    [P_SHORT] = {"short", "m", "shortening by etching, per side; no effect beside a value [spice3]", 0, -1, 1, 1},
    [P_CARD_R] = {"r", "ohm", "resistance where neither the line nor rsh gives one, no effect elsewhere [ngspice]", 0,
                  0, 1e24, 1},
    [P_CARD_RES] = {"res", "ohm", "the same as r, no effect elsewhere [ngspice]", 0, 0, 1e24, 1},
    [P_CARD_TC1] = DEV_CARD_TC1,
    [P_CARD_TC2] = DEV_CARD_TC2,
    [P_CARD_TCE] = DEV_CARD_TCE,
    [P_TNOM] = DEV_TNOM,
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	const dev_coefficients c = {p[P_TC1], p[P_TC2], p[P_TCE], p[P_TNOM]};
	const double factor = dev_temperature_factor(&c, temperature);
	if (!(factor > 0))
		return "tc1";
	k[RESISTOR_G] = p[P_M] / (p[P_R] * p[P_SCALE] * factor);
	k[RESISTOR_S] = 4 * PHYS_K * temperature * k[RESISTOR_G];
	return NULL;
}

const dev_type dev_resistor = {
    .name = "resistor",
    .doc = "linear resistor with thermal noise",
    .letter = "r",
    .model = "r res",
    .optional_model = 1,
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .n_const = RESISTOR_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_resistor,
};
