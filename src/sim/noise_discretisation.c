/* SPDX-License-Identifier: Apache-2.0
 * What the companion says (see noise_companion.h), into the file (docs/format-h5.md): Q_h - Q_2h of means, variances,
 * the p-bit's P and the power of the supplies, and with EXTRAPOLATE=on their values extrapolated to h = 0.
 *
 * Every quantity is a mean over trajectories of some y_i: a time average; s_i + (m_i - M)^2 n/(n - 1) for a variance;
 * and so on. Over the n pairs d_i = y_i(h) - y_i(2h). The extrapolated value is Y + c <d>, Y the mean over all N
 * trajectories and c = 1/(2^order - 1) (numerics.md 1.4). Pairs are among the N, so its variance is that of
 * (n/N) y_i + c d_i over n, and (N - n)/N^2 times that of y_i from the rest.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "sim/noise_run.h"

static const double MATTERS = 0.01;     /* of a quantity's scale */
static const double LEAST_SIGMAS = 2;   /* of the pairs' scatter, and as many as chance makes unlikely: */
static const double FALSE_ALARM = 0.01; /* for all quantities of an analysis together */
static const double ROUNDING = 1e-12;   /* of the mean: what varies less is constant */

typedef struct estimate {
	double n;        /* pairs */
	double d[2];     /* Q_h - Q_2h, standard error */
	double value;    /* Q_h of all trajectories */
	double limit[2]; /* extrapolated, standard error */
} estimate;

typedef struct writer {
	const noise_run *run;
	out_file *file;
	double *fine, *coarse;            /* [samples], [n_pair]: the y_i at one bias */
	double *around;                   /* [n_pair] y_i(h), a variance about the mean of the pairs alone */
	double *mean, *variance;          /* [2][n_bias][2]: d, limit */
	int n_bad;                        /* quantities that depend on the step; the worst of them: */
	double worst, bad_bias, bad_d[2]; /* worst: in scales */
	const char *bad_what, *bad_name;
} writer;

/* Student's quantile for dof degrees from the normal one z [Abramowitz and Stegun 26.7.5]. */
static double student(double z, double dof)
{
	const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
	return z + (z3 + z) / (4 * dof) + (5 * z5 + 16 * z3 + 3 * z) / (96 * dof * dof) +
	       (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * dof * dof * dof);
}

/* Standard errors that none of n comparisons reaches by chance but in one of a hundred runs. */
static double threshold(double n_comparison, double dof)
{
	double low = 0, high = 38;
	for (int i = 0; i < 60; i++) {
		const double z = 0.5 * (low + high);
		*(erfc(z * sqrt(0.5)) > FALSE_ALARM / n_comparison ? &low : &high) = z;
	}
	return fmax(LEAST_SIGMAS, student(low, dof));
}

static void add(reduce_moments *r, double x)
{
	if (!isnan(x))
		reduce_moments_add(r, x);
}

/* Variance of the mean of what was added. */
static double square_error(const reduce_moments *r)
{
	return r->n > 1 ? r->m2 / (r->n - 1) / r->n : (double)NAN;
}

static int is_paired(size_t trajectory, size_t n_pair)
{
	const size_t tile = trajectory / LANES;
	return tile % COARSE_EVERY == 0 && tile / COARSE_EVERY * LANES + trajectory % LANES < n_pair;
}

/* From fine[], around[] and coarse[]. */
static estimate compare(const writer *w)
{
	const noise_coarse *c = &w->run->coarse;
	const double weight = c->order == 2 ? 1.0 / 3 : 1;
	reduce_moments all = {0}, rest = {0}, d = {0}, mixed = {0};
	for (size_t t = 0; t < (size_t)w->run->samples; t++) {
		add(&all, w->fine[t]);
		if (!is_paired(t, c->n_pair))
			add(&rest, w->fine[t]);
	}
	for (size_t j = 0; j < c->n_pair; j++)
		add(&d, w->around[j] - w->coarse[j]);
	for (size_t j = 0; j < c->n_pair; j++)
		add(&mixed, d.n / all.n * w->fine[noise_coarse_trajectory(j)] + weight * (w->around[j] - w->coarse[j]));
	if (d.n == 0)
		return (estimate){
		    0, {(double)NAN, (double)NAN}, all.n > 0 ? all.mean : (double)NAN, {(double)NAN, (double)NAN}};
	const double others = rest.n > 1 ? rest.n / all.n * (rest.n / all.n) * square_error(&rest) : 0;
	return (estimate){d.n,
	                  {d.mean, sqrt(square_error(&d))},
	                  all.mean,
	                  {all.mean + weight * d.mean, sqrt(square_error(&mixed) + others)}};
}

static void keep(const writer *w, const estimate *e, size_t b, double *to)
{
	memcpy(to + 2 * b, e->d, sizeof e->d);
	memcpy(to + 2 * (w->run->n_bias + b), e->limit, sizeof e->limit);
}

