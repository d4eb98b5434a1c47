/* SPDX-License-Identifier: Apache-2.0
 * Text of a compiled system for `thermospice dump --stage=system`: unknowns, driven nodes, batches and the pattern. The
 * format is for people and for golden tests; it is not read back.
 */
#include "base/number.h"
#include "mna/system.h"

static void dump_unknowns(const mna_system *s, FILE *to)
{
	fprintf(to, "unknowns %d\n", s->n_unknown - 1);
	for (int u = 1; u < s->n_unknown; u++) {
		fprintf(to, "  %d %s %s", u, s->name[u], s->is_current[u] ? "A" : "V");
		if (s->driven_by[u] >= 0)
			fprintf(to, " = v(%s) %c %s", s->name[s->driven_from[u]], s->driven_sign[u] > 0 ? '+' : '-',
			        s->circuit->instance[s->driven_by[u]].name);
		fputc('\n', to);
	}
}

static void dump_instance(const mna_system *s, const mna_batch *batch, int i, FILE *to)
{
	const dev_shape *shape = batch->shape;
	char text[32];
	fprintf(to, "  %s", s->circuit->instance[batch->inst[i]].name);
	for (int p = 0; p < shape->n_port; p++)
		fprintf(to, " %s=%s", shape->port[p].name, s->name[batch->unknown[i * shape->n_port + p]]);
	for (int e = 0; e < batch->type->n_const; e++)
		fprintf(to, " %s", number_exact(batch->k[i * batch->type->n_const + e], text));
	fputc('\n', to);
}

static void dump_pattern(const mna_system *s, FILE *to)
{
	fprintf(to, "pattern %d\n", s->pattern.nnz);
	for (int j = 0; j < s->pattern.n; j++) {
		fprintf(to, "  %s:", s->name[j + 1]);
		for (int e = s->pattern.p[j]; e < s->pattern.p[j + 1]; e++)
			fprintf(to, " %s", s->name[s->pattern.i[e] + 1]);
		fputc('\n', to);
	}
}

void mna_dump(const mna_system *system, FILE *to)
{
	dump_unknowns(system, to);
	for (int b = 0; b < system->n_batch; b++) {
		const mna_batch *batch = &system->batch[b];
		fprintf(to, "batch %s %d\n", batch->type->name, batch->n_inst);
		for (int i = 0; i < batch->n_inst; i++)
			dump_instance(system, batch, i, to);
	}
	dump_pattern(system, to);
}
