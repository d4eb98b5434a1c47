/* SPDX-License-Identifier: Apache-2.0
 * EKV 2.6 MOSFET (level=44): parameters and temperature laws [EPFL: Bucher, Lallement, Enz, Theodoloz, Krummenacher,
 * The EPFL-EKV MOSFET Model Equations for Simulation, 1998]; equations in physics.md 4.1, on lanes in
 * mosfet_ekv_kernel.h. Fallbacks are the report's, not those of any Verilog-A version.
 *
 * Noise is not the published one but S = 4kT (I/Vds) r of physics.md 1.5: exactly 4kT gds at Vds = 0, shot noise in
 * weak inversion, thermal noise in strong inversion. Electron by electron it is a stream of packets q* <= q that has the
 * same current and noise (mosfet_ekv_rates.h). The published S = 4kT beta |q_i| is the card's law (DEV_CARD), with the
 * current's factor for the series resistance. Flicker noise is S = KF gm^2/(Weff Leff COX f^AF), nothing at
 * Vds = 0. Multiplication noise of the impact-ionisation current is not included.
 *
 * Series resistance RSH HDIF/W of each side acts by the first-order factor 1/(1 + gms R + gds R), which is exact (also
 * in noise) at Vds = 0 and approximate elsewhere: set rsh=0 and use resistors where that matters. Junctions have their
 * capacitance (ad, as, pd, ps) but no current: add diodes for leakage. Accepted without effect: AVTO, AKP, AGAMMA
 * (mismatch coefficients), NQS, SATLIM, XQC (quasi-static), JS, JSW, N, XTI.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/mosfet_ekv_kernel.h"

#define VTO_NOT_GIVEN 100 /* V: the fallback depends on the polarity */
#define VTO_FALLBACK 0.5

