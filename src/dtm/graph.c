/* SPDX-License-Identifier: Apache-2.0
 * Builds interaction graphs: edge lists of grids and bipartite models, colouring, neighbour lists.
 *
 * Colouring: breadth-first two-colouring; where that meets an odd cycle, first-fit greedy colouring in node order.
 * Rule tables: degree 8 and 12 as published for the hardware, larger ones as in docs/dtm.md (G20, G24 unverified).
 */
#include "dtm/graph.h"
#include <math.h>
#include "base/alloc.h"

enum { MAX_NODE = 1 << 20 };

typedef struct graph_block {
	dtm_graph graph; /* first: the public pointer is this block */
	int *edge, *color, *order, *start, *neighbour, *link, *scratch;
} graph_block;

static const dtm_rule rules_8[] = {{0, 1}, {4, 1}};
static const dtm_rule rules_12[] = {{0, 1}, {4, 1}, {9, 10}};
static const dtm_rule rules_16[] = {{0, 1}, {4, 1}, {8, 7}, {14, 9}};
static const dtm_rule rules_20[] = {{0, 1}, {4, 1}, {3, 6}, {8, 7}, {14, 9}};
static const dtm_rule rules_24[] = {{0, 1}, {1, 2}, {4, 1}, {3, 6}, {8, 7}, {14, 9}};

const dtm_rule *dtm_grid_rules(int degree, int *n)
{
	static const dtm_rule *const table[] = {rules_8, rules_12, rules_16, rules_20, rules_24};
	*n = degree / 4;
	return degree % 4 || degree < 8 || degree > 24 ? NULL : table[degree / 4 - 2];
}

double dtm_grid_wire(int degree)
{
	int n;
	const dtm_rule *rule = dtm_grid_rules(degree, &n);
	double sum = rule ? 0 : (double)NAN;
	for (int i = 0; rule && i < n; i++)
		sum += sqrt((double)(rule[i].a * rule[i].a + rule[i].b * rule[i].b));
	return sum;
}

static ts_status no_memory(diag_list *diag)
{
	diag_add(diag, E0999, SRC_NOWHERE, "out of memory building a graph");
	return TS_NOMEM;
}

void dtm_graph_destroy(dtm_graph *graph)
{
	graph_block *b = (graph_block *)graph;
	if (!b)
		return;
	alloc_free(b->edge);
	alloc_free(b->color);
	alloc_free(b->order);
	alloc_free(b->start);
	alloc_free(b->neighbour);
	alloc_free(b->link);
	alloc_free(b->scratch);
	alloc_free(b);
}

static graph_block *block_create(int n_node, int n_edge)
{
	graph_block *b = alloc_array(1, sizeof *b);
	if (!b)
		return NULL;
	const size_t n = (size_t)n_node, m = 2 * (size_t)n_edge;
	b->edge = alloc_array(m, sizeof(int));
	b->color = alloc_array(n, sizeof(int));
	b->order = alloc_array(n, sizeof(int));
	b->start = alloc_array(n + 1, sizeof(int));
	b->neighbour = alloc_array(m, sizeof(int));
	b->link = alloc_array(m, sizeof(int));
	b->scratch = alloc_array(n + 1, sizeof(int));
	if (!b->edge || !b->color || !b->order || !b->start || !b->neighbour || !b->link || !b->scratch) {
		dtm_graph_destroy(&b->graph);
		return NULL;
	}
	b->graph = (dtm_graph){.n_node = n_node,
	                       .n_edge = n_edge,
	                       .edge = b->edge,
	                       .color = b->color,
	                       .order = b->order,
	                       .start = b->start,
	                       .neighbour = b->neighbour,
	                       .link = b->link};
	return b;
}

static void fill_neighbours(graph_block *b)
{
	const int n = b->graph.n_node, m = b->graph.n_edge;
	for (int e = 0; e < 2 * m; e++)
		b->start[b->edge[e] + 1]++;
	for (int i = 0; i < n; i++)
		b->start[i + 1] += b->start[i];
	for (int i = 0; i < n; i++)
		b->scratch[i] = b->start[i];
	for (int e = 0; e < m; e++) {
		const int i = b->edge[2 * e], j = b->edge[2 * e + 1];
		b->link[b->scratch[i]] = e;
		b->neighbour[b->scratch[i]++] = j;
		b->link[b->scratch[j]] = e;
		b->neighbour[b->scratch[j]++] = i;
	}
}

/* Two colours by breadth-first search from each uncoloured node; 0 when an odd cycle is met. */
static int color_two(graph_block *b)
{
	const int n = b->graph.n_node;
	int *queue = b->scratch;
	for (int i = 0; i < n; i++)
		b->color[i] = -1;
	for (int root = 0; root < n; root++) {
		if (b->color[root] >= 0)
			continue;
		int head = 0, tail = 0;
		queue[tail++] = root;
		b->color[root] = 0;
		while (head < tail) {
			const int i = queue[head++];
			for (int k = b->start[i]; k < b->start[i + 1]; k++) {
				const int j = b->neighbour[k];
				if (b->color[j] == b->color[i])
					return 0;
				if (b->color[j] < 0) {
					b->color[j] = 1 - b->color[i];
					queue[tail++] = j;
				}
			}
		}
	}
	return 1;
}

static int color_taken(const graph_block *b, int i, int color)
{
	for (int k = b->start[i]; k < b->start[i + 1]; k++)
		if (b->neighbour[k] < i && b->color[b->neighbour[k]] == color)
			return 1;
	return 0;
}

