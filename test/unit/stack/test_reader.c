/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Look-ups while everything changes, and a reader that is parked. Each reader is a thread
 * as a poller would be: online in fwi_rcu, quiescent between rounds.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "stack_fixture.h"

#include "stack/comp.h"
#include "stack/nexthop.h"

#define READERS 2

static bool stop; /* atomic */
static unsigned long rounds[READERS];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A MAC is 02:xx:xx:xx:xx:xx with five equal bytes: torn ones show. */
static struct rte_ether_addr
plain_mac(uint8_t n)
{
	return (struct rte_ether_addr){{2, n, n, n, n, n}};
}

static void
check(const struct fwi_hop *hop, bool may_fail)
{
	unsigned i;

	if (hop->status != 0) {
		if (!may_fail || (hop->status != STATUS_HOST_UNREACHABLE &&
					 hop->status != STATUS_NETWORK_UNREACHABLE))
			abort();
		return;
	}
	for (i = 1; i < 6; i++)
		if (hop->l2[0] != 2 || hop->l2[i] != hop->l2[1])
			abort();
	if (hop->l2[1] == 0 || hop->mtu != 1500 || hop->port_id != 0)
		abort();
}

static void *
reader(void *arg)
{
	unsigned id = (unsigned)(uintptr_t)arg, i;
	struct fwi_hop hop;
	uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8};

	fwi_rcu_online(id);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < 64; i++) {
			fwi_stack_lookup4(0, htonl(0xC0000200u | i), &hop); /* 192.0.2.i */
			check(&hop, true);
			fwi_stack_lookup4(0, htonl(0x0A000000u | (i * 7 & 255)), &hop);
			check(&hop, false); /* 10/8, always there */
			v6[15] = (uint8_t)i;
			fwi_stack_lookup6(0, v6, &hop);
			check(&hop, true);
		}
		fwi_rcu_quiescent(id);
		__atomic_fetch_add(&rounds[id], 1, __ATOMIC_RELAXED);
	}
	fwi_rcu_offline(id);
	return NULL;
}

/* By rules: over the compartment's own route, or one of a table, and never nowhere. */
static void *
ruled_reader(void *arg)
{
	unsigned id = (unsigned)(uintptr_t)arg, i;
	const struct fwi_flow flow = {.hash = id, .src = {192, 0, 2, 1}};
	struct fwi_hop hop;
	uint32_t before;

	fwi_rcu_online(id);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < 64; i++) {
			fwi_stack_lookup4(0, htonl(0x0A000000u | i), &hop);
			if (hop.status != FWI_HOP_BY_FLOW)
				check(&hop, false);
			before = test_generation();
			fwi_stack_lookup4_flow(0, htonl(0x0A000000u | i), &flow, &hop);
			/* A next hop that goes just now has no neighbour: pollers ask again. */
			if (hop.status != STATUS_HOST_UNREACHABLE || test_generation() == before)
				check(&hop, false);
		}
		fwi_rcu_quiescent(id);
		__atomic_fetch_add(&rounds[id], 1, __ATOMIC_RELAXED);
	}
	fwi_rcu_offline(id);
	return NULL;
}

static void
start_with(pthread_t *t, void *(*fn)(void *))
{
	uintptr_t i;

	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	for (i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, fn, (void *)i), 0);
}

static void
start(pthread_t *t)
{
	start_with(t, reader);
}

static void
join(pthread_t *t)
{
	unsigned i;

	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < READERS; i++) {
		pthread_join(t[i], NULL);
		assert_true(rounds[i] > 0);
	}
}

/* Slots of removed neighbours come back when the readers have run; on one core they may not. */
static void
let_readers_run(void)
{
	while (fwi_rcu_deferred() > 200) {
		sched_yield();
		fwi_rcu_reclaim();
	}
}

static void
set_neigh(uint32_t i, const char *text, uint8_t n)
{
	struct fwpdk_addr a = test_addr(text);
	struct rte_ether_addr mac = plain_mac(n);

	assert_int_equal(fwpdk_neigh_add(i, &a, &mac), 0);
}

static uint32_t
scene(void)
{
	uint32_t i = test_if(0, 0, NULL);

	set_neigh(i, "10.255.0.1", 1);
	assert_int_equal(test_add(i, "10.0.0.0", 8, "10.255.0.1"), 0);
	assert_int_equal(test_add(i, "192.0.2.0", 24, NULL), 0);
	assert_int_equal(test_add(i, "2001:db8::", 64, NULL), 0);
	return i;
}

