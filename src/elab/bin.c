/* SPDX-License-Identifier: Apache-2.0
 * Model bins: cards NAME.N with lmin= lmax= wmin= wmax= (metres, not scaled) are pieces of one model NAME. An M element
 * takes the piece with lmin <= L < lmax and wmin <= W/nf < wmax; W/nf is the width of one finger. Limits are compared
 * with a relative slack, for 0.28*1e-6 is not 2.8e-7, and the upper edge of the last bin belongs to it.
 */
#include <math.h>
#include <string.h>

#include "elab/build.h"
#include "net/parser.h"

static const char *const limit_name[ELAB_N_LIMIT + 1] = {"lmin", "lmax", "wmin", "wmax", NULL};
static const double slack = 1e-9;

int elab_bin_is_limit(const char *name)
{
	for (int i = 0; i < ELAB_N_LIMIT; i++)
		if (strcmp(limit_name[i], name) == 0)
			return 1;
	return 0;
}

/* Characters of NAME when the card's name is NAME.N, else 0. */
static size_t base_length(const char *name)
{
	const char *dot = strrchr(name, '.');
	if (!dot || dot == name || dot[1] == '\0' || strspn(dot + 1, "0123456789") != strlen(dot + 1))
		return 0;
	return (size_t)(dot - name);
}

/* The card's limits; of a card of which the deck has the head, no more than these are read here. */
static ts_status find_limits(const elab_bind *bind, const elab_body *body, elab_bin *bin)
{
	const net_card *card = &body->card[bin->card];
	if (bin->is_read)
		return TS_OK;
	if (card->is_head)
		TS_TRY(net_card_load(bind->b->deck, card, limit_name, bind->b->diag, &card));
	bin->is_read = 1;
	for (int k = 0; k < ELAB_N_LIMIT; k++)
		for (int i = 0; i < card->n_param; i++)
			if (strcmp(card->param[i].name, limit_name[k]) == 0)
				bin->limit[k] = &card->param[i];
	return TS_OK;
}

ts_status elab_bin_add(elab_body *body, int card)
{
	char base[256];
	const size_t n = base_length(body->card[card].name);
	if (n == 0 || n >= sizeof base)
		return TS_OK;
	memcpy(base, body->card[card].name, n);
	base[n] = '\0';
	if (!body->binned)
		body->binned = name_map_create();
	elab_bin *bin = body->binned ? elab_list_add(&body->bin, sizeof *bin) : NULL;
	if (!bin)
		return TS_NOMEM;
	*bin = (elab_bin){.card = card, .next = name_map_get(body->binned, base)};
	return name_map_put(body->binned, base, body->bin.n - 1);
}

/* L and W of one finger of the element, m; both must be given. */
static ts_status element_size(const elab_bind *bind, const net_word *word, double size[2])
{
	static const char *const name[] = {"l", "w", "nf"};
	double value[3] = {(double)NAN, (double)NAN, 1};
	for (int k = 0; k < 3; k++) {
		const net_param *param = elab_field_find(bind->card, name[k]);
		if (!param)
			continue;
		TS_TRY(elab_param_value(&bind->b->eval, &bind->frame->scope, param, &value[k]));
		value[k] *= elab_bind_scale(bind, name[k]);
	}
	size[0] = value[0];
	size[1] = value[1] / value[2];
	if (isfinite(size[0]) && isfinite(size[1]))
		return TS_OK;
	diag_add_origin(bind->b->diag, E0304, bind->card->span, bind->frame->origin,
	                "'%s' needs l= and w=: they choose among the bins of model '%s'", bind->card->name, word->text);
	return TS_NETLIST;
}

/* value[4] in the scope where the card stands; -inf and inf where not given */
static ts_status limits_of(const elab_bind *bind, const elab_frame *frame, const elab_bin *bin, double *value)
{
	for (int k = 0; k < ELAB_N_LIMIT; k++) {
		value[k] = k % 2 ? (double)INFINITY : -(double)INFINITY;
		if (bin->limit[k])
			TS_TRY(elab_param_value(&bind->b->eval, &frame->scope, bin->limit[k], &value[k]));
	}
	return TS_OK;
}

/* 2: inside; 1: on an upper edge; 0: outside */
static int fit(const double *limit, const double size[2])
{
	int inside = 2;
	for (int k = 0; k < 2; k++) {
		const double margin = slack * fabs(size[k]);
		if (size[k] < limit[2 * k] - margin || size[k] > limit[2 * k + 1] + margin)
			return 0;
		if (size[k] >= limit[2 * k + 1] - margin)
			inside = 1;
	}
	return inside;
}

static ts_status report_no_bin(const elab_bind *bind, const elab_frame *frame, const net_word *word, int first,
                               const double size[2])
{
	enum { SHOWN = 8 };
	const elab_bin *bin = frame->body->bin.item;
	double limit[ELAB_N_LIMIT];
	int n = 0;
	diag_add_origin(bind->b->diag, E0316, word->span, bind->frame->origin,
	                "no bin of model '%s' holds '%s': L = %g m, W/nf = %g m", word->text, bind->card->name, size[0],
	                size[1]);
	for (int i = first; i >= 0; i = bin[i].next, n++) {
		const net_card *card = &frame->body->card[bin[i].card];
		if (n < SHOWN && limits_of(bind, frame, &bin[i], limit) == TS_OK)
			diag_note(bind->b->diag, card->name_span, "%s: L from %g to %g, W/nf from %g to %g", card->name,
			          limit[0], limit[1], limit[2], limit[3]);
	}
	if (n > SHOWN)
		diag_note(bind->b->diag, SRC_NOWHERE, "and %d other bins", n - SHOWN);
	return TS_NETLIST;
}

ts_status elab_bin_choose(const elab_bind *bind, const elab_frame *frame, const net_word *word, int *card)
{
	const elab_body *body = frame->body;
	const int first = body->binned ? name_map_get(body->binned, word->text) : -1;
	double size[2], limit[ELAB_N_LIMIT];
	int best = 0;
	*card = -1;
	if (first < 0)
		return TS_OK;
	TS_TRY(element_size(bind, word, size));
	elab_bin *bin = body->bin.item;
	for (int i = first; i >= 0; i = bin[i].next) {
		TS_TRY(find_limits(bind, body, &bin[i]));
		TS_TRY(limits_of(bind, frame, &bin[i], limit));
		const int fits = fit(limit, size);
		if (fits && fits >= best) { /* of several the one defined first, which comes last here */
			best = fits;
			*card = bin[i].card;
		}
	}
	return best ? TS_OK : report_no_bin(bind, frame, word, first, size);
}
