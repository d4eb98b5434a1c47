/* SPDX-License-Identifier: Apache-2.0
 * Reducers: statistics of one trajectory's sampled signal, updated in O(1), so that an ensemble of 1e9 steps is never
 * stored. Plain structs, one per (trajectory, signal); no allocation; the caller provides the storage.
 */
#ifndef OUT_REDUCE_H
#define OUT_REDUCE_H
#include <stddef.h>
#include <stdint.h>

/* Count, mean, central moments 2..4 (Pebay's one-pass update), extremes. */
typedef struct reduce_moments {
	double n, mean, m2, m3, m4, low, high;
} reduce_moments;
void reduce_moments_add(reduce_moments *r, double x);
double reduce_moments_variance(const reduce_moments *r); /* m2 / n */
void reduce_moments_merge(reduce_moments *into, const reduce_moments *other);

/* Integer histogram on [low, high) with under- and overflow. */
enum { REDUCE_BINS = 128 };
typedef struct reduce_histogram {
	double low, high;
	uint64_t count[REDUCE_BINS + 2];
} reduce_histogram;
void reduce_histogram_add(reduce_histogram *r, double x);

/* Multi-tau autocorrelator: levels of P lags, each level averages 2 samples of the one below
 * [Ramirez et al., J. Chem. Phys. 133, 154103 (2010)]. Lag j of level l is j * 2^l samples. */
enum { REDUCE_LAGS = 16, REDUCE_LEVELS = 20 };
typedef struct reduce_autocorr {
	double shift[REDUCE_LEVELS][REDUCE_LAGS]; /* ring of recent values */
	double sum[REDUCE_LEVELS][REDUCE_LAGS], count[REDUCE_LEVELS][REDUCE_LAGS];
	double accumulator[REDUCE_LEVELS];
	int n_accumulated[REDUCE_LEVELS], head[REDUCE_LEVELS], filled[REDUCE_LEVELS];
	double total, n; /* for the mean */
} reduce_autocorr;
void reduce_autocorr_add(reduce_autocorr *r, double x);
/* Fill lag[] (in samples) and raw <x_i x_{i+lag}> for lags with data; returns how many (<= REDUCE_LEVELS*REDUCE_LAGS).
 */
int reduce_autocorr_get(const reduce_autocorr *r, double *lag, double *value, double *count);

/* Dwell times of two states with hysteresis: x <= low enters the lower core, x >= high the upper one, between them the
 * state is kept; there is none before the first core. Times are in samples. Set low and high, else zeros. */
typedef struct reduce_dwell {
	double low, high;
	int state; /* 0 none, 1 low, 2 high */
	/* Of the low and of the high state; risk: time in it, the unfinished last dwell included. */
	double exits[2], risk[2];
	/* Dwells that both began and ended in sight: their number, sum and sum of squares. */
	double whole[2], sum[2], square[2];
	double run;  /* of the present dwell so far */
	int entered; /* its beginning was seen */
} reduce_dwell;
void reduce_dwell_add(reduce_dwell *r, double x);
#endif
