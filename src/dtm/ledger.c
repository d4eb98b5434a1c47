/* SPDX-License-Identifier: Apache-2.0
 * The joule ledger (formulas in ledger.h, provenance in models/dtm_energy.json): one pure function of the inputs,
 * evaluated at the nominal point and with each input at either end of its interval.
 */
#include "dtm/ledger.h"
#include <math.h>
#include <stdio.h>
#include "base/phys.h"
#include "dtm/graph.h"

typedef struct input_row {
	const char *group, *key, *unit;
} input_row;

static const input_row rows[DTM_N_INPUT] = {
    [DTM_LAYERS] = {"machine", "layers", ""},
    [DTM_SWEEPS] = {"machine", "sweeps", ""},
    [DTM_SIDE] = {"machine", "side", ""},
    [DTM_DEGREE] = {"machine", "degree", ""},
    [DTM_DATA_NODES] = {"machine", "data_nodes", ""},
    [DTM_CLOCK] = {"machine", "clock", "tau"},
    [DTM_PHASES] = {"machine", "phases", ""},
    [DTM_WIRE] = {"physics", "wire_capacitance", "F/m"},
    [DTM_PITCH] = {"physics", "pitch", "m"},
    [DTM_LEVEL] = {"physics", "signal_level", "kT/q"},
    [DTM_BIAS_CAPACITANCE] = {"physics", "bias_capacitance", "F"},
    [DTM_BIAS_SETTLING] = {"physics", "bias_settling", "tau_b"},
    [DTM_BIAS_FIELD] = {"physics", "bias_field", ""},
    [DTM_BIAS_GAMMA] = {"physics", "bias_gamma", ""},
    [DTM_CELL_ENERGY] = {"cell", "energy_per_tau", "J"},
    [DTM_CELL_SLOPE] = {"cell", "vs", "V"},
    [DTM_CELL_TAU] = {"cell", "tau", "s"},
};

const char *dtm_input_key(dtm_input input)
{
	return rows[input].key;
}

const char *dtm_input_unit(dtm_input input)
{
	return rows[input].unit;
}

double dtm_wire_capacitance(int degree, double eta, double pitch)
{
	return 4 * eta * pitch * dtm_grid_wire(degree);
}

double dtm_sample_energy(double layers, double sweeps, double side, double cell)
{
	return layers * sweeps * side * side * cell;
}

/* Numbers that count something, and gamma, have ranges of their own. A machine has one size: a count is exact. */
static ts_status check_settings(const dtm_quantity *in, const char *path, diag_list *diag)
{
	const char *wrong = NULL;
	for (int i = DTM_LAYERS; i <= DTM_DATA_NODES && !wrong; i++)
		if (in[i].value != floor(in[i].value) || in[i].value > 1e6 || in[i].low < in[i].high)
			wrong = rows[i].key;
	if (!wrong && (in[DTM_DEGREE].value > 100 || isnan(dtm_grid_wire((int)in[DTM_DEGREE].value))))
		wrong = rows[DTM_DEGREE].key;
	if (!wrong && in[DTM_BIAS_GAMMA].high > 0.25)
		wrong = rows[DTM_BIAS_GAMMA].key;
	if (!wrong && in[DTM_PHASES].high > 2)
		wrong = rows[DTM_PHASES].key;
	if (!wrong)
		return TS_OK;
	diag_add(diag, E0621, SRC_NOWHERE,
	         "%s: '%s' is out of range: counts are whole, at most 1e6 and without low and high, degree is 8, 12, "
	         "16, 20 or 24, phases at most 2, gamma (1 - gamma) at most 0.25",
	         path, wrong);
	return TS_IO;
}

