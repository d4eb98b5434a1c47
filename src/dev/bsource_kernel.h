/* SPDX-License-Identifier: Apache-2.0
 * Behavioural sources on lanes: one program per instance in in->aux, run with derivatives. See bsource.c.
 */
#ifndef DEV_BSOURCE_KERNEL_H
#define DEV_BSOURCE_KERNEL_H
#include "dev/program_kernel.h"

enum { BSOURCE_SCALE, BSOURCE_N_CONST };

/* Derivative stamps: first is the number of stamps before the controls' ones, `rows` of them per control. */
static inline void bsource_put_controls(const dev_in *in, double *g, const program_value *value, lane sign, int first,
                                        int rows, int i)
{
	for (int s = first; s < in->shape->n_stamp; s += rows) {
		const lane slope = sign * value->d[in->shape->stamp[s].col];
		kernel_put(g, s, i, slope);
		if (rows == 2)
			kernel_put(g, s + 1, i, -slope);
	}
}

static inline void bsource_put_no_charge(const dev_in *in, dev_out *out, int i)
{
	for (int p = 0; p < in->shape->n_port && (in->want & DEV_Q); p++)
		kernel_put(out->q, p, i, lane_set(0));
}

static inline void bsource_i_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane scale = kernel_get(in->k, BSOURCE_SCALE, i);
		bsource_put_no_charge(in, out, i);
		if (!(in->want & (DEV_F | DEV_G)))
			continue;
		const int n_derivative = in->want & DEV_G ? in->shape->n_port : 0;
		const program_value value = program_run(in->aux, in, n_derivative, i);
		if (in->want & DEV_F) {
			kernel_put_pair(out->f, 0, 1, i, scale * value.v);
			for (int p = 2; p < in->shape->n_port; p++)
				kernel_put(out->f, p, i, lane_set(0));
		}
		if (in->want & DEV_G)
			bsource_put_controls(in, out->g, &value, scale, 0, 2, i);
	}
}

static inline void bsource_v_eval(const dev_in *in, dev_out *out)
{
	const int branch = in->shape->n_port - 1;
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane scale = kernel_get(in->k, BSOURCE_SCALE, i);
		bsource_put_no_charge(in, out, i);
		if (!(in->want & (DEV_F | DEV_G)))
			continue;
		const int n_derivative = in->want & DEV_G ? in->shape->n_port : 0;
		const program_value value = program_run(in->aux, in, n_derivative, i);
		if (in->want & DEV_F) {
			for (int p = 2; p < branch; p++)
				kernel_put(out->f, p, i, lane_set(0));
			kernel_put_pair(out->f, 0, 1, i, kernel_get(in->v, branch, i));
			kernel_put(out->f, branch, i,
			           (kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i)) - scale * value.v);
		}
		if (in->want & DEV_G) {
			kernel_put_pair(out->g, 0, 1, i, lane_set(1));
			kernel_put_pair(out->g, 2, 3, i, lane_set(1));
			bsource_put_controls(in, out->g, &value, -scale, 4, 1, i);
		}
	}
}
#endif
