/* SPDX-License-Identifier: Apache-2.0
 * Extraction from a two-state process whose P, tau and tau_int are known in closed form: recovered within 4 standard
 * errors that are small, for symmetric, asymmetric and flickering bits; 95 % intervals that cover in 200 independent
 * ensembles as often as they should; one bias point, one trajectory, unfinished trajectories and broken files.
 */
#include <string.h>
#include "extract/cell.h"
#include "telegraph.h"

static const double SIGMAS = 4, FLICKER_SIGMAS = 4.5;

static extract_cell *measure(const telegraph *g, diag_list *diag)
{
	extract_cell *cell = alloc_array(1, sizeof *cell);
	out_file *f = telegraph_file(g, diag);
	T_INT(extract_run(f, NULL, diag, cell), TS_OK);
	out_close(f, 1, diag);
	return cell;
}

static void test_sweep(void)
{
	const telegraph g = {.seed = 7,
	                     .n_bias = 5,
	                     .n_traj = 32,
	                     .n_sample = 20000,
	                     .dt = 2e-9,
	                     .watts = 3e-9,
	                     .v_unit = 0.025,
	                     .t_unit = 1e-9,
	                     .bias = {-0.05, -0.02, 0, 0.02, 0.05},
	                     .p = {0.08, 0.3, 0.5, 0.7, 0.92},
	                     .tau = {2e-8, 4e-8, 5e-8, 4e-8, 8e-9},
	                     .reversed = 1};
	diag_list *diag = diag_create(NULL);
	t_section("five bias points, 32 trajectories of 40 us, stored in decreasing order");
	extract_cell *c = measure(&g, diag);
	T_INT(diag_count(diag, DIAG_WARNING), 0);
	T_INT(c->n_bias, 5);
	for (int i = 0; i < 5; i++) {
		const double n_eff = g.n_traj * g.n_sample * g.dt / (2 * g.tau[i]);
		T_TRUE(c->bias[i] == g.bias[i]);
		T_SIGMA(c->p[i].value, g.p[i], c->p[i].se, SIGMAS);
		T_REL(c->p[i].se, sqrt(g.p[i] * (1 - g.p[i]) / n_eff), 0.5);
		T_SIGMA(c->tau[i].value, g.tau[i], c->tau[i].se, SIGMAS);
		T_TRUE(c->tau[i].se < 0.05 * g.tau[i]);
		T_SIGMA(c->tau_int[i].value, 2 * g.tau[i], c->tau_int[i].se, SIGMAS);
		T_TRUE(c->tau_int[i].se < 0.05 * 2 * g.tau[i]);
		T_SIGMA(c->power[i].value, g.watts, c->power[i].se, SIGMAS);
	}
	T_INT(c->i_mid, 2);
	T_SIGMA(c->v0.value, 0, c->v0.se, SIGMAS);
	T_INT(c->n_supply, 2);
	T_STR(c->supply_name[1], "vss");
	T_REL(c->supply_power[0].value + c->supply_power[1].value, c->power[2].value, 1e-12);
	T_REL(c->energy_per_tau.value, c->power[2].value * c->tau[2].value, 1e-12);
	T_REL(c->energy_per_bit.value, c->power[2].value * c->tau_int[2].value, 1e-12);
	T_ABS(c->residual, 160e-14, 1e-20);
	T_REL(c->threshold, 0.25, 1e-15);
	T_STR(c->reading, "shifted");
	extract_print(c, stdout);
	alloc_free(c);
	diag_destroy(diag);
}

/* With a fraction q of the samples replaced by coins, rho drops to (1 - q)^2 at once and then decays with tau. The
 * estimated integral joins the first two samples by an exponential, so that it exceeds 2 tau (1 - q)^2 by less than dt.
 */
static void test_flicker(void)
{
	const telegraph g = {.seed = 8,
	                     .n_bias = 1,
	                     .n_traj = 32,
	                     .n_sample = 20000,
	                     .dt = 1e-9,
	                     .watts = 1e-9,
	                     .intra = 0.15,
	                     .v_unit = 1,
	                     .t_unit = 1,
	                     .p = {0.4},
	                     .tau = {4e-8}};
	diag_list *diag = diag_create(NULL);
	t_section("flicker inside the wells");
	extract_cell *c = measure(&g, diag);
	T_SIGMA(c->tau[0].value, g.tau[0], c->tau[0].se, FLICKER_SIGMAS);
	const double h = 1e-9, rest = (1 - g.intra) * (1 - g.intra), slow = 2 * g.tau[0] * rest;
	const double first = rest * exp(-h / g.tau[0]);
	const double want = slow * exp(-h / g.tau[0]) + 2 * h * (1 - first) / -log(first);
	T_SIGMA(c->tau_int[0].value, want, c->tau_int[0].se, FLICKER_SIGMAS);
	T_TRUE(diag_has(diag, W0602));
	T_TRUE(isnan(c->v0.value) && isnan(c->vs.value) && isnan(c->bias[0]));
	T_TRUE(c->energy_per_bit.low < c->energy_per_bit.value && c->energy_per_bit.value < c->energy_per_bit.high);
	extract_print(c, stdout);
	alloc_free(c);
	diag_destroy(diag);
}

