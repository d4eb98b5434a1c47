/* SPDX-License-Identifier: Apache-2.0
 * Crossings of thresholds behind a step of an integrator (see tran_latch.h). Dense output is looked at in a few places
 * of the step, no farther apart than TSTEP where that does not ask for too many, and the first place at which a control
 * is beyond its threshold is brought down by bisection to a small part of the step.
 */
#include "sim/tran_latch.h"
#include <math.h>

static const uint32_t ALL_LANES = (1u << LANES) - 1;
static const double LOCATED = 1e-10; /* of the step */
static const double CROWDED = 1e-9;  /* of TSTOP: flips this close together crowd */
enum { LOOKS = 4, MOST_LOOKS = 1000, MOST_CROWD = 400 /* more where there are more switches */ };

ts_status sim_tran_latches_create(sim_reduced *reduced, const sim_request *request, sim_tran_latches *out)
{
	*out = (sim_tran_latches){.reduced = reduced, .request = request};
	return sim_latches_create(reduced->system, &out->all);
}

void sim_tran_latches_destroy(sim_tran_latches *latches)
{
	sim_latches_destroy(&latches->all);
}

ts_status sim_tran_latches_start(sim_tran_latches *latches)
{
	if (latches->all.n == 0)
		return TS_OK;
	TS_TRY(sim_latch_spread(latches->reduced->tile));
	mna_single_load(latches->reduced->one, latches->reduced->tile, 0);
	return TS_OK;
}

static ts_status is_crossed(const sim_tran_latches *latches, double t, sim_unknowns_fn *unknowns, void *self,
                            int *crossed)
{
	const double *x;
	TS_TRY(unknowns(self, t, &x));
	*crossed = sim_latch_next(&latches->all, latches->reduced->tile, 0, x, 1, 0) >= 0;
	return TS_OK;
}

/* Nothing is crossed at `good`, something at *bad: bring them together. */
static ts_status bisect(const sim_tran_latches *latches, double good, double *bad, sim_unknowns_fn *unknowns,
                        void *self)
{
	const double close = LOCATED * (*bad - good);
	while (*bad - good > close) {
		const double middle = good + 0.5 * (*bad - good);
		int crossed;
		if (middle <= good || middle >= *bad)
			break;
		TS_TRY(is_crossed(latches, middle, unknowns, self, &crossed));
		*(crossed ? bad : &good) = middle;
	}
	return TS_OK;
}

ts_status sim_tran_latches_cross(const sim_tran_latches *latches, double from, double *to, sim_unknowns_fn *unknowns,
                                 void *self, int *crossed)
{
	const double length = *to - from;
	const int n = (int)fmin(fmax(LOOKS, ceil(length / latches->request->tstep)), MOST_LOOKS);
	double good = from;
	*crossed = 0;
	for (int i = 1; latches->all.n > 0 && i <= n; i++) {
		double t = i < n ? from + length * i / n : *to;
		TS_TRY(is_crossed(latches, t, unknowns, self, crossed));
		if (*crossed) {
			TS_TRY(bisect(latches, good, &t, unknowns, self));
			*to = t;
			return TS_OK;
		}
		good = t;
	}
	return TS_OK;
}

static ts_status report(const sim_tran_latches *latches, int k, double t, diag_list *diag)
{
	const elab_circuit *c = latches->reduced->system->circuit;
	const elab_instance *device = &c->instance[latches->all.latch[k].instance];
	diag_add_origin(
	    diag, E0523, device->span, device->origin,
	    "'%s' switches without end at t = %g s: each of its states moves its control beyond the other's "
	    "threshold",
	    device->name, t);
	diag_note(diag, latches->request->span, "transient stopped at t = %g s of %g s", t, latches->request->tstop);
	return TS_NUMERIC;
}

ts_status sim_tran_latches_flip(sim_tran_latches *latches, double t, const double *x, diag_list *diag, int *flipped)
{
	const sim_latches *all = &latches->all;
	sim_reduced *r = latches->reduced;
	*flipped = 0;
	if (!(t - latches->since <= CROWDED * latches->request->tstop)) {
		latches->since = t;
		latches->crowd = 0;
	}
	latches->crowd++;
	for (int k = sim_latch_next(all, r->tile, 0, x, 1, 0); k >= 0;
	     k = sim_latch_next(all, r->tile, 0, x, 1, k + 1)) {
		if (latches->crowd > MOST_CROWD + 2 * all->n)
			return report(latches, k, t, diag);
		TS_TRY(sim_latch_set(all, r->tile, k, ALL_LANES, 1 - sim_latch_state(all, r->tile, k, 0)));
		latches->count++;
		*flipped = 1;
	}
	if (*flipped)
		mna_single_load(r->one, r->tile, 0);
	return TS_OK;
}
