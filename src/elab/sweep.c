/* SPDX-License-Identifier: Apache-2.0
 * What a sweep moves, and through which values. The forms of several simulators, on .dc, .step and behind SWEEP:
 *
 *   TARGET START STOP STEP            TARGET LIST V1 V2 ...     TARGET POI N V1 ... VN
 *   TARGET DEC|OCT N START STOP       TARGET LIN N START STOP   (N in all)
 *   DEC|OCT TARGET START STOP N       LIN TARGET START STOP STEP
 *   DATA=TABLE                        with .DATA TABLE TARGET TARGET ... values, row by row
 *
 * TARGET is [PARAM] NAME of a top-level parameter, TEMP, an element (the value its line begins with), @ELEMENT[PARAM],
 * or one parameter of all model cards of a name: [TYPE] MODEL(PARAM), @MODEL[PARAM].
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "elab/build.h"

#define MAX_SWEEP_POINTS 1e7
static const double STEP_SLACK = 1e-9; /* steps; stop counts as reached when rounding leaves it just outside */

ts_status elab_check_sweep(elab_builder *b, src_span span, const double range[3])
{
	const double steps = (range[1] - range[0]) / range[2];
	if (range[2] != 0 && steps >= 0 && steps <= MAX_SWEEP_POINTS)
		return TS_OK;
	if (range[2] == 0 && range[0] == range[1])
		return TS_OK; /* one point */
	diag_add(b->diag, E0305, span, "a sweep from %g to %g in steps of %g %s", range[0], range[1], range[2],
	         steps > MAX_SWEEP_POINTS ? "has too many points" : "never arrives");
	return TS_NETLIST;
}

int elab_same_target(const elab_target *a, const elab_target *b)
{
	return a->kind == b->kind && strcmp(a->name, b->name) == 0 && (!a->param || strcmp(a->param, b->param) == 0);
}

static const char *shown_unit(const dev_type *type, const dev_param *param)
{
	if (strcmp(param->name, "dc") == 0)
		return strcmp(type->name, "isource") == 0 ? "A" : "V";
	return strcmp(param->unit, "ohm") == 0 ? "Ohm" : param->unit;
}

/* A parameter on the line of instance `index`; param NULL: the value the line begins with. */
static ts_status device_target(elab_builder *b, const net_word *word, int index, const char *param, elab_target *t)
{
	const elab_instance *instance = (const elab_instance *)b->instance.item + index;
	const char *last = strrchr(instance->name, '.'), *own = last ? last + 1 : instance->name;
	const char *name = param ? param : elab_value_name(own[0]);
	const int known = name ? dev_param_find(instance->type, name, 0) : -1;
	if (known < 0) {
		diag_add(b->diag, param ? E0303 : E0315, word->span,
		         param ? "'%s' has no parameter '%s' on its line"
		               : "'%s' has no single value to sweep: write @%s[PARAMETER]",
		         instance->name, param ? param : instance->name);
		return TS_NETLIST;
	}
	*t = (elab_target){.kind = ELAB_DEVICE,
	                   .name = instance->name,
	                   .param = name,
	                   .label = word->text,
	                   .unit = shown_unit(instance->type, &instance->type->param[known]),
	                   .span = word->span};
	return TS_OK;
}

/* A parameter of a model card that instance `index` uses. */
static ts_status model_target(elab_builder *b, const net_word *word, int index, const char *param, elab_target *t)
{
	const elab_instance *instance = (const elab_instance *)b->instance.item + index;
	const int known = elab_model_param(instance->type, param);
	if (known < 0) {
		diag_add(b->diag, E0303, word->span, "model '%s' of a %s has no parameter '%s'", instance->model,
		         instance->type->name, param);
		return TS_NETLIST;
	}
	const dev_param *p = &instance->type->param[known];
	*t = (elab_target){.kind = ELAB_MODEL,
	                   .name = instance->model,
	                   .param = p->name,
	                   .label = word->text,
	                   .unit = strcmp(p->unit, "ohm") == 0 ? "Ohm" : p->unit,
	                   .span = word->span};
	return TS_OK;
}

/* nch(vto) */
static ts_status card_target(elab_builder *b, const net_word *word, elab_target *t)
{
	const char *model = word->expr->name, *param = word->expr->arg[0]->name;
	const int user = elab_find_user(b, model);
	if (user >= 0)
		return model_target(b, word, user, param, t);
	if (b->incomplete)
		return TS_NETLIST;
	diag_add(b->diag, E0314, word->span, "no element uses a model '%s' (a bin is named like @%s.1[%s])", model,
	         model, param);
	return TS_NETLIST;
}

