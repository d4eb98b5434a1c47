/* SPDX-License-Identifier: Apache-2.0
 * Wild bias and temperature, and continuity. Newton visits any voltage, so every output must be finite on a grid that
 * reaches 1 kV, 0, -0 and denormals, at 1 K to 2000 K where derive accepts the temperature, with kV shifts too.
 * Continuity: on a random segment through port space, and on segments that cross V = 0 of a noise source, the half with
 * the worse defect is kept until it is a few ulps long; what f, q, s, g or c still jump by there is a discontinuity.
 * g and c may jump on devices that say CONF_KINKED. Waveforms must be continuous in time.
 */
#include "conformance/cases.h"
#include "conformance/points.h"

#define TOL_JUMP 1e-7 /* of the largest value of the same kind on the segment; source ramps are as short as 0.4 ps */
#define NARROW 0.15   /* factor on the voltages of CONF_NARROW */
#define FLOOR_JUMP 1e-60
enum { GRID_POINTS = 400, SEGMENTS = 24, HALVINGS = 50, N_ARRAY = 7 };

typedef struct laws {
	conf_worst finite, value, slope;
} laws;

/* Item i of array a = 0 f, 1 q, 2 s, 3 g, 4 c, 5 ds, 6 obs; 0 past the last. */
static const char *const array_name[N_ARRAY] = {"f", "q", "s", "g", "c", "ds", "obs"};
static int array_size(const conf_case *c, int a)
{
	const int size[N_ARRAY] = {c->shape->n_port,  c->shape->n_port,  c->shape->n_noise,
	                           c->shape->n_stamp, c->shape->n_stamp, c->shape->n_noise * c->shape->n_port,
	                           c->type->n_obs};
	return size[a];
}
static const double *array_of(const conf_out *out, int a)
{
	const double *const array[N_ARRAY] = {out->f, out->q, out->s, out->g, out->c, out->ds, out->obs};
	return array[a];
}
/* Is item i written at all? g and c only where the stamp says so. */
static int written(const conf_case *c, int a, int i)
{
	if (a == 3 || a == 4)
		return (c->shape->stamp[i].part & (a == 3 ? DEV_G : DEV_C)) != 0;
	return 1;
}

static void check_finite(const conf_point at, const conf_out *out, conf_worst *worst)
{
	for (int a = 0; a < N_ARRAY; a++) {
		for (int i = 0; i < array_size(at.c, a); i++) {
			const double value = conf_at(array_of(out, a), i, at.j);
			if (written(at.c, a, i))
				conf_note(worst, at, isfinite(value) ? 0 : 2, 1, "%s[%d] = %g", array_name[a], i,
				          value);
		}
	}
}

static void test_finite(const conf_case *c, conf_random *random, laws *l)
{
	static const double wild[] = {0.0, -0.0, 1e3, -1e3, 4.9e-324, -1e-310, 1e-30, 3.3, -3.3, 80, -80, 0.7};
	static conf_out out;
	conf_bias bias;
	for (int round = 0; round < GRID_POINTS; round++) {
		conf_random_bias(random, c, &bias);
		for (int i = 0; i < c->shape->n_port * LANES; i++)
			bias.v[i] = wild[conf_random_bits(random) % (sizeof wild / sizeof *wild)];
		for (int i = 0; i < c->shape->n_noise * c->shape->n_port * LANES; i++)
			bias.shift[i] = wild[conf_random_bits(random) % (sizeof wild / sizeof *wild)];
		for (int j = 0; j < LANES; j++)
			bias.t[j] = round & 1 ? bias.t[j] : (double[]){0, 1e-320, 1, 1e6}[j % 4];
		bias.shifted = (round & 2) != 0;
		conf_eval(c, &bias, CONF_ALL, &out);
		for (int j = 0; j < LANES; j++)
			check_finite((conf_point){c, &bias, j}, &out, &l->finite);
	}
}

/* A segment: from + x (to - from), x in lane 0 and 1 the ends of the interval looked at, lane 2 its middle. */
typedef struct segment {
	const conf_case *c;
	double from[CONF_PORTS], to[CONF_PORTS], t[2];
} segment;

static void place(const segment *s, const double x[3], conf_bias *bias)
{
	for (int j = 0; j < LANES; j++) {
		const double at = x[j < 3 ? j : 2];
		for (int p = 0; p < s->c->shape->n_port; p++)
			bias->v[p * LANES + j] = s->from[p] + at * (s->to[p] - s->from[p]);
		bias->t[j] = s->t[0] + at * (s->t[1] - s->t[0]);
	}
	bias->shifted = 0;
}