enum {
	P_COX,
	P_XJ,
	P_DL,
	P_DW,
	P_VTO,
	P_GAMMA,
	P_PHI,
	P_KP,
	P_E0,
	P_THETA,
	P_UCRIT,
	P_LAMBDA,
	P_WETA,
	P_LETA,
	P_Q0,
	P_LK,
	P_IBA,
	P_IBB,
	P_IBN,
	P_TCV,
	P_BEX,
	P_UCEX,
	P_IBBT,
	P_RSH,
	P_HDIF,
	P_CGSO,
	P_CGDO,
	P_CGBO,
	P_CJ,
	P_CJSW,
	P_PB,
	P_PBSW,
	P_MJ,
	P_MJSW,
	P_FC,
	P_TNOM,
	P_KF,
	P_AF,
	P_AVTO,
	P_AKP,
	P_AGAMMA,
	P_NQS,
	P_SATLIM,
	P_XQC,
	P_JS,
	P_JSW,
	P_N,
	P_XTI,
	P_W,
	P_L,
	P_M,
	P_NP,
	P_NS,
	P_AD,
	P_AS,
	P_PD,
	P_PS,
	N_PARAM
};
static const dev_param param[N_PARAM] = {
    [P_COX] = {"cox", "F/m^2", "gate oxide capacitance [EKV 2.6]", 0.7e-3, 1e-7, 10, 1},
    [P_XJ] = {"xj", "m", "junction depth [EKV 2.6]", 0.1e-6, 1e-9, 1e-3, 1},
    [P_DL] = {"dl", "m", "added to L [EKV 2.6]", 0, -1, 1, 1},
    [P_DW] = {"dw", "m", "added to W [EKV 2.6]", 0, -1, 1, 1},
    [P_VTO] = {"vto", "V", "long-channel threshold; 100: not given, 0.5 nmos, -0.5 pmos [EKV 2.6]", VTO_NOT_GIVEN, -100,
               100, 1},
    [P_GAMMA] = {"gamma", "V^0.5", "body effect [EKV 2.6]", 1, 0, 100, 1},
    [P_PHI] = {"phi", "V", "bulk Fermi potential, twice [EKV 2.6]", 0.7, 0.1, 10, 1},
    [P_KP] = {"kp", "A/V^2", "transconductance parameter [EKV 2.6]", 50e-6, 1e-15, 10, 1},
    [P_E0] = {"e0", "V/m", "vertical field of mobility reduction; 0: use theta [EKV 2.6]", 1e12, 0, 1e30, 1},
    [P_THETA] = {"theta", "1/V", "mobility reduction when e0 = 0 [EKV 2.6]", 0, 0, 100, 1},
    [P_UCRIT] = {"ucrit", "V/m", "longitudinal critical field [EKV 2.6]", 2e6, 1e3, 1e15, 1},
    [P_LAMBDA] = {"lambda", "", "depletion length, channel-length modulation [EKV 2.6]", 0.5, 0, 100, 1},
    [P_WETA] = {"weta", "", "narrow channel [EKV 2.6]", 0.25, -100, 100, 1},
    [P_LETA] = {"leta", "", "short channel [EKV 2.6]", 0.1, -100, 100, 1},
    [P_Q0] = {"q0", "C/m^2", "reverse short channel, peak charge [EKV 2.6]", 0, -10, 10, 1},
    [P_LK] = {"lk", "m", "reverse short channel, length [EKV 2.6]", 0.29e-6, 1e-9, 1, 1},
    [P_IBA] = {"iba", "1/m", "impact ionisation, first coefficient [EKV 2.6]", 0, 0, 1e15, 1},
    [P_IBB] = {"ibb", "V/m", "impact ionisation, second coefficient [EKV 2.6]", 3e8, 1e5, 1e15, 1},
    [P_IBN] = {"ibn", "", "impact ionisation, saturation voltage factor [EKV 2.6]", 1, 0, 100, 1},
    [P_TCV] = {"tcv", "V/K", "temperature coefficient of vto [EKV 2.6]", 1e-3, -1, 1, 1},
    [P_BEX] = {"bex", "", "temperature exponent of kp [EKV 2.6]", -1.5, -100, 100, 1},
    [P_UCEX] = {"ucex", "", "temperature exponent of ucrit [EKV 2.6]", 0.8, -100, 100, 1},
    [P_IBBT] = {"ibbt", "1/K", "temperature coefficient of ibb [EKV 2.6]", 9e-4, -1, 1, 1},
    [P_RSH] = {"rsh", "ohm", "sheet resistance of source and drain [EKV 2.6]", 0, 0, 1e12, 1},
    [P_HDIF] = {"hdif", "m", "length of the source and drain resistors [EKV 2.6]", 0, 0, 1, 1},
    [P_CGSO] = {"cgso", "F/m", "gate-source overlap, per width [EKV 2.6]", 0, 0, 1, 1},
    [P_CGDO] = {"cgdo", "F/m", "gate-drain overlap, per width [EKV 2.6]", 0, 0, 1, 1},
    [P_CGBO] = {"cgbo", "F/m", "gate-bulk overlap, per length [EKV 2.6]", 0, 0, 1, 1},
    [P_CJ] = {"cj", "F/m^2", "junction capacitance, per area [EKV 2.6]", 0, 0, 1e3, 1},
    [P_CJSW] = {"cjsw", "F/m", "junction capacitance, per perimeter [EKV 2.6]", 0, 0, 1e3, 1},
    [P_PB] = {"pb", "V", "junction potential, area [EKV 2.6]", 0.8, 0.05, 20, 1},
    [P_PBSW] = {"pbsw", "V", "junction potential, perimeter [EKV 2.6]", 0.8, 0.05, 20, 1},
    [P_MJ] = {"mj", "", "junction grading, area [EKV 2.6]", 0.5, 0, 0.95, 1},
    [P_MJSW] = {"mjsw", "", "junction grading, perimeter [EKV 2.6]", 0.33, 0, 0.95, 1},
    [P_FC] = {"fc", "", "forward depletion corner, fraction of pb [EKV 2.6]", 0.5, 0, 0.95, 1},
    [P_TNOM] = {"tnom", "C", "temperature of the parameters [EKV 2.6]", 25, -273, 2000, 1},
    [P_KF] = {"kf", "", "flicker noise coefficient [EKV 2.6]", 0, 0, 1, 1},
    [P_AF] = {"af", "", "flicker noise, exponent of 1/f [EKV 2.6]", 1, 0.1, 1.9, 1},
    [P_AVTO] = {"avto", "V m", "threshold mismatch, no effect [EKV 2.6]", 0, -1, 1, 1},
    [P_AKP] = {"akp", "m", "gain mismatch, no effect [EKV 2.6]", 0, -1, 1, 1},
    [P_AGAMMA] = {"agamma", "V^0.5 m", "body effect mismatch, no effect [EKV 2.6]", 0, -1, 1, 1},
    [P_NQS] = {"nqs", "", "non-quasi-static flag, no effect [EKV 2.6]", 0, 0, 1, 1},
    [P_SATLIM] = {"satlim", "", "saturation limit i_f/i_r, no effect [EKV 2.6]", 54.59815, 1, 1e9, 1},
    [P_XQC] = {"xqc", "", "charge partition flag, no effect [EKV 2.6]", 0.4, 0, 1, 1},
    [P_JS] = {"js", "A/m^2", "junction leakage per area, no effect [EKV 2.6]", 0, 0, 1e9, 1},
    [P_JSW] = {"jsw", "A/m", "junction leakage per perimeter, no effect [EKV 2.6]", 0, 0, 1e9, 1},
    [P_N] = {"n", "", "junction ideality, no effect [EKV 2.6]", 1, 0.1, 100, 1},
    [P_XTI] = {"xti", "", "junction leakage temperature exponent, no effect [EKV 2.6]", 3, -100, 100, 1},
    [P_W] = {"w", "m", "width [EKV 2.6]", 10e-6, 1e-9, 1, 0},
    [P_L] = {"l", "m", "length [EKV 2.6]", 10e-6, 1e-9, 1, 0},
    [P_M] = {"m", "", "devices in parallel [EKV 2.6]", 1, 1e-12, 1e12, 0},
    [P_NP] = {"np", "", "devices in parallel, times m [EKV 2.6]", 1, 1e-12, 1e12, 0},
    [P_NS] = {"ns", "", "devices in series [EKV 2.6]", 1, 1, 1e6, 0},
    [P_AD] = {"ad", "m^2", "drain area [EKV 2.6]", 0, 0, 1, 0},
    [P_AS] = {"as", "m^2", "source area [EKV 2.6]", 0, 0, 1, 0},
    [P_PD] = {"pd", "m", "drain perimeter [EKV 2.6]", 0, 0, 10, 0},
    [P_PS] = {"ps", "m", "source perimeter [EKV 2.6]", 0, 0, 10, 0},
};

