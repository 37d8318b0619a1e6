/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours, those that the host sets and those that lib/resolve learns. rte_hash with lock-free
 * readers; the slots of deleted keys come back through fwi_rcu (adj.c), so there is one way to
 * defer and it never waits.
 *
 * A deleted neighbour keeps its key, with "no neighbour" as its value, until the table is
 * full: so neighbours that come and go need no slots, even while a poller is parked. Only
 * more different ones than max_neighbours in that time are refused.
 */
#include <errno.h>
#include <string.h>

#include "core/ctl.h"
#include "core/log.h"
#include "core/rcu.h"
#include "core/tsan.h"
#include "stack/iface.h"
#include "stack/neigh.h"
#include "stack/nexthop.h"
#include "stack/room.h"
#include "stack/route.h"

struct rte_hash *fwi_neigh_table[FWI_FAMILIES];
static uint32_t count, max_count, mirrored_count;

struct key {
	union {
		struct fwi_neigh_key4 v4;
		struct fwi_neigh_key6 v6;
	};
	hash_sig_t sig;
	uint32_t if_index;
};

static void
key_make(struct key *k, uint32_t if_index, enum fwi_family family, fwi_u128 addr)
{
	memset(k, 0, sizeof(*k));
	k->if_index = if_index;
	if (family == FWI_V4) {
		k->v4.if_index = if_index;
		k->v4.addr = (uint32_t)(addr >> 96);
		k->sig = fwi_neigh_hash4(&k->v4);
	} else {
		k->v6.if_index = if_index;
		k->v6.addr[0] = (uint64_t)(addr >> 64);
		k->v6.addr[1] = (uint64_t)addr;
		k->sig = fwi_neigh_hash6(&k->v6);
	}
}

int
fwi_neigh_init(uint32_t max_neighbours)
{
	struct rte_hash_parameters p = {
		.entries = RTE_MAX(max_neighbours, 8u),
		.hash_func = rte_hash_crc,
		.socket_id = SOCKET_ID_ANY,
		.extra_flag = RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF |
			      RTE_HASH_EXTRA_FLAGS_EXT_TABLE,
	};

	p.name = "fwpdk_neigh4";
	p.key_len = sizeof(struct fwi_neigh_key4);
	fwi_neigh_table[FWI_V4] = rte_hash_create(&p);
	p.name = "fwpdk_neigh6";
	p.key_len = sizeof(struct fwi_neigh_key6);
	fwi_neigh_table[FWI_V6] = rte_hash_create(&p);
	if (fwi_neigh_table[FWI_V4] == NULL || fwi_neigh_table[FWI_V6] == NULL) {
		FWI_LOG(stack, ERR, "no memory for %u neighbours", max_neighbours);
		return -ENOMEM;
	}
	count = mirrored_count = 0;
	max_count = max_neighbours;
	return 0;
}

static void
free_table(void *table)
{
	rte_hash_free(table);
}

void
fwi_neigh_fini(void)
{
	static struct fwi_retired retired[FWI_FAMILIES];
	unsigned f;

	for (f = 0; f < FWI_FAMILIES; f++) {
		fwi_rcu_defer(&retired[f], free_table, fwi_neigh_table[f]);
		fwi_neigh_table[f] = NULL;
	}
}

struct fwi_adj *
fwi_neigh_find(uint32_t if_index, enum fwi_family family, fwi_u128 addr)
{
	struct key k;
	void *adj;

	key_make(&k, if_index, family, addr);
	if (rte_hash_lookup_with_hash_data(fwi_neigh_table[family], &k, k.sig, &adj) < 0)
		return NULL;
	return adj != &fwi_adj_no_neighbour ? adj : NULL;
}

/* The value of a deleted neighbour; never written, whatever its type says. */
static void *
deleted(void)
{
	return (void *)(uintptr_t)&fwi_adj_no_neighbour;
}

