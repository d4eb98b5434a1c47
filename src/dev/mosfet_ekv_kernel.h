/* SPDX-License-Identifier: Apache-2.0
 * EKV 2.6 on lanes (physics.md 4.1; parameters in mosfet_ekv.c). All voltages are bulk-referred and mirrored for pmos;
 * the lower of source and drain plays the source. Differences that vanish at Vds = 0 are written as Vds times a
 * positive chord, so that I/Vds, the noise and the conductance keep full relative accuracy through Vds = 0:
 *
 *   I = Vds G,  G = I_S (delta'/Vds) (i_f - i_r')/delta',  delta' = v_f - v_r',  2y + ln y = v,  i = y + y^2,
 *   S = 4kT G r,  r = B / (2 (i_f - i_r)/delta),  delta = Vds/U,  B = (4/3)(xf^2 + xf xr + xr^2)/(xf + xr) - 1.
 *
 * r = 1 at Vds = 0 and (Vds/2U) coth(Vds/2U) in weak inversion. psi = PHI + VP is a square, never negative.
 */
#ifndef DEV_MOSFET_EKV_KERNEL_H
#define DEV_MOSFET_EKV_KERNEL_H
#include "base/phys.h"
#include "dev/dual.h"
#include "dev/junction.h"
#include "dev/kernel.h"

enum {
	EKV_SIGN,  /* +1 nmos, -1 pmos */
	EKV_U,     /* kT/q */
	EKV_SHIFT, /* VG* = VG - shift */
	EKV_PHI,
	EKV_GAMMA,
	EKV_LETA, /* (eps_si/COX) LETA/Leff */
	EKV_WETA, /* (eps_si/COX) 3 WETA/Weff */
	EKV_VC,   /* UCRIT L */
	EKV_LAMBDA,
	EKV_VDSS_SHIFT, /* U (ln(Vc/2U) - 0.6) */
	EKV_LENGTH,     /* L = NS Leff */
	EKV_LAMBDA_LC,
	EKV_INV_LC_UCRIT,
	EKV_INV_UCRIT,
	EKV_BETA, /* m KP Weff (1 + T0 GAMMA sqrt(PHI)) */
	EKV_T0,
	EKV_ETA,
	EKV_THETA,
	EKV_R,       /* series resistance of each side */
	EKV_IBN2,    /* 2 IBN */
	EKV_IB_GAIN, /* IBA/IBB */
	EKV_IB_V,    /* Lc IBB */
	EKV_COX,     /* m Weff L COX */
	EKV_CGSO,
	EKV_CGDO,
	EKV_CGBO,
	EKV_CJ, /* CJ, CJSW at the drain, CJ, CJSW at the source; then PB, PBSW, MJ, MJSW, FC */
	EKV_PB = EKV_CJ + 4,
	EKV_MJ = EKV_PB + 2,
	EKV_FC = EKV_MJ + 2,
	EKV_FLICKER, /* KF / (m Weff L COX) */
	EKV_AF,
	EKV_N_CONST
};
enum {
	EKV_OBS_ID,
	EKV_OBS_GM,
	EKV_OBS_GDS,
	EKV_OBS_VP,
	EKV_OBS_N,
	EKV_OBS_IF,
	EKV_OBS_IR,
	EKV_OBS_S,
	EKV_OBS_S_CARD,
	EKV_N_OBS
};
enum { EKV_D, EKV_G, EKV_S, EKV_B };   /* ports */
enum { EKV_BY_G, EKV_BY_D, EKV_BY_S }; /* partial derivatives of the duals, by the real drain and source */
enum { EKV_SLOPES = 1 << 16 };         /* beside dev_want: the channel's partial derivatives are made */
#define EKV_LOWEST_V (-600.0)          /* y = e^-600 at least, so that 1/y stays finite */
#define EKV_NEAR 0.1                   /* |yf - yr|/(yf + yr) below which the chord is a series */
#define EKV_SMALL_V 1e-6               /* V, in the square roots of the bulk charge */

typedef struct ekv_bias {
	dual g, low, high; /* gate, source and drain of the ordered device, bulk-referred */
	dual vds, vp, vg_star, vg, gamma, psi, n;
	dual yf, yr, b; /* b: the bracket B */
	lane u, phi, gamma0;
	lane_mask swapped;
} ekv_bias;

