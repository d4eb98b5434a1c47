/* SPDX-License-Identifier: Apache-2.0
 * Interaction graphs of one layer: nodes, edges, colour classes, neighbour lists. Immutable once built.
 *
 * Grids: one spin per site of an L x L grid; rule (a,b) joins (x,y) to (x+a,y+b), (x-b,y+a), (x-a,y-b), (x+b,y-a).
 * All shipped rules have a+b odd, so the checkerboard colours the grid with two colours (on a torus for even L).
 */
#ifndef DTM_GRAPH_H
#define DTM_GRAPH_H
#include "base/diag.h"

typedef struct dtm_graph {
	int n_node, n_edge, n_color;
	const int *edge;      /* [n_edge][2], lower node first */
	const int *color;     /* [n_node], 0 .. n_color-1; no edge joins equal colours */
	const int *order;     /* [n_node], nodes by colour, ascending within one */
	const int *start;     /* [n_node + 1] into neighbour[] and link[] */
	const int *neighbour; /* [2 n_edge] */
	const int *link;      /* [2 n_edge] edge index of each neighbour */
} dtm_graph;

typedef struct dtm_rule { int a, b; } dtm_rule;
typedef struct dtm_grid { int degree, side, torus; } dtm_grid; /* degree 8, 12, 16, 20 or 24 */

/* Any simple graph; edges [n_edge][2]. Two colours where the graph is bipartite, else first-fit in node order.
 * E0721 for self-loops, doubled edges and nodes outside the range. */
ts_status dtm_graph_create(int n_node, int n_edge, const int *edge, diag_list *diag, dtm_graph **graph);
/* Every one of nodes 0..n_visible-1 joined to every one of the n_latent after them; no other edges. */
ts_status dtm_graph_bipartite(int n_visible, int n_latent, diag_list *diag, dtm_graph **graph);
/* Grid; site (x,y) is node y * side + x. */
ts_status dtm_graph_grid(const dtm_grid *grid, diag_list *diag, dtm_graph **graph);
void dtm_graph_destroy(dtm_graph *graph);
/* Rules of a degree: *n of them; NULL when there is no such grid. */
const dtm_rule *dtm_grid_rules(int degree, int *n);
/* Sum over the rules of sqrt(a^2 + b^2), in cell pitches; NaN when there is no such grid. */
double dtm_grid_wire(int degree);
#endif
