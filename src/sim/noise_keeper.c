/* SPDX-License-Identifier: Apache-2.0
 * One worker's charges, works and gyrations (see noise_books.h).
 *
 * Gyration <a db - b da>/dt. Over a step from v to v' the area at the mean of both is a b' - b a'. Its mean over steps
 * of h is g + O(h), since a and b are rough; areas over two steps give g + O(2h), and 2 g(h) - g(2h) is free of that
 * error.
 */
#include <string.h>
#include "base/alloc.h"
#include "sim/noise_run.h"

struct noise_keeper {
	const noise_run *run;
	noise_books *books;
	mna_tile *tile;
	sde_work *work;
	sim_signal *pair; /* [n_gyration][2] */
	double *past;     /* [n_gyration][one step ago, two][2][LANES] */
	double *area;     /* [n_gyration][over one step, over two][LANES] */
	double *held;     /* [n_source][LANES] q when the books were opened */
	double *first;    /* [n_source][LANES] E then */
	double *node;     /* [n_unknown][LANES] */
	double n_step;
	int is_open;
};

ts_status noise_keeper_create(noise_run *run, mna_tile *tile, sde_work *work, noise_keeper **out)
{
	const elab_books *asked = &run->request->books;
	const size_t n_pair = (size_t)asked->n_gyration, n_source = (size_t)run->books.n_source;
	if (!n_pair && !n_source && !asked->n_tur)
		return TS_OK;
	noise_keeper *k = *out = alloc_array(1, sizeof *k);
	if (!k)
		return TS_NOMEM;
	*k = (noise_keeper){.run = run, .books = &run->books, .tile = tile, .work = work};
	k->pair = alloc_array(2 * n_pair, sizeof *k->pair);
	k->past = alloc_array(4 * n_pair * LANES, sizeof *k->past);
	k->area = alloc_array(2 * n_pair * LANES, sizeof *k->area);
	k->held = alloc_array(n_source * LANES, sizeof *k->held);
	k->first = alloc_array(n_source * LANES, sizeof *k->first);
	k->node = alloc_array((size_t)run->system->n_unknown * LANES, sizeof *k->node);
	if (!k->pair || !k->past || !k->area || !k->held || !k->first || !k->node)
		return TS_NOMEM;
	for (size_t i = 0; i < 2 * n_pair; i++) {
		const elab_probe *probe = &asked->gyration[i];
		k->pair[i] = (sim_signal){.name = probe->name, .plus = probe->node[0], .minus = probe->node[1]};
	}
	return TS_OK;
}

void noise_keeper_destroy(noise_keeper *k)
{
	if (!k)
		return;
	void *const array[] = {k->pair, k->past, k->area, k->held, k->first, k->node};
	for (size_t i = 0; i < sizeof array / sizeof *array; i++)
		alloc_free(array[i]);
	alloc_free(k);
}

void noise_keeper_begin(noise_keeper *k)
{
	k->is_open = 0;
}

/* held[]: the charge that has come from each moving source, node by node from the leaves of the tree of sources. */
static void find_held(noise_keeper *k)
{
	const mna_system *s = k->run->system;
	memset(k->node, 0, (size_t)s->n_unknown * LANES * sizeof *k->node);
	mna_assemble(k->tile, DEV_Q);
	for (int u = 1; u < s->n_unknown; u++)
		for (int l = 0; k->books->level[u] && l < LANES; l++)
			k->node[k->books->level[u] * LANES + l] += k->tile->q[u * LANES + l];
	for (int d = s->n_driven - 1; d >= 0; d--) {
		const int u = s->driven_order[d], slot = k->books->slot[s->driven_by[u]];
		for (int l = 0; l < LANES; l++) {
			if (slot >= 0)
				k->held[slot * LANES + l] = s->driven_sign[u] * k->node[u * LANES + l];
			k->node[s->driven_from[u] * LANES + l] += k->node[u * LANES + l];
		}
	}
	for (int i = 0; i < k->books->n_source; i++)
		mna_tile_source(k->tile, k->books->source[i], k->tile->t, k->first + i * LANES);
}

void noise_keeper_open(noise_keeper *k)
{
	const int n_pair = k->run->request->books.n_gyration;
	if (k->books->n_source)
		find_held(k);
	memset(k->area, 0, 2 * (size_t)n_pair * LANES * sizeof *k->area);
	k->n_step = 0;
	k->is_open = 1;
	for (int i = 0; i < 2 * n_pair; i++)
		for (int l = 0; l < LANES; l++)
			k->past[(i / 2 * 4 + i % 2) * LANES + l] = sim_signal_value(&k->pair[i], k->tile, l);
}

void noise_keeper_step(noise_keeper *k)
{
	const int n_pair = k->is_open ? k->run->request->books.n_gyration : 0;
	const double two = k->n_step > 0;
	for (int i = 0; i < n_pair; i++) {
		double *one_ago = k->past + i * 4 * LANES, *two_ago = one_ago + 2 * LANES,
		       *area = k->area + i * 2 * LANES;
		for (int l = 0; l < LANES; l++) {
			const double a = sim_signal_value(&k->pair[2 * i], k->tile, l),
			             b = sim_signal_value(&k->pair[2 * i + 1], k->tile, l);
			area[l] += one_ago[l] * b - one_ago[LANES + l] * a;
			area[LANES + l] += two * (two_ago[l] * b - two_ago[LANES + l] * a);
			two_ago[l] = one_ago[l];
			two_ago[LANES + l] = one_ago[LANES + l];
			one_ago[l] = a;
			one_ago[LANES + l] = b;
		}
	}
	k->n_step += k->is_open;
}

static void put_work(const noise_keeper *k, int l, size_t row)
{
	double now[LANES] __attribute__((aligned(64)));
	for (int i = 0; i < k->books->n_source; i++) {
		const int source = k->books->source[i];
		const double *taken = sde_heat(k->work, source), *charge = sde_charge(k->work, source);
		mna_tile_source(k->tile, source, k->tile->t, now);
		const double before = k->held[i * LANES + l] * k->first[i * LANES + l];
		const double after = (k->held[i * LANES + l] + charge[l]) * now[l];
		k->books->work[(size_t)i * k->run->results.n_row + row] = -taken[l] - (after - before);
	}
}

void noise_keeper_put(const noise_keeper *k, int l, size_t row)
{
	const elab_books *asked = &k->run->request->books;
	const size_t n_row = k->run->results.n_row;
	const double h = k->run->grid.h, n = k->n_step;
	for (int i = 0; i < asked->n_tur; i++) {
		const double *charge = sde_charge(k->work, asked->tur[i].instance);
		if (charge)
			k->books->charge[(size_t)i * n_row + row] = charge[l];
	}
	for (int i = 0; i < asked->n_gyration && n > 1; i++) {
		const double one = k->area[2 * i * LANES + l] / n, two = k->area[(2 * i + 1) * LANES + l] / (n - 1);
		k->books->gyration[(size_t)i * n_row + row] = (2 * one - two / 2) / h;
	}
	put_work(k, l, row);
}
