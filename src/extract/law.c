/* SPDX-License-Identifier: Apache-2.0
 * The two laws fitted to P(1) against bias, P = F((V - v0)/vs), with bootstrap intervals.
 *
 * Weights are 1/(se^2 + s^2). s is the law's own error: zero if the law holds within the statistical errors, else such
 * that chi^2 equals the degrees of freedom [Mandel and Paule, Anal. Chem. 42, 1194 (1970)]. A law that is only nearly
 * right is then fitted evenly over the sweep instead of to the few points in its tails that happen to be known best.
 * The reported chi^2 has s = 0. Intervals: whole trajectories are drawn with replacement, the same at every bias since
 * trajectories of one number may share their noise, and the fit is repeated with fixed weights.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "base/gauss.h"
#include "base/philox.h"
#include "extract/data.h"

enum { N_BOOT = 400, N_BISECT = 50, MIN_TRAJ = 4 };
static const uint64_t BOOT_SEED = 20260101;
static const double FIT_TOLERANCE = 1e-13, REPLICATE_TOLERANCE = 1e-6;
static const double FLOOR = 0.03;        /* of the median standard error: no point is believed beyond it */
static const double SIGNIFICANCE = 3;    /* the slope must differ from zero by so many standard errors */
static const double LARGEST_ERROR = 0.5; /* of a law */

