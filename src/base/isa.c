/* SPDX-License-Identifier: Apache-2.0
 * Which instruction-set level this CPU runs: the x86-64 micro-architecture levels v2 (SSE4.2), v3 (AVX2), v4 (AVX-512).
 * Asked once; the environment variable TS_ISA lowers it (tests compare the levels bit for bit).
 */
#include "base/isa.h"
#include <stdatomic.h>
#include <stdlib.h>

static int isa_detect(void)
{
#if defined(__x86_64__)
	int level = 2;
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
	    __builtin_cpu_supports("fma"))
		level = 3;
	if (level == 3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
		level = 4;
	const char *wish = getenv("TS_ISA");
	if (wish && wish[0] >= '2' && wish[0] <= '4' && wish[1] == '\0' && wish[0] - '0' < level)
		level = wish[0] - '0';
	return level;
#else
	return 0;
#endif
}

int isa_level(void)
{
	static atomic_int cached = -1;
	int level = atomic_load_explicit(&cached, memory_order_relaxed);
	if (level < 0) {
		level = isa_detect();
		atomic_store_explicit(&cached, level, memory_order_relaxed);
	}
	return level;
}
