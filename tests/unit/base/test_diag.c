/* SPDX-License-Identifier: Apache-2.0
 * Diagnostics as the user reads them, to the last blank: place, source line, caret, notes, order, the limit of twenty.
 * Then counting, the table of codes, threads, and what is said when memory runs out.
 */
#include "base/alloc.h"
#include "base/diag.h"
#include "harness/t.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct bench {
	src_map *sources;
	diag_list *diag;
	int file;
} bench;

static bench begin(const char *text)
{
	bench b = {.sources = src_map_create()};
	src_load_text(b.sources, "deck.cir", text, strlen(text), SRC_NOWHERE, &b.file);
	b.diag = diag_create(b.sources);
	return b;
}

static void end(bench *b)
{
	diag_destroy(b->diag);
	src_map_destroy(b->sources);
}

/* The span of the first `word` in the file. */
static src_span span_of(const bench *b, int file, const char *word)
{
	size_t n;
	const char *text = src_text(b->sources, file, &n), *at = strstr(text, word);
	return src_make_span(file, (size_t)(at - text), strlen(word));
}

/* What diag_print prints now, and how many it says it printed. */
static void expect_print(const bench *b, int shown, const char *want)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	T_INT(diag_print(b->diag, to), shown);
	fclose(to);
	T_STR(text, want);
	free(text);
}

static void test_example(void)
{
	t_section("the example of diag.h");
	bench b = begin("title\n.subckt s\nm3 out in tail 0 nlvt w=2u l=60n\n.ends\nx1 s\nx2 s\n");
	const diag_origin x2 = {"x2", span_of(&b, b.file, "x2"), NULL}, x1 = {"x2.x1", span_of(&b, b.file, "x1"), &x2};
	diag_add_origin(b.diag, E0301, span_of(&b, b.file, "nlvt"), &x1, "unknown model '%s'", "nlvt");
	expect_print(&b, 1,
	             "deck.cir:3:18: error: unknown model 'nlvt' [E0301]\n"
	             "    3 | m3 out in tail 0 nlvt w=2u l=60n\n"
	             "      |                  ^~~~\n"
	             "   note: instance x2.x1 declared at deck.cir:5:1\n"
	             "   note: instance x2 declared at deck.cir:6:1\n");
	expect_print(&b, 0, ""); /* once only */
	end(&b);
}

static void test_shapes(void)
{
	t_section("first and last byte, a line's end, no length, too long a span, no place");
	bench b = begin("abc\r\ndef");
	diag_add(b.diag, E0201, src_make_span(b.file, 0, 1), "first");
	diag_add(b.diag, E0201, src_make_span(b.file, 1, 0), "no length");
	diag_add(b.diag, E0201, src_make_span(b.file, 3, 2), "line end");
	diag_add(b.diag, W0301, src_make_span(b.file, 6, 900), "long");
	diag_add(b.diag, W0302, src_make_span(b.file, 8, 1), "file end");
	expect_print(&b, 5,
	             "deck.cir:1:1: error: first [E0201]\n    1 | abc\n      | ^\n"
	             "deck.cir:1:2: error: no length [E0201]\n    1 | abc\n      |  ^\n"
	             "deck.cir:1:4: error: line end [E0201]\n    1 | abc\n      |    ^\n"
	             "deck.cir:2:2: warning: long [W0301]\n    2 | def\n      |  ^~\n"
	             "deck.cir:2:4: warning: file end [W0302]\n    2 | def\n      |    ^\n");
	diag_add(b.diag, E0101, SRC_NOWHERE, "cannot read '%s': %d%%", "x", 7);
	diag_note(b.diag, SRC_NOWHERE, "a note");
	diag_note(b.diag, src_make_span(b.file, 5, 1), "a note of %s", "a place");
	expect_print(
	    &b, 1, "error: cannot read 'x': 7% [E0101]\n   note: a note\n   note: a note of a place at deck.cir:2:1\n");
	end(&b);
	bench none = {.diag = diag_create(NULL)};
	diag_add(none.diag, E0101, src_make_span(1, 5, 1), "no sources");
	expect_print(&none, 1, "error: no sources [E0101]\n");
	diag_destroy(none.diag);
}

