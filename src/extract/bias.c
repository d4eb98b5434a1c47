/* SPDX-License-Identifier: Apache-2.0
 * One bias point: P(1), tau, tau_int and power.
 *
 * With R(t) = <b b(t)> and m = <b> pooled over trajectories, rho = (R - m^2 + v) / (1 - m^2 + v), v the variance of m,
 * which makes the numerator unbiased. Past the decay inside a well rho = A exp(-t/tau); the correlator's level of width
 * w samples sees it times g = (sinh(w x/2) / (w sinh(x/2)))^2, x = dt/tau (out/reduce.c). ln(rho/g) is fitted by a line
 * over the lags from 0.2 tau to 2.3 tau (rho/A from about 0.8 to 0.1) that stand out of the noise, weights 1/var(ln
 * rho) from Bartlett's formula. tau_int = 2 int_0^inf rho dt: log-linear between the lags up to about tau, then the
 * fitted tail. Standard errors are infinitesimal jackknives: what the linear response of an estimate makes of each
 * trajectory's deviation. The standard error of P(1) is the larger of the scatter between trajectories and
 * sqrt(p (1 - p) tau_int / time); its interval is Wilson's with the sample size that this standard error means.
 */
#include <math.h>
#include "base/alloc.h"
#include "extract/data.h"

static const double FIT_FROM = 0.2, FIT_TO = 2.3; /* window of the fit, in tau */
static const double NOISE = 3;                    /* rho must exceed so many standard errors */
static const double RESOLVED = 3;                 /* samples per tau, else motion inside the wells passes for it */
static const double TAIL_FROM = 1;                /* tau_int: fitted tail from here on, in tau */
enum { N_PASS = 3, N_WINDOW = 12, MIN_POINTS = 3, FEW = 4, LEVEL_LAGS = 16 };

typedef struct acf {
	size_t n_lag, n_traj; /* trajectories that finished */
	double m, v, time;    /* mean of b, its variance; s of signal, all trajectories together */
	double tau, tau_int, ln_a;
	double tau_se, tau_int_se;
	size_t first, last; /* window of the fit, both included */
	double *rho, *se;   /* [n_lag] */
	double *ln, *slope; /* [n_lag]: how ln A and 1/tau respond to ln rho */
	double *integral;   /* [n_lag]: how tau_int / 2 responds to rho */
	double *influence;  /* [n_traj] deviation of tau that each trajectory makes; NULL: not asked for */
} acf;

/* Width in samples of the correlator's level that lag k of `dt` belongs to: lags 8..15 of each level. */
static double level_width(double lag, double dt)
{
	const double n = round(lag / dt);
	return n < LEVEL_LAGS ? 1 : exp2(floor(log2(n)) - 3);
}

static double level_gain(double width, double x)
{
	if (width <= 1 || !(x > 0))
		return 1;
	const double g = sinh(width * x / 2) / (width * sinh(x / 2));
	return g * g;
}

/* Pooled correlation and, from the trajectories' deviations, its standard error. */
static void pool(const extract_data *d, size_t i, acf *a)
{
	const double *p1 = d->p1 + i * d->n_traj, *raw = d->raw + i * d->n_traj * d->n_lag;
	const double norm = 1 - a->m * a->m + a->v;
	for (size_t k = 0; k < a->n_lag; k++) {
		double sum = 0, square = 0;
		size_t n = 0;
		for (size_t t = 0; t < d->n_traj; t++)
			if (isfinite(p1[t]) && isfinite(raw[t * d->n_lag + k])) {
				sum += raw[t * d->n_lag + k];
				n++;
			}
		const double mean = n ? sum / (double)n : (double)NAN;
		a->rho[k] = (mean - a->m * a->m + a->v) / norm;
		for (size_t t = 0; t < d->n_traj; t++) {
			const double db = 2 * p1[t] - 1 - a->m;
			const double shift = (raw[t * d->n_lag + k] - mean - 2 * a->m * db * (1 - a->rho[k])) / norm;
			square += isfinite(shift) ? shift * shift : 0;
		}
		a->se[k] = n > 1 ? sqrt(square / ((double)n * (double)(n - 1))) : (double)NAN;
	}
}

/* Bartlett's variance of rho(t) for an exponential correlation, times time / tau; floor for the shortest lags. */
static double bartlett(double t, double tau)
{
	const double x = t / tau, r2 = exp(-2 * x);
	return 1 - r2 - 2 * x * r2 + 1e-6;
}

static double noise_of(const acf *a, size_t k, double lag)
{
	const double model = a->time > 0 ? sqrt(bartlett(lag, a->tau) * a->tau / a->time) : 0;
	return a->n_traj < FEW || !isfinite(a->se[k]) ? model : a->se[k];
}

