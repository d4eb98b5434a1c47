/* SPDX-License-Identifier: Apache-2.0
 * Quantities and the report: ratios and their intervals by hand, the headline reconstructions, printed numbers, and the
 * report of a cell of round numbers as a table and as JSON that says the same.
 */
#include "dtm/report.h"
#include "unit/dtm/bench.h"

static const double TOL_EXACT = 1e-12;
static bench_folder folder;

static dtm_quantity quantity(dtm_kind kind, double value, double low, double high)
{
	dtm_quantity q;
	dtm_quantity_set(&q, "q", kind, (double[]){value, low, high}, "test");
	return q;
}

static void test_ratio(void)
{
	dtm_quantity r, a = quantity(DTM_PUBLISHED, 2, 1, 4), b = quantity(DTM_RECONSTRUCTED, 1, 0.5, 2);
	t_section("a ratio's interval: shifts of the logarithm in quadrature; its kind: the less certain");
	dtm_quantity_ratio(&a, &b, "a over b", &r);
	T_REL(r.value, 2, TOL_EXACT);
	T_REL(r.high, 2 * pow(2, sqrt(2)), TOL_EXACT);
	T_REL(r.low, 2 / pow(2, sqrt(2)), TOL_EXACT);
	T_INT(r.kind, DTM_RECONSTRUCTED);
	T_STR(r.label, "a over b");
	t_section("the published ratio: 150 uJ over 12.8 nJ is 1.2e4, over 19.6 nJ 7.7e3, over Z1's 80.8 nJ 1.9e3");
	static const double machine[3] = {12.8e-9, 19.6e-9, 80.77e-9}, want[3] = {1.2e4, 7.7e3, 1.9e3};
	a = quantity(DTM_PUBLISHED, 1.5e-4, 1.45e-4, 1.55e-4);
	for (int i = 0; i < 3; i++) {
		b = quantity(DTM_PUBLISHED, machine[i], machine[i], machine[i]);
		dtm_quantity_ratio(&a, &b, "", &r);
		T_REL(r.value, want[i], 0.03);
		T_REL(r.low, 1.45e-4 / machine[i], TOL_EXACT);
	}
}

static void test_text(void)
{
	static const struct {
		double value;
		const char *unit, *text;
	} row[] = {{1.5e-4, "J", "150 uJ"},
	           {12.8e-9, "J", "12.8 nJ"},
	           {999.96e-9, "J", "1 uJ"},
	           {1e-3, "s", "1 ms"},
	           {0, "V", "0 V"},
	           {-8.881e-3, "V", "-8.881 mV"},
	           {3, "", "3"},
	           {1e-30, "J", "1e-09 zJ"}};
	char text[40];
	t_section("numbers with a prefix");
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		T_STR(dtm_si_text(row[i].value, row[i].unit, sizeof text, text), row[i].text);
	T_STR(dtm_si_text((double)NAN, "J", sizeof text, text), "-");
}

static dtm_report *build(const extract_cell *c)
{
	const dtm_report_options files = {BENCH_ENERGY, BENCH_BASELINE, folder.path};
	dtm_report *report = alloc_array(1, sizeof *report);
	diag_list *diag = diag_create(NULL);
	T_INT(dtm_report_build(c, &files, diag, report), TS_OK);
	diag_print(diag, stdout);
	diag_destroy(diag);
	return report;
}

static void test_numbers(const dtm_report *r)
{
	const dtm_baseline *b = &r->baseline;
	const dtm_quantity *total = &r->ledger.output[DTM_TOTAL], *headline = &r->ratio[b->primary];
	t_section("the report: one model, one reach, one ratio per GPU figure");
	T_ABS(r->quality.exact.value, 0.091477, 1e-6);
	T_REL(r->quality.options.reach, r->ledger.input[DTM_BIAS_FIELD].value, TOL_EXACT);
	T_REL(r->quality.options.clock, r->ledger.input[DTM_CLOCK].value, TOL_EXACT);
	T_REL(r->quality.field_measured, 10, TOL_EXACT);
	T_REL(headline->value, 1.5e-4 / total->value, TOL_EXACT);
	T_REL(headline->high, headline->value * exp(hypot(log(1.55 / 1.5), log(total->value / total->low))), TOL_EXACT);
	T_REL(headline->low, headline->value * exp(-hypot(log(1.5 / 1.45), log(total->high / total->value))),
	      TOL_EXACT);
	for (int i = 0; i < b->n_entry; i++)
		T_INT(r->ratio[i].kind, DTM_ASSUMED); /* as the machine's total is */
}

