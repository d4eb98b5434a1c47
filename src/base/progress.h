/* SPDX-License-Identifier: Apache-2.0
 * Progress bar with ETA on stderr, on a terminal only; silent elsewhere. Thread-safe. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

typedef struct progress progress;
progress *progress_create(const char *label, double total); /* NULL is a valid, silent bar */
void progress_add(progress *bar, double done);
void progress_destroy(progress *bar);
double clock_seconds(void); /* monotonic */
#endif
