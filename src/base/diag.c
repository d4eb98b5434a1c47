/* SPDX-License-Identifier: Apache-2.0
 * Diagnostics: kept in the order added, printed sorted by place (file, offset, then order) with the source line, a
 * caret under the span and indented notes. Output is collected so that parallel work reports in a stable order and
 * five mistakes give five messages. A NULL list swallows everything. When memory runs out a message is dropped but
 * still counted, so that success is never reported by mistake.
 */
#include "base/diag.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { DIAG_SHOWN = 20, DIAG_LINE_WIDTH = 160 };

typedef struct diag_note_entry {
	char *text;
	src_span span;
	struct diag_note_entry *next;
} diag_note_entry;

typedef struct diag_entry {
	char *message;
	diag_code code;
	diag_severity severity;
	src_span span;
	int order, printed;
	diag_note_entry *note;
} diag_entry;

struct diag_list {
	pthread_mutex_t lock;
	const src_map *sources;
	diag_entry *entry;
	int n_entry, capacity;
	int n_lost; /* messages that found no memory */
	int n_told; /* of these, how many were known when last printed */
};

static const struct {
	const char *name;
	diag_severity severity;
	const char *text;
} code_table[] = {
#define DIAG(code, severity, text) {#code, severity, text},
#include "base/diag.def"
#undef DIAG
};

diag_list *diag_create(const src_map *sources)
{
	diag_list *list = alloc_array(1, sizeof *list);
	if (!list)
		return NULL;
	pthread_mutex_init(&list->lock, NULL);
	list->sources = sources;
	return list;
}

void diag_destroy(diag_list *list)
{
	if (!list)
		return;
	for (int i = 0; i < list->n_entry; i++) {
		for (diag_note_entry *note = list->entry[i].note, *next; note; note = next) {
			next = note->next;
			alloc_free(note->text);
			alloc_free(note);
		}
		alloc_free(list->entry[i].message);
	}
	alloc_free(list->entry);
	pthread_mutex_destroy(&list->lock);
	alloc_free(list);
}

