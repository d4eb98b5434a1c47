/* SPDX-License-Identifier: Apache-2.0
 * SPICE level 1 on lanes (parameters in mosfet_level1.c). Voltages are bulk-referred and mirrored for pmos; the lower
 * of source and drain plays the source in the current. With a = max(Vgs - von, 0), v = min(Vds, a), b = a - v:
 *
 *   von = vbi + gamma sarg,  sarg = sqrt(phi - Vbs), for Vbs > 0 its tangent, never negative,
 *   I = beta (1 + lambda Vds) v (a - v/2),  S = 4kT (2/3) beta (1 + lambda Vds) (a^2 + a b + b^2)/(a + b).
 *
 * Charges. Each end e has its own u = Vge - vbi - gamma sqrt(phi + Veb) and A = max(u, 0), smoothed over kT/q. With A
 * at the source and B at the drain the channel holds Qi = -(2/3) Cox (A^2 + A B + B^2)/(A + B), whose derivatives by
 * the gate's voltages against the ends are Meyer's; the drain has the share B^2 (3A + B)/(A + B)^3 of it, half at Vds =
 * 0, nothing in saturation (as in Meyer's model). The bulk holds -Cox gamma r at each end, half of each: r^2 + gamma r
 * = y = Vgb - vbi + phi - A, or -Cox y in accumulation. The gate holds the rest.
 */
#ifndef DEV_MOSFET_LEVEL1_KERNEL_H
#define DEV_MOSFET_LEVEL1_KERNEL_H
#include "base/phys.h"
#include "dev/dual.h"
#include "dev/junction.h"
#include "dev/kernel.h"

enum {
	MOS1_SIGN, /* +1 nmos, -1 pmos */
	MOS1_U,    /* kT/q */
	MOS1_VBI,  /* von - gamma sarg */
	MOS1_PHI,
	MOS1_ROOT_PHI,
	MOS1_GAMMA,
	MOS1_LAMBDA,
	MOS1_BETA,
	MOS1_COX, /* m w Leff Cox */
	MOS1_CGSO,
	MOS1_CGDO,
	MOS1_CGBO,
	MOS1_IS_Q, /* Is/q of drain and source */
	MOS1_CJ = MOS1_IS_Q + 2,
	MOS1_CJSW = MOS1_CJ + 2,
	MOS1_PB = MOS1_CJSW + 2,
	MOS1_MJ,
	MOS1_MJSW,
	MOS1_FC,
	MOS1_GR, /* conductances of rd and rs */
	MOS1_KF = MOS1_GR + 2,
	MOS1_AF,
	MOS1_ONE, /* exponent of 1/f */
	MOS1_N_CONST
};
enum {
	MOS1_OBS_ID,
	MOS1_OBS_GM,
	MOS1_OBS_GDS,
	MOS1_OBS_GMBS,
	MOS1_OBS_VON,
	MOS1_OBS_VDSAT,
	MOS1_OBS_VGS,
	MOS1_OBS_VDS,
	MOS1_OBS_VBS,
	MOS1_OBS_CGS,
	MOS1_OBS_CGD,
	MOS1_OBS_CGB,
	MOS1_OBS_CBD,
	MOS1_OBS_CBS,
	MOS1_OBS_S,
	MOS1_OBS_S_CARD,
	MOS1_N_OBS
};
enum { MOS1_D, MOS1_G, MOS1_S, MOS1_B };  /* rows and columns of the first 16 stamps */
enum { MOS1_BY_G, MOS1_BY_D, MOS1_BY_S }; /* partial derivatives, by the real drain and source */
enum { MOS1_BD, MOS1_BS, MOS1_CHANNEL, MOS1_FLICKER, MOS1_RESISTANCE }; /* noise sources; resistances follow */
#define MOS1_SMALL_V 1e-12                                              /* V, under the root of the bulk charge */

