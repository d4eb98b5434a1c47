/* SPDX-License-Identifier: Apache-2.0
 * Linear controlled sources on lanes. See controlled.c.
 */
#ifndef DEV_CONTROLLED_KERNEL_H
#define DEV_CONTROLLED_KERNEL_H
#include "dev/kernel.h"

enum { VCCS_GM, VCCS_N_CONST };
enum { VCVS_GAIN, VCVS_N_CONST };

static inline void vccs_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane gm = kernel_get(in->k, VCCS_GM, i);
		if (in->want & DEV_F) {
			kernel_put_pair(out->f, 0, 1, i, gm * (kernel_get(in->v, 2, i) - kernel_get(in->v, 3, i)));
			kernel_put_pair(out->f, 2, 3, i, lane_set(0));
		}
		if (in->want & DEV_Q) {
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
			kernel_put_pair(out->q, 2, 3, i, lane_set(0));
		}
		if (in->want & DEV_G)
			kernel_put_admittance(out->g, 0, i, gm);
	}
}

static inline void vcvs_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane gain = kernel_get(in->k, VCVS_GAIN, i);
		if (in->want & DEV_F) {
			const lane control = kernel_get(in->v, 2, i) - kernel_get(in->v, 3, i);
			kernel_put_pair(out->f, 0, 1, i, kernel_get(in->v, 4, i));
			kernel_put_pair(out->f, 2, 3, i, lane_set(0));
			kernel_put(out->f, 4, i,
			           (kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i)) - gain * control);
		}
		if (in->want & DEV_Q) {
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
			kernel_put_pair(out->q, 2, 3, i, lane_set(0));
			kernel_put(out->q, 4, i, lane_set(0));
		}
		if (in->want & DEV_G) {
			kernel_put_pair(out->g, 0, 1, i, lane_set(1));
			kernel_put_pair(out->g, 2, 3, i, lane_set(1));
			kernel_put_pair(out->g, 4, 5, i, -gain);
		}
	}
}
#endif
