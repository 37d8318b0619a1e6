/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was so a moment ago: pollers remember next hops, packets wait for neighbours, and the stack
 * changes between a change's publication and the news of it, or between two looks of a poll.
 * Nothing is lost, ends with a status that has passed, or overtakes what waited before it.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/ctl.h"
#include "neighbour.h"
#include "stack/iface.h"
#include "stack/links.h"
#include "stack/neigh.h"
#include "stack/pmtu.h"
#include "stack/pmtu_table.h"
#include "stack/room.h"
#include "tx/path.h"
#include "tx/poller.h"

#define A4    "192.0.2.77" /* nobody has told of it */
#define K4    "192.0.2.80" /* known where a test says so */
#define FLOWS 8u

static struct pkt *
sized(const char *dst, uint32_t payload)
{
	struct pkt *p = PKT(.dst = dst, .lead = 20, .payload = payload);

	memcpy(p->ip + 20, "\x10\0\x20\0", 4); /* the same ports: one flow per destination */
	pkt_refresh(p);
	return p;
}

static struct pkt *
inject(const char *dst)
{
	struct pkt *p = PKT(.dst = dst, .lead = 20);

	assert_status(pkt_inject(p), STATUS_SUCCESS);
	return p;
}

static void
key_of(const char *addr, enum fwi_family *family, fwi_u128 *key)
{
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(addr, &a), 0);
	assert_int_equal(fwi_addr_key(&a, family, key), 0);
}

static void
route_via(const char *prefix, uint8_t len, const char *gateway)
{
	struct fwpdk_route r = {.size = sizeof(r), .if_index = fx.port[0].ifi, .prefix_len = len};

	assert_int_equal(fwpdk_addr_parse(prefix, &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse(gateway, &r.next_hop), 0);
	assert_int_equal(fwpdk_route_add(&r), 0);
}

/* Two gateways over those ports. */
static void
route_two(const char *first, unsigned port1, const char *second, unsigned port2)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};
	struct fwpdk_next_hop hops[2] = {
		{.if_index = fx.port[port1].ifi}, {.if_index = fx.port[port2].ifi}};

	assert_int_equal(fwpdk_addr_parse("10.8.0.0", &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse(first, &hops[0].gateway), 0);
	assert_int_equal(fwpdk_addr_parse(second, &hops[1].gateway), 0);
	assert_int_equal(fwpdk_route_add_multi(&r, hops, 2), 0);
}

static void
neighbour(const char *addr, uint8_t last)
{
	const struct rte_ether_addr mac = {{2, 0x77, 0, 0, 0, last}};
	struct fwpdk_addr a;

	assert_int_equal(fwpdk_addr_parse(addr, &a), 0);
	assert_int_equal(fwpdk_neigh_add(fx.port[0].ifi, &a, &mac), 0);
}

/* By another poller's thread, which has not told of it yet. */
static void
learned(const char *addr, uint8_t last)
{
	const struct rte_ether_addr mac = {{2, 0x77, 0, 0, 0, last}};
	enum fwi_family family;
	fwi_u128 key;

	key_of(addr, &family, &key);
	fwi_ctl_lock();
	assert_int_equal(fwi_neigh_learn(fx.port[0].ifi, family, key, &mac), 0);
	fwi_ctl_unlock();
}

static void
comes_in(struct pkt *p)
{
	assert_false(inside_input(1, inside_packet(1, p)));
}

/* As it was when it came in, but for the TTL. */
static void
forwarded(struct pkt *p, const uint8_t *mac)
{
	p->ip[8]--;
	pkt_ip_checksum(p);
	nb_got(0, p, mac);
}

/* Two destinations wait for one gateway, and one of them gets another. */
static void
n_a_new_way_is_taken_by_what_waits(void **state)
{
	struct pkt *p, *other, *late;

	(void)state;
	route_via("10.8.1.0", 24, A4);
	route_via("10.8.2.0", 24, A4);
	neighbour(K4, 3);
	p = inject("10.8.1.1");
	other = inject("10.8.2.2");
	nb_wait(0);
	nb_asked(0, A4, NULL);
	route_via("10.8.1.0", 24, K4);
	late = inject("10.8.1.1");
	nb_wait(0);
	nb_got(0, p, NB_MAC(3));
	fx_poll_n(2);
	nb_got(0, late, NB_MAC(3));
	nb_ends(p, STATUS_SUCCESS);
	nb_ends(late, STATUS_SUCCESS);
	assert_int_equal(nb_stats().waiting, 1);
	nb_wait(0); /* asked as often as if nothing had happened */
	nb_asked(0, A4, NULL);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	nb_ends(other, STATUS_HOST_UNREACHABLE);
	assert_int_equal(nb_stats().solicits, 3);
}