typedef struct ekv_channel {
	dual chord, s, card, impact; /* I/Vds, noise, published noise (if wanted), drain-bulk current */
} ekv_channel;

/* Guess of the Lambert function of e^x from s = ln(1 + e^x): s (1 - L/(2 + s)), L = ln(1 + s), is within 2 %; its
 * relative error is s^2 p(s)/q(s) within 5.1e-5, fitted over 0 < s < 1e4 with a weighted least-squares iteration, and
 * decays beyond. */
static inline lane ekv_lambert_guess(lane x)
{
	const lane e = lane_exp(-lane_abs(x)), u = 1.0 + e;
	const lane s = lane_max(x, lane_set(0)) + (lane_log(u) + (e - (u - 1.0))), s2 = s * s, two = 2.0 + s;
	const lane p = 0.154118 - 0.0475232 * s;
	const lane q = (1.0 + 1.83065 * s) + s2 * ((2.14248 + 0.182813 * s) + s2 * (0.185149 + 0.0128015 * s));
	return s * (two - lane_log(1.0 + s)) * (q + s2 * p) / (two * q);
}

/* y of 2y + ln y = v: with w = 2y the Lambert function of 2 e^v, from the guess by one fourth-order step, which leaves
 * 1e-17 [Fritsch, Shafer & Crowley 1973]. */
static inline lane ekv_invert(lane v)
{
	const lane x = lane_max(v, lane_set(EKV_LOWEST_V)) + PHYS_LN2, w = ekv_lambert_guess(x);
	const lane z = x - lane_log(w) - w, one = 1.0 + w, q = 2.0 * one * (one + z * (2.0 / 3));
	return 0.5 * (w * (1.0 + z * (q - z) / (one * (q - 2.0 * z))));
}
DUAL_INLINE dual ekv_inversion(dual v)
{
	const lane y = ekv_invert(v.v);
	return dual_chain(v, y, y / (1.0 + 2.0 * y));
}
DUAL_INLINE dual ekv_log1p(dual a)
{
	return dual_chain(a, lane_log1p(a.v), 1.0 / (1.0 + a.v));
}
DUAL_INLINE dual ekv_inverse(dual a)
{
	const lane h = 1.0 / a.v;
	return dual_chain(a, h, -h * h);
}
/* sqrt(x + gamma^2/4) - gamma/2, written without cancellation */
DUAL_INLINE dual ekv_root(dual x, dual gamma)
{
	const dual half = dual_scale(gamma, lane_set(0.5));
	return dual_div(x, dual_add(dual_sqrt(dual_add(x, dual_mul(half, half))), half));
}
/* 1 + (2 a - w) / (sqrt(a^2 + d^2) + sqrt((w - a)^2 + d^2)): the saturation function divided by w, plus 1 */
DUAL_INLINE dual ekv_saturation(dual a, dual d, dual w)
{
	const dual sum = dual_add(dual_hypot(a, d), dual_hypot(dual_sub(w, a), d));
	return dual_shift(dual_div(dual_sub(dual_add(a, a), w), sum), lane_set(1));
}
/* (i_f - i_r)/delta. Near yf = yr: ln(yf/yr) = 2 atanh t, t = (yf - yr)/(yf + yr). */
DUAL_INLINE dual ekv_chord(dual yf, dual yr, dual delta)
{
	const dual sum = dual_add(yf, yr), diff = dual_sub(yf, yr), t = dual_div(diff, sum), z = dual_mul(t, t);
	const dual one = dual_shift(sum, lane_set(1));
	const lane_mask near = lane_abs(t.v) < EKV_NEAR;
	dual series = dual_set(lane_set(0));
	for (int n = 15; n >= 1; n -= 2)
		series = dual_shift(dual_mul(series, z), lane_set(1.0 / n));
	const dual close = dual_div(dual_mul(sum, one), dual_scale(dual_add(sum, series), lane_set(2)));
	const dual divisor = dual_select(near, dual_set(lane_set(1)), delta);
	return dual_select(near, close, dual_div(dual_mul(diff, one), divisor));
}