static int holds(const extract_value *x, double truth)
{
	return x->low <= truth && truth <= x->high;
}

/* Binomial: 200 replicates at 95 % have a standard deviation of 1.5 %; 90 to 99 % is allowed. */
static void test_coverage(void)
{
	enum { N = 200 };
	telegraph g = {.n_bias = 3,
	               .n_traj = 16,
	               .n_sample = 1000,
	               .dt = 1e-8,
	               .watts = 1e-9,
	               .v_unit = 1,
	               .t_unit = 1,
	               .bias = {-1, 0, 1},
	               .p = {0, 0.5, 0},
	               .tau = {4e-8, 5e-8, 4e-8}};
	int p = 0, edge = 0, tau = 0, tau_int = 0, v0 = 0, vs = 0;
	g.p[0] = 1 / (1 + exp(1));
	g.p[2] = 1 - g.p[0];
	double width = 0;
	t_section("coverage of the 95 %% intervals in 200 ensembles");
	for (int k = 0; k < N; k++) {
		diag_list *diag = diag_create(NULL);
		g.seed = 1000 + (uint64_t)k;
		extract_cell *c = measure(&g, diag);
		p += holds(&c->p[1], 0.5);
		edge += holds(&c->p[0], g.p[0]);
		tau += holds(&c->tau[1], g.tau[1]);
		tau_int += holds(&c->tau_int[1], 2 * g.tau[1]);
		v0 += holds(&c->v0, 0);
		vs += holds(&c->vs, 1);
		width += (c->tau[1].high - c->tau[1].low) / g.tau[1] / N;
		alloc_free(c);
		diag_destroy(diag);
	}
	T_TRUE(p >= 0.90 * N && p <= 0.99 * N);
	T_TRUE(edge >= 0.90 * N && edge <= 0.99 * N);
	T_TRUE(tau >= 0.90 * N && tau <= 0.99 * N);
	T_TRUE(tau_int >= 0.90 * N && tau_int <= 0.99 * N);
	T_TRUE(v0 >= 0.90 * N && v0 <= 0.99 * N);
	T_TRUE(vs >= 0.90 * N && vs <= 0.99 * N);
	/* a rate known from n flips has an interval of 4/sqrt(n); n = 16 * 1000 * 1e-8 / (2 * 5e-8) = 1600 */
	T_TRUE(width < 3 * 4 / sqrt(1600));
	printf("covered of %d: P %d, P at the edge %d, tau %d, tau_int %d, v0 %d, vs %d; width of tau %.3f\n", N, p,
	       edge, tau, tau_int, v0, vs, width);
}

static void test_single(void)
{
	const telegraph g = {.seed = 9,
	                     .n_bias = 1,
	                     .n_traj = 1,
	                     .n_sample = 200000,
	                     .dt = 2e-9,
	                     .watts = 1e-9,
	                     .v_unit = 1,
	                     .t_unit = 1,
	                     .p = {0.5},
	                     .tau = {2e-8}};
	diag_list *diag = diag_create(NULL);
	t_section("one trajectory of 20000 correlation times");
	extract_cell *c = measure(&g, diag);
	T_SIGMA(c->p[0].value, 0.5, c->p[0].se, SIGMAS);
	T_REL(c->p[0].se, 0.5 / sqrt(1e4), 0.1);
	T_REL(c->tau[0].value, 2e-8, 0.1);
	T_TRUE(isnan(c->tau[0].se));
	T_TRUE(diag_has(diag, W0602));
	alloc_free(c);
	diag_destroy(diag);
}

static void test_unresolved(void)
{
	const telegraph g = {.seed = 5,
	                     .n_bias = 1,
	                     .n_traj = 8,
	                     .n_sample = 5000,
	                     .dt = 1e-8,
	                     .watts = 1e-9,
	                     .v_unit = 1,
	                     .t_unit = 1,
	                     .p = {0.5},
	                     .tau = {1.5e-8}};
	diag_list *diag = diag_create(NULL);
	t_section("two samples per tau are too few to tell it from motion inside a well");
	extract_cell *c = measure(&g, diag);
	T_TRUE(isnan(c->tau[0].value) && isnan(c->tau_int[0].value) && isnan(c->energy_per_bit.value));
	T_SIGMA(c->p[0].value, 0.5, c->p[0].se, SIGMAS);
	T_TRUE(diag_has(diag, W0602));
	alloc_free(c);
	diag_destroy(diag);
}

