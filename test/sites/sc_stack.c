/* SPDX-License-Identifier: BSD-3-Clause */
/* Interfaces, routes, neighbours; tables that grow and shrink; with a reader and without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "core/rcu.h"
#include "stack/comp.h"
#include "sites.h"

static void
only_port(void)
{
	w = (struct world){.dev = "net_null0"};
	lib_up();
	dev_up(w.dev);
	port_up();
}

static int
count_route(const struct fwpdk_route *r, void *n)
{
	(void)r;
	++*(unsigned *)n;
	return 0;
}

static int
count_neigh(
	uint32_t if_index, const struct fwpdk_addr *a, const struct rte_ether_addr *mac, void *n)
{
	(void)if_index;
	(void)a;
	(void)mac;
	++*(unsigned *)n;
	return 0;
}

static unsigned
routes(uint32_t compartment)
{
	unsigned n = 0;

	OP((n = 0, fwpdk_route_walk(compartment, count_route, &n)), -ENOMEM);
	return n;
}

static unsigned
neighbours(void)
{
	unsigned n = 0;

	SURE(fwpdk_neigh_walk(count_neigh, &n));
	return n;
}

static void
route_del(const char *prefix, uint8_t len)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = len};

	r.prefix = addr_of(prefix);
	OP(fwpdk_route_del(&r), -ENOMEM);
}

static void
address(uint32_t ifi, const char *text, uint8_t len)
{
	struct fwpdk_addr a = addr_of(text);

	OP(fwpdk_addr_add(ifi, &a, len), -ENOMEM);
}

static uint32_t
interface(uint32_t compartment)
{
	struct fwpdk_if_opts o = {
		.size = sizeof(o), .port_id = w.port, .compartment_id = compartment};
	uint32_t ifi;

	OP(fwpdk_if_add(&o, &ifi), -ENOMEM);
	return ifi;
}

static void
bulk(uint32_t a, uint32_t b)
{
	struct fwpdk_route r[4];
	unsigned i;

	for (i = 0; i < 4; i++) {
		r[i] = (struct fwpdk_route){.size = sizeof(r[i]),
			.if_index = i < 2 ? a : b,
			.compartment_id = i < 2 ? 1 : 7,
			.prefix_len = 16};
		r[i].prefix = addr_of(i & 1 ? "fd77::" : "10.77.0.0");
		r[i].next_hop = addr_of(i & 1 ? "fe80::77" : "10.0.0.77");
	}
	OP(fwpdk_route_add_bulk(r, 4), -ENOMEM, -ENOSPC);
}

static void
small(void)
{
	struct fwpdk_addr hop = addr_of("10.0.0.1"), other = addr_of("fe80::1");
	uint32_t a, b, i;
	char text[32];

	OP(fwpdk_compartment_add(7), -ENOMEM);
	a = interface(1);
	b = interface(7);
	address(a, "10.0.0.2", 24);
	address(a, "fd00::2", 64);
	route_set(a, "0.0.0.0", 0, "10.0.0.1");
	route_set(a, "::", 0, "fe80::1");
	route_set(b, "10.1.0.0", 16, NULL);
	CHECK(routes(1) == 4 && routes(7) == 1);
	neigh_set(a, "10.0.0.1", 1);
	neigh_set(a, "10.0.0.1", 2); /* replaced */
	neigh_set(a, "fe80::1", 3);
	neigh_set(b, "10.1.0.1", 4);
	CHECK(neighbours() == 3);
	bulk(a, b);
	bulk(a, b);
	CHECK(routes(1) == 6 && routes(7) == 3);
	route_set(a, "0.0.0.0", 0, "10.0.0.9"); /* replaced */
	route_del("10.77.0.0", 16);
	CHECK(routes(1) == 5);
	SURE(fwpdk_neigh_del(a, &other));
	neigh_set(a, "fe80::1", 5);
	for (i = 0; i < 8; i++) { /* every other one is only a trace when the interface goes */
		snprintf(text, sizeof(text), "10.0.1.%u", i + 1);
		neigh_set(a, text, (uint8_t)i);
		other = addr_of(text);
		if (i & 1)
			SURE(fwpdk_neigh_del(a, &other));
	}
	OP(fwpdk_if_del(a), -ENOMEM);
	CHECK(routes(1) == 0 && routes(7) == 3);
	CHECK(neighbours() == 1);
	CHECK(fwpdk_neigh_del(a, &hop) == -ENOENT);
	OP(fwpdk_if_del(b), -ENOMEM);
	CHECK(neighbours() == 0);
	CHECK(fwi_rcu_deferred() == 0);
}

static int
count_rule(const struct fwpdk_rule *r, void *n)
{
	(void)r;
	++*(unsigned *)n;
	return 0;
}

