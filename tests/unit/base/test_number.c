/* SPDX-License-Identifier: Apache-2.0
 * SPICE numbers. Values are compared bit for bit with C literals of the decimal meant, so a suffix costs no rounding;
 * how many bytes were taken is checked with them. Printing: shortest text that reads back, engineering notation.
 */
#include "base/number.h"
#include "base/philox.h"
#include "harness/t.h"
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOL_MIL DBL_EPSILON
#define TOL_ENG 4e-16 /* one rounding of the division by a power of ten, one of reading */

typedef struct number_case {
	const char *text;
	double value;
	size_t used;
} number_case;

/* Reads from a block of exactly n bytes, so that a sanitizer sees a byte too far. */
static number_result parse(const char *text, size_t n, double *value, size_t *used)
{
	char *exact = malloc(n ? n : 1);
	memcpy(exact, text, n);
	const number_result result = number_parse(exact, n, value, used);
	free(exact);
	return result;
}

static void check(const number_case *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double value = -1;
		size_t used = 99;
		const number_result result = parse(c[i].text, strlen(c[i].text), &value, &used);
		int ok = T_INT(result, NUMBER_OK);
		ok &= T_TRUE(memcmp(&value, &c[i].value, sizeof value) == 0);
		ok &= T_INT(used, c[i].used);
		if (!ok)
			printf("  '%s': got %.17g\n", c[i].text, value);
	}
}

static void test_plain(void)
{
	static const number_case c[] = {
	    {"0", 0, 1},
	    {"-0", -0.0, 2},
	    {"1", 1, 1},
	    {"+5", 5, 2},
	    {"-3", -3, 2},
	    {"5.", 5, 2},
	    {".5", 0.5, 2},
	    {"-.5", -0.5, 3},
	    {"1.5e3", 1500, 5},
	    {"1E3", 1000, 3},
	    {"1e+3", 1000, 4},
	    {"1e-3", 1e-3, 4},
	    {"1d3", 1000, 3},
	    {"1D-3", 1e-3, 4},
	    {"1.2.3", 1.2, 3},
	    {"1,5", 1, 1},
	    {"1 k", 1, 1},
	    {"1_", 1, 1},
	    {"2+3", 2, 1},
	    {"0x10", 0, 2},
	    {"1e", 1, 2},
	    {"1e+", 1, 2},
	    {"1e-k", 1, 2},
	    {"1dB", 1, 3},
	    {"1e3e3", 1e3, 4},
	    {"1e-400", 0, 6},
	    {"4.9e-324", 5e-324, 8},
	    {"1e-99999999999", 0, 14},
	    {"0e99999999999", 0, 13},
	    {"179769313486231570e291", DBL_MAX, 22},
	    {"9007199254740993", 9007199254740992, 16},
	};
	t_section("plain numbers");
	check(c, sizeof c / sizeof *c);
}

static void test_suffix(void)
{
	static const number_case c[] = {
	    {"1t", 1e12, 2},        {"1g", 1e9, 2},       {"1meg", 1e6, 4},    {"1k", 1e3, 2},
	    {"1m", 1e-3, 2},        {"1u", 1e-6, 2},      {"1n", 1e-9, 2},     {"1p", 1e-12, 2},
	    {"1f", 1e-15, 2},       {"1a", 1e-18, 2},     {"1MEG", 1e6, 4},    {"1Meg", 1e6, 4},
	    {"1M", 1e-3, 2},        {"1megohm", 1e6, 7},  {"1me", 1e-3, 3},    {"1mega", 1e6, 5},
	    {"5Volt", 5, 5},        {"2kohm", 2e3, 5},    {"1pF", 1e-12, 3},   {"1e3k", 1e6, 4},
	    {"1e-3meg", 1e3, 7},    {"1d3u", 1e-3, 4},    {"4.7u", 4.7e-6, 4}, {"0.3n", 0.3e-9, 4},
	    {"1.1p", 1.1e-12, 4},   {"6.6f", 6.6e-15, 4}, {"2.2k5", 2.2e3, 4}, {"1e309m", 1e306, 6},
	    {"1e-300p", 1e-312, 7}, {"1u2", 1e-6, 2},     {"1\xc2\xb5", 1, 1}, {"10mF", 10e-3, 4},
	    {"3ms", 3e-3, 3},       {"5v", 5, 2},
	};
	static const char *const mil[] = {"1mil", "1MIL", "1mils", "1milli"};
	t_section("suffixes: meg, mil and m apart; one rounding only, two for mil");
	check(c, sizeof c / sizeof *c);
	for (size_t i = 0; i < sizeof mil / sizeof *mil; i++) {
		double value;
		size_t used;
		T_INT(parse(mil[i], strlen(mil[i]), &value, &used), NUMBER_OK);
		T_REL(value, 25.4e-6, TOL_MIL);
		T_INT(used, strlen(mil[i]));
	}
}

