/* SPDX-License-Identifier: Apache-2.0
 * .dc: the subthreshold inverter's transfer curve against its closed form (physics.md 2.3), nested sweeps of a divider,
 * sweeps of current sources, downward sweeps, and what a sweep leaves unchanged.
 */
#include "harness/t.h"
#include "static_deck.h"

#include "base/phys.h"

static const double TOL_LINEAR = 1e-12, TOL_NEWTON = 1e-9;

static double inverter_output(double vdd, double vin)
{
	const double a = exp(vdd - vin), c = exp(vin + vdd), g = exp(-vdd), b = c - a;
	const double root = sqrt(b * b + 4 * a * c * g * g);
	return log(b > 0 ? 2 * c * g / (b + root) : (root - b) / (2 * a * g));
}

static void test_inverter(void)
{
	t_section("transfer curve of the subthreshold inverter, 201 points");
	const double u = phys_ut(PHYS_ZERO_C + 27);
	char text[512];
	size_t n = 0;
	snprintf(text, sizeof text,
	         "inverter\nvp p 0 %.17g\nvn n 0 %.17g\nvin in 0 0.3\nmn out in n n nn\nmp out in p p pp\n"
	         ".model nn nmos level=subvt\n.model pp pmos level=subvt\n.dc vin %.17g %.17g %.17g\n.op\n.end\n",
	         4 * u, -4 * u, -5 * u, 5 * u, 0.05 * u);
	static_deck d = static_deck_open(text, 1, 1);
	T_INT(d.status, TS_OK);
	static_deck_value(&d, "/analyses/dc1/signals/v(out)", 0, &n);
	T_INT(n, 201);
	double worst = 0;
	for (size_t k = 0; k < n; k++) {
		const double vin = static_deck_value(&d, "/analyses/dc1/sweep", k, NULL);
		const double got = static_deck_value(&d, "/analyses/dc1/signals/v(out)", k, NULL);
		const double off = fabs(got / u - inverter_output(4, vin / u));
		worst = off <= worst ? worst : off;
	}
	T_ABS(worst, 0, TOL_NEWTON);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(in)", 0, NULL), 0.3, TOL_LINEAR);
	static_deck_close(&d);
}

static void test_nested(void)
{
	t_section("nested sweep: superposition of a voltage and a current source");
	static_deck d = static_deck_open("nested\nv1 in 0 sin(0 1 1k)\nr1 in out 1k\nr2 out 0 1k\ni1 0 out 0\n"
	                                 ".dc v1 0 1 0.1 i1 -1m 1m 1m\n.end\n",
	                                 1, 1);
	size_t n = 0;
	T_INT(d.status, TS_OK);
	static_deck_value(&d, "/analyses/dc1/signals/v(out)", 0, &n);
	T_INT(n, 33);
	static_deck_value(&d, "/analyses/dc1/sweep", 0, &n);
	T_INT(n, 11);
	for (size_t o = 0; o < 3; o++)
		for (size_t k = 0; k < 11; k++) {
			const double want = 0.05 * (double)k + ((double)o - 1) * 0.5;
			T_ABS(static_deck_value(&d, "/analyses/dc1/signals/v(out)", o * 11 + k, NULL), want,
			      TOL_LINEAR);
		}
	T_REL(static_deck_value(&d, "/analyses/dc1/sweep2", 2, NULL), 1e-3, TOL_LINEAR);
	static_deck_close(&d);
}

static void test_downward(void)
{
	t_section("downward sweep of a diode's current: v = U ln(1 + I/Is)");
	static_deck d = static_deck_open(
	    "down\ni1 0 a 1m\nd1 a 0 dd\n.model dd d is=1e-15\n.dc i1 10m 1m -1m\n.save v(a)\n.end\n", 1, 1);
	size_t n = 0;
	T_INT(d.status, TS_OK);
	static_deck_value(&d, "/analyses/dc1/signals/v(a)", 0, &n);
	T_INT(n, 10);
	for (size_t k = 0; k < n; k++)
		T_REL(static_deck_value(&d, "/analyses/dc1/signals/v(a)", k, NULL),
		      phys_ut(PHYS_ZERO_C + 27) * log1p((10 - (double)k) * 1e-3 / 1e-15), TOL_NEWTON);
	static_deck_close(&d);
}

int main(void)
{
	test_inverter();
	test_nested();
	test_downward();
	return t_done();
}
