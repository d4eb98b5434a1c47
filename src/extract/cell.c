/* SPDX-License-Identifier: Apache-2.0
 * A cell from a result file: every bias point, the sigmoid, and the energies at the bias nearest its middle:
 * energy per tau = power tau, energy per bit = power tau_int (physics.md section 3). Their relative errors add in
 * quadrature. What the ensemble does not determine is NaN and named in a warning.
 */
#include "extract/cell.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include "extract/data.h"

/* The point nearest v0; without a fit, the one nearest P = 1/2. */
static int middle(const extract_cell *c)
{
	int best = 0;
	double least = (double)INFINITY;
	for (int i = 0; i < c->n_bias; i++) {
		const double away = isfinite(c->v0.value) ? c->bias[i] - c->v0.value : c->p[i].value - 0.5;
		if (fabs(away) < least) {
			least = fabs(away);
			best = i;
		}
	}
	return best;
}

static extract_value product(const extract_value *a, const extract_value *b, double quantile)
{
	const double value = a->value * b->value;
	const double se = fabs(value) * hypot(a->se / a->value, b->se / b->value);
	return value > 0 ? extract_positive(value, se, quantile) : extract_symmetric(value, se, quantile);
}

static void energies(const extract_data *d, extract_cell *c)
{
	const double q = extract_quantile(d->n_traj);
	const size_t i = (size_t)(c->i_mid = middle(c));
	c->tau_mid = c->tau[i];
	c->power_mid = c->power[i];
	c->energy_per_tau = product(&c->power_mid, &c->tau_mid, q);
	c->energy_per_bit = product(&c->power_mid, &c->tau_int[i], q);
	for (int k = 0; k < d->n_supply; k++)
		c->supply_power[k] = extract_power(d, d->supply[k] + i * d->n_traj);
}

static void warn(const extract_cell *c, const extract_data *d, diag_list *diag)
{
	int missing = 0;
	for (int i = 0; i < c->n_bias; i++)
		missing += !isfinite(c->tau[i].value);
	if (missing)
		diag_add(diag, W0602, SRC_NOWHERE, "cell '%s': tau is not determined at %d of %d bias points", c->name,
		         missing, c->n_bias);
	if (!d->total)
		diag_add(diag, W0602, SRC_NOWHERE, "cell '%s': power is not determined: no energies were recorded",
		         c->name);
	if (d->n_traj < 2)
		diag_add(diag, W0602, SRC_NOWHERE,
		         "cell '%s': one trajectory gives no interval of tau, power and energy", c->name);
}

ts_status extract_run(const out_file *file, const char *name, diag_list *diag, extract_cell *cell)
{
	extract_data data;
	gsl_set_error_handler_off(); /* the default aborts the program */
	ts_status status = extract_read(file, name, diag, &data, cell);
	for (size_t i = 0; i < data.n_bias && status == TS_OK; i++) {
		status = extract_bias(&data, i, cell);
		extract_dwell(&data, i, cell);
		if (status == TS_OK)
			status = extract_step(&data, i, cell);
	}
	if (status == TS_OK)
		status = extract_sigmoids(&data, diag, cell);
	if (status == TS_OK) {
		energies(&data, cell);
		warn(cell, &data, diag);
	}
	extract_data_free(&data);
	return status;
}
