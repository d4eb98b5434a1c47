/* SPDX-License-Identifier: Apache-2.0
 * .sens against closed forms (divider, RC low-pass, a diode's logarithm) and against what two more runs with a changed
 * parameter give: an EKV stage whose operating point moves, at zero frequency and over frequency.
 */
#include "harness/t.h"
#include "static_deck.h"

#include <complex.h>
#include "base/complex_of.h"
#include "base/phys.h"

static const double TOL_LINEAR = 1e-9; /* fourth-order differences of linear and rational functions */
static const double TOL_NEWTON = 1e-5; /* operating points found to reltol, differences between runs */

static double value(const static_deck *d, const char *analysis, const char *signal, size_t k)
{
	char path[200];
	snprintf(path, sizeof path, "/analyses/%s/signals/%s", analysis, signal);
	return static_deck_value(d, path, k, NULL);
}

/* Real and imaginary part of "s(r1:r)" or "v(out)": "sr(r1:r)", "si(r1:r)". */
static double complex pair(const static_deck *d, const char *analysis, char kind, const char *of, size_t k)
{
	char name[2][100];
	for (int part = 0; part < 2; part++)
		snprintf(name[part], sizeof name[part], "%c%c(%s)", kind, "ri"[part], of);
	return complex_of(value(d, analysis, name[0], k), value(d, analysis, name[1], k));
}

static void test_divider(void)
{
	t_section("divider: r2 / (r1 + r2) and its derivatives");
	static_deck d = static_deck_open("divider\nv1 in 0 3\nr1 in out 1k\nr2 out 0 2k tc1=0\n.sens v(out)\n"
	                                 ".sens i(v1)\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	T_REL(value(&d, "sens1", "s(v1:dc)", 0), 2.0 / 3, TOL_LINEAR);
	T_REL(value(&d, "sens1", "s(r1:r)", 0), -3 * 2e3 / 9e6, TOL_LINEAR);
	T_REL(value(&d, "sens1", "s(r2:r)", 0), 3 * 1e3 / 9e6, TOL_LINEAR);
	T_REL(value(&d, "sens2", "s(r1:r)", 0), 3 / 9e6, TOL_LINEAR);
	T_TRUE(!out_exists(d.file, "/analyses/sens1/signals/s(r2:tc1)"));
	static_deck_close(&d);
}

static void test_low_pass(void)
{
	t_section("RC low-pass: derivatives of 1/(1 + jwRC) and of the source's magnitude and phase");
	static_deck d = static_deck_open("rc\nv1 in 0 ac 2 90\nr1 in out 1k\nc1 out 0 1n\n"
	                                 ".sens v(out) ac dec 1 10k 10meg\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	for (size_t k = 0; k < 4; k++) {
		const double complex jw = complex_of(0, 2 * PHYS_PI * 1e4 * pow(10, (double)k));
		const double complex h = 1 / (1 + jw * 1e-6), e = complex_of(0, 2);
		const struct {
			const char *of;
			double complex want;
		} row[] = {{"r1:r", -e * h * h * jw * 1e-9},
		           {"c1:c", -e * h * h * jw * 1e3},
		           {"v1:acmag", e / 2 * h},
		           {"v1:acphase", e * complex_of(0, PHYS_PI / 180) * h}};
		for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
			const double complex got = pair(&d, "sens1", 's', row[i].of, k);
			T_ABS(cabs(got - row[i].want) / cabs(row[i].want), 0, TOL_LINEAR);
		}
	}
	static_deck_close(&d);
}

static void test_coupled(void)
{
	t_section(
	    "transformer on a resistor: V = jwM I, M = k sqrt(L1 L2), load R: derivatives by both inductances and k");
	static const double L1 = 4e-6, L2 = 1e-6, K = 0.5, R = 3;
	static_deck d = static_deck_open("transformer\ni1 0 a ac 1\nl1 a 0 4u\nl2 b 0 1u\nk1 l1 l2 0.5\nr1 b 0 3\n"
	                                 ".sens v(b) ac dec 1 100k 10meg\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	for (size_t k = 0; k < 3; k++) {
		const double complex jw = complex_of(0, 2 * PHYS_PI * 1e5 * pow(10, (double)k)), load = R + jw * L2;
		const double complex v = jw * K * sqrt(L1 * L2) * R / load; /* 1 A through L1, L2 on R */
		const struct {
			const char *of;
			double complex want;
		} row[] = {{"k1:k", v / K}, {"l1:l", v / (2 * L1)}, {"l2:l", v / (2 * L2) - v * jw / load}};
		for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
			const double complex got = pair(&d, "sens1", 's', row[i].of, k);
			T_ABS(cabs(got - row[i].want) / cabs(row[i].want), 0, TOL_LINEAR);
		}
	}
	static_deck_close(&d);
}

