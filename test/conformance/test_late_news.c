/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets wait for neighbours, and the stack changes between a change's publication and the news of
 * it. Nothing is lost, or overtakes what waited before it. test_stale.c: what pollers remember.
 */
#include <stdio.h>
#include <string.h>

#include "neighbour.h"
#include "stack/room.h"
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

/* Two destinations wait for one gateway, and one of them gets another. */
static void
n_a_new_way_is_taken_by_what_waits(void **state)
{
	struct pkt *p, *other, *late;

	(void)state;
	nb_route("10.8.1.0", 24, A4);
	nb_route("10.8.2.0", 24, A4);
	nb_known(K4, 3);
	p = inject("10.8.1.1");
	other = inject("10.8.2.2");
	nb_wait(0);
	nb_asked(0, A4, NULL);
	nb_route("10.8.1.0", 24, K4);
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
	nb_route("10.8.1.0", 24, A4);
	nb_route("10.8.2.0", 24, A4);
	nb_known(K4, 3);
	nb_comes_in(p);
	nb_comes_in(other);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	nb_route("10.8.1.0", 24, K4);
	nb_wait(0);
	nb_forwarded(p, NB_MAC(3));
	assert_true(nb_answers(A4, NB_MAC(4)));
	nb_wait(0);
	nb_forwarded(other, NB_MAC(4));
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
	nb_comes_in(p[0]);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	assert_true(nb_answers(A4, NB_MAC(6)));
	assert_true(fx_poll_until(one_is_learned, NULL));
	nb_comes_in(p[1]);
	fx_poll_n(3);
	nb_forwarded(p[0], NB_MAC(6));
	nb_forwarded(p[1], NB_MAC(6));
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
	nb_comes_in(p[0]);
	nb_wait(0);
	nb_asked(0, A4, NULL);
	nb_learned(A4, 6);
	nb_comes_in(p[1]);
	nb_comes_in(p[2]);
	fx_poll_n(3);
	nb_forwarded(p[1], NB_MAC(6));
	nb_forwarded(p[0], NB_MAC(6));
	nb_forwarded(p[2], NB_MAC(6));
	assert_int_equal(inside_stats().no_route, 0);
}

/* A silent gateway with packets of two flows, beside a route with two gateways that are known. */
static void
silent_beside_known(void)
{
	assert_int_equal(fwpdk_if_set_forwarding(fx.port[1].ifi, 1), 0);
	nb_known("192.0.2.81", 1);
	nb_known("192.0.2.82", 2);
	nb_route_two("10.8.0.0", "192.0.2.81", 0, "192.0.2.82", 0);
	nb_route("10.6.0.0", 16, A4);
	nb_comes_in(PKT(.dst = "10.6.1.1"));
	nb_comes_in(PKT(.dst = "10.6.1.2"));
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
		nb_comes_in(sized("10.8.1.1", 100));
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
	nb_route("10.6.0.0", 16, A4);
	nb_known(K4, 3);
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
	nb_learned(A4, 6);
	nb_comes_in(between);
	p[1] = PKT(.dst = A4, .lead = 20, .payload = 77);
	assert_status(pkt_inject(p[1]), STATUS_SUCCESS);
	fwi_stack_changed();
	fx_poll_n(3);
	nb_forwarded(between, NB_MAC(6));
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
in_order_before_the_news(void (*meanwhile)(void))
{
	struct pkt *p[2] = {sized("10.8.1.1", 100), sized("10.8.1.1", 101)};
	unsigned at[2][FLOWS] = {{0}}, turn = 0, i;

	nb_route_two("10.8.0.0", "192.0.2.81", 0, "192.0.2.82", 0);
	assert_status(pkt_inject(p[0]), STATUS_SUCCESS);
	fx_poll_n(4);
	fx_ring_discard(0);
	nb_learned("192.0.2.81", 1);
	nb_learned("192.0.2.82", 2);
	assert_status(pkt_inject(p[1]), STATUS_SUCCESS);
	meanwhile();
	fwi_stack_changed();
	for (i = 0; i < 10; i++) {
		fx_poll_n(1);
		order(0, p[1], at, &turn);
	}
	assert_int_equal(turn, 2);
	assert_true(at[0][1] < at[1][1]);
}

static void
two_polls(void)
{
	fx_poll_n(2);
}

static void
n_a_flow_in_order_before_the_news(void **state)
{
	(void)state;
	in_order_before_the_news(two_polls);
}

/* It maps what waits too, and has not followed. */
static void
a_burst_of_the_host(void)
{
	struct rte_mbuf *none[1];

	assert_int_equal(fwpdk_tx(fx.poller, fx.port[0].id, none, 0), 0);
}

static void
n_what_is_held_back_waits_for_the_next_poll(void **state)
{
	(void)state;
	in_order_before_the_news(a_burst_of_the_host);
}

/* One poller learns two, one after the other, and tells once. */
static void
n_two_answers_and_one_news(void **state)
{
	struct pkt *p[2] = {sized("10.8.1.1", 100), sized("10.8.1.1", 101)};
	unsigned at[2][FLOWS] = {{0}}, turn = 0, i;
	struct pkt *others[2] = {sized("10.7.1.2", 100), sized("10.7.1.2", 101)};

	(void)state;
	nb_route_two("10.8.0.0", "192.0.2.81", 0, "192.0.2.82", 0);
	nb_route_two("10.7.0.0", "192.0.2.83", 0, "192.0.2.84", 0);
	assert_status(pkt_inject(others[0]), STATUS_SUCCESS);
	assert_status(pkt_inject(p[0]), STATUS_SUCCESS);
	fx_poll_n(4);
	fx_ring_discard(0);
	nb_learned("192.0.2.83", 3);
	nb_learned("192.0.2.84", 4);
	assert_status(pkt_inject(others[1]), STATUS_SUCCESS);
	fx_poll_n(1);
	nb_learned("192.0.2.81", 1);
	nb_learned("192.0.2.82", 2);
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
	nb_route_two("10.8.0.0", "192.0.2.81", 0, "10.9.0.82", 1);
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
	nb_learned("192.0.2.81", 1);
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

/* The same for one flow at a time: each place knows its way, and both are given back at once. */
static void
n_the_place_that_waited_longer_goes_first(void **state)
{
	unsigned flow, i;
	char dst[16];

	(void)state;
	assert_int_equal(fwpdk_if_set_resolve(fx.port[1].ifi, 1), 0);
	nb_route_two("10.8.0.0", "192.0.2.81", 0, "10.9.0.82", 1);
	for (flow = 0; flow < FLOWS; flow++) {
		unsigned at[2][FLOWS] = {{0}}, turn = 0;
		struct pkt *p[2];

		snprintf(dst, sizeof(dst), "10.8.1.%u", flow);
		for (i = 0; i < 2; i++) {
			fwi_stack_link(fx.port[0].id, i == 0);
			fx_poll_n(1);
			p[i] = sized(dst, 100 + i);
			assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
			fx_poll_n(3);
		}
		fx_ring_discard(0);
		nb_learned("192.0.2.81", 1);
		fwi_stack_changed();
		for (i = 0; i < 10; i++) {
			fx_poll_n(1);
			order(0, p[1], at, &turn);
			fx_ring_discard(1);
		}
		assert_int_equal(turn, 2);
		assert_true(at[0][flow] < at[1][flow]);
		nb_learned("192.0.2.81", 0);
		fwi_stack_changed();
		fx_poll_n(3);
	}
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
	T(n_the_place_that_waited_longer_goes_first),
};

FX_MAIN(tests)
