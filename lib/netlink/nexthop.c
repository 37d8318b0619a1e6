/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts about nexthop objects, which FRR's routes refer to by id. */
#include <errno.h>
#include <stdlib.h>

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "netlink/attr.h"
#include "netlink/mirror.h"

static struct fwi_nl_nexthop *
find(const struct fwpdk_netlink *nl, uint32_t id)
{
	struct fwi_nl_node *n = fwi_nl_first(&nl->nexthops, id);

	return n != NULL ? container_of(n, struct fwi_nl_nexthop, node) : NULL;
}

const struct fwi_nl_nexthop *
fwi_nl_nexthop(const struct fwpdk_netlink *nl, uint32_t id)
{
	return find(nl, id);
}

static uint32_t
members(const struct nlattr *group)
{
	return (uint32_t)(mnl_attr_get_payload_len(group) / sizeof(struct nexthop_grp));
}

static struct fwi_nl_nexthop *
parse(struct fwpdk_netlink *nl, const struct nlmsghdr *msg, uint32_t id, const struct nlattr *group)
{
	uint32_t n = group != NULL ? RTE_MIN(members(group), FWI_GROUP_MAX) : 0, i;
	const struct nhmsg *nh = mnl_nlmsg_get_payload(msg);
	const struct nlattr *attr;
	struct nexthop_grp member;
	struct fwi_nl_nexthop *o = calloc(1, sizeof(*o) + n * sizeof(o->ids[0]));

	if (o == NULL)
		return NULL;
	o->id = id;
	o->n_ids = n;
	o->hop.weight = 1;
	o->hop.family = FWI_NH_ON_LINK;
	o->hop.dead = (nh->nh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0;
	nl->dead |= o->hop.dead;
	for (i = 0; i < n; i++) {
		memcpy(&member, (const uint8_t *)mnl_attr_get_payload(group) + i * sizeof(member),
			sizeof(member));
		o->ids[i].id = member.id;
		o->ids[i].weight = (uint16_t)(member.weight + 1);
	}
	mnl_attr_for_each(attr, msg, sizeof(*nh))
	{
		switch (mnl_attr_get_type(attr)) {
		case NHA_BLACKHOLE:
			o->blackhole = true;
			break;
		case NHA_OIF:
			fwi_nl_u32(attr, &o->hop.oif);
			break;
		case NHA_GATEWAY:
			o->hop.family = nh->nh_family == AF_INET ? FWI_V4 : FWI_V6;
			o->hop.alien |= !fwi_nl_address(attr, o->hop.family, &o->hop.gateway);
			break;
		case NHA_ENCAP:
			o->hop.alien = true;
			break;
		default:
			break;
		}
	}
	return o;
}

int
fwi_nl_nexthop_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg)
{
	const struct nlattr *attr, *group = NULL;
	struct fwi_nl_nexthop *old, *o;
	uint32_t id = 0;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(struct nhmsg))
		return 0;
	mnl_attr_for_each(attr, msg, sizeof(struct nhmsg))
	{
		if (mnl_attr_get_type(attr) == NHA_ID)
			fwi_nl_u32(attr, &id);
		else if (mnl_attr_get_type(attr) == NHA_GROUP)
			group = attr;
	}
	if (id == 0)
		return 0;
	old = find(nl, id);
	if (old == NULL && nl->nexthops_gone)
		fwi_nl_rib_drop_orphans(nl); /* the id may be one of those, anew */
	o = msg->nlmsg_type == RTM_NEWNEXTHOP ? parse(nl, msg, id, group) : NULL;
	if (o == NULL && msg->nlmsg_type == RTM_NEWNEXTHOP)
		return -ENOMEM;
	if (old != NULL)
		fwi_nl_remove(&nl->nexthops, &old->node);
	free(old);
	nl->nexthops_changed = true;
	if (o == NULL) {
		nl->nexthops_gone = true; /* so are its routes, of IPv4 without a word */
		return 0;
	}
	if (fwi_nl_insert(&nl->nexthops, &o->node, id) == 0)
		return 0;
	free(o);
	return -ENOMEM;
}
