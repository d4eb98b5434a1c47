/* SPDX-License-Identifier: Apache-2.0
 * The elaborated circuit: flat nodes, instances with numbers, requests. Immutable; owns one arena; borrows the source
 * map for spans and the deck for names of models and cells and for expressions: destroy it before them.
 */
#ifndef ELAB_CIRCUIT_H
#define ELAB_CIRCUIT_H
#include "base/diag.h"
#include "dev/dev.h"
#include "net/ast.h"

typedef struct elab_node {
	const char *name; /* "out", "x1.mid"; node 0 is ground, "0" */
	src_span span;    /* where it is first named */
} elab_node;

typedef struct elab_instance {
	const char *name;  /* hierarchical, lower-case: "x1.m3" */
	const char *model; /* model card's name or NULL */
	const dev_type *type;
	const dev_shape *shape;
	const int *node; /* [terminals] node numbers of the non-internal voltage ports, in port order; B sources: also
	                    controls */
	int n_node;
	const int *control;  /* instances whose branch currents the current ports read that are not internal; NULL: none */
	const double *param; /* [type->n_param] model card and instance merged */
	double polarity;     /* +1 n-type, -1 p-type, 0 */
	double temperature;  /* K: temp= or .temp, plus dtemp= */
	int noisy;           /* 0: noisy=0 was given */
	const void *aux;
	int host;                  /* of a trap: its transistor's instance number; else -1 */
	const diag_origin *origin; /* expansion trail, NULL at the top level */
	src_span span;
} elab_instance;

/* A scalar observable: v(a), v(a,b), i(device with a branch current) or n(trap), which is a current to the equations. */
typedef struct elab_probe {
	const char *name; /* "v(out)" canonical text */
	int is_current;
	int node[2];  /* voltage: plus and minus node (0 ground) */
	int instance; /* current: instance number */
} elab_probe;

/* What a stored signal is made of. */
typedef enum elab_term_kind {
	ELAB_VOLTAGE,    /* between node[0] and node[1] */
	ELAB_BRANCH,     /* own branch current of an instance, or the occupancy of a trap */
	ELAB_TERMINAL,   /* current into an instance at port `index`: f + dq/dt */
	ELAB_OBSERVABLE, /* number `index` of the instance's type */
	ELAB_PARAMETER,  /* number `index` of the instance's parameters */
	ELAB_POWER       /* that flows into an instance: sum of voltage times current of its ports */
} elab_term_kind;
typedef struct elab_term {
	elab_term_kind kind;
	int node[2];
	int instance, index;
} elab_term;

/* A signal of .save or .print: one term, or a formula of several (elab/formula.h). */
typedef struct elab_save {
	const char *name; /* canonical text: "v(out)", "i(r1)", "@m1[gm]", "v(a)-v(b)" */
	const char *unit;
	int n_term;
	const elab_term *term;
	const struct elab_formula *formula; /* NULL: the one term */
	unsigned kinds;                     /* set of 1 << sim_kind: analyses that store it, where they can */
	src_span span;
} elab_save;

typedef enum sim_kind { SIM_OP, SIM_DC, SIM_TRAN, SIM_TRANNOISE, SIM_AC, SIM_NOISE, SIM_TF, SIM_SENS } sim_kind;

/* A signal that .print asks the table of an analysis to show. */
typedef struct elab_print {
	sim_kind kind;
	const char *name;
} elab_print;

typedef enum sim_spacing { SIM_DEC, SIM_OCT, SIM_LIN } sim_spacing;
/* SIM_AUTO: shifted, and electron by electron where that is called for; never seen by a plan. */
typedef enum sim_reading {
	SIM_SHIFTED,
	SIM_HK,
	SIM_STRAT,
	SIM_ITO,
	SIM_NOISE_OFF,
	SIM_JUMP,
	SIM_AUTO,
	SIM_CARD
} sim_reading;
/* SIM_LEAP: wt2, jumps by leaps; never seen by a plan. */
typedef enum sim_method { SIM_WT2, SIM_BE, SIM_HEUN, SIM_LM, SIM_EM, SIM_LEAP } sim_method;

/* thermal: all white sources; rtn: traps */
typedef enum sim_noise_type { SIM_THERMAL = 1, SIM_FLICKER = 2, SIM_RTN = 4 } sim_noise_type;

/* A quantity that a sweep or a step moves. Only what is set when the circuit is elaborated can be one. */
typedef enum elab_target_kind { ELAB_PARAM, ELAB_TEMPERATURE, ELAB_DEVICE, ELAB_MODEL } elab_target_kind;
typedef struct elab_target {
	elab_target_kind kind;
	const char *name;  /* top-level parameter, instance or model card; "temp" */
	const char *param; /* of the instance's line: "r", "w"; of the card: "vto" */
	const char *label; /* what results call it: "rl", "temp", "r1", "@m1[w]", "nch(vto)" */
	const char *unit;  /* "" for parameters; temperatures are in Celsius, "degC" */
	src_span span;
} elab_target;

typedef struct elab_change {
	elab_target target;
	double value;
} elab_change;

