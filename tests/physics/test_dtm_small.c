/* SPDX-License-Identifier: Apache-2.0
 * The enumerated denoising model against reference numbers computed independently, and its sampled form against the
 * exact one: many sweeps of ideal spins, memory as a slower clock.
 */
#include "harness/t.h"

#include <math.h>
#include <stdio.h>
#include "dtm/schedule.h"
#include "dtm/small.h"

static const double TOL_TABLE = 1e-6, TOL_EXACT = 1e-14;
static const uint32_t pattern[4] = {0, 2, 4, 8};

static dtm_small *train(int n_latent, int n_layer, long n_step)
{
	const dtm_small_options o = {.n_visible = 4,
	                             .n_latent = n_latent,
	                             .n_layer = n_layer,
	                             .rate = 0.9,
	                             .learning_rate = 0.5,
	                             .n_step = n_step,
	                             .n_pattern = 4,
	                             .pattern = pattern};
	dtm_small *m = NULL;
	T_INT(dtm_small_train(&o, NULL, &m), TS_OK);
	return m;
}

static void test_table(void)
{
	static const long step[4] = {0, 100, 1000, 5000};
	static const int layers[4] = {1, 2, 4, 8};
	static const double want[2][4][4] = {{{1.386294, .305684, .301211, .300811},
	                                      {1.386294, .305843, .301213, .300811},
	                                      {1.386294, .306281, .301220, .300812},
	                                      {1.386294, .307313, .301234, .300812}},
	                                     {{1.386245, .153917, .132793, .131207},
	                                      {1.386247, .149663, .123623, .121723},
	                                      {1.386258, .135538, .091477, .088992},
	                                      {1.386275, .183093, .089880, .086648}}};
	t_section("exact KL after training, without and with a latent spin");
	for (int latent = 0; latent < 2; latent++)
		for (int t = 0; t < 4; t++)
			for (int k = 0; k < 4; k++) {
				dtm_small *m = train(latent, layers[t], step[k]);
				T_ABS(dtm_small_kl(m), want[latent][t][k], TOL_TABLE);
				dtm_small_destroy(m);
			}
}

static void test_limits(void)
{
	t_section("without latents the limit is the total correlation of the data");
	dtm_small *m = train(0, 1, 200000);
	const double h = -0.25 * log(0.25) - 0.75 * log(0.75);
	T_ABS(dtm_small_kl(m), 3 * h - log(4), 1e-5);
	dtm_small_destroy(m);
}

static void test_forward(void)
{
	static const double keep[9] = {1, .943381, .885945, .827538, .767943, .706823, .643587, .576947, .5};
	static const double weight[8] = {1.406564, 1.334967, 1.251366, 1.150900, 1.024986, .856120, .598367, 0};
	static const double slow[8] = {2.158032, 2.086245, 2.002340, 1.901346, 1.774380, 1.602927, 1.335349, 0};
	dtm_schedule fast, label;
	t_section("forward process: marginals, weights, sign, semigroup");
	dtm_schedule_make(8, 0.9, DTM_GRID_LOG, &fast);
	dtm_schedule_make(8, 0.2, DTM_GRID_LOG, &label);
	for (int i = 0; i <= 8; i++)
		T_ABS(dtm_schedule_keep(&fast, i), keep[i], TOL_TABLE);
	for (int i = 1; i <= 8; i++) {
		T_ABS(dtm_schedule_weight(&fast, i), weight[i - 1], TOL_TABLE);
		T_ABS(dtm_schedule_weight(&label, i), slow[i - 1], TOL_TABLE);
	}
	for (double d = 0.01; d < 10; d *= 1.7) {
		T_ABS(dtm_ideal_response(NULL, 2 * dtm_weight(0.9, d)), dtm_keep(0.9, d), TOL_EXACT);
		const double a = dtm_keep(0.9, d), b = dtm_keep(0.9, 0.3);
		T_ABS(a * b + (1 - a) * (1 - b), dtm_keep(0.9, d + 0.3), TOL_EXACT);
	}
}

static double step_response(const void *self, double field)
{
	(void)self;
	return field > 0 ? 0.99 : 0.01;
}

static void test_sampled(void)
{
	t_section(
	    "Gibbs sweeps: ideal spins converge to the exact chain, memory slows them, a wrong response does not");
	dtm_small *m = train(1, 4, 100);
	const double exact = dtm_small_kl(m);
	dtm_sampler s = {.response = dtm_ideal_response, .n_sweep = 600};
	double kl, few, slow, wrong;
	T_INT(dtm_small_kl_sampled(m, &s, &kl), TS_OK);
	T_ABS(kl, exact, 1e-9);
	s.memory = 0.5;
	s.n_sweep = 2000;
	dtm_small_kl_sampled(m, &s, &kl);
	T_ABS(kl, exact, 1e-9);
	s.n_sweep = 2;
	dtm_small_kl_sampled(m, &s, &slow);
	s.memory = 0;
	dtm_small_kl_sampled(m, &s, &few);
	T_TRUE(slow > few && few > exact);
	s.response = step_response;
	s.n_sweep = 400;
	dtm_small_kl_sampled(m, &s, &wrong);
	T_TRUE(wrong > exact + 0.01);
	printf("  exact %.6f, 2 sweeps %.6f, with memory 1/2 %.6f, step response %.6f, fields to %.2f\n", exact, few,
	       slow, wrong, dtm_small_field_range(m));
	dtm_small_destroy(m);
}

int main(void)
{
	test_table();
	test_limits();
	test_forward();
	test_sampled();
	return t_done();
}
