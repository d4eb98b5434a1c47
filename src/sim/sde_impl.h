/* SPDX-License-Identifier: Apache-2.0
 * The inside of plan and work (private to sim/sde*.c). All arrays are over the full unknowns, [n_unknown][LANES], row 0
 * a dummy. Kinds of rows:
 *
 *   charge      it holds a charge: q_{n+1} - q_n + int f dt + noise = 0
 *               (also a node without capacitance at the end of an ideal branch that is held at another end)
 *   algebraic   it does not: f(x_{n+1}, t_{n+1}) = 0
 *   driven      a node held by voltage sources, or the current of such a source: it has no row
 *
 * Noisy devices whose electrons are simulated one by one (all that have rates under SIM_JUMP) are groups of their own
 * ("jumps") without currents (sde_jump.c); the rest of the circuit is stepped between. What else such a device has,
 * moving charges, flicker noise, other currents, is a second group of it ("rest").
 *
 * P is the part of the matrix that does not vanish with h: capacitances on charge rows, h G on algebraic rows and in
 * the columns of ideal branches, whose current is an average over the step. W = P + theta h G on the rest. P^-1 maps a
 * charge put on a node to the jump of all unknowns.
 */
#ifndef SIM_SDE_IMPL_H
#define SIM_SDE_IMPL_H
#include "base/philox.h"
#include "lin/lane_lu.h"
#include "sim/latch.h"
#include "sim/sde.h"

typedef enum sde_kind { SDE_CHARGE, SDE_ALGEBRAIC, SDE_DRIVEN } sde_kind;

/* What an instance adds where. e counts ports (i n_port + p) or stamps (i n_stamp + s) over the group's instances. */
typedef struct sde_port {
	int e, unknown, row; /* row 0: driven */
	double sign;         /* of power: +1 voltage port, -1 current port (-L i is its charge) */
	double w0, w1;       /* weights of h f_n and h f* in the residual of the row */
	int flow;            /* first of its entries in flow[]; they end where the next port's begin */
} sde_port;
typedef struct sde_inject { /* noise charge of a source that leaves through a port, or a row */
	int source;
	double sign;
} sde_inject;
typedef struct sde_term { /* a port's current in the equation of a row: offsets of f_n and f* in work->block */
	size_t f0, f1;
	double w0, w1;
} sde_term;
typedef struct sde_stamp {
	int e, slot;
	double weight; /* of h g in W */
	int in_p;
} sde_stamp;
typedef struct sde_flow { /* g times a change of unknown `col` is current at port e_port */
	int e, port, row, col;
	double eps, delta;
} sde_flow;
typedef struct sde_drive { /* the same for a driven column in the equation of a free row */
	int e, row, col;
	double weight;
} sde_drive;

/* A group is what flows in instances without jumps; the jumps; what else instances with jumps have. */
typedef enum sde_part { SDE_FLOW, SDE_JUMPS, SDE_REST, SDE_N_PART } sde_part;
typedef struct sde_group { /* one batch that is evaluated in every step */
	const mna_batch *mna;
	int batch;
	dev_eval_fn *eval;
	int n_inst, n_port, n_stamp, n_noise;
	const int *index;   /* [n_inst] index in the batch */
	const int *unknown; /* [n_inst][n_port] */
	const int *row;     /* [n_inst][n_port] reduced, 0: driven */
	const int *source;  /* [n_inst][n_noise] number of the source, -1: silent */
	const int *flicker; /* [n_inst][n_noise] number of the flicker source, -1: none; NULL: none in the group */
	int n_active, n_g, n_c, n_flow, n_drive;
	const sde_port *active;  /* [n_active + 1] ports that carry current; the last one only ends the list of flows */
	const sde_stamp *g, *c;  /* conductances; moving capacitances */
	const sde_flow *flow;    /* in the order of the active ports */
	const int *first_inject; /* [n_active + 1] of each active port */
	const sde_inject *inject;
	const sde_drive *drive;
	int moving; /* its charges are not linear */
	sde_part part;
	const int *trap; /* [n_inst][2] begin and end of each instance's traps in plan->hold; NULL: none in the group */
	int gate;        /* port that they act on */
	int jumps;           /* part is SDE_JUMPS */
	int first_jump;      /* number of the first source in plan->jump, [n_inst][n_rate] */
	int n_rate;          /* sources with rates, the first ones of n_noise */
	int shifted, drifts; /* some source is taken at mid-jump; has a drift correction */
	int has_p;
	size_t f0, f1, g0, c0, q0, q1, dq, pull, shift; /* row offsets into work->block */
} sde_group;