static const dev_port port[] = {
    {"d", DEV_VOLTAGE, 0}, {"g", DEV_VOLTAGE, 0}, {"s", DEV_VOLTAGE, 0}, {"b", DEV_VOLTAGE, 0}};
/* Row by row; the gate row has no conductance. */
static const dev_stamp stamp[] = {
    {0, 0, DEV_G | DEV_C}, {0, 1, DEV_G | DEV_C}, {0, 2, DEV_G | DEV_C}, {0, 3, DEV_G | DEV_C},
    {1, 0, DEV_C},         {1, 1, DEV_C},         {1, 2, DEV_C},         {1, 3, DEV_C},
    {2, 0, DEV_G | DEV_C}, {2, 1, DEV_G | DEV_C}, {2, 2, DEV_G | DEV_C}, {2, 3, DEV_G | DEV_C},
    {3, 0, DEV_G | DEV_C}, {3, 1, DEV_G | DEV_C}, {3, 2, DEV_G | DEV_C}, {3, 3, DEV_G | DEV_C}};
static const dev_noise noise[] = {{"channel", 0, 2, DEV_WHITE, DEV_PACKETS, 0, 0},
                                  {"flicker", 0, 2, DEV_FLICKER, 0, EKV_FLICKER, EKV_AF}};
static const dev_shape shape = {port, 4, stamp, 16, noise, 2};
static const dev_obs obs[EKV_N_OBS] = {{"id", "A"}, {"gm", "S"}, {"gds", "S"},    {"vp", "V"},         {"n", ""},
                                       {"if", ""},  {"ir", ""},  {"s", "A^2/Hz"}, {"s_card", "A^2/Hz"}};

/* One device's size and temperature. */
typedef struct ekv_size {
	double weff, leff, length; /* length = ns leff */
	double parallel;
	double t, tnom, ratio, u;
} ekv_size;

/* Bulk Fermi potential at t, kept above 0.2 V smoothly. */
static double fermi_potential(const double *p, const ekv_size *s)
{
	const double excess = junction_potential(p[P_PHI], s->tnom, s->t) - 0.2;
	return 0.2 + 0.5 * (excess + sqrt(excess * excess + s->u * s->u));
}

static void derive_gate(const double *p, double sign, const ekv_size *s, double *k)
{
	const double phi = fermi_potential(p, s), gamma = p[P_GAMMA];
	const double given = p[P_VTO] < VTO_NOT_GIVEN ? p[P_VTO] : sign * VTO_FALLBACK;
	const double vto = sign * (given - p[P_TCV] * (s->t - s->tnom));
	const double z = 0.28 * (s->leff / p[P_LK] - 0.1), reverse = 1 + 0.5 * (z + sqrt(z * z + 1.936e-3));
	const double thickness = PHYS_EPS_SI / p[P_COX];
	const double t0 = p[P_E0] > 0 ? p[P_COX] / (PHYS_EPS_SI * p[P_E0]) : 0;
	const double kp = p[P_KP] * pow(s->ratio, p[P_BEX]);
	k[EKV_SIGN] = sign;
	k[EKV_U] = s->u;
	k[EKV_SHIFT] = vto + 2 * p[P_Q0] / (p[P_COX] * reverse * reverse) - phi - gamma * sqrt(phi);
	k[EKV_PHI] = phi;
	k[EKV_GAMMA] = gamma;
	k[EKV_LETA] = thickness * p[P_LETA] / s->leff;
	k[EKV_WETA] = thickness * 3 * p[P_WETA] / s->weff;
	k[EKV_BETA] = s->parallel * kp * s->weff * (1 + t0 * gamma * sqrt(phi));
	k[EKV_T0] = t0;
	k[EKV_ETA] = sign > 0 ? 1.0 / 2 : 1.0 / 3;
	k[EKV_THETA] = p[P_E0] > 0 ? 0 : p[P_THETA];
	k[EKV_COX] = s->parallel * s->weff * s->length * p[P_COX];
	k[EKV_FLICKER] = p[P_KF] / k[EKV_COX];
	k[EKV_AF] = p[P_AF];
}

