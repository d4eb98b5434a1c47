/* SPDX-License-Identifier: Apache-2.0
 * Graph builder: edge counts, degrees and colours of the grids against closed forms and published counts; bipartite and
 * general graphs; what is refused.
 */
#include "harness/t.h"

#include <stdlib.h>
#include "dtm/graph.h"

static const double TOL_WIRE = 5e-5; /* the table has four decimals */

static int degree(const dtm_graph *g, int node)
{
	return g->start[node + 1] - g->start[node];
}

static void check_lists(const dtm_graph *g)
{
	int total = 0, bad = 0;
	for (int i = 0; i < g->n_node; i++) {
		total += degree(g, i);
		for (int k = g->start[i]; k < g->start[i + 1]; k++) {
			const int *e = &g->edge[2 * g->link[k]], j = g->neighbour[k];
			bad += !((e[0] == i && e[1] == j) || (e[0] == j && e[1] == i)) || g->color[i] == g->color[j];
		}
	}
	for (int k = 1; k < g->n_node; k++)
		bad += g->color[g->order[k]] < g->color[g->order[k - 1]];
	T_INT(total, 2 * g->n_edge);
	T_INT(bad, 0);
}

static void test_grids(void)
{
	static const int open_edges[5] = {18768, 26088, 33412, 41988, 51372};
	static const double wire[5] = {5.1231, 18.5767, 32.3966, 39.1048, 41.3408};
	t_section("grids of side 70: edges, degree, parity, two colours of 2450");
	for (int d = 0; d < 5; d++)
		for (int torus = 0; torus < 2; torus++) {
			const dtm_grid grid = {8 + 4 * d, 70, torus};
			dtm_graph *g = NULL;
			int first = 0, parity = 0;
			T_INT(dtm_graph_grid(&grid, NULL, &g), TS_OK);
			T_INT(g->n_edge, torus ? 70 * 70 * grid.degree / 2 : open_edges[d]);
			T_INT(g->n_color, 2);
			for (int i = 0; i < g->n_node; i++)
				first += g->color[i] == 0;
			T_INT(first, 2450);
			T_INT(degree(g, 35 * 70 + 35), grid.degree);
			for (int e = 0; e < g->n_edge; e++) {
				const int a = g->edge[2 * e], b = g->edge[2 * e + 1];
				parity += (a % 70 + a / 70 + b % 70 + b / 70) % 2 == 0;
			}
			T_INT(parity, 0);
			check_lists(g);
			dtm_graph_destroy(g);
			T_ABS(dtm_grid_wire(grid.degree), wire[d], TOL_WIRE);
		}
}

static void test_general(void)
{
	static const int triangle[6] = {0, 1, 1, 2, 2, 0}, loop[2] = {1, 1}, twice[4] = {0, 1, 1, 0}, far[2] = {0, 9};
	dtm_graph *g = NULL;
	t_section("bipartite and odd graphs; what is refused");
	T_INT(dtm_graph_bipartite(4, 3, NULL, &g), TS_OK);
	T_INT(g->n_edge, 12);
	T_INT(g->n_color, 2);
	check_lists(g);
	dtm_graph_destroy(g);
	T_INT(dtm_graph_create(3, 3, triangle, NULL, &g), TS_OK);
	T_INT(g->n_color, 3);
	check_lists(g);
	dtm_graph_destroy(g);
	diag_list *diag = diag_create(NULL);
	T_INT(dtm_graph_create(3, 1, loop, diag, &g), TS_USAGE);
	T_INT(dtm_graph_create(3, 2, twice, diag, &g), TS_USAGE);
	T_INT(dtm_graph_create(3, 1, far, diag, &g), TS_USAGE);
	T_INT(dtm_graph_grid(&(dtm_grid){10, 70, 1}, diag, &g), TS_USAGE);
	T_TRUE(diag_has(diag, E0721));
	diag_destroy(diag);
}

int main(void)
{
	test_grids();
	test_general();
	return t_done();
}
