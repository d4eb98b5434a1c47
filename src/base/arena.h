/* SPDX-License-Identifier: Apache-2.0
 * Bump arena: one per immutable object, freed as one. Not thread-safe.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>

typedef struct arena arena;

arena *arena_create(void);      /* NULL when memory is exhausted */
void arena_destroy(arena *a);   /* NULL is allowed */
/* Zeroed, 64-byte aligned when bytes >= 64, else 16; NULL when memory is exhausted. */
void *arena_alloc(arena *a, size_t bytes);
/* n items of `size`; checks overflow. */
void *arena_array(arena *a, size_t n, size_t size);
char *arena_strdup(arena *a, const char *text);
char *arena_strndup(arena *a, const char *text, size_t n);
/* Lower-cased copy (ASCII). */
char *arena_lower(arena *a, const char *text, size_t n);
char *arena_printf(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
