/* SPDX-License-Identifier: Apache-2.0
 * NOISE=auto (numerics.md 3, see noise_run.h): which sources are simulated electron by electron.
 *
 * A source that has rates jumps where one of its jumps changes the drop along it by more than COARSE kT/q. All of them
 * jump where a p-bit is asked for whose states are parted by more than HIGH kT, since no Gaussian noise has the right
 * rates then (physics.md 1.10); what that would cost is looked at first. Everything else is Gaussian, read as shifted.
 *
 * The barrier is estimated from the pilot, by the rate at which the bit flips in it and Kramers' law: with lambda the
 * fastest rate, tau the time of the slow mode, B = ln(lambda tau) - PREFACTOR. The bit flips when it passes from one
 * side of a band around the threshold to the other, so that crossings of the barrier's top do not count.
 */
#include <math.h>
#include <stdio.h>
#include "base/alloc.h"
#include "base/phys.h"
#include "sim/noise_auto.h"

static const double COARSE = 0.03;   /* kT/q */
static const double HIGH = 5;        /* kT */
static const double PREFACTOR = 2.2; /* of the latch (physics.md 2.4), between 1 and 6 kT */
static const double BAND = 0.2;      /* half width of the band, part of half the bit's range */
static const double COSTLY = 300;    /* jumps per step of the Gaussian run */
static const double ENOUGH = 16;     /* flips */
enum { WATCH_STEPS = 4096, LONG_STEPS = 32768 };

typedef struct watch {
	double flips, time; /* time of all lanes, s */
} watch;

/* Step a bias for `steps` steps and count flips; stops early when there are enough. */
static ts_status watch_bias(const noise_run *run, noise_pilot_tools *p, size_t b, int steps, watch *w)
{
	const double half = BAND * 0.5 * (p->bit_high - p->bit_low), h = p->step;
	int side[LANES] = {0};
	*w = (watch){0};
	TS_TRY(noise_place(run, p->tile, b));
	for (int l = 0; l < LANES; l++)
		p->trajectory[l] = noise_trajectory(run, b, l);
	noise_stream_begin(p->stream, run->seed, PHILOX_START, p->trajectory);
	uint32_t failed = sde_begin(p->work, 0);
	for (uint64_t n = 0; n < (uint64_t)steps && !failed && w->flips < ENOUGH; n++) {
		noise_stream_step(p->stream, n);
		failed = sde_step(p->work, h, p->stream->xi, p->stream->xi_next);
		for (int l = 0; l < LANES && !failed; l++) {
			const double v = sim_signal_value(&run->bit, p->tile, l) - run->threshold;
			const int now = v > half ? 1 : v < -half ? -1 : side[l];
			w->flips += side[l] && now != side[l];
			side[l] = now;
		}
		w->time += h * LANES;
	}
	return TS_OK;
}

/* run->choice.barrier: an estimate, or a lower bound when no flip was seen; NaN: no p-bit. */
static ts_status find_barrier(noise_run *run, noise_pilot_tools *p)
{
	watch best = {0}, w;
	size_t at = run->n_bias / 2;
	run->choice.barrier = (double)NAN;
	if (!run->pbit || !(p->rate > 0))
		return TS_OK;
	for (size_t i = 0; i < p->n_bias && best.flips < ENOUGH; i++) {
		const size_t b = p->n_bias > 1 ? i * (run->n_bias - 1) / (p->n_bias - 1) : 0;
		TS_TRY(watch_bias(run, p, b, WATCH_STEPS, &w));
		if (w.time > 0 && (best.time == 0 || w.flips * best.time > best.flips * w.time)) {
			best = w;
			at = b;
		}
	}
	if (best.flips < ENOUGH) {
		TS_TRY(watch_bias(run, p, at, LONG_STEPS, &w));
		best = w.time > best.time ? w : best;
	}
	run->choice.seen = best.flips > 0;
	run->choice.barrier = log(p->rate * best.time / (2 * fmax(best.flips, 0.5))) - PREFACTOR;
	return TS_OK;
}

/* Grain of every source that has rates, and what all of them would cost. */
static void look_at_sources(noise_run *run, const noise_pilot_tools *p)
{
	noise_choice *c = &run->choice;
	for (int k = 0; k < sde_plan_n_source(run->plan); k++) {
		double drop, per_second;
		const int instance = sde_source_instance(run->plan, k);
		const double u = phys_ut(run->system->circuit->instance[instance].temperature);
		sde_source_jumps(p->work, k, &drop, &per_second);
		if (!(per_second > 0))
			continue;
		c->able[instance] = 1;
		c->n_able++;
		c->grain = fmax(c->grain, drop / u);
		if (drop / u > COARSE)
			c->jumps[instance] = 1;
		c->cost += per_second * run->grid.h;
	}
}

static void describe(noise_run *run)
{
	noise_choice *c = &run->choice;
	char barrier[64] = "";
	c->n_jump = 0;
	for (int i = 0; i < run->system->circuit->n_instance; i++)
		c->n_jump += c->jumps[i];
	if (c->n_able == 0) {
		snprintf(c->text, sizeof c->text, "no white source has electron rates, all are Gaussian, read as shifted");
		return;
	}
	const char *why = c->n_jump == 0 ? "" : c->grain > COARSE ? ": charge is coarse" : ": the barrier is high";
	if (!isnan(c->barrier))
		snprintf(barrier, sizeof barrier, ", barrier %s %.1f kT", c->seen ? "about" : "above", c->barrier);
	snprintf(c->text, sizeof c->text,
	         "%d of %d sources with electron rates jump, the others are shifted%s (largest jump %.2g kT/q%s)",
	         c->n_jump, c->n_able, why, c->grain, barrier);
}

ts_status noise_choose(noise_run *run, noise_pilot_tools *p)
{
	noise_choice *c = &run->choice;
	const size_t n = (size_t)run->system->circuit->n_instance + 1;
	c->jumps = alloc_array(n, 1);
	c->able = alloc_array(n, 1);
	if (!c->jumps || !c->able)
		return TS_NOMEM;
	look_at_sources(run, p);
	TS_TRY(find_barrier(run, p));
	const int high = c->barrier > HIGH, possible = sde_plan_takes_jumps(run->plan);
	for (size_t i = 0; i < n; i++) {
		const int wanted = c->jumps[i] || (high && c->cost <= COSTLY && c->able[i]);
		c->jumps[i] = (uint8_t)(wanted && possible);
	}
	describe(run);
	if (high && c->n_jump < c->n_able + (c->n_able == 0))
		diag_add(run->diag, W0504, run->request->span,
		         "a barrier %s %.1f kT is crossed with Gaussian noise: its rates are too high (%s)",
		         c->seen ? "of about" : "above", c->barrier,
		         c->n_able == 0 ? "no source has electron rates"
		         : !possible
		             ? "an ideal voltage floats between two nodes"
		             : "electron by electron it would cost more than 300 jumps per step: ask for .jump");
	return TS_OK;
}
