/* SPDX-License-Identifier: Apache-2.0
 * Joules per sample of a denoising thermodynamic model built from one p-bit cell per spin: the cell measured, the rest
 * of the machine from stated assumptions (models/dtm_energy.json). With N = side^2 cells and T layers of K sweeps
 * (docs/dtm.md):
 *
 *   E = T [K N (E_rng + E_bias + E_wire + E_clock) + E_init + E_read]
 *   E_rng   = (P tau) (clock / tau) phases            power of the cell while it is on, per update
 *   E_bias  = C_b (clock / tau_b) phases V_b^2 gamma (1 - gamma),  V_b = 2 a |V_s|: the swing to fields of +-a
 *   E_wire  = C_n V^2 / 2,  C_n = 4 eta l sum sqrt(a_i^2 + b_i^2) over the rules of the grid
 *   E_clock = eta l V^2 / 2
 *   E_init  = N eta (side l) V^2 / 2,  E_read = N_data eta (side l) V^2 / 2
 *
 * V = signal level in thermal voltages times kT/q. Each output's interval takes every input to its ends, the others
 * held, and adds the shifts of the output's logarithm in quadrature, so that inputs which several terms share stay
 * shared.
 */
#ifndef DTM_LEDGER_H
#define DTM_LEDGER_H
#include "dtm/quantity.h"
#include "extract/cell.h"

typedef enum dtm_input {
	/* settings of the machine */
	DTM_LAYERS,
	DTM_SWEEPS,
	DTM_SIDE,
	DTM_DEGREE,
	DTM_DATA_NODES,
	DTM_CLOCK,
	DTM_PHASES,
	/* physics of the machine */
	DTM_WIRE,
	DTM_PITCH,
	DTM_LEVEL,
	DTM_BIAS_CAPACITANCE,
	DTM_BIAS_SETTLING,
	DTM_BIAS_FIELD,
	DTM_BIAS_GAMMA,
	/* the cell */
	DTM_CELL_ENERGY,
	DTM_CELL_SLOPE,
	DTM_CELL_TAU,
	DTM_N_INPUT,
	DTM_N_ASSUMED = DTM_CELL_ENERGY
} dtm_input;

typedef enum dtm_output {
	/* J per sample */
	DTM_RNG,
	DTM_BIAS,
	DTM_WIRES,
	DTM_CLOCK_TREE,
	DTM_INIT,
	DTM_READ,
	DTM_TOTAL,
	DTM_UPDATE,  /* J per node update: the first four */
	DTM_SECONDS, /* per sample: two colours after each other, each for one clock period */
	DTM_N_OUTPUT
} dtm_output;

/* What others say such a machine costs. */
typedef enum dtm_reference { DTM_PUBLISHED_LAYER, DTM_PUBLISHED_CELL, DTM_PUBLISHED_Z1, DTM_N_REFERENCE } dtm_reference;

typedef struct dtm_assume {
	dtm_quantity input[DTM_N_ASSUMED];
	dtm_quantity reference[DTM_N_REFERENCE]; /* J per node update */
	dtm_quantity z1_read;                    /* J per node read */
} dtm_assume;

typedef struct dtm_ledger {
	double temperature;
	double updates; /* T K N */
	double memory;  /* exp(-clock / tau) */
	dtm_quantity input[DTM_N_INPUT];
	dtm_quantity output[DTM_N_OUTPUT];
	dtm_quantity reference[DTM_N_REFERENCE]; /* J per sample, cells and read-out as their source counts them */
	dtm_quantity landauer;                   /* kT ln 2 per update, J per sample */
} dtm_ledger;

/* Read models/dtm_energy.json or a file like it. E0621. */
ts_status dtm_assume_load(const char *path, diag_list *diag, dtm_assume *assume);
/* Bill of a machine made of `cell`. E0622 when the cell lacks V_s, tau or an energy. */
ts_status dtm_ledger_build(const dtm_assume *assume, const extract_cell *cell, diag_list *diag, dtm_ledger *ledger);
/* Key in the JSON and unit of an input. */
const char *dtm_input_key(dtm_input input);
const char *dtm_input_unit(dtm_input input);

/* Wire capacitance per cell of a grid: eta in F/m, pitch in m. */
double dtm_wire_capacitance(int degree, double eta, double pitch);
/* T K L^2 E_cell. */
double dtm_sample_energy(double layers, double sweeps, double side, double cell);
/* An extracted number as a quantity; E0622 unless its absolute value is positive with a positive lower end. */
ts_status dtm_cell_quantity(const extract_value *from, const char *label, const extract_cell *cell, diag_list *diag,
                            dtm_quantity *q);
#endif
