/* SPDX-License-Identifier: Apache-2.0
 * What a deck asks of its start and results: .ic .nodeset .pbit .expect.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "elab/build.h"
#include "net/expr.h"

/* Is it "v(out)"? */
static int is_voltage(const char *name)
{
	const size_t n = strlen(name);
	return n >= 4 && strncmp(name, "v(", 2) == 0 && name[n - 1] == ')' && !strchr(name, ',');
}

static ts_status push_initial(elab_list *list, elab_initial initial)
{
	elab_initial *slot = elab_list_add(list, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = initial;
	return TS_OK;
}

/* .nodeset all=VALUE */
static ts_status add_everywhere(elab_builder *b, const net_param *param, elab_list *list)
{
	elab_initial initial = {0};
	TS_TRY(elab_param_value(&b->eval, &b->frame.scope, param, &initial.value));
	for (initial.node = 1; initial.node < b->node.n; initial.node++)
		TS_TRY(push_initial(list, initial));
	return TS_OK;
}

static ts_status add_initial(elab_builder *b, const net_card *card, const net_param *param, elab_list *list)
{
	elab_initial initial;
	if (list == &b->nodeset && strcmp(param->name, "all") == 0)
		return add_everywhere(b, param, list);
	if (!is_voltage(param->name)) {
		diag_add(b->diag, E0315, param->span, "%s wants v(node)=value", card->name);
		return TS_NETLIST;
	}
	const char *name = arena_strndup(b->arena, param->name + 2, strlen(param->name) - 3);
	if (!name)
		return TS_NOMEM;
	TS_TRY(elab_field_node(b, name, param->span, &initial.node));
	TS_TRY(elab_param_value(&b->eval, &b->frame.scope, param, &initial.value));
	if (initial.node == 0) {
		diag_add(b->diag, E0305, param->span, "ground is always at 0 V");
		return TS_NETLIST;
	}
	return push_initial(list, initial);
}

static ts_status read_initial(elab_builder *b, const net_card *card, elab_list *list)
{
	ts_status worst = TS_OK;
	if (card->n_word > 0 || card->n_param == 0) {
		diag_add(b->diag, E0315, card->n_word ? card->word[0].span : card->span, "%s wants v(node)=value",
		         card->name);
		worst = TS_NETLIST;
	}
	for (int i = 0; i < card->n_param; i++) {
		const ts_status status = add_initial(b, card, &card->param[i], list);
		if (elab_fatal(status))
			return status;
		worst = status != TS_OK ? status : worst;
	}
	return worst;
}

ts_status elab_card_ic(elab_builder *b, const net_card *card)
{
	return read_initial(b, card, &b->initial);
}

ts_status elab_card_nodeset(elab_builder *b, const net_card *card)
{
	return read_initial(b, card, &b->nodeset);
}

static ts_status check_list(elab_builder *b, const net_param *param, const elab_pbit *pbit)
{
	for (int i = 1; i < pbit->n_list; i++)
		if (!(pbit->list[i] > pbit->list[i - 1])) {
			diag_add(b->diag, E0305, param->value_span,
			         "the values of SWEEP=list() must increase: %g follows %g", pbit->list[i],
			         pbit->list[i - 1]);
			return TS_NETLIST;
		}
	return TS_OK;
}

static ts_status read_sweep(elab_builder *b, const net_card *card, elab_pbit *pbit)
{
	const net_param *param = elab_field_find(card, "sweep");
	if (!param)
		return TS_OK;
	int n = 0;
	const double *value = NULL;
	TS_TRY(elab_field_list(b, param, &n, &value));
	if (param->value || n == 1) {
		pbit->n_list = n;
		pbit->list = value;
		return check_list(b, param, pbit);
	}
	if (n != 3) {
		diag_add(b->diag, E0315, param->value_span, "SWEEP= wants START STOP STEP or list(V1,V2,...)");
		return TS_NETLIST;
	}
	pbit->start = value[0], pbit->stop = value[1], pbit->step = value[2];
	return elab_check_sweep(b, param->value_span, value);
}

static ts_status read_bias(elab_builder *b, const net_card *card, elab_pbit *pbit)
{
	const net_param *bias = elab_field_find(card, "bias"), *sweep = elab_field_find(card, "sweep");
	pbit->bias_instance = -1;
	if (!bias != !sweep) {
		diag_add(b->diag, E0304, (bias ? bias : sweep)->span, "%s needs %s",
		         bias ? "BIAS=" : "SWEEP=", bias ? "SWEEP=" : "BIAS=");
		return TS_NETLIST;
	}
	if (!bias)
		return TS_OK;
	const elab_named want = {elab_field_text(bias), "voltage source", "v", bias->value_span};
	TS_TRY(elab_field_instance(b, want, &pbit->bias_instance));
	return read_sweep(b, card, pbit);
}

static ts_status read_supply(elab_builder *b, const net_card *card, elab_pbit *pbit)
{
	const net_param *param = elab_field_find(card, "supply");
	if (!param)
		return TS_OK;
	const char **name;
	TS_TRY(elab_field_names(b, param, &pbit->n_supply, &name));
	int *supply = arena_array(b->arena, (size_t)pbit->n_supply, sizeof *supply);
	if (!supply)
		return TS_NOMEM;
	for (int i = 0; i < pbit->n_supply; i++) {
		const elab_named want = {name[i], "voltage source", "v", param->value_span};
		TS_TRY(elab_field_instance(b, want, &supply[i]));
	}
	pbit->supply = supply;
	return TS_OK;
}

static ts_status read_threshold(elab_builder *b, const net_card *card, elab_pbit *pbit)
{
	const net_param *param = elab_field_find(card, "threshold");
	pbit->threshold_auto = !param || strcasecmp(elab_field_text(param), "auto") == 0;
	return pbit->threshold_auto
	           ? TS_OK
	           : elab_field_value(b, card, (elab_quantity){"threshold", -1e6, 1e6, 0}, &pbit->threshold);
}

static ts_status read_core(elab_builder *b, const net_card *card, elab_pbit *pbit)
{
	const net_param *param = elab_field_find(card, "core");
	int n = 0;
	const double *value = NULL;
	if (!param)
		return TS_OK;
	TS_TRY(elab_field_list(b, param, &n, &value));
	pbit->has_core = 1;
	for (int i = 0; i < 2 && i < n; i++)
		pbit->core[i] = value[i];
	if (n == 2 && pbit->core[0] < pbit->core[1])
		return TS_OK;
	diag_add(b->diag, n == 2 ? E0305 : E0315, param->value_span,
	         "CORE= wants two voltages, LOW,HIGH, LOW below HIGH");
	return TS_NETLIST;
}

static ts_status read_out(elab_builder *b, const net_card *card, elab_pbit *pbit)
{
	const net_param *param = elab_field_find(card, "out");
	if (!param) {
		diag_add(b->diag, E0304, card->span, ".pbit needs OUT=v(node)");
		return TS_NETLIST;
	}
	TS_TRY(elab_field_probe(b, param->value, param->value_span, &pbit->out));
	if (!pbit->out.is_current)
		return TS_OK;
	diag_add(b->diag, E0311, param->value_span, "OUT= must be a voltage in this version");
	return TS_NETLIST;
}

static ts_status check_pbit_name(elab_builder *b, const net_card *card)
{
	if (card->n_word != 1) {
		diag_add(b->diag, E0315, card->n_word ? card->word[1].span : card->span,
		         ".pbit wants one name, then OUT=v(node)");
		return TS_NETLIST;
	}
	const elab_pbit *known = b->pbit.item;
	for (int i = 0; i < b->pbit.n; i++)
		if (strcmp(known[i].name, card->word[0].text) == 0) {
			diag_add(b->diag, E0312, card->word[0].span, "there are two cells '%s'", known[i].name);
			diag_note(b->diag, known[i].span, "the first");
			return TS_NETLIST;
		}
	return TS_OK;
}

ts_status elab_card_pbit(elab_builder *b, const net_card *card)
{
	elab_pbit pbit = {.v_unit = 1, .t_unit = 1, .span = card->span};
	TS_TRY(check_pbit_name(b, card));
	pbit.name = elab_step_name(b, card->word[0].text);
	if (!pbit.name)
		return TS_NOMEM;
	if (elab_field_find(card, "clock")) {
		diag_add(b->diag, E0311, elab_field_find(card, "clock")->span, "CLOCK= is not in this version");
		return TS_NETLIST;
	}
	TS_TRY(elab_field_known(b, card, "out bias sweep threshold supply vunit tunit core"));
	TS_TRY(read_out(b, card, &pbit));
	TS_TRY(read_bias(b, card, &pbit));
	TS_TRY(read_threshold(b, card, &pbit));
	TS_TRY(read_core(b, card, &pbit));
	TS_TRY(read_supply(b, card, &pbit));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"vunit", 1e-30, 1e30, 0}, &pbit.v_unit));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"tunit", 1e-30, 1e30, 0}, &pbit.t_unit));
	elab_pbit *slot = elab_list_add(&b->pbit, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = pbit;
	return TS_OK;
}

