/* SPDX-License-Identifier: BSD-3-Clause */
/* Routes as messages tell of them: what both families mean by adding, replacing, deleting. */
#include "netlink_fixture.h"

#define FAILS STATUS_NETWORK_UNREACHABLE

static void
metrics(void **state)
{
	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 100, "10.0.0.1", 11);
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 50, "10.0.0.2", 11);
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 70, "10.0.0.5", 12);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 2);
	assert_int_equal(test_nl->stats.routes, 3);
	assert_int_equal(test_nl->stats.prefixes, 1);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 50, "10.0.0.2", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 5);
	/* Its link goes: the next metric has another. */
	test_link(RTM_NEWLINK, 12, "b", IFF_UP, 1500, 0);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 0);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 5);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 70, "10.0.0.5", 12);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 100, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), FAILS);
	assert_int_equal(test_nl->stats.prefixes, 0);
	assert_int_equal(test_nl->stats.installed, 0);
}

static void
ipv4_equals(void **state)
{
	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_kernel_route(
		RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, "20.0.0.0", 8, 0, "10.0.0.2", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1); /* the first counts */
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "20.0.0.0", 8, 0, "10.0.0.3", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 3); /* prepended */
	test_kernel_route(RTM_NEWROUTE, NLM_F_REPLACE, "20.0.0.0", 8, 0, "10.0.0.4", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 4);
	assert_int_equal(test_nl->stats.routes, 3);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.2", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 4);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.4", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	/* Told twice. */
	test_kernel_route(RTM_NEWROUTE, NLM_F_MULTI, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_nl->stats.routes, 1);
}

static uint32_t
hops_of(const char *prefix, uint8_t len)
{
	struct fwpdk_addr a = test_addr(prefix);
	struct fwi_hop hop;
	uint32_t f, seen = 0;

	(void)len;
	for (f = 0; f < 4096; f++) {
		if (a.family == AF_INET) {
			uint32_t v4;

			memcpy(&v4, a.bytes, 4);
			fwi_stack_lookup4_flow(0, v4, TEST_FLOW(f), &hop);
		} else {
			fwi_stack_lookup6_flow(0, a.bytes, TEST_FLOW(f), &hop);
		}
		if (hop.status == 0)
			seen |= 1u << hop.l2[5];
	}
	return seen;
}

static void
multipath(void **state)
{
	const struct test_via v[] = {{"10.0.0.1", 11, 1}, {"10.0.0.5", 12, 3}, {"10.0.0.2", 11, 1}};
	const struct test_via odd[] = {{"10.0.0.1", 11, 1}, {"10.0.0.5", 99, 3}};

	(void)state;
	test_scene();
	test_kernel_multi(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0, v, 3);
	test_follow();
	assert_int_equal(hops_of("20.0.0.1", 8), 1u << 1 | 1u << 5 | 1u << 2);
	test_link(RTM_NEWLINK, 12, "b", IFF_UP, 1500, 0);
	test_follow();
	assert_int_equal(hops_of("20.0.0.1", 8), 1u << 1 | 1u << 2);
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 0);
	test_kernel_multi(RTM_NEWROUTE, NLM_F_REPLACE, "20.0.0.0", 8, 0, v, 2);
	test_follow();
	assert_int_equal(hops_of("20.0.0.1", 8), 1u << 1 | 1u << 5);
	/* One way is not mirrored: the other takes all. */
	test_kernel_multi(RTM_NEWROUTE, NLM_F_REPLACE, "20.0.0.0", 8, 0, odd, 2);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	test_kernel_multi(RTM_DELROUTE, 0, "20.0.0.0", 8, 0, odd, 2);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), FAILS);
}

