/* SPDX-License-Identifier: Apache-2.0
 * Carrier packets of the EKV channel on lanes (physics.md 1.5): the channel as a two-sided Poisson stream of packets
 * q* = f q that has the current I = G Vds and the noise 4kT G r of the model at every bias,
 *
 *   x coth x = r,  x = f delta/2,  delta = Vds/U;  l+ = (G U / (q f^2)) (r + x),  l- = l+ e^-2x.
 *
 * f = 1 in weak inversion, 1/(2y) deep in strong inversion. With y = (yf + yr)/2, t = (yf - yr)/(yf + yr),
 * A = atanh(t)/t, e = (A - 1)/t^2 and a = (2/3) y/(1 + 2y) nothing cancels as Vds -> 0:
 *
 *   delta = 2t (2y + A),  r - 1 = w = t^2 E,  E = a + e (1 + a t^2)/(1 + 2y),  f = sqrt(3 E g(w))/(2y + A),
 *
 * g(w) = x^2/(3w), g(0) = 1. The law follows the drop itself, velocity saturation acts through G. A part of
 * mosfet_ekv_kernel.h, which includes it.
 */
#ifndef DEV_MOSFET_EKV_RATES_H
#define DEV_MOSFET_EKV_RATES_H

#define EKV_SMALL_X 0.25 /* below it x coth x - 1 is a series */
#define EKV_LEAST_W 1e-9
enum { EKV_ROOT_STEPS = 3 };

typedef struct ekv_stream {
	lane ahead, back; /* rates along and against the drop of the ordered device, 1/s */
	lane packet;
} ekv_stream;

/* x coth x - 1 and its slope. */
static inline lane ekv_coth_excess(lane x, lane *slope)
{
	const lane z = x * x;
	const lane near =
	    z * (1.0 / 3 +
	         z * (-1.0 / 45 + z * (2.0 / 945 + z * (-1.0 / 4725 + z * (2.0 / 93555 + z * (-1382.0 / 638512875))))));
	const lane near_slope = x * (2.0 / 3 + z * (-4.0 / 45 + z * (12.0 / 945 + z * (-8.0 / 4725))));
	const lane decay = lane_exp(-2.0 * x), coth = (1.0 + decay) / lane_max(1.0 - decay, lane_set(1e-300));
	const lane_mask small = x < EKV_SMALL_X;
	*slope = lane_select(small, near_slope, coth - x * (coth * coth - 1.0));
	return lane_select(small, near, x * coth - 1.0);
}

/* g(w) by Newton on x coth x - 1 = w from a guess within 5 %. */
static inline lane ekv_packet_shape(lane w)
{
	const lane at = lane_max(w, lane_set(EKV_LEAST_W));
	lane x = lane_sqrt(at * (at + 3.0));
	for (int step = 0; step < EKV_ROOT_STEPS; step++) {
		lane slope;
		const lane excess = ekv_coth_excess(x, &slope);
		x -= (excess - at) / slope;
	}
	return x * x / (3.0 * at);
}

static inline ekv_stream ekv_stream_at(const dev_in *in, int i)
{
	const ekv_bias a = ekv_bias_at(in, i);
	const ekv_channel c = ekv_channel_at(in, i, 0, &a);
	const lane sum = a.yf.v + a.yr.v, y = 0.5 * sum, t = (a.yf.v - a.yr.v) / sum, t2 = t * t;
	const lane_mask near = t < EKV_NEAR;
	lane series = lane_set(0);
	for (int n = 15; n >= 3; n -= 2)
		series = series * t2 + 1.0 / n;
	const lane one = 1.0 + sum, part = (2.0 / 3) * y / one, delta = a.vds.v / a.u;
	const lane divisor = lane_select(near, lane_set(1), t), whole = 0.5 * delta / divisor; /* 2y + A */
	const lane e = lane_select(near, series, (whole - one) / (divisor * divisor));
	const lane big = part + e * (1.0 + part * t2) / one, w = t2 * big;
	ekv_stream s;
	/* more than 1 only by rounding where the channel is as good as cut off, y being kept above 0 */
	s.packet = lane_min(lane_sqrt(3.0 * big * ekv_packet_shape(w)) / (one + e * t2), lane_set(1));
	const lane x = 0.5 * s.packet * delta;
	s.ahead = c.chord.v * a.u / (PHYS_Q * s.packet * s.packet) * (1.0 + w + x);
	s.back = s.ahead * lane_exp(-2.0 * x);
	return s;
}

/* Rate along (sign +1) or against (-1) the direction d -> s at v + sign part shift, and the packet there. */
static inline lane ekv_moved_rate(const dev_in *in, int i, double sign, lane part, lane *packet)
{
	double v[4 * LANES] __attribute__((aligned(64)));
	dev_in at = *in;
	for (int p = 0; p < 4; p++)
		kernel_put(v, p, i, kernel_get(in->v, p, i) + sign * part * kernel_get(in->shift, p, i));
	at.v = v;
	const ekv_stream s = ekv_stream_at(&at, i);
	const lane drop = kernel_get(v, EKV_D, i) - kernel_get(v, EKV_S, i);
	*packet = s.packet;
	return lane_select(sign * drop >= 0.0, s.ahead, s.back);
}

/* The packet of a jump is that of its own middle, f = F(v + f shift): a step from F(v), then one of the secant, whose
 * slope is also shift . grad packet. */
static inline void ekv_put_rate(const dev_in *in, dev_out *out, int i, const ekv_stream *here)
{
	for (int way = 0; way < 2; way++) {
		const double sign = way ? -1 : 1;
		lane first, middle;
		ekv_moved_rate(in, i, sign, here->packet, &first);
		const lane slope = (first - here->packet) / here->packet, part = here->packet / (1.0 - slope);
		const lane rate = ekv_moved_rate(in, i, sign, part, &middle);
		kernel_put(out->rate, way, i, rate / (1.0 - slope));
		kernel_put(out->packet, way, i, part);
	}
}

static inline void ekv_put_stream(const dev_in *in, dev_out *out, int i)
{
	const ekv_stream here = ekv_stream_at(in, i);
	if (in->shift) {
		ekv_put_rate(in, out, i, &here);
		return;
	}
	const lane_mask along = kernel_get(in->v, EKV_D, i) >= kernel_get(in->v, EKV_S, i);
	kernel_put(out->rate, 0, i, lane_select(along, here.ahead, here.back));
	kernel_put(out->rate, 1, i, lane_select(along, here.back, here.ahead));
	kernel_put(out->packet, 0, i, here.packet);
	kernel_put(out->packet, 1, i, here.packet);
}
#endif
