/* SPDX-License-Identifier: Apache-2.0
 * Reading what a .trannoise wrapped by a .pbit left in a result file (docs/format-h5.md): the bit's time averages and
 * autocorrelations, the supplies' energies, the first-law residual. Only p1 is indispensable: what else is absent
 * leaves its quantities undetermined. Rows are put in the order of increasing bias.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "extract/data.h"

typedef struct reader {
	const out_file *file;
	diag_list *diag;
	extract_data *data;
	extract_cell *cell;
} reader;

static double number_or(const reader *r, const char *path, const char *name, double otherwise)
{
	double value = otherwise;
	return out_get_attr_number(r->file, path, name, &value, NULL) == TS_OK ? value : otherwise;
}

static void text_attr(const reader *r, const char *path, const char *name, char to[EXTRACT_NAME])
{
	char *text = NULL;
	if (out_get_attr_text(r->file, path, name, &text, NULL) == TS_OK)
		snprintf(to, EXTRACT_NAME, "%s", text);
	alloc_free(text);
}

/* Remember the p-bit of one analysis if it is the one wanted; counts those that fit. */
static ts_status visit(const reader *r, const char *analysis, const char *name, int *n_found)
{
	char bits[DATA_PATH], **member = NULL;
	size_t n = 0;
	snprintf(bits, sizeof bits, "/analyses/%.200s/bit", analysis);
	if (!out_exists(r->file, bits))
		return TS_OK;
	TS_TRY(out_list(r->file, bits, &n, &member, r->diag));
	for (size_t i = 0; i < n; i++) {
		if (name && strcmp(member[i], name) != 0)
			continue;
		if ((*n_found)++ == 0) {
			snprintf(r->data->analysis, DATA_PATH, "/analyses/%.200s", analysis);
			snprintf(r->data->group, DATA_PATH, "%.220s/%.200s", bits, member[i]);
			snprintf(r->cell->name, EXTRACT_NAME, "%s", member[i]);
		}
	}
	alloc_free(member);
	return TS_OK;
}

static ts_status find(const reader *r, const char *name)
{
	char **analysis = NULL;
	size_t n = 0;
	int n_found = 0;
	ts_status status = TS_OK;
	if (out_exists(r->file, "/analyses"))
		status = out_list(r->file, "/analyses", &n, &analysis, r->diag);
	for (size_t i = 0; i < n && status == TS_OK; i++)
		status = visit(r, analysis[i], name, &n_found);
	alloc_free(analysis);
	if (status != TS_OK || n_found == 1 || (name && n_found > 1))
		return status;
	if (n_found)
		diag_add(r->diag, E0604, SRC_NOWHERE, "the file holds %d p-bits: name one of them", n_found);
	else if (name)
		diag_add(r->diag, E0604, SRC_NOWHERE, "the file holds no data of a .pbit '%s'", name);
	else
		diag_add(r->diag, E0604, SRC_NOWHERE, "the file holds no p-bit data: its deck has no .pbit card");
	return TS_IO;
}

static ts_status bad_shape(const reader *r, const char *path)
{
	diag_add(r->diag, E0603, SRC_NOWHERE, "%s has an unusable shape", path);
	return TS_IO;
}

/* Put the rows of `width` numbers of x in the order of increasing bias. */
static ts_status reorder(const extract_data *d, size_t width, double *x)
{
	int is_sorted = 1;
	for (size_t i = 0; i < d->n_bias; i++)
		is_sorted = is_sorted && d->order[i] == i;
	if (is_sorted)
		return TS_OK;
	double *copy = alloc_array(d->n_bias * width, sizeof *copy);
	if (!copy)
		return TS_NOMEM;
	memcpy(copy, x, d->n_bias * width * sizeof *copy);
	for (size_t i = 0; i < d->n_bias; i++)
		memcpy(x + i * width, copy + d->order[i] * width, width * sizeof *copy);
	alloc_free(copy);
	return TS_OK;
}

