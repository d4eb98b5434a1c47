/* SPDX-License-Identifier: Apache-2.0
 * From one extracted cell to one table: what the cell is, how well a small model runs on it, what a large one costs per
 * sample, what a GPU costs, and the ratio. Ratios divide independent quantities, so their intervals combine in log
 * space.
 */
#ifndef DTM_REPORT_H
#define DTM_REPORT_H
#include <stdio.h>
#include "dtm/baseline.h"
#include "dtm/quality.h"

typedef struct dtm_report_options {
	const char *assume, *baseline; /* JSON files: models/dtm_energy.json, models/gpu_baseline.json */
	const char *results;           /* folder of bench/gpu results; NULL: none */
} dtm_report_options;

typedef struct dtm_report {
	const extract_cell *cell; /* borrowed */
	dtm_small_options model;
	dtm_quality quality;
	dtm_ledger ledger;
	dtm_baseline baseline;
	dtm_quantity ratio[DTM_MAX_BASELINE]; /* J per sample of each baseline over the ledger's total */
} dtm_report;

ts_status dtm_report_build(const extract_cell *cell, const dtm_report_options *options, diag_list *diag,
                           dtm_report *report);
/* One table of at most 100 columns. */
void dtm_report_print(const dtm_report *report, FILE *to);
/* Keys: cell, dtm, ledger, baseline, ratio, ladder = [{label, joules, low, high, kind, source}] ascending. TS_IO,
 * TS_NOMEM. */
ts_status dtm_report_json(const dtm_report *report, const char *path, diag_list *diag);
/* The ledger alone. */
void dtm_ledger_print(const dtm_ledger *ledger, FILE *to);
ts_status dtm_ledger_json(const dtm_ledger *ledger, const char *path, diag_list *diag);
#endif
