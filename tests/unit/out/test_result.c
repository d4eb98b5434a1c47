/* SPDX-License-Identifier: Apache-2.0
 * Result files: what is written reads back bit for bit, overwriting, streams with holes, attributes, listings in order
 * of creation, in memory and on disk, incomplete files, and failures (full disk, unwritable path, foreign and
 * damaged files, missing data), each of which must be a diagnostic and TS_IO.
 */
#include <math.h>
#include <stdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/alloc.h"
#include "harness/t.h"
#include "out/result.h"

static const char *const text_name[] = {"deck.cir", "sub/models.lib", "sub/models.lib"};
static const char *const text[] = {"* title\nr1 a 0 1k\n.end\n", ".model x d\n", ".model x d\n"};
static const out_provenance provenance = {.command = "thermospice run deck.cir",
                                          .format = "thermospice-result",
                                          .seed = UINT64_C(1) << 52,
                                          .n_text = 3,
                                          .text_name = text_name,
                                          .text = text};

static const char *scratch(const char *name)
{
	static char path[4096];
	snprintf(path, sizeof path, "%s/%s.%ld", TS_TEST_BINARY_DIR, name, (long)getpid());
	return path;
}

static void check_numbers(out_file *f, diag_list *diag)
{
	double data[24], big[3 * 5000], *back;
	size_t dims[4];
	int rank;
	for (int i = 0; i < 24; i++)
		data[i] = i == 7 ? (double)NAN : 1.0 / (i + 1);
	for (int i = 0; i < 3 * 5000; i++)
		big[i] = sin(i);
	T_INT(out_put(f, "/analyses/tran1/signals/v(out)", "V", 3, (const size_t[]){2, 3, 4}, data, diag), TS_OK);
	T_INT(out_get(f, "/analyses/tran1/signals/v(out)", &rank, dims, &back, diag), TS_OK);
	T_INT(rank, 3);
	T_TRUE(dims[0] == 2 && dims[1] == 3 && dims[2] == 4 && dims[3] == 1);
	T_TRUE(back && memcmp(back, data, sizeof data) == 0);
	alloc_free(back);
	T_INT(out_put(f, "/big", "A", 2, (const size_t[]){3, 5000}, big, diag), TS_OK);
	T_INT(out_put(f, "/big", "A", 2, (const size_t[]){3, 5000}, big, diag), TS_OK);
	T_INT(out_get(f, "/big", &rank, dims, &back, diag), TS_OK);
	T_TRUE(back && memcmp(back, big, sizeof big) == 0);
	alloc_free(back);
	T_INT(out_put(f, "/big", "A", 1, (const size_t[]){2}, big, diag), TS_OK); /* another shape replaces */
	T_INT(out_get(f, "/big", &rank, dims, &back, diag), TS_OK);
	T_TRUE(rank == 1 && dims[0] == 2);
	alloc_free(back);
	double value = 0;
	T_INT(out_put_scalar(f, "/one", "s", 2.5, diag), TS_OK);
	T_INT(out_get_scalar(f, "/one", &value, diag), TS_OK);
	T_REL(value, 2.5, 0);
	T_INT(out_put(f, "/none", "", 1, (const size_t[]){0}, big, diag), TS_OK);
	T_INT(out_get(f, "/none", &rank, dims, &back, diag), TS_OK);
	T_TRUE(rank == 1 && dims[0] == 0);
	alloc_free(back);
}

static void check_stream(out_file *f, diag_list *diag)
{
	size_t dims[4];
	int rank;
	double row[100], *back;
	for (int i = 0; i < 100; i++)
		row[i] = i;
	T_INT(out_stream_create(f, "/analyses/n/signals/v(a)", "V", 5, 100, diag), TS_OK);
	T_INT(out_stream_row(f, "/analyses/n/signals/v(a)", 3, row, diag), TS_OK);
	T_INT(out_stream_row(f, "/analyses/n/signals/v(a)", 5, row, diag), TS_IO); /* out of range */
	T_INT(out_get(f, "/analyses/n/signals/v(a)", &rank, dims, &back, diag), TS_OK);
	T_TRUE(rank == 2 && dims[0] == 5 && dims[1] == 100);
	T_TRUE(isnan(back[0]) && isnan(back[299]) && isnan(back[499]));
	T_REL(back[399], 99, 0);
	alloc_free(back);
}

