/* SPDX-License-Identifier: Apache-2.0
 * The enumerated model of small.h. With spins s = +-1, a layer is
 *
 *   P(x, z | y) ~ exp(h.x + b.z + z.W x + w x.y),  y the noisier state, w = Gamma/2 of the forward process,
 *
 * and the chain starts from uniform y. All layers start from h = b = 0 and W[z][i] = 0.1 cos(2 i + 5 z + 1), for which
 * the reference table was reproduced. Training ascends the exact log-likelihood of every layer: dW = <z x>_data - <z
 * x>_model and so on, y from the noised data.
 */
#include "dtm/layer.h"
#include <math.h>
#include <string.h>
#include "base/alloc.h"
#include "dtm/schedule.h"

static const double FIRST_WEIGHT = 0.1;
enum { MOST_STATE = 1 << DTM_SMALL_MAX_SPIN };

typedef struct small_layer {
	double w;              /* coupling to y */
	double *weight;        /* [n_latent][n_visible] */
	double *h, *b;         /* [n_visible], [n_latent] */
	double *x_law, *y_law; /* [n_x] laws of x and of y in the noised data */
} small_layer;

struct dtm_small {
	dtm_small_options options;
	uint32_t n_x;
	double *data; /* [n_x] */
	small_layer *layer;
	double *kernel; /* [n_x][n_x] scratch: P(x | y) at [x n_x + y] */
	double *mean;   /* [n_x][n_latent] <z | x> */
	double *block;
};

static double spin(uint32_t state, int i)
{
	return state >> i & 1 ? 1 : -1;
}

double dtm_ideal_response(const void *unused, double field)
{
	(void)unused;
	return 1 / (1 + exp(-field));
}

const char *dtm_pattern_text(uint32_t word, int n, char text[DTM_SMALL_MAX_SPIN + 1])
{
	for (int i = 0; i < n; i++)
		text[i] = word >> (n - 1 - i) & 1 ? '1' : '0';
	text[n] = 0;
	return text;
}

static double latent_field(const dtm_small *m, const small_layer *l, uint32_t x, int z)
{
	double sum = l->b[z];
	for (int i = 0; i < m->options.n_visible; i++)
		sum += l->weight[z * m->options.n_visible + i] * spin(x, i);
	return sum;
}

/* ln of the weight of x without y, latents summed over; <z | x> */
static double log_weight(const dtm_small *m, const small_layer *l, uint32_t x, double *mean)
{
	double sum = 0;
	for (int i = 0; i < m->options.n_visible; i++)
		sum += l->h[i] * spin(x, i);
	for (int z = 0; z < m->options.n_latent; z++) {
		const double f = latent_field(m, l, x, z);
		sum += fabs(f) + log1p(exp(-2 * fabs(f)));
		mean[z] = tanh(f);
	}
	return sum;
}

static double overlap(const dtm_small *m, uint32_t x, uint32_t y)
{
	return m->options.n_visible - 2 * __builtin_popcount(x ^ y);
}

/* kernel and mean of one layer. */
static void make_kernel(const dtm_small *m, const small_layer *l)
{
	const uint32_t n = m->n_x;
	for (uint32_t x = 0; x < n; x++) {
		const double lw = log_weight(m, l, x, m->mean + (size_t)x * (size_t)m->options.n_latent);
		for (uint32_t y = 0; y < n; y++)
			m->kernel[x * n + y] = exp(lw + l->w * overlap(m, x, y));
	}
	for (uint32_t y = 0; y < n; y++) {
		double sum = 0;
		for (uint32_t x = 0; x < n; x++)
			sum += m->kernel[x * n + y];
		for (uint32_t x = 0; x < n; x++)
			m->kernel[x * n + y] /= sum;
	}
}

static void ascend(const dtm_small *m, small_layer *l)
{
	const uint32_t n = m->n_x;
	const int nv = m->options.n_visible, nl = m->options.n_latent;
	const double rate = m->options.learning_rate;
	make_kernel(m, l);
	for (uint32_t x = 0; x < n; x++) {
		double model = 0;
		for (uint32_t y = 0; y < n; y++)
			model += m->kernel[x * n + y] * l->y_law[y];
		const double d = rate * (l->x_law[x] - model), *mean = m->mean + (size_t)x * (size_t)nl;
		for (int i = 0; i < nv; i++)
			l->h[i] += d * spin(x, i);
		for (int z = 0; z < nl; z++) {
			l->b[z] += d * mean[z];
			for (int i = 0; i < nv; i++)
				l->weight[z * nv + i] += d * mean[z] * spin(x, i);
		}
	}
}

