/* SPDX-License-Identifier: Apache-2.0
 * The report as JSON, every number with its provenance; `ladder` is what analysis/ draws: one bar per entry, ascending.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dtm/report.h"

static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *pack_value(const extract_value *x, const char *unit)
{
	json_t *o = json_object();
	put(o, "value", dtm_json_number(x->value));
	put(o, "se", dtm_json_number(x->se));
	put(o, "low", dtm_json_number(x->low));
	put(o, "high", dtm_json_number(x->high));
	put(o, "unit", json_string(unit));
	return o;
}

static json_t *pack_cell(const extract_cell *cell)
{
	json_t *o = json_object();
	put(o, "name", json_string(cell->name));
	put(o, "deck", json_string(cell->deck));
	put(o, "noise_reading", json_string(cell->reading));
	put(o, "temperature", dtm_json_number(cell->temperature));
	put(o, "kind", json_string(dtm_kind_name(DTM_SIMULATED)));
	put(o, "source", json_string("simulation of the netlist here; intervals are 95 %"));
	put(o, "v0", pack_value(&cell->v0, "V"));
	put(o, "vs", pack_value(&cell->vs, "V"));
	put(o, "worst", pack_value(&cell->worst, ""));
	put(o, "tau", pack_value(&cell->tau_mid, "s"));
	put(o, "power", pack_value(&cell->power_mid, "W"));
	put(o, "energy_per_tau", pack_value(&cell->energy_per_tau, "J"));
	put(o, "energy_per_bit", pack_value(&cell->energy_per_bit, "J"));
	put(o, "first_law_residual", dtm_json_number(cell->residual));
	return o;
}

static json_t *pack_dtm(const dtm_report *report)
{
	const dtm_small_options *m = &report->model;
	const dtm_quality *q = &report->quality;
	json_t *o = json_object(), *pattern = json_array();
	for (int i = 0; i < m->n_pattern; i++) {
		char text[DTM_SMALL_MAX_SPIN + 1];
		json_array_append_new(pattern, json_string(dtm_pattern_text(m->pattern[i], m->n_visible, text)));
	}
	put(o, "visible", json_integer(m->n_visible));
	put(o, "latent", json_integer(m->n_latent));
	put(o, "layers", json_integer(m->n_layer));
	put(o, "rate", json_real(m->rate));
	put(o, "learning_rate", json_real(m->learning_rate));
	put(o, "steps", json_integer(m->n_step));
	put(o, "patterns", pattern);
	put(o, "sweeps", json_integer(q->options.n_sweep));
	put(o, "clock_per_tau", json_real(q->options.clock));
	put(o, "memory", dtm_json_number(q->memory));
	put(o, "field_range", dtm_json_number(q->field_range));
	put(o, "field_reach", dtm_json_number(q->options.reach));
	put(o, "field_measured", dtm_json_number(q->field_measured));
	put(o, "kl_exact", dtm_json_pack(&q->exact, "nats"));
	put(o, "kl_ideal", dtm_json_pack(&q->ideal, "nats"));
	put(o, "kl_cell", dtm_json_pack(&q->cell, "nats"));
	return o;
}

static json_t *pack_ledger(const dtm_ledger *ledger)
{
	json_t *o = json_object(), *input = json_object(), *term = json_array(), *other = json_array();
	for (int i = 0; i < DTM_N_INPUT; i++) {
		json_t *entry = dtm_json_pack(&ledger->input[i], "value");
		put(entry, "unit", json_string(dtm_input_unit((dtm_input)i)));
		put(input, dtm_input_key((dtm_input)i), entry);
	}
	for (int t = DTM_RNG; t < DTM_TOTAL; t++)
		json_array_append_new(term, dtm_json_pack(&ledger->output[t], "joules"));
	for (int r = 0; r < DTM_N_REFERENCE; r++)
		json_array_append_new(other, dtm_json_pack(&ledger->reference[r], "joules"));
	put(o, "temperature", dtm_json_number(ledger->temperature));
	put(o, "updates", json_real(ledger->updates));
	put(o, "inputs", input);
	put(o, "terms", term);
	put(o, "total", dtm_json_pack(&ledger->output[DTM_TOTAL], "joules"));
	put(o, "update", dtm_json_pack(&ledger->output[DTM_UPDATE], "joules"));
	put(o, "seconds", dtm_json_pack(&ledger->output[DTM_SECONDS], "seconds"));
	put(o, "references", other);
	put(o, "not_counted",
	    json_string("loading weights, host, converters, wire resistance, supply losses, standby"));
	return o;
}

static json_t *pack_baseline(const dtm_baseline *baseline)
{
	json_t *o = json_object(), *entries = json_array();
	for (int i = 0; i < baseline->n_entry; i++) {
		const dtm_baseline_entry *e = &baseline->entry[i];
		json_t *entry = dtm_json_pack(&e->joules, "joules");
		put(entry, "id", json_string(e->id));
		put(entry, "gpu", json_string(e->gpu));
		put(entry, "trust", json_string(e->trust));
		put(entry, "fid", dtm_json_number(e->fid));
		put(entry, "method", json_string(e->method == DTM_BY_METER ? "meter" : "rate"));
		put(entry, "same_algorithm", json_boolean(e->same_algorithm));
		json_array_append_new(entries, entry);
	}
	put(o, "primary", json_string(baseline->entry[baseline->primary].id));
	put(o, "measured", baseline->n_measured ? json_integer(baseline->n_measured) : json_string("not measured"));
	put(o, "flop_per_joule", dtm_json_pack(&baseline->flop_per_joule, "value"));
	put(o, "entries", entries);
	return o;
}

static json_t *pack_ratio(const dtm_report *report)
{
	const dtm_baseline *b = &report->baseline;
	json_t *o = dtm_json_pack(&report->ratio[b->primary], "value"), *all = json_array();
	put(o, "baseline", json_string(b->entry[b->primary].id));
	for (int i = 0; i < b->n_entry; i++) {
		json_t *entry = dtm_json_pack(&report->ratio[i], "value");
		put(entry, "baseline", json_string(b->entry[i].id));
		json_array_append_new(all, entry);
	}
	put(o, "all", all);
	return o;
}

static int by_joules(const void *a, const void *b)
{
	const double x = (*(const dtm_quantity *const *)a)->value, y = (*(const dtm_quantity *const *)b)->value;
	return (x > y) - (x < y);
}

static json_t *pack_ladder(const dtm_report *report)
{
	const dtm_quantity *rung[DTM_N_OUTPUT + DTM_N_REFERENCE + DTM_MAX_BASELINE + 1];
	size_t n = 0;
	rung[n++] = &report->ledger.landauer;
	for (int t = DTM_RNG; t <= DTM_TOTAL; t++)
		rung[n++] = &report->ledger.output[t];
	for (int r = 0; r < DTM_N_REFERENCE; r++)
		rung[n++] = &report->ledger.reference[r];
	for (int i = 0; i < report->baseline.n_entry; i++)
		rung[n++] = &report->baseline.entry[i].joules;
	qsort(rung, n, sizeof *rung, by_joules);
	json_t *ladder = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(ladder, dtm_json_pack(rung[i], "joules"));
	return ladder;
}

/* Writes and releases root; path "-" is standard output. */
static ts_status dump(json_t *root, const char *path, diag_list *diag)
{
	const size_t flags = JSON_INDENT(1) | JSON_REAL_PRECISION(17);
	const int failed = strcmp(path, "-") ? json_dump_file(root, path, flags) : json_dumpf(root, stdout, flags);
	json_decref(root);
	if (!failed)
		return TS_OK;
	diag_add(diag, E0601, SRC_NOWHERE, "cannot write '%s'", path);
	return TS_IO;
}

ts_status dtm_report_json(const dtm_report *report, const char *path, diag_list *diag)
{
	json_t *root = json_object();
	put(root, "format", json_string("thermospice-dtm-report"));
	put(root, "version", json_integer(DTM_JSON_VERSION));
	put(root, "cell", pack_cell(report->cell));
	put(root, "dtm", pack_dtm(report));
	put(root, "ledger", pack_ledger(&report->ledger));
	put(root, "baseline", pack_baseline(&report->baseline));
	put(root, "ratio", pack_ratio(report));
	put(root, "ladder", pack_ladder(report));
	return dump(root, path, diag);
}

ts_status dtm_ledger_json(const dtm_ledger *ledger, const char *path, diag_list *diag)
{
	json_t *root = json_object();
	put(root, "format", json_string("thermospice-dtm-ledger"));
	put(root, "version", json_integer(DTM_JSON_VERSION));
	put(root, "ledger", pack_ledger(ledger));
	return dump(root, path, diag);
}
