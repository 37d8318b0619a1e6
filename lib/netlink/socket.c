/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two sockets: one gets notifications and never asks, the other asks for dumps, so that
 * neither has to look for its answers among the other's.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "netlink/mirror.h"

#define DUMP_SECONDS 10 /* for one answer of the kernel */

static const uint32_t groups[] = {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
	RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_NEIGH, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE,
	RTNLGRP_NEXTHOP};

static int
open_one(struct mnl_socket **s, int flags)
{
	*s = mnl_socket_open2(NETLINK_ROUTE, flags | SOCK_CLOEXEC);
	if (*s == NULL || mnl_socket_bind(*s, 0, MNL_SOCKET_AUTOPID) != 0)
		return -errno;
	return 0;
}

/* Kernels without nexthop objects have no such group. */
static int
subscribe(struct mnl_socket *s)
{
	size_t i;

	for (i = 0; i < RTE_DIM(groups); i++) {
		uint32_t group = groups[i];

		if (mnl_socket_setsockopt(s, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) != 0 &&
			group != RTNLGRP_NEXTHOP)
			return -errno;
	}
	return 0;
}

int
fwi_nl_sockets_open(struct fwpdk_netlink *nl, uint32_t rcvbuf)
{
	const struct timeval timeout = {.tv_sec = DUMP_SECONDS};
	int size = rcvbuf != 0 ? (int)RTE_MIN(rcvbuf, (uint32_t)INT32_MAX) : 32 << 20, fd;
	int rc = open_one(&nl->events, SOCK_NONBLOCK);

	if (rc == 0)
		rc = open_one(&nl->dump, 0);
	if (rc != 0)
		return rc;
	fd = mnl_socket_get_fd(nl->events);
	/* Without the right to have so much it is less, and more has to be compared again. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(mnl_socket_get_fd(nl->dump), SOL_SOCKET, SO_RCVTIMEO, &timeout,
		    sizeof(timeout)) != 0)
		return -errno;
	return subscribe(nl->events);
}

void
fwi_nl_sockets_close(struct fwpdk_netlink *nl)
{
	if (nl->events != NULL)
		mnl_socket_close(nl->events);
	if (nl->dump != NULL)
		mnl_socket_close(nl->dump);
	nl->events = nl->dump = NULL;
}

/* What the kernel has sent, into buf: bytes, 0 if somebody else did, or -errno. */
static int
take(struct fwpdk_netlink *nl, struct mnl_socket *s)
{
	struct sockaddr_nl from = {0};
	struct iovec iov = {.iov_base = nl->buf, .iov_len = sizeof(nl->buf)};
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = recvmsg(mnl_socket_get_fd(s), &m, 0);

	if (n < 0)
		return -errno;
	if ((m.msg_flags & MSG_TRUNC) != 0)
		return -ENOBUFS;
	return from.nl_pid == 0 ? (int)n : 0;
}

/*
 * What is left in a socket that was full ends where the first message was lost, long before the
 * dump that follows: it is not to be read after that. And as long as there is any of it, the kernel
 * drops all that comes, and does not say so again. Its writers take turns, so they are slower.
 */
static void
empty(struct fwpdk_netlink *nl)
{
	int left;

	do
		left = take(nl, nl->events);
	while (left >= 0 || left == -ENOBUFS || left == -EINTR);
}

int
fwi_nl_receive(struct fwpdk_netlink *nl, unsigned max)
{
	const struct nlmsghdr *msg;
	int left, rc, taken = 0;

	while ((unsigned)taken < max) {
		left = take(nl, nl->events);
		if (left == -EAGAIN || left == -EINTR)
			break;
		if (left == -ENOBUFS)
			empty(nl);
		if (left < 0)
			return left;
		for (msg = (const void *)nl->buf; mnl_nlmsg_ok(msg, left);
			msg = mnl_nlmsg_next(msg, &left)) {
			rc = fwi_nl_message(nl, msg);
			if (rc != 0)
				return rc;
			taken++;
		}
	}
	return taken;
}

static int
request(struct fwpdk_netlink *nl, uint16_t type, uint8_t family)
{
	uint8_t buf[NLMSG_SPACE(sizeof(struct ifinfomsg))] __attribute__((aligned(4)));
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;

	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	msg->nlmsg_seq = ++nl->seq;
	/* Large enough for the header of any of them; all begin with the family. */
	ifi = mnl_nlmsg_put_extra_header(
		msg, type == RTM_GETNEXTHOP ? sizeof(struct rtgenmsg) * 8 : sizeof(*ifi));
	ifi->ifi_family = family;
	return mnl_socket_sendto(nl->dump, msg, msg->nlmsg_len) < 0 ? -errno : 0;
}

/* 1, or why the kernel could not tell all. */
static int
done(const struct nlmsghdr *msg)
{
	int rc = 0;

	if (mnl_nlmsg_get_payload_len(msg) >= sizeof(rc))
		memcpy(&rc, mnl_nlmsg_get_payload(msg), sizeof(rc));
	return rc < 0 ? rc : 1;
}

/* One message of an answer. 1 = the end. */
static int
answer(struct fwpdk_netlink *nl, const struct nlmsghdr *msg, bool *changed)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(msg);

	if (msg->nlmsg_seq != nl->seq)
		return 0; /* of a dump that was given up */
	*changed |= (msg->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
	if (msg->nlmsg_type == NLMSG_DONE)
		return done(msg);
	if (msg->nlmsg_type == NLMSG_ERROR)
		return mnl_nlmsg_get_payload_len(msg) < sizeof(*err) ? -EBADMSG
		       : err->error != 0			     ? err->error
								     : 1;
	return fwi_nl_message(nl, msg);
}

int
fwi_nl_dump(struct fwpdk_netlink *nl, uint16_t type, uint8_t family)
{
	const struct nlmsghdr *msg;
	bool changed = false;
	int left, rc = request(nl, type, family);

	while (rc == 0) {
		left = take(nl, nl->dump);
		if (left == -EINTR)
			continue;
		if (left < 0)
			return left == -EAGAIN ? -ETIMEDOUT : left;
		for (msg = (const void *)nl->buf; rc == 0 && mnl_nlmsg_ok(msg, left);
			msg = mnl_nlmsg_next(msg, &left))
			rc = answer(nl, msg, &changed);
	}
	return rc < 0 ? rc : changed ? -EINTR : 0;
}
