/* SPDX-License-Identifier: Apache-2.0
 * Source files and spans into them. A span is 8 bytes; line and column are computed when printed.
 */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

typedef struct src_map src_map;
typedef struct src_span {
	uint32_t offset;
	uint16_t file;   /* 0: nowhere; files count from 1 */
	uint16_t length; /* saturates at 65535 */
} src_span;
#define SRC_NOWHERE ((src_span){0, 0, 0})

src_map *src_map_create(void);
void src_map_destroy(src_map *map);
/* Read a file (at most 256 MiB). included_at: span of the .include card, SRC_NOWHERE for the deck itself.
 * file: its number. TS_IO with errno set when it cannot be read. A file already loaded is loaded again. */
ts_status src_load(src_map *map, const char *path, src_span included_at, int *file);
/* The same from memory; text is copied. name is what messages print. */
ts_status src_load_text(src_map *map, const char *name, const char *text, size_t n, src_span included_at, int *file);
int src_count(const src_map *map);
const char *src_path(const src_map *map, int file);
const char *src_text(const src_map *map, int file, size_t *n); /* NUL-terminated; may contain NUL bytes before the end */
src_span src_included_at(const src_map *map, int file);
src_span src_make_span(int file, size_t offset, size_t length);
/* Line and column, both from 1. */
void src_locate(const src_map *map, src_span span, int *line, int *column);
/* The text of line `line`, without its end; *n is its length. */
const char *src_line(const src_map *map, int file, int line, size_t *n);
#endif
