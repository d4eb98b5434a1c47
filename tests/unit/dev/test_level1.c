/* SPDX-License-Identifier: Apache-2.0
 * Level 1 MOSFET against closed forms: currents of every region and both polarities, quantities derived from nsub and
 * tox (values of ngspice 39), noise at Vds = 0, in the linear region and in saturation, Meyer's gate capacitances where
 * the bulk has no effect, junctions, series resistances.
 */
#include <math.h>

#include "base/phys.h"
#include "bench.h"
#include "harness/t.h"

#define TOL_CLOSED 1e-11
#define TOL_PRINTED 2e-6 /* six digits of ngspice, and its constants of nature */
#define TOL_SMOOTH 1e-3  /* kT/q over the gate's overdrive, squared */
#define ROOM (27 + PHYS_ZERO_C)
enum { D, G, S, B, INNER };
enum { BD, BS, CHANNEL, FLICKER };
enum { OBS_GM = 1, OBS_GDS = 2, OBS_VON = 4, OBS_CGS = 9, OBS_CGD = 10, OBS_CARD = 15 };
static const double beta = 60e-6 * 10 / 2;

static bench *transistor(double sign)
{
	bench *b = bench_new("mosfet_level1", sign, ROOM);
	bench_set(b, "vto", sign * 0.7);
	bench_set(b, "kp", 60e-6);
	bench_set(b, "lambda", 0.04);
	bench_set(b, "w", 10e-6);
	bench_set(b, "l", 2.2e-6);
	bench_set(b, "ld", 0.1e-6);
	T_TRUE(bench_derive(b) == NULL);
	return b;
}
static void bias(bench *b, const double v[4])
{
	for (int p = 0; p < 4; p++)
		bench_bias(b, p, b->polarity * v[p]);
	bench_run(b);
}

static void test_current(double sign)
{
	t_section("currents, polarity %g", sign);
	bench *b = transistor(sign);
	bench_set(b, "is", 0);
	bench_derive(b);
	bias(b, (const double[]){3, 2, 0, 0});
	T_REL(b->f[D][0], sign * 0.5 * beta * 1.3 * 1.3 * 1.12, TOL_CLOSED);
	T_REL(b->obs[OBS_GM][0], beta * 1.3 * 1.12, TOL_CLOSED);
	bias(b, (const double[]){0.5, 2, 0, 0});
	T_REL(b->f[D][0], sign * beta * 0.5 * (1.3 - 0.25) * 1.02, TOL_CLOSED);
	bias(b, (const double[]){0, 2, 0.5, 0}); /* the ends swapped */
	T_REL(b->f[S][0], sign * beta * 0.5 * (1.3 - 0.25) * 1.02, TOL_CLOSED);
	bias(b, (const double[]){3, 0.69, 0, 0});
	T_ABS(b->f[D][0], 0, 0);
	T_ABS(b->s[CHANNEL][0], 0, 0);
	bench_set(b, "gamma", 0.5);
	bench_set(b, "phi", 0.65);
	bench_derive(b);
	bias(b, (const double[]){3, 2, 0, -1.5});
	const double over = 1.3 - 0.5 * (sqrt(0.65 + 1.5) - sqrt(0.65));
	T_REL(b->f[D][0], sign * 0.5 * beta * over * over * 1.12, TOL_CLOSED);
	free(b);
}

/* ngspice 39: showmod of a card with tox=50n nsub=1e16, and with tpg=0 nss=1e10 vto=0.7. */
static void test_derived(void)
{
	t_section("derived from nsub and tox");
	bench *b = bench_new("mosfet_level1", 1, ROOM);
	bench_set(b, "tox", 50e-9);
	bench_set(b, "nsub", 1e16);
	bench_set(b, "is", 0);
	T_TRUE(bench_derive(b) == NULL);
	bias(b, (const double[]){3, 0, 0, 0});
	T_REL(b->obs[OBS_VON][0], 0.485891, TOL_PRINTED);
	bias(b, (const double[]){3, 0, 0, -1});
	const double body = 0.834245 * (sqrt(1 + 0.695453) - sqrt(0.695453));
	T_REL(b->obs[OBS_VON][0], 0.485891 + body, TOL_PRINTED);
	bias(b, (const double[]){5, 2, 0, 0});
	T_REL(b->f[D][0], 0.5 * 4.14377e-05 * pow(2 - 0.485891, 2), 10 * TOL_PRINTED);
	bench_set(b, "nsub", 1e9);
	T_TRUE(strcmp(bench_derive(b), "nsub") == 0);
	bench_set(b, "nsub", 0);
	bench_set(b, "l", 1e-6);
	bench_set(b, "ld", 1e-6);
	T_TRUE(strcmp(bench_derive(b), "ld") == 0);
	free(b);
}

