/* SPDX-License-Identifier: BSD-3-Clause */
/* Route messages, read into what the RIB wants to know. */
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <rte_hash_crc.h>

#include "netlink/attr.h"
#include "netlink/mirror.h"

#ifndef RTA_NH_ID
#define RTA_NH_ID 30
#endif

bool
fwi_nl_gateway(const struct nlattr *attr, struct fwi_nl_hop *hop)
{
	unsigned len = mnl_attr_get_payload_len(attr);

	if (len != 4 && len != 16)
		return false;
	hop->family = len == 4 ? FWI_V4 : FWI_V6;
	return fwi_nl_address(attr, hop->family, &hop->gateway);
}

/* What says where to: of a route, or of one hop of RTA_MULTIPATH. */
static void
hop_attribute(const struct nlattr *attr, struct fwi_nl_hop *hop)
{
	switch (mnl_attr_get_type(attr)) {
	case RTA_GATEWAY:
		hop->alien |= !fwi_nl_gateway(attr, hop);
		break;
	case RTA_VIA: /* a gateway of another family, which the stack cannot have */
	case RTA_ENCAP:
		hop->alien = true;
		break;
	default:
		break;
	}
}

static void
hop_attributes(const struct rtnexthop *rtnh, struct fwi_nl_hop *hop)
{
	const struct nlattr *attr = (const void *)(rtnh + 1);
	int left = rtnh->rtnh_len - (int)sizeof(*rtnh);

	while (mnl_attr_ok(attr, left)) {
		hop_attribute(attr, hop);
		left -= (int)MNL_ALIGN(attr->nla_len);
		attr = mnl_attr_next(attr);
	}
}

static void
multipath(const struct nlattr *attr, struct fwi_nl_route_facts *r)
{
	const uint8_t *at = mnl_attr_get_payload(attr);
	size_t left = mnl_attr_get_payload_len(attr), step;
	const struct rtnexthop *rtnh;

	for (r->n_hops = 0; left >= sizeof(*rtnh) && r->n_hops < FWI_GROUP_MAX;) {
		rtnh = (const void *)at;
		if (rtnh->rtnh_len < sizeof(*rtnh) || rtnh->rtnh_len > left)
			return;
		r->hops[r->n_hops] = (struct fwi_nl_hop){
			.oif = (uint32_t)rtnh->rtnh_ifindex,
			.weight = (uint16_t)(rtnh->rtnh_hops + 1),
			.family = FWI_NH_ON_LINK,
			.dead = (rtnh->rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0,
		};
		hop_attributes(rtnh, &r->hops[r->n_hops++]);
		step = RTE_MIN(left, (size_t)RTNH_ALIGN(rtnh->rtnh_len));
		at += step;
		left -= step;
	}
}

static void
attribute(const struct nlattr *attr, struct fwi_nl_route_facts *r, const struct nlattr **several)
{
	struct fwi_nl_hop *hop = &r->hops[0];

	switch (mnl_attr_get_type(attr)) {
	case RTA_DST:
		if (!fwi_nl_address(attr, r->family, &r->key))
			r->type = RTN_UNSPEC;
		break;
	case RTA_TABLE:
		fwi_nl_u32(attr, &r->table);
		break;
	case RTA_PRIORITY:
		fwi_nl_u32(attr, &r->priority);
		break;
	case RTA_NH_ID:
		fwi_nl_u32(attr, &r->nh_id);
		break;
	case RTA_OIF:
		fwi_nl_u32(attr, &hop->oif);
		break;
	case RTA_MULTIPATH:
		*several = attr;
		break;
	case RTA_PREFSRC:
	case RTA_METRICS:
	case RTA_FLOW:
		if (r->family == FWI_V4)
			r->rest = rte_hash_crc(attr, attr->nla_len, r->rest);
		break;
	default:
		hop_attribute(attr, hop);
		break;
	}
}

/* False: no route of the tables that are mirrored, or one that cannot be. */
static bool
parse(struct fwpdk_netlink *nl, const struct nlmsghdr *msg, struct fwi_nl_route_facts *r)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(msg);
	const struct nlattr *attr, *several = NULL;
	uint32_t i, alien = 0;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*rtm) ||
		(rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) ||
		(rtm->rtm_flags & RTM_F_CLONED) != 0)
		return false;
	/* Field by field: the hops are many, and only the first is set here. */
	r->family = rtm->rtm_family == AF_INET ? FWI_V4 : FWI_V6;
	r->table = rtm->rtm_table;
	r->priority = r->nh_id = 0;
	r->key = 0;
	/* Of IPv6 the next hop alone tells routes of one metric apart. */
	r->rest = r->family == FWI_V4 ? (uint32_t)rtm->rtm_protocol << 8 | rtm->rtm_scope : 0;
	r->len = rtm->rtm_dst_len;
	r->type = rtm->rtm_type;
	r->flags = msg->nlmsg_flags;
	r->hops[0] = (struct fwi_nl_hop){.weight = 1, .family = FWI_NH_ON_LINK};
	r->hops[0].dead = (rtm->rtm_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0;
	mnl_attr_for_each(attr, msg, sizeof(*rtm))
	{
		attribute(attr, r, &several);
	}
	if (r->nh_id != 0 && r->type == RTN_BLACKHOLE)
		r->type = RTN_UNICAST; /* it is what the object is now, which is known of that */
	r->n_hops = r->hops[0].oif != 0;
	if (several != NULL)
		multipath(several, r);
	if (fwi_nl_table(nl, r->table) < 0)
		return false;
	if (rtm->rtm_tos != 0 || rtm->rtm_src_len != 0 || r->type == RTN_UNSPEC ||
		r->len > fwi_family_bits(r->family) || (r->key & ~fwi_mask(r->len)) != 0) {
		fwi_nl_count(&nl->stats.unsupported, 1);
		return false;
	}
	for (i = 0; i < r->n_hops; i++) {
		alien += r->hops[i].alien;
		nl->dead |= r->hops[i].dead;
	}
	fwi_nl_count(&nl->stats.unsupported, alien);
	return true;
}

int
fwi_nl_route_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg)
{
	struct fwi_nl_route_facts r;

	if (!parse(nl, msg, &r))
		return 0;
	if (msg->nlmsg_type == RTM_NEWROUTE)
		return fwi_nl_rib_add(nl, &r);
	fwi_nl_rib_del(nl, &r);
	return 0;
}
