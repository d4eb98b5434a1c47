/* SPDX-License-Identifier: Apache-2.0
 * Growing stack: capacity doubles; items are moved as bytes, so they must not point into the stack.
 */
#include "net/stack.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"

enum { STACK_FIRST = 16 };

ts_status net_stack_push(net_stack *stack, const void *item)
{
	if (stack->n == stack->capacity) {
		if (stack->capacity > INT_MAX / 2)
			return TS_NOMEM;
		const int capacity = stack->capacity ? 2 * stack->capacity : STACK_FIRST;
		char *grown =
		    alloc_resize(stack->data, (size_t)stack->capacity * stack->item, (size_t)capacity * stack->item);
		if (!grown)
			return TS_NOMEM;
		stack->data = grown;
		stack->capacity = capacity;
	}
	memcpy(stack->data + (size_t)stack->n * stack->item, item, stack->item);
	stack->n++;
	return TS_OK;
}

void *net_stack_take(net_stack *stack, int mark, arena *a, int *n)
{
	*n = stack->n - mark;
	void *copy = arena_array(a, (size_t)*n, stack->item);
	if (copy && *n)
		memcpy(copy, stack->data + (size_t)mark * stack->item, (size_t)*n * stack->item);
	stack->n = mark;
	return copy;
}

void net_stack_free(net_stack *stack)
{
	alloc_free(stack->data);
	stack->data = NULL;
	stack->n = stack->capacity = 0;
}
