/* SPDX-License-Identifier: Apache-2.0
 * Transients through CVODE (BDF, KLU) where the circuit is an ordinary equation: all charges linear and the capacitance
 * matrix C of the free unknowns regular. The state is the charge (flux, for inductors) of each free row,
 *
 *   s = C y + C_d v_d(t),   s' = -f(y, t),   y = C^-1 (s - C_d v_d(t)),
 *
 * so that no slope of a waveform is needed and charge is kept to rounding, also over a jump of a source. Newton's
 * matrix is I + gamma G C^-1 = (C + gamma G) C^-1: KLU factors C + gamma G, and the solution is multiplied by C. CVODE:
 * Cohen & Hindmarsh 1996; Hindmarsh et al., ACM TOMS 31 (2005) 363.
 */
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>
#include "base/alloc.h"
#include "lin/klu.h"
#include "sim/tran.h"

enum { MOST_FAILS = 40 }; /* of the error test in one step: weights are tight while a signal is still zero */

typedef struct coupling {
	int row, node;
	double value;
} coupling;

typedef struct cvode_state {
	sim_tran_setup setup;
	sim_reduced *r;
	sim_sun_message message;
	SUNContext context;
	void *mem;
	N_Vector s, work;
	SUNMatrix matrix;
	SUNLinearSolver klu, solver; /* solver: klu, then times C */
	lin_klu *capacitance;
	double *c, *g; /* [nnz] */
	double *y, *b; /* [n] */
	int n_coupling;
	coupling *coupled; /* C_d */
	double t;
	int is_open, has_stepped; /* has_stepped: since the last start */
	sim_tran_counts before;   /* of finished segments */
} cvode_state;

static void charge_to_y(cvode_state *self, double t, const double *s, double *y)
{
	sim_reduced *r = self->r;
	sim_reduced_set(r, t, y);
	for (int i = 0; i < r->n; i++)
		y[i] = s[i];
	for (int i = 0; i < self->n_coupling; i++)
		y[self->coupled[i].row] -= self->coupled[i].value * r->one->x[self->coupled[i].node];
	lin_klu_solve(self->capacitance, y);
	sim_reduced_set(r, t, y);
}

static int right_hand_side(realtype t, N_Vector s, N_Vector sdot, void *user)
{
	cvode_state *self = user;
	sim_reduced *r = self->r;
	double *out = N_VGetArrayPointer(sdot);
	charge_to_y(self, t, N_VGetArrayPointer(s), self->y);
	mna_single_assemble(r->one, DEV_F);
	int bad = 0;
	for (int i = 0; i < r->n; i++) {
		out[i] = -r->one->f[r->unknown[i]];
		bad |= !isfinite(out[i]);
	}
	return bad;
}

static int newton_matrix(realtype t, N_Vector s, N_Vector fs, SUNMatrix m, booleantype reuse, booleantype *current,
                         realtype gamma, void *user, N_Vector w1, N_Vector w2, N_Vector w3)
{
	cvode_state *self = user;
	sim_reduced *r = self->r;
	(void)fs, (void)w1, (void)w2, (void)w3;
	*current = !reuse;
	if (!reuse) {
		charge_to_y(self, t, N_VGetArrayPointer(s), self->y);
		mna_single_assemble(r->one, DEV_F | DEV_G);
		for (int e = 0; e < r->pattern.nnz; e++)
			self->g[e] = r->one->g[r->slot[e]];
	}
	for (int j = 0; j <= r->n; j++)
		SM_INDEXPTRS_S(m)[j] = r->pattern.p[j];
	for (int e = 0; e < r->pattern.nnz; e++) {
		SM_INDEXVALS_S(m)[e] = r->pattern.i[e];
		SM_DATA_S(m)[e] = self->c[e] + gamma * self->g[e];
	}
	return 0;
}

static int weights(N_Vector s, N_Vector ewt, void *user)
{
	cvode_state *self = user;
	const sim_reduced *r = self->r;
	double *w = N_VGetArrayPointer(ewt);
	(void)s;
	sim_reduced_weight(r, w);
	for (int i = 0; i < r->n; i++)
		w[i] /= fabs(self->c[lin_csc_slot(&r->pattern, i, i) - 1]);
	return 0;
}

static SUNLinearSolver_Type solver_type(SUNLinearSolver solver)
{
	(void)solver;
	return SUNLINEARSOLVER_DIRECT;
}

static int solver_initialize(SUNLinearSolver solver)
{
	cvode_state *self = solver->content;
	return SUNLinSolInitialize(self->klu);
}

static int solver_setup(SUNLinearSolver solver, SUNMatrix m)
{
	cvode_state *self = solver->content;
	return SUNLinSolSetup(self->klu, m);
}

