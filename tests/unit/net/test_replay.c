/* SPDX-License-Identifier: Apache-2.0
 * The reader on damaged text: every deck of the gallery with bytes flipped, lines moved, pieces removed, doubled or
 * taken from other decks, and tokens put in; always the same ones (fixed seed). Nothing may crash or hang, mistakes are
 * reported exactly when there is no clean deck, and what is read without mistakes dumps to text that reads back to the
 * same tree. The same work as tests/fuzz, without a fuzzer; and allocations that fail one after the other.
 */
#include <glob.h>
#include <time.h>

#include "base/alloc.h"
#include "deck.h"
#include "tree.h"

enum { N_MUTATION = 6000, MAX_DECK = 100, MAX_BYTES = 1 << 14 };
static const double limit_one = 1.0; /* seconds for one deck: quadratic time would show */

typedef struct bytes {
	size_t n;
	char text[MAX_BYTES];
} bytes;

static bytes gallery[MAX_DECK];
static int n_gallery;
static unsigned long long state = 88172645463325252ULL;

/* xorshift64, below n */
static size_t dice(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (size_t)(state >> 11) % n : 0;
}

static void load(const char *pattern)
{
	glob_t found;
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc && n_gallery < MAX_DECK; i++) {
		FILE *from = fopen(found.gl_pathv[i], "rb");
		if (!from)
			continue;
		gallery[n_gallery].n = fread(gallery[n_gallery].text, 1, MAX_BYTES / 2, from);
		n_gallery++;
		fclose(from);
	}
	globfree(&found);
}

/* Replace cut bytes at `at` by n others. */
static void splice(bytes *b, size_t at, size_t cut, const char *text, size_t n)
{
	if (at > b->n)
		at = b->n;
	if (cut > b->n - at)
		cut = b->n - at;
	if (b->n - cut + n > MAX_BYTES)
		return;
	memmove(b->text + at + n, b->text + at + cut, b->n - at - cut);
	memcpy(b->text + at, text, n);
	b->n += n - cut;
}

static void put_token(bytes *b)
{
	static const char *const token[] = {"(",
	                                    ")",
	                                    "'",
	                                    "\"",
	                                    "{",
	                                    "}",
	                                    "=",
	                                    ",",
	                                    "\n",
	                                    "\n+",
	                                    "\n*",
	                                    ";",
	                                    "$ ",
	                                    "**",
	                                    "1e999",
	                                    "1..2",
	                                    "v(",
	                                    "list(",
	                                    "pulse(",
	                                    ".ends\n",
	                                    "\n.subckt s a\n",
	                                    "\n.end\n",
	                                    "\n.lib x\n",
	                                    "\n.endl\n",
	                                    "\n.inc y\n",
	                                    "\n.control\n",
	                                    "\n.model m d(",
	                                    " params: ",
	                                    "-",
	                                    "?",
	                                    ":",
	                                    "\x80",
	                                    "\t",
	                                    "\r\n",
	                                    "1meg",
	                                    "x=",
	                                    "\xc3\xa4"};
	const char *text = token[dice(sizeof token / sizeof *token)];
	splice(b, dice(b->n + 1), dice(4) ? 0 : dice(8), text, strlen(text));
}

static void mutate(bytes *b)
{
	static char piece[256];
	const bytes *other = &gallery[dice((size_t)n_gallery)];
	const size_t at = dice(b->n), n = dice(sizeof piece), from = dice(other->n);
	const size_t have = n < other->n - from ? n : other->n - from;
	switch (dice(5)) {
	case 0:
		if (b->n)
			b->text[at] = (char)(dice(8) ? 32 + dice(95) : dice(256));
		return;
	case 1:
		splice(b, at, dice(40), "", 0);
		return;
	case 2:
		memcpy(piece, other->text + from, have);
		splice(b, at, dice(2) ? have : 0, piece, have);
		return;
	case 3:
		b->n = dice(4) ? b->n : at;
		return;
	default:
		put_token(b);
	}
}

