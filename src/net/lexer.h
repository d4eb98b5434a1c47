/* SPDX-License-Identifier: Apache-2.0
 * Tokens of expressions, and the expression reader the card parser uses. A token is a range of a net_text; operators of
 * two characters have the numbers of ast.h.
 */
#ifndef NET_LEXER_H
#define NET_LEXER_H
#include "base/arena.h"
#include "base/diag.h"
#include "net/ast.h"
#include "net/text.h"

enum {
	NET_MAX_NESTING = 256, /* parentheses, unary operators and ?: inside one another */
	NET_MAX_HEIGHT = 256   /* of an expression's tree: what reads it may recurse */
};

typedef enum net_token_kind {
	NET_TOKEN_END,
	NET_TOKEN_NUMBER,
	NET_TOKEN_NAME,
	NET_TOKEN_OP, /* operators, parentheses, quotes, braces, comma, '?', ':' */
	NET_TOKEN_BAD /* a character that starts no token; so is a single '=' */
} net_token_kind;

typedef struct net_token {
	net_token_kind kind;
	int op;
	double number;
	size_t from, to;
	int after_blank;
} net_token;

/* The first mistake found. code is DIAG_N_CODE while there is none. */
typedef struct net_fault {
	diag_code code;
	src_span span;
	char message[160];
} net_fault;

/* Token at text[from..to). A number that is malformed or out of range sets the fault and gives NET_TOKEN_BAD. */
net_token net_lex(const net_text *text, size_t from, size_t to, net_fault *fault);
/* Records a fault unless one is there already. */
void net_fault_set(net_fault *fault, diag_code code, src_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* How an expression ends. A prefix stops quietly where it cannot go on, and a call's '(' must touch its name; an item
 * also ends before a blank and a sign that touches what follows, as in "0 -1 -0.1". */
typedef enum net_prefix { NET_WHOLE, NET_PREFIX, NET_PREFIX_ITEM } net_prefix;

/* A stretch of text to read as an expression. */
typedef struct net_range {
	const net_text *text;
	size_t from, to;
	int prefix; /* net_prefix */
} net_range;

/* Level of a left-associative operator, 1 (loosest) to 6; 0: it is none. */
int net_op_level(int op);
/* Read range; *end (may be NULL) is the first byte not used. NULL with a fault; E0999 means no memory. */
const net_expr *net_expr_read(arena *a, net_range range, size_t *end, net_fault *fault);
#endif