static void test_diode(void)
{
	t_section("current into a diode: V = U ln(I/Is + 1)");
	static_deck d = static_deck_open("diode\ni1 0 a 1m\nd1 a 0 dm\n.model dm d is=1e-14\n.sens v(a)\n", 1, 1);
	const double u = phys_ut(PHYS_ZERO_C + 27);
	T_INT(d.status, TS_OK);
	T_REL(value(&d, "sens1", "s(i1:dc)", 0), u / (1e-3 + 1e-14), TOL_NEWTON);
	T_REL(value(&d, "sens1", "s(dm:is)", 0), -u / 1e-14, TOL_NEWTON);
	T_REL(value(&d, "sens1", "s(d1:area)", 0), -u, TOL_NEWTON);
	static_deck_close(&d);
}

static const char stage[] =
    "stage\nvdd vdd 0 1.2\nvin in 0 %.17g ac 1\nrl vdd out %.17g\nm1 out in s 0 nch w=2u l=%.17g\n"
    "m2 s s 0 0 nch w=4u l=1u\ncl out 0 50f\n"
    ".model nch nmos level=ekv vto=%.17g\n.options reltol=1e-9 vntol=1e-12\n%s\n";

enum { VIN, RL, LENGTH, VTO, N_VARIED };
static const double at_rest[N_VARIED] = {0.9, 2e5, 1e-6, 0.4};

static static_deck open_stage(const double *p, const char *cards)
{
	char text[1000];
	snprintf(text, sizeof text, stage, p[VIN], p[RL], p[LENGTH], p[VTO], cards);
	return static_deck_open(text, 1, 1);
}

/* Operating point and response at the k-th frequency with one parameter moved by a fraction of itself. */
static void moved(int which, double part, double *dc, double complex ac[3])
{
	double p[N_VARIED];
	memcpy(p, at_rest, sizeof p);
	p[which] *= 1 + part;
	static_deck d = open_stage(p, ".op\n.ac dec 1 100k 10meg");
	*dc = value(&d, "op1", "v(out)", 0);
	for (size_t k = 0; k < 3; k++)
		ac[k] = pair(&d, "ac1", 'v', "out", k);
	static_deck_close(&d);
}

static void test_stage(void)
{
	static const char *const name[N_VARIED] = {"vin:dc", "rl:r", "m1:l", "nch:vto"};
	static const double PART = 1e-4;
	t_section("EKV stage with a diode-connected one below it, against runs with moved parameters");
	static_deck d = open_stage(at_rest, ".sens v(out)\n.sens v(out) ac dec 1 100k 10meg");
	T_INT(d.status, TS_OK);
	for (int i = 0; i < N_VARIED; i++) {
		double dc[2];
		double complex ac[2][3];
		char signal[40];
		moved(i, PART, &dc[0], ac[0]);
		moved(i, -PART, &dc[1], ac[1]);
		const double width = 2 * PART * at_rest[i];
		snprintf(signal, sizeof signal, "s(%s)", name[i]);
		T_REL(value(&d, "sens1", signal, 0), (dc[0] - dc[1]) / width, 10 * TOL_NEWTON);
		for (size_t k = 0; k < 3; k++) {
			const double complex want = (ac[0][k] - ac[1][k]) / width;
			T_ABS(cabs(pair(&d, "sens2", 's', name[i], k) - want) / cabs(want), 0, 20 * TOL_NEWTON);
		}
	}
	static_deck_close(&d);
}

int main(void)
{
	test_divider();
	test_low_pass();
	test_coupled();
	test_diode();
	test_stage();
	return t_done();
}
