/* SPDX-License-Identifier: Apache-2.0
 * Inside .trannoise (private to sim/): an ensemble of `samples` trajectories at each bias, LANES of them per tile,
 * tiles in parallel.
 *
 * Grid. Steps have one length h, a whole number of them per sampling interval TSTEP. h is given (STEP=) or a fixed part
 * of the shortest relaxation time met in a short pilot run. Samples are taken at k TSTEP, k = first .. last; statistics
 * and books cover that stretch. A corner of a waveform splits the step it falls into. An automatic number of steps per
 * sampling interval is even, so that some trajectories can be stepped again by 2h (noise_companion.h).
 * Randomness. Trajectory s at bias b has the number b 2^20 + s (s, when there is one bias), which together with seed,
 * source and step number addresses its normals: nothing depends on the tile or thread that computes it.
 */
#ifndef SIM_NOISE_RUN_H
#define SIM_NOISE_RUN_H
#include "base/philox.h"
#include "out/reduce.h"
#include "sim/latch.h"
#include "sim/noise_books.h"
#include "sim/noise_companion.h"
#include "sim/noise_reduce.h"
#include "sim/sde.h"
#include "sim/signals.h"
#include "sim/sim.h"

enum { NOISE_BIAS_BITS = 20, NOISE_FAILURES = 8, NOISE_HISTOGRAM = REDUCE_BINS + 2 };

typedef struct noise_grid {
	double h;
	uint64_t per_sample;  /* steps per sample */
	uint64_t first, last; /* samples */
	size_t n_time;        /* last - first + 1 */
} noise_grid;

/* A trajectory that left the realm of numbers. */
typedef struct noise_failure {
	size_t bias;
	long sample;
	double time;
	int unknown;
} noise_failure;

/* Results; [row] is bias * samples + sample. NaN: not computed. */
typedef struct noise_results {
	size_t n_row, n_kept;            /* trajectories; stored ones per bias */
	double *mean, *variance, *final; /* [n_signal][n_row] */
	double *trace;                   /* [n_signal][n_bias * n_kept][n_time] */
	double *histogram;               /* [n_signal][n_bias][NOISE_HISTOGRAM], whole numbers */
	double *heat;                    /* [n_instance][n_row] */
	double *field, *residual;        /* [n_row] */
	double *p1, *flips;              /* [n_row] */
	double *events;                  /* [n_row] electrons that jumped, NOISE=jump */
	double *autocorrelation;         /* [n_row][n_lag] */
	int n_failure;
	noise_failure failure[NOISE_FAILURES];
	double worst_rate; /* largest |lambda| seen, 1/s */
} noise_results;

/* NOISE=auto: what jumps, and why. */
typedef struct noise_choice {
	uint8_t *jumps, *able; /* [n_instance] its sources jump; could. NULL unless NOISE=auto */
	int n_jump, n_able;    /* sources */
	double grain;          /* largest change of a drop in one jump, kT/q */
	double barrier;        /* kT, estimate or (seen 0) lower bound; NaN: not asked for */
	int seen;              /* flips were seen in the pilot */
	double cost;           /* jumps per step if all that can did */
	char text[200];
} noise_choice;

typedef struct noise_run {
	const mna_system *system;
	const sim_request *request;
	const sim_options *options;
	diag_list *diag;
	const elab_pbit *pbit; /* NULL: none */
	size_t n_bias;
	double *bias; /* [n_bias], V */
	long samples;
	uint64_t seed;
	sim_signals signals;
	int *charge_of;     /* [n_signal] source whose charge gives the current, -1: x does */
	double *low, *high; /* [n_signal] seen by the pilot */
	sim_signal bit;     /* OUT= of the p-bit */
	double threshold;   /* V */
	double *x0;         /* [n_bias][n_unknown] */
	sim_latches latches;
	double *state0; /* [n_bias][latches.n] */
	sde_plan *plan;
	noise_grid grid;
	int n_lag;
	double lag[REDUCE_LEVELS * REDUCE_LAGS]; /* samples */
	noise_results results;
	noise_choice choice;
	noise_reduced reduced;
	noise_books books;
	noise_coarse coarse;
	struct progress *bar;
} noise_run;

/* noise_setup.c: biases, signals, starting states */
ts_status noise_setup(noise_run *run);
/* Put bias b and its starting state into all lanes. */
ts_status noise_place(const noise_run *run, mna_tile *tile, size_t b);
static inline uint32_t noise_trajectory(const noise_run *run, size_t b, long sample)
{
	return run->n_bias == 1 ? (uint32_t)sample : ((uint32_t)b << NOISE_BIAS_BITS) + (uint32_t)sample;
}
/* noise_pilot.c: plan, grid, ranges, threshold */
ts_status noise_pilot(noise_run *run);

/* noise_results.c */
ts_status noise_results_create(noise_run *run);
void noise_results_destroy(noise_results *r);
ts_status noise_write(const noise_run *run, out_file *file, ts_status ended);

/* noise_stream.c: normals of the steps of LANES trajectories */
typedef struct noise_stream {
	const sde_plan *plan;
	philox_key key, split;
	const uint32_t *trajectory; /* [LANES] */
	uint64_t block;             /* in `now`; UINT64_MAX: none yet */
	double *now, *next;         /* [n_source][4][LANES] */
	double *xi, *xi_next;       /* [n_source][LANES] */
	int wants_next;
} noise_stream;
ts_status noise_stream_create(const sde_plan *plan, const sde_options *options, noise_stream *s);
void noise_stream_destroy(noise_stream *s);
void noise_stream_begin(noise_stream *s, uint64_t seed, philox_purpose purpose, const uint32_t *trajectory);
/* xi (and xi_next) for step n. */
void noise_stream_step(noise_stream *s, uint64_t n);
/* xi_next of a step of 2h that begins with step n, from steps n + 2 and n + 3, while the stream is in the block of n (n
 * even; with wants_next). */
void noise_stream_coarse_next(noise_stream *s, uint64_t n);
/* xi for the j-th part of a step that a corner splits, j >= 1. */
void noise_stream_part(noise_stream *s, uint64_t n, unsigned j);

/* Value of signal k in each lane; a current by charge is the mean since its charge was last[LANES], which becomes the
 * present one. */
void noise_signal_values(const noise_run *run, const mna_tile *tile, const sde_work *work, int k, double *last,
                         double value[LANES]);

/* noise_worker.c: one thread's tile */
typedef struct noise_worker noise_worker;
ts_status noise_worker_create(noise_run *run, noise_worker **out);
void noise_worker_destroy(noise_worker *w);
/* Trajectories first .. first + LANES - 1 of bias b, and their companions. TS_STOPPED: nothing of what was unfinished
 * is kept. */
ts_status noise_worker_tile(noise_worker *w, size_t b, long first);
#endif
