/* SPDX-License-Identifier: Apache-2.0
 * Stack programs (dev/program.h) on one register of lanes, with derivatives by port in forward mode.
 *
 * Outside their domain the functions stay finite, so that Newton can come back: exp is continued linearly above 200,
 * sqrt and logarithms take max(x, 1e-150), a divisor is kept 1e-150 away from 0, and x^y with a non-integer y takes
 * |x|; asin, acos, acosh and atanh take the nearest end of their domain.
 */
#ifndef DEV_PROGRAM_KERNEL_H
#define DEV_PROGRAM_KERNEL_H
#include "base/lane_math.h"
#include "base/phys.h"
#include "dev/kernel.h"
#include "dev/program.h"

#define PROGRAM_TINY 1e-150
#define PROGRAM_EXP_LIMIT 200.0
#define PROGRAM_CORNER 0x1p-52 /* distance to the end of a domain where the slope is infinite */
enum { PROGRAM_MAX_INTEGER_POWER = 64 };

typedef struct program_value {
	lane v, d[DEV_PROGRAM_PORTS];
} program_value;

static inline lane program_exp(lane x)
{
	const lane inside = lane_min(x, lane_set(PROGRAM_EXP_LIMIT));
	return lane_exp(inside) * (1.0 + (x - inside));
}
/* arc tangent, absolute error < 1e-15: two half-angle steps bring |x| below 0.2, then the Taylor series. */
static inline lane program_atan(lane x)
{
	lane r = lane_select(lane_abs(x) > 1.0, 1.0 / x, x);
	for (int i = 0; i < 2; i++)
		r = r / (1.0 + lane_sqrt(1.0 + r * r));
	const lane z = r * r;
	lane sum = lane_set(0);
	for (int n = 23; n >= 1; n -= 2)
		sum = (n % 4 == 1 ? 1.0 : -1.0) / n + z * sum;
	sum = 4.0 * r * sum;
	const lane right = lane_select(x > 0.0, lane_set(PHYS_PI / 2), lane_set(-PHYS_PI / 2));
	return lane_select(lane_abs(x) > 1.0, right - sum, sum);
}
static inline lane program_truth(lane_mask m)
{
	return lane_select(m, lane_set(1), lane_set(0));
}
static inline lane program_sign(lane x)
{
	return program_truth(x > 0.0) - program_truth(x < 0.0);
}
static inline lane program_integer_power(lane x, int n)
{
	lane result = lane_set(1), square = x;
	for (int k = n < 0 ? -n : n; k; k >>= 1) {
		if (k & 1)
			result = result * square;
		square = square * square;
	}
	if (n < 0)
		result = 1.0 / lane_select(lane_abs(result) < PROGRAM_TINY, lane_set(PROGRAM_TINY), result);
	return result;
}
/* a <- h, with derivative slope times a's own */
static inline void program_chain(program_value *a, int n, lane h, lane slope)
{
	a->v = h;
	for (int p = 0; p < n; p++)
		a->d[p] = slope * a->d[p];
}
/* a <- h(a, b) with partial derivatives ha, hb */
static inline void program_chain2(program_value *a, const program_value *b, int n, lane h, lane ha, lane hb)
{
	a->v = h;
	for (int p = 0; p < n; p++)
		a->d[p] = ha * a->d[p] + hb * b->d[p];
}
static inline void program_choose(program_value *a, const program_value *b, int n, lane_mask keep)
{
	a->v = lane_select(keep, a->v, b->v);
	for (int p = 0; p < n; p++)
		a->d[p] = lane_select(keep, a->d[p], b->d[p]);
}

static inline void program_power(program_value *a, const program_value *b, int n, const dev_op *exponent)
{
	const int constant = exponent->code == DEV_OP_CONST;
	const int small =
	    constant && exponent->value >= -PROGRAM_MAX_INTEGER_POWER && exponent->value <= PROGRAM_MAX_INTEGER_POWER;
	const int integer = small ? (int)exponent->value : 0;
	if (small && integer == exponent->value) {
		lane slope = lane_set(0);
		if (integer)
			slope = integer * program_integer_power(a->v, integer - 1);
		program_chain(a, n, program_integer_power(a->v, integer), slope);
		return;
	}
	const lane magic = lane_set(LANE_ROUND_MAGIC), size = lane_max(lane_abs(a->v), lane_set(PROGRAM_TINY));
	const lane half = 0.5 * b->v, power = lane_pow(size, b->v);
	const lane_mask whole = (b->v + magic) - magic == b->v, even = (half + magic) - magic == half;
	const lane sign = lane_select(whole & ~even & (a->v < 0.0), lane_set(-1), lane_set(1));
	const lane side = lane_select(a->v < 0.0, lane_set(-1), lane_set(1));
	lane by_exponent = lane_set(0);
	if (!constant)
		by_exponent = sign * power * lane_log(size);
	program_chain2(a, b, n, sign * power, sign * side * b->v * (power / size), by_exponent);
}

