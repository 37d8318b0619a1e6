/* SPDX-License-Identifier: BSD-3-Clause */
/* What is done to all routes at once. */
#include <stdlib.h>

#include "netlink/mirror.h"

static void
mark(void *ctx, struct fwi_nl_node *node)
{
	struct fwi_nl_route *route = container_of(node, struct fwi_nl_prefix, node)->routes;

	(void)ctx;
	for (; route != NULL; route = route->next)
		route->stale = true;
}

void
fwi_nl_rib_mark(struct fwpdk_netlink *nl)
{
	fwi_nl_each(&nl->prefixes, mark, nl);
}

static void
drop_if(struct fwpdk_netlink *nl, struct fwi_nl_prefix *p,
	bool (*condition)(const struct fwpdk_netlink *nl, const struct fwi_nl_route *route))
{
	struct fwi_nl_route **at = &p->routes, *route;

	while ((route = *at) != NULL) {
		if (!condition(nl, route)) {
			at = &route->next;
			continue;
		}
		*at = route->next;
		free(route);
		fwi_nl_count(&nl->stats.routes, (uint64_t)-1);
		fwi_nl_dirty(nl, p);
	}
}

static bool
is_stale(const struct fwpdk_netlink *nl, const struct fwi_nl_route *route)
{
	(void)nl;
	return route->stale;
}

static bool
is_orphan(const struct fwpdk_netlink *nl, const struct fwi_nl_route *route)
{
	return route->nh_id != 0 && fwi_nl_nexthop(nl, route->nh_id) == NULL;
}

static void
sweep(void *ctx, struct fwi_nl_node *node)
{
	drop_if(ctx, container_of(node, struct fwi_nl_prefix, node), is_stale);
}

static void
drop_orphans(void *ctx, struct fwi_nl_node *node)
{
	drop_if(ctx, container_of(node, struct fwi_nl_prefix, node), is_orphan);
}

void
fwi_nl_rib_sweep(struct fwpdk_netlink *nl)
{
	fwi_nl_each(&nl->prefixes, sweep, nl);
}

void
fwi_nl_rib_drop_orphans(struct fwpdk_netlink *nl)
{
	nl->nexthops_gone = false;
	fwi_nl_each(&nl->prefixes, drop_orphans, nl);
}

struct all {
	struct fwpdk_netlink *nl;
	bool force;
};

static void
dirty(void *ctx, struct fwi_nl_node *node)
{
	struct fwi_nl_prefix *p = container_of(node, struct fwi_nl_prefix, node);
	const struct all *all = ctx;

	p->force |= all->force;
	fwi_nl_dirty(all->nl, p);
}

void
fwi_nl_dirty_all(struct fwpdk_netlink *nl, bool force)
{
	struct all all = {nl, force};

	fwi_nl_each(&nl->prefixes, dirty, &all);
}
