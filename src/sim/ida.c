/* SPDX-License-Identifier: Apache-2.0
 * Transients through IDA (variable-order BDF, KLU) for the general circuit,
 *
 *   F(t, y, y') = f(y, t) + C(y) y' + C_d v_d'(t) = 0,   dF/dy + c_j dF/dy' ~ G + c_j C,
 *
 * the derivative of C y' being left to Newton's iteration. Consistent starts come from IDACalcIC where the charges
 * allow the split into differential and algebraic unknowns it asks for (every unknown without charge algebraic, the
 * rest of C regular), and from two backward Euler steps over a vanishing time otherwise. Algebraic unknowns leave the
 * error test only after it has failed with them, as it does at index 2 [Brenan, Campbell & Petzold 1996, 5.4]. IDA:
 * Hindmarsh et al., ACM TOMS 31 (2005) 363.
 */
#include <ida/ida.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>
#include "base/alloc.h"
#include "sim/tran.h"

/* Parts of a segment */
static const double LONGEST_EULER = 1e-3, SHORTEST_EULER = 1e-15, EULER_FACTOR = 1e-2, FIRST_STEP = 1e-4;
enum { MOST_FAILS = 40, MOST_BACKS = 10 }; /* failures in one step: weights are tight while a signal is still zero */

typedef struct ida_state {
	sim_tran_setup setup;
	sim_reduced *r;
	sim_euler euler;
	sim_sun_message message;
	SUNContext context;
	void *mem;
	N_Vector y, ydot, id, work;
	SUNMatrix matrix;
	SUNLinearSolver klu;
	double *guess; /* [n] */
	double *c;     /* [nnz] C with ones for algebraic unknowns */
	double t;
	int is_open, is_suppressed, has_stepped; /* since the last start */
	sim_tran_counts before;                  /* of finished segments */
} ida_state;

static int residual(realtype t, N_Vector y, N_Vector ydot, N_Vector r, void *user)
{
	ida_state *self = user;
	return sim_reduced_residual(self->r, t, N_VGetArrayPointer(y), N_VGetArrayPointer(ydot), N_VGetArrayPointer(r));
}

static int jacobian(realtype t, realtype cj, N_Vector y, N_Vector ydot, N_Vector res, SUNMatrix m, void *user,
                    N_Vector w1, N_Vector w2, N_Vector w3)
{
	ida_state *self = user;
	sim_reduced *r = self->r;
	(void)ydot, (void)res, (void)w1, (void)w2, (void)w3;
	sim_reduced_set(r, t, N_VGetArrayPointer(y));
	mna_single_assemble(r->one, DEV_F | DEV_Q | DEV_G | DEV_C);
	for (int j = 0; j <= r->n; j++)
		SM_INDEXPTRS_S(m)[j] = r->pattern.p[j];
	for (int e = 0; e < r->pattern.nnz; e++) {
		const int s = r->slot[e];
		SM_INDEXVALS_S(m)[e] = r->pattern.i[e];
		SM_DATA_S(m)[e] = r->one->g[s] + cj * r->one->c[s];
	}
	return 0;
}

static int weights(N_Vector y, N_Vector ewt, void *user)
{
	const ida_state *self = user;
	(void)y;
	sim_reduced_weight(self->r, N_VGetArrayPointer(ewt));
	return 0;
}

static ts_status make_vectors(ida_state *self)
{
	const sim_reduced *r = self->r;
	if (SUNContext_Create(NULL, &self->context))
		return TS_NOMEM;
	N_Vector *const all[] = {&self->y, &self->ydot, &self->id, &self->work};
	for (int i = 0; i < 4; i++)
		if (!(*all[i] = N_VNew_Serial(r->n, self->context)))
			return TS_NOMEM;
	self->matrix = SUNSparseMatrix(r->n, r->n, r->pattern.nnz, CSC_MAT, self->context);
	if (!self->matrix)
		return TS_NOMEM;
	self->klu = SUNLinSol_KLU(self->y, self->matrix, self->context);
	self->mem = IDACreate(self->context);
	self->guess = alloc_array((size_t)r->n + (size_t)r->pattern.nnz, sizeof *self->guess);
	self->c = self->guess ? self->guess + r->n : NULL;
	return self->klu && self->mem && self->guess ? TS_OK : TS_NOMEM;
}

static void ida_destroy(void *state)
{
	ida_state *self = state;
	if (!self)
		return;
	sim_euler_destroy(&self->euler);
	IDAFree(&self->mem);
	if (self->klu)
		SUNLinSolFree(self->klu);
	if (self->matrix)
		SUNMatDestroy(self->matrix);
	N_VDestroy(self->y);
	N_VDestroy(self->ydot);
	N_VDestroy(self->id);
	N_VDestroy(self->work);
	SUNContext_Free(&self->context);
	alloc_free(self->guess);
	alloc_free(self);
}

