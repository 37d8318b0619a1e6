/* SPDX-License-Identifier: BSD-3-Clause */
/* Walks over what is configured, under the mutex. */
#include <errno.h>
#include <stdlib.h>

#include "core/ctl.h"
#include "stack/comp.h"
#include "stack/iface.h"
#include "stack/neigh.h"
#include "stack/room.h"
#include "stack/route.h"

static void
describe(uint32_t comp, enum fwi_family family, const struct fwi_rt *rt, struct fwpdk_route *r)
{
	const struct fwi_nh_key *hop = fwi_nexthop_key(rt->nh);

	*r = (struct fwpdk_route){.size = sizeof(*r)};
	r->compartment_id = fwi_stack_compartment_id(comp);
	r->if_index = hop->link->if_index;
	r->prefix_len = rt->depth;
	fwi_key_addr(family, rt->key, &r->prefix);
	if (hop->kind != FWI_FAMILIES)
		fwi_key_addr(family, hop->gateway, &r->next_hop);
}

/* In the order of addresses. */
static int
walk_table(uint32_t comp, enum fwi_family family, fwpdk_route_walk_fn fn, void *arg)
{
	const struct fwi_table *t = fwi_comps[comp].table[family];
	struct fwpdk_route r;
	struct fwi_rt *routes;
	uint32_t i;
	int rc = 0;

	if (t == NULL)
		return 0;
	routes = malloc(t->n_routes * sizeof(*routes));
	if (routes == NULL)
		return -ENOMEM;
	fwi_table_collect(t, routes);
	fwi_routes_sort(routes, t->n_routes);
	for (i = 0; rc == 0 && i < t->n_routes; i++) {
		describe(comp, family, &routes[i], &r);
		rc = fn(&r, arg);
	}
	free(routes);
	return rc;
}

int
fwpdk_route_walk(uint32_t compartment_id, fwpdk_route_walk_fn fn, void *arg)
{
	uint32_t comp;
	int rc;

	fwi_ctl_lock();
	comp = fwi_stack_compartment(compartment_id);
	if (!fwi_ready()) {
		rc = -ENODEV;
	} else if (fn == NULL) {
		rc = -EINVAL;
	} else if (comp == FWI_NO_COMPARTMENT) {
		rc = -ENOENT;
	} else {
		rc = walk_table(comp, FWI_V4, fn, arg);
		if (rc == 0)
			rc = walk_table(comp, FWI_V6, fn, arg);
	}
	fwi_ctl_unlock();
	return rc;
}

static int
walk_neighbours(enum fwi_family family, fwpdk_neigh_walk_fn fn, void *arg)
{
	const struct fwi_adj *adj;
	struct rte_ether_addr mac;
	struct fwpdk_addr addr;
	const void *key;
	uint32_t at = 0;
	fwi_u128 k;
	void *data;
	int rc = 0;

	while (rc == 0 && rte_hash_iterate(fwi_neigh_table[family], &key, &data, &at) >= 0) {
		adj = data;
		if (adj == &fwi_adj_no_neighbour) /* deleted */
			continue;
		if (family == FWI_V4) {
			k = fwi_key4(((const struct fwi_neigh_key4 *)key)->addr);
		} else {
			const struct fwi_neigh_key6 *k6 = key;

			k = (fwi_u128)k6->addr[0] << 64 | k6->addr[1];
		}
		fwi_key_addr(family, k, &addr);
		memcpy(mac.addr_bytes, &adj->hop.l2[0], sizeof(mac.addr_bytes));
		rc = fn(adj->link->if_index, &addr, &mac, arg);
	}
	return rc;
}

int
fwpdk_neigh_walk(fwpdk_neigh_walk_fn fn, void *arg)
{
	int rc;

	fwi_ctl_lock();
	if (!fwi_ready()) {
		rc = -ENODEV;
	} else if (fn == NULL) {
		rc = -EINVAL;
	} else {
		rc = walk_neighbours(FWI_V4, fn, arg);
		if (rc == 0)
			rc = walk_neighbours(FWI_V6, fn, arg);
	}
	fwi_ctl_unlock();
	return rc;
}

int
fwpdk_if_walk(fwpdk_if_walk_fn fn, void *arg)
{
	struct fwpdk_if_info info = {.size = sizeof(info)};
	const struct fwi_if *iface;
	uint32_t i;
	int rc = 0;

	fwi_ctl_lock();
	if (!fwi_ready())
		rc = -ENODEV;
	else if (fn == NULL)
		rc = -EINVAL;
	for (i = 1; rc == 0 && i <= FWPDK_MAX_INTERFACES; i++) {
		iface = fwi_if_get(i);
		if (iface == NULL)
			continue;
		fwi_if_describe(iface, &info);
		rc = fn(&info, arg);
	}
	fwi_ctl_unlock();
	return rc;
}
