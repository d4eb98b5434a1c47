/* SPDX-License-Identifier: Apache-2.0
 * Bits. A lane's result depends on that lane's data only: the same in every lane position, whatever the neighbours hold
 * (other biases, other constants, NaN, infinity). Every instruction-set level of this CPU gives the same bits. What is
 * asked for does not depend on what else is asked for, and what is not asked for, or has no such stamp, is not written.
 * Constants differ between lanes here: each lane has its own temperature.
 */
#include "base/isa.h"
#include "conformance/cases.h"
#include "conformance/points.h"
#include "dev/kernel.h"

enum { ROUNDS = 12 };

/* Flat views of inputs and outputs, as items of LANES doubles. */
typedef struct items {
	double *item;
	int n;
} items;

static int input_items(conf_case *c, conf_bias *bias, items list[4])
{
	list[0] = (items){bias->v, c->shape->n_port};
	list[1] = (items){bias->t, 1};
	list[2] = (items){bias->shift, c->shape->n_noise * c->shape->n_port};
	list[3] = (items){c->k, c->type->n_const};
	return 4;
}

/* Lane j of `from` into lane to_j of `into`. */
static void copy_lane(conf_case *into, conf_bias *into_bias, int to_j, conf_case *from, conf_bias *from_bias, int j)
{
	items a[4], b[4];
	const int n = input_items(into, into_bias, a);
	input_items(from, from_bias, b);
	for (int s = 0; s < n; s++)
		for (int i = 0; i < a[s].n; i++)
			a[s].item[i * LANES + to_j] = b[s].item[i * LANES + j];
}
static void fill_lanes(conf_case *c, conf_bias *bias, double value)
{
	items list[4];
	const int n = input_items(c, bias, list);
	for (int s = 0; s < n; s++)
		for (int i = 0; i < list[s].n * LANES; i++)
			list[s].item[i] = value;
}

/* Index of the first item where lane j of one and lane to_j of the other differ in bits; -1 if none. The sign of a zero
 * may differ: a kernel may skip a term that is zero in all lanes of a register. */
static int differ(const conf_out *one, int j, const conf_out *other, int to_j)
{
	const double *a = (const double *)one, *b = (const double *)other;
	for (int i = 0; i < (int)(sizeof *one / sizeof *a / LANES); i++)
		if (memcmp(&a[i * LANES + j], &b[i * LANES + to_j], sizeof *a) != 0 &&
		    !(a[i * LANES + j] == 0 && b[i * LANES + to_j] == 0))
			return i;
	return -1;
}
static const char *item_name(int i)
{
	static char text[32];
	static const int size[] = {CONF_PORTS,  CONF_PORTS,  CONF_STAMPS,
	                           CONF_STAMPS, CONF_NOISES, CONF_NOISES * CONF_PORTS};
	static const char *const name[] = {"f", "q", "g", "c", "s", "ds"};
	int a = 0;
	for (; a < 6 && i >= size[a]; a++)
		i -= size[a];
	snprintf(text, sizeof text, "%s[%d]", a < 6 ? name[a] : "obs", i);
	return text;
}

static void test_positions(conf_case *c, conf_bias *bias, const conf_out *out)
{
	static const double neighbour[] = {0.25, (double)NAN, (double)INFINITY};
	static conf_case moved;
	static conf_bias moved_bias;
	static conf_out moved_out;
	moved = *c;
	moved_bias = *bias;
	int bad = -1, where = 0;
	for (int n = 0; n < 3 && bad < 0; n++) {
		for (int to_j = 0; to_j < LANES && bad < 0; to_j++) {
			const int j = (to_j + 3 * n + 1) % LANES;
			fill_lanes(&moved, &moved_bias, neighbour[n]);
			copy_lane(&moved, &moved_bias, to_j, c, bias, j);
			conf_eval(&moved, &moved_bias, CONF_ALL, &moved_out);
			bad = differ(out, j, &moved_out, to_j);
			where = to_j;
		}
	}
	CONF_CHECK(bad < 0, c->name, "%s differs when the lane is moved to position %d", bad < 0 ? "" : item_name(bad),
	           where);
}