/* Port voltages, ordered, with derivatives by the gate, the real drain and the real source. */
DUAL_INLINE void ekv_order(const dev_in *in, int i, ekv_bias *a)
{
	const lane sign = kernel_get(in->k, EKV_SIGN, i), bulk = kernel_get(in->v, EKV_B, i);
	dual d = dual_set(sign * (kernel_get(in->v, EKV_D, i) - bulk));
	dual s = dual_set(sign * (kernel_get(in->v, EKV_S, i) - bulk));
	a->g = dual_set(sign * (kernel_get(in->v, EKV_G, i) - bulk));
	a->g.d[EKV_BY_G] = lane_set(1);
	d.d[EKV_BY_D] = lane_set(1);
	s.d[EKV_BY_S] = lane_set(1);
	a->swapped = d.v < s.v;
	a->high = dual_select(a->swapped, s, d);
	a->low = dual_select(a->swapped, d, s);
	const lane drop = sign * (kernel_get(in->v, EKV_D, i) - kernel_get(in->v, EKV_S, i));
	a->vds = dual_sub(a->high, a->low);
	a->vds.v = lane_abs(drop); /* exact for a common shift of all ports */
}

/* sqrt of x smoothed above 0: short-channel terms */
DUAL_INLINE dual ekv_smooth_root(dual x, lane u)
{
	return dual_sqrt(dual_positive(x, 16.0 * u * u));
}

/* Steps 1-5: effective gate voltage, charge sharing, pinch-off voltage, slope factor, normalised charges. */
DUAL_INLINE ekv_bias ekv_bias_at(const dev_in *in, int i)
{
	ekv_bias a;
	ekv_order(in, i, &a);
	a.u = kernel_get(in->k, EKV_U, i);
	a.phi = kernel_get(in->k, EKV_PHI, i);
	a.gamma0 = kernel_get(in->k, EKV_GAMMA, i);
	const lane u = a.u;
	a.vg_star = dual_shift(a.g, -kernel_get(in->k, EKV_SHIFT, i));
	a.vg = dual_positive(a.vg_star, 32.0 * u * u);
	const dual root0 = ekv_root(a.vg, dual_set(a.gamma0));
	const dual narrow = dual_sqrt(dual_shift(dual_mul(root0, root0), 0.1 * u));
	const dual shared =
	    dual_add(ekv_smooth_root(dual_shift(a.low, a.phi), u), ekv_smooth_root(dual_shift(a.high, a.phi), u));
	const dual less = dual_sub(dual_scale(shared, kernel_get(in->k, EKV_LETA, i)),
	                           dual_scale(narrow, kernel_get(in->k, EKV_WETA, i)));
	a.gamma = dual_positive(dual_shift(dual_scale(less, lane_set(-1)), a.gamma0), 0.1 * u);
	const dual root = ekv_root(a.vg, a.gamma);
	a.psi = dual_mul(root, root);
	a.vp = dual_shift(a.psi, -a.phi);
	const dual depth = dual_sqrt(dual_shift(a.psi, 4.0 * u));
	a.n = dual_shift(dual_scale(ekv_inverse(depth), 0.5 * a.gamma0), lane_set(1));
	a.yf = ekv_inversion(dual_scale(dual_sub(a.vp, a.low), 1.0 / u));
	a.yr = ekv_inversion(dual_scale(dual_sub(a.vp, a.high), 1.0 / u));
	const dual sum = dual_add(a.yf, a.yr);
	const dual square = dual_sub(dual_mul(sum, sum), dual_mul(a.yf, a.yr));
	a.b = dual_div(dual_add(sum, dual_scale(square, lane_set(4.0 / 3))), dual_shift(sum, lane_set(1)));
	return a;
}

/* Step 8: beta Leq, the mobility with its reduction by the vertical field. */
DUAL_INLINE dual ekv_mobility(const dev_in *in, int i, const ekv_bias *a)
{
	const dual depth = dual_sqrt(dual_shift(a->psi, lane_set(EKV_SMALL_V)));
	const dual excess = dual_scale(ekv_inverse(depth), 0.5 * a->gamma0); /* n_q - 1 */
	const dual ub = dual_scale(a->b, a->u);                              /* -q_i / n_q */
	const lane eta = kernel_get(in->k, EKV_ETA, i);
	const dual inversion = dual_mul(ub, dual_shift(dual_scale(excess, 1.0 - eta), -eta));
	const dual charge = dual_abs(dual_sub(inversion, dual_scale(depth, a->gamma0)));
	const dual field = dual_shift(dual_scale(charge, kernel_get(in->k, EKV_T0, i)), lane_set(1));
	const dual pinch = dual_positive(a->vp, 2.0 * a->u * a->u);
	const dual old = dual_shift(dual_scale(pinch, kernel_get(in->k, EKV_THETA, i)), lane_set(1));
	return dual_scale(ekv_inverse(dual_mul(field, old)), kernel_get(in->k, EKV_BETA, i));
}

