/* SPDX-License-Identifier: Apache-2.0
 * mna_tile: everything that changes, for LANES lanes. One per worker. mna_assemble gathers, evaluates every batch with this
 * CPU's kernels and scatters.
 */
#ifndef MNA_TILE_H
#define MNA_TILE_H
#include "mna/system.h"

typedef struct mna_tile {
	const mna_system *system;
	double *x;  /* [n_unknown][LANES] */
	double *t;  /* [LANES] */
	double *f, *q; /* [n_unknown][LANES]; row 0 dummy */
	double *g, *c; /* [nnz + 1][LANES]; slot 0 dummy */
	double **k; /* [n_batch] -> [n_inst][n_const][LANES] per-lane constants (sweeps, mismatch) */
	void *block; /* all of the above */
	double *scratch; /* device-local in/out arrays, sized for the widest shape */
} mna_tile;

ts_status mna_tile_create(const mna_system *system, mna_tile **tile); /* x = 0, k = nominal in every lane */
void mna_tile_destroy(mna_tile *tile);
/* Fill f, q, g, c as asked (set of DEV_F DEV_Q DEV_G DEV_C), at tile->x and tile->t. No allocation. */
void mna_assemble(mna_tile *tile, unsigned want);
/* Re-derive one instance's constants in one lane with parameter `param` set to `value`. TS_NUMERIC when derive refuses. */
ts_status mna_tile_set_param(mna_tile *tile, int instance, int param, int lane_index, double value);
/* obs[n_obs][LANES] of an instance at tile->x. */
void mna_observe(mna_tile *tile, int instance, double *obs);
#endif
