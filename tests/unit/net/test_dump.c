/* SPDX-License-Identifier: Apache-2.0
 * Canonical text: the dump of a deck parses to the same tree, and its own dump is the same text; on every deck of the
 * gallery and on cards chosen to be difficult.
 */
#include <glob.h>

#include "deck.h"
#include "tree.h"

/* Model cards of included files are dumped whole, so they are compared whole. */
static void complete(const net_deck *deck, const net_card *card, int n)
{
	for (int i = 0; i < n; i++) {
		const net_card *full;
		if (card[i].is_head && T_INT(net_card_load(deck, &card[i], NULL, NULL, &full), TS_OK)) {
			const net_card *again = NULL;
			T_INT(net_card_load(deck, &card[i], NULL, NULL, &again), TS_OK);
			T_TRUE(again == full); /* read once */
			memcpy((void *)(uintptr_t)&card[i], full, sizeof *full);
		}
		complete(deck, card[i].body, card[i].n_body);
	}
}

static void check_round_trip(const net_deck *deck)
{
	static deck_dump first, second;
	deck_write(deck, &first);
	test_deck again = deck_text(first.text);
	T_STR(again.said, "");
	T_INT(again.status, TS_OK);
	if (again.deck) {
		complete(deck, deck->card, deck->n_card);
		const char *difference = tree_difference(deck, again.deck);
		T_STR(difference, "");
		deck_write(again.deck, &second);
		T_STR(second.text, first.text);
	}
	deck_free(&again);
}

static void check_cards(const char *cards)
{
	char text[4096];
	t_section("%s", cards);
	snprintf(text, sizeof text, "some title\n%s\n", cards);
	test_deck d = deck_text(text);
	T_TRUE(d.deck != NULL);
	if (d.deck)
		check_round_trip(d.deck);
	deck_free(&d);
}

static void test_gallery(void)
{
	static const char *const pattern[] = {TS_TEST_SOURCE_DIR "/netlists/*.cir",
	                                      TS_TEST_SOURCE_DIR "/tests/cli/decks/*.cir"};
	int n = 0;
	for (size_t p = 0; p < sizeof pattern / sizeof *pattern; p++) {
		glob_t found;
		if (glob(pattern[p], 0, NULL, &found) != 0)
			continue;
		for (size_t i = 0; i < found.gl_pathc; i++, n++) {
			t_section("%s", found.gl_pathv[i]);
			test_deck d = deck_file(found.gl_pathv[i]);
			T_INT(d.status, TS_OK);
			if (d.deck)
				check_round_trip(d.deck);
			deck_free(&d);
		}
		globfree(&found);
	}
	T_TRUE(n >= 9);
}

static void test_cards(void)
{
	check_cards("v1 a 0 sin x=1 (0 1)");
	check_cards("r1 a 0 x=a (b) y=2");
	check_cards("r1 a 0 x=a -b z");
	check_cards(".model m d is=a \"b\" c n=2");
	check_cards(".options a=\"it's; one\" b='1' c=\"\" d=1 2");
	check_cards(".subckt s params: a params: params: b=1 params:\n.subckt t\n.ends\n.ends s");
	check_cards(".macro s a\nr1 a 0 1\n.eom");
	check_cards(".param f(x)=x*2 y=f(3) z=x ? 1 : 2");
	check_cards(".func f( X,y ) {x*2}\n.func g() 1 +2 == 3\n.param h(a, b)=a+b c=2");
	check_cards(".if (a == 1)\nr1 a 0 1\n.elseif a>2 || b\n.else\n.endif");
	check_cards(".control\nnonsense (\n.endc\nr1 a 0 1");
	check_cards("x1 v(a)=2 w=v( a , b )*2 1 -2 +3");
	check_cards(".save \"V(a)\" 'v(a) + 1' {v(b)}");
	check_cards("v1 a 0 pwl(0,0 1n,'x' 2n,{y},max(1, 2)) pulse (1)2");
	check_cards("r1 a$b c#d 1k*2+3");
	check_cards("e1 a 0 1 out=v(a),-2*b,c p=1 ,(3)");
	check_cards("r\xc3\xa4 \xc3\xa4 0 1");
}

static void test_title(void)
{
	static const char *const title[] = {"", "* not a comment", ".end", "+ a", "$ 'x"};
	for (size_t i = 0; i < sizeof title / sizeof *title; i++) {
		char text[100];
		snprintf(text, sizeof text, "%s\nr1 a 0 1\n", title[i]);
		test_deck d = deck_text(text);
		T_STR(d.deck ? d.deck->title : "none", title[i]);
		if (d.deck)
			check_round_trip(d.deck);
		deck_free(&d);
	}
}

int main(void)
{
	test_gallery();
	test_cards();
	test_title();
	return t_done();
}
