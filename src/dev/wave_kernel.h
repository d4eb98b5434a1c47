/* SPDX-License-Identifier: Apache-2.0
 * Independent sources on lanes: the waveforms of wave.c and their stamps. Every waveform is computed on every lane and
 * one is selected, since lanes may differ in `wave`; the sine's argument is reduced to one turn before lane_sin.
 */
#ifndef DEV_WAVE_KERNEL_H
#define DEV_WAVE_KERNEL_H
#include "base/lane_math.h"
#include "base/phys.h"
#include "dev/kernel.h"

/* k[] of vsource and isource. Pulse: V1 .. PER. Sine: VO, VA, FREQ, TD, THETA, PHASE (in turns). Exp: V1, V2, TD1 ..
 * Sffm and am: VO, VA, FC, FS, PHASEC, PHASES (in turns), MDI (in turns). Pwl: TD, REPEAT (< 0: none). */
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
	WAVE_END, /* of the last pulse, behind TD */
	WAVE_FC,
	WAVE_MDI,
	WAVE_FS,
	WAVE_PHASEC,
	WAVE_PHASES,
	WAVE_REPEAT,
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
	const lane height = lane_select(since < kernel_get(k, WAVE_END, i), up - down, lane_set(0));
	return v1 + (kernel_get(k, WAVE_V2, i) - v1) * height;
}
static inline lane wave_sine_of_turns(lane turns)
{
	return lane_sin(2 * PHYS_PI * (turns - wave_floor(turns + 0.5)));
}
static inline lane wave_sine(const double *k, lane t, int i)
{
	const lane since = lane_max(lane_set(0), t - kernel_get(k, WAVE_TD, i));
	const lane turns = kernel_get(k, WAVE_FREQ, i) * since + kernel_get(k, WAVE_PHASE, i);
	const lane envelope = lane_exp(-since * kernel_get(k, WAVE_THETA, i));
	return kernel_get(k, WAVE_VO, i) + kernel_get(k, WAVE_VA, i) * envelope * wave_sine_of_turns(turns);
}
static inline lane wave_sffm(const double *k, lane t, int i)
{
	const lane signal = wave_sine_of_turns(kernel_get(k, WAVE_FS, i) * t + kernel_get(k, WAVE_PHASES, i));
	const lane carrier = kernel_get(k, WAVE_FC, i) * t + kernel_get(k, WAVE_PHASEC, i);
	const lane turns = (carrier - wave_floor(carrier)) + kernel_get(k, WAVE_MDI, i) * signal;
	return kernel_get(k, WAVE_VO, i) + kernel_get(k, WAVE_VA, i) * wave_sine_of_turns(turns);
}
static inline lane wave_am(const double *k, lane t, int i)
{
	const lane since = lane_max(lane_set(0), t - kernel_get(k, WAVE_TD, i));
	const lane signal = wave_sine_of_turns(kernel_get(k, WAVE_FS, i) * since + kernel_get(k, WAVE_PHASES, i));
	const lane carrier = wave_sine_of_turns(kernel_get(k, WAVE_FC, i) * since + kernel_get(k, WAVE_PHASEC, i));
	const lane value = kernel_get(k, WAVE_VA, i) * (kernel_get(k, WAVE_VO, i) + signal) * carrier;
	return lane_select(since > 0.0, value, lane_set(0));
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
/* t, and from the last corner on the time at which it was seen before. */
static inline double wave_table_time(const dev_table *table, double t, double from)
{
	const double last = table->x[table->n - 1], period = last - from;
	if (from < 0 || !(t > last) || !(period > 0))
		return t;
	const double cycles = (t - from) / period;
	const double whole = cycles < 0x1p51 ? (double)(long long)cycles : cycles;
	return from + (t - from - period * whole);
}
static inline lane wave_table(const double *k, const dev_table *table, lane t, int i)
{
	const lane from = kernel_get(k, WAVE_REPEAT, i), since = t - kernel_get(k, WAVE_TD, i);
	lane value = lane_set(0);
	if (!table || table->n < 1)
		return value;
	for (int j = 0; j < LANE_WIDTH; j++)
		value[j] = wave_table_value(table, wave_table_time(table, since[j], from[j]));
	return value;
}
/* The waveforms of all lanes, each made where a lane has it: cost only, a lane's value does not depend on its
 * neighbours. */
static inline lane wave_value(const dev_in *in, int i)
{
	const lane t = kernel_get(in->t, 0, i), kind = kernel_get(in->k, WAVE_KIND, i);
	lane value = kernel_get(in->k, WAVE_DC, i);
#define WAVE_CASE(which, expression)                                                                                   \
	if (lane_mask_bits(kind == which))                                                                             \
		value = lane_select(kind == which, expression, value);
	WAVE_CASE(DEV_WAVE_PULSE, wave_pulse(in->k, t, i))
	WAVE_CASE(DEV_WAVE_SIN, wave_sine(in->k, t, i))
	WAVE_CASE(DEV_WAVE_EXP, wave_exponential(in->k, t, i))
	WAVE_CASE(DEV_WAVE_PWL, wave_table(in->k, in->aux, t, i))
	WAVE_CASE(DEV_WAVE_SFFM, wave_sffm(in->k, t, i))
	WAVE_CASE(DEV_WAVE_AM, wave_am(in->k, t, i))
#undef WAVE_CASE
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
