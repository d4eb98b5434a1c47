/* SPDX-License-Identifier: Apache-2.0
 * Consistent starts of a transient: a backward Euler step over a vanishing time keeps the charge of every node and
 * solves the algebraic equations, whatever the index structure,
 *
 *   f(x1, t + h) + (q(x1) - q0) / h = 0.
 *
 * Also here: the test whether a capacitance matrix is regular, and the reporting of SUNDIALS' messages.
 */
#include <math.h>
#include <stdio.h>
#include "base/alloc.h"
#include "lin/klu.h"
#include "sim/tran.h"

static const double CONDITION_LIMIT = 1e10;
enum { EULER_ITERATIONS = 100 };

/* A vector with signs that no circuit symmetry shares. */
static double probe_sign(int i)
{
	return (((unsigned)i * 2654435761u) >> 15) & 1u ? 1.0 : -1.0;
}

static double diagonal(const sim_reduced *r, const double *a, int i)
{
	const int slot = lin_csc_slot(&r->pattern, i, i);
	return slot ? fabs(a[slot - 1]) : 0;
}

/* With S = D^-1/2 A D^-1/2 the norm of S^-1 times a probe tells a singular matrix from a regular one. */
static int probe(const sim_reduced *r, const double *a, lin_klu *klu, double *z)
{
	double norm = 0;
	for (int i = 0; i < r->n; i++) {
		const double d = diagonal(r, a, i);
		if (d == 0)
			return 0;
		z[i] = sqrt(d) * probe_sign(i);
	}
	if (lin_klu_factor(klu, a, NULL) != TS_OK)
		return 0;
	lin_klu_solve(klu, z);
	for (int i = 0; i < r->n; i++)
		norm = fmax(norm, fabs(z[i]) * sqrt(diagonal(r, a, i)));
	return norm < CONDITION_LIMIT;
}

int sim_tran_regular(const sim_reduced *r, const double *a)
{
	lin_klu *klu = NULL;
	double *z = alloc_array((size_t)r->n, sizeof *z);
	int regular = 0;
	if (z && r->n > 0 && lin_klu_create(&r->pattern, &klu) == TS_OK)
		regular = probe(r, a, klu, z);
	lin_klu_destroy(klu);
	alloc_free(z);
	return regular;
}

ts_status sim_euler_create(sim_reduced *reduced, sim_euler *out)
{
	const size_t n = (size_t)reduced->system->n_unknown;
	*out = (sim_euler){.reduced = reduced};
	TS_TRY(sim_newton_create(reduced->system, &out->newton));
	out->q = alloc_array(n, sizeof *out->q);
	out->rhs = alloc_array(n * LANES, sizeof *out->rhs);
	return out->q && out->rhs ? TS_OK : TS_NOMEM;
}

void sim_euler_destroy(sim_euler *e)
{
	sim_newton_destroy(e->newton);
	alloc_free(e->q);
	alloc_free(e->rhs);
}

void sim_euler_remember(sim_euler *e, double t, const double *y)
{
	sim_reduced *r = e->reduced;
	sim_reduced_set(r, t, y);
	mna_single_assemble(r->one, DEV_Q);
	for (int u = 0; u < r->system->n_unknown; u++)
		e->q[u] = r->one->q[u];
}

int sim_euler_step(sim_euler *e, double t, double h, double *y)
{
	sim_reduced *r = e->reduced;
	double alpha[LANES] __attribute__((aligned(64)));
	sim_reduced_set_tile(r, t + h, y);
	for (int l = 0; l < LANES; l++) {
		alpha[l] = 1 / h;
		for (int u = 0; u < r->system->n_unknown; u++)
			e->rhs[u * LANES + l] = -e->q[u] / h;
	}
	const sim_newton_problem problem = {
	    .lanes = 1, .rhs = e->rhs, .alpha = alpha, .max_iteration = EULER_ITERATIONS};
	if (!(sim_newton_solve(e->newton, r->tile, &problem, NULL) & 1))
		return 0;
	for (int i = 0; i < r->n; i++)
		y[i] = r->tile->x[r->unknown[i] * LANES];
	return 1;
}

void sim_sun_handler(int code, const char *module, const char *function, char *message, void *self)
{
	sim_sun_message *to = self;
	snprintf(to->text, sizeof to->text, "%s %s (%d): %s", module, function, code, message);
}

ts_status sim_sun_fail(const sim_tran_setup *setup, const sim_sun_message *message, double t, int worst)
{
	diag_add(setup->diag, E0521, setup->request->span, "transient stopped at t = %g s of %g s", t,
	         setup->request->tstop);
	if (message->text[0])
		diag_note(setup->diag, SRC_NOWHERE, "SUNDIALS: %s", message->text);
	if (worst >= 0) {
		const sim_reduced *r = setup->reduced;
		diag_note(setup->diag, SRC_NOWHERE, "largest local error at %s", r->system->name[r->unknown[worst]]);
	}
	return TS_NUMERIC;
}
