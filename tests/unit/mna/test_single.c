/* SPDX-License-Identifier: Apache-2.0
 * mna_single holds instances in the lanes of a kernel, a tile trajectories. Both must give the same bits: at several
 * states of a circuit with more and with fewer instances of a type than there are lanes, with sources of every time.
 */
#include "mna/single.h"
#include "circuit.h"
#include "harness/t.h"
#include "mna/tile.h"

static void build(hand_circuit *h)
{
	static const char *const at[] = {"a 0", "a b", "b c", "c d", "d 0", "a c", "b d", "b 0", "c 0", "d a", "e 0"};
	static const char *const gate[] = {"a b 0 0", "b c 0 0", "c d e 0"};
	static const char *const names[] = {"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10"};
	hand_begin(h);
	for (int i = 0; i < 11; i++)
		hand_add(h, names[i], "resistor", at[i], "r", 1e3 * (i + 1), NULL);
	for (int i = 0; i < 3; i++)
		hand_add(h, gate[i], "mosfet_ekv", gate[i], "w", (i + 1) * 1e-6, "l", (i + 1) * 0.5e-6, NULL);
	hand_add(h, "d1", "diode", "a e", "is", 1e-15, NULL);
	hand_add(h, "c1", "capacitor", "e 0", "c", 1e-13, NULL);
	hand_add(h, "v1", "vsource", "a 0", "dc", 1.0, NULL);
	hand_add(h, "i1", "isource", "0 d", "dc", 1e-4, NULL);
}

static int same(const double *one, const double *tile, int n)
{
	for (int i = 0; i < n; i++)
		if (memcmp(&one[i], &tile[i * LANES], sizeof *one) != 0)
			return 0;
	return 1;
}

static void compare(mna_single *one, mna_tile *tile, double volts)
{
	const unsigned want = DEV_F | DEV_Q | DEV_G | DEV_C;
	const int n = tile->system->n_unknown, slots = tile->system->pattern.nnz + 1;
	double moved = 0;
	one->t = 1e-9 * volts;
	for (int u = 1; u < n; u++)
		one->x[u] = volts * sin(3.0 * u);
	for (int i = 0; i < n * LANES; i++)
		tile->x[i] = one->x[i / LANES];
	for (int l = 0; l < LANES; l++)
		tile->t[l] = one->t;
	mna_assemble(tile, want);
	mna_single_assemble(one, want);
	T_TRUE(same(one->f, tile->f, n));
	T_TRUE(same(one->q, tile->q, n));
	T_TRUE(same(one->g, tile->g, slots));
	T_TRUE(same(one->c, tile->c, slots));
	for (int u = 1; u < n; u++)
		moved += fabs(one->f[u]) + fabs(one->q[u]);
	T_TRUE(moved > 0);
}

static void same_bits(double gmin, double cmin)
{
	hand_circuit h;
	mna_system *system = NULL;
	mna_single *one = NULL;
	mna_tile *tile = NULL;
	diag_list *diag = diag_create(NULL);
	build(&h);
	h.c.gmin = gmin;
	h.c.cmin = cmin;
	T_TRUE(mna_compile(&h.c, diag, &system) == TS_OK);
	T_TRUE(mna_single_create(system, &one) == TS_OK && mna_tile_create(system, &tile) == TS_OK);
	compare(one, tile, 0.1);
	compare(one, tile, 0.7);
	compare(one, tile, 3);
	mna_tile_destroy(tile);
	mna_single_destroy(one);
	mna_destroy(system);
	diag_destroy(diag);
}

int main(void)
{
	same_bits(0, 0);
	same_bits(1e-9, 1e-17);
	return t_done();
}
