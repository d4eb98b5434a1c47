/* SPDX-License-Identifier: Apache-2.0
 * Resistor on lanes: f = g v, S = 4kT g. See resistor.c.
 */
#ifndef DEV_RESISTOR_KERNEL_H
#define DEV_RESISTOR_KERNEL_H
#include "dev/kernel.h"

enum { RESISTOR_G, RESISTOR_S, RESISTOR_N_CONST };

static inline void resistor_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane g = kernel_get(in->k, RESISTOR_G, i);
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, g * (kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i)));
		if (in->want & DEV_Q)
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
		if (in->want & DEV_G)
			kernel_put_admittance(out->g, 0, i, g);
		if (in->want & DEV_S)
			kernel_put(out->s, 0, i, kernel_get(in->k, RESISTOR_S, i));
		if (in->want & DEV_DS)
			kernel_put_pair(out->ds, 0, 1, i, lane_set(0));
	}
}
#endif
