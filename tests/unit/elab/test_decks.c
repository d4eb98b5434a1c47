/* SPDX-License-Identifier: Apache-2.0
 * Decks that ship: every deck of the gallery and every example of docs/netlist.md (fenced as ```spice) elaborates
 * without a message, and the bad decks of tests/cli give the code that belongs to them.
 */
#include <glob.h>

#include "deck.h"

static test_deck load_file(const char *path)
{
	src_map *sources = src_map_create();
	int file = 0;
	if (!t_int(src_load(sources, path, SRC_NOWHERE, &file), TS_OK, path, __FILE__, __LINE__))
		exit(1);
	return deck_load(file, sources, NULL, 0);
}

static void check_good(const char *pattern)
{
	glob_t found;
	if (!T_INT(glob(pattern, 0, NULL, &found), 0))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		test_deck d = load_file(found.gl_pathv[i]);
		int passed = t_int(d.status, TS_OK, found.gl_pathv[i], __FILE__, __LINE__);
		passed &= t_str(d.messages, "", found.gl_pathv[i], __FILE__, __LINE__);
		deck_show_unless(passed, found.gl_pathv[i], &d);
		deck_end(&d);
	}
	globfree(&found);
}

static void test_bad(void)
{
	t_section("bad decks");
	/* code NULL: nothing for the elaborator to complain about */
	static const struct {
		const char *name, *place, *code;
	} table[] = {
	    {"cyclic_param", ":2:8:", "E0309"},       {"duplicate", ":4:1:", "E0312"},
	    {"expect_analysis", ":5:9:", "E0314"},    {"missing_model", ":3:12:", "E0301"},
	    {"missing_subckt", ":3:8:", "E0306"},     {"negative_resistance", ":3:8:", "E0305"},
	    {"recursive_subckt", ":3:1:", "E0308"},   {"unknown_device", ":2:1:", "E0311"},
	    {"unknown_level", ":4:8:", "E0302"},      {"unknown_param", ":3:9:", "E0310"},
	    {"unknown_parameter", ":3:11:", "E0303"}, {"unsupported_card", ":4:1:", "E0311"},
	    {"wrong_ports", ":6:1:", "E0307"},        {"claim_fails", NULL, NULL},
	    {"current_cutset", NULL, NULL},           {"floating_node", NULL, NULL},
	    {"expect_unknown", NULL, NULL},           {"noise_without_capacitance", NULL, NULL},
	    {"pbit_without_noise", NULL, NULL},       {"voltage_loop", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char path[512];
		snprintf(path, sizeof path, TS_TEST_SOURCE_DIR "/tests/cli/bad/%s.cir", table[i].name);
		test_deck d = load_file(path);
		const char *name = table[i].name, *code = table[i].code;
		int passed = t_int(d.status, code ? TS_NETLIST : TS_OK, name, __FILE__, __LINE__);
		passed &= t_int(diag_count(d.diag, DIAG_WARNING), code ? 1 : 0, name, __FILE__, __LINE__);
		passed &= t_true(!code || strstr(d.messages, code), name, __FILE__, __LINE__);
		passed &= t_true(!code || strstr(d.messages, table[i].place), name, __FILE__, __LINE__);
		deck_show_unless(passed, name, &d);
		deck_end(&d);
	}
}

static void test_five(void)
{
	t_section("five mistakes give five messages, of parser and elaborator together");
	test_deck d = load_file(TS_TEST_SOURCE_DIR "/tests/cli/bad/five_mistakes.cir");
	static const char *const place[] = {":2:1:", ":3:8:", ":4:12:", ":5:1:", ":6:9:"};
	T_INT(d.status, TS_NETLIST);
	T_INT(diag_count(d.diag, DIAG_WARNING), 5);
	for (int i = 0; i < 5; i++)
		deck_show_unless(T_TRUE(strstr(d.messages, place[i]) != NULL), place[i], &d);
	deck_end(&d);
}

static char *read_text(const char *path)
{
	FILE *from = fopen(path, "rb");
	char *text = NULL;
	size_t size = 0;
	if (!t_true(from != NULL, path, __FILE__, __LINE__) || getdelim(&text, &size, '\0', from) < 0)
		exit(1);
	fclose(from);
	return text;
}

static void check_example(const char *text, size_t n, int number)
{
	char name[64], path[512];
	snprintf(name, sizeof name, "example %d", number);
	/* as if it lay in netlists/, so that .include finds the models */
	snprintf(path, sizeof path, TS_TEST_SOURCE_DIR "/netlists/example%d.cir", number);
	src_map *sources = src_map_create();
	int file = 0;
	if (src_load_text(sources, path, text, n, SRC_NOWHERE, &file) != TS_OK)
		exit(1);
	test_deck d = deck_load(file, sources, NULL, 0);
	int passed = t_int(d.status, TS_OK, name, __FILE__, __LINE__);
	passed &= t_str(d.messages, "", name, __FILE__, __LINE__);
	deck_show_unless(passed, name, &d);
	deck_end(&d);
}

static void test_manual(void)
{
	t_section("examples of the manual");
	static const char fence[] = "```spice\n", end[] = "```\n";
	enum { FEWEST = 8 };
	char *text = read_text(TS_TEST_SOURCE_DIR "/docs/netlist.md");
	int number = 0;
	const char *at = text;
	while ((at = strstr(at, fence)) != NULL) {
		at += strlen(fence);
		const char *stop = strstr(at, end);
		if (!T_TRUE(stop != NULL))
			break;
		check_example(at, (size_t)(stop - at), ++number);
		at = stop;
	}
	T_TRUE(number >= FEWEST);
	free(text);
}

int main(void)
{
	t_section("gallery");
	check_good(TS_TEST_SOURCE_DIR "/netlists/*.cir");
	check_good(TS_TEST_SOURCE_DIR "/tests/cli/decks/*.cir");
	test_bad();
	test_five();
	test_manual();
	return t_done();
}
