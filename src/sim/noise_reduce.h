/* SPDX-License-Identifier: Apache-2.0
 * Correlations, spectra and dwell times of an ensemble, reduced while it runs (private to sim/, part of noise_run.h).
 *
 * Covariances and spectra are kept as sums over groups of trajectories: at most NOISE_GROUPS per bias, each trajectory
 * for itself while there are no more. A group of more than one is a whole number of tiles that one thread takes in
 * order, so sums do not depend on the number of threads. Standard errors are scatter between groups.
 */
#ifndef SIM_NOISE_REDUCE_H
#define SIM_NOISE_REDUCE_H
#include "out/lanes.h"
#include "out/result.h"

enum { NOISE_GROUPS = 128 };

/* [group] is ((signal * n_bias) + bias) * n_group + group. */
typedef struct noise_reduced {
	size_t n_group, per_group; /* per bias; trajectories in each */
	int n_level;
	size_t n_freq;
	double *table;              /* of the transform */
	double *covariance;         /* [group][n_lag] */
	double *power, *offset;     /* [group][n_freq], [group][2]; sums over segments */
	double *exits[2], *risk[2]; /* [n_row]: of the low and the high state; NaN: not computed */
	double *whole[2][3];        /* [n_row]: number, s and s^2 of the dwells that began and ended in sight */
} noise_reduced;

struct noise_run;
typedef struct noise_reducer noise_reducer;

/* Tiles that one thread must take one after the other. */
long noise_tiles_together(long samples);
ts_status noise_reduced_create(struct noise_run *run);
void noise_reduced_destroy(noise_reduced *r);
/* Samples that signal k has: a current by charge lacks the first. */
size_t noise_reduced_samples(const struct noise_run *run, int k);
/* Constant that is taken from samples of signal k at bias b before they are reduced: its value at the start. */
double noise_reduced_reference(const struct noise_run *run, int k, size_t b);
/* noise_ensemble.c: everything above, and the errors of the means, into the file. */
ts_status noise_ensemble_write(const struct noise_run *run, out_file *file);

/* One thread's reducers. Nothing allocates between creation and destruction. */
ts_status noise_reducer_create(struct noise_run *run, noise_reducer **out);
void noise_reducer_destroy(noise_reducer *r);
void noise_reducer_begin(noise_reducer *r, size_t bias);
/* A sample of signal k; of the p-bit's output, whose bit is correlated too. value: [LANES], 64-byte aligned. */
void noise_reducer_signal(noise_reducer *r, int k, const double *value);
void noise_reducer_bit(noise_reducer *r, const double *value);
/* Lane l finished as trajectory `sample`. */
void noise_reducer_put(const noise_reducer *r, int l, size_t sample);
#endif
