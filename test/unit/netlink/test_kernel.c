/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a real kernel, in network namespaces of the test's own, does without saying so, or says in
 * its own way: the mirror leads where the kernel does.
 */
#include <poll.h>
#include <sched.h>

#include "netlink_fixture.h"

#define PATIENCE 2000 /* ms */

static void
shell(const char *command)
{
	if (system(command) != 0) /* NOLINT(cert-env33-c): a constant */
		fail_msg("%s", command);
}

static void
follow(void)
{
	int rc;

	do
		rc = fwpdk_netlink_process(test_nl);
	while (rc > 0);
	assert_int_equal(rc, 0);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static struct fwpdk_if_info
info(uint32_t if_index)
{
	struct fwpdk_if_info i = {.size = sizeof(i)};

	assert_int_equal(fwpdk_if_info(if_index, &i), 0);
	return i;
}

/* Where a packet would go, as no neighbour is known: gateways, or interfaces. */
static const char *
way(const char *dst)
{
	struct fwpdk_addr a = test_addr(dst), to = {.family = a.family};
	static char text[FWI_GROUP_MAX * 48];
	struct fwi_next next[FWI_GROUP_MAX];
	struct fwi_flow flow = {.hash = 7};
	char each[FWI_GROUP_MAX][48];
	uint32_t v4;
	unsigned n, i;

	memcpy(&v4, a.bytes, sizeof(v4));
	n = a.family == AF_INET ? fwi_stack_missing4(0, v4, &flow, next, FWI_GROUP_MAX)
				: fwi_stack_missing6(0, a.bytes, &flow, next, FWI_GROUP_MAX);
	for (i = 0; i < n; i++) {
		memcpy(to.bytes, next[i].addr, sizeof(to.bytes));
		fwpdk_addr_format(&to, each[i], sizeof(each[i]));
		if (memcmp(&to, &a, sizeof(to)) == 0)
			strcpy(each[i], info(next[i].if_index).name);
	}
	qsort(each, n, sizeof(each[0]), by_text);
	text[0] = '\0';
	for (i = 0; i < n; i++) {
		strcat(text, i != 0 ? " " : "");
		strcat(text, each[i]);
	}
	return text;
}

/* A carrier's notification takes its time. */
static void
leads(const char *dst, const char *expected)
{
	struct pollfd more = {.fd = fwpdk_netlink_fd(test_nl), .events = POLLIN};

	do
		follow();
	while (strcmp(way(dst), expected) != 0 && poll(&more, 1, PATIENCE) == 1);
	assert_string_equal(way(dst), expected);
}

static int
up(void **state)
{
	static const struct fwpdk_netlink_if ifs[] = {
		{.ifname = "va", .port_id = 0}, {.ifname = "vb", .port_id = 1}};
	const struct fwpdk_netlink_opts opts = {
		.size = sizeof(opts), .ifs = ifs, .n_ifs = RTE_DIM(ifs)};

	if (unshare(CLONE_NEWNET) != 0)
		return -1;
	shell("ip link add va type veth peer name wa && ip link add vb type veth peer name wb && "
	      "for l in lo wa va wb vb; do ip link set $l up; done && "
	      "ip addr add 10.0.1.1/24 dev va && ip addr add 10.0.2.1/24 dev vb && "
	      "ip addr add fd00:1::1/64 dev va nodad && ip addr add fd00:2::1/64 dev vb nodad");
	if (test_stack_up(state) != 0)
		return -1;
	return fwpdk_netlink_open(&opts, &test_nl);
}

static int
down(void **state)
{
	if (fwpdk_netlink_close(test_nl) != 0)
		return -1;
	return test_stack_down(state);
}

/* The cable comes after the configuration: the kernel does not tell of the routes again. */
static void
carrier_comes_late(void **state)
{
	(void)state;
	shell("ip link set wa down && ip addr add 10.0.3.1/24 dev va && "
	      "ip route add 20.0.0.0/8 via 10.0.1.2 && "
	      "ip route add 30.0.0.0/8 nexthop via 10.0.1.2 nexthop via 10.0.2.2");
	leads("20.0.0.1", "");
	leads("30.0.0.1", "10.0.2.2");
	shell("ip link set wa up");
	leads("20.0.0.1", "10.0.1.2");
	leads("30.0.0.1", "10.0.1.2 10.0.2.2");
	leads("10.0.3.9", "va");
}

/* Without an address there is no IPv4 on a link, whatever its state. */
static void
last_address_goes(void **state)
{
	(void)state;
	shell("ip route add 30.0.0.0/8 nexthop via 10.0.1.2 nexthop via 10.0.2.2");
	leads("30.0.0.1", "10.0.1.2 10.0.2.2");
	shell("ip addr del 10.0.1.1/24 dev va");
	leads("30.0.0.1", "10.0.2.2");
	shell("ip addr add 10.0.1.1/24 dev va");
	leads("30.0.0.1", "10.0.1.2 10.0.2.2");
}

/* With the carrier go the nexthop objects, and do not come back. */
static void
objects_go_with_the_carrier(void **state)
{
	(void)state;
	shell("ip nexthop add id 1 via 10.0.1.2 dev va && ip nexthop add id 2 via 10.0.2.2 dev vb "
	      "&& "
	      "ip nexthop add id 3 group 1/2 && ip route add 20.0.0.0/8 nhid 1 && "
	      "ip route add 30.0.0.0/8 nhid 3");
	leads("20.0.0.1", "10.0.1.2");
	leads("30.0.0.1", "10.0.1.2 10.0.2.2");
	shell("ip link set wa down");
	leads("20.0.0.1", "");
	shell("ip link set wa up");
	leads("10.0.1.9", "va");
	leads("20.0.0.1", "");
	leads("30.0.0.1", "10.0.2.2");
}

/* An object that rejects becomes one that leads somewhere: its routes stay where they are. */
static void
object_changes_its_kind(void **state)
{
	(void)state;
	shell("ip nexthop add id 1 blackhole && ip route add 20.0.0.0/8 via 10.0.1.2 && "
	      "ip route append 20.0.0.0/8 nhid 1");
	leads("20.0.0.1", "10.0.1.2");
	shell("ip nexthop replace id 1 via 10.0.2.2 dev vb");
	leads("20.0.0.1", "10.0.1.2");
	shell("ip route del 20.0.0.0/8 via 10.0.1.2");
	leads("20.0.0.1", "10.0.2.2");
	shell("ip nexthop replace id 1 blackhole && ip route add default via 10.0.1.2");
	leads("20.0.0.1", "");
	shell("ip route del 20.0.0.0/8");
	leads("20.0.0.1", "10.0.1.2");
}

/* It takes the place of another one, and leads nowhere without rules. */
static void
throw_replaces(void **state)
{
	(void)state;
	shell("ip route add 20.0.0.0/8 via 10.0.1.2 && ip -6 route add 2001::/16 via fd00:1::2");
	leads("20.0.0.1", "10.0.1.2");
	leads("2001::1", "fd00:1::2");
	shell("ip route replace throw 20.0.0.0/8 && "
	      "ip -6 route replace throw 2001::/16 metric 1024");
	leads("20.0.0.1", "");
	leads("2001::1", "");
	shell("ip route replace 20.0.0.0/8 via 10.0.1.3 && "
	      "ip -6 route replace 2001::/16 via fd00:1::3 metric 1024");
	leads("20.0.0.1", "10.0.1.3");
	leads("2001::1", "fd00:1::3");
}

/* To the kernel they are two: what each of two daemons has set. */
static void
twins(void **state)
{
	(void)state;
	shell("ip route add 20.0.0.0/8 via 10.0.1.2 proto 20 && "
	      "ip route append 20.0.0.0/8 via 10.0.1.2 proto 21 && "
	      "ip route append 20.0.0.0/8 via 10.0.1.2 proto 21 src 10.0.2.1 mtu 1300");
	leads("20.0.0.1", "10.0.1.2");
	shell("ip route del 20.0.0.0/8 proto 21");
	leads("20.0.0.1", "10.0.1.2");
	shell("ip route del 20.0.0.0/8 proto 20");
	leads("20.0.0.1", "10.0.1.2");
	shell("ip route del 20.0.0.0/8");
	leads("20.0.0.1", "");
}

/* IPv6 without a gateway: the first is replaced, whichever its interface is, and one is there
 * twice. */
static void
on_link_replaced(void **state)
{
	(void)state;
	shell("ip -6 route add 2001::/16 dev va metric 9 && "
	      "ip -6 route append 2001::/16 dev vb metric 9");
	leads("2001::1", "va");
	shell("ip -6 route replace 2001::/16 dev vb metric 9");
	leads("2001::1", "vb");
	shell("ip -6 route del 2001::/16 dev vb metric 9");
	leads("2001::1", "vb");
	shell("ip -6 route del 2001::/16 dev vb metric 9");
	leads("2001::1", "");
}

/* A group so large that no dump has room for it. */
static void
group_make(uint32_t id, uint32_t members)
{
	struct nexthop_grp *g = calloc(members, sizeof(*g));
	struct mnl_socket *s = mnl_socket_open(NETLINK_ROUTE);
	struct nlmsghdr *msg = calloc(1, 65536);
	char answer[256];
	uint32_t i;

	for (i = 0; i < members; i++)
		g[i].id = i + 1;
	mnl_nlmsg_put_header(msg);
	msg->nlmsg_type = RTM_NEWNEXTHOP;
	msg->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK;
	mnl_nlmsg_put_extra_header(msg, sizeof(struct nhmsg));
	mnl_attr_put_u32(msg, NHA_ID, id);
	mnl_attr_put(msg, NHA_GROUP, members * sizeof(*g), g);
	assert_int_equal(mnl_socket_sendto(s, msg, msg->nlmsg_len), msg->nlmsg_len);
	assert_true(mnl_socket_recvfrom(s, answer, sizeof(answer)) > 0);
	assert_int_equal(((struct nlmsgerr *)mnl_nlmsg_get_payload((void *)answer))->error, 0);
	mnl_socket_close(s);
	free(msg);
	free(g);
}

/* The end of a dump says whether that was all. */
static void
dump_that_fails(void **state)
{
	(void)state;
	shell("for i in $(seq 4200); do echo nexthop add id $i via 10.0.1.2 dev va; done | "
	      "ip -batch - && ip nexthop add id 20001 via 10.0.2.2 dev vb && "
	      "ip route add 20.0.0.0/8 nhid 20001");
	leads("20.0.0.1", "10.0.2.2");
	group_make(20000, 4200);
	assert_int_equal(fwpdk_netlink_resync(test_nl), -EMSGSIZE);
	shell("ip nexthop del id 20000");
	leads("20.0.0.1", "10.0.2.2");
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(carrier_comes_late),
		T(last_address_goes),
		T(objects_go_with_the_carrier),
		T(object_changes_its_kind),
		T(throw_replaces),
		T(twins),
		T(on_link_replaced),
		T(dump_that_fails),
	};

	if (unshare(CLONE_NEWNET) != 0) {
		printf("SKIP: no network namespace of its own: %s\n", strerror(errno));
		return 77;
	}
	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
