/* SPDX-License-Identifier: Apache-2.0
 * Cells in files: group /pbit/<name>. Each quantity is [value, standard error, low, high] of the 95 % interval, one row
 * per bias point where it depends on the bias; plain numbers and texts are attributes of the group (docs/format-h5.md).
 * One table lists them all, so that what is stored is what is loaded, bit for bit.
 */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "extract/cell.h"

enum { WIDTH = 4, STORE_PATH = 400 };

typedef enum extent { ONE, PER_BIAS, PER_SUPPLY } extent;
typedef struct quantity {
	const char *name, *unit;
	size_t offset;
	extent extent;
} quantity;
typedef struct plain {
	const char *name;
	size_t offset;
} plain;

static const quantity quantities[] = {
    {"p", "", offsetof(extract_cell, p), PER_BIAS},
    {"tau", "s", offsetof(extract_cell, tau), PER_BIAS},
    {"tau_int", "s", offsetof(extract_cell, tau_int), PER_BIAS},
    {"power", "W", offsetof(extract_cell, power), PER_BIAS},
    {"dwell_low", "s", offsetof(extract_cell, dwell_low), PER_BIAS},
    {"dwell_high", "s", offsetof(extract_cell, dwell_high), PER_BIAS},
    {"dwell_shape_low", "", offsetof(extract_cell, dwell_shape_low), PER_BIAS},
    {"dwell_shape_high", "", offsetof(extract_cell, dwell_shape_high), PER_BIAS},
    {"p_step", "", offsetof(extract_cell, p_step), PER_BIAS},
    {"tau_step", "s", offsetof(extract_cell, tau_step), PER_BIAS},
    {"power_step", "W", offsetof(extract_cell, power_step), PER_BIAS},
    {"v0", "V", offsetof(extract_cell, v0), ONE},
    {"vs", "V", offsetof(extract_cell, vs), ONE},
    {"worst", "", offsetof(extract_cell, worst), ONE},
    {"probit_v0", "V", offsetof(extract_cell, probit_v0), ONE},
    {"probit_vs", "V", offsetof(extract_cell, probit_vs), ONE},
    {"probit_worst", "", offsetof(extract_cell, probit_worst), ONE},
    {"tau_mid", "s", offsetof(extract_cell, tau_mid), ONE},
    {"power_mid", "W", offsetof(extract_cell, power_mid), ONE},
    {"energy_per_tau", "J", offsetof(extract_cell, energy_per_tau), ONE},
    {"energy_per_bit", "J", offsetof(extract_cell, energy_per_bit), ONE},
    {"supply_power", "W", offsetof(extract_cell, supply_power), PER_SUPPLY},
};
static const plain numbers[] = {
    {"temperature", offsetof(extract_cell, temperature)},
    {"threshold", offsetof(extract_cell, threshold)},
    {"v_unit", offsetof(extract_cell, v_unit)},
    {"t_unit", offsetof(extract_cell, t_unit)},
    {"chi2", offsetof(extract_cell, chi2)},
    {"residual", offsetof(extract_cell, residual)},
};
static const plain integers[] = {{"dof", offsetof(extract_cell, dof)}, {"i_mid", offsetof(extract_cell, i_mid)}};
static const plain texts[] = {{"deck", offsetof(extract_cell, deck)}, {"reading", offsetof(extract_cell, reading)}};

enum {
	N_QUANTITY = sizeof quantities / sizeof *quantities,
	N_NUMBER = sizeof numbers / sizeof *numbers,
	N_INTEGER = sizeof integers / sizeof *integers,
	N_TEXT = sizeof texts / sizeof *texts
};

static void *member(extract_cell *cell, size_t offset)
{
	return (char *)cell + offset;
}

static const void *const_member(const extract_cell *cell, size_t offset)
{
	return (const char *)cell + offset;
}

static size_t n_row(const extract_cell *cell, extent e)
{
	return e == ONE ? 1 : (size_t)(e == PER_BIAS ? cell->n_bias : cell->n_supply);
}

