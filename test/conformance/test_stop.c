/* SPDX-License-Identifier: BSD-3-Clause */
/* P1, P5, R32, R164: ports that stop, close and start. */
#include <errno.h>

#include "fixture.h"

static void
stop(unsigned n)
{
	assert_int_equal(fwpdk_port_stop(fx.port[n].id, 2000000), 0);
}

static void
r032_port_down_refuses(void **state)
{
	struct pkt *p = PKT(0);
	struct snap *s = snap_take(p);

	(void)state;
	stop(0);
	assert_status(pkt_inject(p), STATUS_FWP_TCPIP_NOT_READY);
	fx_thread_start(); /* also from a thread without poller */
	assert_status(pkt_inject(p), STATUS_FWP_TCPIP_NOT_READY);
	fx_thread_stop();
	snap_same(s, p);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
	assert_status(p->status, STATUS_SUCCESS);
}

static void
r032_poller_not_started_refuses(void **state)
{
	struct pkt *p = PKT(0);

	(void)state;
	assert_int_equal(fwpdk_poller_stop(fx.poller), 0);
	assert_status(pkt_inject(p), STATUS_FWP_TCPIP_NOT_READY);
	assert_int_equal(fwpdk_poller_start(fx.poller), 0);
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	assert_true(fx_poll_done(1));
}

static void
p05_before_at_and_after_the_stop(void **state)
{
	struct pkt *p[4] = {PKT(0), PKT(0), PKT(.nseg = 3, .seg = {20, 20}), PKT(0)};
	struct rte_mbuf *m[3];
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++)
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_int_equal(fx_ring_rx(0, m, 3), 3);
	rte_pktmbuf_free(m[0]);				 /* given back before: success */
	assert_status(pkt_inject(p[3]), STATUS_SUCCESS); /* never handed over */
	stop(0);
	fx_poll_n(3);
	assert_status(p[0]->status, STATUS_SUCCESS);
	assert_int_equal(p[3]->done, 1);
	assert_status(p[3]->status, STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(p[1]->done + p[2]->done, 0);
	rte_pktmbuf_free(m[1]); /* given back after: who knows */
	rte_pktmbuf_free(m[2]);
	assert_true(fx_poll_done(4));
	assert_status(p[1]->status, STATUS_REQUEST_ABORTED);
	assert_status(p[2]->status, STATUS_REQUEST_ABORTED);
	for (i = 0; i < 4; i++)
		pkt_check_restored(p[i]);
}

static void *
free_both(void *arg)
{
	struct rte_mbuf **m = arg;

	rte_pktmbuf_free(m[0]);
	rte_pktmbuf_free(m[1]);
	return NULL;
}

