/* SPDX-License-Identifier: Apache-2.0
 * Progress bar on stderr. Silent unless stderr is a terminal; redrawn at most ten times a second. The remaining time is
 * elapsed * (1 - fraction) / fraction. A NULL bar is valid everywhere.
 */
#include "base/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"

enum { PROGRESS_WIDTH = 30, PROGRESS_LABEL = 40 };
static const double progress_interval = 0.1; /* s between redraws */

struct progress {
	pthread_mutex_t lock;
	char label[PROGRESS_LABEL];
	double total, done;
	double started, drawn; /* clock_seconds */
};

double clock_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

progress *progress_create(const char *label, double total)
{
	if (!isatty(STDERR_FILENO) || !(total > 0))
		return NULL;
	progress *bar = alloc_array(1, sizeof *bar);
	if (!bar)
		return NULL;
	pthread_mutex_init(&bar->lock, NULL);
	snprintf(bar->label, sizeof bar->label, "%s", label);
	bar->total = total;
	bar->started = clock_seconds();
	return bar;
}

static void progress_draw(progress *bar, double now)
{
	const double fraction = bar->done < bar->total ? bar->done / bar->total : 1;
	const double left = fraction > 0 ? (now - bar->started) * (1 - fraction) / fraction : 0;
	char cells[PROGRESS_WIDTH + 1];
	for (int i = 0; i < PROGRESS_WIDTH; i++)
		cells[i] = i < (int)(fraction * PROGRESS_WIDTH) ? '#' : '.';
	cells[PROGRESS_WIDTH] = '\0';
	fprintf(stderr, "\r%s [%s] %3.0f %%  ETA %.0f s \033[K", bar->label, cells, 100 * fraction, left);
	fflush(stderr);
	bar->drawn = now;
}

void progress_add(progress *bar, double done)
{
	if (!bar)
		return;
	pthread_mutex_lock(&bar->lock);
	bar->done += done;
	const double now = clock_seconds();
	if (now - bar->drawn >= progress_interval)
		progress_draw(bar, now);
	pthread_mutex_unlock(&bar->lock);
}

void progress_destroy(progress *bar)
{
	if (!bar)
		return;
	fputs("\r\033[K", stderr);
	pthread_mutex_destroy(&bar->lock);
	alloc_free(bar);
}
