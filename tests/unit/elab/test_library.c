/* SPDX-License-Identifier: Apache-2.0
 * Libraries: model cards of included files are read when they are used. A library of 265,000 lines takes little time
 * and memory; a mistake in a card is reported when an element uses it, once, at its place; the deck's text is whole.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "deck.h"

/* a few roundings of an expression */
#define TOL_EXPRESSION 1e-14

/* 1000 bins of 265 lines each, as the discrete library of sky130 has them; measured: 0.055 s, 14 MB */
enum { N_BIN = 1000, N_LINE = 265, MOST_MEGABYTES = 120 };
static const double most_seconds = 1.0; /* of CPU time; leaves room for a sanitizer and a busy machine */

static char path[64];

static FILE *begin_library(void)
{
	snprintf(path, sizeof path, "/tmp/thermospice_library_XXXXXX");
	const int descriptor = mkstemp(path);
	FILE *to = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
	if (!to)
		t_skip("no temporary file");
	return to;
}

static test_deck include_library(const char *cards)
{
	char text[1024];
	snprintf(text, sizeof text, ".include \"%s\"\n%s", path, cards);
	test_deck d = deck_of(text);
	unlink(path);
	return d;
}

/* Bin i: i <= L < i+1, in microns. One parameter in ten is an expression, the last one of each card among them. */
static void write_bins(FILE *to)
{
	fprintf(to, "* a library\n.subckt nfet d g s b w=1 l=1\n.param dv=0.5\nm1 d g s b nfet w='w*1u' l='l*1u'\n");
	for (int i = 0; i < N_BIN; i++) {
		fprintf(to, ".model nfet.%d nmos\n* comment\n+ lmin = %du lmax = %du\n+ level = subvt\n", i, i, i + 1);
		for (int k = 0; k < N_LINE - 4; k++)
			fprintf(to, k % 10 ? "+ vth = %d.5e-3\n" : "+ vth = {%d*1e-3+dv}\n", i);
	}
	fprintf(to, ".ends\n");
	fclose(to);
}

/* Largest memory of the process so far, MB. */
static double most_memory(void)
{
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	return (double)used.ru_maxrss / 1024;
}

/* As at the points of a .step: cards are not read again, and nothing stays. */
static void elaborate_again(const test_deck *d)
{
	enum { AGAIN = 40, WARM = 4 };
	double before = 0;
	for (int i = 0; i < AGAIN; i++) {
		elab_circuit *circuit = NULL;
		T_INT(elab_build(d->deck, d->sources, NULL, d->diag, &circuit), TS_OK);
		elab_destroy(circuit);
		before = i == WARM ? most_memory() : before;
	}
	printf("%.1f MB more\n", most_memory() - before);
#ifndef __SANITIZE_ADDRESS__
	T_TRUE(most_memory() - before < 0.1 * (AGAIN - WARM)); /* the limits of the bins alone take 0.8 MB */
#endif
}

static void test_large(void)
{
	t_section("265,000 lines");
	write_bins(begin_library());
	const clock_t before = clock();
	test_deck d = include_library("x1 a a 0 0 nfet l=17.5\nx2 a a 0 0 nfet l=900\n");
	const double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
	printf("%.3f s, %.0f MB\n", seconds, most_memory());
	T_STR(d.messages, "");
	T_REL(deck_param(&d, "x1.m1", "vth"), 17e-3 + 0.5, TOL_EXPRESSION);
	T_REL(deck_param(&d, "x2.m1", "vth"), 900e-3 + 0.5, TOL_EXPRESSION);
	T_TRUE(seconds < most_seconds);
#ifndef __SANITIZE_ADDRESS__
	T_TRUE(most_memory() < MOST_MEGABYTES);
#endif
	elaborate_again(&d);
	deck_end(&d);
}

static void test_mistakes(void)
{
	t_section("mistakes in cards of a library");
	FILE *to = begin_library();
	fprintf(to, ".model good nmos level=subvt\n.model bad nmos level=subvt\n+ vth=1..2\n.model odd q73 x y z\n"
	            ".model far nmos level=73\n");
	fclose(to);
	char *copy = strdup(path);
	test_deck d = include_library("m1 d d 0 0 good\nm2 d d 0 0 bad\nm3 d d 0 0 bad\nm4 d d 0 0 far\n");
	char want[160];
	T_INT(d.status, TS_NETLIST);
	T_INT(diag_count(d.diag, DIAG_WARNING), 2);
	snprintf(want, sizeof want, "%s:3:7: error", copy);
	T_TRUE(strstr(d.messages, want) != NULL);
	snprintf(want, sizeof want, "%s:5:8: error: no device for 'm4' with model 'far' of type nmos level=73", copy);
	T_TRUE(strstr(d.messages, want) != NULL);
	deck_show_unless(strstr(d.messages, want) != NULL, "library", &d);
	free(copy);
	deck_end(&d);
}

static void test_text(void)
{
	t_section("text of a deck with a library");
	FILE *to = begin_library();
	fprintf(to, ".model a nmos level=subvt vth=1 ; comment\n+ n=2\n");
	fclose(to);
	test_deck d = include_library("m1 d d 0 0 a\n");
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	net_dump(d.deck, out);
	fclose(out);
	T_STR(text, "title\n.model a nmos level=subvt vth=1 n=2\nm1 d d 0 0 a\n.end\n");
	free(text);
	deck_end(&d);
}

int main(void)
{
	test_large();
	test_mistakes();
	test_text();
	return t_done();
}
