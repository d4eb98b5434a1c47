/* SPDX-License-Identifier: Apache-2.0
 * .ac and .tf against closed forms: RC low-pass, series RLC about its resonance, inductor and controlled sources, a
 * diode's 1/gd with its capacitance, the gain of an EKV common-source stage from the device's own observables; what is
 * singular or silent is refused.
 */
#include "harness/t.h"
#include "static_deck.h"

#include <complex.h>
#include "base/complex_of.h"
#include "base/phys.h"

static const double TOL_LINEAR = 1e-12; /* rounding of the solution */
static const double TOL_NEWTON = 1e-6;  /* conductances at an operating point found to reltol */

/* Response of a signal at the k-th frequency; name of its real part, "vr(out)". */
static double complex response(const static_deck *d, const char *re_name, size_t k)
{
	char path[2][200];
	for (int part = 0; part < 2; part++)
		snprintf(path[part], sizeof path[part], "/analyses/ac1/signals/%c%c%s", re_name[0], "ri"[part],
		         re_name + 2);
	return complex_of(static_deck_value(d, path[0], k, NULL), static_deck_value(d, path[1], k, NULL));
}

static double frequency(const static_deck *d, size_t k, size_t *n)
{
	return static_deck_value(d, "/analyses/ac1/frequency", k, n);
}

/* Relative to the size of the number wanted. */
static void check(double complex got, double complex want, double tol)
{
	T_ABS(cabs(got - want) / cabs(want), 0, tol);
}

static void test_rc(void)
{
	t_section("RC low-pass, source of magnitude 2 at 30 degrees");
	static_deck d =
	    static_deck_open("rc\nv1 in 0 dc 1 ac 2 30\nr1 in out 1k\nc1 out 0 1n\n.ac dec 10 1k 1g\n", 1, 1);
	const double complex e = 2 * complex_of(cos(PHYS_PI / 6), sin(PHYS_PI / 6));
	size_t n = 0;
	T_INT(d.status, TS_OK);
	frequency(&d, 0, &n);
	T_INT(n, 61);
	T_REL(frequency(&d, n - 1, NULL), 1e9, TOL_LINEAR);
	for (size_t k = 0; k < n; k += 7) {
		const double complex jw = complex_of(0, 2 * PHYS_PI * frequency(&d, k, NULL));
		check(response(&d, "vr(in)", k), e, TOL_LINEAR);
		check(response(&d, "vr(out)", k), e / (1 + jw * 1e-6), TOL_LINEAR);
		check(response(&d, "ir(v1)", k), -e * jw * 1e-9 / (1 + jw * 1e-6), TOL_LINEAR);
	}
	static_deck_close(&d);
}

static void test_rlc(void)
{
	t_section("series RLC, Q = 50, a linear grid over the resonance; a parallel one fed by a current");
	static_deck d = static_deck_open("rlc\nv1 in 0 ac 1\nr1 in a 2\nl1 a b 1u\nc1 b 0 100p\n"
	                                 "i1 0 p ac 1m -90\nr2 p 0 5k\nl2 p 0 1u\nc2 p 0 100p m=2\n"
	                                 ".ac lin 101 15meg 17meg\n",
	                                 1, 1);
	size_t n = 0;
	T_INT(d.status, TS_OK);
	frequency(&d, 0, &n);
	T_INT(n, 101);
	for (size_t k = 0; k < n; k += 5) {
		const double complex jw = complex_of(0, 2 * PHYS_PI * frequency(&d, k, NULL));
		const double complex zc = 1 / (jw * 100e-12), z = 2 + jw * 1e-6 + zc;
		check(response(&d, "vr(b)", k), zc / z, 100 * TOL_LINEAR);
		check(response(&d, "vr(p)", k), complex_of(0, -1e-3) / (1 / 5e3 + 1 / (jw * 1e-6) + jw * 200e-12),
		      100 * TOL_LINEAR);
	}
	static_deck_close(&d);
}

static void test_controlled(void)
{
	t_section("controlled and behavioural sources, octaves, subcircuit with m=");
	static_deck d = static_deck_open("amp\nv1 a 0 ac 1\nr0 a 0 1k\ng1 0 b a 0 1m\nr1 b 0 2k\nc1 b 0 1n\n"
	                                 "e1 c 0 b 0 -3\nr2 c 0 1k\nb1 0 d i='1m*v(c)+2m*v(c)*v(c)'\nr3 d 0 1k\n"
	                                 ".subckt two p\nr1 p 0 1k\nc1 p 0 1n\n.ends\ni1 0 q ac 1\nx1 q two m=3\n"
	                                 ".ac oct 3 1k 64k\n",
	                                 1, 1);
	size_t n = 0;
	T_INT(d.status, TS_OK);
	frequency(&d, 0, &n);
	T_INT(n, 19);
	for (size_t k = 0; k < n; k += 3) {
		const double complex jw = complex_of(0, 2 * PHYS_PI * frequency(&d, k, NULL));
		const double complex b = 2 / (1 + jw * 2e-6);
		check(response(&d, "vr(b)", k), b, TOL_LINEAR);
		check(response(&d, "vr(c)", k), -3 * b, TOL_LINEAR);
		check(response(&d, "vr(d)", k), -3 * b, TOL_NEWTON);
		check(response(&d, "vr(q)", k), 1e3 / 3 / (1 + jw * 1e-6), TOL_LINEAR);
	}
	static_deck_close(&d);
}

