/* SPDX-License-Identifier: Apache-2.0
 * Small-signal analyses become sim_requests:
 *
 *   .ac    DEC|OCT|LIN POINTS FSTART FSTOP
 *   .noise V(OUT[,REF]) SOURCE DEC|OCT|LIN POINTS FSTART FSTOP [PTSPERSUM] [NOISE=shifted|card]
 *   .tf    V(OUT[,REF])|I(SOURCE) SOURCE
 *   .sens  V(OUT[,REF])|I(SOURCE) [AC DEC|OCT|LIN POINTS FSTART FSTOP]
 *
 * PTSPERSUM of other simulators thins out their table by device; here every point is stored, so it is read and unused.
 */
#include <math.h>
#include <strings.h>

#include "elab/build.h"

static const double MOST_POINTS = 1e7;

static double span_in(const sim_request *r)
{
	const double ratio = r->fstop / r->fstart;
	return r->spacing == SIM_DEC ? log10(ratio) : r->spacing == SIM_OCT ? log2(ratio) : 1;
}

static ts_status check_grid(elab_builder *b, const net_card *card, int first, double points, const sim_request *r)
{
	const struct {
		int wrong, word;
		const char *what;
		double value;
	} rule[] = {{!(points >= 1 && points == floor(points)), 1, "the number of points must be a whole number from 1",
	             points},
	            {!(r->fstart > 0), 2, "FSTART must be positive", r->fstart},
	            {!(r->fstop >= r->fstart), 3, "FSTOP must not lie below FSTART", r->fstop},
	            {!(points * span_in(r) < MOST_POINTS), 1, "there are too many frequencies", points}};
	for (size_t k = 0; k < sizeof rule / sizeof *rule; k++)
		if (rule[k].wrong) {
			diag_add(b->diag, E0305, card->word[first + rule[k].word].span, "%s: %s (%g)", card->name,
			         rule[k].what, rule[k].value);
			return TS_NETLIST;
		}
	return TS_OK;
}

/* DEC|OCT|LIN POINTS FSTART FSTOP in the words from `first` on. */
static ts_status read_grid(elab_builder *b, const net_card *card, int first, sim_request *r)
{
	static const char *const name[] = {[SIM_DEC] = "dec", [SIM_OCT] = "oct", [SIM_LIN] = "lin"};
	const net_word *word = &card->word[first];
	double number[3];
	int k = 0;
	while (k <= SIM_LIN && strcasecmp(name[k], word->text) != 0)
		k++;
	if (k > SIM_LIN) {
		diag_add(b->diag, E0315, word->span, "%s: '%s' is none of: dec oct lin", card->name, word->text);
		return TS_NETLIST;
	}
	r->spacing = (sim_spacing)k;
	for (int i = 0; i < 3; i++)
		TS_TRY(elab_field_word(b, card, &card->word[first + 1 + i], &number[i]));
	r->fstart = number[1], r->fstop = number[2];
	TS_TRY(check_grid(b, card, first, number[0], r));
	r->points = (long)number[0];
	return TS_OK;
}

static ts_status wrong_words(elab_builder *b, const net_card *card, const char *form)
{
	diag_add(b->diag, E0315, card->span, "%s wants %s", card->name, form);
	return TS_NETLIST;
}

static int has_ac(const elab_builder *b)
{
	const elab_instance *instance = b->instance.item;
	for (int i = 0; i < b->instance.n; i++) {
		const int index = dev_param_index(instance[i].type, "acmag");
		if (index >= 0 && instance[i].param[index] != 0)
			return 1;
	}
	return 0;
}

static ts_status check_ac(elab_builder *b, const net_card *card)
{
	if (has_ac(b) || b->incomplete)
		return TS_OK;
	diag_add(b->diag, E0304, card->span, "%s: no source has an `ac` value, so every response is zero", card->name);
	diag_note(b->diag, SRC_NOWHERE, "write, say, `v1 in 0 dc 0 ac 1`");
	return TS_NETLIST;
}

ts_status elab_card_ac(elab_builder *b, const net_card *card)
{
	sim_request r = elab_request_default(card, SIM_AC);
	net_card rest = *card;
	TS_TRY(elab_field_known(b, card, "data"));
	TS_TRY(elab_read_sweep(b, &rest, &r.sweep));
	if (rest.n_word != 4)
		return wrong_words(b, card, "DEC|OCT|LIN POINTS FSTART FSTOP");
	TS_TRY(read_grid(b, &rest, 0, &r));
	TS_TRY(check_ac(b, card));
	return elab_request_add(b, r);
}

static ts_status read_ports(elab_builder *b, const net_card *card, sim_request *r)
{
	const net_word *word = &card->word[1];
	const elab_named want = {word->text, "voltage or current source", "vi", word->span};
	const ts_status output = elab_field_probe(b, card->word[0].expr, card->word[0].span, &r->output);
	TS_TRY(elab_field_instance(b, want, &r->input));
	return output;
}

ts_status elab_card_noise(elab_builder *b, const net_card *card)
{
	static const char *const law[] = {"shifted", "card", NULL};
	sim_request r = elab_request_default(card, SIM_NOISE);
	int is_card = 0;
	net_card rest = *card;
	TS_TRY(elab_field_known(b, card, "noise data"));
	TS_TRY(elab_read_sweep(b, &rest, &r.sweep));
	if (rest.n_word != 6 && rest.n_word != 7)
		return wrong_words(b, card, "V(OUT[,REF]) SOURCE DEC|OCT|LIN POINTS FSTART FSTOP");
	TS_TRY(read_ports(b, card, &r));
	TS_TRY(read_grid(b, &rest, 2, &r));
	TS_TRY(elab_field_choice(b, card, (elab_choice){"noise", law}, &is_card));
	r.reading = is_card ? SIM_CARD : SIM_SHIFTED;
	if (is_card)
		diag_add(b->diag, W0305, elab_field_find(card, "noise")->value_span,
		         "NOISE=card: the published noise laws do not keep a circuit at equilibrium");
	return elab_request_add(b, r);
}

ts_status elab_card_sens(elab_builder *b, const net_card *card)
{
	sim_request r = elab_request_default(card, SIM_SENS);
	net_card rest = *card;
	TS_TRY(elab_field_known(b, card, "data"));
	TS_TRY(elab_read_sweep(b, &rest, &r.sweep));
	const int is_ac = rest.n_word > 1 && strcasecmp(card->word[1].text, "ac") == 0;
	const int is_dc = rest.n_word == 2 && strcasecmp(card->word[1].text, "dc") == 0;
	if (rest.n_word != 1 && !is_dc && !(is_ac && rest.n_word == 6))
		return wrong_words(b, card,
		                   "V(OUT[,REF]) or I(SOURCE), then nothing, or AC DEC|OCT|LIN POINTS FSTART FSTOP");
	TS_TRY(elab_field_probe(b, card->word[0].expr, card->word[0].span, &r.output));
	if (is_ac) {
		TS_TRY(read_grid(b, &rest, 2, &r));
		TS_TRY(check_ac(b, card));
	}
	return elab_request_add(b, r);
}

ts_status elab_card_tf(elab_builder *b, const net_card *card)
{
	sim_request r = elab_request_default(card, SIM_TF);
	net_card rest = *card;
	TS_TRY(elab_field_known(b, card, "data"));
	TS_TRY(elab_read_sweep(b, &rest, &r.sweep));
	if (rest.n_word != 2)
		return wrong_words(b, card, "V(OUT[,REF]) or I(SOURCE), then SOURCE");
	TS_TRY(read_ports(b, card, &r));
	return elab_request_add(b, r);
}
