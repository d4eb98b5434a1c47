/* SPDX-License-Identifier: Apache-2.0
 * Means over independent trajectories and 95 % intervals: Student's t on the value, or on its logarithm for what is
 * positive by nature. Power = energy / duration.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include "extract/data.h"

double extract_quantile(size_t n)
{
	return n < 2 ? gsl_cdf_ugaussian_Pinv(0.975) : gsl_cdf_tdist_Pinv(0.975, (double)(n - 1));
}

extract_value extract_unknown(void)
{
	return (extract_value){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
}

extract_value extract_symmetric(double value, double se, double quantile)
{
	return (extract_value){value, se, value - quantile * se, value + quantile * se};
}

extract_value extract_positive(double value, double se, double quantile)
{
	const double stretch = exp(quantile * se / value);
	return (extract_value){value, se, value / stretch, value * stretch};
}

double extract_mean(const double *row, size_t n, double *se, size_t *n_used)
{
	double count = 0, mean = 0, m2 = 0;
	for (size_t t = 0; t < n; t++) {
		if (!isfinite(row[t]))
			continue;
		const double delta = row[t] - mean;
		count += 1;
		mean += delta / count;
		m2 += delta * (row[t] - mean);
	}
	*n_used = (size_t)count;
	*se = count > 1 ? sqrt(m2 / (count - 1) / count) : (double)NAN;
	return count > 0 ? mean : (double)NAN;
}

extract_value extract_power(const extract_data *data, const double *energy)
{
	double se = 0;
	size_t n = 0;
	const double mean = extract_mean(energy, data->n_traj, &se, &n);
	return extract_symmetric(mean / data->duration, se / data->duration, extract_quantile(n));
}
