/* SPDX-License-Identifier: BSD-3-Clause */
/* P11, P14, R112, R160: nothing is lost, nothing blocks, everything is given back. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "fixture.h"

static struct fwpdk_poller_info
places(void)
{
	struct fwpdk_poller_info i = {.size = sizeof(i)};

	assert_int_equal(fwpdk_poller_info(fx.poller, &i), 0);
	return i;
}

static void
p11_counted_at_every_place(void **state)
{
	struct rte_mbuf *m[40];
	unsigned i;

	(void)state;
	for (i = 0; i < 40; i++)
		assert_status(pkt_inject(PKT(.lead = 14)), STATUS_SUCCESS);
	assert_int_equal(places().in_rings, 40);
	fx_check_conserved();
	fx_shim_on(0);
	fx_shim.limit = 0;
	fx_poll_n(3);
	assert_int_equal(places().in_rings, 0);
	assert_int_equal(places().waiting + places().staged, 40);
	fx_check_conserved();
	fx_shim.limit = 10;
	fx_poll_n(1);
	assert_int_equal(places().in_driver, 10);
	fx_check_conserved();
	fx_shim.limit = 100;
	fx_poll_n(2);
	assert_int_equal(fx_ring_rx(0, m, 40), 40);
	for (i = 0; i < 40; i++) {
		rte_pktmbuf_free(m[i]);
		if (i % 7 == 0)
			fx_poll_n(1);
		if (i % 7 == 0)
			fx_check_conserved();
	}
	assert_true(fx_poll_done(40));
	fx_check_conserved();
	assert_int_equal(
		places().in_driver + places().staged + places().waiting + places().in_rings, 0);
}

/* All shapes, all endings, random release: the sums hold at every stop. */
static void
p11_random_traffic(void **state)
{
	struct rte_mbuf *m[256];
	struct pkt *p[300];
	unsigned i, n = 0, k, round;

	(void)state;
	srand(11);
	for (i = 0; i < 300; i++) {
		p[i] = PKT(.payload = i % 40 == 0 ? 1600 : 1 + (unsigned)rand() % 1400,
			.lead = i % 20, .nseg = 1 + i % 6, .seg = {20, 3, 0, 50, 1},
			.version = i & 1 ? 4 : 6);
		for (k = 0; k < i % 4; k++)
			pkt_add_nb(
				p[i], PKT(.version = i & 1 ? 4 : 6, .payload = k == 2 ? 1700 : 30));
	}
	for (round = 0; round < 4000; round++) {
		i = (unsigned)rand() % 300;
		if (p[i]->done == p[i]->accepted && n < 200)
			pkt_inject(p[i]);
		if (rand() % 3 == 0)
			fwpdk_poll(fx.poller);
		n += fx_ring_rx(0, m + n, (256 - n) & ~7u ? (unsigned)rand() % 8 : 0);
		if (n > 0 && rand() % 2) {
			k = (unsigned)rand() % n;
			rte_pktmbuf_free(m[k]);
			m[k] = m[--n];
		}
		if (round % 50 == 0)
			fx_check_conserved();
	}
	while (n > 0)
		rte_pktmbuf_free(m[--n]);
	fx_poll_n(20);
	fx_ring_discard(0);
	assert_true(fx_poll_done(pkt_accepted));
	fx_check_conserved();
}

static void
p11_reset_counts_from_here(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 10; i++)
		assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	assert_true(fx_poll_done(10));
	assert_int_equal(fwpdk_stats_reset(), 0);
	assert_int_equal(fx_stats().injected + fx_stats().completed + fx_stats().packets, 0);
	assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	assert_int_equal(fx_stats().injected, 1);
	assert_int_equal(fx_stats().in_flight, 1);
	assert_true(fx_poll_done(11));
	assert_int_equal(fx_stats().completed, 1);
}

static void *
control_calls(void *arg)
{
	struct fwpdk_route r = {.size = sizeof(r), .if_index = fx.port[0].ifi, .prefix_len = 24};
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 9}};
	struct fwpdk_addr a;
	unsigned i, bad = 0;
	HANDLE h;

	for (i = 0; i < 300; i++) {
		bad += FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h) != 0;
		bad += FwpsInjectionHandleDestroy0(h) != 0;
		r.prefix = (struct fwpdk_addr){AF_INET, {20, (uint8_t)(i >> 4), (uint8_t)i, 0}};
		a = (struct fwpdk_addr){AF_INET, {10, 0, 1, (uint8_t)i}};
		bad += fwpdk_route_add(&r) != 0;
		bad += fwpdk_neigh_add(fx.port[0].ifi, &a, &mac) != 0;
		if (i & 1) {
			bad += fwpdk_route_del(&r) != 0;
			bad += fwpdk_neigh_del(fx.port[0].ifi, &a) != 0;
		}
	}
	bad += fwpdk_if_set_mtu(fx.port[0].ifi, 1400) != 0;
	*(unsigned *)arg = bad;
	return NULL;
}

