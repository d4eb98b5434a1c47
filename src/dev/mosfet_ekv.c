/* SPDX-License-Identifier: Apache-2.0
 * EKV 2.6 MOSFET (level=44): parameters and temperature laws [EPFL: Bucher, Lallement, Enz, Theodoloz, Krummenacher,
 * The EPFL-EKV MOSFET Model Equations for Simulation, 1998]; equations in physics.md 4.1, on lanes in
 * mosfet_ekv_kernel.h. Fallbacks are the report's, not those of any Verilog-A version.
 *
 * Noise is not the published one but S = 4kT (I/Vds) r of physics.md 1.5: exactly 4kT gds at Vds = 0, shot noise in
 * weak inversion, thermal noise in strong inversion. Multiplication noise of the impact-ionisation current is not
 * included.
 *
 * Series resistance RSH HDIF/W of each side acts by the first-order factor 1/(1 + gms R + gds R), which is exact (also
 * in noise) at Vds = 0 and approximate elsewhere: set rsh=0 and use resistors where that matters. Junctions have their
 * capacitance (ad, as, pd, ps) but no current: add diodes for leakage. Accepted without effect: KF, AF (no flicker
 * noise), AVTO, AKP, AGAMMA (mismatch coefficients), NQS, SATLIM, XQC (quasi-static), JS, JSW, N, XTI.
 */
#include <math.h>
#include "base/phys.h"
#include "dev/mosfet_ekv_kernel.h"

