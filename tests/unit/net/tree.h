/* SPDX-License-Identifier: Apache-2.0
 * Comparison of syntax trees without places: what differs first, "" when nothing does. No check of the harness inside,
 * so that the fuzz targets can use it.
 */
#ifndef TESTS_UNIT_NET_TREE_H
#define TESTS_UNIT_NET_TREE_H
#include <string.h>

#include "net/ast.h"

static inline int tree_same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static inline int tree_same_expr(const net_expr *a, const net_expr *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->op != b->op || a->n_arg != b->n_arg || !tree_same_text(a->name, b->name) ||
	    !tree_same_text(a->node[0], b->node[0]) || !tree_same_text(a->node[1], b->node[1]) ||
	    memcmp(&a->number, &b->number, sizeof a->number) != 0)
		return 0;
	for (int i = 0; i < a->n_arg; i++)
		if (!tree_same_expr(a->arg[i], b->arg[i]))
			return 0;
	return 1;
}

static inline int tree_same_words(const net_word *a, const net_word *b, int n)
{
	for (int i = 0; i < n; i++)
		if (!tree_same_text(a[i].text, b[i].text) || !tree_same_expr(a[i].expr, b[i].expr) ||
		    a[i].n_arg != b[i].n_arg || !tree_same_words(a[i].arg, b[i].arg, a[i].n_arg))
			return 0;
	return 1;
}

static inline int tree_same_params(const net_param *a, const net_param *b, int n)
{
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < a[i].n_formal && k < b[i].n_formal; k++)
			if (!tree_same_text(a[i].formal[k], b[i].formal[k]))
				return 0;
		if (!tree_same_text(a[i].name, b[i].name) || !tree_same_text(a[i].text, b[i].text) ||
		    !tree_same_expr(a[i].value, b[i].value) || a[i].n_formal != b[i].n_formal)
			return 0;
	}
	return 1;
}

static inline const char *tree_difference_cards(const net_card *a, const net_card *b, int n)
{
	for (int i = 0; i < n; i++, a++, b++) {
		if (a->kind != b->kind || !tree_same_text(a->name, b->name) || !tree_same_text(a->type, b->type))
			return "name, kind or type";
		if (a->n_word != b->n_word || !tree_same_words(a->word, b->word, a->n_word))
			return "words";
		if (a->n_param != b->n_param || !tree_same_params(a->param, b->param, a->n_param))
			return "parameters";
		const char *inner =
		    a->n_body == b->n_body ? tree_difference_cards(a->body, b->body, a->n_body) : "body";
		if (*inner)
			return inner;
	}
	return "";
}

static inline const char *tree_difference(const net_deck *a, const net_deck *b)
{
	if (!tree_same_text(a->title, b->title))
		return "title";
	return a->n_card == b->n_card ? tree_difference_cards(a->card, b->card, a->n_card) : "number of cards";
}
#endif
