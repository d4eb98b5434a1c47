/* SPDX-License-Identifier: Apache-2.0
 * Philox4x32-10 against the three known-answer vectors of Random123 (kat_vectors), FNV-1a against its published test
 * values, and the range of the uniform.
 */
#include "base/philox.h"
#include "harness/t.h"

static void check(philox_counter c, philox_key k, philox_counter want)
{
	const philox_counter got = philox4x32(c, k);
	for (int i = 0; i < 4; i++)
		T_INT(got.v[i], want.v[i]);
}

static void test_known_answers(void)
{
	t_section("Random123 known answers");
	check((philox_counter){{0, 0, 0, 0}}, (philox_key){{0, 0}},
	      (philox_counter){{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
	const uint32_t one = 0xffffffff;
	check((philox_counter){{one, one, one, one}}, (philox_key){{one, one}},
	      (philox_counter){{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
	check((philox_counter){{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, (philox_key){{0xa4093822, 0x299f31d0}},
	      (philox_counter){{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

int main(void)
{
	test_known_answers();
	t_section("names, keys, uniforms");
	T_INT(philox_name_id(""), 0x811c9dc5);
	T_INT(philox_name_id("a"), 0xe40c292c);
	T_INT(philox_name_id("foobar"), 0xbf9cf968);
	const philox_key a = philox_make_key(1, PHILOX_NOISE), b = philox_make_key(2, PHILOX_NOISE);
	const philox_key c = philox_make_key(1, PHILOX_START), d = philox_make_key(1, PHILOX_NOISE);
	T_TRUE(a.v[0] != b.v[0] && a.v[0] != c.v[0]);
	T_TRUE(a.v[0] == d.v[0] && a.v[1] == d.v[1]);
	T_TRUE(philox_uniform(0, 0) > 0);
	T_TRUE(philox_uniform(0xffffffff, 0xffffffff) < 1);
	T_TRUE(philox_uniform(0x80000000, 0) > 0.5 && philox_uniform(0x7fffffff, 0xffffffff) < 0.5);
	return t_done();
}
