/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adjacencies: what a look-up ends at. The data path reads them without a lock, so one
 * that has been published is never written again; a change publishes another one and
 * retires the old through fwi_rcu.
 */
#ifndef FWI_STACK_ADJ_H
#define FWI_STACK_ADJ_H

#include <stdbool.h>

#include <rte_common.h>
#include <rte_hash.h>

#include "core/rcu.h"
#include "stack/stack.h"

/* The part of an interface that adjacencies point to. Freed after them. */
struct fwi_link {
	uint32_t if_index;
	uint16_t port_id;
	uint16_t mtu; /* atomic: the one thing that changes in place */
	struct rte_ether_addr mac;
};

struct fwi_adj {
	struct fwi_hop hop;	     /* all but the MTU */
	const struct fwi_link *link; /* NULL: leads nowhere, hop.status says why */
	bool on_link;		     /* ask for the neighbour of the destination itself */
	bool mirrored;		     /* a neighbour that lib/netlink has set */
	bool learned;		     /* a neighbour that lib/resolve has set */
	uint8_t used; /* atomic: looked up since lib/resolve asked last; learned ones only */
	/* Control path, after the adjacency was taken out of reach. */
	int32_t position; /* slot of the neighbour table to give back, or -1 */
	union {
		struct rte_hash *table;		  /* of position */
		const struct fwi_nh_group *group; /* if hop.status is FWI_HOP_BY_FLOW */
	};
	struct fwi_adj *next;
	struct fwi_retired *retired; /* room for it, its own for ever */
} __rte_cache_aligned;
_Static_assert(sizeof(struct fwi_adj) == 64, "a full neighbour table is large");

/* Ends of look-ups that fail. */
extern const struct fwi_adj fwi_adj_no_route, fwi_adj_throw, fwi_adj_no_neighbour;

struct fwi_adj *fwi_adj_alloc(void);
/* Never published. */
void fwi_adj_free(struct fwi_adj *adj);
/* A list by next, no longer reachable for new look-ups; empties it. */
void fwi_adj_retire(struct fwi_adj **list);
void fwi_adj_fini(void);

/* Write the Ethernet header. */
void fwi_adj_fill(struct fwi_adj *adj, const struct fwi_link *link,
	const struct rte_ether_addr *mac, bool ipv6);

#endif
