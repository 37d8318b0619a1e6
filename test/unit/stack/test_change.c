/* SPDX-License-Identifier: BSD-3-Clause */
/* Routes and neighbours: what a change does to look-ups, refusals, walks. */
#include "core/ctl.h"
#include "stack/neigh.h"

#include "stack_fixture.h"

static void
unreachable(void **state)
{
	uint32_t i = test_if(0, 0, NULL);
	struct fwi_hop hop;

	(void)state;
	assert_int_equal(test_to("192.0.2.1"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(test_to("2001:db8::1"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(test_add(i, "192.0.2.0", 24, NULL), 0);
	assert_int_equal(test_to("192.0.2.1"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(test_add(i, "2001:db8::", 64, NULL), 0);
	assert_int_equal(test_to("2001:db8::1"), STATUS_HOST_UNREACHABLE);
	fwi_stack_lookup4(FWI_NO_COMPARTMENT, 1, &hop);
	assert_int_equal(hop.status, STATUS_NETWORK_UNREACHABLE);
}

static void
whole_header(void **state)
{
	const uint8_t v4[14] = {2, 0, 0, 0, 0, 7, 2, 0xAA, 0, 0, 0, 1, 0x08, 0x00};
	const uint8_t v6[14] = {2, 0, 0, 0, 0, 8, 2, 0xAA, 0, 0, 0, 1, 0x86, 0xDD};
	uint32_t i = test_if(0, 1, NULL);
	struct fwi_hop hop;

	(void)state;
	assert_int_equal(test_add(i, "0.0.0.0", 0, "10.0.0.7"), 0);
	assert_int_equal(test_add(i, "::", 0, "fe80::8"), 0);
	assert_int_equal(test_to("192.0.2.1"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(test_neigh(i, "10.0.0.7", 7), 0);
	assert_int_equal(test_neigh(i, "fe80::8", 8), 0);
	hop = test_lookup("192.0.2.1");
	assert_memory_equal(hop.l2, v4, 14);
	assert_int_equal(hop.status, 0);
	assert_int_equal(hop.port_id, 1);
	assert_int_equal(hop.mtu, 1500);
	hop = test_lookup("2001:db8::1");
	assert_memory_equal(hop.l2, v6, 14);
	assert_int_equal(hop.status, 0);
	assert_int_equal(hop.port_id, 1);
	assert_int_equal(hop.mtu, 1500);
}

/* The header of a group or broadcast address, by the interface of port 1. */
static void
is_by_rule(const char *dst, const uint8_t mac[6])
{
	struct fwi_hop hop = test_lookup(dst);
	uint8_t l2[14] = {[6] = 2, [7] = 0xAA, [11] = 1, [12] = 0x08};

	memcpy(l2, mac, 6);
	if (strchr(dst, ':') != NULL) {
		l2[12] = 0x86;
		l2[13] = 0xDD;
	}
	assert_int_equal(hop.status, 0);
	assert_memory_equal(hop.l2, l2, 14);
	assert_int_equal(hop.port_id, 1);
	assert_int_equal(hop.mtu, 1500);
}
#define BY_RULE(dst, ...) is_by_rule(dst, (const uint8_t[6]){__VA_ARGS__})

static void
all_groups(void)
{
	BY_RULE("224.0.0.5", 0x01, 0x00, 0x5e, 0, 0, 5);
	BY_RULE("239.255.254.253", 0x01, 0x00, 0x5e, 0x7f, 0xfe, 0xfd);
	BY_RULE("255.255.255.255", 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
	BY_RULE("ff02::1:ff12:3456", 0x33, 0x33, 0xff, 0x12, 0x34, 0x56);
}

static void
macs_by_rule(void **state)
{
	struct fwpdk_addr a;
	uint32_t i = test_if(0, 1, NULL);

	(void)state;
	assert_int_equal(test_to("224.0.0.5"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(test_to("ff02::1"), STATUS_NETWORK_UNREACHABLE);
	/* Over a gateway, known or not: the way out counts, not its MAC. */
	assert_int_equal(test_add(i, "0.0.0.0", 0, "10.0.0.7"), 0);
	assert_int_equal(test_add(i, "::", 0, "fe80::8"), 0);
	all_groups();
	assert_int_equal(test_neigh(i, "10.0.0.7", 7), 0);
	assert_int_equal(test_neigh(i, "fe80::8", 8), 0);
	all_groups();
	/* On-link, and a neighbour that the host has set wins. */
	assert_int_equal(test_add(i, "224.0.0.0", 3, NULL), 0);
	assert_int_equal(test_add(i, "ff00::", 8, NULL), 0);
	all_groups();
	assert_int_equal(test_neigh(i, "224.0.0.5", 9), 0);
	assert_int_equal(test_to("224.0.0.5"), 9);
	/* Broadcast of a network of ours. */
	assert_int_equal(fwpdk_addr_parse("192.0.2.1", &a), 0);
	assert_int_equal(fwpdk_addr_add(i, &a, 25), 0);
	BY_RULE("192.0.2.127", 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
	assert_int_equal(test_to("192.0.2.126"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(test_to("192.0.2.255"), 7);
}

static void
missing(const char *dst, uint32_t if_index, const char *next)
{
	struct fwpdk_addr a, want;
	const struct fwi_flow any = {.hash = 0};
	struct fwi_next n = {0};
	uint32_t v4;
	bool is;

	assert_int_equal(fwpdk_addr_parse(dst, &a), 0);
	memcpy(&v4, a.bytes, 4);
	is = a.family == AF_INET ? fwi_stack_missing4(0, v4, &any, &n, 1)
				 : fwi_stack_missing6(0, a.bytes, &any, &n, 1);
	assert_int_equal(is, next != NULL);
	if (!is)
		return;
	assert_int_equal(fwpdk_addr_parse(next, &want), 0);
	assert_int_equal(n.if_index, if_index);
	assert_int_equal(n.version, want.family == AF_INET ? 4 : 6);
	assert_memory_equal(n.addr, want.bytes, 16);
}

static void
what_is_missing(void **state)
{
	uint32_t i = test_if(0, 1, NULL);

	(void)state;
	missing("192.0.2.1", 0, NULL);
	assert_int_equal(test_add(i, "0.0.0.0", 0, "10.0.0.7"), 0);
	assert_int_equal(test_add(i, "::", 0, "fe80::8"), 0);
	assert_int_equal(test_add(i, "192.0.2.0", 24, NULL), 0);
	assert_int_equal(test_add(i, "2001:db8::", 64, NULL), 0);
	missing("198.51.100.1", i, "10.0.0.7");
	missing("192.0.2.1", i, "192.0.2.1");
	missing("2001:db8:1::1", i, "fe80::8");
	missing("2001:db8::1", i, "2001:db8::1");
	/* Where it would go is known all the same. */
	assert_int_equal(test_lookup("198.51.100.1").port_id, 1);
	assert_int_equal(test_lookup("198.51.100.1").mtu, 1500);
	assert_memory_equal(&test_lookup("192.0.2.1").l2[6], "\x02\xAA\0\0\0\1\x08\0", 8);
	test_neigh(i, "10.0.0.7", 7);
	test_neigh(i, "192.0.2.1", 1);
	missing("198.51.100.1", 0, NULL);
	missing("192.0.2.1", 0, NULL);
	missing("192.0.2.2", i, "192.0.2.2");
}

static int
learn(uint32_t i, uint32_t host, uint8_t mac)
{
	const struct rte_ether_addr m = {{2, 0, 0, 0, 0, mac}};

	return fwi_neigh_learn(i, FWI_V4, fwi_key4(host), mac != 0 ? &m : NULL);
}

/* 64 neighbours are configured, see the fixture. */
static void
learned_neighbours(void **state)
{
	uint32_t i = test_if(0, 0, NULL), n, all = fwi_config.max_neighbours;
	struct fwpdk_addr a = {.family = AF_INET};

	(void)state;
	assert_int_equal(test_add(i, "10.0.0.0", 8, NULL), 0);
	assert_int_equal(test_neigh(i, "10.0.0.1", 1), 0);
	assert_int_equal(learn(i, 0x0a000001, 9), -EEXIST);
	assert_int_equal(learn(i, 0x0a000001, 0), -EEXIST);
	assert_int_equal(test_to("10.0.0.1"), 1);
	assert_int_equal(learn(99, 0x0a000002, 9), -ENOENT);
	assert_int_equal(learn(i, 0x0a000002, 9), 0);
	assert_int_equal(test_to("10.0.0.2"), 9);
	assert_int_equal(learn(i, 0x0a000002, 8), 0);
	assert_int_equal(test_to("10.0.0.2"), 8);
	/* The host takes it over, with the MAC it has and with another one. */
	assert_int_equal(test_neigh(i, "10.0.0.2", 8), 0);
	assert_int_equal(learn(i, 0x0a000002, 7), -EEXIST);
	assert_int_equal(learn(i, 0x0a000003, 9), 0);
	assert_int_equal(test_neigh(i, "10.0.0.3", 3), 0);
	assert_int_equal(learn(i, 0x0a000003, 0), -EEXIST);
	/* Full: the host's have room, learned ones have not; one that was used stays longest. */
	for (n = 4; n <= all; n++)
		assert_int_equal(learn(i, 0x0a000000 + n, (uint8_t)(n % 200 + 1)), 0);
	assert_int_equal(learn(i, 0x0b000000, 1), -ENOSPC);
	assert_int_not_equal(test_to("10.0.0.4"), STATUS_HOST_UNREACHABLE);
	for (n = 0; n + 4 < all; n++) {
		memcpy(a.bytes, &(uint32_t){rte_cpu_to_be_32(0x0a010000 + n)}, 4);
		assert_int_equal(fwpdk_neigh_add(i, &a, &(struct rte_ether_addr){{2, [5] = 5}}), 0);
	}
	assert_int_not_equal(test_to("10.0.0.4"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(test_neigh(i, "10.2.0.1", 5), 0);
	assert_int_equal(test_to("10.0.0.4"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(test_neigh(i, "10.2.0.2", 5), -ENOSPC);
}

static void
replace_and_delete(void **state)
{
	uint32_t i = test_if(0, 0, NULL), g;

	(void)state;
	test_neigh(i, "10.0.0.1", 1);
	test_neigh(i, "10.0.0.2", 2);
	g = test_generation();
	assert_int_equal(test_add(i, "192.0.2.0", 24, "10.0.0.1"), 0);
	assert_int_not_equal(test_generation(), g);
	assert_int_equal(test_to("192.0.2.9"), 1);
	g = test_generation();
	assert_int_equal(test_add(i, "192.0.2.0", 24, "10.0.0.2"), 0);
	assert_int_not_equal(test_generation(), g);
	assert_int_equal(test_to("192.0.2.9"), 2);
	g = test_generation();
	assert_int_equal(test_del("192.0.2.0", 24), 0);
	assert_int_not_equal(test_generation(), g);
	assert_int_equal(test_to("192.0.2.9"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(test_del("192.0.2.0", 24), -ENOENT);
}

static void
neighbour_changes(void **state)
{
	struct fwpdk_addr gw = test_addr("10.0.0.1"), host = test_addr("2001:db8::5");
	uint32_t i = test_if(0, 0, NULL), g;

	(void)state;
	test_add(i, "0.0.0.0", 0, "10.0.0.1");
	test_add(i, "2001:db8::", 64, NULL);
	g = test_generation();
	assert_int_equal(test_neigh(i, "10.0.0.1", 1), 0);
	assert_int_equal(test_neigh(i, "2001:db8::5", 5), 0);
	assert_int_equal(test_generation(), g + 2);
	assert_int_equal(test_to("192.0.2.1"), 1);
	assert_int_equal(test_to("2001:db8::5"), 5);
	assert_int_equal(test_neigh(i, "10.0.0.1", 11), 0);
	assert_int_equal(test_neigh(i, "2001:db8::5", 15), 0);
	assert_int_equal(test_generation(), g + 4);
	assert_int_equal(test_to("192.0.2.1"), 11);
	assert_int_equal(test_to("2001:db8::5"), 15);
	assert_int_equal(fwpdk_neigh_del(i, &gw), 0);
	assert_int_equal(fwpdk_neigh_del(i, &host), 0);
	assert_int_equal(test_generation(), g + 6);
	assert_int_equal(test_to("192.0.2.1"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(test_to("2001:db8::5"), STATUS_HOST_UNREACHABLE);
	assert_int_equal(fwpdk_neigh_del(i, &gw), -ENOENT);
	/* The gateway comes back, and a route that was made meanwhile finds it too. */
	assert_int_equal(test_add(i, "198.51.100.0", 24, "10.0.0.1"), 0);
	assert_int_equal(test_neigh(i, "10.0.0.1", 12), 0);
	assert_int_equal(test_to("192.0.2.1"), 12);
	assert_int_equal(test_to("198.51.100.1"), 12);
}

static int
count_neighbours(uint32_t if_index, const struct fwpdk_addr *addr, const struct rte_ether_addr *mac,
	void *arg)
{
	char text[46];
	unsigned n = mac->addr_bytes[4] << 8 | mac->addr_bytes[5];

	assert_int_equal(if_index, 1);
	fwpdk_addr_format(addr, text, sizeof(text));
	assert_int_equal(atoi(strrchr(text, addr->family == 2 ? '.' : ':') + 1), n % 100);
	++*(unsigned *)arg;
	return 0;
}

static int
stop_at_once(uint32_t if_index, const struct fwpdk_addr *addr, const struct rte_ether_addr *mac,
	void *arg)
{
	(void)if_index, (void)addr, (void)mac;
	++*(unsigned *)arg;
	return 77;
}

static void
neighbour_walk(void **state)
{
	unsigned k, n = 0;
	char text[46];

	(void)state;
	test_if(0, 0, NULL);
	assert_int_equal(fwpdk_neigh_walk(count_neighbours, &n), 0);
	for (k = 1; k < 10; k++) {
		snprintf(text, sizeof(text), "10.0.0.%u", k);
		assert_int_equal(test_neigh(1, text, k), 0);
		snprintf(text, sizeof(text), "fe80::%u", k);
		assert_int_equal(test_neigh(1, text, 100 + k), 0);
	}
	assert_int_equal(fwpdk_neigh_walk(count_neighbours, &n), 0);
	assert_int_equal(n, 18);
	n = 0;
	assert_int_equal(fwpdk_neigh_walk(stop_at_once, &n), 77);
	assert_int_equal(n, 1);
	assert_int_equal(fwpdk_neigh_walk(NULL, NULL), -EINVAL);
}

static void
as_many_neighbours_as_promised(void **state)
{
	struct rte_ether_addr mac = test_mac(1);
	struct fwpdk_addr a = test_addr("10.0.0.0");
	uint32_t i = test_if(0, 0, NULL), k;
	struct fwpdk_addr first;

	(void)state;
	for (k = 0; k < 1024; k++) { /* both families count */
		a.family = k % 2 ? AF_INET : AF_INET6;
		a.bytes[2] = (uint8_t)(k >> 8);
		a.bytes[3] = (uint8_t)k;
		assert_int_equal(fwpdk_neigh_add(i, &a, &mac), 0);
		if (k == 0)
			first = a;
	}
	a.bytes[1] = 1;
	assert_int_equal(fwpdk_neigh_add(i, &a, &mac), -ENOSPC);
	mac = test_mac(2);
	assert_int_equal(fwpdk_neigh_add(i, &first, &mac), 0); /* replace still goes */
	assert_int_equal(fwpdk_neigh_del(i, &first), 0);
	assert_int_equal(fwpdk_neigh_add(i, &a, &mac), 0);
}

static void
refused_routes(void **state)
{
	uint32_t i = test_if(0, 0, NULL), other, g;
	struct fwpdk_route r, two[2];

	(void)state;
	assert_int_equal(fwpdk_compartment_add(9), 0);
	other = test_if(9, 0, "other");
	g = test_generation();
	assert_int_equal(fwpdk_route_add(NULL), -EINVAL);
	assert_int_equal(fwpdk_route_del(NULL), -EINVAL);
	assert_int_equal(test_add(i, "192.0.2.1", 24, NULL), -EINVAL);
	assert_int_equal(test_add(i, "2001:db8::1", 64, NULL), -EINVAL);
	assert_int_equal(test_add(i, "192.0.2.0", 33, NULL), -EINVAL);
	assert_int_equal(test_add(i, "2001:db8::", 129, NULL), -EINVAL);
	assert_int_equal(test_del("192.0.2.0", 33), -EINVAL);
	assert_int_equal(test_add(i, "192.0.2.0", 24, "fe80::1"), -EINVAL);
	assert_int_equal(test_add(i, "192.0.2.0", 24, "0.0.0.0"), -EINVAL);
	assert_int_equal(test_add(i, "192.0.2.0", 24, "224.0.0.1"), -EINVAL);
	assert_int_equal(test_add(i, "2001:db8::", 32, "ff02::1"), -EINVAL);
	assert_int_equal(test_add(0, "192.0.2.0", 24, NULL), -ENOENT);
	assert_int_equal(test_add(77, "192.0.2.0", 24, NULL), -ENOENT);
	assert_int_equal(test_add(UINT32_MAX, "192.0.2.0", 24, NULL), -ENOENT);
	assert_int_equal(test_add(other, "192.0.2.0", 24, NULL), -EINVAL);
	r = test_route(5, i, "192.0.2.0", 24, NULL);
	assert_int_equal(fwpdk_route_add(&r), -ENOENT);
	assert_int_equal(fwpdk_route_del(&r), -ENOENT);
	r = test_route(0, i, "192.0.2.0", 24, NULL);
	r.size--;
	assert_int_equal(fwpdk_route_add(&r), -EINVAL);
	r.size++;
	r.prefix.family = 3;
	assert_int_equal(fwpdk_route_add(&r), -EINVAL);
	two[0] = test_route(0, i, "192.0.2.0", 24, NULL);
	two[1] = test_route(0, i, "192.0.2.1", 24, NULL);
	assert_int_equal(fwpdk_route_add_bulk(two, 2), -EINVAL);
	assert_int_equal(fwpdk_route_add_bulk(NULL, 2), -EINVAL);
	assert_int_equal(fwpdk_route_add_bulk(NULL, 0), 0);
	assert_int_equal(test_generation(), g);
	assert_int_equal(test_to("192.0.2.1"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(fwpdk_route_walk(4, NULL, NULL), -EINVAL);
}

static void
refused_neighbours(void **state)
{
	struct rte_ether_addr mac = test_mac(1), zero = {{0}};
	struct fwpdk_addr a = test_addr("10.0.0.1"), none = test_addr("0.0.0.0"),
			  bad = {.family = 1};
	uint32_t i = test_if(0, 0, NULL);

	(void)state;
	assert_int_equal(fwpdk_neigh_add(i + 1, &a, &mac), -ENOENT);
	assert_int_equal(fwpdk_neigh_add(UINT32_MAX, &a, &mac), -ENOENT);
	assert_int_equal(fwpdk_neigh_add(i, NULL, &mac), -EINVAL);
	assert_int_equal(fwpdk_neigh_add(i, &a, NULL), -EINVAL);
	assert_int_equal(fwpdk_neigh_add(i, &a, &zero), -EINVAL);
	assert_int_equal(fwpdk_neigh_add(i, &none, &mac), -EINVAL);
	assert_int_equal(fwpdk_neigh_add(i, &bad, &mac), -EINVAL);
	assert_int_equal(fwpdk_neigh_del(i, NULL), -EINVAL);
	assert_int_equal(fwpdk_neigh_del(i, &a), -ENOENT);
	assert_int_equal(fwpdk_neigh_del(i + 1, &a), -ENOENT);
}

static void
windows_family(void **state)
{
	struct fwpdk_addr a = test_addr("2001:db8::1");
	struct rte_ether_addr mac = test_mac(3);
	uint32_t i = test_if(0, 0, NULL);

	(void)state;
	test_add(i, "2001:db8::", 64, NULL);
	a.family = 23;
	assert_int_equal(fwpdk_neigh_add(i, &a, &mac), 0);
	assert_int_equal(test_to("2001:db8::1"), 3);
}

/* Several compartments and both families in one call, with doubles. */
static void
mixed_bulk(void **state)
{
	uint32_t i = test_if(0, 0, NULL), j;
	struct fwpdk_route r[6];

	(void)state;
	assert_int_equal(fwpdk_compartment_add(2), 0);
	j = test_if(2, 1, "two");
	test_neigh(i, "10.0.0.1", 1);
	test_neigh(i, "10.0.0.2", 2);
	test_neigh(i, "fe80::3", 3);
	test_neigh(j, "10.0.0.1", 4);
	r[0] = test_route(0, i, "192.0.2.0", 24, "10.0.0.1");
	r[1] = test_route(2, j, "192.0.2.0", 24, "10.0.0.1");
	r[2] = test_route(0, i, "2001:db8::", 32, "fe80::3");
	r[3] = test_route(1, i, "192.0.2.0", 24, "10.0.0.2");
	r[4] = test_route(1, i, "192.0.2.128", 25, "10.0.0.1");
	r[5] = test_route(1, i, "192.0.2.128", 25, "10.0.0.1");
	assert_int_equal(fwpdk_route_add_bulk(r, 6), 0);
	assert_int_equal(test_to("192.0.2.1"), 2);
	assert_int_equal(test_to("192.0.2.129"), 1);
	assert_int_equal(test_to("2001:db8::1"), 3);
	assert_int_equal(test_lookup_in(2, "192.0.2.1").l2[5], 4);
	assert_int_equal(test_lookup_in(2, "192.0.2.1").port_id, 1);
	/* Deleted in one table, untouched in the other. */
	assert_int_equal(fwpdk_route_del(&r[1]), 0);
	assert_int_equal(test_lookup_in(2, "192.0.2.1").status, STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(test_to("192.0.2.1"), 2);
}

static void
not_initialised(void **state)
{
	struct rte_ether_addr mac = test_mac(1);
	struct fwpdk_addr a = test_addr("10.0.0.1");
	struct fwpdk_route r = test_route(0, 1, "10.0.0.0", 8, NULL);
	struct fwpdk_if_opts o = {.size = sizeof(o)};
	struct fwpdk_if_info info = {.size = sizeof(info)};
	uint32_t i;

	(void)state;
	assert_int_equal(fwpdk_compartment_add(3), -ENODEV);
	assert_int_equal(fwpdk_if_add(&o, &i), -ENODEV);
	assert_int_equal(fwpdk_if_del(1), -ENODEV);
	assert_int_equal(fwpdk_if_set_mtu(1, 1500), -ENODEV);
	assert_int_equal(fwpdk_if_info(1, &info), -ENODEV);
	assert_int_equal(fwpdk_if_by_name("if1"), 0);
	assert_int_equal(fwpdk_addr_add(1, &a, 8), -ENODEV);
	assert_int_equal(fwpdk_route_add(&r), -ENODEV);
	assert_int_equal(fwpdk_route_del(&r), -ENODEV);
	assert_int_equal(fwpdk_route_add_bulk(&r, 1), -ENODEV);
	assert_int_equal(fwpdk_neigh_add(1, &a, &mac), -ENODEV);
	assert_int_equal(fwpdk_neigh_del(1, &a), -ENODEV);
	assert_int_equal(fwpdk_route_walk(0, NULL, NULL), -ENODEV);
	assert_int_equal(fwpdk_neigh_walk(NULL, NULL), -ENODEV);
	assert_int_equal(fwpdk_if_walk(NULL, NULL), -ENODEV);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_stack_up, test_stack_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_initialised),
		T(unreachable),
		T(whole_header),
		T(macs_by_rule),
		T(what_is_missing),
		T(learned_neighbours),
		T(replace_and_delete),
		T(neighbour_changes),
		T(neighbour_walk),
		T(as_many_neighbours_as_promised),
		T(refused_routes),
		T(refused_neighbours),
		T(windows_family),
		T(mixed_bulk),
		cmocka_unit_test(not_initialised),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