/* A [n_bias][n][depth] dataset in the order of increasing bias (depth 1: of rank 2). */
static ts_status get_block(const reader *r, const char *path, size_t n, size_t depth, double **x)
{
	size_t dims[4] = {0};
	int rank = 0;
	TS_TRY(out_get(r->file, path, &rank, dims, x, r->diag));
	const int fits =
	    dims[0] == r->data->n_bias && dims[1] == n && (depth == 1 ? rank == 2 : rank == 3 && dims[2] == depth);
	if (!fits)
		return bad_shape(r, path);
	return reorder(r->data, n * depth, *x);
}

static ts_status get_rows(const reader *r, const char *path, size_t depth, double **x)
{
	return get_block(r, path, r->data->n_traj, depth, x);
}

/* order[]: insertion sort of the biases (stable, and few). */
static void sort_bias(extract_data *d, extract_cell *cell)
{
	for (size_t i = 1; i < d->n_bias; i++) {
		const double bias = cell->bias[i];
		const size_t row = d->order[i];
		size_t j = i;
		for (; j > 0 && cell->bias[j - 1] > bias; j--) {
			cell->bias[j] = cell->bias[j - 1];
			d->order[j] = d->order[j - 1];
		}
		cell->bias[j] = bias;
		d->order[j] = row;
	}
}

static ts_status read_bias(const reader *r)
{
	extract_data *d = r->data;
	char path[DATA_PATH + 8];
	double *bias = NULL;
	size_t dims[4] = {0};
	int rank = 0;
	for (size_t i = 0; i < d->n_bias; i++) {
		r->cell->bias[i] = (double)NAN;
		d->order[i] = i;
	}
	snprintf(path, sizeof path, "%s/bias", d->analysis);
	if (!out_exists(r->file, path))
		return d->n_bias == 1 ? TS_OK : bad_shape(r, path);
	ts_status status = out_get(r->file, path, &rank, dims, &bias, r->diag);
	if (status == TS_OK && (rank != 1 || dims[0] != d->n_bias))
		status = bad_shape(r, path);
	if (status == TS_OK) {
		memcpy(r->cell->bias, bias, d->n_bias * sizeof *bias);
		sort_bias(d, r->cell);
	}
	alloc_free(bias);
	return status;
}

static ts_status read_p1(const reader *r)
{
	extract_data *d = r->data;
	char path[DATA_PATH + 8];
	size_t dims[4] = {0};
	int rank = 0;
	snprintf(path, sizeof path, "%s/p1", d->group);
	TS_TRY(out_get(r->file, path, &rank, dims, &d->p1, r->diag));
	if (rank != 2 || !dims[0] || !dims[1] || dims[0] > EXTRACT_MAX_BIAS)
		return bad_shape(r, path);
	d->n_bias = dims[0];
	d->n_traj = dims[1];
	r->cell->n_bias = (int)dims[0];
	TS_TRY(read_bias(r));
	return reorder(d, d->n_traj, d->p1);
}

static ts_status read_autocorrelation(const reader *r)
{
	extract_data *d = r->data;
	char lag[DATA_PATH + 8], path[DATA_PATH + 24];
	size_t dims[4] = {0};
	int rank = 0;
	snprintf(lag, sizeof lag, "%s/lag", d->group);
	snprintf(path, sizeof path, "%s/autocorrelation", d->group);
	if (!out_exists(r->file, lag) || !out_exists(r->file, path))
		return TS_OK;
	TS_TRY(out_get(r->file, lag, &rank, dims, &d->lag, r->diag));
	if (rank != 1 || !dims[0] || dims[0] > DATA_MAX_LAG || d->lag[0] != 0)
		return bad_shape(r, lag);
	for (size_t k = 1; k < dims[0]; k++)
		if (!(d->lag[k] > d->lag[k - 1]))
			return bad_shape(r, lag);
	d->n_lag = dims[0];
	return get_rows(r, path, d->n_lag, &d->raw);
}

