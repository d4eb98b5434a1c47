/* SPDX-License-Identifier: Apache-2.0
 * Switches on lanes: f = g v, S = 4kT g. Smooth: ln g a polynomial of the control x between two plateaus; with
 * hysteresis g follows the state, a constant. See switch.c.
 */
#ifndef DEV_SWITCH_KERNEL_H
#define DEV_SWITCH_KERNEL_H
#include "base/lane_math.h"
#include "dev/kernel.h"

enum {
	SWITCH_MIDDLE,
	SWITCH_HALF,
	SWITCH_M,
	SWITCH_AT,
	SWITCH_INV_WIDTH,
	SWITCH_4KT,
	SWITCH_RISE,
	SWITCH_FALL,
	SWITCH_STATE,
	SWITCH_ON,
	SWITCH_OFF,
	SWITCH_N_CONST
};
enum { SWITCH_OBS_ID, SWITCH_OBS_G, SWITCH_OBS_S, SWITCH_N_OBS };

enum { SWITCH_N_HELD_STAMP = 4 }; /* of the shape with hysteresis: nothing depends on the control */

/* Conductance in the state that is held. */
static inline lane switch_held(const double *k, int i)
{
	return lane_select(kernel_get(k, SWITCH_STATE, i) > 0.5, kernel_get(k, SWITCH_ON, i),
	                   kernel_get(k, SWITCH_OFF, i));
}

/* Conductance and its slope in the control. */
static inline void switch_conductance(const double *k, int i, lane control, lane *g, lane *slope)
{
	const lane inv = kernel_get(k, SWITCH_INV_WIDTH, i), half = kernel_get(k, SWITCH_HALF, i);
	const lane x = (control - kernel_get(k, SWITCH_AT, i)) * inv;
	const lane u = lane_max(lane_min(x, lane_set(1)), lane_set(-1)), u2 = u * u;
	const lane step = 0.125 * u * (15.0 - u2 * (10.0 - 3.0 * u2)), rest = 1.0 - u2;
	*g = kernel_get(k, SWITCH_M, i) * lane_exp(kernel_get(k, SWITCH_MIDDLE, i) + half * step);
	*slope = *g * half * inv * (1.875 * rest * rest);
}

/* n_control 2: ports 2 and 3 are nodes, the control is their difference; 1: port 2 is a current. */
static inline void switch_eval(const dev_in *in, dev_out *out, int n_control)
{
	const int n_port = 2 + n_control, is_held = in->shape->n_stamp == SWITCH_N_HELD_STAMP;
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane v = kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i);
		const lane last = n_control == 2 ? kernel_get(in->v, 3, i) : lane_set(0);
		lane g = lane_set(0), slope = lane_set(0);
		if (is_held)
			g = switch_held(in->k, i);
		else
			switch_conductance(in->k, i, kernel_get(in->v, 2, i) - last, &g, &slope);
		const lane s = kernel_get(in->k, SWITCH_4KT, i) * g, ds = kernel_get(in->k, SWITCH_4KT, i) * slope;
		for (int p = 2; p < n_port; p++) {
			const double sign = p == 2 ? 1 : -1;
			if (in->want & DEV_F)
				kernel_put(out->f, p, i, lane_set(0));
			if (in->want & DEV_Q)
				kernel_put(out->q, p, i, lane_set(0));
			if ((in->want & DEV_G) && !is_held)
				kernel_put_pair(out->g, 2 * p, 2 * p + 1, i, sign * slope * v);
			if (in->want & DEV_DS)
				kernel_put(out->ds, p, i, sign * ds);
		}
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, g * v);
		if (in->want & DEV_Q)
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
		if (in->want & DEV_G)
			kernel_put_admittance(out->g, 0, i, g);
		if (in->want & DEV_S)
			kernel_put(out->s, 0, i, s);
		if (in->want & DEV_DS)
			kernel_put_pair(out->ds, 0, 1, i, lane_set(0));
		if (in->want & DEV_OBS) {
			kernel_put(out->obs, SWITCH_OBS_ID, i, g * v);
			kernel_put(out->obs, SWITCH_OBS_G, i, g);
			kernel_put(out->obs, SWITCH_OBS_S, i, s);
		}
	}
}

static inline void switch_v_eval(const dev_in *in, dev_out *out)
{
	switch_eval(in, out, 2);
}

static inline void switch_i_eval(const dev_in *in, dev_out *out)
{
	switch_eval(in, out, 1);
}
#endif
