/* SPDX-License-Identifier: Apache-2.0
 * Inner loops of the lane reducers, compiled once per instruction-set level.
 *
 * Correlator: see out/reduce.c. Transform: the n real samples are n/2 complex ones, z_j = x_2j + i x_2j+1; radix 2,
 * decimation in time; then X_k = E + W O and X_{n/2-k} = conj(E - W O) with E = (Z_k + Z*_{n/2-k})/2,
 * O = (Z_k - Z*_{n/2-k})/2i, W = exp(-2 pi i k/n) [Cooley and Tukey 1965; Welch 1967].
 */
#include "out/lanes_isa.h"

static void push(lanes_level *v, int first_lag, const double *x)
{
	const uint64_t n = v->n++, head = n % REDUCE_LAGS;
	const int most = n < REDUCE_LAGS ? (int)n : REDUCE_LAGS - 1;
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane now = lane_load(x + i);
		lane_store(&v->recent[head][i], now);
		lane_store(&v->total[i], lane_load(&v->total[i]) + now);
		if (n < REDUCE_LAGS)
			lane_store(&v->first[n][i], now);
		for (int j = first_lag; j <= most; j++) {
			const lane then = lane_load(&v->recent[(n - (uint64_t)j) % REDUCE_LAGS][i]);
			lane_store(&v->sum[j][i], lane_load(&v->sum[j][i]) + now * then);
		}
	}
}

static void correlate(lanes_level *level, int n_level, const double *x)
{
	double mean[LANES] __attribute__((aligned(64)));
	for (int l = 0; l < n_level; l++) {
		lanes_level *v = &level[l];
		const int is_second = v->n % 2 == 1;
		push(v, l ? REDUCE_LAGS / 2 : 0, x);
		for (int i = 0; i < LANES; i += LANE_WIDTH) {
			const lane now = lane_load(x + i);
			if (is_second)
				lane_store(mean + i, 0.5 * (lane_load(v->half + i) + now));
			else
				lane_store(v->half + i, now);
		}
		if (!is_second)
			return;
		x = mean;
	}
}

/* Windowed samples in bit-reversed order. */
static void load_segment(const lanes_welch *r)
{
	const size_t h = r->n / 2;
	size_t to = 0;
	for (size_t j = 0; j < h; j++) {
		for (int part = 0; part < 2; part++) {
			const size_t from = 2 * j + (size_t)part;
			for (int i = 0; i < LANES; i += LANE_WIDTH)
				lane_store(r->work + (2 * to + (size_t)part) * LANES + i,
				           r->table[from] * lane_load(r->recent + from * LANES + i));
		}
		size_t bit = h >> 1; /* add one to `to` from its highest bit down */
		for (; bit && (to & bit); bit >>= 1)
			to ^= bit;
		to |= bit;
	}
}

static inline void butterfly(double *a, double *b, double c, double s)
{
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const lane br = lane_load(b + i), bi = lane_load(b + LANES + i);
		const lane tr = c * br + s * bi, ti = c * bi - s * br;
		const lane ar = lane_load(a + i), ai = lane_load(a + LANES + i);
		lane_store(a + i, ar + tr);
		lane_store(a + LANES + i, ai + ti);
		lane_store(b + i, ar - tr);
		lane_store(b + LANES + i, ai - ti);
	}
}

static void fourier(const lanes_welch *r)
{
	const size_t n = r->n, h = n / 2;
	const double *cosine = r->table + n, *sine = cosine + h;
	for (size_t len = 2; len <= h; len *= 2)
		for (size_t at = 0; at < h; at += len)
			for (size_t k = 0; k < len / 2; k++)
				butterfly(r->work + 2 * (at + k) * LANES, r->work + 2 * (at + k + len / 2) * LANES,
				          cosine[k * (n / len)], sine[k * (n / len)]);
}

static inline void add(double *to, lane x)
{
	lane_store(to, lane_load(to) + x);
}

/* Powers of frequencies k and n/2 - k. */
static void add_powers(const lanes_welch *r, size_t k)
{
	const size_t h = r->n / 2, other = k ? h - k : 0;
	const double c = r->table[r->n + k], s = r->table[r->n + h + k];
	for (int i = 0; i < LANES; i += LANE_WIDTH) {
		const double *z = r->work + 2 * k * LANES + i, *y = r->work + 2 * other * LANES + i;
		const lane zr = lane_load(z), zi = lane_load(z + LANES), yr = lane_load(y), yi = lane_load(y + LANES);
		const lane er = 0.5 * (zr + yr), ei = 0.5 * (zi - yi), odd = 0.5 * (zi + yi), oi = 0.5 * (yr - zr);
		const lane wr = c * odd + s * oi, wi = c * oi - s * odd;
		const lane ar = er + wr, ai = ei + wi, br = er - wr, bi = ei - wi;
		add(r->power + k * LANES + i, ar * ar + ai * ai);
		if (h - k != k)
			add(r->power + (h - k) * LANES + i, br * br + bi * bi);
		if (k < 2)
			add(r->offset + k * LANES + i, ar);
	}
}

static void transform(const lanes_welch *r)
{
	load_segment(r);
	fourier(r);
	for (size_t k = 0; k <= r->n / 4; k++)
		add_powers(r, k);
}

extern const lanes_table ISA_NAME(lanes_reducers);
const lanes_table ISA_NAME(lanes_reducers) = {correlate, transform};
