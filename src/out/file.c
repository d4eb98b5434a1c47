/* SPDX-License-Identifier: Apache-2.0
 * Opening, closing and stamping result files, and the error text of HDF5. docs/format-h5.md states the layout.
 *
 * Groups track link creation order, so out_list gives things in the order they were written. Closing is strong: every
 * dataset left open by mistake is closed with the file. Library messages are never printed; the innermost reason
 * ("No space left on device") goes into the diagnostic.
 */
#include "out/h5.h"

#include <stdatomic.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/isa.h"
#include "build_info.h"

enum { ATTR_LIMIT = 60000, REASON = 400 }; /* HDF5 keeps attributes in 64 KiB object headers */

static pthread_mutex_t h5_mutex = PTHREAD_MUTEX_INITIALIZER;

void out_lock(void)
{
	pthread_mutex_lock(&h5_mutex);
}

void out_unlock(void)
{
	pthread_mutex_unlock(&h5_mutex);
}

/* What HDF5 said about the first failure since the last h5_forget. Recorded when the failing call returns, because
 * the next call, even one that only cleans up, empties the library's error stack. */
static _Thread_local char h5_reason[REASON];

static herr_t take_reason(unsigned n, const H5E_error2_t *error, void *data)
{
	char *reason = data;
	const char *text = error->desc ? error->desc : "";
	static const char mark[] = "error message = '";
	const char *found = strstr(text, mark);
	if (found) {
		found += sizeof mark - 1;
		snprintf(reason, REASON, "%.*s", (int)strcspn(found, "'"), found);
		return 1;
	}
	if (n == 0)
		snprintf(reason, REASON, "%s", text);
	return 0;
}

static herr_t on_error(hid_t stack, void *data)
{
	(void)data;
	if (!*h5_reason)
		H5Ewalk2(stack, H5E_WALK_UPWARD, take_reason, h5_reason);
	return 0;
}

void h5_forget(void)
{
	h5_reason[0] = 0;
}

ts_status h5_fail(const out_file *file, diag_list *diag, const char *format, ...)
{
	char what[REASON];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	if (diag)
		diag_add(diag, E0601, SRC_NOWHERE, "%s: %s%s%s", file->path, what, *h5_reason ? ": " : "", h5_reason);
	h5_forget();
	return TS_IO;
}

/* After a failed write HDF5 keeps the file open inside and its exit handler complains on stderr; we close what we open,
 * so the handler is not needed. */
static void library_start(void)
{
	H5dont_atexit();
	H5Eset_auto2(H5E_DEFAULT, on_error, NULL);
	h5_forget();
}

static out_file *file_alloc(const char *path, int writable)
{
	const char *name = path ? path : "(memory)";
	const size_t n = strlen(name) + 1;
	out_file *file = alloc_array(1, sizeof *file + n);
	if (!file)
		return NULL;
	memcpy(file->path, name, n);
	file->writable = writable;
	file->id = H5I_INVALID_HID;
	return file;
}

static hid_t access_list(int in_memory)
{
	const hid_t list = H5Pcreate(H5P_FILE_ACCESS);
	H5Pset_fclose_degree(list, H5F_CLOSE_STRONG);
	if (in_memory)
		H5Pset_fapl_core(list, 1 << 20, 0);
#if H5_VERSION_GE(1, 10, 7)
	/* Locks where the file system has them; no failure where it has not (network and overlay mounts). */
	H5Pset_file_locking(list, 1, 1);
#endif
	return list;
}

