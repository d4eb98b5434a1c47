/* SPDX-License-Identifier: Apache-2.0
 * Reducers over one sampled signal: one-pass central moments, a fixed histogram and the multi-tau correlator.
 *
 * Moments: with delta = x - mean_old and n counting x, mean += delta/n and the central sums m2, m3, m4 follow the
 * update formulas of Pebay (Sandia report SAND2008-6212, eqs. 1.5-3.1); merging two sets uses his pairwise formulas.
 * Correlator: level 0 sees every sample; level l sees means of 2^l consecutive samples and correlates them at lags
 * 8..15 (in its own units), so lags grow geometrically at O(1) cost per sample [Ramirez, Sukumaran, Vorselaars,
 * Likhtman, J. Chem. Phys. 133, 154103 (2010)]. For exp(-a t) a level-l value is the true one times
 * (sinh(a m/2) / (m sinh(a/2)))^2, m = 2^l, a per sample; extract/ divides by it.
 * A struct of zeros is an empty reducer (for the histogram: with low and high set).
 */
#include "out/reduce.h"

void reduce_moments_add(reduce_moments *r, double x)
{
	const double n1 = r->n, n = n1 + 1;
	const double delta = x - r->mean, dn = delta / n, dn2 = dn * dn, term = delta * dn * n1;
	r->low = n1 == 0 || x < r->low ? x : r->low;
	r->high = n1 == 0 || x > r->high ? x : r->high;
	r->n = n;
	r->mean += dn;
	r->m4 += term * dn2 * (n * n - 3 * n + 3) + 6 * dn2 * r->m2 - 4 * dn * r->m3;
	r->m3 += term * dn * (n - 2) - 3 * dn * r->m2;
	r->m2 += term;
}

double reduce_moments_variance(const reduce_moments *r)
{
	return r->n > 0 ? r->m2 / r->n : 0;
}

void reduce_moments_merge(reduce_moments *into, const reduce_moments *other)
{
	if (other->n == 0)
		return;
	if (into->n == 0) {
		*into = *other;
		return;
	}
	const reduce_moments a = *into, b = *other;
	const double n = a.n + b.n, d = b.mean - a.mean, dn = d / n, ab = a.n * b.n;
	into->n = n;
	into->mean = a.mean + b.n * dn;
	into->m2 = a.m2 + b.m2 + d * dn * ab;
	into->m3 = a.m3 + b.m3 + d * dn * dn * ab * (a.n - b.n) + 3 * dn * (a.n * b.m2 - b.n * a.m2);
	into->m4 = a.m4 + b.m4 + d * dn * dn * dn * ab * (a.n * a.n - ab + b.n * b.n) +
	           6 * dn * dn * (a.n * a.n * b.m2 + b.n * b.n * a.m2) + 4 * dn * (a.n * b.m3 - b.n * a.m3);
	into->low = a.low < b.low ? a.low : b.low;
	into->high = a.high > b.high ? a.high : b.high;
}

void reduce_histogram_add(reduce_histogram *r, double x)
{
	/* Written so that a NaN lands in the underflow bin instead of converting to an undefined integer. */
	if (!(x >= r->low)) {
		r->count[0]++;
		return;
	}
	if (x >= r->high) {
		r->count[REDUCE_BINS + 1]++;
		return;
	}
	const int i = (int)((x - r->low) / (r->high - r->low) * REDUCE_BINS);
	r->count[1 + (i < REDUCE_BINS ? i : REDUCE_BINS - 1)]++;
}

/* Push x into one level's ring and correlate it with the values already there. */
static void autocorr_push(reduce_autocorr *r, int level, double x)
{
	const int head = (r->head[level] + 1) % REDUCE_LAGS;
	r->head[level] = head;
	r->shift[level][head] = x;
	if (r->filled[level] < REDUCE_LAGS)
		r->filled[level]++;
	/* Lags below half the ring are known better from the level beneath. */
	for (int j = level ? REDUCE_LAGS / 2 : 0; j < r->filled[level]; j++) {
		r->sum[level][j] += x * r->shift[level][(head - j + REDUCE_LAGS) % REDUCE_LAGS];
		r->count[level][j] += 1;
	}
}

void reduce_autocorr_add(reduce_autocorr *r, double x)
{
	r->total += x;
	r->n += 1;
	for (int level = 0; level < REDUCE_LEVELS; level++) {
		autocorr_push(r, level, x);
		r->accumulator[level] += x;
		if (++r->n_accumulated[level] < 2)
			return;
		x = 0.5 * r->accumulator[level];
		r->accumulator[level] = 0;
		r->n_accumulated[level] = 0;
	}
}

int reduce_autocorr_get(const reduce_autocorr *r, double *lag, double *value, double *count)
{
	int n = 0;
	for (int level = 0; level < REDUCE_LEVELS; level++) {
		for (int j = level ? REDUCE_LAGS / 2 : 0; j < REDUCE_LAGS; j++) {
			if (r->count[level][j] <= 0)
				continue;
			lag[n] = (double)((uint64_t)j << level);
			value[n] = r->sum[level][j] / r->count[level][j];
			count[n] = r->count[level][j];
			n++;
		}
	}
	return n;
}

void reduce_dwell_add(reduce_dwell *r, double x)
{
	const int before = r->state, now = x <= r->low ? 1 : x >= r->high ? 2 : before;
	r->state = now;
	if (!before)
		return;
	const int side = before - 1;
	r->risk[side] += 1;
	r->run += 1;
	if (now == before)
		return;
	r->exits[side] += 1;
	r->whole[side] += r->entered;
	r->sum[side] += r->entered ? r->run : 0;
	r->square[side] += r->entered ? r->run * r->run : 0;
	r->run = 0;
	r->entered = 1;
}