typedef struct sweep {
	const extract_data *data;
	const extract_cell *cell;
	fit_law law;
	fit_points points;
	double middle, half; /* V = middle + half u */
	double se[EXTRACT_MAX_BIAS];
	int index[EXTRACT_MAX_BIAS]; /* bias point of each point */
	fit_result fit;
} sweep;

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Points with a bias and a P; standard errors from below by a fraction of their median (all zero: even weights). */
static void gather(sweep *s)
{
	const extract_cell *c = s->cell;
	double sorted[EXTRACT_MAX_BIAS];
	int n = 0;
	for (int i = 0; i < c->n_bias; i++) {
		if (!isfinite(c->bias[i]) || !isfinite(c->p[i].value))
			continue;
		s->index[n] = i;
		s->points.p[n] = c->p[i].value;
		s->se[n] = isfinite(c->p[i].se) ? c->p[i].se : 0;
		n++;
	}
	s->points.n = n;
	s->points.tolerance = FIT_TOLERANCE;
	if (n == 0)
		return;
	memcpy(sorted, s->se, (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, ascending);
	const double least = sorted[n / 2] > 0 ? FLOOR * sorted[n / 2] : sorted[n - 1] > 0 ? sorted[n - 1] : 1;
	const double low = c->bias[s->index[0]], high = c->bias[s->index[n - 1]];
	s->middle = (low + high) / 2;
	s->half = high > low ? (high - low) / 2 : 1;
	for (int k = 0; k < n; k++) {
		s->se[k] = fmax(s->se[k], least);
		s->points.u[k] = (c->bias[s->index[k]] - s->middle) / s->half;
		s->points.variance[k] = s->se[k] * s->se[k];
	}
}

static int n_distinct(const sweep *s)
{
	int n = s->points.n > 0;
	for (int k = 1; k < s->points.n; k++)
		n += s->points.u[k] > s->points.u[k - 1];
	return n;
}

/* Start: straight line through the logits, weighted by p (1 - p). */
static void start(sweep *s)
{
	double w = 0, wu = 0, wz = 0, wuu = 0, wuz = 0;
	for (int k = 0; k < s->points.n; k++) {
		const double p = fmin(fmax(s->points.p[k], 1e-3), 1 - 1e-3), u = s->points.u[k];
		const double weight = p * (1 - p), z = log(p / (1 - p));
		w += weight;
		wu += weight * u;
		wz += weight * z;
		wuu += weight * u * u;
		wuz += weight * u * z;
	}
	const double scale = s->law == FIT_PROBIT ? 1 / 1.7017 : 1; /* best logistic width of a normal law */
	s->fit.a = scale * (w * wuz - wu * wz) / (w * wuu - wu * wu);
	s->fit.b = scale * (wuu * wz - wu * wuz) / (w * wuu - wu * wu);
}

static ts_status fit_with(sweep *s, double error)
{
	for (int k = 0; k < s->points.n; k++)
		s->points.variance[k] = s->se[k] * s->se[k] + error * error;
	return extract_fit(s->law, &s->points, &s->fit);
}

/* Fit with the law's own error; *chi2 of the fit without it. */
static ts_status fit_law_error(sweep *s, double *chi2)
{
	start(s);
	TS_TRY(fit_with(s, 0));
	*chi2 = s->fit.chi2;
	const double dof = s->points.n - 2;
	if (dof < 1 || *chi2 <= dof)
		return TS_OK;
	double low = log(1e-9), high = log(LARGEST_ERROR);
	for (int i = 0; i < N_BISECT && high - low > 1e-6; i++) {
		const double middle = (low + high) / 2;
		TS_TRY(fit_with(s, exp(middle)));
		if (s->fit.chi2 > dof)
			low = middle;
		else
			high = middle;
	}
	return TS_OK;
}

static double uniform(uint32_t replicate, uint32_t draw)
{
	const philox_key key = philox_make_key(BOOT_SEED, PHILOX_BOOTSTRAP);
	const philox_counter bits = philox4x32((philox_counter){{draw, replicate, 0, 0}}, key);
	return philox_uniform(bits.v[0], bits.v[1]);
}

/* How often each trajectory is drawn. */
static void draw_counts(uint32_t replicate, size_t n, double *count)
{
	memset(count, 0, n * sizeof *count);
	for (size_t t = 0; t < n; t++) {
		const size_t pick = (size_t)(uniform(replicate, (uint32_t)t) * (double)n);
		count[pick < n ? pick : n - 1] += 1;
	}
}

/* P at the points with trajectories counted so often, or with normal errors when there are too few of them. */
static void replicate_points(const sweep *s, uint32_t replicate, const double *count, double *p)
{
	const extract_data *d = s->data;
	const philox_key key = philox_make_key(BOOT_SEED, PHILOX_BOOTSTRAP);
	const double stretch = sqrt((double)d->n_traj / ((double)d->n_traj - 1));
	for (int k = 0; k < s->points.n; k++) {
		const double value = s->cell->p[s->index[k]].value, se = s->cell->p[s->index[k]].se;
		const double *row = d->p1 + (size_t)s->index[k] * d->n_traj;
		double sum = 0, n = 0;
		for (size_t t = 0; t < d->n_traj; t++)
			if (count[t] > 0 && isfinite(row[t])) {
				sum += count[t] * row[t];
				n += count[t];
			}
		if (d->n_traj >= MIN_TRAJ && value > 0 && value < 1)
			p[k] = n > 0 ? value + stretch * (sum / n - value) : value;
		else
			p[k] = value + (isfinite(se) ? se : 0) * gauss_one(key, replicate, (uint32_t)k, 1);
	}
}

typedef struct spread {
	double a2, v2, n; /* sums of squared deviations of a and of v0 */
} spread;

static ts_status bootstrap(const sweep *s, spread *sum)
{
	double *count = alloc_array(s->data->n_traj, sizeof *count);
	fit_points *points = alloc_array(1, sizeof *points);
	ts_status status = count && points ? TS_OK : TS_NOMEM;
	*sum = (spread){0};
	for (uint32_t r = 0; r < N_BOOT && status == TS_OK; r++) {
		*points = s->points;
		points->tolerance = REPLICATE_TOLERANCE;
		fit_result fit = s->fit;
		draw_counts(r, s->data->n_traj, count);
		replicate_points(s, r, count, points->p);
		const ts_status one = extract_fit(s->law, points, &fit);
		status = one == TS_NOMEM ? one : TS_OK;
		if (one != TS_OK)
			continue;
		const double da = fit.a - s->fit.a;
		/* linear response of -b/a, which has no tails where a comes close to zero */
		const double dv = -(fit.b - s->fit.b) / s->fit.a + s->fit.b * da / (s->fit.a * s->fit.a);
		sum->a2 += da * da;
		sum->v2 += dv * dv;
		sum->n += 1;
	}
	alloc_free(count);
	alloc_free(points);
	return status;
}

/* Largest deviation of the points from the fit, with the standard error of P there. */
static extract_value worst_deviation(const sweep *s, double quantile)
{
	double worst = -1, slope = 0;
	int at = 0;
	for (int k = 0; k < s->points.n; k++) {
		const double fit = extract_law(s->law, s->fit.b + s->fit.a * s->points.u[k], &slope);
		if (fabs(s->points.p[k] - fit) > worst) {
			worst = fabs(s->points.p[k] - fit);
			at = k;
		}
	}
	extract_value x = extract_symmetric(worst, s->cell->p[s->index[at]].se, quantile);
	x.low = fmax(x.low, 0);
	return x;
}

typedef struct law_values {
	extract_value v0, vs, worst;
	double chi2;
	int dof;
} law_values;

static ts_status measure(sweep *s, law_values *out)
{
	spread sum;
	TS_TRY(fit_law_error(s, &out->chi2));
	TS_TRY(bootstrap(s, &sum));
	const double a = s->fit.a, q = extract_quantile(s->data->n_traj);
	const double a_se = sum.n > 1 ? sqrt(sum.a2 / sum.n) : (double)NAN;
	if (!(fabs(a) > SIGNIFICANCE * a_se) || 2 * sum.n < N_BOOT)
		return TS_NUMERIC;
	out->v0 = extract_symmetric(s->middle - s->half * s->fit.b / a, s->half * sqrt(sum.v2 / sum.n), q);
	const double end1 = s->half / (a - q * a_se), end2 = s->half / (a + q * a_se);
	out->vs = (extract_value){s->half / a, s->half * a_se / (a * a), fmin(end1, end2), fmax(end1, end2)};
	if (!(fabs(a) > q * a_se)) /* few trajectories: the slope's interval holds zero */
		out->vs.low = out->vs.high = (double)NAN;
	out->worst = worst_deviation(s, q);
	return TS_OK;
}

static ts_status one_law(const extract_data *data, const extract_cell *cell, fit_law law, law_values *out)
{
	const extract_value unknown = extract_unknown();
	*out = (law_values){unknown, unknown, unknown, (double)NAN, 0};
	sweep *s = alloc_array(1, sizeof *s);
	if (!s)
		return TS_NOMEM;
	s->data = data;
	s->cell = cell;
	s->law = law;
	gather(s);
	out->dof = s->points.n > 2 ? s->points.n - 2 : 0;
	const ts_status status = n_distinct(s) < 2 ? TS_NUMERIC : measure(s, out);
	alloc_free(s);
	return status;
}

static const char *reason(const extract_cell *cell)
{
	return cell->n_bias == 1 ? "there is one bias point"
	                         : "the sweep does not show where and how steeply P(1) rises";
}

ts_status extract_sigmoids(const extract_data *data, diag_list *diag, extract_cell *cell)
{
	law_values logistic, probit;
	const ts_status first = one_law(data, cell, FIT_LOGISTIC, &logistic);
	const ts_status second = one_law(data, cell, FIT_PROBIT, &probit);
	if (first == TS_NOMEM || second == TS_NOMEM) {
		diag_add(diag, E0999, SRC_NOWHERE, "out of memory fitting the sigmoid of cell '%s'", cell->name);
		return TS_NOMEM;
	}
	if (first != TS_OK)
		diag_add(diag, W0602, SRC_NOWHERE, "cell '%s': v0 and vs are not determined: %s", cell->name,
		         reason(cell));
	cell->v0 = logistic.v0;
	cell->vs = logistic.vs;
	cell->worst = logistic.worst;
	cell->chi2 = logistic.chi2;
	cell->dof = logistic.dof;
	cell->probit_v0 = probit.v0;
	cell->probit_vs = probit.vs;
	cell->probit_worst = probit.worst;
	return TS_OK;
}
