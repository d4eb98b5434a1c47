/* SPDX-License-Identifier: Apache-2.0
 * Instruction-set levels. Files named *_isa.c are compiled once per level with TS_ISA_LEVEL = 2, 3 or 4 (x86-64-v2/3/4)
 * or 0 (other machines); ISA_NAME(f) gives each copy its own symbol: f_v2, f_v3, f_v4, f_v0.
 * Levels change speed, never bits.
 */
#ifndef BASE_ISA_H
#define BASE_ISA_H

/* Highest level this CPU runs; the environment variable TS_ISA=2|3|4 lowers it. 0 off x86-64. */
int isa_level(void);

#define ISA_PASTE2(name, level) name##_v##level
#define ISA_PASTE(name, level) ISA_PASTE2(name, level)
#define ISA_NAME(name) ISA_PASTE(name, TS_ISA_LEVEL)

/* Declare all copies of a symbol, in the non-ISA file that chooses: ISA_DECLARE(extern const table, dev_kernels) */
#if defined(__x86_64__)
#define ISA_DECLARE(type, name) type name##_v2; type name##_v3; type name##_v4
#define ISA_CHOOSE(name) (isa_level() >= 4 ? &name##_v4 : isa_level() == 3 ? &name##_v3 : &name##_v2)
#else
#define ISA_DECLARE(type, name) type name##_v0
#define ISA_CHOOSE(name) (&name##_v0)
#endif
#endif
