/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Next hops: tables hold a small number instead of a pointer, one per distinct pair of
 * interface and gateway, or set of them (group.h); many routes share one. The slot of that number
 * leads to the adjacency, and is rewritten when the neighbour of the gateway changes, so that a
 * change of a MAC touches one word instead of a million routes.
 */
#ifndef FWI_STACK_NEXTHOP_H
#define FWI_STACK_NEXTHOP_H

#include "stack/adj.h"
#include "stack/prefix.h"

#define FWI_NH_BITS 21 /* see table.h */
#define FWI_NH_NONE 0u

/* By number; entry 0 is "no route". Read with acquire. */
extern const struct fwi_adj **fwi_nexthops;

struct fwi_nh_key {
	fwi_u128 gateway;
	const struct fwi_link *link;
	uint8_t kind;  /* enum fwi_family of the gateway, or one of these: */
	bool mirrored; /* lib/netlink's: gives way to what the host sets */
};
#define FWI_NH_ON_LINK FWI_FAMILIES
#define FWI_NH_REJECT  (FWI_FAMILIES + 1) /* leads nowhere; no link */
#define FWI_NH_THROW   (FWI_FAMILIES + 2) /* the same, but the next rule may know a way */
#define FWI_NH_GROUP   (FWI_FAMILIES + 3) /* several; no link */

struct fwi_nh_member {
	struct fwi_nh_key key;
	uint16_t weight;
};

struct fwi_nh_group;

int fwi_nexthop_init(uint32_t max_neighbours);
void fwi_nexthop_fini(void);

/* Number of that next hop with one reference more. 0; -ENOMEM; -ENOSPC. */
int fwi_nexthop_get(const struct fwi_nh_key *key, uint32_t *nh);
/* The same for several: n > 1 different ones. */
int fwi_nexthop_get_group(const struct fwi_nh_member *members, uint32_t n, uint32_t *nh);
void fwi_nexthop_put(uint32_t nh);
/* How many there are, and of these groups. */
void fwi_nexthop_figures(uint32_t *all, uint32_t *groups);
const struct fwi_nh_key *fwi_nexthop_key(uint32_t nh);
/* NULL: a single next hop. */
const struct fwi_nh_group *fwi_nexthop_group(uint32_t nh);
/* The same on a poller's thread, online in fwi_rcu, of a number found in a table; NULL: none. */
const struct fwi_nh_key *fwi_nexthop_read(uint32_t nh);
/* The neighbour of a gateway changed; adj NULL: is gone. */
void fwi_nexthop_resolve(const struct fwi_nh_key *key, const struct fwi_adj *adj);

#endif
