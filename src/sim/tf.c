/* SPDX-License-Identifier: Apache-2.0
 * .tf: the circuit at zero frequency, linearised at its operating point. With e the row that picks the output,
 *
 *   gain  = e . A^-1 (-weight of the source)             output per unit of the source
 *   rin   = 1 / current drawn from a V source of 1 V     voltage across an I source of 1 A
 *   rout  = e . A^-1 e   of a voltage output: the voltage per ampere forced into it
 *           1 / current of a V source's own volt         of a current output: the resistance of its loop
 *
 * One transposed solve gives gain and rout of a voltage output, one more each of the others. Writes
 *   /analyses/<name>/signals/gain, rin, rout   [1]
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "sim/linear.h"
#include "sim/sim.h"

/* Resistance that a source sees: V sources by their branch current, which flows into the + terminal. */
static ts_status source_resistance(const sim_linear *s, int instance, double *r)
{
	const int *unknown = mna_unknowns(s->system, instance), branch = mna_branch(s->system, instance);
	sim_linear_clear(s, s->x);
	TS_TRY(sim_linear_excite(s, instance, 1, s->x));
	sim_linear_solve(s, s->x);
	const double drawn = branch > 0 ? -creal(s->x[branch]) : 0;
	*r = branch > 0 ? drawn == 0 ? (double)INFINITY : 1 / drawn : creal(s->x[unknown[1]] - s->x[unknown[0]]);
	return TS_OK;
}

static ts_status put(const sim_linear *s, const char *name, const char *unit, double value)
{
	char path[256];
	const size_t one = 1;
	snprintf(path, sizeof path, "/analyses/%s/signals/%s", s->request->name, name);
	return out_put(s->file, path, unit, 1, &one, &value, s->diag);
}

static ts_status solve_and_put(sim_linear *s)
{
	const sim_request *r = s->request;
	const sim_signal output = sim_signal_of(s->system, &r->output);
	const char *in = sim_linear_unit(s, r->input), *out = output.unit;
	char unit[8];
	double complex gain;
	double rin, rout;
	TS_TRY(sim_linear_factor(s, 0));
	sim_linear_clear(s, s->x);
	s->x[output.plus] += 1;
	s->x[output.minus] -= 1;
	sim_linear_solve_transposed(s, s->x);
	TS_TRY(sim_linear_transfer(s, r->input, s->x, &gain));
	rout = creal(s->x[output.plus] - s->x[output.minus]);
	TS_TRY(source_resistance(s, r->input, &rin));
	if (output.is_current)
		TS_TRY(source_resistance(s, r->output.instance, &rout));
	snprintf(unit, sizeof unit, "%s/%s", out, in);
	TS_TRY(put(s, "gain", strcmp(in, out) == 0 ? "" : unit, creal(gain)));
	TS_TRY(put(s, "rin", "Ohm", rin));
	return put(s, "rout", "Ohm", rout);
}

ts_status sim_tf(const mna_system *system, const sim_request *request, const sim_options *options, out_file *file,
                 diag_list *diag)
{
	(void)options;
	sim_linear s = {.system = system, .request = request, .file = file, .diag = diag};
	ts_status status = sim_linear_create(&s);
	if (status == TS_OK)
		status = solve_and_put(&s);
	if (status == TS_NOMEM)
		diag_add(diag, E0999, request->span, "memory is exhausted in .tf");
	sim_linear_destroy(&s);
	return status;
}
