/* SPDX-License-Identifier: Apache-2.0
 * Conservation laws at random bias points. Over the voltage ports: sum f = 0 (Kirchhoff), sum q = 0 (a device holds no
 * net charge); so do the columns of g and c. Rows of g and c sum to zero, and so does ds, where only voltage
 * differences matter, and f, q, s do not change when all voltages move together. Energy: at equal voltages on the ends
 * of each noise source c is symmetric (dQi/dVj = dQj/dVi, physics.md 2.1, else the Gibbs state fails) and never
 * negative as a form; a device that says linear_q has one c and q = c v.
 */
#include "conformance/cases.h"
#include "conformance/points.h"

#define TOL_SUM 64.0        /* ulps of the sum of magnitudes */
#define TOL_SHIFT 1024.0    /* ulps of a value under a common shift, and per V/U: rounding in exponents */
#define TOL_CHARGE 1e-12    /* of the largest charge: charges of one device cancel */
#define TOL_RECIPROCAL 1e-9 /* of the largest c */
#define TOL_PUBLISHED 0.75  /* the same, CONF_CHARGE: 0.05 at reverse bulk bias, 0.53 with the bulk 3 V forward */
#define TOL_FORM 1e-4       /* negative part of the form, CONF_CHARGE */
#define TOL_LINEAR 1e-13
#define COMMON_SHIFT 0.75 /* V */
#define GRID 0x1p-40      /* V */
enum { ROUNDS = 100 };

typedef struct laws {
	conf_worst f, q, column_g, column_c, row_g, row_c, row_ds, moved, symmetric, positive, constant, linear;
} laws;

/* Sum over voltage ports of item p of an array, against the sum of magnitudes. */
static void sum_ports(const conf_point at, const double *array, const char *what, conf_worst *worst)
{
	double sum = 0, size = 0;
	for (int p = 0; p < at.c->shape->n_port; p++) {
		if (conf_is_voltage(at.c, p)) {
			sum += conf_at(array, p, at.j);
			size += fabs(conf_at(array, p, at.j));
		}
	}
	conf_note(worst, at, sum, TOL_SUM * DBL_EPSILON * size, "sum of %s = %.3g, magnitudes %.3g", what, sum, size);
}

/* Sum of a row (down = 0) or column (down = 1) of g or c over the voltage ports. */
static void sum_matrix(const conf_point at, const double *array, unsigned part, int down, conf_worst *worst)
{
	for (int fixed = 0; fixed < at.c->shape->n_port; fixed++) {
		double sum = 0, size = 0;
		for (int p = 0; p < at.c->shape->n_port; p++) {
			const int entry[2] = {down ? p : fixed, down ? fixed : p};
			const double value = conf_entry(at.c, array, part, entry, at.j);
			sum += conf_is_voltage(at.c, p) ? value : 0;
			size += conf_is_voltage(at.c, p) ? fabs(value) : 0;
		}
		conf_note(worst, at, sum, TOL_SUM * DBL_EPSILON * size, "%s of %s sums to %.3g, magnitudes %.3g",
		          down ? "column" : "row", at.c->shape->port[fixed].name, sum, size);
	}
}
static void sum_ds(const conf_point at, const conf_out *out, conf_worst *worst)
{
	const int n = at.c->shape->n_port;
	for (int k = 0; k < at.c->shape->n_noise; k++)
		sum_ports(at, out->ds + k * n * LANES, "ds", worst);
}