static void
p14_control_calls_do_not_wait_for_a_sleeping_poller(void **state)
{
	struct timespec end;
	unsigned bad = 99;
	pthread_t t;

	(void)state;
	/* Claimed and in the middle of work, then never polled while the calls run. */
	assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	fx_poll_n(1);
	assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	assert_int_equal(pthread_create(&t, NULL, control_calls, &bad), 0);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 10;
	assert_int_equal(pthread_timedjoin_np(t, NULL, &end), 0);
	assert_int_equal(bad, 0);
	assert_true(fx_poll_done(2));
}

static bool asleep, let_go;

static void *
claim_and_sleep(void *arg)
{
	(void)arg;
	fwpdk_poll(fx.poller);
	__atomic_store_n(&asleep, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&let_go, __ATOMIC_ACQUIRE))
		sched_yield();
	fwpdk_poller_release(fx.poller);
	return NULL;
}

static bool
is_asleep(void *arg)
{
	(void)arg;
	return __atomic_load_n(&asleep, __ATOMIC_ACQUIRE);
}

static void
p14_stop_gives_up_on_a_poller_that_sleeps(void **state)
{
	pthread_t t;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, claim_and_sleep, NULL), 0);
	assert_true(fx_wait_until(is_asleep, NULL));
	assert_true(places().owned);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 20000), -ETIMEDOUT);
	__atomic_store_n(&let_go, true, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	assert_int_equal(fwpdk_port_stop(fx.port[0].id, 20000), 0);
}

static void *
inject_one(void *arg)
{
	*(NTSTATUS *)arg = pkt_inject(PKT(0));
	return NULL;
}

static void
p14_drain_sees_what_is_in_the_rings(void **state)
{
	uint32_t left = 0;
	NTSTATUS status;
	pthread_t t, u;

	(void)state;
	asleep = let_go = false;
	assert_int_equal(pthread_create(&t, NULL, claim_and_sleep, NULL), 0);
	assert_true(fx_wait_until(is_asleep, NULL));
	assert_int_equal(fwpdk_port_drain(fx.port[0].id, 20000, 0, &left), 0);
	assert_int_equal(pthread_create(&u, NULL, inject_one, &status), 0);
	pthread_join(u, NULL);
	assert_status(status, STATUS_SUCCESS);
	assert_int_equal(fwpdk_port_drain(fx.port[0].id, 20000, 0, &left), -ETIMEDOUT);
	assert_int_equal(left, 1);
	__atomic_store_n(&let_go, true, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	assert_int_equal(fwpdk_port_drain(fx.port[0].id, 3000000, 0, &left), 0);
	assert_int_equal(left, 0);
	assert_int_equal(pkt_completions, 1);
}

static void
r160_order_of_the_end(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 20; i++)
		assert_status(pkt_inject(PKT(0)), STATUS_SUCCESS);
	assert_int_equal(fwpdk_fini(), -EBUSY);
	assert_status(FwpsInjectionHandleDestroy0(fx.h4), STATUS_SUCCESS);
	assert_int_equal(pkt_completions, 20); /* all of it before destroy came back */
	fx.h4 = NULL;
	fx_poll_n(100);
	assert_int_equal(pkt_completions, 20);
	assert_int_equal(fwpdk_fini(), -EBUSY); /* h6, poller, port */
}

#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)
#define H(t) cmocka_unit_test_setup_teardown(t, fx_up_held, fx_down)
#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)

static const struct CMUnitTest tests[] = {
	H(p11_counted_at_every_place),
	R(p11_random_traffic),
	N(p11_reset_counts_from_here),
	N(p14_control_calls_do_not_wait_for_a_sleeping_poller),
	N(p14_stop_gives_up_on_a_poller_that_sleeps),
	N(p14_drain_sees_what_is_in_the_rings),
	N(r160_order_of_the_end),
};
FX_MAIN(tests)
