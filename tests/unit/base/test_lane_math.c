/* SPDX-License-Identifier: Apache-2.0
 * Lane functions against libm in long double, over dense sets of arguments, at the bounds their header states, and at the
 * edges: saturation, NaN, tiny arguments. This file is compiled at the base level only; that all levels give the same bits
 * is checked end to end in tests/invariance.
 */
#include "base/lane_math.h"
#include "harness/t.h"
#include <math.h>

#define TOL_EXP 1e-15
#define TOL_LOG 1e-15
#define TOL_FOUR 4e-15
#define TOL_TRIG 1e-15
#define TOL_POW 1e-13

typedef lane fn(lane x);
typedef long double reference(long double x);

static double at(fn *f, double x)
{
	return f(lane_set(x))[LANE_WIDTH - 1];
}
/* Worst relative error over n points between low and high. */
static double worst_relative(fn *f, reference *ref, double low, double high, int n)
{
	double worst = 0;
	for (int i = 0; i <= n; i++) {
		const double x = low + (high - low) * (double)i / (double)n;
		const long double want = ref((long double)x);
		const double error = (double)fabsl(((long double)at(f, x) - want) / (want == 0 ? 1 : want));
		worst = error > worst || isnan(error) ? error : worst;
	}
	return worst;
}
static double worst_absolute(fn *f, reference *ref, double low, double high, int n)
{
	double worst = 0;
	for (int i = 0; i <= n; i++) {
		const double x = low + (high - low) * (double)i / (double)n;
		const double error = (double)fabsl((long double)at(f, x) - ref((long double)x));
		worst = error > worst || isnan(error) ? error : worst;
	}
	return worst;
}
static long double softplus_ref(long double x)
{
	return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x));
}

static void test_exp_log(void)
{
	const int n = 200000;
	t_section("exp, log");
	T_ABS(worst_relative(lane_exp, expl, -700, 700, n), 0, TOL_EXP);
	T_ABS(worst_relative(lane_exp, expl, -2, 2, n), 0, TOL_EXP);
	T_ABS(worst_relative(lane_expm1, expm1l, -40, 40, n), 0, TOL_FOUR);
	T_ABS(worst_relative(lane_expm1, expm1l, -1, 1, n), 0, TOL_FOUR);
	T_ABS(worst_relative(lane_expm1, expm1l, -1e-8, 1.1e-8, n), 0, TOL_FOUR);
	T_ABS(worst_relative(lane_log, logl, 0.5, 2.1, n), 0, TOL_LOG);
	T_ABS(worst_relative(lane_log, logl, 1e-300, 1e-290, n), 0, TOL_LOG);
	T_ABS(worst_relative(lane_log, logl, 2.1, 1e9, n), 0, TOL_LOG);
	T_ABS(worst_relative(lane_log1p, log1pl, -0.9, 3, n), 0, TOL_FOUR);
	T_ABS(worst_relative(lane_log1p, log1pl, -1e-9, 1.1e-9, n), 0, TOL_FOUR);
	T_ABS(worst_relative(lane_softplus, softplus_ref, -700, 100, n), 0, TOL_FOUR);
	T_ABS(worst_relative(lane_softplus, softplus_ref, -40, 40, n), 0, TOL_FOUR);
}

static void test_trig(void)
{
	const int n = 200000;
	t_section("tanh, sin, cos, pow, limexp");
	T_ABS(worst_relative(lane_tanh, tanhl, -30, 30.0001, n), 0, TOL_FOUR);
	T_ABS(worst_relative(lane_tanh, tanhl, -1e-3, 1.1e-3, n), 0, TOL_FOUR);
	T_ABS(worst_absolute(lane_sin, sinl, -10, 10, n), 0, TOL_TRIG);
	T_ABS(worst_absolute(lane_cos, cosl, -10, 10, n), 0, TOL_TRIG);
	T_ABS(worst_absolute(lane_sin, sinl, 9e5, 1e6, n), 0, TOL_TRIG);
	T_ABS(worst_absolute(lane_cos, cosl, 9e5, 1e6, n), 0, TOL_TRIG);
	for (double x = 0.01; x < 50; x *= 1.3)
		T_REL(lane_pow(lane_set(x), lane_set(2.5))[0], pow(x, 2.5), TOL_POW);
	T_REL(at(lane_limexp, 79), exp(79), TOL_EXP);
	T_REL(at(lane_limexp, 82), 3 * exp(80), TOL_EXP);
}

static void test_edges(void)
{
	t_section("edges");
	T_TRUE(at(lane_exp, 0) == 1);
	T_TRUE(at(lane_expm1, 0) == 0 && at(lane_log, 1) == 0 && at(lane_log1p, 0) == 0 && at(lane_tanh, 0) == 0);
	T_TRUE(at(lane_exp, -1e300) > 0 && isfinite(at(lane_exp, 1e300)));
	T_TRUE(at(lane_exp, HUGE_VAL) == at(lane_exp, 800) && at(lane_exp, -HUGE_VAL) == at(lane_exp, -800));
	T_TRUE(at(lane_tanh, 1e10) == 1 && at(lane_tanh, -1e10) == -1);
	T_TRUE(at(lane_softplus, 1e5) == 1e5);
	fn *const all[] = {lane_exp, lane_expm1, lane_log, lane_log1p, lane_softplus, lane_tanh, lane_limexp, lane_sin};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		T_TRUE(isnan(at(all[i], (double)NAN)));
	T_TRUE(isnan(at(lane_log, -1)) && isfinite(at(lane_log, 0)));
}

int main(void)
{
	test_exp_log();
	test_trig();
	test_edges();
	return t_done();
}
