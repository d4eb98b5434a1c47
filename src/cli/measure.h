/* SPDX-License-Identifier: Apache-2.0
 * .measure and .four on a result file.
 *
 *   /measures/<analysis>/<name>          value, or [n] for n outer values of a .dc or biases of an ensemble; attributes
 *                                        `failed`: why it could not be measured (then NaN), and of an ensemble, at its
 *                                        first bias, `se`, `std`, `n`, `n_failed` over its stored trajectories
 *   /measure_samples/<analysis>/<name>   [n, keep] what each trajectory gave
 *   /analyses/<analysis>/fourier/<signal>/frequency, magnitude, phase; attribute `thd`
 *
 * Curves are straight lines between their points; docs/netlist.md has the definitions. A measure that fails never fails
 * the run.
 */
#ifndef CLI_MEASURE_H
#define CLI_MEASURE_H
#include "cli/ensemble.h"
#include "cli/session.h"

/* Take every measure of the request's kind on its results; request->name is that of the analysis in the file. */
ts_status cli_measure(const elab_circuit *circuit, const sim_request *request, out_file *file, diag_list *diag);
/* One table of all measures in the file. */
ts_status cli_measure_print(const out_file *file, diag_list *diag, FILE *to, int json);
/* Which analyses count for a claim. */
typedef struct cli_measure_filter {
	int (*counts)(const void *self, const char *analysis);
	const void *self;
} cli_measure_filter;
/* The value of a measure for .expect: the index-th (from 1) of those of that name, over analyses that count and rows in
 * the order of the file. *found 0: there is none. */
ts_status cli_measure_find(const out_file *file, const char *name, long index, cli_measure_filter filter,
                           diag_list *diag, cli_estimate *out, int *found);

/* fourier.c: the same for .four, of a .tran. */
ts_status cli_fourier(const elab_circuit *circuit, const sim_request *request, out_file *file, diag_list *diag);
ts_status cli_fourier_print(const out_file *file, const char *analysis, diag_list *diag, FILE *to, int json);
#endif