static ts_status ida_create(const sim_tran_setup *setup, void **out)
{
	ida_state *self = alloc_array(1, sizeof *self);
	if (!self)
		return TS_NOMEM;
	*out = self;
	self->setup = *setup;
	self->r = setup->reduced;
	TS_TRY(sim_euler_create(self->r, &self->euler));
	return make_vectors(self);
}

/* id = 1 for unknowns with charge; returns whether the charges of those determine them. */
static int split(ida_state *self)
{
	const sim_reduced *r = self->r;
	double *id = N_VGetArrayPointer(self->id);
	sim_reduced_set(self->r, self->t, N_VGetArrayPointer(self->y));
	mna_single_assemble(r->one, DEV_Q | DEV_C);
	for (int j = 0; j < r->n; j++) {
		id[j] = 0;
		for (int e = r->pattern.p[j]; e < r->pattern.p[j + 1]; e++) {
			self->c[e] = r->one->c[r->slot[e]];
			if (self->c[e] != 0)
				id[j] = 1;
		}
		const int slot = lin_csc_slot(&r->pattern, j, j);
		if (id[j] == 0 && slot)
			self->c[slot - 1] = 1;
	}
	return sim_tran_regular(r, self->c);
}

/* Do the unknowns with charge agree within tolerance? */
static int is_same(const ida_state *self, const double *y, const double *other)
{
	const double *id = N_VGetArrayPointer(self->id);
	for (int i = 0; i < self->r->n; i++) {
		const double allowed = self->r->reltol * fmax(self->r->scale[i], fabs(y[i])) + self->r->atol[i];
		if (id[i] != 0 && fabs(y[i] - other[i]) > allowed)
			return 0;
	}
	return 1;
}

static void copy(int n, const double *from, double *to)
{
	for (int i = 0; i < n; i++)
		to[i] = from[i];
}

/* y[n] behind an Euler step so short that the unknowns with charge stand still, or, where a source has jumped, that a
 * shorter one changes nothing. Returns the step, 0 on failure. */
static double settle(ida_state *self, double *y)
{
	const sim_reduced *r = self->r;
	const double *old = N_VGetArrayPointer(self->y), length = r->b - r->a;
	double good = 0;
	for (double h = LONGEST_EULER * length; h > SHORTEST_EULER * length; h *= EULER_FACTOR) {
		copy(r->n, old, self->guess);
		if (!sim_euler_step(&self->euler, self->t, h, self->guess))
			continue;
		const int done = is_same(self, self->guess, old) || (good > 0 && is_same(self, self->guess, y));
		copy(r->n, self->guess, y);
		good = h;
		if (done)
			break;
	}
	return good;
}

/* Slopes y' from one more Euler step behind y; all unknowns, or only those without charge. */
static int euler_slopes(ida_state *self, double h, int all)
{
	const sim_reduced *r = self->r;
	const double *y = N_VGetArrayPointer(self->y), *id = N_VGetArrayPointer(self->id);
	double *ydot = N_VGetArrayPointer(self->ydot);
	sim_euler_remember(&self->euler, self->t + (all ? h : 0), y);
	copy(r->n, y, self->guess);
	if (!sim_euler_step(&self->euler, self->t + (all ? h : 0), h, self->guess))
		return 0;
	for (int i = 0; i < r->n; i++)
		if (all || id[i] == 0)
			ydot[i] = (self->guess[i] - y[i]) / h;
	return 1;
}

static int euler_start(ida_state *self)
{
	double *settled = N_VGetArrayPointer(self->ydot);
	const double h = settle(self, settled);
	if (h == 0)
		return 0;
	copy(self->r->n, settled, N_VGetArrayPointer(self->y));
	return euler_slopes(self, h, 1);
}

static int open_integrator(ida_state *self, double t)
{
	return IDAInit(self->mem, residual, t, self->y, self->ydot) || IDASetUserData(self->mem, self) ||
	       IDASetErrHandlerFn(self->mem, sim_sun_handler, &self->message) || IDAWFtolerances(self->mem, weights) ||
	       IDASetLinearSolver(self->mem, self->klu, self->matrix) || IDASetJacFn(self->mem, jacobian) ||
	       IDASetMaxNumSteps(self->mem, -1) || IDASetMaxStep(self->mem, self->setup.max_step) ||
	       IDASetMaxErrTestFails(self->mem, MOST_FAILS) || IDASetMaxConvFails(self->mem, MOST_FAILS);
}

static sim_tran_counts since_start(const ida_state *self)
{
	sim_tran_counts c = {0};
	if (self->is_open) {
		IDAGetNumSteps(self->mem, &c.steps);
		IDAGetNumResEvals(self->mem, &c.rhs_evals);
		IDAGetNumNonlinSolvIters(self->mem, &c.newton);
		IDAGetNumJacEvals(self->mem, &c.jacobians);
		IDAGetNumErrTestFails(self->mem, &c.error_fails);
		IDAGetNumNonlinSolvConvFails(self->mem, &c.newton_fails);
	}
	return c;
}

