/* SPDX-License-Identifier: Apache-2.0
 * Diode on lanes: forward rate at v + shift, reverse rate at v - shift, f = q (l+ - l-), S = 2 q^2 (l+ + l-); charge at
 * v. DEV_CARD: SPICE's S = 2q|I|. See diode.c and junction.h.
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
	DIODE_CJ,
	DIODE_VJ,
	DIODE_MJ,
	DIODE_FC,
	DIODE_N_CONST
};
enum { DIODE_OBS_ID, DIODE_OBS_GD, DIODE_OBS_CD, DIODE_OBS_S, DIODE_OBS_S_CARD, DIODE_N_OBS };

static inline junction_rates diode_rates(const dev_in *in, int i, lane v)
{
	return junction_rates_at(v, kernel_get(in->k, DIODE_IS_Q, i), kernel_get(in->k, DIODE_INV_U, i),
	                         kernel_get(in->k, DIODE_INV_N, i));
}

/* Charge and capacitance at v; r: unshifted rates there. */
static inline junction_charge diode_charge(const dev_in *in, int i, lane v, const junction_rates *r)
{
	const lane tt = PHYS_Q * kernel_get(in->k, DIODE_TT, i);
	junction_charge charge = junction_depletion(v, kernel_get(in->k, DIODE_CJ, i), kernel_get(in->k, DIODE_VJ, i),
	                                            kernel_get(in->k, DIODE_MJ, i), kernel_get(in->k, DIODE_FC, i));
	charge.q += tt * (r->forward - r->reverse);
	charge.c += tt * (r->dforward - r->dreverse);
	return charge;
}

static inline void diode_put_charge(const dev_in *in, dev_out *out, int i, lane v, const junction_rates *r)
{
	const junction_charge charge = diode_charge(in, i, v, r);
	if (in->want & DEV_Q)
		kernel_put_pair(out->q, 0, 1, i, charge.q);
	if (in->want & DEV_C)
		kernel_put_admittance(out->c, 0, i, charge.c);
	if (in->want & DEV_OBS) {
		kernel_put(out->obs, DIODE_OBS_ID, i, PHYS_Q * (r->forward - r->reverse));
		kernel_put(out->obs, DIODE_OBS_GD, i, PHYS_Q * (r->dforward - r->dreverse));
		kernel_put(out->obs, DIODE_OBS_CD, i, charge.c);
		kernel_put(out->obs, DIODE_OBS_S, i, 2 * PHYS_Q * PHYS_Q * (r->forward + r->reverse));
		kernel_put(out->obs, DIODE_OBS_S_CARD, i, 2 * PHYS_Q * PHYS_Q * lane_abs(r->forward - r->reverse));
	}
}

/* Forward rate from `ahead`, reverse from `back`; the card's law is 2q|I|, whose corner at I = 0 gets the slope 0. */
static inline void diode_put_noise(const dev_in *in, dev_out *out, int i, const junction_rates *ahead,
                                   const junction_rates *back)
{
	const double unit = 2 * PHYS_Q * PHYS_Q, sign = in->want & DEV_CARD ? -1 : 1;
	const lane s = unit * (ahead->forward + sign * back->reverse);
	const lane slope = unit * (ahead->dforward + sign * back->dreverse);
	if (in->want & DEV_S)
		kernel_put(out->s, 0, i, lane_abs(s));
	if (in->want & DEV_DS)
		kernel_put_pair(out->ds, 0, 1, i,
		                lane_select(s < 0.0, -slope, lane_select(s > 0.0, slope, lane_set(0))));
}

static inline void diode_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane v = kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i);
		junction_rates ahead = diode_rates(in, i, v), back = ahead;
		if (in->want & (DEV_Q | DEV_C | DEV_OBS))
			diode_put_charge(in, out, i, v, &ahead);
		if (in->shift) {
			const lane shift = kernel_get(in->shift, 0, i) - kernel_get(in->shift, 1, i);
			ahead = diode_rates(in, i, v + shift);
			back = diode_rates(in, i, v - shift);
		}
		const double part = in->want & DEV_REST ? 0 : PHYS_Q;
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, part * (ahead.forward - back.reverse));
		if (in->want & DEV_G)
			kernel_put_admittance(out->g, 0, i, part * (ahead.dforward - back.dreverse));
		if (in->want & (DEV_S | DEV_DS))
			diode_put_noise(in, out, i, &ahead, &back);
		if (in->want & DEV_RATE) {
			kernel_put(out->rate, 0, i, ahead.forward);
			kernel_put(out->rate, 1, i, back.reverse);
		}
	}
}
#endif
