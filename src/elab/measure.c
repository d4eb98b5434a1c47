/* SPDX-License-Identifier: Apache-2.0
 * .measure and .four. The words of a .measure come in their order, '=' among them, and are taken one after the other:
 *
 *   KIND NAME trig EVENT targ EVENT     EVENT: at=X, or QUANTITY val=Y [rise= fall= cross= td=]
 *   KIND NAME find|deriv QUANTITY when|at ...
 *   KIND NAME when QUANTITY=VALUE [rise= fall= cross= td= from= to=]
 *   KIND NAME avg|rms|min|max|pp|integ|min_at|max_at QUANTITY [from= to= td=]
 *   KIND NAME param=EXPRESSION
 */
#include <math.h>
#include <string.h>

#include "elab/build.h"
#include "net/expr.h"

static const double MOST_STORED = 1 << 26; /* numbers: what KEEP= is raised to at most */
enum { LEAST_KEPT = 2 };

typedef struct words {
	elab_builder *b;
	const net_card *card;
	int at;
	sim_kind kind;
} words;

static const struct {
	const char *name;
	sim_kind kind;
} kind_table[] = {{"tran", SIM_TRAN},     {"dc", SIM_DC}, {"ac", SIM_AC},
                  {"noise", SIM_NOISE},   {"op", SIM_OP}, {"trannoise", SIM_TRANNOISE},
                  {"jump", SIM_TRANNOISE}};

static const struct {
	const char *name;
	elab_measure_type type;
} type_table[] = {{"trig", ELAB_MEASURE_TRIG},     {"find", ELAB_MEASURE_FIND},        {"when", ELAB_MEASURE_WHEN},
                  {"deriv", ELAB_MEASURE_DERIV},   {"derivative", ELAB_MEASURE_DERIV}, {"avg", ELAB_MEASURE_AVG},
                  {"rms", ELAB_MEASURE_RMS},       {"min", ELAB_MEASURE_MIN},          {"max", ELAB_MEASURE_MAX},
                  {"pp", ELAB_MEASURE_PP},         {"integ", ELAB_MEASURE_INTEG},      {"integral", ELAB_MEASURE_INTEG},
                  {"min_at", ELAB_MEASURE_MIN_AT}, {"max_at", ELAB_MEASURE_MAX_AT},    {"param", ELAB_MEASURE_PARAM}};

static const net_word *now(const words *w)
{
	return w->at < w->card->n_word ? &w->card->word[w->at] : NULL;
}

/* Go past the word if it is this one. */
static int take(words *w, const char *text)
{
	const net_word *word = now(w);
	if (!word || strcmp(word->text, text) != 0)
		return 0;
	w->at++;
	return 1;
}

static ts_status wanted(const words *w, const char *what)
{
	const net_word *word = now(w);
	diag_add(w->b->diag, E0315, word ? word->span : w->card->span, "%s: wanted %s%s%s%s", w->card->name, what,
	         word ? ", not '" : " at the end", word ? word->text : "", word ? "'" : "");
	return TS_NETLIST;
}

/* [=] EXPRESSION */
static ts_status take_expr(words *w, const net_expr **out)
{
	take(w, "=");
	const net_word *word = now(w);
	if (!word || !word->expr)
		return wanted(w, "an expression");
	w->at++;
	return elab_measured(w->b, w->kind, word->expr, out);
}

static ts_status take_count(words *w, elab_edge edge, elab_event *event)
{
	double count = 0;
	event->edge = edge;
	take(w, "=");
	if (take(w, "last")) {
		event->count = ELAB_LAST;
		return TS_OK;
	}
	const net_word *word = now(w);
	if (!word || !word->expr)
		return wanted(w, "a number or LAST");
	TS_TRY(elab_value(&w->b->eval, &w->b->frame.scope, word->expr, &count));
	if (!(count >= 1 && count <= 1e9 && count == floor(count))) {
		diag_add(w->b->diag, E0305, word->span, "a crossing's number is a whole number from 1, or LAST; not %g",
		         count);
		return TS_NETLIST;
	}
	w->at++;
	event->count = (long)count;
	return TS_OK;
}

/* One option of an event; *known: there was one. */
static ts_status take_option(words *w, elab_event *event, int *known)
{
	static const char *const edge[] = {[ELAB_CROSS] = "cross", [ELAB_RISE] = "rise", [ELAB_FALL] = "fall"};
	*known = 1;
	for (int k = 0; k < 3; k++)
		if (take(w, edge[k]))
			return take_count(w, (elab_edge)k, event);
	if (take(w, "td"))
		return take_expr(w, &event->td);
	if (take(w, "from"))
		return take_expr(w, &event->from);
	if (take(w, "to"))
		return take_expr(w, &event->to);
	*known = 0;
	return TS_OK;
}

