/* SPDX-License-Identifier: Apache-2.0
 * What kind of thing each batch, unknown and row of a stochastic step is (see sde_impl.h).
 *
 * Linearity is found by looking: a batch whose G, C or S has the same bits at three scattered points is taken to have
 * it constant. Behavioural elements and switches are never taken to be linear. Rows are judged by the values of C at
 * the starting point, not by the pattern: a transistor whose overlap capacitances are zero leaves its nodes algebraic.
 */
#include <string.h>
#include "base/alloc.h"
#include "sim/sde_impl.h"

enum { LOOKS = 3 };
static const double LOOK_SPREAD = 0.7; /* V */

/* Scratch for one instance. */
typedef struct look {
	const sde_builder *b;
	double *v, *keep;
	dev_out out;
	double *block;
	size_t n_stamp, n_noise;
} look;

static int widest(const mna_system *s, int (*of)(const dev_shape *))
{
	int n = 1;
	for (int k = 0; k < s->n_batch; k++)
		n = of(s->batch[k].shape) > n ? of(s->batch[k].shape) : n;
	return n;
}

static int ports(const dev_shape *s)
{
	return s->n_port;
}

static int stamps(const dev_shape *s)
{
	return s->n_stamp;
}

static int noises(const dev_shape *s)
{
	return s->n_noise * (s->n_port + 1);
}

static ts_status look_create(const sde_builder *b, look *k)
{
	const mna_system *s = b->plan->system;
	const size_t port = (size_t)widest(s, ports) * LANES, stamp = (size_t)widest(s, stamps) * LANES;
	const size_t noise = (size_t)widest(s, noises) * LANES;
	*k = (look){.b = b, .n_stamp = stamp, .n_noise = noise};
	double *at = k->block = alloc_array(3 * port + 3 * stamp + 3 * noise, sizeof *at);
	if (!at)
		return TS_NOMEM;
	double **const array[] = {&k->v, &k->out.f, &k->out.q, &k->out.g, &k->out.c, &k->keep, &k->out.s, &k->out.ds};
	const size_t size[] = {port, port, port, stamp, stamp, stamp + noise, noise, noise};
	for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
		*array[i] = at;
		at += size[i];
	}
	return TS_OK;
}

/* Evaluate an instance at look number `number`: 0 the tile's x, others scattered around it, the same in every run. */
static void evaluate(look *k, int batch, int index, int number, unsigned want)
{
	const mna_tile *tile = k->b->tile;
	const mna_batch *b = &tile->system->batch[batch];
	uint32_t state = 12345u * (uint32_t)number;
	for (int p = 0; p < b->shape->n_port; p++) {
		state = state * 1664525u + 1013904223u;
		const double r = number ? 2 * LOOK_SPREAD * ((double)(state >> 8) / (1 << 24) - 0.5) : 0;
		for (int l = 0; l < LANES; l++)
			k->v[p * LANES + l] = tile->x[b->unknown[index * b->shape->n_port + p] * LANES + l] + r;
	}
	const dev_in in = {.v = k->v,
	                   .k = tile->k[batch] + (ptrdiff_t)index * b->type->n_const * LANES,
	                   .t = tile->t,
	                   .aux = tile->system->circuit->instance[b->inst[index]].aux,
	                   .shape = b->shape,
	                   .want = want};
	dev_kernel(b->type)(&in, &k->out);
}

static int has_part(const dev_shape *shape, unsigned part)
{
	for (int s = 0; s < shape->n_stamp; s++)
		if (shape->stamp[s].part & part)
			return 1;
	return 0;
}

/* Do the values of `part` (DEV_G, DEV_C, DEV_S) move between looks in some instance of a batch? */
static int moves(look *k, int batch, unsigned part)
{
	const mna_batch *b = &k->b->tile->system->batch[batch];
	const double *now = part == DEV_G ? k->out.g : part == DEV_C ? k->out.c : k->out.s;
	const int n = part == DEV_S ? b->shape->n_noise : b->shape->n_stamp;
	for (int i = 0; i < b->n_inst; i++)
		for (int number = 0; number < LOOKS; number++) {
			evaluate(k, batch, i, number, part | DEV_F | DEV_Q);
			if (number == 0)
				memcpy(k->keep, now, (size_t)n * LANES * sizeof *now);
			for (int e = 0; e < n; e++)
				if ((part == DEV_S || (b->shape->stamp[e].part & part)) &&
				    memcmp(k->keep + e * LANES, now + e * LANES, sizeof *now) != 0)
					return 1;
		}
	return 0;
}

static void classify_batches(sde_builder *b, look *k)
{
	const mna_system *s = b->plan->system;
	for (int i = 0; i < s->n_batch; i++) {
		const mna_batch *batch = &s->batch[i];
		b->nonlinear[i] = (uint8_t)(!batch->type->shape || batch->type->plateau ||
		                            (has_part(batch->shape, DEV_G) && moves(k, i, DEV_G)));
		b->moving[i] = (uint8_t)(!batch->type->linear_q && has_part(batch->shape, DEV_C) &&
		                         (!batch->type->shape || moves(k, i, DEV_C)));
		b->steady[i] = (uint8_t)(batch->shape->n_noise == 0 || (!batch->type->plateau && !moves(k, i, DEV_S)));
	}
}

static void mark_driven(sde_builder *b)
{
	const mna_system *s = b->plan->system;
	b->kind[0] = SDE_DRIVEN;
	for (int d = 0; d < s->n_driven; d++) {
		const int u = s->driven_order[d], instance = s->driven_by[u], branch = mna_branch(s, instance);
		b->kind[u] = SDE_DRIVEN;
		b->holding[instance] = 1;
		if (branch > 0)
			b->kind[branch] = SDE_DRIVEN;
	}
}

