/* SPDX-License-Identifier: Apache-2.0
 * Diode: I = Is (e^{V/nU} - 1), continued linearly above V/nU = 80; electron rates of physics.md 1.2 for every n, so
 * that S = 2 q I coth(V/2U) and a diode with a capacitor relaxes to kT/C; the card's own law is SPICE's 2q|I|. Charge:
 * depletion (SPICE) + tt I. Temperature: Is(T) = Is (T/Tn)^{xti/n} exp[(T/Tn - 1) eg/(nU)], vj(T) and cjo(T) as in
 * SPICE. No breakdown. Series resistance is refused: put a resistor in series, so that its noise has its own node.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/diode_kernel.h"
#include "dev/junction.h"

/* Instance parameters first: both lists have an `m`, and dev_param_index finds the instance's. */
enum { P_AREA, P_M, P_IS, P_N, P_RS, P_CJO, P_VJ, P_GRADING, P_MJ, P_FC, P_TT, P_TNOM, P_EG, P_XTI, N_PARAM };

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}};
static const dev_stamp stamp[] = {
    {0, 0, DEV_G | DEV_C}, {0, 1, DEV_G | DEV_C}, {1, 0, DEV_G | DEV_C}, {1, 1, DEV_G | DEV_C}};
static const dev_noise noise[] = {{"shot", 0, 1, DEV_WHITE, DEV_ELECTRONS, 0, 0}};
static const dev_shape shape = {port, 2, stamp, 4, noise, 1};
static const dev_obs obs[DIODE_N_OBS] = {{"id", "A"}, {"gd", "S"}, {"cd", "F"}, {"s", "A^2/Hz"}, {"s_card", "A^2/Hz"}};
static const dev_param param[N_PARAM] = {
    [P_IS] = {"is", "A", "saturation current at tnom [spice3]", 1e-14, 1e-40, 1e3, 1},
    [P_N] = {"n", "", "ideality, >= 1 [spice3]", 1, 1, 100, 1},
    [P_RS] = {"rs", "ohm", "series resistance: only 0; use a resistor in series [spice3]", 0, 0, 0, 1},
    [P_CJO] = {"cjo", "F", "zero-bias depletion capacitance [spice3]", 0, 0, 1e3, 1},
    [P_VJ] = {"vj", "V", "junction potential [spice3]", 1, 0.05, 20, 1},
    [P_GRADING] = {"m", "", "grading coefficient (on the model card) [spice3]", 0.5, 0, 0.95, 1},
    [P_MJ] = {"mj", "", "the same under its other name; -1: not given [ngspice]", -1, -1, 0.95, 1},
    [P_FC] = {"fc", "", "forward depletion corner, fraction of vj [spice3]", 0.5, 0, 0.95, 1},
    [P_TT] = {"tt", "s", "transit time [spice3]", 0, 0, 1e3, 1},
    [P_TNOM] = {"tnom", "C", "temperature of the parameters [spice3]", 27, -273, 2000, 1},
    [P_EG] = {"eg", "eV", "band gap in Is(T) [spice3]", 1.11, 0, 10, 1},
    [P_XTI] = {"xti", "", "temperature exponent of Is [spice3]", 3, -100, 100, 1},
    [P_AREA] = {"area", "", "area factor [spice3]", 1, 1e-12, 1e12, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	const double tnom = p[P_TNOM] + PHYS_ZERO_C, ratio = temperature / tnom, u = phys_ut(temperature);
	const double scale = p[P_AREA] * p[P_M], mj = p[P_MJ] >= 0 ? p[P_MJ] : p[P_GRADING];
	if (!(tnom > 0))
		return "tnom";
	const double is = p[P_IS] * pow(ratio, p[P_XTI] / p[P_N]) * exp((ratio - 1) * p[P_EG] / (p[P_N] * u));
	const double vj = junction_potential(p[P_VJ], tnom, temperature);
	if (!(vj > 0))
		return "vj";
	const double cj = p[P_CJO] * (1 + mj * (4e-4 * (temperature - tnom) + 1 - vj / p[P_VJ]));
	k[DIODE_IS_Q] = scale * is / PHYS_Q;
	k[DIODE_INV_U] = 1 / u;
	k[DIODE_INV_N] = 1 / p[P_N];
	k[DIODE_TT] = p[P_TT];
	k[DIODE_CJ] = scale * fmax(cj, 0);
	k[DIODE_VJ] = vj;
	k[DIODE_MJ] = mj;
	k[DIODE_FC] = p[P_FC];
	return NULL;
}

const dev_type dev_diode = {
    .name = "diode",
    .doc = "junction diode with electron rates",
    .letter = "d",
    .model = "d",
    .level = "",
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = DIODE_N_OBS,
    .n_const = DIODE_N_CONST,
    .derive = derive,
    .kernel = DEV_KERNEL_diode,
};
