/* SPDX-License-Identifier: Apache-2.0
 * Decks from strings for the tests of elab/: parse, elaborate, look at the result or at the messages. The first line of
 * a deck is its title, so a card in the second line of the text is on line 2.
 */
#ifndef TESTS_ELAB_DECK_H
#define TESTS_ELAB_DECK_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elab/circuit.h"
#include "harness/t.h"
#include "net/parser.h"

typedef struct test_deck {
	src_map *sources;
	diag_list *diag;
	net_deck *deck;
	elab_circuit *circuit;
	ts_status status;
	char *messages; /* as printed */
} test_deck;

static inline void deck_finish(test_deck *d)
{
	size_t size = 0;
	FILE *to = open_memstream(&d->messages, &size);
	diag_print(d->diag, to);
	fclose(to);
}

static inline test_deck deck_load(int file, src_map *sources, const elab_override *set, int n_set)
{
	test_deck d = {.sources = sources, .diag = diag_create(sources)};
	d.status = net_parse(sources, file, d.diag, &d.deck);
	if (d.deck) { /* also after mistakes in single cards, as the program does */
		const elab_options options = {.set = set, .n_set = n_set};
		const ts_status status = elab_build(d.deck, sources, &options, d.diag, &d.circuit);
		d.status = d.status == TS_OK ? status : d.status;
	}
	deck_finish(&d);
	return d;
}

/* text: the cards; a title is put before them. */
static inline test_deck deck_set(const char *text, const elab_override *set, int n_set)
{
	static char buffer[1 << 16];
	const int n = snprintf(buffer, sizeof buffer, "title\n%s", text);
	int file = 0;
	src_map *sources = src_map_create();
	if (n < 0 || n >= (int)sizeof buffer ||
	    src_load_text(sources, "t.cir", buffer, (size_t)n, SRC_NOWHERE, &file) != TS_OK)
		abort();
	return deck_load(file, sources, set, n_set);
}

static inline test_deck deck_of(const char *text)
{
	return deck_set(text, NULL, 0);
}

static inline void deck_end(test_deck *d)
{
	elab_destroy(d->circuit);
	net_deck_destroy(d->deck);
	diag_destroy(d->diag);
	src_map_destroy(d->sources);
	free(d->messages);
}

/* A deck that must elaborate without a message; ends the program when it does not. */
static inline test_deck deck_good(const char *text)
{
	test_deck d = deck_of(text);
	if (t_int(d.status, TS_OK, "elaborates", __FILE__, __LINE__) && d.messages[0] == '\0')
		return d;
	printf("%s\n%s\n", text, d.messages);
	if (!d.circuit)
		exit(1);
	return d;
}

static inline void deck_show_unless(int passed, const char *text, const test_deck *d)
{
	if (!passed)
		printf("deck:\n%s\nmessages:\n%s\n", text, d->messages);
}

/* A deck that must give exactly one message: `place` is "line:column", `code` "E0305", both as printed. */
static inline void deck_bad(const char *text, const char *place, const char *code, const char *word)
{
	test_deck d = deck_of(text);
	char where[64], tag[16];
	snprintf(where, sizeof where, "t.cir:%s: error", place);
	snprintf(tag, sizeof tag, "[%s]", code);
	int passed = t_int(d.status, TS_NETLIST, code, __FILE__, __LINE__);
	passed &= t_int(diag_count(d.diag, DIAG_WARNING), 1, "messages", __FILE__, __LINE__);
	passed &= t_true(strstr(d.messages, where) != NULL, where, __FILE__, __LINE__);
	passed &= t_true(strstr(d.messages, tag) != NULL, tag, __FILE__, __LINE__);
	passed &= t_true(strstr(d.messages, word) != NULL, word, __FILE__, __LINE__);
	passed &= t_true(d.circuit == NULL, "no circuit", __FILE__, __LINE__);
	deck_show_unless(passed, text, &d);
	deck_end(&d);
}

/* An instance that must be there. */
static inline const elab_instance *deck_instance(const test_deck *d, const char *name)
{
	const int i = elab_find_instance(d->circuit, name);
	if (!t_true(i >= 0, name, __FILE__, __LINE__))
		exit(1);
	return &d->circuit->instance[i];
}

/* Its instance-line parameter, or model parameter when it has no such instance parameter. */
static inline double deck_param(const test_deck *d, const char *name, const char *param)
{
	const elab_instance *instance = deck_instance(d, name);
	int i = dev_param_find(instance->type, param, 0);
	i = i >= 0 ? i : dev_param_find(instance->type, param, 1);
	if (!t_true(i >= 0, param, __FILE__, __LINE__))
		exit(1);
	return instance->param[i];
}

/* Name of the node at a terminal. */
static inline const char *deck_node(const test_deck *d, const char *name, int terminal)
{
	return d->circuit->node[deck_instance(d, name)->node[terminal]].name;
}
#endif
