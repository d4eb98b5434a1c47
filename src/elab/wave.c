/* SPDX-License-Identifier: Apache-2.0
 * Words of V and I elements after their nodes:
 *
 *   [dc] value   pulse(v1 v2 td tr tf pw per np)   sin(vo va freq td theta phase)   exp(v1 v2 td1 tau1 td2 tau2)
 *   sffm(vo va fc mdi fs phasec phases)   am(va vo mf fc td 0 phases)
 *   pwl(t1 v1 t2 v2 ...) [r=t] [td=t]   pwl file="name" [r=t] [td=t]   ac [magnitude [phase]]
 *
 * in any order, waveforms with or without parentheses. A value beside a waveform is that of analyses without time. What
 * is left out takes SPICE's default, from the first .tran or .trannoise card where there is one. `ac` alone has
 * magnitude 1; its phase is in degrees.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "elab/build.h"
#include "net/expr.h"

enum { WAVE_FIELDS = 8 };

typedef struct wave_rule {
	const char *keyword;
	dev_wave wave;
	const char *field[WAVE_FIELDS + 1];
	const char *form, *text; /* of the manual */
} wave_rule;

static const wave_rule rule_table[] = {
    {"pulse",
     DEV_WAVE_PULSE,
     {"v1", "v2", "td", "tr", "tf", "pw", "per", "np"},
     "pulse(V1 V2 TD TR TF PW PER NP)",
     "from V1 to V2 and back; NP pulses, 0: no end"},
    {"sin",
     DEV_WAVE_SIN,
     {"vo", "va", "freq", "td", "theta", "phase"},
     "sin(VO VA FREQ TD THETA PHASE)",
     "VO + VA e^(-THETA t') sin(2 pi FREQ t' + PHASE), t' = t - TD, degrees"},
    {"exp",
     DEV_WAVE_EXP,
     {"v1", "v2", "td1", "tau1", "td2", "tau2"},
     "exp(V1 V2 TD1 TAU1 TD2 TAU2)",
     "from V1 towards V2 from TD1 on, back from TD2 on"},
    {"pwl",
     DEV_WAVE_PWL,
     {NULL},
     "pwl(T1 V1 T2 V2 ...) [r=T] [td=T], pwl file=\"NAME\" [r=T] [td=T]",
     "straight lines; times do not decrease, two equal ones are a jump; constant outside. `td=` delays all of it; "
     "with `r=` the stretch from r to the last corner is repeated for ever; both may stand inside the brackets"},
    {"sffm",
     DEV_WAVE_SFFM,
     {"vo", "va", "fc", "mdi", "fs", "phasec", "phases"},
     "sffm(VO VA FC MDI FS PHASEC PHASES)",
     "VO + VA sin(2 pi FC t + PHASEC + MDI sin(2 pi FS t + PHASES)), degrees"},
    {"am",
     DEV_WAVE_AM,
     {"va", "vo", "mf", "fc", "td", "phasec", "phases"},
     "am(VA VO MF FC TD 0 PHASES)",
     "VA (VO + sin(2 pi MF t' + PHASES)) sin(2 pi FC t' + PHASES), t' = t - TD; 0 until TD. The sixth number, which "
     "ngspice reads and does not use, must be 0"},
};

static const struct {
	const char *keyword, *advice;
} refused_table[] = {
    {"trnoise", "every device makes its own noise: use .trannoise"},
    {"trrandom", "use .trannoise"},
    {"pat", "use pwl()"},
    {"distof1", "there is no distortion analysis"},
    {"distof2", "there is no distortion analysis"},
};

int elab_waveform_entry(int i, elab_entry *entry)
{
	if (i >= (int)(sizeof rule_table / sizeof *rule_table))
		return 0;
	snprintf(entry->form, sizeof entry->form, "%s", rule_table[i].form);
	entry->text = rule_table[i].text;
	return 1;
}

int elab_refused_waveform(int i, elab_entry *entry)
{
	if (i >= (int)(sizeof refused_table / sizeof *refused_table))
		return 0;
	snprintf(entry->form, sizeof entry->form, "%s on V, I", refused_table[i].keyword);
	entry->text = refused_table[i].advice;
	return 1;
}

static const wave_rule *find_rule(const char *text)
{
	for (size_t i = 0; i < sizeof rule_table / sizeof *rule_table; i++)
		if (strcmp(rule_table[i].keyword, text) == 0)
			return &rule_table[i];
	return NULL;
}

static const char *find_refused(const char *text)
{
	for (size_t i = 0; i < sizeof refused_table / sizeof *refused_table; i++)
		if (strcmp(refused_table[i].keyword, text) == 0)
			return refused_table[i].advice;
	return NULL;
}

static int is_keyword(const net_word *word)
{
	return find_rule(word->text) || find_refused(word->text) || strcmp(word->text, "dc") == 0 ||
	       strcmp(word->text, "ac") == 0;
}

/* The words of a waveform and how many words of the card they take. */
typedef struct wave_words {
	const net_word *word;
	int n, used;
	src_span span;
} wave_words;

