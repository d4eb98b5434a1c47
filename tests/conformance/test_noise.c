/* SPDX-License-Identifier: Apache-2.0
 * Thermodynamics of every noise source (physics.md 1.1 - 1.5), V = v_from - v_to, I the current through it, U = kT/q:
 *   at V = 0, any other bias, 77 - 400 K: S = 4kT g, I = 0, no flicker;
 *   anywhere: S >= 0, I V >= 0, S >= 4kT I/V;
 *   sources with electron rates: S = 2q I coth(V/2U), which is >= 2q|I|, and with the mid-jump shift s the forward rate
 *   at v and the reverse rate at the end state v + 2s have ratio e^{V_mid/U}, V_mid = V at v + s (local detailed
 *   balance). The current and S are those of the rates: I = q (l+ - l-), S = 2q^2 (l+ + l-);
 *   a device made of noisy elements only never delivers power.
 */
#include "conformance/cases.h"
#include "conformance/points.h"

#define TOL_NYQUIST 1e-9
#define TOL_BOUND 1e-9
#define TOL_BALANCE 1e-9
#define ROUNDING 64.0  /* ulps; a difference of rates loses e^|V/U| more */
#define FLOOR_S 1e-80  /* A^2/Hz: below the rates saturate */
#define CEILING_S 1e-6 /* A^2/Hz, 1e12 A of shot noise: the exponentials are continued linearly, not a law any more */
#define FLOOR_F 1e-50  /* A */
enum { ROUNDS = 200 };

typedef struct laws {
	conf_worst nyquist, rest, positive, passive, bound, shot, rates, balance, power;
} laws;

static double across(const conf_point at, const dev_noise *source)
{
	return conf_at(at.bias->v, source->from, at.j) - conf_at(at.bias->v, source->to, at.j);
}
/* Current of the only source: what enters at `from` and also leaves at `to`; the rest goes elsewhere, noise-free. */
static double through(const conf_point at, const conf_out *out, const dev_noise *source)
{
	const double in = conf_at(out->f, source->from, at.j), leaves = -conf_at(out->f, source->to, at.j);
	return fabs(in) < fabs(leaves) ? in : leaves;
}
/* Is this white source alone on the device, so that its current can be told? */
static int alone(const conf_case *c, int k)
{
	int white = 0;
	for (int i = 0; i < c->shape->n_noise; i++)
		white += c->shape->noise[i].spectrum == DEV_WHITE;
	return white == 1 && c->shape->noise[k].spectrum == DEV_WHITE;
}

/* White noise of all sources between the ends of source k. */
static double white_between(const conf_point at, const conf_out *out, const dev_noise *end)
{
	double sum = 0;
	for (int i = 0; i < at.c->shape->n_noise; i++) {
		const dev_noise *other = &at.c->shape->noise[i];
		const int same = (other->from == end->from && other->to == end->to) ||
		                 (other->from == end->to && other->to == end->from);
		sum += same && other->spectrum == DEV_WHITE ? conf_at(out->s, i, at.j) : 0;
	}
	return sum;
}
static void at_rest(const conf_point at, const conf_out *out, laws *l)
{
	for (int k = 0; k < at.c->shape->n_noise; k++) {
		const dev_noise *source = &at.c->shape->noise[k];
		const double g = -conf_entry(at.c, out->g, DEV_G, (const int[]){source->from, source->to}, at.j);
		const double want = 4 * PHYS_K * at.c->temperature * g, s = conf_at(out->s, k, at.j);
		conf_note(&l->rest, at, through(at, out, source), ROUNDING * DBL_EPSILON * g * conf_ut(at.c) + FLOOR_F,
		          "I[%s] = %.3g at V = 0", source->name, through(at, out, source));
		if (s > CEILING_S)
			continue;
		if (source->spectrum == DEV_FLICKER)
			conf_note(&l->nyquist, at, s, TOL_NYQUIST * want + FLOOR_S, "flicker S[%s] = %.3g at V = 0",
			          source->name, s);
		else
			conf_note(&l->nyquist, at, white_between(at, out, source) - want, TOL_NYQUIST * want + FLOOR_S,
			          "S[%s] = %.12g, 4kT g = %.12g", source->name, white_between(at, out, source), want);
	}
}

/* S >= 0, I V >= 0, S >= 4kT I/V. */
static void anywhere(const conf_point at, const conf_out *out, laws *l)
{
	for (int k = 0; k < at.c->shape->n_noise; k++) {
		const dev_noise *source = &at.c->shape->noise[k];
		const double s = conf_at(out->s, k, at.j), v = across(at, source), i = through(at, out, source);
		conf_note(&l->positive, at, fmin(s, 0), DBL_MIN, "S[%s] = %.3g", source->name, s);
		if (!alone(at.c, k) || v == 0)
			continue;
		const double least = 4 * PHYS_K * at.c->temperature * i / v;
		conf_note(&l->passive, at, fmin(i * v, 0), DBL_MIN, "I[%s] = %.3g at V = %.3g", source->name, i, v);
		conf_note(&l->bound, at, fmin(s - least, 0), TOL_BOUND * least + FLOOR_S,
		          "S[%s] = %.12g < 4kT I/V = %.12g", source->name, s, least);
	}
}
/* Total power of a device without branch equations, all of whose currents are dissipative. */
static void no_power(const conf_point at, const conf_out *out, laws *l)
{
	double power = 0, size = 0;
	for (int p = 0; p < at.c->shape->n_port; p++) {
		if (!conf_is_voltage(at.c, p))
			return;
		const double term = conf_at(out->f, p, at.j) * conf_at(at.bias->v, p, at.j);
		power += term;
		size += fabs(term);
	}
	conf_note(&l->power, at, fmin(power, 0), ROUNDING * DBL_EPSILON * size + FLOOR_F, "sum f v = %.3g", power);
}

