/* SPDX-License-Identifier: Apache-2.0
 * The sigmoid of a cell: exact logistic and normal laws are recovered to 1e-9, rising and falling; a law that is wrong
 * is fitted evenly; a cell comes back from a file bit for bit; the interpolated sigmoid passes through its points, is
 * monotone, agrees with GSL's Steffen spline and goes on with the fitted slope; what is printed fits the terminal.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_interp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/alloc.h"
#include "extract/cell.h"
#include "harness/t.h"

static const double TOL_FIT = 1e-9, TOL_INTERP = 1e-12, TOL_EVEN = 5e-3;
enum { N_BIAS = 11, N_TRAJ = 6 };
static const double V0 = 0.0123, VS = 0.031;

typedef double law(double v);

static double rising(double v)
{
	return 1 / (1 + exp(-(v - V0) / VS));
}

static double falling(double v)
{
	return 1 - rising(v);
}

static double normal(double v)
{
	return gsl_cdf_ugaussian_P((v - V0) / VS);
}

/* Not logistic: two steps. */
static double staircase(double v)
{
	return 0.5 / (1 + exp(-(v - 0.05) / 0.01)) + 0.5 / (1 + exp(-(v + 0.05) / 0.01));
}

/* A file whose trajectories scatter about the law by `scatter` sqrt(p (1 - p)) in pairs that cancel. */
static extract_cell *cell_of(law *f, double scatter)
{
	const out_provenance provenance = {.command = "test", .format = "thermospice-result"};
	diag_list *diag = diag_create(NULL);
	extract_cell *cell = alloc_array(1, sizeof *cell);
	double bias[N_BIAS], p1[N_BIAS * N_TRAJ];
	out_file *file = NULL;
	for (int i = 0; i < N_BIAS; i++) {
		bias[i] = -0.1 + 0.02 * i;
		for (int t = 0; t < N_TRAJ; t++) {
			const double p = f(bias[i]);
			p1[i * N_TRAJ + t] = p + (t % 2 ? 1 : -1) * scatter * sqrt(p * (1 - p));
		}
	}
	T_INT(out_create(NULL, &provenance, diag, &file), TS_OK);
	out_put(file, "/analyses/n1/bias", "V", 1, (const size_t[]){N_BIAS}, bias, diag);
	out_put(file, "/analyses/n1/bit/law/p1", "", 2, (const size_t[]){N_BIAS, N_TRAJ}, p1, diag);
	out_attr_number(file, "/analyses/n1", "complete", 1, diag);
	T_INT(extract_run(file, "law", diag, cell), TS_OK);
	out_close(file, 1, diag);
	diag_destroy(diag);
	return cell;
}

static void test_exact(void)
{
	const double scatter[] = {0, 1e-3};
	for (int k = 0; k < 2; k++) {
		t_section("exact laws, scatter %g", scatter[k]);
		extract_cell *c = cell_of(rising, scatter[k]);
		T_REL(c->v0.value, V0, TOL_FIT);
		T_REL(c->vs.value, VS, TOL_FIT);
		T_ABS(c->worst.value, 0, TOL_FIT);
		T_ABS(c->chi2, 0, TOL_FIT);
		T_INT(c->dof, N_BIAS - 2);
		T_TRUE(c->probit_worst.value > 1e-3 && c->probit_vs.value > VS);
		T_TRUE(c->vs.low <= c->vs.value && c->vs.value <= c->vs.high && c->vs.se < 1e-2 * VS);
		T_INT(c->i_mid, 6); /* bias 0.02 V */
		alloc_free(c);
		c = cell_of(falling, scatter[k]);
		T_REL(c->v0.value, V0, TOL_FIT);
		T_REL(c->vs.value, -VS, TOL_FIT);
		T_TRUE(c->vs.low <= c->vs.value && c->vs.value <= c->vs.high);
		alloc_free(c);
		c = cell_of(normal, scatter[k]);
		T_REL(c->probit_v0.value, V0, TOL_FIT);
		T_REL(c->probit_vs.value, VS, TOL_FIT);
		T_ABS(c->probit_worst.value, 0, TOL_FIT);
		T_TRUE(c->worst.value > 5e-3 && c->worst.value < 2e-2); /* 0.009458 at best, physics.md 2.10 */
		alloc_free(c);
	}
}

/* Where the law is wrong, precise tails must not rule the fit: it is close to the one with even weights. */
static void test_wrong_law(void)
{
	t_section("a staircase, whose tails are known a thousand times better");
	extract_cell *even = cell_of(staircase, 0), *weighted = cell_of(staircase, 1e-3);
	T_TRUE(even->worst.value > 0.05);
	T_TRUE(weighted->chi2 > 100 * weighted->dof);
	T_REL(weighted->vs.value, even->vs.value, TOL_EVEN);
	T_ABS(weighted->v0.value, 0, 1e-9);
	alloc_free(even);
	alloc_free(weighted);
}

