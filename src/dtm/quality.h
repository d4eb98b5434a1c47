/* SPDX-License-Identifier: Apache-2.0
 * How good a sampler a cell is: the exact law of a small trained model whose spins answer with the cell's measured
 * transfer curve and remember what they were, against ideal p-bits and exact conditionals. No sampling error: laws are
 * enumerated.
 *
 * A spin at field a is driven by V = V0 + V_s a and is +1 with the measured P(V); it keeps its old value with
 * probability exp(-clock / tau), tau at the mid point (its largest, so the memory is not flattered). The cell's
 * interval: n_replica redraws of every measured P(V) and of tau within their standard errors (fixed seed), V0 and V_s
 * held, as a machine calibrated on the estimates would have it; 2.5 % and 97.5 % points, widened to hold the estimate.
 */
#ifndef DTM_QUALITY_H
#define DTM_QUALITY_H
#include "dtm/quantity.h"
#include "dtm/small.h"
#include "extract/cell.h"

enum { DTM_MAX_REPLICA = 256 };

typedef struct dtm_quality_options {
	int n_sweep;
	double clock; /* in tau */
	int n_replica;
} dtm_quality_options;

typedef struct dtm_quality {
	dtm_quality_options options;
	dtm_quantity exact, ideal, cell; /* KL(data || chain), nats */
	double memory;
	double field_range,
	    field_measured; /* largest |a| the model uses; up to which the curve was measured on both sides */
} dtm_quality;

/* The model of the report: 4 visible spins, 1 latent, 4 layers, rate 0.9, 1000 steps, patterns 0000 0010 0100 1000. */
dtm_small_options dtm_quality_model(void);
/* dtm_response_fn of a cell; self is a const extract_cell *. */
double dtm_cell_response(const void *self, double field);
ts_status dtm_quality_measure(const dtm_small *model, const extract_cell *cell, const dtm_quality_options *options,
                              diag_list *diag, dtm_quality *quality);
#endif
