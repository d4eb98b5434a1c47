/* SPDX-License-Identifier: Apache-2.0
 * Result files: HDF5, format "thermospice-result" version 1.0 (docs/format-h5.md). The only HDF5 user in the program.
 * A file without a path lives in memory (HDF5 core driver), so .expect, extraction and CSV read one interface.
 * Paths are "/analyses/op1/signals/v(out)"; missing groups are created. Not thread-safe: callers hold one lock (out_lock).
 */
#ifndef OUT_RESULT_H
#define OUT_RESULT_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/diag.h"

typedef struct out_file out_file;

typedef struct out_provenance {
	const char *command;      /* command line */
	const char *format;       /* "thermospice-result"; cells "thermospice-cell" */
	uint64_t seed;
	int n_text;               /* netlist and included files: [0] is the deck */
	const char *const *text_name;
	const char *const *text;
} out_provenance;

/* Create (truncates). path NULL: in memory. Writes format, version, creator, commit, command, seed, started, host, isa,
 * libraries, complete = 0, and /netlist. */
ts_status out_create(const char *path, const out_provenance *provenance, diag_list *diag, out_file **file);
/* Open for reading, or for reading and writing (adding groups). */
ts_status out_open(const char *path, int writable, diag_list *diag, out_file **file);
/* Set complete and finished, flush, close. Always closes. file NULL is allowed. */
ts_status out_close(out_file *file, int complete, diag_list *diag);
/* Flush what is written so far to disk. */
ts_status out_flush(out_file *file, diag_list *diag);

/* Whole datasets. dims[rank], rank 0..4. unit "" for none. Overwrites. Chunked, shuffled, deflated when large. */
ts_status out_put(out_file *file, const char *path, const char *unit, int rank, const size_t *dims, const double *data,
                  diag_list *diag);
ts_status out_put_scalar(out_file *file, const char *path, const char *unit, double value, diag_list *diag);
/* Mark `path`'s dimension `dim` with the scale dataset `scale` (HDF5 dimension scales). */
ts_status out_attach_scale(out_file *file, const char *path, int dim, const char *scale, diag_list *diag);
/* A [n_row][n_col] dataset filled row by row as trajectories finish; unwritten rows read as NaN. */
ts_status out_stream_create(out_file *file, const char *path, const char *unit, size_t n_row, size_t n_col, diag_list *diag);
ts_status out_stream_row(out_file *file, const char *path, size_t row, const double *data, diag_list *diag);
/* Attributes of a group or dataset ("/" for the root). */
ts_status out_attr_text(out_file *file, const char *path, const char *name, const char *value, diag_list *diag);
ts_status out_attr_number(out_file *file, const char *path, const char *name, double value, diag_list *diag);
/* Fixed-length list of strings as a dataset. */
ts_status out_put_names(out_file *file, const char *path, size_t n, const char *const *name, diag_list *diag);

/* Reading. The returned data is freed by the caller with alloc_free. rank <= 4, dims[4]. TS_IO with a message if absent. */
ts_status out_get(const out_file *file, const char *path, int *rank, size_t dims[4], double **data, diag_list *diag);
ts_status out_get_scalar(const out_file *file, const char *path, double *value, diag_list *diag);
ts_status out_get_attr_text(const out_file *file, const char *path, const char *name, char **value, diag_list *diag);
ts_status out_get_attr_number(const out_file *file, const char *path, const char *name, double *value, diag_list *diag);
ts_status out_get_names(const out_file *file, const char *path, size_t *n, char ***name, diag_list *diag); /* one block: free once */
int out_exists(const out_file *file, const char *path);
/* Names of the members of a group, in creation order; one block: free once. */
ts_status out_list(const out_file *file, const char *group, size_t *n, char ***name, diag_list *diag);
/* 1 when the last writer closed it as complete. */
int out_is_complete(const out_file *file);

/* One analysis as CSV: axis columns then signals, one row per point; ensembles: one row per trajectory and statistic. */
ts_status out_csv(const out_file *file, const char *analysis, FILE *to, diag_list *diag);
/* One analysis as a SPICE3 raw file, binary or ASCII; title: the deck's. TS_IO with a message when it cannot be written. */
ts_status out_raw(const out_file *file, const char *analysis, const char *title, int ascii, FILE *to, diag_list *diag);
/* What `thermospice show` prints: analyses, signals with shapes and units, p-bit tables, warnings, provenance. */
ts_status out_show(const out_file *file, FILE *to, diag_list *diag);

/* One lock around HDF5 for worker threads. */
void out_lock(void);
void out_unlock(void);
#endif
