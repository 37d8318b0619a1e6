/* SPDX-License-Identifier: BSD-3-Clause */
/* Changes of routing tables, checked by the caller. Control path. */
#ifndef FWI_STACK_ROUTE_H
#define FWI_STACK_ROUTE_H

#include "stack/nexthop.h"
#include "stack/prefix.h"

struct fwi_route_change {
	uint32_t comp;
	enum fwi_family family;
	fwi_u128 key;
	uint8_t depth;
	bool remove;
	bool mirrored; /* lib/netlink's: leaves alone what the host has set */
	struct fwi_nh_key hop;
	const struct fwi_nh_member *members; /* instead of hop, if n_members is not 0 */
	uint32_t n_members;
};

/* Add or replace one. */
int fwi_route_set(const struct fwi_route_change *change);
int fwi_route_unset(const struct fwi_route_change *change);
/* Make many, in their order, all or none. To remove what is not there is no error. */
int fwi_routes_set(const struct fwi_route_change *changes, uint32_t n);
/*
 * The same, but few changes of a big table are made in place: then -ENOMEM or -ENOSPC may come
 * when some have been made. kept counts mirrored ones that gave way to the host's.
 */
int fwi_routes_apply(const struct fwi_route_change *changes, uint32_t n, uint32_t *kept);
/* Would a mirrored change have to give way to a route of the host's? */
bool fwi_route_is_host(const struct fwi_route_change *change);
bool fwi_route_is_mirrored(const struct fwi_route_change *change);
/* Grows when the host takes away a route or a neighbour that may have hidden a mirrored one. */
extern uint32_t fwi_stack_uncovered;
/* All routes over an interface. */
int fwi_routes_drop(uint32_t comp, const struct fwi_link *link);

/* Sort by address, then length. */
struct fwi_rt;
void fwi_routes_sort(struct fwi_rt *routes, uint32_t n);

#endif