static ts_status read_groups(const json_t *root, const char *path, diag_list *diag, dtm_assume *assume)
{
	static const char *const key[DTM_N_REFERENCE] = {"published_layer", "published_cell", "z1_update"};
	const json_t *references = json_object_get(root, "references");
	for (int i = 0; i < DTM_N_ASSUMED; i++)
		TS_TRY(dtm_json_quantity(json_object_get(root, rows[i].group), rows[i].key, path, diag,
		                         &assume->input[i]));
	TS_TRY(check_settings(assume->input, path, diag));
	for (int i = 0; i < DTM_N_REFERENCE; i++)
		TS_TRY(dtm_json_quantity(references, key[i], path, diag, &assume->reference[i]));
	return dtm_json_quantity(references, "z1_read", path, diag, &assume->z1_read);
}

ts_status dtm_assume_load(const char *path, diag_list *diag, dtm_assume *assume)
{
	json_t *root;
	*assume = (dtm_assume){0};
	TS_TRY(dtm_json_load(path, "thermospice-dtm-energy", diag, &root));
	const ts_status status = read_groups(root, path, diag, assume);
	json_decref(root);
	return status;
}

ts_status dtm_cell_quantity(const extract_value *from, const char *label, const extract_cell *cell, diag_list *diag,
                            dtm_quantity *q)
{
	const int flip = from->value < 0;
	const double value = fabs(from->value), low = flip ? -from->high : from->low;
	const double high = flip ? -from->low : from->high;
	char source[DTM_SOURCE];
	if (!(low > 0 && low <= value && value <= high && isfinite(high))) {
		diag_add(diag, E0622, SRC_NOWHERE,
		         "cell '%s': %s is %g in [%g, %g], which is not determined well enough", cell->name, label,
		         from->value, from->low, from->high);
		return TS_NUMERIC;
	}
	snprintf(source, sizeof source, "simulated here: .pbit %.60s of \"%.100s\", noise reading %.20s", cell->name,
	         cell->deck, cell->reading);
	dtm_quantity_set(q, label, DTM_SIMULATED, (double[]){value, low, high}, source);
	return TS_OK;
}

static void evaluate(const double x[DTM_N_INPUT], double temperature, double out[DTM_N_OUTPUT])
{
	const double v = x[DTM_LEVEL] * phys_ut(temperature), swing = 2 * x[DTM_BIAS_FIELD] * x[DTM_CELL_SLOPE];
	const double nodes = x[DTM_SIDE] * x[DTM_SIDE], updates = x[DTM_LAYERS] * x[DTM_SWEEPS] * nodes;
	const double wire = dtm_wire_capacitance((int)x[DTM_DEGREE], x[DTM_WIRE], x[DTM_PITCH]);
	const double row = x[DTM_LAYERS] * 0.5 * x[DTM_WIRE] * x[DTM_SIDE] * x[DTM_PITCH] * v * v;
	out[DTM_RNG] = updates * x[DTM_CELL_ENERGY] * x[DTM_CLOCK] * x[DTM_PHASES];
	out[DTM_BIAS] = updates * x[DTM_BIAS_CAPACITANCE] * x[DTM_BIAS_SETTLING] * x[DTM_PHASES] * swing * swing *
	                x[DTM_BIAS_GAMMA];
	out[DTM_WIRES] = updates * 0.5 * wire * v * v;
	out[DTM_CLOCK_TREE] = updates * 0.5 * x[DTM_WIRE] * x[DTM_PITCH] * v * v;
	out[DTM_INIT] = nodes * row;
	out[DTM_READ] = x[DTM_DATA_NODES] * row;
	const double cells = out[DTM_RNG] + out[DTM_BIAS] + out[DTM_WIRES] + out[DTM_CLOCK_TREE];
	out[DTM_TOTAL] = cells + out[DTM_INIT] + out[DTM_READ];
	out[DTM_UPDATE] = cells / updates;
	out[DTM_SECONDS] = x[DTM_LAYERS] * x[DTM_SWEEPS] * 2 * x[DTM_CLOCK] * x[DTM_CELL_TAU];
}

/* Sums of squares of the upward and downward shifts of every output's logarithm. */
typedef struct shifts {
	double up[DTM_N_OUTPUT], down[DTM_N_OUTPUT];
} shifts;

