/* SPDX-License-Identifier: Apache-2.0
 * Electron by electron: the exact jump process of the devices that have rates (physics.md 1.2 - 1.4, numerics.md 3), by
 * Gillespie's direct method on lanes [Gillespie, J. Phys. Chem. 81, 2340 (1977)].
 *
 * A forward jump of source k carries the packet +q from `from` to `to`: the free unknowns change by its kick,
 * -q P^-1 a_k, at once. Its rate is the forward rate halfway through that very jump, the reverse rate likewise (dev.h):
 * then l+(x)/l-(x + kick) = exp(q V_mid / kT) exactly, V_mid the mean drop before and after. With SCALE=s the packet is
 * q s^2 and rates are l/s^2: the current stays, the noise power is s^2 times as large.
 *
 * A stretch ends in each lane at the same time; the last waiting time that passes the end is dropped, which is exact
 * since waiting times have no memory. Random numbers are addressed by (seed; trajectory, number of the draw).
 * Books: a jump heats its device by q V_mid; the sources give what their nodes' charges ask for.
 */
#include <math.h>
#include <string.h>
#include "base/isa.h"
#include "sim/sde_impl.h"

ISA_DECLARE(extern const sde_jump_table, sde_jump_table);

enum { MOST_JUMPS = 1 << 28 }; /* of a lane in one stretch: beyond it the rates mean nothing */

static ts_status refuse(const sde_builder *b, int instance, const char *why)
{
	const elab_instance *at = instance >= 0 ? &b->plan->system->circuit->instance[instance] : NULL;
	diag_add_origin(b->diag, E0413, at ? at->span : b->plan->options.span, at ? at->origin : NULL,
	                "NOISE=jump: %s%s%s", why, at ? ": " : "", at ? at->name : "");
	return TS_NETLIST;
}

/* First instance in a batch that is `of`, or that holds a node by a waveform. */
static int first_moving(const sde_builder *b)
{
	for (int k = 0; k < b->plan->n_group; k++)
		if (b->plan->group[k].moving)
			return b->plan->group[k].mna->inst[b->plan->group[k].index[0]];
	return -1;
}

static int first_averaged(const sde_builder *b)
{
	for (int i = 0; i < b->plan->system->circuit->n_instance; i++) {
		const int branch = mna_branch(b->plan->system, i);
		if (branch > 0 && b->averaged[branch])
			return i;
	}
	return -1;
}

static int first_wave(const sde_builder *b)
{
	for (int i = 0; i < b->plan->system->circuit->n_instance; i++) {
		const elab_instance *instance = &b->plan->system->circuit->instance[i];
		const int wave = instance->type->next_corner ? dev_param_index(instance->type, "wave") : -1;
		if (b->holding[i] && wave >= 0 && instance->param[wave] != DEV_WAVE_DC)
			return i;
	}
	return -1;
}

ts_status sde_check_jumps(const sde_builder *b)
{
	if (b->plan->options.reading != SIM_JUMP || b->plan->options.scale == 0)
		return TS_OK;
	if (b->plan->n_jump == 0)
		return refuse(b, -1, "no noisy device of this circuit has electron rates");
	if (first_moving(b) >= 0)
		return refuse(b, first_moving(b), "a charge that is not linear in the voltages");
	if (first_averaged(b) >= 0)
		return refuse(b, first_averaged(b), "an ideal voltage between two nodes that no source holds");
	if (first_wave(b) >= 0)
		return refuse(b, first_wave(b), "a source that holds a node changes with time");
	return TS_OK;
}

void sde_seed(sde_work *work, uint64_t seed, const uint32_t *trajectory)
{
	work->key = philox_make_key(seed, PHILOX_JUMP);
	work->flicker_key = philox_make_key(seed, PHILOX_FLICKER);
	for (int l = 0; l < LANES; l++) {
		work->trajectory[l] = trajectory[l];
		work->draw[l] = 0;
	}
}

void sde_find_kicks(sde_work *w)
{
	const sde_plan *p = w->plan;
	for (int k = 0; k < p->n_jump; k++) {
		const sde_jump *j = &p->jump[k];
		const sde_group *g = &p->group[j->group];
		double *shift = sde_at(w, g->shift) + ((ptrdiff_t)j->inst * g->n_noise + j->noise) * g->n_port * LANES;
		double *kick = w->kick + (ptrdiff_t)k * (p->n_free + 1) * LANES;
		sde_unit_pull(w, j->row_from, j->row_to);
		for (int e = LANES; e < (p->n_free + 1) * LANES; e++)
			kick[e] = -p->packet * w->rhs[e];
		for (int q = 0; q < g->n_port; q++)
			for (int l = 0; l < LANES; l++)
				shift[q * LANES + l] = 0.5 * kick[g->row[j->inst * g->n_port + q] * LANES + l];
	}
}

/* The jump of channel c (2k forward, 2k + 1 reverse) in lane l. */
static void jump(sde_work *w, int c, int l)
{
	const sde_plan *p = w->plan;
	const sde_jump *j = &p->jump[c / 2];
	const double sign = c % 2 ? -1 : 1;
	const double *kick = w->kick + (ptrdiff_t)(c / 2) * (p->n_free + 1) * LANES + l;
	const double before = w->x1[j->from * LANES + l] - w->x1[j->to * LANES + l];
	for (int r = 1; r <= p->n_free; r++)
		w->x1[p->free[r] * LANES + l] += sign * kick[r * LANES];
	const double after = w->x1[j->from * LANES + l] - w->x1[j->to * LANES + l];
	const double heat = sign * p->packet * 0.5 * (before + after);
	w->heat[j->instance * LANES + l] += heat;
	w->turnover[l] += fabs(heat);
	w->count[(c / 2) * LANES + l] += sign;
	w->n_event[l] += 1;
}

/* Work of the sources over the stretch from x to x1. */
static void book_sources(sde_work *w)
{
	const sde_plan *p = w->plan;
	memset(w->node, 0, (size_t)p->n_unknown * LANES * sizeof *w->node);
	for (int k = 0; k < p->n_jump; k++)
		for (int l = 0; l < LANES; l++) {
			const double charge = p->packet * w->count[k * LANES + l];
			w->node[p->jump[k].from * LANES + l] += charge;
			w->node[p->jump[k].to * LANES + l] -= charge;
		}
	w->table->source_books(w);
}

uint32_t sde_run_jumps(sde_work *w, double duration)
{
	const sde_plan *p = w->plan;
	const sde_jump_table *table = ISA_CHOOSE(sde_jump_table);
	uint32_t open = (1u << LANES) - 1, bad = 0;
	memcpy(w->x1, w->x, (size_t)p->n_unknown * LANES * sizeof *w->x1);
	memset(w->count, 0, (size_t)p->n_jump * LANES * sizeof *w->count);
	for (int l = 0; l < LANES; l++)
		w->left[l] = duration;
	for (int n = 0; open; n++) {
		table->rates(w);
		open = table->draw(w, open, &bad);
		for (int l = 0; l < LANES; l++)
			if (open >> l & 1)
				jump(w, (int)w->channel[l], l);
		if (n >= MOST_JUMPS) {
			bad |= open;
			open = 0;
		}
	}
	if (p->options.energy)
		book_sources(w);
	return bad | w->table->commit(w);
}

const double *sde_events(const sde_work *work)
{
	return work->n_event;
}