/* name, unit, fallback, low, high, doc of the model card */
#define EKV_CARD(row)                                                                                                  \
	row(cox, "F/m^2", 0.7e-3, 1e-7, 10, "gate oxide capacitance") row(                                             \
	    xj, "m", 0.1e-6, 1e-9, 1e-3, "junction depth") row(dl, "m", 0, -1, 1, "added to L") row(dw, "m", 0, -1, 1, \
	                                                                                            "added to W")      \
	    row(vto, "V", 0.5, -100, 100, "long-channel threshold, negative for pmos") row(                            \
	        gamma, "V^0.5", 1, 0, 100, "body effect") row(phi, "V", 0.7, 0.1, 10, "bulk Fermi potential, twice")   \
	        row(kp, "A/V^2", 50e-6, 1e-15, 10, "transconductance parameter") row(                                  \
	            e0, "V/m", 1e12, 0, 1e30, "vertical field of mobility reduction; 0: use theta")                    \
	            row(theta, "1/V", 0, 0, 100, "mobility reduction when e0 = 0") row(                                \
	                ucrit, "V/m", 2e6, 1e3, 1e15,                                                                  \
	                "longitudinal critical field") row(lambda, "", 0.5, 0, 100,                                    \
	                                                   "depletion length, channel-length modulation")              \
	                row(weta, "", 0.25, -100, 100, "narrow channel") row(                                          \
	                    leta, "", 0.1, -100, 100,                                                                  \
	                    "short channel") row(q0, "C/m^2", 0, -10, 10, "reverse short channel, peak charge")        \
	                    row(lk, "m", 0.29e-6, 1e-9, 1, "reverse short channel, length") row(                       \
	                        iba,                                                                                   \
	                        "1/m", 0, 0, 1e15, "impact ionisation, first coefficient")                             \
	                        row(ibb, "V/m", 3e8, 1e5, 1e15, "impact ionisation, second coefficient") row(          \
	                            ibn, "",                                                                           \
	                            1, 0, 100, "impact ionisation, saturation voltage factor")                         \
	                            row(tcv, "V/K", 1e-3, -1, 1, "temperature coefficient of vto") row(                \
	                                bex, "", -1.5,                                                                 \
	                                -100, 100, "temperature exponent of kp") row(ucex, "", 0.8, -100, 100,         \
	                                                                             "temperature exponent of ucrit")  \
	                                row(ibbt, "1/K", 9e-4, -1, 1, "temperature coefficient of ibb") row(           \
	                                    rsh,                                                                       \
	                                    "ohm", 0, 0, 1e12, "sheet resistance of source and drain")                 \
	                                    row(hdif, "m", 0, 0, 1, "length of the source and drain resistors") row(   \
	                                        cgso, "F/m", 0,                                                        \
	                                        0, 1, "gate-source overlap, per width")                                \
	                                        row(cgdo, "F/m", 0, 0, 1, "gate-drain overlap, per width") row(        \
	                                            cgbo, "F/m", 0,                                                    \
	                                            0, 1, "gate-bulk overlap, per length")                             \
	                                            row(cj, "F/m^2", 0, 0, 1e3, "junction capacitance, per area") row( \
	                                                cjsw, "F/m",                                                   \
	                                                0, 0, 1e3, "junction capacitance, per perimeter")              \
	                                                row(pb, "V", 0.8, 0.05, 20, "junction potential, area") row(   \
	                                                    pbsw, "V", 0.8,                                            \
	                                                    0.05, 20, "junction potential, perimeter")                 \
	                                                    row(mj, "", 0.5, 0, 0.95, "junction grading, area") row(   \
	                                                        mjsw, "", 0.33,                                        \
	                                                        0, 0.95,                                               \
	                                                        "junction grading, perimeter") row(fc, "", 0.5, 0,     \
	                                                                                           0.95,               \
	                                                                                           "forward "          \
	                                                                                           "depletion "        \
	                                                                                           "corner, fraction " \
	                                                                                           "of pb")            \
	                                                        row(tnom, "C", 25, -273, 2000,                         \
	                                                            "temperature of the parameters")                   \
	                                                            row(kf, "", 0, 0, 1, "flicker noise, no effect")   \
	                                                                row(af, "", 1, 0, 10,                          \
	                                                                    "flicker noise exponent, no effect")       \
	                                                                    row(avto, "V m", 0, -1, 1,                 \
	                                                                        "threshold mismatch, no effect")       \
	                                                                        row(akp, "m", 0, -1, 1,                \
	                                                                            "gain mismatch, no effect")        \
	                                                                            row(agamma, "V^0.5 m", 0, -1, 1,   \
	                                                                                "body effect mismatch, no "    \
	                                                                                "effect")                      \
	                                                                                row(nqs, "", 0, 0, 1,          \
	                                                                                    "non-quasi-static flag, "  \
	                                                                                    "no effect") row(satlim,   \
	                                                                                                     "",       \
	                                                                                                     54.59815, \
	                                                                                                     1, 1e9,   \
	                                                                                                     "saturat" \
	                                                                                                     "ion "    \
	                                                                                                     "limit "  \
	                                                                                                     "i_f/"    \
	                                                                                                     "i_r, "   \
	                                                                                                     "no "     \
	                                                                                                     "effect") \
	                                                                                    row(xqc, "", 0.4, 0, 1,    \
	                                                                                        "charge partition "    \
	                                                                                        "flag, no effect")     \
	                                                                                        row(js, "A/m^2", 0, 0, \
	                                                                                            1e9,               \
	                                                                                            "junction "        \
	                                                                                            "leakage per "     \
	                                                                                            "area, no effect") \
	                                                                                            row(jsw, "A/m", 0, \
	                                                                                                0, 1e9,        \
	                                                                                                "junction "    \
	                                                                                                "leakage per " \
	                                                                                                "perimeter, "  \
	                                                                                                "no effect")   \
	                                                                                                row(n, "", 1,  \
	                                                                                                    0.1, 100,  \
	                                                                                                    "junction" \
	                                                                                                    " idealit" \
	                                                                                                    "y, no "   \
	                                                                                                    "effect")  \
	                                                                                                    row(xti,   \
	                                                                                                        "", 3, \
	                                                                                                        -100,  \
	                                                                                                        100,   \
	                                                                                                        "junc" \
	                                                                                                        "tion" \
	                                                                                                        " lea" \
	                                                                                                        "kage" \
	                                                                                                        " tem" \
	                                                                                                        "pera" \
	                                                                                                        "ture" \
	                                                                                                        " exp" \
	                                                                                                        "onen" \
	                                                                                                        "t, "  \
	                                                                                                        "no "  \
	                                                                                                        "effe" \
	                                                                                                        "ct")
