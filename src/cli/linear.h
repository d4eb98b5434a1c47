/* SPDX-License-Identifier: Apache-2.0
 * Small-signal results: claims on them and the tables `run` prints. Quantities of .expect:
 *
 *   ac     vm vdb vp vr vi of (a) or (a,b), im idb ip ir ii of (source), at=frequency; magnitude, decibels
 *          20 log10, phase in degrees from -180 to 180, real and imaginary part
 *   noise  onoise, inoise (V^2/Hz), gain at=frequency; onoise(r1), onoise(r1.thermal): what a device or one of its
 *          sources contributes; without at= integrals over the band: onoise, inoise, onoise(r1), ... (V^2)
 *   tf     gain rin rout
 *   sens   s(r1:r), of a model card s(nch:vto); over frequency sm sdb sp sr si of (r1:r), at=frequency
 *
 * Between frequencies the real and imaginary parts go linearly with frequency, densities and gain as power laws.
 */
#ifndef CLI_LINEAR_H
#define CLI_LINEAR_H
#include "cli/session.h"

static inline int cli_is_linear(sim_kind kind)
{
	return kind == SIM_AC || kind == SIM_NOISE || kind == SIM_TF || kind == SIM_SENS;
}

/* A dataset /analyses/<name>/<dataset>, freed by the caller; *n: its first dimension. */
typedef struct cli_analysis {
	const out_file *file;
	const char *name;
	diag_list *diag;
} cli_analysis;
ts_status cli_analysis_get(cli_analysis of, const char *dataset, size_t *n, double **data);

typedef struct cli_linear_claim {
	const out_file *file;
	const sim_request *request;
	const elab_expect *expect;
	diag_list *diag;
	const char *wrong; /* what a message says when the quantity does not exist; set by the evaluation */
} cli_linear_claim;
/* TS_NETLIST with `wrong` set and no message when the quantity does not exist. */
ts_status cli_linear_value(cli_linear_claim *claim, double *value);

/* The tables of one analysis. */
ts_status cli_sens_print(const out_file *file, const sim_request *request, diag_list *diag, FILE *to, int json);
ts_status cli_linear_print(const elab_circuit *circuit, const out_file *file, const sim_request *request,
                           diag_list *diag, FILE *to, int json);
/* Does a table of that kind of analysis show the signal: a .print card names it, or there is none? */
int cli_is_printed(const elab_circuit *circuit, sim_kind kind, const char *name);
#endif
