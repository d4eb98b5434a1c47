/* SPDX-License-Identifier: Apache-2.0
 * Nonlinear capacitors: C elements with q={expression} or with a c={expression} that depends on their voltage
 * (dev/capacitor_q.h). A c= that does not is a number and belongs to the linear capacitor (bind.c).
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "dev/capacitor_q.h"
#include "elab/build.h"

/* Where the integral of c= is tried: voltages of both signs, RULE_PER_DECADE of them in each decade up to RULE_MOST. */
enum { RULE_TRIES = 16, RULE_PER_DECADE = 5 };
static const double RULE_MOST = 1;         /* V */
static const double RULE_TOLERANCE = 1e-6; /* of the largest capacitance met nearer to 0 V */

const net_param *elab_find_charge(const net_card *card)
{
	for (int i = 0; i < card->n_param && card->name[0] == 'c'; i++) {
		const net_param *param = &card->param[i];
		if (strcmp(param->name, "q") == 0 ||
		    (strcmp(param->name, "c") == 0 && param->value && elab_expr_moves(param->value)))
			return param;
	}
	return NULL;
}

static ts_status wrong(const elab_bind *bind, src_span span, const char *what)
{
	diag_add_origin(bind->b->diag, E0315, span, bind->frame->origin, "'%s': %s", bind->card->name, what);
	return TS_NETLIST;
}

/* One of: a value, c=, q=. */
static ts_status check_alone(const elab_bind *bind, const net_param *expr)
{
	static const char *const what = "a capacitor takes one of a value, c= and q=";
	const net_card *card = bind->card;
	if (card->n_word > 2)
		return wrong(bind, card->word[2].span, what);
	for (int i = 0; i < card->n_param; i++) {
		const char *name = card->param[i].name;
		if (&card->param[i] != expr && (strcmp(name, "q") == 0 || strcmp(name, "c") == 0))
			return wrong(bind, card->param[i].span, what);
	}
	if (!expr->value)
		return wrong(bind, expr->value_span, "q= wants an expression of the voltage across");
	if (!elab_expr_moves(expr->value))
		return wrong(bind, expr->value_span, "q= does not depend on the voltage: use c=");
	return TS_OK;
}

/* Capacitance at LANES voltages: what the expression says (the charge of capacitor_q with the same program) and what
 * the rule of capacitor_c makes of it. */
typedef struct rule_look {
	_Alignas(64) double v[2 * LANES], k[LANES], t[LANES], f[2 * LANES], said[2 * LANES], made[4 * LANES];
} rule_look;

static void look_at(const elab_bind *bind, rule_look *look)
{
	dev_in in = {.v = look->v, .k = look->k, .t = look->t, .aux = bind->aux, .shape = bind->shape, .want = DEV_Q};
	dev_kernel(dev_find("capacitor_q"))(&in, &(dev_out){.f = look->f, .q = look->said});
	in.want = DEV_C;
	dev_kernel(dev_find("capacitor_c"))(&in, &(dev_out){.f = look->f, .c = look->made});
}

/* The largest tried voltage up to which the rule is good on both sides of 0; 0: none. */
static double good_up_to(const elab_bind *bind, rule_look *look)
{
	double good = 0, largest = 0;
	for (int n = 0; n < RULE_TRIES; n++) {
		const double v = RULE_MOST * pow(10, (n + 1.0 - RULE_TRIES) / RULE_PER_DECADE);
		for (int l = 0; l < LANES; l++) {
			look->v[l] = l % 2 ? -v : v;
			look->k[l] = 1;
		}
		look_at(bind, look);
		for (int side = 0; side < 2; side++) {
			largest = fmax(largest, fabs(look->said[side]));
			if (!(fabs(look->made[side] - look->said[side]) <= RULE_TOLERANCE * largest))
				return good;
		}
		good = v;
	}
	return good;
}

static ts_status check_rule(const elab_bind *bind, const net_param *expr)
{
	rule_look *look = alloc_array(1, sizeof *look);
	if (!look)
		return TS_NOMEM;
	const double good = good_up_to(bind, look);
	alloc_free(look);
	if (good < RULE_MOST)
		diag_add_origin(bind->b->diag, W0304, expr->value_span, bind->frame->origin,
		                "c= of '%s' changes too fast for its integral: good to %g only up to %.2g V; write the "
		                "charge, q=",
		                bind->card->name, RULE_TOLERANCE, good);
	return TS_OK;
}

ts_status elab_bind_charge(elab_bind *bind, const net_param *expr)
{
	const int by_charge = strcmp(expr->name, "q") == 0;
	const dev_program *program = NULL;
	bind->type = dev_find(by_charge ? "capacitor_q" : "capacitor_c");
	bind->shape = &dev_capacitor_q_shape;
	TS_TRY(elab_bind_start(bind, dev_capacitor_q_shape.n_port));
	TS_TRY(check_alone(bind, expr));
	TS_TRY(elab_bind_params(bind, expr));
	TS_TRY(elab_compile_across(bind, expr->value, &program));
	bind->aux = program;
	return by_charge ? TS_OK : check_rule(bind, expr);
}
