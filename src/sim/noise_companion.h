/* SPDX-License-Identifier: Apache-2.0
 * The companion of an ensemble (private to sim/, part of noise_run.h): of one tile in COARSE_EVERY, at least one per
 * bias, the same trajectories again with steps of 2h and the same Brownian paths. The normal of a long step is
 * (xi_{2k} + xi_{2k+1})/sqrt 2 of the two short ones, for each source; a corner splits long steps where it splits short
 * ones or lies between them. Poles of flicker noise take the short steps' paths. Jumps (NOISE=jump between Gaussian
 * devices) only share their random numbers, so that the differences of such a run are less sharp.
 *
 * Q_h - Q_2h over the pairs is the discretisation error bar (Talay and Tubaro; numerics.md 1.4): three times the error
 * of Q_h where that is of second order, once where it is of first. Its standard error is the scatter between pairs.
 */
#ifndef SIM_NOISE_COMPANION_H
#define SIM_NOISE_COMPANION_H
#include "mna/tile.h"
#include "out/result.h"

enum { COARSE_EVERY = 8 };

/* What the long steps found; [pair] is bias * n_pair + pair. NaN: not computed. */
typedef struct noise_coarse {
	const char *why_not;     /* NULL: there is a companion */
	long n_tile;             /* per bias; 0: none */
	size_t n_pair;           /* trajectories per bias */
	double *mean, *variance; /* [n_signal][n_bias * n_pair] */
	double *p1;              /* [pair] of the p-bit */
	double *energy;          /* [pair] delivered by the supplies that count, J */
	double *autocorrelation; /* [pair][n_lag] of the p-bit */
	int n_failure;           /* trajectories that left the realm of numbers with 2h */
	int order;               /* of the scheme, for extrapolation: 2 or 1 */
} noise_coarse;

struct noise_run;
struct noise_stream;
struct sde_work;
typedef struct noise_companion noise_companion;

/* After the pilot: is there a companion, and room for what it finds. */
ts_status noise_coarse_create(struct noise_run *run);
void noise_coarse_destroy(noise_coarse *coarse);
/* Trajectory of a pair, at any bias. */
size_t noise_coarse_trajectory(size_t pair);
/* 1 when instance i is a source whose energy counts as power. */
int noise_is_supply(const struct noise_run *run, int i);

/* One thread's companion, which steps the tile of that thread's worker by turns with it. Nothing allocates between
 * creation and destruction. */
ts_status noise_companion_create(struct noise_run *run, mna_tile *tile, struct sde_work *work,
                                 struct noise_stream *stream, noise_companion **out);
void noise_companion_destroy(noise_companion *c);
/* The companions of trajectories first .. first + LANES - 1 of bias b, if their tile has any. */
ts_status noise_companion_tile(noise_companion *c, size_t b, long first);
/* noise_discretisation.c: Q_h - Q_2h of everything, into the file (docs/format-h5.md); W0505 where it matters. */
ts_status noise_discretisation_write(const struct noise_run *run, out_file *file);
#endif
