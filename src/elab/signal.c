/* SPDX-License-Identifier: Apache-2.0
 * Signals to store: .save, .print, .plot, .probe. A word is a voltage, a current, a quantity of a device, a power, or
 * an expression of these in quotes, braces or par(). Without a .save card all node voltages and source currents are
 * stored, with one only what it names; .print, .plot and .probe add to that, in the analysis they name.
 *
 * Currents flow into the element: i(r1) at its first terminal, id(m1) ig(m1) is(m1) ib(m1) at those of a transistor,
 * i2(x) at the second. Of an element with a branch current i() is that.
 */
#include <string.h>

#include "base/alloc.h"
#include "elab/build.h"
#include "elab/formula.h"
#include "elab/quantity.h"
#include "net/expr.h"

enum { ALL_KINDS = (1 << SIM_OP) | (1 << SIM_DC) | (1 << SIM_TRAN) | (1 << SIM_TRANNOISE) | (1 << SIM_AC) };

/* What a card asks for: analyses, and whether the table shows it. */
typedef struct asking {
	elab_builder *b;
	const net_card *card;
	unsigned kinds;
	int print; /* sim_kind, -1: no table */
} asking;

static ts_status wrong_word(const asking *a, const net_word *word)
{
	diag_add(a->b->diag, E0315, word->span,
	         "%s: '%s' is no signal: wanted v(node), v(node,node), i(device), @device[quantity], p(device) or an "
	         "expression of them in quotes",
	         a->card->name, word->text);
	return TS_NETLIST;
}

