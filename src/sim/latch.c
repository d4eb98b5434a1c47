/* SPDX-License-Identifier: Apache-2.0
 * States that devices keep, and the operating point of circuits that have some: the states are held while the equations
 * are solved, those that do not fit the solution are flipped, until all fit. All that do not fit flip together at
 * first; where this finds no end they flip one by one, in turn. A circuit may have no state that fits, like an
 * oscillator without a capacitor: that is an error which names the switch.
 */
#include "sim/latch.h"
#include "base/alloc.h"
#include "sim/newton.h"

static const uint32_t ALL_LANES = (1u << LANES) - 1;
enum { TOGETHER = 20, IN_TURN = 40 }; /* rounds, more of them where there are more states */

static int has_latch(const elab_instance *instance)
{
	return instance->type->latch && instance->shape == instance->type->shape;
}

ts_status sim_latches_create(const mna_system *system, sim_latches *out)
{
	const elab_circuit *c = system->circuit;
	int n = 0;
	*out = (sim_latches){0};
	for (int i = 0; i < c->n_instance; i++)
		n += has_latch(&c->instance[i]);
	if (n == 0)
		return TS_OK;
	out->latch = alloc_array((size_t)n, sizeof *out->latch);
	if (!out->latch)
		return TS_NOMEM;
	for (int i = 0; i < c->n_instance; i++) {
		const dev_latch *of = c->instance[i].type->latch;
		const int *unknown = mna_unknowns(system, i);
		const ptrdiff_t k = (ptrdiff_t)system->index_in_batch[i] * c->instance[i].type->n_const;
		if (has_latch(&c->instance[i]))
			out->latch[out->n++] = (sim_latch){.instance = i,
			                                   .batch = system->batch_of[i],
			                                   .param = of->param,
			                                   .plus = unknown[of->plus],
			                                   .minus = of->minus < 0 ? 0 : unknown[of->minus],
			                                   .rise = (k + of->rise) * LANES,
			                                   .fall = (k + of->fall) * LANES,
			                                   .state = (k + of->state) * LANES};
	}
	return TS_OK;
}

void sim_latches_destroy(sim_latches *latches)
{
	alloc_free(latches->latch);
	*latches = (sim_latches){0};
}

double sim_latch_state(const sim_latches *latches, const mna_tile *tile, int k, int lane_index)
{
	const sim_latch *latch = &latches->latch[k];
	return tile->k[latch->batch][latch->state + lane_index];
}

int sim_latch_next(const sim_latches *latches, const mna_tile *tile, int lane_index, const double *x, int stride,
                   int from)
{
	for (int k = from; k < latches->n; k++) {
		const sim_latch *latch = &latches->latch[k];
		const double *constant = tile->k[latch->batch] + lane_index;
		const double plus = latch->plus ? x[(ptrdiff_t)latch->plus * stride] : 0;
		const double control = plus - (latch->minus ? x[(ptrdiff_t)latch->minus * stride] : 0);
		if (constant[latch->state] > 0.5 ? control < constant[latch->fall] : control > constant[latch->rise])
			return k;
	}
	return -1;
}

int sim_latch_follow(const sim_latches *latches, mna_tile *tile, int lane_index, const double *x, int stride)
{
	int flipped = 0, k = -1;
	while ((k = sim_latch_next(latches, tile, lane_index, x, stride, k + 1)) >= 0) {
		const sim_latch *latch = &latches->latch[k];
		double *state = tile->k[latch->batch] + latch->state + lane_index;
		*state = *state > 0.5 ? 0 : 1;
		flipped = 1;
	}
	return flipped;
}

ts_status sim_latch_set(const sim_latches *latches, mna_tile *tile, int k, uint32_t lanes, double state)
{
	const sim_latch *latch = &latches->latch[k];
	for (int l = 0; l < LANES; l++)
		if (lanes >> l & 1)
			TS_TRY(mna_tile_set_param(tile, latch->instance, latch->param, l, state));
	return TS_OK;
}