/* Take keys out: all of an interface, or (0) of deleted neighbours only. */
static bool
sweep_once(uint32_t if_index, enum fwi_family family, struct fwi_adj **list)
{
	struct fwi_adj *adj;
	const void *stored;
	uint32_t at = 0;
	bool any = false;
	void *data;

	while (rte_hash_iterate(fwi_neigh_table[family], &stored, &data, &at) >= 0) {
		const struct fwi_neigh_key4 *k4 = stored;
		const struct fwi_neigh_key6 *k6 = stored;
		struct key k;

		if (family == FWI_V4)
			key_make(&k, k4->if_index, FWI_V4, fwi_key4(k4->addr));
		else
			key_make(&k, (uint32_t)k6->if_index, FWI_V6,
				(fwi_u128)k6->addr[0] << 64 | k6->addr[1]);
		if (if_index != 0 ? if_index != k.if_index : data != deleted())
			continue;
		/* What gives the slot back later; without it a deleted one keeps its slot. */
		adj = data != deleted() ? data : fwi_adj_alloc();
		if (adj == NULL)
			continue;
		count -= data != deleted();
		mirrored_count -= data != deleted() && adj->mirrored;
		adj->table = fwi_neigh_table[family];
		adj->position = rte_hash_del_key_with_hash(adj->table, &k, k.sig);
		adj->next = *list;
		*list = adj;
		any = true;
	}
	return any;
}

static void
sweep(uint32_t if_index, enum fwi_family family)
{
	struct fwi_adj *list = NULL;

	/* Deleting moves keys of the extension table, so go on until a pass finds none. */
	while (sweep_once(if_index, family, &list))
		;
	fwi_adj_retire(&list);
}

/* Whose a neighbour is: each gives way to those behind it. */
enum owner { LEARNED, MIRRORED, HOST };

static enum owner
owner_of(const struct fwi_adj *adj)
{
	return adj->learned ? LEARNED : adj->mirrored ? MIRRORED : HOST;
}

static int del(uint32_t if_index, enum fwi_family family, fwi_u128 addr, enum owner owner);

/* The host sets one and there is no room: a learned one goes, best one that nobody uses. */
static bool
make_room(void)
{
	const void *stored, *victim = NULL;
	unsigned f, of = 0;
	struct fwi_adj *adj;
	uint32_t at;
	bool unused = false;
	void *data;

	for (f = 0; f < FWI_FAMILIES; f++) {
		at = 0;
		while (!unused && rte_hash_iterate(fwi_neigh_table[f], &stored, &data, &at) >= 0) {
			adj = data;
			if (!adj->learned)
				continue;
			unused = __atomic_load_n(&adj->used, __ATOMIC_RELAXED) == 0;
			victim = stored;
			of = f;
		}
	}
	if (victim == NULL)
		return false;
	if (of == FWI_V4) {
		const struct fwi_neigh_key4 *k4 = victim;

		return del(k4->if_index, FWI_V4, fwi_key4(k4->addr), LEARNED) == 0;
	}
	const struct fwi_neigh_key6 *k6 = victim;

	return del((uint32_t)k6->if_index, FWI_V6, (fwi_u128)k6->addr[0] << 64 | k6->addr[1],
		       LEARNED) == 0;
}

/* The MAC is the old one's: what changes is whose it is. */
static int
claim(struct fwi_adj *adj, enum owner owner)
{
	mirrored_count += (uint32_t)(owner == MIRRORED) - (uint32_t)adj->mirrored;
	adj->mirrored = owner == MIRRORED; /* control path only */
	if (owner != LEARNED)
		__atomic_store_n(&adj->learned, false, __ATOMIC_RELAXED);
	return 0;
}

static int
add(uint32_t if_index, enum fwi_family family, fwi_u128 addr, const struct rte_ether_addr *mac,
	enum owner owner)
{
	const struct fwi_link *link = fwi_if_link(if_index);
	const struct fwi_nh_key gateway = {.gateway = addr, .link = link, .kind = family};
	struct fwi_adj *old, *adj;
	struct key k;
	int rc;

