/* SPDX-License-Identifier: Apache-2.0
 * An independent reader: h5py opens our file and must see the same numbers, attributes, strings and dimension scales.
 * Skipped when /usr/bin/python3 has no h5py.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "harness/t.h"
#include "out/result.h"

static const char script[] =
    "import sys, h5py, numpy as np\n"
    "f = h5py.File(sys.argv[1], 'r')\n"
    "def text(x): return x.decode() if isinstance(x, bytes) else x\n"
    "assert text(f.attrs['format']) == 'thermospice-result'\n"
    "assert list(f.attrs['version']) == [1, 0]\n"
    "assert f.attrs['complete'] == 1 and f.attrs['seed'] == 2**63 + 1\n"
    "for k in 'creator commit command started finished host isa libraries'.split(): assert text(f.attrs[k]), k\n"
    "assert text(f['netlist/text'][()]) == 'title \\u00b5\\n'\n"
    "v = f['analyses/n/signals/v(a)']\n"
    "assert v.shape == (2, 3000) and v.chunks and v.compression == 'gzip' and v.shuffle\n"
    "assert np.array_equal(v[1], np.arange(3000.0)) and np.isnan(v[0]).all()\n"
    "assert text(v.attrs['units']) == 'V'\n"
    "assert v.dims[1][0] == f['analyses/n/time'] and v.dims[0][0] == f['analyses/n/bias']\n"
    "assert h5py.h5ds.is_scale(f['analyses/n/time'].id) and len(v.dims[0]) == 1\n"
    "assert len(f['analyses/n/time'].attrs['REFERENCE_LIST']) == 2\n"
    "assert f['analyses/n/w'].dims[0][0] == f['analyses/n/time'] and f['analyses/n/w'].dtype == np.float64\n"
    "assert [text(x) for x in f['names']] == ['b', 'alpha']\n"
    "assert list(f['analyses/n'].keys()) == ['time', 'bias', 'signals', 'w'] or not h5py.get_config().track_order\n"
    "print('h5py', h5py.__version__, 'agrees')\n";

static void write_file(const char *path)
{
	enum { N = 3000 };
	static const char *const name[] = {"deck.cir"};
	static const char *const text[] = {"title \xc2\xb5\n"};
	const out_provenance provenance = {
	    .command = "run", .seed = (UINT64_C(1) << 63) + 1, .n_text = 1, .text_name = name, .text = text};
	static double x[N];
	out_file *f = NULL;
	diag_list *diag = diag_create(NULL);
	for (int i = 0; i < N; i++)
		x[i] = i;
	T_INT(out_create(path, &provenance, diag, &f), TS_OK);
	T_INT(out_put(f, "/analyses/n/time", "s", 1, (const size_t[]){N}, x, diag), TS_OK);
	T_INT(out_put(f, "/analyses/n/bias", "V", 1, (const size_t[]){2}, x, diag), TS_OK);
	T_INT(out_stream_create(f, "/analyses/n/signals/v(a)", "V", 2, N, diag), TS_OK);
	T_INT(out_attach_scale(f, "/analyses/n/signals/v(a)", 1, "/analyses/n/time", diag), TS_OK);
	T_INT(out_attach_scale(f, "/analyses/n/signals/v(a)", 0, "/analyses/n/bias", diag), TS_OK);
	T_INT(out_stream_row(f, "/analyses/n/signals/v(a)", 1, x, diag), TS_OK);
	T_INT(out_put(f, "/analyses/n/w", "", 1, (const size_t[]){N}, x, diag), TS_OK);
	T_INT(out_attach_scale(f, "/analyses/n/w", 0, "/analyses/n/time", diag), TS_OK);
	T_INT(out_put_names(f, "/names", 2, (const char *const[]){"b", "alpha"}, diag), TS_OK);
	T_INT(diag_count(diag, DIAG_WARNING), 0);
	T_INT(out_attach_scale(f, "/analyses/n/w", 1, "/analyses/n/time", diag), TS_IO); /* no such dimension */
	T_INT(out_close(f, 1, diag), TS_OK);
	diag_destroy(diag);
}

int main(void)
{
	char path[4096], command[9000];
	if (system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0)
		t_skip("/usr/bin/python3 has no h5py");
	snprintf(path, sizeof path, "%s/h5py.%ld.py", TS_TEST_BINARY_DIR, (long)getpid());
	FILE *to = fopen(path, "w");
	T_TRUE(to && fputs(script, to) >= 0 && fclose(to) == 0);
	snprintf(command, sizeof command, "/usr/bin/python3 '%s' '%s.h5'", path, path);
	char file[4200];
	snprintf(file, sizeof file, "%s.h5", path);
	write_file(file);
	T_INT(system(command), 0);
	unlink(path);
	unlink(file);
	return t_done();
}
