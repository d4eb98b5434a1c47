/* SPDX-License-Identifier: Apache-2.0
 * Reads one card (see card.h). */
#include "net/card.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "net/load.h"

static const char *const group_name[] = {"pulse", "sin",   "exp",     "pwl",      "sffm", "am",   "poly",
                                         "list",  "noise", "trnoise", "trrandom", "pat",  "table"};

void net_card_reader_init(net_card_reader *r, arena *a)
{
	*r = (net_card_reader){.arena = a};
	r->word.item = sizeof(net_word);
	r->param.item = sizeof(net_param);
}

void net_card_reader_free(net_card_reader *r)
{
	net_stack_free(&r->word);
	net_stack_free(&r->param);
}

static char peek(const net_card_reader *r, size_t at)
{
	return at < r->end ? r->text->text[at] : '\0';
}

static int fail(net_card_reader *r, diag_code code, size_t from, size_t to, const char *message)
{
	net_fault_set(&r->fault, code, net_text_span(r->text, from, to), "%s", message);
	return 0;
}

static int no_memory(net_card_reader *r)
{
	return fail(r, E0999, 0, 0, "memory is exhausted");
}

static void skip_blanks(net_card_reader *r)
{
	while (net_is_blank(peek(r, r->at)) || peek(r, r->at) == ',')
		r->at++;
}

/* Behind the quote that closes the one at `at`; 0 with a fault when there is none. */
static size_t quote_end(net_card_reader *r, size_t at)
{
	for (size_t i = at + 1; i < r->end; i++)
		if (peek(r, i) == peek(r, at))
			return i + 1;
	fail(r, E0202, at, at + 1, "the quote that opens here is not closed");
	return 0;
}

/* Behind the bracket that closes the one at `at`; 0 with a fault when there is none. */
static size_t bracket_end(net_card_reader *r, size_t at)
{
	char want[NET_MAX_NESTING];
	int depth = 0;
	for (size_t i = at; i < r->end; i++) {
		const char c = peek(r, i);
		if (c == '\'' || c == '"') {
			i = quote_end(r, i);
			if (!i--)
				return 0;
		} else if (c == '(' || c == '{') {
			if (depth == NET_MAX_NESTING)
				return (size_t)fail(r, E0202, i, i + 1,
				                    "brackets inside one another more than 256 deep");
			want[depth++] = c == '(' ? ')' : '}';
		} else if (c == ')' || c == '}') {
			if (!depth || c != want[--depth])
				return (size_t)fail(r, E0202, i, i + 1, "this closes a bracket of the other kind");
			if (depth == 0)
				return i + 1;
		}
	}
	fail(r, E0202, at, at + 1, "the bracket that opens here is not closed");
	return 0;
}

/* A '$' before a blank begins a comment, so no name ends with one. Returns end, or 0 with a fault. */
static size_t refuse_dollar(net_card_reader *r, size_t from, size_t end)
{
	if (end > from && peek(r, end - 1) == '$')
		return (size_t)fail(r, E0201, end - 1, end, "a name must not end with '$', which begins a comment");
	return end;
}

/* End of the run of characters at `from`; 0 with a fault when a bracket or quote in it is not paired. */
static size_t run_end(net_card_reader *r, size_t from, const char *stop)
{
	size_t at = from;
	while (at < r->end) {
		const char c = peek(r, at);
		if (net_is_blank(c) || strchr(stop, c))
			break;
		if (c == ')' || c == '}')
			return (size_t)fail(r, E0201, at, at + 1, "a closing bracket without its opening one");
		at = c == '(' || c == '{' ? bracket_end(r, at) : c == '\'' || c == '"' ? quote_end(r, at) : at + 1;
		if (!at)
			return 0;
	}
	return refuse_dollar(r, from, at);
}

