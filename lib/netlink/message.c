/* SPDX-License-Identifier: BSD-3-Clause */
#include <linux/rtnetlink.h>

#include "netlink/mirror.h"

int
fwi_nl_message(struct fwpdk_netlink *nl, const struct nlmsghdr *msg)
{
	fwi_nl_count(&nl->stats.messages, 1);
	switch (msg->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return fwi_nl_link_message(nl, msg);
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return fwi_nl_addr_message(nl, msg);
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return fwi_nl_route_message(nl, msg);
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		return fwi_nl_neigh_message(nl, msg);
	case RTM_NEWRULE:
	case RTM_DELRULE:
		return fwi_nl_rule_message(nl, msg);
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		return fwi_nl_nexthop_message(nl, msg);
	default:
		return 0;
	}
}
