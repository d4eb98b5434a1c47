/* SPDX-License-Identifier: Apache-2.0
 * What a GPU pays: the theoretical figure by hand, results of bench/gpu picked up from a folder, left out when they are
 * not of the ledger's machine, refused when they are no results.
 */
#include "dtm/baseline.h"
#include "unit/dtm/bench.h"

static const double TOL_EXACT = 1e-12;
static bench_folder folder;
static dtm_ledger ledger;

static void build_ledger(void)
{
	static dtm_assume assume;
	extract_cell *c = bench_cell(0.01);
	T_INT(dtm_assume_load(BENCH_ENERGY, NULL, &assume), TS_OK);
	T_INT(dtm_ledger_build(&assume, c, NULL, &ledger), TS_OK);
	alloc_free(c);
}

static void test_published(void)
{
	static dtm_baseline b;
	t_section(
	    "published entries and the theoretical figure: 9.8e6 x (2 x 12 + 16) operations at 19.5 TFLOP/s, 400 W");
	T_INT(dtm_baseline_load(BENCH_BASELINE, &ledger, NULL, &b), TS_OK);
	T_INT(b.n_entry, 7);
	T_INT(b.n_measured, 0);
	T_STR(b.entry[b.primary].id, "vae_27_meter");
	T_REL(b.entry[b.primary].joules.value, 1.5e-4, TOL_EXACT);
	T_REL(b.flop_per_joule.value, 4.875e10, TOL_EXACT);
	const dtm_baseline_entry *e = dtm_baseline_find(&b, "same_theory");
	T_TRUE(e && e->same_algorithm && e->method == DTM_BY_RATE && isnan(e->fid));
	T_REL(e->joules.value, 3.92e8 / 4.875e10, TOL_EXACT); /* 8.041 mJ */
	T_REL(e->joules.value, 8.041e-3, 1e-4);
	T_REL(e->joules.low, 9.8e6 * 28 / 4.875e10, TOL_EXACT);
	T_REL(e->joules.high, 9.8e6 * 64 / 4.875e10, TOL_EXACT);
	T_INT(e->joules.kind, DTM_ASSUMED); /* as the overhead is */
	T_TRUE(dtm_baseline_find(&b, "nothing") == NULL);
}

/* A result as gibbs.cu writes it. */
static void write_result(const char *name, int side, int degree, double seconds, const char *passed)
{
	char text[1000];
	snprintf(
	    text, sizeof text,
	    "{\"format\": \"thermospice-gpu-gibbs\", \"version\": 1, \"gpu\": \"NVIDIA T\", \"date\": \"2026-01-02\",\n"
	    " \"side\": %d, \"degree\": %d, \"chains\": 2048, \"windows\": 5, \"seconds\": %.1f,\n"
	    " \"J_per_flip\": {\"value\": 2e-9, \"low\": 1.9e-9, \"high\": 2.2e-9, \"kind\": \"measured\",\n"
	    "  \"source\": \"board energy\"},\n \"check\": {\"passed\": %s}}\n",
	    side, degree, seconds, passed);
	bench_write(&folder, name, text);
}

static dtm_baseline read_folder(ts_status want, diag_list *diag)
{
	dtm_baseline b = {0};
	T_INT(dtm_baseline_measured(folder.path, &ledger, diag, &b), want);
	return b;
}

static void test_picked_up(void)
{
	diag_list *diag = diag_create(NULL);
	t_section("results in a folder: in the order of their names, J per flip times 9.8e6");
	T_INT(read_folder(TS_OK, diag).n_entry, 0);
	write_result("b.json", 70, 12, 50, "true");
	write_result("a.json", 70, 12, 61.2, "true");
	bench_write(&folder, "notes.txt", "no result");
	const dtm_baseline b = read_folder(TS_OK, diag);
	T_INT(b.n_entry, 2);
	T_INT(b.n_measured, 2);
	T_STR(b.entry[0].id, "a.json");
	T_STR(b.entry[1].id, "b.json");
	T_STR(b.entry[0].gpu, "NVIDIA T");
	T_STR(b.entry[0].joules.label, "same algorithm on NVIDIA T");
	T_REL(b.entry[0].joules.value, 19.6e-3, TOL_EXACT);
	T_REL(b.entry[0].joules.low, 18.62e-3, TOL_EXACT);
	T_REL(b.entry[0].joules.high, 21.56e-3, TOL_EXACT);
	T_INT(b.entry[0].joules.kind, DTM_MEASURED);
	T_INT(b.entry[0].method, DTM_BY_METER);
	T_TRUE(strstr(b.entry[0].joules.source, "2026-01-02") != NULL);
	T_INT(diag_count(diag, DIAG_NOTE), 0);
	dtm_baseline none = {0};
	T_INT(dtm_baseline_measured("/tmp/there/is/no/such/folder", &ledger, diag, &none), TS_OK);
	T_INT(none.n_entry, 0);
	bench_drop(&folder, "a.json");
	bench_drop(&folder, "b.json");
	bench_drop(&folder, "notes.txt");
	diag_destroy(diag);
}

