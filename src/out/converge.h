/* SPDX-License-Identifier: Apache-2.0
 * How well an ensemble knows a mean: integrated autocorrelation time from multi-tau covariances, and rank-normalised
 * split R-hat.
 */
#ifndef OUT_CONVERGE_H
#define OUT_CONVERGE_H
#include <stddef.h>

/* Covariances of independent groups of trajectories at the lags of reduce_autocorr_get. */
typedef struct converge_groups {
	size_t n_group, n_lag;
	const double *lag;        /* [n_lag], samples */
	const double *weight;     /* [n_group], sum 1; 0: group without data */
	const double *covariance; /* [n_group][n_lag] */
} converge_groups;

/* Integral of the normalised autocorrelation over all lags, -inf..inf, in samples; its standard error between groups
 * (NaN from one); the same of the covariance itself. NaN: the correlation does not decay within the lags, or its terms
 * cancel. */
typedef struct converge_tau {
	double tau, tau_se, integral, integral_se;
	double window; /* lag where the sum ends, samples */
	double geyer;  /* tau by Geyer's initial positive sequence; NaN: it does not end within the lags */
} converge_tau;
void converge_tau_int(const converge_groups *g, converge_tau *out);
/* Weighted mean over groups at one lag, and its standard error between them. */
double converge_mean(const converge_groups *g, size_t lag, double *se);

/* R-hat of n_chain rows of n draws, row i from x + i * stride: halves of chains, normal scores of the pooled ranks, the
 * larger of bulk and folded [Vehtari et al., Bayesian Analysis 16, 667 (2021)]. At most 2^17 draws are used, evenly
 * spaced. Chains with a NaN are left out. NaN: no chain, fewer than 4 draws, or a constant. */
double converge_rhat(const double *x, size_t n_chain, size_t n, size_t stride);
#endif
