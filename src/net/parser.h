/* SPDX-License-Identifier: Apache-2.0
 * Netlist text -> net_deck. Recovers to the next card after an error: five mistakes give five messages.
 */
#ifndef NET_PARSER_H
#define NET_PARSER_H
#include "base/diag.h"
#include "net/ast.h"

/* Parse `file` of the map (loads .include and .lib files into it, relative to the including file; depth limit 64;
 * cycles are an error). The first line is the title. TS_OK, or TS_NETLIST / TS_IO / TS_NOMEM with messages in diag;
 * *deck is NULL, except when
 * TS_OK, and when TS_NETLIST left out single cards only: then it holds the others, so that the next stage can find more
 * mistakes. The map must outlive the deck. */
ts_status net_parse(src_map *sources, int file, diag_list *diag, net_deck **deck);
void net_deck_destroy(net_deck *deck);
/* Libraries hold thousands of model cards of which a deck uses a few, so those of included files are read up to their
 * type only (net_card.is_head). This reads the rest: the card with its parameters, or those named in `only`
 * (lower-case, ends with NULL; NULL: all), in the deck's arena. It is read once for all and once for the list asked
 * last, which must live as long as the deck. TS_NETLIST with a message in diag (may be NULL), TS_NOMEM. Not
 * thread-safe. */
ts_status net_card_load(const net_deck *deck, const net_card *card, const char *const *only, diag_list *diag,
                        const net_card **full);
/* Canonical text of a deck; parsing it again gives the same tree. */
#include <stdio.h>
void net_dump(const net_deck *deck, FILE *to);
#endif
