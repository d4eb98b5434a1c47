/* SPDX-License-Identifier: Apache-2.0
 * Quantities a signal can be made of, by their names (private to elab/).
 */
#ifndef ELAB_QUANTITY_H
#define ELAB_QUANTITY_H
#include "elab/build.h"
#include "elab/formula.h"

/* Term, canonical text and unit of a probe; TS_NETLIST after a message that names the nearest one there is. */
ts_status elab_quantity_term(elab_builder *b, const net_expr *probe, elab_term *term, const char **name,
                             const char **unit);
/* Device of a probe: "x1.m3", or as ngspice writes it "m.x1.m3". */
ts_status elab_quantity_device(elab_builder *b, const net_expr *probe, int *instance);
/* A call: the probe that id(m1), i2(x), p(r1) stand for, or the call itself, reported where there is no such function.
 */
ts_status elab_quantity_call(elab_builder *b, const net_expr *call, const net_expr **out);
/* expr with id(m1), i2(x), p(r1) as probes; reports functions there are not. */
ts_status elab_quantity_read(elab_builder *b, const net_expr *expr, const net_expr **out);
/* Words that are no expressions of the language: vm(a,b) vdb(a) ip(v1) of .ac, a node's name alone, v1#branch. *expr
 * stays for others. */
ts_status elab_quantity_word(elab_builder *b, const net_word *word, const net_expr **expr);
/* Quantity k that @device[] of an instance takes, in the builder's arena; *name NULL behind the last. */
typedef struct elab_quantity_at {
	int instance, k;
	int only_currents;
} elab_quantity_at;
ts_status elab_quantity_list(elab_builder *b, elab_quantity_at at, const char **name);
/* Unit of a formula whose probes have unit[n]; "" where it has none. */
const char *elab_quantity_unit(const elab_formula *formula, const char *const *unit);
#endif
