/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/log.h"
#include "core/rcu.h"
#include "stack/group.h"
#include "stack/neigh.h"

#define BUCKETS 4096

struct nexthop {
	LIST_ENTRY(nexthop) link;
	struct fwi_nh_key key;
	uint32_t nh, refs;
	struct fwi_nh_group *group; /* or NULL */
	struct fwi_retired retired;
};

LIST_HEAD(bucket, nexthop);

const struct fwi_adj **fwi_nexthops;

static struct {
	struct bucket *buckets;
	struct nexthop **by_nh;
	uint32_t *free; /* numbers given back */
	uint32_t n_free, n_used, max;
	uint32_t n_live, n_groups; /* with references */
} pool;

static void
free_pool(void *unused)
{
	uint32_t i;

	(void)unused;
	for (i = 1; i < pool.n_used; i++) {
		if (pool.by_nh[i] != NULL)
			free(pool.by_nh[i]->group);
		free(pool.by_nh[i]);
	}
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
	h ^= ((key->link != NULL ? key->link->if_index : 0) * 8u + key->kind) * 0x165667B19E3779F9u;
	return &pool.buckets[(h ^ h >> 32) % BUCKETS];
}

static struct nexthop *
find(const struct fwi_nh_key *key)
{
	struct nexthop *n;

	LIST_FOREACH(n, bucket_of(key), link)
	{
		if (n->key.gateway == key->gateway && n->key.link == key->link &&
			n->key.kind == key->kind && n->key.mirrored == key->mirrored)
			return n;
	}
	return NULL;
}

/* Is its adjacency its own, or a neighbour's? */
static bool
owns_adjacency(const struct nexthop *n)
{
	return n->key.kind == FWI_NH_ON_LINK || n->key.kind == FWI_NH_GROUP;
}

static bool
leads_nowhere(const struct nexthop *n)
{
	return n->key.kind == FWI_NH_REJECT || n->key.kind == FWI_NH_THROW;
}

static const struct fwi_adj *
adjacency(const struct nexthop *n)
{
	struct fwi_adj *adj;
	const struct fwi_adj *neighbour;

	if (leads_nowhere(n))
		return n->key.kind == FWI_NH_REJECT ? &fwi_adj_no_route : &fwi_adj_throw;
	if (owns_adjacency(n)) {
		adj = fwi_adj_alloc();
		if (adj == NULL)
			return NULL;
		adj->link = n->key.link;
		adj->on_link = n->group == NULL;
		if (n->group != NULL) {
			adj->group = n->group;
			adj->hop.status = FWI_HOP_BY_FLOW;
		}
		return adj;
	}
	neighbour = fwi_neigh_find(n->key.link->if_index, n->key.kind, n->key.gateway);
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

/* Look-ups that began before may still carry the number, so it comes back later. */
static void
free_nexthop(void *object)
{
	struct nexthop *n = object;

	if (owns_adjacency(n))
		fwi_adj_free((struct fwi_adj *)(uintptr_t)fwi_nexthops[n->nh]);
	__atomic_store_n(&fwi_nexthops[n->nh], &fwi_adj_no_route, __ATOMIC_RELAXED);
	__atomic_store_n(&pool.by_nh[n->nh], NULL, __ATOMIC_RELAXED);
	pool.free[pool.n_free++] = n->nh;
	free(n->group);
	free(n);
}

static void
put(struct nexthop *n)
{
	if (--n->refs != 0)
		return;
	LIST_REMOVE(n, link);
	pool.n_live--;
	pool.n_groups -= n->group != NULL;
	/* Its gateway's neighbour may go away before the last reader has. */
	if (!owns_adjacency(n) && !leads_nowhere(n))
		__atomic_store_n(&fwi_nexthops[n->nh], &fwi_adj_no_neighbour, __ATOMIC_RELEASE);
	fwi_rcu_defer(&n->retired, free_nexthop, n);
}

/* A new one with one reference. The group becomes its own, at a failure too. */
static int
create(const struct fwi_nh_key *key, struct fwi_nh_group *group, uint32_t *nh)
{
	struct nexthop *n = calloc(1, sizeof(*n));
	const struct fwi_adj *adj = NULL;
	int rc = -ENOMEM;

	if (n == NULL)
		goto refuse;
	n->key = *key;
	n->group = group;
	n->refs = 1;
	adj = adjacency(n);
	if (adj == NULL)
		goto refuse;
	n->nh = number();
	if (n->nh == FWI_NH_NONE) {
		FWI_LOG(stack, ERR, "no next hop is free, %u exist", pool.max);
		rc = -ENOSPC;
		goto refuse;
	}
	__atomic_store_n(&pool.by_nh[n->nh], n, __ATOMIC_RELEASE);
	LIST_INSERT_HEAD(bucket_of(key), n, link);
	pool.n_live++;
	pool.n_groups += group != NULL;
	__atomic_store_n(&fwi_nexthops[n->nh], adj, __ATOMIC_RELEASE);
	*nh = n->nh;
	return 0;
refuse:
	if (adj != NULL && owns_adjacency(n))
		fwi_adj_free((struct fwi_adj *)(uintptr_t)adj);
	free(group);
	free(n);
	return rc;
}

int
fwi_nexthop_get(const struct fwi_nh_key *key, uint32_t *nh)
{
	struct nexthop *n = find(key);

	if (n == NULL)
		return create(key, NULL, nh);
	n->refs++;
	*nh = n->nh;
	return 0;
}

/* Members by number, each with a reference. */
struct set {
	uint32_t nh[FWI_GROUP_MAX];
	uint16_t weight[FWI_GROUP_MAX];
	const struct fwi_nh_key *key[FWI_GROUP_MAX];
	uint32_t n;
};

static void
set_insert(struct set *s, uint32_t nh, uint16_t weight)
{
	uint32_t i;

	for (i = s->n++; i != 0 && s->nh[i - 1] > nh; i--) {
		s->nh[i] = s->nh[i - 1];
		s->weight[i] = s->weight[i - 1];
		s->key[i] = s->key[i - 1];
	}
	s->nh[i] = nh;
	s->weight[i] = weight;
	s->key[i] = &pool.by_nh[nh]->key;
}

static void
set_put(struct set *s)
{
	while (s->n != 0)
		put(pool.by_nh[s->nh[--s->n]]);
}

/* What groups with these members have for a gateway: only to find them by. */
static fwi_u128
digest(const struct set *s)
{
	uint64_t a = s->n, b = 0;
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		a = (a ^ s->nh[i]) * 0x9E3779B97F4A7C15u;
		b = (b + s->weight[i]) * 0xC2B2AE3D27D4EB4Fu;
	}
	return (fwi_u128)a << 64 | b;
}

