/* SPDX-License-Identifier: Apache-2.0
 * .if (CONDITION) ... .elseif (CONDITION) ... .else ... .endif around elements, nested, in the deck or in a subcircuit:
 * in each instance its own parameters decide. Definitions and requests may not stand between: names are known before
 * any condition has a value.
 */
#include <string.h>

#include "elab/build.h"

/* elab_condition.branch */
enum {
	BRANCH_WAITS,  /* none was taken so far */
	BRANCH_TAKEN,  /* the elements here count */
	BRANCH_PASSED, /* one was taken before */
	BRANCH_OUTSIDE /* in a branch that does not count, or after a mistake */
};

typedef enum word { WORD_NONE, WORD_IF, WORD_ELSEIF, WORD_ELSE, WORD_ENDIF } word;

static word word_of(const net_card *card)
{
	static const char *const name[] = {"", ".if", ".elseif", ".else", ".endif"};
	for (int i = WORD_IF; card->kind == NET_DOT && i <= WORD_ENDIF; i++)
		if (strcmp(card->name, name[i]) == 0)
			return (word)i;
	return WORD_NONE;
}

/* An .if that is open, and whether its .else was met. */
typedef struct open_if {
	src_span span;
	int has_else;
} open_if;

static ts_status check_word(elab_builder *b, const net_card *card, word w, open_if *open, int *n)
{
	if (w == WORD_IF && *n == ELAB_MAX_CONDITION) {
		diag_add(b->diag, E0201, card->span, ".if inside one another more than %d deep", ELAB_MAX_CONDITION);
		return TS_NETLIST;
	}
	if (w == WORD_IF) {
		open[(*n)++] = (open_if){card->span, 0};
		return TS_OK;
	}
	if (*n == 0 || (w != WORD_ENDIF && open[*n - 1].has_else)) {
		diag_add(b->diag, E0201, card->span, *n ? "%s behind the .else" : "%s without an .if", card->name);
		return TS_NETLIST;
	}
	open[*n - 1].has_else |= w == WORD_ELSE;
	*n -= w == WORD_ENDIF;
	return TS_OK;
}

ts_status elab_condition_check(elab_builder *b, const elab_body *body)
{
	open_if open[ELAB_MAX_CONDITION];
	int n = 0;
	ts_status worst = TS_OK;
	for (int i = 0; i < body->n_card; i++) {
		const net_card *card = &body->card[i];
		const word w = word_of(card);
		ts_status status = w == WORD_NONE ? TS_OK : check_word(b, card, w, open, &n);
		if (w == WORD_NONE && n > 0 && card->kind != NET_ELEMENT) {
			diag_add(b->diag, E0311, card->span,
			         "only elements between .if and .endif are in this version: write a ? b : c in the "
			         "values of this card");
			status = TS_NETLIST;
		}
		worst = status != TS_OK ? status : worst;
		if (status == TS_NETLIST && w == WORD_IF)
			return worst;
	}
	for (int i = 0; i < n; i++)
		diag_add(b->diag, E0201, open[i].span, "this .if has no .endif");
	return n ? TS_NETLIST : worst;
}

static ts_status decide(elab_builder *b, const elab_frame *frame, const net_card *card, unsigned char *branch)
{
	double value = 0;
	*branch = BRANCH_OUTSIDE;
	TS_TRY(elab_value(&b->eval, &frame->scope, card->word[0].expr, &value));
	*branch = value != 0 ? BRANCH_TAKEN : BRANCH_WAITS;
	return TS_OK;
}

static int is_inside(const elab_condition *state)
{
	return state->n == 0 || state->branch[state->n - 1] == BRANCH_TAKEN;
}

/* What is not paired was reported, and is passed over here. */
ts_status elab_condition_step(elab_builder *b, const elab_frame *frame, const net_card *card, elab_condition *state,
                              int *skip)
{
	const word w = word_of(card);
	*skip = w != WORD_NONE || (card->kind == NET_ELEMENT && !is_inside(state));
	if (w == WORD_NONE || (w == WORD_IF ? state->n == ELAB_MAX_CONDITION : state->n == 0))
		return TS_OK;
	if (w == WORD_IF) {
		const int inside = is_inside(state);
		unsigned char *branch = &state->branch[state->n++];
		*branch = BRANCH_OUTSIDE;
		return inside ? decide(b, frame, card, branch) : TS_OK;
	}
	unsigned char *branch = &state->branch[state->n - 1];
	state->n -= w == WORD_ENDIF;
	if (w == WORD_ELSEIF && *branch == BRANCH_WAITS)
		return decide(b, frame, card, branch);
	if (w == WORD_ELSE && *branch == BRANCH_WAITS)
		*branch = BRANCH_TAKEN;
	else if (*branch == BRANCH_TAKEN)
		*branch = BRANCH_PASSED;
	return TS_OK;
}