/* One instance's lanes at work: ports of the inner transistor in row order, its bulk-referred mirrored voltages. */
typedef struct mos1 {
	const dev_in *in;
	int i, port[4];
	lane sign, u;
	dual g, d, s;
} mos1;

typedef struct mos1_channel {
	dual current, noise, card; /* of the ordered device */
	dual von, vdsat;
	lane_mask swapped;
} mos1_channel;

static inline lane mos1_k(const mos1 *a, int item)
{
	return kernel_get(a->in->k, item, a->i);
}
static inline lane mos1_v(const mos1 *a, int port)
{
	return kernel_get(a->in->v, port, a->i);
}

DUAL_INLINE mos1 mos1_at(const dev_in *in, int i)
{
	const dev_noise *channel = &in->shape->noise[MOS1_CHANNEL];
	mos1 a = {.in = in, .i = i, .port = {channel->from, 1, channel->to, 3}};
	a.sign = mos1_k(&a, MOS1_SIGN);
	a.u = mos1_k(&a, MOS1_U);
	const lane bulk = mos1_v(&a, 3);
	a.d = dual_set(a.sign * (mos1_v(&a, a.port[MOS1_D]) - bulk));
	a.g = dual_set(a.sign * (mos1_v(&a, 1) - bulk));
	a.s = dual_set(a.sign * (mos1_v(&a, a.port[MOS1_S]) - bulk));
	a.g.d[MOS1_BY_G] = a.d.d[MOS1_BY_D] = a.s.d[MOS1_BY_S] = lane_set(1);
	return a;
}

/* Root of the bulk charge at an end, reverse: its voltage above the bulk. */
DUAL_INLINE dual mos1_sarg(const mos1 *a, dual reverse)
{
	const lane phi = mos1_k(a, MOS1_PHI), root = mos1_k(a, MOS1_ROOT_PHI);
	const lane_mask forward = reverse.v < 0.0;
	const dual none = dual_set(lane_set(0));
	const dual curved = dual_sqrt(dual_shift(dual_select(forward, none, reverse), phi));
	const dual tangent = dual_shift(dual_scale(reverse, 0.5 / root), root);
	const dual sarg = dual_select(forward, tangent, curved);
	return dual_select(sarg.v > 0.0, sarg, none);
}
/* Voltage of the gate above the threshold of one end. */
DUAL_INLINE dual mos1_over(const mos1 *a, dual end, dual *von)
{
	*von = dual_shift(dual_scale(mos1_sarg(a, end), mos1_k(a, MOS1_GAMMA)), mos1_k(a, MOS1_VBI));
	return dual_sub(dual_sub(a->g, end), *von);
}

DUAL_INLINE mos1_channel mos1_channel_at(const mos1 *a)
{
	mos1_channel c = {.swapped = a->d.v < a->s.v};
	const dual low = dual_select(c.swapped, a->d, a->s), high = dual_select(c.swapped, a->s, a->d);
	const dual none = dual_set(lane_set(0));
	dual vds = dual_sub(high, low);
	vds.v = lane_abs(mos1_v(a, a->port[MOS1_D]) - mos1_v(a, a->port[MOS1_S])); /* exact for a common shift */
	const dual over = mos1_over(a, low, &c.von), top = dual_select(over.v > 0.0, over, none);
	const dual v = dual_select(vds.v < top.v, vds, top), bottom = dual_sub(top, v);
	const dual longer = dual_shift(dual_scale(vds, mos1_k(a, MOS1_LAMBDA)), lane_set(1));
	const dual beta = dual_scale(longer, mos1_k(a, MOS1_BETA)), gm = dual_mul(beta, v);
	const dual sum = dual_add(top, bottom);
	const dual divisor = dual_select(top.v > 0.0, sum, dual_set(lane_set(1)));
	const dual square = dual_sub(dual_mul(sum, sum), dual_mul(top, bottom));
	const lane unit = (4 * PHYS_Q * 2.0 / 3) * a->u;
	c.vdsat = top;
	c.current = dual_mul(gm, dual_sub(top, dual_scale(v, lane_set(0.5))));
	c.noise = dual_scale(dual_mul(beta, dual_div(square, divisor)), unit);
	c.card = dual_scale(gm, unit);
	return c;
}

