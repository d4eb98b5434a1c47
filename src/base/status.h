/* SPDX-License-Identifier: Apache-2.0
 * One status type for every function that can fail. The message goes to the diag_list where the cause is known.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

typedef enum ts_status {
	TS_OK,
	TS_USAGE,
	TS_NETLIST,
	TS_NUMERIC,
	TS_IO,
	TS_INTERNAL,
	TS_NOMEM,
	TS_STOPPED /* interrupted; partial results are kept */
} ts_status;

/* "ok", "usage", ... static storage. */
const char *ts_status_name(ts_status status);
/* Exit code of the program: 0 ok, 1 usage, 2 netlist, 3 numeric, 4 I/O, 5 internal or memory, 130 stopped. */
int ts_status_exit(ts_status status);

/* Return from the calling function when CALL does not yield TS_OK. */
#define TS_TRY(call)                                                                                                   \
	do {                                                                                                           \
		const ts_status ts_try_status = (call);                                                                \
		if (ts_try_status != TS_OK)                                                                            \
			return ts_try_status;                                                                          \
	} while (0)
#endif
