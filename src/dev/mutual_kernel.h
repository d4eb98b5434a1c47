/* SPDX-License-Identifier: Apache-2.0
 * Mutual inductance on lanes: adds d(-M i2)/dt to the branch equation of the first inductor and d(-M i1)/dt to that of
 * the second. See mutual.c.
 */
#ifndef DEV_MUTUAL_KERNEL_H
#define DEV_MUTUAL_KERNEL_H
#include "dev/kernel.h"

enum { MUTUAL_M, MUTUAL_N_CONST };

static inline void mutual_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane m = kernel_get(in->k, MUTUAL_M, i);
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, lane_set(0));
		if (in->want & DEV_Q) {
			kernel_put(out->q, 0, i, -m * kernel_get(in->v, 1, i));
			kernel_put(out->q, 1, i, -m * kernel_get(in->v, 0, i));
		}
		if (in->want & DEV_C) {
			kernel_put(out->c, 0, i, -m);
			kernel_put(out->c, 1, i, -m);
		}
	}
}
#endif
