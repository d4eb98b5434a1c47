/* SPDX-License-Identifier: Apache-2.0
 * Analyses: .op .dc .tran .trannoise become sim_requests, numbered by kind in the order of the deck: "tran1", "tran2".
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "elab/build.h"

#define MAX_SWEEP_POINTS 1e7
enum { MAX_DC_AXES = 3 };
enum { LEAST_SEGMENT = 8, MOST_SEGMENT = 1 << 16 }; /* as in out/lanes.h, which this layer does not see */

static const char *const kind_name[] = {
    [SIM_OP] = "op", [SIM_DC] = "dc",       [SIM_TRAN] = "tran", [SIM_TRANNOISE] = "trannoise",
    [SIM_AC] = "ac", [SIM_NOISE] = "noise", [SIM_TF] = "tf",     [SIM_SENS] = "sens"};

sim_request elab_request_default(const net_card *card, sim_kind kind)
{
	return (sim_request){.kind = kind,
	                     .span = card->span,
	                     .dc = {{.instance = -1, .param = -1}, {.instance = -1, .param = -1}},
	                     .input = -1,
	                     .samples = 64,
	                     .seed = 1,
	                     .reading = SIM_AUTO,
	                     .method = SIM_WT2,
	                     .scale = 1,
	                     .types = SIM_THERMAL | SIM_FLICKER | SIM_RTN,
	                     .keep = 2,
	                     .energy = 1,
	                     .acf = 1,
	                     .companion = 1};
}

ts_status elab_request_add(elab_builder *b, sim_request request)
{
	int number = 1;
	const sim_request *before = b->request.item;
	for (int i = 0; i < b->request.n; i++)
		number += before[i].kind == request.kind;
	const char *name = arena_printf(b->arena, "%s%d", kind_name[request.kind], number);
	request.name = name ? elab_step_name(b, name) : NULL;
	sim_request *slot = elab_list_add(&b->request, sizeof *slot);
	if (!slot || !request.name)
		return TS_NOMEM;
	*slot = request;
	return TS_OK;
}

ts_status elab_card_op(elab_builder *b, const net_card *card)
{
	sim_request r = elab_request_default(card, SIM_OP);
	net_card rest = *card;
	TS_TRY(elab_field_known(b, card, "data"));
	TS_TRY(elab_read_sweep(b, &rest, &r.sweep));
	if (rest.n_word > 0) {
		diag_add(b->diag, E0315, card->word[0].span, ".op takes no fields but SWEEP ...");
		return TS_NETLIST;
	}
	return elab_request_add(b, r);
}

/* The axis of DATA=, or the one in the words from *at on. */
static ts_status read_dc_axis(elab_builder *b, const net_card *card, int *at, elab_axis *axis, int has_data)
{
	if (has_data)
		return elab_read_data(b, card, axis);
	TS_TRY(elab_read_axis(b, card, at, axis));
	const elab_target *target = axis->target;
	if (target->kind != ELAB_DEVICE)
		return TS_OK;
	/* values that go into nothing but their own element are moved where they stand */
	const int index = name_map_get(b->instance_map, target->name);
	const elab_instance *instance = (const elab_instance *)b->instance.item + index;
	const int is_source = strcmp(target->param, "dc") == 0;
	const int is_resistance = strcmp(target->param, "r") == 0 && strcmp(instance->type->name, "resistor") == 0;
	if (!is_source && !is_resistance)
		return TS_OK;
	axis->instance = index;
	axis->param = dev_param_find(instance->type, target->param, 0);
	return TS_OK;
}

static ts_status check_axes(elab_builder *b, const net_card *card, const sim_request *r)
{
	const elab_axis *one = &r->dc[0], *two = &r->dc[1];
	if (two->n_target > 0 && (double)one->n * (double)two->n > MAX_SWEEP_POINTS) {
		diag_add(b->diag, E0305, card->span, ".dc: a grid of %zu x %zu points is too many", two->n, one->n);
		return TS_NETLIST;
	}
	for (int i = 0; i < one->n_target; i++)
		for (int k = 0; k < two->n_target; k++)
			if (elab_same_target(&one->target[i], &two->target[k])) {
				diag_add(b->diag, E0312, two->target[k].span, "both sweeps move '%s'",
				         two->target[k].label);
				return TS_NETLIST;
			}
	return TS_OK;
}

