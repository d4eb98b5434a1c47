/* SPDX-License-Identifier: Apache-2.0
 * Ideal subthreshold MOSFET on lanes. Carriers leave the source at rate A e^{-Vsb/U} and the drain at A e^{-Vdb/U},
 * A = (I0/q) e^{(Vgb-vth)/nU}, all voltages mirrored for pmos. In nmos an electron going from source to drain carries
 * +q from d to s: that is the forward rate; in pmos a hole from drain to source does. So the forward rate is the one
 * that leaves s in nmos and d in pmos, and in both l+/l- = e^{Vds/U}. See mosfet_subvt.c.
 */
#ifndef DEV_MOSFET_SUBVT_KERNEL_H
#define DEV_MOSFET_SUBVT_KERNEL_H
#include "base/lane_math.h"
#include "base/phys.h"
#include "dev/kernel.h"

enum {
	SUBVT_SIGN, /* +1 nmos, -1 pmos */
	SUBVT_RATE, /* m (W/L) i0 / q */
	SUBVT_INV_U,
	SUBVT_INV_NU,
	SUBVT_OFFSET, /* vth / nU */
	SUBVT_CGS,
	SUBVT_CGD,
	SUBVT_CGB,
	SUBVT_CDB,
	SUBVT_CSB,
	SUBVT_N_CONST
};
enum { SUBVT_OBS_ID, SUBVT_OBS_GM, SUBVT_OBS_GDS, SUBVT_OBS_S, SUBVT_N_OBS };
enum { SUBVT_D, SUBVT_G, SUBVT_S, SUBVT_B };

typedef struct subvt_constants {
	lane sign, rate, inv_u, inv_nu, offset;
} subvt_constants;

/* Rate of carriers leaving one end, and its slope in the exponent: d/dvg = sign inv_nu slope, d/dv_end = -sign inv_u
 * slope, d/dvb the negative sum. */
typedef struct subvt_rate {
	lane value, slope;
} subvt_rate;

static inline subvt_rate subvt_leave(const subvt_constants *k, lane vgb, lane veb)
{
	const lane exponent = k->sign * (vgb * k->inv_nu - veb * k->inv_u) - k->offset, limit = lane_set(LANE_LIMEXP);
	const lane slope = k->rate * lane_exp(lane_min(limit, exponent));
	return (subvt_rate){lane_select(exponent > limit, slope * (1.0 + (exponent - limit)), slope), slope};
}

/* forward and reverse rate at port voltages v[4] shifted by +s[4] and -s[4] */
static inline void subvt_rates(const subvt_constants *k, const lane v[4], const lane s[4], subvt_rate *forward,
                               subvt_rate *reverse)
{
	const lane_mask n = k->sign > 0.0;
	const lane up = lane_select(n, v[SUBVT_S] + s[SUBVT_S], v[SUBVT_D] + s[SUBVT_D]);
	const lane down = lane_select(n, v[SUBVT_D] - s[SUBVT_D], v[SUBVT_S] - s[SUBVT_S]);
	const lane bulk_up = v[SUBVT_B] + s[SUBVT_B], bulk_down = v[SUBVT_B] - s[SUBVT_B];
	*forward = subvt_leave(k, v[SUBVT_G] + s[SUBVT_G] - bulk_up, up - bulk_up);
	*reverse = subvt_leave(k, v[SUBVT_G] - s[SUBVT_G] - bulk_down, down - bulk_down);
}

/* Gradient of a (forward) + b (reverse) with respect to the four ports. */
static inline void subvt_gradient(const subvt_constants *k, lane a, lane b, lane d[4])
{
	const lane_mask n = k->sign > 0.0;
	const lane per_end = k->sign * k->inv_u;
	d[SUBVT_G] = k->sign * k->inv_nu * (a + b);
	d[SUBVT_S] = -per_end * lane_select(n, a, b);
	d[SUBVT_D] = -per_end * lane_select(n, b, a);
	d[SUBVT_B] = -(d[SUBVT_G] + d[SUBVT_S] + d[SUBVT_D]);
}

