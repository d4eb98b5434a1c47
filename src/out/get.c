/* SPDX-License-Identifier: Apache-2.0
 * Reading datasets, attributes and group listings. Files may have been edited by h5py or MATLAB, so strings of fixed
 * and of variable length are both read, and any numeric type converts to double. Damaged files give TS_IO, never a
 * crash: every size is checked before memory is asked for.
 */
#include "out/h5.h"

#include <string.h>
#include "base/alloc.h"

enum { MAX_ELEMENTS = 1 << 30 };

static ts_status absent(const out_file *file, diag_list *diag, const char *path)
{
	h5_forget();
	if (diag)
		diag_add(diag, E0603, SRC_NOWHERE, "%s: there is no %s in this file", file->path, path);
	return TS_IO;
}

static ts_status unusable(const out_file *file, diag_list *diag, const char *path, const char *why)
{
	h5_forget();
	if (diag)
		diag_add(diag, E0603, SRC_NOWHERE, "%s: %s %s", file->path, path, why);
	return TS_IO;
}

int out_exists(const out_file *file, const char *path)
{
	return h5_exists(file, path);
}

int h5_is_group(const out_file *file, const char *path)
{
	if (!h5_exists(file, path))
		return 0;
	const hid_t group = H5Gopen2(file->id, path, H5P_DEFAULT);
	h5_forget();
	if (group >= 0)
		H5Gclose(group);
	return group >= 0;
}

static ts_status read_doubles(const out_file *file, hid_t set, const char *path, size_t n, double **data,
                              diag_list *diag)
{
	double *block = alloc_array(n ? n : 1, sizeof *block);
	if (!block)
		return TS_NOMEM;
	if (n && H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, block) < 0) {
		alloc_free(block);
		h5_fail(file, diag, "cannot read %s", path);
		return TS_IO;
	}
	*data = block;
	return TS_OK;
}

static ts_status get_shape(const out_file *file, hid_t set, const char *path, int *rank, size_t dims[4], size_t *n,
                           diag_list *diag)
{
	hsize_t dim[H5S_MAX_RANK] = {0};
	const hid_t space = H5Dget_space(set), type = H5Dget_type(set);
	const H5T_class_t kind = H5Tget_class(type);
	*rank = H5Sget_simple_extent_ndims(space);
	const int ok = *rank >= 0 && *rank <= H5_MAX_RANK && H5Sget_simple_extent_dims(space, dim, NULL) >= 0;
	const hssize_t total = H5Sget_simple_extent_npoints(space);
	H5Sclose(space);
	H5Tclose(type);
	if (kind != H5T_FLOAT && kind != H5T_INTEGER)
		return unusable(file, diag, path, "does not hold numbers");
	if (!ok || total < 0 || total > MAX_ELEMENTS)
		return unusable(file, diag, path, "has a shape that cannot be read");
	for (int i = 0; i < H5_MAX_RANK; i++)
		dims[i] = i < *rank ? (size_t)dim[i] : 1;
	*n = (size_t)total;
	return TS_OK;
}

ts_status out_get(const out_file *file, const char *path, int *rank, size_t dims[4], double **data, diag_list *diag)
{
	size_t n = 0;
	*data = NULL;
	if (!h5_exists(file, path))
		return absent(file, diag, path);
	const hid_t set = H5Dopen2(file->id, path, H5P_DEFAULT);
	if (set < 0)
		return unusable(file, diag, path, "is not a dataset");
	ts_status status = get_shape(file, set, path, rank, dims, &n, diag);
	if (status == TS_OK)
		status = read_doubles(file, set, path, n, data, diag);
	H5Dclose(set);
	return status;
}

ts_status out_get_scalar(const out_file *file, const char *path, double *value, diag_list *diag)
{
	int rank;
	size_t dims[4];
	double *data;
	TS_TRY(out_get(file, path, &rank, dims, &data, diag));
	const size_t n = dims[0] * dims[1] * dims[2] * dims[3];
	if (n == 1)
		*value = data[0];
	alloc_free(data);
	return n == 1 ? TS_OK : unusable(file, diag, path, "is not a single number");
}

