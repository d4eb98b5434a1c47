/* SPDX-License-Identifier: Apache-2.0
 * The hot loops of lane_lu, compiled once per instruction-set level: row-wise LU and the two triangular solves, one
 * lane register at a time. See lane_lu_schedule.h for the layout.
 *
 * Growth is judged by rows, so that it does not depend on the units of a row: every value that is final in row k (an L
 * entry before the division, a U entry, the pivot) must stay below 1e10 times the sum of |a| over the row. The
 * comparison is written so that NaN fails it.
 */
#include <float.h>
#include "base/isa.h"
#include "base/lane.h"
#include "lin/lane_lu_schedule.h"

#define GROWTH_LIMIT 1e10

extern const lane_lu_table ISA_NAME(lane_lu_table);

static lane load_row(const lane_lu_schedule *s, int k, const double *restrict a, double *restrict w)
{
	lane sum = lane_set(0);
	for (int e = s->begin[k]; e < s->begin[k + 1]; e++) {
		const int from = s->source[e];
		const lane v = from ? lane_load(a + (size_t)from * LANES) : lane_set(0);
		lane_store(w + (size_t)e * LANES, v);
		sum += lane_abs(v);
	}
	return sum;
}

/* Eliminate row k; returns the mask of lanes that grew. *target moves on. */
static lane_mask eliminate_row(const lane_lu_schedule *s, int k, double *restrict w, lane limit, const int **target)
{
	const int pivot = s->pivot[k];
	const int *restrict t = *target;
	lane_mask good = lane_set(0) == lane_set(0);
	for (int e = s->begin[k]; e < pivot; e++) {
		const int j = s->column[e];
		const lane v = lane_load(w + (size_t)e * LANES);
		const lane l = v * lane_load(w + (size_t)s->pivot[j] * LANES);
		good &= lane_abs(v) <= limit;
		lane_store(w + (size_t)e * LANES, l);
		for (int u = s->pivot[j] + 1; u < s->u_end[j]; u++, t++) {
			double *const to = w + (size_t)*t * LANES;
			lane_store(to, lane_load(to) - l * lane_load(w + (size_t)u * LANES));
		}
	}
	for (int u = pivot; u < s->u_end[k]; u++)
		good &= lane_abs(lane_load(w + (size_t)u * LANES)) <= limit;
	*target = t;
	return ~good;
}

static uint32_t factor(const lane_lu_schedule *s, const double *a, double *w)
{
	uint32_t bad_lanes = 0;
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const int *target = s->target;
		lane_mask bad = {0};
		for (int k = 0; k < s->n; k++) {
			const lane sum = load_row(s, k, a + i, w + i);
			bad |= ~(sum <= lane_set(DBL_MAX));
			bad |= eliminate_row(s, k, w + i, GROWTH_LIMIT * sum, &target);
			double *const p = w + (size_t)s->pivot[k] * LANES + i;
			const lane v = lane_load(p);
			bad |= ~(lane_abs(v) >= lane_set(DBL_MIN));
			lane_store(p, 1.0 / v);
		}
		bad_lanes |= lane_mask_bits(bad) << i;
	}
	return bad_lanes;
}

/* sum over slots [from, to) of w * y[column] */
static lane row_product(const lane_lu_schedule *s, int from, int to, const double *restrict w, const double *restrict y)
{
	lane sum = lane_set(0);
	for (int e = from; e < to; e++)
		sum += lane_load(w + (size_t)e * LANES) * lane_load(y + (size_t)s->column[e] * LANES);
	return sum;
}

static void solve_block(const lane_lu_schedule *s, int block, const double *w, const double *b, double *y)
{
	const int first = s->block[block], end = s->block[block + 1];
	for (int k = first; k < end; k++) {
		lane v = lane_load(b + (size_t)s->row[k] * LANES);
		v -= row_product(s, s->u_end[k], s->begin[k + 1], w, y);
		v -= row_product(s, s->begin[k], s->pivot[k], w, y);
		lane_store(y + (size_t)k * LANES, v);
	}
	for (int k = end - 1; k >= first; k--) {
		double *const yk = y + (size_t)k * LANES;
		const lane v = lane_load(yk) - row_product(s, s->pivot[k] + 1, s->u_end[k], w, y);
		lane_store(yk, v * lane_load(w + (size_t)s->pivot[k] * LANES));
	}
}

static void solve(const lane_lu_schedule *s, const double *w, double *b, double *y)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		for (int block = s->n_block - 1; block >= 0; block--)
			solve_block(s, block, w + i, b + i, y + i);
		for (int k = 0; k < s->n; k++)
			lane_store(b + (size_t)s->col[k] * LANES + i, lane_load(y + (size_t)k * LANES + i));
	}
}

const lane_lu_table ISA_NAME(lane_lu_table) = {factor, solve};
