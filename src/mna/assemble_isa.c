/* SPDX-License-Identifier: Apache-2.0
 * Assembly, compiled once per instruction-set level: for each batch and instance gather the port values, call the
 * kernel, scatter-add the contributions. Batches, instances, ports and stamps are taken in a fixed order, so sums do
 * not depend on the level. Ground needs no branch: row 0 and slot 0 are dummies.
 */
#include "base/isa.h"
#include "mna/eval.h"

extern const mna_assemble_table ISA_NAME(mna_assemble_table);

static void gather(const double *restrict x, const int *restrict unknown, int n, double *restrict v)
{
	for (int p = 0; p < n; p++)
		for (int i = 0; i < LANES; i += LANE_WIDTH)
			lane_store(v + p * LANES + i, lane_load(x + (ptrdiff_t)unknown[p] * LANES + i));
}

static void add_row(double *restrict to, const double *restrict from)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH)
		lane_store(to + i, lane_load(to + i) + lane_load(from + i));
}

static void scatter(double *to, const int *restrict unknown, int n, const double *from)
{
	for (int p = 0; p < n; p++)
		add_row(to + (ptrdiff_t)unknown[p] * LANES, from + (ptrdiff_t)p * LANES);
}

static void scatter_stamps(double *to, const int *restrict slot, const dev_shape *shape, unsigned part,
                           const double *from)
{
	for (int s = 0; s < shape->n_stamp; s++)
		if (shape->stamp[s].part & part)
			add_row(to + (ptrdiff_t)slot[s] * LANES, from + (ptrdiff_t)s * LANES);
}

static void evaluate_with(mna_tile *tile, int b, int index, unsigned want, dev_eval_fn *eval)
{
	const mna_batch *batch = &tile->system->batch[b];
	const int n_port = batch->shape->n_port;
	gather(tile->x, batch->unknown + (ptrdiff_t)index * n_port, n_port, tile->own->v);
	const dev_in in = {.v = tile->own->v,
	                   .k = tile->k[b] + (ptrdiff_t)index * batch->type->n_const * LANES,
	                   .t = tile->t,
	                   .aux = tile->own->data->instance[batch->inst[index]].aux,
	                   .shape = batch->shape,
	                   .want = want};
	eval(&in, &tile->own->out);
}

static void evaluate(mna_tile *tile, int b, int index, unsigned want)
{
	evaluate_with(tile, b, index, want, dev_kernel(tile->system->batch[b].type));
}

static void assemble_batch(mna_tile *tile, int b, unsigned want)
{
	const mna_batch *batch = &tile->system->batch[b];
	const dev_shape *shape = batch->shape;
	const dev_out *out = &tile->own->out;
	dev_eval_fn *const eval = dev_kernel(batch->type);
	for (int i = 0; i < batch->n_inst; i++) {
		const int *unknown = batch->unknown + (ptrdiff_t)i * shape->n_port;
		const int *slot = batch->slot + (ptrdiff_t)i * shape->n_stamp;
		evaluate_with(tile, b, i, want, eval);
		if (want & DEV_F)
			scatter(tile->f, unknown, shape->n_port, out->f);
		if (want & DEV_Q)
			scatter(tile->q, unknown, shape->n_port, out->q);
		if (want & DEV_G)
			scatter_stamps(tile->g, slot, shape, DEV_G, out->g);
		if (want & DEV_C)
			scatter_stamps(tile->c, slot, shape, DEV_C, out->c);
	}
}

static void assemble(mna_tile *tile, unsigned want)
{
	for (int b = 0; b < tile->system->n_batch; b++)
		assemble_batch(tile, b, want);
}

const mna_assemble_table ISA_NAME(mna_assemble_table) = {assemble, evaluate};