static void
n_forwarded_ones_take_a_new_way_too(void **state)
{
	struct pkt *p = PKT(.dst = "10.8.1.1"), *other = PKT(.dst = "10.8.2.2");

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	route_via("10.8.1.0", 24, A4);
	route_via("10.8.2.0", 24, A4);
	neighbour(K4, 3);
	comes_in(p);
	comes_in(other);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	route_via("10.8.1.0", 24, K4);
	nb_wait(0);
	forwarded(p, NB_MAC(3));
	assert_true(nb_answers(A4, NB_MAC(4)));
	nb_wait(0);
	forwarded(other, NB_MAC(4));
	assert_int_equal(nb_stats().forward_dropped, 0);
}

static bool
one_is_learned(void *arg)
{
	(void)arg;
	return nb_stats().learned == 1;
}

/* The usual loop: fwpdk_input(), fwpdk_poll(). */
static void
n_forwarded_in_order_when_the_answer_comes(void **state)
{
	struct pkt *p[2] = {PKT(.dst = A4, .payload = 40), PKT(.dst = A4, .payload = 41)};

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	comes_in(p[0]);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	assert_true(nb_answers(A4, NB_MAC(6)));
	assert_true(fx_poll_until(one_is_learned, NULL));
	comes_in(p[1]);
	fx_poll_n(3);
	forwarded(p[0], NB_MAC(6));
	forwarded(p[1], NB_MAC(6));
}

/* What comes before the news leaves at once; what waits goes before the next burst. */
static void
n_forwarded_before_the_news(void **state)
{
	struct pkt *p[3];
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	for (i = 0; i < 3; i++)
		p[i] = PKT(.dst = A4, .payload = 40 + i);
	comes_in(p[0]);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	learned(A4, 6);
	comes_in(p[1]);
	comes_in(p[2]);
	fx_poll_n(3);
	forwarded(p[1], NB_MAC(6));
	forwarded(p[0], NB_MAC(6));
	forwarded(p[2], NB_MAC(6));
	assert_int_equal(inside_stats().no_route, 0);
}

/* A silent gateway with packets of two flows, beside a route with two gateways that are known. */
static void
silent_beside_known(void)
{
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	neighbour("192.0.2.81", 1);
	neighbour("192.0.2.82", 2);
	route_two("192.0.2.81", 0, "192.0.2.82", 0);
	route_via("10.6.0.0", 16, A4);
	comes_in(PKT(.dst = "10.6.1.1"));
	comes_in(PKT(.dst = "10.6.1.2"));
	nb_wait(0);
	nb_asked(0, A4, NULL);
	fx_poll_n(3);
}

static void
n_a_silent_gateway_costs_others_nothing(void **state)
{
	uint32_t generation;
	unsigned i;

	(void)state;
	silent_beside_known();
	for (i = 0; i < 50; i++) {
		comes_in(sized("10.8.1.1", 100));
		generation = fwi_stack_generation;
		assert_int_equal(fx.poller->generation, generation); /* nothing is forgotten */
		fx_poll_n(1);
		fx_ring_discard(0);
	}
	assert_int_equal(nb_stats().forward_waited, 2);
	assert_int_equal(inside_stats().forwarded, 50);
}

/* More than a poll looks at waits for one gateway, for two destinations, and the stack changes all
 * the time. */
static void
n_others_get_on_while_the_stack_changes(void **state)
{
	struct pkt *other;
	unsigned i;

	(void)state;
	route_via("10.6.0.0", 16, A4);
	neighbour(K4, 3);
	fx_poll_n(2);
	for (i = 0; i < 100; i++)
		inject(i % 2 ? "10.6.1.1" : "10.6.1.2");
	fx_poll_n(4);
	assert_int_equal(nb_stats().waiting, 100);
	fwi_stack_changed();
	other = inject(K4);
	for (i = 0; i < 5 && other->done == 0; i++) {
		fwi_stack_changed();
		fx_poll_n(1);
		fx_ring_discard(0);
	}
	nb_ends(other, STATUS_SUCCESS);
	assert_int_equal(nb_stats().waiting, 100);
}

