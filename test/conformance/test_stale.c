/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What pollers remember of the stack - next hops, path MTUs, links, which addresses are ourselves -
 * is never older than the last change that they could know of, and no status is one that has
 * passed.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/ctl.h"
#include "neighbour.h"
#include "stack/iface.h"
#include "stack/links.h"
#include "stack/pmtu.h"
#include "stack/pmtu_table.h"
#include "tx/path.h"
#include "tx/poller.h"

static struct pkt *
inject(const char *dst)
{
	struct pkt *p = PKT(.dst = dst, .lead = 20);

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	return p;
}

/* A second address of a network that the interface has: no route comes with it. */
static void
n_a_new_address_is_ours_at_once(void **state)
{
	struct fwpdk_addr a;
	struct rte_mbuf *m;
	struct pkt *p;

	(void)state;
	nb_known("192.0.2.50", 5);
	p = inject("192.0.2.50");
	fx_poll_n(3);
	nb_got(0, p, NB_MAC(5));
	assert_int_equal(fwpdk_addr_parse("192.0.2.50", &a), 0);
	assert_int_equal(fwpdk_addr_add(fx.port[0].ifi, &a, 24), 0);
	p = inject("192.0.2.50");
	fx_poll_n(5);
	m = inside_received();
	assert_non_null(m);
	rte_pktmbuf_free(m);
	nb_nothing(0);
}

static void
n_an_address_that_goes_is_a_neighbour_at_once(void **state)
{
	enum fwi_family family;
	struct rte_mbuf *m;
	struct pkt *p;
	fwi_u128 key;

	(void)state;
	assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 0), 0);
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	nb_known("192.0.2.51", 5);
	nb_key("192.0.2.51", &family, &key);
	fwi_ctl_lock();
	assert_int_equal(fwi_addr_mirror(fx.port[0].ifi, family, key, 24, false), 0);
	fwi_ctl_unlock();
	p = inject("192.0.2.51");
	fx_poll_n(5);
	nb_ends(p, STATUS_SUCCESS);
	m = inside_received();
	assert_non_null(m);
	rte_pktmbuf_free(m);
	fwi_ctl_lock();
	assert_int_equal(fwi_addr_mirror(fx.port[0].ifi, family, key, 24, true), 0);
	fwi_ctl_unlock();
	fx_poll_n(2);
	p = PKT(.dst = "192.0.2.51");
	nb_comes_in(p);
	fx_poll_n(2);
	nb_forwarded(p, NB_MAC(5));
}

/* fwpdk_pmtu_get() has the bucket, or a poller that looks what has expired. */
static void
n_a_path_mtu_that_cannot_be_read_is_looked_up_again(void **state)
{
	struct fwi_paths *b;
	enum fwi_family family;
	struct pkt *p;
	fwi_u128 dst;

	(void)state;
	nb_key("10.1.2.3", &family, &dst);
	b = fwi_paths_of(0, family, dst);
	assert_true(fwi_pmtu_learn(0, family, dst, 1000));
	fx_poll_n(1);
	assert_true(fwi_paths_lock(b));
	p = PKT(.dst = "10.1.2.3", .lead = 20, .payload = 1200);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(2);
	fx_ring_discard(0);
	fwi_paths_unlock(b);
	fx_poll_n(1);
	p = PKT(.dst = "10.1.2.3", .lead = 20, .payload = 1200);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(2);
	nb_ends(p, STATUS_INVALID_BUFFER_SIZE);
}

static void (*real_resolve)(struct fwpdk_poller *p, uint64_t now);
static struct pkt *strangers;
static bool by_route;

static void *
stranger(void *arg)
{
	(void)arg;
	if (by_route)
		nb_route("10.7.0.0", 16, "10.0.0.1");
	else
		fwi_stack_link(fx.port[0].id, false);
	assert_status(pkt_inject(strangers), STATUS_SUCCESS);
	return NULL;
}

static void
between_two_looks(struct fwpdk_poller *p, uint64_t now)
{
	pthread_t t;

	fwi_path_ops.resolve = real_resolve;
	real_resolve(p, now);
	assert_int_equal(pthread_create(&t, NULL, stranger, NULL), 0);
	pthread_join(t, NULL);
}

