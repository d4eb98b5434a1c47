/* SPDX-License-Identifier: Apache-2.0
 * Builds the report: trains the small model, enumerates its law on the cell, adds up the ledger, divides.
 */
#include "dtm/report.h"
#include <string.h>

enum { N_REPLICA = 64 };

static ts_status measure_quality(const extract_cell *cell, diag_list *diag, dtm_report *report)
{
	dtm_small *model;
	const dtm_quality_options options = {.n_sweep = (int)report->ledger.input[DTM_SWEEPS].value,
	                                     .clock = report->ledger.input[DTM_CLOCK].value,
	                                     .reach = report->ledger.input[DTM_BIAS_FIELD].value,
	                                     .n_replica = N_REPLICA};
	report->model = dtm_quality_model();
	TS_TRY(dtm_small_train(&report->model, diag, &model));
	const ts_status status = dtm_quality_measure(model, cell, &options, diag, &report->quality);
	dtm_small_destroy(model);
	return status;
}

ts_status dtm_report_build(const extract_cell *cell, const dtm_report_options *options, diag_list *diag,
                           dtm_report *report)
{
	dtm_assume assume;
	memset(report, 0, sizeof *report);
	report->cell = cell;
	TS_TRY(dtm_assume_load(options->assume, diag, &assume));
	TS_TRY(dtm_ledger_build(&assume, cell, diag, &report->ledger));
	TS_TRY(dtm_baseline_load(options->baseline, &report->ledger, diag, &report->baseline));
	if (options->results)
		TS_TRY(dtm_baseline_measured(options->results, &report->ledger, diag, &report->baseline));
	TS_TRY(measure_quality(cell, diag, report));
	const dtm_baseline *b = &report->baseline;
	for (int i = 0; i < b->n_entry; i++)
		dtm_quantity_ratio(&b->entry[i].joules, &report->ledger.output[DTM_TOTAL], b->entry[i].joules.label,
		                   &report->ratio[i]);
	return TS_OK;
}
