/* SPDX-License-Identifier: Apache-2.0
 * A cell for the terminal, at most 100 columns, or as JSON. Values come with their 95 % interval; beside SI they are
 * given in the card's units and in kT (heat, ln 2 of which is Landauer's bound for one bit). Only what is known is
 * printed; JSON has null instead.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/number.h"
#include "base/phys.h"
#include "extract/cell.h"

enum { TEXT = 40, DIGITS = 4, DECK_WIDTH = 48 }; /* DECK_WIDTH: columns for the title of the netlist */

static const char *si(double value, const char *unit, char text[TEXT])
{
	char number[32];
	if (isnan(value))
		snprintf(text, TEXT, "-");
	else if (!*unit)
		snprintf(text, TEXT, "%.*g", DIGITS, value);
	else
		snprintf(text, TEXT, "%s%s", number_eng(value, DIGITS, number), unit);
	return text;
}

/* "26mV" for a unit of the card, "V" for none. */
static const char *unit_name(double unit, const char *si_unit, char text[TEXT])
{
	if (unit == 1) /* none */
		snprintf(text, TEXT, "%s", si_unit);
	else
		si(unit, si_unit, text);
	return text;
}

/* One row: SI value, half width or interval, and the value in another unit. */
static void print_row(FILE *to, const char *label, const extract_value *x, const char *unit, const char *also)
{
	char value[TEXT], low[TEXT], high[TEXT], interval[2 * TEXT + 8] = "";
	if (!isfinite(x->value))
		return;
	if (isfinite(x->low) && isfinite(x->high))
		snprintf(interval, sizeof interval, "[%s, %s]", si(x->low, unit, low), si(x->high, unit, high));
	fprintf(to, "  %-31s %9s  ", label, si(x->value, unit, value));
	if (also[0])
		fprintf(to, "%-23s %.31s\n", interval, also);
	else
		fprintf(to, "%s\n", interval);
}

static const char *in_unit(double value, double unit, const char *si_unit, char text[2 * TEXT])
{
	char name[TEXT];
	text[0] = 0;
	if (unit != 1)
		snprintf(text, 2 * TEXT, "%.5g x %s", value / unit, unit_name(unit, si_unit, name));
	return text;
}

static const char *in_heat(double joules, double temperature, char text[2 * TEXT])
{
	const double heat = joules / (PHYS_K * temperature);
	text[0] = 0;
	if (isfinite(heat))
		snprintf(text, 2 * TEXT, "%.4g kT = %.4g kT ln2", heat, heat / PHYS_LN2);
	return text;
}

static const char *in_heat_rate(const extract_cell *cell, double watts, char text[2 * TEXT])
{
	char name[TEXT];
	const double heat = watts * cell->t_unit / (PHYS_K * cell->temperature);
	text[0] = 0;
	if (isfinite(heat))
		snprintf(text, 2 * TEXT, "%.5g kT per %s", heat, unit_name(cell->t_unit, "s", name));
	return text;
}

/* A column's unit: the card's, or the power of 1000 that suits `typical`. */
typedef struct column_unit {
	double scale;
	char name[TEXT];
} column_unit;

static column_unit choose_unit(double card, double typical, const char *si_unit)
{
	static const char *const prefix[] = {"a", "f", "p", "n", "u", "m", "", "k", "M", "G"};
	column_unit u = {card, ""};
	const int order = isfinite(typical) && typical != 0 ? (int)floor(log10(fabs(typical)) / 3) : 0;
	if (card != 1 || order < -6 || order > 3) {
		unit_name(card, si_unit, u.name);
	} else {
		u.scale = pow(1000, order);
		snprintf(u.name, sizeof u.name, "%s%s", prefix[order + 6], si_unit);
	}
	return u;
}

/* "0.4984 +-0.0021": a value with half its interval; "-" when unknown. */
static void print_pair(FILE *to, const extract_value *x, double unit, int is_last)
{
	const double half = (x->high - x->low) / 2 / unit;
	if (!isfinite(x->value))
		fprintf(to, " %10s", "-");
	else
		fprintf(to, " %10.5g", x->value / unit);
	char error[TEXT] = "";
	if (isfinite(x->value) && isfinite(half))
		snprintf(error, sizeof error, " +-%.2g", half);
	fprintf(to, "%-*s%s", is_last ? 0 : 10, error, is_last ? "\n" : "");
}

