/* SPDX-License-Identifier: Apache-2.0
 * Layers on general graphs: gradient against differences, block Gibbs against closed-form correlations and enumeration,
 * and the drawn chain of a small model against its enumerated law.
 */
#include "harness/t.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "dtm/layer.h"
#include "dtm/schedule.h"

static const double TOL_GRADIENT = 1e-7, STEP = 1e-5, SIGMAS = 4.5;

/* Law of (x, y) of 3 visible spins: data (+,+,-) and (-,+,+), noised to `from`, then to `to`; rate 1. */
static void noised(double from, double to, double joint[64])
{
	const uint32_t data[2] = {3, 6};
	for (uint32_t x = 0; x < 8; x++)
		for (uint32_t y = 0; y < 8; y++) {
			double px = 0, k = 1;
			for (int d = 0; d < 2; d++) {
				double p = 0.5;
				for (int i = 0; i < 3; i++) {
					const double keep = dtm_keep(1, from);
					p *= (x ^ data[d]) >> i & 1 ? 1 - keep : keep;
				}
				px += p;
			}
			for (int i = 0; i < 3; i++)
				k *= (x ^ y) >> i & 1 ? 1 - dtm_keep(1, to - from) : dtm_keep(1, to - from);
			joint[x * 8 + y] = px * k;
		}
}

static void test_gradient(void)
{
	static const int edge[14] = {0, 1, 1, 2, 0, 3, 1, 3, 2, 4, 1, 4, 3, 4};
	dtm_graph *graph = NULL;
	double joint[64], h[5], J[7], gh[5], gJ[7], loss, up, down;
	t_section("exact gradient of two layers against differences");
	T_INT(dtm_graph_create(5, 7, edge, NULL, &graph), TS_OK);
	for (int t = 0; t < 2; t++) {
		for (int i = 0; i < 5; i++)
			h[i] = 0.3 * sin(3 * i + t + 1);
		for (int e = 0; e < 7; e++)
			J[e] = 0.4 * cos(2 * e + t);
		const dtm_layer layer = {graph, 3, 1, dtm_weight(1, 1), h, J};
		noised(t, t + 1, joint);
		T_INT(dtm_layer_loss(&layer, joint, &loss, &(dtm_gradient){gh, gJ}), TS_OK);
		for (int k = 0; k < 12; k++) {
			double *p = k < 5 ? &h[k] : &J[k - 5];
			const double keep = *p, got = k < 5 ? gh[k] : gJ[k - 5];
			*p = keep + STEP;
			dtm_layer_loss(&layer, joint, &up, NULL);
			*p = keep - STEP;
			dtm_layer_loss(&layer, joint, &down, NULL);
			*p = keep;
			T_ABS(got, (up - down) / (2 * STEP), TOL_GRADIENT);
		}
	}
	dtm_graph_destroy(graph);
}

/* Correlation of the sum over the spins of colour 0 between sweep 0 and sweep `lag`, from equilibrium chains. */
static double correlation(const dtm_layer *layer, int lag, double *se)
{
	enum { CHAINS = 40000 };
	const dtm_graph *g = layer->graph;
	int8_t *s = alloc_array((size_t)CHAINS * (size_t)g->n_node, 1);
	double *first = alloc_array(CHAINS, sizeof *first), xy = 0, xx = 0, square = 0;
	const dtm_sampler burn = {dtm_ideal_response, NULL, 60, 0}, more = {dtm_ideal_response, NULL, lag, 0};
	memset(s, 1, (size_t)CHAINS * (size_t)g->n_node);
	for (int pass = 0; pass < 2; pass++) {
		const dtm_gibbs gibbs = {layer, pass ? &more : &burn, 5, pass ? 60 : 0, NULL};
		dtm_gibbs_run(&gibbs, CHAINS, NULL, s);
		for (int c = 0; c < CHAINS; c++) {
			double sum = 0;
			for (int i = 0; i < g->n_node; i++)
				sum += g->color[i] == 0 ? s[c * g->n_node + i] : 0;
			if (!pass)
				first[c] = sum;
			xx += pass ? 0 : sum * sum;
			xy += pass ? sum * first[c] : 0;
			square += pass ? sum * first[c] * sum * first[c] : 0;
		}
	}
	alloc_free(s);
	alloc_free(first);
	*se = sqrt(square / CHAINS) / sqrt(CHAINS) / (xx / CHAINS);
	return xy / xx;
}

