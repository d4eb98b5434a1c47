/* SPDX-License-Identifier: Apache-2.0
 * SPICE numbers. A suffix is folded into the decimal exponent before conversion (4.7u is read as 4.7e-6), so that the
 * result is the double nearest to the decimal value, not a product of two roundings. Only `mil` (25.4e-6) multiplies.
 * Conversions run in the "C" locale of this thread whatever the program has set.
 */
#include "base/number.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

enum { NUMBER_BUFFER = 128, NUMBER_MAX_EXPONENT = 100000 };

typedef struct number_suffix {
	const char *name;
	int exponent;
	double factor;
} number_suffix;

/* longer names first: meg and mil before m */
static const number_suffix suffix_table[] = {
    {"meg", 6, 1}, {"mil", -6, 25.4}, {"t", 12, 1},  {"g", 9, 1},   {"k", 3, 1},   {"m", -3, 1},
    {"u", -6, 1},  {"n", -9, 1},      {"p", -12, 1}, {"f", -15, 1}, {"a", -18, 1},
};

static int is_digit(const char *text, size_t n, size_t i)
{
	return i < n && text[i] >= '0' && text[i] <= '9';
}

static int is_letter(const char *text, size_t n, size_t i)
{
	return i < n && ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z'));
}

/* End of [sign] digits [. digits]; 0 when there is no digit. */
static size_t scan_mantissa(const char *text, size_t n)
{
	size_t i = 0, n_digit = 0;
	if (i < n && (text[i] == '+' || text[i] == '-'))
		i++;
	for (; is_digit(text, n, i); i++)
		n_digit++;
	if (i < n && text[i] == '.')
		i++;
	for (; is_digit(text, n, i); i++)
		n_digit++;
	return n_digit ? i : 0;
}

/* Reads e or d, sign, digits at i; returns the end, or i itself when it is no exponent (a unit such as `dB`). */
static size_t scan_exponent(const char *text, size_t n, size_t i, int *exponent)
{
	*exponent = 0;
	if (i >= n || !strchr("eEdD", text[i]) || text[i] == '\0')
		return i;
	size_t j = i + 1;
	const int negative = j < n && text[j] == '-';
	if (j < n && (text[j] == '-' || text[j] == '+'))
		j++;
	if (!is_digit(text, n, j))
		return i;
	for (; is_digit(text, n, j); j++)
		if (*exponent < NUMBER_MAX_EXPONENT)
			*exponent = 10 * *exponent + (text[j] - '0');
	if (negative)
		*exponent = -*exponent;
	return j;
}

static const number_suffix *find_suffix(const char *text, size_t n)
{
	for (size_t i = 0; i < sizeof suffix_table / sizeof *suffix_table; i++) {
		const size_t length = strlen(suffix_table[i].name);
		if (length <= n && strncasecmp(text, suffix_table[i].name, length) == 0)
			return &suffix_table[i];
	}
	return NULL;
}

/* mantissa[0..n) times 10^exponent */
static number_result convert(const char *mantissa, size_t n, int exponent, double *value)
{
	char local[NUMBER_BUFFER];
	const size_t room = n + 16;
	char *buffer = room <= sizeof local ? local : alloc_array(room, 1);
	if (!buffer)
		return NUMBER_RANGE;
	snprintf(buffer, room, "%.*se%d", (int)n, mantissa, exponent);
	const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	*value = strtod_l(buffer, NULL, c_locale);
	freelocale(c_locale);
	if (buffer != local)
		alloc_free(buffer);
	return isfinite(*value) ? NUMBER_OK : NUMBER_RANGE;
}

number_result number_parse(const char *text, size_t n, double *value, size_t *used)
{
	*value = 0;
	*used = 0;
	const size_t mantissa = scan_mantissa(text, n);
	if (!mantissa)
		return NUMBER_NONE;
	int exponent;
	size_t i = scan_exponent(text, n, mantissa, &exponent);
	const number_suffix *suffix = find_suffix(text + i, n - i);
	while (is_letter(text, n, i))
		i++;
	*used = i;
	number_result result = convert(text, mantissa, exponent + (suffix ? suffix->exponent : 0), value);
	if (suffix)
		*value *= suffix->factor;
	if (result == NUMBER_OK && !isfinite(*value))
		result = NUMBER_RANGE;
	return result;
}

const char *number_exact(double value, char buf[32])
{
	const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	const locale_t old = uselocale(c_locale);
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(buf, 32, "%.*g", digits, value);
		if (!isfinite(value) || strtod(buf, NULL) == value)
			break;
	}
	uselocale(old);
	freelocale(c_locale);
	return buf;
}

static const char *eng_suffix(int exponent)
{
	static const char *const name[] = {"a", "f", "p", "n", "u", "m", "", "k", "meg", "g", "t"};
	return exponent >= -18 && exponent <= 12 ? name[(exponent + 18) / 3] : NULL;
}

const char *number_eng(double value, int digits, char buf[32])
{
	const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	const locale_t old = uselocale(c_locale);
	digits = digits < 1 ? 1 : digits > 17 ? 17 : digits;
	/* round first: 999.96 to three digits is 1k */
	snprintf(buf, 32, "%.*e", digits - 1, value);
	const char *e = strchr(buf, 'e');
	const int decimal = e ? atoi(e + 1) : 0;
	const int exponent = decimal - ((decimal % 3) + 3) % 3;
	const char *suffix = eng_suffix(exponent);
	if (value == 0)
		snprintf(buf, 32, "0");
	else if (!isfinite(value) || !suffix)
		snprintf(buf, 32, "%.*g", digits, value);
	else {
		const double rounded = strtod(buf, NULL);
		const int wide =
		    decimal - exponent + 1; /* digits before the point: %g must not switch to an exponent */
		snprintf(buf, 32, "%.*g%s", digits > wide ? digits : wide, rounded / pow(10, exponent), suffix);
	}
	uselocale(old);
	freelocale(c_locale);
	return buf;
}
