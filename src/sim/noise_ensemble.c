/* SPDX-License-Identifier: Apache-2.0
 * What the reducers of an ensemble say (see noise_reduce.h), into the file (docs/format-h5.md): autocovariances,
 * spectra and dwell times, and how well each mean is known.
 *
 * Trajectories give covariances about their own means m_t. About the ensemble's mean M they are larger by (m_t - M)^2,
 * and n/(n-1) makes up for M being made of the same n trajectories; a group's covariance is corrected so.
 * The error of M between trajectories is their scatter; within them it is sqrt(sum of C / samples), C the covariance.
 * Their ratio is judged by ln(within/between), whose standard error is the root of 1/(2(n-1)) and of a quarter of the
 * squared relative error of the sum.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "out/converge.h"
#include "sim/noise_run.h"

static const double APART = 1.3;      /* ratio of the errors that matters */
static const double CHANCE = 4;       /* standard errors */
static const double CONVERGED = 1.01; /* R-hat */
static const double ENOUGH = 20;      /* correlation times per half of a stored trajectory */
static const double STUCK = 1.1;      /* R-hat of a signal whose correlation is not seen to decay */
static const double ROUNDING = 1e-12; /* of the mean: what varies less is constant */
enum { LEAST_TRAJECTORIES = 8, LEAST_SAMPLES = 200 };

/* Results of one signal, one row per bias. */
typedef struct estimates {
	double *covariance; /* [n_bias][n_lag][2]: value, standard error */
	double *power;      /* [n_bias][n_freq][2] */
	double *error;      /* [n_bias][2]: between, within */
	double *tau;        /* [n_bias][2] */
	double *size, *rhat, *geyer;
} estimates;

typedef struct writer {
	const noise_run *run;
	out_file *file;
	char path[512];
	double *weight, *work; /* [n_group]; [n_group][n_lag or n_freq] */
	estimates all;
	int n_bad; /* means that are in doubt; the worst of them: */
	const char *bad_name;
	double bad_bias, bad_error[2], bad_rhat, badness;
} writer;

typedef struct mean_of {
	double n, mean, variance; /* over trajectories */
} mean_of;

static const double *means(const noise_run *run, int k, size_t b)
{
	return run->results.mean + (size_t)k * run->results.n_row + b * (size_t)run->samples;
}

static mean_of moments(const noise_run *run, int k, size_t b)
{
	const double *m = means(run, k, b);
	reduce_moments r = {0};
	for (size_t t = 0; t < (size_t)run->samples; t++)
		if (!isnan(m[t]))
			reduce_moments_add(&r, m[t]);
	return (mean_of){r.n, r.n > 0 ? r.mean : (double)NAN, r.n > 1 ? r.m2 / (r.n - 1) : (double)NAN};
}

/* Finished trajectories of group g, and the sum of their (m - M)^2. */
static double group_count(const noise_run *run, int k, size_t b, size_t g, double mean, double *spread)
{
	const noise_reduced *r = &run->reduced;
	const double *m = means(run, k, b);
	const size_t first = g * r->per_group, end = first + r->per_group;
	double n = 0;
	*spread = 0;
	for (size_t t = first; t < end && t < (size_t)run->samples; t++)
		if (!isnan(m[t])) {
			n += 1;
			*spread += (m[t] - mean) * (m[t] - mean);
		}
	return n;
}

static void put_pair(const converge_groups *g, size_t j, double *to)
{
	to[0] = converge_mean(g, j, &to[1]);
}

static size_t sums_at(const noise_run *run, int k, size_t b)
{
	return ((size_t)k * run->n_bias + b) * run->reduced.n_group;
}

static void estimate_power(writer *w, int k, size_t b, const mean_of *m)
{
	const noise_run *run = w->run;
	const noise_reduced *r = &run->reduced;
	const size_t n = (size_t)run->request->psd, at = sums_at(run, k, b);
	const double segments = (double)lanes_welch_segments(n, noise_reduced_samples(run, k));
	const double c = m->mean - noise_reduced_reference(run, k, b),
	             scale = lanes_welch_scale(n, run->request->tstep);
	for (size_t g = 0; g < r->n_group; g++) {
		double spread;
		const double all = segments * group_count(run, k, b, g, m->mean, &spread);
		w->weight[g] = m->n > 0 ? all / segments / m->n : 0;
		for (size_t j = 0; j < r->n_freq; j++) {
			const double offset = j < 2 ? r->offset[(at + g) * 2 + j] : 0,
			             sum = r->power[(at + g) * r->n_freq + j];
			w->work[g * r->n_freq + j] =
			    scale * lanes_welch_recentre(n, (int)(j < 2 ? j : 2), sum, offset, all, c) / all;
		}
	}
	const converge_groups groups = {r->n_group, r->n_freq, NULL, w->weight, w->work};
	for (size_t j = 0; j < r->n_freq; j++)
		put_pair(&groups, j, w->all.power + (b * r->n_freq + j) * 2);
}