static ts_status store_quantity(out_file *file, const char *group, const quantity *q, const extract_cell *cell,
                                diag_list *diag)
{
	const extract_value *x = const_member(cell, q->offset);
	double data[EXTRACT_MAX_BIAS * WIDTH];
	const size_t n = n_row(cell, q->extent), dims[2] = {n, WIDTH};
	char path[STORE_PATH];
	for (size_t i = 0; i < n; i++) {
		const double row[WIDTH] = {x[i].value, x[i].se, x[i].low, x[i].high};
		memcpy(data + i * WIDTH, row, sizeof row);
	}
	snprintf(path, sizeof path, "%s/%s", group, q->name);
	return n ? out_put(file, path, q->unit, q->extent == ONE ? 1 : 2, q->extent == ONE ? dims + 1 : dims, data,
	                   diag)
	         : TS_OK;
}

static ts_status store_supplies(out_file *file, const char *group, const extract_cell *cell, diag_list *diag)
{
	const char *name[EXTRACT_MAX_SUPPLY];
	char path[STORE_PATH];
	for (int k = 0; k < cell->n_supply; k++)
		name[k] = cell->supply_name[k];
	snprintf(path, sizeof path, "%s/supply", group);
	return cell->n_supply ? out_put_names(file, path, (size_t)cell->n_supply, name, diag) : TS_OK;
}

ts_status extract_store(out_file *file, const extract_cell *cell, diag_list *diag)
{
	char group[STORE_PATH / 2], path[STORE_PATH];
	const size_t n = (size_t)cell->n_bias;
	snprintf(group, sizeof group, "/pbit/%s", cell->name);
	for (int i = 0; i < N_TEXT; i++)
		TS_TRY(out_attr_text(file, group, texts[i].name, const_member(cell, texts[i].offset), diag));
	for (int i = 0; i < N_NUMBER; i++) {
		const double *x = const_member(cell, numbers[i].offset);
		TS_TRY(out_attr_number(file, group, numbers[i].name, *x, diag));
	}
	for (int i = 0; i < N_INTEGER; i++) {
		const int *x = const_member(cell, integers[i].offset);
		TS_TRY(out_attr_number(file, group, integers[i].name, *x, diag));
	}
	snprintf(path, sizeof path, "%s/bias", group);
	TS_TRY(out_put(file, path, "V", 1, &n, cell->bias, diag));
	TS_TRY(store_supplies(file, group, cell, diag));
	for (int i = 0; i < N_QUANTITY; i++)
		TS_TRY(store_quantity(file, group, &quantities[i], cell, diag));
	return TS_OK;
}

static ts_status bad_shape(const char *path, diag_list *diag)
{
	diag_add(diag, E0603, SRC_NOWHERE, "%s has an unusable shape", path);
	return TS_IO;
}

