/* SPDX-License-Identifier: Apache-2.0
 * Name -> integer map: uthash with its allocator replaced by ours and out-of-memory reported instead of exit().
 * Each entry holds its key in a flexible tail, one block per entry.
 */
#include "base/map.h"

#include <string.h>

#include "base/alloc.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(bytes) alloc_array(1, (bytes))
#define uthash_free(block, bytes) alloc_free(block)
#define uthash_nonfatal_oom(entry) ((entry)->lost = 1)
#include <uthash.h>

typedef struct map_entry {
	UT_hash_handle hh;
	int value;
	int lost; /* set by uthash when it could not grow and left the entry out */
	char key[];
} map_entry;

struct name_map {
	map_entry *head;
};

name_map *name_map_create(void)
{
	return alloc_array(1, sizeof(name_map));
}

void name_map_destroy(name_map *map)
{
	if (!map)
		return;
	for (map_entry *entry = map->head, *next; entry; entry = next) {
		next = entry->hh.next;
		HASH_DEL(map->head, entry);
		alloc_free(entry);
	}
	alloc_free(map);
}

static map_entry *map_find(const name_map *map, const char *name)
{
	map_entry *entry;
	HASH_FIND_STR(map->head, name, entry);
	return entry;
}

ts_status name_map_put(name_map *map, const char *name, int value)
{
	map_entry *entry = map_find(map, name);
	if (entry) {
		entry->value = value;
		return TS_OK;
	}
	const size_t n = strlen(name);
	entry = alloc_array(1, sizeof *entry + n + 1);
	if (!entry)
		return TS_NOMEM;
	memcpy(entry->key, name, n);
	entry->value = value;
	HASH_ADD_KEYPTR(hh, map->head, entry->key, n, entry);
	if (entry->lost) {
		alloc_free(entry);
		return TS_NOMEM;
	}
	return TS_OK;
}

int name_map_get(const name_map *map, const char *name)
{
	const map_entry *entry = map_find(map, name);
	return entry ? entry->value : -1;
}

int name_map_count(const name_map *map)
{
	return (int)HASH_COUNT(map->head);
}
