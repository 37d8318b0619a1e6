/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts about neighbours: those with a MAC that the kernel would use. */
#include <errno.h>
#include <stdlib.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "netlink/attr.h"
#include "netlink/mirror.h"

#define USABLE (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP)

static bool
parse(const struct nlmsghdr *msg, struct fwi_nl_neigh *n, bool *usable)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(msg);
	const struct nlattr *attr;
	bool mac = false, dst = false;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*nd) ||
		(nd->ndm_family != AF_INET && nd->ndm_family != AF_INET6) ||
		(nd->ndm_flags & NTF_PROXY) != 0)
		return false;
	*n = (struct fwi_nl_neigh){.ifindex = (uint32_t)nd->ndm_ifindex};
	n->family = nd->ndm_family == AF_INET ? FWI_V4 : FWI_V6;
	mnl_attr_for_each(attr, msg, sizeof(*nd))
	{
		if (mnl_attr_get_type(attr) == NDA_DST) {
			dst = fwi_nl_address(attr, n->family, &n->key) && n->key != 0;
		} else if (mnl_attr_get_type(attr) == NDA_LLADDR &&
			   mnl_attr_get_payload_len(attr) == sizeof(n->mac)) {
			memcpy(&n->mac, mnl_attr_get_payload(attr), sizeof(n->mac));
			mac = !rte_is_zero_ether_addr(&n->mac);
		}
	}
	*usable = msg->nlmsg_type == RTM_NEWNEIGH && mac && (nd->ndm_state & USABLE) != 0;
	return dst;
}

static struct fwi_nl_neigh *
find(struct fwpdk_netlink *nl, uint32_t hash, const struct fwi_nl_neigh *like)
{
	struct fwi_nl_node *node;
	struct fwi_nl_neigh *n;

	for (node = fwi_nl_first(&nl->neighs, hash); node != NULL; node = fwi_nl_next(node)) {
		n = container_of(node, struct fwi_nl_neigh, node);
		if (n->key == like->key && n->ifindex == like->ifindex && n->family == like->family)
			return n;
	}
	return NULL;
}

int
fwi_nl_neigh_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg)
{
	struct fwi_nl_neigh like, *n;
	uint32_t hash;
	bool usable;

	if (!parse(msg, &like, &usable) || fwi_nl_link_by_index(nl, like.ifindex) == NULL)
		return 0;
	hash = fwi_nl_hash(like.key, like.ifindex);
	n = find(nl, hash, &like);
	if (!usable) {
		if (n != NULL)
			n->gone = nl->neighs_changed = true;
		return 0;
	}
	if (n != NULL) {
		n->node.stale = n->gone = false;
		if (!rte_is_same_ether_addr(&n->mac, &like.mac)) {
			n->mac = like.mac;
			n->set = false;
			nl->neighs_changed = true;
		}
		return 0;
	}
	n = malloc(sizeof(*n));
	if (n == NULL)
		return -ENOMEM;
	*n = like;
	nl->neighs_changed = true;
	if (fwi_nl_insert(&nl->neighs, &n->node, hash) != 0) {
		free(n);
		return -ENOMEM;
	}
	return 0;
}
