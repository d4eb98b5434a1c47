/* SPDX-License-Identifier: Apache-2.0
 * Loss and gradient of a layer by enumeration (see layer.h). With <>_d latents given (x, y) of the data and <>_m all
 * spins given y, the gradient of -ln P(x | y) is beta (<s>_m - <s>_d) for h and beta (<s s'>_m - <s s'>_d) for J.
 */
#include "dtm/layer.h"
#include <math.h>
#include <string.h>
#include "base/alloc.h"

double dtm_layer_field(const dtm_layer *layer, const int8_t *s, const int8_t *y, int node)
{
	const dtm_graph *g = layer->graph;
	double sum = layer->h[node];
	for (int k = g->start[node]; k < g->start[node + 1]; k++)
		sum += layer->J[g->link[k]] * s[g->neighbour[k]];
	return 2 * layer->beta * sum + (y && node < layer->n_visible ? 2 * layer->couple * y[node] : 0);
}

static double spin(uint32_t state, int i)
{
	return state >> i & 1 ? 1 : -1;
}

static double log_weight(const dtm_layer *l, uint32_t state)
{
	const dtm_graph *g = l->graph;
	double sum = 0;
	for (int i = 0; i < g->n_node; i++)
		sum += l->h[i] * spin(state, i);
	for (int e = 0; e < g->n_edge; e++)
		sum += l->J[e] * spin(state, g->edge[2 * e]) * spin(state, g->edge[2 * e + 1]);
	return l->beta * sum;
}

static void add_moments(const dtm_layer *l, uint32_t state, double weight, const dtm_gradient *to)
{
	const dtm_graph *g = l->graph;
	for (int i = 0; i < g->n_node && to->h; i++)
		to->h[i] += weight * l->beta * spin(state, i);
	for (int e = 0; e < g->n_edge && to->J; e++)
		to->J[e] += weight * l->beta * spin(state, g->edge[2 * e]) * spin(state, g->edge[2 * e + 1]);
}

/* For one y: sums over states into the loss and gradient. p: scratch of 2^n_node weights, px of 2^n_visible. */
static void add_condition(const dtm_layer *l, uint32_t y, const double *joint, double *p, double *px, double *loss,
                          const dtm_gradient *gradient)
{
	const uint32_t n_x = 1u << l->n_visible, n = 1u << l->graph->n_node;
	double z = 0, py = 0;
	memset(px, 0, n_x * sizeof *px);
	for (uint32_t s = 0; s < n; s++) {
		const uint32_t x = s & (n_x - 1);
		p[s] = exp(log_weight(l, s) + l->couple * (l->n_visible - 2 * __builtin_popcount(x ^ y)));
		z += p[s];
		px[x] += p[s];
	}
	for (uint32_t x = 0; x < n_x; x++) {
		py += joint[x * n_x + y];
		if (joint[x * n_x + y] > 0)
			*loss -= joint[x * n_x + y] * log(px[x] / z);
	}
	for (uint32_t s = 0; gradient && s < n; s++) {
		const uint32_t x = s & (n_x - 1);
		add_moments(l, s, py * p[s] / z - joint[x * n_x + y] * p[s] / px[x], gradient);
	}
}

ts_status dtm_layer_loss(const dtm_layer *layer, const double *joint, double *loss, const dtm_gradient *gradient)
{
	if (layer->graph->n_node > DTM_SMALL_MAX_SPIN)
		return TS_USAGE;
	const uint32_t n_x = 1u << layer->n_visible, n = 1u << layer->graph->n_node;
	double *p = alloc_array(n + n_x, sizeof *p);
	if (!p)
		return TS_NOMEM;
	if (gradient && gradient->h)
		memset(gradient->h, 0, (size_t)layer->graph->n_node * sizeof *p);
	if (gradient && gradient->J)
		memset(gradient->J, 0, (size_t)layer->graph->n_edge * sizeof *p);
	*loss = 0;
	for (uint32_t y = 0; y < n_x; y++)
		add_condition(layer, y, joint, p, p + n, loss, gradient);
	alloc_free(p);
	return TS_OK;
}
