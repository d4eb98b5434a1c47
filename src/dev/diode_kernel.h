/* SPDX-License-Identifier: Apache-2.0
 * Diode on lanes: forward rate at v + shift, reverse rate at v - shift, f = q (l+ - l-), S = 2 q^2 (l+ + l-); charge at
 * v. High injection and recombination multiply or add both rates alike. DEV_CARD: SPICE's S = 2q|I|. Breakdown is a
 * second source of the same kind from cathode to anode. The shape tells what there is: a third port is the anode behind
 * the series resistance; the sources are shot, then, where present, breakdown, rs and flicker. See diode.c and
 * junction.h.
 */
#ifndef DEV_DIODE_KERNEL_H
#define DEV_DIODE_KERNEL_H
#include "dev/junction.h"
#include "dev/kernel.h"

enum {
	DIODE_IS_Q, /* Is/q */
	DIODE_INV_U,
	DIODE_INV_N,
	DIODE_TT,
	DIODE_CJ, /* bottom: capacitance, potential, grading, corner; then the same of the sidewall */
	DIODE_CJSW = DIODE_CJ + 4,
	DIODE_INV_NBV = DIODE_CJSW + 4,
	DIODE_OFFSET, /* B/(nbv U) */
	DIODE_ISR_Q,  /* recombination: Isr/q, 0: none; 1/nr */
	DIODE_INV_NR,
	DIODE_IKF, /* q over the knee current, forward and in breakdown; 0: none */
	DIODE_IKR,
	DIODE_GS, /* series conductance */
	DIODE_4KT,
	DIODE_KF,
	DIODE_AF,
	DIODE_ONE, /* exponent of 1/f */
	DIODE_N_CONST
};
enum { DIODE_OBS_ID, DIODE_OBS_GD, DIODE_OBS_CD, DIODE_OBS_S, DIODE_OBS_S_CARD, DIODE_OBS_VD, DIODE_N_OBS };

/* What an instance has: the anode's port, and the numbers of its noise sources, -1 where it lacks one. */
typedef struct diode_parts {
	int anode, breakdown, series, flicker;
} diode_parts;

/* A source with rates, from port `from` to port `to`: forward rate ahead, reverse rate back. */
typedef struct diode_source {
	int number, from, to;
	junction_rates ahead, back;
} diode_source;

static inline diode_parts diode_look(const dev_shape *shape)
{
	diode_parts parts = {.anode = shape->n_port > 2 ? 2 : 0, .breakdown = -1, .series = -1, .flicker = -1};
	int n = 1;
	if (n < shape->n_noise && shape->noise[n].rates)
		parts.breakdown = n++;
	if (parts.anode)
		parts.series = n++;
	if (n < shape->n_noise)
		parts.flicker = n;
	return parts;
}

static inline lane diode_across(const double *v, int from, int to, int i)
{
	return kernel_get(v, from, i) - kernel_get(v, to, i);
}

/* A factor f on both rates: the ratio of the two stays e^{v/U}. */
static inline void diode_multiply(junction_rates *r, lane f, lane df)
{
	r->dforward = f * r->dforward + df * r->forward;
	r->dreverse = f * r->dreverse + df * r->reverse;
	r->forward *= f;
	r->reverse *= f;
}

/* High injection: the factor 1/(1 + sqrt(rise/knee)) with rise = I + Is, which has no corner at v = 0. */
static inline void diode_bend(junction_rates *r, lane inv_knee, lane rise, lane slope)
{
	const lane root = lane_sqrt(inv_knee * rise), factor = 1.0 / (1.0 + root);
	const lane half = lane_select(root > 0.0, 0.5 * inv_knee * slope / root, lane_set(0));
	diode_multiply(r, factor, -factor * factor * half);
}

/* Diffusion and recombination; the latter grows with the width of the depletion layer. Both bend at one knee. */
static inline junction_rates diode_injection(const dev_in *in, int i, lane v)
{
	const lane inv_u = kernel_get(in->k, DIODE_INV_U, i), is_q = kernel_get(in->k, DIODE_IS_Q, i);
	const lane per_n = inv_u * kernel_get(in->k, DIODE_INV_N, i), isr_q = kernel_get(in->k, DIODE_ISR_Q, i);
	const lane inv_nr = kernel_get(in->k, DIODE_INV_NR, i), knee = kernel_get(in->k, DIODE_IKF, i);
	junction_rates r = junction_rates_at(v, is_q, inv_u, kernel_get(in->k, DIODE_INV_N, i));
	lane rise = is_q * lane_limexp(v * per_n), slope = is_q * per_n * junction_limexp_slope(v * per_n);
	if (lane_mask_bits(isr_q != 0.0)) { /* cost only */
		const lane m = kernel_get(in->k, DIODE_CJ + 2, i), vj = kernel_get(in->k, DIODE_CJ + 1, i);
		const lane y = 1.0 - v / vj, base = y * y + 0.005, width = lane_pow(base, 0.5 * m);
		const lane dwidth = -width * m * y / (vj * base), x = v * inv_u * inv_nr;
		junction_rates second = junction_rates_at(v, isr_q, inv_u, inv_nr);
		diode_multiply(&second, width, dwidth);
		r.forward += second.forward;
		r.reverse += second.reverse;
		r.dforward += second.dforward;
		r.dreverse += second.dreverse;
		rise += width * isr_q * lane_limexp(x);
		slope += isr_q * (width * inv_u * inv_nr * junction_limexp_slope(x) + dwidth * lane_limexp(x));
	}
	if (lane_mask_bits(knee != 0.0)) /* cost only */
		diode_bend(&r, knee, rise, slope);
	return r;
}

