/* SPDX-License-Identifier: Apache-2.0
 * Source files in memory. Each file keeps its bytes, NUL-terminated, and a table of line starts made on loading, so
 * that every query afterwards is read-only and may run on any thread. A line ends with LF or CR LF.
 */
#include "base/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { SRC_READ_BLOCK = 1 << 16, SRC_MAX_FILES = 65535, SRC_MAX_BYTES = 256 << 20 };

typedef struct src_file {
	char *path;
	char *text;
	size_t n;
	uint32_t *line_start; /* [n_line] offsets */
	int n_line;
	src_span included_at;
} src_file;

struct src_map {
	src_file *file;
	int n_file, capacity;
};

src_map *src_map_create(void)
{
	return alloc_array(1, sizeof(src_map));
}

static void src_file_clear(src_file *f)
{
	alloc_free(f->path);
	alloc_free(f->text);
	alloc_free(f->line_start);
}

void src_map_destroy(src_map *map)
{
	if (!map)
		return;
	for (int i = 0; i < map->n_file; i++)
		src_file_clear(&map->file[i]);
	alloc_free(map->file);
	alloc_free(map);
}

static char *src_copy(const char *text, size_t n)
{
	char *copy = alloc_array(n + 1, 1);
	if (copy && n)
		memcpy(copy, text, n);
	return copy;
}

static ts_status src_index_lines(src_file *f)
{
	size_t n_line = 1;
	for (size_t i = 0; i < f->n; i++)
		n_line += f->text[i] == '\n';
	f->line_start = alloc_array(n_line, sizeof *f->line_start);
	if (!f->line_start)
		return TS_NOMEM;
	f->n_line = 1;
	for (size_t i = 0; i < f->n; i++)
		if (f->text[i] == '\n')
			f->line_start[f->n_line++] = (uint32_t)(i + 1);
	return TS_OK;
}

static ts_status src_reserve(src_map *map)
{
	if (map->n_file < map->capacity)
		return TS_OK;
	const int capacity = map->capacity ? 2 * map->capacity : 8;
	src_file *grown =
	    alloc_resize(map->file, (size_t)map->capacity * sizeof *grown, (size_t)capacity * sizeof *grown);
	if (!grown)
		return TS_NOMEM;
	map->file = grown;
	map->capacity = capacity;
	return TS_OK;
}

/* Takes f->text over, whether it succeeds or not. */
static ts_status src_add(src_map *map, const char *path, src_file f, int *file)
{
	ts_status status = TS_OK;
	if (map->n_file >= SRC_MAX_FILES) {
		errno = EMFILE;
		status = TS_IO;
	}
	f.path = src_copy(path, strlen(path));
	if (status == TS_OK && !f.path)
		status = TS_NOMEM;
	if (status == TS_OK)
		status = src_index_lines(&f);
	if (status == TS_OK)
		status = src_reserve(map);
	if (status != TS_OK) {
		const int saved = errno;
		src_file_clear(&f);
		errno = saved;
		return status;
	}
	map->file[map->n_file++] = f;
	*file = map->n_file;
	return TS_OK;
}

/* Reads to the end rather than asking for the size: pipes work too. */
static ts_status src_read(FILE *from, src_file *f)
{
	size_t capacity = 0;
	for (;;) {
		if (capacity - f->n < SRC_READ_BLOCK + 1) {
			const size_t grown_size = 2 * capacity + SRC_READ_BLOCK + 1;
			char *grown = alloc_resize(f->text, f->n, grown_size);
			if (!grown)
				return TS_NOMEM;
			f->text = grown;
			capacity = grown_size;
		}
		const size_t got = fread(f->text + f->n, 1, SRC_READ_BLOCK, from);
		f->n += got;
		if (f->n > SRC_MAX_BYTES) {
			errno = EFBIG;
			return TS_IO;
		}
		if (got == 0)
			break;
	}
	f->text[f->n] = '\0';
	return ferror(from) ? TS_IO : TS_OK;
}

ts_status src_load(src_map *map, const char *path, src_span included_at, int *file)
{
	src_file f = {.included_at = included_at};
	*file = 0;
	FILE *from = fopen(path, "rb");
	if (!from)
		return TS_IO;
	errno = 0;
	const ts_status status = src_read(from, &f);
	const int saved = errno;
	fclose(from);
	if (status != TS_OK) {
		alloc_free(f.text);
		errno = saved ? saved : EIO;
		return status;
	}
	return src_add(map, path, f, file);
}

ts_status src_load_text(src_map *map, const char *name, const char *text, size_t n, src_span included_at, int *file)
{
	*file = 0;
	if (n > SRC_MAX_BYTES) {
		errno = EFBIG;
		return TS_IO;
	}
	src_file f = {.included_at = included_at, .n = n, .text = src_copy(text, n)};
	return f.text ? src_add(map, name, f, file) : TS_NOMEM;
}

static const src_file *src_get(const src_map *map, int file)
{
	return map && file >= 1 && file <= map->n_file ? &map->file[file - 1] : NULL;
}

int src_count(const src_map *map)
{
	return map ? map->n_file : 0;
}

const char *src_path(const src_map *map, int file)
{
	const src_file *f = src_get(map, file);
	return f ? f->path : "";
}

const char *src_text(const src_map *map, int file, size_t *n)
{
	const src_file *f = src_get(map, file);
	*n = f ? f->n : 0;
	return f ? f->text : "";
}

src_span src_included_at(const src_map *map, int file)
{
	const src_file *f = src_get(map, file);
	return f ? f->included_at : SRC_NOWHERE;
}

src_span src_make_span(int file, size_t offset, size_t length)
{
	return (src_span){
	    .offset = (uint32_t)(offset > UINT32_MAX ? UINT32_MAX : offset),
	    .file = (uint16_t)file,
	    .length = (uint16_t)(length > UINT16_MAX ? UINT16_MAX : length),
	};
}

void src_locate(const src_map *map, src_span span, int *line, int *column)
{
	const src_file *f = src_get(map, span.file);
	*line = *column = 1;
	if (!f)
		return;
	int low = 0, high = f->n_line; /* line_start[low] <= offset < line_start[high] */
	while (high - low > 1) {
		const int middle = low + (high - low) / 2;
		if (f->line_start[middle] <= span.offset)
			low = middle;
		else
			high = middle;
	}
	*line = low + 1;
	*column = (int)(span.offset - f->line_start[low]) + 1;
}

const char *src_line(const src_map *map, int file, int line, size_t *n)
{
	const src_file *f = src_get(map, file);
	*n = 0;
	if (!f || line < 1 || line > f->n_line)
		return "";
	const size_t start = f->line_start[line - 1];
	size_t end = line < f->n_line ? f->line_start[line] - 1 : f->n;
	if (end > start && f->text[end - 1] == '\r')
		end--;
	*n = end - start;
	return f->text + start;
}