typedef struct ekv_velocity {
	dual vdss, delta_per_vds, leq;
} ekv_velocity;

/* Steps 6 and 7: saturation voltage, delta'/Vds and the equivalent channel length. */
DUAL_INLINE ekv_velocity ekv_velocity_at(const dev_in *in, int i, const ekv_bias *a)
{
	const lane u = a->u, vc = kernel_get(in->k, EKV_VC, i), lambda = kernel_get(in->k, EKV_LAMBDA, i);
	const dual forward = dual_mul(a->yf, dual_shift(a->yf, lane_set(1))), root = dual_sqrt(forward);
	const dual log_f = dual_chain(forward, lane_log(forward.v), 1.0 / forward.v);
	const dual soft = dual_sub(root, dual_scale(log_f, lane_set(0.75)));
	const lane ratio = u / vc;
	const dual r1 = dual_shift(dual_sqrt(dual_shift(dual_scale(root, ratio), lane_set(0.25))), lane_set(0.5));
	const dual r2 = dual_shift(dual_sqrt(dual_shift(dual_scale(soft, ratio), lane_set(0.25))), lane_set(0.5));
	ekv_velocity x;
	x.vdss = dual_scale(dual_div(root, r1), u);
	const dual late = dual_shift(dual_scale(dual_div(soft, r2), u), kernel_get(in->k, EKV_VDSS_SHIFT, i));
	const dual gap = dual_div(dual_mul(root, dual_shift(r1, lane_set(-1))), r1); /* sqrt(i_f) - VDSS/U >= 0 */
	const dual d = dual_scale(dual_sqrt(dual_shift(dual_scale(gap, lambda), lane_set(1.0 / 64))), 4.0 * u);
	const dual w = dual_scale(a->vds, lane_set(0.5));
	x.delta_per_vds = dual_scale(ekv_saturation(late, d, w), 0.5 / u);
	const dual both = dual_mul(w, ekv_saturation(x.vdss, d, w)); /* w + Vip */
	const dual beyond = dual_sub(a->vds, both);                  /* w - Vip >= 0 */
	const dual loss = ekv_log1p(dual_scale(beyond, kernel_get(in->k, EKV_INV_LC_UCRIT, i)));
	const lane length = kernel_get(in->k, EKV_LENGTH, i);
	const dual l = dual_sub(dual_scale(both, kernel_get(in->k, EKV_INV_UCRIT, i)),
	                        dual_scale(loss, kernel_get(in->k, EKV_LAMBDA_LC, i)));
	x.leq = dual_positive(dual_shift(l, length), 0.01 * length * length);
	return x;
}

/* Impact ionisation: I (IBA/IBB) Vib exp(-Lc IBB/Vib) for Vib > 0, smooth to nothing at Vib = 0. */
DUAL_INLINE dual ekv_impact(const dev_in *in, int i, const ekv_bias *a, const ekv_velocity *x, dual current)
{
	const lane strength = kernel_get(in->k, EKV_IB_GAIN, i);
	if (!lane_mask_bits(strength != 0.0)) /* cost only */
		return dual_set(lane_set(0));
	const lane scale = kernel_get(in->k, EKV_IB_V, i), least = scale * (1.0 / 690);
	const dual raw = dual_sub(a->vds, dual_scale(x->vdss, kernel_get(in->k, EKV_IBN2, i)));
	const dual vib = dual_select(raw.v > least, raw, dual_set(least));
	const lane power = -scale / vib.v, factor = lane_exp(power);
	const dual gain = dual_chain(vib, vib.v * factor, factor * (1.0 - power));
	return dual_mul(dual_scale(gain, strength), current);
}

/* Step 11, the published thermal noise without series resistance: 4kT beta |q_i|, -q_i = n_q U B. */
DUAL_INLINE dual ekv_published_noise(const ekv_bias *a, dual beta)
{
	const dual depth = dual_sqrt(dual_shift(a->psi, lane_set(EKV_SMALL_V)));
	const dual nq = dual_shift(dual_scale(ekv_inverse(depth), 0.5 * a->gamma0), lane_set(1));
	return dual_scale(dual_mul(dual_mul(beta, nq), a->b), 4.0 * PHYS_Q * a->u * a->u);
}

