/* SPDX-License-Identifier: Apache-2.0
 * Signals of one analysis in a result file, and expressions of them: at one point for .expect, whole curves for
 * .measure and .four. Probes are v(a) v(a,b) i(v1) n(y1) @m1[gm], or without nodes the name of a stored signal; in .ac
 * also vm vdb vp vr vi of them (phase in degrees), where v() and i() are real parts. Names are `time` and `hertz`, the
 * axis; of .noise onoise and inoise (densities, V^2/Hz), onoise_spectrum and inoise_spectrum (their roots), gain,
 * onoise_total and inoise_total (roots of the integrals, V); and whatever the caller knows.
 *
 * A signal is n_row x n_col curves of n_x points: rows are the outer sweep of a .dc or the biases of an ensemble,
 * columns its stored trajectories; 1 otherwise.
 */
#ifndef CLI_CURVE_H
#define CLI_CURVE_H
#include "elab/circuit.h"
#include "net/expr.h"
#include "out/result.h"

typedef struct cli_signal {
	char *name;
	char unit[16];
	double *data; /* [n_row * n_col][n_x] */
} cli_signal;

typedef struct cli_link {
	const net_expr *probe;
	int signal; /* -1: it does not exist */
} cli_link;

typedef struct cli_curves {
	const out_file *file;
	const char *analysis;
	sim_kind kind;
	diag_list *diag;
	char folder[200]; /* where signals/ is */
	char x_unit[16];
	size_t n_x, n_row, n_col;
	double *x;
	int n_signal, n_link; /* what was read so far */
	cli_signal *signal;
	cli_link *link;
	/* names the caller knows besides (NULL: none) */
	int (*name)(void *self, const char *name, double *value);
	void *self;
} cli_curves;

/* with_points: the points of a .tran for measures where they are stored, else the grid of TSTEP. n_x is 0 when the
 * analysis has no results. */
ts_status cli_curves_open(const out_file *file, const char *analysis, sim_kind kind, int with_points, diag_list *diag,
                          cli_curves *out);
void cli_curves_close(cli_curves *c);

/* A place on a curve: between points i and i + 1. */
typedef struct cli_place {
	size_t row, col, i;
	double part; /* 0 to 1 */
} cli_place;
/* Is a signal stored under that name? */
int cli_curves_has(const cli_curves *c, const char *name);
/* 1, or 0 when it has no value there. diag NULL: without a message. */
int cli_curves_value(cli_curves *c, const net_expr *expr, cli_place place, diag_list *diag, double *value);
/* The place of x on the axis, ends included; 0 outside. */
int cli_curves_find(const cli_curves *c, double x, cli_place *place);
/* y[n_x] of one row and column; NAN where it has no value. 0 when a signal it names does not exist. */
int cli_curves_get(cli_curves *c, const net_expr *expr, size_t row, size_t col, double *y);
/* Unit when the expression is one signal, else "". */
const char *cli_curves_unit(cli_curves *c, const net_expr *expr);
#endif
