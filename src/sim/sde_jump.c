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
 *
 * Nonlinear charges: kicks are those of the state in which a stretch starts, and at its end the voltages are made to
 * fit the charge that has moved, so that charge is conserved exactly and the error, of the voltages inside a stretch,
 * is of second order in its changes. Sources that hold nodes stand still in a stretch and move in the step between
 * (sde_step.c), symmetrically: an error of second order in the step.
 */
#include <math.h>
#include <string.h>
#include "base/isa.h"
#include "base/stop.h"
#include "sim/sde_impl.h"

ISA_DECLARE(extern const sde_jump_table, sde_jump_table);

enum { MOST_JUMPS = 1 << 26, LOOK_EVERY = 1 << 12 }; /* of a lane in one stretch: beyond it the rates mean nothing */

static ts_status refuse(const sde_builder *b, int instance, const char *why)
{
	const elab_instance *at = instance >= 0 ? &b->plan->system->circuit->instance[instance] : NULL;
	diag_add_origin(b->diag, E0413, at ? at->span : b->plan->options.span, at ? at->origin : NULL, "jumps: %s%s%s",
	                why, at ? ": " : "", at ? at->name : "");
	return TS_NETLIST;
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

ts_status sde_check_jumps(const sde_builder *b)
{
	const sde_plan *p = b->plan;
	if (p->options.reading == SIM_JUMP && p->options.scale != 0 && p->n_jump == 0)
		return refuse(b, -1, "no noisy device of this circuit has electron rates");
	if (p->options.leap && sde_has_traps(p))
		return refuse(b, -1, "METHOD=leap has no traps, which jump one by one: take TYPES= without rtn");
	if (p->n_jump > 0 && first_averaged(b) >= 0)
		return refuse(b, first_averaged(b), "an ideal voltage between two nodes that no source holds");
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

/* Charge that the moving charges of an instance take up in a kick. */
static void add_swing(sde_work *w, const sde_group *g, int i, const double *kick, double *swing)
{
	const int *unknown = g->unknown + (ptrdiff_t)i * g->n_port, *row = g->row + (ptrdiff_t)i * g->n_port;
	for (int s = 0; s < g->n_stamp; s++) {
		const dev_stamp *stamp = &g->mna->shape->stamp[s];
		const double *c = sde_at(w, g->c0) + (ptrdiff_t)(i * g->n_stamp + s) * LANES;
		const double *dv = kick + (ptrdiff_t)row[stamp->col] * LANES;
		double *dq = swing + (ptrdiff_t)unknown[stamp->row] * LANES;
		for (int l = 0; (stamp->part & DEV_C) && row[stamp->col] && l < LANES; l++)
			dq[l] += c[l] * dv[l];
	}
}

static void find_kick(sde_work *w, int k)
{
	const sde_plan *p = w->plan;
	const sde_jump *j = &p->jump[k];
	const sde_group *g = &p->group[j->group];
	double *shift = sde_at(w, g->shift) + ((ptrdiff_t)j->inst * g->n_noise + j->noise) * g->n_port * LANES;
	double *kick = w->kick + (ptrdiff_t)k * (p->n_free + 1) * LANES;
	sde_unit_pull(w, j->row_from, j->row_to);
	for (int e = LANES; e < (p->n_free + 1) * LANES; e++)
		kick[e] = -j->charge * w->rhs[e];
	for (int q = 0; q < g->n_port; q++)
		for (int l = 0; l < LANES; l++)
			shift[q * LANES + l] = 0.5 * kick[g->row[j->inst * g->n_port + q] * LANES + l];
	if (!p->has_moving)
		return;
	double *swing = w->swing + (ptrdiff_t)k * p->n_unknown * LANES;
	memset(swing, 0, (size_t)p->n_unknown * LANES * sizeof *swing);
	for (const sde_group *m = p->group; m < p->group + p->n_group; m++)
		for (int i = 0; m->moving && i < m->n_inst; i++)
			add_swing(w, m, i, kick, swing);
}

void sde_find_kicks(sde_work *w)
{
	for (int k = 0; k < w->plan->n_jump; k++)
		find_kick(w, k);
}

/* What the moving charges take up in a jump, `size` kicks in lane l, x1 being the state before it. */
static double swing_energy(const sde_work *w, int k, double size, int l)
{
	const sde_plan *p = w->plan;
	const double *swing = w->swing + (ptrdiff_t)k * p->n_unknown * LANES + l;
	const double *kick = w->kick + (ptrdiff_t)k * (p->n_free + 1) * LANES + l;
	double sum = 0;
	for (int u = 1; u < p->n_unknown; u++)
		sum += size * swing[u * LANES] *
		       (w->x1[u * LANES + l] + 0.5 * size * kick[(ptrdiff_t)p->row_of[u] * LANES]);
	return sum;
}

void sde_move_packets(sde_work *w, int c, double n, int l)
{
	const sde_plan *p = w->plan;
	const sde_jump *j = &p->jump[c / 2];
	const double size = (c % 2 ? -n : n) * w->packet[c * LANES + l];
	const double *kick = w->kick + (ptrdiff_t)(c / 2) * (p->n_free + 1) * LANES + l;
	const double before = w->x1[j->from * LANES + l] - w->x1[j->to * LANES + l];
	if (p->has_moving)
		w->moved[l] += swing_energy(w, c / 2, size, l);
	for (int r = 1; r <= p->n_free; r++)
		w->x1[p->free[r] * LANES + l] += size * kick[r * LANES];
	const double after = w->x1[j->from * LANES + l] - w->x1[j->to * LANES + l];
	const double kept = j->trap ? sde_switch_trap(w, j, c % 2 == 0, l) : 0;
	const double heat = size * j->charge * 0.5 * (before + after) - kept;
	w->heat[j->instance * LANES + l] += heat;
	w->turnover[l] += fabs(heat);
	w->count[(c / 2) * LANES + l] += size;
	w->n_event[l] += n;
}

/* node[] = charge that has left each node by jumps in this stretch */
static void jump_charges(sde_work *w)
{
	const sde_plan *p = w->plan;
	memset(w->node, 0, (size_t)p->n_unknown * LANES * sizeof *w->node);
	for (int k = 0; k < p->n_jump; k++)
		for (int l = 0; l < LANES; l++) {
			const double charge = p->jump[k].charge * w->count[k * LANES + l];
			w->node[p->jump[k].from * LANES + l] += charge;
			w->node[p->jump[k].to * LANES + l] -= charge;
		}
}

/* Where charges are not linear, kicks hold near the state in which they were found: a stretch starts from its own, and
 * ends at the voltages that belong to the charge that has moved. */
static uint32_t open_stretch(sde_work *w)
{
	if (!w->plan->settles)
		return 0;
	w->table->evaluate(w, SDE_START, w->plan->h0, NULL);
	w->table->matrix(w, w->plan->h0);
	w->w_h = 0;
	const uint32_t bad = sde_factor_p(w, w->plan->h0);
	sde_find_kicks(w);
	return bad;
}

/* What moving charges have taken up beyond the kicks, along Newton's way from the kicks' end, in middle, to x1; and
 * their part of the charge at the nodes. */
static void book_settling(sde_work *w)
{
	const sde_plan *p = w->plan;
	double *taken = w->lu_work; /* free between solves */
	memset(taken, 0, (size_t)p->n_unknown * LANES * sizeof *taken);
	for (const sde_group *g = p->group; g < p->group + p->n_group; g++)
		for (int e = 0; g->moving && e < g->n_inst * g->n_port; e++)
			for (int l = 0; l < LANES; l++)
				taken[g->unknown[e] * LANES + l] +=
				    sde_at(w, g->q1)[e * LANES + l] - sde_at(w, g->q0)[e * LANES + l];
	for (int e = LANES; e < p->n_unknown * LANES; e++) {
		w->node[e] += taken[e];
		for (int k = 0; k < p->n_jump; k++)
			taken[e] -= w->count[k * LANES + e % LANES] * w->swing[(ptrdiff_t)k * p->n_unknown * LANES + e];
		w->moved[e % LANES] += 0.5 * (w->middle[e] + w->x1[e]) * taken[e];
	}
}

static uint32_t close_stretch(sde_work *w)
{
	const sde_plan *p = w->plan;
	uint32_t bad = 0;
	jump_charges(w);
	if (p->settles) {
		memcpy(w->middle, w->x1, (size_t)p->n_unknown * LANES * sizeof *w->middle);
		bad = sde_settle(w, p->h0);
		w->w_h = 0;
	}
	if (p->options.energy && p->has_moving)
		book_settling(w);
	if (p->options.energy)
		w->table->source_books(w);
	return bad;
}

/* All jumps of a stretch, one by one. */
static uint32_t run_exactly(sde_work *w, const sde_jump_table *table, double duration)
{
	uint32_t open = (1u << LANES) - 1, bad = 0;
	for (int l = 0; l < LANES; l++)
		w->left[l] = duration;
	for (int n = 0; open; n++) {
		table->rates(w);
		open = table->draw(w, open, &bad);
		for (int l = 0; l < LANES; l++)
			if (open >> l & 1)
				sde_move_packets(w, (int)w->channel[l], 1, l);
		if (n >= MOST_JUMPS || (n % LOOK_EVERY == 0 && stop_requested())) {
			bad |= open;
			open = 0;
		}
	}
	return bad;
}

uint32_t sde_run_jumps(sde_work *w, double duration)
{
	const sde_plan *p = w->plan;
	const sde_jump_table *table = ISA_CHOOSE(sde_jump_table);
	uint32_t bad = open_stretch(w);
	memcpy(w->x1, w->x, (size_t)p->n_unknown * LANES * sizeof *w->x1);
	memset(w->count, 0, (size_t)p->n_jump * LANES * sizeof *w->count);
	bad |= p->options.leap ? sde_leap(w, table, duration) : run_exactly(w, table, duration);
	bad |= close_stretch(w);
	return bad | w->table->commit(w);
}

const double *sde_events(const sde_work *work)
{
	return work->n_event;
}