/* Step 9 and the noise law. */
DUAL_INLINE ekv_channel ekv_channel_at(const dev_in *in, int i, unsigned want, const ekv_bias *a)
{
	const lane u = a->u;
	const ekv_velocity x = ekv_velocity_at(in, i, a);
	const dual beta = dual_div(ekv_mobility(in, i, a), x.leq);
	const dual i_s = dual_scale(dual_mul(a->n, beta), 2.0 * u * u);
	const dual delta = dual_mul(x.delta_per_vds, a->vds);
	const dual vf = dual_scale(dual_sub(a->vp, a->low), 1.0 / u), yr = ekv_inversion(dual_sub(vf, delta));
	const dual ends = dual_mul(i_s, dual_scale(dual_add(a->yf, yr), kernel_get(in->k, EKV_R, i) / u));
	const dual ratio = ekv_chord(a->yf, yr, delta);
	const dual intrinsic = dual_mul(i_s, dual_mul(x.delta_per_vds, ratio));
	ekv_channel c;
	c.chord = dual_div(intrinsic, dual_shift(ends, lane_set(1)));
	const dual plain = ekv_chord(a->yf, a->yr, dual_scale(a->vds, 1.0 / u));
	const dual r = dual_scale(dual_div(a->b, plain), lane_set(0.5));
	c.s = dual_scale(dual_mul(c.chord, r), 4.0 * PHYS_Q * u);
	c.card = c.s;
	if (want & (DEV_CARD | DEV_OBS))
		c.card = dual_div(ekv_published_noise(a, beta), dual_shift(ends, lane_set(1)));
	c.impact = ekv_impact(in, i, a, &x, dual_mul(c.chord, a->vds));
	return c;
}

typedef struct ekv_charges {
	dual g, d, s, b; /* by the real drain and source */
} ekv_charges;

/* -(4/15) (3 b^3 + 6 b^2 a + 4 b a^2 + 2 a^3) / (a + b)^2 + 1/2: charge of the end whose x is b, over K */
DUAL_INLINE dual ekv_end_charge(dual a, dual b)
{
	const dual aa = dual_mul(a, a), bb = dual_mul(b, b), sum = dual_add(a, b);
	const dual p = dual_mul(bb, dual_add(dual_scale(b, lane_set(3)), dual_scale(a, lane_set(6))));
	const dual q = dual_mul(aa, dual_add(dual_scale(b, lane_set(4)), dual_scale(a, lane_set(2))));
	const dual ratio = dual_div(dual_add(p, q), dual_mul(sum, sum));
	return dual_shift(dual_scale(ratio, lane_set(-4.0 / 15)), lane_set(0.5));
}

/* Step 10, intrinsic charges. */
DUAL_INLINE ekv_charges ekv_charges_at(const dev_in *in, int i, const ekv_bias *a)
{
	const lane cox = kernel_get(in->k, EKV_COX, i), half = lane_set(0.5);
	const dual xf = dual_shift(a->yf, half), xr = dual_shift(a->yr, half);
	/* sqrt(PHI + VP/2) */
	const dual middle = dual_sqrt(dual_scale(dual_shift(a->psi, a->phi), half));
	const dual n = dual_shift(dual_scale(dual_div(a->gamma, middle), half), lane_set(1));
	const dual k = dual_scale(n, a->u * cox);
	const dual high = dual_mul(k, ekv_end_charge(xf, xr)), low = dual_mul(k, ekv_end_charge(xr, xf));
	const dual channel = dual_add(high, low);
	const dual share = dual_div(a->gamma, dual_add(a->gamma, dual_scale(middle, lane_set(2))));
	const dual depth = dual_sqrt(dual_shift(a->psi, lane_set(EKV_SMALL_V)));
	const dual fixed = dual_sub(dual_sub(a->vg, a->vg_star), dual_mul(a->gamma, depth));
	ekv_charges q;
	q.d = dual_select(a->swapped, low, high);
	q.s = dual_select(a->swapped, high, low);
	q.b = dual_sub(dual_scale(fixed, cox), dual_mul(channel, share));
	q.g = dual_scale(dual_add(channel, q.b), lane_set(-1));
	return q;
}

