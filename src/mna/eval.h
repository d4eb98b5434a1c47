/* SPDX-License-Identifier: Apache-2.0
 * Evaluation of one instance on a tile (private to mna/): gather port values, call the kernel, results in scratch.
 */
#ifndef MNA_EVAL_H
#define MNA_EVAL_H
#include "mna/tile.h"

/* One changed parameter of one instance in one lane; list per instance. */
typedef struct mna_override {
	int param, lane, next; /* next: index, -1 at the end */
	double value;
} mna_override;

typedef struct mna_tile_own {
	double *v;   /* [n_port][LANES] of the widest shape */
	dev_out out; /* into scratch, widest shape */
	int n_override, capacity;
	mna_override *override;
	int *first_override; /* [n_instance], -1: none */
	const elab_circuit *circuit[LANES]; /* instances of each lane */
	const elab_circuit *data;           /* whose aux all lanes use */
} mna_tile_own;

typedef struct mna_assemble_table {
	/* Add all batches into f, q, g, c (zeroed by the caller). */
	void (*assemble)(mna_tile *tile, unsigned want);
	/* Evaluate instance `index` of batch `batch` into tile->own->out. */
	void (*evaluate)(mna_tile *tile, int batch, int index, unsigned want);
} mna_assemble_table;

/* y[u] += value x[u] and a[u,u] += value at every voltage unknown, internal nodes included; y or a may be NULL. Arrays are
 * [n_unknown or slots][width]. */
typedef struct mna_ground {
	double value;
	const double *x;
	double *y, *a;
} mna_ground;
void mna_add_to_ground(const mna_system *system, const mna_ground *to, int width);
void mna_evaluate(mna_tile *tile, int batch, int index, unsigned want);
#endif
