/* SPDX-License-Identifier: Apache-2.0
 * Flicker noise in time: i(t) = sqrt(s(v)) y(t), s the source's density at 1 Hz at the present bias, y a stationary
 * process of one-sided density 1/f^a between fmin and fmax, modulated and never injected by itself, so that it is
 * nothing where s is (physics.md 1.7).
 *
 * y is a sum of Ornstein-Uhlenbeck processes, relaxation times log-spaced, PER_DECADE of them, from 1/(2 pi fmin) to
 * 1/(2 pi fmax) and HALO decades beyond both ends. A pole of variance c^2 has the density 4 c^2 tau/(1 + (w tau)^2),
 * and with c^2 = A tau^(a-1) D per pole, D the spacing of ln tau,
 *
 *   sum -> 4 A int tau^a/(1 + (w tau)^2) d ln tau = 2 pi A w^-a / sin(pi a/2) = f^-a   for
 *   A = (2 pi)^(a-1) sin(pi a/2).
 *
 * No pole is shorter than the step, which could not tell it from white noise.
 * Poles step exactly, x -> exp(-h/tau) x + sqrt(1 - exp(-2h/tau)) xi, and start from stationarity. Normals are
 * addressed by (seed; source, pole; trajectory; step). A step may be led through parts (sde_lead).
 */
#include <math.h>
#include <string.h>
#include "base/arena.h"
#include "base/gauss.h"
#include "base/phys.h"
#include "sim/sde_impl.h"

static const double PER_DECADE = 3, HALO = 1; /* error for a = 1: 0.2 dB at the ends, 0.03 dB a decade inside */
static const uint32_t POLE_STRIDE = UINT32_C(0x9e3779b1); /* ids of poles, far from those of other sources */
enum { BLOCK = 4, MOST_POLES = 96 };

static ts_status list_group(sde_plan *p, sde_group *g, sde_flicker *flicker)
{
	int *number = arena_array(p->arena, (size_t)(g->n_inst * g->n_noise) + 1, sizeof *number);
	if (!number)
		return TS_NOMEM;
	for (int e = 0; e < g->n_inst * g->n_noise; e++) {
		const int i = e / g->n_noise, k = e % g->n_noise;
		const double *constant = g->mna->k + (ptrdiff_t)g->index[i] * g->mna->type->n_const;
		number[e] = -1;
		if (g->jumps || g->mna->shape->noise[k].spectrum != DEV_FLICKER ||
		    !mna_is_noisy(g->mna, p->system->circuit, g->index[i], k))
			continue;
		g->flicker = number;
		number[e] = p->n_flicker;
		flicker[p->n_flicker++] = (sde_flicker){.group = (int)(g - p->group),
		                                        .inst = i,
		                                        .noise = k,
		                                        .instance = g->mna->inst[g->index[i]],
		                                        .exponent = constant[g->mna->shape->noise[k].exponent],
		                                        .id = g->mna->noise_id[g->index[i] * g->n_noise + k]};
	}
	return TS_OK;
}

static ts_status make_poles(sde_plan *p)
{
	const double shortest = fmax(pow(10, -HALO) / (2 * PHYS_PI * p->options.fmax), p->options.h);
	const double longest = pow(10, HALO) / (2 * PHYS_PI * p->options.fmin);
	const double wanted = ceil(PER_DECADE * log10(longest / shortest)) + 1;
	p->n_pole = wanted < 2 ? 2 : wanted > MOST_POLES ? MOST_POLES : (int)wanted;
	double *pole = arena_array(p->arena, (size_t)p->n_pole, sizeof *pole);
	double *weight = arena_array(p->arena, (size_t)p->n_flicker * (size_t)p->n_pole, sizeof *weight);
	if (!pole || !weight)
		return TS_NOMEM;
	const double spacing = log(longest / shortest) / (p->n_pole - 1);
	for (int j = 0; j < p->n_pole; j++)
		pole[j] = shortest * exp(spacing * j);
	for (int k = 0; k < p->n_flicker; k++) {
		const double a = p->flicker[k].exponent, front = pow(2 * PHYS_PI, a - 1) * sin(PHYS_PI * a / 2);
		for (int j = 0; j < p->n_pole; j++)
			weight[k * p->n_pole + j] = sqrt(front * pow(pole[j], a - 1) * spacing);
	}
	p->pole = pole;
	p->weight = weight;
	return TS_OK;
}

