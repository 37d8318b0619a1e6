/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts about links, the VRFs among them, and addresses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>

#include "netlink/attr.h"
#include "netlink/mirror.h"

struct facts {
	const char *name;
	uint32_t master, mtu, vrf_table;
	struct rte_ether_addr mac;
};

static void
linkinfo(const struct nlattr *info, struct facts *f)
{
	const struct nlattr *attr, *data = NULL, *kind = NULL;

	mnl_attr_for_each_nested(attr, info)
	{
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			kind = attr;
		else if (mnl_attr_get_type(attr) == IFLA_INFO_DATA)
			data = attr;
	}
	if (kind == NULL || data == NULL || !fwi_nl_text_is(kind, "vrf"))
		return;
	mnl_attr_for_each_nested(attr, data)
	{
		if (mnl_attr_get_type(attr) == IFLA_VRF_TABLE)
			fwi_nl_u32(attr, &f->vrf_table);
	}
}

static void
attributes(const struct nlmsghdr *msg, struct facts *f)
{
	const struct nlattr *attr;

	*f = (struct facts){0};
	mnl_attr_for_each(attr, msg, sizeof(struct ifinfomsg))
	{
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			f->name = fwi_nl_text(attr, IFNAMSIZ);
			break;
		case IFLA_MTU:
			fwi_nl_u32(attr, &f->mtu);
			break;
		case IFLA_MASTER:
			fwi_nl_u32(attr, &f->master);
			break;
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(attr) == sizeof(f->mac))
				memcpy(&f->mac, mnl_attr_get_payload(attr), sizeof(f->mac));
			break;
		case IFLA_LINKINFO:
			linkinfo(attr, f);
			break;
		default:
			break;
		}
	}
}

static struct fwi_nl_vrf *
vrf_find(struct fwpdk_netlink *nl, uint32_t ifindex)
{
	struct fwi_nl_node *n = fwi_nl_first(&nl->vrfs, ifindex);

	return n != NULL ? container_of(n, struct fwi_nl_vrf, node) : NULL;
}

/* vrf_table 0: it is none. */
static int
vrf_note(struct fwpdk_netlink *nl, uint32_t ifindex, uint32_t vrf_table)
{
	struct fwi_nl_vrf *v = vrf_find(nl, ifindex);

	if (vrf_table == 0) {
		if (v != NULL) {
			fwi_nl_remove(&nl->vrfs, &v->node);
			free(v);
		}
		return 0;
	}
	if (v == NULL) {
		v = calloc(1, sizeof(*v));
		if (v == NULL || fwi_nl_insert(&nl->vrfs, &v->node, ifindex) != 0) {
			free(v);
			return -ENOMEM;
		}
		v->ifindex = ifindex;
	}
	v->node.stale = false;
	v->table = vrf_table;
	return 0;
}

struct fwi_nl_link *
fwi_nl_link_by_index(struct fwpdk_netlink *nl, uint32_t ifindex)
{
	uint32_t i;

	for (i = 0; i < nl->n_links; i++)
		if (nl->links[i].ifindex == ifindex && ifindex != 0)
			return &nl->links[i];
	return NULL;
}

int
fwi_nl_table(const struct fwpdk_netlink *nl, uint32_t table)
{
	uint32_t i;

	for (i = 0; i < nl->n_tables; i++)
		if (nl->tables[i].table == table && table != 0 && !nl->tables[i].closing)
			return (int)i;
	return -1;
}

uint32_t
fwi_nl_link_comp(struct fwpdk_netlink *nl, const struct fwi_nl_link *link)
{
	const struct fwi_nl_vrf *v = link->master != 0 ? vrf_find(nl, link->master) : NULL;
	int i = fwi_nl_table(nl, v != NULL ? v->table : link->asked_table);

	return i >= 0 ? nl->tables[i].comp : FWI_NO_COMPARTMENT;
}

static bool
is_asked(const struct fwi_nl_link *link, uint32_t ifindex, const char *name)
{
	return link->name[0] != '\0' ? strcmp(link->name, name) == 0 : link->asked_index == ifindex;
}

static void
link_gone(struct fwpdk_netlink *nl, struct fwi_nl_link *link)
{
	link->ifindex = 0;
	link->up = link->running = false;
	link->master = 0;
	nl->resync = true; /* of some of its routes the kernel does not say that they are gone */
}

