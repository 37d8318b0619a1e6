/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Longest prefix match against a list that is searched by brute force, through the small
 * table, the big one, changes in place, rebuilds, and back.
 */
#include "stack_fixture.h"

#define GATEWAYS 40
#define MAX	 6000
#define MTU	 1000 /* + number of the gateway */

struct entry {
	uint8_t bytes[16];
	uint8_t len;
	uint8_t gateway; /* 1.. */
};

static struct entry list[MAX];
static unsigned n_list;
static uint8_t family;
/* One per gateway, known by its MTU: the MAC of a group says nothing about the route. */
static uint32_t if_index[GATEWAYS + 1];
static uint64_t seed;

static uint32_t
rnd(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static unsigned
bits(void)
{
	return family == AF_INET ? 32 : 128;
}

static void
mask(uint8_t *b, unsigned len)
{
	unsigned i;

	for (i = len; i < 128; i++)
		b[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
}

static bool
covers(const struct entry *e, const uint8_t *b)
{
	unsigned whole = e->len / 8, rest = e->len % 8;

	return memcmp(b, e->bytes, whole) == 0 &&
	       (rest == 0 || ((b[whole] ^ e->bytes[whole]) >> (8 - rest)) == 0);
}

static int
expected(const uint8_t *dst)
{
	int best = -1, gateway = STATUS_NETWORK_UNREACHABLE;
	unsigned i;

	for (i = 0; i < n_list; i++) {
		if ((int)list[i].len > best && covers(&list[i], dst)) {
			best = list[i].len;
			gateway = list[i].gateway;
		}
	}
	return gateway;
}

static bool
is_group(const uint8_t *dst)
{
	return family == AF_INET ? dst[0] >> 4 == 0xe || memcmp(dst, "\xff\xff\xff\xff", 4) == 0
				 : dst[0] == 0xff;
}

static void
probe(const uint8_t *dst)
{
	struct fwi_hop hop;
	uint32_t v4;
	int got;

	if (family == AF_INET) {
		memcpy(&v4, dst, 4);
		fwi_stack_lookup4(0, v4, &hop);
	} else {
		fwi_stack_lookup6(0, dst, &hop);
	}
	got = hop.status != 0 ? hop.status : hop.mtu - MTU;
	if (hop.status == 0 && !is_group(dst))
		assert_int_equal(hop.l2[5], got);
	if (got != expected(dst)) {
		struct fwpdk_addr a = {.family = family};
		char text[46];

		memcpy(a.bytes, dst, 16);
		fail_msg("%s: %d instead of %d", fwpdk_addr_format(&a, text, 46), got,
			expected(dst));
	}
}

/* Few distinct bytes, so that prefixes nest and are neighbours; sometimes all ones. */
static void
random_address(uint8_t *b)
{
	unsigned i, kind = rnd(8);

	memset(b, 0, 16);
	for (i = 0; i < bits() / 8; i++) {
		if (kind == 0)
			b[i] = (uint8_t)rnd(256);
		else if (kind == 1)
			b[i] = rnd(12) == 0 ? (uint8_t)rnd(256) : 0xFF;
		else
			b[i] = (uint8_t)(rnd(3) == 0 ? rnd(4) * 85 : i < 2 ? 32 + rnd(3) : rnd(16));
	}
}

static void
step(uint8_t *b, int by)
{
	int i;

	for (i = (int)bits() / 8 - 1; i >= 0; i--) {
		b[i] = (uint8_t)(b[i] + by);
		if (b[i] != (by > 0 ? 0 : 0xFF))
			break;
	}
}

static void
probe_edges(const struct entry *e)
{
	uint8_t b[16];
	unsigned i;

	memcpy(b, e->bytes, 16);
	probe(b);
	step(b, -1);
	probe(b);
	memcpy(b, e->bytes, 16);
	for (i = e->len; i < bits(); i++)
		b[i / 8] |= (uint8_t)(0x80 >> i % 8);
	probe(b);
	step(b, 1);
	probe(b);
}

static void
probe_all(unsigned sample)
{
	uint8_t b[16];
	unsigned i;

	for (i = 0; i < sample; i++) {
		if (n_list != 0)
			probe_edges(&list[rnd(n_list)]);
		random_address(b);
		probe(b);
	}
	memset(b, 0, 16);
	probe(b);
	memset(b, 0xFF, bits() / 8);
	probe(b);
}

static struct fwpdk_route
route_of(const struct entry *e)
{
	struct fwpdk_route r = {
		.size = sizeof(r), .if_index = if_index[e->gateway], .prefix_len = e->len};

	r.prefix.family = family;
	memcpy(r.prefix.bytes, e->bytes, 16);
	r.next_hop.family = family;
	r.next_hop.bytes[0] = 10;
	r.next_hop.bytes[bits() / 8 - 1] = e->gateway;
	return r;
}

static struct entry
random_entry(void)
{
	struct entry e = {.gateway = (uint8_t)(1 + rnd(GATEWAYS))};

	random_address(e.bytes);
	e.len = (uint8_t)(rnd(3) == 0 ? rnd(bits() + 1) : bits() - rnd(bits() / 2));
	mask(e.bytes, e.len);
	return e;
}

/* Into the list; the index where it ended up. */
static unsigned
note(const struct entry *e)
{
	unsigned i;

	for (i = 0; i < n_list; i++)
		if (list[i].len == e->len && memcmp(list[i].bytes, e->bytes, 16) == 0)
			break;
	assert_true(i < MAX);
	list[i] = *e;
	if (i == n_list)
		n_list++;
	return i;
}

static void
add_one(void)
{
	struct entry e = random_entry();
	struct fwpdk_route r = route_of(&e);

	assert_int_equal(fwpdk_route_add(&r), 0);
	note(&e);
	probe_edges(&e);
}

static void
replace_one(void)
{
	struct entry *e = &list[rnd(n_list)];
	struct fwpdk_route r;

	e->gateway = (uint8_t)(1 + rnd(GATEWAYS));
	r = route_of(e);
	assert_int_equal(fwpdk_route_add(&r), 0);
	probe_edges(e);
}

static void
delete_one(void)
{
	unsigned i = rnd(n_list);
	struct entry e = list[i];
	struct fwpdk_route r = route_of(&e);

	list[i] = list[--n_list];
	assert_int_equal(fwpdk_route_del(&r), 0);
	assert_int_equal(fwpdk_route_del(&r), -ENOENT);
	probe_edges(&e);
}

static void
bulk(unsigned n)
{
	struct fwpdk_route *r = calloc(n, sizeof(*r));
	unsigned i;

	assert_non_null(r);
	for (i = 0; i < n; i++) {
		struct entry e = random_entry();

		r[i] = route_of(&e);
		note(&e);
	}
	assert_int_equal(fwpdk_route_add_bulk(r, n), 0);
	free(r);
}

static int
count_and_compare(const struct fwpdk_route *r, void *arg)
{
	struct entry e = {.len = r->prefix_len};
	unsigned before = n_list;

	if (r->prefix.family != family)
		return 0;
	memcpy(e.bytes, r->prefix.bytes, 16);
	e.gateway = r->next_hop.bytes[bits() / 8 - 1];
	assert_int_equal(r->if_index, if_index[e.gateway]);
	/* note() would append what is not in the list. */
	note(&e);
	assert_int_equal(n_list, before);
	++*(unsigned *)arg;
	return 0;
}

static void
check_walk(void)
{
	unsigned n = 0;

	assert_int_equal(fwpdk_route_walk(0, count_and_compare, &n), 0);
	assert_int_equal(n, n_list);
}

static void
gateways(void)
{
	unsigned i;

	for (i = 1; i <= GATEWAYS; i++) {
		struct fwpdk_addr a = {.family = family, .bytes = {10}};
		struct rte_ether_addr mac = test_mac(i);

		a.bytes[bits() / 8 - 1] = (uint8_t)i;
		if_index[i] = test_if(0, 0, NULL);
		assert_int_equal(fwpdk_if_set_mtu(if_index[i], (uint16_t)(MTU + i)), 0);
		assert_int_equal(fwpdk_neigh_add(if_index[i], &a, &mac), 0);
	}
}

static void
through_all_sizes(uint8_t f, uint64_t s)
{
	unsigned i;

	family = f;
	seed = s;
	n_list = 0;
	gateways();
	probe_all(10);
	while (n_list < 400) /* small */
		add_one();
	probe_all(300);
	for (i = 0; i < 300; i++)
		rnd(2) ? replace_one() : delete_one();
	probe_all(300);
	check_walk();
	while (n_list < 1500) /* grows on the way */
		add_one();
	probe_all(300);
	bulk(1500);
	probe_all(500);
	check_walk();
	for (i = 0; i < 3000; i++) { /* in place, dead prefixes, their return */
		switch (rnd(3)) {
		case 0:
			add_one();
			break;
		case 1:
			replace_one();
			break;
		default:
			delete_one();
		}
	}
	probe_all(1000);
	check_walk();
	while (n_list > 100) { /* through rebuilds, and small again */
		delete_one();
		if (n_list % 256 == 0)
			probe_all(100);
	}
	probe_all(300);
	check_walk();
	while (n_list > 0)
		delete_one();
	probe_all(10);
	assert_int_equal(fwi_rcu_deferred(), 0);
}

static void
ipv4(void **state)
{
	(void)state;
	through_all_sizes(AF_INET, 1);
}

static void
ipv4_again(void **state)
{
	(void)state;
	through_all_sizes(AF_INET, 20260101);
}

static void
ipv6(void **state)
{
	(void)state;
	through_all_sizes(AF_INET6, 3);
}

/* A whole range of the top of the address space, split and joined: fib edge cases. */
static void
top_of_the_space(void **state)
{
	unsigned f, len, i;

	(void)state;
	for (f = 0; f < 2; f++) {
		family = f == 0 ? AF_INET : AF_INET6;
		n_list = 0;
		seed = 9;
		gateways();
		bulk(1500);
		for (len = 0; len <= bits(); len++) {
			for (i = 0; i < 2; i++) { /* all ones, and its sibling */
				struct entry e = {.len = (uint8_t)len,
					.gateway = (uint8_t)(1 + (len + i) % GATEWAYS)};
				struct fwpdk_route r;

				memset(e.bytes, 0xFF, 16);
				if (i == 1 && len > 0)
					e.bytes[(len - 1) / 8] &= (uint8_t) ~(
						0x80 >> (len - 1) % 8);
				mask(e.bytes, len);
				r = route_of(&e);
				assert_int_equal(fwpdk_route_add(&r), 0);
				note(&e);
				probe_edges(&e);
			}
		}
		probe_all(300);
		for (i = 0; i < 1000; i++)
			delete_one();
		probe_all(300);
		check_walk();
	}
}

/* A more specific prefix at the first and at the last address of each length. */
static void
ends_of_prefixes(void **state)
{
	unsigned f, len, i;

	(void)state;
	for (f = 0; f < 2; f++) {
		family = f == 0 ? AF_INET : AF_INET6;
		n_list = 0;
		gateways();
		for (len = 1; len < bits(); len++) {
			for (i = 0; i < 3; i++) { /* the prefix, its first and its last host */
				struct entry e = {.len = (uint8_t)(i == 0 ? len : bits()),
					.gateway = (uint8_t)(1 + (len + i) % GATEWAYS)};
				struct fwpdk_route r;

				memset(e.bytes, i == 2 ? 0xFF : 0, 16);
				mask(e.bytes, bits());
				e.bytes[0] &= 0x7F; /* below the top */
				if (len > 1 && i == 2) {
					/* 0 0 .. 1 1 1: the first len bits are 0 */
					unsigned b;

					for (b = 0; b < len; b++)
						e.bytes[b / 8] &= (uint8_t) ~(0x80 >> b % 8);
				}
				r = route_of(&e);
				assert_int_equal(fwpdk_route_add(&r), 0);
				probe_edges(&list[note(&e)]);
			}
			probe_all(20);
		}
		for (i = 0; i < n_list; i++)
			probe_edges(&list[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ipv4, test_stack_up, test_stack_down),
		cmocka_unit_test_setup_teardown(ipv4_again, test_stack_up, test_stack_down),
		cmocka_unit_test_setup_teardown(ipv6, test_stack_up, test_stack_down),
		cmocka_unit_test_setup_teardown(top_of_the_space, test_stack_up, test_stack_down),
		cmocka_unit_test_setup_teardown(ends_of_prefixes, test_stack_up, test_stack_down),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
