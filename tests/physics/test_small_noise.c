/* SPDX-License-Identifier: Apache-2.0
 * .noise against closed forms and against the stochastic engine. Closed: 4kT Re Z of an RC ladder at its end, kT/C
 * integrated, two temperatures, a diode's 2q(I + 2 Is), the thermal and flicker parts of an EKV stage. Engine: Welch's
 * spectra of .trannoise on an RC ladder, a diode and an EKV amplifier with flicker noise, over thirds of octaves.
 * K segments that overlap by half give a bin a relative standard error of 1 / sqrt(0.95 K): K = 4600 and 1.5 %, or
 * 0.065 dB, for the ladder, K = 9000 and 0.047 dB for the others. A band holds one bin at least, so the threshold of
 * 0.3 dB is 4.6 standard errors of the worst of them.
 */
#include "harness/t.h"
#include "static_deck.h"

#include <complex.h>
#include "base/complex_of.h"
#include "base/phys.h"

static const double TOL_LINEAR = 1e-10, TOL_NEWTON = 1e-6, TOL_BAND = 2e-4, TOL_DB = 0.3;
static const double KT4 = 4 * PHYS_K * 300.15;

/* Impedance at node `at` (1 .. n) of a ladder of n sections R, C driven by an ideal source: from the end inwards. */
static double complex ladder_impedance(int n, double r, double c, double f)
{
	double complex left = 0; /* impedance looking back to the source */
	for (int k = 0; k < n; k++)
		left = 1 / (1 / (left + r) + complex_of(0, 2 * PHYS_PI * f * c));
	return left;
}

static void test_ladder(void)
{
	t_section("RC ladder: 4kT Re Z at its end, and its input-referred noise");
	static_deck d = static_deck_open("ladder\nv1 in 0 0\nr1 in a 1k\nc1 a 0 1n\nr2 a b 1k\nc2 b 0 1n\nr3 b c 1k\n"
	                                 "c3 c 0 1n\nr4 c out 1k\nc4 out 0 1n\n.noise v(out) v1 dec 10 1k 100meg\n",
	                                 1, 1);
	size_t n = 0;
	T_INT(d.status, TS_OK);
	static_deck_value(&d, "/analyses/noise1/frequency", 0, &n);
	T_INT(n, 51);
	for (size_t k = 0; k < n; k += 5) {
		const double f = static_deck_value(&d, "/analyses/noise1/frequency", k, NULL);
		const double s = static_deck_value(&d, "/analyses/noise1/signals/onoise", k, NULL);
		const double gain = static_deck_value(&d, "/analyses/noise1/gain", k, NULL);
		T_REL(s, KT4 * creal(ladder_impedance(4, 1e3, 1e-9, f)), TOL_LINEAR);
		T_REL(static_deck_value(&d, "/analyses/noise1/signals/inoise", k, NULL), s / (gain * gain), TOL_LINEAR);
	}
	static_deck_close(&d);
}