/* @r1[r], @m.x1.m1[w] is not read: names here are x1.m1 */
static ts_status bracket_target(elab_builder *b, const net_word *word, elab_target *t)
{
	const char *open = strchr(word->text, '['), *close = open ? strchr(open, ']') : NULL;
	if (!close || close[1] || open == word->text + 1) {
		diag_add(b->diag, E0315, word->span, "'%s' is not of the form @ELEMENT[PARAMETER] or @MODEL[PARAMETER]",
		         word->text);
		return TS_NETLIST;
	}
	const char *name = arena_strndup(b->arena, word->text + 1, (size_t)(open - word->text) - 1);
	const char *param = arena_strndup(b->arena, open + 1, (size_t)(close - open) - 1);
	int instance = -1;
	if (!name || !param)
		return TS_NOMEM;
	const int user = name_map_get(b->instance_map, name) == -1 ? elab_find_user(b, name) : -1;
	if (user >= 0)
		return model_target(b, word, user, param, t);
	TS_TRY(elab_field_instance(b, (elab_named){name, "element", NULL, word->span}, &instance));
	return device_target(b, word, instance, param, t);
}

static ts_status no_target(elab_builder *b, const net_card *card, const net_word *word)
{
	elab_nearest nearest = {.want = word->text};
	char hint[ELAB_HINT];
	for (int i = 0; i < b->frame.scope.n; i++)
		elab_nearest_try(&nearest, b->frame.scope.symbol[i].name);
	const elab_instance *instance = b->instance.item;
	for (int i = 0; i < b->instance.n; i++)
		elab_nearest_try(&nearest, instance[i].name);
	diag_add(b->diag, E0314, word->span,
	         "%s: '%s' is no top-level parameter, element, MODEL(PARAMETER) or `temp`%s", card->name, word->text,
	         elab_nearest_hint(&nearest, hint));
	return TS_NETLIST;
}

enum { N_FORM = 5 };
typedef enum sweep_form { FORM_RANGE, FORM_DEC, FORM_OCT, FORM_LIN, FORM_LIST, FORM_POI } sweep_form;

static sweep_form form_of(const net_card *card, int at)
{
	static const char *const name[] = {"dec", "oct", "lin", "list", "poi"};
	for (int i = 0; at < card->n_word && i < N_FORM; i++)
		if (strcmp(card->word[at].text, name[i]) == 0)
			return (sweep_form)(i + FORM_DEC);
	return FORM_RANGE;
}

/* "nch(vto)", which reads as a call of a function */
static int is_card_target(const net_card *card, int at)
{
	const net_expr *e = at < card->n_word ? card->word[at].expr : NULL;
	return e && e->kind == NET_CALL && e->n_arg == 1 && e->arg[0]->kind == NET_NAME;
}

static ts_status find_target(elab_builder *b, const net_card *card, int *at, elab_target *t)
{
	int is_param = 0;
	if (*at < card->n_word && elab_is_model_type(card->word[*at].text))
		*at += is_card_target(card, *at + 1);
	if (is_card_target(card, *at))
		return card_target(b, &card->word[(*at)++], t);
	if (*at + 1 < card->n_word && strcmp(card->word[*at].text, "param") == 0) {
		is_param = 1;
		++*at;
	}
	if (*at >= card->n_word) {
		diag_add(b->diag, E0315, card->span, "%s: what is to be swept is missing", card->name);
		return TS_NETLIST;
	}
	const net_word *word = &card->word[(*at)++];
	const elab_symbol *symbol = elab_scope_own(&b->frame.scope, word->text);
	const int is_own = symbol && !symbol->formal;
	const int instance = is_param ? -1 : name_map_get(b->instance_map, word->text);
	if (!is_param && word->text[0] == '@')
		return bracket_target(b, word, t);
	if (instance >= 0)
		return device_target(b, word, instance, NULL, t);
	if (instance == ELAB_REFUSED)
		return TS_NETLIST;
	if (is_own)
		*t = (elab_target){ELAB_PARAM, symbol->name, NULL, symbol->name, "", word->span};
	else if (!is_param && strcmp(word->text, "temp") == 0)
		*t = (elab_target){ELAB_TEMPERATURE, "temp", NULL, "temp", "degC", word->span};
	else
		return b->incomplete && !is_param ? TS_NETLIST : no_target(b, card, word);
	return TS_OK;
}

static ts_status numbers(elab_builder *b, const net_card *card, int *at, int n, double *out)
{
	if (*at + n > card->n_word) {
		diag_add(b->diag, E0315, card->span,
		         "%s: a sweep wants START STOP STEP, LIST V1 V2 ..., or DEC|OCT|LIN N START STOP", card->name);
		return TS_NETLIST;
	}
	ts_status worst = TS_OK;
	for (int i = 0; i < n; i++) {
		const ts_status status = elab_field_word(b, card, &card->word[(*at)++], &out[i]);
		worst = status != TS_OK ? status : worst;
	}
	return worst;
}