static void
p05_foreign_release_before_the_stop_is_success(void **state)
{
	struct pkt *p[2] = {PKT(0), PKT(.nseg = 2, .seg = {30})};
	struct rte_mbuf *m[2];
	pthread_t t;

	(void)state;
	assert_status(pkt_inject(p[0]), STATUS_SUCCESS);
	assert_status(pkt_inject(p[1]), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_int_equal(fx_ring_rx(0, m, 2), 2);
	assert_int_equal(pthread_create(&t, NULL, free_both, m), 0);
	pthread_join(t, NULL);
	stop(0); /* the poller has not seen the releases yet */
	assert_true(fx_poll_done(2));
	assert_status(p[0]->status, STATUS_SUCCESS);
	assert_status(p[1]->status, STATUS_SUCCESS);
}

static void
p05_staged_and_refused_by_the_driver(void **state)
{
	struct pkt *p[20];
	unsigned i;

	(void)state;
	fx_shim_on(0);
	fx_shim.limit = 0;
	for (i = 0; i < 20; i++) {
		p[i] = PKT(.nseg = i % 2 + 1, .seg = {30});
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fx_poll_n(3);
	assert_int_equal(pkt_completions, 0);
	fx_check_conserved();
	stop(0);
	assert_true(fx_poll_done(20));
	for (i = 0; i < 20; i++)
		assert_status(p[i]->status, STATUS_INVALID_DEVICE_STATE);
	assert_int_equal(fx_stats().packets, 0);
}

static void
p05_after_a_restart_success_again(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(0);
	struct rte_mbuf *m;

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(3);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	stop(0);
	assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
	fx_poll_n(1);
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	fx_poll_n(3);
	fx_ring_discard(0);
	assert_true(fx_poll_done(1));
	assert_int_equal(q->done, 1);
	assert_status(q->status, STATUS_SUCCESS);
	rte_pktmbuf_free(m); /* of before the stop */
	assert_true(fx_poll_done(2));
	assert_status(p->status, STATUS_REQUEST_ABORTED);
}

static void
r164_destroy_returns_on_a_stopped_port(void **state)
{
	struct pkt *p[50];
	HANDLE h;
	unsigned i;

	(void)state;
	assert_status(FwpsInjectionHandleCreate0(AF_INET, FWPS_INJECTION_TYPE_NETWORK, &h), 0);
	for (i = 0; i < 50; i++) {
		p[i] = PKT(0);
		assert_status(pkt_inject_on(h, p[i]), STATUS_SUCCESS);
	}
	stop(0);
	assert_int_equal(fwpdk_handle_destroy(h, 1000000), 0);
	for (i = 0; i < 50; i++) {
		assert_int_equal(p[i]->done, 1);
		assert_false(NT_SUCCESS(p[i]->status));
	}
}

static void
p05_one_port_stops_the_other_goes_on(void **state)
{
	struct pkt *p = PKT(0), *q = PKT(.dst = "10.9.0.5");

	(void)state;
	stop(0);
	assert_status(pkt_inject(p), STATUS_SUCCESS); /* the poller has another port */
	assert_status(pkt_inject(q), STATUS_SUCCESS);
	assert_true(fx_poll_done(2));
	assert_status(p->status, STATUS_INVALID_DEVICE_STATE);
	assert_status(q->status, STATUS_SUCCESS);
}

static void
p01_close_completes_what_the_ring_still_has(void **state)
{
	struct pkt *p[30];
	unsigned i;

	(void)state;
	for (i = 0; i < 30; i++) {
		p[i] = PKT(.nseg = i % 3 + 1, .seg = {20, 20});
		assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
	}
	fx_poll_n(5); /* all in the ring; nobody ever receives them */
	assert_int_equal(pkt_completions, 0);
	stop(0);
	assert_int_equal(fwpdk_if_del(fx.port[0].ifi), 0);
	assert_int_equal(fwpdk_port_close(fx.port[0].id), 0);
	fx.port[0].open = false;
	assert_true(fx_poll_done(30));
	for (i = 0; i < 30; i++)
		assert_status(p[i]->status, STATUS_REQUEST_ABORTED);
}

static void
p01_close_while_a_receiver_still_reads(void **state)
{
	struct pkt *p = PKT(0);
	struct rte_mbuf *m;
	uint8_t frame[128];

	(void)state;
	assert_status(pkt_inject(p), STATUS_SUCCESS);
	fx_poll_n(5);
	assert_int_equal(fx_ring_rx(0, &m, 1), 1);
	stop(0);
	assert_int_equal(fwpdk_if_del(fx.port[0].ifi), 0);
	assert_int_equal(fwpdk_port_close(fx.port[0].id), 0);
	fx.port[0].open = false;
	fx_poll_n(10);
	assert_int_equal(p->done, 0);
	assert_int_equal(fwpdk_poller_stop(fx.poller), 0);
	assert_int_equal(fwpdk_poller_destroy(fx.poller), -EBUSY);
	assert_int_equal(fx_mbuf_read(m, frame, sizeof(frame)), p->ip_len + 14);
	assert_memory_equal(frame + 14, p->copy + p->lead, p->ip_len); /* still readable */
	rte_pktmbuf_free(m);
	assert_true(fx_poll_done(1));
	assert_status(p->status, STATUS_REQUEST_ABORTED);
}

static void
p05_stop_waits_for_a_poller_that_polls(void **state)
{
	unsigned i, round;

	(void)state;
	fx_thread_start();
	for (round = 0; round < 50; round++) {
		struct pkt *p[10];

		for (i = 0; i < 10; i++) {
			p[i] = PKT(0);
			assert_status(pkt_inject(p[i]), STATUS_SUCCESS);
		}
		stop(0);
		assert_true(fx_poll_done(10 * (round + 1)));
		for (i = 0; i < 10; i++)
			assert_true(p[i]->status == STATUS_SUCCESS ||
				    p[i]->status == STATUS_INVALID_DEVICE_STATE);
		assert_int_equal(fwpdk_port_start(fx.port[0].id), 0);
	}
}

static int
up_copy(void **state)
{
	return fx_up(
		state, &(struct fx_conf){.dev = {"net_null0"}, .port = {.mode = FWPDK_MODE_COPY}});
}

#define N(t)  cmocka_unit_test_setup_teardown(t, fx_up_null, fx_down)
#define R(t)  cmocka_unit_test_setup_teardown(t, fx_up_ring, fx_down)
#define H(t)  cmocka_unit_test_setup_teardown(t, fx_up_held, fx_down)
#define RN(t) cmocka_unit_test_setup_teardown(t, fx_up_ring_null, fx_down)

static const struct CMUnitTest tests[] = {
	N(r032_port_down_refuses),
	N(r032_poller_not_started_refuses),
	H(p05_before_at_and_after_the_stop),
	R(p05_foreign_release_before_the_stop_is_success),
	N(p05_staged_and_refused_by_the_driver),
	H(p05_after_a_restart_success_again),
	N(r164_destroy_returns_on_a_stopped_port),
	RN(p05_one_port_stops_the_other_goes_on),
	H(p01_close_completes_what_the_ring_still_has),
	H(p01_close_while_a_receiver_still_reads),
	N(p05_stop_waits_for_a_poller_that_polls),
	cmocka_unit_test_setup_teardown(p05_staged_and_refused_by_the_driver, up_copy, fx_down),
	cmocka_unit_test_setup_teardown(r164_destroy_returns_on_a_stopped_port, up_copy, fx_down),
};
FX_MAIN(tests)
