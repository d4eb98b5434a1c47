/* SPDX-License-Identifier: Apache-2.0
 * Operating point of the devices (see op_table.h). Quantities of a transistor: the observables of its type, the
 * voltages of its terminals against source or emitter (vgs vds vbs), the currents into terminals that are no
 * observables (ig is ib) and the power p. Of other devices: v and i at the first two terminals, observables, p. Traps
 * have observables alone; coupled inductors have nothing.
 */
#include "sim/op_table.h"

#include <stdio.h>
#include <string.h>
#include "base/alloc.h"

enum { NAME_ROOM = 12, MOST_COLUMNS = 64, MOST_PORTS = 32 };

typedef enum column_kind { COLUMN_OBS, COLUMN_VOLTAGE, COLUMN_CURRENT, COLUMN_POWER } column_kind;
typedef struct column {
	char name[NAME_ROOM];
	const char *unit;
	column_kind kind;
	int a, b; /* observable or port; the voltage's other port */
} column;

typedef struct op_table {
	mna_tile *tile;
	const dev_type *type;
	int n_terminal; /* of every instance */
	int n_column;
	column column[MOST_COLUMNS];
	int n;             /* instances */
	double *data;      /* [n_column][n] */
	double *current;   /* [n_port][LANES] */
	double *obs;       /* [n_obs][LANES] */
	const char **name; /* [n] */
} op_table;

static int n_terminal(const dev_shape *shape)
{
	int n = 0;
	while (n < shape->n_port && shape->port[n].quantity == DEV_VOLTAGE && !shape->port[n].internal)
		n++;
	return n;
}

static void add(op_table *t, const char *name, const char *unit, column_kind kind, int a, int b)
{
	for (int k = 0; k < t->n_column; k++)
		if (strcmp(t->column[k].name, name) == 0)
			return;
	if (t->n_column == MOST_COLUMNS)
		return;
	column *c = &t->column[t->n_column++];
	*c = (column){.unit = unit, .kind = kind, .a = a, .b = b};
	snprintf(c->name, sizeof c->name, "%s", name);
}

static void add_observables(op_table *t)
{
	for (int k = 0; k < t->type->n_obs; k++)
		add(t, t->type->obs[k].name, t->type->obs[k].unit, COLUMN_OBS, k, 0);
}

/* Voltages against the source or emitter, then currents. */
static void add_terminals(op_table *t, const dev_shape *shape)
{
	char name[NAME_ROOM];
	const char reference = *t->type->letter == 'q' ? 'e' : 's';
	int ref = 0;
	for (int p = 0; p < t->n_terminal; p++)
		ref = shape->port[p].name[0] == reference ? p : ref;
	for (int p = 0; p < t->n_terminal; p++) {
		snprintf(name, sizeof name, "v%.4s%.4s", shape->port[p].name, shape->port[ref].name);
		if (p != ref)
			add(t, name, "V", COLUMN_VOLTAGE, p, ref);
	}
	for (int p = 0; p < t->n_terminal; p++) {
		snprintf(name, sizeof name, "i%.8s", shape->port[p].name);
		add(t, name, "A", COLUMN_CURRENT, p, 0);
	}
}

static void make_columns(op_table *t, const elab_instance *instance)
{
	const int is_transistor = strchr("mqjz", *t->type->letter) != NULL, is_trap = instance->host >= 0;
	t->n_terminal = n_terminal(instance->shape);
	t->n_column = 0;
	if (!is_trap && !is_transistor && t->n_terminal >= 2) {
		add(t, "v", "V", COLUMN_VOLTAGE, 0, 1);
		add(t, "i", "A", COLUMN_CURRENT, 0, 0);
	}
	add_observables(t);
	if (is_transistor)
		add_terminals(t, instance->shape);
	if (!is_trap && t->n_terminal >= 2)
		add(t, "p", "W", COLUMN_POWER, 0, 0);
}