static void
link_note(struct fwpdk_netlink *nl, struct fwi_nl_link *link, const struct ifinfomsg *ifi,
	const struct facts *f)
{
	uint32_t ifindex = (uint32_t)ifi->ifi_index;
	bool up = (ifi->ifi_flags & IFF_UP) != 0;
	bool running = (ifi->ifi_flags & IFF_RUNNING) != 0;

	/*
	 * New here, moved to another table, or down: routes went without a word, and with the
	 * carrier nexthop objects. So hops revive.
	 */
	if (link->ifindex != ifindex || link->master != f->master || (link->up && !up) ||
		(nl->nexthops.n != 0 && link->running && !running) ||
		(nl->dead && running && !link->running))
		nl->resync = true;
	link->ifindex = ifindex;
	link->master = f->master;
	link->mtu = f->mtu;
	link->mac = f->mac;
	link->up = up;
	link->running = running;
	link->stale = false;
	strncpy(link->kernel_name, f->name, sizeof(link->kernel_name) - 1);
}

int
fwi_nl_link_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(msg);
	bool gone = msg->nlmsg_type == RTM_DELLINK;
	uint32_t ifindex, i;
	struct facts f;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*ifi) || ifi->ifi_family != AF_UNSPEC ||
		ifi->ifi_index <= 0)
		return 0;
	ifindex = (uint32_t)ifi->ifi_index;
	attributes(msg, &f);
	if (f.name == NULL)
		return 0;
	for (i = 0; i < nl->n_links; i++) {
		struct fwi_nl_link *link = &nl->links[i];
		bool asked = is_asked(link, ifindex, f.name);

		if (!gone && asked)
			link_note(nl, link, ifi, &f);
		else if (link->ifindex == ifindex && (gone || !asked))
			link_gone(nl, link); /* or renamed */
	}
	return vrf_note(nl, ifindex, gone ? 0 : f.vrf_table);
}

static struct fwi_nl_addr *
addr_find(struct fwpdk_netlink *nl, uint32_t hash, const struct fwi_nl_addr *like)
{
	struct fwi_nl_node *n;
	struct fwi_nl_addr *a;

	for (n = fwi_nl_first(&nl->addrs, hash); n != NULL; n = fwi_nl_next(n)) {
		a = container_of(n, struct fwi_nl_addr, node);
		if (a->key == like->key && a->ifindex == like->ifindex &&
			a->family == like->family && a->prefix_len == like->prefix_len)
			return a;
	}
	return NULL;
}

/* The address itself: on a point-to-point link IFA_ADDRESS is the other side's. */
static bool
addr_parse(const struct nlmsghdr *msg, struct fwi_nl_addr *a, uint32_t *flags)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(msg);
	const struct nlattr *attr;
	bool local = false, any = false;

	*a = (struct fwi_nl_addr){.ifindex = ifa->ifa_index, .prefix_len = ifa->ifa_prefixlen};
	*flags = ifa->ifa_flags;
	if (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6)
		return false;
	a->family = ifa->ifa_family == AF_INET ? FWI_V4 : FWI_V6;
	mnl_attr_for_each(attr, msg, sizeof(*ifa))
	{
		switch (mnl_attr_get_type(attr)) {
		case IFA_LOCAL:
			local = fwi_nl_address(attr, a->family, &a->key);
			break;
		case IFA_ADDRESS:
			if (!local)
				any = fwi_nl_address(attr, a->family, &a->key);
			break;
		case IFA_FLAGS:
			fwi_nl_u32(attr, flags);
			break;
		default:
			break;
		}
	}
	return local || any;
}

int
fwi_nl_addr_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg)
{
	struct fwi_nl_addr like, *a;
	uint32_t flags, hash;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(struct ifaddrmsg) ||
		!addr_parse(msg, &like, &flags))
		return 0;
	/* Routes with it as their source go too, of IPv4 and older kernels without a word. */
	if (msg->nlmsg_type == RTM_DELADDR && like.family == FWI_V4)
		nl->resync = true;
	if (fwi_nl_link_by_index(nl, like.ifindex) == NULL)
		return 0;
	hash = fwi_nl_hash(like.key, like.ifindex);
	a = addr_find(nl, hash, &like);
	if (msg->nlmsg_type == RTM_DELADDR || (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED))) {
		if (a != NULL)
			a->gone = nl->addrs_changed = true;
		return 0;
	}
	if (a != NULL) {
		a->node.stale = a->gone = false;
		return 0;
	}
	a = malloc(sizeof(*a));
	if (a == NULL)
		return -ENOMEM;
	*a = like;
	nl->addrs_changed = true;
	nl->resync |= nl->dead && like.family == FWI_V4; /* with the first one its hops revive */
	if (fwi_nl_insert(&nl->addrs, &a->node, hash) != 0) {
		free(a);
		return -ENOMEM;
	}
	return 0;
}
