/* SPDX-License-Identifier: Apache-2.0
 * Older forms of E, F, G and H, turned into the expression of a behavioural source. The inputs x_i are v(a_i,b_i) on E
 * and G, i(v_i) on F and H, where the line names one V source in place of each pair of nodes:
 *
 *   poly(n) a1 b1 ... an bn p0 p1 ...    the polynomial
 *       p0 + p1 x1 + ... + pn xn + p x1 x1 + p x1 x2 + ... + p xn xn + p x1 x1 x1 + ...
 *       in SPICE2's order: by degree, then by the indices of the factors; poly(1) with one number means p1
 *   table {x} = (x0,y0) (x1,y1) ...      or table(x, x0,y0, x1,y1, ...): straight lines between corners, constant
 * outside, y0 + sum_i s_i (min(max(x, x_i), x_{i+1}) - x_i) with s_i the slopes
 *   a b table=(x0,y0, x1,y1, ...)        the same of v(a,b)
 *   pwl(1) a b x0,y0 x1,y1 ...           the same of x1
 */
#include <string.h>

#include "elab/form.h"

enum { MOST_DEGREE = 16 };

static const net_expr *make(const elab_form *f, net_expr e, const net_expr *a, const net_expr *b)
{
	net_expr *made = arena_alloc(f->bind->b->arena, sizeof *made);
	const net_expr **arg = arena_array(f->bind->b->arena, 2, sizeof *arg);
	if (!made || !arg)
		return NULL;
	arg[0] = a;
	arg[1] = b;
	e.span = f->span;
	e.arg = (const net_expr *const *)arg;
	*made = e;
	return made;
}

const net_expr *elab_form_number(const elab_form *f, double value)
{
	return make(f, (net_expr){.kind = NET_NUMBER, .number = value}, NULL, NULL);
}

const net_expr *elab_form_binary(const elab_form *f, int op, const net_expr *a, const net_expr *b)
{
	return a && b ? make(f, (net_expr){.kind = NET_BINARY, .op = op, .n_arg = 2}, a, b) : NULL;
}

const net_expr *elab_form_call(const elab_form *f, const char *name, const net_expr *a, const net_expr *b)
{
	return a && b ? make(f, (net_expr){.kind = NET_CALL, .name = name, .n_arg = 2}, a, b) : NULL;
}

const net_expr *elab_form_probe(const elab_form *f, const char *name, const char *first, const char *second)
{
	return make(f, (net_expr){.kind = NET_PROBE, .name = name, .node = {first, second}}, NULL, NULL);
}

static ts_status misplaced(const elab_form *f, src_span span, const char *what)
{
	diag_add_origin(f->bind->b->diag, E0315, span, f->bind->frame->origin, "'%s': %s", f->bind->card->name, what);
	return TS_NETLIST;
}

static int by_current(const elab_form *f)
{
	return strchr("fh", f->bind->card->name[0]) != NULL;
}

/* Words that are read one by one, those of groups such as (a,b) included. */
typedef struct reader {
	const net_word *word;
	int n, at, inner;
} reader;

static const net_word *next_word(reader *r)
{
	if (r->at >= r->n)
		return NULL;
	const net_word *word = &r->word[r->at];
	if (word->n_arg > 0)
		word = &word->arg[r->inner++];
	if (r->word[r->at].n_arg <= r->inner) {
		r->inner = 0;
		r->at++;
	}
	return word;
}

/* x_i: the voltage of a pair of nodes, or the current of a V source */
static ts_status read_variables(const elab_form *f, reader *r, int n, const net_expr **x)
{
	const int current = by_current(f);
	for (int i = 0; i < n; i++) {
		const net_word *word[2] = {next_word(r), NULL};
		word[1] = current ? word[0] : next_word(r);
		if (!word[1])
			return misplaced(f, f->span,
			                 current ? "wanted V sources, then numbers"
			                         : "wanted pairs of nodes, then numbers");
		for (int k = 0; k < 2; k++)
			if (word[k]->n_arg > 0 || strpbrk(word[k]->text, "{}'\"(),="))
				return misplaced(f, word[k]->span, current ? "wanted a V source" : "wanted a node");
		const elab_form here = {f->bind, word[0]->span};
		x[i] = elab_form_probe(&here, current ? "i" : "v", word[0]->text, current ? NULL : word[1]->text);
		if (!x[i])
			return TS_NOMEM;
	}
	return TS_OK;
}

/* The next product: index[degree] never decreases. */
static void next_product(int *index, int *degree, int n)
{
	int i = *degree - 1;
	while (i >= 0 && index[i] == n - 1)
		i--;
	const int value = i >= 0 ? index[i] + 1 : 0;
	*degree += i < 0;
	for (int k = i < 0 ? 0 : i; k < *degree && k < MOST_DEGREE; k++)
		index[k] = value;
}

