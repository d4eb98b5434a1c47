/* SPDX-License-Identifier: Apache-2.0
 * SPICE's level 1 MOSFET [Shichman & Hodges 1968]: parameters, derived quantities and temperature laws of SPICE
 * [spice3]; equations on lanes in mosfet_level1_kernel.h.
 *
 * Derived: kp from uo and tox; with nsub and tox, where not given, phi, gamma and (with tpg and nss) vto. Leff = l - 2
 * ld. Series resistances rd and rs, or rsh times nrd and nrs, are internal nodes with their own noise 4kT/R. The bulk
 * junctions are ideal diodes with electron rates.
 *
 * Channel noise is not the published 8/3 kT gm, which is nothing at Vds = 0, but the long-channel law
 * 4kT (2/3) beta (a^2 + ab + b^2)/(a + b) of the charges a, b at the two ends, which is 4kT gds at Vds = 0 and 8/3 kT
 * gm in saturation. DEV_CARD gives the published one. Flicker: kf |I|^af/(f W Leff Cox^2), m devices as one of m W.
 *
 * Meyer's capacitances are not the derivatives of charges; here the charges come first. See the kernel.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/mosfet_level1_kernel.h"

#define VTO_NOT_GIVEN 100 /* V */
#define VTO_FALLBACK 0
#define PHI_FALLBACK 0.6
#define PHI_LEAST 0.1
#define KP_FALLBACK 2e-5
#define GAMMA_NOT_GIVEN (-1)
#define EPS_OX (3.9 * 8.854214871e-12)
#define EPS_SI (11.7 * 8.854214871e-12)
#define N_INTRINSIC 1.45e16 /* 1/m^3 */
#define COX_FLICKER (EPS_OX / 1e-7)

