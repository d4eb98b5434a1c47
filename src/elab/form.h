/* SPDX-License-Identifier: Apache-2.0
 * Expressions that stand for what E, F, G and H elements say in words. Private to this folder.
 */
#ifndef ELAB_FORM_H
#define ELAB_FORM_H
#include "elab/build.h"

/* Expressions in the circuit's arena. Every builder returns NULL when memory is exhausted, also if it gets NULL. */
typedef struct elab_form {
	elab_bind *bind;
	src_span span; /* of all that is made */
} elab_form;
const net_expr *elab_form_number(const elab_form *f, double value);
const net_expr *elab_form_binary(const elab_form *f, int op, const net_expr *a, const net_expr *b);
/* A function of two arguments. */
const net_expr *elab_form_call(const elab_form *f, const char *name, const net_expr *a, const net_expr *b);
/* v(first,second), i(first) */
const net_expr *elab_form_probe(const elab_form *f, const char *name, const char *first, const char *second);

/* Does the card say poly(n), pwl(1) or table? */
int elab_has_form(const net_card *card);
/* The expression of such a card. */
ts_status elab_form_words(elab_bind *bind, const net_expr **expr);
#endif
