/* SPDX-License-Identifier: Apache-2.0
 * Operating points that begin an analysis. .nodeset is a guess: the nodes are held in a first search and then let go.
 * .ic is a guess for .op and its kin; a transient starts from the point at which these nodes are held [Vladimirescu,
 * The SPICE Book, Wiley 1994, 4.6].
 */
#include <math.h>
#include "base/alloc.h"
#include "sim/sim.h"

/* hold[n_unknown] of a list; a driven node follows its source. */
static void add_holds(const mna_system *s, const elab_initial *list, int n, double *hold)
{
	for (int i = 0; i < n; i++)
		if (list[i].node > 0 && s->driven_by[list[i].node] < 0)
			hold[list[i].node] = list[i].value;
}

static void clear_holds(const mna_system *s, double *hold)
{
	for (int u = 0; u < s->n_unknown; u++)
		hold[u] = (double)NAN;
}

static void guess(mna_tile *tile, const elab_initial *list, int n)
{
	for (int i = 0; i < n; i++)
		for (int l = 0; l < LANES && list[i].node > 0; l++)
			tile->x[list[i].node * LANES + l] = list[i].value;
}

/* With .nodeset, and .ic where is_transient, held; then with .ic alone. */
static ts_status search(mna_tile *tile, uint32_t lanes, int is_transient, double *hold, diag_list *diag)
{
	const mna_system *s = tile->system;
	const elab_circuit *c = s->circuit;
	const int n_ic = is_transient ? c->n_ic : 0;
	guess(tile, c->nodeset, c->n_nodeset);
	guess(tile, c->ic, c->n_ic);
	if (c->n_nodeset > 0) {
		clear_holds(s, hold);
		add_holds(s, c->nodeset, c->n_nodeset, hold);
		add_holds(s, c->ic, n_ic, hold);
		const ts_status status = sim_operating_point_held(tile, lanes, hold, diag);
		if (status == TS_NUMERIC)
			diag_note(diag, SRC_NOWHERE, "while the nodes of .nodeset were held");
		TS_TRY(status);
	}
	clear_holds(s, hold);
	add_holds(s, c->ic, n_ic, hold);
	const ts_status status = sim_operating_point_held(tile, lanes, n_ic > 0 ? hold : NULL, diag);
	if (status == TS_NUMERIC && n_ic > 0)
		diag_note(diag, SRC_NOWHERE, "while the nodes of .ic were held");
	return status;
}

static ts_status start(mna_tile *tile, uint32_t lanes, int is_transient, diag_list *diag)
{
	double *hold = alloc_array((size_t)tile->system->n_unknown, sizeof *hold);
	const ts_status status = hold ? search(tile, lanes, is_transient, hold, diag) : TS_NOMEM;
	alloc_free(hold);
	return status;
}

ts_status sim_operating_point_first(mna_tile *tile, uint32_t lanes, diag_list *diag)
{
	return start(tile, lanes, 0, diag);
}

ts_status sim_operating_point_initial(mna_tile *tile, uint32_t lanes, diag_list *diag)
{
	return start(tile, lanes, 1, diag);
}
