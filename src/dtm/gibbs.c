/* SPDX-License-Identifier: Apache-2.0
 * Block Gibbs sampling on any graph, and the chain of a small model drawn with it (see layer.h).
 */
#include <string.h>
#include "base/alloc.h"
#include "base/philox.h"
#include "dtm/layer.h"

/* Two uniforms addressed by (key, sweep, node, chain). */
static void uniforms(philox_key key, uint32_t sweep, uint32_t node, uint64_t chain, double u[2])
{
	const philox_counter c =
	    philox4x32((philox_counter){{sweep, node, (uint32_t)chain, (uint32_t)(chain >> 32)}}, key);
	u[0] = philox_uniform(c.v[0], c.v[1]);
	u[1] = philox_uniform(c.v[2], c.v[3]);
}

static void sweep_chain(const dtm_gibbs *gibbs, uint32_t sweep, long chain, const int8_t *y, int8_t *s)
{
	const dtm_graph *g = gibbs->layer->graph;
	const dtm_sampler *sampler = gibbs->sampler;
	const philox_key key = philox_make_key(gibbs->seed, PHILOX_GIBBS);
	for (int k = 0; k < g->n_node; k++) {
		const int node = g->order[k];
		double u[2];
		if (gibbs->clamped && gibbs->clamped[node])
			continue;
		uniforms(key, sweep, (uint32_t)node, (uint64_t)chain, u);
		if (u[0] < sampler->memory)
			continue;
		const double p = sampler->response(sampler->self, dtm_layer_field(gibbs->layer, s, y, node));
		s[node] = u[1] < p ? 1 : -1;
	}
}

void dtm_gibbs_run(const dtm_gibbs *gibbs, long n_chain, const int8_t *y, int8_t *state)
{
	const long n_node = gibbs->layer->graph->n_node, n_visible = gibbs->layer->n_visible;
#pragma omp parallel for schedule(static)
	for (long chain = 0; chain < n_chain; chain++)
		for (int k = 0; k < gibbs->sampler->n_sweep; k++)
			sweep_chain(gibbs, gibbs->first_sweep + (uint32_t)k, chain, y ? y + chain * n_visible : NULL,
			            state + chain * n_node);
}

static void start_uniform(uint64_t seed, uint32_t layer, long n, int n_node, int8_t *state)
{
	const philox_key key = philox_make_key(seed, PHILOX_START);
	for (long c = 0; c < n; c++)
		for (int i = 0; i < n_node; i++) {
			double u[2];
			uniforms(key, layer, (uint32_t)i, (uint64_t)c, u);
			state[c * n_node + i] = u[0] < 0.5 ? 1 : -1;
		}
}

/* Scratch of a drawing. */
typedef struct drawing {
	dtm_graph *graph;
	double *h, *J;
	int8_t *state, *y;
} drawing;

static void load_layer(const dtm_small *model, int k, const drawing *d, dtm_layer *layer)
{
	const dtm_small_options *o = dtm_small_settings(model);
	const dtm_small_part part = dtm_small_layer(model, k);
	for (int i = 0; i < o->n_visible; i++)
		d->h[i] = part.h[i];
	for (int z = 0; z < o->n_latent; z++)
		d->h[o->n_visible + z] = part.b[z];
	for (int e = 0; e < d->graph->n_edge; e++) {
		const int i = d->graph->edge[2 * e], z = d->graph->edge[2 * e + 1] - o->n_visible;
		d->J[e] = part.weight[z * o->n_visible + i];
	}
	*layer = (dtm_layer){d->graph, o->n_visible, 1, part.w, d->h, d->J};
}

static void draw_layer(const dtm_small *model, const dtm_sampler *sampler, uint64_t seed, int k, long n,
                       const drawing *d)
{
	const dtm_small_options *o = dtm_small_settings(model);
	const int n_node = o->n_visible + o->n_latent;
	dtm_layer layer;
	load_layer(model, k, d, &layer);
	const dtm_gibbs gibbs = {
	    .layer = &layer, .sampler = sampler, .seed = seed, .first_sweep = (uint32_t)k * (uint32_t)sampler->n_sweep};
	start_uniform(seed, (uint32_t)k, n, n_node, d->state);
	dtm_gibbs_run(&gibbs, n, d->y, d->state);
	for (long c = 0; c < n; c++)
		memcpy(d->y + c * o->n_visible, d->state + c * n_node, (size_t)o->n_visible);
}

ts_status dtm_small_sample(const dtm_small *model, const dtm_sampler *sampler, uint64_t seed, long n, uint32_t *pattern)
{
	const dtm_small_options *o = dtm_small_settings(model);
	const size_t n_node = (size_t)o->n_visible + (size_t)o->n_latent, chains = (size_t)n;
	drawing d = {.h = alloc_array(n_node, sizeof(double)),
	             .J = alloc_array((size_t)(o->n_visible * o->n_latent) + 1, sizeof(double)),
	             .state = alloc_array(chains * n_node, 1),
	             .y = alloc_array(chains * (size_t)o->n_visible, 1)};
	ts_status status = d.h && d.J && d.state && d.y ? TS_OK : TS_NOMEM;
	if (status == TS_OK)
		status = dtm_graph_bipartite(o->n_visible, o->n_latent, NULL, &d.graph);
	if (status == TS_OK) {
		start_uniform(seed, 0, n, o->n_visible, d.y);
		for (int k = o->n_layer; k >= 1; k--)
			draw_layer(model, sampler, seed, k, n, &d);
		for (long c = 0; c < n; c++) {
			pattern[c] = 0;
			for (int i = 0; i < o->n_visible; i++)
				pattern[c] |= (uint32_t)(d.y[c * o->n_visible + i] > 0) << i;
		}
	}
	dtm_graph_destroy(d.graph);
	alloc_free(d.h);
	alloc_free(d.J);
	alloc_free(d.state);
	alloc_free(d.y);
	return status;
}