enum {
	P_VTO,
	P_KP,
	P_GAMMA,
	P_PHI,
	P_LAMBDA,
	P_RD,
	P_RS,
	P_RSH,
	P_CBD,
	P_CBS,
	P_IS,
	P_PB,
	P_CGSO,
	P_CGDO,
	P_CGBO,
	P_CJ,
	P_MJ,
	P_CJSW,
	P_MJSW,
	P_JS,
	P_TOX,
	P_LD,
	P_NSUB,
	P_NSS,
	P_TPG,
	P_UO,
	P_NFS,
	P_KF,
	P_AF,
	P_FC,
	P_TNOM,
	P_W,
	P_L,
	P_M,
	P_AD,
	P_AS,
	P_PD,
	P_PS,
	P_NRD,
	P_NRS,
	N_PARAM
};
static const dev_param param[N_PARAM] = {
    [P_VTO] = {"vto", "V", "threshold at Vbs = 0; 100: not given, from nsub and tox, else 0 [spice3]", VTO_NOT_GIVEN,
               -100, 100, 1},
    [P_KP] = {"kp", "A/V^2", "transconductance; 0: not given, uo Cox, else 2e-5 [spice3]", 0, 0, 10, 1},
    [P_GAMMA] = {"gamma", "V^0.5", "body effect; -1: not given, from nsub and tox, else 0 [spice3]", GAMMA_NOT_GIVEN,
                 GAMMA_NOT_GIVEN, 100, 1},
    [P_PHI] = {"phi", "V", "surface potential; 0: not given, from nsub and tox, else 0.6 [spice3]", 0, 0, 10, 1},
    [P_LAMBDA] = {"lambda", "1/V", "channel-length modulation [spice3]", 0, 0, 100, 1},
    [P_RD] = {"rd", "ohm", "drain resistance; 0: not given, rsh nrd [spice3]", 0, 0, 1e12, 1},
    [P_RS] = {"rs", "ohm", "source resistance; 0: not given, rsh nrs [spice3]", 0, 0, 1e12, 1},
    [P_RSH] = {"rsh", "ohm", "sheet resistance of source and drain [spice3]", 0, 0, 1e12, 1},
    [P_CBD] = {"cbd", "F", "zero-bias bulk-drain capacitance; 0: not given, cj ad [spice3]", 0, 0, 1, 1},
    [P_CBS] = {"cbs", "F", "zero-bias bulk-source capacitance; 0: not given, cj as [spice3]", 0, 0, 1, 1},
    [P_IS] = {"is", "A", "saturation current of each bulk junction, without js [spice3]", 1e-14, 0, 1e3, 1},
    [P_PB] = {"pb", "V", "junction potential [spice3]", 0.8, 0.05, 20, 1},
    [P_CGSO] = {"cgso", "F/m", "gate-source overlap, per width [spice3]", 0, 0, 1, 1},
    [P_CGDO] = {"cgdo", "F/m", "gate-drain overlap, per width [spice3]", 0, 0, 1, 1},
    [P_CGBO] = {"cgbo", "F/m", "gate-bulk overlap, per length [spice3]", 0, 0, 1, 1},
    [P_CJ] = {"cj", "F/m^2", "junction capacitance, per area [spice3]", 0, 0, 1e3, 1},
    [P_MJ] = {"mj", "", "junction grading, area [spice3]", 0.5, 0, 0.95, 1},
    [P_CJSW] = {"cjsw", "F/m", "junction capacitance, per perimeter [spice3]", 0, 0, 1e3, 1},
    [P_MJSW] = {"mjsw", "", "junction grading, perimeter [spice3]", 0.5, 0, 0.95, 1},
    [P_JS] = {"js", "A/m^2", "saturation current per area, where ad and as are given too [spice3]", 0, 0, 1e9, 1},
    [P_TOX] = {"tox", "m", "oxide thickness; 0: no oxide capacitance [spice3]", 0, 0, 1e-3, 1},
    [P_LD] = {"ld", "m", "lateral diffusion: Leff = l - 2 ld [spice3]", 0, -1, 1, 1},
    [P_NSUB] = {"nsub", "1/cm^3", "substrate doping; 0: not given [spice3]", 0, 0, 1e22, 1},
    [P_NSS] = {"nss", "1/cm^2", "surface states, in the vto from nsub [spice3]", 0, -1e16, 1e16, 1},
    [P_TPG] = {"tpg", "", "gate: 1 opposite to the substrate, -1 like it, 0 aluminium [spice3]", 1, -1, 1, 1},
    [P_UO] = {"uo", "cm^2/(V s)", "mobility, in the kp from tox [spice3]", 600, 1e-3, 1e6, 1},
    [P_NFS] = {"nfs", "1/cm^2", "fast surface states, no effect at level 1 [spice3]", 0, 0, 1e16, 1},
    [P_KF] = {"kf", "", "flicker noise coefficient [spice3]", 0, 0, 1, 1},
    [P_AF] = {"af", "", "flicker noise exponent of the current [spice3]", 1, 0.1, 4, 1},
    [P_FC] = {"fc", "", "forward depletion corner, fraction of pb [spice3]", 0.5, 0, 0.95, 1},
    [P_TNOM] = {"tnom", "C", "temperature of the parameters [spice3]", 27, -273, 2000, 1},
    [P_W] = {"w", "m", "width [spice3]", 1e-4, 1e-9, 1, 0},
    [P_L] = {"l", "m", "length [spice3]", 1e-4, 1e-9, 1, 0},
    [P_M] = {"m", "", "devices in parallel [spice3]", 1, 1e-12, 1e12, 0},
    [P_AD] = {"ad", "m^2", "drain area [spice3]", 0, 0, 1, 0},
    [P_AS] = {"as", "m^2", "source area [spice3]", 0, 0, 1, 0},
    [P_PD] = {"pd", "m", "drain perimeter [spice3]", 0, 0, 10, 0},
    [P_PS] = {"ps", "m", "source perimeter [spice3]", 0, 0, 10, 0},
    [P_NRD] = {"nrd", "", "squares of the drain, times rsh [spice3]", 1, 0, 1e6, 0},
    [P_NRS] = {"nrs", "", "squares of the source, times rsh [spice3]", 1, 0, 1e6, 0},
};

/* Inner drain d and source s are ports 4 and 5 where there is a resistance, else 0 and 2. The first 16 stamps are those
 * of the inner transistor, row by row. Sources: junctions, channel, flicker, then the resistances. */
#define MOS1_ROW(row, d, s)                                                                                            \
	{row, d, DEV_G | DEV_C}, {row, 1, DEV_G | DEV_C}, {row, s, DEV_G | DEV_C},                                     \
	{                                                                                                              \
		row, 3, DEV_G | DEV_C                                                                                  \
	}
#define MOS1_GATE(d, s)                                                                                                \
	{1, d, DEV_C}, {1, 1, DEV_C}, {1, s, DEV_C},                                                                   \
	{                                                                                                              \
		1, 3, DEV_C                                                                                            \
	}
#define MOS1_STAMPS(d, s) MOS1_ROW(d, d, s), MOS1_GATE(d, s), MOS1_ROW(s, d, s), MOS1_ROW(3, d, s)
#define MOS1_OUTER(x, inner)                                                                                           \
	{x, x, DEV_G}, {x, inner, DEV_G},                                                                              \
	{                                                                                                              \
		inner, x, DEV_G                                                                                        \
	}
#define MOS1_NOISE(d, s)                                                                                               \
	{"bd", 3, d, DEV_WHITE, DEV_ELECTRONS, 0, 0}, {"bs", 3, s, DEV_WHITE, DEV_ELECTRONS, 0, 0},                    \
	    {"channel", d, s, DEV_WHITE, DEV_NO_RATES, 0, 0},                                                          \
	{                                                                                                              \
		"flicker", d, s, DEV_FLICKER, DEV_NO_RATES, MOS1_KF, MOS1_ONE                                          \
	}
