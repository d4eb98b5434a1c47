/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamic figures of an ensemble (private to sim/, part of noise_run.h; docs/numerics.md, section 11): entropy
 * made, uncertainty ratio, fluctuation theorem, work of moving sources, gyration.
 *
 * Entropy and its symmetry are sums of the heats that are kept anyway. Charges, works and gyrations are kept per
 * trajectory by each worker's keeper, and only where the card asks for them.
 *
 * Work. What a source does when its voltage E moves is W = -int q dE, q the charge that it holds: of its node, and of
 * all that conducts to it. By parts W = int E dq - [q E], both of which the books close exactly. q is a function of the
 * state when every charge has one source it can have come from: then the circuit has an equilibrium and a free energy
 * at every E [Jarzynski, Phys. Rev. Lett. 78, 2690 (1997)].
 */
#ifndef SIM_NOISE_BOOKS_H
#define SIM_NOISE_BOOKS_H
#include "out/result.h"
#include "sim/sde.h"

typedef struct noise_books {
	double *charge;   /* [n_tur][n_row] that has left the + terminal, C */
	double *gyration; /* [n_gyration][n_row] mean of (a db - b da)/dt, V^2/s */
	int n_source;     /* moving sources, WORK= */
	int *source;      /* [n_source] their instances */
	double *work;     /* [n_source][n_row] J */
	int *slot;        /* [n_instance] index in source[], -1 */
	int *level;       /* [n_unknown] held node that an unknown's charge has come from; 0: ground, or none */
	int *part;        /* [n_unknown] one number for all that hang together, ground apart; TUR= */
} noise_books;

struct noise_run;
/* Does the circuit make sense of what is asked? Then storage. After the pilot. E0414, W0503. */
ts_status noise_books_create(struct noise_run *run);
void noise_books_destroy(noise_books *b);
/* noise_books_write.c: energy/entropy and the group `books`. */
ts_status noise_books_write(const struct noise_run *run, out_file *file);
/* Does an instance turn work into heat: resistor, diode, transistor? */
int noise_dissipates(const elab_instance *instance);

/* noise_keeper.c: one worker's part; NULL where nothing per trajectory is asked for. Nothing allocates after creation.
 */
typedef struct noise_keeper noise_keeper;
ts_status noise_keeper_create(struct noise_run *run, mna_tile *tile, sde_work *work, noise_keeper **out);
void noise_keeper_destroy(noise_keeper *k);
/* A tile starts; the first sample of the recorded stretch, books just opened; a whole step after it; lane l is row
 * `row` of the results. */
void noise_keeper_begin(noise_keeper *k);
void noise_keeper_open(noise_keeper *k);
void noise_keeper_step(noise_keeper *k);
void noise_keeper_put(const noise_keeper *k, int l, size_t row);
#endif