static void color_graph(graph_block *b)
{
	const int n = b->graph.n_node;
	if (!color_two(b)) {
		for (int i = 0; i < n; i++) {
			b->color[i] = 0;
			while (color_taken(b, i, b->color[i]))
				b->color[i]++;
		}
	}
	int n_color = 0;
	for (int i = 0; i < n; i++)
		n_color = b->color[i] >= n_color ? b->color[i] + 1 : n_color;
	b->graph.n_color = n_color;
	int at = 0;
	for (int c = 0; c < n_color; c++)
		for (int i = 0; i < n; i++)
			if (b->color[i] == c)
				b->order[at++] = i;
}

static int has_double_edge(graph_block *b)
{
	const int n = b->graph.n_node;
	for (int i = 0; i < n; i++)
		b->scratch[i] = -1;
	for (int i = 0; i < n; i++)
		for (int k = b->start[i]; k < b->start[i + 1]; k++) {
			if (b->scratch[b->neighbour[k]] == i)
				return 1;
			b->scratch[b->neighbour[k]] = i;
		}
	return 0;
}

/* Neighbour lists and colours of a block whose edges are in place. Takes the block over. */
static ts_status block_finish(graph_block *b, diag_list *diag, dtm_graph **graph)
{
	fill_neighbours(b);
	if (has_double_edge(b)) {
		diag_add(diag, E0721, SRC_NOWHERE, "the graph joins one pair of nodes more than once");
		dtm_graph_destroy(&b->graph);
		return TS_USAGE;
	}
	color_graph(b);
	*graph = &b->graph;
	return TS_OK;
}

ts_status dtm_graph_create(int n_node, int n_edge, const int *edge, diag_list *diag, dtm_graph **graph)
{
	if (n_node < 1 || n_node > MAX_NODE || n_edge < 0 || n_edge > 32 * MAX_NODE) {
		diag_add(diag, E0721, SRC_NOWHERE, "a graph of %d nodes and %d edges is out of range", n_node, n_edge);
		return TS_USAGE;
	}
	graph_block *b = block_create(n_node, n_edge);
	if (!b)
		return no_memory(diag);
	for (int e = 0; e < n_edge; e++) {
		const int i = edge[2 * e], j = edge[2 * e + 1];
		if (i < 0 || j < 0 || i >= n_node || j >= n_node || i == j) {
			diag_add(diag, E0721, SRC_NOWHERE, "edge %d joins nodes %d and %d of %d", e, i, j, n_node);
			dtm_graph_destroy(&b->graph);
			return TS_USAGE;
		}
		b->edge[2 * e] = i < j ? i : j;
		b->edge[2 * e + 1] = i < j ? j : i;
	}
	return block_finish(b, diag, graph);
}

ts_status dtm_graph_bipartite(int n_visible, int n_latent, diag_list *diag, dtm_graph **graph)
{
	if (n_visible < 1 || n_latent < 0 || n_visible > 4096 || n_latent > 4096) {
		diag_add(diag, E0721, SRC_NOWHERE, "%d visible and %d latent spins are out of range", n_visible,
		         n_latent);
		return TS_USAGE;
	}
	graph_block *b = block_create(n_visible + n_latent, n_visible * n_latent);
	if (!b)
		return no_memory(diag);
	int *at = b->edge;
	for (int i = 0; i < n_visible; i++)
		for (int z = 0; z < n_latent; z++) {
			*at++ = i;
			*at++ = n_visible + z;
		}
	return block_finish(b, diag, graph);
}

/* The site reached from (x,y) by (dx,dy), or -1 beyond an open edge. */
static int grid_site(const dtm_grid *g, int x, int y, dtm_rule step)
{
	const int u = x + step.a, v = y + step.b, side = g->side;
	if (!g->torus && (u < 0 || v < 0 || u >= side || v >= side))
		return -1;
	return (v + side) % side * side + (u + side) % side;
}

/* Each edge once: of a rule's four steps two are the reverse of the others. Returns the count; edge may be NULL. */
static int grid_edges(const dtm_grid *g, int *edge)
{
	int n_rule, n = 0;
	const dtm_rule *rule = dtm_grid_rules(g->degree, &n_rule);
	for (int r = 0; r < n_rule; r++)
		for (int site = 0; site < g->side * g->side; site++)
			for (int turn = 0; turn < 2; turn++) {
				const dtm_rule step = turn ? (dtm_rule){-rule[r].b, rule[r].a} : rule[r];
				const int to = grid_site(g, site % g->side, site / g->side, step);
				if (to < 0)
					continue;
				if (edge) {
					edge[2 * n] = site < to ? site : to;
					edge[2 * n + 1] = site < to ? to : site;
				}
				n++;
			}
	return n;
}

ts_status dtm_graph_grid(const dtm_grid *grid, diag_list *diag, dtm_graph **graph)
{
	int n_rule;
	if (!dtm_grid_rules(grid->degree, &n_rule) || grid->side < 16 || grid->side > 1024) {
		diag_add(diag, E0721, SRC_NOWHERE,
		         "no grid of degree %d and side %d (degrees 8 12 16 20 24, side 16..1024)", grid->degree,
		         grid->side);
		return TS_USAGE;
	}
	graph_block *b = block_create(grid->side * grid->side, grid_edges(grid, NULL));
	if (!b)
		return no_memory(diag);
	grid_edges(grid, b->edge);
	return block_finish(b, diag, graph);
}
