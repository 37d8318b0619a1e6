/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include "netlink/node.h"

#define FIRST_SIZE 256u

static struct fwi_nl_node *
equal(struct fwi_nl_node *node, uint32_t hash)
{
	while (node != NULL && node->hash != hash)
		node = node->next;
	return node;
}

struct fwi_nl_node *
fwi_nl_first(const struct fwi_nl_nodes *t, uint32_t hash)
{
	return t->size != 0 ? equal(t->bucket[hash & (t->size - 1)], hash) : NULL;
}

struct fwi_nl_node *
fwi_nl_next(const struct fwi_nl_node *node)
{
	return equal(node->next, node->hash);
}

static int
grow(struct fwi_nl_nodes *t)
{
	uint32_t size = t->size != 0 ? 2 * t->size : FIRST_SIZE, i;
	struct fwi_nl_node **bucket = calloc(size, sizeof(*bucket)), *node, *next;

	if (bucket == NULL)
		return t->size != 0 ? 0 : -ENOMEM; /* it only gets slower */
	for (i = 0; i < t->size; i++) {
		for (node = t->bucket[i]; node != NULL; node = next) {
			next = node->next;
			node->next = bucket[node->hash & (size - 1)];
			bucket[node->hash & (size - 1)] = node;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->size = size;
	return 0;
}

int
fwi_nl_insert(struct fwi_nl_nodes *t, struct fwi_nl_node *node, uint32_t hash)
{
	if (t->n >= t->size && grow(t) != 0)
		return -ENOMEM;
	node->hash = hash;
	node->stale = false;
	node->next = t->bucket[hash & (t->size - 1)];
	t->bucket[hash & (t->size - 1)] = node;
	t->n++;
	return 0;
}

void
fwi_nl_remove(struct fwi_nl_nodes *t, struct fwi_nl_node *node)
{
	struct fwi_nl_node **at = &t->bucket[node->hash & (t->size - 1)];

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	t->n--;
}

void
fwi_nl_each(struct fwi_nl_nodes *t, void (*fn)(void *ctx, struct fwi_nl_node *node), void *ctx)
{
	struct fwi_nl_node *node, *next;
	uint32_t i;

	for (i = 0; i < t->size; i++) {
		for (node = t->bucket[i]; node != NULL; node = next) {
			next = node->next;
			fn(ctx, node);
		}
	}
}

void
fwi_nl_nodes_free(struct fwi_nl_nodes *t)
{
	free(t->bucket);
	*t = (struct fwi_nl_nodes){0};
}