/* Where a quantity stands in the messages, and the size that its change is compared with. */
typedef struct quantity {
	const char *what, *name;
	double scale;
} quantity;

static void judge(writer *w, const quantity *q, const estimate *e, size_t b)
{
	const noise_run *run = w->run;
	const double n = (double)run->n_bias * (2.0 * run->signals.n + 2), size = fabs(e->d[0]);
	if (!(e->n > 1) || !(size > MATTERS * q->scale) || !(size > threshold(n, e->n - 1) * e->d[1]))
		return;
	w->n_bad++;
	if (size <= w->worst * q->scale)
		return;
	w->worst = size / q->scale;
	w->bad_bias = run->bias[b];
	memcpy(w->bad_d, e->d, sizeof w->bad_d);
	w->bad_what = q->what;
	w->bad_name = q->name;
}

/* The y_i of a time average with the rows m, m2 of h and 2h at one bias. */
static void take_rows(writer *w, const double *m, const double *m2)
{
	const noise_coarse *c = &w->run->coarse;
	memcpy(w->fine, m, (size_t)w->run->samples * sizeof *m);
	memcpy(w->coarse, m2, c->n_pair * sizeof *m2);
	for (size_t j = 0; j < c->n_pair; j++)
		w->around[j] = m[noise_coarse_trajectory(j)];
}

/* y = s + (m - M)^2 n/(n - 1), M the mean of the n entries of m whose partner is no NaN. */
static void centre(const double *m, const double *s, const double *partner, size_t n, double *y)
{
	reduce_moments r = {0};
	for (size_t i = 0; i < n; i++)
		if (!isnan(partner[i]))
			add(&r, m[i]);
	const double more = r.n > 1 ? r.n / (r.n - 1) : 1;
	for (size_t i = 0; i < n; i++)
		y[i] = s[i] + (m[i] - r.mean) * (m[i] - r.mean) * more;
}

/* The y_i of a variance, from the rows of mean and variance at one bias; take_rows has the means. */
static void take_squares(writer *w, const double *m, const double *s, const double *m2, const double *s2)
{
	const size_t n = w->run->coarse.n_pair;
	double *pair = w->around + n; /* the variances of the pairs */
	for (size_t j = 0; j < n; j++)
		pair[j] = s[noise_coarse_trajectory(j)];
	centre(m2, s2, w->around, n, w->coarse);
	centre(w->around, pair, m2, n, w->around);
	centre(m, s, m, (size_t)w->run->samples, w->fine);
}

static void compare_signal(writer *w, int k, size_t b)
{
	const noise_run *run = w->run;
	const noise_results *r = &run->results;
	const noise_coarse *c = &run->coarse;
	const size_t at = (size_t)k * r->n_row + b * (size_t)run->samples;
	const size_t at2 = ((size_t)k * run->n_bias + b) * c->n_pair;
	const char *name = run->signals.signal[k].name;
	take_rows(w, r->mean + at, c->mean + at2);
	const estimate mean = compare(w);
	take_squares(w, r->mean + at, r->variance + at, c->mean + at2, c->variance + at2);
	const estimate variance = compare(w);
	keep(w, &mean, b, w->mean);
	keep(w, &variance, b, w->variance);
	const double std = sqrt(variance.value);
	if (!(std > ROUNDING * fabs(mean.value)))
		return;
	judge(w, &(quantity){"mean", name, std}, &mean, b);
	judge(w, &(quantity){"variance", name, variance.value}, &variance, b);
}

/* Dataset ensemble/<part>name, [n_bias, 2], of the differences, and likewise of the limits. */
static ts_status put(const writer *w, const char *name, const char *unit, const double *data)
{
	static const char *const part[2] = {"discretisation", "extrapolated"};
	const noise_run *run = w->run;
	const size_t dims[2] = {run->n_bias, 2};
	char path[512], scale[300];
	snprintf(scale, sizeof scale, "/analyses/%s/bias", run->request->name);
	for (int i = 0; i < (run->request->extrapolate ? 2 : 1); i++) {
		snprintf(path, sizeof path, "/analyses/%s/ensemble/%s/%.300s", run->request->name, part[i], name);
		TS_TRY(out_put(w->file, path, unit, 2, dims, data + (size_t)i * 2 * run->n_bias, run->diag));
		if (run->pbit)
			TS_TRY(out_attach_scale(w->file, path, 0, scale, run->diag));
	}
	return TS_OK;
}

static ts_status put_signal(writer *w, int k)
{
	const sim_signal *s = &w->run->signals.signal[k];
	char name[320];
	for (size_t b = 0; b < w->run->n_bias; b++)
		compare_signal(w, k, b);
	snprintf(name, sizeof name, "mean/%.300s", s->name);
	TS_TRY(put(w, name, s->unit, w->mean));
	snprintf(name, sizeof name, "variance/%.300s", s->name);
	return put(w, name, s->square, w->variance);
}

