/* SPDX-License-Identifier: Apache-2.0
 * What a GPU pays per sample (models/gpu_baseline.json, docs/dtm.md): published figures as data with provenance, and
 * what follows from operations over data-sheet rate; the same algorithm measured with bench/gpu where a result is
 * there.
 *
 *   J per sample, theoretical = operations per sample / (rate / power)
 *   same algorithm: T K N updates of 2 degree + overhead operations each; measured: T K N x J per flip
 */
#ifndef DTM_BASELINE_H
#define DTM_BASELINE_H
#include "dtm/ledger.h"

enum { DTM_MAX_BASELINE = 24, DTM_ID = 32 };

typedef enum dtm_method { DTM_BY_METER, DTM_BY_RATE } dtm_method; /* energy from a meter, or operations over rate */

typedef struct dtm_baseline_entry {
	char id[DTM_ID], gpu[DTM_LABEL], trust[8];
	double fid;         /* of the generator; NaN where it does not apply */
	int same_algorithm; /* the DTM itself, on a GPU */
	dtm_method method;
	dtm_quantity joules; /* per sample */
} dtm_baseline_entry;

typedef struct dtm_baseline {
	int n_entry, primary; /* primary: the entry the headline ratio uses */
	int n_measured;       /* entries made from bench/gpu results, the last ones */
	dtm_baseline_entry entry[DTM_MAX_BASELINE];
	dtm_quantity flop_per_joule;
} dtm_baseline;

/* Read the published entries and compute the theoretical ones for the ledger's machine. E0621. */
ts_status dtm_baseline_load(const char *path, const dtm_ledger *ledger, diag_list *diag, dtm_baseline *baseline);
/* Add every *.json of a folder, in the order of their names, as measured entries for the ledger's machine; a folder
 * that is not there adds none. E0621 for results that are malformed or whose own check against enumeration failed;
 * W0621 for one that is left out: another grid than the ledger's, or windows shorter than 10 s. */
ts_status dtm_baseline_measured(const char *folder, const dtm_ledger *ledger, diag_list *diag, dtm_baseline *baseline);
const dtm_baseline_entry *dtm_baseline_find(const dtm_baseline *baseline, const char *id);
#endif
