/* SPDX-License-Identifier: Apache-2.0
 * Inductor on lanes: f[p] = i, f[n] = -i, branch residual v_p - v_n + d(-L i)/dt. See inductor.c.
 */
#ifndef DEV_INDUCTOR_KERNEL_H
#define DEV_INDUCTOR_KERNEL_H
#include "dev/kernel.h"

enum { INDUCTOR_L, INDUCTOR_N_CONST };

static inline void inductor_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane l = kernel_get(in->k, INDUCTOR_L, i), current = kernel_get(in->v, 2, i);
		if (in->want & DEV_F) {
			kernel_put_pair(out->f, 0, 1, i, current);
			kernel_put(out->f, 2, i, kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i));
		}
		if (in->want & DEV_Q) {
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
			kernel_put(out->q, 2, i, -l * current);
		}
		if (in->want & DEV_G) {
			kernel_put_pair(out->g, 0, 1, i, lane_set(1));
			kernel_put_pair(out->g, 2, 3, i, lane_set(1));
		}
		if (in->want & DEV_C)
			kernel_put(out->c, 4, i, -l);
	}
}
#endif
