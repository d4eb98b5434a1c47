/* SPDX-License-Identifier: Apache-2.0
 * Files that include files: paths, sections, circles, limits, places of mistakes. The files are written to a folder of
 * their own below the temporary folder and removed again.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "deck.h"

static char folder[200];

static const char *path_of(const char *name)
{
	static char path[400];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *to = fopen(path_of(name), "w");
	if (T_TRUE(to != NULL)) {
		fputs(text, to);
		fclose(to);
	}
}

/* Reads top.cir of these cards. */
static test_deck read_top(const char *cards)
{
	char text[4096];
	snprintf(text, sizeof text, "t\n%s", cards);
	write_file("top.cir", text);
	t_section("%s", cards);
	return deck_file(path_of("top.cir"));
}

static void check_names(const char *cards, const char *want)
{
	char names[400] = "";
	test_deck d = read_top(cards);
	T_STR(d.said, "");
	for (int i = 0; d.deck && i < d.deck->n_card; i++) {
		strncat(names, d.deck->card[i].name, sizeof names - strlen(names) - 2);
		strcat(names, " ");
	}
	T_STR(names, want);
	deck_free(&d);
}

static void check_says(const char *cards, int n, const char *place, const char *part)
{
	test_deck d = read_top(cards);
	T_INT(diag_count(d.diag, DIAG_ERROR), n);
	T_INT(d.status, TS_NETLIST);
	if (!T_TRUE(strstr(d.said, place) && strstr(d.said, part)))
		printf("wanted %s, %s in:\n%s\n", place, part, d.said);
	deck_free(&d);
}

static void test_paths(void)
{
	write_file("one.inc", "r1 a 0 1\n.include \"sub/Two.inc\"\nr9 a 0 1\n.end\nr10 a 0 1");
	write_file("sub/Two.inc", "r2 a 0 1\n+ m=2\n.inc three.inc\n.include '../four.inc'\n");
	write_file("sub/three.inc", "r3 a 0 1");
	write_file("four.inc", "* comment\nr4 a 0 1\n");
	check_names("v1 a 0 1\n.include one.inc\nv2 a 0 1\n", "v1 r1 r2 r3 r4 r9 v2 ");
	check_names(".INCLUDE \"one.inc\" ; comment\n.inc four.inc\n.inc four.inc\n", "r1 r2 r3 r4 r9 r4 r4 ");
	check_names(".subckt s a\n.inc four.inc\n.ends\n", "s ");
	char cards[500];
	snprintf(cards, sizeof cards, ".inc \"%s\"", path_of("sub/three.inc"));
	check_names(cards, "r3 ");
}

static void test_sections(void)
{
	write_file("lib.lib", "r0 a 0 1\n.lib tt\nr1 a 0 1\n.endl tt\n.lib SS\nr2 a 0 1\n.lib 'lib.lib' tt\n.endl\n"
	                      "r3 a 0 1\n.lib tt\nr4 a 0 1\n.endl\n.lib open\nr5 a 0 1\n");
	write_file("good.lib", ".lib tt\nr1 a 0 1\n.endl tt\n.lib ss\nr2 a 0 1 m=1..2\n.lib 'good.lib' tt\n.endl\n");
	check_names(".lib good.lib tt\n", "r1 ");
	check_names(".lib good.lib TT\n.lib 'good.lib' 'tt'\n", "r1 r1 ");
	check_names(".lib tt\nr1 a 0 1\n.endl\nr2 a 0 1\n", "r2 ");
	/* paths of a section are relative to the file that holds it; leading blanks, CR LF, any case */
	write_file("sub/deep.lib", "  .LIB Tt\r\n  .Lib '../good.lib' TT\r\n\t.inc three.inc\r\n\t.EndL whatever\r\n");
	check_names("\t.lib \"sub/deep.lib\" tt\n", "r1 r3 ");
	check_says("r1 a 0 1\n.lib good.lib ff\n", 1, "top.cir:3:6: error: ", "no section 'ff'");
	check_says(".lib good.lib ss\n", 1, "good.lib:5:12: error: ", "[E0104]");
	check_says(".lib lib.lib tt\n", 1, "lib.lib:13:1: error: ", "no .endl");
	check_says(".lib lib.lib\nr1 a 0 1\n", 1, "top.cir:2:1: error: ", "no .endl");
	check_says("r1 a 0 1\n.endl\n", 1, "top.cir:3:1: error: ", "[E0201]");
}

