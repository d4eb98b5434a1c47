#include "harness/t.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static long n_pass, n_fail;

static int count(int ok)
{
	if (ok)
		n_pass++;
	else
		n_fail++;
	return ok;
}

int t_true(int condition, const char *what, const char *file, int line)
{
	if (!condition)
		printf("%s:%d: FAILED %s\n", file, line, what);
	return count(condition);
}

int t_int(long long got, long long want, const char *what, const char *file, int line)
{
	if (got != want)
		printf("%s:%d: FAILED %s: got %lld, want %lld\n", file, line, what, got, want);
	return count(got == want);
}

int t_str(const char *got, const char *want, const char *what, const char *file, int line)
{
	const int ok = got && want && strcmp(got, want) == 0;
	if (!ok)
		printf("%s:%d: FAILED %s: got \"%s\", want \"%s\"\n", file, line, what, got ? got : "(null)", want ? want : "(null)");
	return count(ok);
}

int t_abs(double got, double want, double tol, const char *what, const char *file, int line)
{
	const int ok = fabs(got - want) <= tol;
	if (!ok)
		printf("%s:%d: FAILED %s: got %.12g, want %.12g, off by %.3g, allowed %.3g\n", file, line, what, got, want,
		       got - want, tol);
	return count(ok);
}

int t_rel(double got, double want, double tol, const char *what, const char *file, int line)
{
	const int ok = fabs(got - want) <= tol * fabs(want);
	if (!ok)
		printf("%s:%d: FAILED %s: got %.12g, want %.12g, relative %.3g, allowed %.3g\n", file, line, what, got, want,
		       (got - want) / want, tol);
	return count(ok);
}

int t_sigma(double got, double want, double se, double k, const char *what, const char *file, int line)
{
	const int ok = se > 0 && fabs(got - want) <= k * se;
	printf("%s:%d: %s %s: got %.8g, want %.8g, %.2f standard errors of %.3g, allowed %.3g\n", file, line,
	       ok ? "ok" : "FAILED", what, got, want, (got - want) / se, se, k);
	return count(ok);
}

void t_section(const char *format, ...)
{
	setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed survives a crash */
	va_list args;
	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

_Noreturn void t_skip(const char *reason)
{
	printf("skipped: %s\n", reason);
	exit(77);
}

const char *t_shared(void)
{
	static char path[4096];
	struct stat info;
	const char *set = getenv("THERMOSPICE_SHARED");
	snprintf(path, sizeof path, "%s", set ? set : TS_TEST_SOURCE_DIR "/../shared");
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? path : NULL;
}

int t_done(void)
{
	printf("%ld checks passed, %ld failed\n", n_pass, n_fail);
	return n_fail ? 1 : 0;
}