/* Points at which something is done again. The first target moves fastest. */
typedef struct elab_steps {
	int n_target, n_point; /* n_point 0: no steps */
	const elab_target *target;
	const double *value; /* [n_point][n_target] */
	src_span span;
} elab_steps;

/* One axis of a .dc. Either the value of one instance, moved where it stands, or quantities for which the circuit is
 * elaborated anew. */
typedef struct elab_axis {
	int instance, param; /* instance and its parameter; -1: see target */
	int n_target;        /* 0: no axis */
	const elab_target *target;
	size_t n;
	double start, stop, step; /* value k is start + k step, */
	const double *value;      /* [n][n_target], when it is not NULL */
	const char *data;         /* name of the .data table it came from; then the axis is the number of its row; or NULL */
} elab_axis;

/* Thermodynamic figures a .trannoise is asked for (docs/numerics.md, section 11). Arrays in the circuit's arena. */
typedef struct elab_books {
	int n_tur;
	const elab_probe *tur; /* TUR=: currents of V sources */
	int n_ft;
	const int *ft; /* FT=: instances, -1: the whole circuit */
	int n_gyration;
	const elab_probe *gyration; /* GYRATION=: [n_gyration][2] voltages */
	int work;                   /* WORK=on */
} elab_books;

typedef struct sim_request {
	sim_kind kind;
	const char *name; /* "op1", "tran1", "trannoise1": kind and running number */
	src_span span;
	elab_axis dc[2];  /* .dc: inner and outer axis */
	elab_steps sweep; /* SWEEP on the card: the analysis is done again at each of its points */
	/* .ac, .noise, .sens: frequencies, Hz; points per decade or octave, or in all; 0: .sens at the operating point */
	sim_spacing spacing;
	long points;
	double fstart, fstop;
	/* .noise, .tf, .sens */
	elab_probe output;
	int input; /* V or I source; -1 in .sens */
	/* .tran, .trannoise */
	double tstep, tstop, tstart, tmax; /* tmax 0: none */
	int uic;
	long samples;  /* trajectories per bias point; SAMPLES=, default 64 */
	uint64_t seed; /* SEED=, default 1 */
	sim_reading reading;
	sim_method method;
	double h;          /* STEP=h, 0: auto */
	double scale;      /* SCALE=: multiplies every noise amplitude */
	unsigned types;    /* TYPES=: set of sim_noise_type, all by default */
	double fmin, fmax; /* FMIN=, FMAX=: band of the flicker noise, Hz; 0: from TSTOP and the step */
	int keep;          /* KEEP=: trajectories stored per bias point, default 2 */
	int energy;        /* ENERGY=on|off, default on */
	int acf;           /* ACF=on|off: autocorrelation of every signal, default on */
	int psd;           /* PSD=n: samples per segment of the spectra, 0: none */
	elab_books books;
	int companion;     /* COMPANION=on|off: some trajectories again with twice the step, default on */
	int extrapolate;   /* EXTRAPOLATE=on|off: extrapolate to h = 0, default off */
} sim_request;

typedef struct elab_pbit {
	const char *name;
	elab_probe out;           /* OUT= */
	int bias_instance;        /* BIAS= V source, -1: none (then one point) */
	double start, stop, step; /* SWEEP= */
	int n_list;
	const double *list; /* SWEEP given as a list of values: SWEEP=list(a,b,...) */
	double threshold;   /* THRESHOLD=, V */
	int threshold_auto; /* midpoint of the pooled distribution's extremes */
	int has_core;
	double core[2]; /* CORE=low,high: V, hysteresis of the dwell times */
	int n_supply;
	const int *supply;     /* SUPPLY= instances; empty: every V source */
	double v_unit, t_unit; /* VUNIT=, TUNIT=: units for printing (defaults 1) */
	src_span span;
} elab_pbit;

/* .expect ANALYSIS quantity [at=x] value=y rel=|abs=|sigma= ; quantity text is resolved by cli/expect.c:
 * op/dc/tran: v(a), i(v1), expressions of them; ac, noise, tf: cli/linear.h; trannoise: mean(v(a)) var(v(a)) p(v(a)) power residual;
 * pbit: v0 vs tau p power energy residual. */
typedef struct elab_expect {
	const char *analysis; /* "op", "dc", "tran", "trannoise", or a .pbit name */
	int step;             /* the point of a stepped deck it is about, from 1; 0: every */
	const char *quantity; /* text, lower-case */
	const net_expr *expr; /* parsed form of it */
	int has_at;
	double at, value;
	double rel, abs, sigma; /* NAN where not given */
	src_span span;
} elab_expect;

/* .measure KIND NAME ...: a number taken from the curves of every analysis of that kind (cli/measure.h evaluates it).
 * Expressions keep earlier measures as NET_NAMEs; parameters of the deck and functions are written out. Their probes are
 * v i n, and vm vdb vp vr vi im idb ip ir ii; the nodes of a probe are canonical names. */
