/* SPDX-License-Identifier: Apache-2.0
 * HDF5 dimension scales written with the core library alone, as laid down in the "HDF5 Dimension Scale Specification":
 * the scale carries CLASS = "DIMENSION_SCALE", NAME, and REFERENCE_LIST of {dataset, dimension}; the dataset carries
 * DIMENSION_LIST, for each dimension a variable-length list of object references. h5py (`dims`), netCDF-4 and
 * xarray read them. The high-level HDF5 library would do the same; this spares a dependency for two attributes.
 */
#include "out/h5.h"

#include <string.h>
#include "base/alloc.h"

typedef struct back_reference {
	hobj_ref_t dataset;
	int dimension;
} back_reference;

static hid_t back_reference_type(void)
{
	const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(back_reference));
	H5Tinsert(type, "dataset", HOFFSET(back_reference, dataset), H5T_STD_REF_OBJ);
	H5Tinsert(type, "dimension", HOFFSET(back_reference, dimension), H5T_NATIVE_INT);
	return type;
}

/* Fixed string attribute without padding: the specification wants CLASS to read exactly "DIMENSION_SCALE". */
static herr_t mark_scale(hid_t scale, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (H5Aexists(scale, "CLASS") > 0)
		return 0;
	herr_t bad = 0;
	const char *text[2] = {"DIMENSION_SCALE", slash ? slash + 1 : path};
	const char *name[2] = {"CLASS", "NAME"};
	for (int i = 0; i < 2; i++) {
		const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
		H5Tset_size(type, strlen(text[i]) + 1);
		const hid_t attr = H5Acreate2(scale, name[i], type, space, H5P_DEFAULT, H5P_DEFAULT);
		bad |= attr < 0 ? -1 : H5Awrite(attr, type, text[i]);
		if (attr >= 0)
			H5Aclose(attr);
		H5Sclose(space);
		H5Tclose(type);
	}
	return bad;
}

/* Adds one to the list, which is replaced; nothing is lost when the old one cannot be read. */
static herr_t add_back(hid_t scale, hobj_ref_t dataset, int dimension)
{
	const hid_t type = back_reference_type();
	const int has_list = H5Aexists(scale, "REFERENCE_LIST") > 0;
	const hid_t attr = has_list ? H5Aopen(scale, "REFERENCE_LIST", H5P_DEFAULT) : H5I_INVALID_HID;
	const hid_t space = has_list ? H5Aget_space(attr) : H5I_INVALID_HID;
	const hssize_t n = has_list ? H5Sget_simple_extent_npoints(space) : 0;
	back_reference *all = n >= 0 ? alloc_array((size_t)n + 1, sizeof *all) : NULL;
	herr_t bad = all && (!has_list || H5Aread(attr, type, all) >= 0) ? 0 : -1;
	if (has_list) {
		H5Sclose(space);
		H5Aclose(attr);
	}
	if (!bad) {
		all[n].dataset = dataset;
		all[n].dimension = dimension;
		bad = h5_write_attr(scale, "REFERENCE_LIST", type, (size_t)n + 1, all);
	}
	alloc_free(all);
	H5Tclose(type);
	return bad;
}

/* Set list[dim] of the dataset to the one scale, keeping the other dimensions. */
static herr_t add_forward(hid_t set, int rank, int dim, hobj_ref_t scale)
{
	hvl_t list[H5_MAX_RANK];
	memset(list, 0, sizeof list);
	const hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
	const hsize_t n = (hsize_t)rank;
	const hid_t space = H5Screate_simple(1, &n, NULL);
	if (H5Aexists(set, "DIMENSION_LIST") > 0) {
		const hid_t attr = H5Aopen(set, "DIMENSION_LIST", H5P_DEFAULT);
		H5Aread(attr, type, list);
		H5Aclose(attr);
	}
	const hvl_t previous = list[dim];
	list[dim] = (hvl_t){1, &scale};
	const herr_t bad = h5_write_attr(set, "DIMENSION_LIST", type, (size_t)rank, list);
	list[dim] = previous;
	H5Dvlen_reclaim(type, space, H5P_DEFAULT, list);
	H5Sclose(space);
	H5Tclose(type);
	return bad;
}

static herr_t attach(const out_file *file, hid_t set, hid_t axis, const char *const path[2], int dim)
{
	hobj_ref_t to_scale, to_set;
	const hid_t space = H5Dget_space(set);
	const int rank = H5Sget_simple_extent_ndims(space);
	H5Sclose(space);
	if (dim < 0 || dim >= rank || rank > H5_MAX_RANK)
		return -1;
	herr_t bad = mark_scale(axis, path[1]);
	bad |= H5Rcreate(&to_scale, file->id, path[1], H5R_OBJECT, -1);
	bad |= H5Rcreate(&to_set, file->id, path[0], H5R_OBJECT, -1);
	if (bad < 0)
		return -1;
	return add_forward(set, rank, dim, to_scale) | add_back(axis, to_set, dim);
}

ts_status out_attach_scale(out_file *file, const char *path, int dim, const char *scale, diag_list *diag)
{
	const char *const both[2] = {path, scale};
	const hid_t set = H5Dopen2(file->id, path, H5P_DEFAULT), axis = H5Dopen2(file->id, scale, H5P_DEFAULT);
	const herr_t bad = set < 0 || axis < 0 ? -1 : attach(file, set, axis, both, dim);
	const ts_status status =
	    bad < 0 ? h5_fail(file, diag, "cannot attach the scale %s to dimension %d of %s", scale, dim, path) : TS_OK;
	if (set >= 0)
		H5Dclose(set);
	if (axis >= 0)
		H5Dclose(axis);
	return status;
}
