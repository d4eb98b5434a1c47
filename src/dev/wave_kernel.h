/* SPDX-License-Identifier: Apache-2.0
 * Independent sources on lanes: the waveforms of wave.c and their stamps. Every waveform is computed on every lane and
 * one is selected, since lanes may differ in `wave`; the sine's argument is reduced to one turn before lane_sin.
 */
#ifndef DEV_WAVE_KERNEL_H
#define DEV_WAVE_KERNEL_H
#include "base/lane_math.h"
#include "base/phys.h"
#include "dev/kernel.h"

/* k[] of vsource and isource. Pulse: V1 .. PER. Sine: VO, VA, FREQ, TD, THETA, PHASE (in turns). Exp: V1, V2, TD1 .. */
enum {
	WAVE_KIND,
	WAVE_SCALE, /* multiplies the value: source stepping, m of current sources */
	WAVE_DC,
	WAVE_V1,
	WAVE_V2,
	WAVE_TD,
	WAVE_TR,
	WAVE_TF,
	WAVE_PW,
	WAVE_PER,
	WAVE_VO,
	WAVE_VA,
	WAVE_FREQ,
	WAVE_THETA,
	WAVE_PHASE,
	WAVE_TD1,
	WAVE_TAU1,
	WAVE_TD2,
	WAVE_TAU2,
	WAVE_N_CONST
};

/* Largest integer <= x; exact for |x| < 2^51. */
static inline lane wave_floor(lane x)
{
	const lane magic = lane_set(0x1.8p52);
	const lane r = (x + magic) - magic;
	return lane_select(r > x, r - 1.0, r);
}
/* Length of time spent in [0, length], as a fraction. */
static inline lane wave_fraction(lane x, lane length)
{
	return lane_min(lane_set(1), lane_max(lane_set(0), x / length));
}
static inline lane wave_pulse(const double *k, lane t, int i)
{
	const lane v1 = kernel_get(k, WAVE_V1, i), tr = kernel_get(k, WAVE_TR, i), per = kernel_get(k, WAVE_PER, i);
	const lane since = lane_max(lane_set(0), t - kernel_get(k, WAVE_TD, i));
	const lane phase = since - per * wave_floor(since / per);
	const lane up = wave_fraction(phase, tr);
	const lane down = wave_fraction(phase - tr - kernel_get(k, WAVE_PW, i), kernel_get(k, WAVE_TF, i));
	return v1 + (kernel_get(k, WAVE_V2, i) - v1) * (up - down);
}
static inline lane wave_sine(const double *k, lane t, int i)
{
	const lane since = lane_max(lane_set(0), t - kernel_get(k, WAVE_TD, i));
	const lane turns = kernel_get(k, WAVE_FREQ, i) * since + kernel_get(k, WAVE_PHASE, i);
	const lane angle = 2 * PHYS_PI * (turns - wave_floor(turns + 0.5));
	const lane envelope = lane_exp(-since * kernel_get(k, WAVE_THETA, i));
	return kernel_get(k, WAVE_VO, i) + kernel_get(k, WAVE_VA, i) * envelope * lane_sin(angle);
}
static inline lane wave_exponential(const double *k, lane t, int i)
{
	const lane v1 = kernel_get(k, WAVE_V1, i), step = kernel_get(k, WAVE_V2, i) - v1;
	const lane rise = lane_max(lane_set(0), (t - kernel_get(k, WAVE_TD1, i)) / kernel_get(k, WAVE_TAU1, i));
	const lane fall = lane_max(lane_set(0), (t - kernel_get(k, WAVE_TD2, i)) / kernel_get(k, WAVE_TAU2, i));
	return v1 + step * (lane_expm1(-fall) - lane_expm1(-rise));
}
/* Linear between corners, constant outside. Scalar: a bisection per lane. */
static inline double wave_table_value(const dev_table *table, double t)
{
	int low = 0, high = table->n - 1;
	if (!(t > table->x[low]))
		return table->y[low];
	if (t >= table->x[high])
		return table->y[high];
	while (high - low > 1) {
		const int middle = low + (high - low) / 2;
		if (table->x[middle] <= t)
			low = middle;
		else
			high = middle;
	}
	const double fraction = (t - table->x[low]) / (table->x[high] - table->x[low]);
	return table->y[low] + fraction * (table->y[high] - table->y[low]);
}
static inline lane wave_table(const dev_table *table, lane t)
{
	lane value = lane_set(0);
	if (!table || table->n < 1)
		return value;
	for (int j = 0; j < LANE_WIDTH; j++)
		value[j] = wave_table_value(table, t[j]);
	return value;
}
static inline lane wave_value(const dev_in *in, int i)
{
	const lane t = kernel_get(in->t, 0, i), kind = kernel_get(in->k, WAVE_KIND, i);
	lane value = kernel_get(in->k, WAVE_DC, i);
	if (lane_mask_bits(kind != DEV_WAVE_DC)) { /* cost only: a lane's value does not depend on its neighbours */
		value = lane_select(kind == DEV_WAVE_PULSE, wave_pulse(in->k, t, i), value);
		value = lane_select(kind == DEV_WAVE_SIN, wave_sine(in->k, t, i), value);
		value = lane_select(kind == DEV_WAVE_EXP, wave_exponential(in->k, t, i), value);
		value = lane_select(kind == DEV_WAVE_PWL, wave_table(in->aux, t), value);
	}
	return kernel_get(in->k, WAVE_SCALE, i) * value;
}

static inline void vsource_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		if (in->want & DEV_F) {
			const lane drop = kernel_get(in->v, 0, i) - kernel_get(in->v, 1, i);
			kernel_put_pair(out->f, 0, 1, i, kernel_get(in->v, 2, i));
			kernel_put(out->f, 2, i, drop - wave_value(in, i));
		}
		if (in->want & DEV_Q) {
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
			kernel_put(out->q, 2, i, lane_set(0));
		}
		if (in->want & DEV_G) {
			kernel_put_pair(out->g, 0, 1, i, lane_set(1));
			kernel_put_pair(out->g, 2, 3, i, lane_set(1));
		}
	}
}

static inline void isource_eval(const dev_in *in, dev_out *out)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		if (in->want & DEV_F)
			kernel_put_pair(out->f, 0, 1, i, wave_value(in, i));
		if (in->want & DEV_Q)
			kernel_put_pair(out->q, 0, 1, i, lane_set(0));
	}
}
#endif
