/* SPDX-License-Identifier: Apache-2.0
 * mna_assemble: f, q, G = df/dx and C = dq/dx of the whole system at a tile's x and t. The loops over devices are in
 * assemble_isa.c; here the level is chosen and what belongs to no device is added: .options gmin (a conductance) and
 * cmin (a capacitance) from every node to ground,
 *
 *   f[u] += gmin x[u],  q[u] += cmin x[u]     for every voltage unknown u, internal nodes included.
 */
#include <string.h>
#include "base/isa.h"
#include "mna/eval.h"

ISA_DECLARE(extern const mna_assemble_table, mna_assemble_table);

static const mna_assemble_table *table(void)
{
	return ISA_CHOOSE(mna_assemble_table);
}

static void clear(mna_tile *tile, unsigned want)
{
	const size_t row = LANES * sizeof(double);
	const size_t unknowns = (size_t)tile->system->n_unknown * row;
	const size_t slots = ((size_t)tile->system->pattern.nnz + 1) * row;
	if (want & DEV_F)
		memset(tile->f, 0, unknowns);
	if (want & DEV_Q)
		memset(tile->q, 0, unknowns);
	if (want & DEV_G)
		memset(tile->g, 0, slots);
	if (want & DEV_C)
		memset(tile->c, 0, slots);
}

void mna_add_to_ground(const mna_system *s, const mna_ground *to, int width)
{
	for (int u = 1; to->value > 0 && u < s->n_unknown; u++) {
		if (s->is_current[u])
			continue;
		for (int l = 0; to->y && l < width; l++)
			to->y[u * width + l] += to->value * to->x[u * width + l];
		for (int l = 0; to->a && l < width; l++)
			to->a[s->diagonal[u] * width + l] += to->value;
	}
}

void mna_assemble(mna_tile *tile, unsigned want)
{
	const elab_circuit *c = tile->system->circuit;
	clear(tile, want);
	table()->assemble(tile, want);
	const mna_ground g = {c->gmin, tile->x, want & DEV_F ? tile->f : NULL, want & DEV_G ? tile->g : NULL};
	const mna_ground q = {c->cmin, tile->x, want & DEV_Q ? tile->q : NULL, want & DEV_C ? tile->c : NULL};
	mna_add_to_ground(tile->system, &g, LANES);
	mna_add_to_ground(tile->system, &q, LANES);
}

void mna_evaluate(mna_tile *tile, int batch, int index, unsigned want)
{
	table()->evaluate(tile, batch, index, want);
}

void mna_observe(mna_tile *tile, int instance, double *obs)
{
	const mna_system *s = tile->system;
	const int batch = s->batch_of[instance];
	mna_evaluate(tile, batch, s->index_in_batch[instance], DEV_OBS);
	memcpy(obs, tile->own->out.obs, (size_t)s->batch[batch].type->n_obs * LANES * sizeof(double));
}

void mna_terminals(mna_tile *tile, int instance, const double *rate, double *current)
{
	const mna_system *s = tile->system;
	const dev_shape *shape = s->circuit->instance[instance].shape;
	const int *unknown = mna_unknowns(s, instance);
	mna_evaluate(tile, s->batch_of[instance], s->index_in_batch[instance], rate ? DEV_F | DEV_Q | DEV_C : DEV_F);
	memcpy(current, tile->own->out.f, (size_t)shape->n_port * LANES * sizeof(double));
	for (int k = 0; rate && k < shape->n_stamp; k++) {
		const dev_stamp *stamp = &shape->stamp[k];
		const double v = rate[unknown[stamp->col]];
		for (int l = 0; (stamp->part & DEV_C) && l < LANES; l++)
			current[stamp->row * LANES + l] += tile->own->out.c[k * LANES + l] * v;
	}
}

/* The currents sum to zero, so voltages may count from any node: from that of the second port, which keeps small
 * differences exact where there are two. */
double mna_power(const mna_system *system, int instance, const double *x, int stride, const double *current,
                 int lane_index)
{
	const int *unknown = mna_unknowns(system, instance);
	const dev_shape *shape = system->circuit->instance[instance].shape;
	const int reference = shape->n_port > 1 && shape->port[1].quantity == DEV_VOLTAGE;
	double sum = 0;
	for (int p = 0; p < shape->n_port; p++)
		if (shape->port[p].quantity == DEV_VOLTAGE)
			sum += (x[unknown[p] * stride + lane_index] - x[unknown[reference] * stride + lane_index]) *
			       current[p * LANES + lane_index];
	return sum;
}

void mna_stamps(mna_tile *tile, int instance, double *g, double *c)
{
	const mna_system *s = tile->system;
	const dev_shape *shape = s->circuit->instance[instance].shape;
	const dev_out *out = &tile->own->out;
	mna_evaluate(tile, s->batch_of[instance], s->index_in_batch[instance], DEV_F | DEV_Q | DEV_G | DEV_C);
	for (int k = 0; k < shape->n_stamp; k++)
		for (int l = 0; l < LANES; l++) {
			const int i = k * LANES + l;
			g[i] = shape->stamp[k].part & DEV_G ? out->g[i] : 0;
			c[i] = shape->stamp[k].part & DEV_C ? out->c[i] : 0;
		}
}

void mna_noise_density(mna_tile *tile, int instance, int card, double *s)
{
	const mna_system *system = tile->system;
	const int batch = system->batch_of[instance];
	mna_evaluate(tile, batch, system->index_in_batch[instance], DEV_S | (card ? DEV_CARD : 0u));
	memcpy(s, tile->own->out.s, (size_t)system->batch[batch].shape->n_noise * LANES * sizeof(double));
}

void mna_device_residual(mna_tile *tile, int instance, double *f)
{
	const mna_system *s = tile->system;
	const int batch = s->batch_of[instance];
	mna_evaluate(tile, batch, s->index_in_batch[instance], DEV_F);
	memcpy(f, tile->own->out.f, (size_t)s->batch[batch].shape->n_port * LANES * sizeof(double));
}