static void mark_charges(sde_builder *b, look *k)
{
	const mna_system *s = b->plan->system;
	for (int i = 0; i < s->n_batch; i++) {
		const mna_batch *batch = &s->batch[i];
		const dev_shape *shape = batch->shape;
		for (int j = 0; has_part(shape, DEV_C) && j < batch->n_inst; j++) {
			evaluate(k, i, j, 0, DEV_F | DEV_Q | DEV_C);
			for (int e = 0; e < shape->n_stamp; e++) {
				const int row = batch->unknown[j * shape->n_port + shape->stamp[e].row];
				if ((shape->stamp[e].part & DEV_C) && k->out.c[e * LANES] != 0 &&
				    b->kind[row] == SDE_ALGEBRAIC)
					b->kind[row] = SDE_CHARGE;
			}
		}
	}
	for (int u = 1; s->circuit->cmin > 0 && u < s->n_unknown; u++)
		if (!s->is_current[u] && b->kind[u] == SDE_ALGEBRAIC)
			b->kind[u] = SDE_CHARGE;
}

/* Is an end of the ideal branch with current `branch`, a row into which it flows, held by a charge or a source? held: 1
 * is asked for; otherwise the ends that are not held become charge rows, held through the branch. */
static int visit_ends(sde_builder *b, int branch, int ask)
{
	const mna_system *s = b->plan->system;
	int held = 0;
	for (int k = 0; k < s->n_batch; k++) {
		const dev_shape *shape = s->batch[k].shape;
		for (int e = 0; e < s->batch[k].n_inst * shape->n_stamp; e++) {
			const int *unknown = s->batch[k].unknown + (ptrdiff_t)(e / shape->n_stamp) * shape->n_port;
			const dev_stamp *stamp = &shape->stamp[e % shape->n_stamp];
			const int row = unknown[stamp->row];
			if (!(stamp->part & DEV_G) || unknown[stamp->col] != branch || s->is_current[row] ||
			    dev_is_control(&shape->port[stamp->col]))
				continue;
			held |= b->kind[row] != SDE_ALGEBRAIC;
			if (!ask)
				b->kind[row] = b->kind[row] == SDE_ALGEBRAIC ? SDE_CHARGE : b->kind[row];
		}
	}
	return held;
}

/* Currents of ideal branches are averages over the step where a charge or a driven node holds the nodes they tie
 * together; the equations of all these nodes are balances over the step then. Elsewhere they are algebraic like
 * everything else. */
static void classify_branches(sde_builder *b)
{
	const sde_plan *p = b->plan;
	for (int found = 1; found;) {
		found = 0;
		for (int u = 1; u < p->n_unknown; u++) {
			if (!p->system->is_current[u] || b->kind[u] != SDE_ALGEBRAIC || b->averaged[u] ||
			    !visit_ends(b, u, 1))
				continue;
			visit_ends(b, u, 0);
			b->averaged[u] = 1;
			found = 1;
		}
	}
}

/* Does a current that is known as an average over the step only enter an equation without a charge, or through a law
 * that is not linear, or flip a state? */
static int reads_average(const sde_builder *b, int batch, const int *unknown)
{
	const mna_batch *of = &b->plan->system->batch[batch];
	const dev_shape *shape = of->shape;
	if (of->type->latch && shape == of->type->shape && of->type->latch->minus < 0 &&
	    b->averaged[unknown[of->type->latch->plus]])
		return 1;
	for (int e = 0; e < shape->n_stamp; e++) {
		const dev_stamp *stamp = &shape->stamp[e];
		if ((stamp->part & DEV_G) && dev_is_control(&shape->port[stamp->col]) &&
		    b->averaged[unknown[stamp->col]] &&
		    (b->kind[unknown[stamp->row]] == SDE_ALGEBRAIC || b->nonlinear[batch]))
			return 1;
	}
	return 0;
}

/* The current of an ideal branch at a charge contains white noise: its integral may flow onto a charge, but at an
 * instant it has no value on which a voltage could depend. */
static ts_status check_controls(const sde_builder *b)
{
	const mna_system *s = b->plan->system;
	for (int i = 0; i < s->circuit->n_instance; i++) {
		const elab_instance *instance = &s->circuit->instance[i];
		const mna_batch *batch = &s->batch[s->batch_of[i]];
		const int *unknown = batch->unknown + (ptrdiff_t)s->index_in_batch[i] * batch->shape->n_port;
		if (!instance->control || !reads_average(b, s->batch_of[i], unknown))
			continue;
		diag_add_origin(b->diag, E0412, instance->span, instance->origin, "the current of '%s' controls '%s'",
		                s->circuit->instance[*instance->control].name, instance->name);
		return TS_NETLIST;
	}
	return TS_OK;
}

ts_status sde_classify(sde_builder *b)
{
	sde_plan *p = b->plan;
	look k;
	ts_status status = look_create(b, &k);
	for (int u = 0; u < p->n_unknown; u++)
		b->kind[u] = SDE_ALGEBRAIC;
	if (status == TS_OK) {
		classify_batches(b, &k);
		mark_driven(b);
		mark_charges(b, &k);
	}
	if (status == TS_OK) {
		status = sde_mark_traps(b);
	}
	classify_branches(b);
	if (status == TS_OK)
		status = check_controls(b);
	for (int u = 1; u < p->n_unknown; u++)
		p->n_algebraic += b->kind[u] == SDE_ALGEBRAIC;
	alloc_free(k.block);
	return status;
}
