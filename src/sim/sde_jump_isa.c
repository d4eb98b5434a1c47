/* SPDX-License-Identifier: Apache-2.0
 * The hot loops of the jumps (see sde_jump.c), compiled once per instruction-set level: rates of all sources, and one
 * draw of waiting time and channel per lane.
 */
#include <float.h>
#include "base/isa.h"
#include "base/lane_math.h"
#include "base/philox_lane.h"
#include "sim/sde_impl.h"

extern const sde_jump_table ISA_NAME(sde_jump_table);

/* An empty trap can only be filled, a full one only emptied. draw() divides by the scale of the electrons' packets,
 * which traps have not. */
static inline void gate_rates(const double *full, double scale, double *rate)
{
	for (int l = 0; l < LANES; l++) {
		rate[l] *= scale * (1 - full[l]);
		rate[LANES + l] *= scale * full[l];
	}
}

static void rates(sde_work *w)
{
	const double scale = w->plan->options.scale * w->plan->options.scale;
	for (int k = 0; k < w->plan->n_group; k++) {
		const sde_group *g = &w->plan->group[k];
		dev_in in = {.v = w->v, .t = w->t0, .shape = g->mna->shape, .want = DEV_RATE};
		for (int i = 0; i < g->n_inst && g->jumps; i++) {
			const int *unknown = g->unknown + (ptrdiff_t)i * g->n_port;
			const ptrdiff_t first = 2 * (ptrdiff_t)(g->first_jump + i * g->n_rate) * LANES;
			dev_out out = {.rate = w->rate + first, .packet = w->packet + first};
			for (int p = 0; p < g->n_port; p++)
				memcpy(w->v + p * LANES, w->x1 + (ptrdiff_t)unknown[p] * LANES, LANES * sizeof *w->v);
			if (g->trap)
				sde_lower_gate(w, g, i, w->x1, w->v);
			in.k = w->tile->k[g->batch] + (ptrdiff_t)g->index[i] * g->mna->type->n_const * LANES;
			in.shift = sde_at(w, g->shift) + (ptrdiff_t)i * g->n_noise * g->n_port * LANES;
			g->eval(&in, &out);
			if (w->plan->jump[g->first_jump + i * g->n_rate].trap)
				gate_rates(w->x1 + (ptrdiff_t)unknown[g->n_port - 1] * LANES, scale, out.rate);
		}
	}
}

/* Two uniforms for each lane's present draw. */
static inline void uniforms(const sde_work *w, int l, lane *first, lane *second)
{
	lane_bits c[4] = {{0}, {0}, {0}, {0}};
	for (int i = 0; i < LANE_WIDTH; i++) {
		c[0][i] = (uint32_t)w->draw[l + i];
		c[1][i] = w->trajectory[l + i];
		c[3][i] = w->draw[l + i] >> 32;
	}
	philox_lane(c, w->key);
	*first = philox_lane_uniform(c[0], c[1]);
	*second = philox_lane_uniform(c[2], c[3]);
}

/* Number of channels whose cumulated rates do not exceed the target: the one that is chosen. */
static inline lane choose(const sde_work *w, int l, lane target)
{
	lane sum = lane_set(0), chosen = lane_set(0);
	for (int c = 0; c < 2 * w->plan->n_jump - 1; c++) {
		sum += lane_load(w->rate + (ptrdiff_t)c * LANES + l);
		chosen += lane_select(sum <= target, lane_set(1), lane_set(0));
	}
	return chosen;
}

static uint32_t draw(sde_work *w, uint32_t open, uint32_t *bad)
{
	const double packet = w->plan->options.scale * w->plan->options.scale; /* electrons in a jump */
	uint32_t happens = 0, lost = 0;
	for (int l = 0; l < LANES; l += LANE_WIDTH) {
		lane total = lane_set(0), first, second;
		for (int c = 0; c < 2 * w->plan->n_jump; c++)
			total += lane_load(w->rate + (ptrdiff_t)c * LANES + l);
		uniforms(w, l, &first, &second);
		const lane wait = -packet * lane_log(first) / total, left = lane_load(w->left + l);
		const lane_mask is_number = total <= lane_set(DBL_MAX), in_time = wait < left;
		lane_store(w->left + l, left - wait);
		lane_store(w->channel + l, choose(w, l, second * total));
		happens |= lane_mask_bits(in_time & is_number) << l;
		lost |= lane_mask_bits(~is_number) << l;
	}
	for (int l = 0; l < LANES; l++)
		w->draw[l] += open >> l & 1;
	*bad |= lost & open;
	return happens & open;
}

const sde_jump_table ISA_NAME(sde_jump_table) = {rates, draw};
