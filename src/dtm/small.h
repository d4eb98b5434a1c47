/* SPDX-License-Identifier: Apache-2.0
 * A small denoising thermodynamic model whose law is enumerated: training by the exact gradient, and the exact law of
 * what comes out of the chain, for exact conditionals and for a finite number of two-colour Gibbs sweeps with the
 * response of a real cell. No random number anywhere. (docs/dtm.md; reference numbers: tests/physics/test_dtm_small.c.)
 *
 * Data: uniform over a list of patterns of n_visible spins. Layers join every visible to every latent spin and nothing
 * else, so without latents a layer has only biases.
 */
#ifndef DTM_SMALL_H
#define DTM_SMALL_H
#include <stdint.h>
#include "base/diag.h"

enum { DTM_SMALL_MAX_SPIN = 12 };

typedef struct dtm_small_options {
	int n_visible, n_latent, n_layer;
	double rate, learning_rate;
	long n_step; /* full-gradient descent steps of every layer */
	int n_pattern;
	const uint32_t *pattern; /* [n_pattern], bit i of a word is visible spin i (1: +1) */
} dtm_small_options;

typedef struct dtm_small dtm_small;

/* A pattern as a binary number of n digits: the last digit is spin 0. Returns text. */
const char *dtm_pattern_text(uint32_t word, int n, char text[DTM_SMALL_MAX_SPIN + 1]);

/* P(next spin = +1) at dimensionless field a = 2 beta (sum_j J_ij x_j + h_i). Ideal: 1 / (1 + exp(-a)). */
typedef double dtm_response_fn(const void *self, double field);
double dtm_ideal_response(const void *unused, double field);

typedef struct dtm_sampler {
	dtm_response_fn *response;
	const void *self;
	int n_sweep;   /* Gibbs sweeps per layer, each updates visible then latent spins */
	double memory; /* probability that a spin keeps its value instead of being redrawn: exp(-update period / tau) */
} dtm_sampler;

/* Train from the deterministic start of the reference table. E0721 for settings out of range. */
ts_status dtm_small_train(const dtm_small_options *options, diag_list *diag, dtm_small **model);
void dtm_small_destroy(dtm_small *model);
/* KL(data || chain), nats, with exact conditionals in every layer. */
double dtm_small_kl(const dtm_small *model);
/* The same when each layer runs sampler->n_sweep sweeps from uniform spins; TS_NOMEM. */
ts_status dtm_small_kl_sampled(const dtm_small *model, const dtm_sampler *sampler, double *kl);
/* Largest |a| any spin sees, for judging how much of the cell's sigmoid is used. */
double dtm_small_field_range(const dtm_small *model);
#endif
