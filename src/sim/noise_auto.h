/* SPDX-License-Identifier: Apache-2.0
 * Choice of the noise sources that jump (private to sim/, see noise_auto.c).
 */
#ifndef SIM_NOISE_AUTO_H
#define SIM_NOISE_AUTO_H
#include "sim/noise_run.h"

/* What the pilot lends: a tile and its work with the Gaussian plan run->plan, normals, and what it has found. */
typedef struct noise_pilot_tools {
	mna_tile *tile;
	sde_work *work;
	noise_stream *stream;
	uint32_t *trajectory;     /* [LANES] */
	size_t n_bias;            /* biases that were looked at, spread evenly over the run's */
	double step, rate;        /* s; fastest relaxation rate, averaged over the pilot, 1/s */
	double bit_low, bit_high; /* range of the bit's output, V */
} noise_pilot_tools;

/* Fill run->choice from the state in which the pilot has ended; warns (W0504) where a high barrier stays Gaussian. */
ts_status noise_choose(noise_run *run, noise_pilot_tools *p);
#endif