static void test_characters(void)
{
	t_section("tabs keep the caret in place, UTF-8 takes one column, control bytes show as ?");
	bench b = begin("\tr1\ta b\n"
	                "\xc3\xa4\xe2\x82\xac x\n"
	                "\xc3\xa4\xc3\xb6\xc3\xbc y\n"
	                "\x01\x1b[31m\x7f z\n");
	diag_add(b.diag, E0201, span_of(&b, b.file, "a b"), "tab");
	diag_add(b.diag, E0201, span_of(&b, b.file, "x"), "behind");
	diag_add(b.diag, E0201, span_of(&b, b.file, "\xc3\xa4\xc3\xb6\xc3\xbc"), "on");
	diag_add(b.diag, E0102, span_of(&b, b.file, "z"), "control");
	expect_print(&b, 4,
	             "deck.cir:1:5: error: tab [E0201]\n    1 | \tr1\ta b\n      | \t  \t^~~\n"
	             "deck.cir:2:7: error: behind [E0201]\n    2 | \xc3\xa4\xe2\x82\xac x\n      |    ^\n"
	             "deck.cir:3:1: error: on [E0201]\n    3 | \xc3\xa4\xc3\xb6\xc3\xbc y\n      | ^~~\n"
	             "deck.cir:4:9: error: control [E0102]\n    4 | ??[31m? z\n      |         ^\n");
	end(&b);
}

/* A line of n bytes `fill` with a 'w' at `at`; what is shown of it is `before` bytes, the 'w' and `after` bytes. */
static void check_window(size_t n, size_t at, size_t before, size_t after)
{
	enum { MOST = 1000 };
	char line[MOST], want[3 * MOST];
	memset(line, '-', n);
	line[at] = 'w';
	line[n] = '\0';
	bench b = begin(line);
	diag_add(b.diag, E0201, src_make_span(b.file, at, 500), "here");
	int k = snprintf(want, sizeof want, "deck.cir:1:%zu: error: here [E0201]\n    1 | %.*s\n      | %*s^", at + 1,
	                 (int)(before + 1 + after), line + at - before, (int)before, "");
	for (size_t i = 0; i < after && i < 499; i++)
		want[k++] = '~';
	strcpy(want + k, "\n");
	expect_print(&b, 1, want);
	end(&b);
}

static void test_window(void)
{
	t_section("of a long line 160 bytes are shown");
	check_window(160, 0, 0, 159);
	check_window(160, 159, 159, 0);
	check_window(161, 0, 0, 159);
	check_window(900, 80, 80, 79);
	check_window(900, 81, 80, 79);
	check_window(900, 500, 80, 79);
	check_window(900, 860, 80, 39);
	check_window(900, 899, 80, 0);
	/* cut between characters of three bytes, not through them: 78 bytes before the place, 81 from it on */
	char line[901] = "", want[1000];
	for (int i = 0; i < 300; i++)
		strcat(line, "\xe2\x82\xac");
	bench b = begin(line);
	diag_add(b.diag, E0201, src_make_span(b.file, 300, 6), "cut");
	snprintf(want, sizeof want, "deck.cir:1:301: error: cut [E0201]\n    1 | %.159s\n      | %26s^~\n", line, "");
	expect_print(&b, 1, want);
	end(&b);
	memset(line, 0x80, 900); /* no UTF-8 at all */
	b = begin(line);
	diag_add(b.diag, E0201, src_make_span(b.file, 300, 6), "none");
	snprintf(want, sizeof want, "deck.cir:1:301: error: none [E0201]\n    1 | %.157s\n      | ^\n", line);
	expect_print(&b, 1, want);
	end(&b);
}

