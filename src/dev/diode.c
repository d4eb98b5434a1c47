/* SPDX-License-Identifier: Apache-2.0
 * Diode: I = Is (e^{V/nU} - 1), continued linearly above V/nU = 80; electron rates of physics.md 1.2 for every n, so
 * that S = 2 q I coth(V/2U) and a diode with a capacitor relaxes to kT/C; the card's own law is SPICE's 2q|I|. Charge:
 * depletion of bottom and sidewall (SPICE) + tt I. Temperature: Is(T) = Is (T/Tn)^{xti/n} exp[(T/Tn - 1) eg/(nU)],
 * vj(T) and cjo(T) as in SPICE, or linear (tlevc = 1).
 *
 * Breakdown, where bv is given, is a second junction, mirrored, with the current Is e^{-B/nbv U} (e^{-V/nbv U} - 1)
 * from cathode to anode and the electron rates that belong to it. So it obeys local detailed balance like the first,
 * adds nothing at V = 0 and has full shot noise 2q|I| in breakdown: right for tunnelling. The excess noise of an
 * avalanche is not included. B is SPICE's: the current at -bv is close to ibv, whatever the area. There SPICE leaves
 * out the reverse current Is.
 *
 * Recombination is Isr (e^{V/nrU} - 1) ((1 - V/vj)^2 + 0.005)^{m/2}; high injection divides the forward current I by
 * 1 + sqrt((I + Is)/ikf), breakdown likewise with ikr. ngspice has sqrt(I/ikf), whose slope is infinite at I = 0, and
 * hence no finite dS/dV there; the two differ by sqrt(Is/ikf) at most. All of it is one stream of electrons whose rates
 * keep the ratio e^{V/U}, so S = 2 q I coth(V/2U) still, 2qI of the bent current when forward.
 *
 * Series resistance rs: an internal node, and its own noise 4kT/R. Flicker: kf |I|^af / f at the junction.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/diode_kernel.h"
#include "dev/junction.h"

/* Instance parameters first: both lists have an `m`, and dev_param_index finds the instance's. */
enum {
	P_AREA,
	P_M,
	P_PJ,
	P_IS,
	P_JSW,
	P_N,
	P_RS,
	P_TRS1,
	P_TRS2,
	P_CJO,
	P_VJ,
	P_GRADING,
	P_MJ,
	P_FC,
	P_CJSW,
	P_VJSW,
	P_MJSW,
	P_FCS,
	P_TT,
	P_BV,
	P_IBV,
	P_NBV,
	P_IKF,
	P_IKR,
	P_ISR,
	P_NR,
	P_KF,
	P_AF,
	P_TNOM,
	P_EG,
	P_XTI,
	P_TLEV,
	P_TLEVC,
	P_CTA,
	P_CTP,
	P_TPB,
	P_TPHP,
	P_TM1,
	P_TM2,
	P_TTT1,
	P_TTT2,
	P_TCV,
	N_PARAM
};
enum { BREAKDOWN_STEPS = 200 };

/* One of the 8 shapes: with series resistance (anode a = 2, else 0), breakdown, flicker. */
#define DIODE_STAMPS(a)                                                                                                \
	{a, a, DEV_G | DEV_C}, {a, 1, DEV_G | DEV_C}, {1, a, DEV_G | DEV_C},                                           \
	{                                                                                                              \
		1, 1, DEV_G | DEV_C                                                                                    \
	}
#define DIODE_SHOT(a)                                                                                                  \
	{                                                                                                              \
		"shot", a, 1, DEV_WHITE, DEV_ELECTRONS, 0, 0                                                           \
	}
#define DIODE_BREAKDOWN(a)                                                                                             \
	{                                                                                                              \
		"breakdown", 1, a, DEV_WHITE, DEV_ELECTRONS, 0, 0                                                      \
	}
#define DIODE_FLICKER(a)                                                                                               \
	{                                                                                                              \
		"flicker", a, 1, DEV_FLICKER, DEV_NO_RATES, DIODE_KF, DIODE_ONE                                        \
	}
#define DIODE_SERIES                                                                                                   \
	{                                                                                                              \
		"rs", 0, 2, DEV_WHITE, DEV_NO_RATES, 0, 0                                                              \
	}

