/* SPDX-License-Identifier: Apache-2.0
 * What the two halves of .sens share (sens.c: operating point, sens_ac.c: over frequency; private to sim/).
 */
#ifndef SIM_SENS_H
#define SIM_SENS_H
#include "sim/linear.h"

enum { SENS_LANES = 4 }; /* lanes that hold other values of the parameter */

/* A parameter: of one instance, or of a model card and then of all its instances; `instance` is the first. */
typedef struct sens_group {
	int instance, param, of_model;
} sens_group;

typedef struct sens_plan {
	double offset[SENS_LANES], weight[SENS_LANES]; /* derivative = sum of weight * result at p + offset */
} sens_plan;

typedef struct sens_run {
	sim_linear linear;
	sim_signal output;
	int n_group;
	sens_group *group;
	double *f;  /* [ports of the widest instance][LANES] */
	double *df; /* [n_unknown] */
} sens_run;

/* Give the parameter its values in the lanes; TS_NUMERIC when the devices accept no other value (it is as before). */
ts_status sens_perturb(const sens_run *run, const sens_group *group, sens_plan *plan);
/* Back to the nominal value in every lane. */
ts_status sens_release(const sens_run *run, const sens_group *group);
/* Derivative from the lanes of one row; exactly 0 where the row does not move. */
double sens_derivative(const sens_plan *plan, const double *row);
/* df[n_unknown] = derivative of the residual at the tile's x while perturbed; 0 when nothing moves. */
int sens_residual(const sens_run *run, const sens_group *group, const sens_plan *plan, double *df);
/* z[n_unknown] := A^-T e. */
void sens_adjoint(const sens_run *run, double complex *z);
/* Write one number (part 0) or the part 'r' or 'i' over frequency. */
ts_status sens_put(const sens_run *run, const sens_group *group, char part, const double *data);
ts_status sens_over_frequency(sens_run *run);
#endif