static void
ipv6_siblings(void **state)
{
	const struct test_via v[] = {{"fe80::1", 11, 1}, {"fe80::5", 12, 1}, {"fe80::2", 11, 1}};

	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "2001:db8::", 32, 1024, "fe80::1", 11);
	/* Appended: the kernel tells of all. */
	test_kernel_multi(RTM_NEWROUTE, NLM_F_APPEND, "2001:db8::", 32, 1024, v, 2);
	test_kernel_multi(RTM_NEWROUTE, NLM_F_APPEND, "2001:db8::", 32, 1024, v, 3);
	test_follow();
	assert_int_equal(test_nl->stats.routes, 1);
	assert_int_equal(hops_of("2001:db8::1", 32), 1u << 1 | 1u << 5 | 1u << 2);
	/* Deleted: of those that go. */
	test_kernel_route(RTM_DELROUTE, 0, "2001:db8::", 32, 1024, "fe80::5", 12);
	test_follow();
	assert_int_equal(hops_of("2001:db8::1", 32), 1u << 1 | 1u << 2);
	test_kernel_multi(RTM_DELROUTE, 0, "2001:db8::", 32, 1024, v, 3);
	test_follow();
	assert_int_equal(test_to("2001:db8::1"), FAILS);
	/* Without gateways each interface has a route of its own. */
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "fe80::", 64, 256, NULL, 11);
	test_kernel_route(RTM_NEWROUTE, NLM_F_CREATE, "fe80::", 64, 256, NULL, 12);
	test_follow();
	assert_int_equal(test_nl->stats.routes, 2);
	assert_int_equal(test_to("fe80::3"), 3);
	test_kernel_route(RTM_DELROUTE, 0, "fe80::", 64, 256, NULL, 11);
	test_follow();
	assert_int_equal(test_to("fe80::7"), 7);
	test_kernel_route(RTM_NEWROUTE, NLM_F_REPLACE, "fe80::", 64, 256, NULL, 11);
	test_follow();
	assert_int_equal(test_nl->stats.routes, 1);
}

static void
object(uint16_t type, uint32_t id, const char *via, uint32_t oif)
{
	struct nhmsg *nh = test_begin(type, 0, sizeof(*nh));

	nh->nh_family = AF_INET;
	mnl_attr_put_u32(&test_buf.msg, NHA_ID, id);
	if (via != NULL)
		put_address(NHA_GATEWAY, via);
	if (oif != 0)
		mnl_attr_put_u32(&test_buf.msg, NHA_OIF, oif);
	else
		mnl_attr_put(&test_buf.msg, NHA_BLACKHOLE, 0, NULL);
	test_take();
}

static void
group(uint32_t id, const uint32_t *ids, unsigned n)
{
	struct nexthop_grp g[8] = {{0}};
	unsigned i;

	test_begin(RTM_NEWNEXTHOP, 0, sizeof(struct nhmsg));
	mnl_attr_put_u32(&test_buf.msg, NHA_ID, id);
	for (i = 0; i < n; i++)
		g[i].id = ids[i];
	mnl_attr_put(&test_buf.msg, NHA_GROUP, n * sizeof(g[0]), g);
	test_take();
}

static void
by_object(const char *prefix, uint8_t len, uint32_t id)
{
	test_route_begin(RTM_NEWROUTE, 0, prefix, len, 20);
	mnl_attr_put_u32(&test_buf.msg, RTA_NH_ID, id);
	test_take();
}