static ts_status load_quantity(const out_file *file, const char *group, const quantity *q, extract_cell *cell,
                               diag_list *diag)
{
	extract_value *x = member(cell, q->offset);
	const size_t n = n_row(cell, q->extent);
	size_t dims[4] = {0};
	double *data = NULL;
	int rank = 0;
	char path[STORE_PATH];
	if (!n)
		return TS_OK;
	snprintf(path, sizeof path, "%s/%s", group, q->name);
	const int is_new = strncmp(q->name, "dwell", 5) == 0 || strstr(q->name, "_step");
	if (is_new && !out_exists(file, path)) { /* files from before there were any */
		for (size_t i = 0; i < n; i++)
			x[i] = (extract_value){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
		return TS_OK;
	}
	TS_TRY(out_get(file, path, &rank, dims, &data, diag));
	const int fits =
	    q->extent == ONE ? rank == 1 && dims[0] == WIDTH : rank == 2 && dims[0] == n && dims[1] == WIDTH;
	for (size_t i = 0; i < n && fits; i++) {
		const double *row = data + i * WIDTH;
		x[i] = (extract_value){row[0], row[1], row[2], row[3]};
	}
	alloc_free(data);
	return fits ? TS_OK : bad_shape(path, diag);
}

static ts_status load_bias(const out_file *file, const char *group, extract_cell *cell, diag_list *diag)
{
	size_t dims[4] = {0};
	double *data = NULL;
	int rank = 0;
	char path[STORE_PATH];
	snprintf(path, sizeof path, "%s/bias", group);
	TS_TRY(out_get(file, path, &rank, dims, &data, diag));
	const int fits = rank == 1 && dims[0] > 0 && dims[0] <= EXTRACT_MAX_BIAS;
	if (fits) {
		cell->n_bias = (int)dims[0];
		memcpy(cell->bias, data, dims[0] * sizeof *data);
	}
	alloc_free(data);
	return fits ? TS_OK : bad_shape(path, diag);
}

static ts_status load_supplies(const out_file *file, const char *group, extract_cell *cell, diag_list *diag)
{
	char path[STORE_PATH], **name = NULL;
	size_t n = 0;
	snprintf(path, sizeof path, "%s/supply", group);
	if (!out_exists(file, path))
		return TS_OK;
	TS_TRY(out_get_names(file, path, &n, &name, diag));
	cell->n_supply = n < EXTRACT_MAX_SUPPLY ? (int)n : EXTRACT_MAX_SUPPLY;
	for (int k = 0; k < cell->n_supply; k++)
		snprintf(cell->supply_name[k], EXTRACT_NAME, "%s", name[k]);
	alloc_free(name);
	return TS_OK;
}

static ts_status load_attributes(const out_file *file, const char *group, extract_cell *cell, diag_list *diag)
{
	for (int i = 0; i < N_TEXT; i++) {
		char *text = NULL;
		TS_TRY(out_get_attr_text(file, group, texts[i].name, &text, diag));
		snprintf(member(cell, texts[i].offset), EXTRACT_NAME, "%s", text);
		alloc_free(text);
	}
	for (int i = 0; i < N_NUMBER; i++)
		TS_TRY(out_get_attr_number(file, group, numbers[i].name, member(cell, numbers[i].offset), diag));
	for (int i = 0; i < N_INTEGER; i++) {
		double x = 0;
		TS_TRY(out_get_attr_number(file, group, integers[i].name, &x, diag));
		if (!(fabs(x) < 1e6))
			return bad_shape(integers[i].name, diag);
		int *to = member(cell, integers[i].offset);
		*to = (int)x;
	}
	if (cell->i_mid >= 0 && cell->i_mid < cell->n_bias)
		return TS_OK;
	return bad_shape("i_mid", diag);
}

/* The name of the only cell, or the check that `name` is there. */
static ts_status choose(const out_file *file, const char *name, extract_cell *cell, diag_list *diag)
{
	char path[STORE_PATH], **found = NULL;
	size_t n = 0;
	if (name)
		snprintf(cell->name, EXTRACT_NAME, "%s", name);
	else if (out_exists(file, "/pbit"))
		TS_TRY(out_list(file, "/pbit", &n, &found, diag));
	if (n == 1)
		snprintf(cell->name, EXTRACT_NAME, "%s", found[0]);
	alloc_free(found);
	snprintf(path, sizeof path, "/pbit/%s", cell->name);
	if (cell->name[0] && out_exists(file, path))
		return TS_OK;
	if (n > 1)
		diag_add(diag, E0604, SRC_NOWHERE, "the file holds %zu cells: name one of them", n);
	else if (name)
		diag_add(diag, E0604, SRC_NOWHERE, "the file holds no cell '%s'", name);
	else
		diag_add(diag, E0604, SRC_NOWHERE, "the file holds no extracted cell");
	return TS_IO;
}

ts_status extract_load(const out_file *file, const char *name, diag_list *diag, extract_cell *cell)
{
	char group[STORE_PATH / 2];
	memset(cell, 0, sizeof *cell);
	TS_TRY(choose(file, name, cell, diag));
	snprintf(group, sizeof group, "/pbit/%s", cell->name);
	TS_TRY(load_bias(file, group, cell, diag));
	TS_TRY(load_attributes(file, group, cell, diag));
	TS_TRY(load_supplies(file, group, cell, diag));
	for (int i = 0; i < N_QUANTITY; i++)
		TS_TRY(load_quantity(file, group, &quantities[i], cell, diag));
	return TS_OK;
}
