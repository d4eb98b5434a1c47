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
} reader_table[] = {
    {".op", elab_card_op},          {".dc", elab_card_dc},
    {".tran", elab_card_tran},      {".trannoise", elab_card_trannoise},
    {".jump", elab_card_trannoise}, {".ac", elab_card_ac},
    {".noise", elab_card_noise},    {".tf", elab_card_tf},
    {".sens", elab_card_sens},      {".pbit", elab_card_pbit},
    {".save", elab_card_save},      {".print", elab_card_print},
    {".plot", elab_card_print},     {".probe", elab_card_print},
    {".ic", elab_card_ic},          {".nodeset", elab_card_nodeset},
    {".expect", elab_card_expect},  {".measure", elab_card_measure},
    {".meas", elab_card_measure},   {".four", elab_card_four},
    {".temp", done_before},         {".options", done_before},
    {".option", done_before},       {".opt", done_before},
    {".if", done_before},           {".elseif", done_before},
    {".else", done_before},         {".endif", done_before},
    {".global", done_before},       {".end", done_before},
    {".step", elab_card_step},      {".data", elab_card_data},
    {".enddata", done_before},      {".alter", done_before},
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

static ts_status report_unknown(elab_builder *b, const net_card *card)
{
	for (size_t i = 0; i < sizeof refused_table / sizeof *refused_table; i++)
		if (strcmp(refused_table[i].name, card->name) == 0) {
			diag_add(b->diag, E0311, card->name_span, "%s is not in this version: %s", card->name,
			         refused_table[i].advice);
			return TS_NETLIST;
		}
	elab_nearest nearest = {.want = card->name};
	char hint[ELAB_HINT], known[200] = "";
	size_t used = 0;
	for (size_t i = 0; i < sizeof reader_table / sizeof *reader_table; i++) {
		elab_nearest_try(&nearest, reader_table[i].name);
		if (used < sizeof known && reader_table[i].read != done_before)
			used += (size_t)snprintf(known + used, sizeof known - used, " %s", reader_table[i].name);
	}
	diag_add(b->diag, E0311, card->name_span, "unknown card %s%s", card->name, elab_nearest_hint(&nearest, hint));
	diag_note(b->diag, SRC_NOWHERE, "there are%s .param .model .subckt .include .lib .global .options .temp",
	          known);
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
	if (b->options.circuit_only)
		return TS_OK;
	TS_TRY(elab_measures_end(b));
	return elab_check_signals(b);
}