static void check_attributes(out_file *f, diag_list *diag)
{
	char *read = NULL, **name = NULL;
	double value = 0;
	size_t n = 0;
	T_INT(out_attr_text(f, "/analyses/tran1", "type", "tran", diag), TS_OK);
	T_INT(out_attr_text(f, "/analyses/tran1", "type", "dc", diag), TS_OK); /* replaced */
	T_INT(out_get_attr_text(f, "/analyses/tran1", "type", &read, diag), TS_OK);
	T_STR(read, "dc");
	alloc_free(read);
	T_INT(out_get_attr_text(f, "/analyses/tran1/signals/v(out)", "units", &read, diag), TS_OK);
	T_STR(read, "V");
	alloc_free(read);
	T_INT(out_attr_number(f, "/", "x", 0.1, diag), TS_OK);
	T_INT(out_get_attr_number(f, "/", "x", &value, diag), TS_OK);
	T_REL(value, 0.1, 0);
	T_INT(out_get_attr_number(f, "/", "seed", &value, diag), TS_OK);
	T_REL(value, ldexp(1, 52), 0);
	const char *const names[] = {"zeta", "a", "a much longer name than the others"};
	T_INT(out_put_names(f, "/names", 3, names, diag), TS_OK);
	T_INT(out_get_names(f, "/names", &n, &name, diag), TS_OK);
	T_INT(n, 3);
	for (size_t i = 0; i < n; i++)
		T_STR(name[i], names[i]);
	alloc_free(name);
	for (int i = 0; i < 3; i++) {
		char path[100];
		snprintf(path, sizeof path, "/order/%s", names[i]);
		out_put_scalar(f, path, "", i, diag);
	}
	T_INT(out_list(f, "/order", &n, &name, diag), TS_OK);
	T_INT(n, 3);
	for (size_t i = 0; i < n; i++)
		T_STR(name[i], names[i]);
	alloc_free(name);
}

static void check_absent(out_file *f)
{
	diag_list *diag = diag_create(NULL);
	double value, *data;
	size_t dims[4], n;
	int rank;
	char *read, **name;
	T_INT(out_get(f, "/nowhere/at/all", &rank, dims, &data, diag), TS_IO);
	T_INT(out_get(f, "/analyses", &rank, dims, &data, diag), TS_IO);
	T_INT(out_get(f, "/names", &rank, dims, &data, diag), TS_IO);
	T_INT(out_get_scalar(f, "/big", &value, diag), TS_IO);
	T_INT(out_get_attr_text(f, "/", "absent", &read, diag), TS_IO);
	T_INT(out_get_attr_text(f, "/", "x", &read, diag), TS_IO);
	T_INT(out_get_attr_number(f, "/", "creator", &value, diag), TS_IO);
	T_INT(out_get_names(f, "/big", &n, &name, diag), TS_IO);
	T_INT(out_list(f, "/big", &n, &name, diag), TS_IO);
	T_INT(out_stream_row(f, "/nowhere", 0, &value, diag), TS_IO);
	T_INT(out_put(f, "/big/child", "", 0, NULL, &value, diag), TS_IO);
	T_TRUE(!out_exists(f, "/nowhere") && out_exists(f, "/big") && out_exists(f, "/"));
	T_INT(diag_count(diag, DIAG_ERROR), 11);
	T_TRUE(diag_has(diag, E0603));
	diag_destroy(diag);
}

static void test_round_trip(const char *path)
{
	diag_list *diag = diag_create(NULL);
	out_file *f = NULL;
	t_section("round trip, %s", path ? "on disk" : "in memory");
	T_INT(out_create(path, &provenance, diag, &f), TS_OK);
	if (f) {
		check_numbers(f, diag);
		check_attributes(f, diag);
		T_INT(diag_count(diag, DIAG_WARNING), 0);
		check_stream(f, diag);
		check_absent(f);
		T_INT(out_is_complete(f), 0);
		T_INT(out_flush(f, diag), TS_OK);
	}
	T_INT(out_close(f, 1, diag), TS_OK);
	T_INT(out_close(NULL, 1, diag), TS_OK);
	diag_destroy(diag);
}

static void test_reopen(const char *path)
{
	diag_list *diag = diag_create(NULL);
	out_file *f = NULL;
	char *read = NULL;
	double value;
	t_section("reopen");
	T_INT(out_open(path, 0, diag, &f), TS_OK);
	T_INT(out_is_complete(f), 1);
	T_TRUE(out_exists(f, "/netlist/text") && out_exists(f, "/netlist/includes/sub/models.lib"));
	T_INT(out_get_attr_text(f, "/", "started", &read, diag), TS_OK);
	T_TRUE(read && strlen(read) == 20 && read[10] == 'T' && read[19] == 'Z');
	alloc_free(read);
	T_INT(out_put_scalar(f, "/late", "", 1, diag), TS_IO); /* opened for reading */
	T_INT(out_close(f, 1, diag), TS_OK);
	T_INT(out_open(path, 1, diag, &f), TS_OK);
	T_INT(out_put_scalar(f, "/late", "", 1, diag), TS_OK);
	T_INT(out_close(f, 0, diag), TS_OK);
	T_INT(out_open(path, 0, diag, &f), TS_OK);
	T_INT(out_is_complete(f), 0);
	T_INT(out_get_scalar(f, "/late", &value, diag), TS_OK);
	T_INT(out_close(f, 0, diag), TS_OK);
	diag_destroy(diag);
}