static const dev_port port[] = {{"p", DEV_VOLTAGE, 0}, {"n", DEV_VOLTAGE, 0}, {"a", DEV_VOLTAGE, 1}};
static const dev_stamp plain[] = {DIODE_STAMPS(0)};
static const dev_stamp series[] = {DIODE_STAMPS(2), {0, 0, DEV_G}, {0, 2, DEV_G}, {2, 0, DEV_G}};
static const dev_noise noise_plain[] = {DIODE_SHOT(0), DIODE_BREAKDOWN(0), DIODE_FLICKER(0)};
static const dev_noise noise_flicker[] = {DIODE_SHOT(0), DIODE_FLICKER(0)};
static const dev_noise noise_series[] = {DIODE_SHOT(2), DIODE_SERIES, DIODE_FLICKER(2)};
static const dev_noise noise_all[] = {DIODE_SHOT(2), DIODE_BREAKDOWN(2), DIODE_SERIES, DIODE_FLICKER(2)};
/* By breakdown + 2 flicker + 4 series. */
static const dev_shape shape[8] = {{port, 2, plain, 4, noise_plain, 1},   {port, 2, plain, 4, noise_plain, 2},
                                   {port, 2, plain, 4, noise_flicker, 2}, {port, 2, plain, 4, noise_plain, 3},
                                   {port, 3, series, 7, noise_series, 2}, {port, 3, series, 7, noise_all, 3},
                                   {port, 3, series, 7, noise_series, 3}, {port, 3, series, 7, noise_all, 4}};
static const dev_obs obs[DIODE_N_OBS] = {{"id", "A"},     {"gd", "S"},          {"cd", "F"},
                                         {"s", "A^2/Hz"}, {"s_card", "A^2/Hz"}, {"vd", "V"}};
