/* SPDX-License-Identifier: Apache-2.0
 * The circuit linearised at its operating point, for the small-signal analyses (private to sim/):
 *
 *   A(f) x = b,   A = G + 2 pi i f C,   G = df/dx, C = dq/dx at the operating point
 *
 * Vectors are [n_unknown] complex numbers, entry 0 (ground) a dummy. A source of value E adds weight E to f
 * (mna_source_weight), so its response is that to b = -weight E.
 */
#ifndef SIM_LINEAR_H
#define SIM_LINEAR_H
#include <complex.h>
#include "lin/klu.h"
#include "mna/tile.h"
#include "sim/signals.h"

typedef struct sim_linear {
	const mna_system *system;
	const sim_request *request;
	out_file *file;
	diag_list *diag;
	mna_tile *tile; /* lane 0: the operating point */
	lin_klu_z *klu;
	double complex *a; /* [nnz] */
	double complex *x; /* [n_unknown] */
	size_t n;          /* frequencies, Hz; 0 for .tf and .sens at the operating point */
	double *frequency;
	sim_signals signals;
} sim_linear;

/* Operating point, G and C, frequencies of the card. Always destroy. */
ts_status sim_linear_create(sim_linear *s);
void sim_linear_destroy(sim_linear *s);
/* Factor A at frequency f, Hz. TS_NUMERIC with E0511, which names the unknown, where A is singular. */
ts_status sim_linear_factor(sim_linear *s, double f);
/* x := A^-1 x, or A^-T x. */
void sim_linear_solve(const sim_linear *s, double complex *x);
void sim_linear_solve_transposed(const sim_linear *s, double complex *x);
/* x := 0 */
void sim_linear_clear(const sim_linear *s, double complex *x);
/* Subtract weight times `value` of a source from x. */
ts_status sim_linear_excite(const sim_linear *s, int instance, double complex value, double complex *x);
/* Subtract what all sources excite with their `ac` values. */
ts_status sim_linear_excitation(const sim_linear *s, double complex *b);
/* Response of an output to a unit of a source, given the solution z of A^T z = (output's row). */
ts_status sim_linear_transfer(const sim_linear *s, int instance, const double complex *z, double complex *out);
/* /analyses/<name>/frequency */
ts_status sim_linear_put_axis(const sim_linear *s);
/* A dataset [n] over frequency at /analyses/<name>/<path>, with its scale. */
ts_status sim_linear_put(const sim_linear *s, const char *path, const char *unit, const double *data);
/* Attach the frequencies to a dataset [n] at a whole path. */
ts_status sim_linear_attach(const sim_linear *s, const char *path);
/* "V" or "A" of a source's value. */
const char *sim_linear_unit(const sim_linear *s, int instance);
#endif
