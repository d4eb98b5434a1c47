/* SPDX-License-Identifier: Apache-2.0
 * Normal deviates of an ensemble's steps (see noise_run.h). Blocks of four steps are made at once for each source and
 * dealt out step by step. A step that a corner of a waveform splits takes its own normals for the first part; the other
 * parts have a stream of their own, numbered 16 n + j, so that splitting disturbs no later step.
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "base/gauss.h"
#include "sim/noise_run.h"

enum { BLOCK = 4, PARTS = 16 };

ts_status noise_stream_create(const sde_plan *plan, const sde_options *options, noise_stream *s)
{
	const size_t row = (size_t)sde_plan_n_source(plan) * LANES;
	*s = (noise_stream){.plan = plan, .block = UINT64_MAX, .wants_next = options->method == SIM_LM};
	double *all = alloc_array(2 * BLOCK * row + 2 * row, sizeof *all);
	if (!all)
		return TS_NOMEM;
	s->now = all;
	s->next = all + BLOCK * row;
	s->xi = all + 2 * BLOCK * row;
	s->xi_next = s->xi + row;
	return TS_OK;
}

void noise_stream_destroy(noise_stream *s)
{
	alloc_free(s->now < s->next ? s->now : s->next);
	*s = (noise_stream){0};
}

void noise_stream_begin(noise_stream *s, uint64_t seed, philox_purpose purpose, const uint32_t *trajectory)
{
	s->key = philox_make_key(seed, purpose);
	s->split = philox_make_key(seed, PHILOX_SPLIT);
	s->trajectory = trajectory;
	s->block = UINT64_MAX;
}

static void fill(noise_stream *s, uint64_t block, double *to)
{
	for (int k = 0; k < sde_plan_n_source(s->plan); k++)
		gauss_block(s->key, block, sde_source_id(s->plan, k), s->trajectory, to + k * BLOCK * LANES);
}

static void enter_block(noise_stream *s, uint64_t block)
{
	if (s->block == block)
		return;
	if (s->wants_next && s->block + 1 == block && block > 0) {
		double *const old = s->now;
		s->now = s->next;
		s->next = old;
	} else {
		fill(s, block, s->now);
	}
	if (s->wants_next)
		fill(s, block + 1, s->next);
	s->block = block;
}

static void deal(const noise_stream *s, const double *from, unsigned step, double *to)
{
	for (int k = 0; k < sde_plan_n_source(s->plan); k++)
		memcpy(to + k * LANES, from + ((size_t)k * BLOCK + step) * LANES, LANES * sizeof *to);
}

void noise_stream_step(noise_stream *s, uint64_t n)
{
	const unsigned step = n % BLOCK;
	enter_block(s, n / BLOCK);
	deal(s, s->now, step, s->xi);
	if (s->wants_next)
		deal(s, step + 1 < BLOCK ? s->now : s->next, (step + 1) % BLOCK, s->xi_next);
}

void noise_stream_coarse_next(noise_stream *s, uint64_t n)
{
	const size_t from = (n + 2) % BLOCK;
	const double *block = from ? s->now : s->next;
	for (int k = 0; k < sde_plan_n_source(s->plan); k++) {
		const double *a = block + ((size_t)k * BLOCK + from) * LANES, *b = a + LANES;
		for (int l = 0; l < LANES; l++)
			s->xi_next[k * LANES + l] = sqrt(0.5) * (a[l] + b[l]);
	}
}

void noise_stream_part(noise_stream *s, uint64_t n, unsigned j)
{
	for (int k = 0; k < sde_plan_n_source(s->plan); k++)
		for (int l = 0; l < LANES; l++)
			s->xi[k * LANES + l] =
			    gauss_one(s->split, n * PARTS + j % PARTS, sde_source_id(s->plan, k), s->trajectory[l]);
}
