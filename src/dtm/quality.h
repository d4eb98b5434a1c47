/* SPDX-License-Identifier: Apache-2.0
 * How good a sampler a cell is: the exact law of a small trained model whose spins answer with the cell's measured
 * transfer curve and remember what they were, against ideal p-bits and exact conditionals. No sampling error: laws are
 * enumerated.
 *
 * A spin at field a is driven by V = V0 + V_s a and is +1 with the measured P(V). The network that drives it reaches
 * fields from -reach to reach and stays at its end beyond, as the machine of the ledger does. A spin keeps its old
 * value with probability exp(-clock / tau), tau at the bias point nearest V0: the longest one for a symmetric cell;
 * nothing checks that it is for others. The cell's interval: n_replica redraws of the logit of every point of the curve
 * and of tau within their standard errors (fixed seed), V0 and V_s held, as a machine calibrated on the estimates would
 * have it; 2.5 % and 97.5 % points, widened to hold the estimate. Points the curve passes over stay out of the
 * replicas, too.
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
	double reach; /* largest |a| the bias network gives: bias_field of the ledger */
	int n_replica;
} dtm_quality_options;

typedef struct dtm_quality {
	dtm_quality_options options;
	dtm_quantity exact, ideal, cell; /* KL(data || chain), nats */
	double memory;
	double field_range;    /* largest |a| the model asks for */
	double field_measured; /* largest |a| up to which the curve has points on both sides */
} dtm_quality;

typedef struct dtm_cell_spin {
	const extract_cell *cell;
	double reach;
} dtm_cell_spin;

/* The model of the report: 4 visible spins, 1 latent, 4 layers, rate 0.9, 1000 steps, patterns 0000 0010 0100 1000. */
dtm_small_options dtm_quality_model(void);
/* dtm_response_fn of a cell; self is a const dtm_cell_spin *. */
double dtm_cell_response(const void *self, double field);
ts_status dtm_quality_measure(const dtm_small *model, const extract_cell *cell, const dtm_quality_options *options,
                              diag_list *diag, dtm_quality *quality);
#endif
