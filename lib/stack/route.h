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
	struct fwi_nh_key hop;
};

/* Add or replace one. */
int fwi_route_set(const struct fwi_route_change *change);
int fwi_route_unset(const struct fwi_route_change *change);
/* Add or replace many, all or none. */
int fwi_routes_set(const struct fwi_route_change *changes, uint32_t n);
/* All routes over an interface. */
int fwi_routes_drop(uint32_t comp, const struct fwi_link *link);

/* Sort by address, then length. */
struct fwi_rt;
void fwi_routes_sort(struct fwi_rt *routes, uint32_t n);

#endif
