/* SPDX-License-Identifier: BSD-3-Clause */
/* The stack's interfaces, addresses and neighbours follow the facts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/ctl.h"
#include "core/log.h"
#include "netlink/mirror.h"
#include "stack/iface.h"
#include "stack/neigh.h"

#define MTU_MIN 68u

static uint16_t
mtu_of(const struct fwi_nl_link *link)
{
	return (uint16_t)RTE_MAX(RTE_MIN(link->mtu, (uint32_t)UINT16_MAX), MTU_MIN);
}

static void
forget_addr(void *ctx, struct fwi_nl_node *node)
{
	struct fwi_nl_addr *a = container_of(node, struct fwi_nl_addr, node);

	a->set = a->set && a->ifindex != *(const uint32_t *)ctx;
}

static void
forget_neigh(void *ctx, struct fwi_nl_node *node)
{
	struct fwi_nl_neigh *n = container_of(node, struct fwi_nl_neigh, node);

	n->set = n->set && n->ifindex != *(const uint32_t *)ctx;
}

static int
link_drop(struct fwpdk_netlink *nl, struct fwi_nl_link *link)
{
	int rc = fwi_if_unmirror(link->if_index);

	if (rc == -ENOMEM)
		return rc;
	link->if_index = 0;
	nl->links_changed = nl->addrs_changed = nl->neighs_changed = true;
	return 0;
}

static int
link_make(struct fwpdk_netlink *nl, struct fwi_nl_link *link, uint32_t comp)
{
	const struct fwpdk_if_opts opts = {.size = sizeof(opts),
		.compartment_id = fwi_stack_compartment_id(comp),
		.port_id = link->port_id,
		.mtu = mtu_of(link),
		.mac = link->mac,
		.name = link->kernel_name};
	int rc = fwpdk_if_add(&opts, &link->if_index);

	if (rc != 0) {
		link->if_index = 0;
		if (!link->refused)
			FWI_LOG(netlink, ERR, "no interface for %s on port %u: %s",
				link->kernel_name, link->port_id, strerror(-rc));
		link->refused = true;
		return rc;
	}
	fwi_if_mirror(link->if_index);
	link->refused = false;
	link->comp = comp;
	link->if_mac = link->mac;
	link->if_mtu = link->mtu;
	memcpy(link->if_name, link->kernel_name, sizeof(link->if_name));
	/* Perhaps there was another one before. */
	fwi_nl_each(&nl->addrs, forget_addr, &link->ifindex);
	fwi_nl_each(&nl->neighs, forget_neigh, &link->ifindex);
	nl->links_changed = nl->addrs_changed = nl->neighs_changed = true;
	return 0;
}

static int
link_settle(struct fwpdk_netlink *nl, struct fwi_nl_link *link)
{
	uint32_t comp = link->ifindex != 0 ? fwi_nl_link_comp(nl, link) : FWI_NO_COMPARTMENT;
	bool usable;
	int rc = 0;

	if (link->if_index != 0 &&
		(comp != link->comp || !rte_is_same_ether_addr(&link->mac, &link->if_mac)))
		rc = link_drop(nl, link);
	if (rc == 0 && link->if_index == 0 && comp != FWI_NO_COMPARTMENT)
		rc = link_make(nl, link, comp);
	if (rc == 0 && link->if_index != 0 && link->mtu != link->if_mtu) {
		rc = fwpdk_if_set_mtu(link->if_index, mtu_of(link));
		link->if_mtu = link->mtu;
	}
	if (rc == 0 && link->if_index != 0 && strcmp(link->kernel_name, link->if_name) != 0) {
		rc = fwi_if_rename(link->if_index, link->kernel_name);
		if (rc == 0)
			memcpy(link->if_name, link->kernel_name, sizeof(link->if_name));
	}
	usable = link->if_index != 0 && link->up && link->running;
	if (usable != link->usable)
		nl->links_changed = true;
	link->usable = usable;
	return rc;
}

