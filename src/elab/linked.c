/* SPDX-License-Identifier: Apache-2.0
 * Elements that name other elements: F and H the V source whose current controls them, K the two inductors it couples,
 * B, E, G and R in their expressions whatever has a branch current.
 * The names are looked up when all elements are known, so they may stand later in the deck.
 *
 * The energy of coupled inductors, i^T L i / 2, must not be negative: the matrix of all couplings, 1 on its diagonal,
 * must be positive semidefinite. It is tried by Cholesky's factorisation.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "dev/inductor_kernel.h"
#include "elab/build.h"

/* A pivot below this (of a diagonal of ones) is zero: two or more inductors are perfectly coupled. */
static const double ZERO_PIVOT = 1e-12;
enum { COUPLED_MOST = 4096 }; /* inductors; the matrix is full */

static int count_controls(const dev_shape *shape)
{
	int n = 0;
	for (int p = 0; p < shape->n_port; p++)
		n += dev_is_control(&shape->port[p]);
	return n;
}

static int is_coupling(const dev_type *type)
{
	return strcmp(type->name, "mutual") == 0;
}

ts_status elab_bind_control(elab_bind *bind, int i, int n, const char *name, src_span span)
{
	elab_builder *b = bind->b;
	if (i == 0)
		bind->control = arena_array(b->arena, (size_t)n, sizeof *bind->control);
	elab_control *control = bind->control ? elab_list_add(&b->control, sizeof *control) : NULL;
	if (!control)
		return TS_NOMEM;
	*control = (elab_control){.name = elab_full_name(b, bind->frame, name),
	                          .type = bind->type,
	                          .span = span,
	                          .origin = bind->frame->origin,
	                          .param = bind->param,
	                          .slot = &bind->control[i]};
	return control->name ? TS_OK : TS_NOMEM;
}

ts_status elab_bind_controls(elab_bind *bind, int first, int *next)
{
	elab_builder *b = bind->b;
	const net_card *card = bind->card;
	const int n = count_controls(bind->shape);
	*next = first + n;
	if (n == 0)
		return TS_OK;
	if (card->n_word < first + n) {
		diag_add_origin(b->diag, E0307, card->span, bind->frame->origin, "'%s' needs %s", card->name,
		                is_coupling(bind->type) ? "two inductors" : "two nodes and a voltage source");
		return TS_NETLIST;
	}
	for (int i = 0; i < n; i++)
		TS_TRY(elab_bind_control(bind, i, n, card->word[first + i].text, card->word[first + i].span));
	return TS_OK;
}

/* May the element control the one that names it? */
static int is_control_of(const elab_instance *instance, const dev_type *type)
{
	if (is_coupling(type))
		return *instance->type->letter == 'l';
	if (!strchr("br", *type->letter))
		return *instance->type->letter == 'v' && instance->shape->n_port == 3;
	for (int p = 0; p < instance->shape->n_port; p++)
		if (dev_is_branch(&instance->shape->port[p]))
			return *instance->type->letter != 'y';
	return 0;
}

static ts_status find(elab_builder *b, const elab_control *c)
{
	const elab_instance *known = b->instance.item;
	const char *what = is_coupling(c->type)             ? "inductor"
	                   : strchr("br", *c->type->letter) ? "element with a branch current"
	                                                    : "voltage source";
	*c->slot = name_map_get(b->instance_map, c->name);
	if (*c->slot == ELAB_REFUSED || (*c->slot < 0 && b->incomplete))
		return TS_NETLIST; /* the element itself has been reported */
	elab_nearest nearest = {.want = c->name};
	char hint[ELAB_HINT];
	for (int i = 0; *c->slot < 0 && i < b->instance.n; i++)
		if (is_control_of(&known[i], c->type))
			elab_nearest_try(&nearest, known[i].name);
	if (*c->slot < 0)
		diag_add_origin(b->diag, E0314, c->span, c->origin, "the circuit has no %s '%s'%s", what, c->name,
		                elab_nearest_hint(&nearest, hint));
	else if (!is_control_of(&known[*c->slot], c->type))
		diag_add_origin(b->diag, E0314, c->span, c->origin, "'%s' is not %s %s", c->name,
		                strchr("ie", *what) ? "an" : "a", what);
	else
		return TS_OK;
	return TS_NETLIST;
}

static double inductance(const elab_instance *l)
{
	double k[INDUCTOR_N_CONST];
	return l->type->derive(l->param, 0, l->temperature, k) ? (double)NAN : k[INDUCTOR_L];
}

