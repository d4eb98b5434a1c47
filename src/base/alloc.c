/* SPDX-License-Identifier: Apache-2.0
 * The only caller of the C library's allocator. Blocks are rounded up to whole cache lines (64 bytes), so that a lane
 * array never shares its last line with another block and aligned_alloc's size rule holds.
 * The counter and the "fail the n-th" hook are atomics: tests read them while worker threads run.
 */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALLOC_ALIGN = 64 };

static atomic_ulong n_allocated;
static atomic_ulong fail_countdown; /* 0: off; 1: the next allocation fails */

static int alloc_must_fail(void)
{
	unsigned long left = atomic_load(&fail_countdown);
	while (left > 0)
		if (atomic_compare_exchange_weak(&fail_countdown, &left, left - 1))
			return left == 1;
	return 0;
}

static void *alloc_bytes(size_t bytes)
{
	if (alloc_must_fail() || bytes > SIZE_MAX / 2)
		return NULL;
	const size_t rounded = (bytes ? bytes + ALLOC_ALIGN - 1 : ALLOC_ALIGN) & ~(size_t)(ALLOC_ALIGN - 1);
	void *block = aligned_alloc(ALLOC_ALIGN, rounded);
	if (!block)
		return NULL;
	atomic_fetch_add(&n_allocated, 1);
	memset(block, 0, rounded);
	return block;
}

void *alloc_array(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return alloc_bytes(bytes);
}

void *alloc_resize(void *old, size_t old_bytes, size_t bytes)
{
	void *block = alloc_bytes(bytes);
	if (!block)
		return NULL;
	if (old)
		memcpy(block, old, old_bytes < bytes ? old_bytes : bytes);
	free(old);
	return block;
}

void alloc_free(void *block)
{
	free(block);
}

unsigned long alloc_count(void)
{
	return atomic_load(&n_allocated);
}

void alloc_fail_after(unsigned long n)
{
	atomic_store(&fail_countdown, n);
}