/* Add one supply's energies to the total; keep its own while there is room. */
static ts_status add_supply(const reader *r, const char *name)
{
	extract_data *d = r->data;
	char path[DATA_PATH + EXTRACT_NAME];
	double *energy = NULL;
	const size_t n = d->n_bias * d->n_traj;
	snprintf(path, sizeof path, "%s/energy/supply/%.100s", d->analysis, name);
	ts_status status = get_rows(r, path, 1, &energy);
	if (status == TS_OK && !d->total && !(d->total = alloc_array(n, sizeof *d->total)))
		status = TS_NOMEM;
	for (size_t i = 0; i < n && status == TS_OK; i++)
		d->total[i] += energy[i];
	if (status == TS_OK && d->n_supply < EXTRACT_MAX_SUPPLY) {
		snprintf(r->cell->supply_name[d->n_supply], EXTRACT_NAME, "%s", name);
		d->supply[d->n_supply++] = energy;
		energy = NULL;
	}
	alloc_free(energy);
	return status;
}

static ts_status read_supplies(const reader *r)
{
	char group[DATA_PATH + 16], named[DATA_PATH + 16], **name = NULL;
	size_t n = 0;
	snprintf(group, sizeof group, "%s/energy/supply", r->data->analysis);
	snprintf(named, sizeof named, "%s/supply", r->data->group);
	if (!out_exists(r->file, group))
		return TS_OK;
	ts_status status = out_exists(r->file, named) ? out_get_names(r->file, named, &n, &name, r->diag)
	                                              : out_list(r->file, group, &n, &name, r->diag);
	for (size_t i = 0; i < n && status == TS_OK; i++)
		status = add_supply(r, name[i]);
	r->cell->n_supply = r->data->n_supply;
	alloc_free(name);
	return status;
}

static ts_status read_dwell(const reader *r)
{
	static const char *const side[2] = {"low", "high"}, *const whole[3] = {"whole", "whole_time", "whole_square"};
	char out[EXTRACT_NAME] = "", group[DATA_PATH + EXTRACT_NAME], path[DATA_PATH + EXTRACT_NAME + 16];
	text_attr(r, r->data->group, "out", out);
	snprintf(group, sizeof group, "%s/ensemble/dwell/%s", r->data->analysis, out);
	if (!out[0] || !out_exists(r->file, group))
		return TS_OK;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/exits_%s", group, side[i]);
		TS_TRY(get_rows(r, path, 1, &r->data->exits[i]));
		snprintf(path, sizeof path, "%s/time_%s", group, side[i]);
		TS_TRY(get_rows(r, path, 1, &r->data->risk[i]));
		for (int k = 0; k < 3; k++) {
			snprintf(path, sizeof path, "%s/%s_%s", group, whole[k], side[i]);
			if (out_exists(r->file, path))
				TS_TRY(get_rows(r, path, 1, &r->data->whole[i][k]));
		}
	}
	return TS_OK;
}

/* The trajectories that were run again with 2h: row numbers, and what they found. */
static ts_status read_pairs(const reader *r)
{
	extract_data *d = r->data;
	char path[DATA_PATH + 40];
	size_t dims[4] = {0};
	int rank = 0;
	snprintf(path, sizeof path, "%s/companion/trajectory", d->group);
	if (!out_exists(r->file, path))
		return TS_OK;
	TS_TRY(out_get(r->file, path, &rank, dims, &d->pair, r->diag));
	d->n_pair = dims[0];
	for (size_t j = 0; j < d->n_pair; j++)
		if (rank != 1 || !(d->pair[j] >= 0 && d->pair[j] < (double)d->n_traj))
			return bad_shape(r, path);
	snprintf(path, sizeof path, "%s/companion/p1", d->group);
	TS_TRY(get_block(r, path, d->n_pair, 1, &d->p1_coarse));
	snprintf(path, sizeof path, "%s/companion/autocorrelation", d->group);
	return d->n_lag && out_exists(r->file, path) ? get_block(r, path, d->n_pair, d->n_lag, &d->raw_coarse) : TS_OK;
}

