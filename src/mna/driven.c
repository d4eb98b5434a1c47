/* SPDX-License-Identifier: Apache-2.0
 * Driven nodes: those whose voltage follows from independent voltage sources along a tree rooted at ground,
 *
 *   v[u] = v[driven_from[u]] + driven_sign[u] E(t)        (source p - m: v_p = v_m + E)
 *
 * found breadth first, so driven_order lists parents before children. The tree is unique because loops of voltage
 * sources were refused.
 */
#include "mna/compile.h"

typedef struct driven_tree {
	int *by, *from, *sign, *order;
	int n;
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
	for (int i = 0; i < b->circuit->n_instance; i++) {
		if (!mna_is_vsource(&b->circuit->instance[i]))
			continue;
		const int *port = mna_ports(b, i);
		if (port[1] == u)
			drive(tree, port[0], u, i, +1);
		if (port[0] == u)
			drive(tree, port[1], u, i, -1);
	}
}

ts_status mna_make_driven(mna_builder *b)
{
	mna_system *s = b->system;
	const size_t n = (size_t)s->n_unknown;
	driven_tree tree = {arena_array(b->arena, n, sizeof(int)), arena_array(b->arena, n, sizeof(int)),
	                    arena_array(b->arena, n, sizeof(int)), arena_array(b->arena, n, sizeof(int)), 0};
	if (!tree.by || !tree.from || !tree.sign || !tree.order)
		return TS_NOMEM;
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
