/* SPDX-License-Identifier: Apache-2.0
 * mna_check_noise: which circuits have finite variance everywhere, and which error the others get.
 */
#include "harness/t.h"
#include "circuit.h"

#include "mna/system.h"

/* code DIAG_N_CODE: accepted. n_error: how many errors. */
static void check(hand_circuit *h, diag_code code, int n_error)
{
	mna_system *system;
	diag_list *diag = diag_create(NULL);
	T_INT(mna_compile(&h->c, diag, &system), TS_OK);
	const ts_status status = mna_check_noise(system, NULL, diag);
	T_INT(status, code == DIAG_N_CODE ? TS_OK : TS_NETLIST);
	T_INT(diag_count(diag, DIAG_ERROR), n_error);
	if (code != DIAG_N_CODE)
		T_TRUE(diag_has(diag, code));
	mna_destroy(system);
	diag_destroy(diag);
}

/* r1 between a driven node and x; the caller adds what hangs on x */
static void begin(hand_circuit *h)
{
	hand_begin(h);
	hand_add(h, "v1", "vsource", "in 0", "dc", 1.0, NULL);
	hand_add(h, "r1", "resistor", "in x", "r", 1e3, NULL);
}

static void test_grounded(void)
{
	hand_circuit h;
	t_section("capacitance to ground, to a driven node, through other capacitors, by cmin, by an ideal branch");
	begin(&h);
	hand_add(&h, "c1", "capacitor", "x 0", "c", 1e-15, NULL);
	check(&h, DIAG_N_CODE, 0);
	begin(&h);
	hand_add(&h, "c1", "capacitor", "x in", "c", 1e-15, NULL);
	check(&h, DIAG_N_CODE, 0);
	begin(&h);
	hand_add(&h, "c1", "capacitor", "x y", "c", 1e-15, NULL);
	hand_add(&h, "c2", "capacitor", "y 0", "c", 1e-15, NULL);
	check(&h, DIAG_N_CODE, 0);
	begin(&h);
	hand_add(&h, "r2", "resistor", "x 0", "r", 1e3, NULL);
	h.c.cmin = 1e-18;
	check(&h, DIAG_N_CODE, 0);
	begin(&h);
	hand_add(&h, "e1", "vcvs", "x 0 in 0", "gain", 0.5, NULL);
	check(&h, DIAG_N_CODE, 0);
}

static void test_refused(void)
{
	hand_circuit h;
	t_section("no capacitance, zero capacitance, an inductor, a floating group");
	begin(&h);
	hand_add(&h, "r2", "resistor", "x 0", "r", 1e3, NULL);
	check(&h, E0410, 1);
	begin(&h);
	hand_add(&h, "c1", "capacitor", "x 0", "c", 0.0, NULL);
	check(&h, E0410, 1);
	begin(&h);
	hand_add(&h, "l1", "inductor", "x 0", "l", 1e-9, NULL);
	check(&h, E0410, 1);
	begin(&h);
	hand_add(&h, "c1", "capacitor", "x y", "c", 1e-15, NULL);
	hand_add(&h, "r2", "resistor", "y 0", "r", 1e3, NULL);
	check(&h, E0411, 1);
}

static void test_quiet(void)
{
	hand_circuit h;
	t_section("noise-free algebraic nodes are fine");
	begin(&h);
	const int r2 = hand_add(&h, "r2", "resistor", "x 0", "r", 1e3, NULL);
	h.instance[r2].noisy = h.instance[1].noisy = 0;
	check(&h, DIAG_N_CODE, 0);
}

int main(void)
{
	test_grounded();
	test_refused();
	test_quiet();
	return t_done();
}