static void
nexthop_objects(void **state)
{
	static const uint32_t both[] = {1, 2}, twice[] = {1, 1};

	(void)state;
	test_scene();
	by_object("20.0.0.0", 8, 1); /* not known yet */
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), FAILS);
	object(RTM_NEWNEXTHOP, 1, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	object(RTM_NEWNEXTHOP, 2, "10.0.0.5", 12);
	group(9, both, 2);
	by_object("21.0.0.0", 8, 9);
	test_follow();
	assert_int_equal(hops_of("21.0.0.1", 8), 1u << 1 | 1u << 5);
	/* One change of an object moves all of its routes. */
	object(RTM_NEWNEXTHOP, 1, "10.0.0.2", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 2);
	assert_int_equal(hops_of("21.0.0.1", 8), 1u << 2 | 1u << 5);
	group(9, twice, 2);
	test_follow();
	assert_int_equal(test_to("21.0.0.1"), 2);
	object(RTM_NEWNEXTHOP, 2, NULL, 0);
	by_object("22.0.0.0", 8, 2);
	test_kernel_route(RTM_NEWROUTE, 0, "0.0.0.0", 0, 0, "10.0.0.3", 11);
	test_follow();
	assert_int_equal(test_to("22.0.0.1"), FAILS);
	assert_int_equal(test_to("23.0.0.1"), 3);
	/* Deleted, and the id used anew: the old routes do not come back. */
	object(RTM_DELNEXTHOP, 1, NULL, 0);
	object(RTM_NEWNEXTHOP, 1, "10.0.0.4", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 3);
	assert_int_equal(test_nl->stats.routes, 3);
}

static void
reject(uint8_t type, const char *prefix, uint8_t len)
{
	test_route_begin(RTM_NEWROUTE, 0, prefix, len, 10)->rtm_type = type;
	mnl_attr_put_u32(&test_buf.msg, RTA_OIF, 1);
	test_take();
}

static void
rejecting_types(void **state)
{
	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, 0, "0.0.0.0", 0, 0, "10.0.0.3", 11);
	test_kernel_route(RTM_NEWROUTE, 0, "::", 0, 0, "fe80::3", 11);
	reject(RTN_BLACKHOLE, "20.0.0.0", 8);
	reject(RTN_UNREACHABLE, "21.0.0.0", 8);
	reject(RTN_PROHIBIT, "2001:db8::", 32);
	reject(RTN_LOCAL, "22.0.0.0", 8);
	reject(RTN_THROW, "23.0.0.0", 8);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), FAILS);
	assert_int_equal(test_to("21.0.0.1"), FAILS);
	assert_int_equal(test_to("2001:db8::1"), FAILS);
	assert_int_equal(test_to("22.0.0.1"), 3);
	assert_int_equal(test_to("23.0.0.1"), FAILS); /* no other rule */
	assert_int_equal(test_to("2001:db9::1"), 3);
	/* A better metric with a way beats it. */
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 5, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
}

static void
unsupported(void **state)
{
	struct {
		uint16_t family;
		uint8_t addr[16];
	} via = {.family = AF_INET6, .addr = {0xfe, 0x80}};
	struct rtmsg *rtm;

	(void)state;
	test_scene();
	rtm = test_route_begin(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0);
	rtm->rtm_tos = 16;
	mnl_attr_put_u32(&test_buf.msg, RTA_OIF, 11);
	test_take();
	test_route_begin(RTM_NEWROUTE, 0, "21.0.0.0", 8, 0);
	mnl_attr_put(&test_buf.msg, RTA_VIA, sizeof(via), &via);
	mnl_attr_put_u32(&test_buf.msg, RTA_OIF, 11);
	test_take();
	test_kernel_route(RTM_NEWROUTE, 0, "22.0.0.0", 8, 0, "fe80::1", 11);
	test_kernel_route(RTM_NEWROUTE, 0, "23.0.0.0", 8, 0, "224.0.0.1", 11);
	rtm = test_route_begin(RTM_NEWROUTE, 0, "24.0.0.0", 8, 0);
	rtm->rtm_flags = RTM_F_CLONED;
	mnl_attr_put_u32(&test_buf.msg, RTA_OIF, 11);
	test_take();
	rtm = test_route_begin(RTM_NEWROUTE, 0, "25.0.0.0", 8, 0);
	rtm->rtm_table = 77;
	mnl_attr_put_u32(&test_buf.msg, RTA_OIF, 11);
	test_take();
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), FAILS);
	assert_int_equal(test_to("21.0.0.1"), FAILS);
	assert_int_equal(test_to("22.0.0.1"), FAILS);
	assert_int_equal(test_to("23.0.0.1"), FAILS);
	assert_int_equal(test_to("24.0.0.1"), FAILS);
	assert_int_equal(test_to("25.0.0.1"), FAILS);
	assert_int_equal(test_nl->stats.unsupported, 2);
	assert_int_equal(test_nl->stats.installed, 0);
}

