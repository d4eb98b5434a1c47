/* SPDX-License-Identifier: Apache-2.0
 * Reads one card (see card.h).
 */
#include "net/card.h"

#include <string.h>

#include "base/number.h"

static const char *const group_name[] = {"pulse", "sin",  "exp",   "pwl",     "sffm",    "am",
                                         "poly",  "list", "noise", "trnoise", "trrandom"};

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
	return at < r->text->n ? r->text->text[at] : '\0';
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
	while (net_is_blank(peek(r, r->at)) || peek(r, r->at) == ',' ||
	       (r->is_model && (peek(r, r->at) == '(' || peek(r, r->at) == ')')))
		r->at++;
}

/* End of the run of characters at `from`; 0 with a fault when a bracket or quote stays open. */
static size_t run_end(net_card_reader *r, size_t from, const char *stop)
{
	size_t at = from, opened = from;
	int depth = 0;
	char quote = 0;
	for (; at < r->text->n; at++) {
		const char c = peek(r, at);
		if (quote) {
			quote = c == quote ? 0 : quote;
			continue;
		}
		if (depth == 0 && (net_is_blank(c) || strchr(stop, c)))
			break;
		if (c == '\'' || c == '"')
			quote = c, opened = depth ? opened : at;
		else if (c == '(' || c == '{')
			opened = depth++ ? opened : at;
		else if ((c == ')' || c == '}') && --depth < 0)
			break;
	}
	if (depth < 0) {
		fail(r, E0201, at, at + 1, "a closing bracket without its opening one");
		return 0;
	}
	if (depth > 0 || quote) {
		fail(r, E0202, opened, opened + 1,
		     quote ? "the quote that opens here is not closed" : "the bracket that opens here is not closed");
		return 0;
	}
	return at;
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

/* Index of the '(' of a group that begins at `from`, 0 if there is none. */
static size_t group_open(const net_card_reader *r, size_t from)
{
	size_t at = from;
	while (net_is_alpha(peek(r, at)))
		at++;
	if (at == from || !is_group(r, from, at))
		return 0;
	while (net_is_blank(peek(r, at)))
		at++;
	return peek(r, at) == '(' ? at : 0;
}

static int has_quote(const net_card_reader *r, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (strchr("'\"{", peek(r, i)))
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
	*word = (net_word){.text = arena_lower(r->arena, r->text->text + from, to - from),
	                   .span = net_text_span(r->text, from, to)};
	if (!word->text)
		return no_memory(r);
	return r->is_file || read_expr(r, from, to, &word->expr);
}

/* name( arg arg, arg ): the arguments are words */
static int group_word(net_card_reader *r, size_t from, size_t open, net_word *word)
{
	const size_t end = run_end(r, open, "");
	const int mark = r->word.n;
	size_t name_end = from;
	if (!end)
		return 0;
	while (net_is_alpha(peek(r, name_end)))
		name_end++;
	r->at = open + 1;
	for (;;) {
		while (net_is_blank(peek(r, r->at)) || peek(r, r->at) == ',')
			r->at++;
		if (r->at >= end - 1)
			break;
		net_word arg;
		const size_t stop = run_end(r, r->at, ",)");
		if (!stop || !plain_word(r, r->at, stop, &arg))
			return 0;
		if (net_stack_push(&r->word, &arg) != TS_OK)
			return no_memory(r);
		r->at = stop;
	}
	*word = (net_word){.text = arena_lower(r->arena, r->text->text + from, name_end - from),
	                   .span = net_text_span(r->text, from, end)};
	word->arg = net_stack_take(&r->word, mark, r->arena, &word->n_arg);
	r->at = end;
	return word->text && word->arg ? 1 : no_memory(r);
}

static int read_word(net_card_reader *r)
{
	net_word word;
	const size_t from = r->at, open = group_open(r, from);
	if (open) {
		if (!group_word(r, from, open, &word))
			return 0;
	} else {
		const size_t end = run_end(r, from, r->is_model ? ",=()" : ",=");
		if (!end)
			return 0;
		if (end == from)
			return fail(r, E0201, from, from + 1, "'=' without a name before it");
		if (!plain_word(r, from, end, &word))
			return 0;
		r->at = end;
	}
	return net_stack_push(&r->word, &word) == TS_OK ? 1 : no_memory(r);
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
		while (end < r->text->n && peek(r, end) != ')' && peek(r, end) != '=')
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
	size_t at = r->at, last = r->at, ignored;
	while (at < r->text->n) {
		if (at > r->at && param_name_end(r, at, &ignored))
			break;
		const size_t end = run_end(r, at, r->is_model ? ",()" : ",");
		if (!end)
			return 0;
		last = end > at ? end : last;
		at = end;
		while (net_is_blank(peek(r, at)) || peek(r, at) == ',' ||
		       (r->is_model && (peek(r, at) == '(' || peek(r, at) == ')')))
			at++;
	}
	*to = last;
	return 1;
}

static int quoted_value(net_card_reader *r, net_param *p)
{
	const size_t end = run_end(r, r->at, " ,");
	if (!end)
		return 0;
	p->text = arena_strndup(r->arena, r->text->text + r->at + 1, end - r->at - 2);
	p->value_span = net_text_span(r->text, r->at, end);
	r->at = end;
	return p->text ? 1 : no_memory(r);
}

static int keep_value(net_card_reader *r, net_param *p, size_t to)
{
	p->text = arena_strndup(r->arena, r->text->text + r->at, to - r->at);
	p->value_span = net_text_span(r->text, r->at, to);
	r->at = to;
	return p->text ? 1 : no_memory(r);
}

/* On elements: as far as the expression goes. */
static int element_value(net_card_reader *r, net_param *p)
{
	size_t end = r->at;
	const net_range range = {.text = r->text, .from = r->at, .to = r->text->n, .prefix = NET_PREFIX};
	p->value = net_expr_read(r->arena, range, &end, &r->fault);
	return p->value ? keep_value(r, p, end) : 0;
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
	if (value && end >= to)
		p->value = value;
	else if (!value && is_number) {
		r->fault = quiet;
		return 0;
	}
	return keep_value(r, p, to);
}

static int read_param(net_card_reader *r, size_t name_end, size_t value)
{
	net_param p = {.name = arena_lower(r->arena, r->text->text + r->at, name_end - r->at),
	               .span = net_text_span(r->text, r->at, name_end)};
	if (!p.name)
		return no_memory(r);
	const size_t equals = value - 1;
	r->at = value;
	while (net_is_blank(peek(r, r->at)))
		r->at++;
	if (r->at >= r->text->n)
		return fail(r, E0201, equals, equals + 1, "nothing follows the '='");
	const int ok = peek(r, r->at) == '"' ? quoted_value(r, &p)
	               : r->is_element       ? element_value(r, &p)
	                                     : card_value(r, &p);
	if (!ok)
		return 0;
	return net_stack_push(&r->param, &p) == TS_OK ? 1 : no_memory(r);
}

static int read_fields(net_card_reader *r)
{
	for (;;) {
		size_t value = 0;
		skip_blanks(r);
		if (r->at >= r->text->n)
			return 1;
		const size_t end = param_name_end(r, r->at, &value);
		if (!(end ? read_param(r, end, value) : read_word(r)))
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
	} table[] = {{".model", NET_MODEL},
	             {".param", NET_PARAM},
	             {".params", NET_PARAM},
	             {".subckt", NET_SUBCKT},
	             {".macro", NET_SUBCKT}};
	card->kind = card->name[0] == '.' ? NET_DOT : NET_ELEMENT;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].name, card->name) == 0)
			card->kind = table[i].kind;
	r->is_element = card->kind == NET_ELEMENT || card->kind == NET_SUBCKT;
	r->is_model = card->kind == NET_MODEL;
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
	if (card->kind == NET_SUBCKT && card->n_word > 0 && strcmp(card->word[card->n_word - 1].text, "params:") == 0)
		card->n_word--;
	return 1;
}

int net_card_read(net_card_reader *r, const net_text *text, net_card *card)
{
	*card = (net_card){.kind = NET_DOT, .span = text->first_line};
	r->text = text;
	r->at = 0;
	r->word.n = r->param.n = 0;
	r->is_element = r->is_model = r->is_file = 0;
	r->fault = (net_fault){.code = DIAG_N_CODE};
	if (!read_name(r, card))
		return 0;
	set_kind(r, card);
	const int ok = strcmp(card->name, ".control") == 0 || read_fields(r);
	card->word = net_stack_take(&r->word, 0, r->arena, &card->n_word);
	card->param = net_stack_take(&r->param, 0, r->arena, &card->n_param);
	if (!card->word || !card->param)
		return no_memory(r);
	return ok && shape(r, card);
}