/* Values at all voltages + COMMON_SHIFT against values at v. */
static void compare_moved(const conf_point at, const conf_out *here, const conf_out *there, conf_worst *worst)
{
	double ulps = 1, charge = 0;
	for (int p = 0; p < at.c->shape->n_port; p++) {
		ulps += fabs(conf_at(at.bias->v, p, at.j)) / conf_ut(at.c);
		charge = fmax(charge, fabs(conf_at(here->q, p, at.j)));
	}
	const double relative = TOL_SHIFT * ulps * DBL_EPSILON;
	for (int p = 0; p < at.c->shape->n_port; p++) {
		const double f = conf_at(here->f, p, at.j), q = conf_at(here->q, p, at.j);
		const double volt = conf_is_voltage(at.c, p) ? 0 : relative; /* a branch equation is in volts */
		conf_note(worst, at, conf_at(there->f, p, at.j) - f, relative * fabs(f) + volt, "f[%s] = %.12g moves",
		          at.c->shape->port[p].name, f);
		conf_note(worst, at, conf_at(there->q, p, at.j) - q, relative * fabs(q) + ulps * TOL_CHARGE * charge,
		          "q[%s] = %.12g moves", at.c->shape->port[p].name, q);
	}
	for (int k = 0; k < at.c->shape->n_noise; k++) {
		const double s = conf_at(here->s, k, at.j);
		conf_note(worst, at, conf_at(there->s, k, at.j) - s, relative * s, "s[%s] = %.12g moves",
		          at.c->shape->noise[k].name, s);
	}
}

static void test_bias(const conf_case *c, const conf_bias *bias, laws *l)
{
	static conf_out out, there;
	conf_bias moved = *bias;
	conf_eval(c, bias, CONF_ALL, &out);
	for (int p = 0; p < c->shape->n_port; p++)
		for (int j = 0; j < LANES; j++)
			moved.v[p * LANES + j] += conf_is_voltage(c, p) ? COMMON_SHIFT : 0;
	conf_eval(c, &moved, CONF_ALL, &there);
	for (int j = 0; j < LANES; j++) {
		const conf_point at = {c, bias, j};
		sum_ports(at, out.f, "f", &l->f);
		sum_ports(at, out.q, "q", &l->q);
		sum_matrix(at, out.g, DEV_G, 1, &l->column_g);
		sum_matrix(at, out.c, DEV_C, 1, &l->column_c);
		if (c->trait & CONF_GROUNDED)
			continue;
		sum_matrix(at, out.g, DEV_G, 0, &l->row_g);
		sum_matrix(at, out.c, DEV_C, 0, &l->row_c);
		sum_ds(at, &out, &l->row_ds);
		compare_moved(at, &out, &there, &l->moved);
	}
}

static double largest_c(const conf_case *c, const conf_out *out, int j)
{
	double size = 0;
	for (int s = 0; s < c->shape->n_stamp; s++)
		if (c->shape->stamp[s].part & DEV_C)
			size = fmax(size, fabs(conf_at(out->c, s, j)));
	return size;
}
/* c at rest: symmetric, and x c x >= 0 for a few x; the branch of an inductor is a flux, with the other sign. */
static void test_rest(const conf_case *c, conf_random *random, const conf_bias *bias, laws *l)
{
	static conf_out out;
	conf_eval(c, bias, DEV_C, &out);
	for (int j = 0; j < LANES; j++) {
		const conf_point at = {c, bias, j};
		const double size = largest_c(c, &out, j);
		const int published = (c->trait & CONF_CHARGE) != 0;
		double x[CONF_PORTS], form = 0;
		for (int p = 0; p < c->shape->n_port; p++)
			x[p] = conf_uniform(random, -1, 1);
		for (int a = 0; a < c->shape->n_port; a++) {
			for (int b = 0; b < c->shape->n_port; b++) {
				const double one = conf_entry(c, out.c, DEV_C, (const int[]){a, b}, j);
				const double other = conf_entry(c, out.c, DEV_C, (const int[]){b, a}, j);
				conf_note(&l->symmetric, at, one - other,
				          (published ? TOL_PUBLISHED : TOL_RECIPROCAL) * size,
				          "c[%s][%s] = %.12g, transposed %.12g", c->shape->port[a].name,
				          c->shape->port[b].name, one, other);
				form += conf_is_voltage(c, a) ? x[a] * one * x[b] : -x[a] * one * x[b];
			}
		}
		conf_note(&l->positive, at, c->trait & CONF_SHARE ? 0 : fmin(form, 0),
		          (published ? TOL_FORM : TOL_RECIPROCAL) * size, "x c x = %.3g, largest c %.3g", form, size);
	}
}

