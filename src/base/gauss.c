/* SPDX-License-Identifier: Apache-2.0
 * Normal deviates: chooses the copy of the lane kernel (gauss_isa.c) that this CPU runs best. The scalar form computes a
 * whole block with the trajectory in every lane; it is for tests and starting points, not for loops.
 */
#include "base/gauss.h"
#include "base/gauss_isa.h"
#include "base/lane.h"

void gauss_block(philox_key key, uint64_t block, uint32_t source, const uint32_t *traj, double *out)
{
	gauss_block_fn *const kernel = ISA_CHOOSE(gauss_block);
	kernel(key, block, source, traj, out);
}

double gauss_one(philox_key key, uint64_t step, uint32_t source, uint32_t traj)
{
	uint32_t lanes[LANES];
	_Alignas(64) double out[4 * LANES];
	for (int i = 0; i < LANES; i++)
		lanes[i] = traj;
	gauss_block(key, step / 4, source, lanes, out);
	return out[(step % 4) * LANES];
}
