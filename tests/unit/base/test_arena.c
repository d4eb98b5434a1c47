/* SPDX-License-Identifier: Apache-2.0
 * The arena: alignment, zeros, items that stay where they are while chunks are added, copies of text, and what is left
 * when memory runs out.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "harness/t.h"
#include <stdint.h>
#include <string.h>

enum { LINE = 64, SMALL = 16 };

static int all_zero(const char *byte, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (byte[i])
			return 0;
	return 1;
}

/* Items of many sizes, each filled with its own byte: none overlaps another and none moves. */
static void test_items(void)
{
	t_section("aligned, zeroed, apart");
	enum { N = 600 };
	static char *item[N];
	arena *a = arena_create();
	for (size_t i = 0; i < N; i++) {
		const size_t bytes = i * i % 701;
		item[i] = arena_alloc(a, bytes);
		if (!T_TRUE(item[i] != NULL))
			return;
		T_INT((uintptr_t)item[i] % (bytes >= LINE ? LINE : SMALL), 0);
		T_TRUE(all_zero(item[i], bytes));
		memset(item[i], (int)(i % 255 + 1), bytes);
	}
	int kept = 1, apart = 1;
	for (size_t i = 0; i < N; i++) {
		for (size_t k = 0; k < i * i % 701; k++)
			kept &= (unsigned char)item[i][k] == i % 255 + 1;
		for (size_t j = 0; j < i; j++)
			apart &= item[i] != item[j]; /* an empty item has its own address, too */
	}
	T_TRUE(kept);
	T_TRUE(apart);
	arena_destroy(a);
}

static void test_large(void)
{
	t_section("large items, sizes that overflow");
	arena *a = arena_create();
	char *small = arena_strdup(a, "small"), *large = arena_alloc(a, 3 << 20), *after = arena_strdup(a, "after");
	T_TRUE(large && all_zero(large, 3 << 20));
	memset(large, 1, 3 << 20);
	T_STR(small, "small");
	T_STR(after, "after");
	T_TRUE(arena_alloc(a, SIZE_MAX) == NULL);
	T_TRUE(arena_alloc(a, SIZE_MAX / 2) == NULL);
	T_TRUE(arena_array(a, SIZE_MAX / 2, 4) == NULL);
	T_TRUE(arena_array(a, (size_t)1 << 33, (size_t)1 << 33) == NULL);
	T_TRUE(arena_strndup(a, "x", SIZE_MAX) == NULL);
	const char *still = arena_strdup(a, "still works");
	T_STR(still, "still works");
	arena_destroy(a);
	arena_destroy(NULL);
}

static void test_text(void)
{
	t_section("copies of text");
	arena *a = arena_create();
	const char source[] = "abc\0def";
	const char *cut = arena_strndup(a, source, 2), *whole = arena_strndup(a, source, 7);
	T_STR(cut, "ab");
	T_INT(memcmp(whole, "abc\0def", 8), 0);
	T_STR(arena_strdup(a, ""), "");
	T_STR(arena_strndup(a, "xyz", 0), "");
	T_STR(arena_lower(a, "AZ[@`{az_09", 11), "az[@`{az_09");
	T_STR(arena_lower(a, "M\xc3\x84R", 4), "m\xc3\x84r"); /* ASCII only */
	T_STR(arena_lower(a, "ABCD", 2), "ab");
	T_STR(arena_printf(a, "%s-%d", "x", 42), "x-42");
	T_STR(arena_printf(a, "%s", ""), "");
	const char *wide = arena_printf(a, "%*d|", 20000, 7);
	T_INT(strlen(wide), 20001);
	T_STR(wide + 19998, " 7|");
	arena_destroy(a);
}

static void test_memory(void)
{
	t_section("memory runs out");
	alloc_fail_after(1);
	T_TRUE(arena_create() == NULL);
	arena *a = arena_create();
	alloc_fail_after(1);
	T_TRUE(arena_alloc(a, 1) == NULL); /* the first chunk */
	char *x = arena_strdup(a, "x");
	alloc_fail_after(1);
	T_TRUE(arena_alloc(a, 1 << 16) == NULL);
	T_TRUE(x && arena_strdup(a, "y") == x + SMALL); /* the chunk in use is still in use */
	alloc_fail_after(1);
	T_TRUE(arena_printf(a, "%*d", 1 << 16, 1) == NULL);
	alloc_fail_after(0);
	T_STR(x, "x");
	arena_destroy(a);
}

int main(void)
{
	test_items();
	test_large();
	test_text();
	test_memory();
	return t_done();
}
