/* SPDX-License-Identifier: BSD-3-Clause */
/* A mirror without sockets, and messages as the kernel would send them. */
#ifndef TEST_NETLINK_FIXTURE_H
#define TEST_NETLINK_FIXTURE_H

#include "stack_fixture.h"

#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "netlink/list.h"
#include "netlink/mirror.h"

#define RUNNING	  (IFF_UP | IFF_RUNNING)
#define VRF_TABLE 100u

static struct fwpdk_netlink *test_nl;
static union {
	uint8_t bytes[4096];
	struct nlmsghdr msg;
} test_buf;

/* Interfaces "a" (kernel 11, port 0) and "b" (12, port 1); table 100 is compartment 7. */
static inline int
test_mirror_up(void **state)
{
	static const struct fwpdk_netlink_if ifs[] = {
		{.ifname = "a", .port_id = 0}, {.ifindex = 12, .port_id = 1}};
	static const struct fwpdk_netlink_table tables[] = {
		{.table = RT_TABLE_MAIN}, {.table = VRF_TABLE, .compartment_id = 7}};
	const struct fwpdk_netlink_opts opts = {.size = sizeof(opts),
		.ifs = ifs,
		.n_ifs = RTE_DIM(ifs),
		.tables = tables,
		.n_tables = RTE_DIM(tables)};
	int rc = test_stack_up(state);

	if (rc == 0)
		rc = fwpdk_compartment_add(7);
	if (rc == 0)
		rc = fwi_nl_create(&opts, &test_nl);
	return rc;
}

static inline int
test_mirror_down(void **state)
{
	if (fwpdk_netlink_close(test_nl) != 0 || fwi_rcu_deferred() != 0)
		return -1;
	return test_stack_down(state);
}

static inline void *
test_begin(uint16_t type, uint16_t flags, size_t header)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(&test_buf);

	msg->nlmsg_type = type;
	msg->nlmsg_flags = flags;
	return mnl_nlmsg_put_extra_header(msg, header);
}

static inline void
test_take(void)
{
	assert_int_equal(fwi_nl_message(test_nl, &test_buf.msg), 0);
}

/* What fwpdk_netlink_process() does after taking; resyncs have no socket here. */
static inline void
test_follow(void)
{
	test_nl->resync = false;
	assert_int_equal(fwi_nl_follow(test_nl, 1), 0);
}

static inline void
put_address(uint16_t type, const char *text)
{
	struct fwpdk_addr a = test_addr(text);

	mnl_attr_put(&test_buf.msg, type, a.family == AF_INET ? 4 : 16, a.bytes);
}

static inline void
test_link(uint16_t type, int index, const char *name, unsigned flags, uint32_t mtu, uint32_t master)
{
	struct ifinfomsg *ifi = test_begin(type, 0, sizeof(*ifi));
	const uint8_t mac[6] = {2, 0xCC, 0, 0, 0, (uint8_t)index};

	ifi->ifi_index = index;
	ifi->ifi_flags = flags;
	mnl_attr_put_strz(&test_buf.msg, IFLA_IFNAME, name);
	mnl_attr_put_u32(&test_buf.msg, IFLA_MTU, mtu);
	mnl_attr_put(&test_buf.msg, IFLA_ADDRESS, sizeof(mac), mac);
	if (master != 0)
		mnl_attr_put_u32(&test_buf.msg, IFLA_MASTER, master);
	test_take();
}

static inline void
test_vrf(uint16_t type, int index, uint32_t table)
{
	struct ifinfomsg *ifi = test_begin(type, 0, sizeof(*ifi));
	struct nlattr *info, *data;

	ifi->ifi_index = index;
	mnl_attr_put_strz(&test_buf.msg, IFLA_IFNAME, "red");
	info = mnl_attr_nest_start(&test_buf.msg, IFLA_LINKINFO);
	mnl_attr_put_str(&test_buf.msg, IFLA_INFO_KIND, "vrf");
	data = mnl_attr_nest_start(&test_buf.msg, IFLA_INFO_DATA);
	mnl_attr_put_u32(&test_buf.msg, IFLA_VRF_TABLE, table);
	mnl_attr_nest_end(&test_buf.msg, data);
	mnl_attr_nest_end(&test_buf.msg, info);
	test_take();
}

static inline void
test_kernel_neigh(uint16_t type, int index, const char *addr, unsigned mac, uint16_t nud)
{
	struct ndmsg *nd = test_begin(type, 0, sizeof(*nd));
	struct rte_ether_addr m = test_mac(mac);

	nd->ndm_family = strchr(addr, ':') != NULL ? AF_INET6 : AF_INET;
	nd->ndm_ifindex = index;
	nd->ndm_state = nud;
	put_address(NDA_DST, addr);
	if (mac != 0)
		mnl_attr_put(&test_buf.msg, NDA_LLADDR, sizeof(m), &m);
	test_take();
}