/* Law of y when every spin of x ~ from keeps its value with probability keep. */
static void noise_law(const dtm_small *m, const double *from, double keep, double *to)
{
	memcpy(to, from, m->n_x * sizeof *to);
	for (int i = 0; i < m->options.n_visible; i++)
		for (uint32_t x = 0; x < m->n_x; x++) {
			const uint32_t other = x ^ 1u << i;
			if (other < x)
				continue;
			const double a = to[x], b = to[other];
			to[x] = keep * a + (1 - keep) * b;
			to[other] = keep * b + (1 - keep) * a;
		}
}

static size_t per_layer(const dtm_small *m)
{
	const size_t nv = (size_t)m->options.n_visible, nl = (size_t)m->options.n_latent;
	return nv * nl + nv + nl + 2 * (size_t)m->n_x;
}

/* Carve the arrays; all layers start alike. */
static void place_layers(dtm_small *m, double *at)
{
	const int nv = m->options.n_visible, nl = m->options.n_latent;
	const size_t n = m->n_x;
	m->data = at, at += n;
	m->kernel = at, at += n * n;
	m->mean = at, at += n * (size_t)nl;
	for (small_layer *l = m->layer; l < m->layer + m->options.n_layer; l++) {
		l->weight = at, at += nv * nl;
		l->h = at, at += nv;
		l->b = at, at += nl;
		l->x_law = at, at += n;
		l->y_law = at, at += n;
		for (int z = 0; z < nl; z++)
			for (int i = 0; i < nv; i++)
				l->weight[z * nv + i] = FIRST_WEIGHT * cos(2 * i + 5 * z + 1);
	}
}

static void set_laws(dtm_small *m)
{
	dtm_schedule schedule;
	dtm_schedule_make(m->options.n_layer, m->options.rate, DTM_GRID_LOG, &schedule);
	for (int k = 0; k < m->options.n_pattern; k++)
		m->data[m->options.pattern[k]] += 1.0 / m->options.n_pattern;
	for (int i = 0; i < m->options.n_layer; i++) {
		small_layer *l = &m->layer[i];
		memcpy(l->x_law, i ? m->layer[i - 1].y_law : m->data, m->n_x * sizeof *l->x_law);
		noise_law(m, l->x_law, dtm_keep(m->options.rate, schedule.time[i + 1] - schedule.time[i]), l->y_law);
		l->w = dtm_schedule_weight(&schedule, i + 1);
	}
}

static ts_status check(const dtm_small_options *o, diag_list *diag)
{
	const int sizes = o->n_visible >= 1 && o->n_latent >= 0 && o->n_visible + o->n_latent <= DTM_SMALL_MAX_SPIN &&
	                  o->n_layer >= 1 && o->n_layer <= DTM_MAX_LAYER && o->n_pattern >= 1 && o->n_step >= 0;
	int patterns = sizes;
	for (int k = 0; sizes && k < o->n_pattern; k++)
		patterns &= o->pattern[k] < 1u << o->n_visible;
	if (patterns && o->rate > 0 && o->learning_rate > 0)
		return TS_OK;
	diag_add(diag, E0721, SRC_NOWHERE,
	         "a small model has 1 to %d spins, 1 to %d layers, positive rates, patterns of its visible spins",
	         DTM_SMALL_MAX_SPIN, DTM_MAX_LAYER);
	return TS_USAGE;
}

ts_status dtm_small_train(const dtm_small_options *options, diag_list *diag, dtm_small **model)
{
	*model = NULL;
	TS_TRY(check(options, diag));
	dtm_small *m = alloc_array(1, sizeof *m);
	if (!m)
		return TS_NOMEM;
	m->options = *options;
	m->options.pattern = NULL;
	m->n_x = 1u << options->n_visible;
	const size_t n = m->n_x, layers = (size_t)options->n_layer;
	m->layer = alloc_array(layers, sizeof *m->layer);
	m->block = alloc_array(n * (n + 1 + (size_t)options->n_latent) + layers * per_layer(m), sizeof *m->block);
	if (!m->layer || !m->block) {
		dtm_small_destroy(m);
		return TS_NOMEM;
	}
	place_layers(m, m->block);
	m->options.pattern = options->pattern;
	set_laws(m);
	m->options.pattern = NULL; /* the caller's */
	for (long k = 0; k < options->n_step; k++)
		for (int i = 0; i < options->n_layer; i++)
			ascend(m, &m->layer[i]);
	*model = m;
	return TS_OK;
}