static int is_group(const net_card_reader *r, size_t from, size_t to)
{
	char name[16];
	if (to - from >= sizeof name)
		return 0;
	for (size_t i = from; i < to; i++) {
		const char c = peek(r, i);
		name[i - from] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	name[to - from] = '\0';
	for (size_t i = 0; i < sizeof group_name / sizeof *group_name; i++)
		if (strcmp(group_name[i], name) == 0)
			return 1;
	return 0;
}

/* Index of the '(' of a group that begins at `from`, 0 if there is none. table=(0,0) is table(0,0). */
static size_t group_open(const net_card_reader *r, size_t from)
{
	size_t at = from;
	while (net_is_alpha(peek(r, at)))
		at++;
	if (at == from || !is_group(r, from, at))
		return 0;
	while (net_is_blank(peek(r, at)) || (r->is_controlled && peek(r, at) == '='))
		at++;
	return peek(r, at) == '(' ? at : 0;
}

/* Quotes and braces say that an expression is meant; a string need not be one. */
static int has_quote(const net_card_reader *r, size_t from, size_t to)
{
	if (peek(r, from) == '"')
		return 0;
	for (size_t i = from; i < to; i++)
		if (strchr("'{", peek(r, i)))
			return 1;
	return 0;
}

/* A number too large for a double is a mistake wherever it stands; other words need not be expressions. */
static int is_out_of_range(const net_card_reader *r, size_t from, size_t to)
{
	double value;
	size_t used;
	const char first = peek(r, from);
	from += first == '-' || first == '+';
	return from < to && number_parse(r->text->text + from, to - from, &value, &used) == NUMBER_RANGE;
}

static int read_expr(net_card_reader *r, size_t from, size_t to, const net_expr **expr)
{
	net_fault quiet = {.code = DIAG_N_CODE};
	const int loud = has_quote(r, from, to) || is_out_of_range(r, from, to);
	const net_range range = {.text = r->text, .from = from, .to = to};
	*expr = net_expr_read(r->arena, range, NULL, loud ? &r->fault : &quiet);
	if (!*expr && quiet.code == E0999)
		return no_memory(r);
	return *expr || !loud;
}

static int plain_word(net_card_reader *r, size_t from, size_t to, net_word *word)
{
	const char *start = r->text->text + from;
	*word = (net_word){.span = net_text_span(r->text, from, to)};
	const int keeps_case = *start == '"' || r->is_file;
	word->text = keeps_case ? arena_strndup(r->arena, start, to - from) : arena_lower(r->arena, start, to - from);
	if (!word->text)
		return no_memory(r);
	return r->is_file || read_expr(r, from, to, &word->expr);
}

static int push_word(net_card_reader *r, const net_word *word)
{
	return net_stack_push(&r->word, word) == TS_OK ? 1 : no_memory(r);
}

/* The arguments of a group, up to r->end, as words on the stack */
static int read_args(net_card_reader *r)
{
	for (skip_blanks(r); r->at < r->end; skip_blanks(r)) {
		net_word arg;
		const size_t stop = run_end(r, r->at, ",");
		if (!stop || !plain_word(r, r->at, stop, &arg) || !push_word(r, &arg))
			return 0;
		r->at = stop;
	}
	return 1;
}

/* name( arg arg, arg ): the arguments are words */
static int group_word(net_card_reader *r, size_t from, size_t open, net_word *word)
{
	const size_t close = bracket_end(r, open), end = r->end;
	const int mark = r->word.n;
	size_t name_end = from;
	if (!close)
		return 0;
	while (net_is_alpha(peek(r, name_end)))
		name_end++;
	r->at = open + 1;
	r->end = close - 1;
	const int ok = read_args(r);
	r->end = end;
	r->at = close;
	if (!ok)
		return 0;
	*word = (net_word){.text = arena_lower(r->arena, r->text->text + from, name_end - from),
	                   .span = net_text_span(r->text, from, close)};
	word->arg = net_stack_take(&r->word, mark, r->arena, &word->n_arg);
	if (!word->text || !word->arg)
		return no_memory(r);
	return word->n_arg ? 1 : fail(r, E0201, from, close, "there is nothing between these brackets");
}

/* E, F, G, H: table {v(b)} = (0,0) (1,1), poly(2) (b,0) (c,0) 0 1, (b,0) 2: '=' between words, pairs in brackets. */
static int is_form(const net_card_reader *r, const net_word *word)
{
	static const char *const form[] = {"poly", "pwl", "table", "laplace", "freq"};
	const int in_place = r->is_controlled && r->word.n >= 2 && r->word.n <= 4;
	for (size_t i = 0; in_place && i < sizeof form / sizeof *form; i++)
		if (strcmp(word->text, form[i]) == 0)
			return 1;
	return 0;
}

static int read_word(net_card_reader *r)
{
	net_word word;
	if (r->is_form && peek(r, r->at) == '=')
		return ++r->at > 0;
	const int pairs = r->is_form || (r->is_controlled && r->word.n / 2 == 1);
	const size_t from = r->at, open = pairs && peek(r, from) == '(' ? from : group_open(r, from);
	if (open && !r->is_measure) {
		const int ok = group_word(r, from, open, &word);
		r->is_form |= ok && is_form(r, &word);
		return ok && push_word(r, &word);
	}
	size_t end = run_end(r, from, r->is_model && r->word.n < 2 ? ",=(" : ",=");
	end += end == from && r->is_measure;
	if (!end)
		return 0;
	if (end == from)
		return fail(r, E0201, from, from + 1,
		            peek(r, from) == '=' ? "'=' without a name before it" : "a name is missing before this");
	r->at = end;
	if (!plain_word(r, from, end, &word))
		return 0;
	r->is_form |= is_form(r, &word);
	return push_word(r, &word);
}

/* End of "name" or "name(...)" at `at` when "=" follows, with *value behind it; 0: this is no parameter. */
static size_t param_name_end(const net_card_reader *r, size_t at, size_t *value)
{
	size_t end = at;
	while (net_is_name(peek(r, end)))
		end++;
	if (end == at || net_is_digit(peek(r, at)))
		return 0;
	if (peek(r, end) == '(') {
		while (end < r->end && peek(r, end) != ')' && peek(r, end) != '=')
			end++;
		if (peek(r, end) != ')')
			return 0;
		end++;
	}
	size_t equals = end;
	while (net_is_blank(peek(r, equals)))
		equals++;
	if (peek(r, equals) != '=' || peek(r, equals + 1) == '=')
		return 0;
	*value = equals + 1;
	return end;
}

/* Where the text of a value ends: before the next parameter or at the end of the card. */
static int value_end(net_card_reader *r, size_t *to)
{
	size_t at = r->at, ignored;
	*to = at;
	while (at < r->end && (at == r->at || !param_name_end(r, at, &ignored))) {
		const size_t end = run_end(r, at, ",");
		if (!end)
			return 0;
		*to = end > at ? end : *to;
		for (at = end; net_is_blank(peek(r, at)) || peek(r, at) == ',';)
			at++;
	}
	return 1;
}

static int keep_value(net_card_reader *r, net_param *p, size_t to)
{
	p->text = arena_strndup(r->arena, r->text->text + r->at, to - r->at);
	p->value_span = net_text_span(r->text, r->at, to);
	r->at = to;
	return p->text ? 1 : no_memory(r);
}

/* "string": the text is what stands between the quotes */
static int string_value(net_card_reader *r, net_param *p)
{
	const size_t end = quote_end(r, r->at);
	if (!end)
		return 0;
	if (end < r->end && !net_is_blank(peek(r, end)) && peek(r, end) != ',')
		return fail(r, E0201, end, end + 1, "a blank is wanted behind a string");
	r->at++;
	if (!keep_value(r, p, end - 1))
		return 0;
	r->at = end;
	return 1;
}

/* Where the next item of ic=1,2,3, the only list on elements, begins behind `end`; 0: there is none. */
static size_t next_item(const net_card_reader *r, const net_param *p, size_t end)
{
	while (net_is_blank(peek(r, end)))
		end++;
	return strcmp(p->name, "ic") == 0 && peek(r, end) == ',' ? end + 1 : 0;
}

/* On elements: as far as the expression goes. The value of a list is that of its first item. */
static int element_value(net_card_reader *r, net_param *p)
{
	size_t end = r->at;
	for (size_t at = end; at; at = next_item(r, p, end)) {
		const net_range range = {.text = r->text, .from = at, .to = r->end, .prefix = NET_PREFIX};
		const net_expr *item = net_expr_read(r->arena, range, &end, &r->fault);
		if (!item || !refuse_dollar(r, at, end))
			return 0;
		p->value = p->value ? p->value : item;
	}
	return keep_value(r, p, end);
}

/* On .param and .expect: everything up to the next parameter, which must be an expression. */
static int formula_value(net_card_reader *r, net_param *p)
{
	size_t to;
	if (!value_end(r, &to))
		return 0;
	const net_range range = {.text = r->text, .from = r->at, .to = to, .prefix = NET_WHOLE};
	p->value = net_expr_read(r->arena, range, NULL, &r->fault);
	return p->value ? keep_value(r, p, to) : 0;
}

/* On other cards: the whole text, an expression only when all of it is one. */
static int card_value(net_card_reader *r, net_param *p)
{
	size_t to, end = 0;
	net_fault quiet = {.code = DIAG_N_CODE};
	if (!value_end(r, &to))
		return 0;
	const net_range range = {.text = r->text, .from = r->at, .to = to, .prefix = NET_PREFIX_ITEM};
	const net_expr *value = net_expr_read(r->arena, range, &end, &quiet);
	const int is_number = net_is_digit(peek(r, r->at)) || strchr("+-.'{", peek(r, r->at)) != NULL;
	if (!value && (is_number || quiet.code == E0999)) {
		r->fault = quiet;
		return 0;
	}
	p->value = value && end >= to ? value : NULL;
	return keep_value(r, p, to);
}

/* f(x, y): the name of a function becomes "f()" */
static int read_head(net_card_reader *r, size_t name_end, net_param *p)
{
	const char *text = r->text->text;
	size_t open = r->at;
	while (open < name_end && peek(r, open) != '(')
		open++;
	p->span = net_text_span(r->text, r->at, name_end);
	if (!r->is_scope || open == name_end) {
		p->name = arena_lower(r->arena, text + r->at, name_end - r->at);
		return p->name ? 1 : no_memory(r);
	}
	size_t end = open;
	while (net_is_blank(peek(r, end - 1)))
		end--;
	const char *name = arena_lower(r->arena, text + r->at, end - r->at);
	if (!name)
		return no_memory(r);
	if (strcmp(name, "v") == 0 || strcmp(name, "i") == 0)
		return fail(r, E0201, r->at, end, "v() and i() are voltages and currents: choose another name");
	p->name = arena_printf(r->arena, "%s()", name);
	return p->name ? net_formals_read(r, open, name_end, p) : no_memory(r);
}

static int is_wanted(const net_card_reader *r, size_t name_end)
{
	for (const char *const *name = r->only; *name; name++)
		if (strlen(*name) == name_end - r->at &&
		    strncasecmp(*name, r->text->text + r->at, name_end - r->at) == 0)
			return 1;
	return 0;
}

static int skip_param(net_card_reader *r, size_t value)
{
	r->at = value;
	return value_end(r, &r->at);
}

static int read_param(net_card_reader *r, size_t name_end, size_t value)
{
	net_param p = {.name = NULL};
	if (r->only && !is_wanted(r, name_end))
		return skip_param(r, value);
	if (!read_head(r, name_end, &p))
		return 0;
	const size_t equals = value - 1;
	r->at = value;
	while (net_is_blank(peek(r, r->at)))
		r->at++;
	if (r->at >= r->end || param_name_end(r, r->at, &value))
		return fail(r, E0201, equals, equals + 1, "nothing follows the '='");
	const int ok = net_is_path(r, p.name)  ? net_path_read(r, &p)
	               : peek(r, r->at) == '"' ? string_value(r, &p)
	               : r->is_element         ? element_value(r, &p)
	               : r->is_formula         ? formula_value(r, &p)
	                                       : card_value(r, &p);
	if (!ok)
		return 0;
	return net_stack_push(&r->param, &p) == TS_OK ? 1 : no_memory(r);
}

/* .func NAME(ARGS) [=] EXPRESSION, the rest of the card */
static int read_function(net_card_reader *r)
{
	net_param p = {.name = NULL};
	skip_blanks(r);
	size_t end = r->at;
	while (net_is_name(peek(r, end)))
		end++;
	if (end == r->at || net_is_digit(peek(r, r->at)))
		return fail(r, E0201, r->at, r->at + 1, ".func wants NAME(ARGUMENTS) {EXPRESSION}");
	while (net_is_blank(peek(r, end)))
		end++;
	if (peek(r, end) != '(')
		return fail(r, E0201, r->at, end, ".func wants NAME(ARGUMENTS) {EXPRESSION}");
	end = bracket_end(r, end);
	if (!end || !read_head(r, end, &p))
		return 0;
	r->at = end;
	skip_blanks(r);
	if (peek(r, r->at) == '=')
		r->at++;
	skip_blanks(r);
	if (r->at >= r->end)
		return fail(r, E0201, end - 1, end, "the expression of the function is missing");
	const net_range range = {.text = r->text, .from = r->at, .to = r->end, .prefix = NET_WHOLE};
	p.value = net_expr_read(r->arena, range, NULL, &r->fault);
	if (!p.value || !keep_value(r, &p, r->end))
		return 0;
	return net_stack_push(&r->param, &p) == TS_OK ? 1 : no_memory(r);
}

/* .model NAME TYPE ( ... ): what stands between the brackets is all there is */
static int enter_model(net_card_reader *r)
{
	const size_t close = bracket_end(r, r->at);
	if (!close)
		return 0;
	for (size_t at = close; at < r->end; at++)
		if (!net_is_blank(peek(r, at)))
			return fail(r, E0201, at, at + 1, "nothing may follow the brackets of a .model");
	r->at++;
	r->end = close - 1;
	r->is_model = 0;
	return 1;
}

static int read_fields(net_card_reader *r)
{
	for (;;) {
		size_t value = 0;
		skip_blanks(r);
		if (r->at >= r->end || (r->is_head && r->word.n == 2))
			return 1;
		if (r->is_model && r->word.n == 2 && peek(r, r->at) == '(') {
			if (!enter_model(r))
				return 0;
			continue;
		}
		const size_t end = r->is_measure ? 0 : param_name_end(r, r->at, &value);
		const int is_table = end == r->at + 5 && strncasecmp(r->text->text + r->at, "table", 5) == 0;
		if (!(end && !(is_table && r->is_controlled) ? read_param(r, end, value) : read_word(r)))
			return 0;
	}
}

/* First word of the card: its name. */
static int read_name(net_card_reader *r, net_card *card)
{
	const size_t end = run_end(r, 0, ",=(");
	if (!end && r->fault.code != DIAG_N_CODE)
		return 0;
	if (end == 0 || (!net_is_alpha(peek(r, 0)) && peek(r, 0) != '.') || (end == 1 && peek(r, 0) == '.'))
		return fail(r, E0201, 0, end ? end : 1, "a card begins with the letter of an element or with a dot");
	card->name = arena_lower(r->arena, r->text->text, end);
	card->name_span = net_text_span(r->text, 0, end);
	r->at = end;
	return card->name ? 1 : no_memory(r);
}

static void set_kind(net_card_reader *r, net_card *card)
{
	static const struct {
		const char *name;
		net_card_kind kind;
	} table[] = {{".model", NET_MODEL}, {".param", NET_PARAM},   {".params", NET_PARAM},
	             {".func", NET_PARAM},  {".subckt", NET_SUBCKT}, {".macro", NET_SUBCKT}};
	card->kind = card->name[0] == '.' ? NET_DOT : NET_ELEMENT;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].name, card->name) == 0)
			card->kind = table[i].kind;
	r->is_element = card->kind == NET_ELEMENT || card->kind == NET_SUBCKT;
	r->is_controlled = card->kind == NET_ELEMENT && strchr("efgh", card->name[0]);
	r->is_model = card->kind == NET_MODEL;
	r->is_scope = card->kind == NET_PARAM;
	r->is_formula = card->kind == NET_PARAM || strcmp(card->name, ".expect") == 0;
	r->is_measure = strcmp(card->name, ".measure") == 0 || strcmp(card->name, ".meas") == 0;
	r->is_file =
	    strcmp(card->name, ".include") == 0 || strcmp(card->name, ".inc") == 0 || strcmp(card->name, ".lib") == 0;
}

