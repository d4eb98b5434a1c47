/* SPDX-License-Identifier: Apache-2.0
 * Audit of the fluctuation-dissipation theorem over every transistor model, on a grid: model card x temperature x
 * inversion level, each over sizes, source-bulk voltages and drain voltages through both signs (physics.md 1.5, 4.4,
 * case 4). tests/conformance checks the same laws of every device at random biases; this walks the shipped cards from
 * weak to strong inversion and prints what it finds:
 *
 *   Nyquist    |S/(4kT g) - 1| at Vds = 0 and at Vds = +-1 nV, g the conductance at Vds = 0: within 1e-6 (at 1 nV the
 *              device itself differs from its limit by about Vds/2U = 2e-8);
 *   bound      least S Vds/(4kT I) - 1 over 1 uV .. 3 V of either sign, the lower of drain and source held at the
 *              level: not below rounding;
 *   shot       largest |S/[2q I coth(Vds/2U)] - 1| there, a law in weak inversion only: no further off than the
 *              inversion level there, and for subvt to rounding always;
 *   published  largest S/(4kT g) - 1 at Vds = 0 of the law published with the card (NOISE=card): for EKV 1 % and more
 *              in weak inversion, so that the audit would notice.
 *
 * Called with --table it also prints the rows of docs/fdt.md (bench/fdt_audit.py).
 */
#include "base/phys.h"
#include "harness/t.h"
#include "physics/static_deck.h"

#define TOL_NYQUIST 1e-6
#define TOL_ROUNDING 1e-12   /* EKV: I and S have full relative accuracy at every Vds */
#define TOL_RATES 1e-9       /* subvt: I is a difference of rates, at 1 uV of 26 mV it has lost up to six digits */
#define LEAST_PUBLISHED 0.01 /* n_q/n - 1 of physics.md 1.6 */
#define WEAK_LEVEL 1e-2      /* up to it the relative departure from shot noise is below */
#define WEAK_FACTOR 1.0      /* times the inversion level at that bias */
enum { D, G, S, B };
enum { MODELS = 5, TEMPERATURES = 3, LEVELS = 7, SIZES = 5, SOURCES = 2 };

static const double temperature[TEMPERATURES] = {233, 300, 398};
static const double level[LEVELS] = {1e-6, 1e-4, 1e-2, 1, 10, 100, 1000};
static const double source_bulk[SOURCES] = {0, 0.5};
/* The last two: a channel shorter than the cards are meant for, and fifty times their series resistance. */
static const struct size {
	double w, l, rsh_factor;
} size[SIZES] = {{10e-6, 10e-6, 0}, {2e-6, 1e-6, 1}, {1e-6, 0.5e-6, 1}, {0.8e-6, 0.25e-6, 1}, {1e-6, 0.5e-6, 50}};

static const char deck_text[] = "FDT audit\n"
                                ".include \"" TS_TEST_SOURCE_DIR "/models/ekv26_0u5.lib\"\n"
                                ".model n1 nmos level=subvt i0=1n\n"
                                ".model p1 pmos level=subvt i0=1n\n"
                                ".model n14 nmos level=subvt i0=1n n=1.4 vth=0.4\n"
                                ".model p14 pmos level=subvt i0=1n n=1.4 vth=0.4\n"
                                ".model n2 nmos level=subvt i0=1n n=2\n"
                                ".model p2 pmos level=subvt i0=1n n=2\n"
                                "v1 d 0 0\n"
                                "m1 d d 0 0 ekv_n\nm2 d d 0 0 ekv_p\nm3 d d 0 0 n1\nm4 d d 0 0 p1\n"
                                "m5 d d 0 0 n14\nm6 d d 0 0 p14\nm7 d d 0 0 n2\nm8 d d 0 0 p2\n"
                                ".op\n";
