/* SPDX-License-Identifier: Apache-2.0
 * Lists by row and by port (see sde_impl.h), so that the loops of a step sum in registers: which currents, noise
 * charges and constant capacitances the equation of a row is made of, and which noise charges leave through a port.
 */
#include "base/arena.h"
#include "sim/sde_impl.h"

/* Turn counts, count[k + 1] of item k, into first entries. */
static void accumulate(int *count, int n)
{
	for (int k = 0; k < n; k++)
		count[k + 1] += count[k];
}

static int *make_index(sde_plan *p, int n)
{
	return arena_array(p->arena, (size_t)n + 2, sizeof(int));
}

/* Move first[] back after each entry has advanced it: first[k] is where list k + 1 begins now. */
static void rewind_index(int *first, int n)
{
	for (int k = n; k > 0; k--)
		first[k] = first[k - 1];
	first[0] = 0;
}

static ts_status list_terms(sde_plan *p)
{
	int *first = make_index(p, p->n_free + 1);
	size_t most = 1;
	for (int k = 0; k < p->n_group; k++)
		most += (size_t)p->group[k].n_active;
	sde_term *term = arena_array(p->arena, most, sizeof *term);
	if (!first || !term)
		return TS_NOMEM;
	for (int k = 0; k < p->n_group; k++)
		for (const sde_port *q = p->group[k].active; q < p->group[k].active + p->group[k].n_active; q++)
			first[q->row + 1]++;
	accumulate(first, p->n_free + 1);
	for (int k = 0; k < p->n_group; k++) {
		const sde_group *g = &p->group[k];
		for (const sde_port *q = g->active; q < g->active + g->n_active; q++)
			term[first[q->row]++] = (sde_term){g->f0 + (size_t)q->e, g->f1 + (size_t)q->e, q->w0, q->w1};
	}
	rewind_index(first, p->n_free + 1);
	p->first_term = first;
	p->term = term;
	return TS_OK;
}

static ts_status list_noise(sde_plan *p)
{
	int *first = make_index(p, p->n_free + 1);
	sde_inject *inject = arena_array(p->arena, 2 * (size_t)p->n_source + 1, sizeof *inject);
	if (!first || !inject)
		return TS_NOMEM;
	for (const sde_source *s = p->source; s < p->source + p->n_source; s++) {
		first[s->row_from + 1]++;
		first[s->row_to + 1]++;
	}
	accumulate(first, p->n_free + 1);
	for (int k = 0; k < p->n_source; k++) {
		inject[first[p->source[k].row_from]++] = (sde_inject){k, 1};
		inject[first[p->source[k].row_to]++] = (sde_inject){k, -1};
	}
	rewind_index(first, p->n_free + 1);
	p->first_inject = first;
	p->inject = inject;
	return TS_OK;
}

static ts_status list_capacitances(sde_plan *p)
{
	int *first = make_index(p, p->n_free + 1), *index = arena_array(p->arena, (size_t)p->n_cap + 1, sizeof *index);
	if (!first || !index)
		return TS_NOMEM;
	for (int e = 0; e < p->n_cap; e++)
		first[p->cap[e].free_row + 1]++;
	accumulate(first, p->n_free + 1);
	for (int e = 0; e < p->n_cap; e++)
		index[first[p->cap[e].free_row]++] = e;
	rewind_index(first, p->n_free + 1);
	p->first_cap = first;
	p->row_cap = index;
	return TS_OK;
}

static ts_status list_ports(sde_plan *p, sde_group *g)
{
	int *first = make_index(p, g->n_active), n = 0;
	sde_inject *inject = arena_array(p->arena, 2 * (size_t)(g->n_inst * g->n_noise) + 1, sizeof *inject);
	if (!first || !inject)
		return TS_NOMEM;
	for (int a = 0; a < g->n_active; a++) {
		const int i = g->active[a].e / g->n_port, port = g->active[a].e % g->n_port;
		first[a] = n;
		for (int k = 0; k < g->n_noise; k++) {
			const dev_noise *noise = &g->mna->shape->noise[k];
			const int source = g->source[i * g->n_noise + k];
			if (source >= 0 && noise->from == port)
				inject[n++] = (sde_inject){source, 1};
			if (source >= 0 && noise->to == port)
				inject[n++] = (sde_inject){source, -1};
		}
	}
	first[g->n_active] = n;
	g->first_inject = first;
	g->inject = inject;
	return TS_OK;
}

ts_status sde_make_lists(sde_plan *plan, sde_group *group)
{
	for (int k = 0; k < plan->n_group; k++)
		TS_TRY(list_ports(plan, &group[k]));
	TS_TRY(list_terms(plan));
	TS_TRY(list_noise(plan));
	return list_capacitances(plan);
}