/* Returns 1 when the deck was read without a mistake. */
static int check(const char *text, size_t n)
{
	static deck_dump dump;
	test_deck d = deck_bytes(text, n);
	const int clean = d.status == TS_OK;
	int ok = T_TRUE(d.status == TS_OK || d.status == TS_NETLIST);
	ok &= T_TRUE(!clean || d.deck);
	if (clean && d.deck) {
		deck_write(d.deck, &dump);
		test_deck again = deck_text(dump.text);
		ok &= T_INT(again.status, TS_OK);
		ok &= again.deck ? T_STR(tree_difference(d.deck, again.deck), "") : 0;
		deck_free(&again);
	}
	if (!ok)
		printf("the deck was:\n%.*s\nits dump:\n%s\n", (int)n, text, clean ? dump.text : d.said);
	deck_free(&d);
	return clean;
}

static void test_mutations(void)
{
	static bytes b;
	int n_clean = 0;
	double worst = 0;
	for (int i = 0; i < N_MUTATION; i++) {
		const clock_t start = clock();
		b = gallery[i % n_gallery];
		for (size_t k = 1 + dice(6); k > 0; k--)
			mutate(&b);
		n_clean += check(b.text, b.n);
		const double spent = (double)(clock() - start) / CLOCKS_PER_SEC;
		worst = spent > worst ? spent : worst;
	}
	printf("%d of %d read without a mistake; slowest %.1f ms\n", n_clean, N_MUTATION, 1e3 * worst);
	T_TRUE(n_clean > N_MUTATION / 20 && n_clean < N_MUTATION * 19 / 20);
	T_TRUE(worst < limit_one);
}

/* A deck cut off after every byte */
static void test_truncation(void)
{
	for (size_t n = 0; n < gallery[0].n; n++)
		check(gallery[0].text, n);
}

/* A quarter of a megabyte of one thing after the other on one card */
static void test_long(void)
{
	static const char *const unit[] = {
	    "(",    ")",   "a ",      "a=",   "a=1 ", "v(a ",  "1+", "-",       "'",      "pulse(1) ", "a( ",
	    "'1' ", "\n+", "\n+ x=1", "(a) ", "\n*c", "list(", "1,", "x=v(a)+", "a=b c ", "{",         "\n.subckt s a"};
	static char text[1 << 18];
	for (size_t u = 0; u < sizeof unit / sizeof *unit; u++) {
		static const char *const head[] = {"t\nr1 ", "t\n.param ", "t\n.model m d ", "t\n.op a="};
		for (size_t h = 0; h < sizeof head / sizeof *head; h++) {
			size_t n = strlen(head[h]);
			const size_t step = strlen(unit[u]);
			memcpy(text, head[h], n);
			for (; n + step < sizeof text; n += step)
				memcpy(text + n, unit[u], step);
			const clock_t start = clock();
			test_deck d = deck_bytes(text, n);
			if (!T_TRUE((double)(clock() - start) / CLOCKS_PER_SEC < limit_one))
				printf("%s%s...: too slow\n", head[h], unit[u]);
			deck_free(&d);
		}
	}
}

/* Whichever allocation fails: the memory is given back and the caller is told. */
static void test_memory(void)
{
	ts_status status = TS_NOMEM;
	for (unsigned long n = 1; status != TS_OK && T_TRUE(n < 1000); n++) {
		src_map *sources = src_map_create();
		int file;
		net_deck *deck;
		src_load_text(sources, "d", gallery[0].text, gallery[0].n, SRC_NOWHERE, &file);
		diag_list *diag = diag_create(sources);
		alloc_fail_after(n);
		status = net_parse(sources, file, diag, &deck);
		alloc_fail_after(0);
		T_TRUE(status == TS_OK || (status == TS_NOMEM && !deck));
		net_deck_destroy(deck);
		diag_destroy(diag);
		src_map_destroy(sources);
	}
}

int main(void)
{
	load(TS_TEST_SOURCE_DIR "/netlists/*.cir");
	load(TS_TEST_SOURCE_DIR "/tests/cli/decks/*.cir");
	load(TS_TEST_SOURCE_DIR "/tests/cli/bad/*.cir");
	if (T_TRUE(n_gallery >= 9)) {
		test_mutations();
		test_truncation();
		test_memory();
	}
	test_long();
	return t_done();
}