static void test_levels(const conf_case *c, const conf_bias *bias, const conf_out *out)
{
#if defined(__x86_64__)
	const dev_kernel_table *const table[] = {&dev_kernels_v2, &dev_kernels_v3, &dev_kernels_v4};
	static conf_out other;
	for (int level = 2; level <= isa_level(); level++) {
		conf_eval_with((*table[level - 2])[c->type->kernel], c, bias, CONF_ALL, &other);
		int bad = -1;
		for (int i = 0; i < (int)(sizeof other / sizeof(double) / LANES) && bad < 0; i++)
			if (memcmp((const double *)out + (size_t)i * LANES, (const double *)&other + (size_t)i * LANES,
			           LANES * sizeof(double)) != 0)
				bad = i;
		CONF_CHECK(bad < 0, c->name, "%s differs between instruction-set levels %d and %d",
		           bad < 0 ? "" : item_name(bad), isa_level(), level);
	}
#else
	(void)c;
	(void)bias;
	(void)out;
#endif
}

/* Which bits of dev_want an item of conf_out belongs to. */
static unsigned owner(int i)
{
	static const int size[] = {CONF_PORTS,  CONF_PORTS,  CONF_STAMPS,
	                           CONF_STAMPS, CONF_NOISES, CONF_NOISES * CONF_PORTS};
	static const unsigned bit[] = {DEV_F, DEV_Q, DEV_G, DEV_C, DEV_S, DEV_DS};
	for (int a = 0; a < 6; i -= size[a], a++)
		if (i < size[a])
			return bit[a];
	return DEV_OBS;
}
/* Is this item of conf_out one that the device fills when everything is wanted? */
static int exists(const conf_case *c, int i)
{
	const dev_shape *shape = c->shape;
	const int stamp_g = i - 2 * CONF_PORTS, stamp_c = stamp_g - CONF_STAMPS, s = stamp_c - CONF_STAMPS;
	switch (owner(i)) {
	case DEV_F:
		return i < shape->n_port;
	case DEV_Q:
		return i - CONF_PORTS < shape->n_port;
	case DEV_G:
		return stamp_g < shape->n_stamp && (shape->stamp[stamp_g].part & DEV_G);
	case DEV_C:
		return stamp_c < shape->n_stamp && (shape->stamp[stamp_c].part & DEV_C);
	case DEV_S:
		return s < shape->n_noise;
	case DEV_DS:
		return s - CONF_NOISES < shape->n_noise * shape->n_port;
	default:
		return s - CONF_NOISES - CONF_NOISES * CONF_PORTS < c->type->n_obs;
	}
}

/* Compare an answer to a part of the wishes with the full answer, item by item. */
static void test_wishes(const conf_case *c, const conf_bias *bias, const conf_out *all)
{
	static conf_out part, empty;
	memset(&empty, 0xff, sizeof empty);
	for (unsigned want = 1; want <= CONF_ALL; want++) {
		int bad = -1;
		if ((want & DEV_DS) && !(want & DEV_S))
			continue;
		conf_eval(c, bias, want, &part);
		for (int i = 0; i < (int)(sizeof part / sizeof(double) / LANES) && bad < 0; i++) {
			const conf_out *expect = (want & owner(i)) && exists(c, i) ? all : &empty;
			const size_t at = (size_t)i * LANES;
			if (memcmp((const double *)&part + at, (const double *)expect + at, LANES * sizeof(double)) !=
			    0)
				bad = i;
		}
		if (!CONF_CHECK(bad < 0, c->name, "want = %u: %s is not what want = %u gives", want,
		                bad < 0 ? "" : item_name(bad), CONF_ALL))
			return;
	}
}

/* A temperature of its own in each lane. */
static void mix_constants(conf_case *c)
{
	static conf_case one;
	for (int j = 0; j < LANES; j++) {
		one = *c;
		one.temperature = 280 + 10 * j;
		if (conf_derive(&one))
			continue;
		for (int i = 0; i < c->type->n_const; i++)
			c->k[i * LANES + j] = one.k[i * LANES];
	}
}

static void test_case(conf_case *c, conf_random *random)
{
	static conf_bias bias;
	static conf_out out;
	mix_constants(c);
	for (int round = 0; round < ROUNDS; round++) {
		conf_random_bias(random, c, &bias);
		bias.shifted = round & 1;
		conf_eval(c, &bias, CONF_ALL, &out);
		test_positions(c, &bias, &out);
		test_levels(c, &bias, &out);
		if (round < 2)
			test_wishes(c, &bias, &out);
	}
}

int main(void)
{
	static conf_case c;
	conf_random random = {5};
	t_section("instruction-set level %d", isa_level());
	for (int i = 0; conf_open(&c, i, 300); i++)
		test_case(&c, &random);
	return t_done();
}
