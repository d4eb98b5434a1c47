/* SPDX-License-Identifier: Apache-2.0
 * How coarse a noise source is: what one of its jumps does to the circuit and how many there are (see sde.h). Asked by
 * NOISE=auto of a Gaussian plan.
 */
#include <math.h>
#include <string.h>
#include "base/phys.h"
#include "sim/sde_impl.h"

enum { MOST_RATES = 4 }; /* of one instance */

int sde_plan_takes_jumps(const sde_plan *plan)
{
	for (int u = 1; u < plan->n_unknown; u++)
		if (plan->averaged[u])
			return 0;
	return 1;
}

static double mean_of(const double *lanes)
{
	double sum = 0;
	for (int l = 0; l < LANES; l++)
		sum += lanes[l] / LANES;
	return sum;
}

/* Rates of source k of instance i of a group at the current state, and the charge of its jumps, q. */
static void find_rates(const sde_work *w, const sde_group *g, int i, int k, double *per_second, double *packet)
{
	double rate[2 * MOST_RATES * LANES] __attribute__((aligned(64))) = {0};
	double size[2 * MOST_RATES * LANES] __attribute__((aligned(64)));
	const int *unknown = g->unknown + (ptrdiff_t)i * g->n_port;
	for (int e = 0; e < 2 * MOST_RATES * LANES; e++)
		size[e] = 1;
	for (int p = 0; p < g->n_port; p++)
		memcpy(w->v + p * LANES, w->x + (ptrdiff_t)unknown[p] * LANES, LANES * sizeof *w->v);
	const dev_in in = {.v = w->v,
	                   .k = w->tile->k[g->batch] + (ptrdiff_t)g->index[i] * g->mna->type->n_const * LANES,
	                   .t = w->t0,
	                   .shape = g->mna->shape,
	                   .want = DEV_RATE};
	dev_out out = {.rate = rate, .packet = size};
	g->eval(&in, &out);
	const ptrdiff_t at = (ptrdiff_t)2 * k * LANES;
	*per_second = mean_of(rate + at) + mean_of(rate + at + LANES);
	*packet = 0.5 * (mean_of(size + at) + mean_of(size + at + LANES));
}

void sde_source_jumps(sde_work *work, int source, double *drop, double *per_second)
{
	const sde_plan *p = work->plan;
	const sde_source *s = &p->source[source];
	const sde_group *g = &p->group[s->group];
	double packet = 1;
	*drop = *per_second = 0;
	if (!g->mna->shape->noise[s->noise].rates || g->n_rate > MOST_RATES)
		return;
	find_rates(work, g, s->inst, s->noise, per_second, &packet);
	sde_unit_pull(work, s->row_from, s->row_to);
	double change[LANES];
	for (int l = 0; l < LANES; l++)
		change[l] = (s->row_from ? work->rhs[s->row_from * LANES + l] : 0) -
		            (s->row_to ? work->rhs[s->row_to * LANES + l] : 0);
	const double scale = p->options.scale * p->options.scale;
	*drop = PHYS_Q * scale * packet * fabs(mean_of(change));
	*per_second /= scale;
}
