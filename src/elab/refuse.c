/* SPDX-License-Identifier: Apache-2.0
 * What other simulators have and this version has not, on element lines: each gives one E0311 that names it and says
 * what to write instead, so that nothing is ignored silently. What is harmless to leave out (a starting guess) gives a
 * warning. Letters, source forms and parameters are tables.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "elab/build.h"

static const struct {
	char letter;
	const char *what, *advice;
} letter_table[] = {
    {'t', "transmission lines", "use a ladder of L, C and R"},
    {'o', "lossy transmission lines", "use a ladder of L, C and R"},
    {'u', "distributed RC lines", "use a ladder of R and C"},
    {'j', "junction field-effect transistors", "use an M element"},
    {'q', "bipolar transistors", "use an M element, or D elements and a G source"},
    {'z', "MESFETs", "use an M element"},
    {'a', "XSPICE code models", "use a B source"},
    {'n', "compiled Verilog-A models", "use a B source or an M element"},
    {'p', "coupled line and port elements", "use a ladder of L, C and R"},
};

/* The letters that exist, in the order of the manual. */
static const char *known_letters(char known[3 * 26])
{
	static const char letter[] = {
#define FORM(letter, form, text) letter,
#include "elab/element.def"
#undef FORM
	};
	char *to = known;
	for (size_t i = 0; i < sizeof letter; i++)
		if (i == 0 || letter[i] != letter[i - 1])
			to += sprintf(to, "%s%c", i ? " " : "", toupper((unsigned char)letter[i]));
	return known;
}

void elab_refuse_element(elab_builder *b, const elab_frame *frame, const net_card *card)
{
	for (size_t i = 0; i < sizeof letter_table / sizeof *letter_table; i++)
		if (letter_table[i].letter == card->name[0]) {
			diag_add_origin(b->diag, E0311, card->name_span, frame->origin,
			                "'%s': %s are not in this version: %s", card->name, letter_table[i].what,
			                letter_table[i].advice);
			return;
		}
	char known[3 * 26];
	diag_add_origin(b->diag, E0302, card->name_span, frame->origin,
	                "'%s': no element begins with '%c'; there are %s: see `thermospice cards`", card->name,
	                card->name[0], known_letters(known));
}

static const char *const form[] = {"laplace", "freq", "delay", "vccap", "transformer"};

ts_status elab_refuse_controlled(const elab_bind *bind)
{
	const net_card *card = bind->card;
	for (size_t k = 0; k < sizeof form / sizeof *form; k++) {
		const src_span *span = NULL;
		if (card->n_word > 2 && strcmp(card->word[2].text, form[k]) == 0)
			span = &card->word[2].span;
		for (int i = 0; i < card->n_param; i++)
			if (strcmp(card->param[i].name, form[k]) == 0)
				span = &card->param[i].span;
		if (!span)
			continue;
		diag_add_origin(bind->b->diag, E0311, *span, bind->frame->origin,
		                "the %s form of '%s' is not in this version: use value={expression of v(...)}", form[k],
		                card->name);
		return TS_NETLIST;
	}
	return TS_OK;
}

int elab_ignores_word(const elab_bind *bind, const net_word *word)
{
	if (word->n_arg > 0 || strcmp(word->text, "off") != 0 || !bind->model || !strchr("dm", bind->card->name[0]))
		return 0;
	diag_add_origin(bind->b->diag, W0302, word->span, bind->frame->origin,
	                "'off' of '%s', a starting guess, has no effect: set node voltages with .nodeset",
	                bind->card->name);
	return 1;
}

static const struct {
	char letter;
	const char *param, *advice;
} param_table[] = {
    {'l', "flux", "use l=value"},
    {'r', "noise", "use noisy=0 or noisy=1"},
    {'b', "tc1", "write the dependence on temper into the expression"},
    {'b', "tc2", "write the dependence on temper into the expression"},
    {'b', "temp", "write the temperature into the expression"},
    {'b', "dtemp", "write the temperature into the expression"},
};

ts_status elab_refuse_param(const elab_bind *bind, const net_param *param, int *ignored)
{
	const char letter = bind->card->name[0];
	const int is_read = strchr("cl", letter) && dev_param_find(bind->type, "ic", 0) >= 0;
	*ignored = strcmp(param->name, "ic") == 0 && strchr("clmd", letter) && !is_read;
	if (*ignored) {
		diag_add_origin(bind->b->diag, W0302, param->span, bind->frame->origin,
		                "ic= of '%s' has no effect: set node voltages with .ic", bind->card->name);
		return TS_OK;
	}
	for (size_t i = 0; i < sizeof param_table / sizeof *param_table; i++)
		if (param_table[i].letter == letter && strcmp(param_table[i].param, param->name) == 0) {
			diag_add_origin(bind->b->diag, E0311, param->span, bind->frame->origin,
			                "%s= of '%s' is not in this version: %s", param->name, bind->card->name,
			                param_table[i].advice);
			return TS_NETLIST;
		}
	/* the fields of a waveform are parameters of the device, but their place is between the parentheses */
	if (!strchr("vi", letter) || dev_param_find(bind->type, param->name, 0) < 0 || strcmp(param->name, "dc") == 0 ||
	    strcmp(param->name, "m") == 0 || strcmp(param->name, "scale") == 0)
		return TS_OK;
	const int behind_pwl = strcmp(param->name, "r") == 0 || strcmp(param->name, "td") == 0;
	if (behind_pwl && bind->param[dev_param_index(bind->type, "wave")] == DEV_WAVE_PWL)
		return TS_OK;
	diag_add_origin(bind->b->diag, E0303, param->span, bind->frame->origin,
	                "'%s' takes %s only inside a waveform, by position: pulse(...), sin(...), exp(...)",
	                bind->card->name, param->name);
	return TS_NETLIST;
}

/* Letters, then forms of E, F, G and H, then parameters. */
int elab_refused_element(int i, elab_entry *entry)
{
	const int n_letter = (int)(sizeof letter_table / sizeof *letter_table);
	const int n_form = (int)(sizeof form / sizeof *form);
	const int n_param = (int)(sizeof param_table / sizeof *param_table);
	char *to = entry->form;
	if (i < n_letter) {
		snprintf(to, ELAB_FORM, "%c: %s", toupper((unsigned char)letter_table[i].letter), letter_table[i].what);
		entry->text = letter_table[i].advice;
	} else if (i < n_letter + n_form) {
		snprintf(to, ELAB_FORM, "%s on E, F, G, H", form[i - n_letter]);
		entry->text = "use value={EXPR}";
	} else if (i < n_letter + n_form + n_param) {
		i -= n_letter + n_form;
		snprintf(to, ELAB_FORM, "%s= on %c", param_table[i].param,
		         toupper((unsigned char)param_table[i].letter));
		entry->text = param_table[i].advice;
	} else {
		return 0;
	}
	return 1;
}
