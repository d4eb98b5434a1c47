/* SPDX-License-Identifier: Apache-2.0
 * Deterministic analyses against closed forms of whole circuits: steps of series RLC at, above and below critical
 * damping; a diode's load line by Lambert's W function; lumped lines that converge to the ideal line's delay and
 * reflection, and RC ladders to the diffusion equation, as the sections grow in number; Elmore's delay; equipartition
 * in an RLC circuit (kT/C, kT/L); the noise of a divider and of an amplifier.
 */
#include "harness/t.h"
#include "static_deck.h"

#include <complex.h>
#include <stdarg.h>
#include "base/complex_of.h"
#include "base/phys.h"

static const double TOL_TRAN = 2e-6;    /* of full scale, reltol 1e-8 */
static const double TOL_NEWTON = 1e-6;  /* operating points found to reltol */
static const double TOL_LINEAR = 1e-10; /* rounding of a solution */
static const double TOL_BAND = 5e-4;    /* integrals of spectra: the rule, and what lies beyond the band */
static const double KT = PHYS_K * 300.15;

enum { TEXT = 16384 };

/* Append to a deck of TEXT characters. */
static void add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char *text, const char *format, ...)
{
	const size_t used = strlen(text);
	va_list list;
	va_start(list, format);
	vsnprintf(text + used, TEXT - used, format, list);
	va_end(list);
}

static double value(const static_deck *d, const char *path, size_t k)
{
	return static_deck_value(d, path, k, NULL);
}

static size_t count(const static_deck *d, const char *path)
{
	size_t n = 0;
	static_deck_value(d, path, 0, &n);
	return n;
}

/* The larger of two distances; infinite once one is not a number, which fmax would drop. */
static double larger(double worst, double gap)
{
	return isfinite(gap) ? fmax(worst, fabs(gap)) : (double)INFINITY;
}

/* Voltage of the capacitor after a unit step: decay a, natural frequency w, both 1/s. */
static double step_law(double t, double a, double w)
{
	const double complex root = csqrt(complex_of(a * a - w * w, 0));
	if (cabs(root) < 1e-6 * w)
		return 1 - exp(-a * t) * (1 + a * t);
	const double complex s = root * t;
	return 1 - exp(-a * t) * creal(ccosh(s) + a / root * csinh(s));
}

static void test_damping(void)
{
	t_section("series RLC, unit step: quality 5, 0.5 and 0.1");
	const double quality[] = {5, 0.5, 0.1}, w = 1e7; /* 10 uH, 1 nF: 100 ohm */
	for (size_t q = 0; q < sizeof quality / sizeof *quality; q++) {
		char text[TEXT] = "";
		add(text,
		    "rlc\nv1 in 0 1\nr1 in a %.17g\nl1 a out 10u\nc1 out 0 1n\n.ic v(out)=0 v(a)=1 v(in)=1\n"
		    ".options reltol=1e-8\n.save v(out)\n.tran 20n 4u uic\n",
		    100 / quality[q]);
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		double worst = 0;
		const size_t n = count(&d, "/analyses/tran1/time");
		T_INT(n, 201);
		for (size_t k = 0; k < n; k++) {
			const double t = value(&d, "/analyses/tran1/time", k);
			const double gap =
			    value(&d, "/analyses/tran1/signals/v(out)", k) - step_law(t, w / 2 / quality[q], w);
			worst = larger(worst, gap);
		}
		T_ABS(worst, 0, TOL_TRAN);
		static_deck_close(&d);
	}
}

/* w with w e^w = e^x, for any x: Lambert's W of e^x by Newton on w + ln w = x. */
static double lambert_exp(double x)
{
	double w = x > 1 ? x - log(x) : exp(x) / (1 + exp(x));
	for (int k = 0; k < 50; k++)
		w *= (1 + x - log(w)) / (1 + w);
	return w;
}

