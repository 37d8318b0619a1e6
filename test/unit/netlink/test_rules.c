/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules as messages tell of them: which tables become ours, who is looked up where. */
#include <pthread.h>
#include <sched.h>

#include "netlink_fixture.h"

#include "stack/comp.h"

#define FAILS STATUS_NETWORK_UNREACHABLE
#define MAIN  RT_TABLE_MAIN

static int
note(const struct fwpdk_rule *r, void *arg)
{
	char **at = arg, from[46];

	assert_int_equal(r->mirrored, 1);
	*at += sprintf(*at, "%u:%s/%u>", r->priority,
		fwpdk_addr_format(&r->from, from, sizeof(from)), r->from_len);
	if (r->to_len != 0)
		*at += sprintf(
			*at, "(%s/%u)", fwpdk_addr_format(&r->to, from, sizeof(from)), r->to_len);
	*at += r->reject ? sprintf(*at, "no ") : sprintf(*at, "%u ", r->table_id);
	return 0;
}

static const char *
rules(uint32_t compartment)
{
	static char text[8192];
	char *at = text;

	text[0] = '\0';
	assert_int_equal(fwpdk_rule_walk(compartment, note, &at), 0);
	return text;
}

static void
table_route(uint16_t type, uint32_t table, const char *prefix, uint8_t len, const char *via,
	uint32_t oif)
{
	struct rtmsg *rtm = test_route_begin(type, 0, prefix, len, 0);

	rtm->rtm_table = table < 256 ? (uint8_t)table : RT_TABLE_COMPAT;
	mnl_attr_put_u32(&test_buf.msg, RTA_TABLE, table);
	put_address(RTA_GATEWAY, via);
	mnl_attr_put_u32(&test_buf.msg, RTA_OIF, oif);
	test_take();
}

static int
from_to_in(uint32_t compartment, const char *src, const char *dst)
{
	struct fwpdk_addr s = test_addr(src), d = test_addr(dst);
	struct fwi_flow flow = {.hash = 7};
	struct fwi_hop hop;
	uint32_t v4;

	memcpy(flow.src, s.bytes, sizeof(flow.src));
	memcpy(&v4, d.bytes, 4);
	if (d.family == AF_INET)
		fwi_stack_lookup4_flow(fwi_stack_compartment(compartment), v4, &flow, &hop);
	else
		fwi_stack_lookup6_flow(fwi_stack_compartment(compartment), d.bytes, &flow, &hop);
	return hop.status != 0 ? hop.status : hop.l2[4] << 8 | hop.l2[5];
}

static int
from_to(const char *src, const char *dst)
{
	return from_to_in(0, src, dst);
}

/* What every kernel has. */
static void
usual(void)
{
	test_kernel_rule(RTM_NEWRULE, 0, "0.0.0.0", 0, RT_TABLE_LOCAL);
	test_kernel_rule(RTM_NEWRULE, 32766, "0.0.0.0", 0, MAIN);
	test_kernel_rule(RTM_NEWRULE, 32767, "0.0.0.0", 0, RT_TABLE_DEFAULT);
	test_kernel_rule(RTM_NEWRULE, 0, "::", 0, RT_TABLE_LOCAL);
	test_kernel_rule(RTM_NEWRULE, 32766, "::", 0, MAIN);
}