static void
neighbours_change(void **state)
{
	uint32_t i = scene();
	pthread_t t[READERS];
	struct fwpdk_addr a;
	double end = now() + 1;
	char text[46];
	unsigned k, n = 0;

	(void)state;
	start(t);
	do {
		for (k = 0; k < 64; k++, n++) {
			snprintf(text, sizeof(text), n % 2 ? "192.0.2.%u" : "2001:db8::%x", k);
			a = test_addr(text);
			set_neigh(i, text, (uint8_t)(1 + n % 250));
			if (n % 3 == 0)
				assert_int_equal(fwpdk_neigh_del(i, &a), 0);
			set_neigh(i, "10.255.0.1", (uint8_t)(1 + n % 250));
		}
	} while (now() < end);
	join(t);
	fwi_rcu_reclaim();
	assert_int_equal(fwi_rcu_deferred(), 0);
}

static void
routes_change(uint32_t i, unsigned base)
{
	struct fwpdk_route *r = calloc(base, sizeof(*r)), one;
	pthread_t t[READERS];
	double end;
	unsigned k, n = 0;

	assert_non_null(r);
	for (k = 0; k < base; k++) {
		r[k] = test_route(0, i, "10.0.0.0", 32, "10.255.0.1");
		r[k].prefix.bytes[2] = (uint8_t)(1 + (k >> 8));
		r[k].prefix.bytes[3] = (uint8_t)k;
	}
	assert_int_equal(fwpdk_route_add_bulk(r, base), 0);
	start(t);
	end = now() + 1;
	do {
		/* 10.0.0.x more specific, come and go, next hop on other interfaces too. */
		for (k = 0; k < 40; k++, n++) {
			static const char *const via[] = {"10.255.0.1", "10.255.0.2"};

			one = test_route(0, i, "10.0.0.0", (uint8_t)(24 + n % 9), via[n % 2]);
			one.prefix.bytes[3] = (uint8_t)(n % 9 == 0 ? 0 : n << (8 - n % 9));
			assert_int_equal(fwpdk_route_add(&one), 0);
			if (n % 5 != 0)
				assert_int_equal(fwpdk_route_del(&one), 0);
		}
		assert_int_equal(test_add(i, "192.0.2.0", 28, "10.255.0.2"), 0);
		assert_int_equal(test_del("192.0.2.0", 28), 0);
		assert_int_equal(test_add(i, "2001:db8::", 124, NULL), 0);
		assert_int_equal(test_del("2001:db8::", 124), 0);
	} while (now() < end);
	join(t);
	fwi_rcu_reclaim();
	assert_int_equal(fwi_rcu_deferred(), 0);
	free(r);
}

static void
small_table_changes(void **state)
{
	uint32_t i = scene();

	(void)state;
	set_neigh(i, "10.255.0.2", 2);
	routes_change(i, 50);
}

static void
big_table_changes(void **state)
{
	uint32_t i = scene();

	(void)state;
	set_neigh(i, "10.255.0.2", 2);
	routes_change(i, 3000);
}

static void
interfaces_change(void **state)
{
	pthread_t t[READERS];
	double end = now() + 1;
	uint32_t j;

	(void)state;
	scene();
	start(t);
	do {
		j = test_if(0, 0, "short");
		set_neigh(j, "192.0.2.5", 5);
		set_neigh(j, "10.255.0.9", 9);
		assert_int_equal(test_add(j, "192.0.2.0", 27, NULL), 0);
		assert_int_equal(test_add(j, "192.0.2.32", 28, "10.255.0.9"), 0);
		assert_int_equal(fwpdk_if_del(j), 0);
		let_readers_run();
	} while (now() < end);
	join(t);
}

