/* SPDX-License-Identifier: Apache-2.0
 * g, c and ds against differences of f, q and s at random bias points, for every pair of ports: pairs without a stamp
 * must have no slope. With and without mid-jump shift.
 *
 * Central differences at steps h, h/2, h/4, extrapolated twice [Richardson 1911]; the step out of a ladder whose own
 * error estimate is smallest counts. The allowance is a relative part, the estimate, and rounding of the values over
 * the step; a second law says that this allowance is small nearly everywhere, so that the first one means something.
 */
#include "conformance/cases.h"
#include "conformance/points.h"

#define TOL_SLOPE 1e-6      /* of the entry */
#define TOL_RESOLVED 1e-4   /* allowance over entry, above which an entry counts as not resolved */
#define MAX_UNRESOLVED 0.08 /* fraction of the entries that matter in their row */
#define MATTERS 1e-5        /* of the largest entry of the row */
#define ROUNDING 128.0      /* ulps of the value, and per V/U: what an exponent's rounding does */
#define FLOOR_F 1e-50       /* S: nothing below matters, and exponentials saturate */
#define FLOOR_S 1e-80       /* A^2/Hz/V */
#define FLOOR_Q 1e-12       /* of the largest capacitance: charges cancel to rounding */
enum { ROUNDS = 24, STEPS = 5, LEVELS = 3 };

/* One differentiated quantity: value array and, as a function of (row, col), the device's own slope. */
typedef enum kind { KIND_F, KIND_Q, KIND_S, N_KIND } kind;
static const char *const kind_name[N_KIND] = {"g = df/dv", "c = dq/dv", "ds = ds/dv"};

typedef struct slope {
	double value, estimate; /* extrapolated difference quotient and its allowance */
} slope;
typedef struct tally {
	conf_worst worst[N_KIND];
	long matters, unresolved;
} tally;

static const double *values(const conf_out *out, kind what)
{
	return what == KIND_F ? out->f : (what == KIND_Q ? out->q : out->s);
}
static int rows(const conf_case *c, kind what)
{
	return what == KIND_S ? c->shape->n_noise : c->shape->n_port;
}
static double analytic(const conf_case *c, const conf_out *out, kind what, const int at[2], int j)
{
	if (what == KIND_S)
		return out->ds[(at[0] * c->shape->n_port + at[1]) * LANES + j];
	return conf_entry(c, what == KIND_F ? out->g : out->c, what == KIND_F ? DEV_G : DEV_C, at, j);
}

/* Evaluations of one ladder step: level l at +h/2^l and -h/2^l. */
typedef struct ladder {
	conf_out plus[LEVELS], minus[LEVELS];
	double h[LEVELS][LANES]; /* half the distance actually taken */
} ladder;

/* One port swept: the device's own answer at the bias and the steps around it. */
typedef struct sweep {
	conf_out out;
	ladder step[STEPS];
	int col;
} sweep;

static void climb(const conf_case *c, const conf_bias *bias, int col, double h, ladder *l)
{
	for (int level = 0; level < LEVELS; level++) {
		conf_bias plus = *bias, minus = *bias;
		const double step = h / (1 << level);
		for (int j = 0; j < LANES; j++) {
			plus.v[col * LANES + j] += step;
			minus.v[col * LANES + j] -= step;
			l->h[level][j] = 0.5 * (plus.v[col * LANES + j] - minus.v[col * LANES + j]);
		}
		conf_eval(c, &plus, DEV_F | DEV_Q | DEV_S, &l->plus[level]);
		conf_eval(c, &minus, DEV_F | DEV_Q | DEV_S, &l->minus[level]);
	}
}
static slope extrapolate(const ladder *l, kind what, int row, int j, double noise)
{
	double d[LEVELS];
	for (int level = 0; level < LEVELS; level++) {
		const double plus = conf_at(values(&l->plus[level], what), row, j);
		const double minus = conf_at(values(&l->minus[level], what), row, j);
		d[level] = (plus - minus) / (2 * l->h[level][j]);
	}
	const double first = d[1] + (d[1] - d[0]) / 3, second = d[2] + (d[2] - d[1]) / 3;
	const double best = second + (second - first) / 15;
	const double spread = 2 * fmax(fabs(best - second), fabs(second - first));
	return (slope){best, spread + noise / l->h[LEVELS - 1][j]};
}
/* A finer step that contradicts a coarser one wins: the coarser one stepped over a kink. */
static slope best_slope(const ladder l[STEPS], kind what, int row, int j, double noise)
{
	slope best = extrapolate(&l[0], what, row, j, noise);
	for (int step = 1; step < STEPS; step++) {
		const slope next = extrapolate(&l[step], what, row, j, noise);
		const int contradicts = fabs(next.value - best.value) > next.estimate + best.estimate;
		if (contradicts || !(next.estimate >= best.estimate))
			best = next;
	}
	return best;
}

