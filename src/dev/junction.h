/* SPDX-License-Identifier: Apache-2.0
 * pn junction: temperature laws (scalar, for derive) and current, electron rates and depletion charge (lanes).
 *
 * The i-v curve I = Is (e^{x/n} - 1), x = V/U, and local detailed balance l+/l- = e^x fix the rates (physics.md 1.2):
 *   l+ = (I/q) / (1 - e^-x),  l- = (I/q) / (e^x - 1),  S = 2 q^2 (l+ + l-).
 * With m = |x| and rho = (1 - e^{-m/n}) / (1 - e^-m), 1/n <= rho <= 1, they are products without cancellation:
 *   x > 0: l+ = (Is/q) rho e^{x/n},  l- = (Is/q) rho e^{x/n - x};   x < 0: l- = (Is/q) rho,  l+ = l- e^x.
 * n = 1 gives rho = 1: l+ = (Is/q) e^x, l- = Is/q.
 *
 * Depletion charge: SPICE's, C0 (1 - V/vj)^-mj below fc vj, continued linearly in C above [spice3].
 */
#ifndef DEV_JUNCTION_H
#define DEV_JUNCTION_H
#include <math.h>
#include "base/lane_math.h"
#include "base/phys.h"

/* Band gap of silicon in eV at temperature t in K [Thurmond 1975, the constants of SPICE and EKV]. */
static inline double junction_gap(double t)
{
	return 1.16 - 7.02e-4 * t * t / (t + 1108.0);
}
/* Built-in potential vj, given at tnom, at temperature t. */
static inline double junction_potential(double vj, double tnom, double t)
{
	const double ratio = t / tnom;
	return vj * ratio - 3 * phys_ut(t) * log(ratio) - junction_gap(tnom) * ratio + junction_gap(t);
}

/* Factor on a zero-bias depletion capacitance between tnom and t, SPICE's, by way of 27 C [spice3]; vj: at tnom. */
static inline double junction_warm(double vj, double mj, double tnom, double t)
{
	const double room = 27 + PHYS_ZERO_C, base = junction_potential(vj, tnom, room);
	const double old = tnom == room ? 1 : 1 + mj * (4e-4 * (tnom - room) + 1 - vj / base);
	const double from = tnom == room ? vj : base;
	return (1 + mj * (4e-4 * (t - room) + 1 - junction_potential(vj, tnom, t) / from)) / old;
}

typedef struct junction_rates {
	lane forward, reverse;   /* 1/s */
	lane dforward, dreverse; /* per V */
} junction_rates;

/* rho(m) and d ln(rho)/dm, m >= 0; below m = 0.05 by series in Bernoulli numbers. */
static inline lane junction_rho(lane m, lane inv_n, lane *log_slope)
{
	const lane a = -lane_expm1(-m * inv_n), b = -lane_expm1(-m);
	const lane_mask series = m < 0.05;
	const lane divisor_a = lane_select(series, lane_set(1), a), divisor_b = lane_select(series, lane_set(1), b);
	const lane m2 = m * m, n2 = inv_n * inv_n;
	const lane log_ratio = 0.5 * m * (1.0 - inv_n) + m2 * (n2 - 1.0) * (1.0 / 24) -
	                       m2 * m2 * (n2 * n2 - 1.0) * (1.0 / 2880);
	const lane near_slope =
	    0.5 * (1.0 - inv_n) + m * (n2 - 1.0) * (1.0 / 12) - m * m2 * (n2 * n2 - 1.0) * (1.0 / 720);
	const lane far_slope = inv_n * (1.0 - a) / divisor_a - (1.0 - b) / divisor_b;
	*log_slope = lane_select(series, near_slope, far_slope);
	return lane_select(series, inv_n * lane_exp(log_ratio), a / divisor_b);
}

/* Derivative of lane_limexp. */
static inline lane junction_limexp_slope(lane x)
{
	return lane_exp(lane_min(x, lane_set(LANE_LIMEXP)));
}

/* Rates at junction voltage v; is_q = Is/q, inv_u = 1/U, inv_n = 1/n. offset: the current is that of Is e^-offset,
 * which may be far below the smallest number. */
static inline junction_rates junction_rates_far(lane v, lane is_q, lane inv_u, lane inv_n, lane offset)
{
	const lane x = v * inv_u, m = lane_abs(x);
	const lane_mask ahead = x > 0.0;
	lane slope;
	const lane scale = is_q * junction_rho(m, inv_n, &slope);
	slope = lane_select(ahead, slope, -slope); /* d ln(rho)/dx */
	const lane up = lane_select(ahead, x * inv_n, x) - offset, up_slope = lane_select(ahead, inv_n, lane_set(1));
	const lane down = lane_select(ahead, x * (inv_n - 1.0), lane_set(0)) - offset;
	const lane down_slope = lane_select(ahead, inv_n - 1.0, lane_set(0));
	junction_rates r;
	r.forward = scale * lane_limexp(up);
	r.reverse = scale * lane_exp(down);
	r.dforward = inv_u * (slope * r.forward + scale * up_slope * junction_limexp_slope(up));
	r.dreverse = inv_u * (slope + down_slope) * r.reverse;
	return r;
}
static inline junction_rates junction_rates_at(lane v, lane is_q, lane inv_u, lane inv_n)
{
	return junction_rates_far(v, is_q, inv_u, inv_n, lane_set(0));
}

typedef struct junction_charge {
	lane q, c;
} junction_charge;

/* Depletion charge at v: zero-bias capacitance c0, potential vj, grading mj, corner fc * vj. */
static inline junction_charge junction_depletion(lane v, lane c0, lane vj, lane mj, lane fc)
{
	const lane corner = fc * vj, below = lane_min(v, corner), above = v - below;
	const lane arg = 1.0 - below / vj;
	const lane power = lane_pow(arg, -mj), slope = mj / (vj * arg);
	junction_charge result;
	result.q = c0 * (vj * (1.0 - arg * power) / (1.0 - mj) + power * above * (1.0 + 0.5 * slope * above));
	result.c = c0 * power * (1.0 + slope * above);
	return result;
}
#endif
