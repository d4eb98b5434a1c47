/* SPDX-License-Identifier: Apache-2.0
 * Independent sources: PULSE, SIN, PWL, EXP against closed forms evaluated with libm, next_corner against the lists of
 * corners, and the linear controlled sources.
 */
#include <math.h>

#include "base/phys.h"
#include "bench.h"
#include "harness/t.h"

#define TOL_VALUE 1e-12
#define TOL_CORNER 1e-12

static bench *source(const char *name, dev_wave wave)
{
	bench *b = bench_new(name, 0, 300);
	bench_set(b, "wave", wave);
	return b;
}
/* v_p - v_n the source asks for at t */
static double value(bench *b, double t)
{
	bench_time(b, t);
	bench_run(b);
	return strcmp(b->type->name, "vsource") == 0 ? -b->f[2][0] : b->f[0][0];
}
static double corner(bench *b, double t)
{
	return b->type->next_corner(b->one_k, b->aux, t);
}

static double pulse(double t)
{
	const double phase = t < 1e-9 ? 0 : fmod(t - 1e-9, 20e-9);
	if (phase < 2e-9)
		return -1 + 4 * phase / 2e-9;
	if (phase < 7e-9)
		return 3;
	return phase < 11e-9 ? 3 - 4 * (phase - 7e-9) / 4e-9 : -1;
}
static void test_pulse(void)
{
	t_section("pulse");
	bench *b = source("vsource", DEV_WAVE_PULSE);
	const char *const name[] = {"v1", "v2", "td", "tr", "tf", "pw", "per"};
	const double number[] = {-1, 3, 1e-9, 2e-9, 4e-9, 5e-9, 20e-9};
	for (int i = 0; i < 7; i++)
		bench_set(b, name[i], number[i]);
	T_TRUE(bench_derive(b) == NULL);
	for (double t = 0; t < 70e-9; t += 0.437e-9)
		T_ABS(value(b, t), pulse(t), TOL_VALUE);
	const double want[] = {1e-9, 3e-9, 8e-9, 12e-9, 21e-9, 23e-9, 28e-9, 32e-9, 41e-9};
	double t = 0;
	for (int i = 0; i < 9; i++) {
		t = corner(b, t);
		T_REL(t, want[i], TOL_CORNER);
	}
	t_section("pulse without ramps, width or period: one step that stays");
	bench_set(b, "tr", 0);
	bench_set(b, "pw", 1e30);
	bench_set(b, "per", 1e30);
	bench_derive(b);
	T_ABS(value(b, 0.99e-9), -1, TOL_VALUE);
	T_ABS(value(b, 1.1e-9), 3, TOL_VALUE);
	T_ABS(value(b, 1), 3, TOL_VALUE);
	T_TRUE(corner(b, 1e-8) == (double)INFINITY);
	free(b);
}

static void test_sine(void)
{
	t_section("sine");
	bench *b = source("vsource", DEV_WAVE_SIN);
	bench_set(b, "vo", 0.5);
	bench_set(b, "va", 2);
	bench_set(b, "freq", 1e6);
	bench_set(b, "td", 1e-7);
	bench_set(b, "theta", 2e5);
	bench_set(b, "phase", 30);
	bench_derive(b);
	const double tol_late = 1e-9; /* phase after 5000 turns */
	for (double t = 0; t < 5e-3; t = t * 1.37 + 1e-8) {
		const double since = fmax(0, t - 1e-7);
		const double want = 0.5 + 2 * exp(-2e5 * since) * sin(2 * PHYS_PI * 1e6 * since + PHYS_PI / 6);
		T_ABS(value(b, t), want, TOL_VALUE + tol_late * since / 5e-3);
	}
	T_REL(corner(b, 0), 1e-7, TOL_CORNER);
	T_TRUE(corner(b, 1e-7) == (double)INFINITY);
	free(b);
}

