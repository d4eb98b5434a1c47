/* SPDX-License-Identifier: Apache-2.0
 * Source files: places of every byte against a count by hand, line ends, files of many read blocks, and what cannot be
 * read: the status, errno and no trace left.
 */
#include "base/alloc.h"
#include "base/source.h"
#include "harness/t.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int load(src_map *map, const char *name, const char *text, size_t n)
{
	int file = -1;
	T_INT(src_load_text(map, name, text, n, SRC_NOWHERE, &file), TS_OK);
	return file;
}

static void check_line(const src_map *map, int file, int line, const char *want)
{
	size_t n = 99;
	const char *text = src_line(map, file, line, &n);
	T_INT(n, strlen(want));
	T_TRUE(strncmp(text, want, n) == 0);
}

/* Line and column of every offset, one past the end included, by counting. */
static void check_places(const char *text, size_t n)
{
	src_map *map = src_map_create();
	const int file = load(map, "t", text, n);
	int line = 1, column = 1, wrong = 0;
	for (size_t i = 0; i <= n; i++) {
		int got_line = 0, got_column = 0;
		src_locate(map, src_make_span(file, i, 1), &got_line, &got_column);
		wrong += got_line != line || got_column != column;
		column++;
		if (i < n && text[i] == '\n')
			line++, column = 1;
	}
	T_INT(wrong, 0);
	src_map_destroy(map);
}

static void test_places(void)
{
	t_section("places");
	static const char *const text[] = {"", "a", "\n", "\n\n\n", "a\nbc\n\nd", "a\r\nb\r\n", "no end\nof line"};
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		check_places(text[i], strlen(text[i]));
	check_places("a\0\nb\0c\n", 7);
	char many[3000];
	for (size_t i = 0; i < sizeof many; i++)
		many[i] = i * i % 17 < 3 ? '\n' : 'x';
	check_places(many, sizeof many);
}

static void test_lines(void)
{
	t_section("lines without their ends");
	src_map *map = src_map_create();
	const int file = load(map, "t", "title\r\n\r\nr1 a\rb 0 1\nlast", 24);
	check_line(map, file, 1, "title");
	check_line(map, file, 2, "");
	check_line(map, file, 3, "r1 a\rb 0 1"); /* a CR alone ends nothing */
	check_line(map, file, 4, "last");
	check_line(map, file, 5, "");
	check_line(map, file, 0, "");
	check_line(map, file, -1, "");
	check_line(map, 99, 1, "");
	const int ended = load(map, "e", "a\n", 2);
	check_line(map, ended, 1, "a");
	check_line(map, ended, 2, "");
	src_map_destroy(map);
}

static void test_map(void)
{
	t_section("files of a map");
	src_map *map = src_map_create();
	T_INT(src_count(map), 0);
	char name[] = "deck.cir", text[] = "a\0b";
	const int deck = load(map, name, text, 3);
	name[0] = text[0] = '?'; /* both were copied */
	const src_span at = src_make_span(deck, 2, 1);
	int part = 0;
	T_INT(src_load_text(map, "part.lib", "x", 1, at, &part), TS_OK);
	T_INT(deck, 1);
	T_INT(part, 2);
	T_INT(src_count(map), 2);
	T_STR(src_path(map, deck), "deck.cir");
	T_STR(src_path(map, part), "part.lib");
	size_t n = 0;
	T_INT(memcmp(src_text(map, deck, &n), "a\0b", 4), 0); /* with a NUL behind */
	T_INT(n, 3);
	const src_span from = src_included_at(map, part), top = src_included_at(map, deck);
	T_TRUE(from.file == deck && from.offset == 2 && from.length == 1);
	T_INT(top.file, 0);
	T_STR(src_path(map, 0), "");
	T_STR(src_path(map, 3), "");
	T_STR(src_text(map, 3, &n), "");
	T_INT(n, 0);
	T_INT(src_included_at(map, 3).file, 0);
	int line = 0, column = 0;
	src_locate(map, SRC_NOWHERE, &line, &column);
	T_TRUE(line == 1 && column == 1);
	T_INT(src_count(NULL), 0);
	T_STR(src_path(NULL, 1), "");
	src_map_destroy(map);
	src_map_destroy(NULL);
}