static hid_t open_attr(const out_file *file, const char *path, const char *name)
{
	if (!h5_exists(file, path))
		return -1;
	const hid_t attr = H5Aopen_by_name(file->id, path, name, H5P_DEFAULT, H5P_DEFAULT);
	h5_forget();
	return attr;
}

static ts_status no_attr(const out_file *file, diag_list *diag, const char *path, const char *name)
{
	h5_forget();
	if (diag)
		diag_add(diag, E0603, SRC_NOWHERE, "%s: %s has no readable attribute '%s'", file->path, path, name);
	return TS_IO;
}

/* Text of a scalar string attribute, fixed or variable length. NULL when it is neither or memory is exhausted. */
static char *read_text(hid_t attr)
{
	const hid_t type = H5Aget_type(attr), space = H5Aget_space(attr);
	const size_t n = H5Tget_size(type);
	char *text = NULL, *variable = NULL;
	if (H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1) {
		if (H5Tis_variable_str(type) > 0) {
			if (H5Aread(attr, type, &variable) >= 0 && variable) {
				text = alloc_array(strlen(variable) + 1, 1);
				if (text)
					memcpy(text, variable, strlen(variable));
				H5free_memory(variable);
			}
		} else {
			text = alloc_array(n + 1, 1);
			if (text && H5Aread(attr, type, text) < 0) {
				alloc_free(text);
				text = NULL;
			}
		}
	}
	H5Sclose(space);
	H5Tclose(type);
	return text;
}

ts_status out_get_attr_text(const out_file *file, const char *path, const char *name, char **value, diag_list *diag)
{
	*value = NULL;
	const hid_t attr = open_attr(file, path, name);
	if (attr < 0)
		return no_attr(file, diag, path, name);
	*value = read_text(attr);
	H5Aclose(attr);
	return *value ? TS_OK : no_attr(file, diag, path, name);
}

ts_status out_get_attr_number(const out_file *file, const char *path, const char *name, double *value, diag_list *diag)
{
	enum { MOST = 64 };
	double block[MOST] = {0};
	const hid_t attr = open_attr(file, path, name);
	if (attr < 0)
		return no_attr(file, diag, path, name);
	const hid_t type = H5Aget_type(attr), space = H5Aget_space(attr);
	const H5T_class_t kind = H5Tget_class(type);
	const hssize_t n = H5Sget_simple_extent_npoints(space);
	const int ok = (kind == H5T_FLOAT || kind == H5T_INTEGER) && n >= 1 && n <= MOST &&
	               H5Aread(attr, H5T_NATIVE_DOUBLE, block) >= 0;
	H5Sclose(space);
	H5Tclose(type);
	H5Aclose(attr);
	if (!ok)
		return no_attr(file, diag, path, name);
	*value = block[0];
	return TS_OK;
}

char **h5_pack_names(size_t n, const char *const *name)
{
	size_t bytes = (n + 1) * sizeof(char *);
	for (size_t i = 0; i < n; i++)
		bytes += strlen(name[i]) + 1;
	char **table = alloc_array(bytes, 1);
	if (!table)
		return NULL;
	char *to = (char *)(table + n + 1);
	for (size_t i = 0; i < n; i++) {
		const size_t length = strlen(name[i]) + 1;
		memcpy(to, name[i], length);
		table[i] = to;
		to += length;
	}
	return table;
}

static ts_status unpack_names(const char *block, size_t n, size_t width, char ***name)
{
	char **table = alloc_array((n + 1) * sizeof(char *) + n * (width + 1), 1);
	if (!table)
		return TS_NOMEM;
	char *to = (char *)(table + n + 1);
	for (size_t i = 0; i < n; i++, to += width + 1) {
		memcpy(to, block + i * width, width);
		table[i] = to;
	}
	*name = table;
	return TS_OK;
}

