/* SPDX-License-Identifier: Apache-2.0
 * Name -> integer map (uthash inside). Keys are compared as given: lower-case them first. Keys are copied.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H
#include "base/status.h"

typedef struct name_map name_map;

name_map *name_map_create(void);
void name_map_destroy(name_map *map);
/* Insert or overwrite. TS_NOMEM on failure. */
ts_status name_map_put(name_map *map, const char *name, int value);
/* Value, or -1 when absent. */
int name_map_get(const name_map *map, const char *name);
int name_map_count(const name_map *map);
#endif
