/* SPDX-License-Identifier: Apache-2.0
 * A growing stack of equal items for lists whose length is not known beforehand: push items, then move everything above
 * a mark into the arena in one piece. Nested lists (a subcircuit in a subcircuit, arguments in arguments) share one
 * stack because each leaves it as it found it.
 */
#ifndef NET_STACK_H
#define NET_STACK_H
#include <stddef.h>
#include "base/arena.h"
#include "base/status.h"

typedef struct net_stack {
	char *data;
	size_t item; /* bytes of one item; set before the first push */
	int n, capacity;
} net_stack;

ts_status net_stack_push(net_stack *stack, const void *item);
/* Copy items mark..n-1 to the arena and drop them. NULL when memory is exhausted. *n: how many. */
void *net_stack_take(net_stack *stack, int mark, arena *a, int *n);
void net_stack_free(net_stack *stack);
#endif
