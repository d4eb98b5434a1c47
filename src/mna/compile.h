/* SPDX-License-Identifier: Apache-2.0
 * The stages of mna_compile and what they share (private to mna/). Each stage fills its part of the system, whose
 * arrays live in the system's arena.
 */
#ifndef MNA_COMPILE_H
#define MNA_COMPILE_H
#include "base/arena.h"
#include "mna/system.h"

typedef struct mna_builder {
	const elab_circuit *circuit;
	diag_list *diag;
	arena *arena;
	mna_system *system;
	int *port_begin;   /* [n_instance + 1] */
	int *port_unknown; /* unknowns of all ports, instance by instance */
	int *batch_of, *index_in_batch;
	mna_batch *batch;
} mna_builder;

/* Unknown numbers, names and natures. */
ts_status mna_number(mna_builder *b);
/* Refuse what no analysis can solve. */
ts_status mna_check_topology(mna_builder *b);
/* Group instances by type and shape; derive constants, noise ids. */
ts_status mna_make_batches(mna_builder *b);
/* Pattern and slots. */
ts_status mna_make_pattern(mna_builder *b);
/* Nodes held by voltage sources. */
ts_status mna_make_driven(mna_builder *b);

int mna_is_vsource(const elab_instance *instance);
/* Unknowns of an instance's ports while compiling. */
static inline const int *mna_ports(const mna_builder *b, int instance)
{
	return b->port_unknown + b->port_begin[instance];
}
#endif
