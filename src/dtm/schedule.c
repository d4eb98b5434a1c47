/* SPDX-License-Identifier: Apache-2.0
 * Forward process: keep probabilities, couplings and time grids.
 *
 *   k = (1 + e^{-rate d})/2,   w = -1/2 ln tanh(rate d / 2),   sigma(2w) = k
 *
 * References: Jelincic et al., arXiv 2510.23972 (2025); conventions as in docs/dtm.md.
 */
#include "dtm/schedule.h"
#include <math.h>

void dtm_schedule_make(int n_layer, double rate, dtm_grid_kind kind, dtm_schedule *schedule)
{
	*schedule = (dtm_schedule){.n_layer = n_layer, .rate = rate, .kind = kind};
	for (int i = 0; i <= n_layer && kind != DTM_GRID_GIVEN; i++) {
		const double part = (double)i / n_layer;
		schedule->time[i] = part;
		if (kind == DTM_GRID_LOG)
			schedule->time[i] = i == n_layer ? (double)INFINITY : -log1p(-part);
	}
}

double dtm_keep(double rate, double interval)
{
	return 0.5 * (1 + exp(-rate * interval));
}

double dtm_weight(double rate, double interval)
{
	return isinf(interval) ? 0 : -0.5 * log(tanh(0.5 * rate * interval));
}

double dtm_schedule_keep(const dtm_schedule *schedule, int i)
{
	return dtm_keep(schedule->rate, schedule->time[i]);
}

double dtm_schedule_weight(const dtm_schedule *schedule, int i)
{
	return dtm_weight(schedule->rate, schedule->time[i] - schedule->time[i - 1]);
}

void dtm_schedule_interval(const dtm_schedule *schedule, int i, double *start, double *end)
{
	*start = schedule->time[i - 1] * (1 - schedule->offset);
	*end = schedule->time[i] * (1 + schedule->offset);
}

void dtm_noise(double rate, double interval, philox_key key, uint32_t draw, int n, int8_t *spin)
{
	const double redraw = -expm1(-rate * interval);
	for (int i = 0; i < n; i++) {
		const philox_counter r = philox4x32((philox_counter){{draw, (uint32_t)i, 0, 0}}, key);
		if (philox_uniform(r.v[0], r.v[1]) < redraw)
			spin[i] = r.v[2] & 1 ? 1 : -1;
	}
}
