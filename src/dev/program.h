/* SPDX-License-Identifier: Apache-2.0
 * Stack programs: expressions of behavioural sources compiled by elab, run on lanes with forward-mode derivatives.
 * A program is pure data. Inputs are the instance's port values (voltages of control nodes) and time.
 */
#ifndef DEV_PROGRAM_H
#define DEV_PROGRAM_H
#include "base/lane.h"

typedef enum dev_opcode {
	DEV_OP_CONST, /* push value */
	DEV_OP_PORT,  /* push v[index] */
	DEV_OP_TIME,  /* push t */
	DEV_OP_ADD, DEV_OP_SUB, DEV_OP_MUL, DEV_OP_DIV, DEV_OP_POW, /* pow: a^b; integer constant b keeps negative a */
	DEV_OP_NEG, DEV_OP_NOT,
	DEV_OP_EQ, DEV_OP_NE, DEV_OP_LT, DEV_OP_LE, DEV_OP_GT, DEV_OP_GE, DEV_OP_AND, DEV_OP_OR, /* 1 or 0 */
	DEV_OP_SELECT, /* c a b -> c != 0 ? a : b */
	DEV_OP_ABS, DEV_OP_SQRT, DEV_OP_EXP, DEV_OP_LN, DEV_OP_LOG10, DEV_OP_SIN, DEV_OP_COS, DEV_OP_TAN, DEV_OP_ATAN,
	DEV_OP_SINH, DEV_OP_COSH, DEV_OP_TANH, DEV_OP_MIN, DEV_OP_MAX, DEV_OP_SGN, DEV_OP_U, DEV_OP_URAMP, DEV_OP_PWR,
	DEV_OP_ASIN, DEV_OP_ACOS, DEV_OP_ASINH, DEV_OP_ACOSH, DEV_OP_ATANH, DEV_OP_FLOOR, DEV_OP_CEIL, DEV_OP_INT, DEV_OP_NINT
} dev_opcode;

typedef struct dev_op { dev_opcode code; int index; double value; } dev_op;
enum { DEV_PROGRAM_STACK = 16, DEV_PROGRAM_PORTS = 12 };
typedef struct dev_program { int n; const dev_op *op; } dev_program; /* stack never deeper than DEV_PROGRAM_STACK */
#endif
