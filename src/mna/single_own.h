/* SPDX-License-Identifier: Apache-2.0
 * Inside mna_single (private to mna/). A group is LANES successive instances of a batch, the last one filled up with
 * copies of the batch's last instance; where instances carry data of their own (aux) a group is a single instance.
 */
#ifndef MNA_SINGLE_OWN_H
#define MNA_SINGLE_OWN_H
#include "mna/single.h"

typedef struct mna_single_own {
	double *v, *t; /* [n_port][LANES] of the widest shape; [LANES] */
	dev_out out;   /* into the block, widest shape */
	int *width;    /* [n_batch] instances in a group: 1 or LANES */
	double **k;    /* [n_batch] -> [n_group][n_const][LANES] */
	double *block;
	const elab_circuit *data; /* whose aux the instances use */
} mna_single_own;

typedef struct mna_single_table {
	/* Add all batches into f, q, g, c (zeroed by the caller). */
	void (*assemble)(mna_single *single, unsigned want);
} mna_single_table;
#endif