static char *format_text(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

static char *format_text(const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	const int n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	char *text = n < 0 ? NULL : alloc_array((size_t)n + 1, 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, format, args);
	return text;
}

static int diag_reserve(diag_list *list)
{
	if (list->n_entry < list->capacity)
		return 1;
	const int capacity = list->capacity ? 2 * list->capacity : 16;
	diag_entry *grown =
	    alloc_resize(list->entry, (size_t)list->capacity * sizeof *grown, (size_t)capacity * sizeof *grown);
	if (!grown)
		return 0;
	list->entry = grown;
	list->capacity = capacity;
	return 1;
}

/* Lock held. Takes message over. */
static diag_entry *diag_push(diag_list *list, diag_code code, src_span span, char *message)
{
	if (!message || !diag_reserve(list)) {
		list->n_lost++;
		alloc_free(message);
		return NULL;
	}
	diag_entry *entry = &list->entry[list->n_entry];
	*entry = (diag_entry){
	    .message = message,
	    .code = code,
	    .severity = code_table[code].severity,
	    .span = span,
	    .order = list->n_entry++,
	};
	return entry;
}

/* Lock held. Takes text over. */
static void diag_push_note(diag_entry *entry, src_span span, char *text)
{
	diag_note_entry *note = alloc_array(1, sizeof *note);
	if (!note || !text) {
		alloc_free(note);
		alloc_free(text);
		return;
	}
	note->text = text;
	note->span = span;
	diag_note_entry **end = &entry->note;
	while (*end)
		end = &(*end)->next;
	*end = note;
}

void diag_add(diag_list *list, diag_code code, src_span span, const char *format, ...)
{
	if (!list)
		return;
	va_list args;
	va_start(args, format);
	char *message = format_text(format, args);
	va_end(args);
	pthread_mutex_lock(&list->lock);
	diag_push(list, code, span, message);
	pthread_mutex_unlock(&list->lock);
}

static char *origin_text(const diag_origin *origin)
{
	static const char format[] = "instance %s declared";
	const size_t size = sizeof format + strlen(origin->name);
	char *text = alloc_array(size, 1);
	if (text)
		snprintf(text, size, format, origin->name);
	return text;
}

void diag_add_origin(diag_list *list, diag_code code, src_span span, const diag_origin *origin, const char *format, ...)
{
	if (!list)
		return;
	va_list args;
	va_start(args, format);
	char *message = format_text(format, args);
	va_end(args);
	pthread_mutex_lock(&list->lock);
	diag_entry *entry = diag_push(list, code, span, message);
	for (; entry && origin; origin = origin->parent)
		diag_push_note(entry, origin->span, origin_text(origin));
	pthread_mutex_unlock(&list->lock);
}

void diag_note(diag_list *list, src_span span, const char *format, ...)
{
	if (!list)
		return;
	va_list args;
	va_start(args, format);
	char *text = format_text(format, args);
	va_end(args);
	pthread_mutex_lock(&list->lock);
	if (list->n_entry)
		diag_push_note(&list->entry[list->n_entry - 1], span, text);
	else
		alloc_free(text);
	pthread_mutex_unlock(&list->lock);
}

static pthread_mutex_t *diag_lock(const diag_list *list)
{
	/* the lock is the one part of a const list that readers change */
	return (pthread_mutex_t *)(uintptr_t)&list->lock;
}

static int same_entry(const diag_entry *a, const diag_entry *b)
{
	return a->code == b->code && memcmp(&a->span, &b->span, sizeof a->span) == 0 && !strcmp(a->message, b->message);
}

static char *copy_text(const char *text)
{
	const size_t n = strlen(text) + 1;
	char *copy = alloc_array(n, 1);
	return copy ? memcpy(copy, text, n) : NULL;
}

void diag_merge(diag_list *list, const diag_list *from)
{
	if (!list || !from)
		return;
	pthread_mutex_lock(&list->lock);
	list->n_lost += from->n_lost;
	for (int i = 0; i < from->n_entry; i++) {
		const diag_entry *source = &from->entry[i];
		int known = 0;
		for (int k = 0; k < list->n_entry && !known; k++)
			known = source->severity != DIAG_ERROR && same_entry(source, &list->entry[k]);
		diag_entry *entry =
		    known ? NULL : diag_push(list, source->code, source->span, copy_text(source->message));
		for (const diag_note_entry *note = source->note; entry && note; note = note->next)
			diag_push_note(entry, note->span, copy_text(note->text));
	}
	pthread_mutex_unlock(&list->lock);
}

int diag_count(const diag_list *list, diag_severity at_least)
{
	if (!list)
		return 0;
	pthread_mutex_lock(diag_lock(list));
	int count = list->n_lost;
	for (int i = 0; i < list->n_entry; i++)
		count += list->entry[i].severity >= at_least;
	pthread_mutex_unlock(diag_lock(list));
	return count;
}

int diag_n_lost(const diag_list *list)
{
	if (!list)
		return 0;
	pthread_mutex_lock(diag_lock(list));
	const int lost = list->n_lost;
	pthread_mutex_unlock(diag_lock(list));
	return lost;
}

int diag_has(const diag_list *list, diag_code code)
{
	if (!list)
		return 0;
	pthread_mutex_lock(diag_lock(list));
	int found = 0;
	for (int i = 0; i < list->n_entry; i++)
		found |= list->entry[i].code == code;
	pthread_mutex_unlock(diag_lock(list));
	return found;
}

const char *diag_message(const diag_list *list, int i, diag_code *code, diag_severity *severity)
{
	if (!list)
		return NULL;
	pthread_mutex_lock(diag_lock(list));
	const diag_entry *entry = NULL;
	for (int k = 0; k < list->n_entry; k++)
		if (list->entry[k].order == i)
			entry = &list->entry[k];
	const char *message = entry ? entry->message : NULL;
	if (entry && code)
		*code = entry->code;
	if (entry && severity)
		*severity = entry->severity;
	pthread_mutex_unlock(diag_lock(list));
	return message;
}

const char *diag_code_name(diag_code code)
{
	return (unsigned)code < DIAG_N_CODE ? code_table[code].name : "E????";
}

const char *diag_explain(diag_code code)
{
	return (unsigned)code < DIAG_N_CODE ? code_table[code].text : "";
}

diag_code diag_find(const char *name)
{
	int i = 0;
	while (i < DIAG_N_CODE && strcasecmp(code_table[i].name, name) != 0)
		i++;
	return (diag_code)i;
}

static int is_continuation_byte(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80; /* second and later bytes of a UTF-8 character take no column */
}

/* The part of the source line that is shown: long lines are cut to a window around the span,
 * between characters (which have up to three continuation bytes). */
typedef struct diag_window {
	const char *text;
	size_t n, column; /* bytes shown; byte of the span within them */
	int line;
} diag_window;

static diag_window find_window(const src_map *sources, src_span span)
{
	diag_window w;
	int column;
	src_locate(sources, span, &w.line, &column);
	w.text = src_line(sources, span.file, w.line, &w.n);
	w.column = (size_t)column - 1;
	if (w.column > w.n)
		w.column = w.n;
	if (w.n > DIAG_LINE_WIDTH) {
		size_t cut = w.column > DIAG_LINE_WIDTH / 2 ? w.column - DIAG_LINE_WIDTH / 2 : 0;
		for (int i = 0; i < 3 && cut && is_continuation_byte(w.text[cut]); i++)
			cut++;
		w.text += cut;
		w.n -= cut;
		w.column -= cut;
		const size_t left = w.n;
		w.n = left > DIAG_LINE_WIDTH ? DIAG_LINE_WIDTH : left;
		for (int i = 0; i < 3 && w.n < left && is_continuation_byte(w.text[w.n]); i++)
			w.n--;
	}
	return w;
}

static void print_source(const src_map *sources, src_span span, FILE *to)
{
	const diag_window w = find_window(sources, span);
	fprintf(to, "%5d | ", w.line);
	for (size_t i = 0; i < w.n; i++) {
		const unsigned char c = (unsigned char)w.text[i];
		fputc((c < ' ' && c != '\t') || c == 0x7f ? '?' : c, to);
	}
	fprintf(to, "\n      | ");
	for (size_t i = 0; i < w.column; i++)
		if (!is_continuation_byte(w.text[i]))
			fputc(w.text[i] == '\t' ? '\t' : ' ', to);
	fputc('^', to);
	for (size_t i = w.column + 1; i < w.n && i < w.column + span.length; i++)
		if (!is_continuation_byte(w.text[i]))
			fputc('~', to);
	fputc('\n', to);
}

static void print_place(const src_map *sources, src_span span, FILE *to)
{
	int line, column;
	src_locate(sources, span, &line, &column);
	fprintf(to, "%s:%d:%d", src_path(sources, span.file), line, column);
}

static void print_entry(const diag_list *list, const diag_entry *entry, FILE *to)
{
	static const char *const severity_name[] = {"note", "warning", "error"};
	const int placed = list->sources && entry->span.file;
	if (placed) {
		print_place(list->sources, entry->span, to);
		fputs(": ", to);
	}
	fprintf(to, "%s: %s [%s]\n", severity_name[entry->severity], entry->message, code_table[entry->code].name);
	if (placed)
		print_source(list->sources, entry->span, to);
	for (const diag_note_entry *note = entry->note; note; note = note->next) {
		fprintf(to, "   note: %s", note->text);
		if (list->sources && note->span.file) {
			fputs(" at ", to);
			print_place(list->sources, note->span, to);
		}
		fputc('\n', to);
	}
	if (!placed)
		return;
	for (src_span at = src_included_at(list->sources, entry->span.file); at.file;
	     at = src_included_at(list->sources, at.file)) {
		fputs("   note: included at ", to);
		print_place(list->sources, at, to);
		fputc('\n', to);
	}
}

static int compare_entries(const void *left, const void *right)
{
	const diag_entry *a = left, *b = right;
	if (a->span.file != b->span.file)
		return a->span.file < b->span.file ? -1 : 1;
	if (a->span.offset != b->span.offset)
		return a->span.offset < b->span.offset ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

int diag_print(diag_list *list, FILE *to)
{
	if (!list)
		return 0;
	pthread_mutex_lock(&list->lock);
	/* a copy is sorted: diag_note and diag_message go by the order of adding */
	const int n = list->n_entry;
	diag_entry *sorted = alloc_array((size_t)n, sizeof *sorted);
	int shown = 0, left = 0;
	if (sorted && n) {
		memcpy(sorted, list->entry, (size_t)n * sizeof *sorted);
		qsort(sorted, (size_t)n, sizeof *sorted, compare_entries);
	}
	for (int i = 0; sorted && i < n; i++) {
		if (sorted[i].printed)
			continue;
		if (shown < DIAG_SHOWN) {
			print_entry(list, &sorted[i], to);
			shown++;
		} else {
			left++;
		}
		list->entry[sorted[i].order].printed = 1;
	}
	if (left)
		fprintf(to, "... and %d more\n", left);
	if (list->n_lost > list->n_told || !sorted)
		fputs("error: memory is exhausted [E0999]\n", to);
	list->n_told = list->n_lost;
	alloc_free(sorted);
	pthread_mutex_unlock(&list->lock);
	return shown;
}
