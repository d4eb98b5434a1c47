/* SPDX-License-Identifier: Apache-2.0
 * A cell as a sampler: an ideal cell is an ideal p-bit, fields beyond the bias network's reach are cut, points without
 * a logit stay out of the curve, of its replicas and of its range; the report's model is the one of the reference
 * table.
 */
#include "dtm/quality.h"
#include "unit/dtm/bench.h"

static const double TOL_TABLE = 1e-6, TOL_EXACT = 1e-12;
enum { SWEEPS = 40 };

static dtm_small *train(void)
{
	const dtm_small_options o = dtm_quality_model();
	dtm_small *m = NULL;
	T_INT(dtm_small_train(&o, NULL, &m), TS_OK);
	return m;
}

static void test_model(const dtm_small *m)
{
	char text[DTM_SMALL_MAX_SPIN + 1];
	const dtm_small_options o = dtm_quality_model();
	static const char *const want[4] = {"0000", "0010", "0100", "1000"};
	t_section("the report's model: one latent, T = 4, 1000 steps on 0000 0010 0100 1000");
	T_ABS(dtm_small_kl(m), 0.091477, TOL_TABLE);
	T_INT(o.n_pattern, 4);
	for (int i = 0; i < 4; i++)
		T_STR(dtm_pattern_text(o.pattern[i], o.n_visible, text), want[i]);
	T_STR(dtm_pattern_text(1, 4, text), "0001"); /* the last digit is spin 0 */
}

static void test_response(double vs)
{
	t_section("V_s = %g V: the response of an ideal cell, cut at +-8", vs);
	extract_cell *c = bench_cell(vs);
	const dtm_cell_spin spin = {c, 8};
	for (double a = -7.9; a < 8; a += 0.7)
		T_REL(dtm_cell_response(&spin, a), 1 / (1 + exp(-a)), TOL_EXACT);
	T_REL(dtm_cell_response(&spin, 16.3), 1 / (1 + exp(-8)), TOL_EXACT);
	T_REL(dtm_cell_response(&spin, -1e300), 1 / (1 + exp(8)), TOL_EXACT);
	alloc_free(c);
}

static double cut_logistic(const void *self, double field)
{
	const double reach = *(const double *)self;
	return 1 / (1 + exp(-(field > reach ? reach : field < -reach ? -reach : field)));
}

static dtm_quality measure(const dtm_small *m, const extract_cell *c, double reach, double clock)
{
	const dtm_quality_options options = {.n_sweep = SWEEPS, .clock = clock, .reach = reach, .n_replica = 12};
	dtm_quality q;
	T_INT(dtm_quality_measure(m, c, &options, NULL, &q), TS_OK);
	return q;
}

static void test_reach(const dtm_small *m)
{
	const double reach = 8;
	double kl;
	t_section("divergence of an ideal cell: without a limit that of ideal p-bits, with one that of cut fields");
	extract_cell *c = bench_cell(0.02);
	dtm_quality q = measure(m, c, 1e6, 40);
	T_ABS(q.exact.value, 0.091477, TOL_TABLE);
	T_REL(q.cell.value, q.ideal.value, TOL_EXACT);
	T_TRUE(q.field_range > reach);
	q = measure(m, c, reach, 3);
	const dtm_sampler cut = {cut_logistic, &reach, SWEEPS, exp(-3)};
	T_INT(dtm_small_kl_sampled(m, &cut, &kl), TS_OK);
	T_REL(q.cell.value, kl, TOL_EXACT);
	T_INT(q.cell.kind, DTM_SIMULATED);
	T_TRUE(strstr(q.cell.source, "fields cut at +-8") != NULL);
	alloc_free(c);
}

/* P = 0 and P = 1 at the ends and a NaN inside carry no logit. Without errors the replicas are the estimate. */
static void test_passed_over(const dtm_small *m)
{
	const double gone[3] = {0, (double)NAN, 1};
	static const int at[3] = {0, 3, 10};
	t_section("points with P = 0, 1 or NaN: no knot of the estimate, of a replica, or of the range");
	extract_cell *c = bench_cell(0.02);
	T_REL(measure(m, c, 8, 3).field_measured, 10, TOL_EXACT);
	const double kl = measure(m, c, 8, 3).cell.value;
	for (int k = 0; k < 3; k++)
		c->p[at[k]] = (extract_value){gone[k], 0, 0, 1};
	dtm_quality q = measure(m, c, 8, 3);
	T_REL(q.cell.value, kl, TOL_EXACT); /* the logits lie on a straight line, whichever of them are known */
	T_REL(q.cell.low, kl, TOL_EXACT);
	T_REL(q.cell.high, kl, TOL_EXACT);
	T_REL(q.field_measured, 8, TOL_EXACT); /* -150 mV to 170 mV about 10 mV */
	for (int k = 0; k < 3; k++)
		T_INT(extract_sigmoid_uses(c, at[k]), 0);
	T_INT(extract_sigmoid_uses(c, 1), 1);
	c->v0.value = 0.3; /* beyond the last point */
	T_ABS(measure(m, c, 8, 3).field_measured, 0, 0);
	alloc_free(c);
}

/* A point near 0 whose error is as large as itself: a replica may halve or double it, not send it to 1e-12. */
static void test_interval(const dtm_small *m)
{
	t_section("interval: holds the estimate, grows with the error");
	extract_cell *c = bench_cell(0.02);
	double width = 0;
	for (int k = 1; k <= 2; k++) {
		for (int i = 0; i < c->n_bias; i++)
			c->p[i].se = 0.01 * k * c->p[i].value * (1 - c->p[i].value);
		const dtm_quality q = measure(m, c, 8, 3);
		T_TRUE(q.cell.low < q.cell.value && q.cell.value < q.cell.high);
		T_TRUE(q.cell.high - q.cell.low > 1.5 * width);
		width = q.cell.high - q.cell.low;
	}
	for (int i = 0; i < c->n_bias; i++)
		c->p[i].se = i < 2 ? c->p[i].value : 0;
	const dtm_quality q = measure(m, c, 10, 3);
	printf("  KL %.5f in [%.5f, %.5f]\n", q.cell.value, q.cell.low, q.cell.high);
	T_TRUE(q.cell.high - q.cell.low < 0.1 * q.cell.value);
	alloc_free(c);
}

int main(void)
{
	dtm_small *m = train();
	test_model(m);
	test_response(0.02);
	test_response(-0.02);
	test_reach(m);
	test_passed_over(m);
	test_interval(m);
	dtm_small_destroy(m);
	return t_done();
}
