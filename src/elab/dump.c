/* SPDX-License-Identifier: Apache-2.0
 * Readable listing of an elaborated circuit: `thermospice dump --stage=circuit`. Numbers are printed so that they read
 * back exactly; parameters at their fallback values are left out.
 */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/phys.h"
#include "dev/program.h"
#include "elab/circuit.h"

enum { NUMBER_TEXT = 32 };

static void put_number(FILE *to, const char *label, double value)
{
	char text[NUMBER_TEXT];
	fprintf(to, "%s%s", label, number_exact(value, text));
}

static void dump_nodes(const elab_circuit *c, FILE *to)
{
	fprintf(to, "nodes %d\n", c->n_node);
	for (int i = 0; i < c->n_node; i++)
		fprintf(to, "  %d %s\n", i, c->node[i].name);
}

static void dump_aux(const elab_instance *instance, FILE *to)
{
	if (!instance->aux)
		return;
	if (!instance->type->shape) {
		const dev_program *program = instance->aux;
		fprintf(to, " program of %d operations", program->n);
		return;
	}
	const dev_table *table = instance->aux;
	fprintf(to, " corners");
	for (int i = 0; i < table->n; i++) {
		put_number(to, i ? ", " : " ", table->x[i]);
		put_number(to, " ", table->y[i]);
	}
}

static void dump_instance(const elab_circuit *c, const elab_instance *instance, FILE *to)
{
	fprintf(to, "  %s %s", instance->name, instance->type->name);
	if (instance->model)
		fprintf(to, " model %s", instance->model);
	fprintf(to, " (");
	for (int i = 0; i < instance->n_node; i++)
		fprintf(to, "%s%s", i ? " " : "", c->node[instance->node[i]].name);
	fprintf(to, ")");
	for (int i = 0; i < instance->type->n_param; i++) {
		const dev_param *p = &instance->type->param[i];
		if (instance->param[i] == p->fallback)
			continue;
		fprintf(to, " %s%s", p->on_model ? "model." : "", p->name);
		put_number(to, "=", instance->param[i]);
	}
	if (instance->temperature != c->temperature)
		put_number(to, " T=", instance->temperature);
	if (!instance->noisy)
		fprintf(to, " noisy=0");
	dump_aux(instance, to);
	fprintf(to, "\n");
}

static void dump_range(const char *name, const double range[3], FILE *to)
{
	fprintf(to, " %s", name);
	for (int i = 0; i < 3; i++)
		put_number(to, " ", range[i]);
}

static void dump_axis(const elab_axis *axis, FILE *to)
{
	if (axis->n_target > 0 && !axis->value)
		dump_range(axis->target[0].label, (double[]){axis->start, axis->stop, axis->step}, to);
	for (int t = 0; axis->value && t < axis->n_target; t++)
		fprintf(to, " %s", axis->target[t].label);
	if (axis->n_target > 0 && axis->value)
		fprintf(to, " list of %zu", axis->n);
}

static void dump_steps(const elab_steps *steps, FILE *to)
{
	if (steps->n_point == 0)
		return;
	fprintf(to, "  steps %d", steps->n_point);
	for (int t = 0; t < steps->n_target; t++)
		fprintf(to, " %s", steps->target[t].label);
	fprintf(to, "\n");
}

static void dump_books(const elab_circuit *c, const elab_books *books, FILE *to)
{
	for (int i = 0; i < books->n_tur; i++)
		fprintf(to, "%s%s", i ? "," : " tur=", books->tur[i].name);
	for (int i = 0; i < books->n_ft; i++)
		fprintf(to, "%s%s", i ? "," : " ft=", books->ft[i] < 0 ? "on" : c->instance[books->ft[i]].name);
	for (int i = 0; i < 2 * books->n_gyration; i++)
		fprintf(to, "%s%s", i ? "," : " gyration=", books->gyration[i].name);
	fprintf(to, "%s", books->work ? " work=on" : "");
}

static void dump_request(const elab_circuit *c, const sim_request *r, FILE *to)
{
	static const char *const reading[] = {
	    [SIM_SHIFTED] = "shifted", [SIM_HK] = "hk",     [SIM_STRAT] = "strat", [SIM_ITO] = "ito",
	    [SIM_NOISE_OFF] = "off",   [SIM_JUMP] = "jump", [SIM_AUTO] = "auto",   [SIM_CARD] = "card"};
	static const char *const method[] = {[SIM_WT2] = "wt2", [SIM_BE] = "be", [SIM_HEUN] = "heun",
	                                     [SIM_LM] = "lm",   [SIM_EM] = "em", [SIM_LEAP] = "leap"};
	static const char *const spacing[] = {[SIM_DEC] = "dec", [SIM_OCT] = "oct", [SIM_LIN] = "lin"};
	fprintf(to, "  %s", r->name);
	dump_axis(&r->dc[0], to);
	dump_axis(&r->dc[1], to);
	if (r->input >= 0)
		fprintf(to, " %s %s", r->output.name, c->instance[r->input].name);
	if (r->kind == SIM_SENS)
		fprintf(to, " %s", r->output.name);
	if (r->points > 0) {
		fprintf(to, " %s points=%ld", spacing[r->spacing], r->points);
		put_number(to, " fstart=", r->fstart);
		put_number(to, " fstop=", r->fstop);
	}
	if (r->kind == SIM_TRAN || r->kind == SIM_TRANNOISE) {
		put_number(to, " tstep=", r->tstep);
		put_number(to, " tstop=", r->tstop);
		put_number(to, " tstart=", r->tstart);
	}
	if (r->kind == SIM_TRAN) {
		put_number(to, " tmax=", r->tmax);
		fprintf(to, "%s", r->uic ? " uic" : "");
	}
	if (r->kind == SIM_TRANNOISE) {
		fprintf(to, " samples=%ld seed=%llu noise=%s method=%s keep=%d energy=%s acf=%s psd=%d companion=%s",
		        r->samples, (unsigned long long)r->seed, reading[r->reading], method[r->method], r->keep,
		        r->energy ? "on" : "off", r->acf ? "on" : "off", r->psd, r->companion ? "on" : "off");
		if (r->extrapolate)
			fprintf(to, " extrapolate=on");
		put_number(to, " scale=", r->scale);
		put_number(to, " step=", r->h);
		dump_books(c, &r->books, to);
	}
	fprintf(to, "\n");
}

