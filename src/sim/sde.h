/* SPDX-License-Identifier: Apache-2.0
 * Stochastic steps on lanes: one step of f + dq/dt + B xi = 0 for LANES trajectories (docs/numerics.md, section 1).
 *
 * The plan is immutable and shared by all workers; a work belongs to one worker and steps the tile it was made with.
 * The state is tile->x, driven nodes included. Increments are given by the caller, xi[n_source][LANES] standard
 * normals, so that tests can build the transfer operator of a step. Nothing allocates after creation.
 */
#ifndef SIM_SDE_H
#define SIM_SDE_H
#include "mna/tile.h"

typedef struct sde_plan sde_plan;
typedef struct sde_work sde_work;

typedef struct sde_options {
	sim_reading reading;
	sim_method method;
	double scale;      /* multiplies every noise amplitude */
	int energy;        /* keep the books */
	double h;          /* step for which pivots are chosen, s; 0: from the fastest rate at the tile's state */
	src_span span;     /* of the card, for messages */
	int no_white;      /* white sources are silent */
	int no_rtn;        /* traps are silent */
	int leap;          /* jumps by leaps of a stretch, not one by one */
	double fmin, fmax; /* band of flicker noise, Hz; fmax 0: no flicker */
	/* [n_instance] 1: its sources that have rates are simulated electron by electron, whatever the reading; NULL:
	 * none. SIM_JUMP asks for all. Read by sde_plan_create only. */
	const uint8_t *jumps;
} sde_options;

/* Start from tile->x (lane 0 is the reference for pivots). Driven nodes of the tile are put at their voltages. */
ts_status sde_plan_create(mna_tile *tile, const sde_options *options, diag_list *diag, sde_plan **plan);
void sde_plan_destroy(sde_plan *plan);
int sde_plan_n_source(const sde_plan *plan);
/* philox id of a source, instance that makes it. */
uint32_t sde_source_id(const sde_plan *plan, int source);
int sde_source_instance(const sde_plan *plan, int source);
/* Free unknowns: their number and full numbers. */
int sde_plan_n_free(const sde_plan *plan);
int sde_plan_unknown(const sde_plan *plan, int free_unknown);
/* 1 when driven voltages or other sources change with time. */
int sde_plan_is_driven(const sde_plan *plan);
/* First corner of any waveform after t, INFINITY if none. */
double sde_plan_corner(const sde_plan *plan, double t);

ts_status sde_work_create(const sde_plan *plan, mna_tile *tile, sde_work **work);
void sde_work_destroy(sde_work *work);
/* The tile's x, t or constants were set from outside: driven nodes are put at their voltages, algebraic unknowns are
 * solved for, books are opened. Returns the lanes where that failed. */
uint32_t sde_begin(sde_work *work, double t);
/* Advance by h. xi_next is read by method lm only. Returns the lanes that left the realm of numbers, grew beyond any
 * voltage of a circuit, or did not converge. */
uint32_t sde_step(sde_work *work, double h, const double *xi, const double *xi_next);
/* Flicker noise of the coming step goes on by h, in place of what sde_step does: once for each part of a long step, so
 * that it takes the path of the short steps that the parts are. */
void sde_lead(sde_work *work, double h);
/* Address of the random numbers of jumps (reading SIM_JUMP) and of flicker noise: seed and trajectory[LANES]. Before
 * sde_begin. */
void sde_seed(sde_work *work, uint64_t seed, const uint32_t *trajectory);
/* 1 when no noise amplitude depends on the state. */
int sde_plan_is_additive(const sde_plan *plan);
/* 1 when switches with hysteresis flip at the ends of steps: an error of first order in the step. */
int sde_plan_keeps_states(const sde_plan *plan);
/* 1 when all noise is made of jumps and nothing flows or moves otherwise: a step of any length is exact then. */
int sde_plan_is_exact(const sde_plan *plan);
/* 1 when jumps can be simulated in this circuit at all. */
int sde_plan_takes_jumps(const sde_plan *plan);
/* A source of a Gaussian plan as a stream of jumps, at the current state, means over lanes: change of the drop along it
 * in one jump, V, and jumps per second, both ways; 0 when it has no rates. */
void sde_source_jumps(sde_work *work, int source, double *drop, double *per_second);
double sde_time(const sde_work *work);
void sde_set_time(sde_work *work, double t); /* remove the rounding of summed steps */
/* Fastest rate |lambda| of M^-1 G at the current state by power iteration, 1/s, [LANES]. */
void sde_rates(sde_work *work, double *lambda);
/* The same with all switches with hysteresis on, or off. */
void sde_rates_in_state(sde_work *work, int on, double *lambda);

/* Books since sde_begin or sde_open_books, J, [LANES] each. */
void sde_open_books(sde_work *work);
/* Heat dissipated in an instance; NULL when it has no current. Independent sources: what they absorb (negative: work
 * done on the circuit). */
const double *sde_heat(const sde_work *work, int instance);
/* Charge that has left the + terminal of an independent voltage source, C; NULL for other instances. */
const double *sde_charge(const sde_work *work, int instance);
/* Change of field energy, and sum of the absolute values of all heats and works of all steps. */
void sde_field(const sde_work *work, double *change);
const double *sde_turnover(const sde_work *work);
/* Electrons that have jumped, [LANES]. */
const double *sde_events(const sde_work *work);
/* |sum of works - change of field energy - sum of heats| / turnover, [LANES] */
void sde_residual(const sde_work *work, double *residual);
#endif