static void test_store(void)
{
	const out_provenance provenance = {.command = "test", .format = "thermospice-cell"};
	diag_list *diag = diag_create(NULL);
	extract_cell *c = cell_of(rising, 1e-3), *again = alloc_array(1, sizeof *again);
	out_file *f = NULL;
	t_section("store and load");
	snprintf(c->deck, sizeof c->deck, "a \"deck\"");
	c->n_supply = 2;
	snprintf(c->supply_name[0], EXTRACT_NAME, "vdd");
	snprintf(c->supply_name[1], EXTRACT_NAME, "x1.vss");
	c->supply_power[1] = (extract_value){1e-9 / 3, 1e-12, (double)NAN, (double)INFINITY};
	T_INT(out_create(NULL, &provenance, diag, &f), TS_OK);
	T_INT(extract_load(f, NULL, diag, again), TS_IO);
	T_TRUE(diag_has(diag, E0604));
	T_INT(extract_store(f, c, diag), TS_OK);
	T_INT(extract_load(f, NULL, diag, again), TS_OK);
	T_INT(memcmp(c, again, sizeof *c), 0);
	c->v0.value = 7; /* overwrites */
	T_INT(extract_store(f, c, diag), TS_OK);
	T_INT(extract_load(f, "law", diag, again), TS_OK);
	T_INT(memcmp(c, again, sizeof *c), 0);
	snprintf(c->name, sizeof c->name, "second");
	T_INT(extract_store(f, c, diag), TS_OK);
	T_INT(extract_load(f, NULL, diag, again), TS_IO);
	T_INT(extract_load(f, "third", diag, again), TS_IO);
	out_put(f, "/pbit/second/tau", "s", 1, (const size_t[]){3}, (const double[]){1, 2, 3}, diag);
	T_INT(extract_load(f, "second", diag, again), TS_IO);
	T_TRUE(diag_has(diag, E0603));
	out_close(f, 1, diag);
	alloc_free(c);
	alloc_free(again);
	diag_destroy(diag);
}

static void test_sigmoid(void)
{
	extract_cell *c = cell_of(staircase, 1e-3);
	double z[N_BIAS], last = -1;
	t_section("interpolated sigmoid");
	for (int i = 0; i < N_BIAS; i++) {
		z[i] = log(c->p[i].value / (1 - c->p[i].value));
		T_REL(extract_sigmoid(c, c->bias[i]), c->p[i].value, TOL_INTERP);
	}
	int falls = 0;
	for (double v = -1; v <= 1; v += 1e-4) {
		const double p = extract_sigmoid(c, v);
		falls += !(p >= last && p >= 0 && p <= 1);
		last = p;
	}
	T_INT(falls, 0);
	gsl_interp *spline = gsl_interp_alloc(gsl_interp_steffen, N_BIAS);
	gsl_interp_init(spline, c->bias, z, N_BIAS);
	double worst = 0;
	for (double v = c->bias[1]; v < c->bias[N_BIAS - 2]; v += 1e-3) /* GSL's slopes at the two ends differ */
		worst = fmax(
		    worst, fabs(extract_sigmoid(c, v) - 1 / (1 + exp(-gsl_interp_eval(spline, c->bias, z, v, NULL)))));
	T_ABS(worst, 0, TOL_INTERP);
	gsl_interp_free(spline);
	const double end = c->bias[N_BIAS - 1], p = extract_sigmoid(c, end + 0.02);
	T_REL(log(p / (1 - p)), z[N_BIAS - 1] + 0.02 / c->vs.value, TOL_INTERP);
	const unsigned long n_alloc = alloc_count();
	extract_sigmoid(c, 0.0123);
	T_INT(alloc_count() - n_alloc, 0);
	c->p[0].value = 0; /* no logit: the fit's slope takes over below the next point */
	T_REL(extract_sigmoid(c, c->bias[1]), c->p[1].value, TOL_INTERP);
	T_TRUE(extract_sigmoid(c, c->bias[0]) > 0 && extract_sigmoid(c, c->bias[0]) < c->p[1].value);
	alloc_free(c);
}

static void test_print(void)
{
	extract_cell *c = cell_of(rising, 1e-3);
	char *text = NULL;
	size_t n = 0, widest = 0;
	t_section("printing");
	snprintf(c->deck, sizeof c->deck, "a \"deck\"\ttitle %080d", 1);
	c->v_unit = 0.0258;
	c->t_unit = 1.6e-10;
	c->temperature = 300;
	c->tau[3] = c->tau_mid = (extract_value){9.559e-8, 1e-9, 9.4e-8, 9.7e-8};
	c->energy_per_bit = (extract_value){2.37e-17, 1e-18, 2.2e-17, 2.5e-17};
	FILE *to = open_memstream(&text, &n);
	extract_print(c, to);
	fclose(to);
	fputs(text, stdout);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		widest = strcspn(line, "\n") > widest ? strcspn(line, "\n") : widest;
	T_TRUE(widest > 60 && widest <= 100);
	T_TRUE(strstr(text, "597.4") && strstr(text, "kT ln2") && !strstr(text, "nan"));
	free(text);
	text = NULL;
	to = open_memstream(&text, &n);
	extract_print_json(c, to);
	fclose(to);
	T_TRUE(strstr(text, "\"deck\": \"a \\\"deck\\\"\\u0009title") && strstr(text, "\"residual\": null"));
	T_TRUE(!strstr(text, "nan") && !strstr(text, "inf"));
	free(text);
	alloc_free(c);
}

int main(void)
{
	test_exact();
	test_wrong_law();
	test_store();
	test_sigmoid();
	test_print();
	return t_done();
}
