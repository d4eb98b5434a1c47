/* SPDX-License-Identifier: Apache-2.0
 * Questions asked once an analysis has failed: which device pushes hardest on a row, and which nodes no direct current
 * can leave.
 *
 * A floating group for dc is found in two steps: unknowns are joined where G couples them both ways (and with ground
 * where one instance couples them to it both ways); a group without ground is floating when the KCL rows of its nodes
 * add up to zero, sum_{i in group} g_ij = 0 for every column j. Then G has a left null vector, so it is singular.
 */
#include <float.h>
#include <math.h>
#include "base/alloc.h"
#include "mna/eval.h"
#include "mna/groups.h"

/* Row sums below this fraction of their largest term are zero. */
static const double BALANCED = 64 * DBL_EPSILON;

int mna_largest_contributor(mna_tile *tile, int unknown, int lane_index)
{
	const mna_system *s = tile->system;
	double largest = 0;
	int found = -1;
	for (int i = 0; i < s->circuit->n_instance; i++) {
		const mna_batch *batch = &s->batch[s->batch_of[i]];
		const int n_port = batch->shape->n_port;
		const int *port = batch->unknown + (ptrdiff_t)s->index_in_batch[i] * n_port;
		double sum = 0;
		mna_evaluate(tile, s->batch_of[i], s->index_in_batch[i], DEV_F);
		for (int p = 0; p < n_port; p++)
			sum += port[p] == unknown ? tile->own->out.f[p * LANES + lane_index] : 0;
		if (fabs(sum) > largest) {
			largest = fabs(sum);
			found = i;
		}
	}
	return found;
}

/* Does the instance just evaluated couple row u to column v? */
static int couples(const mna_tile *tile, const dev_shape *shape, const int *port, int u, int v, int lane_index)
{
	for (int s = 0; s < shape->n_stamp; s++)
		if ((shape->stamp[s].part & DEV_G) && port[shape->stamp[s].row] == u &&
		    port[shape->stamp[s].col] == v && tile->own->out.g[s * LANES + lane_index] != 0)
			return 1;
	return 0;
}

static void join_ground(mna_tile *tile, int *parent, int lane_index)
{
	const mna_system *s = tile->system;
	for (int i = 0; i < s->circuit->n_instance; i++) {
		const mna_batch *batch = &s->batch[s->batch_of[i]];
		const dev_shape *shape = batch->shape;
		const int *port = batch->unknown + (ptrdiff_t)s->index_in_batch[i] * shape->n_port;
		mna_evaluate(tile, s->batch_of[i], s->index_in_batch[i], DEV_F | DEV_G);
		for (int p = 0; p < shape->n_port; p++)
			if (couples(tile, shape, port, port[p], 0, lane_index) &&
			    couples(tile, shape, port, 0, port[p], lane_index))
				groups_join(parent, 0, port[p]);
	}
}

static void join_coupled(const mna_tile *tile, int *parent, int lane_index)
{
	const lin_csc *m = &tile->system->pattern;
	for (int j = 0; j < m->n; j++)
		for (int e = m->p[j]; e < m->p[j + 1]; e++) {
			const int back = lin_csc_slot(m, j, m->i[e]);
			if (tile->g[(e + 1) * LANES + lane_index] != 0 && back &&
			    tile->g[back * LANES + lane_index] != 0)
				groups_join(parent, j + 1, m->i[e] + 1);
		}
}

/* Do the KCL rows of the group add up to zero in every column? */
static int is_balanced(const mna_tile *tile, int *parent, int root, int lane_index)
{
	const lin_csc *m = &tile->system->pattern;
	for (int j = 0; j < m->n; j++) {
		double sum = 0, size = 0;
		for (int e = m->p[j]; e < m->p[j + 1]; e++) {
			const int u = m->i[e] + 1;
			if (tile->system->is_current[u] || groups_find(parent, u) != root)
				continue;
			sum += tile->g[(e + 1) * LANES + lane_index];
			size = fmax(size, fabs(tile->g[(e + 1) * LANES + lane_index]));
		}
		if (fabs(sum) > BALANCED * size)
			return 0;
	}
	return 1;
}

int mna_floating_dc(mna_tile *tile, int lane_index, uint8_t *group)
{
	const mna_system *s = tile->system;
	int found = -1, *parent = alloc_array((size_t)s->n_unknown, sizeof *parent);
	if (!parent)
		return -1;
	groups_init(parent, s->n_unknown);
	mna_assemble(tile, DEV_G | DEV_F);
	join_coupled(tile, parent, lane_index);
	join_ground(tile, parent, lane_index);
	for (int u = 1; u < s->n_unknown && found < 0; u++)
		if (!s->is_current[u] && groups_find(parent, u) == u && is_balanced(tile, parent, u, lane_index))
			found = u;
	for (int u = 0; group && u < s->n_unknown; u++)
		group[u] = found > 0 && !s->is_current[u] && groups_find(parent, u) == found;
	alloc_free(parent);
	return found;
}
