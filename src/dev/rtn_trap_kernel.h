/* SPDX-License-Identifier: Apache-2.0
 * A trap on lanes. With x = eta (V - v0)/U, V the voltage from port g to port s,
 *   capture  (1/tauc) e^{theta x},   emission  (1/taue) e^{-(1 - theta) x},
 * whose ratio is e^{x} taue/tauc whatever theta is. See rtn_trap.c.
 */
#ifndef DEV_RTN_TRAP_KERNEL_H
#define DEV_RTN_TRAP_KERNEL_H
#include "base/lane_math.h"
#include "dev/kernel.h"

enum {
	RTN_V0,
	RTN_SLOPE, /* eta/U */
	RTN_THETA,
	RTN_CAPTURE,   /* 1/tauc */
	RTN_EMISSION,  /* 1/taue */
	RTN_LOG_RATIO, /* ln(taue/tauc) */
	RTN_ETA,
	RTN_ENERGY, /* of the full trap, J */
	RTN_DVTH,
	RTN_N_CONST
};
enum { RTN_G, RTN_S, RTN_N, RTN_N_PORT };
enum { RTN_OBS_TC, RTN_OBS_TE, RTN_OBS_P, RTN_N_OBS };

static inline lane rtn_rate(lane front, lane exponent)
{
	return front * lane_exp(lane_min(lane_set(LANE_LIMEXP), exponent));
}

static inline lane rtn_capture(const dev_in *in, int i, lane v)
{
	const lane x = kernel_get(in->k, RTN_SLOPE, i) * (v - kernel_get(in->k, RTN_V0, i));
	return rtn_rate(kernel_get(in->k, RTN_CAPTURE, i), kernel_get(in->k, RTN_THETA, i) * x);
}

static inline lane rtn_emission(const dev_in *in, int i, lane v)
{
	const lane x = kernel_get(in->k, RTN_SLOPE, i) * (v - kernel_get(in->k, RTN_V0, i));
	return rtn_rate(kernel_get(in->k, RTN_EMISSION, i), (kernel_get(in->k, RTN_THETA, i) - 1.0) * x);
}

/* Stationary probability to be full, and its slope in V. */
static inline void rtn_occupancy(const dev_in *in, int i, lane v, lane *p, lane *slope)
{
	const lane k = kernel_get(in->k, RTN_SLOPE, i), limit = lane_set(LANE_LIMEXP);
	const lane y = k * (v - kernel_get(in->k, RTN_V0, i)) + kernel_get(in->k, RTN_LOG_RATIO, i);
	const lane e = lane_exp(-lane_max(-limit, lane_min(limit, y)));
	*p = 1.0 / (1.0 + e);
	*slope = lane_select(lane_abs(y) < limit, k * e * *p * *p, lane_set(0));
}

static inline void rtn_put_rates(const dev_in *in, dev_out *out, int i, lane v)
{
	const lane eta = kernel_get(in->k, RTN_ETA, i);
	lane half = lane_set(0); /* of the change of V in a capture */
	if (in->shift)
		half = eta * (kernel_get(in->shift, RTN_G, i) - kernel_get(in->shift, RTN_S, i));
	kernel_put(out->rate, 0, i, rtn_capture(in, i, v + half));
	kernel_put(out->rate, 1, i, rtn_emission(in, i, v - half));
	kernel_put(out->packet, 0, i, eta);
	kernel_put(out->packet, 1, i, eta);
}

static inline void rtn_trap_eval(const dev_in *in, dev_out *out)
{
	const lane zero = lane_set(0);
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane v = kernel_get(in->v, RTN_G, i) - kernel_get(in->v, RTN_S, i);
		lane p, slope;
		rtn_occupancy(in, i, v, &p, &slope);
		if (in->want & DEV_F) {
			kernel_put_pair(out->f, RTN_G, RTN_S, i, zero);
			kernel_put(out->f, RTN_N, i, kernel_get(in->v, RTN_N, i) - p);
		}
		if (in->want & DEV_G) {
			kernel_put_pair(out->g, RTN_S, RTN_G, i, slope);
			kernel_put(out->g, RTN_N, i, lane_set(1));
		}
		for (int q = 0; (in->want & DEV_Q) && q < RTN_N_PORT; q++)
			kernel_put(out->q, q, i, zero);
		if (in->want & DEV_S)
			kernel_put(out->s, 0, i, zero);
		for (int q = 0; (in->want & DEV_DS) && q < RTN_N_PORT; q++)
			kernel_put(out->ds, q, i, zero);
		if (in->want & DEV_RATE)
			rtn_put_rates(in, out, i, v);
		if (in->want & DEV_OBS) {
			kernel_put(out->obs, RTN_OBS_TC, i, 1.0 / rtn_capture(in, i, v));
			kernel_put(out->obs, RTN_OBS_TE, i, 1.0 / rtn_emission(in, i, v));
			kernel_put(out->obs, RTN_OBS_P, i, p);
		}
	}
}
#endif