	if (link == NULL)
		return -ENOENT;
	old = fwi_neigh_find(if_index, family, addr);
	if (old != NULL && owner_of(old) > owner)
		return -EEXIST;
	if (old != NULL && memcmp(&old->hop.l2[0], mac, 6) == 0)
		return claim(old, owner);
	if (old == NULL && count == max_count && (owner == LEARNED || !make_room()))
		return -ENOSPC;
	adj = fwi_adj_alloc();
	if (adj == NULL)
		return -ENOMEM;
	fwi_adj_fill(adj, link, mac, family == FWI_V6);
	adj->mirrored = owner == MIRRORED;
	adj->learned = owner == LEARNED;
	adj->used = old != NULL && old->used;
	key_make(&k, if_index, family, addr);
	FWI_TSAN_RELEASE(adj);
	fwi_rcu_reclaim();
	rc = rte_hash_add_key_with_hash_data(fwi_neigh_table[family], &k, k.sig, adj);
	if (rc == -ENOSPC) {
		sweep(0, family);
		rc = rte_hash_add_key_with_hash_data(fwi_neigh_table[family], &k, k.sig, adj);
	}
	if (rc != 0) {
		fwi_adj_free(adj);
		return rc;
	}
	fwi_nexthop_resolve(&gateway, adj);
	mirrored_count += (uint32_t)(owner == MIRRORED) - (uint32_t)(old != NULL && old->mirrored);
	if (old == NULL)
		count++;
	else
		fwi_adj_retire(&old);
	if (owner != LEARNED)
		fwi_stack_changed();
	return 0;
}

static int
del(uint32_t if_index, enum fwi_family family, fwi_u128 addr, enum owner owner)
{
	const struct fwi_link *link = fwi_if_link(if_index);
	const struct fwi_nh_key gateway = {.gateway = addr, .link = link, .kind = family};
	struct fwi_adj *adj;
	struct key k;

	if (link == NULL)
		return -ENOENT;
	adj = fwi_neigh_find(if_index, family, addr);
	if (adj == NULL)
		return -ENOENT;
	if (owner_of(adj) == MIRRORED && owner == HOST)
		return -EBUSY;
	if (owner_of(adj) != owner && owner != HOST)
		return -EEXIST;
	fwi_stack_uncovered += owner == HOST;
	key_make(&k, if_index, family, addr);
	/* The key is there: this only replaces its value. */
	(rte_hash_add_key_with_hash_data)(fwi_neigh_table[family], &k, k.sig, deleted());
	fwi_nexthop_resolve(&gateway, NULL);
	count--;
	mirrored_count -= owner == MIRRORED;
	fwi_adj_retire(&adj);
	fwi_stack_changed();
	return 0;
}

int
fwi_neigh_learn(
	uint32_t if_index, enum fwi_family family, fwi_u128 addr, const struct rte_ether_addr *mac)
{
	return mac != NULL ? add(if_index, family, addr, mac, LEARNED)
			   : del(if_index, family, addr, LEARNED);
}

void
fwi_neigh_figures(uint32_t *all, uint32_t *mirrored, uint32_t *max)
{
	*all = count;
	*mirrored = mirrored_count;
	*max = max_count;
}

int
fwi_neigh_mirror(
	uint32_t if_index, enum fwi_family family, fwi_u128 addr, const struct rte_ether_addr *mac)
{
	return mac != NULL ? add(if_index, family, addr, mac, MIRRORED)
			   : del(if_index, family, addr, MIRRORED);
}

void
fwi_neigh_drop(uint32_t if_index)
{
	sweep(if_index, FWI_V4);
	sweep(if_index, FWI_V6);
}

int
fwpdk_neigh_add(uint32_t if_index, const struct fwpdk_addr *addr, const struct rte_ether_addr *mac)
{
	enum fwi_family family;
	fwi_u128 key;
	int rc;

	if (fwi_addr_key(addr, &family, &key) != 0 || key == 0 || mac == NULL ||
		rte_is_zero_ether_addr(mac))
		return fwi_ready() ? -EINVAL : -ENODEV;
	fwi_ctl_lock();
	rc = fwi_ready() ? add(if_index, family, key, mac, HOST) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_neigh_del(uint32_t if_index, const struct fwpdk_addr *addr)
{
	enum fwi_family family;
	fwi_u128 key;
	int rc;

	if (fwi_addr_key(addr, &family, &key) != 0)
		return fwi_ready() ? -EINVAL : -ENODEV;
	fwi_ctl_lock();
	rc = fwi_ready() ? del(if_index, family, key, HOST) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}
