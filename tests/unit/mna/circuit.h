/* SPDX-License-Identifier: Apache-2.0
 * Small circuits built by hand for the tests of mna/, without parser and elaboration: nodes are named on the fly,
 * parameters not given take their fallback.
 */
#ifndef TESTS_MNA_CIRCUIT_H
#define TESTS_MNA_CIRCUIT_H
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "elab/circuit.h"

enum { CIRCUIT_MAX = 24, CIRCUIT_PARAMS = 128, CIRCUIT_TERMINALS = 8 };

typedef struct hand_circuit {
	elab_circuit c;
	elab_node node[CIRCUIT_MAX];
	elab_instance instance[CIRCUIT_MAX];
	char node_name[CIRCUIT_MAX][16];
	int terminal[CIRCUIT_MAX][CIRCUIT_TERMINALS];
	double param[CIRCUIT_MAX][CIRCUIT_PARAMS];
} hand_circuit;

static inline void hand_begin(hand_circuit *h)
{
	memset(h, 0, sizeof *h);
	strcpy(h->node_name[0], "0");
	h->node[0].name = h->node_name[0];
	h->c.n_node = 1;
	h->c.node = h->node;
	h->c.instance = h->instance;
	h->c.temperature = 300.15;
	h->c.reltol = 1e-6;
	h->c.abstol = 1e-15;
	h->c.vntol = 1e-9;
	h->c.itl = 200;
}

static inline int hand_node(hand_circuit *h, const char *name)
{
	for (int u = 0; u < h->c.n_node; u++)
		if (strcmp(h->node_name[u], name) == 0)
			return u;
	snprintf(h->node_name[h->c.n_node], sizeof h->node_name[0], "%s", name);
	h->node[h->c.n_node].name = h->node_name[h->c.n_node];
	return h->c.n_node++;
}

/* nodes: names separated by single spaces; then pairs (name, double), closed by NULL. Returns the instance number. */
static inline int hand_add(hand_circuit *h, const char *name, const char *type, const char *nodes, ...)
{
	const int i = h->c.n_instance++;
	elab_instance *instance = &h->instance[i];
	const dev_type *t = dev_find(type);
	*instance = (elab_instance){.name = name, .type = t, .shape = t->shape, .temperature = 300.15, .noisy = 1};
	char text[128];
	snprintf(text, sizeof text, "%s", nodes);
	char *rest = text;
	for (char *word; (word = strsep(&rest, " "));)
		h->terminal[i][instance->n_node++] = hand_node(h, word);
	instance->node = h->terminal[i];
	for (int p = 0; p < t->n_param; p++)
		h->param[i][p] = t->param[p].fallback;
	va_list args;
	va_start(args, nodes);
	for (const char *key; (key = va_arg(args, const char *));)
		h->param[i][dev_param_index(t, key)] = va_arg(args, double);
	va_end(args);
	instance->param = h->param[i];
	return i;
}
#endif
