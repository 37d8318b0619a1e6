/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of adjacencies: blocks of DPDK memory (few TLB entries for a full neighbour
 * table), handed out one by one, kept until fini. With readers that never become
 * quiescent the pool grows as long as there is memory; nothing waits.
 */
#include <string.h>

#include <rte_malloc.h>

#include <ntstatus.h>

#include "core/fail.h"
#include "stack/adj.h"

#define BLOCK 512

struct block {
	struct block *next;
	struct fwi_adj adj[BLOCK];
	struct fwi_retired retired[BLOCK];
};

static struct {
	struct block *blocks;
	struct fwi_adj *free;
} pool;

const struct fwi_adj fwi_adj_no_route = {
	.hop.status = STATUS_NETWORK_UNREACHABLE,
	.position = -1,
};
const struct fwi_adj fwi_adj_throw = {
	.hop.status = STATUS_NETWORK_UNREACHABLE,
	.position = -1,
};
const struct fwi_adj fwi_adj_no_neighbour = {
	.hop.status = STATUS_HOST_UNREACHABLE,
	.position = -1,
};

static int
grow(void)
{
	struct block *b = rte_zmalloc("fwpdk_adj", sizeof(*b), RTE_CACHE_LINE_SIZE);
	unsigned i;

	if (b == NULL)
		return -1;
	b->next = pool.blocks;
	pool.blocks = b;
	for (i = 0; i < BLOCK; i++) {
		b->adj[i].retired = &b->retired[i];
		fwi_adj_free(&b->adj[i]);
	}
	return 0;
}

struct fwi_adj *
fwi_adj_alloc(void)
{
	struct fwi_retired *retired;
	struct fwi_adj *adj;

	if (FWI_FAIL())
		return NULL;
	if (pool.free == NULL) {
		fwi_rcu_reclaim();
		if (pool.free == NULL && grow() != 0)
			return NULL;
	}
	adj = pool.free;
	pool.free = adj->next;
	retired = adj->retired;
	memset(adj, 0, sizeof(*adj));
	adj->retired = retired;
	adj->position = -1;
	return adj;
}

void
fwi_adj_free(struct fwi_adj *adj)
{
	adj->next = pool.free;
	pool.free = adj;
}

static void
free_list(void *list)
{
	struct fwi_adj *adj, *next;

	for (adj = list; adj != NULL; adj = next) {
		next = adj->next;
		if (adj->position >= 0)
			rte_hash_free_key_with_position(adj->table, adj->position);
		fwi_adj_free(adj);
	}
}

void
fwi_adj_retire(struct fwi_adj **list)
{
	if (*list != NULL)
		fwi_rcu_defer((*list)->retired, free_list, *list);
	*list = NULL;
}

static void
free_blocks(void *unused)
{
	struct block *b, *next;

	(void)unused;
	for (b = pool.blocks; b != NULL; b = next) {
		next = b->next;
		rte_free(b);
	}
	memset(&pool, 0, sizeof(pool));
}

/* Behind everything that was retired before: fwi_rcu frees in order. */
void
fwi_adj_fini(void)
{
	static struct fwi_retired retired;

	fwi_rcu_defer(&retired, free_blocks, &pool);
}

void
fwi_adj_fill(struct fwi_adj *adj, const struct fwi_link *link, const struct rte_ether_addr *mac,
	bool ipv6)
{
	adj->link = link;
	adj->hop.port_id = link->port_id;
	adj->hop.iface = (uint8_t)(link->if_index - 1);
	memcpy(&adj->hop.l2[0], mac->addr_bytes, 6);
	memcpy(&adj->hop.l2[6], link->mac.addr_bytes, 6);
	adj->hop.l2[12] = ipv6 ? 0x86 : 0x08;
	adj->hop.l2[13] = ipv6 ? 0xDD : 0x00;
}