static wave_words find_words(const net_card *card, int at)
{
	const net_word *word = &card->word[at];
	if (word->n_arg > 0)
		return (wave_words){word->arg, word->n_arg, 1, word->span};
	wave_words words = {word + 1, 0, 1, word->span};
	while (at + 1 + words.n < card->n_word && !is_keyword(&card->word[at + 1 + words.n]))
		words.n++;
	words.used += words.n;
	/* "pulse (0 1)": the parentheses make a group of their own */
	if (words.n == 1 && word[1].n_arg > 0)
		return (wave_words){word[1].arg, word[1].n_arg, 2, word->span};
	return words;
}

/* What the card leaves out, and what it gives as zero: SPICE reads both as "the default". Without a transient to take
 * the default from, the device's own holds. */
static double default_of(const elab_bind *bind, const char *name)
{
	const double tstep = bind->b->tstep, tstop = bind->b->tstop;
	if (strcmp(name, "tr") == 0 || strcmp(name, "tf") == 0 || strncmp(name, "tau", 3) == 0)
		return tstep;
	if (strcmp(name, "pw") == 0 || strcmp(name, "per") == 0)
		return tstop;
	const int is_carrier =
	    strcmp(name, "fc") == 0 && bind->param[dev_param_index(bind->type, "wave")] == DEV_WAVE_SFFM;
	if (strcmp(name, "freq") == 0 || strcmp(name, "fs") == 0 || strcmp(name, "mf") == 0 || is_carrier)
		return 1 / tstop;
	if (strcmp(name, "td2") == 0)
		return bind->param[dev_param_index(bind->type, "td1")] + tstep;
	return 0;
}

static void fill_defaults(elab_bind *bind, const wave_rule *rule, int given)
{
	for (int i = 0; i < WAVE_FIELDS && rule->field[i]; i++) {
		const int index = dev_param_index(bind->type, rule->field[i]);
		if (i < given && bind->param[index] != 0)
			continue;
		const double value = default_of(bind, rule->field[i]);
		bind->param[index] = isfinite(value) && value > 0 ? value : bind->type->param[index].fallback;
	}
}

/* r=VALUE and td=VALUE behind the corners, inside the brackets; *n: the words before them. */
static ts_status bind_options(elab_bind *bind, const wave_words *words, int *n)
{
	static const char *const option[] = {"r", "td"};
	for (*n = words->n; *n > 0 && strchr(words->word[*n - 1].text, '='); --*n) {
		const net_word *word = &words->word[*n - 1];
		const size_t name = strcspn(word->text, "="), at = name + 1;
		const net_expr *expr = net_expr_parse(bind->b->arena, word->span.file, word->span.offset + at,
		                                      word->text + at, strlen(word->text + at), bind->b->diag);
		double value;
		if (!expr)
			return diag_has(bind->b->diag, E0999) ? TS_NOMEM : TS_NETLIST;
		TS_TRY(elab_value(&bind->b->eval, &bind->frame->scope, expr, &value));
		int known = -1;
		for (int i = 0; i < 2; i++)
			if (strlen(option[i]) == name && strncmp(option[i], word->text, name) == 0)
				known = i;
		if (known < 0) {
			diag_add_origin(bind->b->diag, E0315, word->span, bind->frame->origin,
			                "pwl knows r= and td= behind its corners, not '%s'", word->text);
			return TS_NETLIST;
		}
		TS_TRY(elab_bind_set(bind, option[known], value, word->span));
	}
	return TS_OK;
}

static const net_param *find_file(const net_card *card)
{
	for (int i = 0; i < card->n_param; i++)
		if (card->param[i].file)
			return &card->param[i];
	return NULL;
}

static ts_status bind_table(elab_bind *bind, const wave_words *words)
{
	diag_list *diag = bind->b->diag;
	const diag_origin *origin = bind->frame->origin;
	const net_param *file = find_file(bind->card);
	int n;
	TS_TRY(bind_options(bind, words, &n));
	if (file && n == 0) {
		const dev_table *made = NULL;
		TS_TRY(elab_read_corners(bind, file, &made));
		bind->aux = made;
		return TS_OK;
	}
	if (n < 2 || n % 2) {
		diag_add_origin(diag, E0315, words->span, origin, "pwl wants pairs of time and value, not %d numbers",
		                n);
		return TS_NETLIST;
	}
	n /= 2;
	dev_table *table = arena_alloc(bind->b->arena, sizeof *table);
	double *x = arena_array(bind->b->arena, (size_t)n, sizeof *x);
	double *y = arena_array(bind->b->arena, (size_t)n, sizeof *y);
	if (!table || !x || !y)
		return TS_NOMEM;
	for (int i = 0; i < n; i++) {
		TS_TRY(elab_bind_word(bind, &words->word[2 * i], &x[i]));
		TS_TRY(elab_bind_word(bind, &words->word[2 * i + 1], &y[i]));
		if (i > 0 && !(x[i] >= x[i - 1])) {
			diag_add_origin(diag, E0305, words->word[2 * i].span, origin,
			                "times of pwl must not decrease: %g follows %g", x[i], x[i - 1]);
			return TS_NETLIST;
		}
	}
	*table = (dev_table){n, x, y};
	bind->aux = table;
	return TS_OK;
}