static void
followed(void **state)
{
	(void)state;
	test_scene();
	usual();
	test_kernel_route(RTM_NEWROUTE, 0, "0.0.0.0", 0, 0, "10.0.0.1", 11);
	test_kernel_route(RTM_NEWROUTE, 0, "2001:db8::", 32, 0, "fe80::1", 11);
	test_follow();
	/* No rules of ours: nobody pays. */
	assert_null(fwi_comps[0].rules[FWI_V4]);
	assert_null(fwi_comps[0].rules[FWI_V6]);
	assert_int_equal(test_to("20.0.0.1"), 1);
	/* A table that nobody named is not known until a rule leads there; then all is asked for.
	 */
	table_route(RTM_NEWROUTE, 1000, "20.0.0.0", 8, "10.0.0.5", 12);
	test_nl->resync = false;
	test_kernel_rule(RTM_NEWRULE, 10, "192.0.2.0", 24, 1000);
	assert_true(test_nl->resync);
	table_route(RTM_NEWROUTE, 1000, "20.0.0.0", 8, "10.0.0.5", 12);
	test_follow();
	assert_string_equal(rules(0), "10:192.0.2.0/24>1000 ");
	assert_int_equal(test_nl->stats.rules, 1);
	assert_int_equal(from_to("192.0.2.1", "20.0.0.1"), 5);
	assert_int_equal(from_to("192.0.3.1", "20.0.0.1"), 1);
	assert_int_equal(from_to("192.0.2.1", "21.0.0.1"), 1);
	test_kernel_rule(RTM_NEWRULE, 10, "fd00::", 8, 1000);
	table_route(RTM_NEWROUTE, 1000, "2001:db8::", 32, "fe80::6", 12);
	test_follow();
	assert_int_equal(from_to("fd00::1", "2001:db8::1"), 6);
	assert_int_equal(from_to("fc00::1", "2001:db8::1"), 1);
	/* Its link goes: the next table. */
	test_link(RTM_NEWLINK, 12, "b", IFF_UP, 1500, 0);
	test_follow();
	assert_int_equal(from_to("192.0.2.1", "20.0.0.1"), 1);
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 0);
	test_follow();
	assert_int_equal(from_to("192.0.2.1", "20.0.0.1"), 5);
	/* The last rule goes, and the table with it. */
	test_kernel_rule(RTM_DELRULE, 10, "192.0.2.0", 24, 1000);
	test_follow();
	assert_int_equal(test_to("20.0.0.1"), 1);
	assert_int_equal(test_nl->stats.prefixes, 4);
	test_kernel_rule(RTM_DELRULE, 10, "fd00::", 8, 1000);
	test_follow();
	assert_int_equal(test_nl->stats.prefixes, 2);
	assert_int_equal(test_nl->stats.rules, 0);
	assert_int_equal(fwi_comp_table(1000), FWI_NO_COMPARTMENT);
	assert_int_equal(test_to("2001:db8::1"), 1);
}

static void
unknown_rule(uint16_t attr, size_t len)
{
	uint32_t words[4] = {1, 2, 3, 4};

	test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.2.0", 24, 1000);
	mnl_attr_put(&test_buf.msg, attr, len, words);
	test_take();
}

/* What the stack cannot see is not followed, counted, and changes nothing. */
static void
unknown(void **state)
{
	static const uint16_t attrs[] = {FRA_IIFNAME, FRA_OIFNAME, FRA_FWMARK, FRA_FWMASK, FRA_GOTO,
		FRA_TUN_ID, FRA_UID_RANGE, FRA_IP_PROTO, FRA_SPORT_RANGE, FRA_DPORT_RANGE,
		FRA_SUPPRESS_PREFIXLEN, FRA_SUPPRESS_IFGROUP, 99};
	struct fib_rule_hdr *h;
	unsigned i;

	(void)state;
	test_scene();
	usual();
	for (i = 0; i < RTE_DIM(attrs); i++) {
		unknown_rule(attrs[i], 4);
		assert_int_equal(test_nl->stats.unsupported, i + 1);
	}
	h = test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.2.0", 24, 1000);
	h->tos = 16;
	test_take();
	h = test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.2.0", 24, 1000);
	h->flags = FIB_RULE_INVERT;
	test_take();
	h = test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.2.0", 24, 1000);
	h->action = FR_ACT_GOTO;
	test_take();
	h = test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.2.0", 24, 1000);
	h->src_len = 33;
	test_take();
	test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.2.0", 24, 1000);
	mnl_attr_put_u16(&test_buf.msg, FRA_DST, 7); /* too short */
	test_take();
	i += 5;
	assert_int_equal(test_nl->stats.unsupported, i);
	h = test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.2.0", 24, 1000);
	h->action = FR_ACT_NOP;
	test_take();
	h = test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.2.0", 24, 1000);
	h->family = AF_UNSPEC;
	test_take();
	unknown_rule(FRA_FLOW, 4); /* selects nothing */
	test_kernel_rule(RTM_DELRULE, 20, "192.0.2.0", 24, 1000);
	assert_int_equal(test_nl->stats.unsupported, i);
	test_follow();
	assert_string_equal(rules(0), "");
	assert_null(fwi_comps[0].rules[FWI_V4]);
	assert_int_equal(fwi_comp_table(1000), FWI_NO_COMPARTMENT);
}

