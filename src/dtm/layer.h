/* SPDX-License-Identifier: Apache-2.0
 * One denoising layer on any graph: a Boltzmann machine over spins +-1, visible ones first, each visible spin x_i
 * coupled to its noisier twin y_i,
 *
 *   P(s | y) ~ exp( beta (sum over edges J s s' + sum h s) + w x.y ),  every edge counted once,
 *   P(s_i = +1 | rest) = sigma(a_i),  a_i = 2 beta (sum J s' + h_i) + 2 w y_i.
 */
#ifndef DTM_LAYER_H
#define DTM_LAYER_H
#include "dtm/graph.h"
#include "dtm/small.h"

typedef struct dtm_layer {
	const dtm_graph *graph; /* borrowed, as the arrays are */
	int n_visible;          /* nodes 0 .. n_visible - 1 */
	double beta, couple;    /* couple: w */
	const double *h, *J;    /* [n_node], [n_edge] */
} dtm_layer;

/* a_i at state s[n_node]; y[n_visible], NULL: no twin. */
double dtm_layer_field(const dtm_layer *layer, const int8_t *s, const int8_t *y, int node);

/* By enumeration (at most DTM_SMALL_MAX_SPIN nodes): mean of -ln P(x | y) over joint[x 2^n_visible + y], bit i of x is
 * spin i, and its gradient with respect to h and J (either may be NULL). */
typedef struct dtm_gradient {
	double *h, *J;
} dtm_gradient;
ts_status dtm_layer_loss(const dtm_layer *layer, const double *joint, double *loss, const dtm_gradient *gradient);

/* Two-colour block Gibbs sampling: a sweep updates colour after colour, all spins of one at once. Chains are
 * independent and their bits are addressed by (seed, chain, sweep, node): nothing depends on the threads.
 * state[n_chain][n_node] in and out; y[n_chain][n_visible] or NULL; clamped[n_node] (may be NULL): 1 stays as it is.
 * first_sweep: number of the first sweep, so that a run can be continued. */
typedef struct dtm_gibbs {
	const dtm_layer *layer;
	const dtm_sampler *sampler;
	uint64_t seed;
	uint32_t first_sweep;
	const uint8_t *clamped;
} dtm_gibbs;
void dtm_gibbs_run(const dtm_gibbs *gibbs, long n_chain, const int8_t *y, int8_t *state);

/* n patterns from the chain of a small model, every layer started from uniform spins. TS_NOMEM. */
ts_status dtm_small_sample(const dtm_small *model, const dtm_sampler *sampler, uint64_t seed, long n,
                           uint32_t *pattern);
/* Parameters of layer k = 1 .. n_layer: weight[n_latent][n_visible]. */
typedef struct dtm_small_part {
	double w;
	const double *weight, *h, *b;
} dtm_small_part;
dtm_small_part dtm_small_layer(const dtm_small *model, int k);
const dtm_small_options *dtm_small_settings(const dtm_small *model);
#endif
