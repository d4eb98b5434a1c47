/* SPDX-License-Identifier: Apache-2.0
 * The joule ledger against arithmetic done by hand: wire capacitance, terms, references, headline reconstructions,
 * intervals, kinds; what it refuses, with file and key.
 */
#include "dtm/ledger.h"
#include "unit/dtm/bench.h"

static const double TOL_EXACT = 1e-12, TOL_DIGITS = 5e-4; /* numbers printed with four digits */
static const double KT_Q = 1.380649e-23 * 300 / 1.602176634e-19;
static bench_folder folder;

static dtm_ledger build(const char *path, const extract_cell *cell)
{
	static dtm_assume assume;
	dtm_ledger l;
	diag_list *diag = diag_create(NULL);
	T_INT(dtm_assume_load(path, diag, &assume), TS_OK);
	T_INT(dtm_ledger_build(&assume, cell, diag, &l), TS_OK);
	diag_print(diag, stdout);
	diag_destroy(diag);
	return l;
}

static void test_wires(void)
{
	t_section("C_n of the grids at 350 aF/um and 6 um: 43.0, 156.04, 272.1, 328.5, 347.3 fF");
	static const double want[5] = {43.0e-15, 156.04e-15, 272.1e-15, 328.5e-15, 347.3e-15};
	for (int i = 0; i < 5; i++)
		T_REL(dtm_wire_capacitance(8 + 4 * i, 350e-12, 6e-6), want[i], 2e-3);
	T_REL(dtm_wire_capacitance(12, 350e-12, 6e-6), 156.04e-15, 5e-5);
	T_REL(dtm_wire_capacitance(12, 350e-12, 6e-6), 8.4e-15 * (1 + sqrt(17) + sqrt(181)), TOL_EXACT);
}

static void test_headlines(void)
{
	extract_cell *c = bench_cell(0.01);
	t_section("1.6 nJ per layer is 1.306 fJ per update and 12.8 nJ per sample; 2 fJ per update is 19.6 nJ; Z1");
	T_REL(dtm_sample_energy(8, 250, 70, 2e-15), 19.6e-9, TOL_EXACT);
	T_REL(1.6e-9 / dtm_sample_energy(1, 250, 70, 1), 1.306e-15, TOL_DIGITS);
	T_REL(dtm_sample_energy(8, 250, 70, 1), 9.8e6, TOL_EXACT);
	const dtm_ledger l = build(BENCH_ENERGY, c);
	T_REL(l.reference[DTM_PUBLISHED_LAYER].value, 12.8e-9, TOL_EXACT);
	T_REL(l.reference[DTM_PUBLISHED_CELL].value, 19.6e-9, TOL_EXACT);
	/* 9.8e6 x 7.09 fJ + 8 layers x 834 nodes x 1.692 pJ = 69.482 nJ + 11.289 nJ */
	T_REL(l.reference[DTM_PUBLISHED_Z1].value, 69.482e-9 + 11.289024e-9, TOL_EXACT);
	T_STR(l.reference[DTM_PUBLISHED_Z1].label, "published: Z1, one read-out per layer");
	T_REL(l.landauer.value, 9.8e6 * 1.380649e-23 * 300 * log(2), TOL_EXACT);
	alloc_free(c);
}

static void test_terms(void)
{
	extract_cell *c = bench_cell(-0.01); /* a falling cell costs what a rising one costs */
	const double v = 4.5 * KT_Q, square = v * v;
	t_section("terms, by hand: 40 aJ per tau, V_s 10 mV, 300 K");
	const dtm_ledger l = build(BENCH_ENERGY, c);
	const dtm_quantity *out = l.output;
	T_REL(out[DTM_RNG].value, 2.352e-9, TOL_EXACT);   /* 9.8e6 x 40 aJ x 3 x 2 */
	T_REL(out[DTM_BIAS].value, 0.6272e-9, TOL_EXACT); /* 9.8e6 x 1 fF x 5 x 2 x (160 mV)^2 / 4 */
	T_REL(out[DTM_WIRES].value, 9.8e6 * 0.5 * 8.4e-15 * (1 + sqrt(17) + sqrt(181)) * square, TOL_EXACT);
	T_REL(out[DTM_WIRES].value, 10.348e-9, TOL_DIGITS);
	T_REL(out[DTM_CLOCK_TREE].value, 9.8e6 * 0.5 * 2.1e-15 * square, TOL_EXACT);
	T_REL(out[DTM_INIT].value, 8 * 4900 * 0.5 * 147e-15 * square, TOL_EXACT); /* 70 pitches of 2.1 fF */
	T_REL(out[DTM_READ].value, 8 * 834 * 0.5 * 147e-15 * square, TOL_EXACT);
	double sum = 0;
	for (int o = DTM_RNG; o < DTM_TOTAL; o++)
		sum += out[o].value;
	T_REL(out[DTM_TOTAL].value, sum, TOL_EXACT);
	T_REL(out[DTM_UPDATE].value, (sum - out[DTM_INIT].value - out[DTM_READ].value) / 9.8e6, TOL_EXACT);
	T_REL(out[DTM_SECONDS].value, 1.2e-3, TOL_EXACT); /* 8 x 250 x 2 x 3 x 100 ns */
	T_REL(l.memory, exp(-3), TOL_EXACT);
	alloc_free(c);
}

