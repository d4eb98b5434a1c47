/* SPDX-License-Identifier: Apache-2.0
 * Scripts between .control and .endc are refused; a note for each command names the card or option that does the same.
 */
#include <stdio.h>
#include <string.h>

#include "elab/build.h"

static const struct {
	const char *command, *advice;
} advice_table[] = {
    {"run", "nothing: every analysis card is run"},
    {"fourier", ".four"},
    {"fft", "the result file"},
    {"psd", ".trannoise with PSD="},
    {"gnuplot", ".save and `thermospice plot`"},
    {"hardcopy", ".save and `thermospice plot`"},
    {"write", ".save; results go to the file of `run -o`"},
    {"wrdata", ".save and `run --format csv`"},
    {"let", ".param, or an expression in .print or .measure"},
    {"set", ".options"},
    {"altermod", ".alter with the .model card, or .step of MODEL(PARAMETER)"},
    {"alterparam", ".step of a .param"},
    {"foreach", ".step"},
    {"while", ".step"},
    {"repeat", ".step"},
    {"dowhile", ".step"},
    {"echo", "a comment"},
    {"quit", "nothing"},
    {"exit", "nothing"},
    {"reset", "nothing"},
    {"display", "`thermospice show`"},
};

int elab_control_advice(int i, elab_entry *entry)
{
	if (i >= (int)(sizeof advice_table / sizeof *advice_table))
		return 0;
	snprintf(entry->form, sizeof entry->form, "%s", advice_table[i].command);
	entry->text = advice_table[i].advice;
	return 1;
}

enum { CARD_NAME = 32, MOST_NOTES = 10 };

/* NULL: nothing does it */
static const char *advice_for(const char *command, char card[CARD_NAME])
{
	snprintf(card, CARD_NAME, ".%s", command);
	if (strlen(command) + 2 <= CARD_NAME && elab_is_card(card))
		return card;
	for (size_t i = 0; i < sizeof advice_table / sizeof *advice_table; i++)
		if (strcmp(advice_table[i].command, command) == 0)
			return advice_table[i].advice;
	return NULL;
}

ts_status elab_refuse_control(elab_builder *b, const net_card *card)
{
	char name[CARD_NAME];
	int n = 0;
	diag_add(b->diag, E0311, card->name_span,
	         "scripts between .control and .endc are not in this version: write cards instead");
	for (int i = 0; i < card->n_body && n < MOST_NOTES; i++) {
		const char *advice = advice_for(card->body[i].name, name);
		if (!advice)
			continue;
		diag_note(b->diag, card->body[i].span, "instead of '%s': %s", card->body[i].name, advice);
		n++;
	}
	return TS_NETLIST;
}