static void test_noise(void)
{
	t_section("channel noise");
	const double unit = 4 * PHYS_K * ROOM;
	bench *b = transistor(1);
	bias(b, (const double[]){0.4, 2, 0.4, 0});
	T_REL(b->s[CHANNEL][0], unit * b->obs[OBS_GDS][0], TOL_CLOSED);
	bias(b, (const double[]){3, 2, 0, 0});
	T_REL(b->s[CHANNEL][0], unit * (2.0 / 3) * b->obs[OBS_GM][0], TOL_CLOSED);
	T_REL(b->obs[OBS_CARD][0], b->s[CHANNEL][0], TOL_CLOSED);
	bias(b, (const double[]){0.5, 2, 0, 0});
	const double a = 1.3, z = 0.8, law = (a * a + a * z + z * z) / (a + z);
	T_REL(b->s[CHANNEL][0], unit * (2.0 / 3) * beta * 1.02 * law, TOL_CLOSED);
	T_REL(b->obs[OBS_CARD][0], unit * (2.0 / 3) * b->obs[OBS_GM][0], TOL_CLOSED);
	T_TRUE(b->s[CHANNEL][0] > unit * b->f[D][0] / 0.5);
	bench_set(b, "kf", 1e-26);
	bench_set(b, "af", 1.2);
	bench_set(b, "tox", 20e-9);
	bench_derive(b);
	bias(b, (const double[]){3, 2, 0, 0});
	const double cox = 3.9 * 8.854214871e-12 / 20e-9;
	T_REL(b->s[FLICKER][0], 1e-26 * pow(b->f[D][0], 1.2) / (10e-6 * 2e-6 * cox * cox), 1e-9);
	free(b);
}

static void test_charge(double sign)
{
	t_section("charges without body effect, polarity %g", sign);
	bench *b = transistor(sign);
	bench_set(b, "tox", 20e-9);
	bench_derive(b);
	const double cox = 3.9 * 8.854214871e-12 / 20e-9 * 10e-6 * 2e-6;
	bias(b, (const double[]){3, 2.7, 0, 0});
	T_REL(b->obs[OBS_CGS][0], 2.0 / 3 * cox, TOL_SMOOTH);
	T_ABS(b->obs[OBS_CGD][0], 0, TOL_SMOOTH * cox);
	T_REL(b->q[G][0], sign * 2.0 / 3 * cox * 2, TOL_SMOOTH);
	T_ABS(b->q[D][0], 0, TOL_SMOOTH * cox);
	bias(b, (const double[]){0.8, 2.7, 0, 0}); /* a = 2, b = 1.2 */
	T_REL(b->obs[OBS_CGS][0], 2.0 / 3 * cox * (1 - pow(1.2 / 3.2, 2)), TOL_SMOOTH);
	T_REL(b->obs[OBS_CGD][0], 2.0 / 3 * cox * (1 - pow(2 / 3.2, 2)), TOL_SMOOTH);
	bias(b, (const double[]){0.3, 2.7, 0.3, 0});
	T_REL(b->q[D][0], b->q[S][0], TOL_CLOSED);
	T_REL(bench_stamp(b, b->c, G, D, DEV_C), -0.5 * cox, TOL_SMOOTH);
	T_REL(bench_stamp(b, b->c, D, S, DEV_C), -cox / 8, TOL_SMOOTH);
	bias(b, (const double[]){0, -2, 0, 0}); /* accumulation: flat band at vto - phi */
	T_REL(b->q[G][0], sign * cox * (-2 - 0.1), TOL_SMOOTH);
	free(b);
}

static void test_junctions(void)
{
	t_section("bulk junctions");
	const double u = phys_ut(ROOM), is = 1e-4 * 3e-12;
	bench *b = transistor(1);
	bench_set(b, "js", 1e-4);
	bench_set(b, "ad", 3e-12);
	bench_set(b, "as", 1e-12);
	bench_set(b, "pd", 8e-6);
	bench_set(b, "cj", 1e-4);
	bench_set(b, "cjsw", 2e-10);
	bench_set(b, "mjsw", 0.3);
	bench_derive(b);
	bias(b, (const double[]){-0.3, -1, 0.1, 0.1});
	T_REL(b->f[B][0], is * expm1(0.4 / u), TOL_CLOSED);
	T_REL(b->s[BD][0], 2 * PHYS_Q * is * (exp(0.4 / u) + 1), TOL_CLOSED);
	T_REL(b->s[BS][0], 4 * PHYS_Q * 1e-16, TOL_CLOSED);
	bias(b, (const double[]){2, -1, 0.1, 0.1});
	const double back = 1 + 1.9 / 0.8;
	T_REL(bench_stamp(b, b->c, D, B, DEV_C), -(3e-16 * pow(back, -0.5) + 16e-16 * pow(back, -0.3)), TOL_CLOSED);
	free(b);
}

static void test_resistances(void)
{
	t_section("series resistances");
	bench *b = transistor(1);
	bench_set(b, "rsh", 50);
	bench_set(b, "nrd", 2);
	bench_set(b, "rs", 30);
	bench_set(b, "m", 2);
	T_TRUE(bench_derive(b) == NULL);
	T_INT(b->shape->n_port, 6);
	bench_bias(b, INNER, 2.5);
	bench_bias(b, INNER + 1, 0.2);
	bias(b, (const double[]){3, 2, 0, 0});
	T_REL(b->f[D][0], 0.5 / 50, TOL_CLOSED);
	T_REL(b->f[S][0], -0.2 / 15, TOL_CLOSED);
	T_REL(b->f[INNER][0] + b->f[D][0], 2 * 0.5 * beta * 1.1 * 1.1 * (1 + 0.04 * 2.3), 1e-8);
	T_REL(b->s[FLICKER + 1][0], 4 * PHYS_K * ROOM / 50, TOL_CLOSED);
	T_REL(b->s[FLICKER + 2][0], 4 * PHYS_K * ROOM / 15, TOL_CLOSED);
	free(b);
}

int main(void)
{
	test_current(1);
	test_current(-1);
	test_derived();
	test_noise();
	test_charge(1);
	test_charge(-1);
	test_junctions();
	test_resistances();
	return t_done();
}