static void dump_pbit(const elab_circuit *c, const elab_pbit *p, FILE *to)
{
	fprintf(to, "  pbit %s out=%s", p->name, p->out.name);
	if (p->bias_instance >= 0)
		fprintf(to, " bias=%s", c->instance[p->bias_instance].name);
	for (int i = 0; i < p->n_list; i++)
		put_number(to, i ? "," : " sweep=", p->list[i]);
	if (p->bias_instance >= 0 && p->n_list == 0)
		dump_range("sweep", (double[]){p->start, p->stop, p->step}, to);
	if (p->threshold_auto)
		fprintf(to, " threshold=auto");
	else
		put_number(to, " threshold=", p->threshold);
	for (int i = 0; i < 2 && p->has_core; i++)
		put_number(to, i ? "," : " core=", p->core[i]);
	for (int i = 0; i < p->n_supply; i++)
		fprintf(to, "%s%s", i ? "," : " supply=", c->instance[p->supply[i]].name);
	put_number(to, " vunit=", p->v_unit);
	put_number(to, " tunit=", p->t_unit);
	fprintf(to, "\n");
}

static void dump_expect(const elab_expect *e, FILE *to)
{
	const struct {
		const char *label;
		double value;
	} tolerance[] = {{" rel=", e->rel}, {" abs=", e->abs}, {" sigma=", e->sigma}};
	fprintf(to, "  expect %s %s", e->analysis, e->quantity);
	if (e->has_at)
		put_number(to, " at=", e->at);
	put_number(to, " value=", e->value);
	for (int i = 0; i < 3; i++)
		if (!isnan(tolerance[i].value))
			put_number(to, tolerance[i].label, tolerance[i].value);
	fprintf(to, "\n");
}

static void dump_options(const elab_circuit *c, FILE *to)
{
	put_number(to, "temperature ", c->temperature);
	put_number(to, " K (", c->temperature - PHYS_ZERO_C);
	put_number(to, " C)\noptions reltol=", c->reltol);
	put_number(to, " abstol=", c->abstol);
	put_number(to, " vntol=", c->vntol);
	put_number(to, " gmin=", c->gmin);
	put_number(to, " cmin=", c->cmin);
	fprintf(to, " itl=%d\n", c->itl);
}

static void dump_initial(const elab_circuit *c, const char *card, const elab_initial *item, int n, FILE *to)
{
	for (int i = 0; i < n; i++) {
		fprintf(to, "  %s v(%s)", card, c->node[item[i].node].name);
		put_number(to, "=", item[i].value);
		fprintf(to, "\n");
	}
}

void elab_dump(const elab_circuit *c, FILE *to)
{
	fprintf(to, "circuit %s\n", c->title);
	dump_options(c, to);
	dump_nodes(c, to);
	fprintf(to, "instances %d\n", c->n_instance);
	for (int i = 0; i < c->n_instance; i++)
		dump_instance(c, &c->instance[i], to);
	fprintf(to, "requests %d\n",
	        c->n_request + c->n_save + c->n_pbit + c->n_expect + c->n_ic + c->n_nodeset + c->n_measure + c->n_four);
	dump_steps(&c->steps, to);
	for (int i = 0; i < c->n_request; i++)
		dump_request(c, &c->request[i], to);
	dump_initial(c, "ic", c->ic, c->n_ic, to);
	dump_initial(c, "nodeset", c->nodeset, c->n_nodeset, to);
	for (int i = 0; i < c->n_save; i++)
		fprintf(to, "  save %s\n", c->save[i].name);
	for (int i = 0; i < c->n_pbit; i++)
		dump_pbit(c, &c->pbit[i], to);
	for (int i = 0; i < c->n_measure; i++)
		fprintf(to, "  measure %s\n", c->measure[i].name);
	for (int i = 0; i < c->n_four; i++) {
		put_number(to, "  four ", c->four[i].frequency);
		for (int k = 0; k < c->four[i].n_signal; k++)
			fprintf(to, " %s", c->four[i].name[k]);
		fprintf(to, "\n");
	}
	for (int i = 0; i < c->n_expect; i++)
		dump_expect(&c->expect[i], to);
}