static const dev_param param[N_PARAM] = {
    [P_AREA] = {"area", "", "area factor [spice3]", 1, 1e-12, 1e12, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
    [P_PJ] = {"pj", "", "perimeter factor, of jsw and cjsw [ngspice]", 0, 0, 1e12, 0},
    [P_IS] = {"is", "A", "saturation current at tnom [spice3]", 1e-14, 1e-40, 1e3, 1},
    [P_JSW] = {"jsw", "A", "sidewall saturation current at tnom, times pj [ngspice]", 0, 0, 1e3, 1},
    [P_N] = {"n", "", "ideality, >= 1 [spice3]", 1, 1, 100, 1},
    [P_RS] = {"rs", "ohm", "series resistance; 0: no internal node [spice3]", 0, 0, 1e12, 1},
    [P_TRS1] = {"trs1", "1/K", "temperature coefficient of rs [ngspice]", 0, -1, 1, 1},
    [P_TRS2] = {"trs2", "1/K^2", "second-order temperature coefficient of rs [ngspice]", 0, -1, 1, 1},
    [P_CJO] = {"cjo", "F", "zero-bias depletion capacitance [spice3]", 0, 0, 1e3, 1},
    [P_VJ] = {"vj", "V", "junction potential [spice3]", 1, 0.05, 20, 1},
    [P_GRADING] = {"m", "", "grading coefficient (on the model card) [spice3]", 0.5, 0, 0.95, 1},
    [P_MJ] = {"mj", "", "the same under its other name; -1: not given [ngspice]", -1, -1, 0.95, 1},
    [P_FC] = {"fc", "", "forward depletion corner, fraction of vj [spice3]", 0.5, 0, 0.95, 1},
    [P_CJSW] = {"cjsw", "F", "zero-bias sidewall capacitance, times pj [ngspice]", 0, 0, 1e3, 1},
    [P_VJSW] = {"vjsw", "V", "sidewall junction potential [ngspice]", 1, 0.05, 20, 1},
    [P_MJSW] = {"mjsw", "", "sidewall grading coefficient [ngspice]", 0.33, 0, 0.95, 1},
    [P_FCS] = {"fcs", "", "sidewall forward depletion corner, fraction of vjsw [ngspice]", 0.5, 0, 0.95, 1},
    [P_TT] = {"tt", "s", "transit time [spice3]", 0, 0, 1e3, 1},
    [P_BV] = {"bv", "V", "breakdown voltage; 0: none [spice3]", 0, 0, 1e6, 1},
    [P_IBV] = {"ibv", "A", "current at bv [spice3]", 1e-3, 1e-30, 1e3, 1},
    [P_NBV] = {"nbv", "", "breakdown ideality, >= 1; 0: that of n [ngspice]", 0, 0, 1e3, 1},
    [P_IKF] = {"ikf", "A", "knee of high injection; 0: none [ngspice]", 0, 0, 1e6, 1},
    [P_IKR] = {"ikr", "A", "knee of the breakdown current; 0: none [ngspice]", 0, 0, 1e6, 1},
    [P_ISR] = {"isr", "A", "recombination saturation current at tnom; 0: none [ngspice]", 0, 0, 1e3, 1},
    [P_NR] = {"nr", "", "ideality of the recombination current, >= 1 [ngspice]", 2, 1, 100, 1},
    [P_KF] = {"kf", "", "flicker noise coefficient [spice3]", 0, 0, 1, 1},
    [P_AF] = {"af", "", "flicker noise exponent of the current [spice3]", 1, 0.1, 4, 1},
    [P_TNOM] = {"tnom", "C", "temperature of the parameters [spice3]", 27, -273, 2000, 1},
    [P_EG] = {"eg", "eV", "band gap in Is(T) [spice3]", 1.11, 0, 10, 1},
    [P_XTI] = {"xti", "", "temperature exponent of Is [spice3]", 3, -100, 100, 1},
    [P_TLEV] = {"tlev", "", "1: tcv is relative to bv [ngspice]", 0, 0, 1, 1},
    [P_TLEVC] = {"tlevc", "", "1: capacitances and potentials by cta, ctp, tpb, tphp [ngspice]", 0, 0, 1, 1},
    [P_CTA] = {"cta", "1/K", "tlevc=1: temperature coefficient of cjo, from 27 C [ngspice]", 0, -1, 1, 1},
    [P_CTP] = {"ctp", "1/K", "tlevc=1: temperature coefficient of cjsw, from 27 C [ngspice]", 0, -1, 1, 1},
    [P_TPB] = {"tpb", "V/K", "tlevc=1: fall of vj, from 27 C [ngspice]", 0, -1, 1, 1},
    [P_TPHP] = {"tphp", "V/K", "tlevc=1: fall of vjsw, from 27 C [ngspice]", 0, -1, 1, 1},
    [P_TM1] = {"tm1", "1/K", "temperature coefficient of m [ngspice]", 0, -1, 1, 1},
    [P_TM2] = {"tm2", "1/K^2", "second-order temperature coefficient of m [ngspice]", 0, -1e-3, 1e-3, 1},
    [P_TTT1] = {"ttt1", "1/K", "temperature coefficient of tt [ngspice]", 0, -1, 1, 1},
    [P_TTT2] = {"ttt2", "1/K^2", "second-order temperature coefficient of tt [ngspice]", 0, -1, 1, 1},
    [P_TCV] = {"tcv", "V/K", "fall of bv; 1/K with tlev=1 [ngspice]", 0, -1e3, 1e3, 1},
};

static const dev_shape *choose(const double *p)
{
	return &shape[(p[P_BV] > 0) + 2 * (p[P_KF] > 0) + 4 * (p[P_RS] > 0)];
}

/* SPICE's B of the breakdown current Is e^{-(V + B)/(nbv U)}: from ibv = Is (e^{(bv - B)/(nbv U)} - 1 + B/U). */
static double breakdown_voltage(double bv, double ibv_per_is, double u, double scale)
{
	if (ibv_per_is < bv / u)
		return bv;
	double b = bv - scale * log1p(ibv_per_is);
	for (int step = 0; step < BREAKDOWN_STEPS; step++) {
		const double next = bv - scale * log(fmax(ibv_per_is + 1 - b / u, 1));
		if (fabs(next - b) < 1e-12 * bv)
			break;
		b = next;
	}
	return fmax(b, 0);
}

/* 1 + a dT + b dT^2 */
static double polynomial(const double *p, int a, double temperature)
{
	const double warmer = temperature - (p[P_TNOM] + PHYS_ZERO_C);
	return 1 + warmer * (p[a] + p[a + 1] * warmer);
}

/* Where the parameters of a depletion layer are: bottom or sidewall. */
typedef struct depletion {
	int capacitance, potential, corner;
	int by_capacitance, by_potential; /* coefficients with tlevc=1 */
	double grading;
} depletion;

/* Zero-bias capacitance, potential, grading and corner: k[0 .. 3]. */
static const char *derive_depletion(const double *p, const depletion *d, double scale, double t, double *k)
{
	const double tnom = p[P_TNOM] + PHYS_ZERO_C, given = p[d->potential], from_room = t - (27 + PHYS_ZERO_C);
	const double vj = p[P_TLEVC] > 0 ? given - p[d->by_potential] * from_room : junction_potential(given, tnom, t);
	const double warm =
	    p[P_TLEVC] > 0 ? 1 + p[d->by_capacitance] * from_room : junction_warm(given, d->grading, tnom, t);
	if (!(vj > 0))
		return param[d->potential].name;
	k[0] = scale * fmax(p[d->capacitance] * warm, 0);
	k[1] = vj;
	k[2] = d->grading;
	k[3] = p[d->corner];
	return NULL;
}

static const char *derive_depletions(const double *p, double scale, double edge, double temperature, double *k)
{
	const double m = (p[P_MJ] >= 0 ? p[P_MJ] : p[P_GRADING]) * polynomial(p, P_TM1, temperature);
	const depletion bottom = {P_CJO, P_VJ, P_FC, P_CTA, P_TPB, m};
	const depletion side = {P_CJSW, P_VJSW, P_FCS, P_CTP, P_TPHP, p[P_MJSW]};
	if (!(m >= 0 && m <= param[P_GRADING].high))
		return "tm1";
	const char *bad = derive_depletion(p, &bottom, scale, temperature, k + DIODE_CJ);
	return bad ? bad : derive_depletion(p, &side, edge, temperature, k + DIODE_CJSW);
}

static const char *derive_breakdown(const double *p, double ibv_per_is, double temperature, double *k)
{
	const double n = p[P_NBV] > 0 ? p[P_NBV] : p[P_N], u = phys_ut(temperature);
	const double fall = p[P_TCV] * (temperature - (p[P_TNOM] + PHYS_ZERO_C));
	const double bv = p[P_TLEV] > 0 ? p[P_BV] * (1 - fall) : p[P_BV] - fall;
	k[DIODE_INV_NBV] = 1 / n;
	k[DIODE_OFFSET] = breakdown_voltage(bv, ibv_per_is, u, n * u) / (n * u);
	if (p[P_BV] > 0 && !(bv > 0))
		return "tcv";
	return n >= 1 ? NULL : "nbv";
}

/* What a saturation current at tnom is multiplied by, for an ideality n. */
static double warm_current(const double *p, double n, double temperature)
{
	const double ratio = temperature / (p[P_TNOM] + PHYS_ZERO_C);
	return pow(ratio, p[P_XTI] / n) * exp((ratio - 1) * p[P_EG] / (n * phys_ut(temperature)));
}

static void derive_injection(const double *p, double scale, double temperature, double *k)
{
	k[DIODE_ISR_Q] = scale * p[P_ISR] * warm_current(p, p[P_NR], temperature) / PHYS_Q;
	k[DIODE_INV_NR] = 1 / p[P_NR];
	k[DIODE_IKF] = p[P_IKF] > 0 ? PHYS_Q / (scale * p[P_IKF]) : 0;
	k[DIODE_IKR] = p[P_IKR] > 0 ? PHYS_Q / (scale * p[P_IKR]) : 0;
}

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	(void)polarity;
	const double scale = p[P_AREA] * p[P_M], edge = p[P_M] * p[P_PJ];
	if (!(p[P_TNOM] + PHYS_ZERO_C > 0))
		return "tnom";
	const double warm = warm_current(p, p[P_N], temperature);
	/* ngspice warms the sidewall's current as one of ideality 1, also where it adds it to a bottom of another */
	const double is = scale * (p[P_IS] * warm) + edge * (p[P_JSW] * warm_current(p, 1, temperature));
	if (!isfinite(is) || !isfinite(p[P_ISR] * warm_current(p, p[P_NR], temperature)))
		return "tnom";
	const double rs = p[P_RS] * polynomial(p, P_TRS1, temperature);
	if (rs < 0 || (rs == 0 && p[P_RS] > 0))
		return "trs1";
	k[DIODE_IS_Q] = is / PHYS_Q;
	k[DIODE_INV_U] = 1 / phys_ut(temperature);
	k[DIODE_INV_N] = 1 / p[P_N];
	k[DIODE_TT] = p[P_TT] * polynomial(p, P_TTT1, temperature);
	k[DIODE_GS] = rs > 0 ? scale / rs : 0;
	k[DIODE_4KT] = 4 * PHYS_K * temperature;
	k[DIODE_KF] = p[P_KF];
	k[DIODE_AF] = p[P_AF];
	k[DIODE_ONE] = 1;
	derive_injection(p, scale, temperature, k);
	if (!(k[DIODE_TT] >= 0))
		return "ttt1";
	const char *bad = derive_breakdown(p, p[P_IBV] / (p[P_AREA] * p[P_IS] * warm), temperature, k);
	return bad ? bad : derive_depletions(p, scale, edge, temperature, k);
}

const dev_type dev_diode = {
    .name = "diode",
    .doc = "junction diode with electron rates",
    .letter = "d",
    .model = "d",
    .level = "",
    .shape = &shape[0],
    .choose = choose,
    .param = param,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = DIODE_N_OBS,
    .n_const = DIODE_N_CONST,
    .derive = derive,
    .kernel = DEV_KERNEL_diode,
};
