/* SPDX-License-Identifier: Apache-2.0
 * Elementary functions on lanes. Straight-line code, no libm, no contraction: the same bits at every instruction-set
 * level. Each states its error bound and what it does outside its domain. NaN in gives NaN out.
 *
 * Method. Polynomials are Chebyshev interpolants on the reduced range, computed in 40 digits from the Taylor series:
 *   exp   x = n ln2 + r, |r| <= ln2/2, e^r = 1 + r + r^2/2 + r^3 P(r)
 *   log   x = 2^k m, sqrt(1/2) < m <= sqrt(2), s = (m-1)/(m+1), ln m = 2s + s z P(z), z = s^2
 *   sin   x = n pi/2 + r, |r| <= pi/4, three-part pi/2 [Cody & Waite 1980]
 * Rounding to an integer adds 1.5 * 2^52: this form vectorises below AVX-512, the conversion instruction does not.
 */
#ifndef BASE_LANE_MATH_H
#define BASE_LANE_MATH_H
#include "base/lane.h"

#define LANE_ROUND_MAGIC 0x1.8p52
#define LANE_LN2_HIGH 0x1.62e42fefa4000p-1
#define LANE_LN2_LOW (-1.7239444525614835e-13)
#define LANE_INV_LN2 1.4426950408889634
#define LANE_EXP_LOW (-708.0)
#define LANE_EXP_HIGH 709.0
#define LANE_LIMEXP 80.0
#define LANE_LIMEXP_VALUE 5.540622384393510e34 /* e^80 */