/* Row of stamps of one port: the partial derivatives by d, g, s and, as minus their sum, by b. */
static inline void mos1_put_row(double *array, int row, int i, const dual *x)
{
	kernel_put(array, 4 * row + MOS1_D, i, x->d[MOS1_BY_D]);
	kernel_put(array, 4 * row + MOS1_G, i, x->d[MOS1_BY_G]);
	kernel_put(array, 4 * row + MOS1_S, i, x->d[MOS1_BY_S]);
	kernel_put(array, 4 * row + MOS1_B, i, -(x->d[MOS1_BY_D] + x->d[MOS1_BY_G] + x->d[MOS1_BY_S]));
}

/* Slopes of source k by all ports, from those by the inner transistor's. */
static inline void mos1_put_slope(const mos1 *a, dev_out *out, int k, const dual *x)
{
	const int n = a->in->shape->n_port, *port = a->port;
	double *row = out->ds + k * n * LANES;
	for (int p = 0; p < n; p++)
		kernel_put(row, p, a->i, lane_set(0));
	kernel_put(row, port[MOS1_D], a->i, x->d[MOS1_BY_D]);
	kernel_put(row, port[MOS1_G], a->i, x->d[MOS1_BY_G]);
	kernel_put(row, port[MOS1_S], a->i, x->d[MOS1_BY_S]);
	kernel_put(row, port[MOS1_B], a->i, -(x->d[MOS1_BY_D] + x->d[MOS1_BY_G] + x->d[MOS1_BY_S]));
}

/* Junction k = MOS1_BD or MOS1_BS: rates from the bulk to its end, and current (mirrored, bulk to end). */
static inline dual mos1_junction(const mos1 *a, dev_out *out, int k)
{
	const dev_in *in = a->in;
	const int end = a->port[k == MOS1_BD ? MOS1_D : MOS1_S], by = k == MOS1_BD ? MOS1_BY_D : MOS1_BY_S;
	const lane rate = mos1_k(a, MOS1_IS_Q + k), inv_u = a->sign / a->u;
	const lane_mask is_n = a->sign > 0.0;
	const lane v = mos1_v(a, 3) - mos1_v(a, end);
	lane shift = lane_set(0);
	if (in->shift) {
		const double *row = in->shift + k * in->shape->n_port * LANES;
		shift = kernel_get(row, 3, a->i) - kernel_get(row, end, a->i);
	}
	const lane x = (v + a->sign * shift) * inv_u; /* the stream that climbs the barrier; the other one is Is/q */
	const lane climb = rate * lane_limexp(x), slope = rate * junction_limexp_slope(x) / a->u;
	const lane net = climb - rate, unit = lane_set(2 * PHYS_Q * PHYS_Q);
	lane stream = climb + rate, side = lane_set(-1);
	if (in->want & DEV_CARD) {
		stream = lane_abs(net);
		side = lane_select(net > 0.0, lane_set(-1), lane_select(net < 0.0, lane_set(1), lane_set(0)));
	}
	if (in->want & DEV_RATE) {
		kernel_put(out->rate, 2 * k, a->i, lane_select(is_n, climb, rate));
		kernel_put(out->rate, 2 * k + 1, a->i, lane_select(is_n, rate, climb));
	}
	if (in->want & DEV_S)
		kernel_put(out->s, k, a->i, unit * stream);
	if (in->want & DEV_DS) {
		dual s = dual_set(lane_set(0));
		s.d[by] = unit * a->sign * slope * side;
		mos1_put_slope(a, out, k, &s);
	}
	dual current = dual_set(PHYS_Q * net);
	current.d[by] = -PHYS_Q * slope;
	return in->want & DEV_REST ? dual_set(lane_set(0)) : current;
}