/* fwpdk_poll() has looked at the stack's generation, and not yet into the inject rings. */
static void
in_the_middle_of_a_poll(bool route)
{
	by_route = route;
	real_resolve = fwi_path_ops.resolve;
	strangers = PKT(.dst = "10.7.0.1", .lead = 20);
	fwi_path_ops.resolve = between_two_looks;
	fx.poller->resolve_due = 0;
	fx_poll_n(3);
	fx_ring_discard(0);
	fx_poll_n(3);
	nb_ends(strangers, STATUS_SUCCESS);
}

static void
n_a_route_and_then_a_packet(void **state)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};
	struct pkt *p;

	(void)state;
	assert_int_equal(fwpdk_addr_parse("10.7.0.0", &r.prefix), 0);
	assert_int_equal(fwpdk_route_add_multi(&r, NULL, 0), 0);
	p = inject("10.7.0.1");
	fx_poll_n(2);
	nb_ends(p, STATUS_NETWORK_UNREACHABLE);
	in_the_middle_of_a_poll(true);
}

static void
n_a_link_and_then_a_packet(void **state)
{
	struct pkt *p;

	(void)state;
	nb_route("10.7.0.0", 16, "10.0.0.1");
	fwi_stack_link(fx.port[0].id, true);
	p = inject("10.7.0.1");
	fx_poll_n(2);
	nb_ends(p, NDIS_STATUS_MEDIA_DISCONNECTED);
	in_the_middle_of_a_poll(false);
}

/* Said twice or not, as many are counted as are down. */
static void
n_links_are_counted(void **state)
{
	(void)state;
	assert_false(fwi_a_link_is_down());
	fwi_stack_link(fx.port[0].id, false);
	assert_false(fwi_a_link_is_down());
	fwi_stack_link(fx.port[0].id, true);
	fwi_stack_link(fx.port[0].id, true);
	fwi_stack_link(fx.port[1].id, true);
	assert_int_equal(fwi_links_down_n, 2);
	fwi_stack_link(fx.port[0].id, false);
	assert_int_equal(fwi_links_down_n, 1);
	assert_true(fwi_link_is_down(fx.port[1].id));
	fwi_stack_link(fx.port[1].id, false);
	fwi_stack_link(fx.port[1].id, false);
	assert_false(fwi_a_link_is_down());
}

static bool stop; /* atomic */

static void *
changing(void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++)
		if (i % 2 == 0)
			nb_route_two("10.8.0.0", "192.0.2.81", 0, "192.0.2.82", 0);
		else
			nb_route_two("10.8.0.0", "192.0.2.83", 0, "192.0.2.84", 0);
	return NULL;
}

/* Every gateway is known, whichever route there is. */
static void
n_forwarded_while_the_next_hops_change(void **state)
{
	struct pkt *p = PKT(.dst = "10.8.1.1");
	pthread_t t;
	uint64_t start;
	char addr[16];
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_if_set_resolve(fx.port[0].ifi, 0), 0);
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	for (i = 1; i <= 4; i++) {
		snprintf(addr, sizeof(addr), "192.0.2.%u", 80 + i);
		nb_known(addr, (uint8_t)i);
	}
	nb_route_two("10.8.0.0", "192.0.2.81", 0, "192.0.2.82", 0);
	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	assert_int_equal(pthread_create(&t, NULL, changing, NULL), 0);
	for (start = fx_now_us(); fx_now_us() - start < 500000;) {
		nb_comes_in(p);
		fx_poll_n(1);
		fx_ring_discard(0);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(t, NULL);
	fx_poll_n(3);
	fx_ring_discard(0);
	assert_int_equal(inside_stats().no_route, 0);
	assert_int_equal(inside_stats().forwarded, inside_stats().read);
}

#define T(f) cmocka_unit_test_setup_teardown(f, nb_up, inside_down)
static const struct CMUnitTest tests[] = {
	T(n_a_new_address_is_ours_at_once),
	T(n_an_address_that_goes_is_a_neighbour_at_once),
	T(n_a_path_mtu_that_cannot_be_read_is_looked_up_again),
	T(n_a_route_and_then_a_packet),
	T(n_a_link_and_then_a_packet),
	T(n_links_are_counted),
	T(n_forwarded_while_the_next_hops_change),
};

FX_MAIN(tests)
