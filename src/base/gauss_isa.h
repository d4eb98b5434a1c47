/* SPDX-License-Identifier: Apache-2.0
 * The copies of gauss_block, one per instruction-set level: other *_isa.c files call the copy of their own level
 * directly, everyone else goes through gauss_block().
 */
#ifndef BASE_GAUSS_ISA_H
#define BASE_GAUSS_ISA_H
#include "base/gauss.h"
#include "base/isa.h"

typedef void gauss_block_fn(philox_key key, uint64_t block, uint32_t source, const uint32_t *traj, double *out);
ISA_DECLARE(gauss_block_fn, gauss_block);
#endif
