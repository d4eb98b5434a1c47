/* SPDX-License-Identifier: Apache-2.0
 * Memory runs out anywhere between the text of a deck and its compiled system: for n = 1, 2, ... the n-th allocation
 * fails. Every stage then says TS_NOMEM and gives nothing, or did without that block and gives what it gives with all
 * memory; a deck with mistakes is never accepted. Under a sanitizer this also means that nothing leaks.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "harness/t.h"
#include "mna/tile.h"
#include "net/parser.h"

typedef struct load {
	src_map *sources;
	diag_list *diag;
	net_deck *deck;
	elab_circuit *circuit;
	mna_system *system;
	mna_tile *tile;
	ts_status status, noise;
	int must_report; /* a stage that fails now says so in diag */
} load;

/* As the program does: elaborate what could be read after mistakes in single cards, compile only what has none. */
static ts_status load_stages(load *l, const char *path)
{
	int file = 0;
	l->sources = src_map_create();
	l->diag = l->sources ? diag_create(l->sources) : NULL;
	if (!l->diag)
		return TS_NOMEM;
	TS_TRY(src_load(l->sources, path, SRC_NOWHERE, &file));
	l->must_report = 1;
	const ts_status parsed = net_parse(l->sources, file, l->diag, &l->deck);
	if (!l->deck)
		return parsed;
	TS_TRY(elab_build(l->deck, l->sources, NULL, l->diag, &l->circuit));
	TS_TRY(parsed);
	TS_TRY(mna_compile(l->circuit, l->diag, &l->system));
	l->must_report = 0;
	l->noise = mna_check_noise(l->system, NULL, l->diag);
	if (l->noise == TS_NOMEM)
		return TS_NOMEM;
	return mna_tile_create(l->system, &l->tile);
}

static load load_deck(const char *path)
{
	load l = {0};
	l.status = load_stages(&l, path);
	return l;
}

static void unload(load *l)
{
	mna_tile_destroy(l->tile);
	mna_destroy(l->system);
	elab_destroy(l->circuit);
	net_deck_destroy(l->deck);
	diag_destroy(l->diag);
	src_map_destroy(l->sources);
}

/* Everything that was made, as text. To be freed. */
static char *describe(const load *l)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	fprintf(to, "%s, noise %s\n", ts_status_name(l->status), ts_status_name(l->noise));
	if (l->deck)
		net_dump(l->deck, to);
	if (l->circuit)
		elab_dump(l->circuit, to);
	if (l->system)
		mna_dump(l->system, to);
	fclose(to);
	return text;
}

/* What must hold when one allocation failed. whole: the description when none did. */
static int is_sound(const load *l, ts_status status, const char *whole)
{
	if (l->status == TS_NOMEM)
		return !l->tile && (!l->must_report || diag_count(l->diag, DIAG_ERROR) > 0);
	if (l->status != status || (status != TS_OK && diag_count(l->diag, DIAG_ERROR) == 0))
		return 0;
	char *text = describe(l);
	const int same = strcmp(text, whole) == 0;
	free(text);
	return same;
}

static void check_deck(const char *path)
{
	const unsigned long before = alloc_count();
	load l = load_deck(path);
	const unsigned long most = alloc_count() - before;
	const ts_status status = l.status;
	char *whole = describe(&l);
	unload(&l);
	unsigned long refused = 0, unsound = 0, first = 0;
	for (unsigned long n = 1; n <= most; n++) {
		alloc_fail_after(n);
		l = load_deck(path);
		alloc_fail_after(0);
		refused += l.status == TS_NOMEM;
		if (!is_sound(&l, status, whole)) {
			first = unsound++ ? first : n;
			if (first == n)
				printf("  %s, allocation %lu: %s\n", path, n, ts_status_name(l.status));
		}
		unload(&l);
	}
	printf("  %s: %s, %lu allocations, %lu refused\n", strrchr(path, '/') + 1, ts_status_name(status), most,
	       refused);
	T_INT(unsound, 0);
	T_TRUE(refused > most / 2);
	free(whole);
}

static void check_decks(const char *pattern, size_t at_least)
{
	glob_t found;
	t_section("%s", pattern);
	if (!T_TRUE(glob(pattern, 0, NULL, &found) == 0))
		return;
	T_TRUE(found.gl_pathc >= at_least);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_deck(found.gl_pathv[i]);
	globfree(&found);
}

/* What the gallery leaves out: nested subcircuits, includes, behavioural and controlled sources, PWL, lists. */
static void check_rich(void)
{
	t_section("a deck of everything");
	char path[4096];
	snprintf(path, sizeof path, TS_TEST_BINARY_DIR "/test_memory.%ld.cir", (long)getpid());
	FILE *to = fopen(path, "w");
	fputs("rich\n.include '" TS_TEST_SOURCE_DIR "/models/ekv26_0u5.lib'\n"
	      ".param p=2 q='p*2' f='max(q, 3) ? 1 : 0'\n.global vdd\n.options cmin=1e-18 reltol=1e-5\n.temp 30\n"
	      ".subckt inner a b w=1\nr1 a b 'w*q*1k' temp=77\nc1 b 0 1f\n.ends\n"
	      ".subckt outer a w=1\nx1 a b inner w='w*2'\nb1 b 0 i='v(a)*1u+tanh(v(b))*1n'\nr2 b vdd 1meg\n.ends\n"
	      ".model sub nmos level=subvt i0=2n\n.model dm d is=1e-14 cjo=1f\n"
	      "v1 in 0 pwl(0 0 1u 'q' 2u {q/2})\nv2 vdd 0 pulse(0 1 1n 1n 1n 1u 2u)\ni1 0 in sin(0 1u 1k)\n"
	      "x1 in outer m=2\nx2 in outer w=3\nm1 in in 0 0 sub\nd1 in 0 dm\nl1 in k 1n\nr3 k 0 1k noisy=0\n"
	      "e1 e 0 in 0 2\ng1 in 0 e 0 1u\ne2 z 0 value='v(e)*2'\nr4 z 0 1k\n"
	      ".save v(in) v(x1.b) i(v1)\n.ic v(in)=1\n.op\n.dc v1 0 1 0.1\n.tran 1n 1u\n.trannoise 1n 1u samples=8\n"
	      ".pbit c out=v(in) bias=v1 sweep=list(0,1) supply=v1\n.expect c p value=0.5 abs=1\n.end\n",
	      to);
	fclose(to);
	check_deck(path);
	unlink(path);
}

int main(void)
{
	check_rich();
	check_decks(TS_TEST_SOURCE_DIR "/netlists/*.cir", 9);
	check_decks(TS_TEST_SOURCE_DIR "/tests/cli/decks/*.cir", 3);
	check_decks(TS_TEST_SOURCE_DIR "/tests/cli/bad/*.cir", 30);
	return t_done();
}
