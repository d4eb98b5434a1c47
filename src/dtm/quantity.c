/* SPDX-License-Identifier: Apache-2.0
 * Numbers with provenance (see quantity.h): kinds, ratios in log space, printing, reading from and writing to JSON.
 */
#include "dtm/quantity.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_name[DTM_N_KIND] = {"measured",  "simulated",     "computed",
                                                  "published", "reconstructed", "assumed"};

const char *dtm_kind_name(dtm_kind kind)
{
	return kind_name[kind];
}

void dtm_quantity_set(dtm_quantity *q, const char *label, dtm_kind kind, const double value_low_high[3],
                      const char *source)
{
	*q = (dtm_quantity){
	    .value = value_low_high[0], .low = value_low_high[1], .high = value_low_high[2], .kind = kind};
	snprintf(q->label, sizeof q->label, "%s", label);
	snprintf(q->source, sizeof q->source, "%s", source);
}

void dtm_quantity_ratio(const dtm_quantity *a, const dtm_quantity *b, const char *label, dtm_quantity *ratio)
{
	const double value = a->value / b->value;
	const double up = hypot(log(a->high / a->value), log(b->value / b->low));
	const double down = hypot(log(a->value / a->low), log(b->high / b->value));
	char source[2 * DTM_LABEL + 8];
	snprintf(source, sizeof source, "%s / %s", a->label, b->label);
	dtm_quantity_set(ratio, label, a->kind > b->kind ? a->kind : b->kind,
	                 (double[]){value, value * exp(-down), value * exp(up)}, source);
}

const char *dtm_si_text(double value, const char *unit, size_t size, char *text)
{
	static const char *const prefix[] = {"z", "a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T"};
	enum { FIRST = -7, N = sizeof prefix / sizeof *prefix };
	if (isnan(value)) {
		snprintf(text, size, "-");
		return text;
	}
	int step = value == 0 || isinf(value) ? 0 : (int)floor(log10(fabs(value) * (1 + 1e-12)) / 3);
	/* 999.96 would print as 1e+03 */
	if (isfinite(value) && fabs(value) * pow(1000, -step) >= 999.95)
		step++;
	step = step < FIRST ? FIRST : step > FIRST + N - 1 ? FIRST + N - 1 : step;
	snprintf(text, size, "%.4g%s%s%s", value * pow(1000, -step), *unit || step ? " " : "", prefix[step - FIRST],
	         unit);
	return text;
}

static ts_status json_fail(const char *path, diag_list *diag, const char *key, const char *what)
{
	diag_add(diag, E0621, SRC_NOWHERE, "%s: '%s' %s", path, key, what);
	return TS_IO;
}

static const char *version_text(const json_t *version, size_t size, char *text)
{
	if (json_is_number(version))
		snprintf(text, size, "%g", json_number_value(version));
	else
		snprintf(text, size, "%s", version ? "no number" : "missing");
	return text;
}

ts_status dtm_json_load(const char *path, const char *format, diag_list *diag, json_t **root)
{
	json_error_t error;
	char text[24];
	*root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!*root && error.line > 0)
		diag_add(diag, E0621, SRC_NOWHERE, "%s:%d:%d: %s", path, error.line, error.column, error.text);
	else if (!*root)
		diag_add(diag, E0621, SRC_NOWHERE, "%s", error.text); /* names the file */
	if (!*root)
		return TS_IO;
	const char *found = json_string_value(json_object_get(*root, "format"));
	const json_t *version = json_object_get(*root, "version");
	if (!found || strcmp(found, format))
		diag_add(diag, E0621, SRC_NOWHERE, "%s: 'format' is \"%s\", wanted \"%s\"", path, found ? found : "",
		         format);
	else if (!json_is_integer(version) || json_integer_value(version) != DTM_JSON_VERSION)
		diag_add(diag, E0621, SRC_NOWHERE, "%s: 'version' is %s, this program reads %d of %s", path,
		         version_text(version, sizeof text, text), DTM_JSON_VERSION, format);
	else
		return TS_OK;
	json_decref(*root);
	*root = NULL;
	return TS_IO;
}

ts_status dtm_json_text(const json_t *object, const char *key, const char *path, diag_list *diag, const char **text)
{
	*text = json_string_value(json_object_get(object, key));
	return *text && **text ? TS_OK : json_fail(path, diag, key, "is missing or no text");
}

/* A number > 0; `fallback` where absent (0: there is none). */
static double positive(const json_t *object, const char *key, double fallback)
{
	const json_t *item = json_object_get(object, key);
	return item ? json_number_value(item) : fallback;
}

static ts_status read_kind(const json_t *item, const char *path, diag_list *diag, dtm_kind *kind)
{
	const char *text;
	TS_TRY(dtm_json_text(item, "kind", path, diag, &text));
	for (int k = 0; k < DTM_N_KIND; k++) {
		if (!strcmp(text, kind_name[k])) {
			*kind = (dtm_kind)k;
			return TS_OK;
		}
	}
	return json_fail(path, diag, text,
	                 "is no kind: measured, simulated, computed, published, reconstructed or assumed");
}

ts_status dtm_json_quantity(const json_t *object, const char *key, const char *path, diag_list *diag, dtm_quantity *q)
{
	const json_t *item = json_object_get(object, key);
	const char *source;
	dtm_kind kind = DTM_ASSUMED;
	if (!json_is_object(item))
		return json_fail(path, diag, key, "is missing or no object");
	const double value = positive(item, "value", 0);
	const double low = positive(item, "low", value), high = positive(item, "high", value);
	if (!(low > 0 && low <= value && value <= high))
		return json_fail(path, diag, key, "needs numbers 0 < low <= value <= high");
	TS_TRY(read_kind(item, path, diag, &kind));
	TS_TRY(dtm_json_text(item, "source", path, diag, &source));
	const char *label = json_string_value(json_object_get(item, "label"));
	dtm_quantity_set(q, label ? label : key, kind, (double[]){value, low, high}, source);
	return TS_OK;
}

json_t *dtm_json_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

json_t *dtm_json_pack(const dtm_quantity *q, const char *name)
{
	json_t *object = json_object();
	json_object_set_new(object, "label", json_string(q->label));
	json_object_set_new(object, name, dtm_json_number(q->value));
	json_object_set_new(object, "low", dtm_json_number(q->low));
	json_object_set_new(object, "high", dtm_json_number(q->high));
	json_object_set_new(object, "kind", json_string(dtm_kind_name(q->kind)));
	json_object_set_new(object, "source", json_string(q->source));
	return object;
}