static inline junction_rates diode_breakdown(const dev_in *in, int i, lane v)
{
	const lane is_q = kernel_get(in->k, DIODE_IS_Q, i), inv_u = kernel_get(in->k, DIODE_INV_U, i);
	const lane inv_n = kernel_get(in->k, DIODE_INV_NBV, i), offset = kernel_get(in->k, DIODE_OFFSET, i);
	const lane knee = kernel_get(in->k, DIODE_IKR, i), x = v * inv_u * inv_n - offset;
	junction_rates r = junction_rates_far(v, is_q, inv_u, inv_n, offset);
	if (lane_mask_bits(knee != 0.0)) /* cost only */
		diode_bend(&r, knee, is_q * lane_limexp(x), is_q * inv_u * inv_n * junction_limexp_slope(x));
	return r;
}

static inline junction_rates diode_rates(const dev_in *in, int i, int mirrored, lane v)
{
	return mirrored ? diode_breakdown(in, i, v) : diode_injection(in, i, v);
}

/* Rates of source `number`; *plain gets those without a shift. */
static inline diode_source diode_source_at(const dev_in *in, int i, int number, junction_rates *plain)
{
	const dev_noise *noise = &in->shape->noise[number];
	diode_source s = {.number = number, .from = noise->from, .to = noise->to};
	const lane v = diode_across(in->v, s.from, s.to, i);
	*plain = s.ahead = s.back = diode_rates(in, i, number > 0, v);
	if (in->shift) {
		const lane shift = diode_across(in->shift + number * in->shape->n_port * LANES, s.from, s.to, i);
		s.ahead = diode_rates(in, i, number > 0, v + shift);
		s.back = diode_rates(in, i, number > 0, v - shift);
	}
	return s;
}

/* Bottom (first = DIODE_CJ) or sidewall. */
static inline junction_charge diode_depletion(const dev_in *in, int i, int first, lane v)
{
	return junction_depletion(v, kernel_get(in->k, first, i), kernel_get(in->k, first + 1, i),
	                          kernel_get(in->k, first + 2, i), kernel_get(in->k, first + 3, i));
}

/* Charge and capacitance at v; r: unshifted rates there. */
static inline junction_charge diode_charge(const dev_in *in, int i, lane v, const junction_rates *r)
{
	const lane tt = PHYS_Q * kernel_get(in->k, DIODE_TT, i);
	junction_charge charge = diode_depletion(in, i, DIODE_CJ, v);
	if (lane_mask_bits(kernel_get(in->k, DIODE_CJSW, i) != 0.0)) { /* cost only */
		const junction_charge side = diode_depletion(in, i, DIODE_CJSW, v);
		charge.q += side.q;
		charge.c += side.c;
	}
	charge.q += tt * (r->forward - r->reverse);
	charge.c += tt * (r->dforward - r->dreverse);
	return charge;
}

/* Observables: current and conductance are those of the junction with its breakdown. */
static inline void diode_put_obs(dev_out *out, int i, lane v, lane c, const junction_rates *r,
                                 const junction_rates *broken)
{
	const lane current = PHYS_Q * (r->forward - r->reverse) - PHYS_Q * (broken->forward - broken->reverse);
	const lane stream = r->forward + r->reverse + (broken->forward + broken->reverse);
	const double unit = 2 * PHYS_Q * PHYS_Q;
	kernel_put(out->obs, DIODE_OBS_ID, i, current);
	kernel_put(out->obs, DIODE_OBS_GD, i,
	           PHYS_Q * (r->dforward - r->dreverse) + PHYS_Q * (broken->dforward - broken->dreverse));
	kernel_put(out->obs, DIODE_OBS_CD, i, c);
	kernel_put(out->obs, DIODE_OBS_S, i, unit * stream);
	kernel_put(out->obs, DIODE_OBS_S_CARD, i,
	           unit * (lane_abs(r->forward - r->reverse) + lane_abs(broken->forward - broken->reverse)));
	kernel_put(out->obs, DIODE_OBS_VD, i, v);
}