static void
order(void **state)
{
	struct fib_rule_hdr *h;

	(void)state;
	test_scene();
	test_kernel_rule(RTM_NEWRULE, 30, "192.0.3.0", 24, 300);
	test_kernel_rule(RTM_NEWRULE, 10, "192.0.2.9", 24, 300); /* the kernel masks */
	usual();
	test_kernel_rule(RTM_NEWRULE, 10, "192.0.1.0", 24, 301);
	test_kernel_rule(RTM_NEWRULE, 40000, "192.0.4.0", 24, 301); /* behind main */
	h = test_rule_begin(RTM_NEWRULE, 0, 20, "192.0.5.0", 24, 0);
	h->action = FR_ACT_PROHIBIT;
	h->dst_len = 8;
	put_address(FRA_DST, "20.0.0.0");
	test_take();
	test_follow();
	assert_string_equal(rules(0),
		"10:192.0.2.0/24>300 10:192.0.1.0/24>301 20:192.0.5.0/24>(20.0.0.0/8)no "
		"30:192.0.3.0/24>300 32766:0.0.0.0/0>1 40000:192.0.4.0/24>301 ");
	/* Told twice, changes nothing; a dump puts equals in its own order. */
	test_kernel_rule(RTM_NEWRULE, 10, "192.0.2.0", 24, 300);
	assert_int_equal(test_nl->n_rules, 10);
	fwi_nl_rules_mark(test_nl);
	test_kernel_rule(RTM_NEWRULE, 10, "192.0.1.0", 24, 301);
	test_kernel_rule(RTM_NEWRULE, 10, "192.0.2.0", 24, 300);
	usual();
	fwi_nl_rules_sweep(test_nl, false);
	test_follow();
	assert_string_equal(rules(0), "10:192.0.1.0/24>301 10:192.0.2.0/24>300 ");
	assert_int_equal(test_nl->n_rules, 7);
}

/* Packets of a VRF pass the rules in front of l3mdev; its table may be named by others. */
static void
vrfs(void **state)
{
	struct fib_rule_hdr *h;

	(void)state;
	test_vrf(RTM_NEWLINK, 40, VRF_TABLE);
	test_scene();
	test_link(RTM_NEWLINK, 12, "b", RUNNING, 1500, 40);
	test_follow();
	test_kernel_neigh(RTM_NEWNEIGH, 12, "10.0.0.5", 5, NUD_REACHABLE);
	usual();
	test_kernel_rule(RTM_NEWRULE, 500, "192.0.2.0", 24, 300);
	test_kernel_rule(RTM_NEWRULE, 2000, "192.0.3.0", 24, VRF_TABLE);
	table_route(RTM_NEWROUTE, VRF_TABLE, "20.0.0.0", 8, "10.0.0.5", 12);
	table_route(RTM_NEWROUTE, 300, "20.0.0.0", 8, "10.0.0.1", 11);
	test_follow();
	assert_string_equal(rules(7), ""); /* nothing says yet that there are VRFs */
	h = test_rule_begin(RTM_NEWRULE, 0, 1000, "0.0.0.0", 0, 0);
	h->table = 0;
	mnl_attr_put_u8(&test_buf.msg, FRA_L3MDEV, 1);
	test_take();
	test_follow();
	assert_string_equal(rules(7), "500:192.0.2.0/24>300 ");
	assert_string_equal(rules(0), "500:192.0.2.0/24>300 2000:192.0.3.0/24>7 ");
	assert_int_equal(from_to_in(7, "192.0.2.1", "20.0.0.1"), 1);
	assert_int_equal(from_to_in(7, "192.0.3.1", "20.0.0.1"), 5);
	assert_int_equal(from_to("192.0.2.1", "20.0.0.1"), 1);
	assert_int_equal(from_to("192.0.3.1", "20.0.0.1"), 5);
	assert_int_equal(from_to("192.0.4.1", "20.0.0.1"), FAILS);
}

