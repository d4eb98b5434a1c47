/* SPDX-License-Identifier: Apache-2.0
 * What every lane kernel needs: access to [item][LANES] arrays one register at a time, and the table of kernels that
 * each instruction-set level exports.
 */
#ifndef DEV_KERNEL_H
#define DEV_KERNEL_H
#include "base/isa.h"
#include "base/lane.h"
#include "dev/dev.h"

/* One table per instruction-set level, indexed by dev_type.kernel. */
typedef dev_eval_fn *const dev_kernel_table[DEV_N_TYPE];
ISA_DECLARE(extern dev_kernel_table, dev_kernels);

static inline lane kernel_get(const double *array, int item, int i)
{
	return lane_load(array + item * LANES + i);
}
static inline void kernel_put(double *array, int item, int i, lane value)
{
	lane_store(array + item * LANES + i, value);
}
/* Current `value` entering the device at port p and leaving it at port n. */
static inline void kernel_put_pair(double *array, int p, int n, int i, lane value)
{
	kernel_put(array, p, i, value);
	kernel_put(array, n, i, -value);
}
/* Stamps first .. first + 3 are (p,p) (p,n) (n,p) (n,n) of a two-terminal admittance. */
static inline void kernel_put_admittance(double *array, int first, int i, lane value)
{
	kernel_put(array, first, i, value);
	kernel_put(array, first + 1, i, -value);
	kernel_put(array, first + 2, i, -value);
	kernel_put(array, first + 3, i, value);
}
#endif