#define MOS1_THERMAL(name, x, inner)                                                                                   \
	{                                                                                                              \
		name, x, inner, DEV_WHITE, DEV_NO_RATES, 0, 0                                                          \
	}
#define MOS1_TERMINALS                                                                                                 \
	{"d", DEV_VOLTAGE, 0}, {"g", DEV_VOLTAGE, 0}, {"s", DEV_VOLTAGE, 0},                                           \
	{                                                                                                              \
		"b", DEV_VOLTAGE, 0                                                                                    \
	}

static const dev_port port_both[] = {MOS1_TERMINALS, {"di", DEV_VOLTAGE, 1}, {"si", DEV_VOLTAGE, 1}};
static const dev_port port_source[] = {MOS1_TERMINALS, {"si", DEV_VOLTAGE, 1}};
static const dev_stamp stamp_none[] = {MOS1_STAMPS(0, 2)};
static const dev_stamp stamp_drain[] = {MOS1_STAMPS(4, 2), MOS1_OUTER(0, 4)};
static const dev_stamp stamp_source[] = {MOS1_STAMPS(0, 4), MOS1_OUTER(2, 4)};
static const dev_stamp stamp_both[] = {MOS1_STAMPS(4, 5), MOS1_OUTER(0, 4), MOS1_OUTER(2, 5)};
static const dev_noise noise_none[] = {MOS1_NOISE(0, 2)};
static const dev_noise noise_drain[] = {MOS1_NOISE(4, 2), MOS1_THERMAL("rd", 0, 4)};
static const dev_noise noise_source[] = {MOS1_NOISE(0, 4), MOS1_THERMAL("rs", 2, 4)};
static const dev_noise noise_both[] = {MOS1_NOISE(4, 5), MOS1_THERMAL("rd", 0, 4), MOS1_THERMAL("rs", 2, 5)};
/* By drain + 2 source. */
static const dev_shape shape[4] = {{port_both, 4, stamp_none, 16, noise_none, 4},
                                   {port_both, 5, stamp_drain, 19, noise_drain, 5},
                                   {port_source, 5, stamp_source, 19, noise_source, 5},
                                   {port_both, 6, stamp_both, 22, noise_both, 6}};
static const dev_obs obs[MOS1_N_OBS] = {{"id", "A"},  {"gm", "S"},    {"gds", "S"},    {"gmbs", "S"},
                                        {"von", "V"}, {"vdsat", "V"}, {"vgs", "V"},    {"vds", "V"},
                                        {"vbs", "V"}, {"cgs", "F"},   {"cgd", "F"},    {"cgb", "F"},
                                        {"cbd", "F"}, {"cbs", "F"},   {"s", "A^2/Hz"}, {"s_card", "A^2/Hz"}};

/* Resistance of the drain (side 0) or source (1). */
static double resistance(const double *p, int side)
{
	const double given = p[side ? P_RS : P_RD];
	return given > 0 ? given : p[P_RSH] * p[side ? P_NRS : P_NRD];
}

static const dev_shape *choose(const double *p)
{
	return &shape[(resistance(p, 0) > 0) + 2 * (resistance(p, 1) > 0)];
}

/* What the card leaves to be found, at tnom. */
typedef struct mos1_card {
	double vto, kp, gamma, phi, cox;
} mos1_card;

/* Flat-band voltage of the vto from nsub. */
static double flat_band(const double *p, double sign, double phi, double gap, double cox)
{
	const double fermi = sign * 0.5 * phi;
	const double gate = p[P_TPG] == 0 ? 3.2 : 3.25 + 0.5 * gap - sign * p[P_TPG] * 0.5 * gap;
	return gate - (3.25 + 0.5 * gap + fermi) - p[P_NSS] * 1e4 * PHYS_Q / cox;
}

/* NULL or the parameter at fault. */
static const char *complete(const double *p, double sign, double tnom, mos1_card *c)
{
	const double doping = p[P_NSUB] * 1e6;
	*c = (mos1_card){.vto = p[P_VTO],
	                 .kp = p[P_KP],
	                 .gamma = p[P_GAMMA],
	                 .phi = p[P_PHI],
	                 .cox = p[P_TOX] > 0 ? EPS_OX / p[P_TOX] : 0};
	const int physical = doping > 0 && c->cox > 0;
	if (physical && doping <= N_INTRINSIC)
		return "nsub";
	if (c->kp == 0)
		c->kp = c->cox > 0 ? p[P_UO] * 1e-4 * c->cox : KP_FALLBACK;
	if (c->phi == 0)
		c->phi = physical ? fmax(2 * phys_ut(tnom) * log(doping / N_INTRINSIC), PHI_LEAST) : PHI_FALLBACK;
	if (c->gamma == GAMMA_NOT_GIVEN)
		c->gamma = physical ? sqrt(2 * EPS_SI * PHYS_Q * doping) / c->cox : 0;
	if (c->gamma < 0)
		return "gamma";
	if (c->vto == VTO_NOT_GIVEN)
		c->vto = physical ? flat_band(p, sign, c->phi, junction_gap(tnom), c->cox) +
		                        sign * (c->gamma * sqrt(c->phi) + c->phi)
		                  : VTO_FALLBACK;
	return NULL;
}