/* 4kT Re Z with the resistance of these frequencies; the operating point and .tf keep the other. */
static void test_ac_resistance(void)
{
	t_section("a resistance of its own in .ac and .noise");
	static_deck d = static_deck_open("ac\ni1 0 a dc 1m ac 1\nr1 a 0 1k ac=3k\n.noise v(a) i1 lin 1 1 1\n"
	                                 ".tf v(a) i1\n.op\n.ac lin 1 1 1\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	T_REL(static_deck_value(&d, "/analyses/noise1/signals/onoise", 0, NULL), 3 * KT4 * 1e3, TOL_LINEAR);
	T_REL(static_deck_value(&d, "/analyses/op1/signals/v(a)", 0, NULL), 1, TOL_NEWTON);
	T_REL(static_deck_value(&d, "/analyses/tf1/signals/gain", 0, NULL), 1e3, TOL_LINEAR);
	static_deck_close(&d);
}

static void test_ktc(void)
{
	t_section("kT/C by integration, 100 points per decade over twelve decades; hot resistor, silent resistor");
	static_deck d = static_deck_open("ktc\nv1 in 0 0\nr1 in a 1k\nc1 a 0 1n\n"
	                                 "i1 0 b 0\nr2 b 0 2k temp=127\nr3 b 0 1k noisy=0\nc2 b 0 1n\n"
	                                 ".noise v(a) v1 dec 100 1m 1g\n.noise v(b) i1 dec 1 1 10\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	/* beyond 1 GHz a part (2/pi) fc/f of the variance is left: 1.0e-4 */
	T_REL(static_deck_value(&d, "/analyses/noise1/total/onoise", 0, NULL), PHYS_K * 300.15 / 1e-9, TOL_BAND);
	const double z = 2e3 / 3;
	T_REL(static_deck_value(&d, "/analyses/noise2/signals/onoise", 0, NULL), 4 * PHYS_K * 400.15 / 2e3 * z * z,
	      TOL_NEWTON);
	T_REL(static_deck_value(&d, "/analyses/noise2/signals/inoise", 0, NULL), 4 * PHYS_K * 400.15 / 2e3, TOL_NEWTON);
	T_TRUE(!out_exists(d.file, "/analyses/noise2/contributions/r3"));
	static_deck_close(&d);
}

static void test_devices(void)
{
	t_section("diode: 2q(I + 2 Is) / gd^2; EKV stage: parts add up, flicker is KF gm^2 / (W L Cox f)");
	static_deck d = static_deck_open("devices\ni1 0 a 1n\nd1 a 0 dm\nc1 a 0 1p\n.model dm d is=1n\n"
	                                 "vdd vdd 0 3\nvg g 0 0.9\nrl vdd out 20k\nm1 out g 0 0 n w=10u l=1u\n"
	                                 ".model n nmos level=44 vto=0.6 kp=100u cox=2m kf=1e-26 af=1 dl=0 dw=0\n"
	                                 ".op\n.noise v(a) i1 dec 1 1 10\n.noise v(out) vg dec 1 1 1meg\n",
	                                 1, 1);
	T_INT(d.status, TS_OK);
	const double gd = static_deck_value(&d, "/analyses/op1/devices/d1/gd", 0, NULL);
	T_REL(static_deck_value(&d, "/analyses/noise1/signals/onoise", 0, NULL), 2 * PHYS_Q * 3e-9 / (gd * gd),
	      TOL_NEWTON);
	const double gm = static_deck_value(&d, "/analyses/op1/devices/m1/gm", 0, NULL);
	const double gain = static_deck_value(&d, "/analyses/noise2/gain", 0, NULL), z = gain / gm;
	const double load = static_deck_value(&d, "/analyses/noise2/contributions/rl/thermal", 2, NULL);
	const double channel = static_deck_value(&d, "/analyses/noise2/contributions/m1/channel", 2, NULL);
	const double flicker = static_deck_value(&d, "/analyses/noise2/contributions/m1/flicker", 2, NULL);
	T_REL(load, KT4 / 20e3 * z * z, TOL_NEWTON);
	T_REL(flicker, 1e-26 * gm * gm / (10e-12 * 2e-3 * 100) * z * z, TOL_NEWTON);
	/* a saturated channel in moderate inversion: between 1/2 and 1 of 4kT n gm */
	T_TRUE(channel > 0.5 * KT4 * gm * z * z && channel < 1.5 * KT4 * gm * z * z);
	T_REL(static_deck_value(&d, "/analyses/noise2/signals/onoise", 2, NULL), load + channel + flicker, TOL_LINEAR);
	static_deck_close(&d);
}

static double *read_all(const static_deck *d, const char *path, size_t *n)
{
	int rank = 0;
	size_t dims[4] = {0};
	double *data = NULL;
	T_INT(out_get(d->file, path, &rank, dims, &data, d->diag), TS_OK);
	*n = data ? dims[rank > 1 ? 1 : 0] : 0;
	return data;
}

/* .noise must be LIN over exactly the bins 1 .. n of Welch's spectrum. Bands of a third of an octave from bin 4 on, as
 * the window leaks the removed mean into the first two; `last`: bins beyond hold what sampling folds back. */
static void compare(const char *what, const char *text, size_t last)
{
	t_section("%s: .noise against Welch's spectrum of .trannoise", what);
	static_deck d = static_deck_open(text, 1, 1);
	size_t n = 0, n_f = 0, n_exact = 0;
	double worst = 0, sum = 0, law = 0, edge = 4 * cbrt(2);
	T_INT(d.status, TS_OK);
	double *welch = read_all(&d, "/analyses/trannoise1/ensemble/psd/v(out)", &n);
	double *f = read_all(&d, "/analyses/trannoise1/frequency", &n_f);
	double *exact = read_all(&d, "/analyses/noise1/signals/onoise", &n_exact);
	T_TRUE(n == n_f && n > last && n_exact >= last);
	T_REL(static_deck_value(&d, "/analyses/noise1/frequency", 3, NULL), n > 4 ? f[4] : 0, TOL_NEWTON);
	for (size_t k = 4; welch && exact && k <= last; k++) {
		sum += welch[2 * k];
		law += exact[k - 1];
		if ((double)k < edge && k < last)
			continue;
		const double db = 10 * log10(sum / law);
		printf("  to %.3g Hz: %+.3f dB\n", f ? f[k] : 0, db);
		worst = fmax(worst, fabs(db));
		sum = law = 0;
		edge *= cbrt(2);
	}
	printf("  worst %.3f dB\n", worst);
	T_TRUE(worst > 0 && worst < TOL_DB);
	alloc_free(welch);
	alloc_free(f);
	alloc_free(exact);
	static_deck_close(&d);
}

static void test_welch(void)
{
	/* poles at 61 and 417 kHz, bins of 1/(1024 x 0.1 us) = 9.77 kHz */
	compare("RC ladder",
	        "ladder\nv1 in 0 0\nr1 in a 1k\nc1 a 0 1n\nr2 a out 1k\nc2 out 0 1n\n.save v(out)\n"
	        ".trannoise 0.1u 1024u 51.2u samples=256 seed=7 psd=1024 step=0.05u energy=off acf=off companion=off "
	        "keep=0\n"
	        ".noise v(out) v1 lin 512 '1/102.4u' '512/102.4u'\n",
	        104);
	/* U/I = 25.9 kohm at 1 uA, 25.9 ns with 1 pF */
	compare(
	    "diode at 1 uA",
	    "diode\ni1 0 out 1u\nd1 out 0 dm\nc1 out 0 1p\n.model dm d is=1f\n.save v(out)\n"
	    ".trannoise 4n 20480n 2048n samples=256 seed=8 psd=256 step=2n energy=off acf=off companion=off keep=0\n"
	    ".noise v(out) i1 lin 128 '1/1.024u' '128/1.024u'\n",
	    26);
	/* 1/(gds + gL) = 20 kohm with 1 pF: 20 ns; flicker corner at some MHz by a large KF */
	compare("EKV amplifier with flicker noise",
	        "amplifier\nvdd vdd 0 3\nvg g 0 0.9\nrl vdd out 20k\nm1 out g 0 0 n w=10u l=1u\nc1 out 0 1p\n"
	        ".model n nmos level=44 vto=0.6 kp=100u cox=2m kf=1e-23 af=1\n.ic v(out)=1.5\n.save v(out)\n"
	        ".trannoise 4n 40960n 4096n samples=256 seed=9 psd=512 step=2n fmin=20k fmax=200meg energy=off acf=off "
	        "companion=off keep=0\n"
	        ".noise v(out) vg lin 256 '1/2.048u' '256/2.048u'\n",
	        50);
}

int main(void)
{
	test_ladder();
	test_ktc();
	test_ac_resistance();
	test_devices();
	test_welch();
	return t_done();
}
