/* SPDX-License-Identifier: Apache-2.0
 * Behavioural sources: every operation of a program against libm, its derivatives against differences, finite values
 * outside the domains, and the stamps of both kinds of source.
 */
#include <math.h>

#include "bench.h"
#include "dev/bsource.h"
#include "harness/t.h"

#define TOL_VALUE 1e-13
#define TOL_DIFFERENCE 1e-8
enum { FIRST = DEV_BSOURCE_CONTROL };
#define PORT(i)                                                                                                        \
	{                                                                                                              \
		.code = DEV_OP_PORT, .index = FIRST + (i)                                                              \
	}
#define CONST(x)                                                                                                       \
	{                                                                                                              \
		.code = DEV_OP_CONST, .value = (x)                                                                     \
	}
#define OP(x)                                                                                                          \
	{                                                                                                              \
		.code = DEV_OP_##x                                                                                     \
	}
#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

typedef struct rig {
	bench *b;
	dev_port port[DEV_BSOURCE_MAX_PORT];
	dev_stamp stamp[DEV_BSOURCE_MAX_STAMP];
	dev_shape shape;
	dev_program program;
} rig;

static void rig_open(rig *r, int voltage, int n_control, const dev_op *op, int n)
{
	r->b = bench_new(voltage ? "bsource_v" : "bsource_i", 0, 300);
	dev_bsource_shape(n_control, 0, voltage, r->port, r->stamp, &r->shape);
	r->program = (dev_program){n, op};
	r->b->shape = &r->shape;
	r->b->aux = &r->program;
	T_TRUE(bench_derive(r->b) == NULL);
	T_INT(r->shape.n_port, dev_bsource_n_port(n_control, voltage));
	T_INT(r->shape.n_stamp, dev_bsource_n_stamp(n_control, voltage));
}
static double current(rig *r, double a, double b)
{
	bench_bias(r->b, FIRST, a);
	bench_bias(r->b, FIRST + 1, b);
	bench_run(r->b);
	return r->b->f[0][0];
}

typedef struct unary {
	dev_opcode code;
	double (*reference)(double);
	double low, high;
} unary;
static double negative(double x)
{
	return -x;
}
static double step(double x)
{
	return x > 0 ? 1 : x < 0 ? 0 : 0.5;
}
static double ramp(double x)
{
	return x > 0 ? x : 0;
}
static double sign(double x)
{
	return (x > 0) - (x < 0);
}
static double not(double x)
{
	return x == 0;
}

static void test_unary(void)
{
	static const unary list[] = {
	    {DEV_OP_ABS, fabs, -3, 3},          {DEV_OP_SQRT, sqrt, 0.01, 9},    {DEV_OP_EXP, exp, -30, 30},
	    {DEV_OP_LN, log, 0.01, 50},         {DEV_OP_LOG10, log10, 0.01, 50}, {DEV_OP_SIN, sin, -9, 9},
	    {DEV_OP_COS, cos, -9, 9},           {DEV_OP_TAN, tan, -1.4, 1.4},    {DEV_OP_ATAN, atan, -7, 7},
	    {DEV_OP_SINH, sinh, -20, 20},       {DEV_OP_COSH, cosh, -20, 20},    {DEV_OP_TANH, tanh, -5, 5},
	    {DEV_OP_SGN, sign, -3, 3},          {DEV_OP_U, step, -3, 3},         {DEV_OP_URAMP, ramp, -3, 3},
	    {DEV_OP_NEG, negative, -3, 3},      {DEV_OP_NOT, not, -3, 3},        {DEV_OP_ASIN, asin, -0.99, 0.99},
	    {DEV_OP_ACOS, acos, -0.99, 0.99},   {DEV_OP_ASINH, asinh, -9, 9},    {DEV_OP_ACOSH, acosh, 1.01, 50},
	    {DEV_OP_ATANH, atanh, -0.99, 0.99}, {DEV_OP_FLOOR, floor, -3, 3},    {DEV_OP_CEIL, ceil, -3, 3},
	    {DEV_OP_INT, trunc, -3, 3},         {DEV_OP_NINT, nearbyint, -3, 3}};
	for (int i = 0; i < COUNT(list); i++) {
		t_section("function %d", (int)list[i].code);
		const dev_op op[] = {PORT(0), {.code = list[i].code}};
		rig r;
		rig_open(&r, 0, 2, op, 2);
		for (int j = 0; j < 23; j++) {
			const double x = list[i].low + (list[i].high - list[i].low) * (j + 0.31) / 23, h = 1e-6;
			const double slope = (current(&r, x + h, 0) - current(&r, x - h, 0)) / (2 * h),
			             want = list[i].reference(x);
			T_ABS(current(&r, x, 0), want, TOL_VALUE * fmax(1, fabs(want)));
			const double got = bench_stamp(r.b, r.b->g, 0, FIRST, DEV_G);
			T_ABS(got, slope, TOL_DIFFERENCE * fmax(1, fabs(want) + fabs(got)));
			T_REL(bench_stamp(r.b, r.b->g, 1, FIRST, DEV_G), -got, 0);
		}
		for (double x = -1e6; x <= 1e6; x += 1e6) {
			T_TRUE(isfinite(current(&r, x, 0)));
			T_TRUE(isfinite(r.b->g[0][0]));
		}
		free(r.b);
	}
}

