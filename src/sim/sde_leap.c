/* SPDX-License-Identifier: Apache-2.0
 * Jumps by leaps (METHOD=leap), a check of the exact simulation by other means: in a stretch of time d every channel
 * jumps Poisson(l(x) d/2) times, which leads to y, and then Poisson((2 l(y) - l(x))+ d/2) times [Anderson & Koyama,
 * Multiscale Model. Simul. 10, 1493 (2012), theta = 1/2]: of weak order two, where leaps with the rates of a midpoint
 * have variances of order one. Detailed balance is lost beyond that order, and steps beyond the circuit's relaxation
 * time make it worthless. Numbers are drawn by inversion of the distribution function, in parts of a mean of at most
 * MOST_MEAN, whose sum has the same law.
 */
#include <math.h>
#include <string.h>
#include "sim/sde_impl.h"

static const double MOST_MEAN = 16, MOST_COUNT = 1e6;

static double next_uniform(sde_work *w, int l)
{
	const uint64_t n = w->draw[l]++;
	const philox_counter at = {{(uint32_t)n, w->trajectory[l], 0, (uint32_t)(n >> 32)}};
	const philox_counter bits = philox4x32(at, w->key);
	return philox_uniform(bits.v[0], bits.v[1]);
}

static double poisson_part(double mean, double u)
{
	double term = exp(-mean), sum = term, n = 0;
	while (sum < u && term > 0) {
		n += 1;
		term *= mean / n;
		sum += term;
	}
	return n;
}

static double poisson(sde_work *w, int l, double mean)
{
	const double parts = ceil(mean / MOST_MEAN);
	double n = 0;
	for (double k = 0; k < parts; k++)
		n += poisson_part(mean / parts, next_uniform(w, l));
	return n;
}

/* Jump `factor` rate[] - before[] times half the duration in the mean; lanes in which that is no sensible number. */
static uint32_t half_leap(sde_work *w, double half, double factor, const double *before)
{
	const sde_plan *p = w->plan;
	uint32_t bad = 0;
	for (int l = 0; l < LANES; l++)
		for (int c = 0; c < 2 * p->n_jump; c++) {
			const double less = before ? before[c * LANES + l] : 0;
			const double mean = fmax(factor * w->rate[c * LANES + l] - less, 0) * half;
			if (!(mean < MOST_COUNT)) {
				bad |= 1u << l;
				break;
			}
			sde_move_packets(w, c, poisson(w, l, mean), l);
		}
	return bad;
}

uint32_t sde_leap(sde_work *w, const sde_jump_table *table, double duration)
{
	const sde_plan *p = w->plan;
	const double half = 0.5 * duration / (p->options.scale * p->options.scale);
	table->rates(w);
	memcpy(w->rate0, w->rate, (size_t)(2 * p->n_jump) * LANES * sizeof *w->rate);
	uint32_t bad = half_leap(w, half, 1, NULL);
	table->rates(w);
	return bad | half_leap(w, half, 2, w->rate0);
}