static void test_autocorrelation(void)
{
	static const int pair[2] = {0, 1}, ring[8] = {0, 1, 1, 2, 2, 3, 3, 0};
	const double zero[4] = {0}, J[4] = {0.5, 0.5, 0.5, 0.5};
	double se;
	dtm_graph *two = NULL, *four = NULL;
	t_section("two-colour sweeps: correlation tanh(J)^2k of a pair, tanh(2J)^2k of a ring of four");
	T_INT(dtm_graph_create(2, 1, pair, NULL, &two), TS_OK);
	T_INT(dtm_graph_create(4, 4, ring, NULL, &four), TS_OK);
	for (int k = 1; k <= 3; k++) {
		const dtm_layer a = {two, 2, 1, 0, zero, J}, b = {four, 4, 1, 0, zero, J};
		const double ra = correlation(&a, k, &se);
		T_SIGMA(ra, pow(tanh(0.5), 2 * k), se, SIGMAS);
		const double rb = correlation(&b, k, &se);
		T_SIGMA(rb, pow(tanh(1.0), 2 * k), se, SIGMAS);
	}
	dtm_graph_destroy(two);
	dtm_graph_destroy(four);
}

static void test_clamped_chain(void)
{
	enum { N = 160000 };
	static const int edge[8] = {0, 1, 1, 2, 2, 3, 3, 4};
	const double h[5] = {0.1, -0.2, 0.3, 0, -0.1}, J[4] = {0.5, -0.4, 0.3, 0.6};
	const uint8_t clamped[5] = {1};
	dtm_graph *graph = NULL;
	double want[16], z = 0, got[16] = {0}, top = 0, worst = 0;
	int held = 1;
	t_section("a chain of five with its first spin clamped against enumeration");
	T_INT(dtm_graph_create(5, 4, edge, NULL, &graph), TS_OK);
	for (uint32_t s = 0; s < 16; s++) {
		double v[5] = {1}, e = 0;
		for (int i = 1; i < 5; i++)
			v[i] = s >> (i - 1) & 1 ? 1 : -1;
		for (int i = 0; i < 4; i++)
			e += J[i] * v[i] * v[i + 1] + h[i + 1] * v[i + 1];
		z += want[s] = exp(e);
	}
	static int8_t state[N * 5];
	memset(state, 1, sizeof state);
	const dtm_layer layer = {graph, 5, 1, 0, h, J};
	const dtm_sampler sampler = {dtm_ideal_response, NULL, 40, 0};
	dtm_gibbs_run(&(dtm_gibbs){&layer, &sampler, 4, 0, clamped}, N, NULL, state);
	for (int c = 0; c < N; c++) {
		held &= state[c * 5] == 1;
		uint32_t s = 0;
		for (int i = 1; i < 5; i++)
			s |= (uint32_t)(state[c * 5 + i] > 0) << (i - 1);
		got[s] += 1.0 / N;
	}
	for (int s = 0; s < 16; s++) {
		top = fmax(top, want[s] / z);
		worst = fmax(worst, fabs(got[s] - want[s] / z));
	}
	T_TRUE(held);
	T_ABS(worst / top, 0, 0.02);
	dtm_graph_destroy(graph);
}

static void test_drawn(void)
{
	enum { N = 100000 };
	static const uint32_t pattern[4] = {0, 2, 4, 8};
	static uint32_t drawn[N];
	const dtm_small_options o = {.n_visible = 4,
	                             .n_latent = 1,
	                             .n_layer = 4,
	                             .rate = 0.9,
	                             .learning_rate = 0.5,
	                             .n_step = 100,
	                             .n_pattern = 4,
	                             .pattern = pattern};
	const dtm_sampler s = {.response = dtm_ideal_response, .n_sweep = 3, .memory = 0.2};
	dtm_small *m = NULL;
	double kl, estimate = 0, variance = 0, count[16] = {0};
	t_section("patterns drawn by Gibbs sampling against the enumerated law");
	T_INT(dtm_small_train(&o, NULL, &m), TS_OK);
	T_INT(dtm_small_kl_sampled(m, &s, &kl), TS_OK);
	T_INT(dtm_small_sample(m, &s, 11, N, drawn), TS_OK);
	for (int i = 0; i < N; i++)
		count[drawn[i]]++;
	for (int k = 0; k < 4; k++) {
		const double p = count[pattern[k]] / N;
		estimate += 0.25 * log(0.25 / p);
		variance += 0.0625 * (1 - p) / (p * N);
	}
	T_SIGMA(estimate, kl, sqrt(variance), SIGMAS);
	dtm_small_destroy(m);
}

int main(void)
{
	test_gradient();
	test_autocorrelation();
	test_clamped_chain();
	test_drawn();
	return t_done();
}