static void test_exponential(void)
{
	t_section("exponential");
	bench *b = source("isource", DEV_WAVE_EXP);
	const char *const name[] = {"v1", "v2", "td1", "tau1", "td2", "tau2", "m"};
	const double number[] = {1e-6, 5e-6, 1e-9, 2e-9, 6e-9, 3e-9, 2};
	for (int i = 0; i < 7; i++)
		bench_set(b, name[i], number[i]);
	bench_derive(b);
	for (double t = 0; t < 40e-9; t += 0.313e-9) {
		const double rise = t > 1e-9 ? -expm1(-(t - 1e-9) / 2e-9) : 0,
		             fall = t > 6e-9 ? -expm1(-(t - 6e-9) / 3e-9) : 0;
		T_ABS(value(b, t), 2 * (1e-6 + 4e-6 * (rise - fall)), TOL_VALUE * 1e-6);
	}
	T_REL(corner(b, 0), 1e-9, TOL_CORNER);
	T_REL(corner(b, 1e-9), 6e-9, TOL_CORNER);
	T_TRUE(corner(b, 6e-9) == (double)INFINITY);
	free(b);
}

static void test_table(void)
{
	t_section("piecewise linear, a different time in each lane");
	static const double x[] = {1, 2, 4, 4.5, 9}, y[] = {0, 3, 3, -1, 2};
	static const dev_table table = {5, x, y};
	bench *b = source("vsource", DEV_WAVE_PWL);
	bench_set(b, "scale", 2);
	bench_derive(b);
	b->aux = &table;
	const double t[LANES] = {0, 1, 1.25, 3, 4.25, 6.75, 9, 100}, want[LANES] = {0, 0, 0.75, 3, 1, 0.5, 2, 2};
	memcpy(b->t[0], t, sizeof t);
	bench_run(b);
	for (int j = 0; j < LANES; j++)
		T_ABS(-b->f[2][j], 2 * want[j], TOL_VALUE);
	for (int i = 0; i < 5; i++)
		T_REL(corner(b, i ? x[i - 1] : 0), x[i], 0);
	T_TRUE(corner(b, 9) == (double)INFINITY);
	free(b);
}

static void test_table_again(void)
{
	t_section("piecewise linear: delayed, repeated from a corner, with a jump");
	static const double x[] = {0, 1, 1, 3, 4}, y[] = {0, 1, 2, 4, 1};
	static const dev_table table = {5, x, y};
	bench *b = source("vsource", DEV_WAVE_PWL);
	bench_set(b, "td", 10);
	bench_set(b, "r", 1);
	bench_derive(b);
	b->aux = &table;
	const double t[] = {5, 10.5, 11.5, 13.5, 14.5, 16.5, 17.5, 314.5},
	             want[] = {0, 0.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5};
	const double at[] = {5, 10, 11, 13, 14, 16, 17, 313}, next[] = {10, 11, 13, 14, 16, 17, 19, 314};
	for (int i = 0; i < 8; i++) {
		T_ABS(value(b, t[i]), want[i], 1e-12);
		T_REL(corner(b, at[i]), next[i], TOL_CORNER);
	}
	free(b);
}

/* The published formulas with libm: sines of sums of phases, without a reduction to turns. */
static void test_modulation(void)
{
	t_section("frequency and amplitude modulation");
	bench *f = source("vsource", DEV_WAVE_SFFM), *a = source("vsource", DEV_WAVE_AM);
	const struct {
		const char *name;
		double value;
	} set[] = {{"vo", 0.25},   {"va", 2},      {"fc", 1e6},   {"fs", 1.3e5}, {"mdi", 3},
	           {"phasec", 30}, {"phases", 50}, {"mf", 1.3e5}, {"td", 2e-6}};
	for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
		bench_set(f, set[i].name, set[i].value);
		bench_set(a, set[i].name, set[i].value);
	}
	bench_derive(f);
	bench_derive(a);
	const double degree = PHYS_PI / 180, turn = 2 * PHYS_PI;
	for (double t = 0; t < 20e-6; t += 0.173e-6) {
		const double signal = sin(turn * 1.3e5 * t + 50 * degree), since = t - 2e-6;
		T_ABS(value(f, t), 0.25 + 2 * sin(turn * 1e6 * t + 30 * degree + 3 * signal), 1e-12);
		const double am =
		    2 * (0.25 + sin(turn * 1.3e5 * since + 50 * degree)) * sin(turn * 1e6 * since + 50 * degree);
		T_ABS(value(a, t), since > 0 ? am : 0, 1e-12);
	}
	T_REL(corner(a, 0), 2e-6, TOL_CORNER);
	T_TRUE(corner(f, 0) == (double)INFINITY);
	free(f);
	free(a);
}

