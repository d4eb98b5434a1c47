/* SPDX-License-Identifier: Apache-2.0
 * The manual of the netlist language, from the tables that read it: `thermospice cards` and docs/netlist.md print it. A
 * form is what one writes, with what is to be filled in in capitals; its text says what that means or, in the chapters
 * of refusals, what to write instead.
 */
#ifndef ELAB_MANUAL_H
#define ELAB_MANUAL_H

typedef enum elab_chapter {
	ELAB_MANUAL_ELEMENTS,
	ELAB_MANUAL_WAVEFORMS,
	ELAB_MANUAL_ANALYSES,
	ELAB_MANUAL_CARDS,   /* the other dot cards */
	ELAB_MANUAL_OPTIONS, /* of .options; the form is "name = default unit" */
	ELAB_MANUAL_REFUSED,
	ELAB_MANUAL_CONTROL, /* commands of .control, and the card for each */
	ELAB_N_CHAPTER
} elab_chapter;

enum { ELAB_FORM = 200 };

typedef struct elab_entry {
	char form[ELAB_FORM];
	const char *text; /* static */
} elab_entry;

/* Entry i of a chapter, from 0. 0: there is none, *entry stays. */
int elab_manual(elab_chapter chapter, int i, elab_entry *entry);
/* A word for the chapter, "elements", and its heading. */
const char *elab_chapter_name(elab_chapter chapter);
const char *elab_chapter_title(elab_chapter chapter);
#endif