static int solver_solve(SUNLinearSolver solver, SUNMatrix m, N_Vector x, N_Vector b, realtype tolerance)
{
	cvode_state *self = solver->content;
	const lin_csc *p = &self->r->pattern;
	const int flag = SUNLinSolSolve(self->klu, m, x, b, tolerance);
	double *v = N_VGetArrayPointer(x);
	for (int j = 0; j < p->n; j++)
		self->b[j] = 0;
	for (int j = 0; j < p->n; j++)
		for (int e = p->p[j]; e < p->p[j + 1]; e++)
			self->b[p->i[e]] += self->c[e] * v[j];
	for (int j = 0; j < p->n; j++)
		v[j] = self->b[j];
	return flag;
}

static int solver_free(SUNLinearSolver solver)
{
	solver->content = NULL;
	SUNLinSolFreeEmpty(solver);
	return 0;
}

static ts_status make_solver(cvode_state *self)
{
	sim_reduced *r = self->r;
	self->s = N_VNew_Serial(r->n, self->context);
	self->work = N_VNew_Serial(r->n, self->context);
	self->matrix = SUNSparseMatrix(r->n, r->n, r->pattern.nnz, CSC_MAT, self->context);
	self->solver = SUNLinSolNewEmpty(self->context);
	if (!self->s || !self->work || !self->matrix || !self->solver)
		return TS_NOMEM;
	self->klu = SUNLinSol_KLU(self->s, self->matrix, self->context);
	if (!self->klu)
		return TS_NOMEM;
	self->solver->content = self;
	self->solver->ops->gettype = solver_type;
	self->solver->ops->initialize = solver_initialize;
	self->solver->ops->setup = solver_setup;
	self->solver->ops->solve = solver_solve;
	self->solver->ops->free = solver_free;
	return TS_OK;
}

static void find_couplings(cvode_state *self)
{
	const sim_reduced *r = self->r;
	const lin_csc *full = &r->system->pattern;
	for (int j = 0; j < full->n; j++)
		for (int e = full->p[j]; e < full->p[j + 1]; e++) {
			const double c = r->one->c[e + 1];
			const int row = r->index[full->i[e] + 1];
			if (c != 0 && row >= 0 && r->system->driven_by[j + 1] >= 0)
				self->coupled[self->n_coupling++] = (coupling){row, j + 1, c};
		}
}

static ts_status make_matrices(cvode_state *self)
{
	sim_reduced *r = self->r;
	const size_t nnz = (size_t)r->system->pattern.nnz, n = (size_t)r->n;
	self->c = alloc_array(2 * nnz + 2 * n, sizeof *self->c);
	self->coupled = alloc_array(nnz, sizeof *self->coupled);
	if (!self->c || !self->coupled)
		return TS_NOMEM;
	self->g = self->c + nnz;
	self->y = self->g + nnz;
	self->b = self->y + n;
	mna_single_assemble(r->one, DEV_Q | DEV_C);
	for (int e = 0; e < r->pattern.nnz; e++)
		self->c[e] = r->one->c[r->slot[e]];
	find_couplings(self);
	TS_TRY(lin_klu_create(&r->pattern, &self->capacitance));
	return lin_klu_factor(self->capacitance, self->c, NULL);
}

static void cvode_destroy(void *state)
{
	cvode_state *self = state;
	if (!self)
		return;
	CVodeFree(&self->mem);
	if (self->solver)
		solver_free(self->solver);
	if (self->klu)
		SUNLinSolFree(self->klu);
	if (self->matrix)
		SUNMatDestroy(self->matrix);
	N_VDestroy(self->s);
	N_VDestroy(self->work);
	SUNContext_Free(&self->context);
	lin_klu_destroy(self->capacitance);
	alloc_free(self->c);
	alloc_free(self->coupled);
	alloc_free(self);
}

static ts_status cvode_create(const sim_tran_setup *setup, void **out)
{
	cvode_state *self = alloc_array(1, sizeof *self);
	if (!self)
		return TS_NOMEM;
	*out = self;
	self->setup = *setup;
	self->r = setup->reduced;
	if (SUNContext_Create(NULL, &self->context))
		return TS_NOMEM;
	TS_TRY(make_matrices(self));
	TS_TRY(make_solver(self));
	self->mem = CVodeCreate(CV_BDF, self->context);
	return self->mem ? TS_OK : TS_NOMEM;
}

