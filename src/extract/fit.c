/* SPDX-License-Identifier: Apache-2.0
 * Weighted least squares of a sigmoid law P = F(b + a u) by GSL's trust-region Levenberg-Marquardt:
 * logistic F(z) = 1/(1 + exp(-z)), probit F(z) = Phi(z). Linear in (a, b) inside F, so that the fit is well conditioned
 * and a decreasing sigmoid is a negative a.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include "extract/data.h"

static const double G_TOLERANCE = 1e-15;
enum { MAX_STEP = 100 };

typedef struct fit_problem {
	fit_law law;
	const fit_points *points;
} fit_problem;

double extract_law(fit_law law, double z, double *slope)
{
	if (law == FIT_PROBIT) {
		*slope = gsl_ran_ugaussian_pdf(z);
		return gsl_cdf_ugaussian_P(z);
	}
	const double e = exp(-fabs(z)), p = 1 / (1 + e);
	*slope = e * p * p;
	return z >= 0 ? p : e * p;
}

static int residual(const gsl_vector *x, void *self, gsl_vector *f)
{
	const fit_problem *job = self;
	const fit_points *q = job->points;
	double slope = 0;
	for (int i = 0; i < q->n; i++) {
		const double z = gsl_vector_get(x, 1) + gsl_vector_get(x, 0) * q->u[i];
		gsl_vector_set(f, (size_t)i, (extract_law(job->law, z, &slope) - q->p[i]) / sqrt(q->variance[i]));
	}
	return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *x, void *self, gsl_matrix *j)
{
	const fit_problem *job = self;
	const fit_points *q = job->points;
	double slope = 0;
	for (int i = 0; i < q->n; i++) {
		extract_law(job->law, gsl_vector_get(x, 1) + gsl_vector_get(x, 0) * q->u[i], &slope);
		slope /= sqrt(q->variance[i]);
		gsl_matrix_set(j, (size_t)i, 0, slope * q->u[i]);
		gsl_matrix_set(j, (size_t)i, 1, slope);
	}
	return GSL_SUCCESS;
}

ts_status extract_fit(fit_law law, const fit_points *points, fit_result *fit)
{
	fit_problem job = {law, points};
	gsl_multifit_nlinear_fdf problem = {
	    .f = residual, .df = jacobian, .n = (size_t)points->n, .p = 2, .params = &job};
	gsl_multifit_nlinear_parameters options = gsl_multifit_nlinear_default_parameters();
	options.solver = gsl_multifit_nlinear_solver_cholesky;
	gsl_multifit_nlinear_workspace *work =
	    gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &options, problem.n, 2);
	if (!work)
		return TS_NOMEM;
	double start[2] = {fit->a, fit->b};
	gsl_vector_view x = gsl_vector_view_array(start, 2);
	int info = 0;
	gsl_multifit_nlinear_init(&x.vector, &problem, work);
	const int code =
	    gsl_multifit_nlinear_driver(MAX_STEP, points->tolerance, G_TOLERANCE, 0, NULL, NULL, &info, work);
	const gsl_vector *at = gsl_multifit_nlinear_position(work), *f = gsl_multifit_nlinear_residual(work);
	*fit = (fit_result){.a = gsl_vector_get(at, 0), .b = gsl_vector_get(at, 1)};
	for (size_t i = 0; i < problem.n; i++)
		fit->chi2 += gsl_vector_get(f, i) * gsl_vector_get(f, i);
	gsl_multifit_nlinear_free(work);
	/* No progress means that the residual cannot be lowered in double precision; from the start on, the driver
	 * calls it too many iterations. */
	const int fine = code == GSL_SUCCESS || code == GSL_ENOPROG || info == GSL_ENOPROG;
	return fine && isfinite(fit->chi2) && isfinite(fit->a) && isfinite(fit->b) ? TS_OK : TS_NUMERIC;
}