static ts_status show(const asking *a, const char *name)
{
	if (a->print < 0)
		return TS_OK;
	elab_print *slot = elab_list_add(&a->b->print, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = (elab_print){.kind = (sim_kind)a->print, .name = name};
	return TS_OK;
}

static int is_unknown(const elab_save *save)
{
	for (int k = 0; k < save->n_term; k++)
		if (save->term[k].kind != ELAB_VOLTAGE && save->term[k].kind != ELAB_BRANCH)
			return 0;
	return !save->formula;
}

/* Signals that are unknowns of the equations cost nothing: every analysis stores them. */
static ts_status add(const asking *a, elab_save save)
{
	elab_builder *b = a->b;
	elab_save *known = b->save.item;
	save.kinds = a->kinds | (is_unknown(&save) ? ALL_KINDS : 0);
	const int i = name_map_get(b->save_map, save.name);
	if (i >= 0) {
		known[i].kinds |= save.kinds;
		return show(a, known[i].name);
	}
	TS_TRY(name_map_put(b->save_map, save.name, b->save.n));
	elab_save *slot = elab_list_add(&b->save, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = save;
	return show(a, save.name);
}

static ts_status add_probe(const asking *a, const net_expr *probe, src_span span, const char *label)
{
	elab_term *term = arena_alloc(a->b->arena, sizeof *term);
	elab_save save = {.n_term = 1, .term = term, .span = span};
	if (!term)
		return TS_NOMEM;
	TS_TRY(elab_quantity_term(a->b, probe, term, &save.name, &save.unit));
	save.name = label ? label : save.name;
	return add(a, save);
}

/* Every probe below e, in order, once; 0 when there are more than `most`. */
static int gather(const net_expr *e, const net_expr **probe, int *n, int most)
{
	if (e->kind == NET_PROBE) {
		for (int k = 0; k < *n; k++)
			if (probe[k] == e)
				return 1;
		if (*n == most)
			return 0;
		probe[(*n)++] = e;
	}
	for (int i = 0; i < e->n_arg; i++)
		if (!gather(e->arg[i], probe, n, most))
			return 0;
	return 1;
}

static ts_status make_formula(const asking *a, const net_expr *expr, elab_save *save)
{
	const net_expr *probe[ELAB_FORMULA_TERMS];
	const char *unit[ELAB_FORMULA_TERMS], *ignored;
	arena *own = a->b->arena;
	elab_formula *f = arena_alloc(own, sizeof *f);
	if (!f)
		return TS_NOMEM;
	TS_TRY(elab_formula_fold(a->b, expr, &f->expr));
	if (!gather(f->expr, probe, &f->n, ELAB_FORMULA_TERMS)) {
		diag_add(a->b->diag, E0315, expr->span, "the expression reads more than %d signals",
		         ELAB_FORMULA_TERMS);
		return TS_NETLIST;
	}
	elab_term *term = arena_array(own, (size_t)f->n + 1, sizeof *term);
	const net_expr **kept = arena_array(own, (size_t)f->n + 1, sizeof *kept);
	if (!term || !kept)
		return TS_NOMEM;
	for (int k = 0; k < f->n; k++) {
		kept[k] = probe[k];
		TS_TRY(elab_quantity_term(a->b, probe[k], &term[k], &ignored, &unit[k]));
	}
	f->probe = kept;
	save->formula = f;
	save->n_term = f->n;
	save->term = term;
	save->unit = elab_quantity_unit(f, unit);
	return TS_OK;
}

/* HDF5 takes '/' in a name for a level of groups: a quotient has U+2215 instead. */
static const char *quotient_name(arena *a, const char *text)
{
	static const char slash[] = "\xe2\x88\x95";
	size_t n = 0;
	char *name = text ? arena_array(a, sizeof slash * strlen(text) + 1, 1) : NULL;
	for (; name && *text; text++) {
		const char one[] = {*text, '\0'};
		const char *piece = *text == '/' ? slash : one;
		memcpy(name + n, piece, strlen(piece));
		n += strlen(piece);
	}
	return name;
}

static ts_status add_expr(const asking *a, const net_expr *expr, src_span span, const char *label)
{
	elab_save save = {.span = span};
	if (expr->kind == NET_CALL && strcmp(expr->name, "par") == 0 && expr->n_arg == 1)
		return add_expr(a, expr->arg[0], span, label);
	TS_TRY(elab_quantity_read(a->b, expr, &expr));
	if (expr->kind == NET_PROBE)
		return add_probe(a, expr, span, label);
	TS_TRY(make_formula(a, expr, &save));
	save.name = label ? label : quotient_name(a->b->arena, net_expr_text(a->b->arena, expr));
	return save.name ? add(a, save) : TS_NOMEM;
}

/* @m1[all]; every current of every device */
static ts_status add_list(const asking *a, int instance, int only_currents, src_span span)
{
	const char *quantity = NULL;
	const elab_instance *known = a->b->instance.item;
	for (elab_quantity_at at = {.instance = instance, .only_currents = only_currents};; at.k++) {
		TS_TRY(elab_quantity_list(a->b, at, &quantity));
		if (!quantity)
			return TS_OK;
		const net_expr probe = {
		    .kind = NET_PROBE, .name = "@", .node = {known[instance].name, quantity}, .span = span};
		TS_TRY(add_probe(a, &probe, span, NULL));
	}
}

static ts_status add_currents(const asking *a, src_span span)
{
	for (int i = 0; i < a->b->instance.n; i++)
		TS_TRY(add_list(a, i, 1, span));
	return TS_OK;
}

/* As of .save alli, but not where a current has no value, and not those of V sources twice. */
ts_status elab_save_currents(elab_builder *b)
{
	static const net_card card = {.name = ".options"};
	const asking a = {b, &card, ALL_KINDS & ~(1u << SIM_TRANNOISE), -1};
	const int has_sources = b->save_all || !b->has_save;
	for (int i = 0; b->save_currents > 0 && i < b->instance.n; i++) {
		const elab_instance *instance = (const elab_instance *)b->instance.item + i;
		if (!has_sources || strcmp(instance->type->name, "vsource") != 0)
			TS_TRY(add_list(&a, i, 1, instance->span));
	}
	return TS_OK;
}

/* "all", "allv", "alli"; .noise's own signals, which are there anyway; the scale (low,high) of a .plot. */
static int is_general(const asking *a, const net_word *word, ts_status *status)
{
	const int is_noise = strncmp(word->text, "onoise", 6) == 0 || strncmp(word->text, "inoise", 6) == 0;
	*status = TS_OK;
	if ((is_noise && a->print == SIM_NOISE) || (*word->text == '(' && strcmp(a->card->name, ".plot") == 0))
		return 1;
	if (strcmp(word->text, "alli") == 0)
		*status = add_currents(a, word->span);
	else if (strcmp(word->text, "all") != 0 && strcmp(word->text, "allv") != 0)
		return 0;
	else
		a->b->save_all = 1;
	return 1;
}

static ts_status read_word(const asking *a, const net_word *word)
{
	ts_status status;
	const net_expr *expr = word->expr;
	if (is_general(a, word, &status))
		return status;
	TS_TRY(elab_quantity_word(a->b, word, &expr));
	if (!expr)
		return wrong_word(a, word);
	if (expr->kind == NET_PROBE && *expr->name == '@' && strcmp(expr->node[1], "all") == 0) {
		int instance;
		TS_TRY(elab_quantity_device(a->b, expr, &instance));
		return add_list(a, instance, 0, word->span);
	}
	return elab_expr_moves(expr) || expr->kind == NET_CALL ? add_expr(a, expr, word->span, NULL)
	                                                       : wrong_word(a, word);
}

static ts_status read_words(const asking *a, int first)
{
	ts_status worst = TS_OK;
	for (int i = first; i < a->card->n_word; i++) {
		const ts_status status = read_word(a, &a->card->word[i]);
		if (elab_fatal(status))
			return status;
		worst = status != TS_OK ? status : worst;
	}
	return worst;
}

ts_status elab_card_save(elab_builder *b, const net_card *card)
{
	const asking a = {b, card, ALL_KINDS, -1};
	b->has_save = 1;
	const ts_status known = elab_field_known(b, card, "");
	const ts_status words = read_words(&a, 0);
	return words != TS_OK ? words : known;
}

static const struct {
	const char *name;
	sim_kind kind;
} kind_table[] = {
    {"op", SIM_OP}, {"dc", SIM_DC}, {"tran", SIM_TRAN},   {"trannoise", SIM_TRANNOISE},
    {"ac", SIM_AC}, {"tf", SIM_TF}, {"noise", SIM_NOISE}, {"jump", SIM_TRANNOISE},
};

/* Index into kind_table of a word, -1 if it is none. */
static int kind_of(const net_card *card)
{
	for (size_t i = 0; card->n_word > 0 && i < sizeof kind_table / sizeof *kind_table; i++)
		if (strcmp(kind_table[i].name, card->word[0].text) == 0)
			return (int)i;
	return -1;
}

/* NAME=par('expression') */
static ts_status read_labels(const asking *a)
{
	ts_status worst = TS_OK;
	for (int i = 0; i < a->card->n_param; i++) {
		const net_param *p = &a->card->param[i];
		ts_status status = TS_NETLIST;
		if (p->value)
			status = add_expr(a, p->value, p->span, p->name);
		else
			diag_add(a->b->diag, E0315, p->value_span, "%s: what follows the '=' is no expression",
			         a->card->name);
		if (elab_fatal(status))
			return status;
		worst = status != TS_OK ? status : worst;
	}
	return worst;
}

ts_status elab_card_print(elab_builder *b, const net_card *card)
{
	asking a = {b, card, ALL_KINDS, -1};
	const int kind = kind_of(card), is_probe = strcmp(card->name, ".probe") == 0;
	if (kind < 0 && !is_probe) {
		diag_add(b->diag, E0315, card->n_word ? card->word[0].span : card->span,
		         "%s wants an analysis, then signals: op dc ac tran noise tf trannoise", card->name);
		return TS_NETLIST;
	}
	if (kind >= 0) {
		a.kinds = 1u << kind_table[kind].kind;
		a.print = (int)kind_table[kind].kind;
	}
	if (is_probe && card->n_word == 0)
		b->save_all = 1;
	const ts_status labels = read_labels(&a);
	if (elab_fatal(labels))
		return labels;
	const ts_status words = read_words(&a, kind >= 0);
	return words != TS_OK ? words : labels;
}

/* Is the signal asked of this one kind of analysis by a .print? */
static int is_printed(const elab_builder *b, const elab_save *save, sim_kind kind)
{
	const elab_print *print = b->print.item;
	for (int i = 0; i < b->print.n; i++)
		if (print[i].kind == kind && strcmp(print[i].name, save->name) == 0)
			return 1;
	return 0;
}

ts_status elab_check_signals(elab_builder *b)
{
	const sim_request *request = b->request.item;
	const elab_save *save = b->save.item;
	const elab_circuit view = {.instance = b->instance.item, .n_instance = b->instance.n};
	unsigned kinds = 0;
	ts_status worst = TS_OK;
	for (int i = 0; i < b->request.n; i++)
		kinds |= 1u << request[i].kind;
	for (int i = 0; i < b->save.n; i++)
		for (int k = 0; k <= SIM_TF; k++) {
			const sim_kind kind = (sim_kind)k;
			const char *lack =
			    (save[i].kinds & kinds) >> k & 1 ? elab_save_lacks(&view, &save[i], kind) : NULL;
			if (!lack)
				continue;
			const int is_asked = is_printed(b, &save[i], kind);
			diag_add(b->diag, is_asked ? E0311 : W0306, save[i].span, "%s does not store '%s': %s",
			         k == SIM_AC ? ".ac" : ".trannoise", save[i].name, lack);
			worst = is_asked ? TS_NETLIST : worst;
		}
	return worst;
}
