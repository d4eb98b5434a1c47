/* SPDX-License-Identifier: Apache-2.0
 * Independent voltage and current sources with SPICE waveforms; `wave` (dev_wave) selects one.
 *   PULSE v1 v2 td tr tf pw per np   trapezoid, repeated every per, np times (0: for ever); a ramp of 0 s becomes 1 ps,
 *                                 or a millionth of the pulse width if that is shorter, so that the value stays continuous
 *   SIN   vo va freq td theta phase   vo + va e^{-theta(t-td)} sin(2 pi freq (t-td) + phase), phase in degrees; held at
 *                                 its t = td value before td
 *   EXP   v1 v2 td1 tau1 td2 tau2
 *   SFFM  vo va fc mdi fs phasec phases   vo + va sin(2 pi fc t + phasec + mdi sin(2 pi fs t + phases))
 *   AM    va vo mf fc td phases   va (vo + sin(2 pi mf (t-td) + phases)) sin(2 pi fc (t-td) + phases), 0 until td
 *   PWL   corners in aux (dev_table), linear between, constant outside, all delayed by td; no corners: 0. With r >= 0
 *                                 the stretch from r to the last corner is repeated for ever
 * A source with a waveform ignores dc; analyses without time turn it into a dc source where `static` is 1
 * (mna_tile_set_static). SPICE takes missing tr, tf, pw, per, tau from .tran; whoever binds the card does
 * that, here they fall back to "never" and 1 ps. The current flows from p through the source to n.
 */
#include <math.h>
#include "dev/wave_kernel.h"

enum {
	P_DC, P_WAVE, P_SCALE, P_V1, P_V2, P_TD, P_TR, P_TF, P_PW, P_PER, P_VO, P_VA, P_FREQ, P_THETA, P_PHASE, P_TD1,
	P_TAU1, P_TD2, P_TAU2, P_NP, P_FC, P_MDI, P_FS, P_MF, P_PHASEC, P_PHASES, P_R, P_ACMAG, P_ACPHASE, P_STATIC, P_M, N_PARAM
};
#define NEVER 1e30
#define SHORTEST_RAMP 1e-12

static const dev_port port_v[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"branch", DEV_CURRENT, 1}};
static const dev_port port_i[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}};
static const dev_stamp stamp_v[] = {{0, 2, DEV_G}, {1, 2, DEV_G}, {2, 0, DEV_G}, {2, 1, DEV_G}};
static const dev_shape shape_v = {port_v, 3, stamp_v, 4, NULL, 0};
static const dev_shape shape_i = {port_i, 2, NULL, 0, NULL, 0};

