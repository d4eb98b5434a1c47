/* SPDX-License-Identifier: Apache-2.0
 * Logical lines: a card with its continuation lines joined and its comments removed, and for every byte of it the place
 * in the source it came from.
 *
 *   comment       a line whose first non-blank is '*' or '$'; from ';' or from '$' followed by a blank to the end of
 * line continuation  a line whose first non-blank is '+', also after comment and blank lines; the '+' reads as a blank;
 *                      below a .data also one that begins with a number
 *
 * Quotes ' and " protect ';' and '$'.
 */
#ifndef NET_TEXT_H
#define NET_TEXT_H
#include "base/source.h"

typedef struct net_text {
	const char *text; /* [n], then a NUL */
	size_t n;
	int file;
	const uint32_t *offset; /* [n + 1] source offset of each byte; NULL: base + i */
	size_t base;
	src_span first_line; /* first to last character of the card's first line */
} net_text;

/* Span of text[from..to). */
src_span net_text_span(const net_text *text, size_t from, size_t to);

/* Does the card begin with this word, ".model", in any case? */
int net_card_begins(const net_text *text, const char *word);

typedef struct net_reader {
	char *text;
	uint32_t *offset;
	size_t n, capacity;
} net_reader;

/* Read the card that starts at or after *pos in source[0..size); *pos moves behind it. card->n == 0: no more cards.
 * The card borrows the reader's buffers until the next call. */
ts_status net_reader_next(net_reader *reader, const char *source, size_t size, size_t *pos, net_text *card);
void net_reader_free(net_reader *reader);

/* Character classes of the language. */
int net_is_blank(char c);
int net_is_alpha(char c);
int net_is_digit(char c);
/* May stand inside a name in an expression: letters, digits, _ . # $ and bytes of UTF-8 characters. */
int net_is_name(char c);
#endif