static void expect_refused(ts_status status, out_file *f, diag_list *diag, diag_code code, const char *word)
{
	diag_code got = DIAG_N_CODE;
	const char *message = diag_message(diag, 0, &got, NULL);
	T_INT(status, TS_IO);
	T_TRUE(!f);
	T_STR(diag_code_name(got), diag_code_name(code));
	printf("  %s\n", message ? message : "(none)");
	T_TRUE(message && strstr(message, word));
	diag_destroy(diag);
}

static void test_failures(void)
{
	out_file *f = NULL;
	ts_status status;
	t_section("failures");
	diag_list *diag = diag_create(NULL);
	status = out_create("/nonexistent/dir/x.h5", &provenance, diag, &f);
	expect_refused(status, f, diag, E0601, "No such file");
	diag = diag_create(NULL);
	status = out_open("/nonexistent.h5", 0, diag, &f);
	expect_refused(status, f, diag, E0601, "No such file");
	diag = diag_create(NULL);
	status = out_open("/etc/passwd", 0, diag, &f);
	expect_refused(status, f, diag, E0601, "/etc/passwd");
	if (access("/dev/full", W_OK) == 0) {
		diag = diag_create(NULL);
		status = out_create("/dev/full", &provenance, diag, &f);
		expect_refused(status, f, diag, E0601, "No space left");
	}
	/* A truncated file. */
	const char *path = scratch("truncated.h5");
	diag = diag_create(NULL);
	T_INT(out_create(path, &provenance, diag, &f), TS_OK);
	T_INT(out_close(f, 1, diag), TS_OK);
	diag_destroy(diag);
	T_INT(truncate(path, 700), 0);
	diag = diag_create(NULL);
	status = out_open(path, 0, diag, &f);
	expect_refused(status, f, diag, E0601, "truncated");
	unlink(path);
}

/* The disk fills up during the run: a limit on the file size gives the same failing writes (EFBIG). */
static void test_disk_full(void)
{
	enum { N = 1 << 16 };
	const char *path = scratch("limited.h5");
	struct rlimit old, limit;
	static double x[N];
	out_file *f = NULL;
	diag_list *diag = diag_create(NULL);
	t_section("disk full while writing");
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 1 << 16;
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 0; i < N; i++)
		x[i] = sin(i * (double)i);
	T_INT(out_create(path, &provenance, diag, &f), TS_OK);
	ts_status status = out_put(f, "/a", "", 1, (const size_t[]){N}, x, diag);
	if (status == TS_OK)
		status = out_flush(f, diag);
	T_INT(status, TS_IO);
	T_TRUE(diag_has(diag, E0601));
	printf("  %s\n", diag_message(diag, 0, NULL, NULL));
	out_close(f, 0, diag);
	setrlimit(RLIMIT_FSIZE, &old);
	T_INT(out_create(path, &provenance, diag, &f), TS_OK); /* the library still works */
	T_INT(out_close(f, 1, diag), TS_OK);
	unlink(path);
	diag_destroy(diag);
}

static void test_no_memory(void)
{
	t_section("no memory");
	for (unsigned long n = 1; n <= 12; n++) {
		out_file *f = NULL;
		double x[2] = {1, 2}, *back = NULL;
		size_t dims[4];
		int rank;
		diag_list *diag = diag_create(NULL);
		alloc_fail_after(n);
		ts_status status = out_create(NULL, &provenance, diag, &f);
		if (status == TS_OK)
			status = out_put(f, "/a/b", "", 1, (const size_t[]){2}, x, diag);
		if (status == TS_OK)
			status = out_get(f, "/a/b", &rank, dims, &back, diag);
		alloc_fail_after(0);
		T_TRUE(status == TS_OK || status == TS_NOMEM);
		alloc_free(back);
		out_close(f, 0, diag);
		diag_destroy(diag);
	}
}

int main(void)
{
	char path[4096];
	snprintf(path, sizeof path, "%s", scratch("result.h5"));
	test_round_trip(NULL);
	test_round_trip(path);
	test_reopen(path);
	test_failures();
	test_disk_full();
	test_no_memory();
	unlink(path);
	return t_done();
}
