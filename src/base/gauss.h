/* SPDX-License-Identifier: Apache-2.0
 * Normal deviates on lanes from Philox blocks. One block serves four consecutive steps of one source and one
 * trajectory: counter = (block = step / 4, low word; trajectory; source id; high word of block), two Box-Muller pairs.
 */
#ifndef BASE_GAUSS_H
#define BASE_GAUSS_H
#include <stdint.h>
#include "base/philox.h"

/* out[4][LANES]: standard normals of steps 4*block .. 4*block+3 of source `source` for trajectories traj[LANES].
 * Dispatches to this CPU's instruction-set level; bits do not depend on it. Tail reaches at least 7.5 sigma. */
void gauss_block(philox_key key, uint64_t block, uint32_t source, const uint32_t *traj, double *out);
/* One normal, scalar: the value gauss_block gives for that step (step % 4 selects). */
double gauss_one(philox_key key, uint64_t step, uint32_t source, uint32_t traj);
#endif
