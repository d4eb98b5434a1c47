/* SPDX-License-Identifier: Apache-2.0
 * libFuzzer target: any bytes as a netlist. Beyond not crashing: a deck without mistakes dumps to text that reads back
 * to the same tree. Corpus: netlists/, tests/cli/decks, tests/cli/bad.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/parser.h"
#include "unit/net/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct parsed {
	src_map *sources;
	diag_list *diag;
	net_deck *deck;
	ts_status status;
} parsed;

static parsed parse(const char *text, size_t n)
{
	parsed p = {.sources = src_map_create()};
	int file = 0;
	src_load_text(p.sources, "fuzz/deck", text, n, SRC_NOWHERE, &file);
	p.diag = diag_create(p.sources);
	p.status = net_parse(p.sources, file, p.diag, &p.deck);
	if ((p.status == TS_OK) != (diag_count(p.diag, DIAG_ERROR) == 0))
		abort();
	return p;
}

static void release(parsed *p)
{
	net_deck_destroy(p->deck);
	diag_destroy(p->diag);
	src_map_destroy(p->sources);
}

static void check_dump(const net_deck *deck)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	net_dump(deck, to);
	fclose(to);
	parsed again = parse(text, n);
	const char *difference = again.status == TS_OK ? tree_difference(deck, again.deck) : "it does not read";
	if (*difference) {
		fprintf(stderr, "the dump differs: %s\n%s", difference, text);
		diag_print(again.diag, stderr);
		abort();
	}
	release(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parsed p = parse((const char *)data, size);
	FILE *sink = fopen("/dev/null", "w");
	diag_print(p.diag, sink);
	fclose(sink);
	if (p.status == TS_OK)
		check_dump(p.deck);
	release(&p);
	return 0;
}