static ts_status check_outer(elab_builder *b, const sim_request *r, const elab_axis *outer)
{
	for (int i = 0; i < r->dc[0].n_target + r->dc[1].n_target; i++) {
		const int k = i - r->dc[0].n_target;
		const elab_target *inner = k < 0 ? &r->dc[0].target[i] : &r->dc[1].target[k];
		for (int t = 0; t < outer->n_target; t++)
			if (elab_same_target(inner, &outer->target[t])) {
				diag_add(b->diag, E0312, outer->target[t].span, "both sweeps move '%s'", inner->label);
				return TS_NETLIST;
			}
	}
	return TS_OK;
}

/* Axes 0 and 1 are the analysis's own; at each point of a third one it is done again. */
static ts_status read_dc_axes(elab_builder *b, const net_card *card, sim_request *r)
{
	int at = 0, n = 0, has_data = elab_field_find(card, "data") != NULL;
	elab_axis outer = {0};
	while (n < MAX_DC_AXES && (at < card->n_word || has_data)) {
		if (n == 2 && b->options.sweep_known)
			return TS_OK;
		at += at < card->n_word && strcmp(card->word[at].text, "sweep") == 0;
		const int takes_data = has_data && at == card->n_word;
		has_data &= !takes_data;
		elab_axis *axis = n < 2 ? &r->dc[n] : &outer;
		n++;
		TS_TRY(read_dc_axis(b, card, &at, axis, takes_data));
	}
	if (at < card->n_word || has_data) {
		diag_add(b->diag, E0315, at < card->n_word ? card->word[at].span : card->span,
		         ".dc takes no more than three sweeps: write .step for those around it");
		return TS_NETLIST;
	}
	TS_TRY(check_outer(b, r, &outer));
	return outer.n_target > 0 ? elab_axis_product(b, &outer, 1, &r->sweep) : TS_OK;
}

ts_status elab_card_dc(elab_builder *b, const net_card *card)
{
	sim_request r = elab_request_default(card, SIM_DC);
	TS_TRY(elab_field_known(b, card, "data"));
	if (card->n_word < 3 && !elab_field_find(card, "data")) {
		diag_add(b->diag, E0315, card->span, ".dc wants SOURCE START STOP STEP, up to three times");
		return TS_NETLIST;
	}
	TS_TRY(read_dc_axes(b, card, &r));
	TS_TRY(check_axes(b, card, &r));
	return elab_request_add(b, r);
}

/* TSTEP TSTOP [TSTART [TMAX]] */
static ts_status read_times(elab_builder *b, const net_card *card, int most, sim_request *r)
{
	double t[4] = {0};
	const elab_numbers numbers = {
	    0, 2, most, t, most == 4 ? "TSTEP TSTOP [TSTART [TMAX]] [UIC]" : "TSTEP TSTOP [TSTART] [NAME=VALUE ...]"};
	TS_TRY(elab_field_numbers(b, card, &numbers));
	r->tstep = t[0], r->tstop = t[1], r->tstart = t[2], r->tmax = t[3];
	const char *wrong = !(t[0] > 0)                ? "TSTEP must be positive"
	                    : !(t[1] > 0)              ? "TSTOP must be positive"
	                    : t[2] < 0 || t[2] >= t[1] ? "TSTART must lie between 0 and TSTOP"
	                    : t[3] < 0                 ? "TMAX must be positive"
	                    : t[0] > t[1]              ? "TSTEP is longer than TSTOP"
	                                               : NULL;
	if (!wrong)
		return TS_OK;
	const int at = t[0] > 0 ? !(t[1] > 0) ? 1 : t[2] < 0 || t[2] >= t[1] ? 2 : t[3] < 0 ? 3 : 0 : 0;
	diag_add(b->diag, E0305, card->word[at].span, "%s: %s (%g)", card->name, wrong, t[at]);
	return TS_NETLIST;
}