/* Bulk junctions: saturation currents, zero-bias capacitances of drain and source, bottom and sidewall. */
static const char *derive_junctions(const double *p, double tnom, double t, double *k)
{
	const double pb = junction_potential(p[P_PB], tnom, t), m = p[P_M];
	const double grown = exp(junction_gap(tnom) / phys_ut(tnom) - junction_gap(t) / phys_ut(t));
	const int by_area = p[P_JS] > 0 && p[P_AD] > 0 && p[P_AS] > 0;
	const int given[2] = {P_CBD, P_CBS}, area[2] = {P_AD, P_AS}, edge[2] = {P_PD, P_PS};
	if (!(pb > 0))
		return "pb";
	const double bottom = junction_warm(p[P_PB], p[P_MJ], tnom, t),
	             side = junction_warm(p[P_PB], p[P_MJSW], tnom, t);
	for (int e = 0; e < 2; e++) {
		const double cj = p[given[e]] > 0 ? p[given[e]] : p[P_CJ] * p[area[e]];
		k[MOS1_IS_Q + e] = m * grown * (by_area ? p[P_JS] * p[area[e]] : p[P_IS]) / PHYS_Q;
		k[MOS1_CJ + e] = m * fmax(cj * bottom, 0);
		k[MOS1_CJSW + e] = m * fmax(p[P_CJSW] * p[edge[e]] * side, 0);
	}
	k[MOS1_PB] = pb;
	k[MOS1_MJ] = p[P_MJ];
	k[MOS1_MJSW] = p[P_MJSW];
	k[MOS1_FC] = p[P_FC];
	return NULL;
}

static const char *derive(const double *p, double polarity, double temperature, double *k)
{
	const double sign = polarity < 0 ? -1 : 1, tnom = p[P_TNOM] + PHYS_ZERO_C, m = p[P_M];
	const double length = p[P_L] - 2 * p[P_LD];
	mos1_card c;
	if (!(tnom > 0))
		return "tnom";
	if (!(length > 0))
		return "ld";
	const char *bad = complete(p, sign, tnom, &c);
	if (bad)
		return bad;
	const double phi = junction_potential(c.phi, tnom, temperature);
	if (!(phi > 0))
		return "phi";
	k[MOS1_SIGN] = sign;
	k[MOS1_U] = phys_ut(temperature);
	k[MOS1_VBI] = sign * c.vto - c.gamma * sqrt(c.phi) +
	              sign * 0.5 * (junction_gap(tnom) - junction_gap(temperature)) + 0.5 * (phi - c.phi);
	k[MOS1_PHI] = phi;
	k[MOS1_ROOT_PHI] = sqrt(phi);
	k[MOS1_GAMMA] = c.gamma;
	k[MOS1_LAMBDA] = p[P_LAMBDA];
	k[MOS1_BETA] = m * c.kp * pow(temperature / tnom, -1.5) * p[P_W] / length;
	k[MOS1_COX] = m * c.cox * p[P_W] * length;
	k[MOS1_CGSO] = m * p[P_CGSO] * p[P_W];
	k[MOS1_CGDO] = m * p[P_CGDO] * p[P_W];
	k[MOS1_CGBO] = m * p[P_CGBO] * length;
	for (int side = 0; side < 2; side++)
		k[MOS1_GR + side] = resistance(p, side) > 0 ? m / resistance(p, side) : 0;
	const double cox = c.cox > 0 ? c.cox : COX_FLICKER;
	k[MOS1_KF] = p[P_KF] / (m * p[P_W] * length * cox * cox);
	k[MOS1_AF] = p[P_AF];
	k[MOS1_ONE] = 1;
	return derive_junctions(p, tnom, temperature, k);
}

const dev_type dev_mosfet_level1 = {
    .name = "mosfet_level1",
    .doc = "SPICE level 1 MOSFET, noise exact at equilibrium",
    .letter = "m",
    .model = "nmos pmos",
    .level = "",
    .shape = &shape[0],
    .choose = choose,
    .param = param,
    .n_param = N_PARAM,
    .obs = obs,
    .n_obs = MOS1_N_OBS,
    .n_const = MOS1_N_CONST,
    .rest = 1,
    .derive = derive,
    .kernel = DEV_KERNEL_mosfet_level1,
};