/* More than fit: those of the lowest priorities count. And tables come back. */
static void
many(void **state)
{
	char text[32];
	unsigned i;

	(void)state;
	test_scene();
	usual();
	for (i = 0; i < 1100; i++) {
		snprintf(text, sizeof(text), "10.%u.%u.0", i / 256, i % 256);
		test_kernel_rule(RTM_NEWRULE, i + 1, text, 24, 300);
	}
	test_follow();
	assert_int_equal(test_nl->n_rules, 1024);
	assert_int_equal(test_nl->stats.rules, FWPDK_MAX_RULES);
	assert_int_equal(test_nl->stats.unsupported, 1100 - 1024 + 5 + 1);
	assert_non_null(strstr(rules(0), " 64:10.0.63.0/24>300 "));
	for (i = 0; i < 1100; i++) {
		snprintf(text, sizeof(text), "10.%u.%u.0", i / 256, i % 256);
		test_kernel_rule(RTM_DELRULE, i + 1, text, 24, 300);
	}
	test_follow();
	assert_string_equal(rules(0), "");
	for (i = 0; i < 300; i++) { /* each in a table of its own */
		test_kernel_rule(RTM_NEWRULE, 1, "192.0.2.0", 24, 1000 + i);
		table_route(RTM_NEWROUTE, 1000 + i, "20.0.0.0", 8, "10.0.0.5", 12);
		test_follow();
		assert_int_equal(from_to("192.0.2.1", "20.0.0.1"), 5);
		test_kernel_rule(RTM_DELRULE, 1, "192.0.2.0", 24, 1000 + i);
		test_follow();
	}
	test_nl->stats.unsupported = 0;
	for (i = 0; i < 70; i++) /* more than there can be at once */
		test_kernel_rule(RTM_NEWRULE, 1, "192.0.2.0", 24, 1000 + i);
	test_follow();
	/* Of 64 compartments and tables two are compartments. */
	assert_int_equal(test_nl->stats.unsupported, 70 - 62);
	assert_int_equal(test_nl->stats.rules, 62);
}

/* The host's rules and routes: left alone, and a table that they use stays. */
static void
host_too(void **state)
{
	struct fwpdk_rule r = {.size = sizeof(r),
		.priority = 5,
		.table_id = 300,
		.from = test_addr("192.0.9.0"),
		.from_len = 24};

	(void)state;
	test_scene();
	test_kernel_rule(RTM_NEWRULE, 10, "192.0.2.0", 24, 300);
	table_route(RTM_NEWROUTE, 300, "20.0.0.0", 8, "10.0.0.5", 12);
	test_follow();
	assert_int_equal(fwpdk_rule_add(&r), 0);
	assert_int_equal(from_to("192.0.9.1", "20.0.0.1"), 5);
	test_kernel_rule(RTM_DELRULE, 10, "192.0.2.0", 24, 300);
	test_follow();
	assert_int_equal(from_to("192.0.9.1", "20.0.0.1"), FAILS);
	assert_int_not_equal(fwi_comp_table(300), FWI_NO_COMPARTMENT);
	assert_int_equal(fwpdk_rule_del(&r), 0);
}

static bool stop;			    /* atomic */
static unsigned long looked_up, led_astray; /* atomic */

static void *
reader(void *unused)
{
	int to;

	fwi_rcu_online(0);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		to = from_to("192.0.2.1", "20.0.0.1");
		__atomic_fetch_add(&led_astray, to == 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&looked_up, 1, __ATOMIC_RELAXED);
		fwi_rcu_quiescent(0);
	}
	fwi_rcu_offline(0);
	return unused;
}

/* Another table for a source, added before the old one goes: never the compartment's own. */
static void
no_gap_between_tables(void **state)
{
	pthread_t t;
	uint32_t i;

	(void)state;
	test_scene();
	usual();
	test_kernel_route(RTM_NEWROUTE, 0, "0.0.0.0", 0, 0, "10.0.0.1", 11);
	for (i = 0; i < 200; i++) {
		test_kernel_rule(RTM_NEWRULE, 10, "192.0.2.0", 24, 1000 + i);
		table_route(RTM_NEWROUTE, 1000 + i, "20.0.0.0", 8, "10.0.0.5", 12);
		if (i != 0)
			test_kernel_rule(RTM_DELRULE, 10, "192.0.2.0", 24, 1000 + i - 1);
		test_follow();
		if (i == 0)
			assert_int_equal(pthread_create(&t, NULL, reader, NULL), 0);
		while (test_nl->stats.prefixes != 2 || fwi_rcu_deferred() != 0 ||
			__atomic_load_n(&looked_up, __ATOMIC_RELAXED) <= i) {
			sched_yield();
			test_follow();
			fwi_rcu_reclaim();
		}
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(t, NULL);
	assert_int_equal(led_astray, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_mirror_up, test_mirror_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(followed), T(unknown), T(order), T(vrfs), T(many),
		T(host_too), T(no_gap_between_tables)};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
