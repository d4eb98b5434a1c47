/* SPDX-License-Identifier: Apache-2.0
 * Physical constants: the 2019 SI (exact) and CODATA 2018.
 */
#ifndef BASE_PHYS_H
#define BASE_PHYS_H

#define PHYS_Q 1.602176634e-19     /* elementary charge, C, exact */
#define PHYS_K 1.380649e-23        /* Boltzmann constant, J/K, exact */
#define PHYS_EPS0 8.8541878128e-12 /* vacuum permittivity, F/m, CODATA 2018 */
#define PHYS_EPS_SI (11.7 * PHYS_EPS0)
#define PHYS_ZERO_C 273.15         /* 0 Celsius in K */
#define PHYS_LN2 0.69314718055994530942
#define PHYS_PI 3.14159265358979323846

/* Thermal voltage kT/q in V. */
static inline double phys_ut(double temperature)
{
	return PHYS_K * temperature / PHYS_Q;
}
#endif