static ts_status read_step(const reader *r)
{
	extract_data *d = r->data;
	char path[DATA_PATH + 40];
	TS_TRY(read_pairs(r));
	snprintf(path, sizeof path, "%s/ensemble/discretisation/p", d->analysis);
	if (out_exists(r->file, path))
		TS_TRY(get_block(r, path, 2, 1, &d->p_step));
	snprintf(path, sizeof path, "%s/ensemble/discretisation/power", d->analysis);
	return out_exists(r->file, path) ? get_block(r, path, 2, 1, &d->power_step) : TS_OK;
}

static ts_status read_residual(const reader *r)
{
	char path[DATA_PATH + 24];
	double *x = NULL, worst = (double)NAN;
	snprintf(path, sizeof path, "%s/energy/residual", r->data->analysis);
	if (out_exists(r->file, path))
		TS_TRY(get_rows(r, path, 1, &x));
	for (size_t i = 0; x && i < r->data->n_bias * r->data->n_traj; i++)
		worst = fmax(worst, fabs(x[i])); /* fmax passes over NaN */
	r->cell->residual = worst;
	alloc_free(x);
	return TS_OK;
}

static void read_attributes(const reader *r)
{
	extract_data *d = r->data;
	extract_cell *cell = r->cell;
	text_attr(r, d->group, "deck", cell->deck);
	text_attr(r, d->group, "reading", cell->reading);
	cell->temperature = number_or(r, d->group, "temperature", (double)NAN);
	cell->threshold = number_or(r, d->group, "threshold", (double)NAN);
	cell->v_unit = number_or(r, d->group, "v_unit", 1);
	cell->t_unit = number_or(r, d->group, "t_unit", 1);
	cell->v_unit = cell->v_unit > 0 ? cell->v_unit : 1;
	cell->t_unit = cell->t_unit > 0 ? cell->t_unit : 1;
	d->duration = number_or(r, d->group, "duration", number_or(r, d->analysis, "duration", (double)NAN));
	d->tstep = number_or(r, d->group, "tstep", (double)NAN);
	if (!(number_or(r, d->analysis, "complete", out_is_complete(r->file)) > 0))
		diag_add(r->diag, W0601, SRC_NOWHERE, "cell '%s': %s was interrupted; what it holds is used",
		         cell->name, d->analysis + strlen("/analyses/"));
}

ts_status extract_read(const out_file *file, const char *name, diag_list *diag, extract_data *data, extract_cell *cell)
{
	const reader r = {file, diag, data, cell};
	*data = (extract_data){0};
	memset(cell, 0, sizeof *cell);
	TS_TRY(find(&r, name));
	read_attributes(&r);
	TS_TRY(read_p1(&r));
	TS_TRY(read_autocorrelation(&r));
	if (data->n_lag > 1 && !(data->tstep > 0))
		data->tstep = data->lag[1];
	TS_TRY(read_supplies(&r));
	TS_TRY(read_dwell(&r));
	TS_TRY(read_step(&r));
	return read_residual(&r);
}

void extract_data_free(extract_data *data)
{
	alloc_free(data->p1);
	alloc_free(data->lag);
	alloc_free(data->raw);
	alloc_free(data->total);
	alloc_free(data->p_step);
	alloc_free(data->power_step);
	alloc_free(data->pair);
	alloc_free(data->p1_coarse);
	alloc_free(data->raw_coarse);
	for (int i = 0; i < 2; i++) {
		alloc_free(data->exits[i]);
		alloc_free(data->risk[i]);
		for (int k = 0; k < 3; k++)
			alloc_free(data->whole[i][k]);
	}
	for (int i = 0; i < data->n_supply; i++)
		alloc_free(data->supply[i]);
	*data = (extract_data){0};
}
