/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack_fixture.h"

static void
add_and_describe(void **state)
{
	struct fwpdk_if_opts o = {.size = sizeof(o), .port_id = 1, .mtu = 9000, .name = "uplink"};
	struct fwpdk_if_info info = {.size = sizeof(info)};
	uint32_t i = 0;

	(void)state;
	assert_int_equal(test_if(0, 0, NULL), 1);
	o.mac = (struct rte_ether_addr){{2, 1, 2, 3, 4, 5}};
	assert_int_equal(fwpdk_if_add(&o, &i), 0);
	assert_int_equal(i, 2);
	assert_int_equal(fwpdk_if_info(1, &info), 0);
	assert_string_equal(info.name, "if1");
	assert_int_equal(info.if_index, 1);
	assert_int_equal(info.compartment_id, 1);
	assert_int_equal(info.port_id, 0);
	assert_int_equal(info.mtu, 1500);
	assert_int_equal(info.mac.addr_bytes[1], 0xAA);
	assert_int_equal(fwpdk_if_info(2, &info), 0);
	assert_string_equal(info.name, "uplink");
	assert_int_equal(info.mtu, 9000);
	assert_int_equal(info.mac.addr_bytes[5], 5);
	assert_int_equal(fwpdk_if_by_name("uplink"), 2);
	assert_int_equal(fwpdk_if_by_name("none"), 0);
	assert_int_equal(fwpdk_if_by_name(NULL), 0);
	assert_int_equal(fwpdk_if_info(3, &info), -ENOENT);
	info.size = 4;
	assert_int_equal(fwpdk_if_info(1, &info), -EINVAL);
	assert_int_equal(fwpdk_if_info(1, NULL), -EINVAL);
}

static void
refused(void **state)
{
	struct fwpdk_if_opts good = {.size = sizeof(good), .name = "abcdefghijklmno"}, o;
	uint32_t i = 99;

	(void)state;
	assert_int_equal(fwpdk_if_add(NULL, &i), -EINVAL);
	assert_int_equal(fwpdk_if_add(&good, NULL), -EINVAL);
	o = good, o.size--;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.mtu = 67;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.name = "abcdefghijklmnop";
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.name = "";
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.mac.addr_bytes[0] = 1;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.compartment_id = 5;
	assert_int_equal(fwpdk_if_add(&o, &i), -ENOENT);
	o = good, o.port_id = PORTS;
	assert_int_equal(fwpdk_if_add(&o, &i), -ENODEV);
	o.port_id = UINT16_MAX;
	assert_int_equal(fwpdk_if_add(&o, &i), -ENODEV);
	test_may_route = false;
	assert_int_equal(fwpdk_if_add(&good, &i), -EBUSY);
	test_may_route = true;
	assert_int_equal(i, 99);
	assert_int_equal(fwpdk_if_add(&good, &i), 0);
	assert_int_equal(fwpdk_if_add(&good, &i), -EEXIST);
	assert_int_equal(fwpdk_if_del(0), -ENOENT);
	assert_int_equal(fwpdk_if_del(7), -ENOENT);
	assert_int_equal(fwpdk_if_del(UINT32_MAX), -ENOENT);
}

static void
no_hooks(void **state)
{
	const struct fwi_stack_hooks none = {NULL, NULL};
	struct fwpdk_if_opts o = {.size = sizeof(o)};
	uint32_t i;

	(void)state;
	fwi_stack_hook(&none);
	assert_int_equal(fwpdk_if_add(&o, &i), -ENODEV);
}

static void
mtu(void **state)
{
	uint32_t i = test_if(0, 0, NULL), g;

	(void)state;
	test_add(i, "10.0.0.0", 8, NULL);
	test_add(i, "::", 0, "fe80::1");
	test_neigh(i, "10.0.0.1", 1);
	test_neigh(i, "fe80::1", 1);
	assert_int_equal(test_lookup("10.0.0.1").mtu, 1500);
	g = test_generation();
	assert_int_equal(fwpdk_if_set_mtu(i, 9000), 0);
	assert_int_equal(test_generation(), g + 1);
	assert_int_equal(test_lookup("10.0.0.1").mtu, 9000);
	assert_int_equal(test_lookup("2001:db8::1").mtu, 9000);
	assert_int_equal(fwpdk_if_set_mtu(i, 68), 0);
	assert_int_equal(fwpdk_if_set_mtu(i, 65535), 0);
	assert_int_equal(test_lookup("10.0.0.1").mtu, 65535);
	assert_int_equal(fwpdk_if_set_mtu(i, 67), -EINVAL);
	assert_int_equal(fwpdk_if_set_mtu(i, 0), -EINVAL);
	assert_int_equal(fwpdk_if_set_mtu(i + 1, 1500), -ENOENT);
}

