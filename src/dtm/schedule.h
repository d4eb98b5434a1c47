/* SPDX-License-Identifier: Apache-2.0
 * Forward (noising) process of a denoising thermodynamic model on spins +-1 (docs/dtm.md).
 *
 * Every spin is redrawn from a fair coin at rate `rate`, so over an interval d it keeps its value with probability
 *   k = (1 + e^{-rate d}) / 2 = sigma(G),   G = -ln tanh(rate d / 2),
 * and the reverse step carries the coupling w = G/2 between a spin and its noisier twin: energy -w x^t x^{t-1}.
 * Convention: the exponent is -rate d, not -2 rate d (rate per target value), which differs by a factor 2 for spins.
 * Time grids over i/T: logarithmic t_i = -ln(1 - i/T), whose last time is infinite, or linear t_i = i/T.
 */
#ifndef DTM_SCHEDULE_H
#define DTM_SCHEDULE_H
#include <stdint.h>
#include "base/philox.h"

enum { DTM_MAX_LAYER = 64 };
typedef enum dtm_grid_kind { DTM_GRID_LOG, DTM_GRID_LINEAR, DTM_GRID_GIVEN } dtm_grid_kind;

typedef struct dtm_schedule {
	int n_layer;                 /* T */
	double rate;                 /* per unit time */
	double offset;               /* delta: training data are noised to t_start(1-delta), t_end(1+delta) */
	dtm_grid_kind kind;
	double time[DTM_MAX_LAYER + 1]; /* [n_layer + 1], time[0] = 0, may end in INFINITY */
} dtm_schedule;

/* n_layer in 1..DTM_MAX_LAYER; DTM_GRID_GIVEN leaves time[] to the caller. offset = 0. */
void dtm_schedule_make(int n_layer, double rate, dtm_grid_kind kind, dtm_schedule *schedule);
/* Probability that a spin keeps its value over `interval` (may be INFINITY: one half). */
double dtm_keep(double rate, double interval);
/* Coupling w = G/2 of a step over `interval`; 0 for INFINITY. */
double dtm_weight(double rate, double interval);
/* Keep probability from time 0 to time[i]; coupling of layer i = 1..T, which leads from time[i] back to time[i-1]. */
double dtm_schedule_keep(const dtm_schedule *schedule, int i);
double dtm_schedule_weight(const dtm_schedule *schedule, int i);
/* Times training data of layer i are noised to, offset included. */
void dtm_schedule_interval(const dtm_schedule *schedule, int i, double *start, double *end);
/* Noise n spins in place over `interval`: redraw each with probability 1 - e^{-rate interval}. The bits are addressed by
 * (key, draw, spin). */
void dtm_noise(double rate, double interval, philox_key key, uint32_t draw, int n, int8_t *spin);
#endif