static void test_mistakes(void)
{
	check_says("r1 a 0 1\n.inc  nofile.inc\n", 1, "top.cir:3:7: error: ", "[E0101]");
	check_says("r1 a 0 1\n.include\n", 1, "top.cir:3:1: error: ", "[E0201]");
	/* a name on two lines is one name */
	check_says(".include 'no\n+file.inc'\n", 1, "top.cir:2:10: error: ", "no file.inc'");
	check_says(".include a b\n", 1, "top.cir:2:1: error: ", "[E0201]");
	check_says(".include /\n", 1, "top.cir:2:10: error: ", "[E0101]");
	write_file("bad.inc", "r1 a 0 1\nr2 a 0 1)\n");
	check_says("r3 a 0 2)\n.inc bad.inc\nr4 a 0 2)\n", 3, "bad.inc:2:9: error: ", "top.cir:3:6");
	write_file("open.inc", ".subckt s a\nr1 a 0 1\n");
	check_says(".inc open.inc\nr1 a 0 1\n", 1, "open.inc:1:1: error: ", "no .ends");
	write_file("garbage.inc", "r1 a \001 1\n");
	check_says(".inc garbage.inc\nr1 a 0 1\n", 1, "garbage.inc:1:6: error: ", "[E0102]");
}

static void test_circles(void)
{
	check_says(".include top.cir\n", 1, "top.cir:2:10: error: ", "includes itself");
	write_file("ring.inc", "r1 a 0 1\n.inc sub/../ring2.inc\n.inc sub/../ring2.inc\n");
	write_file("ring2.inc", ".inc ./ring.inc\n.inc ././ring.inc\n");
	check_says(".inc ring.inc\n", 4, "ring2.inc:1:6: error: ", "includes itself");
	write_file("self.lib", ".lib a\n.lib self.lib b\n.endl\n.lib b\n.lib self.lib a\n.endl\n");
	check_says(".lib self.lib a\n", 1, "self.lib:5:6: error: ", "includes itself");
	test_deck d = deck_text("t\n.include d\n");
	T_TRUE(strstr(d.said, "includes itself") != NULL);
	deck_free(&d);
}

/* A chain of files, each of which includes the next one `twice` times. */
static void write_chain(int n, int twice)
{
	for (int i = 0; i < n; i++) {
		char name[32], text[128] = "";
		snprintf(name, sizeof name, "chain%d.inc", i);
		for (int k = 0; k < twice; k++)
			snprintf(text + strlen(text), sizeof text - strlen(text), ".inc chain%d.inc\n", i + 1);
		write_file(name, i + 1 < n ? text : "r1 a 0 1\n");
	}
}

static void test_limits(void)
{
	write_chain(63, 1);
	check_names(".inc chain0.inc\n", "r1 ");
	write_chain(64, 1);
	check_says(".inc chain0.inc\n", 1, "chain62.inc:1:6: error: ", "64 deep");
	write_chain(10, 2);
	test_deck d = read_top(".inc chain0.inc\n");
	T_INT(d.deck ? d.deck->n_card : -1, 512);
	deck_free(&d);
	write_chain(40, 2);
	d = read_top(".inc chain0.inc\n");
	T_INT(d.status, TS_NETLIST);
	T_TRUE(strstr(d.said, "too many") != NULL);
	deck_free(&d);
}

static void remove_all(void)
{
	static const char *const name[] = {"top.cir",  "one.inc",   "sub/Two.inc", "sub/three.inc", "four.inc",
	                                   "lib.lib",  "good.lib",  "bad.inc",     "open.inc",      "garbage.inc",
	                                   "ring.inc", "ring2.inc", "self.lib",    "sub/deep.lib"};
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		unlink(path_of(name[i]));
	for (int i = 0; i < 64; i++) {
		char chain[32];
		snprintf(chain, sizeof chain, "chain%d.inc", i);
		unlink(path_of(chain));
	}
	rmdir(path_of("sub"));
	T_INT(rmdir(folder), 0);
}

int main(void)
{
	const char *base = getenv("TMPDIR");
	snprintf(folder, sizeof folder, "%s/thermospice_net_XXXXXX", base && strlen(base) < 100 ? base : "/tmp");
	if (!mkdtemp(folder) || mkdir(path_of("sub"), 0700) != 0)
		t_skip("no temporary folder");
	test_paths();
	test_sections();
	test_mistakes();
	test_circles();
	test_limits();
	remove_all();
	return t_done();
}
