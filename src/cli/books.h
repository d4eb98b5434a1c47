/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamic figures of a .trannoise in a result file: as claims and as a table.
 *
 *   entropy                      mean entropy made per time, W/K
 *   tur(i(v1))                   uncertainty ratio, TUR=
 *   ft, ft(m1); ift, ift(m1)     slope of ln P(s)/P(-s); <exp(-s/k)>, FT=
 *   work, work(v1), var(work), var(work(v1))   work of the moving sources, J and J^2, WORK=on
 *   jarzynski, jarzynski(v1)     -kT ln <exp(-W/kT)>, J
 *   gyration(v(a),v(b))          V^2/s, GYRATION=
 */
#ifndef CLI_BOOKS_H
#define CLI_BOOKS_H
#include <stdio.h>
#include "cli/ensemble.h"
#include "net/ast.h"

/* The quantity e (text q) of an analysis at its first bias. *is_known 0: no such quantity; a known one that was not
 * recorded is *is_known 1 with *out NaN and out->n 0. */
ts_status cli_books_claim(const out_file *file, const char *analysis, const char *q, const net_expr *e, diag_list *diag,
                          cli_estimate *out, int *is_known);
/* Table of all that there is, first bias; nothing when there is nothing. */
ts_status cli_books_print(const out_file *file, const char *analysis, diag_list *diag, FILE *to, int json);
#endif