static void
addr_settle(void *ctx, struct fwi_nl_node *node)
{
	struct fwi_nl_addr *a = container_of(node, struct fwi_nl_addr, node);
	struct fwpdk_netlink *nl = ctx;
	const struct fwi_nl_link *link = fwi_nl_link_by_index(nl, a->ifindex);
	uint32_t if_index = link != NULL ? link->if_index : 0;
	int rc = 0;

	if (a->gone || link == NULL) {
		if (a->set && if_index != 0)
			fwi_addr_mirror(if_index, a->family, a->key, a->prefix_len, true);
		fwi_nl_remove(&nl->addrs, node);
		free(a);
	} else if (!a->set && if_index != 0) {
		rc = fwi_addr_mirror(if_index, a->family, a->key, a->prefix_len, false);
		a->set = rc == 0 || rc == -EEXIST;
	}
	nl->pending |= rc == -ENOMEM;
}

static void
neigh_settle(void *ctx, struct fwi_nl_node *node)
{
	struct fwi_nl_neigh *n = container_of(node, struct fwi_nl_neigh, node);
	struct fwpdk_netlink *nl = ctx;
	const struct fwi_nl_link *link = fwi_nl_link_by_index(nl, n->ifindex);
	uint32_t if_index = link != NULL ? link->if_index : 0;
	int rc;

	if (n->gone || link == NULL) {
		if (if_index != 0)
			fwi_neigh_mirror(if_index, n->family, n->key, NULL);
		fwi_nl_remove(&nl->neighs, node);
		free(n);
	} else if (!n->set && if_index != 0) {
		rc = fwi_neigh_mirror(if_index, n->family, n->key, &n->mac);
		n->set = rc == 0 || rc == -EEXIST;
		fwi_nl_count(&nl->stats.gave_way, rc == -EEXIST);
		fwi_nl_count(&nl->stats.failed, rc != 0 && rc != -EEXIST);
		nl->pending |= rc == -ENOMEM || rc == -ENOSPC;
	}
}

static void
forget_set(void *ctx, struct fwi_nl_node *node)
{
	(void)ctx;
	container_of(node, struct fwi_nl_neigh, node)->set = false;
}

void
fwi_nl_settle(struct fwpdk_netlink *nl)
{
	uint64_t interfaces = 0;
	uint32_t i;

	fwi_ctl_lock();
	/* apply.c notes that it was followed. */
	nl->seen = fwi_stack_uncovered;
	if (nl->uncovered != nl->seen) {
		fwi_nl_each(&nl->neighs, forget_set, nl);
		nl->neighs_changed = true;
	}
	for (i = 0; i < nl->n_links; i++) {
		int rc = link_settle(nl, &nl->links[i]);

		fwi_nl_count(&nl->stats.failed, rc != 0);
		nl->pending |= rc != 0;
		interfaces += nl->links[i].if_index != 0;
	}
	if (nl->addrs_changed)
		fwi_nl_each(&nl->addrs, addr_settle, nl);
	if (nl->neighs_changed)
		fwi_nl_each(&nl->neighs, neigh_settle, nl);
	nl->addrs_changed = nl->neighs_changed = false;
	fwi_ctl_unlock();
	fwi_nl_count(&nl->stats.interfaces, interfaces - nl->stats.interfaces);
	fwi_nl_count(&nl->stats.addresses, nl->addrs.n - nl->stats.addresses);
	fwi_nl_count(&nl->stats.neighbours, nl->neighs.n - nl->stats.neighbours);
	fwi_nl_count(&nl->stats.nexthops, nl->nexthops.n - nl->stats.nexthops);
}

static void
drop_routes(void *ctx, struct fwi_nl_node *node)
{
	fwi_nl_prefix_drop(ctx, container_of(node, struct fwi_nl_prefix, node));
}

int
fwi_nl_unsettle(struct fwpdk_netlink *nl)
{
	uint32_t i;
	int rc;

	fwi_nl_each(&nl->prefixes, drop_routes, nl);
	rc = fwi_nl_apply(nl);
	if (rc == 0)
		rc = fwi_nl_rules_unsettle(nl);
	for (i = 0; rc == 0 && i < nl->n_links; i++)
		if (nl->links[i].if_index != 0)
			rc = link_drop(nl, &nl->links[i]);
	return rc;
}
