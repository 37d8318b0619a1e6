/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/log.h"
#include "core/rcu.h"
#include "stack/neigh.h"
#include "stack/nexthop.h"

#define BUCKETS 4096

struct nexthop {
	LIST_ENTRY(nexthop) link;
	struct fwi_nh_key key;
	uint32_t nh, refs;
	struct fwi_retired retired;
};

LIST_HEAD(bucket, nexthop);

const struct fwi_adj **fwi_nexthops;

static struct {
	struct bucket *buckets;
	struct nexthop **by_nh;
	uint32_t *free; /* numbers given back */
	uint32_t n_free, n_used, max;
} pool;

static void
free_pool(void *unused)
{
	uint32_t i;

	(void)unused;
	for (i = 1; i < pool.n_used; i++)
		free(pool.by_nh[i]);
	free(pool.buckets);
	free(pool.by_nh);
	free(pool.free);
	free(fwi_nexthops);
	fwi_nexthops = NULL;
	memset(&pool, 0, sizeof(pool));
}

int
fwi_nexthop_init(uint32_t max_neighbours)
{
	uint32_t max = RTE_MAX(max_neighbours, 65536u) + 2 * FWPDK_MAX_INTERFACES;

	/* Untouched pages of these cost nothing. */
	pool.max = RTE_MIN(max, 1u << FWI_NH_BITS);
	pool.n_used = 1;
	pool.buckets = calloc(BUCKETS, sizeof(*pool.buckets));
	pool.by_nh = calloc(pool.max, sizeof(*pool.by_nh));
	pool.free = calloc(pool.max, sizeof(*pool.free));
	fwi_nexthops = calloc(pool.max, sizeof(*fwi_nexthops));
	if (pool.buckets == NULL || pool.by_nh == NULL || pool.free == NULL ||
		fwi_nexthops == NULL) {
		free_pool(NULL);
		return -ENOMEM;
	}
	fwi_nexthops[FWI_NH_NONE] = &fwi_adj_no_route;
	return 0;
}

void
fwi_nexthop_fini(void)
{
	static struct fwi_retired retired;

	fwi_rcu_defer(&retired, free_pool, &pool);
}

static struct bucket *
bucket_of(const struct fwi_nh_key *key)
{
	uint64_t h = (uint64_t)(key->gateway >> 64) * 0x9E3779B97F4A7C15u;

	h ^= (uint64_t)key->gateway * 0xC2B2AE3D27D4EB4Fu;
	h ^= (key->link->if_index * 4u + key->kind) * 0x165667B19E3779F9u;
	return &pool.buckets[(h ^ h >> 32) % BUCKETS];
}

static struct nexthop *
find(const struct fwi_nh_key *key)
{
	struct nexthop *n;

	LIST_FOREACH(n, bucket_of(key), link)
	{
		if (n->key.gateway == key->gateway && n->key.link == key->link &&
			n->key.kind == key->kind)
			return n;
	}
	return NULL;
}

static const struct fwi_adj *
adjacency(const struct fwi_nh_key *key)
{
	struct fwi_adj *adj;
	const struct fwi_adj *neighbour;

	if (key->kind == FWI_FAMILIES) {
		adj = fwi_adj_alloc();
		if (adj != NULL) {
			adj->link = key->link;
			adj->on_link = true;
		}
		return adj;
	}
	neighbour = fwi_neigh_find(key->link->if_index, key->kind, key->gateway);
	return neighbour != NULL ? neighbour : &fwi_adj_no_neighbour;
}

static uint32_t
number(void)
{
	if (pool.n_free == 0 && pool.n_used == pool.max)
		fwi_rcu_reclaim();
	if (pool.n_free != 0)
		return pool.free[--pool.n_free];
	return pool.n_used < pool.max ? pool.n_used++ : FWI_NH_NONE;
}

int
fwi_nexthop_get(const struct fwi_nh_key *key, uint32_t *nh)
{
	struct nexthop *n = find(key);
	const struct fwi_adj *adj;

	if (n == NULL) {
		n = calloc(1, sizeof(*n));
		adj = adjacency(key);
		if (n == NULL || adj == NULL) {
			if (adj != NULL && key->kind == FWI_FAMILIES)
				fwi_adj_free((struct fwi_adj *)(uintptr_t)adj);
			free(n);
			return -ENOMEM;
		}
		n->nh = number();
		if (n->nh == FWI_NH_NONE) {
			FWI_LOG(stack, ERR, "no next hop is free, %u exist", pool.max);
			if (key->kind == FWI_FAMILIES)
				fwi_adj_free((struct fwi_adj *)(uintptr_t)adj);
			free(n);
			return -ENOSPC;
		}
		n->key = *key;
		__atomic_store_n(&pool.by_nh[n->nh], n, __ATOMIC_RELEASE);
		LIST_INSERT_HEAD(bucket_of(key), n, link);
		__atomic_store_n(&fwi_nexthops[n->nh], adj, __ATOMIC_RELEASE);
	}
	n->refs++;
	*nh = n->nh;
	return 0;
}

/* Look-ups that began before may still carry the number, so it comes back later. */
static void
free_nexthop(void *object)
{
	struct nexthop *n = object;

	if (n->key.kind == FWI_FAMILIES)
		fwi_adj_free((struct fwi_adj *)(uintptr_t)fwi_nexthops[n->nh]);
	__atomic_store_n(&fwi_nexthops[n->nh], &fwi_adj_no_route, __ATOMIC_RELAXED);
	__atomic_store_n(&pool.by_nh[n->nh], NULL, __ATOMIC_RELAXED);
	pool.free[pool.n_free++] = n->nh;
	free(n);
}

void
fwi_nexthop_put(uint32_t nh)
{
	struct nexthop *n = pool.by_nh[nh];

	if (--n->refs != 0)
		return;
	LIST_REMOVE(n, link);
	/* Its gateway's neighbour may go away before the last reader has. */
	if (n->key.kind != FWI_FAMILIES)
		__atomic_store_n(&fwi_nexthops[nh], &fwi_adj_no_neighbour, __ATOMIC_RELEASE);
	fwi_rcu_defer(&n->retired, free_nexthop, n);
}

const struct fwi_nh_key *
fwi_nexthop_key(uint32_t nh)
{
	return &pool.by_nh[nh]->key;
}

/* Lives as long as its number: until nobody can carry that any more. */
const struct fwi_nh_key *
fwi_nexthop_read(uint32_t nh)
{
	const struct nexthop *n = __atomic_load_n(&pool.by_nh[nh], __ATOMIC_ACQUIRE);

	return n != NULL ? &n->key : NULL;
}

void
fwi_nexthop_resolve(const struct fwi_nh_key *key, const struct fwi_adj *adj)
{
	struct nexthop *n = find(key);

	if (n != NULL)
		__atomic_store_n(&fwi_nexthops[n->nh], adj != NULL ? adj : &fwi_adj_no_neighbour,
			__ATOMIC_RELEASE);
}