/* Lines of the table; returns it, to be freed. */
static char *print(const dtm_report *r)
{
	char *text = NULL;
	size_t n = 0, widest = 0;
	FILE *to = open_memstream(&text, &n);
	dtm_report_print(r, to);
	fclose(to);
	fputs(text, stdout);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		widest = strcspn(line, "\n") > widest ? strcspn(line, "\n") : widest;
	T_TRUE(widest > 60 && widest <= 100);
	T_TRUE(!strstr(text, "nan") && !strstr(text, "inf"));
	return text;
}

static double number_at(const json_t *o, const char *group, const char *key, const char *member)
{
	o = group ? json_object_get(o, group) : o;
	o = json_object_get(o, key);
	return json_number_value(member ? json_object_get(o, member) : o);
}

static json_t *dump(const dtm_report *r, ts_status (*write)(const dtm_report *, const char *, diag_list *))
{
	char path[160];
	T_INT(write(r, bench_path(&folder, "report.out", path), NULL), TS_OK);
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	T_TRUE(root != NULL);
	bench_drop(&folder, "report.out");
	return root;
}

static ts_status write_ledger(const dtm_report *r, const char *path, diag_list *diag)
{
	return dtm_ledger_json(&r->ledger, path, diag);
}

static void test_json(const dtm_report *r)
{
	t_section("JSON: the numbers of the report, with kind and source");
	json_t *root = dump(r, dtm_report_json), *item;
	T_STR(json_string_value(json_object_get(root, "format")), "thermospice-dtm-report");
	T_INT(json_integer_value(json_object_get(root, "version")), DTM_JSON_VERSION);
	T_REL(number_at(root, "ledger", "total", "joules"), r->ledger.output[DTM_TOTAL].value, TOL_EXACT);
	T_REL(number_at(root, "dtm", "kl_cell", "nats"), r->quality.cell.value, TOL_EXACT);
	T_REL(number_at(root, "dtm", "field_reach", NULL), 8, TOL_EXACT);
	T_REL(number_at(root, NULL, "ratio", "value"), r->ratio[r->baseline.primary].value, TOL_EXACT);
	const json_t *pattern = json_object_get(json_object_get(root, "dtm"), "patterns");
	T_STR(json_string_value(json_array_get(pattern, 1)), "0010");
	const json_t *ladder = json_object_get(root, "ladder");
	double last = 0;
	size_t i;
	json_array_foreach(ladder, i, item)
	{
		const double joules = json_number_value(json_object_get(item, "joules"));
		T_TRUE(joules >= last && json_string_value(json_object_get(item, "kind")));
		last = joules;
	}
	T_INT(i, 1 + 7 + DTM_N_REFERENCE + r->baseline.n_entry);
	json_decref(root);
	root = dump(r, write_ledger);
	T_STR(json_string_value(json_object_get(root, "format")), "thermospice-dtm-ledger");
	T_REL(number_at(root, "ledger", "seconds", "seconds"), 1.2e-3, TOL_EXACT);
	json_decref(root);
	diag_list *diag = diag_create(NULL);
	T_INT(dtm_report_json(r, "/nonexistent/report.json", diag), TS_IO);
	BENCH_SAYS(diag, E0601, "/nonexistent/report.json");
	diag_destroy(diag);
}

static const char result[] =
    "{\"format\": \"thermospice-gpu-gibbs\", \"version\": 1, \"gpu\": \"NVIDIA T\", \"date\": \"2026-01-02\",\n"
    " \"side\": 70, \"degree\": 12, \"windows\": 5, \"seconds\": 50.0, \"check\": {\"passed\": true},\n"
    " \"J_per_flip\": {\"value\": 2e-9, \"kind\": \"measured\", \"source\": \"board energy\"}}\n";

int main(void)
{
	extract_cell *c = bench_cell(0.02);
	folder = bench_make_folder();
	test_ratio();
	test_text();
	dtm_report *r = build(c);
	test_numbers(r);
	char *text = print(r);
	T_TRUE(strstr(text, "not measured (bench/gpu)") && strstr(text, "bias network gives up to +-8"));
	T_TRUE(!strstr(text, "continued by its logistic fit")); /* points to +-10 */
	free(text);
	test_json(r);
	alloc_free(r);
	bench_write(&folder, "t.json", result);
	r = build(c);
	text = print(r);
	T_INT(r->baseline.n_measured, 1);
	T_TRUE(!strstr(text, "not measured (bench/gpu)") && strstr(text, "same algorithm on NVIDIA T"));
	T_REL(r->ratio[r->baseline.n_entry - 1].value, 19.6e-3 / r->ledger.output[DTM_TOTAL].value, TOL_EXACT);
	free(text);
	alloc_free(r);
	alloc_free(c);
	bench_drop(&folder, "t.json");
	T_INT(rmdir(folder.path), 0);
	return t_done();
}
