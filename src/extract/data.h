/* SPDX-License-Identifier: Apache-2.0
 * Private to extract/: what a .pbit left in a result file, and the estimators that turn it into a cell.
 * All [n_bias][n_traj] arrays are in the order of increasing bias. A trajectory that did not finish is NaN.
 */
#ifndef EXTRACT_DATA_H
#define EXTRACT_DATA_H
#include "extract/cell.h"

enum { DATA_PATH = 512, DATA_MAX_LAG = 400 };

typedef struct extract_data {
	char analysis[DATA_PATH], group[DATA_PATH]; /* "/analyses/n1", "/analyses/n1/bit/cell" */
	size_t n_bias, n_traj, n_lag;
	size_t order[EXTRACT_MAX_BIAS]; /* row in the file of each bias point */
	double *p1;                     /* [n_bias][n_traj] */
	double *lag;                    /* [n_lag], s, increasing */
	double *raw;                    /* [n_bias][n_traj][n_lag], mean of b(t) b(t + lag); NULL when absent */
	double duration, tstep;         /* s; NaN when absent */
	int n_supply;
	double *supply[EXTRACT_MAX_SUPPLY]; /* [n_bias][n_traj], J */
	double *total;                      /* [n_bias][n_traj], J, all supplies; NULL when absent */
	/* Of the companion (docs/format-h5.md), NULL when absent: Q_h - Q_2h and its error, [n_bias][2]; the n_pair
	 * trajectories it has, their p1 [n_bias][n_pair] and raw [n_bias][n_pair][n_lag] with steps of 2h. */
	double *p_step, *power_step;
	size_t n_pair;
	double *pair, *p1_coarse, *raw_coarse;
	double *exits[2], *risk[2]; /* [n_bias][n_traj] of the low and the high state, risk in s; NULL when absent */
	double *whole[2][3];        /* [n_bias][n_traj] number, s, s^2 of the dwells seen whole; NULL when absent */
} extract_data;

/* Find .pbit `name` (NULL: the only one), read its arrays, and fill the cell's texts, units, biases and residual. */
ts_status extract_read(const out_file *file, const char *name, diag_list *diag, extract_data *data, extract_cell *cell);
void extract_data_free(extract_data *data);

/* Quantile of Student's t for a two-sided 95 % interval from n independent trajectories (normal for n < 2). */
double extract_quantile(size_t n);
/* value, se and value -+ quantile * se; on the logarithm for a quantity that is positive by nature. */
extract_value extract_symmetric(double value, double se, double quantile);
extract_value extract_positive(double value, double se, double quantile);
extract_value extract_unknown(void);
/* Mean of the finite entries of row[n] and its standard error from their scatter (NaN from one). */
double extract_mean(const double *row, size_t n, double *se, size_t *n_used);

/* P(1), tau, tau_int and power of bias point i. */
ts_status extract_bias(const extract_data *data, size_t i, extract_cell *cell);
/* tau of bias point i of `data`, and what each trajectory contributes to its error: influence[n_traj]. */
ts_status extract_tau(const extract_data *data, size_t i, double *influence, double *tau);
/* How P(1), tau and power of bias point i change with the step. */
ts_status extract_step(const extract_data *data, size_t i, extract_cell *cell);
/* Dwell times of both states at bias point i. */
void extract_dwell(const extract_data *data, size_t i, extract_cell *cell);
/* J per trajectory in energy[n_traj] of one bias row as W. */
extract_value extract_power(const extract_data *data, const double *energy);

/* A law P = F(b + a u), u = (V - middle) / half: logistic or normal distribution function. */
typedef enum fit_law { FIT_LOGISTIC, FIT_PROBIT } fit_law;
typedef struct fit_points {
	int n;
	double tolerance; /* relative, of a and b */
	double u[EXTRACT_MAX_BIAS], p[EXTRACT_MAX_BIAS], variance[EXTRACT_MAX_BIAS];
} fit_points;
typedef struct fit_result {
	double a, b;
	double chi2; /* sum of (P - F)^2 / variance */
} fit_result;
/* F(z) and its derivative. */
double extract_law(fit_law law, double z, double *slope);
/* Weighted least squares from a start; TS_NUMERIC when it does not converge. */
ts_status extract_fit(fit_law law, const fit_points *points, fit_result *fit);
/* v0, vs, worst, chi2 of both laws with bootstrap intervals over trajectories; W0602 when not determined. */
ts_status extract_sigmoids(const extract_data *data, diag_list *diag, extract_cell *cell);
#endif
