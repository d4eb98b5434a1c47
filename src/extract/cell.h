/* SPDX-License-Identifier: Apache-2.0
 * What a p-bit cell is to the layers above: its measured transfer curve, times and energies, each with a 95 % interval.
 * A value type without pointers.
 */
#ifndef EXTRACT_CELL_H
#define EXTRACT_CELL_H
#include "base/diag.h"
#include "out/result.h"

typedef struct extract_value {
	double value, se, low, high;
} extract_value; /* [low, high]: 95 % interval */

enum { EXTRACT_MAX_BIAS = 256, EXTRACT_MAX_SUPPLY = 8, EXTRACT_NAME = 128 };

typedef struct extract_cell {
	char name[EXTRACT_NAME], deck[EXTRACT_NAME],
	    reading[EXTRACT_NAME]; /* .pbit name, netlist title, noise reading */
	double temperature;        /* K */
	double threshold;          /* V */
	double v_unit, t_unit;     /* printing units from the card (V, s); 1 when none */
	int n_bias;
	double bias[EXTRACT_MAX_BIAS];           /* V, increasing */
	extract_value p[EXTRACT_MAX_BIAS];       /* P(1) */
	extract_value tau[EXTRACT_MAX_BIAS];     /* slow relaxation time of the bit's autocorrelation, s */
	extract_value tau_int[EXTRACT_MAX_BIAS]; /* integral of the normalised autocorrelation over lags -inf..inf, s */
	extract_value power[EXTRACT_MAX_BIAS];   /* total supply power, W */
	extract_value dwell_low[EXTRACT_MAX_BIAS], dwell_high[EXTRACT_MAX_BIAS]; /* mean dwell times with CORE=, s */
	/* (n + 1) sum d^2 / 2 (sum d)^2 of n whole dwells: 1 for exponential ones, less for regular ones, more for
	 * mixed */
	extract_value dwell_shape_low[EXTRACT_MAX_BIAS], dwell_shape_high[EXTRACT_MAX_BIAS];
	/* Q_h - Q_2h from the companion's pairs, with their standard error and interval; NaN: none */
	extract_value p_step[EXTRACT_MAX_BIAS], tau_step[EXTRACT_MAX_BIAS], power_step[EXTRACT_MAX_BIAS];
	/* logistic P = 1/(1 + exp(-(V - v0)/vs)); probit P = Phi((V - v0)/vs) */
	extract_value v0, vs, worst; /* worst: largest |P - fit| over the points */
	extract_value probit_v0, probit_vs, probit_worst;
	double chi2;
	int dof; /* goodness of the logistic fit */
	/* at the bias point nearest v0 */
	int i_mid;
	extract_value tau_mid, power_mid;
	extract_value energy_per_tau; /* power x tau, J */
	extract_value energy_per_bit; /* power x tau_int, J per independent sample (physics.md section 3) */
	int n_supply;
	char supply_name[EXTRACT_MAX_SUPPLY][EXTRACT_NAME];
	extract_value supply_power[EXTRACT_MAX_SUPPLY]; /* W at i_mid */
	double residual;                                /* worst relative first-law residual over all trajectories */
} extract_cell;

/* Extract cell `name` (NULL: the only one) from a result file written by .trannoise with .pbit. */
ts_status extract_run(const out_file *file, const char *name, diag_list *diag, extract_cell *cell);
/* Store in / load from group /pbit/<name> of any result or cell file. */
ts_status extract_store(out_file *file, const extract_cell *cell, diag_list *diag);
ts_status extract_load(const out_file *file, const char *name, diag_list *diag, extract_cell *cell);
/* Entropy of a bit that is 1 with probability p, in bits; NaN outside [0, 1]. */
double extract_entropy(double p);
/* energy_per_bit over Landauer's bound kT ln2 H2(p) at i_mid: the least heat of overwriting a record of such a bit. It
 * bounds the reset, latch or read-out of a record, not the making of random bits, which costs nothing in equilibrium
 * (physics.md section 5). NaN or infinite where H2 is unknown or 0. */
extract_value extract_landauer(const extract_cell *cell);
/* Table for a terminal (at most 100 columns), or JSON. */
void extract_print(const extract_cell *cell, FILE *to);
void extract_print_json(const extract_cell *cell, FILE *to);
/* Measured P(1) at input voltage v: monotone (Steffen) interpolation of the points in logit space, logistic
 * continuation with the fitted slope beyond them. Thread-safe. */
double extract_sigmoid(const extract_cell *cell, double v);
/* 1 when that curve passes through bias point i: its P(1) has a logit. Points with P = 0, 1 or NaN are passed over. */
int extract_sigmoid_uses(const extract_cell *cell, int i);
#endif
