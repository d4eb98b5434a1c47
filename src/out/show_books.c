/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamic figures in `thermospice show`: pairs of value and standard error, [n_bias, 2], below `books`.
 */
#include "out/h5.h"

#include <math.h>
#include "base/alloc.h"
#include "base/number.h"

enum { DIGITS = 5 };

static const char *eng(double value, char text[32])
{
	return isfinite(value) ? number_eng(value, DIGITS, text) : "-";
}

/* One bias point gives value and standard error, several the range of the values. */
static void show_pair(const out_file *file, const char *path, const char *label, FILE *to)
{
	size_t dims[4] = {0};
	int rank = 0;
	double *data = NULL, low = (double)INFINITY, high = -(double)INFINITY;
	char a[32], b[32];
	if (out_get(file, path, &rank, dims, &data, NULL) != TS_OK)
		return;
	for (size_t i = 0; rank == 2 && dims[1] == 2 && i < dims[0]; i++) {
		low = fmin(low, data[2 * i]);
		high = fmax(high, data[2 * i]);
	}
	fprintf(to, "  %-58.58s ", label);
	if (dims[0] == 1)
		fprintf(to, "%12s +- %s\n", eng(data[0], a), eng(data[1], b));
	else
		fprintf(to, "%12s .. %s\n", eng(low, a), eng(high, b));
	alloc_free(data);
}

void h5_show_books(const out_file *file, const char *root, FILE *to)
{
	static const char *const where[] = {"books/tur", "books/ft", "books/ift", "books/jarzynski"};
	for (size_t k = 0; k < sizeof where / sizeof *where; k++) {
		char group[H5_PATH], path[H5_PATH], label[H5_PATH], **name = NULL;
		size_t n = 0;
		h5_path(group, "%s/%s", root, where[k]);
		if (!out_exists(file, group) || out_list(file, group, &n, &name, NULL) != TS_OK)
			continue;
		for (size_t i = 0; i < n; i++) {
			h5_path(path, "%s/%s", group, name[i]);
			h5_path(label, "%s %s", where[k], name[i]);
			show_pair(file, path, label, to);
		}
		alloc_free(name);
	}
}
