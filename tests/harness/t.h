/* Test harness: checks that print what was got, wanted and allowed, and count failures.
 *
 * A test program is main() { ...checks...; return t_done(); }. Exit status 0 all passed, 1 some failed,
 * 77 skipped (t_skip). Tolerances are to be named by the caller, never bare: T_REL(x, ref, TOL_SOLVER).
 */
#ifndef TESTS_HARNESS_T_H
#define TESTS_HARNESS_T_H

#define T_TRUE(condition) t_true((condition) != 0, #condition, __FILE__, __LINE__)
#define T_INT(got, want) t_int((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
#define T_STR(got, want) t_str((got), (want), #got, __FILE__, __LINE__)
/* |got - want| <= tol */
#define T_ABS(got, want, tol) t_abs((got), (want), (tol), #got, __FILE__, __LINE__)
/* |got - want| <= tol * |want| */
#define T_REL(got, want, tol) t_rel((got), (want), (tol), #got, __FILE__, __LINE__)
/* |got - want| <= k standard errors; prints the standard error */
#define T_SIGMA(got, want, se, k) t_sigma((got), (want), (se), (k), #got, __FILE__, __LINE__)
/* Each returns 1 when the check passed. */
int t_true(int condition, const char *what, const char *file, int line);
int t_int(long long got, long long want, const char *what, const char *file, int line);
int t_str(const char *got, const char *want, const char *what, const char *file, int line);
int t_abs(double got, double want, double tol, const char *what, const char *file, int line);
int t_rel(double got, double want, double tol, const char *what, const char *file, int line);
int t_sigma(double got, double want, double se, double k, const char *what, const char *file, int line);

/* Print a heading for the checks that follow. */
void t_section(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* End the program with status 77 and the reason. */
_Noreturn void t_skip(const char *reason);
/* The shared folder (THERMOSPICE_SHARED or ../shared beside the checkout), NULL if absent. Static storage. */
const char *t_shared(void);
/* Print the count and return the exit status. */
int t_done(void);
#endif
