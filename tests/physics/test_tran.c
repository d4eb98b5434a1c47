/* SPDX-License-Identifier: Apache-2.0
 * Deterministic transients against closed forms, conservation laws and their own tolerance: RC, RLC, LC, ramps, sine
 * drive, circuits of index 0 (CVODE), 1 and 2 (IDA), nonlinear charges.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "base/phys.h"
#include "base/stop.h"
#include "harness/t.h"
#include "mna/system.h"
#include "net/parser.h"
#include "sim/sim.h"

static const double TOL_DEFAULT = 1e-5; /* error of a solution at the default reltol of 1e-6 */
static const double TOL_FINE = 2e-7;    /* at reltol 1e-8: errors add up over some ten periods */
static const double TOL_CHARGE = 1e-4;  /* charge over a cycle, quadrature included */
static const double TOL_EXACT = 1e-12;

typedef struct tran {
	src_map *sources;
	diag_list *diag;
	net_deck *deck;
	elab_circuit *circuit;
	mna_system *system;
	out_file *file;
	ts_status status;
	size_t n;
	double *t;
} tran;

static double *read_set(tran *r, const char *path, size_t *n)
{
	size_t dims[4] = {0};
	double *data = NULL;
	int rank = 0;
	*n = 0;
	if (out_get(r->file, path, &rank, dims, &data, r->diag) == TS_OK)
		*n = dims[0];
	return data;
}

static tran run(const char *text)
{
	tran r = {.sources = src_map_create()};
	const char *name[] = {"deck.cir"}, *texts[] = {text};
	const out_provenance provenance = {
	    .command = "test", .format = "thermospice-result", .n_text = 1, .text_name = name, .text = texts};
	const sim_options options = {0};
	int file = 0;
	r.diag = diag_create(r.sources);
	src_load_text(r.sources, "deck.cir", text, strlen(text), SRC_NOWHERE, &file);
	r.status = net_parse(r.sources, file, r.diag, &r.deck);
	if (r.status == TS_OK)
		r.status = elab_build(r.deck, r.sources, NULL, r.diag, &r.circuit);
	if (r.status == TS_OK)
		r.status = mna_compile(r.circuit, r.diag, &r.system);
	if (r.status == TS_OK)
		r.status = out_create(NULL, &provenance, r.diag, &r.file);
	if (r.status == TS_OK)
		r.status = sim_run(r.system, &r.circuit->request[0], &options, r.file, r.diag);
	if (r.file)
		r.t = read_set(&r, "/analyses/tran1/time", &r.n);
	diag_print(r.diag, stdout);
	return r;
}

static double *signal(tran *r, const char *name)
{
	char path[100];
	size_t n;
	snprintf(path, sizeof path, "/analyses/tran1/signals/%s", name);
	double *data = read_set(r, path, &n);
	T_INT(n, r->n);
	size_t finite = 0; /* fmax() over errors passes over what is none */
	for (size_t k = 0; data && k < n; k++)
		finite += isfinite(data[k]) != 0;
	T_INT(finite, n);
	return data;
}

static void finish(tran *r)
{
	diag_print(r->diag, stdout);
	alloc_free(r->t);
	if (r->file)
		out_close(r->file, 1, r->diag);
	mna_destroy(r->system);
	elab_destroy(r->circuit);
	net_deck_destroy(r->deck);
	diag_destroy(r->diag);
	src_map_destroy(r->sources);
}

static int method_is(tran *r, const char *method)
{
	char *text = NULL;
	out_get_attr_text(r->file, "/analyses/tran1", "method", &text, r->diag);
	const int same = T_STR(text ? text : "", method);
	alloc_free(text);
	return same;
}

static double number(tran *r, const char *name)
{
	double value = -1;
	out_get_attr_number(r->file, "/analyses/tran1", name, &value, r->diag);
	return value;
}

/* Largest difference of a signal from a function of time. */
static double deviation(tran *r, const char *name, double (*law)(double t))
{
	double *v = signal(r, name), worst = 0;
	for (size_t i = 0; v && i < r->n; i++)
		worst = isnan(v[i]) ? (double)INFINITY : fmax(worst, fabs(v[i] - law(r->t[i])));
	alloc_free(v);
	return worst;
}