static ts_status set_range(elab_builder *b, const net_card *card, const double range[3], elab_axis *axis)
{
	TS_TRY(elab_check_sweep(b, card->span, range));
	axis->start = range[0], axis->stop = range[1], axis->step = range[2];
	axis->n = 1;
	if (range[0] != range[1])
		axis->n += (size_t)floor((range[1] - range[0]) / range[2] + STEP_SLACK);
	return TS_OK;
}

/* n points per decade or octave, or in all. */
static ts_status set_spaced(elab_builder *b, const net_card *card, sweep_form form, const double of[3], elab_axis *axis)
{
	const double n = of[0], start = of[1], stop = of[2];
	if (!(n >= 1 && n <= MAX_SWEEP_POINTS && n == floor(n))) {
		diag_add(b->diag, E0305, card->span, "%s: %g points: a whole number from 1 is wanted", card->name, n);
		return TS_NETLIST;
	}
	if (form == FORM_LIN)
		return set_range(b, card, (double[]){start, n > 1 ? stop : start, n > 1 ? (stop - start) / (n - 1) : 0},
		                 axis);
	if (!(start > 0 && stop >= start)) {
		diag_add(b->diag, E0305, card->span,
		         "%s: a logarithmic sweep from %g to %g: 0 < START <= STOP is wanted", card->name, start, stop);
		return TS_NETLIST;
	}
	const double base = form == FORM_DEC ? 10 : 2;
	const double steps = floor(n * (form == FORM_DEC ? log10(stop / start) : log2(stop / start)) + STEP_SLACK);
	double *value = steps < MAX_SWEEP_POINTS ? arena_array(b->arena, (size_t)steps + 1, sizeof *value) : NULL;
	if (!value)
		return TS_NOMEM;
	for (size_t k = 0; k <= (size_t)steps; k++)
		value[k] = start * pow(base, (double)k / n);
	axis->value = value;
	axis->n = (size_t)steps + 1;
	return TS_OK;
}

/* Does a list end here: at SWEEP, or at a word that no parameter explains? */
static int ends_list(const elab_builder *b, const net_word *word)
{
	if (strcmp(word->text, "sweep") == 0 || word->text[0] == '@')
		return 1;
	return word->expr && word->expr->kind == NET_NAME && !elab_scope_find(&b->frame.scope, word->expr->name);
}

static ts_status set_list(elab_builder *b, const net_card *card, int *at, int most, elab_axis *axis)
{
	const net_word *head = &card->word[*at - 1], *word = head->n_arg ? head->arg : &card->word[*at];
	int n = head->n_arg;
	while (!head->n_arg && *at + n < card->n_word && (most < 0 ? !ends_list(b, &word[n]) : n < most))
		n++;
	if (n == 0 || (most >= 0 && n != most)) {
		diag_add(b->diag, E0315, head->span, "%s: the values of the list are missing", card->name);
		return TS_NETLIST;
	}
	double *value = arena_array(b->arena, (size_t)n, sizeof *value);
	if (!value)
		return TS_NOMEM;
	for (int i = 0; i < n; i++)
		TS_TRY(elab_field_word(b, card, &word[i], &value[i]));
	*at += head->n_arg ? 0 : n;
	axis->value = value;
	axis->n = (size_t)n;
	return TS_OK;
}

static ts_status read_values(elab_builder *b, const net_card *card, int *at, sweep_form before, elab_axis *axis)
{
	double of[3] = {0};
	const sweep_form form = before != FORM_RANGE ? before : form_of(card, *at);
	*at += form != before;
	if (form == FORM_LIST)
		return set_list(b, card, at, -1, axis);
	if (form == FORM_POI) {
		TS_TRY(numbers(b, card, at, 1, of));
		return set_list(b, card, at, of[0] >= 1 && of[0] <= card->n_word ? (int)of[0] : 0, axis);
	}
	TS_TRY(numbers(b, card, at, 3, of));
	if (form == FORM_RANGE || before == FORM_LIN)
		return set_range(b, card, of, axis);
	return set_spaced(b, card, form, before ? (double[]){of[2], of[0], of[1]} : of, axis);
}

double elab_axis_value(const elab_axis *axis, size_t k, int target)
{
	const size_t at = k * (size_t)axis->n_target + (size_t)target;
	return axis->value ? axis->value[at] : axis->start + (double)k * axis->step;
}

/* The ends against the range of a device's parameter. */
static ts_status check_device(elab_builder *b, const elab_axis *axis)
{
	for (int t = 0; t < axis->n_target; t++) {
		const elab_target *target = &axis->target[t];
		const int is_model = target->kind == ELAB_MODEL;
		if (target->kind != ELAB_DEVICE && !is_model)
			continue;
		const elab_instance *instance =
		    (const elab_instance *)b->instance.item +
		    (is_model ? elab_find_user(b, target->name) : name_map_get(b->instance_map, target->name));
		const int p = dev_param_find(instance->type, target->param, is_model);
		for (size_t k = 0; k < axis->n; k += axis->value || axis->n == 1 ? 1 : axis->n - 1) {
			const elab_given given = {&instance->type->param[p], elab_axis_value(axis, k, t), target->span};
			TS_TRY(elab_check_range(b, NULL, given));
		}
	}
	return TS_OK;
}

