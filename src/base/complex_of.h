/* SPDX-License-Identifier: Apache-2.0
 * A complex number from its parts. C's CMPLX is missing where clang reads glibc's headers, and re + im * I turns an
 * infinite part into NaN.
 */
#ifndef BASE_COMPLEX_OF_H
#define BASE_COMPLEX_OF_H
#include <complex.h>

static inline double complex complex_of(double re, double im)
{
	const union {
		double part[2];
		double complex whole; /* C17 6.2.5: the representation of two doubles */
	} z = {{re, im}};
	return z.whole;
}
#endif
