/* SPDX-License-Identifier: Apache-2.0
 * A cell's energy per bit beside Landauer's bound (see cell.h).
 */
#include <math.h>
#include "base/phys.h"
#include "extract/cell.h"

static const double TWO_SIDED = 1.959963984540054; /* standard errors of a 95 % interval */

double extract_entropy(double p)
{
	if (!(p >= 0 && p <= 1))
		return (double)NAN;
	return p > 0 && p < 1 ? -(p * log(p) + (1 - p) * log1p(-p)) / PHYS_LN2 : 0;
}

extract_value extract_landauer(const extract_cell *cell)
{
	const extract_value *e = &cell->energy_per_bit, *p = &cell->p[cell->i_mid];
	const double h = extract_entropy(p->value), bound = PHYS_K * cell->temperature * PHYS_LN2 * h;
	/* dH2/dp = log2((1 - p)/p): nothing at p = 1/2 */
	const double slope = log2((1 - p->value) / p->value), value = e->value / bound;
	const double of_h = value * fabs(slope) * p->se / h;
	const double down = hypot((e->value - e->low) / bound, TWO_SIDED * of_h);
	const double up = hypot((e->high - e->value) / bound, TWO_SIDED * of_h);
	return (extract_value){value, hypot(e->se / bound, of_h), value - down, value + up};
}