/* sgn(a) |a|^b */
static inline void program_signed_power(program_value *a, const program_value *b, int n)
{
	const lane size = lane_max(lane_abs(a->v), lane_set(PROGRAM_TINY)), power = lane_pow(size, b->v);
	const lane sign = program_sign(a->v);
	program_chain2(a, b, n, sign * power, b->v * (power / size), sign * power * lane_log(size));
}

static inline void program_arithmetic(program_value *a, const program_value *b, int n, const dev_op *op)
{
	const lane one = lane_set(1), x = a->v;
	if (op->code == DEV_OP_ADD) {
		program_chain2(a, b, n, x + b->v, one, one);
	} else if (op->code == DEV_OP_SUB) {
		program_chain2(a, b, n, x - b->v, one, -one);
	} else if (op->code == DEV_OP_MUL) {
		program_chain2(a, b, n, x * b->v, b->v, x);
	} else if (op->code == DEV_OP_DIV) {
		const lane tiny = lane_select(b->v < 0.0, lane_set(-PROGRAM_TINY), lane_set(PROGRAM_TINY));
		const lane inverse = 1.0 / lane_select(lane_abs(b->v) < PROGRAM_TINY, tiny, b->v);
		program_chain2(a, b, n, x * inverse, inverse, -(x * inverse) * inverse);
	} else if (op->code == DEV_OP_POW) {
		program_power(a, b, n, op - 1);
	} else {
		program_signed_power(a, b, n);
	}
}

static inline lane_mask program_compare(lane a, lane b, dev_opcode code)
{
	switch (code) {
	case DEV_OP_EQ:
		return a == b;
	case DEV_OP_NE:
		return a != b;
	case DEV_OP_LT:
		return a < b;
	case DEV_OP_LE:
		return a <= b;
	case DEV_OP_GT:
		return a > b;
	case DEV_OP_GE:
		return a >= b;
	case DEV_OP_AND:
		return (a != 0.0) & (b != 0.0);
	default:
		return (a != 0.0) | (b != 0.0);
	}
}

/* Operators of two operands; a is replaced. */
static inline void program_binary(program_value *a, const program_value *b, int n, const dev_op *op)
{
	switch (op->code) {
	case DEV_OP_MIN:
		program_choose(a, b, n, a->v < b->v);
		break;
	case DEV_OP_MAX:
		program_choose(a, b, n, a->v > b->v);
		break;
	case DEV_OP_ADD:
	case DEV_OP_SUB:
	case DEV_OP_MUL:
	case DEV_OP_DIV:
	case DEV_OP_POW:
	case DEV_OP_PWR:
		program_arithmetic(a, b, n, op);
		break;
	default:
		program_chain(a, n, program_truth(program_compare(a->v, b->v, op->code)), lane_set(0));
	}
}

/* exp, logarithms, roots and hyperbolic functions: value and slope at x. */
static inline lane program_exponential(lane x, dev_opcode code, lane *slope)
{
	const lane big = lane_max(x, lane_set(PROGRAM_TINY)), root = lane_sqrt(big);
	const lane limit = lane_set(PROGRAM_EXP_LIMIT);
	switch (code) {
	case DEV_OP_EXP:
		*slope = lane_exp(lane_min(x, limit));
		return program_exp(x);
	case DEV_OP_SQRT:
		*slope = 0.5 / root;
		return lane_select(x > PROGRAM_TINY, root, lane_set(0));
	case DEV_OP_LN:
		*slope = 1.0 / big;
		return lane_log(big);
	case DEV_OP_LOG10:
		*slope = 0.43429448190325182765 / big;
		return 0.43429448190325182765 * lane_log(big);
	case DEV_OP_SINH:
		*slope = 0.5 * (lane_exp(lane_min(x, limit)) + lane_exp(lane_min(-x, limit)));
		return 0.5 * program_sign(x) *
		           (lane_expm1(lane_abs(lane_max(-limit, lane_min(x, limit)))) - lane_expm1(-lane_abs(x))) +
		       *slope * (x - lane_max(-limit, lane_min(x, limit)));
	case DEV_OP_COSH:
		*slope = 0.5 * (lane_exp(lane_min(x, limit)) - lane_exp(lane_min(-x, limit)));
		return 0.5 * (program_exp(x) + program_exp(-x));
	default: {
		const lane t = lane_tanh(x);
		*slope = 1.0 - t * t;
		return t;
	}
	}
}

