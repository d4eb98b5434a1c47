/* SPDX-License-Identifier: Apache-2.0
 * Temperature dependence of resistors, capacitors and inductors [ngspice]: with dT from the nominal temperature, a
 * factor 1.01^(tce dT) where tce is not zero, else 1 + tc1 dT + tc2 dT^2.
 */
#ifndef DEV_TEMPERATURE_H
#define DEV_TEMPERATURE_H
#include <math.h>
#include "base/phys.h"

typedef struct dev_coefficients {
	double tc1, tc2, tce; /* 1/K, 1/K^2, 1/K */
	double tnom;          /* Celsius */
} dev_coefficients;

/* The factor at a temperature in K; not positive where the polynomial is not. */
static inline double dev_temperature_factor(const dev_coefficients *c, double temperature)
{
	const double dt = temperature - (PHYS_ZERO_C + c->tnom);
	return c->tce != 0 ? pow(1.01, c->tce * dt) : 1 + c->tc1 * dt + c->tc2 * dt * dt;
}

/* Entries of a parameter table: on the line, and on the card for lines that do not give it (elab/passive.c). */
#define DEV_TC1                                                                                                        \
	{                                                                                                              \
		"tc1", "1/K", "linear temperature coefficient [spice3]", 0, -1, 1, 0                                   \
	}
#define DEV_TC2                                                                                                        \
	{                                                                                                              \
		"tc2", "1/K^2", "quadratic temperature coefficient [spice3]", 0, -1, 1, 0                              \
	}
#define DEV_TCE                                                                                                        \
	{                                                                                                              \
		"tce", "1/K", "the factor is 1.01^(tce dT) unless tce is 0 [ngspice]", 0, -100, 100, 0                 \
	}
#define DEV_CARD_TC1                                                                                                   \
	{                                                                                                              \
		"tc1", "1/K", "of lines without tc1, no effect on others [spice3]", 0, -1, 1, 1                        \
	}
#define DEV_CARD_TC2                                                                                                   \
	{                                                                                                              \
		"tc2", "1/K^2", "of lines without tc2, no effect on others [spice3]", 0, -1, 1, 1                      \
	}
#define DEV_CARD_TCE                                                                                                   \
	{                                                                                                              \
		"tce", "1/K", "of lines without tce, no effect on others [ngspice]", 0, -100, 100, 1                   \
	}
#define DEV_TNOM                                                                                                       \
	{                                                                                                              \
		"tnom", "C", "temperature of the nominal value [spice3]", 27, -273, 2000, 1                            \
	}
#define DEV_SCALE                                                                                                      \
	{                                                                                                              \
		"scale", "", "factor on the value [ngspice]", 1, 1e-18, 1e18, 0                                        \
	}
#endif