/* Largest item of an array; slopes also against value over kT/q, where they cancel. */
static double largest(const conf_case *c, const conf_out *out, int a, int j)
{
	double size = 0;
	for (int i = 0; i < array_size(c, a); i++)
		if (written(c, a, i))
			size = fmax(size, fabs(conf_at(array_of(out, a), i, j)));
	return a == 3 || a == 4 ? fmax(size, largest(c, out, a - 3, j) / conf_ut(c)) : size;
}

/* Follow item i of array a into the half with the larger change; note the change left at the end. */
static void chase(const segment *s, int a, int i, conf_worst *worst)
{
	static conf_out out;
	static const unsigned want[N_ARRAY] = {DEV_F,         DEV_Q,          DEV_S,  DEV_F | DEV_G,
	                                       DEV_Q | DEV_C, DEV_S | DEV_DS, DEV_OBS};
	conf_bias bias = {0};
	double x[3] = {0, 1, 0.5}, size = 0, jump = 0;
	for (int n = 0; n < HALVINGS; n++) {
		x[2] = 0.5 * (x[0] + x[1]);
		place(s, x, &bias);
		conf_eval(s->c, &bias, want[a], &out);
		const double *y = array_of(&out, a) + i * LANES;
		const double left = fabs(y[2] - y[0]), right = fabs(y[1] - y[2]);
		size = fmax(size, fmax(largest(s->c, &out, a, 0), largest(s->c, &out, a, 1)));
		jump = fabs(y[1] - y[0]);
		x[left > right ? 1 : 0] = x[2];
	}
	conf_note(worst, (conf_point){s->c, &bias, 0}, jump, TOL_JUMP * size + FLOOR_JUMP,
	          "%s[%d] jumps by %.3g of %.3g", array_name[a], i, jump, size);
}

/* Ends: a random pair of points; odd ones cross V = 0 of the first noise source and move little else. */
static segment random_segment(const conf_case *c, conf_random *random, int n)
{
	segment s = {.c = c};
	conf_bias bias;
	conf_random_bias(random, c, &bias);
	const double scale = c->trait & CONF_NARROW ? NARROW : 1;
	for (int p = 0; p < c->shape->n_port; p++) {
		s.from[p] = scale * conf_at(bias.v, p, 0);
		s.to[p] = scale * conf_at(bias.v, p, n & 1 ? 0 : 1);
	}
	for (int k = 0; k < 2; k++)
		s.t[k] = bias.t[k];
	if ((n & 1) && c->shape->n_noise > 0) {
		const dev_noise *source = &c->shape->noise[n / 2 % c->shape->n_noise];
		s.from[source->from] = s.from[source->to] + conf_uniform(random, -0.2, 0);
		s.to[source->from] = s.from[source->to] + conf_uniform(random, 0, 0.2);
	}
	return s;
}

static void test_continuous(const conf_case *c, conf_random *random, laws *l)
{
	for (int n = 0; n < SEGMENTS; n++) {
		const segment s = random_segment(c, random, n);
		for (int a = 0; a < 5; a++) {
			if (a >= 3 && (c->trait & CONF_KINKED))
				continue;
			for (int i = 0; i < array_size(c, a); i++)
				if (written(c, a, i))
					chase(&s, a, i, a < 3 ? &l->value : &l->slope);
		}
	}
}

/* The points of a case depend on nothing but the case and the seed, so that a new case does not move the others'. */
static void test_case(const conf_case *c, uint64_t seed, int continuous)
{
	laws l = {0};
	conf_random random = {seed};
	for (const char *name = c->name; *name; name++)
		random.state = conf_random_bits(&random) ^ (unsigned char)*name;
	test_finite(c, &random, &l);
	CONF_VERDICT(&l.finite, c, "finite outputs");
	if (!continuous)
		return;
	test_continuous(c, &random, &l);
	CONF_VERDICT(&l.value, c, "continuous f, q, s");
	CONF_VERDICT(&l.slope, c, "continuous g, c");
}

int main(void)
{
	static const double temperature[] = {77, 300, 400}, wild[] = {1, 4.2, 1000, 2000};
	static conf_case c;
	for (size_t k = 0; k < sizeof temperature / sizeof *temperature; k++)
		for (int i = 0; conf_open(&c, i, temperature[k]); i++)
			test_case(&c, 4 + 16 * k, 1);
	for (size_t k = 0; k < sizeof wild / sizeof *wild; k++) {
		for (int i = 0; conf_open(&c, i, temperature[1]); i++) {
			c.temperature = wild[k];
			if (!conf_derive(&c))
				test_case(&c, 5 + 16 * k, 0);
		}
	}
	return t_done();
}
