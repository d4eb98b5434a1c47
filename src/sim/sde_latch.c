/* SPDX-License-Identifier: Apache-2.0
 * Switches with hysteresis in an ensemble: every lane has its own states, constants of the tile, which a step leaves
 * alone. They follow at its end, so that a switch flips up to a step late, an error of first order in h. What flips
 * carries no charge: voltages of charges stay, only algebraic unknowns jump. A lane flips by what is in it alone.
 */
#include <string.h>
#include "sim/sde_impl.h"

enum { ROUNDS = 20 }; /* more where there are more states */

static double *state_of(const sde_work *w, int k)
{
	const sim_latch *latch = &w->plan->latches.latch[k];
	return w->tile->k[latch->batch] + latch->state;
}

/* What switches are in is left aside in the work's own room for one value each. */
void sde_rates_in_state(sde_work *work, int on, double *lambda)
{
	const int n = work->plan->latches.n;
	for (int k = 0; k < n; k++)
		for (int l = 0; l < LANES; l++) {
			work->aside[k * LANES + l] = state_of(work, k)[l];
			state_of(work, k)[l] = on;
		}
	sde_rates(work, lambda);
	for (int k = 0; k < n; k++)
		memcpy(state_of(work, k), work->aside + (ptrdiff_t)k * LANES, LANES * sizeof *work->aside);
	work->w_h = 0;
}

/* The lanes in which some switch has flipped. */
static uint32_t follow(sde_work *w, uint32_t lanes)
{
	uint32_t flipped = 0;
	for (int l = 0; l < LANES; l++)
		if (lanes >> l & 1)
			flipped |= (uint32_t)sim_latch_follow(&w->plan->latches, w->tile, l, w->x + l, LANES) << l;
	return flipped;
}

uint32_t sde_follow_latches(sde_work *w)
{
	const int n = w->plan->latches.n, rounds = ROUNDS + 2 * n;
	uint32_t bad = 0, open = n > 0 ? follow(w, (1u << LANES) - 1) : 0;
	for (int k = 0; open && w->plan->n_algebraic > 0; k++) {
		if (k == rounds)
			return bad | open;
		bad |= sde_settle_algebraic(w, open);
		w->w_h = 0;
		open = follow(w, open & ~bad);
	}
	return bad;
}