static void test_partial(void)
{
	const telegraph g = {.seed = 7,
	                     .n_bias = 1,
	                     .n_traj = 8,
	                     .n_sample = 5000,
	                     .dt = 2e-9,
	                     .watts = 1e-9,
	                     .v_unit = 1,
	                     .t_unit = 1,
	                     .p = {0.5},
	                     .tau = {2e-8}};
	diag_list *diag = diag_create(NULL);
	t_section("interrupted: half of the trajectories");
	out_file *f = telegraph_file(&g, diag);
	static double nan_rows[8], *p1 = NULL;
	size_t dims[4];
	int rank = 0;
	T_INT(out_get(f, "/analyses/n1/bit/cell/p1", &rank, dims, &p1, diag), TS_OK);
	double mean = 0;
	for (int t = 0; t < 8; t++) {
		nan_rows[t] = t % 2 ? (double)NAN : p1[t];
		mean += t % 2 ? 0 : p1[t] / 4;
	}
	out_put(f, "/analyses/n1/bit/cell/p1", "", 2, (const size_t[]){1, 8}, nan_rows, diag);
	out_attr_number(f, "/analyses/n1", "complete", 0, diag);
	extract_cell *c = alloc_array(1, sizeof *c);
	T_INT(extract_run(f, "cell", diag, c), TS_OK);
	T_TRUE(diag_has(diag, W0601));
	T_REL(c->p[0].value, mean, 1e-12);
	T_TRUE(c->tau[0].low > 1e-8 && c->tau[0].high < 4e-8);
	out_close(f, 1, diag);
	alloc_free(p1);
	alloc_free(c);
	diag_destroy(diag);
}

static void test_stuck(void)
{
	const telegraph g = {.seed = 7,
	                     .n_bias = 3,
	                     .n_traj = 8,
	                     .n_sample = 1000,
	                     .dt = 2e-9,
	                     .watts = 1e-9,
	                     .v_unit = 1,
	                     .t_unit = 1,
	                     .bias = {-1, 0, 1},
	                     .p = {0, 0, 1},
	                     .tau = {2e-8, 2e-8, 2e-8}};
	diag_list *diag = diag_create(NULL);
	t_section("a bit that never flips");
	extract_cell *c = measure(&g, diag);
	T_TRUE(diag_has(diag, W0602));
	T_TRUE(c->p[0].value == 0 && c->p[0].high > 0.05 && c->p[0].high < 0.5 && c->p[2].low < 1);
	T_TRUE(isnan(c->tau[0].value) && isnan(c->vs.value));
	alloc_free(c);
	diag_destroy(diag);
}

static void test_broken(void)
{
	const telegraph g = {.seed = 7,
	                     .n_bias = 2,
	                     .n_traj = 2,
	                     .n_sample = 100,
	                     .dt = 2e-9,
	                     .watts = 1e-9,
	                     .v_unit = 1,
	                     .t_unit = 1,
	                     .bias = {-1, 1},
	                     .p = {0.3, 0.7},
	                     .tau = {2e-8, 2e-8}};
	static extract_cell cell;
	diag_list *diag = diag_create(NULL);
	t_section("files that lack something");
	out_file *f = telegraph_file(&g, diag);
	T_INT(extract_run(f, "other", diag, &cell), TS_IO);
	T_TRUE(diag_has(diag, E0604));
	out_put(f, "/analyses/n2/bit/second/p1", "", 2, (const size_t[]){1, 2}, (const double[]){0.5, 0.5}, diag);
	T_INT(extract_run(f, NULL, diag, &cell), TS_IO);
	T_INT(extract_run(f, "second", diag, &cell), TS_OK); /* no correlation, energy or attributes */
	T_TRUE(cell.p[0].value == 0.5 && isnan(cell.tau[0].value) && isnan(cell.power[0].value));
	out_put(f, "/analyses/n1/bias", "V", 1, (const size_t[]){3}, (const double[]){1, 2, 3}, diag);
	T_INT(extract_run(f, "cell", diag, &cell), TS_IO);
	T_TRUE(diag_has(diag, E0603));
	out_close(f, 1, diag);
	diag_destroy(diag);
}

int main(void)
{
	test_sweep();
	test_flicker();
	test_coverage();
	test_single();
	test_unresolved();
	test_partial();
	test_stuck();
	test_broken();
	return t_done();
}
