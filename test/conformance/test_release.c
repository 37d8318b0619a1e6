/* SPDX-License-Identifier: BSD-3-Clause */
/* R162, R165, P4, P5, P10: completion means that the device no longer reads. */
#include <stdlib.h>

#include "fixture.h"

static void
r162_waits_for_the_release_not_the_queueing(void **state)
{
	struct pkt *p = PKT(.lead = 20);
	struct rte_mbuf *m;

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(200);
	assert_int_equal(p->done, 0); /* queued in the ring */
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	fx_poll_n(200);
	assert_int_equal(p->done, 0); /* received, still read */
	fx_check_frame(m, 0, p);
	rte_pktmbuf_free(m);
	assert_true(fx_poll_done(1));
	assert_status(p->status, STATUS_SUCCESS);
}

static void
r162_every_segment_has_to_come_back(void **state)
{
	struct pkt *p = PKT(.payload = 300, .nseg = 5, .seg = {20, 8, 100, 100});
	struct rte_mbuf *m, *seg[8], *s;
	unsigned n = 0, i;

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	fx_check_frame(m, 0, p);
	for (s = m; s != NULL; s = s->next)
		seg[n++] = s;
	assert_true(n >= 5);
	for (i = 0; i < n; i++) { /* first segment first, one by one */
		assert_int_equal(p->done, 0);
		rte_pktmbuf_free_seg(seg[i]);
		fx_poll_n(3);
	}
	assert_int_equal(p->done, 1);
}

static void
r162_releases_out_of_order(void **state)
{
	struct rte_mbuf *m[32];
	struct pkt *p[32];
	unsigned i, k, n = 0, order[32];

	(void)state;
	srand(7);
	for (i = 0; i < 32; i++) {
		p[i] = PKT(.payload = i * 20 + 1, .nseg = i % 4 + 1, .seg = {20, 9, 2});
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
		order[i] = i;
	}
	fx_poll_n(5);
	assert_int_equal(fx_ring_rx(0, m, 32), 32);
	for (i = 31; i > 0; i--) {
		k = (unsigned)rand() % (i + 1);
		n = order[i], order[i] = order[k], order[k] = n;
	}
	for (i = 0; i < 32; i++) {
		rte_pktmbuf_free(m[order[i]]);
		fx_poll_n(1);
		assert_int_equal(p[order[i]]->done, 1);
		assert_int_equal(pkt_completions, i + 1);
	}
}

static void *
free_elsewhere(void *arg)
{
	struct rte_mbuf **m = arg;
	unsigned i;

	for (i = 0; m[i] != NULL; i++)
		rte_pktmbuf_free(m[i]);
	return NULL;
}

static void
p03_foreign_release_completes_on_the_owner(void **state)
{
	struct fwpdk_port_stats ps = {.size = sizeof(ps)};
	struct rte_mbuf *m[33] = {NULL};
	struct pkt *p[32];
	pthread_t t;
	unsigned i, round;

	(void)state;
	for (i = 0; i < 32; i++)
		p[i] = PKT(.nseg = i % 3 + 1, .seg = {30, 10});
	for (round = 0; round < 20; round++) {
		for (i = 0; i < 32; i++)
			assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
		fx_poll_n(5);
		assert_int_equal(fx_ring_rx(0, m, 32), 32);
		assert_int_equal(pthread_create(&t, NULL, free_elsewhere, m), 0);
		if (round & 1)
			fx_poll_n(50);
		pthread_join(t, NULL);
		assert_true(fx_poll_done(32 * (round + 1)));
		for (i = 0; i < 32; i++) {
			assert_int_equal(p[i]->done, round + 1);
			assert_true(pthread_equal(p[i]->thread, pthread_self()));
			assert_status(p[i]->status, STATUS_SUCCESS);
		}
	}
	assert_int_equal(fwpdk_port_stats(fx.port[0].id, &ps), 0);
	assert_true(ps.foreign_releases >= 20 * 32);
	assert_int_equal(ps.in_driver, 0);
}

static void
free_more(struct pkt *p)
{
	(void)p;
	fx_ring_discard(0); /* a callback may be the receiver itself */
}

static void
p03_release_from_inside_a_completion(void **state)
{
	struct rte_mbuf *m;
	struct pkt *p[40];
	unsigned i;

	(void)state;
	pkt_hook = free_more;
	for (i = 0; i < 40; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fx_poll_n(5);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	rte_pktmbuf_free(m);
	assert_true(fx_poll_done(40));
	for (i = 0; i < 40; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_int_equal(p[i]->depth, 1);
	}
}

static void
p04_memory_is_the_clients_after_completion(void **state)
{
	struct pkt *p = PKT(.payload = 200);
	struct rte_mbuf *m;
	unsigned i;

	(void)state;
	for (i = 0; i < 50; i++) {
		p->ip[60] = (uint8_t)i; /* changed between two injections */
		pkt_refresh(p);
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		fx_poll_n(2);
		assert_int_equal(fx_ring_rx(0, &m, 1), 1);
		fx_check_frame(m, 0, p);
		rte_pktmbuf_free(m);
		assert_true(fx_poll_done(i + 1));
	}
}

static void
r165_idle_queue_completes_its_tail(void **state)
{
	struct fwpdk_port_info info = {.size = sizeof(info)};
	struct pkt *p;
	unsigned i;

	(void)state;
	assert_int_equal(fwpdk_port_info(fx.port[0].id, &info), 0);
	assert_true(info.idle_bound_us >= 0);
	for (i = 0; i < 100; i++) { /* one packet, no further traffic, one poll */
		p = PKT(.payload = i + 1);
		assert_status(pkt_inject(p), STATUS_SUCCESS);
		assert_int_equal(fwpdk_poll(fx.poller), 1);
		assert_int_equal(p->done, 1);
	}
	assert_int_equal(fwpdk_poller_deadline(fx.poller), UINT64_MAX);
}

static void
p10_deadline_says_when_there_is_work(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	fx_poll_n(1);
	assert_int_equal(fwpdk_poller_deadline(fx.poller), UINT64_MAX);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_int_equal(fwpdk_poller_deadline(fx.poller), 0);
	fx_poll_n(2);
	assert_true(fwpdk_poller_deadline(fx.poller) != UINT64_MAX); /* with the receiver */
	fx_ring_discard(0);
	assert_true(fx_poll_done(1));
	assert_int_equal(fwpdk_poller_deadline(fx.poller), UINT64_MAX);
}

#define N(t) cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)
#define R(t) cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)
#define H(t) cmocka_unit_test_setup_teardown(t, fx_up_held, fx_down)

static int
up_pcap(void **state)
{
	return fx_up(state, &(struct fx_conf){.dev = {"net_pcap0"}, .args = {"tx_pcap=/dev/null"}});
}

static const struct CMUnitTest tests[] = {
	H(r162_waits_for_the_release_not_the_queueing),
	H(r162_every_segment_has_to_come_back),
	H(r162_releases_out_of_order),
	H(p03_foreign_release_completes_on_the_owner),
	H(p03_release_from_inside_a_completion),
	R(p04_memory_is_the_clients_after_completion),
	N(r165_idle_queue_completes_its_tail),
	cmocka_unit_test_setup_teardown(r165_idle_queue_completes_its_tail, up_pcap, fx_down),
	H(p10_deadline_says_when_there_is_work),
};
FX_MAIN(tests)