/* the same of the instance line */
#define EKV_LINE(row)                                                                                                  \
	row(w, "m", 10e-6, 1e-9, 1, "width") row(l, "m", 10e-6, 1e-9, 1, "length")                                     \
	    row(m, "", 1, 1e-12, 1e12, "devices in parallel")                                                          \
	        row(np, "", 1, 1e-12, 1e12, "devices in parallel, times m")                                            \
	            row(ns, "", 1, 1, 1e6, "devices in series") row(ad, "m^2", 0, 0, 1, "drain area")                  \
	                row(as, "m^2", 0, 0, 1, "source area") row(pd, "m", 0, 0, 10, "drain perimeter")               \
	                    row(ps, "m", 0, 0, 10, "source perimeter")

#define EKV_INDEX(name, unit, fallback, low, high, doc) P_##name,
enum { EKV_CARD(EKV_INDEX) EKV_LINE(EKV_INDEX) N_PARAM };
#undef EKV_INDEX

#define EKV_ON_MODEL(name, unit, fallback, low, high, doc) {#name, unit, doc " [EKV 2.6]", fallback, low, high, 1},
#define EKV_ON_LINE(name, unit, fallback, low, high, doc) {#name, unit, doc " [EKV 2.6]", fallback, low, high, 0},
static const dev_param param[N_PARAM] = {EKV_CARD(EKV_ON_MODEL) EKV_LINE(EKV_ON_LINE)};
#undef EKV_ON_MODEL
#undef EKV_ON_LINE

static const dev_port port[] = {
    {"d", DEV_VOLTAGE, 0}, {"g", DEV_VOLTAGE, 0}, {"s", DEV_VOLTAGE, 0}, {"b", DEV_VOLTAGE, 0}};
/* Row by row; the gate row has no conductance. */
static const dev_stamp stamp[] = {
    {0, 0, DEV_G | DEV_C}, {0, 1, DEV_G | DEV_C}, {0, 2, DEV_G | DEV_C}, {0, 3, DEV_G | DEV_C},
    {1, 0, DEV_C},         {1, 1, DEV_C},         {1, 2, DEV_C},         {1, 3, DEV_C},
    {2, 0, DEV_G | DEV_C}, {2, 1, DEV_G | DEV_C}, {2, 2, DEV_G | DEV_C}, {2, 3, DEV_G | DEV_C},
    {3, 0, DEV_G | DEV_C}, {3, 1, DEV_G | DEV_C}, {3, 2, DEV_G | DEV_C}, {3, 3, DEV_G | DEV_C}};
static const dev_noise noise[] = {{"channel", 0, 2, DEV_WHITE, 0}};
static const dev_shape shape = {port, 4, stamp, 16, noise, 1};
static const char *const obs[EKV_N_OBS] = {"id", "gm", "gds", "vp", "n", "if", "ir"};

/* One device's size and temperature. */
typedef struct ekv_size {
	double weff, leff, length; /* length = ns leff */
	double parallel;
	double t, tnom, ratio, u;
} ekv_size;

/* Bulk Fermi potential at t, kept above 0.2 V smoothly. */
static double fermi_potential(const double *p, const ekv_size *s)
{
	const double excess = junction_potential(p[P_phi], s->tnom, s->t) - 0.2;
	return 0.2 + 0.5 * (excess + sqrt(excess * excess + s->u * s->u));
}

