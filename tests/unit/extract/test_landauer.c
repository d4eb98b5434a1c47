/* SPDX-License-Identifier: Apache-2.0
 * Energy per bit beside Landauer's bound: 2.870979e-21 J at 300 K for an unbiased bit (physics.md section 0), more for
 * a biased one, whose entropy is uncertain as well.
 */
#include <math.h>
#include "extract/cell.h"
#include "harness/t.h"

static const double TOL_TABLE = 1e-6; /* of seven digits */

int main(void)
{
	static extract_cell cell;
	t_section("entropy of a bit");
	T_REL(extract_entropy(0.5), 1, 1e-15);
	T_REL(extract_entropy(0.25), 2 - 0.75 * log2(3), 1e-14);
	T_ABS(extract_entropy(0), 0, 0);
	T_ABS(extract_entropy(1), 0, 0);
	T_TRUE(isnan(extract_entropy(1.1)) && isnan(extract_entropy((double)NAN)));
	t_section("p = 1/2: the interval is that of the energy");
	cell.temperature = 300;
	cell.i_mid = 1;
	cell.energy_per_bit = (extract_value){2.870979e-20, 1e-21, 2.6e-20, 3.0e-20};
	cell.p[1] = (extract_value){0.5, 0.01, 0.48, 0.52};
	extract_value x = extract_landauer(&cell);
	T_REL(x.value, 10, TOL_TABLE);
	T_REL(x.se, 1e-21 / 2.870979e-21, TOL_TABLE);
	T_REL(x.low, 2.6e-20 / 2.870979e-21, TOL_TABLE);
	T_REL(x.high, 3.0e-20 / 2.870979e-21, TOL_TABLE);
	t_section("p = 0.1, known to 0.002, energy exact: d ln H2 = log2(9) dp / H2");
	cell.energy_per_bit = (extract_value){2.870979e-20, 0, 2.870979e-20, 2.870979e-20};
	cell.p[1] = (extract_value){0.1, 0.002, 0.096, 0.104};
	x = extract_landauer(&cell);
	const double h = -(0.1 * log2(0.1) + 0.9 * log2(0.9)), relative = log2(9) * 0.002 / h;
	T_REL(x.value, 10 / h, TOL_TABLE);
	T_REL(x.se, 10 / h * relative, TOL_TABLE);
	T_REL(x.high - x.value, 1.959964 * x.se, TOL_TABLE);
	T_REL(x.value - x.low, 1.959964 * x.se, TOL_TABLE);
	t_section("no bit, no bound");
	cell.p[1] = (extract_value){0, 0, 0, 0};
	T_TRUE(!isfinite(extract_landauer(&cell).value));
	return t_done();
}
