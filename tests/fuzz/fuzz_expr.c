/* SPDX-License-Identifier: Apache-2.0
 * libFuzzer target: any bytes as an expression. What reads prints to text that reads back to the same tree and has the
 * same value, and a value is finite.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/expr.h"
#include "unit/net/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int name_value(void *self, const char *name, src_span span, double *value)
{
	(void)self, (void)span;
	*value = 0.5 + *name;
	return name[1] == '\0';
}

static int probe_value(void *self, const net_expr *probe, double *value)
{
	(void)self;
	*value = probe->node[1] ? -1 : 2;
	return 1;
}

static void require(int condition, const char *what, const char *text)
{
	if (condition)
		return;
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

static ts_status evaluate(const net_expr *e, double *value)
{
	const net_env env = {.name = name_value, .probe = probe_value};
	diag_list *diag = diag_create(NULL);
	const ts_status status = net_expr_eval(e, &env, diag, value);
	if ((status == TS_OK) != (diag_count(diag, DIAG_ERROR) == 0))
		abort();
	diag_destroy(diag);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	arena *a = arena_create();
	diag_list *diag = diag_create(NULL);
	const net_expr *e = net_expr_parse(a, 0, 0, (const char *)data, size, diag);
	if ((e != NULL) != (diag_count(diag, DIAG_ERROR) == 0))
		abort();
	diag_destroy(diag);
	if (e) {
		const char *text = net_expr_text(a, e);
		const net_expr *again = net_expr_parse(a, 0, 0, text, strlen(text), NULL);
		double value, same;
		require(again != NULL, "the text does not read", text);
		require(tree_same_expr(e, again), "the text reads to another tree", text);
		const ts_status status = evaluate(e, &value);
		require(evaluate(again, &same) == status, "another status", text);
		require(status != TS_OK || memcmp(&value, &same, sizeof value) == 0, "another value", text);
		require(status != TS_OK || isfinite(value), "not finite", text);
	}
	arena_destroy(a);
	return 0;
}
