/* SPDX-License-Identifier: Apache-2.0
 * The compiled system: unknowns, pattern, slot maps, batches. const and shared by all threads once built.
 *
 *   f(x,t) + d/dt q(x,t) + B(x,t) xi(t) = 0
 *
 * Unknown 0 is ground (always 0 V); unknowns 1 .. n_node-1 are node voltages (unknown number = node number), then internal
 * nodes and branch currents of devices, in instance order. Arrays over unknowns are [n_unknown][LANES] with row 0 a dummy.
 * Matrix index = unknown - 1.
 */
#ifndef MNA_SYSTEM_H
#define MNA_SYSTEM_H
#include "base/diag.h"
#include "elab/circuit.h"
#include "lin/csc.h"

/* Instances of one type and shape. */
typedef struct mna_batch {
	const dev_type *type;
	const dev_shape *shape;
	int n_inst;
	const int *inst;     /* [n_inst] index into circuit->instance */
	const int *unknown;  /* [n_inst][n_port] */
	const int *slot;     /* [n_inst][n_stamp] index into value arrays of `pattern`; 0: dummy */
	const double *k;     /* [n_inst][n_const] nominal constants */
	const uint32_t *noise_id; /* [n_inst][n_noise] philox_name_id("instance:source") */
} mna_batch;

typedef struct mna_system {
	struct arena *arena;
	const elab_circuit *circuit;
	int n_unknown;            /* with ground */
	const char *const *name;  /* [n_unknown] "out", "v1#branch", "d1#int" */
	const uint8_t *is_current; /* [n_unknown] */
	const uint8_t *is_read;    /* [n_unknown] branch current that another element reads */
	int n_batch;
	const mna_batch *batch;
	lin_csc pattern;          /* n = n_unknown - 1 */
	const int *diagonal;      /* [n_unknown] value slot of (u,u); [0] = 0 */
	const int *batch_of, *index_in_batch; /* [n_instance] */
	/* Nodes held by independent V sources through trees to ground: driven_by[u] = instance, driven_sign, driven_from:
	 * v[u] = v[driven_from] + sign * E(t). driven_by[u] = -1 for free unknowns. driven_order: driven unknowns, parents first. */
	const int *driven_by, *driven_from, *driven_sign;
	int n_driven;
	const int *driven_order;
} mna_system;

/* Compile; TS_NETLIST with messages when the topology is ill-posed for any analysis (no path to ground, loop of voltage
 * sources, node with only current sources). */
ts_status mna_compile(const elab_circuit *circuit, diag_list *diag, mna_system **system);
void mna_destroy(mna_system *system);
/* Stochastic well-posedness (architecture section 9): white noise entering a node, or a floating capacitive group, without
 * capacitance to ground or to a driven node. x[n_unknown] (may be NULL: zeros): point at which capacitances are looked at.
 * Names device, noise source and node. */
ts_status mna_check_noise(const mna_system *system, const double *x, diag_list *diag);
/* Does noise source k of instance `index` of a batch act: the instance is not silenced, a flicker level not zero? */
int mna_is_noisy(const mna_batch *batch, const elab_circuit *circuit, int index, int k);
/* Unknown number of a branch current of an instance, -1 if it has none. */
int mna_branch(const mna_system *system, int instance);
/* Value of an independent source's waveform constants at time t (dev type vsource/isource). */
double mna_source_value(const mna_system *system, int instance, double t);
/* The same at t[LANES]: value[LANES]. */
void mna_source_values(const mna_system *system, int instance, const double *t, double *value);
/* How an independent source enters: weight[n_port] is the change of its f per unit of its value (m included). */
ts_status mna_source_weight(const mna_system *system, int instance, double *weight);
/* Unknowns of an instance's ports, [shape->n_port]. */
const int *mna_unknowns(const mna_system *system, int instance);
#include <stdio.h>
void mna_dump(const mna_system *system, FILE *to);
#endif