/* Power in kT per unit of time where the card has one, else in W. */
static column_unit power_unit(const extract_cell *cell)
{
	char t[TEXT];
	column_unit u = choose_unit(1, cell->power_mid.value, "W");
	if (cell->t_unit != 1 && cell->temperature > 0) {
		u.scale = PHYS_K * cell->temperature / cell->t_unit;
		snprintf(u.name, sizeof u.name, "(kT/%.20s)", unit_name(cell->t_unit, "s", t));
	}
	return u;
}

static void print_points(const extract_cell *cell, FILE *to)
{
	const double width = fmax(fabs(cell->bias[0]), fabs(cell->bias[cell->n_bias - 1]));
	const column_unit v = choose_unit(cell->v_unit, width, "V"), power = power_unit(cell);
	const column_unit t = choose_unit(cell->t_unit, cell->tau_mid.value, "s");
	char head[4][2 * TEXT];
	snprintf(head[0], sizeof head[0], "input/%s", v.name);
	snprintf(head[1], sizeof head[1], "tau/%s", t.name);
	snprintf(head[2], sizeof head[2], "tau_int/%s", t.name);
	snprintf(head[3], sizeof head[3], "power/%s", power.name);
	fprintf(to, "  %13.13s %10s %9s %15.15s %4s %15.15s %4s %.20s\n", head[0], "P(1)", "", head[1], "", head[2], "",
	        head[3]);
	for (int i = 0; i < cell->n_bias; i++) {
		if (isfinite(cell->bias[i]))
			fprintf(to, "  %13.6g", cell->bias[i] / v.scale);
		else
			fprintf(to, "  %13s", "-");
		print_pair(to, &cell->p[i], 1, 0);
		print_pair(to, &cell->tau[i], t.scale, 0);
		print_pair(to, &cell->tau_int[i], t.scale, 0);
		print_pair(to, &cell->power[i], power.scale, 1);
	}
}

/* "2.1e-05 +-3e-06": size of a change with its standard error. */
static void print_change(FILE *to, const extract_value *x, double unit, int is_last)
{
	char error[TEXT] = "";
	if (!isfinite(x->value)) {
		fprintf(to, " %10s%-*s%s", "-", is_last ? 0 : 10, "", is_last ? "\n" : "");
		return;
	}
	snprintf(error, sizeof error, " +-%.2g", x->se / unit);
	fprintf(to, " %10.2g%-*s%s", fabs(x->value) / unit, is_last ? 0 : 10, error, is_last ? "\n" : "");
}

/* |Q_h - Q_2h| at each bias, where there is a companion. */
static void print_steps(const extract_cell *cell, FILE *to)
{
	const double width = fmax(fabs(cell->bias[0]), fabs(cell->bias[cell->n_bias - 1]));
	const column_unit v = choose_unit(cell->v_unit, width, "V"), power = power_unit(cell);
	const column_unit t = choose_unit(cell->t_unit, cell->tau_mid.value, "s");
	char head[2][2 * TEXT];
	int n = 0;
	for (int i = 0; i < cell->n_bias; i++)
		n += isfinite(cell->p_step[i].value);
	if (!n)
		return;
	snprintf(head[0], sizeof head[0], "tau/%s", t.name);
	snprintf(head[1], sizeof head[1], "power/%s", power.name);
	fprintf(to, "  discretisation: change from the step h to 2h, +- its standard error\n");
	fprintf(to, "  %13s %10s %9s %15.15s %4s %.20s\n", "input", "P(1)", "", head[0], "", head[1]);
	for (int i = 0; i < cell->n_bias; i++) {
		if (isfinite(cell->bias[i]))
			fprintf(to, "  %13.6g", cell->bias[i] / v.scale);
		else
			fprintf(to, "  %13s", "-");
		print_change(to, &cell->p_step[i], 1, 0);
		print_change(to, &cell->tau_step[i], t.scale, 0);
		print_change(to, &cell->power_step[i], power.scale, 1);
	}
}