static inline struct rtmsg *
test_route_begin(uint16_t type, uint16_t flags, const char *prefix, uint8_t len, uint32_t metric)
{
	struct rtmsg *rtm = test_begin(type, flags, sizeof(*rtm));

	rtm->rtm_family = strchr(prefix, ':') != NULL ? AF_INET6 : AF_INET;
	rtm->rtm_dst_len = len;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_type = RTN_UNICAST;
	if (len != 0)
		put_address(RTA_DST, prefix);
	if (metric != 0)
		mnl_attr_put_u32(&test_buf.msg, RTA_PRIORITY, metric);
	return rtm;
}

/* via NULL: on link. */
static inline void
test_kernel_route(uint16_t type, uint16_t flags, const char *prefix, uint8_t len, uint32_t metric,
	const char *via, uint32_t oif)
{
	test_route_begin(type, flags, prefix, len, metric);
	if (via != NULL)
		put_address(RTA_GATEWAY, via);
	mnl_attr_put_u32(&test_buf.msg, RTA_OIF, oif);
	test_take();
}

struct test_via {
	const char *via;
	int oif;
	uint8_t weight;
};

static inline void
test_kernel_multi(uint16_t type, uint16_t flags, const char *prefix, uint8_t len, uint32_t metric,
	const struct test_via *v, unsigned n)
{
	struct nlattr *nest;
	struct rtnexthop *rtnh;
	unsigned i;

	test_route_begin(type, flags, prefix, len, metric);
	nest = mnl_attr_nest_start(&test_buf.msg, RTA_MULTIPATH);
	for (i = 0; i < n; i++) {
		rtnh = mnl_nlmsg_get_payload_tail(&test_buf.msg);
		memset(rtnh, 0, sizeof(*rtnh));
		test_buf.msg.nlmsg_len += sizeof(*rtnh);
		rtnh->rtnh_ifindex = v[i].oif;
		rtnh->rtnh_hops = (uint8_t)(v[i].weight - 1);
		put_address(RTA_GATEWAY, v[i].via);
		rtnh->rtnh_len = (uint16_t)((uint8_t *)mnl_nlmsg_get_payload_tail(&test_buf.msg) -
					    (uint8_t *)rtnh);
	}
	mnl_attr_nest_end(&test_buf.msg, nest);
	test_take();
}

static inline struct fib_rule_hdr *
test_rule_begin(uint16_t type, uint16_t flags, uint32_t priority, const char *from, uint8_t len,
	uint32_t table)
{
	struct fib_rule_hdr *h = test_begin(type, flags, sizeof(*h));

	h->family = strchr(from, ':') != NULL ? AF_INET6 : AF_INET;
	h->src_len = len;
	h->table = table < 256 ? (uint8_t)table : RT_TABLE_COMPAT;
	h->action = FR_ACT_TO_TBL;
	if (len != 0)
		put_address(FRA_SRC, from);
	mnl_attr_put_u32(&test_buf.msg, FRA_TABLE, table);
	mnl_attr_put_u32(&test_buf.msg, FRA_SUPPRESS_PREFIXLEN, UINT32_MAX);
	mnl_attr_put_u8(&test_buf.msg, FRA_PROTOCOL, 2);
	if (priority != 0)
		mnl_attr_put_u32(&test_buf.msg, FRA_PRIORITY, priority);
	return h;
}

static inline void
test_kernel_rule(uint16_t type, uint32_t priority, const char *from, uint8_t len, uint32_t table)
{
	test_rule_begin(type, 0, priority, from, len, table);
	test_take();
}

/* Both links there, with gateways 1..4 (numbers of MACs) on a and 5..8 on b. */
static inline void
test_scene(void)
{
	char text[46];
	unsigned i;

	test_link(RTM_NEWLINK, 11, "a", RUNNING, 1500, 0);
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 0);
	for (i = 1; i <= 8; i++) {
		snprintf(text, sizeof(text), "10.0.0.%u", i);
		test_kernel_neigh(RTM_NEWNEIGH, i <= 4 ? 11 : 12, text, i, NUD_REACHABLE);
		snprintf(text, sizeof(text), "fe80::%u", i);
		test_kernel_neigh(RTM_NEWNEIGH, i <= 4 ? 11 : 12, text, i, NUD_STALE);
	}
	test_follow();
}

#endif