static void iso_time(char text[32])
{
	const time_t now = time(NULL);
	struct tm utc;
	gmtime_r(&now, &utc);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static herr_t stamp_machine(hid_t root)
{
	char host[256] = "unknown", now[32], libraries[160], isa[32] = "generic";
	unsigned major = 0, minor = 0, release = 0;
	if (gethostname(host, sizeof host - 1))
		snprintf(host, sizeof host, "unknown");
	iso_time(now);
	H5get_libversion(&major, &minor, &release);
	snprintf(libraries, sizeof libraries, "hdf5 %u.%u.%u, sundials %s, gsl %s", major, minor, release,
	         TS_SUNDIALS_VERSION, TS_GSL_VERSION_TEXT);
	if (isa_level() > 0)
		snprintf(isa, sizeof isa, "x86-64-v%d", isa_level());
	herr_t bad = h5_write_text_attr(root, "started", now);
	bad |= h5_write_text_attr(root, "finished", "");
	bad |= h5_write_text_attr(root, "host", host);
	bad |= h5_write_text_attr(root, "isa", isa);
	bad |= h5_write_text_attr(root, "libraries", libraries);
	bad |= h5_write_text_attr(root, "compiler", TS_COMPILER " " TS_BUILD_TYPE);
	return bad;
}

static herr_t stamp(hid_t root, const out_provenance *p)
{
	const int version[2] = {1, 0}, complete = 0;
	char command[ATTR_LIMIT];
	snprintf(command, sizeof command, "%s", p->command ? p->command : "");
	herr_t bad = h5_write_text_attr(root, "format", p->format ? p->format : "thermospice-result");
	bad |= h5_write_attr(root, "version", H5T_NATIVE_INT, 2, version);
	bad |= h5_write_text_attr(root, "creator", "thermospice " TS_VERSION);
	bad |= h5_write_text_attr(root, "commit", TS_COMMIT);
	bad |= h5_write_text_attr(root, "command", command);
	bad |= h5_write_attr(root, "seed", H5T_NATIVE_UINT64, 0, &p->seed);
	bad |= stamp_machine(root);
	bad |= h5_write_attr(root, "complete", H5T_NATIVE_INT, 0, &complete);
	return bad;
}

static ts_status put_text(out_file *file, const char *path, const char *text, diag_list *diag)
{
	TS_TRY(h5_make_groups(file, path, 0, diag));
	const hid_t type = h5_string_type(strlen(text)), space = H5Screate(H5S_SCALAR);
	const hid_t set = H5Dcreate2(file->id, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
	const herr_t bad = set < 0 ? -1 : H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text);
	const ts_status status = bad < 0 ? h5_fail(file, diag, "cannot write %s", path) : TS_OK;
	if (set >= 0)
		H5Dclose(set);
	H5Sclose(space);
	H5Tclose(type);
	return status;
}

static ts_status put_netlist(out_file *file, const out_provenance *p, diag_list *diag)
{
	for (int i = 0; i < p->n_text; i++) {
		char path[H5_PATH];
		if (i == 0)
			h5_path(path, "/netlist/text");
		else
			h5_path(path, "/netlist/includes/%s", p->text_name[i]);
		if (h5_exists(file, path)) /* a file included twice is stored once */
			continue;
		TS_TRY(put_text(file, path, p->text[i], diag));
		if (i == 0)
			TS_TRY(out_attr_text(file, path, "name", p->text_name[0], diag));
	}
	return TS_OK;
}

/* Drop a file that could not be brought into a usable state. */
static ts_status give_up(out_file *file, ts_status status)
{
	if (file->id >= 0)
		H5Fclose(file->id);
	h5_forget();
	alloc_free(file);
	return status;
}

static ts_status no_memory(diag_list *diag)
{
	if (diag)
		diag_add(diag, E0999, SRC_NOWHERE, "memory exhausted while opening a result file");
	return TS_NOMEM;
}

ts_status out_create(const char *path, const out_provenance *provenance, diag_list *diag, out_file **file)
{
	library_start();
	*file = NULL;
	out_file *f = file_alloc(path, 1);
	if (!f)
		return no_memory(diag);
	static atomic_uint number; /* open files in memory need names of their own */
	char name[32];
	snprintf(name, sizeof name, "memory%u.h5", atomic_fetch_add(&number, 1u));
	const hid_t create = H5Pcreate(H5P_FILE_CREATE), access = access_list(!path);
	H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
	f->id = H5Fcreate(path ? path : name, H5F_ACC_TRUNC, create, access);
	H5Pclose(create);
	H5Pclose(access);
	if (f->id < 0)
		return give_up(f, h5_fail(f, diag, "cannot create the file"));
	const hid_t root = H5Gopen2(f->id, "/", H5P_DEFAULT);
	const herr_t bad = root < 0 ? -1 : stamp(root, provenance);
	if (root >= 0)
		H5Gclose(root);
	ts_status status = bad < 0 ? h5_fail(f, diag, "cannot write the provenance") : TS_OK;
	if (status == TS_OK)
		status = put_netlist(f, provenance, diag);
	if (status == TS_OK && path) /* so that a full or unwritable disk is known before hours of simulation */
		status = out_flush(f, diag);
	if (status != TS_OK)
		return give_up(f, status);
	*file = f;
	return TS_OK;
}

static ts_status check_format(const out_file *file, diag_list *diag)
{
	char *format = NULL;
	double major = 0;
	const int has = out_get_attr_text(file, "/", "format", &format, NULL) == TS_OK;
	const int ours = has && strncmp(format, "thermospice-", strlen("thermospice-")) == 0;
	alloc_free(format);
	h5_forget();
	if (!ours) {
		if (diag)
			diag_add(diag, E0602, SRC_NOWHERE,
			         "%s: an HDF5 file, but not one of thermospice's (no format attribute)", file->path);
		return TS_IO;
	}
	if (out_get_attr_number(file, "/", "version", &major, diag) != TS_OK)
		return TS_IO;
	if (major == 1)
		return TS_OK;
	if (diag)
		diag_add(diag, E0602, SRC_NOWHERE, "%s: format version %g; this program reads version 1", file->path,
		         major);
	return TS_IO;
}

ts_status out_open(const char *path, int writable, diag_list *diag, out_file **file)
{
	library_start();
	*file = NULL;
	out_file *f = file_alloc(path, writable);
	if (!f)
		return no_memory(diag);
	const hid_t access = access_list(0);
	f->id = H5Fopen(path, writable ? H5F_ACC_RDWR : H5F_ACC_RDONLY, access);
	H5Pclose(access);
	if (f->id < 0)
		return give_up(f, h5_fail(f, diag, "cannot open the file"));
	const ts_status status = check_format(f, diag);
	if (status != TS_OK)
		return give_up(f, status);
	*file = f;
	return TS_OK;
}

ts_status out_flush(out_file *file, diag_list *diag)
{
	if (H5Fflush(file->id, H5F_SCOPE_GLOBAL) < 0)
		return h5_fail(file, diag, "cannot write to the file");
	return TS_OK;
}

static herr_t stamp_end(hid_t id, int complete)
{
	char now[32];
	iso_time(now);
	const hid_t root = H5Gopen2(id, "/", H5P_DEFAULT);
	if (root < 0)
		return -1;
	herr_t bad = h5_write_text_attr(root, "finished", now);
	bad |= h5_write_attr(root, "complete", H5T_NATIVE_INT, 0, &complete);
	bad |= H5Gclose(root);
	return bad;
}

ts_status out_close(out_file *file, int complete, diag_list *diag)
{
	if (!file)
		return TS_OK;
	ts_status status = TS_OK;
	if (file->writable && stamp_end(file->id, complete != 0) < 0)
		status = h5_fail(file, diag, "cannot mark the file as finished");
	if (status == TS_OK && file->writable)
		status = out_flush(file, diag);
	if (H5Fclose(file->id) < 0 && status == TS_OK)
		status = h5_fail(file, diag, "cannot close the file");
	h5_forget();
	alloc_free(file);
	return status;
}

int out_is_complete(const out_file *file)
{
	double complete = 0;
	return out_get_attr_number(file, "/", "complete", &complete, NULL) == TS_OK && complete == 1;
}
