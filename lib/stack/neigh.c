/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Static neighbours. rte_hash with lock-free readers; the slots of deleted keys come back
 * through fwi_rcu (adj.c) together with the adjacency, so there is one way to defer and
 * it never waits. While a poller is parked, deleted neighbours still count.
 */
#include <errno.h>
#include <string.h>

#include "core/ctl.h"
#include "core/log.h"
#include "core/rcu.h"
#include "stack/iface.h"
#include "stack/neigh.h"
#include "stack/nexthop.h"
#include "stack/room.h"

struct rte_hash *fwi_neigh_table[FWI_FAMILIES];
static uint32_t count, max_count;

struct key {
	union {
		struct fwi_neigh_key4 v4;
		struct fwi_neigh_key6 v6;
	};
	hash_sig_t sig;
};

static void
key_make(struct key *k, uint32_t if_index, enum fwi_family family, fwi_u128 addr)
{
	memset(k, 0, sizeof(*k));
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
	count = 0;
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
	unsigned f;

	for (f = 0; f < FWI_FAMILIES; f++) {
		fwi_rcu_defer(free_table, fwi_neigh_table[f]);
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
	return adj;
}

static int
add(uint32_t if_index, enum fwi_family family, fwi_u128 addr, const struct rte_ether_addr *mac)
{
	const struct fwi_link *link = fwi_if_link(if_index);
	const struct fwi_nh_key gateway = {.gateway = addr, .link = link, .kind = family};
	struct fwi_adj *old, *adj;
	struct key k;
	int rc;

	if (link == NULL)
		return -ENOENT;
	old = fwi_neigh_find(if_index, family, addr);
	if (old != NULL && memcmp(&old->hop.l2[0], mac, 6) == 0)
		return 0;
	if (old == NULL && count == max_count)
		return -ENOSPC;
	adj = fwi_adj_alloc();
	if (adj == NULL)
		return -ENOMEM;
	fwi_adj_fill(adj, link, mac, family == FWI_V6);
	key_make(&k, if_index, family, addr);
	fwi_rcu_reclaim();
	rc = rte_hash_add_key_with_hash_data(fwi_neigh_table[family], &k, k.sig, adj);
	if (rc != 0) {
		fwi_adj_free(adj);
		return rc;
	}
	fwi_nexthop_resolve(&gateway, adj);
	if (old == NULL)
		count++;
	else
		fwi_adj_retire(&old);
	fwi_stack_changed();
	return 0;
}

/* Take out of reach, and append to the list that the caller retires. */
static void
unlink_neighbour(const struct key *k, enum fwi_family family, struct fwi_adj *adj,
	struct fwi_adj **list)
{
	adj->table = fwi_neigh_table[family];
	adj->position = rte_hash_del_key_with_hash(adj->table, k, k->sig);
	adj->next = *list;
	*list = adj;
	count--;
}

static int
del(uint32_t if_index, enum fwi_family family, fwi_u128 addr)
{
	const struct fwi_link *link = fwi_if_link(if_index);
	const struct fwi_nh_key gateway = {.gateway = addr, .link = link, .kind = family};
	struct fwi_adj *adj, *list = NULL;
	struct key k;

	if (link == NULL)
		return -ENOENT;
	adj = fwi_neigh_find(if_index, family, addr);
	if (adj == NULL)
		return -ENOENT;
	fwi_nexthop_resolve(&gateway, NULL);
	key_make(&k, if_index, family, addr);
	unlink_neighbour(&k, family, adj, &list);
	fwi_adj_retire(&list);
	fwi_stack_changed();
	return 0;
}

static bool
drop_some(uint32_t if_index, enum fwi_family family, struct fwi_adj **list)
{
	const void *stored;
	struct fwi_adj *adj;
	uint32_t at = 0;
	bool any = false;
	void *data;

	while (rte_hash_iterate(fwi_neigh_table[family], &stored, &data, &at) >= 0) {
		struct key k = {.sig = 0};

		adj = data;
		if (adj->link->if_index != if_index)
			continue;
		if (family == FWI_V4) {
			k.v4 = *(const struct fwi_neigh_key4 *)stored;
			k.sig = fwi_neigh_hash4(&k.v4);
		} else {
			k.v6 = *(const struct fwi_neigh_key6 *)stored;
			k.sig = fwi_neigh_hash6(&k.v6);
		}
		unlink_neighbour(&k, family, adj, list);
		any = true;
	}
	return any;
}

void
fwi_neigh_drop(uint32_t if_index)
{
	struct fwi_adj *list = NULL;
	unsigned f;

	/* Deleting moves keys of the extension table, so go on until a pass finds none. */
	for (f = 0; f < FWI_FAMILIES; f++)
		while (drop_some(if_index, f, &list))
			;
	fwi_adj_retire(&list);
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
	rc = fwi_ready() ? add(if_index, family, key, mac) : -ENODEV;
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
	rc = fwi_ready() ? del(if_index, family, key) : -ENODEV;
	fwi_ctl_unlock();
	return rc;
}
