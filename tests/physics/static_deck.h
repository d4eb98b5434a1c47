/* SPDX-License-Identifier: Apache-2.0
 * Runs the analyses of a deck given as text and reads values back from the in-memory result, for test_op and test_dc.
 */
#ifndef TESTS_PHYSICS_STATIC_DECK_H
#define TESTS_PHYSICS_STATIC_DECK_H
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/alloc.h"
#include "elab/circuit.h"
#include "mna/tile.h"
#include "net/parser.h"
#include "sim/sim.h"

typedef struct static_deck {
	src_map *sources;
	diag_list *diag;
	net_deck *deck;
	elab_circuit *circuit;
	mna_system *system;
	out_file *file;
	ts_status status; /* of the first stage that failed, or of the last analysis */
} static_deck;

static inline ts_status static_deck_build(static_deck *d, const char *text)
{
	int file;
	TS_TRY(src_load_text(d->sources, "test.cir", text, strlen(text), SRC_NOWHERE, &file));
	TS_TRY(net_parse(d->sources, file, d->diag, &d->deck));
	TS_TRY(elab_build(d->deck, d->sources, NULL, d->diag, &d->circuit));
	return mna_compile(d->circuit, d->diag, &d->system);
}

static inline ts_status static_deck_analyse(static_deck *d)
{
	const out_provenance provenance = {.command = "test", .format = "thermospice-result"};
	const sim_options options = {.n_thread = 1};
	TS_TRY(out_create(NULL, &provenance, d->diag, &d->file));
	for (int i = 0; i < d->circuit->n_request; i++)
		TS_TRY(sim_run(d->system, &d->circuit->request[i], &options, d->file, d->diag));
	return TS_OK;
}

/* Build; run every analysis when run is set. Prints diagnostics of a deck that was expected to work. */
static inline static_deck static_deck_open(const char *text, int run, int expect_ok)
{
	static_deck d = {.sources = src_map_create()};
	d.diag = diag_create(d.sources);
	d.status = static_deck_build(&d, text);
	if (d.status == TS_OK && run)
		d.status = static_deck_analyse(&d);
	if (expect_ok && d.status != TS_OK)
		diag_print(d.diag, stdout);
	return d;
}

static inline void static_deck_close(static_deck *d)
{
	if (d->file)
		out_close(d->file, 1, d->diag);
	mna_destroy(d->system);
	elab_destroy(d->circuit);
	net_deck_destroy(d->deck);
	diag_destroy(d->diag);
	src_map_destroy(d->sources);
}

/* Element k of a dataset; NaN when absent. n (may be NULL): number of elements. */
static inline double static_deck_value(const static_deck *d, const char *path, size_t k, size_t *n)
{
	int rank = 0;
	size_t dims[4] = {0}, total = 1;
	double *data = NULL, value = (double)NAN;
	if (d->file && out_get(d->file, path, &rank, dims, &data, d->diag) == TS_OK) {
		for (int i = 0; i < rank; i++)
			total *= dims[i];
		value = k < total ? data[k] : (double)NAN;
		alloc_free(data);
	}
	if (n)
		*n = total;
	return value;
}
#endif
