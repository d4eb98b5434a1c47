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
	struct mna_tile_own *own; /* private to mna/ */
} mna_tile;

ts_status mna_tile_create(const mna_system *system, mna_tile **tile); /* x = 0, k = nominal in every lane */
void mna_tile_destroy(mna_tile *tile);
/* Fill f, q, g, c as asked (set of DEV_F DEV_Q DEV_G DEV_C), at tile->x and tile->t. No allocation. .options gmin and
 * cmin are included, as a conductance and a capacitance from every voltage unknown to ground. */
void mna_assemble(mna_tile *tile, unsigned want);
/* Re-derive one instance's constants in one lane with parameter `param` set to `value`; parameters set before in that
 * lane keep their values; couplings of an inductor follow it. TS_NUMERIC when derive refuses (constants unchanged). */
ts_status mna_tile_set_param(mna_tile *tile, int instance, int param, int lane_index, double value);
/* For analyses without time: independent sources that have a dc value beside their waveform become dc sources, in every
 * lane. */
ts_status mna_tile_set_static(mna_tile *tile);
/* Take every instance of a lane from a circuit of the same topology: its parameters and temperatures, with those set
 * before on top. The circuit is borrowed until another one replaces it; expressions and corners of waveforms, which all
 * lanes share, are those of the circuit set last. TS_NUMERIC when derive refuses. */
ts_status mna_tile_set_circuit(mna_tile *tile, int lane_index, const elab_circuit *circuit);
/* value[LANES] of an independent source at times t[LANES], with this tile's constants. No allocation. */
void mna_tile_source(const mna_tile *tile, int instance, const double *t, double *value);
/* param[n_param][LANES] of an instance, as they are in the lanes. No allocation. */
void mna_tile_params(const mna_tile *tile, int instance, double *param);
/* obs[n_obs][LANES] of an instance at tile->x. */
void mna_observe(mna_tile *tile, int instance, double *obs);
/* f[n_port][LANES] of an instance at tile->x and t, as its own constants in the lanes make it. No allocation. */
void mna_device_residual(mna_tile *tile, int instance, double *f);
/* current[n_port][LANES] into an instance at its ports, f + C rate, at tile->x; rate[n_unknown] is the same in every
 * lane, NULL: zero. At a branch it is the residual of that equation. No allocation. */
void mna_terminals(mna_tile *tile, int instance, const double *rate, double *current);
/* Power into an instance in one lane: sum over its nodes of voltage times current, with x[n_unknown][stride] and what
 * mna_terminals gave. */
double mna_power(const mna_system *system, int instance, const double *x, int stride, const double *current,
                 int lane_index);
/* df/dv and dq/dv of an instance's stamps at tile->x, g and c [n_stamp][LANES]; 0 where a stamp has no such part. No
 * allocation. */
void mna_stamps(mna_tile *tile, int instance, double *g, double *c);
/* One-sided densities of an instance's noise sources at tile->x: s[n_noise][LANES], A^2/Hz (flicker: at 1 Hz); what
 * is silenced included (mna_is_noisy). card: by the laws published with the model cards. No allocation. */
void mna_noise_density(mna_tile *tile, int instance, int card, double *s);

/* For messages: the instance with the largest |f| on a row in one lane, -1 if none. */
int mna_largest_contributor(mna_tile *tile, int unknown, int lane_index);
/* A node of a group from which no direct current can reach ground at tile->x in one lane (the rows of G of the group
 * sum to zero), -1 if there is none. group[n_unknown] (may be NULL): 1 for its members. Overwrites tile->f, g. */
int mna_floating_dc(mna_tile *tile, int lane_index, uint8_t *group);
#endif
