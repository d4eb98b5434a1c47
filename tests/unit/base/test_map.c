/* SPDX-License-Identifier: Apache-2.0
 * The name map against what it is told: many keys, keys that share a beginning, overwriting, and no entry lost or
 * gained when memory runs out while the table grows.
 */
#include "base/alloc.h"
#include "base/map.h"
#include "harness/t.h"
#include <stdio.h>
#include <string.h>

enum { N = 20000 };

static const char *key_of(int i)
{
	static char name[32];
	snprintf(name, sizeof name, "x%d.m%d", i / 7, i % 7);
	return name;
}

static void test_few(void)
{
	t_section("put, get, overwrite");
	name_map *map = name_map_create();
	T_INT(name_map_count(map), 0);
	T_INT(name_map_get(map, "a"), -1);
	char key[] = "out";
	T_INT(name_map_put(map, key, 3), TS_OK);
	memcpy(key, "in ", 4); /* the key was copied */
	T_INT(name_map_get(map, "out"), 3);
	T_INT(name_map_get(map, "in "), -1);
	T_INT(name_map_get(map, "ou"), -1);
	T_INT(name_map_get(map, "out1"), -1);
	T_INT(name_map_get(map, "OUT"), -1);
	T_INT(name_map_get(map, ""), -1);
	T_INT(name_map_put(map, "", 0), TS_OK);
	T_INT(name_map_get(map, ""), 0);
	T_INT(name_map_put(map, "out", 9), TS_OK);
	T_INT(name_map_get(map, "out"), 9);
	T_INT(name_map_put(map, "low", -2147483647 - 1), TS_OK);
	T_INT(name_map_get(map, "low"), -2147483647 - 1);
	T_INT(name_map_count(map), 3);
	name_map_destroy(map);
	name_map_destroy(NULL);
}

static int wrong_entries(const name_map *map, int n)
{
	int wrong = name_map_count(map) != n;
	for (int i = 0; i < n; i++)
		wrong += name_map_get(map, key_of(i)) != 3 * i;
	return wrong + (name_map_get(map, key_of(n)) != -1);
}

static void test_many(void)
{
	t_section("%d names", N);
	name_map *map = name_map_create();
	int bad = 0;
	for (int i = 0; i < N; i++)
		bad += name_map_put(map, key_of(i), 3 * i) != TS_OK;
	T_INT(bad, 0);
	T_INT(wrong_entries(map, N), 0);
	name_map_destroy(map);
}

/* The n-th allocation of every insertion fails: the entry, the table, its buckets, or the larger buckets. */
static void test_memory(void)
{
	t_section("memory runs out");
	enum { KEYS = 1500 };
	alloc_fail_after(1);
	T_TRUE(name_map_create() == NULL);
	name_map *map = name_map_create();
	int refused = 0, odd = 0;
	for (int i = 0; i < KEYS; i++) {
		ts_status status = TS_NOMEM;
		for (unsigned long n = 1; status != TS_OK; n++) {
			alloc_fail_after(n);
			status = name_map_put(map, key_of(i), 3 * i);
			alloc_fail_after(0);
			odd += status != TS_OK && status != TS_NOMEM;
			refused += status == TS_NOMEM;
			odd += name_map_count(map) != i + (status == TS_OK);
			odd += name_map_get(map, key_of(i)) != (status == TS_OK ? 3 * i : -1);
		}
	}
	T_INT(odd, 0);
	T_TRUE(refused > KEYS);
	T_INT(wrong_entries(map, KEYS), 0);
	name_map_destroy(map);
}

int main(void)
{
	test_few();
	test_many();
	test_memory();
	return t_done();
}