static const struct model {
	const char *title;
	int first, n; /* instances m1 .. : cards of one line of the table */
} model[MODELS] = {
    {"ekv_n", 1, 1}, {"ekv_p", 2, 1}, {"subvt, n = 1", 3, 2}, {"subvt, n = 1.4", 5, 2}, {"subvt, n = 2", 7, 2}};

typedef struct device {
	const dev_type *type;
	const dev_shape *shape;
	double sign, t, u;
	int is_ekv;
	_Alignas(64) double k[96 * LANES];
} device;
typedef struct value {
	double i, s, published, g, level; /* current d to s, PSDs, dI/dVd, larger inversion level of both ends */
} value;
typedef struct finding {
	double nyquist, bound, shot, shot_per_level, published;
	long n;
} finding;

/* Constants of a size at a temperature; sizes without meaning for a model (subvt has no resistance) just repeat. */
static void set_up(device *d, const elab_instance *m, const struct size *z, double t)
{
	double param[96], k[96] = {0};
	const dev_type *type = m->type;
	memcpy(param, m->param, (size_t)type->n_param * sizeof *param);
	param[dev_param_index(type, "w")] = z->w;
	param[dev_param_index(type, "l")] = z->l;
	const int rsh = dev_param_index(type, "rsh");
	if (rsh >= 0)
		param[rsh] *= z->rsh_factor;
	*d = (device){.type = type,
	              .shape = m->shape,
	              .sign = m->polarity,
	              .t = t,
	              .u = phys_ut(t),
	              .is_ekv = strcmp(type->name, "mosfet_ekv") == 0};
	T_TRUE(type->derive(param, m->polarity, t, k) == NULL);
	for (int e = 0; e < type->n_const * LANES; e++)
		d->k[e] = k[e / LANES];
}

/* At gate, drain and source voltages to the bulk, mirrored for pmos. Impact ionisation enters the drain only: the
 * channel's current is the smaller of those at its ends. */
static value at(const device *d, double vg, double vd, double vs)
{
	static _Alignas(64) double v[4 * LANES], t[LANES], f[4 * LANES], g[16 * LANES], s[2 * LANES], obs[16 * LANES],
	    rate[4 * LANES];
	const double port[4] = {vd, vg, vs, 0};
	for (int e = 0; e < 4 * LANES; e++)
		v[e] = d->sign * port[e / LANES];
	const dev_in in = {.v = v,
	                   .k = d->k,
	                   .t = t,
	                   .shape = d->shape,
	                   .want = DEV_F | DEV_G | DEV_S | DEV_OBS | (d->is_ekv ? 0 : DEV_RATE)};
	dev_out out = {.f = f, .g = g, .s = s, .obs = obs, .rate = rate};
	dev_kernel(d->type)(&in, &out);
	const double enters = d->sign * f[D * LANES], leaves = -d->sign * f[S * LANES];
	value x = {.i = fabs(enters) < fabs(leaves) ? enters : leaves, .s = s[0]};
	for (int e = 0; e < d->shape->n_stamp; e++)
		if (d->shape->stamp[e].row == D && d->shape->stamp[e].col == D && (d->shape->stamp[e].part & DEV_G))
			x.g = g[e * LANES];
	x.published = d->is_ekv ? obs[8 * LANES] : s[0];
	/* subvt: current of one direction at unit size over i0, the counterpart of i_f */
	x.level = d->is_ekv ? fmax(obs[5 * LANES], obs[6 * LANES]) : fmax(rate[0], rate[LANES]) * PHYS_Q / 1e-9;
	return x;
}

/* Gate voltage at which the source end has an inversion level, by bisection. */
static double gate_for(const device *d, double want, double vs)
{
	double low = -3, high = 30;
	for (int k = 0; k < 80; k++) {
		const double middle = 0.5 * (low + high);
		*(at(d, middle, vs, vs).level < want ? &low : &high) = middle;
	}
	return 0.5 * (low + high);
}