/* Inverse functions of sines, circular and hyperbolic. */
static inline lane program_inverse(lane x, dev_opcode code, lane *slope)
{
	const lane c = lane_max(lane_set(-1), lane_min(x, lane_set(1)));
	const lane left = lane_max((1.0 - c) * (1.0 + c), lane_set(PROGRAM_CORNER)), root = lane_sqrt(left);
	const lane size = lane_min(lane_abs(x), lane_set(1 / PROGRAM_TINY)), hypotenuse = lane_sqrt(1.0 + size * size);
	const lane over = lane_max(x - 1.0, lane_set(0)), side = lane_sqrt(over * (over + 2.0));
	const lane inside = lane_min(lane_abs(x), lane_set(1 - PROGRAM_CORNER / 2));
	switch (code) {
	case DEV_OP_ASIN:
		*slope = 1.0 / root;
		return program_atan(c / root);
	case DEV_OP_ACOS:
		*slope = -1.0 / root;
		return 2.0 * program_atan(lane_sqrt((1.0 - c) / lane_max(1.0 + c, lane_set(PROGRAM_TINY))));
	case DEV_OP_ASINH:
		*slope = 1.0 / hypotenuse;
		return program_sign(x) * lane_log1p(size + size * (size / (1.0 + hypotenuse)));
	case DEV_OP_ACOSH:
		*slope = 1.0 / lane_max(side, lane_set(PROGRAM_CORNER));
		return lane_log1p(over + side);
	default:
		*slope = 1.0 / ((1.0 - inside) * (1.0 + inside));
		return program_sign(x) * (0.5 * lane_log1p(2.0 * inside / (1.0 - inside)));
	}
}

/* To whole numbers; a double of 2^51 and more is one. */
static inline lane program_whole(lane x, dev_opcode code)
{
	const lane magic = lane_set(LANE_ROUND_MAGIC), size = lane_abs(x);
	const lane nearest = lane_select(size < 0x1p51, (x + magic) - magic, x);
	const lane below = nearest - program_truth(nearest > x), above = nearest + program_truth(nearest < x);
	switch (code) {
	case DEV_OP_FLOOR:
		return below;
	case DEV_OP_CEIL:
		return above;
	case DEV_OP_INT:
		return lane_select(x < 0.0, above, below);
	default:
		return nearest;
	}
}

static inline lane program_function(lane x, dev_opcode code, lane *slope)
{
	*slope = lane_set(0);
	switch (code) {
	case DEV_OP_NEG:
		*slope = lane_set(-1);
		return -x;
	case DEV_OP_NOT:
		return program_truth(x == 0.0);
	case DEV_OP_ABS:
		*slope = program_sign(x);
		return lane_abs(x);
	case DEV_OP_SGN:
		return program_sign(x);
	case DEV_OP_U:
		return 0.5 * (1.0 + program_sign(x));
	case DEV_OP_URAMP:
		*slope = program_truth(x > 0.0);
		return lane_max(x, lane_set(0));
	case DEV_OP_SIN:
		*slope = lane_cos(x);
		return lane_sin(x);
	case DEV_OP_COS:
		*slope = -lane_sin(x);
		return lane_cos(x);
	case DEV_OP_TAN: {
		const lane t = lane_sin(x) / lane_cos(x);
		*slope = 1.0 + t * t;
		return t;
	}
	case DEV_OP_ATAN:
		*slope = 1.0 / (1.0 + x * x);
		return program_atan(x);
	case DEV_OP_FLOOR:
	case DEV_OP_CEIL:
	case DEV_OP_INT:
	case DEV_OP_NINT:
		return program_whole(x, code);
	default:
		return code >= DEV_OP_ASIN ? program_inverse(x, code, slope) : program_exponential(x, code, slope);
	}
}

static inline int program_operands(dev_opcode code)
{
	if (code <= DEV_OP_TIME)
		return 0;
	if (code == DEV_OP_SELECT)
		return 3;
	if (code == DEV_OP_MIN || code == DEV_OP_MAX || code == DEV_OP_PWR)
		return 2;
	return code <= DEV_OP_POW || (code >= DEV_OP_EQ && code <= DEV_OP_OR) ? 2 : 1;
}

static inline program_value program_leaf(const dev_op *op, const dev_in *in, int n, int i)
{
	program_value value = {.v = lane_set(op->value)};
	for (int p = 0; p < n; p++)
		value.d[p] = lane_set(op->code == DEV_OP_PORT && op->index == p ? 1 : 0);
	if (op->code == DEV_OP_PORT)
		value.v = kernel_get(in->v, op->index, i);
	if (op->code == DEV_OP_TIME)
		value.v = kernel_get(in->t, 0, i);
	return value;
}

/* The expression's value and its derivatives by ports 0 .. n-1, for the register starting at lane i. */
static inline program_value program_run(const dev_program *program, const dev_in *in, int n, int i)
{
	program_value stack[DEV_PROGRAM_STACK];
	int top = -1;
	for (int j = 0; j < program->n; j++) {
		const dev_op *op = &program->op[j];
		const int operands = program_operands(op->code);
		if (operands == 0) {
			stack[++top] = program_leaf(op, in, n, i);
			continue;
		}
		top -= operands - 1;
		program_value *a = &stack[top];
		if (operands == 1) {
			lane slope;
			const lane h = program_function(a->v, op->code, &slope);
			program_chain(a, n, h, slope);
		} else if (operands == 2) {
			program_binary(a, a + 1, n, op);
		} else {
			program_choose(a + 1, a + 2, n, a->v != 0.0);
			*a = a[1];
		}
	}
	return stack[0];
}
#endif