ts_status sim_latch_reset(const sim_latches *latches, mna_tile *tile)
{
	for (int k = 0; k < latches->n; k++) {
		const sim_latch *latch = &latches->latch[k];
		const double start = tile->system->circuit->instance[latch->instance].param[latch->param];
		TS_TRY(sim_latch_set(latches, tile, k, ALL_LANES, start));
	}
	return TS_OK;
}

ts_status sim_latch_spread(mna_tile *tile)
{
	sim_latches latches;
	ts_status status = sim_latches_create(tile->system, &latches);
	for (int k = 0; status == TS_OK && k < latches.n; k++)
		status = sim_latch_set(&latches, tile, k, ALL_LANES, sim_latch_state(&latches, tile, k, 0));
	sim_latches_destroy(&latches);
	return status;
}

/* A search for states that fit. */
typedef struct latch_search {
	sim_latches latches;
	mna_tile *tile;
	int last[LANES]; /* flipped last in a lane */
} latch_search;

/* The next after `from` in a round through all. */
static int next_in_turn(const latch_search *s, int lane_index, int from)
{
	const double *x = s->tile->x + lane_index;
	const int k = sim_latch_next(&s->latches, s->tile, lane_index, x, LANES, from + 1);
	return k >= 0 ? k : sim_latch_next(&s->latches, s->tile, lane_index, x, LANES, 0);
}

/* Flip what does not fit in a lane, or only the next of it. *flipped: there was some. */
static ts_status flip(latch_search *s, int lane_index, int only_next, int *flipped)
{
	int k = next_in_turn(s, lane_index, only_next ? s->last[lane_index] : -1);
	*flipped = k >= 0;
	while (k >= 0) {
		const double state = sim_latch_state(&s->latches, s->tile, k, lane_index);
		s->last[lane_index] = k;
		TS_TRY(sim_latch_set(&s->latches, s->tile, k, 1u << lane_index, 1 - state));
		k = only_next ? -1
		              : sim_latch_next(&s->latches, s->tile, lane_index, s->tile->x + lane_index, LANES, k + 1);
	}
	return TS_OK;
}

static void report(const latch_search *s, uint32_t lanes, diag_list *diag)
{
	const mna_system *system = s->tile->system;
	const int k = s->last[__builtin_ctz(lanes)];
	const elab_instance *device = &system->circuit->instance[s->latches.latch[k].instance];
	diag_add_origin(diag, E0505, device->span, device->origin,
	                "no operating point: '%s' can be neither on nor off, each moves its control beyond the other's "
	                "threshold",
	                device->name);
}

static ts_status search(latch_search *s, uint32_t lanes, const double *hold, diag_list *diag)
{
	const int together = TOGETHER + 2 * s->latches.n, most = together + IN_TURN + 4 * s->latches.n;
	uint32_t open = lanes;
	for (int round = 0; round < most; round++) {
		uint32_t still = 0;
		TS_TRY(sim_operating_point_fixed(s->tile, open, hold, diag));
		for (int l = 0; l < LANES; l++) {
			int flipped = 0;
			if (open >> l & 1)
				TS_TRY(flip(s, l, round >= together, &flipped));
			still |= (uint32_t)flipped << l;
		}
		if (!still)
			return TS_OK;
		open = still;
	}
	report(s, open, diag);
	return TS_NUMERIC;
}

ts_status sim_operating_point_held(mna_tile *tile, uint32_t lanes, const double *hold, diag_list *diag)
{
	latch_search s = {.tile = tile};
	ts_status status = sim_latches_create(tile->system, &s.latches);
	if (status != TS_OK)
		diag_add(diag, E0999, SRC_NOWHERE, "memory is exhausted in the operating point");
	else if (s.latches.n == 0)
		status = sim_operating_point_fixed(tile, lanes, hold, diag);
	else
		status = search(&s, lanes, hold, diag);
	sim_latches_destroy(&s.latches);
	return status;
}

ts_status sim_operating_point(mna_tile *tile, uint32_t lanes, diag_list *diag)
{
	return sim_operating_point_held(tile, lanes, NULL, diag);
}