/* deck, method, signal, law */
static double check_law(const char *deck, const char *method, const char *name, double (*law)(double t))
{
	tran r = run(deck);
	T_INT(r.status, TS_OK);
	T_TRUE(r.n > 10);
	method_is(&r, method);
	const double worst = deviation(&r, name, law);
	printf("  %s: %g steps, %g right-hand sides, worst deviation %.3g\n", method, number(&r, "steps"),
	       number(&r, "rhs_evals"), worst);
	finish(&r);
	return worst;
}

static double rc_law(double t)
{
	return 1 - exp(-t / 1e-6);
}

static void test_rc(void)
{
	t_section("RC step, CVODE");
	T_ABS(check_law("rc\nv1 in 0 pulse(0 1 0 1f 1f 1 2)\nr1 in out 1k\nc1 out 0 1n\n.tran 10n 5u\n.end\n", "cvode",
	                "v(out)", rc_law),
	      0, TOL_DEFAULT);
	t_section("RC step behind a node without capacitance, IDA");
	T_ABS(check_law(
	          "rc\nv1 in 0 pulse(0 1 0 1f 1f 1 2)\nr1 in m 400\nr2 m out 600\nc1 out 0 1n\n.tran 10n 5u\n.end\n",
	          "ida", "v(out)", rc_law),
	      0, TOL_DEFAULT);
}

/* Series RLC: L = 1 uH, C = 1 nF, R = 4 ohm, step of 1 V. */
static double rlc_law(double t)
{
	const double a = 4 / 2e-6, w0 = 1 / sqrt(1e-15), w = sqrt(w0 * w0 - a * a);
	return 1 - exp(-a * t) * (cos(w * t) + a / w * sin(w * t));
}

#define RLC "v1 in 0 pulse(0 1 0 1f 1f 1 2)\nr1 in m 4\nl1 m out 1u\nc1 out 0 1n\n.tran 10n 2u\n"

static void test_rlc(void)
{
	t_section("RLC ringing");
	T_ABS(check_law("rlc\n" RLC ".options reltol=1e-8\n.end\n", "ida", "v(out)", rlc_law), 0, TOL_FINE);
	t_section("RLC, error against reltol");
	double last = 1;
	for (int k = 4; k <= 8; k++) {
		char deck[400];
		snprintf(deck, sizeof deck, "rlc\n" RLC ".options reltol=1e-%d\n.end\n", k);
		const double error = check_law(deck, "ida", "v(out)", rlc_law);
		T_TRUE(error < 0.5 * last);
		T_ABS(error, 0, 20 * pow(10, -k));
		last = error;
	}
}

static void test_lc(void)
{
	t_section("LC: energy over 16 periods");
	tran r = run(
	    "lc\nl1 a 0 1u\nc1 a 0 1n\n.ic v(a)=1\n.save v(a) i(l1)\n.tran 10n 3.2u uic\n.options reltol=1e-8\n.end\n");
	T_INT(r.status, TS_OK);
	method_is(&r, "cvode");
	double *v = signal(&r, "v(a)"), *i = signal(&r, "i(l1)"), worst = 0, phase = 0;
	for (size_t k = 0; v && i && k < r.n; k++) {
		worst = fmax(worst, fabs(v[k] * v[k] + 1e3 * i[k] * i[k] - 1));
		phase = fmax(phase, fabs(v[k] - cos(r.t[k] / sqrt(1e-15))));
	}
	T_ABS(worst, 0, 20 * TOL_FINE);
	T_ABS(phase, 0, 20 * TOL_FINE);
	alloc_free(v);
	alloc_free(i);
	finish(&r);
}

/* Response of tau = 1 us to a unit ramp from t0. */
static double ramp(double t, double t0)
{
	return t > t0 ? (t - t0) - 1e-6 * (1 - exp(-(t - t0) / 1e-6)) : 0;
}