static void test_diode(void)
{
	t_section("diode behind a resistor, -1 to 5 V: current by Lambert's W; the resistance seen by the source");
	const double is = 1e-13, r = 470, nu = 1.3 * KT / PHYS_Q;
	static_deck d = static_deck_open("diode\nv1 in 0 2\nr1 in a 470\nd1 a 0 dm\n.model dm d is=1e-13 n=1.3\n"
	                                 ".dc v1 -1 5 0.25\n.tf v(a) v1\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	const size_t n = count(&d, "/analyses/dc1/sweep");
	T_INT(n, 25);
	double current = 0;
	for (size_t k = 0; k < n; k++) {
		const double v = value(&d, "/analyses/dc1/sweep", k);
		current = nu / r * lambert_exp((v + is * r) / nu + log(is * r / nu)) - is;
		T_ABS(value(&d, "/analyses/dc1/signals/i(v1)", k) / -(fabs(current) + is),
		      current / (fabs(current) + is), TOL_NEWTON);
		T_ABS(value(&d, "/analyses/dc1/signals/v(a)", k), v - r * current, TOL_NEWTON);
	}
	current = nu / r * lambert_exp((2 + is * r) / nu + log(is * r / nu)) - is;
	const double rd = nu / (current + is);
	T_REL(value(&d, "/analyses/tf1/signals/rin", 0), r + rd, TOL_NEWTON);
	T_REL(value(&d, "/analyses/tf1/signals/gain", 0), rd / (r + rd), TOL_NEWTON);
	static_deck_close(&d);
}

static double pulse_law(double t)
{
	return exp(-(t - 0.5e-6) * (t - 0.5e-6) / (0.12e-6 * 0.12e-6));
}

/* A Gaussian pulse through a lossless line of n symmetrical sections, 50 ohm and 1 us, matched at its source, loaded by
 * 150 ohm: largest distance of both ends from those of the ideal line. */
static double line_error(int n)
{
	const double delay = 1e-6, z = 50, l = z * delay / n, c = delay / z / n;
	char text[TEXT] = "line\nb1 in 0 v=2*exp(-((time-0.5u)/0.12u)**2)\nrs in n0 50\n";
	for (int k = 0; k < n; k++)
		add(text, "l%d n%d n%d %.17g\n", k, k, k + 1, l);
	for (int k = 0; k <= n; k++)
		add(text, "c%d n%d 0 %.17g\n", k, k, k == 0 || k == n ? c / 2 : c);
	add(text, "rl n%d 0 150\n.options reltol=1e-7\n.save v(n0) v(n%d)\n.tran 10n 3.2u\n", n, n);
	static_deck d = static_deck_open(text, 1, 1);
	char far[64];
	snprintf(far, sizeof far, "/analyses/tran1/signals/v(n%d)", n);
	double worst = d.status == TS_OK ? 0 : (double)INFINITY;
	for (size_t k = 0; k < count(&d, "/analyses/tran1/time"); k++) {
		const double t = value(&d, "/analyses/tran1/time", k);
		const double near_gap =
		    value(&d, "/analyses/tran1/signals/v(n0)", k) - pulse_law(t) - 0.5 * pulse_law(t - 2 * delay);
		const double far_gap = value(&d, far, k) - 1.5 * pulse_law(t - delay);
		worst = larger(larger(worst, near_gap), far_gap);
	}
	static_deck_close(&d);
	return worst;
}

static void test_line(void)
{
	t_section("LC line: delay and reflection of the ideal line, as n^-2");
	const double coarse = line_error(32), middle = line_error(64), fine = line_error(128);
	T_ABS(log2(coarse / middle), 2, 0.25);
	T_ABS(log2(middle / fine), 2, 0.1);
	T_ABS(fine, 0, 0.01);
}

/* Ladder of n symmetrical sections (half a resistor at each end), R = 1 kohm and C = 1 nF in all, open at its end. */
static void ladder(char *text, int n, const char *source)
{
	add(text, "ladder\nv1 n0 0 %s\n", source);
	for (int k = 0; k < n; k++)
		add(text, "r%d n%d n%d %.17g\nc%d n%d 0 %.17g\n", k, k, k + 1, k == 0 ? 500. / n : 1e3 / n, k, k + 1,
		    1e-9 / n);
}

/* Step at the open end of a distributed line whose R C is 1 us. */
static double diffusion_law(double t)
{
	double v = 1;
	for (int k = 0; k < 60; k++) {
		const double odd = 2 * k + 1;
		v -= (k % 2 ? -1 : 1) * 4 / PHYS_PI / odd * exp(-odd * odd * PHYS_PI * PHYS_PI / 4 * t / 1e-6);
	}
	return v;
}

static double ladder_error(int n)
{
	char text[TEXT] = "", path[64];
	ladder(text, n, "1");
	add(text, ".ic v(n0)=1\n.options reltol=1e-8\n.save v(n%d)\n.tran 20n 2u 0.1u uic\n", n);
	snprintf(path, sizeof path, "/analyses/tran1/signals/v(n%d)", n);
	static_deck d = static_deck_open(text, 1, 1);
	double worst = d.status == TS_OK ? 0 : (double)INFINITY;
	for (size_t k = 0; k < count(&d, "/analyses/tran1/time"); k++) {
		const double gap = value(&d, path, k) - diffusion_law(value(&d, "/analyses/tran1/time", k));
		worst = larger(worst, gap);
	}
	static_deck_close(&d);
	return worst;
}

static void test_diffusion(void)
{
	t_section("RC ladder: step of the diffusion equation, as n^-2");
	const double coarse = ladder_error(8), middle = ladder_error(16), fine = ladder_error(32);
	T_ABS(log2(coarse / middle), 2, 0.2);
	T_ABS(log2(middle / fine), 2, 0.2);
	T_ABS(fine, 0, 1e-3);
}

static void test_elmore(void)
{
	t_section("RC ladder at 1 Hz: phase is Elmore's delay, sum of C times the resistance before it");
	enum { N = 20 };
	char text[TEXT] = "";
	ladder(text, N, "0 ac 1");
	add(text, ".save v(n%d)\n.ac lin 1 1 1\n", N);
	static_deck d = static_deck_open(text, 1, 1);
	T_INT(d.status, TS_OK);
	double delay = 0;
	for (int k = 0; k < N; k++)
		delay += 1e-9 / N * (500. / N + k * 1e3 / N);
	T_REL(-value(&d, "/analyses/ac1/signals/vi(n20)", 0) / (2 * PHYS_PI), delay, TOL_LINEAR);
	static_deck_close(&d);
}

static void test_equipartition(void)
{
	t_section("series RLC: <v^2> = kT/C on the capacitor, <i^2> = kT/L in the coil, whatever R is");
	const char *r[] = {"20", "100", "500"}; /* quality 5, 1, 0.2 */
	for (size_t k = 0; k < sizeof r / sizeof *r; k++) {
		char text[TEXT] = "";
		add(text,
		    "rlc\nv1 in 0 0\nr1 in a %s\nl1 a b 10u\nc1 b 0 1n\n"
		    ".noise v(b) v1 dec 400 10 100g\n.noise i(v1) v1 dec 400 10 100g\n",
		    r[k]);
		static_deck d = static_deck_open(text, 1, 1);
		T_INT(d.status, TS_OK);
		T_REL(value(&d, "/analyses/noise1/total/onoise", 0), KT / 1e-9, TOL_BAND);
		T_REL(value(&d, "/analyses/noise2/total/onoise", 0), KT / 10e-6, TOL_BAND);
		static_deck_close(&d);
	}
}

static void test_divider_noise(void)
{
	t_section("divider: 4kT of the parallel resistance, shared as the resistances; over a noisy load");
	static_deck d =
	    static_deck_open("divider\nv1 in 0 5\nr1 in out 3k\nr2 out 0 1k\n.noise v(out) v1 lin 3 1k 3k\n", 1, 1);
	T_INT(d.status, TS_OK);
	const double s = 4 * KT * 750;
	T_REL(value(&d, "/analyses/noise1/signals/onoise", 1), s, TOL_LINEAR);
	T_REL(value(&d, "/analyses/noise1/signals/inoise", 1), s * 16, TOL_LINEAR);
	T_REL(value(&d, "/analyses/noise1/contributions/r1/thermal", 1), s / 4, TOL_LINEAR);
	T_REL(value(&d, "/analyses/noise1/contributions/r2/thermal", 1), s * 3 / 4, TOL_LINEAR);
	static_deck_close(&d);
}

static void test_amplifier_noise(void)
{
	t_section("transconductor: noise referred to its input; non-inverting amplifier: noise gain 1 + R2/R1");
	static_deck d =
	    static_deck_open("amplifiers\nv1 s 0 0\nrs s g 2k\nrg g 0 1g noisy=0\ng1 0 out g 0 4m\nrl out 0 5k\n"
	                     "v2 t 0 0\nrt t p 1k\nrp p 0 1g noisy=0\nr1 m 0 1k\nr2 m o 9k\ne1 o 0 p m 1e9\n"
	                     ".noise v(out) v1 lin 3 1k 3k\n.noise v(o) v2 lin 3 1k 3k\n",
	                     1, 1);
	T_INT(d.status, TS_OK);
	const double input = 1e9 / (1e9 + 2e3); /* the leak that keeps the gate's node defined */
	const double leak = 4 * KT * 2e3 + 4 * KT / (5e3 * 4e-3 * 4e-3) / (input * input);
	T_REL(value(&d, "/analyses/noise1/signals/inoise", 1), leak, TOL_LINEAR);
	const double pass = 1e9 / (1e9 + 1e3);
	const double s = 100 * 4 * KT * 1e3 * pass * pass + 4 * KT * 1e3 * 81 + 4 * KT * 9e3;
	T_REL(value(&d, "/analyses/noise2/signals/onoise", 1), s, 1e-7); /* loop gain 1e8 */
	static_deck_close(&d);
}

int main(void)
{
	test_damping();
	test_diode();
	test_line();
	test_diffusion();
	test_elmore();
	test_equipartition();
	test_divider_noise();
	test_amplifier_noise();
	return t_done();
}
