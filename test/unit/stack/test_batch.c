/* SPDX-License-Identifier: BSD-3-Clause */
/* Many changes at once: order, all or none, in place or rebuilt; and what a mirror may change. */
#include "stack_fixture.h"

#include "core/ctl.h"
#include "stack/comp.h"
#include "stack/iface.h"
#include "stack/neigh.h"
#include "stack/route.h"

static struct fwpdk_route_change
change(const struct fwpdk_route *r, int remove)
{
	return (struct fwpdk_route_change){
		.size = sizeof(struct fwpdk_route_change), .route = r, .remove = remove};
}

static struct fwpdk_route
numbered(uint32_t if_index, uint32_t n, const char *via)
{
	struct fwpdk_route r = test_route(0, if_index, "20.0.0.0", 24, via);

	r.prefix.bytes[0] = (uint8_t)(20 + (n >> 16));
	r.prefix.bytes[1] = (uint8_t)(n >> 8);
	r.prefix.bytes[2] = (uint8_t)n;
	return r;
}

static int
to_numbered(uint32_t n)
{
	char text[46];

	snprintf(text, sizeof(text), "%u.%u.%u.1", 20 + (n >> 16), n >> 8 & 255, n & 255);
	return test_to(text);
}

static uint32_t
routes_now(void)
{
	const struct fwi_table *t = fwi_comps[0].table[FWI_V4];

	return t != NULL ? t->n_routes : 0;
}

