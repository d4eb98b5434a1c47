/* SPDX-License-Identifier: Apache-2.0
 * SPICE numbers: engineering suffixes, trailing unit letters, shortest text that reads back to the same bits.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H
#include <stddef.h>

typedef enum number_result { NUMBER_OK, NUMBER_NONE, NUMBER_RANGE } number_result;

/* Read a number at text (n bytes): digits, '.', exponent (e or d), suffix t g meg k mil m u n p f a (any case), then
 * unit letters that are skipped. *used: bytes taken. NUMBER_RANGE: overflows a double. Locale-independent. */
number_result number_parse(const char *text, size_t n, double *value, size_t *used);
/* The shortest correctly rounded decimal that reads back exactly. Returns buf. */
const char *number_exact(double value, char buf[32]);
/* Engineering notation with `digits` significant digits and a suffix: 4.7k, 1.2u. Returns buf. */
const char *number_eng(double value, int digits, char buf[32]);
#endif
