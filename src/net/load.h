/* SPDX-License-Identifier: Apache-2.0
 * What has been read of a model card of which the deck has the head (private to net/).
 */
#ifndef NET_LOAD_H
#define NET_LOAD_H
#include "base/arena.h"
#include "net/ast.h"

struct net_loaded {
	const net_card *all;     /* with every parameter; NULL: not yet */
	const net_card *some;    /* with those of `only` */
	const char *const *only; /* compared by its address */
};
/* Nothing yet; NULL when memory is exhausted. */
struct net_loaded *net_loaded_new(struct arena *a);
#endif