typedef struct sde_source {
	int group, inst, noise; /* where it is made */
	int instance;
	int row_from, row_to; /* 0: ground or driven */
	uint32_t id;
	double shift; /* half a jump: -(q/2) scale^2, 0: not shifted */
	double drift; /* current along a: -drift ((P^-1 a).grad) S, S one-sided */
} sde_source;

typedef struct sde_jump { /* a two-sided stream of electrons */
	int group, inst, noise, instance;
	int from, to, row_from, row_to; /* full unknowns; reduced rows, 0: ground or driven */
	double charge;                  /* that moves when `packet` is 1, C: q scale^2, of a trap q */
	int trap;                       /* unknown of the occupancy, 0: no trap */
	ptrdiff_t energy;               /* of the full trap, index into the batch's constants of the tile */
} sde_jump;

typedef struct sde_hold { /* a trap and what it does to its transistor */
	int unknown, batch;
	ptrdiff_t dvth; /* index into the batch's constants of the tile */
	double sign;    /* of what the full trap adds to the gate's voltage */
} sde_hold;

typedef struct sde_flicker { /* a source of 1/f^a noise between two ports of an instance */
	int group, inst, noise, instance;
	double exponent;
	uint32_t id;
} sde_flicker;

typedef struct sde_entry {       /* constant capacitance */
	int row, col, slot;      /* full unknowns and pattern */
	int free_row, free_slot; /* reduced; 0: driven row; driven row or column */
} sde_entry;

struct sde_plan {
	struct arena *arena;
	const mna_system *system;
	sde_options options;
	int n_unknown, n_free;
	const int *free;         /* [n_free + 1] unknown of a reduced row; [0] = 0 */
	const int *row_of;       /* [n_unknown] reduced row, 0: driven */
	const uint8_t *row_kind; /* [n_free + 1] kind of a reduced row; [0] = SDE_DRIVEN */
	lin_csc pattern;         /* reduced */
	const uint8_t *kind;     /* [n_unknown] sde_kind; [0] = SDE_DRIVEN */
	const uint8_t *averaged; /* [n_unknown] current of an ideal branch */
	const uint8_t *moving;   /* [n_batch] */
	const uint8_t *holding;  /* [n_instance] */
	int n_group;
	const sde_group *group;
	int n_source;
	const sde_source *source;
	int n_flicker, n_pole;
	const sde_flicker *flicker;
	const double *pole;   /* [n_pole] relaxation times, s */
	const double *weight; /* [n_flicker][n_pole] standard deviations of the poles, for s = 1 A^2/Hz at 1 Hz */
	int n_jump;
	const sde_jump *jump;
	sim_latches latches;      /* switches with hysteresis */
	const sde_hold *hold;     /* in the order of the transistors */
	const uint8_t *occupancy; /* [n_unknown] that of a trap */
	int has_flow;  /* some group carries a current that is not made of jumps */
	int n_cap;
	const sde_entry *cap; /* constant capacitances, full pattern, all rows */
	/* The equation of reduced row r: entries first[r] .. first[r + 1] - 1 of each list. */
	const int *first_term, *first_inject, *first_cap;
	const sde_term *term;
	const sde_inject *inject;
	const int *row_cap; /* index into cap[] */
	size_t block_rows;
	double theta;
	double h0;        /* a step of the circuit's own scale: the one for which pivots were chosen */
	int charges_only; /* P is made of capacitances alone, which move: charges can be had without currents */
	int n_algebraic, has_moving, linear, steady_noise, has_p, driven_moves, any_wave;
	int settles; /* charges or algebraic rows are not linear: v_{n+1} is settled by Newton */
	lane_lu *lu_w, *lu_p;
};