ts_status sde_make_flicker(sde_builder *b, sde_group *group)
{
	sde_plan *p = b->plan;
	const sde_options *o = &p->options;
	size_t most = 1;
	if (!(o->fmax > o->fmin) || o->reading == SIM_NOISE_OFF || o->scale == 0)
		return TS_OK;
	for (int k = 0; k < p->n_group; k++)
		most += (size_t)(group[k].n_inst * group[k].n_noise);
	sde_flicker *flicker = arena_array(p->arena, most, sizeof *flicker);
	if (!flicker)
		return TS_NOMEM;
	p->flicker = flicker;
	for (int k = 0; k < p->n_group; k++)
		TS_TRY(list_group(p, &group[k], flicker));
	return p->n_flicker > 0 ? make_poles(p) : TS_OK;
}

static void fill(sde_work *w, uint64_t block)
{
	const sde_plan *p = w->plan;
	for (int e = 0; e < p->n_flicker * p->n_pole; e++)
		gauss_block(w->flicker_key, block,
		            p->flicker[e / p->n_pole].id + POLE_STRIDE * (uint32_t)(e % p->n_pole + 1), w->trajectory,
		            w->ou_normal + (ptrdiff_t)e * BLOCK * LANES);
}

/* flicker1 = the weighted sum of the poles */
static void add_up(sde_work *w)
{
	const sde_plan *p = w->plan;
	memset(w->flicker1, 0, (size_t)p->n_flicker * LANES * sizeof *w->flicker1);
	for (int e = 0; e < p->n_flicker * p->n_pole; e++)
		for (int l = 0; l < LANES; l++)
			w->flicker1[e / p->n_pole * LANES + l] += p->weight[e] * w->ou[e * LANES + l];
}

void sde_start_flicker(sde_work *w)
{
	const sde_plan *p = w->plan;
	fill(w, UINT64_MAX); /* no step has this number */
	for (int e = 0; e < p->n_flicker * p->n_pole; e++)
		memcpy(w->ou + e * LANES, w->ou_normal + (ptrdiff_t)e * BLOCK * LANES, LANES * sizeof *w->ou);
	w->flicker_step = 0;
	w->flicker_led = 0;
	add_up(w);
	memcpy(w->flicker0, w->flicker1, (size_t)p->n_flicker * LANES * sizeof *w->flicker0);
}

static void set_step(sde_work *w, double h)
{
	w->flicker_h = h;
	for (int j = 0; j < w->plan->n_pole; j++) {
		const double x = h / w->plan->pole[j];
		w->decay[j] = exp(-x);
		w->spread[j] = sqrt(-expm1(-2 * x));
	}
}

/* All poles go on by h. */
static void advance(sde_work *w, double h)
{
	const sde_plan *p = w->plan;
	const unsigned step = w->flicker_step % BLOCK;
	if (w->flicker_h != h)
		set_step(w, h);
	if (step == 0)
		fill(w, w->flicker_step / BLOCK);
	w->flicker_step++;
	for (int e = 0; e < p->n_flicker * p->n_pole; e++) {
		const double decay = w->decay[e % p->n_pole], spread = w->spread[e % p->n_pole];
		const double *normal = w->ou_normal + ((ptrdiff_t)e * BLOCK + step) * LANES;
		for (int l = 0; l < LANES; l++)
			w->ou[e * LANES + l] = decay * w->ou[e * LANES + l] + spread * normal[l];
	}
	add_up(w);
}

void sde_lead(sde_work *work, double h)
{
	const sde_plan *p = work->plan;
	if (p->n_flicker == 0)
		return;
	if (!work->flicker_led)
		memcpy(work->flicker0, work->flicker1, (size_t)p->n_flicker * LANES * sizeof *work->flicker0);
	advance(work, h);
	work->flicker_led = 1;
}

void sde_step_flicker(sde_work *w, double h)
{
	if (!w->flicker_led)
		sde_lead(w, h);
	w->flicker_led = 0;
}
