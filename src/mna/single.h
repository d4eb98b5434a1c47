/* SPDX-License-Identifier: Apache-2.0
 * mna_single: one trajectory of the compiled system. Where a tile's lanes are trajectories, here the lanes of a kernel
 * hold instances of one batch, so that a deterministic analysis of a large circuit does not pay for LANES copies of it.
 * Every sum is taken in the order of a tile, so the results are those of a tile's lane, bit for bit.
 */
#ifndef MNA_SINGLE_H
#define MNA_SINGLE_H
#include "mna/tile.h"

typedef struct mna_single {
	const mna_system *system;
	double *x;                  /* [n_unknown] */
	double t;                   /* s */
	double *f, *q;              /* [n_unknown]; [0] is a dummy */
	double *g, *c;              /* [nnz + 1]; [0] is a dummy */
	struct mna_single_own *own; /* private to mna/ */
} mna_single;

ts_status mna_single_create(const mna_system *system, mna_single **single); /* x = 0, nominal constants */
void mna_single_destroy(mna_single *single);
/* Take over the constants of one lane of a tile, parameters set there included. No allocation. */
void mna_single_load(mna_single *single, const mna_tile *tile, int lane_index);
/* Fill f, q, g, c as asked (set of DEV_F DEV_Q DEV_G DEV_C) at x and t, .options gmin and cmin included. No
 * allocation. */
void mna_single_assemble(mna_single *single, unsigned want);
#endif
