/* SPDX-License-Identifier: Apache-2.0
 * A number with its provenance: value, interval, how it is known, where it comes from. Everything the joule ledger and
 * the baseline print is one of these. A value type without pointers.
 *
 * Intervals are 95 % intervals where the number is measured or simulated, ranges of what is plausible where it is
 * assumed. They are combined in log space, where the ratios of interest are symmetric: independent factors x_i^p_i of a
 * product shift its logarithm by p_i ln(high_i / x_i), and the shifts add in quadrature, upwards and downwards each for
 * itself.
 */
#ifndef DTM_QUANTITY_H
#define DTM_QUANTITY_H
#include <jansson.h>
#include <stddef.h>
#include "base/diag.h"

/* From the firmest to the least certain. "measured": by a meter on hardware; "simulated": from noise trajectories of
 * the netlist here. */
typedef enum dtm_kind {
	DTM_MEASURED,
	DTM_SIMULATED,
	DTM_COMPUTED,
	DTM_PUBLISHED,
	DTM_RECONSTRUCTED,
	DTM_ASSUMED
} dtm_kind;
enum { DTM_N_KIND = DTM_ASSUMED + 1, DTM_LABEL = 64, DTM_SOURCE = 256, DTM_JSON_VERSION = 1 };

typedef struct dtm_quantity {
	char label[DTM_LABEL], source[DTM_SOURCE];
	double value, low, high;
	dtm_kind kind;
} dtm_quantity;

const char *dtm_kind_name(dtm_kind kind);
/* Set all fields; label and source are cut to their room. */
void dtm_quantity_set(dtm_quantity *q, const char *label, dtm_kind kind, const double value_low_high[3],
                      const char *source);
/* a / b of independent quantities > 0, interval in log space; kind: the less certain of the two. */
void dtm_quantity_ratio(const dtm_quantity *a, const dtm_quantity *b, const char *label, dtm_quantity *ratio);
/* "12.3 aJ": value with an SI prefix and 4 digits; "-" for NaN. Returns text. */
const char *dtm_si_text(double value, const char *unit, size_t size, char *text);

/* JSON of the harness, of the named format and version DTM_JSON_VERSION. Errors are E0621 with the file and, where
 * known, the line. */
ts_status dtm_json_load(const char *path, const char *format, diag_list *diag, json_t **root);
/* Member `key` of `object`: {"value", "low", "high", "kind", "source"}; low and high default to value. All > 0 and
 * ordered, the source not empty. The label is the key. */
ts_status dtm_json_quantity(const json_t *object, const char *key, const char *path, diag_list *diag, dtm_quantity *q);
ts_status dtm_json_text(const json_t *object, const char *key, const char *path, diag_list *diag, const char **text);
/* {"label", "value", "low", "high", "kind", "source"}; the number's key is `name`; null where not finite. */
json_t *dtm_json_pack(const dtm_quantity *q, const char *name);
json_t *dtm_json_number(double value);
#endif
