/* SPDX-License-Identifier: Apache-2.0
 * Nonlinear capacitors on lanes: one program per instance in in->aux, run at the voltage across. See
 * dev/capacitor_q.h.
 */
#ifndef DEV_CAPACITOR_Q_KERNEL_H
#define DEV_CAPACITOR_Q_KERNEL_H
#include "dev/capacitor_q.h"
#include "dev/program_kernel.h"

enum { CAPACITOR_Q_M, CAPACITOR_Q_N_CONST };

/* Gauss-Legendre on [-1/2, 1/2], weights of sum 1: the points to the right of the middle; the others mirror them. */
static const double capacitor_c_rule[DEV_CAPACITOR_C_POINTS / 2][2] = {
    {0.024153832843869158117, 0.048270044257363900283}, {0.072235980791398246743, 0.04781936003963742971},
    {0.11964368112606853727, 0.04692219954040228282},   {0.16593430114106382489, 0.045586939347881942356},
    {0.21067563806531767268, 0.043826046502201905571},  {0.25344995446611469501, 0.041655962113473377611},
    {0.29385787862038116452, 0.039096947893535153236},  {0.33152213346510760049, 0.036172897054424253113},
    {0.36609105937014484019, 0.032911111388180923419},  {0.39724189798397120348, 0.029342046739267773573},
    {0.42468380686628498507, 0.025499029631188088098},  {0.44816057788302606198, 0.021417949011113340328},
    {0.46745303796886984459, 0.017136931456510716551},  {0.48238112779375321539, 0.012696032654631029728},
    {0.4928057557726341677, 0.0081371973654528353026},  {0.49863193092474078177, 0.0035093050047350483002},
};

/* The program and its slope at voltage v of the register starting at lane i. */
static inline program_value capacitor_q_run(const dev_in *in, lane v, int i)
{
	_Alignas(64) double across[LANES] = {0};
	dev_in at = *in;
	at.v = across;
	kernel_put(across, DEV_CAPACITOR_Q_ACROSS, i, v);
	return program_run(in->aux, &at, 1, i);
}

/* Charge in v and capacitance in d[0]: the integral of the program from 0 to v, and the slope of the rule. */
static inline program_value capacitor_c_run(const dev_in *in, lane v, int i)
{
	program_value sum = {.v = lane_set(0)};
	for (int k = DEV_CAPACITOR_C_POINTS - 1; k >= 0; k--) { /* from the outermost points, of the smallest weights */
		const double *rule = capacitor_c_rule[k / 2];
		const double x = 0.5 + (k % 2 ? -rule[0] : rule[0]);
		const program_value c = capacitor_q_run(in, x * v, i);
		sum.v = sum.v + rule[1] * c.v;
		sum.d[0] = sum.d[0] + rule[1] * (c.v + x * v * c.d[0]);
	}
	sum.v = v * sum.v;
	return sum;
}

static inline void capacitor_q_put(const dev_in *in, dev_out *out, const program_value *charge, int i)
{
	const lane m = kernel_get(in->k, CAPACITOR_Q_M, i);
	if (in->want & DEV_Q)
		kernel_put_pair(out->q, 0, 1, i, m * charge->v);
	if (in->want & DEV_C)
		kernel_put_admittance(out->c, 0, i, m * charge->d[0]);
}

static inline lane capacitor_q_across(const dev_in *in, int i)
{
	return kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i);
}

static inline void capacitor_q_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, lane_set(0));
		if (!(in->want & (DEV_Q | DEV_C)))
			continue;
		const program_value charge = capacitor_q_run(in, capacitor_q_across(in, i), i);
		capacitor_q_put(in, out, &charge, i);
	}
}

static inline void capacitor_c_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, lane_set(0));
		if (!(in->want & (DEV_Q | DEV_C)))
			continue;
		const program_value charge = capacitor_c_run(in, capacitor_q_across(in, i), i);
		capacitor_q_put(in, out, &charge, i);
	}
}
#endif
