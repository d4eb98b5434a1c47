/* SPDX-License-Identifier: Apache-2.0
 * Memory runs out during an analysis: for n = 1, 2, ... the n-th allocation after compiling fails. Either the analysis
 * fails (anything but TS_NOMEM has a message), or it had another way to its result; it never crashes, nothing leaks
 * (under a sanitizer), and the next run works.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "harness/t.h"
#include "static_deck.h"

/* Builds with all memory, analyses without the n-th block. used: how many blocks the analyses got. */
static ts_status run_failing(const char *text, unsigned long n, unsigned long *used, int *errors)
{
	static_deck d = static_deck_open(text, 0, 1);
	const unsigned long before = alloc_count();
	alloc_fail_after(n);
	d.status = d.status == TS_OK ? static_deck_analyse(&d) : d.status;
	alloc_fail_after(0);
	*used = alloc_count() - before;
	*errors = diag_count(d.diag, DIAG_ERROR);
	const ts_status status = d.status;
	static_deck_close(&d);
	return status;
}

static void check(const char *name, const char *text)
{
	unsigned long most, used, refused = 0;
	int errors, odd = 0;
	t_section("%s", name);
	T_INT(run_failing(text, 0, &most, &errors), TS_OK);
	for (unsigned long n = 1; n <= most; n++) {
		const ts_status status = run_failing(text, n, &used, &errors);
		refused += status == TS_NOMEM;
		if (status != TS_NOMEM && (status == TS_OK) != (errors == 0) && odd++ == 0)
			printf("  allocation %lu of %lu: %s, %d errors\n", n, most, ts_status_name(status), errors);
	}
	printf("  %lu allocations, %lu refused\n", most, refused);
	T_INT(odd, 0);
	T_TRUE(refused > 0);
	T_INT(run_failing(text, 0, &used, &errors), TS_OK);
}

#define CELL "cell\nv1 in 0 0.5\nr1 in out 1meg\nd1 out 0 dm\nc1 out 0 1f\n.model dm d is=1e-14\n"

int main(void)
{
	check("op", CELL ".op\n.end\n");
	check("dc", CELL ".dc v1 0 0.2 0.1\n.end\n");
	check("tran", CELL ".tran 1n 5n\n.end\n");
	check("tran by IDA", "ida\nv1 a 0 sin(0 1 1meg)\nc1 a 0 1p\nl1 a b 1u\nr1 b 0 1\n"
	                     ".tran 10n 100n\n.end\n");
	check("ac", CELL "i1 0 out 0 ac 1\n.ac dec 1 1 100\n.end\n");
	check("noise", CELL ".noise v(out) v1 dec 1 1 100\n.end\n");
	check("tf", CELL ".tf v(out) v1\n.end\n");
	check("trannoise", CELL ".trannoise 1n 5n samples=16\n.end\n");
	return t_done();
}