/* Series resistances: current from the terminal to the inner end, its noise and stamps. */
static inline void mos1_put_resistances(const mos1 *a, dev_out *out)
{
	const dev_shape *shape = a->in->shape;
	const dual none = dual_set(lane_set(0));
	for (int n = MOS1_RESISTANCE; n < shape->n_noise; n++) {
		const int from = shape->noise[n].from, to = shape->noise[n].to, i = a->i;
		const int stamp = 16 + 3 * (n - MOS1_RESISTANCE), inner = from ? MOS1_S : MOS1_D;
		const lane g = mos1_k(a, MOS1_GR + (from != 0)), current = g * (mos1_v(a, from) - mos1_v(a, to));
		if (a->in->want & DEV_F) {
			kernel_put(out->f, from, i, current);
			kernel_put(out->f, to, i, kernel_get(out->f, to, i) - current);
		}
		if (a->in->want & DEV_G) {
			kernel_put(out->g, 5 * inner, i, kernel_get(out->g, 5 * inner, i) + g);
			kernel_put(out->g, stamp, i, g);
			kernel_put(out->g, stamp + 1, i, -g);
			kernel_put(out->g, stamp + 2, i, -g);
		}
		if (a->in->want & DEV_S)
			kernel_put(out->s, n, i, (4 * PHYS_Q) * a->u * g);
		if (a->in->want & DEV_DS)
			mos1_put_slope(a, out, n, &none);
		if (a->in->want & DEV_Q)
			kernel_put(out->q, from, i, lane_set(0));
	}
}

static inline void mos1_put_noise(const mos1 *a, dev_out *out, const mos1_channel *c)
{
	const dual *law = a->in->want & DEV_CARD ? &c->card : &c->noise, none = dual_set(lane_set(0));
	if (a->in->want & DEV_S) {
		const lane power = lane_pow(c->current.v, mos1_k(a, MOS1_AF));
		kernel_put(out->s, MOS1_CHANNEL, a->i, law->v);
		kernel_put(out->s, MOS1_FLICKER, a->i,
		           lane_select(c->current.v > 0.0, mos1_k(a, MOS1_KF) * power, lane_set(0)));
	}
	if (a->in->want & DEV_DS) {
		const dual slope = dual_scale(*law, a->sign);
		mos1_put_slope(a, out, MOS1_CHANNEL, &slope);
		mos1_put_slope(a, out, MOS1_FLICKER, &none);
	}
}

static inline void mos1_put_obs(const mos1 *a, dev_out *out, const mos1_channel *c, const dual *drain)
{
	const lane drop = mos1_v(a, a->port[MOS1_D]) - mos1_v(a, a->port[MOS1_S]);
	const lane source = mos1_v(a, a->port[MOS1_S]);
	const lane value[] = {a->sign * drain->v,    drain->d[MOS1_BY_G],
	                      drain->d[MOS1_BY_D],   -(drain->d[MOS1_BY_G] + drain->d[MOS1_BY_D] + drain->d[MOS1_BY_S]),
	                      a->sign * c->von.v,    a->sign * c->vdsat.v,
	                      mos1_v(a, 1) - source, drop,
	                      mos1_v(a, 3) - source};
	for (int n = 0; n <= MOS1_OBS_VBS; n++)
		kernel_put(out->obs, n, a->i, value[n]);
	kernel_put(out->obs, MOS1_OBS_S, a->i, c->noise.v);
	kernel_put(out->obs, MOS1_OBS_S_CARD, a->i, c->card.v);
}

static inline void mos1_add(double *array, int item, int i, lane value)
{
	kernel_put(array, item, i, kernel_get(array, item, i) + value);
}
/* A conductance between an inner end and the bulk. */
static inline void mos1_add_leak(dev_out *out, int i, int end, lane g)
{
	mos1_add(out->g, 5 * end, i, g);
	mos1_add(out->g, 4 * end + MOS1_B, i, -g);
	mos1_add(out->g, 4 * MOS1_B + end, i, -g);
	mos1_add(out->g, 5 * MOS1_B, i, g);
}