static ts_status bind_fields(elab_bind *bind, const wave_rule *rule, const wave_words *words)
{
	int limit = 0;
	while (limit < WAVE_FIELDS && rule->field[limit])
		limit++;
	if (words->n < 2 || words->n > limit) {
		diag_add_origin(bind->b->diag, E0315, words->span, bind->frame->origin,
		                "%s wants 2 to %d numbers, not %d", rule->keyword, limit, words->n);
		return TS_NETLIST;
	}
	for (int i = 0; i < words->n; i++) {
		double value;
		TS_TRY(elab_bind_word(bind, &words->word[i], &value));
		TS_TRY(elab_bind_set(bind, rule->field[i], value, words->word[i].span));
	}
	fill_defaults(bind, rule, words->n);
	if (rule->wave != DEV_WAVE_AM || words->n < 6 || bind->param[dev_param_index(bind->type, "phasec")] == 0)
		return TS_OK;
	diag_add_origin(
	    bind->b->diag, E0311, words->word[5].span, bind->frame->origin,
	    "the sixth number of am, which ngspice reads and does not use, must be 0: the seventh is the phase "
	    "of both sines");
	return TS_NETLIST;
}

static ts_status bind_wave(elab_bind *bind, const wave_rule *rule, const wave_words *words)
{
	const int index = dev_param_index(bind->type, "wave");
	if (bind->param[index] > 0) {
		diag_add_origin(bind->b->diag, E0315, words->span, bind->frame->origin, "'%s' has two waveforms",
		                bind->card->name);
		return TS_NETLIST;
	}
	bind->param[index] = rule->wave;
	return rule->wave == DEV_WAVE_PWL ? bind_table(bind, words) : bind_fields(bind, rule, words);
}

static ts_status bind_dc(elab_bind *bind, int at, int *used)
{
	const net_card *card = bind->card;
	const int keyword = strcmp(card->word[at].text, "dc") == 0;
	*used = 1 + keyword;
	if (at + keyword >= card->n_word) {
		diag_add_origin(bind->b->diag, E0304, card->word[at].span, bind->frame->origin, "dc needs a value");
		return TS_NETLIST;
	}
	double value;
	TS_TRY(elab_bind_word(bind, &card->word[at + keyword], &value));
	return elab_bind_set(bind, "dc", value, card->word[at + keyword].span);
}

/* ac [magnitude [phase]] */
static ts_status bind_ac(elab_bind *bind, int at, int *used)
{
	static const char *const field[] = {"acmag", "acphase"};
	const net_card *card = bind->card;
	TS_TRY(elab_bind_set(bind, field[0], 1, card->word[at].span));
	for (*used = 1; *used < 3 && at + *used < card->n_word && !is_keyword(&card->word[at + *used]); ++*used) {
		const net_word *word = &card->word[at + *used];
		double value;
		TS_TRY(elab_bind_word(bind, word, &value));
		TS_TRY(elab_bind_set(bind, field[*used - 1], value, word->span));
	}
	return TS_OK;
}

ts_status elab_check_source(const elab_bind *bind)
{
	const dev_table *table = bind->aux;
	const net_param *file = find_file(bind->card);
	if (file && (!table || table->n == 0)) {
		diag_add_origin(bind->b->diag, E0315, file->span, bind->frame->origin, "%s= stands behind the word pwl",
		                file->name);
		return TS_NETLIST;
	}
	const double from = bind->param[dev_param_index(bind->type, "r")];
	if (from < 0 || !table || (from < table->x[table->n - 1]))
		return TS_OK;
	diag_add_origin(bind->b->diag, E0305, bind->card->span, bind->frame->origin,
	                "r = %g s of '%s' is not before the last corner of its pwl, %g s", from, bind->card->name,
	                table->x[table->n - 1]);
	return TS_NETLIST;
}

ts_status elab_bind_source(elab_bind *bind, int first)
{
	const net_card *card = bind->card;
	int had_dc = 0;
	for (int at = first, used = 1; at < card->n_word; at += used) {
		const net_word *word = &card->word[at];
		const wave_rule *rule = find_rule(word->text);
		const char *advice = find_refused(word->text);
		if (advice) {
			diag_add_origin(bind->b->diag, E0311, word->span, bind->frame->origin,
			                "the source %s is not in this version: %s", word->text, advice);
			return TS_NETLIST;
		}
		if (rule) {
			const wave_words words = find_words(card, at);
			used = words.used;
			TS_TRY(bind_wave(bind, rule, &words));
		} else if (strcmp(word->text, "ac") == 0) {
			TS_TRY(bind_ac(bind, at, &used));
		} else if (had_dc++) {
			diag_add_origin(bind->b->diag, E0315, word->span, bind->frame->origin,
			                "'%s' has a second value: '%s'", card->name, word->text);
			return TS_NETLIST;
		} else {
			TS_TRY(bind_dc(bind, at, &used));
		}
	}
	return TS_OK;
}