static sim_tran_counts ida_count(const void *state)
{
	const ida_state *self = state;
	const sim_tran_counts now = since_start(self), *b = &self->before;
	return (sim_tran_counts){
	    b->steps + now.steps,         b->rhs_evals + now.rhs_evals,     b->newton + now.newton,
	    b->jacobians + now.jacobians, b->error_fails + now.error_fails, b->newton_fails + now.newton_fails};
}

static int reinitialise(ida_state *self)
{
	self->before = ida_count(self);
	const int failed =
	    self->is_open ? IDAReInit(self->mem, self->t, self->y, self->ydot) : open_integrator(self, self->t);
	self->is_open = 1;
	return failed || IDASetId(self->mem, self->id) || IDASetSuppressAlg(self->mem, self->is_suppressed) ||
	       IDASetStopTime(self->mem, self->r->b) ||
	       IDASetInitStep(self->mem, FIRST_STEP * (self->r->b - self->r->a));
}

static int calculated_start(ida_state *self)
{
	N_VConst(0, self->ydot);
	if (reinitialise(self) || IDACalcIC(self->mem, IDA_YA_YDP_INIT, self->r->b) ||
	    IDAGetConsistentIC(self->mem, self->y, self->ydot))
		return 0;
	return euler_slopes(self, LONGEST_EULER * (self->r->b - self->r->a), 0) && !reinitialise(self);
}

static ts_status ida_start(void *state, double t, const double *y, int jumped)
{
	ida_state *self = state;
	sim_reduced *r = self->r;
	double *at = N_VGetArrayPointer(self->y);
	self->t = t;
	self->has_stepped = 0;
	self->message.text[0] = 0;
	for (int i = 0; y && i < r->n; i++)
		at[i] = y[i];
	if (y)
		sim_euler_remember(&self->euler, t, at);
	sim_reduced_seen(r, at);
	N_VScale(1, self->y, self->work);
	if (!split(self) || jumped || self->is_suppressed || !calculated_start(self)) {
		N_VScale(1, self->work, self->y);
		if (!euler_start(self) || reinitialise(self))
			return sim_sun_fail(&self->setup, &self->message, t, -1);
	}
	self->message.text[0] = 0;
	sim_reduced_seen(r, at);
	return TS_OK;
}

static int worst_unknown(ida_state *self)
{
	int worst = -1;
	double most = 0;
	if (IDAGetEstLocalErrors(self->mem, self->work) || weights(self->y, self->id, self))
		return -1;
	const double *e = N_VGetArrayPointer(self->work), *w = N_VGetArrayPointer(self->id);
	for (int i = 0; i < self->r->n; i++)
		if (fabs(e[i] * w[i]) > most) {
			most = fabs(e[i] * w[i]);
			worst = i;
		}
	return worst;
}

/* Index 2: go on from the last good point with the algebraic unknowns outside the error test. */
static ts_status retry(ida_state *self)
{
	const double t = self->t;
	if (self->is_suppressed || (self->has_stepped && IDAGetDky(self->mem, t, 0, self->y)))
		return sim_sun_fail(&self->setup, &self->message, t, worst_unknown(self));
	self->is_suppressed = 1;
	sim_euler_remember(&self->euler, t, N_VGetArrayPointer(self->y));
	return ida_start(self, t, NULL, 0);
}

static ts_status ida_step(void *state, double *t)
{
	ida_state *self = state;
	double reached = self->t;
	const int flag = IDASolve(self->mem, self->r->b, &reached, self->y, self->ydot, IDA_ONE_STEP);
	*t = self->t;
	if (flag < 0)
		return retry(self);
	*t = self->t = reached;
	self->has_stepped = 1;
	sim_reduced_seen(self->r, N_VGetArrayPointer(self->y));
	IDAGetLastStep(self->mem, &self->r->step);
	if (reached >= self->r->b) /* what a jump of a source at the corner must keep */
		sim_euler_remember(&self->euler, reached, N_VGetArrayPointer(self->y));
	return TS_OK;
}

static ts_status ida_dense(void *state, double t, double *y, double *ydot)
{
	ida_state *self = state;
	N_Vector start[] = {self->y, self->ydot}; /* IDA knows no derivatives before its first step */
	for (int k = 0; k < 2; k++) {
		if (self->has_stepped && IDAGetDky(self->mem, t, k, self->work))
			return sim_sun_fail(&self->setup, &self->message, t, -1);
		const double *from = N_VGetArrayPointer(self->has_stepped ? self->work : start[k]);
		for (int i = 0; i < self->r->n; i++)
			(k ? ydot : y)[i] = from[i];
	}
	return TS_OK;
}

const sim_integrator_type sim_ida = {"ida", ida_create, ida_start, ida_step, ida_dense, ida_count, ida_destroy};