static void
in_order(uint32_t base)
{
	uint32_t i = test_if(0, 0, NULL), k;
	struct fwpdk_route *r = calloc(base + 4, sizeof(*r));
	struct fwpdk_route_change *c = calloc(base + 4, sizeof(*c));
	struct fwpdk_next_hop two[2] = {{.if_index = i}, {.if_index = i}};

	assert_non_null(r);
	assert_non_null(c);
	test_neigh(i, "10.0.0.1", 1);
	test_neigh(i, "10.0.0.2", 2);
	for (k = 0; k < base; k++) {
		r[k] = numbered(i, k, "10.0.0.1");
		c[k] = change(&r[k], 0);
	}
	assert_int_equal(fwpdk_route_batch(c, base), 0);
	assert_int_equal(routes_now(), base);
	assert_int_equal(to_numbered(base - 1), 1);
	/* Added and removed; removed and added; replaced; what is not there is removed. */
	r[0] = numbered(i, base, "10.0.0.1");
	r[1] = numbered(i, 3, "10.0.0.2");
	r[2] = numbered(i, 4, "10.0.0.2");
	r[3] = numbered(i, base + 7, NULL);
	c[0] = change(&r[0], 0);
	c[1] = change(&r[0], 1);
	c[2] = change(&r[1], 1);
	c[3] = change(&r[1], 0);
	c[4] = change(&r[2], 0);
	c[5] = change(&r[3], 1);
	assert_int_equal(fwpdk_route_batch(c, 6), 0);
	assert_int_equal(routes_now(), base);
	assert_int_equal(to_numbered(base), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(to_numbered(3), 2);
	assert_int_equal(to_numbered(4), 2);
	assert_int_equal(to_numbered(5), 1);
	/* Several next hops, and none, in a batch. */
	two[0].gateway = test_addr("10.0.0.1");
	two[1].gateway = test_addr("10.0.0.2");
	c[0] = change(&r[1], 0);
	c[0].hops = two;
	c[0].n_hops = 2;
	c[1] = change(&r[2], 0);
	c[1].hops = two;
	assert_int_equal(fwpdk_route_batch(c, 2), 0);
	assert_int_equal(to_numbered(3), FWI_HOP_BY_FLOW);
	assert_int_equal(to_numbered(4), STATUS_NETWORK_UNREACHABLE);
	/* All away but one. */
	for (k = 0; k < base; k++) {
		r[k] = numbered(i, k, NULL);
		c[k] = change(&r[k], 1);
	}
	assert_int_equal(fwpdk_route_batch(c, base - 1), 0);
	assert_int_equal(routes_now(), 1);
	assert_int_equal(to_numbered(base - 1), 1);
	assert_int_equal(fwpdk_route_batch(c, base), 0);
	assert_int_equal(routes_now(), 0);
	assert_int_equal(fwi_rcu_deferred(), 0);
	free(r);
	free(c);
}

static void
small(void **state)
{
	(void)state;
	in_order(50);
}

static void
big(void **state)
{
	(void)state;
	in_order(5000);
}

static void
refused(void **state)
{
	uint32_t i = test_if(0, 0, NULL), g;
	struct fwpdk_route good = test_route(0, i, "192.0.2.0", 24, NULL),
			   bad = test_route(0, i, "192.0.2.1", 24, NULL);
	struct fwpdk_route_change c[2] = {change(&good, 0), change(&bad, 0)};
	struct fwpdk_next_hop hop = {.if_index = 99};

	(void)state;
	g = test_generation();
	assert_int_equal(fwpdk_route_batch(c, 2), -EINVAL);
	c[1] = change(&bad, 1);
	assert_int_equal(fwpdk_route_batch(c, 2), -EINVAL);
	c[1] = change(NULL, 0);
	assert_int_equal(fwpdk_route_batch(c, 2), -EINVAL);
	c[1] = change(&good, 0);
	c[1].size--;
	assert_int_equal(fwpdk_route_batch(c, 2), -EINVAL);
	c[1] = change(&good, 0);
	c[1].hops = &hop;
	c[1].n_hops = 1;
	assert_int_equal(fwpdk_route_batch(c, 2), -ENOENT);
	c[1].n_hops = UINT32_MAX;
	assert_int_equal(fwpdk_route_batch(c, 2), -EINVAL);
	assert_int_equal(fwpdk_route_batch(NULL, 1), -EINVAL);
	assert_int_equal(fwpdk_route_batch(NULL, 0), 0);
	assert_int_equal(test_generation(), g);
	assert_int_equal(routes_now(), 0);
}

/* One call of lib/netlink's. Returns how many gave way. */
static uint32_t
mirror(uint32_t if_index, const char *prefix, uint8_t len, const char *via, bool remove)
{
	struct fwpdk_addr p = test_addr(prefix), gw;
	struct fwi_route_change c = {.depth = len, .mirrored = true, .remove = remove};
	enum fwi_family kind = FWI_NH_ON_LINK;
	uint32_t kept = 0;

	fwi_addr_key(&p, &c.family, &c.key);
	c.hop.link = fwi_if_link(if_index);
	c.hop.mirrored = true;
	if (via != NULL) {
		gw = test_addr(via);
		fwi_addr_key(&gw, &kind, &c.hop.gateway);
	}
	c.hop.kind = (uint8_t)kind;
	fwi_ctl_lock();
	assert_int_equal(fwi_routes_apply(&c, 1, &kept), 0);
	fwi_ctl_unlock();
	return kept;
}

static void
mirrored_routes_give_way(void **state)
{
	uint32_t i = test_if(0, 0, NULL), uncovered;

	(void)state;
	test_neigh(i, "10.0.0.1", 1);
	test_neigh(i, "10.0.0.2", 2);
	assert_int_equal(test_add(i, "192.0.2.0", 24, "10.0.0.1"), 0);
	assert_int_equal(mirror(i, "192.0.2.0", 24, "10.0.0.2", false), 1);
	assert_int_equal(test_to("192.0.2.1"), 1);
	assert_int_equal(mirror(i, "192.0.2.0", 24, NULL, true), 1);
	assert_int_equal(test_to("192.0.2.1"), 1);
	assert_int_equal(mirror(i, "198.51.100.0", 24, "10.0.0.2", false), 0);
	assert_int_equal(test_to("198.51.100.1"), 2);
	assert_int_equal(test_del("198.51.100.0", 24), -EBUSY);
	/* The host takes it over, and gives it up. */
	assert_int_equal(test_add(i, "198.51.100.0", 24, "10.0.0.1"), 0);
	assert_int_equal(test_to("198.51.100.1"), 1);
	uncovered = fwi_stack_uncovered;
	assert_int_equal(test_del("198.51.100.0", 24), 0);
	assert_int_not_equal(fwi_stack_uncovered, uncovered);
	assert_int_equal(test_to("198.51.100.1"), STATUS_NETWORK_UNREACHABLE);
	assert_int_equal(mirror(i, "198.51.100.0", 24, "10.0.0.2", false), 0);
	/* A new MAC reaches routes of either. */
	assert_int_equal(test_add(i, "203.0.113.0", 24, "10.0.0.2"), 0);
	test_neigh(i, "10.0.0.2", 22);
	assert_int_equal(test_to("198.51.100.1"), 22);
	assert_int_equal(test_to("203.0.113.1"), 22);
	assert_int_equal(mirror(i, "198.51.100.0", 24, NULL, true), 0);
	assert_int_equal(test_to("198.51.100.1"), STATUS_NETWORK_UNREACHABLE);
}

static void
mirrored_neighbours_give_way(void **state)
{
	struct rte_ether_addr one = test_mac(1), two = test_mac(2);
	struct fwpdk_addr addr = test_addr("10.0.0.1");
	uint32_t i = test_if(0, 0, NULL), uncovered;
	enum fwi_family family;
	fwi_u128 key;

	(void)state;
	fwi_addr_key(&addr, &family, &key);
	test_add(i, "10.0.0.0", 8, NULL);
	assert_int_equal(fwi_neigh_mirror(i, family, key, &one), 0);
	assert_int_equal(test_to("10.0.0.1"), 1);
	assert_int_equal(fwpdk_neigh_del(i, &addr), -EBUSY);
	assert_int_equal(fwi_neigh_mirror(i, family, key, &two), 0);
	assert_int_equal(test_to("10.0.0.1"), 2);
	/* The host confirms it: the same MAC, its own now. */
	assert_int_equal(fwpdk_neigh_add(i, &addr, &two), 0);
	assert_int_equal(fwi_neigh_mirror(i, family, key, &one), -EEXIST);
	assert_int_equal(fwi_neigh_mirror(i, family, key, NULL), -EEXIST);
	assert_int_equal(test_to("10.0.0.1"), 2);
	uncovered = fwi_stack_uncovered;
	assert_int_equal(fwpdk_neigh_del(i, &addr), 0);
	assert_int_not_equal(fwi_stack_uncovered, uncovered);
	assert_int_equal(fwi_neigh_mirror(i, family, key, &one), 0);
	assert_int_equal(fwi_neigh_mirror(i, family, key, NULL), 0);
	assert_int_equal(fwi_neigh_mirror(i, family, key, NULL), -ENOENT);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_stack_up, test_stack_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(small),
		T(big),
		T(refused),
		T(mirrored_routes_give_way),
		T(mirrored_neighbours_give_way),
	};

	if (test_stack_eal() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
