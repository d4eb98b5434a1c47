/* SPDX-License-Identifier: Apache-2.0
 * Joins continuation lines and strips comments, one card at a time, into reused buffers. Bytes that are blanks to the
 * language (tab, carriage return, form feed) become spaces here, so later stages test for one blank only.
 */
#include "net/text.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"

enum { READER_FIRST = 256 };

int net_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == '\n';
}

int net_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int net_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int net_is_name(char c)
{
	return net_is_alpha(c) || net_is_digit(c) || c == '_' || c == '.' || c == '#' || c == '$' ||
	       (unsigned char)c >= 0x80;
}

src_span net_text_span(const net_text *text, size_t from, size_t to)
{
	if (to > text->n)
		to = text->n;
	if (from > to)
		from = to;
	if (!text->offset)
		return src_make_span(text->file, text->base + from, to - from);
	const size_t start = text->offset[from];
	const size_t end = to > from ? (size_t)text->offset[to - 1] + 1 : start;
	return src_make_span(text->file, start, end - start);
}

static ts_status reader_reserve(net_reader *reader, size_t need)
{
	if (need <= reader->capacity)
		return TS_OK;
	size_t capacity = reader->capacity ? reader->capacity : READER_FIRST;
	while (capacity < need)
		capacity *= 2;
	char *text = alloc_resize(reader->text, reader->n, capacity);
	if (!text)
		return TS_NOMEM;
	reader->text = text;
	uint32_t *offset = alloc_resize(reader->offset, reader->n * sizeof *offset, capacity * sizeof *offset);
	if (!offset)
		return TS_NOMEM;
	reader->offset = offset;
	reader->capacity = capacity;
	return TS_OK;
}

static void reader_push(net_reader *reader, char c, size_t offset)
{
	reader->text[reader->n] = c;
	reader->offset[reader->n++] = (uint32_t)offset;
}

/* One physical line: text[start..end) without its end, the next one at `next`. */
typedef struct line {
	size_t start, end, next;
	size_t first; /* first non-blank, or end */
} line;

static line find_line(const char *source, size_t size, size_t pos)
{
	line l = {.start = pos};
	const char *newline = pos < size ? memchr(source + pos, '\n', size - pos) : NULL;
	l.end = newline ? (size_t)(newline - source) : size;
	l.next = newline ? l.end + 1 : size;
	while (l.end > l.start && net_is_blank(source[l.end - 1]))
		l.end--;
	l.first = l.start;
	while (l.first < l.end && net_is_blank(source[l.first]))
		l.first++;
	return l;
}

static int is_empty(const char *source, line l)
{
	return l.first == l.end || source[l.first] == '*' || source[l.first] == '$' || source[l.first] == ';';
}

static int starts_comment(const char *source, line l, size_t i)
{
	return source[i] == ';' || (source[i] == '$' && (i + 1 >= l.end || net_is_blank(source[i + 1])));
}

/* Append source[from..l.end) up to a comment. *quote: the quote open at its start and end, or 0. */
static ts_status append_line(net_reader *reader, const char *source, size_t from, line l, char *quote)
{
	if (reader_reserve(reader, reader->n + (l.end - from) + 2) != TS_OK)
		return TS_NOMEM;
	for (size_t i = from; i < l.end; i++) {
		const char c = source[i];
		if (!*quote && starts_comment(source, l, i))
			break;
		if (*quote == c)
			*quote = 0;
		else if (!*quote && (c == '\'' || c == '"'))
			*quote = c;
		reader_push(reader, net_is_blank(c) ? ' ' : c, i);
	}
	return TS_OK;
}

static void finish(net_reader *reader, size_t end, net_text *card)
{
	while (reader->n && reader->text[reader->n - 1] == ' ')
		reader->n--;
	reader->text[reader->n] = '\0';
	reader->offset[reader->n] = reader->n ? reader->offset[reader->n - 1] + 1 : (uint32_t)end;
	card->text = reader->text;
	card->offset = reader->offset;
	card->n = reader->n;
}

/* A number: a row of .data needs no '+'. */
static int begins_row(const char *s, size_t n)
{
	size_t at = n > 0 && *s == '-';
	at += at < n && s[at] == '.';
	return at < n && net_is_digit(s[at]);
}

ts_status net_reader_next(net_reader *reader, const char *source, size_t size, size_t *pos, net_text *card)
{
	card->n = 0;
	reader->n = 0;
	if (reader_reserve(reader, 2) != TS_OK)
		return TS_NOMEM;
	line l;
	do {
		if (*pos >= size)
			return TS_OK;
		l = find_line(source, size, *pos);
		*pos = l.next;
	} while (is_empty(source, l));
	char quote = 0;
	if (append_line(reader, source, l.first, l, &quote) != TS_OK)
		return TS_NOMEM;
	size_t shown = reader->n;
	while (shown && reader->text[shown - 1] == ' ')
		shown--;
	card->first_line = src_make_span(card->file, l.first, shown);
	const int is_data = shown > 5 && strncasecmp(reader->text, ".data", 5) == 0 && net_is_blank(reader->text[5]);
	for (size_t look = *pos; look < size; look = l.next) {
		l = find_line(source, size, look);
		if (is_empty(source, l))
			continue;
		const int is_row = is_data && begins_row(source + l.first, size - l.first);
		if (source[l.first] != '+' && !is_row)
			break;
		reader_push(reader, ' ', l.first);
		if (append_line(reader, source, is_row ? l.first : l.first + 1, l, &quote) != TS_OK)
			return TS_NOMEM;
		*pos = l.next;
	}
	finish(reader, *pos, card);
	return TS_OK;
}

int net_card_begins(const net_text *text, const char *word)
{
	const size_t n = strlen(word);
	return text->n >= n && strncasecmp(text->text, word, n) == 0 && (text->n == n || net_is_blank(text->text[n]));
}

void net_reader_free(net_reader *reader)
{
	alloc_free(reader->text);
	alloc_free(reader->offset);
	*reader = (net_reader){0};
}