static void test_refused(void)
{
	static const char *const none[] = {"", "-", "+", ".", "-.", "k", "+k", "e3", ".e3", "--1", "inf", "nan", " 1"};
	static const char *const range[] = {"1e309",     "-1e309", "1e307k",  "1e999999999999",
	                                    "1e308mil5", "2e308",  "9e303meg"};
	t_section("no number, too large a number");
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		double value = 1;
		size_t used = 1;
		T_INT(parse(none[i], strlen(none[i]), &value, &used), NUMBER_NONE);
		T_INT(used, 0);
		T_TRUE(value == 0);
	}
	for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
		double value;
		size_t used;
		const int too_large = i != 4; /* 1e308 mil is 2.54e303 */
		T_INT(parse(range[i], strlen(range[i]), &value, &used), too_large ? NUMBER_RANGE : NUMBER_OK);
		T_INT(used, i == 4 ? 8 : strlen(range[i]));
	}
}

static void test_length(void)
{
	t_section("the length is the limit; long digit strings; other locales");
	double value;
	size_t used;
	T_INT(parse("123456", 3, &value, &used), NUMBER_OK);
	T_TRUE(value == 123 && used == 3);
	T_INT(parse("1e5", 2, &value, &used), NUMBER_OK); /* e is a unit letter then */
	T_TRUE(value == 1 && used == 2);
	T_INT(parse("1meg", 3, &value, &used), NUMBER_OK);
	T_TRUE(value == 1e-3 && used == 3);
	T_INT(parse("1\0002", 3, &value, &used), NUMBER_OK);
	T_TRUE(value == 1 && used == 1);
	char text[400];
	memset(text, '3', sizeof text);
	text[1] = '.';
	T_INT(parse(text, sizeof text, &value, &used), NUMBER_OK);
	T_TRUE(value == 10.0 / 3 && used == sizeof text);
	T_INT(parse(text + 2, sizeof text - 2, &value, &used), NUMBER_RANGE);
	char exact[32], eng[32];
	const int other = setlocale(LC_ALL, "de_DE.UTF-8") != NULL;
	printf("  decimal point '%s'%s\n", localeconv()->decimal_point, other ? "" : " (no de_DE here)");
	T_INT(parse("1.5k", 4, &value, &used), NUMBER_OK);
	T_TRUE(value == 1500 && used == 4);
	T_STR(number_exact(0.25, exact), "0.25");
	T_STR(number_eng(1500, 3, eng), "1.5k");
	setlocale(LC_ALL, "C");
}

static double double_of(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}

