/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hash tables of what the mirror knows: the node lies in the object, the table grows with what
 * is in it. Objects are looked up by hash and compared by their owner.
 */
#ifndef FWI_NETLINK_NODE_H
#define FWI_NETLINK_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "stack/prefix.h"

struct fwi_nl_node {
	struct fwi_nl_node *next;
	uint32_t hash;
	bool stale; /* not seen in the dump that is under way */
};

struct fwi_nl_nodes {
	struct fwi_nl_node **bucket;
	uint32_t n, size; /* size: a power of two, or 0 */
};

/* First node with that hash, or the next one after it. */
struct fwi_nl_node *fwi_nl_first(const struct fwi_nl_nodes *t, uint32_t hash);
struct fwi_nl_node *fwi_nl_next(const struct fwi_nl_node *node);
/* 0 or -ENOMEM. Sets hash, clears stale. */
int fwi_nl_insert(struct fwi_nl_nodes *t, struct fwi_nl_node *node, uint32_t hash);
void fwi_nl_remove(struct fwi_nl_nodes *t, struct fwi_nl_node *node);
/* Every node; fn may remove and free its own. */
void fwi_nl_each(
	struct fwi_nl_nodes *t, void (*fn)(void *ctx, struct fwi_nl_node *node), void *ctx);
/* The table; its nodes are gone already or freed by the caller. */
void fwi_nl_nodes_free(struct fwi_nl_nodes *t);

static inline uint32_t
fwi_nl_hash(fwi_u128 key, uint32_t more)
{
	uint64_t h = (uint64_t)(key >> 64) * 0x9E3779B97F4A7C15u;

	h = (h ^ h >> 29 ^ (uint64_t)key) * 0xBF58476D1CE4E5B9u;
	h = (h ^ h >> 32 ^ more) * 0x94D049BB133111EBu;
	return (uint32_t)(h >> 32);
}

#endif
