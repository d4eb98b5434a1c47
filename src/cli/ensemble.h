/* SPDX-License-Identifier: Apache-2.0
 * Estimates over the trajectories of a .trannoise in a result file, with standard errors from the scatter between
 * trajectories (their samples are correlated in time, the trajectories are independent).
 */
#ifndef CLI_ENSEMBLE_H
#define CLI_ENSEMBLE_H
#include "out/result.h"

typedef struct cli_estimate {
	double value, se;
	size_t n; /* trajectories */
} cli_estimate;

/* Rows of a [n_bias, samples] dataset; NaN rows (not computed) are skipped. */
typedef struct cli_rows {
	size_t n_bias, n;
	double *data;
} cli_rows;

ts_status cli_rows_get(const out_file *file, const char *path, cli_rows *rows, diag_list *diag);
void cli_rows_free(cli_rows *rows);
/* Mean over the trajectories of one bias row. */
cli_estimate cli_rows_mean(const cli_rows *rows, size_t i_bias);
/* Unbiased variance over the trajectories, SE sqrt(2/(n-1)) of it (normal). */
cli_estimate cli_rows_variance(const cli_rows *rows, size_t i_bias);
/* Mean of a signal and its variance about it, pooled over time and trajectories, first bias row. */
ts_status cli_ensemble_estimates(const out_file *file, const char *analysis, const char *signal, cli_estimate *mean,
                                 cli_estimate *variance, diag_list *diag);
#endif
