/* SPDX-License-Identifier: Apache-2.0
 * .expect: the claims a deck makes about its own results, checked on a result file.
 *
 *   op, dc, tran   an expression of v(a), v(a,b), i(v1); dc and tran interpolate linearly at `at`, without it the last
 *   ac, noise, tf  cli/linear.h
 *   measure        the name of a .measure; at= counts where it was taken on several analyses or rows
 *   trannoise      mean(v(a)) var(v(a)) std(v(a)) final_mean(v(a)) final_var(v(a)) power heat residual, and cli/books.h
 *   a .pbit's name v0 vs worst tau tau_int p power energy_per_bit energy_per_tau landauer residual; tau, tau_int, p and
 *                  power take at=BIAS
 *
 * A claim holds when |got - value| <= the largest of abs, rel |value| and sigma standard errors.
 */
#ifndef CLI_EXPECT_H
#define CLI_EXPECT_H
#include "cli/points.h"

typedef struct cli_verdict {
	double got, se, allowed; /* se: NAN where there is none */
	int holds;
} cli_verdict;

/* TS_NETLIST with the place when the analysis or quantity does not exist. */
ts_status cli_expect_one(const cli_session *session, const cli_point *point, const elab_expect *expect,
                         const out_file *file, cli_verdict *verdict);
typedef struct cli_claims {
	int n, n_failed; /* claims that were judged; that do not hold */
} cli_claims;
/* All that are about this point, printed one per line (or as JSON), and counted on top of what *count holds. */
ts_status cli_expect_all(const cli_session *session, const cli_point *point, const out_file *file, int json,
                         cli_claims *count);
#endif
