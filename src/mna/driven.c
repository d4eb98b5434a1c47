/* SPDX-License-Identifier: Apache-2.0
 * Driven nodes: those whose voltage follows from independent voltage sources along a tree rooted at ground,
 *
 *   v[u] = v[driven_from[u]] + driven_sign[u] E(t)        (source p - m: v_p = v_m + E)
 *
 * A source whose current controls another element drives nothing: its current must stay an unknown of every analysis.
 * The tree is found breadth first, so driven_order lists parents before children. The tree is unique because loops of
 * voltage sources were refused.
 */
#include "mna/compile.h"

typedef struct driven_tree {
	int *by, *from, *sign, *order;
	int n;
	uint8_t *controls;     /* [n_instance] the current is read by another element */
	int n_holder, *holder; /* the voltage sources that can hold a node */
} driven_tree;

static void drive(driven_tree *tree, int u, int from, int instance, int sign)
{
	if (u == 0 || tree->by[u] >= 0)
		return;
	tree->by[u] = instance;
	tree->from[u] = from;
	tree->sign[u] = sign;
	tree->order[tree->n++] = u;
}

static void drive_neighbours(const mna_builder *b, driven_tree *tree, int u)
{
	for (int h = 0; h < tree->n_holder; h++) {
		const int i = tree->holder[h], *port = mna_ports(b, i);
		if (port[1] == u)
			drive(tree, port[0], u, i, +1);
		if (port[0] == u)
			drive(tree, port[1], u, i, -1);
	}
}

static void mark_controls(const mna_builder *b, uint8_t *controls)
{
	for (int i = 0; i < b->circuit->n_instance; i++) {
		const elab_instance *instance = &b->circuit->instance[i];
		for (int p = 0, n = 0; instance->control && p < instance->shape->n_port; p++)
			if (dev_is_control(&instance->shape->port[p]))
				controls[instance->control[n++]] = 1;
	}
}

static void list_holders(const mna_builder *b, driven_tree *tree)
{
	for (int i = 0; i < b->circuit->n_instance; i++)
		if (mna_is_vsource(&b->circuit->instance[i]) && !tree->controls[i])
			tree->holder[tree->n_holder++] = i;
}

ts_status mna_make_driven(mna_builder *b)
{
	mna_system *s = b->system;
	const size_t n = (size_t)s->n_unknown;
	driven_tree tree = {arena_array(b->arena, n, sizeof(int)),
	                    arena_array(b->arena, n, sizeof(int)),
	                    arena_array(b->arena, n, sizeof(int)),
	                    arena_array(b->arena, n, sizeof(int)),
	                    0,
	                    arena_array(b->arena, (size_t)b->circuit->n_instance + 1, 1),
	                    0,
	                    arena_array(b->arena, (size_t)b->circuit->n_instance + 1, sizeof(int))};
	if (!tree.by || !tree.from || !tree.sign || !tree.order || !tree.controls || !tree.holder)
		return TS_NOMEM;
	mark_controls(b, tree.controls);
	list_holders(b, &tree);
	for (int u = 0; u < s->n_unknown; u++)
		tree.by[u] = -1;
	drive_neighbours(b, &tree, 0);
	for (int done = 0; done < tree.n; done++)
		drive_neighbours(b, &tree, tree.order[done]);
	s->driven_by = tree.by;
	s->driven_from = tree.from;
	s->driven_sign = tree.sign;
	s->driven_order = tree.order;
	s->n_driven = tree.n;
	return TS_OK;
}
