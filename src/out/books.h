/* SPDX-License-Identifier: Apache-2.0
 * Estimates that thermodynamics asks of an ensemble: uncertainty ratio, symmetry of the entropy produced, exponential
 * averages. Each takes one number (or pair) per independent trajectory; NaN rows, trajectories that failed, are left
 * out.
 */
#ifndef OUT_BOOKS_H
#define OUT_BOOKS_H
#include <stddef.h>
#include "base/status.h"

typedef struct books_estimate {
	double value, se; /* NaN: not determined */
} books_estimate;

/* F = (Var J / <J>^2) <s> / 2, J[n] an integrated current, s[n] the entropy made, in k; at least 1 by the thermodynamic
 * uncertainty relation [Barato & Seifert, Phys. Rev. Lett. 114, 158101 (2015)]. Bias and standard error by the
 * jackknife over trajectories. NaN from fewer than 3 trajectories or of a current that is zero. */
books_estimate books_tur(const double *j, const double *s, size_t n);

/* Symmetry P(s)/P(-s) = exp(a s): given |s| the sign is + with probability 1/(1 + exp(-a |s|)), so a is the maximum of
 * a one-parameter logistic likelihood, without bins; its standard error is the sandwich of scores over information.
 * a = 1 by the fluctuation theorem. The fit is tested in at most BOOKS_BINS equally full classes of |s|: chi2 of the
 * signs there, dof. NaN where fewer than BOOKS_RARE trajectories have either sign. */
enum { BOOKS_BINS = 12, BOOKS_RARE = 20 };
typedef struct books_symmetry {
	books_estimate slope;
	double chi2, dof, n_negative;
} books_symmetry;
ts_status books_fit_symmetry(const double *s, size_t n, books_symmetry *out);

/* <exp(-x)> with the scatter of its terms, and the number (sum w)^2 / sum w^2 of terms it really rests on. NaN where
 * that is below BOOKS_EFFECTIVE: the average then hangs on trajectories that were too rare to be met. */
enum { BOOKS_EFFECTIVE = 100 };
typedef struct books_exponential {
	books_estimate mean; /* of exp(-x) */
	books_estimate log;  /* -ln of it */
	double effective;
} books_exponential;
books_exponential books_exponential_mean(const double *x, size_t n);
#endif