/* Row of stamps of one port: the partial derivatives by d, g, s and, as minus their sum, by b. */
static inline void ekv_put_row(double *array, int row, int i, const dual *x)
{
	kernel_put(array, 4 * row + EKV_D, i, x->d[EKV_BY_D]);
	kernel_put(array, 4 * row + EKV_G, i, x->d[EKV_BY_G]);
	kernel_put(array, 4 * row + EKV_S, i, x->d[EKV_BY_S]);
	kernel_put(array, 4 * row + EKV_B, i, -(x->d[EKV_BY_D] + x->d[EKV_BY_G] + x->d[EKV_BY_S]));
}

static inline void ekv_put_obs(const dev_in *in, dev_out *out, int i, const ekv_bias *a, const dual *drain,
                               const ekv_channel *c)
{
	const lane sign = kernel_get(in->k, EKV_SIGN, i);
	const lane forward = a->yf.v * (1.0 + a->yf.v), reverse = a->yr.v * (1.0 + a->yr.v);
	kernel_put(out->obs, EKV_OBS_ID, i, sign * drain->v);
	kernel_put(out->obs, EKV_OBS_GM, i, drain->d[EKV_BY_G]);
	kernel_put(out->obs, EKV_OBS_GDS, i, drain->d[EKV_BY_D]);
	kernel_put(out->obs, EKV_OBS_VP, i, sign * a->vp.v);
	kernel_put(out->obs, EKV_OBS_N, i, a->n.v);
	kernel_put(out->obs, EKV_OBS_IF, i, lane_select(a->swapped, reverse, forward));
	kernel_put(out->obs, EKV_OBS_IR, i, lane_select(a->swapped, forward, reverse));
	kernel_put(out->obs, EKV_OBS_S, i, c->s.v);
	kernel_put(out->obs, EKV_OBS_S_CARD, i, c->card.v);
}

DUAL_INLINE void ekv_put_channel(const dev_in *in, dev_out *out, int i, unsigned want, const ekv_bias *a)
{
	const lane sign = kernel_get(in->k, EKV_SIGN, i);
	const ekv_channel c = ekv_channel_at(in, i, want, a);
	const dual current = dual_mul(c.chord, a->vds), none = dual_set(lane_set(0));
	const dual bulk = dual_scale(c.impact, lane_set(-1)), negative = dual_scale(current, lane_set(-1));
	const dual high = dual_add(current, c.impact), *const law = want & DEV_CARD ? &c.card : &c.s;
	const dual drain = dual_select(a->swapped, negative, high), source = dual_select(a->swapped, high, negative);
	const dual rest_d = dual_select(a->swapped, none, c.impact), rest_s = dual_select(a->swapped, c.impact, none);
	const int rest = want & DEV_REST;
	const dual *const row[4] = {rest ? &rest_d : &drain, &none, rest ? &rest_s : &source, &bulk};
	for (int p = 0; p < 4; p++) {
		if (want & DEV_F)
			kernel_put(out->f, p, i, sign * row[p]->v);
		if ((want & DEV_G) && p != EKV_G)
			ekv_put_row(out->g, p, i, row[p]);
	}
	if (want & DEV_S) {
		const lane gm = want & EKV_SLOPES ? drain.d[EKV_BY_G] : lane_set(0);
		kernel_put(out->s, 0, i, law->v);
		kernel_put(out->s, 1, i, kernel_get(in->k, EKV_FLICKER, i) * gm * gm);
	}
	if (want & DEV_DS) {
		const dual slope = dual_scale(*law, sign);
		ekv_put_row(out->ds, 0, i, &slope);
		ekv_put_row(out->ds, 1, i, &none);
	}
	if (want & DEV_OBS)
		ekv_put_obs(in, out, i, a, &drain, &c);
}

/* Junction of port p (EKV_D or EKV_S) to the bulk; what it adds to q[p]. first: its CJ among the constants. */
static inline junction_charge ekv_junction(const dev_in *in, int i, int p, int first)
{
	junction_charge sum = {lane_set(0), lane_set(0)};
	const lane v = kernel_get(in->k, EKV_SIGN, i) * (kernel_get(in->v, EKV_B, i) - kernel_get(in->v, p, i));
	for (int edge = 0; edge < 2; edge++) {
		const lane c0 = kernel_get(in->k, first + edge, i);
		if (!lane_mask_bits(c0 != 0.0)) /* cost only */
			continue;
		const junction_charge one =
		    junction_depletion(v, c0, kernel_get(in->k, EKV_PB + edge, i), kernel_get(in->k, EKV_MJ + edge, i),
		                       kernel_get(in->k, EKV_FC, i));
		sum.q -= one.q;
		sum.c += one.c;
	}
	return sum;
}

