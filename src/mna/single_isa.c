/* SPDX-License-Identifier: Apache-2.0
 * Assembly of one trajectory, compiled once per instruction-set level: gather the port values of a group of instances
 * into the lanes, call the kernel, add up instance by instance in the order of a tile.
 */
#include "base/isa.h"
#include "mna/single_own.h"

extern const mna_single_table ISA_NAME(mna_single_table);

/* Instances first .. first + n - 1 of a batch; lanes from n on repeat the last of them. */
typedef struct group {
	const mna_batch *batch;
	int first, n;
} group;

static void gather(const double *restrict x, const group *g, double *restrict v)
{
	const int n_port = g->batch->shape->n_port;
	for (int l = 0; l < LANES; l++) {
		const int *unknown = g->batch->unknown + (ptrdiff_t)(g->first + (l < g->n ? l : g->n - 1)) * n_port;
		for (int p = 0; p < n_port; p++)
			v[p * LANES + l] = x[unknown[p]];
	}
}

static void scatter(double *restrict to, const group *g, const double *restrict from)
{
	const int n_port = g->batch->shape->n_port;
	const int *unknown = g->batch->unknown + (ptrdiff_t)g->first * n_port;
	for (int l = 0; l < g->n; l++, unknown += n_port)
		for (int p = 0; p < n_port; p++)
			to[unknown[p]] += from[p * LANES + l];
}

static void scatter_stamps(double *restrict to, const group *g, unsigned part, const double *restrict from)
{
	const dev_shape *shape = g->batch->shape;
	const int *slot = g->batch->slot + (ptrdiff_t)g->first * shape->n_stamp;
	for (int l = 0; l < g->n; l++, slot += shape->n_stamp)
		for (int s = 0; s < shape->n_stamp; s++)
			if (shape->stamp[s].part & part)
				to[slot[s]] += from[s * LANES + l];
}

static void add_group(mna_single *single, const group *g, unsigned want)
{
	const dev_out *out = &single->own->out;
	if (want & DEV_F)
		scatter(single->f, g, out->f);
	if (want & DEV_Q)
		scatter(single->q, g, out->q);
	if (want & DEV_G)
		scatter_stamps(single->g, g, DEV_G, out->g);
	if (want & DEV_C)
		scatter_stamps(single->c, g, DEV_C, out->c);
}

static void assemble_batch(mna_single *single, int b, unsigned want)
{
	const mna_batch *batch = &single->system->batch[b];
	mna_single_own *own = single->own;
	dev_eval_fn *const eval = dev_kernel(batch->type);
	dev_in in = {.v = own->v, .k = own->k[b], .t = own->t, .shape = batch->shape, .want = want};
	for (group g = {.batch = batch}; g.first < batch->n_inst; g.first += g.n) {
		const int left = batch->n_inst - g.first;
		g.n = left < own->width[b] ? left : own->width[b];
		in.aux = own->data->instance[batch->inst[g.first]].aux;
		gather(single->x, &g, own->v);
		eval(&in, &own->out);
		add_group(single, &g, want);
		in.k += (ptrdiff_t)batch->type->n_const * LANES;
	}
}

static void assemble(mna_single *single, unsigned want)
{
	for (int b = 0; b < single->system->n_batch; b++)
		assemble_batch(single, b, want);
}

const mna_single_table ISA_NAME(mna_single_table) = {assemble};
