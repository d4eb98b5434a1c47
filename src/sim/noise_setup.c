/* SPDX-License-Identifier: Apache-2.0
 * What an ensemble starts from (see noise_run.h): the bias points of the .pbit, the signals, and for every bias the
 * operating point (zeros with uic) with .ic on top, and the states of switches.
 */
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "sim/noise_run.h"
#include "sim/uic.h"

static const double SWEEP_SLACK = 1e-9;
static const uint32_t ALL_LANES = (1u << LANES) - 1;
enum { MOST_BIAS = 1 << (32 - NOISE_BIAS_BITS) };

static size_t count_biases(const elab_pbit *p)
{
	if (!p || p->bias_instance < 0)
		return 1;
	if (p->n_list > 0)
		return (size_t)p->n_list;
	const double n = p->step != 0 ? (p->stop - p->start) / p->step : 0;
	return n >= 0 && n < MOST_BIAS ? (size_t)floor(n + SWEEP_SLACK) + 1 : 0;
}

static ts_status set_biases(noise_run *run)
{
	const elab_pbit *p = run->pbit;
	run->n_bias = count_biases(p);
	if (run->n_bias == 0 || run->n_bias > MOST_BIAS) {
		diag_add(run->diag, E0503, p->span, "the SWEEP has no points or more than %d", MOST_BIAS);
		return TS_NETLIST;
	}
	if (run->n_bias > 1 && run->samples >= 1L << NOISE_BIAS_BITS) {
		diag_add(run->diag, E0503, run->request->span, "a sweep takes fewer than %ld trajectories per bias",
		         1L << NOISE_BIAS_BITS);
		return TS_NETLIST;
	}
	run->bias = alloc_array(run->n_bias, sizeof *run->bias);
	if (!run->bias)
		return TS_NOMEM;
	for (size_t b = 0; p && p->bias_instance >= 0 && b < run->n_bias; b++)
		run->bias[b] = p->n_list > 0 ? p->list[b] : p->start + (double)b * p->step;
	return TS_OK;
}

static int is_vsource(const elab_instance *instance)
{
	return strcmp(instance->type->name, "vsource") == 0;
}

static int source_of_branch(const mna_system *s, int unknown)
{
	for (int i = 0; i < s->circuit->n_instance; i++)
		if (is_vsource(&s->circuit->instance[i]) && mna_branch(s, i) == unknown)
			return i;
	return -1;
}

/* Currents of voltage sources come from the charge that the books count; without books they are left out. */
static ts_status set_signals(noise_run *run)
{
	TS_TRY(sim_signals_create(run->system, SIM_TRANNOISE, &run->signals));
	sim_signals *s = &run->signals;
	const size_t n = (size_t)s->n + 1;
	run->charge_of = alloc_array(n, sizeof *run->charge_of);
	run->low = alloc_array(2 * n, sizeof *run->low);
	if (!run->charge_of || !run->low)
		return TS_NOMEM;
	run->high = run->low + n;
	int kept = 0;
	for (int k = 0; k < s->n; k++) {
		const int source = s->signal[k].is_current ? source_of_branch(run->system, s->signal[k].plus) : -1;
		if (source >= 0 && !run->request->energy)
			continue;
		run->charge_of[kept] = source;
		s->signal[kept++] = s->signal[k];
	}
	s->n = kept;
	if (run->pbit)
		run->bit = (sim_signal){
		    .name = run->pbit->out.name, .plus = run->pbit->out.node[0], .minus = run->pbit->out.node[1]};
	return TS_OK;
}

static ts_status set_bias(const noise_run *run, mna_tile *tile, size_t b, int l)
{
	if (!run->pbit || run->pbit->bias_instance < 0)
		return TS_OK;
	const int source = run->pbit->bias_instance;
	const elab_instance *instance = &run->system->circuit->instance[source];
	const ts_status status =
	    mna_tile_set_param(tile, source, dev_param_index(instance->type, "dc"), l, run->bias[b]);
	if (status == TS_NUMERIC)
		diag_add(run->diag, E0503, run->pbit->span, "source '%s' does not take the value %g", instance->name,
		         run->bias[b]);
	return status;
}

static void overlay_ic(const elab_circuit *c, double *x)
{
	for (int i = 0; i < c->n_ic; i++)
		if (c->ic[i].node > 0)
			x[c->ic[i].node] = c->ic[i].value;
}

/* Starting states of biases b .. b + n - 1, one per lane. */
static ts_status solve_starts(noise_run *run, mna_tile *tile, size_t b, size_t n)
{
	const size_t n_unknown = (size_t)run->system->n_unknown;
	TS_TRY(sim_latch_reset(&run->latches, tile));
	for (size_t l = 0; l < n; l++)
		TS_TRY(set_bias(run, tile, b + l, (int)l));
	if (!run->request->uic)
		TS_TRY(sim_operating_point_initial(tile, (1u << n) - 1, run->diag));
	for (size_t l = 0; l < n; l++) {
		double *x0 = run->x0 + (b + l) * n_unknown;
		const int swept = run->pbit ? run->pbit->bias_instance : -1;
		if (run->request->uic)
			TS_TRY(sim_uic_state(run->system, (sim_uic_source){swept, swept < 0 ? 0 : run->bias[b + l]}, x0,
			                     run->diag));
		for (size_t u = 0; u < n_unknown && !run->request->uic; u++)
			x0[u] = tile->x[u * LANES + l];
		overlay_ic(run->system->circuit, x0);
		for (int k = 0; k < run->latches.n; k++)
			run->state0[(b + l) * (size_t)run->latches.n + (size_t)k] =
			    sim_latch_state(&run->latches, tile, k, (int)l);
	}
	return TS_OK;
}

static ts_status set_starts(noise_run *run)
{
	mna_tile *tile = NULL;
	TS_TRY(sim_latches_create(run->system, &run->latches));
	run->state0 = alloc_array(run->n_bias * (size_t)run->latches.n + 1, sizeof *run->state0);
	if (!run->state0)
		return TS_NOMEM;
	run->x0 = alloc_array(run->n_bias * (size_t)run->system->n_unknown, sizeof *run->x0);
	ts_status status = run->x0 ? mna_tile_create(run->system, &tile) : TS_NOMEM;
	for (size_t b = 0; status == TS_OK && b < run->n_bias; b += LANES)
		status = solve_starts(run, tile, b, run->n_bias - b < LANES ? run->n_bias - b : LANES);
	mna_tile_destroy(tile);
	return status;
}

ts_status noise_place(const noise_run *run, mna_tile *tile, size_t b)
{
	const size_t n = (size_t)run->system->n_unknown;
	for (int l = 0; l < LANES; l++) {
		TS_TRY(set_bias(run, tile, b, l));
		tile->t[l] = 0;
		for (size_t u = 0; u < n; u++)
			tile->x[u * LANES + (size_t)l] = run->x0[b * n + u];
	}
	for (int k = 0; k < run->latches.n; k++)
		TS_TRY(sim_latch_set(&run->latches, tile, k, ALL_LANES,
		                     run->state0[b * (size_t)run->latches.n + (size_t)k]));
	return TS_OK;
}

ts_status noise_setup(noise_run *run)
{
	TS_TRY(set_biases(run));
	TS_TRY(set_signals(run));
	TS_TRY(set_starts(run));
	return run->request->reading == SIM_NOISE_OFF ? TS_OK : mna_check_noise(run->system, run->x0, run->diag);
}
