/* SPDX-License-Identifier: Apache-2.0
 * Pattern builder: a list of (row, col) pairs becomes compressed sparse columns with rows sorted and unique.
 *
 * Entries are bucketed by column (a counting sort), each bucket is sorted by row, duplicates are merged. Value arrays
 * over a pattern carry one extra entry in front, the dummy that swallows stamps on ground; a slot is therefore the
 * position of an entry plus one.
 */
#include "lin/csc.h"

#include <limits.h>
#include <stdlib.h>
#include "base/alloc.h"

static int compare_int(const void *a, const void *b)
{
	const int x = *(const int *)a, y = *(const int *)b;
	return (x > y) - (x < y);
}

static int is_kept(const lin_csc *m, int row, int col)
{
	return row >= 0 && col >= 0 && row < m->n && col < m->n;
}

/* Column starts of the list with duplicates, into m->p. */
static void count_columns(lin_csc *m, int n_entry, const int *row, const int *col, int with_diagonal)
{
	for (int e = 0; e < n_entry; e++)
		if (is_kept(m, row[e], col[e]))
			m->p[col[e] + 1]++;
	for (int j = 0; j < m->n; j++)
		m->p[j + 1] += m->p[j] + (with_diagonal ? 1 : 0);
}

static void fill_columns(lin_csc *m, int n_entry, const int *row, const int *col, int with_diagonal)
{
	/* p[j] runs from the start to the end of column j while filling; unwound afterwards. */
	for (int e = 0; e < n_entry; e++)
		if (is_kept(m, row[e], col[e]))
			m->i[m->p[col[e]]++] = row[e];
	for (int j = 0; with_diagonal && j < m->n; j++)
		m->i[m->p[j]++] = j;
	for (int j = m->n; j > 0; j--)
		m->p[j] = m->p[j - 1];
	m->p[0] = 0;
}

static void merge_duplicates(lin_csc *m)
{
	int used = 0;
	for (int j = 0; j < m->n; j++) {
		const int begin = m->p[j], end = m->p[j + 1];
		const int first = used;
		qsort(m->i + begin, (size_t)(end - begin), sizeof *m->i, compare_int);
		for (int e = begin; e < end; e++)
			if (used == first || m->i[used - 1] != m->i[e])
				m->i[used++] = m->i[e];
		m->p[j] = first;
	}
	m->p[m->n] = used;
	m->nnz = used;
}

ts_status lin_csc_build(int n, int n_entry, const int *row, const int *col, int with_diagonal, lin_csc *out, int *slot)
{
	*out = (lin_csc){.n = n};
	if (n < 0 || n_entry < 0 || n_entry > INT_MAX - n)
		return TS_INTERNAL;
	out->p = alloc_array((size_t)n + 1, sizeof *out->p);
	out->i = alloc_array((size_t)n_entry + (with_diagonal ? (size_t)n : 0), sizeof *out->i);
	if (!out->p || !out->i) {
		lin_csc_free(out);
		return TS_NOMEM;
	}
	count_columns(out, n_entry, row, col, with_diagonal);
	fill_columns(out, n_entry, row, col, with_diagonal);
	merge_duplicates(out);
	for (int e = 0; slot && e < n_entry; e++)
		slot[e] = lin_csc_slot(out, row[e], col[e]);
	return TS_OK;
}

void lin_csc_free(lin_csc *m)
{
	alloc_free(m->p);
	alloc_free(m->i);
	*m = (lin_csc){0};
}

int lin_csc_slot(const lin_csc *m, int row, int col)
{
	if (!is_kept(m, row, col))
		return 0;
	int low = m->p[col], high = m->p[col + 1];
	while (low < high) {
		const int mid = low + (high - low) / 2;
		if (m->i[mid] == row)
			return mid + 1;
		if (m->i[mid] < row)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}