/* The name of a request without its number stands for all of its kind. */
static int has_analysis(const elab_builder *b, const char *name)
{
	const sim_request *request = b->request.item;
	const elab_pbit *pbit = b->pbit.item;
	for (int i = 0; i < b->request.n; i++)
		if (elab_is_called(request[i].name, name))
			return 1;
	for (int i = 0; i < b->pbit.n; i++) {
		const size_t n = strcspn(pbit[i].name, "@");
		if (strlen(name) == n && strncmp(pbit[i].name, name, n) == 0)
			return 1;
	}
	return 0;
}

/* 1: there is a card for it, which has been refused and reported */
static int was_refused(const elab_builder *b, const char *name)
{
	const size_t n = strcspn(name, "0123456789");
	for (int i = 0; i < b->top.n_card; i++) {
		const net_card *card = &b->top.card[i];
		if (card->kind != NET_DOT)
			continue;
		if (strcmp(card->name, ".pbit") == 0 && card->n_word > 0 && strcmp(card->word[0].text, name) == 0)
			return 1;
		if (name[n] == '\0' && n > 0 && strcmp(card->name + 1, name) == 0)
			return 1;
	}
	return 0;
}

static ts_status read_claim(elab_builder *b, const net_card *card, elab_expect *expect)
{
	static const double huge = 1e300;
	TS_TRY(elab_field_known(b, card, "at value rel abs sigma step"));
	expect->has_at = elab_field_find(card, "at") != NULL;
	if (!elab_field_find(card, "value")) {
		diag_add(b->diag, E0304, card->span, ".expect needs value=");
		return TS_NETLIST;
	}
	TS_TRY(elab_field_value(b, card, (elab_quantity){"at", -huge, huge, 0}, &expect->at));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"value", -huge, huge, 0}, &expect->value));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"rel", 0, huge, 0}, &expect->rel));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"abs", 0, huge, 0}, &expect->abs));
	return elab_field_value(b, card, (elab_quantity){"sigma", 0, huge, 0}, &expect->sigma);
}