static converge_tau estimate_covariance(writer *w, int k, size_t b, const mean_of *m)
{
	const noise_run *run = w->run;
	const noise_reduced *r = &run->reduced;
	const size_t n_lag = (size_t)run->n_lag, at = sums_at(run, k, b);
	for (size_t g = 0; g < r->n_group; g++) {
		double spread;
		const double n = group_count(run, k, b, g, m->mean, &spread);
		const double between = n > 0 && m->n > 1 ? spread / n * m->n / (m->n - 1) : 0;
		w->weight[g] = m->n > 0 ? n / m->n : 0;
		for (size_t j = 0; j < n_lag; j++)
			w->work[g * n_lag + j] = r->covariance[(at + g) * n_lag + j] / n + between;
	}
	const converge_groups groups = {r->n_group, n_lag, run->lag, w->weight, w->work};
	converge_tau tau;
	for (size_t j = 0; j < n_lag; j++)
		put_pair(&groups, j, w->all.covariance + (b * n_lag + j) * 2);
	converge_tau_int(&groups, &tau);
	return tau;
}

static double rhat_of(const noise_run *run, int k, size_t b)
{
	const noise_results *r = &run->results;
	const size_t n = noise_reduced_samples(run, k), skip = run->grid.n_time - n;
	const double *x = r->trace + ((size_t)k * run->n_bias + b) * r->n_kept * run->grid.n_time;
	return r->n_kept ? converge_rhat(x + skip, r->n_kept, n, run->grid.n_time) : (double)NAN;
}

/* R-hat of n_half independent halves that last `length` correlation times each: its square exceeds one by the variance
 * of their means, chi^2/(dof length); the upper limit at CHANCE standard errors by Wilson and Hilferty's cube. */
static double rhat_by_chance(double n_half, double length)
{
	const double dof = n_half - 1, root = 1 - 2 / (9 * dof) + CHANCE * sqrt(2 / (9 * dof));
	return sqrt(1 + APART * APART * root * root * root / length);
}

/* Is the mean of signal k at bias b in doubt? Not asked where it changes on purpose or nothing is random. */
static void judge(writer *w, int k, size_t b, const mean_of *m, const converge_tau *tau)
{
	const noise_run *run = w->run;
	const double between = w->all.error[2 * b], within = w->all.error[2 * b + 1], rhat = w->all.rhat[b];
	const double n = (double)noise_reduced_samples(run, k);
	const double variance = run->n_lag ? w->all.covariance[b * (size_t)run->n_lag * 2] : 0;
	if (sde_plan_is_driven(run->plan) || run->request->reading == SIM_NOISE_OFF ||
	    !(sqrt(variance) > ROUNDING * fabs(m->mean)))
		return;
	double badness = 0;
	if (m->n >= LEAST_TRAJECTORIES && between > 0 && within > 0) {
		const double chance = hypot(sqrt(0.5 / (m->n - 1)), 0.5 * tau->integral_se / tau->integral);
		const double apart = fabs(log(within / between));
		badness = apart > log(APART) + CHANCE * chance ? apart : 0;
	}
	const double length = n / 2 / tau->tau, n_half = 2 * (double)run->results.n_kept;
	const int is_split = isnan(tau->tau)
	                         ? n >= LEAST_SAMPLES && rhat > STUCK
	                         : length >= ENOUGH && rhat > fmax(CONVERGED, rhat_by_chance(n_half, length));
	if (is_split)
		badness = fmax(badness, rhat);
	if (badness == 0)
		return;
	w->n_bad++;
	if (badness <= w->badness)
		return;
	w->badness = badness;
	w->bad_name = run->signals.signal[k].name;
	w->bad_bias = run->bias[b];
	w->bad_error[0] = between;
	w->bad_error[1] = within;
	w->bad_rhat = rhat;
}