static void test_counted_pulses(void)
{
	t_section("a given number of pulses");
	bench *b = source("vsource", DEV_WAVE_PULSE);
	const struct {
		const char *name;
		double value;
	} set[] = {{"v1", 1}, {"v2", 3}, {"td", 1}, {"tr", 0.1}, {"tf", 0.2}, {"pw", 1}, {"per", 2}, {"np", 2}};
	for (size_t i = 0; i < sizeof set / sizeof *set; i++)
		bench_set(b, set[i].name, set[i].value);
	bench_derive(b);
	T_ABS(value(b, 1.5), 3, 1e-12);
	T_ABS(value(b, 3.5), 3, 1e-12);
	T_ABS(value(b, 5.5), 1, 1e-12);
	T_REL(corner(b, 3.2), 4.1, TOL_CORNER);
	T_REL(corner(b, 4.5), 5, TOL_CORNER);
	T_TRUE(corner(b, 5) == (double)INFINITY);
	free(b);
}

static void test_dc_and_stamps(void)
{
	t_section("dc sources and their equations");
	bench *b = source("vsource", DEV_WAVE_DC);
	bench_set(b, "dc", 1.5);
	bench_derive(b);
	bench_bias(b, 0, 4);
	bench_bias(b, 1, 1);
	bench_bias(b, 2, 7e-3);
	bench_run(b);
	T_REL(b->f[2][0], 4 - 1 - 1.5, TOL_VALUE);
	T_REL(b->f[0][0], 7e-3, 0);
	T_REL(b->f[1][0], -7e-3, 0);
	T_REL(bench_stamp(b, b->g, 2, 1, DEV_G), -1, 0);
	T_TRUE(corner(b, 0) == (double)INFINITY);
	bench *i = source("isource", DEV_WAVE_DC);
	bench_set(i, "dc", 2e-6);
	bench_derive(i);
	bench_run(i);
	T_REL(i->f[0][0], 2e-6, 0);
	T_REL(i->f[1][0], -2e-6, 0);
	free(b);
	free(i);
}

static void test_controlled(void)
{
	t_section("vccs and vcvs");
	bench *g = bench_new("vccs", 0, 300), *e = bench_new("vcvs", 0, 300);
	bench_set(g, "gm", 1e-3);
	bench_set(g, "m", 2);
	bench_set(e, "gain", 10);
	bench_derive(g);
	bench_derive(e);
	const double v[5] = {1, 0.25, 0.5, 0.2, 3e-6};
	for (int p = 0; p < 5; p++) {
		bench_bias(g, p, v[p]);
		bench_bias(e, p, v[p]);
	}
	bench_run(g);
	bench_run(e);
	T_REL(g->f[0][0], 0.6e-3, TOL_VALUE);
	T_REL(g->f[1][0], -0.6e-3, TOL_VALUE);
	T_REL(bench_stamp(g, g->g, 1, 2, DEV_G), -2e-3, 0);
	T_REL(e->f[4][0], 0.75 - 3, TOL_VALUE);
	T_REL(e->f[0][0], 3e-6, 0);
	T_REL(bench_stamp(e, e->g, 4, 2, DEV_G), -10, 0);
	T_REL(bench_stamp(e, e->g, 4, 3, DEV_G), 10, 0);
	T_REL(bench_stamp(e, e->g, 4, 0, DEV_G), 1, 0);
	free(g);
	free(e);
}

int main(void)
{
	test_pulse();
	test_sine();
	test_exponential();
	test_table();
	test_table_again();
	test_modulation();
	test_counted_pulses();
	test_dc_and_stamps();
	test_controlled();
	return t_done();
}