static inline void subvt_put_charge(const dev_in *in, dev_out *out, const lane v[4], int i)
{
	const lane cgs = kernel_get(in->k, SUBVT_CGS, i), cgd = kernel_get(in->k, SUBVT_CGD, i);
	const lane cgb = kernel_get(in->k, SUBVT_CGB, i), cdb = kernel_get(in->k, SUBVT_CDB, i);
	const lane csb = kernel_get(in->k, SUBVT_CSB, i);
	const lane qgs = cgs * (v[SUBVT_G] - v[SUBVT_S]), qgd = cgd * (v[SUBVT_G] - v[SUBVT_D]);
	const lane qgb = cgb * (v[SUBVT_G] - v[SUBVT_B]), qdb = cdb * (v[SUBVT_D] - v[SUBVT_B]);
	const lane qsb = csb * (v[SUBVT_S] - v[SUBVT_B]), zero = lane_set(0);
	if (in->want & DEV_Q) {
		kernel_put(out->q, SUBVT_D, i, qdb - qgd);
		kernel_put(out->q, SUBVT_G, i, qgs + qgd + qgb);
		kernel_put(out->q, SUBVT_S, i, qsb - qgs);
		kernel_put(out->q, SUBVT_B, i, -qgb - qdb - qsb);
	}
	if (in->want & DEV_C) {
		const lane c[16] = {cgd + cdb, -cgd, zero, -cdb, -cgd, cgs + cgd + cgb, -cgs, -cgb, zero, -cgs,
		                    cgs + csb, -csb, -cdb, -cgb, -csb, cgb + cdb + csb};
		for (int s = 0; s < 16; s++)
			if (in->shape->stamp[s].part & DEV_C)
				kernel_put(out->c, s, i, c[s]);
	}
}

static inline void subvt_put_noise(const dev_in *in, dev_out *out, const subvt_constants *k, int i,
                                   const subvt_rate rate[2])
{
	const lane unit = lane_set(2 * PHYS_Q * PHYS_Q);
	lane d[4];
	if (in->want & DEV_S)
		kernel_put(out->s, 0, i, unit * (rate[0].value + rate[1].value));
	if (!(in->want & DEV_DS))
		return;
	subvt_gradient(k, unit * rate[0].slope, unit * rate[1].slope, d);
	for (int p = 0; p < 4; p++)
		kernel_put(out->ds, p, i, d[p]);
}

static inline void subvt_put_current(const dev_in *in, dev_out *out, const subvt_constants *k, int i,
                                     const subvt_rate rate[2])
{
	const double part = in->want & DEV_REST ? 0 : PHYS_Q;
	const lane current = part * (rate[0].value - rate[1].value), zero = lane_set(0);
	lane d[4];
	subvt_gradient(k, part * rate[0].slope, -part * rate[1].slope, d);
	if (in->want & DEV_F) {
		kernel_put_pair(out->f, SUBVT_D, SUBVT_S, i, current);
		kernel_put_pair(out->f, SUBVT_G, SUBVT_B, i, zero);
	}
	if (in->want & DEV_G)
		for (int p = 0; p < 4; p++)
			kernel_put_pair(out->g, p, 2 * 4 + p, i, d[p]);
	if (in->want & DEV_OBS) {
		kernel_put(out->obs, SUBVT_OBS_ID, i, current);
		kernel_put(out->obs, SUBVT_OBS_GM, i, d[SUBVT_G]);
		kernel_put(out->obs, SUBVT_OBS_GDS, i, d[SUBVT_D]);
		kernel_put(out->obs, SUBVT_OBS_S, i, 2 * PHYS_Q * PHYS_Q * (rate[0].value + rate[1].value));
	}
}

static inline void mosfet_subvt_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const subvt_constants k = {kernel_get(in->k, SUBVT_SIGN, i), kernel_get(in->k, SUBVT_RATE, i),
		                           kernel_get(in->k, SUBVT_INV_U, i), kernel_get(in->k, SUBVT_INV_NU, i),
		                           kernel_get(in->k, SUBVT_OFFSET, i)};
		lane v[4], s[4];
		subvt_rate rate[2];
		for (int p = 0; p < 4; p++) {
			v[p] = kernel_get(in->v, p, i);
			s[p] = in->shift ? kernel_get(in->shift, p, i) : lane_set(0);
		}
		subvt_rates(&k, v, s, &rate[0], &rate[1]);
		if (in->want & (DEV_F | DEV_G | DEV_OBS))
			subvt_put_current(in, out, &k, i, rate);
		if (in->want & (DEV_S | DEV_DS))
			subvt_put_noise(in, out, &k, i, rate);
		if (in->want & DEV_RATE) {
			kernel_put(out->rate, 0, i, rate[0].value);
			kernel_put(out->rate, 1, i, rate[1].value);
		}
		if (in->want & (DEV_Q | DEV_C))
			subvt_put_charge(in, out, v, i);
	}
}
#endif