/* Words that belong to the head of the card leave the list; what is left must fit the kind. */
static int shape(net_card_reader *r, net_card *card)
{
	const int head = card->kind == NET_MODEL ? 2 : card->kind == NET_SUBCKT ? 1 : 0;
	if (head && card->n_word < head)
		return fail(r, E0201, 0, r->text->n,
		            head == 2 ? ".model wants a name and a type" : ".subckt wants a name");
	if (head) {
		card->name = card->word[0].text;
		card->name_span = card->word[0].span;
		card->type = head == 2 ? card->word[1].text : NULL;
		card->word += head;
		card->n_word -= head;
	}
	if ((card->kind == NET_MODEL || card->kind == NET_PARAM) && card->n_word > 0) {
		net_fault_set(&r->fault, E0201, card->word[0].span, "'%s' does not belong here: wanted name=value",
		              card->word[0].text);
		return 0;
	}
	const int is_scope = card->kind == NET_SUBCKT || (card->kind == NET_ELEMENT && card->name[0] == 'x');
	while (is_scope && card->n_word > 0 && strcmp(card->word[card->n_word - 1].text, "params:") == 0)
		card->n_word--;
	return 1;
}

int net_card_read_head(net_card_reader *r, const net_text *text, net_card *card)
{
	r->is_head = 1;
	const int ok = net_card_read(r, text, card);
	r->is_head = 0;
	card->is_head = 1;
	card->loaded = net_loaded_new(r->arena);
	return card->loaded ? ok : no_memory(r);
}

int net_card_read(net_card_reader *r, const net_text *text, net_card *card)
{
	*card = (net_card){.kind = NET_DOT, .span = text->first_line};
	r->text = text;
	r->at = 0;
	r->end = text->n;
	r->word.n = r->param.n = 0;
	r->is_element = r->is_model = r->is_file = r->is_formula = r->is_scope = r->is_form = r->is_measure = 0;
	r->fault = (net_fault){.code = DIAG_N_CODE};
	if (!read_name(r, card))
		return 0;
	set_kind(r, card);
	const int ok = strcmp(card->name, ".control") == 0 ||
	               (strcmp(card->name, ".alter") == 0                                      ? net_title_read(r)
	                : strcmp(card->name, ".func") == 0                                     ? read_function(r)
	                : strcmp(card->name, ".if") == 0 || strcmp(card->name, ".elseif") == 0 ? net_condition_read(r)
	                                                                                       : read_fields(r));
	card->word = net_stack_take(&r->word, 0, r->arena, &card->n_word);
	card->param = net_stack_take(&r->param, 0, r->arena, &card->n_param);
	if (!card->word || !card->param)
		return no_memory(r);
	return ok && shape(r, card);
}