static int
count(const struct fwpdk_route *r, void *arg)
{
	(void)r;
	++*(unsigned *)arg;
	return 0;
}

static int
count_neighbours(uint32_t i, const struct fwpdk_addr *a, const struct rte_ether_addr *m, void *arg)
{
	(void)i, (void)a, (void)m;
	++*(unsigned *)arg;
	return 0;
}

/* routes: how many more, so that the table is small or big. */
static void
remove_with(unsigned routes)
{
	uint32_t a = test_if(0, 0, "a"), b = test_if(0, 1, "b"), g, k;
	struct fwpdk_route *r = calloc(routes, sizeof(*r));
	unsigned n = 0;
	char text[46];

	assert_non_null(r);
	test_neigh(a, "10.0.0.1", 1);
	test_neigh(b, "10.0.0.1", 2);
	for (k = 0; k < routes; k++) {
		snprintf(text, sizeof(text), "20.%u.%u.0", k >> 8, k & 255);
		r[k] = test_route(0, k % 2 ? b : a, text, 24, "10.0.0.1");
	}
	assert_int_equal(fwpdk_route_add_bulk(r, routes), 0);
	test_add(b, "0.0.0.0", 0, "10.0.0.1");
	test_add(a, "192.0.2.0", 24, NULL);
	test_add(a, "2001:db8::", 32, NULL);
	for (k = 1; k < 200; k++) {
		snprintf(text, sizeof(text), "192.0.2.%u", k);
		assert_int_equal(test_neigh(a, text, 1), 0);
		snprintf(text, sizeof(text), "2001:db8::%x", k);
		assert_int_equal(test_neigh(a, text, 1), 0);
	}
	assert_int_equal(test_to("192.0.2.7"), 1);
	assert_int_equal(test_to("20.0.0.1"), 1);
	assert_int_equal(test_to("20.0.1.1"), 2);
	g = test_generation();
	assert_int_equal(fwpdk_if_del(a), 0);
	assert_int_not_equal(test_generation(), g);
	assert_int_equal(test_to("192.0.2.7"), 2);
	assert_int_equal(test_to("20.0.0.1"), 2);
	assert_int_equal(test_to("20.0.1.1"), 2);
	assert_int_equal(test_to("2001:db8::1"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(fwpdk_route_walk(0, count, &n), 0);
	assert_int_equal(n, 1 + routes / 2);
	n = 0;
	assert_int_equal(fwpdk_neigh_walk(count_neighbours, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(fwpdk_if_by_name("a"), 0);
	assert_int_equal(fwpdk_if_del(b), 0);
	assert_int_equal(test_to("20.0.1.1"), STATUS_NETWORK_UNREACHABLE);
	n = 0;
	assert_int_equal(fwpdk_route_walk(0, count, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fwi_rcu_deferred(), 0);
	free(r);
}

static void
removal_small(void **state)
{
	(void)state;
	remove_with(20);
}

static void
removal_big(void **state)
{
	(void)state;
	remove_with(2000);
}

static void
ports(void **state)
{
	uint64_t words[FWI_PORT_WORDS];
	uint32_t i;

	(void)state;
	assert_int_equal(fwpdk_compartment_add(5), 0);
	assert_false(fwi_stack_port_used(1));
	i = test_if(5, 1, NULL);
	test_if(0, 0, NULL);
	assert_true(fwi_stack_port_used(1));
	fwi_stack_ports(fwi_stack_compartment(5), words);
	assert_int_equal(words[0], 2);
	fwi_stack_ports(fwi_stack_compartment(0), words);
	assert_int_equal(words[0], 1);
	assert_int_equal(words[FWI_PORT_WORDS - 1], 0);
	assert_int_equal(fwpdk_if_del(i), 0);
	assert_false(fwi_stack_port_used(1));
}

static void
addresses(void **state)
{
	struct fwpdk_addr v4 = test_addr("192.0.2.33"), v6 = test_addr("2001:db8::33"),
			  none = test_addr("::");
	uint32_t a = test_if(0, 0, NULL), b = test_if(0, 1, NULL);

	(void)state;
	assert_int_equal(fwpdk_addr_add(a, &v4, 24), 0);
	assert_int_equal(fwpdk_addr_add(a, &v6, 64), 0);
	assert_int_equal(fwpdk_addr_add(a, &v4, 24), -EEXIST);
	assert_int_equal(fwpdk_addr_add(b, &v4, 25), -EEXIST);
	assert_int_equal(fwpdk_addr_add(a, &v4, 33), -EINVAL);
	assert_int_equal(fwpdk_addr_add(a, &v6, 129), -EINVAL);
	assert_int_equal(fwpdk_addr_add(a, &none, 64), -EINVAL);
	assert_int_equal(fwpdk_addr_add(a, NULL, 64), -EINVAL);
	assert_int_equal(fwpdk_addr_add(9, &v4, 24), -ENOENT);
	test_neigh(a, "192.0.2.254", 1);
	test_neigh(a, "2001:db8::ffff", 2);
	assert_int_equal(test_to("192.0.2.254"), 1);
	assert_int_equal(test_to("2001:db8::ffff"), 2);
	assert_int_equal(test_to("192.0.3.1"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(fwpdk_if_del(a), 0);
	assert_int_equal(fwpdk_addr_add(b, &v4, 24), 0);
}

static int
collect(const struct fwpdk_if_info *info, void *arg)
{
	unsigned *n = arg;

	assert_int_equal(info->size, sizeof(*info));
	return ++*n == 3 ? (int)info->if_index : 0;
}

static void
tags_and_fragments(void **state)
{
	struct fwpdk_if_opts good = {.size = sizeof(good), .vlan_id = 20, .vlan_priority = 7}, o;
	struct fwpdk_if_info info = {.size = sizeof(info)};
	uint32_t i;

	(void)state;
	o = good, o.vlan_id = 4095;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.outer_vlan_id = 4095;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.vlan_priority = 8;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.vlan_id = 0;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL); /* a priority of nothing */
	o = good, o.vlan_id = 0, o.vlan_priority = 0, o.outer_vlan_id = 5;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL); /* an outer tag around nothing */
	o = good, o.outer_tpid = 0x9100;
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);
	o = good, o.outer_vlan_id = 5, o.outer_tpid = 0x5ff; /* would be a length */
	assert_int_equal(fwpdk_if_add(&o, &i), -EINVAL);

	assert_int_equal(fwpdk_if_add(&good, &i), 0);
	assert_int_equal(fwpdk_if_info(i, &info), 0);
	assert_int_equal(info.vlan_id, 20);
	assert_int_equal(info.vlan_priority, 7);
	assert_int_equal(info.outer_vlan_id, 0);
	assert_int_equal(info.outer_tpid, 0);
	assert_int_equal(info.fragment, 0);
	assert_int_equal(fwpdk_if_set_fragment(i, 2), 0);
	assert_int_equal(fwpdk_if_info(i, &info), 0);
	assert_int_equal(info.fragment, 1);
	assert_int_equal(info.vlan_id, 20);
	assert_int_equal(fwpdk_if_del(i), 0);
	assert_int_equal(fwpdk_if_set_fragment(i, 1), -ENOENT);
	o = good, o.outer_vlan_id = 4094, o.fragment = 1;
	assert_int_equal(fwpdk_if_add(&o, &i), 0);
	assert_int_equal(fwpdk_if_info(i, &info), 0);
	assert_int_equal(info.outer_vlan_id, 4094);
	assert_int_equal(info.outer_tpid, 0x88a8);
	assert_int_equal(info.fragment, 1);
}

/* An index whose tags a poller may look up yet is nobody else's. */
static void
an_index_waits_for_readers(void **state)
{
	struct fwpdk_if_opts o = {.size = sizeof(o)};
	uint32_t i, k;

	(void)state;
	fwi_rcu_online(0);
	for (k = 1; k <= FWPDK_MAX_INTERFACES; k++)
		assert_int_equal(test_if(0, 0, NULL), k);
	assert_int_equal(fwpdk_if_del(7), 0);
	assert_int_equal(fwpdk_if_add(&o, &i), -ENOSPC);
	fwi_rcu_quiescent(0);
	assert_int_equal(fwpdk_if_add(&o, &i), 0);
	assert_int_equal(i, 7);
	fwi_rcu_offline(0);
}

/* As many as there may be; an index comes back late. */
static void
full(void **state)
{
	struct fwpdk_if_opts o = {.size = sizeof(o)};
	uint32_t i, k;
	unsigned n = 0;

	(void)state;
	for (k = 1; k <= FWPDK_MAX_INTERFACES; k++)
		assert_int_equal(test_if(0, 0, NULL), k);
	assert_int_equal(fwpdk_if_add(&o, &i), -ENOSPC);
	assert_int_equal(fwpdk_if_del(7), 0);
	assert_int_equal(test_if(0, 0, NULL), 7);
	assert_int_equal(fwpdk_if_walk(collect, &n), 3);
	assert_int_equal(n, 3);
	assert_int_equal(fwpdk_if_del(1), 0);
	assert_int_equal(fwpdk_if_del(9), 0);
	assert_int_equal(test_if(0, 0, NULL), 9);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_stack_up, test_stack_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(add_and_describe),
		T(refused),
		T(no_hooks),
		T(mtu),
		T(removal_small),
		T(removal_big),
		T(ports),
		T(addresses),
		T(tags_and_fragments),
		T(an_index_waits_for_readers),
		T(full),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