static inline void mos1_put_currents(const mos1 *a, dev_out *out)
{
	const unsigned want = a->in->want;
	const mos1_channel c = mos1_channel_at(a);
	const dual negative = dual_scale(c.current, lane_set(-1));
	const dual channel = dual_select(c.swapped, negative, c.current);
	const dual bd = mos1_junction(a, out, MOS1_BD), bs = mos1_junction(a, out, MOS1_BS);
	const dual none = dual_set(lane_set(0));
	const dual row[4] = {channel, none, dual_scale(channel, lane_set(-1)), none};
	const lane leak[4] = {-bd.v, none.v, -bs.v, bd.v + bs.v};
	for (int p = 0; p < 4; p++) {
		if (want & DEV_F)
			kernel_put(out->f, a->port[p], a->i, a->sign * (row[p].v + leak[p]));
		if ((want & DEV_G) && p != MOS1_G)
			mos1_put_row(out->g, p, a->i, &row[p]);
	}
	if (want & DEV_G) {
		mos1_add_leak(out, a->i, MOS1_D, -bd.d[MOS1_BY_D]);
		mos1_add_leak(out, a->i, MOS1_S, -bs.d[MOS1_BY_S]);
	}
	if (want & (DEV_S | DEV_DS))
		mos1_put_noise(a, out, &c);
	if (want & DEV_OBS)
		mos1_put_obs(a, out, &c, &channel);
}

/* Charge of the bulk under one end, over -Cox; y: what the channel's charge leaves of the gate's. */
DUAL_INLINE dual mos1_bulk(const mos1 *a, dual y)
{
	const lane gamma = mos1_k(a, MOS1_GAMMA);
	const lane_mask depleted = y.v > 0.0;
	const dual above = dual_select(depleted, y, dual_set(lane_set(0)));
	const dual root = dual_sqrt(dual_shift(above, 0.25 * gamma * gamma + MOS1_SMALL_V));
	const dual charge = dual_scale(dual_div(above, dual_shift(root, 0.5 * gamma)), gamma);
	return dual_select(depleted, charge, y);
}

/* u of an end, with the root kept smooth where the bulk is forward. */
DUAL_INLINE dual mos1_end(const mos1 *a, dual end)
{
	const dual root = dual_sqrt(dual_positive(dual_shift(end, mos1_k(a, MOS1_PHI)), a->u * a->u));
	const dual von = dual_scale(root, mos1_k(a, MOS1_GAMMA));
	return dual_shift(dual_sub(dual_sub(a->g, end), von), -mos1_k(a, MOS1_VBI));
}

/* Intrinsic charges in row order. */
DUAL_INLINE void mos1_intrinsic(const mos1 *a, dual q[4])
{
	const lane cox = mos1_k(a, MOS1_COX), smooth = a->u * a->u;
	const dual at_s = dual_positive(mos1_end(a, a->s), smooth), at_d = dual_positive(mos1_end(a, a->d), smooth);
	const dual sum = dual_add(at_s, at_d), square = dual_mul(sum, sum);
	const dual whole = dual_scale(dual_div(dual_sub(square, dual_mul(at_s, at_d)), sum), -(2.0 / 3) * cox);
	const dual three = dual_add(dual_scale(at_s, lane_set(3)), at_d);
	const dual share = dual_div(dual_mul(dual_mul(at_d, at_d), three), dual_mul(square, sum));
	const dual gate = dual_shift(a->g, mos1_k(a, MOS1_PHI) - mos1_k(a, MOS1_VBI));
	const dual bulk = dual_add(mos1_bulk(a, dual_sub(gate, at_s)), mos1_bulk(a, dual_sub(gate, at_d)));
	q[MOS1_D] = dual_mul(whole, share);
	q[MOS1_S] = dual_sub(whole, q[MOS1_D]);
	q[MOS1_B] = dual_scale(bulk, -0.5 * cox);
	q[MOS1_G] = dual_scale(dual_add(whole, q[MOS1_B]), lane_set(-1));
}

