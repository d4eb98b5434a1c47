/* SPDX-License-Identifier: Apache-2.0
 * The system a deterministic transient integrates: driven nodes and the branch currents of the sources that hold them
 * are taken out, what is left is
 *
 *   F_i(t, y, y') = f_i(x, t) + sum_j C_ij(x) x'_j = 0      for the free unknowns y of x,
 *
 * where the driven part of x and x' follows from the waveforms. This lowers the index: a source across a capacitor
 * leaves an ordinary equation behind. The currents of the holding sources come back from Kirchhoff's law at the driven
 * nodes. A segment (a, b) is a stretch without waveform corners; times are kept strictly inside it, so a jump at a
 * corner belongs to the segment it is seen from.
 */
#ifndef SIM_TRAN_REDUCE_H
#define SIM_TRAN_REDUCE_H
#include "mna/single.h"
#include "mna/tile.h"

typedef struct sim_reduced {
	const mna_system *system;
	mna_tile *tile;  /* for Newton and observations, lane 0 */
	mna_single *one; /* where the trajectory is evaluated */
	int n;           /* free unknowns */
	int *unknown;    /* [n] number in the full system */
	int *index;      /* [n_unknown] reduced index, -1: ground, driven or the current of a holding source */
	lin_csc pattern; /* [n] */
	int *slot;       /* [pattern.nnz] index into slotted arrays */
	double a, b;     /* current segment, s */
	double step;     /* integrator's step, s: sets the stencil of source slopes */
	double held_at;  /* s, time for which held[] is valid */
	double *held;    /* [n_driven] voltages of the holding sources with sign, in driven_order */
	double slope_at, slope_step;
	double *slope;   /* [n_driven] their slopes, for that time and step */
	double *xdot;    /* [n_unknown] */
	double *row;     /* [n_unknown] C x' */
	double *scale;   /* [n] largest magnitude seen, for error weights */
	double *atol;    /* [n] absolute tolerance by nature: V or A */
	double reltol;
	int linear_q; /* every charge is linear */
	void *block;
} sim_reduced;

ts_status sim_reduced_create(const mna_system *system, mna_tile *tile, sim_reduced **out);
void sim_reduced_destroy(sim_reduced *r);
/* Enter the segment (a, b). */
void sim_reduced_segment(sim_reduced *r, double a, double b);
/* one->x, one->t from time and free unknowns; holding currents are set to zero. */
void sim_reduced_set(sim_reduced *r, double t, const double *y);
/* The same on the tile too, in every lane. */
void sim_reduced_set_tile(sim_reduced *r, double t, const double *y);
/* xdot from y' and the slopes of the waveforms. */
void sim_reduced_set_rate(sim_reduced *r, double t, const double *ydot);
/* row = C x' with the current C and xdot. */
void sim_reduced_multiply(sim_reduced *r);
/* F[n]; 0, or 1 when something is not finite. */
int sim_reduced_residual(sim_reduced *r, double t, const double *y, const double *ydot, double *residual);
/* Full unknown vector with the holding currents, x[n_unknown]. */
void sim_reduced_full(sim_reduced *r, double t, const double *y, const double *ydot, double *x);
/* Update the magnitudes, and write the weights 1 / (reltol scale + atol). */
void sim_reduced_seen(sim_reduced *r, const double *y);
void sim_reduced_weight(const sim_reduced *r, double *weight);
/* Next corner of any waveform after t, INFINITY if none. */
double sim_reduced_corner(const sim_reduced *r, double t);
/* 1 when a waveform that holds a node jumps at the corner t between segments (a, t) and (t, b). */
int sim_reduced_jumps(const sim_reduced *r, double a, double t, double b);
#endif