/* P14: online, never quiescent. Nothing waits; memory stays, then goes. */
static void
parked_reader(void **state)
{
	uint32_t i = scene(), k;
	struct fwpdk_route *r = calloc(3000, sizeof(*r));
	double begin = now();

	(void)state;
	assert_non_null(r);
	fwi_rcu_reclaim();
	assert_int_equal(fwi_rcu_deferred(), 0);
	fwi_rcu_online(5);
	for (k = 0; k < 3000; k++) {
		r[k] = test_route(0, i, "30.0.0.0", 24, "10.255.0.1");
		r[k].prefix.bytes[1] = (uint8_t)(k >> 8);
		r[k].prefix.bytes[2] = (uint8_t)k;
	}
	assert_int_equal(fwpdk_route_add_bulk(r, 3000), 0);
	for (k = 0; k < 300; k++) {
		set_neigh(i, "10.255.0.1", (uint8_t)(1 + k % 200));
		assert_int_equal(test_add(i, "192.0.2.0", 25, NULL), 0);
		assert_int_equal(test_del("192.0.2.0", 25), 0);
		assert_int_equal(test_add(i, "2001:db8::", 96, NULL), 0);
		assert_int_equal(test_del("2001:db8::", 96), 0);
	}
	assert_int_equal(fwpdk_if_del(i), 0);
	i = test_if(0, 0, NULL);
	assert_true(now() - begin < 20);
	assert_true(fwi_rcu_deferred() > 500);
	fwi_rcu_quiescent(5);
	fwi_rcu_reclaim();
	assert_int_equal(fwi_rcu_deferred(), 0);
	/* A poller that is released instead. */
	assert_int_equal(test_add(i, "192.0.2.0", 25, NULL), 0);
	assert_int_equal(test_del("192.0.2.0", 25), 0);
	assert_true(fwi_rcu_deferred() > 0);
	fwi_rcu_offline(5);
	fwi_rcu_reclaim();
	assert_int_equal(fwi_rcu_deferred(), 0);
	free(r);
}

/* What a reader held when it was parked is neither changed nor given to anybody else. */
static void
parked_reader_keeps_what_it_saw(void **state)
{
	uint32_t i = scene(), nh, k;
	const struct fwi_adj *adj;
	struct fwi_hop before;
	char text[46];

	(void)state;
	set_neigh(i, "10.255.0.3", 3);
	assert_int_equal(test_add(i, "40.0.0.0", 8, "10.255.0.3"), 0);
	nh = fwi_table_get(fwi_comps[0].table[FWI_V4], fwi_key4(40u << 24), 8);
	assert_int_not_equal(nh, FWI_NH_NONE);
	fwi_rcu_reclaim();
	fwi_rcu_online(5);
	adj = fwi_nexthops[nh];
	before = adj->hop;
	for (k = 0; k < 20; k++)
		set_neigh(i, "10.255.0.3", (uint8_t)(10 + k));
	assert_int_equal(test_del("40.0.0.0", 8), 0);
	for (k = 0; k < 20; k++) {
		snprintf(text, sizeof(text), "10.255.1.%u", k);
		set_neigh(i, text, (uint8_t)(50 + k));
		assert_int_equal(test_add(i, "41.0.0.0", (uint8_t)(8 + k), text), 0);
	}
	assert_memory_equal(&adj->hop, &before, sizeof(before));
	assert_ptr_equal(fwi_nexthops[nh], &fwi_adj_no_neighbour);
	fwi_rcu_offline(5);
	fwi_rcu_reclaim();
	assert_int_equal(fwi_rcu_deferred(), 0);
}

/* Rules, their tables and a link come and go; tables are given back and taken anew. */
static void
rules_change(void **state)
{
	struct fwi_rule rule = {.priority = 5, .mirrored = true};
	uint32_t i = scene(), table, left;
	struct fwpdk_route r = test_route(0, i, "10.0.0.0", 9, "10.255.0.2");
	pthread_t t[READERS];
	double end = now() + 1;
	unsigned n = 0;

	(void)state;
	set_neigh(i, "10.255.0.2", 2);
	start_with(t, ruled_reader);
	for (; now() < end; n++) {
		assert_int_equal(fwi_comp_add_table(500 + n % 7, &table), 0);
		r.compartment_id = 500 + n % 7;
		if (n % 3 != 0)
			assert_int_equal(fwpdk_route_add(&r), 0);
		rule.table = (uint8_t)table;
		assert_int_equal(fwi_rules_mirror(0, FWI_V4, &rule, 1, &left), 0);
		fwi_stack_link(1, n % 2 != 0); /* of nobody here: all look-ups take the long way */
		if (n % 3 != 0)
			assert_int_equal(fwpdk_route_del(&r), 0);
		assert_int_equal(fwi_rules_mirror(0, FWI_V4, NULL, 0, &left), 0);
		fwi_comp_del_table(table);
		while (fwi_rcu_deferred() > 16) {
			sched_yield();
			fwi_rcu_reclaim();
		}
	}
	join(t);
	fwi_stack_link(1, false);
	fwi_rcu_reclaim();
	assert_int_equal(fwi_rcu_deferred(), 0);
	assert_true(n > 10);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_stack_up, test_stack_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(neighbours_change),
		T(small_table_changes),
		T(big_table_changes),
		T(interfaces_change),
		T(rules_change),
		T(parked_reader),
		T(parked_reader_keeps_what_it_saw),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
