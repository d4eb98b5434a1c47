/* SPDX-License-Identifier: Apache-2.0
 * Waveform values of independent sources, through the same kernel that assembly uses. With all ports at zero a voltage
 * source's branch residual is s (v_p - v_m) - s E with s = df_branch/dv_p = +-1, and a current source's f_p is its
 * current; so E = -f_branch / s and I = f_p. Works on the stack: thread-safe.
 */
#include <string.h>
#include "mna/eval.h"
#include "mna/tile.h"

enum { SOURCE_PORTS = 4, SOURCE_STAMPS = 16, SOURCE_CONSTANTS = 64, SOURCE_PARAMS = 64 };

/* Column 0 entry of the branch row, or NULL for a source without a branch. */
static const double *branch_sign(const dev_shape *shape, int branch, const double *g)
{
	for (int s = 0; s < shape->n_stamp; s++)
		if (shape->stamp[s].row == branch && shape->stamp[s].col == 0)
			return g + (ptrdiff_t)s * LANES;
	return NULL;
}

static int branch_port(const dev_shape *shape)
{
	for (int p = 0; p < shape->n_port; p++)
		if (shape->port[p].quantity == DEV_CURRENT)
			return p;
	return -1;
}

static void source_values(const elab_instance *instance, const double *k, const double *t, double *value)
{
	const dev_shape *shape = instance->shape;
	_Alignas(64) double v[SOURCE_PORTS * LANES] = {0}, f[SOURCE_PORTS * LANES] = {0};
	_Alignas(64) double g[SOURCE_STAMPS * LANES] = {0};
	dev_out out = {.f = f, .g = g};
	const dev_in in = {.v = v, .k = k, .t = t, .aux = instance->aux, .shape = shape, .want = DEV_F | DEV_G};
	memset(value, 0, LANES * sizeof *value);
	if (shape->n_port > SOURCE_PORTS || shape->n_stamp > SOURCE_STAMPS)
		return;
	dev_kernel(instance->type)(&in, &out);
	const int branch = branch_port(shape);
	const double *sign = branch >= 0 ? branch_sign(shape, branch, g) : NULL;
	for (int l = 0; l < LANES; l++)
		value[l] = sign ? -f[branch * LANES + l] / sign[l] : f[l];
}

void mna_tile_source(const mna_tile *tile, int instance, const double *t, double *value)
{
	const mna_system *s = tile->system;
	const elab_instance *inst = &tile->own->data->instance[instance];
	const ptrdiff_t row = (ptrdiff_t)s->index_in_batch[instance] * inst->type->n_const;
	_Alignas(64) double time[LANES], out[LANES];
	memcpy(time, t, sizeof time);
	source_values(inst, tile->k[s->batch_of[instance]] + row * LANES, time, out);
	memcpy(value, out, sizeof out);
}

void mna_source_values(const mna_system *system, int instance, const double *t, double *value)
{
	const elab_instance *inst = &system->circuit->instance[instance];
	const int n_const = inst->type->n_const;
	const double *nominal = system->batch[system->batch_of[instance]].k;
	_Alignas(64) double k[SOURCE_CONSTANTS * LANES], time[LANES], out[LANES] = {0};
	nominal += (ptrdiff_t)system->index_in_batch[instance] * n_const;
	memcpy(time, t, sizeof time);
	for (int e = 0; e < n_const && n_const <= SOURCE_CONSTANTS; e++)
		for (int l = 0; l < LANES; l++)
			k[e * LANES + l] = nominal[e];
	if (n_const <= SOURCE_CONSTANTS)
		source_values(inst, k, time, out);
	memcpy(value, out, sizeof out);
}

double mna_source_value(const mna_system *system, int instance, double t)
{
	double time[LANES], value[LANES];
	for (int l = 0; l < LANES; l++)
		time[l] = t;
	mna_source_values(system, instance, time, value);
	return value[0];
}

/* With all ports at zero and the source a dc source of value 1, f is the weight itself. */
ts_status mna_source_weight(const mna_system *system, int instance, double *weight)
{
	const elab_instance *inst = &system->circuit->instance[instance];
	const dev_type *type = inst->type;
	const int dc = dev_param_index(type, "dc"), wave = dev_param_index(type, "wave");
	_Alignas(64) double k[SOURCE_CONSTANTS * LANES], time[LANES] = {0}, v[SOURCE_PORTS * LANES] = {0};
	_Alignas(64) double f[SOURCE_PORTS * LANES] = {0};
	double param[SOURCE_PARAMS], nominal[SOURCE_CONSTANTS];
	if (dc < 0 || wave < 0 || type->n_param > SOURCE_PARAMS || type->n_const > SOURCE_CONSTANTS ||
	    inst->shape->n_port > SOURCE_PORTS)
		return TS_INTERNAL;
	memcpy(param, inst->param, (size_t)type->n_param * sizeof *param);
	param[dc] = 1;
	param[wave] = DEV_WAVE_DC;
	if (type->derive(param, inst->polarity, inst->temperature, nominal))
		return TS_INTERNAL;
	for (int e = 0; e < type->n_const; e++)
		for (int l = 0; l < LANES; l++)
			k[e * LANES + l] = nominal[e];
	dev_out out = {.f = f};
	const dev_in in = {.v = v, .k = k, .t = time, .aux = inst->aux, .shape = inst->shape, .want = DEV_F};
	dev_kernel(type)(&in, &out);
	for (int p = 0; p < inst->shape->n_port; p++)
		weight[p] = f[p * LANES];
	return TS_OK;
}