ts_status elab_read_axis(elab_builder *b, const net_card *card, int *at, elab_axis *axis)
{
	elab_target *target = arena_alloc(b->arena, sizeof *target);
	if (!target)
		return TS_NOMEM;
	*axis = (elab_axis){.instance = -1, .param = -1, .n_target = 1, .target = target};
	sweep_form before = form_of(card, *at);
	before = before > FORM_LIN ? FORM_RANGE : before;
	*at += before != FORM_RANGE;
	TS_TRY(find_target(b, card, at, target));
	TS_TRY(read_values(b, card, at, before, axis));
	return check_device(b, axis);
}

/* Words of a .data card that name what its columns are: up to the first that is no name. */
static int count_columns(const elab_builder *b, const net_card *card)
{
	int n = 1;
	while (n < card->n_word && (card->word[n].text[0] == '@' ||
	                            (is_card_target(card, n) && elab_find_user(b, card->word[n].expr->name) >= 0) ||
	                            (card->word[n].expr && card->word[n].expr->kind == NET_NAME &&
	                             !(n > 1 && strcmp(card->word[n].text, "param") == 0))))
		n++;
	return n - 1;
}

static ts_status read_table(elab_builder *b, const net_card *card, elab_axis *axis)
{
	const int n = count_columns(b, card), n_value = card->n_word - 1 - n;
	if (n < 1 || n_value < 1 || n_value % n) {
		diag_add(b->diag, E0315, card->span,
		         n < 1 || n_value < 1
		             ? ".data wants NAME COLUMN ... and rows of numbers (there are %d columns, %d numbers)"
		             : ".data: its columns are %d, and %d numbers do not fill rows of them",
		         n < 1 ? 0 : n, n_value);
		return TS_NETLIST;
	}
	elab_target *target = arena_array(b->arena, (size_t)n, sizeof *target);
	double *value = arena_array(b->arena, (size_t)n_value, sizeof *value);
	if (!target || !value)
		return TS_NOMEM;
	*axis = (elab_axis){.instance = -1,
	                    .param = -1,
	                    .n_target = n,
	                    .target = target,
	                    .n = (size_t)(n_value / n),
	                    .start = 1,
	                    .step = 1,
	                    .value = value,
	                    .data = card->word[0].text};
	for (int i = 0; i < n; i++) {
		int at = i + 1;
		TS_TRY(find_target(b, card, &at, &target[i]));
	}
	for (int i = 0; i < n_value; i++)
		TS_TRY(elab_field_word(b, card, &card->word[1 + n + i], &value[i]));
	return check_device(b, axis);
}

ts_status elab_card_data(elab_builder *b, const net_card *card)
{
	elab_table *table = b->table.item;
	TS_TRY(elab_field_known(b, card, ""));
	if (card->n_word == 0) {
		diag_add(b->diag, E0315, card->span, ".data wants a name");
		return TS_NETLIST;
	}
	for (int i = 0; i < b->table.n; i++)
		if (table[i].card == card)
			return table[i].status; /* a card that uses it stood before it */
		else if (strcmp(table[i].card->word[0].text, card->word[0].text) == 0) {
			diag_add(b->diag, E0312, card->word[0].span, "there are two tables '%s'", card->word[0].text);
			diag_note(b->diag, table[i].card->span, "the first");
			return TS_NETLIST;
		}
	const elab_table made = {.card = card};
	table = elab_list_add(&b->table, sizeof *table);
	if (!table)
		return TS_NOMEM;
	*table = made;
	return table->status = read_table(b, card, &table->axis);
}

ts_status elab_read_data(elab_builder *b, const net_card *card, elab_axis *axis)
{
	const net_param *data = elab_field_find(card, "data");
	const char *name = elab_field_text(data);
	for (int i = 0; i < b->top.n_card; i++) {
		const net_card *other = &b->top.card[i];
		if (other->kind != NET_DOT || strcmp(other->name, ".data") != 0 || other->n_word == 0 ||
		    strcmp(other->word[0].text, name) != 0)
			continue;
		const ts_status status = elab_card_data(b, other);
		for (int k = 0; status == TS_OK && k < b->table.n; k++)
			if (((const elab_table *)b->table.item)[k].card == other)
				*axis = ((const elab_table *)b->table.item)[k].axis;
		return status;
	}
	diag_add(b->diag, E0314, data->value_span, "%s: there is no .data table '%s'", card->name, name);
	return TS_NETLIST;
}