/* Junction of an end (0 drain, 1 source), bulk to end, mirrored. */
static inline junction_charge mos1_depletion(const mos1 *a, int end)
{
	const lane pb = mos1_k(a, MOS1_PB), fc = mos1_k(a, MOS1_FC);
	const lane v = -(end ? a->s.v : a->d.v);
	const lane cj = mos1_k(a, MOS1_CJ + end), cjsw = mos1_k(a, MOS1_CJSW + end);
	junction_charge sum = {lane_set(0), lane_set(0)};
	if (lane_mask_bits(cj != 0.0)) /* cost only */
		sum = junction_depletion(v, cj, pb, mos1_k(a, MOS1_MJ), fc);
	if (!lane_mask_bits(cjsw != 0.0)) /* cost only */
		return sum;
	const junction_charge side = junction_depletion(v, cjsw, pb, mos1_k(a, MOS1_MJSW), fc);
	return (junction_charge){sum.q + side.q, sum.c + side.c};
}

/* A linear capacitance from row p to row n; their voltages x and y. */
DUAL_INLINE void mos1_add_capacitor(dual q[4], int p, int n, lane c, dual x, dual y)
{
	const dual charge = dual_scale(dual_sub(x, y), c);
	q[p] = dual_add(q[p], charge);
	q[n] = dual_sub(q[n], charge);
}

static inline void mos1_put_charges(const mos1 *a, dev_out *out)
{
	const unsigned want = a->in->want;
	const junction_charge bd = mos1_depletion(a, 0), bs = mos1_depletion(a, 1);
	dual q[4] = {dual_set(lane_set(0)), dual_set(lane_set(0)), dual_set(lane_set(0)), dual_set(lane_set(0))};
	dual jd = dual_set(bd.q), js = dual_set(bs.q);
	jd.d[MOS1_BY_D] = -bd.c;
	js.d[MOS1_BY_S] = -bs.c;
	if (lane_mask_bits(mos1_k(a, MOS1_COX) != 0.0)) /* cost only */
		mos1_intrinsic(a, q);
	if (want & DEV_OBS) {
		const lane *by = q[MOS1_G].d, cgs = -by[MOS1_BY_S], cgd = -by[MOS1_BY_D];
		const lane value[] = {cgs, cgd, by[MOS1_BY_G] - cgs - cgd, bd.c, bs.c};
		for (int n = 0; n < 5; n++)
			kernel_put(out->obs, MOS1_OBS_CGS + n, a->i, value[n]);
	}
	mos1_add_capacitor(q, MOS1_G, MOS1_S, mos1_k(a, MOS1_CGSO), a->g, a->s);
	mos1_add_capacitor(q, MOS1_G, MOS1_D, mos1_k(a, MOS1_CGDO), a->g, a->d);
	mos1_add_capacitor(q, MOS1_G, MOS1_B, mos1_k(a, MOS1_CGBO), a->g, dual_set(lane_set(0)));
	q[MOS1_D] = dual_sub(q[MOS1_D], jd);
	q[MOS1_S] = dual_sub(q[MOS1_S], js);
	q[MOS1_B] = dual_add(q[MOS1_B], dual_add(jd, js));
	for (int p = 0; p < 4; p++) {
		if (want & DEV_Q)
			kernel_put(out->q, a->port[p], a->i, a->sign * q[p].v);
		if (want & DEV_C)
			mos1_put_row(out->c, p, a->i, &q[p]);
	}
}

static inline void mosfet_level1_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const mos1 a = mos1_at(in, i);
		if (in->want & (DEV_Q | DEV_C | DEV_OBS))
			mos1_put_charges(&a, out);
		if (in->want & (DEV_F | DEV_G | DEV_S | DEV_DS | DEV_OBS | DEV_RATE))
			mos1_put_currents(&a, out);
		mos1_put_resistances(&a, out);
	}
}
#endif
