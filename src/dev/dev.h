/* SPDX-License-Identifier: Apache-2.0
 * What a device model is: a const table and one function from (port values, constants) to contributions, called for one
 * instance and LANES trajectories. It never sees indices, matrices, methods or time steps.
 *
 * Sign conventions. For a voltage port p, f[p] is the current that flows from the node into the device (SPICE's
 * "leaving the node"), q[p] the charge the device holds on that port: KCL is  sum f + d/dt sum q = 0  at every node.
 * For a current port (branch unknown) the port value is the branch current and f[p] + dq[p]/dt is the residual of the
 * branch equation. White noise source k carries a current of one-sided density s[k] (A^2/Hz) from port `from` through
 * the device to port `to`.
 *
 * Electron rates and the mid-jump shift (physics.md 1.3). A source with `rates` set is a two-sided Poisson stream:
 * forward rate l+ moves +q from `from` to `to`, reverse rate l- moves it back; its current is q(l+ - l-) and
 * s = 2 q^2 (l+ + l-). in->shift[k][p] is the change of port p's voltage halfway through a forward jump of source k
 * (zero when NULL): the kernel takes l+ at v + shift[k] and l- at v - shift[k], and f, g, s, ds and rate are those of the
 * shifted rates. With shift = NULL they are the ordinary current and noise. Sources without `rates` ignore shift.
 *
 * Packets (physics.md 1.5). A source with `rates` = DEV_PACKETS moves the charge packet q, 0 < packet <= 1, instead of q:
 * its current is q packet (l+ - l-), s = 2 (q packet)^2 (l+ + l-). The packet depends on the bias; in a jump it is that
 * of the middle of the jump itself, v + packet shift for the forward and v - packet shift for the reverse jump, and the
 * rate has the factor 1/(1 -+ shift . grad packet), which makes the pair of a jump and its reverse obey detailed balance
 * in densities of a continuous charge. Only rate and packet follow shift then; f, g, s, ds ignore it.
 *
 * Traps. A source with `rates` = DEV_TRAP has two states, kept by the last port, a current port: n = 0 empty, 1 full. Its
 * forward jump fills the trap, at the forward rate while that is empty, the reverse jump empties it; either moves the
 * charge q packet. The full trap holds the energy k[level], J, and takes k[exponent], V, off the gate of the transistor
 * that elab_instance.host names. It has no density: s = 0; as an equation the last port says that n is its mean.
 */
#ifndef DEV_DEV_H
#define DEV_DEV_H
#include <stddef.h>
#include <stdint.h>
#include "base/lane.h"

/* What eval must fill: F f, Q q, G g, C c, S s, DS ds (needs S), OBS observables, RATE rate and packet. REST: f and g
 * leave out the currents of the sources that have rates. CARD fills nothing: it asks that s and ds be those of the law
 * published with the model's card, where that is not the device's own (which obeys thermodynamics); devices whose laws
 * agree ignore it. Not with a shift. */
typedef enum dev_want {
	DEV_F = 1, DEV_Q = 2, DEV_G = 4, DEV_C = 8, DEV_S = 16, DEV_DS = 32, DEV_OBS = 64, DEV_RATE = 128, DEV_REST = 256,
	DEV_CARD = 512
} dev_want;
typedef enum dev_rates { DEV_NO_RATES, DEV_ELECTRONS, DEV_PACKETS, DEV_TRAP } dev_rates;
typedef enum dev_quantity { DEV_VOLTAGE, DEV_CURRENT } dev_quantity;
typedef enum dev_spectrum { DEV_WHITE, DEV_FLICKER } dev_spectrum;

typedef struct dev_port {
	const char *name;
	dev_quantity quantity;
	/* 1: not on the instance line, an internal node or the own branch current; internals come last. A current that is
	 * not internal is the branch current of another element, which the line names after the nodes. */
	uint8_t internal;
} dev_port;

/* The element's own branch current; the branch current of another element. */
static inline int dev_is_branch(const dev_port *port)
{
	return port->quantity == DEV_CURRENT && port->internal;
}
static inline int dev_is_control(const dev_port *port)
{
	return port->quantity == DEV_CURRENT && !port->internal;
}

typedef struct dev_param {
	const char *name, *unit, *doc; /* doc ends with a [citation key] or says "card" */
	double fallback, low, high;    /* outside [low, high] is a diagnostic; fallback may be NAN: "must be given" */
	uint8_t on_model;              /* 1: model card, 0: instance line */
} dev_param;

typedef struct dev_obs { const char *name, *unit; } dev_obs; /* unit "" for pure numbers */
typedef struct dev_stamp { uint8_t row, col, part; } dev_stamp; /* part: set of DEV_G, DEV_C */
/* Flicker: the density is s/f^a, a the constant k[exponent]; the source is silent where the constant k[level] is 0. */
typedef struct dev_noise {
	const char *name;
	uint8_t from, to;
	dev_spectrum spectrum;
	uint8_t rates; /* dev_rates */
	uint8_t level, exponent;
} dev_noise;

/* Ports, stamps and noise of one instance. Most devices have one fixed shape (type->shape); a device with internal nodes
 * that depend on its parameters (series resistances) chooses among a few static ones (type->choose); the behavioural
 * source gets one per instance from elab. */
