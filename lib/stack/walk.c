/* SPDX-License-Identifier: BSD-3-Clause */
/* Walks over what is configured, under the mutex. */
#include <errno.h>
#include <stdlib.h>

#include "core/ctl.h"
#include "stack/comp.h"
#include "stack/group.h"
#include "stack/iface.h"
#include "stack/neigh.h"
#include "stack/room.h"
#include "stack/route.h"

struct route_walk {
	fwpdk_route_hops_walk_fn fn;
	void *arg;
	struct fwpdk_next_hop hops[FWI_GROUP_MAX];
};

static void
describe_hop(const struct fwi_nh_key *key, uint16_t weight, struct fwpdk_next_hop *hop)
{
	*hop = (struct fwpdk_next_hop){.if_index = key->link->if_index, .weight = weight};
	if (key->kind < FWI_FAMILIES)
		fwi_key_addr(key->kind, key->gateway, &hop->gateway);
}

static uint32_t
describe_hops(uint32_t nh, struct fwpdk_next_hop *hops)
{
	const struct fwi_nh_group *g = fwi_nexthop_group(nh);
	uint32_t i;

	if (fwi_nexthop_key(nh)->kind == FWI_NH_REJECT || fwi_nexthop_key(nh)->kind == FWI_NH_THROW)
		return 0;
	if (g == NULL) {
		describe_hop(fwi_nexthop_key(nh), 1, hops);
		return 1;
	}
	for (i = 0; i < g->n; i++)
		describe_hop(fwi_nexthop_key(g->nh[i]), g->weight[i], &hops[i]);
	return g->n;
}

static int
walk_route(struct route_walk *w, uint32_t comp, enum fwi_family family, const struct fwi_rt *rt)
{
	struct fwpdk_route r = {.size = sizeof(r)};
	uint32_t n = describe_hops(rt->nh, w->hops);

	r.compartment_id = fwi_stack_compartment_id(comp);
	r.prefix_len = rt->depth;
	r.throws = fwi_nexthop_key(rt->nh)->kind == FWI_NH_THROW;
	fwi_key_addr(family, rt->key, &r.prefix);
	if (n != 0) {
		r.if_index = w->hops[0].if_index;
		r.next_hop = w->hops[0].gateway;
	}
	return w->fn(&r, w->hops, n, w->arg);
}

/* In the order of addresses. */
static int
walk_table(struct route_walk *w, uint32_t comp, enum fwi_family family)
{
	const struct fwi_table *t = fwi_comps[comp].table[family];
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
	for (i = 0; rc == 0 && i < t->n_routes; i++)
		rc = walk_route(w, comp, family, &routes[i]);
	free(routes);
	return rc;
}

int
fwpdk_route_hops_walk(uint32_t compartment_id, fwpdk_route_hops_walk_fn fn, void *arg)
{
	struct route_walk walk = {.fn = fn, .arg = arg};
	uint32_t comp;
	int rc;

	fwi_ctl_lock();
	comp = fwi_comp_table(compartment_id);
	if (!fwi_ready()) {
		rc = -ENODEV;
	} else if (fn == NULL) {
		rc = -EINVAL;
	} else if (comp == FWI_NO_COMPARTMENT) {
		rc = -ENOENT;
	} else {
		rc = walk_table(&walk, comp, FWI_V4);
		if (rc == 0)
			rc = walk_table(&walk, comp, FWI_V6);
	}
	fwi_ctl_unlock();
	return rc;
}

struct single {
	fwpdk_route_walk_fn fn;
	void *arg;
};

static int
one_by_one(
	const struct fwpdk_route *route, const struct fwpdk_next_hop *hops, uint32_t n, void *arg)
{
	const struct single *s = arg;
	struct fwpdk_route r = *route;
	uint32_t i;
	int rc;

	if (n == 0)
		return s->fn(&r, s->arg);
	for (i = 0, rc = 0; rc == 0 && i < n; i++) {
		r.if_index = hops[i].if_index;
		r.next_hop = hops[i].gateway;
		rc = s->fn(&r, s->arg);
	}
	return rc;
}

int
fwpdk_route_walk(uint32_t compartment_id, fwpdk_route_walk_fn fn, void *arg)
{
	struct single s = {.fn = fn, .arg = arg};

	return fwpdk_route_hops_walk(compartment_id, fn != NULL ? one_by_one : NULL, &s);
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
