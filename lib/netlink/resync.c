/* SPDX-License-Identifier: BSD-3-Clause */
/* Everything compared with the kernel: mark what is known, dump, sweep what was not seen. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "core/log.h"
#include "netlink/mirror.h"

#define ATTEMPTS 5 /* while it changes under the dump */

static void
mark_node(void *ctx, struct fwi_nl_node *node)
{
	(void)ctx;
	node->stale = true;
}

static void
mark(struct fwpdk_netlink *nl)
{
	uint32_t i;

	nl->dead = false;
	for (i = 0; i < nl->n_links; i++)
		nl->links[i].stale = true;
	fwi_nl_each(&nl->vrfs, mark_node, nl);
	fwi_nl_each(&nl->addrs, mark_node, nl);
	fwi_nl_each(&nl->neighs, mark_node, nl);
	fwi_nl_each(&nl->nexthops, mark_node, nl);
	fwi_nl_rib_mark(nl);
	fwi_nl_rules_mark(nl);
}

static void
sweep_vrf(void *ctx, struct fwi_nl_node *node)
{
	struct fwpdk_netlink *nl = ctx;

	if (!node->stale)
		return;
	fwi_nl_remove(&nl->vrfs, node);
	free(container_of(node, struct fwi_nl_vrf, node));
}

static void
sweep_addr(void *ctx, struct fwi_nl_node *node)
{
	(void)ctx;
	container_of(node, struct fwi_nl_addr, node)->gone |= node->stale;
}

static void
sweep_neigh(void *ctx, struct fwi_nl_node *node)
{
	(void)ctx;
	container_of(node, struct fwi_nl_neigh, node)->gone |= node->stale;
}

static void
sweep_nexthop(void *ctx, struct fwi_nl_node *node)
{
	struct fwpdk_netlink *nl = ctx;

	if (!node->stale)
		return;
	fwi_nl_remove(&nl->nexthops, node);
	free(container_of(node, struct fwi_nl_nexthop, node));
	nl->nexthops_changed = true;
}

static void
sweep_links(struct fwpdk_netlink *nl)
{
	struct fwi_nl_link *link;
	uint32_t i;

	for (i = 0; i < nl->n_links; i++) {
		link = &nl->links[i];
		if (!link->stale)
			continue;
		link->ifindex = link->master = 0;
		link->up = link->running = false;
	}
}

static void
sweep(struct fwpdk_netlink *nl)
{
	sweep_links(nl);
	fwi_nl_each(&nl->vrfs, sweep_vrf, nl);
	fwi_nl_each(&nl->addrs, sweep_addr, nl);
	fwi_nl_each(&nl->neighs, sweep_neigh, nl);
	fwi_nl_each(&nl->nexthops, sweep_nexthop, nl);
	fwi_nl_rib_sweep(nl);
	fwi_nl_rules_sweep(nl, false);
	nl->addrs_changed = nl->neighs_changed = true;
}

/*
 * What a route refers to comes before it, and so do the rules that make its table one of ours.
 * Links are first: of a change of theirs the kernel tells before it is done, and this dump waits
 * for that.
 */
static int
dump_all(struct fwpdk_netlink *nl)
{
	static const struct {
		uint16_t type;
		uint8_t family;
	} dumps[] = {{RTM_GETLINK, AF_UNSPEC}, {RTM_GETADDR, AF_UNSPEC},
		{RTM_GETNEXTHOP, AF_UNSPEC}, {RTM_GETRULE, AF_INET}, {RTM_GETRULE, AF_INET6},
		{RTM_GETROUTE, AF_INET}, {RTM_GETROUTE, AF_INET6}, {RTM_GETNEIGH, AF_UNSPEC}};
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < RTE_DIM(dumps); i++) {
		rc = fwi_nl_dump(nl, dumps[i].type, dumps[i].family);
		/* A kernel without nexthop objects, or without IPv6. */
		if (rc == -EOPNOTSUPP || rc == -EAFNOSUPPORT ||
			(rc == -EINVAL && dumps[i].type == RTM_GETNEXTHOP))
			rc = 0;
	}
	return rc;
}

int
fwi_nl_resync(struct fwpdk_netlink *nl)
{
	int rc = -EINTR, i;

	for (i = 0; rc == -EINTR && i < ATTEMPTS; i++) {
		mark(nl);
		rc = dump_all(nl);
	}
	nl->resync = rc != 0;
	if (rc == 0) {
		sweep(nl);
		fwi_nl_count(&nl->stats.resyncs, 1);
		return 0;
	}
	fwi_nl_count(&nl->stats.failed, 1);
	FWI_LOG(netlink, ERR, "cannot compare with the kernel: %s", strerror(-rc));
	return rc == -EINTR ? -EAGAIN : rc;
}