static struct nexthop *
find_group(const struct fwi_nh_key *key, const struct set *s)
{
	struct nexthop *n;

	LIST_FOREACH(n, bucket_of(key), link)
	{
		if (n->group != NULL && n->key.gateway == key->gateway &&
			n->key.mirrored == key->mirrored &&
			fwi_group_equal(n->group, s->nh, s->weight, s->n))
			return n;
	}
	return NULL;
}

int
fwi_nexthop_get_group(const struct fwi_nh_member *members, uint32_t n, uint32_t *nh)
{
	struct fwi_nh_key key = {.kind = FWI_NH_GROUP, .mirrored = members[0].key.mirrored};
	struct fwi_nh_group *group;
	struct set set = {.n = 0};
	struct nexthop *known;
	uint32_t one, i;
	int rc;

	for (i = 0; i < n; i++) {
		rc = fwi_nexthop_get(&members[i].key, &one);
		if (rc != 0) {
			set_put(&set);
			return rc;
		}
		set_insert(&set, one, members[i].weight);
	}
	key.gateway = digest(&set);
	known = find_group(&key, &set);
	if (known != NULL) {
		set_put(&set);
		known->refs++;
		*nh = known->nh;
		return 0;
	}
	group = fwi_group_make(set.nh, set.weight, set.key, set.n);
	rc = group != NULL ? create(&key, group, nh) : -ENOMEM;
	if (rc != 0)
		set_put(&set);
	return rc;
}

void
fwi_nexthop_put(uint32_t nh)
{
	struct nexthop *n = pool.by_nh[nh];
	struct set members = {.n = 0};

	if (n->group != NULL && n->refs == 1) {
		members.n = n->group->n;
		memcpy(members.nh, n->group->nh, members.n * sizeof(members.nh[0]));
	}
	put(n);
	/* Now and not when the group is freed: that may be after the pool. */
	set_put(&members);
}

void
fwi_nexthop_figures(uint32_t *all, uint32_t *groups)
{
	*all = pool.n_live;
	*groups = pool.n_groups;
}

const struct fwi_nh_key *
fwi_nexthop_key(uint32_t nh)
{
	return &pool.by_nh[nh]->key;
}

const struct fwi_nh_group *
fwi_nexthop_group(uint32_t nh)
{
	return pool.by_nh[nh]->group;
}

/* Lives as long as its number: until nobody can carry that any more. */
const struct fwi_nh_key *
fwi_nexthop_read(uint32_t nh)
{
	const struct nexthop *n = __atomic_load_n(&pool.by_nh[nh], __ATOMIC_ACQUIRE);

	return n != NULL ? &n->key : NULL;
}

/* The host's next hop over that gateway, and a mirrored one. */
void
fwi_nexthop_resolve(const struct fwi_nh_key *key, const struct fwi_adj *adj)
{
	struct fwi_nh_key k = *key;
	struct nexthop *n;
	int i;

	for (i = 0; i < 2; i++) {
		k.mirrored = i != 0;
		n = find(&k);
		if (n != NULL)
			__atomic_store_n(&fwi_nexthops[n->nh],
				adj != NULL ? adj : &fwi_adj_no_neighbour, __ATOMIC_RELEASE);
	}
}