#define VALUE(name, doc) {name, "V or A", doc, 0, -1e18, 1e18, 0}
#define TIME(name, doc, fallback) {name, "s", doc, fallback, 0, NEVER, 0}
static const dev_param param[N_PARAM] = {
    [P_DC] = VALUE("dc", "value without a waveform or without time [spice3]"),
    [P_WAVE] = {"wave", "", "0 dc, 1 pulse, 2 sin, 3 exp, 4 pwl, 5 sffm, 6 am; set by the card [spice3]", 0, 0, 6, 0},
    [P_SCALE] = {"scale", "", "multiplies the value (source stepping) [spice3]", 1, -1e6, 1e6, 0},
    [P_V1] = VALUE("v1", "pulse, exp: first value [spice3]"),
    [P_V2] = VALUE("v2", "pulse, exp: second value [spice3]"),
    [P_TD] = TIME("td", "pulse, sin, pwl, am: delay [spice3]", 0),
    [P_TR] = TIME("tr", "pulse: rise time [spice3]", 0),
    [P_TF] = TIME("tf", "pulse: fall time [spice3]", 0),
    [P_PW] = TIME("pw", "pulse: width at v2 [spice3]", NEVER),
    [P_PER] = TIME("per", "pulse: period [spice3]", NEVER),
    [P_VO] = VALUE("vo", "sin, sffm, am: offset [spice3]"),
    [P_VA] = VALUE("va", "sin, sffm, am: amplitude [spice3]"),
    [P_FREQ] = {"freq", "Hz", "sin: frequency [spice3]", 0, 0, 1e18, 0},
    [P_THETA] = {"theta", "1/s", "sin: damping [spice3]", 0, 0, 1e18, 0},
    [P_PHASE] = {"phase", "deg", "sin: phase at td [spice3]", 0, -3.6e5, 3.6e5, 0},
    [P_TD1] = TIME("td1", "exp: start of the rise [spice3]", 0),
    [P_TAU1] = TIME("tau1", "exp: time constant of the rise [spice3]", SHORTEST_RAMP),
    [P_TD2] = TIME("td2", "exp: start of the fall [spice3]", NEVER),
    [P_TAU2] = TIME("tau2", "exp: time constant of the fall [spice3]", SHORTEST_RAMP),
    [P_NP] = {"np", "", "pulse: number of pulses, 0: no end [ngspice]", 0, 0, 1e15, 0},
    [P_FC] = {"fc", "Hz", "sffm, am: carrier frequency [spice3]", 0, 0, 1e18, 0},
    [P_MDI] = {"mdi", "", "sffm: modulation index [spice3]", 0, -1e6, 1e6, 0},
    [P_FS] = {"fs", "Hz", "sffm: signal frequency [spice3]", 0, 0, 1e18, 0},
    [P_MF] = {"mf", "Hz", "am: modulating frequency [ngspice]", 0, 0, 1e18, 0},
    [P_PHASEC] = {"phasec", "deg", "sffm: phase of the carrier [ngspice]", 0, -3.6e5, 3.6e5, 0},
    [P_PHASES] = {"phases", "deg", "sffm: phase of the signal; am: of both sines [ngspice]", 0, -3.6e5, 3.6e5, 0},
    [P_R] = {"r", "s", "pwl: repeats from this corner on, -1: does not [ngspice]", -1, -1, NEVER, 0},
    [P_ACMAG] = VALUE("acmag", "amplitude in .ac; no effect on the waveform [spice3]"),
    [P_ACPHASE] = {"acphase", "deg", "phase in .ac; no effect on the waveform [spice3]", 0, -3.6e5, 3.6e5, 0},
    [P_STATIC] = {"static", "", "1: dc stands for the waveform without time, no effect on it; set by the card [spice3]", 0,
                  0, 1, 0},
    [P_M] = {"m", "", "current sources: devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
};

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	(void)temperature;
	const double shortest = fmin(SHORTEST_RAMP, 1e-6 * fmin(p[P_PW] > 0 ? p[P_PW] : NEVER, p[P_PER]));
	if (p[P_WAVE] == DEV_WAVE_PULSE && !(p[P_PER] > 0))
		return "per";
	k[WAVE_KIND] = p[P_WAVE];
	k[WAVE_SCALE] = p[P_SCALE];
	k[WAVE_DC] = p[P_DC];
	k[WAVE_V1] = p[P_V1];
	k[WAVE_V2] = p[P_V2];
	k[WAVE_TD] = p[P_TD];
	k[WAVE_TR] = p[P_TR] > 0 ? p[P_TR] : shortest;
	k[WAVE_TF] = p[P_TF] > 0 ? p[P_TF] : shortest;
	k[WAVE_PW] = p[P_PW];
	k[WAVE_PER] = p[P_PER] > 0 ? p[P_PER] : NEVER;
	k[WAVE_VO] = p[P_VO];
	k[WAVE_VA] = p[P_VA];
	k[WAVE_FREQ] = p[P_FREQ];
	k[WAVE_THETA] = p[P_THETA];
	k[WAVE_PHASE] = p[P_PHASE] / 360.0;
	k[WAVE_END] = p[P_NP] > 0 ? fmin(p[P_NP] * k[WAVE_PER], NEVER) : NEVER;
	k[WAVE_FC] = p[P_FC];
	k[WAVE_MDI] = p[P_MDI] / (2 * PHYS_PI);
	k[WAVE_FS] = p[P_WAVE] == DEV_WAVE_AM ? p[P_MF] : p[P_FS];
	k[WAVE_PHASEC] = p[P_WAVE] == DEV_WAVE_AM ? p[P_PHASES] / 360.0 : p[P_PHASEC] / 360.0;
	k[WAVE_PHASES] = p[P_PHASES] / 360.0;
	k[WAVE_REPEAT] = p[P_R];
	k[WAVE_TD1] = p[P_TD1];
	k[WAVE_TAU1] = fmax(p[P_TAU1], 1e-6 * SHORTEST_RAMP);
	k[WAVE_TD2] = p[P_TD2];
	k[WAVE_TAU2] = fmax(p[P_TAU2], 1e-6 * SHORTEST_RAMP);
	return NULL;
}
static const char *derive_i(const double *p, double polarity, double temperature, double *k)
{
	const char *bad = derive(p, polarity, temperature, k);
	k[WAVE_SCALE] *= p[P_M];
	return bad;
}

