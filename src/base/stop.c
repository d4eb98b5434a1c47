/* SPDX-License-Identifier: Apache-2.0
 * Interrupt flag. The handler only stores to a lock-free atomic, which is async-signal-safe; SA_RESETHAND restores the
 * default action, so the second signal kills a program that does not poll.
 */
#include "base/stop.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int stop_flag;
static atomic_int stop_installed;

static void stop_handler(int signal_number)
{
	(void)signal_number;
	atomic_store(&stop_flag, 1);
}

void stop_install(void)
{
	struct sigaction action = {.sa_handler = stop_handler, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	atomic_store(&stop_installed, 1);
}

int stop_requested(void)
{
	return atomic_load_explicit(&stop_flag, memory_order_relaxed);
}

void stop_request(void)
{
	atomic_store(&stop_flag, 1);
}

void stop_clear(void)
{
	atomic_store(&stop_flag, 0);
	if (atomic_load(&stop_installed))
		stop_install();
}