static double row_size(const conf_case *c, const conf_out *out, kind what, int row, int j)
{
	double size = 0;
	for (int col = 0; col < c->shape->n_port; col++)
		size = fmax(size, fabs(analytic(c, out, what, (const int[]){row, col}, j)));
	return size;
}
static double matrix_size(const conf_case *c, const conf_out *out, kind what, int j)
{
	double size = 0;
	for (int row = 0; row < rows(c, what); row++)
		size = fmax(size, row_size(c, out, what, row, j));
	return size;
}
/* Slopes below this do not count. */
static double floor_of(const conf_case *c, const conf_out *out, kind what, int j)
{
	if (what == KIND_Q)
		return FLOOR_Q * matrix_size(c, out, what, j);
	return what == KIND_F ? FLOOR_F : FLOOR_S;
}
/* Rounding of a value: charges of one device cancel, so theirs is that of the largest; a current may be the difference
 * of two streams that enter its port, whose size is S/2q. */
static double rounding_of(conf_point at, const conf_out *out, kind what, int row)
{
	const conf_case *c = at.c;
	const int j = at.j;
	double ulps = 1, size = fabs(conf_at(values(out, what), row, j));
	for (int p = 0; p < c->shape->n_port; p++) {
		if (conf_is_voltage(c, p))
			ulps += fabs(conf_at(at.bias->v, p, j)) / conf_ut(c);
		if (what == KIND_Q)
			size = fmax(size, fabs(conf_at(out->q, p, j)) + row_size(c, out, what, p, j) * conf_ut(c));
	}
	for (int k = 0; k < c->shape->n_noise && what == KIND_F; k++)
		if (c->shape->noise[k].rates && (c->shape->noise[k].from == row || c->shape->noise[k].to == row))
			size = fmax(size, conf_at(out->s, k, j) / (2 * PHYS_Q));
	return ROUNDING * ulps * DBL_EPSILON * size;
}
/* Does the slope matter in its row and against the value over kT/q? Charges: against all of the device's. */
static int matters(const conf_case *c, const conf_out *out, kind what, const int at[2], int j)
{
	const double got = fabs(analytic(c, out, what, at, j));
	double size = fabs(conf_at(values(out, what), at[0], j)) / conf_ut(c);
	size = fmax(size, what == KIND_Q ? matrix_size(c, out, what, j) : row_size(c, out, what, at[0], j));
	return got > MATTERS * size && got > floor_of(c, out, what, j);
}
static const char *row_name(const conf_case *c, kind what, int row)
{
	return what == KIND_S ? c->shape->noise[row].name : c->shape->port[row].name;
}

/* Slopes of densities are given for white sources. */
static int has_slope(const conf_case *c, kind what, int row)
{
	return what != KIND_S || c->shape->noise[row].spectrum == DEV_WHITE;
}

/* One column in all lanes. */
static void compare(const conf_case *c, const conf_bias *bias, const sweep *w, kind what, tally *t)
{
	for (int row = 0; row < rows(c, what); row++) {
		if (!has_slope(c, what, row))
			continue;
		for (int j = 0; j < LANES; j++) {
			const int at[2] = {row, w->col};
			const conf_point here = {c, bias, j};
			const double got = analytic(c, &w->out, what, at, j);
			const slope want = best_slope(w->step, what, row, j, rounding_of(here, &w->out, what, row));
			conf_note(&t->worst[what], here, got - want.value,
			          TOL_SLOPE * fabs(got) + want.estimate + floor_of(c, &w->out, what, j),
			          "d%s/d%s = %.12g, differences %.12g", row_name(c, what, row),
			          c->shape->port[w->col].name, got, want.value);
			if (matters(c, &w->out, what, at, j)) {
				t->matters++;
				t->unresolved += !(want.estimate < TOL_RESOLVED * fabs(got));
			}
		}
	}
}

static void at_bias(const conf_case *c, const conf_bias *bias, tally *t)
{
	static sweep w;
	conf_eval(c, bias, CONF_ALL, &w.out);
	for (w.col = 0; w.col < c->shape->n_port; w.col++) {
		double h = conf_is_voltage(c, w.col) ? 0.25 * conf_ut(c) : 1e-3;
		for (int step = 0; step < STEPS; step++, h /= 12)
			climb(c, bias, w.col, h, &w.step[step]);
		for (int what = 0; what < N_KIND; what++)
			compare(c, bias, &w, (kind)what, t);
	}
}

static void test_case(const conf_case *c, conf_random *random)
{
	tally t = {0};
	conf_bias bias;
	for (int round = 0; round < ROUNDS; round++) {
		conf_random_bias(random, c, &bias);
		at_bias(c, &bias, &t);
		bias.shifted = 1;
		if (conf_has_rates(c))
			at_bias(c, &bias, &t);
	}
	for (int what = 0; what < N_KIND; what++)
		CONF_VERDICT(&t.worst[what], c, kind_name[what]);
	CONF_CHECK((double)t.unresolved <= MAX_UNRESOLVED * (double)t.matters, c->name,
	           "differences too coarse to judge at %ld of %ld entries", t.unresolved, t.matters);
}

int main(void)
{
	static const double temperature[] = {77, 300, 400};
	static conf_case c;
	conf_random random = {1};
	for (size_t k = 0; k < sizeof temperature / sizeof *temperature; k++)
		for (int i = 0; conf_open(&c, i, temperature[k]); i++)
			test_case(&c, &random);
	return t_done();
}