static void test_diode(void)
{
	t_section("diode at 1 uA: 1 / (gd + j w (C + cd))");
	static_deck d = static_deck_open("diode\ni1 0 a 1u ac 1\nd1 a 0 dm\nc1 a 0 1p\n"
	                                 ".model dm d is=1f cjo=2p vj=0.8 m=0.4 tt=1n\n.op\n.ac dec 2 1k 10g\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	const double gd = static_deck_value(&d, "/analyses/op1/devices/d1/gd", 0, NULL);
	const double cd = static_deck_value(&d, "/analyses/op1/devices/d1/cd", 0, NULL);
	const double u = PHYS_K * 300.15 / PHYS_Q;
	T_REL(gd, (1e-6 + 1e-15) / u, TOL_NEWTON);
	size_t n = 0;
	frequency(&d, 0, &n);
	for (size_t k = 0; k < n; k++) {
		const double complex y = complex_of(gd, 2 * PHYS_PI * frequency(&d, k, NULL) * (1e-12 + cd));
		check(response(&d, "vr(a)", k), 1 / y, TOL_NEWTON);
	}
	static_deck_close(&d);
}

static const char amplifier[] =
    "common source\nvdd vdd 0 3\nvg g 0 0.9 ac 1\nrl vdd out 20k\nm1 out g 0 0 n w=10u l=1u\n"
    ".model n nmos level=44 vto=0.6 kp=100u gamma=0.7 phi=0.8\n"
    ".op\n.ac dec 1 1 10\n.tf v(out) vg\n.tf v(out) vdd\n";

static void test_amplifier(void)
{
	t_section("EKV common-source stage: -gm / (gds + 1/RL) from the observables, by .ac and by .tf");
	static_deck d = static_deck_open(amplifier, 1, 1);
	T_INT(d.status, TS_OK);
	const double gm = static_deck_value(&d, "/analyses/op1/devices/m1/gm", 0, NULL);
	const double gds = static_deck_value(&d, "/analyses/op1/devices/m1/gds", 0, NULL);
	const double out = static_deck_value(&d, "/analyses/op1/signals/v(out)", 0, NULL);
	const double gl = 1 / 20e3, gain = -gm / (gds + gl);
	T_TRUE(out > 0.5 && out < 2.5 && gain < -3);
	T_REL(creal(response(&d, "vr(out)", 0)), gain, TOL_NEWTON);
	T_REL(static_deck_value(&d, "/analyses/tf1/signals/gain", 0, NULL), gain, TOL_NEWTON);
	T_TRUE(isinf(static_deck_value(&d, "/analyses/tf1/signals/rin", 0, NULL)));
	T_REL(static_deck_value(&d, "/analyses/tf1/signals/rout", 0, NULL), 1 / (gds + gl), TOL_NEWTON);
	T_REL(static_deck_value(&d, "/analyses/tf2/signals/gain", 0, NULL), gl / (gds + gl), TOL_NEWTON);
	T_REL(static_deck_value(&d, "/analyses/tf2/signals/rin", 0, NULL), 1 / gds + 1 / gl, TOL_NEWTON);
	static_deck_close(&d);
}

static void test_transfer(void)
{
	t_section(".tf: divider, current source, current output");
	static_deck d = static_deck_open("tf\nv1 in 0 3\nr1 in out 1k\nr2 out 0 2k\ni1 0 x 1m\nr3 x y 1k\nr4 y 0 3k\n"
	                                 "vs z 0 0\nr5 out z 4k\n.tf v(out) v1\n.tf v(x,y) i1\n.tf i(vs) v1\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	const double load = 1 / (1 / 2e3 + 1 / 4e3), gain = load / (1e3 + load);
	T_REL(static_deck_value(&d, "/analyses/tf1/signals/gain", 0, NULL), gain, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tf1/signals/rin", 0, NULL), 1e3 + load, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tf1/signals/rout", 0, NULL), 1e3 * gain, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tf2/signals/gain", 0, NULL), 1e3, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tf2/signals/rin", 0, NULL), 4e3, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tf2/signals/rout", 0, NULL), 1e3, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tf3/signals/gain", 0, NULL), gain / 4e3, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/tf3/signals/rout", 0, NULL), 4e3 + 1 / (1 / 1e3 + 1 / 2e3), TOL_LINEAR);
	static_deck_close(&d);
}

static void refused(const char *text, ts_status status, diag_code code)
{
	static_deck d = static_deck_open(text, 1, 0);
	T_INT(d.status, status);
	T_TRUE(diag_has(d.diag, code));
	static_deck_close(&d);
}

static void test_refused(void)
{
	t_section("no ac source, unknown output, FSTART = 0, a lossless resonance");
	refused("x\nv1 a 0 1\nr1 a 0 1\n.ac dec 1 1 10\n", TS_NETLIST, E0304);
	refused("x\nv1 a 0 1\nr1 a 0 1\n.noise v(b) v1 dec 1 1 10\n", TS_NETLIST, E0314);
	refused("x\nv1 a 0 ac 1\nr1 a 0 1\n.ac dec 1 0 10\n", TS_NETLIST, E0305);
	refused("x\nv1 a 0 ac 1\nr1 a 0 1\n.ac dec 1 10 1\n", TS_NETLIST, E0305);
	refused("x\nv1 a 0 ac 1\nr1 a 0 1\n.ac dec 1.5 1 10\n", TS_NETLIST, E0305);
	refused("x\nv1 a 0 ac 1\nr1 a 0 1\n.ac sin 1 1 10\n", TS_NETLIST, E0315);
	refused("x\nv1 a 0 1\nr1 a 0 1\n.tf v(a) i1\n", TS_NETLIST, E0314);
	refused("x\ni1 0 a ac 1\nl1 a 0 '1/(2*pi)'\nc1 a 0 '1/(2*pi)'\n.ac lin 1 1 1\n", TS_NUMERIC, E0511);
}

int main(void)
{
	test_rc();
	test_rlc();
	test_controlled();
	test_diode();
	test_amplifier();
	test_transfer();
	test_refused();
	return t_done();
}
