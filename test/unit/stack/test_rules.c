/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules: which table a packet is looked up in, by its source; and routes whose link is down. */
#include "stack_fixture.h"

#include <ndis.h>

#include "stack/comp.h"

#define FAILS STATUS_NETWORK_UNREACHABLE
#define DOWN  ((int)NDIS_STATUS_MEDIA_DISCONNECTED)

static uint32_t a, b; /* interfaces on ports 0 and 1; neighbours 1 and 2 are their gateways */

static int
up(void **state)
{
	int rc = test_stack_up(state);

	if (rc != 0)
		return rc;
	a = test_if(0, 0, "a");
	b = test_if(0, 1, "b");
	assert_int_equal(test_neigh(a, "10.0.0.1", 1), 0);
	assert_int_equal(test_neigh(b, "10.0.1.1", 2), 0);
	assert_int_equal(test_neigh(a, "fe80::1", 1), 0);
	assert_int_equal(test_neigh(b, "fe80::2", 2), 0);
	assert_int_equal(fwpdk_table_add(100), 0);
	return 0;
}

static int
down(void **state)
{
	if (fwi_rcu_deferred() != 0)
		return -1;
	return test_stack_down(state);
}

static struct fwpdk_rule
rule(uint32_t priority, const char *from, uint8_t len, uint32_t table)
{
	return (struct fwpdk_rule){.size = sizeof(struct fwpdk_rule),
		.priority = priority,
		.table_id = table,
		.from = test_addr(from),
		.from_len = len};
}

static int
rule_add(uint32_t priority, const char *from, uint8_t len, uint32_t table)
{
	struct fwpdk_rule r = rule(priority, from, len, table);

	return fwpdk_rule_add(&r);
}

static int
rule_del(uint32_t priority, const char *from, uint8_t len, uint32_t table)
{
	struct fwpdk_rule r = rule(priority, from, len, table);

	return fwpdk_rule_del(&r);
}

static int
add_to(uint32_t table, uint32_t if_index, const char *prefix, uint8_t len, const char *via)
{
	struct fwpdk_route r = test_route(table, if_index, prefix, len, via);

	return fwpdk_route_add(&r);
}

/* Number of the MAC that a packet of that source gets, or the status. */
static int
from_to_in(uint32_t compartment, const char *src, const char *dst)
{
	struct fwpdk_addr s = test_addr(src), d = test_addr(dst);
	uint32_t comp = fwi_stack_compartment(compartment), v4;
	struct fwi_flow flow = {.hash = 7};
	struct fwi_hop hop;

	memcpy(flow.src, s.bytes, sizeof(flow.src));
	memcpy(&v4, d.bytes, 4);
	if (d.family == AF_INET)
		fwi_stack_lookup4_flow(comp, v4, &flow, &hop);
	else
		fwi_stack_lookup6_flow(comp, d.bytes, &flow, &hop);
	return hop.status != 0 ? hop.status : hop.l2[4] << 8 | hop.l2[5];
}

static int
from_to(const char *src, const char *dst)
{
	return from_to_in(0, src, dst);
}

static void
by_source(void **state)
{
	(void)state;
	assert_int_equal(test_add(a, "0.0.0.0", 0, "10.0.0.1"), 0);
	assert_int_equal(add_to(100, b, "20.0.0.0", 8, "10.0.1.1"), 0);
	assert_int_equal(test_to("20.0.0.1"), 1);
	assert_int_equal(rule_add(10, "192.0.2.0", 24, 100), 0);
	assert_int_equal(test_to("20.0.0.1"), FWI_HOP_BY_FLOW);
	assert_int_equal(from_to("192.0.2.9", "20.0.0.1"), 2);
	assert_int_equal(from_to("192.0.3.9", "20.0.0.1"), 1);
	/* No route there: the next one, in the end the compartment's own. */
	assert_int_equal(from_to("192.0.2.9", "30.0.0.1"), 1);
	/* IPv6 has rules of its own. */
	assert_int_equal(test_add(a, "2001:db8::", 32, "fe80::1"), 0);
	assert_int_equal(add_to(100, b, "2001:db8::", 32, "fe80::2"), 0);
	assert_int_equal(test_to("2001:db8::5"), 1);
	assert_int_equal(rule_add(10, "fd00:1::", 32, 100), 0);
	assert_int_equal(from_to("fd00:1::9", "2001:db8::5"), 2);
	assert_int_equal(from_to("fd00:2::9", "2001:db8::5"), 1);
	/* Without rules as before. */
	assert_int_equal(rule_del(10, "192.0.2.0", 24, 100), 0);
	assert_int_equal(test_to("20.0.0.1"), 1);
	assert_int_equal(rule_del(10, "fd00:1::", 32, 100), 0);
	assert_int_equal(test_to("2001:db8::5"), 1);
}

