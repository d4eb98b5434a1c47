/* SPDX-License-Identifier: Apache-2.0
 * Analyses. Each takes the compiled system and a request, and writes into an open result file under
 * /analyses/<request->name>. All return TS_STOPPED when interrupted, with what there is written.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H
#include "base/diag.h"
#include "mna/tile.h"
#include "out/result.h"

/* The circuit again, with changes on top of those it was made with. The caller destroys *out. Targets are borrowed. */
typedef struct sim_vary {
	ts_status (*circuit)(void *self, const elab_change *change, int n, diag_list *diag, elab_circuit **out);
	void *self;
} sim_vary;

typedef struct sim_options {
	int n_thread;       /* 0: OpenMP's default */
	int progress;       /* draw bars */
	long samples;       /* --samples: overrides SAMPLES=; 0: card's */
	int has_seed;
	uint64_t seed;      /* --seed */
	const sim_vary *vary;  /* NULL: no sweeps of parameters and temperature */
	const elab_pbit *pbit; /* the .pbit that wraps a trannoise: bias sweep and bit statistics; NULL: none */
} sim_options;

typedef ts_status sim_run_fn(const mna_system *system, const sim_request *request, const sim_options *options,
                             out_file *file, diag_list *diag);
sim_run_fn sim_op, sim_dc, sim_tran, sim_trannoise, sim_ac, sim_noise, sim_tf, sim_sens;
/* Dispatch by request->kind through the table in sim/analysis.def. */
sim_run_fn sim_run;

/* Operating point: all active lanes of the tile (bit mask) at tile->t, by Newton, then gmin stepping, then source stepping.
 * Start from tile->x. Result in tile->x. Switches with hysteresis start in the states they have in the tile and are left
 * in states that fit. TS_NUMERIC with the failure report of architecture section 8. */
ts_status sim_operating_point(mna_tile *tile, uint32_t lanes, diag_list *diag);

/* The same while nodes are held: hold as in sim_newton_problem. */
ts_status sim_operating_point_held(mna_tile *tile, uint32_t lanes, const double *hold, diag_list *diag);

/* The first of an analysis: started from .ic where given, then with the nodes of .nodeset held, then free. */
ts_status sim_operating_point_first(mna_tile *tile, uint32_t lanes, diag_list *diag);
/* That of a transient: .nodeset as above, and the nodes of .ic held to the end. Driven nodes are never held. */
ts_status sim_operating_point_initial(mna_tile *tile, uint32_t lanes, diag_list *diag);

/* Newton on f(x) + alpha q(x) + rhs = 0 for the active lanes, masked: a converged lane is frozen.
 * rhs: [n_unknown][LANES] or NULL; alpha: [LANES] or NULL (0); extra_g: conductance added on every node diagonal (gmin stepping);
 * scale: factor on independent sources (source stepping) -- applied through tile->k by the caller.
 * Returns the mask of lanes that converged. worst (may be NULL): unknown with the largest scaled residual. */
typedef struct sim_newton_problem {
	uint32_t lanes;
	const double *rhs, *alpha;
	double extra_g;
	const double *hold; /* [n_unknown] voltage at which 1e10 S hold a node in every lane, NaN: free; NULL: none */
	int max_iteration;
} sim_newton_problem;
typedef struct sim_newton sim_newton;
ts_status sim_newton_create(const mna_system *system, sim_newton **out);
void sim_newton_destroy(sim_newton *newton);
uint32_t sim_newton_solve(sim_newton *newton, mna_tile *tile, const sim_newton_problem *problem, int *worst);
#endif
