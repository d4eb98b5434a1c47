/* SPDX-License-Identifier: Apache-2.0
 * Dot cards by name: those read here or in setup.c, those that have no effect (a warning), and those of other
 * simulators that would change the meaning of the deck (an error that says what to use).
 */
#include <stdio.h>
#include <string.h>

#include "elab/build.h"

typedef ts_status card_reader(elab_builder *b, const net_card *card);

static ts_status done_before(elab_builder *b, const net_card *card)
{
	(void)b;
	(void)card;
	return TS_OK; /* by setup.c */
}

static const struct {
	const char *name;
	card_reader *read;
	elab_chapter chapter;
	const char *form, *text;
} reader_table[] = {
#define CARD(name, read, chapter, form, text) {name, read, chapter, form, text},
#include "elab/card.def"
#undef CARD
};

static const struct {
	const char *name, *advice;
} warned_table[] = {
    {".width", "results go to a file"},
    {".del", "cards below an .alter replace those of the same name"},
};

static const struct {
	const char *name, *advice;
} refused_table[] = {
    {".fft", "use .four for harmonics, .trannoise with PSD= for spectra, or read the result file"},
    {".pz", "use .ac"},
    {".disto", "use .tran"},
    {".mc", "use .trannoise with SAMPLES= for noise; there is no mismatch yet"},
    {".corner", "use .lib sections"},
    {".master", "use .trannoise with .pbit"},
    {".lna", "use .trannoise"},
    {".endc", "write the analyses as cards"},
    {".csparam", "use .param"},
    {".connect", "use one name for both nodes"},
    {".hdl", "use a B source"},
    {".title", "the first line is the title"},
};

int elab_is_card(const char *name)
{
	for (size_t i = 0; i < sizeof reader_table / sizeof *reader_table; i++)
		if (strcmp(reader_table[i].name, name) == 0)
			return 1;
	return 0;
}

int elab_read_card(elab_chapter chapter, int i, elab_entry *entry)
{
	for (size_t k = 0; k < sizeof reader_table / sizeof *reader_table; k++) {
		if (reader_table[k].chapter != chapter || !*reader_table[k].form || i-- > 0)
			continue;
		snprintf(entry->form, sizeof entry->form, "%s", reader_table[k].form);
		entry->text = reader_table[k].text;
		return 1;
	}
	return 0;
}

int elab_refused_card(int i, elab_entry *entry)
{
	const int n = (int)(sizeof refused_table / sizeof *refused_table);
	const int n_warned = (int)(sizeof warned_table / sizeof *warned_table);
	if (i >= n + n_warned)
		return 0;
	const int warns = i >= n;
	snprintf(entry->form, sizeof entry->form, "%s%s", warns ? warned_table[i - n].name : refused_table[i].name,
	         warns ? ": a warning" : "");
	entry->text = warns ? warned_table[i - n].advice : refused_table[i].advice;
	return 1;
}

static ts_status report_unknown(elab_builder *b, const net_card *card)
{
	for (size_t i = 0; i < sizeof refused_table / sizeof *refused_table; i++)
		if (strcmp(refused_table[i].name, card->name) == 0) {
			diag_add(b->diag, E0311, card->name_span, "%s is not in this version: %s", card->name,
			         refused_table[i].advice);
			return TS_NETLIST;
		}
	elab_nearest nearest = {.want = card->name};
	char hint[ELAB_HINT], known[400] = "";
	size_t used = 0;
	for (size_t i = 0; i < sizeof reader_table / sizeof *reader_table; i++) {
		elab_nearest_try(&nearest, reader_table[i].name);
		if (used < sizeof known && *reader_table[i].form)
			used += (size_t)snprintf(known + used, sizeof known - used, " %s", reader_table[i].name);
	}
	diag_add(b->diag, E0311, card->name_span, "unknown card %s%s", card->name, elab_nearest_hint(&nearest, hint));
	diag_note(b->diag, SRC_NOWHERE, "there are%s; `thermospice cards` explains them", known);
	return TS_NETLIST;
}

static ts_status read_card(elab_builder *b, const net_card *card)
{
	for (size_t i = 0; i < sizeof reader_table / sizeof *reader_table; i++)
		if (strcmp(reader_table[i].name, card->name) == 0)
			return reader_table[i].read(b, card);
	for (size_t i = 0; i < sizeof warned_table / sizeof *warned_table; i++)
		if (strcmp(warned_table[i].name, card->name) == 0) {
			diag_add(b->diag, W0302, card->name_span, "%s has no effect here: %s", card->name,
			         warned_table[i].advice);
			return TS_OK;
		}
	return strcmp(card->name, ".control") == 0 ? elab_refuse_control(b, card) : report_unknown(b, card);
}

/* Measures name analyses, and .expect measures too, all of which may stand below: they are read last. */
static int reading_pass(const net_card *card)
{
	const int measures = strcmp(card->name, ".measure") == 0 || strcmp(card->name, ".meas") == 0;
	return strcmp(card->name, ".expect") == 0 ? 2 : measures;
}

/* At a point of a stepped deck the points themselves are known. */
static int is_stepping(const net_card *card)
{
	return strcmp(card->name, ".step") == 0 || strcmp(card->name, ".data") == 0;
}

/* Of a circuit without requests: formulas of signals may hold what changes. */
static int is_signal(const net_card *card)
{
	static const char *const name[] = {".save", ".print", ".plot", ".probe"};
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (strcmp(card->name, name[i]) == 0)
			return 1;
	return 0;
}

/* Signals are checked against all analyses. */
ts_status elab_other_cards(elab_builder *b)
{
	for (int pass = 0; pass < 3; pass++)
		for (int i = 0; i < b->top.n_card; i++) {
			const net_card *card = &b->top.card[i];
			const int now = card->kind == NET_DOT && reading_pass(card) == pass;
			if (b->options.circuit_only ? !is_signal(card) : b->options.n_change > 0 && is_stepping(card))
				continue;
			const ts_status status = now ? read_card(b, card) : TS_OK;
			if (elab_fatal(status))
				return status;
		}
	TS_TRY(elab_save_currents(b));
	if (b->options.circuit_only)
		return TS_OK;
	TS_TRY(elab_measures_end(b));
	TS_TRY(elab_check_initial(b));
	return elab_check_signals(b);
}
