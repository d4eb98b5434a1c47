/* SPDX-License-Identifier: Apache-2.0
 * Dual numbers on lanes: a value and its three partial derivatives, so that a model's Jacobian is exact by construction
 * [Wengert 1964]. All functions are inlined; partials that nobody stores cost nothing.
 */
#ifndef DEV_DUAL_H
#define DEV_DUAL_H
#include "base/lane_math.h"

enum { DUAL_N = 3 };
typedef struct dual {
	lane v, d[DUAL_N];
} dual;
#define DUAL_INLINE static inline __attribute__((always_inline))

DUAL_INLINE dual dual_set(lane v)
{
	dual r = {.v = v};
	for (int i = 0; i < DUAL_N; i++)
		r.d[i] = lane_set(0);
	return r;
}
/* h(a) with derivative slope there */
DUAL_INLINE dual dual_chain(dual a, lane h, lane slope)
{
	dual r = {.v = h};
	for (int i = 0; i < DUAL_N; i++)
		r.d[i] = slope * a.d[i];
	return r;
}
/* h(a, b) with partial derivatives ha, hb */
DUAL_INLINE dual dual_chain2(dual a, dual b, lane h, lane ha, lane hb)
{
	dual r = {.v = h};
	for (int i = 0; i < DUAL_N; i++)
		r.d[i] = ha * a.d[i] + hb * b.d[i];
	return r;
}
DUAL_INLINE dual dual_add(dual a, dual b)
{
	dual r = {.v = a.v + b.v};
	for (int i = 0; i < DUAL_N; i++)
		r.d[i] = a.d[i] + b.d[i];
	return r;
}
DUAL_INLINE dual dual_sub(dual a, dual b)
{
	dual r = {.v = a.v - b.v};
	for (int i = 0; i < DUAL_N; i++)
		r.d[i] = a.d[i] - b.d[i];
	return r;
}
DUAL_INLINE dual dual_mul(dual a, dual b)
{
	return dual_chain2(a, b, a.v * b.v, b.v, a.v);
}
DUAL_INLINE dual dual_div(dual a, dual b)
{
	const lane inverse = 1.0 / b.v, ratio = a.v * inverse;
	return dual_chain2(a, b, ratio, inverse, -ratio * inverse);
}
/* a + k */
DUAL_INLINE dual dual_shift(dual a, lane k)
{
	a.v = a.v + k;
	return a;
}
/* k a */
DUAL_INLINE dual dual_scale(dual a, lane k)
{
	return dual_chain(a, k * a.v, k);
}
DUAL_INLINE dual dual_sqrt(dual a)
{
	const lane root = lane_sqrt(a.v);
	return dual_chain(a, root, 0.5 / root);
}
DUAL_INLINE dual dual_select(lane_mask m, dual a, dual b)
{
	dual r = {.v = lane_select(m, a.v, b.v)};
	for (int i = 0; i < DUAL_N; i++)
		r.d[i] = lane_select(m, a.d[i], b.d[i]);
	return r;
}
DUAL_INLINE dual dual_abs(dual a)
{
	return dual_chain(a, lane_abs(a.v), lane_select(a.v < 0.0, lane_set(-1), lane_set(1)));
}
/* (a + sqrt(a^2 + e2)) / 2: a smooth max(a, 0), never cancelling; e2 > 0. */
DUAL_INLINE dual dual_positive(dual a, lane e2)
{
	const lane root = lane_sqrt(a.v * a.v + e2);
	const lane h = lane_select(a.v > 0.0, 0.5 * (a.v + root), 0.5 * e2 / (root + lane_abs(a.v)));
	return dual_chain(a, h, h / root);
}
/* sqrt(a^2 + b^2) */
DUAL_INLINE dual dual_hypot(dual a, dual b)
{
	const lane root = lane_sqrt(a.v * a.v + b.v * b.v);
	return dual_chain2(a, b, root, a.v / root, b.v / root);
}
#endif