/* First crossing of 1/e, on a logarithmic scale; NaN when the bit forgets within a sample or is never seen to. */
static double guess_tau(const extract_data *d, const acf *a)
{
	for (size_t k = 1; k < a->n_lag; k++) {
		if (!(a->rho[k] > 0) && k == 1)
			return (double)NAN;
		if (a->rho[k] > exp(-1))
			continue;
		const double r0 = log(a->rho[k - 1]), r1 = log(fmax(a->rho[k], 1e-3));
		return d->lag[k - 1] + (d->lag[k] - d->lag[k - 1]) * (-1 - r0) / (r1 - r0);
	}
	return (double)NAN;
}

/* Lags first..last of the fit for the present tau; 0 when too few stand out of the noise. */
static int choose_window(const extract_data *d, acf *a)
{
	size_t first = 1, last;
	while (first + 1 < a->n_lag && d->lag[first] < FIT_FROM * a->tau)
		first++;
	for (last = first; last < a->n_lag; last++) {
		const int is_noise = !(a->rho[last] > NOISE * noise_of(a, last, d->lag[last]));
		if (is_noise || (d->lag[last] > FIT_TO * a->tau && last >= first + MIN_POINTS))
			break;
	}
	while (first > 1 && last < first + MIN_POINTS)
		first--;
	a->first = first;
	a->last = last - 1;
	return last >= first + MIN_POINTS;
}

/* Weighted line through ln(rho / g); ln[] and slope[] keep how its ends depend on the points. */
static int fit_line(const extract_data *d, acf *a)
{
	double s = 0, st = 0, stt = 0, ln_a = 0, rate = 0;
	for (size_t k = a->first; k <= a->last; k++) {
		const double t = d->lag[k], w = exp(-2 * t / a->tau) / bartlett(t, a->tau);
		s += w;
		st += w * t;
		stt += w * t * t;
	}
	const double det = s * stt - st * st;
	for (size_t k = a->first; k <= a->last; k++) {
		const double t = d->lag[k], w = exp(-2 * t / a->tau) / bartlett(t, a->tau);
		a->ln[k] = w * (stt - st * t) / det;
		a->slope[k] = w * (st - s * t) / det; /* of 1/tau = -slope of the line */
		const double y = log(a->rho[k] / level_gain(level_width(t, d->tstep), d->tstep / a->tau));
		ln_a += a->ln[k] * y;
		rate += a->slope[k] * y;
	}
	if (!(rate > 0) || !isfinite(ln_a))
		return 0;
	a->ln_a = ln_a;
	a->tau = 1 / rate;
	return 1;
}

static int fit_tau(const extract_data *d, acf *a)
{
	a->tau = guess_tau(d, a);
	if (isnan(a->tau))
		return 0;
	for (int i = 0; i < N_WINDOW; i++) {
		const size_t first = a->first, last = a->last;
		if (!choose_window(d, a))
			return 0;
		if (i > N_WINDOW / 2) { /* the window may alternate between two choices: then keep the wider */
			a->first = first < a->first ? first : a->first;
			a->last = last > a->last ? last : a->last;
		}
		if (!fit_line(d, a))
			return 0;
	}
	return a->tau >= RESOLVED * d->tstep;
}

/* Log-linear quadrature up to the lag where the fitted tail takes over. */
static void integrate(const extract_data *d, acf *a)
{
	double sum = 0;
	size_t k = 0;
	for (size_t j = 0; j < a->n_lag; j++)
		a->integral[j] = 0;
	for (; k < a->last && d->lag[k] < TAIL_FROM * a->tau; k++) {
		const double h = d->lag[k + 1] - d->lag[k], x = d->tstep / a->tau;
		const double r0 = a->rho[k] / level_gain(level_width(d->lag[k], d->tstep), x);
		const double r1 = a->rho[k + 1] / level_gain(level_width(d->lag[k + 1], d->tstep), x);
		const double ln = log(r0 / r1);
		sum += r0 > 0 && r1 > 0 && fabs(ln) > 1e-6 ? h * (r0 - r1) / ln : h * (r0 + r1) / 2;
		a->integral[k] += h / 2;
		a->integral[k + 1] += h / 2;
	}
	const double t = d->lag[k], tail = exp(a->ln_a - t / a->tau) * a->tau;
	/* tail = A tau exp(-t / tau): d tail = tail (d ln A - (tau + t) d(1/tau)) */
	for (size_t j = a->first; j <= a->last; j++)
		a->integral[j] += tail * (a->ln[j] - (a->tau + t) * a->slope[j]) / a->rho[j];
	a->tau_int = 2 * (sum + tail);
}