/* What is forwarded does not let injected packets overtake each other. */
static void
n_forwarded_beside_injected(void **state)
{
	struct pkt *p[2], *between = PKT(.dst = A4);

	(void)state;
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	p[0] = inject(A4);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	learned(A4, 6);
	comes_in(between);
	p[1] = PKT(.dst = A4, .lead = 20, .payload = 77);
	assert_status(pkt_inject(p[1]), STATUS_SUCCESS);
	fwi_stack_changed();
	fx_poll_n(3);
	forwarded(between, NB_MAC(6));
	nb_got(0, p[0], NB_MAC(6));
	nb_got(0, p[1], NB_MAC(6));
}

/* Which of two packets of a flow left first, by their lengths; at[flow]: 0 = did not leave. */
static void
order(unsigned port, const struct pkt *second, unsigned at[2][FLOWS], unsigned *turn)
{
	struct rte_mbuf *m;
	uint8_t got[2048];
	uint32_t len;

	while (fx_ring_rx(port, &m, 1) == 1) {
		len = fx_mbuf_read(m, got, sizeof(got));
		rte_pktmbuf_free(m);
		if (got[12] == 8 && got[13] == 0)
			at[len == 14u + second->ip_len][got[33] % FLOWS] = ++*turn;
	}
}

/* Several next hops: each packet is looked up anew, and finds what is not told yet. */
static void
n_a_flow_in_order_before_the_news(void **state)
{
	struct pkt *p[2] = {sized("10.8.1.1", 100), sized("10.8.1.1", 101)};
	unsigned at[2][FLOWS] = {{0}}, turn = 0, i;

	(void)state;
	route_two("192.0.2.81", 0, "192.0.2.82", 0);
	assert_status(pkt_inject(p[0]), STATUS_SUCCESS);
	fx_poll_n(4);
	fx_ring_discard(0);
	learned("192.0.2.81", 1);
	learned("192.0.2.82", 2);
	assert_status(pkt_inject(p[1]), STATUS_SUCCESS);
	fx_poll_n(2);
	fwi_stack_changed();
	for (i = 0; i < 10; i++) {
		fx_poll_n(1);
		order(0, p[1], at, &turn);
	}
	assert_int_equal(turn, 2);
	assert_true(at[0][1] < at[1][1]);
}

/* fwpdk_tx() maps what waits too, and has not followed. */
static void
n_what_is_held_back_waits_for_the_next_poll(void **state)
{
	struct pkt *p[2] = {sized("10.8.1.1", 100), sized("10.8.1.1", 101)};
	unsigned at[2][FLOWS] = {{0}}, turn = 0, i;
	struct rte_mbuf *none[1];

	(void)state;
	route_two("192.0.2.81", 0, "192.0.2.82", 0);
	assert_status(pkt_inject(p[0]), STATUS_SUCCESS);
	fx_poll_n(4);
	fx_ring_discard(0);
	learned("192.0.2.81", 1);
	learned("192.0.2.82", 2);
	assert_status(pkt_inject(p[1]), STATUS_SUCCESS);
	assert_int_equal(fwpdk_tx(fx.poller, fx.port[0].id, none, 0), 0);
	fwi_stack_changed();
	for (i = 0; i < 10; i++) {
		fx_poll_n(1);
		order(0, p[1], at, &turn);
	}
	assert_int_equal(turn, 2);
	assert_true(at[0][1] < at[1][1]);
}

/* One poller learns two, one after the other, and tells once. */
static void
n_two_answers_and_one_news(void **state)
{
	struct fwpdk_route r = {.size = sizeof(r), .prefix_len = 16};
	struct fwpdk_next_hop hops[2] = {
		{.if_index = fx.port[0].ifi}, {.if_index = fx.port[0].ifi}};
	struct pkt *p[2] = {sized("10.8.1.1", 100), sized("10.8.1.1", 101)};
	unsigned at[2][FLOWS] = {{0}}, turn = 0, i;
	struct pkt *others[2] = {sized("10.7.1.2", 100), sized("10.7.1.2", 101)};

	(void)state;
	route_two("192.0.2.81", 0, "192.0.2.82", 0);
	assert_int_equal(fwpdk_addr_parse("10.7.0.0", &r.prefix), 0);
	assert_int_equal(fwpdk_addr_parse("192.0.2.83", &hops[0].gateway), 0);
	assert_int_equal(fwpdk_addr_parse("192.0.2.84", &hops[1].gateway), 0);
	assert_int_equal(fwpdk_route_add_multi(&r, hops, 2), 0);
	assert_status(pkt_inject(others[0]), STATUS_SUCCESS);
	assert_status(pkt_inject(p[0]), STATUS_SUCCESS);
	fx_poll_n(4);
	fx_ring_discard(0);
	learned("192.0.2.83", 3);
	learned("192.0.2.84", 4);
	assert_status(pkt_inject(others[1]), STATUS_SUCCESS);
	fx_poll_n(1);
	learned("192.0.2.81", 1);
	learned("192.0.2.82", 2);
	assert_status(pkt_inject(p[1]), STATUS_SUCCESS);
	fx_poll_n(2);
	fwi_stack_changed();
	for (i = 0; i < 10; i++) {
		fx_poll_n(1);
		order(0, p[1], at, &turn);
	}
	assert_int_equal(turn, 4);
	assert_true(at[0][1] < at[1][1]);
	assert_true(at[0][2] < at[1][2]);
}

