/* SPDX-License-Identifier: Apache-2.0
 * Inside the deterministic transient: what the two SUNDIALS integrators offer to sim/tran.c. Both work on the reduced
 * system, take one internal step at a time and give dense output behind it.
 */
#ifndef SIM_TRAN_H
#define SIM_TRAN_H
#include "sim/sim.h"
#include "sim/tran_reduce.h"

typedef struct sim_tran_counts {
	long steps, rhs_evals, newton, jacobians, error_fails, newton_fails;
} sim_tran_counts;

typedef struct sim_tran_setup {
	sim_reduced *reduced;
	double max_step;
	const sim_request *request;
	diag_list *diag;
} sim_tran_setup;

typedef struct sim_integrator_type {
	const char *name; /* "ida", "cvode" */
	ts_status (*create)(const sim_tran_setup *setup, void **self);
	/* Begin or go on at t in the reduced system's segment, to stop at its end. y: free unknowns, NULL: keep the
	 * state reached (charges are kept). jumped: y need not satisfy the algebraic equations. */
	ts_status (*start)(void *self, double t, const double *y, int jumped);
	/* One internal step; *t: time reached, at most the segment's end. */
	ts_status (*step)(void *self, double *t);
	/* y[n] and y'[n] at a time of the last step. */
	ts_status (*dense)(void *self, double t, double *y, double *ydot);
	sim_tran_counts (*count)(const void *self);
	void (*destroy)(void *self);
} sim_integrator_type;

extern const sim_integrator_type sim_ida, sim_cvode;

/* Reports SUNDIALS' last message at the analysis' card, with the unknown whose local error was worst (-1: none). */
typedef struct sim_sun_message {
	char text[256];
} sim_sun_message;
void sim_sun_handler(int code, const char *module, const char *function, char *message, void *self);
ts_status sim_sun_fail(const sim_tran_setup *setup, const sim_sun_message *message, double t, int worst);

/* 1 when the n x n matrix (reduced pattern, values a[nnz]), scaled by its diagonal, is well conditioned. */
int sim_tran_regular(const sim_reduced *r, const double *a);
/* One backward Euler step of the whole system over h from charges q[n_unknown] to t + h: y[n] is guess and result. 0 on
 * failure. */
typedef struct sim_euler {
	sim_reduced *reduced;
	sim_newton *newton;
	double *q, *rhs; /* [n_unknown], [n_unknown][LANES] */
} sim_euler;
ts_status sim_euler_create(sim_reduced *reduced, sim_euler *out);
void sim_euler_destroy(sim_euler *e);
/* Remember the charges of y at t in the current segment. */
void sim_euler_remember(sim_euler *e, double t, const double *y);
int sim_euler_step(sim_euler *e, double t, double h, double *y);
#endif
