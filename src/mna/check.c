/* SPDX-License-Identifier: Apache-2.0
 * Topology checks at compile time, each with a place in the deck:
 *   E0401  a part of the circuit that no device connects to ground (its potential is undefined)
 *   E0402  a loop of independent voltage sources (its current is undefined, or Kirchhoff's voltage law fails)
 *   E0404  a node at which only current sources meet: no row entry in G or C (Kirchhoff's current law fails)
 *   W0401  a node touched by a single terminal
 * What depends on values (no dc path, no capacitance under noise) is checked later, where values are known.
 */
#include <string.h>
#include "base/alloc.h"
#include "mna/compile.h"
#include "mna/groups.h"

static ts_status check_connected(mna_builder *b, int *parent)
{
	const mna_system *s = b->system;
	ts_status status = TS_OK;
	groups_init(parent, s->n_unknown);
	for (int i = 0; i < b->circuit->n_instance; i++)
		for (int p = b->port_begin[i] + 1; p < b->port_begin[i + 1]; p++)
			if (!dev_is_control(&b->circuit->instance[i].shape->port[p - b->port_begin[i]]))
				groups_join(parent, b->port_unknown[b->port_begin[i]], b->port_unknown[p]);
	for (int u = 1; u < b->circuit->n_node; u++) {
		const int root = groups_find(parent, u);
		if (root == u)
			diag_add(b->diag, E0401, b->circuit->node[u].span, "node '%s' has no path to ground",
			         s->name[u]);
		else if (root != 0)
			diag_note(b->diag, b->circuit->node[u].span, "node '%s' belongs to the same floating part",
			          s->name[u]);
		status = root != 0 ? TS_NETLIST : status;
	}
	return status;
}

/* Voltage sources on the path between two nodes through sources 0 .. last-1: grows the reached set until
 * `to` is in it. via[u]: source by which u was reached, -2 at the start, -1 not reached. */
static void mark_path(const mna_builder *b, int last, int from, int to, int *via)
{
	int changed = 1;
	for (int u = 0; u < b->system->n_unknown; u++)
		via[u] = -1;
	via[from] = -2;
	while (changed && via[to] == -1) {
		changed = 0;
		for (int i = 0; i < last; i++) {
			const int *port = mna_ports(b, i);
			if (!mna_is_vsource(&b->circuit->instance[i]) || (via[port[0]] == -1) == (via[port[1]] == -1))
				continue;
			via[via[port[0]] == -1 ? port[0] : port[1]] = i;
			changed = 1;
		}
	}
}

static void report_loop(mna_builder *b, int i, int *via)
{
	const elab_instance *closing = &b->circuit->instance[i];
	const int *port = mna_ports(b, i);
	if (port[0] == port[1]) {
		diag_add_origin(b->diag, E0402, closing->span, closing->origin,
		                "voltage source '%s' has both ends on node '%s'", closing->name,
		                b->system->name[port[0]]);
		return;
	}
	diag_add_origin(b->diag, E0402, closing->span, closing->origin,
	                "voltage source '%s' closes a loop of voltage sources between nodes '%s' and '%s'",
	                closing->name, b->system->name[port[0]], b->system->name[port[1]]);
	mark_path(b, i, port[0], port[1], via);
	for (int u = port[1]; via[u] >= 0;) {
		const elab_instance *member = &b->circuit->instance[via[u]];
		const int *ends = mna_ports(b, via[u]);
		diag_note(b->diag, member->span, "voltage source '%s' is part of the loop", member->name);
		u = ends[0] == u ? ends[1] : ends[0];
	}
}

static ts_status check_loops(mna_builder *b, int *parent, int *via)
{
	ts_status status = TS_OK;
	groups_init(parent, b->system->n_unknown);
	for (int i = 0; i < b->circuit->n_instance; i++) {
		const int *port = mna_ports(b, i);
		if (!mna_is_vsource(&b->circuit->instance[i]) || groups_join(parent, port[0], port[1]))
			continue;
		report_loop(b, i, via);
		status = TS_NETLIST;
	}
	return status;
}

/* touched[u]: terminals on node u; stamped[u]: row entries of node u in G or C. */
static void count_touches(const mna_builder *b, int *touched, int *stamped)
{
	for (int i = 0; i < b->circuit->n_instance; i++) {
		const dev_shape *shape = b->circuit->instance[i].shape;
		const int *port = mna_ports(b, i);
		for (int p = 0; p < shape->n_port; p++)
			touched[port[p]]++;
		for (int s = 0; s < shape->n_stamp; s++)
			stamped[port[shape->stamp[s].row]]++;
	}
}

static ts_status check_nodes(mna_builder *b, int *touched, int *stamped)
{
	const elab_circuit *c = b->circuit;
	ts_status status = TS_OK;
	memset(touched, 0, (size_t)b->system->n_unknown * sizeof *touched);
	memset(stamped, 0, (size_t)b->system->n_unknown * sizeof *stamped);
	count_touches(b, touched, stamped);
	for (int u = 1; u < c->n_node; u++) {
		if (touched[u] == 1)
			diag_add(b->diag, W0401, c->node[u].span, "node '%s' is touched by one terminal only",
			         c->node[u].name);
		if (touched[u] == 0 || stamped[u] > 0)
			continue;
		diag_add(
		    b->diag, E0404, c->node[u].span,
		    "nothing at node '%s' lets its voltage follow from its currents: only current sources (or control "
		    "terminals) meet there",
		    c->node[u].name);
		status = TS_NETLIST;
	}
	return status;
}

ts_status mna_check_topology(mna_builder *b)
{
	const size_t n = (size_t)b->system->n_unknown;
	int *work = alloc_array(2 * n, sizeof(int));
	if (!work)
		return TS_NOMEM;
	const ts_status connected = check_connected(b, work);
	const ts_status loops = check_loops(b, work, work + n);
	const ts_status nodes = connected == TS_OK ? check_nodes(b, work, work + n) : TS_OK;
	alloc_free(work);
	TS_TRY(connected);
	TS_TRY(loops);
	return nodes;
}