void dtm_small_destroy(dtm_small *model)
{
	if (!model)
		return;
	alloc_free(model->layer);
	alloc_free(model->block);
	alloc_free(model);
}

/* KL(data || law), nats. */
static double divergence(const dtm_small *m, const double *law)
{
	double sum = 0;
	for (uint32_t x = 0; x < m->n_x; x++)
		if (m->data[x] > 0)
			sum += m->data[x] * log(m->data[x] / law[x]);
	return sum;
}

static void uniform(double *law, size_t n)
{
	for (size_t i = 0; i < n; i++)
		law[i] = 1.0 / (double)n;
}

double dtm_small_kl(const dtm_small *model)
{
	double law[MOST_STATE] = {0}, next[MOST_STATE];
	const uint32_t n = model->n_x;
	uniform(law, n);
	for (int i = model->options.n_layer - 1; i >= 0; i--) {
		make_kernel(model, &model->layer[i]);
		for (uint32_t x = 0; x < n; x++) {
			next[x] = 0;
			for (uint32_t y = 0; y < n; y++)
				next[x] += model->kernel[x * n + y] * law[y];
		}
		memcpy(law, next, n * sizeof *law);
	}
	return divergence(model, law);
}

/* 2 times the field that spin i of state (x, z) feels; latents are spins n_visible .. */
static double spin_field(const dtm_small *m, const small_layer *l, uint32_t state, uint32_t y, int i)
{
	const int nv = m->options.n_visible;
	if (i >= nv)
		return 2 * latent_field(m, l, state, i - nv);
	double sum = l->h[i] + l->w * spin(y, i);
	for (int z = 0; z < m->options.n_latent; z++)
		sum += l->weight[z * nv + i] * spin(state, nv + z);
	return 2 * sum;
}

/* A spin of the law over (x, z) is redrawn with probability 1 - memory. Spins of one block do not feel each other, so a
 * block is its spins in turn. */
static void update_spin(const dtm_small *m, const small_layer *l, const dtm_sampler *s, uint32_t y, int i, double *law)
{
	const uint32_t n = 1u << (m->options.n_visible + m->options.n_latent);
	for (uint32_t state = 0; state < n; state++) {
		const uint32_t up = state | 1u << i;
		if (state == up)
			continue;
		const double p = s->response(s->self, spin_field(m, l, state, y, i)), both = law[state] + law[up];
		law[up] = s->memory * law[up] + (1 - s->memory) * p * both;
		law[state] = s->memory * law[state] + (1 - s->memory) * (1 - p) * both;
	}
}

/* Adds weight times the law of x after the sweeps, given y. */
static void sample_layer(const dtm_small *m, const small_layer *l, const dtm_sampler *s, uint32_t y, double weight,
                         double *to)
{
	const int n_spin = m->options.n_visible + m->options.n_latent;
	double law[MOST_STATE] = {0};
	uniform(law, (size_t)1 << n_spin);
	for (int k = 0; k < s->n_sweep; k++)
		for (int i = 0; i < n_spin; i++)
			update_spin(m, l, s, y, i, law);
	for (uint32_t state = 0; state < 1u << n_spin; state++)
		to[state & (m->n_x - 1)] += weight * law[state];
}

ts_status dtm_small_kl_sampled(const dtm_small *model, const dtm_sampler *sampler, double *kl)
{
	double law[MOST_STATE] = {0}, next[MOST_STATE];
	uniform(law, model->n_x);
	for (int i = model->options.n_layer - 1; i >= 0; i--) {
		memset(next, 0, sizeof next);
		for (uint32_t y = 0; y < model->n_x; y++)
			sample_layer(model, &model->layer[i], sampler, y, law[y], next);
		memcpy(law, next, model->n_x * sizeof *law);
	}
	*kl = divergence(model, law);
	return TS_OK;
}

double dtm_small_field_range(const dtm_small *model)
{
	const int n_spin = model->options.n_visible + model->options.n_latent;
	double most = 0;
	for (int k = 0; k < model->options.n_layer; k++)
		for (uint32_t state = 0; state < 1u << n_spin; state++)
			for (uint32_t y = 0; y < model->n_x; y++)
				for (int i = 0; i < n_spin; i++)
					most = fmax(most, fabs(spin_field(model, &model->layer[k], state, y, i)));
	return most;
}

dtm_small_part dtm_small_layer(const dtm_small *model, int k)
{
	const small_layer *l = &model->layer[k - 1];
	return (dtm_small_part){l->w, l->weight, l->h, l->b};
}

const dtm_small_options *dtm_small_settings(const dtm_small *model)
{
	return &model->options;
}
