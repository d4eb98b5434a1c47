/* SPDX-License-Identifier: Apache-2.0
 * Behavioural resistors on lanes: f = v/r, S = 4kT/r, one program per instance for r in in->aux. See resistor_b.c.
 */
#ifndef DEV_RESISTOR_B_KERNEL_H
#define DEV_RESISTOR_B_KERNEL_H
#include "dev/program_kernel.h"

enum { RESISTOR_B_FACTOR, RESISTOR_B_4KT, RESISTOR_B_N_CONST };
enum { RESISTOR_B_OBS_ID, RESISTOR_B_OBS_G, RESISTOR_B_OBS_S, RESISTOR_B_N_OBS };
#define RESISTOR_B_LEAST 1e-12 /* ohm: smaller resistances are this large */

/* Conductance in v, its slopes by port in d. */
static inline program_value resistor_b_conductance(const dev_in *in, int n, int i)
{
	program_value value = program_run(in->aux, in, n, i);
	const lane factor = kernel_get(in->k, RESISTOR_B_FACTOR, i), r = factor * value.v;
	const lane_mask tiny = lane_abs(r) < RESISTOR_B_LEAST;
	const lane least = lane_select(r < 0.0, lane_set(-RESISTOR_B_LEAST), lane_set(RESISTOR_B_LEAST));
	const lane g = 1.0 / lane_select(tiny, least, r);
	const lane slope = lane_select(tiny, lane_set(0), -g * g * factor);
	program_chain(&value, n, g, slope);
	return value;
}

static inline void resistor_b_put_noise(const dev_in *in, dev_out *out, const program_value *g, int i)
{
	const lane four_kt = kernel_get(in->k, RESISTOR_B_4KT, i);
	const lane_mask positive = g->v > 0.0;
	if (in->want & DEV_S)
		kernel_put(out->s, 0, i, lane_select(positive, four_kt * g->v, lane_set(0)));
	for (int p = 0; p < in->shape->n_port && (in->want & DEV_DS); p++)
		kernel_put(out->ds, p, i, lane_select(positive, four_kt * g->d[p], lane_set(0)));
}

static inline void resistor_b_put_slopes(const dev_in *in, dev_out *out, const program_value *g, lane v, int i)
{
	kernel_put_admittance(out->g, 0, i, g->v);
	for (int s = 4; s < in->shape->n_stamp; s += 2)
		kernel_put_pair(out->g, s, s + 1, i, v * g->d[in->shape->stamp[s].col]);
}

static inline void resistor_b_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane v = kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i);
		const program_value g =
		    resistor_b_conductance(in, in->want & (DEV_G | DEV_DS) ? in->shape->n_port : 0, i);
		for (int p = 0; p < in->shape->n_port; p++) {
			if (in->want & DEV_F)
				kernel_put(out->f, p, i, lane_set(0));
			if (in->want & DEV_Q)
				kernel_put(out->q, p, i, lane_set(0));
		}
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, g.v * v);
		if (in->want & DEV_G)
			resistor_b_put_slopes(in, out, &g, v, i);
		resistor_b_put_noise(in, out, &g, i);
		if (in->want & DEV_OBS) {
			kernel_put(out->obs, RESISTOR_B_OBS_ID, i, g.v * v);
			kernel_put(out->obs, RESISTOR_B_OBS_G, i, g.v);
			kernel_put(out->obs, RESISTOR_B_OBS_S, i,
			           lane_max(kernel_get(in->k, RESISTOR_B_4KT, i) * g.v, lane_set(0)));
		}
	}
}
#endif