typedef enum elab_measure_type {
	ELAB_MEASURE_TRIG, /* where event[1] happens, less where event[0] does */
	ELAB_MEASURE_FIND, /* quantity at event[0] */
	ELAB_MEASURE_WHEN, /* where event[0] happens */
	ELAB_MEASURE_DERIV, /* slope of quantity at event[0] */
	ELAB_MEASURE_AVG,  /* of quantity in the window from here on */
	ELAB_MEASURE_RMS,
	ELAB_MEASURE_MIN,
	ELAB_MEASURE_MAX,
	ELAB_MEASURE_PP,
	ELAB_MEASURE_INTEG,
	ELAB_MEASURE_MIN_AT,
	ELAB_MEASURE_MAX_AT,
	ELAB_MEASURE_PARAM /* quantity, of earlier measures */
} elab_measure_type;
typedef enum elab_edge { ELAB_CROSS, ELAB_RISE, ELAB_FALL } elab_edge;
enum { ELAB_LAST = -1 };

/* at=, or the count-th time that left - right passes zero. NULL: not given. */
typedef struct elab_event {
	const net_expr *at, *left, *right;
	elab_edge edge;
	long count;                     /* 1, 2, ..., or ELAB_LAST */
	const net_expr *td, *from, *to; /* crossings that count */
} elab_event;

typedef struct elab_measure {
	const char *name;
	sim_kind kind;
	elab_measure_type type;
	const net_expr *quantity;
	elab_event event[2];
	const net_expr *from, *to; /* window, NULL: all of the axis */
	src_span span;
} elab_measure;

/* .four FREQUENCY SIGNAL ...: Fourier series of the last period of every .tran */
typedef struct elab_four {
	double frequency; /* Hz */
	int n_signal;
	const char *const *name;          /* [n_signal] canonical text */
	const net_expr *const *quantity; /* [n_signal] as in a measure */
	src_span span;
} elab_four;

typedef struct elab_initial {
	int node;
	double value;
} elab_initial; /* .ic, .nodeset */

typedef struct elab_circuit {
	struct arena *arena;
	const src_map *sources;
	const char *title;
	int n_node;
	const elab_node *node;
	int n_instance;
	const elab_instance *instance;
	int n_request;
	const sim_request *request;
	int n_save;
	const elab_save *save;
	int save_all; /* all node voltages and source currents, beside `save`: no .save card, or .save all */
	int n_print;
	const elab_print *print;
	int n_pbit;
	const elab_pbit *pbit;
	int n_expect;
	const elab_expect *expect;
	int n_ic;
	const elab_initial *ic;
	int n_measure;
	const elab_measure *measure; /* in the order of the deck */
	int n_four;
	const elab_four *four;
	int n_watch;
	const elab_save *watch; /* signals that .measure and .four read; also in save; not formulas */
	int nfreqs;              /* .options nfreqs: terms of .four, the constant one included; default 10 */
	int n_nodeset;
	const elab_initial *nodeset;
	elab_steps steps; /* .step cards and a .temp of several temperatures: what the deck does, it does at each point */
	int n_alter;      /* .alter blocks of the deck */
	const int *node_by_name;     /* [n_node] sorted by name, for elab_find_node */
	const int *instance_by_name; /* [n_instance] */
	double temperature;          /* .temp or .options temp, K; default 300.15 */
	/* .options; defaults reltol 1e-6, abstol 1e-15 A, vntol 1e-9 V, gmin 0 (a noiseless conductance is not
	 * physical), itl 200, cmin 0 */
	double reltol, abstol, vntol, gmin, cmin;
	int itl;
} elab_circuit;

/* NAME=VALUE overrides from --set, applied to top-level .param. */
typedef struct elab_override {
	const char *name;
	double value;
} elab_override;

/* NULL or all zero: the deck as it stands. */
typedef struct elab_options {
	const elab_override *set;
	int n_set;
	const elab_change *change; /* what a step or sweep moves; of two of one quantity the last counts */
	int n_change;
	int alter; /* the deck after this many .alter blocks */
	int step;  /* number of the point, which names of requests and cells carry: "tran1@2"; 0: none */
	int circuit_only; /* signals, but no requests, claims and cells */
	int sweep_known;  /* this is a point of a SWEEP on a card: what such cards sweep is not read again */
} elab_options;

ts_status elab_build(const net_deck *deck, const src_map *sources, const elab_options *options, diag_list *diag,
                     elab_circuit **circuit);
/* Value k of an axis, of one of its targets. */
double elab_axis_value(const elab_axis *axis, size_t k, int target);
/* Is a result "tran1" or "tran1@2" what "tran1" or "tran" asks for? */
int elab_is_called(const char *name, const char *asked);
/* Can b stand in for a in a's compiled system, with other parameters and temperatures? *differs: the instance or
 * node that does not fit, NULL where their numbers differ. */
int elab_same_topology(const elab_circuit *a, const elab_circuit *b, const char **differs);
/* Of two circuits of one topology: are expressions and waveform corners the same? */
int elab_same_data(const elab_circuit *a, const elab_circuit *b);
void elab_destroy(elab_circuit *circuit);
int elab_find_node(const elab_circuit *circuit, const char *name);     /* -1 if absent */
int elab_find_instance(const elab_circuit *circuit, const char *name); /* -1 if absent */
#include <stdio.h>
void elab_dump(const elab_circuit *circuit, FILE *to);
#endif
