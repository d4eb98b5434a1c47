/* SPDX-License-Identifier: Apache-2.0
 * Names and exit codes of ts_status. One table row per status, in the order of the enumeration.
 */
#include "base/status.h"

static const struct {
	const char *name;
	int exit_code;
} status_table[] = {
    [TS_OK] = {"ok", 0},           [TS_USAGE] = {"usage", 1},
    [TS_NETLIST] = {"netlist", 2}, [TS_NUMERIC] = {"numeric", 3},
    [TS_IO] = {"io", 4},           [TS_INTERNAL] = {"internal", 5},
    [TS_NOMEM] = {"memory", 5},    [TS_STOPPED] = {"stopped", 130},
};

const char *ts_status_name(ts_status status)
{
	return (unsigned)status <= TS_STOPPED ? status_table[status].name : "unknown";
}

int ts_status_exit(ts_status status)
{
	return (unsigned)status <= TS_STOPPED ? status_table[status].exit_code : status_table[TS_INTERNAL].exit_code;
}