static int open_integrator(cvode_state *self, double t)
{
	return CVodeInit(self->mem, right_hand_side, t, self->s) || CVodeSetUserData(self->mem, self) ||
	       CVodeSetErrHandlerFn(self->mem, sim_sun_handler, &self->message) ||
	       CVodeWFtolerances(self->mem, weights) || CVodeSetLinearSolver(self->mem, self->solver, self->matrix) ||
	       CVodeSetLinSysFn(self->mem, newton_matrix) || CVodeSetMaxNumSteps(self->mem, -1) ||
	       CVodeSetStabLimDet(self->mem, SUNTRUE) || CVodeSetMaxStep(self->mem, self->setup.max_step) ||
	       CVodeSetMaxErrTestFails(self->mem, MOST_FAILS);
}

static sim_tran_counts since_start(const cvode_state *self)
{
	sim_tran_counts c = {0};
	if (self->is_open) {
		CVodeGetNumSteps(self->mem, &c.steps);
		CVodeGetNumRhsEvals(self->mem, &c.rhs_evals);
		CVodeGetNumNonlinSolvIters(self->mem, &c.newton);
		CVodeGetNumJacEvals(self->mem, &c.jacobians);
		CVodeGetNumErrTestFails(self->mem, &c.error_fails);
		CVodeGetNumNonlinSolvConvFails(self->mem, &c.newton_fails);
	}
	return c;
}

static sim_tran_counts cvode_count(const void *state)
{
	const cvode_state *self = state;
	const sim_tran_counts now = since_start(self), *b = &self->before;
	return (sim_tran_counts){
	    b->steps + now.steps,         b->rhs_evals + now.rhs_evals,     b->newton + now.newton,
	    b->jacobians + now.jacobians, b->error_fails + now.error_fails, b->newton_fails + now.newton_fails};
}

static ts_status cvode_start(void *state, double t, const double *y, int jumped)
{
	cvode_state *self = state;
	sim_reduced *r = self->r;
	double *s = N_VGetArrayPointer(self->s);
	(void)jumped; /* the state is charge, which a jump of a source does not change */
	if (y) {
		sim_reduced_set(r, t, y);
		mna_single_assemble(r->one, DEV_Q);
		for (int i = 0; i < r->n; i++)
			s[i] = r->one->q[r->unknown[i]];
		sim_reduced_seen(r, y);
	}
	self->before = cvode_count(self);
	self->message.text[0] = 0;
	const int failed = self->is_open ? CVodeReInit(self->mem, t, self->s) : open_integrator(self, t);
	self->is_open = 1;
	self->has_stepped = 0;
	self->t = t;
	if (failed || CVodeSetStopTime(self->mem, r->b))
		return sim_sun_fail(&self->setup, &self->message, t, -1);
	return TS_OK;
}

static int worst_unknown(cvode_state *self)
{
	int worst = -1;
	double most = 0;
	if (CVodeGetEstLocalErrors(self->mem, self->work) || weights(self->s, self->s, self))
		return -1;
	const double *e = N_VGetArrayPointer(self->work), *w = N_VGetArrayPointer(self->s);
	for (int i = 0; i < self->r->n; i++)
		if (fabs(e[i] * w[i]) > most) {
			most = fabs(e[i] * w[i]);
			worst = i;
		}
	return worst;
}

static ts_status cvode_step(void *state, double *t)
{
	cvode_state *self = state;
	const int flag = CVode(self->mem, self->r->b, self->s, &self->t, CV_ONE_STEP);
	*t = self->t;
	if (flag < 0)
		return sim_sun_fail(&self->setup, &self->message, self->t, worst_unknown(self));
	self->has_stepped = 1;
	charge_to_y(self, self->t, N_VGetArrayPointer(self->s), self->y);
	sim_reduced_seen(self->r, self->y);
	CVodeGetLastStep(self->mem, &self->r->step);
	return TS_OK;
}

static ts_status cvode_dense(void *state, double t, double *y, double *ydot)
{
	cvode_state *self = state;
	sim_reduced *r = self->r;
	if (self->has_stepped && CVodeGetDky(self->mem, t, 0, self->work))
		return sim_sun_fail(&self->setup, &self->message, t, -1);
	/* CVODE interpolates with its last step, so it has no value before the first. */
	charge_to_y(self, t, N_VGetArrayPointer(self->has_stepped ? self->work : self->s), y);
	mna_single_assemble(r->one, DEV_F);
	for (int i = 0; i < r->n; i++)
		self->b[i] = 0;
	sim_reduced_set_rate(r, t, self->b);
	for (int i = 0; i < r->n; i++)
		ydot[i] = -r->one->f[r->unknown[i]];
	for (int i = 0; i < self->n_coupling; i++)
		ydot[self->coupled[i].row] -= self->coupled[i].value * r->xdot[self->coupled[i].node];
	lin_klu_solve(self->capacitance, ydot);
	return TS_OK;
}

const sim_integrator_type sim_cvode = {"cvode",     cvode_create, cvode_start,  cvode_step,
                                       cvode_dense, cvode_count,  cvode_destroy};
