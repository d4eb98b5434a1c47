/* SPDX-License-Identifier: Apache-2.0
 * How tau changes with the step, from two-state processes in place of the runs with h and 2h: 16 of 32 trajectories of
 * 200 us have a companion. The same process again changes nothing; another one of a quarter longer tau, independent,
 * changes it by that within 4 standard errors, which are those of two independent taus. What is not paired is left out.
 */
#include "extract/cell.h"
#include "telegraph.h"

static const double SIGMAS = 4;
enum { PAIRS = 16 };

static const telegraph fine = {.seed = 17,
                               .n_bias = 1,
                               .n_traj = 32,
                               .n_sample = 100000,
                               .dt = 2e-9,
                               .watts = 3e-9,
                               .v_unit = 1,
                               .t_unit = 1,
                               .p = {0.4},
                               .tau = {4e-8}};

/* Rows of `from` become the companion of `to`. */
static void pair_up(const out_file *from, out_file *to, double first, diag_list *diag)
{
	size_t dims[4] = {0};
	double *x = NULL, trajectory[PAIRS];
	int rank = 0;
	char path[100];
	for (int j = 0; j < PAIRS; j++)
		trajectory[j] = first + j;
	const size_t n = PAIRS;
	T_INT(out_put(to, "/analyses/n1/bit/cell/companion/trajectory", "", 1, &n, trajectory, diag), TS_OK);
	static const char *const name[] = {"p1", "autocorrelation"};
	for (int k = 0; k < 2; k++) {
		snprintf(path, sizeof path, "/analyses/n1/bit/cell/%s", name[k]);
		T_INT(out_get(from, path, &rank, dims, &x, diag), TS_OK);
		dims[1] = PAIRS; /* of one bias point: the first rows */
		snprintf(path, sizeof path, "/analyses/n1/bit/cell/companion/%s", name[k]);
		T_INT(out_put(to, path, "", rank, dims, x, diag), TS_OK);
		alloc_free(x);
	}
}

static extract_cell *measure(const telegraph *coarse, double first, diag_list *diag)
{
	extract_cell *cell = alloc_array(1, sizeof *cell);
	out_file *f = telegraph_file(&fine, diag), *other = telegraph_file(coarse, diag);
	pair_up(other, f, first, diag);
	const double p[2] = {0.01, 0.002}, power[2] = {-1e-12, 3e-12};
	const size_t dims[2] = {1, 2};
	T_INT(out_put(f, "/analyses/n1/ensemble/discretisation/p", "", 2, dims, p, diag), TS_OK);
	T_INT(out_put(f, "/analyses/n1/ensemble/discretisation/power", "W", 2, dims, power, diag), TS_OK);
	const ts_status status = extract_run(f, NULL, diag, cell);
	T_INT(status, first + PAIRS > fine.n_traj ? TS_IO : TS_OK);
	out_close(other, 1, diag);
	out_close(f, 1, diag);
	return cell;
}

static void test_same(void)
{
	t_section("the same trajectories: no change, and no error of it");
	diag_list *diag = diag_create(NULL);
	extract_cell *c = measure(&fine, 0, diag);
	T_TRUE(c->tau_step[0].value == 0 && c->tau_step[0].se == 0);
	T_REL(c->p_step[0].value, 0.01, 1e-15);
	T_REL(c->p_step[0].se, 0.002, 1e-15);
	T_TRUE(c->p_step[0].low < 0.006 && c->p_step[0].high > 0.014); /* Student's t, 15 degrees of freedom */
	T_REL(c->power_step[0].value, -1e-12, 1e-15);
	alloc_free(c);
	diag_destroy(diag);
}

static void test_longer(void)
{
	t_section("an independent process, its tau longer by a quarter");
	telegraph coarse = fine;
	coarse.seed = 18;
	coarse.tau[0] = 1.25 * fine.tau[0];
	coarse.n_traj = PAIRS;
	diag_list *diag = diag_create(NULL);
	extract_cell *c = measure(&coarse, 8, diag), *alone = alloc_array(1, sizeof *alone);
	out_file *f = telegraph_file(&coarse, diag);
	T_INT(extract_run(f, NULL, diag, alone), TS_OK);
	out_close(f, 1, diag);
	const double want = fine.tau[0] - coarse.tau[0];
	const double se = hypot(alone->tau[0].se, sqrt((double)fine.n_traj / PAIRS) * c->tau[0].se);
	printf("  %.4g +- %.2g s, want %.4g; two independent taus %.2g\n", c->tau_step[0].value, c->tau_step[0].se,
	       want, se);
	T_SIGMA(c->tau_step[0].value, want, c->tau_step[0].se, SIGMAS);
	T_REL(c->tau_step[0].se, se, 0.5); /* two scatters of 16: a fifth each */
	T_TRUE(c->tau_step[0].se < 0.2 * fabs(want));
	alloc_free(c);
	alloc_free(alone);
	diag_destroy(diag);
}

static void test_stored(void)
{
	t_section("stored and loaded; a file without companion; one whose companion is no trajectory");
	diag_list *diag = diag_create(NULL);
	extract_cell *c = measure(&fine, 0, diag), *back = alloc_array(1, sizeof *back);
	out_file *f = telegraph_file(&fine, diag);
	T_INT(extract_run(f, NULL, diag, back), TS_OK);
	T_TRUE(isnan(back->tau_step[0].value) && isnan(back->p_step[0].value) && isnan(back->power_step[0].value));
	T_INT(extract_store(f, c, diag), TS_OK);
	T_INT(extract_load(f, "cell", diag, back), TS_OK);
	T_TRUE(back->p_step[0].value == c->p_step[0].value && back->tau_step[0].high == c->tau_step[0].high);
	extract_print(back, stdout);
	out_close(f, 1, diag);
	alloc_free(measure(&fine, 20, diag));
	T_TRUE(diag_has(diag, E0603));
	alloc_free(c);
	alloc_free(back);
	diag_destroy(diag);
}

int main(void)
{
	test_same();
	test_longer();
	test_stored();
	return t_done();
}
