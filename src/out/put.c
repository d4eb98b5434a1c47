/* SPDX-License-Identifier: Apache-2.0
 * Writing datasets and attributes. Numbers are stored as little-endian doubles; a dataset of more than 4096 elements is
 * chunked (at most 64 Ki elements, whole rows first), shuffled and deflated, which halves typical noise traces.
 * A dataset written again with the same shape keeps its attributes and scales; with another shape it is replaced.
 */
#include "out/h5.h"

#include <math.h>
#include <string.h>
#include "base/alloc.h"

enum { LARGE = 4096, CHUNK = 65536, DEFLATE_LEVEL = 4 };

const char *h5_path(char path[H5_PATH], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(path, H5_PATH, format, args);
	va_end(args);
	return path;
}

int h5_exists(const out_file *file, const char *path)
{
	char part[H5_PATH];
	const size_t n = strlen(path);
	if (n >= sizeof part)
		return 0;
	/* H5Lexists needs every group above to exist, so it is asked component by component. */
	for (size_t i = 1; i <= n; i++) {
		if (i < n && path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (strspn(part, "/") == i)
			continue;
		if (H5Lexists(file->id, part, H5P_DEFAULT) <= 0) {
			h5_forget();
			return 0;
		}
	}
	return 1;
}

ts_status h5_make_groups(const out_file *file, const char *path, int whole, diag_list *diag)
{
	char part[H5_PATH];
	const size_t n = strlen(path);
	if (n >= sizeof part)
		return h5_fail(file, diag, "path too long: %.60s...", path);
	const hid_t create = H5Pcreate(H5P_GROUP_CREATE);
	H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
	ts_status status = TS_OK;
	for (size_t i = 1; i <= n && status == TS_OK; i++) {
		if (i < n ? path[i] != '/' : !whole)
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (h5_exists(file, part))
			continue;
		const hid_t group = H5Gcreate2(file->id, part, H5P_DEFAULT, create, H5P_DEFAULT);
		if (group < 0)
			status = h5_fail(file, diag, "cannot create group %s", part);
		else
			H5Gclose(group);
	}
	H5Pclose(create);
	return status;
}

hid_t h5_string_type(size_t n)
{
	const hid_t type = H5Tcopy(H5T_C_S1);
	H5Tset_size(type, n + 1);
	H5Tset_cset(type, H5T_CSET_UTF8);
	return type;
}

static herr_t write_attr(hid_t object, const char *name, hid_t type, hid_t space, const void *value)
{
	if (H5Aexists(object, name) > 0 && H5Adelete(object, name) < 0)
		return -1;
	const hid_t attr = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
	if (attr < 0)
		return -1;
	const herr_t bad = H5Awrite(attr, type, value);
	return H5Aclose(attr) < 0 ? -1 : bad;
}

herr_t h5_write_text_attr(hid_t object, const char *name, const char *value)
{
	const hid_t type = h5_string_type(strlen(value)), space = H5Screate(H5S_SCALAR);
	const herr_t bad = write_attr(object, name, type, space, value);
	H5Sclose(space);
	H5Tclose(type);
	return bad;
}

herr_t h5_write_attr(hid_t object, const char *name, hid_t type, size_t n, const void *value)
{
	const hsize_t dim = n;
	const hid_t space = n ? H5Screate_simple(1, &dim, NULL) : H5Screate(H5S_SCALAR);
	const herr_t bad = write_attr(object, name, type, space, value);
	H5Sclose(space);
	return bad;
}

/* Whole rows first: the last dimension fills the chunk, then those before it as far as they fit. */
static void chunk_shape(int rank, const hsize_t *dim, hsize_t *chunk)
{
	hsize_t left = CHUNK;
	for (int i = rank - 1; i >= 0; i--) {
		chunk[i] = dim[i] < left ? dim[i] : left;
		chunk[i] = chunk[i] ? chunk[i] : 1;
		left /= chunk[i];
		left = left ? left : 1;
	}
}

static hid_t creation_list(int rank, const hsize_t *dim, const hsize_t *chunk)
{
	const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
	hsize_t total = 1, shape[H5_MAX_RANK];
	for (int i = 0; i < rank; i++)
		total *= dim[i];
	if (!chunk && total <= LARGE)
		return list;
	if (chunk)
		memcpy(shape, chunk, (size_t)rank * sizeof *shape);
	else
		chunk_shape(rank, dim, shape);
	H5Pset_chunk(list, rank, shape);
	H5Pset_shuffle(list);
	if (H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0)
		H5Pset_deflate(list, DEFLATE_LEVEL);
	return list;
}

static int same_shape(hid_t set, int rank, const hsize_t *dim)
{
	hsize_t have[H5S_MAX_RANK];
	const hid_t space = H5Dget_space(set);
	int same = H5Sget_simple_extent_ndims(space) == rank;
	if (same && rank > 0) {
		H5Sget_simple_extent_dims(space, have, NULL);
		same = memcmp(have, dim, (size_t)rank * sizeof *dim) == 0;
	}
	H5Sclose(space);
	return same;
}

/* An existing dataset of this shape, or a new one. list: creation properties. */
static hid_t open_or_create(const out_file *file, const char *path, int rank, const hsize_t *dim, hid_t list)
{
	if (h5_exists(file, path)) {
		const hid_t old = H5Dopen2(file->id, path, H5P_DEFAULT);
		if (old >= 0 && same_shape(old, rank, dim))
			return old;
		if (old >= 0)
			H5Dclose(old);
		if (H5Ldelete(file->id, path, H5P_DEFAULT) < 0)
			return -1;
	}
	const hid_t space = rank ? H5Screate_simple(rank, dim, NULL) : H5Screate(H5S_SCALAR);
	const hid_t set = H5Dcreate2(file->id, path, H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
	H5Sclose(space);
	return set;
}

ts_status out_put(out_file *file, const char *path, const char *unit, int rank, const size_t *dims, const double *data,
                  diag_list *diag)
{
	hsize_t dim[H5_MAX_RANK] = {0};
	if (rank < 0 || rank > H5_MAX_RANK)
		return h5_fail(file, diag, "%s: rank %d is not between 0 and %d", path, rank, H5_MAX_RANK);
	for (int i = 0; i < rank; i++)
		dim[i] = dims[i];
	TS_TRY(h5_make_groups(file, path, 0, diag));
	const hid_t list = creation_list(rank, dim, NULL);
	const hid_t set = open_or_create(file, path, rank, dim, list);
	H5Pclose(list);
	if (set < 0)
		return h5_fail(file, diag, "cannot create %s", path);
	herr_t bad = H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
	if (bad >= 0 && unit)
		bad = h5_write_text_attr(set, "units", unit);
	ts_status status = bad < 0 ? h5_fail(file, diag, "cannot write %s", path) : TS_OK;
	if (H5Dclose(set) < 0 && status == TS_OK)
		status = h5_fail(file, diag, "cannot write %s", path);
	return status;
}

ts_status out_put_scalar(out_file *file, const char *path, const char *unit, double value, diag_list *diag)
{
	return out_put(file, path, unit, 0, NULL, &value, diag);
}

ts_status out_stream_create(out_file *file, const char *path, const char *unit, size_t n_row, size_t n_col,
                            diag_list *diag)
{
	const hsize_t dim[2] = {n_row, n_col}, chunk[2] = {1, n_col < 1 ? 1 : n_col < CHUNK ? n_col : CHUNK};
	const double hole = (double)NAN;
	TS_TRY(h5_make_groups(file, path, 0, diag));
	if (h5_exists(file, path) && H5Ldelete(file->id, path, H5P_DEFAULT) < 0)
		return h5_fail(file, diag, "cannot replace %s", path);
	/* Rows shorter than a few hundred bytes are not worth a chunk each. */
	const hid_t list = creation_list(2, dim, n_col >= 64 ? chunk : NULL);
	H5Pset_fill_value(list, H5T_NATIVE_DOUBLE, &hole);
	H5Pset_fill_time(list, H5D_FILL_TIME_ALLOC);
	const hid_t set = open_or_create(file, path, 2, dim, list);
	H5Pclose(list);
	const herr_t bad = set < 0 ? -1 : h5_write_text_attr(set, "units", unit ? unit : "");
	const ts_status status = bad < 0 ? h5_fail(file, diag, "cannot create %s", path) : TS_OK;
	if (set >= 0)
		H5Dclose(set);
	return status;
}

static herr_t write_row(hid_t set, size_t row, const double *data)
{
	hsize_t dim[H5S_MAX_RANK] = {0}, start[2] = {row, 0};
	const hid_t space = H5Dget_space(set);
	H5Sget_simple_extent_dims(space, dim, NULL);
	const hsize_t count[2] = {1, dim[1]};
	const hid_t memory = H5Screate_simple(1, &dim[1], NULL);
	herr_t bad = row < dim[0] ? 0 : -1;
	bad |= H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
	if (bad >= 0)
		bad = H5Dwrite(set, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, data);
	H5Sclose(memory);
	H5Sclose(space);
	return bad;
}

ts_status out_stream_row(out_file *file, const char *path, size_t row, const double *data, diag_list *diag)
{
	const hid_t set = H5Dopen2(file->id, path, H5P_DEFAULT);
	if (set < 0)
		return h5_fail(file, diag, "cannot open %s", path);
	const herr_t bad = write_row(set, row, data);
	ts_status status = bad < 0 ? h5_fail(file, diag, "cannot write row %zu of %s", row, path) : TS_OK;
	if (H5Dclose(set) < 0 && status == TS_OK)
		status = h5_fail(file, diag, "cannot write row %zu of %s", row, path);
	return status;
}

/* The object an attribute goes to; a path that does not exist becomes a group. */
static hid_t attr_object(out_file *file, const char *path, diag_list *diag)
{
	if (!h5_exists(file, path) && h5_make_groups(file, path, 1, diag) != TS_OK)
		return -1;
	return H5Oopen(file->id, path, H5P_DEFAULT);
}

ts_status out_attr_text(out_file *file, const char *path, const char *name, const char *value, diag_list *diag)
{
	const hid_t object = attr_object(file, path, diag);
	const herr_t bad = object < 0 ? -1 : h5_write_text_attr(object, name, value);
	const ts_status status = bad < 0 ? h5_fail(file, diag, "cannot write attribute %s of %s", name, path) : TS_OK;
	if (object >= 0)
		H5Oclose(object);
	return status;
}

ts_status out_attr_number(out_file *file, const char *path, const char *name, double value, diag_list *diag)
{
	const hid_t object = attr_object(file, path, diag);
	const herr_t bad = object < 0 ? -1 : h5_write_attr(object, name, H5T_NATIVE_DOUBLE, 0, &value);
	const ts_status status = bad < 0 ? h5_fail(file, diag, "cannot write attribute %s of %s", name, path) : TS_OK;
	if (object >= 0)
		H5Oclose(object);
	return status;
}

static herr_t write_names(const out_file *file, const char *path, size_t n, size_t width, const char *block)
{
	const hsize_t dim = n;
	const hid_t type = h5_string_type(width - 1), space = H5Screate_simple(1, &dim, NULL);
	const hid_t set = H5Dcreate2(file->id, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
	const herr_t bad = set < 0 ? -1 : H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block);
	if (set >= 0)
		H5Dclose(set);
	H5Sclose(space);
	H5Tclose(type);
	return bad;
}

ts_status out_put_names(out_file *file, const char *path, size_t n, const char *const *name, diag_list *diag)
{
	size_t width = 1;
	for (size_t i = 0; i < n; i++)
		width = strlen(name[i]) + 1 > width ? strlen(name[i]) + 1 : width;
	TS_TRY(h5_make_groups(file, path, 0, diag));
	if (h5_exists(file, path) && H5Ldelete(file->id, path, H5P_DEFAULT) < 0)
		return h5_fail(file, diag, "cannot replace %s", path);
	char *block = alloc_array(n ? n : 1, width);
	if (!block)
		return TS_NOMEM;
	for (size_t i = 0; i < n; i++)
		memcpy(block + i * width, name[i], strlen(name[i]));
	const herr_t bad = write_names(file, path, n, width, block);
	alloc_free(block);
	return bad < 0 ? h5_fail(file, diag, "cannot write %s", path) : TS_OK;
}
