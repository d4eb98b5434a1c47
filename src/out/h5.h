/* SPDX-License-Identifier: Apache-2.0
 * Private to out/: the open file and the few HDF5 helpers its parts share. No other folder includes this.
 * Errors: HDF5's automatic printing is off; h5_fail copies what its error stack says into the diagnostic.
 */
#ifndef OUT_H5_H
#define OUT_H5_H
#include <hdf5.h>
#include "out/result.h"

struct out_file {
	hid_t id;
	int writable;
	char path[]; /* what messages call the file; "(memory)" without a path */
};

enum { H5_MAX_RANK = 4, H5_PATH = 1024 };

/* Diagnostic E0601 "path: what: HDF5's reason"; forgets the reason; returns TS_IO. */
ts_status h5_fail(const out_file *file, diag_list *diag, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A failure that was expected: forget its reason. */
void h5_forget(void);
/* Create every group above the last component of `path`, or of all of it when `whole`. */
ts_status h5_make_groups(const out_file *file, const char *path, int whole, diag_list *diag);
/* Path "/" or any link that resolves; no reason is left behind when absent. */
int h5_exists(const out_file *file, const char *path);
/* Compose a path; one that is too long is cut and then simply not found. Returns path. */
const char *h5_path(char path[H5_PATH], const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The path exists and is a group. */
int h5_is_group(const out_file *file, const char *path);
/* String type of n bytes plus terminator, UTF-8. */
hid_t h5_string_type(size_t n);
/* Write a scalar string attribute on an open object, replacing one of that name. Negative on failure. */
herr_t h5_write_text_attr(hid_t object, const char *name, const char *value);
/* Write an attribute of n numbers (n = 0: a scalar). */
herr_t h5_write_attr(hid_t object, const char *name, hid_t type, size_t n, const void *value);
/* Names of `object`'s attributes in order of creation or name; one block. */
ts_status h5_list_attrs(const out_file *file, const char *path, size_t *n, char ***name, diag_list *diag);
/* show_books.c: thermodynamic figures of an analysis, part of out_show. */
void h5_show_books(const out_file *file, const char *root, FILE *to);
/* show_measures.c: Fourier series of an analysis, all measures of the file. */
void h5_show_fourier(const out_file *file, const char *root, FILE *to);
void h5_show_measures(const out_file *file, FILE *to);
/* Pack n names into one block that starts with the pointers. NULL when memory is exhausted. */
char **h5_pack_names(size_t n, const char *const *name);
#endif