/* Split x = n ln2 + r; two_n = 2^n. x must be in [LANE_EXP_LOW, LANE_EXP_HIGH]. */
static inline lane lane_exp_reduce(lane x, lane *two_n)
{
	const lane biased = x * LANE_INV_LN2 + LANE_ROUND_MAGIC;
	const lane n = biased - LANE_ROUND_MAGIC;
	*two_n = (lane)(((lane_bits)biased + 1023) << 52);
	return (x - n * LANE_LN2_HIGH) - n * LANE_LN2_LOW;
}
/* e^r - 1 on |r| <= ln2/2, relative error about 2e-16 */
static inline lane lane_exp_poly(lane r)
{
	const lane r2 = r * r, r4 = r2 * r2;
	const lane a = 0.16666666666666666 + r * 0.04166666666665136;
	const lane b = 0.008333333333332155 + r * 0.0013888888905881542;
	const lane c = 0.0001984126985433861 + r * 2.4801536388690766e-05;
	const lane d = 2.755728006701698e-06 + r * 2.761380686153829e-07 + r2 * 2.5095554677111112e-08;
	const lane p = (a + r2 * b) + r4 * (c + r2 * d);
	return r + r2 * (0.5 + r * p);
}
static inline lane lane_clamp_exp(lane x)
{
	return lane_min(lane_set(LANE_EXP_HIGH), lane_max(lane_set(LANE_EXP_LOW), x));
}
/* e^x; relative error < 1e-15 on [-708, 709]; saturates outside (never inf, never NaN from finite). */
static inline lane lane_exp(lane x)
{
	lane two_n;
	const lane r = lane_exp_reduce(lane_clamp_exp(x), &two_n);
	return two_n * lane_exp_poly(r) + two_n;
}
/* e^x - 1; relative error < 4e-15; saturates above 709. */
static inline lane lane_expm1(lane x)
{
	lane two_n;
	const lane r = lane_exp_reduce(lane_clamp_exp(x), &two_n);
	return two_n * lane_exp_poly(r) + (two_n - 1.0);
}
/* ln x for normal x > 0, relative error < 1e-15 also near 1. NaN for x < 0; -709.1 at 0. */
static inline lane lane_log(lane x)
{
	const lane_bits bits = (lane_bits)x;
	const lane m0 = (lane)((bits & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000));
	const lane e = (lane)(((bits >> 52) & 0x7ff) | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023.0);
	const lane_mask large = m0 > 1.4142135623730951;
	const lane f = lane_select(large, 0.5 * m0, m0) - 1.0;
	const lane k = lane_select(large, e + 1.0, e);
	const lane s = f / (2.0 + f), z = s * s, z2 = z * z;
	const lane a = 0.666666666666667 + z * 0.3999999999989889;
	const lane b = 0.28571428626253836 + z * 0.22222211089379496;
	const lane c = 0.1818289243253687 + z * (0.15331611722055008 + z * 0.14617807153417325);
	const lane p = a + z2 * (b + z2 * c);
	const lane r = k * LANE_LN2_HIGH + (2.0 * s + (s * z * p + k * LANE_LN2_LOW));
	return lane_select(x >= 0.0, r, lane_set(__builtin_nan("")));
}
/* ln(1 + x), x > -1, relative error < 4e-15. */
static inline lane lane_log1p(lane x)
{
	const lane u = 1.0 + x;
	return lane_log(u) + (x - (u - 1.0)) / u;
}
/* ln(1 + e^x), relative error < 4e-15, down to x = -708 where it saturates. */
static inline lane lane_softplus(lane x)
{
	return lane_max(lane_set(0.0), x) + lane_log1p(lane_exp(-lane_abs(x)));
}
/* tanh x, relative error < 4e-15. */
static inline lane lane_tanh(lane x)
{
	const lane t = lane_expm1(-2.0 * lane_abs(x));
	const lane r = -t / (2.0 + t);
	return lane_select(x < 0.0, -r, r);
}
/* sin and cos of |r| <= pi/4 */
static inline lane lane_sin_poly(lane r)
{
	const lane z = r * r, z2 = z * z;
	const lane a = -0.16666666666666666 + z * 0.008333333333330936;
	const lane b = -0.00019841269836740532 + z * 2.7557316093198404e-06;
	const lane c = -2.5051129896450185e-08 + z * 1.5917988979397435e-10;
	return r + r * z * (a + z2 * (b + z2 * c));
}
static inline lane lane_cos_poly(lane r)
{
	const lane z = r * r, z2 = z * z;
	const lane a = 0.041666666666666664 + z * -0.0013888888888887389;
	const lane b = 2.48015872987544e-05 + z * -2.755731726587808e-07;
	const lane c = 2.087614504941318e-09 + z * -1.138254464534925e-11;
	return 1.0 - (0.5 * z - z2 * (a + z2 * (b + z2 * c)));
}
/* sin(r + quarter * pi/2); quarter holds the integer in its low bits */
static inline lane lane_sin_quarter(lane r, lane_bits quarter)
{
	const lane_mask odd = (lane_mask)(quarter & 1) != 0;
	const lane v = lane_select(odd, lane_cos_poly(r), lane_sin_poly(r));
	return (lane)((lane_bits)v ^ ((quarter & 2) << 62));
}
static inline lane lane_trig_reduce(lane x, lane_bits *quarter)
{
	const lane biased = x * 0.6366197723675814 + LANE_ROUND_MAGIC;
	const lane n = biased - LANE_ROUND_MAGIC;
	*quarter = (lane_bits)biased;
	return ((x - n * 0x1.921fb544p+0) - n * 0x1.0b4611a6p-34) - n * 0x1.3198a2e037073p-69;
}
/* sin x and cos x: absolute error < 1e-15 for |x| <= 1e6, growing as 1e-16 |x| above (no meaning above 1e15). */
static inline lane lane_sin(lane x)
{
	lane_bits quarter;
	const lane r = lane_trig_reduce(x, &quarter);
	return lane_sin_quarter(r, quarter);
}
static inline lane lane_cos(lane x)
{
	lane_bits quarter;
	const lane r = lane_trig_reduce(x, &quarter);
	return lane_sin_quarter(r, quarter + 1);
}
/* x^y for x > 0 as e^(y ln x): relative error < (2 + |y ln x|) 5e-16; saturates as lane_exp. NaN for x < 0. */
static inline lane lane_pow(lane x, lane y)
{
	return lane_exp(y * lane_log(x));
}
/* e^x up to x = 80, continued linearly (C1) above: keeps Newton finite. */
static inline lane lane_limexp(lane x)
{
	const lane limit = lane_set(LANE_LIMEXP);
	return lane_select(x > limit, LANE_LIMEXP_VALUE * (1.0 + (x - limit)), lane_exp(lane_min(limit, x)));
}
#endif
