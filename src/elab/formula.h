/* SPDX-License-Identifier: Apache-2.0
 * Values of stored signals that are expressions of others, such as v(a)*i(v1). A formula is const and may be read by
 * several threads.
 */
#ifndef ELAB_FORMULA_H
#define ELAB_FORMULA_H
#include <complex.h>
#include "elab/circuit.h"

enum { ELAB_FORMULA_TERMS = 32 }; /* at most */

/* Probe k of the expression is term k of its elab_save. */
typedef struct elab_formula {
	const net_expr *expr;
	int n;
	const net_expr *const *probe; /* [n] */
} elab_formula;

/* Value where the terms have value[n]; NaN where it is not a finite number. No allocation. */
double elab_formula_value(const elab_formula *formula, const double *value);
/* The same with complex numbers, for + - * / and abs() alone (elab_formula_is_complex). */
double complex elab_formula_response(const elab_formula *formula, const double complex *value);
int elab_formula_is_complex(const elab_formula *formula);

/* Can an analysis have this signal? NULL, or why not. */
const char *elab_save_lacks(const elab_circuit *circuit, const elab_save *save, sim_kind kind);
#endif