static int
add_throw(uint32_t table, const char *prefix, uint8_t len)
{
	struct fwpdk_route r = test_route(table, 0, prefix, len, NULL);

	r.throws = 1;
	return fwpdk_route_add_multi(&r, NULL, 0);
}

static int
count_throws(const struct fwpdk_route *r, const struct fwpdk_next_hop *hops, uint32_t n, void *arg)
{
	(void)hops;
	assert_true(!r->throws || n == 0);
	*(unsigned *)arg += r->throws;
	return 0;
}

/* In a table of a rule the next rule is asked, in the compartment's own there is none. */
static void
throwing(void **state)
{
	const struct fwpdk_next_hop hop = {.if_index = a, .gateway = test_addr("10.0.0.1")};
	struct fwpdk_route r = test_route(0, a, "20.9.0.0", 16, "10.0.0.1");
	unsigned i, n = 0;
	char text[16];

	(void)state;
	r.throws = 1;
	assert_int_equal(fwpdk_route_add(&r), -EINVAL);
	assert_int_equal(fwpdk_route_add_multi(&r, &hop, 1), -EINVAL);
	assert_int_equal(fwpdk_table_add(200), 0);
	assert_int_equal(test_neigh(b, "10.0.1.3", 3), 0);
	assert_int_equal(test_add(a, "0.0.0.0", 0, "10.0.0.1"), 0);
	assert_int_equal(test_add(a, "::", 0, "fe80::1"), 0);
	assert_int_equal(add_to(100, b, "0.0.0.0", 0, "10.0.1.1"), 0);
	assert_int_equal(add_to(100, b, "::", 0, "fe80::2"), 0);
	assert_int_equal(add_to(200, b, "20.2.0.0", 16, "10.0.1.3"), 0);
	assert_int_equal(add_throw(100, "20.0.0.0", 8), 0);
	assert_int_equal(add_throw(100, "2001:db8::", 32), 0);
	assert_int_equal(rule_add(10, "192.0.2.0", 24, 100), 0);
	assert_int_equal(rule_add(20, "192.0.2.0", 24, 200), 0);
	assert_int_equal(rule_add(10, "fd00:1::", 32, 100), 0);
	assert_int_equal(from_to("192.0.2.9", "30.0.0.1"), 2);
	assert_int_equal(from_to("192.0.2.9", "20.1.0.1"), 1);
	assert_int_equal(from_to("192.0.2.9", "20.2.0.1"), 3);
	assert_int_equal(from_to("fd00:1::9", "2001:db9::1"), 2);
	assert_int_equal(from_to("fd00:1::9", "2001:db8::1"), 1);
	assert_int_equal(add_to(100, b, "20.1.0.0", 16, "10.0.1.1"), 0); /* more specific */
	assert_int_equal(from_to("192.0.2.9", "20.1.0.1"), 2);
	assert_int_equal(add_throw(0, "20.3.0.0", 16), 0);
	assert_int_equal(from_to("192.0.3.9", "20.3.0.1"), FAILS);
	assert_int_equal(test_to("2001:db8::1"), FWI_HOP_BY_FLOW);
	/* The same in a large table. */
	for (i = 0; i < 2000; i++) {
		snprintf(text, sizeof(text), "40.%u.%u.0", i / 200, i % 200);
		assert_int_equal(add_to(100, b, text, 24, "10.0.1.1"), 0);
	}
	assert_int_equal(from_to("192.0.2.9", "20.9.0.1"), 1);
	assert_int_equal(from_to("192.0.2.9", "20.2.0.1"), 3);
	assert_int_equal(from_to("192.0.2.9", "40.0.1.1"), 2);
	assert_int_equal(fwpdk_route_hops_walk(100, count_throws, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(fwpdk_route_hops_walk(1, count_throws, &n), 0);
	assert_int_equal(n, 3);
	r = test_route(100, 0, "20.0.0.0", 8, NULL);
	assert_int_equal(fwpdk_route_del(&r), 0);
	assert_int_equal(from_to("192.0.2.9", "20.9.0.1"), 2);
}

static void
priorities(void **state)
{
	struct fwpdk_rule r;

	(void)state;
	assert_int_equal(fwpdk_table_add(200), 0);
	assert_int_equal(test_neigh(b, "10.0.1.3", 3), 0);
	assert_int_equal(test_add(a, "20.0.0.0", 8, "10.0.0.1"), 0);
	assert_int_equal(add_to(100, b, "20.0.0.0", 8, "10.0.1.1"), 0);
	assert_int_equal(add_to(200, b, "0.0.0.0", 0, "10.0.1.3"), 0);
	assert_int_equal(rule_add(20, "192.0.2.0", 24, 200), 0);
	assert_int_equal(from_to("192.0.2.9", "20.0.0.1"), 3);
	assert_int_equal(rule_add(10, "192.0.0.0", 16, 100), 0); /* not the longest, the first */
	assert_int_equal(from_to("192.0.2.9", "20.0.0.1"), 2);
	assert_int_equal(from_to("192.0.2.9", "21.0.0.1"), 3);
	assert_int_equal(from_to("192.0.9.9", "21.0.0.1"), FAILS);
	/* The compartment's own table can be named, and comes then where it is named. */
	assert_int_equal(rule_add(5, "0.0.0.0", 0, FWPDK_DEFAULT_COMPARTMENT), 0);
	assert_int_equal(from_to("192.0.2.9", "20.0.0.1"), 1);
	/* By destination too. */
	r = rule(1, "192.0.2.9", 32, 100);
	r.to = test_addr("20.0.0.0");
	r.to_len = 16;
	assert_int_equal(fwpdk_rule_add(&r), 0);
	assert_int_equal(from_to("192.0.2.9", "20.0.0.1"), 2);
	assert_int_equal(from_to("192.0.2.9", "20.1.0.1"), 1);
	assert_int_equal(from_to("192.0.2.8", "20.0.0.1"), 1);
	/* One that leads nowhere ends it, and so does a route that does. */
	r = rule(0, "192.0.2.8", 32, 0);
	r.reject = 1;
	assert_int_equal(fwpdk_rule_add(&r), 0);
	assert_int_equal(from_to("192.0.2.8", "20.0.0.1"), FAILS);
	assert_int_equal(fwpdk_rule_del(&r), 0);
	assert_int_equal(from_to("192.0.2.8", "20.0.0.1"), 1);
	assert_int_equal(rule_del(5, "0.0.0.0", 0, 0), 0);
	{
		struct fwpdk_route nowhere = test_route(100, 0, "21.0.0.0", 8, NULL);

		assert_int_equal(fwpdk_route_add_multi(&nowhere, NULL, 0), 0);
	}
	assert_int_equal(from_to("192.0.2.9", "21.0.0.1"), FAILS);
}

static int
note(const struct fwpdk_rule *r, void *arg)
{
	char **at = arg, from[46];

	*at += sprintf(*at, "%u:%s/%u>%u%s ", r->priority,
		fwpdk_addr_format(&r->from, from, sizeof(from)), r->from_len, r->table_id,
		r->mirrored ? "m" : "");
	return 0;
}

static const char *
rules(void)
{
	static char text[8192];
	char *at = text;

	text[0] = '\0';
	assert_int_equal(fwpdk_rule_walk(0, note, &at), 0);
	return text;
}

static void
walked(void **state)
{
	(void)state;
	assert_string_equal(rules(), "");
	assert_int_equal(rule_add(10, "192.0.2.0", 24, 100), 0);
	assert_int_equal(rule_add(5, "192.0.3.0", 24, 0), 0);
	assert_int_equal(rule_add(10, "192.0.1.0", 24, 100), 0);
	assert_int_equal(rule_add(7, "fd00::", 16, 100), 0);
	assert_string_equal(rules(), "5:192.0.3.0/24>1 10:192.0.2.0/24>100 10:192.0.1.0/24>100 "
				     "7:fd00::/16>100 ");
	assert_int_equal(rule_del(10, "192.0.2.0", 24, 100), 0);
	assert_string_equal(rules(), "5:192.0.3.0/24>1 10:192.0.1.0/24>100 7:fd00::/16>100 ");
	assert_int_equal(fwpdk_rule_walk(0, NULL, NULL), -EINVAL);
	assert_int_equal(fwpdk_rule_walk(100, note, NULL), -ENOENT);
}

static void
refused(void **state)
{
	struct fwpdk_rule r;
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_rule_add(NULL), -EINVAL);
	r = rule(1, "192.0.2.0", 24, 100), r.size--;
	assert_int_equal(fwpdk_rule_add(&r), -EINVAL);
	assert_int_equal(rule_add(1, "192.0.2.1", 24, 100), -EINVAL);
	assert_int_equal(rule_add(1, "192.0.2.0", 33, 100), -EINVAL);
	r = rule(1, "192.0.2.0", 24, 100), r.from.family = 0;
	assert_int_equal(fwpdk_rule_add(&r), -EINVAL);
	r = rule(1, "192.0.2.0", 24, 100), r.to_len = 1;
	assert_int_equal(fwpdk_rule_add(&r), -EINVAL);
	r = rule(1, "192.0.2.0", 24, 100), r.to = test_addr("fd00::");
	assert_int_equal(fwpdk_rule_add(&r), -EINVAL);
	r = rule(1, "192.0.2.0", 24, 100), r.to = test_addr("10.0.0.1"), r.to_len = 24;
	assert_int_equal(fwpdk_rule_add(&r), -EINVAL);
	assert_int_equal(rule_add(1, "192.0.2.0", 24, 101), -ENOENT);
	r = rule(1, "192.0.2.0", 24, 100), r.compartment_id = 100; /* a table has no packets */
	assert_int_equal(fwpdk_rule_add(&r), -ENOENT);
	assert_int_equal(rule_del(1, "192.0.2.0", 24, 100), -ENOENT);
	for (i = 0; i < FWPDK_MAX_RULES; i++)
		assert_int_equal(rule_add(i, "192.0.2.0", 24, 100), 0);
	assert_int_equal(rule_add(0, "192.0.2.0", 24, 100), -EEXIST);
	assert_int_equal(rule_add(i, "192.0.2.0", 24, 100), -ENOSPC);
	assert_int_equal(rule_add(i, "fd00::", 24, 100), 0);
	/* Tables are no compartments. */
	assert_int_equal(fwpdk_table_add(0), -EINVAL);
	assert_int_equal(fwpdk_table_add(1), -EEXIST);
	assert_int_equal(fwpdk_compartment_add(100), -EEXIST);
	assert_int_equal(fwi_stack_compartment(100), FWI_NO_COMPARTMENT);
	{
		const struct fwpdk_if_opts o = {
			.size = sizeof(o), .compartment_id = 100, .name = "c"};
		uint32_t index;

		assert_int_equal(fwpdk_if_add(&o, &index), -ENOENT);
	}
	for (i = 2; fwpdk_table_add(1000 + i) == 0; i++)
		;
	assert_int_equal(i, FWPDK_MAX_COMPARTMENTS);
	assert_int_equal(fwpdk_table_add(999), -ENOSPC);
}

/* A compartment's routes keep to its interfaces; a table's go with theirs. */
static void
interfaces(void **state)
{
	uint32_t c;

	(void)state;
	assert_int_equal(fwpdk_compartment_add(7), 0);
	c = test_if(7, 0, "c");
	assert_int_equal(test_neigh(c, "10.0.0.9", 9), 0);
	assert_int_equal(add_to(0, c, "20.0.0.0", 8, "10.0.0.9"), -EINVAL);
	assert_int_equal(add_to(100, c, "20.0.0.0", 8, "10.0.0.9"), 0);
	assert_int_equal(add_to(100, b, "21.0.0.0", 8, "10.0.1.1"), 0);
	assert_int_equal(rule_add(1, "0.0.0.0", 0, 100), 0);
	assert_int_equal(from_to("1.1.1.1", "20.0.0.1"), 9);
	assert_int_equal(from_to_in(7, "1.1.1.1", "20.0.0.1"), FAILS); /* 7 has no rules */
	assert_int_equal(fwpdk_if_del(c), 0);
	assert_int_equal(from_to("1.1.1.1", "20.0.0.1"), FAILS);
	assert_int_equal(from_to("1.1.1.1", "21.0.0.1"), 2);
	assert_int_equal(fwpdk_if_del(b), 0);
	assert_int_equal(from_to("1.1.1.1", "21.0.0.1"), FAILS);
}

static struct fwi_rule
mirrored(uint32_t priority, const char *from, uint8_t len, uint32_t table)
{
	struct fwpdk_addr f = test_addr(from);

	return (struct fwi_rule){.priority = priority,
		.from = fwi_key6(f.bytes),
		.from_len = len,
		.table = (uint8_t)fwi_comp_table(table),
		.mirrored = true};
}

static void
of_a_mirror(void **state)
{
	struct fwi_rule m[FWPDK_MAX_RULES + 2];
	uint32_t left = 99, before, i;

	(void)state;
	m[0] = mirrored(5, "192.0.1.0", 24, 100);
	m[1] = mirrored(10, "192.0.2.0", 24, 1);
	assert_int_equal(rule_add(10, "192.0.9.0", 24, 100), 0);
	assert_int_equal(fwi_rules_mirror(0, FWI_V4, m, 2, &left), 0);
	assert_int_equal(left, 0);
	assert_string_equal(rules(), "5:192.0.1.0/24>100m 10:192.0.9.0/24>100 10:192.0.2.0/24>1m ");
	before = test_generation();
	assert_int_equal(fwi_rules_mirror(0, FWI_V4, m, 2, &left), 0);
	assert_int_equal(test_generation(), before);
	assert_int_equal(rule_del(5, "192.0.1.0", 24, 100), -EBUSY);
	assert_int_equal(fwi_rules_mirror(0, FWI_V4, m + 1, 1, &left), 0);
	assert_string_equal(rules(), "10:192.0.9.0/24>100 10:192.0.2.0/24>1m ");
	for (i = 0; i < RTE_DIM(m); i++)
		m[i] = mirrored(i, "192.0.1.0", 24, 100);
	assert_int_equal(fwi_rules_mirror(0, FWI_V4, m, RTE_DIM(m), &left), 0);
	assert_int_equal(left, 3);
	assert_int_equal(rule_add(1, "192.0.8.0", 24, 100), -ENOSPC);
	assert_int_equal(fwi_rules_mirror(0, FWI_V4, NULL, 0, &left), 0);
	assert_string_equal(rules(), "10:192.0.9.0/24>100 ");
	assert_int_equal(rule_del(10, "192.0.9.0", 24, 100), 0);
	assert_null(fwi_comps[0].rules[FWI_V4]);
}

/* The search goes on at a table whose link is down, and comes back to it if nothing is better. */
static void
rules_and_links(void **state)
{
	(void)state;
	assert_int_equal(test_add(a, "20.0.0.0", 8, "10.0.0.1"), 0);
	assert_int_equal(add_to(100, b, "0.0.0.0", 0, "10.0.1.1"), 0);
	assert_int_equal(rule_add(10, "0.0.0.0", 0, 100), 0);
	fwi_stack_link(1, true);
	assert_int_equal(from_to("1.1.1.1", "20.0.0.1"), 1);
	assert_int_equal(from_to("1.1.1.1", "21.0.0.1"), DOWN);
	fwi_stack_link(0, true);
	assert_int_equal(from_to("1.1.1.1", "20.0.0.1"), DOWN);
	fwi_stack_link(1, false);
	assert_int_equal(from_to("1.1.1.1", "20.0.0.1"), 2);
	fwi_stack_link(0, false);
}

/* Prefixes within prefixes, over port 0 and 1 by turns. */
static void
links(void **state)
{
	unsigned big, i;
	char text[32];

	(void)state;
	for (big = 0; big < 2; big++) {
		assert_int_equal(test_add(a, "0.0.0.0", 0, "10.0.0.1"), 0);
		assert_int_equal(test_add(b, "20.0.0.0", 8, "10.0.1.1"), 0);
		assert_int_equal(test_add(a, "20.1.0.0", 16, "10.0.0.1"), 0);
		assert_int_equal(test_add(b, "20.1.1.0", 24, "10.0.1.1"), 0);
		assert_int_equal(test_add(b, "20.1.1.1", 32, "10.0.1.1"), 0);
		assert_int_equal(test_to("20.1.1.1"), 2);
		fwi_stack_link(1, true);
		assert_int_equal(test_to("20.1.1.1"), 1);
		assert_int_equal(test_to("20.2.0.1"), 1);
		assert_int_equal(test_to("30.2.0.1"), 1);
		fwi_stack_link(0, true);
		assert_int_equal(test_to("20.1.1.1"), DOWN);
		fwi_stack_link(1, false);
		/* Of a big table only the default route and the like are known to the data path. */
		assert_int_equal(test_to("20.1.2.1"), big ? DOWN : 2);
		assert_int_equal(test_to("30.0.0.1"), DOWN);
		fwi_stack_link(0, false);
		assert_int_equal(test_to("20.1.1.1"), 2);
		for (i = 0; i < 1100 && !big; i++) {
			snprintf(text, sizeof(text), "40.%u.%u.0", i / 256, i % 256);
			assert_int_equal(test_add(a, text, 24, "10.0.0.1"), 0);
		}
	}
	assert_int_equal(test_add(a, "::", 0, "fe80::1"), 0);
	assert_int_equal(test_add(b, "2001:db8::", 32, "fe80::2"), 0);
	fwi_stack_link(1, true);
	assert_int_equal(test_to("2001:db8::1"), 1);
	fwi_stack_link(1, false);
	assert_int_equal(test_to("2001:db8::1"), 2);
}

/* Around the dead one lies a route with several next hops, of which some are alive. */
static void
links_and_groups(void **state)
{
	struct fwpdk_next_hop hops[2] = {{.if_index = a, .gateway = test_addr("10.0.0.1")},
		{.if_index = b, .gateway = test_addr("10.0.1.1")}};
	struct fwpdk_route r = test_route(0, 0, "0.0.0.0", 0, NULL);

	(void)state;
	assert_int_equal(fwpdk_route_add_multi(&r, hops, 2), 0);
	assert_int_equal(test_add(b, "20.0.0.0", 8, "10.0.1.1"), 0);
	fwi_stack_link(1, true);
	assert_int_equal(test_to("20.0.0.1"), FWI_HOP_BY_FLOW);
	assert_int_equal(from_to("1.1.1.1", "20.0.0.1"), 1);
	fwi_stack_link(0, true);
	assert_int_equal(test_to("20.0.0.1"), DOWN);
	fwi_stack_link(1, false);
	assert_int_equal(test_to("20.0.0.1"), 2);
	fwi_stack_link(0, false);
	/* Of several the one with a link is asked for, not the flow's own without. */
	{
		struct fwpdk_addr gone[2] = {test_addr("10.0.0.1"), test_addr("10.0.1.1")};
		const struct fwi_flow flow = {.hash = 7};
		struct fwi_next next;
		uint32_t v4 = htonl(0x1e000001), k;

		for (k = 0; k < 2; k++)
			assert_int_equal(fwpdk_neigh_del(hops[k].if_index, &gone[k]), 0);
		for (k = 0; k < 2; k++) {
			fwi_stack_link((uint16_t)k, true);
			assert_int_equal(from_to("1.1.1.1", "30.0.0.1"), STATUS_HOST_UNREACHABLE);
			assert_int_equal(fwi_stack_missing4(0, v4, &flow, &next, 1), 1);
			assert_int_equal(next.if_index, hops[1 - k].if_index);
			fwi_stack_link((uint16_t)k, false);
		}
	}
	/* A route that leads nowhere is a way that is there. */
	r = test_route(0, 0, "20.0.0.0", 7, NULL);
	assert_int_equal(fwpdk_route_add_multi(&r, NULL, 0), 0);
	fwi_stack_link(1, true);
	assert_int_equal(test_to("20.0.0.1"), FAILS);
	fwi_stack_link(1, false);
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(by_source), T(throwing), T(priorities), T(walked),
		T(refused), T(interfaces), T(of_a_mirror), T(rules_and_links), T(links),
		T(links_and_groups)};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
