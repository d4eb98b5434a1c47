/* SPDX-License-Identifier: Apache-2.0
 * mna_tile: the block of everything that changes for LANES lanes, and per-lane parameters. All arrays of doubles are
 * carved from one aligned block; each is a whole number of lane rows, so every row is aligned.
 */
#include "mna/tile.h"

#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "dev/inductor_kernel.h"
#include "mna/eval.h"

enum { LOCAL_PARAMS = 128, LOCAL_CONSTANTS = 256 };

/* Rows of the widest shape. */
typedef struct tile_width {
	size_t port, stamp, noise, noise_port, obs;
} tile_width;

static void widen(size_t *to, int n)
{
	if (*to < (size_t)n)
		*to = (size_t)n;
}

static tile_width widest(const mna_system *s)
{
	tile_width w = {1, 1, 1, 1, 1};
	for (int b = 0; b < s->n_batch; b++) {
		const dev_shape *shape = s->batch[b].shape;
		widen(&w.port, shape->n_port);
		widen(&w.stamp, shape->n_stamp);
		widen(&w.noise, shape->n_noise);
		widen(&w.noise_port, shape->n_noise * shape->n_port);
		widen(&w.obs, s->batch[b].type->n_obs);
	}
	return w;
}

static size_t constant_rows(const mna_batch *batch)
{
	return (size_t)batch->n_inst * (size_t)batch->type->n_const;
}

/* Take `rows` lane rows from the block; base NULL: only count. */
static double *carve(double *base, size_t *used, size_t rows)
{
	double *const at = base ? base + *used * LANES : NULL;
	*used += rows;
	return at;
}

static size_t layout(mna_tile *tile, double *base)
{
	const mna_system *s = tile->system;
	const size_t n = (size_t)s->n_unknown, slots = (size_t)s->pattern.nnz + 1;
	const tile_width w = widest(s);
	dev_out *out = &tile->own->out;
	size_t used = 0;
	tile->x = carve(base, &used, n);
	tile->t = carve(base, &used, 1);
	tile->f = carve(base, &used, n);
	tile->q = carve(base, &used, n);
	tile->g = carve(base, &used, slots);
	tile->c = carve(base, &used, slots);
	tile->own->v = tile->scratch = carve(base, &used, w.port);
	out->f = carve(base, &used, w.port);
	out->q = carve(base, &used, w.port);
	out->g = carve(base, &used, w.stamp);
	out->c = carve(base, &used, w.stamp);
	out->s = carve(base, &used, w.noise);
	out->ds = carve(base, &used, w.noise_port);
	out->obs = carve(base, &used, w.obs);
	for (int b = 0; b < s->n_batch; b++)
		tile->k[b] = carve(base, &used, constant_rows(&s->batch[b]));
	return used;
}

static void set_nominal(mna_tile *tile)
{
	const mna_system *s = tile->system;
	for (int b = 0; b < s->n_batch; b++)
		for (size_t e = 0; e < constant_rows(&s->batch[b]); e++)
			for (size_t l = 0; l < LANES; l++)
				tile->k[b][e * LANES + l] = s->batch[b].k[e];
	for (int i = 0; i < s->circuit->n_instance; i++)
		tile->own->first_override[i] = -1;
	for (int l = 0; l < LANES; l++)
		tile->own->circuit[l] = s->circuit;
	tile->own->data = s->circuit;
}

static ts_status fill(mna_tile *tile)
{
	const mna_system *s = tile->system;
	tile->own = alloc_array(1, sizeof *tile->own);
	tile->k = alloc_array((size_t)s->n_batch + 1, sizeof *tile->k);
	if (!tile->own || !tile->k)
		return TS_NOMEM;
	tile->own->first_override = alloc_array((size_t)s->circuit->n_instance + 1, sizeof(int));
	tile->block = alloc_array(layout(tile, NULL) * LANES, sizeof(double));
	if (!tile->own->first_override || !tile->block)
		return TS_NOMEM;
	layout(tile, tile->block);
	set_nominal(tile);
	return TS_OK;
}

ts_status mna_tile_create(const mna_system *system, mna_tile **out)
{
	*out = NULL;
	mna_tile *tile = alloc_array(1, sizeof *tile);
	if (!tile)
		return TS_NOMEM;
	tile->system = system;
	const ts_status status = fill(tile);
	if (status != TS_OK) {
		mna_tile_destroy(tile);
		return status;
	}
	*out = tile;
	return TS_OK;
}

void mna_tile_destroy(mna_tile *tile)
{
	if (!tile)
		return;
	if (tile->own) {
		alloc_free(tile->own->override);
		alloc_free(tile->own->first_override);
	}
	alloc_free(tile->own);
	alloc_free(tile->k);
	alloc_free(tile->block);
	alloc_free(tile);
}

static int find_override(const mna_tile_own *own, int instance, int param, int lane_index)
{
	int at = own->first_override[instance];
	while (at >= 0 && (own->override[at].param != param || own->override[at].lane != lane_index))
		at = own->override[at].next;
	return at;
}