static void
mark_and_sweep(void **state)
{
	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_kernel_route(RTM_NEWROUTE, 0, "21.0.0.0", 8, 0, "10.0.0.1", 11);
	test_kernel_route(RTM_NEWROUTE, 0, "22.0.0.0", 8, 0, "10.0.0.1", 11);
	test_follow();
	fwi_nl_rib_mark(test_nl);
	test_kernel_route(RTM_NEWROUTE, NLM_F_MULTI, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_kernel_route(RTM_NEWROUTE, NLM_F_MULTI, "21.0.0.0", 8, 0, "10.0.0.2", 11);
	fwi_nl_rib_sweep(test_nl);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	assert_int_equal(test_to("21.0.0.1"), 2);
	assert_int_equal(test_to("22.0.0.1"), FAILS);
	assert_int_equal(test_nl->stats.routes, 2);
}

static void
host_route(void **state)
{
	uint32_t i;

	(void)state;
	test_scene();
	i = fwpdk_if_by_name("a");
	assert_int_equal(test_add(i, "20.0.0.0", 8, "10.0.0.4"), 0);
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 4);
	assert_int_equal(test_nl->stats.gave_way, 1);
	assert_int_equal(test_del("20.0.0.0", 8), 0);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	assert_int_equal(test_del("20.0.0.0", 8), -EBUSY);
	/* The kernel's goes while it is hidden. */
	assert_int_equal(test_add(i, "20.0.0.0", 8, "10.0.0.4"), 0);
	test_kernel_route(RTM_DELROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 4);
	assert_int_equal(test_del("20.0.0.0", 8), 0);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), FAILS);
}

/* So many routes that tables are rebuilt, in batches of any size. */
static void
many(void **state)
{
	char text[46];
	unsigned k;

	(void)state;
	test_scene();
	for (k = 0; k < 6000; k++) {
		snprintf(text, sizeof(text), "30.%u.%u.0", k >> 8, k & 255);
		test_kernel_route(RTM_NEWROUTE, 0, text, 24, 20, k % 2 ? "10.0.0.1" : "10.0.0.5",
			k % 2 ? 11 : 12);
		if (k % 700 == 0)
			test_follow();
	}
	test_follow();
	assert_int_equal(test_nl->stats.installed, 6000);
	for (k = 0; k < 6000; k++) {
		snprintf(text, sizeof(text), "30.%u.%u.7", k >> 8, k & 255);
		assert_int_equal(test_to(text), k % 2 ? 1 : 5);
	}
	test_link(RTM_NEWLINK, 12, "b", IFF_UP, 1500, 0);
	test_follow();
	assert_int_equal(test_nl->stats.installed, 3000);
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 0);
	test_follow();
	assert_int_equal(test_nl->stats.installed, 6000);
	for (k = 0; k < 6000; k++) {
		snprintf(text, sizeof(text), "30.%u.%u.0", k >> 8, k & 255);
		test_kernel_route(RTM_DELROUTE, 0, text, 24, 20, k % 2 ? "10.0.0.1" : "10.0.0.5",
			k % 2 ? 11 : 12);
		if (k % 100 == 0)
			test_follow();
	}
	test_follow();
	assert_int_equal(test_nl->stats.installed, 0);
	assert_int_equal(test_nl->stats.routes, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_mirror_up, test_mirror_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(metrics),
		T(ipv4_equals),
		T(multipath),
		T(ipv6_siblings),
		T(nexthop_objects),
		T(rejecting_types),
		T(unsupported),
		T(mark_and_sweep),
		T(host_route),
		T(many),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