struct sde_work {
	const sde_plan *plan;
	mna_tile *tile;
	const struct sde_table *table;
	double t, w_h, p_h;  /* w_h, p_h: step the factors are made for, 0: none that stay */
	double *x, *xs, *x1; /* [n_unknown] v_n (= tile->x), v*, v_{n+1} */
	double *delta, *eps; /* [n_unknown] */
	double *rhs;         /* [n_free + 1] */
	double *node;        /* [n_unknown] charge that leaves a node in this step */
	double *middle;      /* [n_unknown] mean of the values before and after the step */
	double *t0, *t1;     /* [1] */
	double *cap;         /* [full nnz + 1] constant capacitances */
	double *base;        /* [nnz + 1] the same, reduced, charge rows only */
	double *w, *p;       /* [nnz + 1] */
	double *w_lu, *p_lu, *lu_work;
	double *n0, *n1;    /* [n_source] noise charges at v_n, v* */
	double *v, *s, *ds; /* one instance */
	int charged;        /* q1 and c0 are those of x_charged, [n_unknown] */
	double *x_charged;
	double *heat, *charge;    /* [n_instance] */
	double *turnover, *moved; /* [1] */
	double *x_open;           /* [n_unknown] */
	double *value;            /* [1] */
	double *block;
	uint8_t *has_heat;      /* [n_instance] */
	double *before, *after; /* [sde_state_rows] the state around a step that is split */
	double *part_xi;        /* [n_source] normals of its parts */
	uint32_t lost;          /* lanes that have failed since sde_begin */
	philox_key key; /* jumps: stream; per lane: trajectory, draws so far, jumps since the books were opened */
	uint32_t trajectory[LANES];
	uint64_t draw[LANES];
	philox_key flicker_key;
	uint64_t flicker_step;       /* normals used so far, per pole */
	int flicker_led;             /* flicker1 is that of the end of the coming step */
	double flicker_h;            /* step that decay[] and spread[] are for */
	double *decay, *spread;      /* [n_pole] exp(-h/tau), sqrt(1 - decay^2); not lanes */
	double *ou;                  /* [n_flicker][n_pole] states of unit variance */
	double *ou_normal;           /* [n_flicker][n_pole][4] a block of normals */
	double *flicker0, *flicker1; /* [n_flicker] at the step's ends, for s = 1 */
	double *rate;                /* [2 n_jump] forward and reverse rates, 1/s */
	double *rate0;               /* [2 n_jump] at the start of a leap */
	double *packet;              /* [2 n_jump] their charge over that of sde_jump */
	double *kick;                /* [n_jump][n_free + 1] change of the free unknowns when its charge jumps */
	double *swing;               /* [n_jump][n_unknown] what moving charges take up then, C; without them absent */
	double *count;               /* [n_jump] packets moved forward in this stretch */
	double *left, *channel;      /* [1] time left in the stretch; what the draw chose */
	double *n_event;             /* [1] */
	double *aside;               /* [n_latch] states */
	void *memory;
};

/* What is evaluated, and where: at x and t0, or at xs and t1. */
typedef enum sde_stage {
	SDE_START,         /* at x: f0, noise, g0, q0, c0 */
	SDE_END,           /* at xs: f1, noise, q1 */
	SDE_END_MATRIX,    /* at xs: f1, noise, g0, q1, c0 */
	SDE_END_CHARGE,    /* at xs: f1, noise, q1, c0 */
	SDE_START_CHARGE,  /* at x: q0, c0 */
	SDE_START_CURRENT, /* at x: f0, noise, g0 */
	SDE_ONLY_CHARGE    /* at xs: q1, c0 */
} sde_stage;

/* The loops, compiled once per instruction-set level (sde_isa.c). */
typedef struct sde_table {
	void (*evaluate)(sde_work *w, sde_stage stage, double h, const double *xi);
	void (*matrix)(sde_work *w, double h);  /* W and, where it is not constant, P from g0 and c0 */
	void (*predict)(sde_work *w, double h); /* rhs of delta */
	void (*correct)(sde_work *w, double h); /* rhs of eps */
	void (*noise_change)(sde_work *w);      /* rhs = -(N* - N_n) / 2 */
	void (*charges)(sde_work *w, double h); /* dq of every port, node[] = their sums */
	/* change[free] = rhs, to = from + change */
	void (*move)(const sde_work *w, double *change, const double *from, double *to);
	void (*add_free)(const sde_work *w, double *to); /* to[free] += rhs */
	void (*books)(sde_work *w);
	void (*source_books)(sde_work *w); /* only the work of the sources that hold nodes, from x, x1 and node[] */
	/* The lanes in which eps, all of which is what the linearisation at v_n has missed of the currents, outgrows
	 * delta: an exponential was met far from where it was linearised. */
	uint32_t (*far_off)(const sde_work *w);
	uint32_t (*commit)(sde_work *w); /* x = x1; lanes that left the realm of numbers or grew beyond any circuit */
} sde_table;
/* The loops of the jumps (sde_jump_isa.c). open: lanes with time left. */
typedef struct sde_jump_table {
	void (*rates)(sde_work *w); /* at x1 */
	/* Draw waiting time and channel: left[] and channel[]; returns the lanes in which a jump happens before the
	 * end. */
	uint32_t (*draw)(sde_work *w, uint32_t open, uint32_t *bad);
} sde_jump_table;

