/* SPDX-License-Identifier: Apache-2.0
 * Stochastic well-posedness: the voltage of a node that receives white noise must have finite variance.
 *
 * Nodes tied by the branch of an ideal voltage (independent, controlled, behavioural) share one fate; nodes coupled by
 * a nonzero entry of C at x form a capacitive group. A group that contains ground (hence every driven node) is held.
 * White noise may pass between members of one group and into held groups. Otherwise:
 *   E0410  it enters a node without capacitance: white-noise voltage of infinite variance
 *   E0411  a capacitive group of several nodes has no capacitance to ground or to a driven node: its common voltage
 *          is algebraic
 */
#include <string.h>
#include "base/alloc.h"
#include "mna/eval.h"
#include "mna/groups.h"

typedef struct noise_groups {
	const mna_system *system;
	int *parent;
	uint8_t *has_c;    /* by unknown: has a capacitive coupling */
	uint8_t *reported; /* by unknown */
} noise_groups;

/* Does branch port `br` fix a voltage? An inductor (dq of its own branch current) does not. */
static int is_ideal_branch(const dev_shape *shape, int br)
{
	if (!dev_is_branch(&shape->port[br]))
		return 0;
	for (int s = 0; s < shape->n_stamp; s++)
		if (shape->stamp[s].row == br && (shape->stamp[s].part & DEV_C))
			return 0;
	return 1;
}

/* Join the ports into which the branch current flows. */
static void tie_branch(noise_groups *n, const dev_shape *shape, const int *unknown, int br)
{
	int first = -1;
	for (int s = 0; s < shape->n_stamp; s++) {
		const dev_stamp *stamp = &shape->stamp[s];
		if (stamp->col != br || stamp->row == br || !(stamp->part & DEV_G))
			continue;
		if (first >= 0)
			groups_join(n->parent, first, unknown[stamp->row]);
		first = unknown[stamp->row];
	}
}

static void couple(noise_groups *n, const dev_shape *shape, const int *unknown, const double *c)
{
	for (int s = 0; s < shape->n_stamp; s++) {
		const dev_stamp *stamp = &shape->stamp[s];
		const int row = unknown[stamp->row], col = unknown[stamp->col];
		if (!(stamp->part & DEV_C) || c[s * LANES] == 0 || row == col)
			continue;
		if (shape->port[stamp->row].quantity == DEV_CURRENT || shape->port[stamp->col].quantity == DEV_CURRENT)
			continue;
		groups_join(n->parent, row, col);
		n->has_c[row] = n->has_c[col] = 1;
	}
}

static void form_groups(noise_groups *n, mna_tile *tile)
{
	const mna_system *s = n->system;
	groups_init(n->parent, s->n_unknown);
	for (int b = 0; b < s->n_batch; b++) {
		const dev_shape *shape = s->batch[b].shape;
		for (int i = 0; i < s->batch[b].n_inst; i++) {
			const int *unknown = s->batch[b].unknown + (ptrdiff_t)i * shape->n_port;
			for (int br = 0; br < shape->n_port; br++)
				if (is_ideal_branch(shape, br))
					tie_branch(n, shape, unknown, br);
			mna_evaluate(tile, b, i, DEV_Q | DEV_C);
			couple(n, shape, unknown, tile->own->out.c);
		}
	}
	for (int u = 1; s->circuit->cmin > 0 && u < s->n_unknown; u++)
		if (!s->is_current[u])
			groups_join(n->parent, 0, u);
}

static src_span node_span(const mna_system *s, int u)
{
	return u < s->circuit->n_node ? s->circuit->node[u].span : SRC_NOWHERE;
}