static ts_status read_names(const out_file *file, hid_t set, const char *path, size_t *n, char ***name, diag_list *diag)
{
	const hid_t type = H5Dget_type(set), space = H5Dget_space(set);
	const hssize_t count = H5Sget_simple_extent_npoints(space);
	const size_t width = H5Tget_size(type);
	const int fixed = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0;
	ts_status status = TS_OK;
	char *block = NULL;
	if (!fixed || count < 0 || count > 1 << 20 || width > 1 << 16)
		status = unusable(file, diag, path, "is not a list of fixed-length strings");
	else if (!(block = alloc_array((size_t)count + 1, width)))
		status = TS_NOMEM;
	else if (count && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block) < 0)
		status = h5_fail(file, diag, "cannot read %s", path);
	else
		status = unpack_names(block, (size_t)count, width, name);
	*n = status == TS_OK ? (size_t)count : 0;
	alloc_free(block);
	H5Sclose(space);
	H5Tclose(type);
	return status;
}

ts_status out_get_names(const out_file *file, const char *path, size_t *n, char ***name, diag_list *diag)
{
	*n = 0;
	*name = NULL;
	if (!h5_exists(file, path))
		return absent(file, diag, path);
	const hid_t set = H5Dopen2(file->id, path, H5P_DEFAULT);
	if (set < 0)
		return unusable(file, diag, path, "is not a dataset");
	const ts_status status = read_names(file, set, path, n, name, diag);
	H5Dclose(set);
	return status;
}

/* A growing list of names while HDF5 iterates. */
typedef struct name_list {
	char *text;
	size_t bytes, used, n;
	int failed;
} name_list;

static herr_t collect(name_list *list, const char *name)
{
	const size_t length = strlen(name) + 1;
	if (list->used + length > list->bytes) {
		const size_t want = 2 * list->bytes + length + 256;
		char *grown = alloc_resize(list->text, list->bytes, want);
		if (!grown) {
			list->failed = 1;
			return -1;
		}
		list->text = grown;
		list->bytes = want;
	}
	memcpy(list->text + list->used, name, length);
	list->used += length;
	list->n++;
	return 0;
}

static herr_t collect_link(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
	(void)group;
	(void)info;
	return collect(data, name);
}

static herr_t collect_attr(hid_t object, const char *name, const H5A_info_t *info, void *data)
{
	(void)object;
	(void)info;
	return collect(data, name);
}

static ts_status list_finish(name_list *list, size_t *n, char ***name)
{
	const char **each = alloc_array(list->n + 1, sizeof *each);
	const char *from = list->text;
	for (size_t i = 0; each && i < list->n; i++, from += strlen(from) + 1)
		each[i] = from;
	*name = each ? h5_pack_names(list->n, each) : NULL;
	*n = *name ? list->n : 0;
	alloc_free(each);
	alloc_free(list->text);
	return *name && !list->failed ? TS_OK : TS_NOMEM;
}

ts_status out_list(const out_file *file, const char *group, size_t *n, char ***name, diag_list *diag)
{
	name_list list = {0};
	*n = 0;
	*name = NULL;
	if (!h5_exists(file, group))
		return absent(file, diag, group);
	const hid_t id = H5Gopen2(file->id, group, H5P_DEFAULT);
	if (id < 0)
		return unusable(file, diag, group, "is not a group");
	/* Groups made by other programs may not track creation order. */
	herr_t bad = H5Literate(id, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, collect_link, &list);
	if (bad < 0 && list.n == 0)
		bad = H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, NULL, collect_link, &list);
	H5Gclose(id);
	h5_forget();
	if (bad < 0) {
		alloc_free(list.text);
		return unusable(file, diag, group, "cannot be listed");
	}
	return list_finish(&list, n, name);
}

ts_status h5_list_attrs(const out_file *file, const char *path, size_t *n, char ***name, diag_list *diag)
{
	name_list list = {0};
	*n = 0;
	*name = NULL;
	const hid_t id = h5_exists(file, path) ? H5Oopen(file->id, path, H5P_DEFAULT) : -1;
	if (id < 0)
		return absent(file, diag, path);
	H5Aiterate2(id, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, collect_attr, &list);
	H5Oclose(id);
	h5_forget();
	return list_finish(&list, n, name);
}
