/* SPDX-License-Identifier: Apache-2.0
 * The manual from the tables of the reader (see manual.h), and the forms of an element for messages.
 */
#include <stdio.h>
#include <string.h>

#include "elab/build.h"

static const struct {
	char letter;
	const char *form, *text;
} form_table[] = {
#define FORM(letter, form, text) {letter, form, text},
#include "elab/element.def"
#undef FORM
};
enum { N_FORM = sizeof form_table / sizeof *form_table };

static const struct {
	const char *name, *title;
} chapter_table[ELAB_N_CHAPTER] = {
    [ELAB_MANUAL_ELEMENTS] = {"elements", "Elements"},
    [ELAB_MANUAL_WAVEFORMS] = {"waveforms", "Waveforms of V and I"},
    [ELAB_MANUAL_ANALYSES] = {"analyses", "Analyses"},
    [ELAB_MANUAL_CARDS] = {"cards", "Other cards"},
    [ELAB_MANUAL_OPTIONS] = {"options", "Options and their defaults"},
    [ELAB_MANUAL_REFUSED] = {"refused", "What is refused, and what to write instead"},
    [ELAB_MANUAL_CONTROL] = {"control", "Commands of .control, and what does the same"},
};

const char *elab_chapter_name(elab_chapter chapter)
{
	return chapter_table[chapter].name;
}

const char *elab_chapter_title(elab_chapter chapter)
{
	return chapter_table[chapter].title;
}

void elab_note_forms(elab_builder *b, const net_card *card)
{
	for (int i = 0; i < N_FORM; i++)
		if (form_table[i].letter == card->name[0])
			diag_note(b->diag, SRC_NOWHERE, "write: %s", form_table[i].form);
}

static int element_entry(int i, elab_entry *entry)
{
	if (i >= N_FORM)
		return 0;
	snprintf(entry->form, sizeof entry->form, "%s", form_table[i].form);
	entry->text = form_table[i].text;
	return 1;
}

/* Elements, waveforms, cards: one list after the other. */
static int refused_entry(int i, elab_entry *entry)
{
	static int (*const part[])(int, elab_entry *) = {elab_refused_element, elab_refused_waveform,
	                                                 elab_refused_card};
	for (size_t k = 0; k < sizeof part / sizeof *part; k++) {
		int n = 0;
		while (n <= i && part[k](n, entry))
			n++;
		if (n > i)
			return 1;
		i -= n;
	}
	return 0;
}

int elab_manual(elab_chapter chapter, int i, elab_entry *entry)
{
	switch (chapter) {
	case ELAB_MANUAL_ELEMENTS:
		return element_entry(i, entry);
	case ELAB_MANUAL_WAVEFORMS:
		return elab_waveform_entry(i, entry);
	case ELAB_MANUAL_ANALYSES:
	case ELAB_MANUAL_CARDS:
		return elab_read_card(chapter, i, entry);
	case ELAB_MANUAL_OPTIONS:
		return elab_option_entry(i, entry);
	case ELAB_MANUAL_REFUSED:
		return refused_entry(i, entry);
	case ELAB_MANUAL_CONTROL:
		return elab_control_advice(i, entry);
	case ELAB_N_CHAPTER:
		break;
	}
	return 0;
}
