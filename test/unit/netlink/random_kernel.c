/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include "random_kernel.h"

static struct mnl_socket *sock;
static uint32_t seq;
static uint8_t buf[65536] __attribute__((aligned(16)));

static enum fwi_family
family_of(uint8_t af)
{
	return af == AF_INET ? FWI_V4 : FWI_V6;
}

static fwi_u128
address(const struct nlattr *attr)
{
	uint8_t bytes[16] = {0};

	memcpy(bytes, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	return fwi_key6(bytes);
}

static void
put_address(struct nlmsghdr *msg, uint16_t type, enum fwi_family family, fwi_u128 key)
{
	const uint64_t bytes[2] = {
		rte_cpu_to_be_64((uint64_t)(key >> 64)), rte_cpu_to_be_64((uint64_t)key)};

	mnl_attr_put(msg, type, fwi_family_bits(family) / 8, bytes);
}

void
say_open(void)
{
	sock = mnl_socket_open(NETLINK_ROUTE);
	assert_non_null(sock);
	assert_int_equal(mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID), 0);
}

void
say_close(void)
{
	mnl_socket_close(sock);
}

static struct nlmsghdr *
begin(uint16_t type, uint16_t flags)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);

	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	msg->nlmsg_seq = ++seq;
	return msg;
}

/* Each message of the answer to fn. 0, or the kernel's -errno. */
static int
ask(struct nlmsghdr *request, mnl_cb_t fn, void *arg)
{
	bool dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	int n, rc;

	assert_true(mnl_socket_sendto(sock, request, request->nlmsg_len) > 0);
	do {
		n = (int)mnl_socket_recvfrom(sock, buf, sizeof(buf));
		assert_true(n > 0);
		rc = mnl_cb_run(buf, (size_t)n, seq, mnl_socket_get_portid(sock), fn, arg);
	} while (dump && rc > MNL_CB_STOP);
	return rc < 0 ? -errno : 0;
}

static void
hop_add(struct say *s, int ifindex, fwi_u128 to, unsigned flags)
{
	assert_true(s->n < SAY_HOPS);
	if ((flags & RTNH_F_DEAD) == 0)
		s->hop[s->n++] = (struct say_hop){ifindex, to};
}

static fwi_u128
gateway_of(const struct rtnexthop *hop, fwi_u128 dst)
{
	const struct nlattr *attr;

	mnl_attr_for_each_payload((const void *)(hop + 1), hop->rtnh_len - sizeof(*hop))
	{
		if (mnl_attr_get_type(attr) == RTA_GATEWAY)
			return address(attr);
	}
	return dst;
}

static void
multipath(const struct nlattr *attr, fwi_u128 dst, struct say *s)
{
	const struct rtnexthop *at = mnl_attr_get_payload(attr);
	int left = mnl_attr_get_payload_len(attr);

	for (; RTNH_OK(at, left); left -= RTNH_ALIGN(at->rtnh_len), at = RTNH_NEXT(at))
		hop_add(s, at->rtnh_ifindex, gateway_of(at, dst), at->rtnh_flags);
}

struct question {
	fwi_u128 dst;
	struct say *say;
};

static int
route_answer(const struct nlmsghdr *msg, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(msg);
	const struct nlattr *attr, *several = NULL;
	const struct question *q = arg;
	fwi_u128 to = q->dst;
	int oif = 0;

	q->say->local = rtm->rtm_type == RTN_LOCAL || rtm->rtm_type == RTN_BROADCAST ||
			rtm->rtm_type == RTN_ANYCAST || rtm->rtm_type == RTN_MULTICAST;
	if (rtm->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, msg, sizeof(*rtm))
	{
		if (mnl_attr_get_type(attr) == RTA_GATEWAY)
			to = address(attr);
		else if (mnl_attr_get_type(attr) == RTA_OIF)
			oif = (int)mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == RTA_MULTIPATH)
			several = attr;
	}
	if (several != NULL)
		multipath(several, q->dst, q->say);
	else
		hop_add(q->say, oif, to, rtm->rtm_flags);
	return MNL_CB_OK;
}

struct say
say_route(enum fwi_family family, fwi_u128 src, fwi_u128 dst)
{
	struct nlmsghdr *msg = begin(RTM_GETROUTE, 0);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(msg, sizeof(*rtm));
	struct say say = {.n = 0};
	struct question q = {dst, &say};

	rtm->rtm_family = family == FWI_V4 ? AF_INET : AF_INET6;
	rtm->rtm_flags = RTM_F_FIB_MATCH;
	rtm->rtm_dst_len = (uint8_t)fwi_family_bits(family);
	put_address(msg, RTA_DST, family, dst);
	if (src != 0) {
		rtm->rtm_src_len = rtm->rtm_dst_len;
		put_address(msg, RTA_SRC, family, src);
	}
	(void)ask(msg, route_answer, &q); /* an error is a way of saying no */
	return say;
}

struct neighs {
	struct say_neigh *neigh;
	unsigned n, max;
};

static int
neigh_answer(const struct nlmsghdr *msg, void *arg)
{
	const uint16_t usable = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT |
				NUD_NOARP;
	const struct ndmsg *nd = mnl_nlmsg_get_payload(msg);
	const struct nlattr *attr, *mac = NULL;
	struct neighs *all = arg;
	struct say_neigh *n = &all->neigh[all->n];

	if ((nd->ndm_family != AF_INET && nd->ndm_family != AF_INET6) ||
		(nd->ndm_state & usable) == 0)
		return MNL_CB_OK;
	assert_true(all->n < all->max);
	*n = (struct say_neigh){.ifindex = nd->ndm_ifindex, .family = family_of(nd->ndm_family)};
	mnl_attr_for_each(attr, msg, sizeof(*nd))
	{
		if (mnl_attr_get_type(attr) == NDA_DST)
			n->addr = address(attr);
		else if (mnl_attr_get_type(attr) == NDA_LLADDR)
			mac = attr;
	}
	if (mac == NULL || mnl_attr_get_payload_len(mac) != sizeof(n->mac))
		return MNL_CB_OK;
	memcpy(n->mac, mnl_attr_get_payload(mac), sizeof(n->mac));
	all->n++;
	return MNL_CB_OK;
}

unsigned
say_neighs(struct say_neigh *n, unsigned max)
{
	struct nlmsghdr *msg = begin(RTM_GETNEIGH, NLM_F_DUMP);
	struct neighs all = {n, 0, max};

	mnl_nlmsg_put_extra_header(msg, sizeof(struct ndmsg));
	assert_int_equal(ask(msg, neigh_answer, &all), 0);
	return all.n;
}
