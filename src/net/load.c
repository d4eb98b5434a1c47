/* SPDX-License-Identifier: Apache-2.0
 * Reads the parameters of a model card whose head alone was read (parser.h): the card begins where its span does.
 */
#include "net/load.h"

#include "net/card.h"
#include "net/parser.h"

struct net_loaded *net_loaded_new(struct arena *a)
{
	return arena_alloc(a, sizeof(struct net_loaded));
}

static ts_status read(const net_deck *deck, const net_card *card, const char *const *only, diag_list *diag,
                      net_card *full)
{
	size_t size, pos = card->span.offset;
	const char *source = src_text(deck->sources, card->span.file, &size);
	net_text text = {.file = card->span.file};
	net_reader reader = {0};
	net_card_reader r;
	net_card_reader_init(&r, deck->arena);
	r.only = only;
	ts_status status = net_reader_next(&reader, source, size, &pos, &text);
	if (status == TS_OK && !net_card_read(&r, &text, full)) {
		status = r.fault.code == E0999 ? TS_NOMEM : TS_NETLIST;
		if (status == TS_NETLIST && diag)
			diag_add(diag, r.fault.code, r.fault.span, "%s", r.fault.message);
	}
	net_card_reader_free(&r);
	net_reader_free(&reader);
	return status;
}

ts_status net_card_load(const net_deck *deck, const net_card *card, const char *const *only, diag_list *diag,
                        const net_card **full)
{
	struct net_loaded *known = card->loaded;
	*full = !only ? known->all : only == known->only ? known->some : NULL;
	if (*full)
		return TS_OK;
	net_card *made = arena_alloc(deck->arena, sizeof *made);
	if (!made)
		return TS_NOMEM;
	TS_TRY(read(deck, card, only, diag, made));
	if (only) {
		known->only = only;
		known->some = made;
	} else {
		known->all = made;
	}
	*full = made;
	return TS_OK;
}
