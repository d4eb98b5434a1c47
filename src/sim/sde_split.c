/* SPDX-License-Identifier: Apache-2.0
 * A step that is too long for what the circuit does in it (a current source that charges a small capacitance until a
 * diode takes over) is done again in 4, 16, .. parts for the lanes concerned, with the noise held: part j carries the
 * charge N/n, so that the parts tend to the Stratonovich integral that every reading's drift is made for. Flicker noise
 * is that of the whole step. A lane takes the first number of parts with which none of them is too long, which depends
 * on nothing but the lane; one for which the largest number does not do has failed.
 */
#include <math.h>
#include <string.h>
#include "sim/sde_impl.h"

enum { FACTOR = 4, MOST_PARTS = 4096, ALL_LANES = (1 << LANES) - 1 };

size_t sde_state_rows(const sde_plan *p)
{
	return (size_t)p->n_unknown + 2 * (size_t)p->system->circuit->n_instance + 2;
}

typedef struct rows {
	double *at;
	size_t n;
} rows;

/* Copy the state of some lanes to a store, or back. */
static void copy_state(sde_work *w, double *store, uint32_t lanes, int back)
{
	const size_t instances = (size_t)w->plan->system->circuit->n_instance;
	const rows part[] = {{w->x, (size_t)w->plan->n_unknown},
	                     {w->heat, instances},
	                     {w->charge, instances},
	                     {w->turnover, 1},
	                     {w->moved, 1}};
	for (size_t k = 0; k < sizeof part / sizeof *part; k++)
		for (size_t e = 0; e < part[k].n * LANES; e++, store++)
			if (lanes >> e % LANES & 1)
				*(back ? &part[k].at[e] : store) = *(back ? store : &part[k].at[e]);
}

static void set_time(sde_work *w, double t)
{
	w->t = t;
	for (int l = 0; l < LANES; l++)
		w->tile->t[l] = w->t0[l] = t;
}

/* n parts from the state in `before`; the lanes of `open` that do not come through. */
static uint32_t run_parts(sde_work *w, double h, int n, const double *xi, uint32_t open)
{
	const double start = w->t;
	uint32_t lost = 0;
	copy_state(w, w->before, ALL_LANES, 1);
	for (int e = 0; e < w->plan->n_source * LANES; e++)
		w->part_xi[e] = xi[e] / sqrt((double)n);
	for (int j = 0; j < n && (open & ~lost); j++) {
		lost |= sde_solve_step(w, h / n, w->part_xi, NULL, &lost);
		lost |= sde_commit(w, h / n);
	}
	set_time(w, start);
	return lost & open;
}

uint32_t sde_split_step(sde_work *w, double h, const double *xi, uint32_t wild)
{
	const double start = w->t;
	uint32_t open = wild;
	copy_state(w, w->before, ALL_LANES, 0);
	const uint32_t bad = sde_commit(w, h) & ~wild;
	copy_state(w, w->after, ALL_LANES, 0);
	set_time(w, start);
	for (int n = FACTOR; open && n <= MOST_PARTS; n *= FACTOR) {
		const uint32_t lost = run_parts(w, h, n, xi, open);
		copy_state(w, w->after, open & ~lost, 0);
		open = lost;
	}
	copy_state(w, w->after, ALL_LANES, 1);
	set_time(w, start + h);
	return bad | open;
}