static double value_of(const op_table *t, const column *c, int instance)
{
	const int *unknown = mna_unknowns(t->tile->system, instance);
	const double *x = t->tile->x;
	switch (c->kind) {
	case COLUMN_OBS:
		return t->obs[c->a * LANES];
	case COLUMN_VOLTAGE:
		return x[unknown[c->a] * LANES] - x[unknown[c->b] * LANES];
	case COLUMN_CURRENT:
		return t->current[c->a * LANES];
	case COLUMN_POWER:
		break;
	}
	return mna_power(t->tile->system, instance, x, LANES, t->current, 0);
}

static void fill(const op_table *t)
{
	const elab_circuit *c = t->tile->system->circuit;
	int row = 0;
	for (int i = 0; i < c->n_instance; i++) {
		if (c->instance[i].type != t->type)
			continue;
		mna_terminals(t->tile, i, NULL, t->current);
		if (t->type->n_obs > 0)
			mna_observe(t->tile, i, t->obs);
		for (int k = 0; k < t->n_column; k++)
			t->data[k * t->n + row] = value_of(t, &t->column[k], i);
		t->name[row++] = c->instance[i].name;
	}
}

static ts_status put(const op_table *t, const sim_request *request, out_file *file, diag_list *diag)
{
	char path[400];
	const size_t n = (size_t)t->n;
	snprintf(path, sizeof path, "/analyses/%s/operating_point/%s/name", request->name, t->type->name);
	TS_TRY(out_put_names(file, path, n, t->name, diag));
	for (int k = 0; k < t->n_column; k++) {
		snprintf(path, sizeof path, "/analyses/%s/operating_point/%s/%s", request->name, t->type->name,
		         t->column[k].name);
		TS_TRY(out_put(file, path, t->column[k].unit, 1, &n, t->data + (ptrdiff_t)k * t->n, diag));
	}
	return TS_OK;
}

/* Instances of a type and the most ports one has; *first is the first of them. */
static int count(const elab_circuit *c, const dev_type *type, const elab_instance **first, int *n_port)
{
	int n = 0;
	*first = NULL;
	*n_port = 1;
	for (int i = c->n_instance - 1; i >= 0; i--)
		if (c->instance[i].type == type) {
			*first = &c->instance[i];
			*n_port = c->instance[i].shape->n_port > *n_port ? c->instance[i].shape->n_port : *n_port;
			n++;
		}
	return n;
}

static ts_status one_type(op_table *t, const sim_request *request, out_file *file, diag_list *diag)
{
	const elab_instance *first;
	int n_port;
	t->n = count(t->tile->system->circuit, t->type, &first, &n_port);
	if (t->n == 0)
		return TS_OK;
	make_columns(t, first);
	if (t->n_column == 0)
		return TS_OK;
	t->data = alloc_array((size_t)t->n * (size_t)t->n_column, sizeof *t->data);
	t->name = alloc_array((size_t)t->n, sizeof *t->name);
	t->current = alloc_array((size_t)n_port * LANES, sizeof *t->current);
	t->obs = alloc_array((size_t)(t->type->n_obs + 1) * LANES, sizeof *t->obs);
	ts_status status = t->data && t->name && t->current && t->obs ? TS_OK : TS_NOMEM;
	if (status == TS_OK) {
		fill(t);
		status = put(t, request, file, diag);
	}
	alloc_free(t->data);
	alloc_free(t->name);
	alloc_free(t->current);
	alloc_free(t->obs);
	return status;
}

ts_status sim_op_table(mna_tile *tile, const sim_request *request, out_file *file, diag_list *diag)
{
	ts_status status = TS_OK;
	for (int k = 0; status == TS_OK && k < DEV_N_TYPE; k++) {
		op_table t = {.tile = tile, .type = dev_registry[k]};
		status = one_type(&t, request, file, diag);
	}
	return status;
}
