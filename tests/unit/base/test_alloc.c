/* SPDX-License-Identifier: Apache-2.0
 * The allocator: zeroed blocks on 64-byte lines, refused overflow, growth that keeps the old bytes, the counter and the
 * hook that fails the n-th allocation.
 */
#include "base/alloc.h"
#include "harness/t.h"
#include <stdint.h>
#include <string.h>

enum { LINE = 64 };

static int all_are(const unsigned char *byte, size_t n, int value)
{
	for (size_t i = 0; i < n; i++)
		if (byte[i] != value)
			return 0;
	return 1;
}

/* Dirty blocks are given back first, so that zeros are not luck. */
static void test_array(void)
{
	t_section("zeroed, aligned, overflow refused");
	for (size_t n = 0; n < 300; n += 7) {
		unsigned char *dirty = alloc_array(n, 3);
		memset(dirty, 0xa5, 3 * n);
		alloc_free(dirty);
		unsigned char *block = alloc_array(n, 3);
		if (!T_TRUE(block != NULL))
			return;
		T_INT((uintptr_t)block % LINE, 0);
		T_TRUE(all_are(block, 3 * n, 0));
		alloc_free(block);
	}
	T_TRUE(alloc_array(SIZE_MAX, 1) == NULL);
	T_TRUE(alloc_array(SIZE_MAX / 4 + 1, 4) == NULL);
	T_TRUE(alloc_array((size_t)1 << 33, (size_t)1 << 33) == NULL);
	alloc_free(NULL);
}

static void test_resize(void)
{
	t_section("resize keeps what was there and zeroes the rest");
	unsigned char *block = alloc_resize(NULL, 0, 10);
	T_TRUE(block && all_are(block, 10, 0));
	memset(block, 0x5a, 10);
	unsigned char *grown = alloc_resize(block, 10, 1000);
	T_TRUE(grown && all_are(grown, 10, 0x5a) && all_are(grown + 10, 990, 0));
	T_INT((uintptr_t)grown % LINE, 0);
	memset(grown, 0x77, 1000);
	unsigned char *shrunk = alloc_resize(grown, 1000, 100);
	T_TRUE(shrunk && all_are(shrunk, 100, 0x77));
	alloc_fail_after(1);
	T_TRUE(alloc_resize(shrunk, 100, 5000) == NULL);
	alloc_fail_after(0);
	T_TRUE(all_are(shrunk, 100, 0x77)); /* still ours */
	T_TRUE(alloc_resize(shrunk, 100, SIZE_MAX) == NULL);
	T_TRUE(all_are(shrunk, 100, 0x77));
	alloc_free(shrunk);
}

static void test_count(void)
{
	t_section("the counter counts blocks that were handed out");
	const unsigned long before = alloc_count();
	void *a = alloc_array(1, 1), *b = alloc_array(0, 8);
	T_INT(alloc_count() - before, 2);
	a = alloc_resize(a, 1, 200);
	T_INT(alloc_count() - before, 3);
	alloc_free(a);
	alloc_free(b);
	T_INT(alloc_count() - before, 3);
	T_TRUE(alloc_array(SIZE_MAX, 2) == NULL);
	alloc_fail_after(1);
	T_TRUE(alloc_array(1, 1) == NULL);
	T_INT(alloc_count() - before, 3);
}

static void test_fail(void)
{
	t_section("the n-th allocation fails, once");
	enum { MOST = 6 };
	for (unsigned long n = 0; n <= MOST; n++) {
		alloc_fail_after(n);
		for (unsigned long i = 1; i <= MOST; i++) {
			void *block = i % 2 ? alloc_array(i, 8) : alloc_resize(NULL, 0, 8 * i);
			T_INT(block == NULL, i == n);
			alloc_free(block);
		}
	}
	alloc_fail_after(2);
	alloc_fail_after(0);
	for (int i = 0; i < 3; i++) {
		void *block = alloc_array(1, 1);
		T_TRUE(block != NULL);
		alloc_free(block);
	}
}

int main(void)
{
	test_array();
	test_resize();
	test_count();
	test_fail();
	return t_done();
}