typedef struct dev_shape {
	const dev_port *port;   int n_port;
	const dev_stamp *stamp; int n_stamp;
	const dev_noise *noise; int n_noise;
} dev_shape;

/* All arrays are [item][LANES], 64-byte aligned. */
typedef struct dev_in {
	const double *v;     /* [n_port]           port values, SI */
	const double *k;     /* [n_const]          constants from derive() */
	const double *t;     /* [1]                time, s */
	const double *shift; /* [n_noise][n_port]  half-jump shifts, V; NULL: none */
	const void *aux;     /* per-instance data shared by the lanes: dev_table (PWL), dev_program (B) or NULL */
	const dev_shape *shape;
	unsigned want;       /* set of dev_want */
} dev_in;

typedef struct dev_out {
	double *f, *q;  /* [n_port] */
	double *g, *c;  /* [n_stamp] df[row]/dv[col], dq[row]/dv[col]; only entries whose part says so are written */
	double *s;      /* [n_noise] one-sided PSD, A^2/Hz (at 1 Hz for flicker) */
	double *ds;     /* [n_noise][n_port] ds/dv; zeros for flicker */
	double *obs;    /* [n_obs] */
	double *rate;   /* [n_noise][2] forward and reverse rate, 1/s, of the sources that have `rates`; else not written */
	double *packet; /* [n_noise][2] charge of their jumps, q, with DEV_PACKETS and DEV_TRAP; else not written */
} dev_out;

/* A state of 0 or 1 that the analyses keep for a device: 1 once its control, the value of port `plus` less that of port
 * `minus` (-1: `plus` alone), has risen above k[rise], 0 once it has fallen below k[fall], between them what it was.
 * k[state] holds it; derive takes it from the parameter `param` of the instance line. */
typedef struct dev_latch { int param, plus, minus, rise, fall, state; } dev_latch;

typedef void dev_eval_fn(const dev_in *in, dev_out *out);

typedef struct dev_table { int n; const double *x, *y; } dev_table; /* PWL corners, x never decreasing; two at one x: a jump */

typedef struct dev_type {
	const char *name, *doc;          /* "mosfet_ekv" */
	const char *letter;              /* element letters that may select it: "r", "m" */
	const char *model;               /* model card types that select it: "nmos pmos", NULL: takes no model card */
	uint8_t optional_model;          /* an instance need not name one of its model cards */
	const char *level;               /* model levels that select it, space separated, "" = default: "44 ekv" */
	const dev_shape *shape;          /* NULL: per instance */
	/* The shape of an instance with these parameters (card and instance merged, range-checked): one of a few static
	 * shapes, so that equal instances share a batch. All have the terminals of `shape`, which is the one without internal
	 * nodes; the kernel reads in->shape. NULL: always `shape`. */
	const dev_shape *(*choose)(const double *param);
	const dev_latch *latch;          /* of instances whose shape is `shape`; NULL: none */
	const dev_param *param; int n_param;
	const dev_obs *obs; int n_obs;
	int n_const;
	uint8_t linear_q;                /* q is linear in v with constant c (capacitance matrix does not move) */
	uint8_t plateau;                 /* g and s move, but are constant over wide ranges: not to be found out by trying */
	uint8_t rest;                    /* carries currents besides those of the sources that have rates */
	/* param[n_param] (card and instance merged, model type's polarity in `polarity` = +1 n, -1 p, 0), temperature in K
	 * -> k[n_const]. NULL, or the name of the offending parameter. */
	const char *(*derive)(const double *param, double polarity, double temperature, double *k);
	/* First time after t at which the waveform has a corner; INFINITY if never. NULL: no waveform. */
	double (*next_corner)(const double *k, const void *aux, double t);
	int kernel;                      /* index into the kernel tables: DEV_KERNEL_<name> */
} dev_type;

/* Kernel indices and the registry, from dev/registry.def: DEV(name) per device; dev_<name> is the table and
 * <name>_kernel.h defines static void <name>_eval(const dev_in *, dev_out *), all included by dev/kernels_isa.c. */
enum {
#define DEV(name) DEV_KERNEL_##name,
#include "dev/registry.def"
#undef DEV
	DEV_N_TYPE
};
extern const dev_type *const dev_registry[DEV_N_TYPE];
/* This CPU's kernel of a type; resolved once, thread-safe. */
dev_eval_fn *dev_kernel(const dev_type *type);
/* By table name, e.g. "resistor"; NULL if absent. */
const dev_type *dev_find(const char *name);
/* By element letter and, for elements with a model card, its type and level ("" when the card has none). NULL if none. */
const dev_type *dev_select(char letter, const char *model_type, const char *level);
/* Index of a parameter by name, -1 if absent. */
int dev_param_index(const dev_type *type, const char *name);
/* The same within one list: on_model 1 the model card's, 0 the instance line's (the diode has an `m` in both). */
int dev_param_find(const dev_type *type, const char *name, int on_model);

/* Waveforms of V and I sources: parameter `wave` selects, the rest are numbers in k. */
typedef enum dev_wave {
	DEV_WAVE_DC, DEV_WAVE_PULSE, DEV_WAVE_SIN, DEV_WAVE_EXP, DEV_WAVE_PWL, DEV_WAVE_SFFM, DEV_WAVE_AM
} dev_wave;
#endif
