/* SPDX-License-Identifier: Apache-2.0
 * GPU baselines (see baseline.h): the published list, the theoretical figure of the same algorithm, measured results.
 */
#include "dtm/baseline.h"
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static ts_status fail(const char *path, diag_list *diag, const char *what)
{
	diag_add(diag, E0621, SRC_NOWHERE, "%s: %s", path, what);
	return TS_IO;
}

const dtm_baseline_entry *dtm_baseline_find(const dtm_baseline *baseline, const char *id)
{
	for (int i = 0; i < baseline->n_entry; i++)
		if (!strcmp(baseline->entry[i].id, id))
			return &baseline->entry[i];
	return NULL;
}

static ts_status add_entry(dtm_baseline *baseline, const char *path, diag_list *diag, const dtm_baseline_entry *entry)
{
	if (baseline->n_entry == DTM_MAX_BASELINE)
		return fail(path, diag, "too many baselines");
	if (dtm_baseline_find(baseline, entry->id))
		return fail(path, diag, "two baselines with one id");
	baseline->entry[baseline->n_entry++] = *entry;
	return TS_OK;
}

static ts_status read_entry(const json_t *item, const char *path, diag_list *diag, dtm_baseline_entry *entry)
{
	const char *id, *label, *gpu, *trust, *method;
	TS_TRY(dtm_json_text(item, "id", path, diag, &id));
	TS_TRY(dtm_json_text(item, "label", path, diag, &label));
	TS_TRY(dtm_json_text(item, "gpu", path, diag, &gpu));
	TS_TRY(dtm_json_text(item, "trust", path, diag, &trust));
	TS_TRY(dtm_json_text(item, "method", path, diag, &method));
	*entry = (dtm_baseline_entry){0};
	TS_TRY(dtm_json_quantity(item, "joules_per_sample", path, diag, &entry->joules));
	snprintf(entry->joules.label, sizeof entry->joules.label, "%s", label);
	snprintf(entry->id, sizeof entry->id, "%s", id);
	snprintf(entry->gpu, sizeof entry->gpu, "%s", gpu);
	snprintf(entry->trust, sizeof entry->trust, "%s", trust);
	if (strcmp(method, "meter") != 0 && strcmp(method, "rate") != 0)
		return fail(path, diag, "'method' is 'meter' or 'rate'");
	entry->method = strcmp(method, "meter") ? DTM_BY_RATE : DTM_BY_METER;
	const json_t *fid = json_object_get(item, "fid");
	if (fid && !(json_number_value(fid) > 0))
		return fail(path, diag, "'fid' is a number > 0");
	entry->fid = (double)NAN;
	if (fid)
		entry->fid = json_number_value(fid);
	return TS_OK;
}

/* T K N (2 degree + overhead) operations over operations per joule. */
static ts_status add_theory(const json_t *root, const char *path, const dtm_ledger *ledger, diag_list *diag,
                            dtm_baseline *baseline)
{
	const json_t *gpu = json_object_get(root, "gpu");
	const char *name;
	dtm_quantity rate, power, overhead;
	TS_TRY(dtm_json_text(gpu, "name", path, diag, &name));
	TS_TRY(dtm_json_quantity(gpu, "flop_per_s", path, diag, &rate));
	TS_TRY(dtm_json_quantity(gpu, "power", path, diag, &power));
	TS_TRY(dtm_json_quantity(root, "overhead_flop_per_update", path, diag, &overhead));
	dtm_quantity_ratio(&rate, &power, "operations per joule", &baseline->flop_per_joule);
	const double neighbour = 2 * ledger->input[DTM_DEGREE].value, n = ledger->updates;
	dtm_quantity operations;
	dtm_quantity_set(&operations, "operations", overhead.kind,
	                 (double[]){n * (neighbour + overhead.value), n * (neighbour + overhead.low),
	                            n * (neighbour + overhead.high)},
	                 overhead.source);
	dtm_baseline_entry entry = {
	    .id = "same_theory", .trust = "C", .fid = (double)NAN, .same_algorithm = 1, .method = DTM_BY_RATE};
	snprintf(entry.gpu, sizeof entry.gpu, "%s", name);
	dtm_quantity_ratio(&operations, &baseline->flop_per_joule, "same algorithm, operations / rate", &entry.joules);
	snprintf(entry.joules.source, sizeof entry.joules.source,
	         "T K N (2 degree + %g) operations over %.3g operations per joule (%s data sheet)", overhead.value,
	         baseline->flop_per_joule.value, name);
	return add_entry(baseline, path, diag, &entry);
}

static ts_status read_all(const json_t *root, const char *path, const dtm_ledger *ledger, diag_list *diag,
                          dtm_baseline *baseline)
{
	const json_t *entries = json_object_get(root, "entries"), *item;
	const char *primary;
	size_t i;
	if (!json_array_size(entries))
		return fail(path, diag, "'entries' is missing or empty");
	json_array_foreach(entries, i, item)
	{
		dtm_baseline_entry entry;
		TS_TRY(read_entry(item, path, diag, &entry));
		TS_TRY(add_entry(baseline, path, diag, &entry));
	}
	TS_TRY(dtm_json_text(root, "primary", path, diag, &primary));
	const dtm_baseline_entry *found = dtm_baseline_find(baseline, primary);
	if (!found)
		return fail(path, diag, "'primary' is the id of no entry");
	baseline->primary = (int)(found - baseline->entry);
	return add_theory(root, path, ledger, diag, baseline);
}