static void test_exact(void)
{
	static const struct {
		double value;
		const char *text;
	} c[] = {{0, "0"},
	         {-0.0, "-0"},
	         {1, "1"},
	         {0.1, "0.1"},
	         {-2.5, "-2.5"},
	         {1e22, "1e+22"},
	         {5e-324, "5e-324"},
	         {1e-6, "1e-06"},
	         {1.0 / 3, "0.3333333333333333"},
	         {0.1 + 0.2, "0.30000000000000004"},
	         {DBL_MAX, "1.7976931348623157e+308"},
	         {DBL_MIN, "2.2250738585072014e-308"},
	         {123456, "123456"},
	         {4.7e-6, "4.7e-06"},
	         {0x1p-44, "5.6843418860808015e-14"}};
	char buf[32], shorter[32];
	t_section("shortest text that reads back");
	for (size_t i = 0; i < sizeof c / sizeof *c; i++)
		T_STR(number_exact(c[i].value, buf), c[i].text);
	T_STR(number_exact((double)INFINITY, buf), "inf");
	T_STR(number_exact(-(double)INFINITY, buf), "-inf");
	T_TRUE(strstr(number_exact((double)NAN, buf), "nan") != NULL);
	int differs = 0, too_long = 0;
	for (uint32_t i = 0; i < 50000; i++) {
		const philox_counter r = philox4x32((philox_counter){{i, 0, 0, 0}}, philox_make_key(1, PHILOX_NOISE));
		const double x = double_of((uint64_t)r.v[0] << 32 | r.v[1]);
		if (!isfinite(x))
			continue;
		double back;
		size_t used;
		number_exact(x, buf);
		const number_result result = number_parse(buf, strlen(buf), &back, &used);
		differs += result != NUMBER_OK || used != strlen(buf) || memcmp(&back, &x, sizeof x) != 0;
		const char *first = buf + strspn(buf, "-0.");
		const size_t n_digit = strspn(first, "0123456789.") - (strchr(first, '.') != NULL);
		snprintf(shorter, sizeof shorter, "%.*e", n_digit > 1 ? (int)n_digit - 2 : 0, x);
		too_long += n_digit > 1 && strtod(shorter, NULL) == x;
	}
	T_INT(differs, 0);
	T_INT(too_long, 0);
}

static void test_eng(void)
{
	static const struct {
		double value;
		int digits;
		const char *text;
	} c[] = {{0, 3, "0"},
	         {4700, 2, "4.7k"},
	         {1.2e-6, 2, "1.2u"},
	         {1e6, 3, "1meg"},
	         {1e-3, 3, "1m"},
	         {999.96, 3, "1k"},
	         {999.94, 4, "999.9"},
	         {999.96e3, 3, "1meg"},
	         {0.99996, 3, "1"},
	         {0.1, 3, "100m"},
	         {123456, 3, "123k"},
	         {123456, 1, "100k"},
	         {12345, 2, "12k"},
	         {-4700, 2, "-4.7k"},
	         {1e12, 3, "1t"},
	         {999e12, 3, "999t"},
	         {1e15, 3, "1e+15"},
	         {1e-18, 3, "1a"},
	         {1e-19, 3, "1e-19"},
	         {5e-17, 2, "50a"},
	         {25.4e-6, 3, "25.4u"},
	         {1, 0, "1"},
	         {1.0 / 3, 99, "333.33333333333331m"},
	         {2.5e9, 2, "2.5g"},
	         {3e-9, 2, "3n"},
	         {3e-12, 2, "3p"},
	         {3e-15, 2, "3f"}};
	char buf[32];
	t_section("engineering notation");
	for (size_t i = 0; i < sizeof c / sizeof *c; i++)
		T_STR(number_eng(c[i].value, c[i].digits, buf), c[i].text);
	T_STR(number_eng((double)INFINITY, 3, buf), "inf");
	T_TRUE(strstr(number_eng((double)NAN, 3, buf), "nan") != NULL);
	double worst = 0;
	for (uint32_t i = 0; i < 20000; i++) {
		const double x = (i % 2 ? -1 : 1) * exp(-45 + 80 * philox_uniform(i * 2654435761u, i));
		double back;
		size_t used;
		number_eng(x, 17, buf);
		T_TRUE(number_parse(buf, strlen(buf), &back, &used) == NUMBER_OK && used == strlen(buf));
		worst = fmax(worst, fabs(back / x - 1));
	}
	T_ABS(worst, 0, TOL_ENG);
}

int main(void)
{
	test_plain();
	test_suffix();
	test_refused();
	test_length();
	test_exact();
	test_eng();
	return t_done();
}
