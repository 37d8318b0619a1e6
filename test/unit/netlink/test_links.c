/* SPDX-License-Identifier: BSD-3-Clause */
/* Interfaces, VRFs, addresses and neighbours as messages tell of them. */
#include "netlink_fixture.h"

static struct fwpdk_if_info
info(const char *name)
{
	struct fwpdk_if_info i = {.size = sizeof(i)};

	assert_int_equal(fwpdk_if_info(fwpdk_if_by_name(name), &i), 0);
	return i;
}

static void
come_and_go(void **state)
{
	struct fwpdk_if_info i;
	uint32_t index;

	(void)state;
	test_link(RTM_NEWLINK, 5, "other", RUNNING, 1500, 0);
	test_follow();
	assert_int_equal(fwpdk_if_by_name("other"), 0);
	test_link(RTM_NEWLINK, 11, "a", RUNNING, 9000, 0);
	test_link(RTM_NEWLINK, 12, "whatever", RUNNING, 1400, 0); /* asked for by index */
	test_follow();
	i = info("a");
	assert_int_equal(i.mtu, 9000);
	assert_int_equal(i.port_id, 0);
	assert_int_equal(i.mac.addr_bytes[5], 11);
	assert_int_equal(i.compartment_id, 1);
	assert_int_equal(info("whatever").port_id, 1);
	index = i.if_index;
	assert_int_equal(fwpdk_if_del(index), -EBUSY);
	test_link(RTM_NEWLINK, 11, "a", RUNNING, 70000, 0);
	test_follow();
	i = info("a");
	assert_int_equal(i.mtu, 65535);
	assert_int_equal(i.if_index, index);
	/* Renamed: by its index it is still the one asked for. */
	index = info("whatever").if_index;
	test_link(RTM_NEWLINK, 12, "another", RUNNING, 1400, 0);
	test_follow();
	assert_int_equal(fwpdk_if_by_name("whatever"), 0);
	assert_int_equal(info("another").if_index, index);
	test_link(RTM_NEWLINK, 12, "whatever", RUNNING, 1400, 0);
	test_follow();
	/* By its name it is not. */
	test_link(RTM_NEWLINK, 11, "c", RUNNING, 1500, 0);
	test_follow();
	assert_int_equal(fwpdk_if_by_name("a"), 0);
	assert_int_equal(fwpdk_if_by_name("c"), 0);
	/* Another one of that name. */
	test_link(RTM_NEWLINK, 15, "a", RUNNING, 1500, 0);
	test_follow();
	assert_int_equal(info("a").mac.addr_bytes[5], 15);
	test_link(RTM_DELLINK, 15, "a", RUNNING, 1500, 0);
	test_link(RTM_DELLINK, 12, "whatever", RUNNING, 1500, 0);
	test_follow();
	assert_int_equal(fwpdk_if_by_name("a"), 0);
	assert_int_equal(fwpdk_if_by_name("whatever"), 0);
}

static void
source(uint16_t type, uint32_t ifindex, const char *addr)
{
	struct ifaddrmsg *ifa = test_begin(type, 0, sizeof(*ifa));

	ifa->ifa_family = strchr(addr, ':') != NULL ? AF_INET6 : AF_INET;
	ifa->ifa_prefixlen = 32;
	ifa->ifa_index = ifindex;
	put_address(IFA_LOCAL, addr);
	test_take();
}

static void
silent_losses_lead_to_a_comparison(void **state)
{
	(void)state;
	test_scene();
	test_link(RTM_NEWLINK, 11, "a", RUNNING, 1400, 0);
	assert_false(test_nl->resync);
	test_link(RTM_NEWLINK, 11, "a", IFF_UP, 1400, 0); /* the carrier alone */
	assert_false(test_nl->resync);
	test_link(RTM_NEWLINK, 11, "a", 0, 1400, 0);
	assert_true(test_nl->resync);
	test_follow();
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 9);
	assert_true(test_nl->resync);
	test_follow();
	test_link(RTM_DELLINK, 12, "b", RUNNING, 1500, 0);
	assert_true(test_nl->resync);
	test_follow();
	/* The source of a route may be any interface's. */
	source(RTM_NEWADDR, 1, "10.9.0.1");
	source(RTM_DELADDR, 1, "fd09::1");
	assert_false(test_nl->resync);
	source(RTM_DELADDR, 1, "10.9.0.1");
	assert_true(test_nl->resync);
}

static void
vrf(void **state)
{
	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.5", 12);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 5);
	test_vrf(RTM_NEWLINK, 40, VRF_TABLE);
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 40);
	test_follow();
	assert_int_equal(info("b").compartment_id, 7);
	assert_int_equal(test_to("20.0.0.1"), STATUS_NETWORK_UNREACHABLE);
	test_route_begin(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0)->rtm_table = RT_TABLE_UNSPEC;
	mnl_attr_put_u32(&test_buf.msg, RTA_TABLE, VRF_TABLE);
	put_address(RTA_GATEWAY, "10.0.0.6");
	mnl_attr_put_u32(&test_buf.msg, RTA_OIF, 12);
	test_take();
	test_follow();
	assert_int_equal(test_lookup_in(7, "20.0.0.1").l2[5], 6);
	assert_int_equal(test_to("20.0.0.1"), STATUS_NETWORK_UNREACHABLE);
	/* The VRF is told of last, as dumps do for links with lower indexes. */
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 41);
	test_follow();
	assert_int_equal(info("b").compartment_id, 1);
	test_vrf(RTM_NEWLINK, 41, VRF_TABLE);
	test_follow();
	assert_int_equal(info("b").compartment_id, 7);
	/* A VRF of a table that is not mirrored has no place for it. */
	test_vrf(RTM_NEWLINK, 41, 4242);
	test_follow();
	assert_int_equal(fwpdk_if_by_name("b"), 0);
	test_vrf(RTM_DELLINK, 41, 4242);
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 0);
	test_follow();
	assert_int_equal(info("b").compartment_id, 1);
	assert_int_equal(test_to("20.0.0.1"), 5);
}

