/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbour tables, one rte_hash per family, and their keys. The data path computes
 * the hash inline; the control path must use the same.
 */
#ifndef FWI_STACK_NEIGH_H
#define FWI_STACK_NEIGH_H

#include <rte_hash.h>
#include <rte_hash_crc.h>

#include "stack/adj.h"
#include "stack/prefix.h"

/* Sizes that rte_hash compares without memcmp. */
struct fwi_neigh_key4 {
	uint32_t if_index;
	uint32_t addr; /* host order */
	uint64_t zero;
};
struct fwi_neigh_key6 {
	uint64_t if_index, zero;
	uint64_t addr[2]; /* host order, high first */
};

extern struct rte_hash *fwi_neigh_table[FWI_FAMILIES];

static inline hash_sig_t
fwi_neigh_hash4(const struct fwi_neigh_key4 *key)
{
	return rte_hash_crc_8byte((uint64_t)key->if_index << 32 | key->addr, 0);
}

static inline hash_sig_t
fwi_neigh_hash6(const struct fwi_neigh_key6 *key)
{
	uint32_t h = rte_hash_crc_8byte(key->addr[0], (uint32_t)key->if_index);

	return rte_hash_crc_8byte(key->addr[1], h);
}

int fwi_neigh_init(uint32_t max_neighbours);
void fwi_neigh_fini(void);
/* Control path: the adjacency of a neighbour or NULL. */
struct fwi_adj *fwi_neigh_find(uint32_t if_index, enum fwi_family family, fwi_u128 addr);
/* How many there are, of these lib/netlink's, and how many there may be. */
void fwi_neigh_figures(uint32_t *all, uint32_t *mirrored, uint32_t *max);
/* lib/netlink's: set, or (mac NULL) remove. -EEXIST: the host has set that one. */
int fwi_neigh_mirror(
	uint32_t if_index, enum fwi_family family, fwi_u128 addr, const struct rte_ether_addr *mac);
/*
 * lib/resolve's: set, or (mac NULL) remove. -EEXIST: the host has set that one. After a set the
 * caller calls fwi_stack_changed(), once for all that it sets.
 */
int fwi_neigh_learn(
	uint32_t if_index, enum fwi_family family, fwi_u128 addr, const struct rte_ether_addr *mac);
/* Of a removed interface whose routes are gone. */
void fwi_neigh_drop(uint32_t if_index);

#endif
