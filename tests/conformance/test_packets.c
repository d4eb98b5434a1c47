/* SPDX-License-Identifier: Apache-2.0
 * Sources that are streams of charge packets f q (dev.h, physics.md 1.5), V the drop along the source, U = kT/q:
 *   0 < f <= 1, the current is f q (l+ - l-) and S = 2 (f q)^2 (l+ + l-), l+/l- = e^{f V/U}, at any bias, V = 0 too;
 *   with the mid-jump shift s the packet of a jump is that of its own middle, F(v + f s) = f, and the same for the jump
 *   and its reverse from v + 2 f s; with F' = s . grad F there,
 *   l+(v) (1 - F') / (l-(v + 2 f s) (1 + F')) = e^{f V_mid/U}: detailed balance of densities;
 *   DEV_REST leaves just the current of the stream out of f and g.
 */
#include "conformance/cases.h"
#include "conformance/points.h"

#define TOL_LAW 1e-10
#define TOL_PACKET 4e-6 /* two steps of the secant from F(v) */
#define TOL_BALANCE 1e-5
#define SHIFT 0.05        /* of U: at 300 K half a jump of 60 aF */
#define FLOOR_S 1e-200    /* A^2/Hz */
#define FLOOR_F 1e-50     /* A */
#define FLOOR_RATE 1e-200 /* 1/s */
#define STEP 0.02         /* of s, for F' by differences */
enum { ROUNDS = 100 };

typedef struct laws {
	conf_worst current, noise, ratio, size, middle, balance, rest;
} laws;

static double across(const conf_case *c, const double *v, int j)
{
	return conf_at(v, c->shape->noise[0].from, j) - conf_at(v, c->shape->noise[0].to, j);
}

static void at_bias(const conf_case *c, const conf_bias *bias, laws *l)
{
	static conf_out out, rest;
	const int from = c->shape->noise[0].from;
	conf_eval(c, bias, DEV_F | DEV_S | DEV_RATE, &out);
	conf_eval(c, bias, DEV_F | DEV_S | DEV_REST, &rest);
	for (int j = 0; j < LANES; j++) {
		const conf_point at = {c, bias, j};
		const double up = conf_at(out.rate, 0, j), down = conf_at(out.rate, 1, j), s = conf_at(out.s, 0, j);
		const double f = conf_at(out.packet, 0, j), q = f * PHYS_Q, v = across(c, bias->v, j);
		const double i = conf_at(out.f, from, j) - conf_at(rest.f, from, j);
		conf_note(&l->size, at, f > 0 && f <= 1 + TOL_LAW ? 0 : 1, 0.5, "packet %.12g", f);
		conf_note(&l->current, at, i - q * (up - down),
		          TOL_LAW * (q * (up + down) + fabs(conf_at(out.f, from, j))) + FLOOR_F,
		          "I = %.12g, l+- = %.12g %.12g", i, up, down);
		conf_note(&l->noise, at, s - 2 * q * q * (up + down), TOL_LAW * s + FLOOR_S,
		          "S = %.12g, l+- = %.12g %.12g", s, up, down);
		if (fmin(up, down) > FLOOR_RATE)
			conf_note(&l->ratio, at, log(up / down) - f * v / conf_ut(c),
			          TOL_LAW * fmax(1, fabs(v) / conf_ut(c)), "l+- = %.12g %.12g, V = %.12g, packet %.12g",
			          up, down, v, f);
		conf_note(&l->rest, at, conf_at(rest.s, 0, j) - s, 0, "S = %.12g with DEV_REST", conf_at(rest.s, 0, j));
	}
}

/* Packet at v + part s, no jump. */
static void packet_at(const conf_case *c, const conf_bias *bias, const double *part, double *packet)
{
	static conf_out out;
	conf_bias moved = *bias;
	moved.shifted = 0;
	for (int e = 0; e < c->shape->n_port * LANES; e++)
		moved.v[e] += part[e % LANES] * bias->shift[e];
	conf_eval(c, &moved, DEV_RATE, &out);
	memcpy(packet, out.packet, LANES * sizeof *packet);
}