static void test_left_out(void)
{
	static const struct {
		int side, degree;
		double seconds;
		const char *word;
	} row[] = {{64, 12, 50, "side 64"}, {70, 16, 50, "degree 16"}, {70, 12, 49.9, "windows of 9.98 s"}};
	t_section("left out with a warning: another grid, windows under 10 s");
	for (int i = 0; i < 3; i++) {
		diag_list *diag = diag_create(NULL);
		write_result("odd.json", row[i].side, row[i].degree, row[i].seconds, "true");
		const dtm_baseline b = read_folder(TS_OK, diag);
		T_INT(b.n_entry, 0);
		T_INT(b.n_measured, 0);
		BENCH_SAYS(diag, W0621, "odd.json", row[i].word);
		T_INT(diag_count(diag, DIAG_ERROR), 0);
		diag_destroy(diag);
	}
	bench_drop(&folder, "odd.json");
}

/* `member` of a good result set to `value` (NULL: removed). */
static void refuse(const char *member, const char *value, const char *word)
{
	char path[160];
	diag_list *diag = diag_create(NULL);
	write_result("bad.json", 70, 12, 50, "true");
	bench_change(&folder, "bad.json", bench_path(&folder, "bad.json", path), NULL, member, value);
	read_folder(TS_IO, diag);
	BENCH_SAYS(diag, E0621, "bad.json", word);
	bench_drop(&folder, "bad.json");
	diag_destroy(diag);
}

static void test_refused(void)
{
	static const char *const needed[] = {"gpu",     "date",    "side",       "degree",
	                                     "seconds", "windows", "J_per_flip", "version"};
	t_section("refused: results that are none, or whose check failed");
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		char word[40];
		snprintf(word, sizeof word, "'%s'", needed[i]);
		refuse(needed[i], NULL, word);
		refuse(needed[i], "true", word);
	}
	refuse("check", "{\"passed\": false}", "check");
	refuse("check", NULL, "check");
	refuse("format", "\"thermospice-dtm-energy\"", "thermospice-gpu-gibbs");
	diag_list *diag = diag_create(NULL);
	write_result("1234567890123456789012345678901_a.json", 70, 12, 50, "true");
	write_result("1234567890123456789012345678901_b.json", 70, 12, 50, "true");
	read_folder(TS_IO, diag);
	BENCH_SAYS(diag, E0621, "901_b.json", "two baselines with one id");
	bench_drop(&folder, "1234567890123456789012345678901_a.json");
	bench_drop(&folder, "1234567890123456789012345678901_b.json");
	diag_destroy(diag);
}

static void refuse_list(const char *key, const char *value, const char *word)
{
	static dtm_baseline b;
	char path[160];
	diag_list *diag = diag_create(NULL);
	bench_change(&folder, "list.json", BENCH_BASELINE, NULL, key, value);
	T_INT(dtm_baseline_load(bench_path(&folder, "list.json", path), &ledger, diag, &b), TS_IO);
	BENCH_SAYS(diag, E0621, "list.json", word);
	bench_drop(&folder, "list.json");
	diag_destroy(diag);
}

static void test_lists(void)
{
	t_section("refused: lists without a version, an entry, a primary");
	refuse_list("version", NULL, "'version'");
	refuse_list("entries", "[]", "'entries'");
	refuse_list("primary", "\"nobody\"", "'primary'");
	refuse_list("gpu", "{}", "'name'");
	refuse_list("overhead_flop_per_update", NULL, "'overhead_flop_per_update'");
	refuse_list("entries",
	            "[{\"id\": \"a\", \"label\": \"a\", \"gpu\": \"a\", \"trust\": \"M\", \"method\": \"guess\", "
	            "\"joules_per_sample\": {\"value\": 1, \"kind\": \"published\", \"source\": \"a\"}}]",
	            "'method'");
}

int main(void)
{
	folder = bench_make_folder();
	build_ledger();
	test_published();
	test_picked_up();
	test_left_out();
	test_refused();
	test_lists();
	T_INT(rmdir(folder.path), 0);
	return t_done();
}
