/* SPDX-License-Identifier: Apache-2.0
 * Syntax tree of a netlist: cards and expressions, each with a span. All names and keywords are lower-case; file names
 * and strings keep their case. A net_deck owns one arena; everything in it is immutable.
 */
#ifndef NET_AST_H
#define NET_AST_H
#include "base/source.h"

typedef enum net_expr_kind {
	NET_NUMBER, /* number */
	NET_NAME,   /* name: parameter, or `temper`, `time` */
	NET_UNARY,  /* op '-', '+', '!' ; arg[0] */
	NET_BINARY, /* op; arg[0], arg[1] */
	NET_COND,   /* arg[0] ? arg[1] : arg[2] */
	NET_CALL,   /* name(arg...) */
	NET_PROBE   /* v(a), v(a,b), i(dev), n(trap): name "v", "i", "n", node[0], node[1] or NULL; @dev[quantity]: name
	               "@", node[0] the device, node[1] the quantity */
} net_expr_kind;

/* Operators: the ASCII character, or one of these. */
enum { NET_OP_POW = 256, NET_OP_EQ, NET_OP_NE, NET_OP_LE, NET_OP_GE, NET_OP_AND, NET_OP_OR };

typedef struct net_expr {
	net_expr_kind kind;
	int op;
	double number;
	const char *name;
	const char *node[2];
	int n_arg;
	const struct net_expr *const *arg;
	src_span span;
} net_expr;

/* A positional field. `text` is always there; `expr` when it reads as an expression (a bare identifier is a
 * NET_NAME); a group such as pulse(0 1 1n) has n_arg > 0 and text "pulse". */
typedef struct net_word {
	const char *text;
	const net_expr *expr;
	int n_arg;
	const struct net_word *arg;
	src_span span;
} net_word;

/* name = value. value is NULL when the text is not an expression (then `text` holds it, e.g. a string). A function of
 * .param or .func has formal != NULL and the name "f()". */
typedef struct net_param {
	const char *name;
	const char *const *formal; /* [n_formal] names of the arguments */
	int n_formal;
	const char *text;
	const net_expr *value;
	src_span span; /* of the name */
	src_span value_span;
	int file; /* the source file that file= or pwlfile= of a V or I element names; 0: it names none */
} net_param;

enum { NET_MAX_ARGUMENT = 32 }; /* of a function that .func or .param defines */

typedef enum net_card_kind {
	NET_ELEMENT, /* name "r1"; word: what follows; param: name=value pairs */
	NET_MODEL,   /* name: model; type: "nmos"; param */
	NET_PARAM,   /* .param, .func: param only */
	NET_SUBCKT,  /* name; word: ports; param: defaults (also those of .param cards inside are in body); body */
	NET_DOT      /* any other card: name ".tran" with the dot; word; param */
} net_card_kind;

typedef struct net_card {
	net_card_kind kind;
	const char *name;
	const char *type;
	int is_head; /* a NET_MODEL of an included file: its parameters are still text, see net_card_load */
	struct net_loaded *loaded; /* of a head: what has been read of it */
	int n_word;
	const net_word *word;
	int n_param;
	const net_param *param;
	int n_body;
	const struct net_card *body; /* of NET_SUBCKT; of .control: the first words of its lines */
	src_span span;               /* the card's first line, first to last character */
	src_span name_span;
} net_card;

typedef struct net_deck {
	struct arena *arena;
	const src_map *sources; /* borrowed */
	const char *title;
	int n_card;
	const net_card *card; /* includes are already merged in place, in order */
} net_deck;
#endif
