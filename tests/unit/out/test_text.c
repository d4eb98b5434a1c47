/* SPDX-License-Identifier: Apache-2.0
 * CSV and the terminal tables of a small file with an op, a tran and an ensemble: exact text for CSV (numbers read back
 * exactly), width and content for the tables, and an error when the text cannot be written.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "harness/t.h"
#include "out/result.h"

static out_file *sample_file(diag_list *diag)
{
	static const char *const name[] = {"deck.cir"};
	static const char *const text[] = {"title\n"};
	const out_provenance provenance = {.command = "test", .n_text = 1, .text_name = name, .text = text};
	const double time[3] = {0, 1e-3, 2e-3}, v[3] = {0, 0.1, 1.0 / 3}, traces[6] = {1, 2, 3, 4, 5, 6};
	const double bias[2] = {-0.1, 0.1}, p1[6] = {0.25, 0.5, 0.75, 1, (double)NAN, 1};
	out_file *f = NULL;
	T_INT(out_create(NULL, &provenance, diag, &f), TS_OK);
	out_attr_text(f, "/analyses/op1", "type", "op", diag);
	out_put(f, "/analyses/op1/signals/v(a,b)", "V", 1, (const size_t[]){1}, v + 1, diag);
	out_attr_text(f, "/analyses/tran1", "type", "tran", diag);
	out_attr_number(f, "/analyses/tran1", "steps", 1234, diag);
	out_put(f, "/analyses/tran1/time", "s", 1, (const size_t[]){3}, time, diag);
	out_put(f, "/analyses/tran1/signals/v(a)", "V", 1, (const size_t[]){3}, v, diag);
	out_put(f, "/analyses/tran1/signals/noise", "V", 2, (const size_t[]){2, 3}, traces, diag);
	out_put(f, "/analyses/n1/bias", "V", 1, (const size_t[]){2}, bias, diag);
	out_put(f, "/analyses/n1/ensemble/mean/v(a)", "V", 2, (const size_t[]){2, 3}, traces, diag);
	out_put(f, "/analyses/n1/bit/cell/p1", "", 2, (const size_t[]){2, 3}, p1, diag);
	/* as many columns of a histogram as trajectories */
	out_put(f, "/analyses/n1/ensemble/histogram/v(a)", "", 2, (const size_t[]){2, 3}, traces, diag);
	/* two sources: as many outer values as inner ones, and not */
	const double grid[6] = {11, 12, 13, 21, 22, 23};
	for (int k = 1; k <= 2; k++) {
		const size_t n = k == 1 ? 3 : 2;
		char path[64];
		snprintf(path, sizeof path, "/analyses/dc%d/sweep", k);
		out_put(f, path, "V", 1, &n, time, diag);
		snprintf(path, sizeof path, "/analyses/dc%d/sweep2", k);
		out_put(f, path, "A", 1, (const size_t[]){2}, bias, diag);
		snprintf(path, sizeof path, "/analyses/dc%d/signals/v(a)", k);
		out_put(f, path, "V", 2, (const size_t[]){2, n}, grid, diag);
	}
	out_put(f, "/pbit/cell/tau", "s", 1, (const size_t[]){4}, (const double[]){1e-6, 1e-8, 9e-7, 1.1e-6}, diag);
	T_INT(diag_count(diag, DIAG_WARNING), 0);
	return f;
}

static char *csv(const out_file *f, const char *analysis, diag_list *diag)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);
	T_INT(out_csv(f, analysis, to, diag), TS_OK);
	fclose(to);
	return text;
}

static void test_csv(const out_file *f, diag_list *diag)
{
	t_section("csv");
	char *text = csv(f, "op1", diag);
	T_STR(text, "\"v(a,b) (V)\"\n0.1\n");
	free(text);
	text = csv(f, "tran1", diag);
	T_STR(text,
	      "time (s),v(a) (V),noise[0] (V),noise[1] (V)\n0,0,1,4\n0.001,0.1,2,5\n0.002,0.3333333333333333,3,6\n");
	free(text);
	text = csv(f, "dc1", diag);
	T_STR(text, "sweep2 (A),sweep (V),v(a) (V)\n-0.1,0,11\n-0.1,0.001,12\n-0.1,0.002,13\n"
	            "0.1,0,21\n0.1,0.001,22\n0.1,0.002,23\n");
	free(text);
	text = csv(f, "dc2", diag);
	T_STR(text, "sweep2 (A),sweep (V),v(a) (V)\n-0.1,0,11\n-0.1,0.001,12\n0.1,0,13\n0.1,0.001,21\n");
	free(text);
	text = csv(f, "n1", diag);
	T_TRUE(strncmp(text, "bias,trajectory,statistic,quantity,unit,value\n-0.1,0,ensemble/mean,v(a),V,1\n", 75) ==
	       0);
	T_TRUE(strstr(text, "\n0.1,1,bit/cell,p1,,nan\n0.1,2,bit/cell,p1,,1\n"));
	int lines = 0;
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	T_INT(lines, 1 + 12);
	free(text);
}

static void test_show(const out_file *f, diag_list *diag)
{
	char *text = NULL;
	size_t n;
	t_section("show");
	FILE *to = open_memstream(&text, &n);
	T_INT(out_show(f, to, diag), TS_OK);
	fclose(to);
	fputs(text, stdout);
	size_t widest = 0;
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		widest = strcspn(line, "\n") > widest ? strcspn(line, "\n") : widest;
	T_TRUE(widest > 40 && widest <= 100);
	T_TRUE(strstr(text, "INCOMPLETE") && strstr(text, "analysis tran1") && strstr(text, "steps 1.234k"));
	T_TRUE(strstr(text, "p-bit cell") && strstr(text, "cell cell"));
	free(text);
}

static void test_unwritable(const out_file *f)
{
	FILE *full = fopen("/dev/full", "w");
	t_section("unwritable text");
	if (!full)
		return;
	diag_list *diag = diag_create(NULL);
	T_INT(out_csv(f, "tran1", full, diag), TS_IO);
	T_INT(out_show(f, full, diag), TS_IO);
	T_INT(out_csv(f, "absent", stdout, diag), TS_IO);
	T_INT(diag_count(diag, DIAG_ERROR), 3);
	fclose(full);
	diag_destroy(diag);
}

int main(void)
{
	diag_list *diag = diag_create(NULL);
	out_file *f = sample_file(diag);
	test_csv(f, diag);
	test_show(f, diag);
	test_unwritable(f);
	out_close(f, 1, diag);
	diag_destroy(diag);
	return t_done();
}