static void test_order(void)
{
	t_section("sorted by file and place, then by order; notes stay with theirs");
	bench b = begin("title\na\nb\n.include part\n");
	int part = 0;
	src_load_text(b.sources, "part.lib", "p\n.include deeper\n", 18, span_of(&b, b.file, ".include part"), &part);
	int deep = 0;
	src_load_text(b.sources, "deep.lib", "q\n", 2, span_of(&b, part, ".include"), &deep);
	diag_add(b.diag, E0301, src_make_span(deep, 0, 1), "in q");
	diag_note(b.diag, SRC_NOWHERE, "of q");
	diag_add(b.diag, E0201, span_of(&b, b.file, "b"), "second at b");
	diag_note(b.diag, SRC_NOWHERE, "of b");
	diag_add(b.diag, E0202, span_of(&b, b.file, "b"), "third at b");
	diag_add(b.diag, W0401, span_of(&b, b.file, "a\n"), "at a");
	diag_add(b.diag, E0999, SRC_NOWHERE, "nowhere");
	expect_print(&b, 5,
	             "error: nowhere [E0999]\n"
	             "deck.cir:2:1: warning: at a [W0401]\n    2 | a\n      | ^\n"
	             "deck.cir:3:1: error: second at b [E0201]\n    3 | b\n      | ^\n   note: of b\n"
	             "deck.cir:3:1: error: third at b [E0202]\n    3 | b\n      | ^\n"
	             "deep.lib:1:1: error: in q [E0301]\n    1 | q\n      | ^\n   note: of q\n"
	             "   note: included at part.lib:2:1\n   note: included at deck.cir:4:1\n");
	/* what was printed stays in the order added */
	diag_code code = DIAG_N_CODE;
	diag_severity severity = DIAG_NOTE;
	T_STR(diag_message(b.diag, 0, &code, &severity), "in q");
	T_TRUE(code == E0301 && severity == DIAG_ERROR);
	T_STR(diag_message(b.diag, 3, &code, &severity), "at a");
	T_TRUE(code == W0401 && severity == DIAG_WARNING);
	T_STR(diag_message(b.diag, 4, NULL, NULL), "nowhere");
	T_TRUE(diag_message(b.diag, 5, NULL, NULL) == NULL);
	T_TRUE(diag_message(b.diag, -1, NULL, NULL) == NULL);
	diag_add(b.diag, E0201, SRC_NOWHERE, "later");
	diag_note(b.diag, SRC_NOWHERE, "to the last added");
	expect_print(&b, 1, "error: later [E0201]\n   note: to the last added\n");
	end(&b);
}

static void test_limit(void)
{
	t_section("twenty, then a count");
	bench b = begin("x\n");
	char want[2000] = "";
	for (int i = 0; i < 45; i++)
		diag_add(b.diag, i % 9 ? E0201 : W0301, SRC_NOWHERE, "message %d", i);
	for (int i = 0; i < 20; i++) {
		const size_t k = strlen(want);
		snprintf(want + k, sizeof want - k, "%s: message %d [%s]\n", i % 9 ? "error" : "warning", i,
		         i % 9 ? "E0201" : "W0301");
	}
	strcat(want, "... and 25 more\n");
	expect_print(&b, 20, want);
	expect_print(&b, 0, "");
	T_INT(diag_count(b.diag, DIAG_NOTE), 45);
	T_INT(diag_count(b.diag, DIAG_WARNING), 45);
	T_INT(diag_count(b.diag, DIAG_ERROR), 40);
	T_TRUE(diag_has(b.diag, W0301) && diag_has(b.diag, E0201));
	T_TRUE(!diag_has(b.diag, E0202));
	end(&b);
}