static void derive_gate(const double *p, double sign, const ekv_size *s, double *k)
{
	const double phi = fermi_potential(p, s), gamma = p[P_gamma];
	const double vto = sign * (p[P_vto] - p[P_tcv] * (s->t - s->tnom));
	const double z = 0.28 * (s->leff / p[P_lk] - 0.1), reverse = 1 + 0.5 * (z + sqrt(z * z + 1.936e-3));
	const double thickness = PHYS_EPS_SI / p[P_cox];
	const double t0 = p[P_e0] > 0 ? p[P_cox] / (PHYS_EPS_SI * p[P_e0]) : 0;
	const double kp = p[P_kp] * pow(s->ratio, p[P_bex]);
	k[EKV_SIGN] = sign;
	k[EKV_U] = s->u;
	k[EKV_SHIFT] = vto + 2 * p[P_q0] / (p[P_cox] * reverse * reverse) - phi - gamma * sqrt(phi);
	k[EKV_PHI] = phi;
	k[EKV_GAMMA] = gamma;
	k[EKV_LETA] = thickness * p[P_leta] / s->leff;
	k[EKV_WETA] = thickness * 3 * p[P_weta] / s->weff;
	k[EKV_BETA] = s->parallel * kp * s->weff * (1 + t0 * gamma * sqrt(phi));
	k[EKV_T0] = t0;
	k[EKV_ETA] = sign > 0 ? 1.0 / 2 : 1.0 / 3;
	k[EKV_THETA] = p[P_e0] > 0 ? 0 : p[P_theta];
	k[EKV_COX] = s->parallel * s->weff * s->length * p[P_cox];
}

static void derive_field(const double *p, const ekv_size *s, double *k)
{
	const double ucrit = p[P_ucrit] * pow(s->ratio, p[P_ucex]), vc = ucrit * s->length;
	const double lc = sqrt(PHYS_EPS_SI * p[P_xj] / p[P_cox]);
	const double ibb = p[P_ibb] * fmax(1 + p[P_ibbt] * (s->t - s->tnom), 0.01);
	k[EKV_VC] = vc;
	k[EKV_LAMBDA] = p[P_lambda];
	k[EKV_VDSS_SHIFT] = s->u * (log(vc / (2 * s->u)) - 0.6);
	k[EKV_LENGTH] = s->length;
	k[EKV_LAMBDA_LC] = p[P_lambda] * lc;
	k[EKV_INV_LC_UCRIT] = 1 / (lc * ucrit);
	k[EKV_INV_UCRIT] = 1 / ucrit;
	k[EKV_R] = p[P_rsh] * p[P_hdif] / (s->parallel * p[P_w]);
	k[EKV_IBN2] = 2 * p[P_ibn];
	k[EKV_IB_GAIN] = p[P_iba] / ibb;
	k[EKV_IB_V] = lc * ibb;
}

/* Overlaps and junctions; NULL or the parameter at fault. */
static const char *derive_outer(const double *p, const ekv_size *s, double *k)
{
	const int potential[2] = {P_pb, P_pbsw}, grading[2] = {P_mj, P_mjsw}, capacitance[2] = {P_cj, P_cjsw};
	const int size[4] = {P_ad, P_pd, P_as, P_ps};
	k[EKV_CGSO] = s->parallel * s->weff * p[P_cgso];
	k[EKV_CGDO] = s->parallel * s->weff * p[P_cgdo];
	k[EKV_CGBO] = s->parallel * s->length * p[P_cgbo];
	k[EKV_FC] = p[P_fc];
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
	const double tnom = p[P_tnom] + PHYS_ZERO_C;
	if (!(tnom > 0))
		return "tnom";
	const ekv_size size = {.weff = p[P_w] + p[P_dw],
	                       .leff = p[P_l] + p[P_dl],
	                       .length = p[P_ns] * (p[P_l] + p[P_dl]),
	                       .parallel = p[P_m] * p[P_np],
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
    .derive = derive,
    .kernel = DEV_KERNEL_mosfet_ekv,
};