static void
neighbour_states(void **state)
{
	static const uint16_t usable[] = {
		NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE, NUD_PERMANENT, NUD_NOARP};
	static const uint16_t useless[] = {NUD_INCOMPLETE, NUD_FAILED, NUD_NONE};
	unsigned i, k;

	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, 0, "10.0.0.0", 24, 0, NULL, 11);
	for (i = 0; i < RTE_DIM(usable); i++) {
		for (k = 0; k < RTE_DIM(useless); k++) {
			test_kernel_neigh(RTM_NEWNEIGH, 11, "10.0.0.77", 70 + i, usable[i]);
			test_follow();
			assert_int_equal(test_to("10.0.0.77"), 70 + i);
			test_kernel_neigh(RTM_NEWNEIGH, 11, "10.0.0.77", 70 + i, useless[k]);
			test_follow();
			assert_int_equal(test_to("10.0.0.77"), STATUS_HOST_UNREACHABLE);
		}
	}
	test_kernel_neigh(RTM_NEWNEIGH, 11, "10.0.0.77", 0, NUD_REACHABLE); /* without a MAC */
	test_kernel_neigh(RTM_NEWNEIGH, 99, "10.0.0.78", 7, NUD_REACHABLE); /* elsewhere */
	test_follow();
	assert_int_equal(test_to("10.0.0.77"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(test_to("10.0.0.78"), STATUS_HOST_UNREACHABLE);
	test_kernel_neigh(RTM_NEWNEIGH, 11, "10.0.0.77", 7, NUD_REACHABLE);
	test_kernel_neigh(RTM_DELNEIGH, 11, "10.0.0.77", 7, NUD_REACHABLE);
	test_follow();
	assert_int_equal(test_to("10.0.0.77"), STATUS_HOST_UNREACHABLE);
	/* Gone and back within one batch. */
	test_kernel_neigh(RTM_DELNEIGH, 11, "10.0.0.1", 1, NUD_REACHABLE);
	test_kernel_neigh(RTM_NEWNEIGH, 11, "10.0.0.1", 91, NUD_REACHABLE);
	test_follow();
	assert_int_equal(test_to("10.0.0.1"), 91);
}

static void
host_neighbour(void **state)
{
	struct fwpdk_addr a = test_addr("10.0.0.1");
	uint32_t i;

	(void)state;
	test_scene();
	i = fwpdk_if_by_name("a");
	test_kernel_route(RTM_NEWROUTE, 0, "10.0.0.0", 24, 0, NULL, 11);
	test_follow();
	assert_int_equal(test_neigh(i, "10.0.0.1", 50), 0);
	assert_int_equal(test_to("10.0.0.1"), 50);
	test_kernel_neigh(RTM_NEWNEIGH, 11, "10.0.0.1", 51, NUD_REACHABLE);
	test_follow();
	assert_int_equal(test_to("10.0.0.1"), 50);
	test_kernel_neigh(RTM_DELNEIGH, 11, "10.0.0.1", 51, NUD_REACHABLE);
	test_follow();
	assert_int_equal(test_to("10.0.0.1"), 50);
	test_kernel_neigh(RTM_NEWNEIGH, 11, "10.0.0.1", 52, NUD_REACHABLE);
	test_follow();
	assert_int_equal(fwpdk_neigh_del(i, &a), 0);
	test_follow();
	assert_int_equal(test_to("10.0.0.1"), 52);
}

/* A new MAC makes a new interface, with all that the old one had. */
static void
new_mac(void **state)
{
	struct ifinfomsg *ifi;
	const uint8_t mac[6] = {2, 0xCC, 0, 0, 0, 0x77};

	(void)state;
	test_scene();
	test_kernel_route(RTM_NEWROUTE, 0, "20.0.0.0", 8, 0, "10.0.0.1", 11);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	ifi = test_begin(RTM_NEWLINK, 0, sizeof(*ifi));
	ifi->ifi_index = 11;
	ifi->ifi_flags = RUNNING;
	mnl_attr_put_strz(&test_buf.msg, IFLA_IFNAME, "a");
	mnl_attr_put_u32(&test_buf.msg, IFLA_MTU, 1500);
	mnl_attr_put(&test_buf.msg, IFLA_ADDRESS, sizeof(mac), mac);
	test_take();
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	assert_int_equal(test_lookup("20.0.0.1").l2[11], 0x77);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_mirror_up, test_mirror_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(come_and_go),
		T(silent_losses_lead_to_a_comparison),
		T(vrf),
		T(neighbour_states),
		T(host_neighbour),
		T(new_mac),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
