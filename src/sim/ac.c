/* SPDX-License-Identifier: Apache-2.0
 * .ac: response of every signal to the `ac` values of the sources, at each frequency of the card:
 *
 *   (G + 2 pi i f C) x = b,   b = -sum over sources of weight acmag e^{i acphase}
 *
 * Writes, beside frequency [n], the real and the imaginary part of every signal under SPICE's names:
 *   /analyses/<name>/signals/vr(NODE), vi(NODE), ir(SOURCE), ii(SOURCE)   [n]
 * and of other signals real(SIGNAL), imag(SIGNAL).
 * Frequencies that were not reached are NaN.
 */
#include <math.h>
#include <stdio.h>
#include "base/alloc.h"
#include "base/phys.h"
#include "base/stop.h"
#include "sim/linear.h"
#include "sim/sim.h"

typedef struct ac_run {
	sim_linear linear;
	double complex *b; /* [n_unknown] */
	double *data;      /* [n_signal][2][n] */
} ac_run;

static ts_status solve_at(ac_run *run, size_t k)
{
	const sim_linear *s = &run->linear;
	TS_TRY(sim_linear_factor(&run->linear, s->frequency[k]));
	for (int u = 0; u < s->system->n_unknown; u++)
		s->x[u] = run->b[u];
	sim_linear_solve(s, s->x);
	for (int i = 0; i < s->signals.n; i++) {
		const double complex value =
		    sim_signal_response(&s->signals.signal[i], s->x, 2 * PHYS_PI * s->frequency[k]);
		run->data[2 * (size_t)i * s->n + k] = creal(value);
		run->data[(2 * (size_t)i + 1) * s->n + k] = cimag(value);
	}
	return TS_OK;
}

/* vr(a) and vi(a) of v(a), ir(r1) and ii(r1) of i(r1); real(...) and imag(...) of other forms. */
static void part_name(const sim_signal *signal, int part, char *name, size_t room)
{
	if (signal->formula || signal->name[1] != '(')
		snprintf(name, room, "%s(%s)", part ? "imag" : "real", signal->name);
	else
		snprintf(name, room, "%c%c%s", signal->name[0], "ri"[part], signal->name + 1);
}

static ts_status put_all(const ac_run *run)
{
	const sim_linear *s = &run->linear;
	TS_TRY(sim_linear_put_axis(s));
	for (int i = 0; i < s->signals.n; i++)
		for (int part = 0; part < 2; part++) {
			const sim_signal *signal = &s->signals.signal[i];
			char name[SIM_SIGNAL_PATH], path[SIM_SIGNAL_PATH];
			part_name(signal, part, name, sizeof name);
			sim_signal_path(s->request->name, name, path);
			TS_TRY(out_put(s->file, path, signal->unit, 1, &s->n,
			               run->data + (2 * (size_t)i + (size_t)part) * s->n, s->diag));
			TS_TRY(sim_linear_attach(s, path));
		}
	return TS_OK;
}

static ts_status sweep(ac_run *run)
{
	const size_t size = 2 * (size_t)run->linear.signals.n * run->linear.n;
	run->b = alloc_array((size_t)run->linear.system->n_unknown, sizeof *run->b);
	run->data = alloc_array(size + 1, sizeof *run->data);
	if (!run->b || !run->data)
		return TS_NOMEM;
	for (size_t k = 0; k < size; k++)
		run->data[k] = (double)NAN;
	ts_status status = sim_linear_excitation(&run->linear, run->b);
	for (size_t k = 0; status == TS_OK && k < run->linear.n; k++)
		status = stop_requested() ? TS_STOPPED : solve_at(run, k);
	const ts_status put = put_all(run);
	return status != TS_OK ? status : put;
}

ts_status sim_ac(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                 diag_list *diag)
{
	(void)options;
	ac_run run = {.linear = {.system = system, .request = request, .file = file, .diag = diag}};
	ts_status status = sim_linear_create(&run.linear);
	if (status == TS_OK)
		status = sweep(&run);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, request->span, "memory is exhausted in .ac");
	sim_linear_destroy(&run.linear);
	alloc_free(run.b);
	alloc_free(run.data);
	return status;
}
