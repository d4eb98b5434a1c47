/* SPDX-License-Identifier: Apache-2.0
 * Traps, of every device that has one (dev.h, DEV_TRAP): at any voltages V before the capture and V' after it, mid-jump
 * shifts in between,
 *   ln(capture at V / emission at V') = (packet q (V + V')/2 - E)/kT    local detailed balance, hence the heat of a
 * jump the occupancy that the last port asks for is the stationary one of the rates without a shift packets do not
 * depend on the bias
 */
#include "conformance/cases.h"
#include "conformance/points.h"
#include "base/phys.h"

enum { TRIALS = 200 };
static const double TOL = 1e-12;

typedef struct answer {
	double up, down, packet, residual;
} answer;

static answer ask(const conf_case *c, const double *v, const double *shift)
{
	double port[3 * LANES] __attribute__((aligned(64))), half[3 * LANES] __attribute__((aligned(64)));
	double k[64 * LANES] __attribute__((aligned(64))), rate[2 * LANES] __attribute__((aligned(64)));
	double packet[2 * LANES] __attribute__((aligned(64))), f[3 * LANES] __attribute__((aligned(64)));
	double t[LANES] __attribute__((aligned(64))) = {0};
	for (int e = 0; e < 3 * LANES; e++) {
		port[e] = v[e / LANES];
		half[e] = shift[e / LANES];
	}
	double constant[64];
	T_TRUE(c->type->n_const <= 64 && c->type->derive(c->param, c->polarity, c->temperature, constant) == NULL);
	for (int e = 0; e < c->type->n_const * LANES; e++)
		k[e] = constant[e / LANES];
	const dev_in in = {.v = port, .k = k, .t = t, .shift = half, .shape = c->shape, .want = DEV_RATE | DEV_F};
	dev_out out = {.rate = rate, .packet = packet, .f = f};
	dev_kernel(c->type)(&in, &out);
	T_TRUE(packet[0] == packet[LANES] && packet[0] >= 0 && packet[0] <= 1);
	return (answer){rate[0], rate[LANES], packet[0], f[2 * LANES]};
}

static void check(const conf_case *c, conf_random *r)
{
	const dev_noise *noise = &c->shape->noise[0];
	double constant[64], worst = 0, off = 0;
	T_TRUE(c->shape->n_port == 3 && c->shape->port[2].quantity == DEV_CURRENT && c->shape->port[2].internal);
	c->type->derive(c->param, c->polarity, c->temperature, constant);
	const double energy = constant[noise->level], kt = PHYS_K * c->temperature;
	for (int n = 0; n < TRIALS; n++) {
		const double common = conf_uniform(r, -2, 2), v = conf_uniform(r, -1, 1),
		             jump = conf_uniform(r, -0.1, 0);
		double before[3] = {0}, after[3] = {0}, shift[3] = {0}, still[3] = {0};
		before[noise->from] = common + v;
		before[noise->to] = common;
		shift[noise->from] = jump / 2;
		const double packet = ask(c, before, still).packet;
		for (int p = 0; p < 2; p++)
			after[p] = before[p] + 2 * packet * shift[p];
		const double mid = v + packet * shift[noise->from];
		const double want = (packet * PHYS_Q * mid - energy) / kt;
		const double got = log(ask(c, before, shift).up / ask(c, after, shift).down);
		const answer rest = ask(c, before, still);
		worst = fmax(worst, fabs(got - want) / fmax(1, fabs(want)));
		off = fmax(off, fabs(rest.residual + rest.up / (rest.up + rest.down)));
	}
	printf("  %s: detailed balance to %.1e, occupancy to %.1e\n", c->type->name, worst, off);
	T_ABS(worst, 0, TOL);
	T_ABS(off, 0, TOL);
}

int main(void)
{
	static const double temperatures[] = {77, 300, 400};
	conf_random r = {2024};
	conf_case c;
	int found = 0;
	t_section("traps: local detailed balance, %d biases each", TRIALS);
	for (int t = 0; t < 3; t++)
		for (int i = 0; conf_open(&c, i, temperatures[t]); i++) {
			if (c.shape->n_noise > 0 && c.shape->noise[0].rates == DEV_TRAP) {
				check(&c, &r);
				found++;
			}
		}
	T_TRUE(found >= 3);
	return t_done();
}