/* "tran1@2" or step=2 */
static ts_status read_step(elab_builder *b, const net_card *card, elab_expect *expect)
{
	const char *text = card->word[0].text, *suffix = strchr(text, '@');
	double step = 0;
	TS_TRY(elab_field_value(b, card, (elab_quantity){"step", 1, 1e9, 1}, &step));
	expect->step = (int)step;
	expect->analysis = text;
	if (!suffix)
		return TS_OK;
	char *end = NULL;
	const long number = strtol(suffix + 1, &end, 10);
	expect->analysis = arena_strndup(b->arena, text, (size_t)(suffix - text));
	if (!expect->analysis)
		return TS_NOMEM;
	if (*end == '\0' && number >= 1 && number <= 1000000000 && (step == 0 || number == (long)step)) {
		expect->step = (int)number;
		return TS_OK;
	}
	diag_add(b->diag, E0315, card->word[0].span, "'%s': behind the @ stands the number of a step", text);
	return TS_NETLIST;
}

ts_status elab_card_expect(elab_builder *b, const net_card *card)
{
	elab_expect expect = {.rel = (double)NAN, .abs = (double)NAN, .sigma = (double)NAN, .span = card->span};
	if (card->n_word != 2) {
		diag_add(b->diag, E0315, card->n_word > 2 ? card->word[2].span : card->span,
		         ".expect wants ANALYSIS QUANTITY value=...; a quantity has no blanks or stands in braces");
		return TS_NETLIST;
	}
	TS_TRY(read_step(b, card, &expect));
	if (b->options.step > 0 && expect.step > 0 && expect.step != b->options.step)
		return TS_OK; /* about another point */
	expect.expr = card->word[1].expr;
	expect.quantity = expect.expr ? net_expr_text(b->arena, expect.expr) : card->word[1].text;
	if (!expect.quantity)
		return TS_NOMEM;
	const int is_measure = strcmp(expect.analysis, "measure") == 0;
	if (is_measure && !elab_has_measure(b, expect.quantity)) {
		diag_add(b->diag, E0314, card->word[1].span, "the deck has no measure '%s'", expect.quantity);
		return TS_NETLIST;
	}
	if (!is_measure && !has_analysis(b, expect.analysis)) {
		if (was_refused(b, expect.analysis))
			return TS_NETLIST;
		diag_add(b->diag, E0314, card->word[0].span, "the deck has no analysis and no .pbit '%s'",
		         expect.analysis);
		return TS_NETLIST;
	}
	TS_TRY(read_claim(b, card, &expect));
	elab_expect *slot = elab_list_add(&b->expect, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = expect;
	return TS_OK;
}

ts_status elab_check_initial(elab_builder *b)
{
	const elab_instance *instance = b->instance.item;
	const sim_request *request = b->request.item;
	for (int i = 0; i < b->request.n; i++)
		if (request[i].uic)
			return TS_OK;
	for (int i = 0; i < b->instance.n; i++) {
		const dev_type *type = instance[i].type;
		const int ic = strchr("cl", *type->letter) ? dev_param_find(type, "ic", 0) : -1;
		if (ic >= 0 && instance[i].param[ic] != 0)
			diag_add_origin(
			    b->diag, W0302, instance[i].span, instance[i].origin,
			    "ic= of '%s' has no effect without uic on .tran or .trannoise: or set nodes with .ic",
			    instance[i].name);
	}
	return TS_OK;
}
