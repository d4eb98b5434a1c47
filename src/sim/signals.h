/* SPDX-License-Identifier: Apache-2.0
 * The signals an analysis stores: those of .save and .print, and unless .save restricts them every node voltage and
 * voltage-source current (private to sim/).
 *
 * A signal is a difference of two unknowns, or derived: a current into a device, one of its observables, its power, or
 * a formula of such terms. What devices have to say is asked of them once per point, by sim_signals_observe.
 */
#ifndef SIM_SIGNALS_H
#define SIM_SIGNALS_H
#include "elab/formula.h"
#include "mna/tile.h"
#include "out/result.h"

/* A device that derived signals look at, at the point observed last. */
typedef struct sim_device {
	int instance, wants_current, wants_obs, wants_param;
	double *current; /* [n_port][LANES] */
	double *obs;     /* [n_obs][LANES] */
	double *param;   /* [n_param][LANES], where they are wanted */
	double *g, *c;   /* [n_stamp][LANES], of .ac */
} sim_device;

typedef struct sim_term {
	elab_term_kind kind;
	int plus, minus;   /* unknowns, of voltages and branches */
	int device, index; /* of the others */
} sim_term;

typedef struct sim_signal {
	const char *name;
	int plus, minus; /* unknowns; value = x[plus] - x[minus] where the signal is not derived */
	int is_current;
	const char *unit, *square, *density; /* "V", "V^2", "V^2/Hz" */
	int n_term;
	const sim_term *term; /* NULL: not derived */
	const elab_formula *formula;
	const sim_device *device; /* of the terms */
	const mna_system *system;
	int save; /* of a formula: its place among circuit->save */
} sim_signal;

typedef struct sim_shape {
	int rank;
	size_t dims[2];
} sim_shape;

typedef struct sim_signals {
	int n;
	sim_signal *signal;
	int n_device;
	sim_device *device;
	int *device_of; /* [n_instance] index into device + 1, 0: none */
	struct arena *arena;
} sim_signals;

/* The signals that an analysis of this kind can have; the elaborator has reported the others. */
ts_status sim_signals_create(const mna_system *system, sim_kind kind, sim_signals *out);
/* The signals that measures read. */
ts_status sim_signals_watched(const mna_system *system, sim_signals *out);
void sim_signals_destroy(sim_signals *s);
/* The signal of one probe. */
sim_signal sim_signal_of(const mna_system *system, const elab_probe *probe);
/* Evaluate the devices that derived signals look at, at tile->x and tile->t in all lanes. rate: dx/dt[n_unknown], NULL:
 * zero. No allocation. */
void sim_signals_observe(sim_signals *s, mna_tile *tile, const double *rate);
/* The same for responses: conductances, capacitances and observables. */
void sim_signals_linearise(sim_signals *s, mna_tile *tile);
/* Value in one lane of x[n_unknown][stride] of a derived signal, with the devices as observed. No allocation. */
double sim_signal_derived(const sim_signal *signal, const double *x, int stride, int lane_index);
/* Response to x[n_unknown] at 2 pi f = omega, with the devices linearised; an observable is what it is at the operating
 * point. */
double complex sim_signal_response(const sim_signal *signal, const double complex *x, double omega);

static inline double sim_signal_read(const sim_signal *signal, const double *x, int stride, int lane_index)
{
	return signal->term ? sim_signal_derived(signal, x, stride, lane_index)
	                    : x[signal->plus * stride + lane_index] - x[signal->minus * stride + lane_index];
}
static inline double sim_signal_value(const sim_signal *signal, const mna_tile *tile, int lane_index)
{
	return sim_signal_read(signal, tile->x, LANES, lane_index);
}
/* Place of a signal in the file. */
enum { SIM_SIGNAL_PATH = 1000 };
const char *sim_signal_path(const char *analysis, const char *name, char path[SIM_SIGNAL_PATH]);
/* /analyses/<analysis>/signals/<signal> with the given shape. analysis is a request's name. */
ts_status sim_signal_put(const sim_signal *signal, const char *analysis, const sim_shape *shape, const double *data,
                         out_file *file, diag_list *diag);
#endif