static void test_span(void)
{
	t_section("spans saturate");
	src_span span = src_make_span(7, 5, 70000);
	T_INT(span.file, 7);
	T_INT(span.offset, 5);
	T_INT(span.length, 65535);
	span = src_make_span(65535, (size_t)1 << 33, 65535);
	T_INT(span.file, 65535);
	T_INT(span.offset, 4294967295);
	T_INT(span.length, 65535);
	T_INT(sizeof span, 8);
}

static const char *scratch(void)
{
	static char path[4096];
	snprintf(path, sizeof path, TS_TEST_BINARY_DIR "/test_source.%ld", (long)getpid());
	return path;
}

/* Files around the size of a read block; loading twice gives two files. */
static void test_load(void)
{
	t_section("files");
	static const size_t size[] = {0, 1, 65535, 65536, 65537, 131072, 131073, 1000003};
	const char *path = scratch();
	for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
		char *text = malloc(size[i] + 1);
		for (size_t k = 0; k < size[i]; k++)
			text[k] = (char)(k * k % 251);
		FILE *to = fopen(path, "wb");
		T_INT(fwrite(text, 1, size[i], to), size[i]);
		fclose(to);
		src_map *map = src_map_create();
		int first = 0, second = 0;
		T_INT(src_load(map, path, SRC_NOWHERE, &first), TS_OK);
		T_INT(src_load(map, path, src_make_span(first, 0, 1), &second), TS_OK);
		T_TRUE(first == 1 && second == 2);
		size_t n = 0;
		const char *got = src_text(map, second, &n);
		T_INT(n, size[i]);
		T_TRUE(memcmp(got, text, n) == 0 && got[n] == '\0');
		T_STR(src_path(map, first), path);
		src_map_destroy(map);
		free(text);
	}
	unlink(path);
}

static void test_refused(void)
{
	t_section("what cannot be read");
	static const struct {
		const char *path;
		int error;
	} c[] = {{"/nonexistent/deck.cir", ENOENT}, {"/", EISDIR}, {"", ENOENT}, {"/dev/null/x", ENOTDIR}};
	src_map *map = src_map_create();
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		int file = 7;
		errno = 0;
		T_INT(src_load(map, c[i].path, SRC_NOWHERE, &file), TS_IO);
		T_INT(errno, c[i].error);
		T_INT(file, 0);
	}
	int file = 7;
	T_INT(src_load_text(map, "large", "", ((size_t)256 << 20) + 1, SRC_NOWHERE, &file), TS_IO);
	T_INT(errno, EFBIG);
	T_INT(file, 0);
	T_INT(src_count(map), 0);
	enum { MOST = 65535 };
	for (int i = 1; i <= MOST; i++)
		if (src_load_text(map, "", "", 0, SRC_NOWHERE, &file) != TS_OK || file != i)
			break;
	T_INT(src_count(map), MOST);
	T_INT(src_load_text(map, "one too many", "", 0, SRC_NOWHERE, &file), TS_IO);
	T_INT(errno, EMFILE);
	T_INT(file, 0);
	T_INT(src_load(map, "/dev/null", SRC_NOWHERE, &file), TS_IO);
	T_INT(errno, EMFILE);
	T_INT(src_count(map), MOST);
	src_map_destroy(map);
}

/* Loads enough files for the list to grow, the n-th allocation of each failing until it succeeds. */
static void test_memory(void)
{
	t_section("memory runs out");
	alloc_fail_after(1);
	T_TRUE(src_map_create() == NULL);
	src_map *map = src_map_create();
	int refused = 0, odd = 0;
	for (int i = 0; i < 40; i++) {
		ts_status status = TS_NOMEM;
		for (unsigned long n = 1; status != TS_OK && n < 20; n++) {
			int file = 7;
			alloc_fail_after(n);
			status = i % 2 ? src_load_text(map, "t", "a\nb", 3, SRC_NOWHERE, &file)
			               : src_load(map, "/proc/self/cmdline", SRC_NOWHERE, &file);
			alloc_fail_after(0);
			odd += status != TS_OK && (status != TS_NOMEM || file != 0 || src_count(map) != i);
			refused += status == TS_NOMEM;
		}
	}
	T_INT(odd, 0);
	T_INT(src_count(map), 40);
	T_TRUE(refused >= 3 * 40);
	check_line(map, 40, 2, "b");
	src_map_destroy(map);
}

int main(void)
{
	test_places();
	test_lines();
	test_map();
	test_span();
	test_load();
	test_refused();
	test_memory();
	return t_done();
}