static void derive_field(const double *p, const ekv_size *s, double *k)
{
	const double ucrit = p[P_UCRIT] * pow(s->ratio, p[P_UCEX]), vc = ucrit * s->length;
	const double lc = sqrt(PHYS_EPS_SI * p[P_XJ] / p[P_COX]);
	const double ibb = p[P_IBB] * fmax(1 + p[P_IBBT] * (s->t - s->tnom), 0.01);
	k[EKV_VC] = vc;
	k[EKV_LAMBDA] = p[P_LAMBDA];
	k[EKV_VDSS_SHIFT] = s->u * (log(vc / (2 * s->u)) - 0.6);
	k[EKV_LENGTH] = s->length;
	k[EKV_LAMBDA_LC] = p[P_LAMBDA] * lc;
	k[EKV_INV_LC_UCRIT] = 1 / (lc * ucrit);
	k[EKV_INV_UCRIT] = 1 / ucrit;
	k[EKV_R] = p[P_RSH] * p[P_HDIF] / (s->parallel * p[P_W]);
	k[EKV_IBN2] = 2 * p[P_IBN];
	k[EKV_IB_GAIN] = p[P_IBA] / ibb;
	k[EKV_IB_V] = lc * ibb;
}

/* Overlaps and junctions; NULL or the parameter at fault. */
static const char *derive_outer(const double *p, const ekv_size *s, double *k)
{
	const int potential[2] = {P_PB, P_PBSW}, grading[2] = {P_MJ, P_MJSW}, capacitance[2] = {P_CJ, P_CJSW};
	const int size[4] = {P_AD, P_PD, P_AS, P_PS};
	k[EKV_CGSO] = s->parallel * s->weff * p[P_CGSO];
	k[EKV_CGDO] = s->parallel * s->weff * p[P_CGDO];
	k[EKV_CGBO] = s->parallel * s->length * p[P_CGBO];
	k[EKV_FC] = p[P_FC];
	for (int edge = 0; edge < 2; edge++) {
		const double given = p[potential[edge]], pb = junction_potential(given, s->tnom, s->t);
		const double mj = p[grading[edge]];
		if (!(pb > 0))
			return param[potential[edge]].name;
		const double warm = fmax(1 + mj * (4e-4 * (s->t - s->tnom) + 1 - pb / given), 0);
		const double cj = s->parallel * p[capacitance[edge]] * warm;
		k[EKV_PB + edge] = pb;
		k[EKV_MJ + edge] = mj;
		k[EKV_CJ + edge] = cj * p[size[edge]];
		k[EKV_CJ + 2 + edge] = cj * p[size[2 + edge]];
	}
	return NULL;
}

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	const double tnom = p[P_TNOM] + PHYS_ZERO_C;
	if (!(tnom > 0))
		return "tnom";
	const ekv_size size = {.weff = p[P_W] + p[P_DW],
	                       .leff = p[P_L] + p[P_DL],
	                       .length = p[P_NS] * (p[P_L] + p[P_DL]),
	                       .parallel = p[P_M] * p[P_NP],
	                       .t = temperature,
	                       .tnom = tnom,
	                       .ratio = temperature / tnom,
	                       .u = phys_ut(temperature)};
	if (!(size.weff > 0))
		return "dw";
	if (!(size.leff > 0))
		return "dl";
	derive_gate(p, polarity < 0 ? -1 : 1, &size, k);
	derive_field(p, &size, k);
	return derive_outer(p, &size, k);
}

const dev_type dev_mosfet_ekv = {
    .name = "mosfet_ekv",
    .doc = "EKV 2.6 MOSFET, noise exact at equilibrium",
    .letter = "m",
    .model = "nmos pmos",
    .level = "44 ekv",
    .shape = &shape,
    .param = param,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = EKV_N_OBS,
    .n_const = EKV_N_CONST,
    .rest = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_mosfet_ekv,
};