static double pulse_law(double t)
{
	double v = 0;
	for (int k = 0; k < 3; k++) {
		const double t0 = 1e-6 + k * 4e-6;
		v += (ramp(t, t0) - ramp(t, t0 + 1e-8) - ramp(t, t0 + 1.51e-6) + ramp(t, t0 + 1.52e-6)) / 1e-8;
	}
	return v;
}

static void test_pulse(void)
{
	t_section("PULSE corners");
	tran r = run("pulse\nv1 in 0 pulse(0 1 1u 10n 10n 1.5u 4u)\nr1 in out 1k\nc1 out 0 1n\n.tran 50n 12u\n.end\n");
	T_INT(r.status, TS_OK);
	T_INT(r.n, 241);
	T_TRUE(number(&r, "corners") >= 11);
	T_ABS(deviation(&r, "v(out)", pulse_law), 0, TOL_DEFAULT);
	double *i = signal(&r, "i(v1)"), *v = signal(&r, "v(out)"), worst = 0;
	for (size_t k = 0; i && v && k < r.n; k++) {
		const double phase = fmod(r.t[k] - 1e-6 + 4e-6, 4e-6);
		if (phase > 2e-8 && phase < 1.5e-6) /* flat top: the source delivers (1 - v) / R */
			worst = fmax(worst, fabs(i[k] + (1 - v[k]) / 1e3) * 1e3);
	}
	T_ABS(worst, 0, 1e-9);
	alloc_free(i);
	alloc_free(v);
	finish(&r);
}

static double sine_law(double t)
{
	const double w = 2 * PHYS_PI * 2e5, tau = 1e-6, b = w * tau;
	return (sin(w * t) - b * cos(w * t) + b * exp(-t / tau)) / (1 + b * b);
}

/* C in series with R to ground: the current of the source is C d(vin - v)/dt, which needs the waveform's slope. */
static double high_pass_law(double t)
{
	return sin(2 * PHYS_PI * 2e5 * t) - sine_law(t);
}

static void test_sine(void)
{
	t_section("SIN drive, low pass and high pass");
	T_ABS(check_law("sin\nv1 in 0 sin(0 1 200k)\nr1 in out 1k\nc1 out 0 1n\n.tran 50n 20u\n.end\n", "cvode",
	                "v(out)", sine_law),
	      0, TOL_DEFAULT);
	T_ABS(check_law("sin\nv1 in 0 sin(0 1 200k)\nc1 in out 1n\nr1 out 0 1k\n.tran 50n 20u\n.end\n", "cvode",
	                "v(out)", high_pass_law),
	      0, TOL_DEFAULT);
	T_ABS(check_law("sin\nv1 in 0 sin(0 1 200k)\nc1 in m 1n\nr1 m out 500\nr2 out 0 500\n.tran 50n 20u\n.end\n",
	                "ida", "v(m)", high_pass_law),
	      0, TOL_DEFAULT);
}

static double half_sine(double t)
{
	return 0.5 * sin(2 * PHYS_PI * 2e5 * t);
}

/* a and b joined by a source without resistance: (C1 + C2) va' = C2 vs' - va / R, index 2. */
static double index_two_law(double t)
{
	const double w = 2 * PHYS_PI * 2e5, tau = 2e-6, b = w * tau, gain = 0.5;
	return gain * b / (1 + b * b) * (b * sin(w * t) + cos(w * t) - exp(-t / tau));
}

static void test_index(void)
{
	t_section("no charge at all");
	T_ABS(check_law("div\nv1 in 0 sin(0 1 200k)\nr1 in out 1k\nr2 out 0 1k\n.tran 50n 20u\n.end\n", "ida", "v(out)",
	                half_sine),
	      0, TOL_DEFAULT);
	t_section("index 2: a floating source across two capacitors");
	T_ABS(check_law("ix2\nv1 a b sin(0 1 200k)\nc1 a 0 1n\nc2 b 0 1n\nr1 a 0 1k\n.tran 50n 20u\n.end\n", "ida",
	                "v(a)", index_two_law),
	      0, TOL_DEFAULT);
	t_section("floating capacitor: regular split impossible");
	T_ABS(check_law("flo\nv1 in 0 pulse(0 1 0 1p 1p 1 2)\nr1 in a 400\nc1 a b 1n\nr2 b 0 600\n.save v(a,b)\n.tran "
	                "10n 5u\n.end\n",
	                "ida", "v(a,b)", rc_law),
	      0, TOL_DEFAULT);
}

