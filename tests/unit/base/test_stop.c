/* SPDX-License-Identifier: Apache-2.0
 * The interrupt flag: by hand, by SIGINT and SIGTERM, the second signal kills, clearing makes the handler new. Signals
 * are sent in child processes, whose ending tells what happened.
 */
#include "base/stop.h"
#include "harness/t.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SURVIVED = 7, NO_FLAG = 8 };

/* Runs in a child. Returns its wait status. */
static int in_child(int (*body)(int), int signal_number)
{
	const pid_t child = fork();
	if (child == 0)
		_exit(body(signal_number));
	int status = 0;
	T_TRUE(child > 0 && waitpid(child, &status, 0) == child);
	return status;
}

static int once(int signal_number)
{
	stop_install();
	if (stop_requested())
		return NO_FLAG;
	raise(signal_number);
	return stop_requested() ? SURVIVED : NO_FLAG;
}

static int twice(int signal_number)
{
	stop_install();
	raise(signal_number);
	raise(signal_number);
	return SURVIVED;
}

static int cleared(int signal_number)
{
	stop_install();
	raise(signal_number);
	stop_clear();
	if (stop_requested())
		return NO_FLAG;
	raise(signal_number);
	return stop_requested() ? SURVIVED : NO_FLAG;
}

/* Clearing in a program that never asked for the handlers does not bring them in. */
static int not_installed(int signal_number)
{
	stop_request();
	stop_clear();
	raise(signal_number);
	return SURVIVED;
}

static void test_signal(int signal_number)
{
	t_section("signal %d", signal_number);
	int status = in_child(once, signal_number);
	T_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == SURVIVED);
	status = in_child(twice, signal_number);
	T_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal_number);
	status = in_child(cleared, signal_number);
	T_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == SURVIVED);
	status = in_child(not_installed, signal_number);
	T_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == signal_number);
}

int main(void)
{
	t_section("by hand");
	T_INT(stop_requested(), 0);
	stop_request();
	T_INT(stop_requested(), 1);
	T_INT(stop_requested(), 1); /* asking does not clear */
	stop_clear();
	T_INT(stop_requested(), 0);
	test_signal(SIGINT);
	test_signal(SIGTERM);
	return t_done();
}
