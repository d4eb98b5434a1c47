/* SPDX-License-Identifier: Apache-2.0
 * The report for a terminal: one row per quantity with its interval and how it is known, at most 100 columns.
 */
#include <math.h>
#include <string.h>
#include "dtm/report.h"

enum { DECK_WIDTH = 44 }; /* columns for the netlist's title */

static void print_head(FILE *to)
{
	fprintf(to, "%-43s%11s   %-27s%s\n", "", "value", "interval", "how known");
}

static void print_row(FILE *to, const char *label, const dtm_quantity *q, const char *unit)
{
	char value[24], low[24], high[24], interval[56] = "";
	dtm_si_text(q->value, unit, sizeof value, value);
	if (q->low < q->high)
		snprintf(interval, sizeof interval, "[%s, %s]", dtm_si_text(q->low, unit, sizeof low, low),
		         dtm_si_text(q->high, unit, sizeof high, high));
	fprintf(to, "  %-41.41s%11s   %-27s%s\n", label, value, interval, dtm_kind_name(q->kind));
}

static void print_value(FILE *to, const char *label, const extract_value *x, const char *unit)
{
	const dtm_quantity q = {.value = x->value, .low = x->low, .high = x->high, .kind = DTM_SIMULATED};
	print_row(to, label, &q, unit);
}

/* Ratios and divergences are no SI quantities: plain digits. */
static void print_plain(FILE *to, const char *label, const dtm_quantity *q)
{
	char interval[56] = "";
	if (q->low < q->high)
		snprintf(interval, sizeof interval, "[%.4g, %.4g]", q->low, q->high);
	fprintf(to, "  %-41.41s%11.4g   %-27s%s\n", label, q->value, interval, dtm_kind_name(q->kind));
}

static void print_cell(const extract_cell *cell, FILE *to)
{
	const int fits = strlen(cell->deck) <= DECK_WIDTH;
	fprintf(to, "cell %.40s of \"%.*s%s\"\n", cell->name, DECK_WIDTH, cell->deck, fits ? "" : "...");
	print_head(to);
	print_value(to, "V0, input of P(1) = 1/2", &cell->v0, "V");
	print_value(to, "V_s, slope of the sigmoid", &cell->vs, "V");
	print_value(to, "tau, relaxation time at V0", &cell->tau_mid, "s");
	print_value(to, "energy per independent bit", &cell->energy_per_bit, "J");
	fprintf(to, "  at %.2f K, noise reading %.20s, %d bias points; worst |P - logistic| %.2g\n\n",
	        cell->temperature, cell->reading, cell->n_bias, cell->worst.value);
}

static void print_quality(const dtm_report *report, FILE *to)
{
	const dtm_quality *q = &report->quality;
	const dtm_small_options *m = &report->model;
	fprintf(to, "small DTM, KL(data || samples) in nats: %d visible, %d latent, T = %d, %ld steps, %d sweeps\n",
	        m->n_visible, m->n_latent, m->n_layer, m->n_step, q->options.n_sweep);
	print_plain(to, "exact conditionals", &q->exact);
	print_plain(to, "ideal p-bits", &q->ideal);
	print_plain(to, "this cell", &q->cell);
	const double used = fmin(q->field_range, q->options.reach);
	fprintf(to,
	        "  one update every %g tau, so a spin remembers with probability %.3g; the model asks for fields to\n",
	        q->options.clock, q->memory);
	fprintf(to, "  +-%.1f, this cell's bias network gives up to +-%g (billed below), its curve was simulated to\n",
	        q->field_range, q->options.reach);
	fprintf(to, "  +-%.1f%s\n\n", q->field_measured,
	        q->field_measured < used ? " and is continued by its logistic fit" : "");
}

void dtm_ledger_print(const dtm_ledger *ledger, FILE *to)
{
	const dtm_quantity *in = ledger->input;
	fprintf(to, "joules per sample: T = %g layers, K = %g sweeps, %g x %g cells of degree %g (%.3g updates)\n",
	        in[DTM_LAYERS].value, in[DTM_SWEEPS].value, in[DTM_SIDE].value, in[DTM_SIDE].value,
	        in[DTM_DEGREE].value, ledger->updates);
	for (int o = DTM_RNG; o <= DTM_TOTAL; o++)
		print_row(to, ledger->output[o].label, &ledger->output[o], "J");
	print_row(to, "per node update", &ledger->output[DTM_UPDATE], "J");
	print_row(to, "seconds per sample", &ledger->output[DTM_SECONDS], "s");
	for (int r = 0; r < DTM_N_REFERENCE; r++)
		print_row(to, ledger->reference[r].label, &ledger->reference[r], "J");
	fprintf(to, "  not counted: loading weights, host, converters, wire resistance, supply losses, standby\n\n");
}

static void print_baseline(const dtm_report *report, FILE *to)
{
	const dtm_baseline *b = &report->baseline;
	fprintf(to, "GPU, joules per sample\n");
	for (int i = 0; i < b->n_entry; i++)
		print_row(to, b->entry[i].joules.label, &b->entry[i].joules, "J");
	if (!b->n_measured)
		fprintf(to, "  %-41s%11s   %-27s\n", "same algorithm, measured", "-", "not measured (bench/gpu)");
	fprintf(to, "  published: %s, digits %s\n\n", b->entry[b->primary].gpu,
	        strcmp(b->entry[b->primary].trust, "M") ? "as printed" : "recalled from the paper and unconfirmed");
}

static void print_ratios(const dtm_report *report, FILE *to)
{
	const dtm_baseline *b = &report->baseline;
	fprintf(to, "ratio GPU / machine of this cell\n");
	for (int i = 0; i < b->n_entry; i++) {
		char label[DTM_LABEL + 16];
		snprintf(label, sizeof label, "%s %s", i == b->primary ? "->" : "  ", report->ratio[i].label);
		print_plain(to, label, &report->ratio[i]);
	}
	fprintf(to,
	        "  The machine is a projection from one simulated cell and the assumptions of models/dtm_energy.json;\n"
	        "  image quality is the published machine's, not shown here. docs/dtm.md: what the ratio means.\n");
}

void dtm_report_print(const dtm_report *report, FILE *to)
{
	print_cell(report->cell, to);
	print_quality(report, to);
	dtm_ledger_print(&report->ledger, to);
	print_baseline(report, to);
	print_ratios(report, to);
	fprintf(to,
	        "Intervals: 95 %% where measured or simulated (from the netlist's noise), for published figures the\n"
	        "rounding of their digits, ranges of the assumptions else.\n");
}
