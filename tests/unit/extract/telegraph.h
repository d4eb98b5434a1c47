/* SPDX-License-Identifier: Apache-2.0
 * A two-state Markov process as a p-bit with known parameters, written into a result file exactly as .trannoise does
 * (docs/format-h5.md). Up at rate k1, down at rate k0: P = k1/(k0 + k1), rho(t) = exp(-t/tau), tau = 1/(k0 + k1),
 * tau_int = 2 tau. Sampled without error: over dt the state is renewed with probability 1 - exp(-dt/tau), and then up
 * with probability P.
 */
#ifndef TESTS_UNIT_EXTRACT_TELEGRAPH_H
#define TESTS_UNIT_EXTRACT_TELEGRAPH_H
#include <math.h>
#include <stdio.h>
#include "base/alloc.h"
#include "base/philox.h"
#include "harness/t.h"
#include "out/reduce.h"
#include "out/result.h"

typedef struct telegraph {
	uint64_t seed;
	int n_bias, n_traj, n_sample;
	double bias[16], p[16], tau[16];
	double dt;
	double watts; /* mean power, scattered by a tenth between trajectories */
	double intra; /* fraction of the variance that is fast flicker: observed bit = state or, so often, a coin */
	double v_unit, t_unit;
	int reversed; /* biases written in decreasing order */
} telegraph;

static inline double telegraph_uniform(const telegraph *g, uint32_t i, uint32_t t, uint32_t n, uint32_t which)
{
	const philox_counter bits =
	    philox4x32((philox_counter){{n, t, i, which}}, philox_make_key(g->seed, PHILOX_TEST));
	return philox_uniform(bits.v[0], bits.v[1]);
}

/* One trajectory: its time average, and raw correlation into raw[]; lags in samples into lag[]. Returns how many. */
static inline int telegraph_run(const telegraph *g, int i, int t, double *p1, double *lag, double *raw)
{
	static reduce_autocorr r;
	static double count[REDUCE_LEVELS * REDUCE_LAGS];
	const double renew = -expm1(-g->dt / g->tau[i]);
	r = (reduce_autocorr){0};
	double sum = 0;
	int up = 0;
	for (int n = 0; n < g->n_sample; n++) {
		const philox_counter bits = philox4x32((philox_counter){{(uint32_t)n, (uint32_t)t, (uint32_t)i, 0}},
		                                       philox_make_key(g->seed, PHILOX_TEST));
		const double u = philox_uniform(bits.v[0], bits.v[1]);
		/* u < renew: u / renew is again uniform; it decides the new state */
		if (n == 0)
			up = u < g->p[i];
		else if (u < renew)
			up = u < renew * g->p[i];
		int seen = up;
		if (g->intra > 0 && telegraph_uniform(g, (uint32_t)i, (uint32_t)t, (uint32_t)n, 1) < g->intra)
			seen = telegraph_uniform(g, (uint32_t)i, (uint32_t)t, (uint32_t)n, 2) < g->p[i];
		sum += seen;
		reduce_autocorr_add(&r, seen ? 1 : -1);
	}
	*p1 = sum / g->n_sample;
	return reduce_autocorr_get(&r, lag, raw, count);
}

static inline void telegraph_put(const telegraph *g, out_file *f, const double *bias, diag_list *diag)
{
	const struct {
		const char *name;
		double x;
	} number[] = {{"threshold", 0.25},
	              {"v_unit", g->v_unit},
	              {"t_unit", g->t_unit},
	              {"temperature", 300},
	              {"duration", g->n_sample * g->dt},
	              {"tstep", g->dt}};
	for (size_t k = 0; k < sizeof number / sizeof *number; k++)
		out_attr_number(f, "/analyses/n1/bit/cell", number[k].name, number[k].x, diag);
	out_attr_text(f, "/analyses/n1/bit/cell", "deck", "a deck", diag);
	out_attr_text(f, "/analyses/n1/bit/cell", "reading", "shifted", diag);
	out_attr_number(f, "/analyses/n1", "complete", 1, diag);
	if (g->n_bias > 1)
		out_put(f, "/analyses/n1/bias", "V", 1, (const size_t[]){(size_t)g->n_bias}, bias, diag);
	out_put_names(f, "/analyses/n1/bit/cell/supply", 2, (const char *const[]){"vdd", "vss"}, diag);
}

/* A file in memory with analysis n1 and its p-bit "cell". */
static inline out_file *telegraph_file(const telegraph *g, diag_list *diag)
{
	enum { LAGS = REDUCE_LEVELS * REDUCE_LAGS };
	const out_provenance provenance = {.command = "test", .format = "thermospice-result"};
	const size_t nb = (size_t)g->n_bias, nt = (size_t)g->n_traj;
	double *p1 = alloc_array(nb * nt, sizeof *p1), *all = alloc_array(nb * nt * LAGS, sizeof *all);
	double *energy = alloc_array(nb * nt, sizeof *energy), *residual = alloc_array(nb * nt, sizeof *residual);
	double lag[LAGS], raw[LAGS], bias[16];
	size_t n_lag = 0;
	for (size_t i = 0; i < nb; i++) {
		const size_t row = g->reversed ? nb - 1 - i : i;
		bias[row] = g->bias[i];
		for (size_t t = 0; t < nt; t++) {
			n_lag = (size_t)telegraph_run(g, (int)i, (int)t, &p1[row * nt + t], lag, raw);
			for (size_t k = 0; k < n_lag; k++)
				all[(row * nt + t) * n_lag + k] = raw[k];
			const double scatter = telegraph_uniform(g, (uint32_t)i, (uint32_t)t, 0, 3) - 0.5;
			energy[row * nt + t] = g->watts / 2 * g->n_sample * g->dt * (1 + 0.1 * scatter);
			residual[row * nt + t] = 1e-14 * (double)(1 + row * nt + t);
		}
	}
	for (size_t k = 0; k < n_lag; k++)
		lag[k] *= g->dt;
	out_file *f = NULL;
	T_INT(out_create(NULL, &provenance, diag, &f), TS_OK);
	telegraph_put(g, f, bias, diag);
	out_put(f, "/analyses/n1/bit/cell/p1", "", 2, (const size_t[]){nb, nt}, p1, diag);
	out_put(f, "/analyses/n1/bit/cell/lag", "s", 1, &n_lag, lag, diag);
	out_put(f, "/analyses/n1/bit/cell/autocorrelation", "", 3, (const size_t[]){nb, nt, n_lag}, all, diag);
	out_put(f, "/analyses/n1/energy/supply/vdd", "J", 2, (const size_t[]){nb, nt}, energy, diag);
	out_put(f, "/analyses/n1/energy/supply/vss", "J", 2, (const size_t[]){nb, nt}, energy, diag);
	out_put(f, "/analyses/n1/energy/supply/other", "J", 2, (const size_t[]){nb, nt}, residual, diag);
	out_put(f, "/analyses/n1/energy/residual", "", 2, (const size_t[]){nb, nt}, residual, diag);
	alloc_free(p1);
	alloc_free(all);
	alloc_free(energy);
	alloc_free(residual);
	return f;
}
#endif