/* The card's law is 2q|I|, whose corner at I = 0 gets the slope 0. */
static inline void diode_put_noise(const dev_in *in, dev_out *out, int i, const diode_source *a)
{
	const double unit = 2 * PHYS_Q * PHYS_Q, sign = in->want & DEV_CARD ? -1 : 1;
	const lane s = unit * (a->ahead.forward + sign * a->back.reverse);
	const lane slope = unit * (a->ahead.dforward + sign * a->back.dreverse);
	if (in->want & DEV_S)
		kernel_put(out->s, a->number, i, lane_abs(s));
	if (in->want & DEV_DS)
		kernel_put_pair(out->ds + a->number * in->shape->n_port * LANES, a->from, a->to, i,
		                lane_select(s < 0.0, -slope, lane_select(s > 0.0, slope, lane_set(0))));
}

static inline void diode_put_rates(const dev_in *in, dev_out *out, int i, const diode_source *a)
{
	if (in->want & (DEV_S | DEV_DS))
		diode_put_noise(in, out, i, a);
	if (in->want & DEV_RATE) {
		kernel_put(out->rate, 2 * a->number, i, a->ahead.forward);
		kernel_put(out->rate, 2 * a->number + 1, i, a->back.reverse);
	}
}

/* f and g of series resistance and junction; current and conductance of the junction, anode to cathode. */
static inline void diode_put_current(const dev_in *in, dev_out *out, int i, const diode_parts *parts, lane current,
                                     lane conductance)
{
	const lane gs = kernel_get(in->k, DIODE_GS, i), drop = diode_across(in->v, 0, parts->anode, i);
	if (in->want & DEV_F) {
		kernel_put_pair(out->f, parts->anode, 1, i, current);
		if (parts->anode) {
			kernel_put(out->f, 0, i, gs * drop);
			kernel_put(out->f, parts->anode, i, current - gs * drop);
		}
	}
	if (in->want & DEV_G)
		kernel_put_admittance(out->g, 0, i, conductance);
	if ((in->want & DEV_G) && parts->anode) {
		kernel_put(out->g, 0, i, conductance + gs);
		kernel_put(out->g, 4, i, gs);
		kernel_put(out->g, 5, i, -gs);
		kernel_put(out->g, 6, i, -gs);
	}
}

/* Noise of the series resistance and flicker; total: the junction's current. */
static inline void diode_put_rest(const dev_in *in, dev_out *out, int i, const diode_parts *parts, lane total)
{
	const int other[2] = {parts->series, parts->flicker};
	for (int n = 0; n < 2; n++) {
		if (other[n] < 0)
			continue;
		if (in->want & DEV_DS)
			for (int p = 0; p < in->shape->n_port; p++)
				kernel_put(out->ds + other[n] * in->shape->n_port * LANES, p, i, lane_set(0));
		if (!(in->want & DEV_S))
			continue;
		lane density = kernel_get(in->k, DIODE_4KT, i) * kernel_get(in->k, DIODE_GS, i);
		if (n == 1)
			density = lane_select(total == 0.0, lane_set(0),
			                      kernel_get(in->k, DIODE_KF, i) *
			                          lane_pow(lane_abs(total), kernel_get(in->k, DIODE_AF, i)));
		kernel_put(out->s, other[n], i, density);
	}
}

static inline void diode_clear(const dev_in *in, dev_out *out, int i, const diode_parts *parts)
{
	if (!parts->anode)
		return;
	if (in->want & DEV_Q)
		kernel_put(out->q, 0, i, lane_set(0));
	for (int n = 0; n < in->shape->n_noise && (in->want & DEV_DS); n++)
		kernel_put(out->ds + n * in->shape->n_port * LANES, 0, i, lane_set(0));
}

static inline void diode_eval(const dev_in *in, dev_out *out)
{
	const diode_parts parts = diode_look(in->shape);
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane v = diode_across(in->v, parts.anode, 1, i);
		const double part = in->want & DEV_REST ? 0 : PHYS_Q;
		junction_rates plain, broken = {lane_set(0), lane_set(0), lane_set(0), lane_set(0)};
		diode_clear(in, out, i, &parts);
		const diode_source shot = diode_source_at(in, i, 0, &plain);
		lane net = shot.ahead.forward - shot.back.reverse, slope = shot.ahead.dforward - shot.back.dreverse;
		diode_put_rates(in, out, i, &shot);
		if (parts.breakdown > 0) {
			const diode_source second = diode_source_at(in, i, parts.breakdown, &broken);
			net -= second.ahead.forward - second.back.reverse;
			slope += second.ahead.dforward - second.back.dreverse;
			diode_put_rates(in, out, i, &second);
		}
		if (in->want & (DEV_F | DEV_G))
			diode_put_current(in, out, i, &parts, part * net, part * slope);
		if (in->want & (DEV_S | DEV_DS))
			diode_put_rest(in, out, i, &parts, PHYS_Q * net);
		if (!(in->want & (DEV_Q | DEV_C | DEV_OBS)))
			continue;
		const junction_charge charge = diode_charge(in, i, v, &plain);
		if (in->want & DEV_Q)
			kernel_put_pair(out->q, parts.anode, 1, i, charge.q);
		if (in->want & DEV_C)
			kernel_put_admittance(out->c, 0, i, charge.c);
		if (in->want & DEV_OBS)
			diode_put_obs(out, i, v, charge.c, &plain, &broken);
	}
}
#endif
