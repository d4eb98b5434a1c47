/* SPDX-License-Identifier: Apache-2.0
 * Diagnostics are collected, sorted by place and printed once:
 *
 *   deck.cir:14:6: error: unknown model 'nlvt' [E0301]
 *      14 | m3 out in tail 0 nlvt w=2u l=60n
 *         |                  ^~~~
 *      note: instance x1 declared at deck.cir:20:1
 *
 * Codes live in base/diag.def: DIAG(code, severity, "what `thermospice explain` says"). Codes are never reused:
 * E01xx reading and lexing, E02xx cards, parameters and expressions, E03xx elements, models and subcircuits,
 * E04xx ill-posed circuits, E05xx numeric failures, E06xx files and output, E07xx usage, W0xxx warnings.
 * All functions are thread-safe (one lock); text is copied.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H
#include <stdarg.h>
#include <stdio.h>
#include "base/source.h"
#include "base/status.h"

typedef enum diag_severity { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR } diag_severity;
typedef enum diag_code {
#define DIAG(code, severity, text) code,
#include "base/diag.def"
#undef DIAG
	DIAG_N_CODE
} diag_code;

/* Where an expanded instance came from: the chain of X lines, innermost first. Owned by whoever made it and must
 * outlive the call only (it is copied into the message as notes). */
typedef struct diag_origin {
	const char *name; /* "x1.x2" */
	src_span span;
	const struct diag_origin *parent; /* NULL at the top level */
} diag_origin;

typedef struct diag_list diag_list;

diag_list *diag_create(const src_map *sources); /* sources may be NULL; borrowed */
void diag_destroy(diag_list *list);
/* Add one diagnostic. The format is printf's. */
void diag_add(diag_list *list, diag_code code, src_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same, and one "instance ... declared at ..." note for each origin in the chain. */
void diag_add_origin(diag_list *list, diag_code code, src_span span, const diag_origin *origin, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Attach a note to the diagnostic added last. span may be SRC_NOWHERE. */
void diag_note(diag_list *list, src_span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Add those of `from`, with their notes, that are not in the list already (same place, code and text). */
void diag_merge(diag_list *list, const diag_list *from);
int diag_count(const diag_list *list, diag_severity at_least);
/* Messages that found no memory; diag_count() counts them whatever their severity. */
int diag_n_lost(const diag_list *list);
int diag_has(const diag_list *list, diag_code code);
/* Print those not yet printed, sorted by place, at most 20 then a count. Returns how many were printed. */
int diag_print(diag_list *list, FILE *to);
/* "E0301"; the paragraph behind it; and the code of a name (DIAG_N_CODE if unknown). */
const char *diag_code_name(diag_code code);
const char *diag_explain(diag_code code);
diag_code diag_find(const char *name);
/* i-th diagnostic's message, code and severity, in the order added. NULL past the end. */
const char *diag_message(const diag_list *list, int i, diag_code *code, diag_severity *severity);
#endif
