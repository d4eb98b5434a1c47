/* SPDX-License-Identifier: Apache-2.0
 * Estimates over trajectories (see ensemble.h). With time averages m_i and central moments s_i of trajectory i and
 * M = <m_i>, the pooled variance is <z_i>, z_i = s_i + (m_i - M)^2, and the scatter of z_i gives its standard error.
 */
#include <math.h>
#include <stdio.h>
#include "base/alloc.h"
#include "cli/ensemble.h"

ts_status cli_rows_get(const out_file *file, const char *path, cli_rows *rows, diag_list *diag)
{
	size_t dims[4] = {0};
	int rank = 0;
	*rows = (cli_rows){0};
	TS_TRY(out_get(file, path, &rank, dims, &rows->data, diag));
	rows->n_bias = rank > 1 ? dims[0] : 1;
	rows->n = rank > 1 ? dims[1] : dims[0];
	return TS_OK;
}

void cli_rows_free(cli_rows *rows)
{
	alloc_free(rows->data);
	*rows = (cli_rows){0};
}

cli_estimate cli_rows_mean(const cli_rows *rows, size_t i_bias)
{
	const double *x = rows->data + i_bias * rows->n;
	cli_estimate e = {0};
	double square = 0;
	for (size_t i = 0; i < rows->n; i++)
		if (!isnan(x[i])) {
			e.n++;
			const double d = x[i] - e.value;
			e.value += d / (double)e.n;
			square += d * (x[i] - e.value);
		}
	const double n = (double)e.n;
	e.se = e.n > 1 ? sqrt(square / (n - 1) / n) : (double)NAN;
	e.value = e.n ? e.value : (double)NAN;
	return e;
}

cli_estimate cli_rows_variance(const cli_rows *rows, size_t i_bias)
{
	cli_estimate e = cli_rows_mean(rows, i_bias);
	const double n = (double)e.n;
	e.value = e.se * e.se * n;
	e.se = e.n > 1 ? e.value * sqrt(2 / (n - 1)) : (double)NAN;
	return e;
}

ts_status cli_ensemble_estimates(const out_file *file, const char *analysis, const char *signal, cli_estimate *mean,
                                 cli_estimate *variance, diag_list *diag)
{
	char path[400];
	cli_rows m, s;
	snprintf(path, sizeof path, "/analyses/%s/ensemble/mean/%s", analysis, signal);
	TS_TRY(cli_rows_get(file, path, &m, diag));
	snprintf(path, sizeof path, "/analyses/%s/ensemble/variance/%s", analysis, signal);
	const ts_status status = cli_rows_get(file, path, &s, diag);
	if (status == TS_OK) {
		*mean = cli_rows_mean(&m, 0);
		for (size_t i = 0; i < s.n && i < m.n; i++)
			s.data[i] += (m.data[i] - mean->value) * (m.data[i] - mean->value);
		*variance = cli_rows_mean(&s, 0);
	}
	cli_rows_free(&m);
	cli_rows_free(&s);
	return status;
}
