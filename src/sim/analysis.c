/* SPDX-License-Identifier: Apache-2.0
 * Dispatch of analysis requests through the table in sim/analysis.def: each analysis gets its group
 * /analyses/<name> with the attribute `type`, then runs.
 */
#include <stdio.h>
#include "sim/sim.h"

typedef struct analysis_row {
	sim_kind kind;
	sim_run_fn *run;
	const char *type;
} analysis_row;

static const analysis_row table[] = {
#define ANALYSIS(kind, function, type, doc) {kind, function, type},
#include "sim/analysis.def"
#undef ANALYSIS
};

ts_status sim_run(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                  diag_list *diag)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (table[i].kind != request->kind)
			continue;
		char group[256];
		snprintf(group, sizeof group, "/analyses/%s", request->name);
		TS_TRY(out_attr_text(file, group, "type", table[i].type, diag));
		return table[i].run(system, request, options, file, diag);
	}
	diag_add(diag, E0999, request->span, "no analysis is registered for request '%s'", request->name);
	return TS_INTERNAL;
}
