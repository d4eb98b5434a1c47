/* SPDX-License-Identifier: Apache-2.0
 * Disjoint groups of unknowns (union-find with path halving), private to mna/. The representative of a group is its
 * smallest member, so the group of ground is represented by 0.
 */
#ifndef MNA_GROUPS_H
#define MNA_GROUPS_H

static inline void groups_init(int *parent, int n)
{
	for (int u = 0; u < n; u++)
		parent[u] = u;
}
static inline int groups_find(int *parent, int u)
{
	while (parent[u] != u)
		u = parent[u] = parent[parent[u]];
	return u;
}
/* Returns 0 when both were in one group already. */
static inline int groups_join(int *parent, int u, int v)
{
	const int a = groups_find(parent, u), b = groups_find(parent, v);
	parent[a < b ? b : a] = a < b ? a : b;
	return a != b;
}
#endif
