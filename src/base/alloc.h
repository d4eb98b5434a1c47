/* SPDX-License-Identifier: Apache-2.0
 * The only caller of malloc. Every function returns zeroed memory aligned to 64 bytes (a full lane array), or NULL.
 * alloc_count() lets tests assert that a time loop allocates nothing.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H
#include <stddef.h>

/* n items of `size` bytes; NULL on overflow or when memory is exhausted. n = 0 gives a valid pointer. */
void *alloc_array(size_t n, size_t size);
/* Grow or shrink to `bytes`; new bytes are zero. NULL leaves the old block valid. old may be NULL. */
void *alloc_resize(void *old, size_t old_bytes, size_t bytes);
void alloc_free(void *block);
/* Blocks allocated so far by this process. Thread-safe. */
unsigned long alloc_count(void);
/* Tests: let the n-th allocation from now fail (0: never). */
void alloc_fail_after(unsigned long n);
#endif