static void print_fits(const extract_cell *cell, FILE *to)
{
	char also[2 * TEXT];
	if (!isfinite(cell->v0.value) && !isfinite(cell->probit_v0.value)) {
		fprintf(to, "  v0 and vs of the sigmoid: not determined\n");
		return;
	}
	print_row(to, "v0, logistic fit: P(v0) = 1/2", &cell->v0, "V",
	          in_unit(cell->v0.value, cell->v_unit, "V", also));
	print_row(to, "vs, logistic fit: slope 1/(4 vs)", &cell->vs, "V",
	          in_unit(cell->vs.value, cell->v_unit, "V", also));
	also[0] = 0;
	if (cell->dof > 0 && isfinite(cell->chi2))
		snprintf(also, sizeof also, "chi2 %.4g, dof %d", cell->chi2, cell->dof);
	print_row(to, "worst |P - logistic|", &cell->worst, "", also);
	print_row(to, "v0, probit fit", &cell->probit_v0, "V", in_unit(cell->probit_v0.value, cell->v_unit, "V", also));
	print_row(to, "vs, probit fit", &cell->probit_vs, "V", in_unit(cell->probit_vs.value, cell->v_unit, "V", also));
	print_row(to, "worst |P - probit|", &cell->probit_worst, "", "");
}

static void print_landauer(const extract_cell *cell, FILE *to)
{
	char also[2 * TEXT];
	const extract_value x = extract_landauer(cell);
	if (!isfinite(x.value))
		return;
	snprintf(also, sizeof also, "H2(p) = %.4g bit", extract_entropy(cell->p[cell->i_mid].value));
	print_row(to, "the same over kT ln2 H2(p)", &x, "", also);
	fprintf(to, "  (Landauer's bound for overwriting a record of the bit; none for making one)\n");
}

static void print_energies(const extract_cell *cell, FILE *to)
{
	char also[2 * TEXT], label[TEXT];
	const int i = cell->i_mid;
	if (isfinite(cell->bias[i]))
		fprintf(to, "  at the bias %s nearest v0:\n", si(cell->bias[i], "V", label));
	print_row(to, "tau, slow relaxation", &cell->tau_mid, "s",
	          in_unit(cell->tau_mid.value, cell->t_unit, "s", also));
	print_row(to, "tau_int, correlation time", &cell->tau_int[i], "s",
	          in_unit(cell->tau_int[i].value, cell->t_unit, "s", also));
	print_row(to, "dwell time of the low state", &cell->dwell_low[i], "s",
	          in_unit(cell->dwell_low[i].value, cell->t_unit, "s", also));
	print_row(to, "dwell time of the high state", &cell->dwell_high[i], "s",
	          in_unit(cell->dwell_high[i].value, cell->t_unit, "s", also));
	print_row(to, "shape of low dwells, 1: exp.", &cell->dwell_shape_low[i], "", "");
	print_row(to, "shape of high dwells, 1: exp.", &cell->dwell_shape_high[i], "", "");
	print_row(to, "power, all supplies", &cell->power_mid, "W", in_heat_rate(cell, cell->power_mid.value, also));
	for (int k = 0; k < cell->n_supply && cell->n_supply > 1; k++) {
		snprintf(label, sizeof label, "  from %.24s", cell->supply_name[k]);
		print_row(to, label, &cell->supply_power[k], "W",
		          in_heat_rate(cell, cell->supply_power[k].value, also));
	}
	print_row(to, "energy per tau", &cell->energy_per_tau, "J",
	          in_heat(cell->energy_per_tau.value, cell->temperature, also));
	print_row(to, "energy per independent bit", &cell->energy_per_bit, "J",
	          in_heat(cell->energy_per_bit.value, cell->temperature, also));
	print_landauer(cell, to);
	if (isfinite(cell->residual))
		fprintf(to, "  worst first-law residual of a trajectory: %.2g\n", cell->residual);
}

void extract_print(const extract_cell *cell, FILE *to)
{
	char text[TEXT];
	const int fits = strlen(cell->deck) <= DECK_WIDTH;
	fprintf(to, "p-bit %.40s of \"%.*s%s\"\n", cell->name, DECK_WIDTH, cell->deck, fits ? "" : "...");
	if (isfinite(cell->temperature))
		fprintf(to, "  temperature %.6g K, ", cell->temperature);
	else
		fprintf(to, "  ");
	fprintf(to, "noise reading %.20s, threshold %s; +- and [] are 95 %% intervals\n",
	        cell->reading[0] ? cell->reading : "unknown", si(cell->threshold, "V", text));
	print_points(cell, to);
	print_steps(cell, to);
	print_fits(cell, to);
	print_energies(cell, to);
}