static void shot(const conf_point at, const conf_out *out, laws *l)
{
	for (int k = 0; k < at.c->shape->n_noise; k++) {
		const dev_noise *source = &at.c->shape->noise[k];
		const double v = across(at, source), i = through(at, out, source);
		if (source->rates != DEV_ELECTRONS || !alone(at.c, k) || v == 0)
			continue;
		const double want = 2 * PHYS_Q * i / tanh(v / (2 * conf_ut(at.c)));
		const double up = conf_at(out->rate, 2 * k, at.j), down = conf_at(out->rate, 2 * k + 1, at.j);
		conf_note(&l->rates, at, conf_at(out->s, k, at.j) - 2 * PHYS_Q * PHYS_Q * (up + down),
		          TOL_BOUND * conf_at(out->s, k, at.j), "S[%s] = %.12g, l+- = %.12g %.12g", source->name,
		          conf_at(out->s, k, at.j), up, down);
		conf_note(&l->rates, at, i - PHYS_Q * (up - down), TOL_BOUND * PHYS_Q * (up + down),
		          "I[%s] = %.12g, l+- = %.12g %.12g", source->name, i, up, down);
		const double cancels = ROUNDING * DBL_EPSILON * fmax(1, conf_ut(at.c) / fabs(v));
		conf_note(&l->shot, at, conf_at(out->s, k, at.j) - want, (TOL_BOUND + cancels) * want + FLOOR_S,
		          "S[%s] = %.12g, 2q I coth(V/2U) = %.12g", source->name, conf_at(out->s, k, at.j), want);
	}
}

/* Forward rate at v, reverse rate at v + 2s, both evaluated with shift s. */
static void balance(const conf_case *c, const conf_bias *before, laws *l)
{
	static conf_out out, later;
	const int n = c->shape->n_port;
	conf_bias after = *before;
	conf_eval(c, before, DEV_RATE, &out);
	for (int i = 0; i < n * LANES; i++)
		after.v[i] += 2 * before->shift[i];
	conf_eval(c, &after, DEV_RATE, &later);
	const dev_noise *source = &c->shape->noise[0];
	for (int j = 0; j < LANES; j++) {
		const conf_point at = {c, before, j};
		const double forward = conf_at(out.rate, 0, j), reverse = conf_at(later.rate, 1, j);
		const double x = (across(at, source) + conf_at(before->shift, source->from, j) -
		                  conf_at(before->shift, source->to, j)) /
		                 conf_ut(c);
		const double got = log(forward / reverse);
		conf_note(&l->balance, at, got - x, TOL_BALANCE, "ln(l+/l-) = %.12g, V_mid/U = %.12g", got, x);
	}
}

static void test_rates(const conf_case *c, conf_random *random, laws *l)
{
	static conf_out out;
	conf_bias bias;
	conf_random_bias(random, c, &bias);
	const double size = conf_uniform(random, 0.01, 8) * conf_ut(c);
	for (int i = 0; i < c->shape->n_port * LANES; i++)
		bias.v[i] = conf_uniform(random, -size, size);
	conf_eval(c, &bias, DEV_F | DEV_S | DEV_RATE, &out);
	for (int j = 0; j < LANES; j++)
		shot((conf_point){c, &bias, j}, &out, l);
	bias.shifted = 1;
	if (c->shape->n_noise == 1)
		balance(c, &bias, l);
}

static void test_bias(const conf_case *c, conf_random *random, laws *l)
{
	static conf_out out;
	conf_bias bias;
	conf_random_bias(random, c, &bias);
	conf_eval(c, &bias, DEV_F | DEV_S, &out);
	for (int j = 0; j < LANES; j++) {
		anywhere((conf_point){c, &bias, j}, &out, l);
		no_power((conf_point){c, &bias, j}, &out, l);
	}
	conf_equalise(c, &bias);
	conf_eval(c, &bias, DEV_F | DEV_G | DEV_S, &out);
	for (int j = 0; j < LANES; j++)
		at_rest((conf_point){c, &bias, j}, &out, l);
	if (conf_has_rates(c))
		test_rates(c, random, l);
}

static void test_case(const conf_case *c, conf_random *random)
{
	laws l = {0};
	for (int round = 0; round < ROUNDS; round++)
		test_bias(c, random, &l);
	CONF_VERDICT(&l.nyquist, c, "Nyquist: S = 4kT g at V = 0");
	CONF_VERDICT(&l.rest, c, "no current at V = 0");
	CONF_VERDICT(&l.positive, c, "S >= 0");
	CONF_VERDICT(&l.passive, c, "I V >= 0");
	CONF_VERDICT(&l.bound, c, "S >= 4kT I/V");
	CONF_VERDICT(&l.shot, c, "S = 2q I coth(V/2U)");
	CONF_VERDICT(&l.rates, c, "f and S are those of the rates");
	CONF_VERDICT(&l.balance, c, "local detailed balance of the mid-jump rates");
	CONF_VERDICT(&l.power, c, "delivers no power");
}

int main(void)
{
	static const double temperature[] = {77, 150, 300, 400};
	static conf_case c;
	conf_random random = {3};
	for (size_t k = 0; k < sizeof temperature / sizeof *temperature; k++)
		for (int i = 0; conf_open(&c, i, temperature[k]); i++)
			if (c.shape->n_noise > 0)
				test_case(&c, &random);
	return t_done();
}