static void estimate(writer *w, int k, size_t b)
{
	const noise_run *run = w->run;
	const double dt = run->request->tstep, n = (double)noise_reduced_samples(run, k), unknown = (double)NAN;
	const mean_of m = moments(run, k, b);
	converge_tau tau = {unknown, unknown, unknown, unknown, unknown, unknown};
	if (run->request->acf)
		tau = estimate_covariance(w, k, b, &m);
	if (run->request->psd)
		estimate_power(w, k, b, &m);
	w->all.error[2 * b] = m.n > 1 ? sqrt(m.variance / m.n) : unknown;
	w->all.error[2 * b + 1] = tau.integral > 0 ? sqrt(tau.integral / (m.n * n)) : unknown;
	w->all.tau[2 * b] = dt * tau.tau;
	w->all.tau[2 * b + 1] = dt * tau.tau_se;
	w->all.size[b] = tau.tau > 0 ? m.n * n / tau.tau : unknown;
	w->all.geyer[b] = dt * tau.geyer;
	w->all.rhat[b] = rhat_of(run, k, b);
	if (run->request->acf)
		judge(w, k, b, &m, &tau);
}

typedef struct dataset {
	const char *group, *name, *unit, *scale; /* scale: of dimension 1, NULL: none */
	int rank;
	size_t dims[3];
	const double *data;
} dataset;

static ts_status put(writer *w, const dataset *d)
{
	const noise_run *run = w->run;
	char scale[300];
	snprintf(w->path, sizeof w->path, "/analyses/%s/%s%s", run->request->name, d->group, d->name);
	TS_TRY(out_put(w->file, w->path, d->unit, d->rank, d->dims, d->data, run->diag));
	if (d->scale) {
		snprintf(scale, sizeof scale, "/analyses/%s/%s", run->request->name, d->scale);
		TS_TRY(out_attach_scale(w->file, w->path, 1, scale, run->diag));
	}
	if (!run->pbit || d->dims[0] != run->n_bias || strncmp(d->group, "ensemble", 8) != 0)
		return TS_OK;
	snprintf(scale, sizeof scale, "/analyses/%s/bias", run->request->name);
	return out_attach_scale(w->file, w->path, 0, scale, run->diag);
}

static ts_status put_power(writer *w, const char *name, const char *unit, size_t n_sample)
{
	const noise_run *run = w->run;
	const size_t n = (size_t)run->request->psd;
	TS_TRY(
	    put(w, &(dataset){"ensemble/psd/", name, unit, "frequency", 3, {run->n_bias, n / 2 + 1, 2}, w->all.power}));
	TS_TRY(out_attr_text(w->file, w->path, "window", "hann", run->diag));
	TS_TRY(out_attr_number(w->file, w->path, "segment", (double)n, run->diag));
	return out_attr_number(w->file, w->path, "segments", (double)lanes_welch_segments(n, n_sample), run->diag);
}

static ts_status put_signal(writer *w, int k)
{
	const noise_run *run = w->run;
	const sim_signal *s = &run->signals.signal[k];
	const size_t nb = run->n_bias;
	const estimates *e = &w->all;
	for (size_t b = 0; b < nb; b++)
		estimate(w, k, b);
	const char *unit = s->unit, *square = s->square;
	if (run->request->acf) {
		const size_t n = (size_t)run->n_lag;
		TS_TRY(put(
		    w, &(dataset){"ensemble/autocorrelation/", s->name, square, "lag", 3, {nb, n, 2}, e->covariance}));
		TS_TRY(put(w, &(dataset){"ensemble/tau_int/", s->name, "s", NULL, 2, {nb, 2}, e->tau}));
		TS_TRY(put(w, &(dataset){"ensemble/tau_int_geyer/", s->name, "s", NULL, 1, {nb}, e->geyer}));
		TS_TRY(put(w, &(dataset){"ensemble/effective/", s->name, "", NULL, 1, {nb}, e->size}));
	}
	if (run->request->psd)
		TS_TRY(put_power(w, s->name, s->density, noise_reduced_samples(run, k)));
	TS_TRY(put(w, &(dataset){"ensemble/error/", s->name, unit, NULL, 2, {nb, 2}, e->error}));
	return put(w, &(dataset){"ensemble/rhat/", s->name, "", NULL, 1, {nb}, e->rhat});
}