/* Deviation of each trajectory times the responses, squared and summed. */
static void jackknife(const extract_data *d, size_t i, acf *a)
{
	const double *p1 = d->p1 + i * d->n_traj, *raw = d->raw + i * d->n_traj * d->n_lag;
	const double norm = 1 - a->m * a->m + a->v, n = (double)a->n_traj;
	double tau2 = 0, int2 = 0;
	for (size_t t = 0; t < d->n_traj; t++) {
		double rate = 0, integral = 0;
		const double db = 2 * p1[t] - 1 - a->m;
		for (size_t k = 1; k <= a->last; k++) {
			const double mean = a->rho[k] * norm + a->m * a->m - a->v;
			const double shift = (raw[t * d->n_lag + k] - mean - 2 * a->m * db * (1 - a->rho[k])) / norm;
			rate += k >= a->first ? a->slope[k] * shift / a->rho[k] : 0;
			integral += a->integral[k] * shift;
		}
		tau2 += isfinite(rate) ? rate * rate : 0;
		if (a->influence)
			a->influence[t] = -a->tau * a->tau * rate;
		int2 += isfinite(integral) ? integral * integral : 0;
	}
	a->tau_se = n > 1 ? a->tau * a->tau * sqrt(tau2 / (n * (n - 1))) : (double)NAN;
	a->tau_int_se = n > 1 ? 2 * sqrt(int2 / (n * (n - 1))) : (double)NAN;
}

/* tau and tau_int of bias point i; NaN when the correlation is absent or does not show them. */
static ts_status measure_acf(const extract_data *d, size_t i, acf *a)
{
	a->tau = a->tau_int = a->tau_se = a->tau_int_se = (double)NAN;
	if (!d->raw || !(fabs(a->m) < 1) || !(d->tstep > 0) || a->n_traj == 0)
		return TS_OK;
	double *room = alloc_array(5 * d->n_lag, sizeof *room);
	if (!room)
		return TS_NOMEM;
	a->n_lag = d->n_lag;
	a->rho = room;
	a->se = room + d->n_lag;
	a->ln = room + 2 * d->n_lag;
	a->slope = room + 3 * d->n_lag;
	a->integral = room + 4 * d->n_lag;
	int found = 1;
	for (int pass = 0; pass < N_PASS && found; pass++) {
		pool(d, i, a);
		found = fit_tau(d, a);
		if (found)
			integrate(d, a);
		if (found && a->time > 0)
			a->v = fmax(a->v, (1 - a->m * a->m) * a->tau_int / a->time);
	}
	if (found)
		jackknife(d, i, a);
	else
		a->tau = a->tau_int = (double)NAN;
	alloc_free(room);
	return TS_OK;
}

/* Wilson's interval with the sample size that `se` means; at P = 0 or 1 each trajectory counts as one sample. */
static extract_value probability(double p, double se, size_t n_traj)
{
	const double q = extract_quantile(n_traj), q2 = q * q;
	const int is_edge = !(p > 0 && p < 1);
	const double n = is_edge ? (double)n_traj : p * (1 - p) / (se * se);
	if (isnan(p) || isnan(n))
		return (extract_value){p, se, (double)NAN, (double)NAN};
	if (isinf(n))
		return (extract_value){p, se, p, p};
	const double centre = (p + q2 / (2 * n)) / (1 + q2 / n);
	const double half = q / (1 + q2 / n) * sqrt(p * (1 - p) / n + q2 / (4 * n * n));
	extract_value x = {p, se, fmax(centre - half, 0), fmin(centre + half, 1)};
	if (is_edge)
		x.se = (x.high - x.low) / (2 * q);
	return x;
}

/* P(1) with its scatter, and where an estimate of the correlation starts. */
static double begin_acf(const extract_data *data, size_t i, acf *a, double *se)
{
	const double p = extract_mean(data->p1 + i * data->n_traj, data->n_traj, se, &a->n_traj);
	a->m = 2 * p - 1;
	a->v = isnan(*se) ? 0 : 4 * *se * *se;
	a->time = (double)a->n_traj * data->duration;
	return p;
}

ts_status extract_tau(const extract_data *data, size_t i, double *influence, double *tau)
{
	acf a = {.influence = influence};
	double se = 0;
	begin_acf(data, i, &a, &se);
	TS_TRY(measure_acf(data, i, &a));
	*tau = a.tau;
	return TS_OK;
}

ts_status extract_bias(const extract_data *data, size_t i, extract_cell *cell)
{
	acf a = {0};
	double se = 0;
	const double p = begin_acf(data, i, &a, &se);
	TS_TRY(measure_acf(data, i, &a));
	const double q = extract_quantile(a.n_traj);
	const double within = sqrt(p * (1 - p) * a.tau_int / a.time);
	cell->p[i] = probability(p, fmax(se, within), a.n_traj);
	cell->tau[i] = extract_positive(a.tau, a.tau_se, q);
	cell->tau_int[i] = extract_positive(a.tau_int, a.tau_int_se, q);
	cell->power[i] = data->total ? extract_power(data, data->total + i * data->n_traj) : extract_unknown();
	return TS_OK;
}
