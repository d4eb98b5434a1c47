/* SPDX-License-Identifier: Apache-2.0
 * Slow relaxation time, heat and variance of the subthreshold latch against the exact two-dimensional master equation
 * (physics.md 2.4), by jumps and by the Gaussian truncation `shifted`. Sample: about 6e4 relaxation times in all, so
 * that tau is known to about 1 %. Thresholds, declared here: jumps agree within 3 % and 4.5 standard errors everywhere;
 * `shifted` within 3 % up to Vdd = 1.2 U, and where barriers are higher it is too fast: by what is printed.
 */
#include "extract/cell.h"
#include "static_deck.h"
#include "harness/t.h"
#include "base/phys.h"

static const double TOL_TAU = 0.03, TOL_HEAT = 0.01, TOL_VARIANCE = 0.01, SIGMAS = 4.5, WANTED = 6e4;

static const struct {
	int n;                         /* electrons per U */
	double vdd, tau, heat, square; /* U; t0; kT/t0; U^2 */
	int gaussian;                  /* hold `shifted` to the same tolerance */
} row[] = {{10, 0.8, 20.0245, 3.06349, 0.35275, 1},
           {10, 1.0, 50.9199, 4.44415, 0.66876, 1},
           {10, 1.2, 224.759, 5.39471, 1.18730, 1},
           {10, 1.4, 2076.37, 6.10918, 1.80889, 0},
           {20, 1.0, 377.849, 4.35106, 0.64384, 1}};

typedef struct latch_result {
	extract_value tau, power;
	double square, square_se;
} latch_result;

static void make_deck(size_t k, const char *noise, char *text, size_t size)
{
	const double samples = 64, stop = WANTED * row[k].tau / samples, step = row[k].tau / 25;
	snprintf(text, size,
	         "latch\n.param u=26m q=1.602176634e-19 tk='u*q/1.380649e-23' co='%d*q/u' t0='q/1n'\n"
	         ".temp 'tk-273.15'\nvdd vdd 0 '%g*u'\nvss vss 0 '-%g*u'\n"
	         "mn1 v1 v2 vss vss n\nmp1 v1 v2 vdd vdd p\nmn2 v2 v1 vss vss n\nmp2 v2 v1 vdd vdd p\n"
	         "c1 v1 0 co\nc2 v2 0 co\n.model n nmos level=subvt i0=1n\n.model p pmos level=subvt i0=1n\n"
	         ".ic v(v1)=0 v(v2)=0\n.trannoise '%g*t0' '%g*t0' '%g*t0' samples=%g seed=21 keep=0 noise=%s\n"
	         ".pbit latch out=v(v1) threshold=0 supply=vdd,vss\n.end\n",
	         row[k].n, row[k].vdd, row[k].vdd, step, stop + 10 * row[k].tau, 10 * row[k].tau, samples, noise);
}

static void pool(const out_file *file, diag_list *diag, latch_result *r)
{
	double *mean = NULL, *variance = NULL, sum = 0, square = 0;
	size_t dims[4];
	int rank;
	T_INT(out_get(file, "/analyses/trannoise1/ensemble/mean/v(v1)", &rank, dims, &mean, diag), TS_OK);
	T_INT(out_get(file, "/analyses/trannoise1/ensemble/variance/v(v1)", &rank, dims, &variance, diag), TS_OK);
	const size_t n = dims[1];
	for (size_t i = 0; i < n; i++) {
		const double x = variance[i] + mean[i] * mean[i];
		sum += x / (double)n;
		square += x * x / (double)n;
	}
	r->square = sum;
	r->square_se = sqrt((square - sum * sum) / ((double)n - 1));
	alloc_free(mean);
	alloc_free(variance);
}

static latch_result run_latch(size_t k, const char *noise)
{
	static extract_cell cell;
	char text[1200];
	latch_result r = {0};
	make_deck(k, noise, text, sizeof text);
	static_deck d = static_deck_open(text, 0, 1);
	const out_provenance provenance = {.command = "test", .format = "thermospice-result"};
	const sim_options options = {.pbit = &d.circuit->pbit[0]};
	T_INT(out_create(NULL, &provenance, d.diag, &d.file), TS_OK);
	T_INT(sim_run(d.system, &d.circuit->request[0], &options, d.file, d.diag), TS_OK);
	T_INT(extract_run(d.file, NULL, d.diag, &cell), TS_OK);
	r.tau = cell.tau[0];
	r.power = cell.power[0];
	pool(d.file, d.diag, &r);
	static_deck_close(&d);
	return r;
}

static void test_row(size_t k)
{
	const double t0 = PHYS_Q / 1e-9, kt_per_t0 = PHYS_Q * 26e-3 / t0, u2 = 26e-3 * 26e-3;
	t_section("N = %d, Vdd = %g U", row[k].n, row[k].vdd);
	for (int gaussian = 0; gaussian < 2; gaussian++) {
		const latch_result r = run_latch(k, gaussian ? "shifted" : "jump");
		const double tau = r.tau.value / t0, se = r.tau.se / t0;
		printf("  %-7s tau %.6g +- %.2g t0 (%.6g, %+.2f %%), heat %.5f kT/t0 (%.5f), <v1^2> %.5f U^2 (%.5f)\n",
		       gaussian ? "shifted" : "jump", tau, se, row[k].tau, 100 * (tau / row[k].tau - 1),
		       r.power.value / kt_per_t0, row[k].heat, r.square / u2, row[k].square);
		T_REL(r.power.value / kt_per_t0, row[k].heat, TOL_HEAT);
		T_REL(r.square / u2, row[k].square, TOL_VARIANCE);
		if (gaussian && !row[k].gaussian)
			continue;
		T_REL(tau, row[k].tau, TOL_TAU);
		if (!gaussian) {
			T_SIGMA(tau, row[k].tau, se, SIGMAS);
			T_SIGMA(r.square / u2, row[k].square, r.square_se / u2, SIGMAS);
		}
	}
}

int main(void)
{
	for (size_t k = 0; k < sizeof row / sizeof *row; k++)
		test_row(k);
	return t_done();
}