/* linear_q: c[s] is the same everywhere and q = c v. */
static void test_linear(const conf_case *c, const conf_bias *bias, const conf_out *first, laws *l)
{
	static conf_out out;
	conf_eval(c, bias, CONF_ALL, &out);
	for (int j = 0; j < LANES; j++) {
		const conf_point at = {c, bias, j};
		for (int s = 0; s < c->shape->n_stamp; s++)
			if (c->shape->stamp[s].part & DEV_C)
				conf_note(&l->constant, at, conf_at(out.c, s, j) - conf_at(first->c, s, 0), 0,
				          "c of stamp %d = %.17g, elsewhere %.17g", s, conf_at(out.c, s, j),
				          conf_at(first->c, s, 0));
		for (int p = 0; p < c->shape->n_port; p++) {
			double want = 0, size = 0;
			for (int b = 0; b < c->shape->n_port; b++) {
				const double v = conf_at(bias->v, b, j);
				const double term = conf_entry(c, out.c, DEV_C, (const int[]){p, b}, j) * v;
				want += term;
				size += fabs(term);
			}
			conf_note(&l->linear, at, conf_at(out.q, p, j) - want, TOL_LINEAR * size,
			          "q[%s] = %.12g, c v = %.12g", c->shape->port[p].name, conf_at(out.q, p, j), want);
		}
	}
}

static void report(const conf_case *c, const laws *l)
{
	CONF_VERDICT(&l->f, c, "sum of f over the voltage ports");
	CONF_VERDICT(&l->q, c, "sum of q over the voltage ports");
	CONF_VERDICT(&l->column_g, c, "columns of g");
	CONF_VERDICT(&l->column_c, c, "columns of c");
	CONF_VERDICT(&l->row_g, c, "rows of g");
	CONF_VERDICT(&l->row_c, c, "rows of c");
	CONF_VERDICT(&l->row_ds, c, "sum of ds");
	CONF_VERDICT(&l->moved, c, "common shift of all voltages");
	CONF_VERDICT(&l->symmetric, c, "reciprocal c at rest");
	CONF_VERDICT(&l->positive, c, "c >= 0 at rest");
	CONF_VERDICT(&l->constant, c, "linear_q: constant c");
	CONF_VERDICT(&l->linear, c, "linear_q: q = c v");
}

/* Voltages on a grid coarse enough that a common shift adds without rounding. */
static void coarse_bias(conf_random *random, const conf_case *c, conf_bias *bias)
{
	conf_random_bias(random, c, bias);
	for (int i = 0; i < c->shape->n_port * LANES; i++)
		bias->v[i] = nearbyint(bias->v[i] / GRID) * GRID;
	for (int i = 0; i < c->shape->n_noise * c->shape->n_port * LANES; i++)
		bias->shift[i] = nearbyint(bias->shift[i] / GRID) * GRID;
}

static void test_case(const conf_case *c, conf_random *random)
{
	static conf_out first;
	laws l = {0};
	conf_bias bias;
	coarse_bias(random, c, &bias);
	conf_eval(c, &bias, CONF_ALL, &first);
	for (int round = 0; round < ROUNDS; round++) {
		coarse_bias(random, c, &bias);
		test_bias(c, &bias, &l);
		bias.shifted = conf_has_rates(c);
		test_bias(c, &bias, &l);
		bias.shifted = 0;
		if (c->type->linear_q)
			test_linear(c, &bias, &first, &l);
		conf_equalise(c, &bias);
		test_rest(c, random, &bias, &l);
	}
	report(c, &l);
}

int main(void)
{
	static const double temperature[] = {77, 300, 400};
	static conf_case c;
	conf_random random = {2};
	for (size_t k = 0; k < sizeof temperature / sizeof *temperature; k++)
		for (int i = 0; conf_open(&c, i, temperature[k]); i++)
			test_case(&c, &random);
	return t_done();
}