static double earlier(double best, double corner, double t)
{
	return corner > t && corner < best ? corner : best;
}
/* Corners of this period and its neighbours, each written as start of period + offset so that the same corner has the
 * same bits whichever period it is reached from. */
static double next_pulse_corner(const double *k, double t)
{
	const double td = k[WAVE_TD], per = k[WAVE_PER];
	const double offset[] = {0, k[WAVE_TR], k[WAVE_TR] + k[WAVE_PW], k[WAVE_TR] + k[WAVE_PW] + k[WAVE_TF]};
	const double now = t > td ? floor((t - td) / per) : 0;
	double best = (double)INFINITY;
	for (double n = fmax(0, now - 1); n <= now + 1; n++)
		for (int j = 0; j < 4; j++)
			if (offset[j] < per && n * per + offset[j] <= k[WAVE_END])
				best = earlier(best, td + n * per + offset[j], t);
	return earlier(best, td + k[WAVE_END], t);
}
/* The corners as they stand, and behind the last one those of the repetition before, at and after t. */
static double next_table_corner(const double *k, const dev_table *table, double t)
{
	const double td = k[WAVE_TD], from = k[WAVE_REPEAT];
	double best = (double)INFINITY;
	if (!table || table->n < 1)
		return best;
	for (int j = 0; j < table->n && !(best < (double)INFINITY); j++)
		best = earlier(best, td + table->x[j], t);
	const double period = table->x[table->n - 1] - from;
	if (best < (double)INFINITY || from < 0 || !(period > 0))
		return best;
	const double now = floor((t - td - from) / period);
	for (double n = fmax(1, now - 1); n <= now + 1; n++)
		for (int j = 0; j < table->n; j++)
			if (table->x[j] > from)
				best = earlier(best, td + table->x[j] + n * period, t);
	return best;
}
static double next_corner(const double *k, const void *aux, double t)
{
	double best = (double)INFINITY;
	switch ((dev_wave)(int)k[WAVE_KIND]) {
	case DEV_WAVE_PULSE:
		best = next_pulse_corner(k, t);
		break;
	case DEV_WAVE_SIN:
	case DEV_WAVE_AM:
		best = earlier(best, k[WAVE_TD], t);
		break;
	case DEV_WAVE_EXP:
		best = earlier(earlier(best, k[WAVE_TD1], t), k[WAVE_TD2], t);
		break;
	case DEV_WAVE_PWL:
		best = next_table_corner(k, aux, t);
		break;
	case DEV_WAVE_SFFM:
	case DEV_WAVE_DC:
		break;
	}
	return best < NEVER ? best : (double)INFINITY;
}

const dev_type dev_vsource = {
    .name = "vsource",
    .doc = "independent voltage source with a branch current",
    .letter = "v",
    .shape = &shape_v,
    .param = param,
    .n_param = P_M, /* parallel voltage sources make no sense: no m */
    .n_const = WAVE_N_CONST,
    .linear_q = 1,
    .derive = derive,
    .next_corner = next_corner,
    .kernel = DEV_KERNEL_vsource,
};
const dev_type dev_isource = {
    .name = "isource",
    .doc = "independent current source",
    .letter = "i",
    .shape = &shape_i,
    .param = param,
    .n_param = N_PARAM,
    .n_const = WAVE_N_CONST,
    .linear_q = 1,
    .derive = derive_i,
    .next_corner = next_corner,
    .kernel = DEV_KERNEL_isource,
};