static ts_status put_probability(writer *w)
{
	const noise_run *run = w->run;
	for (size_t b = 0; b < run->n_bias; b++) {
		take_rows(w, run->results.p1 + b * (size_t)run->samples, run->coarse.p1 + b * run->coarse.n_pair);
		const estimate e = compare(w);
		keep(w, &e, b, w->mean);
		judge(w, &(quantity){"P of", run->pbit->name, sqrt(e.value * (1 - e.value))}, &e, b);
	}
	return put(w, "p", "", w->mean);
}

/* J delivered by the supplies that count in trajectory t at bias b. */
static double supplied(const noise_run *run, size_t b, size_t t)
{
	const noise_results *r = &run->results;
	const size_t row = b * (size_t)run->samples + t;
	double sum = 0;
	for (int i = 0; i < run->system->circuit->n_instance; i++) {
		const double heat = r->heat[(size_t)i * r->n_row + row];
		sum -= noise_is_supply(run, i) && !isnan(heat) ? heat : 0; /* NaN: it has no current */
	}
	return isnan(r->field[row]) ? r->field[row] : sum; /* NaN: unfinished */
}

static int has_supply(const noise_run *run)
{
	for (int i = 0; i < run->system->circuit->n_instance; i++)
		if (noise_is_supply(run, i))
			return 1;
	return 0;
}

static ts_status put_supply_power(writer *w)
{
	const noise_run *run = w->run;
	const noise_coarse *c = &run->coarse;
	const double duration = (double)(run->grid.last - run->grid.first) * run->request->tstep;
	for (size_t b = 0; b < run->n_bias; b++) {
		for (size_t t = 0; t < (size_t)run->samples; t++)
			w->fine[t] = supplied(run, b, t) / duration;
		for (size_t j = 0; j < c->n_pair; j++) {
			w->around[j] = w->fine[noise_coarse_trajectory(j)];
			w->coarse[j] = c->energy[b * c->n_pair + j] / duration;
		}
		const estimate e = compare(w);
		keep(w, &e, b, w->mean);
		judge(w, &(quantity){"power of", "the supplies", fabs(e.value)}, &e, b);
	}
	return put(w, "power", "W", w->mean);
}

/* What tau is made of: rows of the p-bit's companions, and which trajectories they belong to. */
static ts_status put_pairs(const writer *w)
{
	const noise_run *run = w->run;
	const noise_coarse *c = &run->coarse;
	const size_t dims[3] = {run->n_bias, c->n_pair, (size_t)run->n_lag};
	char group[300], path[400];
	snprintf(group, sizeof group, "/analyses/%s/bit/%.128s/companion", run->request->name, run->pbit->name);
	for (size_t j = 0; j < c->n_pair; j++)
		w->coarse[j] = (double)noise_coarse_trajectory(j);
	snprintf(path, sizeof path, "%s/trajectory", group);
	TS_TRY(out_put(w->file, path, "", 1, dims + 1, w->coarse, run->diag));
	snprintf(path, sizeof path, "%s/p1", group);
	TS_TRY(out_put(w->file, path, "", 2, dims, c->p1, run->diag));
	snprintf(path, sizeof path, "%s/autocorrelation", group);
	return out_put(w->file, path, "", 3, dims, c->autocorrelation, run->diag);
}

static void warn(const writer *w)
{
	const noise_run *run = w->run;
	const noise_coarse *c = &run->coarse;
	if (!w->n_bad && !c->n_failure)
		return;
	diag_add(run->diag, W0505, run->request->span,
	         "with twice the step of %.3g s, %d results differ by more than 1 %% and %d of %zu trajectories fail",
	         run->grid.h, w->n_bad, c->n_failure, c->n_pair * run->n_bias);
	if (w->n_bad)
		diag_note(run->diag, SRC_NOWHERE, "worst: %s %s at bias %g: %.3g +- %.2g, which is %.2g %%",
		          w->bad_what, w->bad_name, w->bad_bias, w->bad_d[0], w->bad_d[1], 100 * w->worst);
}

static ts_status write_all(writer *w)
{
	const noise_run *run = w->run;
	for (int k = 0; k < run->signals.n; k++)
		TS_TRY(put_signal(w, k));
	if (run->pbit) {
		TS_TRY(put_probability(w));
		TS_TRY(put_pairs(w));
	}
	return run->request->energy && has_supply(run) && run->grid.last > run->grid.first ? put_supply_power(w)
	                                                                                   : TS_OK;
}

ts_status noise_discretisation_write(const noise_run *run, out_file *file)
{
	const size_t n_pair = run->coarse.n_pair, samples = (size_t)run->samples, nb = run->n_bias;
	double *all = alloc_array(samples + 3 * n_pair + 8 * nb, sizeof *all);
	if (!all)
		return TS_NOMEM;
	writer w = {.run = run, .file = file, .fine = all};
	w.coarse = all + samples;
	w.around = w.coarse + n_pair;
	w.mean = w.around + 2 * n_pair;
	w.variance = w.mean + 4 * nb;
	const ts_status status = write_all(&w);
	alloc_free(all);
	warn(&w);
	return status;
}