static void test_intervals(void)
{
	extract_cell *c = bench_cell(0.01);
	t_section("intervals: shifts of the logarithm in quadrature, upwards and downwards apart");
	const dtm_ledger l = build(BENCH_ENERGY, c);
	const dtm_quantity *rng = &l.output[DTM_RNG], *bias = &l.output[DTM_BIAS], *wires = &l.output[DTM_WIRES];
	T_REL(rng->high, 2.352e-9 * 42 / 40, TOL_EXACT); /* phases is at its upper end already */
	T_REL(rng->low, 2.352e-9 * exp(-hypot(log(40.0 / 38), log(2))), TOL_EXACT);
	/* C_b [0.3, 1, 3], settling [3, 5, 7], field squared [6, 8, 12], gamma [0.1, 0.25], phases [1, 2] */
	const double up = hypot(hypot(log(3), log(7.0 / 5)), 2 * log(1.5));
	const double down = hypot(hypot(hypot(log(1 / 0.3), log(5.0 / 3)), hypot(2 * log(8.0 / 6), log(2.5))), log(2));
	T_REL(bias->high, bias->value * exp(up), TOL_EXACT);
	T_REL(bias->low, bias->value * exp(-down), TOL_EXACT);
	/* eta [200, 350], level squared [4, 4.5, 5] */
	T_REL(wires->high, wires->value * exp(2 * log(5 / 4.5)), TOL_EXACT);
	T_REL(wires->low, wires->value * exp(-hypot(log(350.0 / 200), 2 * log(4.5 / 4))), TOL_EXACT);
	T_REL(l.output[DTM_SECONDS].low, 1.2e-3 * 0.95, TOL_EXACT);
	alloc_free(c);
}

static void test_kinds(void)
{
	char path[160];
	extract_cell *c = bench_cell(0.01);
	t_section("kinds: a setting counts where it has a range, for then the interval rests on it");
	dtm_ledger l = build(BENCH_ENERGY, c);
	T_INT(l.output[DTM_RNG].kind, DTM_ASSUMED); /* phases [1, 2] */
	T_INT(l.output[DTM_BIAS].kind, DTM_ASSUMED);
	T_INT(l.output[DTM_WIRES].kind, DTM_RECONSTRUCTED);
	T_INT(l.output[DTM_CLOCK_TREE].kind, DTM_RECONSTRUCTED);
	T_INT(l.output[DTM_TOTAL].kind, DTM_ASSUMED);
	T_INT(l.output[DTM_SECONDS].kind, DTM_COMPUTED);
	T_INT(l.input[DTM_CELL_TAU].kind, DTM_SIMULATED);
	bench_change(&folder, "exact.json", BENCH_ENERGY, "machine", "phases",
	             "{\"value\": 2, \"kind\": \"assumed\", \"source\": \"a setting\"}");
	l = build(bench_path(&folder, "exact.json", path), c);
	T_INT(l.output[DTM_RNG].kind, DTM_COMPUTED);
	T_REL(l.output[DTM_RNG].low, 2.352e-9 * 38 / 40, TOL_EXACT);
	bench_change(&folder, "exact.json", BENCH_ENERGY, "machine", "clock",
	             "{\"value\": 3, \"low\": 2, \"kind\": \"assumed\", \"source\": \"a range\"}");
	l = build(path, c);
	T_INT(l.output[DTM_SECONDS].kind, DTM_ASSUMED);
	bench_drop(&folder, "exact.json");
	alloc_free(c);
}

/* One changed member; the message names the file and the word. */
static void refuse(const char *group, const char *key, const char *value, const char *word)
{
	char path[160];
	static dtm_assume assume;
	diag_list *diag = diag_create(NULL);
	bench_change(&folder, "bad.json", BENCH_ENERGY, group, key, value);
	T_INT(dtm_assume_load(bench_path(&folder, "bad.json", path), diag, &assume), TS_IO);
	BENCH_SAYS(diag, E0621, path, word);
	bench_drop(&folder, "bad.json");
	diag_destroy(diag);
}

