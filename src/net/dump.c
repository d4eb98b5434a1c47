/* SPDX-License-Identifier: Apache-2.0
 * Canonical text of a deck: one card per line, in order, names in lower case, parameters after words. Values that are
 * not expressions stand in double quotes.
 */
#include <string.h>

#include "net/parser.h"

static void put_word(const net_word *word, FILE *to)
{
	fputs(word->text, to);
	if (word->n_arg == 0)
		return;
	for (int i = 0; i < word->n_arg; i++) {
		fputc(i ? ' ' : '(', to);
		put_word(&word->arg[i], to);
	}
	fputc(')', to);
}

/* Text that is no expression was a string, which has no quote in it, or several words. */
static void put_param(const net_param *param, FILE *to)
{
	if (param->formal) {
		fprintf(to, " %.*s", (int)strlen(param->name) - 1, param->name);
		for (int i = 0; i < param->n_formal; i++)
			fprintf(to, "%s%s", i ? "," : "", param->formal[i]);
		fprintf(to, ")=%s", param->text);
		return;
	}
	const int is_string = !param->value && !strchr(param->text, '"');
	fprintf(to, is_string ? " %s=\"%s\"" : " %s=%s", param->name, param->text);
}

/* Words and parameters in the order of the source: where a value ends depends on what follows. */
static void put_fields(const net_card *card, FILE *to)
{
	for (int w = 0, p = 0; w < card->n_word || p < card->n_param;) {
		const int is_word =
		    p == card->n_param || (w < card->n_word && card->word[w].span.offset < card->param[p].span.offset);
		if (is_word) {
			/* a comma ends a value before a sign or bracket, and keeps "pulse, (0 1)" two words; in ic=1,2 it
			 * goes on with the list */
			const int is_list = p > 0 && strcmp(card->param[p - 1].name, "ic") == 0;
			const int ends_value = p > 0 && !is_list;
			fputs(ends_value || (w > 0 && card->word[w].text[0] == '(') ? ", " : " ", to);
			put_word(&card->word[w++], to);
		} else {
			put_param(&card->param[p++], to);
		}
	}
	fputc('\n', to);
}

static void put_cards(const net_deck *deck, const net_card *card, int n, FILE *to);

static void put_card(const net_deck *deck, const net_card *card, FILE *to)
{
	const net_card *full;
	if (card->is_head && net_card_load(deck, card, NULL, NULL, &full) == TS_OK)
		card = full;
	switch (card->kind) {
	case NET_MODEL:
		fprintf(to, ".model %s %s", card->name, card->type);
		break;
	case NET_SUBCKT:
		fprintf(to, ".subckt %s", card->name);
		break;
	case NET_PARAM:
	case NET_ELEMENT:
	case NET_DOT:
		fputs(card->name, to);
		break;
	}
	put_fields(card, to);
	if (card->kind != NET_SUBCKT)
		return;
	put_cards(deck, card->body, card->n_body, to);
	fprintf(to, ".ends %s\n", card->name);
}

static void put_cards(const net_deck *deck, const net_card *card, int n, FILE *to)
{
	for (int i = 0; i < n; i++) {
		put_card(deck, &card[i], to);
		if (strcmp(card[i].name, ".control") != 0)
			continue;
		for (int k = 0; k < card[i].n_body; k++)
			fprintf(to, "%s\n", card[i].body[k].name);
		fputs(".endc\n", to);
	}
}

void net_dump(const net_deck *deck, FILE *to)
{
	fprintf(to, "%s\n", deck->title);
	put_cards(deck, deck->card, deck->n_card, to);
	fputs(".end\n", to);
}