static void test_no_list(void)
{
	t_section("no list swallows everything");
	diag_add(NULL, E0101, SRC_NOWHERE, "x");
	diag_add_origin(NULL, E0101, SRC_NOWHERE, NULL, "x");
	diag_note(NULL, SRC_NOWHERE, "x");
	T_INT(diag_count(NULL, DIAG_NOTE), 0);
	T_INT(diag_has(NULL, E0101), 0);
	T_TRUE(diag_message(NULL, 0, NULL, NULL) == NULL);
	T_INT(diag_print(NULL, stdout), 0);
	diag_destroy(NULL);
	bench b = begin("x\n");
	diag_note(b.diag, SRC_NOWHERE, "of nothing");
	expect_print(&b, 0, "");
	end(&b);
}

static void test_codes(void)
{
	t_section("codes");
	int odd = 0;
	for (int i = 0; i < DIAG_N_CODE; i++) {
		const char *name = diag_code_name((diag_code)i), *text = diag_explain((diag_code)i);
		odd += diag_find(name) != (diag_code)i || strlen(name) != 5 || !strchr("EW", name[0]);
		odd += strspn(name + 1, "0123456789") != 4 || strlen(text) < 20 || text[strlen(text) - 1] != '.';
		odd += i > 0 && strcmp(diag_code_name((diag_code)(i - 1)), name) >= 0;
	}
	T_INT(odd, 0);
	T_STR(diag_code_name(E0410), "E0410");
	T_INT(diag_find("e0410"), E0410);
	T_INT(diag_find("w0301"), W0301);
	T_INT(diag_find("E041"), DIAG_N_CODE);
	T_INT(diag_find(""), DIAG_N_CODE);
	T_STR(diag_code_name(DIAG_N_CODE), "E????");
	T_STR(diag_code_name((diag_code)-1), "E????");
	T_STR(diag_explain(DIAG_N_CODE), "");
}

enum { THREADS = 4, EACH = 500 };

static void *add_many(void *list)
{
	for (int i = 0; i < EACH; i++) {
		diag_add(list, i % 2 ? E0201 : W0301, SRC_NOWHERE, "%d", i);
		diag_note(list, SRC_NOWHERE, "note");
		diag_count(list, DIAG_ERROR);
	}
	return NULL;
}

static void test_threads(void)
{
	t_section("threads");
	diag_list *diag = diag_create(NULL);
	pthread_t thread[THREADS];
	for (int i = 0; i < THREADS; i++)
		T_INT(pthread_create(&thread[i], NULL, add_many, diag), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	T_INT(diag_count(diag, DIAG_WARNING), THREADS * EACH);
	T_INT(diag_count(diag, DIAG_ERROR), THREADS * EACH / 2);
	diag_destroy(diag);
}

/* Message, list, each note: whichever finds no memory, an error is counted. */
static void test_memory(void)
{
	t_section("memory runs out");
	const diag_origin x1 = {"x1", SRC_NOWHERE, NULL};
	alloc_fail_after(1);
	T_TRUE(diag_create(NULL) == NULL);
	for (unsigned long n = 1; n <= 5; n++) {
		bench b = begin("x\n");
		alloc_fail_after(n);
		diag_add_origin(b.diag, E0201, SRC_NOWHERE, &x1, "lost");
		alloc_fail_after(0);
		T_INT(diag_count(b.diag, DIAG_ERROR), 1);
		expect_print(&b, n > 2,
		             n <= 2  ? "error: memory is exhausted [E0999]\n"
		             : n < 5 ? "error: lost [E0201]\n"
		                     : "error: lost [E0201]\n   note: instance x1 declared\n");
		expect_print(&b, 0, "");
		end(&b);
	}
	bench b = begin("x\n");
	diag_add(b.diag, E0201, SRC_NOWHERE, "kept");
	alloc_fail_after(1);
	expect_print(&b, 0, "error: memory is exhausted [E0999]\n"); /* the sorted copy */
	expect_print(&b, 1, "error: kept [E0201]\n");
	end(&b);
}

int main(void)
{
	test_example();
	test_shapes();
	test_characters();
	test_window();
	test_order();
	test_limit();
	test_no_list();
	test_codes();
	test_threads();
	test_memory();
	return t_done();
}