static ts_status put_axes(writer *w)
{
	const noise_run *run = w->run;
	const size_t n_lag = (size_t)run->n_lag, n_freq = run->reduced.n_freq;
	for (size_t j = 0; j < n_lag; j++)
		w->work[j] = run->lag[j] * run->request->tstep;
	if (run->request->acf)
		TS_TRY(put(w, &(dataset){"", "lag", "s", NULL, 1, {n_lag}, w->work}));
	for (size_t j = 0; j < n_freq; j++)
		w->work[j] = (double)j / ((double)run->request->psd * run->request->tstep);
	return n_freq ? put(w, &(dataset){"", "frequency", "Hz", NULL, 1, {n_freq}, w->work}) : TS_OK;
}

static ts_status put_dwell(writer *w)
{
	static const char *const name[2][2] = {{"exits_low", "exits_high"}, {"time_low", "time_high"}};
	static const char *const whole[3][2] = {{"whole_low", "whole_high"},
	                                        {"whole_time_low", "whole_time_high"},
	                                        {"whole_square_low", "whole_square_high"}};
	static const char *const unit[3] = {"", "s", "s^2"};
	const noise_run *run = w->run;
	const noise_reduced *r = &run->reduced;
	char group[300], path[400];
	snprintf(group, sizeof group, "ensemble/dwell/%.200s/", run->pbit->out.name);
	for (int side = 0; side < 2; side++) {
		const size_t n = (size_t)run->samples;
		TS_TRY(put(w, &(dataset){group, name[0][side], "", NULL, 2, {run->n_bias, n}, r->exits[side]}));
		TS_TRY(put(w, &(dataset){group, name[1][side], "s", NULL, 2, {run->n_bias, n}, r->risk[side]}));
		for (int k = 0; k < 3; k++)
			TS_TRY(put(
			    w,
			    &(dataset){group, whole[k][side], unit[k], NULL, 2, {run->n_bias, n}, r->whole[side][k]}));
	}
	snprintf(path, sizeof path, "/analyses/%s/ensemble/dwell/%.200s", run->request->name, run->pbit->out.name);
	TS_TRY(out_attr_number(w->file, path, "low", run->pbit->core[0], run->diag));
	return out_attr_number(w->file, path, "high", run->pbit->core[1], run->diag);
}

static void warn(const writer *w)
{
	if (!w->n_bad)
		return;
	diag_add(w->run->diag, W0502, w->run->request->span,
	         "the means of %d of %zu signals and biases may be less certain than their errors say", w->n_bad,
	         (size_t)w->run->signals.n * w->run->n_bias);
	diag_note(w->run->diag, SRC_NOWHERE,
	          "worst: %s at bias %g: standard error %.3g between trajectories, %.3g within, R-hat %.4g",
	          w->bad_name, w->bad_bias, w->bad_error[0], w->bad_error[1], w->bad_rhat);
}

static ts_status create(writer *w)
{
	const noise_run *run = w->run;
	const size_t nb = run->n_bias, n_lag = (size_t)run->n_lag, n_freq = run->reduced.n_freq;
	estimates *e = &w->all;
	w->weight = alloc_array(run->reduced.n_group, sizeof *w->weight);
	w->work = alloc_array(run->reduced.n_group * (n_lag > n_freq ? n_lag : n_freq), sizeof *w->work);
	e->covariance = alloc_array(2 * nb * n_lag, sizeof *e->covariance);
	e->power = alloc_array(2 * nb * n_freq, sizeof *e->power);
	e->error = alloc_array(7 * nb, sizeof *e->error);
	e->tau = e->error ? e->error + 2 * nb : NULL;
	e->size = e->error ? e->error + 4 * nb : NULL;
	e->rhat = e->error ? e->error + 5 * nb : NULL;
	e->geyer = e->error ? e->error + 6 * nb : NULL;
	return w->weight && w->work && e->covariance && e->power && e->error ? TS_OK : TS_NOMEM;
}

ts_status noise_ensemble_write(const noise_run *run, out_file *file)
{
	writer w = {.run = run, .file = file};
	ts_status status = create(&w);
	if (status == TS_OK)
		status = put_axes(&w);
	for (int k = 0; k < run->signals.n && status == TS_OK; k++)
		status = put_signal(&w, k);
	if (status == TS_OK && run->pbit && run->pbit->has_core)
		status = put_dwell(&w);
	warn(&w);
	double *const array[] = {w.weight, w.work, w.all.covariance, w.all.power, w.all.error};
	for (size_t i = 0; i < sizeof array / sizeof *array; i++)
		alloc_free(array[i]);
	return status;
}
