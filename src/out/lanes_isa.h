/* SPDX-License-Identifier: Apache-2.0
 * The copies of the lane reducers' inner loops, one per instruction-set level. Private to out/.
 */
#ifndef OUT_LANES_ISA_H
#define OUT_LANES_ISA_H
#include "base/isa.h"
#include "out/lanes.h"

typedef struct lanes_table {
	void (*correlate)(lanes_level *level, int n_level, const double *x);
	void (*transform)(const lanes_welch *r);
} lanes_table;
ISA_DECLARE(extern const lanes_table, lanes_reducers);
#endif
