/* SPDX-License-Identifier: Apache-2.0
 * Philox4x32-10 counter-based random bits [Salmon et al., SC 2011]. Randomness is addressed, not drawn: the same
 * (key, counter) gives the same bits on every lane, thread, rank and instruction set.
 */
#ifndef BASE_PHILOX_H
#define BASE_PHILOX_H
#include <stdint.h>

/* Constants of the generator: rounds, multipliers, key increments. */
#define PHILOX_ROUNDS 10
#define PHILOX_M0 UINT32_C(0xd2511f53)
#define PHILOX_M1 UINT32_C(0xcd9e8d57)
#define PHILOX_W0 UINT32_C(0x9e3779b9)
#define PHILOX_W1 UINT32_C(0xbb67ae85)

typedef struct philox_counter { uint32_t v[4]; } philox_counter;
typedef struct philox_key { uint32_t v[2]; } philox_key;

/* Scalar block: 128 random bits. */
philox_counter philox4x32(philox_counter counter, philox_key key);
/* Streams of one seed; part of the key so that no two purposes share bits. */
typedef enum philox_purpose { PHILOX_NOISE = 1, PHILOX_START = 2, PHILOX_GIBBS = 3, PHILOX_BOOTSTRAP = 4, PHILOX_TEST = 5, PHILOX_SPLIT = 6, PHILOX_JUMP = 7, PHILOX_FLICKER = 8 } philox_purpose;
philox_key philox_make_key(uint64_t seed, philox_purpose purpose);
/* 53-bit uniform in (0,1) from two words. */
double philox_uniform(uint32_t hi, uint32_t lo);
/* FNV-1a hash of a name: the source id, so that editing the netlist does not renumber other sources. */
uint32_t philox_name_id(const char *name);
#endif
