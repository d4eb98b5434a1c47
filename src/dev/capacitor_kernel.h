/* SPDX-License-Identifier: Apache-2.0
 * Capacitor on lanes: q = C v. See capacitor.c.
 */
#ifndef DEV_CAPACITOR_KERNEL_H
#define DEV_CAPACITOR_KERNEL_H
#include "dev/kernel.h"

enum { CAPACITOR_C, CAPACITOR_N_CONST };

static inline void capacitor_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane c = kernel_get(in->k, CAPACITOR_C, i);
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, lane_set(0));
		if (in->want & DEV_Q)
			kernel_put_pair(out->q, 0, 1, i, c * (kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i)));
		if (in->want & DEV_C)
			kernel_put_admittance(out->c, 0, i, c);
	}
}
#endif