/* at=X, or QUANTITY with its level: behind '=' or, with `val`, behind val=. */
static ts_status take_event(words *w, int val, elab_event *event)
{
	event->count = 1;
	if (take(w, "at"))
		return take_expr(w, &event->at);
	TS_TRY(take_expr(w, &event->left));
	if (!val && !take(w, "="))
		return wanted(w, "'=' and a value behind WHEN and its quantity");
	if (!val)
		TS_TRY(take_expr(w, &event->right));
	for (int known = 1; known;) {
		if (val && take(w, "val")) {
			TS_TRY(take_expr(w, &event->right));
			continue;
		}
		TS_TRY(take_option(w, event, &known));
	}
	return event->right ? TS_OK : wanted(w, "val=");
}

static ts_status take_point(words *w, elab_measure *m)
{
	TS_TRY(take_expr(w, &m->quantity));
	const net_word *word = now(w);
	if (m->kind == SIM_OP && !word)
		return TS_OK;
	if (take(w, "when"))
		return take_event(w, 0, &m->event[0]);
	return word && strcmp(word->text, "at") == 0 ? take_event(w, 0, &m->event[0]) : wanted(w, "WHEN or AT=");
}

static ts_status take_window(words *w, elab_measure *m)
{
	elab_event window = {0};
	TS_TRY(take_expr(w, &m->quantity));
	for (int known = 1; known;)
		TS_TRY(take_option(w, &window, &known));
	m->from = window.from ? window.from : window.td;
	m->to = window.to;
	return window.count ? wanted(w, "FROM= or TO=; this measure counts no crossings") : TS_OK;
}

static ts_status take_measure(words *w, elab_measure *m)
{
	switch (m->type) {
	case ELAB_MEASURE_TRIG:
		TS_TRY(take_event(w, 1, &m->event[0]));
		return take(w, "targ") ? take_event(w, 1, &m->event[1]) : wanted(w, "TARG");
	case ELAB_MEASURE_WHEN:
		return take_event(w, 0, &m->event[0]);
	case ELAB_MEASURE_FIND:
	case ELAB_MEASURE_DERIV:
		return take_point(w, m);
	case ELAB_MEASURE_PARAM:
		return take_expr(w, &m->quantity);
	default:
		return take_window(w, m);
	}
}

/* goal= minval= weight= and their like, which steer an optimizer. */
static ts_status take_rest(words *w)
{
	static const char *const known[] = {"goal", "minval", "weight", "ignore", "print"};
	for (const net_word *word = now(w); word; word = now(w)) {
		int found = 0;
		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			found |= take(w, known[k]);
		if (!found)
			return wanted(w, "the end of the card");
		diag_add(w->b->diag, W0331, word->span, "%s has no effect: there is no optimizer", word->text);
		if (take(w, "="))
			w->at++;
	}
	return TS_OK;
}

static ts_status take_kind(words *w)
{
	for (size_t k = 0; k < sizeof kind_table / sizeof *kind_table; k++)
		if (take(w, kind_table[k].name)) {
			w->kind = kind_table[k].kind;
			return TS_OK;
		}
	return wanted(w, "the analysis whose results are measured (tran dc ac noise trannoise op) before the name");
}

static ts_status take_type(words *w, elab_measure *m)
{
	for (size_t k = 0; k < sizeof type_table / sizeof *type_table; k++)
		if (take(w, type_table[k].name)) {
			m->type = type_table[k].type;
			return TS_OK;
		}
	return wanted(w, "trig find when deriv avg rms min max pp integ min_at max_at or param");
}

int elab_has_measure(const elab_builder *b, const char *name)
{
	const elab_measure *measure = b->measure.item;
	for (int i = 0; i < b->measure.n; i++)
		if (strcmp(measure[i].name, name) == 0)
			return 1;
	return 0;
}

static ts_status take_name(words *w, elab_measure *m)
{
	const elab_measure *before = w->b->measure.item;
	const net_word *word = now(w);
	if (!word || word->span.length == 0 || strpbrk(word->text, "/='\"(){}"))
		return wanted(w, "a name for the result");
	w->at++;
	m->name = word->text;
	for (int i = 0; i < w->b->measure.n; i++)
		if (before[i].kind == m->kind && strcmp(before[i].name, m->name) == 0) {
			diag_add(w->b->diag, E0312, word->span, "there are two measures '%s'", m->name);
			diag_note(w->b->diag, before[i].span, "the first");
			return TS_NETLIST;
		}
	return TS_OK;
}

static int has_request(const elab_builder *b, sim_kind kind)
{
	const sim_request *request = b->request.item;
	for (int i = 0; i < b->request.n; i++)
		if (request[i].kind == kind)
			return 1;
	return 0;
}