#define ENTRY(numbers) "{" numbers ", \"kind\": \"assumed\", \"source\": \"test\"}"

static void test_refused(void)
{
	static const char *const count[5] = {"layers", "sweeps", "side", "degree", "data_nodes"};
	t_section("refused: counts with a range, numbers out of range, what is missing");
	for (int i = 0; i < 5; i++) {
		refuse("machine", count[i], ENTRY("\"value\": 12, \"low\": 10"), count[i]);
		refuse("machine", count[i], ENTRY("\"value\": 12, \"high\": 16"), count[i]);
		refuse("machine", count[i], ENTRY("\"value\": 12.5"), count[i]);
		refuse("machine", count[i], ENTRY("\"value\": 2e6"), count[i]);
	}
	refuse("machine", "degree", ENTRY("\"value\": 10"), "'degree'");
	refuse("machine", "phases", ENTRY("\"value\": 2, \"high\": 3"), "'phases'");
	refuse("physics", "bias_gamma", ENTRY("\"value\": 0.3"), "'bias_gamma'");
	refuse("physics", "pitch", ENTRY("\"value\": 1, \"low\": 2"), "'pitch' needs numbers 0 < low <= value <= high");
	refuse("physics", "pitch", ENTRY("\"value\": -1"), "'pitch'");
	refuse("physics", "pitch", ENTRY("\"value\": \"wide\""), "'pitch'");
	refuse("physics", "pitch", "{\"value\": 1, \"kind\": \"guessed\", \"source\": \"x\"}", "'guessed'");
	refuse("physics", "pitch", "{\"value\": 1, \"kind\": \"assumed\", \"source\": \"\"}", "'source'");
	refuse("physics", "pitch", NULL, "'pitch' is missing");
	refuse("references", "z1_read", NULL, "'z1_read' is missing");
	t_section("refused: another format or version");
	refuse(NULL, "version", NULL, "'version' is missing");
	refuse(NULL, "version", "2", "'version' is 2, this program reads 1");
	refuse(NULL, "version", "1.5", "'version' is 1.5");
	refuse(NULL, "version", "\"1\"", "'version' is no number");
	refuse(NULL, "format", "\"other\"", "wanted \"thermospice-dtm-energy\"");
}

static void test_malformed(void)
{
	char path[160];
	static dtm_assume assume;
	t_section("malformed text has a place, a missing file its name");
	diag_list *diag = diag_create(NULL);
	bench_write(&folder, "cut.json", "{\n  \"format\": \"thermospice-dtm-energy\",\n  \"version\" 1\n}\n");
	T_INT(dtm_assume_load(bench_path(&folder, "cut.json", path), diag, &assume), TS_IO);
	BENCH_SAYS(diag, E0621, "cut.json:3:");
	bench_drop(&folder, "cut.json");
	T_INT(dtm_assume_load(path, diag, &assume), TS_IO);
	BENCH_SAYS(diag, E0621, "cut.json");
	diag_destroy(diag);
}

static void refuse_cell(extract_cell *c, const char *word)
{
	static dtm_assume assume;
	static dtm_ledger l;
	diag_list *diag = diag_create(NULL);
	T_INT(dtm_assume_load(BENCH_ENERGY, diag, &assume), TS_OK);
	T_INT(dtm_ledger_build(&assume, c, diag, &l), TS_NUMERIC);
	BENCH_SAYS(diag, E0622, "'bench'", word);
	diag_destroy(diag);
	alloc_free(c);
}

static void test_cells(void)
{
	t_section("cells that lack a number, and numbers no double holds");
	extract_cell *c = bench_cell(0.01);
	c->vs.low = -0.01;
	refuse_cell(c, "V_s");
	c = bench_cell(0.01);
	c->tau_mid = (extract_value){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
	refuse_cell(c, "tau");
	c = bench_cell(0.01);
	c->temperature = 0;
	refuse_cell(c, "temperature");
	c = bench_cell(0.01);
	c->energy_per_tau = (extract_value){1e307, 0, 1e307, 1e307};
	refuse_cell(c, "too extreme");
}

int main(void)
{
	folder = bench_make_folder();
	test_wires();
	test_headlines();
	test_terms();
	test_intervals();
	test_kinds();
	test_refused();
	test_malformed();
	test_cells();
	T_INT(rmdir(folder.path), 0);
	return t_done();
}
