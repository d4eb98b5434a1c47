/* SPDX-License-Identifier: Apache-2.0
 * Reducers that take one sample of LANES trajectories at a time: the multi-tau correlator of reduce.h and Welch's power
 * spectral density. Rows are [LANES], 64-byte aligned. Plain structs over storage of the caller; nothing allocates.
 * Bits do not depend on the instruction set. A lane that is not finite spoils itself only.
 */
#ifndef OUT_LANES_H
#define OUT_LANES_H
#include "base/lane.h"
#include "out/reduce.h"

/* One level of a correlator: means of 2^level samples. Zeros: empty. */
typedef struct lanes_level {
	double recent[REDUCE_LAGS][LANES] __attribute__((aligned(64))); /* ring: value i is at i % REDUCE_LAGS */
	double first[REDUCE_LAGS][LANES];
	double sum[REDUCE_LAGS][LANES]; /* of products at each lag */
	double total[LANES], half[LANES];
	uint64_t n;
} lanes_level;

/* Levels that n samples reach: those with a pair at lag REDUCE_LAGS / 2. */
int lanes_levels(size_t n_sample);
void lanes_correlate(lanes_level *level, int n_level, const double *x);
/* Means of the products of one lane at each lag, and the covariance of one lane about its own mean, exactly:
 * <(y_i - m)(y_{i+j} - m)> over the pairs of each lag; in the order of reduce_autocorr_get. They return how many lags
 * have data. */
int lanes_products(const lanes_level *level, int n_level, int l, double *value);
int lanes_covariance(const lanes_level *level, int n_level, int l, double *value);

/* Welch: Hann window (periodic), segments that overlap by half. n: samples per segment, a power of two. */
enum { LANES_WELCH_LEAST = 8, LANES_WELCH_MOST = 1 << 16 };
typedef struct lanes_welch {
	size_t n;
	const double *table; /* [2 n], from lanes_welch_table */
	double *recent;      /* [n][LANES] */
	double *work;        /* [n][LANES]; several reducers of a thread may share it */
	double *power;  /* [n/2 + 1][LANES]: sum over segments of |X_k|^2, X the transform of window times samples */
	double *offset; /* [2][LANES]: sum over segments of Re X_0 and Re X_1 */
	size_t filled, n_segment;
} lanes_welch;
void lanes_welch_table(size_t n, double *table);
void lanes_welch_add(lanes_welch *r, const double *x);
/* Segments in a series of n_sample. */
size_t lanes_welch_segments(size_t n, size_t n_sample);
/* One-sided density per |X|^2 of one segment, for samples dt apart. */
double lanes_welch_scale(size_t n, double dt);
/* |X_k|^2 of segments whose samples were not reduced by a constant c, from sums over n_segment of them with it. */
double lanes_welch_recentre(size_t n, int k, double power, double offset, double n_segment, double c);
#endif
