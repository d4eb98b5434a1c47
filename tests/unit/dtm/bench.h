/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the DTM harness share: a cell whose numbers are round, and JSON files in a temporary folder.
 */
#ifndef TESTS_UNIT_DTM_BENCH_H
#define TESTS_UNIT_DTM_BENCH_H
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/alloc.h"
#include "extract/cell.h"
#include "harness/t.h"

#define BENCH_ENERGY TS_TEST_SOURCE_DIR "/models/dtm_energy.json"
#define BENCH_BASELINE TS_TEST_SOURCE_DIR "/models/gpu_baseline.json"

/* V0 = 10 mV, V_s = 20 mV, 11 points from -190 mV to 210 mV: fields from -10 to 10. 300 K, tau 100 ns [95, 105] and
 * 40 aJ [38, 42] per tau. No point has an error. */
static inline extract_cell *bench_cell(double vs)
{
	extract_cell *c = alloc_array(1, sizeof *c);
	snprintf(c->name, sizeof c->name, "bench");
	snprintf(c->deck, sizeof c->deck, "round numbers");
	snprintf(c->reading, sizeof c->reading, "none");
	c->temperature = 300;
	c->n_bias = 11;
	c->i_mid = 5;
	c->v0 = (extract_value){0.01, 0, 0.01, 0.01};
	c->vs = (extract_value){vs, 0, vs, vs};
	c->tau_mid = (extract_value){100e-9, 0, 95e-9, 105e-9};
	c->power_mid = (extract_value){0.4e-9, 0, 0.4e-9, 0.4e-9};
	c->energy_per_tau = (extract_value){40e-18, 1e-18, 38e-18, 42e-18};
	c->energy_per_bit = (extract_value){80e-18, 1e-18, 76e-18, 84e-18};
	for (int i = 0; i < c->n_bias; i++) {
		c->bias[i] = -0.19 + 0.04 * i;
		const double p = 1 / (1 + exp(-(c->bias[i] - 0.01) / vs));
		c->p[i] = (extract_value){p, 0, p, p};
	}
	return c;
}

typedef struct bench_folder {
	char path[64];
} bench_folder;

static inline bench_folder bench_make_folder(void)
{
	bench_folder f = {"/tmp/thermospice_dtm_XXXXXX"};
	T_TRUE(mkdtemp(f.path) != NULL);
	return f;
}

static inline const char *bench_path(const bench_folder *f, const char *name, char path[160])
{
	snprintf(path, 160, "%s/%s", f->path, name);
	return path;
}

static inline void bench_write(const bench_folder *f, const char *name, const char *text)
{
	char path[160];
	FILE *to = fopen(bench_path(f, name, path), "w");
	T_TRUE(to != NULL);
	fputs(text, to);
	fclose(to);
}

static inline void bench_drop(const bench_folder *f, const char *name)
{
	char path[160];
	T_INT(unlink(bench_path(f, name, path)), 0);
}

/* A copy of `from` where member `key` of `group` (NULL: of the whole) is the JSON `value`; NULL removes the member. */
static inline void bench_change(const bench_folder *f, const char *name, const char *from, const char *group,
                                const char *key, const char *value)
{
	char path[160];
	json_t *root = json_load_file(from, 0, NULL), *at = group ? json_object_get(root, group) : root;
	T_TRUE(at != NULL);
	if (value)
		json_object_set_new(at, key, json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(at, key);
	T_INT(json_dump_file(root, bench_path(f, name, path), JSON_INDENT(1)), 0);
	json_decref(root);
}

/* The last message holds all of the words (NULL ends them). */
static inline int bench_says(const diag_list *diag, diag_code code, const char *const *word)
{
	const char *message = NULL;
	diag_code found = DIAG_N_CODE, last = DIAG_N_CODE;
	for (int i = 0; diag_message(diag, i, &found, NULL); i++) {
		message = diag_message(diag, i, &found, NULL);
		last = found;
	}
	int all = message && last == code;
	for (; all && *word; word++)
		all = strstr(message, *word) != NULL;
	if (!all)
		printf("  last message: %s\n", message ? message : "none");
	return all;
}
#define BENCH_SAYS(diag, code, ...) T_TRUE(bench_says(diag, code, (const char *const[]){__VA_ARGS__, NULL}))
#endif
