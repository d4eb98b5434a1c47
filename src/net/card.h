/* SPDX-License-Identifier: Apache-2.0
 * One card: text -> words and parameters (private to net/).
 *
 *   word   a run of characters up to a blank, ',' or '=' outside brackets and quotes; pulse(...) and its kin: a group
 *   param  name = value. Bare values: on elements the longest expression there is, on other cards everything up to the
 *          next name = ; there, text that is not one expression is kept as text, but on .param and .expect a mistake.
 */
#ifndef NET_CARD_H
#define NET_CARD_H
#include "net/lexer.h"
#include "net/stack.h"

typedef struct net_card_reader {
	arena *arena;
	const net_text *text;
	size_t at, end;          /* what is left to read */
	int is_element;          /* values end where the expression does */
	int is_model;            /* brackets may enclose all parameters */
	int is_formula;          /* values must be expressions */
	int is_scope;            /* f(x)=... defines a function */
	int is_file;             /* words are file names, not expressions */
	int is_head;             /* stop behind the type of a .model */
	const char *const *only; /* names of the parameters to keep; NULL: all */
	int is_controlled;       /* an element E, F, G or H */
	int is_form;             /* a form of them in which an '=' may stand between words */
	int is_measure;          /* nothing but words, in their order; '=' is one */
	net_stack word, param;
	net_fault fault;
} net_card_reader;

void net_card_reader_init(net_card_reader *r, arena *a);
void net_card_reader_free(net_card_reader *r);
/* Read a card. 0: a mistake, in r->fault; kind and name are set as far as they were read. */
int net_card_read(net_card_reader *r, const net_text *text, net_card *card);
/* The same of a .model card up to its type. */
int net_card_read_head(net_card_reader *r, const net_text *text, net_card *card);
/* formal.c: the rest of an .if or .elseif as one word, an expression. */
int net_condition_read(net_card_reader *r);
/* formal.c: the rest of an .alter, its title, as one word. */
int net_title_read(net_card_reader *r);
/* formal.c: the names between the brackets text[open..end) of a function; 0 with a fault in r->fault. */
int net_formals_read(net_card_reader *r, size_t open, size_t end, net_param *param);
/* The parameters of V and I elements that name a file of corners: file= and pwlfile=. */
int net_is_file(const char *name);
/* formal.c: is this file= or pwlfile= of a V or I element? Then its value, with or without quotes, is a path. */
int net_is_path(const net_card_reader *r, const char *name);
int net_path_read(net_card_reader *r, net_param *param);
#endif