static void shift_one(const dtm_ledger *ledger, int moved, const double mid[DTM_N_OUTPUT], shifts *s)
{
	double x[DTM_N_INPUT], out[2][DTM_N_OUTPUT];
	const double ends[2] = {ledger->input[moved].low, ledger->input[moved].high};
	for (int i = 0; i < DTM_N_INPUT; i++)
		x[i] = ledger->input[i].value;
	for (int e = 0; e < 2; e++) {
		x[moved] = ends[e];
		evaluate(x, ledger->temperature, out[e]);
	}
	for (int o = 0; o < DTM_N_OUTPUT; o++) {
		const double a = log(out[0][o] / mid[o]), b = log(out[1][o] / mid[o]);
		const double up = a > b ? a : b, down = a > b ? b : a;
		s->up[o] += up < 0 ? 0 : up * up; /* not fmax, which would drop a NaN */
		s->down[o] += down > 0 ? 0 : down * down;
	}
}

/* Everything that is built on an assumption is one. A setting of the machine is a choice and counts only where it has a
 * range: then the interval is built on that range. */
static int counts(const dtm_quantity *input, int i)
{
	return i > DTM_PHASES || input[i].low < input[i].high;
}

static dtm_kind least_certain(const dtm_quantity *input, uint32_t used)
{
	dtm_kind kind = DTM_COMPUTED;
	for (int i = 0; i < DTM_N_INPUT; i++)
		if (used >> i & 1 && counts(input, i))
			kind = input[i].kind > kind ? input[i].kind : kind;
	return kind;
}

/* What an output depends on, apart from the counts, which are exact: bits of dtm_input. */
#define USES(input) (1u << (input))
enum {
	USES_WIRE = USES(DTM_WIRE) | USES(DTM_PITCH) | USES(DTM_LEVEL),
	USES_CELL = USES(DTM_CELL_ENERGY) | USES(DTM_CLOCK) | USES(DTM_PHASES),
	USES_BIAS = USES(DTM_BIAS_CAPACITANCE) | USES(DTM_BIAS_SETTLING) | USES(DTM_BIAS_FIELD) | USES(DTM_BIAS_GAMMA) |
	            USES(DTM_CELL_SLOPE) | USES(DTM_PHASES),
	USES_ALL = USES_WIRE | USES_CELL | USES_BIAS,
	USES_TIME = USES(DTM_CELL_TAU) | USES(DTM_CLOCK)
};

static void fill_outputs(dtm_ledger *ledger)
{
	static const struct {
		const char *label, *source;
		uint32_t uses;
	} row[DTM_N_OUTPUT] = {
	    [DTM_RNG] = {"p-bit cells", "P tau of the cell x clock/tau x phases it is on", USES_CELL},
	    [DTM_BIAS] = {"bias networks", "C_b (clock/tau_b) phases (2 a V_s)^2 gamma (1 - gamma)", USES_BIAS},
	    [DTM_WIRES] = {"neighbour wires", "C_n V^2 / 2, C_n = 4 eta l sum sqrt(a^2 + b^2)", USES_WIRE},
	    [DTM_CLOCK_TREE] = {"clock wires", "eta l V^2 / 2 per cell and update", USES_WIRE},
	    [DTM_INIT] = {"initialisation", "T N eta L l V^2 / 2", USES_WIRE},
	    [DTM_READ] = {"read-out", "T N_data eta L l V^2 / 2", USES_WIRE},
	    [DTM_TOTAL] = {"machine of this cell", "sum of the terms of the ledger", USES_ALL},
	    [DTM_UPDATE] = {"one node update", "cell, bias network, wires, clock", USES_ALL},
	    [DTM_SECONDS] = {"time per sample", "T K 2 colours, one clock period each", USES_TIME},
	};
	double x[DTM_N_INPUT], mid[DTM_N_OUTPUT];
	shifts s = {0};
	for (int i = 0; i < DTM_N_INPUT; i++)
		x[i] = ledger->input[i].value;
	evaluate(x, ledger->temperature, mid);
	for (int i = 0; i < DTM_N_INPUT; i++)
		shift_one(ledger, i, mid, &s);
	for (int o = 0; o < DTM_N_OUTPUT; o++) {
		const dtm_kind kind = least_certain(ledger->input, row[o].uses);
		const double interval[3] = {mid[o], mid[o] * exp(-sqrt(s.down[o])), mid[o] * exp(sqrt(s.up[o]))};
		dtm_quantity_set(&ledger->output[o], row[o].label, kind, interval, row[o].source);
	}
}