ts_status elab_card_measure(elab_builder *b, const net_card *card)
{
	words w = {.b = b, .card = card};
	elab_measure m = {.span = card->span};
	TS_TRY(take_kind(&w));
	m.kind = w.kind;
	TS_TRY(take_name(&w, &m));
	const net_word *word = now(&w);
	if (word && strncmp(word->text, "err", 3) == 0 && strlen(word->text) <= 4) {
		diag_add(b->diag, W0331, word->span, "%s has no effect: write param= with what compares the curves",
		         word->text);
		return TS_OK;
	}
	TS_TRY(take_type(&w, &m));
	TS_TRY(take_measure(&w, &m));
	TS_TRY(take_rest(&w));
	if (!has_request(b, m.kind))
		diag_add(b->diag, W0331, card->word[0].span, "the deck has no analysis .%s, so '%s' is not measured",
		         card->word[0].text, m.name);
	elab_measure *slot = elab_list_add(&b->measure, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = m;
	return TS_OK;
}

ts_status elab_card_four(elab_builder *b, const net_card *card)
{
	elab_four four = {.n_signal = card->n_word - 1, .span = card->span};
	TS_TRY(elab_field_known(b, card, ""));
	if (card->n_word < 2) {
		diag_add(b->diag, E0315, card->span, ".four wants FREQUENCY and at least one v(node) or i(source)");
		return TS_NETLIST;
	}
	TS_TRY(elab_field_word(b, card, &card->word[0], &four.frequency));
	if (!(four.frequency > 0)) {
		diag_add(b->diag, E0305, card->word[0].span, "the frequency of .four must be positive, not %g",
		         four.frequency);
		return TS_NETLIST;
	}
	const char **name = arena_array(b->arena, (size_t)four.n_signal, sizeof *name);
	const net_expr **quantity = arena_array(b->arena, (size_t)four.n_signal, sizeof *quantity);
	if (!name || !quantity)
		return TS_NOMEM;
	for (int i = 0; i < four.n_signal; i++) {
		const net_word *word = &card->word[i + 1];
		if (!word->expr) {
			diag_add(b->diag, E0315, word->span, ".four: '%s' is not an expression of signals", word->text);
			return TS_NETLIST;
		}
		TS_TRY(elab_measured(b, SIM_TRAN, word->expr, &quantity[i]));
		name[i] = net_expr_text(b->arena, quantity[i]);
		if (!name[i])
			return TS_NOMEM;
	}
	four.name = name;
	four.quantity = quantity;
	elab_four *slot = elab_list_add(&b->four, sizeof *slot);
	if (!slot)
		return TS_NOMEM;
	*slot = four;
	return TS_OK;
}

/* Signals that every analysis can have are stored by all, as those of .save are. */
static ts_status save_watched(elab_builder *b)
{
	const elab_save *watch = b->watch.item;
	for (int i = 0; i < b->watch.n; i++) {
		elab_save *save = b->save.item;
		int k = 0;
		while (k < b->save.n && strcmp(save[k].name, watch[i].name) != 0)
			k++;
		if (k < b->save.n) {
			save[k].kinds |= watch[i].kinds;
			continue;
		}
		save = elab_list_add(&b->save, sizeof *save);
		if (!save)
			return TS_NOMEM;
		*save = watch[i];
	}
	return TS_OK;
}

/* Bias points of the ensemble of that rank: a .pbit may wrap it. */
static double n_bias(const elab_builder *b, int rank)
{
	const elab_pbit *pbit = (const elab_pbit *)b->pbit.item + rank;
	if (rank >= b->pbit.n || pbit->bias_instance < 0)
		return 1;
	return pbit->n_list > 0 ? pbit->n_list
	                        : 1 + (pbit->step != 0 ? fabs((pbit->stop - pbit->start) / pbit->step) : 0);
}

static void choose_keep(elab_builder *b, sim_request *r, int rank, int measured)
{
	if (r->keep != ELAB_KEEP_DEFAULT)
		return;
	r->keep = LEAST_KEPT;
	if (!measured)
		return;
	const double n_signal = b->has_save && !b->save_all ? b->save.n : b->node.n + b->instance.n;
	const double n_time = (r->tstop - r->tstart) / r->tstep + 2;
	const double most = floor(MOST_STORED / (n_signal * n_time * n_bias(b, rank)));
	r->keep = (int)fmax(LEAST_KEPT, fmin(most, (double)r->samples));
	if (r->keep < r->samples)
		diag_add(b->diag, W0332, r->span, "measures are taken on %d of %ld trajectories", r->keep, r->samples);
}

ts_status elab_measures_end(elab_builder *b)
{
	const elab_measure *measure = b->measure.item;
	sim_request *request = b->request.item;
	int measured = 0, rank = 0;
	for (int i = 0; i < b->measure.n; i++)
		measured |= measure[i].kind == SIM_TRANNOISE;
	TS_TRY(save_watched(b));
	for (int i = 0; i < b->request.n; i++)
		if (request[i].kind == SIM_TRANNOISE)
			choose_keep(b, &request[i], rank++, measured);
	return TS_OK;
}