static void probe(const device *d, double vg, double vs, finding *x)
{
	const double four_kt = 4 * PHYS_K * d->t, small[3] = {0, 1e-9, -1e-9};
	const value rest = at(d, vg, vs, vs);
	const double g = rest.g;
	x->published = fmax(x->published, rest.published / (four_kt * g) - 1);
	for (int k = 0; k < 3; k++)
		x->nyquist = fmax(x->nyquist, fabs(at(d, vg, vs + small[k], vs).s / (four_kt * g) - 1));
	for (int step = -40; step <= 40; step++) {
		const double high = vs + 1e-6 * pow(3e6, (abs(step) - 1) / 39.0);
		const double vds = step < 0 ? vs - high : high - vs; /* what the kernel sees */
		if (step == 0)
			continue;
		const value y = step < 0 ? at(d, vg, vs, high) : at(d, vg, high, vs);
		x->bound = fmin(x->bound, y.s * vds / (four_kt * y.i) - 1);
		const double shot = fabs(y.s / (2 * PHYS_Q * y.i / tanh(vds / (2 * d->u))) - 1);
		x->shot = fmax(x->shot, shot);
		x->shot_per_level = fmax(x->shot_per_level, shot / y.level);
		x->n++;
	}
}

static void audit(const elab_instance *m, double t, double want, finding *x)
{
	static device d;
	static const struct size unit = {1e-6, 1e-6, 1};
	const int is_ekv = strcmp(m->type->name, "mosfet_ekv") == 0;
	for (int k = 0; k < (is_ekv ? SIZES : 1); k++) {
		set_up(&d, m, is_ekv ? &size[k] : &unit, t);
		for (int b = 0; b < SOURCES; b++) {
			const double vs = source_bulk[b], vg = gate_for(&d, want, vs);
			T_REL(at(&d, vg, vs, vs).level, want, TOL_NYQUIST);
			probe(&d, vg, vs, x);
		}
	}
}

static void check(const finding *x, int is_ekv, double want)
{
	T_ABS(x->nyquist, 0, TOL_NYQUIST);
	T_TRUE(x->bound >= -(is_ekv ? TOL_ROUNDING : TOL_RATES) && x->n > 0);
	T_TRUE(is_ekv && want < 1 ? x->published > LEAST_PUBLISHED : x->published > -TOL_NYQUIST);
	if (!is_ekv)
		T_ABS(x->shot, 0, TOL_RATES);
	else if (want <= WEAK_LEVEL)
		T_ABS(x->shot_per_level, 0, WEAK_FACTOR);
}

static void print_row(const char *name, double want, const finding *x)
{
	finding all = {.bound = HUGE_VAL};
	printf("| %s | %g |", name, want);
	for (int k = 0; k < TEMPERATURES; k++) {
		printf(" %.1e |", x[k].nyquist);
		all.bound = fmin(all.bound, x[k].bound);
		all.shot = fmax(all.shot, x[k].shot);
		all.published = fmax(all.published, x[k].published);
	}
	printf(" %+.0e | %.1e | %+.4f |\n", all.bound, all.shot, all.published);
}

int main(int argc, char **argv)
{
	const int table = argc > 1 && strcmp(argv[1], "--table") == 0;
	static_deck deck = static_deck_open(deck_text, 0, 1);
	if (!T_TRUE(deck.status == TS_OK))
		return t_done();
	for (int m = 0; m < MODELS; m++)
		for (int l = 0; l < LEVELS; l++) {
			const elab_instance *instance = &deck.circuit->instance[model[m].first];
			finding x[TEMPERATURES];
			for (int k = 0; k < TEMPERATURES; k++) {
				x[k] = (finding){.bound = HUGE_VAL};
				for (int i = 0; i < model[m].n; i++)
					audit(&instance[i], temperature[k], level[l], &x[k]);
				check(&x[k], m < 2, level[l]);
			}
			if (table)
				print_row(model[m].title, level[l], x);
		}
	static_deck_close(&deck);
	return t_done();
}
