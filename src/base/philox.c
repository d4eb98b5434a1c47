/* SPDX-License-Identifier: Apache-2.0
 * Philox4x32-10 [Salmon, Moraes, Dror & Shaw, SC 2011]: ten rounds of two 32 x 32 -> 64 bit products, key bumped by
 * Weyl constants. Known-answer vectors of Random123 are in the unit test. Keys are (seed, purpose) mixed by splitmix64
 * [Steele, Lea & Flood 2014], so that neighbouring seeds share nothing. Names hash by 32-bit FNV-1a.
 */
#include "base/philox.h"

philox_counter philox4x32(philox_counter counter, philox_key key)
{
	philox_counter c = counter;
	uint32_t k0 = key.v[0], k1 = key.v[1];
	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		const uint64_t p0 = (uint64_t)PHILOX_M0 * c.v[0], p1 = (uint64_t)PHILOX_M1 * c.v[2];
		c = (philox_counter){{(uint32_t)(p1 >> 32) ^ c.v[1] ^ k0, (uint32_t)p1,
		                      (uint32_t)(p0 >> 32) ^ c.v[3] ^ k1, (uint32_t)p0}};
		k0 += PHILOX_W0;
		k1 += PHILOX_W1;
	}
	return c;
}

static uint64_t splitmix64(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

philox_key philox_make_key(uint64_t seed, philox_purpose purpose)
{
	const uint64_t mixed = splitmix64(splitmix64(seed) + (uint64_t)purpose);
	return (philox_key){{(uint32_t)mixed, (uint32_t)(mixed >> 32)}};
}

double philox_uniform(uint32_t hi, uint32_t lo)
{
	const uint64_t bits = ((uint64_t)hi << 20) | (lo >> 12); /* 52 bits: the mid-points are exact */
	return ((double)bits + 0.5) * 0x1p-52;
}

uint32_t philox_name_id(const char *name)
{
	uint32_t hash = UINT32_C(2166136261);
	for (const unsigned char *p = (const unsigned char *)name; *p; p++)
		hash = (hash ^ *p) * UINT32_C(16777619);
	return hash;
}
