/* SPDX-License-Identifier: Apache-2.0
 * Bias points from a fixed generator (splitmix64 [Steele, Lea & Flood 2014]): port voltages in ranges from a fraction
 * of kT/q to the supply, so that a transistor is met in weak and strong inversion, forward and reverse, triode and
 * saturation; branch currents of either sign; times across a waveform; mid-jump shifts of a few mV.
 */
#ifndef TESTS_CONFORMANCE_POINTS_H
#define TESTS_CONFORMANCE_POINTS_H
#include "conformance/conformance.h"

typedef struct conf_random {
	uint64_t state;
} conf_random;

static inline uint64_t conf_random_bits(conf_random *r)
{
	uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}
/* Uniform in [low, high). */
static inline double conf_uniform(conf_random *r, double low, double high)
{
	return low + (high - low) * ((double)(conf_random_bits(r) >> 11) * 0x1p-53);
}

/* Fresh port values, time and shift for one lane. */
static inline void conf_random_lane(conf_random *r, const conf_case *c, conf_bias *bias, int j)
{
	static const double range[] = {0.02, 0.1, 0.4, 1.2, 3.3};
	const double size = range[conf_random_bits(r) % (sizeof range / sizeof *range)];
	const double common = conf_random_bits(r) & 1 ? conf_uniform(r, -2, 2) : 0;
	for (int p = 0; p < c->shape->n_port; p++)
		bias->v[p * LANES + j] =
		    conf_is_voltage(c, p) ? common + conf_uniform(r, -size, size) : conf_uniform(r, -0.01, 0.01);
	bias->t[j] = conf_uniform(r, 0, 5e-6);
	for (int k = 0; k < c->shape->n_noise; k++)
		for (int p = 0; p < c->shape->n_port; p++)
			bias->shift[(k * c->shape->n_port + p) * LANES + j] =
			    conf_is_voltage(c, p) ? conf_uniform(r, -0.01, 0.01) : 0;
}
static inline void conf_random_bias(conf_random *r, const conf_case *c, conf_bias *bias)
{
	for (int j = 0; j < LANES; j++)
		conf_random_lane(r, c, bias, j);
	bias->shifted = 0;
}
/* Make the ends of every noise source equal: no net current, the state a circuit at rest is in. Sources in series need
 * as many rounds as there are. */
static inline void conf_equalise(const conf_case *c, conf_bias *bias)
{
	for (int round = 0; round < c->shape->n_noise; round++)
		for (int k = 0; k < c->shape->n_noise; k++)
			for (int j = 0; j < LANES; j++) {
				double *from = &bias->v[c->shape->noise[k].from * LANES + j];
				double *to = &bias->v[c->shape->noise[k].to * LANES + j];
				*from = *to = fmin(*from, *to);
			}
}
/* Does any noise source of the device have rates of single electrons, so that f and s follow a shift? */
static inline int conf_has_rates(const conf_case *c)
{
	for (int k = 0; k < c->shape->n_noise; k++)
		if (c->shape->noise[k].rates == DEV_ELECTRONS)
			return 1;
	return 0;
}
#endif