/* A number, or null where JSON has none. */
static void json_number(FILE *to, double x)
{
	char text[32];
	fputs(isfinite(x) ? number_exact(x, text) : "null", to);
}

static void json_string(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20)
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static void json_text(FILE *to, const char *key, const char *text)
{
	json_string(to, key);
	fputs(": ", to);
	json_string(to, text);
}

static void json_value(FILE *to, const char *key, const extract_value *x)
{
	json_string(to, key);
	fputs(": {\"value\": ", to);
	json_number(to, x->value);
	fputs(", \"se\": ", to);
	json_number(to, x->se);
	fputs(", \"low\": ", to);
	json_number(to, x->low);
	fputs(", \"high\": ", to);
	json_number(to, x->high);
	fputc('}', to);
}

static void json_plain(FILE *to, const char *key, double x)
{
	fprintf(to, "\"%s\": ", key);
	json_number(to, x);
}

static void json_head(const extract_cell *cell, FILE *to)
{
	const struct {
		const char *key;
		double x;
	} number[] = {{"temperature", cell->temperature},
	              {"threshold", cell->threshold},
	              {"v_unit", cell->v_unit},
	              {"t_unit", cell->t_unit},
	              {"chi2", cell->chi2},
	              {"dof", cell->dof},
	              {"i_mid", cell->i_mid},
	              {"residual", cell->residual}};
	fputs("{\n  ", to);
	json_text(to, "name", cell->name);
	fputs(",\n  ", to);
	json_text(to, "deck", cell->deck);
	fputs(",\n  ", to);
	json_text(to, "reading", cell->reading);
	for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
		fputs(",\n  ", to);
		json_plain(to, number[i].key, number[i].x);
	}
}

static void json_points(const extract_cell *cell, FILE *to)
{
	fputs(",\n  \"points\": [", to);
	for (int i = 0; i < cell->n_bias; i++) {
		fputs(i ? ",\n    {" : "\n    {", to);
		json_plain(to, "bias", cell->bias[i]);
		fputs(", ", to);
		json_value(to, "p", &cell->p[i]);
		fputs(", ", to);
		json_value(to, "tau", &cell->tau[i]);
		fputs(", ", to);
		json_value(to, "tau_int", &cell->tau_int[i]);
		fputs(", ", to);
		json_value(to, "power", &cell->power[i]);
		fputs(", ", to);
		json_value(to, "dwell_low", &cell->dwell_low[i]);
		fputs(", ", to);
		json_value(to, "dwell_high", &cell->dwell_high[i]);
		fputs(", ", to);
		json_value(to, "dwell_shape_low", &cell->dwell_shape_low[i]);
		fputs(", ", to);
		json_value(to, "dwell_shape_high", &cell->dwell_shape_high[i]);
		fputs(", ", to);
		json_value(to, "p_step", &cell->p_step[i]);
		fputs(", ", to);
		json_value(to, "tau_step", &cell->tau_step[i]);
		fputs(", ", to);
		json_value(to, "power_step", &cell->power_step[i]);
		fputc('}', to);
	}
	fputs("]", to);
}

void extract_print_json(const extract_cell *cell, FILE *to)
{
	const extract_value landauer = extract_landauer(cell);
	const struct {
		const char *key;
		const extract_value *x;
	} value[] = {{"v0", &cell->v0},
	             {"vs", &cell->vs},
	             {"worst", &cell->worst},
	             {"probit_v0", &cell->probit_v0},
	             {"probit_vs", &cell->probit_vs},
	             {"probit_worst", &cell->probit_worst},
	             {"tau", &cell->tau_mid},
	             {"power", &cell->power_mid},
	             {"energy_per_tau", &cell->energy_per_tau},
	             {"energy_per_bit", &cell->energy_per_bit},
	             {"landauer", &landauer}};
	json_head(cell, to);
	for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
		fputs(",\n  ", to);
		json_value(to, value[i].key, value[i].x);
	}
	fputs(",\n  \"supplies\": {", to);
	for (int k = 0; k < cell->n_supply; k++) {
		fputs(k ? ",\n    " : "\n    ", to);
		json_value(to, cell->supply_name[k], &cell->supply_power[k]);
	}
	fputs("}", to);
	json_points(cell, to);
	fputs("\n}\n", to);
}