static int check_groups(noise_groups *n, diag_list *diag)
{
	const mna_system *s = n->system;
	int n_error = 0;
	for (int u = 1; u < s->n_unknown; u++) {
		const int root = groups_find(n->parent, u);
		if (root == 0 || !n->has_c[u] || n->reported[root])
			continue;
		n->reported[root] = 1;
		n_error++;
		diag_add(diag, E0411, node_span(s, u),
		         "node '%s' belongs to a capacitive group without capacitance to ground or to a driven node",
		         s->name[u]);
		for (int v = u + 1; v < s->n_unknown; v++)
			if (!s->is_current[v] && groups_find(n->parent, v) == root)
				diag_note(diag, node_span(s, v), "node '%s' belongs to the same group", s->name[v]);
		diag_note(diag, SRC_NOWHERE,
		          "add a capacitor from one of them to ground, however small, or set .options cmin=");
	}
	return n_error;
}

static int check_source(noise_groups *n, const elab_instance *instance, const dev_noise *noise, int u, diag_list *diag)
{
	const int root = groups_find(n->parent, u);
	if (root == 0 || n->reported[root])
		return 0;
	n->reported[root] = 1;
	diag_add_origin(
	    diag, E0410, instance->span, instance->origin,
	    "white noise of device '%s' (source '%s') enters node '%s', which has no capacitance: its voltage "
	    "would have infinite variance",
	    instance->name, noise->name, n->system->name[u]);
	if (u < n->system->circuit->n_node)
		diag_note(diag, node_span(n->system, u),
		          "add a capacitor from node '%s' to ground, however small, set .options cmin=, or give '%s' "
		          "noisy=0",
		          n->system->name[u], instance->name);
	else
		diag_note(diag, SRC_NOWHERE,
		          "the node is inside '%s': give its model capacitance (%s), set .options cmin=, leave its "
		          "series resistance out, or give '%s' noisy=0",
		          instance->name,
		          strcmp(instance->type->letter, "d") == 0 ? "cjo= or tt=" : "cbd= cbs=, cgso= cgdo=",
		          instance->name);
	return 1;
}

static int check_instance(noise_groups *n, int i, diag_list *diag)
{
	const mna_system *s = n->system;
	const elab_instance *instance = &s->circuit->instance[i];
	const mna_batch *batch = &s->batch[s->batch_of[i]];
	const int *unknown = batch->unknown + (ptrdiff_t)s->index_in_batch[i] * batch->shape->n_port;
	int n_error = 0;
	for (int k = 0; instance->noisy && k < batch->shape->n_noise; k++) {
		const dev_noise *noise = &batch->shape->noise[k];
		const int from = unknown[noise->from], to = unknown[noise->to];
		if (noise->spectrum != DEV_WHITE || groups_find(n->parent, from) == groups_find(n->parent, to))
			continue;
		n_error += check_source(n, instance, noise, from, diag);
		n_error += check_source(n, instance, noise, to, diag);
	}
	return n_error;
}

static ts_status check(noise_groups *n, mna_tile *tile, const double *x, diag_list *diag)
{
	const mna_system *s = n->system;
	int n_error = 0;
	for (int u = 1; x && u < s->n_unknown; u++)
		for (int l = 0; l < LANES; l++)
			tile->x[u * LANES + l] = x[u];
	form_groups(n, tile);
	n_error += check_groups(n, diag);
	for (int i = 0; i < s->circuit->n_instance; i++)
		n_error += check_instance(n, i, diag);
	return n_error ? TS_NETLIST : TS_OK;
}

ts_status mna_check_noise(const mna_system *system, const double *x, diag_list *diag)
{
	const size_t n = (size_t)system->n_unknown;
	mna_tile *tile = NULL;
	noise_groups groups = {.system = system,
	                       .parent = alloc_array(n, sizeof(int)),
	                       .has_c = alloc_array(n, sizeof(uint8_t)),
	                       .reported = alloc_array(n, sizeof(uint8_t))};
	ts_status status = mna_tile_create(system, &tile);
	if (!groups.parent || !groups.has_c || !groups.reported)
		status = TS_NOMEM;
	if (status == TS_OK)
		status = check(&groups, tile, x, diag);
	mna_tile_destroy(tile);
	alloc_free(groups.parent);
	alloc_free(groups.has_c);
	alloc_free(groups.reported);
	return status;
}