static double divide(double a, double b)
{
	return a / b;
}
static double signed_power(double a, double b)
{
	return sign(a) * pow(fabs(a), b);
}
static double add(double a, double b)
{
	return a + b;
}
static double subtract(double a, double b)
{
	return a - b;
}
static double multiply(double a, double b)
{
	return a * b;
}
static double less(double a, double b)
{
	return a < b;
}
static double both(double a, double b)
{
	return a != 0 && b != 0;
}
typedef struct binary {
	dev_opcode code;
	double (*reference)(double, double);
	double low; /* of a; pow needs a > 0 */
} binary;

static void test_binary(void)
{
	static const binary list[] = {{DEV_OP_ADD, add, -2},      {DEV_OP_SUB, subtract, -2},
	                              {DEV_OP_MUL, multiply, -2}, {DEV_OP_DIV, divide, -2},
	                              {DEV_OP_POW, pow, 0.1},     {DEV_OP_PWR, signed_power, -2},
	                              {DEV_OP_MIN, fmin, -2},     {DEV_OP_MAX, fmax, -2},
	                              {DEV_OP_LT, less, -2},      {DEV_OP_AND, both, -2}};
	for (int i = 0; i < COUNT(list); i++) {
		t_section("operator %d", (int)list[i].code);
		const dev_op op[] = {PORT(0), PORT(1), {.code = list[i].code}};
		rig r;
		rig_open(&r, 0, 2, op, 3);
		for (int j = 0; j < 11; j++) {
			const double x = list[i].low + 0.37 * j, y = 1.7 - 0.29 * j, h = 1e-6,
			             want = list[i].reference(x, y);
			const double by_x = (current(&r, x + h, y) - current(&r, x - h, y)) / (2 * h);
			const double by_y = (current(&r, x, y + h) - current(&r, x, y - h)) / (2 * h);
			T_ABS(current(&r, x, y), want, TOL_VALUE * fmax(1, fabs(want)));
			const double gx = bench_stamp(r.b, r.b->g, 0, FIRST, DEV_G);
			const double gy = bench_stamp(r.b, r.b->g, 0, FIRST + 1, DEV_G),
			             size = fmax(1, fabs(gx) + fabs(gy));
			T_ABS(gx, by_x, 100 * TOL_DIFFERENCE * size);
			T_ABS(gy, by_y, 100 * TOL_DIFFERENCE * size);
		}
		T_TRUE(isfinite(current(&r, 0, 0)) && isfinite(r.b->g[0][0]));
		free(r.b);
	}
}

/* time * (a < b ? a^3 : tanh(a - b)) */
static void test_compound(void)
{
	t_section("compound with select, constant power and time");
	const dev_op op[] = {OP(TIME), PORT(0), PORT(1), OP(LT),   PORT(0),    CONST(3), OP(POW),
	                     PORT(0),  PORT(1), OP(SUB), OP(TANH), OP(SELECT), OP(MUL)};
	rig r;
	rig_open(&r, 0, 2, op, COUNT(op));
	bench_time(r.b, 2.5);
	T_REL(current(&r, -0.7, 0.2), 2.5 * -0.343, TOL_VALUE);
	T_REL(r.b->g[0][0], 2.5 * 3 * 0.49, TOL_VALUE);
	T_REL(current(&r, 0.7, 0.2), 2.5 * tanh(0.5), TOL_VALUE);
	T_REL(bench_stamp(r.b, r.b->g, 0, FIRST + 1, DEV_G), -2.5 / (cosh(0.5) * cosh(0.5)), 10 * TOL_VALUE);
	free(r.b);
}

static void test_voltage(void)
{
	t_section("voltage source: branch equation");
	const dev_op op[] = {PORT(0), PORT(1), OP(MUL)};
	rig r;
	rig_open(&r, 1, 2, op, 3);
	bench_bias(r.b, 0, 5);
	bench_bias(r.b, 1, 1);
	bench_bias(r.b, 4, 3e-3);
	current(&r, 2, 0.75);
	T_REL(r.b->f[4][0], 5 - 1 - 1.5, TOL_VALUE);
	T_REL(r.b->f[0][0], 3e-3, 0);
	T_REL(r.b->f[1][0], -3e-3, 0);
	T_REL(bench_stamp(r.b, r.b->g, 4, FIRST, DEV_G), -0.75, 0);
	T_REL(bench_stamp(r.b, r.b->g, 4, FIRST + 1, DEV_G), -2, 0);
	T_REL(bench_stamp(r.b, r.b->g, 4, 0, DEV_G), 1, 0);
	T_REL(bench_stamp(r.b, r.b->g, 1, 4, DEV_G), -1, 0);
	free(r.b);
}

int main(void)
{
	test_unary();
	test_binary();
	test_compound();
	test_voltage();
	return t_done();
}
