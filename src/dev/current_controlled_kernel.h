/* SPDX-License-Identifier: Apache-2.0
 * Sources controlled by a branch current on lanes. See current_controlled.c.
 */
#ifndef DEV_CURRENT_CONTROLLED_KERNEL_H
#define DEV_CURRENT_CONTROLLED_KERNEL_H
#include "dev/kernel.h"

enum { CCCS_GAIN, CCCS_N_CONST };
enum { CCVS_R, CCVS_N_CONST };

static inline void cccs_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane gain = kernel_get(in->k, CCCS_GAIN, i);
		if (in->want & DEV_F) {
			kernel_put_pair(out->f, 0, 1, i, gain * kernel_get(in->v, 2, i));
			kernel_put(out->f, 2, i, lane_set(0));
		}
		if (in->want & DEV_Q) {
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
			kernel_put(out->q, 2, i, lane_set(0));
		}
		if (in->want & DEV_G)
			kernel_put_pair(out->g, 0, 1, i, gain);
	}
}

static inline void ccvs_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane r = kernel_get(in->k, CCVS_R, i);
		if (in->want & DEV_F) {
			kernel_put_pair(out->f, 0, 1, i, kernel_get(in->v, 3, i));
			kernel_put(out->f, 2, i, lane_set(0));
			kernel_put(out->f, 3, i,
			           (kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i)) - r * kernel_get(in->v, 2, i));
		}
		if (in->want & DEV_Q) {
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
			kernel_put_pair(out->q, 2, 3, i, lane_set(0));
		}
		if (in->want & DEV_G) {
			kernel_put_pair(out->g, 0, 1, i, lane_set(1));
			kernel_put_pair(out->g, 2, 3, i, lane_set(1));
			kernel_put(out->g, 4, i, -r);
		}
	}
}
#endif