ts_status dtm_baseline_load(const char *path, const dtm_ledger *ledger, diag_list *diag, dtm_baseline *baseline)
{
	json_t *root;
	*baseline = (dtm_baseline){0};
	TS_TRY(dtm_json_load(path, "thermospice-gpu-baseline", diag, &root));
	const ts_status status = read_all(root, path, ledger, diag, baseline);
	json_decref(root);
	return status;
}

/* A number > 0 of a result. */
static ts_status read_number(const json_t *root, const char *key, const char *path, diag_list *diag, double *value)
{
	char what[80];
	*value = json_number_value(json_object_get(root, key));
	if (*value > 0)
		return TS_OK;
	snprintf(what, sizeof what, "'%s' is no number > 0", key);
	return fail(path, diag, what);
}

/* Is it the grid of the ledger, and long enough to be kept (bench/gpu/README.md)? */
static ts_status check_run(const json_t *root, const char *path, const dtm_ledger *ledger, diag_list *diag, int *kept)
{
	const double shortest = 10;
	double side, degree, seconds, windows;
	TS_TRY(read_number(root, "side", path, diag, &side));
	TS_TRY(read_number(root, "degree", path, diag, &degree));
	TS_TRY(read_number(root, "seconds", path, diag, &seconds));
	TS_TRY(read_number(root, "windows", path, diag, &windows));
	const double want_side = ledger->input[DTM_SIDE].value, want_degree = ledger->input[DTM_DEGREE].value;
	const int same_grid = side == want_side && degree == want_degree, is_long = seconds >= shortest * windows;
	*kept = same_grid && is_long;
	if (!same_grid)
		diag_add(diag, W0621, SRC_NOWHERE, "%s: left out: side %g and degree %g, the ledger has %g and %g",
		         path, side, degree, want_side, want_degree);
	else if (!is_long)
		diag_add(diag, W0621, SRC_NOWHERE,
		         "%s: left out: windows of %.3g s, a result to be kept has at least %g s", path,
		         seconds / windows, shortest);
	return TS_OK;
}

static ts_status read_result(const json_t *root, const char *path, const dtm_ledger *ledger, diag_list *diag,
                             dtm_baseline_entry *entry)
{
	const char *gpu, *date;
	dtm_quantity flip;
	TS_TRY(dtm_json_text(root, "gpu", path, diag, &gpu));
	TS_TRY(dtm_json_text(root, "date", path, diag, &date));
	TS_TRY(dtm_json_quantity(root, "J_per_flip", path, diag, &flip));
	if (!json_is_true(json_object_get(json_object_get(root, "check"), "passed")))
		return fail(path, diag, "its own check against exact enumeration did not pass");
	*entry = (dtm_baseline_entry){.trust = "", .fid = (double)NAN, .same_algorithm = 1, .method = DTM_BY_METER};
	const char *slash = strrchr(path, '/');
	snprintf(entry->id, sizeof entry->id, "%s", slash ? slash + 1 : path);
	snprintf(entry->gpu, sizeof entry->gpu, "%s", gpu);
	char label[DTM_LABEL], source[DTM_SOURCE];
	snprintf(label, sizeof label, "same algorithm on %.40s", gpu);
	snprintf(source, sizeof source, "%.160s; %.20s; T K N flips", flip.source, date);
	const double n = ledger->updates;
	dtm_quantity_set(&entry->joules, label, flip.kind, (double[]){n * flip.value, n * flip.low, n * flip.high},
	                 source);
	return TS_OK;
}

static ts_status add_result(const char *path, const dtm_ledger *ledger, diag_list *diag, dtm_baseline *baseline)
{
	json_t *root;
	dtm_baseline_entry entry;
	int kept = 0;
	TS_TRY(dtm_json_load(path, "thermospice-gpu-gibbs", diag, &root));
	ts_status status = read_result(root, path, ledger, diag, &entry);
	if (status == TS_OK)
		status = check_run(root, path, ledger, diag, &kept);
	json_decref(root);
	if (status != TS_OK || !kept)
		return status;
	TS_TRY(add_entry(baseline, path, diag, &entry));
	baseline->n_measured++;
	return TS_OK;
}

ts_status dtm_baseline_measured(const char *folder, const dtm_ledger *ledger, diag_list *diag, dtm_baseline *baseline)
{
	char pattern[1024];
	glob_t found;
	snprintf(pattern, sizeof pattern, "%s/*.json", folder);
	if (glob(pattern, 0, NULL, &found)) /* sorted by name; none is no error */
		return TS_OK;
	ts_status status = TS_OK;
	for (size_t i = 0; i < found.gl_pathc && status == TS_OK; i++)
		status = add_result(found.gl_pathv[i], ledger, diag, baseline);
	globfree(&found);
	return status;
}