static void test_rectifier(void)
{
	t_section("diode rectifier, coarse against fine");
	static const char deck[] =
	    "rect\nv1 in 0 sin(0 2 1k)\nr0 in a 10\nd1 a out dm\nc1 out 0 1u\nr1 out 0 10k\n"
	    ".model dm d(is=1e-14)\n.tran 10u 3m\n.options reltol=%s\n.end\n";
	char text[400];
	snprintf(text, sizeof text, deck, "1e-4");
	tran coarse = run(text);
	snprintf(text, sizeof text, deck, "1e-8");
	tran fine = run(text);
	T_INT(coarse.status, TS_OK);
	T_INT(fine.status, TS_OK);
	double *a = signal(&coarse, "v(out)"), *b = signal(&fine, "v(out)"), worst = 0, top = 0, low = 0;
	for (size_t i = 0; a && b && i < fine.n; i++) {
		worst = fmax(worst, fabs(a[i] - b[i]));
		top = fmax(top, b[i]);
		low = fmin(low, b[i]);
	}
	T_ABS(worst, 0, 1e-3);
	T_TRUE(top > 1.2 && top < 1.6);
	T_TRUE(low > -1e-3);
	alloc_free(a);
	alloc_free(b);
	finish(&coarse);
	finish(&fine);
}

/* Gate behind a resistor: what flows in on the way up flows out on the way down. */
static void test_charge(void)
{
	t_section("EKV inverter: charge through the gate resistor over a cycle, rails");
	tran r = run("inv\n.include \"" TS_TEST_SOURCE_DIR "/models/ekv26_0u5.lib\"\nvdd vdd 0 2\n"
	             "vin in 0 pulse(0 2 5n 0.1n 0.1n 20n 100n)\nrg in g 10k\nmn out g 0 0 ekv_n w=10u l=0.5u\n"
	             "mp out g vdd vdd ekv_p w=20u l=0.5u\ncl out 0 20f\n.tran 2p 60n\n.options reltol=1e-7\n.end\n");
	T_INT(r.status, TS_OK);
	method_is(&r, "ida");
	double *in = signal(&r, "v(in)"), *g = signal(&r, "v(g)"), *out = signal(&r, "v(out)"), net = 0, gross = 0;
	for (size_t i = 1; in && g && i < r.n; i++) {
		const double q = 0.5 * (in[i] - g[i] + in[i - 1] - g[i - 1]) * (r.t[i] - r.t[i - 1]);
		net += q;
		gross += fabs(q);
	}
	T_TRUE(gross > 0);
	T_ABS(net / gross, 0, TOL_CHARGE);
	if (out) {
		T_ABS(out[0], 2, 1e-3);
		T_ABS(out[r.n / 3], 0, 1e-3);
		T_ABS(out[r.n - 1], 2, 1e-3);
	}
	alloc_free(in);
	alloc_free(g);
	alloc_free(out);
	finish(&r);
}

static void test_grid(void)
{
	t_section("TSTART, an end off the grid, interrupt");
	tran r = run("rc\nv1 in 0 1\nr1 in out 1k\nc1 out 0 1n\n.tran 1u 5.5u 2u\n.end\n");
	T_INT(r.status, TS_OK);
	T_INT(r.n, 5);
	if (r.n == 5) {
		T_REL(r.t[0], 2e-6, TOL_EXACT);
		T_REL(r.t[4], 5.5e-6, TOL_EXACT);
	}
	finish(&r);
	stop_request();
	r = run("rc\nv1 in 0 1\nr1 in out 1k\nc1 out 0 1n\n.tran 1u 5u\n.end\n");
	stop_clear();
	T_INT(r.status, TS_STOPPED);
	T_INT(r.n, 1);
	finish(&r);
}

int main(void)
{
	test_rc();
	test_rlc();
	test_lc();
	test_pulse();
	test_sine();
	test_index();
	test_rectifier();
	test_charge();
	test_grid();
	return t_done();
}