static void jump(const conf_case *c, conf_bias *bias, laws *l)
{
	static conf_out out, later;
	double part[4][LANES], f[4][LANES];
	conf_bias after = *bias;
	bias->shifted = after.shifted = 1;
	conf_eval(c, bias, DEV_RATE, &out);
	for (int j = 0; j < LANES; j++)
		for (int k = 0; k < 4; k++)
			part[k][j] = conf_at(out.packet, 0, j) + (k == 1 ? -STEP : k == 2 ? STEP : 0);
	for (int k = 0; k < 3; k++)
		packet_at(c, bias, part[k], f[k]);
	for (int e = 0; e < c->shape->n_port * LANES; e++)
		after.v[e] += 2 * part[0][e % LANES] * bias->shift[e];
	conf_eval(c, &after, DEV_RATE, &later);
	for (int j = 0; j < LANES; j++) {
		const conf_point at = {c, bias, j};
		const double size = part[0][j], slope = (f[2][j] - f[1][j]) / (2 * STEP);
		const double middle = across(c, bias->v, j) + size * across(c, bias->shift, j);
		const double forward = conf_at(out.rate, 0, j) * (1 - slope),
		             back = conf_at(later.rate, 1, j) * (1 + slope);
		conf_note(&l->middle, at, f[0][j] - size, TOL_PACKET * size, "packet %.12g, %.12g at mid-jump", size,
		          f[0][j]);
		conf_note(&l->middle, at, conf_at(later.packet, 1, j) - size, TOL_PACKET * size,
		          "packet %.12g, %.12g back", size, conf_at(later.packet, 1, j));
		if (fmin(forward, back) > FLOOR_RATE)
			conf_note(&l->balance, at, log(forward / back) - size * middle / conf_ut(c),
			          TOL_BALANCE * fmax(1, fabs(middle) / conf_ut(c)),
			          "ln(l+/l-) = %.12g, f V_mid/U = %.12g", log(forward / back),
			          size * middle / conf_ut(c));
	}
}

static void test_case(const conf_case *c, conf_random *random)
{
	laws l = {0};
	conf_bias bias;
	for (int round = 0; round < ROUNDS; round++) {
		conf_random_bias(random, c, &bias);
		if (round % 4 == 0) /* small drops and none */
			for (int j = 0; j < LANES; j++)
				bias.v[c->shape->noise[0].to * LANES + j] =
				    conf_at(bias.v, c->shape->noise[0].from, j) +
				    (j % 2 ? conf_uniform(random, -1e-3, 1e-3) : 0);
		at_bias(c, &bias, &l);
		for (int e = 0; e < c->shape->n_port * LANES; e++)
			bias.shift[e] = conf_uniform(random, -SHIFT, SHIFT) * conf_ut(c);
		jump(c, &bias, &l);
	}
	CONF_VERDICT(&l.size, c, "0 < packet <= q");
	CONF_VERDICT(&l.current, c, "I is that of the packets");
	CONF_VERDICT(&l.noise, c, "S is that of the packets");
	CONF_VERDICT(&l.ratio, c, "l+/l- = exp(f V/U)");
	CONF_VERDICT(&l.rest, c, "DEV_REST leaves S");
	CONF_VERDICT(&l.middle, c, "the packet is that of mid-jump");
	CONF_VERDICT(&l.balance, c, "detailed balance of a jump and its reverse");
}

int main(void)
{
	static const double temperature[] = {77, 300, 400};
	static conf_case c;
	conf_random random = {7};
	int n = 0;
	for (size_t k = 0; k < sizeof temperature / sizeof *temperature; k++)
		for (int i = 0; conf_open(&c, i, temperature[k]); i++)
			if (c.shape->n_noise > 0 && c.shape->noise[0].rates == DEV_PACKETS) {
				test_case(&c, &random);
				n++;
			}
	T_TRUE(n > 0);
	return t_done();
}
