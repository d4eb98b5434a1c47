/* SPDX-License-Identifier: Apache-2.0
 * Bump arena: a chain of chunks, each zeroed by alloc_array and handed out once, so items need no clearing.
 * Chunks double from 4 KiB to 1 MiB; an item that does not fit gets a chunk large enough for it alone.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { ARENA_FIRST = 4096, ARENA_LARGEST = 1 << 20, ARENA_LINE = 64, ARENA_SMALL = 16 };

typedef struct arena_chunk {
	struct arena_chunk *previous;
	size_t used, size; /* bytes of data[] */
	_Alignas(ARENA_LINE) char data[];
} arena_chunk;

struct arena {
	arena_chunk *chunk;
	size_t next_size;
};

arena *arena_create(void)
{
	arena *a = alloc_array(1, sizeof *a);
	if (a)
		a->next_size = ARENA_FIRST;
	return a;
}

void arena_destroy(arena *a)
{
	if (!a)
		return;
	for (arena_chunk *chunk = a->chunk; chunk;) {
		arena_chunk *previous = chunk->previous;
		alloc_free(chunk);
		chunk = previous;
	}
	alloc_free(a);
}

static arena_chunk *arena_grow(arena *a, size_t bytes)
{
	const size_t size = bytes > a->next_size ? bytes : a->next_size;
	if (size > SIZE_MAX / 2)
		return NULL;
	arena_chunk *chunk = alloc_array(1, sizeof *chunk + size);
	if (!chunk)
		return NULL;
	chunk->size = size;
	chunk->previous = a->chunk;
	a->chunk = chunk;
	if (a->next_size < ARENA_LARGEST)
		a->next_size *= 2;
	return chunk;
}

void *arena_alloc(arena *a, size_t bytes)
{
	const size_t align = bytes >= ARENA_LINE ? ARENA_LINE : ARENA_SMALL;
	arena_chunk *chunk = a->chunk;
	size_t start = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;
	if (!chunk || start > chunk->size || bytes > chunk->size - start) {
		chunk = arena_grow(a, bytes);
		start = 0;
	}
	if (!chunk)
		return NULL;
	/* a zero-sized item still gets an address of its own */
	chunk->used = start + (bytes ? bytes : 1);
	return chunk->data + start;
}

void *arena_array(arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return arena_alloc(a, bytes);
}

char *arena_strndup(arena *a, const char *text, size_t n)
{
	if (n == SIZE_MAX)
		return NULL;
	char *copy = arena_alloc(a, n + 1);
	if (copy && n)
		memcpy(copy, text, n);
	return copy;
}

char *arena_strdup(arena *a, const char *text)
{
	return arena_strndup(a, text, strlen(text));
}

char *arena_lower(arena *a, const char *text, size_t n)
{
	char *copy = arena_strndup(a, text, n);
	for (size_t i = 0; copy && i < n; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	return copy;
}

char *arena_printf(arena *a, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	const int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text;
}