static unsigned
rules_of(uint32_t compartment)
{
	unsigned n = 0;

	SURE(fwpdk_rule_walk(compartment, count_rule, &n));
	return n;
}

/* The host's, and some as lib/netlink has them. */
static void
rules(void)
{
	struct fwpdk_rule r[3];
	struct fwpdk_route route = {.size = sizeof(route), .compartment_id = 100};
	struct fwi_rule mirrored = {.priority = 5, .mirrored = true};
	uint32_t a = interface(1), left, i;

	OP(fwpdk_table_add(100), -ENOMEM);
	route.if_index = a;
	route.prefix = addr_of("10.0.0.0");
	route.prefix_len = 8;
	OP(fwpdk_route_add(&route), -ENOMEM);
	for (i = 0; i < 3; i++) {
		r[i] = (struct fwpdk_rule){.size = sizeof(r[i]), .priority = i, .table_id = 100};
		r[i].from = addr_of(i < 2 ? "0.0.0.0" : "::");
		OP(fwpdk_rule_add(&r[i]), -ENOMEM);
	}
	mirrored.table = (uint8_t)fwi_comp_table(100);
	OP(fwi_rules_mirror(0, FWI_V4, &mirrored, 1, &left), -ENOMEM);
	CHECK(left == 0 && rules_of(1) == 4);
	OP(fwi_rules_mirror(0, FWI_V4, NULL, 0, &left), -ENOMEM);
	for (i = 0; i < 3; i++)
		OP(fwpdk_rule_del(&r[i]), -ENOMEM);
	CHECK(rules_of(1) == 0 && routes(100) == 1);
	OP(fwpdk_if_del(a), -ENOMEM);
	CHECK(routes(100) == 0);
	CHECK(fwi_rcu_deferred() == 0);
}

/* Up to the number the library was started for, again and again: slots come back. */
static void
many_neighbours(void)
{
	uint32_t a = interface(1), round, i;
	struct fwpdk_addr addr;
	char text[32];

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 64; i++) {
			snprintf(text, sizeof(text), "10.%u.0.%u", round, i + 1);
			neigh_set(a, text, (uint8_t)(i + 1));
		}
		CHECK(neighbours() == 64);
		for (i = 0; i < 64; i++) {
			snprintf(text, sizeof(text), "10.%u.0.%u", round, i + 1);
			addr = addr_of(text);
			SURE(fwpdk_neigh_del(a, &addr));
		}
		CHECK(neighbours() == 0);
	}
	OP(fwpdk_if_del(a), -ENOMEM);
}

/* Beyond what a small table holds, changes in place, and back. */
#define BIG 1100u

static void
big(unsigned version)
{
	struct fwpdk_route *r = calloc(BIG, sizeof(*r));
	uint32_t a = interface(1), i;

	CHECK(r != NULL);
	for (i = 0; i < BIG; i++) {
		r[i].size = sizeof(r[i]);
		r[i].if_index = a;
		r[i].prefix_len = version == 4 ? 28 : 60;
		r[i].prefix.family = version == 4 ? AF_INET : AF_INET6;
		r[i].prefix.bytes[0] = version == 4 ? 10 : 0xfd;
		r[i].prefix.bytes[1] = (uint8_t)(i >> 8);
		r[i].prefix.bytes[2] = (uint8_t)i;
		r[i].next_hop = addr_of(version == 4 ? "10.0.0.1" : "fe80::1");
	}
	OP(fwpdk_route_add_bulk(r, BIG - 1), -ENOMEM, -ENOSPC);
	OP(fwpdk_route_add(&r[BIG - 1]), -ENOMEM, -ENOSPC);
	r[3].next_hop = addr_of(version == 4 ? "10.0.0.2" : "fe80::2");
	OP(fwpdk_route_add(&r[3]), -ENOMEM, -ENOSPC); /* another next hop */
	for (i = 0; i < 3; i++)
		OP(fwpdk_route_del(&r[i]), -ENOMEM);
	OP(fwpdk_route_add(&r[1]), -ENOMEM, -ENOSPC);
	CHECK(routes(1) == BIG - 2);
	OP(fwpdk_if_del(a), -ENOMEM);
	CHECK(routes(1) == 0);
	free(r);
}

static void
big4(void)
{
	big(4);
}

static void
big6(void)
{
	big(6);
}

static void
down(void)
{
	port_down();
	dev_down();
	lib_down();
}

const struct scenario stack_scenarios[] = {
	{"stack", only_port, small, down},
	{"neighbours", only_port, many_neighbours, down},
	{"rules", only_port, rules, down},
	{"big4", only_port, big4, down},
	{"big6", only_port, big6, down},
	{0},
};
