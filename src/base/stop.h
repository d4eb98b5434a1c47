/* SPDX-License-Identifier: Apache-2.0
 * Interrupts: SIGINT and SIGTERM set a flag that long loops poll; nothing else happens in the handler. */
#ifndef BASE_STOP_H
#define BASE_STOP_H

void stop_install(void);     /* install the handlers; a second SIGINT kills the program at once */
int stop_requested(void);    /* poll; async-signal-safe and thread-safe */
void stop_request(void);     /* set the flag by hand (tests) */
void stop_clear(void);
#endif
