/* SPDX-License-Identifier: Apache-2.0
 * Elementary functions on lanes. Straight-line code, no libm, no contraction: the same bits at every instruction-set
 * level. Each states its error bound and what it does outside its domain.
 */
#ifndef BASE_LANE_MATH_H
#define BASE_LANE_MATH_H
#include "base/lane.h"
/* To be provided here as static inline functions:
 *   lane lane_exp(lane x)       e^x; relative error < 1e-15 on [-700, 700]; saturates outside (never inf, never NaN from finite)
 *   lane lane_expm1(lane x)     relative error < 4e-15
 *   lane lane_log(lane x)       ln x for normal x > 0, relative error < 1e-15 (absolute near 1)
 *   lane lane_log1p(lane x)     x > -1, relative error < 4e-15
 *   lane lane_softplus(lane x)  ln(1 + e^x), relative accuracy kept for x -> -inf
 *   lane lane_tanh(lane x), lane_sin(lane x), lane_cos(lane x), lane_pow(lane x, lane y) (x > 0)
 *   lane lane_limexp(lane x)    e^x up to x = 80, continued linearly (C1) above: keeps Newton finite
 */
#endif
