/* SPDX-License-Identifier: Apache-2.0
 * Decks for the tests of net/: read from memory or from a file, with the messages as the user sees them.
 */
#ifndef TESTS_UNIT_NET_DECK_H
#define TESTS_UNIT_NET_DECK_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/t.h"
#include "net/expr.h"
#include "net/parser.h"

typedef struct test_deck {
	src_map *sources;
	diag_list *diag;
	net_deck *deck;
	ts_status status;
	char said[8192]; /* what diag_print printed */
} test_deck;

static inline void deck_read(test_deck *d, int file)
{
	d->diag = diag_create(d->sources);
	d->status = net_parse(d->sources, file, d->diag, &d->deck);
	FILE *to = fmemopen(d->said, sizeof d->said, "w");
	diag_print(d->diag, to);
	fclose(to);
	d->said[sizeof d->said - 1] = '\0';
	T_INT(diag_count(d->diag, DIAG_ERROR) > 0, d->status != TS_OK);
}

static inline test_deck deck_bytes(const char *text, size_t n)
{
	test_deck d = {.sources = src_map_create()};
	int file;
	src_load_text(d.sources, "d", text, n, SRC_NOWHERE, &file);
	deck_read(&d, file);
	return d;
}

static inline test_deck deck_text(const char *text)
{
	return deck_bytes(text, strlen(text));
}

static inline test_deck deck_file(const char *path)
{
	test_deck d = {.sources = src_map_create()};
	int file;
	if (T_INT(src_load(d.sources, path, SRC_NOWHERE, &file), TS_OK))
		deck_read(&d, file);
	return d;
}

static inline void deck_free(test_deck *d)
{
	net_deck_destroy(d->deck);
	diag_destroy(d->diag);
	src_map_destroy(d->sources);
}

typedef struct deck_dump {
	char text[1 << 16];
} deck_dump;

/* net_dump's text */
static inline void deck_write(const net_deck *deck, deck_dump *dump)
{
	FILE *to = fmemopen(dump->text, sizeof dump->text, "w");
	net_dump(deck, to);
	fclose(to);
	dump->text[sizeof dump->text - 1] = '\0';
}

/* "line:column+length" */
static inline const char *deck_place(const test_deck *d, src_span span)
{
	static char text[64];
	int line, column;
	src_locate(d->sources, span, &line, &column);
	snprintf(text, sizeof text, "%d:%d+%d", line, column, span.length);
	return text;
}
#endif