ts_status elab_card_tran(elab_builder *b, const net_card *card)
{
	sim_request r = elab_request_default(card, SIM_TRAN);
	net_card rest = *card;
	TS_TRY(elab_field_known(b, card, "data"));
	TS_TRY(elab_read_sweep(b, &rest, &r.sweep));
	if (rest.n_word > 0 && strcmp(rest.word[rest.n_word - 1].text, "uic") == 0) {
		r.uic = 1;
		rest.n_word--;
	}
	TS_TRY(read_times(b, &rest, 4, &r));
	return elab_request_add(b, r);
}

enum { AUTO_INDEX = 5, JUMP_INDEX = 6 }; /* in the tables of read_reading */

static ts_status read_reading(elab_builder *b, const net_card *card, sim_request *r)
{
	static const char *const table[] = {"shifted", "hk", "strat", "ito", "off", "auto", "jump", "card", NULL};
	static const sim_reading value[] = {SIM_SHIFTED,   SIM_HK,   SIM_STRAT, SIM_ITO,
	                                    SIM_NOISE_OFF, SIM_AUTO, SIM_JUMP,  SIM_CARD};
	const net_param *param = elab_field_find(card, "noise");
	const int is_jump = strcmp(card->name, ".jump") == 0;
	const char *text = param ? elab_field_text(param) : "auto";
	if (is_jump && param && strcasecmp(text, "jump") != 0) {
		diag_add(b->diag, E0315, param->value_span, ".jump takes no NOISE=%s: use .trannoise", text);
		return TS_NETLIST;
	}
	int index = is_jump ? JUMP_INDEX : AUTO_INDEX;
	TS_TRY(elab_field_choice(b, card, (elab_choice){"noise", table}, &index));
	r->reading = value[index];
	if (r->reading == SIM_CARD)
		diag_add(b->diag, W0305, param->value_span,
		         "NOISE=card: the published noise laws do not keep a circuit at equilibrium; use NOISE=shifted "
		         "for physics");
	return TS_OK;
}

static ts_status read_method(elab_builder *b, const net_card *card, sim_request *r)
{
	static const char *const table[] = {[SIM_WT2] = "wt2",
	                                    [SIM_BE] = "be",
	                                    [SIM_HEUN] = "heun",
	                                    [SIM_LM] = "lm",
	                                    [SIM_EM] = "em",
	                                    [SIM_LEAP] = "leap",
	                                    NULL};
	int index = SIM_WT2;
	TS_TRY(elab_field_choice(b, card, (elab_choice){"method", table}, &index));
	r->method = (sim_method)index;
	if (r->method != SIM_LEAP || r->reading == SIM_JUMP)
		return TS_OK;
	diag_add(b->diag, E0315, elab_field_find(card, "method")->value_span, "METHOD=leap is for jumps: use .jump");
	return TS_NETLIST;
}

static ts_status read_types(elab_builder *b, const net_card *card, sim_request *r)
{
	const net_param *param = elab_field_find(card, "types");
	const char **name = NULL;
	int n = 0;
	if (param)
		TS_TRY(elab_field_names(b, param, &n, &name));
	r->types = n > 0 ? 0 : r->types;
	for (int i = 0; i < n; i++) {
		const unsigned type = strcmp(name[i], "thermal") == 0   ? SIM_THERMAL
		                      : strcmp(name[i], "flicker") == 0 ? SIM_FLICKER
		                      : strcmp(name[i], "rtn") == 0     ? SIM_RTN
		                                                        : 0;
		r->types |= type;
		if (type)
			continue;
		diag_add(b->diag, E0311, param->value_span,
		         "TYPES=%s is not in this version: there are thermal, flicker and rtn", name[i]);
		return TS_NETLIST;
	}
	return TS_OK;
}