/* The flows' own next hop is over a link that goes and comes: they wait at one place, then at
 * another. */
static void
n_a_flow_in_order_from_two_places(void **state)
{
	unsigned at[2][FLOWS] = {{0}}, turn = 0, i, k;
	struct pkt *p[2][FLOWS];
	char dst[16];

	(void)state;
	assert_int_equal(fwpdk_if_set_resolve(fx.port[1].ifi, 1), 0);
	route_two("192.0.2.81", 0, "10.9.0.82", 1);
	for (k = 0; k < 2; k++) {
		fwi_stack_link(fx.port[0].id, k == 0);
		fx_poll_n(1);
		for (i = 0; i < FLOWS; i++) {
			snprintf(dst, sizeof(dst), "10.8.1.%u", i);
			p[k][i] = sized(dst, 100 + k);
			assert_status(pkt_inject(p[k][i]), STATUS_SUCCESS);
		}
		fx_poll_n(3);
	}
	fx_ring_discard(0);
	fx_ring_discard(1);
	learned("192.0.2.81", 1);
	fwi_stack_changed();
	for (i = 0; i < 10; i++) {
		fx_poll_n(1);
		order(0, p[1][0], at, &turn);
		fx_ring_discard(1);
	}
	assert_int_equal(turn, 2 * FLOWS);
	for (i = 0; i < FLOWS; i++)
		assert_true(at[0][i] < at[1][i]);
}

/* A second address of a network that the interface has: no route comes with it. */
static void
n_a_new_address_is_ours_at_once(void **state)
{
	struct fwpdk_addr a;
	struct rte_mbuf *m;
	struct pkt *p;

	(void)state;
	neighbour("192.0.2.50", 5);
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
	neighbour("192.0.2.51", 5);
	key_of("192.0.2.51", &family, &key);
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
	comes_in(p);
	fx_poll_n(2);
	forwarded(p, NB_MAC(5));
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
	key_of("10.1.2.3", &family, &dst);
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
		route_via("10.7.0.0", 16, "10.0.0.1");
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
	route_via("10.7.0.0", 16, "10.0.0.1");
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
			route_two("192.0.2.81", 0, "192.0.2.82", 0);
		else
			route_two("192.0.2.83", 0, "192.0.2.84", 0);
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
		neighbour(addr, (uint8_t)i);
	}
	route_two("192.0.2.81", 0, "192.0.2.82", 0);
	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	assert_int_equal(pthread_create(&t, NULL, changing, NULL), 0);
	for (start = fx_now_us(); fx_now_us() - start < 500000;) {
		comes_in(p);
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
	T(n_a_new_way_is_taken_by_what_waits),
	T(n_forwarded_ones_take_a_new_way_too),
	T(n_forwarded_in_order_when_the_answer_comes),
	T(n_forwarded_before_the_news),
	T(n_a_silent_gateway_costs_others_nothing),
	T(n_others_get_on_while_the_stack_changes),
	T(n_forwarded_beside_injected),
	T(n_a_flow_in_order_before_the_news),
	T(n_what_is_held_back_waits_for_the_next_poll),
	T(n_two_answers_and_one_news),
	T(n_a_flow_in_order_from_two_places),
	T(n_a_new_address_is_ours_at_once),
	T(n_an_address_that_goes_is_a_neighbour_at_once),
	T(n_a_path_mtu_that_cannot_be_read_is_looked_up_again),
	T(n_a_route_and_then_a_packet),
	T(n_a_link_and_then_a_packet),
	T(n_links_are_counted),
	T(n_forwarded_while_the_next_hops_change),
};

FX_MAIN(tests)
