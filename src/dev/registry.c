/* SPDX-License-Identifier: Apache-2.0
 * The table of device types, built from dev/registry.def, and the ways to look one up: by name, by element letter and
 * model card, and the kernel that fits this CPU.
 */
#include <stddef.h>
#include <string.h>
#include "dev/kernel.h"

#define DEV(name) extern const dev_type dev_##name;
#include "dev/registry.def"
#undef DEV

const dev_type *const dev_registry[DEV_N_TYPE] = {
#define DEV(name) [DEV_KERNEL_##name] = &dev_##name,
#include "dev/registry.def"
#undef DEV
};

dev_eval_fn *dev_kernel(const dev_type *type)
{
	return (*ISA_CHOOSE(dev_kernels))[type->kernel];
}

const dev_type *dev_find(const char *name)
{
	for (int i = 0; i < DEV_N_TYPE; i++)
		if (strcmp(dev_registry[i]->name, name) == 0)
			return dev_registry[i];
	return NULL;
}

/* Is `word` one of the space-separated words of `list`? */
static int has_word(const char *list, const char *word)
{
	const size_t n = strlen(word);
	while (*list) {
		const size_t m = strcspn(list, " ");
		if (m == n && memcmp(list, word, n) == 0)
			return 1;
		list += m + strspn(list + m, " ");
	}
	return 0;
}

/* A type without a list of levels is the default: it takes cards without a level and SPICE's level 1. */
static int takes_level(const dev_type *type, const char *level)
{
	if (!type->level || type->level[0] == '\0')
		return level[0] == '\0' || strcmp(level, "1") == 0;
	return has_word(type->level, level);
}

const dev_type *dev_select(char letter, const char *model_type, const char *level)
{
	for (int i = 0; i < DEV_N_TYPE; i++) {
		const dev_type *type = dev_registry[i];
		if (!strchr(type->letter, letter) || letter == '\0')
			continue;
		if (!model_type && (!type->model || type->optional_model))
			return type;
		if (!type->model)
			continue;
		if (model_type && has_word(type->model, model_type) && takes_level(type, level ? level : ""))
			return type;
	}
	return NULL;
}

int dev_param_index(const dev_type *type, const char *name)
{
	for (int i = 0; i < type->n_param; i++)
		if (strcmp(type->param[i].name, name) == 0)
			return i;
	return -1;
}

int dev_param_find(const dev_type *type, const char *name, int on_model)
{
	for (int i = 0; i < type->n_param; i++)
		if (type->param[i].on_model == (on_model != 0) && strcmp(type->param[i].name, name) == 0)
			return i;
	return -1;
}