static ts_status read_step(elab_builder *b, const net_card *card, sim_request *r)
{
	const net_param *param = elab_field_find(card, "step");
	if (!param || strcasecmp(elab_field_text(param), "auto") == 0)
		return TS_OK;
	return elab_field_value(b, card, (elab_quantity){"step", 1e-30, r->tstop, 0}, &r->h);
}

/* Digits are read as such: a double does not hold whole numbers above 2^53. */
static ts_status read_seed(elab_builder *b, const net_card *card, sim_request *r)
{
	const net_param *param = elab_field_find(card, "seed");
	double value = 1;
	if (param && strspn(param->text, "0123456789") == strlen(param->text)) {
		errno = 0;
		r->seed = strtoull(param->text, NULL, 10);
		if (errno == 0)
			return TS_OK;
	}
	TS_TRY(elab_field_value(b, card, (elab_quantity){"seed", 0, 9007199254740992.0, 1}, &value));
	r->seed = (uint64_t)value;
	return TS_OK;
}

static ts_status read_psd(elab_builder *b, const net_card *card, sim_request *r)
{
	double n = 0;
	TS_TRY(elab_field_value(b, card, (elab_quantity){"psd", 0, MOST_SEGMENT, 1}, &n));
	r->psd = (int)n;
	if (r->psd == 0 || (r->psd >= LEAST_SEGMENT && (r->psd & (r->psd - 1)) == 0))
		return TS_OK;
	diag_add(b->diag, E0305, elab_field_find(card, "psd")->value_span,
	         "PSD=%d: the length of a segment must be a power of two from %d to %d", r->psd, LEAST_SEGMENT,
	         MOST_SEGMENT);
	return TS_NETLIST;
}

static ts_status read_companion(elab_builder *b, const net_card *card, sim_request *r)
{
	TS_TRY(elab_field_switch(b, card, "companion", &r->companion));
	TS_TRY(elab_field_switch(b, card, "extrapolate", &r->extrapolate));
	if (r->companion || !r->extrapolate)
		return TS_OK;
	diag_add(b->diag, E0305, elab_field_find(card, "extrapolate")->value_span,
	         "EXTRAPOLATE=on needs the companion: leave COMPANION=off out");
	return TS_NETLIST;
}

ts_status elab_card_trannoise(elab_builder *b, const net_card *card)
{
	sim_request r = elab_request_default(card, SIM_TRANNOISE);
	double samples = (double)r.samples, keep = r.keep;
	net_card rest = *card;
	TS_TRY(elab_field_known(b, card,
	                        "samples seed noise method step scale keep energy types fmin fmax acf psd "
	                        "tur ft gyration work companion extrapolate data"));
	TS_TRY(elab_read_sweep(b, &rest, &r.sweep));
	TS_TRY(read_times(b, &rest, 3, &r));
	TS_TRY(read_reading(b, card, &r));
	TS_TRY(read_method(b, card, &r));
	TS_TRY(read_types(b, card, &r));
	TS_TRY(read_step(b, card, &r));
	TS_TRY(read_seed(b, card, &r));
	TS_TRY(elab_field_switch(b, card, "energy", &r.energy));
	TS_TRY(elab_field_switch(b, card, "acf", &r.acf));
	TS_TRY(read_psd(b, card, &r));
	TS_TRY(elab_read_books(b, card, &r));
	TS_TRY(read_companion(b, card, &r));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"samples", 1, 1e9, 1}, &samples));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"keep", 0, 1e6, 1}, &keep));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"scale", 0, 1e6, 0}, &r.scale));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"fmin", 1e-30, 1e30, 0}, &r.fmin));
	TS_TRY(elab_field_value(b, card, (elab_quantity){"fmax", 1e-30, 1e30, 0}, &r.fmax));
	r.samples = (long)samples;
	r.keep = elab_field_find(card, "keep") ? (int)keep : ELAB_KEEP_DEFAULT;
	return elab_request_add(b, r);
}