/* The mean of the inductances, and the pair in the matrix. number: of each instance among the coupled ones, or -1. */
static ts_status couple(elab_builder *b, const elab_control *pair, const int *number, double *matrix)
{
	const elab_instance *known = b->instance.item;
	const int first = *pair[0].slot, second = *pair[1].slot;
	const int row = number[first] > number[second] ? number[first] : number[second];
	const int col = number[first] + number[second] - row;
	double *entry = &matrix[(size_t)row * (size_t)(row + 1) / 2 + (size_t)col];
	pair->param[dev_param_index(pair->type, "mean")] =
	    sqrt(inductance(&known[first])) * sqrt(inductance(&known[second]));
	if (first == second || !isnan(*entry)) {
		diag_add_origin(b->diag, E0315, pair[1].span, pair->origin,
		                first == second ? "'%s' cannot be coupled to itself"
		                                : "'%s' is coupled to the same inductor twice",
		                known[second].name);
		return TS_NETLIST;
	}
	*entry = pair->param[dev_param_index(pair->type, "k")];
	return TS_OK;
}

/* Cholesky's factorisation in place of a packed lower triangle. Row at which it fails, -1: positive semidefinite. */
static int factorise(double *matrix, int n)
{
	for (int i = 0; i < n; i++) {
		double *row = matrix + (size_t)i * (size_t)(i + 1) / 2;
		for (int j = 0; j <= i; j++) {
			const double *other = matrix + (size_t)j * (size_t)(j + 1) / 2;
			double sum = row[j];
			for (int k = 0; k < j; k++)
				sum -= row[k] * other[k];
			if (j == i && sum < -ZERO_PIVOT)
				return i;
			if (j == i)
				row[i] = sum > ZERO_PIVOT ? sqrt(sum) : 0;
			else if (other[j] > 0)
				row[j] = sum / other[j];
			else if (fabs(sum) > sqrt(ZERO_PIVOT))
				return i;
			else
				row[j] = 0;
		}
	}
	return -1;
}

static ts_status couple_all(elab_builder *b, const int *number, double *matrix, int n)
{
	const elab_control *control = b->control.item, *last = NULL;
	for (size_t i = 0; i < (size_t)n; i++)
		for (size_t j = 0; j <= i; j++)
			matrix[i * (i + 1) / 2 + j] = i == j ? 1 : (double)NAN;
	ts_status status = TS_OK;
	for (int i = 0; i < b->control.n; i++)
		if (is_coupling(control[i].type)) {
			status = couple(b, &control[i], number, matrix) == TS_OK ? status : TS_NETLIST;
			last = &control[i++];
		}
	for (size_t i = 0; i < (size_t)n * (size_t)(n + 1) / 2; i++)
		matrix[i] = isnan(matrix[i]) ? 0 : matrix[i];
	if (status != TS_OK || factorise(matrix, n) < 0)
		return status;
	diag_add_origin(b->diag, E0305, last->span, last->origin,
	                "the couplings of these inductors would give a negative energy: their matrix of k is not "
	                "positive semidefinite");
	return TS_NETLIST;
}

static ts_status check_couplings(elab_builder *b)
{
	const elab_control *control = b->control.item;
	int n = 0, *number = alloc_array((size_t)b->instance.n + 1, sizeof *number);
	if (!number)
		return TS_NOMEM;
	for (int i = 0; i < b->instance.n; i++)
		number[i] = -1;
	for (int i = 0; i < b->control.n; i++)
		if (is_coupling(control[i].type) && number[*control[i].slot] < 0)
			number[*control[i].slot] = n++;
	const size_t size = n <= COUPLED_MOST ? (size_t)n * (size_t)(n + 1) / 2 : 0;
	double *matrix = alloc_array(size + 1, sizeof *matrix);
	ts_status status = matrix ? TS_OK : TS_NOMEM;
	if (matrix && n > COUPLED_MOST) {
		diag_add(b->diag, E0311, SRC_NOWHERE, "more than %d coupled inductors are not in this version",
		         COUPLED_MOST);
		status = TS_NETLIST;
	}
	if (status == TS_OK)
		status = couple_all(b, number, matrix, n);
	alloc_free(matrix);
	alloc_free(number);
	return status;
}

ts_status elab_find_controls(elab_builder *b)
{
	const elab_control *control = b->control.item;
	ts_status status = TS_OK;
	for (int i = 0; i < b->control.n; i++)
		status = find(b, &control[i]) == TS_OK ? status : TS_NETLIST;
	return status == TS_OK ? check_couplings(b) : status;
}