static inline double *sde_at(const sde_work *w, size_t offset)
{
	return w->block + offset * LANES;
}
/* sde_plan.c */
void sde_set_driven(const sde_work *w, const double *t, double *x);
/* sde_classify.c, sde_groups.c: parts of sde_plan_create */
typedef struct sde_builder {
	sde_plan *plan;
	mna_tile *tile;
	diag_list *diag;
	uint8_t *kind, *averaged, *moving, *holding, *nonlinear, *steady;
	int *row_of;
	const int *const *slot; /* [n_batch] -> [n_inst][n_stamp] slots in the reduced pattern */
} sde_builder;
ts_status sde_classify(sde_builder *b);
ts_status sde_make_groups(sde_builder *b);
/* sde_flicker.c: sources and poles; stationary start; one step of the poles unless sde_lead went before */
ts_status sde_make_flicker(sde_builder *b, sde_group *group);
void sde_start_flicker(sde_work *w);
void sde_step_flicker(sde_work *w, double h);
/* sde_jump.c: what jumps cannot treat; kicks from P; all jumps of a stretch of time */
ts_status sde_check_jumps(const sde_builder *b);
void sde_find_kicks(sde_work *w);
uint32_t sde_run_jumps(sde_work *w, double duration);
/* n jumps of channel c (2k forward, 2k + 1 reverse) in lane l at once */
void sde_move_packets(sde_work *w, int c, double n, int l);
/* P^-1 of a unit charge that enters at row_from and leaves at row_to, in rhs */
void sde_unit_pull(sde_work *w, int row_from, int row_to);
/* sde_trap.c: the unknowns of traps are set by jumps alone; is a trap simulated; who lowers whose gate; occupancies
 * drawn from their stationary law at x */
ts_status sde_mark_traps(const sde_builder *b);
int sde_is_trap(const dev_shape *shape);
int sde_has_traps(const sde_plan *plan);
int sde_runs_trap(const sde_plan *plan, const elab_instance *instance);
ts_status sde_list_traps(sde_plan *plan, sde_group *group);
void sde_start_traps(sde_work *w);
/* Jump j has filled (or emptied) its trap in lane l: the energy that stays in it, J. */
double sde_switch_trap(sde_work *w, const sde_jump *j, int fills, int l);
/* The gate voltage of instance i of a group as its channel feels it, in v: the traps that are full in x take it down. */
static inline void sde_lower_gate(const sde_work *w, const sde_group *g, int i, const double *x, double *v)
{
	double *gate = v + g->gate * LANES;
	for (const sde_hold *t = w->plan->hold + g->trap[2 * i]; t < w->plan->hold + g->trap[2 * i + 1]; t++)
		for (int l = 0; l < LANES; l++)
			gate[l] += t->sign * w->tile->k[t->batch][t->dvth * LANES + l] * x[t->unknown * LANES + l];
}
/* sde_lists.c: what each row and each port sums up */
ts_status sde_make_lists(sde_plan *plan, sde_group *group);
/* sde_pattern.c: reduced rows and pattern, constant capacitances */
ts_status sde_make_rows(sde_builder *b);
ts_status sde_make_pattern(sde_builder *b);
/* sde_latch.c: flip the switches that x asks for and bring algebraic unknowns behind; lanes in which this has no end */
uint32_t sde_follow_latches(sde_work *w);
/* sde_work.c: the algebraic equations at x, by the algebraic unknowns of the open lanes; returns those that fail */
uint32_t sde_settle_algebraic(sde_work *w, uint32_t open);
ts_status sde_work_make(const sde_plan *plan, mna_tile *tile, sde_work **out);
/* sde_split.c: numbers that a step changes, per lane; the step in parts for the lanes in `wild`, from what it has
 * solved for in x1 for the others. Returns the lanes that fail. */
size_t sde_state_rows(const sde_plan *plan);
uint32_t sde_split_step(sde_work *w, double h, const double *xi, uint32_t wild);
/* sde_step.c: solve a step for x1, not flicker nor jumps, xi_next for lm only: adds to *wild the lanes in which what
 * was found approximates nothing; take it over. Both return the lanes that fail. */
uint32_t sde_solve_step(sde_work *w, double h, const double *xi, const double *xi_next, uint32_t *wild);
uint32_t sde_commit(sde_work *w, double h);
/* sde_step.c: make cap, base matrices; factor P, find pulls and shifts from c0 */
void sde_refresh(sde_work *w);
uint32_t sde_factor_p(sde_work *w, double h);
void sde_pulls(sde_work *w);
/* Newton on the charge balance from x1. node[]: charge that has left each node; q0 is that of x. */
uint32_t sde_settle(sde_work *w, double h);
void sde_solve(const lane_lu *lu, sde_work *w, const double *factors);
/* to[unknown] = rhs of the free ones; others are left */
void sde_spread(const sde_work *w, double *to);
/* sde_leap.c: the jumps of a stretch by a leap; x1 = x at the start, and the state after it */
uint32_t sde_leap(sde_work *w, const sde_jump_table *table, double duration);
#endif