static ts_status read_polynomial(const elab_form *f, reader *r, int n, const net_expr *const *x, const net_expr **sum)
{
	int index[MOST_DEGREE] = {0}, degree = 0;
	const int only = n == 1 && r->at == r->n - 1 && r->word[r->at].n_arg == 0;
	if (r->at >= r->n)
		return misplaced(f, f->span, "poly() has no coefficients");
	*sum = elab_form_number(f, 0);
	for (const net_word *word = next_word(r); word; word = next_word(r)) {
		if (!word->expr)
			return misplaced(f, word->span, "a coefficient of poly() is a number or an expression");
		if (only)
			next_product(index, &degree, n);
		if (degree > MOST_DEGREE)
			return misplaced(f, word->span, "a term of poly() has more than 16 factors");
		const net_expr *term = word->expr;
		for (int k = 0; k < degree; k++)
			term = elab_form_binary(f, '*', term, x[index[k]]);
		*sum = elab_form_binary(f, '+', *sum, term);
		next_product(index, &degree, n);
	}
	return *sum ? TS_OK : TS_NOMEM;
}

static ts_status make_poly(const elab_form *f, const net_word *head, reader *r, const net_expr **expr)
{
	const net_expr *x[MOST_DEGREE];
	double n = 0;
	if (head->n_arg != 1)
		return misplaced(f, head->span, "wanted poly(n)");
	TS_TRY(elab_bind_word(f->bind, &head->arg[0], &n));
	if (!(n >= 1 && n <= MOST_DEGREE && n == (double)(int)n))
		return misplaced(f, head->span, "n of poly(n) is a whole number from 1 to 16");
	TS_TRY(read_variables(f, r, (int)n, x));
	return read_polynomial(f, r, (int)n, x, expr);
}

/* s (min(max(x, low), high) - low) */
static const net_expr *line_piece(const elab_form *f, const net_expr *x, const double from[2], const double to[2])
{
	const net_expr *inside = elab_form_call(f, "min", elab_form_call(f, "max", x, elab_form_number(f, from[0])),
	                                        elab_form_number(f, to[0]));
	const double slope = (to[1] - from[1]) / (to[0] - from[0]);
	return elab_form_binary(f, '*', elab_form_number(f, slope),
	                        elab_form_binary(f, '-', inside, elab_form_number(f, from[0])));
}

/* Straight lines between the corners that the words are. */
static ts_status read_corners(const elab_form *f, reader *r, const net_expr *x, const net_expr **expr)
{
	const net_word *word;
	double last[2] = {0, 0}, corner[2];
	*expr = NULL;
	while ((word = next_word(r)) != NULL) {
		const net_word *value = next_word(r);
		if (!value)
			return misplaced(f, word->span, "the numbers come in pairs");
		TS_TRY(elab_bind_word(f->bind, word, &corner[0]));
		TS_TRY(elab_bind_word(f->bind, value, &corner[1]));
		if (*expr && !(corner[0] > last[0]))
			return misplaced(f, word->span, "the inputs must increase");
		*expr = *expr ? elab_form_binary(f, '+', *expr, line_piece(f, x, last, corner))
		              : elab_form_number(f, corner[1]);
		if (!*expr)
			return TS_NOMEM;
		last[0] = corner[0];
		last[1] = corner[1];
	}
	return *expr ? TS_OK : misplaced(f, f->span, "there are no pairs of numbers");
}

static ts_status make_pwl(const elab_form *f, const net_word *head, reader *r, const net_expr **expr)
{
	const net_expr *x;
	double n = 0;
	TS_TRY(elab_bind_word(f->bind, &head->arg[0], &n));
	if (head->n_arg != 1 || n != 1)
		return misplaced(f, head->span, "wanted pwl(1), of one input");
	TS_TRY(read_variables(f, r, 1, &x));
	return read_corners(f, r, x, expr);
}

/* Where the keyword stands; 0: nowhere */
static int find_table(const net_card *card)
{
	for (int i = 2; i <= 4 && strchr("eg", card->name[0]); i += 2)
		if (i < card->n_word && strcmp(card->word[i].text, "table") == 0)
			return i;
	return 0;
}

static ts_status make_table(const elab_form *f, reader *r, const net_expr **expr)
{
	const net_word *word = f->bind->card->word;
	const int at = find_table(f->bind->card);
	const net_expr *x = at == 4 ? elab_form_probe(f, "v", word[2].text, word[3].text) : NULL;
	if (at == 2) {
		const net_word *input = next_word(r);
		x = input ? input->expr : NULL;
	}
	return x ? read_corners(f, r, x, expr)
	         : misplaced(f, f->span, "table wants an expression, then pairs of numbers");
}

static int is_group(const net_card *card, const char *name)
{
	return card->n_word > 2 && strcmp(card->word[2].text, name) == 0 && card->word[2].n_arg > 0;
}

int elab_has_form(const net_card *card)
{
	return find_table(card) || is_group(card, "poly") || is_group(card, "pwl");
}

ts_status elab_form_words(elab_bind *bind, const net_expr **expr)
{
	const net_card *card = bind->card;
	const int table = find_table(card);
	const net_word *head = &card->word[table ? table : 2];
	const elab_form f = {bind, head->span};
	reader r = {.word = card->word, .n = card->n_word, .at = (int)(head - card->word) + 1};
	if (!table)
		return is_group(card, "poly") ? make_poly(&f, head, &r, expr) : make_pwl(&f, head, &r, expr);
	r.at -= head->n_arg > 0;
	return make_table(&f, &r, expr);
}
