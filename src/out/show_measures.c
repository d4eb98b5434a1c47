/* SPDX-License-Identifier: Apache-2.0
 * Measures and Fourier series in `thermospice show`.
 */
#include "out/h5.h"

#include <math.h>
#include "base/alloc.h"
#include "base/number.h"

enum { DIGITS = 6, NAME_WIDTH = 34 };

static const char *eng(double value, char text[32])
{
	return isfinite(value) ? number_eng(value, DIGITS, text) : "-";
}

static void show_measure(const out_file *file, const char *path, const char *label, FILE *to)
{
	size_t dims[4] = {0};
	int rank = 0;
	double *data = NULL, se = 0, n = 0;
	char *unit = NULL, *why = NULL, text[32];
	if (out_get(file, path, &rank, dims, &data, NULL) != TS_OK)
		return;
	out_get_attr_text(file, path, "units", &unit, NULL);
	out_get_attr_text(file, path, "failed", &why, NULL);
	const size_t rows = rank > 0 ? dims[0] : 1;
	for (size_t i = 0; i < rows; i++) {
		fprintf(to, "  %-*.*s %12s %s", NAME_WIDTH, NAME_WIDTH, i ? "" : label, eng(data[i], text),
		        unit ? unit : "");
		if (rows == 1 && out_get_attr_number(file, path, "se", &se, NULL) == TS_OK &&
		    out_get_attr_number(file, path, "n", &n, NULL) == TS_OK)
			fprintf(to, " +- %s (%g trajectories)", eng(se, text), n);
		fprintf(to, why && isnan(data[i]) ? "  failed: %s\n" : "%s\n", why && isnan(data[i]) ? why : "");
	}
	alloc_free(unit);
	alloc_free(why);
	alloc_free(data);
}

void h5_show_measures(const out_file *file, FILE *to)
{
	char **analysis = NULL;
	size_t n = 0;
	if (!out_exists(file, "/measures") || out_list(file, "/measures", &n, &analysis, NULL) != TS_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		char group[H5_PATH], path[H5_PATH], **name = NULL;
		size_t n_name = 0;
		fprintf(to, "\nmeasures of %s\n", analysis[i]);
		h5_path(group, "/measures/%s", analysis[i]);
		if (out_list(file, group, &n_name, &name, NULL) != TS_OK)
			continue;
		for (size_t k = 0; k < n_name; k++)
			show_measure(file, h5_path(path, "%s/%s", group, name[k]), name[k], to);
		alloc_free(name);
	}
	alloc_free(analysis);
}

void h5_show_fourier(const out_file *file, const char *root, FILE *to)
{
	char group[H5_PATH], path[H5_PATH], **name = NULL;
	size_t n = 0;
	h5_path(group, "%s/fourier", root);
	if (!out_exists(file, group) || out_list(file, group, &n, &name, NULL) != TS_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		size_t dims[4] = {0};
		int rank = 0;
		double *data = NULL, thd = (double)NAN;
		char text[32];
		out_get_attr_number(file, h5_path(path, "%s/%s", group, name[i]), "thd", &thd, NULL);
		if (out_get(file, h5_path(path, "%s/%s/magnitude", group, name[i]), &rank, dims, &data, NULL) != TS_OK)
			continue;
		fprintf(to, "  fourier %-*.*s %12s fundamental, THD %.5g %%\n", NAME_WIDTH - 8, NAME_WIDTH - 8, name[i],
		        dims[0] > 1 ? eng(data[1], text) : "-", 100 * thd);
		alloc_free(data);
	}
	alloc_free(name);
}
