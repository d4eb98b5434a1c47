/* SPDX-License-Identifier: Apache-2.0
 * Names and exit codes of every status as the program's help promises them, and what TS_TRY does.
 */
#include "base/status.h"
#include "harness/t.h"
#include <stddef.h>

static void test_table(void)
{
	static const struct {
		ts_status status;
		const char *name;
		int exit_code;
	} want[] = {{TS_OK, "ok", 0},
	            {TS_USAGE, "usage", 1},
	            {TS_NETLIST, "netlist", 2},
	            {TS_NUMERIC, "numeric", 3},
	            {TS_IO, "io", 4},
	            {TS_INTERNAL, "internal", 5},
	            {TS_NOMEM, "memory", 5},
	            {TS_STOPPED, "stopped", 130},
	            {(ts_status)99, "unknown", 5},
	            {(ts_status)-1, "unknown", 5}};
	t_section("names and exit codes");
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		T_STR(ts_status_name(want[i].status), want[i].name);
		T_INT(ts_status_exit(want[i].status), want[i].exit_code);
	}
}

static int n_call, n_after;

static ts_status step(ts_status status)
{
	n_call++;
	return status;
}

static ts_status two_steps(ts_status first, ts_status second)
{
	TS_TRY(step(first));
	n_after++;
	if (first == TS_OK)
		TS_TRY(step(second));
	else
		n_after += 100; /* belongs to the if above */
	return TS_OK;
}

static void test_try(void)
{
	t_section("TS_TRY");
	T_INT(two_steps(TS_OK, TS_OK), TS_OK);
	T_INT(n_call, 2);
	T_INT(two_steps(TS_NOMEM, TS_OK), TS_NOMEM);
	T_INT(n_call, 3);
	T_INT(n_after, 1);
	T_INT(two_steps(TS_OK, TS_STOPPED), TS_STOPPED);
	T_INT(n_call, 5);
	T_INT(n_after, 2);
}

int main(void)
{
	test_table();
	test_try();
	return t_done();
}