/* Intrinsic charges, overlaps and junctions. */
DUAL_INLINE void ekv_put_charge(const dev_in *in, dev_out *out, int i, unsigned want, const ekv_bias *a)
{
	const ekv_charges q = ekv_charges_at(in, i, a);
	const lane sign = kernel_get(in->k, EKV_SIGN, i), cgs = kernel_get(in->k, EKV_CGSO, i);
	const lane cgd = kernel_get(in->k, EKV_CGDO, i), cgb = kernel_get(in->k, EKV_CGBO, i);
	const lane bulk = kernel_get(in->v, EKV_B, i), vg = sign * (kernel_get(in->v, EKV_G, i) - bulk);
	const lane vd = sign * (kernel_get(in->v, EKV_D, i) - bulk), vs = sign * (kernel_get(in->v, EKV_S, i) - bulk);
	const junction_charge jd = ekv_junction(in, i, EKV_D, EKV_CJ), js = ekv_junction(in, i, EKV_S, EKV_CJ + 2);
	dual row[4] = {q.d, q.g, q.s, q.b};
	row[EKV_G].v += cgs * (vg - vs) + cgd * (vg - vd) + cgb * vg;
	row[EKV_G].d[EKV_BY_G] += cgs + cgd + cgb;
	row[EKV_G].d[EKV_BY_D] -= cgd;
	row[EKV_G].d[EKV_BY_S] -= cgs;
	row[EKV_D].v += cgd * (vd - vg) + jd.q;
	row[EKV_D].d[EKV_BY_G] -= cgd;
	row[EKV_D].d[EKV_BY_D] += cgd + jd.c;
	row[EKV_S].v += cgs * (vs - vg) + js.q;
	row[EKV_S].d[EKV_BY_G] -= cgs;
	row[EKV_S].d[EKV_BY_S] += cgs + js.c;
	row[EKV_B].v -= cgb * vg + jd.q + js.q;
	row[EKV_B].d[EKV_BY_G] -= cgb;
	row[EKV_B].d[EKV_BY_D] -= jd.c;
	row[EKV_B].d[EKV_BY_S] -= js.c;
	for (int p = 0; p < 4; p++) {
		if (want & DEV_Q)
			kernel_put(out->q, p, i, sign * row[p].v);
		if (want & DEV_C)
			ekv_put_row(out->c, p, i, &row[p]);
	}
}

#include "dev/mosfet_ekv_rates.h"

/* All that is wanted besides rates. Inlined with a `want` of which the compiler knows what it cannot hold, so that
 * partial derivatives that nobody wants are not made; the values have the same bits in all its copies. */
DUAL_INLINE void ekv_put(const dev_in *in, dev_out *out, int i, unsigned want)
{
	const ekv_bias bias = ekv_bias_at(in, i);
	if (want & (DEV_F | DEV_G | DEV_S | DEV_DS | DEV_OBS))
		ekv_put_channel(in, out, i, want, &bias);
	if (want & (DEV_Q | DEV_C))
		ekv_put_charge(in, out, i, want, &bias);
}

static inline void mosfet_ekv_eval(const dev_in *in, dev_out *out)
{
	const unsigned values = DEV_F | DEV_Q | DEV_S | DEV_CARD | DEV_REST, slopes = DEV_G | DEV_DS | DEV_OBS;
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const int flickers = (in->want & DEV_S) && lane_mask_bits(kernel_get(in->k, EKV_FLICKER, i) != 0.0);
		if (in->want & DEV_RATE)
			ekv_put_stream(in, out, i);
		if ((in->want & slopes) || flickers)
			ekv_put(in, out, i, in->want | EKV_SLOPES);
		else if (in->want & DEV_C)
			ekv_put(in, out, i, in->want & (values | DEV_C));
		else if (in->want & (DEV_F | DEV_Q | DEV_S))
			ekv_put(in, out, i, in->want & values);
	}
}
#endif
