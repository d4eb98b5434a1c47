/* SPDX-License-Identifier: Apache-2.0
 * TUR= FT= GYRATION= WORK= on a .trannoise card: which thermodynamic figures are asked for.
 */
#include <string.h>

#include "elab/build.h"

static ts_status wrong(elab_builder *b, const net_param *param, const char *what)
{
	diag_add(b->diag, E0315, param->value_span, "%s", what);
	return TS_NETLIST;
}

static ts_status read_tur(elab_builder *b, const net_card *card, elab_books *books)
{
	const net_param *param = elab_field_find(card, "tur");
	if (!param)
		return TS_OK;
	TS_TRY(elab_field_probes(b, param, &books->n_tur, &books->tur));
	const elab_instance *known = b->instance.item;
	for (int i = 0; i < books->n_tur; i++)
		if (!books->tur[i].is_current || strcmp(known[books->tur[i].instance].type->name, "vsource") != 0)
			return wrong(b, param, "TUR= wants currents of V sources: i(v1),i(v2)");
	return TS_OK;
}

static ts_status read_ft(elab_builder *b, const net_card *card, elab_books *books)
{
	const net_param *param = elab_field_find(card, "ft");
	const char **name = NULL;
	if (!param)
		return TS_OK;
	TS_TRY(elab_field_names(b, param, &books->n_ft, &name));
	int *instance = arena_array(b->arena, (size_t)books->n_ft, sizeof *instance);
	if (!instance)
		return TS_NOMEM;
	books->ft = instance;
	if (books->n_ft == 1 && strcmp(name[0], "off") == 0) {
		books->n_ft = 0;
		return TS_OK;
	}
	for (int i = 0; i < books->n_ft; i++) {
		instance[i] = -1;
		if (strcmp(name[i], "on") == 0)
			continue;
		const elab_named want = {name[i], "resistor, diode or transistor", "rdm", param->value_span};
		TS_TRY(elab_field_instance(b, want, &instance[i]));
	}
	return TS_OK;
}

static ts_status read_gyration(elab_builder *b, const net_card *card, elab_books *books)
{
	const net_param *param = elab_field_find(card, "gyration");
	int n = 0;
	if (!param)
		return TS_OK;
	TS_TRY(elab_field_probes(b, param, &n, &books->gyration));
	books->n_gyration = n / 2;
	for (int i = 0; i < n; i++)
		if (n % 2 || books->gyration[i].is_current)
			return wrong(b, param, "GYRATION= wants pairs of voltages: v(a),v(b)");
	return TS_OK;
}

ts_status elab_read_books(elab_builder *b, const net_card *card, sim_request *r)
{
	elab_books *books = &r->books;
	TS_TRY(read_tur(b, card, books));
	TS_TRY(read_ft(b, card, books));
	TS_TRY(read_gyration(b, card, books));
	TS_TRY(elab_field_switch(b, card, "work", &books->work));
	if (r->energy || (books->n_tur == 0 && books->n_ft == 0 && !books->work))
		return TS_OK;
	diag_add(b->diag, E0315, elab_field_find(card, "energy")->value_span,
	         "TUR=, FT= and WORK= are made of heats and charges: they need ENERGY=on");
	return TS_NETLIST;
}