/* Inputs at the ends of what a double holds have no energy that it holds. */
static ts_status check_outputs(const dtm_ledger *ledger, const extract_cell *cell, diag_list *diag)
{
	for (int o = 0; o < DTM_N_OUTPUT; o++) {
		const dtm_quantity *q = &ledger->output[o];
		if (q->low > 0 && q->low <= q->value && q->value <= q->high && isfinite(q->high))
			continue;
		diag_add(diag, E0622, SRC_NOWHERE,
		         "cell '%s': %s is %g in [%g, %g]: the ledger's inputs are too extreme", cell->name, q->label,
		         q->value, q->low, q->high);
		return TS_NUMERIC;
	}
	return TS_OK;
}

/* J per node update -> J per sample. Z1's table counts read-outs apart: one of the data nodes per layer, as the
 * ledger's own read-out term. */
static void fill_references(const dtm_assume *assume, dtm_ledger *ledger)
{
	for (int r = 0; r < DTM_N_REFERENCE; r++) {
		const dtm_quantity *from = &assume->reference[r];
		const double n = ledger->updates;
		const double read = ledger->input[DTM_LAYERS].value * ledger->input[DTM_DATA_NODES].value;
		const double more = r == DTM_PUBLISHED_Z1 ? read * assume->z1_read.value : 0;
		const double interval[3] = {n * from->value + more, n * from->low + more, n * from->high + more};
		dtm_quantity_set(&ledger->reference[r], from->label, from->kind, interval, from->source);
	}
}

ts_status dtm_ledger_build(const dtm_assume *assume, const extract_cell *cell, diag_list *diag, dtm_ledger *ledger)
{
	dtm_quantity *in = ledger->input;
	*ledger = (dtm_ledger){.temperature = cell->temperature};
	for (int i = 0; i < DTM_N_ASSUMED; i++)
		in[i] = assume->input[i];
	TS_TRY(dtm_cell_quantity(&cell->energy_per_tau, "energy per tau", cell, diag, &in[DTM_CELL_ENERGY]));
	TS_TRY(dtm_cell_quantity(&cell->vs, "V_s", cell, diag, &in[DTM_CELL_SLOPE]));
	TS_TRY(dtm_cell_quantity(&cell->tau_mid, "tau", cell, diag, &in[DTM_CELL_TAU]));
	if (!(cell->temperature > 0 && isfinite(cell->temperature))) {
		diag_add(diag, E0622, SRC_NOWHERE, "cell '%s': temperature is %g K", cell->name, cell->temperature);
		return TS_NUMERIC;
	}
	ledger->updates = dtm_sample_energy(in[DTM_LAYERS].value, in[DTM_SWEEPS].value, in[DTM_SIDE].value, 1);
	ledger->memory = exp(-in[DTM_CLOCK].value);
	fill_outputs(ledger);
	TS_TRY(check_outputs(ledger, cell, diag));
	fill_references(assume, ledger);
	const double landauer = ledger->updates * PHYS_K * cell->temperature * PHYS_LN2;
	dtm_quantity_set(&ledger->landauer, "kT ln 2 per update", DTM_COMPUTED,
	                 (double[]){landauer, landauer, landauer},
	                 "T K N kT ln 2: a scale, not a bound on this machine");
	return TS_OK;
}
