/* SPDX-License-Identifier: Apache-2.0
 * Conformance suite: the laws that every device of dev_registry must obey, tested without knowing what the device is.
 * This header holds one device instance with its constants (conf_case), one evaluation on LANES bias points (conf_bias,
 * conf_out), and the bookkeeping of the worst violation of each law, so that a failing law gives one line that names
 * the device, the quantity and the bias. How to instantiate each device is in cases.h, where to bias it in points.h.
 */
#ifndef TESTS_CONFORMANCE_CONFORMANCE_H
#define TESTS_CONFORMANCE_CONFORMANCE_H
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "base/lane.h"
#include "base/phys.h"
#include "dev/bsource.h"
#include "dev/capacitor_q.h"
#include "dev/dev.h"
#include "dev/resistor_b.h"
#include "harness/t.h"

enum { CONF_PORTS = 12, CONF_STAMPS = 40, CONF_NOISES = 8, CONF_CONSTS = 96, CONF_PARAMS = 128, CONF_OBS = 24 };
enum { CONF_ALL = DEV_F | DEV_Q | DEV_G | DEV_C | DEV_S | DEV_DS | DEV_OBS };

/* What a case does not promise. */
typedef enum conf_trait {
	CONF_GROUNDED = 1, /* reads a voltage against ground: not invariant under a common shift */
	CONF_KINKED = 2,   /* first derivatives jump somewhere */
	CONF_NARROW = 8,   /* first derivatives jump where the bulk is more than about PHI forward: docs/devices.md */
	CONF_SHARE = 16,   /* its energy is positive only together with that of the elements it couples */
	CONF_CHARGE = 4    /* published charge model that is not reciprocal at rest: looser bounds, docs/devices.md */
} conf_trait;

typedef struct conf_case {
	const dev_type *type;
	const dev_shape *shape;
	const void *aux;
	double polarity, temperature;
	unsigned trait;
	char name[96]; /* device, variant and polarity, for messages */
	double param[CONF_PARAMS];
	_Alignas(64) double k[CONF_CONSTS * LANES];
	dev_port port[CONF_PORTS]; /* of devices whose shape is per instance */
	dev_stamp stamp[CONF_STAMPS];
	dev_shape own_shape;
} conf_case;

typedef struct conf_bias {
	_Alignas(64) double v[CONF_PORTS * LANES], t[LANES], shift[CONF_NOISES * CONF_PORTS * LANES];
	int shifted; /* pass shift to the kernel */
} conf_bias;

typedef struct conf_out {
	_Alignas(64) double f[CONF_PORTS * LANES], q[CONF_PORTS * LANES], g[CONF_STAMPS * LANES],
	    c[CONF_STAMPS * LANES];
	double s[CONF_NOISES * LANES], ds[CONF_NOISES * CONF_PORTS * LANES], obs[CONF_OBS * LANES],
	    rate[2 * CONF_NOISES * LANES], packet[2 * CONF_NOISES * LANES];
} conf_out;

/* Evaluate with a given kernel; what the kernel leaves alone stays NaN. */
static inline void conf_eval_with(dev_eval_fn *kernel, const conf_case *c, const conf_bias *bias, unsigned want,
                                  conf_out *out)
{
	const dev_in in = {bias->v, c->k, bias->t, bias->shifted ? bias->shift : NULL, c->aux, c->shape, want};
	dev_out target = {out->f, out->q, out->g, out->c, out->s, out->ds, out->obs, out->rate, out->packet};
	memset(out, 0xff, sizeof *out);
	kernel(&in, &target);
}
static inline void conf_eval(const conf_case *c, const conf_bias *bias, unsigned want, conf_out *out)
{
	conf_eval_with(dev_kernel(c->type), c, bias, want, out);
}

/* df[row]/dv[col] (or dq/dv) of one lane: the sum of its stamps, 0 where the device has none. */
static inline double conf_entry(const conf_case *c, const double *value, unsigned part, const int at[2], int j)
{
	double sum = 0;
	for (int s = 0; s < c->shape->n_stamp; s++) {
		const dev_stamp *stamp = &c->shape->stamp[s];
		if (stamp->row == at[0] && stamp->col == at[1] && (stamp->part & part))
			sum += value[s * LANES + j];
	}
	return sum;
}
static inline int conf_is_voltage(const conf_case *c, int p)
{
	return c->shape->port[p].quantity == DEV_VOLTAGE;
}
static inline double conf_at(const double *array, int item, int j)
{
	return array[item * LANES + j];
}
static inline double conf_ut(const conf_case *c)
{
	return phys_ut(c->temperature);
}

/* The worst violation of one law on one case. */
typedef struct conf_worst {
	double ratio; /* error over tolerance */
	long n;
	char where[320];
} conf_worst;

/* "v = (1.2 0.3 0 0)" of one lane. */
static inline void conf_describe(char *text, size_t size, const conf_case *c, const conf_bias *bias, int j)
{
	size_t used = (size_t)snprintf(text, size, "T = %g K, v = (", c->temperature);
	for (int p = 0; p < c->shape->n_port && used < size; p++)
		used += (size_t)snprintf(text + used, size - used, "%s%.17g", p ? " " : "", conf_at(bias->v, p, j));
	if (used < size)
		snprintf(text + used, size - used, ")%s", bias->shifted ? ", shifted" : "");
}

/* Record an error against its tolerance; a NaN is a violation. The text is made only for a new worst. */
typedef struct conf_point {
	const conf_case *c;
	const conf_bias *bias;
	int j;
} conf_point;
__attribute__((format(printf, 5, 6))) static inline void conf_note(conf_worst *worst, conf_point at, double error,
                                                                   double tolerance, const char *format, ...)
{
	double ratio = error == 0 ? 0 : fabs(error) / tolerance;
	if (isnan(error) || isnan(tolerance) || isnan(ratio))
		ratio = HUGE_VAL;
	worst->n++;
	if (!(ratio > worst->ratio))
		return;
	worst->ratio = ratio;
	va_list args;
	va_start(args, format);
	const size_t used = (size_t)vsnprintf(worst->where, sizeof worst->where, format, args);
	va_end(args);
	if (used + 16 < sizeof worst->where) {
		const size_t tail = used + (size_t)snprintf(worst->where + used, sizeof worst->where - used, " at ");
		conf_describe(worst->where + tail, sizeof worst->where - tail, at.c, at.bias, at.j);
	}
}

/* One check per law and case. */
#define CONF_VERDICT(worst, c, law) conf_verdict((worst), (c)->name, (law), __FILE__, __LINE__)
static inline int conf_verdict(const conf_worst *worst, const char *name, const char *law, const char *file, int line)
{
	char text[640];
	snprintf(text, sizeof text, "%s: %s: %.3g of the tolerance (%ld values): %s", name, law, worst->ratio, worst->n,
	         worst->where);
	return t_true(worst->ratio <= 1, text, file, line);
}

/* A check that names the device. */
#define CONF_CHECK(condition, name, ...) conf_check((condition) != 0, __FILE__, __LINE__, (name), __VA_ARGS__)
__attribute__((format(printf, 5, 6))) static inline int conf_check(int ok, const char *file, int line, const char *name,
                                                                   const char *format, ...)
{
	char text[512];
	const size_t used = (size_t)snprintf(text, sizeof text, "%s: ", name);
	va_list args;
	va_start(args, format);
	vsnprintf(text + used, sizeof text - used, format, args);
	va_end(args);
	return t_true(ok, text, file, line);
}
#endif