static ts_status remember(mna_tile_own *own, int instance, mna_override change)
{
	const int at = find_override(own, instance, change.param, change.lane);
	if (at >= 0) {
		own->override[at].value = change.value;
		return TS_OK;
	}
	if (own->n_override == own->capacity) {
		const int capacity = own->capacity ? 2 * own->capacity : 4 * LANES;
		mna_override *grown = alloc_resize(own->override, (size_t)own->capacity * sizeof *grown,
		                                   (size_t)capacity * sizeof *grown);
		if (!grown)
			return TS_NOMEM;
		own->override = grown;
		own->capacity = capacity;
	}
	change.next = own->first_override[instance];
	own->first_override[instance] = own->n_override;
	own->override[own->n_override++] = change;
	return TS_OK;
}

/* Parameters of an instance in a lane, into merged[LOCAL_PARAMS]. */
static void merge(const mna_tile *tile, int instance, int lane_index, double *merged)
{
	const elab_instance *inst = &tile->own->circuit[lane_index]->instance[instance];
	memcpy(merged, inst->param, (size_t)inst->type->n_param * sizeof *merged);
	for (int at = tile->own->first_override[instance]; at >= 0; at = tile->own->override[at].next)
		if (tile->own->override[at].lane == lane_index)
			merged[tile->own->override[at].param] = tile->own->override[at].value;
}

static ts_status derive(const mna_tile *tile, int instance, int lane_index, const double *merged)
{
	const mna_system *s = tile->system;
	const elab_instance *inst = &tile->own->circuit[lane_index]->instance[instance];
	const int n_const = inst->type->n_const;
	double constant[LOCAL_CONSTANTS] = {0};
	if (inst->type->derive(merged, inst->polarity, inst->temperature, constant))
		return TS_NUMERIC;
	double *k = tile->k[s->batch_of[instance]] + (ptrdiff_t)s->index_in_batch[instance] * n_const * LANES;
	for (int e = 0; e < n_const; e++)
		k[e * LANES + lane_index] = constant[e];
	return TS_OK;
}

static int fits(const dev_type *type)
{
	return type->n_param <= LOCAL_PARAMS && type->n_const <= LOCAL_CONSTANTS;
}

static ts_status set_one(mna_tile *tile, int instance, int param, int lane_index, double value)
{
	const dev_type *type = tile->system->circuit->instance[instance].type;
	double merged[LOCAL_PARAMS];
	if (!fits(type) || param < 0 || param >= type->n_param)
		return TS_INTERNAL;
	merge(tile, instance, lane_index, merged);
	merged[param] = value;
	TS_TRY(derive(tile, instance, lane_index, merged));
	return remember(tile->own, instance, (mna_override){.param = param, .lane = lane_index, .value = value});
}

static double inductance(const mna_tile *tile, int instance, int lane_index)
{
	const mna_system *s = tile->system;
	const ptrdiff_t row = (ptrdiff_t)s->index_in_batch[instance] * INDUCTOR_N_CONST + INDUCTOR_L;
	return tile->k[s->batch_of[instance]][row * LANES + lane_index];
}

/* The couplings of an inductor have sqrt(L1 L2) as a parameter of their own. */
static ts_status set_couplings(mna_tile *tile, int inductor, int lane_index)
{
	const elab_circuit *c = tile->system->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const elab_instance *k = &c->instance[i];
		if (k->type->kernel != DEV_KERNEL_mutual || (k->control[0] != inductor && k->control[1] != inductor))
			continue;
		const double mean = sqrt(inductance(tile, k->control[0], lane_index)) *
		                    sqrt(inductance(tile, k->control[1], lane_index));
		TS_TRY(set_one(tile, i, dev_param_index(k->type, "mean"), lane_index, mean));
	}
	return TS_OK;
}

ts_status mna_tile_set_param(mna_tile *tile, int instance, int param, int lane_index, double value)
{
	TS_TRY(set_one(tile, instance, param, lane_index, value));
	const int is_inductor = tile->system->circuit->instance[instance].type->kernel == DEV_KERNEL_inductor;
	return is_inductor ? set_couplings(tile, instance, lane_index) : TS_OK;
}

void mna_tile_params(const mna_tile *tile, int instance, double *param)
{
	const int n = tile->system->circuit->instance[instance].type->n_param;
	double merged[LOCAL_PARAMS] = {0};
	for (int l = 0; l < LANES; l++) {
		if (n <= LOCAL_PARAMS)
			merge(tile, instance, l, merged);
		for (int p = 0; p < n; p++)
			param[p * LANES + l] = p < LOCAL_PARAMS ? merged[p] : 0;
	}
}

ts_status mna_tile_set_static(mna_tile *tile)
{
	const elab_circuit *c = tile->system->circuit;
	for (int i = 0; i < c->n_instance; i++) {
		const dev_type *type = c->instance[i].type;
		const int own = dev_param_index(type, "static"), wave = dev_param_index(type, "wave");
		if (own < 0 || c->instance[i].param[own] == 0 || c->instance[i].param[wave] == DEV_WAVE_DC)
			continue;
		for (int l = 0; l < LANES; l++)
			TS_TRY(set_one(tile, i, wave, l, DEV_WAVE_DC));
	}
	return TS_OK;
}

ts_status mna_tile_set_circuit(mna_tile *tile, int lane_index, const elab_circuit *circuit)
{
	double merged[LOCAL_PARAMS];
	tile->own->circuit[lane_index] = circuit;
	tile->own->data = circuit;
	for (int i = 0; i < circuit->n_instance; i++) {
		if (!fits(circuit->instance[i].type))
			return TS_INTERNAL;
		merge(tile, i, lane_index, merged);
		TS_TRY(derive(tile, i, lane_index, merged));
	}
	return TS_OK;
}
